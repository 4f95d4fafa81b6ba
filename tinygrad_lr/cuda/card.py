"""PyTorch's questions about the card: how many there are, its name, its memory."""

from __future__ import annotations

from typing import Any

from ..device import GPU, is_available, library, one_of_two
from ..device import device as Device


def is_initialized() -> bool:
    """Whether the GPU can be used: it is made ready when it is first asked for.

    >>> tg.cuda.is_initialized() == tg.cuda.is_available()
    True
    """
    return is_available()


def current_device() -> int:
    """0, the one card that is used. DeviceError if there is none.

    >>> tg.cuda.current_device() if tg.cuda.is_available() else 0
    0
    """
    library(GPU)
    return 0


def set_device(device: object) -> None:
    """Take the card `device`, which must be the one that is used: 0, or "cuda".

    DeviceError for another one, or if there is none.

    >>> if tg.cuda.is_available():
    ...     tg.cuda.set_device(0)
    """
    if device != -1:
        one_of_two(Device(device))  # type: ignore[arg-type]


def get_device_name(device: object = None) -> str:
    """What the card is called. DeviceError if there is none.

    >>> tg.cuda.get_device_name() != "" if tg.cuda.is_available() else True
    True
    """
    name: bytes = library(GPU).cuda.runtime.getDeviceProperties(0)["name"]
    return name.decode()


def get_device_capability(device: object = None) -> tuple[int, int]:
    """The compute capability of the card, (9, 0) for instance. DeviceError if there is none.

    >>> tg.cuda.get_device_capability() >= (5, 0) if tg.cuda.is_available() else True
    True
    """
    digits: Any = library(GPU).cuda.Device(0).compute_capability
    return int(digits[:-1]), int(digits[-1])


def empty_cache() -> None:
    """Give memory of the card that no array uses back to it.

    >>> tg.cuda.empty_cache()
    """
    if is_available():
        library(GPU).get_default_memory_pool().free_all_blocks()


def memory_allocated(device: object = None) -> int:
    """How many bytes of the card arrays use now; 0 if there is none.

    >>> tg.cuda.memory_allocated() >= 0
    True
    """
    return library(GPU).get_default_memory_pool().used_bytes() if is_available() else 0


def memory_reserved(device: object = None) -> int:
    """How many bytes of the card this process holds, for arrays now and later.

    >>> tg.cuda.memory_reserved() >= tg.cuda.memory_allocated()
    True
    """
    return library(GPU).get_default_memory_pool().total_bytes() if is_available() else 0
