"""When are two results the same? One rule, for every dtype and every function.

A result is rounded, and so is what goes into it. If moving each input by one unit in its last place
moves the result by `c`, no method can promise to be closer than `c`. So two results may differ by

    allowed = ROOM * (unit * |result| + c)

where `unit` is that of the dtype. `c` is found by trying: a few random signs for the moves, in
float64. So a function that cancels (the variance of nearly equal numbers) is allowed what it must
be, and one that does not is held to all of its digits. There is no number to be turned until a test
passes. (A number that is smaller than most in its array is moved as they are: it may be what was
left of them. A gradient may also be what was left of the one that came in.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..device import move

ROOM = 16.0  # a result may be this many times as far off as one rounding of it and of its inputs


def unit(dtype: Any) -> float:
    """The distance from 1 to the next number of `dtype`."""
    return float(np.finfo(dtype).eps)


def moved(
    arrays: Sequence[np.ndarray], by: float, rng: np.random.Generator, even: bool = False
) -> list[np.ndarray]:
    """`arrays`, each element moved by `by` times its size, or the usual size, up or down.

    If `even`, as many go up as down: what depends on differences does not feel a move of all.
    """
    sizes = [np.maximum(np.abs(a), np.abs(a).mean()) if a.size else a for a in arrays]
    up = [np.resize(rng.permutation([1.0, -1.0]), a.size) for a in arrays]
    signs = [rng.permutation(u) if even else rng.choice([-1.0, 1.0], u.size) for u in up]
    return [a + by * size * u.reshape(a.shape) for a, size, u in zip(arrays, sizes, signs)]


def allowed(
    function: Callable[[list[np.ndarray]], list[np.ndarray]],
    arrays: Sequence[np.ndarray],
    step: float,
    least: float = 0.0,
    tries: int = 8,
) -> list[np.ndarray]:
    """How far each result of `function`, in float64, may be off in a dtype whose unit is `step`.

    A result smaller than `least` counts as of that size.
    """
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        here = function(list(arrays))
        found = [np.zeros(y.shape) for y in here]
        for i in range(tries):
            for c, y, there in zip(found, here, function(moved(arrays, step, rng, i % 2 == 1))):
                np.fmax(c, np.abs(there - y), out=c)
    return [
        np.asarray(ROOM * (step * np.maximum(np.abs(y), least) + c)) for c, y in zip(found, here)
    ]


def difference(found: Any, expected: np.ndarray, room: np.ndarray | float) -> str | None:
    """None if two arrays agree, nan for nan, to within `room`; else where they do not, in words."""
    found, expected = host(found), np.asarray(expected)
    if found.shape != expected.shape:
        return f"expected the shape {expected.shape}, got {found.shape}"
    with np.errstate(all="ignore"):
        wide, other = found.astype(np.float64), expected.astype(np.float64)
        near = np.abs(wide - other) <= np.broadcast_to(room, found.shape)
        near |= (wide == other) | (np.isnan(wide) & np.isnan(other))
    if near.all():
        return None
    at = tuple(int(i) for i in np.argwhere(~near)[0])
    place = f" at {list(at)}" if at else ""
    return f"expected {other[at]:.9g}{place}, got {wide[at]:.9g}"


def host(array: Any) -> np.ndarray:
    """A Tensor, or an array of another device, as a NumPy array."""
    return np.asarray(move(getattr(array, "array", array), "cpu"))
