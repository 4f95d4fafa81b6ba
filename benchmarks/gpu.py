"""`python -m benchmarks.gpu`, on a machine with a GPU: microseconds a step, eager and captured.

The step is that of document 001: 784-10, batch 100, SGD. Its batches are slices of data that are on
the device already. Where this PyTorch has CUDA, the same is timed there, eager and with PyTorch's
own graph.
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
from benchmarks import processes
from benchmarks.by_hand import logreg_weights
from benchmarks.contestants import OurStep, TorchCaptured, TorchStep, torch_works_on
from benchmarks.report import ROOT
from tinygrad_lr.device import library

BATCH, STEPS, ROUNDS, LR = 100, 3000, 5, 0.001
WEIGHTS = logreg_weights(0)
RNG = np.random.default_rng(0)
IMAGES = RNG.random((STEPS * BATCH // 10, 784), dtype=np.float32)  # gone through ten times
LABELS = RNG.integers(0, 10, len(IMAGES))


def microseconds(once: Callable[[], object], wait: Callable[[], object]) -> float:
    """A step's time, in the median of some runs of `once`, which does STEPS of them."""
    times = []
    for _ in range(ROUNDS):
        wait()
        start = time.perf_counter()
        once()
        wait()
        times.append(time.perf_counter() - start)
    return median(times) / STEPS * 1e6


def batches(images: Any, labels: Any, size: int) -> Iterator[Any]:
    """Slices of `size` rows, without end."""
    for start in cycle(range(0, len(labels), size)):
        yield images[start : start + size], labels[start : start + size]


def several(train: Callable[..., Any]) -> Callable[..., Any]:
    """A step that is several: one for each BATCH of what it is given."""

    def steps(x: Any, y: Any) -> Any:
        losses = tg.zeros(len(y) // BATCH, device="gpu")
        for i in range(len(losses)):
            rows = slice(i * BATCH, (i + 1) * BATCH)
            losses[i] = train(x[rows], y[rows])
        return losses

    return steps


def ours(at_once: int | None) -> Callable[[], None]:
    """STEPS steps: `at_once` in each launch, or eager for None."""
    source = batches(
        tg.tensor(IMAGES, device="gpu"), tg.tensor(LABELS, device="gpu"), BATCH * (at_once or 1)
    )

    def captured(train: Callable[..., Any]) -> Any:
        return tg.cuda.graph(train if at_once == 1 else several(train))

    step = OurStep(WEIGHTS, LR, source, "gpu", captured if at_once else None)
    return repeated(step, STEPS // (at_once or 1))


def pytorch(reference: Any, contestant: type[TorchStep]) -> Callable[[], None]:
    images, labels = (reference.torch.tensor(a, device="cuda") for a in (IMAGES, LABELS))
    step = contestant(reference, WEIGHTS, LR, batches(images, labels, BATCH), "gpu")
    return repeated(step, STEPS)


def repeated(step: Callable[[], Any], times: int) -> Callable[[], None]:
    def once() -> None:
        for _ in range(times):
            step()

    return once


def first_run() -> float:
    """Seconds until a fresh process has done its first two steps: imports, kernels, capture."""
    program = (
        "import tinygrad_lr as tg; from tinygrad_lr.nn import functional as F\n"
        "m = tg.nn.Linear(784, 10).to('gpu'); o = tg.optim.SGD(m.parameters(), lr=0.1)\n"
        "x, y = tg.ones(100, 784, device='gpu'), tg.zeros(100, dtype='int64', device='gpu')\n"
        "def step(x, y):\n"
        "    o.zero_grad(); l = F.cross_entropy(m(x), y); l.backward(); o.step(); return l\n"
        "g = tg.cuda.graph(step); g(x, y); print(g(x, y).item())"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    gpu = library("gpu")
    print(f"the first two steps of a fresh process: {first_run():.2f} s, then {first_run():.2f} s")
    print("(the first time kernels are compiled, unless ~/.cupy/kernel_cache has them)\n")
    wait = gpu.cuda.Stream.null.synchronize
    measured = {}
    for at_once in (None, 1, 10, 50, 300):
        run = ours(at_once)
        start = time.perf_counter()
        run()
        wait()
        whole = time.perf_counter() - start
        name = "eager" if at_once is None else f"captured, {at_once} a launch"
        measured[name] = microseconds(run, wait)
        print(f"{name:26}{measured[name]:8.1f} us a step   the first 3000: {whole:.3f} s")
    reference = processes.pytorch()
    if reference is None or not torch_works_on(reference, "gpu"):
        print("PyTorch with CUDA is not here to compare with")
        return
    theirs = [pytorch(reference, contestant) for contestant in (TorchStep, TorchCaptured)]
    for run in theirs:
        run()
    eager, graph = (microseconds(run, reference.torch.cuda.synchronize) for run in theirs)
    best = min(value for name, value in measured.items() if name != "eager")
    print(f"PyTorch eager {eager:.1f} us, its own graph {graph:.1f} us")
    print(f"eager / PyTorch eager      {measured['eager'] / eager:.2f}  (wanted: at most 0.6)")
    print(f"captured / PyTorch eager   {best / eager:.2f}  (wanted: at most 0.1)")
    print(f"captured / PyTorch's graph {best / graph:.2f}  (wanted: at most 1.0)")


if __name__ == "__main__":
    main()
