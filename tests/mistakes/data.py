"""Mistakes with data: loaders and their batches, transforms, data sets in an empty folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_lr as tg
from mistakes import EXAMPLES, Mistakes, X
from mistakes.optimizers import ITS_STATE
from tinygrad_lr import datasets
from tinygrad_lr.datasets import MNIST, DatasetError, FashionMNIST
from tinygrad_lr.transforms import Compose, Normalize, ToTensor
from tinygrad_lr.utils.data import (
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    random_split,
)

# --------------------------------------------------------------------------------- data and loaders

TEN = TensorDataset(tg.arange(10))


class Empty(Dataset):
    """A data set whose author defined nothing yet."""


def first_batch(*samples: Any) -> Any:
    return next(iter(DataLoader(list(samples), len(samples))))


LOADERS: Mistakes = {
    "batches of nothing": (
        lambda: DataLoader(TEN, 0),
        ValueError,
        ["DataLoader: batch_size must be an integer >= 1", "got 0"],
    ),
    "batches of a fraction": (
        lambda: DataLoader(TEN, 10 / 4),  # type: ignore[arg-type]
        ValueError,
        ["DataLoader: batch_size must be an integer >= 1", "2.5"],
    ),
    "a loader of nothing": (
        lambda: DataLoader([], shuffle=True),
        ValueError,
        ["DataLoader: the data set is empty", "nothing to shuffle"],
    ),
    "a loader of a number": (
        lambda: DataLoader(10),
        TypeError,
        ["DataLoader: a data set has len()", "int", "__len__"],
    ),
    "a loader of an iterator": (
        lambda: DataLoader(iter([1, 2])),
        TypeError,
        ["DataLoader: a data set has len()", "list_iterator", "__len__"],
    ),
    "a data set without a length": (
        lambda: DataLoader(Empty()),
        NotImplementedError,
        ["Empty defines no __len__", "__len__(self)"],
    ),
    "a data set without samples to ask for": (
        lambda: Empty()[0],
        NotImplementedError,
        ["Empty defines no __getitem__", "__getitem__(self, index)"],
    ),
    "a seed for a loader": (
        lambda: DataLoader(TEN, 5, generator=42),  # type: ignore[arg-type]
        TypeError,
        ["DataLoader: generator must be a Generator, got 42", "manual_seed"],
    ),
    "a collate_fn that was called already": (
        lambda: DataLoader(TEN, 5, collate_fn=default_collate([1])),
        TypeError,
        ["DataLoader: collate_fn must be a function", "Tensor"],
    ),
    "images and labels of different lengths": (
        lambda: TensorDataset(tg.ones(3, 2), tg.ones(4)),
        ValueError,
        ["TensorDataset:", "equally many rows", "[3, 4]"],
    ),
    "arrays in a TensorDataset": (
        lambda: TensorDataset(np.ones(3)),  # type: ignore[arg-type]
        TypeError,
        ["TensorDataset: expected Tensors", "ndarray at place 0", "tensor()"],
    ),
    "a number in a TensorDataset": (
        lambda: TensorDataset(tg.tensor(3.0)),
        ValueError,
        ["TensorDataset: the Tensor at place 0", "single number"],
    ),
    "a TensorDataset of nothing": (
        lambda: TensorDataset(),
        ValueError,
        ["TensorDataset: expected at least one Tensor"],
    ),
    "a sample that is not there": (
        lambda: TEN[10],
        IndexError,
        ["index 10 is out of range", "-10 to 9"],
    ),
    "a batch with a sample that is not there": (
        lambda: TEN.__getitems__(np.array([3, 10])),
        IndexError,
        ["TensorDataset: the indices go from 3 to 10", "10 samples", "0 to 9"],
    ),
    "a batch with half a sample": (
        lambda: TEN.__getitems__([3, 0.5]),
        IndexError,
        ["the index of a sample is an integer", "got float 0.5"],
    ),
    "samples of several data sets at once": (
        lambda: (TEN + TEN)[[0, 1]],
        IndexError,
        ["ConcatDataset: the index of a sample is an integer", "got list [0, 1]"],
    ),
    "a subset that goes too far": (
        lambda: Subset(TEN, [3, 11]),
        IndexError,
        ["Subset: indices go from 3 to 11", "10 samples", "0 to 9"],
    ),
    "a subset by a mask": (
        lambda: Subset(TEN, [True, False]),
        TypeError,
        ["Subset: the indices must be integers", "bool", "np.flatnonzero(mask)"],
    ),
    "a subset of one number": (
        lambda: Subset(TEN, 5),  # type: ignore[arg-type]
        ValueError,
        ["Subset: the indices must be a list of integers", "got 5"],
    ),
    "a subset's sample that is not there": (
        lambda: Subset(TEN, [1, 2])[5],
        IndexError,
        ["Subset: index 5 is out of range", "2 samples"],
    ),
    "lengths that do not add up": (
        lambda: random_split(TEN, [3, 4]),
        ValueError,
        ["random_split: the lengths [3, 4] add up to 7", "10 samples", "must be equal"],
    ),
    "fractions that do not add up": (
        lambda: random_split(TEN, [0.5, 0.4]),
        ValueError,
        ["random_split: the fractions [0.5, 0.4]", "add up to 1"],
    ),
    "a negative length": (
        lambda: random_split(TEN, [12, -2]),
        ValueError,
        ["random_split: a length must be >= 0", "[12, -2]"],
    ),
    "one length": (
        lambda: random_split(TEN, 8),  # type: ignore[arg-type]
        TypeError,
        ["random_split: the lengths must be a list", "got 8", "[9, 1]"],
    ),
    "a seed for a split": (
        lambda: random_split(TEN, [5, 5], 42),  # type: ignore[arg-type]
        TypeError,
        ["random_split: generator must be a Generator, got 42", "manual_seed"],
    ),
    "samples of different shapes": (
        lambda: first_batch(tg.ones(2), tg.ones(3)),
        tg.ShapeError,
        ["cannot make a batch", "(2,)", "(3,)", "collate_fn"],
    ),
    "samples of different parts": (
        lambda: first_batch((1, 2), (3,)),
        ValueError,
        ["cannot make a batch: its sample 0 has 2 parts, sample 1 has 1", "collate_fn"],
    ),
    "samples of different keys": (
        lambda: first_batch({"image": 1}, {"picture": 2}),
        ValueError,
        ["cannot make a batch", "['image']", "['picture']", "collate_fn"],
    ),
    "samples of different kinds": (
        lambda: first_batch(1.0, tg.ones(2)),
        TypeError,
        ["cannot make a batch of float and Tensor", "sample 1", "collate_fn"],
    ),
    "samples that are None": (
        lambda: first_batch(None, None),
        TypeError,
        ["cannot make a batch of NoneType", "collate_fn"],
    ),
    "the state of a loader with other batches": (
        lambda: DataLoader(TEN, 5).load_state_dict(DataLoader(TEN, 2).state_dict()),
        ValueError,
        ["DataLoader: the state is of a loader with batch_size 2, this one has 5"],
    ),
    "the state of a loader of other data": (
        lambda: DataLoader(TEN, 5).load_state_dict(DataLoader([1, 2], 5).state_dict()),
        ValueError,
        ["DataLoader: the state is of a loader with size 2, this one has 10"],
    ),
    "the state of no loader": (
        lambda: DataLoader(TEN, 5).load_state_dict(ITS_STATE),
        ValueError,
        ["DataLoader: not the state of a loader", "'batch_size'", "state_dict()"],
    ),
    "a sampler that is shuffled": (
        lambda: DataLoader(TEN, sampler=[3, 1], shuffle=True),
        ValueError,
        ["DataLoader: a sampler says the order itself", "leave out shuffle"],
    ),
    "a batch_sampler and the size of batches": (
        lambda: DataLoader(TEN, 5, batch_sampler=[[3, 1]]),
        ValueError,
        ["DataLoader: a batch_sampler says all", "leave out batch_size"],
    ),
    "no batches, and the last of them": (
        lambda: DataLoader(TEN, None, drop_last=True),
        ValueError,
        ["DataLoader: with batch_size=None there is no last batch"],
    ),
    "another name for batch_size": (
        lambda: DataLoader(TEN, batchsize=5),
        TypeError,
        ["DataLoader: there is no option 'batchsize'", "did you mean 'batch_size'?"],
    ),
    "an option that nothing here is like": (
        lambda: DataLoader(TEN, colour="red"),
        TypeError,
        ["DataLoader: there is no option 'colour'"],
    ),
    "another batch_size for a loader": (
        lambda: setattr(DataLoader(TEN, 5), "batch_size", 2),
        ValueError,
        ["DataLoader: batch_size cannot be changed any more", "another loader"],
    ),
    "a sample that a sampler asks for and is not there": (
        lambda: list(DataLoader(TEN, 2, sampler=[3, 12])),
        IndexError,
        ["TensorDataset: the indices go from 3 to 12", "10 samples"],
    ),
    "how many batches a generator gives": (
        lambda: len(DataLoader(TEN, 2, sampler=iter([3, 1]))),
        TypeError,
        ["how many batches there are is not known", "no __len__"],
    ),
    "a stream with indices": (
        lambda: DataLoader(IterableDataset(), sampler=[1]),
        ValueError,
        ["DataLoader: sampler is about indices", "IterableDataset has none"],
    ),
    "a stream whose author defined nothing": (
        lambda: list(DataLoader(IterableDataset())),
        NotImplementedError,
        ["IterableDataset defines no __iter__", "__iter__(self)"],
    ),
    "a stream among data sets": (
        lambda: ConcatDataset([TEN, IterableDataset()]),
        TypeError,
        ["ConcatDataset: an IterableDataset has no indices", "ChainDataset"],
    ),
    "data sets added, too far": (
        lambda: (TEN + TEN)[20],
        IndexError,
        ["ConcatDataset: index 20 is out of range", "20 samples"],
    ),
    "weights below 0": (
        lambda: WeightedRandomSampler([0.5, -1], 3),
        ValueError,
        ["WeightedRandomSampler: weights must be finite numbers >= 0"],
    ),
    "more samples than have a weight": (
        lambda: WeightedRandomSampler([1, 0, 2], 3, replacement=False),
        ValueError,
        ["WeightedRandomSampler: cannot draw 3 samples without replacement, only 2"],
    ),
    "samples of NumPy's text": (
        lambda: first_batch(np.array(["a"]), np.array(["b"])),
        TypeError,
        ["cannot hold the dtype", "<U1"],
    ),
}


# --------------------------------------------------------------------------------------- transforms

TRANSFORMS: Mistakes = {
    "a file's name instead of an image": (
        lambda: ToTensor()("cat.png"),
        TypeError,
        ["ToTensor: expected a NumPy array or a PIL image", "str", "PIL.Image.open"],
    ),
    "a row instead of an image": (
        lambda: ToTensor()(np.ones(784)),
        ValueError,
        ["ToTensor: expected one image of shape (H, W)", "(784,)"],
    ),
    "an image that requires grad": (
        lambda: ToTensor()(tg.ones(28, 28, requires_grad=True)),
        TypeError,
        ["ToTensor: no gradient would come back", "unsqueeze(-3)", "detach()"],
    ),
    "ToTensor twice": (
        lambda: Compose([ToTensor(), ToTensor()])(np.ones((28, 28), np.uint8)),
        ValueError,
        ["ToTensor: expected an image", "(1, 28, 28)", "leave ToTensor out"],
    ),
    "the class of a transform": (
        lambda: Compose([ToTensor]),
        TypeError,
        ["Compose: a transform must be an object", "the class ToTensor", "ToTensor()"],
    ),
    "a transform without a list": (
        lambda: Compose(ToTensor()),  # type: ignore[arg-type]
        TypeError,
        ["Compose: expected a list of transforms", "ToTensor", "Compose([first, second])"],
    ),
    "the name of a transform": (
        lambda: Compose([ToTensor(), "normalize"]),  # type: ignore[list-item]
        TypeError,
        ["Compose: a transform must be a function of an image", "'normalize'"],
    ),
    "Normalize before ToTensor": (
        lambda: Normalize(0.5, 0.5)(tg.ones(1, 2, 2, dtype="uint8")),
        TypeError,
        ["Normalize: expected a Tensor of floating-point", "uint8", "ToTensor() before Normalize"],
    ),
    "Normalize of an image without channels": (
        lambda: Normalize(0.5, 0.5)(tg.ones(2, 2)),
        ValueError,
        ["Normalize: expected shape (C, H, W)", "(2, 2)"],
    ),
    "Normalize for other channels": (
        lambda: Normalize((0.1, 0.2, 0.3), (1, 1, 1))(tg.ones(1, 2, 2)),
        ValueError,
        ["Normalize: mean has 3 numbers", "1 channel(s)", "one per channel"],
    ),
    "Normalize by zero": (
        lambda: Normalize(0.5, 0.0)(tg.ones(1, 2, 2)),
        ValueError,
        ["Normalize: std=0.0 is zero", "divides by it"],
    ),
    "Normalize by text": (
        lambda: Normalize("0.5", 1.0),  # type: ignore[arg-type]
        TypeError,
        ["Normalize: expected numbers", "'0.5'"],
    ),
    "a number as data sets": (
        lambda: ConcatDataset(3),
        TypeError,
        ["ConcatDataset: expected a list of data sets, got int"],
    ),
    "one Tensor as samples": (
        lambda: default_collate(X),
        TypeError,
        ["default_collate: expected a list of samples, got Tensor"],
    ),
    "a dict as samples": (
        lambda: default_collate({"x": X}),
        TypeError,
        ["default_collate: expected a list of samples, got dict"],
    ),
}


# -------------------------------------------------------------------- data sets, in an empty folder


class Clothes(FashionMNIST):
    """FashionMNIST that sees only the folder it is given, also where Debian's package is."""

    _system_folders = ()


