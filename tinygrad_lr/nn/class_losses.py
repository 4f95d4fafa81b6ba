"""Losses of classes: how badly scores predict them.

The functions check shapes and dtypes; whether the labels are classes is checked in losses.py.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .. import functions, losses, ops
from ..device import Shape
from ..dtypes import DType, at_least_float32, cast, float16, int64, number, same_dtype
from ..errors import ArgumentError, DtypeError, ShapeError
from ..graph import Value
from ..sums import total
from ..tensor import Tensor
from .loss_functions import reduction_of

__all__ = ["cross_entropy", "nll_loss"]


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """How badly the scores `input` predict the classes `target`: ``-log softmax(input)[target]``.

    Args:
        input: scores of any size ("logits"), *before* any softmax: (N, C), (C,), or (N, C, d1,
            ...); floats.
        target: the right classes, integers from 0 to C - 1: (N,), (), or (N, d1, ...). Or the
            probabilities that all classes should have, floats in the shape of `input`.
        weight: a weight for each class, (C,). The mean is then divided by the weights of the
            targets (of probabilities: by how many rows there are).
        ignore_index: rows with this target do not count.
        reduction: "mean" over the rows that count, "sum", or "none" for one loss per row, in the
            shape of `target`.
        label_smoothing: s from 0 to 1. The loss is then ``(1 - s)`` times the loss above, and ``s``
            times the mean over the classes of ``-log softmax(input)``.

    Computed by log-sum-exp, so that no score overflows. Raises IndexError for a target outside 0 to
    C - 1 (on the GPU the loss is nan instead, as a check would have to wait for it), TypeError if
    `target` holds neither, ShapeError if the shapes do not fit.

    >>> F.cross_entropy(tg.tensor([[0.0, 0.0]]), tg.tensor([1]))
    tensor(0.6931)
    """
    reduction = reduction_of("cross_entropy", reduction, size_average, reduce)
    smoothing = checked_smoothing(label_smoothing)
    ignored = checked_index("cross_entropy", ignore_index)
    if _are_probabilities(input, target):
        if ignored >= 0:
            raise ArgumentError("cross_entropy: ignore_index is for targets that are classes")
        return _of_probabilities(input, target, weight, reduction, smoothing)
    rows, classes, shape = _classified("cross_entropy", input, target)
    if weight is not None:
        weight = _checked_weight("cross_entropy", weight, rows)
        loss = at_least_float32(
            _weighted, rows, classes, weight, ignored, reduction, smoothing, True
        )
        return loss.reshape(shape) if reduction == "none" and len(shape) != 1 else loss
    op: Callable[..., Tensor] = losses.cross_entropy
    if rows.array.dtype == float16:
        op = partial(at_least_float32, losses.cross_entropy)
    loss = op(rows, classes, ignored=ignored, reduction=reduction, smoothing=smoothing)
    return loss.reshape(shape) if reduction == "none" and len(shape) != 1 else loss


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """``-input[target]`` for log-probabilities `input`; all else as in cross_entropy, of classes.

    ``cross_entropy(x, target)`` is ``nll_loss(log_softmax(x, 1), target)``. A single number, or
    with the reduction "none" in the shape of `target`.

    >>> F.nll_loss(tg.tensor([[-0.5, -1.0]]), tg.tensor([1]))
    tensor(1.)
    """
    reduction = reduction_of("nll_loss", reduction, size_average, reduce)
    rows, classes, shape = _classified("nll_loss", input, target)
    ignored = checked_index("nll_loss", ignore_index)
    loss: Tensor
    if weight is not None:
        weight = _checked_weight("nll_loss", weight, rows)
        loss = at_least_float32(_weighted, rows, classes, weight, ignored, reduction, 0.0, False)
    else:
        loss = at_least_float32(
            losses.nll_loss, rows, classes, ignored=ignored, reduction=reduction
        )
    return loss.reshape(shape) if reduction == "none" and len(shape) != 1 else loss


def _weighted(
    rows: Tensor,
    classes: Tensor,
    weight: Tensor,
    ignored: int,
    reduction: str,
    smoothing: float,
    scores: bool,
) -> Tensor:
    """cross_entropy of `scores`, or else nll_loss, with a weight for each class.

    It is nll_loss of log-probabilities that are weighted before. A mean is to be divided by the
    weights of the targets, not by how many there are: that goes into the weights, too.
    """
    labels, weights = classes.array, weight.array  # of which nothing is recorded
    losses.which_count("cross_entropy" if scores else "nll_loss", labels, weights.size, ignored)
    kept = labels != ignored
    count = kept.sum().astype(weights.dtype)
    with np.errstate(divide="ignore", invalid="ignore"):  # of no rows the mean is nan
        if reduction == "mean":
            weights = weights * (count / total(weights.take(labels * kept, 0) * kept))
        logs = functions.log_softmax(rows, 1) if scores else rows
        weighted = logs * weight.wrap(weights)
        loss: Tensor = losses.nll_loss(weighted, classes, ignored=ignored, reduction=reduction)
        if not smoothing:
            return loss
        evenly = functions.where(rows.wrap(kept), functions.sum(weighted, 1), 0.0)
        if reduction != "none":
            evenly = functions.sum(evenly)
        if reduction == "mean":
            evenly = evenly / rows.wrap(count)
        return (1.0 - smoothing) * loss + (-smoothing / weight.array.size) * evenly


def _are_probabilities(input: Tensor, target: Tensor) -> bool:
    """Whether `target` has floats in the shape of `input`, for each class a probability."""
    if not (isinstance(input, Value) and isinstance(target, Value)):
        return False
    return target.array.dtype.kind == "f" and target.array.shape == input.array.shape != ()


def _of_probabilities(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, smoothing: float
) -> Tensor:
    """cross_entropy, for targets that are probabilities."""
    if input.array.dtype.kind != "f":
        raise DtypeError(f"cross_entropy: input must hold floats, got {input.array.dtype}")
    axis = 1 if input.array.ndim > 1 else 0
    classes = input.array.shape[axis]
    if smoothing:
        target = target * (1.0 - smoothing) + smoothing / classes
    parts = functions.log_softmax(input, axis) * target
    if weight is not None:
        weight = _checked_weight("cross_entropy", weight, input, axis)
        parts = parts * weight.reshape(classes, *[1] * (input.array.ndim - axis - 1))
    if reduction == "none":
        return -functions.sum(parts, axis)
    whole = -functions.sum(parts)
    return whole / ops.or_nan(input.array.size / max(classes, 1)) if reduction == "mean" else whole


def _checked_weight(name: str, weight: Tensor, scores: Tensor, axis: int = 1) -> Tensor:
    """`weight`, if it has one for each class, in the dtype of the scores, and no gradient."""
    classes = scores.array.shape[axis]
    if not isinstance(weight, Value):
        raise TypeError(f"{name}: weight must be a Tensor, got {type(weight).__name__}")
    if weight.array.shape != (classes,):
        raise ShapeError(
            f"{name}: weight must have one weight for each of {classes} classes, ({classes},), got "
            f"{weight.array.shape}"
        )
    same_dtype(name, input=scores, weight=weight)
    if weight.requires_grad:
        raise ArgumentError(f"{name}: there is no gradient for weight; use weight.detach()")
    return weight


def checked_smoothing(smoothing: Any) -> float:
    """`smoothing` as a number of Python's, for cross_entropy.

    Raises ValueError if it is no number from 0 to 1, TypeError if it is no number at all.
    """
    if type(smoothing) is float and 0.0 <= smoothing <= 1.0:  # the usual case
        return smoothing
    found = number(smoothing)
    if not isinstance(found, (int, float)):
        raise TypeError(f"cross_entropy: label_smoothing must be a number, got {smoothing!r}")
    if not 0.0 <= found <= 1.0:
        raise ArgumentError(f"cross_entropy: label_smoothing must be in 0 to 1, got {smoothing!r}")
    return float(found)


def checked_index(name: str, ignore_index: Any) -> int:
    """`ignore_index` as an integer of Python's; TypeError, for the loss `name`, if it is none."""
    if type(ignore_index) is int:
        return ignore_index
    try:
        if not isinstance(ignore_index, (bool, np.bool_)):
            return operator.index(ignore_index)
    except TypeError:
        pass
    raise TypeError(f"{name}: ignore_index must be an integer, got {ignore_index!r}")


