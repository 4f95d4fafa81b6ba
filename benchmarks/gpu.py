"""`python -m benchmarks.gpu`, on a machine with a GPU: microseconds a step, eager and captured.

The step is that of document 001: 784-10, batch 100, SGD. Its batches are slices of data that are on
the device already. Where this PyTorch has CUDA, the same is timed there, eager and with PyTorch's
own graph.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

import tinygrad_lr as tg
from benchmarks.report import ROOT
from tinygrad_lr import nn, optim
from tinygrad_lr.device import library

BATCH, STEPS, ROUNDS = 100, 3000, 5
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


def ours(at_once: int | None) -> Callable[[], None]:
    """STEPS steps: `at_once` in each launch, or eager for None."""
    x, y = tg.tensor(IMAGES, device="gpu"), tg.tensor(LABELS, device="gpu")
    model, loss_function = nn.Linear(784, 10).to("gpu"), nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.001)

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    def several(x: Any, y: Any) -> Any:
        losses = tg.zeros(len(y) // BATCH, device="gpu")
        for i in range(len(losses)):
            rows = slice(i * BATCH, (i + 1) * BATCH)
            losses[i] = step(x[rows], y[rows])
        return losses

    size = BATCH * (at_once or 1)
    run = step if at_once is None else tg.cuda.graph(step if at_once == 1 else several)

    def once() -> None:
        for start in range(0, STEPS * BATCH, size):
            first = start % len(IMAGES)
            run(x[first : first + size], y[first : first + size])

    return once


def pytorch(torch: Any, captured: bool) -> Callable[[], None]:
    x, y = torch.tensor(IMAGES, device="cuda"), torch.tensor(LABELS, device="cuda")
    model, loss_function = torch.nn.Linear(784, 10).cuda(), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    if captured:
        own_x, own_y = x[:BATCH].clone(), y[:BATCH].clone()
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step(own_x, own_y)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step(own_x, own_y)

    def once() -> None:
        for start in range(0, STEPS * BATCH, BATCH):
            first = start % len(IMAGES)
            rows = slice(first, first + BATCH)
            if captured:
                own_x.copy_(x[rows])
                own_y.copy_(y[rows])
                graph.replay()
            else:
                step(x[rows], y[rows])

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
    try:
        import torch
    except ImportError:
        torch = None  # type: ignore[assignment]
    if torch is None or not torch.cuda.is_available():
        print("PyTorch with CUDA is not here to compare with")
        return
    theirs = [pytorch(torch, captured) for captured in (False, True)]
    for run in theirs:
        run()
    eager, graph = (microseconds(run, torch.cuda.synchronize) for run in theirs)
    best = min(value for name, value in measured.items() if name != "eager")
    print(f"PyTorch eager {eager:.1f} us, its own graph {graph:.1f} us")
    print(f"eager / PyTorch eager      {measured['eager'] / eager:.2f}  (wanted: at most 0.6)")
    print(f"captured / PyTorch eager   {best / eager:.2f}  (wanted: at most 0.1)")
    print(f"captured / PyTorch's graph {best / graph:.2f}  (wanted: at most 1.0)")


if __name__ == "__main__":
    main()
