"""The two MNIST training steps, batches and all: `tinygrad_lr` against by hand and other libraries.

Before anything is timed, all of them train on the same batches from the same weights and must
arrive at the same losses and weights.

`python -m benchmarks.steps LOOP NAME STEPS` is one contestant in a process of its own: served.py.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from statistics import median
from typing import Any

import numpy as np

from benchmarks import by_hand, contestants, processes, timing
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
    agree,
    check_same_work,
    torch_device,
)
from benchmarks.plot import Bars
from benchmarks.report import DATA, RAW, Goal, Options, Section
from benchmarks.served import Gone, Served
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.device import library
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import DataLoader, Dataset, Subset, TensorDataset

CHECKED_STEPS = 3 * AT_ONCE  # what is captured is launched, too


@dataclass(frozen=True)
class Loop:
    """One of the two training loops. `wanted` is how long ours may take, by hand 1."""

    name: str
    title: str
    batch: int
    lr: float
    weights: Callable[[int], Weights]
    wanted: float


LOGREG = Loop(
    name="784-10",
    title="Training step, logistic regression 784-10, batch 100, SGD lr 0.001",
    batch=100,
    lr=0.001,
    weights=by_hand.logreg_weights,
    wanted=1.2,
)
FNN = Loop(
    name="784-100-10",
    title="Training step, sigmoid network 784-100-10, batch 128, SGD lr 0.1",
    batch=128,
    lr=0.1,
    weights=by_hand.fnn_weights,
    wanted=1.05,
)
LOOPS = {loop.name: loop for loop in (LOGREG, FNN)}
IMAGES = 60_000


def epoch(loop: Loop) -> int:
    """Steps of an epoch: the last batch may be shorter."""
    return -(-IMAGES // loop.batch)


def drawn(loop: Loop, count: int) -> list[np.ndarray]:
    """The rows of `count` batches, the same for everybody."""
    return list(islice(by_hand.shuffled_batches(IMAGES, loop.batch, seed=1), count))


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


def entrants(
    loop: Loop, options: Options, order: list[np.ndarray] | None
) -> dict[str, Callable[[], Any]]:
    """What makes everyone who takes part, with batches of MNIST: in this `order`, or shuffled.

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

    def rows() -> list[np.ndarray]:
        # Drawn beforehand, five epochs that come round again: what others' loaders cost, PyTorch's
        # own goes image by image, is not in their time.
        shuffled = by_hand.shuffled_batches(len(images), loop.batch, seed=3)
        return order or list(islice(shuffled, 5 * epoch(loop)))

    def scaled() -> np.ndarray:
        return images.astype(np.float32) / 255

    def torch_tensors() -> Batches:
        assert options.reference is not None
        torch, place = options.reference.torch, torch_device(device)
        x = torch.from_numpy(scaled()).to(place)
        y = torch.from_numpy(labels).to(place)
        indices = [torch.from_numpy(index.copy()).to(place) for index in rows()]
        return ((x[index], y[index]) for index in cycle(indices))

    many = partial(tensors, AT_ONCE * loop.batch)
    float32, uint8 = by_hand.gather_float32, by_hand.gather_uint8
    source = Source(tensors, many, lambda: arrays(float32(images, labels, xp)), torch_tensors)
    weights = loop.weights(0)
    makers = contestants.entrants(weights, loop.lr, source, options, loop.batch)
    makers[HAND_UINT8] = lambda: HandStep(weights, loop.lr, arrays(uint8(images, labels, xp)), xp)
    if device == "cpu":
        for name, peer in processes.peers().items():
            makers[name] = partial(
                lambda peer: peer(weights, loop.lr, scaled(), labels, rows()), peer
            )
    return makers


def benchmark(loop: Loop, options: Options) -> Section:
    """Microseconds a step of all contestants, over whole epochs."""
    if options.device == "gpu":
        return _in_one_process(loop, options)
    names = [HAND, HAND_UINT8, OURS, OURS_TRACED, *([TORCH] if options.reference else [])]
    checked = 20 if options.quick else CHECKED_STEPS
    there: dict[str, Served] = {}
    absent: list[str] = []
    with ExitStack() as stack:
        for name in names + list(processes.peers()):
            if wrong := _absent(name, options):
                absent.append(f"{name}: {wrong}")
                continue
            try:
                there[name] = stack.enter_context(closing(Served(loop.name, name, checked)))
            except Gone as gone:
                if name in names:
                    raise
                absent.append(str(gone))
        agreement = agree(loop.title, {name: one.outcome for name, one in there.items()})
        # A round is an epoch of each, so that everyone shuffles exactly once in it.
        turns = {name: one.turn for name, one in there.items()}
        count = 50 if options.quick else epoch(loop)
        timing.take_turns(turns, count, rounds=1)  # whatever is compiled is compiled now
        times = timing.take_turns(
            turns,
            steps=count,
            rounds=options.times(9, quick=3),
        )
    section = _table(loop, times)
    section.notes += [agreement, *absent]
    compiled = [f"{n} {there[n].first:.1f} s" for n in processes.peers() if n in there]
    if compiled:
        section.notes.append(f"the first call, compiling included, took {', '.join(compiled)}")
    return section


