"""What a step does besides computing, noted while it is captured.

A Capture is told it in two ways. What code says of itself comes as effects (effects.py). What it
does to Tensors, reading ``x.array``, assigning ``x._grad``, it does not say: attributes are on
every path, and a word there would cost each operation of each step that nobody captures. So while a
step is captured, and only then, three attributes of Value and one method of Node are replaced by
ones that tell; and so is what draws from the operating system (generators.py). These are the places
where something is changed from afar.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from .. import effects
from ..device import Array
from ..gradients.anomaly import put_in_place
from ..graph import Node, Value
from ..modes import is_grad_enabled
from ..nn.module import parts_changed
from ..optim.options import NUMBERS
from ..versions import tick
from .generators import generators, same_state, states, tell, tell_no_more
from .situation import Condition, ModeRead, OptionRead, Options, Unchanged
from .words import BY_OTHERS, REFUSED, CaptureError, Disturbed

R = TypeVar("R")
_DONE_FOR_SOMEBODY = {
    "draw a random number",
    "seed",
    "change a default",
    "take a batch",
    "use an optimizer",
}
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

    def __init__(self, by: By, step: Callable[..., Any]) -> None:
        self.by = by
        self.refused: CaptureError | None = None  # why it cannot be captured, whoever catches that
        self.thread: int = threading.get_ident()
        self.since: int = tick()
        # What other threads have made meanwhile, and what they have used besides, by its id.
        self._made: dict[int, weakref.ref[Value]] = {}
        self._used: dict[int, weakref.ref[Value]] = {}
        self._met: set[int] = set()  # these threads
        self._recording = is_grad_enabled()
        self._random = states(generators(step))
        self._optimizers: dict[int, tuple[Any, Options]] = {}  # as they were when first used
        self._read: dict[tuple[int, str | None], OptionRead] = {}
        self._modes: dict[int, ModeRead] = {}  # as they were when first used
        self._arrays: list[Unchanged] = []

    # -- what code says of itself

    def hear(self, what: str, *things: Any) -> None:
        """Repeat what can be repeated, note what must stay as it is, refuse everything else."""
        if threading.get_ident() != self.thread:
            if what in _DONE_FOR_SOMEBODY:
                self.refuse_help()
        elif what == "write":
            self.by.wrote(*things)
        elif what == "use an optimizer":
            (optimizer,) = things
            options = [dict.get(group, name) for group in optimizer._groups for name in NUMBERS]
            if any(isinstance(option, Value) for option in options):
                raise refusal("use a Tensor as an option")
            self._optimizers.setdefault(id(optimizer), (optimizer, Options(optimizer)))
        elif what == "read an option":
            self._read.setdefault((id(things[0]), things[1]), OptionRead(*things))
        elif what == "use the mode of a module":
            self._modes.setdefault(id(things[0]), ModeRead(*things))
        elif what == "read an array":
            self._arrays += map(Unchanged, _arrays_in(*things))
        elif what == "ask for the graph":
            self.by.get_wanted(*things)  # and with it how the Tensor came to be
        else:
            raise refusal(what, *things)

    # -- what other threads do

    def elsewhere(self, value: Value) -> None:
        """Another thread uses `value`, or makes it."""
        if "array" not in vars(value):
            self._made[id(value)] = weakref.ref(value)
        elif not _has(self._made, value):
            self._used[id(value)] = weakref.ref(value)
            self.refuse_help(self.by.is_its_own(value))

    def refuse_help(self, is_certain: bool = False) -> None:
        """Raise CaptureError in another thread, if it works for the step, which waits for it.

        A thread that is met for the first time may have been quicker: the step waits in a moment.
        """
        if not is_certain and threading.get_ident() not in self._met:
            self._met.add(threading.get_ident())
            time.sleep(0.01)
        if is_certain or (_turn.get("now") is self and _is_waiting(self.thread)):
            error = Disturbed(REFUSED["use another thread"])
            self.refused = self.refused or error
            raise error

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
        for generator, name, then in self._random:
            if not same_state(generator, then):
                raise refusal("draw from another generator", name)
        if parts_changed(self.since):
            raise refusal("change a module")
        if not all(mode.holds() for mode in self._modes.values()):
            for mode in self._modes.values():
                mode.restore()
            raise refusal("change a mode")
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
        for array in self._arrays:
            array.let_go()
        arrays = [array for array in self._arrays if array.is_kept()]
        return [*used, *self._read.values(), *self._modes.values(), *arrays]

    def arrays(self) -> list[Unchanged]:
        """The arrays of NumPy's that the step has said it reads."""
        return self._arrays


def _has(references: dict[int, weakref.ref[Value]], value: Value) -> bool:
    reference = references.get(id(value))
    return reference is not None and reference() is value


def _arrays_in(data: object) -> Iterator[Array]:
    """The arrays of NumPy's in `data`, which may be one, or lists of them."""
    if isinstance(data, np.ndarray):
        yield data
    elif isinstance(data, (list, tuple)):
        for part in data:
            yield from _arrays_in(part)


def _is_waiting(thread: int) -> bool:
    """Whether a thread waits for another one: it is in one of Python's own ways to do so."""
    frame = sys._current_frames().get(thread)
    return frame is not None and frame.f_globals.get("__name__") in _WAITING


_WAITING = {"threading", "queue", "concurrent.futures._base", "concurrent.futures.thread"}


# One capture at a time, in the whole program: see _begin.
_turn: dict[str, Capture] = {}


def capturing() -> Capture | None:
    """The capture that this thread is in."""
    capture = _turn.get("now")
    return capture if capture is not None and capture.thread == threading.get_ident() else None


def refusal(what: str, *things: object) -> CaptureError:
    """The error for what a captured step cannot do: see words.py."""
    kind = Disturbed if what in BY_OTHERS else CaptureError
    error = kind(REFUSED[what].format(*things))
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


def _drawn() -> None:
    """Numbers are drawn from the operating system."""
    if capturing() is not None:
        raise refusal("draw from another generator", "the operating system")


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
    while (other := _turn.setdefault("now", capture)) is not capture:
        if _is_waiting(other.thread):  # it may be for this thread, and neither would ever go on
            raise CaptureError(REFUSED["capture while another waits"])
        time.sleep(0.001)
    for name, told in _told.items():
        setattr(Value, name, told)
    Node.pull_back = _own_nodes_only  # type: ignore[method-assign, assignment]
    tell(_drawn)
    effects.listener = capture.hear


def _end(capture: Capture) -> None:
    if _turn.get("now") is not capture:
        return
    capture.refused = None  # whose traceback leads to here
    effects.listener = None
    tell_no_more()
    put_in_place()
    if "array" in vars(Value):
        del Value.array  # type: ignore[misc]
    Value.wanted, Value._grad = False, None  # what holds for most values
    _turn.pop("now", None)


def _as_in_a_new_process() -> None:
    """In a child process: the thread that captures is not here, and will never end."""
    other = _turn.get("now")
    if other is not None and other.thread != threading.get_ident():
        _end(other)


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_as_in_a_new_process)
