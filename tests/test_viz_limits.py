"""What is large is folded, and says so; which operation made a nan; wrong uses get words."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sampled import ordinarily

import tinygrad_lr as tg
from tinygrad_lr import nn
from tinygrad_lr.errors import ShapeError
from tinygrad_lr.nn import functional as F
from tinygrad_lr.viz.data import data_of, json_of
from tinygrad_lr.viz.fold import LEAVES, LIMIT


def leaf(*numbers: float) -> Any:
    return tg.tensor(numbers if len(numbers) != 1 else numbers[0], requires_grad=True)


def chain(length: int) -> Any:
    w = leaf(1.0001)
    y = w * 1.0
    for _ in range(length):
        y = y * w
    return y


def same_as_backward(walk: Any, result: Any) -> bool:
    for x in walk.gradients:
        x.grad = None
    result.backward()
    return all(x.grad.array.tobytes() == g.tobytes() for x, g in walk.gradients.items())


def assert_sound(walk: Any) -> None:
    """Edges lead forward between what is there, and steps are about what is there."""
    ids = [seen.id for seen in walk.nodes]
    assert ids == [*range(len(ids))]
    below: dict[int, set[int]] = {}
    for edge in walk.edges:
        assert {edge.source, edge.target} <= {*ids}
        below.setdefault(edge.target, set()).add(edge.source)
    done: set[int] = set()
    while done != {*ids}:  # it is a graph without a circle
        ready = {i for i in ids if i not in done and below.get(i, set()) <= done}
        assert ready
        done |= ready
    for step in walk.steps:
        assert step.node in ids
        assert step.edge is None or 0 <= step.edge < len(walk.edges)
    labels = [seen.label for seen in walk.nodes if seen.kind in ("op", "leaf")]
    assert len({*labels}) == len(labels)
    for seen in walk.nodes:
        if seen.inside is not None:
            assert_sound(seen.inside)


# -------------------------------------------------------------------------------- what is large


@pytest.mark.parametrize("length", ordinarily(5_000, of=[5_000, 100_000]))
def test_a_deep_chain_shows_both_ends_and_little_else(length: int) -> None:
    y = chain(length)
    walk = tg.viz.backward(y)
    assert_sound(walk)
    assert len(walk.nodes) <= LIMIT
    assert len(walk.steps) < 1000
    assert len(json_of(data_of(walk))) < 500_000
    (box,) = [seen for seen in walk.nodes if seen.kind == "box"]
    shown = sum(seen.kind == "op" for seen in walk.nodes)
    assert box.name == f"{length + 1 - shown:,} operations left out"
    assert any(f"{length + 1 - shown:,} operations" in note for note in walk.notes)
    assert any("tg.viz.watch()" in note for note in walk.notes)
    assert [walk.nodes[s.node].label for s in walk.steps if s.kind == "deliver"] == ["leaf"]
    assert same_as_backward(walk, y)


def most_memory(look: Callable[[], Any]) -> int:
    """How many bytes were in use at once while it looked."""
    tracemalloc.start()
    try:
        look()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [30, 300])  # all are shown; some are left out
def test_gradients_do_not_stay_in_memory(length: int) -> None:
    y = x = tg.ones(200, 200, requires_grad=True)
    for _ in range(length):
        y = y * 1.001
    loss = y.sum()
    tg.viz.backward(loss)  # what is kept once and for all, as the texts of rules
    assert most_memory(lambda: tg.viz.backward(loss)) < 20 * x.nbytes


def test_the_arguments_of_an_operation_on_very_many_are_not_kept_for_each() -> None:
    xs = [leaf(float(i)) for i in range(1000)]
    y = tg.stack(xs).sum()
    tg.viz.backward(y)
    assert most_memory(lambda: tg.viz.backward(y)) < 1000**2 * 8


def test_what_is_used_very_often() -> None:
    x = leaf(2.0)
    y = tg.stack([x * float(i) for i in range(1000)]).sum()
    walk = tg.viz.backward(y)
    assert_sound(walk)
    assert len(walk.nodes) <= LIMIT
    assert len(walk.steps) < 600
    assert same_as_backward(walk, y)


def test_very_many_leaves() -> None:
    leaves = [leaf(float(i)) for i in range(500)]
    y = tg.stack(leaves).sum()
    walk = tg.viz.backward(y)
    assert_sound(walk)
    assert sum(seen.kind == "leaf" for seen in walk.nodes) == LEAVES
    assert "leaves left out" in [seen.name for seen in walk.nodes]
    assert [*walk.gradients] == leaves
    assert same_as_backward(walk, y)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.way = nn.LayerNorm(4), nn.Sequential(nn.Linear(4, 8), nn.GELU())
        self.back = nn.Linear(8, 4)

    def forward(self, x: Any) -> Any:
        return x + self.back(self.way(self.norm(x)))


def test_one_source_of_very_many_arguments_is_one_edge() -> None:
    x, constant = leaf(1.0, 2.0), tg.ones(2)
    y = tg.stack([x] * 1000 + [constant] * 100).sum()
    walk = tg.viz.backward(y)
    assert_sound(walk)
    assert len(walk.steps) < 20
    assert len(walk.edges) == 3
    assert "stack has many arguments" in walk.notes[0]
    others = next(s for s in walk.steps if s.argument == "other arguments of stack")
    assert others.result is not None
    assert others.result.text == "[999., 999.]"
    assert "other arguments of stack" in str(walk)
    assert same_as_backward(walk, y)


def test_calls_of_modules_become_boxes_that_open() -> None:
    net = nn.Sequential(*[Block() for _ in range(20)])

    def loss() -> Any:
        return F.mse_loss(net(tg.ones(3, 4)), tg.zeros(3, 4))

    walk = tg.viz.backward(loss)
    assert_sound(walk)
    boxes = [seen for seen in walk.nodes if seen.kind == "box"]
    assert [box.name for box in boxes] == [f"{i} (Block)" for i in range(20)]
    inside = boxes[3].inside
    assert inside is not None
    assert [seen.op for seen in inside.nodes if seen.op] == [
        "native_layer_norm",
        "linear",
        "gelu",
        "linear",
        "add",
    ]
    names = {seen.name for seen in inside.nodes if seen.kind == "leaf"}
    assert names >= {"net.3.norm.weight", "net.3.way.0.bias", "net.3.back.weight"}
    assert [seen.kind for seen in inside.nodes].count("outside") == 1
    around = [step.kind for step in walk.steps if step.node == boxes[3].id]
    assert around == ["arrive", "arrive", "add_up", "incoming"]  # beside the block, and through it
    assert [step.kind for step in inside.steps].count("deliver") == 6
    assert any("box, which opens" in note for note in walk.notes)
    assert {*walk.gradients} == {*net.parameters()}
    result = loss()
    assert same_as_backward(tg.viz.backward(result), result)


def test_a_recurrent_network_unrolled() -> None:
    cell, out = nn.Linear(4, 4), nn.Linear(4, 2)

    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell, self.out = cell, out

        def forward(self, x: Any) -> Any:
            for _ in range(400):
                x = self.cell(x).tanh()
            return self.out(x)

    with tg.viz.watch():
        loss = Recurrent()(tg.ones(1, 4)).sum()
    walk = tg.viz.backward(loss)
    assert_sound(walk)
    data = data_of(walk)
    assert len(data["nodes"]) <= LIMIT
    assert any("left out" in note or "box" in note for note in walk.notes)
    assert same_as_backward(walk, loss)


def test_a_small_graph_is_shown_entire() -> None:
    walk = tg.viz.backward(chain(LIMIT - 3))
    assert {seen.kind for seen in walk.nodes} == {"leaf", "constant", "op"}
    assert len(walk.nodes) == LIMIT


# ---------------------------------------------------------------------------------- nan and inf


def sentences(make: Callable[[], Any]) -> list[str]:
    with np.errstate(all="ignore"):
        walk = tg.viz.backward(make)
    return [note for note in walk.notes if re.search(r"\b(nan|inf)\b", note)]


def test_which_operation_made_the_first_inf_and_the_first_nan() -> None:
    x = leaf(1.0, 2.0, 0.0)
    assert sentences(lambda: (tg.log(x) * 0.0).sum()) == [
        "log made the first inf (-inf at [2]), from 0.0 in x.",
        "mul made the first nan (nan at [2]), from -inf in log and 0.",
        "In the backward pass the rule of log for a, g / a, made the first nan (nan at [2]).",
    ]


def test_a_nan_that_was_there_at_first() -> None:
    x = leaf(1.0, float("nan"))
    (first, *_) = sentences(lambda: (x * 2).sum())
    assert first == (
        "x holds a nan at [1] already; mul is the first operation whose result has one, nan at [1]."
    )


def test_an_inf_that_was_there_at_first_and_what_it_led_to() -> None:
    mask = tg.tensor([0.0, -float("inf")])
    assert sentences(lambda: (leaf(1.0, 2.0) + mask).exp().sum()) == [
        "mask holds a -inf at [1] already; add is the first operation whose result has one, -inf "
        "at [1]."
    ]
    x = leaf(float("inf"))
    assert sentences(lambda: x - x)[0] == (
        "x holds an inf already; of that sub made the first nan."
    )
    where = sentences(lambda: leaf(1.0, 2.0).masked_fill(mask < 0, -float("inf")).exp().sum())
    assert where == ["where is given the number -inf; its result holds -inf at [1]."]
    (half,) = sentences(lambda: leaf(1.0, 70_000.0).half().sum())
    assert half == (
        "to_copy (a change to float16) made the first inf (inf at [1]), from 70000.0 in a leaf."
    )


def test_gradients_that_are_not_finite_are_said_to_come_from_where_they_do() -> None:
    x, inf = leaf(1.0, 2.0), tg.tensor([0.0, float("inf")])
    assert tg.viz.backward(x * 2, inf).notes[1:] == [
        "The walk back starts with a gradient that is inf at [1]."
    ]
    y = x * 1
    y.register_hook(lambda g: g / 0)
    with np.errstate(all="ignore"):
        notes = tg.viz.backward((y * 2).sum()).notes
        assert notes[1:] == ["In the backward pass the hooks of y made the first inf (inf at [0])."]
        large = tg.tensor([3e38, 0.0])
        z = x * 0
        notes = tg.viz.backward((z * large + z * large).sum()).notes
    assert notes[1] == (
        "In the backward pass the sum of the gradients of z made the first inf (inf at [0])."
    )


def test_a_nan_of_the_backward_pass_alone() -> None:
    x = leaf(0.0, 4.0)
    (sentence,) = sentences(lambda: (tg.sqrt(x) * tg.tensor([0.0, 1.0])).sum())
    assert sentence == (
        "In the backward pass the rule of sqrt for a, g / (2.0 * y), made the first nan (nan at "
        "[0])."
    )


def test_of_two_arguments_that_broadcast() -> None:
    a, b = leaf(1.0, 2.0), tg.tensor([[1.0], [0.0]])
    (first, *_) = sentences(lambda: (a / b).sum())
    assert first == "div made the first inf (inf at [1, 0]), from 1.0 in a and 0.0 in b."


def test_in_what_is_left_out_it_is_found_too() -> None:
    def deep() -> Any:
        y = leaf(1.0) * 1.0
        for i in range(300):
            y = y / (0.0 if i == 20 else 0.5)
        return y

    (first, *_) = sentences(deep)
    assert first.startswith("div (y) made the first inf")


def test_a_nan_that_is_masked_further_on_is_found_all_the_same() -> None:
    x = leaf(1.0, 2.0)
    y = x * 1.0
    for _ in range(200):
        y = y * 1.0
    with np.errstate(invalid="ignore"):
        y = tg.where(y < 1.5, y, (y - 2.0).sqrt())  # of -1 and of 0
    for _ in range(200):
        y = y * 1.0
    assert tg.isfinite(y).tolist() == [True, True]
    (left_out, _, forward, *_) = tg.viz.backward(y.sum()).notes
    assert "left out" in left_out
    assert forward == "sqrt made the first nan (nan at [0]), from -1.0 in sub."


def test_finite_numbers_have_no_sentence() -> None:
    assert sentences(lambda: leaf(1.0) * 2) == []


# --------------------------------------------------------------------------------- wrong uses


def under_no_grad() -> Any:
    with tg.no_grad():
        return tg.viz.backward(leaf(1.0) * 2)


def captured() -> Any:
    x = leaf(1.0)

    def step(t: Any) -> Any:
        loss = (x * t).sum()
        tg.viz.backward(loss)
        return loss

    traced = tg.jit.trace(step)
    traced(tg.ones(1))
    return traced(tg.ones(1))


def freed() -> Any:
    y = (leaf(1.0, 2.0) + 1.0).sum()  # these rules need no arrays, and would do without
    y.backward()
    return tg.viz.backward(y)


WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a constant": (
        lambda: tg.viz.backward(tg.ones(1)),
        RuntimeError,
        "(?s)viz.backward: this tensor does not require grad.*requires_grad=True",
    ),
    "a leaf": (lambda: tg.viz.backward(leaf(1.0)), RuntimeError, "is a leaf.*pass the result"),
    "under no_grad": (under_no_grad, RuntimeError, r"switched off here \(no_grad\)"),
    "freed": (freed, RuntimeError, r"freed by a backward\(\).*before backward\(\).*retain_graph"),
    "many numbers": (
        lambda: tg.viz.backward(leaf(1.0, 2.0) * 2),
        RuntimeError,
        r"(?s)only for scalar outputs, and this tensor has shape \(2,\).*pass a gradient",
    ),
    "a gradient of another shape": (
        lambda: tg.viz.backward(leaf(1.0, 2.0) * 2, tg.ones(3)),
        ShapeError,
        r"viz.backward: the gradient has shape \(3,\), the tensor has shape \(2,\)",
    ),
    "a gradient that is an array": (
        lambda: tg.viz.backward(leaf(1.0, 2.0) * 2, np.ones(2)),
        TypeError,
        "the gradient must be a Tensor, of shape.*not ndarray",
    ),
    "an array": (lambda: tg.viz.backward(np.ones(3)), TypeError, "expected a Tensor"),
    "a number": (lambda: tg.viz.backward(3.0), TypeError, "expected a Tensor, or a list.* got 3.0"),
    "nothing": (lambda: tg.viz.backward([]), TypeError, "expected a Tensor.* got none"),
    "a list with something else": (
        lambda: tg.viz.backward([leaf(1.0) * 2, 3.0]),
        TypeError,
        "expected a Tensor, or a list of them",
    ),
    "a function that returns nothing": (
        lambda: tg.viz.backward(lambda: None),
        TypeError,
        "expected a Tensor, or a list of them, to go back from, got None",
    ),
    "arguments without a function": (
        lambda: tg.viz.backward(leaf(1.0) * 2, tg.ones(()), tg.ones(())),
        TypeError,
        "only a function is called with what follows",
    ),
    "a traced step": (captured, tg.jit.CaptureError, "cannot be looked at.*the step itself"),
    "overwritten": (
        lambda: tg.viz.backward(overwritten()),
        RuntimeError,
        "gradient of mul needs its argument .* modified by an inplace operation since: zero_",
    ),
}


def overwritten() -> Any:
    h = leaf(1.0, 2.0) * 2
    z = (h * h).sum()
    h.zero_()
    return z


@pytest.mark.parametrize("what", WRONG)
def test_wrong_uses_get_words(what: str) -> None:
    call, kind, words = WRONG[what]
    with pytest.raises(kind, match=words):
        call()


def test_what_was_overwritten_and_is_not_needed_is_said_to_be_gone() -> None:
    h = leaf(1.0, 2.0) + 1
    z = h * 1.0
    h.mul_(3.0)
    walk = tg.viz.backward((z + h).sum())
    assert next(seen for seen in walk.nodes if seen.op == "add").value is None


def test_a_step_can_be_traced_beside_one_that_is_looked_at() -> None:
    x = leaf(1.0)
    step = tg.jit.trace(lambda t: (x * t).sum())
    for i in range(4):
        assert step(tg.ones(1) * i).item() == i
        assert tg.viz.backward((x * 2).sum()).gradients[x] == 2.0
