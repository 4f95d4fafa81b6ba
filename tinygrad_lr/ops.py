"""The table: every operation, its forward and its gradient rules side by side.

How to read an entry. The first function computes on raw NumPy or CuPy arrays. Each following one
is the gradient rule of one argument, in order: given ``g``, the gradient with respect to the result
``y``, it returns the gradient with respect to that argument. None stands for an argument that has
no gradient (labels, an index, a mask). Broadcasting needs no care: the engine sums the gradient
back to the argument's shape.

The rules run on raw arrays and, when the backward pass is itself recorded, on Tensors; so they use
operators, ``.shape .ndim .sum(axis=, keepdims=) .reshape(tuple)`` and other entries. Constants are
Python numbers, which leave float32 what it is. Axes come as a tuple of numbers counted from the
front, or None for all: functions.py sees to that.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np

from .device import is_array, move, xp
from .graph import Op

Axes: TypeAlias = tuple[int, ...] | int | None

BROADCAST = "they do not broadcast: counted from the right, sizes must be equal, or one of them 1"

# ------------------------------------------------------------------------- arithmetic, element-wise

add = Op(
    "add",
    lambda a, b: a + b,
    lambda g, y, a, b: g,
    lambda g, y, a, b: g,
    needs=BROADCAST,
)
sub = Op(
    "sub",
    lambda a, b: a - b,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g,
    needs=BROADCAST,
)
mul = Op(
    "mul",
    lambda a, b: a * b,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    needs=BROADCAST,
)
div = Op(
    "div",
    lambda a, b: a / b,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -g * (a / b / b),
    needs=BROADCAST,
)
neg = Op("neg", lambda a: -a, lambda g, y, a: -g)


def _pow_base(g: Any, y: Any, a: Any, b: Any) -> Any:
    # d/da a^b = b a^(b-1), but 0 where b is 0: there 0 * a^-1 would be nan at a = 0, and 0 * a^0
    # is 0 at any a.
    if isinstance(b, (int, float)):
        return g * (b * a ** (b - 1)) if b else g * 0.0
    return g * (b * a ** where(b == 0, 0.0, b - 1))


def _pow_exponent(g: Any, y: Any, a: Any, b: Any) -> Any:
    # d/db a^b = a^b log a, but 0 at a = 0 with b >= 0, where a^b does not move with b.
    if isinstance(a, (int, float)):
        if a == 0:
            return g * where(b >= 0, 0.0, -y)  # where b < 0, y is infinite, and falls
        return g * y * (math.log(a) if a > 0 else math.nan)
    flat = (b >= 0) & (a == 0)
    return where(flat, 0.0, g * y * log(where(flat, 1.0, a)))


pow = Op("pow", lambda a, b: a**b, _pow_base, _pow_exponent, needs=BROADCAST)

maximum = Op(  # where both are equal, half of the gradient goes to each
    "maximum",
    lambda a, b: xp(a).maximum(a, b),
    lambda g, y, a, b: where(a < b, 0.0, where(a == b, g * 0.5, g)),
    lambda g, y, a, b: where(b < a, 0.0, where(a == b, g * 0.5, g)),
    needs=BROADCAST,
)
minimum = Op(
    "minimum",
    lambda a, b: xp(a).minimum(a, b),
    lambda g, y, a, b: where(a > b, 0.0, where(a == b, g * 0.5, g)),
    lambda g, y, a, b: where(b > a, 0.0, where(a == b, g * 0.5, g)),
    needs=BROADCAST,
)
where = Op(
    "where",
    lambda condition, a, b: xp(condition).where(condition, a, b),
    None,
    lambda g, y, condition, a, b: where(condition, g, 0.0),
    lambda g, y, condition, a, b: where(condition, 0.0, g),
    needs=BROADCAST,
)


def _inside(a: Any, low: Any, high: Any) -> Any:
    if low is None or high is None:
        return a >= low if high is None else a <= high
    return (a >= low) & (a <= high)


clamp = Op(
    "clamp",
    lambda a, low, high: xp(a).clip(a, low, high),
    lambda g, y, a, low, high: where(_inside(a, low, high), g, 0.0),
)

# -------------------------------------------------------------------------- functions, element-wise


def _sigmoid(a: Any) -> Any:
    # For a << 0, e^-a overflows to infinity, and 1 / infinity is the 0 that is right. So the one
    # thing to do about it is not to warn.
    with np.errstate(over="ignore"):
        e = xp(a).exp(-a)
        e += 1.0
        return 1.0 / e


exp = Op("exp", lambda a: xp(a).exp(a), lambda g, y, a: g * y)
log = Op("log", lambda a: xp(a).log(a), lambda g, y, a: g / a)
sqrt = Op("sqrt", lambda a: xp(a).sqrt(a), lambda g, y, a: g / (2.0 * y))
sin = Op("sin", lambda a: xp(a).sin(a), lambda g, y, a: g * cos(a))
cos = Op("cos", lambda a: xp(a).cos(a), lambda g, y, a: -g * sin(a))
tanh = Op("tanh", lambda a: xp(a).tanh(a), lambda g, y, a: g * (1.0 - y * y))
sigmoid = Op("sigmoid", _sigmoid, lambda g, y, a: g * y * (1.0 - y))
relu = Op("relu", lambda a: xp(a).maximum(a, 0), lambda g, y, a: where(y <= 0, 0.0, g))
abs = Op("abs", lambda a: xp(a).abs(a), lambda g, y, a: g * sign(a))
sign = Op("sign", lambda a: xp(a).sign(a), lambda g, y, a: g * 0.0)

# ----------------------------------------------------------------------------------------- products


def swap(a: Any) -> Any:
    """A matrix, or each of a batch of them, transposed."""
    return transpose(a, axes=(*range(a.ndim - 2), a.ndim - 1, a.ndim - 2))


def _column(a: Any) -> Any:
    return a.reshape((*a.shape, 1))


def _row(a: Any) -> Any:
    return a.reshape((*a.shape[:-1], 1, a.shape[-1]))


def _matmul_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if b.ndim == 1:  # y = sum_k a[..., k] b[k]
        return _column(g) * b
    if a.ndim == 1:  # y[..., m] = sum_k a[k] b[..., k, m]
        return (b * _row(g)).sum(axis=-1)
    return g @ swap(b)


def _matmul_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    if a.ndim == 1:
        return g * a if b.ndim == 1 else _column(a) * _row(g)
    if b.ndim == 1:
        return a * _column(g)
    return swap(a) @ g


matmul = Op(
    "matmul",
    lambda a, b: a @ b,
    _matmul_left,
    _matmul_right,
    needs="the last dimension of a must be as long as the last but one of b (b's only one, if it "
    "is a vector; .T transposes a matrix), the dimensions in front must broadcast, and neither may "
    "be a single number",
)


def _linear(x: Any, weight: Any, bias: Any) -> Any:
    y = x @ weight.T
    if bias is not None:
        y += bias
    return y


def rows(a: Any) -> Any:
    """`a` as a matrix, all its dimensions but the last in one."""
    return a if a.ndim == 2 else a.reshape((math.prod(a.shape[:-1]), a.shape[-1]))


linear = Op(  # y = x W^T + b in one entry; W is (out, in), as PyTorch keeps it
    "linear",
    _linear,
    lambda g, y, x, weight, bias: g @ weight,
    lambda g, y, x, weight, bias: rows(g).T @ rows(x),
    lambda g, y, x, weight, bias: g,
    needs="the last dimension of x must be as long as the last of weight (out, in), "
    "and bias must be (out,); images are flattened first, with x.flatten(1)",
    shown="Addmm",
)

# --------------------------------------------------------------------------------------- reductions


def _axes(a: Any, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(a.ndim))
    return tuple(i % a.ndim for i in ((axis,) if isinstance(axis, int) else axis))


def _count(a: Any, axis: Any) -> int:
    """How many elements go into one result."""
    return math.prod(a.shape[i] for i in _axes(a, axis))


def _spread(r: Any, a: Any, axis: Any) -> Any:
    """A reduction's result `r`, or its gradient, with the reduced axes of `a` back, of size 1."""
    axes = _axes(a, axis)
    return r.reshape(tuple(1 if i in axes else n for i, n in enumerate(a.shape)))


