"""The ground floor: which device an array lives on, and which library computes there.

There are two devices. ``"cpu"`` is NumPy; ``"gpu"`` is CuPy on one NVIDIA card, with ``"cuda"`` and
``"cuda:0"`` as other names for it. This is the one file that knows CuPy exists. CuPy is imported
the first time somebody asks for the GPU, never before: whoever stays on the CPU does not pay for
it, and does not need to have it.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np

NAMES = {"cpu": "cpu", "gpu": "gpu", "cuda": "gpu", "cuda:0": "gpu"}

# CuPy, once a GPU was asked for and found to work; until then no array can be on one.
_cupy: ModuleType | None = None


class _Tracing(threading.local):
    """What this thread is doing, if it captures a step: see capture.py."""

    active = False  # with placeholders, see jit/trace.py
    refusable = False  # so that `refused` shall be noted: why the step cannot be captured
    refused: Exception | None = None


tracing = _Tracing()


class DeviceError(RuntimeError):
    """A device is missing, unknown, or too small for something, or two of them were mixed."""


class OutOfMemoryError(DeviceError):
    """The memory of the GPU has no room for something."""


class CaptureError(DeviceError):
    """A step cannot be captured, or replayed: see capture.py."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        if tracing.refusable and tracing.refused is None:
            tracing.refused = self  # something is missing, whoever catches this


class device(str):
    """A device by its name: ``device("cuda:0") == "gpu"``. Naming a device does not touch it."""

    def __new__(cls, name: str) -> device:
        if name not in NAMES:
            raise DeviceError(f"unknown device {name!r}: use 'cpu' or 'gpu' ('cuda', 'cuda:0')")
        return super().__new__(cls, NAMES[name])

    @property
    def type(self) -> str:
        """``"cpu"`` or ``"cuda"``, as PyTorch spells it."""
        return "cpu" if self == "cpu" else "cuda"

    def __repr__(self) -> str:
        return f"device({str(self)!r})"


CPU, GPU = device("cpu"), device("gpu")


def xp(array: Any) -> Any:
    """The library that computes on `array`: ``numpy``, or ``cupy`` for an array on the GPU."""
    return np if _cupy is None or not isinstance(array, _cupy.ndarray) else _cupy


def on_gpu(array: Any) -> bool:
    """Whether `array` is a raw array on the GPU. (A Tensor is none.)"""
    return _cupy is not None and isinstance(array, _cupy.ndarray)


def device_of(array: Any) -> device:
    """Where `array` lives. Python and NumPy numbers count as ``"cpu"``."""
    return CPU if xp(array) is np else GPU


class Placeholder:
    """Stands in for an array while a step is traced: see program.py."""

    def constant(self, array: Any) -> Any:
        """A placeholder of the same program, for an array that is the same each time."""
        raise NotImplementedError

    def check_values(self, check: Callable[..., None], args: Sequence[Any]) -> None:
        """Have the program call ``check(*args)`` at this place, each time that it runs."""
        raise NotImplementedError


def beside(index: Sequence[Any], array: Any) -> Any:
    """`array`, as a placeholder if there is one in the index: NumPy does not look for it there."""
    for i in index:
        if isinstance(i, Placeholder) and not isinstance(array, Placeholder):
            return i.constant(array)
    return array


def check_values(check: Callable[..., None], *args: Any) -> None:
    """``check(*args)``, which looks at values: now, or where they are only noted, each time."""
    for arg in args:
        if isinstance(arg, Placeholder):
            arg.check_values(check, args)
            return
    check(*args)


def is_array(value: Any) -> bool:
    """Whether `value` is a raw array of either library (a NumPy scalar is not)."""
    return isinstance(value, (np.ndarray, Placeholder)) or xp(value) is not np


def mixed(arrays: Sequence[Any]) -> bool:
    """Whether `arrays` are on different devices; a Python number among them is on none."""
    if _cupy is None:
        return False
    kind = _cupy.ndarray
    return len({isinstance(a, kind) for a in arrays if hasattr(a, "ndim")}) > 1


def is_capturing() -> bool:
    """Whether what is computed is only noted, by the GPU or by placeholders, and done later."""
    return tracing.active or (_cupy is not None and _cupy.cuda.get_current_stream().is_capturing())


