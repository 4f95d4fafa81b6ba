"""What code does besides computing, said in one line.

It draws a random number, asks for a value, writes in place, uses an optimizer. Usually nobody
listens. Somebody who repeats a step without its Python (capture/) does: what such a step does
besides computing must be repeated too, or refused.
"""

from __future__ import annotations

from collections.abc import Callable

listener: Callable[..., None] | None = None


def effect(what: str, *things: object) -> None:
    """Say that `what` is about to happen to `things` (of a write: that it has just happened)."""
    if listener is not None:
        listener(what, *things)
