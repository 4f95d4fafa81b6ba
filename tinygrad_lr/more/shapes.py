"""Tensors in parts, joined, repeated and turned round; diagonals, triangles, windows.

What PyTorch gives as a view is one here: it shares memory with its input.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, TypeAlias, overload

import numpy as np

from .. import ops
from ..device import Shape, xp
from ..dtypes import count, integer
from ..errors import ArgumentError, DtypeError, PlaceError, ShapeError
from ..functions import cat, expand, joined, permute, reshape, transpose
from ..graph import Op, Value
from ..signatures import (
    Sizes,
    Tensor,
    axis_too,
    checked,
    checked_axes,
    dim_index,
    given,
    new_sizes,
    seen_as,
    several,
    sizes,
)
from . import table

__all__ = [
    "adjoint",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "chunk",
    "column_stack",
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "dsplit",
    "dstack",
    "flip",
    "fliplr",
    "flipud",
    "hsplit",
    "hstack",
    "movedim",
    "narrow",
    "ravel",
    "repeat_interleave",
    "roll",
    "rot90",
    "select",
    "split",
    "swapaxes",
    "swapdims",
    "tensor_split",
    "tile",
    "tril",
    "triu",
    "unbind",
    "unflatten",
    "vsplit",
    "vstack",
]

MANY = 16  # parts; of more, each is taken of a group of them: see _consecutive

Places: TypeAlias = "int | Sequence[int] | Tensor"

# ------------------------------------------------------------------------------------- parts: views


def _part(op: Op, input: Tensor, axis: int, index: int | slice) -> Tensor:
    """What `index` picks along `axis`, by one of the entries that are named for what they pick."""
    return op(input, index=(*[slice(None)] * axis, index, Ellipsis))  # with it, always a view


def _axis_of_parts(name: str, input: Tensor, dim: int) -> int:
    """`dim`, counted from the front; PlaceError for a single number, which has no parts."""
    if not checked(input, name).array.ndim:
        raise PlaceError(f"{name}: a tensor of no dimensions (a single number) has no parts")
    return dim_index(name, dim, input.array.ndim)


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The entry number `index` along `dim`, without that dimension: ``x.select(1, 2)``, x[:, 2].

    PlaceError (an IndexError) where there is none.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).select(dim=0, index=1)
    tensor([3., 4.])
    """
    axis = _axis_of_parts("select", input, dim)
    place, size = integer(index), input.array.shape[axis]
    if place is None:
        raise TypeError(f"select: the index must be an integer, got {index!r}")
    if not -size <= place < size:
        raise PlaceError(
            f"select: index {place} is out of range for dimension {axis} of a tensor of shape "
            f"{input.array.shape}"
        )
    return _part(ops.select, input, axis, place)


def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """The `length` entries from number `start` on along `dim`.

    PlaceError or ArgumentError for entries that are not there.

    >>> tg.tensor([1.0, 2.0, 3.0]).narrow(0, 1, 2)
    tensor([2., 3.])
    """
    axis = _axis_of_parts("narrow", input, dim)
    first, long, size = integer(start), integer(length), input.array.shape[axis]
    if first is None or long is None:
        raise DtypeError(f"narrow: start and length must be integers, got {start!r} and {length!r}")
    if not -size <= first <= size:
        raise PlaceError(f"narrow: start must be from {-size} to {size}, got {first}")
    first += size * (first < 0)
    if not 0 <= long <= size - first:
        raise ArgumentError(
            f"narrow: of {size} entries, {size - first} begin at {first} or later; the length must "
            f"be from 0 to that, got {long}"
        )
    return _part(table.narrow, input, axis, slice(first, first + long))


@axis_too
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """All entries along `dim`, each without that dimension.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).unbind()
    (tensor([1., 2.]), tensor([3., 4.]))
    """
    axis = _axis_of_parts("unbind", input, dim)
    ends = list(range(input.array.shape[axis] + 1))
    return _consecutive(table.unbind, input, axis, ends, single=True)


