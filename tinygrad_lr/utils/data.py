"""Data sets, and batches of them.

A batch is one gather: the loader asks a data set for all samples of a batch at once
(``__getitems__``, as PyTorch calls it); or one by one, if the data set has no such method.
"""

from __future__ import annotations

import functools
import math
import operator
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, islice
from types import GenericAlias
from typing import Any, ClassVar, TypeAlias

import numpy as np

from ..device import CPU, GPU, Array, OutOfMemoryError, is_array, move, on_gpu
from ..effects import effect
from ..errors import NoIndex
from ..forms import formed
from ..nested import from_numbers
from ..random import Generator, chosen, default_generator
from ..tensor import Tensor
from .collate import default_collate, default_convert
from .samplers import (
    BatchSampler,
    Ordered,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
    checked_bool,
    checked_count,
    count_batches,
    in_batches,
    length,
)

__all__ = [
    "BatchSampler",
    "ChainDataset",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "default_convert",
    "random_split",
]


class Dataset:
    """What a DataLoader loads from: ``len(dataset)`` and ``dataset[i]``.

    A data set may also define ``__getitems__(indices)``, for a vector of indices (n,), int64. It
    returns either the whole batch as a tuple of Tensors, each gathered by one call, or (as in
    PyTorch) a list of n samples, which the loader then puts together. A class derived from it that
    defines ``__getitem__`` anew, and not that method, is asked for one sample after the other.

    ``one + other`` is the samples of one, then those of the other.
    """

    # Dataset[Any], as it stands in annotations.
    __class_getitem__: ClassVar[Any] = classmethod(GenericAlias)

    rows_are_samples = True  # whether the rows of such columns are what dataset[i] gives

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __getitem__; give the class a method "
            "__getitem__(self, index)"
        )

    def __len__(self) -> int:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __len__; give the class a method __len__(self)"
        )

    def __add__(self, other: Samples) -> Dataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    """A data set that can only be gone through, from its beginning: give it ``__iter__``."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __iter__; give the class a method __iter__(self)"
        )

    def __len__(self) -> int:
        raise TypeError(f"{type(self).__name__} has no __len__: how much it gives is not known")

    def __add__(self, other: Iterable[Any]) -> ChainDataset:  # type: ignore[override]
        return ChainDataset([self, other])


Samples: TypeAlias = Dataset | Sequence[Any]  # what a DataLoader takes; a list, for instance
Fetched: TypeAlias = tuple[Any, ...] | list[Any]  # a tuple of columns, or a list of samples


class TensorDataset(Dataset):
    """Tensors of equal length side by side: sample i is the tuple of their rows i.

    With Tensors on the GPU a batch is gathered there. A DataLoader moves the indices of a whole
    epoch to the GPU at once. Gradients flow from a batch into Tensors that require them.
    """

    def __init__(self, *tensors: Tensor) -> None:
        if not tensors:
            raise ValueError("TensorDataset: expected at least one Tensor")
        for i, t in enumerate(tensors):
            if not isinstance(t, Tensor):
                raise TypeError(
                    f"TensorDataset: expected Tensors, got {type(t).__name__} at place {i}; make "
                    "one with tensor()"
                )
            if not t.ndim:
                raise ValueError(
                    f"TensorDataset: the Tensor at place {i} is a single number, it has no rows"
                )
        if len({len(t) for t in tensors}) != 1:
            raise ValueError(
                "TensorDataset: the Tensors must have equally many rows, their lengths differ: "
                f"{[len(t) for t in tensors]}"
            )
        self.tensors = tensors

    @property
    def takes_indices_on(self) -> str:
        """The device on which ``__getitems__`` can use indices without moving them."""
        return GPU if all(t.device == GPU for t in self.tensors) else CPU

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __getitems__(self, indices: Array | Sequence[int]) -> tuple[Tensor, ...]:
        """Of each Tensor the rows at `indices`, a vector (n,) or a list of n: (n, ...).

        Raises IndexError for a row that is not there, NoIndex for what is no list of integers.
        """
        vector = as_vector(indices)
        rows = {place: move(vector, place) for place in {t.device for t in self.tensors}}
        for t in self.tensors:
            if t.wanted or t.node or t.root is not None:  # then this may have to be recorded
                return tuple(t[Tensor.wrap(rows[t.device])] for t in self.tensors)
        try:
            taken = take_rows([(t.array, rows[t.device]) for t in self.tensors])
        except IndexError:
            raise IndexError(
                f"TensorDataset: the indices go from {vector.min()} to {vector.max()}, but there "
                f"are {len(self)} samples (expected 0 to {len(self) - 1})"
            ) from None
        return tuple(map(Tensor.wrap, taken))

    def __len__(self) -> int:
        return len(self.tensors[0])


@formed
def take_rows(columns: Sequence[tuple[Array, Array]]) -> list[Array]:
    """``column[rows]`` for each pair ``(column, rows)``."""
    return [column.take(rows, 0) for column, rows in columns]


class Subset(Dataset):
    """The samples of `dataset` that `indices` name, in that order.

    Negative ones count from the end. `indices` stays the list that was given (or the range, array
    or Tensor), and may be changed.
    """

    _indices: Any
    _array: np.ndarray | None

    def __init__(self, dataset: Samples, indices: Sequence[int] | np.ndarray | Tensor) -> None:
        self.dataset = dataset
        self._is_drawn = False
        self.indices = indices

    @property
    def indices(self) -> Any:
        """The indices, as they were given; a list, if they were drawn by random_split."""
        if self._is_drawn:
            self._indices, self._array, self._is_drawn = self._indices.tolist(), None, False
        return self._indices

    @indices.setter
    def indices(self, indices: Sequence[int] | np.ndarray | Tensor) -> None:
        found = _checked_indices(indices, size_of(self.dataset))
        if isinstance(indices, (np.ndarray, Tensor)):
            found = np.asarray(indices).astype(np.int64, copy=False)  # on its memory
        is_list = not isinstance(indices, (np.ndarray, Tensor, range, tuple))
        self._indices = indices
        self._array = None if is_list else found  # which is faster, but a list may yet be changed
        self._is_drawn = False

    @classmethod
    def drawn(cls, dataset: Samples, indices: np.ndarray) -> Subset:
        """A Subset by an array; who asks for its `indices` is given a list."""
        subset = cls(dataset, indices)
        subset._is_drawn = True
        return subset

    @property
    def rows_are_samples(self) -> bool:  # type: ignore[override]
        return getattr(self.dataset, "rows_are_samples", True)

    def __getitem__(self, index: int | slice | list[int]) -> Any:
        """The sample at `index`; for a slice or a list, what the data set gives for a list."""
        if isinstance(index, (slice, list)):
            chosen = range(len(self))[index] if isinstance(index, slice) else index
            return self.dataset[[self._place(i) for i in chosen]]  # type: ignore[call-overload, index]
        return self.dataset[self._place(index)]

    def _place(self, index: int) -> int:
        """Where sample `index` is in the data set."""
        try:
            return int(self._indices[operator.index(index)])
        except TypeError:
            raise no_index("Subset", index) from None
        except IndexError:
            raise IndexError(
                f"Subset: index {index} is out of range, it has {len(self)} samples"
            ) from None

    def __getitems__(self, indices: np.ndarray | Sequence[int]) -> Fetched:
        """The samples at `indices`, a vector (n,) or a list of n, as the data set gives them."""
        vector = as_vector(indices)
        if self._array is not None:
            return fetch(self.dataset, self._array[vector])
        places = map(self._indices.__getitem__, vector.tolist())
        return fetch(self.dataset, np.fromiter(places, np.int64, len(indices)))

    def __len__(self) -> int:
        return len(self._indices)


def _checked_indices(indices: Any, size: int | None) -> np.ndarray:
    """`indices`, of samples of a data set of this size, as an array (n,) int64."""
    found = from_numbers("Subset", indices)
    if found.ndim != 1:
        raise ValueError(f"Subset: the indices must be a list of integers, got {indices!r}")
    if found.size and found.dtype.kind not in "iu":
        raise TypeError(
            f"Subset: the indices must be integers, got {found.dtype}; for a mask, pass "
            "np.flatnonzero(mask)"
        )
    if size is not None and found.size and not (-size <= found.min() and found.max() < size):
        raise IndexError(
            f"Subset: indices go from {found.min()} to {found.max()}, the data set has {size} "
            f"samples (expected 0 to {size - 1}, or {-size} to -1 from its end)"
        )
    return found.astype(np.int64)


def _several(name: str, datasets: Iterable[Any]) -> list[Any]:
    """`datasets` as a list; TypeError, for `name`, if it is one of them, or none."""
    if not isinstance(datasets, Iterable) or isinstance(datasets, (str, bytes, Tensor)):
        raise TypeError(f"{name}: expected a list of data sets, got {type(datasets).__name__}")
    return list(datasets)


class ConcatDataset(Dataset):
    """The samples of several data sets, one after the other."""

    def __init__(self, datasets: Iterable[Samples]) -> None:
        self.datasets = _several("ConcatDataset", datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset: expected at least one data set")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise TypeError("ConcatDataset: an IterableDataset has no indices; use ChainDataset")
        sizes = [checked_size("ConcatDataset", dataset) for dataset in self.datasets]
        self.cumulative_sizes = list(accumulate(sizes))

    def __getitem__(self, index: int) -> Any:
        try:
            place = operator.index(index)
        except TypeError:
            raise no_index("ConcatDataset", index) from None
        if not -len(self) <= place < len(self):
            kind = IndexError if place >= 0 else ValueError  # as PyTorch has it
            raise kind(f"ConcatDataset: index {place} is out of range, it has {len(self)} samples")
        place %= len(self)
        number = bisect_right(self.cumulative_sizes, place)
        dataset = self.datasets[number]
        return dataset[place - self.cumulative_sizes[number] + len(dataset)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class ChainDataset(IterableDataset):
    """What several IterableDatasets give, one after the other."""

    def __init__(self, datasets: Iterable[Iterable[Any]]) -> None:
        self.datasets = _several("ChainDataset", datasets)

    def __iter__(self) -> Iterator[Any]:
        for dataset in self.datasets:
            yield from dataset

    def __len__(self) -> int:
        return sum(length("ChainDataset", dataset) for dataset in self.datasets)


def random_split(
    dataset: Samples,
    lengths: Sequence[int | float] | np.ndarray | Tensor,
    generator: Generator | None = None,
) -> list[Subset]:
    """`dataset` in random parts of these lengths; or of these fractions, if they add up to 1.

    Each sample is in one part. Raises ValueError if the lengths do not add up.
    """
    size = checked_size("random_split", dataset)
    if isinstance(lengths, (np.ndarray, Tensor)):
        lengths = lengths.tolist()
    if not isinstance(lengths, Sequence) or not all(
        isinstance(n, (int, float, np.integer, np.floating)) for n in lengths
    ):
        raise TypeError(
            f"random_split: the lengths must be a list of numbers, such as [{size - 1}, 1] or "
            f"[0.9, 0.1], got {lengths!r}"
        )
    if any(isinstance(n, (float, np.floating)) for n in lengths) or size != sum(lengths) == 1:
        lengths = _counts(lengths, size)
    if min(lengths, default=0) < 0:
        raise ValueError(f"random_split: a length must be >= 0, got {list(lengths)}")
    if sum(lengths) != size:
        raise ValueError(
            f"random_split: the lengths {list(lengths)} add up to {sum(lengths)}, the data set has "
            f"{size} samples; they must be equal (or fractions that add up to 1)"
        )
    order = chosen("random_split", generator).permutation(size)
    ends = np.cumsum(np.asarray(lengths, np.int64))
    return [Subset.drawn(dataset, order[end - n : end]) for n, end in zip(lengths, ends)]


def _counts(fractions: Sequence[float], size: int) -> list[int]:
    """How many of `size` samples each of the `fractions` is."""
    if not math.isclose(sum(fractions), 1.0, abs_tol=1e-6) or min(fractions) < 0:
        raise ValueError(
            f"random_split: the fractions {list(fractions)} must be >= 0 and add up to 1 (numbers "
            "of samples are integers)"
        )
    counts = [math.floor(size * fraction) for fraction in fractions]
    for i in range(size - sum(counts)):  # what rounding left over goes to the first ones, one each
        counts[i % len(counts)] += 1
    if 0 in counts:
        warnings.warn(
            f"random_split: the parts {list(fractions)} of {size} samples are {counts} samples, "
            "one of them none",
            UserWarning,
            stacklevel=3,
        )
    return counts


def size_of(thing: Any) -> int | None:
    """``len(thing)``; None, if it has none."""
    try:
        return len(thing)
    except (TypeError, NotImplementedError):
        return None


def checked_size(name: str, dataset: Samples) -> int:
    """How many samples `dataset` has. Raises TypeError, for `name`, if it is no data set."""
    for method in ("__len__", "__getitem__"):
        if not hasattr(dataset, method):
            raise TypeError(
                f"{name}: a data set has len() and [index], as a Dataset or a list; got "
                f"{type(dataset).__name__}, which has no {method}"
            )
    return len(dataset)


@functools.lru_cache
def gathers(kind: type) -> bool:
    """Whether a data set of this class gives many samples at once, by a method for its [index]."""
    for base in kind.__mro__:
        if "__getitems__" in vars(base):
            return callable(vars(base)["__getitems__"])
        if "__getitem__" in vars(base):
            return False
    return False


def fetch(dataset: Any, indices: Any) -> Fetched:
    """The samples at `indices`, which may be a list: a tuple of whole columns, or all samples."""
    if gathers(type(dataset)):  # type: ignore[arg-type]
        fetched: Fetched = dataset.__getitems__(as_vector(indices))
        return fetched
    return one_by_one(dataset, indices)


def one_by_one(dataset: Any, indices: Any) -> list[Any]:
    """``dataset[i]`` for each of `indices`."""
    return [dataset[i] for i in (indices.tolist() if is_array(indices) else indices)]


def as_vector(indices: Any) -> Array:
    """`indices` as an array (n,) int64; as it is, if it is an array. Raises NoIndex for others."""
    if is_array(indices):
        return indices
    try:
        return np.fromiter(map(operator.index, indices), np.int64, len(indices))
    except (TypeError, OverflowError):
        raise no_index("data set", next(i for i in indices if not _fits(i))) from None


def _fits(index: Any) -> bool:
    return hasattr(index, "__index__") and -(2**63) <= operator.index(index) < 2**63


def no_index(name: str, index: Any) -> NoIndex:
    """The error for an `index` of a sample that is no integer, or one too large for int64."""
    came = f"{type(index).__name__} {repr(index)[:40]}"
    return NoIndex(f"{name}: the index of a sample is an integer (int64), got {came}")


class DataLoader:
    """Batches of a data set: ``for images, labels in loader:``, once through it each time.

    Args:
        dataset: a Dataset, anything else with len() and [index], or an IterableDataset.
        batch_size: how many samples a batch has; None for samples, and no batches.
        shuffle: in another random order each time.
        sampler: gives the indices of the samples, instead: see samplers.py; or a list.
        batch_sampler: gives the indices of each batch, instead of all these.
        collate_fn: makes a batch of a list of samples; without batches, something of a sample.
        drop_last: leave out the last batch if it is smaller.
        generator: draws the random order; the default generator if None.
        num_workers, pin_memory, others: what PyTorch has for processes that load ahead is accepted
            and ignored, as a batch is one gather.

    Each batch is a list, ``[images, labels]``, unless a `collate_fn` makes something else of it.
    ``state_dict()`` says in which order, and how far, the newest iterator is; after
    ``load_state_dict()`` the next one goes on from there (with a sampler of your own: if that gives
    the same again).

    Raises TypeError or ValueError for arguments that are none, or exclude each other.
    """

    __class_getitem__: ClassVar[Any] = classmethod(GenericAlias)

    def __init__(
        self,
        dataset: Samples,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Sequence[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        *,
        generator: Generator | None = None,
        **others: object,
    ) -> None:
        if unknown := sorted(set(others) - _IGNORED):
            raise TypeError(f"DataLoader: there is no option {unknown[0]!r}")
        self._is_iterable = isinstance(dataset, IterableDataset)
        _check_together(
            self._is_iterable, batch_size, bool(shuffle), sampler, batch_sampler, drop_last
        )
        drop_last = checked_bool("DataLoader", "drop_last", drop_last)
        if batch_sampler is not None:
            batch_size = None
        elif batch_size is not None:
            batch_size = checked_count("DataLoader", "batch_size", batch_size)
        if not isinstance(num_workers, (int, np.integer)) or num_workers < 0:
            raise ValueError(
                f"DataLoader: num_workers must be an integer >= 0, got {num_workers!r}"
            )
        chosen("DataLoader", generator)
        if collate_fn is not None and not callable(collate_fn):
            raise TypeError(
                f"DataLoader: collate_fn must be a function, got {type(collate_fn).__name__}"
            )
        if sampler is None and batch_sampler is None and not self._is_iterable:
            size = checked_size("DataLoader", dataset)
            if shuffle and not size:
                raise ValueError("DataLoader: the data set is empty, there is nothing to shuffle")
            sampler = (
                RandomSampler(dataset, generator=generator)
                if shuffle
                else SequentialSampler(dataset)
            )
        if batch_size is not None and sampler is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        is_batched = batch_sampler is not None or batch_size is not None
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = bool(shuffle)
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self._indices: Any = sampler if batch_sampler is None else batch_sampler
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.generator = generator
        self.collate_fn = collate_fn or (default_collate if is_batched else default_convert)
        # Where the newest iterator is: the generator's state before its order was drawn (None if
        # there is no iterator, or it has come to its end), and how many batches it has given since.
        self._order_state: dict[str, Any] | None = None
        self._given = 0
        self._resume = False
        self._newest = object()

    def __setattr__(self, name: str, value: object) -> None:
        if name in _SETTLED and "_newest" in vars(self):
            raise ValueError(f"DataLoader: {name} cannot be changed any more; make another loader")
        object.__setattr__(self, name, value)

    def __len__(self) -> int:
        """The number of batches; without batches, of samples."""
        if self._is_iterable:
            size = length("DataLoader", self.dataset)
            if self.batch_size is None:
                return size
            return count_batches(size, self.batch_size, self.drop_last)
        return length("DataLoader", self._indices)

    def __iter__(self) -> Iterator[Any]:
        generator = self._drawn_from()
        if not self._resume:
            self._order_state, self._given = generator.get_state(), 0
        elif self._order_state is not None:
            generator.set_state(self._order_state)
        self._resume = False
        self._newest = object()
        left = islice(self._picks(), self._given, None)
        return self._batches(left, self._given, self._newest)

    def _drawn_from(self) -> Generator:
        """The generator that a random order is drawn from."""
        sampler = getattr(self._indices, "sampler", self._indices)
        own = getattr(sampler, "generator", None)
        return own if isinstance(own, Generator) else self.generator or default_generator

    def _picks(self) -> Iterator[Any]:
        """What each batch is made of: indices, or (of an IterableDataset) samples."""
        if self._is_iterable:
            samples = iter(self.dataset)
            size = self.batch_size
            return samples if size is None else in_batches(samples, size, self.drop_last)
        batches = self._indices
        if self.batch_sampler is None or type(batches) is not BatchSampler:
            return iter(batches)
        sampler: Any = batches.sampler
        if getattr(type(sampler), "__iter__", None) is not Ordered.__iter__:
            return iter(batches)
        order, size = sampler.order(), batches.batch_size  # the usual case
        if gathers(type(self.dataset)):  # type: ignore[arg-type]
            order = move(order, getattr(self.dataset, "takes_indices_on", CPU))
        end = len(order) - len(order) % size if batches.drop_last else len(order)
        return (order[start : start + size] for start in range(0, end, size))

    def _batches(self, picks: Iterator[Any], given: int, me: object) -> Iterator[Any]:
        """The batches that `picks` say. Only the newest iterator counts them."""
        for number, pick in enumerate(picks, given + 1):
            batch = self._batch(pick)
            if me is self._newest:
                self._given = number  # before the yield: the caller may save the state there
            yield batch
        if me is self._newest:
            self._order_state, self._given = None, 0

    def _batch(self, pick: Any) -> Any:
        """The samples that `pick` says, put together; without batches, one sample."""
        effect("take a batch")
        if self._is_iterable:
            return self.collate_fn(pick)
        if self.batch_sampler is None:
            return self.collate_fn(self.dataset[pick])
        try:
            fetched = self._fetched(pick)
        except MemoryError as error:
            kind = OutOfMemoryError if on_gpu(pick) else MemoryError
            raise kind(
                f"DataLoader: no room for a batch of {len(pick)} samples ({error}); use a "
                "smaller batch_size"
            ) from None
        if not isinstance(fetched, tuple):
            return self.collate_fn(fetched)
        if self.collate_fn is default_collate:
            return list(fetched)
        return self.collate_fn(list(zip(*fetched, strict=True)))  # which takes samples

    def _fetched(self, pick: Any) -> Fetched:
        """The samples that `pick` says; or whole columns, where that comes to the same."""
        if self.collate_fn is default_collate or getattr(self.dataset, "rows_are_samples", True):
            return fetch(self.dataset, pick)
        return one_by_one(self.dataset, pick)

    def state_dict(self) -> dict[str, Any]:
        """Where the newest iterator is: numbers, text, and the generator's state."""
        return {
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "drop_last": self.drop_last,
            "size": size_of(self.dataset),
            "order_state": self._order_state or self._drawn_from().get_state(),
            "given": self._given,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next iterator go on where ``state_dict()`` was called.

        Raises ValueError for the state of a loader with other settings or another size.
        """
        own = self.state_dict()
        missing = sorted(set(own) - set(state)) if isinstance(state, dict) else sorted(own)
        if missing:
            raise ValueError(
                f"DataLoader: not the state of a loader, it lacks {missing}; pass what "
                "state_dict() gave"
            )
        for name in ("batch_size", "shuffle", "drop_last", "size"):
            if state[name] != own[name]:
                raise ValueError(
                    f"DataLoader: the state is of a loader with {name} {state[name]}, this one has "
                    f"{own[name]}"
                )
        given, count = state["given"], size_of(self)
        if type(given) is not int or given < 0 or (count is not None and given > count):
            raise ValueError(f"DataLoader: the state is {given!r} batches into {count} batches")
        Generator().set_state(state["order_state"])  # or else ValueError, now and not when drawn
        self._order_state, self._given, self._resume = state["order_state"], given, True
        self._newest = object()  # earlier iterators no longer count batches


# What cannot be changed in a loader that is there, as it is spread over its parts.
_SETTLED = {"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "shuffle"}
_IGNORED = {"timeout", "worker_init_fn", "multiprocessing_context", "prefetch_factor"}
_IGNORED |= {"persistent_workers", "pin_memory_device", "in_order"}


def _check_together(
    is_iterable: bool,
    batch_size: int | None,
    shuffle: bool,
    sampler: object,
    batch_sampler: object,
    drop_last: bool,
) -> None:
    """Raise ValueError for arguments of a DataLoader that exclude each other."""
    given = {"shuffle": shuffle, "sampler": sampler, "batch_sampler": batch_sampler}
    said = [name for name, value in given.items() if value is not None and value is not False]
    if is_iterable and said:
        raise ValueError(
            f"DataLoader: {said[0]} is about indices, and an IterableDataset has none; leave it out"
        )
    if sampler is not None and shuffle:
        raise ValueError("DataLoader: a sampler says the order itself; leave out shuffle")
    if batch_sampler is not None and (
        batch_size != 1 or shuffle or sampler is not None or drop_last
    ):
        raise ValueError(
            "DataLoader: a batch_sampler says all about the batches itself; leave out batch_size, "
            "shuffle, sampler and drop_last"
        )
    if batch_size is None and drop_last:
        raise ValueError("DataLoader: with batch_size=None there is no last batch to drop")
