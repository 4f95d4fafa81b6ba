"""The numbers of arange and linspace, bit for bit those of PyTorch.

``start + step * i`` can be rounded in several ways, and where numbers cancel the difference is
large: ``arange(-8., 8., .1)[80]`` is 4.4e-16 if the product is not rounded before it is added, 0 if
it is, and -2.8e-14 in NumPy. On one side of 0 relu has the slope 1, on the other 0. PyTorch (on a
processor of today) rounds product and sum once, together. And arange takes as many numbers at a
time as 32 bytes hold: the first one is found from `start`, the others from the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..device import CPU, NO_ROOM, no_room
from ..dtypes import DType
from ..errors import ArgumentError, too_large

_FLOAT64 = np.dtype("float64")


def arange(start: float, end: float, step: float, dtype: DType) -> np.ndarray:
    """``start + step * i`` as long as that is below `end` (above, for a step below 0): of `dtype`.

    In an integer dtype the arguments lose what is behind the point; ArgumentError if no step is
    left. In int64 that is before they are counted, as in PyTorch.
    """
    whole = [math.trunc(number) for number in (start, end, step)]
    try:
        if dtype == np.int64 and whole[2]:
            places = np.arange(-((whole[0] - whole[1]) // whole[2]))
        else:
            places = np.arange(math.ceil((end - start) / step))
    except NO_ROOM as error:
        raise no_room(error, f"arange({start}, {end}, {step}) of {dtype}", CPU) from None
    if dtype.kind != "f":
        return _integers(whole[0], whole[2], places).astype(dtype, copy=False)
    if _is_exact(start, step, places.size, dtype):
        return (start + step * places).astype(dtype, copy=False)
    kind = np.float32 if dtype == np.float16 else np.float64  # what it is computed in
    start, step = float(kind(start)), float(kind(step))
    width = 32 // dtype.itemsize
    together = places.size // (2 * width) * (2 * width)  # two times 32 bytes; the rest singly

    def numbers(places: np.ndarray) -> np.ndarray:
        firsts = np.where(places < together, places // width * width, places)
        bases = _fused(step, firsts, start).astype(kind).astype(dtype)
        if not together:
            return bases
        others = _fused(step, places - firsts, bases).astype(kind)
        return np.where(places == firsts, bases, others).astype(dtype)

    return _by_parts(numbers, places)


def _integers(start: int, step: int, places: np.ndarray) -> np.ndarray:
    if step == 0:
        raise ArgumentError("arange: a step below 1 is no step in integers; use a dtype of floats")
    if max(abs(start), abs(step)) >= 2**63:
        raise too_large("arange")
    return places if (start, step) == (0, 1) else start + step * places


def _is_exact(start: float, step: float, count: int, dtype: DType) -> bool:
    """Whether ``start + step * i``, up to `count`, has so few digits that nothing is rounded."""
    parts = max(start.as_integer_ratio()[1], step.as_integer_ratio()[1])  # of 1, in which to count
    return abs(start) + abs(step) * count < 2 ** (np.finfo(dtype).nmant + 1) / parts


def linspace(start: float, end: float, count: int, dtype: DType) -> np.ndarray:
    """`count` numbers from `start` to `end`: the first half counted up, the other down from `end`.

    (count,) of `dtype`. The step between them is found in it; for integers in float64.
    """
    try:
        places = np.arange(count)
    except NO_ROOM as error:
        raise no_room(error, f"linspace of {count} steps of {dtype}", CPU) from None
    kind = dtype.type if dtype.kind == "f" else float
    if dtype.kind != "f":
        start, end = math.trunc(start), math.trunc(end)
    if dtype == np.float16:
        start, end = float(np.float32(start)), float(np.float32(end))  # as PyTorch does
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = kind(start), kind(end)
        step = (high - low) / kind(max(count - 1, 1))

    def numbers(places: np.ndarray) -> np.ndarray:
        is_first = (places < count // 2) | (count == 1)
        steps = np.where(is_first, places, -(count - 1.0 - places))
        bounds = np.where(is_first, low, high)
        if dtype == np.float16:  # rounded twice
            return bounds + step * steps.astype(dtype)
        return _fused(step, steps, bounds, np.dtype(kind)).astype(dtype)

    return _by_parts(numbers, places)


def _by_parts(numbers: Callable[[np.ndarray], np.ndarray], places: np.ndarray) -> np.ndarray:
    """``numbers(places)``, so many at a time that all in between fits into a processor's cache."""
    parts = range(0, max(places.size, 1), 2**13)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.concatenate([numbers(places[i : i + 2**13]) for i in parts])


def _fused(a: float, b: np.ndarray, c: np.ndarray | float, dtype: DType = _FLOAT64) -> np.ndarray:
    """``a * b + c``, of `dtype`, float32 or float64, rounded once; b holds integers."""
    a, b, c = float(a), b.astype(np.float64), np.asarray(c, np.float64)
    p = a * b
    if dtype == np.float32:  # two times 24 digits have room in 53
        return _to_odd(p, c).astype(dtype)
    if not math.isfinite(a):
        return p + c
    mantissa, exponent = math.frexp(a)
    high = math.ldexp(round(mantissa * 2**26), exponent - 26)  # half of the digits of a
    e = (high * b - p) + (a - high) * b  # what was rounded away in p, exactly (Dekker, 1971)
    s, t = _two_sum(p, c)
    if not (t.any() or e.any()):  # nothing was rounded away, of integers for instance
        return s
    return np.where((t + e == 0) | ~np.isfinite(s), s, s + _to_odd(t, e))  # -0, infinity stay so


def _two_sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``a + b``, and what was rounded away, exactly (Knuth)."""
    s = a + b
    part = s - a
    return s, (a - (s - part)) + (b - part)


def _to_odd(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """``a + b``, with an odd last digit wherever one was rounded away.

    So it lies on no border, and can be rounded once more (Boldo and Melquiond, 2008).
    """
    s, t = _two_sum(a, b)
    if not t.any():  # nothing was rounded away
        return s
    wrong = np.flatnonzero((t != 0) & np.isfinite(t) & (s.view(np.int64) & 1 == 0))
    s.flat[wrong] = np.nextafter(s.flat[wrong], np.copysign(np.inf, t.flat[wrong]))
    return s
