"""Data sets: what a DataLoader loads from, and how they are put together and split."""

from __future__ import annotations

import functools
import math
import operator
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Generic, TypeAlias, overload

import numpy as np

from ...device import CPU, GPU, Array, device_of, is_array, move
from ...errors import NoIndex
from ...forms import formed
from ...making.nested import from_numbers
from ...random import Generator, chosen
from ...tensor import Tensor
from ...warned import warn
from .sampler import Sample, T, described, length


class Dataset(Generic[Sample]):
    """What a DataLoader loads from: ``len(dataset)`` and ``dataset[i]``.

    A data set may also define ``__getitems__(indices)``, for a vector of indices (n,), int64. It
    returns either the whole batch as a tuple of Tensors, each gathered by one call, or (as in
    PyTorch) a list of n samples, which the loader then puts together. A class derived from it that
    defines ``__getitem__`` anew, and not that method, is asked for one sample after the other.

    ``one + other`` is the samples of one, then those of the other.

    >>> class Squares(tg.utils.data.Dataset):
    ...     def __len__(self):
    ...         return 3
    ...
    ...     def __getitem__(self, index):
    ...         return index**2
    >>> Squares()[2]
    4
    """

    rows_are_samples = True  # whether the rows of such columns are what dataset[i] gives

    def __getitem__(self, index: int) -> Sample:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __getitem__; give the class a method "
            "__getitem__(self, index)"
        )

    def __len__(self) -> int:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __len__; give the class a method __len__(self)"
        )

    def __add__(self, other: Samples[T]) -> ConcatDataset[Sample | T]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[Sample]):
    """A data set that can only be gone through, from its beginning: give it ``__iter__``.

    >>> class Count(tg.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter([1, 2, 3])
    >>> list(tg.utils.data.DataLoader(Count(), batch_size=2))
    [tensor([1, 2]), tensor([3])]
    """

    def __iter__(self) -> Iterator[Sample]:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __iter__; give the class a method __iter__(self)"
        )

    def __len__(self) -> int:
        raise TypeError(f"{type(self).__name__} has no __len__: how much it gives is not known")

    def __add__(self, other: Iterable[T]) -> ChainDataset[Sample | T]:  # type: ignore[override]
        return ChainDataset([self, other])


Samples: TypeAlias = Dataset[Sample] | Sequence[Sample]  # what a DataLoader takes: a list, too
Fetched: TypeAlias = tuple[Any, ...] | list[Any]  # a tuple of columns, or a list of samples


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors of equal length side by side: sample i is the tuple of their rows i.

    With Tensors on the GPU a batch is gathered there. A DataLoader moves the indices of a whole
    epoch to the GPU at once. Gradients flow from a batch into Tensors that require them. ValueError
    for none, or of different lengths; TypeError for what is no Tensor.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> data[0]
    (tensor([1., 1., 1.]), tensor(0))
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
        """The device on which ``__getitems__`` can use indices without moving them.

        >>> tg.utils.data.TensorDataset(tg.ones(2, 3)).takes_indices_on
        device(type='cpu')
        """
        return GPU if all(t.device == GPU for t in self.tensors) else CPU

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __getitems__(self, indices: Array | Sequence[int]) -> tuple[Tensor, ...]:
        """Of each Tensor the rows at `indices`, a vector (n,) or a list of n: (n, ...).

        Raises IndexError for a row that is not there, NoIndex for what is no list of integers.
        """
        vector = as_vector(indices)
        columns = []
        for t in self.tensors:
            if t.wanted or t.node or t.root is not None:  # then this may have to be recorded
                return tuple(t[Tensor.wrap(_beside(t.array, vector))] for t in self.tensors)
            columns.append(t.array)
        try:
            taken = take_rows(columns, vector)
        except IndexError:
            raise IndexError(
                f"TensorDataset: the indices go from {vector.min()} to {vector.max()}, but there "
                f"are {len(self)} samples (expected 0 to {len(self) - 1})"
            ) from None
        return tuple(map(Tensor.wrap, taken))

    def __len__(self) -> int:
        return len(self.tensors[0])

    def __repr__(self) -> str:
        columns = ", ".join(f"{t.shape} {t.dtype}" for t in self.tensors)
        return f"{type(self).__name__}({columns})"


@formed
def take_rows(columns: Sequence[Array], rows: Array) -> list[Array]:
    """``column[rows]`` for each of `columns`."""
    return [column.take(_beside(column, rows), 0) for column in columns]


def _beside(column: Array, rows: Array) -> Array:
    """`rows` on the device of `column`."""
    return rows if type(rows) is type(column) else move(rows, device_of(column))


