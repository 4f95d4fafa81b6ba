"""Subsets, splits and samplers beside PyTorch's: which samples there are, and in which order.

Also of classes that derive from ours, and of an MNIST whose images or targets were replaced.
"""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from data_beside import BOTH, data, numbers, plain
from documents import DATA

import tinygrad_lr as tg
from tinygrad_lr.datasets import MNIST

# -------------------------------------------------------------- Subset, ConcatDataset, random_split

INDICES: dict[str, Callable[[Any], Any]] = {
    "list": lambda lib: [7, -1, 2, 2],
    "tuple": lambda lib: (7, -1, 2, 2),
    "range": lambda lib: range(8, 0, -3),
    "array": lambda lib: np.array([7, -1, 2, 2]),
    "array of int32": lambda lib: np.array([7, -1, 2, 2], np.int32),
    "tensor": lambda lib: lib.tensor([7, -1, 2, 2]),
    "NumPy numbers": lambda lib: [np.int64(7), np.int64(-1), np.uint8(2), np.int16(2)],
}


@pytest.mark.parametrize("kind", INDICES)
def test_a_subset_of_any_indices_is_pytorch_s(kind: str) -> None:
    found = []
    for lib in BOTH:
        subset = data(lib).Subset(numbers(lib), INDICES[kind](lib))
        nested = data(lib).Subset(subset, [-1, 0])
        found.append(
            [
                len(subset),
                plain(lib, [subset[i] for i in range(-len(subset), len(subset))]),
                plain(lib, [nested[0], nested[-1]]),
                plain(lib, list(data(lib).DataLoader(subset, 3))),
                plain(lib, list(data(lib).DataLoader(nested, 3))),
                type(subset.indices) in (lib.Tensor, type(INDICES[kind](lib))),
            ]
        )
    assert str(found[0]) == str(found[1])


@pytest.mark.parametrize("part", [slice(1, 3), slice(None, None, -1), slice(-2, None), [0, -1, 0]])
def test_a_part_of_a_subset_is_pytorch_s(part: Any) -> None:
    indices = [7, 1, 2, 5]
    their_part = part if isinstance(part, list) else list(range(4))[part]
    ours = tg.utils.data.Subset(numbers(tg), indices)[part]
    theirs = torch.utils.data.Subset(numbers(torch), indices)[their_part]
    assert plain(tg, ours) == plain(torch, theirs)
    nested = tg.utils.data.Subset(tg.utils.data.Subset(numbers(tg), range(9, -1, -1)), indices)
    assert nested[part][0].tolist() == [9 - i for i in ours[0].tolist()]


def test_the_indices_of_a_subset_may_be_changed() -> None:
    for lib in BOTH:
        indices = [1, 2, 3]
        subset = data(lib).Subset(numbers(lib), indices)
        assert subset.indices is indices
        indices[0] = 9
        subset.indices.append(0)
        assert [x.tolist() for x, _ in data(lib).DataLoader(subset, 4)] == [[9, 2, 3, 0]]
        array = np.array([3, 1])
        of_array = data(lib).Subset(numbers(lib), array)
        array[0] = 7
        assert [x.tolist() for x, _ in data(lib).DataLoader(of_array, 4)] == [[7, 1]]
        subset.indices = subset.indices[:2]
        assert [x.tolist() for x, _ in data(lib).DataLoader(subset, 4)] == [[9, 2]]
        assert len(subset) == 2


def test_random_split_gives_lists_of_indices_which_may_be_changed() -> None:
    for lib in BOTH:
        parts = data(lib).random_split(numbers(lib), [6, 4])
        assert [type(part) for part in parts] == [data(lib).Subset] * 2
        before = [x.tolist() for x, _ in data(lib).DataLoader(parts[0], 6)]
        copied = copy.deepcopy(parts[0])
        assert [type(part.indices) for part in parts] == [list, list]
        assert all(type(i) is int for part in parts for i in part.indices)
        assert sorted(parts[0].indices + parts[1].indices) == list(range(10))
        assert before == [parts[0].indices] == [copied.indices]
        parts[0].indices.sort()
        assert [x.tolist() for x, _ in data(lib).DataLoader(parts[0], 6)] == [parts[0].indices]
        assert before[0] != parts[0].indices or before[0] == sorted(before[0])