@axis_too
def split(tensor: Tensor, split_size_or_sections: Sizes, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts along `dim`: of one size (the last one may be smaller), or of those in a list.

    ArgumentError for sizes that do not add up to that of the dimension.

    >>> tg.tensor([1.0, 2.0, 3.0]).split(2)
    (tensor([1., 2.]), tensor([3.]))
    """
    axis = _axis_of_parts("split", tensor, dim)
    there = tensor.array.shape[axis]
    if isinstance(split_size_or_sections, (tuple, list)):
        wanted = sizes("split", split_size_or_sections)
        if min(wanted, default=0) < 0 or sum(wanted) != there:
            raise ArgumentError(
                f"split: the sizes must be >= 0 and sum to {there}, the size of dimension {axis}; "
                f"got {wanted}"
            )
        return _in_parts(table.split, tensor, axis, wanted)
    size = count("split", "the size of a part", split_size_or_sections)
    if not size and there:
        raise ArgumentError(f"split: parts of size 0 never make the {there} of dimension {axis}")
    return _of_size(tensor, axis, size)


def _of_size(input: Tensor, axis: int, size: int) -> tuple[Tensor, ...]:
    """Parts of this size, the last of what is left."""
    there = input.array.shape[axis]
    parts = max(-(-there // size), 1) if size else 1
    return _in_parts(table.split, input, axis, [size] * (parts - 1) + [there - size * (parts - 1)])


def _in_parts(op: Op, input: Tensor, axis: int, wanted: Sequence[int]) -> tuple[Tensor, ...]:
    """Consecutive parts of these sizes."""
    return _consecutive(op, input, axis, [*accumulate(wanted, initial=0)])


def _consecutive(
    op: Op, input: Tensor, axis: int, ends: list[int], single: bool = False
) -> tuple[Tensor, ...]:
    """What is from each of the `ends` to the next; of a `single` entry without the dimension.

    A part's gradient is put among zeros, as many as what the part was taken of has elements. So of
    more than MANY parts, each is taken of a group of them: backward then takes time nearly in
    proportion to their number, and not to its square.
    """
    count, group = len(ends) - 1, MANY
    if count <= MANY or input.edge is None:
        front = [slice(None)] * axis
        places: Any = ends[:-1] if single else map(slice, ends, ends[1:])
        return tuple([op(input, index=(*front, place, Ellipsis)) for place in places])
    while group * MANY < count:
        group *= MANY
    parts: list[Tensor] = []
    for first in range(0, count, group):
        some = ends[first : first + group + 1]
        whole = _part(table.narrow, input, axis, slice(some[0], some[-1]))
        parts += _consecutive(op, whole, axis, [end - some[0] for end in some], single)
    return tuple(parts)


@axis_too
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` parts along `dim`, equally large, but for the last one.

    ArgumentError for 0 chunks.

    >>> tg.tensor([1.0, 2.0, 3.0]).chunk(2)
    (tensor([1., 2.]), tensor([3.]))
    """
    axis = _axis_of_parts("chunk", input, dim)
    if not (parts := count("chunk", "chunks", chunks)):
        raise ArgumentError("chunk: chunks must be at least 1, got 0")
    there = input.array.shape[axis]
    if not there:
        return _in_parts(table.split, input, axis, [0] * parts)
    return _of_size(input, axis, -(-there // parts))


@axis_too
def tensor_split(
    input: Tensor,
    indices_or_sections: Places | None = None,
    dim: int = 0,
    *,
    sections: int | None = None,
    indices: Places | None = None,
) -> tuple[Tensor, ...]:
    """Parts along `dim`: so many, nearly equally large, or cut before each index of a list.

    Either may be given by its own name. TypeError for neither.

    >>> tg.tensor([1.0, 2.0, 3.0]).tensor_split(2)
    (tensor([1., 2.]), tensor([3.]))
    """
    axis = _axis_of_parts("tensor_split", input, dim)
    cuts = [cut for cut in (indices_or_sections, sections, indices) if cut is not None]
    if len(cuts) != 1:
        raise TypeError("tensor_split: give the number of sections, or a list of indices")
    return _cut("tensor_split", input, axis, cuts[0])


def _cut(name: str, input: Tensor, axis: int, cuts: Places) -> tuple[Tensor, ...]:
    """The parts of tensor_split."""
    if isinstance(cuts, Value):
        cuts = _integers(name, cuts)
    if isinstance(cuts, (tuple, list)):
        places = sizes(name, (cuts,))
        return tuple(
            _part(table.narrow, input, axis, slice(start, stop))
            for start, stop in zip([0, *places], [*places, None])
        )
    if not (parts := count(name, "the number of parts", cuts)):
        raise ArgumentError(f"{name}: the number of parts must be at least 1, got 0")
    least, more = divmod(input.array.shape[axis], parts)
    return _in_parts(table.narrow, input, axis, [least + (i < more) for i in range(parts)])


def _integers(name: str, tensor: Tensor, *more: str) -> Any:
    """What an index Tensor holds, as Python's integers; DtypeError if it is not int64, or more."""
    if tensor.array.dtype.name not in ("int64", *more):
        raise DtypeError(
            f"{name}: integers are wanted, int64, got a tensor of {tensor.array.dtype}; use .long()"
        )
    return tensor.tolist()


def _split_by(name: str, input: Tensor, cuts: Places, axis: int, least: int) -> tuple[Tensor, ...]:
    """hsplit, vsplit and dsplit: equal parts along a certain `axis`, or cut at indices."""
    shape = checked(input, name).array.shape
    if len(shape) < least:
        raise ShapeError(f"{name}: needs at least {least} dimensions, got shape {shape}")
    parts = integer(cuts)
    if parts is not None and (parts < 1 or shape[axis] % parts):
        raise ArgumentError(
            f"{name}: the size {shape[axis]} of dimension {axis} cannot be divided into {parts} "
            "equal parts; tensor_split makes parts that are nearly equal"
        )
    return _cut(name, input, axis, cuts)


def hsplit(input: Tensor, indices_or_sections: Places) -> tuple[Tensor, ...]:
    """Equal parts, or parts cut at indices, side by side: along dimension 1, of a vector 0.

    >>> tg.tensor([1.0, 2.0, 3.0]).hsplit([1])
    (tensor([1.]), tensor([2., 3.]))
    """
    axis = min(checked(input, "hsplit").array.ndim - 1, 1)
    return _split_by("hsplit", input, indices_or_sections, axis, least=1)


def vsplit(input: Tensor, indices_or_sections: Places) -> tuple[Tensor, ...]:
    """Equal parts, or parts cut at indices, one below the other: along dimension 0.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).vsplit(2)
    (tensor([[1., 2.]]), tensor([[3., 4.]]))
    """
    return _split_by("vsplit", input, indices_or_sections, 0, least=2)


def dsplit(input: Tensor, indices_or_sections: Places) -> tuple[Tensor, ...]:
    """Equal parts, or parts cut at indices, one behind the other: along dimension 2.

    >>> tg.zeros(1, 1, 4).dsplit(2)[0].shape
    (1, 1, 2)
    """
    return _split_by("dsplit", input, indices_or_sections, 2, least=3)


# ------------------------------------------------------------------------------- dimensions: views


def movedim(input: Tensor, source: Sizes, destination: Sizes) -> Tensor:
    """The dimensions `source`, one or several, moved to `destination`; the others stay in order.

    ArgumentError unless both name equally many, each once.

    >>> tg.zeros(2, 3, 4).movedim(0, -1).shape
    (3, 4, 2)
    """
    ndim = checked(input, "movedim").array.ndim
    old, new = (
        [dim_index("movedim", d, ndim) for d in sizes("movedim", (dims,))]
        for dims in (source, destination)
    )
    if len(old) != len(new) or len({*old}) != len(old) or len({*new}) != len(new):
        raise ArgumentError(
            f"movedim: source {source} and destination {destination} must name equally many "
            "dimensions, each of them once"
        )
    if not ndim:
        return permute(input, ())
    order = [i for i in range(ndim) if i not in old]
    for place, dim in sorted(zip(new, old)):
        order.insert(place, dim)
    return ops.transpose(input, axes=tuple(order))


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """transpose: two dimensions exchanged.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).swapaxes(0, 1)
    tensor([[1., 3.],
            [2., 4.]])
    """
    return transpose(input, axis0, axis1)


swapdims = transpose


def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged. ShapeError for a vector.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).adjoint()
    tensor([[1., 3.],
            [2., 4.]])
    """
    return checked(input, "adjoint").mT


def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).ravel()
    tensor([1., 2., 3., 4.])
    """
    return ops.reshape(checked(input, "ravel"), shape=(-1,))


def unflatten(input: Tensor, dim: int, sizes: Sizes) -> Tensor:
    """The dimension `dim` in several, of these `sizes`; one may be -1. The opposite of flatten.

    >>> tg.arange(6).unflatten(0, (2, 3))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    shape, axis = input.array.shape, _axis_of_parts("unflatten", input, dim)
    new = new_sizes_or_rest(sizes, shape, axis)
    return reshape(input, (*shape[:axis], *new, *shape[axis + 1 :]))


def new_sizes_or_rest(wanted: Sizes, shape: Shape, axis: int) -> Shape:
    """The `wanted` sizes for dimension `axis` of a `shape`, with the one that is -1 worked out."""
    new = list(sizes("unflatten", (wanted,)))
    if not new:
        raise ArgumentError("unflatten: give at least one size")
    rest = math.prod(n for n in new if n != -1)
    if new.count(-1) == 1 and rest and not shape[axis] % rest:
        new[new.index(-1)] = shape[axis] // rest
    if min(new) < 0 or math.prod(new) != shape[axis]:
        raise ShapeError(
            f"unflatten: {wanted} are no sizes for dimension {axis} of {shape}: they must multiply "
            f"to {shape[axis]}, and one may be -1"
        )
    return tuple(new)


def _at_least(least: int, tensors: tuple[Any, ...]) -> Any:
    """What atleast_1d and its kin give: one Tensor for one, a tuple for several or a list."""
    name = f"atleast_{least}d"
    if len(tensors) != 1 or isinstance(tensors[0], (tuple, list)):
        given = tensors[0] if len(tensors) == 1 else tensors
        return tuple(_at_least(least, (tensor,)) for tensor in given)
    shape = checked(tensors[0], name).array.shape
    if len(shape) >= least:
        return tensors[0]
    front = (1,) * (min(least, 2) - len(shape)) + shape  # a vector is a row
    return ops.reshape(tensors[0], shape=front + (1,) * (least - len(front)))


@overload
def atleast_1d(tensors: Tensor, /) -> Tensor: ...  # type: ignore[overload-overlap]
@overload
def atleast_1d(tensors: Tensor | Sequence[Tensor], /, *others: Tensor) -> tuple[Tensor, ...]: ...
def atleast_1d(*tensors: Tensor | Sequence[Tensor]) -> Tensor | tuple[Tensor, ...]:
    """A number as a vector of one element; others as they are. Of several, a tuple.

    >>> tg.atleast_1d(tg.tensor(5.0))
    tensor([5.])
    """
    return _at_least(1, tensors)


@overload
def atleast_2d(tensors: Tensor, /) -> Tensor: ...  # type: ignore[overload-overlap]
@overload
def atleast_2d(tensors: Tensor | Sequence[Tensor], /, *others: Tensor) -> tuple[Tensor, ...]: ...
def atleast_2d(*tensors: Tensor | Sequence[Tensor]) -> Tensor | tuple[Tensor, ...]:
    """A number as a matrix (1, 1), a vector as a row (1, n); others as they are.

    >>> tg.atleast_2d(tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.]])
    """
    return _at_least(2, tensors)


@overload
def atleast_3d(tensors: Tensor, /) -> Tensor: ...  # type: ignore[overload-overlap]
@overload
def atleast_3d(tensors: Tensor | Sequence[Tensor], /, *others: Tensor) -> tuple[Tensor, ...]: ...
def atleast_3d(*tensors: Tensor | Sequence[Tensor]) -> Tensor | tuple[Tensor, ...]:
    """A number as (1, 1, 1), a vector as (1, n, 1), a matrix as (n, m, 1); others as they are.

    >>> tg.atleast_3d(tg.tensor([1.0, 2.0]))
    tensor([[[1.],
             [2.]]])
    """
    return _at_least(3, tensors)


# ------------------------------------------------------------------------------------ broadcasting

broadcast_to = expand


def broadcast_shapes(*shapes: Sizes) -> Shape:
    """The shape that tensors of these shapes have together, broadcast. ShapeError if none.

    >>> tg.broadcast_shapes((2, 1), (3,))
    (2, 3)
    """
    return _broadcast(*(new_sizes("broadcast_shapes", (shape,)) for shape in shapes))


@functools.lru_cache(256)  # what was right once is right again
def _broadcast(*shapes: Shape) -> Shape:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ShapeError(
            f"broadcast_shapes: {', '.join(map(str, shapes))} do not broadcast: counted from the "
            "right, sizes must be equal, or one of them 1"
        ) from None


def broadcast_tensors(*tensors: Tensor | Sequence[Tensor]) -> tuple[Tensor, ...]:
    """All of them expanded to the one shape to which they broadcast, without copies.

    >>> tg.broadcast_tensors(tg.tensor([1.0, 2.0]), tg.tensor([[3.0], [4.0]]))[1]
    tensor([[3., 3.],
            [4., 4.]])
    """
    given: Sequence[Any] = tensors
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    several: list[Tensor] = [checked(t, "broadcast_tensors") for t in given]
    shape = _broadcast(*[t.array.shape for t in several])
    return tuple([ops.broadcast_to(t, shape=shape) for t in several])


# -------------------------------------------------------------------------------- joining: copies


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Side by side: joined along dimension 1, vectors along 0.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.hstack([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """
    values = [t if t.array.ndim else atleast_1d(t) for t in several("hstack", tensors)]
    return joined(values, min(values[0].array.ndim - 1, 1))


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """One below the other: joined along dimension 0, vectors as rows.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.vstack([x, x])
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """
    values = several("vstack", tensors)
    return joined([t if t.array.ndim > 1 else atleast_2d(t) for t in values], 0)


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """One behind the other: joined along dimension 2.

    >>> tg.dstack([tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0])])
    tensor([[[1., 3.],
             [2., 4.]]])
    """
    values = several("dstack", tensors)
    return joined([t if t.array.ndim > 2 else atleast_3d(t) for t in values], 2)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """hstack, with vectors as columns.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.column_stack([x, x])
    tensor([[1., 1.],
            [2., 2.],
            [3., 3.]])
    """
    values = several("column_stack", tensors)
    return joined([reshape(t, -1, 1) if t.array.ndim < 2 else t for t in values], 1)


