"""What a piece of code leaves behind in Tensors and optimizers, for whoever repeats it.

A replay of a captured step (capture.py) does again what was computed. What Python did meanwhile,
the replay must do by itself, and for that it has to know it; and of the numbers that Python read
from an optimizer, it has to know whether they are still the same. Nobody else listens.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from .device import CaptureError


class Group(dict[str, Any]):
    """Some parameters of an optimizer, and their options.

    A dict; but of a class of its own, so that whoever captures a step can see it read and change.
    """


class Condition(Protocol):
    """Something that was so."""

    def holds(self) -> bool:
        """Whether it still is."""


class Options:
    """The options, parameters and groups of an optimizer are what they are now."""

    def __init__(self, optimizer: Any, but: Sequence[str] = ()) -> None:
        self._optimizer = optimizer
        self._names = [name for name in optimizer.defaults if name not in but]
        self._groups = list(optimizer.param_groups)  # so that no other takes the id of one of them
        self._then = self._now()

    def _now(self) -> list[Any]:
        now: list[Any] = []
        for group in self._optimizer.param_groups:
            plain = dict(group)
            options = [*map(plain.get, self._names)]
            now += [id(group), *options, *map(type, options), *map(id, plain["params"])]
        return now

    def holds(self) -> bool:
        return self._now() == self._then


class OptionRead:
    """An option is what it is now."""

    def __init__(self, group: Group, name: str) -> None:
        self._group, self._name = group, name
        self._then = self._now()

    def _now(self) -> tuple[Any, Any]:
        value = self._group.get(self._name)
        return value, type(value)

    def holds(self) -> bool:
        return self._now() == self._then


CHANGED = (
    "a captured step cannot change an optimizer (its learning rate or another option, its groups, "
    "its parameters): only what is computed is repeated. Change it between two calls"
)


class Footprint:
    """Is told what is written in place, and how optimizers are used, while code runs."""

    def __init__(self) -> None:
        self._stepped: dict[int, tuple[Any, Options]] = {}  # optimizers, and their options then
        self._read: dict[tuple[int, str], Group] = {}

    def wrote(self, value: Any) -> None:
        """`value` has just been written in place. For subclasses, which know what to do with it."""

    def stepped(self, optimizer: Any) -> list[dict[str, Any]]:
        """`optimizer` makes a step. Returns the groups of options that it shall make it with."""
        self._stepped.setdefault(id(optimizer), (optimizer, Options(optimizer)))
        self.refuse_changed()
        groups: list[dict[str, Any]] = optimizer.param_groups
        return groups

    def read(self, group: Group, name: str, *default: Any) -> None:
        """An option has been read, by the code itself, which may do with it what it likes."""
        if name != "params":
            self._read[id(group), name] = group

    def refuse_changed(self) -> None:
        """Raise CaptureError if an optimizer has changed since it has made a step.

        (A Group refuses to be changed at any time: see watching() in capture.py.)
        """
        if not all(options.holds() for _, options in self._stepped.values()):
            raise CaptureError(CHANGED)

    def conditions(self, but: Sequence[str] = ()) -> list[Condition]:
        """What must hold for the code to do the same again; `but` these options of optimizers.

        Of groups that are no Group, as somebody has put them there, all of it must hold.
        """

        def all_but(optimizer: Any) -> Sequence[str]:
            return but if all(type(group) is Group for group in optimizer.param_groups) else ()

        return [
            *(Options(optimizer, all_but(optimizer)) for optimizer, _ in self._stepped.values()),
            *(OptionRead(group, name) for (_, name), group in self._read.items()),
        ]


class _Current(threading.local):
    footprint: Footprint | None = None


_current = _Current()


@contextmanager
def footprint(left: Footprint) -> Iterator[None]:
    """``with footprint(left):`` tells `left` what the code inside leaves behind."""
    outer, _current.footprint = _current.footprint, left
    try:
        yield
    finally:
        _current.footprint = outer


def note_written(value: Any) -> None:
    """Say that `value` has just been written in place."""
    if _current.footprint is not None:
        _current.footprint.wrote(value)


def note_step(optimizer: Any) -> list[dict[str, Any]]:
    """Say that `optimizer` makes a step; the groups that it shall make it with."""
    left = _current.footprint
    return optimizer.param_groups if left is None else left.stepped(optimizer)
