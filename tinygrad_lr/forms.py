"""Other forms of a function, attached from outside.

A function that computes on arrays may have a faster form for the arrays of a GPU, say. Whoever
brings that form attaches it; the function itself does not know of it, and what it says stays the
meaning: every form gives the same.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


class formed:
    """A decorator: the function, or the first form of it that takes the arguments."""

    def __init__(self, plain: Callable[..., Any]) -> None:
        self.plain = plain
        self.forms: list[tuple[Callable[..., bool], Callable[..., Any]]] = []
        functools.update_wrapper(self, plain)

    def also(self, takes: Callable[..., bool], form: Callable[..., Any]) -> None:
        """Compute by `form` what it says that it can take: where ``takes(*args)`` is true."""
        self.forms.append((takes, form))

    def __call__(self, *args: Any, **params: Any) -> Any:
        for takes, form in self.forms:
            if takes(*args, **params):
                return form(*args, **params)
        return self.plain(*args, **params)
