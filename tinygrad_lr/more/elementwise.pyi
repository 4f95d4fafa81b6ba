"""Written by tests/stubs.py: what tinygrad_lr.more.elementwise offers, for type checkers and editors."""

import builtins
from tinygrad_lr.dtypes import Number
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Tensor

def tan(input: Tensor) -> Tensor:
    """``tan`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tan(tg.ones(2, 3)).shape
    (2, 3)
    """

def sinh(input: Tensor) -> Tensor:
    """``sinh`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.sinh(tg.ones(2, 3)).shape
    (2, 3)
    """

def cosh(input: Tensor) -> Tensor:
    """``cosh`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.cosh(tg.ones(2, 3)).shape
    (2, 3)
    """

def asin(input: Tensor) -> Tensor:
    """``asin`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.asin(tg.ones(2, 3)).shape
    (2, 3)
    """

def acos(input: Tensor) -> Tensor:
    """``acos`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.acos(tg.ones(2, 3)).shape
    (2, 3)
    """

def atan(input: Tensor) -> Tensor:
    """``atan`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.atan(tg.ones(2, 3)).shape
    (2, 3)
    """

def asinh(input: Tensor) -> Tensor:
    """``asinh`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.asinh(tg.ones(2, 3)).shape
    (2, 3)
    """

def acosh(input: Tensor) -> Tensor:
    """``acosh`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.acosh(tg.ones(2, 3)).shape
    (2, 3)
    """

def atanh(input: Tensor) -> Tensor:
    """``atanh`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.atanh(tg.ones(2, 3)).shape
    (2, 3)
    """

def expm1(input: Tensor) -> Tensor:
    """``expm1`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.expm1(tg.ones(2, 3)).shape
    (2, 3)
    """

def exp2(input: Tensor) -> Tensor:
    """``exp2`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.exp2(tg.ones(2, 3)).shape
    (2, 3)
    """

def log1p(input: Tensor) -> Tensor:
    """``log1p`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.log1p(tg.ones(2, 3)).shape
    (2, 3)
    """

def log2(input: Tensor) -> Tensor:
    """``log2`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.log2(tg.ones(2, 3)).shape
    (2, 3)
    """

def log10(input: Tensor) -> Tensor:
    """``log10`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.log10(tg.ones(2, 3)).shape
    (2, 3)
    """

def erf(input: Tensor) -> Tensor:
    """``erf`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.erf(tg.ones(2, 3)).shape
    (2, 3)
    """

def erfc(input: Tensor) -> Tensor:
    """``erfc`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.erfc(tg.ones(2, 3)).shape
    (2, 3)
    """

def erfinv(input: Tensor) -> Tensor:
    """``erfinv`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.erfinv(tg.ones(2, 3)).shape
    (2, 3)
    """

def rsqrt(input: Tensor) -> Tensor:
    """``rsqrt`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.rsqrt(tg.ones(2, 3)).shape
    (2, 3)
    """

def reciprocal(input: Tensor) -> Tensor:
    """``reciprocal`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.reciprocal(tg.ones(2, 3)).shape
    (2, 3)
    """

def sinc(input: Tensor) -> Tensor:
    """``sinc`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.sinc(tg.ones(2, 3)).shape
    (2, 3)
    """

def square(input: Tensor) -> Tensor:
    """``input ** 2``.

    >>> tg.square(tg.tensor([1.0, 2.0, 3.0]))
    tensor([1., 4., 9.])
    """

def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians.

    >>> tg.deg2rad(tg.tensor([180.0, 90.0]))
    tensor([3.1416, 1.5708])
    """

def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees.

    >>> tg.rad2deg(tg.tensor([3.14159]))
    tensor([179.9999])
    """

def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """``log(input / (1 - input))``, the inverse of sigmoid; first brought to [eps, 1 - eps].

    >>> tg.logit(tg.tensor([0.5, 0.9]))
    tensor([0.0000, 2.1972])
    """

