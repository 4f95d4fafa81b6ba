"""Second names, as PyTorch has them: one line each says so."""

from __future__ import annotations

from .. import functions
from . import shapes

__all__ = [
    "concat",
    "concatenate",
    "divide",
    "moveaxis",
    "multiply",
    "negative",
    "row_stack",
    "subtract",
]

multiply, divide, subtract = functions.mul, functions.div, functions.sub
negative = functions.neg

concat = concatenate = functions.cat
row_stack, moveaxis = shapes.vstack, shapes.movedim
