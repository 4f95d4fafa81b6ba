"""Written by tests/stubs.py: what tinygrad_lr.functions offers, for type checkers and editors."""

import builtins
from collections.abc import Sequence
from tinygrad_lr import return_types
from tinygrad_lr.device import Shape
from tinygrad_lr.dtypes import DTypeLike
from tinygrad_lr.graph import Op
from tinygrad_lr.layouts import Layout
from tinygrad_lr.signatures import Dims
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Sizes
from tinygrad_lr.signatures import Tensor
from typing import overload

def div(input: Operand, other: Operand) -> Tensor:
    """``input / other``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 3.0]).div(2)
    tensor([0.5000, 1.5000])
    """

def mul(input: Operand, other: Operand) -> Tensor:
    """``input * other``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).mul(tg.tensor([3.0, 4.0]))
    tensor([3., 8.])
    """

def eq(input: Operand, other: Operand) -> Tensor:
    """Whether they are equal, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).eq(2)
    tensor([False,  True])
    """

def ne(input: Operand, other: Operand) -> Tensor:
    """Whether they differ, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).ne(2)
    tensor([ True, False])
    """

def lt(input: Operand, other: Operand) -> Tensor:
    """``input < other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).lt(2)
    tensor([ True, False])
    """

def le(input: Operand, other: Operand) -> Tensor:
    """``input <= other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([2.0, 3.0]).le(2)
    tensor([ True, False])
    """

def gt(input: Operand, other: Operand) -> Tensor:
    """``input > other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([2.0, 3.0]).gt(2)
    tensor([False,  True])
    """

def ge(input: Operand, other: Operand) -> Tensor:
    """``input >= other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).ge(2)
    tensor([False,  True])
    """

def bitwise_and(input: Operand, other: Operand) -> Tensor:
    """The bits that both have, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([5, 6]).bitwise_and(4)
    tensor([4, 4])
    """

def bitwise_or(input: Operand, other: Operand) -> Tensor:
    """The bits that either has, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1, 2]).bitwise_or(4)
    tensor([5, 6])
    """

def bitwise_not(input: Tensor) -> Tensor:
    """The other bits, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.tensor([True, False]).bitwise_not()
    tensor([False,  True])
    """

def neg(input: Tensor) -> Tensor:
    """``-x``, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).neg()
    tensor([-1.,  2.])
    """

def abs(input: Tensor) -> Tensor:
    """How far it is from 0, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).abs()
    tensor([1., 2.])
    """

def sign(input: Tensor) -> Tensor:
    """-1, 0 or 1: its sign, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.tensor([3.0, 0.0, -2.0]).sign()
    tensor([ 1.,  0., -1.])
    """

def relu(input: Tensor) -> Tensor:
    """``max(x, 0)``, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).relu()
    tensor([1., 0.])
    """

def isfinite(input: Tensor) -> Tensor:
    """Not infinite, nor nan, of each element. `input` is of any shape, which the result has too.

    Gives bool. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 1e99]).isfinite()
    tensor([ True, False])
    """

def isnan(input: Tensor) -> Tensor:
    """Whether it is nan, of each element. `input` is of any shape, which the result has too.

    Gives bool. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, float("nan")]).isnan()
    tensor([False,  True])
    """

def exp(input: Tensor) -> Tensor:
    """``e ** x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).exp()
    tensor([1.0000, 2.7183])
    """

def log(input: Tensor) -> Tensor:
    """The natural logarithm, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).log()
    tensor([0.0000, 0.6931])
    """

def sqrt(input: Tensor) -> Tensor:
    """The square root, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([4.0, 9.0]).sqrt()
    tensor([2., 3.])
    """

def sin(input: Tensor) -> Tensor:
    """The sine (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sin()
    tensor([0.0000, 0.8415])
    """

def cos(input: Tensor) -> Tensor:
    """The cosine (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).cos()
    tensor([1.0000, 0.5403])
    """

def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent, from -1 to 1, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).tanh()
    tensor([0.0000, 0.7616])
    """

def sigmoid(input: Tensor) -> Tensor:
    """``1 / (1 + e**-x)``, from 0 to 1, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sigmoid()
    tensor([0.5000, 0.7311])
    """

def clone(input: Tensor, *, memory_format: Layout | None = None) -> Tensor:
    """A copy with memory of its own, through which gradients flow.

    Its shape and dtype are those of `input`.

    >>> tg.tensor([1.0, 2.0, 3.0]).clone()
    tensor([1., 2., 3.])
    """

def pow(input: Operand, exponent: Operand) -> Tensor:
    """``input ** exponent``, element by element, broadcasting.

    Raises ArgumentError for integers with a negative exponent, DtypeError for booleans.

    >>> tg.tensor([1.0, 2.0, 3.0]).pow(2)
    tensor([1., 4., 9.])
    """

def positive(input: Tensor) -> Tensor:
    """`input` itself. DtypeError for booleans.

    >>> tg.positive(tg.tensor([1.0, 2.0, 3.0]))
    tensor([1., 2., 3.])
    """

def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input + alpha * other``, element by element, broadcasting.

    >>> tg.tensor([1.0, 2.0, 3.0]).add(1, alpha=10)
    tensor([11., 12., 13.])
    """

