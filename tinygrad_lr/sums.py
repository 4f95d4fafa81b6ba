"""Sums that are as accurate along one axis as along another.

A float32 has 24 bits. Of a million numbers that are added up one after the other, the last ones
leave only a few of theirs in the sum: a million times 0.1 is 100958 then. NumPy therefore adds up
in pairs, and pairs of pairs, but only along the axis along which neighbours lie side by side in
memory; along the others it adds row after row. Here rows are added up in small blocks, and what
these give, in float64, in blocks again. A block is added up by a product with a row of ones: BLAS
takes less time for that than NumPy for adding rows. And a row that is there once, and stretched to
many, is multiplied.

float16 (11 bits, and nothing above 65504) is added up as float32.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import Any, TypeAlias

import numpy as np

from .device import Array, Shape
from .forms import formed

Axes: TypeAlias = tuple[int, ...] | int | None

FEW = 64  # so many rows, or fewer, are one block
BLOCK = 32  # the rows in each block of more than that
NARROW = 64  # up to this length, a product with ones is faster than NumPy's sum of a row
SMALL = 8192  # elements, of a matrix that BLAS multiplies without waking its threads
_ones = {dtype: np.ones(FEW, dtype) for dtype in (np.dtype("float32"), np.dtype("float64"))}


def total(a: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """``a.sum(axis, keepdims)``, in the dtype of `a`.

    In float32 the error is some 1e-7 of the sum of ``abs(a)``, however many there are.
    """
    if type(a) is not np.ndarray:
        return sum_elsewhere(a, axis, keepdims)
    return _way_to_sum(a.dtype, a.shape, a.strides, axis, keepdims)(a)


@formed
def sum_elsewhere(a: Array, axis: Axes, keepdims: bool) -> Any:
    """``a.sum(axis, keepdims)`` of what is no array of NumPy: a Tensor, or an array elsewhere."""
    return a.sum(axis=axis, keepdims=keepdims)


# --------------------------------------------------------------------- rows and columns of matrices


def _sum_rows(a: Array) -> Array:
    """The sum of all rows of each matrix (..., n, m): (..., m)."""
    n, m = a.shape[-2:]
    if n <= FEW:
        return _sum_few(a)
    if n <= 2 * FEW:
        return _sum_few(a[..., :FEW, :]) + _sum_few(a[..., FEW:, :])
    whole = n - n % BLOCK
    blocks = a[..., :whole, :].reshape(*a.shape[:-2], whole // BLOCK, BLOCK, m)
    sums = _sum_rows(_sum_few(blocks).astype(np.float64)) + _sum_few(a[..., whole:, :])
    return sums.astype(a.dtype)


def _sum_few(a: Array) -> Array:
    """The same of at most FEW rows."""
    n, m = a.shape[-2:]
    if n * m > SMALL:  # NumPy is fast with long rows
        return a.sum(axis=-2)
    ones, a = _ones[a.dtype][:n], np.ascontiguousarray(a)
    return ones.dot(a) if a.ndim == 2 else ones @ a


def _sum_columns(a: Array) -> Array:
    """The sum of all columns of a matrix (n, m): (n,)."""
    n, m = a.shape
    if m > NARROW:
        return a.sum(axis=1)
    ones, rows, a = _ones[a.dtype][:m], SMALL // m, np.ascontiguousarray(a)
    if n <= rows:
        return a.dot(ones)
    whole, sums = n - n % rows, np.empty(n, a.dtype)
    np.matmul(a[:whole].reshape(whole // rows, rows, m), ones, sums[:whole].reshape(-1, rows))
    np.dot(a[whole:], ones, sums[whole:])
    return sums


# ----------------------------------------------------------------------------------- any dimensions


@functools.lru_cache(4096)
def _way_to_sum(
    dtype: np.dtype[Any], shape: Shape, strides: Shape, axis: Axes, keepdims: bool
) -> Callable[[Array], Any]:
    """The function that adds up arrays of this layout. To find it takes longer than a small sum."""
    axes, out = reduced_axes(len(shape), axis), reduced_shape(shape, axis, keepdims)

    def by_numpy(a: Array) -> Any:
        return np.add.reduce(a, axis, None, None, keepdims)  # type: ignore[call-overload]

    def in_float32(a: Array) -> Any:
        with np.errstate(over="ignore"):  # infinity, where it is too large for float16
            return total(a.astype(np.float32), axis, keepdims).astype(np.float16)

    def of_one(a: Array) -> Any:
        return total(a[one], axis, keepdims) * times

    def in_order(a: Array) -> Any:
        sums = way(a.transpose(order))
        return sums.transpose(back).reshape(out) if len(out) > 1 else sums

    def by_matrices(a: Array) -> Array:
        for sum_up, matrices in steps:
            a = sum_up(a.reshape(matrices))
        return a if a.shape == out else a.reshape(out)  # what is no view need not be copied

    if dtype == np.float16:
        return in_float32
    if dtype not in _ones or math.prod(shape) <= FEW:
        return by_numpy
    stretched = [i for i in axes if strides[i] == 0 and shape[i] > 1]
    if stretched:
        one = tuple(slice(1 if i in stretched else None) for i in range(len(shape)))
        times = math.prod(shape[i] for i in stretched)
        return of_one
    # From the axis along which neighbours lie farthest apart in memory to the one with the closest.
    order = sorted(range(len(shape)), key=lambda i: -abs(strides[i]))
    moved = tuple(place for place, i in enumerate(order) if i in axes)
    steps = _steps([shape[i] for i in order], [strides[i] for i in order], moved)
    if not steps:
        return by_numpy  # which goes through an array in this order too
    if order != sorted(order):
        kept = [i for i in order if i not in axes]
        back = sorted(range(len(kept)), key=kept.__getitem__)
        layout = tuple(shape[i] for i in order), tuple(strides[i] for i in order)
        way = _way_to_sum(dtype, *layout, moved, False)
        return in_order
    n, is_matrix = shape[0], strides == (dtype.itemsize * shape[-1], dtype.itemsize)
    if is_matrix and axes == (0,) and not keepdims and n <= 2 * FEW and math.prod(shape) <= SMALL:
        # The gradient of a bias, which each step asks for.
        first, others = _ones[dtype][:n].dot, _ones[dtype][: n - FEW].dot
        return first if n <= FEW else lambda a: first(a[:FEW]) + others(a[FEW:])
    return by_matrices


def _steps(
    shape: Sequence[int], strides: Sequence[int], axes: tuple[int, ...]
) -> list[tuple[Callable[[Array], Array], Shape]]:
    """How an array is added up: by which function, of which matrices, one step after the other.

    No steps, if NumPy does it as well: when there are few, or all of them are side by side.
    """
    long = [i for i, n in enumerate(shape) if n != 1]
    groups = [(is_summed, list(group)) for is_summed, group in groupby(long, axes.__contains__)]
    sizes = [math.prod(shape[i] for i in group) for _, group in groups]
    summed = [i for i in long if i in axes]
    are_long = groups != [] and not groups[-1][0] and sizes[-1] > NARROW  # the rows
    if 0 in shape or math.prod(shape[i] for i in summed) <= (16 if are_long else 4):
        return []
    gaps = [i for i, j in pairwise(summed) if strides[i] != strides[j] * shape[j]]
    if groups[-1] == (True, summed) and sizes[-1] > NARROW and not gaps:
        return []
    steps: list[tuple[Callable[[Array], Array], Shape]] = []
    for i in reversed(range(len(groups))):
        if groups[i][0]:
            outer, n, m = math.prod(sizes[:i]), sizes[i], math.prod(sizes[i + 1 :])
            if m == 1:
                steps.append((_sum_columns, (outer, n)))
            else:
                steps.append((_sum_rows, (n, m) if outer == 1 else (outer, n, m)))
            sizes[i] = 1
    return steps


def reduced_axes(ndim: int, axis: Axes) -> tuple[int, ...]:
    """`axis` as a tuple of axes, counted from the front, of an array of `ndim` dimensions."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(i % ndim for i in ((axis,) if isinstance(axis, int) else axis))


@functools.lru_cache(4096)
def reduced_shape(shape: Shape, axis: Axes, keepdims: bool) -> Shape:
    """The shape of a reduction of an array of this `shape` over `axis`."""
    axes = reduced_axes(len(shape), axis)
    return tuple(1 if i in axes else n for i, n in enumerate(shape) if keepdims or i not in axes)


@functools.lru_cache(4096)
def reduced_count(shape: Shape, axis: Axes) -> int:
    """How many elements of an array of this `shape` go into one result of a reduction."""
    return math.prod(shape[i] for i in reduced_axes(len(shape), axis))
