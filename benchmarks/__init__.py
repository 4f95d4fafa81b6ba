"""Speed and memory of `tinygrad_lr` against NumPy by hand and PyTorch: `python -m benchmarks`."""