def _extreme_rule(g: Any, y: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    # Equal extremes share the gradient evenly.
    hits = to_copy(a == _spread(y, a, axis), dtype=a.dtype)
    return _spread(g, a, axis) * hits / hits.sum(axis=axis, keepdims=True)


def or_nan(count: int) -> float:
    """What to divide by for a mean over `count` elements; the mean of nothing is nan."""
    return count if count > 0 else math.nan


def _degrees(a: Any, axis: Any, correction: int) -> float:
    """What the sum of squares is divided by for a variance."""
    return or_nan(_count(a, axis) - correction)


def _deviation(a: Any, axis: Any) -> Any:
    return a - a.sum(axis=axis, keepdims=True) / max(_count(a, axis), 1)


def _var(a: Any, axis: Any, keepdims: bool, correction: int) -> Any:
    squares = _deviation(a, axis) ** 2
    return squares.sum(axis=axis, keepdims=keepdims) / _degrees(a, axis, correction)


def _std_rule(g: Any, y: Any, a: Any, axis: Any, keepdims: bool, correction: int) -> Any:
    # d std = d var / (2 std); where all values are equal there is no slope, and 0 is chosen.
    g, y = _spread(g, a, axis), _spread(y, a, axis)
    flat = y == 0
    slope = g / (where(flat, 1.0, y) * _degrees(a, axis, correction))
    return where(flat, 0.0, slope) * _deviation(a, axis)


def _logsumexp(a: Any, axis: Any, keepdims: bool) -> Any:
    # log sum e^a = m + log sum e^(a-m), with m = max a so that nothing overflows.
    library = xp(a)
    m = largest(a, axis)
    m = library.where(library.isfinite(m), m, 0.0)
    total = library.exp(a - m).sum(axis=axis, keepdims=True)
    with np.errstate(divide="ignore"):  # the log of nothing is -inf, as it should be
        return _restore(library.log(total) + m, a, axis, keepdims)


def largest(a: Any, axis: Any) -> Any:
    """The maximum with its axes kept; 0 where there is nothing to take it of."""
    return a.max(axis=axis, keepdims=True) if a.size else a.sum(axis=axis, keepdims=True)


def _restore(r: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    axes = _axes(a, axis)
    return r if keepdims else r.reshape(tuple(n for i, n in enumerate(a.shape) if i not in axes))


sum = Op(
    "sum",
    lambda a, axis, keepdims: a.sum(axis=axis, keepdims=keepdims),
    lambda g, y, a, axis, keepdims: broadcast_to(_spread(g, a, axis), shape=a.shape),
)
mean = Op(
    "mean",
    lambda a, axis, keepdims: a.sum(axis=axis, keepdims=keepdims) / or_nan(_count(a, axis)),
    lambda g, y, a, axis, keepdims: broadcast_to(
        _spread(g, a, axis) / max(_count(a, axis), 1), shape=a.shape
    ),
)
amax = Op(
    "amax",
    lambda a, axis, keepdims: a.max(axis=axis, keepdims=keepdims),
    _extreme_rule,
    needs="there is no largest of no elements",
)
amin = Op(
    "amin",
    lambda a, axis, keepdims: a.min(axis=axis, keepdims=keepdims),
    _extreme_rule,
    needs="there is no smallest of no elements",
)
var = Op(
    "var",
    _var,
    lambda g, y, a, axis, keepdims, correction: (
        _spread(g, a, axis) * (2.0 / _degrees(a, axis, correction)) * _deviation(a, axis)
    ),
)
std = Op(
    "std",
    lambda a, axis, keepdims, correction: xp(a).sqrt(_var(a, axis, keepdims, correction)),
    _std_rule,
)
logsumexp = Op(
    "logsumexp",
    _logsumexp,
    lambda g, y, a, axis, keepdims: _spread(g, a, axis) * exp(a - _spread(y, a, axis)),
)
argmax = Op("argmax", lambda a, axis: a.argmax(axis=axis))
argmin = Op("argmin", lambda a, axis: a.argmin(axis=axis))

# ------------------------------------------------------------------------------------------- shapes

broadcast_to = Op(
    "expand",
    lambda a, shape: (  # where nothing is stretched, a view that can be written to
        a.reshape(shape) if a.size == math.prod(shape) else xp(a).broadcast_to(a, shape)
    ),
    lambda g, y, a, shape: g,
    view=True,
    needs="only a dimension of size 1, or a new one in front, can be stretched",
)
reshape = Op(
    "view",
    lambda a, shape: a.reshape(shape),
    lambda g, y, a, shape: g.reshape(a.shape),
    view=True,
)
squeeze = Op(
    "squeeze",
    lambda a, axis: a.squeeze(axis),
    lambda g, y, a, axis: g.reshape(a.shape),
    view=True,
)
unsqueeze = Op(
    "unsqueeze",
    lambda a, axis: xp(a).expand_dims(a, axis),
    lambda g, y, a, axis: g.reshape(a.shape),
    view=True,
)
transpose = Op(
    "permute",
    lambda a, axes: a.transpose(axes),
    lambda g, y, a, axes: transpose(g, axes=tuple(axes.index(i) for i in range(len(axes)))),
    view=True,
)


def _cat_rule(i: int, g: Any, y: Any, *arrays: Any, axis: int) -> Any:
    start = 0
    for array in arrays[:i]:
        start += array.shape[axis]
    stop = start + arrays[i].shape[axis]
    return getitem(g, index=(*[slice(None)] * axis, slice(start, stop)))


cat = Op(
    "cat",
    lambda *arrays, axis: xp(arrays[0]).concatenate(arrays, axis),
    each=_cat_rule,
    needs="all dimensions but the one they are joined along must be equal",
)
stack = Op(
    "stack",
    lambda *arrays, axis: xp(arrays[0]).stack(arrays, axis),
    each=lambda i, g, y, *arrays, axis: getitem(g, index=(*[slice(None)] * axis, i)),
    needs="all shapes must be equal",
)

# ----------------------------------------------------------------------------------------- indexing


def _scatter(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    library = xp(g)
    out = library.zeros_like(g, order="C", shape=shape)
    if [i for i in index if is_array(i)]:
        library.add.at(out, index, g)  # an element picked twice receives both gradients
    else:
        out[index] = g  # slices and single numbers pick nothing twice
    return out


def _along(index: Any, axis: int) -> tuple[Any, ...]:
    """The index that picks, at each place of `index`, that entry along `axis`."""
    places = [
        xp(index).arange(n).reshape([-1 if i == j else 1 for j in range(index.ndim)])
        for i, n in enumerate(index.shape)
    ]
    return (*places[:axis], index, *places[axis + 1 :])


# Each is the other's gradient: one picks, the other puts back (and adds up what it puts twice).
# `index` is a tuple of numbers, slices, None, ... and raw integer or boolean arrays.
getitem = Op(
    "index",
    lambda a, index: a[index],
    lambda g, y, a, index: scatter(g, index=index, shape=a.shape),
    view=True,
)
select = Op("select", getitem.forward, *getitem.rules, view=True)  # by single integers only
scatter = Op("scatter", _scatter, lambda g, y, a, index, shape: getitem(g, index=index))
setitem = Op(  # a with `value` written at `index`
    "copy_slices",
    lambda a, value, index: _setitem(a, value, index),
    lambda g, y, a, value, index: setitem(g, 0.0, index=index),
    lambda g, y, a, value, index: _with_front(getitem(g, index=index), value.ndim),
)


def _with_front(a: Any, ndim: int) -> Any:
    """`a` with dimensions of size 1 in front, if it has fewer than `ndim`."""
    return a.reshape((1,) * (ndim - a.ndim) + a.shape)


def _setitem(a: Any, value: Any, index: Any) -> Any:
    a = xp(a).copy(a)  # an array also where a is a bare NumPy number
    a[index] = value
    return a


index_select = Op(
    "index_select",
    lambda a, index, axis: a.take(index, axis),
    lambda g, y, a, index, axis: scatter(g, index=(*[slice(None)] * axis, index), shape=a.shape),
)
gather = Op(
    "gather",
    lambda a, index, axis: a[_along(index, axis)],
    lambda g, y, a, index, axis: scatter(g, index=_along(index, axis), shape=a.shape),
)


def _picked(a: Any, index: Any, axis: int, keepdims: bool) -> Any:
    return _restore(a[_along(index, axis)], a, axis, keepdims)


def _picked_rule(g: Any, y: Any, a: Any, index: Any, axis: int, keepdims: bool) -> Any:
    return scatter(_spread(g, a, axis), index=_along(index, axis), shape=a.shape)


# max and min along one axis: `index` says where they were found, and only those get the gradient.
max_along = Op("max", _picked, _picked_rule)
min_along = Op("min", _picked, _picked_rule)

# ------------------------------------------------------------------------------- dtypes and devices

clone = Op("clone", lambda a: a.copy(), lambda g, y, a: g)
to_copy = Op(
    "to_copy",
    lambda a, dtype: a.astype(dtype),
    lambda g, y, a, dtype: to_copy(g, dtype=a.dtype),
)
to_device = Op(
    "to_device",
    lambda a, source, target: move(a, target),
    lambda g, y, a, source, target: to_device(g, source=target, target=source),
)

# -------------------------------------------------------------- comparisons and logic: no gradients

eq = Op("eq", lambda a, b: a == b, needs=BROADCAST)
ne = Op("ne", lambda a, b: a != b, needs=BROADCAST)
lt = Op("lt", lambda a, b: a < b, needs=BROADCAST)
le = Op("le", lambda a, b: a <= b, needs=BROADCAST)
gt = Op("gt", lambda a, b: a > b, needs=BROADCAST)
ge = Op("ge", lambda a, b: a >= b, needs=BROADCAST)
logical_and = Op("and", lambda a, b: a & b, needs=BROADCAST)
logical_or = Op("or", lambda a, b: a | b, needs=BROADCAST)
logical_not = Op("not", lambda a: ~a)
isfinite = Op("isfinite", lambda a: xp(a).isfinite(a))
isnan = Op("isnan", lambda a: xp(a).isnan(a))
all = Op("all", lambda a, axis, keepdims: a.all(axis=axis, keepdims=keepdims))
any = Op("any", lambda a, axis, keepdims: a.any(axis=axis, keepdims=keepdims))
