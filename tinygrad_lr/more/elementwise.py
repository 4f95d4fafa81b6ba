"""Functions of each element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dtypes import Number, as_value, at_least_float32, cast, integer, number, promote
from ..errors import DtypeError, no_booleans
from ..functions import add, clamp, clone, div, eq, isnan, mul, pow, where
from ..graph import Op, Value
from ..signatures import (
    KEPT,
    OF_EACH,
    OF_PAIRS,
    Binary,
    Operand,
    Tensor,
    Unary,
    as_float,
    check_float,
    checked,
    is_integer,
    named,
    same_kind,
    seen_as,
    unary,
)
from . import table

__all__ = ["acos", "acosh", "addcdiv", "addcmul", "asin", "asinh", "atan", "atan2", "atanh"]
__all__ += ["ceil", "clamp_max", "clamp_min", "copysign", "cosh", "deg2rad", "erf", "erfc"]
__all__ += ["erfinv", "exp2", "expm1", "float_power", "floor", "frac", "hypot", "lerp"]
__all__ += ["log1p", "log2", "log10", "logaddexp", "logaddexp2", "logit", "nan_to_num", "rad2deg"]
__all__ += ["reciprocal", "round", "rsqrt", "sinc", "sinh", "square", "tan", "trunc", "xlogy"]

# ------------------------------------------------------------------------ functions of one operand

# With what their docstrings show: what they give, of which numbers.
tan = unary(table.tan, "The tangent (in radians)", "[0.0, 1.0]", "[0.0000, 1.5574]")
asin = unary(table.asin, "The angle with this sine", "[0.0, 1.0]", "[0.0000, 1.5708]")
acos = unary(table.acos, "The angle with this cosine", "[0.0, 1.0]", "[1.5708, 0.0000]")
atan = unary(table.atan, "The angle with this tangent", "[0.0, 1.0]", "[0.0000, 0.7854]")
sinh = unary(table.sinh, "``(e**x - e**-x) / 2``", "[0.0, 1.0]", "[0.0000, 1.1752]")
cosh = unary(table.cosh, "``(e**x + e**-x) / 2``", "[0.0, 1.0]", "[1.0000, 1.5431]")
asinh = unary(table.asinh, "The inverse of sinh", "[0.0, 1.0]", "[0.0000, 0.8814]")
acosh = unary(table.acosh, "The inverse of cosh", "[1.0, 2.0]", "[0.0000, 1.3170]")
atanh = unary(table.atanh, "The inverse of tanh", "[0.0, 0.5]", "[0.0000, 0.5493]")
expm1 = unary(table.expm1, "``e**x - 1``, precise near 0", "[0.0, 1.0]", "[0.0000, 1.7183]")
exp2 = unary(table.exp2, "``2 ** x``", "[0.0, 3.0]", "[1., 8.]")
log1p = unary(table.log1p, "``log(1 + x)``, precise near 0", "[0.0, 1.0]", "[0.0000, 0.6931]")
log2 = unary(table.log2, "The logarithm to base 2", "[1.0, 8.0]", "[0., 3.]")
log10 = unary(table.log10, "The logarithm to base 10", "[1.0, 1000.0]", "[0., 3.]")
erf = unary(
    table.erf,
    "``2 / sqrt(pi)`` times the integral of e**-t**2 up to x",
    "[0.0, 1.0]",
    "[0.0000, 0.8427]",
)
erfc = unary(table.erfc, "``1 - erf(x)``, precise also near 0", "[0.0, 1.0]", "[1.0000, 0.1573]")
erfinv = unary(table.erfinv, "The inverse of erf", "[0.0, 0.8427]", "[0.0000, 1.0000]")
rsqrt = unary(table.rsqrt, "``1 / sqrt(x)``", "[1.0, 4.0]", "[1.0000, 0.5000]")
reciprocal = unary(table.reciprocal, "``1 / x``", "[1.0, 4.0]", "[1.0000, 0.2500]")
sinc = unary(table.sinc, "``sin(pi * x) / (pi * x)``", "[0.0, 0.5]", "[1.0000, 0.6366]")


def square(input: Tensor) -> Tensor:
    """``input ** 2``. The shape and dtype stay (booleans become int64).

    >>> tg.tensor([1.0, 2.0, 3.0]).square()
    tensor([1., 4., 9.])
    """
    return pow(checked(input, "square"), 2)


def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians. Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([180.0, 90.0]).deg2rad()
    tensor([3.1416, 1.5708])
    """
    return mul(as_float(input, "deg2rad"), math.pi / 180.0)


