"""What a step does besides computing, noted while it is captured.

A Capture is told it in two ways. What code says of itself comes as effects (effects.py). What it
does to Tensors, reading ``x.array``, assigning ``x._grad``, it does not say: attributes are on
every path, and a word there would cost each operation of each step that nobody captures. So while a
step is captured, and only then, three attributes of Value and one method of Node are replaced by
ones that tell. This is the one place where something is changed from afar.
"""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from .. import effects
from ..graph import Node, Value
from ..modes import is_grad_enabled
from ..versions import tick
from .situation import Condition, ModeRead, OptionRead, Options, Unchanged
from .words import REFUSED, CaptureError

R = TypeVar("R")
_PACKAGE = __name__.partition(".")[0] + "."


class By(Protocol):
    """Who notes what is in Tensors: jit/trace.py, cuda/graph.py."""

    gives_arrays: bool  # whether the step itself, and not only this package, may use ``x.array``

    def get_array(self, value: Value) -> Any: ...
    def set_array(self, value: Value, array: Any) -> None: ...
    def get_wanted(self, value: Value) -> bool: ...
    def set_wanted(self, value: Value, wanted: bool) -> None: ...
    def get_grad(self, value: Value) -> Any: ...
    def set_grad(self, value: Value, gradient: Any) -> None: ...
    def wrote(self, value: Value) -> None:
        """`value` has been written in place."""

    def is_its_own(self, value: Value) -> bool:
        """Whether `value` is an argument of the step, or was made by it."""

    def outside(self) -> list[Value]:
        """The Tensors from outside that the step has used."""


class Capture:
    """A step that is being captured, in this thread, since a certain tick."""

    def __init__(self, by: By) -> None:
        self.by = by
        self.refused: CaptureError | None = None  # why it cannot be captured, whoever catches that
        self.thread = threading.get_ident()
        self.since = tick()
        self._threads = set(sys._current_frames())  # those that were there before
        # What other threads have made meanwhile, and what they have used besides, by its id.
        self._made: dict[int, weakref.ref[Value]] = {}
        self._used: dict[int, weakref.ref[Value]] = {}
        self._recording = is_grad_enabled()
        self._random = _random_states()
        self._optimizers: dict[int, tuple[Any, Options]] = {}  # as they were when first used
        self._read: dict[Any, Condition] = {}

    # -- what code says of itself

    def hear(self, what: str, *things: Any) -> None:
        """Repeat what can be repeated, note what must stay as it is, refuse everything else."""
        if threading.get_ident() != self.thread:
            return
        if what == "write":
            self.by.wrote(*things)
        elif what == "use an optimizer":
            (optimizer,) = things
            self._optimizers.setdefault(id(optimizer), (optimizer, Options(optimizer)))
        elif what == "read an option":
            self._read_option(*things)
        elif what == "read the mode of a module":
            self._read.setdefault(id(things[0]), ModeRead(*things))
        elif what == "read an array":
            self._read.setdefault(id(things[0]), Unchanged(*things))
        else:
            raise refusal(what, *things)

    def _read_option(self, group: Any, name: str | None) -> None:
        if name != "params":
            self._read.setdefault((id(group), name), OptionRead(group, name))

    # -- what other threads do

    def elsewhere(self, value: Value) -> None:
        """Another thread uses `value`, or makes it."""
        if "array" not in vars(value):
            self._made[id(value)] = weakref.ref(value)
        elif not _has(self._made, value):
            started = threading.get_ident() not in self._threads
            if started or self.by.is_its_own(value):
                self.refused = self.refused or CaptureError(REFUSED["use another thread"])
                raise self.refused
            self._used[id(value)] = weakref.ref(value)

    def check_here(self, value: Value) -> None:
        """Raise CaptureError if another thread has used, or made, `value` meanwhile."""
        if _has(self._made, value) or _has(self._used, value):
            raise refusal("use another thread")

    # -- afterwards

    def check(self) -> None:
        """Raise CaptureError if the step has done what cannot be repeated."""
        if self.refused is not None:
            raise self.refused
        for value in self.by.outside():
            self.check_here(value)
        for name, then in self._random.items():
            if not np.array_equal(_random_states()[name], then):
                raise refusal("draw from another generator", name)
        if is_grad_enabled() is not self._recording:
            raise refusal("switch recording")
        self.check_optimizers()

    def check_optimizers(self) -> None:
        """Raise CaptureError if an optimizer has changed since the step has used it.

        (A Group says at once when it is changed.)
        """
        if not all(options.holds() for _, options in self._optimizers.values()):
            raise refusal("change an optimizer")

    def conditions(self, but: Sequence[str] = ()) -> list[Condition]:
        """What must hold for the step to do the same again; `but` these options of optimizers."""
        used = [Options(optimizer, but) for optimizer, _ in self._optimizers.values()]
        return [*used, *self._read.values()]


