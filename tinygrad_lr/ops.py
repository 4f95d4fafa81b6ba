"""The table: every operation, its forward and its gradient rules side by side.

How to read an entry. The first function computes the result ``y`` on raw arrays. Each following
function is the gradient rule of one argument, in order: given ``g``, the gradient with respect to
``y``, it returns the gradient with respect to that argument. None stands for an argument that has
no gradient (a condition, a mask). Broadcasting needs no care: the engine sums the gradient back to
the argument's shape.

The rules run on raw arrays and, when the backward pass is itself recorded, on Tensors; so they use
operators, ``.shape .ndim .reshape(tuple)``, `total` (a sum, see sums.py) and other entries.
Constants are Python numbers, which leave float32 what it is. Axes come as a tuple of numbers
counted from the front, as one such number, or as None for all: functions.py sees to that.

In the annotations `Array` stands for both, a raw array or a Tensor. Type checkers see NumPy's
array. An entry gives what it was given, which they cannot know: to them it is Any.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate
from types import EllipsisType
from typing import Any, TypeAlias

import numpy as np

from .device import Array, Shape, is_array, move, stretched, xp, zeros_beside
from .forms import formed
from .graph import Op
from .sums import Axes, reduced_count, reduced_shape, total
from .wording import say_nearest

Index: TypeAlias = tuple[int | slice | EllipsisType | Array | None, ...]

BROADCAST = "they do not broadcast: counted from the right, sizes must be equal, or one of them 1"

# ------------------------------------------------------------------------- arithmetic, element-wise

add = Op(
    "add",
    lambda a, b: a + b,
    lambda g, y, a, b: g,
    lambda g, y, a, b: g,
    needs=BROADCAST,
    light=True,
)
sub = Op(
    "sub",
    lambda a, b: a - b,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g,
    needs=BROADCAST,
    light=True,
)
mul = Op(
    "mul",
    lambda a, b: a * b,
    lambda g, y, a, b: g * b,
    lambda g, y, a, b: g * a,
    needs=BROADCAST,
    light=None,
)
div = Op(
    "div",
    lambda a, b: a / b,
    lambda g, y, a, b: g / b,
    lambda g, y, a, b: -g * (a / b / b),
    needs=BROADCAST,
    light=None,
)
neg = Op("neg", lambda a: -a, lambda g, y, a: -g, light=True)


def _pow_base(g: Array, y: Array, a: Array, b: Array | float) -> Array:
    # d/da a^b = b a^(b-1). Where b is 0 that is 0, also for a = 0, where 0 * a^-1 would be nan;
    # and its own gradient with respect to b is 1 / a, as that of b / a.
    if isinstance(b, (int, float)):
        return g * (b * a ** (b - 1)) if b else g * 0.0
    flat = b == 0
    base = where(where(flat, abs(a), 0.0) > 0, a, 1.0)
    return g * where(flat, b / base, b * a ** where(flat, 0.0, b - 1))


def _pow_exponent(g: Array, y: Array, a: Array | float, b: Array) -> Array:
    # d/db a^b = a^b log a. At a = 0 with b >= 0 the gradient is chosen to be 0, as in PyTorch.
    if isinstance(a, (int, float)):
        if a == 0:
            return g * where(b >= 0, 0.0, -y)  # where b < 0, y is infinity, and log a = -infinity
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


def _inside(a: Array, low: Array | float | None, high: Array | float | None) -> Array:
    """Whether each element is from `low` to `high`; one of the two may be None, for no bound."""
    if low is None or high is None:
        return a >= low if high is None else a <= high
    return (a >= low) & (a <= high)


clamp = Op(  # low, high: numbers, arrays, or None; where low > high, it is high
    "clamp",
    lambda a, low, high: a.clip(low, high),
    lambda g, y, a, low, high: where(_inside(a, low, high), g, 0.0),
    lambda g, y, a, low, high: where((a < low) & (high is None or low < high), g, 0.0),
    lambda g, y, a, low, high: where((a > high) | (low is not None and high < low), g, 0.0),
    needs=BROADCAST,
)

# -------------------------------------------------------------------------- functions, element-wise

exp = Op("exp", lambda a: xp(a).exp(a), lambda g, y, a: g * y)
log = Op("log", lambda a: xp(a).log(a), lambda g, y, a: g / a)
sqrt = Op("sqrt", lambda a: xp(a).sqrt(a), lambda g, y, a: g / (2.0 * y))
sin = Op("sin", lambda a: xp(a).sin(a), lambda g, y, a: g * cos(a))
cos = Op("cos", lambda a: xp(a).cos(a), lambda g, y, a: -g * sin(a))
tanh = Op("tanh", lambda a: xp(a).tanh(a), lambda g, y, a: g * (1.0 - y * y))
relu = Op("relu", lambda a: xp(a).maximum(a, 0), lambda g, y, a: where(y <= 0, 0.0, g))
abs = Op("abs", lambda a: xp(a).abs(a), lambda g, y, a: g * sign(a))
sign = Op("sign", lambda a: _sign(a), lambda g, y, a: g * 0.0, light=True)


def _sign(a: Array) -> Array:
    # 1, 0 or -1; of nan 0, as in PyTorch. A boolean is its own sign.
    if a.dtype.kind != "f":
        return a.copy() if a.dtype.kind == "b" else xp(a).sign(a)
    signs = xp(a).sign(a)
    return xp(a).where(signs == signs, signs, 0)


@np.errstate(over="ignore")
def _sigmoid(a: Array) -> Array:
    # sigmoid(a) = 1 / (1 + e^-a). Where a is very negative, e^-a overflows to infinity; the result
    # 1 / infinity = 0 is right, so NumPy need not warn.
    e = xp(a).exp(-a)
    e += 1.0
    return 1.0 / e


sigmoid = Op("sigmoid", _sigmoid, lambda g, y, a: g * y * (1.0 - y))

# ----------------------------------------------------------------------------------------- products


def swap(a: Array) -> Array:
    """A matrix, or each matrix of a batch, transposed: (..., n, m) becomes (..., m, n)."""
    return transpose(a, axes=(*range(a.ndim - 2), a.ndim - 1, a.ndim - 2))


def _column(a: Array) -> Array:
    """`a` with a dimension of size 1 behind: (..., n) becomes (..., n, 1)."""
    return a.reshape((*a.shape, 1))


def _row(a: Array) -> Array:
    """`a` with a dimension of size 1 before the last: (..., n) becomes (..., 1, n)."""
    return a.reshape((*a.shape[:-1], 1, a.shape[-1]))


def _matmul_left(g: Array, y: Array, a: Array, b: Array) -> Array:
    if b.ndim == 1:  # y = sum_k a[..., k] b[k]
        return _column(g) * b
    if a.ndim == 1:  # y[..., m] = sum_k a[k] b[..., k, m]
        return total(b * _row(g), -1)
    return g @ swap(b)


def _matmul_right(g: Array, y: Array, a: Array, b: Array) -> Array:
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
    needs="the last dimension of a must be as long as the last but one of b (of a vector, its "
    "only one); the dimensions in front must broadcast, and neither may be a single number; "
    ".T transposes a matrix",
)


def _linear(x: Array, weight: Array, bias: Array | None) -> Array:
    y = x @ weight.T
    if bias is not None:
        y += bias
    return y


def rows(a: Array) -> Array:
    """`a` as a matrix, all its dimensions but the last in one: (..., n) becomes (-1, n)."""
    return a if a.ndim == 2 else a.reshape((math.prod(a.shape[:-1]), a.shape[-1]))


linear = Op(  # y = x W^T + b, with x (..., in), W (out, in) and b (out,) or None
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


def _count(a: Array, axis: Axes) -> int:
    """How many elements go into one result."""
    return reduced_count(a.shape, axis)


def restore_axes(r: Array, a: Array, axis: Axes) -> Array:
    """A reduction's result `r`, or its gradient, with the reduced axes of `a` back, of size 1."""
    return r.reshape(reduced_shape(a.shape, axis, True))


