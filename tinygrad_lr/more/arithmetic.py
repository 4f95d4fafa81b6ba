"""Division with a remainder, bits, and questions about elements."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import functions, ops
from ..device import Array, item, xp
from ..dtypes import number, promote, same_dtype
from ..errors import ArgumentError, DtypeError, no_booleans
from ..forms import formed
from ..functions import (
    bitwise_and,
    bitwise_not,
    bitwise_or,
    eq,
    ge,
    isnan,
    le,
    ne,
    positive,
    sub,
    where,
)
from ..graph import Op, Value
from ..signatures import (
    BOOL,
    OF_PAIRS,
    Binary,
    Operand,
    Tensor,
    are_alike,
    binary,
    checked,
    is_boolean,
    is_integer,
    named,
    same_kind,
    together,
    truth,
)
from . import table

__all__ = ["allclose", "bitwise_and", "bitwise_left_shift", "bitwise_not", "bitwise_or"]
__all__ += ["bitwise_right_shift", "bitwise_xor", "div", "equal"]
__all__ += ["floor_divide", "fmax", "fmin", "fmod", "heaviside", "isclose", "isinf", "isneginf"]
__all__ += ["isposinf", "isreal", "logical_xor", "positive", "remainder", "rsub", "signbit"]


def _without_gradient(op: Op, instead: str) -> Op:
    """The same, but that a gradient through it is refused, as in PyTorch; do `instead`."""

    def refuse(*args: Any) -> Any:
        raise ArgumentError(f"{op.name}: there is no gradient of it; {instead}")

    return Op(op.name, op.forward, refuse, refuse, view=False, needs=op.needs)


# -------------------------------------------------------------------------------------- division


def _divided(op: Op, *shown: str) -> Binary:
    """The function of two operands for `op`, a division that leaves a remainder.

    Of integers it gives integers. DtypeError for booleans alone, ArgumentError for an integer by 0.
    """

    def function(input: Operand, other: Operand) -> Tensor:
        if is_boolean(input) and is_boolean(other):
            raise no_booleans(op.name)
        if is_integer(input) and is_integer(other) and not (type(other) is int and other):
            divisor = np.asarray(other) if not isinstance(other, Value) else other.array
            check_divisor(divisor, op.name)
        if are_alike(input, other, "iu"):
            return op(input, other)
        return together(op, input, other)

    doc = OF_PAIRS.replace("TypeError", "ArgumentError for an integer by 0, TypeError")
    return named(function, op, doc, *shown)


@formed
def check_divisor(divisor: Array, name: str) -> None:
    """Raise ArgumentError if one of the integers in `divisor` is 0."""
    if item((divisor == 0).any()):
        raise ArgumentError(
            f"{name}: ZeroDivisionError: an integer is divided by 0; as floats, x.float(), that is "
            "inf or nan"
        )


_floor_divide, _trunc_divide = _divided(table.floor_divide), _divided(table.trunc_divide)
floor_divide = _divided(
    _without_gradient(table.floor_divide, "div(x, y, rounding_mode='floor') has one: 0"),
    "``input / other``, rounded down",
    "[7.0, -7.0]",
    "2",
    "[ 3., -4.]",
)
remainder = _divided(
    table.remainder,
    "What is left of ``input / other``, with the sign of `other`",
    "[7.0, -7.0]",
    "3",
    "[1., 2.]",
)
_fmod = _divided(table.fmod)


def fmod(input: Tensor, other: Operand) -> Tensor:
    """What is left of `input` after division by `other`, with the sign of `input`; they broadcast.

    Integers give integers; ArgumentError if one is divided by 0.

    >>> tg.tensor([-3.0, 5.5]).fmod(2)
    tensor([-1.0000,  1.5000])
    """
    return _fmod(checked(input, "fmod"), other)


def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``, element by element, broadcasting.

    The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
    become float32, unless they are rounded. ArgumentError for another mode.

    >>> tg.tensor([7, -7]).div(2, rounding_mode="floor")
    tensor([ 3, -4])
    """
    if rounding_mode is None:
        return functions.div(input, other)
    if rounding_mode not in ("floor", "trunc"):
        raise ArgumentError(
            f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}"
        )
    return (_floor_divide if rounding_mode == "floor" else _trunc_divide)(input, other)


