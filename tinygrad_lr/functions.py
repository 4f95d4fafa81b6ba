"""PyTorch's signatures over the table.

Each function here is both ``tinygrad_lr.f(x, ...)`` and the method ``x.f(...)`` of Tensor. It puts
its arguments into the form that ops.py expects (one dtype, axes as a tuple counted from the front,
plain sizes), says clearly what is wrong with them, and calls the entry that computes.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import losses, ops
from .device import Array, Shape, device_of, is_array, move
from .dtypes import (
    NoOperand,
    bool_,
    cast,
    float32,
    int64,
    number_dtype,
    promote,
    result_type,
    same_dtype,
)
from .errors import ShapeError
from .forms import formed
from .graph import Value


def _binary(op: Any, floats: bool = False) -> Callable[[Any, Any], Any]:
    """The function of two operands for `op`: the usual case is two Tensors of one dtype."""

    def function(input: Any, other: Any) -> Any:
        if _are_alike(input, other):
            return op(input, other)
        return op(*promote(op.name, input, other, floats=floats))

    return _named(function, op, "``{}`` of `input` and `other`, element by element, broadcasting.")


def _are_alike(input: Any, other: Any) -> bool:
    """Whether `input` is a Tensor of floats, and `other` has its dtype, or is a Python number."""
    if not isinstance(input, Value) or input.array.dtype.kind != "f":
        return False
    if isinstance(other, Value):
        return other.array.dtype is input.array.dtype
    return type(other) is float or type(other) is int


def operator(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """``a + b``; NotImplemented, as Python wants it, when b is nothing to compute with."""

    def method(self: Any, other: Any) -> Any:
        try:
            return function(self, other)
        except NoOperand:
            return NotImplemented

    return method


def reflected(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """``b + a``, where b is no Tensor."""
    return operator(lambda self, other: function(other, self))


def _unary(op: Any) -> Callable[[Any], Any]:
    def function(input: Any) -> Any:
        return op(_as_float(input, op.name))

    return _named(function, op, "``{}`` of each element.")


def _named(function: Any, op: Any, doc: str) -> Any:
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = doc.format(op.name)
    return function


def _tensor(input: Any, name: str) -> Any:
    if not isinstance(input, Value):
        raise TypeError(
            f"{name}: expected a Tensor, got {type(input).__name__}; make one with tensor(...)"
        )
    return input


def check_float(name: str, input: Any) -> None:
    """Refuse integers and booleans, where what comes out would hardly be what was meant."""
    if input.array.dtype.kind != "f":
        raise TypeError(
            f"{name}: needs floats, and this tensor is {input.array.dtype}; use x.float().{name}()"
        )


def _as_float(input: Any, name: str) -> Any:
    """`input`, integers and booleans as float32."""
    return input if _tensor(input, name).array.dtype.kind == "f" else cast(input, float32)


def _same_kind(op: Any) -> Callable[[Any], Any]:
    def function(input: Any) -> Any:
        return op(_tensor(input, op.name))

    return _named(function, op, "``{}`` of each element.")


add = _binary(ops.add)
sub = _binary(ops.sub)
mul = _binary(ops.mul)
div = _binary(ops.div, floats=True)
eq, ne = _binary(ops.eq), _binary(ops.ne)
lt, le, gt, ge = _binary(ops.lt), _binary(ops.le), _binary(ops.gt), _binary(ops.ge)
bitwise_and, bitwise_or = _binary(ops.logical_and), _binary(ops.logical_or)
bitwise_not = _same_kind(ops.logical_not)
neg, abs, sign = _same_kind(ops.neg), _same_kind(ops.abs), _same_kind(ops.sign)
isfinite, isnan = _same_kind(ops.isfinite), _same_kind(ops.isnan)
relu, clone = _same_kind(ops.relu), _same_kind(ops.clone)
exp, log, sqrt = _unary(ops.exp), _unary(ops.log), _unary(ops.sqrt)
sin, cos, tanh, sigmoid = _unary(ops.sin), _unary(ops.cos), _unary(ops.tanh), _unary(ops.sigmoid)
_power = _binary(ops.pow)


def pow(input: Any, exponent: Any) -> Any:
    """``input ** exponent``, element by element, broadcasting."""
    powers = exponent.array if isinstance(exponent, Value) else exponent
    if (
        _is_integer(input)
        and _is_integer(exponent)
        and bool((powers < 0).any() if isinstance(exponent, Value) else powers < 0)
    ):
        raise ValueError("pow: integers cannot be raised to a negative power; use x.float()")
    return _power(input, exponent)


def _is_integer(operand: Any) -> bool:
    if isinstance(operand, Value):
        return operand.array.dtype.kind in "biu"
    return isinstance(operand, int)


def _truth(input: Any, name: str) -> Any:
    return cast(_tensor(input, name), bool_)


def add_scaled(input: Any, other: Any, *, alpha: float = 1) -> Any:
    """``input + alpha * other``."""
    return add(input, other if alpha == 1 else other * alpha)


def sub_scaled(input: Any, other: Any, *, alpha: float = 1) -> Any:
    """``input - alpha * other``."""
    return sub(input, other if alpha == 1 else other * alpha)


def logical_and(input: Any, other: Any) -> Any:
    """Whether both elements are true (not 0)."""
    return ops.logical_and(_truth(input, "logical_and"), _truth(other, "logical_and"))


def logical_or(input: Any, other: Any) -> Any:
    """Whether either element is true (not 0)."""
    return ops.logical_or(_truth(input, "logical_or"), _truth(other, "logical_or"))


def logical_not(input: Any) -> Any:
    """Whether the element is false (0)."""
    return ops.logical_not(_truth(input, "logical_not"))


def _two_tensors(op: Any) -> Callable[[Any, Any], Any]:
    def function(input: Any, other: Any) -> Any:
        return op(*promote(op.name, input, _tensor(other, op.name)))

    return _named(function, op, "The ``{}`` of each pair of elements, broadcasting.")


maximum, minimum = _two_tensors(ops.maximum), _two_tensors(ops.minimum)


def where(condition: Any, input: Any, other: Any) -> Any:
    """`input` where `condition` (a bool Tensor) is true, `other` elsewhere; all broadcast."""
    if _tensor(condition, "where").array.dtype != bool_:
        raise TypeError(
            f"where: the condition must be a bool Tensor, not {condition.array.dtype}; compare "
            "first (x > 0)"
        )
    if not (isinstance(input, Value) or isinstance(other, Value)):
        input = condition.wrap(np.asarray(input, number_dtype(input)))
        input = condition.wrap(move(input.array, device_of(condition.array)))
    return ops.where(condition, *promote("where", input, other))


def clamp(input: Any, min: float | None = None, max: float | None = None) -> Any:
    """Each element, but at least `min` and at most `max`."""
    if min is None and max is None:
        raise ValueError("clamp: give min, max, or both")
    for bound in (min, max):
        if not isinstance(bound, (int, float, type(None))):
            raise TypeError(f"clamp: min and max must be numbers, got {type(bound).__name__}")
    bounds = [bound for bound in (min, max) if bound is not None]
    input = cast(_tensor(input, "clamp"), result_type(input, *bounds))
    return ops.clamp(input, low=min, high=max)


# --------------------------------------------------------------------------------------- dimensions


def dim_index(name: str, dim: Any, ndim: int, new: int = 0) -> int:
    """`dim` counted from the front. A single number counts as having one dimension.

    With `new`, it is a place among the dimensions and that many new ones.
    """
    if not isinstance(dim, (int, np.integer)) or isinstance(dim, bool):
        raise TypeError(f"{name}: dim must be an integer, got {dim!r}")
    size = (ndim + new) or 1
    if not -size <= dim < size:
        raise IndexError(
            f"{name}: dim {dim} is out of range for a tensor of {ndim} dimensions "
            f"(expected {-size} to {size - 1})"
        )
    return int(dim) % size


def _axes(name: str, input: Any, dim: Any) -> tuple[int, ...] | None:
    """`dim`, a number or several, as NumPy's axis; None for all of them."""
    ndim = _tensor(input, name).array.ndim
    if dim is None or dim == ():
        return None
    dims = dim if isinstance(dim, (tuple, list)) else (dim,)
    axes = tuple(dim_index(name, d, ndim) for d in dims)
    if len(set(axes)) != len(axes):
        raise ValueError(f"{name}: dim {dim} names a dimension twice")
    return axes if ndim else ()


