"""Data as PyTorch's tutorials load them: each case is written once, and run in both libraries."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_lr as tg
from tinygrad_lr import datasets
from tinygrad_lr.transforms import Compose, Lambda, Normalize, Resize, ToTensor

BOTH = pytest.mark.parametrize("t", [tg, torch], ids=["here", "PyTorch"])


def shown(batches: Any) -> str:
    return repr(list(batches)).replace("torch.", "")


TABLE = "length,width,kind\n1.0,2.0,0\n3.0,4.5,1\n5.0,6.0,0\n7.0,8.0,1\n9.0,1.5,1\n"


def flowers(t: Any) -> Any:
    class Flowers(t.utils.data.Dataset):
        def __init__(self, file: Any, transform: Any = None, target_transform: Any = None) -> None:
            self.rows = list(csv.DictReader(file))
            self.transform, self.target_transform = transform, target_transform

        def __len__(self) -> int:
            return len(self.rows)

        def __getitem__(self, idx: int) -> Any:
            row = self.rows[idx]
            x = t.tensor([float(row["length"]), float(row["width"])])
            y = int(row["kind"])
            x = self.transform(x) if self.transform else x
            return x, self.target_transform(y) if self.target_transform else y

    return Flowers


def counting(t: Any) -> Any:
    class Counting(t.utils.data.IterableDataset):
        def __init__(self, start: int, end: int) -> None:
            self.start, self.end = start, end

        def __iter__(self) -> Iterator[Any]:
            assert t.utils.data.get_worker_info() is None
            return iter(range(self.start, self.end))

    return Counting


def stacked(t: Any) -> Any:
    data = t.utils.data
    both = data.StackDataset(data.TensorDataset(t.arange(4)), range(4, 8))
    named = data.StackDataset(x=[1.0, 2.0, 3.0], y=["a", "b", "c"])
    loader = data.DataLoader(named, batch_size=2)
    return [len(both), both[1], *data.DataLoader(both, 2), len(named), named[2], *loader]


CASES: dict[str, Callable[[Any], Any]] = {
    "of a table": lambda t: t.utils.data.DataLoader(flowers(t)(io.StringIO(TABLE)), batch_size=2),
    "with transforms": lambda t: t.utils.data.DataLoader(
        flowers(t)(io.StringIO(TABLE), lambda x: x / 10, lambda y: t.tensor([y, 1 - y])), 3
    ),
    "drop_last": lambda t: t.utils.data.DataLoader(
        flowers(t)(io.StringIO(TABLE)), batch_size=2, drop_last=True, pin_memory=False
    ),
    "what can only be gone through": lambda t: t.utils.data.DataLoader(
        counting(t)(3, 10), batch_size=4, num_workers=0
    ),
    "a chain": lambda t: t.utils.data.DataLoader(
        t.utils.data.ChainDataset([counting(t)(0, 2), counting(t)(5, 8)]), batch_size=2
    ),
    "stacked": stacked,
    "the first batch": lambda t: next(
        iter(t.utils.data.DataLoader(flowers(t)(io.StringIO(TABLE)), batch_size=4))
    ),
    "sizes of fractions": lambda t: [
        [len(part) for part in t.utils.data.random_split(range(n), fractions)]
        for n, fractions in [(10, [0.8, 0.2]), (11, [0.5, 0.5]), (11, [0.3, 0.3, 0.4]), (7, [1.0])]
    ],
    "one thing after another": lambda t: t.utils.data.ConcatDataset(
        [flowers(t)(io.StringIO(TABLE)), flowers(t)(io.StringIO(TABLE))]
    )[-1],
    "every second": lambda t: t.utils.data.DataLoader(
        flowers(t)(io.StringIO(TABLE)),
        batch_sampler=t.utils.data.BatchSampler(range(0, 5, 2), batch_size=2, drop_last=False),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_batch_is_pytorchs(case: str) -> None:
    assert shown(CASES[case](tg)) == shown(CASES[case](torch))


WRONG: dict[str, Callable[[Any], Any]] = {
    "nothing stacked": lambda t: t.utils.data.StackDataset(),
    "stacked by position and by name": lambda t: t.utils.data.StackDataset([1], x=[1]),
    "of different lengths": lambda t: t.utils.data.StackDataset([1], [1, 2]),
    "shuffled, and has no indices": lambda t: t.utils.data.DataLoader(
        counting(t)(0, 3), shuffle=True
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_pytorch_refuses_is_refused_by_an_error_of_its_kind(wrong: str) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        WRONG[wrong](torch)
    with pytest.raises(theirs.type):
        WRONG[wrong](tg)


def test_what_is_for_processes_that_load_ahead_is_accepted() -> None:
    loader = tg.utils.data.DataLoader(
        range(4),
        batch_size=2,
        num_workers=2,
        pin_memory=True,
        persistent_workers=True,
        prefetch_factor=4,
        timeout=3,
        worker_init_fn=print,
        multiprocessing_context="fork",
        pin_memory_device="cuda",
    )
    assert [batch.tolist() for batch in loader] == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("utils.data", "Dataset"),
        ("utils.data", "get_worker_info"),
        ("utils.data.dataset", "Dataset"),
        ("utils.data.dataset", "random_split"),
        ("utils.data.sampler", "SubsetRandomSampler"),
        ("utils.data.dataloader", "DataLoader"),
        ("utils.data.dataloader", "default_collate"),
    ],
)
def test_it_is_imported_from_where_pytorch_has_it(module: str, name: str) -> None:
    for library in ("tinygrad_lr", "torch"):
        assert hasattr(importlib.import_module(f"{library}.{module}"), name)


# --------------------------------------------------------------------------------------- transforms


def test_the_quickstarts_transforms(tmp_path: Path) -> None:
    mnist = datasets.MNIST(
        root="examples/data",
        train=False,
        download=False,
        transform=Compose([Resize((14, 14)), ToTensor()]),
        target_transform=Lambda(lambda y: tg.zeros(10, dtype=tg.float) + y),
    )
    image, label = mnist[0]
    assert (image.shape, label.tolist()) == ((1, 14, 14), [7.0] * 10)
    images, labels = next(iter(tg.utils.data.DataLoader(mnist, batch_size=3)))
    assert (images.shape, labels.shape) == ((3, 1, 14, 14), (3, 10))
    assert (images[0] == image).all()


def test_they_print_as_torchvisions() -> None:
    assert repr(Lambda(abs)) == "Lambda()"
    assert repr(Compose([Resize((28, 28)), ToTensor(), Normalize((0.5,), (0.5,))])) == (
        "Compose(\n"
        "    Resize(size=(28, 28), interpolation=bilinear, max_size=None, antialias=True)\n"
        "    ToTensor()\n"
        "    Normalize(mean=(0.5,), std=(0.5,))\n"
        ")"
    )


SIZES = [(28, 28, 32, 32), (28, 28, 14, 14), (28, 28, 9, 64), (5, 7, 5, 3), (3, 4, 50, 60)]


@pytest.mark.parametrize("size", SIZES)
def test_bytes_are_resized_as_pil_does_it(size: tuple[int, int, int, int]) -> None:
    pil = pytest.importorskip("PIL.Image")
    height, width, *wanted = size
    image = np.random.default_rng(0).integers(0, 256, (height, width), dtype=np.uint8)
    theirs = Resize(wanted)(pil.fromarray(image))
    assert theirs.size == tuple(wanted[::-1])
    ours = Resize(wanted)(tg.from_numpy(image))
    assert ours.dtype == np.uint8
    off = np.abs(ours.numpy().astype(int) - np.asarray(theirs)).max()
    assert off <= (1 if wanted == [9, 64] else 0)  # there PIL begins with the height
    batch = Resize(wanted).batch(np.stack([image, image]))
    assert np.array_equal(batch.numpy()[1], ours.numpy())


@pytest.mark.parametrize("size", SIZES)
def test_floats_are_resized_as_pytorch_does_it(size: tuple[int, int, int, int]) -> None:
    height, width, *wanted = size
    image = np.random.default_rng(0).random((2, 3, height, width), np.float32)
    theirs = torch.nn.functional.interpolate(
        torch.from_numpy(image), wanted, mode="bilinear", antialias=True
    )
    ours = Resize(wanted)(tg.from_numpy(image))
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=0, atol=1e-5)


def test_one_number_is_the_shorter_side() -> None:
    tall = tg.zeros(1, 40, 28)
    assert Resize(14)(tall).shape == (1, 20, 14)
    assert Resize([14])(tall.mT).shape == (1, 14, 20)
    assert Resize(14, max_size=18)(tall).shape == (1, 18, 12)
    assert Resize((40, 28))(tall) is tall


def test_gradients_flow_through_a_resize() -> None:
    x = tg.ones(1, 4, 4, requires_grad=True)
    Resize((2, 2))(x).sum().backward()
    assert x.grad.sum().item() == pytest.approx(4.0)


REFUSED: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "no function": (lambda: Lambda(3), TypeError, "Lambda: expected a function, got int"),
    "no size": (lambda: Resize(0), ValueError, "Resize: size must be one or two integers"),
    "three sizes": (lambda: Resize((1, 2, 3)), ValueError, "one or two integers"),
    "nearest": (lambda: Resize(3, "nearest"), ValueError, "only interpolation='bilinear'"),
    "too small a limit": (lambda: Resize(3, max_size=2), ValueError, "max_size is for"),
    "an array": (lambda: Resize(3)(np.ones((2, 2))), TypeError, "Resize: expected a Tensor"),
    "integers": (lambda: Resize(3)(tg.ones(2, 2).long()), TypeError, "uint8 or floats"),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_a_refusal_says_what_is_expected(wrong: str) -> None:
    call, kind, words = REFUSED[wrong]
    with pytest.raises(kind, match=words):
        call()