def or_nan(count: float) -> float:
    """`count`, to divide by for a mean; nan where it is 0, so that the mean is nan."""
    return count or math.nan


sum = Op(
    "sum",
    lambda a, axis, keepdims: total(a, axis, keepdims),
    lambda g, y, a, axis, keepdims: broadcast_to(restore_axes(g, a, axis), shape=a.shape),
    light=True,
)
mean = Op(
    "mean",
    lambda a, axis, keepdims: total(a, axis, keepdims) / or_nan(_count(a, axis)),
    lambda g, y, a, axis, keepdims: broadcast_to(
        restore_axes(g, a, axis) / max(_count(a, axis), 1), shape=a.shape
    ),
    light=True,
)


def _extreme_rule(g: Array, y: Array, a: Array, axis: Axes, keepdims: bool) -> Array:
    return shared_evenly(g, a == restore_axes(y, a, axis), a, axis)


def shared_evenly(g: Array, hits: Array, a: Array, axis: Axes) -> Array:
    """The gradient `g` of the extremes of `a`, to equal parts where it `hits` one."""
    hits = to_copy(hits, dtype=a.dtype)
    return restore_axes(g, a, axis) * hits / total(hits, axis, keepdims=True)


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


def _extreme_of_all_rule(g: Array, y: Array, a: Array) -> Array:
    # As the rule of amax and amin; but that nan is an extreme, as in PyTorch.
    return shared_evenly(g, (a == y) | (a != a), a, None)


