"""Gradients in captured steps are cleared, added up and put back as in the steps themselves.

Before, within or after a captured step, by an optimizer or by hand; and what was recorded outside
of it is not gone back through.
"""

from __future__ import annotations

import pytest
from captured_steps import Run, batch, batches, capture
from side_by_side import Place, on_device

import tinygrad_lr as tg
from tinygrad_lr.nn import functional as F

device = pytest.fixture(scope="module", autouse=True)(on_device)


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


# ------------------------------------------------------------------------------ graphs from outside


def test_backward_sees_what_a_replay_has_overwritten():
    run = Run()
    captured = capture(run.step)
    for x, y in batches():
        x.requires_grad_()  # so that the gradient of the first layer needs its weight
        loss = F.cross_entropy(run.model(x), y)
        captured(x.detach(), y)
        with pytest.raises(RuntimeError, match="modified by an inplace operation since: "):
            loss.backward()


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


def test_a_result_from_outside_that_becomes_a_leaf_is_noticed():
    result = tg.ones(4, device=Place.name, requires_grad=True) * 2.0

    def step(x):
        y = result * x
        return (y * 2.0 if y.requires_grad else y * 4.0).sum().detach()

    captured, x = capture(step), batch()[0]
    for _ in range(4):
        assert captured(x).item() == step(x).item()
    result.detach_()
    assert captured(x).item() == step(x).item()