def _classified(name: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Shape]:
    """The scores as rows (M, C), their classes (M,), and the shape of one loss per row.

    Raises TypeError or ShapeError, for the loss `name`, if it cannot take these.
    """
    if not (isinstance(input, Value) and isinstance(target, Value)):
        got = f"{type(input).__name__} and {type(target).__name__}"
        raise TypeError(
            f"{name}: input and target must be Tensors, got {got}; make one with tensor(...)"
        )
    scores, labels = input.array, target.array
    _check_kinds(name, scores.shape, scores.dtype, labels.shape, labels.dtype)
    rows = input if scores.ndim == 2 else _as_rows(input, scores.ndim)
    classes = target if labels.ndim == 1 else ops.reshape(target, shape=(labels.size,))
    if labels.dtype is not int64:
        classes = cast(classes, int64)
    return rows, classes, labels.shape


@functools.lru_cache(256)  # what was right once is right again
def _check_kinds(name: str, shape: Shape, dtype: DType, labels: Shape, kind: DType) -> None:
    """Raise TypeError or ShapeError if the loss `name` cannot take such scores and labels."""
    if dtype.kind != "f":
        raise DtypeError(
            f"{name}: input, the scores, must hold floats, got {dtype}; use .float() "
            "(the target comes second)"
        )
    if kind.kind not in "iu":
        raise DtypeError(
            f"{name}: target must hold class numbers (integers), got {kind}; use "
            + ("target.long()" if labels != shape else "target.argmax(1) of probabilities")
        )
    if not shape:
        raise ShapeError(
            f"{name}: input has shape (), a single number; it must have a dimension of classes: "
            "(N, C), or (C,)"
        )
    wanted = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if labels != wanted:
        one_hot = "; of one-hot rows, take target.argmax(1)" if labels == shape else ""
        raise ShapeError(
            f"{name}: input has shape {shape}, target {labels}; the target must be {wanted}: "
            f"a class for each row of scores{one_hot}"
        )


def _as_rows(input: Tensor, ndim: int) -> Tensor:
    """Scores (C,) or (N, C, d1, ...) as (M, C)."""
    if ndim == 1:
        return input.reshape(1, input.array.shape[0])
    last = input.permute(0, *range(2, ndim), 1)  # the classes as the last dimension
    return last.reshape(math.prod(last.shape[:-1]), last.shape[-1])
