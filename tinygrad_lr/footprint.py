"""What a piece of code leaves behind in Tensors and optimizers, for whoever repeats it.

A replay of a captured step (capture.py) does again what was computed. What Python did meanwhile,
the replay must do by itself, and for that it has to know it. Nobody else listens.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Groups = list[dict[str, Any]]  # of parameters, each with its options


class Footprint:
    """What was written in place, or used to make a step with, since it began."""

    def __init__(self) -> None:
        # Of optimizers, with what they were then: a capture makes constants of them.
        self.options: list[tuple[Groups, Groups]] = []

    def wrote(self, value: Any) -> None:
        """`value` has just been written in place. For subclasses, which know what to do with it."""


class _Current(threading.local):
    footprint: Footprint | None = None


_current = _Current()


@contextmanager
def footprint(left: Footprint) -> Iterator[None]:
    """``with footprint(left):`` notes in `left` what the code inside leaves behind."""
    outer, _current.footprint = _current.footprint, left
    try:
        yield
    finally:
        _current.footprint = outer


def note_written(value: Any) -> None:
    """Say that `value` has just been written in place."""
    if _current.footprint is not None:
        _current.footprint.wrote(value)


def note_options(groups: Groups) -> None:
    """Say that an optimizer makes a step with these groups of options."""
    if _current.footprint is not None:
        _current.footprint.options.append((groups, _snapshot(groups)))


def unchanged(options: list[tuple[Groups, Groups]]) -> bool:
    """Whether the optimizers still have the options that were noted."""
    return all(_snapshot(groups) == then for groups, then in options)


def _snapshot(groups: Groups) -> Groups:
    """`groups`, with the parameters by their ids: to be compared with later."""
    return [{**group, "params": tuple(map(id, group["params"]))} for group in groups]
