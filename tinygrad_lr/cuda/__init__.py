"""What makes a GPU fast: fused kernels, a matrix product of our own calling, and captured steps.

On the CPU none of it is used, and nothing here imports CuPy before the GPU is asked for. forms.py
attaches kernels.py and blas.py to what they compute otherwise; each is tested against what it
stands for. graph.py is ``cuda.graph(step)``, card.py what one asks about the card.
"""

from ..accelerator import device_count as device_count
from ..accelerator import synchronize as synchronize
from ..capture import CaptureError as CaptureError
from ..device import OutOfMemoryError as OutOfMemoryError
from ..device import is_available as is_available
from ..random import manual_seed as manual_seed
from ..wording import say_nearest
from .card import current_device as current_device
from .card import empty_cache as empty_cache
from .card import get_device_capability as get_device_capability
from .card import get_device_name as get_device_name
from .card import is_initialized as is_initialized
from .card import memory_allocated as memory_allocated
from .card import memory_reserved as memory_reserved
from .card import set_device as set_device
from .graph import GraphedStep as GraphedStep
from .graph import graph as graph

manual_seed_all = manual_seed  # of all cards, of which one is used

say_nearest(__name__)
