"""The functions a network is made of: layers without state, and losses.

They check shapes and dtypes; whether the labels are classes is checked in losses.py.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import losses, ops
from ..device import Shape
from ..dtypes import at_least_float32, cast, float16, int64, number, same_dtype
from ..errors import ArgumentError, DtypeError, ShapeError, no_booleans
from ..graph import Value
from ..more.picking import one_hot
from ..more.shapes import pad
from ..tensor import Tensor
from . import activation_functions
from .activation_functions import *

__all__ = [
    *activation_functions.__all__,
    "cross_entropy",
    "linear",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input @ weight.T + bias``: (..., in) becomes (..., out).

    `weight` is (out, in), `bias` (out,), both of the dtype of `input`. Raises TypeError for other
    dtypes, ShapeError for other shapes.
    """
    if not (isinstance(input, Value) and isinstance(weight, Value)):
        got = f"{type(input).__name__} and {type(weight).__name__}"
        raise TypeError(
            f"linear: input and weight must be Tensors, got {got}; make one with tensor(...)"
        )
    if input.array.dtype != weight.array.dtype:
        same_dtype("linear", input=input, weight=weight)
    if bias is not None:
        if not isinstance(bias, Value):
            raise TypeError(f"linear: bias must be a Tensor or None, got {type(bias).__name__}")
        if bias.array.dtype != weight.array.dtype:
            same_dtype("linear", weight=weight, bias=bias)
    if weight.array.dtype.kind == "b":
        raise no_booleans("linear")
    if weight.array.ndim != 2:
        raise ShapeError(f"linear: weight must be a matrix (out, in), got {weight.array.shape}")
    op = ops.linear if weight.array.dtype != float16 else partial(at_least_float32, ops.linear)
    out: Tensor = op(input, weight, bias)
    return out


