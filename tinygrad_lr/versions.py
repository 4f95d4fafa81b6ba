"""Writes in place, noticed: when each array was last written, and by what.

Recorded operations and writes in place take their ticks from one clock. Two things follow from
this one number. An operation can only use what existed before it, so going through recorded
operations from the newest tick to the oldest meets each one after everything that used its result:
that is a topological order. And an array written at a later tick than an operation that saw it no
longer holds what the operation saw.
"""

from __future__ import annotations

import functools
import weakref
from itertools import count
from typing import Any

from .device import Array, is_array
from .effects import effect
from .errors import Overwritten

tick = count(1).__next__
last = 0  # when anything was last written
_writes: dict[int, tuple[int, str]] = {}  # of living arrays only, by their id: when, and by what
_living: dict[int, weakref.ref[Any]] = {}


def owner(array: Array) -> Array:
    """The array whose memory `array` shows: itself, unless it is a view."""
    base = array.base
    while base is not None and is_array(base):
        array, base = base, base.base
    return array


def mark_written(value: Any, by: str) -> None:
    """Say that `value`, a Value, has just been written in place, by the operation named `by`."""
    mark_memory(value.array, by)
    effect("write", value)


def mark_memory(array: Array, by: str) -> None:
    """Say that the memory of `array` has just been written, by the operation named `by`."""
    global last
    last = tick()
    memory = array if array.base is None else owner(array)
    if id(memory) not in _writes:
        _living[id(memory)] = weakref.ref(memory, functools.partial(_forget, id(memory)))
    _writes[id(memory)] = last, by


def _forget(key: int, _: object) -> None:
    del _writes[key], _living[key]


def last_write(array: Any) -> tuple[int, str]:
    """When the memory of `array` was last written in place, and by what; 0 for never."""
    return _writes.get(id(owner(array)), (0, "")) if is_array(array) else (0, "")


def as_recorded(node: Any, values: list[Any]) -> list[Any]:
    """`values`, a Node's arguments and its output, with a stand-in for each written in place since.

    Many gradient rules never look at what they are given; for one that does the stand-in explains.
    """
    for i, array in enumerate([*node.args, node.output]):
        when, by = last_write(array)
        if when > node.tick:
            values[i] = Overwritten(array, node.op, i if i < len(node.args) else None, by)
    return values
