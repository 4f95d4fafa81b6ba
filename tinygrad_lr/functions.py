"""PyTorch's signatures over the table.

Most functions here are both ``tinygrad_lr.f(x, ...)`` and the method ``x.f(...)``. Each puts its
arguments into the form that ops.py expects (one dtype, axes as a tuple counted from the front,
plain sizes), says clearly what is wrong with them, and calls the entry that computes.

Several names are Python's own, as in PyTorch: sum, max, min, abs, all, any, pow. Python's are
``builtins.max`` and so on in this file.
"""

from __future__ import annotations

import builtins
import functools
import math
from collections.abc import Sequence
from typing import Any, overload

import numpy as np

from . import losses, ops, return_types
from .device import Shape, is_array
from .dtypes import (
    DTypeLike,
    Number,
    array_of,
    as_value,
    at_least_float32,
    bool_,
    cast,
    check_fits,
    checked_dtype,
    flag,
    int64,
    number,
    promote,
    result_type,
    same_dtype,
)
from .errors import ArgumentError, DtypeError, PlaceError, ShapeError, no_booleans
from .graph import Op, Value
from .layouts import Layout, laid_out
from .signatures import (
    BOOL,
    Dims,
    Operand,
    Sizes,
    Tensor,
    are_alike,
    as_float,
    axis_too,
    binary,
    check_float,
    check_not_empty,
    checked,
    checked_axes,
    dim_index,
    given,
    integer_index,
    is_boolean,
    is_integer,
    keeps,
    same_kind,
    several,
    shown_as,
    sizes,
    truth,
    two_tensors,
    unary,
)
from .sums import reduced_shape

# --------------------------------------------------------------------------- operations, one by one


# Without alpha, which add and sub, below, have.
_add, _sub = binary(ops.add), binary(ops.sub, masks=False)
_cloned, _power = same_kind(ops.clone), binary(ops.pow)
# With what their docstrings show: what they give, of which numbers.
div = binary(ops.div, "``input / other``", "[1.0, 3.0]", "2", "[0.5000, 1.5000]", floats=True)
mul = binary(ops.mul, "``input * other``", "[1.0, 2.0]", "tg.tensor([3.0, 4.0])", "[3., 8.]")
eq = binary(ops.eq, "Whether they are equal, as bool", "[1.0, 2.0]", "2", "[False,  True]")
ne = binary(ops.ne, "Whether they differ, as bool", "[1.0, 2.0]", "2", "[ True, False]")
lt = binary(ops.lt, "``input < other``, as bool", "[1.0, 2.0]", "2", "[ True, False]")
le = binary(ops.le, "``input <= other``, as bool", "[2.0, 3.0]", "2", "[ True, False]")
gt = binary(ops.gt, "``input > other``, as bool", "[2.0, 3.0]", "2", "[False,  True]")
ge = binary(ops.ge, "``input >= other``, as bool", "[1.0, 2.0]", "2", "[False,  True]")
bitwise_and = binary(ops.logical_and, "The bits that both have", "[5, 6]", "4", "[4, 4]")
bitwise_or = binary(ops.logical_or, "The bits that either has", "[1, 2]", "4", "[5, 6]")
bitwise_not = same_kind(ops.logical_not, "The other bits", "[True, False]", "[False,  True]")
neg = same_kind(ops.neg, "``-x``", "[1.0, -2.0]", "[-1.,  2.]", masks=False)
abs = same_kind(ops.abs, "How far it is from 0", "[1.0, -2.0]", "[1., 2.]", masks=False)
sign = same_kind(ops.sign, "-1, 0 or 1: its sign", "[3.0, 0.0, -2.0]", "[ 1.,  0., -1.]")
relu = same_kind(ops.relu, "``max(x, 0)``", "[1.0, -2.0]", "[1., 0.]", masks=False)
isfinite = same_kind(
    ops.isfinite, "Not infinite, nor nan", "[1.0, 1e99]", "[ True, False]", dtype=BOOL
)
isnan = same_kind(
    ops.isnan, "Whether it is nan", '[1.0, float("nan")]', "[False,  True]", dtype=BOOL
)
exp = unary(ops.exp, "``e ** x``", "[0.0, 1.0]", "[1.0000, 2.7183]")
log = unary(ops.log, "The natural logarithm", "[1.0, 2.0]", "[0.0000, 0.6931]")
sqrt = unary(ops.sqrt, "The square root", "[4.0, 9.0]", "[2., 3.]")
sin = unary(ops.sin, "The sine (in radians)", "[0.0, 1.0]", "[0.0000, 0.8415]")
cos = unary(ops.cos, "The cosine (in radians)", "[0.0, 1.0]", "[1.0000, 0.5403]")
tanh = unary(ops.tanh, "The hyperbolic tangent, from -1 to 1", "[0.0, 1.0]", "[0.0000, 0.7616]")
sigmoid = unary(ops.sigmoid, "``1 / (1 + e**-x)``, from 0 to 1", "[0.0, 1.0]", "[0.5000, 0.7311]")


