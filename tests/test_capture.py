"""Captured steps: what cuda.graph and jit.trace have in common, on the device under test.

On the CPU a step is traced. ``pytest tests/test_capture.py --device gpu`` captures it in a CUDA
graph; test_device.py runs that on the double of CuPy.
"""

from __future__ import annotations

import contextlib
import copy
import gc
import operator
import os
import random
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from side_by_side import Place, on_device

import tinygrad_lr as tg
from tinygrad_lr import effects, nn, optim
from tinygrad_lr.capture import noting
from tinygrad_lr.graph import Node, Value
from tinygrad_lr.nn import functional as F

device = pytest.fixture(scope="module", autouse=True)(on_device)


def capture(step: Any) -> Any:
    return (tg.cuda.graph if Place.name == "gpu" else tg.jit.trace)(step)


BATCHES, BATCH = 12, 8
RNG = np.random.default_rng(0)
X = RNG.standard_normal((BATCHES, BATCH, 4)).astype(np.float32)
Y = RNG.integers(0, 3, (BATCHES, BATCH))


class Run:
    """A network, its optimizer, and the step that trains it, all under test."""

    def __init__(self, **options):
        tg.manual_seed(1)
        self.model = nn.Sequential(nn.Linear(4, 5), nn.Sigmoid(), nn.Linear(5, 3)).to(Place.name)
        self.optimizer = optim.SGD(self.model.parameters(), lr=0.5, **options)

    def step(self, x, y):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def weights(self):
        return [p.tolist() for p in self.model.parameters()]

    def gradients(self):
        return [None if p.grad is None else p.grad.tolist() for p in self.model.parameters()]


def batches():
    for x, y in zip(X, Y):
        yield tg.tensor(x, device=Place.name), tg.tensor(y, device=Place.name)


def batch(i=0):
    return tg.tensor(X[i], device=Place.name), tg.tensor(Y[i], device=Place.name)


# ------------------------------------------------------------------------------ the same as without

