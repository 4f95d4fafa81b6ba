"""Fused entries open: what they consist of gives the same gradients, but for rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_lr as tg
from tinygrad_lr import nn
from tinygrad_lr.graph import Node
from tinygrad_lr.nn import functional as F
from tinygrad_lr.viz.parts import PARTS, parts_of


def leaf(*shape: int) -> Any:
    return tg.randn(*shape, dtype=tg.float64, requires_grad=True)


def classes() -> Any:
    return tg.tensor([0, 1, 2, 0])


CALLS: dict[str, Callable[[], Any]] = {
    "linear": lambda: F.linear(leaf(4, 3), leaf(2, 3), leaf(2)),
    "linear of a batch of matrices, no bias": lambda: F.linear(leaf(2, 4, 3), leaf(2, 3)),
    "linear of a constant": lambda: F.linear(tg.ones(4, 3).double(), leaf(2, 3), leaf(2)),
    "cross_entropy": lambda: F.cross_entropy(leaf(4, 3), classes()),
    "cross_entropy, sum": lambda: F.cross_entropy(leaf(4, 3), classes(), reduction="sum"),
    "cross_entropy, some ignored": lambda: F.cross_entropy(leaf(4, 3), classes(), ignore_index=0),
    "nll_loss": lambda: F.nll_loss(leaf(4, 3), classes(), reduction="none"),
    "nll_loss, some ignored": lambda: F.nll_loss(leaf(4, 3), classes(), ignore_index=0),
    "cross_entropy, smoothed": lambda: F.cross_entropy(leaf(4, 3), classes(), label_smoothing=0.1),
    "cross_entropy, smoothed, some ignored": lambda: F.cross_entropy(
        leaf(4, 3), classes(), ignore_index=0, label_smoothing=0.1, reduction="none"
    ),
    "binary_cross_entropy": lambda: F.binary_cross_entropy(
        (leaf(4, 3).detach().sigmoid()).requires_grad_(), tg.rand(4, 3, dtype=tg.float64)
    ),
    "binary_cross_entropy_with_logits": lambda: F.binary_cross_entropy_with_logits(
        leaf(4, 3), tg.rand(4, 3, dtype=tg.float64), pos_weight=tg.tensor([1.0, 2.0, 3.0]).double()
    ),
    "logsumexp": lambda: leaf(4, 3).logsumexp(1),
    "logsumexp, of all": lambda: leaf(4, 3).logsumexp((0, 1), keepdim=True),
    "mse_loss": lambda: F.mse_loss(leaf(4, 3), leaf(4, 3)),
    "mse_loss, sum": lambda: F.mse_loss(leaf(4, 3), tg.ones(4, 3).double(), reduction="sum"),
    "softmax": lambda: leaf(4, 3).softmax(0),
    "log_softmax": lambda: leaf(2, 4, 3).log_softmax(-1),
    "mean": lambda: leaf(4, 3).mean(1, keepdim=True),
    "var": lambda: leaf(4, 3).var(0),
    "std": lambda: leaf(4, 3).std((0, 1)),
    "sigmoid": lambda: leaf(4, 3).sigmoid(),
    "silu": lambda: F.silu(leaf(4, 3)),
    "layer_norm": lambda: F.layer_norm(leaf(4, 3), (3,), leaf(3), leaf(3)),
    "layer_norm, plain": lambda: F.layer_norm(leaf(4, 3), (3,)),
    "batch_norm": lambda: nn.BatchNorm1d(3, dtype=tg.float64)(leaf(4, 3)),
}


def opened(node: Node) -> dict[int, Any]:
    """By argument: its gradient by the parts of an operation."""
    found = parts_of(node)
    assert found is not None
    result, names = found
    assert result.array.shape == node.output.shape
    np.testing.assert_allclose(result.array, node.output, rtol=1e-12, atol=1e-12)
    g = np.linspace(-1.0, 2.0, result.array.size).reshape(result.array.shape)
    walk = tg.viz.backward(result, gradient=result.wrap(g.copy()))
    by_name = {names[id(leaf)]: gradient for leaf, gradient in walk.gradients.items()}
    rules = [gradient for _, gradient in node.pull_back(g.copy(), False)]
    assert len(by_name) == len(rules)
    for mine, theirs in zip(sorted(map(np.sum, by_name.values())), sorted(map(np.sum, rules))):
        assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-12)
    for gradient in by_name.values():
        assert any(
            gradient.shape == rule.shape and np.allclose(gradient, rule, rtol=1e-9, atol=1e-12)
            for rule in rules
        )
    return by_name


@pytest.mark.parametrize("call", CALLS)
def test_the_parts_come_to_the_same(call: str) -> None:
    tg.manual_seed(5)
    opened(CALLS[call]().grad_fn)


def test_each_entry_that_opens_is_in_the_table_above() -> None:
    called = {make().grad_fn.op.forward for make in CALLS.values()}
    assert called >= {*PARTS}


def test_the_inside_is_a_walk_and_parts_may_open_in_turn() -> None:
    loss = F.cross_entropy(leaf(4, 3), classes())
    (seen,) = [n for n in tg.viz.backward(loss).nodes if n.op == "cross_entropy"]
    assert seen.inside is not None
    assert [n.label for n in seen.inside.nodes if n.op] == ["log probabilities", "loss"]
    (inner,) = [n for n in seen.inside.nodes if n.op == "log_softmax"]
    assert inner.inside is not None
    assert [n.op for n in inner.inside.nodes if n.op] == ["sub", "exp", "sum", "log", "sub"]
    delivered = [step.says for step in seen.inside.steps if step.kind == "deliver"]
    assert delivered == ["This is what cross_entropy gives its argument a"]


def test_an_operation_of_ones_own_is_not_taken_for_one_of_the_table() -> None:
    mine = tg.Op("mine", tg.ops.sigmoid.forward, lambda g, y, a: g * 2.0)
    assert parts_of(mine(leaf(3)).grad_fn) is None