def clone(input: Tensor, *, memory_format: Layout | None = None) -> Tensor:
    """A copy with memory of its own, through which gradients flow.

    Its shape and dtype are those of `input`.

    >>> tg.tensor([1.0, 2.0, 3.0]).clone()
    tensor([1., 2., 3.])
    """
    return laid_out("clone", _cloned(input), memory_format)


def pow(input: Operand, exponent: Operand) -> Tensor:
    """``input ** exponent``, element by element, broadcasting.

    Raises ArgumentError for integers with a negative exponent, DtypeError for booleans.

    >>> tg.tensor([1.0, 2.0, 3.0]).pow(2)
    tensor([1., 4., 9.])
    """
    if is_boolean(input) and is_boolean(exponent):
        if not isinstance(exponent, (bool, np.bool_)):
            raise no_booleans("pow")
        return bitwise_or(input, not exponent)
    if is_integer(input) and is_integer(exponent):
        _check_exponent(input, exponent)
    return _power(input, exponent)


def _check_exponent(input: Operand, exponent: Any) -> None:
    """Raise ArgumentError for an `exponent` of integers that is below 0, or does not fit."""
    if bool((exponent.array < 0).any() if isinstance(exponent, Value) else exponent < 0):
        raise ArgumentError("pow: integers cannot be raised to a negative power; use x.float()")
    if isinstance(input, Value) and not isinstance(exponent, Value):
        check_fits("pow", exponent, result_type(input, number(exponent)))


def positive(input: Tensor) -> Tensor:
    """`input` itself. DtypeError for booleans.

    >>> tg.positive(tg.tensor([1.0, 2.0, 3.0]))
    tensor([1., 2., 3.])
    """
    if checked(input, "positive").array.dtype == bool_:
        raise no_booleans("positive")
    return input