max_all = Op("max", lambda a: a.max(), _extreme_of_all_rule)
min_all = Op("min", lambda a: a.min(), _extreme_of_all_rule)
argmax = Op("argmax", lambda a, axis: a.argmax(axis=axis))
argmin = Op("argmin", lambda a, axis: a.argmin(axis=axis))


def _degrees(a: Array, axis: Axes, correction: float) -> float:
    """The degrees of freedom: what the sum of squares is divided by for a variance."""
    return or_nan(_count(a, axis) - correction)


def _deviation(a: Array, axis: Axes) -> Array:
    """`a` minus its mean along `axis`."""
    return a - total(a, axis, keepdims=True) / max(_count(a, axis), 1)


def _var(a: Array, axis: Axes, keepdims: bool, correction: float) -> Array:
    # var = sum (a - mean a)^2 / (n - correction), over n elements. The mean is rounded, which puts
    # all deviations off by the same; so their own mean, which would be 0, is taken away too.
    deviation, count = _deviation(a, axis), _count(a, axis)
    deviation -= total(deviation, axis, keepdims=True) / max(count, 1)
    deviation *= deviation
    squares = total(deviation, axis, keepdims)
    if count > max(correction, 0):
        return squares / (count - correction)
    # Without a degree of freedom the variance is infinite, or of equal numbers nan.
    return xp(squares).where(squares > 0, math.inf, math.nan).astype(a.dtype)


def _std_rule(g: Array, y: Array, a: Array, axis: Axes, keepdims: bool, correction: float) -> Array:
    # d std = d var / (2 std). Where all values are equal, std is 0 and the gradient is chosen as 0.
    g, y = restore_axes(g, a, axis), restore_axes(y, a, axis)
    flat = y == 0
    slope = g / (where(flat, 1.0, y) * _degrees(a, axis, correction))
    return where(flat, 0.0, slope) * _deviation(a, axis)


var = Op(
    "var",
    _var,
    lambda g, y, a, axis, keepdims, correction: (
        restore_axes(g, a, axis) * (2.0 / _degrees(a, axis, correction)) * _deviation(a, axis)
    ),
)
std = Op(
    "std",
    lambda a, axis, keepdims, correction: xp(a).sqrt(_var(a, axis, keepdims, correction)),
    _std_rule,
)


def drop_axes(r: Array, a: Array, axis: Axes, keepdims: bool) -> Array:
    """`r`, where the reduced axes of `a` have size 1, without these axes unless `keepdims`."""
    return r if keepdims else r.reshape(reduced_shape(a.shape, axis, False))


def largest(a: Array, axis: Axes) -> Array:
    """The maximum along `axis`, which is kept with size 1; 0 where `a` is empty."""
    return a.max(axis=axis, keepdims=True) if a.size else total(a, axis, keepdims=True)


@np.errstate(divide="ignore")  # an empty sum is 0, and its log -infinity
def _logsumexp(a: Array, axis: Axes, keepdims: bool) -> Array:
    # log sum e^a = m + log sum e^(a - m), with m = max a so that nothing overflows.
    library = xp(a)
    m = largest(a, axis)
    m = library.where(library.isfinite(m), m, 0.0)
    whole = total(library.exp(a - m), axis, keepdims=True)
    return drop_axes(library.log(whole) + m, a, axis, keepdims)


logsumexp = Op(
    "logsumexp",
    _logsumexp,
    lambda g, y, a, axis, keepdims: restore_axes(g, a, axis) * exp(a - restore_axes(y, a, axis)),
)

# ------------------------------------------------------------------------------------------- shapes

