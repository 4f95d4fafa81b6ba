"""The two MNIST training steps, batches and all: `tinygrad_lr` against by hand and PyTorch.

Before anything is timed, all of them train on the same batches from the same weights and must
arrive at the same losses and weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from statistics import median
from typing import Any

import numpy as np

from benchmarks import by_hand, timing
from benchmarks.contestants import (
    AT_ONCE,
    HAND,
    HAND_UINT8,
    OURS,
    OURS_AT_ONCE,
    OURS_CAPTURED,
    OURS_TRACED,
    TORCH,
    TORCH_CAPTURED,
    Batches,
    HandStep,
    Source,
    Weights,
    check_same_work,
    enter,
    torch_device,
)
from benchmarks.plot import Bars
from benchmarks.report import DATA, RAW, Goal, Options, Section
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.device import library
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import DataLoader, Dataset, Subset, TensorDataset

CHECKED_STEPS = 3 * AT_ONCE  # what is captured is launched, too


@dataclass(frozen=True)
class Loop:
    """One of the two training loops. `of_torch` is the part of PyTorch's time that it may take."""

    name: str
    title: str
    batch: int
    lr: float
    weights: Callable[[int], Weights]
    of_torch: float


LOGREG = Loop(
    name="784-10",
    title="Training step, logistic regression 784-10, batch 100, SGD lr 0.001",
    batch=100,
    lr=0.001,
    weights=by_hand.logreg_weights,
    of_torch=0.45,
)
FNN = Loop(
    name="784-100-10",
    title="Training step, sigmoid network 784-100-10, batch 128, SGD lr 0.1",
    batch=128,
    lr=0.1,
    weights=by_hand.fnn_weights,
    of_torch=0.75,
)


def our_dataset(device: str) -> Dataset:
    """MNIST as a user has it on the CPU; on a GPU, tensors that live there already."""
    dataset = MNIST(DATA, train=True, transform=ToTensor())
    if device == "cpu":
        return dataset
    images, labels = next(iter(DataLoader(dataset, batch_size=len(dataset))))
    return TensorDataset(images.to(device), labels.to(device))


def endless(loader: DataLoader) -> Iterator[Any]:
    """Epoch after epoch. The cost of shuffling and starting each of them is part of the loop."""
    while True:
        yield from loader


def entered(loop: Loop, options: Options, order: list[np.ndarray] | None) -> dict[str, Any]:
    """Everyone who takes part, with batches of MNIST: in this `order`, or each shuffling its own.

    For the check and for the race alike, so that what is checked is what is timed.
    """
    device, xp = options.device, library(options.device)
    images, labels = by_hand.read_mnist(RAW)
    dataset = our_dataset(device)

    def tensors(batch: int = loop.batch) -> Batches:
        if order is None:
            return endless(DataLoader(dataset, batch_size=batch, shuffle=True))
        return endless(DataLoader(Subset(dataset, np.concatenate(order)), batch_size=batch))

    def arrays(gather: by_hand.Gather) -> Batches:
        if order is None:
            shuffled = by_hand.shuffled_batches(len(images), loop.batch, seed=2, xp=xp)
            return map(gather, shuffled)
        return map(gather, map(xp.asarray, order))

    def torch_tensors() -> Batches:
        # The indices are drawn beforehand, five epochs that come round again: PyTorch's own
        # DataLoader, which goes image by image, is not in its time.
        assert options.reference is not None
        torch, place = options.reference.torch, torch_device(device)
        x = torch.from_numpy(images.astype(np.float32) / 255).to(place)
        y = torch.from_numpy(labels).to(place)
        shuffled = by_hand.shuffled_batches(len(images), loop.batch, seed=3)
        drawn = order or islice(shuffled, 5 * -(-len(images) // loop.batch))
        indices = [torch.from_numpy(index.copy()).to(place) for index in drawn]
        return ((x[index], y[index]) for index in cycle(indices))

    float32 = by_hand.gather_float32(images, labels, xp)
    uint8 = by_hand.gather_uint8(images, labels, xp)
    many = partial(tensors, AT_ONCE * loop.batch)
    source = Source(tensors, many, lambda: arrays(float32), torch_tensors)
    steps = enter(loop.weights(0), loop.lr, source, options, loop.batch)
    steps[HAND_UINT8] = HandStep(loop.weights(0), loop.lr, arrays(uint8), xp)
    return steps


def benchmark(loop: Loop, options: Options) -> Section:
    """Microseconds a step of all contestants, over whole epochs."""
    drawn = by_hand.shuffled_batches(60_000, loop.batch, seed=1)
    order = list(islice(drawn, CHECKED_STEPS))
    agreement = check_same_work(loop.title, entered(loop, options, order), CHECKED_STEPS)

    # A round is one epoch of each, so that everyone shuffles exactly once in it. On a GPU each turn
    # is some AT_ONCE steps, so that all the work of a launch is in it.
    steps = 90 if options.quick else -(-60_000 // loop.batch)
    if options.device == "gpu":
        steps = max(1, steps // (3 * AT_ONCE)) * 3 * AT_ONCE
    times = timing.race(
        entered(loop, options, None),
        steps=steps,
        rounds=options.times(15, quick=3, gpu=7),
        parts=3,
        wait=timing.waiter(options.device),
    )
    section = _table(loop, times)
    section.notes.append(agreement)
    return section


def _table(loop: Loop, times: timing.Times) -> Section:
    # Against the better of the two hand-written loops on this machine: the stricter reading.
    best = max((HAND, HAND_UINT8), key=lambda hand: timing.ratio(times, OURS, hand))
    others = [TORCH] if TORCH in times else []
    section = Section(loop.title, ["", *(f"x {name}" for name in [best, *others]), "us a step"])
    for name in times:
        ratios = [f"{timing.ratio(times, name, base):.2f}" for base in [best, *others]]
        section.rows.append([name, *ratios, f"{median(times[name]) * 1e6:.0f}"])
    for name in (OURS, OURS_TRACED, OURS_CAPTURED, OURS_AT_ONCE):
        if name in times:
            low, high = timing.middle_half(timing.ratios(times, name, best))
            section.notes.append(
                f"{name} / {best}: half of the rounds lie in {low:.2f} to {high:.2f}"
            )
    section.goals += _goals(loop, times, best)
    section.chart = Bars(
        f"Training step, {loop.name}, batch {loop.batch}",
        "times as long as the best by hand (black: half of the rounds)",
        {name: timing.ratio(times, name, best) for name in times},
        spread={name: timing.middle_half(timing.ratios(times, name, best)) for name in times},
    )
    return section


def _goals(loop: Loop, times: timing.Times, best: str) -> list[Goal]:
    """The goals of the CPU, or of a GPU."""
    wanted: list[tuple[str, str, float, float | None]] = (
        [
            (OURS, best, 1.0, 0.85),
            (OURS_TRACED, best, 1.0, 0.85),
            (OURS, TORCH, loop.of_torch, None),
        ]
        if OURS_TRACED in times
        else [
            (OURS, TORCH, 0.6, None),
            (OURS_AT_ONCE, TORCH, 0.1, None),
            (OURS_AT_ONCE, TORCH_CAPTURED, 1.0, None),
        ]
    )
    return [
        Goal(f"{loop.name}: {name} / {base}", timing.ratio(times, name, base), most, dream=dream)
        for name, base, most, dream in wanted
        if base in times
    ]
