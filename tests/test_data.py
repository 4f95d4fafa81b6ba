"""tinygrad_lr.utils.data: which samples come in which batch, in what order, and going on later."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from mistakes import assert_told_in_words

import tinygrad_lr
from tinygrad_lr import Generator, Tensor
from tinygrad_lr.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    DistributedSampler,
    RandomSampler,
    SequentialSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)


class Squares(Dataset):
    """Sample i is the pair (i, i * i), as two numbers: no ``__getitems__``."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> Any:
        return index, index * index


class Columns(Squares):
    """The same, a batch at once as a tuple of Tensors."""

    def __getitem__(self, index: int) -> Any:
        raise AssertionError("the loader asked for one sample")

    def __getitems__(self, indices: Any) -> Any:
        return tinygrad_lr.tensor(indices), tinygrad_lr.tensor(indices**2)


class Samples(Columns):
    """The same, a batch at once as a list of samples, as PyTorch's protocol has it."""

    def __getitems__(self, indices: Any) -> Any:
        return [(int(i), int(i) ** 2) for i in indices]


def numbers(size: int) -> TensorDataset:
    values = np.arange(size)
    return TensorDataset(tinygrad_lr.tensor(values), tinygrad_lr.tensor(values**2))


DATASETS: dict[str, Callable[[int], Any]] = {
    "TensorDataset": numbers,
    "one by one": Squares,
    "getitems giving columns": Columns,
    "getitems giving samples": Samples,
    "Subset": lambda size: Subset(numbers(size + 3), range(size)),
    "Subset of one by one": lambda size: Subset(Squares(size + 3), range(size)),
    "Subset of a Subset": lambda size: Subset(
        Subset(numbers(2 * size), range(2 * size)), range(size)
    ),
}


def order(loader: Any) -> list[list[int]]:
    """The batches of one time through, as the numbers of their samples."""
    batches = []
    for x, y in loader:
        assert y.tolist() == [i * i for i in x.tolist()]
        batches.append(x.tolist())
    return batches


def seeded(seed: int = 1) -> Generator:
    return Generator().manual_seed(seed)


# --- Which samples, in which order


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("batch_size", [1, 3, 5, 10, 11, 1000])
@pytest.mark.parametrize("drop_last", [False, True])
def test_without_shuffle_the_batches_are_pytorch_s(
    dataset: str, batch_size: int, drop_last: bool
) -> None:
    loader = DataLoader(DATASETS[dataset](10), batch_size, drop_last=drop_last)
    reference = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.arange(10), torch.arange(10) ** 2),
        batch_size,
        drop_last=drop_last,
    )
    wanted = [x.tolist() for x, _ in reference]
    for _ in range(2):
        assert order(loader) == wanted
    assert len(loader) == len(reference) == len(wanted)


@pytest.mark.parametrize("dataset", DATASETS)
@given(size=st.integers(1, 40), batch_size=st.integers(1, 45), drop_last=st.booleans())
def test_each_epoch_is_a_permutation_cut_into_batches(
    dataset: str, size: int, batch_size: int, drop_last: bool
) -> None:
    loader = DataLoader(
        DATASETS[dataset](size), batch_size, True, drop_last=drop_last, generator=seeded()
    )
    for _ in range(2):
        batches = order(loader)
        assert len(batches) == len(loader)
        seen = list(itertools.chain(*batches))
        assert len(set(seen)) == len(seen)
        assert set(seen) <= set(range(size))
        full, rest = divmod(size, batch_size)
        wanted = [batch_size] * full + ([rest] if rest and not drop_last else [])
        assert [len(batch) for batch in batches] == wanted


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_batch_is_a_list_of_whole_tensors(dataset: str) -> None:
    for batch in DataLoader(DATASETS[dataset](7), 3, shuffle=True):
        assert type(batch) is list
        assert len(batch) == 2
        assert all(isinstance(part, Tensor) for part in batch)
        assert all(part.dtype == np.int64 and part.ndim == 1 for part in batch)


def test_each_epoch_has_another_order_and_none_is_the_original() -> None:
    loader = DataLoader(numbers(50), 50, shuffle=True, generator=seeded())
    orders = [order(loader)[0] for _ in range(5)]
    orders.append(list(range(50)))
    assert len({tuple(o) for o in orders}) == 6


