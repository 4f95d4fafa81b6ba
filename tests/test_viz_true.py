"""A followed walk is the engine's: the same gradients, bit for bit; and looking changes nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from domains import DOMAINS
from hypothesis import given, settings
from hypothesis import strategies as st
from side_by_side import OPS

import tinygrad_lr as tg
from tinygrad_lr import nn, testing
from tinygrad_lr.device import is_array
from tinygrad_lr.graph import Node, Value
from tinygrad_lr.nn import functional as F
from tinygrad_lr.versions import last_write
from tinygrad_lr.viz.reading import nodes_behind


def state(results: list[Any], leaves: list[Any]) -> list[Any]:
    """All that somebody could find changed."""
    nodes = nodes_behind([r.node for r in results])
    arrays = [a for node in nodes for a in (*node.args, node.output) if isinstance(a, np.ndarray)]
    return [
        [(leaf.grad, leaf.array.tobytes(), leaf.requires_grad) for leaf in leaves],
        [a.tobytes() for a in arrays],
        [(id(node), node.tick, node.watcher) for node in nodes],
        tg.is_grad_enabled(),
        Node.__init__,
        Node.pull_back,
        nn.Module.__call__,
        [last_write(a) for a in (*arrays, *(leaf.array for leaf in leaves))],
    ]


def assert_true_to_the_engine(make: Callable[[], Any], gradient: Any = None) -> Any:
    """What is followed from ``make()`` gives each leaf what backward() gives it."""
    result = make()
    results = result if isinstance(result, list) else [result]
    leaves = [
        edge
        for node in nodes_behind([r.node for r in results])
        for edge in node.edges
        if isinstance(edge, Value)
    ]
    grads: dict[int, Any] = {id(leaf): leaf._grad for leaf in leaves}
    for leaf in leaves:
        leaf._grad = None
    before = state(results, leaves)
    walk = tg.viz.backward(result, gradient=gradient)
    assert state(results, leaves) == before
    tg.autograd.backward(results, gradient)
    assert {id(leaf) for leaf in walk.gradients} == {id(x) for x in leaves if x._grad is not None}
    for leaf, found in walk.gradients.items():
        theirs = leaf._grad.array
        assert (found.dtype, found.shape) == (theirs.dtype, theirs.shape)
        assert found.tobytes() == theirs.tobytes()
    for leaf in leaves:
        leaf._grad = grads[id(leaf)]
    return walk


# ------------------------------------------------------------------------------ random programs


@given(testing.programs([tg.sin, tg.tanh, tg.exp, tg.mul, tg.maximum, tg.sigmoid]))
def test_random_programs(program: Any) -> None:
    leaves = program.inputs
    assert_true_to_the_engine(lambda: program(*leaves))


@given(testing.programs([tg.sin, tg.mul]))
def test_random_programs_that_are_watched(program: Any) -> None:
    leaves = program.inputs

    def watched() -> Any:
        with tg.viz.watch():
            return program(*leaves)

    assert_true_to_the_engine(watched)


@given(testing.programs([tg.sin, tg.mul]))
def test_a_second_derivative_is_a_graph_as_any_other(program: Any) -> None:
    leaves = program.inputs

    def slopes() -> Any:
        y = program(*leaves)
        found = tg.autograd.grad(y, leaves, create_graph=True, materialize_grads=True)
        return sum((g * g).sum() for g in found) + y

    assert_true_to_the_engine(slopes)


# -------------------------------------------------------------------------- the examples' models


def batch(features: int, classes: int) -> tuple[Any, Any]:
    tg.manual_seed(3)
    return tg.randn(100, features), tg.randint(0, classes, (100,))


MODELS = {
    "logistic regression": lambda: nn.Linear(784, 10),
    "a network with a hidden layer": lambda: nn.Sequential(
        nn.Linear(784, 100), nn.Sigmoid(), nn.Linear(100, 10)
    ),
    "with relu": lambda: nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10)),
    "with norms and dropout": lambda: nn.Sequential(
        nn.Linear(784, 20), nn.BatchNorm1d(20), nn.GELU(), nn.LayerNorm(20), nn.Linear(20, 10)
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_models_of_the_examples(name: str) -> None:
    images, labels = batch(784, 10)
    model = MODELS[name]()
    walk = assert_true_to_the_engine(lambda: F.cross_entropy(model(images), labels))
    assert {*walk.gradients} == {*model.parameters()}


def test_softmax_regression_by_hand() -> None:
    images, labels = batch(784, 10)
    w = tg.zeros(784, 10, requires_grad=True)
    b = tg.zeros(10, requires_grad=True)

    def loss() -> Any:
        scores = tg.exp(images.reshape(-1, 784) @ w + b)
        chances = scores / scores.sum(1, keepdim=True)
        return -tg.log(chances[range(100), labels]).mean()

    assert_true_to_the_engine(loss)


def test_linear_regression() -> None:
    tg.manual_seed(1)
    x, y = tg.randn(10, 3), tg.randn(10, 1)
    model = nn.Linear(3, 1)
    assert_true_to_the_engine(lambda: F.mse_loss(model(x), y))
    w, b = tg.randn(1, 3, requires_grad=True), tg.randn(1, requires_grad=True)
    assert_true_to_the_engine(lambda: ((x @ w.t() + b - y) ** 2).sum() / 10)


# --------------------------------------------------------------------------- what is less usual


class Halves(tg.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any, y: Any) -> Any:
        ctx.save_for_backward(x, y)
        return x * y, x + y

    @staticmethod
    def backward(ctx: Any, g: Any, h: Any) -> Any:
        x, y = ctx.saved_tensors
        return g * y + h, g * x + h


def leaf(*numbers: float) -> Any:
    return tg.tensor(numbers, requires_grad=True)


def of_a_function() -> Any:
    product, total = Halves.apply(leaf(1.0, 2.0) * 3, leaf(3.0, 4.0))
    return (product * total).sum()


def of_one_result_of_a_function() -> Any:
    return Halves.apply(leaf(1.0, 2.0) * 3, leaf(3.0, 4.0))[1].sum()


def written_in_place() -> Any:
    x = leaf(1.0, 2.0, 3.0)
    h = x * 2
    h[0] = x[1] * 5
    h.add_(1.0)
    row = h[1:]
    row.mul_(x[:2])
    return (h * row.sum()).sum()


def with_hooks() -> Any:
    x = leaf(1.0, 2.0)
    h = x * 2
    h.register_hook(lambda g: g * 10)
    h.retain_grad()
    x.register_hook(lambda g: g + 1)
    return (h * h + h).sum()


def hooked_on_a_module() -> Any:
    model = nn.Linear(2, 2)
    model.register_full_backward_hook(lambda m, into, out: (into[0] * 2,))
    x = leaf(1.0, 2.0)
    return model(x * 1).sum()


def partly_unrecorded() -> Any:
    x = leaf(1.0, 2.0)
    with tg.no_grad():
        factor = x * 3
    return (x * factor * x.detach()).sum()


def in_another_dtype() -> Any:
    x = tg.tensor([1.0, 2.0], dtype=tg.float16, requires_grad=True)
    return (x * tg.tensor([1.0, 3.0])).sum() + x.double().sum()


def with_nan_and_inf() -> Any:
    x = leaf(0.0, -1.0, 2.0)
    with np.errstate(all="ignore"):
        return (tg.log(x) + tg.sqrt(x)).sum()


def of_nothing() -> Any:
    return tg.zeros(0, 3, requires_grad=True).sum()


def one_leaf_in_many_places() -> Any:
    x = leaf(2.0)
    return tg.stack([x, x, x * x]).sum() + x.expand(3, 1).sum() * x


UNUSUAL = [
    of_a_function,
    of_one_result_of_a_function,
    written_in_place,
    with_hooks,
    hooked_on_a_module,
    partly_unrecorded,
    in_another_dtype,
    with_nan_and_inf,
    of_nothing,
    one_leaf_in_many_places,
]


@pytest.mark.parametrize("make", UNUSUAL)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_less_usual(make: Callable[[], Any]) -> None:
    assert_true_to_the_engine(lambda: make().sum())


def test_several_results_with_their_gradients() -> None:
    x = leaf(1.0, 2.0)
    gradient = [tg.tensor([3.0, 4.0]), tg.tensor(5.0)]
    assert_true_to_the_engine(lambda: [x * x, x.sum() * 2], gradient)
    y = x * x
    assert_true_to_the_engine(lambda: [y, y], [tg.ones(2), tg.ones(2) * 2])


# --------------------------------------------------------------------------- nothing is changed


def test_hooks_are_called_as_backward_calls_them_and_no_gradient_is_kept() -> None:
    seen: list[str] = []
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: seen.append("hook"))
    x.register_post_accumulate_grad_hook(lambda t: seen.append("after"))
    h = x * 2
    h.retain_grad()
    walk = tg.viz.backward(h.sum())
    assert seen == ["hook"]
    assert [step.kind for step in walk.steps].count("hook") == 1
    assert h.grad is None
    assert x.grad is None


def test_what_is_written_later_does_not_change_what_was_seen() -> None:
    x = leaf(1.0, 2.0)
    walk = tg.viz.backward((x * x).sum())
    before = str(walk), copy.deepcopy(tg.viz.data.data_of(walk))
    with tg.no_grad():
        x.zero_()
    assert (str(walk), tg.viz.data.data_of(walk)) == before


def test_the_clock_does_not_tick() -> None:
    y = (leaf(1.0) * 2).sum()
    now = tg.versions.tick()  # type: ignore[attr-defined]
    tg.viz.backward(y)
    assert tg.versions.tick() == now + 1  # type: ignore[attr-defined]


def test_it_is_the_engines_order() -> None:
    x = leaf(1.0, 2.0)
    y = ((x * x).exp() + x.sin() * x).sum()
    order: list[str] = []
    usual = Node.pull_back

    def noting(node: Node, *args: Any) -> Any:
        order.append(node.op.name)
        return usual(node, *args)

    walk = tg.viz.backward(y)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Node, "pull_back", noting)
        y.backward()
    followed = [walk.nodes[step.node].op for step in walk.steps if step.kind == "incoming"]
    assert followed == order


# ------------------------------------------------------------------- every operation of the table


@pytest.mark.parametrize("name", sorted(n for n in OPS if OPS[n].differentiable and n in DOMAINS))
@settings(max_examples=max(settings().max_examples // 8, 1))
@given(draws=st.data())
def test_every_operation(name: str, draws: Any) -> None:
    case = draws.draw(DOMAINS[name].cases)
    args = [tg.Tensor.wrap(a) if is_array(a) else a for a in case.args]
    followed = [a for a in args if isinstance(a, tg.Tensor) and a.array.dtype.kind == "f"]
    for tensor in followed:
        tensor.requires_grad_()
    with np.errstate(all="ignore"):
        y = OPS[name](*args, **case.params)
        if y.grad_fn is not None:
            walk = assert_true_to_the_engine(lambda: y, y.wrap(np.ones_like(y.array)))
            assert max(map(len, str(walk).splitlines())) <= 100
