"""Writes in place, noticed: when each array was last written, and by what.

Recorded operations and writes in place take their ticks from one clock. Two things follow from
this one number. An operation can only use what existed before it, so going through recorded
operations from the newest tick to the oldest meets each one after everything that used its result:
that is a topological order. And an array written at a later tick than an operation that saw it no
longer holds what the operation saw.

Noticed is what is written by Tensors, through any of them that shows the memory. What NumPy or
another library writes into memory that it shares (``x.numpy()``, ``from_numpy``, DLPack) cannot be:
a backward pass that still needed the old values is then wrong without a word. So write through the
Tensor, or share a copy.
"""

from __future__ import annotations

import functools
import os
import threading
import weakref
from bisect import insort
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import count
from typing import Any

from .device import Array, address, is_array
from .effects import effect
from .errors import Overwritten

tick: Callable[[], int] = count(1).__next__

# Two threads may write at the same moment, and the one with the earlier tick come here last. The
# latest write must win; a sorted list, of which the end counts, keeps it without a lock, as each of
# insort and del is one step of the interpreter.
written: list[int] = [0]  # when anything was last written
# By the id of what owns memory: a reference to it, and when it was written, and by what.
_writes: dict[int, tuple[Any, list[tuple[int, str]]]] = {}
_NEVER: tuple[Any, list[tuple[int, str]]] = (None, [(0, "")])


delivery: AbstractContextManager[bool] = (
    threading.RLock()
)  # who adds to the gradients of Tensors; one thread at a time


def _as_in_a_new_process() -> None:
    """In a child process: a thread that held the lock is not here, to give it back."""
    global delivery
    delivery = threading.RLock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_as_in_a_new_process)


def owner(array: Array) -> Array:
    """The array whose memory `array` shows: itself, unless it is a view."""
    base = array.base
    while base is not None:
        if is_array(base):
            array, base = base, base.base
        else:
            base = _lent_by(base)
    return array


def _lent_by(base: Any) -> Any:
    """Whose memory the base of an array shows in turn, if it says so."""
    if isinstance(base, memoryview):  # of np.frombuffer
        return base.obj
    return getattr(base, "base", None) if hasattr(base, "__array_interface__") else None


def _memory(array: Array) -> Any:
    """What owns the memory that `array` shows: an array, or another object that lent its own."""
    memory = owner(array)
    while (lender := memory.base if is_array(memory) else _lent_by(memory)) is not None:
        memory = lender
    return memory


def find_root(result: Any, args: Sequence[Any], recording: object) -> None:
    """If `result`, a Value, shows the memory of one of `args`: note whose memory that is.

    See inplace.py. A view that is made while nothing is recorded cannot be followed later.
    """
    for arg in args:
        if hasattr(arg, "rewritten") and _shows(result.array, arg.array, len(args) > 1):
            root = result.root = arg if arg.root is None else arg.root
            result.seen = root.rewritten
            if arg.unrecorded or not recording:
                result.unrecorded = True


def _shows(part: Array, whole: Array, among_others: bool) -> bool:
    """Whether `part` is `whole`, or shows a part of its memory."""
    base = part.base
    if base is whole or part is whole:
        return True
    if base is None:
        return False
    if base is not whole.base and owner(part) is not owner(whole):
        return False
    return not among_others or _lies_in(part, whole)


def _lies_in(part: Array, whole: Array) -> bool:
    low, high = _span(whole)
    first, last = _span(part)
    return low <= first and last <= high


def _span(array: Array) -> tuple[int, int]:
    """The addresses of the first and the last element of `array` in memory."""
    steps = [(n - 1) * stride for n, stride in zip(array.shape, array.strides)]
    start = address(array)
    return start + sum(s for s in steps if s < 0), start + sum(s for s in steps if s > 0)


def mark_written(value: Any, by: str) -> None:
    """Say that `value`, a Value, has just been written in place, by the operation named `by`."""
    mark_memory(value.array, by=by)
    effect("write", value)


def mark_memory(*arrays: Array, by: str) -> None:
    """Say that the memory of `arrays` has just been written, by the operation named `by`."""
    now = tick()
    for array in arrays:
        memory = array if array.base is None else _memory(array)
        _, times = _writes.get(id(memory)) or _writes.setdefault(id(memory), _entry(memory))
        insort(times, (now, by))  # of these lists the end counts: see `written`
        del times[:-1]
    insort(written, now)
    del written[:-1]


def _entry(memory: Any) -> tuple[Any, list[tuple[int, str]]]:
    """Where the writes to `memory` are noted, until it goes.

    Then a method of dict takes this away. A function in Python might meet Ctrl-C there, and at that
    moment Python prints an error and goes on.
    """
    try:
        return weakref.ref(memory, functools.partial(_writes.pop, id(memory))), []
    except TypeError:  # some objects, such as a bytearray, do not tell when they go
        return None, []


def last_write(array: Any) -> tuple[int, str]:
    """When the memory of `array` was last written in place, and by what; 0 for never."""
    _, times = _writes.get(id(_memory(array)), _NEVER) if is_array(array) else _NEVER
    return times[-1] if times else (0, "")


def as_recorded(node: Any, values: list[Any]) -> list[Any]:
    """`values`, a Node's arguments and its output, with a stand-in for each written in place since.

    Many gradient rules never look at what they are given; for one that does the stand-in explains.
    """
    for i, array in enumerate([*node.args, node.output]):
        when, by = last_write(array)
        if when > node.tick:
            values[i] = Overwritten(array, node.op, i if i < len(node.args) else None, by)
    return values