def test_the_order_comes_from_the_generator_and_from_nothing_else() -> None:
    def epochs(disturb: Callable[[], Any]) -> list[Any]:
        loader = DataLoader(numbers(20), 6, shuffle=True, generator=seeded())
        found = []
        for _ in range(3):
            found.append(order(loader))
            disturb()
        return found

    evaluation = DataLoader(numbers(30), 4)
    wanted = epochs(lambda: None)
    assert epochs(lambda: order(evaluation)) == wanted
    assert epochs(lambda: tinygrad_lr.manual_seed(5)) == wanted
    assert epochs(lambda: tinygrad_lr.randn(3)) == wanted
    assert epochs(lambda: np.random.seed(0)) == wanted


def test_evaluating_takes_nothing_from_the_default_generator_either() -> None:
    def epochs(evaluate: bool) -> list[Any]:
        tinygrad_lr.manual_seed(4)
        loader = DataLoader(numbers(20), 6, shuffle=True)
        found = []
        for _ in range(3):
            found.append(order(loader))
            if evaluate:
                order(DataLoader(numbers(9), 2))
        return found

    assert epochs(True) == epochs(False)


def test_manual_seed_makes_the_order_of_a_loader_without_generator() -> None:
    def first(seed: int) -> Any:
        tinygrad_lr.manual_seed(seed)
        return order(DataLoader(numbers(20), 6, shuffle=True))

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_two_iterators_at_once_do_not_disturb_each_other() -> None:
    loader = DataLoader(numbers(6), 2)
    pairs = [(a[0].tolist(), b[0].tolist()) for a in loader for b in loader]
    batches = [[0, 1], [2, 3], [4, 5]]
    assert pairs == list(itertools.product(batches, batches))

    shuffled = DataLoader(numbers(6), 2, shuffle=True, generator=seeded())
    outer = []
    for x, _ in shuffled:
        outer += x.tolist()
        assert sorted(itertools.chain(*order(shuffled))) == list(range(6))
    assert sorted(outer) == list(range(6))


def test_changing_a_batch_does_not_change_the_data() -> None:
    dataset = TensorDataset(tinygrad_lr.zeros(6, 2))
    for shuffle in (False, True):
        for (x,) in DataLoader(dataset, 2, shuffle=shuffle):
            x.add_(1)
            x.array[...] = 7
    assert not dataset.tensors[0].any()


def test_the_whole_data_set_in_one_batch_is_a_copy_too() -> None:
    dataset = TensorDataset(tinygrad_lr.zeros(6, 2))
    ((x,),) = DataLoader(dataset, 6)
    assert not np.shares_memory(x.array, dataset.tensors[0].array)


def test_num_workers_and_its_like_from_a_pytorch_document_are_accepted() -> None:
    assert order(DataLoader(numbers(4), batch_size=2, shuffle=False, num_workers=2)) == [
        [0, 1],
        [2, 3],
    ]


# --- How samples become a batch


def one_by_one(*samples: Any) -> Any:
    class Given(Dataset):
        def __len__(self) -> int:
            return len(samples)

        def __getitem__(self, index: int) -> Any:
            return samples[index]

    return next(iter(DataLoader(Given(), len(samples))))


COLLATED: dict[str, tuple[list[Any], Any]] = {
    "int": ([1, 2], ("int64", [1, 2])),
    "bool": ([True, False], ("bool", [True, False])),
    "float": ([0.5, 2.0], ("float64", [0.5, 2.0])),
    "NumPy number": ([np.int64(3), np.int64(4)], ("int64", [3, 4])),
    "array": ([np.ones(2, np.float32), np.zeros(2, np.float32)], ("float32", [[1, 1], [0, 0]])),
    "array of bytes": ([np.ones(2, np.uint8)] * 2, ("uint8", [[1, 1], [1, 1]])),
    "0-d array": ([np.array(2), np.array(3)], ("int64", [2, 3])),
    "Tensor": (
        [tinygrad_lr.ones(1, 2), tinygrad_lr.zeros(1, 2)],
        ("float32", [[[1, 1]], [[0, 0]]]),
    ),
    "0-d Tensor": ([tinygrad_lr.tensor(2), tinygrad_lr.tensor(3)], ("int64", [2, 3])),
    "str": (["cat", "dog"], ["cat", "dog"]),
    "tuple": ([(1, "a"), (2, "b")], [("int64", [1, 2]), ("a", "b")]),
    "list": ([[1, 0.5], [2, 1.5]], [("int64", [1, 2]), ("float64", [0.5, 1.5])]),
    "dict": (
        [{"x": np.ones(1, np.float32), "y": 1}, {"x": np.zeros(1, np.float32), "y": 2}],
        {"x": ("float32", [[1], [0]]), "y": ("int64", [1, 2])},
    ),
    "nested": (
        [({"a": (1, 2)}, "s"), ({"a": (3, 4)}, "t")],
        [{"a": [("int64", [1, 3]), ("int64", [2, 4])]}, ("s", "t")],
    ),
}


