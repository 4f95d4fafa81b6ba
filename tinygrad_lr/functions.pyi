"""Written by tests/stubs.py: what tinygrad_lr.functions offers, for type checkers and editors."""

import builtins
from collections.abc import Sequence
from tinygrad_lr import return_types
from tinygrad_lr.dtypes import DTypeLike
from tinygrad_lr.layouts import Layout
from tinygrad_lr.signatures import Dims
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Sizes
from tinygrad_lr.signatures import Tensor
from typing import overload

def mul(input: Operand, other: Operand) -> Tensor:
    """``mul`` of `input` and `other`, element by element, broadcasting."""

def div(input: Operand, other: Operand) -> Tensor:
    """``div`` of `input` and `other`, element by element, broadcasting."""

def eq(input: Operand, other: Operand) -> Tensor:
    """``eq`` of `input` and `other`, element by element, broadcasting."""

def ne(input: Operand, other: Operand) -> Tensor:
    """``ne`` of `input` and `other`, element by element, broadcasting."""

def lt(input: Operand, other: Operand) -> Tensor:
    """``lt`` of `input` and `other`, element by element, broadcasting."""

def le(input: Operand, other: Operand) -> Tensor:
    """``le`` of `input` and `other`, element by element, broadcasting."""

def gt(input: Operand, other: Operand) -> Tensor:
    """``gt`` of `input` and `other`, element by element, broadcasting."""

def ge(input: Operand, other: Operand) -> Tensor:
    """``ge`` of `input` and `other`, element by element, broadcasting."""

def bitwise_and(input: Operand, other: Operand) -> Tensor:
    """``and`` of `input` and `other`, element by element, broadcasting."""

def bitwise_or(input: Operand, other: Operand) -> Tensor:
    """``or`` of `input` and `other`, element by element, broadcasting."""

def bitwise_not(input: Tensor) -> Tensor:
    """``not`` of each element."""

def neg(input: Tensor) -> Tensor:
    """``neg`` of each element."""

def abs(input: Tensor) -> Tensor:
    """``abs`` of each element."""

def sign(input: Tensor) -> Tensor:
    """``sign`` of each element."""

def relu(input: Tensor) -> Tensor:
    """``relu`` of each element."""

def isfinite(input: Tensor) -> Tensor:
    """``isfinite`` of each element."""

def isnan(input: Tensor) -> Tensor:
    """``isnan`` of each element."""

def exp(input: Tensor) -> Tensor:
    """``exp`` of each element."""

def log(input: Tensor) -> Tensor:
    """``log`` of each element."""

def sqrt(input: Tensor) -> Tensor:
    """``sqrt`` of each element."""

def sin(input: Tensor) -> Tensor:
    """``sin`` of each element."""

def cos(input: Tensor) -> Tensor:
    """``cos`` of each element."""

def tanh(input: Tensor) -> Tensor:
    """``tanh`` of each element."""

def sigmoid(input: Tensor) -> Tensor:
    """``sigmoid`` of each element."""

def clone(input: Tensor, *, memory_format: Layout | None = None) -> Tensor:
    """A copy with memory of its own, through which gradients flow."""

def pow(input: Operand, exponent: Operand) -> Tensor:
    """``input ** exponent``, element by element, broadcasting.

    Raises ArgumentError for integers with a negative exponent, DtypeError for booleans.
    """

def positive(input: Tensor) -> Tensor:
    """`input` itself. DtypeError for booleans."""

def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input + alpha * other``, element by element, broadcasting."""

def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input - alpha * other``, element by element, broadcasting."""

def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both elements are true (not 0), broadcasting. Gives bool."""

def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether at least one of the elements is true (not 0), broadcasting. Gives bool."""

def logical_not(input: Tensor) -> Tensor:
    """Whether the element is false (0). Gives bool."""

def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The ``maximum`` of each pair of elements, broadcasting."""

def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The ``minimum`` of each pair of elements, broadcasting."""

def where(condition: Tensor, input: Operand, other: Operand) -> Tensor:
    """`input` where `condition` (a bool Tensor) is true, `other` elsewhere; all broadcast.

    Raises TypeError if the condition is not bool.
    """

def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.
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
    """

def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is along `dim`, or in the flattened tensor: int64.

    Raises PlaceError (an IndexError) for no elements.
    """

def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is along `dim`, or in the flattened tensor: int64.

    Raises PlaceError (an IndexError) for no elements.
    """

def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> Tensor:
    """The variance over `dim` (one, several, or all): ``sum((x - mean)**2) / (n - correction)``.

    n is the number of elements. `correction` is 1 if `unbiased`, else 0, unless it is given.
    TypeError for integers and booleans.
    """

def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> Tensor:
    """The standard deviation over `dim`: the square root of var."""

def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """``log(sum(exp(input)))`` over `dim`, without overflow."""

def softmax(input: Tensor, dim: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """``exp(x) / sum(exp(x))`` along `dim`: positive numbers that sum to 1.

    Computed in `dtype` if that is given. DtypeError for integers and booleans.
    """

def log_softmax(input: Tensor, dim: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """``log(softmax(x))`` along `dim`, more precise than in two steps."""

def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all elements over `dim` (one, several, or all) are true (not 0)."""

def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether any element over `dim` (one, several, or all) is true (not 0)."""

def matmul(input: Operand, other: Operand) -> Tensor:
    """The matrix product of vectors, matrices, or batches of matrices, as NumPy's ``@``.

    (..., n, k) and (..., k, m) give (..., n, m). TypeError for a number, different dtypes, or
    booleans.
    """

def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, (n, k) and (k, m): (n, m). ShapeError for anything else."""

def reshape(input: Tensor, *sizes: Sizes, shape: Sizes | None = None) -> Tensor:
    """The same elements in another shape. One size may be -1: it follows from the others.

    Shares memory with `input` where that is possible. Raises ShapeError.
    """

def view(input: Tensor, *sizes: Sizes, size: Sizes | None = None) -> Tensor:
    """reshape, but always on the same memory; ShapeError where that is not possible."""

def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """With the dimensions `start_dim` to `end_dim` merged into one: (2, 3, 4) becomes (24,)."""

def permute(input: Tensor, *order: Sizes, dims: Sizes | None = None) -> Tensor:
    """The dimensions in another order, which names each of them once, else ShapeError."""

def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged."""

def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector or a single number stays as it is. Else ShapeError."""

def squeeze(input: Tensor, dim: Dims = None) -> Tensor:
    """Without all dimensions of size 1, or without those of `dim` that have size 1."""

def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1 at `dim`."""

def expand(input: Tensor, *shape: Sizes, size: Sizes | None = None) -> Tensor:
    """Dimensions of size 1 stretched to `shape`, without a copy; -1 keeps a size.

    New dimensions may stand in front. Raises ShapeError.
    """

def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)
    """

def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension `dim`."""

def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The entries of `input` along `dim` that `index`, a vector of integers, names; in its order.

    Raises PlaceError (an IndexError), or TypeError if `index` does not hold integers.
    """

def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """One entry for each element of `index`: for ``dim=0``, ``out[i][j] = input[index[i][j]][j]``.

    The result has the shape of `index`, which has as many dimensions as `input`. Raises ShapeError,
    PlaceError (an IndexError), or TypeError if `index` does not hold integers.
    """