def add(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input + alpha * other``, element by element, broadcasting.

    >>> tg.tensor([1.0, 2.0, 3.0]).add(1, alpha=10)
    tensor([11., 12., 13.])
    """
    return _add(input, _scaled("add", input, other, alpha))


def sub(input: Operand, other: Operand, *, alpha: float = 1) -> Tensor:
    """``input - alpha * other``, element by element, broadcasting.

    >>> tg.tensor([1.0, 2.0, 3.0]).sub(1, alpha=10)
    tensor([-9., -8., -7.])
    """
    return _sub(input, _scaled("sub", input, other, alpha))


def _scaled(name: str, input: Operand, other: Operand, alpha: Any) -> Operand:
    """``alpha * other``; for `name`. DtypeError for an alpha of 0.5 beside integers."""
    if type(alpha) is int and alpha == 1:
        return other
    if type(alpha) in (float, int) and isinstance(other, Value) and are_alike(input, other):
        return other * alpha
    factor = number(alpha)
    if not isinstance(factor, (int, float)):
        raise TypeError(f"{name}: alpha must be a number, got {type(alpha).__name__}")
    if isinstance(factor, float) and is_integer(input) and is_integer(other):
        raise DtypeError(f"{name}: alpha must be an integer beside integers, got {alpha!r}")
    if isinstance(factor, bool) and not (is_boolean(input) and is_boolean(other)):
        raise DtypeError(f"{name}: alpha may be {factor} beside booleans only; use {int(factor)}")
    like = next(v for v in promote(name, input, other) if isinstance(v, Value))
    if like.array.dtype.kind in "iu":  # beside uint8, from -255 to 255
        check_fits(
            name, builtins.abs(factor) if like.array.dtype.kind == "u" else factor, like.array.dtype
        )
    return other * (bool(factor) if is_boolean(input) and is_boolean(other) else factor)


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both elements are true (not 0), broadcasting. Gives bool.

    >>> tg.tensor([0, 1]).logical_and(tg.tensor([2, 3]))
    tensor([False,  True])
    """
    return ops.logical_and(truth(input, "logical_and"), truth(other, "logical_and"))


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether at least one of the elements is true (not 0), broadcasting. Gives bool.

    >>> tg.tensor([0, 1]).logical_or(tg.tensor([0, 0]))
    tensor([False,  True])
    """
    return ops.logical_or(truth(input, "logical_or"), truth(other, "logical_or"))


def logical_not(input: Tensor) -> Tensor:
    """Whether the element is false (0). Gives bool.

    >>> tg.tensor([0, 1]).logical_not()
    tensor([ True, False])
    """
    return ops.logical_not(truth(input, "logical_not"))


maximum = two_tensors(ops.maximum, "The larger", "[1.0, 4.0]", "tg.tensor([3.0, 2.0])", "[3., 4.]")
minimum = two_tensors(ops.minimum, "The smaller", "[1.0, 4.0]", "tg.tensor([3.0, 2.0])", "[1., 2.]")


def where(condition: Tensor, input: Operand, other: Operand) -> Tensor:
    """`input` where `condition` (a bool Tensor) is true, `other` elsewhere; all broadcast.

    Raises TypeError if the condition is not bool.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.where(x > 1.5, x, 0.0)
    tensor([0., 2., 3.])
    """
    if checked(condition, "where").array.dtype != bool_:
        raise DtypeError(
            f"where: the condition must be a bool Tensor, not {condition.array.dtype}; compare "
            "first (x > 0)"
        )
    if are_alike(input, other):
        return ops.where(condition, input, other)
    if not (isinstance(input, Value) or isinstance(other, Value)):
        input = as_value(condition, input, "where")
    values = promote("where", input, other, wraps=False)
    with np.errstate(over="ignore"):  # a number too large for float16 is infinity
        return ops.where(condition, *values)


def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
    tensor([1.5000, 2.0000, 2.5000])
    """
    if min is None and max is None:
        raise ArgumentError("clamp: give min, max, or both")
    of_floats = checked(input, "clamp").array.dtype.kind == "f"
    if of_floats and type(min) in _BOUNDS and type(max) in _BOUNDS:  # the usual case
        return at_least_float32(ops.clamp, input, min, max)
    given = {name: b for name, b in (("min", min), ("max", max)) if b is not None}
    if builtins.all(isinstance(bound, Value) for bound in given.values()):
        input, *bounds = promote("clamp", input, *given.values())
        if input.array.dtype == bool_ and len(bounds) == 1:  # as PyTorch has it
            return (maximum if min is not None else minimum)(input, bounds[0])
    else:
        bounds = [_bound(name, bound) for name, bound in given.items()]
        dtype = result_type(input, *bounds)
        input = cast(input, dtype)
        for bound in bounds:
            if dtype.kind in "iu":
                check_fits("clamp", bound, dtype)
    if input.array.dtype == bool_:
        raise no_booleans("clamp")
    found = dict(zip(given, bounds))
    return at_least_float32(ops.clamp, input, found.get("min"), found.get("max"))


_BOUNDS = (float, int, type(None))


def _bound(name: str, bound: Any) -> Number:
    """`bound`, the `name` of clamp, as a Python number; or a TypeError."""
    found = number(bound)
    if not isinstance(found, (int, float)) or (isinstance(bound, Value) and bound.edge):
        raise TypeError(
            f"clamp: {name} must be a number, or both bounds Tensors, got {type(bound).__name__}; "
            "tensor(...) makes one of a number"
        )
    return found


# --------------------------------------------------------------------------------------- dimensions


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
    axes = checked_axes("sum", input, dim if axis is None else axis)
    if dtype is not None:
        dtype = checked_dtype("sum", dtype)
    elif input.array.dtype.kind in "biu":
        dtype = int64
    if dtype is not None:
        input = cast(input, dtype)
        return cast(ops.sum(input, axis=axes, keepdims=keeps("sum", keepdim, keepdims)), dtype)
    return ops.sum(input, axis=axes, keepdims=keeps("sum", keepdim, keepdims))


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
    axes = checked_axes("mean", input, dim if axis is None else axis)
    if dtype is not None:
        input = cast(input, checked_dtype("mean", dtype))
    check_float("mean", input)
    return at_least_float32(ops.mean, input, axis=axes, keepdims=keeps("mean", keepdim, keepdims))


@overload
def max(input: Tensor) -> Tensor: ...
@overload
def max(input: Tensor, dim: int, keepdim: bool = False) -> return_types.max: ...
@overload
def max(input: Tensor, dim: Tensor) -> Tensor: ...
@axis_too
def max(
    input: Tensor, dim: int | Tensor | None = None, keepdim: bool = False
) -> Tensor | return_types.max:
    """The largest element; along `dim`, ``(values, indices)``; of two Tensors, the maximum.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).max()
    tensor(3.)
    """
    if isinstance(dim, Value):
        return maximum(input, dim)
    found = _extreme("max", (ops.max_all, ops.argmax, ops.max_along), input, dim, keepdim)
    return return_types.max(*found) if isinstance(found, tuple) else found


@overload
def min(input: Tensor) -> Tensor: ...
@overload
def min(input: Tensor, dim: int, keepdim: bool = False) -> return_types.min: ...
@overload
def min(input: Tensor, dim: Tensor) -> Tensor: ...
@axis_too
def min(
    input: Tensor, dim: int | Tensor | None = None, keepdim: bool = False
) -> Tensor | return_types.min:
    """The smallest element; along `dim`, ``(values, indices)``; of two Tensors, the minimum.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).min()
    tensor(1.)
    """
    if isinstance(dim, Value):
        return minimum(input, dim)
    found = _extreme("min", (ops.min_all, ops.argmin, ops.min_along), input, dim, keepdim)
    return return_types.min(*found) if isinstance(found, tuple) else found


def _extreme(
    name: str, entries: tuple[Op, Op, Op], input: Tensor, dim: int | None, keepdim: bool
) -> Tensor | tuple[Tensor, Tensor]:
    """max or min by the three `entries`: of all elements, where it is, and what is there."""
    over_all, where_is, along = entries
    keepdim = keeps(name, keepdim)
    if dim is None:
        check_not_empty(name, checked(input, name), None)
        return at_least_float32(over_all, input)
    axis = dim_index(name, dim, checked(input, name).array.ndim)
    if not input.array.ndim:
        return clone(input), where_is(input, axis=None)
    check_not_empty(name, input, axis)
    indices = where_is(input, axis=axis)
    kept = indices.wrap(indices.array.reshape(reduced_shape(input.array.shape, axis, True)))
    values = along(input, kept, axis=axis, keepdims=keepdim)
    return values, kept if keepdim else indices


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
    axes = checked_axes("amax", input, dim if axis is None else axis)
    check_not_empty("amax", input, axes)
    return at_least_float32(ops.amax, input, axis=axes, keepdims=keeps("amax", keepdim, keepdims))


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
    axes = checked_axes("amin", input, dim if axis is None else axis)
    check_not_empty("amin", input, axes)
    return at_least_float32(ops.amin, input, axis=axes, keepdims=keeps("amin", keepdim, keepdims))


@axis_too
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is along `dim`, or in the flattened tensor: int64.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([3.0, 1.0, 2.0]).argmax()
    tensor(0)
    """
    return _arg("argmax", ops.argmax, input, dim, keepdim)


@axis_too
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is along `dim`, or in the flattened tensor: int64.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([3.0, 1.0, 2.0]).argmin()
    tensor(1)
    """
    return _arg("argmin", ops.argmin, input, dim, keepdim)


def _arg(name: str, op: Op, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    """argmax or argmin, by the entry `op`."""
    keepdim = keeps(name, keepdim)
    ndim = checked(input, name).array.ndim
    axis = None if dim is None else dim_index(name, dim, ndim)
    if not ndim:
        axis = None
    check_not_empty(name, input, axis)
    found = op(input, axis=axis)
    if keepdim and axis is None:
        return ops.reshape(found, shape=(1,) * input.array.ndim)
    return ops.unsqueeze(found, axis=axis) if keepdim else found


@axis_too
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

    >>> tg.tensor([1.0, 2.0, 3.0]).var()
    tensor(1.)
    """
    return _var_or_std("var", ops.var, input, dim, unbiased, keepdim, correction)


@axis_too
def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: int | None = None,
) -> Tensor:
    """The standard deviation over `dim`: the square root of var.

    >>> tg.tensor([1.0, 2.0, 3.0]).std()
    tensor(1.)
    """
    return _var_or_std("std", ops.std, input, dim, unbiased, keepdim, correction)


def _var_or_std(
    name: str,
    op: Op,
    input: Tensor,
    dim: Dims,
    unbiased: bool,
    keepdim: bool,
    correction: int | None,
) -> Tensor:
    if isinstance(dim, (bool, np.bool_)):  # x.std(False) is x.std(unbiased=False)
        unbiased, dim = dim, None
    axes = checked_axes(name, input, dim)
    check_float(name, input)
    correction = int(flag(name, "unbiased", unbiased)) if correction is None else number(correction)
    if not isinstance(correction, (int, float)):
        raise TypeError(f"{name}: correction must be a number, got {type(correction).__name__}")
    return at_least_float32(
        op, input, axis=axes, keepdims=keeps(name, keepdim), correction=correction
    )


@axis_too
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """``log(sum(exp(input)))`` over `dim`, without overflow.

    >>> tg.tensor([1.0, 2.0, 3.0]).logsumexp(dim=0)
    tensor(3.4076)
    """
    axes = checked_axes("logsumexp", input, dim)
    return at_least_float32(
        ops.logsumexp,
        as_float(input, "logsumexp"),
        axis=axes,
        keepdims=keeps("logsumexp", keepdim),
    )


@axis_too
def softmax(input: Tensor, dim: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """``exp(x) / sum(exp(x))`` along `dim`: positive numbers that sum to 1.

    Computed in `dtype` if that is given. DtypeError for integers and booleans.

    >>> tg.tensor([1.0, 2.0, 3.0]).softmax(dim=0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    return softmax_by(losses.softmax, "softmax", input, dim, dtype)


@axis_too
def log_softmax(input: Tensor, dim: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """``log(softmax(x))`` along `dim`, more precise than in two steps.

    >>> tg.tensor([1.0, 2.0, 3.0]).log_softmax(dim=0)
    tensor([-2.4076, -1.4076, -0.4076])
    """
    return softmax_by(losses.log_softmax, "log_softmax", input, dim, dtype)


def softmax_by(op: Op, name: str, input: Tensor, dim: int, dtype: DTypeLike | None) -> Tensor:
    """softmax or log_softmax, by the entry `op`; TypeError if `dim` is None, or for integers."""
    if dim is None:
        raise TypeError(f"{name}: say along which dimension: {name}(x, dim=-1) for rows of scores")
    ndim = checked(input, name).array.ndim
    axis = dim_index(name, dim, ndim)
    if dtype is not None:
        input = cast(input, checked_dtype(name, dtype))
    check_float(name, input)
    return at_least_float32(op, input, axis=axis if ndim else ())


@axis_too
def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all elements over `dim` (one, several, or all) are true (not 0).

    >>> (tg.tensor([[1.0, 2.0], [3.0, 4.0]]) > 1).all()
    tensor(False)
    """
    return _in_its_kind(
        ops.all(input, axis=checked_axes("all", input, dim), keepdims=keeps("all", keepdim)), input
    )


@axis_too
def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether any element over `dim` (one, several, or all) is true (not 0).

    >>> (tg.tensor([[1.0, 2.0], [3.0, 4.0]]) > 3).any(dim=1)
    tensor([False,  True])
    """
    return _in_its_kind(
        ops.any(input, axis=checked_axes("any", input, dim), keepdims=keeps("any", keepdim)), input
    )


def _in_its_kind(truth: Tensor, input: Tensor) -> Tensor:
    """What all and any give for `input`: booleans, but bytes for bytes, as in PyTorch."""
    return cast(truth, input.array.dtype) if input.array.dtype == np.uint8 else truth


# ----------------------------------------------------------------------------------------- products


def matmul(input: Operand, other: Operand) -> Tensor:
    """The matrix product of vectors, matrices, or batches of matrices, as NumPy's ``@``.

    (..., n, k) and (..., k, m) give (..., n, m). TypeError for a number, different dtypes, or
    booleans.

    >>> tg.matmul(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    if isinstance(input, Value) and isinstance(other, Value) and are_alike(input, other):
        return at_least_float32(ops.matmul, input, other)
    like: Any = input if isinstance(input, Value) else checked(other, "matmul")
    a, b = _factor(like, input), _factor(like, other)
    same_dtype("matmul", input=a, other=b)
    if a.array.dtype == bool_:
        raise no_booleans("matmul")
    return at_least_float32(ops.matmul, a, b)


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, (n, k) and (k, m): (n, m). ShapeError for anything else.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.mm(a, a)
    tensor([[ 7., 10.],
            [15., 22.]])
    """
    for factor in (input, mat2):
        if checked(factor, "mm").array.ndim != 2:
            raise ShapeError(
                f"mm: needs two matrices, got shapes {tuple(input.shape)} and "
                f"{tuple(mat2.shape)}; for vectors and batches use matmul"
            )
    return matmul(input, mat2)


def _factor(like: Tensor, value: Any) -> Tensor:
    """`value`, which may be anything, as a Tensor; TypeError if it is no Tensor and no array."""
    if is_array(value):
        return like.wrap(array_of("matmul", value))
    if isinstance(value, (int, float, np.generic)):
        raise TypeError(
            f"matmul: expected a Tensor, got the number {value}; to scale use x * {value}"
        )
    return checked(value, "matmul")


# ------------------------------------------------------------------------------------------- shapes


def reshape(input: Tensor, *sizes: Sizes, shape: Sizes | None = None) -> Tensor:
    """The same elements in another shape. One size may be -1: it follows from the others.

    Shares memory with `input` where that is possible. Raises ShapeError.

    >>> tg.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    return _reshape("reshape", input, given("reshape", sizes, shape))


def view(input: Tensor, *sizes: Sizes, size: Sizes | None = None) -> Tensor:
    """reshape, but always on the same memory; ShapeError where that is not possible.

    >>> tg.arange(6).view(3, 2)
    tensor([[0, 1],
            [2, 3],
            [4, 5]])
    """
    out = _reshape("view", input, given("view", sizes, size))
    if out.root is None and out.array.size:
        raise ShapeError(
            f"view: a tensor of shape {input.array.shape} with its elements in this order in "
            f"memory cannot be seen as {out.array.shape} without a copy; use reshape"
        )
    return out


def _reshape(name: str, input: Tensor, shape: Sequence[Any]) -> Tensor:
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    if not isinstance(input, Value):
        checked(input, name)
    if {*map(type, shape)} != {int}:
        shape = sizes(name, (tuple(shape),))
    try:
        if builtins.min(shape or (0,)) >= -1:  # NumPy would take any negative size for -1
            return ops.reshape(input, shape=shape)
    except (ShapeError, TypeError):
        pass  # raised below, with a better message
    wanted = tuple(shape)
    if builtins.min(wanted, default=0) < -1:
        raise ShapeError(f"{name}: sizes must be >= 0, or -1 for what is left, got {wanted}")
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


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """With the dimensions `start_dim` to `end_dim` merged into one: (2, 3, 4) becomes (24,).

    ArgumentError if `start_dim` comes after `end_dim`.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).flatten()
    tensor([1., 2., 3., 4.])
    """
    shape = checked(input, "flatten").array.shape
    first = dim_index("flatten", start_dim, len(shape))
    last = dim_index("flatten", end_dim, len(shape))
    if first > last:
        raise ArgumentError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    if first == last and shape:
        return input  # there is nothing to merge
    merged = math.prod(shape[first : last + 1])
    return ops.reshape(input, shape=(*shape[:first], merged, *shape[last + 1 :]))


def permute(input: Tensor, *order: Sizes, dims: Sizes | None = None) -> Tensor:
    """The dimensions in another order, which names each of them once, else ShapeError.

    >>> tg.zeros(2, 3, 4).permute(2, 0, 1).shape
    (4, 2, 3)
    """
    named = sizes("permute", given("permute", order, dims))
    ndim = checked(input, "permute").array.ndim
    axes = [dim_index("permute", d, ndim) for d in named] if len(named) == ndim else []
    if sorted(axes) != list(range(ndim)) or len(named) != ndim:
        raise ShapeError(
            f"permute: {named} must name each of the {ndim} dimensions of {input.array.shape} once"
        )
    return ops.transpose(input, axes=tuple(axes))


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).transpose(0, 1)
    tensor([[1., 3.],
            [2., 4.]])
    """
    ndim = checked(input, "transpose").array.ndim
    i, j = dim_index("transpose", dim0, ndim), dim_index("transpose", dim1, ndim)
    axes = list(range(ndim))
    if ndim:
        axes[i], axes[j] = axes[j], axes[i]
    return _transposed(input, axes=tuple(axes))


def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector or a single number stays as it is. Else ShapeError.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t()
    tensor([[1., 3.],
            [2., 4.]])
    """
    ndim = checked(input, "t").array.ndim
    if ndim > 2:
        raise ShapeError(
            f"t: needs at most 2 dimensions, got shape {input.array.shape}; use permute"
        )
    return _t(input, axes=tuple(reversed(range(ndim))))


_transposed, _t = shown_as(ops.transpose, "Transpose"), shown_as(ops.transpose, "T")
_squeezed = shown_as(ops.squeeze, "SqueezeBackward1")


@axis_too
def squeeze(input: Tensor, dim: Dims = None) -> Tensor:
    """Without all dimensions of size 1, or without those of `dim` that have size 1.

    >>> tg.tensor([[1.0], [2.0]]).squeeze(1)
    tensor([1., 2.])
    """
    shape = checked(input, "squeeze").array.shape
    named = range(len(shape)) if dim is None else checked_axes("squeeze", input, dim) or ()
    op = ops.squeeze if dim is None else _squeezed
    return op(input, axis=tuple(i for i in named if shape[i] == 1))


@axis_too
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1 at `dim`.

    >>> tg.tensor([1.0, 2.0]).unsqueeze(1)
    tensor([[1.],
            [2.]])
    """
    ndim = checked(input, "unsqueeze").array.ndim
    return ops.unsqueeze(input, axis=dim_index("unsqueeze", dim, ndim, new=1))


def expand(input: Tensor, *shape: Sizes, size: Sizes | None = None) -> Tensor:
    """Dimensions of size 1 stretched to `shape`, without a copy; -1 keeps a size.

    New dimensions may stand in front. Raises ShapeError.

    >>> tg.tensor([1.0, 2.0, 3.0]).expand(2, 3)
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """
    wanted = sizes("expand", given("expand", shape, size))
    full = expanded(checked(input, "expand").array.shape, wanted)
    return ops.broadcast_to(input, shape=full)


@functools.lru_cache(256)  # what was right once is right again
def expanded(have: Shape, wanted: Shape) -> Shape:
    """The shape that expanding `have` to `wanted` gives; ShapeError if that cannot be."""
    lead = len(wanted) - len(have)
    full = tuple(have[i - lead] if n == -1 and i >= lead else n for i, n in enumerate(wanted))
    fits = lead >= 0 and builtins.all(n in (1, m) for n, m in zip(have, full[lead:]))
    if not fits or builtins.min(full, default=0) < 0:
        raise ShapeError(
            f"expand: {have} cannot be expanded to {wanted}: only a dimension of size 1, or a new "
            "one in front, can be stretched, and -1 keeps a size that is there"
        )
    return full


@axis_too
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.cat([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """
    return joined(several("cat", tensors), dim)


def joined(values: list[Tensor], dim: int) -> Tensor:
    """What cat gives for Tensors of one dtype."""
    shapes = [v.array.shape for v in values]
    if (0,) not in shapes:  # the usual case
        return ops.cat(*values, axis=dim_index("cat", dim, len(shapes[0])))
    shape = next((shape for shape in shapes if shape != (0,)), None)
    if shape is None:
        return ops.cat(*values, axis=0)
    axis = dim_index("cat", dim, len(shape))
    nothing = (*shape[:axis], 0, *shape[axis + 1 :])
    fitting = [ops.reshape(v, shape=nothing) if v.array.shape == (0,) else v for v in values]
    return ops.cat(*fitting, axis=axis)


@axis_too
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension `dim`.

    >>> tg.stack([tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0])], dim=1)
    tensor([[1., 3.],
            [2., 4.]])
    """
    values = several("stack", tensors)
    return ops.stack(*values, axis=dim_index("stack", dim, values[0].array.ndim, new=1))


# ----------------------------------------------------------------------------------------- indexing


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The entries of `input` along `dim` that `index`, a vector of integers, names; in its order.

    Raises PlaceError (an IndexError), or TypeError if `index` does not hold integers.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_select(0, tg.tensor([2, 0]))
    tensor([3., 1.])
    """
    axis = dim_index("index_select", dim, checked(input, "index_select").array.ndim)
    if checked(index, "index_select").array.ndim > 1:
        raise PlaceError(f"index_select: the index must be a vector, got {index.array.shape}")
    index = integer_index("index_select", input, index, (input.array.shape or (1,))[axis])
    vector = index if index.array.ndim else index.reshape(1)
    if not input.array.ndim:
        if len(vector) != 1:
            raise ShapeError(
                f"index_select: of a tensor of no dimensions (a single number) one is picked, not "
                f"{len(vector)}; input.reshape(1) can be picked from often"
            )
        return ops.index_select(input.reshape(1), vector, axis=0).reshape(())
    return ops.index_select(input, vector, axis=axis)


def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """One entry for each element of `index`: for ``dim=0``, ``out[i][j] = input[index[i][j]][j]``.

    The result has the shape of `index`, which has as many dimensions as `input`. Raises ShapeError,
    PlaceError (an IndexError), or TypeError if `index` does not hold integers.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).gather(1, tg.tensor([[1], [0]]))
    tensor([[2.],
            [3.]])
    """
    shape = checked(input, "gather").array.shape
    axis = dim_index("gather", dim, len(shape))
    if not checked(index, "gather").array.size:  # whatever its shape and dtype
        return input.reshape(-1)[:0].reshape(index.array.shape)
    index = integer_index("gather", input, index, (shape or (1,))[axis])
    if not (shape and index.array.ndim):  # a single number is as good as a vector of one
        row = input if shape else input.reshape(1)
        return gather(row, dim, index.reshape(index.array.shape or 1)).reshape(index.array.shape)
    fits = len(index.array.shape) == len(shape) and builtins.all(
        n <= shape[i] for i, n in enumerate(index.array.shape) if i != axis
    )
    if not fits:
        raise ShapeError(
            f"gather: index has shape {index.array.shape}, input {shape}; they need as many "
            f"dimensions, and the index may be larger only in dimension {axis}"
        )
    return ops.gather(input, index, axis=axis)
