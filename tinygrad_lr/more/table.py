"""The table, continued: the entries behind the rest of PyTorch's names.

They are written as those of ops.py are, whose first lines say how. Nobody needs them to understand
the others; they are here because a composition of others would be wrong somewhere, or slow.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.linalg import LinAlgError

from ..device import Array, Shape, xp, zeros_beside
from ..errors import solvable
from ..graph import Op
from ..ops import (
    BROADCAST,
    abs,
    broadcast_to,
    cat,
    cos,
    exp,
    gather,
    getitem,
    max_along,
    no_views,
    restore_axes,
    setitem,
    shared_evenly,
    sign,
    sin,
    sqrt,
    swap,
    where,
)
from ..sums import Axes, total
from . import error_function, orders

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # by which einsum names dimensions

# -------------------------------------------------------------------------- functions, element-wise

sinh = Op("sinh", lambda a: xp(a).sinh(a), lambda g, y, a: g * cosh(a))
cosh: Op = Op("cosh", lambda a: xp(a).cosh(a), lambda g, y, a: g * sinh(a))
asin = Op("asin", lambda a: xp(a).arcsin(a), lambda g, y, a: g / sqrt(1.0 - a * a))
acos = Op("acos", lambda a: xp(a).arccos(a), lambda g, y, a: -g / sqrt(1.0 - a * a))
atan = Op("atan", lambda a: xp(a).arctan(a), lambda g, y, a: g / (a * a + 1.0))
asinh = Op("asinh", lambda a: xp(a).arcsinh(a), lambda g, y, a: g / sqrt(a * a + 1.0))
acosh = Op("acosh", lambda a: xp(a).arccosh(a), lambda g, y, a: g / sqrt(a * a - 1.0))
atanh = Op("atanh", lambda a: xp(a).arctanh(a), lambda g, y, a: g / (1.0 - a * a))


def _per_square(a: Array, b: Array) -> Array:
    """``1 / (a^2 + b^2)``; 0 where both are 0."""
    squares = a * a + b * b
    return where(squares == 0, 0.0, 1.0 / where(squares == 0, 1.0, squares))


atan2 = Op(  # the angle of the point (b, a)
    "atan2",
    lambda a, b: xp(a).arctan2(a, b),
    lambda g, y, a, b: g * b * _per_square(a, b),
    lambda g, y, a, b: -g * a * _per_square(a, b),
    needs=BROADCAST,
)
tan = Op("tan", lambda a: xp(a).tan(a), lambda g, y, a: g * (1.0 + y * y))
expm1 = Op("expm1", lambda a: xp(a).expm1(a), lambda g, y, a: g * (y + 1.0))
log1p = Op("log1p", lambda a: xp(a).log1p(a), lambda g, y, a: g / (a + 1.0), shown="Log1P")
log2 = Op("log2", lambda a: xp(a).log2(a), lambda g, y, a: g / (a * math.log(2.0)))
log10 = Op(  # in float64: the library's of a float32 makes 2.9999998 of 1000
    "log10",
    lambda a: xp(a).log10(a.astype(np.float64)).astype(a.dtype),
    lambda g, y, a: g / (a * math.log(10.0)),
)
exp2 = Op("exp2", lambda a: xp(a).exp2(a), lambda g, y, a: g * y * math.log(2.0))
rsqrt = Op("rsqrt", lambda a: 1.0 / xp(a).sqrt(a), lambda g, y, a: -0.5 * g * y**3)
reciprocal = Op("reciprocal", lambda a: 1.0 / a, lambda g, y, a: -g * (y * y))
logit = Op(  # nan, as is its slope, where a is not from 0 to 1
    "logit",
    lambda a: xp(a).log(a / (1.0 - a)),
    lambda g, y, a: where(y != y, math.nan, g / (a * (1.0 - a))),
)


def _sinc(a: Array) -> Array:
    library = xp(a)
    b = a * math.pi
    return library.where(b == 0, 1.0, library.sin(b) / library.where(b == 0, 1.0, b))


def _sinc_rule(g: Array, y: Array, a: Array) -> Array:
    b = a * math.pi
    square = a * a * math.pi
    slope = (b * cos(b) - sin(b)) / where(square == 0, 1.0, square)
    return g * where(square == 0, 0.0, slope)


sinc = Op("sinc", _sinc, _sinc_rule)  # sin(pi a) / (pi a); at 0 it is 1

erf = Op(
    "erf",
    lambda a: error_function.erf(a),
    lambda g, y, a: g * (2.0 / math.sqrt(math.pi) * exp(-a * a)),
)
erfc = Op(
    "erfc",
    lambda a: error_function.erfc(a),
    lambda g, y, a: g * (-2.0 / math.sqrt(math.pi) * exp(-a * a)),
)

erfinv = Op(
    "erfinv",
    lambda a: error_function.erfinv(a),
    lambda g, y, a: g * (0.5 * math.sqrt(math.pi) * exp(y * y)),
)
logaddexp = Op(  # log(e^a + e^b), where e^a may be too large
    "logaddexp",
    lambda a, b: xp(a).logaddexp(a, b),
    lambda g, y, a, b: g / (exp(b - a) + 1.0),
    lambda g, y, a, b: g / (exp(a - b) + 1.0),
    needs=BROADCAST,
)
logaddexp2 = Op(
    "logaddexp2",
    lambda a, b: xp(a).logaddexp2(a, b),
    lambda g, y, a, b: g / (exp2(b - a) + 1.0),
    lambda g, y, a, b: g / (exp2(a - b) + 1.0),
    needs=BROADCAST,
)
hypot = Op(  # sqrt(a^2 + b^2), where a^2 may be too large
    "hypot",
    lambda a, b: xp(a).hypot(a, b),
    lambda g, y, a, b: g * (a / y),
    lambda g, y, a, b: g * (b / y),
    needs=BROADCAST,
)


def _xlogy(a: Array, b: Array) -> Array:
    library = xp(a)
    nothing = (a == 0) & (b == b)
    return library.where(nothing, 0.0, a * library.log(library.where(nothing, 1.0, b)))


xlogy: Op = Op(  # a log b; 0 where a is 0, whatever log b
    "xlogy",
    _xlogy,
    lambda g, y, a, b: where((a == 0) & (b <= 0), 0.0, xlogy(g, b)),
    lambda g, y, a, b: g * a / b,
    needs=BROADCAST,
)

# ------------------------------------------------------------------------- arithmetic, element-wise

# Between their jumps these are constant.
floor = Op("floor", lambda a: xp(a).floor(a), lambda g, y, a: g * 0.0, light=True)
ceil = Op("ceil", lambda a: xp(a).ceil(a), lambda g, y, a: g * 0.0, light=True)
trunc = Op("trunc", lambda a: xp(a).trunc(a), lambda g, y, a: g * 0.0, light=True)
round = Op(  # to the even one of two that are equally near
    "round",
    lambda a, decimals: _round(a, decimals),
    lambda g, y, a, decimals: g * 0.0,
    light=True,
)
floor_divide = Op(
    "floor_divide",
    lambda a, b: a // b,
    lambda g, y, a, b: g * 0.0,
    lambda g, y, a, b: g * 0.0,
    needs=BROADCAST,
    light=True,
    shown="Div",
)
trunc_divide = Op(
    "div",
    lambda a, b: _trunc_divide(a, b),
    lambda g, y, a, b: g * 0.0,
    lambda g, y, a, b: g * 0.0,
    needs=BROADCAST,
    light=True,
)
frac = Op("frac", lambda a: a - xp(a).trunc(a), lambda g, y, a: g, light=True)
remainder = Op(  # a - b floor(a / b), with the sign of b
    "remainder",
    lambda a, b: a % b,
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * floor_divide(a, b),
    needs=BROADCAST,
)
fmod = Op(  # a - b trunc(a / b), with the sign of a
    "fmod",
    lambda a, b: xp(b if isinstance(a, (int, float)) else a).fmod(a, b),
    lambda g, y, a, b: g,
    lambda g, y, a, b: -g * trunc_divide(a, b),
    needs=BROADCAST,
)


def _round(a: Array, decimals: int) -> Array:
    library = xp(a)
    if decimals > 0:
        return library.rint(a * 10.0**decimals) / 10.0**decimals
    return library.rint(a / 10.0**-decimals) * 10.0**-decimals if decimals else library.rint(a)


def _is_whole(a: Array | float) -> bool:
    return isinstance(a, int) if isinstance(a, (int, float)) else a.dtype.kind in "biu"


def _trunc_divide(a: Array | float, b: Array | float) -> Array:
    # Of integers the quotient of floats would not hold all digits.
    library = xp(b if isinstance(a, (int, float)) else a)
    whole = _is_whole(a) and _is_whole(b)
    return (a - library.fmod(a, b)) // b if whole else library.trunc(a / b)


copysign = Op(  # the size of a, with the sign of b
    "copysign",
    lambda a, b: xp(a).copysign(a, b),
    lambda g, y, a, b: g * where(a == 0, 0.0, y / where(a == 0, 1.0, a)),
    lambda g, y, a, b: g * 0.0,
    needs=BROADCAST,
)


def _lerp(a: Array, b: Array, weight: Array | float) -> Array:
    # Counted from the nearer end: so both ends are met exactly.
    way, near = b - a, abs(weight) < 0.5
    if isinstance(weight, (int, float)):
        return a + weight * way if near else b - way * (1.0 - weight)
    return xp(a).where(near, a + weight * way, b - way * (1.0 - weight))


lerp = Op(  # from a to b, of which the part `weight` is gone
    "lerp",
    lambda a, b, weight: _lerp(a, b, weight),
    lambda g, y, a, b, weight: g * (1.0 - weight),
    lambda g, y, a, b, weight: g * weight,
    lambda g, y, a, b, weight: g * (b - a),
    needs=BROADCAST,
)

# --------------------------------------------------------------- questions and bits: no gradients

heaviside = Op("heaviside", lambda a, values: xp(a).where(a == 0, values, a > 0), needs=BROADCAST)
isinf = Op("isinf", lambda a: xp(a).isinf(a))
signbit = Op("signbit", lambda a: xp(a).signbit(a) if a.dtype.kind == "f" else a < 0)


def _isclose(a: Array, b: Array, rtol: float, atol: float, equal_nan: bool) -> Array:
    library = xp(a)
    same = (a == b) | ((a != a) & (b != b)) if equal_nan else a == b
    if a.dtype.kind != "f":
        a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):  # infinity - infinity
        apart = library.abs(a - b)
        allowed = atol + library.abs(rtol * b)
    return same | (library.isfinite(apart) & (apart <= allowed))


isclose = Op("isclose", _isclose, needs=BROADCAST)
bitwise_xor = Op("xor", lambda a, b: a ^ b, needs=BROADCAST)
left_shift = Op("lshift", lambda a, b: a << b, needs=BROADCAST)
right_shift = Op("rshift", lambda a, b: a >> b, needs=BROADCAST)

# ------------------------------------------------------------------ reductions, scans and orderings


def part(a: Any, axis: int, start: int | None, stop: int | None = None) -> Any:
    """``a[start:stop]`` along `axis`."""
    return getitem(a, index=orders.span(axis, start, stop))


def backwards(a: Array, axis: int) -> Any:
    """`a` from its last element to its first, along `axis`."""
    return getitem(a, index=orders.span(axis, None, None, -1))


def _before(a: Array, axis: int) -> Any:
    """At each place the product of all elements in front of it; 1 at the first."""
    y = cumprod(a, axis=axis)
    moved = cat(part(y, axis, -1), part(y, axis, None, -1), axis=axis)
    return setitem(moved, 1.0, index=orders.span(axis, 0, 1))


def _from_behind(g: Array, a: Array, axis: int) -> Any:
    """r, where ``r[k] = g[k] + a[k] r[k+1]``; the last r is the last g, and `a` is one shorter.

    By doubling: after each step an r holds twice as many of its terms, and an a is the product that
    leads twice as far. So there is nothing to divide by, and zeros need no care.
    """
    n, far = g.shape[axis], 1
    while far < n:
        nearer = part(g, axis, None, n - far) + a * part(g, axis, far)
        g = cat(nearer, part(g, axis, n - far), axis=axis)
        a = part(a, axis, None, max(n - 2 * far, 0)) * part(a, axis, far)
        far *= 2
    return g


def _exactly(a: Array) -> Any:
    """The dtype in which many elements of `a` are added up, or multiplied, one after the other."""
    return np.float64 if a.dtype.kind == "f" else a.dtype


cumsum = Op(
    "cumsum",
    lambda a, axis: a.cumsum(axis, dtype=_exactly(a)).astype(a.dtype),
    lambda g, y, a, axis: backwards(cumsum(backwards(g, axis), axis=axis), axis),
    light=True,
)
cumprod = Op(  # the gradient of a[k]: what is before it, times what g brings from behind it
    "cumprod",
    lambda a, axis: a.cumprod(axis, dtype=_exactly(a)).astype(a.dtype),
    lambda g, y, a, axis: _before(a, axis) * _from_behind(g, part(a, axis, 1), axis),
)
logcumsumexp = Op(  # d y[j] / d a[k] = e^(a[k] - y[j]), in two factors of at most 1
    "logcumsumexp",
    lambda a, axis: orders.scan(xp(a).logaddexp, a, axis),
    lambda g, y, a, axis: (
        exp(a - y) * _from_behind(g, exp(part(y, axis, None, -1) - part(y, axis, 1)), axis)
    ),
)


def _prod_rule(g: Array, y: Array, a: Array, axis: int | None, keepdims: bool) -> Any:
    # The product of all other elements: of those before, times those behind.
    if axis is None:
        row = a.reshape((math.prod(a.shape),))
        return (g.reshape((1,)) * _others(row, 0)).reshape(a.shape)
    return restore_axes(g, a, axis) * _others(a, axis)


def _others(a: Array, axis: int) -> Any:
    return _before(a, axis) * backwards(_before(backwards(a, axis), axis), axis)


prod = Op("prod", lambda a, axis, keepdims: a.prod(axis=axis, keepdims=keepdims), _prod_rule)


# What goes by the order of elements: orders.py finds where they are; gather, or max_along, picks
# them, and knows the gradient.
one_hot = Op(
    "one_hot",
    lambda a, classes: (a.reshape((*a.shape, 1)) == xp(a).arange(classes)).astype(np.int64),
)
argsort = Op("argsort", orders.argsort)
middle = Op("middle", orders.middle)
most_frequent = Op("most_frequent", orders.most_frequent)
so_far = Op("so_far", orders.so_far)
sort, topk, cummax, cummin = (
    Op(name, gather.forward, *gather.rules) for name in ("sort", "topk", "cummax", "cummin")
)
median_along, nanmedian_along, kthvalue, mode = (
    Op(name, max_along.forward, *max_along.rules)
    for name in ("median", "nanmedian", "kthvalue", "mode")
)


def _median_rule(g: Array, y: Array, a: Array, skips: bool) -> Any:
    # As of max: all elements that are equal to the median share the gradient.
    return shared_evenly(g, (a == y) | ((a != a) & (y != y)), a, None)


median = Op("median", orders.median, _median_rule)
nanmedian = Op("nanmedian", orders.median, _median_rule)


def _vector_norm(a: Array, p: float, axis: Axes, keepdims: bool) -> Any:
    size = xp(a).abs(a)
    if p == 0:
        return total((a != 0).astype(a.dtype), axis, keepdims)
    if math.isinf(p):
        return (size.max if p > 0 else size.min)(axis=axis, keepdims=keepdims)
    if p == 1:
        return total(size, axis, keepdims)
    if p == 2:
        return xp(a).sqrt(total(a * a, axis, keepdims))
    return total(size**p, axis, keepdims) ** (1 / p)


def _vector_norm_rule(g: Array, y: Array, a: Array, p: float, axis: Axes, keepdims: bool) -> Any:
    # d/da (sum |a|^p)^(1/p) = sign(a) (|a| / y)^(p-1). Where y is 0 it is chosen as 0.
    norm = restore_axes(y, a, axis)
    if math.isinf(p):
        return sign(a) * shared_evenly(g, (abs(a) == norm) | (a != a), a, axis)
    g = restore_axes(g, a, axis)
    if p == 0:
        return broadcast_to(g * 0.0, shape=a.shape)
    if p == 1:
        return g * sign(a)
    flat = norm == 0
    scale = where(flat, 0.0, g / where(flat, 1.0, norm) ** (p - 1))
    if p == 2:
        return scale * a
    if p > 2:
        return scale * a * abs(a) ** (p - 2)
    zero = a == 0
    return scale * where(zero, 0.0, sign(a) * where(zero, 1.0, abs(a)) ** (p - 1))


vector_norm = Op("vector_norm", _vector_norm, _vector_norm_rule, shown="LinalgVectorNorm")

# ---------------------------------------------------------------- matrices, and batches of matrices


def _inv(a: Array) -> Any:
    with solvable("inv"):
        return xp(a).linalg.inv(a)


def _solve(a: Array, b: Array) -> Any:
    with solvable("solve"):
        return xp(a).linalg.solve(a, b)


inv = Op(  # A inv(A) = I, so dA inv(A) + A d inv(A) = 0
    "inv", _inv, lambda g, y, a: -(swap(y) @ g @ swap(y)), shown="LinalgInvEx"
)
solve = Op(  # A Y = B, so dA Y + A dY = dB
    "solve",
    _solve,
    lambda g, y, a, b: -(solve(swap(a), g) @ swap(y)),
    lambda g, y, a, b: solve(swap(a), g),
    needs="a matrix of as many rows and columns as b has rows",
    shown="LinalgSolveEx",
)


def _cholesky(a: Array) -> Any:
    with solvable("cholesky"):
        return xp(a).linalg.cholesky(a)


def _cholesky_rule(g: Array, y: Array, a: Array) -> Any:
    # Of L L^T = A: L^-1 dA L^-T = L^-1 dL + (L^-1 dL)^T, of which the lower half is the first.
    upper = swap(y)
    inner = upper @ tril(g, diagonal=0)
    half = (tril(inner, diagonal=0) + tril(inner, diagonal=-1)) * 0.5
    s = swap(solve(upper, swap(solve(upper, half))))
    return (s + swap(s)) * 0.5


cholesky = Op("cholesky", _cholesky, _cholesky_rule, shown="LinalgCholeskyEx")


def _to_matrices(g: Array) -> Any:
    """One number for each matrix, in the shape of matrices."""
    return g.reshape((*g.shape, 1, 1))


def _cofactors(a: Array) -> Any:
    """The slopes of det(a): ``det(a) inv(a).T``, where `a` is not singular."""
    library = xp(a)
    try:
        return _to_matrices(library.linalg.det(a)) * swap(library.linalg.inv(a))
    except LinAlgError:  # a = U diag(s) V, and the cofactors of diag(s) are products of the others
        u, s, v = library.linalg.svd(a)
        signs = library.linalg.det(u) * library.linalg.det(v)
        others = library.where(library.eye(s.shape[-1], dtype=bool), 1.0, s[..., None, :])
        slopes = signs[..., None] * others.prod(-1)
        return ((u * slopes[..., None, :]) @ v).astype(a.dtype)


def _cofactors_rule(g: Array, y: Array, w: Array) -> Any:
    # y = det(a) w, where w = inv(a).T, so dy = tr(da w.T) y - y da.T w.
    return _to_matrices((g * y).sum(axis=(-2, -1), keepdims=False)) * w - y @ swap(g) @ w


cofactors = Op(
    "cofactors",
    _cofactors,
    lambda g, y, a: _cofactors_rule(g, y, swap(inv(a))),
)
det = Op(
    "det",
    lambda a: xp(a).linalg.det(a),
    lambda g, y, a: _to_matrices(g) * cofactors(a),
    shown="LinalgDet",
)
sign_det = Op(
    "sign_det",
    lambda a: xp(a).linalg.slogdet(a)[0],
    lambda g, y, a: broadcast_to(_to_matrices(g) * 0.0, shape=a.shape),
    shown="LinalgSlogdet",
)
log_abs_det = Op(
    "slogdet",
    lambda a: xp(a).linalg.slogdet(a)[1],
    lambda g, y, a: _to_matrices(g) * swap(inv(a)),
    shown="LinalgSlogdet",
)


def _pinv_rule(g: Array, y: Array, a: Array, tolerance: float) -> Any:
    # Golub and Pereyra, 1973. The last line is as that of inv; the first two are for the directions
    # that a, or its transpose, does not reach.
    up, back = swap(g), swap(y)
    return (up - a @ (y @ up)) @ (y @ back) + (back @ y) @ (up - (up @ y) @ a) - back @ g @ back


pinv = Op(
    "pinv",
    lambda a, tolerance: xp(a).linalg.pinv(a, tolerance),
    _pinv_rule,
    shown="LinalgPinv",
)

# ----------------------------------------------------------------------------- products and shapes

# getitem (see ops.py), with the names of what picks slices and entries.
narrow = Op("slice", getitem.forward, *getitem.rules, view=True, light=True)
split = Op("split", getitem.forward, *getitem.rules, view=True, light=True)
unbind = Op("unbind", getitem.forward, *getitem.rules, view=True, light=True)


def _diagonal(a: Array, offset: int, axis1: int, axis2: int) -> Array:
    square, equation = _square(a.shape, offset, axis1, axis2)
    return xp(a).einsum(equation, a[square])  # a view


@functools.lru_cache(256)
def _square(shape: Shape, offset: int, axis1: int, axis2: int) -> tuple[tuple[slice, ...], str]:
    """Which part of an array of this `shape` has the diagonal from corner to corner, for einsum."""
    first = [0] * len(shape)
    first[axis1], first[axis2] = max(-offset, 0), max(offset, 0)
    count = max(min(shape[i] - first[i] for i in (axis1, axis2)), 0)
    square = [slice(None)] * len(shape)
    square[axis1], square[axis2] = (slice(first[i], first[i] + count) for i in (axis1, axis2))
    names = LETTERS[: len(shape)].replace(LETTERS[axis2], LETTERS[axis1])
    kept = names.replace(LETTERS[axis1], "")
    return tuple(square), f"{names}->{kept}{LETTERS[axis1]}"


def _diagonal_scatter(a: Array, offset: int, axis1: int, axis2: int, shape: Shape) -> Array:
    """An array of `shape`, 0 but for its diagonal, which is `a`."""
    whole = zeros_beside(a, shape, a.dtype)
    _diagonal(whole, offset, axis1, axis2)[...] = a
    return whole


# Each is the other's gradient.
diagonal: Op = Op(
    "diagonal",
    _diagonal,
    lambda g, y, a, offset, axis1, axis2: diagonal_scatter(
        g, offset=offset, axis1=axis1, axis2=axis2, shape=a.shape
    ),
    view=True,
    light=True,
)
diagonal_scatter: Op = Op(
    "diag_embed",
    _diagonal_scatter,
    lambda g, y, a, offset, axis1, axis2, shape: diagonal(
        g, offset=offset, axis1=axis1, axis2=axis2
    ),
    light=True,
)
tril: Op = Op(
    "tril",
    lambda a, diagonal: xp(a).tril(a, diagonal),
    lambda g, y, a, diagonal: tril(g, diagonal=diagonal),
    light=True,
)
triu: Op = Op(
    "triu",
    lambda a, diagonal: xp(a).triu(a, diagonal),
    lambda g, y, a, diagonal: triu(g, diagonal=diagonal),
    light=True,
)
flip: Op = Op(
    "flip",
    lambda a, axis: xp(a).flip(a, axis).copy(),
    lambda g, y, a, axis: flip(g, axis=axis),
    light=True,
)
roll: Op = Op(
    "roll",
    lambda a, shifts, axis: xp(a).roll(a, shifts, axis),
    lambda g, y, a, shifts, axis: roll(g, shifts=tuple(-n for n in shifts), axis=axis),
    light=True,
)


def _repeat_rule(g: Array, y: Array, a: Array, times: Shape) -> Array:
    # The result is, in each dimension, so many times those of `a`, one after the other.
    shape = (1,) * (len(times) - a.ndim) + a.shape
    pairs = tuple(n for pair in zip(times, shape) for n in pair)
    return total(g.reshape(pairs), tuple(range(0, len(pairs), 2)))


repeat = Op("repeat", lambda a, times: xp(a).tile(a, times), _repeat_rule, light=True)


# ----------------------------------------------------------------------------------------- indexing

no_views(globals())