@seen_as("BlockDiag")
def block_diag(*tensors: Tensor) -> Tensor:
    """A matrix with these matrices along its diagonal, and 0 elsewhere. A vector is a row.

    ShapeError for more dimensions.

    >>> tg.block_diag(tg.ones(1, 1), 2 * tg.ones(1, 1))
    tensor([[1., 0.],
            [0., 2.]])
    """
    values = [atleast_2d(t) for t in several("block_diag", tensors)] if tensors else []
    width, left, rows = sum(t.shape[-1] for t in values), 0, []
    for block in values:
        if block.ndim > 2:
            raise ShapeError(f"block_diag: needs matrices, got shape {block.shape}")
        index = (slice(None), slice(left, left + block.shape[1]))
        rows.append(ops.scatter(block, index=index, shape=(block.shape[0], width)))
        left += block.shape[1]
    return cat(rows)


# ------------------------------------------------------------------------------- repeating: copies


def repeat(input: Tensor, *repeats: Sizes) -> Tensor:
    """As often as `repeats` says, along each dimension; new dimensions may stand in front.

    ShapeError for fewer numbers than dimensions.

    >>> tg.tensor([1.0, 2.0, 3.0]).repeat(2)
    tensor([1., 2., 3., 1., 2., 3.])
    """
    times = new_sizes("repeat", given("repeat", repeats, None))
    if len(times) < checked(input, "repeat").array.ndim:
        raise ShapeError(
            f"repeat: {times} must say how often for each dimension of {input.array.shape}; tile "
            "takes fewer"
        )
    return table.repeat(input, times=times)


