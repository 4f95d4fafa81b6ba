"""Sums that are as accurate along one axis as along another.

A float32 has 24 bits. Of a million numbers that are added up one after the other, the last ones
leave only a few of theirs in the sum: a million times 0.1 is 100958 then. NumPy therefore adds up
in pairs, and pairs of pairs, but only along the axis along which neighbours lie side by side in
memory; along the others it adds row after row. Here rows are added up in small blocks, and what
these give in float64. A block is added up by a product with a row of ones: BLAS takes less time for
that than NumPy for adding rows.

float16 (11 bits, and nothing above 65504) is added up as float32.
"""

from __future__ import annotations

import functools
import math
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .device import Array, Shape
from .forms import formed

Axes: TypeAlias = tuple[int, ...] | int | None

FEW = 128  # so many rows, or fewer, are one block
BLOCK = 32  # the rows in each block of more than that
_ones = {dtype: np.ones(FEW, dtype) for dtype in (np.dtype("float32"), np.dtype("float64"))}


def total(a: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """``a.sum(axis, keepdims)``, in the dtype of `a`.

    In float32 the error is some 1e-7 of the sum of ``abs(a)``, however many there are.
    """
    if type(a) is not np.ndarray:
        return sum_elsewhere(a, axis, keepdims)
    if a.dtype not in _ones:
        return _sum_others(a, axis, keepdims)
    plan = _plan(a.shape, a.strides, axis)
    if plan is None:
        return a.sum(axis=axis, keepdims=keepdims)
    rest = np.ascontiguousarray(a if plan.order is None else a.transpose(plan.order))
    for outer, n, inner in plan.sums:
        rest = _sum_rows(rest, outer, n, inner)
    rest = rest.reshape(plan.left)
    if plan.back is not None:
        rest = rest.transpose(plan.back)
    return rest.reshape(plan.with_ones) if keepdims else rest


@formed
def sum_elsewhere(a: Any, axis: Axes, keepdims: bool) -> Any:
    """``a.sum(axis, keepdims)`` of what is no array of NumPy: a Tensor, or an array elsewhere."""
    return a.sum(axis=axis, keepdims=keepdims)


def _sum_others(a: Array, axis: Axes, keepdims: bool) -> Any:
    """The same of float16, and of integers."""
    if a.dtype != np.float16:
        return a.sum(axis=axis, keepdims=keepdims)
    with np.errstate(over="ignore"):  # too large for float16: infinity, as any result would be
        return total(a.astype(np.float32), axis, keepdims).astype(np.float16)


def _sum_rows(a: Array, outer: int, n: int, inner: int) -> Array:
    """The sums along the middle axis of `a`, seen as (outer, n, inner): (outer, inner)."""
    if inner == 1:
        return a.reshape(outer, n).sum(axis=1)
    ones = _ones[a.dtype]
    if n <= FEW:
        if outer == 1:
            return ones[:n].dot(a.reshape(n, inner))
        return ones[:n] @ a.reshape(outer, n, inner)
    rows, whole = a.reshape(outer, n, inner), n - n % BLOCK
    blocks = ones[:BLOCK] @ rows[:, :whole].reshape(outer, whole // BLOCK, BLOCK, inner)
    sums = blocks.sum(axis=1, dtype=np.float64) + ones[: n - whole] @ rows[:, whole:]
    return sums.astype(a.dtype)


class _Plan(NamedTuple):
    """How an array of some shape and strides is added up along some axes."""

    order: tuple[int, ...] | None  # of its axes, as they lie in memory, if it is another
    sums: list[tuple[int, int, int]]  # one after the other: outer, n, inner, for _sum_rows
    left: Shape  # what these leave, in that order
    back: tuple[int, ...] | None  # how its axes get back into their order
    with_ones: Shape  # what keepdims gives


@functools.lru_cache(4096)
def _plan(shape: Shape, strides: Shape, axis: Axes) -> _Plan | None:
    """The plan for such an array; None where NumPy adds up in pairs, or nearly so."""
    gone = reduced_axes(len(shape), axis)
    order = sorted(range(len(shape)), key=lambda i: -abs(strides[i]))  # sorted keeps equal ones
    groups = [
        (is_gone, math.prod(shape[i] for i in axes))
        for is_gone, axes in groupby((i for i in order if shape[i] != 1), gone.__contains__)
    ]
    if not _is_worth_it(shape, strides, order, groups):
        return None
    sizes, sums = [n for _, n in groups], []
    for i, (is_gone, n) in reversed(list(enumerate(groups))):
        if is_gone:
            sums.append((math.prod(sizes[:i]), n, math.prod(sizes[i + 1 :])))
            sizes[i] = 1
    kept = [i for i in order if i not in gone]
    in_order = sorted(range(len(kept)), key=kept.__getitem__)
    return _Plan(
        order=None if order == sorted(order) else tuple(order),
        sums=sums,
        left=tuple(shape[i] for i in kept),
        back=None if kept == sorted(kept) else tuple(in_order),
        with_ones=tuple(1 if i in gone else n for i, n in enumerate(shape)),
    )


def _is_worth_it(
    shape: Shape, strides: Shape, order: list[int], groups: list[tuple[bool, int]]
) -> bool:
    """Whether NumPy would add up row after row, and of more than a few."""
    reduced = [n for is_gone, n in groups if is_gone]
    if math.prod(shape) == 0 or math.prod(reduced) <= 4:
        return False
    if len(reduced) > 1 or not groups[-1][0]:
        return True
    # Only the innermost axes are added up; NumPy takes several for one if no gap is between them.
    *_, n = reduced
    inner = [i for i in order if shape[i] != 1]
    while n > 1:
        n, last = n // shape[inner[-1]], inner.pop()
        if n > 1 and strides[inner[-1]] != strides[last] * shape[last]:
            return True
    return False


def reduced_axes(ndim: int, axis: Axes) -> tuple[int, ...]:
    """`axis` as a tuple of axes, counted from the front, of an array of `ndim` dimensions."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(i % ndim for i in ((axis,) if isinstance(axis, int) else axis))
