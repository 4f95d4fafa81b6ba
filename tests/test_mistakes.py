"""A catalogue of mistakes: what a beginner gets wrong, and what the error must say about it.

Each entry of a table is a name, the wrong use, the type of the error, and words that its message
must hold: what was expected, what came, and what to do. `assert_told_in_words` looks at the rest:
no word of NumPy's, and not more than one can read. To read the messages one after another:

    python tests/test_mistakes.py
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib.util
import io
import os
import pickle
import runpy
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest
import safetensors.numpy
from mistakes import assert_readable, assert_told_in_words

import tinygrad_lr as tg
from tinygrad_lr import autograd, datasets, nn
from tinygrad_lr.datasets import MNIST, DatasetError, FashionMNIST
from tinygrad_lr.nn import functional as F
from tinygrad_lr.optim import SGD
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

Mistakes = dict[str, tuple[Callable[[], Any], Any, list[str]]]

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"

X = tg.ones(2, 3)
COUNTS = tg.tensor([[1, 2, 3], [4, 5, 6]])
MASK = X > 0
SCORES = tg.ones(2, 3)
TEN = TensorDataset(tg.arange(10))


def leaf(*shape: int) -> tg.Tensor:
    return tg.ones(*shape, requires_grad=True)


def with_buffer() -> nn.Module:
    module = nn.Module()
    module.register_buffer("mean", tg.zeros(2))
    return module


def computed() -> nn.Parameter:
    weight = nn.Parameter(tg.ones(2), requires_grad=False)
    weight.mul_(tg.ones(2, requires_grad=True))
    return weight


def hooked(hook: Callable[..., Any]) -> nn.Module:
    module = nn.ReLU()
    module.register_forward_pre_hook(hook, with_kwargs=True)
    return module


def assign(name: str, value: Any, to: Any) -> None:
    """``to.name = value``, which a lambda cannot say."""
    setattr(to, name, value)


def put(value: Any, index: Any, into: Any) -> None:
    """``into[index] = value``, which a lambda cannot say either."""
    into[index] = value


# ------------------------------------------------------------------------------- making tensors

TENSORS: Mistakes = {
    "rows of different lengths": (
        lambda: tg.tensor([[1, 2], [3]]),
        ValueError,
        ["tensor:", "different lengths", "equally long"],
    ),
    "text": (lambda: tg.tensor("hello"), TypeError, ["tensor: expected numbers", "str 'hello'"]),
    "numbers as text": (
        lambda: tg.tensor(["1.5", "2"]),
        TypeError,
        ["tensor: expected numbers", "list", "'1.5'"],
    ),
    "nothing": (lambda: tg.tensor(None), TypeError, ["tensor: expected numbers", "NoneType"]),
    "a gap in a list": (
        lambda: tg.tensor([1.0, None]),
        TypeError,
        ["tensor: expected numbers", "[1.0, None]"],
    ),
    "a generator": (
        lambda: tg.tensor(i for i in range(3)),
        TypeError,
        ["tensor: expected numbers, got a generator", "a list"],
    ),
    "a dict": (lambda: tg.tensor({"a": 1}), TypeError, ["tensor: expected numbers", "dict"]),
    "a complex number": (lambda: tg.tensor(1j), TypeError, ["expected numbers", "complex"]),
    "an integer that is too large": (
        lambda: tg.tensor(2**70),
        TypeError,
        ["tensor: expected numbers", "at most 64 bits"],
    ),
    "an array of text": (
        lambda: tg.tensor(np.array(["a"])),
        TypeError,
        ["tensor: cannot hold the dtype <U1", "astype('float32')"],
    ),
    "an array of complex numbers": (
        lambda: tg.from_numpy(np.ones(2, complex)),
        TypeError,
        ["from_numpy: cannot hold the dtype complex128", "astype('float32')"],
    ),
    "an array of whatever there was": (
        lambda: tg.as_tensor(np.array([None, 1])),
        TypeError,
        ["as_tensor: cannot hold the dtype object", "astype"],
    ),
    "an array in the byte order of a file": (
        lambda: tg.from_numpy(np.ones(2, ">f4")),
        TypeError,
        ["from_numpy: cannot hold the dtype >f4", "astype"],
    ),
    "a list for from_numpy": (
        lambda: tg.from_numpy([1.0]),  # type: ignore[arg-type]
        TypeError,
        ["from_numpy: expected a NumPy array", "list"],
    ),
    "Tensor of text": (lambda: tg.Tensor("abc"), TypeError, ["Tensor: expected numbers", "'abc'"]),
    "Tensor of nothing": (lambda: tg.Tensor(None), TypeError, ["Tensor: expected numbers", "None"]),
    "Tensor of rows of different lengths": (
        lambda: tg.Tensor([[1], [2, 3]]),
        ValueError,
        ["Tensor:", "equally long"],
    ),
    "a misspelt dtype": (
        lambda: tg.tensor([1.5], dtype="flaot32"),
        TypeError,
        ["tensor: 'flaot32' is no dtype", "'float32'"],
    ),
    "a misspelt dtype for zeros": (
        lambda: tg.zeros(2, dtype="int33"),
        TypeError,
        ["zeros: 'int33' is no dtype", "'int64'"],
    ),
    "a number for a dtype": (
        lambda: X.to(dtype=3),
        TypeError,
        ["to: 3 is no dtype", "use 'float32'"],
    ),
    "text as a dtype": (
        lambda: tg.tensor([1.5], dtype="str"),
        TypeError,
        ["tensor: 'str' is no dtype", "'float32'"],
    ),
    "complex as a dtype": (
        lambda: X.to("complex64"),
        TypeError,
        ["to: 'complex64' is no dtype", "'float32'"],
    ),
    "nan among integers": (
        lambda: tg.tensor([1.0, float("nan")], dtype="int64"),
        ValueError,
        ["tensor: int64 holds integers", "nan"],
    ),
    "300 in a byte": (
        lambda: tg.tensor([3, 300], dtype="uint8"),
        ValueError,
        ["tensor: uint8 holds integers from 0 to 255", "300"],
    ),
    "nan everywhere in integers": (
        lambda: tg.full((2,), float("nan"), dtype="int64"),
        ValueError,
        ["full: int64 holds integers", "nan"],
    ),
    "full of text": (lambda: tg.full((2,), "a"), TypeError, ["full: expected numbers", "str 'a'"]),
    "full of several numbers": (
        lambda: tg.full((2,), [1, 2, 3]),
        ValueError,
        ["full: fill_value must be one number", "(3,)"],
    ),
    "half a row": (
        lambda: tg.zeros(2.5),
        TypeError,
        ["zeros: sizes must be integers", "2.5"],
    ),
    "a negative size": (
        lambda: tg.randn(2, -3),
        ValueError,
        ["randn: sizes must be >= 0", "(2, -3)"],
    ),
    "a size that is a shape": (
        lambda: tg.ones((2, 3), (4,)),
        TypeError,
        ["ones: sizes must be integers", "(2, 3)"],
    ),
    "a size that is no tuple": (
        lambda: tg.randint(0, 10, 3),
        TypeError,
        ["randint: size must be a tuple", "got 3", "(3,)"],
    ),
    "zeros like a list": (
        lambda: tg.zeros_like([1, 2]),  # type: ignore[arg-type]
        TypeError,
        ["zeros_like: expected a Tensor", "list"],
    ),
    "an unknown layout": (
        lambda: tg.zeros(2, layout="rows"),  # type: ignore[arg-type]
        ValueError,
        ["zeros: elements lie in rows here", "rows"],
    ),
    "more places than there are": (
        lambda: tg.multinomial(tg.ones(3), 5),
        ValueError,
        ["multinomial: cannot draw 5 of 3 places", "replacement=True"],
    ),
    "weights below 0": (
        lambda: tg.multinomial(tg.tensor([1.0, -1.0]), 1),
        ValueError,
        ["multinomial: weights must be finite, >= 0"],
    ),
    "weights that are integers": (
        lambda: tg.multinomial(tg.arange(3), 1),
        TypeError,
        ["multinomial: needs floats", "int64", ".float()"],
    ),
    "a probability above 1": (
        lambda: tg.ones(2).bernoulli_(1.5),
        ValueError,
        ["bernoulli_: probabilities must be between 0 and 1"],
    ),
    "normal numbers without a size": (
        lambda: tg.normal(0.0, 1.0),
        TypeError,
        ["normal: say how many", "normal(0.0, 1.0, (3,))"],
    ),
    "a grid of matrices": (
        lambda: tg.meshgrid(tg.ones(2, 2), indexing="ij"),
        ValueError,
        ["meshgrid: expected vectors", "(2, 2)"],
    ),
    "a grid of other axes": (
        lambda: tg.meshgrid(tg.ones(2), indexing="yx"),
        ValueError,
        ["meshgrid: indexing must be 'ij' or 'xy'", "'yx'"],
    ),
    "a default dtype of integers": (
        lambda: tg.set_default_dtype("int64"),
        TypeError,
        ["set_default_dtype: floats have a default dtype", "int64"],
    ),
    "the limits of the other kind": (
        lambda: tg.finfo("int8"),
        TypeError,
        ["finfo: int8 holds no floats", "iinfo(int8)"],
    ),
    "one number for a FloatTensor": (
        lambda: tg.FloatTensor(2.5),
        TypeError,
        ["FloatTensor: expected sizes, or numbers in a list", "tensor(2.5)"],
    ),
    "a LongTensor of floats": (
        lambda: tg.LongTensor(tg.ones(2)),
        TypeError,
        ["LongTensor: this tensor is float32", "x.to(int64)"],
    ),
    "a profile for printing that is none": (
        lambda: tg.set_printoptions(profile="tiny"),
        ValueError,
        ["set_printoptions: profile must be one of", "'full'", "'tiny'"],
    ),
    "no threads": (
        lambda: tg.set_num_threads(0),
        ValueError,
        ["set_num_threads: expected a number above 0"],
    ),
    "counting in steps of 0": (lambda: tg.arange(0, 10, 0), ValueError, ["arange", "steps of 0"]),
    "counting the wrong way": (
        lambda: tg.arange(5, 0),
        ValueError,
        ["arange: no steps of 1 lead from 5 to 0", "below 0"],
    ),
    "counting to infinity": (
        lambda: tg.arange(0, float("inf")),
        ValueError,
        ["arange: end must be a finite number", "inf"],
    ),
    "counting to text": (lambda: tg.arange("9"), TypeError, ["arange: end", "'9'"]),
    "two and a half steps": (
        lambda: tg.linspace(0, 1, 2.5),  # type: ignore[arg-type]
        TypeError,
        ["linspace: steps must be an integer >= 0", "2.5"],
    ),
    "an identity matrix of a shape": (
        lambda: tg.eye((2, 2)),  # type: ignore[arg-type]
        TypeError,
        ["eye: n must be an integer >= 0", "(2, 2)"],
    ),
    "random integers of randn": (
        lambda: tg.randn(3, dtype="int64"),
        TypeError,
        ["randn: draws floats, not int64", "randint"],
    ),
    "a negative spread": (
        lambda: tg.normal(0.0, -1.0, (2,)),
        ValueError,
        ["normal: expected std >= 0", "-1.0"],
    ),
    "random integers from nowhere": (
        lambda: tg.randint(5, 5, (2,)),
        ValueError,
        ["randint: low must be below high", "5 and 5"],
    ),
    "random integers between fractions": (
        lambda: tg.randint(0.5, 2.5, (2,)),  # type: ignore[arg-type]
        TypeError,
        ["randint: low and high must be integers", "0.5 and 2.5"],
    ),
    "random integers without a size": (
        lambda: tg.randint(0, 5),
        TypeError,
        ["randint: say how many", "randint(0, 5, (3,))"],
    ),
    "half a permutation": (
        lambda: tg.randperm(2.5),  # type: ignore[arg-type]
        TypeError,
        ["randperm: n must be an integer >= 0", "2.5"],
    ),
    "a seed in a generator's place": (
        lambda: tg.randn(2, generator=0),  # type: ignore[arg-type]
        TypeError,
        ["randn: generator must be a Generator, got 0", "manual_seed"],
    ),
    "NumPy's generator": (
        lambda: tg.rand(2, generator=np.random.default_rng()),  # type: ignore[arg-type]
        TypeError,
        ["rand: generator must be a Generator", "manual_seed"],
    ),
    "a negative seed": (
        lambda: tg.manual_seed(-1),
        ValueError,
        ["manual_seed: the seed must be an integer >= 0", "-1"],
    ),
    "the state of something else": (
        lambda: tg.Generator().set_state({"state": 5}),
        ValueError,
        ["set_state: not the state of a Generator", "get_state()"],
    ),
    "random bounds the wrong way round": (
        lambda: tg.zeros(2).uniform_(2.0, 1.0),
        ValueError,
        ["uniform: expected low <= high", "2.0 and 1.0"],
    ),
    "random floats in integers": (
        lambda: COUNTS.clone().uniform_(),
        TypeError,
        ["uniform_: needs floats", "int64", ".float()"],
    ),
    "requires_grad in a word": (
        lambda: tg.ones(2, requires_grad="yes"),
        TypeError,
        ["requires_grad must be True or False, got 'yes'"],
    ),
    "requires_grad for each": (
        lambda: tg.tensor([1.0, 2.0], requires_grad=np.array([True, False])),
        TypeError,
        ["requires_grad must be True or False, got ndarray"],
    ),
    "requires_grad switched by a number": (
        lambda: assign("requires_grad", 1, tg.ones(2)),
        TypeError,
        ["requires_grad must be True or False, got 1"],
    ),
    "more elements than there is memory": (
        lambda: tg.ones(1, 1).expand(2**40, 2**40),
        RuntimeError,
        ["expand: a has shape (1, 1)", "more elements than memory has addresses"],
    ),
    "more dimensions than there can be": (
        lambda: functools.reduce(lambda x, _: x.unsqueeze(0), range(70), tg.ones(2)),
        RuntimeError,
        ["unsqueeze", "more dimensions than 64"],
    ),
    "an array with a mask": (
        lambda: tg.tensor(np.ma.masked_array([1.0, 2.0], [True, False])),
        TypeError,
        ["tensor: a tensor has no mask", "filled(0)"],
    ),
    "a masked array times a tensor": (
        lambda: np.ma.masked_array([1.0, 2.0], [True, False]) * X,
        TypeError,
        ["a masked array and a tensor", "filled(0)", "t.detach().numpy()"],
    ),
    "a linspace beyond its dtype": (
        lambda: tg.linspace(0, 1e5, 5, dtype="float16"),
        RuntimeError,
        ["linspace: float16 goes up to 65504.0", "got 100000.0", "another dtype"],
    ),
    "an alpha of True": (
        lambda: X.add(X, alpha=True),
        RuntimeError,
        ["add: alpha may be True beside booleans only", "use 1"],
    ),
    "an alpha that is too large": (
        lambda: X.to("uint8").add(X.to("uint8"), alpha=256),
        RuntimeError,
        ["add: uint8 holds integers from 0 to 255", "256"],
    ),
    "a list of losses": (
        lambda: tg.tensor([leaf(2).sum(), leaf(2).sum()]),
        RuntimeError,
        ["tensor: a list of Tensors", "requires grad", "stack"],
    ),
    "a list of rows": (lambda: tg.tensor([X[0], X[1]]), ValueError, ["shape (3,)", "stack"]),
    "Tensor of one float": (
        lambda: tg.Tensor(3.5),
        TypeError,
        ["Tensor: expected sizes", "tensor(3.5)"],
    ),
    "more than any memory holds": (
        lambda: tg.empty(2**40, 2**40),
        (RuntimeError, MemoryError),
        ["no room", "(1099511627776, 1099511627776)", "smaller"],
    ),
    "more integers than any memory holds": (
        lambda: tg.arange(10**15),
        MemoryError,
        ["no room", "arange(0, 1000000000000000, 1)", "smaller"],
    ),
    "a byte of 300": (
        lambda: put(300, 0, into=tg.zeros(2, dtype="uint8")),
        ValueError,
        ["uint8 holds integers from 0 to 255", "300"],
    ),
    "a step of a half in integers": (
        lambda: tg.arange(0, 3, 0.5, dtype="int64"),
        ValueError,
        ["arange: a step below 1 is no step in integers"],
    ),
}

# --------------------------------------------------------------------------------- shared memory


class Kept:
    """An array of another library, which does not share it."""

    def __dlpack__(self, **options: Any) -> Any:
        raise BufferError("it is mine")

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


SHARED: Mistakes = {
    "a list for from_dlpack": (
        lambda: tg.from_dlpack([1.0, 2.0]),
        TypeError,
        ["from_dlpack: expected an array of another library", "list", "tensor(...)"],
    ),
    "a capsule for from_dlpack": (
        lambda: tg.from_dlpack(X.__dlpack__()),
        TypeError,
        ["from_dlpack: expected an array", "itself and not its capsule", "PyCapsule"],
    ),
    "text for from_dlpack": (
        lambda: tg.from_dlpack(np.array(["a"])),
        TypeError,
        ["from_dlpack: cannot hold the dtype <U1"],
    ),
    "a leaf for another library": (
        lambda: np.from_dlpack(leaf(2)),
        BufferError,
        ["Can't export tensors that require gradient", "tensor.detach()"],
    ),
    "another device without a copy": (
        lambda: tg.from_dlpack(X, device="gpu", copy=False),
        RuntimeError,
        ["from_dlpack: from cpu to gpu is a copy", "copy=False"],
    ),
    "another device for another library": (
        lambda: X.__dlpack__(dl_device=(2, 0)),
        BufferError,
        ["from_dlpack: ", "device"],
    ),
    "an array that a library does not share": (
        lambda: tg.from_dlpack(Kept()),
        BufferError,
        ["from_dlpack: the memory of this Kept of ", "cannot be shared: it is mine"],
    ),
    "a list in itself": (
        lambda: tg.tensor((lambda a: (a.append(a), a)[1])([])),
        tg.ShapeError,
        ["more than 64 deep", "at most 64 dimensions"],
    ),
    "lists in lists in lists": (
        lambda: tg.tensor(functools.reduce(lambda inner, _: [inner], range(2000), 1.0)),
        tg.ShapeError,
        ["more than 64 deep", "at most 64 dimensions"],
    ),
}

# --------------------------------------------------------------------------------------- shapes

SHAPES: Mistakes = {
    "parts of size 0": (lambda: X.split(0), ValueError, ["split: parts of size 0", "the 2"]),
    "parts that do not sum to the whole": (
        lambda: X.split([1, 2]),
        RuntimeError,
        ["split: the sizes must be >= 0 and sum to 2", "got (1, 2)"],
    ),
    "no chunks": (lambda: X.chunk(0), RuntimeError, ["chunk: chunks must be at least 1, got 0"]),
    "parts of a single number": (
        lambda: tg.tensor(1.0).chunk(2),
        RuntimeError,
        ["chunk: a tensor of no dimensions", "has no parts"],
    ),
    "an hsplit that does not divide": (
        lambda: X.hsplit(2),
        RuntimeError,
        ["hsplit: the size 3 of dimension 1", "2 equal parts", "tensor_split"],
    ),
    "more than is there": (
        lambda: X.narrow(0, 1, 2),
        RuntimeError,
        ["narrow: of 2 entries, 1 begin at 1", "got 2"],
    ),
    "repeat of too few dimensions": (
        lambda: X.repeat(2),
        RuntimeError,
        ["repeat: (2,) must say how often for each dimension of (2, 3)", "tile"],
    ),
    "repeats for too few entries": (
        lambda: X.repeat_interleave(tg.tensor([1, 2]), 1),
        RuntimeError,
        ["repeat_interleave: repeats must be 3 integers", "dimension 1", "[1, 2]"],
    ),
    "one shift for two dimensions": (
        lambda: X.roll(1, (0, 1)),
        RuntimeError,
        ["roll: one shift for each dimension, got (1,) for (0, 1)"],
    ),
    "unflatten into other sizes": (
        lambda: X.unflatten(1, (2, 2)),
        RuntimeError,
        ["unflatten: (2, 2) are no sizes for dimension 1 of (2, 3)", "multiply to 3"],
    ),
    "vectors of different lengths in a stack": (
        lambda: tg.vstack([X, tg.ones(2, 4)]),
        RuntimeError,
        ["cat", "(2, 3)", "(2, 4)"],
    ),
    "a triangle of a vector": (
        lambda: tg.ones(3).tril(),
        RuntimeError,
        ["tril: needs a matrix, or several, got shape (3,)"],
    ),
    "shapes that do not broadcast": (
        lambda: tg.broadcast_shapes((2,), (3,)),
        RuntimeError,
        ["broadcast_shapes: (2,), (3,) do not broadcast"],
    ),
    "a border for half a dimension": (
        lambda: F.pad(X, (1,)),
        RuntimeError,
        ["pad: needs two sizes for each dimension", "got (1,)"],
    ),
    "a border in a mode of another name": (
        lambda: F.pad(X, (1, 1), "mirror"),
        NotImplementedError,
        ["pad: mode must be constant, reflect, replicate or circular, got 'mirror'"],
    ),
    "a leaf that would change its shape": (
        lambda: leaf(2, 3).t_(),
        RuntimeError,
        ["t_: a leaf Tensor that requires grad", "no_grad"],
    ),
    "matmul of shapes that do not fit": (
        lambda: tg.ones(2, 3) @ tg.ones(4, 5),
        tg.ShapeError,
        ["matmul:", "(2, 3)", "(4, 5)", "the last dimension of a", ".T transposes"],
    ),
    "matmul with a number": (lambda: X @ 3, TypeError, ["matmul: expected a Tensor", "x * 3"]),
    "matmul of two dtypes": (
        lambda: X @ np.ones(3),
        TypeError,
        ["matmul: input is float32, other is float64", "other.float()"],
    ),
    "adding a row that is too long": (
        lambda: X + tg.ones(4),
        tg.ShapeError,
        ["add: a has shape (2, 3), b has shape (4,)", "broadcast", "equal, or one of them 1"],
    ),
    "multiplying by a transposed matrix": (
        lambda: X * tg.ones(3, 2),
        tg.ShapeError,
        ["mul:", "(2, 3)", "(3, 2)", "broadcast"],
    ),
    "an array of another shape on the left": (
        lambda: np.ones(5, np.float32) - X,
        tg.ShapeError,
        ["sub:", "(5,)", "(2, 3)", "broadcast"],
    ),
    "comparing different shapes": (
        lambda: X > tg.ones(2),
        tg.ShapeError,
        ["gt:", "(2, 3)", "(2,)", "broadcast"],
    ),
    "where of different shapes": (
        lambda: tg.where(MASK, X, tg.ones(4)),
        tg.ShapeError,
        ["where:", "(2, 3)", "(4,)", "broadcast"],
    ),
    "where of no mask": (
        lambda: tg.where(X, X, X),
        TypeError,
        ["where: the condition must be a bool Tensor", "float32", "x > 0"],
    ),
    "reshape to more elements": (
        lambda: X.reshape(4, 2),
        tg.ShapeError,
        ["reshape:", "(2, 3) has 6 elements", "(4, 2)"],
    ),
    "reshape with two unknown sizes": (
        lambda: X.reshape(-1, -1),
        tg.ShapeError,
        ["reshape: only one size may be -1", "(-1, -1)"],
    ),
    "reshape to a fraction": (
        lambda: X.reshape(6 / 2, 2),
        TypeError,
        ["reshape: sizes must be integers", "3.0"],
    ),
    "a view of what was transposed": (
        lambda: X.T.view(6),
        tg.ShapeError,
        ["view:", "(3, 2)", "without a copy", "use reshape"],
    ),
    "expanding a dimension that is not 1": (
        lambda: X.expand(4, 3),
        tg.ShapeError,
        ["expand: (2, 3) cannot be expanded to (4, 3)", "only a dimension of size 1"],
    ),
    "transposing a dimension that is not there": (
        lambda: X.transpose(0, 2),
        IndexError,
        ["transpose: dim 2 is out of range", "2 dimensions", "-2 to 1"],
    ),
    "permute without all dimensions": (
        lambda: X.permute(0),
        tg.ShapeError,
        ["permute: (0,) must name each of the 2 dimensions", "once"],
    ),
    "t of a batch": (lambda: tg.ones(2, 3, 4).t(), tg.ShapeError, ["t:", "(2, 3, 4)", "permute"]),
    "squeezing a dimension that is not there": (
        lambda: X.squeeze(2),
        IndexError,
        ["squeeze: dim 2 is out of range", "-2 to 1"],
    ),
    "unsqueezing too far": (
        lambda: X.unsqueeze(4),
        IndexError,
        ["unsqueeze: dim 4 is out of range", "-3 to 2"],
    ),
    "flatten backwards": (
        lambda: X.flatten(1, 0),
        ValueError,
        ["flatten: start_dim 1 comes after end_dim 0"],
    ),
    "Flatten of a single image": (
        lambda: nn.Flatten()(tg.ones(784)),
        IndexError,
        ["flatten: dim 1 is out of range", "1 dimensions"],
    ),
    "cat of different heights": (
        lambda: tg.cat([X, tg.ones(2, 4)]),
        tg.ShapeError,
        ["cat:", "(2, 3)", "(2, 4)", "all dimensions but the one"],
    ),
    "cat without a list": (
        lambda: tg.cat(X),  # type: ignore[arg-type]
        TypeError,
        ["cat: expected a list or tuple of Tensors", "got Tensor"],
    ),
    "cat of numbers": (
        lambda: tg.cat([tg.tensor(1.0), tg.tensor(2.0)]),
        tg.ShapeError,
        ["cat: a single number", "use stack"],
    ),
    "cat of nothing": (lambda: tg.cat([]), ValueError, ["cat: expected at least one Tensor"]),
    "cat with a list among the tensors": (
        lambda: tg.cat([X, [1.0]]),
        TypeError,
        ["cat: expected Tensors", "list at place 1"],
    ),
    "stack of different shapes": (
        lambda: tg.stack([X, tg.ones(3)]),
        tg.ShapeError,
        ["stack:", "(2, 3)", "(3,)", "all shapes must be equal"],
    ),
    "a sum over a dimension that is not there": (
        lambda: X.sum(2),
        IndexError,
        ["sum: dim 2 is out of range", "-2 to 1"],
    ),
    "a sum over the same dimension twice": (
        lambda: X.sum((0, -2)),
        ValueError,
        ["sum: dim (0, -2) names a dimension twice"],
    ),
    "a sum over a name": (lambda: X.sum("rows"), TypeError, ["sum: dim must be an int", "'rows'"]),
    "the largest of nothing": (
        lambda: tg.zeros(0, 3).max(),
        IndexError,
        ["max: there is nothing to choose from", "(0, 3)"],
    ),
    "softmax without a dimension": (
        lambda: tg.softmax(X, None),  # type: ignore[arg-type]
        TypeError,
        ["softmax: say along which dimension", "dim=-1"],
    ),
    "a clamp without bounds": (lambda: X.clamp(), ValueError, ["clamp: give min, max, or both"]),
    "a size of a dimension that is not there": (
        lambda: X.size(2),
        IndexError,
        ["size: dim 2 is out of range", "-2 to 1"],
    ),
    "the length of a number": (
        lambda: len(tg.tensor(1.0)),
        TypeError,
        ["len() of a tensor of no dimensions", "a single number"],
    ),
    "a loop over a number": (
        lambda: list(tg.tensor(1.0)),
        TypeError,
        ["no dimensions", "cannot be iterated over"],
    ),
    "many elements as one number": (
        lambda: float(X),
        RuntimeError,
        ["(2, 3) has 6 elements", "reduce it first", "tolist()"],
    ),
    "if tensor": (
        lambda: 1 if X == X else 2,
        RuntimeError,
        ["shape (2, 3) is true is ambiguous", ".any() or .all()"],
    ),
    "two decimals of many numbers": (
        lambda: f"{X:.2f}",
        TypeError,
        ["format: '.2f' is for one number", "(2, 3)"],
    ),
    "writing a result of another shape in place": (
        lambda: X.clone().add_(tg.ones(4, 2, 3)),
        tg.ShapeError,
        ["add_: the result has shape (4, 2, 3)", "shape (2, 3)"],
    ),
    "writing into what was expanded": (
        lambda: tg.ones(1, 3).expand(2, 3).add_(1),
        RuntimeError,
        ["(2, 3)", "expanded", "clone() first"],
    ),
    "copying another shape": (
        lambda: X.clone().copy_(tg.ones(5)),
        tg.ShapeError,
        ["copy_: a value of shape (5,) does not fit", "(2, 3)"],
    ),
    "sum over two dimensions, one after the other": (
        lambda: X.sum(0, 1),
        TypeError,
        ["sum: keepdim must be True or False, got 1"],
    ),
    "keepdim in a word": (
        lambda: X.max(0, keepdim="no"),
        TypeError,
        ["max: keepdim must be True or False, got 'no'"],
    ),
    "NumPy's keepdims for each": (
        lambda: X.mean(axis=0, keepdims=np.ones(2)),
        TypeError,
        ["mean: keepdims must be True or False, got ndarray"],
    ),
    "unbiased in a word": (
        lambda: X.std(unbiased="n"),
        TypeError,
        ["std: unbiased must be True or False, got 'n'"],
    ),
    "the shape of nothing": (
        lambda: X.expand_as(None),
        TypeError,
        ["expand_as: expected a Tensor, got NoneType"],
    ),
    "a view as a shape": (
        lambda: X.view_as((3, 2)),
        TypeError,
        ["view_as: expected a Tensor, got tuple"],
    ),
}

# ------------------------------------------------------------------------- products and numbers

PRODUCTS: Mistakes = {
    "a bmm of matrices": (
        lambda: tg.bmm(X, X.T),
        RuntimeError,
        ["bmm: needs a batch of matrices and a batch of matrices, got shapes (2, 3) and (3, 2)"],
    ),
    "a dot of matrices": (
        lambda: tg.dot(X, X),
        RuntimeError,
        ["dot: needs a vector and a vector", "matmul"],
    ),
    "a name for what is not there": (
        lambda: tg.einsum("ijk->k", X),
        RuntimeError,
        ["einsum: operand 0 has shape (2, 3), and 3 of its dimensions are named"],
    ),
    "a name only behind the arrow": (
        lambda: tg.einsum("ij->k", X),
        RuntimeError,
        ["einsum: 'k' stands in the result 1 times, and in the operands 0 times"],
    ),
    "names of two sizes": (
        lambda: tg.einsum("ij,jk->ik", X, X),
        RuntimeError,
        ["einsum: shapes (2, 3), (2, 3) do not fit", "of size 3 here, and 2 there"],
    ),
    "an operand without names": (
        lambda: tg.einsum("ij", X, X),
        RuntimeError,
        ["einsum: there are 2 operands, and names for 1"],
    ),
    "the root of a matrix": (
        lambda: tg.ones(2, 2).matrix_power(0.5),
        RuntimeError,
        ["matrix_power: n must be an integer", "got 0.5"],
    ),
    "a vector for mm": (
        lambda: tg.mm(X, tg.ones(3)),
        tg.ShapeError,
        ["mm: needs two matrices", "(2, 3) and (3,)", "matmul"],
    ),
    "a product of masks": (
        lambda: MASK @ MASK.T,
        RuntimeError,
        ["matmul: cannot compute with booleans", "x.float()"],
    ),
    "a layer of a mask": (
        lambda: F.linear(MASK, MASK),
        RuntimeError,
        ["linear: cannot compute with booleans", "x.float()"],
    ),
    "softmax of counts": (
        lambda: COUNTS.softmax(0),
        RuntimeError,
        ["softmax: needs floats", "int64", "x.float().softmax()"],
    ),
    "a size below -1": (
        lambda: X.view(-2),
        tg.ShapeError,
        ["view: sizes must be >= 0, or -1", "(-2,)"],
    ),
    "no sizes": (lambda: X.reshape(), TypeError, ["reshape: give sizes", "()"]),
    "too many dimensions to permute": (
        lambda: X.permute(0, 1, 2),
        tg.ShapeError,
        ["permute: (0, 1, 2)", "each of the 2 dimensions"],
    ),
    "a vector transposed": (lambda: tg.ones(3).mT, tg.ShapeError, ["mT: needs a matrix", "(3,)"]),
    "a name in a tensor": (
        lambda: "a" in X,
        RuntimeError,
        ["in: a tensor contains numbers", "str"],
    ),
    "an element deleted": (lambda: X.__delitem__(0), TypeError, ["no elements to delete", "x[x"]),
    "a mask with a sign": (
        lambda: +MASK,
        RuntimeError,
        ["positive: cannot compute with booleans", "x.float()"],
    ),
    "many as a number": (lambda: float(X), ValueError, ["(2, 3) has 6 elements", "tolist()"]),
    "many as an index": (
        lambda: [1, 2][COUNTS],  # type: ignore[call-overload]
        TypeError,
        ["only an integer tensor can be an index, and of a single element", "(2, 3)"],
    ),
    "a matrix product with a list": (
        lambda: tg.mm(X, [[1.0], [2.0], [3.0]]),
        TypeError,
        ["mm: expected a Tensor, got list"],
    ),
    "NumPy's exp": (lambda: np.exp(leaf(2)), TypeError, ["np.exp is for arrays", "t.exp()"]),
    "NumPy's sum": (lambda: np.sum(leaf(2)), TypeError, ["np.sum is for arrays", "t.sum()"]),
    "NumPy's add": (lambda: np.add(leaf(2), 1), TypeError, ["np.add", "t + other"]),
    "NumPy's concatenate": (
        lambda: np.concatenate([leaf(2), leaf(2)]),
        TypeError,
        ["np.concatenate is for arrays", "tinygrad_lr.cat(...)"],
    ),
    "NumPy's where": (
        lambda: np.where(leaf(2) > 0, leaf(2), 0.0),
        TypeError,
        ["np.where is for arrays", "tinygrad_lr.where(...)"],
    ),
    "a function that only NumPy has": (
        lambda: np.cbrt(leaf(2)),
        TypeError,
        ["np.cbrt is for arrays", "np.cbrt(t.detach().numpy()) is without gradient"],
    ),
    "into an array of NumPy's": (
        lambda: np.ones(2).__iadd__(leaf(2)),
        TypeError,
        ["np.add(..., out=...) is for arrays", "t.detach().numpy() there"],
    ),
}

# ------------------------------------------------------------------------------------- indexing

ORDERS: Mistakes = {
    "more than there are": (
        lambda: X.topk(4),
        RuntimeError,
        ["topk: k must be from 0 to 3", "got 4"],
    ),
    "the zeroth": (lambda: X.kthvalue(0), RuntimeError, ["kthvalue: k must be from 1 to 3"]),
    "a k that is no integer": (lambda: X.topk(1.5), TypeError, ["topk: k must be an integer"]),  # type: ignore[arg-type]
    "the median of a mask": (
        lambda: MASK.median(),
        RuntimeError,
        ["median", "booleans", "float()"],
    ),
    "the mode of nothing": (
        lambda: tg.ones(0).mode(),
        IndexError,
        ["mode: there is nothing to choose from", "(0,)"],
    ),
    "a scan without a dimension": (lambda: X.cumsum(2), IndexError, ["cumsum: dim 2", "-2 to 1"]),
    "the running sum of what logarithms": (
        lambda: COUNTS.logcumsumexp(0),
        RuntimeError,
        ["logcumsumexp: needs floats", "int64"],
    ),
    "differences of a number": (
        lambda: tg.tensor(1.0).diff(),
        RuntimeError,
        ["diff: a single number", "no neighbours"],
    ),
    "x and dx": (
        lambda: tg.trapezoid(X, X, dx=0.1),
        RuntimeError,
        ["trapezoid: give x or dx, not both"],
    ),
    "a quantile in percent": (lambda: X.quantile(50), RuntimeError, ["quantile: q must be from 0"]),
    "an interpolation there is not": (
        lambda: X.quantile(0.5, interpolation="mean"),
        RuntimeError,
        ["quantile: interpolation is one of linear", "'mean'"],
    ),
    "counting floats": (lambda: X[0].bincount(), RuntimeError, ["bincount: counts integers"]),
    "counting in a matrix": (lambda: COUNTS.bincount(), RuntimeError, ["needs a vector"]),
    "weights of another shape": (
        lambda: COUNTS[0].bincount(X),
        RuntimeError,
        ["bincount: weights have shape (2, 3)", "(3,)"],
    ),
    "a histogram of counts": (lambda: COUNTS.histc(), RuntimeError, ["histc: needs floats"]),
    "a histogram of no bins": (lambda: X.histc(0), RuntimeError, ["histc: needs a bin or more"]),
    "the gradient of a histogram": (
        lambda: leaf(3).histogram(2).hist.sum().backward(),
        RuntimeError,
        ["the derivative for histogram is not implemented", "x.detach()"],
    ),
    "boundaries in a matrix": (
        lambda: tg.bucketize(X, X),
        RuntimeError,
        ["bucketize: boundaries are a vector", "(2, 3)"],
    ),
    "the covariances of a cube": (
        lambda: tg.cov(tg.ones(2, 2, 2)),
        RuntimeError,
        ["cov: needs a matrix or a vector"],
    ),
}

MATRICES: Mistakes = {
    "the inverse of what has none": (
        lambda: tg.linalg.inv(tg.ones(2, 2)),
        tg.linalg.LinAlgError,
        ["inv: the matrix, or one of them, is singular", "pinv and lstsq"],
    ),
    "equations that say the same": (
        lambda: tg.linalg.solve(tg.ones(2, 2), tg.ones(2)),
        RuntimeError,
        ["solve: the matrix, or one of them, is singular"],
    ),
    "the inverse of a table": (
        lambda: X.inverse(),
        RuntimeError,
        ["inv: needs a square", "(2, 3)"],
    ),
    "the determinant of a vector": (lambda: X[0].det(), RuntimeError, ["det: needs a", "(3,)"]),
    "the inverse of counts": (
        lambda: tg.eye(2).long().inverse(),
        RuntimeError,
        ["inv: computes in float32 and float64", "int64", "x.float()"],
    ),
    "equations of other sizes": (
        lambda: tg.linalg.solve(tg.eye(2), tg.ones(3, 1)),
        RuntimeError,
        ["solve: A has shape (2, 2), B (3, 1)", "2 rows"],
    ),
    "the root of what is not positive": (
        lambda: tg.linalg.cholesky(-tg.eye(2)),
        tg.linalg.LinAlgError,
        ["cholesky: the matrix, or one of them, is not positive definite"],
    ),
    "the gradient of a decomposition": (
        lambda: tg.linalg.svd(leaf(2, 3)),
        RuntimeError,
        ["svd: has no gradient here", "A.detach()"],
    ),
    "the norm of counts": (lambda: COUNTS.norm(), RuntimeError, ["norm: needs floats", "int64"]),
    "a norm by a name": (lambda: X.norm("max"), RuntimeError, ["norm: the order", "'max'"]),
}

INDEXING: Mistakes = {
    "a mask of numbers to fill": (
        lambda: X.masked_fill(COUNTS, 0.0),
        RuntimeError,
        ["masked_fill: the mask must be a bool Tensor, not int64", "x > 0"],
    ),
    "a fill of many numbers": (
        lambda: X.masked_fill(MASK, tg.ones(3)),
        RuntimeError,
        ["masked_fill: the value must be a number", "got shape (3,)"],
    ),
    "a scatter to another number of dimensions": (
        lambda: X.scatter(1, tg.tensor([0, 1]), 1.0),
        RuntimeError,
        ["scatter: index has shape (2,), input (2, 3)", "as many dimensions"],
    ),
    "a scatter out of range": (
        lambda: X.scatter(1, tg.tensor([[3]]), 1.0),
        RuntimeError,
        ["scatter: the index goes from 3 to 3", "expected 0 to 2"],
    ),
    "a scatter of nothing": (
        lambda: X.scatter(1, tg.tensor([[0]])),
        TypeError,
        ["scatter: give either src, a Tensor, or value, a number"],
    ),
    "an index of floats to add to": (
        lambda: X.index_add(0, tg.tensor([0.0]), X),
        RuntimeError,
        ["index_add: the index must hold integers", "float32", ".long()"],
    ),
    "too little to add": (
        lambda: X.index_add(0, tg.tensor([0, 1]), tg.ones(1, 3)),
        RuntimeError,
        ["index_add: an index of 2 places in dimension 0", "shape (2, 3), got (1, 3)"],
    ),
    "classes of floats": (
        lambda: F.one_hot(X),
        RuntimeError,
        ["one_hot: the index must be an int64 tensor, got float32", ".long()"],
    ),
    "a class too many": (
        lambda: F.one_hot(COUNTS, 6),
        RuntimeError,
        ["one_hot: the index goes from 1 to 6", "expected 0 to 5"],
    ),
    "a where of one choice": (
        lambda: tg.where(MASK, X),
        TypeError,
        ["where: give both", "or only a condition"],
    ),
    "an index_put without a tuple": (
        lambda: X.index_put(tg.tensor([0]), tg.ones(3)),
        TypeError,
        ["index_put: indices must be a tuple of Tensors, (index,) for one"],
    ),
    "a row that is not there": (
        lambda: X[2],
        IndexError,
        ["index 2 is out of range for dimension 0", "(2, 3)", "-2 to 1"],
    ),
    "a column that is not there": (
        lambda: X[0, -4],
        IndexError,
        ["index -4 is out of range for dimension 1", "(2, 3)", "-3 to 2"],
    ),
    "a row that is not there, in a list": (
        lambda: X[[0, 5]],
        IndexError,
        ["index 5 is out of range for dimension 0", "(2, 3)"],
    ),
    "too many indices": (
        lambda: X[0, 0, 0],
        IndexError,
        ["index: too many indices", "(2, 3)", "3 dimensions where it has 2"],
    ),
    "an index of a number": (
        lambda: tg.tensor(1.0)[0],
        IndexError,
        ["index: too many indices", "shape ()"],
    ),
    "a name as an index": (
        lambda: X["a"],
        TypeError,
        ["index: expected integers, slices", "got str"],
    ),
    "a fraction as an index": (
        lambda: X[len(X) / 2],
        TypeError,
        ["index: expected integers", "got float"],
    ),
    "floats as an index": (
        lambda: X[tg.ones(2)],
        TypeError,
        ["index: an index must hold integers or booleans", "float32"],
    ),
    "a slice to a fraction": (
        lambda: X[0 : len(X) / 2],
        TypeError,
        ["index: the parts of a slice are integers", "float 1.0"],
    ),
    "a slice in steps of 0": (lambda: X[::0], ValueError, ["index: the step", "must not be 0"]),
    "a mask of another shape": (
        lambda: X[MASK.T],
        IndexError,
        ["index: a mask of shape (3, 2)", "shape (2, 3)", "must be (2, 3)"],
    ),
    "a mask of rows that is too long": (
        lambda: X[[True, False, True]],
        IndexError,
        ["index: a mask of shape (3,)", "must be (2,)"],
    ),
    "lists of different lengths": (
        lambda: X[[0, 1], [0, 1, 2]],
        IndexError,
        ["index lists of shapes (2,), (3,)", "(2, 3)", "equally long"],
    ),
    "an index of uneven lists": (
        lambda: X[[[0], [0, 1]],],
        TypeError,
        ["index: the lists in [[0], [0, 1]] have different lengths"],
    ),
    "a slice backwards": (
        lambda: X[::-1],
        ValueError,
        ["index: the step of a slice must be positive, got -1", "range(len(x) - 1, -1, -1)"],
    ),
    "an index of few bits": (
        lambda: X[tg.tensor([0, 1], dtype="int16")],
        IndexError,
        ["an index Tensor is of int64, int32, bool or uint8", "got int16", ".long()"],
    ),
    "a fraction among places": (
        lambda: X[[0, 0.5]],
        IndexError,
        ["index: an index must hold integers or booleans", "float64"],
    ),
    "a column as a row of what a mask picks": (
        lambda: put(tg.ones(3, 1), X > 0, X.clone()),
        tg.ShapeError,
        ["value of shape (3, 1) does not fit", "chosen part, of shape (6,)", "(2, 3)"],
    ),
    "two ellipses": (lambda: X[..., ...], IndexError, ["index: only one ...", "(2, 3)"]),
    "a float tensor to count with": (
        lambda: range(tg.tensor(3.0)),  # type: ignore[arg-type]
        TypeError,
        ["only an integer tensor can be an index", "float32"],
    ),
    "a row of another length": (
        lambda: put(tg.ones(4), 0, X.clone()),
        tg.ShapeError,
        ["value of shape (4,) does not fit", "chosen part, of shape (3,)", "(2, 3)"],
    ),
    "a row of text": (lambda: put("a", 0, X.clone()), TypeError, ["expected numbers", "'a'"]),
    "uneven lists in a tensor's place": (
        lambda: put([[1], [2, 3]], 0, X.clone()),
        ValueError,
        ["different lengths", "equally long"],
    ),
    "nan in a row of integers": (
        lambda: put(float("nan"), 0, COUNTS.clone()),
        ValueError,
        ["int64 cannot hold nan"],
    ),
    "index_select of a row that is not there": (
        lambda: X.index_select(0, tg.tensor([3])),
        IndexError,
        ["index_select:", "from 3 to 3", "(2, 3) has 2 entries", "0 to 1"],
    ),
    "index_select by floats": (
        lambda: X.index_select(0, tg.tensor([0.0])),
        TypeError,
        ["index_select: the index must hold integers", "float32"],
    ),
    "gather with an index of fewer dimensions": (
        lambda: X.gather(0, tg.tensor([0])),
        tg.ShapeError,
        ["gather: index has shape (1,), input (2, 3)", "as many dimensions"],
    ),
}

# --------------------------------------------------------------------------------------- dtypes

DTYPES: Mistakes = {
    "a gradient of integers": (
        lambda: tg.tensor([1, 2], requires_grad=True),
        RuntimeError,
        ["floating point", "int64", ".float()"],
    ),
    "requires_grad of a mask": (
        lambda: assign("requires_grad", True, MASK.clone()),
        RuntimeError,
        ["floating point", "bool", ".float()"],
    ),
    "the mean of integers": (
        lambda: COUNTS.mean(),
        TypeError,
        ["mean: needs floats", "int64", "x.float().mean()"],
    ),
    "the spread of integers": (
        lambda: COUNTS.std(),
        TypeError,
        ["std: needs floats", "int64", "x.float().std()"],
    ),
    "minus a mask": (lambda: -MASK, TypeError, ["neg:", "bool", "~mask", "mask.float()"]),
    "a mask minus a mask": (
        lambda: MASK - MASK,
        TypeError,
        ["sub:", "bool", "a != b", "a.float()"],
    ),
    "not of floats": (lambda: ~X, TypeError, ["not:", "float32", "x > 0"]),
    "and of floats": (lambda: X & X, TypeError, ["and:", "float32", "x > 0"]),
    "integers to a negative power": (
        lambda: COUNTS**-1,
        ValueError,
        ["pow:", "integers", "negative power", "x.float()"],
    ),
    "a half added to integers in place": (
        lambda: COUNTS.clone().add_(0.5),
        TypeError,
        ["add_:", "float32", "int64", "x.float()"],
    ),
    "integers divided in place": (
        lambda: COUNTS.clone().div_(2),
        TypeError,
        ["div_:", "float32", "int64", "x.float()"],
    ),
    "two dtypes in a matrix product": (
        lambda: X @ X.double().T,
        TypeError,
        ["matmul:", "float32", "float64", "convert one"],
    ),
    "a float64 batch for a float32 layer": (
        lambda: nn.Linear(3, 2)(X.double()),
        TypeError,
        ["linear: input is float64, weight is float32", "input.float()"],
    ),
    "bytes for a layer": (
        lambda: nn.Linear(3, 2)(tg.ones(2, 3, dtype="uint8")),
        TypeError,
        ["linear: input is uint8", "input.float()"],
    ),
    "a layer of integers": (lambda: nn.Linear(3, 2).to("int64"), TypeError, ["floats", "int64"]),
    "exp of a number": (
        lambda: tg.exp(1.0),
        TypeError,
        ["exp: expected a Tensor", "float"],
    ),
    "sqrt of an array": (
        lambda: tg.sqrt(np.ones(2)),
        TypeError,
        ["sqrt: expected a Tensor", "ndarray"],
    ),
    "the maximum with a number": (
        lambda: tg.maximum(X, 1.0),
        TypeError,
        ["maximum: expected a Tensor", "float"],
    ),
    "filling with text": (lambda: X.clone().fill_("a"), TypeError, ["fill_: expected num", "'a'"]),
    "a mask minus a number": (
        lambda: MASK - 1,
        RuntimeError,
        ["sub: cannot compute with bool", "!="],
    ),
    "relu of a mask": (lambda: tg.relu(MASK), RuntimeError, ["relu", "booleans", "x.float()"]),
    "a mask to the power of a mask": (lambda: MASK**MASK, RuntimeError, ["pow", "a.long() ** b"]),
    "counts and an integer of 70 bits": (
        lambda: COUNTS + 2**70,
        (OverflowError, RuntimeError),
        ["add: a Python integer is too large", "64 bits"],
    ),
    "a number added to a mask in place": (
        lambda: MASK.clone().add_(2),
        RuntimeError,
        ["add_: the result is int64", "x.long()"],
    ),
    "half an alpha": (
        lambda: tg.add(COUNTS, COUNTS, alpha=0.5),
        RuntimeError,
        ["add: alpha must be an integer", "0.5"],
    ),
    "a bound per element": (
        lambda: X.clamp(min=tg.zeros(3), max=1.0),
        TypeError,
        ["clamp: min must be a number, or both bounds Tensors"],
    ),
    "an array of complex numbers as an operand": (
        lambda: X + np.array([1j]),
        TypeError,
        ["add: cannot hold the dtype complex128", "astype"],
    ),
}

# --------------------------------------------------------------------------- labels and losses

LOSSES: Mistakes = {
    "a label that is too high": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0, 3])),
        IndexError,
        ["cross_entropy: target goes from 0 to 3", "3 classes", "0 to 2"],
    ),
    "a negative label": (
        lambda: F.cross_entropy(SCORES, tg.tensor([-1, 0])),
        IndexError,
        ["cross_entropy: target goes from -1", "0 to 2", "ignore_index=-100"],
    ),
    "more labels than rows": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0, 1, 2])),
        tg.ShapeError,
        ["cross_entropy:", "(2, 3)", "target (3,)", "must be (2,)"],
    ),
    "labels as a column": (
        lambda: F.cross_entropy(SCORES, tg.tensor([[0], [1]])),
        tg.ShapeError,
        ["cross_entropy:", "target (2, 1)", "must be (2,)", "a class for each row"],
    ),
    "labels that are one-hot rows": (
        lambda: F.cross_entropy(SCORES, tg.tensor([[1, 0, 0], [0, 1, 0]])),
        tg.ShapeError,
        ["cross_entropy:", "target (2, 3)", "must be (2,)", "target.argmax(1)"],
    ),
    "probabilities with an ignore_index": (
        lambda: F.cross_entropy(SCORES, tg.ones(2, 3), ignore_index=1),
        ValueError,
        ["cross_entropy: ignore_index is for targets that are classes"],
    ),
    "too few weights of classes": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0, 1]), weight=tg.ones(2)),
        tg.ShapeError,
        ["cross_entropy: weight must have one weight for each of 3 classes", "(2,)"],
    ),
    "weights of classes in a list": (
        lambda: F.nll_loss(SCORES, tg.tensor([0, 1]), weight=[1.0, 2.0, 3.0]),
        TypeError,
        ["nll_loss: weight must be a Tensor, got list"],
    ),
    "weights of classes that are trained": (
        lambda: F.nll_loss(SCORES, tg.tensor([0, 1]), weight=leaf(3)),
        RuntimeError,
        ["nll_loss: there is no gradient for weight", "weight.detach()"],
    ),
    "logits for binary_cross_entropy": (
        lambda: F.binary_cross_entropy(tg.tensor([2.0, -1.0]), tg.tensor([1.0, 0.0])),
        RuntimeError,
        ["binary_cross_entropy: input must be from 0 to 1, got -1 to 2"],
    ),
    "labels for binary_cross_entropy": (
        lambda: F.binary_cross_entropy(tg.ones(2), tg.tensor([1, 0])),
        TypeError,
        ["binary_cross_entropy: input is float32, target is int64", "target.float()"],
    ),
    "labels for binary_cross_entropy_with_logits": (
        lambda: F.binary_cross_entropy_with_logits(tg.ones(2), tg.tensor([1, 0])),
        TypeError,
        ["binary_cross_entropy_with_logits: target must hold floats, got int64"],
    ),
    "a column and a vector for binary_cross_entropy_with_logits": (
        lambda: F.binary_cross_entropy_with_logits(tg.ones(2, 1), tg.ones(2)),
        ValueError,
        ["(2, 1)", "(2,)", "broadcast to (2, 2)", "reshape(input.shape)"],
    ),
    "a delta of 0": (
        lambda: F.huber_loss(X, X, delta=0),
        RuntimeError,
        ["huber_loss: delta must be positive, got 0"],
    ),
    "a negative variance": (
        lambda: F.gaussian_nll_loss(X, X, -X),
        ValueError,
        ["gaussian_nll_loss: var must be >= 0, got -1"],
    ),
    "integers for an activation": (
        lambda: F.gelu(COUNTS),
        RuntimeError,
        ["gelu: needs floats, got int64; use .float()"],
    ),
    "another approximation": (
        lambda: F.gelu(X, approximate="erf"),
        RuntimeError,
        ["gelu: approximate must be 'none' or 'tanh', got 'erf'"],
    ),
    "a probability of more than 1": (
        lambda: nn.Dropout(2),
        ValueError,
        ["Dropout: p, a probability, has to be from 0 to 1, got 2"],
    ),
    "floats for an embedding": (
        lambda: nn.Embedding(3, 2)(X),
        RuntimeError,
        ["embedding: the index must hold integers", "float32", ".long()"],
    ),
    "a word that the embedding does not know": (
        lambda: nn.Embedding(3, 2)(COUNTS),
        IndexError,
        ["embedding: the index goes from 1 to 6", "3 entries"],
    ),
    "an embedding with a largest norm": (
        lambda: nn.Embedding(3, 2, max_norm=1.0),
        ValueError,
        ["Embedding: max_norm, scale_grad_by_freq and sparse are not offered"],
    ),
    "a padding that is no row": (
        lambda: nn.Embedding(3, 2, padding_idx=3),
        ValueError,
        ["Embedding: padding_idx must be one of 3 rows, or None, got 3"],
    ),
    "a batch of one to normalize": (
        lambda: nn.BatchNorm1d(3)(tg.ones(1, 3)),
        ValueError,
        ["batch_norm: expected more than 1 value per channel when training, got input (1, 3)"],
    ),
    "other features than a BatchNorm1d has": (
        lambda: nn.BatchNorm1d(4)(X),
        RuntimeError,
        ["batch_norm: input (2, 3) has 3 channels, running_mean (4,)"],
    ),
    "one row to a BatchNorm1d": (
        lambda: nn.BatchNorm1d(3)(tg.ones(3)),
        ValueError,
        ["expected 2D or 3D input (got 1D input)"],
    ),
    "other dimensions than a LayerNorm has": (
        lambda: nn.LayerNorm(2)(X),
        RuntimeError,
        ["layer_norm: normalized_shape (2,) must be the last dimensions of input, (2, 3)"],
    ),
    "an odd number of columns to halve": (
        lambda: F.glu(X),
        RuntimeError,
        ["glu: dimension -1 of (2, 3) must be even"],
    ),
    "labels that are floats": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0.0, 1.0])),
        TypeError,
        ["cross_entropy: target must hold class numbers", "float32", "target.long()"],
    ),
    "labels in a list": (
        lambda: F.cross_entropy(SCORES, [0, 1]),
        TypeError,
        ["cross_entropy: input and target must be Tensors", "list"],
    ),
    "scores and labels exchanged": (
        lambda: F.cross_entropy(tg.tensor([0, 1]), SCORES),
        TypeError,
        ["cross_entropy: input, the scores, must hold floats", "int64", "the target comes second"],
    ),
    "scores that are one number": (
        lambda: F.cross_entropy(tg.tensor(1.0), tg.tensor(0)),
        tg.ShapeError,
        ["cross_entropy: input has shape ()", "(N, C)"],
    ),
    "an unknown reduction": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0, 1]), reduction="average"),
        ValueError,
        ["cross_entropy: reduction must be 'mean', 'sum' or 'none'", "'average'"],
    ),
    "an unknown reduction of a module": (
        lambda: nn.MSELoss(reduction="average"),
        ValueError,
        ["MSELoss: reduction must be 'mean', 'sum' or 'none'", "'average'"],
    ),
    "a smoothing that is no number": (
        lambda: nn.CrossEntropyLoss(label_smoothing=None),  # type: ignore[arg-type]
        TypeError,
        ["label_smoothing must be a number", "got None"],
    ),
    "an ignore_index that is a float": (
        lambda: nn.functional.cross_entropy(tg.ones(2, 3), tg.tensor([0, 1]), ignore_index=1.0),  # type: ignore[arg-type]
        TypeError,
        ["cross_entropy: ignore_index must be an integer, got 1.0"],
    ),
    "too much smoothing": (
        lambda: nn.CrossEntropyLoss(label_smoothing=10),
        ValueError,
        ["label_smoothing must be in 0 to 1", "got 10"],
    ),
    "a label that is too high for nll_loss": (
        lambda: F.nll_loss(SCORES, tg.tensor([0, 5])),
        IndexError,
        ["nll_loss: target goes from 0 to 5", "0 to 2"],
    ),
    "mse_loss of a column and a vector": (
        lambda: F.mse_loss(tg.ones(10, 1), tg.ones(10)),
        tg.ShapeError,
        ["mse_loss:", "(10, 1)", "(10,)", "broadcast to (10, 10)", "reshape(input.shape)"],
    ),
    "mse_loss of different lengths": (
        lambda: F.mse_loss(tg.ones(3), tg.ones(4)),
        tg.ShapeError,
        ["mse_loss:", "(3,)", "(4,)", "do not fit together"],
    ),
    "mse_loss with a number": (
        lambda: F.mse_loss(tg.ones(3), 1.0),
        TypeError,
        ["mse_loss: target must be a Tensor", "float"],
    ),
    "mse_loss with integers": (
        lambda: F.mse_loss(tg.ones(3), tg.tensor([1, 2, 3])),
        TypeError,
        ["mse_loss: input is float32, target is int64", "target.float()"],
    ),
    "an array as a reduction": (
        lambda: F.mse_loss(X, X, reduction=np.ones(2)),
        ValueError,
        ["mse_loss: reduction must be 'mean', 'sum' or 'none'"],
    ),
}

# -------------------------------------------------------------------------------------- devices


@contextlib.contextmanager
def instead_of_cupy(module: Any) -> Iterator[None]:
    """As on a machine where ``import cupy`` gives `module`, None for no such module."""
    device = sys.modules["tinygrad_lr.device"]  # tinygrad_lr.device is the class
    with mock.patch.dict(sys.modules, {"cupy": module}), mock.patch.object(device, "_cupy", None):
        yield


def without_cupy(call: Callable[[], Any]) -> Any:
    with instead_of_cupy(None):
        return call()


def without_a_card(call: Callable[[], Any]) -> Any:
    with instead_of_cupy(SimpleNamespace(is_available=lambda: False)):
        return call()


def with_another_cuda(call: Callable[[], Any]) -> Any:
    def fails(n: int) -> Any:
        raise OSError("libcudart.so.13: no such file\nand much more")

    with instead_of_cupy(SimpleNamespace(is_available=lambda: True, arange=fails)):
        return call()


def on_a_gpu(call: Callable[[Any], Any]) -> Any:
    """`call`, given a tensor on the GPU: that of the double of CuPy in tests/cupy_double."""
    spec = importlib.util.spec_from_file_location("cupy", HERE / "cupy_double" / "cupy.py")
    assert spec
    assert spec.loader
    double = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE / "cupy_double")  # where it finds its parts
        spec.loader.exec_module(double)
    with instead_of_cupy(double):
        return call(tg.ones(2, 3, device="gpu"))


DEVICES: Mistakes = {
    "a device that does not exist": (
        lambda: tg.zeros(2, device="tpu"),
        tg.DeviceError,
        ["unknown device 'tpu'", "'cpu' or 'gpu'"],
    ),
    "a second card": (
        lambda: tg.device("cuda:1"),
        tg.DeviceError,
        ["unknown device 'cuda:1'", "'cuda:0'"],
    ),
    "the number of a device": (lambda: X.to(device=3), tg.DeviceError, ["unknown device 3"]),
    "neither a device nor a dtype": (
        lambda: X.to("flaot32"),
        tg.DeviceError,
        ["to: unknown device 'flaot32'", "no dtype either", "'float32'", "'gpu'"],
    ),
    "the GPU without CuPy": (
        lambda: without_cupy(lambda: X.to("cuda")),
        tg.DeviceError,
        ["no GPU: CuPy is not installed", "pip install", "or use the cpu"],
    ),
    "the GPU without a card": (
        lambda: without_a_card(lambda: nn.Linear(2, 2).cuda()),
        tg.DeviceError,
        ["no GPU: CuPy is installed", "no card", "nvidia-smi"],
    ),
    "the CuPy of another CUDA": (
        lambda: with_another_cuda(lambda: tg.ones(2, device="gpu")),
        tg.DeviceError,
        ["no GPU: there is a card", "libcudart.so.13", "cupy-cuda12x"],
    ),
    "operands on different devices": (
        lambda: on_a_gpu(lambda there: X + there),
        tg.DeviceError,
        ["add: a is on cpu, b is on gpu", ".to()"],
    ),
    "a model here and a batch there": (
        lambda: on_a_gpu(lambda there: nn.Linear(3, 2)(there)),
        tg.DeviceError,
        ["linear: x is on gpu, weight is on cpu", ".to()"],
    ),
    "labels here and scores there": (
        lambda: on_a_gpu(lambda there: F.cross_entropy(there, tg.tensor([0, 1]))),
        tg.DeviceError,
        ["cross_entropy: a is on gpu, target is on cpu", ".to()"],
    ),
    "a NumPy array of what is on the GPU": (
        lambda: on_a_gpu(lambda there: there.numpy()),
        tg.DeviceError,
        ["numpy(): this tensor is on the gpu", "tensor.cpu().numpy()"],
    ),
    "a plot of what is on the GPU": (
        lambda: on_a_gpu(lambda there: np.asarray(there)),
        tg.DeviceError,
        ["numpy(): this tensor is on the gpu", "tensor.cpu()"],
    ),
    "an index on another device": (
        lambda: on_a_gpu(lambda there: there[tg.tensor([0])]),
        tg.DeviceError,
        ["index: the tensor is on gpu, the index is on cpu", ".to()"],
    ),
    "a value on another device": (
        lambda: on_a_gpu(lambda there: put(X[0], 0, there)),
        tg.DeviceError,
        ["the tensor is on gpu, the value is on cpu", ".to()"],
    ),
    "a gradient on another device": (
        lambda: on_a_gpu(lambda there: (there.requires_grad_() * 2).backward(X)),
        tg.DeviceError,
        ["backward: the tensor is on gpu, the gradient is on cpu", ".to()"],
    ),
    "a list as a device": (
        lambda: tg.ones(2, device=["gpu"]),
        tg.DeviceError,
        ["unknown device ['gpu']", "use 'cpu' or 'gpu'"],
    ),
}

# -------------------------------------------------------------------------------- the graph


def backward_twice() -> None:
    loss = (leaf(2) ** 2).sum()
    loss.backward()
    loss.backward()


def backward_after_a_write() -> None:
    x = leaf(2) * 1
    square = x * x
    x += 1
    square.sum().backward()


def backward_under_no_grad() -> None:
    with tg.no_grad():
        leaf(2).sum().backward()


GRAPH: Mistakes = {
    "backward from many numbers": (
        lambda: (leaf(2, 3) * 2).backward(),
        RuntimeError,
        ["backward:", "scalar", "(2, 3)", ".sum() or .mean()", "pass a gradient"],
    ),
    "backward a second time": (
        backward_twice,
        RuntimeError,
        ["backward", "second time", "retain_graph=True", "compute the result again"],
    ),
    "backward without anything to learn": (
        lambda: X.sum().backward(),
        RuntimeError,
        ["backward: this tensor does not require grad", "requires_grad=True on the inputs"],
    ),
    "backward of what was detached": (
        lambda: (leaf(2) * 2).sum().detach().backward(),
        RuntimeError,
        ["does not require grad", "detach()"],
    ),
    "backward under no_grad": (
        backward_under_no_grad,
        RuntimeError,
        ["backward:", "switched off here (no_grad)"],
    ),
    "backward with a gradient of another shape": (
        lambda: (leaf(2, 3) * 2).backward(tg.ones(2)),
        tg.ShapeError,
        ["backward: the gradient has shape (2,)", "(2, 3)", "must be equal"],
    ),
    "backward with a number for a gradient": (
        lambda: leaf(2).sum().backward(1.0),  # type: ignore[arg-type]
        TypeError,
        ["backward: the gradient must be a Tensor", "float"],
    ),
    "a leaf changed in place": (
        lambda: leaf(2).add_(1),
        RuntimeError,
        ["add_: a leaf Tensor that requires grad", "(2,)", "with no_grad():"],
    ),
    "a row of a leaf changed in place": (
        lambda: put(0.0, 0, leaf(2)),
        RuntimeError,
        ["a leaf Tensor that requires grad", "with no_grad():"],
    ),
    "changed in place and needed afterwards": (
        backward_after_a_write,
        RuntimeError,
        ["gradient of mul needs", "shape (2,)", "add_", "x = x + y"],
    ),
    "the gradient of what is no leaf": (
        lambda: (leaf(2) * 2).grad,
        UserWarning,
        [".grad", "not a leaf", ".retain_grad()"],
    ),
    "requires_grad switched off for a result": (
        lambda: (leaf(2) * 2).requires_grad_(False),
        RuntimeError,
        ["requires_grad", "only be switched off for a leaf", "detach()"],
    ),
    "numpy of what requires grad": (
        lambda: leaf(2).numpy(),
        RuntimeError,
        ["numpy()", "requires grad", "tensor.detach().numpy()"],
    ),
    "a plot of what requires grad": (
        lambda: np.asarray(leaf(2) * 2),
        RuntimeError,
        ["numpy()", "requires grad", "tensor.detach().numpy()"],
    ),
    "grad of a number": (
        lambda: autograd.grad(3.0, leaf(2)),
        TypeError,
        ["grad: expected a Tensor, or a list of them", "3.0"],
    ),
    "backward from nothing": (
        lambda: autograd.backward(None),
        TypeError,
        ["backward: expected a Tensor, or a list of them", "None"],
    ),
    "a hook on a constant": (
        lambda: tg.ones(2).register_hook(print),
        RuntimeError,
        ["register_hook", "does not require grad", "requires_grad=True"],
    ),
    "a hook that is none": (
        lambda: leaf(2).register_hook(3),
        TypeError,
        ["a hook is a function of a Tensor", "int"],
    ),
    "a hook on the .grad of a result": (
        lambda: (leaf(2) * 2).register_post_accumulate_grad_hook(print),
        RuntimeError,
        ["register_post_accumulate_grad_hook", "only a leaf", "register_hook"],
    ),
    "the Jacobian at a list": (
        lambda: vars(autograd)["functional"].jacobian(tg.exp, [1.0]),
        TypeError,
        ["jacobian: the inputs must be a Tensor or a tuple of Tensors", "list"],
    ),
    "the Hessian of many numbers": (
        lambda: vars(autograd)["functional"].hessian(tg.exp, tg.ones(2)),
        RuntimeError,
        ["hessian", "a single number", "(2,)"],
    ),
    "a direction of another shape": (
        lambda: vars(autograd)["functional"].jvp(tg.exp, tg.ones(2), tg.ones(3)),
        RuntimeError,
        ["jvp", "(2,)", "(3,)"],
    ),
    "Variable of a list": (
        lambda: autograd.Variable([1.0], requires_grad=True),
        TypeError,
        ["Variable: expected a Tensor", "list", "tensor(...)"],
    ),
    "grad of what was not used": (
        lambda: autograd.grad(leaf(3).sum(), leaf(2)),
        RuntimeError,
        ["grad: input 0, a tensor of shape (2,), was not used", "allow_unused=True"],
    ),
    "grad of a constant": (
        lambda: autograd.grad(leaf(3).sum(), X),
        RuntimeError,
        ["grad: input 0 does not require grad", "requires_grad=True"],
    ),
    "more gradients than results": (
        lambda: autograd.backward([leaf(2).sum()], [None, None]),
        RuntimeError,
        ["backward: 1 tensors, but 2 gradients", "one for each tensor"],
    ),
    "a gradient of another shape put in place": (
        lambda: assign("grad", tg.ones(3), leaf(2)),
        tg.ShapeError,
        ["grad must have the shape and dtype", "(2,) float32", "(3,) float32"],
    ),
    "an array put in a gradient's place": (
        lambda: assign("grad", np.ones(2), leaf(2)),
        TypeError,
        ["grad must be a Tensor or None", "ndarray"],
    ),
    "an array put in the data's place": (
        lambda: assign("data", np.ones(2), leaf(2)),
        TypeError,
        ["data must be a Tensor", "ndarray"],
    ),
    "integers put in a parameter's place": (
        lambda: assign("data", COUNTS, leaf(2, 3)),
        TypeError,
        ["data:", "requires grad", "int64", ".float()"],
    ),
    "a write to what was expanded, and detached": (
        lambda: tg.ones(1, 3).expand(2, 3).detach()[0].zero_(),
        RuntimeError,
        ["detached from what was expanded", "clone()"],
    ),
    "data of another shape, of a result": (
        lambda: assign("data", tg.ones(3), leaf(2) * 2.0),
        tg.ShapeError,
        ["data: this tensor was computed", "(2,) float32; got (3,) float32", "new tensor"],
    ),
    "data of another dtype, of a view of a leaf": (
        lambda: assign("data", tg.ones(1, dtype=tg.float64), leaf(2)[:1]),
        RuntimeError,
        ["data: this tensor was computed", "(1,) float32; got (1,) float64"],
    ),
    "retain_grad of a constant": (
        lambda: X.retain_grad(),
        RuntimeError,
        ["retain_grad: this tensor does not require grad"],
    ),
    "a copy of a result": (
        lambda: copy.deepcopy(leaf(2) * 2),
        RuntimeError,
        ["only a leaf can be deep-copied", "tensor.detach().clone()"],
    ),
    "a loss into a pickle": (
        lambda: pickle.dumps({"loss": (leaf(2) * 2).sum()}),
        RuntimeError,
        ["only a leaf can be pickled", "tensor.detach()", ".item()"],
    ),
    "a leaf that is a view, written to": (
        lambda: tg.ones(4)[:2].requires_grad_().mul_(2.0),
        RuntimeError,
        ["mul_: a leaf Tensor that requires grad (or a view of one)", "no_grad()"],
    ),
    "a view of what became a leaf, written to": (
        lambda: late_leaf().add_(5.0),
        RuntimeError,
        ["add_: a leaf Tensor that requires grad (or a view of one)", "no_grad()"],
    ),
    "a view made under no_grad, written to": (
        lambda: unrecorded_view(leaf(2) * 2).mul_(2.0),
        RuntimeError,
        ["mul_: this view was made under no_grad()", "make the view outside"],
    ),
    "a view made under no_grad of what was written to": (
        lambda: stale_view() * 2,
        RuntimeError,
        ["a view: this view was made under no_grad()", "its memory was written to"],
    ),
    "several elements that are one, written to": (
        lambda: tg.zeros(1).expand(3).add_(1.0),
        RuntimeError,
        ["add_: a tensor of shape (3,) that was expanded", ".clone()"],
    ),
    "part of several elements that are one, written to": (
        lambda: tg.zeros(1).expand(3).__setitem__(slice(2), 1.0),
        RuntimeError,
        ["a tensor of shape (2,) that was expanded", ".clone()"],
    ),
    "backward into no inputs": (
        lambda: (leaf(2) * 2).sum().backward(inputs=[]),
        RuntimeError,
        ["backward: inputs is empty", "leave it out"],
    ),
    "backward into a constant": (
        lambda: (leaf(2) * 2).sum().backward(inputs=[X]),
        RuntimeError,
        ["backward: input 0 does not require grad", "requires_grad=True"],
    ),
    "grad of nothing": (
        lambda: autograd.grad(leaf(2).sum(), []),
        RuntimeError,
        ["grad: inputs is empty", "pass the tensors"],
    ),
    "a gradient that is the tensor itself": (
        lambda: setattr(WEIGHT, "grad", WEIGHT),
        RuntimeError,
        ["cannot be its own gradient", "clone()"],
    ),
    "requires_grad of a result": (
        lambda: setattr(leaf(2) * 2, "requires_grad", True),
        RuntimeError,
        ["can only be set on a leaf", "tensor.detach()"],
    ),
    "a write to memory that is also seen as another dtype": (
        lambda: as_bits_after_a_write() + 1,
        RuntimeError,
        ["a tensor of uint32 that shows the memory of one of float32", ".clone()"],
    ),
}


def late_leaf() -> tg.Tensor:
    a = tg.ones(2)
    view = a[:]
    a.requires_grad_()
    return view


def unrecorded_view(of: tg.Tensor) -> tg.Tensor:
    with tg.no_grad():
        return of[:1]


def stale_view() -> tg.Tensor:
    h = leaf(2) * 2
    view = unrecorded_view(h)
    h.mul_(2.0)
    return view


def as_bits_after_a_write() -> tg.Tensor:
    h = tg.ones(2)
    bits: tg.Tensor = autograd.Op("bits", lambda a: a.view("uint32"), None)(h)
    h.mul_(leaf(2))
    return bits


def own(forward: Callable[..., Any], *rules: Any) -> Callable[..., Any]:
    """An operation of one's own, by the name of ``twice``."""
    return autograd.Op("twice", forward, *rules)


