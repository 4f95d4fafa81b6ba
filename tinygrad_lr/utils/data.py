"""Data sets, and batches of them.

A batch is one gather: the loader asks a data set for all samples of a batch at once
(``__getitems__``, as PyTorch calls it); or one by one, if the data set has no such method.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from ..creation import tensor
from ..device import CPU, GPU, Array, OutOfMemoryError, is_array, move, on_gpu
from ..effects import effect
from ..errors import ShapeError
from ..forms import formed
from ..functions import stack
from ..random import Generator, chosen, default_generator
from ..tensor import Tensor, from_numbers


class Dataset:
    """What a DataLoader loads from: ``len(dataset)`` and ``dataset[i]``.

    A data set may also define ``__getitems__(indices)``, for a vector of indices (n,), int64. It
    returns either the whole batch as a tuple of Tensors, each gathered by one call, or (as in
    PyTorch) a list of n samples, which the loader then puts together.
    """

    def __getitem__(self, index: int) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __getitem__; give the class a method "
            "__getitem__(self, index)"
        )

    def __len__(self) -> int:
        raise NotImplementedError(
            f"{type(self).__name__} defines no __len__; give the class a method __len__(self)"
        )


Samples: TypeAlias = Dataset | Sequence[Any]  # what a DataLoader takes; a list, for instance
Fetched: TypeAlias = tuple[Any, ...] | list[Any]  # a tuple of columns, or a list of samples


class TensorDataset(Dataset):
    """Tensors of equal length side by side: sample i is the tuple of their rows i.

    With Tensors on the GPU a batch is gathered there. A DataLoader moves the indices of a whole
    epoch to the GPU at once.
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

    def __getitems__(self, indices: Array) -> tuple[Tensor, ...]:
        rows = {place: move(indices, place) for place in {t.device for t in self.tensors}}
        try:
            taken = take_rows([(t.array, rows[t.device]) for t in self.tensors])
        except IndexError:
            raise IndexError(
                f"TensorDataset: the indices go from {indices.min()} to {indices.max()}, but there "
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
    """The samples of `dataset` that `indices` name, in that order."""

    def __init__(self, dataset: Samples, indices: Sequence[int] | np.ndarray) -> None:
        self.dataset = dataset
        found = from_numbers("Subset", indices)
        if found.ndim != 1:
            raise ValueError(f"Subset: the indices must be a list of integers, got {indices!r}")
        if found.size and found.dtype.kind not in "iu":
            raise TypeError(
                f"Subset: the indices must be integers, got {found.dtype}; for a mask, pass "
                "np.flatnonzero(mask)"
            )
        self.indices = found.astype(np.int64)
        size = len(dataset)
        if self.indices.size and not (0 <= self.indices.min() and self.indices.max() < size):
            raise IndexError(
                f"Subset: indices go from {self.indices.min()} to {self.indices.max()}, the data "
                f"set has {size} samples (expected 0 to {size - 1})"
            )

    def __getitem__(self, index: int) -> Any:
        try:
            place = self.indices[operator.index(index)]
        except TypeError:
            raise TypeError(
                f"Subset: an index is an integer, got {type(index).__name__} {index!r}"
            ) from None
        except IndexError:
            raise IndexError(
                f"Subset: index {index} is out of range, it has {len(self)} samples"
            ) from None
        return self.dataset[int(place)]

    def __getitems__(self, indices: np.ndarray) -> Fetched:
        return _fetch(self.dataset, self.indices[indices])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Samples, lengths: Sequence[int | float], generator: Generator | None = None
) -> list[Subset]:
    """`dataset` in random parts of these lengths; or of these fractions, if they add up to 1.

    Each sample is in one part. Raises ValueError if the lengths do not add up.
    """
    size = _checked_size("random_split", dataset)
    if not isinstance(lengths, Sequence) or not all(
        isinstance(n, (int, float, np.integer)) for n in lengths
    ):
        raise TypeError(
            f"random_split: the lengths must be a list of numbers, such as [{size - 1}, 1] or "
            f"[0.9, 0.1], got {lengths!r}"
        )
    if any(isinstance(n, float) for n in lengths):
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
    return [Subset(dataset, order[end - n : end]) for n, end in zip(lengths, ends)]


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
    return counts


