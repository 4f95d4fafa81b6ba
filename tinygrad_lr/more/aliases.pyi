"""Written by tests/stubs.py: what tinygrad_lr.more.aliases offers, for type checkers and editors."""

import builtins
from collections.abc import Sequence
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Sizes
from tinygrad_lr.signatures import Tensor

def multiply(input: Operand, other: Operand) -> Tensor:
    """``input * other``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).mul(tg.tensor([3.0, 4.0]))
    tensor([3., 8.])
    """

def subtract(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input - alpha * other``, element by element, broadcasting.

    >>> tg.tensor([1.0, 2.0, 3.0]).sub(1, alpha=10)
    tensor([-9., -8., -7.])
    """

def true_divide(input: Operand, other: Operand) -> Tensor:
    """``input / other``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 3.0]).div(2)
    tensor([0.5000, 1.5000])
    """

def divide(input: Operand, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``, element by element, broadcasting.

    The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
    become float32, unless they are rounded. ArgumentError for another mode.

    >>> tg.tensor([7, -7]).div(2, rounding_mode="floor")
    tensor([ 3, -4])
    """

def negative(input: Tensor) -> Tensor:
    """``-x``, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).neg()
    tensor([-1.,  2.])
    """

def absolute(input: Tensor) -> Tensor:
    """How far it is from 0, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).abs()
    tensor([1., 2.])
    """

def sgn(input: Tensor) -> Tensor:
    """-1, 0 or 1: its sign, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.tensor([3.0, 0.0, -2.0]).sign()
    tensor([ 1.,  0., -1.])
    """

def clip(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
    tensor([1.5000, 2.0000, 2.5000])
    """

def fix(input: Tensor) -> Tensor:
    """Without what is behind the point, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).trunc()
    tensor([ 1., -1.])
    """

def greater(input: Operand, other: Operand) -> Tensor:
    """``input > other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([2.0, 3.0]).gt(2)
    tensor([False,  True])
    """

def greater_equal(input: Operand, other: Operand) -> Tensor:
    """``input >= other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).ge(2)
    tensor([False,  True])
    """

def less(input: Operand, other: Operand) -> Tensor:
    """``input < other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).lt(2)
    tensor([ True, False])
    """

def less_equal(input: Operand, other: Operand) -> Tensor:
    """``input <= other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([2.0, 3.0]).le(2)
    tensor([ True, False])
    """

def not_equal(input: Operand, other: Operand) -> Tensor:
    """Whether they differ, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).ne(2)
    tensor([ True, False])
    """

def arcsin(input: Tensor) -> Tensor:
    """The angle with this sine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asin()
    tensor([0.0000, 1.5708])
    """

def arccos(input: Tensor) -> Tensor:
    """The angle with this cosine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).acos()
    tensor([1.5708, 0.0000])
    """

def arctan(input: Tensor) -> Tensor:
    """The angle with this tangent, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).atan()
    tensor([0.0000, 0.7854])
    """

def arcsinh(input: Tensor) -> Tensor:
    """The inverse of sinh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asinh()
    tensor([0.0000, 0.8814])
    """

def arccosh(input: Tensor) -> Tensor:
    """The inverse of cosh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).acosh()
    tensor([0.0000, 1.3170])
    """

def arctanh(input: Tensor) -> Tensor:
    """The inverse of tanh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).atanh()
    tensor([0.0000, 0.5493])
    """

def arctan2(input: Operand, other: Operand) -> Tensor:
    """The angle of the point (other, input), of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 1.0]).atan2(tg.tensor([1.0, 0.0]))
    tensor([0.7854, 1.5708])
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

    ArgumentError unless both name equally many, each once.

    >>> tg.zeros(2, 3, 4).movedim(0, -1).shape
    (3, 4, 2)
    """

def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of an element of one vector (n,) with one of another (m,): (n, m).

    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.],
            [2., 4., 6.]])
    """
