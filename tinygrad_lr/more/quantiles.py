"""Quantiles: the median and its relatives, by position among the sorted elements."""

from __future__ import annotations

from typing import Any

from ..device import Array, xp
from ..dtypes import finite, float16
from ..errors import ArgumentError, DtypeError
from ..functions import clamp, gather, where
from ..graph import Value
from ..signatures import Tensor, axis_too, check_float, check_not_empty, checked, dim_index, keeps
from .ordering import sort

__all__ = ["nanquantile", "quantile"]


@axis_too
def quantile(
    input: Tensor,
    q: float | Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """The number below which a share `q`, from 0 to 1, of the elements lies, of all or along `dim`.

    `q` may be a vector: the result then has one more dimension, in front. Between two elements
    `interpolation` decides: "linear", "lower", "higher", "midpoint" or "nearest". If there is a
    nan, it is nan.

    >>> tg.tensor([1.0, 2.0, 3.0]).quantile(0.5)
    tensor(2.)
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@axis_too
def nanquantile(
    input: Tensor,
    q: float | Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """The quantile of those elements that are not nan: see quantile.

    >>> tg.tensor([1.0, float("nan")]).nanquantile(0.5)
    tensor(1.)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


def _quantile(
    name: str, input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str
) -> Tensor:
    check_float(name, checked(input, name))
    if input.array.dtype == float16:
        raise DtypeError(f"{name}: computes in float32 and float64; use x.float()")
    shares: Any = q
    if not isinstance(q, Value):
        shares = input.wrap(xp(input.array).full((), finite(name, "q", q), input.array.dtype))
    _check(name, input, shares, q)
    axis = -1 if dim is None else dim_index(name, dim, input.array.ndim)
    rows = input.reshape(-1) if dim is None or not input.array.ndim else _to_the_end(input, axis)
    check_not_empty(name, rows, rows.array.ndim - 1)
    values = _between(name, sort(rows, -1).values, shares.reshape(-1), interpolation)
    if keeps(name, keepdim):
        shape = list(input.array.shape)
        shape[:] = [1] * len(shape) if dim is None else shape
        if input.array.ndim:
            shape[axis] = 1
        values = values.reshape(*shape, -1)
    if not shares.array.ndim:
        return values.squeeze(-1)
    last = values.array.ndim - 1
    return values.permute(last, *range(last))


def _check(name: str, input: Tensor, shares: Tensor, q: object) -> None:
    """Raise DtypeError or ArgumentError if the `shares` are none."""
    if shares.array.dtype != input.array.dtype:
        raise DtypeError(
            f"{name}: q must be {input.array.dtype}, as the input, got {shares.array.dtype}"
        )
    if shares.array.ndim > 1:
        raise ArgumentError(f"{name}: q is a number or a vector, got shape {shares.array.shape}")
    if not isinstance(q, Value) and not 0 <= float(q) <= 1:  # type: ignore[arg-type]
        raise ArgumentError(f"{name}: q must be from 0 to 1, got {q!r}")


def _to_the_end(input: Tensor, axis: int) -> Tensor:
    """With the dimension `axis` behind all others."""
    return input.permute(*(i for i in range(input.array.ndim) if i != axis), axis)


def _between(name: str, ordered: Tensor, shares: Tensor, interpolation: str) -> Tensor:
    """What is found at each of the `shares` of the way through rows that are sorted: (..., n)."""
    numbers = (ordered == ordered).sum(-1, keepdim=True)
    n = ordered.array.shape[-1]
    if name == "quantile":  # then nan, behind all others, is what is found
        places = where(numbers < n, float(n - 1), shares * (n - 1))
    else:
        places = clamp(shares * (numbers - 1), min=0.0)
    places = places.expand(*ordered.array.shape[:-1], shares.array.size)
    if interpolation not in _ROUNDED:
        raise ArgumentError(
            f"{name}: interpolation is one of {', '.join(_ROUNDED)}, got {interpolation!r}"
        )
    rounds = _ROUNDED[interpolation]
    if rounds is not None:
        return gather(ordered, -1, places.wrap(rounds(places.array)).long())
    below, above = (places.wrap(r(places.array)).long() for r in (_floor, _ceil))
    low, high = gather(ordered, -1, below), gather(ordered, -1, above)
    return low + (high - low) * (0.5 if interpolation == "midpoint" else places - below)


def _floor(a: Array) -> Any:
    return xp(a).floor(a)


def _ceil(a: Array) -> Any:
    return xp(a).ceil(a)


_ROUNDED = {
    "linear": None,
    "lower": _floor,
    "higher": _ceil,
    "midpoint": None,
    "nearest": lambda a: xp(a).rint(a),
}