broadcast_to = Op(
    "expand",
    lambda a, shape: (  # where nothing is stretched, a view that can be written to
        a.reshape(shape) if a.size == math.prod(shape) else stretched(a, shape)
    ),
    lambda g, y, a, shape: g,
    view=True,
    needs="only a dimension of size 1, or a new one in front, can be stretched",
    light=True,
)
reshape = Op(
    "view",
    lambda a, shape: a.reshape(shape),
    lambda g, y, a, shape: g.reshape(a.shape),
    view=True,
    light=True,
)
squeeze = Op(
    "squeeze",
    lambda a, axis: a.squeeze(axis),
    lambda g, y, a, axis: g.reshape(a.shape),
    view=True,
    light=True,
)
unsqueeze = Op(
    "unsqueeze",
    lambda a, axis: a.reshape((*a.shape[:axis], 1, *a.shape[axis:])),
    lambda g, y, a, axis: g.reshape(a.shape),
    view=True,
    light=True,
)
transpose = Op(
    "permute",
    lambda a, axes: a.transpose(axes),
    lambda g, y, a, axes: transpose(g, axes=tuple(axes.index(i) for i in range(len(axes)))),
    view=True,
    light=True,
)


def _cat_rule(g: Array, y: Array, *arrays: Array, axis: int) -> Callable[[int], Array]:
    # The part of g that came from array number i lies between two of the ends.
    before, ends = [slice(None)] * axis, [0, *accumulate(a.shape[axis] for a in arrays)]
    return lambda i: getitem(g, index=(*before, slice(ends[i], ends[i + 1])))


cat = Op(
    "cat",
    lambda *arrays, axis: xp(arrays[0]).concatenate(arrays, axis),
    each=_cat_rule,
    needs="all dimensions but the one they are joined along must be equal",
    light=True,
)
stack = Op(
    "stack",
    lambda *arrays, axis: xp(arrays[0]).concatenate(
        [a.reshape((*a.shape[:axis], 1, *a.shape[axis:])) for a in arrays], axis
    ),
    each=lambda g, y, *arrays, axis: lambda i: getitem(g, index=(*[slice(None)] * axis, i)),
    needs="all shapes must be equal",
    light=True,
)

# ----------------------------------------------------------------------------------------- indexing


def _scatter(g: Array, index: Index, shape: Shape) -> Array:
    """An array of `shape`, 0 but at `index`, where the elements of `g` are added."""
    library = xp(g)
    if g.dtype == np.float16 and lists_in(index):  # float16 counts no further than 2048
        return _scatter(g.astype(np.float32), index, shape).astype(np.float16)
    out = zeros_beside(g, shape, g.dtype)
    if [i for i in index if is_array(i)]:
        library.add.at(out, index, g)  # an element picked twice receives both gradients
    else:
        out[index] = g  # slices and single numbers pick nothing twice
    return out


def index_along(index: Array, axis: int) -> Index:
    """The index that picks, at each place of `index`, the entry that it names along `axis`."""
    behind = index.ndim - 1
    return tuple(
        index if i == axis else xp(index).arange(n).reshape((n,) + (1,) * (behind - i))
        for i, n in enumerate(index.shape)
    )


# getitem and scatter are each the other's gradient: getitem picks elements, scatter puts them back,
# and adds up where several go to one place. `index` is a tuple of numbers, slices, None, ... and
# raw integer or boolean arrays.
getitem = Op(
    "index",
    lambda a, index: a[index],
    lambda g, y, a, index: scatter(g, index=index, shape=a.shape),
    view=True,
    light=True,
)
select = Op(  # by single integers only
    "select", getitem.forward, *getitem.rules, view=True, light=True
)
scatter = Op("scatter", _scatter, lambda g, y, a, index, shape: getitem(g, index=index), light=True)
setitem = Op(  # a with `value` written at `index`
    "copy_slices",
    lambda a, value, index: _setitem(a, value, index),
    lambda g, y, a, value, index: setitem(g, 0.0, index=index),
    lambda g, y, a, value, index: _with_front(
        _of_last(getitem(g, index=index), index, a.shape), value.ndim
    ),
    light=True,
)


def _with_front(a: Array, ndim: int) -> Array:
    """`a` with dimensions of size 1 in front, if it has fewer than `ndim`."""
    return a.reshape((1,) * (ndim - a.ndim) + a.shape)


