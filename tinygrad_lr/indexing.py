"""``x[...]``: what may stand between the brackets, and what is wrong with it.

An index as a caller writes it may be anything, and is checked here. What comes out is raw: a tuple
of integers, slices, None, ... and raw arrays, as ops.py takes it.

PyTorch picks in two steps, and so do we. Integers, slices and None are first: they give a view. The
index arrays then pick from that view, each at the dimension where it stands. (NumPy would count the
integers beside an array as arrays too, and put the dimensions of arrays that are apart in front.)
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from . import ops
from .device import Array, DeviceError, Shape, device_of, is_array, move, others, plain, xp
from .device import item as number
from .dtypes import int32, int64
from .effects import effect
from .errors import NoIndex, ShapeError
from .forms import formed
from .graph import Value
from .losses import all_below

if TYPE_CHECKING:  # Tensor is made of this file; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"

# One item of a raw index: int, slice, None, Ellipsis or Array. Type checkers cannot follow how
# these are told apart (is_array), so to them it is anything.
Item: TypeAlias = Any
Index: TypeAlias = tuple[Item, ...]

_ALL = slice(None)
_ENDS = {int, type(None)}  # of a slice, usually
_OF_VIEWS = {int, slice, type(None)}  # an index of only these picks a view
_OF_TENSORS = (int64, int32, np.dtype("uint8"))  # the integers that an index Tensor may hold


def getitem(input: Tensor, index: object) -> Tensor:
    """``input[index]``, by PyTorch's rules. Raises IndexError, TypeError or ValueError."""
    if shape := input.array.shape:  # a row, or some: frequent, and never wrong
        if type(index) is int and -shape[0] <= index < shape[0]:
            return ops.select(input, index=(index, Ellipsis))
        if type(index) is slice and _is_range(index):
            return ops.getitem(input, index=(index, Ellipsis))
    part, rest = pick_first(input, index)
    op = ops.getitem
    if rest[-1] is Ellipsis:
        op = ops.select if _is_selection(rest) else op
    elif any(is_array(i) and i.dtype.kind == "b" for i in rest):
        effect("pick by a mask")
    try:
        return op(part, index=rest)
    except (IndexError, ShapeError):
        raise IndexError(_index_problem(part, rest)) from None


def _is_range(item: slice) -> bool:
    """Whether `item` has no step, and no parts but Python's integers."""
    return item.step is None and _ENDS.issuperset((type(item.start), type(item.stop)))


def _is_selection(raw: Index) -> bool:
    """Whether `raw`, of a view, picks by single integers only: ``x[2]``, ``x[:, 2]``."""
    singles = [*map(type, raw)].count(int)
    return singles > 0 and singles + raw.count(_ALL) == len(raw) - 1  # and the ... behind them


def check_fits(input: Tensor, index: Index) -> None:
    """Raise IndexError if `index`, already raw, does not fit `input`."""
    try:
        input.array[index]
    except IndexError:
        raise IndexError(_index_problem(input, index)) from None


def pick_first(input: Tensor, index: object) -> tuple[Tensor, Index]:
    """A Tensor and a raw index, which together pick what ``input[index]`` does.

    The Tensor is `input` itself where the index needs only one step. Where integers stand beside
    index arrays, as in ``x[0, :, [1, 2]]``, it is the view that the integers have picked. True and
    False are index arrays too: [0] and [] at a new dimension of size 1, all of it or nothing.
    """
    raw = _raw_index(input, index)
    if _OF_VIEWS.issuperset(map(type, raw)):
        return input, (*raw, Ellipsis)  # with the ..., a single element is a view too
    if not [i for i in raw if isinstance(i, int)]:
        return input, raw
    first: list[Item] = []
    rest: list[Item] = []
    for item in raw:
        if isinstance(item, bool):
            first.append(None)
            rest.append(xp(input.array).zeros(int(item), np.int64))
        elif is_array(item):
            first += [slice(None)] * _index_dims(item)
            rest.append(item)
        else:
            first.append(item)
            rest += [slice(None)] * (not isinstance(item, int))
    return ops.getitem(input, index=(*first, Ellipsis)), tuple(rest)


# ----------------------------------------------------------------------- from an index to a raw one


def _raw_index(input: Tensor, index: object) -> Index:
    """`index`, which stands between the brackets of ``input[...]``, as a raw index.

    It has no ... any more, and each item by itself fits: its range, and the shape of a mask.
    """
    shape = input.array.shape
    raw: list[Item]
    raw = [item if type(item) is int else _raw_item(item, input.array) for item in _items(index)]
    if EllipsisType in map(type, raw):
        raw = _without_gap(raw, shape)
    dim = 0
    for item in raw:
        if type(item) is int or type(item) is slice:
            if type(item) is int and dim < len(shape):
                _check_place(item, dim, shape)
            dim += 1
        elif is_array(item):
            dims = _index_dims(item)
            _check_array(item, dim, shape[dim : dim + dims], shape)
            dim += dims
    if dim > len(shape):
        raise IndexError(
            f"index: too many indices for a tensor of shape {shape}: it has "
            f"{len(shape)} dimension{'s' * (len(shape) != 1)}, and {dim} stand between the brackets"
        )
    return tuple(raw)


def _without_gap(raw: list[Item], shape: Shape) -> list[Item]:
    """`raw` with as many slices in the place of its ... as there are dimensions left."""
    kinds = [*map(type, raw)]
    gap = kinds.index(EllipsisType)
    if kinds.count(EllipsisType) > 1:
        raise IndexError(
            f"index: only one ... can stand between the brackets, for a tensor of shape {shape}"
        )
    left = len(shape) - sum(map(_index_dims, raw))
    return raw[:gap] + [_ALL] * left + raw[gap + 1 :]


