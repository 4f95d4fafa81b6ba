"""Making Tensors: from Python numbers, from NumPy, filled, counted, and random.

The keywords are the same throughout: `dtype` (float32, unless the docstring says otherwise),
`device` ("cpu" or "gpu"), `requires_grad`. A size is given as integers, or as one tuple of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import ranges
from .device import CPU, Array, Shape, device_of, is_array, library, move, room_for
from .device import device as Device
from .device import from_dlpack as imported
from .dtypes import (
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
    float32,
    int64,
    integer,
    number,
)
from .effects import effect
from .errors import ArgumentError, DtypeError, ExportError, NumberError, ShapeError
from .random import Generator, chosen
from .signatures import Sizes, new_sizes
from .tensor import Tensor, from_numbers, gathered


def _made(array: Array, device: str | None, requires_grad: bool) -> Tensor:
    """`array` as a Tensor on `device`, the CPU if None."""
    tensor: Tensor = Tensor.wrap(move(array, device or CPU))
    return tensor if requires_grad is False else tensor.requires_grad_(requires_grad)


def _size(name: str, shape: tuple[Sizes, ...], size: Shape | list[int] | None) -> Shape:
    """The shape that a caller gave for `name`: as `size`, or as the arguments `shape`."""
    if size is not None and not isinstance(size, (tuple, list)):
        raise TypeError(
            f"{name}: size must be a tuple of integers, got {size!r}; write ({size!r},)"
        )
    return new_sizes(name, (size,) if size is not None else shape)


def tensor(
    data: object,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A Tensor holding a copy of `data`: a number, nested lists, or an array, whose dtype it keeps.

    Python floats become float32, integers int64; what is in lists, numbers of NumPy's and arrays
    too, has one dtype in the end. Raises TypeError for what holds no numbers; ShapeError for lists
    of different lengths, NumberError for numbers too large for an integer `dtype`.
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
    place = device or (device_of(data) if is_array(data) else CPU)
    return _made(converted("tensor", array, wanted), place, requires_grad)


def from_numpy(array: np.ndarray) -> Tensor:
    """A Tensor on the *same memory* as a NumPy array: a change in one shows in the other."""
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
    """`data` as a Tensor, without a copy where that is possible."""
    if isinstance(data, Tensor):
        out = data
    elif is_array(data):
        effect("share memory with NumPy", "as_tensor")
        out = Tensor.wrap(array_of("as_tensor", data))
    elif hasattr(data, "__dlpack__"):
        out = _shared("as_tensor", data)
    else:
        out = tensor(data)
    return out.to(dtype=dtype, device=device)


def full(
    size: Sizes,
    fill_value: Number,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """`fill_value` everywhere; an integer gives int64 and a bool gives bool, as in PyTorch."""
    value = number(fill_value)
    usual: DType = {bool: bool_, int: int64}.get(type(value), float32)
    shape, one = _size("full", (size,), None), from_numbers("full", value)
    if one.ndim:
        raise ShapeError(f"full: fill_value must be one number, got an array of shape {one.shape}")
    one = converted("full", one, usual if dtype is None else checked_dtype("full", dtype))
    with room_for(f"full({shape}) of {one.dtype}", device or CPU):
        array = library(device or CPU).full(shape, one.item(), one.dtype)
    return _made(array, device, requires_grad)


def zeros(
    *shape: Sizes,
    size: Shape | list[int] | None = None,
    dtype: DTypeLike | None = float32,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """0 everywhere."""
    sizes = _size("zeros", shape, size)
    dtype = checked_dtype("zeros", dtype)
    with room_for(f"zeros({sizes}) of {dtype}", device or CPU):
        array = library(device or CPU).zeros(sizes, dtype)
    return _made(array, device, requires_grad)


def ones(
    *shape: Sizes,
    size: Shape | list[int] | None = None,
    dtype: DTypeLike | None = float32,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """1 everywhere."""
    sizes = _size("ones", shape, size)
    dtype = checked_dtype("ones", dtype)
    with room_for(f"ones({sizes}) of {dtype}", device or CPU):
        array = library(device or CPU).ones(sizes, dtype)
    return _made(array, device, requires_grad)


empty = zeros  # memory with unknown contents would be only a little faster


def _check_like(name: str, input: object) -> None:
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}: expected a Tensor, got {type(input).__name__}; make one with tensor(...)"
        )


def zeros_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """0 everywhere, in the shape of `input`; in its dtype and on its device, or in others."""
    _check_like("zeros_like", input)
    kind, place = dtype or input.dtype, device or input.device
    return zeros(input.shape, dtype=kind, device=place, requires_grad=requires_grad)


def ones_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """1 everywhere, in the shape of `input`; in its dtype and on its device, or in others."""
    _check_like("ones_like", input)
    kind, place = dtype or input.dtype, device or input.device
    return ones(input.shape, dtype=kind, device=place, requires_grad=requires_grad)


def full_like(
    input: Tensor,
    fill_value: Number,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """`fill_value` everywhere, in the shape of `input`; its dtype and device, or others."""
    _check_like("full_like", input)
    kind, place = dtype or input.dtype, device or input.device
    return full(input.shape, fill_value, dtype=kind, device=place, requires_grad=requires_grad)


def arange(
    start: Number,
    end: Number | None = None,
    step: Number = 1,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``start, start + step, ...`` up to, not including, `end`; or 0 up to `start`.

    int64 if all three are integers, else float32. (ranges.py has how they are rounded.)
    """
    if end is None:
        start, end = 0, start
    start, end, step = (
        finite("arange", argument, value)
        for argument, value in {"start": start, "end": end, "step": step}.items()
    )
    if step == 0 or (end - start) / step < 0:
        raise ArgumentError(
            f"arange: no steps of {step} lead from {start} to {end}; step must be above 0 to count "
            "upwards, and below 0 to count downwards"
        )
    if dtype is None:
        dtype = int64 if all(isinstance(v, int) for v in (start, end, step)) else float32
    return _made(ranges.arange(start, end, step, _counting("arange", dtype)), device, requires_grad)


