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
from ..graph import Node, Op, Value
from ..modes import enable_grad
from ..more import network_table as network
from ..more import table as more
from ..sums import Axes
from .reading import argument_name
from .watch import unwatched

Parts: TypeAlias = dict[str, Any]  # Tensors by name, in their order


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
    return {**dict(parts), "variance": variance[1], "y": ops.sqrt(variance[1])}


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


Opened: TypeAlias = Callable[..., Parts]
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
}
# An entry has twins, which differ by their names in grad_fn only.
PARTS: dict[Any, tuple[Op, Opened]] = {op.forward: (op, opened) for op, opened in _OF.items()}


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
