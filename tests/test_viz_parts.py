"""Fused entries open: what they consist of gives the same gradients, but for rounding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains import DOMAINS, Case, is_float
from hypothesis import assume, given, settings
from side_by_side import OPS

import tinygrad_lr as tg
from tinygrad_lr import nn
from tinygrad_lr.graph import Node
from tinygrad_lr.nn import functional as F
from tinygrad_lr.viz.parts import PARTS, WHOLE, parts_of
from tinygrad_lr.viz.reading import argument_name


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


@np.errstate(all="ignore")  # as viz itself looks
def opened(node: Node) -> None:
    """Check that the gradients by the parts of an operation are those by its rules."""
    found = parts_of(node)
    assert found is not None
    result, names = found
    assert result.array.shape == node.output.shape
    np.testing.assert_allclose(result.array, node.output, rtol=1e-10, atol=1e-12)
    g = np.linspace(-1.0, 2.0, result.array.size).reshape(result.array.shape)
    walk = tg.viz.backward(result, gradient=result.wrap(g.copy()))
    parts = {names[id(leaf)]: gradient for leaf, gradient in walk.gradients.items()}
    rules = dict(node.pull_back(g.copy(), False))
    wanted = {argument_name(node, i): edge for i, edge in enumerate(node.edges) if edge is not None}
    assert parts.keys() == wanted.keys()
    for name, edge in wanted.items():
        np.testing.assert_allclose(parts[name], rules[edge], rtol=1e-9, atol=1e-11, err_msg=name)


@pytest.mark.parametrize("call", CALLS)
def test_the_parts_come_to_the_same(call: str) -> None:
    tg.manual_seed(5)
    opened(CALLS[call]().grad_fn)


SMOOTH = [name for name, op in OPS.items() if op.differentiable]
OPENED = [name for name in SMOOTH if OPS[name].forward in PARTS and OPS[name] not in WHOLE]
# What is one thing, so that nobody would write it as several operations of the table.
ONE_THING = """
add sub mul div neg pow matmul sum prod cumsum cumprod reciprocal
exp log sqrt sin cos tanh exp2 log2 log10 sinh cosh tan asin acos atan asinh acosh atanh atan2
erf erfinv relu abs sign maximum minimum clamp where copysign floor ceil trunc round
inv solve cholesky det cofactors sign_det pinv svd svdvals eigh qr
amax amin max_all min_all max_along min_along median nanmedian median_along nanmedian_along
kthvalue mode sort topk cummax cummin
broadcast_to reshape squeeze unsqueeze transpose cat stack diagonal diagonal_scatter tril triu flip
roll repeat clone to_copy to_device
getitem select scatter setitem index_select gather narrow split unbind
"""


def test_every_entry_opens_or_says_why_not_or_is_one_thing() -> None:
    whole = [name for name in SMOOTH if OPS[name] in WHOLE]
    assert sorted([*OPENED, *whole, *ONE_THING.split()]) == sorted(SMOOTH)


@pytest.mark.hypothesis
@pytest.mark.parametrize("name", OPENED)
def test_every_entry_that_opens_comes_to_the_same(name: str) -> None:
    @settings(max_examples=max(settings().max_examples // 4, 1))  # gradients by many parts
    @given(DOMAINS[name].cases)
    def check(case: Case) -> None:
        assume(case.params.get("p") != 0)  # a count, whose parts have no gradient
        args = [tg.tensor(a, requires_grad=True) if is_float(a) else a for a in case.args]
        opened(OPS[name](*args, **case.params).grad_fn)

    check()


ZEROS = tg.zeros(3, dtype=tg.float64)
AT_ZERO: dict[str, Callable[[], Any]] = {
    "a norm of zeros": lambda: tg.linalg.vector_norm(ZEROS.clone().requires_grad_()),
    "another": lambda: tg.linalg.vector_norm(ZEROS.clone().requires_grad_(), 1.5),
    "a root of the sizes": lambda: tg.linalg.vector_norm(
        tg.tensor([0.0, 2.0, -1.0], dtype=tg.float64, requires_grad=True), 0.5
    ),
    "no deviation": lambda: tg.ones(3, dtype=tg.float64, requires_grad=True).std(),
    "sinc": lambda: tg.tensor([0.0, 0.5], dtype=tg.float64, requires_grad=True).sinc(),
    "leaky_relu": lambda: F.leaky_relu(ZEROS.clone().requires_grad_()),
    "elu": lambda: F.elu(ZEROS.clone().requires_grad_(), 0.5),
    "softplus": lambda: F.softplus(ZEROS.clone().requires_grad_()),
    "softplus, straight": lambda: F.softplus(
        tg.tensor([-900.0, 0.0, 900.0], dtype=tg.float64, requires_grad=True), 2.0
    ),
    "xlogy": lambda: tg.xlogy(ZEROS.clone().requires_grad_(), ZEROS + 2.0),
    "huber_loss, at its corner": lambda: F.huber_loss(
        (ZEROS + 1.0).requires_grad_(), ZEROS, reduction="none"
    ),
}


@pytest.mark.parametrize("point", AT_ZERO)
def test_the_parts_come_to_the_same_where_the_domains_do_not_go(point: str) -> None:
    opened(AT_ZERO[point]().grad_fn)


def test_the_page_and_the_table_say_why_an_operation_is_not_opened(tmp_path: Path) -> None:
    x = leaf(3)
    y = (x.expm1() + x.logcumsumexp(0) + x.expm1() + tg.linalg.vector_norm(x, 0)).sum()
    walk = tg.viz.backward(y)
    assert sum("it counts what is not 0" in note for note in walk.notes) == 1
    why = "expm1 is not opened into parts: e^a - 1, written out, has no digits left where a is"
    assert sum(why in note for note in walk.notes) == 1
    walk.save(tmp_path / "walk.html")
    assert why in (tmp_path / "walk.html").read_text()
    assert why in " ".join(str(walk).split())


def test_what_has_been_written_to_since_is_not_opened() -> None:
    """The rule of cross_entropy does not look at its argument again; the parts would."""
    scores = leaf(4, 3) * 2.0
    loss = F.cross_entropy(scores, classes())
    scores.zero_()
    walk = tg.viz.backward(loss)
    assert [seen.inside for seen in walk.nodes if seen.op == "cross_entropy"] == [None]
    (why,) = [note for note in walk.notes if "not opened" in note]
    assert why.endswith("what it has seen was written to since.")


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