OPTIONS = [
    {},
    {"momentum": 0.9},
    {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1},
    {"momentum": 0.5, "nesterov": True},
    {"weight_decay": 0.1},
    {"maximize": True, "weight_decay": 0.1},
    {"maximize": True, "momentum": 0.9},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_captured_step_gives_the_bits_of_the_step_itself(options):
    eager, run = Run(**options), Run(**options)
    captured = capture(run.step)
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
        assert run.gradients() == eager.gradients()
    mine, wanted = run.optimizer.state_dict(), eager.optimizer.state_dict()
    assert mine["param_groups"] == wanted["param_groups"]
    for i, state in wanted["state"].items():
        assert mine["state"][i]["momentum_buffer"].tolist() == state["momentum_buffer"].tolist()


OPTIMIZERS = [
    ("Adam", {"weight_decay": 0.1}),
    ("Adam", {"amsgrad": True, "maximize": True}),
    ("AdamW", {}),
    ("RMSprop", {}),
    ("RMSprop", {"centered": True, "momentum": 0.9}),
    ("Adagrad", {"lr_decay": 0.1}),
]
EACH = pytest.mark.parametrize(("kind", "options"), OPTIMIZERS)


def trained_by(kind, options):
    run = Run()
    run.optimizer = getattr(optim, kind)(run.model.parameters(), lr=0.05, **options)
    return run


def all_of(run):
    """The weights, and what the optimizer keeps of them."""
    kept = [(n, t.tolist()) for e in run.optimizer.state.values() for n, t in e.items()]
    return run.weights(), kept


@EACH
def test_every_optimizer_goes_on_counting_and_averaging(kind, options):
    eager, run = trained_by(kind, options), trained_by(kind, options)
    captured = capture(run.step)
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert all_of(run) == all_of(eager)
    assert len(captured._known) == 1
    steps = {entry["step"].item() for entry in run.optimizer.state.values()}
    assert steps == {BATCHES}


@EACH
def test_every_optimizer_goes_on_from_a_state_with_another_rate(kind, options):
    eager, run = trained_by(kind, options), trained_by(kind, options)
    captured = capture(run.step)
    states = []
    for i, (x, y) in enumerate(batches()):
        for one in (run, eager):
            one.optimizer.param_groups[0]["lr"] = 0.05 * 0.5 ** (i // 3)
        states.append(eager.optimizer.state_dict())
        if i % 4 == 3:
            for one in (run, eager):
                one.optimizer.load_state_dict(states[i - 2])
        assert captured(x, y).item() == eager.step(x, y).item()
        assert all_of(run) == all_of(eager)


@EACH
def test_two_steps_of_every_optimizer_in_one(kind, options):
    eager, run = trained_by(kind, options), trained_by(kind, options)
    captured = capture(lambda x, y: (run.step(x, y), run.step(x, y)))
    for x, y in batches():
        assert [loss.item() for loss in captured(x, y)] == [
            eager.step(x, y).item() for _ in range(2)
        ]
        assert all_of(run) == all_of(eager)


@EACH
def test_the_first_step_of_every_optimizer_is_not_captured(kind, options):
    run = trained_by(kind, options)
    captured = capture(run.step)
    captured(*batch())
    run.optimizer.state = {}
    with pytest.raises(tg.cuda.CaptureError, match="keeps of a parameter"):
        captured(*batch())
    run.step(*batch())
    captured(*batch())


def test_python_runs_twice_and_no_more():
    run, calls = Run(), []
    captured = capture(lambda x, y: (calls.append(1), run.step(x, y))[1])
    assert "not yet captured" in repr(captured)
    for x, y in batches():
        captured(x, y)
    assert len(calls) == 2
    assert "not yet" not in repr(captured)


@pytest.mark.parametrize("at_once", [2, 3])
def test_many_steps_in_one_graph(at_once):
    eager, run = Run(momentum=0.9), Run(momentum=0.9)

    def several(x, y):
        losses = tg.zeros(at_once, device=Place.name)
        for i in range(at_once):
            losses[i] = run.step(x[i], y[i])
        return losses

    captured = capture(several)
    for i in range(0, BATCHES, at_once):
        x, y = (tg.tensor(a[i : i + at_once], device=Place.name) for a in (X, Y))
        wanted = [eager.step(x[j], y[j]).item() for j in range(at_once)]
        assert captured(x, y).tolist() == wanted
        assert run.weights() == eager.weights()


def test_batches_gathered_from_data_on_the_device():
    x, y = (tg.tensor(a, device=Place.name) for a in (X.reshape(-1, 4), Y.reshape(-1)))
    eager, run = Run(), Run()

    def step_of(run):
        return lambda rows: run.step(x[rows], y.index_select(0, rows))

    captured, plain = capture(step_of(run)), step_of(eager)
    for _ in range(5):
        rows = tg.tensor(RNG.integers(0, len(y), 8), device=Place.name)
        assert captured(rows).item() == plain(rows).item()
    assert run.weights() == eager.weights()


def test_results_survive_the_next_call_and_have_no_graph():
    run = Run()
    captured = capture(run.step)
    losses = [captured(x, y) for x, y in batches()]
    eager = Run()
    assert [loss.item() for loss in losses] == [eager.step(x, y).item() for x, y in batches()]
    assert not any(loss.requires_grad for loss in losses)


def test_results_are_no_memory_of_what_the_step_was_given_or_changes():
    w = tg.ones(4, device=Place.name)

    def step(x):
        w.add_(1.0)
        return w, w.view(2, 2), x, x[0]

    captured = capture(step)
    x, _ = batch()
    captured(x)
    before = [t.tolist() for t in (w + 1.0, (w + 1.0).view(2, 2), x, x[0])]
    results = captured(x)
    captured(x)
    x.zero_()
    assert [t.tolist() for t in results] == before


def test_what_a_step_makes_it_makes_anew_each_time():
    def step(x):
        total, count = tg.zeros(4, device=Place.name), tg.full((1,), 3.0, device=Place.name)
        total += x[0]
        total[1] += 1.0
        return total, count.add_(1.0)

    captured = capture(step)
    for x, _ in batches():
        assert [t.tolist() for t in captured(x)] == [t.tolist() for t in step(x)]


def test_what_a_step_may_return():
    captured = capture(lambda x, y: {"sum": x + 1.0, "both": (x, [y, None, "text"])})
    for x, y in batches():
        out = captured(x, y)
        assert out["sum"].tolist() == (x + 1.0).tolist()
        assert out["both"][0].tolist() == x.tolist()
        assert out["both"][1][0].tolist() == y.tolist()
        assert out["both"][1][1:] == [None, "text"]


def test_a_step_without_arguments_that_counts():
    count = tg.zeros(1, device=Place.name)
    captured = capture(lambda: count.add_(1.0))
    assert [captured().item() for _ in range(5)] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_evaluation_can_be_captured_too():
    run = Run()

    @tg.no_grad()
    def right(x, y):
        return (run.model(x).argmax(dim=1) == y).sum()

    captured = capture(right)
    for x, y in batches():
        assert captured(x, y).item() == right(x, y).item()


def test_two_captured_steps_take_turns_on_one_model():
    run, eager = Run(momentum=0.9), Run(momentum=0.9)
    one, other = capture(run.step), capture(run.step)
    for i, (x, y) in enumerate(batches()):
        step = one if i % 2 else other
        assert step(x, y).item() == eager.step(x, y).item()
    assert run.weights() == eager.weights()


# ------------------------------------------------------------------------------------ the gradients


def zero_first(run, x, y):
    return run.step(x, y)


def zero_last(run, x, y):
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    run.optimizer.step()
    run.optimizer.zero_grad()
    return loss


def zero_in_place(run, x, y):
    run.optimizer.zero_grad(set_to_none=False)
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    run.optimizer.step()
    return loss


def accumulate(run, x, y):
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    return loss


def twice(run, x, y):
    run.optimizer.zero_grad()
    F.cross_entropy(run.model(x), y).backward()
    loss = F.cross_entropy(run.model(x * 2.0), y)
    loss.backward()
    run.optimizer.step()
    return loss


@pytest.mark.parametrize("clear", ["never", "before some", "in place"])
@pytest.mark.parametrize("step", [zero_first, zero_last, zero_in_place, accumulate, twice])
def test_gradients_are_cleared_and_added_up_as_without_a_graph(step, clear):
    eager, run = Run(), Run()
    captured = capture(lambda x, y: step(run, x, y))
    for i, (x, y) in enumerate(batches()):
        for one in (eager, run):
            if clear == "before some" and i % 3 == 0:
                one.optimizer.zero_grad()
            if clear == "in place" and i % 4 == 3:
                one.optimizer.zero_grad(set_to_none=False)
            if step is accumulate and i % 2:
                one.optimizer.step()
        assert captured(x, y).item() == step(eager, x, y).item()
        assert run.weights() == eager.weights()
        assert run.gradients() == eager.gradients()


def step_first(run, x, y):
    run.optimizer.step()
    run.optimizer.zero_grad()
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    return loss


def by_the_gradient_before(run, x, y):
    there = [p.grad for p in run.model.parameters()]
    norm = sum((g * g).sum() for g in there if g is not None)
    run.optimizer.zero_grad()
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    run.optimizer.step()
    return loss + norm


def put_back(run, x, y):
    p = next(run.model.parameters())
    there, p.grad = p.grad, None
    loss = F.cross_entropy(run.model(x), y)
    loss.backward()
    with tg.no_grad():
        p.sub_(p.grad)
    p.grad = there
    return loss


@pytest.mark.filterwarnings("ignore:SGD.step")  # the first step finds no gradients
@pytest.mark.parametrize("step", [step_first, by_the_gradient_before, put_back])
def test_gradients_of_the_call_before_are_those_of_the_call_before(step):
    eager, run = Run(weight_decay=0.1), Run(weight_decay=0.1)
    captured = capture(lambda x, y: step(run, x, y))
    for i, (x, y) in enumerate(batches()):
        if i == 5:
            for one in (eager, run):
                p = next(one.model.parameters())
                p.grad = tg.ones_like(p)
        assert captured(x, y).item() == step(eager, x, y).item()
        assert run.weights() == eager.weights()
        assert run.gradients() == eager.gradients()


def test_gradients_added_up_by_one_captured_step_and_used_by_another():
    eager, run = Run(), Run()

    def update(one):
        one.optimizer.step()
        one.optimizer.zero_grad()

    captured = capture(lambda x, y: accumulate(run, x, y))
    updated = capture(lambda: update(run))
    for i, (x, y) in enumerate(batches()):
        assert captured(x, y).item() == accumulate(eager, x, y).item()
        if i % 2:
            updated()
            update(eager)
        assert run.weights() == eager.weights()
        assert run.gradients() == eager.gradients()


def test_frozen_parameters_and_calls_without_recording():
    eager, run = Run(), Run()
    captured = capture(run.step)
    for i, (x, y) in enumerate(batches()):
        for one in (eager, run):
            next(one.model.parameters()).requires_grad_(i % 4 < 2)
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    scores = capture(lambda x: run.model(x).detach() * (2.0 if tg.is_grad_enabled() else 3.0))
    for i, (x, _) in enumerate(batches()):
        with tg.set_grad_enabled(i % 2 == 0):
            wanted = eager.model(x).detach() * (3.0 if i % 2 else 2.0)
            assert scores(x).tolist() == wanted.tolist()


def test_what_is_only_read_may_be_given_other_memory():
    w = tg.tensor([1.0, 2.0, 3.0, 4.0], device=Place.name)
    captured = capture(lambda x: x * w)
    for i, (x, _) in enumerate(batches()):
        if i % 3 == 2:
            w.data = w.data * 2.0
        assert captured(x).tolist() == (x * w).tolist()


def test_an_argument_that_the_step_writes_to():
    def step(x):
        x.mul_(2.0)
        return x.sum()

    captured = capture(step)
    for x, _ in batches():
        mine, theirs = x.clone(), x.clone()
        assert captured(mine).item() == step(theirs).item()
        assert mine.tolist() == theirs.tolist()


@pytest.mark.parametrize("keep", ["in a list", "in an attribute"])
def test_a_tensor_that_is_kept_is_refused(keep):
    kept = []

    class Holder:
        mean = tg.zeros(4, device=Place.name)

    def step(x):
        mean = 0.9 * Holder.mean + x.mean(0)
        if keep == "in a list":
            kept.append(mean)
        else:
            Holder.mean = mean
        return mean * 1.0

    captured = capture(step)
    x, _ = batch()
    captured(x)
    with pytest.raises(tg.cuda.CaptureError, match="cannot keep a Tensor that it has computed"):
        captured(x)


def test_what_the_first_call_returns_is_its_own():
    w = tg.tensor([1.0, 2.0, 3.0, 4.0], device=Place.name)

    def step(x):
        w.add_(x[0])
        return w.detach()

    captured, seen, wanted = capture(step), [], []
    for x, _ in batches():
        seen.append(captured(x))
        wanted.append(w.tolist())
    assert [tensor.tolist() for tensor in seen] == wanted


def test_gradients_of_a_leaf_that_no_optimizer_has():
    def both(w, x):
        w.grad = None
        (w * x * x).sum().backward()
        return w.grad * 2.0

    w = tg.tensor([2.0, 3.0, 5.0, 7.0], device=Place.name, requires_grad=True)
    captured = capture(lambda x: both(w, x))
    for x, _ in batches():
        wanted = (x * x).sum(dim=0)
        assert captured(x).tolist() == (wanted * 2.0).tolist()
        assert w.grad.tolist() == wanted.tolist()


def test_backward_sees_what_a_replay_has_overwritten():
    run = Run()
    captured = capture(run.step)
    for x, y in batches():
        x.requires_grad_()  # so that the gradient of the first layer needs its weight
        loss = F.cross_entropy(run.model(x), y)
        captured(x.detach(), y)
        with pytest.raises(RuntimeError, match="modified by an inplace operation since: "):
            loss.backward()


# ------------------------------------------------------------------------- what is refused, and how


def test_another_shape_is_refused():
    run = Run()
    captured = capture(run.step)
    for x, y in batches():
        captured(x, y)
        before = run.weights()
        with pytest.raises(tg.ShapeError) as error:
            captured(x[:5], y[:5])
        assert str(error.value) == (
            f"{captured.made_by}: the step was captured for (8, 4) float32, (8,) int64, and is "
            "now given (5, 4) float32, (5,) int64; call the step itself for a batch of another "
            "size, or capture one step for each size"
        )
        with pytest.raises(tg.ShapeError, match=r"is now given \(8, 4\) float64"):
            captured(x.double(), y)
        with pytest.raises(tg.ShapeError, match=r"float32; it takes 2 arguments, not 1"):
            captured(x)
        with pytest.raises(tg.ShapeError, match=r"int64; it takes 2 arguments, not 3"):
            captured(x, y, y)
        assert run.weights() == before


def check_refused(action: Any, words: str, afterwards: Any = lambda: None) -> None:
    """A step that does `action` is refused in these `words`, and that changes nothing else."""
    run, eager = Run(momentum=0.9), Run(momentum=0.9)

    def step(x, y):
        loss = run.step(x, y)
        action(x)
        return loss

    captured = capture(step)
    (x, y), (x2, y2) = batch(0), batch(1)
    assert captured(x, y).item() == eager.step(x, y).item()  # the first call may do anything
    for _ in range(2):
        with pytest.raises(tg.cuda.CaptureError, match=words):
            captured(x2, y2)
        assert (run.weights(), run.gradients()) == (eager.weights(), eager.gradients())
        afterwards()
    for x, y in batches():  # everything else goes on as if nothing had been tried
        assert run.step(x, y).item() == eager.step(x, y).item()
    assert run.weights() == eager.weights()


def test_a_captured_step_is_no_part_of_another_one():
    _, captured = captured_run()
    x, y = batch()
    outer = capture(lambda x, y: captured(x, y) * 2.0)
    outer(x, y)
    for _ in range(2):
        with pytest.raises(tg.cuda.CaptureError, match="cannot be part of another one"):
            outer(x, y)
    captured(x, y)


def test_an_argument_on_another_device_is_refused_after_capture_too():
    if Place.name == "cpu":
        pytest.skip("there is one device only")
    _, captured = captured_run()
    x, y = batch()
    with pytest.raises(tg.DeviceError, match="argument 1 is on the cpu"):
        captured(x, y.cpu())


def test_a_mistake_in_the_step_is_raised_as_it_is():
    run, wrong = Run(), []

    def step(x, y):
        loss = run.step(x, y)
        if wrong:
            raise KeyError("mine")
        return loss

    captured = capture(step)
    x, y = batch()
    captured(x, y)
    wrong.append(True)
    before = run.weights(), run.gradients()
    with pytest.raises(KeyError, match="mine"):
        captured(x, y)
    assert (run.weights(), run.gradients()) == before
    wrong.clear()
    captured(x, y)
    assert run.weights() != before[0]


def test_a_mistake_in_the_first_call_leaves_it_the_first():
    calls = []

    def step(x):
        calls.append(1)
        if len(calls) == 1:
            raise KeyError("mine")
        return x * 2.0

    captured = capture(step)
    x, _ = batch()
    with pytest.raises(KeyError):
        captured(x)
    for _ in range(3):
        assert captured(x).tolist() == (x * 2.0).tolist()
    assert len(calls) == 3


def test_what_works_in_a_step_although_it_looks_like_a_transfer():
    def step(x):
        y = tg.zeros(8, 4, device=Place.name)
        y[0] = 7.0
        y.fill_(2).add_(x)
        y[:, 1] = 0
        y = y + tg.ones(4, device=Place.name) + tg.zeros_like(x)
        y = y + tg.stack([x] * 8).sum(0)
        return tg.where(x > 0, y, 0.0).clamp(0, 9) + x.max() + len(x) + x.shape[1]

    captured = capture(step)
    for x, _ in batches():
        assert captured(x).tolist() == step(x).tolist()


# ------------------------------------------------------------------ what can have changed meanwhile


def captured_run(**options):
    run = Run(**options)
    captured = capture(run.step)
    for i in range(3):
        captured(*batch(i))
    return run, captured


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", 0.1),
        ("momentum", 0.1),
        ("weight_decay", 0.3),
        ("nesterov", True),
        ("maximize", True),
        ("dampening", -0.5),
    ],
)
def test_a_changed_option_of_the_optimizer_is_used(name, value):
    (run, captured), (eager, _) = captured_run(momentum=0.9), captured_run(momentum=0.9)
    then = run.optimizer.param_groups[0][name]
    for now in (value, then, value):
        for one in (run, eager):
            one.optimizer.param_groups[0][name] = now
        for x, y in batches():
            assert captured(x, y).item() == eager.step(x, y).item()
            assert run.weights() == eager.weights()