def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees. Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([3.14159]).rad2deg()
    tensor([179.9999])
    """
    return mul(as_float(input, "rad2deg"), 180.0 / math.pi)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """``log(input / (1 - input))``, the inverse of sigmoid; first brought to [eps, 1 - eps].

    Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([0.5, 0.9]).logit()
    tensor([0.0000, 2.1972])
    """
    input = as_float(input, "logit")
    if eps is not None:
        input = clamp(input, min=eps, max=1.0 - eps)
    return at_least_float32(table.logit, input)


@seen_as("NanToNum")
def nan_to_num(
    input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """`input` with other numbers in the place of nan, infinity and minus infinity.

    The last two, unless they are given, are the largest and the smallest number that the dtype has.

    >>> tg.tensor([1.0, float("nan")]).nan_to_num(nan=0.0)
    tensor([1., 0.])
    """
    if checked(input, "nan_to_num").array.dtype.kind != "f":
        return clone(input)
    limits = np.finfo(input.array.dtype)
    high = float(limits.max) if posinf is None else posinf
    low = float(limits.min) if neginf is None else neginf
    finite = where(eq(input, math.inf), high, where(eq(input, -math.inf), low, input))
    return where(isnan(input), 0.0 if nan is None else nan, finite)


# -------------------------------------------------------------------------------------- to integers


def _whole(op: Op, *shown: str) -> Unary:
    """The function of one Tensor for `op`, which rounds: integers stay what they are."""
    rounded = same_kind(op, masks=False)

    def function(input: Tensor) -> Tensor:
        if checked(input, op.name).array.dtype.kind in "iu":
            return clone(input)
        return rounded(input)

    return named(function, op, OF_EACH, *shown, KEPT + " DtypeError for booleans.")


floor = _whole(table.floor, "The integer at or below it", "[1.5, -1.5]", "[ 1., -2.]")
ceil = _whole(table.ceil, "The integer at or above it", "[1.5, -1.5]", "[ 2., -1.]")
trunc = _whole(table.trunc, "Without what is behind the point", "[1.5, -1.5]", "[ 1., -1.]")


def round(input: Tensor, *, decimals: int | None = None) -> Tensor:
    """Each element rounded to so many `decimals`; of two that are equally near, to the even one.

    With negative `decimals`, to tens, hundreds and so on. Integers stay what they are; DtypeError
    if they are to have `decimals`.

    >>> tg.tensor([0.5, 1.26]).round(decimals=1)
    tensor([0.5000, 1.3000])
    """
    places = integer(decimals or 0)
    if places is None:
        raise TypeError(f"round: decimals must be an integer, got {decimals!r}")
    if checked(input, "round").array.dtype == bool:
        raise no_booleans("round")
    if input.array.dtype.kind != "f":
        if decimals is not None:
            raise DtypeError(
                f"round: integers ({input.array.dtype}) have no decimals; use x.float() first"
            )
        return clone(input)
    return at_least_float32(table.round, input, decimals=places)


def frac(input: Tensor) -> Tensor:
    """What is behind the point, with the sign of the element. DtypeError for integers.

    >>> tg.tensor([1.5, -0.25]).frac()
    tensor([ 0.5000, -0.2500])
    """
    check_float("frac", checked(input, "frac"))
    return table.frac(input)


# ----------------------------------------------------------------------- functions of two operands


def _pair(op: Op, *shown: str, floats: bool = False) -> Binary:
    """The function of two Tensors for `op`, which computes in floats.

    Integers become float32 if `floats`; else two of them are a DtypeError.
    """

    def function(input: Operand, other: Operand) -> Tensor:
        checked(input, op.name)
        values = promote(op.name, input, checked(other, op.name), floats=floats)
        check_float(op.name, values[0])
        return at_least_float32(op, *values)

    return named(function, op, OF_PAIRS, *shown)


_ONE = "tg.tensor([1.0, 0.0])"
atan2 = _pair(
    table.atan2,
    "The angle of the point (other, input)",
    "[1.0, 1.0]",
    _ONE,
    "[0.7854, 1.5708]",
    floats=True,
)
hypot = _pair(table.hypot, "``sqrt(input**2 + other**2)``", "[3.0]", "tg.tensor([4.0])", "[5.]")
logaddexp = _pair(
    table.logaddexp, "``log(e**input + e**other)``", "[1.0, 0.0]", _ONE, "[1.6931, 0.6931]"
)
logaddexp2 = _pair(
    table.logaddexp2, "``log2(2**input + 2**other)``", "[1.0, 0.0]", _ONE, "[2., 1.]"
)


def copysign(input: Tensor, other: Operand) -> Tensor:
    """The size of `input` with the sign of `other`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).copysign(-1.0)
    tensor([-1., -2., -3.])
    """
    checked(input, "copysign")
    return at_least_float32(table.copysign, *promote("copysign", input, other, floats=True))


def xlogy(input: Operand, other: Operand) -> Tensor:
    """``input * log(other)``; where `input` is 0, it is 0, whatever the logarithm.

    The two broadcast, and one may be a number. Integers become float32.

    >>> tg.tensor([0.0, 2.0]).xlogy(tg.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    like: Any = input if isinstance(input, Value) else checked(other, "xlogy")
    values = [as_value(like, v, "xlogy") for v in (input, other)]
    return at_least_float32(table.xlogy, *promote("xlogy", *values, floats=True))


def float_power(input: Operand, exponent: Operand) -> Tensor:
    """``input ** exponent``, in float64.

    >>> tg.float_power(tg.tensor([2, 3]), 2)
    tensor([4., 9.], dtype=float64)
    """
    wide = (cast(v, "float64") if isinstance(v, Value) else v for v in (input, exponent))
    return pow(*wide)


def clamp_min(input: Tensor, min: Operand) -> Tensor:
    """Each element, but at least `min`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_min(2)
    tensor([2., 2., 3.])
    """
    return clamp(input, min=min)


def clamp_max(input: Tensor, max: Operand) -> Tensor:
    """Each element, but at most `max`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_max(2)
    tensor([1., 2., 2.])
    """
    return clamp(input, max=max)


# --------------------------------------------------------------------- functions of three operands


def lerp(input: Tensor, end: Tensor, weight: Operand) -> Tensor:
    """The point between `input` (where `weight` is 0) and `end` (where it is 1).

    `weight` is a number, or a Tensor of one for each element. All are floats of one dtype.
    DtypeError if not.

    >>> tg.lerp(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), 0.5)
    tensor([0.5000, 1.0000, 1.5000])
    """
    check_float("lerp", checked(input, "lerp"))
    others = {"end": checked(end, "lerp"), "weight": number(weight)}
    for name, other in others.items():
        if isinstance(other, Value) and other.array.dtype != input.array.dtype:
            raise DtypeError(
                f"lerp: input is {input.array.dtype}, {name} is {other.array.dtype}; convert one "
                "with .to(dtype)"
            )
    return at_least_float32(table.lerp, input, end, weight)


@seen_as("Addcmul")
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``.

    All three broadcast, and come to one dtype. DtypeError for booleans.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.addcmul(tg.ones(3), x, x, value=0.1)
    tensor([1.1000, 1.4000, 1.9000])
    """
    given = (checked(t, "addcmul") for t in (input, tensor1, tensor2))
    input, tensor1, tensor2 = promote("addcmul", *given)
    return _plus("addcmul", input, mul(tensor1, tensor2), value)


@seen_as("Addcdiv")
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``. DtypeError if both are of integers.

    All three broadcast.

    >>> y = tg.tensor([3.0, 1.0, 2.0])
    >>> tg.addcdiv(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), y)
    tensor([0.3333, 2.0000, 1.5000])
    """
    if is_integer(checked(tensor1, "addcdiv")) and is_integer(tensor2):
        raise DtypeError("addcdiv: tensor1 and tensor2 hold integers; use tensor1.float()")
    return _plus("addcdiv", input, div(tensor1, tensor2), value)


def _plus(name: str, input: Tensor, product: Tensor, value: Number) -> Tensor:
    if checked(input, name).array.dtype == bool and product.array.dtype == bool:
        raise no_booleans(name)
    factor = number(value)
    if not isinstance(factor, (int, float)):
        raise TypeError(f"{name}: value must be a number, got {type(value).__name__}")
    if isinstance(factor, float) and is_integer(input) and is_integer(product):
        raise DtypeError(f"{name}: value must be an integer beside integers, got {value!r}")
    return add(input, product, alpha=int(factor) if isinstance(factor, bool) else factor)
