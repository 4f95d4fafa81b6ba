"""What capturing a step buys on a GPU: document 001's job, by how many of its steps a launch does.

The data are on the device already, and batches are slices of them. This is also where the first
run's price is: kernels are compiled, and the step captured, in a fresh process.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from statistics import median
from typing import Any

import numpy as np

import tinygrad_lr as tg
from benchmarks import timing
from benchmarks.by_hand import logreg_weights
from benchmarks.contestants import (
    OURS,
    OURS_CAPTURED,
    TOLERANCE,
    TORCH,
    TORCH_CAPTURED,
    OurStep,
    TorchCaptured,
    TorchStep,
    several,
    torch_device,
    torch_works_on,
)
from benchmarks.report import ROOT, Goal, Options, Section

BATCH, LR = 100, 0.001
STEPS = 3_000  # of document 001
A_LAUNCH = (1, 10, 50, 300)

FIRST_TWO_STEPS = """
import tinygrad_lr as tg
from tinygrad_lr.nn import functional as F
model = tg.nn.Linear(784, 10).to("gpu")
optimizer = tg.optim.SGD(model.parameters(), lr=0.1)
def step(x, y):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss
step = tg.cuda.graph(step)
x, y = tg.ones(100, 784, device="gpu"), tg.zeros(100, dtype="int64", device="gpu")
step(x, y)
print(step(x, y).item())
"""


class Job:
    """All of document 001's steps, by a contestant that does `at_once` of them in a call."""

    def __init__(self, contestant: Any, at_once: int, steps: int) -> None:
        self.contestant, self.calls = contestant, steps // at_once

    def __call__(self) -> None:
        for _ in range(self.calls):
            self.contestant()


def slices(images: Any, labels: Any, size: int) -> Iterator[Any]:
    """Batches of `size` rows, without end."""
    for start in cycle(range(0, len(labels), size)):
        yield images[start : start + size], labels[start : start + size]


def entered(steps: int, options: Options) -> dict[str, Job]:
    """Everyone, with the same weights and the same batches in the same order."""
    rng = np.random.default_rng(0)
    images = rng.random((steps * BATCH // 10, 784), np.float32)  # gone through ten times
    labels = rng.integers(0, 10, len(images))
    weights = logreg_weights(0)
    here, classes = tg.tensor(images, device="gpu"), tg.tensor(labels, device="gpu")

    def captured(at_once: int) -> OurStep:
        def wrap(train: Callable[..., Any]) -> Callable[..., Any]:
            return tg.cuda.graph(train if at_once == 1 else several(train, BATCH))

        return OurStep(weights, LR, slices(here, classes, BATCH * at_once), "gpu", wrap)

    jobs = {OURS: Job(OurStep(weights, LR, slices(here, classes, BATCH), "gpu"), 1, steps)}
    for at_once in A_LAUNCH:
        if steps // 10 % at_once == 0:  # so that nobody's slices are short
            jobs[f"{OURS_CAPTURED}, {at_once} a launch"] = Job(captured(at_once), at_once, steps)
    reference = options.reference
    if reference is not None and torch_works_on(reference, "gpu"):
        x, y = (reference.torch.tensor(a, device=torch_device("gpu")) for a in (images, labels))
        for name, kind in {TORCH: TorchStep, TORCH_CAPTURED: TorchCaptured}.items():
            jobs[name] = Job(kind(reference, weights, LR, slices(x, y, BATCH), "gpu"), 1, steps)
    return jobs


def check_same_weights(jobs: dict[str, Job]) -> str:
    """Let everyone do the job once; raise SystemExit unless all arrive at the same weights."""
    worst = 0.0
    for job in jobs.values():
        job()
    expected = jobs[OURS].contestant.weights()
    for name, job in jobs.items():
        for got, wanted in zip(job.contestant.weights(), expected, strict=True):
            apart = float(np.abs(got - wanted).max())
            worst = max(worst, apart)
            if not apart <= TOLERANCE:
                raise SystemExit(
                    f"Captured steps: the weights of {name!r} are {apart:.2g} away from those of "
                    "the eager steps, so nothing was timed."
                )
    return f"after the job, all weights agree within {worst:.1g}"


def first_two_steps() -> float:
    """Seconds of a fresh process until it has done two steps: imports, kernels, capture."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", FIRST_TWO_STEPS], cwd=ROOT, check=True, capture_output=True
    )
    return time.perf_counter() - start


def benchmark(options: Options) -> Section:
    steps = 1_000 if options.quick else STEPS
    first, again = first_two_steps(), first_two_steps()
    jobs = entered(steps, options)
    agreement = check_same_weights(jobs)
    times = timing.race(
        jobs, steps=1, rounds=options.times(9, quick=3, gpu=5), wait=timing.waiter(options.device)
    )
    bases = [OURS, *(name for name in (TORCH, TORCH_CAPTURED) if name in times)]
    section = Section(
        f"Captured steps: {steps:,} iterations of 784-10, batch {BATCH}, data on the device",
        ["", *(f"x {base}" for base in bases), "us a step", "s in all"],
        notes=[
            agreement,
            f"the first two steps of a fresh process took {first:.2f} s, then {again:.2f} s: the "
            "first time kernels are compiled, unless ~/.cupy/kernel_cache has them",
        ],
    )
    for name, seconds in times.items():
        ratios = [f"{timing.ratio(times, name, base):.2f}" for base in bases]
        whole = median(seconds)
        section.rows.append([name, *ratios, f"{whole / steps * 1e6:.1f}", f"{whole:.3f}"])
    best = min((name for name in times if OURS_CAPTURED in name), key=lambda n: median(times[n]))
    if TORCH in times:
        for base, most in ((TORCH, 0.1), (TORCH_CAPTURED, 1.0)):
            section.goals.append(Goal(f"{best} / {base}", timing.ratio(times, best, base), most))
    whole = median(times[best]) * STEPS / steps
    section.goals.append(Goal(f"the whole of document 001, {best}", whole, 0.1, "s"))
    return section
