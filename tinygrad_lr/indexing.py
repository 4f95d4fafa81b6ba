"""``x[...]``: what may stand between the brackets, and what is wrong with it.

An index as a caller writes it may be anything, and is checked here. What comes out is raw: a tuple
of integers, slices, None, ... and raw arrays, as ops.py takes it.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from . import ops
from .device import Array, DeviceError, Shape, device_of, is_array, move
from .device import item as number
from .effects import effect
from .errors import ShapeError
from .forms import formed
from .graph import Value

if TYPE_CHECKING:  # Tensor is made of this file; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"

# One item of a raw index: int, slice, None, Ellipsis or Array. Type checkers cannot follow how
# these are told apart (is_array), so to them it is anything.
Item: TypeAlias = Any
Index: TypeAlias = tuple[Item, ...]


def raw_index(input: Tensor, index: object) -> Index:
    """`index`, which stands between the brackets of ``input[...]``, as a raw index.

    Index Tensors become raw arrays (copies: the gradient rule needs them as they are now), lists
    and ranges become arrays on the device of `input`. Raises TypeError for what picks nothing.
    """
    items = index if isinstance(index, tuple) else (index,)
    raw = tuple(_raw_index_item(input, item) for item in items)
    basic = not [item for item in raw if item is Ellipsis or is_array(item)]
    return (*raw, Ellipsis) if basic else raw  # with it, a single element is a view too


def _raw_index_item(input: Tensor, item: object) -> Item:
    if item is None or item is Ellipsis or isinstance(item, int):
        return item
    if isinstance(item, slice):
        return _checked_slice(item)
    if isinstance(item, np.integer):
        return int(item)
    place = device_of(input.array)
    if isinstance(item, Value):
        if device_of(item.array) != place:
            raise DeviceError(
                f"index: the tensor is on {place}, the index is on {device_of(item.array)}; "
                "move one with .to()"
            )
        if not item.array.ndim and item.array.dtype.kind in "iu":
            return int(number(item.array))
        raw = item.array.copy()
    elif isinstance(item, (list, range, np.ndarray)):
        effect("read an array", item)
        try:
            raw = np.asarray(item)
        except ValueError:
            raise TypeError(
                f"index: the lists in {item!r} have different lengths; make them equally long"
            ) from None
        raw = move(raw if raw.size else raw.astype(np.int64), place)
    else:
        raise TypeError(
            "index: expected integers, slices, lists, ranges, masks or integer Tensors, got "
            f"{type(item).__name__}"
        )
    if raw.dtype.kind not in "biu":
        raise TypeError(f"index: an index must hold integers or booleans, got {raw.dtype}")
    return raw.astype(np.int64) if raw.dtype.kind == "u" else raw


def _checked_slice(item: slice) -> slice:
    """`item`, if its parts are integers, and its step is not 0."""
    for part in (item.start, item.stop, item.step):
        if part is not None and not isinstance(part, (int, np.integer)):
            try:
                operator.index(part)
            except TypeError:
                raise TypeError(
                    f"index: the parts of a slice are integers, got {type(part).__name__} {part!r}"
                ) from None
    if item.step is not None and operator.index(item.step) == 0:
        raise ValueError("index: the step of a slice must not be 0")
    return item


def getitem(input: Tensor, index: object) -> Tensor:
    """``input[index]``, by PyTorch's rules. Raises IndexError, TypeError or ValueError."""
    if _is_range_of_rows(index) and input.array.ndim:  # frequent, and never wrong: no more checks
        return ops.getitem(input, index=(index, Ellipsis))
    view, rest = pick_integers_first(input, index)
    if any(is_array(i) and i.dtype.kind == "b" for i in rest):
        effect("pick by a mask")
    op = ops.select if _is_selection(rest) else ops.getitem
    try:
        return op(view, index=rest)
    except (IndexError, ShapeError):
        raise IndexError(_index_problem(input, raw_index(input, index))) from None


def _is_range_of_rows(index: object) -> bool:
    """Whether `index` is ``[first:last]``."""
    return (
        type(index) is slice
        and index.step is None
        and (index.start is None or type(index.start) is int)
        and (index.stop is None or type(index.stop) is int)
    )


