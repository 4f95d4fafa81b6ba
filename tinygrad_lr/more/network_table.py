"""The table, continued once more: the entries behind the layers and losses of nn.

They are written as those of ops.py are, whose first lines say how. They are here because a
composition of others would be wrong somewhere (where e^x overflows, where a logarithm is infinite),
or slow.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..device import Array, xp
from ..graph import Function, Op
from ..ops import (
    clamp,
    exp,
    log,
    maximum,
    no_views,
    or_nan,
    relu,
    scatter,
    sigmoid,
    sqrt,
    tanh,
    where,
)
from ..sums import Axes, reduced_count, total
from .table import erf, log1p

# -------------------------------------------------------------------------------------- activations

leaky_relu = Op(
    "leaky_relu",
    lambda a, slope: xp(a).where(a > 0, a, a * slope),
    lambda g, y, a, slope: where(a > 0, g, g * slope),
)
elu = Op(  # scale * a, and where a is negative scale * alpha * (e^(steepness * a) - 1)
    "elu",
    lambda a, alpha, scale, steepness: xp(a).where(
        a > 0, a * scale, xp(a).expm1(xp(a).minimum(a, 0) * steepness) * (alpha * scale)
    ),
    lambda g, y, a, alpha, scale, steepness: where(
        a > 0,
        g * scale,
        g * exp(relu(-a) * -steepness) * (alpha * scale * steepness),  # whose slope is 0 at 0
    ),
)
hardtanh = Op(  # clamp, but that at the bounds the gradient is 0
    "hardtanh",
    clamp.forward,
    lambda g, y, a, low, high: where((a > low) & (a < high), g, 0.0),
)


def _softplus(a: Array) -> Array:
    # log(1 + e^a), also where e^a would overflow.
    library = xp(a)
    return library.maximum(a, 0) + library.log1p(library.exp(-library.abs(a)))


def _softplus_by(a: Array, beta: float, threshold: float) -> Array:
    if beta == 1:
        return xp(a).where(a > threshold, a, _softplus(a))
    b = a * beta
    return xp(a).where(b > threshold, a, _softplus(b) / beta)


softplus = Op(  # of beta * a, divided by beta; a itself where that is beyond the threshold
    "softplus",
    _softplus_by,
    lambda g, y, a, beta, threshold: where(a * beta > threshold, g, g * sigmoid(a * beta)),
)
log_sigmoid = Op("log_sigmoid", lambda a: -_softplus(-a), lambda g, y, a: g * sigmoid(-a))
silu = Op(
    "silu",
    lambda a: a * sigmoid(a),
    lambda g, y, a: g * (sigmoid(a) * (1.0 + a * (1.0 - sigmoid(a)))),
)


def _mish_rule(g: Array, y: Array, a: Array) -> Array:
    t = tanh(softplus(a, beta=1.0, threshold=20.0))
    return g * (t + a * sigmoid(a) * (1.0 - t * t))


mish = Op("mish", lambda a: a * xp(a).tanh(_softplus(a)), _mish_rule)


def _share_below(a: Array) -> Array:
    """How much of a normal distribution (mean 0, deviation 1) lies below `a`."""
    return (erf(a * math.sqrt(0.5)) + 1.0) * 0.5


gelu = Op(
    "gelu",
    lambda a: a * _share_below(a),
    lambda g, y, a: g * (_share_below(a) + a * exp(a * a * -0.5) * (1.0 / math.sqrt(2 * math.pi))),
)


def _bend(a: Array) -> Array:
    # The share below `a` is nearly (1 + tanh) / 2 of this.
    return (a * a * a * 0.044715 + a) * math.sqrt(2.0 / math.pi)


def _gelu_tanh_rule(g: Array, y: Array, a: Array) -> Array:
    t = tanh(_bend(a))
    slope = (a * a * (3 * 0.044715) + 1.0) * math.sqrt(2.0 / math.pi)
    return g * (0.5 * (1.0 + t) + 0.5 * a * (1.0 - t * t) * slope)


gelu_tanh = Op(
    "gelu_tanh",
    lambda a: a * (0.5 * (1.0 + xp(a).tanh(_bend(a)))),
    _gelu_tanh_rule,
    shown="Gelu",
)

# ------------------------------------------------------------------------------ layers of a network


def _mean(a: Array, axis: Axes) -> Array:
    """The mean along `axis`, which stays with size 1; 0 of nothing."""
    return total(a, axis, keepdims=True) / max(reduced_count(a.shape, axis), 1)


def _standardized(a: Array, axis: Axes, eps: float) -> tuple[Array, Array]:
    """`a` with mean 0 and variance 1 along `axis`, nearly; and the scale that makes it so."""
    deviation = a - _mean(a, axis)
    scale = 1.0 / sqrt(_mean(deviation * deviation, axis) + eps)
    return deviation * scale, scale


def _norm(
    a: Array, weight: Array | None, bias: Array | None, axis: Axes, eps: float
) -> tuple[Array, tuple[Array, Array]]:
    """``weight * standardized + bias``; and, saved for the rules, what `_standardized` gives."""
    standard, scale = _standardized(a, axis, eps)
    y = standard if weight is None else standard * weight
    return y if bias is None else y + bias, (standard, scale)


def _norm_rule(
    g: Array,
    y: Array,
    a: Array,
    weight: Array | None,
    bias: Array | None,
    axis: Axes,
    eps: float,
    saved: tuple[Array, Array],
) -> Array:
    # What shifts or stretches all of `a` changes nothing: these parts of g are taken away.
    standard, scale = saved
    g = g if weight is None else g * weight
    g = g - _mean(g, axis)
    return (g - standard * _mean(g * standard, axis)) * scale


native_batch_norm = Op(  # weight and bias broadcast with a, or are None
    "native_batch_norm",
    _norm,
    _norm_rule,
    lambda g, y, a, weight, bias, axis, eps, saved: g * saved[0],
    lambda g, y, a, weight, bias, axis, eps, saved: g,
    saves=lambda a, weight, bias, axis, eps: _standardized(a, axis, eps),
)
native_layer_norm = Op(
    "native_layer_norm", _norm, *native_batch_norm.rules, saves=native_batch_norm.saves
)


def _embedding_rule(g: Array, y: Array, a: Array, index: Array, padding: int | None) -> Array:
    if padding is not None:
        g = where((index != padding).reshape((*index.shape, 1)), g, 0.0)
    return scatter(g, index=(index,), shape=a.shape)


embedding = Op(  # the rows that an index of any shape names; the row `padding` gets no gradient
    "embedding", lambda a, index, padding: a.take(index, 0), _embedding_rule
)

# ------------------------------------------------------------------------------------------- losses


def _loss(name: str, each: Function, *rules: Function) -> Op:
    """The entry of a loss that is ``each(*arrays)``, or by `reduction` their mean or sum.

    The `rules` are those of `each`. (mse_loss, in losses.py, is such an entry, written out.)
    """

    def forward(*arrays: Any, reduction: str, **params: Any) -> Array:
        losses = each(*arrays, **params)
        if reduction == "none":
            return losses
        whole = total(losses)
        return whole / or_nan(losses.size) if reduction == "mean" else whole

    def reduced(rule: Function) -> Function:
        def for_all(g: Array, y: Array, *arrays: Any, reduction: str, **params: Any) -> Array:
            if reduction == "mean":
                g = g / max(math.prod(arrays[0].shape), 1)
            return rule(g, *arrays, **params)

        return for_all

    return Op(name, forward, *map(reduced, rules))


def _huber(a: Array, b: Array, delta: float) -> Array:
    # (a - b)^2 / 2, and beyond `delta` a straight line, of the slope that it has there.
    slope = (a - b).clip(-delta, delta)
    return slope * (a - b - 0.5 * slope)


huber_loss = _loss(
    "huber_loss",
    _huber,
    lambda g, a, b, delta: g * clamp(a - b, low=-delta, high=delta),
    lambda g, a, b, delta: -g * clamp(a - b, low=-delta, high=delta),
)
smooth_l1_loss = _loss(  # huber_loss divided by its delta
    "smooth_l1_loss",
    lambda a, b, beta: _huber(a, b, beta) / beta,
    lambda g, a, b, beta: g * (clamp(a - b, low=-beta, high=beta) / beta),
    lambda g, a, b, beta: -g * (clamp(a - b, low=-beta, high=beta) / beta),
)
soft_margin_loss = _loss(
    "soft_margin_loss",
    lambda a, target: _softplus(-a * target),
    lambda g, a, target: -g * target * sigmoid(-a * target),
    lambda g, a, target: -g * a * sigmoid(-a * target),
)


@np.errstate(divide="ignore")
def _log_of(a: Array, one_minus: bool = False) -> Array:
    """log(a), or log(1 - a), of probabilities: at least -100, also of 0."""
    return xp(a).maximum(xp(a).log1p(-a) if one_minus else xp(a).log(a), -100)


binary_cross_entropy = _loss(  # -target log(a) - (1 - target) log(1 - a)
    "binary_cross_entropy",
    lambda a, target: (target - 1.0) * _log_of(a, one_minus=True) - target * _log_of(a),
    lambda g, a, target: g * ((a - target) / maximum((1.0 - a) * a, 1e-12)),
    lambda g, a, target: (
        g * (clamp(log1p(-a), low=-100.0, high=None) - clamp(log(a), low=-100.0, high=None))
    ),
)


def _positive(target: Array, weight: Array | None) -> Array:
    """`target`, by the `weight` of the positive ones, if there is one."""
    return target if weight is None else target * weight


# The same of sigmoid(a): weight * target * softplus(-a) + (1 - target) * softplus(a).
def _with_logits(a: Array, target: Array, weight: Array | None) -> Array:
    library = xp(a)
    small = library.log1p(library.exp(-library.abs(a)))  # softplus(a) is max(a, 0) + small
    one = _positive(target, weight) * (library.maximum(-a, 0) + small)
    return one + (1.0 - target) * (library.maximum(a, 0) + small)


binary_cross_entropy_with_logits = _loss(
    "binary_cross_entropy_with_logits",
    _with_logits,
    lambda g, a, target, weight: (
        g * ((1.0 - target) * sigmoid(a) - _positive(target, weight) * sigmoid(-a))
    ),
    lambda g, a, target, weight: (
        -g * a if weight is None else g * ((1.0 - weight) * log_sigmoid(a) - a)
    ),
    lambda g, a, target, weight: -g * target * log_sigmoid(a),
)

no_views(globals())