def sum(
    input: Any,
    dim: Any = None,
    keepdim: bool = False,
    *,
    axis: Any = None,
    keepdims: bool = False,
    dtype: Any = None,
) -> Any:
    """The sum over `dim` (one, several, or all). Integers and booleans give int64."""
    axes = _axes("sum", input, dim if axis is None else axis)
    if dtype is None and input.array.dtype.kind in "biu":
        dtype = int64
    if dtype is not None:
        input = cast(input, dtype)
    return ops.sum(input, axis=axes, keepdims=keepdim or keepdims)


def mean(
    input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False
) -> Any:
    """The mean over `dim` (one, several, or all)."""
    axes = _axes("mean", input, dim if axis is None else axis)
    check_float("mean", input)
    return ops.mean(input, axis=axes, keepdims=keepdim or keepdims)


class ValuesAndIndices(NamedTuple):
    """What max and min give along one dimension."""

    values: Any
    indices: Any


def max(input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None) -> Any:
    """The largest element; along `dim`, ``(values, indices)``; of two Tensors, the maximum."""
    dim = dim if axis is None else axis
    if isinstance(dim, Value):
        return maximum(input, dim)
    return _extreme("max", (ops.amax, ops.argmax, ops.max_along), input, dim, keepdim)


def min(input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None) -> Any:
    """The smallest element; along `dim`, ``(values, indices)``; of two Tensors, the minimum."""
    dim = dim if axis is None else axis
    if isinstance(dim, Value):
        return minimum(input, dim)
    return _extreme("min", (ops.amin, ops.argmin, ops.min_along), input, dim, keepdim)


