"""How a function of PyTorch's signature is made of an entry of the table.

An entry wants its arguments in one form: of one dtype, axes as a tuple counted from the front,
sizes as a tuple of ints. Here is what brings whatever a caller gives into that form, or says in
words what is wrong with it. functions.py and more/ are made of it.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from .device import Array, Shape
from .dtypes import (
    NoOperand,
    Number,
    at_least_float32,
    bool_,
    cast,
    default_dtype,
    flag,
    float16,
    float32,
    int32,
    int64,
    integer,
    number,
    promote,
)
from .errors import ArgumentError, DtypeError, PlaceError, ShapeError, no_booleans, not_a_tensor
from .forms import formed
from .graph import Op, Value
from .losses import all_below

if TYPE_CHECKING:  # Tensor is made of these; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"

Operand: TypeAlias = "Tensor | Array | Number"
Dims: TypeAlias = int | tuple[int, ...] | list[int] | None  # one, several, or all
Sizes: TypeAlias = int | tuple[int, ...] | list[int]  # f(2, 3) or f((2, 3))
Unary: TypeAlias = "Callable[[Tensor], Tensor]"
Binary: TypeAlias = "Callable[[Operand, Operand], Tensor]"
F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


@functools.lru_cache(256)
def shown_as(op: Op, shown: str) -> Op:
    """The same entry by another name in grad_fn: where PyTorch has one for each of its functions.

    (``x.t()`` is made by TBackward0, ``x.transpose(0, 1)`` by TransposeBackward0.)
    """
    twin = copy.copy(op)  # with the same forms
    twin.shown = shown
    return twin


def seen_as(shown: str) -> Callable[[F], F]:
    """A decorator: what a function gives has this name in grad_fn, as in PyTorch.

    For a function made of others: without it, that would be the name of the last of them.
    """

    def decorated(function: F) -> F:
        @functools.wraps(function)
        def named(*args: Any, **options: Any) -> Any:
            result = function(*args, **options)
            if result.node is not None and id(result) not in map(id, args):
                result.node.op = shown_as(result.node.op, shown)
            return result

        return named  # type: ignore[return-value]

    return decorated


# ------------------------------------------------------------------------ functions of one operand


def checked(input: T, name: str) -> T:
    """`input`; TypeError if it is no Tensor."""
    if not isinstance(input, Value):
        raise not_a_tensor(name, input)
    return input


def check_float(name: str, input: Tensor) -> None:
    """Raise DtypeError if `input` holds integers or booleans."""
    if input.array.dtype.kind != "f":
        raise DtypeError(
            f"{name}: needs floats, and this tensor is {input.array.dtype}; use x.float()"
        )


def as_float(input: Tensor, name: str) -> Tensor:
    """`input`; integers and booleans as float32."""
    return input if checked(input, name).array.dtype.kind == "f" else cast(input, default_dtype())


# What the docstrings of such functions have in common. Each has besides its name what it gives, an
# example, and what becomes of the dtype.
OF_EACH = """{1}, of each element. `input` is of any shape, which the result has too.

{4} TypeError for what is no Tensor.

>>> tg.tensor({2}).{0}()
tensor({3})
"""
KEPT, BOOL = "The dtype stays what it is.", "Gives bool."
# The functions of which the entries have the names of operators.
CALLED = {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "not": "bitwise_not"}
CALLED |= {"lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift"}
OF_PAIRS = """{1}, of each pair of elements. The shapes are any that broadcast.

ShapeError if they do not, TypeError for what is nothing to compute with.

