"""What a piece of code leaves behind in Tensors and optimizers, for whoever repeats it.

A replay of a captured step (capture.py) does again what was computed. What Python did meanwhile,
the replay must do by itself, and for that it has to know it. Nobody else listens.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Footprint:
    """What was written in place, given a gradient, or used to make a step with, since it began."""

    def __init__(self) -> None:
        # Weak, so that what only the code itself needed can go.
        self.written: list[weakref.ref[Any]] = []  # in place
        self.leaves: list[weakref.ref[Any]] = []  # were given a gradient
        self.options: list[dict[str, Any]] = []  # of optimizers, which a capture makes constants


_footprint: Footprint | None = None


@contextmanager
def footprint() -> Iterator[Footprint]:
    """``with footprint() as left:`` notes in `left` what the code inside leaves behind."""
    global _footprint
    outer, _footprint = _footprint, Footprint()
    try:
        yield _footprint
    finally:
        _footprint = outer


def note_written(value: Any) -> None:
    """Say that `value` has just been written in place."""
    if _footprint is not None:
        _footprint.written.append(weakref.ref(value))


def note_leaf(leaf: Any) -> None:
    """Say that backward() has just given `leaf` a gradient."""
    if _footprint is not None:
        _footprint.leaves.append(weakref.ref(leaf))


def note_options(options: dict[str, Any]) -> None:
    """Say that an optimizer has just made a step with these numbers."""
    if _footprint is not None:
        _footprint.options.append(options)
