"""When are two results the same? One rule, for every dtype and every function.

A result is rounded, and so is what goes into it; for a gradient, also the one that comes in. If
moving each of these by one unit in its last place moves the result by `c`, no method can promise to
be closer than `c`. So two results may differ by

    allowed = ROOM * (unit * |result| + c)

where `unit` is that of the dtype. `c` is found by trying: a few random signs for the moves, in
float64. So a function that cancels (the variance of nearly equal numbers) is allowed what it must
be, and one that does not is held to all of its digits. There is no number to be turned until a test
passes. (A number that is smaller than most in its array is moved as they are: it may be what was
left of them.)

What is made of several operations rounds between them: 1 - tanh(a)**2 has few digits left where
tanh(a) is nearly 1. Before it is blamed, what each Op gives is moved as well (`rounding`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..device import is_array, move, xp
from ..graph import Op

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


@contextlib.contextmanager
def rounding(by: float, rng: np.random.Generator) -> Iterator[None]:
    """While it lasts, what an Op computes is moved by `by` times its size, up or down.

    What a view shows is not: it is not computed.
    """

    def shaken(result: Any) -> Any:
        if isinstance(result, tuple):  # with what is saved for the rules
            return tuple(map(shaken, result))
        if getattr(result, "dtype", None) != np.float64:
            return result
        signs = rng.choice([-1.0, 1.0], result.shape)
        return result + result * by * (xp(result).asarray(signs) if is_array(result) else signs)

    def forward(op: Op) -> Callable[..., Any]:
        exact: Callable[..., Any] = vars(op)["forward"]
        return exact if op.view else lambda *args, **params: shaken(exact(*args, **params))

    def put(op: Op, exact: Callable[..., Any]) -> None:
        vars(op)["forward"] = exact

    setattr(Op, "forward", property(forward, put))  # noqa: B010  (a class has no such attribute)
    try:
        yield
    finally:
        delattr(Op, "forward")


def allowed(
    function: Callable[[list[np.ndarray]], list[np.ndarray]],
    arrays: Sequence[np.ndarray],
    step: float,
    least: float = 0.0,
    tries: int = 8,
    within: bool = False,
) -> list[np.ndarray]:
    """How far each result of `function`, in float64, may be off in a dtype whose unit is `step`.

    A result smaller than `least` counts as of that size. With `within`, what the Ops of which it
    is made give is rounded too.
    """
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        here = function(list(arrays))
        found = [np.zeros(y.shape) for y in here]
        for i in range(tries):
            near = moved(arrays, step, rng, i % 2 == 1)
            with rounding(step, rng) if within else contextlib.nullcontext():
                others = function(near)
            for c, y, there in zip(found, here, others):
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
