"""Sums, products and extremes of all elements up to each place, and differences between places."""

from __future__ import annotations

from typing import Any

from .. import return_types
from ..dtypes import DTypeLike, at_least_float32, bool_, cast, checked_dtype, count, int64
from ..errors import ArgumentError, ShapeError, no_booleans
from ..functions import cat, mul, ne, sub
from ..functions import sum as total
from ..graph import Op
from ..signatures import Operand, Tensor, axis_too, check_float, checked, dim_index
from . import table

__all__ = [
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "cumulative_trapezoid",
    "diff",
    "logcumsumexp",
    "trapezoid",
    "trapz",
]


@axis_too
def cumsum(input: Tensor, dim: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """The sum of all elements up to each place along `dim`. Integers and booleans give int64.

    >>> tg.tensor([1.0, 2.0, 3.0]).cumsum(dim=0)
    tensor([1., 3., 6.])
    """
    return _accumulated(table.cumsum, input, dim, dtype)


@axis_too
def cumprod(input: Tensor, dim: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """The product of all elements up to each place along `dim`. Integers give int64.

    >>> tg.tensor([1.0, 2.0, 3.0]).cumprod(dim=0)
    tensor([1., 2., 6.])
    """
    return _accumulated(table.cumprod, input, dim, dtype)


def _accumulated(op: Op, input: Tensor, dim: int, dtype: DTypeLike | None) -> Tensor:
    axis = dim_index(op.name, dim, checked(input, op.name).array.ndim)
    if dtype is None and input.array.dtype.kind in "biu":
        dtype = int64
    if dtype is not None:
        input = cast(input, checked_dtype(op.name, dtype))
    if input.array.dtype == bool_:  # asked for
        raise no_booleans(op.name)
    return _along(op, input, axis)


def _along(op: Op, input: Tensor, axis: int) -> Tensor:
    """The entry `op` of `input` along `axis`; a single number is a row of one."""
    if input.array.ndim:
        return at_least_float32(op, input, axis=axis)
    return at_least_float32(op, input.reshape(1), axis=axis).reshape(())


@axis_too
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """``log(cumsum(exp(input)))`` along `dim`, without overflow. DtypeError for integers.

    >>> tg.zeros(3).logcumsumexp(dim=0)
    tensor([0.0000, 0.6931, 1.0986])
    """
    axis = dim_index("logcumsumexp", dim, checked(input, "logcumsumexp").array.ndim)
    check_float("logcumsumexp", input)
    return _along(table.logcumsumexp, input, axis)


@axis_too
def cummax(input: Tensor, dim: int) -> return_types.cummax:
    """The largest element up to each place along `dim`, and where it is, the last of equal ones.

    >>> tg.tensor([3.0, 1.0, 2.0]).cummax(dim=0).values
    tensor([3., 3., 3.])
    """
    return return_types.cummax(*_extremes(table.cummax, input, dim, largest=True))


@axis_too
def cummin(input: Tensor, dim: int) -> return_types.cummin:
    """The smallest element up to each place along `dim`, and where it is, the last if equal.

    >>> tg.tensor([3.0, 1.0, 2.0]).cummin(dim=0).indices
    tensor([0, 1, 1])
    """
    return return_types.cummin(*_extremes(table.cummin, input, dim, largest=False))


def _extremes(op: Op, input: Tensor, dim: int, largest: bool) -> tuple[Tensor, Tensor]:
    axis = dim_index(op.name, dim, checked(input, op.name).array.ndim)
    row = input if input.array.ndim else input.reshape(1)
    indices = table.so_far(row, axis=axis, largest=largest)
    values = op(row, indices, axis=axis)
    return (values, indices) if input.array.ndim else (values.reshape(()), indices.reshape(()))


# ------------------------------------------------------------------------------- between neighbours


@axis_too
def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
) -> Tensor:
    """The difference between neighbours along `dim`, `n` times over.

    `prepend` and `append` are joined to `input` first. Of booleans, whether they differ. ShapeError
    for a single number.

    >>> tg.tensor([1, 4, 9]).diff()
    tensor([3, 5])
    """
    axis = dim_index("diff", dim, checked(input, "diff").array.ndim)
    if not input.array.ndim:
        raise ShapeError("diff: a single number (no dimensions) has no neighbours")
    times = count("diff", "n", n)
    ends = [checked(x, "diff") for x in (prepend, input, append) if x is not None]
    if times and len(ends) > 1:
        input = cat(ends, dim=axis)
    subtract: Any = ne if input.array.dtype == bool_ else sub
    for _ in range(min(times, input.array.shape[axis])):
        input = subtract(table.part(input, axis, 1, None), table.part(input, axis, None, -1))
    return input


@axis_too
def trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: Operand | None = None, dim: int = -1
) -> Tensor:
    """The integral of `y` along `dim`, by the trapezoidal rule.

    `x` says where the values are, else they are `dx` apart (1).

    >>> tg.trapezoid(tg.tensor([1.0, 2.0, 3.0]))
    tensor(4.)
    """
    return total(_trapezoids("trapezoid", y, x, dx, dim), dim)


@axis_too
def cumulative_trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: Operand | None = None, dim: int = -1
) -> Tensor:
    """The integral from the first place up to each of the others: see trapezoid.

    Along `dim`, which becomes shorter by 1.

    >>> tg.cumulative_trapezoid(tg.tensor([1.0, 2.0, 3.0]))
    tensor([1.5000, 4.0000])
    """
    return cumsum(_trapezoids("cumulative_trapezoid", y, x, dx, dim), dim)


def _trapezoids(name: str, y: Tensor, x: Tensor | None, dx: Operand | None, dim: int) -> Tensor:
    """The areas between neighbours."""
    axis = dim_index(name, dim, checked(y, name).array.ndim)
    if x is not None and dx is not None:
        raise ArgumentError(f"{name}: give x or dx, not both")
    if y.array.dtype == bool_ or (x is not None and checked(x, name).array.dtype == bool_):
        raise no_booleans(name)
    both = table.part(y, axis, 1, None) + table.part(y, axis, None, -1)
    width: Operand = 1 if dx is None else dx
    if x is not None:
        if x.array.ndim == 1:
            x = x.reshape([-1 if i == axis else 1 for i in range(y.array.ndim)])
        along = axis - y.array.ndim + x.array.ndim
        width = table.part(x, along, 1, None) - table.part(x, along, None, -1)
    return mul(both, width) / 2


trapz = trapezoid
