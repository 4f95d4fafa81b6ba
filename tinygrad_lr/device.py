"""Which device an array lives on, and which library computes there.

There are two devices. ``"cpu"`` is NumPy; ``"gpu"`` is CuPy on one NVIDIA card, with ``"cuda"`` and
``"cuda:0"`` as other names for it. This is the one file that imports CuPy. CuPy is imported
the first time somebody asks for the GPU, never before: whoever stays on the CPU does not pay for
it, and does not need to have it.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from .effects import effect
from .forms import formed
from .wording import Worded

# A raw array: NumPy's, or CuPy's, which has the same methods. (Type checkers see NumPy's.)
Array: TypeAlias = np.ndarray
Shape: TypeAlias = tuple[int, ...]

NAMES = {"cpu": "cpu", "cpu:0": "cpu", "gpu": "gpu", "cuda": "gpu", "cuda:0": "gpu"}

# CuPy, once a GPU was asked for and found to work; until then no array can be on one.
_cupy: ModuleType | None = None


class DeviceError(Worded, RuntimeError):
    """A device is missing, unknown, or too small for something, or two of them were mixed.

    >>> tg.tensor([1.0]).to("gpux")
    Traceback (most recent call last):
    tinygrad_lr.device.DeviceError: to: unknown device 'gpux', and no dtype either; use ...
    """


class OutOfMemoryError(DeviceError, MemoryError):
    """A device has no room for something. (PyTorch raises RuntimeError, NumPy MemoryError.)

    >>> issubclass(tg.cuda.OutOfMemoryError, RuntimeError)  # as PyTorch's is
    True
    """


def is_name(name: str) -> bool:
    """Whether `name` is that of a device, be it there or not."""
    return name in NAMES or (name.startswith("cuda:") and name[5:].isdecimal())


def _unknown(name: object) -> DeviceError:
    return DeviceError(f"unknown device {name!r:.40}: use 'cpu' or 'gpu' ('cuda', 'cuda:0')")


class device(str):
    """A device by its name: ``device("cuda:0") == "gpu"``. Naming a device does not touch it.

    So a card can be named that is not there, as in PyTorch: ``device("cuda:1")``.

    >>> tg.device("cpu").type
    'cpu'
    """

    _index: int | None

    def __new__(cls, type: str | int, index: int | None = None) -> device:
        if isinstance(type, device) and index is None:
            return type
        name = type if index is None else f"{type}:{index}"
        if name == 0 and not isinstance(name, bool):
            name = "cuda:0"
        if not isinstance(name, str) or not is_name(name):
            raise _unknown(name)
        self = super().__new__(cls, NAMES.get(name, name))
        number = name.partition(":")[2]
        self._index = int(number) if number else None
        return self

    @property
    def type(self) -> str:
        """``"cpu"`` or ``"cuda"``, as PyTorch spells it.

        >>> tg.device("cuda:0").type
        'cuda'
        """
        return "cpu" if self == "cpu" else "cuda"

    @property
    def index(self) -> int | None:  # type: ignore[override]  # str's looks for a part of it
        """The number behind the name, 0 of ``"cuda:0"``; None where none was said.

        >>> tg.device("cuda:0").index
        0
        """
        return self._index

    def __enter__(self) -> device:
        """In a ``with`` block, Tensors are made on this device."""
        _outer.append(_default)
        set_default_device(self)
        return self

    def __exit__(self, *error: object) -> None:
        set_default_device(_outer.pop())

    def __repr__(self) -> str:
        number = "" if self._index is None else f", index={self._index}"
        return f"device(type={self.type!r}{number})"


CPU, GPU = device("cpu"), device("cuda:0")

_default = CPU
_outer: list[device] = []  # what was the default before each ``with device(...)``


def one_of_two(name: str) -> device:
    """The device of this name; DeviceError if it is another card than the first."""
    found = device(name)
    if found not in (CPU, GPU):
        raise _unknown(str(found))
    return found


def default_device() -> device:
    """The device of Tensors that are made where no other is asked for.

    >>> tg.get_default_device()
    device(type='cpu')
    """
    return _default


def set_default_device(device: str | None) -> None:
    """From now on Tensors are made on `device`; None, and to begin with: on the CPU.

    >>> tg.set_default_device("cpu")
    >>> tg.ones(2).device
    device(type='cpu')
    >>> tg.set_default_device(None)
    """
    global _default
    effect("change a default")
    _default = CPU if device is None else one_of_two(device)


def xp(array: object) -> Any:
    """The library that computes on `array`: ``numpy``, or ``cupy`` for an array on the GPU."""
    return np if _cupy is None or not isinstance(array, _cupy.ndarray) else _cupy


def on_gpu(array: object) -> bool:
    """Whether `array` is a raw array on the GPU. (A Tensor is none.)"""
    return _cupy is not None and isinstance(array, _cupy.ndarray)


def device_of(array: object) -> device:
    """Where `array` lives. Python and NumPy numbers count as ``"cpu"``."""
    return CPU if xp(array) is np else GPU


_classes: tuple[type, ...] = (np.ndarray,)
# What computing with arrays gives: an array, or NumPy's bare number. No other class of arrays, such
# as np.matrix, is among them: each computes in its own way.
results: set[type] = {np.ndarray, np.float16, np.float32, np.float64}


def count_as_array(kind: type) -> None:
    """From now on, instances of `kind` are raw arrays too."""
    global _classes
    _classes = (*_classes, kind)
    results.add(kind)


def is_array(value: object) -> bool:
    """Whether `value` is a raw array of either library (a NumPy scalar is not)."""
    return isinstance(value, _classes)


def is_masked(array: object) -> bool:
    """Whether `array` is a masked array of NumPy's."""
    ma = sys.modules.get("numpy.ma")  # imported by whoever has one; it takes a tenth of our import
    return ma is not None and isinstance(array, ma.MaskedArray)


