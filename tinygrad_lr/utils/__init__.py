"""Where PyTorch keeps its data loading: ``tinygrad_lr.utils.data``."""

from . import data

__all__ = ["data"]
