"""What a piece of code leaves behind in Tensors and optimizers, for whoever repeats it.

A replay of a captured step (capture.py) does again what was computed. What Python did meanwhile,
the replay must do by itself, and for that it has to know it; and of the numbers that Python read
from an optimizer, it has to know whether they are still the same. Nobody else listens.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, MutableMapping, Sequence
from itertools import repeat
from typing import Any, Protocol

from .device import CaptureError

_BY_KEY = ["get", "items", "keys", "values", "__contains__"]
_BY_KEY += ["clear", "pop", "popitem", "setdefault", "update"]


class Group(dict[str, Any]):
    """Some parameters of an optimizer, and their options: a dict that tells when it is used.

    All goes key by key through ``group[key]``, ``group[key] = value`` and ``del group[key]``, also
    ``dict(group)``, ``{**group}`` and ``group | other``: so Python copies a dict that has an
    iterator of its own.
    """

    def __getitem__(self, name: str) -> Any:
        if current.footprint is not None:
            current.footprint.read(self, name)
        return dict.__getitem__(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        _refuse_change()
        dict.__setitem__(self, name, value)

    def __delitem__(self, name: str) -> None:
        _refuse_change()
        dict.__delitem__(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._names())

    def _names(self) -> list[str]:
        if current.footprint is not None:
            current.footprint.read(self, None)
        return list(dict.keys(self))

    def __eq__(self, other: object) -> bool:
        return dict(self) == other

    def __ne__(self, other: object) -> bool:
        return dict(self) != other

    def __ior__(self, other: Any) -> Group:  # type: ignore[override, misc]
        self.update(other)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Group, (dict(self),)


for _name in _BY_KEY:
    setattr(Group, _name, getattr(MutableMapping, _name))


def plain(group: Any) -> dict[str, Any]:
    """`group` as a dict, without a word to anybody."""
    return dict(dict.items(group) if isinstance(group, Group) else group)


def _refuse_change() -> None:
    if current.footprint is not None:
        raise CaptureError(CHANGED)


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
            there = group if isinstance(group, dict) else dict(group)
            options = [*map(dict.get, repeat(there), self._names)]
            parameters = dict.__getitem__(there, "params")
            now += [id(group), *options, *map(type, options), *map(id, parameters)]
        return now

    def holds(self) -> bool:
        return self._now() == self._then


class OptionRead:
    """An option is what it is now; or, with no name, the names of all options are."""

    def __init__(self, group: Group, name: str | None) -> None:
        self._group, self._name = group, name
        self._then = self._now()

    def _now(self) -> Any:
        if self._name is None:
            return list(dict.keys(self._group))
        value = dict.get(self._group, self._name)
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
        self._read: dict[tuple[int, str | None], Group] = {}

    def wrote(self, value: Any) -> None:
        """`value` has just been written in place. For subclasses, which know what to do with it."""

    def stepped(self, optimizer: Any) -> list[dict[str, Any]]:
        """`optimizer` makes a step. Returns the groups of options that it shall make it with."""
        self._stepped.setdefault(id(optimizer), (optimizer, Options(optimizer)))
        self.refuse_changed()
        return [plain(group) for group in optimizer.param_groups]

    def read(self, group: Group, name: str | None) -> None:
        """An option has been read, by the code itself, which may do with it what it likes."""
        if name != "params":
            self._read[id(group), name] = group

    def refuse_changed(self) -> None:
        """Raise CaptureError if an optimizer has changed since it has made a step.

        (A Group refuses to be changed at any time.)
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
    footprint: Footprint | None = None  # who listens, while a step is captured: see capture.py


current = _Current()


def note_written(value: Any) -> None:
    """Say that `value` has just been written in place."""
    if current.footprint is not None:
        current.footprint.wrote(value)


def note_step(optimizer: Any) -> list[dict[str, Any]]:
    """Say that `optimizer` makes a step; the options, in groups, that it shall make it with."""
    if current.footprint is not None:
        return current.footprint.stepped(optimizer)
    return [plain(group) for group in optimizer.param_groups]
