"""Where elements stand in the order of their size: functions of raw arrays, for table.py.

Equal elements stand in the order in which they are there, and nan counts as the largest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..device import Array, xp
from ..ops import Index, gather


def span(axis: int, start: int | None, stop: int | None, step: int | None = None) -> Index:
    """The index of ``start:stop:step`` along `axis`."""
    return (*[slice(None)] * axis, slice(start, stop, step))


def _places(a: Array, axis: int) -> Any:
    """0, 1, 2, ... along `axis`, in the shape of `a`."""
    places = xp(a).arange(a.shape[axis]).reshape([-1 if i == axis else 1 for i in range(a.ndim)])
    return xp(a).broadcast_to(places, a.shape)


def scan(combine: Callable[[Array, Array], Array], a: Array, axis: int) -> Array:
    """At each place ``combine`` of all elements up to it, by doubling: log2(n) steps."""
    a, far = a.copy(), 1
    while far < a.shape[axis]:
        both = combine(a[span(axis, None, -far)], a[span(axis, far, None)])
        a[span(axis, far, None)] = both
        far *= 2
    return a


def argsort(a: Array, axis: int, descending: bool) -> Any:
    """Where the smallest element is, the next, ...; or the largest, if `descending`."""
    if not descending:
        return a.argsort(axis, kind="stable")
    backwards = span(axis, None, None, -1)
    order = a[backwards].argsort(axis, kind="stable")
    return a.shape[axis] - 1 - order[backwards]


def middle(a: Array, axis: int, skips: bool) -> Any:
    """Where the median is, the lower one of two; `axis` is kept with size 1.

    nan is the median if there is one; unless nans are to be skipped, and there is something else.
    """
    n = a.shape[axis]
    library = xp(a)
    numbers = (a == a).sum(axis=axis, keepdims=True)
    if skips:
        place = library.maximum(numbers - 1, 0) // 2
    else:
        place = library.where(numbers < n, numbers, (n - 1) // 2)
    return gather(argsort(a, axis, False), place, axis=axis)


def most_frequent(a: Array, axis: int) -> Any:
    """Where the last of the most frequent elements is, of the smallest ones if several are."""
    order = argsort(a, axis, False)
    ordered, places = gather(a, order, axis=axis), _places(a, axis)
    begins = ordered[span(axis, 1, None)] != ordered[span(axis, None, -1)]
    later = xp(a).where(begins, places[span(axis, 1, None)], 0)
    start = xp(a).concatenate([places[span(axis, 0, 1)], later], axis)
    length = places - scan(xp(a).maximum, start, axis)  # of the run of equal ones, but 1
    return gather(order, xp(a).expand_dims(length.argmax(axis=axis), axis), axis=axis)


def so_far(a: Array, axis: int, largest: bool) -> Any:
    """Where the largest (or smallest) element up to each place is: the last of equal ones."""
    library = xp(a)
    best = scan(library.maximum if largest else library.minimum, a, axis)
    here = library.where((a == best) | (a != a), _places(a, axis), 0)
    return scan(library.maximum, here, axis)


def median(a: Array, skips: bool) -> Any:
    """The median of all elements: see middle."""
    row = a.reshape((-1,))
    return row[middle(row, 0, skips)].reshape(())