def _extreme(name: str, ops_: tuple[Any, Any, Any], input: Any, dim: Any, keepdim: bool) -> Any:
    over_all, where_is, along = ops_
    if dim is None:
        _check_not_empty(name, _tensor(input, name), None)
        return over_all(input, axis=None, keepdims=False)
    axis = dim_index(name, dim, _tensor(input, name).array.ndim)
    if not input.array.ndim:
        return ValuesAndIndices(clone(input), where_is(input, axis=None))
    _check_not_empty(name, input, axis)
    indices = where_is(input, axis=axis)
    kept = ops.unsqueeze(indices, axis=axis)
    values = along(input, kept, axis=axis, keepdims=keepdim)
    return ValuesAndIndices(values, kept if keepdim else indices)


def _check_not_empty(name: str, input: Any, axis: int | None) -> None:
    shape = input.array.shape
    if (input.array.size if axis is None else shape[axis]) == 0:
        raise IndexError(f"{name}: there is nothing to choose from in a tensor of shape {shape}")


def amax(
    input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False
) -> Any:
    """The largest element over `dim`; equal ones share the gradient evenly."""
    axes = _axes("amax", input, dim if axis is None else axis)
    return ops.amax(input, axis=axes, keepdims=keepdim or keepdims)


def amin(
    input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None, keepdims: bool = False
) -> Any:
    """The smallest element over `dim`; equal ones share the gradient evenly."""
    axes = _axes("amin", input, dim if axis is None else axis)
    return ops.amin(input, axis=axes, keepdims=keepdim or keepdims)


