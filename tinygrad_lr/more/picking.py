"""Elements by masks and by indices: filled, picked, put somewhere, added up there.

All of it is made of getitem, setitem, scatter, gather and where (see ops.py), which are each
other's gradients. The forms that write in place (``masked_fill_``) are methods.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, Literal, overload

from .. import functions, indexing, ops
from ..device import Array, Shape, is_array, item, xp
from ..dtypes import bool_, cast, check_fits, flag, int64, integer, number, same_dtype
from ..effects import effect
from ..errors import ArgumentError, DtypeError, NoIndex, PlaceError, ShapeError, check_devices
from ..functions import add, gather, reshape
from ..graph import Value
from ..inplace import write
from ..signatures import (
    Operand,
    Tensor,
    axis_too,
    check_places,
    checked,
    dim_index,
    integer_index,
    seen_as,
)
from . import table
from .shapes import broadcast_shapes, broadcast_tensors, broadcast_to, ravel

__all__ = [
    "argwhere",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "nonzero",
    "put",
    "scatter",
    "scatter_add",
    "take",
    "take_along_dim",
    "where",
]

# ---------------------------------------------------------------------------------------- by a mask


def _mask(name: str, mask: Tensor) -> Tensor:
    """`mask`; DtypeError if it does not hold booleans."""
    if checked(mask, name).array.dtype != bool_:
        raise DtypeError(
            f"{name}: the mask must be a bool Tensor, not {mask.array.dtype}; compare first (x > 0)"
        )
    return mask


def _filling(name: str, input: Tensor, value: object) -> Any:
    """`value`, a number or a Tensor of no dimensions, as one that the dtype of `input` holds."""
    dtype = input.array.dtype
    if isinstance(value, Value):
        if value.array.ndim:
            raise ShapeError(
                f"{name}: the value must be a number, or a tensor of no dimensions; got shape "
                f"{value.array.shape}"
            )
        return cast(value, dtype)
    found = number(value)
    if not isinstance(found, (int, float)):
        raise TypeError(f"{name}: the value must be a number, got {type(value).__name__}")
    if dtype.kind in "iu":
        check_fits(name, found, dtype)
    return {"b": bool, "f": float}.get(dtype.kind, int)(found)


@seen_as("MaskedFill")
def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """`input`, but `value`, a number, where `mask` (bool) is true. Both broadcast.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.masked_fill(x > 1.5, 0.0)
    tensor([1., 0., 0.])
    """
    filling = _filling("masked_fill", checked(input, "masked_fill"), value)
    return functions.where(_mask("masked_fill", mask), filling, input)


@seen_as("MaskedSelect")
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where `mask` (bool) is true, in one dimension: ``input[mask]``, broadcast.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.masked_select(x > 1.5)
    tensor([2., 3.])
    """
    if checked(input, "masked_select").array.shape != _mask("masked_select", mask).array.shape:
        input, mask = broadcast_tensors(input, mask)
    return indexing.getitem(input, mask)


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """`input`, but elements of `source`, one after the other, where `mask` (bool) is true.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.masked_scatter(x > 1.5, tg.tensor([8.0, 9.0]))
    tensor([1., 8., 9.])
    """
    same_dtype("masked_scatter", input=checked(input, "masked_scatter"), source=source)
    input, mask = broadcast_tensors(input, _mask("masked_scatter", mask))
    hits = ravel(mask).array
    places = hits.cumsum() - 1  # which element of the source belongs where, if one does
    _check_enough(hits, source.array.size)
    if not source.array.size:
        return input.clone()
    picked = ops.index_select(ravel(source), places.clip(0, None), axis=0)
    return functions.where(mask, reshape(picked, input.array.shape), input)


def _check_enough(hits: Array, there: int) -> None:
    """Raise ShapeError if more places are hit than elements are there."""
    if hits.size > there and item(hits.sum()) > there:
        raise ShapeError(
            f"masked_scatter: the mask has {item(hits.sum())} places, and the source only {there} "
            "elements"
        )


