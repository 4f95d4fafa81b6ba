"""Images a second out of a DataLoader: MNIST, shuffled, in batches of 100, and nothing else done.

A CPU's matter; on a GPU the tensors lie there already, and the loader sends indices only.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from statistics import median
from typing import Any

import numpy as np

import tinygrad_lr as tg
from benchmarks import by_hand, timing
from benchmarks.contestants import HAND, HAND_UINT8
from benchmarks.plot import Bars
from benchmarks.report import RAW, Options, Section
from benchmarks.steps import endless, our_dataset
from tinygrad_lr.utils.data import DataLoader, TensorDataset

BATCH = 100
CHECKED = 10  # batches
MNIST_BYTES, TENSORS = "tinygrad_lr, MNIST with ToTensor", "tinygrad_lr, TensorDataset"
TORCH_TENSORS = "PyTorch, TensorDataset"
TORCH_IMAGES = "PyTorch, image by image (as the documents)"


def entered(options: Options, shuffle: bool) -> dict[str, Iterator[Any]]:
    """Endless batches, from everyone."""
    images, labels = by_hand.read_mnist(RAW)
    scaled = images.astype(np.float32) / 255
    tensors = TensorDataset(tg.from_numpy(scaled), tg.from_numpy(labels))
    batches: dict[str, Iterator[Any]] = {}
    for name, gather in (
        (HAND, by_hand.gather_float32(images, labels)),
        (HAND_UINT8, by_hand.gather_uint8(images, labels)),
    ):
        order = by_hand.shuffled_batches(len(images), BATCH, seed=4)
        in_order = (np.arange(i, i + BATCH) for i in range(0, len(images), BATCH))
        batches[name] = map(gather, order if shuffle else in_order)
    batches |= {
        MNIST_BYTES: endless(DataLoader(our_dataset("cpu"), batch_size=BATCH, shuffle=shuffle)),
        TENSORS: endless(DataLoader(tensors, batch_size=BATCH, shuffle=shuffle)),
    }
    if options.reference is not None:
        torch, loader = options.reference.torch, options.reference.DataLoader
        in_memory = torch.utils.data.TensorDataset(
            torch.from_numpy(scaled), torch.from_numpy(labels)
        )
        one_by_one = options.reference.ImageByImage(RAW, train=True)
        batches[TORCH_TENSORS] = endless(loader(in_memory, batch_size=BATCH, shuffle=shuffle))
        batches[TORCH_IMAGES] = endless(loader(one_by_one, batch_size=BATCH, shuffle=shuffle))
    return batches


def check_same_images(batches: dict[str, Iterator[Any]]) -> None:
    """Raise SystemExit unless everyone's first batches, in order, are equal to the last bit."""
    first = {
        name: [
            (to_numpy(x).reshape(-1, by_hand.PIXELS), to_numpy(y))
            for x, y in islice(of_one, CHECKED)
        ]
        for name, of_one in batches.items()
    }
    for name, got in first.items():
        for (x, y), (images, labels) in zip(got, first[HAND_UINT8], strict=True):
            if x.dtype != np.float32 or not np.array_equal(x, images) or list(y) != list(labels):
                raise SystemExit(f"DataLoader: the batches of {name!r} are not those by hand")


def to_numpy(tensor: Any) -> np.ndarray:
    """The array of a tensor from any of the three."""
    return tensor if isinstance(tensor, np.ndarray) else tensor.numpy()


def benchmark(options: Options) -> Section:
    """An epoch of each, a round."""
    check_same_images(entered(options, shuffle=False))
    batches = entered(options, shuffle=True)
    times = timing.race(
        {name: of_one.__next__ for name, of_one in batches.items()},
        steps=30 if options.quick else 60_000 // BATCH,
        rounds=options.times(3, quick=1),
    )
    rate = {name: BATCH / median(seconds) for name, seconds in times.items()}
    return Section(
        f"DataLoader: MNIST shuffled, batches of {BATCH}",
        ["", f"times as fast as {HAND_UINT8}", "images a second"],
        [
            [name, f"{1 / timing.ratio(times, name, HAND_UINT8):.2f}", f"{rate[name]:,.0f}"]
            for name in rate
        ],
        [f"same work: {CHECKED} batches in order are equal to the last bit"],
        chart=Bars("DataLoader, batches of 100", "images a second", rate, ",.0f", logarithmic=True),
    )