OWN_OPERATIONS: Mistakes = {
    "a rule that forgets to return": (
        lambda: own(lambda a: a * 2, lambda g, y, a: None)(leaf(2)).sum().backward(),
        tg.ShapeError,
        ["twice: the gradient rule of a gave NoneType", "shape (2,)"],
    ),
    "a rule that gives a number": (
        lambda: own(lambda a: a * 2, lambda g, y, a: 2.0)(leaf(2)).sum().backward(),
        tg.ShapeError,
        ["twice: the gradient rule of a gave float, no array", "shape (2,)"],
    ),
    "a rule that gives another shape": (
        lambda: own(lambda a: a * 2, lambda g, y, a: g[:1].sum())(leaf(2)).sum().backward(),
        tg.ShapeError,
        ["twice: the gradient rule of a gave shape ()", "must give that shape"],
    ),
    "a rule that gives another dtype": (
        lambda: own(lambda a: a * 2, lambda g, y, a: g * np.float64(2))(leaf(2)).sum().backward(),
        TypeError,
        ["twice: the gradient rule of a gave float64 for float32", "Python numbers"],
    ),
    "a forward of shapes that do not fit": (
        lambda: own(lambda a, b: a + b)(leaf(2), leaf(3)),
        tg.ShapeError,
        ["twice: a has shape (2,), b has shape (3,)", "forward function"],
    ),
    "a forward with too many arguments": (
        lambda: own(lambda a: a * 2)(leaf(2), leaf(2)),
        TypeError,
        ["twice() takes 1 positional argument but 2 were given"],
    ),
    "a forward that calls functions of Tensors": (
        lambda: own(lambda a: tg.exp(a))(leaf(2)),
        TypeError,
        ["twice: cannot compute with a of float32", "exp: expected a Tensor, got ndarray"],
    ),
    "a forward without return": (
        lambda: own(lambda a: None)(leaf(2)),
        TypeError,
        ["twice: its forward function", "must return one", "returned None"],
    ),
    "a forward that returns a number": (
        lambda: own(lambda a: float(a.sum()))(leaf(2)),
        TypeError,
        ["twice: its forward function", "returned float"],
    ),
    "a rule with NumPy's functions": (
        lambda: tg.gradcheck(
            tg.Op("mine", np.sin, lambda g, y, a: g * np.cos(a)),
            tg.ones(2, dtype=tg.float64, requires_grad=True),
        ),
        RuntimeError,
        ["mine: the gradient rule of argument 0", "operators", "np.cos", "t.cos()"],
    ),
    "no_grad around a class": (
        lambda: tg.no_grad(nn.Linear),
        TypeError,
        ["go around a function, not the class Linear", "with no_grad():"],
    ),
    "set_grad_enabled without a mode": (
        lambda: tg.set_grad_enabled(leaf),
        TypeError,
        ["set_grad_enabled: expected True or False, got function"],
    ),
    "an operation without a name": (
        lambda: tg.Op(lambda a: a * 2, lambda g, y, a: g * 2),
        TypeError,
        ["Op: the first argument is its name", "Op('softplus', forward, rule)", "got function"],
    ),
    "an operation without a forward": (
        lambda: tg.Op("twice", 2),
        TypeError,
        ["Op: the forward of twice must be a function of arrays, got int"],
    ),
    "gradients for a number": (
        lambda: autograd.grad(leaf(2).sum(), 3),
        TypeError,
        ["grad: inputs must be a Tensor, or a list of them, got int"],
    ),
    "backward for an object": (
        lambda: leaf(2).sum().backward(inputs=object()),
        TypeError,
        ["backward: inputs must be a Tensor, or a list of them, got object"],
    ),
    "a rule that is a number": (
        lambda: tg.Op("twice", lambda a: a * 2, 2),
        TypeError,
        ["Op: a gradient rule of twice must be a function rule(g, y, ...)", "got int"],
    ),
    "a forward that forgets what it saves": (
        lambda: tg.Op("twice", lambda a: None, lambda g, y, a, saved: g, saves=lambda a: a)(
            leaf(2)
        ),
        TypeError,
        ["twice: as it has `saves`", "must return two things"],
    ),
}

