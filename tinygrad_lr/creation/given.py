"""Making Tensors: from Python numbers, from NumPy, filled, and counted.

The keywords are the same throughout (making.Keywords): `dtype` (float32, unless the docstring says
otherwise), `device` ("cpu" or "gpu"), `requires_grad`. A size is given as integers, or as one tuple
of them.
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from .. import making
from ..device import (
    CPU,
    GPU,
    NO_ROOM,
    Array,
    Shape,
    default_device,
    device_of,
    is_array,
    move,
    no_room,
)
from ..device import device as Device
from ..device import from_dlpack as imported
from ..dtypes import (
    DType,
    DTypeLike,
    Number,
    array_of,
    bool_,
    check_fits,
    checked_dtype,
    converted,
    count,
    finite,
    int64,
)
from ..effects import effect
from ..errors import ArgumentError, DtypeError, ExportError, NumberError
from ..making import Keywords, made, ranges, size_of
from ..making.nested import gathered
from ..signatures import Sizes
from ..tensor import Tensor


def tensor(
    data: object,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A Tensor holding a copy of `data`: a number, nested lists, or an array, whose dtype it keeps.

    Python floats become float32, integers int64; what is in lists, numbers of NumPy's and arrays
    too, has one dtype in the end. Raises TypeError for what holds no numbers; ShapeError for lists
    of different lengths, NumberError for numbers too large for an integer `dtype`.

    >>> tg.tensor([[1, 2], [3, 4]], dtype=tg.float32)
    tensor([[1., 2.],
            [3., 4.]])
    """
    effect("read an array", data)
    if isinstance(data, Tensor):
        data = data.detach().array
    elif hasattr(data, "__dlpack__") and not is_array(data):
        data = _shared("tensor", data).array
    if is_array(data):
        array = array_of("tensor", data).copy()
        wanted: DType = array.dtype
    else:
        array, wanted = gathered("tensor", data)
    if dtype is not None:
        wanted = checked_dtype("tensor", dtype)
    place = device or (device_of(data) if is_array(data) else default_device())
    out: Tensor = Tensor.wrap(move(converted("tensor", array, wanted), place))
    return out if requires_grad is False else out.requires_grad_(requires_grad)


def from_numpy(array: np.ndarray) -> Tensor:
    """A Tensor on the *same memory* as a NumPy array: a change in one shows in the other.

    TypeError for what is no array. Its shape and dtype are those of the array.

    >>> tg.from_numpy(np.ones(2))
    tensor([1., 1.], dtype=float64)
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"from_numpy: expected a NumPy array, got {type(array).__name__}; for lists "
            "use tensor(...)"
        )
    effect("share memory with NumPy", "from_numpy")
    out: Tensor = Tensor.wrap(array_of("from_numpy", array))
    return out


def from_dlpack(ext_tensor: Any, *, device: str | None = None, copy: bool | None = None) -> Tensor:
    """A Tensor on the *same memory* as an array of another library: PyTorch's, for instance.

    With `copy`, or on another `device`, on memory of its own; ArgumentError if `copy` is False and
    another device is asked for. Raises TypeError for what is no such array, or holds no numbers
    that a Tensor can hold, ExportError (a BufferError) for memory that cannot be shared.

    >>> tg.from_dlpack(np.ones(2))
    tensor([1., 1.], dtype=float64)
    """
    out = _shared("from_dlpack", ext_tensor)
    if copy is False and device is not None and Device(device) != out.device:
        raise ArgumentError(
            f"from_dlpack: from {out.device} to {Device(device)} is a copy; leave out copy=False"
        )
    moved = out.to(device=device)
    return moved.clone() if copy and moved is out else moved


def _shared(name: str, source: Any) -> Tensor:
    """A Tensor on the memory of `source`, which speaks DLPack."""
    if isinstance(source, Tensor):
        return Tensor.wrap(source._exported())
    if not hasattr(source, "__dlpack__"):
        raise TypeError(
            f"{name}: expected an array of another library, itself and not its capsule, got "
            f"{type(source).__name__}; for numbers use tensor(...)"
        )
    effect("share memory with NumPy", name)
    try:
        array = source if is_array(source) else imported(source)
    except (BufferError, RuntimeError, ValueError) as error:
        kind = type(source)
        raise ExportError(
            f"{name}: the memory of this {kind.__name__} of {kind.__module__} cannot be shared: "
            f"{str(error).splitlines()[0]}"
        ) from None
    return Tensor.wrap(array_of(name, array))


def as_tensor(data: object, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """`data` as a Tensor, without a copy where that is possible.

    Its dtype is that of tensor(), unless `dtype` says another. TypeError for what holds no numbers.

    >>> tg.as_tensor([1, 2])
    tensor([1, 2])
    """
    if isinstance(data, Tensor):
        out = data
    elif is_array(data):
        effect("share memory with NumPy", "as_tensor")
        out = Tensor.wrap(array_of("as_tensor", data))
    elif hasattr(data, "__dlpack__"):
        out = _shared("as_tensor", data)
    else:
        return tensor(data, dtype=dtype, device=device)
    return out.to(dtype=dtype, device=device)


def asarray(
    obj: object,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """as_tensor; with `copy`, on memory of its own. TypeError for what holds no numbers.

    >>> tg.asarray([1, 2])
    tensor([1, 2])
    """
    out = as_tensor(obj, dtype, device).detach()
    out = out.clone() if copy else out
    return out if requires_grad is False else out.requires_grad_(requires_grad)


def scalar_tensor(s: Number, **keywords: Unpack[Keywords]) -> Tensor:
    """One number as a Tensor of no dimensions, of the default dtype.

    >>> tg.scalar_tensor(2.5)
    tensor(2.5000)
    """
    build = making.filled("scalar_tensor", s)[0]
    return made(Tensor, "scalar_tensor", (), build, **keywords)


def full(size: Sizes, fill_value: Number, **keywords: Unpack[Keywords]) -> Tensor:
    """`fill_value` everywhere; an integer gives int64 and a bool gives bool, as in PyTorch.

    >>> tg.full((2,), 7.0)
    tensor([7., 7.])
    """
    build, usual = making.filled("full", fill_value)
    return made(Tensor, "full", size_of("full", (size,), None), build, usual=usual, **keywords)


def zeros(*shape: Sizes, size: Sizes | None = None, **keywords: Unpack[Keywords]) -> Tensor:
    """0 everywhere.

    Of sizes, ``zeros(2, 3)`` or ``zeros((2, 3))``: float32, unless `dtype` says another. ShapeError
    for a negative size.

    >>> tg.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    return made(Tensor, "zeros", size_of("zeros", shape, size), making.zeros, **keywords)


