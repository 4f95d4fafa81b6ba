"""What makes a GPU fast: fused kernels, a matrix product of our own calling, and captured steps.

On the CPU none of it is used, and nothing here imports CuPy before the GPU is asked for. forms.py
attaches kernels.py and blas.py to what they compute otherwise; each is tested against what it
stands for. graph.py is ``cuda.graph(step)``, card.py what one asks about the card.
"""

from ..accelerator import device_count, synchronize
from ..capture import CaptureError
from ..device import OutOfMemoryError, is_available
from ..random import manual_seed
from ..random import manual_seed as manual_seed_all
from .card import (
    current_device,
    empty_cache,
    get_device_capability,
    get_device_name,
    is_initialized,
    memory_allocated,
    memory_reserved,
    set_device,
)
from .graph import graph
