"""How far apart vectors are, how alike, and vectors of length 1."""

from __future__ import annotations

import math

from .. import functions
from ..dtypes import at_least_float32, cast, promote
from ..errors import DtypeError
from ..more.shapes import broadcast_tensors
from ..signatures import axis_too, checked
from ..tensor import Tensor

__all__ = ["cosine_similarity", "normalize", "pairwise_distance"]


def _length(x: Tensor, p: float, dim: int, keepdim: bool = False) -> Tensor:
    """The p-norm along `dim`. Of zeros, the gradient is 0."""
    if math.isinf(p):
        return (functions.amax if p > 0 else functions.amin)(functions.abs(x), dim, keepdim)
    if p == 0:
        return functions.sum(cast(x != 0, x.array.dtype), dim, keepdim)
    if p == 1:
        return functions.sum(functions.abs(x), dim, keepdim)
    powers = functions.sum(x * x if p == 2 else functions.abs(x) ** p, dim, keepdim)
    none = powers == 0  # the root of 0 has an infinite slope
    return functions.where(none, 0.0, functions.where(none, 1.0, powers) ** (1.0 / p))


def _floats(name: str, x1: Tensor, x2: Tensor) -> list[Tensor]:
    """Both in one dtype, and one shape; DtypeError, for `name`, if they hold no floats."""
    pair: list[Tensor] = promote(name, checked(x1, name), checked(x2, name))
    if pair[0].array.dtype.kind != "f":
        raise DtypeError(f"{name}: needs floats, got {x1.array.dtype}; use .float()")
    return [*broadcast_tensors(*pair)]


def pairwise_distance(
    x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Tensor:
    """The p-norm of ``x1 - x2 + eps`` along the last dimension.

    >>> F.pairwise_distance(tg.tensor([[3.0, 4.0]]), tg.zeros(1, 2))
    tensor([5.0000])
    """

    def distance(a: Tensor, b: Tensor) -> Tensor:
        return _length(a - b + eps, p, -1, keepdim)

    return at_least_float32(distance, *promote("pairwise_distance", x1, x2, masks=False))


@axis_too
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along `dim`: each is divided by its length.

    (Or by `eps`, if that is larger.)

    >>> F.cosine_similarity(tg.ones(2), tg.tensor([1.0, 0.0]), dim=0)
    tensor(0.7071)
    """

    def similarity(a: Tensor, b: Tensor) -> Tensor:
        lengths = [functions.clamp(_length(x, 2, dim, True), min=eps) for x in (a, b)]
        return functions.sum((a / lengths[0]) * (b / lengths[1]), dim)

    return at_least_float32(similarity, *_floats("cosine_similarity", x1, x2))


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """`input` divided by its p-norm along `dim` (or by `eps`, if that is larger).

    Its shape stays what it is. DtypeError for integers.

    >>> F.normalize(tg.tensor([3.0, 4.0]), dim=0)
    tensor([0.6000, 0.8000])
    """
    if checked(input, "normalize").array.dtype.kind != "f":
        raise DtypeError(f"normalize: needs floats, got {input.array.dtype}; use .float()")

    def normalized(x: Tensor) -> Tensor:
        return x / functions.clamp(_length(x, p, dim, True), min=eps)

    return at_least_float32(normalized, input)