def test_a_learning_rate_that_is_another_in_every_call():
    (run, captured), (eager, _) = captured_run(), captured_run()
    for i, (x, y) in enumerate(batches()):
        for one in (run, eager):
            one.optimizer.param_groups[0]["lr"] = 0.5 * 0.75**i
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()


@pytest.mark.parametrize("rate", [1, np.float64(0.3), np.float32(0.3)])
def test_a_learning_rate_of_another_type(rate):
    (run, captured), (eager, _) = captured_run(), captured_run()
    for one in (run, eager):
        one.optimizer.param_groups[0]["lr"] = rate
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()


def test_groups_of_an_optimizer_that_are_replaced_and_what_else_is_in_them():
    (run, captured), (eager, _) = captured_run(), captured_run()
    for one in (run, eager):
        groups = one.optimizer.param_groups
        one.optimizer.param_groups = [{**g, "lr": 0.25, "note": np.arange(3)} for g in groups]
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()


def test_a_group_that_is_added_between_two_calls_is_used():
    run, eager = Run(), Run()
    for one in (run, eager):
        one.optimizer = optim.SGD(list(one.model.parameters())[:1], lr=0.5)
    captured = capture(run.step)
    for i, (x, y) in enumerate(batches()):
        if i == 3:
            for one in (run, eager):
                rest = list(one.model.parameters())[1:]
                one.optimizer.add_param_group({"params": rest, "lr": 0.25, "maximize": True})
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    assert i > 3


