"""Written by tests/stubs.py: what tinygrad_lr.more.elementwise offers, for type checkers and editors."""

import builtins
from tinygrad_lr.dtypes import Number
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Tensor

def tan(input: Tensor) -> Tensor:
    """``tan`` of each element."""

def sinh(input: Tensor) -> Tensor:
    """``sinh`` of each element."""

def cosh(input: Tensor) -> Tensor:
    """``cosh`` of each element."""

def asin(input: Tensor) -> Tensor:
    """``asin`` of each element."""

def acos(input: Tensor) -> Tensor:
    """``acos`` of each element."""

def atan(input: Tensor) -> Tensor:
    """``atan`` of each element."""

def asinh(input: Tensor) -> Tensor:
    """``asinh`` of each element."""

def acosh(input: Tensor) -> Tensor:
    """``acosh`` of each element."""

def atanh(input: Tensor) -> Tensor:
    """``atanh`` of each element."""

def expm1(input: Tensor) -> Tensor:
    """``expm1`` of each element."""

def exp2(input: Tensor) -> Tensor:
    """``exp2`` of each element."""

def log1p(input: Tensor) -> Tensor:
    """``log1p`` of each element."""

def log2(input: Tensor) -> Tensor:
    """``log2`` of each element."""

def log10(input: Tensor) -> Tensor:
    """``log10`` of each element."""

def erf(input: Tensor) -> Tensor:
    """``erf`` of each element."""

def erfc(input: Tensor) -> Tensor:
    """``erfc`` of each element."""

def erfinv(input: Tensor) -> Tensor:
    """``erfinv`` of each element."""

def rsqrt(input: Tensor) -> Tensor:
    """``rsqrt`` of each element."""

def reciprocal(input: Tensor) -> Tensor:
    """``reciprocal`` of each element."""

def sinc(input: Tensor) -> Tensor:
    """``sinc`` of each element."""

def square(input: Tensor) -> Tensor:
    """``input ** 2``."""

def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians."""

def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees."""

def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """``log(input / (1 - input))``, the inverse of sigmoid; first brought to [eps, 1 - eps]."""

def nan_to_num(
    input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """`input` with other numbers in the place of nan, infinity and minus infinity.

    The last two, unless they are given, are the largest and the smallest number that the dtype has.
    """

def floor(input: Tensor) -> Tensor:
    """``floor`` of each element; integers stay what they are."""

def ceil(input: Tensor) -> Tensor:
    """``ceil`` of each element; integers stay what they are."""

def trunc(input: Tensor) -> Tensor:
    """``trunc`` of each element; integers stay what they are."""

def round(input: Tensor, *, decimals: int | None = None) -> Tensor:
    """Each element rounded to so many `decimals`; of two that are equally near, to the even one.

    With negative `decimals`, to tens, hundreds and so on. Integers stay what they are; DtypeError
    if they are to have `decimals`.
    """

def frac(input: Tensor) -> Tensor:
    """What is behind the point, with the sign of the element. DtypeError for integers."""

def atan2(input: Operand, other: Operand) -> Tensor:
    """``atan2`` of each pair of elements, broadcasting."""

def hypot(input: Operand, other: Operand) -> Tensor:
    """``hypot`` of each pair of elements, broadcasting."""

def logaddexp(input: Operand, other: Operand) -> Tensor:
    """``logaddexp`` of each pair of elements, broadcasting."""

def logaddexp2(input: Operand, other: Operand) -> Tensor:
    """``logaddexp2`` of each pair of elements, broadcasting."""

def copysign(input: Tensor, other: Operand) -> Tensor:
    """The size of `input` with the sign of `other`, a number or a Tensor."""

def xlogy(input: Operand, other: Operand) -> Tensor:
    """``input * log(other)``; where `input` is 0, it is 0, whatever the logarithm."""

def float_power(input: Operand, exponent: Operand) -> Tensor:
    """``input ** exponent``, in float64."""

def clamp_min(input: Tensor, min: Operand) -> Tensor:
    """Each element, but at least `min`, a number or a Tensor."""

def clamp_max(input: Tensor, max: Operand) -> Tensor:
    """Each element, but at most `max`, a number or a Tensor."""

def lerp(input: Tensor, end: Tensor, weight: Operand) -> Tensor:
    """The point between `input` (where `weight` is 0) and `end` (where it is 1).

    `weight` is a number, or a Tensor of one for each element. All are floats of one dtype.
    """

def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``."""

def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``. DtypeError if both are of integers."""
