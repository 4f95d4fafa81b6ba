"""Leaves that require grad, and what is asserted of them: what the tests of the engine share."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

import tinygrad_lr as tl
from tinygrad_lr.autograd import grad


def leaf(values: Any, dtype: str = "float64") -> Any:
    return tl.tensor(values, dtype=dtype, requires_grad=True)


def leaves(*shapes: tuple[int, ...], seed: int = 0) -> tuple[list[Any], list[Any]]:
    """The same leaves here and in PyTorch."""
    rng = np.random.default_rng(seed)
    arrays = [rng.uniform(0.5, 1.5, shape) for shape in shapes]
    return [leaf(a) for a in arrays], [torch.tensor(a, requires_grad=True) for a in arrays]


def assert_same(ours: Any, theirs: Any, **tolerance: float) -> None:
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), **tolerance)


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
