"""What makes a GPU fast: fused kernels, a matrix product of our own calling, and captured steps.

On the CPU none of it is used, and nothing here imports CuPy before the GPU is asked for. forms.py
attaches kernels.py and blas.py to what they compute otherwise; each is tested against what it
stands for. graph.py is ``cuda.graph(step)``.
"""

from ..capture import CaptureError
from ..device import OutOfMemoryError, is_available, on_first_use
from .forms import attach
from .graph import graph

__all__ = ["CaptureError", "OutOfMemoryError", "graph", "is_available"]

on_first_use(attach)
