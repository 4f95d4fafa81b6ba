"""What makes a GPU fast: fused kernels, a matrix product of our own calling, and captured steps.

On the CPU none of it is used, and nothing here imports CuPy before the GPU is asked for.
kernels.py and blas.py are faster implementations of entries of the table (ops.py) and of
SGD.step(); each is tested against what it replaces. graph.py is ``cuda.graph(step)``.
"""

from ..device import CaptureError, OutOfMemoryError, is_available
from .graph import graph

__all__ = ["CaptureError", "OutOfMemoryError", "graph", "is_available"]