def test_an_option_in_a_tensor_is_refused():
    run, captured = captured_run()
    run.optimizer.param_groups[0]["lr"] = tg.tensor(0.5)
    with pytest.raises(tg.cuda.CaptureError, match="options of an optimizer as numbers"):
        captured(*batch())
    run.optimizer.param_groups[0]["lr"] = 0.5
    captured(*batch())


@pytest.mark.parametrize("bad", [-1.0, float("nan")])
def test_an_option_that_is_none_is_refused_as_by_the_step_itself(bad):
    run, captured = captured_run()
    run.optimizer.param_groups[0]["lr"] = bad
    before = run.weights()
    with pytest.raises(ValueError, match="SGD: lr must be a finite number"):
        captured(*batch())
    assert run.weights() == before


CHANGES = {
    "before": lambda optimizer, step: (set_rate(optimizer, 0.25), step()),
    "to what it is": lambda optimizer, step: (set_rate(optimizer, 0.5), step()),
    "after": lambda optimizer, step: (step(), set_rate(optimizer, 0.25)),
    "in between": lambda optimizer, step: (step(), set_rate(optimizer, 0.25), step()),
    "loaded": lambda optimizer, step: (optimizer.load_state_dict(optimizer.state_dict()), step()),
    "parameters": lambda optimizer, step: (step(), optimizer.param_groups[0]["params"].pop()),
    "groups": lambda optimizer, step: (
        step(),
        optimizer.param_groups.append(optimizer.param_groups[0]),
    ),
    "another optimizer": lambda optimizer, step: (step(), set_rate(OTHER, 0.25)),
    "swallowed": lambda optimizer, step: (swallowing(lambda: set_rate(optimizer, 0.25)), step()),
    "update": lambda optimizer, step: (optimizer.param_groups[0].update(lr=0.25), step()),
    "|=": lambda optimizer, step: (operator.ior(optimizer.param_groups[0], {"lr": 0.25}), step()),
    "pop": lambda optimizer, step: (step(), and_back(optimizer, lambda g: g.pop("lr"))),
    "popitem": lambda optimizer, step: (step(), and_back(optimizer, lambda g: g.popitem())),
    "clear": lambda optimizer, step: (step(), and_back(optimizer, lambda g: g.clear())),
    "del": lambda optimizer, step: (step(), and_back(optimizer, lambda g: g.__delitem__("lr"))),
    "setdefault": lambda optimizer, step: (
        step(),
        and_back(optimizer, lambda g: g.setdefault("note", 1)),
    ),
}
OTHER = optim.SGD([tg.ones(3, requires_grad=True)])


