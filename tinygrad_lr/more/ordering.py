"""What goes by the order of elements: sort, topk, median, quantile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

from .. import return_types
from ..dtypes import bool_, flag, integer
from ..errors import ArgumentError, no_booleans
from ..graph import Op
from ..signatures import Tensor, axis_too, check_not_empty, checked, dim_index, keeps
from . import table

__all__ = ["argsort", "kthvalue", "median", "mode", "msort", "nanmedian", "sort", "topk"]


def _row(name: str, input: Tensor, dim: int) -> tuple[Tensor, int]:
    """`input`, a single number as a row of one; and `dim` counted from the front."""
    axis = dim_index(name, dim, checked(input, name).array.ndim)
    if input.array.dtype == bool_ and name not in ("sort", "argsort", "mode"):
        raise no_booleans(name)
    return (input if input.array.ndim else input.reshape(1)), axis


def _order(row: Tensor, axis: int, descending: bool) -> Tensor:
    return table.argsort(row, axis=axis, descending=descending)


def _like(input: Tensor, *results: Tensor) -> Any:
    """`results` of a row, as they are; or as single numbers, if `input` is one."""
    return results if input.array.ndim else [x.reshape(()) for x in results]


@axis_too
def sort(
    input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool | None = None
) -> return_types.sort:
    """The elements along `dim` from the smallest to the largest, and where each was.

    If `descending`, from the largest. nan counts as the largest; equal elements keep their order,
    whether or not that is asked for (`stable`).

    >>> tg.tensor([3.0, 1.0, 2.0]).sort().values
    tensor([1., 2., 3.])
    """
    row, axis = _row("sort", input, dim)
    order = _order(row, axis, flag("sort", "descending", descending))
    return return_types.sort(*_like(input, table.sort(row, order, axis=axis), order))


@axis_too
def argsort(
    input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = False
) -> Tensor:
    """The indices that sort gives: int64.

    >>> tg.tensor([3.0, 1.0, 2.0]).argsort()
    tensor([1, 2, 0])
    """
    row, axis = _row("argsort", input, dim)
    (order,) = _like(input, _order(row, axis, flag("argsort", "descending", descending)))
    return order


def msort(input: Tensor) -> Tensor:
    """The elements along the first dimension from the smallest to the largest.

    >>> tg.tensor([3.0, 1.0, 2.0]).msort()
    tensor([1., 2., 3.])
    """
    return sort(input, 0).values


@axis_too
def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> return_types.topk:
    """The `k` largest elements along `dim`, the largest first, and where they are.

    Or the smallest, if not `largest`. They are sorted also where they need not be. Raises
    ArgumentError if there are fewer.

    >>> tg.tensor([3.0, 1.0, 2.0]).topk(2).values
    tensor([3., 2.])
    """
    flag("topk", "sorted", sorted)
    row, axis = _row("topk", input, dim)
    size = _rank("topk", k, row.array.shape[axis], least=0)
    indices = table.part(_order(row, axis, flag("topk", "largest", largest)), axis, 0, size)
    return return_types.topk(*_like(input, table.topk(row, indices, axis=axis), indices))


def _rank(name: str, k: object, size: int, least: int) -> int:
    """`k` as an integer from `least` to `size`."""
    found = integer(k)
    if found is None:
        raise TypeError(f"{name}: k must be an integer, got {k!r}")
    if not least <= found <= size:
        raise ArgumentError(f"{name}: k must be from {least} to {size}, got {k}")
    return found


@axis_too
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> return_types.kthvalue:
    """The `k`-th smallest element along `dim`, counted from 1, and where it is.

    >>> tg.tensor([3.0, 1.0, 2.0]).kthvalue(2).values
    tensor(2.)
    """

    def where_is(row: Tensor, axis: int) -> Tensor:
        rank = _rank("kthvalue", k, row.array.shape[axis], least=1)
        return table.part(_order(row, axis, False), axis, rank - 1, rank)

    return return_types.kthvalue(*_picked(table.kthvalue, input, dim, keepdim, where_is))


@overload
def median(input: Tensor) -> Tensor: ...
@overload
def median(input: Tensor, dim: int, keepdim: bool = False) -> return_types.median: ...
@axis_too
def median(
    input: Tensor, dim: int | None = None, keepdim: bool = False
) -> Tensor | return_types.median:
    """The element in the middle of the order, the lower one of two; nan, if there is one.

    Along `dim`: ``(values, indices)``. Without `dim`, elements that equal the median share the
    gradient.

    >>> tg.tensor([3.0, 1.0, 2.0]).median()
    tensor(2.)
    """
    if dim is None:
        return _of_all(table.median, input, skips=False)
    return return_types.median(*_medians(table.median_along, input, dim, keepdim, skips=False))


@overload
def nanmedian(input: Tensor) -> Tensor: ...
@overload
def nanmedian(input: Tensor, dim: int, keepdim: bool = False) -> return_types.nanmedian: ...
@axis_too
def nanmedian(
    input: Tensor, dim: int | None = None, keepdim: bool = False
) -> Tensor | return_types.nanmedian:
    """The median of those elements that are not nan: see median.

    >>> tg.tensor([1.0, float("nan")]).nanmedian()
    tensor(1.)
    """
    if dim is None:
        return _of_all(table.nanmedian, input, skips=True)
    found = _medians(table.nanmedian_along, input, dim, keepdim, skips=True)
    return return_types.nanmedian(*found)


def _of_all(op: Op, input: Tensor, skips: bool) -> Tensor:
    if checked(input, op.name).array.dtype == bool_:
        raise no_booleans(op.name)
    if not input.array.size and input.array.dtype.kind == "f":
        return input.sum() / 0  # nan
    check_not_empty(op.name, input, None)
    return op(input, skips=skips)


def _medians(op: Op, input: Tensor, dim: int, keepdim: bool, skips: bool) -> tuple[Tensor, Tensor]:
    return _picked(
        op, input, dim, keepdim, lambda row, axis: table.middle(row, axis=axis, skips=skips)
    )


@axis_too
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> return_types.mode:
    """The most frequent element along `dim`, the smallest if several are; and where its last is.

    >>> tg.tensor([1, 2, 2]).mode().values
    tensor(2)
    """
    return return_types.mode(*_picked(table.mode, input, dim, keepdim, table.most_frequent))


def _picked(
    op: Op, input: Tensor, dim: int, keepdim: bool, where_is: Callable[..., Tensor]
) -> tuple[Tensor, Tensor]:
    """What `op` picks along `dim` where ``where_is(row, axis=axis)`` says; and that place."""
    keepdim = keeps(op.name, keepdim)
    row, axis = _row(op.name, input, dim)
    check_not_empty(op.name, row, axis)
    place = where_is(row, axis=axis)
    values = op(row, place, axis=axis, keepdims=keepdim)
    values, place = _like(input, values, place if keepdim else place.squeeze(axis))
    return values, place
