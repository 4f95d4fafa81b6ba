"""How many there are of what: unique, bincount, histograms; and where numbers fall among others.

Of the first, the size of the result depends on values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import numpy as np

from .. import return_types
from ..device import Array, item, xp
from ..dtypes import as_value, bool_, count, finite, flag, float16, promote
from ..effects import effect
from ..errors import ArgumentError, DtypeError, ShapeError, no_booleans
from ..functions import gather
from ..graph import Op, Value
from ..signatures import Tensor, check_float, checked, dim_index
from . import orders

__all__ = [
    "bincount",
    "bucketize",
    "histc",
    "histogram",
    "searchsorted",
    "unique",
    "unique_consecutive",
]


@overload
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: int | None = None,
) -> Tensor: ...
@overload
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> tuple[Tensor, ...]: ...
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The elements without repetition, sorted; along `dim`, the parts of `input` without it.

    With `return_inverse`, also where each element (or part) is in the result; with `return_counts`,
    also how often each is there. Each nan is another one.

    >>> tg.tensor([2, 1, 2]).unique()
    tensor([1, 2])
    """
    flag("unique", "sorted", sorted)
    effect("give as many as there are", "unique")
    array, axis = _axis("unique", input, dim)
    found = xp(array).unique(
        array, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    return _with("unique", input, found, return_inverse, return_counts, dim)


def _axis(name: str, input: Tensor, dim: int | None) -> tuple[Array, int | None]:
    """The array, and `dim` counted from the front; without one, all elements in a row."""
    if dim is None:
        return checked(input, name).array.reshape(-1), None
    axis = dim_index(name, dim, checked(input, name).array.ndim)
    array = input.array if input.array.ndim else input.array.reshape(1)
    if not array.size and array.shape[axis]:
        raise ShapeError(f"{name}: in shape {array.shape} there are no parts to tell apart")
    return array, axis


def _constant(name: str, input: Tensor, array: Array) -> Tensor:
    """`array`, computed from `input`. Going back through it is an error: it has no derivative."""
    if input.edge is None:
        return input.wrap(array)

    def refuse(g: Any, y: Any, a: Any) -> Any:
        raise NotImplementedError(
            f"the derivative for {name} is not implemented: it jumps, or is 0; use x.detach()"
        )

    return Op(name, lambda a: array, refuse, view=False)(input)


def _with(
    name: str, input: Tensor, found: Sequence[Array], inverse: bool, counts: bool, dim: int | None
) -> Any:
    """What unique gives of the arrays (values, inverse, counts): a Tensor, or a tuple of them."""
    values, places, times = found
    places = places.reshape(input.array.shape if dim is None else -1)
    results = [_constant(name, input, values)]
    results += [input.wrap(places.astype(np.int64))] if inverse else []
    results += [input.wrap(times.astype(np.int64))] if counts else []
    return tuple(results) if len(results) > 1 else results[0]


@overload
def unique_consecutive(
    input: Tensor,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: int | None = None,
) -> Tensor: ...
@overload
def unique_consecutive(
    input: Tensor,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> tuple[Tensor, ...]: ...
def unique_consecutive(
    input: Tensor,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The elements without those that equal the one before; the rest as for unique.

    >>> tg.tensor([1, 1, 2, 1]).unique_consecutive()
    tensor([1, 2, 1])
    """
    effect("give as many as there are", "unique_consecutive")
    array, axis = _axis("unique_consecutive", input, dim)
    along = axis or 0
    others = tuple(i for i in range(array.ndim) if i != along)
    library = xp(array)
    is_new = library.ones(array.shape[along], bool_)
    later, before = array[orders.span(along, 1, None)], array[orders.span(along, None, -1)]
    is_new[1:] = (later != before).any(axis=others)
    places = library.nonzero(is_new)[0]
    ends = library.concatenate([places[1:], library.full(min(len(is_new), 1), len(is_new))])
    values = array.take(places, along)
    found = (values, is_new.cumsum() - 1, ends - places)
    return _with("unique_consecutive", input, found, return_inverse, return_counts, dim)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each of 0, 1, 2, ... is there, up to the largest, or to ``minlength - 1``.

    With `weights`, the sum of those that go with it. `input` is a vector of integers >= 0. int64,
    or float64 with `weights`. DtypeError for floats, ShapeError for weights of another shape.

    >>> tg.tensor([0, 1, 1, 3]).bincount()
    tensor([1, 2, 0, 1])
    """
    array = checked(input, "bincount").array
    least = count("bincount", "minlength", minlength)
    if array.dtype.kind not in "iu":
        raise DtypeError(f"bincount: counts integers, got {array.dtype}; use x.long()")
    if array.ndim != 1 or (array.size and bool((array < 0).any())):
        raise ArgumentError("bincount: needs a vector of integers that are not negative")
    effect("give as many as there are", "bincount")
    library = xp(array)
    if weights is None:
        return input.wrap(library.bincount(array, None, least).astype(np.int64))
    heavy = checked(weights, "bincount").array
    if heavy.shape != array.shape:
        raise ShapeError(
            f"bincount: weights have shape {heavy.shape}, the numbers {array.shape}; they must be "
            "equal"
        )
    dtype = heavy.dtype if heavy.dtype == np.float32 else np.float64
    return input.wrap(library.bincount(array, heavy.astype(np.float64), least).astype(dtype))


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements are in each of `bins` equal intervals from `min` to `max`, as floats.

    If these are equal, from the smallest element to the largest. Others are not counted.
    ArgumentError for no bins, or if `min` is above `max`.

    >>> tg.tensor([1.0, 2.0, 3.0]).histc(bins=2, min=0, max=4)
    tensor([1., 2.])
    """
    check_float("histc", checked(input, "histc"))
    array = input.array.reshape(-1)
    number = count("histc", "bins", bins)
    low, high = finite("histc", "min", min), finite("histc", "max", max)
    if not number or low > high:
        raise ArgumentError(f"histc: needs a bin or more, and min <= max, got {bins}, {min}, {max}")
    low, high = _bounds("histc", array, low, high)
    inside = (array >= low) & (array <= high)
    places = ((array - low) * number / (high - low))[inside].astype(np.int64)
    found = xp(array).bincount(xp(array).minimum(places, number - 1), None, number)
    return input.wrap(found.astype(array.dtype))


def _bounds(name: str, array: Array, low: float, high: float) -> tuple[float, float]:
    """`low` and `high`; if they are equal, the extremes of the elements; never equal."""
    if low == high and array.size:
        low, high = item(array.min()), item(array.max())
        finite(name, "the smallest element", low)
        finite(name, "the largest element", high)
    return (low - 1, high + 1) if low == high else (low, high)


def histogram(
    input: Tensor,
    bins: int | Tensor = 100,
    *,
    range: tuple[float, float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> return_types.histogram:
    """How many elements are between each edge and the next: ``(hist, bin_edges)``.

    `bins` are the edges, or how many intervals, all equal, in `range`, or from the smallest element
    to the largest. With `weight`, the sum of the weights; with `density`, divided by their sum, and
    by the interval's length. DtypeError for integers, ShapeError for weights of another shape,
    ArgumentError for edges that do not increase.

    >>> tg.tensor([1.0, 2.0, 3.0]).histogram(2, range=(0.0, 4.0)).hist
    tensor([1., 2.])
    """
    check_float("histogram", checked(input, "histogram"))
    if input.array.dtype == float16:
        raise DtypeError("histogram: computes in float32 and float64; use x.float()")
    array = input.array.reshape(-1)
    library = xp(array)
    edges = _edges(input, bins, range)
    steps = edges[1:] - edges[:-1]
    if weight is not None and checked(weight, "histogram").array.shape != input.array.shape:
        raise ShapeError(
            f"histogram: weight has shape {weight.array.shape}, the numbers {input.array.shape}"
        )
    heavy = None if weight is None else weight.array.reshape(-1)
    if bool((steps < 0).any()):
        raise ArgumentError("histogram: the edges in bins must increase")
    found = library.histogram(array, edges, None, False, heavy)[0].astype(array.dtype)
    if flag("histogram", "density", density):
        found = found / found.sum() / steps
    return return_types.histogram(_constant("histogram", input, found), input.wrap(edges))


def _edges(input: Tensor, bins: int | Tensor, bounds: Any) -> Array:
    if isinstance(bins, Value):
        if bins.array.dtype != input.array.dtype or bins.array.ndim != 1:
            raise DtypeError(
                f"histogram: bins are a number, or a vector of {input.array.dtype}, got "
                f"{bins.array.dtype} of shape {bins.array.shape}"
            )
        return bins.array
    number = count("histogram", "bins", bins)
    low, high = bounds or (0, 0)
    low, high = finite("histogram", "range", low), finite("histogram", "range", high)
    if not number or low > high:
        raise ArgumentError(f"histogram: needs a bin at least, and a range, got {bins}, {bounds}")
    low, high = _bounds("histogram", input.array, low, high)
    return xp(input.array).linspace(low, high, number + 1).astype(input.array.dtype)


def searchsorted(
    sorted_sequence: Tensor,
    input: Tensor | float,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where to insert each element of `input`, so that `sorted_sequence` stays sorted: int64.

    In front of equal ones; behind them if `right`, or `side` is "right". Of several sequences, the
    last dimension is one, and the others are those of `input`. `sorter` sorts a sequence that is
    not: what argsort gives. ArgumentError for another side, ShapeError for a sorter of another
    shape than the sequence.

    >>> tg.searchsorted(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([0.5, 2.5]))
    tensor([0, 2])
    """
    if side not in (None, "left", "right"):
        raise ArgumentError(f"searchsorted: side is 'left' or 'right', got {side!r}")
    if flag("searchsorted", "right", right) and side == "left":
        raise ArgumentError("searchsorted: side is 'left', and right is True; give one of them")
    if sorter is not None:
        if checked(sorter, "searchsorted").array.shape != sorted_sequence.array.shape:
            raise ShapeError("searchsorted: the sorter must have the shape of the sequence")
        sorted_sequence = gather(sorted_sequence, -1, sorter)
    behind = right or side == "right"
    return _insertions("searchsorted", sorted_sequence, input, behind, out_int32)


def bucketize(
    input: Tensor | float, boundaries: Tensor, *, out_int32: bool = False, right: bool = False
) -> Tensor:
    """Between which of `boundaries`, a sorted vector, each element is: int64, from 0 to their size.

    An element that equals one is counted to the interval that ends there; if `right`, to the next.
    ShapeError if they are no vector.

    >>> tg.bucketize(tg.tensor([0.5, 2.5]), tg.tensor([1.0, 2.0, 3.0]))
    tensor([0, 2])
    """
    if checked(boundaries, "bucketize").array.ndim != 1:
        raise ShapeError(f"bucketize: boundaries are a vector, got {boundaries.array.shape}")
    behind = flag("bucketize", "right", right)
    return _insertions("bucketize", boundaries, input, behind, out_int32)


def _insertions(
    name: str, sequence: Tensor, input: Tensor | float, behind: bool, small: bool
) -> Tensor:
    value = as_value(checked(sequence, name), input, name)
    edges, numbers = (v.array for v in promote(name, sequence, value))
    if edges.dtype == bool_ and numbers.size:
        raise no_booleans(name)
    if not edges.ndim or (edges.ndim > 1 and edges.shape[:-1] != numbers.shape[:-1]):
        raise ShapeError(
            f"{name}: a sequence of shape {edges.shape} does not fit numbers of shape "
            f"{numbers.shape}: all dimensions but the last must be equal"
        )
    dtype = np.int32 if flag(name, "out_int32", small) else np.int64
    if edges.ndim == 1:
        side = "right" if behind else "left"
        found = xp(edges).searchsorted(edges, numbers, side)
        return sequence.wrap(xp(edges).asarray(found).astype(dtype))
    rows, columns = edges[..., None, :], numbers[..., None]
    before = (rows <= columns) if behind else (rows < columns)
    return sequence.wrap(before.sum(axis=-1).astype(dtype))
