"""Other forms of a function, attached from outside.

A function that computes on arrays may have another form for the arrays of some device: a faster
one, say. A form is attached with ``also``, by another module; the function itself does not mention
it. A form gives the same result, or leaves out a check that it cannot make, or raises an error.
(An Op has forms too: ``Op.also`` in graph.py.)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

F = TypeVar("F")
Takes: TypeAlias = Callable[..., bool]  # whether a form takes these arguments
Forms: TypeAlias = list[tuple[Takes, F]]


def first_form(of: Any, args: Sequence[Any], params: dict[str, Any]) -> Any:
    """The first of the forms `of` something that takes these arguments; itself if none does."""
    for takes, form in of.forms:
        if takes(*args, **params):
            return form
    return of


class formed:
    """A decorator: a function that can be given other forms."""

    def __init__(self, plain: Callable[..., Any]) -> None:
        self.plain = plain
        self.forms: Forms[Callable[..., Any]] = []
        functools.update_wrapper(self, plain)

    def also(self, takes: Takes, form: Callable[..., Any]) -> None:
        """Compute by `form` where ``takes(*args)`` is true."""
        self.forms.append((takes, form))

    def __call__(self, *args: Any) -> Any:
        for takes, form in self.forms:
            if takes(*args):
                return form(*args)
        return self.plain(*args)
