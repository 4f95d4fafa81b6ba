"""A followed backward pass, as somebody looks at it: a table, a page, a file."""

from __future__ import annotations

from .steps import Steps
from .text import table


class Walk(Steps):
    """A backward pass, step by step: what viz.backward() gives.

    ``print(walk)`` is a table of at most 100 columns.
    """

    def __str__(self) -> str:
        return table(self)

    __repr__ = __str__
