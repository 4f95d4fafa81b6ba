"""A DataLoader beside PyTorch's: the same arguments give the same batches, or the same refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from data_beside import BOTH, data, numbers, plain
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr as tg

LOADERS: dict[str, Callable[[Any], Any]] = {
    "nothing said": lambda d: {},
    "an empty sampler": lambda d: {"sampler": [], "batch_size": 3},
    "a list": lambda d: {"sampler": [7, 0, 7, 3, -1], "batch_size": 2},
    "a range": lambda d: {"sampler": range(9, 0, -2), "batch_size": 2, "drop_last": True},
    "NumPy numbers": lambda d: {"sampler": np.array([3, 1, 2]), "batch_size": 2},
    "a sequential sampler": lambda d: {"sampler": d.SequentialSampler(range(4)), "batch_size": 3},
    "batches": lambda d: {"batch_sampler": [[1, 2], [3], [4, 5, 6], [-1]]},
    "batches of tuples": lambda d: {"batch_sampler": ((1, 2), (3, 4))},
    "a batch sampler": lambda d: {"batch_sampler": d.BatchSampler([5, 4, 3, 2, 1], 2, False)},
    "one that drops": lambda d: {"batch_sampler": d.BatchSampler(range(5), 2, drop_last=True)},
    "no batches": lambda d: {"batch_size": None},
    "no batches, by a list": lambda d: {"batch_size": None, "sampler": [3, 1]},
    "batches as samples": lambda d: {
        "batch_size": None,
        "sampler": d.BatchSampler(d.SequentialSampler(range(7)), 3, False),
    },
    "a larger batch": lambda d: {"batch_size": 100},
    "a larger batch, dropped": lambda d: {"batch_size": 100, "drop_last": True},
    "workers": lambda d: {"batch_size": 4, "num_workers": 0, "pin_memory": False, "timeout": 0},
}


@pytest.mark.parametrize("arguments", LOADERS)
@pytest.mark.parametrize("kind", ["tensors", "pairs", "subset", "both", "array", "own"])
def test_a_loader_gives_pytorch_s_batches_each_time_and_has_its_length(
    arguments: str, kind: str
) -> None:
    class Own:
        def __len__(self) -> int:
            return 10

        def __getitem__(self, index: int) -> Any:
            return {"i": index, "name": str(index)}

    def dataset(lib: Any) -> Any:
        return {
            "tensors": lambda: numbers(lib),
            "pairs": lambda: [(i, float(i)) for i in range(10)],
            "subset": lambda: data(lib).Subset(numbers(lib, 20), list(range(19, 9, -1))),
            "both": lambda: numbers(lib, 4) + numbers(lib, 6),
            "array": lambda: np.arange(20).reshape(10, 2),
            "own": Own,
        }[kind]()

    if kind in ("pairs", "own", "both") and arguments == "batches as samples":
        return  # they take one index
    found = []
    for lib in BOTH:
        loader = data(lib).DataLoader(dataset(lib), **LOADERS[arguments](data(lib)))
        batches = [plain(lib, batch) for batch in loader]
        assert [plain(lib, batch) for batch in loader] == batches
        assert [plain(lib, a) for a, _ in zip(loader, range(1))] == batches[:1]
        found.append((batches, len(loader), loader.batch_size, loader.drop_last))
    assert str(found[0]) == str(found[1])


@given(
    size=st.integers(0, 9),
    batch_size=st.one_of(st.none(), st.integers(1, 11)),
    drop_last=st.booleans(),
    indices=st.one_of(st.none(), st.lists(st.integers(-3, 2), max_size=7)),
)
def test_lengths_and_batches_are_pytorch_s(
    size: int, batch_size: int | None, drop_last: bool, indices: list[int] | None
) -> None:
    size = size if indices is None else 3
    drop_last = drop_last and batch_size is not None
    found = []
    for lib in BOTH:
        loader = data(lib).DataLoader(
            numbers(lib, size), batch_size, sampler=indices, drop_last=drop_last
        )
        found.append((len(loader), [[x.tolist(), y.tolist()] for x, y in loader]))
    assert found[0] == found[1]


@pytest.mark.parametrize("batch_size", [1, 4, None])
def test_an_empty_data_set_gives_no_batch(batch_size: int | None) -> None:
    for lib in BOTH:
        for empty in ([], numbers(lib, 0), data(lib).Subset(numbers(lib), [])):
            loader = data(lib).DataLoader(empty, batch_size)
            assert len(loader) == 0
            assert list(loader) == []


def test_a_sampler_without_a_length_can_be_used_and_has_no_length() -> None:
    class Odd:
        def __iter__(self) -> Iterator[int]:
            return iter([1, 3, 5])

    for lib in BOTH:
        loader = data(lib).DataLoader(numbers(lib), 2, sampler=Odd())
        assert [x.tolist() for x, _ in loader] == [[1, 3], [5]]
        assert [x.tolist() for x, _ in loader] == [[1, 3], [5]]
        with pytest.raises(TypeError):
            len(loader)


def test_a_data_set_may_have_keys_that_a_sampler_gives_and_no_length() -> None:
    class Words:
        def __getitem__(self, key: str) -> str:
            return key * 2

    for lib in BOTH:
        loader = data(lib).DataLoader(Words(), 2, sampler=["a", "b", "c"])
        assert list(loader) == [["aa", "bb"], ["cc"]]


def test_a_subset_of_a_data_set_without_a_length() -> None:
    class Squares:
        def __getitem__(self, index: int) -> int:
            return index * index

    for lib in BOTH:
        d = data(lib)

        class Own(d.Dataset[Any]):  # type: ignore[misc, name-defined]
            def __getitem__(self, index: int) -> int:
                return index * index

        class Odd(d.Sampler[int]):  # type: ignore[misc, name-defined]
            def __iter__(self) -> Iterator[int]:
                return iter([1, 0])

        for dataset in (Squares(), Own()):
            loader = d.DataLoader(d.Subset(dataset, [3, 100]), 2)
            assert [x.tolist() for x in loader] == [[9, 10000]]
            assert [x.tolist() for x in d.DataLoader(dataset, 2, sampler=Odd())] == [[1, 0]]


def test_a_data_set_with_getitems_of_pytorch_s_kind_is_asked_for_whole_batches() -> None:
    asked = []

    class Batched:
        def __len__(self) -> int:
            return 5

        def __getitem__(self, index: int) -> Any:
            raise AssertionError

        def __getitems__(self, indices: Any) -> list[Any]:
            asked.append(len(indices))
            return [(int(i), "x") for i in indices]

    for lib in BOTH:
        for more in ({}, {"sampler": [0, 1, 2, 3, 4]}, {"collate_fn": data(lib).default_collate}):
            found = [plain(lib, batch) for batch in data(lib).DataLoader(Batched(), 3, **more)]
            assert found[1] == (list, [("tensor", "int64", [3, 4]), (tuple, [(str, "x")] * 2)])
    assert asked == [3, 2] * 6


@pytest.mark.parametrize("indices", [[2, 0], (2, 0), [np.int64(2), -3], np.array([2, 0])])
@pytest.mark.parametrize("places", [[3, 1, 2], np.array([3, 1, 2])], ids=["list", "array"])
def test_a_data_set_around_another_may_hand_on_a_list_of_indices(places: Any, indices: Any) -> None:
    """PyTorch's loader and data sets ask ``__getitems__`` with lists."""
    ours, theirs = (data(lib).Subset(numbers(lib), places) for lib in BOTH)
    columns = ours.__getitems__(indices)
    assert plain(tg, list(zip(*columns, strict=True))) == plain(
        torch, [theirs[int(i)] for i in indices]
    )
    rows = numbers(tg).__getitems__(indices)
    assert [plain(tg, row) for row in rows] == [plain(tg, c) for c in numbers(tg)[list(indices)]]


