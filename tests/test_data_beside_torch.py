"""tinygrad_lr.utils.data beside torch.utils.data: the same arguments, batches and refusals."""

from __future__ import annotations

import collections
import copy
import itertools
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from documents import DATA
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr as tg
from tinygrad_lr.datasets import MNIST

BOTH = (tg, torch)


def data(lib: Any) -> Any:
    return lib.utils.data


def plain(lib: Any, value: Any) -> Any:
    """What is in a batch: the class of each container, and of each tensor dtype and numbers."""
    if isinstance(value, lib.Tensor):
        return "tensor", str(value.dtype).removeprefix("torch."), value.tolist()
    if isinstance(value, (dict, collections.UserDict, types.MappingProxyType)):
        return type(value), {key: plain(lib, part) for key, part in value.items()}
    if isinstance(value, (list, tuple, collections.deque, collections.UserList)):
        return type(value), [plain(lib, part) for part in value]
    return type(value), value


def numbers(lib: Any, size: int = 10) -> Any:
    return data(lib).TensorDataset(lib.arange(size), lib.arange(size) ** 2)


# --- How samples become a batch


class Point(NamedTuple):
    x: Any
    y: Any


class Bag(dict[str, Any]):
    """A dict with something of its own, which a batch of it keeps."""

    name = "nobody"


def bag(**parts: Any) -> Bag:
    made = Bag(parts)
    made.name = "bag"
    return made


ones = np.ones
KINDS: dict[str, list[Any]] = {
    "float": [0.1, 2.0],
    "float and int": [0.5, 2],
    "int and float": [2, 0.5],
    "bool": [True, False],
    "bool and int": [True, 2],
    "int": [3, -(2**40)],
    "no float": [float("nan"), float("inf")],
    **{
        f"np.{t.__name__}": [t(1), t(0)]
        for t in (np.float16, np.float32, np.float64, np.uint8, np.int32, np.int64, np.bool_)
    },
    "array float16": [ones(2, np.float16)] * 2,
    "array float64": [ones((2, 1)), np.zeros((2, 1))],
    "array of bool": [ones(2, bool)] * 3,
    "0-d array": [np.array(0.5), np.array(1.5)],
    "array of nothing": [ones((0, 3))] * 2,
    "read-only array": [np.broadcast_to(np.float32(3), (2, 2))] * 2,
    "str": ["cat", "dog"],
    "np.str_": [np.str_("cat"), np.str_("dog")],
    "bytes": [b"cat", b"dog"],
    "np.bytes_": [np.bytes_(b"cat"), np.bytes_(b"d")],
    "text in tuples": [("a", b"x", 1), ("b", b"y", 2)],
    "text in lists": [["a", 1], ["b", 2]],
    "text in dicts": [{"name": "a"}, {"name": "b"}],
    "named tuple": [Point(1, 0.5), Point(2, 1.5)],
    "named tuple of names": [Point("a", (1, b"x")), Point("b", (2, b"y"))],
    "tuple of nothing": [(), ()],
    "list of nothing": [[], []],
    "dict of nothing": [{}, {}],
    "OrderedDict": [collections.OrderedDict(b=1, a=2)] * 2,
    "defaultdict": [collections.defaultdict(int, a=1)] * 2,
    "UserDict": [collections.UserDict(a=1, b="x")] * 2,
    "a mapping that cannot be changed": [types.MappingProxyType({"a": 1})] * 2,
    "a dict of one's own": [bag(a=1), bag(a=2)],
    "deque": [collections.deque([1, 0.5])] * 2,
    "UserList": [collections.UserList([1, "a"])] * 2,
    "range": [range(2), range(5, 7)],
    "nested": [({"a": [Point(1, np.float32(2)), "s"]}, [(ones(1),)])] * 3,
    "one sample": [(1, "a", ones(2))],
    "a list, then a tuple": [[1, 2], (3, 4)],
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch's, of memory that is read-only
@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_of_each_kind_is_pytorch_s(kind: str) -> None:
    samples = KINDS[kind]
    ours, theirs = (
        plain(lib, next(iter(data(lib).DataLoader(samples, len(samples))))) for lib in BOTH
    )
    assert str(ours) == str(theirs)  # of text, as nan is not equal to nan
    assert (
        plain(tg, data(tg).default_collate(tuple(samples)))
        == plain(torch, data(torch).default_collate(tuple(samples)))
        or kind == "no float"
    )


def test_a_batch_keeps_what_a_mapping_of_one_s_own_holds_besides() -> None:
    samples = KINDS["a dict of one's own"]
    for lib in BOTH:
        batch = data(lib).default_collate(samples)
        assert type(batch) is Bag
        assert batch.name == "bag"
        assert samples[0]["a"] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_without_batches_a_sample_of_each_kind_is_pytorch_s(kind: str) -> None:
    samples = KINDS[kind]
    if kind == "np.bytes_":  # where PyTorch fails
        assert list(data(tg).DataLoader(samples, batch_size=None)) == samples
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, of memory that is read-only
        ours, theirs = (
            [plain(lib, sample) for sample in data(lib).DataLoader(samples, batch_size=None)]
            for lib in BOTH
        )
    assert str(ours) == str(theirs)


REFUSED: dict[str, list[Any]] = {
    "None": [None, None],
    "a set": [{1}, {2}],
    "an object": [object(), object()],
    "an array of text": [np.array(["a"])] * 2,
    "an array of objects": [np.array([None])] * 2,
    "dates": [np.datetime64("2020-01-01")] * 2,
    "parts of different lengths": [(1, 2), (3,)],
    "arrays of different shapes": [ones(2), ones(3)],
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_pytorch_cannot_put_together_is_refused_with_its_class_of_error(kind: str) -> None:
    samples = REFUSED[kind]
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        data(torch).default_collate(samples)
    with pytest.raises(theirs.type, match=r"collate_fn|convert"):
        data(tg).default_collate(samples)


def test_a_batch_of_a_tensor_that_requires_grad_keeps_the_gradient() -> None:
    for lib in BOTH:
        x = lib.arange(6.0).reshape(6, 1).requires_grad_()
        fixed = lib.ones(6)
        (w,) = [lib.ones(6, 2, requires_grad=True)]
        dataset = data(lib).TensorDataset(x, fixed, w * 2)
        for a, b, c in data(lib).DataLoader(dataset, batch_size=4, sampler=[5, 0, 0, 3, 3, 3]):
            assert a.requires_grad
            assert c.requires_grad
            assert not b.requires_grad
            (a.sum() + c.sum()).backward(retain_graph=True)
        assert x.grad.tolist() == [[2.0], [0.0], [0.0], [3.0], [0.0], [1.0]]
        assert w.grad.tolist() == [[4.0] * 2, [0.0] * 2, [0.0] * 2, [6.0] * 2, [0.0] * 2, [2.0] * 2]
        with lib.no_grad():
            assert not any(a.requires_grad for a, *_ in data(lib).DataLoader(dataset))


def test_samples_that_require_grad_are_put_together_with_their_gradient() -> None:
    for lib in BOTH:
        leaves = [lib.tensor([float(i)], requires_grad=True) for i in range(3)]
        ((batch, _),) = data(lib).DataLoader([(leaf, 1) for leaf in leaves], 3)
        (batch.T @ lib.tensor([[1.0], [2.0], [3.0]])).sum().backward()
        assert [leaf.grad.item() for leaf in leaves] == [1.0, 2.0, 3.0]


# --- Which samples

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


# --- A data set that can only be gone through


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


# --- Subset, ConcatDataset, random_split

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


# --- Samplers


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


# --- Classes derived from ours


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


# --- MNIST


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
