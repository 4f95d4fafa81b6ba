"""Written by tests/stubs.py: what tinygrad_lr.more.aliases offers, for type checkers and editors."""

import builtins
from collections.abc import Sequence
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Sizes
from tinygrad_lr.signatures import Tensor

def multiply(input: Operand, other: Operand) -> Tensor:
    """``mul`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.mul(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def subtract(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input - alpha * other``, element by element, broadcasting.

    >>> tg.sub(tg.tensor([1.0, 2.0, 3.0]), 1, alpha=10)
    tensor([-9., -8., -7.])
    """

def true_divide(input: Operand, other: Operand) -> Tensor:
    """``div`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.div(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def divide(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``, element by element, broadcasting.

    The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc".

    >>> tg.div(tg.tensor([7, -7]), 2, rounding_mode="floor")
    tensor([ 3, -4])
    """

def negative(input: Tensor) -> Tensor:
    """``neg`` of each element of a tensor, of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.neg(tg.ones(2, 3)).shape
    (2, 3)
    """

def absolute(input: Tensor) -> Tensor:
    """``abs`` of each element of a tensor, of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.abs(tg.ones(2, 3)).shape
    (2, 3)
    """

def sgn(input: Tensor) -> Tensor:
    """``sign`` of each element of a tensor, of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.sign(tg.ones(2, 3)).shape
    (2, 3)
    """

def clip(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
    tensor([1.5000, 2.0000, 2.5000])
    """

def fix(input: Tensor) -> Tensor:
    """``trunc`` of each element of a tensor, of any shape, which the result has too.

    Integers stay what they are. TypeError for what is no Tensor.

    >>> tg.trunc(tg.ones(2, 3)).shape
    (2, 3)
    """

def greater(input: Operand, other: Operand) -> Tensor:
    """``gt`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.gt(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def greater_equal(input: Operand, other: Operand) -> Tensor:
    """``ge`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.ge(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def less(input: Operand, other: Operand) -> Tensor:
    """``lt`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.lt(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def less_equal(input: Operand, other: Operand) -> Tensor:
    """``le`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.le(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def not_equal(input: Operand, other: Operand) -> Tensor:
    """``ne`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.ne(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def arcsin(input: Tensor) -> Tensor:
    """``asin`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.asin(tg.ones(2, 3)).shape
    (2, 3)
    """

def arccos(input: Tensor) -> Tensor:
    """``acos`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.acos(tg.ones(2, 3)).shape
    (2, 3)
    """

def arctan(input: Tensor) -> Tensor:
    """``atan`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.atan(tg.ones(2, 3)).shape
    (2, 3)
    """

def arcsinh(input: Tensor) -> Tensor:
    """``asinh`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.asinh(tg.ones(2, 3)).shape
    (2, 3)
    """

def arccosh(input: Tensor) -> Tensor:
    """``acosh`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.acosh(tg.ones(2, 3)).shape
    (2, 3)
    """

def arctanh(input: Tensor) -> Tensor:
    """``atanh`` of each element of a tensor, of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.atanh(tg.ones(2, 3)).shape
    (2, 3)
    """

def arctan2(input: Operand, other: Operand) -> Tensor:
    """``atan2`` of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.atan2(tg.ones(2, 1), tg.ones(3)).shape
    (2, 3)
    """

def concat(tensors: Sequence[Tensor], dim: int = 0, *, axis: int = ...) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.cat([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """

def concatenate(tensors: Sequence[Tensor], dim: int = 0, *, axis: int = ...) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.cat([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """

def row_stack(tensors: Sequence[Tensor]) -> Tensor:
    """One below the other: joined along dimension 0, vectors as rows.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.vstack([x, x])
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """

def moveaxis(input: Tensor, source: Sizes, destination: Sizes) -> Tensor:
    """The dimensions `source`, one or several, moved to `destination`; the others stay in order.

    >>> tg.zeros(2, 3, 4).movedim(0, -1).shape
    (3, 4, 2)
    """

def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of an element of one vector (n,) with one of another (m,): (n, m).

    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.],
            [2., 4., 6.]])
    """
