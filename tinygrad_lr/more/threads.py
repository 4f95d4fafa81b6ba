"""PyTorch's names for how many threads compute, and whether results are the same from run to run.

NumPy decides about its threads when it is imported: by OMP_NUM_THREADS, OPENBLAS_NUM_THREADS.
"""

from __future__ import annotations

import os

from ..dtypes import count
from ..errors import ArgumentError

_threads: int | None = None
_deterministic = False


def get_num_threads() -> int:
    """How many threads were asked for; or as many as there are processors.

    >>> tg.get_num_threads() >= 1
    True
    """
    return _threads or os.cpu_count() or 1


def set_num_threads(threads: int) -> None:
    """Remember how many threads are wanted. NumPy cannot be told; see above.

    ArgumentError for 0 or less.

    >>> tg.set_num_threads(tg.get_num_threads())
    """
    global _threads
    if count("set_num_threads", "the number of threads", threads) < 1:
        raise ArgumentError(f"set_num_threads: expected a number above 0, got {threads}")
    _threads = threads


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remember the wish. On the CPU all results are the same from run to run anyway.

    >>> tg.use_deterministic_algorithms(True)
    >>> tg.are_deterministic_algorithms_enabled()
    True
    >>> tg.use_deterministic_algorithms(False)
    """
    global _deterministic
    _deterministic = bool(mode)


def are_deterministic_algorithms_enabled() -> bool:
    """What use_deterministic_algorithms was last told.

    >>> tg.are_deterministic_algorithms_enabled()
    False
    """
    return _deterministic
