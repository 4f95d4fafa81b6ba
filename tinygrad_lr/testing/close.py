"""When are two results the same? One rule, for every dtype and every function.

A result is rounded, and so is what goes into it (for a gradient, also the one that comes in) and
what is computed on the way. If moving each of these by one unit in its last place, twice as far as
rounding does, moves the result by `c`, no method can promise to be much closer than `c`. So two
results may differ by

    allowed = room * (unit * |result| + c)

where `unit` is that of the dtype. `c` is found by trying: some random signs for the moves, in
float64. First what goes in is moved; before anybody is blamed, also what each of NumPy's functions
gives (`Rounded`): 1 - tanh(a)**2 has few digits left where tanh(a) is nearly 1. What np.asarray
hides from that is seen in another dtype: an error that shrinks with the unit is rounding. So a
function that cancels is allowed what it must be, and one that does not is held to all its digits.
(A number that is smaller than most in its array is moved as they are: it may be what was left of
them.)

The `room` is for what cannot be tried. The same method in float16 has 2, as some signs are worse
than those that were tried; in float32 4, as NumPy's and CUDA's functions themselves promise no more
there (in float16 they compute in float32). Two methods, of which nobody knows how often the other
rounds, have 16.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..device import count_as_array, move

ROOM = 16.0  # of two methods
SAME = {"float64": ROOM, "float32": 4.0, "float16": 2.0}  # of one, in a dtype and in float64


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


class Rounded(np.ndarray):
    """An array of which NumPy's functions give results that are a little off, up or down."""

    by: float = 0.0
    rng: np.random.Generator = np.random.default_rng(0)

    def __getitem__(self, key: Any) -> Any:
        return _seen(super().__getitem__(key))  # a number, too: there are loops over them

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        outs = options.pop("out", None)
        if outs is not None:  # of which `where` may leave some as they are
            options["out"] = tuple(None if out is None else _exact(out).copy() for out in outs)
        exact = getattr(ufunc, method)(*map(_exact, inputs), **options)
        results = exact if isinstance(exact, tuple) else (exact,)
        filled = [_filled(*both) for both in zip(outs or [None] * len(results), results)]
        return tuple(filled) if isinstance(exact, tuple) else filled[0]

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        result = super().__array_function__(function, types, args, options)
        return _seen(result) if type(result) is np.ndarray else result


count_as_array(Rounded)


def _seen(array: Any) -> np.ndarray:
    """Floats as an array that is Rounded; anything else as it is."""
    return np.asarray(array).view(Rounded) if array.dtype == np.float64 else array


def _exact(value: Any) -> Any:
    """What is Rounded as a plain array, with which NumPy computes as ever."""
    return value.view(np.ndarray) if isinstance(value, Rounded) else value


def _off(result: Any) -> Any:
    """What an operation gives, each number moved by one unit."""
    if getattr(result, "dtype", None) != np.float64:
        return result
    array = np.asarray(result)
    signs = Rounded.rng.choice([-Rounded.by, Rounded.by], array.shape)
    return np.asarray(array + array * signs).view(Rounded)


def _filled(out: Any, result: Any) -> Any:
    """The result of an operation, moved; in `out`, if that is an array."""
    if out is None:
        return _off(result)
    _exact(out)[...] = _off(result)
    return out


def allowed(
    function: Callable[[list[np.ndarray]], list[np.ndarray]],
    arrays: Sequence[np.ndarray],
    step: float,
    least: float = 0.0,
    tries: int = 8,
    within: bool = False,
    room: float = ROOM,
) -> list[np.ndarray]:
    """How far each result of `function`, in float64, may be off in a dtype whose unit is `step`.

    A result smaller than `least` counts as of that size. With `within`, what each of NumPy's
    functions gives on the way is rounded, too.
    """
    rng = np.random.default_rng(0)
    Rounded.by, Rounded.rng = step, rng
    with np.errstate(all="ignore"):
        here = function(list(arrays))
        found = [np.zeros(y.shape) for y in here]
        for i in range(tries):
            near = moved(arrays, step, rng, i % 2 == 1)
            others = function([*map(_seen, near)] if within else near)
            for c, y, there in zip(found, here, others):
                np.fmax(c, np.abs(_exact(there) - y), out=c)
    return [
        np.asarray(room * (step * np.maximum(np.abs(y), least) + c)) for c, y in zip(found, here)
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
