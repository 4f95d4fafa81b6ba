"""Where PyTorch keeps its data loading: ``tinygrad_lr.utils.data``.

files.py and download.py are what data sets and checkpoints need of a disk and of a network.
"""

from ..wording import say_nearest
from . import data

__all__ = ["data"]

say_nearest(__name__)