def library(name: str) -> Any:
    """The array library of the device `name`.

    Raises DeviceError, in one line that says which of three things is missing, when `name` is the
    GPU and it cannot be used: CuPy itself, a driver and a card, or a CuPy that fits them.
    """
    if _cupy is not None and name == "gpu":  # quickly, as this is asked for each kernel
        return _cupy
    return np if device(name) == CPU else _load_cupy()


def move(array: Any, name: str) -> Any:
    """`array` on the device `name`: a copy when it lives elsewhere, the array itself when not.

    Raises OutOfMemoryError if the GPU has no room for it, CaptureError while a step is captured.
    """
    source, target = device_of(array), device(name)
    if source == target:
        return array
    if target == CPU:
        _refuse_asking()
        return array.get()
    library = _load_cupy()
    if is_capturing():
        raise CaptureError(
            "a captured step sends nothing from the host to the GPU: a replay would send the same "
            "values again. A Tensor made from numbers, random numbers, a list as an index, a batch "
            "from a DataLoader: make it before, and hand it to the step as an argument"
        )
    with room_for(f"an array of shape {array.shape}, {array.nbytes:,} bytes"):
        return library.asarray(array)


class room_for:
    """In this block, which makes `what` on the device `name`, a full GPU is an OutOfMemoryError."""

    def __init__(self, what: str, name: str = GPU) -> None:
        self._what, self._name = what, name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if isinstance(error, MemoryError) and device(self._name) == GPU:
            found = _first_line(error)
            raise OutOfMemoryError(f"no room on the GPU for {self._what} ({found})") from None
        # on the CPU in NumPy's words, which name the shape


def item(array: Any) -> Any:
    """The one element of `array`, as a Python number. From the GPU that is a wait."""
    if on_gpu(array):
        _refuse_asking()
    return array.item()


def _refuse_asking() -> None:
    """While a step is captured nothing is computed yet, so there is no value to ask for."""
    if is_capturing():
        raise CaptureError(
            "a captured step cannot ask the GPU for a value (item(), tolist(), float(), cpu(), "
            "print, an if on a Tensor): while it is captured nothing has been computed. Return the "
            "Tensor from the step, and ask afterwards"
        )


def address(array: Any) -> int:
    """Where the first element of `array` lies in memory."""
    if isinstance(array, Placeholder):
        raise CaptureError(
            "a captured step cannot write into a part of a Tensor (x[0] = w, x[0].mul_(w)) while "
            "that is recorded; use where() or cat(), or do it under no_grad()"
        )
    return array.__array_interface__["data"][0] if xp(array) is np else array.data.ptr


def is_available() -> bool:
    """Whether the GPU can be used here. Never raises."""
    try:
        _load_cupy()
    except DeviceError:
        return False
    return True


def resolve(choice: str) -> device:
    """The device for a command line's ``--device auto|cpu|gpu``; ``auto`` takes a working GPU."""
    if choice == "auto":
        return GPU if is_available() else CPU
    library(choice)
    return device(choice)


def _load_cupy() -> ModuleType:
    global _cupy
    if _cupy is None:
        _cupy = _import_working_cupy()
    return _cupy


def _import_working_cupy() -> ModuleType:
    """CuPy, tried out on one tiny kernel: it imports happily where it cannot compute."""
    try:
        cupy = importlib.import_module("cupy")
    except ModuleNotFoundError as error:
        if error.name != "cupy":
            raise DeviceError(f"no GPU: CuPy is damaged, it misses {error.name}") from None
        raise DeviceError(
            "no GPU: CuPy is not installed; install it with pip install -e '.[cuda13]' "
            "(or '.[cuda12]', for a driver of CUDA 12), or use the cpu"
        ) from None
    except Exception as error:  # the loader of a library may raise anything
        raise DeviceError(f"no GPU: CuPy cannot be imported ({_first_line(error)})") from None
    if not cupy.is_available():
        raise DeviceError(
            "no GPU: CuPy is installed, but there is no NVIDIA driver or no card it may use "
            "(see what nvidia-smi prints, and CUDA_VISIBLE_DEVICES); use the cpu"
        )
    try:
        cupy.arange(1) + 1
    except Exception as error:  # CuPy raises many kinds here; each means that nothing will work
        raise DeviceError(
            f"no GPU: there is a card, but this CuPy cannot compute on it ({_first_line(error)}); "
            "it may be the wheel for another CUDA version: see nvidia-smi for yours, keep one of "
            "cupy-cuda12x and cupy-cuda13x, and uninstall the other"
        ) from None
    return cupy


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
