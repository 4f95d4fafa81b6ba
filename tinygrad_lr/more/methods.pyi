"""Written by tests/stubs.py: what tinygrad_lr.more.methods offers, for type checkers and editors."""

import builtins
from collections.abc import Callable
from collections.abc import Sequence
from tinygrad_lr import return_types
from tinygrad_lr.dtypes import DTypeLike
from tinygrad_lr.dtypes import Number
from tinygrad_lr.graph import Value
from tinygrad_lr.layouts import Layout
from tinygrad_lr.more.asking import Storage
from tinygrad_lr.more.asking import TypedStorage
from tinygrad_lr.more.shapes import Places
from tinygrad_lr.signatures import Dims
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Sizes
from tinygrad_lr.signatures import Tensor
from typing import Any
from typing import Literal
from typing import overload

def answered(name: str, question: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The method that writes the answers to a `question` in place: 0 or 1, with gradient 0."""

class Methods(Value):
    """What a Tensor can do besides what is in tensor.py. Each is the function of its name."""
    def tan(self) -> Tensor:
        """The tangent (in radians), of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).tan()
        tensor([0.0000, 1.5574])
        """
    def sinh(self) -> Tensor:
        """``(e**x - e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).sinh()
        tensor([0.0000, 1.1752])
        """
    def cosh(self) -> Tensor:
        """``(e**x + e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).cosh()
        tensor([1.0000, 1.5431])
        """
    def asin(self) -> Tensor:
        """The angle with this sine, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).asin()
        tensor([0.0000, 1.5708])
        """
    def acos(self) -> Tensor:
        """The angle with this cosine, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).acos()
        tensor([1.5708, 0.0000])
        """
    def atan(self) -> Tensor:
        """The angle with this tangent, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).atan()
        tensor([0.0000, 0.7854])
        """
    def asinh(self) -> Tensor:
        """The inverse of sinh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).asinh()
        tensor([0.0000, 0.8814])
        """
    def acosh(self) -> Tensor:
        """The inverse of cosh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 2.0]).acosh()
        tensor([0.0000, 1.3170])
        """
    def atanh(self) -> Tensor:
        """The inverse of tanh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 0.5]).atanh()
        tensor([0.0000, 0.5493])
        """
    def atan2(self, other: Operand) -> Tensor:
        """The angle of the point (other, input), of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 1.0]).atan2(tg.tensor([1.0, 0.0]))
        tensor([0.7854, 1.5708])
        """
    def expm1(self) -> Tensor:
        """``e**x - 1``, precise near 0, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).expm1()
        tensor([0.0000, 1.7183])
        """
    def exp2(self) -> Tensor:
        """``2 ** x``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 3.0]).exp2()
        tensor([1., 8.])
        """
    def log1p(self) -> Tensor:
        """``log(1 + x)``, precise near 0, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).log1p()
        tensor([0.0000, 0.6931])
        """
    def log2(self) -> Tensor:
        """The logarithm to base 2, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 8.0]).log2()
        tensor([0., 3.])
        """
    def log10(self) -> Tensor:
        """The logarithm to base 10, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 1000.0]).log10()
        tensor([0., 3.])
        """
    def erf(self) -> Tensor:
        """``2 / sqrt(pi)`` times the integral of e**-t**2 up to x, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).erf()
        tensor([0.0000, 0.8427])
        """
    def erfc(self) -> Tensor:
        """``1 - erf(x)``, precise also near 0, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).erfc()
        tensor([1.0000, 0.1573])
        """
    def erfinv(self) -> Tensor:
        """The inverse of erf, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 0.8427]).erfinv()
        tensor([0.0000, 1.0000])
        """
    def rsqrt(self) -> Tensor:
        """``1 / sqrt(x)``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 4.0]).rsqrt()
        tensor([1.0000, 0.5000])
        """
    def reciprocal(self) -> Tensor:
        """``1 / x``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 4.0]).reciprocal()
        tensor([1.0000, 0.2500])
        """
    def sinc(self) -> Tensor:
        """``sin(pi * x) / (pi * x)``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 0.5]).sinc()
        tensor([1.0000, 0.6366])
        """
    def logit(self, eps: float | None = None) -> Tensor:
        """``log(input / (1 - input))``, the inverse of sigmoid; first brought to [eps, 1 - eps].

        Of any shape, which the result has too. Integers become float32.

        >>> tg.tensor([0.5, 0.9]).logit()
        tensor([0.0000, 2.1972])
        """
    def square(self) -> Tensor:
        """``input ** 2``. The shape and dtype stay (booleans become int64).

        >>> tg.tensor([1.0, 2.0, 3.0]).square()
        tensor([1., 4., 9.])
        """
    def deg2rad(self) -> Tensor:
        """Degrees as radians. Of any shape, which the result has too. Integers become float32.

        >>> tg.tensor([180.0, 90.0]).deg2rad()
        tensor([3.1416, 1.5708])
        """
    def rad2deg(self) -> Tensor:
        """Radians as degrees. Of any shape, which the result has too. Integers become float32.

        >>> tg.tensor([3.14159]).rad2deg()
        tensor([179.9999])
        """
    def nan_to_num(
        self, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
    ) -> Tensor:
        """`input` with other numbers in the place of nan, infinity and minus infinity.

        The last two, unless they are given, are the largest and the smallest number that the dtype has.

        >>> tg.tensor([1.0, float("nan")]).nan_to_num(nan=0.0)
        tensor([1., 0.])
        """
    def floor(self) -> Tensor:
        """The integer at or below it, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.5, -1.5]).floor()
        tensor([ 1., -2.])
        """
    def ceil(self) -> Tensor:
        """The integer at or above it, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.5, -1.5]).ceil()
        tensor([ 2., -1.])
        """
    def trunc(self) -> Tensor:
        """Without what is behind the point, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.5, -1.5]).trunc()
        tensor([ 1., -1.])
        """
    def frac(self) -> Tensor:
        """What is behind the point, with the sign of the element. DtypeError for integers.

        >>> tg.tensor([1.5, -0.25]).frac()
        tensor([ 0.5000, -0.2500])
        """
    def round(self, *, decimals: int | None = None) -> Tensor:
        """Each element rounded to so many `decimals`; of two that are equally near, to the even one.

        With negative `decimals`, to tens, hundreds and so on. Integers stay what they are; DtypeError
        if they are to have `decimals`.

        >>> tg.tensor([0.5, 1.26]).round(decimals=1)
        tensor([0.5000, 1.3000])
        """
    def hypot(self, other: Operand) -> Tensor:
        """``sqrt(input**2 + other**2)``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([3.0]).hypot(tg.tensor([4.0]))
        tensor([5.])
        """
    def logaddexp(self, other: Operand) -> Tensor:
        """``log(e**input + e**other)``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 0.0]).logaddexp(tg.tensor([1.0, 0.0]))
        tensor([1.6931, 0.6931])
        """
    def logaddexp2(self, other: Operand) -> Tensor:
        """``log2(2**input + 2**other)``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 0.0]).logaddexp2(tg.tensor([1.0, 0.0]))
        tensor([2., 1.])
        """
    def copysign(self, other: Operand) -> Tensor:
        """The size of `input` with the sign of `other`, a number or a Tensor.

        >>> tg.tensor([1.0, 2.0, 3.0]).copysign(-1.0)
        tensor([-1., -2., -3.])
        """
    def xlogy(self, other: Operand) -> Tensor:
        """``input * log(other)``; where `input` is 0, it is 0, whatever the logarithm.

        The two broadcast, and one may be a number. Integers become float32.

        >>> tg.tensor([0.0, 2.0]).xlogy(tg.tensor([0.0, 1.0]))
        tensor([0., 0.])
        """
    def float_power(self, exponent: Operand) -> Tensor:
        """``input ** exponent``, in float64.

        >>> tg.float_power(tg.tensor([2, 3]), 2)
        tensor([4., 9.], dtype=float64)
        """
    def clamp_min(self, min: Operand) -> Tensor:
        """Each element, but at least `min`, a number or a Tensor.

        >>> tg.tensor([1.0, 2.0, 3.0]).clamp_min(2)
        tensor([2., 2., 3.])
        """
    def clamp_max(self, max: Operand) -> Tensor:
        """Each element, but at most `max`, a number or a Tensor.

        >>> tg.tensor([1.0, 2.0, 3.0]).clamp_max(2)
        tensor([1., 2., 2.])
        """
    def lerp(self, end: Tensor, weight: Operand) -> Tensor:
        """The point between `input` (where `weight` is 0) and `end` (where it is 1).

        `weight` is a number, or a Tensor of one for each element. All are floats of one dtype.
        DtypeError if not.

        >>> tg.lerp(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), 0.5)
        tensor([0.5000, 1.0000, 1.5000])
        """
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """``input + value * tensor1 * tensor2``.

        All three broadcast, and come to one dtype. DtypeError for booleans.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> tg.addcmul(tg.ones(3), x, x, value=0.1)
        tensor([1.1000, 1.4000, 1.9000])
        """
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """``input + value * tensor1 / tensor2``. DtypeError if both are of integers.

        All three broadcast.

        >>> y = tg.tensor([3.0, 1.0, 2.0])
        >>> tg.addcdiv(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), y)
        tensor([0.3333, 2.0000, 1.5000])
        """
    def tan_(self) -> Tensor:
        """In place, and returned: The tangent (in radians), of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).tan_()
        tensor([0.0000, 1.5574])
        """
    def sinh_(self) -> Tensor:
        """In place, and returned: ``(e**x - e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).sinh_()
        tensor([0.0000, 1.1752])
        """
    def cosh_(self) -> Tensor:
        """In place, and returned: ``(e**x + e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).cosh_()
        tensor([1.0000, 1.5431])
        """
    def asin_(self) -> Tensor:
        """In place, and returned: The angle with this sine, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).asin_()
        tensor([0.0000, 1.5708])
        """
    def acos_(self) -> Tensor:
        """In place, and returned: The angle with this cosine, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).acos_()
        tensor([1.5708, 0.0000])
        """
    def atan_(self) -> Tensor:
        """In place, and returned: The angle with this tangent, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).atan_()
        tensor([0.0000, 0.7854])
        """
    def asinh_(self) -> Tensor:
        """In place, and returned: The inverse of sinh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).asinh_()
        tensor([0.0000, 0.8814])
        """
    def acosh_(self) -> Tensor:
        """In place, and returned: The inverse of cosh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 2.0]).acosh_()
        tensor([0.0000, 1.3170])
        """
    def atanh_(self) -> Tensor:
        """In place, and returned: The inverse of tanh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 0.5]).atanh_()
        tensor([0.0000, 0.5493])
        """
    def atan2_(self, other: Operand) -> Tensor:
        """In place, and returned: The angle of the point (other, input), of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 1.0]).atan2_(tg.tensor([1.0, 0.0]))
        tensor([0.7854, 1.5708])
        """
    def expm1_(self) -> Tensor:
        """In place, and returned: ``e**x - 1``, precise near 0, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).expm1_()
        tensor([0.0000, 1.7183])
        """
    def exp2_(self) -> Tensor:
        """In place, and returned: ``2 ** x``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 3.0]).exp2_()
        tensor([1., 8.])
        """
    def log1p_(self) -> Tensor:
        """In place, and returned: ``log(1 + x)``, precise near 0, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).log1p_()
        tensor([0.0000, 0.6931])
        """
    def log2_(self) -> Tensor:
        """In place, and returned: The logarithm to base 2, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 8.0]).log2_()
        tensor([0., 3.])
        """
    def log10_(self) -> Tensor:
        """In place, and returned: The logarithm to base 10, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 1000.0]).log10_()
        tensor([0., 3.])
        """
    def erf_(self) -> Tensor:
        """In place, and returned: ``2 / sqrt(pi)`` times the integral of e**-t**2 up to x, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).erf_()
        tensor([0.0000, 0.8427])
        """
    def erfc_(self) -> Tensor:
        """In place, and returned: ``1 - erf(x)``, precise also near 0, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).erfc_()
        tensor([1.0000, 0.1573])
        """
    def erfinv_(self) -> Tensor:
        """In place, and returned: The inverse of erf, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 0.8427]).erfinv_()
        tensor([0.0000, 1.0000])
        """
    def rsqrt_(self) -> Tensor:
        """In place, and returned: ``1 / sqrt(x)``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 4.0]).rsqrt_()
        tensor([1.0000, 0.5000])
        """
    def reciprocal_(self) -> Tensor:
        """In place, and returned: ``1 / x``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 4.0]).reciprocal_()
        tensor([1.0000, 0.2500])
        """
    def sinc_(self) -> Tensor:
        """In place, and returned: ``sin(pi * x) / (pi * x)``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 0.5]).sinc_()
        tensor([1.0000, 0.6366])
        """
    def logit_(self, eps: float | None = None) -> Tensor:
        """In place, and returned: ``log(input / (1 - input))``, the inverse of sigmoid; first brought to [eps, 1 - eps].

        Of any shape, which the result has too. Integers become float32.

        >>> tg.tensor([0.5, 0.9]).logit_()
        tensor([0.0000, 2.1972])
        """
    def square_(self) -> Tensor:
        """In place, and returned: ``input ** 2``. The shape and dtype stay (booleans become int64).

        >>> tg.tensor([1.0, 2.0, 3.0]).square_()
        tensor([1., 4., 9.])
        """
    def deg2rad_(self) -> Tensor:
        """In place, and returned: Degrees as radians. Of any shape, which the result has too. Integers become float32.

        >>> tg.tensor([180.0, 90.0]).deg2rad_()
        tensor([3.1416, 1.5708])
        """
    def rad2deg_(self) -> Tensor:
        """In place, and returned: Radians as degrees. Of any shape, which the result has too. Integers become float32.

        >>> tg.tensor([3.14159]).rad2deg_()
        tensor([179.9999])
        """
    def nan_to_num_(
        self, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
    ) -> Tensor:
        """In place, and returned: `input` with other numbers in the place of nan, infinity and minus infinity.

        The last two, unless they are given, are the largest and the smallest number that the dtype has.

        >>> tg.tensor([1.0, float("nan")]).nan_to_num_(nan=0.0)
        tensor([1., 0.])
        """
    def floor_(self) -> Tensor:
        """In place, and returned: The integer at or below it, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.5, -1.5]).floor_()
        tensor([ 1., -2.])
        """
    def ceil_(self) -> Tensor:
        """In place, and returned: The integer at or above it, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.5, -1.5]).ceil_()
        tensor([ 2., -1.])
        """
    def trunc_(self) -> Tensor:
        """In place, and returned: Without what is behind the point, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.5, -1.5]).trunc_()
        tensor([ 1., -1.])
        """
    def frac_(self) -> Tensor:
        """In place, and returned: What is behind the point, with the sign of the element. DtypeError for integers.

        >>> tg.tensor([1.5, -0.25]).frac_()
        tensor([ 0.5000, -0.2500])
        """
    def round_(self, *, decimals: int | None = None) -> Tensor:
        """In place, and returned: Each element rounded to so many `decimals`; of two that are equally near, to the even one.

        With negative `decimals`, to tens, hundreds and so on. Integers stay what they are; DtypeError
        if they are to have `decimals`.

        >>> tg.tensor([0.5, 1.26]).round_(decimals=1)
        tensor([0.5000, 1.3000])
        """
    def hypot_(self, other: Operand) -> Tensor:
        """In place, and returned: ``sqrt(input**2 + other**2)``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([3.0]).hypot_(tg.tensor([4.0]))
        tensor([5.])
        """
    def copysign_(self, other: Operand) -> Tensor:
        """In place, and returned: The size of `input` with the sign of `other`, a number or a Tensor.

        >>> tg.tensor([1.0, 2.0, 3.0]).copysign_(-1.0)
        tensor([-1., -2., -3.])
        """
    def xlogy_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input * log(other)``; where `input` is 0, it is 0, whatever the logarithm.

        The two broadcast, and one may be a number. Integers become float32.

        >>> tg.tensor([0.0, 2.0]).xlogy_(tg.tensor([0.0, 1.0]))
        tensor([0., 0.])
        """
    def float_power_(self, exponent: Operand) -> Tensor:
        """In place, and returned: ``input ** exponent``, in float64.

        >>> tg.float_power(tg.tensor([2, 3]), 2)
        tensor([4., 9.], dtype=float64)
        """
    def clamp_min_(self, min: Operand) -> Tensor:
        """In place, and returned: Each element, but at least `min`, a number or a Tensor.

        >>> tg.tensor([1.0, 2.0, 3.0]).clamp_min_(2)
        tensor([2., 2., 3.])
        """
    def clamp_max_(self, max: Operand) -> Tensor:
        """In place, and returned: Each element, but at most `max`, a number or a Tensor.

        >>> tg.tensor([1.0, 2.0, 3.0]).clamp_max_(2)
        tensor([1., 2., 2.])
        """
    def lerp_(self, end: Tensor, weight: Operand) -> Tensor:
        """In place, and returned: The point between `input` (where `weight` is 0) and `end` (where it is 1).

        `weight` is a number, or a Tensor of one for each element. All are floats of one dtype.
        DtypeError if not.

        >>> tg.lerp(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), 0.5)
        tensor([0.5000, 1.0000, 1.5000])
        """
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """In place, and returned: ``input + value * tensor1 * tensor2``.

        All three broadcast, and come to one dtype. DtypeError for booleans.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> tg.addcmul(tg.ones(3), x, x, value=0.1)
        tensor([1.1000, 1.4000, 1.9000])
        """
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
        """In place, and returned: ``input + value * tensor1 / tensor2``. DtypeError if both are of integers.

        All three broadcast.

        >>> y = tg.tensor([3.0, 1.0, 2.0])
        >>> tg.addcdiv(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), y)
        tensor([0.3333, 2.0000, 1.5000])
        """
    def div(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """``input / other``, element by element, broadcasting.

        The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
        become float32, unless they are rounded. ArgumentError for another mode.

        >>> tg.tensor([7, -7]).div(2, rounding_mode="floor")
        tensor([ 3, -4])
        """
    def floor_divide(self, other: Operand) -> Tensor:
        """``input / other``, rounded down, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

        >>> tg.tensor([7.0, -7.0]).floor_divide(2)
        tensor([ 3., -4.])
        """
    def remainder(self, other: Operand) -> Tensor:
        """What is left of ``input / other``, with the sign of `other`, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

        >>> tg.tensor([7.0, -7.0]).remainder(3)
        tensor([1., 2.])
        """
    def fmod(self, other: Operand) -> Tensor:
        """What is left of `input` after division by `other`, with the sign of `input`; they broadcast.

        Integers give integers; ArgumentError if one is divided by 0.

        >>> tg.tensor([-3.0, 5.5]).fmod(2)
        tensor([-1.0000,  1.5000])
        """
    def fmax(self, other: Tensor) -> Tensor:
        """The larger of each pair of elements; of a number and nan, the number.

        >>> tg.fmax(tg.tensor([1.0, float("nan")]), tg.tensor(0.5))
        tensor([1.0000, 0.5000])
        """
    def fmin(self, other: Tensor) -> Tensor:
        """The smaller of each pair of elements; of a number and nan, the number.

        >>> tg.fmin(tg.tensor([1.0, float("nan")]), tg.tensor(0.5))
        tensor([0.5000, 0.5000])
        """
    def heaviside(self, values: Tensor) -> Tensor:
        """0 where `input` is negative, 1 where it is positive, `values` where it is 0.

        The two broadcast, and have one dtype. DtypeError if not.

        >>> tg.tensor([-1.0, 0.0, 2.0]).heaviside(tg.tensor(0.5))
        tensor([0.0000, 0.5000, 1.0000])
        """
    def bitwise_and(self, other: Operand) -> Tensor:
        """The bits that both have, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([5, 6]).bitwise_and(4)
        tensor([4, 4])
        """
    def bitwise_or(self, other: Operand) -> Tensor:
        """The bits that either has, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1, 2]).bitwise_or(4)
        tensor([5, 6])
        """
    def bitwise_xor(self, other: Operand) -> Tensor:
        """The bits that one has, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([5, 6]).bitwise_xor(4)
        tensor([1, 2])
        """
    def bitwise_not(self) -> Tensor:
        """The other bits, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. TypeError for what is no Tensor.

        >>> tg.tensor([True, False]).bitwise_not()
        tensor([False,  True])
        """
    def bitwise_left_shift(self, other: Operand) -> Tensor:
        """The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

        >>> tg.tensor([1, 2]).bitwise_left_shift(2)
        tensor([4, 8])
        """
    def bitwise_right_shift(self, other: Operand) -> Tensor:
        """The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

        >>> tg.tensor([4, 9]).bitwise_right_shift(2)
        tensor([1, 2])
        """
    def logical_xor(self, other: Tensor) -> Tensor:
        """Whether one of the elements is true (not 0), and the other is not. Gives bool.

        >>> tg.tensor([0, 1]).logical_xor(tg.tensor([1, 1]))
        tensor([ True, False])
        """
    def isinf(self) -> Tensor:
        """Whether it is infinite, of each element. `input` is of any shape, which the result has too.

        Gives bool. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 1e99]).isinf()
        tensor([False,  True])
        """
    def signbit(self) -> Tensor:
        """Whether it has a minus, of each element. `input` is of any shape, which the result has too.

        Gives bool. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -0.0]).signbit()
        tensor([False,  True])
        """
    def isposinf(self) -> Tensor:
        """Whether each element is infinity.

        >>> tg.isposinf(tg.tensor([1.0, float("inf")]))
        tensor([False,  True])
        """
    def isneginf(self) -> Tensor:
        """Whether each element is minus infinity.

        >>> tg.isneginf(tg.tensor([1.0, -float("inf")]))
        tensor([False,  True])
        """
    def isreal(self) -> Tensor:
        """True for each element: there are no complex numbers here.

        >>> tg.isreal(tg.tensor([1.0, 2.0, 3.0]))
        tensor([True, True, True])
        """
    def isclose(
        self, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
    ) -> Tensor:
        """Whether ``|input - other| <= atol + rtol * |other|``, for each pair of elements.

        With `equal_nan`, nan is close to nan. DtypeError for Tensors of different dtypes.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> tg.isclose(x, x + 1e-9)
        tensor([True, True, True])
        """
    def allclose(
        self, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
    ) -> bool:
        """Whether all elements are close: isclose.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> tg.allclose(x, x + 1e-9)
        True
        """
    def equal(self, other: Tensor) -> bool:
        """Whether both have the same shape and the same elements. (nan equals nothing.)

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> tg.equal(x, x.clone())
        True
        """
    def div_(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """In place, and returned: ``input / other``, element by element, broadcasting.

        The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
        become float32, unless they are rounded. ArgumentError for another mode.

        >>> tg.tensor([7, -7]).div_(2, rounding_mode="floor")
        tensor([ 3, -4])
        """
    def floor_divide_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input / other``, rounded down, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

        >>> tg.tensor([7.0, -7.0]).floor_divide_(2)
        tensor([ 3., -4.])
        """
    def remainder_(self, other: Operand) -> Tensor:
        """In place, and returned: What is left of ``input / other``, with the sign of `other`, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

        >>> tg.tensor([7.0, -7.0]).remainder_(3)
        tensor([1., 2.])
        """
    def fmod_(self, other: Operand) -> Tensor:
        """In place, and returned: What is left of `input` after division by `other`, with the sign of `input`; they broadcast.

        Integers give integers; ArgumentError if one is divided by 0.

        >>> tg.tensor([-3.0, 5.5]).fmod_(2)
        tensor([-1.0000,  1.5000])
        """
    def heaviside_(self, values: Tensor) -> Tensor:
        """In place, and returned: 0 where `input` is negative, 1 where it is positive, `values` where it is 0.

        The two broadcast, and have one dtype. DtypeError if not.

        >>> tg.tensor([-1.0, 0.0, 2.0]).heaviside_(tg.tensor(0.5))
        tensor([0.0000, 0.5000, 1.0000])
        """
    def bitwise_and_(self, other: Operand) -> Tensor:
        """In place, and returned: The bits that both have, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([5, 6]).bitwise_and_(4)
        tensor([4, 4])
        """
    def bitwise_or_(self, other: Operand) -> Tensor:
        """In place, and returned: The bits that either has, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1, 2]).bitwise_or_(4)
        tensor([5, 6])
        """
    def bitwise_xor_(self, other: Operand) -> Tensor:
        """In place, and returned: The bits that one has, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([5, 6]).bitwise_xor_(4)
        tensor([1, 2])
        """
    def bitwise_not_(self) -> Tensor:
        """In place, and returned: The other bits, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. TypeError for what is no Tensor.

        >>> tg.tensor([True, False]).bitwise_not_()
        tensor([False,  True])
        """
    def bitwise_left_shift_(self, other: Operand) -> Tensor:
        """In place, and returned: The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

        >>> tg.tensor([1, 2]).bitwise_left_shift_(2)
        tensor([4, 8])
        """
    def bitwise_right_shift_(self, other: Operand) -> Tensor:
        """In place, and returned: The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

        >>> tg.tensor([4, 9]).bitwise_right_shift_(2)
        tensor([1, 2])
        """
    def sin_(self) -> Tensor:
        """In place, and returned: The sine (in radians), of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).sin_()
        tensor([0.0000, 0.8415])
        """
    def cos_(self) -> Tensor:
        """In place, and returned: The cosine (in radians), of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).cos_()
        tensor([1.0000, 0.5403])
        """
    def sign_(self) -> Tensor:
        """In place, and returned: -1, 0 or 1: its sign, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. TypeError for what is no Tensor.

        >>> tg.tensor([3.0, 0.0, -2.0]).sign_()
        tensor([ 1.,  0., -1.])
        """
    def positive(self) -> Tensor:
        """`input` itself. DtypeError for booleans.

        >>> tg.positive(tg.tensor([1.0, 2.0, 3.0]))
        tensor([1., 2., 3.])
        """
    def eq_(self, other: Operand) -> Tensor:
        """In place, and returned: Whether they are equal, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).eq(2)
        tensor([False,  True])
        """
    def ne_(self, other: Operand) -> Tensor:
        """In place, and returned: Whether they differ, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).ne(2)
        tensor([ True, False])
        """
    def lt_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input < other``, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).lt(2)
        tensor([ True, False])
        """
    def le_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input <= other``, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([2.0, 3.0]).le(2)
        tensor([ True, False])
        """
    def gt_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input > other``, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([2.0, 3.0]).gt(2)
        tensor([False,  True])
        """
    def ge_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input >= other``, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).ge(2)
        tensor([False,  True])
        """
    def logical_and_(self, other: Tensor) -> Tensor:
        """In place, and returned: Whether both elements are true (not 0), broadcasting. Gives 0 or 1.

        >>> tg.tensor([0, 1]).logical_and(tg.tensor([2, 3]))
        tensor([False,  True])
        """
    def logical_or_(self, other: Tensor) -> Tensor:
        """In place, and returned: Whether at least one of the elements is true (not 0), broadcasting. Gives 0 or 1.

        >>> tg.tensor([0, 1]).logical_or(tg.tensor([0, 0]))
        tensor([False,  True])
        """
    def logical_xor_(self, other: Tensor) -> Tensor:
        """In place, and returned: Whether one of the elements is true (not 0), and the other is not. Gives 0 or 1.

        >>> tg.tensor([0, 1]).logical_xor(tg.tensor([1, 1]))
        tensor([ True, False])
        """
    def logical_not_(self) -> Tensor:
        """In place, and returned: Whether the element is false (0). Gives 0 or 1.

        >>> tg.tensor([0, 1]).logical_not()
        tensor([ True, False])
        """
    def multiply(self, other: Operand) -> Tensor:
        """``input * other``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).mul(tg.tensor([3.0, 4.0]))
        tensor([3., 8.])
        """
    def divide(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """``input / other``, element by element, broadcasting.

        The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
        become float32, unless they are rounded. ArgumentError for another mode.

        >>> tg.tensor([7, -7]).div(2, rounding_mode="floor")
        tensor([ 3, -4])
        """
    def subtract(self, other: Operand, *, alpha: float = 1) -> Tensor:
        """``input - alpha * other``, element by element, broadcasting.

        >>> tg.tensor([1.0, 2.0, 3.0]).sub(1, alpha=10)
        tensor([-9., -8., -7.])
        """
    def true_divide(self, other: Operand) -> Tensor:
        """``input / other``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 3.0]).div(2)
        tensor([0.5000, 1.5000])
        """
    def negative(self) -> Tensor:
        """``-x``, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).neg()
        tensor([-1.,  2.])
        """
    def absolute(self) -> Tensor:
        """How far it is from 0, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).abs()
        tensor([1., 2.])
        """
    def sgn(self) -> Tensor:
        """-1, 0 or 1: its sign, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. TypeError for what is no Tensor.

        >>> tg.tensor([3.0, 0.0, -2.0]).sign()
        tensor([ 1.,  0., -1.])
        """
    def fix(self) -> Tensor:
        """Without what is behind the point, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.5, -1.5]).trunc()
        tensor([ 1., -1.])
        """
    def clip(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

        Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
        dtype, TypeError if one is no number, or one is a Tensor and the other a number.

        >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
        tensor([1.5000, 2.0000, 2.5000])
        """
    def arcsin(self) -> Tensor:
        """The angle with this sine, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).asin()
        tensor([0.0000, 1.5708])
        """
    def arccos(self) -> Tensor:
        """The angle with this cosine, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).acos()
        tensor([1.5708, 0.0000])
        """
    def arctan(self) -> Tensor:
        """The angle with this tangent, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).atan()
        tensor([0.0000, 0.7854])
        """
    def arctan2(self, other: Operand) -> Tensor:
        """The angle of the point (other, input), of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 1.0]).atan2(tg.tensor([1.0, 0.0]))
        tensor([0.7854, 1.5708])
        """
    def arcsinh(self) -> Tensor:
        """The inverse of sinh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).asinh()
        tensor([0.0000, 0.8814])
        """
    def arccosh(self) -> Tensor:
        """The inverse of cosh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 2.0]).acosh()
        tensor([0.0000, 1.3170])
        """
    def arctanh(self) -> Tensor:
        """The inverse of tanh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 0.5]).atanh()
        tensor([0.0000, 0.5493])
        """
    def greater(self, other: Operand) -> Tensor:
        """``input > other``, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([2.0, 3.0]).gt(2)
        tensor([False,  True])
        """
    def greater_equal(self, other: Operand) -> Tensor:
        """``input >= other``, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).ge(2)
        tensor([False,  True])
        """
    def less(self, other: Operand) -> Tensor:
        """``input < other``, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).lt(2)
        tensor([ True, False])
        """
    def less_equal(self, other: Operand) -> Tensor:
        """``input <= other``, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([2.0, 3.0]).le(2)
        tensor([ True, False])
        """
    def not_equal(self, other: Operand) -> Tensor:
        """Whether they differ, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).ne(2)
        tensor([ True, False])
        """
    def multiply_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input * other``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).mul(tg.tensor([3.0, 4.0]))
        tensor([3., 8.])
        """
    def divide_(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """In place, and returned: ``input / other``, element by element, broadcasting.

        The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
        become float32, unless they are rounded. ArgumentError for another mode.

        >>> tg.tensor([7, -7]).div(2, rounding_mode="floor")
        tensor([ 3, -4])
        """
    def subtract_(self, other: Operand, *, alpha: float = 1) -> Tensor:
        """In place, and returned: ``input - alpha * other``, element by element, broadcasting.

        >>> tg.tensor([1.0, 2.0, 3.0]).sub(1, alpha=10)
        tensor([-9., -8., -7.])
        """
    def true_divide_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input / other``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 3.0]).div(2)
        tensor([0.5000, 1.5000])
        """
    def negative_(self) -> Tensor:
        """In place, and returned: ``-x``, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).neg()
        tensor([-1.,  2.])
        """
    def absolute_(self) -> Tensor:
        """In place, and returned: How far it is from 0, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).abs()
        tensor([1., 2.])
        """
    def sgn_(self) -> Tensor:
        """In place, and returned: -1, 0 or 1: its sign, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. TypeError for what is no Tensor.

        >>> tg.tensor([3.0, 0.0, -2.0]).sign()
        tensor([ 1.,  0., -1.])
        """
    def fix_(self) -> Tensor:
        """In place, and returned: Without what is behind the point, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.5, -1.5]).trunc()
        tensor([ 1., -1.])
        """
    def clip_(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """In place, and returned: Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

        Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
        dtype, TypeError if one is no number, or one is a Tensor and the other a number.

        >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
        tensor([1.5000, 2.0000, 2.5000])
        """
    def arcsin_(self) -> Tensor:
        """In place, and returned: The angle with this sine, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).asin()
        tensor([0.0000, 1.5708])
        """
    def arccos_(self) -> Tensor:
        """In place, and returned: The angle with this cosine, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).acos()
        tensor([1.5708, 0.0000])
        """
    def arctan_(self) -> Tensor:
        """In place, and returned: The angle with this tangent, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).atan()
        tensor([0.0000, 0.7854])
        """
    def arctan2_(self, other: Operand) -> Tensor:
        """In place, and returned: The angle of the point (other, input), of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 1.0]).atan2(tg.tensor([1.0, 0.0]))
        tensor([0.7854, 1.5708])
        """
    def arcsinh_(self) -> Tensor:
        """In place, and returned: The inverse of sinh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).asinh()
        tensor([0.0000, 0.8814])
        """
    def arccosh_(self) -> Tensor:
        """In place, and returned: The inverse of cosh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 2.0]).acosh()
        tensor([0.0000, 1.3170])
        """
    def arctanh_(self) -> Tensor:
        """In place, and returned: The inverse of tanh, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 0.5]).atanh()
        tensor([0.0000, 0.5493])
        """
    def greater_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input > other``, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([2.0, 3.0]).gt(2)
        tensor([False,  True])
        """
    def greater_equal_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input >= other``, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).ge(2)
        tensor([False,  True])
        """
    def less_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input < other``, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).lt(2)
        tensor([ True, False])
        """
    def less_equal_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input <= other``, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([2.0, 3.0]).le(2)
        tensor([ True, False])
        """
    def not_equal_(self, other: Operand) -> Tensor:
        """In place, and returned: Whether they differ, as 0 or 1, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).ne(2)
        tensor([ True, False])
        """
    def __floordiv__(self, other: Operand) -> Tensor: ...
    def __rfloordiv__(self, other: Operand) -> Tensor: ...
    def __mod__(self, other: Operand) -> Tensor: ...
    def __rmod__(self, other: Operand) -> Tensor: ...
    def __xor__(self, other: Operand) -> Tensor: ...
    def __rxor__(self, other: Operand) -> Tensor: ...
    def __lshift__(self, other: Operand) -> Tensor: ...
    def __rlshift__(self, other: Operand) -> Tensor: ...
    def __rshift__(self, other: Operand) -> Tensor: ...
    def __rrshift__(self, other: Operand) -> Tensor: ...
    def __ifloordiv__(self, other: Operand) -> Tensor:
        """In place, and returned: ``input / other``, rounded down, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

        >>> tg.tensor([7.0, -7.0]).floor_divide(2)
        tensor([ 3., -4.])
        """
    def __imod__(self, other: Operand) -> Tensor:
        """In place, and returned: What is left of ``input / other``, with the sign of `other`, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

        >>> tg.tensor([7.0, -7.0]).remainder(3)
        tensor([1., 2.])
        """
    def __ixor__(self, other: Operand) -> Tensor:
        """In place, and returned: The bits that one has, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([5, 6]).bitwise_xor(4)
        tensor([1, 2])
        """
    def __ilshift__(self, other: Operand) -> Tensor:
        """In place, and returned: The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

        >>> tg.tensor([1, 2]).bitwise_left_shift(2)
        tensor([4, 8])
        """
    def __irshift__(self, other: Operand) -> Tensor:
        """In place, and returned: The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

        >>> tg.tensor([4, 9]).bitwise_right_shift(2)
        tensor([1, 2])
        """
    def prod(
        self,
        dim: int | None = None,
        keepdim: bool = False,
        *,
        dtype: DTypeLike | None = None,
        axis: int | None = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The product of all elements, or along `dim`. Integers and booleans give int64.

        >>> tg.tensor([1.0, 2.0, 3.0]).prod()
        tensor(6.)
        """
    def count_nonzero(self, dim: Dims = None, *, axis: Dims = ...) -> Tensor:
        """How many elements over `dim` (one, several, or all) are not 0: int64.

        >>> tg.tensor([0, 5, 7]).count_nonzero()
        tensor(2)
        """
    def aminmax(
        self,
        *,
        dim: int | None = None,
        keepdim: bool = False,
        axis: int | None = ...,
        keepdims: bool = ...,
    ) -> return_types.aminmax:
        """The smallest and the largest element, of all or along `dim`.

        >>> tg.tensor([3.0, 1.0, 2.0]).aminmax()
        torch.return_types.aminmax(
        min=tensor(1.),
        max=tensor(3.))
        """
    def nansum(
        self,
        dim: Dims = None,
        keepdim: bool = False,
        *,
        dtype: DTypeLike | None = None,
        axis: Dims = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The sum over `dim` of all elements that are not nan.

        >>> tg.tensor([1.0, float("nan")]).nansum()
        tensor(1.)
        """
    def nanmean(
        self,
        dim: Dims = None,
        keepdim: bool = False,
        *,
        dtype: DTypeLike | None = None,
        axis: Dims = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The mean over `dim` of all elements that are not nan. DtypeError for integers.

        >>> tg.tensor([1.0, float("nan")]).nanmean()
        tensor(1.)
        """
    def norm(
        self,
        p: float | str | None = "fro",
        dim: Dims = None,
        keepdim: bool = False,
        *,
        dtype: DTypeLike | None = None,
    ) -> Tensor:
        """``sum(abs(input) ** p) ** (1 / p)`` over `dim` (one, several, or all); "fro" is 2.

        "nuc" is that of linalg.matrix_norm.

        Its gradient at 0 is 0.

        >>> tg.tensor([3.0, 4.0]).norm()
        tensor(5.)
        """
    def dist(self, other: Operand, p: float = 2) -> Tensor:
        """The norm of ``input - other``. The two broadcast; the norm is a single number.

        >>> tg.dist(tg.tensor([3.0, 4.0]), tg.zeros(2))
        tensor(5.)
        """
    def inverse(self) -> Tensor:
        """The inverse of a square matrix. SingularError (a RuntimeError) if there is none.

        To solve A X = B use solve(A, B), which is more precise.

        >>> tg.linalg.inv(tg.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
        """
    def pinverse(self, rcond: float = 1e-15) -> Tensor:
        """The pseudoinverse: see linalg.pinv, of which `rcond` is the rtol.

        (..., n, m) becomes (..., m, n).

        >>> tg.pinverse(tg.tensor([[2.0, 0.0], [0.0, 0.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.0000]])
        """
    def det(self) -> Tensor:
        """The determinant of a square matrix. (Where it is 0, its second derivative: SingularError.)

        >>> tg.linalg.det(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor(-2.)
        """
    def logdet(self) -> Tensor:
        """The logarithm of the determinant; nan if that is negative.

        (..., n, n) becomes (...). ShapeError for a matrix that is not square.

        >>> tg.logdet(2 * tg.eye(2))
        tensor(1.3863)
        """
    def slogdet(self) -> return_types.slogdet:
        """The sign of the determinant, and the logarithm of its absolute value.

        (..., n, n) gives (...) and (...). ShapeError for a matrix that is not square.

        >>> tg.linalg.slogdet(tg.eye(2)).logabsdet
        tensor(0.)
        """
    def cov(
        self, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
    ) -> Tensor:
        """The covariances of the rows of a matrix, each of them a variable, of a vector its variance.

        Each column is one observation, seen `fweights` times, and of `aweights` importance. (n, m)
        becomes (n, n). ShapeError for more dimensions, DtypeError for booleans.

        >>> tg.cov(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[0.5000, 0.5000],
                [0.5000, 0.5000]])
        """
    def corrcoef(self) -> Tensor:
        """The correlations of the rows of a matrix: their covariances, in units of deviations.

        (n, m) becomes (n, n). ShapeError for more dimensions.

        >>> tg.corrcoef(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[1., 1.],
                [1., 1.]])
        """
    def cumsum(self, dim: int = ..., *, dtype: DTypeLike | None = None, axis: int = ...) -> Tensor:
        """The sum of all elements up to each place along `dim`. Integers and booleans give int64.

        >>> tg.tensor([1.0, 2.0, 3.0]).cumsum(dim=0)
        tensor([1., 3., 6.])
        """
    def cumprod(self, dim: int = ..., *, dtype: DTypeLike | None = None, axis: int = ...) -> Tensor:
        """The product of all elements up to each place along `dim`. Integers give int64.

        >>> tg.tensor([1.0, 2.0, 3.0]).cumprod(dim=0)
        tensor([1., 2., 6.])
        """
    def cummax(self, dim: int = ..., *, axis: int = ...) -> return_types.cummax:
        """The largest element up to each place along `dim`, and where it is, the last of equal ones.

        >>> tg.tensor([3.0, 1.0, 2.0]).cummax(dim=0).values
        tensor([3., 3., 3.])
        """
    def cummin(self, dim: int = ..., *, axis: int = ...) -> return_types.cummin:
        """The smallest element up to each place along `dim`, and where it is, the last if equal.

        >>> tg.tensor([3.0, 1.0, 2.0]).cummin(dim=0).indices
        tensor([0, 1, 1])
        """
    def logcumsumexp(self, dim: int = ..., *, axis: int = ...) -> Tensor:
        """``log(cumsum(exp(input)))`` along `dim`, without overflow. DtypeError for integers.

        >>> tg.zeros(3).logcumsumexp(dim=0)
        tensor([0.0000, 0.6931, 1.0986])
        """
    def diff(
        self,
        n: int = 1,
        dim: int = -1,
        prepend: Tensor | None = None,
        append: Tensor | None = None,
        *,
        axis: int = ...,
    ) -> Tensor:
        """The difference between neighbours along `dim`, `n` times over.

        `prepend` and `append` are joined to `input` first. Of booleans, whether they differ. ShapeError
        for a single number.

        >>> tg.tensor([1, 4, 9]).diff()
        tensor([3, 5])
        """
    def sort(
        self,
        dim: int = -1,
        descending: bool = False,
        *,
        stable: bool | None = None,
        axis: int = ...,
    ) -> return_types.sort:
        """The elements along `dim` from the smallest to the largest, and where each was.

        If `descending`, from the largest. nan counts as the largest; equal elements keep their order,
        whether or not that is asked for (`stable`).

        >>> tg.tensor([3.0, 1.0, 2.0]).sort().values
        tensor([1., 2., 3.])
        """
    def argsort(
        self, dim: int = -1, descending: bool = False, *, stable: bool = False, axis: int = ...
    ) -> Tensor:
        """The indices that sort gives: int64.

        >>> tg.tensor([3.0, 1.0, 2.0]).argsort()
        tensor([1, 2, 0])
        """
    def msort(self) -> Tensor:
        """The elements along the first dimension from the smallest to the largest.

        >>> tg.tensor([3.0, 1.0, 2.0]).msort()
        tensor([1., 2., 3.])
        """
    def topk(
        self, k: int, dim: int = -1, largest: bool = True, sorted: bool = True, *, axis: int = ...
    ) -> return_types.topk:
        """The `k` largest elements along `dim`, the largest first, and where they are.

        Or the smallest, if not `largest`. They are sorted also where they need not be. Raises
        ArgumentError if there are fewer.

        >>> tg.tensor([3.0, 1.0, 2.0]).topk(2).values
        tensor([3., 2.])
        """
    def kthvalue(
        self, k: int, dim: int = -1, keepdim: bool = False, *, axis: int = ..., keepdims: bool = ...
    ) -> return_types.kthvalue:
        """The `k`-th smallest element along `dim`, counted from 1, and where it is.

        >>> tg.tensor([3.0, 1.0, 2.0]).kthvalue(2).values
        tensor(2.)
        """
    def mode(
        self, dim: int = -1, keepdim: bool = False, *, axis: int = ..., keepdims: bool = ...
    ) -> return_types.mode:
        """The most frequent element along `dim`, the smallest if several are; and where its last is.

        >>> tg.tensor([1, 2, 2]).mode().values
        tensor(2)
        """
    @overload
    def unique(
        self,
        sorted: bool = True,
        return_inverse: Literal[False] = False,
        return_counts: Literal[False] = False,
        dim: int | None = None,
    ) -> Tensor:
        """The elements without repetition, sorted; along `dim`, the parts of `input` without it.

        With `return_inverse`, also where each element (or part) is in the result; with `return_counts`,
        also how often each is there. Each nan is another one.

        >>> tg.tensor([2, 1, 2]).unique()
        tensor([1, 2])
        """
    @overload
    def unique(
        self,
        sorted: bool = True,
        return_inverse: bool = False,
        return_counts: bool = False,
        dim: int | None = None,
    ) -> tuple[Tensor, ...]:
        """The elements without repetition, sorted; along `dim`, the parts of `input` without it.

        With `return_inverse`, also where each element (or part) is in the result; with `return_counts`,
        also how often each is there. Each nan is another one.

        >>> tg.tensor([2, 1, 2]).unique()
        tensor([1, 2])
        """
    @overload
    def unique_consecutive(
        self,
        return_inverse: Literal[False] = False,
        return_counts: Literal[False] = False,
        dim: int | None = None,
    ) -> Tensor:
        """The elements without those that equal the one before; the rest as for unique.

        >>> tg.tensor([1, 1, 2, 1]).unique_consecutive()
        tensor([1, 2, 1])
        """
    @overload
    def unique_consecutive(
        self, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
    ) -> tuple[Tensor, ...]:
        """The elements without those that equal the one before; the rest as for unique.

        >>> tg.tensor([1, 1, 2, 1]).unique_consecutive()
        tensor([1, 2, 1])
        """
    def bincount(self, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
        """How often each of 0, 1, 2, ... is there, up to the largest, or to ``minlength - 1``.

        With `weights`, the sum of those that go with it. `input` is a vector of integers >= 0. int64,
        or float64 with `weights`. DtypeError for floats, ShapeError for weights of another shape.

        >>> tg.tensor([0, 1, 1, 3]).bincount()
        tensor([1, 2, 0, 1])
        """
    def histc(self, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
        """How many elements are in each of `bins` equal intervals from `min` to `max`, as floats.

        If these are equal, from the smallest element to the largest. Others are not counted.
        ArgumentError for no bins, or if `min` is above `max`.

        >>> tg.tensor([1.0, 2.0, 3.0]).histc(bins=2, min=0, max=4)
        tensor([1., 2.])
        """
    def histogram(
        self,
        bins: int | Tensor = 100,
        *,
        range: tuple[float, float] | None = None,
        weight: Tensor | None = None,
        density: bool = False,
    ) -> return_types.histogram:
        """How many elements are between each edge and the next: ``(hist, bin_edges)``.

        `bins` are the edges, or how many intervals, all equal, in `range`, or from the smallest element
        to the largest. With `weight`, the sum of the weights; with `density`, divided by their sum, and
        by the interval's length. DtypeError for integers, ShapeError for weights of another shape,
        ArgumentError for edges that do not increase.

        >>> tg.tensor([1.0, 2.0, 3.0]).histogram(2, range=(0.0, 4.0)).hist
        tensor([1., 2.])
        """
    def quantile(
        self,
        q: float | Tensor,
        dim: int | None = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
        axis: int | None = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The number below which a share `q`, from 0 to 1, of the elements lies, of all or along `dim`.

        `q` may be a vector: the result then has one more dimension, in front. Between two elements
        `interpolation` decides: "linear", "lower", "higher", "midpoint" or "nearest". If there is a
        nan, it is nan.

        >>> tg.tensor([1.0, 2.0, 3.0]).quantile(0.5)
        tensor(2.)
        """
    def nanquantile(
        self,
        q: float | Tensor,
        dim: int | None = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
        axis: int | None = ...,
        keepdims: bool = ...,
    ) -> Tensor:
        """The quantile of those elements that are not nan: see quantile.

        >>> tg.tensor([1.0, float("nan")]).nanquantile(0.5)
        tensor(1.)
        """
    @overload
    def median(self) -> Tensor:
        """The element in the middle of the order, the lower one of two; nan, if there is one.

        Along `dim`: ``(values, indices)``. Without `dim`, elements that equal the median share the
        gradient.

        >>> tg.tensor([3.0, 1.0, 2.0]).median()
        tensor(2.)
        """
    @overload
    def median(
        self, dim: int = ..., keepdim: bool = False, *, axis: int = ..., keepdims: bool = ...
    ) -> return_types.median:
        """The element in the middle of the order, the lower one of two; nan, if there is one.

        Along `dim`: ``(values, indices)``. Without `dim`, elements that equal the median share the
        gradient.

        >>> tg.tensor([3.0, 1.0, 2.0]).median()
        tensor(2.)
        """
    @overload
    def nanmedian(self) -> Tensor:
        """The median of those elements that are not nan: see median.

        >>> tg.tensor([1.0, float("nan")]).nanmedian()
        tensor(1.)
        """
    @overload
    def nanmedian(
        self, dim: int = ..., keepdim: bool = False, *, axis: int = ..., keepdims: bool = ...
    ) -> return_types.nanmedian:
        """The median of those elements that are not nan: see median.

        >>> tg.tensor([1.0, float("nan")]).nanmedian()
        tensor(1.)
        """
    def cumsum_(self, dim: int = ..., *, dtype: DTypeLike | None = None, axis: int = ...) -> Tensor:
        """In place, and returned: The sum of all elements up to each place along `dim`. Integers and booleans give int64.

        >>> tg.tensor([1.0, 2.0, 3.0]).cumsum_(dim=0)
        tensor([1., 3., 6.])
        """
    def cumprod_(
        self, dim: int = ..., *, dtype: DTypeLike | None = None, axis: int = ...
    ) -> Tensor:
        """In place, and returned: The product of all elements up to each place along `dim`. Integers give int64.

        >>> tg.tensor([1.0, 2.0, 3.0]).cumprod_(dim=0)
        tensor([1., 2., 6.])
        """
    def numel(self) -> int:
        """The number of elements.

        >>> tg.zeros(2, 3).numel()
        6
        """
    def nelement(self) -> int:
        """The number of elements.

        >>> tg.zeros(2, 3).numel()
        6
        """
    def is_floating_point(self) -> bool:
        """Whether a Tensor holds floats.

        >>> tg.tensor([1.0, 2.0, 3.0]).is_floating_point()
        True
        """
    def is_complex(self) -> bool:
        """False: there are no complex numbers here.

        >>> tg.tensor([1.0, 2.0, 3.0]).is_complex()
        False
        """
    def is_inference(self) -> bool:
        """False: what is made in inference_mode() is a constant as any other here.

        >>> tg.tensor([1.0, 2.0, 3.0]).is_inference()
        False
        """
    def is_nonzero(self) -> bool:
        """Whether the one element of a Tensor is not 0. ArgumentError if there are more, or none.

        >>> tg.is_nonzero(tg.tensor(0.0))
        False
        """
    def is_signed(self) -> bool:
        """Whether its dtype has numbers below 0.

        >>> tg.tensor([3, 1, 2]).is_signed()
        True
        """
    def element_size(self) -> int:
        """How many bytes an element takes.

        >>> tg.tensor([1.0, 2.0, 3.0]).element_size()
        4
        """
    def get_device(self) -> int:
        """The number of the GPU on which it is; -1 on the CPU.

        >>> tg.tensor([1.0, 2.0, 3.0]).get_device()
        -1
        """
    def stride(self, dim: int | None = None, *, axis: int | None = ...) -> tuple[int, ...] | int:
        """How many elements further in memory the next one along each dimension is; or along one.

        >>> tg.zeros(2, 3).stride()
        (3, 1)
        """
    def is_contiguous(self, memory_format: Layout | None = None) -> bool:
        """Whether the elements lie in memory one after the other, row by row.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t().is_contiguous()
        False
        """
    def data_ptr(self) -> int:
        """Where in memory the first element lies.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.data_ptr() == x.data_ptr()
        True
        """
    def storage_offset(self) -> int:
        """How many elements of the memory that this tensor shows lie before its first.

        >>> tg.arange(5)[2:].storage_offset()
        2
        """
    def untyped_storage(self) -> Storage:
        """The memory that this tensor shows.

        >>> tg.tensor([1.0, 2.0, 3.0]).untyped_storage().nbytes()
        12
        """
    def storage(self) -> TypedStorage:
        """The memory that this tensor shows, as elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).storage().tolist()
        [1.0, 2.0, 3.0]
        """
    def pin_memory(self, device: object = None) -> Any:
        """Itself: there is no memory that a GPU reads faster than other. (PyTorch's name.)

        >>> x = tg.ones(2)
        >>> x.pin_memory() is x
        True
        """
    def is_pinned(self, device: object = None) -> bool:
        """False; see pin_memory.

        >>> tg.tensor([1.0, 2.0, 3.0]).is_pinned()
        False
        """
    def select(self, dim: int, index: int) -> Tensor:
        """The entry number `index` along `dim`, without that dimension: ``x.select(1, 2)``, x[:, 2].

        PlaceError (an IndexError) where there is none.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).select(dim=0, index=1)
        tensor([3., 4.])
        """
    def narrow(self, dim: int, start: int | Tensor, length: int) -> Tensor:
        """The `length` entries from number `start` on along `dim`.

        PlaceError or ArgumentError for entries that are not there.

        >>> tg.tensor([1.0, 2.0, 3.0]).narrow(0, 1, 2)
        tensor([2., 3.])
        """
    def unbind(self, dim: int = 0, *, axis: int = ...) -> tuple[Tensor, ...]:
        """All entries along `dim`, each without that dimension.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).unbind()
        (tensor([1., 2.]), tensor([3., 4.]))
        """
    def chunk(self, chunks: int, dim: int = 0, *, axis: int = ...) -> tuple[Tensor, ...]:
        """At most `chunks` parts along `dim`, equally large, but for the last one.

        ArgumentError for 0 chunks.

        >>> tg.tensor([1.0, 2.0, 3.0]).chunk(2)
        (tensor([1., 2.]), tensor([3.]))
        """
    def tensor_split(
        self,
        indices_or_sections: Places | None = None,
        dim: int = 0,
        *,
        sections: int | None = None,
        indices: Places | None = None,
        axis: int = ...,
    ) -> tuple[Tensor, ...]:
        """Parts along `dim`: so many, nearly equally large, or cut before each index of a list.

        Either may be given by its own name. TypeError for neither.

        >>> tg.tensor([1.0, 2.0, 3.0]).tensor_split(2)
        (tensor([1., 2.]), tensor([3.]))
        """
    def hsplit(self, indices_or_sections: Places) -> tuple[Tensor, ...]:
        """Equal parts, or parts cut at indices, side by side: along dimension 1, of a vector 0.

        >>> tg.tensor([1.0, 2.0, 3.0]).hsplit([1])
        (tensor([1.]), tensor([2., 3.]))
        """
    def vsplit(self, indices_or_sections: Places) -> tuple[Tensor, ...]:
        """Equal parts, or parts cut at indices, one below the other: along dimension 0.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).vsplit(2)
        (tensor([[1., 2.]]), tensor([[3., 4.]]))
        """
    def dsplit(self, indices_or_sections: Places) -> tuple[Tensor, ...]:
        """Equal parts, or parts cut at indices, one behind the other: along dimension 2.

        >>> tg.zeros(1, 1, 4).dsplit(2)[0].shape
        (1, 1, 2)
        """
    def movedim(self, source: Sizes, destination: Sizes) -> Tensor:
        """The dimensions `source`, one or several, moved to `destination`; the others stay in order.

        ArgumentError unless both name equally many, each once.

        >>> tg.zeros(2, 3, 4).movedim(0, -1).shape
        (3, 4, 2)
        """
    def moveaxis(self, source: Sizes, destination: Sizes) -> Tensor:
        """The dimensions `source`, one or several, moved to `destination`; the others stay in order.

        ArgumentError unless both name equally many, each once.

        >>> tg.zeros(2, 3, 4).movedim(0, -1).shape
        (3, 4, 2)
        """
    def swapaxes(self, axis0: int, axis1: int) -> Tensor:
        """transpose: two dimensions exchanged.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).swapaxes(0, 1)
        tensor([[1., 3.],
                [2., 4.]])
        """
    def swapdims(self, dim0: int, dim1: int) -> Tensor:
        """Two dimensions exchanged.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).transpose(0, 1)
        tensor([[1., 3.],
                [2., 4.]])
        """
    def adjoint(self) -> Tensor:
        """The last two dimensions exchanged. ShapeError for a vector.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).adjoint()
        tensor([[1., 3.],
                [2., 4.]])
        """
    def ravel(self) -> Tensor:
        """All elements in one dimension.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).ravel()
        tensor([1., 2., 3., 4.])
        """
    def unflatten(self, dim: int, sizes: Sizes) -> Tensor:
        """The dimension `dim` in several, of these `sizes`; one may be -1. The opposite of flatten.

        >>> tg.arange(6).unflatten(0, (2, 3))
        tensor([[0, 1, 2],
                [3, 4, 5]])
        """
    def unfold(self, dimension: int, size: int, step: int = 1) -> Tensor:
        """Windows of `size` entries along a dimension, `step` apart, each as a new last dimension.

        A copy, as an entry may be in several windows. (In PyTorch it is a view.) ArgumentError for
        windows larger than the dimension.

        >>> tg.arange(4).unfold(0, 2, 1)
        tensor([[0, 1],
                [1, 2],
                [2, 3]])
        """
    def broadcast_to(self, *shape: Sizes, size: Sizes | None = None) -> Tensor:
        """Dimensions of size 1 stretched to `shape`, without a copy; -1 keeps a size.

        New dimensions may stand in front. Raises ShapeError.

        >>> tg.tensor([1.0, 2.0, 3.0]).expand(2, 3)
        tensor([[1., 2., 3.],
                [1., 2., 3.]])
        """
    def repeat(self, *repeats: Sizes) -> Tensor:
        """As often as `repeats` says, along each dimension; new dimensions may stand in front.

        ShapeError for fewer numbers than dimensions.

        >>> tg.tensor([1.0, 2.0, 3.0]).repeat(2)
        tensor([1., 2., 3., 1., 2., 3.])
        """
    def tile(self, *repeats: Sizes, dims: Sizes | None = None) -> Tensor:
        """repeat, but that a dimension in front of which nothing is said stays as it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).tile(2)
        tensor([1., 2., 3., 1., 2., 3.])
        """
    def repeat_interleave(
        self,
        repeats: int | Tensor,
        dim: int | None = None,
        *,
        output_size: int | None = None,
        axis: int | None = ...,
    ) -> Tensor:
        """Each entry along `dim` (of all elements, without it) so often: one number, or one for each.

        ``repeat_interleave(tensor([1, 2]), 2)`` is 1, 1, 2, 2. ArgumentError unless they are integers
        >= 0, one or as many as there are entries.

        >>> tg.tensor([1.0, 2.0, 3.0]).repeat_interleave(2)
        tensor([1., 1., 2., 2., 3., 3.])
        """
    def roll(self, shifts: Sizes, dims: Sizes | None = None) -> Tensor:
        """The entries moved on by `shifts` along `dims`; what leaves at the end comes in in front.

        Without `dims`, all elements in a row. ArgumentError unless there are as many `shifts` as
        `dims`.

        >>> tg.tensor([1.0, 2.0, 3.0]).roll(1)
        tensor([3., 1., 2.])
        """
    def flip(self, *order: Sizes, dims: Sizes | None = None) -> Tensor:
        """With the entries in reverse order along some dimensions: a copy.

        >>> tg.tensor([1.0, 2.0, 3.0]).flip(0)
        tensor([3., 2., 1.])
        """
    def fliplr(self) -> Tensor:
        """With the columns in reverse order. ShapeError for a vector.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).fliplr()
        tensor([[2., 1.],
                [4., 3.]])
        """
    def flipud(self) -> Tensor:
        """With the rows in reverse order. ShapeError for a single number.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).flipud()
        tensor([[3., 4.],
                [1., 2.]])
        """
    def rot90(self, k: int = 1, dims: Sizes = ...) -> Tensor:
        """Turned by `k` times 90 degrees, from the first of two dimensions towards the second.

        ArgumentError unless `dims` names two.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).rot90()
        tensor([[2., 4.],
                [1., 3.]])
        """
    def diagonal(self, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
        """The diagonal of the matrices in `dim1` and `dim2`, as the last dimension: a view.

        PlaceError for a single number.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).diagonal()
        tensor([1., 4.])
        """
    def diag_embed(self, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
        """Matrices in `dim1` and `dim2` whose diagonals are the last dimension, and 0 elsewhere.

        (..., n) becomes (..., n, n). PlaceError for a single number.

        >>> tg.diag_embed(tg.tensor([1.0, 2.0]))
        tensor([[1., 0.],
                [0., 2.]])
        """
    def diag(self, diagonal: int = 0) -> Tensor:
        """Of a vector, the matrix with that diagonal; of a matrix, its diagonal, a copy.

        ShapeError for others.

        >>> tg.diag(tg.tensor([1.0, 2.0]))
        tensor([[1., 0.],
                [0., 2.]])
        """
    def diagflat(self, offset: int = 0) -> Tensor:
        """The matrix with all elements along its diagonal.

        >>> tg.diagflat(tg.tensor([1.0, 2.0]))
        tensor([[1., 0.],
                [0., 2.]])
        """
    def tril(self, diagonal: int = 0) -> Tensor:
        """The lower triangle of each matrix, up to a `diagonal`; 0 elsewhere.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).tril()
        tensor([[1., 0.],
                [3., 4.]])
        """
    def triu(self, diagonal: int = 0) -> Tensor:
        """The upper triangle of each matrix, from a `diagonal` on; 0 elsewhere.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).triu()
        tensor([[1., 2.],
                [0., 4.]])
        """
    def tril_(self, diagonal: int = 0) -> Tensor:
        """In place, and returned: The lower triangle of each matrix, up to a `diagonal`; 0 elsewhere.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).tril_()
        tensor([[1., 0.],
                [3., 4.]])
        """
    def triu_(self, diagonal: int = 0) -> Tensor:
        """In place, and returned: The upper triangle of each matrix, from a `diagonal` on; 0 elsewhere.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).triu_()
        tensor([[1., 2.],
                [0., 4.]])
        """
    def squeeze_(self, dim: Dims = None, *, axis: Dims = ...) -> Tensor:
        """This tensor itself, and returned: Without all dimensions of size 1, or without those of `dim` that have size 1.

        >>> tg.tensor([[1.0], [2.0]]).squeeze_(1)
        tensor([1., 2.])
        """
    def unsqueeze_(self, dim: int = ..., *, axis: int = ...) -> Tensor:
        """This tensor itself, and returned: With a new dimension of size 1 at `dim`.

        >>> tg.tensor([1.0, 2.0]).unsqueeze_(1)
        tensor([[1.],
                [2.]])
        """
    def t_(self) -> Tensor:
        """This tensor itself, and returned: A matrix transposed; a vector or a single number stays as it is. Else ShapeError.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t_()
        tensor([[1., 3.],
                [2., 4.]])
        """
    def transpose_(self, dim0: int, dim1: int) -> Tensor:
        """This tensor itself, and returned: Two dimensions exchanged.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).transpose_(0, 1)
        tensor([[1., 3.],
                [2., 4.]])
        """
    def swapaxes_(self, axis0: int, axis1: int) -> Tensor:
        """This tensor itself, and returned: transpose: two dimensions exchanged.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).swapaxes_(0, 1)
        tensor([[1., 3.],
                [2., 4.]])
        """
    def swapdims_(self, dim0: int, dim1: int) -> Tensor:
        """This tensor itself, and returned: Two dimensions exchanged.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).transpose(0, 1)
        tensor([[1., 3.],
                [2., 4.]])
        """
    def split(self, split_size: Sizes, dim: int = 0) -> tuple[Tensor, ...]:
        """Parts along `dim`: of one size (the last may be smaller), or of those in a list.

        >>> tg.tensor([1.0, 2.0, 3.0]).split(2)
        (tensor([1., 2.]), tensor([3.]))
        """
    @property
    def H(self) -> Tensor:
        """A matrix transposed; a single number stays as it is. Else ShapeError.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).H
        tensor([[1., 3.],
                [2., 4.]])
        """
    @property
    def mH(self) -> Tensor:
        """The last two dimensions exchanged, as by mT: the numbers here are real.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).mH
        tensor([[1., 3.],
                [2., 4.]])
        """
    def masked_fill(self, mask: Tensor, value: Operand) -> Tensor:
        """`input`, but `value`, a number, where `mask` (bool) is true. Both broadcast.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.masked_fill(x > 1.5, 0.0)
        tensor([1., 0., 0.])
        """
    def masked_select(self, mask: Tensor) -> Tensor:
        """The elements where `mask` (bool) is true, in one dimension: ``input[mask]``, broadcast.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.masked_select(x > 1.5)
        tensor([2., 3.])
        """
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """`input`, but elements of `source`, one after the other, where `mask` (bool) is true.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.masked_scatter(x > 1.5, tg.tensor([8.0, 9.0]))
        tensor([1., 8., 9.])
        """
    @overload
    def nonzero(self, *, as_tuple: Literal[False] = False) -> Tensor:
        """Where the elements that are not 0 are: one row for each, (how many, dimensions) int64.

        With `as_tuple` a vector for each dimension instead: what stands between brackets, x[...].

        >>> tg.tensor([0, 5, 7]).nonzero()
        tensor([[1],
                [2]])
        """
    @overload
    def nonzero(self, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]:
        """Where the elements that are not 0 are: one row for each, (how many, dimensions) int64.

        With `as_tuple` a vector for each dimension instead: what stands between brackets, x[...].

        >>> tg.tensor([0, 5, 7]).nonzero()
        tensor([[1],
                [2]])
        """
    def argwhere(self) -> Tensor:
        """Where the elements that are not 0 are: one row for each.

        >>> tg.tensor([0, 5, 7]).argwhere()
        tensor([[1],
                [2]])
        """
    def take(self, index: Tensor) -> Tensor:
        """The elements at these places of ``input.ravel()``, in the shape of `index`.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).take(tg.tensor([0, 3]))
        tensor([1., 4.])
        """
    def take_along_dim(
        self, indices: Tensor, dim: int | None = None, *, axis: int | None = ...
    ) -> Tensor:
        """gather, but that `input` and `indices` broadcast; without `dim`, of all elements in a row.

        ShapeError unless both have as many dimensions.

        >>> y = tg.tensor([3.0, 1.0, 2.0])
        >>> y.take_along_dim(y.argsort(), dim=0)
        tensor([1., 2., 3.])
        """
    def put(self, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
        """`input`, but with the elements of `source` at these places of ``input.ravel()``.

        The result has the shape of `input`. PlaceError unless `index` and `source` have as many
        elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).put(tg.tensor([0]), tg.tensor([9.0]))
        tensor([9., 2., 3.])
        """
    def index_put(
        self, indices: Sequence[Tensor], values: Tensor, accumulate: bool = False
    ) -> Tensor:
        """`input`, but with ``input[indices] = values``; or ``+=``, if it is to `accumulate`.

        The result has the shape and dtype of `input`. TypeError if `indices` is no tuple of Tensors.

        >>> tg.tensor([1.0, 2.0, 3.0]).index_put((tg.tensor([0]),), tg.tensor(9.0))
        tensor([9., 2., 3.])
        """
    def index_add(self, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
        """`input`, with each entry of `source` along `dim`, times `alpha`, added where `index` says.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.index_add(0, tg.tensor([0, 0]), tg.tensor([10.0, 20.0]))
        tensor([31.,  2.,  3.])
        """
    def index_copy(self, dim: int, index: Tensor, source: Tensor) -> Tensor:
        """`input`, with each entry of `source` along `dim` where `index` says.

        >>> tg.tensor([1.0, 2.0, 3.0]).index_copy(0, tg.tensor([0]), tg.tensor([9.0]))
        tensor([9., 2., 3.])
        """
    def index_fill(self, dim: int, index: Tensor, value: Operand) -> Tensor:
        """`input`, with a number in all of the entries along `dim` that `index` names.

        >>> tg.tensor([1.0, 2.0, 3.0]).index_fill(0, tg.tensor([0, 2]), 9.0)
        tensor([9., 2., 9.])
        """
    def scatter(
        self,
        dim: int,
        index: Tensor,
        src: Operand | None = None,
        *,
        value: Operand | None = None,
        reduce: str | None = None,
    ) -> Tensor:
        """`input`, but for ``dim=0`` with ``out[index[i][j]][j] = src[i][j]``: the opposite of gather.

        Instead of `src`, a `value` for all. With ``reduce="add"`` it is added to what is there. Where
        several go to one place, the last one stays. The result has the shape and dtype of `input`.
        TypeError for both or neither, ArgumentError for another `reduce`, PlaceError for a place that
        is not there.

        >>> tg.zeros(3).scatter(0, tg.tensor([2]), tg.tensor([5.0]))
        tensor([0., 0., 5.])
        """
    def scatter_add(self, dim: int, index: Tensor, src: Tensor) -> Tensor:
        """`input`, for ``dim=0`` with ``out[index[i][j]][j] += src[i][j]``, as often as it is named.

        The result has the shape and dtype of `input`. PlaceError (an IndexError) for a place that is
        not there.

        >>> tg.zeros(3).scatter_add(0, tg.tensor([2, 2]), tg.ones(2))
        tensor([0., 0., 2.])
        """
    def masked_fill_(self, mask: Tensor, value: Operand) -> Tensor:
        """In place, and returned: `input`, but `value`, a number, where `mask` (bool) is true. Both broadcast.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.masked_fill(x > 1.5, 0.0)
        tensor([1., 0., 0.])
        """
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """In place, and returned: `input`, but elements of `source`, one after the other, where `mask` (bool) is true.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.masked_scatter(x > 1.5, tg.tensor([8.0, 9.0]))
        tensor([1., 8., 9.])
        """
    def put_(self, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
        """In place, and returned: `input`, but with the elements of `source` at these places of ``input.ravel()``.

        The result has the shape of `input`. PlaceError unless `index` and `source` have as many
        elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).put_(tg.tensor([0]), tg.tensor([9.0]))
        tensor([9., 2., 3.])
        """
    def index_put_(
        self, indices: Sequence[Tensor], values: Tensor, accumulate: bool = False
    ) -> Tensor:
        """In place, and returned: `input`, but with ``input[indices] = values``; or ``+=``, if it is to `accumulate`.

        The result has the shape and dtype of `input`. TypeError if `indices` is no tuple of Tensors.

        >>> tg.tensor([1.0, 2.0, 3.0]).index_put_((tg.tensor([0]),), tg.tensor(9.0))
        tensor([9., 2., 3.])
        """
    def index_add_(self, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
        """In place, and returned: `input`, with each entry of `source` along `dim`, times `alpha`, added where `index` says.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.index_add(0, tg.tensor([0, 0]), tg.tensor([10.0, 20.0]))
        tensor([31.,  2.,  3.])
        """
    def index_copy_(self, dim: int, index: Tensor, source: Tensor) -> Tensor:
        """In place, and returned: `input`, with each entry of `source` along `dim` where `index` says.

        >>> tg.tensor([1.0, 2.0, 3.0]).index_copy_(0, tg.tensor([0]), tg.tensor([9.0]))
        tensor([9., 2., 3.])
        """
    def index_fill_(self, dim: int, index: Tensor, value: Operand) -> Tensor:
        """In place, and returned: `input`, with a number in all of the entries along `dim` that `index` names.

        >>> tg.tensor([1.0, 2.0, 3.0]).index_fill_(0, tg.tensor([0, 2]), 9.0)
        tensor([9., 2., 9.])
        """
    def scatter_(
        self,
        dim: int,
        index: Tensor,
        src: Operand | None = None,
        *,
        value: Operand | None = None,
        reduce: str | None = None,
    ) -> Tensor:
        """In place, and returned: `input`, but for ``dim=0`` with ``out[index[i][j]][j] = src[i][j]``: the opposite of gather.

        Instead of `src`, a `value` for all. With ``reduce="add"`` it is added to what is there. Where
        several go to one place, the last one stays. The result has the shape and dtype of `input`.
        TypeError for both or neither, ArgumentError for another `reduce`, PlaceError for a place that
        is not there.

        >>> tg.zeros(3).scatter_(0, tg.tensor([2]), tg.tensor([5.0]))
        tensor([0., 0., 5.])
        """
    def scatter_add_(self, dim: int, index: Tensor, src: Tensor) -> Tensor:
        """In place, and returned: `input`, for ``dim=0`` with ``out[index[i][j]][j] += src[i][j]``, as often as it is named.

        The result has the shape and dtype of `input`. PlaceError (an IndexError) for a place that is
        not there.

        >>> tg.zeros(3).scatter_add_(0, tg.tensor([2, 2]), tg.ones(2))
        tensor([0., 0., 2.])
        """
    def fill_diagonal_(self, fill_value: Operand, wrap: bool = False) -> Tensor:
        """Set the diagonal to a number, in place: of a matrix, or of a tensor of equal sizes.

        With `wrap`, a tall matrix has further diagonals, each a row below the last one's end.
        ShapeError for others.

        >>> tg.zeros(2, 2).fill_diagonal_(1.0)
        tensor([[1., 0.],
                [0., 1.]])
        """
    def bmm(self, mat2: Tensor) -> Tensor:
        """The product of each matrix with that at the same place: (b, n, k), (b, k, m): (b, n, m).

        ShapeError for others.

        >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
        >>> tg.bmm(a, a.mT)
        tensor([[[ 5.]],
        <BLANKLINE>
                [[25.]]])
        """
    def mv(self, vec: Tensor) -> Tensor:
        """The product of a matrix (n, k) with a vector (k,): (n,).

        >>> tg.mv(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 1.0]))
        tensor([3., 7.])
        """
    def dot(self, tensor: Tensor) -> Tensor:
        """The sum of the products of two vectors' elements.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> tg.dot(x, x)
        tensor(14.)
        """
    def vdot(self, other: Tensor) -> Tensor:
        """dot: the numbers here are real.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> tg.vdot(x, x)
        tensor(14.)
        """
    def outer(self, vec2: Tensor) -> Tensor:
        """All products of an element of one vector (n,) with one of another (m,): (n, m).

        >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0, 3.0]))
        tensor([[1., 2., 3.],
                [2., 4., 6.]])
        """
    def ger(self, vec2: Tensor) -> Tensor:
        """All products of an element of one vector (n,) with one of another (m,): (n, m).

        >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0, 3.0]))
        tensor([[1., 2., 3.],
                [2., 4., 6.]])
        """
    def inner(self, other: Tensor) -> Tensor:
        """The sums over the last dimension of both; of a single number, the product.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> tg.inner(x, x)
        tensor(14.)
        """
    def kron(self, other: Tensor) -> Tensor:
        """Kronecker's product: `other` times each element of `input`, laid out as these lie.

        >>> tg.kron(tg.eye(2), tg.tensor([1.0, 2.0]))
        tensor([[1., 2., 0., 0.],
                [0., 0., 1., 2.]])
        """
    def matrix_power(self, n: int) -> Tensor:
        """A square matrix (or several) times itself, `n` in all; for n=0 ones along the diagonal.

        If `n` is negative, its inverse. ShapeError for a matrix that is not square.

        >>> tg.matrix_power(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 2)
        tensor([[ 7., 10.],
                [15., 22.]])
        """
    def trace(self) -> Tensor:
        """The sum of the diagonal of a matrix.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).trace()
        tensor(5.)
        """
    def cross(self, other: Tensor, dim: int | None = None) -> Tensor:
        """The vectors at right angles to two others, of 3 numbers along `dim`; the others broadcast.

        Without `dim`, the first dimension of size 3. ShapeError where there are no 3.

        >>> tg.cross(tg.tensor([1.0, 0.0, 0.0]), tg.tensor([0.0, 1.0, 0.0]), dim=0)
        tensor([0., 0., 1.])
        """
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
        """``beta * input + alpha * (mat1 @ mat2)``, of matrices; `input` broadcasts.

        >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> tg.addmm(tg.ones(2, 2), a, a, beta=0.5)
        tensor([[ 7.5000, 10.5000],
                [15.5000, 22.5000]])
        """
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
        """``beta * input + alpha * (mat @ vec)``, of a matrix and a vector; `input` broadcasts.

        >>> tg.addmv(tg.ones(2), tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.ones(2))
        tensor([4., 8.])
        """
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
        """``beta * input + alpha * outer(vec1, vec2)``; `input` broadcasts. (n,) and (m,) give (n, m).

        >>> tg.addr(tg.zeros(2, 3), tg.ones(2), tg.tensor([1.0, 2.0, 3.0]))
        tensor([[1., 2., 3.],
                [1., 2., 3.]])
        """
    def addbmm(
        self, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
    ) -> Tensor:
        """``beta * input + alpha * bmm(batch1, batch2).sum(0)``; `input` broadcasts.

        >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
        >>> tg.addbmm(tg.tensor([[100.0]]), a, a.mT)  # 100 + 5 + 25
        tensor([[130.]])
        """
    def baddbmm(
        self, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
    ) -> Tensor:
        """``beta * input + alpha * bmm(batch1, batch2)``; `input` broadcasts.

        >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
        >>> tg.baddbmm(tg.tensor([[[100.0]]]), a, a.mT).flatten()
        tensor([105., 125.])
        """
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
        """In place, and returned: ``beta * input + alpha * (mat1 @ mat2)``, of matrices; `input` broadcasts.

        >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> tg.addmm(tg.ones(2, 2), a, a, beta=0.5)
        tensor([[ 7.5000, 10.5000],
                [15.5000, 22.5000]])
        """
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
        """In place, and returned: ``beta * input + alpha * (mat @ vec)``, of a matrix and a vector; `input` broadcasts.

        >>> tg.addmv(tg.ones(2), tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.ones(2))
        tensor([4., 8.])
        """
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
        """In place, and returned: ``beta * input + alpha * outer(vec1, vec2)``; `input` broadcasts. (n,) and (m,) give (n, m).

        >>> tg.addr(tg.zeros(2, 3), tg.ones(2), tg.tensor([1.0, 2.0, 3.0]))
        tensor([[1., 2., 3.],
                [1., 2., 3.]])
        """
    def addbmm_(
        self, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
    ) -> Tensor:
        """In place, and returned: ``beta * input + alpha * bmm(batch1, batch2).sum(0)``; `input` broadcasts.

        >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
        >>> tg.addbmm(tg.tensor([[100.0]]), a, a.mT)  # 100 + 5 + 25
        tensor([[130.]])
        """
    def baddbmm_(
        self, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
    ) -> Tensor:
        """In place, and returned: ``beta * input + alpha * bmm(batch1, batch2)``; `input` broadcasts.

        >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
        >>> tg.baddbmm(tg.tensor([[[100.0]]]), a, a.mT).flatten()
        tensor([105., 125.])
        """