# -------------------------------------------------------------------------------------- modules


class Forgetful(nn.Module):
    """A module without forward."""


class Hasty(nn.Module):
    """A module that does not wait for its base class."""

    def __init__(self) -> None:
        self.layer = nn.Linear(2, 2)


def itself(module: nn.Module) -> nn.Module:
    """`module`, with itself inside."""
    module.whole = module
    return module


MODULES: Mistakes = {
    "images that were not flattened": (
        lambda: nn.Linear(784, 10)(tg.ones(100, 1, 28, 28)),
        tg.ShapeError,
        ["linear:", "(100, 1, 28, 28)", "(10, 784)", "x.flatten(1)"],
    ),
    "layers that do not fit together": (
        lambda: nn.Sequential(nn.Linear(3, 4), nn.Linear(5, 2))(X),
        tg.ShapeError,
        ["linear: x has shape (2, 4), weight has shape (2, 5)", "the last of weight"],
    ),
    "a batch that is a list": (
        lambda: nn.Linear(3, 2)([[1.0, 2.0, 3.0]]),  # type: ignore[arg-type]
        TypeError,
        ["linear: input and weight must be Tensors", "list"],
    ),
    "a batch that is an array": (
        lambda: nn.Linear(3, 2)(np.ones((2, 3))),  # type: ignore[arg-type]
        TypeError,
        ["linear: input and weight must be Tensors", "ndarray"],
    ),
    "a weight that is a vector": (
        lambda: F.linear(X, tg.ones(3)),
        tg.ShapeError,
        ["linear: weight must be a matrix (out, in)", "(3,)"],
    ),
    "a bias that is a number": (
        lambda: F.linear(X, tg.ones(4, 3), 1.0),
        TypeError,
        ["linear: bias must be a Tensor or None", "float"],
    ),
    "a layer with fewer than no inputs": (
        lambda: nn.Linear(-1, 3),
        tg.ShapeError,
        ["Linear: in_features and out_features must be >= 0", "got -1"],
    ),
    "a layer with a fraction of outputs": (
        lambda: nn.Linear(3, 5 / 2),  # type: ignore[arg-type]
        TypeError,
        ["Linear: sizes must be integers", "2.5"],
    ),
    "relu of an array": (
        lambda: nn.ReLU()(np.ones(2)),  # type: ignore[arg-type]
        TypeError,
        ["relu: expected a Tensor", "ndarray"],
    ),
    "a module without forward": (
        lambda: Forgetful()(X),
        NotImplementedError,
        ["Forgetful defines no forward()", "forward(self, x)"],
    ),
    "a class in a Sequential": (
        lambda: nn.Sequential(nn.Linear(2, 2), nn.ReLU),
        TypeError,
        ["Sequential: expected Modules", "the class ReLU", "ReLU()"],
    ),
    "a function in a Sequential": (
        lambda: nn.Sequential(nn.Linear(2, 2), F.relu),
        TypeError,
        ["Sequential: expected Modules", "function relu", "forward()"],
    ),
    "a list in a Sequential": (
        lambda: nn.Sequential([nn.Linear(2, 2), nn.ReLU()]),
        TypeError,
        ["Sequential: expected Modules", "a list", "Sequential(*modules)"],
    ),
    "a layer that is not there": (
        lambda: nn.Sequential(nn.ReLU())[1],
        IndexError,
        ["Sequential: index 1 is out of range", "1 modules"],
    ),
    "a number as a module": (
        lambda: nn.Sequential().add_module("size", 5),  # type: ignore[arg-type]
        TypeError,
        ["add_module: 'size' must be a Module", "int"],
    ),
    "a parameter of integers": (
        lambda: nn.Parameter(tg.tensor([1, 2])),
        RuntimeError,
        ["floating point", "int64", ".float()"],
    ),
    "a parameter of nothing": (
        lambda: nn.Parameter(None),
        TypeError,
        ["Parameter: expected numbers", "NoneType"],
    ),
    "a tensor in a parameter's place": (
        lambda: assign("weight", tg.ones(2, 2), nn.Linear(2, 2)),
        TypeError,
        ["'torch.FloatTensor' as parameter 'weight'", "torch.nn.Parameter or None", "weight.data"],
    ),
    "an array in a parameter's place": (
        lambda: assign("weight", np.ones((2, 2)), nn.Linear(2, 2)),
        TypeError,
        ["ndarray as parameter 'weight'", "torch.nn.Parameter or None", "weight.data"],
    ),
    "a tensor registered as a parameter": (
        lambda: nn.Linear(2, 2).register_parameter("extra", tg.ones(2)),  # type: ignore[arg-type]
        TypeError,
        ["register_parameter: 'extra' must be a Parameter", "Tensor", "Parameter(tensor)"],
    ),
    "a state without the bias": (
        lambda: nn.Linear(2, 2).load_state_dict({"weight": tg.ones(2, 2)}),
        tg.ShapeError,
        ["loading state_dict for Linear", 'Missing key(s) in state_dict: "bias"'],
    ),
    "a state of another model": (
        lambda: nn.Linear(2, 2).load_state_dict(nn.Sequential(nn.Linear(2, 2)).state_dict()),
        tg.ShapeError,
        ["loading state_dict", 'Missing key(s) in state_dict: "weight"', '"0.weight"'],
    ),
    "a state of another size": (
        lambda: nn.Linear(2, 2).load_state_dict(nn.Linear(3, 2).state_dict()),
        tg.ShapeError,
        ["loading state_dict", "size mismatch for weight", "(2, 3)", "current model is (2, 2)"],
    ),
    "a file's name in a state's place": (
        lambda: nn.Linear(2, 2).load_state_dict("model.safetensors"),  # type: ignore[arg-type]
        TypeError,
        ["load_state_dict: expected a dict", "state_dict()", "str"],
    ),
    "a model in a state's place": (
        lambda: nn.Linear(2, 2).load_state_dict(nn.Linear(2, 2)),  # type: ignore[arg-type]
        TypeError,
        ["load_state_dict: expected a dict", "Linear"],
    ),
    "arrays as a state": (
        lambda: nn.Linear(2, 1, bias=False).load_state_dict({"weight": np.ones((1, 2))}),
        tg.ShapeError,
        ['"weight", expected torch.Tensor', "received a ndarray of numpy", "tensor(...)"],
    ),
    "a layer before super().__init__()": (
        Hasty,
        AttributeError,
        ["cannot assign 'layer', a Module, before Module.__init__()", "Hasty", "super().__init__"],
    ),
    "a number in a module's place": (
        lambda: assign("0", 5, nn.Sequential(nn.ReLU())),
        TypeError,
        ["int as child module '0'", "torch.nn.Module or None expected"],
    ),
    "a module in a parameter's place": (
        lambda: assign("weight", nn.ReLU(), nn.Linear(2, 2)),
        TypeError,
        ["ReLU as parameter 'weight'", "torch.nn.Parameter or None expected"],
    ),
    "a method's name for a module": (
        lambda: nn.Sequential({"forward": nn.ReLU()}),
        KeyError,
        ["add_module: there is an attribute 'forward' already", "another name"],
    ),
    "a name with a dot for a module": (
        lambda: nn.Sequential({"a.b": nn.ReLU()}),
        KeyError,
        ["add_module: a name has no dots", "'a.b'"],
    ),
    "a number as a buffer": (
        lambda: nn.Linear(2, 2).register_buffer("mean", 0.5),  # type: ignore[arg-type]
        TypeError,
        ["register_buffer: 'mean' must be a Tensor", "float", "tensor(...)"],
    ),
    "a number in a buffer's place": (
        lambda: assign("mean", 0.5, with_buffer()),
        TypeError,
        ["float as buffer 'mean'", "torch.Tensor or None expected"],
    ),
    "a buffer by a parameter's name": (
        lambda: nn.Linear(2, 2).register_buffer("weight", X),
        KeyError,
        ["register_buffer: there is an attribute 'weight' already", "another name"],
    ),
    "a parameter that was computed": (
        lambda: nn.Module().register_parameter("w", computed()),
        ValueError,
        ["register_parameter: 'w' was computed", "forward()"],
    ),
    "a hook that is called too early": (
        lambda: nn.ReLU().register_forward_hook(print("")),  # type: ignore[arg-type]
        TypeError,
        ["a hook is a function", "NoneType"],
    ),
    "a hook of half of its arguments": (
        lambda: hooked(lambda module, args, kwargs: X)(X),
        RuntimeError,
        ["hook must return None or a tuple of (new_args, new_kwargs)"],
    ),
    "a module for a ModuleList": (
        lambda: nn.ModuleList(nn.ReLU()),  # type: ignore[arg-type]
        TypeError,
        ["ModuleList: expected a list", "ReLU", "put it into a list"],
    ),
    "a function in a ModuleList": (
        lambda: nn.ModuleList([F.relu]),  # type: ignore[list-item]
        TypeError,
        ["ModuleList: expected Modules", "function relu", "forward()"],
    ),
    "a ModuleList that is called": (
        lambda: nn.ModuleList([nn.ReLU()])(X),
        NotImplementedError,
        ["ModuleList defines no forward()"],
    ),
    "a ModuleDict by a number": (
        lambda: nn.ModuleDict({1: nn.ReLU()}),
        TypeError,
        ["add_module: a name is text, got 1"],
    ),
    "a name in a ModuleDict that is a method's": (
        lambda: nn.ModuleDict({"type": nn.ReLU()}),
        KeyError,
        ["an attribute 'type' already", "another name"],
    ),
    "a tensor for a ParameterList": (
        lambda: nn.ParameterList(X),
        TypeError,
        ["ParameterList: expected a list", "put it into a list"],
    ),
    "a ParameterList that is called": (
        lambda: nn.ParameterList([X])(X),
        RuntimeError,
        ["ParameterList should not be called", "forward()"],
    ),
    "a parameter that is not in a ParameterDict": (
        lambda: nn.ParameterDict({"w": X})["v"],
        AttributeError,
        ["ParameterDict: there is nothing by the name 'v'"],
    ),
    "the shape of a layer that has none yet": (
        lambda: nn.LazyLinear(3).weight.shape,
        RuntimeError,
        ["the shape of an uninitialized parameter", "Call `forward`"],
    ),
    "the size of a layer that has none yet": (
        lambda: nn.LazyLinear(3).weight.numel(),
        ValueError,
        ["uninitialized parameter", "Call `forward`"],
    ),
    "the fans of a bias": (
        lambda: nn.init.xavier_uniform_(nn.Linear(2, 3).bias),
        ValueError,
        ["fewer than 2 dimensions", "(3,)"],
    ),
    "the gain of a function that has none": (
        lambda: nn.init.calculate_gain("swish"),
        ValueError,
        ["unsupported nonlinearity 'swish'", "'leaky_relu'", "'tanh'"],
    ),
    "a fan that is none": (
        lambda: nn.init.kaiming_normal_(tg.ones(2, 2), mode="in"),
        ValueError,
        ["mode must be 'fan_in' or 'fan_out'", "'in'"],
    ),
    "an initial value for a module": (
        lambda: nn.init.zeros_(nn.Linear(2, 2)),  # type: ignore[arg-type]
        TypeError,
        ["constant_: expected a Tensor", "Linear"],
    ),
    "a matrix of one on the diagonal in a vector": (
        lambda: nn.init.eye_(tg.ones(3)),
        ValueError,
        ["eye_: needs a matrix", "(3,)"],
    ),
    "gradients that are nan": (
        lambda: nn.utils.get_total_norm([tg.tensor(float("nan"))], error_if_nonfinite=True),
        RuntimeError,
        ["total norm", "non-finite", "error_if_nonfinite=False"],
    ),
    "a norm that only counts": (
        lambda: nn.utils.get_total_norm([X], norm_type=0),
        ValueError,
        ["norm_type 0", "use 1, 2 or inf"],
    ),
    "parameters from a list": (
        lambda: nn.utils.vector_to_parameters([1.0], [X]),  # type: ignore[arg-type]
        TypeError,
        ["vector_to_parameters", "Tensor", "list"],
    ),
    "parameters from too short a vector": (
        lambda: nn.utils.vector_to_parameters(tg.ones(3), [X]),
        ValueError,
        ["vector_to_parameters", "have 6 elements", "has 3"],
    ),
    "a layer far down that is not there": (
        lambda: nn.Sequential(nn.ReLU()).get_submodule("0.deep"),
        AttributeError,
        ["ReLU has no attribute `deep`"],
    ),
    "a module as a parameter's name": (
        lambda: nn.Sequential(nn.ReLU()).get_parameter("0"),
        AttributeError,
        ["`0` is not an nn.Parameter"],
    ),
    "training mode by a batch": (
        lambda: nn.ReLU().train(X),  # type: ignore[arg-type]
        ValueError,
        ["train: mode must be True or False", "Tensor"],
    ),
    "a layer by its name": (
        lambda: nn.Sequential({"act": nn.ReLU()})["act"],  # type: ignore[index]
        TypeError,
        ["Sequential: an index is an integer or a slice", "str"],
    ),
    "a class appended": (
        lambda: nn.Sequential().append(nn.ReLU),  # type: ignore[arg-type]
        TypeError,
        ["Sequential: expected Modules", "the class ReLU", "ReLU()"],
    ),
    "a layer put in far out": (
        lambda: nn.Sequential(nn.ReLU()).insert(3, nn.ReLU()),
        IndexError,
        ["Sequential: index 3 is out of range", "1 modules"],
    ),
    "the state of a module that contains itself": (
        lambda: itself(nn.Sequential(nn.ReLU())).state_dict(),
        RecursionError,
        ["whole: the module Sequential contains itself"],
    ),
    "applying a number": (
        lambda: nn.Linear(1, 1).apply(3),
        TypeError,
        ["apply: expected a function of a Module, got int"],
    ),
}

