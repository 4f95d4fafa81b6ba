"""What makes a CPU fast at small work: ``jit.trace(step)``, a step as the NumPy calls it makes."""

from ..capture import CaptureError
from ..wording import say_nearest
from .trace import TracedStep, trace

__all__ = ["CaptureError", "TracedStep", "trace"]

say_nearest(__name__)