def tile(input: Tensor, *repeats: Sizes, dims: Sizes | None = None) -> Tensor:
    """repeat, but that a dimension in front of which nothing is said stays as it is.

    >>> tg.tensor([1.0, 2.0, 3.0]).tile(2)
    tensor([1., 2., 3., 1., 2., 3.])
    """
    times = new_sizes("tile", repeats if dims is None else (dims,))
    missing = checked(input, "tile").array.ndim - len(times)
    return table.repeat(input, times=(1,) * missing + times)


@axis_too
def repeat_interleave(
    input: Tensor, repeats: int | Tensor, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Each entry along `dim` (of all elements, without it) so often: one number, or one for each.

    ``repeat_interleave(tensor([1, 2]), 2)`` is 1, 1, 2, 2. ArgumentError unless they are integers
    >= 0, one or as many as there are entries.

    >>> tg.tensor([1.0, 2.0, 3.0]).repeat_interleave(2)
    tensor([1., 1., 2., 2., 3., 3.])
    """
    if dim is None or not checked(input, "repeat_interleave").array.ndim:
        input, dim = ravel(checked(input, "repeat_interleave")), dim or 0
    axis = dim_index("repeat_interleave", dim, input.array.ndim)
    size = input.array.shape[axis]
    times: Any = repeats
    if isinstance(repeats, Value):
        times = _integers("repeat_interleave", repeats, "int32")
    if isinstance(times, list):
        times = times[0] if len(times) == 1 else sizes("repeat_interleave", (times,))
    if isinstance(times, tuple):
        if len(times) != size or min(times, default=0) < 0:
            raise ArgumentError(
                f"repeat_interleave: repeats must be {size} integers >= 0, one for each entry of "
                f"dimension {axis}, got {list(times)}"
            )
    else:
        times = count("repeat_interleave", "repeats", times)
    library = xp(input.array)
    return ops.index_select(input, library.repeat(library.arange(size), times), axis=axis)


@seen_as("Roll")
def roll(input: Tensor, shifts: Sizes, dims: Sizes | None = None) -> Tensor:
    """The entries moved on by `shifts` along `dims`; what leaves at the end comes in in front.

    Without `dims`, all elements in a row. ArgumentError unless there are as many `shifts` as
    `dims`.

    >>> tg.tensor([1.0, 2.0, 3.0]).roll(1)
    tensor([3., 1., 2.])
    """
    by = sizes("roll", (shifts,))
    if dims is None or (isinstance(dims, (tuple, list)) and not dims):
        if len(by) != 1:
            raise ArgumentError(f"roll: without dims one shift is wanted, got {by}")
        flat = table.roll(ravel(checked(input, "roll")), shifts=by, axis=(0,))
        return ops.reshape(flat, shape=input.array.shape)
    named = sizes("roll", (dims,))
    axes = tuple(_axis_of_parts("roll", input, d) for d in named)
    if len(by) != len(axes) or not by:
        raise ArgumentError(f"roll: one shift for each dimension, got {by} for {named}")
    return table.roll(input, shifts=by, axis=axes)


def flip(input: Tensor, *order: Sizes, dims: Sizes | None = None) -> Tensor:
    """With the entries in reverse order along some dimensions: a copy.

    >>> tg.tensor([1.0, 2.0, 3.0]).flip(0)
    tensor([3., 2., 1.])
    """
    named = sizes("flip", given("flip", order, dims))
    axes = checked_axes("flip", input, named) if named else ()
    return table.flip(checked(input, "flip"), axis=axes)


def fliplr(input: Tensor) -> Tensor:
    """With the columns in reverse order. ShapeError for a vector.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).fliplr()
    tensor([[2., 1.],
            [4., 3.]])
    """
    if checked(input, "fliplr").array.ndim < 2:
        raise ShapeError(f"fliplr: needs at least 2 dimensions, got shape {input.array.shape}")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """With the rows in reverse order. ShapeError for a single number.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).flipud()
    tensor([[3., 4.],
            [1., 2.]])
    """
    if not checked(input, "flipud").array.ndim:
        raise ShapeError("flipud: needs at least 1 dimension, got a single number")
    return flip(input, 0)


@seen_as("Rot90")
def rot90(input: Tensor, k: int = 1, dims: Sizes = (0, 1)) -> Tensor:
    """Turned by `k` times 90 degrees, from the first of two dimensions towards the second.

    ArgumentError unless `dims` names two.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).rot90()
    tensor([[2., 4.],
            [1., 3.]])
    """
    named = sizes("rot90", (dims,))
    if len(named) != 2 or checked(input, "rot90").array.ndim < 2:
        raise ArgumentError(
            f"rot90: needs two dimensions of a tensor, got {named} for shape {input.array.shape}"
        )
    first, second = checked_axes("rot90", input, named) or ()
    turns = integer(k)
    if turns is None:
        raise TypeError(f"rot90: k must be an integer, got {k!r}")
    if turns % 2 == 0:
        return flip(input, named if turns % 4 else ())
    return transpose(flip(input, second if turns % 4 == 1 else first), first, second)


# -------------------------------------------------------------------------- diagonals and triangles


def _two_axes(name: str, ndim: int, dim1: int, dim2: int) -> tuple[int, int]:
    """Two different dimensions, counted from the front."""
    first, second = dim_index(name, dim1, ndim), dim_index(name, dim2, ndim)
    if first == second:
        raise ArgumentError(f"{name}: dim1 and dim2 are the same dimension, {dim1} and {dim2}")
    return first, second


def _offset(name: str, offset: object) -> int:
    """`offset`, above the diagonal or (negative) below it; TypeError if it is no integer."""
    found = integer(offset)
    if found is None:
        raise TypeError(f"{name}: the diagonal is named by an integer, got {offset!r}")
    return found


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of the matrices in `dim1` and `dim2`, as the last dimension: a view.

    PlaceError for a single number.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).diagonal()
    tensor([1., 4.])
    """
    if not checked(input, "diagonal").array.ndim:
        raise PlaceError("diagonal: a tensor of no dimensions (a single number) has no diagonal")
    first, second = _two_axes("diagonal", input.array.ndim, dim1, dim2)
    place = _offset("diagonal", offset)
    return table.diagonal(input, offset=place, axis1=first, axis2=second)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices in `dim1` and `dim2` whose diagonals are the last dimension, and 0 elsewhere.

    (..., n) becomes (..., n, n). PlaceError for a single number.

    >>> tg.diag_embed(tg.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    shape, place = checked(input, "diag_embed").array.shape, _offset("diag_embed", offset)
    first, second = _two_axes("diag_embed", len(shape) + 1, dim1, dim2)
    if not shape:
        raise PlaceError("diag_embed: a single number is no diagonal; use x.reshape(1)")
    full = [*shape[:-1]]
    for axis in sorted((first, second)):
        full.insert(axis, shape[-1] + abs(place))
    return table.diagonal_scatter(input, offset=place, axis1=first, axis2=second, shape=tuple(full))


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """Of a vector, the matrix with that diagonal; of a matrix, its diagonal, a copy.

    ShapeError for others.

    >>> tg.diag(tg.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    ndim = checked(input, "diag").array.ndim
    if ndim == 1:
        return diag_embed(input, diagonal)
    if ndim != 2:
        raise ShapeError(f"diag: needs a vector or a matrix, got shape {input.array.shape}")
    place = _offset("diag", diagonal)
    return table.diagonal(input, offset=place, axis1=0, axis2=1).clone()


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix with all elements along its diagonal.

    >>> tg.diagflat(tg.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    return diag_embed(ravel(checked(input, "diagflat")), offset)


def _triangle(op: Op, input: Tensor, diagonal: int) -> Tensor:
    shape = checked(input, op.name).array.shape
    if len(shape) < 2:
        raise ShapeError(f"{op.name}: needs a matrix, or several, got shape {shape}")
    return op(input, diagonal=_offset(op.name, diagonal))


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle of each matrix, up to a `diagonal`; 0 elsewhere.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).tril()
    tensor([[1., 0.],
            [3., 4.]])
    """
    return _triangle(table.tril, input, diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle of each matrix, from a `diagonal` on; 0 elsewhere.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).triu()
    tensor([[1., 2.],
            [0., 4.]])
    """
    return _triangle(table.triu, input, diagonal)


# ----------------------------------------------------------------------------------------- windows


def unfold(input: Tensor, dimension: int, size: int, step: int = 1) -> Tensor:
    """Windows of `size` entries along a dimension, `step` apart, each as a new last dimension.

    A copy, as an entry may be in several windows. (In PyTorch it is a view.) ArgumentError for
    windows larger than the dimension.

    >>> tg.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    axis = dim_index("unfold", dimension, checked(input, "unfold").array.ndim)
    whole = input if input.array.ndim else ops.reshape(input, shape=(1,))
    there = whole.array.shape[axis]
    wide, apart = count("unfold", "size", size), count("unfold", "step", step)
    if wide > there or not apart:
        raise ArgumentError(
            f"unfold: size must be at most {there}, that of the dimension, and step at least 1; "
            f"got {wide} and {apart}"
        )
    library = xp(input.array)
    starts = library.arange(0, there - wide + 1, apart).reshape((-1, 1))
    windows = ops.getitem(whole, index=(*[slice(None)] * axis, starts + library.arange(wide)))
    return movedim(windows, axis + 1, -1) if input.array.ndim else windows[0]