# ----------------------------------------------------------------------------------- optimizers


def used_up(model: nn.Module) -> Iterator[Any]:
    """The parameters of `model`, after somebody has counted them."""
    parameters = model.parameters()
    list(parameters)
    return parameters


def step_after_the_shape_changed() -> None:
    weight = leaf(2)
    weight.sum().backward()
    weight.data = tg.ones(3)
    SGD([weight]).step()


WEIGHT = leaf(2)


def set_option(**options: Any) -> SGD:
    optimizer = SGD([leaf(2)])
    optimizer.param_groups[0].update(options)
    return optimizer


def read_only_step() -> None:
    weight = leaf(3)
    weight.data = tg.ones(1).expand(3)
    weight.grad = tg.ones(3)
    SGD([weight]).step()


ITS_STATE = SGD([WEIGHT]).state_dict()

OPTIMIZERS: Mistakes = {
    "no parameters": (lambda: SGD([]), ValueError, ["SGD: got no parameters", "used up"]),
    "parameters that were used up": (
        lambda: SGD(used_up(nn.Linear(2, 2))),
        ValueError,
        ["SGD: got no parameters", "already used up"],
    ),
    "a model in the parameters' place": (
        lambda: SGD(nn.Linear(2, 2)),  # type: ignore[arg-type]
        TypeError,
        ["SGD: expected an iterable of Tensors", "Linear", "model.parameters()"],
    ),
    "parameters that were not called": (
        lambda: SGD(nn.Linear(2, 2).parameters),  # type: ignore[arg-type]
        TypeError,
        ["SGD: expected an iterable of Tensors", "method", "model.parameters()"],
    ),
    "one tensor": (lambda: SGD(WEIGHT), TypeError, ["SGD:", "got one Tensor", "[tensor]"]),
    "parameters with and without names": (
        lambda: SGD([("weight", WEIGHT), leaf(2)]),
        ValueError,
        ["SGD: either all parameters have a name, or none has"],
    ),
    "modules with their names": (
        lambda: SGD(nn.Sequential(nn.Linear(2, 2)).named_children()),
        TypeError,
        ["SGD: parameter 0 must be a Tensor", "Linear", "model.parameters()"],
    ),
    "an option misspelt": (
        lambda: SGD([{"params": [WEIGHT], "wieght_decay": 0.1}]),
        ValueError,
        ["SGD: a group has no option 'wieght_decay'", "'weight_decay'"],
    ),
    "a learning rate of 401 digits": (
        lambda: SGD([WEIGHT], lr=10**400),
        ValueError,
        ["SGD: lr must be a finite number >= 0"],
    ),
    "a set of parameters": (
        lambda: SGD([{"params": {WEIGHT}}]),
        TypeError,
        ["SGD: the 'params' of a group", "a set has none", "list"],
    ),
    "a parameter added twice": (
        lambda: SGD([WEIGHT]).add_param_group({"params": WEIGHT}),
        ValueError,
        ["SGD: parameter 1 is given twice"],
    ),
    "a group that is a list": (
        lambda: SGD([WEIGHT]).add_param_group([leaf(2)]),  # type: ignore[arg-type]
        TypeError,
        ["SGD: expected groups", "got list"],
    ),
    "a learning rate of nan, put in later": (
        lambda: set_option(lr=float("nan")).step(),
        ValueError,
        ["SGD: lr must be a finite number >= 0, got nan"],
    ),
    "a negative momentum, put in later": (
        lambda: set_option(momentum=-1).step(),
        ValueError,
        ["SGD: momentum must be a finite number >= 0, got -1"],
    ),
    "nesterov as text": (
        lambda: SGD([WEIGHT], nesterov="False"),  # type: ignore[arg-type]
        ValueError,
        ["SGD: nesterov must be True or False, got 'False'"],
    ),
    "a learning rate for each row": (
        lambda: SGD([WEIGHT], lr=tg.ones(2)),
        ValueError,
        ["SGD: lr must be a finite number >= 0, got tensor([1., 1.])"],
    ),
    "a parameter in read-only memory": (
        lambda: read_only_step(),
        RuntimeError,
        ["SGD.step: a parameter of shape (3,) is in read-only memory", "clone()"],
    ),
    "a state in the parameters' place": (
        lambda: SGD(nn.Linear(2, 2).state_dict()),
        TypeError,
        ["SGD: expected an iterable of Tensors", "dict", "model.parameters()"],
    ),
    "arrays": (
        lambda: SGD([np.ones(2)]),
        TypeError,
        ["SGD: parameter 0 must be a Tensor", "ndarray"],
    ),
    "a parameter that was computed": (
        lambda: SGD([WEIGHT, leaf(2) * 2]),
        ValueError,
        ["SGD: parameter 1 is no leaf", "MulBackward0", "it was computed from"],
    ),
    "a constant": (
        lambda: SGD([X]),
        ValueError,
        ["SGD: parameter 0 does not require grad", "requires_grad=True"],
    ),
    "a parameter twice": (
        lambda: SGD([WEIGHT, WEIGHT]),
        ValueError,
        ["SGD: parameter 1 is given twice", "give it once"],
    ),
    "a negative learning rate": (
        lambda: SGD([WEIGHT], lr=-0.1),
        ValueError,
        ["SGD: lr must be a finite number >= 0", "-0.1"],
    ),
    "a learning rate that is text": (
        lambda: SGD([WEIGHT], lr="0.1"),  # type: ignore[arg-type]
        ValueError,
        ["SGD: lr must be a finite number >= 0", "'0.1'"],
    ),
    "a learning rate of nan": (
        lambda: SGD([WEIGHT], lr=float("nan")),
        ValueError,
        ["SGD: lr must be a finite number", "nan"],
    ),
    "a negative momentum": (
        lambda: SGD([WEIGHT], momentum=-0.9),
        ValueError,
        ["SGD: momentum must be a finite number >= 0", "-0.9"],
    ),
    "nesterov without momentum": (
        lambda: SGD([WEIGHT], nesterov=True),
        ValueError,
        ["SGD: nesterov needs momentum > 0"],
    ),
    "a group without parameters": (
        lambda: SGD([{"lr": 0.1}]),
        ValueError,
        ["SGD: a group needs 'params'", "['lr']"],
    ),
    "a misspelt option of a group": (
        lambda: SGD([{"params": [WEIGHT], "learning_rate": 0.1}]),
        ValueError,
        ["SGD: a group has no option 'learning_rate'", "'lr'"],
    ),
    "a group that is a model": (
        lambda: SGD([{"params": nn.Linear(2, 2)}]),
        TypeError,
        ["SGD: the 'params' of a group", "Linear", "model.parameters()"],
    ),
    "a tensor beside a group": (
        lambda: SGD([{"params": [leaf(2)]}, WEIGHT]),
        TypeError,
        ["SGD: expected groups", "got Tensor beside them"],
    ),
    "a step without backward": (
        lambda: SGD([leaf(2)]).step(),
        UserWarning,
        ["SGD.step(): no parameter has a gradient", "loss.backward()", "no_grad"],
    ),
    "a step after the shape changed": (
        step_after_the_shape_changed,
        tg.ShapeError,
        ["SGD.step: a parameter has shape (3,), its gradient (2,)", "zero_grad()"],
    ),
    "an empty state": (
        lambda: SGD([WEIGHT]).load_state_dict({}),
        ValueError,
        ["SGD.load_state_dict: expected what SGD.state_dict() gives", "nothing was loaded"],
    ),
    "the state of a model": (
        lambda: SGD([WEIGHT]).load_state_dict(nn.Linear(2, 2).state_dict()),
        ValueError,
        ["SGD.load_state_dict: expected what SGD.state_dict() gives", "'param_groups'"],
    ),
    "the state of another optimizer": (
        lambda: SGD([leaf(2), leaf(3)]).load_state_dict(ITS_STATE),
        ValueError,
        ["SGD.load_state_dict:", "groups of [2] parameters, the state has [1]"],
    ),
    "the velocity of another model": (
        lambda: SGD([WEIGHT]).load_state_dict(
            {**ITS_STATE, "state": {0: {"momentum_buffer": tg.ones(3)}}}
        ),
        ValueError,
        ["the momentum_buffer of parameter 0 has shape (3,)", "the parameter has (2,)"],
    ),
    "a loss as a closure": (
        lambda: SGD([leaf(2)], lr=0.1).step(leaf(2).sum()),
        TypeError,
        ["step: the closure must be a function", "got Tensor", "write step()"],
    ),
}