def rsub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``other - alpha * input``. The two broadcast.

    >>> tg.rsub(tg.tensor([1.0, 2.0, 3.0]), 10)
    tensor([9., 8., 7.])
    """
    return sub(other, input, alpha=alpha)


# ------------------------------------------------------------------------------- larger and smaller


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each pair of elements; of a number and nan, the number.

    >>> tg.fmax(tg.tensor([1.0, float("nan")]), tg.tensor(0.5))
    tensor([1.0000, 0.5000])
    """
    a, b = promote("fmax", checked(input, "fmax"), checked(other, "fmax"))
    return where(ge(a, b) | isnan(b), a, b)


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each pair of elements; of a number and nan, the number.

    >>> tg.fmin(tg.tensor([1.0, float("nan")]), tg.tensor(0.5))
    tensor([0.5000, 0.5000])
    """
    a, b = promote("fmin", checked(input, "fmin"), checked(other, "fmin"))
    return where(le(a, b) | isnan(b), a, b)


_heaviside = _without_gradient(table.heaviside, "relu(x) has one")


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 where `input` is negative, 1 where it is positive, `values` where it is 0.

    The two broadcast, and have one dtype. DtypeError if not.

    >>> tg.tensor([-1.0, 0.0, 2.0]).heaviside(tg.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    same_dtype("heaviside", input=checked(input, "heaviside"), values=checked(values, "heaviside"))
    return _heaviside(input, values)


# ----------------------------------------------------------------------------------- bits and logic

bitwise_xor = binary(table.bitwise_xor, "The bits that one has", "[5, 6]", "4", "[1, 2]")


_OF_BITS = """The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

>>> tg.tensor({1}).{0}(2)
tensor({2})
"""


def _shifted(op: Op, *shown: str) -> Binary:
    """The function of two operands for `op`, which moves the bits of integers."""

    def function(input: Operand, other: Operand) -> Tensor:
        values: Any = promote(op.name, input, other)
        if not all(is_integer(v) for v in values):
            raise DtypeError(f"{op.name}: moves the bits of integers, and got floats")
        if all(is_boolean(v) for v in values):
            raise no_booleans(op.name)
        return op(*values)

    return named(function, op, _OF_BITS, *shown)


bitwise_left_shift = _shifted(table.left_shift, "[1, 2]", "[4, 8]")
bitwise_right_shift = _shifted(table.right_shift, "[4, 9]", "[1, 2]")


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether one of the elements is true (not 0), and the other is not. Gives bool.

    >>> tg.tensor([0, 1]).logical_xor(tg.tensor([1, 1]))
    tensor([ True, False])
    """
    return ne(truth(input, "logical_xor"), truth(other, "logical_xor"))


# ---------------------------------------------------------------------------------------- questions

isinf = same_kind(
    table.isinf, "Whether it is infinite", "[1.0, 1e99]", "[False,  True]", dtype=BOOL
)
signbit = same_kind(
    table.signbit, "Whether it has a minus", "[1.0, -0.0]", "[False,  True]", dtype=BOOL
)


def isposinf(input: Tensor) -> Tensor:
    """Whether each element is infinity.

    >>> tg.isposinf(tg.tensor([1.0, float("inf")]))
    tensor([False,  True])
    """
    return eq(checked(input, "isposinf"), math.inf)


def isneginf(input: Tensor) -> Tensor:
    """Whether each element is minus infinity.

    >>> tg.isneginf(tg.tensor([1.0, -float("inf")]))
    tensor([False,  True])
    """
    return eq(checked(input, "isneginf"), -math.inf)


def isreal(input: Tensor) -> Tensor:
    """True for each element: there are no complex numbers here.

    >>> tg.isreal(tg.tensor([1.0, 2.0, 3.0]))
    tensor([True, True, True])
    """
    array = checked(input, "isreal").array
    return input.wrap(xp(array).ones(array.shape, bool))


def isclose(
    input: Tensor,
    other: Tensor,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> Tensor:
    """Whether ``|input - other| <= atol + rtol * |other|``, for each pair of elements.

    With `equal_nan`, nan is close to nan. DtypeError for Tensors of different dtypes.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.isclose(x, x + 1e-9)
    tensor([True, True, True])
    """
    same_dtype("isclose", input=checked(input, "isclose"), other=checked(other, "isclose"))
    tolerances = {"rtol": number(rtol), "atol": number(atol)}
    for name, value in tolerances.items():
        if not isinstance(value, (int, float)):
            raise TypeError(f"isclose: {name} must be a number, got {type(value).__name__}")
        if not value >= 0:
            raise ArgumentError(f"isclose: {name} must be >= 0, got {value!r}")
    return table.isclose(input, other, equal_nan=bool(equal_nan), **tolerances)


def allclose(
    input: Tensor,
    other: Tensor,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> bool:
    """Whether all elements are close: isclose.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.allclose(x, x + 1e-9)
    True
    """
    return bool(functions.all(isclose(input, other, rtol, atol, equal_nan)))


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements. (nan equals nothing.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.equal(x, x.clone())
    True
    """
    if checked(input, "equal").array.shape != checked(other, "equal").array.shape:
        return False
    return bool(ops.all(eq(input, other), axis=None, keepdims=False))
