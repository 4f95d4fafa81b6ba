"""Tensors with borders: nn.functional.pad."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from .. import ops
from ..device import Shape, xp
from ..dtypes import number
from ..errors import ArgumentError
from ..signatures import Tensor, checked, sizes
from .shapes import narrow

__all__ = ["pad"]


def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """With borders: `pad` says how many entries to add, (left, right) for the last dimension first.

    Negative ones are taken away. They hold `value` (0, unless it is given), in the mode "constant".
    In "reflect" they mirror what is inside, in "replicate" they repeat the last entry, in
    "circular" they go on at the other end; then only the last one to three dimensions, behind one
    or two others, have borders. ArgumentError for an odd number of sizes, or a `value` for another
    mode than "constant"; NotImplementedError for a mode that is not there.

    >>> F.pad(tg.tensor([1.0, 2.0, 3.0]), (1, 2))
    tensor([0., 1., 2., 3., 0., 0.])
    """
    borders = sizes("pad", (tuple(pad),))
    shape = checked(input, "pad").array.shape
    if len(borders) % 2 or len(borders) > 2 * len(shape):
        raise ArgumentError(
            f"pad: needs two sizes for each dimension that has borders, from the last one on, and "
            f"there are {len(shape)}; got {borders}"
        )
    if mode == "constant":
        return _pad_constant(input, borders, 0 if value is None else value)
    if mode not in _BORDERS:
        raise NotImplementedError(
            f"pad: mode must be constant, reflect, replicate or circular, got {mode!r}"
        )
    if value:
        raise ArgumentError(f"pad: the mode {mode} takes no value, got {value}")
    both = _by_axis(shape, borders)
    if len(shape) - len(both) not in (1, 2) or not 1 <= len(both) <= 3:
        raise NotImplementedError(
            f"pad: the mode {mode} is for borders of the last 1 to 3 dimensions, behind 1 or 2 "
            f"others; got {borders} for shape {shape}"
        )
    for axis, (left, right) in both.items():
        input = _pad_along(input, axis, left, right, mode)
    return input


def _by_axis(shape: Shape, borders: Shape) -> dict[int, tuple[int, int]]:
    """The two borders of each axis that has some."""
    return dict(zip(range(len(shape) - 1, -1, -1), zip(borders[::2], borders[1::2])))


def _pad_constant(input: Tensor, borders: Shape, value: Any) -> Tensor:
    array = input.array
    shape, inner, inside = _places(array.shape, borders)
    part = ops.getitem(input, index=inner) if min(borders, default=0) < 0 else input
    border = input.wrap(xp(array).full(shape, number(value), array.dtype))
    return ops.setitem(border, part, index=inside)


@functools.lru_cache(256)
def _places(whole: Shape, borders: Shape) -> tuple[Shape, ops.Index, ops.Index]:
    """The shape with borders, which part of the `whole` stays, and where that is."""
    shape = list(whole)
    inside, inner = [slice(None)] * len(shape), [slice(None)] * len(shape)
    for axis, (left, right) in _by_axis(whole, borders).items():
        size = shape[axis]
        shape[axis] += left + right
        if shape[axis] < 0:
            raise ArgumentError(
                f"pad: {left} and {right} leave nothing of the {size} entries of dimension {axis}"
            )
        inner[axis] = slice(max(-left, 0), size - max(-right, 0))
        inside[axis] = slice(max(left, 0), shape[axis] - max(right, 0))
    return tuple(shape), (*inner, Ellipsis), (*inside, Ellipsis)


# Which entry of a dimension of `n` stands at `places`, from -left to n + right.
_BORDERS = {
    "reflect": lambda places, n: n - 1 - abs(n - 1 - abs(places)),
    "replicate": lambda places, n: places.clip(0, n - 1),
    "circular": lambda places, n: places % n,
}


def _pad_along(input: Tensor, axis: int, left: int, right: int, mode: str) -> Tensor:
    size = input.array.shape[axis]
    most = {"reflect": size - 1, "circular": size}.get(mode, math.inf if size else 0)
    if max(left, right) > most or size + left + right <= 0 or min(left, right) < -size:
        raise ArgumentError(
            f"pad: of a dimension of {size} the borders by {mode} can have at most {most} entries, "
            f"got {left} and {right}"
        )
    if mode == "circular" and min(left, right) < 0:  # what is taken away does not come round again
        input = narrow(input, axis, max(-left, 0), size + min(left, 0) + min(right, 0))
        return _pad_along(input, axis, max(left, 0), max(right, 0), mode)
    places = xp(input.array).arange(-left, size + right)
    return ops.index_select(input, _BORDERS[mode](places, size), axis=axis)