def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input - alpha * other``, element by element, broadcasting.

    >>> tg.tensor([1.0, 2.0, 3.0]).sub(1, alpha=10)
    tensor([-9., -8., -7.])
    """

def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both elements are true (not 0), broadcasting. Gives bool.

    >>> tg.tensor([0, 1]).logical_and(tg.tensor([2, 3]))
    tensor([False,  True])
    """

def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether at least one of the elements is true (not 0), broadcasting. Gives bool.

    >>> tg.tensor([0, 1]).logical_or(tg.tensor([0, 0]))
    tensor([False,  True])
    """

def logical_not(input: Tensor) -> Tensor:
    """Whether the element is false (0). Gives bool.

    >>> tg.tensor([0, 1]).logical_not()
    tensor([ True, False])
    """

def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 4.0]).maximum(tg.tensor([3.0, 2.0]))
    tensor([3., 4.])
    """

def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 4.0]).minimum(tg.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """

def where(condition: Tensor, input: Operand, other: Operand) -> Tensor:
    """`input` where `condition` (a bool Tensor) is true, `other` elsewhere; all broadcast.

    Raises TypeError if the condition is not bool.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.where(x > 1.5, x, 0.0)
    tensor([0., 2., 3.])
    """

def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
    tensor([1.5000, 2.0000, 2.5000])
    """

def sum(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    axis: Dims = None,
    keepdims: bool = False,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """The sum over `dim` (one, several, or all). Integers and booleans give int64.

    With `keepdim`, the summed dimensions stay, with size 1. `axis` and `keepdims` are NumPy's names
    for the same.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=1)
    tensor([3., 7.])
    """

def mean(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    axis: Dims = None,
    keepdims: bool = False,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """The mean over `dim` (one, several, or all), computed in `dtype` if that is given.

    DtypeError for integers and booleans.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).mean(dim=0, keepdim=True)
    tensor([[2., 3.]])
    """

@overload
def max(input: Tensor) -> Tensor: ...
@overload
def max(input: Tensor, dim: int, keepdim: bool = False) -> return_types.max: ...
@overload
def max(input: Tensor, dim: Tensor) -> Tensor: ...
@overload
def min(input: Tensor) -> Tensor: ...
@overload
def min(input: Tensor, dim: int, keepdim: bool = False) -> return_types.min: ...
@overload
def min(input: Tensor, dim: Tensor) -> Tensor: ...
def amax(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    axis: Dims = None,
    keepdims: bool = False,
) -> Tensor:
    """The largest element over `dim` (one, several, or all).

    Equal ones share the gradient evenly.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).amax(dim=(0, 1))
    tensor(4.)
    """

def amin(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    axis: Dims = None,
    keepdims: bool = False,
) -> Tensor:
    """The smallest element over `dim` (one, several, or all).

    Equal ones share the gradient evenly.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).amin(dim=0)
    tensor([1., 2.])
    """

def argmax(
    input: Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    axis: int | None = ...,
    keepdims: bool = ...,
) -> Tensor:
    """Where the largest element is along `dim`, or in the flattened tensor: int64.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([3.0, 1.0, 2.0]).argmax()
    tensor(0)
    """

def argmin(
    input: Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    axis: int | None = ...,
    keepdims: bool = ...,
) -> Tensor:
    """Where the smallest element is along `dim`, or in the flattened tensor: int64.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([3.0, 1.0, 2.0]).argmin()
    tensor(1)
    """

def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
    axis: Dims = ...,
    keepdims: bool = ...,
) -> Tensor:
    """The variance over `dim` (one, several, or all): ``sum((x - mean)**2) / (n - correction)``.

    n is the number of elements. `correction` is 1 if `unbiased`, else 0, unless it is given.
    TypeError for integers and booleans.

    >>> tg.tensor([1.0, 2.0, 3.0]).var()
    tensor(1.)
    """

def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
    axis: Dims = ...,
    keepdims: bool = ...,
) -> Tensor:
    """The standard deviation over `dim`: the square root of var.

    >>> tg.tensor([1.0, 2.0, 3.0]).std()
    tensor(1.)
    """

def logsumexp(
    input: Tensor, dim: Dims = ..., keepdim: bool = False, *, axis: Dims = ..., keepdims: bool = ...
) -> Tensor:
    """``log(sum(exp(input)))`` over `dim`, without overflow.

    >>> tg.tensor([1.0, 2.0, 3.0]).logsumexp(dim=0)
    tensor(3.4076)
    """

def softmax(
    input: Tensor, dim: int = ..., *, dtype: DTypeLike | None = None, axis: int = ...
) -> Tensor:
    """``exp(x) / sum(exp(x))`` along `dim`: positive numbers that sum to 1.

    Computed in `dtype` if that is given. DtypeError for integers and booleans.

    >>> tg.tensor([1.0, 2.0, 3.0]).softmax(dim=0)
    tensor([0.0900, 0.2447, 0.6652])
    """

def log_softmax(
    input: Tensor, dim: int = ..., *, dtype: DTypeLike | None = None, axis: int = ...
) -> Tensor:
    """``log(softmax(x))`` along `dim`, more precise than in two steps.

    >>> tg.tensor([1.0, 2.0, 3.0]).log_softmax(dim=0)
    tensor([-2.4076, -1.4076, -0.4076])
    """

def softmax_by(op: Op, name: str, input: Tensor, dim: int, dtype: DTypeLike | None) -> Tensor:
    """softmax or log_softmax, by the entry `op`; TypeError if `dim` is None, or for integers."""

def all(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    axis: Dims = ...,
    keepdims: bool = ...,
) -> Tensor:
    """Whether all elements over `dim` (one, several, or all) are true (not 0).

    >>> (tg.tensor([[1.0, 2.0], [3.0, 4.0]]) > 1).all()
    tensor(False)
    """

def any(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    axis: Dims = ...,
    keepdims: bool = ...,
) -> Tensor:
    """Whether any element over `dim` (one, several, or all) is true (not 0).

    >>> (tg.tensor([[1.0, 2.0], [3.0, 4.0]]) > 3).any(dim=1)
    tensor([False,  True])
    """

def matmul(input: Operand, other: Operand) -> Tensor:
    """The matrix product of vectors, matrices, or batches of matrices, as NumPy's ``@``.

    (..., n, k) and (..., k, m) give (..., n, m). TypeError for a number, different dtypes, or
    booleans.

    >>> tg.matmul(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """

def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, (n, k) and (k, m): (n, m). ShapeError for anything else.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.mm(a, a)
    tensor([[ 7., 10.],
            [15., 22.]])
    """

def reshape(input: Tensor, *sizes: Sizes, shape: Sizes | None = None) -> Tensor:
    """The same elements in another shape. One size may be -1: it follows from the others.

    Shares memory with `input` where that is possible. Raises ShapeError.

    >>> tg.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """

def view(input: Tensor, *sizes: Sizes, size: Sizes | None = None) -> Tensor:
    """reshape, but always on the same memory; ShapeError where that is not possible.

    >>> tg.arange(6).view(3, 2)
    tensor([[0, 1],
            [2, 3],
            [4, 5]])
    """

def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """With the dimensions `start_dim` to `end_dim` merged into one: (2, 3, 4) becomes (24,).

    ArgumentError if `start_dim` comes after `end_dim`.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).flatten()
    tensor([1., 2., 3., 4.])
    """

def permute(input: Tensor, *order: Sizes, dims: Sizes | None = None) -> Tensor:
    """The dimensions in another order, which names each of them once, else ShapeError.

    >>> tg.zeros(2, 3, 4).permute(2, 0, 1).shape
    (4, 2, 3)
    """

def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).transpose(0, 1)
    tensor([[1., 3.],
            [2., 4.]])
    """