>>> tg.tensor({2}).{0}({3})
tensor({4})
"""


def unary(op: Op, *shown: str) -> Unary:
    """The function of one Tensor for `op`, which computes in floats: integers become float32.

    What is `shown` in its docstring: what it gives, some numbers, and what it gives of these.
    """

    def function(input: Tensor) -> Tensor:
        return at_least_float32(op, as_float(input, op.name))

    return named(function, op, OF_EACH, *shown, "Integers become float32.")


def same_kind(op: Op, *shown: str, masks: bool = True, dtype: str = KEPT) -> Unary:
    """The function of one Tensor for `op`, which computes in the dtype of the Tensor.

    Unless it takes `masks`, booleans are a DtypeError. `shown` is that of unary; `dtype` says what
    it gives, for the docstring.
    """

    def function(input: Tensor) -> Tensor:
        if not masks and checked(input, op.name).array.dtype == bool_:
            raise no_booleans(op.name)
        return op(checked(input, op.name))

    return named(function, op, OF_EACH, *shown, dtype + " DtypeError for booleans." * (not masks))


def named(function: F, op: Op, doc: str, *shown: str) -> F:
    """`function`, named as `op`; its docstring is `doc`, in which that name and `shown` stand."""
    name = CALLED.get(op.name, op.name)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc.format(name, *shown) if len(shown) > 1 else None  # None: of one within
    return function


def truth(input: Tensor, name: str) -> Tensor:
    """`input` as bool: whether each element is not 0."""
    return cast(checked(input, name), bool_)


# ----------------------------------------------------------------------- functions of two operands


def binary(op: Op, *shown: str, **rules: bool) -> Binary:
    """The function of two operands for `op`; `rules` says how they are brought together: promote.

    Two Tensors of one dtype are the usual case, and are tried first. What is `shown` in its
    docstring: what it gives, some numbers, what they are taken with, and what it gives of these.
    """
    kinds = _kinds(**rules)

    def function(input: Operand, other: Operand) -> Tensor:
        if are_alike(input, other, kinds):
            return op(input, other)
        return together(op, input, other, **rules)

    return named(function, op, OF_PAIRS, *shown)


def _kinds(masks: bool = True, floats: bool = False) -> str:
    """The kinds of dtypes that by these rules of promote are left what they are."""
    return "f" if floats else "biuf" if masks else "iuf"


def are_alike(a: Operand, b: Operand, kinds: str = "f") -> bool:
    """Whether one is a Tensor of a dtype of these `kinds`, and the other is of that dtype too.

    Or it is a Python number that leaves this dtype what it is.
    """
    if not isinstance(a, Value):
        a, b = b, a
    if not isinstance(a, Value):
        return False
    dtype = a.array.dtype
    if isinstance(b, Value):
        return b.array.dtype is dtype and dtype.kind in kinds
    if dtype.kind == "f":
        return type(b) in (float, int) and dtype.itemsize > 2
    return _is_int64(b) and dtype is int64 and "i" in kinds


def _is_int64(number: Any) -> bool:
    """Whether `number` is one of Python's integers, and int64 holds it."""
    return type(number) is int and -(2**63) <= number < 2**63


def together(op: Op, *operands: Operand, **rules: bool) -> Tensor:
    """``op(*operands)``, of operands that are first brought to one dtype.

    A number beside float16 keeps its digits, as does a Tensor of no dimensions: 65536, the usual
    scale of a loss, is too large for it. (But a comparison is of float16, as in PyTorch.)
    """
    if not op.differentiable:  # an array of no dimensions is a number, where no dtype comes of it
        operands = tuple(number(o) if isinstance(o, np.ndarray) else o for o in operands)
    values = promote(op.name, *operands, **rules)
    if all(v.array.dtype != float16 for v in values if isinstance(v, Value)):
        return op(*values)
    with np.errstate(over="ignore"):  # infinity, where it is too large for float16
        if not op.differentiable:
            return op(*values)
        wide = [
            o if isinstance(o, Value) and not o.array.ndim else v for o, v in zip(operands, values)
        ]
        return cast(op(*(cast(v, float32) if isinstance(v, Value) else v for v in wide)), float16)


def operator(op: Op, **rules: bool) -> Binary:
    """The method for ``a + b``, as binary; but NotImplemented when b is nothing to compute with.

    Python then asks b, or raises TypeError.
    """
    call = op.__call__  # which Python finds sooner by this name
    kinds = _kinds(**rules)

    def method(self: Any, other: Operand) -> Tensor:
        dtype = self.array.dtype
        if isinstance(other, Value):  # as are_alike, of which a call takes as long as what it does
            alike = other.array.dtype is dtype and dtype.kind in kinds
        elif dtype.kind == "f":
            alike = type(other) in (float, int) and dtype.itemsize > 2
        else:
            alike = _is_int64(other) and dtype is int64 and "i" in kinds
        if alike:
            return call(self, other)
        try:
            return together(op, self, other, **rules)
        except NoOperand:
            return NotImplemented

    return method


