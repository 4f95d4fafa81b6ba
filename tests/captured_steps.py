"""Captured steps of a small network, on the device under test: what the tests of capture/ share.

`capture` is jit.trace on the CPU and cuda.graph on a GPU (`pytest --device gpu`, or the double of
CuPy); `Run` is a network, its optimizer and the step that trains it; `check_refused` is what must
hold of each step that cannot be captured.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from side_by_side import Place

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.nn import functional as F


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


def captured_run(**options):
    run = Run(**options)
    captured = capture(run.step)
    for i in range(3):
        captured(*batch(i))
    return run, captured


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
        with pytest.raises(tg.cuda.CaptureError, match=f"(?s){words}"):
            captured(x2, y2)
        assert (run.weights(), run.gradients()) == (eager.weights(), eager.gradients())
        afterwards()
    for x, y in map(batch, range(2, 5)):  # all else goes on as if nothing had been tried
        assert run.step(x, y).item() == eager.step(x, y).item()
    assert run.weights() == eager.weights()


# ---------------------------------------------------------------------------------- every optimizer

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


# ------------------------------------------------------------------------------- which files to run

# They pass on a GPU too: test_device.py runs them on the double of CuPy, test_gpu.py on a real one.
SUBJECTS = ("", "_gradients", "_interrupted", "_modules", "_optimizers", "_refused")
SUITES = [f"test_capture{subject}.py" for subject in SUBJECTS]
