"""What a piece of code leaves behind in Tensors and optimizers, for whoever repeats it.

A replay of a captured step (capture.py) does again what was computed. What Python did meanwhile,
the replay must do by itself, and for that it has to know it. Nobody else listens.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Group(dict[str, Any]):
    """Some parameters of an optimizer, and their options.

    A dict; but of a class of its own, so that whoever captures a step can see it read and change.
    """


class Footprint:
    """Is told what is written in place, and which optimizers make a step, while code runs."""

    def __init__(self) -> None:
        self._optimizers: dict[int, Any] = {}

    @property
    def optimizers(self) -> list[Any]:
        """Those that have made a step, each once."""
        return list(self._optimizers.values())

    def wrote(self, value: Any) -> None:
        """`value` has just been written in place. For subclasses, which know what to do with it."""

    def stepped(self, optimizer: Any) -> list[dict[str, Any]]:
        """`optimizer` makes a step. Returns the groups of options that it shall make it with."""
        self._optimizers[id(optimizer)] = optimizer
        groups: list[dict[str, Any]] = optimizer.param_groups
        return groups


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
