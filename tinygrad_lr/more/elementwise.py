"""Functions of each element."""

from __future__ import annotations

from ..functions import mul
from ..signatures import Tensor, checked, unary
from . import table

__all__ = ["erf", "erfc", "expm1", "log1p", "log2", "square", "tan"]

tan = unary(table.tan)
erf, erfc = unary(table.erf), unary(table.erfc)
expm1, log1p, log2 = unary(table.expm1), unary(table.log1p), unary(table.log2)


def square(input: Tensor) -> Tensor:
    """``input * input``, element by element."""
    return mul(checked(input, "square"), input)
