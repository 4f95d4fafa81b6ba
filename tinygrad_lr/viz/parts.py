"""Fused entries of the table, opened: what a cross_entropy consists of, step by step.

An entry such as cross_entropy computes several things at once, and its rule is what they come to,
simplified. Here each is written out by others, on Tensors; the last of a dict is the result, the
rest has names. The gradients are the same but for rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from .. import losses, ops
from ..device import Array, is_array, xp
from ..graph import Function, Node, Op, Value
from ..modes import enable_grad
from ..more import network_table as network
from ..more import table as more
from ..sums import Axes
from ..versions import last_write
from .reading import argument_name
from .watch import unwatched

Parts: TypeAlias = dict[str, Any]  # Tensors by name, in their order
Opened: TypeAlias = Callable[..., Parts]


def _linear(x: Any, weight: Any, bias: Any) -> Parts:
    turned = ops.transpose(weight, axes=(1, 0))
    product = ops.matmul(x, turned)
    if bias is None:
        return {"weight.T": turned, "y": product}
    return {"weight.T": turned, "product": product, "y": ops.add(product, bias)}


def _reduced(each: Any, reduction: str) -> Parts:
    if reduction == "none":
        return {}
    reduce = ops.mean if reduction == "mean" else ops.sum
    return {"loss": reduce(each, axis=None, keepdims=False)}


def _of_samples(losses: Any, kept: Array, reduction: str) -> Parts:
    """What the losses of samples, of which some may not count, come to."""
    if bool(kept.all()):
        return _reduced(losses, reduction)
    parts = {"counted": ops.where(kept, losses, 0.0)}
    if reduction != "none":
        parts["sum"] = parts["loss"] = ops.sum(parts["counted"], axis=None, keepdims=False)
    if reduction == "mean":
        parts["loss"] = ops.div(parts["sum"], float(kept.sum()) or math.nan)
    return parts


def _cross_entropy(a: Any, target: Array, ignored: int, reduction: str, smoothing: float) -> Parts:
    scores = losses.log_softmax(a, axis=1)
    parts = {"log probabilities": scores}
    if not smoothing:
        parts["loss"] = losses.nll_loss(scores, target, ignored=ignored, reduction=reduction)
        return parts
    kept = target != ignored
    parts["of the target"] = one = ops.neg(_at(scores, target * kept))
    parts["of all classes"] = every = ops.neg(ops.mean(scores, axis=1, keepdims=False))
    parts["losses"] = ops.add(ops.mul(one, 1.0 - smoothing), ops.mul(every, smoothing))
    return parts | _of_samples(parts["losses"], kept, reduction)


def _nll_loss(a: Any, target: Array, ignored: int, reduction: str) -> Parts:
    kept = target != ignored
    picked = _at(a, target * kept)
    losses = ops.neg(picked)
    return {"picked": picked, "losses": losses, **_of_samples(losses, kept, reduction)}


def _at(a: Any, target: Array) -> Any:
    """In each row of `a`, the element at its target class."""
    return ops.getitem(a, index=(xp(target).arange(target.size), target))


def _binary_cross_entropy(a: Any, target: Any, reduction: str) -> Parts:
    one = ops.clamp(ops.log(a), low=-100.0, high=None)
    other = ops.clamp(more.log1p(ops.neg(a)), low=-100.0, high=None)
    losses = ops.neg(ops.add(ops.mul(target, one), ops.mul(ops.sub(1.0, target), other)))
    return {"log a": one, "log (1 - a)": other, "losses": losses, **_reduced(losses, reduction)}


def _with_logits(a: Any, target: Any, weight: Any, reduction: str) -> Parts:
    one, other = network.log_sigmoid(a), network.log_sigmoid(ops.neg(a))
    positive = target if weight is None else ops.mul(target, weight)
    losses = ops.neg(ops.add(ops.mul(positive, one), ops.mul(ops.sub(1.0, target), other)))
    names = {"log sigmoid(a)": one, "log sigmoid(-a)": other, "losses": losses}
    return names | _reduced(losses, reduction)


def _mse_loss(a: Any, b: Any, reduction: str) -> Parts:
    difference = ops.sub(a, b)
    squares = ops.pow(difference, 2)
    return {"difference": difference, "squares": squares, **_reduced(squares, reduction)}


def _shifted(a: Any, axis: Axes) -> tuple[Any, Any, Any]:
    z = ops.sub(a, a.wrap(ops.largest(a.array, axis)))
    e = ops.exp(z)
    return z, e, ops.sum(e, axis=axis, keepdims=True)


def _softmax(a: Any, axis: Axes) -> Parts:
    z, e, whole = _shifted(a, axis)
    return {"a - max": z, "e": e, "sum": whole, "y": ops.div(e, whole)}


def _log_softmax(a: Any, axis: Axes) -> Parts:
    z, e, whole = _shifted(a, axis)
    log = ops.log(whole)
    return {"a - max": z, "e": e, "sum": whole, "log": log, "y": ops.sub(z, log)}


def _mean(a: Any, axis: Axes, keepdims: bool) -> Parts:
    total = ops.sum(a, axis=axis, keepdims=keepdims)
    return {"sum": total, "y": ops.div(total, ops._count(a.array, axis))}


def _var(a: Any, axis: Axes, keepdims: bool, correction: float) -> Parts:
    deviation = ops.sub(a, ops.mean(a, axis=axis, keepdims=True))
    squares = ops.mul(deviation, deviation)
    total = ops.sum(squares, axis=axis, keepdims=keepdims)
    y = ops.div(total, ops._degrees(a.array, axis, correction))
    return {"deviation": deviation, "squares": squares, "sum": total, "y": y}


def _std(a: Any, axis: Axes, keepdims: bool, correction: float) -> Parts:
    *parts, variance = _var(a, axis, keepdims, correction).items()
    return {**dict(parts), "variance": variance[1], "y": _but_zeros(ops.sqrt, variance[1])}


def _but_zeros(function: Function, a: Any) -> Any:
    """`function` of `a`; but of 0 it is 0, and so is the gradient, which would be none."""
    zero = a.array == 0
    if not zero.any():
        return function(a)
    return ops.where(zero, 0.0, function(ops.where(zero, 1.0, a)))


def _vector_norm(a: Any, p: float, axis: Axes, keepdims: bool) -> Parts:
    parts = {"sizes": ops.abs(a)}
    if math.isinf(p):
        extreme = ops.amax if p > 0 else ops.amin
        return parts | {"y": extreme(parts["sizes"], axis=axis, keepdims=keepdims)}
    if p == 2:
        parts = {"powers": ops.mul(a, a)}
    elif p != 1:
        parts["powers"] = _but_zeros(lambda a: ops.pow(a, p), parts["sizes"])
    *_, last = parts.values()
    parts["sum"] = ops.sum(last, axis=axis, keepdims=keepdims)
    if p != 1:
        root = ops.sqrt if p == 2 else lambda a: ops.pow(a, 1 / p)
        parts["y"] = _but_zeros(root, parts["sum"])
    return parts


def _norm(a: Any, weight: Any, bias: Any, axis: Axes, eps: float) -> Parts:
    parts = {"deviation": ops.sub(a, ops.mean(a, axis=axis, keepdims=True))}
    squares = ops.mul(parts["deviation"], parts["deviation"])
    parts["variance"] = ops.mean(squares, axis=axis, keepdims=True)
    parts["scale"] = ops.sqrt(ops.add(parts["variance"], eps))
    parts["standard"] = y = ops.div(parts["deviation"], parts["scale"])
    if weight is not None:
        parts["stretched"] = y = ops.mul(y, weight)
    if bias is not None:
        parts["y"] = ops.add(y, bias)
    return parts


def _sigmoid(a: Any) -> Parts:
    e = ops.exp(ops.neg(a))
    return {"e": e, "y": ops.div(1.0, ops.add(e, 1.0))}


def _silu(a: Any) -> Parts:
    s = ops.sigmoid(a)
    return {"s": s, "y": ops.mul(a, s)}


def _huber_loss(a: Any, b: Any, delta: float, reduction: str) -> Parts:
    difference = ops.sub(a, b)
    slope = ops.clamp(difference, low=-delta, high=delta)
    losses = ops.mul(slope, ops.sub(difference, ops.mul(slope, 0.5)))
    names = {"difference": difference, "slope": slope, "losses": losses}
    return names | _reduced(losses, reduction)


def _smooth_l1_loss(a: Any, b: Any, beta: float, reduction: str) -> Parts:
    parts = _huber_loss(a, b, beta, "none")
    parts["losses"] = ops.div(parts["losses"], beta)
    return parts | _reduced(parts["losses"], reduction)


def _soft_margin_loss(a: Any, target: Any, reduction: str) -> Parts:
    margin = ops.mul(a, target)
    losses = more.logaddexp(ops.neg(margin), 0.0)
    return {"margin": margin, "losses": losses, **_reduced(losses, reduction)}


def _softplus(a: Any, beta: float, threshold: float) -> Parts:
    steep = a if beta == 1 else ops.mul(a, beta)
    soft = more.logaddexp(steep, 0.0)
    parts = {"beta a": steep, "log(1 + e^(beta a))": soft}
    if beta != 1:
        parts["soft"] = soft = ops.div(soft, beta)
    straight = steep.array > threshold
    return parts | ({"y": ops.where(straight, a, soft)} if straight.any() else {"y": soft})


def _mish(a: Any) -> Parts:
    soft = network.softplus(a, beta=1.0, threshold=20.0)
    t = ops.tanh(soft)
    return {"softplus": soft, "t": t, "y": ops.mul(a, t)}


def _gelu(a: Any) -> Parts:
    share = ops.mul(ops.add(more.erf(ops.mul(a, math.sqrt(0.5))), 1.0), 0.5)
    return {"share below a": share, "y": ops.mul(a, share)}


def _gelu_tanh(a: Any) -> Parts:
    bend = ops.add(ops.mul(ops.pow(a, 3), 0.044715), a)
    t = ops.tanh(ops.mul(bend, math.sqrt(2.0 / math.pi)))
    share = ops.mul(ops.add(t, 1.0), 0.5)
    return {"bend": bend, "t": t, "share below a": share, "y": ops.mul(a, share)}


def _leaky_relu(a: Any, slope: float) -> Parts:
    flat = ops.mul(a, slope)
    return {"slope a": flat, "y": ops.where(a.array > 0, a, flat)}


def _elu(a: Any, alpha: float, scale: float, steepness: float) -> Parts:
    above = a.array > 0
    e = more.expm1(ops.mul(ops.where(above, 0.0, a), steepness))
    below, straight = ops.mul(e, alpha * scale), ops.mul(a, scale)
    return {"e - 1": e, "below 0": below, "y": ops.where(above, straight, below)}


def _log_of_sum(exp: Op, log: Op) -> Opened:
    """Of logaddexp: the log of the sum of what two are the exponents of."""

    def opened(a: Any, b: Any) -> Parts:
        ours, theirs = (getattr(x, "array", x) for x in (a, b))
        top = xp(ours).maximum(ours, theirs)
        top = xp(top).where(xp(top).isfinite(top), top, 0.0)  # so that nothing overflows
        one, other = exp(ops.sub(a, top)), exp(ops.sub(b, top))
        whole = ops.add(one, other)
        return {"of a": one, "of b": other, "sum": whole, "y": ops.add(log(whole), top)}

    return opened


def _hypot(a: Any, b: Any) -> Parts:
    squares = ops.mul(a, a), ops.mul(b, b)
    whole = ops.add(*squares)
    return {"a^2": squares[0], "b^2": squares[1], "sum": whole, "y": ops.sqrt(whole)}


def _logit(a: Any) -> Parts:
    one, other = ops.log(a), ops.log(ops.sub(1.0, a))
    return {"log a": one, "log (1 - a)": other, "y": ops.sub(one, other)}


def _sinc(a: Any) -> Parts:
    b = ops.mul(a, math.pi)
    zero = b.array == 0
    if not zero.any():
        sine = ops.sin(b)
        return {"pi a": b, "sin": sine, "y": ops.div(sine, b)}
    away = ops.where(zero, 1.0, b)
    sine = ops.sin(away)
    return {"pi a": b, "sin": sine, "y": ops.where(zero, 1.0, ops.div(sine, away))}


def _xlogy(a: Any, b: Any) -> Parts:
    ours, theirs = (getattr(x, "array", x) for x in (a, b))
    nothing = (ours == 0) & (theirs <= 0)
    log = ops.log(ops.where(nothing, 1.0, b) if nothing.any() else b)
    return {"log b": log, "y": ops.mul(a, log)}


def _lerp(a: Any, b: Any, weight: Any) -> Parts:
    way = ops.sub(b, a)
    gone = ops.mul(way, weight)
    return {"b - a": way, "gone": gone, "y": ops.add(a, gone)}


def _rsqrt(a: Any) -> Parts:
    root = ops.sqrt(a)
    return {"root": root, "y": ops.div(1.0, root)}


def _frac(a: Any) -> Parts:
    whole = more.trunc(a)
    return {"whole": whole, "y": ops.sub(a, whole)}


def _rest(divide: Op) -> Opened:
    """Of remainder and fmod: what remains of `a` when `b` was taken away as often as it goes."""

    def opened(a: Any, b: Any) -> Parts:
        times = divide(a, b)
        taken = ops.mul(times, b)
        return {"times": times, "taken": taken, "y": ops.sub(a, taken)}

    return opened


def _embedding(a: Any, index: Array, padding: int | None) -> Parts:
    rows = ops.getitem(a, index=(index,))
    if padding is None:
        return {"y": rows}
    kept = (index != padding).reshape((*index.shape, 1))
    return {"rows": rows, "y": ops.where(kept, rows, rows.array)}


def _logsumexp(a: Any, axis: Axes, keepdims: bool) -> Parts:
    top = ops.largest(a.array, axis)
    top = a.wrap(xp(top).where(xp(top).isfinite(top), top, 0.0))
    z = ops.sub(a, top)
    e = ops.exp(z)
    whole = ops.sum(e, axis=axis, keepdims=True)
    log = ops.log(whole)
    y = ops.add(log, top)
    y = y if keepdims else ops.sum(y, axis=axis, keepdims=False)
    return {"a - max": z, "e": e, "sum": whole, "log": log, "y": y}


_OF: dict[Op, Opened] = {
    ops.linear: _linear,
    losses.cross_entropy: _cross_entropy,
    losses.nll_loss: _nll_loss,
    losses.mse_loss: _mse_loss,
    losses.softmax: _softmax,
    losses.log_softmax: _log_softmax,
    ops.logsumexp: _logsumexp,
    network.binary_cross_entropy: _binary_cross_entropy,
    network.binary_cross_entropy_with_logits: _with_logits,
    ops.mean: _mean,
    ops.var: _var,
    ops.std: _std,
    ops.sigmoid: _sigmoid,
    network.native_batch_norm: _norm,  # and native_layer_norm, which has the same functions
    network.silu: _silu,
    more.vector_norm: _vector_norm,
    network.huber_loss: _huber_loss,
    network.smooth_l1_loss: _smooth_l1_loss,
    network.soft_margin_loss: _soft_margin_loss,
    network.softplus: _softplus,
    network.log_sigmoid: lambda a: {"y": ops.neg(more.logaddexp(ops.neg(a), 0.0))},
    network.mish: _mish,
    network.gelu: _gelu,
    network.gelu_tanh: _gelu_tanh,
    network.leaky_relu: _leaky_relu,
    network.elu: _elu,
    network.embedding: _embedding,
    more.logaddexp: _log_of_sum(ops.exp, ops.log),
    more.logaddexp2: _log_of_sum(more.exp2, more.log2),
    more.hypot: _hypot,
    more.logit: _logit,
    more.sinc: _sinc,
    more.xlogy: _xlogy,
    more.lerp: _lerp,
    more.rsqrt: _rsqrt,
    more.frac: _frac,
    more.remainder: _rest(more.floor_divide),
    more.fmod: _rest(more.trunc_divide),
}
# An entry has twins, which differ by their names in grad_fn only.
PARTS: dict[Any, tuple[Op, Opened]] = {op.forward: (op, opened) for op, opened in _OF.items()}


# What does not open although it could be written out, and why.
WHOLE: dict[Op, str] = {
    network.hardtanh: "it is clamp, but that at the bounds its gradient is 0",
    more.expm1: "e^a - 1, written out, has no digits left where a is small",
    more.log1p: "log(1 + a), written out, has no digits left where a is small",
    more.erfc: "1 - erf(a), written out, has no digits left where a is large",
    more.logcumsumexp: "the sums of e^a, written out, overflow, or are 0, where a goes far",
    more.floor_divide: "a / b, written out, is rounded, at times to the next whole number",
    more.trunc_divide: "a / b, written out, is rounded, at times to the next whole number",
    more.log_abs_det: "the determinant, written out, overflows of a large matrix",
}


def why_whole(node: Node, label: str, folded: bool) -> str:
    """The sentence that says why an operation is not opened; "" if it is, or has no parts."""
    if node.op in WHOLE:
        return f"{node.op.name} is not opened into parts: {WHOLE[node.op]}."
    if node.op.forward not in PARTS:
        return ""
    if node.params.get("p") == 0:
        return f"{label} is not opened into parts: it counts what is not 0, which has no gradient."
    if folded:
        return "The graph is large, so no operation is opened into its parts."
    if any(last_write(array)[0] > node.tick for array in (*node.args, node.output)):
        return f"{label} is not opened into its parts: what it has seen was written to since."
    return ""


def parts_of(node: Node) -> tuple[Any, dict[int, str]] | None:
    """What an operation consists of: its result, computed by others from new leaves.

    And the names in it, by the ids of leaves, nodes and constants. None if it is one thing.
    """
    op, opened = PARTS.get(node.op.forward, (node.op, None))
    if opened is None or node.op.rules != op.rules:  # somebody's own, on a forward of the table
        return None
    args: list[Any] = []
    names: dict[int, str] = {}
    for i, (arg, edge) in enumerate(zip(node.args, node.edges)):
        if edge is not None:
            leaf = Value.made.wrap(arg)
            leaf.wanted = True
            args.append(leaf)
            names[id(leaf)] = argument_name(node, i)
        else:
            args.append(arg)
            if is_array(arg):
                names[id(arg)] = argument_name(node, i)
    params = {name: value for name, value in node.params.items() if name != "saved"}
    with enable_grad(), unwatched():
        parts = opened(*args, **params)
    found = {name: part for name, part in parts.items() if isinstance(part, Value) and part.node}
    names.update((id(part.node), name) for name, part in found.items())
    return [*parts.values()][-1], names