# ------------------------------------------------------------------------------ data and loaders


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
        ["DataLoader: there is no option 'batchsize'"],
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

# ---------------------------------------------------------------- data sets, in an empty folder


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

# --------------------------------------------------------------- checkpoints, in an empty folder


def load_bytes(content: bytes) -> Any:
    Path("state").write_bytes(content)
    return tg.load("state")


def checkpoint() -> bytes:
    tg.save({"weight": tg.ones(2, 3), "epoch": 3}, "state")
    return Path("state").read_bytes()


def with_a_flipped_bit(content: bytes) -> bytes:
    return content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]


def load_folder() -> Any:
    Path("folder").mkdir()
    return tg.load("folder")


def save_on_a_folder() -> None:
    Path("folder").mkdir()
    tg.save(X, "folder")


def list_of_itself() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


FILES: Mistakes = {
    "a checkpoint that is not there": (
        lambda: tg.load("absent"),
        FileNotFoundError,
        ["No such file", "absent"],
    ),
    "a folder in a checkpoint's place": (
        load_folder,
        IsADirectoryError,
        ["Is a directory", "folder"],
    ),
    "an empty checkpoint": (
        lambda: load_bytes(b""),
        tg.CheckpointError,
        ["state: not a checkpoint", "empty", "use an earlier copy"],
    ),
    "a truncated checkpoint": (
        lambda: load_bytes(checkpoint()[:-5]),
        tg.CheckpointError,
        ["state: not a checkpoint, or a truncated or damaged one", "bytes", "earlier copy"],
    ),
    "a flipped bit": (
        lambda: load_bytes(with_a_flipped_bit(checkpoint())),
        tg.CheckpointError,
        ["state: damaged", "checksum", "use an earlier copy"],
    ),
    "a pickle": (
        lambda: load_bytes(pickle.dumps({"weight": 1})),
        tg.CheckpointError,
        ["state: not a checkpoint but a pickle", "never loaded", "safetensors.torch.save_file"],
    ),
    "what torch.save wrote": (
        lambda: load_bytes(b"PK\x03\x04" + bytes(200)),
        tg.CheckpointError,
        ["state: not a checkpoint", "torch.save", "safetensors.torch.save_file"],
    ),
    "a table of losses": (
        lambda: load_bytes(b"epoch,loss\n1,0.5\n"),
        tg.CheckpointError,
        ["state: not a checkpoint", "17 bytes"],
    ),
    "the safetensors file of others": (
        lambda: load_bytes(safetensors.numpy.save({"w": np.ones(3)})),
        tg.CheckpointError,
        ["state: a safetensors file", "tinygrad_lr's save()", "safetensors.numpy.load_file"],
    ),
    "loading from text": (
        lambda: tg.load(io.StringIO("1")),  # type: ignore[arg-type]
        TypeError,
        ["load: this file is open for text", "'rb'"],
    ),
    "no path to load": (
        lambda: tg.load(None),  # type: ignore[arg-type]
        TypeError,
        ["load(path): the path must be text or a Path", "NoneType"],
    ),
    "the path before what to save": (
        lambda: tg.save("model", X),  # type: ignore[arg-type]
        TypeError,
        ["save(obj, path): the path must be text or a Path", "Tensor"],
    ),
    "saving into a folder that is not there": (
        lambda: tg.save(X, "absent/state"),
        FileNotFoundError,
        ["cannot save absent/state", "no folder absent"],
    ),
    "saving over a folder": (
        save_on_a_folder,
        IsADirectoryError,
        ["cannot save folder: it is a folder", "name a file in it"],
    ),
    "saving a model": (
        lambda: tg.save(nn.Linear(2, 2), "state"),
        TypeError,
        ["save: cannot store Linear", "state_dict()"],
    ),
    "saving an optimizer": (
        lambda: tg.save({"optimizer": SGD([WEIGHT])}, "state"),
        TypeError,
        ["save: cannot store SGD at optimizer", "state_dict()"],
    ),
    "saving an array": (
        lambda: tg.save({"weight": np.ones(3)}, "state"),
        TypeError,
        ["save: cannot store ndarray at weight", "use Tensors"],
    ),
    "saving a generator of parameters": (
        lambda: tg.save(nn.Linear(2, 2).parameters(), "state"),
        TypeError,
        ["save: cannot store generator", "use Tensors"],
    ),
    "saving a tensor of long doubles": (
        lambda: tg.save({"w": tg.Tensor.wrap(np.zeros(3, np.longdouble))}, "state"),
        TypeError,
        ["save: a file cannot hold the dtype float128 of the tensor 'w'", ".double()"],
    ),
    "saving a tensor under half of a character": (
        lambda: tg.save({"\ud800": X}, "state"),
        ValueError,
        ["save: a tensor cannot be stored as '\\ud800'", "rename its key"],
    ),
    "saving an integer of 5,000 digits": (
        lambda: tg.save({"n": 10**5000}, "state"),
        ValueError,
        ["save: the integer at n has more digits", "hex()"],
    ),
    "saving to a device": (
        lambda: tg.save(X, "/dev/null"),
        OSError,
        ["/dev/null is a device, not a regular file"],
    ),
    "saving under no name": (
        lambda: tg.save(X, ""),
        FileNotFoundError,
        ["save(obj, path): the path is empty", "name a file"],
    ),
    "loading a device": (
        lambda: tg.load("/dev/zero"),
        tg.CheckpointError,
        ["/dev/zero: not a checkpoint, nor a regular file"],
    ),
    "saving a list that contains itself": (
        lambda: tg.save(list_of_itself(), "state"),
        ValueError,
        ["save: cannot store", "contain themselves"],
    ),
}