def _index_dims(item: Item) -> int:
    """How many dimensions an item indexes: all of its own for a mask; 1 for most others."""
    if is_array(item):
        return item.ndim if item.dtype.kind == "b" else 1
    return 1 if type(item) is int or type(item) is slice else 0


def _items(index: object) -> Sequence[object]:
    """What stands between the brackets, one by one.

    As in PyTorch (and in NumPy once), a short list that holds more than numbers is such a row of
    items too: ``x[[[0, 1], [1, 2]]]`` is ``x[[0, 1], [1, 2]]``.
    """
    if isinstance(index, tuple):
        return index
    if isinstance(index, list) and len(index) < 32 and any(map(_is_no_number, index)):
        return index
    return (index,)


def _is_no_number(item: object) -> bool:
    return (
        item is None
        or item is Ellipsis
        or isinstance(item, (slice, Sequence, Value))
        or is_array(item)
    )


def _raw_item(item: object, like: Array) -> Item:
    if item is None or item is Ellipsis or isinstance(item, bool):
        return item
    if isinstance(item, slice):
        return _checked_slice(item)
    if isinstance(item, (int, np.integer)):
        return int(item)
    raw = _raw_array(item, like)
    if raw.dtype.kind == "u":  # uint8 is a mask, as in PyTorch, from before there was bool
        raw = raw.astype(np.bool_ if raw.itemsize == 1 else np.int64)
    return raw if raw.ndim else number(raw)


def _raw_array(item: object, like: Array) -> Array:
    """`item` as an array on the device of `like`, of integers or booleans.

    It is a copy: the gradient rule needs it as it is now.
    """
    raw: Array
    if isinstance(item, Value):
        raw = item.array
        if others and device_of(raw) != device_of(like):
            raise DeviceError(
                f"index: the tensor is on {device_of(like)}, the index is on {device_of(raw)}; "
                "move one with .to()"
            )
        if raw.ndim and raw.dtype.kind in "iu" and raw.dtype not in _OF_TENSORS:
            raise NoIndex(
                f"index: an index Tensor is of int64, int32, bool or uint8 (a mask), got "
                f"{raw.dtype}; use .long()"
            )
        raw = raw.copy()
    else:
        effect("read an array", item)
        raw = move(_of_numpy(item), device_of(like))
    if raw.dtype.kind not in "biu":
        raise NoIndex(
            f"index: an index must hold integers or booleans, got {raw.dtype}; use .long()"
        )
    return raw


def _of_numpy(item: Any) -> np.ndarray:
    """The NumPy array of a list, a range, or an array; NoIndex for anything else."""
    is_list = isinstance(item, Sequence) and not isinstance(item, (str, bytes))
    if not is_list and not hasattr(item, "__array__"):
        raise NoIndex(
            "index: expected integers, slices, lists, ranges, masks or integer Tensors, got "
            f"{type(item).__name__}"
        )
    try:
        array = np.array(plain("index", item) if is_array(item) else item, order="C")
    except ValueError:
        raise NoIndex(
            f"index: the lists in {item!r} have different lengths; make them equally long"
        ) from None
    return array if array.size or array.dtype.kind == "b" else array.astype(np.int64)


def _checked_slice(item: slice) -> slice:
    """`item`, its parts as integers, if that is what they are, and its step is positive."""
    if _is_range(item):
        return item
    parts = [item.start, item.stop, item.step]
    for i, part in enumerate(parts):
        if part is not None and type(part) is not int:
            try:
                parts[i] = operator.index(part)
            except TypeError:
                raise TypeError(
                    f"index: the parts of a slice are integers, got {type(part).__name__} {part!r}"
                ) from None
    start, stop, step = parts
    if step == 0:
        raise ValueError("index: the step of a slice must not be 0")
    if step is not None and step < 0:
        raise ValueError(
            f"index: the step of a slice must be positive, got {step}; for the reverse order "
            "use a range: x[range(len(x) - 1, -1, -1)]"
        )
    return slice(start, stop, step)


# ------------------------------------------------------------------------------- what does not fit


def _check_array(item: Array, dim: int, there: Shape, shape: Shape) -> None:
    """Raise IndexError if `item` does not fit what is `there` in `shape`, from dimension `dim` on.

    (On the GPU an index out of range would wrap around. To read one there is to wait for it.)
    """
    if not there:  # there are too many items
        return
    if item.dtype.kind == "b" and item.shape != there:
        raise IndexError(
            f"index: a mask of shape {item.shape} cannot pick from a tensor of shape {shape}; "
            f"it must be {there}"
        )
    elif item.dtype.kind == "i" and item.size:
        check_range(item, dim, shape)


@formed
def check_range(places: Array, dim: int, shape: Shape) -> None:
    """Raise IndexError if one of the integers `places` is out of range for dimension `dim`."""
    from_least = (places + np.int64(shape[dim])).reshape(-1)
    if not all_below(from_least, 2 * shape[dim]):
        _check_place(int(places.min()), dim, shape)
        _check_place(int(places.max()), dim, shape)


def _check_place(i: int, dim: int, shape: Shape) -> None:
    size = shape[dim]
    if not -size <= i < size:
        expected = f"expected {-size} to {size - 1}" if size else "there is none to pick"
        raise IndexError(
            f"index {i} is out of range for dimension {dim} of a tensor of shape {shape} "
            f"({expected})"
        )


def _index_problem(input: Tensor, raw: Index) -> str:
    """Why `raw`, of which each item by itself fits `input`, does not, in words."""
    lists = ", ".join(str(item.shape) for item in raw if is_array(item))
    return (
        f"index: index lists of shapes {lists} do not broadcast, for a tensor of shape "
        f"{input.array.shape}; make them equally long"
    )