def a_file(kind: type[MNIST], name: str, content: bytes) -> Callable[[], Any]:
    """`kind` loaded from the folder "data" in which `name` holds `content`."""

    def load() -> Any:
        folder = Path("data", kind._folder, "raw")
        folder.mkdir(parents=True)
        (folder / name).write_bytes(content)
        return kind("data", train=False)

    return load


TEST_IMAGES = next(f for f in datasets.FILES if str(f) == "MNIST's test images")
REAL = EXAMPLES / "data" / "MNIST" / "raw"


def digits() -> MNIST:
    return MNIST(EXAMPLES / "data", train=False)


DATASETS: Mistakes = {
    "a folder that is not there": (
        lambda: MNIST("absent"),
        DatasetError,
        ["MNIST's train images are not in absent", "download=True", "SHA-256", "https://"],
    ),
    "Fashion-MNIST that was not downloaded": (
        lambda: Clothes("."),
        DatasetError,
        ["Fashion-MNIST's train images are not in", "download=True", "http://"],
    ),
    "no folder at all": (
        lambda: MNIST(None),  # type: ignore[arg-type]
        TypeError,
        ["MNIST: root must be the path of a folder", "None"],
    ),
    "train='test'": (
        lambda: MNIST(".", train="test"),  # type: ignore[arg-type]
        TypeError,
        ["MNIST: train must be True", "False", "'test'"],
    ),
    "the class of a transform for a data set": (
        lambda: MNIST(EXAMPLES / "data", train=False, transform=ToTensor),
        TypeError,
        ["MNIST: a transform must be an object", "the class ToTensor", "ToTensor()"],
    ),
    "an empty file": (
        a_file(MNIST, TEST_IMAGES.name, b""),
        DatasetError,
        [TEST_IMAGES.name, "is empty", "7840016 bytes", "download=True"],
    ),
    "a truncated file": (
        a_file(MNIST, TEST_IMAGES.name, TEST_IMAGES.header + bytes(1000)),
        DatasetError,
        ["is truncated", "expected 7840016 bytes", "found 1016", "download=True"],
    ),
    "a truncated .gz file": (
        a_file(
            MNIST, TEST_IMAGES.name + ".gz", (REAL / f"{TEST_IMAGES.name}.gz").read_bytes()[:999]
        ),
        DatasetError,
        ["is truncated", "expected 7840016 bytes", "download=True"],
    ),
    "a web page that was saved as the file": (
        a_file(MNIST, TEST_IMAGES.name, b"<!DOCTYPE html><html>404</html>"),
        DatasetError,
        ["is not MNIST's test images", "as a web page does", "download=True"],
    ),
    "labels in the images' place": (
        a_file(MNIST, TEST_IMAGES.name, (REAL / "t10k-labels-idx1-ubyte.gz").read_bytes()),
        DatasetError,
        ["is the wrong file", "MNIST's test labels, not MNIST's test images"],
    ),
    "digits in the clothes' place": (
        a_file(Clothes, TEST_IMAGES.name, (REAL / f"{TEST_IMAGES.name}.gz").read_bytes()),
        DatasetError,
        ["is the wrong file", "MNIST's test images, not Fashion-MNIST's test images"],
    ),
    "an image that is not there": (
        lambda: digits()[10000],
        IndexError,
        ["MNIST: index 10000 is out of range", "10000 images", "0 to 9999"],
    ),
    "several images at once": (
        lambda: digits()[:5],  # type: ignore[index]
        TypeError,
        ["MNIST: an index is an integer, not slice", ".data[...]", "DataLoader"],
    ),
    "an idx file that is text": (
        lambda: datasets.read_idx(b"label,pixel\n"),
        DatasetError,
        ["not an idx file", "b'labe'", "expected"],
    ),
    "an idx file's name": (
        lambda: datasets.read_idx("train-images-idx3-ubyte"),  # type: ignore[arg-type]
        TypeError,
        ["read_idx: expected the bytes of a file", "str", "read_bytes()"],
    ),
}
