"""Written by tests/stubs.py: what tinygrad_lr.more.elementwise offers, for type checkers and editors."""

import builtins
from tinygrad_lr.dtypes import Number
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Tensor

def tan(input: Tensor) -> Tensor:
    """The tangent (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).tan()
    tensor([0.0000, 1.5574])
    """

def asin(input: Tensor) -> Tensor:
    """The angle with this sine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asin()
    tensor([0.0000, 1.5708])
    """

def acos(input: Tensor) -> Tensor:
    """The angle with this cosine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).acos()
    tensor([1.5708, 0.0000])
    """

def atan(input: Tensor) -> Tensor:
    """The angle with this tangent, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).atan()
    tensor([0.0000, 0.7854])
    """

def sinh(input: Tensor) -> Tensor:
    """``(e**x - e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sinh()
    tensor([0.0000, 1.1752])
    """

def cosh(input: Tensor) -> Tensor:
    """``(e**x + e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).cosh()
    tensor([1.0000, 1.5431])
    """

def asinh(input: Tensor) -> Tensor:
    """The inverse of sinh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asinh()
    tensor([0.0000, 0.8814])
    """

def acosh(input: Tensor) -> Tensor:
    """The inverse of cosh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).acosh()
    tensor([0.0000, 1.3170])
    """

def atanh(input: Tensor) -> Tensor:
    """The inverse of tanh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).atanh()
    tensor([0.0000, 0.5493])
    """

def expm1(input: Tensor) -> Tensor:
    """``e**x - 1``, precise near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).expm1()
    tensor([0.0000, 1.7183])
    """

def exp2(input: Tensor) -> Tensor:
    """``2 ** x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 3.0]).exp2()
    tensor([1., 8.])
    """

def log1p(input: Tensor) -> Tensor:
    """``log(1 + x)``, precise near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).log1p()
    tensor([0.0000, 0.6931])
    """

def log2(input: Tensor) -> Tensor:
    """The logarithm to base 2, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 8.0]).log2()
    tensor([0., 3.])
    """

def log10(input: Tensor) -> Tensor:
    """The logarithm to base 10, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 1000.0]).log10()
    tensor([0., 3.])
    """

def erf(input: Tensor) -> Tensor:
    """``2 / sqrt(pi)`` times the integral of e**-t**2 up to x, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).erf()
    tensor([0.0000, 0.8427])
    """

def erfc(input: Tensor) -> Tensor:
    """``1 - erf(x)``, precise also near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).erfc()
    tensor([1.0000, 0.1573])
    """

def erfinv(input: Tensor) -> Tensor:
    """The inverse of erf, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.8427]).erfinv()
    tensor([0.0000, 1.0000])
    """

def rsqrt(input: Tensor) -> Tensor:
    """``1 / sqrt(x)``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 4.0]).rsqrt()
    tensor([1.0000, 0.5000])
    """

def reciprocal(input: Tensor) -> Tensor:
    """``1 / x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 4.0]).reciprocal()
    tensor([1.0000, 0.2500])
    """

def sinc(input: Tensor) -> Tensor:
    """``sin(pi * x) / (pi * x)``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).sinc()
    tensor([1.0000, 0.6366])
    """

def square(input: Tensor) -> Tensor:
    """``input ** 2``. The shape and dtype stay (booleans become int64).

    >>> tg.tensor([1.0, 2.0, 3.0]).square()
    tensor([1., 4., 9.])
    """

def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians. Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([180.0, 90.0]).deg2rad()
    tensor([3.1416, 1.5708])
    """

def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees. Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([3.14159]).rad2deg()
    tensor([179.9999])
    """

def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """``log(input / (1 - input))``, the inverse of sigmoid; first brought to [eps, 1 - eps].

    Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([0.5, 0.9]).logit()
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
    """The integer at or below it, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).floor()
    tensor([ 1., -2.])
    """

def ceil(input: Tensor) -> Tensor:
    """The integer at or above it, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).ceil()
    tensor([ 2., -1.])
    """

def trunc(input: Tensor) -> Tensor:
    """Without what is behind the point, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).trunc()
    tensor([ 1., -1.])
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
    """The angle of the point (other, input), of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 1.0]).atan2(tg.tensor([1.0, 0.0]))
    tensor([0.7854, 1.5708])
    """

def hypot(input: Operand, other: Operand) -> Tensor:
    """``sqrt(input**2 + other**2)``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([3.0]).hypot(tg.tensor([4.0]))
    tensor([5.])
    """

def logaddexp(input: Operand, other: Operand) -> Tensor:
    """``log(e**input + e**other)``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 0.0]).logaddexp(tg.tensor([1.0, 0.0]))
    tensor([1.6931, 0.6931])
    """

def logaddexp2(input: Operand, other: Operand) -> Tensor:
    """``log2(2**input + 2**other)``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 0.0]).logaddexp2(tg.tensor([1.0, 0.0]))
    tensor([2., 1.])
    """

def copysign(input: Tensor, other: Operand) -> Tensor:
    """The size of `input` with the sign of `other`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).copysign(-1.0)
    tensor([-1., -2., -3.])
    """

def xlogy(input: Operand, other: Operand) -> Tensor:
    """``input * log(other)``; where `input` is 0, it is 0, whatever the logarithm.

    The two broadcast, and one may be a number. Integers become float32.

    >>> tg.tensor([0.0, 2.0]).xlogy(tg.tensor([0.0, 1.0]))
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
    DtypeError if not.

    >>> tg.lerp(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), 0.5)
    tensor([0.5000, 1.0000, 1.5000])
    """

def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``.

    All three broadcast, and come to one dtype. DtypeError for booleans.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.addcmul(tg.ones(3), x, x, value=0.1)
    tensor([1.1000, 1.4000, 1.9000])
    """

def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``. DtypeError if both are of integers.

    All three broadcast.

    >>> y = tg.tensor([3.0, 1.0, 2.0])
    >>> tg.addcdiv(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), y)
    tensor([0.3333, 2.0000, 1.5000])
    """