class Subset(Dataset[Sample]):
    """The samples of `dataset` that `indices` name, in that order.

    Negative ones count from the end. `indices` stays the list that was given (or the range, array
    or Tensor), and may be changed.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> len(tg.utils.data.Subset(data, [0]))
    1
    """

    _indices: Any
    _array: np.ndarray | None

    def __init__(
        self, dataset: Samples[Sample], indices: Sequence[int] | np.ndarray | Tensor
    ) -> None:
        self.dataset = dataset
        self._is_drawn = False
        self.indices = indices

    @property
    def indices(self) -> Sequence[int] | np.ndarray | Tensor:
        """The indices, as they were given; a list, if they were drawn by random_split.

        >>> tg.utils.data.Subset(["a", "b", "c"], [2, 0]).indices
        [2, 0]
        """
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
    def drawn(cls, dataset: Samples[Sample], indices: np.ndarray) -> Subset[Sample]:
        """A Subset by an array; who asks for its `indices` is given a list.

        >>> tg.utils.data.Subset.drawn(range(5), np.array([3, 1])).indices
        [3, 1]
        """
        subset = cls(dataset, indices)
        subset._is_drawn = True
        return subset

    @property
    def rows_are_samples(self) -> bool:  # type: ignore[override]
        """Whether they are in the whole data set.

        >>> tg.utils.data.Subset(["a", "b", "c"], [2, 0]).rows_are_samples
        True
        """
        return getattr(self.dataset, "rows_are_samples", True)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice | list[int]) -> Any: ...
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

    def __repr__(self) -> str:
        return described(self, samples=len(self), dataset=type(self.dataset).__name__)


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


class ConcatDataset(Dataset[Sample]):
    """The samples of several data sets, one after the other.

    ValueError for none, TypeError for an IterableDataset.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> len(tg.utils.data.ConcatDataset([data, data]))
    4
    """

    def __init__(self, datasets: Iterable[Samples[Sample]]) -> None:
        self.datasets: list[Any] = _several("ConcatDataset", datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset: expected at least one data set")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise TypeError("ConcatDataset: an IterableDataset has no indices; use ChainDataset")
        sizes = [checked_size("ConcatDataset", dataset) for dataset in self.datasets]
        self.cumulative_sizes: list[int] = list(accumulate(sizes))

    def __getitem__(self, index: int) -> Sample:
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

    def __repr__(self) -> str:
        return described(self, samples=len(self), datasets=_kinds(self.datasets))


class StackDataset(Dataset[Any]):
    """Data sets of equal length side by side: sample i is the tuple of their samples i.

    Or, of data sets that are named, a dict: ``StackDataset(image=images, label=labels)``.
    ValueError for none, or of different lengths.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> len(tg.utils.data.StackDataset(data, data))
    2
    """

    def __init__(self, *datasets: Samples, **named: Samples) -> None:
        if bool(datasets) == bool(named):
            raise ValueError("StackDataset: expected data sets, all by position or all by name")
        self.datasets: Any = datasets or named
        sizes = [checked_size("StackDataset", dataset) for dataset in datasets or named.values()]
        if len(set(sizes)) != 1:
            raise ValueError(f"StackDataset: the data sets must be equally long, not {sizes}")
        self._length = sizes[0]

    def __getitem__(self, index: int) -> Any:
        if isinstance(self.datasets, dict):
            return {name: dataset[index] for name, dataset in self.datasets.items()}
        return tuple(dataset[index] for dataset in self.datasets)

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        if isinstance(self.datasets, dict):
            return described(self, **{k: type(d).__name__ for k, d in self.datasets.items()})
        return described(self, samples=len(self), datasets=_kinds(self.datasets))


class ChainDataset(IterableDataset[Sample]):
    """What several IterableDatasets give, one after the other.

    >>> class Count(tg.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter([1, 2])
    >>> list(tg.utils.data.ChainDataset([Count(), Count()]))
    [1, 2, 1, 2]
    """

    def __init__(self, datasets: Iterable[Iterable[Sample]]) -> None:
        self.datasets: list[Any] = _several("ChainDataset", datasets)

    def __iter__(self) -> Iterator[Sample]:
        for dataset in self.datasets:
            yield from dataset

    def __len__(self) -> int:
        return sum(length("ChainDataset", dataset) for dataset in self.datasets)

    def __repr__(self) -> str:
        return described(self, datasets=_kinds(self.datasets))


def _kinds(things: Iterable[object]) -> str:
    return f"[{', '.join(type(thing).__name__ for thing in things)}]"


def random_split(
    dataset: Samples[T],
    lengths: Sequence[int | float] | np.ndarray | Tensor,
    generator: Generator | None = None,
) -> list[Subset[T]]:
    """`dataset` in random parts of these lengths; or of these fractions, if they add up to 1.

    Each sample is in one part. Raises ValueError if the lengths do not add up.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> [len(part) for part in tg.utils.data.random_split(data, [1, 1])]
    [1, 1]
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
        warn(
            f"random_split: the parts {list(fractions)} of {size} samples are {counts} samples, "
            "one of them none",
            UserWarning,
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
