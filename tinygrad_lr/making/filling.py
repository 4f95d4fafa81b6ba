"""Filling a Tensor that is there with random numbers: ``x.normal_()``, and its relatives.

The numbers are drawn on the CPU (random.py), and written in place, as ``x[...] = numbers``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from .. import making
from ..device import CPU, Array, move
from ..dtypes import bool_, finite, integer
from ..errors import ArgumentError, DtypeError
from ..graph import Op, Value
from ..random import Generator, chosen
from ..signatures import check_float

if TYPE_CHECKING:  # Tensor is made with this file; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"


# What was drawn does not move when its chance does, so the gradient of that is 0.
drawn_by_chance: Op = Op(
    "bernoulli", lambda a, drawn: drawn.copy(), lambda g, y, a, drawn: g * 0.0, view=False
)


def _fill(self: Tensor, name: str, drawn: Array) -> Tensor:
    return self._assign(name, (...,), self.wrap(move(drawn, self.device)))


def uniform_(
    self: Tensor, low: float = 0.0, high: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Set the elements to random numbers, uniform in [low, high), in place.

    >>> tg.empty(2).uniform_(5, 5)
    tensor([5., 5.])
    """
    check_float("uniform_", self)
    return _fill(self, "uniform_", chosen("uniform_", generator).uniform(low, high, self.shape))


def normal_(
    self: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Set the elements to random numbers of the normal distribution, in place.

    >>> tg.empty(2, 3).normal_().shape
    (2, 3)
    """
    check_float("normal_", self)
    return _fill(self, "normal_", chosen("normal_", generator).normal(mean, std, self.shape))


def log_normal_(
    self: Tensor, mean: float = 1.0, std: float = 2.0, generator: Generator | None = None
) -> Tensor:
    """Set the elements to numbers whose logarithms are normal, in place.

    ArgumentError unless `std` is above 0.

    >>> tg.empty(2, 3).log_normal_().shape
    (2, 3)
    """
    check_float("log_normal_", self)
    if finite("log_normal_", "std", std) <= 0:
        raise ArgumentError(f"log_normal_: expected std > 0, got {std}")
    drawn = chosen("log_normal_", generator).normal(mean, std, self.shape)
    return _fill(self, "log_normal_", np.exp(drawn))


def exponential_(self: Tensor, lambd: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Set the elements to waiting times, ``lambd`` events in each unit of time, in place.

    ArgumentError unless `lambd` is above 0.

    >>> tg.empty(2, 3).exponential_().shape
    (2, 3)
    """
    check_float("exponential_", self)
    rate = finite("exponential_", "lambd", lambd)
    if rate <= 0:
        raise ArgumentError(f"exponential_: expected lambd > 0, got {lambd}")
    drawn = chosen("exponential_", generator).exponential(1 / rate, self.shape)
    return _fill(self, "exponential_", drawn.astype(self.dtype))


def cauchy_(
    self: Tensor, median: float = 0.0, sigma: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Set the elements to numbers of the Cauchy distribution, in place.

    ArgumentError unless `sigma` is above 0.

    >>> tg.empty(2, 3).cauchy_().shape
    (2, 3)
    """
    check_float("cauchy_", self)
    if finite("cauchy_", "sigma", sigma) <= 0:
        raise ArgumentError(f"cauchy_: expected sigma > 0, got {sigma}")
    unit = chosen("cauchy_", generator).uniform(-0.5, 0.5, self.shape, np.float64)
    drawn = finite("cauchy_", "median", median) + sigma * np.tan(np.pi * unit)
    return _fill(self, "cauchy_", drawn.astype(self.dtype))


def geometric_(self: Tensor, p: float, generator: Generator | None = None) -> Tensor:
    """Set the elements to the number of trials up to the first success, in place.

    ArgumentError unless `p` is between 0 and 1, DtypeError for booleans.

    >>> tg.empty(2, 3).geometric_(0.5).shape
    (2, 3)
    """
    if not 0 < finite("geometric_", "p", p) < 1:
        raise ArgumentError(f"geometric_: expected p between 0 and 1, got {p}")
    if self.array.dtype == bool_:
        raise DtypeError("geometric_: counts, and booleans are none; use a tensor of integers")
    waited = chosen("geometric_", generator).exponential(-1 / np.log1p(-p), self.shape)
    return _fill(self, "geometric_", np.ceil(waited).astype(self.dtype))


def bernoulli_(self: Tensor, p: Tensor | float = 0.5, generator: Generator | None = None) -> Tensor:
    """Set the elements to 1, each with the probability `p` (a number, or a Tensor), else to 0.

    ArgumentError for a probability outside 0 to 1.

    >>> tg.empty(2).bernoulli_(1.0)
    tensor([1., 1.])
    """
    return _fill(self, "bernoulli_", ones_by_chance(self.array, p, generator))


def ones_by_chance(like: Array, p: Tensor | float, generator: Generator | None) -> np.ndarray:
    """1 with the probability `p`, else 0, in the shape and dtype of `like`; see bernoulli_."""
    unit = chosen("bernoulli_", generator).uniform(0.0, 1.0, like.shape)
    likely = move(p.array, CPU) if isinstance(p, Value) else finite("bernoulli_", "p", p)
    if not np.all((0 <= likely) & (likely <= 1)):
        raise ArgumentError("bernoulli_: probabilities must be between 0 and 1")
    return np.asarray(unit < likely).astype(like.dtype)


def random_(
    self: Tensor,
    low: int = 0,
    to: int | None = None,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Set the elements to random integers, in place: of [low, to), or of [0, low).

    Without bounds, up to the largest that the dtype holds. ArgumentError for bounds that the dtype
    does not hold.

    >>> tg.empty(2).random_(0, 1)
    tensor([0., 0.])
    """
    least, most = making.integers_of(self.array.dtype)
    first, last = integer(low), most + 1 if to is None else integer(to)
    if to is None and low:
        first, last = 0, integer(low)
    if first is None or last is None:
        raise TypeError(f"random_: the bounds must be integers, got {low!r} and {to!r}")
    if not least <= first < last <= most + 1:
        raise ArgumentError(
            f"random_: {self.dtype} has integers from {least} to {most}, cannot draw from "
            f"{first} to {last - 1}"
        )
    drawn = chosen("random_", generator).integers(first, last, self.shape)
    return _fill(self, "random_", drawn.astype(self.dtype))