def velocities(optimizer):
    return [kept["momentum_buffer"] for kept in optimizer.state.values()]


def set_rate(optimizer, rate):
    optimizer.param_groups[0]["lr"] = rate


def and_back(optimizer, change):
    group = optimizer.param_groups[0]
    before = dict(group)
    change(group)
    group.clear()
    group.update(before)


def swallowing(action):
    with contextlib.suppress(RuntimeError):
        action()


@pytest.mark.parametrize("change", CHANGES)
def test_a_step_that_changes_an_optimizer_is_refused(change):
    run = Run()

    def step(x, y):
        CHANGES[change](run.optimizer, lambda: run.step(x, y))
        return x

    captured = capture(step)
    captured(*batch())
    before = run.weights()
    for _ in range(2):
        with pytest.raises(tg.cuda.CaptureError, match="cannot change an optimizer"):
            captured(*batch())
    assert run.weights() == before


@pytest.mark.parametrize("kind", [dict, type(OTHER.param_groups[0])])
@pytest.mark.parametrize("steps", [True, False])
def test_a_learning_rate_that_the_step_reads_itself(kind, steps):
    (run, _), (eager, _) = captured_run(), captured_run()
    for one in (run, eager):
        one.optimizer.param_groups = [kind(group) for group in one.optimizer.param_groups]

    def decayed(one, x, y):
        loss = one.step(x, y) if steps or kind is dict else x.sum()
        with tg.no_grad():
            for p in one.model.parameters():
                p.mul_(1 - 0.1 * one.optimizer.param_groups[0]["lr"])
                p.mul_(1 - one.optimizer.param_groups[0]["weight_decay"])
        return loss, one.optimizer.param_groups[0].get("lr")

    captured = capture(lambda x, y: decayed(run, x, y))
    for i, (x, y) in enumerate(batches()):
        for one in (run, eager):
            set_rate(one.optimizer, [0.5, 0.25, 0.75][i % 3])
            one.optimizer.param_groups[0]["weight_decay"] = [0.0, 0.25][i // 4 % 2]
        loss, rate = captured(x, y)
        assert (loss.item(), rate) == (decayed(eager, x, y)[0].item(), [0.5, 0.25, 0.75][i % 3])
        assert run.weights() == eager.weights()


READ = {
    "[]": lambda optimizer: optimizer.param_groups[0]["lr"],
    "get": lambda optimizer: optimizer.param_groups[0].get("lr"),
    "get of nothing": lambda optimizer: optimizer.param_groups[0].get("note", 1.0),
    "len": lambda optimizer: float(len(optimizer.param_groups[0])),
    "names": lambda optimizer: float(len(list(optimizer.param_groups[0]))),
    "in": lambda optimizer: 1.0 if "note" in optimizer.param_groups[0] else 2.0,
    "setdefault": lambda optimizer: optimizer.param_groups[0].setdefault("lr", 1.0),
    "dict": lambda optimizer: dict(optimizer.param_groups[0])["lr"],
    "**": lambda optimizer: {**optimizer.param_groups[0]}["lr"],
    "as keywords": lambda optimizer: (lambda lr, **others: lr)(**optimizer.param_groups[0]),
    "items": lambda optimizer: sum(v for _, v in list(optimizer.param_groups[0].items())[1:2]),
    "values": lambda optimizer: sum(list(optimizer.param_groups[0].values())[1:2]),
    "copy": lambda optimizer: optimizer.param_groups[0].copy()["lr"],
    "copy.copy": lambda optimizer: copy.copy(optimizer.param_groups[0])["lr"],
    "reversed": lambda optimizer: float(len(list(reversed(optimizer.param_groups[0])))),
    "|": lambda optimizer: (optimizer.param_groups[0] | {})["lr"],
    "{} |": lambda optimizer: ({} | optimizer.param_groups[0])["lr"],
    "update": lambda optimizer: [d := {}, d.update(optimizer.param_groups[0])][0]["lr"],
    "==": lambda optimizer: 1.0 if optimizer.param_groups[0] == GROUP else 2.0,
    "!=": lambda optimizer: 1.0 if optimizer.param_groups[0] != GROUP else 2.0,
    "state_dict": lambda optimizer: optimizer.state_dict()["param_groups"][0]["lr"],
}
GROUP = dict(OTHER.param_groups[0])


@pytest.mark.parametrize("how", READ)
def test_an_option_is_noticed_however_the_step_reads_it(how):
    optimizer = optim.SGD(OTHER.param_groups[0]["params"])
    captured = capture(lambda x: x.sum() * READ[how](optimizer))
    x = batch()[0]
    found = set()
    for rate in (0.25, 0.25, GROUP["lr"], 0.5, 0.25, GROUP["lr"]):
        set_rate(optimizer, rate)
        if rate == 0.5:
            optimizer.param_groups[0]["note"] = 3.0
        found.add(captured(x).item())
        assert captured(x).item() == (x.sum() * READ[how](optimizer)).item()
    assert len(found) > 1
    assert type(optimizer.param_groups[0]) is type(OTHER.param_groups[0])


class Positive(optim.SGD):
    """Somebody's own optimizer."""

    def _update(self, options):
        super()._update({**options, "lr": abs(options["lr"])})


def test_an_optimizer_that_computes_with_its_learning_rate_is_right_or_refused():
    run, eager = Run(), Run()
    for one in (run, eager):
        one.optimizer = Positive(one.model.parameters(), lr=0.3)
    captured = capture(run.step)
    captured(*batch())
    try:
        captured(*batch())
    except tg.cuda.CaptureError as error:
        assert "cannot compute with the learning rate alone" in str(error)  # noqa: PT017
    else:
        eager.step(*batch()), eager.step(*batch())
        assert run.weights() == eager.weights()


@pytest.mark.parametrize("value", [np.float32(0.5), np.float64(0.5)])
@pytest.mark.parametrize("name", ["momentum", "weight_decay", "lr"])
def test_an_option_that_is_equal_but_of_another_type(name, value):
    (run, captured), (eager, _) = (captured_run(momentum=0.5, weight_decay=0.5) for _ in range(2))
    for one in (run, eager):
        one.optimizer.param_groups[0][name] = value
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    for mine, wanted in zip(*(velocities(one.optimizer) for one in (run, eager))):
        assert mine.dtype == wanted.dtype


class Model(nn.Module):
    """A model with a captured step, which somebody copies."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 3)
        self.step = capture(self.step)

    def step(self, x):
        return (self.layer(x) ** 2).sum()


def test_a_copied_model_has_a_step_of_its_own():
    model, (x, _) = Model().to(Place.name), batch()
    for _ in range(3):
        model.step(x)
    twin = copy.deepcopy(model)
    with tg.no_grad():
        twin.layer.weight.fill_(7.0)
    for _ in range(3):
        assert twin.step(x).item() == (twin.layer(x) ** 2).sum().item() != model.step(x).item()


def test_what_was_recorded_outside_is_not_gone_back_through():
    """That would change what the captured step knows nothing of."""
    w, constant = (tg.ones(4, device=Place.name) for _ in range(2))
    w.requires_grad_()
    row = tg.ones(2, 4, device=Place.name)[0]

    def step(x):
        w.grad = None
        loss = (constant * row * x[0] * w).sum()
        loss.backward(retain_graph=True)
        return loss

    captured, x = capture(step), batch()[0]
    captured(x), captured(x)
    constant.mul_(w)
    for _ in range(2):
        with pytest.raises(
            tg.cuda.CaptureError, match=r"cannot go back through an operation \(mul\)"
        ):
            captured(x)
    constant = tg.ones(4, device=Place.name)
    assert captured(x).item() == step(x).item()  # captured anew
    row.root.mul_(w)
    with pytest.raises(tg.cuda.CaptureError, match="cannot go back through an operation"):
        captured(x)
    assert step(x).item() == x[0].sum().item()


BEGIN_AND_END = {
    "noting.py": {"noted", "_begin", "_end", "check"},
    "generators.py": {"tell", "tell_no_more"},
    "step.py": {"__call__"},
    "trace.py": {"__init__", "capture", "_trace"},
    "graph.py": {"capture", "_capture", "_leave"},
}


def begins_or_ends(code: Any) -> bool:
    return code.co_name in BEGIN_AND_END.get(Path(code.co_filename).name, ())


def captures(code: Any) -> bool:
    return Path(code.co_filename).parent.name in ("capture", "jit")


def interrupted(action: Any, at: int, where: Any = begins_or_ends) -> bool:
    """Do `action` with a Ctrl-C at the line number `at` of those that begin and end a capture."""
    lines = 0

    def in_a_function(frame: Any, event: str, arg: Any) -> Any:
        nonlocal lines
        lines += 1
        if lines == at:
            raise KeyboardInterrupt
        return in_a_function

    def calls(frame: Any, event: str, arg: Any) -> Any:
        return in_a_function if where(frame.f_code) else None

    before = sys.gettrace()  # coverage's, perhaps
    sys.settrace(calls)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def surroundings():
    """What belongs to the whole process, or thread, and is no business of a captured step's."""
    return {
        "NumPy's errors": (np.geterr(), np.geterrcall()),
        "an error in flight": sys.exc_info(),
        "traces": (sys.gettrace(), threading.gettrace(), sys.getprofile(), threading.getprofile()),
        "threads": threading.enumerate(),
        "recording": tg.is_grad_enabled(),
        "values": (Value.wanted, Value._grad, "array" in vars(Value)),
        "nodes": Node.pull_back,
        "listener": effects.listener,
        "the system's numbers": (os.urandom, random._urandom, random.Random.seed),
        "turn": dict(noting._turn),
        "captures": noting.capturing(),
    }


def test_nothing_is_left_behind_by_ctrl_c_wherever_it_comes():
    before, at = surroundings(), 0
    assert before["values"] == (False, None, False)
    assert (before["listener"], before["turn"]) == (None, {})
    x, y = batch()
    while True:
        at += 1
        run, eager = Run(), Run()
        captured = capture(run.step)
        captured(x, y), eager.step(x, y)
        if not interrupted(lambda captured=captured: captured(x, y), at):
            break
        assert surroundings() == before, at
        for one in (run, eager):  # it may have been done or not, but entirely
            for p in one.model.parameters():
                p.grad = None
        run.model.load_state_dict(eager.model.state_dict())
        assert run.step(x, y).item() == eager.step(x, y).item()
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    assert at > 40
    assert surroundings() == before


def test_ctrl_c_is_a_keyboard_interrupt_on_every_line_of_a_capture():
    before = surroundings()
    x, y = batch()
    for at in range(1, 100_000, 61):  # some of the thousands of lines, in all parts
        run, eager = Run(), Run()
        captured = capture(run.step)
        captured(x, y), eager.step(x, y)
        if not interrupted(lambda captured=captured: captured(x, y), at, where=captures):
            break
        assert surroundings() == before, at
        run.model.load_state_dict(eager.model.state_dict())  # the call may have been done or not
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    assert Place.name == "gpu" or at > 1000


def test_nothing_is_held_by_an_error():
    x = batch()[0]
    captured = capture(lambda x: x.sum().item())
    captured(x)
    gc.collect()
    gc.disable()
    try:
        with contextlib.suppress(tg.cuda.CaptureError):
            captured(x)
        gone = weakref.ref(captured)
        del captured
        assert gone() is None
    finally:
        gc.enable()


def test_weights_changed_outside_between_two_calls_are_used():
    run, eager = Run(), Run()
    captured = capture(run.step)
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        for one in (run, eager):
            with tg.no_grad():
                for p in one.model.parameters():
                    p.mul_(0.5)
    assert run.weights() == eager.weights()


class Optional(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.extra = nn.Linear(4, 3).to(Place.name), None

    def forward(self, x):
        extra = getattr(self, "extra", None)
        return self.layer(x) if extra is None else extra(self.layer(x))


def test_a_module_that_comes_and_goes_is_noticed():
    model, x = Optional(), batch()[0]
    captured = capture(lambda x: model(x).sum())

    def check():
        for _ in range(2):
            assert captured(x).item() == model(x).sum().item()

    check()
    model.extra = nn.Sigmoid()
    check()
    del model.extra
    check()
    model.layer.bias = None
    check()
    model.layer.bias = nn.Parameter(tg.ones(3, device=Place.name))
    check()


@pytest.mark.parametrize("make", [iter, reversed, lambda found: (t * 2.0 for t in found)])
def test_what_does_its_work_later_is_refused(make):
    captured = capture(lambda x: {"found": make([x, x + 1.0])})
    for _ in range(2):
        with pytest.raises(tg.cuda.CaptureError, match=r"cannot return a .*; return a list"):
            captured(batch()[0])


@pytest.mark.parametrize("what", ["a parameter", "a module", "an activation", "another model's"])
def test_what_is_replaced_in_a_module_is_noticed(what):
    (run, captured), (eager, _), (other, _) = captured_run(), captured_run(), captured_run()

    def replace(run):
        if what == "a parameter":
            run.model[2].weight = nn.Parameter(tg.ones(3, 5, device=Place.name))
        elif what == "a module":
            tg.manual_seed(7)
            run.model.add_module("2", nn.Linear(5, 3).to(Place.name))
        elif what == "an activation":
            run.model.add_module("1", nn.ReLU())

    replace(run), replace(eager)
    other.model[0].weight = nn.Parameter(tg.ones(5, 4, device=Place.name))
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
        assert run.gradients() == eager.gradients()


def test_what_was_captured_in_the_last_eight_situations_is_kept():
    runs = []
    w = tg.ones(3, device=Place.name, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.5, weight_decay=1.0)

    def step(x):
        runs.append(optimizer.param_groups[0]["weight_decay"])  # Python's: only in a capture
        (w * x).sum().backward()
        optimizer.step()
        return w.detach()

    captured = capture(step)
    x = tg.ones(3, device=Place.name)
    w.grad = tg.zeros(3, device=Place.name)  # as in every later call
    captured(x)
    decays = [2.0**-i for i in range(9)]
    for decay in [*decays[:8], *decays[:8]]:  # eight of them, twice
        optimizer.param_groups[0]["weight_decay"] = decay
        captured(x)
    assert runs == [1.0, *decays[:8]]
    optimizer.param_groups[0]["weight_decay"] = decays[8]  # the ninth takes the place of the first
    captured(x)
    for decay in (decays[7], decays[1]):
        optimizer.param_groups[0]["weight_decay"] = decay
        captured(x)
    assert runs == [1.0, *decays]
    optimizer.param_groups[0]["weight_decay"] = decays[0]
    captured(x)
    assert runs == [1.0, *decays, 1.0]


def test_how_far_apart_the_rows_of_a_single_row_are_does_not_matter():
    table = tg.tensor(np.arange(12.0).reshape(4, 3), device=Place.name)
    captured = capture(lambda x: 2.0 * x)
    rows = [table[:1], table[::2][:1], table[1::2][1:], table[::3][1:]]
    assert len({row.array.strides for row in rows}) == 3
    for row in rows:
        assert captured(row).tolist() == (2.0 * row).tolist()
