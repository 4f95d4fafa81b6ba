"""In which order samples are taken: objects that give indices, with PyTorch's names.

A DataLoader takes anything that gives indices when it is iterated over, a list too. What is here
may also know its whole order at once, as an array: from that, batches are cut faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeGuard

import numpy as np

from ...dtypes import flag, integer
from ...errors import ArgumentError
from ...making.nested import from_numbers
from ...random import Generator, chosen, default_generator
from ...tensor import Tensor

if TYPE_CHECKING:  # where a class that is not said what it holds may hold anything
    from typing_extensions import TypeVar

    Sample = TypeVar("Sample", covariant=True, default=Any)
    Index = TypeVar("Index", covariant=True, default=int)
else:
    from typing import TypeVar

    Sample, Index = TypeVar("Sample", covariant=True), TypeVar("Index", covariant=True)
T = TypeVar("T")


def described(thing: object, /, **values: object) -> str:
    """The repr of `thing`, as a Module's: its class, and what it was made with."""
    return f"{type(thing).__name__}({', '.join(f'{k}={v}' for k, v in values.items())})"


def in_batches(items: Iterable[T], batch_size: int, drop_last: bool) -> Iterator[list[T]]:
    """`items` in lists of `batch_size`; the last may be shorter, and is left out if `drop_last`."""
    rest = iter(items)
    while batch := list(islice(rest, batch_size)):
        if len(batch) == batch_size or not drop_last:
            yield batch


def count_batches(items: int, batch_size: int, drop_last: bool) -> int:
    """How many batches that is."""
    full, rest = divmod(items, batch_size)
    return full + bool(rest and not drop_last)


class Sampler(Generic[Index]):
    """The indices of samples, in the order in which they are taken: give it ``__iter__``.

    As the `batch_sampler` of a DataLoader: the indices of each batch, as a list. With ``__len__``
    the loader has a length too.

    >>> class Backwards(tg.utils.data.Sampler):
    ...     def __iter__(self):
    ...         return iter([2, 1, 0])
    >>> loader = tg.utils.data.DataLoader([10, 11, 12], batch_size=3, sampler=Backwards())
    >>> list(loader)
    [tensor([12, 11, 10])]
    """

    def __iter__(self) -> Iterator[Index]:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __iter__; give the class a method __iter__(self)"
        )


class Ordered(Sampler[int]):
    """A sampler that knows its order at once: ``order()`` gives it as an array (n,), int64."""

    def order(self) -> np.ndarray:
        """The indices of the next epoch, int64, in their order.

        >>> tg.utils.data.SequentialSampler(range(3)).order()
        array([0, 1, 2])
        """
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def ends(self, batch_size: int, drop_last: bool) -> Sequence[int]:
        """Where in the order the batches end.

        >>> tg.utils.data.RandomSampler(range(5)).ends(batch_size=2, drop_last=False)
        [2, 4, 5]
        """
        size, batches = len(self), count_batches(len(self), batch_size, drop_last)
        return [min(end, size) for end in range(batch_size, batches * batch_size + 1, batch_size)]

    def __iter__(self) -> Iterator[int]:
        return iter(self.order().tolist())

    def __repr__(self) -> str:
        asked = {
            k: vars(self)[k] for k in ("replacement", "num_replicas", "rank") if k in vars(self)
        }
        return described(self, num_samples=len(self), **asked)


