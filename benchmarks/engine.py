"""What recording and walking the graph cost: chains of operations on four numbers.

The arithmetic is nothing there, so the time beyond NumPy's own is the engine's. It should be the
same for each operation however long the chain is.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

import numpy as np

import tinygrad_lr as tg
from benchmarks import timing
from benchmarks.contestants import HAND, OURS, TORCH, torch_device, torch_works_on
from benchmarks.plot import Lines
from benchmarks.report import Goal, Options, Section
from tinygrad_lr.device import library

DEPTHS = (10, 100, 1_000, 10_000)  # half of them multiplications, half additions
WANTED = {"forward, recorded": 1.0, "backward": 0.8}  # us an operation, at every depth
UNRECORDED, RECORDED = "tinygrad_lr, forward, no_grad", "tinygrad_lr, forward, recorded"
HAND_FORWARD, HAND_BACKWARD = "by hand, forward", "by hand, backward"
COLLECTED, OVER = ", collector on", "beyond NumPy's own: "


def chain(x: Any, c: Any, d: Any, depth: int) -> Any:
    """`depth` operations on `x`, whatever `x` is."""
    for _ in range(depth // 2):
        x = x * c + d
    return x


def entered(depth: int, options: Options) -> dict[str, Callable[[], Any]]:
    """Everyone who computes the chain of this depth. What goes backward returns its gradient."""
    xp = library(options.device)
    numbers = [np.full(4, value, np.float32) for value in (1.0, 0.999, 0.001)]
    x, c, d = (xp.asarray(number) for number in numbers)
    ones = xp.ones(4, xp.float32)
    our_x, our_c, our_d = (tg.from_numpy(n.copy()).to(options.device) for n in numbers)
    our_x.requires_grad_()
    our_ones = tg.ones(4, device=options.device)

    def unrecorded() -> Any:
        with tg.no_grad():
            return chain(our_x, our_c, our_d, depth)

    def both() -> Any:
        our_x.grad = None
        chain(our_x, our_c, our_d, depth).backward(our_ones)
        return our_x.grad

    def backward_by_hand() -> Any:
        grad = ones
        for _ in range(depth // 2):
            grad = grad * c  # through the multiplication; the addition hands its gradient on
        return grad

    steps: dict[str, Callable[[], Any]] = {
        HAND_FORWARD: lambda: chain(x, c, d, depth),
        HAND_BACKWARD: backward_by_hand,
        UNRECORDED: unrecorded,
        RECORDED: lambda: chain(our_x, our_c, our_d, depth),
        OURS: both,
    }
    if options.reference is not None and torch_works_on(options.reference, options.device):
        steps[TORCH] = _torch_chain(options.reference.torch, numbers, depth, options.device)
    return steps


def _torch_chain(torch: Any, numbers: Any, depth: int, device: str) -> Callable[[], Any]:
    x, c, d = (torch.from_numpy(n.copy()).to(torch_device(device)) for n in numbers)
    x.requires_grad_()
    ones = torch.ones_like(x)

    def both() -> Any:
        x.grad = None
        chain(x, c, d, depth).backward(ones)
        return x.grad

    return both


def without_collector(step: Callable[[], Any]) -> Callable[[], None]:
    """`step` with Python's garbage collector off; its result is dropped while it still is.

    A graph of a thousand nodes wakes the collector, which finds nothing: the nodes form no cycles.
    What it costs depends on all the other objects in the process (PyTorch's own too), and comes in
    leaps, so it is shown beside the engine and not in it.
    """

    def quiet() -> None:
        gc.disable()
        try:
            step()
        finally:
            gc.enable()

    return quiet


def check_same_gradient(steps: dict[str, Callable[[], Any]], depth: int) -> None:
    """Raise SystemExit unless all who go backward find the same gradient."""
    expected = np.array(steps[HAND_BACKWARD]().tolist())
    for name in steps:
        if name in (OURS, TORCH):
            apart = float(np.abs(np.array(steps[name]().tolist()) - expected).max())
            if not apart <= 1e-5:
                raise SystemExit(
                    f"The engine: through {depth} operations the gradient of {name!r} is "
                    f"{apart:.2g} away from the one by hand, so nothing was timed."
                )


def measure(depths: Sequence[int], options: Options) -> dict[int, timing.Times]:
    """By depth: microseconds an operation, one number a round, of each and beyond NumPy's.

    A round goes through all depths, so that none is measured while the processor is slower.
    """
    wait = timing.waiter(options.device)
    turns = {
        (depth, name): partial(_turn, run, depth, wait)
        for depth in depths
        for name, run in _runs(depth, options).items()
    }
    operations = 4_000 if options.quick or options.device == "gpu" else 20_000
    times = timing.take_turns(turns, operations, options.times(9, quick=3, gpu=3))
    spent: dict[int, timing.Times] = {depth: {} for depth in depths}
    for (depth, name), rounds in times.items():
        spent[depth][name] = [seconds * 1e6 for seconds in rounds]
    return {depth: _with_differences(us) for depth, us in spent.items()}


def _turn(run: Callable[[], Any], depth: int, wait: Callable[[], None], operations: int) -> float:
    """Seconds that so many operations take, in chains of this `depth`."""
    steps = max(1, operations // depth)
    return timing.turn(run, steps, wait) * operations / (steps * depth)


def _runs(depth: int, options: Options) -> dict[str, Callable[[], Any]]:
    """What is timed, after it was found to compute the same."""
    steps = entered(depth, options)
    check_same_gradient(steps, depth)
    runs: dict[str, Callable[[], Any]] = {name: without_collector(s) for name, s in steps.items()}
    return runs | {name + COLLECTED: steps[name] for name in (RECORDED, OURS)}


def _with_differences(times: timing.Times) -> timing.Times:
    """`times` of what was timed, and what follows from them, round by round."""
    us = {name: np.array(rounds) for name, rounds in times.items()}
    us[HAND] = us[HAND_FORWARD] + us[HAND_BACKWARD]
    us[OVER + "forward, no_grad"] = us[UNRECORDED] - us[HAND_FORWARD]
    for kind in ("", COLLECTED):
        us[OVER + "forward, recorded" + kind] = us[RECORDED + kind] - us[HAND_FORWARD]
        us[OVER + "backward" + kind] = us[OURS + kind] - us[RECORDED + kind] - us[HAND_BACKWARD]
    return {name: rounds.tolist() for name, rounds in us.items()}


def benchmark(options: Options) -> Section:
    depths = DEPTHS[:3] if options.quick else DEPTHS
    spent = measure(depths, options)
    middle = {name: [median(spent[depth][name]) for depth in depths] for name in spent[depths[0]]}
    section = Section(
        "The engine alone, and growth with depth: chains of x = x * c + d on 4 numbers",
        ["us an operation, at a depth of", *(f"{depth:,}" for depth in depths)],
        notes=[
            f"{OURS}, {HAND} and {TORCH} without another word: forward and backward together",
            "NumPy's backward multiplies once per multiplication, does nothing for an addition",
            "Python's garbage collector is off, except where its being on is stated: then it also "
            "looks through whatever else the process holds, as PyTorch's own objects",
        ],
    )
    for base in (HAND, TORCH):
        if base in middle:
            ratios = [timing.ratio(spent[depth], OURS, base) for depth in depths]
            section.rows.append([f"ratio: {OURS} / {base}", *(f"{r:.2f}" for r in ratios)])
    for name in sorted(middle, key=lambda name: not name.startswith(OVER)):  # the point comes first
        section.rows.append([name, *(f"{us:.2f}" for us in middle[name])])
    if options.device == "gpu":
        section.rows = [[row[0].replace("NumPy", "CuPy"), *row[1:]] for row in section.rows]
        section.notes = [note.replace("NumPy", "CuPy") for note in section.notes]
    parts = [(part + kind, us) for part, us in WANTED.items() for kind in ("", COLLECTED)]
    if options.device == "cpu":  # CuPy's own calls vary by more
        section.goals = [
            Goal(f"engine, the worst depth, {OVER}{part}", max(middle[OVER + part]), most, "us")
            for part, most in parts
        ]
    section.chart = Lines(
        "What the engine adds to an operation, by the length of the chain",
        "operations in the chain",
        "us beyond NumPy's own",
        depths,
        {part: middle[OVER + part] for part, _ in parts},
    )
    return section