def ones(*shape: Sizes, size: Sizes | None = None, **keywords: Unpack[Keywords]) -> Tensor:
    """1 everywhere.

    Of sizes, ``ones(2, 3)`` or ``ones((2, 3))``: float32, unless `dtype` says another. ShapeError
    for a negative size.

    >>> tg.ones(2, 3)
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """
    return made(Tensor, "ones", size_of("ones", shape, size), making.ones, **keywords)


def empty(*shape: Sizes, size: Sizes | None = None, **keywords: Unpack[Keywords]) -> Tensor:
    """A Tensor of this size, for what is yet to be written into it.

    (It holds 0 everywhere: memory with unknown contents would be only a little faster.)

    >>> tg.empty(2, 3).shape
    (2, 3)
    """
    return made(Tensor, "empty", size_of("empty", shape, size), making.zeros, **keywords)


def eye(n: int, m: int | None = None, **keywords: Unpack[Keywords]) -> Tensor:
    """1 on the diagonal, 0 elsewhere: a matrix (n, m), or (n, n).

    OutOfMemoryError if it has no room.

    >>> tg.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    rows = count("eye", "n", n)
    columns = rows if m is None else count("eye", "m", m)

    def build(library: Any, shape: Shape, dtype: DType) -> Array:
        try:
            return library.eye(rows, columns, dtype=dtype)
        except NO_ROOM as error:
            place = CPU if library is np else GPU
            raise no_room(error, f"eye({rows}, {columns}) of {dtype}", place) from None

    return made(Tensor, "eye", (rows, columns), build, **keywords)


def arange(
    start: Number, end: Number | None = None, step: Number = 1, **keywords: Unpack[Keywords]
) -> Tensor:
    """``start, start + step, ...`` up to, not including, `end`; or 0 up to `start`.

    int64 if all three are integers, else floats. (ranges.py has how they are rounded.)

    >>> tg.arange(0, 1, 0.25)
    tensor([0.0000, 0.2500, 0.5000, 0.7500])
    """
    first, last, by = steps("arange", *((0, start) if end is None else (start, end)), step)
    whole = isinstance(first, int) and isinstance(last, int) and isinstance(by, int)

    def build(library: Any, shape: Shape, dtype: DType) -> Array:
        return ranges.arange(first, last, by, counting("arange", dtype))

    return made(Tensor, "arange", (), build, usual=int64 if whole else None, **keywords)


def steps(name: str, start: Number, end: Number, step: Number) -> tuple[float, float, float]:
    """The three as Python numbers, for `name`. ArgumentError if the steps lead elsewhere."""
    first, last = finite(name, "start", start), finite(name, "end", end)
    by = finite(name, "step", step)
    if by == 0 or (last - first) / by < 0:
        raise ArgumentError(
            f"{name}: no steps of {by} lead from {first} to {last}; step must be above 0 to count "
            "upwards, and below 0 to count downwards"
        )
    return first, last, by


def linspace(start: float, end: float, steps: int, **keywords: Unpack[Keywords]) -> Tensor:
    """`steps` numbers from `start` to `end`, equally far apart; NumberError if these do not fit.

    >>> tg.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    start, end = finite("linspace", "start", start), finite("linspace", "end", end)
    steps = count("linspace", "steps", steps)

    def build(library: Any, shape: Shape, dtype: DType) -> Array:
        kind = counting("linspace", dtype, steps)
        if kind == bool_:
            return np.full(shape, start, kind)
        for bound in (start, end):
            if kind.kind != "f":
                check_fits("linspace", bound, kind)
            elif abs(bound) > (most := float(np.finfo(kind).max)):
                raise NumberError(
                    f"linspace: {kind} goes up to {most}, got {bound}; use another dtype"
                )
        return ranges.linspace(start, end, steps, kind)

    return made(Tensor, "linspace", (steps,), build, **keywords)


def counting(name: str, dtype: DType, steps: int = 2) -> DType:
    """`dtype`; DtypeError, for `name`, if it is bool, and there are several `steps`."""
    if dtype == bool_ and steps > 1:
        raise DtypeError(f"{name}: gives numbers, not bool; compare them: {name}(...) > 0")
    return dtype
