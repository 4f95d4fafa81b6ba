"""Written by tests/stubs.py: what tinygrad_lr.more.aliases offers, for type checkers and editors."""

import builtins
from collections.abc import Sequence
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Sizes
from tinygrad_lr.signatures import Tensor

def multiply(input: Operand, other: Operand) -> Tensor:
    """``mul`` of `input` and `other`, element by element, broadcasting."""

def subtract(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input - alpha * other``, element by element, broadcasting."""

def true_divide(input: Operand, other: Operand) -> Tensor:
    """``div`` of `input` and `other`, element by element, broadcasting."""

def divide(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``, element by element, broadcasting.

    The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc".
    """

def negative(input: Tensor) -> Tensor:
    """``neg`` of each element."""

def absolute(input: Tensor) -> Tensor:
    """``abs`` of each element."""

def sgn(input: Tensor) -> Tensor:
    """``sign`` of each element."""

def clip(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.
    """

def fix(input: Tensor) -> Tensor:
    """``trunc`` of each element; integers stay what they are."""

def greater(input: Operand, other: Operand) -> Tensor:
    """``gt`` of `input` and `other`, element by element, broadcasting."""

def greater_equal(input: Operand, other: Operand) -> Tensor:
    """``ge`` of `input` and `other`, element by element, broadcasting."""

def less(input: Operand, other: Operand) -> Tensor:
    """``lt`` of `input` and `other`, element by element, broadcasting."""

def less_equal(input: Operand, other: Operand) -> Tensor:
    """``le`` of `input` and `other`, element by element, broadcasting."""

def not_equal(input: Operand, other: Operand) -> Tensor:
    """``ne`` of `input` and `other`, element by element, broadcasting."""

def arcsin(input: Tensor) -> Tensor:
    """``asin`` of each element."""

def arccos(input: Tensor) -> Tensor:
    """``acos`` of each element."""

def arctan(input: Tensor) -> Tensor:
    """``atan`` of each element."""

def arcsinh(input: Tensor) -> Tensor:
    """``asinh`` of each element."""

def arccosh(input: Tensor) -> Tensor:
    """``acosh`` of each element."""

def arctanh(input: Tensor) -> Tensor:
    """``atanh`` of each element."""

def arctan2(input: Operand, other: Operand) -> Tensor:
    """``atan2`` of each pair of elements, broadcasting."""

def concat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)
    """

def concatenate(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)
    """

def row_stack(tensors: Sequence[Tensor]) -> Tensor:
    """One below the other: joined along dimension 0, vectors as rows."""

def moveaxis(input: Tensor, source: Sizes, destination: Sizes) -> Tensor:
    """The dimensions `source`, one or several, moved to `destination`; the others stay in order."""

def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of an element of one vector (n,) with one of another (m,): (n, m)."""