def described(batch: Any) -> Any:
    """A batch with each Tensor written as (dtype, numbers)."""
    if isinstance(batch, Tensor):
        return str(batch.dtype), batch.tolist()
    if isinstance(batch, dict):
        return {key: described(value) for key, value in batch.items()}
    return [described(part) for part in batch] if isinstance(batch, list) else batch


@pytest.mark.parametrize("kind", COLLATED)
def test_samples_of_each_kind_become_a_batch(kind: str) -> None:
    samples, wanted = COLLATED[kind]
    assert described(one_by_one(*samples)) == wanted


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_collate_fn_gets_the_samples_as_a_list(dataset: str) -> None:
    seen = []

    def collate(samples: list[Any]) -> str:
        assert type(samples) is list
        seen.append([(int(x), int(y)) for x, y in samples])
        return f"batch of {len(samples)}"

    loader = DataLoader(DATASETS[dataset](5), 3, collate_fn=collate)
    assert list(loader) == ["batch of 3", "batch of 2"]
    assert seen == [[(0, 0), (1, 1), (2, 4)], [(3, 9), (4, 16)]]


def test_the_loader_asks_for_a_whole_batch_once() -> None:
    asked = []

    class Counting(Columns):
        def __getitems__(self, indices: Any) -> Any:
            asked.append(list(indices))
            return super().__getitems__(indices)

    order(DataLoader(Counting(5), 2))
    assert asked == [[0, 1], [2, 3], [4]]


# --- TensorDataset, Subset, random_split


def test_a_tensor_dataset_holds_rows_side_by_side() -> None:
    x, y = tinygrad_lr.tensor(np.arange(12.0).reshape(4, 3)), tinygrad_lr.tensor([0, 1, 2, 3])
    dataset = TensorDataset(x, y)
    assert len(dataset) == 4
    assert [part.tolist() for part in dataset[2]] == [[6.0, 7.0, 8.0], 2]
    assert [part.tolist() for part in dataset[-1]] == [[9.0, 10.0, 11.0], 3]
    assert [part.tolist() for part in dataset[1:3]] == [[[3, 4, 5], [6, 7, 8]], [1, 2]]
    ((batch, _),) = DataLoader(dataset, 4)
    assert batch.dtype == np.float64
    assert batch.tolist() == x.tolist()


def test_a_subset_is_the_samples_it_names_in_that_order() -> None:
    for dataset in (numbers(10), Squares(10)):
        subset = Subset(dataset, [7, 2, 2, 9])
        assert len(subset) == 4
        assert [int(subset[i][0]) for i in range(4)] == [7, 2, 2, 9]
        assert int(subset[-1][0]) == 9
        assert order(DataLoader(subset, 3)) == [[7, 2, 2], [9]]
        again = Subset(subset, [3, 0])
        assert order(DataLoader(again, 2)) == [[9, 7]]
    assert len(Subset(numbers(3), [])) == 0


@pytest.mark.parametrize(
    ("size", "lengths", "counts"),
    [
        (10, [7, 3], [7, 3]),
        (10, [10], [10]),
        (10, [10, 0], [10, 0]),
        (10, [0.8, 0.2], [8, 2]),
        (10, [0.5, 0.25, 0.25], [6, 2, 2]),
        (7, [0.5, 0.5], [4, 3]),
        (3, [1 / 3, 1 / 3, 1 / 3], [1, 1, 1]),
        (10, [1 / 3, 1 / 3, 1 / 3], [4, 3, 3]),
        (60000, [0.9, 0.1], [54000, 6000]),
        (101, [0.1, 0.2, 0.7], [11, 20, 70]),
        (10, [1.0], [10]),
    ],
)
def test_random_split_gives_pytorch_s_counts_and_each_sample_once(
    size: int, lengths: list[Any], counts: list[int]
) -> None:
    parts = random_split(numbers(size), lengths, generator=seeded())
    assert [len(part) for part in parts] == counts
    seen = [i for part in parts for i in part.indices]
    assert sorted(seen) == list(range(size))
    if 0 not in counts:
        theirs = torch.utils.data.random_split(range(size), lengths)
        assert [len(part) for part in theirs] == counts