def plain(name: str, array: Array) -> Array:
    """`array` as one of the library's own class, on the same memory.

    Other classes compute in their own way: to np.matrix, ``*`` is a matrix product. TypeError for a
    masked array: without its mask, it holds other values.
    """
    if type(array) is np.ndarray or not isinstance(array, np.ndarray):
        return array
    if is_masked(array):
        raise TypeError(
            f"{name}: a tensor has no mask, and this array has one; say what stands in the masked "
            "places, with array.filled(0) for instance"
        )
    return array.view(np.ndarray)


others: list[ModuleType] = []  # libraries in use besides NumPy; usually none: all is on one device


def apart(arrays: Sequence[object]) -> bool:
    """Whether `arrays` are on different devices; a Python number among them is on none."""
    return len({on_gpu(a) for a in arrays if hasattr(a, "ndim")}) > 1


def library(name: str) -> Any:
    """The array library of the device `name`.

    Raises DeviceError, in one line that says which of three things is missing, when `name` is the
    GPU and it cannot be used: CuPy itself, a driver and a card, or a CuPy that fits them.
    """
    if _cupy is not None and name == "gpu":  # the usual case
        return _cupy
    return np if one_of_two(name) == CPU else _load_cupy()


def move(array: Array, name: str) -> Array:
    """`array` on the device `name`: a copy when it lives elsewhere, the array itself when not.

    Raises OutOfMemoryError if the GPU has no room for it.
    """
    source = device_of(array)
    if source is name or source == (target := one_of_two(name)):
        return array
    if target == CPU:
        effect("ask the GPU for a value")
        return array.get()  # type: ignore[attr-defined]
    library = _load_cupy()
    effect("send to the GPU")
    with room_for(f"an array of shape {array.shape}, {array.nbytes:,} bytes"):
        return library.asarray(array)


class room_for:
    """In this block, which makes `what` on the device `name`, no room is an OutOfMemoryError.

    So is a size that no memory could have, for which NumPy has errors of other classes.
    """

    def __init__(self, what: str, name: str = GPU) -> None:
        self._what, self._name = what, name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, NO_ROOM):
            said = no_room(error, self._what, self._name)
            if said is not error:
                raise said from None


NO_ROOM = MemoryError, ValueError, OverflowError  # what may be raised where there is no room


def no_room(error: Exception, what: str, name: str = GPU) -> Exception:
    """The OutOfMemoryError for `error`, raised when `what` was made on the device `name`.

    Or `error` itself, if it says something else. (An ``except NO_ROOM`` costs nothing while there
    is room, unlike room_for.)
    """
    if isinstance(error, OutOfMemoryError):  # it says already what has no room
        return error
    if isinstance(error, MemoryError) and device(name) == GPU:
        return OutOfMemoryError(f"no room on the GPU for {what} ({_first_line(error)})")
    if isinstance(error, MemoryError) or type(error) in (ValueError, OverflowError):
        return OutOfMemoryError(
            f"no room in the memory of the {device(name)} for {what}; make it smaller, or work on "
            "one part after the other"
        )
    return error


