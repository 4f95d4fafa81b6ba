"""Second names, as PyTorch has them: one line each says so."""

from __future__ import annotations

from .. import functions
from . import arithmetic, elementwise, products, shapes

__all__ = ["absolute", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh"]
__all__ += ["clip", "divide", "fix", "greater", "greater_equal", "less", "less_equal", "multiply"]
__all__ += ["negative", "not_equal", "sgn", "subtract", "true_divide"]
__all__ += ["concat", "concatenate", "ger", "moveaxis", "row_stack"]

multiply, subtract, true_divide = functions.mul, functions.sub, functions.div
divide = arithmetic.div
negative, absolute, sgn = functions.neg, functions.abs, functions.sign
clip, fix = functions.clamp, elementwise.trunc
greater, greater_equal = functions.gt, functions.ge
less, less_equal, not_equal = functions.lt, functions.le, functions.ne
arcsin, arccos, arctan = elementwise.asin, elementwise.acos, elementwise.atan
arcsinh, arccosh, arctanh = elementwise.asinh, elementwise.acosh, elementwise.atanh
arctan2 = elementwise.atan2

concat = concatenate = functions.cat
row_stack, moveaxis = shapes.vstack, shapes.movedim
ger = products.outer