def operator_of(function: Binary) -> Binary:
    """The same for a function that is more than one operation."""

    def method(self: Operand, other: Operand) -> Tensor:
        try:
            return function(self, other)
        except NoOperand:
            return NotImplemented

    method.__qualname__ = function.__name__  # as which it is called with too many arguments
    return method


def reflected(function: Binary) -> Binary:
    """The method for ``b + a``, where b is no Tensor and a is."""
    return operator_of(lambda self, other: function(other, self))


def two_tensors(op: Op, *shown: str) -> Callable[[Tensor, Tensor], Tensor]:
    """The function of two Tensors for `op`, which takes no numbers. `shown` is that of binary."""

    def function(input: Tensor, other: Tensor) -> Tensor:
        if are_alike(input, checked(other, op.name), "biuf"):
            return op(input, other)
        return op(*promote(op.name, input, other))

    return named(function, op, OF_PAIRS, *shown)


def is_integer(operand: Operand) -> bool:
    """Whether `operand` is a number, or a Tensor, of integers or booleans."""
    if isinstance(operand, Value):
        return operand.array.dtype.kind in "biu"
    return isinstance(operand, (int, np.integer))


def is_boolean(operand: Operand) -> bool:
    """Whether `operand` is True, False, or a Tensor of booleans."""
    if isinstance(operand, Value):
        return operand.array.dtype.kind == "b"
    return isinstance(operand, (bool, np.bool_))


# ---------------------------------------------------------------------------- dimensions and sizes


def shape_of(name: str, other: Tensor) -> Shape:
    """The shape of `other`; TypeError, for `name`, if it is no Tensor."""
    return checked(other, name).array.shape


def dim_index(name: str, dim: object, ndim: int, new: int = 0) -> int:
    """`dim`, which may be negative, counted from the front, in a tensor of `ndim` dimensions.

    `new` is how many dimensions are about to be added: `dim` may name one of them. A tensor of no
    dimensions (a single number) counts as having one. Raises TypeError or IndexError.
    """
    place = dim if type(dim) is int else integer(dim)
    if place is None:
        raise TypeError(f"{name}: dim must be an integer, got {dim!r}")
    size = (ndim + new) or 1
    if not -size <= place < size:
        raise IndexError(
            f"{name}: dim {dim} is out of range for a tensor of {ndim} "
            f"dimension{'s' * (ndim != 1)} (expected {-size} to {size - 1})"
        )
    return place % size


def checked_axes(name: str, input: Tensor, dim: Dims) -> tuple[int, ...] | None:
    """`dim`, one or several, as axes counted from the front; None for all of them.

    No dims, () or [], are all of them too. Raises IndexError for a dimension that is not there,
    ShapeError for one that is named twice.
    """
    ndim = checked(input, name).array.ndim
    if dim is None:
        return None
    if type(dim) is int and -ndim <= dim < ndim:  # the usual case
        return (dim % ndim,)
    dims = dim if isinstance(dim, (tuple, list)) else (dim,)
    if not dims:
        return None
    axes = tuple(dim_index(name, d, ndim) for d in dims)
    if len(set(axes)) != len(axes):
        raise ArgumentError(f"{name}: dim {dim} names a dimension twice")
    return axes if ndim else ()


def keeps(name: str, keepdim: bool, keepdims: bool = False) -> bool:
    """Whether to keep a dimension, by either name; TypeError, for `name`, if one is no bool.

    (``x.sum(0, 1)`` is no sum over two dimensions.)
    """
    if keepdim is False and keepdims is False:  # the usual case
        return False
    if integer(keepdim) is not None:
        raise TypeError(
            f"{name}: keepdim must be True or False, got {keepdim}; for several dimensions pass a "
            "tuple as dim"
        )
    return flag(name, "keepdim", keepdim) or flag(name, "keepdims", keepdims)