def argmax(input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None) -> Any:
    """Where the largest element is along `dim`, or in the flattened tensor."""
    return _arg("argmax", ops.argmax, input, dim if axis is None else axis, keepdim)


def argmin(input: Any, dim: Any = None, keepdim: bool = False, *, axis: Any = None) -> Any:
    """Where the smallest element is along `dim`, or in the flattened tensor."""
    return _arg("argmin", ops.argmin, input, dim if axis is None else axis, keepdim)


def _arg(name: str, op: Any, input: Any, dim: Any, keepdim: bool) -> Any:
    ndim = _tensor(input, name).array.ndim
    axis = None if dim is None else dim_index(name, dim, ndim)
    if not ndim:
        axis = None
    _check_not_empty(name, input, axis)
    found = op(input, axis=axis)
    if keepdim and axis is None:
        return ops.reshape(found, shape=(1,) * input.array.ndim)
    return ops.unsqueeze(found, axis=axis) if keepdim else found


def var(
    input: Any,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> Any:
    """The variance over `dim`, divided by ``n - correction`` (1 unless `unbiased` is False)."""
    return _spread_of("var", ops.var, input, dim, unbiased, keepdim, correction)


def std(
    input: Any,
    dim: Any = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> Any:
    """The standard deviation over `dim`: the root of var."""
    return _spread_of("std", ops.std, input, dim, unbiased, keepdim, correction)


def _spread_of(
    name: str, op: Any, input: Any, dim: Any, unbiased: bool, keepdim: bool, correction: int | None
) -> Any:
    if isinstance(dim, bool):  # PyTorch's x.std(False)
        dim, unbiased = None, dim
    axes = _axes(name, input, dim)
    check_float(name, input)
    correction = int(unbiased) if correction is None else correction
    return op(input, axis=axes, keepdims=keepdim, correction=correction)


def logsumexp(input: Any, dim: Any, keepdim: bool = False) -> Any:
    """``log(sum(exp(input)))`` over `dim`, without overflow."""
    axes = _axes("logsumexp", input, dim)
    return ops.logsumexp(_as_float(input, "logsumexp"), axis=axes, keepdims=keepdim)


def softmax(input: Any, dim: int) -> Any:
    """``exp(x) / sum(exp(x))`` along `dim`: positive, and summing to 1."""
    return _along("softmax", losses.softmax, input, dim)


def log_softmax(input: Any, dim: int) -> Any:
    """``log(softmax(x))`` along `dim`, without the loss of precision of doing it in two steps."""
    return _along("log_softmax", losses.log_softmax, input, dim)


def _along(name: str, op: Any, input: Any, dim: Any) -> Any:
    if dim is None:
        raise TypeError(f"{name}: say along which dimension: {name}(x, dim=-1) for rows of scores")
    axis = dim_index(name, dim, _tensor(input, name).array.ndim)
    return op(_as_float(input, name), axis=axis if input.array.ndim else ())


def all(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether all elements (along `dim`) are true."""
    return ops.all(input, axis=_axes("all", input, dim), keepdims=keepdim)


def any(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether any element (along `dim`) is true."""
    return ops.any(input, axis=_axes("any", input, dim), keepdims=keepdim)


# ----------------------------------------------------------------------------------------- products


def matmul(input: Any, other: Any) -> Any:
    """The matrix product; of vectors, matrices, or batches of matrices, as NumPy's ``@``."""
    like = input if isinstance(input, Value) else _tensor(other, "matmul")
    a, b = (like.wrap(v) if is_array(v) else _factor(v) for v in (input, other))
    same_dtype("matmul", input=a, other=b)
    return ops.matmul(a, b)


def _factor(value: Any) -> Any:
    if isinstance(value, (int, float)):
        raise TypeError(
            f"matmul: expected a Tensor, got the number {value}; to scale use x * {value}"
        )
    return _tensor(value, "matmul")


# ------------------------------------------------------------------------------------------- shapes


def sizes(name: str, shape: tuple[Any, ...]) -> tuple[int, ...]:
    """A size given as numbers or as one tuple, as a tuple of ints."""
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    for n in shape:
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool):
            raise TypeError(f"{name}: sizes must be integers, got {n!r}")
    return tuple(int(n) for n in shape)


def reshape(input: Any, *shape: Any) -> Any:
    """The same elements in another shape; one size may be -1, for whatever is left."""
    return _reshape("reshape", input, shape)


def view(input: Any, *shape: Any) -> Any:
    """reshape, but always on the same memory; an error where that cannot be."""
    out = _reshape("view", input, shape)
    if out.root is None:
        raise ShapeError(
            f"view: a tensor of shape {input.array.shape} with its elements in this order in "
            f"memory cannot be seen as {out.array.shape} without a copy; use reshape"
        )
    return out


def _reshape(name: str, input: Any, shape: tuple[Any, ...]) -> Any:
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    if not isinstance(input, Value):
        _tensor(input, name)
    try:
        return ops.reshape(input, shape=shape)
    except (ShapeError, TypeError):
        pass  # said better below
    wanted = sizes(name, shape)
    if wanted.count(-1) > 1:
        raise ShapeError(f"{name}: only one size may be -1, for whatever is left, got {wanted}")
    raise ShapeError(
        f"{name}: a tensor of shape {input.array.shape} has {input.array.size} elements, which "
        f"do not fit into the shape {wanted}"
        + (
            ""
            if -1 in wanted
            else f", of {math.prod(wanted)}; one size may be -1, for what is left"
        )
    )


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """The dimensions `start_dim` to `end_dim` in one."""
    shape = _tensor(input, "flatten").array.shape
    first, last = (dim_index("flatten", d, len(shape)) for d in (start_dim, end_dim))
    if first > last:
        raise ValueError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    merged = math.prod(shape[first : last + 1])
    return ops.reshape(input, shape=(*shape[:first], merged, *shape[last + 1 :]))


def permute(input: Any, *dims: Any) -> Any:
    """The dimensions in another order."""
    order, ndim = sizes("permute", dims), _tensor(input, "permute").array.ndim
    axes = tuple(dim_index("permute", d, ndim) for d in order)
    if sorted(axes) != list(range(ndim)):
        raise ShapeError(
            f"permute: {order} must name each of the {ndim} dimensions of {input.array.shape} once"
        )
    return ops.transpose(input, axes=axes)


def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """Two dimensions exchanged."""
    ndim = _tensor(input, "transpose").array.ndim
    i, j = (dim_index("transpose", d, ndim) for d in (dim0, dim1))
    axes = list(range(ndim))
    if ndim:
        axes[i], axes[j] = axes[j], axes[i]
    return ops.transpose(input, axes=tuple(axes))


def t(input: Any) -> Any:
    """A matrix transposed (a vector or a number as it is)."""
    ndim = _tensor(input, "t").array.ndim
    if ndim > 2:
        raise ShapeError(
            f"t: needs at most 2 dimensions, got shape {input.array.shape}; use permute"
        )
    return ops.transpose(input, axes=tuple(reversed(range(ndim))))


def squeeze(input: Any, dim: Any = None) -> Any:
    """Without the dimensions of size 1, or without those of them named by `dim`."""
    shape = _tensor(input, "squeeze").array.shape
    named = range(len(shape)) if dim is None else _axes("squeeze", input, dim) or ()
    return ops.squeeze(input, axis=tuple(i for i in named if shape[i] == 1))


def unsqueeze(input: Any, dim: int) -> Any:
    """With a dimension of size 1 put in at `dim`."""
    ndim = _tensor(input, "unsqueeze").array.ndim
    return ops.unsqueeze(input, axis=dim_index("unsqueeze", dim, ndim, new=1))


def expand(input: Any, *shape: Any) -> Any:
    """Dimensions of size 1 stretched to `shape`, without a copy; -1 keeps a size."""
    wanted, have = sizes("expand", shape), _tensor(input, "expand").array.shape
    lead = len(wanted) - len(have)
    full = tuple(have[i - lead] if n == -1 and i >= lead else n for i, n in enumerate(wanted))
    fits = lead >= 0 and builtins.all(n in (1, m) for n, m in zip(have, full[lead:]))
    if not fits or builtins.min(full, default=0) < 0:
        raise ShapeError(
            f"expand: {have} cannot be expanded to {wanted}: only a dimension of size 1, or a new "
            "one in front, can be stretched, and -1 keeps a size that is there"
        )
    return ops.broadcast_to(input, shape=full)


def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Tensors joined along a dimension they have."""
    values = _several("cat", tensors)
    return ops.cat(*values, axis=dim_index("cat", dim, values[0].array.ndim))


def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Tensors of one shape joined along a new dimension."""
    values = _several("stack", tensors)
    return ops.stack(*values, axis=dim_index("stack", dim, values[0].array.ndim, new=1))


def _several(name: str, tensors: Any) -> list[Any]:
    if isinstance(tensors, Value) or not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{name}: expected a list or tuple of Tensors, got {type(tensors).__name__}"
        )
    if not tensors:
        raise ValueError(f"{name}: expected at least one Tensor, got none")
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Value):
            raise TypeError(f"{name}: expected Tensors, got {type(tensor).__name__} at place {i}")
        if name == "cat" and not tensor.array.ndim:
            raise ShapeError("cat: a single number (no dimensions) cannot be joined; use stack")
    return promote(name, *tensors)


