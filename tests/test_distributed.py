"""Several processes that train one model, as mpiexec starts them: two and three of them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from parallel import needs_mpi, results
from parallel_worker import STEPS, bits, data, network, share
from processes import environment

import tinygrad_lr as tg
from tinygrad_lr import nn, optim

pytestmark = needs_mpi


Found = list[dict[str, Any]]  # of each rank


@pytest.fixture(scope="module", params=[1, 2, 3])
def found(request: Any, tmp_path_factory: Any) -> Found:
    """What the ranks have found, for all tests at once: to start them takes a second or two."""
    return results(request.param, tmp_path_factory.mktemp("ranks"))


@pytest.fixture
def collectives(found: Found) -> Found:
    return [rank["collectives"] for rank in found]


def test_every_rank_knows_its_number_and_how_many_there_are(
    collectives: Found,
) -> None:
    size = len(collectives)
    told = [(found["rank"], found["size"], found["backend"]) for found in collectives]
    assert told == [(rank, size, "mpi") for rank in range(size)]


def test_all_reduce_in_every_dtype_and_by_every_operation(
    collectives: Found,
) -> None:
    size = len(collectives)
    by = {"SUM": np.sum, "PRODUCT": np.prod, "MIN": np.min, "MAX": np.max, "AVG": np.mean}
    ranks = np.array([[[0, 1, r], [r + 1, 2, 3]] for r in range(size)])
    for name in [name for name in collectives[0] if " " in name]:
        op, dtype = name.split()
        with np.errstate(over="ignore"):
            wanted = by[op](ranks.astype(dtype), axis=0).astype(dtype).tolist()
        for found in collectives:
            assert found[name][1] == dtype
            assert np.allclose(found[name][0], wanted, rtol=1e-3), name
        assert all(found[name] == collectives[0][name] for found in collectives)


def test_a_part_of_a_tensor_is_reduced_where_it_is(collectives: Found) -> None:
    total = sum(range(len(collectives) + 1))
    for found in collectives:
        assert found["part"] == [[0.0, total, total]] * 4


def test_broadcast_and_all_gather(collectives: Found) -> None:
    size = len(collectives)
    for found in collectives:
        assert found["broadcast"] == [size - 1] * 2
        assert found["gathered"] == [[[rank] * 2] * 2 for rank in range(size)]


# ------------------------------------------------------------------------------------------- models


@pytest.fixture
def trained(found: Found) -> Found:
    return [rank["training"] for rank in found]


def test_all_ranks_hold_the_same_bits_after_200_steps(trained: Found) -> None:
    assert all(found == trained[0] for found in trained)
    assert trained[0]["names"] == [f"module.{name}" for name in network().state_dict()]


def one_process(parts: int) -> nn.Module:
    """One process that goes through the ranks' parts of each batch, and adds up what it finds."""
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in range(STEPS):
        sums = [np.zeros(p.shape, np.float32) for p in model.parameters()]
        for rank in range(parts):
            x, y = (tg.tensor(a[share(13, rank, parts)]) for a in data(13, step))
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            for total, p in zip(sums, model.parameters()):
                total += p.grad.numpy() * np.float32(len(x))
        for total, p in zip(sums, model.parameters()):
            p.grad = tg.tensor(total / np.float32(13))
        optimizer.step()
    return model


def test_two_ranks_find_bitwise_what_one_process_does_that_adds_up_their_parts(
    trained: Found,
) -> None:
    if len(trained) == 2:  # of three the sum is rounded in an order of MPI's
        assert trained[0]["bits"] == bits(one_process(2))


def test_all_together_they_find_what_one_big_batch_does(trained: Found) -> None:
    model = network()
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in range(STEPS):
        x, y = map(tg.tensor, data(13, step))
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    if len(trained) == 1:
        assert trained[0]["bits"] == bits(model)  # not rounded another way, even
    for found, p in zip(trained[0]["bits"], model.parameters()):
        there = np.frombuffer(bytes.fromhex(found), np.float32).reshape(p.shape)
        assert np.abs(there - p.detach().numpy()).max() < 1e-6


# ------------------------------------------------------------------------------------- for whom not


def test_nobody_imports_it_who_does_not_ask() -> None:
    program = """
import sys, tinygrad_lr as tg
model = tg.nn.Linear(2, 1)
tg.optim.SGD(model.parameters(), lr=0.1)
tg.utils.data.DataLoader
step = tg.jit.trace(lambda x: model(x).sum())
step(tg.ones(1, 2)), step(tg.ones(1, 2))
found = [name for name in sys.modules if name.startswith("tinygrad_lr") or "mpi" in name]
assert not {"mpi4py", "tinygrad_lr.distributed", "tinygrad_lr.nn.parallel"} & {*found}, found
tg.nn.parallel.DistributedDataParallel, tg.distributed.is_available()
assert "mpi4py" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], env=environment(), check=True, timeout=60)
