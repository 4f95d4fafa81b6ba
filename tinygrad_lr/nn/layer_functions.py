"""Layers without state: products, what is picked or left out, and what is normalized."""

from __future__ import annotations

from functools import partial

from .. import ops
from ..dtypes import at_least_float32, float16, same_dtype
from ..errors import ShapeError, no_booleans
from ..graph import Value
from ..tensor import Tensor

__all__ = ["linear"]


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
