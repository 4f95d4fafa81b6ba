"""Tensors like one that is there: ``zeros_like(x)`` of its shape, ``x.new_zeros(2, 3)`` of another.

Both are of its dtype and on its device, unless the keywords name others: making.Keywords.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

from .. import making
from ..device import Array, Shape
from ..dtypes import DType, Number, converted
from ..errors import not_a_tensor
from ..graph import Value
from ..random import Generator
from ..signatures import Sizes
from . import Build, Keywords, made, size_of
from .nested import from_numbers

if TYPE_CHECKING:  # Tensor is made with this file; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"


def _like(name: str, input: object, build: Build, keywords: Keywords) -> Tensor:
    if not isinstance(input, Value):
        raise not_a_tensor(name, input)
    return made(input, name, input.array.shape, build, **keywords)


def zeros_like(input: Tensor, **keywords: Unpack[Keywords]) -> Tensor:
    """0 everywhere, in the shape of `input`.

    >>> tg.zeros_like(tg.tensor([1.0, 2.0, 3.0]))
    tensor([0., 0., 0.])
    """
    return _like("zeros_like", input, making.zeros, keywords)


def ones_like(input: Tensor, **keywords: Unpack[Keywords]) -> Tensor:
    """1 everywhere, in the shape of `input`.

    >>> tg.ones_like(tg.tensor([1.0, 2.0, 3.0]))
    tensor([1., 1., 1.])
    """
    return _like("ones_like", input, making.ones, keywords)


def empty_like(input: Tensor, **keywords: Unpack[Keywords]) -> Tensor:
    """0 everywhere, as `empty` gives, in the shape of `input`.

    >>> tg.empty_like(tg.tensor([1.0, 2.0, 3.0])).shape
    (3,)
    """
    return _like("empty_like", input, making.zeros, keywords)


def full_like(input: Tensor, fill_value: Number, **keywords: Unpack[Keywords]) -> Tensor:
    """`fill_value` everywhere, in the shape of `input`.

    >>> tg.full_like(tg.tensor([1.0, 2.0, 3.0]), 7)
    tensor([7., 7., 7.])
    """
    return _like("full_like", input, making.filled("full_like", fill_value)[0], keywords)


def rand_like(
    input: Tensor, *, generator: Generator | None = None, **keywords: Unpack[Keywords]
) -> Tensor:
    """Random numbers, equally likely in [0, 1), in the shape of `input`.

    >>> tg.rand_like(tg.tensor([1.0, 2.0, 3.0])).shape
    (3,)
    """
    return _like("rand_like", input, making.uniform("rand_like", generator), keywords)


def randn_like(
    input: Tensor, *, generator: Generator | None = None, **keywords: Unpack[Keywords]
) -> Tensor:
    """Random numbers, Gaussian with mean 0 and deviation 1, in the shape of `input`.

    >>> tg.randn_like(tg.tensor([1.0, 2.0, 3.0])).shape
    (3,)
    """
    build = making.gaussian("randn_like", 0.0, 1.0, generator)
    return _like("randn_like", input, build, keywords)


def randint_like(
    input: Tensor,
    low: int = 0,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    **keywords: Unpack[Keywords],
) -> Tensor:
    """Random integers, from `low` up to, not including, `high`; or from 0 up to `low`.

    >>> tg.randint_like(tg.tensor([1.0, 2.0, 3.0]), 10).shape
    (3,)
    """
    if high is None:
        low, high = 0, low
    build = making.integers("randint_like", low, high, generator)
    return _like("randint_like", input, build, keywords)


def new_zeros(
    self: Tensor, *shape: Sizes, size: Sizes | None = None, **keywords: Unpack[Keywords]
) -> Tensor:
    """0 everywhere, in a shape of its own.

    >>> tg.tensor([1.0, 2.0, 3.0]).new_zeros(2)
    tensor([0., 0.])
    """
    return made(self, "new_zeros", size_of("new_zeros", shape, size), making.zeros, **keywords)


def new_ones(
    self: Tensor, *shape: Sizes, size: Sizes | None = None, **keywords: Unpack[Keywords]
) -> Tensor:
    """1 everywhere, in a shape of its own.

    >>> tg.tensor([1.0, 2.0, 3.0]).new_ones(2)
    tensor([1., 1.])
    """
    return made(self, "new_ones", size_of("new_ones", shape, size), making.ones, **keywords)


def new_empty(
    self: Tensor, *shape: Sizes, size: Sizes | None = None, **keywords: Unpack[Keywords]
) -> Tensor:
    """0 everywhere, as `empty` gives, in a shape of its own.

    >>> tg.tensor([1.0, 2.0, 3.0]).new_empty(2).shape
    (2,)
    """
    return made(self, "new_empty", size_of("new_empty", shape, size), making.zeros, **keywords)


def new_full(self: Tensor, size: Sizes, fill_value: Number, **keywords: Unpack[Keywords]) -> Tensor:
    """`fill_value` everywhere, in a shape of its own.

    >>> tg.tensor([1.0, 2.0, 3.0]).new_full((2,), 7)
    tensor([7., 7.])
    """
    build = making.filled("new_full", fill_value)[0]
    return made(self, "new_full", size_of("new_full", (size,), None), build, **keywords)


def new_tensor(self: Tensor, data: object, **keywords: Unpack[Keywords]) -> Tensor:
    """A Tensor of the numbers in `data`, a number or nested lists.

    >>> tg.tensor([1.0, 2.0, 3.0]).new_tensor([4, 5])
    tensor([4., 5.])
    """
    numbers = from_numbers("new_tensor", data)

    def build(library: Any, shape: Shape, dtype: DType) -> Array:
        return converted("new_tensor", numbers, dtype)

    return made(self, "new_tensor", numbers.shape, build, **keywords)