@pytest.mark.parametrize("wrong", [0.5, None, "1", 2**70, [0, 1]], ids=str)
def test_an_index_of_a_sample_that_is_no_integer_is_an_index_error(wrong: Any) -> None:
    """It said "'float' object cannot be interpreted as an integer", and was a TypeError only."""
    d = data(tg)
    several = d.ConcatDataset([numbers(tg), [1]])
    for ask in (
        lambda: list(d.DataLoader(numbers(tg), sampler=[0, wrong])),
        lambda: list(d.DataLoader(d.Subset(numbers(tg), [1]), batch_sampler=[[wrong]])),
        lambda: several[wrong],
    ):
        with pytest.raises(IndexError, match="index"):
            ask()


# ---------------------------------------------------------------------------------------- arguments

WEIGHTS = [[-1.0, 1.0], [0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]]


@pytest.mark.parametrize("weights", [*WEIGHTS, [1.0]], ids=str)
def test_weights_that_pytorch_refuses_are_a_runtime_error(weights: list[float]) -> None:
    for lib in BOTH:
        with pytest.raises(RuntimeError):
            list(data(lib).WeightedRandomSampler(weights, 2, replacement=False))


EXCLUDED: dict[str, Callable[[Any], Any]] = {
    "sampler, shuffle": lambda d: d.DataLoader([1, 2], sampler=[0], shuffle=True),
    "batch_sampler, batch_size": lambda d: d.DataLoader([1], 2, batch_sampler=[[0]]),
    "batch_sampler, None": lambda d: d.DataLoader([1], None, batch_sampler=[[0]]),
    "batch_sampler, shuffle": lambda d: d.DataLoader([1], shuffle=True, batch_sampler=[[0]]),
    "batch_sampler, sampler": lambda d: d.DataLoader([1], sampler=[0], batch_sampler=[[0]]),
    "batch_sampler, drop_last": lambda d: d.DataLoader([1], drop_last=True, batch_sampler=[[0]]),
    "no batches, drop_last": lambda d: d.DataLoader([1], batch_size=None, drop_last=True),
    "stream, shuffle": lambda d: d.DataLoader(stream(d), shuffle=True),
    "stream, sampler": lambda d: d.DataLoader(stream(d), sampler=[0]),
    "stream, batch_sampler": lambda d: d.DataLoader(stream(d), batch_sampler=[[0]]),
    "nothing to shuffle": lambda d: d.DataLoader([], shuffle=True),
    "batches of 0": lambda d: d.DataLoader([1], 0),
    "batches of True": lambda d: d.DataLoader([1], True),
    "batches of 1.5": lambda d: d.BatchSampler([1], 1.5, False),
    "drop_last=1": lambda d: d.DataLoader([1], drop_last=1),
    "workers below 0": lambda d: d.DataLoader([1], num_workers=-1),
    "another batch_size": lambda d: setattr(d.DataLoader([1]), "batch_size", 2),
    "another data set": lambda d: setattr(d.DataLoader([1]), "dataset", [2]),
    "another sampler": lambda d: setattr(d.DataLoader([1]), "sampler", [2]),
    "no samples to draw": lambda d: d.RandomSampler([1], num_samples=0),
    "replacement=1": lambda d: d.RandomSampler([1], replacement=1),
    "nothing to draw from": lambda d: d.RandomSampler([]),
    "no samples by weight": lambda d: d.WeightedRandomSampler([1.0], 0),
    "a matrix of weights": lambda d: d.WeightedRandomSampler([[1.0]], 1),
    "an option that is none": lambda d: d.DataLoader([1], batchsize=2),
    "no length of a stream": lambda d: len(d.DataLoader(stream(d))),
    "too far from the end": lambda d: (numbers(LIBRARY[d]) + numbers(LIBRARY[d]))[-21],
    "too far": lambda d: (numbers(LIBRARY[d]) + numbers(LIBRARY[d]))[20],
    "lengths that add up to less": lambda d: d.random_split(range(10), [3, 4]),
    "fractions that add up to less": lambda d: d.random_split(range(10), [0.3, 0.4]),
    "a negative fraction": lambda d: d.random_split(range(10), [1.5, -0.5]),
}
LIBRARY = {tg.utils.data: tg, torch.utils.data: torch}


