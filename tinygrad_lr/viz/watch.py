"""Who made a node: ``with tg.viz.watch():`` notes the line, the variable and the module of each.

A Node does not know where in a program it was made, and to note that would cost every operation.
So Node.__init__ and Module.__call__ are replaced by ones that note it while somebody watches, and
only then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from .. import effects
from ..device import is_array
from ..graph import Node, Value
from ..nn.module import Module
from .places import Group, Place, assigned_name, place_of, user_frame, variables

_init = Node.__init__
_call = Module.__call__
_lock = threading.RLock()
_watching = 0  # how many, in all threads


@dataclass
class Note:
    """What is known of how a node was made."""

    place: Place | None
    group: Group | None
    arguments: dict[int, str]  # the names of arguments that were not computed
    name: str | None = None  # the variable that its result was assigned to


notes: WeakKeyDictionary[Node, Note] = WeakKeyDictionary()


@dataclass
class _Pending:
    """A variable that will be assigned what `nodes`, or one of them, compute."""

    frame: FrameType
    at: int
    name: str
    nodes: list[Node]

    def is_at(self, frame: FrameType) -> bool:
        """Whether that frame is still computing it."""
        return self.frame is frame and self.at == frame.f_lasti

    def settled(self) -> bool:
        """Whether it has been assigned; then that node has its name."""
        value = variables(self.frame).get(self.name, self.frame.f_globals.get(self.name))
        node = value.node if isinstance(value, Value) else None
        for made in self.nodes:
            if made is node and made in notes:
                notes[made].name = self.name
                return True
        return False


class _Here(threading.local):
    depth = 0  # how often this thread watches
    groups: tuple[Group, ...] = ()
    modules: tuple[Module, ...] = ()
    paths: dict[int, str] | None = None  # of modules in the outermost one, by their ids
    count = 0
    pending: _Pending | None = None


_here = _Here()


class watch:
    """``with tg.viz.watch():`` what is computed here is known by its line in viz.backward.

    In this thread; it may stand within another one. Where nobody watches it costs nothing.

    >>> w = tg.tensor(4.0, requires_grad=True)
    >>> with tg.viz.watch():
    ...     y = w * 3.0
    >>> print(tg.viz.backward(y))
    The backward pass of y...
    """

    def __enter__(self) -> watch:
        global _watching
        with _lock:
            _watching += 1
            Node.__init__ = _noting_init  # type: ignore[method-assign, assignment]
            Module.__call__ = _noting_call  # type: ignore[method-assign, assignment]
        _here.depth += 1
        return self

    def __exit__(self, *error: object) -> None:
        global _watching
        _here.depth -= 1
        if not _here.depth:
            if _here.pending is not None:
                _here.pending.settled()
            _here.pending = None
        with _lock:
            _watching -= 1
            if not _watching:
                Node.__init__ = _init  # type: ignore[method-assign]
                Module.__call__ = _call  # type: ignore[method-assign]


@contextmanager
def unwatched() -> Iterator[None]:
    """In this block nothing is noted: what is computed here is not the user's."""
    before, _here.depth = _here.depth, 0
    try:
        yield
    finally:
        _here.depth = before


def _noting_init(
    node: Node, op: Any, args: list[Any], edges: Sequence[Any], params: Any, output: Any
) -> None:
    """In the place of Node.__init__."""
    _init(node, op, args, edges, params, output)
    if _here.depth and effects.listener is None:  # a step that is observed cannot be looked at
        _note(node)


def _note(node: Node) -> None:
    frame = user_frame()
    group = _here.groups[-1] if _here.groups else None
    if frame is None:
        notes[node] = Note(None, group, {})
        return
    place = place_of(frame.f_code, frame.f_lasti)
    notes[node] = Note(place, group, _arguments(node, frame))
    name, pending = assigned_name(frame), _here.pending
    if pending is not None and not pending.settled() and pending.is_at(frame):
        pending.nodes.append(node)
        return
    _here.pending = None if name is None else _Pending(frame, frame.f_lasti, name, [node])


def _arguments(node: Node, frame: FrameType) -> dict[int, str]:
    """The names of leaves and constants: as parameters of the module called, else as variables."""
    things = {
        i: id(arg if edge is None else edge)
        for i, (edge, arg) in enumerate(zip(node.edges, node.args))
        if isinstance(edge, Value) or (edge is None and is_array(arg))
    }
    if not things:
        return {}
    known: dict[int, str] = {}
    if _here.modules:
        for name, parameter in _here.modules[-1].named_parameters(_here.groups[-1].name, False):
            known[id(parameter)] = name
    for name, value in variables(frame).items():
        if isinstance(value, Value) and name.isidentifier() and not name.startswith("_"):
            known.setdefault(id(value if value.wanted else value.array), name)
    return {i: known[thing] for i, thing in things.items() if thing in known}


def _noting_call(module: Module, *args: Any, **kwargs: Any) -> Any:
    """In the place of Module.__call__."""
    if not _here.depth:
        return _call(module, *args, **kwargs)
    before = _here.groups, _here.modules, _here.paths
    if _here.paths is None:
        _here.paths = {id(m): name for name, m in module.named_modules()}
    _here.count += 1
    parent = _here.groups[-1] if _here.groups else None
    name = _here.paths.get(id(module), "")
    group = Group(_here.count, name, type(module).__name__, parent)
    _here.groups, _here.modules = (*_here.groups, group), (*_here.modules, module)
    try:
        return _call(module, *args, **kwargs)
    finally:
        _here.groups, _here.modules, _here.paths = before
