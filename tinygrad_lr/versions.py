"""Writes in place, noticed: when each array was last written, and by what.

Recorded operations and writes in place take their ticks from one clock. An array that was written
later than an operation that saw it no longer holds what the operation saw.
"""

from __future__ import annotations

import weakref
from itertools import count
from typing import Any

from .device import is_array
from .effects import effect
from .errors import Overwritten

tick = count(1).__next__
last = 0  # when anything was last written
_writes: dict[int, tuple[int, str, weakref.ref[Any]]] = {}  # of living arrays only, by their id


def owner(array: Any) -> Any:
    """The array whose memory `array` shows: itself, unless it is a view."""
    base = array.base
    while base is not None and is_array(base):
        array, base = base, base.base
    return array


def mark_written(value: Any, by: str) -> None:
    """Say that `value` has just been written in place, by the operation named `by`."""
    mark_memory(value.array, by)
    effect("write", value)


def mark_memory(array: Any, by: str) -> None:
    """The same of an array."""
    global last
    last = tick()
    if array.base is not None:
        array = owner(array)
    key = id(array)
    known = _writes.get(key)
    alive = weakref.ref(array, lambda _: _writes.pop(key)) if known is None else known[2]
    _writes[key] = last, by, alive


def last_write(array: Any) -> tuple[int, str]:
    """When the memory of `array` was last written in place, and by what; 0 for never."""
    tick, by, _ = _writes.get(id(owner(array)), (0, "", None))
    return tick, by


def as_recorded(node: Any, values: list[Any]) -> list[Any]:
    """`values`, a node's arguments and its result, with a stand-in for what was written since."""
    for i, array in enumerate([*node.args, node.output]):
        when, by = last_write(array) if is_array(array) else (0, "")
        if when > node.tick:
            which = f"argument {node.op.arg_name(i)}" if i < len(node.args) else "result"
            values[i] = Overwritten(array, node.op.name, f"its {which}", by)
    return values
