"""What a captured step refuses, what it raises, and that neither changes anything.

Arguments of another shape or device, Tensors that are kept, work that would be done later; and a
mistake in the step itself, which is raised as it is. What each device refuses besides is in
test_jit_refused.py and capture_suite.py.
"""

from __future__ import annotations

import contextlib
import gc
import weakref

import pytest
from captured_steps import Run, batch, batches, capture, captured_run
from side_by_side import Place, on_device

import tinygrad_lr as tg

device = pytest.fixture(scope="module", autouse=True)(on_device)


def test_another_shape_is_refused():
    run = Run()
    captured = capture(run.step)
    for x, y in batches():
        captured(x, y)
        before = run.weights()
        with pytest.raises(tg.ShapeError) as error:
            captured(x[:5], y[:5])
        assert str(error.value).replace("\n", " ") == (
            f"{captured.made_by}: the step was captured for (8, 4) float32, (8,) int64, and is "
            "now given (5, 4) float32, (5,) int64; for a batch of another size call the step "
            "itself (.step), or make one for each size; with drop_last=True a DataLoader gives no "
            "smaller one at the end"
        )
        with pytest.raises(tg.ShapeError, match=r"is now given \(8, 4\) float64"):
            captured(x.double(), y)
        with pytest.raises(tg.ShapeError, match=r"float32; it takes 2 arguments, not 1"):
            captured(x)
        with pytest.raises(tg.ShapeError, match=r"int64; it takes 2 arguments, not 3"):
            captured(x, y, y)
        assert run.weights() == before
        captured.step(x[:5], y[:5])  # which is what the message says
        assert run.weights() != before


def test_an_argument_on_another_device_is_refused_after_capture_too():
    if Place.name == "cpu":
        pytest.skip("there is one device only")
    _, captured = captured_run()
    x, y = batch()
    with pytest.raises(tg.DeviceError, match="argument 1 is on the cpu"):
        captured(x, y.cpu())


def test_a_captured_step_is_no_part_of_another_one():
    _, captured = captured_run()
    x, y = batch()
    outer = capture(lambda x, y: captured(x, y) * 2.0)
    outer(x, y)
    for _ in range(2):
        with pytest.raises(tg.cuda.CaptureError, match="cannot be part of another one"):
            outer(x, y)
    captured(x, y)


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


@pytest.mark.parametrize("make", [iter, reversed, lambda found: (t * 2.0 for t in found)])
def test_what_does_its_work_later_is_refused(make):
    captured = capture(lambda x: {"found": make([x, x + 1.0])})
    for _ in range(2):
        with pytest.raises(tg.cuda.CaptureError, match=r"(?s)cannot return a .*; return a list"):
            captured(batch()[0])


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


# ----------------------------------------------------------------------------- mistakes in the step


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


def test_what_only_waits_for_the_collector_is_not_kept():
    def step(x):
        y = x * 2.0
        circle = [x, y]
        circle.append(circle)
        return y

    captured, x = capture(step), batch()[0]
    gc.disable()
    try:
        for _ in range(3):
            assert captured(x).tolist() == (x * 2.0).tolist()
    finally:
        gc.enable()


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
