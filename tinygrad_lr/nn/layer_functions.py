"""Layers without state: products, what is picked or left out, and what is normalized."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import functions, ops
from ..creation import rand
from ..device import Array, Shape
from ..dtypes import at_least_float32, cast, flag, float16, float32, integer, number, same_dtype
from ..errors import ArgumentError, DtypeError, ShapeError, no_booleans
from ..graph import Value
from ..inplace import write
from ..modes import no_grad
from ..more import network_table as table
from ..signatures import checked, integer_index, seen_as, sizes
from ..tensor import Tensor

__all__ = [
    "alpha_dropout",
    "batch_norm",
    "bilinear",
    "dropout",
    "dropout1d",
    "embedding",
    "group_norm",
    "layer_norm",
    "linear",
    "rms_norm",
]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input @ weight.T + bias``: (..., in) becomes (..., out).

    `weight` is (out, in), `bias` (out,), both of the dtype of `input`. Raises TypeError for other
    dtypes, ShapeError for other shapes.

    >>> F.linear(tg.tensor([[1.0, 2.0]]), tg.tensor([[3.0, 4.0]]), tg.tensor([5.0]))
    tensor([[16.]])
    """
    if not (isinstance(input, Value) and isinstance(weight, Value)):
        got = f"{type(input).__name__} and {type(weight).__name__}"
        raise TypeError(
            f"linear: input and weight must be Tensors, got {got}; make one with tensor(...)"
        )
    matrix = weight.array
    dtype = matrix.dtype
    if input.array.dtype is not dtype:
        same_dtype("linear", input=input, weight=weight)
    if bias is not None:
        if not isinstance(bias, Value):
            raise TypeError(f"linear: bias must be a Tensor or None, got {type(bias).__name__}")
        if bias.array.dtype is not dtype:
            same_dtype("linear", weight=weight, bias=bias)
    if dtype.kind == "b":
        raise no_booleans("linear")
    if matrix.ndim != 2:
        raise ShapeError(f"linear: weight must be a matrix (out, in), got {matrix.shape}")
    if dtype == float16:
        return at_least_float32(ops.linear, input, weight, bias)
    return ops.linear(input, weight, bias)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input1 @ weight[k] @ input2 + bias[k]`` for each k: (..., in1) and (..., in2), (..., out).

    `weight` is (out, in1, in2), `bias` (out,). ShapeError for others.

    >>> F.bilinear(tg.tensor([1.0, 2.0]), tg.tensor([3.0]), tg.tensor([[[4.0], [5.0]]]))
    tensor([42.])
    """
    checked(input1, "bilinear"), checked(input2, "bilinear")
    if checked(weight, "bilinear").array.ndim != 3:
        raise ShapeError(f"bilinear: weight must be (out, in1, in2), got {weight.array.shape}")
    out, in1, in2 = weight.array.shape
    shapes = input1.array.shape, input2.array.shape
    if shapes[0][-1:] != (in1,) or shapes[1] != (*shapes[0][:-1], in2):
        raise ShapeError(
            f"bilinear: input1 must be (..., {in1}) and input2 (..., {in2}), got {shapes[0]} and "
            f"{shapes[1]}"
        )
    rows1, rows2 = input1.reshape(-1, 1, in1), input2.reshape(-1, 1, in2)
    flat = weight.permute(1, 0, 2).reshape(in1, out * in2)  # one product for all k
    left = (rows1.reshape(-1, in1) @ flat).reshape(-1, out, in2)
    y = functions.sum(left * rows2, -1, dtype=weight.array.dtype).reshape(*shapes[0][:-1], out)
    return y if bias is None else y + bias


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of `weight` (n, d) that `input`, of integers, names: (...,) becomes (..., d).

    A row that is named twice gets both gradients; the row `padding_idx` gets none. Raises
    PlaceError (an IndexError), or TypeError if `input` holds no integers. There is no `max_norm`,
    no `scale_grad_by_freq`, and no `sparse` gradient.

    >>> F.embedding(tg.tensor([1, 0]), tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    if max_norm is not None or scale_grad_by_freq or sparse:
        raise ArgumentError(
            "embedding: max_norm, scale_grad_by_freq and sparse are not offered; leave them out"
        )
    if checked(weight, "embedding").array.ndim != 2:
        raise ShapeError(f"embedding: weight must be a matrix (n, d), got {weight.array.shape}")
    rows = weight.array.shape[0]
    index = integer_index("embedding", weight, input, rows)
    return table.embedding(weight, index, padding=padding_row("embedding", padding_idx, rows))


def padding_row(name: str, padding_idx: int | None, rows: int) -> int | None:
    """`padding_idx`, counted from the front; ArgumentError, for `name`, if there is no such row."""
    if padding_idx is None:
        return None
    place = integer(padding_idx)
    if place is None or not -rows <= place < rows:
        raise ArgumentError(
            f"{name}: padding_idx must be one of {rows} rows, or None, got {padding_idx!r}"
        )
    return place % rows


# ---------------------------------------------------------------------- what is left out by chance


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, each element is 0 with the probability `p`, and the others are / (1 - p).

    So the mean stays what it is. Otherwise `input` itself. The default generator draws.

    >>> F.dropout(tg.tensor([1.0, 2.0, 3.0]), p=0.5, training=False)
    tensor([1., 2., 3.])
    """
    return _dropped("dropout", input, checked(input, "dropout").array.shape, p, training, inplace)