def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector or a single number stays as it is. Else ShapeError.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t()
    tensor([[1., 3.],
            [2., 4.]])
    """

def squeeze(input: Tensor, dim: Dims = None, *, axis: Dims = ...) -> Tensor:
    """Without all dimensions of size 1, or without those of `dim` that have size 1.

    >>> tg.tensor([[1.0], [2.0]]).squeeze(1)
    tensor([1., 2.])
    """

def unsqueeze(input: Tensor, dim: int = ..., *, axis: int = ...) -> Tensor:
    """With a new dimension of size 1 at `dim`.

    >>> tg.tensor([1.0, 2.0]).unsqueeze(1)
    tensor([[1.],
            [2.]])
    """

def expand(input: Tensor, *shape: Sizes, size: Sizes | None = None) -> Tensor:
    """Dimensions of size 1 stretched to `shape`, without a copy; -1 keeps a size.

    New dimensions may stand in front. Raises ShapeError.

    >>> tg.tensor([1.0, 2.0, 3.0]).expand(2, 3)
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """

def expanded(have: Shape, wanted: Shape) -> Shape:
    """The shape that expanding `have` to `wanted` gives; ShapeError if that cannot be."""

def cat(tensors: Sequence[Tensor], dim: int = 0, *, axis: int = ...) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.cat([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """

def joined(values: list[Tensor], dim: int) -> Tensor:
    """What cat gives for Tensors of one dtype."""

def stack(tensors: Sequence[Tensor], dim: int = 0, *, axis: int = ...) -> Tensor:
    """Tensors of one shape joined along a new dimension `dim`.

    >>> tg.stack([tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0])], dim=1)
    tensor([[1., 3.],
            [2., 4.]])
    """

def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The entries of `input` along `dim` that `index`, a vector of integers, names; in its order.

    Raises PlaceError (an IndexError), or TypeError if `index` does not hold integers.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_select(0, tg.tensor([2, 0]))
    tensor([3., 1.])
    """

def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """One entry for each element of `index`: for ``dim=0``, ``out[i][j] = input[index[i][j]][j]``.

    The result has the shape of `index`, which has as many dimensions as `input`. Raises ShapeError,
    PlaceError (an IndexError), or TypeError if `index` does not hold integers.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).gather(1, tg.tensor([[1], [0]]))
    tensor([[2.],
            [3.]])
    """
