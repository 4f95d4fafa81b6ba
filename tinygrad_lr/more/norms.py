"""How large vectors and matrices are, and how far apart."""

from __future__ import annotations

from typing import Any

from ..dtypes import DTypeLike, at_least_float32, cast, checked_dtype, number
from ..errors import ArgumentError, PlaceError, ShapeError
from ..functions import abs, amax, amin, sub, sum
from ..signatures import (
    Dims,
    Operand,
    Tensor,
    axis_too,
    check_float,
    checked,
    checked_axes,
    dim_index,
    keeps,
)
from . import table
from .matrices import svdvals

__all__ = ["dist", "norm"]


@axis_too
def vector_norm(
    x: Tensor,
    ord: float = 2,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """``sum(abs(x) ** ord) ** (1 / ord)`` over `dim` (one, several, or all).

    Of an infinite `ord` the largest (or smallest) ``abs(x)``, of 0 how many are not 0. DtypeError
    for integers.

    >>> tg.linalg.vector_norm(tg.tensor([3.0, 4.0]))
    tensor(5.)
    """
    return _vector_norm("vector_norm", x, ord, dim, keepdim, dtype)


def _vector_norm(
    name: str, x: Tensor, ord: float, dim: Dims, keepdim: bool, dtype: DTypeLike | None
) -> Tensor:
    axes = checked_axes(name, x, dim)
    order = number(ord)
    if isinstance(order, bool) or not isinstance(order, (int, float)):
        raise ArgumentError(f"{name}: the order of a norm is a number, or 'fro', got {ord!r}")
    if dtype is not None:
        x = cast(x, checked_dtype(name, dtype))
    check_float(name, x)
    shape = x.array.shape
    if (order < 0 or order == float("inf")) and 0 in [
        shape[i] for i in (range(len(shape)) if axes is None else axes)
    ]:
        raise PlaceError(f"{name}: no elements have no norm of order {ord}, in shape {shape}")
    return at_least_float32(
        table.vector_norm, x, p=float(order), axis=axes, keepdims=keeps(name, keepdim)
    )


@axis_too
def matrix_norm(
    A: Tensor,
    ord: float | str = "fro",
    dim: tuple[int, ...] | list[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """The norm of each matrix, of which the dimensions `dim` are the rows and the columns.

    "fro" is the square root of the sum of all squares; 1 is the largest sum of a column's absolute
    values, inf that of a row's (-1 and -inf the smallest). "nuc" is the sum of the singular values,
    2 the largest, -2 the smallest: these have no gradients here. ArgumentError for another `ord`,
    ShapeError for what is no matrix.

    >>> tg.linalg.matrix_norm(tg.eye(4))
    tensor(2.)
    """
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise ArgumentError(f"matrix_norm: dim names two dimensions, got {dim!r}")
    if checked(A, "matrix_norm").array.ndim < 2:
        raise ShapeError(f"matrix_norm: needs a matrix, or several, got shape {A.array.shape}")
    if ord == "fro":
        return _vector_norm("matrix_norm", A, 2, tuple(dim), keepdim, dtype)
    order: Any = ord if ord == "nuc" else number(ord)
    if order not in ("nuc", 1, -1, 2, -2, float("inf"), -float("inf")):
        raise ArgumentError(
            f"matrix_norm: ord is 'fro', 'nuc', 1, 2, inf, -1, -2 or -inf, got {ord!r}"
        )
    if dtype is not None:
        A = cast(A, checked_dtype("matrix_norm", dtype))
    check_float("matrix_norm", A)
    rows, columns = (dim_index("matrix_norm", d, A.array.ndim) for d in dim)
    checked_axes("matrix_norm", A, (rows, columns))
    if order in ("nuc", 2, -2):
        norms = _of_singular_values(A, order, rows, columns)
        return _with(norms, rows, columns) if keeps("matrix_norm", keepdim) else norms
    added, compared = (rows, columns) if order in (1, -1) else (columns, rows)
    extreme = amax if order > 0 else amin
    norms = extreme(sum(abs(A), added, keepdim=True), compared, keepdim=True)
    return norms if keeps("matrix_norm", keepdim) else norms.squeeze((rows, columns))


def _of_singular_values(A: Tensor, order: float | str, rows: int, columns: int) -> Tensor:
    """Their sum ("nuc"), the largest (2), or the smallest (-2)."""
    others = [i for i in range(A.array.ndim) if i not in (rows, columns)]
    values = svdvals(A.permute(*others, rows, columns))
    if order == "nuc":
        return sum(values, -1)
    return amax(values, -1) if order == 2 else amin(values, -1)


def _with(norms: Tensor, rows: int, columns: int) -> Tensor:
    """With dimensions of size 1 where the rows and columns were."""
    return norms.unsqueeze(min(rows, columns)).unsqueeze(max(rows, columns))


@axis_too
def linalg_norm(
    A: Tensor,
    ord: float | str | None = None,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """vector_norm, or matrix_norm where `dim` names two dimensions; of all elements without `ord`.

    With an `ord` and no `dim`, `A` is a vector or a matrix. ShapeError for one of more dimensions.

    >>> tg.linalg.norm(tg.tensor([3.0, 4.0]))
    tensor(5.)
    """
    ndim = checked(A, "norm").array.ndim
    if ord is None:
        return _vector_norm("norm", A, 2, dim, keepdim, dtype)
    if dim is None:
        if ndim > 2:
            raise ShapeError(
                f"norm: which dimensions, of shape {A.array.shape}? With ord, give dim"
            )
        dim = tuple(range(ndim)) if ndim == 2 else None
    if isinstance(dim, (tuple, list)) and len(dim) == 2:
        return matrix_norm(A, ord, dim, keepdim, dtype=dtype)
    return _vector_norm("norm", A, ord, dim, keepdim, dtype)  # type: ignore[arg-type]


def norm(
    input: Tensor,
    p: float | str | None = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """``sum(abs(input) ** p) ** (1 / p)`` over `dim` (one, several, or all); "fro" is 2.

    "nuc" is that of linalg.matrix_norm.

    Its gradient at 0 is 0.

    >>> tg.tensor([3.0, 4.0]).norm()
    tensor(5.)
    """
    if p == "nuc":
        return matrix_norm(input, p, (0, 1) if dim is None else dim, keepdim, dtype=dtype)  # type: ignore[arg-type]
    return _vector_norm("norm", input, 2 if p in ("fro", None) else p, dim, keepdim, dtype)  # type: ignore[arg-type]


def dist(input: Tensor, other: Operand, p: float = 2) -> Tensor:
    """The norm of ``input - other``. The two broadcast; the norm is a single number.

    >>> tg.dist(tg.tensor([3.0, 4.0]), tg.zeros(2))
    tensor(5.)
    """
    return norm(sub(input, other), p)
