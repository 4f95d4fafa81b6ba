"""What PyTorch's ``backends`` answer: which libraries compute here. NumPy does, and none of these.

Flags can be set, as documents do, and change nothing: results are the same from run to run.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from .device import is_available
from .wording import say_nearest


class _Backend(ModuleType):
    """A module with flags."""

    allow_tf32: bool
    benchmark: bool
    deterministic: bool
    enabled: bool


def _backend(name: str, **there: Any) -> _Backend:
    """The module `name` in this one, for ``import tinygrad_lr.backends.cudnn`` too."""
    module = _Backend(f"{__name__}.{name}")
    vars(module).update(there)
    sys.modules[module.__name__] = module
    return module


def _no() -> bool:
    return False


mps: _Backend = _backend("mps", is_available=_no, is_built=_no)
cudnn: _Backend = _backend(
    "cudnn",
    is_available=_no,
    version=lambda: None,
    enabled=False,
    benchmark=False,
    deterministic=True,
    allow_tf32=False,
)
cuda: _Backend = _backend(
    "cuda", is_built=is_available, matmul=_backend("cuda.matmul", allow_tf32=False)
)
mkl: _Backend = _backend("mkl", is_available=_no)
openmp: _Backend = _backend("openmp", is_available=_no)

say_nearest(__name__)
