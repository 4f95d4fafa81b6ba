"""float16 where many come together: 11 bits and nothing above 65504, added up in float32.

Beside PyTorch, which does so too, and beside the same in float64. (That every operation of the
table takes float16, in small arrays and of every magnitude, is in test_ops.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sampled import ordinarily

import tinygrad_lr as tg

MANY = 70_000  # more than float16 can count, and than it can hold
LAST = 2.0**-10  # the last of the 11 bits, relatively
TINY = 2.0**-24  # the smallest float16: what lies in between is rounded to 0 or to it


def grid(rows: int, columns: int, low: float = -1.0, high: float = 1.0) -> Any:
    rng = np.random.default_rng(0)
    return rng.uniform(low, high, (rows, columns)).astype(np.float16)


def as_near_as_pytorch(function: Callable[[Any, Any], Any], *arrays: Any) -> None:
    """``function(module, *tensors)``, a number or a few: value and gradients, by three ways.

    Ours is as near to float64 as PyTorch's float16 is, but for two units in the last place.
    """
    found = []
    for module, dtype in ((tg, "float16"), (torch, "float16"), (torch, "float64")):
        leaves = [module.tensor(a.astype(dtype), requires_grad=True) for a in arrays]
        y = function(module, *leaves)
        seed = np.linspace(0.5, 1.5, max(int(np.prod(y.shape)), 1)).reshape(y.shape)
        y.backward(module.tensor(np.asarray(seed.astype(np.float16).astype(dtype))))
        results = [y.detach(), *(leaf.grad for leaf in leaves)]
        assert all(str(r.dtype).removeprefix("torch.") == dtype for r in results)
        found.append([np.asarray(r.numpy(), np.float64) for r in results])
    for mine, theirs, exact in zip(*found, strict=True):
        with np.errstate(over="ignore", invalid="ignore"):  # inf, where float16 overflows
            exact = exact.astype(np.float16).astype(np.float64)
            off, mine_off = np.abs(theirs - exact), np.abs(mine - exact)
        allowed = np.where(np.isfinite(off), off, 0.0) + 2 * LAST * np.abs(exact) + 2 * TINY
        same = (mine == exact) | (mine_off <= allowed)
        assert same.all(), (
            f"{mine[~same][:3]}, PyTorch {theirs[~same][:3]}, exact {exact[~same][:3]}"
        )


F: Any = lambda m: m.nn.functional
REDUCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "sum": lambda m, x: (x * 0.25).sum(),
    "sum along the rows": lambda m, x: (x * 0.25).sum(0),
    "mean": lambda m, x: x.mean(),
    "mean along the rows": lambda m, x: x.mean(0),
    "mean along the columns of the other": lambda m, x: x.t().mean(1, keepdim=True),
    "var": lambda m, x: x.var(),
    "var along the rows": lambda m, x: x.var(0),
    "var, divided by n": lambda m, x: x.var((0, 1), correction=0),
    "std": lambda m, x: x.std(),
    "std along the rows": lambda m, x: x.std(0),
    "logsumexp": lambda m, x: x.logsumexp((0, 1)),
    "logsumexp along the rows": lambda m, x: x.logsumexp(0),
    "softmax of many": lambda m, x: x.softmax(0)[:3],
    "log_softmax of many": lambda m, x: x.log_softmax(0)[:3],
    "amax": lambda m, x: x.amax(0),
    "mse_loss": lambda m, x: F(m).mse_loss(x, m.zeros_like(x)),
    "mse_loss, summed": lambda m, x: F(m).mse_loss(x * 0.1, m.zeros_like(x), reduction="sum"),
    "cross_entropy of many": lambda m, x: F(m).cross_entropy(x, m.ones(len(x), dtype=m.int64)),
    "cross_entropy, smoothed": (
        lambda m, x: F(m).cross_entropy(x, m.ones(len(x), dtype=m.int64), label_smoothing=0.1)
    ),
    "cross_entropy of many classes": lambda m, x: F(m).cross_entropy(x.t(), m.tensor([1, 2, 3])),
    "nll_loss of many": lambda m, x: F(m).nll_loss(x, m.ones(len(x), dtype=m.int64)),
    "nll_loss, half of them ignored": (
        lambda m, x: F(m).nll_loss(x, (x[:, 0] > 0.7).long(), ignore_index=0)
    ),
    "a product": lambda m, x: x.t() @ (x * 2.0**-3),
    "a product with a vector": lambda m, x: x.t() @ (x[:, 0] * 2.0**-3),
    "a norm": lambda m, x: (x * x).mean().sqrt(),
}


@pytest.mark.parametrize("name", ordinarily(*[*REDUCTIONS][::3], of=REDUCTIONS))
def test_many_in_one(name: str) -> None:
    as_near_as_pytorch(REDUCTIONS[name], grid(MANY, 3, 0.5, 1.0))


@pytest.mark.parametrize(
    "name", ["sum", "mean", "std", "logsumexp", "softmax of many", "a product"]
)
def test_many_ones_in_one(name: str) -> None:
    """Whose sums and counts are exact, or too large."""
    as_near_as_pytorch(REDUCTIONS[name], np.ones((100_000, 3), np.float16))


# What is used once for each row gets a gradient that is added up over all of them.
SHARED: dict[str, Callable[[Any, Any, Any], Any]] = {
    "a bias": lambda m, x, b: x + b,
    "subtracted": lambda m, x, b: x - b,
    "a factor": lambda m, x, b: x * b,
    "a divisor": lambda m, x, b: x / b,
    "an exponent": lambda m, x, b: x**b,
    "a largest": lambda m, x, b: m.maximum(x, b),
    "a smallest": lambda m, x, b: m.minimum(x, b),
    "a choice": lambda m, x, b: m.where(x > 0.7, x, b),
    "expanded": lambda m, x, b: b.expand(x.shape) * x,
    "a column for all": lambda m, x, b: x * b[:1],
    "a number for all": lambda m, x, b: x * b.sum(),
    "picked again and again": lambda m, x, b: b[m.zeros(len(x), dtype=m.int64)].reshape(-1, 1) * x,
}


@pytest.mark.parametrize("name", ordinarily(*[*SHARED][::3], of=SHARED))
def test_a_gradient_added_up_over_many_rows(name: str) -> None:
    def mean(m: Any, x: Any, b: Any) -> Any:
        return (SHARED[name](m, x, b) * 2.0**-3).mean(0)

    as_near_as_pytorch(mean, grid(MANY, 3, 0.5, 1.0), grid(1, 3, 0.5, 1.5)[0])


def test_a_layer_of_many_rows() -> None:
    def layer(m: Any, x: Any, weight: Any, bias: Any) -> Any:
        return F(m).linear(x, weight, bias).mean(0)

    as_near_as_pytorch(layer, grid(MANY, 3, 0.5, 1.0), grid(2, 3), grid(1, 2)[0])


def test_a_layer_of_many_inputs() -> None:
    def layer(m: Any, x: Any, weight: Any) -> Any:
        return F(m).linear(x, weight) * 2.0**-3

    as_near_as_pytorch(layer, grid(2, MANY, 0.5, 1.0), grid(3, MANY, 0.5, 1.0))


def test_gradients_are_added_up_for_leaves_as_pytorch_adds_them() -> None:
    """Into .grad itself, in float16: 2048 and 1 more are 2048."""
    for m in (tg, torch):
        x = m.tensor(np.float16(1.0), requires_grad=True)
        for factor in (2048.0, 1.0, 1.0):
            (x * factor).backward()
        assert x.grad.item() == 2048.0


@pytest.mark.parametrize("scale", [65536.0, 1e6, 1e-6, 1e-9, 100_000, np.float64(1e5), -1e5])
def test_a_number_that_is_none_of_float16s_is_a_factor_all_the_same(scale: Any) -> None:
    values = [0.001, -0.01, 1.0, 300.0, 60000.0]
    for combine in (
        lambda x, s: x * s,
        lambda x, s: s * x,
        lambda x, s: x / s,
        lambda x, s: x.clone().mul_(s),
        lambda x, s: x.clone().div_(s),
        lambda x, s: (x * s) / s,
    ):
        x = tg.tensor(values, dtype="float16", requires_grad=True)
        t = torch.tensor(values, dtype=torch.float16, requires_grad=True)
        mine, theirs = combine(x, scale), combine(t, float(scale))
        np.testing.assert_array_equal(mine.tolist(), theirs.tolist())
        mine.backward(tg.ones(5, dtype="float16"))
        theirs.backward(torch.ones(5, dtype=torch.float16))
        np.testing.assert_array_equal(x.grad.tolist(), t.grad.tolist())


def test_so_is_a_tensor_of_no_dimensions() -> None:
    x = tg.tensor([0.001, 0.5, 60000.0], dtype="float16")
    for dtype in ("float32", "float64", "int64"):
        scale = tg.tensor(100_000, dtype=dtype)
        for y in (x / scale * scale, scale * (x / scale)):
            assert y.dtype == np.float16
            np.testing.assert_allclose(y.numpy(), x.numpy(), rtol=2e-3, atol=6e-3)


def test_what_is_too_large_is_infinity_without_a_word() -> None:
    x = tg.tensor([1.0, -2.0], dtype="float16", requires_grad=True)
    assert (x < 1e6).all()
    assert (x > -1e6).all()
    assert x.clamp(max=1e6).tolist() == [1.0, -2.0]
    assert tg.where(x > 0, x, 1e6).tolist() == [1.0, np.inf]
    assert tg.tensor([1e6, -1e6]).to("float16").tolist() == [np.inf, -np.inf]
    (gradient,) = tg.autograd.grad(x * 1e6, x, tg.ones(2, dtype="float16"))
    assert gradient.tolist() == [np.inf, np.inf]
