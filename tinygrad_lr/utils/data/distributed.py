"""DistributedSampler: which samples are this process's, where several train one model."""

from __future__ import annotations

from collections.abc import Sized

import numpy as np

from ...dtypes import count, flag
from ...errors import ArgumentError
from ...random import Generator
from .sampler import Drawn, count_batches


class DistributedSampler(Drawn):
    """The samples of one rank: of an order that all ranks have, every `num_replicas`-th.

        sampler = DistributedSampler(dataset, seed=0)
        loader = DataLoader(dataset, batch_size=32, sampler=sampler)

    Together the ranks go through each sample exactly once an epoch. None is taken twice to make
    their parts equal, as PyTorch does it, unasked: the parts differ by one sample where they must,
    or with `drop_last` the samples left over are left out. A DataLoader makes as many batches on
    all ranks, so that none waits for another at the end; the last ones may then be smaller.

    Each time it is iterated over the order is another, by itself. It depends on `seed` and the
    epoch, not on the number of ranks: the first batches of p ranks are together the samples of the
    first p batches of one. ``set_epoch(epoch)`` goes to the order of another epoch. All ranks must
    iterate over it equally often: one that looks at ``list(sampler)`` alone is an epoch ahead then.

    Args:
        dataset: anything with a length.
        num_replicas, rank: how many ranks, and which is this; those of the process group if None.
        shuffle: in random order; otherwise always 0, 1, 2, ...
        seed: of the orders. The same on all ranks.
        drop_last: leave out the last samples, fewer than `num_replicas`, that cannot be shared out.
        generator: draws the orders, instead of one that `seed` starts. On all ranks it must be in
            the same state, and draw nothing else that other ranks do not.

    Raises ArgumentError if there is no process group and no number of ranks, or no such rank.

    >>> list(tg.utils.data.DistributedSampler(range(5), num_replicas=2, rank=0, shuffle=False))
    [0, 2, 4]
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
        *,
        generator: Generator | None = None,
    ) -> None:
        name = "DistributedSampler"
        if num_replicas is None or rank is None:
            from ...distributed import get_rank, get_world_size

            num_replicas = get_world_size() if num_replicas is None else num_replicas
            rank = get_rank() if rank is None else rank
        self.num_replicas: int = count(name, "num_replicas", num_replicas)
        self.rank: int = count(name, "rank", rank)
        if not self.num_replicas:
            raise ArgumentError(f"{name}: num_replicas must be an integer >= 1, got 0")
        if self.rank >= self.num_replicas:
            raise ArgumentError(
                f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]"
            )
        if not isinstance(dataset, Sized):
            raise TypeError(
                f"{name}: expected a data set with a length, got {type(dataset).__name__}"
            )
        self.dataset = dataset
        self.shuffle: bool = flag(name, "shuffle", shuffle)
        self.drop_last: bool = flag(name, "drop_last", drop_last)
        self.seed: int = count(name, "seed", seed)
        self.epoch: int = 0
        self._seeded = generator is None
        super().__init__(Generator().manual_seed(self.seed) if generator is None else generator)

    def set_epoch(self, epoch: int) -> None:
        """The next order is that of this epoch, from 0.

        Not needed where epoch follows epoch. Raises ArgumentError, where the orders are drawn by a
        generator of yours, for another epoch than the next.

        >>> sampler = tg.utils.data.DistributedSampler(range(5), num_replicas=2, rank=0)
        >>> first = list(sampler)
        >>> sampler.set_epoch(0)
        >>> list(sampler) == first
        True
        """
        if count("set_epoch", "epoch", epoch) == self.epoch:
            return
        if not self._seeded:
            raise ArgumentError("set_epoch: set the state of the generator that draws the orders")
        self._source().manual_seed(self.seed)
        self.epoch = 0
        while self.epoch < epoch:
            self._whole_order()

    def _whole_order(self) -> np.ndarray:
        """The order of all samples, of the next epoch."""
        self.epoch += 1
        size = len(self.dataset)
        order = self._source().permutation(size) if self.shuffle else np.arange(size)
        return order[: self.total_size] if self.drop_last else order

    def order(self) -> np.ndarray:
        """The indices of the next epoch, int64, in their order.

        >>> tg.utils.data.DistributedSampler(range(5), 2, rank=1, shuffle=False).order()
        array([1, 3])
        """
        return self._whole_order()[self.rank :: self.num_replicas]

    @property
    def total_size(self) -> int:
        """How many samples all ranks have together: all there are, unless `drop_last`.

        >>> tg.utils.data.DistributedSampler(range(5), 2, rank=0, drop_last=True).total_size
        4
        """
        size = len(self.dataset)
        return size - size % self.num_replicas if self.drop_last else size

    @property
    def num_samples(self) -> int:
        """How many samples this rank has.

        >>> tg.utils.data.DistributedSampler(range(5), num_replicas=2, rank=1).num_samples
        2
        """
        return len(self)

    def __len__(self) -> int:
        return len(range(self.rank, self.total_size, self.num_replicas))

    def ends(self, batch_size: int, drop_last: bool) -> list[int]:
        """On all ranks as many as on the one with most samples; if the last are dropped, fewest.

        A rank with one sample less may have a batch less. Then its last one gives up a sample, to a
        batch of its own. Raises ArgumentError if it has none to give.

        >>> sampler = tg.utils.data.DistributedSampler(range(5), num_replicas=2, rank=1)
        >>> len(sampler), sampler.ends(batch_size=2, drop_last=False)
        (2, [1, 2])
        """
        fewest = self.total_size // self.num_replicas
        most = -(-self.total_size // self.num_replicas)
        batches = count_batches(fewest if drop_last else most, batch_size, drop_last)
        if batches > fewest:
            raise ArgumentError(
                f"DistributedSampler: of {self.total_size} samples, in batches of {batch_size}, "
                f"some of {self.num_replicas} ranks would have {batches - 1} batches and others "
                f"{batches}; use a larger batch_size, fewer ranks, or drop_last=True"
            )
        ends = [min((i + 1) * batch_size, len(self)) for i in range(batches)]
        if len(ends) > 1 and ends[-2] == ends[-1]:
            ends[-2] -= 1
        return ends