def _is_selection(raw: Index) -> bool:
    """Whether `raw` picks by single integers only, as in ``x[2]`` and ``x[:, 2]``."""
    whole = [i for i in raw if isinstance(i, slice) and i != slice(None)]
    others = [i for i in raw if i is None or is_array(i)]
    return any(isinstance(i, int) for i in raw) and not whole and not others


def check_fits(input: Tensor, index: Index) -> None:
    """Raise IndexError if `index`, already raw, does not fit `input`."""
    try:
        input.array[index]
    except IndexError:
        raise IndexError(_index_problem(input, index)) from None


def pick_integers_first(input: Tensor, index: object) -> tuple[Tensor, Index]:
    """A Tensor and a raw index, which together pick what ``input[index]`` does.

    Usually these are `input` and its whole index. But where single integers stand beside index
    arrays, as in ``x[0, :, [1, 2]]``, NumPy would count the integers as arrays too, and put the
    dimension of the arrays in front. In PyTorch the integers pick first: so the Tensor is what they
    have picked, and the rest of the index is left.
    """
    raw = raw_index(input, index)
    _check_range(input, raw)
    if not any(is_array(i) for i in raw) or not any(isinstance(i, int) for i in raw):
        return input, raw
    first: list[Item] = []
    for item in raw:
        if isinstance(item, int) or item is Ellipsis:
            first.append(item)
        else:
            first += [slice(None)] * _index_dims(item)
    rest = tuple(item for item in raw if not isinstance(item, int))
    return ops.getitem(input, index=tuple(first)), rest


def _check_range(input: Tensor, raw: Index) -> None:
    """Raise IndexError, which names the dimension, if an integer in `raw` is out of range.

    (On the GPU an index out of range would wrap around. To read one there is to wait for it.)
    """
    shape = input.array.shape
    for item, dim in _placed(raw, len(shape)):
        if dim < len(shape) and not isinstance(item, slice) and item is not None:
            _check_one_range(item, dim, shape)


def _placed(raw: Index, ndim: int) -> Iterator[tuple[Item, int]]:
    """Each item of `raw` but ..., with the first of the dimensions that it indexes."""
    dim = 0
    for place, item in enumerate(raw):
        if item is Ellipsis:
            dim = ndim - sum(_index_dims(i) for i in raw[place + 1 :])
            continue
        yield item, dim
        dim += _index_dims(item)


def _index_dims(item: Item) -> int:
    """How many dimensions an item indexes: 0 for None, all of its own for a mask, else 1."""
    if item is None:
        return 0
    return item.ndim if is_array(item) and item.dtype.kind == "b" else 1


def _check_one_range(item: int | Array, dim: int, shape: Shape) -> None:
    if isinstance(item, bool):
        return
    if isinstance(item, int):
        _check_place(item, dim, shape)
    elif item.dtype.kind == "i" and item.size:
        check_range(item, dim, shape)


@formed
def check_range(places: Array, dim: int, shape: Shape) -> None:
    """Raise IndexError if one of the integers `places` is out of range for dimension `dim`."""
    _check_place(int(places.min()), dim, shape)
    _check_place(int(places.max()), dim, shape)


def _check_place(i: int, dim: int, shape: Shape) -> None:
    size = shape[dim]
    if not -size <= i < size:
        raise IndexError(
            f"index {i} is out of range for dimension {dim} of a tensor of shape {shape} "
            f"(expected {-size} to {size - 1})"
        )


def _index_problem(input: Tensor, raw: Index) -> str:
    """Why `raw`, whose integers are in range, does not fit `input`, in words."""
    shape = input.array.shape
    of = f"a tensor of shape {shape}"
    if sum(item is Ellipsis for item in raw) > 1:
        return f"index: only one ... can stand between the brackets, for {of}"
    for item, dim in _placed(raw, len(shape)):
        there = shape[dim : dim + _index_dims(item)]
        if is_array(item) and item.dtype.kind == "b" and there and item.shape != there:
            return f"index: a mask of shape {item.shape} cannot pick from {of}; it must be {there}"
    count = sum(_index_dims(item) for item in raw if item is not Ellipsis)
    if count > len(shape):
        return f"index: too many indices for {of}: for {count} dimensions where it has {len(shape)}"
    lists = ", ".join(str(item.shape) for item in raw if is_array(item))
    return (
        f"index: index lists of shapes {lists} do not broadcast, for {of}; make them equally long"
    )
