"""How samples become a batch, beside PyTorch: each kind, mappings and gradients included."""

from __future__ import annotations

import collections
import types
import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from data_beside import BOTH, data, plain

import tinygrad_lr as tg


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