def stream(d: Any, size: int = 5) -> Any:
    class Stream(d.IterableDataset):  # type: ignore[misc, name-defined]
        def __iter__(self) -> Iterator[Any]:
            return iter([(i, float(i)) for i in range(size)])

    return Stream()


@pytest.mark.parametrize("case", EXCLUDED)
def test_what_pytorch_refuses_is_refused_with_its_class_of_error(case: str) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        EXCLUDED[case](torch.utils.data)
    with pytest.raises(theirs.type):
        EXCLUDED[case](tg.utils.data)


def test_the_arguments_stand_where_pytorch_has_them() -> None:
    for lib in BOTH:
        collate = data(lib).DataLoader([1, 2, 3], 2, False, None, None, 0, list, False, True)
        assert list(collate) == [[1, 2]]
        by_position = data(lib).DataLoader([1, 2, 3], 1, None, None, [[0, 2], [1]])
        assert [batch.tolist() for batch in by_position] == [[1, 3], [2]]


def test_options_for_pytorch_s_processes_are_accepted() -> None:
    options = {"num_workers": 2, "pin_memory": True, "persistent_workers": True}
    options |= {"prefetch_factor": 4, "worker_init_fn": print, "timeout": 5}
    assert [x.tolist() for x in tg.utils.data.DataLoader([1, 2], 2, **options)] == [[1, 2]]  # type: ignore[arg-type]


# --------------------------------------------------------- a data set that can only be gone through


@pytest.mark.parametrize("size", [0, 1, 5, 6])
@pytest.mark.parametrize("options", [{}, {"batch_size": 3}, {"batch_size": 3, "drop_last": True}])
def test_an_iterable_data_set_gives_pytorch_s_batches(size: int, options: dict[str, Any]) -> None:
    found = []
    for lib in BOTH:
        loader = data(lib).DataLoader(stream(data(lib), size), **options)
        found.append([plain(lib, batch) for batch in loader])
        assert [plain(lib, batch) for batch in loader] == found[-1]
        bare = list(data(lib).DataLoader(stream(data(lib), size), batch_size=None))
        assert bare == [[i, float(i)] for i in range(size)]
        two = stream(data(lib), size) + stream(data(lib), 2)
        assert len(list(two)) == size + 2
    assert found[0] == found[1]


def test_a_loader_of_a_stream_can_go_on() -> None:
    loader = tg.utils.data.DataLoader(stream(tg.utils.data, 7), 2)
    running = iter(loader)
    next(running)
    state = loader.state_dict()
    left = [plain(tg, batch) for batch in running]
    other = tg.utils.data.DataLoader(stream(tg.utils.data, 7), 2)
    other.load_state_dict(state)
    assert [plain(tg, batch) for batch in other] == left