def cross_entropy(
    input: Tensor,
    target: Tensor,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """How badly the scores `input` predict the classes `target`: ``-log softmax(input)[target]``.

    Args:
        input: scores of any size ("logits"), *before* any softmax: (N, C), (C,), or (N, C, d1,
            ...); floats.
        target: the right classes, integers from 0 to C - 1: (N,), (), or (N, d1, ...).
        ignore_index: rows with this target do not count.
        reduction: "mean" over the rows that count, "sum", or "none" for one loss per row, in the
            shape of `target`.
        label_smoothing: s from 0 to 1. The loss is then ``(1 - s)`` times the loss above, and ``s``
            times the mean over the classes of ``-log softmax(input)``.

    Computed by log-sum-exp, so that no score overflows. Raises IndexError for a target outside 0 to
    C - 1 (on the GPU the loss is nan instead, as a check would have to wait for it), TypeError if
    `target` holds no integers, ShapeError if the shapes do not fit.
    """
    smoothing = checked_smoothing(label_smoothing)
    rows, classes, shape = _classified("cross_entropy", input, target, reduction)
    op: Callable[..., Tensor] = losses.cross_entropy
    if rows.array.dtype == float16:
        op = partial(at_least_float32, losses.cross_entropy)
    loss: Tensor = op(
        rows,
        classes,
        ignored=checked_index("cross_entropy", ignore_index),
        reduction=reduction,
        smoothing=smoothing,
    )
    return loss.reshape(shape) if reduction == "none" else loss


def nll_loss(
    input: Tensor, target: Tensor, *, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """``-input[target]`` for log-probabilities `input`; shapes and errors as in cross_entropy.

    ``cross_entropy(x, target)`` is ``nll_loss(log_softmax(x, 1), target)``.
    """
    rows, classes, shape = _classified("nll_loss", input, target, reduction)
    ignored = checked_index("nll_loss", ignore_index)
    loss: Tensor = at_least_float32(
        losses.nll_loss, rows, classes, ignored=ignored, reduction=reduction
    )
    return loss.reshape(shape) if reduction == "none" else loss


def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """``(input - target)**2``: the mean, the sum, or each element ("none").

    Raises ShapeError unless both have one shape, TypeError unless both are floats of one dtype.
    """
    check_reduction("mse_loss", reduction)
    for name, tensor in {"input": input, "target": target}.items():
        if not isinstance(tensor, Value):
            raise TypeError(
                f"mse_loss: {name} must be a Tensor, got {type(tensor).__name__}; make one with "
                "tensor(...)"
            )
    a, b = input.array.shape, target.array.shape
    if a != b:
        try:
            together = f"would broadcast to {np.broadcast_shapes(a, b)}, a loss over every pair"
        except ValueError:
            together = "do not fit together"
        raise ShapeError(
            f"mse_loss: input {a} and target {b} {together}; reshape one of them, for instance "
            "target.reshape(input.shape)"
        )
    same_dtype("mse_loss", input=input, target=target)
    if input.array.dtype.kind != "f":
        raise DtypeError(f"mse_loss: needs floats, got {input.array.dtype}; use .float()")
    loss: Tensor = at_least_float32(losses.mse_loss, input, target, reduction=reduction)
    return loss


def checked_smoothing(smoothing: Any) -> float:
    """`smoothing` as a number of Python's, for cross_entropy.

    Raises ValueError if it is no number from 0 to 1, TypeError if it is no number at all.
    """
    found = smoothing if type(smoothing) is float else number(smoothing)
    if not isinstance(found, (int, float)):
        raise TypeError(f"cross_entropy: label_smoothing must be a number, got {smoothing!r}")
    if not 0.0 <= found <= 1.0:
        raise ArgumentError(f"cross_entropy: label_smoothing must be in 0 to 1, got {smoothing!r}")
    return float(found)


def checked_index(name: str, ignore_index: Any) -> int:
    """`ignore_index` as an integer of Python's; TypeError, for the loss `name`, if it is none."""
    try:
        if not isinstance(ignore_index, (bool, np.bool_)):
            return operator.index(ignore_index)
    except TypeError:
        pass
    raise TypeError(f"{name}: ignore_index must be an integer, got {ignore_index!r}")


def check_reduction(name: str, reduction: str) -> None:
    """Raise ValueError, for the loss `name`, if there is no such `reduction`."""
    if not isinstance(reduction, str) or reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{name}: reduction must be 'mean', 'sum' or 'none', got {reduction!r}")


def _classified(
    name: str, input: Tensor, target: Tensor, reduction: str
) -> tuple[Tensor, Tensor, Shape]:
    """The scores as rows (M, C), their classes (M,), and the shape of one loss per row.

    Raises TypeError, ShapeError or ValueError, for the loss `name`, if it cannot take these.
    """
    check_reduction(name, reduction)
    if not (isinstance(input, Value) and isinstance(target, Value)):
        got = f"{type(input).__name__} and {type(target).__name__}"
        raise TypeError(
            f"{name}: input and target must be Tensors, got {got}; make one with tensor(...)"
        )
    shape, labels = input.array.shape, target.array
    if input.array.dtype.kind != "f":
        raise DtypeError(
            f"{name}: input, the scores, must hold floats, got {input.array.dtype}; use .float() "
            "(the target comes second)"
        )
    if labels.dtype.kind not in "iu":
        raise DtypeError(
            f"{name}: target must hold class numbers (integers), got {labels.dtype}; use "
            + ("target.long()" if labels.shape != shape else "target.argmax(1) of probabilities")
        )
    if not shape:
        raise ShapeError(
            f"{name}: input has shape (), a single number; it must have a dimension of classes: "
            "(N, C), or (C,)"
        )
    wanted = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if labels.shape != wanted:
        one_hot = "; of one-hot rows, take target.argmax(1)" if labels.shape == shape else ""
        raise ShapeError(
            f"{name}: input has shape {shape}, target {labels.shape}; the target must be {wanted}: "
            f"a class for each row of scores{one_hot}"
        )
    rows = input if len(shape) == 2 else _as_rows(input, len(shape))
    classes = target
    if labels.ndim != 1:
        classes = ops.reshape(classes, shape=(labels.size,))
    if labels.dtype is not int64:
        classes = cast(classes, int64)
    return rows, classes, labels.shape


def _as_rows(input: Tensor, ndim: int) -> Tensor:
    """Scores (C,) or (N, C, d1, ...) as (M, C)."""
    if ndim == 1:
        return input.reshape(1, input.array.shape[0])
    last = input.permute(0, *range(2, ndim), 1)  # the classes as the last dimension
    return last.reshape(math.prod(last.shape[:-1]), last.shape[-1])


if not TYPE_CHECKING:  # for a type checker, a name that is not here is a mistake

    def __getattr__(name: str) -> None:
        from ..nearest import missing

        raise missing(__name__, name)
