"""Second names, as PyTorch has them: one line each says so."""

from __future__ import annotations

from .. import functions

__all__ = ["divide", "multiply", "negative", "subtract"]

multiply, divide, subtract = functions.mul, functions.div, functions.sub
negative = functions.neg