# ----------------------------------------------------------------------------------------- indexing


def _integer_index(name: str, input: Any, index: Any, size: int) -> Any:
    if _tensor(index, name).array.dtype.kind not in "iu":
        raise TypeError(f"{name}: the index must hold integers, got {index.array.dtype}")
    check_places(index.array, name, input.array.shape, size)
    return cast(index, int64)


@formed
def check_places(index: Array, name: str, shape: Shape, size: int) -> None:
    """Raise IndexError if one of `index` is no place in a dimension of this size."""
    if index.size and not (0 <= int(index.min()) and int(index.max()) < size):
        raise IndexError(
            f"{name}: the index goes from {int(index.min())} to {int(index.max())}, but that "
            f"dimension of {shape} has {size} entries (expected 0 to {size - 1})"
        )


def index_select(input: Any, dim: int, index: Any) -> Any:
    """The entries of `input` along `dim` that the vector `index` names, in its order."""
    axis = dim_index("index_select", dim, _tensor(input, "index_select").array.ndim)
    index = _integer_index("index_select", input, index, (input.array.shape or (1,))[axis])
    if index.array.ndim > 1:
        raise ShapeError(f"index_select: the index must be a vector, got {index.array.shape}")
    vector = index if index.array.ndim else index.reshape(1)
    if not input.array.ndim:
        return ops.index_select(input.reshape(1), vector, axis=0).reshape(())
    return ops.index_select(input, vector, axis=axis)


def gather(input: Any, dim: int, index: Any) -> Any:
    """``out[i][j] = input[index[i][j]][j]`` for ``dim=0``, and so on: an entry for each index."""
    shape = _tensor(input, "gather").array.shape
    axis = dim_index("gather", dim, len(shape))
    index = _integer_index("gather", input, index, (shape or (1,))[axis])
    if not shape and not index.array.ndim:
        return gather(input.reshape(1), 0, index.reshape(1)).reshape(())
    fits = len(index.array.shape) == len(shape) and builtins.all(
        n <= shape[i] for i, n in enumerate(index.array.shape) if i != axis
    )
    if not fits:
        raise ShapeError(
            f"gather: index has shape {index.array.shape}, input {shape}; they need as many "
            f"dimensions, and the index may be larger only in dimension {axis}"
        )
    return ops.gather(input, index, axis=axis)