class SequentialSampler(Ordered):
    """0, 1, ... to the end of a data set.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> list(tg.utils.data.SequentialSampler(data))
    [0, 1]
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def order(self) -> np.ndarray:
        """The indices of the next epoch, int64, in their order.

        >>> tg.utils.data.SequentialSampler(range(3)).order()
        array([0, 1, 2])
        """
        return np.arange(len(self))

    def __len__(self) -> int:
        return len(self.data_source)


class Drawn(Ordered):
    """A sampler that draws its order, from its generator or (None) the default one."""

    def __init__(self, generator: Generator | None) -> None:
        chosen(type(self).__name__, generator)
        self.generator = generator

    def _source(self) -> Generator:
        return self.generator or default_generator


class RandomSampler(Drawn):
    """All samples of a data set in random order; or `num_samples`, which may be fewer or more.

    With `replacement` each index is drawn from all. Raises ValueError for an empty data set.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> sorted(tg.utils.data.RandomSampler(data))
    [0, 1]
    """

    def __init__(
        self,
        data_source: Sized,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        super().__init__(generator)
        self.data_source = data_source
        self.replacement: bool = flag("RandomSampler", "replacement", replacement)
        self._num_samples = num_samples
        if num_samples is not None:
            self._num_samples = checked_count("RandomSampler", "num_samples", num_samples)
        elif not len(data_source):
            raise ValueError("RandomSampler: the data set is empty, there is nothing to draw from")

    @property
    def num_samples(self) -> int:
        """How many indices an epoch has.

        >>> tg.utils.data.RandomSampler(range(5)).num_samples
        5
        """
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def order(self) -> np.ndarray:
        """The indices of the next epoch, int64, in their order.

        >>> sorted(tg.utils.data.RandomSampler(range(3)).order().tolist())
        [0, 1, 2]
        """
        size, wanted, source = len(self.data_source), self.num_samples, self._source()
        if self.replacement:
            return source.integers(0, size, (wanted,))
        if wanted == size:  # the usual case
            return source.permutation(size)
        rounds = [source.permutation(size) for _ in range(0, wanted, size)]
        return np.concatenate(rounds)[:wanted]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Drawn):
    """These indices, in random order.

    >>> sorted(tg.utils.data.SubsetRandomSampler([3, 5]))
    [3, 5]
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        super().__init__(generator)
        self.indices = indices

    def order(self) -> np.ndarray:
        """The indices of the next epoch, int64, in their order.

        >>> sorted(tg.utils.data.SubsetRandomSampler([3, 5]).order().tolist())
        [3, 5]
        """
        indices = from_numbers("SubsetRandomSampler", self.indices).astype(np.int64)
        return indices[self._source().permutation(len(indices))]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Drawn):
    """`num_samples` indices from 0 to ``len(weights) - 1``, each as likely as its weight says.

    The weights need not add up to 1. Without `replacement` no index is drawn twice.
    Raises ArgumentError for weights that cannot be drawn by, TypeError for what holds no numbers.

    >>> list(tg.utils.data.WeightedRandomSampler([0.0, 1.0], 2))
    [1, 1]
    """

    def __init__(
        self,
        weights: Sequence[float] | np.ndarray | Tensor,
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        name = type(self).__name__
        super().__init__(generator)
        self.num_samples: int = checked_count(name, "num_samples", num_samples)
        self.replacement: bool = checked_bool(name, "replacement", replacement)
        self.weights: np.ndarray = from_numbers(name, weights).astype(np.float64)
        if self.weights.ndim != 1:
            raise ArgumentError(f"{name}: weights must be a list of numbers, got {weights!r}")
        likely = np.count_nonzero(self.weights)
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all() and likely):
            raise ArgumentError(f"{name}: weights must be finite numbers >= 0, and not all 0")
        if not replacement and num_samples > likely:
            raise ArgumentError(
                f"{name}: cannot draw {num_samples} samples without replacement, only {likely} "
                "have a weight above 0"
            )

    def order(self) -> np.ndarray:
        """The indices of the next epoch, int64, in their order.

        >>> tg.utils.data.WeightedRandomSampler([0.0, 1.0], 2).order()
        array([1, 1])
        """
        return self._source().weighted(self.weights, self.num_samples, self.replacement)

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """The indices that `sampler` gives, in lists of `batch_size`.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> order = tg.utils.data.SequentialSampler(data)
    >>> list(tg.utils.data.BatchSampler(order, 2, False))
    [[0, 1]]
    """

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        self.sampler = sampler
        self.batch_size: int = checked_count("BatchSampler", "batch_size", batch_size)
        self.drop_last: bool = checked_bool("BatchSampler", "drop_last", drop_last)

    def __iter__(self) -> Iterator[list[int]]:
        if gives_order(self.sampler):
            return (part.tolist() for part in self.parts(self.sampler.order()))
        return in_batches(self.sampler, self.batch_size, self.drop_last)

    def parts(self, order: np.ndarray) -> Iterator[np.ndarray]:
        """`order`, which the sampler has given, in batches.

        >>> order = tg.utils.data.SequentialSampler(range(3))
        >>> batches = tg.utils.data.BatchSampler(order, 2, False)
        >>> list(batches.parts(np.array([7, 8, 9])))
        [array([7, 8]), array([9])]
        """
        ends = self.sampler.ends(self.batch_size, self.drop_last)  # type: ignore[attr-defined]
        return (order[start:end] for start, end in zip([0, *ends], ends))

    def __len__(self) -> int:
        if gives_order(self.sampler):
            return len(self.sampler.ends(self.batch_size, self.drop_last))
        return count_batches(length("BatchSampler", self.sampler), self.batch_size, self.drop_last)

    def __repr__(self) -> str:
        kind = type(self.sampler).__name__
        return described(self, sampler=kind, batch_size=self.batch_size, drop_last=self.drop_last)


def gives_order(sampler: Any) -> TypeGuard[Ordered]:
    """Whether `sampler` knows its whole order, and is iterated over in that."""
    return getattr(type(sampler), "__iter__", None) is Ordered.__iter__


def length(name: str, sampler: Any) -> int:
    """``len(sampler)``; TypeError, for `name`, if it has none."""
    if not hasattr(sampler, "__len__"):
        raise TypeError(
            f"{name}: how many batches there are is not known, as the {type(sampler).__name__} "
            "that gives the indices has no __len__"
        )
    return len(sampler)


def checked_count(name: str, argument: str, value: object) -> int:
    """`value`; ValueError, for `name`, if its `argument` is no integer >= 1."""
    found = integer(value)
    if found is None or found < 1:
        raise ValueError(f"{name}: {argument} must be an integer >= 1, got {value!r}")
    return found


def checked_bool(name: str, argument: str, value: object) -> bool:
    """`value`; ValueError, as in PyTorch, for `name`, if its `argument` is no bool."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name}: {argument} must be True or False, got {value!r}")
    return bool(value)
