"""Grids, pairs and indices; and the ways of counting that one seldom needs: range, logspace."""

from __future__ import annotations

import builtins
import itertools
import math
from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np

from .. import functions
from ..device import Array, Shape
from ..dtypes import DType, Number, count, finite, flag, int64, integer
from ..errors import ArgumentError, DtypeError, ShapeError
from ..making import Keywords, made, ranges
from ..tensor import Tensor
from ..warned import warn
from . import given as creation
from .given import counting
from .given import steps as checked_steps


def range(
    start: Number, end: Number | None = None, step: Number = 1, **keywords: Unpack[Keywords]
) -> Tensor:
    """``start, start + step, ...`` up to `end`, which is included, as floats. (See arange.)

    >>> tg.arange(1, 3), tg.range(1, 3)
    (tensor([1, 2]), tensor([1., 2., 3.]))
    """
    warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is "
        "inconsistent with Python's range builtin. Instead, use torch.arange, which produces "
        "values in [start, end).",
        UserWarning,
    )
    first, last, by = checked_steps("range", *((0, start) if end is None else (start, end)), step)
    beyond = first + by * (math.floor((last - first) / by) + 0.5)

    def build(library: Any, shape: Shape, dtype: DType) -> Array:
        return ranges.arange(first, beyond, by, np.dtype(float)).astype(dtype)

    return made(Tensor, "range", (), build, **keywords)


def logspace(
    start: float, end: float, steps: int, base: float = 10.0, **keywords: Unpack[Keywords]
) -> Tensor:
    """`steps` powers of `base`, with exponents from `start` to `end`, equally far apart.

    (steps,), float32 unless `dtype` says another.

    >>> tg.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    start, end = finite("logspace", "start", start), finite("logspace", "end", end)
    base, steps = finite("logspace", "base", base), count("logspace", "steps", steps)

    def build(library: Any, shape: Shape, dtype: DType) -> Array:
        first, last = start, end
        if counting("logspace", dtype, steps).kind != "f":
            first, last = math.trunc(start), math.trunc(end)
        exponents = ranges.linspace(first, last, shape[0], np.dtype(float))
        with np.errstate(all="ignore"):
            return (base**exponents).astype(dtype)

    return made(Tensor, "logspace", (steps,), build, **keywords)


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element of a vector, `N` of them, from the highest to 1: a matrix.

    >>> tg.vander(tg.tensor([1, 2, 3]))
    tensor([[1, 1, 1],
            [4, 2, 1],
            [9, 3, 1]])
    """
    (vector,) = _vectors("vander", (x,))
    exponents = creation.arange(vector.array.size if N is None else count("vander", "N", N))
    powers = vector[:, None] ** exponents.to(vector.device)
    return powers if flag("vander", "increasing", increasing) else powers.flip(1)


def meshgrid(
    *tensors: Tensor | Sequence[Tensor], indexing: str | None = None
) -> tuple[Tensor, ...]:
    """Each of n vectors over the whole grid that they span: n views of n dimensions.

    ``xs[i, j]`` is ``x[i]``, and ``ys[i, j]`` is ``y[j]``; with indexing="xy" the first two
    dimensions change places, as a picture has them. ArgumentError for any other `indexing`.

    >>> tg.meshgrid(tg.tensor([1, 2]), tg.tensor([3, 4, 5]), indexing="ij")[0]
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    vectors = _vectors("meshgrid", tensors, least=0)
    if indexing is None:
        warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing "
            "argument.",
            UserWarning,
        )
    if indexing not in (None, "ij", "xy"):
        raise ArgumentError(f"meshgrid: indexing must be 'ij' or 'xy', got {indexing!r}")
    return _grids(vectors, swapped=indexing == "xy" and len(vectors) > 1)


def _vectors(name: str, tensors: Sequence[Any], least: int = 1) -> list[Tensor]:
    """The vectors that a caller gave, one by one or in a list. ShapeError, DtypeError.

    With `least` 0 single numbers are taken, too.
    """
    in_a_list = len(tensors) == 1 and not isinstance(tensors[0], Tensor)
    given: list[Any] = [*tensors[0]] if in_a_list else [*tensors]
    for vector in given:
        if not isinstance(vector, Tensor) or not least <= vector.array.ndim <= 1:
            came = vector.array.shape if isinstance(vector, Tensor) else type(vector).__name__
            raise ShapeError(f"{name}: expected vectors, got {came}")
    if not given:
        raise ArgumentError(f"{name}: expected vectors, got none")
    if len({v.array.dtype for v in given}) > 1:
        raise DtypeError(f"{name}: expected vectors of one dtype; convert some with .to(dtype)")
    return given


def _grids(vectors: list[Tensor], swapped: bool) -> tuple[Tensor, ...]:
    order = [*builtins.range(len(vectors))]  # which dimension each vector lies along
    order[:2] = reversed(order[:2]) if swapped else order[:2]
    shape = tuple(vectors[i].array.size for i in order)

    def along(vector: Tensor, dim: int) -> Tensor:
        return vector.reshape(tuple(-1 if i == dim else 1 for i in order)).expand(shape)

    return tuple(along(vector, i) for i, vector in enumerate(vectors))


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All ways to take one element of each vector, as rows; of one vector, itself.

    >>> tg.cartesian_prod(tg.tensor([1, 2]), tg.tensor([3]))
    tensor([[1, 3],
            [2, 3]])
    """
    vectors = _vectors("cartesian_prod", tensors)
    if len(vectors) == 1:
        return vectors[0]
    return functions.stack([g.flatten() for g in _grids(vectors, swapped=False)], dim=1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All ways to take `r` elements of a vector, in the order in which they are there, as rows.

    >>> tg.combinations(tg.tensor([3, 1, 2]))
    tensor([[3, 1],
            [3, 2],
            [1, 2]])
    """
    (vector,), r = _vectors("combinations", (input,)), count("combinations", "r", r)
    if not r:
        return vector[:0]
    repeated = flag("combinations", "with_replacement", with_replacement)
    pick = itertools.combinations_with_replacement if repeated else itertools.combinations
    places = np.array([*pick(builtins.range(vector.array.size), r)], np.int64).reshape(-1, r)
    return vector[places]


def tril_indices(row: int, col: int, offset: int = 0, **keywords: Unpack[Keywords]) -> Tensor:
    """The places on and below a diagonal of a matrix (row, col): int64, of shape (2, places).

    >>> tg.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle("tril_indices", np.tril_indices, row, col, offset, keywords)


def triu_indices(row: int, col: int, offset: int = 0, **keywords: Unpack[Keywords]) -> Tensor:
    """The places on and above a diagonal of a matrix (row, col): int64, of shape (2, places).

    >>> tg.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _triangle("triu_indices", np.triu_indices, row, col, offset, keywords)


def _triangle(
    name: str, places: Any, row: int, col: int, offset: int, keywords: Keywords
) -> Tensor:
    rows, columns, k = count(name, "row", row), count(name, "col", col), integer(offset)
    if k is None:
        raise TypeError(f"{name}: offset must be an integer, got {offset!r}")

    def build(library: Any, shape: Shape, dtype: DType) -> Array:
        if dtype.kind != "i":
            raise DtypeError(f"{name}: gives places, integers, not {dtype}; leave out dtype")
        return np.array(places(rows, k, columns)).astype(dtype)

    return made(Tensor, name, (2,), build, usual=int64, **keywords)
