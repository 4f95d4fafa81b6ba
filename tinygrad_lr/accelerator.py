"""PyTorch's names for "the GPU, if there is one, of whatever kind"."""

from __future__ import annotations

from .device import GPU, device, is_available, library
from .wording import say_nearest

__all__ = ["current_accelerator", "device_count", "is_available", "synchronize"]


def current_accelerator(check_available: bool = False) -> device | None:
    """The GPU; None if there is none that works.

    >>> tg.accelerator.current_accelerator() is not None or not tg.is_available()
    True
    """
    return GPU if is_available() else None


def device_count() -> int:
    """1 if there is a GPU that works, else 0: one is all that is used here.

    >>> tg.accelerator.device_count() == int(tg.is_available())
    True
    """
    return int(is_available())


def synchronize() -> None:
    """Wait until the GPU has done what it was told to do. DeviceError if there is none.

    >>> if tg.accelerator.is_available():
    ...     tg.accelerator.synchronize()
    """
    library(GPU).cuda.Device().synchronize()


say_nearest(__name__)
