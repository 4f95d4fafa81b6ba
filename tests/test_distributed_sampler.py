"""DistributedSampler: each sample once, over all ranks, and as many batches on each of them."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr as tg
from tinygrad_lr.utils.data import DataLoader, DistributedSampler


def samplers(size: int, ranks: int, **options: Any) -> list[DistributedSampler]:
    return [DistributedSampler(range(size), ranks, rank, **options) for rank in range(ranks)]


SIZES = st.integers(0, 60), st.integers(1, 7)


@given(*SIZES, st.booleans(), st.integers(0, 3))
def test_each_sample_is_taken_once_by_all_together(
    size: int, ranks: int, shuffle: bool, epochs: int
) -> None:
    parts = samplers(size, ranks, shuffle=shuffle)
    for _ in range(epochs + 1):
        taken = [list(part) for part in parts]
        assert sorted(chain(*taken)) == [*range(size)]
        assert [len(t) for t in taken] == [len(part) for part in parts]
        assert max(map(len, taken)) - min(map(len, taken)) <= 1


@given(*SIZES)
def test_with_drop_last_all_have_as_many_and_less_than_one_each_is_left_out(
    size: int, ranks: int
) -> None:
    taken = [list(part) for part in samplers(size, ranks, drop_last=True)]
    assert {len(t) for t in taken} == {size // ranks}
    assert len(set(chain(*taken))) == size - size % ranks


@given(st.integers(1, 60), st.integers(1, 5), st.integers(1, 9), st.booleans(), st.booleans())
def test_a_loader_gives_all_ranks_as_many_batches(
    size: int, ranks: int, batch_size: int, drop_last: bool, loader_drops: bool
) -> None:
    dataset = tg.utils.data.TensorDataset(tg.arange(size))
    loaders = [
        DataLoader(dataset, batch_size, sampler=part, drop_last=loader_drops)
        for part in samplers(size, ranks, drop_last=drop_last)
    ]
    uneven = bool(size % ranks) and not (drop_last or loader_drops)
    if uneven and (batch_size == 1 or size < ranks):
        for loader in loaders:
            with pytest.raises(ValueError, match="use a larger batch_size, fewer ranks, or drop"):
                len(loader)
        return
    lengths = {len(loader) for loader in loaders}
    batches = [[batch.tolist() for (batch,) in loader] for loader in loaders]
    assert {len(of_rank) for of_rank in batches} == lengths
    assert len(lengths) == 1
    sizes = {len(batch) for of_rank in batches for batch in of_rank}
    assert not sizes or (max(sizes) <= batch_size and min(sizes) >= 1)
    taken = [*chain(*chain(*batches))]
    assert len(set(taken)) == len(taken)
    if not loader_drops:
        assert len(taken) == (size - size % ranks if drop_last else size)
    as_lists = [[*loader.batch_sampler] for loader in loaders]  # type: ignore[misc]
    assert [[len(b) for b in r] for r in as_lists] == [[len(b) for b in r] for r in batches]


def test_without_batches_too_no_rank_has_a_sample_more_than_another() -> None:
    for part in samplers(5, 2):
        with pytest.raises(ValueError, match="some of 2 ranks would have 2 batches and others 3"):
            iter(DataLoader(range(5), batch_size=None, sampler=part))
    even = [DataLoader(range(5), None, sampler=part) for part in samplers(5, 2, drop_last=True)]
    assert [len([*loader]) for loader in even] == [2, 2]
    in_lists = [tg.utils.data.BatchSampler(part, 2, False) for part in samplers(5, 2)]
    rows = tg.arange(5)
    assert [len([*DataLoader(rows, None, sampler=part)]) for part in in_lists] == [2, 2]


def interleaved(parts: list[DistributedSampler]) -> list[int]:
    """The order that the ranks' parts were taken from."""
    taken = [list(part) for part in parts]
    return [t[i] for i in range(len(taken[0])) for t in taken if i < len(t)]


def test_the_order_is_the_same_whatever_the_number_of_ranks_and_another_in_each_epoch() -> None:
    by_ranks = [samplers(50, ranks, seed=3) for ranks in (1, 2, 3, 7)]
    epochs = [[interleaved(parts) for parts in by_ranks] for _ in range(4)]
    for orders in epochs:
        assert all(order == orders[0] for order in orders)
    assert len({tuple(orders[0]) for orders in epochs}) == 4
    assert interleaved(samplers(50, 2, seed=3)) == epochs[0][0]  # and so the next time
    assert interleaved(samplers(50, 2, seed=4)) != epochs[0][0]


def test_set_epoch_goes_to_an_epoch_and_changes_nothing_if_that_is_the_next() -> None:
    (one,), (other,) = samplers(20, 1), samplers(20, 1)
    orders = [list(one) for _ in range(5)]
    for epoch in (0, 1, 4, 2, 3):
        other.set_epoch(epoch)
        assert list(other) == orders[epoch]


def test_a_loader_goes_on_in_the_middle_of_an_epoch_and_then_to_the_next() -> None:
    def loader() -> DataLoader:
        dataset = tg.utils.data.TensorDataset(tg.arange(23))
        return DataLoader(dataset, 4, sampler=DistributedSampler(dataset, 2, 1, seed=5))

    whole, first, second = loader(), loader(), loader()
    wanted = [batch.tolist() for _ in range(3) for (batch,) in whole]
    found = [batch.tolist() for (batch,) in first]
    batches = iter(first)
    found.append(next(batches)[0].tolist())
    second.load_state_dict(first.state_dict())
    found += [batch.tolist() for _ in range(2) for (batch,) in second]
    assert found == wanted


def test_a_generator_of_ones_own_draws_what_a_shuffled_loader_draws() -> None:
    shuffled = DataLoader(range(9), 9, shuffle=True, generator=tg.Generator().manual_seed(1))
    own = DistributedSampler(range(9), 1, 0, generator=tg.Generator().manual_seed(1))
    assert list(own) == next(iter(shuffled)).tolist()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Default process group has not been initialized"),
        ({"num_replicas": 2}, "Default process group has not been initialized"),
        ({"num_replicas": 2, "rank": 2}, r"Invalid rank 2, rank should be in the interval \[0, 1"),
        ({"num_replicas": 2, "rank": -1}, "rank"),
        ({"num_replicas": 0, "rank": 0}, "num_replicas must be an integer >= 1"),
    ],
)
def test_wrong_ranks_are_value_errors_as_in_pytorch(options: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        DistributedSampler(range(5), **options)
    if options.get("num_replicas") != 0:  # of which PyTorch thinks later
        with pytest.raises(ValueError):  # noqa: PT011
            torch.utils.data.DistributedSampler(range(5), **options)  # type: ignore[arg-type]


def test_what_has_no_length_is_refused_where_the_sampler_is_made() -> None:
    with pytest.raises(TypeError, match="expected a data set with a length, got list_iterator"):
        DistributedSampler(iter([1, 2]), 2, 0)  # type: ignore[arg-type]