def test_random_split_is_random_and_reproducible() -> None:
    def split(generator: Generator | None) -> list[Any]:
        return [p.indices for p in random_split(numbers(50), [30, 20], generator)]

    assert split(seeded(1)) == split(seeded(1)) != split(seeded(2))
    assert split(seeded(1))[0] != list(range(30))
    tinygrad_lr.manual_seed(3)
    first = split(None)
    tinygrad_lr.manual_seed(3)
    assert split(None) == first
    assert split(None) != first


# --- Stopping and going on


def upcoming(loader: Any, count: int) -> list[list[int]]:
    """The next `count` batches, however many times through that takes."""
    batches: list[list[int]] = []
    for _ in range(count + 2):
        for x, _ in loader:
            if len(batches) < count:
                batches.append(x.tolist())
    return batches


@given(
    size=st.integers(1, 12),
    batch_size=st.integers(1, 13),
    shuffle=st.booleans(),
    drop_last=st.booleans(),
    own=st.booleans(),
    epoch=st.integers(0, 2),
    data=st.data(),
)
def test_going_on_gives_exactly_the_batches_left_and_after_the_end_those_of_the_next_epoch(
    size: int,
    batch_size: int,
    shuffle: bool,
    drop_last: bool,
    own: bool,
    epoch: int,
    data: st.DataObject,
) -> None:
    def loader() -> DataLoader:
        generator = Generator() if own else None  # one that was not seeded alike
        return DataLoader(
            numbers(size), batch_size, shuffle, drop_last=drop_last, generator=generator
        )

    straight = loader()
    if not len(straight):
        return
    taken = data.draw(st.integers(1, len(straight) + 1))  # one more than there are: past the end
    for _ in range(epoch):
        order(straight)
    running = iter(straight)
    for _ in range(taken):
        next(running, None)
    state = json.loads(json.dumps(straight.state_dict()))  # nothing but plain values
    left = [x.tolist() for x, _ in running]
    assert len(left) == max(len(straight) - taken, 0)
    after = upcoming(straight, 2 * len(straight))
    if taken > len(straight):
        left, after = after[: len(straight)], after[len(straight) :]

    resumed = loader()
    resumed.load_state_dict(state)
    assert resumed.state_dict() == state
    assert order(resumed) == left
    assert upcoming(resumed, len(after)) == after


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_state_from_before_the_first_batch_can_be_loaded(shuffle: bool) -> None:
    first = DataLoader(numbers(9), 2, shuffle, generator=seeded())
    state = first.state_dict()
    wanted = order(first)
    second = DataLoader(numbers(9), 2, shuffle, generator=seeded())
    second.load_state_dict(state)
    assert order(second) == wanted


@pytest.mark.parametrize("shuffle", [False, True])
def test_a_state_from_an_iterator_that_has_given_nothing_yet(shuffle: bool) -> None:
    first = DataLoader(numbers(9), 2, shuffle, generator=seeded())
    order(first)
    running = iter(first)
    state = first.state_dict()
    wanted = [x.tolist() for x, _ in running]
    second = DataLoader(numbers(9), 2, shuffle, generator=seeded(5))
    second.load_state_dict(state)
    assert order(second) == wanted


def test_a_state_survives_a_checkpoint_file(tmp_path: Any) -> None:
    first = DataLoader(numbers(9), 2, shuffle=True, generator=seeded())
    running = iter(first)
    next(running)
    tinygrad_lr.save(first.state_dict(), tmp_path / "loader")
    wanted = [x.tolist() for x, _ in running]
    second = DataLoader(numbers(9), 2, shuffle=True, generator=seeded(8))
    second.load_state_dict(tinygrad_lr.load(tmp_path / "loader"))
    assert order(second) == wanted


def test_a_state_is_of_the_newest_iterator_even_when_an_older_one_goes_on() -> None:
    loader = DataLoader(numbers(12), 2, shuffle=True, generator=seeded())
    older = iter(loader)
    next(older)
    next(older)
    newest = iter(loader)
    next(newest)
    next(older)
    state = loader.state_dict()
    wanted = [x.tolist() for x, _ in newest]
    second = DataLoader(numbers(12), 2, shuffle=True, generator=seeded())
    second.load_state_dict(state)
    assert order(second) == wanted


def test_loading_a_state_and_evaluating_elsewhere_first_changes_nothing() -> None:
    first = DataLoader(numbers(9), 2, shuffle=True, generator=seeded())
    running = iter(first)
    next(running)
    state = first.state_dict()
    wanted = [x.tolist() for x, _ in running]
    second = DataLoader(numbers(9), 2, shuffle=True, generator=seeded(8))
    second.load_state_dict(state)
    order(DataLoader(numbers(4), 3))
    len(second)
    assert order(second) == wanted


