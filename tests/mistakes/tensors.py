"""Mistakes in making tensors: of numbers, sizes, chance, and memory that others have too."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

import tinygrad_lr as tg
from mistakes import COUNTS, Mistakes, X, assign, leaf, put

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
        ["tensor: cannot hold the dtype <U1, text", "astype('float32')", "np.unique(array"],
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
        ["zeros: the only layout is strided, got rows", "leave it out"],
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
        ["set_default_dtype: only floats have a default dtype", "int64", "use float32"],
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
        ["rand: generator must be a Generator, got NumPy's", "manual_seed"],
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


# ------------------------------------------------------------------------------------ shared memory


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
