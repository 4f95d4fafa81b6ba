"""What makes a CPU fast at small work: ``jit.trace(step)``, a step as the NumPy calls it makes."""

from typing import TYPE_CHECKING

from ..capture import CaptureError
from .trace import trace

__all__ = ["CaptureError", "trace"]


if not TYPE_CHECKING:  # for a type checker, a name that is not here is a mistake

    def __getattr__(name: str) -> None:
        from ..more.nearest import missing

        raise missing(__name__, name)