ON_THE_CARD = {2, 13}  # how DLPack numbers devices: CUDA's memory, and what it manages itself


def from_dlpack(source: Any) -> Array:
    """A raw array on the memory of `source`, an array of any library that speaks DLPack."""
    place = int(source.__dlpack_device__()[0])
    return (library(GPU) if place in ON_THE_CARD else np).from_dlpack(source)


def item(array: Array) -> Any:
    """The one element of `array`, as a Python number. From the GPU that is a wait."""
    if on_gpu(array):
        effect("ask the GPU for a value")
    return array.item()


@formed
def address(array: Any) -> int:
    """Where the first element of `array` lies in memory."""
    return array.__array_interface__["data"][0] if xp(array) is np else array.data.ptr


# NumPy's zeros_like and broadcast_to are functions in Python, which take several times as long.


def zeros_beside(array: Array, shape: Shape, dtype: Any) -> Array:
    """Zeros of this shape and dtype, where `array` is."""
    if type(array) is np.ndarray or isinstance(array, np.generic):
        return np.zeros(shape, dtype)
    zeros: Array = xp(array).zeros_like(array, dtype=dtype, order="C", shape=shape)
    return zeros


def stretched(array: Array, shape: Shape) -> Array:
    """`array` broadcast to this shape: a view that is read-only, in NumPy."""
    if type(array) is np.ndarray and array.flags.c_contiguous and array.size:
        strides = _strides(array.shape, array.strides, shape)
        if strides is not None:
            view: Array = np.ndarray(shape, array.dtype, array, 0, strides)
            view.flags.writeable = False
            return view
    view = xp(array).broadcast_to(array, shape)
    return view


@functools.lru_cache(4096)
def _strides(shape: Shape, strides: Shape, wanted: Shape) -> Shape | None:
    """How an array of this layout is broadcast to the `wanted` shape; None if it cannot be."""
    front = (1,) * (len(wanted) - len(shape))
    pairs = [*zip((*front, *shape), wanted)]
    if len(pairs) < len(shape) or any(m < 0 or n not in (1, m) for n, m in pairs):
        return None
    return (0,) * len(front) + tuple(0 if n == 1 else step for n, step in zip(shape, strides))


@formed
def one_like(array: Array, kept: bool) -> Any:
    """1 in the shape of `array`, which has one element. Unless it is `kept`, it may be shared."""
    # In NumPy a bare number is as good, and faster.
    return xp(array).ones_like(array) if array.ndim else array.dtype.type(1)


def is_available() -> bool:
    """Whether the GPU can be used here. Never raises.

    >>> device = "gpu" if tg.is_available() else "cpu"
    >>> tg.tensor([1.0, 2.0], device=device).cpu()
    tensor([1., 2.])
    """
    try:
        _load_cupy()
    except DeviceError:
        return False
    return True


def resolve(choice: str) -> device:
    """The device for a command line's ``--device auto|cpu|gpu``; ``auto`` takes a working GPU.

    >>> tg.device_for("cpu")
    device(type='cpu')
    """
    if isinstance(choice, str) and choice == "auto":
        return GPU if is_available() else CPU
    library(choice)
    return device(choice)


_on_first_use: list[Callable[[], None]] = []


def on_first_use(call: Callable[[], None]) -> None:
    """Have `call` called once the GPU has been found to work."""
    _on_first_use.append(call)


def _load_cupy() -> ModuleType:
    global _cupy
    if _cupy is None:
        _cupy = _import_working_cupy()
        count_as_array(_cupy.ndarray)
        others.append(_cupy)
        for call in _on_first_use:
            call()
    return _cupy


def _import_working_cupy() -> ModuleType:
    """CuPy, after it has computed something: it can be imported where it cannot compute."""
    try:
        cupy = importlib.import_module("cupy")
    except ModuleNotFoundError as error:
        if error.name != "cupy":
            raise DeviceError(f"no GPU: CuPy is damaged, it misses {error.name}") from None
        raise DeviceError(
            "no GPU: CuPy is not installed; install it with pip install "
            "'cupy-cuda13x[ctk]' (or 'cupy-cuda12x[ctk]', for a driver of CUDA 12), or use the cpu"
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
