"""Where PyTorch keeps its data loading: ``tinygrad_lr.utils.data``.

files.py and download.py are what data sets and checkpoints need of a disk and of a network.
"""

from . import data

__all__ = ["data"]