GROUPS: dict[str, Mistakes] = {
    "tensors": TENSORS,
    "shapes": SHAPES,
    "indexing": INDEXING,
    "dtypes": DTYPES,
    "losses": LOSSES,
    "devices": DEVICES,
    "graph": GRAPH,
    "own operations": OWN_OPERATIONS,
    "shared memory": SHARED,
    "products and numbers": PRODUCTS,
    "orders and counts": ORDERS,
    "matrices": MATRICES,
    "modules": MODULES,
    "optimizers": OPTIMIZERS,
    "loaders": LOADERS,
    "transforms": TRANSFORMS,
    "data sets": DATASETS,
    "files": FILES,
}
MISTAKES: Mistakes = {
    f"{group}: {name}": entry for group, table in GROUPS.items() for name, entry in table.items()
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert_told_in_words(*MISTAKES[name])


# -------------------------------------------------------------------------------- command lines

# What is typed after `python examples/`, and the words of the answer. Every example is there.
COMMANDS: dict[str, tuple[str, list[str]]] = {
    "a misspelt option": (
        "mnist_logreg.py --iteratoins 5",
        ["unrecognized arguments: --iteratoins 5", "--help"],
    ),
    "a number that is none": (
        "mnist_logreg.py --iterations many",
        ["--iterations: expected an integer >= 0", "'many'"],
    ),
    "batches of nothing": (
        "mnist_logreg.py --batch-size 0",
        ["--batch-size: expected an integer >= 1", "'0'"],
    ),
    "a learning rate of nan": (
        "mnist_logreg.py --lr nan",
        ["--lr: expected a finite number >= 0", "'nan'"],
    ),
    "a document that does not exist": (
        "mnist_logreg.py --document 007",
        ["--document: invalid choice: '007'", "'001', '000'"],
    ),
    "a negative seed": ("mnist_fnn.py --seed -1", ["--seed: expected an integer >= 0", "'-1'"]),
    "no number of epochs": ("mnist_fnn.py --epochs", ["--epochs: expected one argument"]),
    "a fraction of an epoch": (
        "mnist_validation.py --epochs 1.5",
        ["--epochs: expected an integer >= 0", "'1.5'"],
    ),
    "a part that does not exist": (
        "linear_regression.py --part fruit",
        ["--part: invalid choice: 'fruit'", "'crops'"],
    ),
    "a negative learning rate": (
        "fashion_softmax.py --lr=-1",
        ["--lr: expected a finite number >= 0", "'-1'"],
    ),
    "no steps": ("why_logistic.py --steps 0", ["--steps: expected an integer >= 1", "'0'"]),
    "a device that does not exist": (
        "why_logistic.py --device tpu",
        ["--device: invalid choice: 'tpu'", "'cpu', 'gpu', 'auto'"],
    ),
    "the GPU without CuPy": (
        "mnist_logreg.py --device gpu",
        ["no GPU: CuPy is not installed", "pip install", "use the cpu"],
    ),
    "data that are not there": (
        "mnist_logreg.py --data absent",
        ["MNIST's train images are not in absent", "Name another folder with --data"],
    ),
    "a picture into a folder that is not there": (
        "mnist_fnn.py --plot absent/picture.png",
        ["cannot write absent/picture.png", "no folder absent"],
    ),
    "a picture of an unknown kind": (
        "linear_regression.py --plot picture.doc",
        ["cannot write picture.doc", "must end in one of", ".png"],
    ),
    "a checkpoint on a folder": ("mnist_logreg.py --save .", [". is a folder", "a file in it"]),
    "going on from a file that is not there": (
        "mnist_logreg.py --resume absent",
        ["cannot resume: absent", "No such file"],
    ),
    "going on from a damaged file": (
        "mnist_logreg.py --resume damaged",
        ["cannot resume: damaged", "not a checkpoint", "use an earlier copy"],
    ),
    "going on from something else": (
        "mnist_logreg.py --resume weights",
        ["cannot resume: weights is not a checkpoint of mnist_logreg.py"],
    ),
}


def answer(command: str) -> tuple[Any, str]:
    """The exit code of a command line, and what it prints on standard error, in this process."""
    program, *options = command.split()
    path = EXAMPLES / program
    said = tempfile.TemporaryFile("w+")  # noqa: SIM115
    with (
        said,
        instead_of_cupy(None),
        mock.patch.object(sys, "argv", [str(path), *options]),
        mock.patch.object(sys, "path", [str(EXAMPLES), *sys.path]),
        contextlib.redirect_stderr(said),
    ):
        with pytest.raises(SystemExit) as left:
            runpy.run_path(str(path), run_name="__main__")
        said.seek(0)
        return left.value.code, said.read()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_line_is_answered_in_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a line that begins with the program's name; exit code 2, and no traceback."""
    monkeypatch.chdir(tmp_path)
    Path("damaged").write_bytes(checkpoint()[:-5])
    tg.save({"weight": X}, "weights")
    command, words = COMMANDS[name]
    code, said = answer(command)
    assert code == 2
    assert said.startswith(f"{command.split()[0]}: ")
    assert not [word for word in words if word not in said], said
    assert_readable(said.rstrip("\n"))


# ----------------------------------------------------------------------------- the catalogue itself


def test_the_catalogue_is_large_and_asks_for_words() -> None:
    assert len(MISTAKES) + len(COMMANDS) >= 200
    assert not [name for name, (_, _, words) in MISTAKES.items() if len("".join(words)) < 10]
    programs = {command.split()[0] for command, _ in COMMANDS.values()}
    assert programs == {path.name for path in EXAMPLES.glob("*.py")} - {"common.py"}


def read_aloud() -> None:
    """Print every mistake with what is said about it, to be read as a beginner would."""
    warnings.simplefilter("error")
    for name, (call, _, _) in MISTAKES.items():
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                call()
            except Exception as error:
                print(f"{name}\n    {type(error).__name__}: {error}\n")
    for name, (command, _) in COMMANDS.items():
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Path("damaged").write_bytes(checkpoint()[:-5])
            tg.save({"weight": X}, "weights")
            code, said = answer(command)
            print(f"command lines: {name}\n    {command}\n    exit {code}: {said}")


if __name__ == "__main__":
    read_aloud()
