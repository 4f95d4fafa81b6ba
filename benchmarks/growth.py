"""How a step's time grows: with the batch, with the width of the network.

The batch stays where it is, so that the arithmetic is timed and not the gathering of rows. How it
grows with depth is in `engine.py`, as the engine is what grows there.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from benchmarks import by_hand, timing
from benchmarks.contestants import HAND, OURS, TORCH, check_same_work, enter, still
from benchmarks.plot import Lines
from benchmarks.report import Goal, Options, Section

BATCHES = (10, 100, 1_000, 10_000, 100_000)  # of 784-100-10
WIDTHS = (10, 32, 100, 320, 1_000, 4_096)  # of the hidden layer, at batch 128
BATCH_SIZE = "batch size"
QUICK = 2  # sizes of each, in a quick run


def benchmark_batch(options: Options) -> Section:
    """784-100-10, with ever more images in a batch."""
    return _grow(BATCH_SIZE, BATCHES, options, lambda batch: (batch, by_hand.HIDDEN))


def benchmark_width(options: Options) -> Section:
    """784-width-10, batch 128, with an ever wider hidden layer."""
    return _grow("width", WIDTHS, options, lambda width: (128, width))


def _grow(
    what: str, sizes: tuple[int, ...], options: Options, shape: Callable[[int], tuple[int, int]]
) -> Section:
    """`shape(size)` is the batch and the width of the network at one of the `sizes`."""
    sizes = sizes[:QUICK] if options.quick else sizes
    curves: dict[str, list[float]] = {}
    compared: dict[str, list[float]] = {}
    rows, notes = [], ["the same batch again and again: no gathering of rows in these times"]
    for size in sizes:
        batch, width = shape(size)
        weights = by_hand.fnn_weights(0, width)
        steps = enter(weights, 0.1, still(batch, options), options)
        agreement = check_same_work(f"Batch {batch}, width {width}", steps, 3)
        work = batch * max(width, 30)  # below that width the engine and the input take the time
        times = timing.race(
            steps,
            steps=max(1, min(100, 2_000_000 // work)),
            rounds=options.times(7, quick=3, gpu=3),
            wait=timing.waiter(options.device),
        )
        for name, seconds in times.items():
            curves.setdefault(name, []).append(median(seconds) * 1e6)
        for name in times:
            compared.setdefault(name, []).append(timing.ratio(times, name, HAND))
        ratios = [f"{ratios[-1]:.2f}" for name, ratios in compared.items() if name != HAND]
        rows.append([f"{size:,}", *ratios, *(f"{curve[-1]:,.0f}" for curve in curves.values())])
        notes.append(f"{what} {size:,}: {agreement}")
    goals = []
    if options.device == "gpu" and what == BATCH_SIZE and TORCH in compared:
        goals = [
            Goal(f"{what} {size:,}: {OURS} / {TORCH}", ours / theirs, 1.0)
            for size, ours, theirs in zip(sizes, compared[OURS], compared[TORCH])
            if size >= 10_000
        ]
    return Section(
        f"How a step of 784-100-10, batch 128, grows with the {what}",
        [what, *(f"{n} / {HAND}" for n in curves if n != HAND), *(f"us {n}" for n in curves)],
        rows,
        notes,
        goals,
        chart=Lines(f"A step of 784-100-10 by its {what}", what, "times by hand", sizes, compared),
    )