def linspace(
    start: float,
    end: float,
    steps: int,
    *,
    dtype: DTypeLike | None = float32,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` numbers from `start` to `end`, equally far apart; NumberError if these do not fit."""
    start, end = finite("linspace", "start", start), finite("linspace", "end", end)
    steps, kind = count("linspace", "steps", steps), _counting("linspace", dtype)
    for bound in (start, end):
        if kind.kind != "f":
            check_fits("linspace", bound, kind)
        elif abs(bound) > (most := float(np.finfo(kind).max)):
            raise NumberError(f"linspace: {kind} goes up to {most}, got {bound}; use another dtype")
    return _made(ranges.linspace(start, end, steps, kind), device, requires_grad)


def _counting(name: str, dtype: DTypeLike | None) -> DType:
    found: DType = checked_dtype(name, dtype)
    if found == bool_:
        raise DtypeError(f"{name}: gives numbers, not bool; compare them: {name}(...) > 0")
    return found


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: DTypeLike | None = float32,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """1 on the diagonal, 0 elsewhere: a matrix (n, m), or (n, n)."""
    n, m = count("eye", "n", n), None if m is None else count("eye", "m", m)
    dtype = checked_dtype("eye", dtype)
    with room_for(f"eye({n}, {m or n}) of {dtype}", device or CPU):
        array = library(device or CPU).eye(n, m, dtype=dtype)
    return _made(array, device, requires_grad)


def _float_dtype(name: str, dtype: DTypeLike | None) -> DType:
    found: DType = checked_dtype(name, dtype)
    if found.kind != "f":
        raise DtypeError(f"{name}: draws floats, not {found}; for random integers use randint")
    return found


def rand(
    *shape: Sizes,
    size: Shape | list[int] | None = None,
    generator: Generator | None = None,
    dtype: DTypeLike | None = float32,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers, equally likely in [0, 1)."""
    sizes, dtype = _size("rand", shape, size), _float_dtype("rand", dtype)
    drawn = chosen("rand", generator).uniform(0.0, 1.0, sizes, dtype)
    return _made(drawn, device, requires_grad)


def randn(
    *shape: Sizes,
    size: Shape | list[int] | None = None,
    generator: Generator | None = None,
    dtype: DTypeLike | None = float32,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers, Gaussian with mean 0 and standard deviation 1."""
    sizes, dtype = _size("randn", shape, size), _float_dtype("randn", dtype)
    drawn = chosen("randn", generator).normal(0.0, 1.0, sizes, dtype)
    return _made(drawn, device, requires_grad)


def normal(
    mean: float,
    std: float,
    size: Shape | list[int],
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = float32,
    device: str | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers, Gaussian with this mean and standard deviation."""
    shape, dtype = _size("normal", (), size), _float_dtype("normal", dtype)
    drawn = chosen("normal", generator).normal(mean, std, shape, dtype)
    return _made(drawn, device, requires_grad)


def randint(
    low: int = 0,
    high: Sizes | None = None,
    size: Shape | list[int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = int64,
    device: str | None = None,
) -> Tensor:
    """Random integers, equally likely, from `low` up to, not including, `high`.

    ``randint(high, size)`` begins at 0. Raises NumberError if `dtype` cannot hold all of them.
    """
    if isinstance(high, (tuple, list)):  # randint(high, size)
        high, size = None, high
    if high is None:
        low, high = 0, low
    first, last = integer(low), integer(high)
    if first is None or last is None:
        raise TypeError(f"randint: low and high must be integers, got {low!r} and {high!r}")
    low, high = first, last
    if low >= high:
        raise ArgumentError(f"randint: low must be below high, got {low} and {high}")
    if size is None:
        raise TypeError(f"randint: say how many, with a size: randint({low}, {high}, (3,))")
    kept = checked_dtype("randint", dtype or int64)
    least, most = _integers_of(kept)
    if low < least or high - 1 > most:
        raise NumberError(
            f"randint: {kept} cannot hold all integers from {low} to {high - 1}; use another dtype"
        )
    drawn = chosen("randint", generator).integers(low, high, _size("randint", (), size))
    return _made(drawn.astype(kept, copy=False), device, False)


def _integers_of(dtype: DType) -> tuple[int, int]:
    """The least and the largest integer up to which `dtype` holds all of them."""
    if dtype == bool_:
        return 0, 1
    if dtype.kind == "f":
        most = 2 ** (np.finfo(dtype).nmant + 1)
        return -most, most
    return int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)


def randperm(n: int, *, generator: Generator | None = None, device: str | None = None) -> Tensor:
    """The numbers 0 to n - 1 in random order, int64."""
    n = count("randperm", "n", n)
    return _made(chosen("randperm", generator).permutation(n), device, False)