@pytest.mark.parametrize(
    "lengths", [[1], [1, 0], [0.5, 0.5], (3, 7), np.array([3, 7]), [np.int64(4), 6], [0.25] * 4]
)
def test_random_split_takes_pytorch_s_lengths(lengths: Any) -> None:
    found = []
    for lib in BOTH:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            parts = data(lib).random_split(numbers(lib), lengths)
        found.append(([len(part) for part in parts], bool(seen)))
    assert found[0] == found[1]


def test_data_sets_added_are_one_after_the_other() -> None:
    for lib in BOTH:
        d = data(lib)
        both = numbers(lib, 2) + [(7, 49), (8, 64)] + d.Subset(numbers(lib), [5])  # noqa: RUF005
        assert type(both) is d.ConcatDataset
        assert len(both) == 5
        assert [int(both[i][0]) for i in range(-5, 5)] == [0, 1, 7, 8, 5] * 2
        assert int(both[np.int64(4)][1]) == 25
        assert [int(x) for x, _ in both] == [0, 1, 7, 8, 5]
        assert d.ConcatDataset([numbers(lib, 0), numbers(lib, 3)])[-1][0] == 2
        assert d.ConcatDataset(iter([numbers(lib, 2)])).cumulative_sizes == [2]
        pairs = d.ConcatDataset([[(1, 1)], [(2, 4)]])
        assert [x.tolist() for x, _ in d.DataLoader(pairs, 3)] == [[1, 2]]


# ----------------------------------------------------------------------------------------- samplers


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"num_samples": 3},
        {"num_samples": 23},
        {"replacement": True},
        {"replacement": True, "num_samples": 23},
    ],
    ids=str,
)
def test_a_random_sampler_draws_as_many_as_pytorch_s_from_its_generator(
    arguments: dict[str, Any], seed: int
) -> None:
    d = tg.utils.data
    drawn = []
    for _ in range(2):
        generator = tg.Generator().manual_seed(seed)
        sampler = d.RandomSampler(range(10), generator=generator, **arguments)
        drawn.append([list(sampler), list(sampler)])
    theirs = torch.utils.data.RandomSampler(range(10), **arguments)
    assert drawn[0] == drawn[1]
    first, second = drawn[0]
    assert first != second
    assert len(first) == len(sampler) == len(theirs) == len(list(theirs))
    assert all(type(i) is int and 0 <= i < 10 for i in first)
    if "replacement" not in arguments:
        for start in range(0, len(first), 10):
            assert len(set(first[start : start + 10])) == len(first[start : start + 10])


def test_samplers_of_subsets_and_weights() -> None:
    d = tg.utils.data
    some = d.SubsetRandomSampler([3, 5, 9], generator=tg.Generator().manual_seed(1))
    assert len(some) == 3
    assert sorted(some) == [3, 5, 9]
    assert {tuple(some) for _ in range(50)} == set(itertools.permutations([3, 5, 9]))
    weights = [0.0, 1.0, 3.0]
    drawn = list(d.WeightedRandomSampler(weights, 4000, generator=tg.Generator().manual_seed(1)))
    assert set(drawn) == {1, 2}
    assert abs(drawn.count(2) / 4000 - 0.75) < 0.03
    once = d.WeightedRandomSampler(tg.tensor(weights), 2, replacement=False)
    assert sorted(once) == [1, 2]
    loader = d.DataLoader(numbers(tg), 2, sampler=some)
    assert sorted(itertools.chain(*(x.tolist() for x, _ in loader))) == [3, 5, 9]


def test_manual_seed_fixes_the_order_of_a_sampler_without_a_generator() -> None:
    d = tg.utils.data
    orders = []
    for _ in range(2):
        tg.manual_seed(3)
        orders.append([list(d.RandomSampler(range(9))), list(d.SubsetRandomSampler(range(9)))])
    assert orders[0] == orders[1]


@pytest.mark.parametrize("how", ["sampler", "batch_sampler"])
@pytest.mark.parametrize("count", range(5))
def test_a_loader_with_a_random_sampler_can_go_on(count: int, how: str) -> None:
    d = tg.utils.data

    def loader(seed: int) -> Any:
        sampler = d.RandomSampler(range(10), generator=tg.Generator().manual_seed(seed))
        if how == "sampler":
            return d.DataLoader(numbers(tg), 3, sampler=sampler)
        return d.DataLoader(numbers(tg), batch_sampler=d.BatchSampler(sampler, 3, False))

    first, second = loader(1), loader(2)
    running = iter(first)
    for _ in range(count):
        next(running)
    state = first.state_dict()
    left = [x.tolist() for x, _ in running]
    second.load_state_dict(state)
    assert [x.tolist() for x, _ in second] == left


