"""Leaves that require grad, and what is asserted of them: what the tests of the engine share."""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_lr as tl
from tinygrad_lr.autograd import grad


def leaf(values: Any, dtype: str = "float64") -> Any:
    return tl.tensor(values, dtype=dtype, requires_grad=True)


def assert_grad(tensor: Any, expected: Any) -> None:
    assert tensor.grad is not None
    assert (tensor.grad.shape, tensor.grad.dtype) == (tensor.shape, tensor.dtype)
    np.testing.assert_allclose(tensor.grad.numpy(), expected, rtol=1e-12)


def derivatives(function: Any, at: float, orders: int) -> list[float]:
    x = leaf(at)
    found, y = [], function(x)
    for _ in range(orders):
        (y,) = grad(y, x, create_graph=True)
        found.append(y.item())
    return found
