"""Captured steps: what cuda.graph and jit.trace have in common, on the device under test.

A captured step gives the bits of the step itself, whatever it returns, writes to and reads, and
although weights, modules and memory change between its calls. On the CPU a step is traced; ``pytest
tests/test_capture.py --device gpu`` captures it in a CUDA graph; test_device.py runs that on the
double of CuPy.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest
from captured_steps import BATCHES, RNG, Run, X, Y, batch, batches, capture, captured_run
from side_by_side import Place, on_device

import tinygrad_lr as tg
from tinygrad_lr import nn, optim

device = pytest.fixture(scope="module", autouse=True)(on_device)

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


# ---------------------------------------------------------------------------------- what it returns


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


# ------------------------------------------------------------------------- what it reads and writes


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


def test_how_far_apart_the_rows_of_a_single_row_are_does_not_matter():
    table = tg.tensor(np.arange(12.0).reshape(4, 3), device=Place.name)
    captured = capture(lambda x: 2.0 * x)
    rows = [table[:1], table[::2][:1], table[1::2][1:], table[::3][1:]]
    assert len({row.array.strides for row in rows}) == 3
    for row in rows:
        assert captured(row).tolist() == (2.0 * row).tolist()


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


# -------------------------------------------------------------------------------------- its modules


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
