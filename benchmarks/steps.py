"""The two MNIST training steps: `tinygrad_lr` against the same loop by hand and PyTorch eager.

Before anything is timed, all of them train on the same batches from the same weights and must
arrive at the same losses and weights. A contestant that does less work is not faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from types import ModuleType

import numpy as np

import tinygrad_lr as tg
from benchmarks import by_hand
from benchmarks.report import (
    DATA,
    RAW,
    Goal,
    Options,
    Section,
    middle_half,
    race,
    ratio,
    ratios,
)
from tinygrad_lr import nn, optim
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import DataLoader, Dataset, Subset, TensorDataset

OURS, TORCH = "tinygrad_lr", "PyTorch eager"
HAND_FLOAT32, HAND_UINT8 = "by hand, float32 images", "by hand, uint8 images"

CHECKED_STEPS, TOLERANCE = 50, 1e-4


@dataclass(frozen=True)
class Loop:
    """One of the two training loops."""

    kind: str
    title: str
    batch: int
    lr: float
    model: Callable[[], nn.Module]
    weights: Callable[[int], list[np.ndarray]]
    step_by_hand: by_hand.TrainStep


LOOPS = {
    "logreg": Loop(
        kind="logreg",
        title="Training step, logistic regression 784-10, batch 100, SGD lr 0.001",
        batch=100,
        lr=0.001,
        model=lambda: nn.Sequential(nn.Linear(784, 10)),
        weights=by_hand.logreg_weights,
        step_by_hand=by_hand.logreg_step,
    ),
    "fnn": Loop(
        kind="fnn",
        title="Training step, sigmoid network 784-100-10, batch 128, SGD lr 0.1",
        batch=128,
        lr=0.1,
        model=lambda: nn.Sequential(nn.Linear(784, 100), nn.Sigmoid(), nn.Linear(100, 10)),
        weights=by_hand.fnn_weights,
        step_by_hand=by_hand.fnn_step,
    ),
}


# -- tinygrad_lr -----------------------------------------------------------------------------------


def our_dataset(device: str) -> Dataset:
    """MNIST as a user has it on the CPU; on a GPU, tensors that live there already."""
    dataset = MNIST(DATA, train=True, transform=ToTensor())
    if device == "cpu":
        return dataset
    images, labels = by_hand.read_mnist(RAW)
    scaled = images.astype(np.float32) / 255
    return TensorDataset(tg.from_numpy(scaled).to(device), tg.from_numpy(labels).to(device))


class OurStep:
    """One training step a call, through the public API and nothing else."""

    def __init__(self, loop: Loop, loader: DataLoader, device: str) -> None:
        self.model = loop.model()
        load_weights(self.model, loop.weights(0))
        self.model.to(device)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = optim.SGD(self.model.parameters(), lr=loop.lr)
        self.batches = endless(loader)

    def __call__(self) -> tg.Tensor:
        images, labels = next(self.batches)
        loss = self.criterion(self.model(images.view(-1, 784)), labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def weights(self) -> list[np.ndarray]:
        return [parameter.detach().cpu().numpy() for parameter in self.model.parameters()]


def load_weights(model: nn.Module, weights: list[np.ndarray]) -> None:
    with tg.no_grad():
        for parameter, value in zip(model.parameters(), weights, strict=True):
            parameter.copy_(tg.from_numpy(value))


def endless(loader: DataLoader) -> Iterator:
    """Epoch after epoch. The cost of shuffling and starting each of them is part of the loop."""
    while True:
        yield from loader


# -- by hand ---------------------------------------------------------------------------------------


class HandStep:
    """One training step a call, in plain NumPy."""

    def __init__(self, loop: Loop, gather: by_hand.Gather, batches: Iterator[np.ndarray]) -> None:
        self.weights = loop.weights(0)
        self.step, self.lr = loop.step_by_hand, loop.lr
        self.gather, self.batches = gather, batches

    def __call__(self) -> np.ndarray:
        images, labels = self.gather(next(self.batches))
        return self.step(self.weights, images, labels, self.lr)


# -- the same work? --------------------------------------------------------------------------------


def check_same_work(loop: Loop, dataset: Dataset, device: str, reference: ModuleType | None) -> str:
    """Train everyone on the same batches; raise SystemExit, in words, unless they agree."""
    images, labels = by_hand.read_mnist(RAW)
    first = by_hand.shuffled_batches(len(images), loop.batch, seed=1)
    batches = [next(first) for _ in range(CHECKED_STEPS)]
    outcomes = {}

    for name, gather in (
        (HAND_FLOAT32, by_hand.gather_float32(images, labels)),
        (HAND_UINT8, by_hand.gather_uint8(images, labels)),
    ):
        hand = HandStep(loop, gather, iter(batches))
        outcomes[name] = ([float(hand()) for _ in batches], hand.weights)

    same_order = Subset(dataset, np.concatenate(batches).tolist())
    ours = OurStep(loop, DataLoader(same_order, batch_size=loop.batch), device)
    outcomes[OURS] = ([ours().item() for _ in batches], ours.weights())

    if reference is not None:
        model = {"logreg": reference.torch_logreg, "fnn": reference.torch_fnn}[loop.kind]()
        reference.set_weights(model, loop.weights(0))
        scaled = ((images[index].astype(np.float32) / 255, labels[index]) for index in batches)
        outcomes[TORCH] = (reference.train(model, scaled, loop.lr), reference.get_weights(model))

    return _compare(loop, outcomes)


def _compare(loop: Loop, outcomes: dict[str, tuple[list[float], list[np.ndarray]]]) -> str:
    expected_losses, expected_weights = outcomes[HAND_FLOAT32]
    worst = 0.0
    for name, (losses, weights) in outcomes.items():
        apart = float(np.abs(np.subtract(losses, expected_losses)).max())
        for got, expected in zip(weights, expected_weights, strict=True):
            apart = max(apart, float(np.abs(got - expected).max()))
        if not apart <= TOLERANCE:  # written so that NaN fails too
            raise SystemExit(
                f"{loop.title}: after {CHECKED_STEPS} steps on the same batches, {name!r} is "
                f"{apart:.2g} away from {HAND_FLOAT32!r} in its losses or weights (allowed: "
                f"{TOLERANCE:g}). They do not do the same work, so nothing was timed."
            )
        worst = max(worst, apart)
    return f"same work: losses and weights of {CHECKED_STEPS} steps agree within {worst:.1e}"


# -- the benchmark ---------------------------------------------------------------------------------


def benchmark(kind: str, options: Options, reference: ModuleType | None) -> Section:
    """Microseconds a step of all contestants, over whole epochs."""
    loop, device = LOOPS[kind], options.device
    dataset = our_dataset(device)
    agreement = check_same_work(loop, dataset, device, reference)

    contestants = _contestants(loop, dataset, device, reference)
    # A round is one epoch of each, so that everyone shuffles exactly once in it.
    steps = -(-60_000 // loop.batch)
    times = race(contestants, steps, rounds=options.times(15, quick=3), parts=3)

    section = Section(loop.title, ["", "x float32", "x uint8", "us a step"], notes=[agreement])
    for name in times:
        section.rows.append(
            [
                name,
                f"{ratio(times, name, HAND_FLOAT32):.2f}",
                f"{ratio(times, name, HAND_UINT8):.2f}",
                f"{median(times[name]) * 1e6:.0f}",
            ]
        )
    if reference is None:
        section.rows.append([TORCH, "-", "-", "no torch"])
    # Against the better of the two hand-written loops on this machine: the stricter reading.
    best = max((HAND_FLOAT32, HAND_UINT8), key=lambda hand: ratio(times, OURS, hand))
    against = ratio(times, OURS, best)
    spread = middle_half(ratios(times, OURS, best))
    section.notes.append(f"{OURS} / {best}: half of the rounds lie in {spread}")
    section.goals.append(Goal(f"step of {kind} / best by hand", against, 1.2))
    return section


def _contestants(
    loop: Loop, dataset: Dataset, device: str, reference: ModuleType | None
) -> dict[str, Callable[[], object]]:
    images, labels = by_hand.read_mnist(RAW)
    ours = OurStep(loop, DataLoader(dataset, batch_size=loop.batch, shuffle=True), device)

    def hand(gather: by_hand.Gather) -> HandStep:
        return HandStep(loop, gather, by_hand.shuffled_batches(len(images), loop.batch, seed=2))

    contestants: dict[str, Callable[[], object]] = {
        OURS: ours if device == "cpu" else _synchronized(ours),
        HAND_FLOAT32: hand(by_hand.gather_float32(images, labels)),
        HAND_UINT8: hand(by_hand.gather_uint8(images, labels)),
    }
    if reference is not None:
        scaled = images.astype(np.float32) / 255
        epochs = by_hand.shuffled_batches(len(images), loop.batch, seed=3)
        drawn = [next(epochs) for _ in range(5 * -(-len(images) // loop.batch))]
        contestants[TORCH] = reference.torch_step(loop.kind, scaled, labels, drawn, loop.lr)
    return contestants


def _synchronized(step: OurStep) -> Callable[[], object]:
    """Wait for the GPU after each step, else only the launching of its kernels would be timed.

    Not tried on a GPU yet. Reading one number back a step makes this an upper bound.
    """

    def synchronized() -> float:
        step()
        return float(step.weights()[-1][0])

    return synchronized
