"""Losses of numbers: how far what a network gives is from what was wanted.

Those of classes are in class_losses.py. They check shapes and dtypes. `reduction` says what becomes
of the single losses: "mean" and "sum" make one number of them, "none" leaves them. (`size_average`
and `reduce` are PyTorch's older words for the same.)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import functions, losses
from ..device import Array
from ..dtypes import at_least_float32, cast, number, promote, same_dtype
from ..errors import ArgumentError, DtypeError, ShapeError, no_booleans
from ..forms import formed
from ..graph import Value
from ..modes import no_grad
from ..more import network_table as table
from ..tensor import Tensor
from ..warned import warn
from .activation_functions import logsigmoid
from .distances import pairwise_distance

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "margin_ranking_loss",
    "mse_loss",
    "multilabel_soft_margin_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
]

# --------------------------------------------------------------------------------------- reductions


def reduction_of(
    name: str, reduction: str, size_average: bool | None = None, reduce: bool | None = None
) -> str:
    """`reduction`, or what the older words say; ValueError, for the loss `name`, if it is none."""
    if size_average is not None or reduce is not None:
        older = "none" if reduce is False else "sum" if size_average is False else "mean"
        warn(
            "size_average and reduce args will be deprecated, please use "
            f"reduction='{older}' instead.",
        )
        return older
    if not isinstance(reduction, str) or reduction not in ("mean", "sum", "none"):
        raise ArgumentError(f"{name}: reduction must be 'mean', 'sum' or 'none', got {reduction!r}")
    return reduction


def _reduced(losses: Tensor, reduction: str) -> Tensor:
    if reduction == "none":
        return losses
    return functions.mean(losses) if reduction == "mean" else functions.sum(losses)


def _weighed(losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """The losses times a weight for each; their mean is divided by the sum of the weights."""
    if weight.array.shape != losses.array.shape:
        raise ShapeError(
            f"weight has shape {weight.array.shape}, the losses {losses.array.shape}; there must "
            "be a weight for each"
        )
    losses = losses * weight
    if reduction == "mean":
        return functions.sum(losses) / functions.sum(weight)
    return _reduced(losses, reduction)


# -------------------------------------------------------------------------- numbers, pair by pair


def _check_pair(name: str, input: Tensor, target: Tensor) -> None:
    """Raise TypeError or ShapeError, for a loss, unless these are Tensors of one shape."""
    for argument, tensor in {"input": input, "target": target}.items():
        if not isinstance(tensor, Value):
            raise TypeError(
                f"{name}: {argument} must be a Tensor, got {type(tensor).__name__}; make one with "
                "tensor(...)"
            )
    a, b = input.array.shape, target.array.shape
    if a != b:
        try:
            together = f"would broadcast to {np.broadcast_shapes(a, b)}, a loss over every pair"
        except ValueError:
            together = "do not fit together"
        raise ShapeError(
            f"{name}: input {a} and target {b} {together}; reshape one of them, for instance "
            "target.reshape(input.shape)"
        )


def _float_pair(name: str, input: Tensor, target: Tensor) -> list[Tensor]:
    """Both in one dtype of floats; else DtypeError."""
    _check_pair(name, input, target)
    pair: list[Tensor] = promote(name, input, target, masks=False)
    if pair[0].array.dtype.kind != "f":
        raise DtypeError(f"{name}: needs floats, got {input.array.dtype}; use .float()")
    return pair


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """``(input - target)**2``: the mean, the sum, or each element ("none").

    Raises ShapeError unless both have one shape, TypeError unless both are floats of one dtype.

    >>> F.mse_loss(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([3.0, 1.0, 2.0]))
    tensor(2.)
    """
    reduction = reduction_of("mse_loss", reduction, size_average, reduce)
    _check_pair("mse_loss", input, target)
    same_dtype("mse_loss", input=input, target=target)
    if input.array.dtype.kind != "f":
        raise DtypeError(f"mse_loss: needs floats, got {input.array.dtype}; use .float()")
    if weight is not None:
        squares = at_least_float32(losses.mse_loss, input, target, reduction="none")
        return _weighed(squares, weight, reduction)
    loss: Tensor = at_least_float32(losses.mse_loss, input, target, reduction=reduction)
    return loss


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """``abs(input - target)``: the mean, the sum, or each element ("none").

    >>> F.l1_loss(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([3.0, 1.0, 2.0]))
    tensor(1.3333)
    """
    reduction = reduction_of("l1_loss", reduction, size_average, reduce)
    _check_pair("l1_loss", input, target)
    distances = functions.abs(input - target)
    if weight is not None:
        return _weighed(distances, weight, reduction)
    return _reduced(distances, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """l1_loss, but where the distance is less than `beta` half its square, divided by `beta`.

    (Of the larger distances ``beta / 2`` is taken away, so that there is no step.) A single number,
    or with the reduction "none" one for each. ShapeError unless both have one shape, ArgumentError
    for a negative `beta`.

    >>> F.smooth_l1_loss(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([3.0, 1.0, 2.0]))
    tensor(0.8333)
    """
    reduction = reduction_of("smooth_l1_loss", reduction, size_average, reduce)
    a, b = _float_pair("smooth_l1_loss", input, target)
    beta = _number("smooth_l1_loss", "beta", beta)
    if beta < 0:
        raise ArgumentError(f"smooth_l1_loss: beta must be >= 0, got {beta}")
    if beta == 0:
        return l1_loss(a, b, reduction=reduction)
    loss: Tensor = at_least_float32(table.smooth_l1_loss, a, b, reduction=reduction, beta=beta)
    return loss


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """Half the square of the distance; beyond `delta` a straight line, of the slope `delta`.

    A single number, or with the reduction "none" one for each. ShapeError unless both have one
    shape, ArgumentError unless `delta` is above 0.

    >>> F.huber_loss(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([3.0, 1.0, 2.0]))
    tensor(0.8333)
    """
    reduction = reduction_of("huber_loss", reduction)
    _check_pair("huber_loss", input, target)
    same_dtype("huber_loss", input=input, target=target)
    a, b = _float_pair("huber_loss", input, target)
    delta = _number("huber_loss", "delta", delta)
    if not delta > 0:
        raise ArgumentError(f"huber_loss: delta must be positive, got {delta}")
    how = "none" if weight is not None else reduction
    loss: Tensor = at_least_float32(table.huber_loss, a, b, reduction=how, delta=delta)
    return loss if weight is None else _reduced(loss * weight, reduction)


def _number(name: str, argument: str, value: Any) -> float:
    found = number(value)
    if not isinstance(found, (int, float)):
        raise DtypeError(f"{name}: {argument} must be a number, got {value!r}")
    return found


# ---------------------------------------------------------------------------- yes or no, and counts


@formed
def check_between(
    array: Array, name: str, argument: str, low: float, high: float, instead: str = ""
) -> None:
    """Raise ArgumentError, for the loss `name`, unless all are from `low` to `high`; nan is not.

    (On a GPU looking would be a wait. There what is computed of other numbers is nan.)
    """
    if array.size and not (low <= float(array.min()) and float(array.max()) <= high):
        wanted = f"be from {low:g} to {high:g}" if math.isfinite(high) else f"be >= {low:g}"
        raise ArgumentError(
            f"{name}: {argument} must {wanted}, got {float(array.min()):g} to "
            f"{float(array.max()):g}{instead}"
        )


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``-target * log(input) - (1 - target) * log(1 - input)``, of probabilities, times `weight`.

    A logarithm is at least -100, so that a probability of 0 is not infinitely wrong. Raises
    ArgumentError for what is not from 0 to 1 (on the GPU the loss is nan instead), ShapeError
    unless both have one shape, TypeError unless both are floats of one dtype. More precise, and
    without such bounds: binary_cross_entropy_with_logits, of what would go into the sigmoid.

    >>> F.binary_cross_entropy(tg.tensor([0.5]), tg.tensor([1.0]))
    tensor(0.6931)
    """
    name = "binary_cross_entropy"
    reduction = reduction_of(name, reduction, size_average, reduce)
    _check_pair(name, input, target)
    same_dtype(name, input=input, target=target)
    a, b = _float_pair(name, input, target)
    scores = "; for scores there is binary_cross_entropy_with_logits"
    check_between(a.array, name, "input", 0.0, 1.0, scores)
    check_between(b.array, name, "target", 0.0, 1.0)
    how = "none" if weight is not None else reduction
    loss: Tensor = at_least_float32(table.binary_cross_entropy, a, b, reduction=how)
    return loss if weight is None else _reduced(loss * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """``binary_cross_entropy(sigmoid(input), target)``, also of logits far from 0.

    `weight` is that of each loss, `pos_weight` that of the positive targets alone: a number for
    each column, for instance how many negative ones there are for each. ShapeError unless input and
    target have one shape, DtypeError for integers.

    >>> F.binary_cross_entropy_with_logits(tg.zeros(1), tg.ones(1))
    tensor(0.6931)
    """
    name = "binary_cross_entropy_with_logits"
    reduction = reduction_of(name, reduction, size_average, reduce)
    _check_pair(name, input, target)
    for argument, tensor in {"input": input, "target": target}.items():
        if tensor.array.dtype.kind != "f":
            raise DtypeError(
                f"{name}: {argument} must hold floats, got {tensor.array.dtype}; use .float()"
            )
    a, b = _float_pair(name, input, target)
    op, how = table.binary_cross_entropy_with_logits, "none" if weight is not None else reduction
    if pos_weight is not None:
        pos_weight = cast(pos_weight, a.array.dtype)
    loss: Tensor = at_least_float32(op, a, b, pos_weight, reduction=how)
    return loss if weight is None else _reduced(loss * weight, reduction)


def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``log(1 + exp(-target * input))``, for targets of 1 and -1.

    A single number, or with the reduction "none" one for each. ShapeError unless both have one
    shape, DtypeError for booleans.

    >>> F.soft_margin_loss(tg.zeros(1), tg.ones(1))
    tensor(0.6931)
    """
    reduction = reduction_of("soft_margin_loss", reduction, size_average, reduce)
    _check_pair("soft_margin_loss", input, target)
    if target.array.dtype.kind == "b":
        raise no_booleans("soft_margin_loss")
    a, b = _float_pair("soft_margin_loss", input, cast(target, input.array.dtype))
    loss: Tensor = at_least_float32(table.soft_margin_loss, a, b, reduction=reduction)
    return loss


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """binary_cross_entropy_with_logits, its mean over the classes (..., C).

    >>> F.multilabel_soft_margin_loss(tg.zeros(1, 2), tg.ones(1, 2))
    tensor(0.6931)
    """
    reduction = reduction_of("multilabel_soft_margin_loss", reduction, size_average, reduce)
    each = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        each = each * weight
    return _reduced(functions.sum(each, -1) / input.array.shape[-1], reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``rate - target * log(rate)``: how unlikely a count is where `rate` are expected.

    `input` is the logarithm of the rate, or, without `log_input`, the rate (`eps` is added to it
    for the logarithm). With `full`, what does not depend on the rate is added, by Stirling's
    formula, for targets of more than 1. A single number, or with the reduction "none" one for each.
    ShapeError unless the two broadcast, DtypeError for booleans.

    >>> F.poisson_nll_loss(tg.zeros(1), tg.ones(1))
    tensor(1.)
    """
    reduction = reduction_of("poisson_nll_loss", reduction, size_average, reduce)
    if log_input:
        loss = functions.exp(input) - target * input
    else:
        loss = input - target * functions.log(input + eps)
    if full:
        if target.array.dtype.kind == "b":
            raise no_booleans("poisson_nll_loss")
        many, target = target > 1, cast(target, input.array.dtype)
        count = functions.where(many, target, 1.0)
        stirling = count * functions.log(count) - count + 0.5 * functions.log(2 * math.pi * count)
        loss = loss + functions.where(many, stirling, 0.0)
    return _reduced(loss, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """``(log(var) + (input - target)**2 / var) / 2``, for a mean `input` and a variance `var`.

    The variance counts as `eps` if it is less. With `full`, ``log(2 * pi) / 2`` is added.
    ShapeError unless `var` has the shape of `input`, or one number for each row of it.

    >>> F.gaussian_nll_loss(tg.zeros(1), tg.ones(1), tg.ones(1))
    tensor(0.5000)
    """
    reduction = reduction_of("gaussian_nll_loss", reduction)
    if not isinstance(var, Value):
        var = input.new_full(input.array.shape, var)
    shape, own = input.array.shape, var.array.shape
    if own == shape[:-1] and own != shape:
        var = var.unsqueeze(-1)
    elif own != shape and (
        len(own) != len(shape) or [n for n, m in zip(own, shape) if n != m] != [1]
    ):
        raise ShapeError(f"gaussian_nll_loss: input has shape {shape}, var {own}")
    check_between(var.array, "gaussian_nll_loss", "var", 0.0, math.inf)
    var = var.clone()
    with no_grad():  # the gradient is as if it had been larger
        var.clamp_(min=eps)
    loss = 0.5 * (functions.log(var) + (input - target) ** 2 / var)
    return _reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)


# -------------------------------------------------------------------------------- how alike two are


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """``target * (log(target) - input)``: how far log-probabilities `input` are from `target`.

    `target` holds probabilities, or with `log_target` their logarithms. The sum over the classes is
    the divergence of Kullback and Leibler; its mean over the rows is the reduction "batchmean".
    DtypeError for integers.

    >>> F.kl_div(tg.tensor([0.5, 0.5]).log(), tg.tensor([0.5, 0.5]), reduction="sum")
    tensor(0.)
    """
    batches = reduction == "batchmean"
    if size_average is None and reduce is None and reduction == "mean":
        warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math "
            "definition.'mean' will be changed to behave the same as 'batchmean' in the next major "
            "release.",
        )
    reduction = reduction_of("kl_div", "sum" if batches else reduction, size_average, reduce)
    if not input.array.dtype.kind == target.array.dtype.kind == "f":
        raise DtypeError(f"kl_div: needs floats, got {input.array.dtype} and {target.array.dtype}")
    if log_target:
        loss = functions.exp(target) * (target - input)
    else:
        none = target == 0
        logs = target * functions.log(functions.where(none, 1.0, target))
        loss = functions.where(none, 0.0, logs) - target * input
    loss = _reduced(loss, reduction)
    return loss / input.array.shape[0] if batches and input.array.ndim else loss


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """A distance `input` where `target` is 1; where it is -1, what it is short of the margin.

    A single number, or with the reduction "none" one for each. ShapeError unless the two broadcast.

    >>> F.hinge_embedding_loss(tg.tensor([0.25]), tg.tensor([-1.0]))
    tensor(0.7500)
    """
    reduction = reduction_of("hinge_embedding_loss", reduction, size_average, reduce)
    short = functions.where(target == 1, 0.0, functions.clamp(margin - input, min=0.0))
    return _reduced(short + functions.where(target == -1, 0.0, input), reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """What `input1` is short of being larger (target 1) or smaller (-1) than `input2`.

    A single number, or with the reduction "none" one for each. ShapeError unless all have as many
    dimensions, and broadcast.

    >>> F.margin_ranking_loss(tg.zeros(1), tg.ones(1), tg.ones(1))
    tensor(1.)
    """
    reduction = reduction_of("margin_ranking_loss", reduction, size_average, reduce)
    shapes = [x.array.shape for x in (input1, input2, target)]
    if len({len(shape) for shape in shapes}) > 1:
        raise ShapeError(f"margin_ranking_loss: needs as many dimensions of each, got {shapes}")
    return _reduced(functions.clamp(-target * (input1 - input2) + margin, min=0.0), reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``1 - cos`` of two vectors where `target` is 1; where it is -1, ``max(0, cos - margin)``.

    The vectors are (N, D) and the targets (N,), or (D,) and a single number. ShapeError for others.

    >>> F.cosine_embedding_loss(tg.ones(1, 2), tg.ones(1, 2), tg.ones(1))
    tensor(0.)
    """
    reduction = reduction_of("cosine_embedding_loss", reduction, size_average, reduce)
    if target.array.ndim > 1 or any(
        x.array.ndim != target.array.ndim + 1 for x in (input1, input2)
    ):
        shapes = f"{input1.array.shape}, {input2.array.shape} and {target.array.shape}"
        raise ShapeError(f"cosine_embedding_loss: needs (N, D), (N, D) and (N,), got {shapes}")
    lengths = functions.sum(input1 * input1, -1) + 1e-12, functions.sum(input2 * input2, -1) + 1e-12
    cosine = functions.sum(input1 * input2, -1) / functions.sqrt(lengths[0] * lengths[1])
    alike = functions.where(target == 1, 1.0 - cosine, 0.0)
    apart = functions.where(target == -1, functions.clamp(cosine - margin, min=0.0), 0.0)
    return _reduced(alike + apart, reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """What the negative is short of being farther from the anchor than the positive, by a margin.

    With `swap`, it may be measured from the positive instead, if that is nearer. A single number,
    or with the reduction "none" one for each. All three are (N, D), the losses (N,): ShapeError for
    others, ArgumentError unless the margin is above 0.

    >>> F.triplet_margin_loss(tg.zeros(1, 2), tg.zeros(1, 2), tg.ones(1, 2))
    tensor(0.)
    """
    reduction = reduction_of("triplet_margin_loss", reduction, size_average, reduce)
    if not margin > 0:
        raise ArgumentError(f"triplet_margin_loss: margin must be greater than 0, got {margin}")
    shapes = [x.array.shape for x in (anchor, positive, negative)]
    if len({len(shape) for shape in shapes}) > 1:
        raise ShapeError(f"triplet_margin_loss: needs as many dimensions of each, got {shapes}")
    near, far = (pairwise_distance(anchor, x, p, eps) for x in (positive, negative))
    if swap:
        far = functions.minimum(far, pairwise_distance(positive, negative, p, eps))
    return _reduced(functions.clamp(margin + near - far, min=0.0), reduction)
