"""Written by tests/stubs.py: what tinygrad_lr.more.arithmetic offers, for type checkers and editors."""

import builtins
from tinygrad_lr.device import Array
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Tensor

def check_divisor(divisor: Array, name: str) -> None:
    """Raise ArgumentError if one of the integers in `divisor` is 0."""

def floor_divide(input: Operand, other: Operand) -> Tensor:
    """``input / other``, rounded down, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

    >>> tg.tensor([7.0, -7.0]).floor_divide(2)
    tensor([ 3., -4.])
    """

def remainder(input: Operand, other: Operand) -> Tensor:
    """What is left of ``input / other``, with the sign of `other`, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

    >>> tg.tensor([7.0, -7.0]).remainder(3)
    tensor([1., 2.])
    """

def fmod(input: Tensor, other: Operand) -> Tensor:
    """What is left of `input` after division by `other`, with the sign of `input`; they broadcast.

    Integers give integers; ArgumentError if one is divided by 0.

    >>> tg.tensor([-3.0, 5.5]).fmod(2)
    tensor([-1.0000,  1.5000])
    """

def div(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``, element by element, broadcasting.

    The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
    become float32, unless they are rounded. ArgumentError for another mode.

    >>> tg.tensor([7, -7]).div(2, rounding_mode="floor")
    tensor([ 3, -4])
    """

def rsub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``other - alpha * input``. The two broadcast.

    >>> tg.rsub(tg.tensor([1.0, 2.0, 3.0]), 10)
    tensor([9., 8., 7.])
    """

def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each pair of elements; of a number and nan, the number.

    >>> tg.fmax(tg.tensor([1.0, float("nan")]), tg.tensor(0.5))
    tensor([1.0000, 0.5000])
    """

def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each pair of elements; of a number and nan, the number.

    >>> tg.fmin(tg.tensor([1.0, float("nan")]), tg.tensor(0.5))
    tensor([0.5000, 0.5000])
    """

def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 where `input` is negative, 1 where it is positive, `values` where it is 0.

    The two broadcast, and have one dtype. DtypeError if not.

    >>> tg.tensor([-1.0, 0.0, 2.0]).heaviside(tg.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """

def bitwise_xor(input: Operand, other: Operand) -> Tensor:
    """The bits that one has, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([5, 6]).bitwise_xor(4)
    tensor([1, 2])
    """

def bitwise_left_shift(input: Operand, other: Operand) -> Tensor:
    """The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

    >>> tg.tensor([1, 2]).bitwise_left_shift(2)
    tensor([4, 8])
    """

def bitwise_right_shift(input: Operand, other: Operand) -> Tensor:
    """The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

    >>> tg.tensor([4, 9]).bitwise_right_shift(2)
    tensor([1, 2])
    """

def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether one of the elements is true (not 0), and the other is not. Gives bool.

    >>> tg.tensor([0, 1]).logical_xor(tg.tensor([1, 1]))
    tensor([ True, False])
    """

def isinf(input: Tensor) -> Tensor:
    """Whether it is infinite, of each element. `input` is of any shape, which the result has too.

    Gives bool. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 1e99]).isinf()
    tensor([False,  True])
    """

def signbit(input: Tensor) -> Tensor:
    """Whether it has a minus, of each element. `input` is of any shape, which the result has too.

    Gives bool. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -0.0]).signbit()
    tensor([False,  True])
    """

def isposinf(input: Tensor) -> Tensor:
    """Whether each element is infinity.

    >>> tg.isposinf(tg.tensor([1.0, float("inf")]))
    tensor([False,  True])
    """

def isneginf(input: Tensor) -> Tensor:
    """Whether each element is minus infinity.

    >>> tg.isneginf(tg.tensor([1.0, -float("inf")]))
    tensor([False,  True])
    """

def isreal(input: Tensor) -> Tensor:
    """True for each element: there are no complex numbers here.

    >>> tg.isreal(tg.tensor([1.0, 2.0, 3.0]))
    tensor([True, True, True])
    """

def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Whether ``|input - other| <= atol + rtol * |other|``, for each pair of elements.

    With `equal_nan`, nan is close to nan. DtypeError for Tensors of different dtypes.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.isclose(x, x + 1e-9)
    tensor([True, True, True])
    """

def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> bool:
    """Whether all elements are close: isclose.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.allclose(x, x + 1e-9)
    True
    """

def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements. (nan equals nothing.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.equal(x, x.clone())
    True
    """

from tinygrad_lr.functions import bitwise_and as bitwise_and
from tinygrad_lr.functions import bitwise_not as bitwise_not
from tinygrad_lr.functions import bitwise_or as bitwise_or
from tinygrad_lr.functions import positive as positive