def check_not_empty(name: str, input: Tensor, axis: int | tuple[int, ...] | None) -> None:
    """Raise PlaceError if there are no elements along `axis`, or none at all."""
    shape = input.array.shape
    if isinstance(axis, int):
        axis = (axis,)
    if 0 in (shape if axis is None else [shape[i] for i in axis]):
        raise PlaceError(f"{name}: there is nothing to choose from in a tensor of shape {shape}")


def sizes(name: str, shape: Sequence[Any]) -> Shape:
    """A shape as a tuple of ints: `shape` holds integers, or one tuple or list of them.

    It may hold anything; TypeError then.
    """
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = shape[0]
    if {*map(type, shape)} == {int}:  # the usual case
        return tuple(shape)
    found: list[Any] = [integer(n) for n in shape]
    if None in found:
        raise TypeError(f"{name}: sizes must be integers, got {shape[found.index(None)]!r}")
    return tuple(found)


def new_sizes(name: str, shape: Sequence[Any]) -> Shape:
    """The same for a tensor that is about to be made; ShapeError if a size is negative."""
    full = sizes(name, shape)
    if min(full, default=0) < 0:
        raise ShapeError(f"{name}: sizes must be >= 0, got {full}")
    if len(full) > 64:
        raise ShapeError(f"{name}: a tensor has at most 64 dimensions, got {len(full)} sizes")
    return full


def given(name: str, sizes: tuple[Sizes, ...], keyword: Sizes | None) -> tuple[Sizes, ...]:
    """The sizes (or dimensions) that a caller gave, one by one, as a tuple, or by keyword."""
    if not sizes and keyword is None:
        raise TypeError(f"{name}: give sizes, or a tuple of them; () is that of a single number")
    return sizes if keyword is None else (keyword,)


def axis_too(function: F) -> F:
    """`function`, with NumPy's names for its `dim` and `keepdim` too, as PyTorch has them."""

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        if options:
            for name, other in (("dim", "axis"), ("keepdim", "keepdims")):
                if other in options and name not in options:
                    options[name] = options.pop(other)
        return function(*args, **options)

    return called  # type: ignore[return-value]


# -------------------------------------------------------------------- several Tensors, and indices


def several(name: str, tensors: Sequence[Tensor]) -> list[Tensor]:
    """`tensors`, a list or tuple of at least one Tensor, in one dtype; or what is wrong with it."""
    if isinstance(tensors, Value) or not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}: expected a list or tuple of Tensors, got {type(tensors).__name__}; write "
            f"{name}([a, b])"
        )
    if not tensors:
        raise ArgumentError(f"{name}: expected at least one Tensor, got none")
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Value):
            raise TypeError(f"{name}: expected Tensors, got {type(tensor).__name__} at place {i}")
        if name == "cat" and not tensor.array.ndim:
            raise ShapeError("cat: a single number (no dimensions) cannot be joined; use stack")
    return promote(name, *tensors)


def integer_index(name: str, input: Tensor, index: Tensor, size: int) -> Tensor:
    """`index` as int64, if it holds integers from 0 to size - 1; else DtypeError or PlaceError."""
    if checked(index, name).array.dtype not in (int64, int32):
        raise DtypeError(
            f"{name}: the index must hold integers, int64 or int32, got {index.array.dtype}; "
            "use .long()"
        )
    index = cast(index, int64)
    check_places(index.array, name, input.array.shape, size)
    return index


@formed
def check_places(index: Array, name: str, shape: Shape, size: int) -> None:
    """Raise PlaceError unless all of `index`, int64, are from 0 to size - 1."""
    if not all_below(index.reshape(-1), size):
        expected = f"expected 0 to {size - 1}" if size else "there is none to pick"
        raise PlaceError(
            f"{name}: the index goes from {int(index.min())} to {int(index.max())}, but that "
            f"dimension of {shape} has {size} entries ({expected})"
        )