def default_collate(samples: Sequence[Any]) -> Any:
    """Samples put together: numbers and arrays to one Tensor, tuples and dicts part by part.

    Samples of shape (...) become a Tensor (n, ...). Text becomes a list. Raises TypeError,
    ValueError or ShapeError for samples that cannot be put together.
    """
    if not samples:
        raise ValueError("default_collate: expected at least one sample, got none")
    first = samples[0]
    kind: type | tuple[type, ...]
    for kind in (Tensor, np.ndarray, _NUMBERS, (tuple, list), dict, str):
        if isinstance(first, kind):
            _check_alike(samples, kind)
    if isinstance(first, Tensor):
        return stack(list(samples))
    if is_array(first):
        return stack([Tensor.wrap(sample) for sample in samples])
    if isinstance(first, _NUMBERS):
        return tensor(list(samples))
    if isinstance(first, (tuple, list)):
        return [default_collate(column) for column in zip(*samples, strict=True)]
    if isinstance(first, dict):
        return {key: default_collate([sample[key] for sample in samples]) for key in first}
    if isinstance(first, str):
        return list(samples)
    raise TypeError(
        f"cannot make a batch of {type(first).__name__}; give the DataLoader a collate_fn that can"
    )


_NUMBERS = (bool, int, float, np.generic)


def _check_alike(samples: Sequence[Any], kind: type | tuple[type, ...]) -> None:
    """Refuse samples that are not all of this `kind`, or differ in their shape or their parts."""
    for i, sample in enumerate(samples):
        if not isinstance(sample, kind):
            raise TypeError(
                f"cannot make a batch of {type(samples[0]).__name__} and {type(sample).__name__} "
                f"(sample {i} of it); give the DataLoader a collate_fn that can"
            )
        if isinstance(sample, (Tensor, np.ndarray)) and sample.shape != samples[0].shape:
            raise ShapeError(
                f"cannot make a batch: its sample 0 has shape {samples[0].shape}, sample {i} has "
                f"{sample.shape}; give the DataLoader a collate_fn that can"
            )
        if isinstance(sample, (tuple, list)) and len(sample) != len(samples[0]):
            raise ValueError(
                f"cannot make a batch: its sample 0 has {len(samples[0])} parts, sample {i} has "
                f"{len(sample)}; give the DataLoader a collate_fn that can"
            )
        if isinstance(sample, dict) and set(sample) != set(samples[0]):
            raise ValueError(
                f"cannot make a batch: its sample 0 has the keys {list(samples[0])}, sample {i} "
                f"{list(sample)}; give the DataLoader a collate_fn that can"
            )


def _checked_size(name: str, dataset: Samples) -> int:
    """How many samples `dataset` has. Raises TypeError, for `name`, if it is no data set."""
    for method in ("__len__", "__getitem__"):
        if not hasattr(dataset, method):
            raise TypeError(
                f"{name}: a data set has len() and [index], as a Dataset or a list; got "
                f"{type(dataset).__name__}, which has no {method}"
            )
    return len(dataset)


def _fetch(dataset: Samples, indices: Array) -> Fetched:
    """The samples at `indices`: a tuple of whole columns, or a list of samples."""
    if hasattr(dataset, "__getitems__"):
        fetched: Fetched = dataset.__getitems__(indices)
        return fetched
    return [dataset[int(i)] for i in indices]