@overload
def nonzero(input: Tensor, *, as_tuple: Literal[False] = False) -> Tensor: ...
@overload
def nonzero(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Tensor | tuple[Tensor, ...]:
    """Where the elements that are not 0 are: one row for each, (how many, dimensions) int64.

    With `as_tuple` a vector for each dimension instead: what stands between brackets, x[...].

    >>> tg.tensor([0, 5, 7]).nonzero()
    tensor([[1],
            [2]])
    """
    array = checked(input, "nonzero").array
    effect("pick by a mask")
    places = xp(array).nonzero(array if array.ndim else array.reshape(1))
    if flag("nonzero", "as_tuple", as_tuple):
        return tuple(input.wrap(place.copy()) for place in places)  # NumPy's are in one memory
    rows = xp(array).concatenate([place.reshape(-1, 1) for place in places], 1)
    return input.wrap(rows if array.ndim else rows[:, :0])


def argwhere(input: Tensor) -> Tensor:
    """Where the elements that are not 0 are: one row for each.

    >>> tg.tensor([0, 5, 7]).argwhere()
    tensor([[1],
            [2]])
    """
    return nonzero(input)


@overload
def where(condition: Tensor) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Tensor, input: Operand, other: Operand) -> Tensor: ...
def where(
    condition: Tensor, input: Operand | None = None, other: Operand | None = None
) -> Tensor | tuple[Tensor, ...]:
    """`input` where `condition` (a bool Tensor) is true, `other` elsewhere; all broadcast.

    Of a condition alone, where it is true: ``nonzero(condition, as_tuple=True)``. TypeError for one
    of the two alone.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.where(x > 1.5, x, 0.0)
    tensor([0., 2., 3.])
    """
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    if input is None or other is None:
        raise TypeError("where: give both, what to take and what else, or only a condition")
    return functions.where(condition, input, other)


# ------------------------------------------------------------------------------ places in all of it


def _long(name: str, index: Tensor, error: type[Exception] = DtypeError) -> Tensor:
    """`index`; an `error` if it is not int64."""
    if checked(index, name).array.dtype != int64:
        raise error(
            f"{name}: the index must be an int64 tensor, got {index.array.dtype}; use .long()"
        )
    return index


def _from_front(index: Tensor, size: int) -> Tensor:
    """`index`, with what is negative counted from the front of so many."""
    return index.wrap(index.array + (index.array < 0) * size)