# ------------------------------------------------------------------------ classes derived from ours


def test_a_derived_class_that_defines_only_getitem_is_asked_for_single_samples() -> None:
    """It was passed over, without a word: __getitems__ of the class above was asked."""
    for lib in BOTH:

        class Noisy(data(lib).TensorDataset):  # type: ignore[misc, name-defined]
            def __getitem__(self, index: int) -> Any:
                x, y = super().__getitem__(index)
                return x + 100, y

        noisy = Noisy(lib.arange(4), lib.arange(4))
        assert [x.tolist() for x, _ in data(lib).DataLoader(noisy, 3)] == [[100, 101, 102], [103]]
        part = data(lib).Subset(noisy, [3, 0])
        assert [x.tolist() for x, _ in data(lib).DataLoader(part, 3)] == [[103, 100]]


def test_a_derived_sampler_that_gives_another_order_is_followed() -> None:
    for lib in BOTH:

        class Backwards(data(lib).SequentialSampler):  # type: ignore[misc, name-defined]
            def __iter__(self) -> Iterator[int]:
                return iter(range(len(self) - 1, -1, -1))

        loader = data(lib).DataLoader(numbers(lib, 5), 3, sampler=Backwards(range(5)))
        assert [x.tolist() for x, _ in loader] == [[4, 3, 2], [1, 0]]


def test_a_data_set_around_another_is_asked_itself() -> None:
    class Around:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def __len__(self) -> int:
            return len(self.inner)

        def __getitem__(self, index: int) -> Any:
            return self.inner[index][0] * 10

    ((batch),) = tg.utils.data.DataLoader(Around(numbers(tg, 3)), 3)  # type: ignore[arg-type]
    assert batch.tolist() == [0, 10, 20]


# -------------------------------------------------------------------------------------------- MNIST


@pytest.fixture(scope="module")
def loaded() -> MNIST:
    return MNIST(DATA, train=False)


@pytest.mark.parametrize("kind", ["list", "array", "tensor", "uint8", "floats", "list of floats"])
def test_the_targets_of_mnist_may_be_replaced(loaded: MNIST, kind: str) -> None:
    mnist = copy.copy(loaded)
    wanted = [int(label) % 3 for label in loaded.targets.tolist()]
    new: Any = {
        "list": lambda: list(wanted),
        "array": lambda: np.array(wanted),
        "tensor": lambda: tg.tensor(wanted),
        "uint8": lambda: np.array(wanted, np.uint8),
        "floats": lambda: tg.tensor(wanted).float(),
        "list of floats": lambda: [float(label) for label in wanted],
    }[kind]()
    mnist.targets = new
    assert mnist.targets is new
    assert [mnist[i][1] for i in range(5)] == wanted[:5]
    assert type(mnist[0][1]) is int
    _, labels = next(iter(tg.utils.data.DataLoader(mnist, 100)))
    assert labels.dtype == tg.int64
    assert labels.tolist() == wanted[:100]
    mnist.target_transform = lambda label: -label
    _, labels = next(iter(tg.utils.data.DataLoader(mnist, 100)))
    assert labels.tolist() == [-label for label in wanted[:100]]


def test_the_images_of_mnist_may_be_replaced(loaded: MNIST) -> None:
    mnist = copy.copy(loaded)
    for fewer in (loaded.data[:7], loaded.data[:7].numpy(), list(loaded.data[:7].numpy())):
        mnist.data, mnist.targets = fewer, loaded.targets[:7]  # type: ignore[assignment]
        assert len(mnist) == 7
        ((images, labels),) = tg.utils.data.DataLoader(mnist, 10)
        assert images.tolist() == loaded.data[:7].tolist()
        assert mnist[6][0].tolist() == loaded.data[6].tolist()
        assert labels.shape == (7,)


def test_a_collate_fn_is_given_mnist_s_samples_as_they_are(loaded: MNIST) -> None:
    """The label a number of Python's, which can be looked up in a dict."""

    def names(samples: list[Any]) -> list[str]:
        assert all(type(label) is int for _, label in samples)
        return [loaded.classes[label] for _, label in samples]

    wanted = [loaded.classes[loaded[i][1]] for i in range(3)]
    for dataset in (loaded, tg.utils.data.Subset(loaded, range(10))):
        loader = tg.utils.data.DataLoader(dataset, 3, collate_fn=names)
        assert next(iter(loader)) == wanted
