"""What a notebook shows of a Tensor, a Module, an optimizer: how it is asked for.

Jupyter asks a thing for ``_repr_html_()``. What it gives is made in viz/display.py, which is
imported when somebody asks, and not before.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def shown_as(kind: str) -> Callable[[Any], str | None]:
    """The method ``_repr_html_`` of a class whose things viz/display.py shows as a `kind`.

    It gives None, and so the notebook shows the plain repr, for what cannot be shown: never an
    error, as a display is not what the cell was run for.
    """

    def _repr_html_(self: Any) -> str | None:
        try:
            html: str = getattr(import_module(".viz.display", __package__), kind)(self)
            return html
        except Exception:
            return None

    return _repr_html_