def dropout1d(
    input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Tensor:
    """dropout, of whole rows: (N, C, L) or (C, L). ShapeError for others.

    >>> F.dropout1d(tg.ones(2, 3), p=0.5, training=False).shape
    (2, 3)
    """
    shape = checked(input, "dropout1d").array.shape
    if len(shape) not in (2, 3):
        raise ShapeError(f"dropout1d: needs (N, C, L) or (C, L), got {shape}")
    return _dropped("dropout1d", input, (*shape[:-1], 1), p, training, inplace)


def _dropped(
    name: str, input: Tensor, shape: tuple[int, ...], p: float, training: bool, inplace: bool
) -> Tensor:
    """`input` times a mask of this shape that is drawn, and divided by its mean."""
    p = probability(name, p)
    if not flag(name, "training", training) or p == 0:
        return input
    check_floats(name, input)
    dtype = input.array.dtype
    wide = float32 if dtype == float16 else dtype
    mask = input.wrap(_kept(input, shape, p).astype(wide) / ((1.0 - p) or 1.0))
    mask = cast(mask, dtype)
    if flag(name, "inplace", inplace):
        return write(input, f"{name}_", lambda x: x * mask)
    return input * mask


def _kept(input: Tensor, shape: tuple[int, ...], p: float) -> Array:
    """A mask of `shape`, False with the probability `p`."""
    kept: Array = rand(shape, device=input.device).array >= p
    return kept


def alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """dropout for what selu gives: what is left out is as selu of -infinity, not 0.

    All is then scaled and shifted, so that mean 0 and variance 1 stay what they are. The shape and
    dtype stay. ArgumentError unless `p` is from 0 to 1.

    >>> F.alpha_dropout(tg.tensor([1.0, 2.0, 3.0]), p=0.5, training=False)
    tensor([1., 2., 3.])
    """
    p = probability("alpha_dropout", p)
    if not flag("alpha_dropout", "training", training) or p == 0:
        return input
    check_floats("alpha_dropout", input)
    low = -1.7580993408473766  # selu(-infinity)
    scale = 0.0 if p == 1 else ((low * low * p + 1.0) * (1.0 - p)) ** -0.5
    kept = input.wrap(_kept(input, input.array.shape, p))

    def dropped(x: Tensor) -> Tensor:
        return functions.where(kept, x, low) * scale - low * scale * p

    if flag("alpha_dropout", "inplace", inplace):
        return write(input, "alpha_dropout_", dropped)
    return dropped(input)


def probability(name: str, p: Any) -> float:
    """`p` as a number from 0 to 1; ArgumentError, for `name`, if it is none."""
    found = number(p)
    if not isinstance(found, (int, float)) or not 0 <= found <= 1:
        raise ArgumentError(f"{name}: p, a probability, has to be from 0 to 1, got {p!r}")
    return float(found)


def check_floats(name: str, input: Tensor) -> None:
    """Raise DtypeError, for `name`, if `input` holds no floats."""
    if checked(input, name).array.dtype.kind != "f":
        raise DtypeError(f"{name}: needs floats, got {input.array.dtype}; use .float()")


# ------------------------------------------------------------------------------- what is normalized


@seen_as("NativeBatchNorm")
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float | Tensor = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """``(input - mean) / sqrt(var + eps) * weight + bias``, for each channel: (N, C, ...).

    In training, mean and variance are those of the batch, and `running_mean` and `running_var`, if
    given, move to them by the share `momentum` (to the variance that is divided by one less).
    Otherwise mean and variance are these two. All four are (C,). Raises ArgumentError if there is
    only one value for a channel in training, ShapeError for other shapes.

    >>> F.batch_norm(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), None, None, training=True)
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """
    check_floats("batch_norm", input)
    shape = input.array.shape
    if len(shape) < 2:
        raise ShapeError(f"batch_norm: needs (N, C) or (N, C, L), got {shape}")
    given = {
        "running_mean": running_mean,
        "running_var": running_var,
        "weight": weight,
        "bias": bias,
    }
    for name, tensor in given.items():
        if tensor is not None and tensor.array.shape != shape[1:2]:
            raise ShapeError(
                f"batch_norm: input {shape} has {shape[1]} channels, {name} {tensor.array.shape}"
            )
    _check_dtypes("batch_norm", input, **given)
    of_channels = [*given.values()]
    if len(shape) > 2:  # each is spread over what is behind the channels
        spread = (-1, *[1] * (len(shape) - 2))
        of_channels = [None if x is None else x.reshape(spread) for x in of_channels]
    mean, var, scale, shift = of_channels
    axes = (0, *range(2, len(shape)))
    if not training:
        if mean is None or var is None:
            raise ArgumentError("batch_norm: give running_mean and running_var, or training=True")
        return _affine(lambda x: (x - mean) / functions.sqrt(var + eps), input, scale, shift)
    if math.prod(shape) == shape[1]:
        raise ArgumentError(
            f"batch_norm: expected more than 1 value per channel when training, got input {shape}"
        )
    with no_grad():
        learns = input.array.size > 0  # from no sample, nothing
        if running_mean is not None and learns:
            found = at_least_float32(ops.mean, input, axis=axes, keepdims=False)
            _move(running_mean, found, momentum)
        if running_var is not None and learns:
            found = at_least_float32(ops.var, input, axis=axes, keepdims=False, correction=1)
            _move(running_var, found, momentum)
    out: Tensor = at_least_float32(table.native_batch_norm, input, scale, shift, axis=axes, eps=eps)
    return out


def _check_dtypes(name: str, input: Tensor, **tensors: Tensor | None) -> None:
    """Raise DtypeError unless all are of the dtype of `input`; or float32, beside float16."""
    dtype = input.array.dtype
    for argument, tensor in tensors.items():
        if tensor is None or tensor.array.dtype is dtype:
            continue
        if dtype != float16 or tensor.array.dtype != float32:
            same_dtype(name, **{"input": input, argument: tensor})


def _move(running: Tensor, found: Tensor, momentum: float | Tensor) -> None:
    """Let `running`, in place, move to what was found by the share `momentum`."""
    write(running, "copy_", lambda x: x * (1.0 - momentum) + found * momentum)


def _affine(function: Any, input: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """``function(input) * weight + bias``; of float16, computed in float32."""

    def whole(x: Tensor, *rest: Any) -> Tensor:
        y: Tensor = function(x)
        y = y if rest[0] is None else y * rest[0]
        return y if rest[1] is None else y + rest[1]

    out: Tensor = at_least_float32(whole, input, weight, bias)
    return out


def _last_axes(name: str, input: Tensor, normalized_shape: Any) -> tuple[int, ...]:
    """The last dimensions of `input`, which must be `normalized_shape`; else ShapeError."""
    check_floats(name, input)
    return _last(name, input.array.shape, sizes(name, (normalized_shape,)))


@functools.lru_cache(256)  # what was right once is right again
def _last(name: str, shape: Shape, wanted: Shape) -> tuple[int, ...]:
    if not wanted or shape[-len(wanted) :] != wanted:
        raise ShapeError(
            f"{name}: normalized_shape {wanted} must be the last dimensions of input, {shape}"
        )
    return tuple(range(len(shape) - len(wanted), len(shape)))


def layer_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """``(input - mean) / sqrt(var + eps) * weight + bias``, over the last dimensions.

    They are `normalized_shape`, which is also the shape of `weight` and `bias`.

    >>> F.layer_norm(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), (2,))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    axes = _last_axes("layer_norm", input, normalized_shape)
    _check_dtypes("layer_norm", input, weight=weight, bias=bias)
    out: Tensor = at_least_float32(table.native_layer_norm, input, weight, bias, axis=axes, eps=eps)
    return out


def rms_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """``input / sqrt(mean(input**2) + eps) * weight``, over the last dimensions.

    Without `eps`, it is the smallest step from 1 that the dtype knows.

    >>> F.rms_norm(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), (2,))
    tensor([[0.6325, 1.2649],
            [0.8485, 1.1314]])
    """
    axes = _last_axes("rms_norm", input, normalized_shape)
    least = float(np.finfo(input.array.dtype).eps) if eps is None else eps

    def normed(x: Tensor) -> Tensor:
        return x * (1.0 / functions.sqrt(functions.mean(x * x, axes, keepdim=True) + least))

    return cast(_affine(normed, input, weight, None), input.array.dtype)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """layer_norm of each group of channels (N, C, ...); `weight` and `bias` are (C,).

    ShapeError unless C can be divided by `num_groups`.

    >>> F.group_norm(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    check_floats("group_norm", input)
    shape = input.array.shape
    if len(shape) < 2 or num_groups < 1 or shape[1] % num_groups:
        raise ShapeError(
            f"group_norm: the channels of input {shape}, dimension 1, must go into {num_groups} "
            "groups of one size"
        )
    for name, tensor in {"weight": weight, "bias": bias}.items():
        if tensor is not None and tensor.array.shape != shape[1:2]:
            raise ShapeError(f"group_norm: {name} must be {shape[1:2]}, got {tensor.array.shape}")
    _check_dtypes("group_norm", input, weight=weight, bias=bias)
    spread = (-1, *[1] * (len(shape) - 2))
    scale, shift = (None if x is None else x.reshape(spread) for x in (weight, bias))
    size = math.prod(shape[1:]) // num_groups

    def normed(x: Tensor) -> Tensor:
        groups = x.reshape(shape[0], num_groups, size)
        y: Tensor = table.native_layer_norm(groups, None, None, axis=(2,), eps=eps)
        return y.reshape(shape)

    return _affine(normed, input, scale, shift)
