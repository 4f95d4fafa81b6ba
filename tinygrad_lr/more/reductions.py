"""The rest of the reductions: products, counts, what skips nan, and covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import return_types
from ..device import xp
from ..dtypes import DTypeLike, as_value, at_least_float32, bool_, cast, checked_dtype, int64
from ..errors import DtypeError, ShapeError, no_booleans
from ..functions import amax, amin, clamp, div, gather, isnan, mean, sqrt, std, sum, var, where
from ..signatures import (
    Dims,
    Tensor,
    axis_too,
    check_float,
    checked,
    dim_index,
    keeps,
    seen_as,
    truth,
)
from . import table

__all__ = [
    "aminmax",
    "corrcoef",
    "count_nonzero",
    "cov",
    "nanmean",
    "nansum",
    "prod",
    "std_mean",
    "var_mean",
]


@axis_too
def prod(
    input: Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """The product of all elements, or along `dim`. Integers and booleans give int64.

    >>> tg.tensor([1.0, 2.0, 3.0]).prod()
    tensor(6.)
    """
    ndim = checked(input, "prod").array.ndim
    axis = None if dim is None else dim_index("prod", dim, ndim)
    if dtype is None and input.array.dtype.kind in "biu":
        dtype = int64
    if dtype is not None:
        input = cast(input, checked_dtype("prod", dtype))
    keepdim = keeps("prod", keepdim)
    product = at_least_float32(
        table.prod, input, axis=axis if ndim else None, keepdims=keepdim and axis is not None
    )
    return product if dtype is None else cast(product, dtype)


@axis_too
def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """How many elements over `dim` (one, several, or all) are not 0: int64.

    >>> tg.tensor([0, 5, 7]).count_nonzero()
    tensor(2)
    """
    return sum(truth(input, "count_nonzero"), dim)


@axis_too
@seen_as("Nansum")
def nansum(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Tensor:
    """The sum over `dim` of all elements that are not nan.

    >>> tg.tensor([1.0, float("nan")]).nansum()
    tensor(1.)
    """
    return sum(where(isnan(input), 0, input), dim, keepdim, dtype=dtype)


@axis_too
def nanmean(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Tensor:
    """The mean over `dim` of all elements that are not nan. DtypeError for integers.

    >>> tg.tensor([1.0, float("nan")]).nanmean()
    tensor(1.)
    """
    check_float("nanmean", checked(input, "nanmean"))
    count = sum(input == input, dim, keepdim)
    with np.errstate(invalid="ignore"):  # the mean of none is nan, as that of no elements
        return nansum(input, dim, keepdim, dtype=dtype) / count


@axis_too
def aminmax(
    input: Tensor, *, dim: int | None = None, keepdim: bool = False
) -> return_types.aminmax:
    """The smallest and the largest element, of all or along `dim`.

    >>> tg.tensor([3.0, 1.0, 2.0]).aminmax()
    torch.return_types.aminmax(
    min=tensor(1.),
    max=tensor(3.))
    """
    return return_types.aminmax(amin(input, dim, keepdim), amax(input, dim, keepdim))


@axis_too
def var_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> tuple[Tensor, Tensor]:
    """The variance and the mean over `dim`: see var.

    >>> tg.var_mean(tg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dims = None if isinstance(dim, bool) else dim
    return var(input, dim, unbiased, keepdim, correction=correction), mean(input, dims, keepdim)


@axis_too
def std_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean over `dim`: see std.

    >>> tg.std_mean(tg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dims = None if isinstance(dim, bool) else dim
    return std(input, dim, unbiased, keepdim, correction=correction), mean(input, dims, keepdim)


def cov(
    input: Tensor,
    *,
    correction: int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Tensor:
    """The covariances of the rows of a matrix, each of them a variable, of a vector its variance.

    Each column is one observation, seen `fweights` times, and of `aweights` importance. (n, m)
    becomes (n, n). ShapeError for more dimensions, DtypeError for booleans.

    >>> tg.cov(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000]])
    """
    if checked(input, "cov").array.ndim > 2:
        raise ShapeError(f"cov: needs a matrix or a vector, got shape {input.array.shape}")
    if input.array.dtype == bool_:
        raise no_booleans("cov")
    rows: Any = input.reshape(1, -1) if input.array.ndim < 2 else input
    weights = _weights(rows.array.shape[1], fweights, aweights)
    weighted, whole = rows, float(rows.array.shape[1])
    if weights is not None:
        weighted, whole = rows * weights, weights.sum()
    rows = rows - weighted.sum(1, keepdim=True) / whole
    degrees: Any = whole - correction
    if weights is not None and aweights is not None:
        degrees = whole - correction * (weights * aweights).sum() / whole
    degrees = max(degrees, 0.0) if weights is None else clamp(degrees, min=0.0)
    products = rows @ (rows if weights is None else rows * weights).T
    return div(products, as_value(products, degrees, "cov")).squeeze()


def _weights(n: int, fweights: Tensor | None, aweights: Tensor | None) -> Any:
    """The product of those that are given; None if none is. ShapeError unless they are `n`."""
    found: Any = None
    for name, kinds, weights in (("fweights", "iu", fweights), ("aweights", "f", aweights)):
        if weights is not None:
            if checked(weights, "cov").array.dtype.kind not in kinds:
                raise DtypeError(
                    f"cov: {name} are {'integers' if name[0] == 'f' else 'floats'}, got "
                    f"{weights.array.dtype}"
                )
            if weights.array.shape != (n,):
                raise ShapeError(
                    f"cov: weights are a vector, one for each of the {n} observations, got shape "
                    f"{weights.array.shape}"
                )
            found = weights if found is None else found * weights
    return found


def corrcoef(input: Tensor) -> Tensor:
    """The correlations of the rows of a matrix: their covariances, in units of deviations.

    (n, m) becomes (n, n). ShapeError for more dimensions.

    >>> tg.corrcoef(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[1., 1.],
            [1., 1.]])
    """
    if checked(input, "corrcoef").array.ndim > 2:
        raise ShapeError(f"corrcoef: needs a matrix or a vector, got shape {input.array.shape}")
    products = cov(input)
    if not products.array.ndim:
        return products / products
    n = products.array.shape[0]
    deviations = sqrt(gather(products, 1, products.wrap(xp(products.array).arange(n)[:, None])))
    return clamp(products / deviations / deviations.T, -1.0, 1.0)
