"""Tensors of random numbers. The generator that draws them is in random.py.

All are drawn on the CPU, so that a seed gives the same numbers on each device.
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np

from .. import making
from ..device import CPU, move
from ..dtypes import DType, cast, count, flag, int64
from ..errors import ArgumentError, DtypeError, ShapeError
from ..graph import Op
from ..making import Keywords, made, size_of
from ..more.out import stored
from ..random import Generator, chosen
from ..signatures import Sizes, check_float
from ..tensor import Tensor


def rand(
    *shape: Sizes,
    size: Sizes | None = None,
    generator: Generator | None = None,
    **keywords: Unpack[Keywords],
) -> Tensor:
    """Random numbers, equally likely in [0, 1).

    Of sizes, ``rand(2, 3)`` or ``rand((2, 3))``: float32, unless `dtype` says another. ShapeError
    for a negative size.

    >>> tg.rand(2, 3).shape
    (2, 3)
    """
    build = making.uniform("rand", generator)
    return made(Tensor, "rand", size_of("rand", shape, size), build, **keywords)


def randn(
    *shape: Sizes,
    size: Sizes | None = None,
    generator: Generator | None = None,
    **keywords: Unpack[Keywords],
) -> Tensor:
    """Random numbers, Gaussian with mean 0 and standard deviation 1.

    Of sizes, ``randn(2, 3)`` or ``randn((2, 3))``: float32, unless `dtype` says another. ShapeError
    for a negative size.

    >>> tg.randn(2, 3).shape
    (2, 3)
    """
    build = making.gaussian("randn", 0.0, 1.0, generator)
    return made(Tensor, "randn", size_of("randn", shape, size), build, **keywords)


def normal(
    mean: Tensor | float,
    std: Tensor | float = 1.0,
    size: Sizes | None = None,
    *,
    generator: Generator | None = None,
    **keywords: Unpack[Keywords],
) -> Tensor:
    """Random numbers, Gaussian with this mean and standard deviation.

    In the shape `size`, for two numbers; or, if one of them is a Tensor, a number for each of its
    elements, in the shape to which both broadcast; then of its dtype, and its gradient is 0.
    ArgumentError for a negative `std`, TypeError for two numbers and no size, ShapeError for
    Tensors that do not broadcast.

    >>> tg.normal(0.0, 1.0, size=(2, 3)).shape
    (2, 3)
    """
    of_tensors = [x for x in (mean, std) if isinstance(x, Tensor) and size is None]
    if not of_tensors:
        if size is None:
            raise TypeError(f"normal: say how many, with a size: normal({mean}, {std}, (3,))")
        build = making.gaussian("normal", mean, std, generator)
        return made(Tensor, "normal", size_of("normal", (), size), build, **keywords)
    arrays = [move(x.array, CPU) if isinstance(x, Tensor) else np.asarray(x) for x in (mean, std)]
    if not (arrays[1] >= 0).all():
        raise ArgumentError("normal: expected std >= 0 everywhere")
    try:
        shape = np.broadcast_shapes(arrays[0].shape, arrays[1].shape)
    except ValueError:
        raise ShapeError(
            f"normal: a mean of shape {arrays[0].shape} and a std of shape {arrays[1].shape} do "
            "not broadcast together"
        ) from None
    unit = making.gaussian("normal", 0.0, 1.0, generator)

    def of_each(library: Any, shape: Any, dtype: DType) -> Any:
        return (unit(library, shape, dtype) * arrays[1] + arrays[0]).astype(dtype)

    drawn = made(of_tensors[0], "normal", shape, of_each, **keywords)
    for x in of_tensors:
        drawn = _drawn_around(cast(x, drawn.dtype), drawn)
    return drawn


# What was drawn does not move with its mean or deviation: the gradient is 0, as in PyTorch.
_drawn_around = Op("normal", lambda a, drawn: drawn.copy(), lambda g, y, a, drawn: g * 0.0)


def randint(
    low: int = 0,
    high: Sizes | None = None,
    size: Sizes | None = None,
    *,
    generator: Generator | None = None,
    **keywords: Unpack[Keywords],
) -> Tensor:
    """Random integers, equally likely, from `low` up to, not including, `high`: int64.

    ``randint(high, size)`` begins at 0. Raises NumberError if `dtype` cannot hold all of them.

    >>> tg.randint(0, 10, (2, 3)).shape
    (2, 3)
    """
    if isinstance(high, (tuple, list)):  # randint(high, size)
        high, size = None, high
    if high is None:
        low, high = 0, low
    build = making.integers("randint", low, high, generator)
    if size is None:
        raise TypeError(f"randint: say how many, with a size: randint({low}, {high}, (3,))")
    shape = size_of("randint", (), size)
    return made(Tensor, "randint", shape, build, usual=int64, **keywords)


def randperm(n: int, *, generator: Generator | None = None, **keywords: Unpack[Keywords]) -> Tensor:
    """The numbers 0 to n - 1 in random order, int64.

    >>> tg.randperm(4).sort().values
    tensor([0, 1, 2, 3])
    """
    shape, source = (count("randperm", "n", n),), chosen("randperm", generator)

    def build(library: Any, shape: Any, dtype: DType) -> Any:
        return source.permutation(shape[0]).astype(dtype, copy=False)

    return made(Tensor, "randperm", shape, build, usual=int64, **keywords)


def bernoulli(
    input: Tensor,
    p: float | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """1 with the probability that `input` holds, or `p` for all, else 0: in its shape and dtype.

    >>> tg.bernoulli(tg.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    drawn = input.bernoulli(p, generator=generator)
    return drawn if out is None else stored("bernoulli", drawn, out)


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Random counts, each Poisson with the rate that `input`, of floats, holds: in its dtype.

    ArgumentError for a negative rate.

    >>> tg.poisson(tg.zeros(2))
    tensor([0., 0.])
    """
    check_float("poisson", input)
    rates = move(input.array, CPU)
    if not (rates >= 0).all():
        raise ArgumentError("poisson: expected rates >= 0")
    counts = chosen("poisson", generator).poisson(rates)
    return Tensor.wrap(move(counts.astype(rates.dtype), input.device))


def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Places in `input`, (n,) or (rows, n), each as likely as its value is large.

    Returns int64 of shape (num_samples,), or (rows, num_samples). The values, floats >= 0, need not
    sum to 1. Without `replacement` all places of a row are different. Raises ArgumentError,
    ShapeError or DtypeError for what is no distribution, or has not so many places.

    >>> tg.multinomial(tg.tensor([0.0, 1.0]), 1)
    tensor([1])
    """
    check_float("multinomial", input)
    weights = move(input.array, CPU).astype(np.float64)
    n = count("multinomial", "num_samples", num_samples)
    if weights.ndim not in (1, 2) or not weights.shape[-1]:
        raise ShapeError(f"multinomial: needs weights (n,) or (rows, n), got shape {weights.shape}")
    if not n or (n > weights.shape[-1] and not flag("multinomial", "replacement", replacement)):
        raise ArgumentError(
            f"multinomial: cannot draw {n} of {weights.shape[-1]} places without replacement; draw "
            f"1 to {weights.shape[-1]}, or use replacement=True"
        )
    if not (np.isfinite(weights) & (weights >= 0)).all() or not weights.sum(-1).all():
        raise ArgumentError("multinomial: weights must be finite, >= 0, and not all of them 0")
    if isinstance(out, Tensor) and out.dtype != int64:
        raise DtypeError(f"multinomial: gives places, int64, and out is {out.dtype}")
    source = chosen("multinomial", generator)
    if replacement:
        rows = [source.weighted(row, n, True) for row in np.atleast_2d(weights)]
        places = np.array(rows, np.int64).reshape(*weights.shape[:-1], n)
    else:  # a race: the first n of waiting times that are the shorter, the larger the weight
        with np.errstate(divide="ignore"):
            times = source.exponential(1.0, weights.shape) / weights
        places = times.argsort(-1, kind="stable")[..., :n]
    drawn: Tensor = Tensor.wrap(move(places, input.device))
    return drawn if out is None else stored("multinomial", drawn, out)