@seen_as("Take")
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at these places of ``input.ravel()``, in the shape of `index`.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).take(tg.tensor([0, 3]))
    tensor([1., 4.])
    """
    flat, places = ravel(checked(input, "take")), _long("take", index)
    if places.array.ndim:
        return indexing.getitem(flat, places)
    return reshape(indexing.getitem(flat, ravel(places)), ())


@axis_too
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """gather, but that `input` and `indices` broadcast; without `dim`, of all elements in a row.

    ShapeError unless both have as many dimensions.

    >>> y = tg.tensor([3.0, 1.0, 2.0])
    >>> y.take_along_dim(y.argsort(), dim=0)
    tensor([1., 2., 3.])
    """
    checked(input, "take_along_dim"), _long("take_along_dim", indices)
    if dim is None:
        return gather(ravel(input), 0, _from_front(ravel(indices), input.array.size))
    shapes = [list(input.array.shape), list(indices.array.shape)]
    if len(shapes[0]) != len(shapes[1]):
        raise ShapeError(
            f"take_along_dim: input and indices need as many dimensions, got {input.array.shape} "
            f"and {indices.array.shape}"
        )
    axis = dim_index("take_along_dim", dim, input.array.ndim)
    sizes = [shape.pop(axis) if shape else 1 for shape in shapes]
    common = broadcast_shapes(*shapes)
    indices = _from_front(indices, sizes[0])
    if not input.array.ndim:
        return gather(input, 0, indices)
    if shapes[0] != shapes[1]:
        input, indices = (
            broadcast_to(x, (*common[:axis], size, *common[axis:]))
            for x, size in zip((input, indices), sizes)
        )
    return gather(input, axis, indices)


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """`input`, but with the elements of `source` at these places of ``input.ravel()``.

    The result has the shape of `input`. PlaceError unless `index` and `source` have as many
    elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).put(tg.tensor([0]), tg.tensor([9.0]))
    tensor([9., 2., 3.])
    """
    flat, places = ravel(checked(input, "put")), ravel(_long("put", index))
    if places.array.size != checked(source, "put").array.size:
        raise PlaceError(
            f"put: index and source need as many elements, got {places.array.size} and "
            f"{source.array.size}"
        )
    return reshape(index_put(flat, (places,), ravel(source), accumulate), input.array.shape)


def index_put(
    input: Tensor, indices: Sequence[Tensor], values: Tensor, accumulate: bool = False
) -> Tensor:
    """`input`, but with ``input[indices] = values``; or ``+=``, if it is to `accumulate`.

    The result has the shape and dtype of `input`. TypeError if `indices` is no tuple of Tensors.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_put((tg.tensor([0]),), tg.tensor(9.0))
    tensor([9., 2., 3.])
    """
    if not isinstance(indices, (tuple, list)) or not all(isinstance(i, Value) for i in indices):
        raise TypeError("index_put: indices must be a tuple of Tensors, (index,) for one")
    lists = tuple(i if i.array.ndim else reshape(i, 1) for i in indices)
    whole, raw = indexing.pick_first(checked(input, "index_put"), lists)
    same_dtype("index_put", input=input, values=checked(values, "index_put"))
    if any(is_array(i) and i.dtype.kind == "b" for i in raw):
        effect("pick by a mask")
    if not flag("index_put", "accumulate", accumulate):
        return ops.setitem(whole, values, index=raw)
    part = input.array[raw].shape
    more = ops.scatter(broadcast_to(values, part), index=raw, shape=input.array.shape)
    return add(input, more)


# ------------------------------------------------------------------------------ along one dimension


def _check_place(name: str, input: Tensor, index: Tensor) -> None:
    """Raise DeviceError if `index` is not where `input` is."""
    check_devices(name, ["input", "index"], [input.array, checked(index, name).array])


def _along(
    name: str, input: Tensor, dim: int, index: Tensor, source: Tensor | None = None
) -> ops.Index:
    """The raw index of the entries along `dim` that `index`, a vector, names.

    If there is a `source`, it must have one entry for each of them.
    """
    shape = checked(input, name).array.shape
    axis = dim_index(name, dim, len(shape))
    _check_place(name, input, index)
    if index.array.ndim > 1:
        raise PlaceError(f"{name}: the index must be a vector, got shape {index.array.shape}")
    index = integer_index(name, input, index, (shape or (1,))[axis])
    places = index.array if index.array.ndim else index.array.reshape(1)
    wanted = (*shape[:axis], places.size, *shape[axis + 1 :])
    if source is not None:
        same_dtype(name, input=input, source=checked(source, name))
        if source.array.shape != wanted and (shape or source.array.size != 1):
            raise ShapeError(
                f"{name}: an index of {places.size} places in dimension {axis} of {shape} needs a "
                f"source of shape {wanted}, got {source.array.shape}"
            )
    return (*[slice(None)] * axis, places)


def _written(input: Tensor, value: Any, index: ops.Index) -> Tensor:
    """`input`, but with `value` at `index`; a single number is as good as a vector of one."""
    if input.array.ndim:
        return ops.setitem(input, value, index=index)
    return reshape(ops.setitem(reshape(input, 1), value, index=index), ())


def _added(input: Tensor, source: Tensor, index: ops.Index, alpha: float = 1) -> Tensor:
    """`input`, with `source` added at `index`: as often as a place is named there."""
    more = ops.scatter(source, index=index, shape=input.array.shape or (1,))
    return add(input, more if input.array.ndim else reshape(more, ()), alpha=alpha)


@seen_as("IndexAdd")
def index_add(
    input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1
) -> Tensor:
    """`input`, with each entry of `source` along `dim`, times `alpha`, added where `index` says.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.index_add(0, tg.tensor([0, 0]), tg.tensor([10.0, 20.0]))
    tensor([31.,  2.,  3.])
    """
    place = _along("index_add", input, dim, index, source)
    if not input.array.ndim:
        source = reshape(source, 1)
    return _added(input, source, place, alpha)


@seen_as("IndexCopy")
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """`input`, with each entry of `source` along `dim` where `index` says.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_copy(0, tg.tensor([0]), tg.tensor([9.0]))
    tensor([9., 2., 3.])
    """
    return _written(
        input, source, _along("index_copy", input, dim, _long("index_copy", index), source)
    )


@seen_as("IndexFill")
def index_fill(input: Tensor, dim: int, index: Tensor, value: Operand) -> Tensor:
    """`input`, with a number in all of the entries along `dim` that `index` names.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_fill(0, tg.tensor([0, 2]), 9.0)
    tensor([9., 2., 9.])
    """
    axis = dim_index("index_fill", dim, checked(input, "index_fill").array.ndim)
    size = (input.array.shape or (1,))[axis]
    index = _from_front(_long("index_fill", index, NoIndex), size)
    place = _along("index_fill", input, dim, index)
    return _written(input, _filling("index_fill", input, value), place)


def _each_along(
    name: str, input: Tensor, dim: int, index: Tensor, src: Tensor | None
) -> tuple[ops.Index, Tensor | None]:
    """The raw index of one place for each element of `index`, and the part of `src` that fits.

    For ``dim=0`` the places are ``[index[i][j]][j]``.
    """
    axis = dim_index(name, dim, checked(input, name).array.ndim)
    _check_place(name, input, index)
    index = integer_index(name, input, index, (input.array.shape or (1,))[axis])
    places = index if index.array.ndim else reshape(index, 1)
    sizes = places.array.shape
    if src is not None:
        same_dtype(name, input=input, src=src)
        src = src if src.array.ndim else reshape(src, 1)
    of_src = None if src is None else src.array.shape
    _check_sizes(name, axis, index.array.shape, input.array.shape, of_src)
    if src is not None and src.array.shape != sizes:
        src = ops.getitem(src, index=tuple(slice(n) for n in sizes))
    return ops.index_along(places.array, axis), src


@functools.lru_cache(256)  # what was right once is right again
def _check_sizes(name: str, axis: int, index: Shape, input: Shape, src: Shape | None) -> None:
    """Raise ShapeError if an index of this shape does not fit one of these."""
    sizes, shape = index or (1,), input or (1,)
    small = [n <= m for i, (n, m) in enumerate(zip(sizes, shape)) if i != axis]
    small += [n <= m for n, m in zip(sizes, src or ())]
    if not (len(sizes) == len(shape) == len(shape if src is None else src) and all(small)):
        raise ShapeError(
            f"{name}: index has shape {index}, input {input}"
            + ("" if src is None else f", src {src}")
            + f"; they need as many dimensions, and the index may be no larger than the input, but "
            f"in dimension {axis}, nor than src"
        )


@seen_as("Scatter")
def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Operand | None = None,
    *,
    value: Operand | None = None,
    reduce: str | None = None,
) -> Tensor:
    """`input`, but for ``dim=0`` with ``out[index[i][j]][j] = src[i][j]``: the opposite of gather.

    Instead of `src`, a `value` for all. With ``reduce="add"`` it is added to what is there. Where
    several go to one place, the last one stays. The result has the shape and dtype of `input`.
    TypeError for both or neither, ArgumentError for another `reduce`, PlaceError for a place that
    is not there.

    >>> tg.zeros(3).scatter(0, tg.tensor([2]), tg.tensor([5.0]))
    tensor([0., 0., 5.])
    """
    if (src is None) == (value is None):
        raise TypeError("scatter: give either src, a Tensor, or value, a number")
    if reduce not in (None, "add"):
        raise ArgumentError(f'scatter: reduce must be "add" or None, got {reduce!r}')
    if not checked(index, "scatter").array.size:
        return checked(input, "scatter").clone()
    found = src if isinstance(src, Value) else None
    place, part = _each_along("scatter", input, dim, index, found)
    if part is None:
        part = _filling("scatter", input, src if value is None else value)
    if reduce is None:
        return _written(input, part, place)
    if not isinstance(part, Value):
        sizes = index.array.shape or (1,)
        part = input.wrap(xp(input.array).full(sizes, part, input.array.dtype))
    return _added(input, broadcast_to(part, index.array.shape or (1,)), place)


@seen_as("ScatterAdd")
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """`input`, for ``dim=0`` with ``out[index[i][j]][j] += src[i][j]``, as often as it is named.

    The result has the shape and dtype of `input`. PlaceError (an IndexError) for a place that is
    not there.

    >>> tg.zeros(3).scatter_add(0, tg.tensor([2, 2]), tg.ones(2))
    tensor([0., 0., 2.])
    """
    if not checked(index, "scatter_add").array.size:
        return checked(input, "scatter_add").clone()
    place, part = _each_along("scatter_add", input, dim, index, checked(src, "scatter_add"))
    return _added(input, part, place)  # type: ignore[arg-type]


# --------------------------------------------------------------------- what is picked is a diagonal


def fill_diagonal_(self: Tensor, fill_value: Operand, wrap: bool = False) -> Tensor:
    """Set the diagonal to a number, in place: of a matrix, or of a tensor of equal sizes.

    With `wrap`, a tall matrix has further diagonals, each a row below the last one's end.
    ShapeError for others.

    >>> tg.zeros(2, 2).fill_diagonal_(1.0)
    tensor([[1., 0.],
            [0., 1.]])
    """
    shape = self.array.shape
    if len(shape) < 2 or (len(shape) > 2 and len({*shape}) > 1):
        raise ShapeError(
            f"fill_diagonal_: needs a matrix, or more dimensions of one size, got shape {shape}"
        )
    library = xp(self.array)
    places = library.arange(min(shape))
    index = (places,) * len(shape)
    if flag("fill_diagonal_", "wrap", wrap) and len(shape) == 2:
        rest = library.arange(0, math.prod(shape), shape[1] + 1)
        index = (rest // max(shape[1], 1), rest % max(shape[1], 1))
    filling = _filling("fill_diagonal_", self, fill_value)
    return write(self, "fill_diagonal_", lambda x: ops.setitem(x, filling, index=index))


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """For each class number a row of 0, with a 1 at that place: (...) becomes (..., num_classes).

    Without `num_classes`, one more than the largest number. int64, as the numbers must be.
    ArgumentError for fewer than one class, or a number outside of them.

    >>> F.one_hot(tg.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    numbers, classes = _long("one_hot", tensor), integer(num_classes)
    if classes is None:
        raise TypeError(f"one_hot: num_classes must be an integer, got {num_classes!r}")
    if classes < 1 and (classes != -1 or not numbers.array.size):
        raise ArgumentError(
            f"one_hot: num_classes must be at least 1, got {classes}"
            if classes != -1
            else "one_hot: of no class numbers nobody can tell how many classes there are; give "
            "num_classes"
        )
    if classes == -1:
        classes = int(functions.max(numbers).item()) + 1
    check_places(numbers.array, "one_hot", numbers.array.shape, classes)
    return table.one_hot(numbers, classes=classes)