def nan_to_num(
    input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """`input` with other numbers in the place of nan, infinity and minus infinity.

    The last two, unless they are given, are the largest and the smallest number that the dtype has.

    >>> tg.tensor([1.0, float("nan")]).nan_to_num(nan=0.0)
    tensor([1., 0.])
    """

def floor(input: Tensor) -> Tensor:
    """``floor`` of each element of a tensor, of any shape, which the result has too.

    Integers stay what they are. TypeError for what is no Tensor.

    >>> tg.floor(tg.ones(2, 3)).shape
    (2, 3)
    """

def ceil(input: Tensor) -> Tensor:
    """``ceil`` of each element of a tensor, of any shape, which the result has too.

    Integers stay what they are. TypeError for what is no Tensor.

    >>> tg.ceil(tg.ones(2, 3)).shape
    (2, 3)
    """

def trunc(input: Tensor) -> Tensor:
    """``trunc`` of each element of a tensor, of any shape, which the result has too.

    Integers stay what they are. TypeError for what is no Tensor.

    >>> tg.trunc(tg.ones(2, 3)).shape
    (2, 3)
    """

def round(input: Tensor, *, decimals: int | None = None) -> Tensor:
    """Each element rounded to so many `decimals`; of two that are equally near, to the even one.

    With negative `decimals`, to tens, hundreds and so on. Integers stay what they are; DtypeError
    if they are to have `decimals`.

    >>> tg.tensor([0.5, 1.26]).round(decimals=1)
    tensor([0.5000, 1.3000])
    """

def frac(input: Tensor) -> Tensor:
    """What is behind the point, with the sign of the element. DtypeError for integers.

    >>> tg.tensor([1.5, -0.25]).frac()
    tensor([ 0.5000, -0.2500])
    """

def atan2(input: Operand, other: Operand) -> Tensor:
    """``atan2`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.atan2(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def hypot(input: Operand, other: Operand) -> Tensor:
    """``hypot`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.hypot(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def logaddexp(input: Operand, other: Operand) -> Tensor:
    """``logaddexp`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.logaddexp(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def logaddexp2(input: Operand, other: Operand) -> Tensor:
    """``logaddexp2`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.logaddexp2(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def copysign(input: Tensor, other: Operand) -> Tensor:
    """The size of `input` with the sign of `other`, a number or a Tensor.

    >>> tg.copysign(tg.tensor([1.0, 2.0, 3.0]), -1.0)
    tensor([-1., -2., -3.])
    """

def xlogy(input: Operand, other: Operand) -> Tensor:
    """``input * log(other)``; where `input` is 0, it is 0, whatever the logarithm.

    >>> tg.xlogy(tg.tensor([0.0, 2.0]), tg.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """

def float_power(input: Operand, exponent: Operand) -> Tensor:
    """``input ** exponent``, in float64.

    >>> tg.float_power(tg.tensor([2, 3]), 2)
    tensor([4., 9.], dtype=float64)
    """

def clamp_min(input: Tensor, min: Operand) -> Tensor:
    """Each element, but at least `min`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_min(2)
    tensor([2., 2., 3.])
    """

def clamp_max(input: Tensor, max: Operand) -> Tensor:
    """Each element, but at most `max`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_max(2)
    tensor([1., 2., 2.])
    """

def lerp(input: Tensor, end: Tensor, weight: Operand) -> Tensor:
    """The point between `input` (where `weight` is 0) and `end` (where it is 1).

    `weight` is a number, or a Tensor of one for each element. All are floats of one dtype.

    >>> tg.lerp(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), 0.5)
    tensor([0.5000, 1.0000, 1.5000])
    """

def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.addcmul(tg.ones(3), x, x, value=0.1)
    tensor([1.1000, 1.4000, 1.9000])
    """

def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``. DtypeError if both are of integers.

    >>> y = tg.tensor([3.0, 1.0, 2.0])
    >>> tg.addcdiv(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), y)
    tensor([0.3333, 2.0000, 1.5000])
    """
