"""What recording and walking the graph cost: a long chain of operations on tiny arrays.

On four numbers the arithmetic is nothing, so the time is the engine's own, an operation at a time.
"""

from __future__ import annotations

from statistics import median
from typing import Any

import numpy as np

import tinygrad_lr as tg
from benchmarks.report import Options, Section, race

OPERATIONS = 1000  # half of them multiplications, half additions


def chain(x: Any, c: Any, d: Any) -> Any:
    """`OPERATIONS` operations on `x`, whatever `x` is."""
    for _ in range(OPERATIONS // 2):
        x = x * c + d
    return x


def benchmark(options: Options) -> Section:
    # The raw row is always NumPy's; with --device gpu ours launches a kernel an operation.
    start, c, d = (np.full(4, value, np.float32) for value in (1.0, 0.999, 0.001))
    x = tg.from_numpy(start.copy()).to(options.device).requires_grad_()
    ours = [tg.from_numpy(constant).to(options.device) for constant in (c, d)]
    seed = tg.from_numpy(np.ones(4, np.float32)).to(options.device)

    def unrecorded() -> None:
        with tg.no_grad():
            chain(x, *ours)

    def both() -> None:
        chain(x, *ours).backward(seed)

    def backward_by_hand() -> None:
        grad = np.ones(4, np.float32)
        for _ in range(OPERATIONS // 2):
            grad = grad * c  # through the multiplication; the addition hands its gradient on

    times = race(
        {
            "numpy forward": lambda: chain(start, c, d),
            "numpy backward": backward_by_hand,
            "unrecorded": unrecorded,
            "forward": lambda: chain(x, *ours),
            "both": both,
        },
        steps=20,
        rounds=options.times(15, quick=5),
    )
    spent = {name: median(values) / OPERATIONS * 1e6 for name, values in times.items()}
    backward = spent["both"] - spent["forward"]
    raw_forward, raw_backward = spent["numpy forward"], spent["numpy backward"]

    def row(name: str, value: float, raw: float) -> list[str]:
        return [name, f"{value / raw:.1f}", f"{value:.2f}", f"{raw:.2f}"]

    return Section(
        f"The engine alone: a chain of {OPERATIONS:,} operations, x = x * c + d on 4 numbers",
        ["an operation", "x numpy", "us", "us numpy"],
        [
            row("forward, no_grad", spent["unrecorded"], raw_forward),
            row("forward, recorded", spent["forward"], raw_forward),
            row("backward", backward, raw_backward),
        ],
        ["NumPy's backward multiplies once per multiplication and does nothing for an addition"],
    )