def _absent(name: str, options: Options) -> str:
    """Why a peer cannot take part, as far as that is known before it is tried."""
    peer = processes.peers().get(name)
    if peer is None or importlib.util.find_spec(peer.library):
        return "left out of a quick run" if peer and options.quick else ""
    return f"{peer.library} is not installed"


def _in_one_process(loop: Loop, options: Options) -> Section:
    """As it is on a GPU, where everyone computes beside Python."""

    def entered(order: list[np.ndarray] | None) -> dict[str, Any]:
        return {name: make() for name, make in entrants(loop, options, order).items()}

    agreement = check_same_work(loop.title, entered(drawn(loop, CHECKED_STEPS)), CHECKED_STEPS)
    times = timing.race(
        entered(None),
        # Each turn is some AT_ONCE steps, so that all the work of a launch is in it.
        steps=round(epoch(loop) / (3 * AT_ONCE)) * 3 * AT_ONCE,
        rounds=options.times(7, quick=3),
        parts=3,
        wait=timing.waiter(options.device),
    )
    section = _table(loop, times)
    section.notes.append(agreement)
    return section


def _table(loop: Loop, times: timing.Times) -> Section:
    # Against the better of the two hand-written loops on this machine: the stricter reading.
    best = min((HAND, HAND_UINT8), key=lambda hand: median(times[hand]))
    bases = [best, *(name for name in (OURS_TRACED, TORCH) if name in times)]
    section = Section(loop.title, ["", *(f"x {name}" for name in bases), "us a step"])
    for name in times:
        ratios = [f"{timing.ratio(times, name, base):.2f}" for base in bases]
        section.rows.append([name, *ratios, f"{median(times[name]) * 1e6:.0f}"])
    for name in (OURS, OURS_TRACED, OURS_CAPTURED, OURS_AT_ONCE):
        if name in times:
            low, high = timing.middle_half(timing.ratios(times, name, best))
            section.notes.append(
                f"{name} / {best}: half of the rounds lie in {low:.2f} to {high:.2f}"
            )
    section.goals += _goals(loop, times, best)
    section.first_title = f"{loop.name}, batch {loop.batch}"
    section.first = {name: median(rounds) * 1e6 for name, rounds in times.items()}
    section.chart = Bars(
        f"A training step of {loop.name}, batch {loop.batch}",
        "times as long as the best by hand (black: half of the rounds)",
        {name: timing.ratio(times, name, best) for name in times},
        spread={name: timing.middle_half(timing.ratios(times, name, best)) for name in times},
    )
    return section


def _goals(loop: Loop, times: timing.Times, best: str) -> list[Goal]:
    """The goals of the CPU, or of a GPU."""
    if OURS_TRACED not in times:
        wanted = [(OURS, TORCH, 0.6)] if loop is FNN else []
        wanted += [(OURS_CAPTURED, TORCH_CAPTURED, 1.0), (OURS_AT_ONCE, TORCH_CAPTURED, 1.0)]
        return [_goal(loop, times, *goal) for goal in wanted if goal[1] in times]
    others = [name for name in (TORCH, *processes.peers()) if name in times]
    others = [name for name in others if "epoch" not in name]  # which is one call, not steps
    goals = [
        _goal(loop, times, OURS, best, loop.wanted, dream=1.0),
        _goal(loop, times, OURS_TRACED, best, 0.9),
    ]
    if others:
        fastest = min(others, key=lambda name: timing.ratio(times, name, best))
        goals.append(_goal(loop, times, OURS_TRACED, fastest, 1.0))
    return goals


def _goal(
    loop: Loop, times: timing.Times, name: str, base: str, most: float, dream: float | None = None
) -> Goal:
    return Goal(f"{loop.name}: {name} / {base}", timing.ratio(times, name, base), most, dream=dream)


# -- in the process of its own ---------------------------------------------------------------------


def main() -> None:
    loop, name, checked = LOOPS[sys.argv[1]], sys.argv[2], int(sys.argv[3])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer

    def answer(value: Any) -> None:
        print(json.dumps(value), file=answers, flush=True)

    options = Options(reference=processes.pytorch() if name == TORCH else None)
    step = entrants(loop, options, drawn(loop, checked))[name]()
    start = time.perf_counter()
    losses = numbers(step())
    first = time.perf_counter() - start
    while len(losses) < checked:
        losses += numbers(step())
    answer({"first": first, "losses": losses, "weights": [w.tolist() for w in step.weights()]})

    step = entrants(loop, options, None)[name]()  # what was checked is gone
    at_once = getattr(step, "at_once", 1)
    wait = getattr(step, "wait", lambda: None)
    part = 1
    for line in sys.stdin:
        calls = max(1, int(line) // at_once // part)
        seconds = timing.turn(step, calls, wait)
        answer(seconds * int(line) / (calls * at_once))
        if seconds > 3:
            part = 10  # who is that slow is not waited for: from now on, a tenth of each turn


def numbers(losses: Any) -> list[float]:
    """The loss, or the losses, that a call has returned."""
    return [float(loss) for loss in np.ravel(losses.tolist())]


if __name__ == "__main__":
    main()
