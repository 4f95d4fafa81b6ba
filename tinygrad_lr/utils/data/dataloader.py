"""Batches of a data set.

A batch is one gather: the loader asks a data set for all samples of a batch at once
(``__getitems__``, as PyTorch calls it); or one by one, if the data set has no such method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, Never, Protocol, TypeAlias, overload

import numpy as np

from ...device import CPU, OutOfMemoryError, move, on_gpu
from ...effects import effect
from ...random import Generator, chosen, default_generator
from ...tensor import Tensor
from ...wording import no_option
from .collate import default_collate as default_collate  # PyTorch has them here too
from .collate import default_convert as default_convert
from .dataset import (
    IterableDataset,
    Samples,
    checked_size,
    fetch,
    gathers,
    one_by_one,
    size_of,
)
from .sampler import (
    BatchSampler,
    RandomSampler,
    Sample,
    SequentialSampler,
    checked_bool,
    checked_count,
    count_batches,
    described,
    gives_order,
    in_batches,
    length,
)

Part: TypeAlias = Tensor | np.ndarray | np.generic | float  # of which a batch is one Tensor


class Fields(Protocol):
    """A named tuple, of which a batch is one, too: of Tensors."""

    def _asdict(self) -> dict[str, Any]: ...


class DataLoader(Generic[Sample]):
    """Batches of a data set: ``for images, labels in loader:``, once through it each time.

    Args:
        dataset: a Dataset, anything else with len() and [index], or an IterableDataset.
        batch_size: how many samples a batch has; None for samples, and no batches.
        shuffle: in another random order each time.
        sampler: gives the indices of the samples, instead: see sampler.py; or a list.
        batch_sampler: gives the indices of each batch, instead of all these.
        collate_fn: makes a batch of a list of samples; without batches, something of a sample.
        drop_last: leave out the last batch if it is smaller.
        generator: draws the random order; the default generator if None.
        num_workers, pin_memory, others: what PyTorch has for processes that load ahead is accepted
            and ignored: a batch is one gather, in this process.

    Each batch is a list, ``[images, labels]``, unless a `collate_fn` makes something else of it.
    ``state_dict()`` says in which order, and how far, the newest iterator is; after
    ``load_state_dict()`` the next one goes on from there (with a sampler of your own: if that gives
    the same again).

    Raises TypeError or ValueError for arguments that are none, or exclude each other.

    >>> data = tg.utils.data.TensorDataset(tg.ones(2, 3), tg.tensor([0, 1]))
    >>> [len(x) for x, y in tg.utils.data.DataLoader(data, batch_size=2, shuffle=True)]
    [2]
    """

    sampler: Iterable[int] | None
    batch_sampler: Iterable[Sequence[int]] | None
    collate_fn: Callable[[Any], Any]

    @overload
    def __init__(
        self,
        dataset: Samples[Sample],
        batch_size: int = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[Sequence[int]] | None = None,
        num_workers: int = 0,
        collate_fn: None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        *,
        generator: Generator | None = None,
        **others: object,
    ) -> None: ...

    @overload
    def __init__(
        self: DataLoader[Any],
        dataset: Samples[Any],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[Sequence[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        *,
        generator: Generator | None = None,
        **others: object,
    ) -> None: ...

    def __init__(
        self,
        dataset: Samples[Sample],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[Sequence[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        *,
        generator: Generator | None = None,
        **others: object,
    ) -> None:
        if unknown := sorted(set(others) - _IGNORED):
            raise no_option("DataLoader", DataLoader.__init__, unknown[0])
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
        self.shuffle: bool = bool(shuffle)
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self._indices: Any = sampler if batch_sampler is None else batch_sampler
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.generator = generator
        self.collate_fn = collate_fn or (default_collate if is_batched else default_convert)
        self._place = _Place()  # of the newest iterator
        self._resume = False  # whether the next one goes on there

    def __setattr__(self, name: str, value: object) -> None:
        if name in _SETTLED and "_place" in vars(self):
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

    def __repr__(self) -> str:
        parts: dict[str, object] = {"batch_size": self.batch_size, "shuffle": self.shuffle}
        for name in ("sampler", "batch_sampler"):
            if not isinstance(part := getattr(self, name), _OWN):
                parts[name] = type(part).__name__
        kind = type(self.dataset).__name__
        return described(self, dataset=kind, **parts, drop_last=self.drop_last)

    @overload  # of a loader whose samples may be anything
    def __iter__(self: DataLoader[Never]) -> Iterator[Any]: ...
    @overload
    def __iter__(self: DataLoader[Fields]) -> Iterator[Any]: ...
    @overload
    def __iter__(self: DataLoader[tuple[Part, ...]]) -> Iterator[list[Tensor]]: ...
    @overload
    def __iter__(self: DataLoader[Mapping[str, Part]]) -> Iterator[dict[str, Tensor]]: ...
    @overload
    def __iter__(self: DataLoader[Part]) -> Iterator[Tensor]: ...
    @overload
    def __iter__(self) -> Iterator[Any]: ...
    def __iter__(self) -> Iterator[Any]:
        generator, state, given = self._drawn_from(), self._place.order_state, self._place.given
        if not self._resume:
            state, given = generator.get_state(), 0
        elif state is not None:
            generator.set_state(state)
        self._resume, self._place = False, _Place(state, given)
        return self._batches(islice(self._picks(), given, None), self._place)

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
        if self.batch_sampler is None and gives_order(batches):
            batches.ends(1, False)  # which is an error where other ranks would have more samples
        if self.batch_sampler is None or type(batches) is not BatchSampler:
            return iter(batches)
        sampler: Any = batches.sampler
        if not gives_order(sampler):
            return iter(batches)
        order = sampler.order()  # the usual case
        if gathers(type(self.dataset)):  # type: ignore[arg-type]
            order = move(order, getattr(self.dataset, "takes_indices_on", CPU))
        return batches.parts(order)

    def _batches(self, picks: Iterator[Any], place: _Place) -> Iterator[Any]:
        """The batches that `picks` say, counted in `place`."""
        for number, pick in enumerate(picks, place.given + 1):
            batch = self._batch(pick)
            place.given = number  # before the yield: the caller may save the state there
            yield batch
        place.order_state, place.given = None, 0

    def _batch(self, pick: Any) -> Any:
        """The samples that `pick` says, put together; without batches, one sample."""
        effect("take a batch")
        if self._is_iterable:
            return self.collate_fn(pick)
        if self.batch_sampler is None:
            return self.collate_fn(self.dataset[pick])
        usual = self.collate_fn is default_collate
        # Whole columns, where that comes to the same as samples.
        get = fetch if usual or getattr(self.dataset, "rows_are_samples", True) else one_by_one
        try:
            fetched = get(self.dataset, pick)
        except MemoryError as error:
            kind = OutOfMemoryError if on_gpu(pick) else MemoryError
            raise kind(
                f"DataLoader: no room for a batch of {len(pick)} samples ({error}); use a "
                "smaller batch_size"
            ) from None
        if not isinstance(fetched, tuple):
            return self.collate_fn(fetched)
        if usual:
            return list(fetched)
        return self.collate_fn(list(zip(*fetched, strict=True)))  # which takes samples

    def state_dict(self) -> dict[str, Any]:
        """Where the newest iterator is: numbers, text, and the generator's state.

        >>> loader = tg.utils.data.DataLoader([10, 11, 12], batch_size=1)
        >>> first = next(iter(loader))
        >>> loader.state_dict()["given"]
        1
        """
        return {
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "drop_last": self.drop_last,
            "size": size_of(self.dataset),
            "order_state": self._place.order_state or self._drawn_from().get_state(),
            "given": self._place.given,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Let the next iterator go on where ``state_dict()`` was called.

        Raises ValueError for the state of a loader with other settings or another size.

        >>> loader = tg.utils.data.DataLoader([10, 11, 12], batch_size=1)
        >>> first = next(iter(loader))
        >>> loader.load_state_dict(loader.state_dict())
        >>> list(loader)
        [tensor([11]), tensor([12])]
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
        self._resume, self._place = True, _Place(state["order_state"], given)


class _Place:
    """Where an iterator is: of which order, and after how many batches.

    `order_state`: the generator's before the order was drawn; None if there is no iterator, or it
    has come to its end.
    """

    def __init__(self, order_state: dict[str, Any] | None = None, given: int = 0) -> None:
        self.order_state, self.given = order_state, given


# What a loader makes for itself, and its repr does not name.
_OWN = (SequentialSampler, RandomSampler, BatchSampler, type(None))
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


def get_worker_info() -> None:
    """None, as in PyTorch's main process: all is loaded in it here, whatever num_workers says.

    >>> tg.utils.data.get_worker_info() is None
    True
    """