class DataLoader:
    """Batches of a data set: ``for images, labels in loader:``, once through it each time.

    Args:
        batch_size: how many samples a batch has.
        shuffle: in another random order each time.
        drop_last: leave out the last batch if it is smaller.
        generator: draws the random order; the default generator if None.
        collate_fn: makes a batch of a list of samples.
        num_workers, pin_memory: accepted and ignored, as a batch is one gather.

    Each batch is a list, ``[images, labels]``, unless a `collate_fn` makes something else of it.
    ``state_dict()`` says in which order, and how far, the newest iterator is; after
    ``load_state_dict()`` the next one goes on from there.
    """

    def __init__(
        self,
        dataset: Samples,
        batch_size: int = 1,
        shuffle: bool = False,
        *,
        drop_last: bool = False,
        generator: Generator | None = None,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        num_workers: int = 0,
        pin_memory: bool = False,
    ) -> None:
        whole = isinstance(batch_size, (int, np.integer)) and not isinstance(batch_size, bool)
        if not whole or batch_size < 1:
            raise ValueError(f"DataLoader: batch_size must be an integer >= 1, got {batch_size!r}")
        if _checked_size("DataLoader", dataset) == 0:
            raise ValueError("DataLoader: the data set is empty, there is nothing to load")
        chosen("DataLoader", generator)
        if collate_fn is not None and not callable(collate_fn):
            raise TypeError(
                f"DataLoader: collate_fn must be a function, got {type(collate_fn).__name__}"
            )
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.generator = generator
        self.collate_fn = collate_fn
        # Where the newest iterator is: the generator's state before its order was drawn (None if
        # there is no iterator, or it has come to its end), and how many batches it has given since.
        self._order_state: dict[str, Any] | None = None
        self._given = 0
        self._resume = False
        self._newest = object()

    def __len__(self) -> int:
        """The number of batches."""
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full + bool(rest and not self.drop_last)

    def __iter__(self) -> Iterator[Any]:
        generator = self.generator or default_generator
        if not self._resume:
            self._order_state, self._given = generator.get_state(), 0
        elif self._order_state is not None:
            generator.set_state(self._order_state)
        self._resume = False
        self._newest = object()
        size = len(self.dataset)
        order = generator.permutation(size) if self.shuffle else np.arange(size)
        order = move(order, getattr(self.dataset, "takes_indices_on", CPU))
        return self._batches(order, self._given, self._newest)

    def _batches(self, order: Array, first: int, me: object) -> Iterator[Any]:
        """The batches of `order`, from number `first` on. Only the newest iterator counts them."""
        for number in range(first, len(self)):
            start = number * self.batch_size
            batch = self._batch(order[start : start + self.batch_size])
            if me is self._newest:
                self._given = number + 1  # before the yield: the caller may save the state there
            yield batch
        if me is self._newest:
            self._order_state, self._given = None, 0

    def _batch(self, indices: Array) -> Any:
        """The samples at `indices`, put together."""
        effect("take a batch")
        try:
            fetched = _fetch(self.dataset, indices)
        except MemoryError as error:
            kind = OutOfMemoryError if on_gpu(indices) else MemoryError
            raise kind(
                f"DataLoader: no room for a batch of {len(indices)} samples ({error}); use a "
                "smaller batch_size"
            ) from None
        if self.collate_fn is not None:
            if isinstance(fetched, tuple):  # whole columns, but a collate_fn takes samples
                fetched = list(zip(*fetched, strict=True))
            return self.collate_fn(fetched)
        return list(fetched) if isinstance(fetched, tuple) else default_collate(fetched)

    def state_dict(self) -> dict[str, Any]:
        """Where the newest iterator is: numbers, text, and the generator's state."""
        generator = self.generator or default_generator
        return {
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "drop_last": self.drop_last,
            "size": len(self.dataset),
            "order_state": self._order_state or generator.get_state(),
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
        given = state["given"]
        if not isinstance(given, int) or not 0 <= given <= len(self):
            raise ValueError(f"DataLoader: the state is {given!r} batches into {len(self)} batches")
        self._order_state, self._given, self._resume = state["order_state"], given, True
        self._newest = object()  # earlier iterators no longer count batches