def _setitem(a: Array, value: Array | float, index: Index) -> Array:
    a = xp(a).copy(a)  # an array also where a is a bare NumPy number
    put(a, value, index)
    return a


def put(a: Array, value: Any, index: Index) -> None:
    """Write `value`, an array or a number, into `a` at `index`, broadcast."""
    if is_array(value) and value.ndim:
        while value.shape[:1] == (1,):
            value = value.reshape(value.shape[1:])
        if not (a.size and value.size):  # of nothing NumPy does not ask the shape
            xp(a).broadcast_to(value, a[index].shape)
        if value.ndim > 1 and len(index) == 1 and is_array(index[0]):
            index = (*index, Ellipsis)  # NumPy's own way for a mask alone takes no such value
        if value.size > 1 and lists_in(index):
            return put_in_turn(a, value, index)
    a[index] = value


@formed
def put_in_turn(a: Array, value: Array, index: Index) -> None:
    """Write `value` into `a` at `index`. Where several go to one place, the last one stays."""
    a[index] = value if value.flags.c_contiguous else value.copy()  # NumPy goes by memory


def lists_in(index: tuple[Any, ...]) -> list[Array]:
    """The arrays in `index` that may name a place twice."""
    return [i for i in index if is_array(i) and i.dtype.kind != "b" and i.size > 1]


def _of_last(picked: Array, index: tuple[Any, ...], shape: Shape) -> Array:
    """`picked`, 0 where a write to this `index` of an array of `shape` leaves another element.

    That is found by writing: at each place, how many have been written before. Slices pick nothing
    twice, so the dimensions under them can be of size 1. (Besides these and None, there stands
    nothing beside arrays: see indexing.py.)
    """
    if not (lists := lists_in(index)):
        return picked
    sizes: list[int] = []
    for item in index:
        if is_array(item):
            dims = item.ndim if item.dtype.kind == "b" else 1
            sizes += shape[len(sizes) : len(sizes) + dims]
        elif item is not None:
            sizes += [1]
    sizes += [1] * (len(shape) - len(sizes))
    places = tuple(slice(None) if isinstance(i, slice) else i for i in index)
    last = xp(lists[0]).zeros(tuple(sizes), np.int64)
    there = getitem(last, index=places)
    turns = xp(lists[0]).arange(there.size).reshape(there.shape)
    last = getitem(setitem(last, turns, index=places), index=places)
    return where(last == turns, picked, 0.0)


index_select = Op(
    "index_select",
    lambda a, index, axis: a.take(index, axis),
    lambda g, y, a, index, axis: scatter(g, index=(*[slice(None)] * axis, index), shape=a.shape),
)
gather = Op(
    "gather",
    lambda a, index, axis: a[index_along(index, axis)],
    lambda g, y, a, index, axis: scatter(g, index=index_along(index, axis), shape=a.shape),
)


def _picked(a: Array, index: Array, axis: int, keepdims: bool) -> Array:
    return drop_axes(a[index_along(index, axis)], a, axis, keepdims)


def _picked_rule(g: Array, y: Array, a: Array, index: Array, axis: int, keepdims: bool) -> Array:
    return scatter(restore_axes(g, a, axis), index=index_along(index, axis), shape=a.shape)


# max and min along one axis. `index` says where they are, and only these places get the gradient.
max_along = Op("max", _picked, _picked_rule)
min_along = Op("min", _picked, _picked_rule)

# ------------------------------------------------------------------------------- dtypes and devices


@np.errstate(over="ignore")  # what is too large becomes infinity, as in PyTorch
def _to_copy(a: Array, dtype: np.dtype[Any]) -> Array:
    return a.astype(dtype)


clone = Op("clone", lambda a: a.copy(), lambda g, y, a: g, light=True)
to_copy = Op(
    "to_copy",
    _to_copy,
    lambda g, y, a, dtype: to_copy(g, dtype=a.dtype),
    light=True,
)
to_device = Op(
    "to_device",
    lambda a, source, target: move(a, target),
    lambda g, y, a, source, target: to_device(g, source=target, target=source),
    light=True,
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


def no_views(table: dict[str, object]) -> None:
    """Say of all entries of a `table` that say nothing: no result shows an argument's memory."""
    for name in [*table]:
        entry = table[name]
        if isinstance(entry, Op) and entry.view is None:
            entry.view = False


no_views(globals())

say_nearest(__name__)
