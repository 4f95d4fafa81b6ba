"""Written by tests/stubs.py: what tinygrad_lr.more.arithmetic offers, for type checkers and editors."""

import builtins
from tinygrad_lr.device import Array
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Tensor

def check_divisor(divisor: Array, name: str) -> None:
    """Raise ArgumentError if one of the integers in `divisor` is 0."""

def floor_divide(input: Operand, other: Operand) -> Tensor:
    """``floor_divide`` of `input` and `other`, element by element, broadcasting."""

def remainder(input: Operand, other: Operand) -> Tensor:
    """``remainder`` of `input` and `other`, element by element, broadcasting."""

def fmod(input: Tensor, other: Operand) -> Tensor:
    """What is left of `input` after division by `other`, with the sign of `input`."""

def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``, element by element, broadcasting.

    The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc".
    """

def rsub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``other - alpha * input``."""

def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each pair of elements; of a number and nan, the number."""

def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each pair of elements; of a number and nan, the number."""

def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 where `input` is negative, 1 where it is positive, `values` where it is 0."""

def bitwise_xor(input: Operand, other: Operand) -> Tensor:
    """``xor`` of `input` and `other`, element by element, broadcasting."""

def bitwise_left_shift(input: Operand, other: Operand) -> Tensor:
    """The bits of `input`, moved by `other` places, broadcasting."""

def bitwise_right_shift(input: Operand, other: Operand) -> Tensor:
    """The bits of `input`, moved by `other` places, broadcasting."""

def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether one of the elements is true (not 0), and the other is not. Gives bool."""

def isinf(input: Tensor) -> Tensor:
    """``isinf`` of each element."""

def signbit(input: Tensor) -> Tensor:
    """``signbit`` of each element."""

def isposinf(input: Tensor) -> Tensor:
    """Whether each element is infinity."""

def isneginf(input: Tensor) -> Tensor:
    """Whether each element is minus infinity."""

def isreal(input: Tensor) -> Tensor:
    """True for each element: there are no complex numbers here."""

def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Whether ``|input - other| <= atol + rtol * |other|``, for each pair of elements.

    With `equal_nan`, nan is close to nan. DtypeError for Tensors of different dtypes.
    """

def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether all elements are close: isclose."""

def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements. (nan equals nothing.)"""

from tinygrad_lr.functions import bitwise_and as bitwise_and
from tinygrad_lr.functions import bitwise_not as bitwise_not
from tinygrad_lr.functions import bitwise_or as bitwise_or
from tinygrad_lr.functions import positive as positive
