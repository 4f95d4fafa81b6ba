"""What all functions that make a Tensor share: their keywords, and what is done with them.

Such a function says how its array is built; `made` builds it, in the dtype and on the device that
were asked for. The other files here say what is in it: nested.py (lists of numbers), ranges.py,
likes.py (as another Tensor), filling.py (drawn in place). Tensor is made with these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

import numpy as np

from ..device import (
    CPU,
    NO_ROOM,
    Array,
    Shape,
    default_device,
    device_of,
    library,
    move,
    no_room,
)
from ..device import device as Device
from ..dtypes import (
    DType,
    DTypeLike,
    checked_dtype,
    converted,
    default_dtype,
    integer,
    limits,
    number,
)
from ..errors import ArgumentError, DtypeError, NumberError, ShapeError
from ..graph import Value
from ..layouts import Layout, check_layout
from ..more.out import stored
from ..random import Generator, chosen
from ..signatures import Sizes, new_sizes
from .nested import gathered

if TYPE_CHECKING:  # Tensor is made with this file; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"
Build: TypeAlias = Callable[[Any, Shape, DType], Array]  # of the array library, shape and dtype


class Keywords(TypedDict, total=False):
    """What every function that makes a Tensor takes, by keyword.

    `dtype` and `device` ("cpu" or "gpu") are those of get_default_dtype() and get_default_device(),
    or of the Tensor that the new one is to be like, where none are asked for. With `out`, the
    numbers are written to that Tensor, and it is returned. The last three are PyTorch's, and change
    nothing here.
    """

    dtype: DTypeLike | None
    device: str | None
    requires_grad: bool
    out: Tensor | None
    layout: Layout | None
    memory_format: Layout | None
    pin_memory: bool | None


def made(
    like: Value | type[Value],
    name: str,
    shape: Shape,
    build: Build,
    *,
    usual: DType | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: bool | None = None,
) -> Tensor:
    """A Tensor, of the class of `like`, of what ``build(library, shape, dtype)`` gives.

    If the keywords have no dtype, it is `usual`, or else that of `like`, a Tensor; so is the
    device. Raises TypeError for a dtype that a Tensor cannot have, OutOfMemoryError if there is no
    room.
    """
    if layout is not None or memory_format is not None:
        check_layout(name, memory_format=memory_format, layout=layout)
    there = out if out is not None else like if isinstance(like, Value) else None
    if there is None:
        kind, place = default_dtype(), default_device()
    else:
        kind, place = there.array.dtype, device_of(there.array)
    kind = checked_dtype(name, dtype) if dtype else usual or kind
    place = place if device is None else Device(device)
    try:
        if place == CPU:
            array = build(np, shape, kind)
        else:
            gpu = library(place)
            array = move(build(gpu, shape, kind), place)
    except NO_ROOM as error:
        raise no_room(error, f"{name}({shape}) of {kind}", place) from None
    if out is not None:
        return stored(name, like.wrap(array), out)
    tensor: Any = like.wrap(array)
    return tensor if requires_grad is False else tensor.requires_grad_(requires_grad)


def size_of(name: str, shape: tuple[Sizes, ...], size: Sizes | None) -> Shape:
    """The shape that a caller gave for `name`: as `size`, or as the arguments `shape`."""
    if size is not None and not isinstance(size, (tuple, list)):
        raise TypeError(
            f"{name}: size must be a tuple of integers, got {size!r}; write ({size!r},)"
        )
    return new_sizes(name, (size,) if size is not None else shape)


# ------------------------------------------------------------------------------------ what to build


def zeros(library: Any, shape: Shape, dtype: DType) -> Array:
    return library.zeros(shape, dtype)


def ones(library: Any, shape: Shape, dtype: DType) -> Array:
    return _full(library, shape, dtype, 1)


def _full(library: Any, shape: Shape, dtype: DType, value: float) -> Array:
    array: Array = library.empty(shape, dtype)
    array.fill(value)  # as NumPy's full() does, in Python
    return array


def filled(name: str, fill_value: object) -> tuple[Build, DType]:
    """One number everywhere; and the dtype of a Tensor of it. ShapeError for several numbers."""
    one, usual = gathered(name, number(fill_value))
    if one.ndim:
        raise ShapeError(
            f"{name}: fill_value must be one number, got an array of shape {one.shape}"
        )
    return lambda library, shape, dtype: _full(
        library, shape, dtype, converted(name, one, dtype).item()
    ), usual


def uniform(name: str, generator: Generator | None) -> Build:
    """Random numbers, equally likely in [0, 1). (All are drawn on the CPU.)"""
    source = chosen(name, generator)
    return lambda _, shape, dtype: source.uniform(0.0, 1.0, shape, _of_floats(name, dtype))


def gaussian(name: str, mean: Any, std: Any, generator: Generator | None) -> Build:
    """Random numbers, Gaussian with this mean and standard deviation."""
    source = chosen(name, generator)
    return lambda _, shape, dtype: source.normal(mean, std, shape, _of_floats(name, dtype))


def _of_floats(name: str, dtype: DType) -> DType:
    if dtype.kind != "f":
        raise DtypeError(f"{name}: draws floats, not {dtype}; for random integers use randint")
    return dtype


def integers(name: str, low: object, high: object, generator: Generator | None) -> Build:
    """Random integers, equally likely, from `low` up to, not including, `high`.

    Raises TypeError or ArgumentError for bounds that are none; and NumberError if the dtype cannot
    hold all of them.
    """
    first, last = integer(low), integer(high)
    if first is None or last is None:
        raise TypeError(f"{name}: low and high must be integers, got {low!r} and {high!r}")
    if first >= last:
        raise ArgumentError(f"{name}: low must be below high, got {first} and {last}")
    source = chosen(name, generator)

    def build(library: Any, shape: Shape, dtype: DType) -> Array:
        least, most = integers_of(dtype)
        if first < least or last - 1 > most:
            raise NumberError(
                f"{name}: {dtype} cannot hold all integers from {first} to {last - 1}; use another "
                "dtype"
            )
        return source.integers(first, last, shape).astype(dtype, copy=False)

    return build


def integers_of(dtype: DType) -> tuple[int, int]:
    """The least and the largest integer up to which `dtype` holds all of them."""
    if dtype.kind != "f":
        return limits(dtype)
    most = 2 ** (np.finfo(dtype).nmant + 1)
    return -most, most
