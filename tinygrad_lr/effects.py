"""What code does besides computing, said in one line.

It draws a random number, asks for a value, writes in place, uses an optimizer. Usually there is no
listener, and nothing happens. There is one while a training step is observed, so that it can be
repeated without its Python: then what it does besides computing must be repeated too, or refused.
"""

from __future__ import annotations

from collections.abc import Callable

# What is said: "write", "draw a random number", "seed", "change a default", "take a batch", "read
# an array", "share memory with NumPy", "ask the GPU for a value", "send to the GPU", "pick by a
# mask", "ask for the graph", "use an optimizer", "change an optimizer", "read an option", "make a
# velocity", "use the mode of a module", "use a raw array", "write to what was expanded",
# "run a hook", "look for anomalies", "look at a backward pass".
listener: Callable[..., None] | None = None


def effect(what: str, *things: object) -> None:
    """Say that `what` is about to happen to `things` (of a write: that it has just happened)."""
    if listener is not None:
        listener(what, *things)