def shuffled_state(**changes: Any) -> dict[str, Any]:
    loader = DataLoader(numbers(10), 5, shuffle=True, generator=seeded())
    next(iter(loader))
    return {**loader.state_dict(), **changes}


# --- What goes wrong, and what the message says

TEN = numbers(10)

MISTAKES: dict[str, tuple[Callable[[], Any], Any, list[str]]] = {
    **{
        f"batch_size={value!r}": (
            lambda value=value: DataLoader(TEN, value),
            ValueError,
            ["batch_size", ">= 1", repr(value)],
        )
        for value in (0, -1, 1.5, "3", True)
    },
    "an empty part": (lambda: DataLoader(Subset(TEN, []), shuffle=True), ValueError, ["empty"]),
    "a sample too far back": (lambda: TEN[-11], IndexError, ["-11"]),
    "a subset that starts too low": (lambda: Subset(TEN, [-11, 3]), IndexError, ["-11 to 3"]),
    "a subset of fractions": (lambda: Subset(TEN, [0.5, 1.7]), TypeError, ["integers"]),
    "lengths that add up to more": (lambda: random_split(TEN, [8, 4]), ValueError, ["12", "10"]),
    "no lengths": (lambda: random_split(TEN, []), ValueError, ["10 samples"]),
    "a negative fraction": (lambda: random_split(TEN, [1.5, -0.5]), ValueError, ["-0.5"]),
    "a data set without its methods": (
        lambda: Dataset()[0],
        NotImplementedError,
        ["__getitem__"],
    ),
    "a state beyond the end": (
        lambda: DataLoader(TEN, 5, shuffle=True).load_state_dict(shuffled_state(given=3)),
        ValueError,
        ["3 batches into 2"],
    ),
    "a state of a loader that does not shuffle": (
        lambda: DataLoader(TEN, 5).load_state_dict(shuffled_state()),
        ValueError,
        ["shuffle"],
    ),
    "a state that is none": (
        lambda: order(_loaded(shuffled_state(order_state={"bit_generator": "nonsense"}))),
        ValueError,
        ["state"],
    ),
}


def _loaded(state: dict[str, Any]) -> DataLoader:
    loader = DataLoader(TEN, 2, shuffle=True)
    loader.load_state_dict(state)
    return loader


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_words(name: str) -> None:
    assert_told_in_words(*MISTAKES[name])


def test_batch_size_may_be_a_numpy_integer() -> None:
    assert order(DataLoader(TEN, np.int64(5))) == [list(range(5)), list(range(5, 10))]


def test_they_show_what_they_are() -> None:
    data = TensorDataset(tinygrad_lr.ones(6, 2), tinygrad_lr.arange(6))
    assert repr(data) == "TensorDataset((6, 2) float32, (6,) int64)"
    assert repr(Subset(data, [0, 4])) == "Subset(samples=2, dataset=TensorDataset)"
    shown = "DataLoader(dataset=TensorDataset, batch_size=2, shuffle=True, drop_last=False)"
    assert repr(DataLoader(data, 2, shuffle=True)) == shown
    assert repr(SequentialSampler(data)) == "SequentialSampler(num_samples=6)"
    order = RandomSampler(data, num_samples=9)
    assert repr(order) == "RandomSampler(num_samples=9, replacement=False)"
    batches = BatchSampler(order, 2, True)
    assert repr(batches) == "BatchSampler(sampler=RandomSampler, batch_size=2, drop_last=True)"
    weighted = WeightedRandomSampler([0.5, 0.5], 4)
    assert "sampler=WeightedRandomSampler" in repr(DataLoader(data, sampler=weighted))
    assert repr(SubsetRandomSampler([3, 5])) == "SubsetRandomSampler(num_samples=2)"
    part = DistributedSampler(data, 2, 1)
    assert repr(part) == "DistributedSampler(num_samples=3, num_replicas=2, rank=1)"
    both = ConcatDataset([data, [1]])
    assert repr(both) == "ConcatDataset(samples=7, datasets=[TensorDataset, list])"
    assert repr(StackDataset(data)) == "StackDataset(samples=6, datasets=[TensorDataset])"
    assert repr(StackDataset(x=data)) == "StackDataset(x=TensorDataset)"
    assert repr(ChainDataset([[1]])) == "ChainDataset(datasets=[list])"