def _has(references: dict[int, weakref.ref[Value]], value: Value) -> bool:
    reference = references.get(id(value))
    return reference is not None and reference() is value


def _random_states() -> dict[str, Any]:
    """The states of the generators that a whole program shares."""
    import random  # here, as few programs need it, and importing it takes time

    _, keys, position, *gauss = np.random.get_state()
    return {"random": random.getstate()[1], "np.random": [*keys, position, *gauss]}


# One capture at a time, in the whole program: see _begin.
_turn: dict[str, Capture] = {}


def capturing() -> Capture | None:
    """The capture that this thread is in."""
    capture = _turn.get("now")
    return capture if capture is not None and capture.thread == threading.get_ident() else None


def refusal(what: str, *things: object) -> CaptureError:
    """The error for what a captured step cannot do: see words.py."""
    error = CaptureError(REFUSED[what].format(*things))
    capture = capturing()
    if capture is not None and capture.refused is None:
        capture.refused = error
    return error


class _Told:
    """In the place of an attribute of all Tensors, while a step is captured."""

    def __init__(self, name: str) -> None:
        self._name, self._usual = name, getattr(Value, name, None)
        self._get, self._set = f"get_{name.strip('_')}", f"set_{name.strip('_')}"

    def __get__(self, value: Value | None, owner: type) -> Any:
        if value is None:
            return self._usual
        capture = _turn.get("now")
        if capture is None:
            return vars(value).get(self._name, self._usual)
        if threading.get_ident() != capture.thread:
            capture.elsewhere(value)
            return vars(value).get(self._name, self._usual)
        capture.check_here(value)
        if self._name == "array" and not capture.by.gives_arrays:
            caller = sys._getframe(1).f_globals.get("__name__", "")
            if not caller.startswith(_PACKAGE):
                raise refusal("use a raw array")
        return getattr(capture.by, self._get)(value)

    def __set__(self, value: Value, new: Any) -> None:
        capture = _turn.get("now")
        if capture is None:
            vars(value)[self._name] = new
        elif threading.get_ident() != capture.thread:
            capture.elsewhere(value)
            vars(value)[self._name] = new
        else:
            getattr(capture.by, self._set)(value, new)


def _own_nodes_only(node: Node, *args: Any) -> Any:
    """In the place of Node.pull_back, likewise."""
    capture = capturing()
    if capture is not None and node.tick < capture.since and node.args is not None:
        raise refusal("go back outside", node.op.name)
    return _pull_back(node, *args)


_pull_back = Node.pull_back
_told = {name: _Told(name) for name in ("array", "wanted", "_grad")}


def noted(capture: Capture, run: Callable[[], R]) -> R:
    """What ``run()`` returns, all it does told to `capture`.

    Ctrl-C may come between any two lines, also of these; then, too, all is as it was before. So the
    end is done twice: the second time completes what was interrupted the first time.
    """
    try:
        try:
            _begin(capture)
            return run()
        finally:
            _end(capture)
    finally:
        _end(capture)


def _begin(capture: Capture) -> None:
    # No lock: whoever is interrupted while taking or giving back a lock may leave it taken. This is
    # one step of the interpreter, and _end knows whether it was done.
    while _turn.setdefault("now", capture) is not capture:
        time.sleep(0.001)
    for name, told in _told.items():
        setattr(Value, name, told)
    Node.pull_back = _own_nodes_only  # type: ignore[method-assign, assignment]
    effects.listener = capture.hear


def _end(capture: Capture) -> None:
    if _turn.get("now") is not capture:
        return
    capture.refused = None  # whose traceback leads to here
    effects.listener = None
    Node.pull_back = _pull_back  # type: ignore[method-assign]
    if "array" in vars(Value):
        del Value.array  # type: ignore[misc]
    Value.wanted, Value._grad = False, None  # what holds for most values
    _turn.pop("now", None)
