"""Several processes that train one model, as mpiexec starts them: two and three of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from parallel import needs_mpi, results, run
from parallel_worker import STEPS, Branches, bits, data, network, share
from processes import TESTS, environment
from sampled import ordinarily

import tinygrad_lr as tg
from tinygrad_lr import nn, optim

pytestmark = needs_mpi


Found = list[dict[str, Any]]  # of each rank


@pytest.fixture(scope="module", params=ordinarily(2, of=[1, 2, 3]))
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
    bits = {"BAND": np.bitwise_and, "BOR": np.bitwise_or, "BXOR": np.bitwise_xor}
    by |= {name: each.reduce for name, each in bits.items()}
    ranks = np.array([[[0, 1, r], [r + 1, 2, 3]] for r in range(size)])
    for name in [name for name in collectives[0] if " " in name]:
        op, dtype = name.split()
        with np.errstate(over="ignore"):
            wanted = by[op](ranks.astype(dtype), axis=0).astype(dtype).tolist()
        for found in collectives:
            assert found[name][1] == dtype
            assert np.allclose(found[name][0], wanted, rtol=1e-3), name
        assert all(found[name] == collectives[0][name] for found in collectives)
    assert all(found["large"] == [60000.0] for found in collectives)


def test_a_part_of_a_tensor_is_reduced_where_it_is(collectives: Found) -> None:
    total = sum(range(len(collectives) + 1))
    for found in collectives:
        assert found["part"] == [[0.0, total, total]] * 4


def test_two_names_of_a_dtype_are_one_and_memory_may_begin_anywhere(collectives: Found) -> None:
    for found in collectives:
        assert found["alike"] == [[len(collectives)] * n for n in (2, 2, 4)]


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


@pytest.mark.thorough  # the other tests compare with NumPy, and with one process, bit by bit
def test_as_pytorch_does_with_gloo(found: Found, tmp_path: Path) -> None:
    if len(found) != 2:
        pytest.skip("PyTorch is started with two ranks only")
    theirs = results(2, tmp_path, TESTS / "parallel_torch.py")
    for rank, wanted in enumerate(theirs):
        ours = found[rank]["beside_torch"]
        assert list(ours) == list(wanted)
        for name in wanted:
            assert np.allclose(ours[name], wanted[name], rtol=1e-4, atol=1e-5), name


def test_a_traced_step_does_the_same_and_the_all_reduce_is_a_call_in_it(found: Found) -> None:
    for rank in found:
        assert rank["traced"]["traced"] == rank["traced"]["plain"]
        calls = rank["traced"]["code"].count("reduce_array(p")
        assert calls == (len(found) > 1)  # one, after backward
        parameters = [of["traced"]["traced"][0][:6] for of in (rank, found[0])]
        assert parameters[0] == parameters[1]  # behind them are the buffers, each rank's its own


def test_collectives_in_a_traced_step(found: Found) -> None:
    size, total = len(found), sum(range(len(found)))
    for rank in found:
        for i, (reduced, sent, gathered) in enumerate(rank["traced"]["gathered"]):
            assert reduced == [total + size * i] * 2
            assert sent == reduced
            assert gathered == [2.0 * (r + i) for r in range(size) for _ in range(2)]


def gradients(module: Any, loss: Any) -> list[Any]:
    loss.backward()
    return [None if p.grad is None else p.grad.tolist() for p in module.parameters()]


def test_parameters_that_only_some_ranks_use_and_those_that_none_does(found: Found) -> None:
    size = len(found)
    tg.manual_seed(0)
    model = Branches()
    x, y = map(tg.tensor, data(13, 0))
    outputs = [model(x[share(13, r, size)], [1, 2] if r else [0, 1]) for r in range(size)]
    wanted = gradients(model, nn.functional.cross_entropy(tg.cat(outputs), y))
    for rank in found:
        grads = rank["unused"]["grads"]
        assert [g is None for g in grads] == [g is None for g in wanted]
        for g, w in zip(grads, wanted):
            assert g is None or np.allclose(g, w, rtol=1e-5, atol=1e-7)


def test_accumulation_under_no_sync_and_a_rank_without_samples(found: Found) -> None:
    size = len(found)
    model = network()
    x, y = map(tg.tensor, data(10 * size, 0))
    wanted = gradients(model, nn.functional.cross_entropy(model(x), y))
    alone = [rank["accumulated"]["alone"] for rank in found]
    assert len({str(a) for a in alone}) == size  # no rank knew of another then
    for rank in found:
        for g, w in zip(rank["accumulated"]["both"], wanted):
            assert np.allclose(g, w, rtol=1e-4, atol=1e-6)
    model.zero_grad()
    x, y = map(tg.tensor, data(4, 1))
    wanted = gradients(model, nn.functional.cross_entropy(model(x), y))
    for rank in found:
        for g, w in zip(rank["accumulated"]["empty"], wanted):
            assert np.allclose(g, w, rtol=1e-4, atol=1e-6)
        for dtype in ("float16", "float64"):
            assert set(rank["accumulated"][dtype]) == {dtype}


def test_a_copy_sums_over_the_ranks_as_well_and_no_samples_at_all_give_0(found: Found) -> None:
    for rank in found:
        assert rank["accumulated"]["twin"] == [[(len(found) - 1) / 2] * 2]
        assert rank["accumulated"]["no samples"] == [[0.0, 0.0]]


def test_samples_are_counted_once_however_many_outputs_a_rank_uses(found: Found) -> None:
    samples = [r + 1 for r in range(len(found))]
    wanted = sum(n * r for r, n in enumerate(samples)) / sum(samples)
    for rank in found:
        assert np.allclose(rank["accumulated"]["two outputs"], wanted)
        kinds, of = rank["accumulated"]["kinds"]
        assert np.allclose(kinds, 2 * wanted)
        assert of == "a dataclass"
        assert rank["accumulated"]["buffers"] == [False, True]  # PyTorch's places, and None


# What every rank raises, with the words of it; those below only if there are others.
REFUSED = {
    "again": "ArgumentError: trying to initialize the default process group twice!",
    "none": "RuntimeError: DistributedDataParallel is not needed when a module doesn't have any",
    "lazy": "RuntimeError: Modules with uninitialized parameters can't be used with",
    "no module": "TypeError: DistributedDataParallel: expected a Module, got Tensor",
    "src": "ArgumentError: broadcast: src must be a rank, from 0 to",
    "op": "TypeError: all_reduce: op must be a ReduceOp, such as ReduceOp.SUM, got 'sum'",
    "mean": "DtypeError: all_reduce: AVG is for floats, and the tensor holds int64",
    "bits": "DtypeError: all_reduce: BXOR is for integers and bools, and the tensor holds float32",
    "group": "ArgumentError: get_rank: there is no group here; leave it out",
    "array": "TypeError: all_reduce: expected a Tensor, got ndarray",
    "later": "ArgumentError: all_reduce: there is no async_op here; leave it out",
    "list": "ArgumentError: all_gather: tensor_list must be a list of",
    "shapes": "ShapeError: all_gather: the tensor has shape (1,), and one of tensor_list (2,)",
    "written": "modified by an inplace operation since: all_reduce",
}
BETWEEN_RANKS = {
    "shape": "rank 0 has the parameter weight (2, 3) float32, rank {last} has the parameter "
    "weight (3, 3) float32",
    "order": "rank 0 has the parameter 1.weight (2, 2) float32, rank {last} has the parameter "
    "0.bias (2,) float32",
    "dtype": "rank {last} has the parameter weight (1, 1) float64",
    "sizes": "rank 0 has all_reduce of (50,) float32 SUM, rank 1 has all_reduce of (51,) float32",
    "dtypes": "rank 0 has broadcast of (9,) float32 0, rank 1 has broadcast of (9,) int32 0",
    "ops": "rank 0 has all_reduce of (9,) float32 MIN, rank 1 has all_reduce of (9,) float32 MAX",
    "means": "rank 0 has all_reduce of (8,) float32 SUM, rank 1 has all_reduce of (8,) float32 AVG",
    "options": "the options must be the same on all ranks, and differ: rank 0 has lr 0, rank 1 has",
    "changed": "has other parameters than when it was wrapped, or trains",
    "hidden": "the module gives a list_iterator, whose gradients would not be summed; give Tensors",
    "trained": "or trains some that were fixed; wrap it anew",
    "twice": "gradients that are summed over the ranks cannot be differentiated",
}


@pytest.mark.parametrize("what", [*REFUSED, *BETWEEN_RANKS])
def test_what_is_wrong_is_said_in_words_on_every_rank(found: Found, what: str) -> None:
    last = len(found) - 1
    if what in BETWEEN_RANKS and not last:
        assert all(rank["refused"][what] == "" for rank in found)
        return
    words = REFUSED.get(what) or BETWEEN_RANKS[what].format(last=last)
    for rank in found:
        assert words in rank["refused"][what]


# ------------------------------------------------------------------------------------- for whom not


FORGOTTEN = """
import tinygrad_lr as tg
from tinygrad_lr import distributed, nn

distributed.init_process_group("mpi")
rank = distributed.get_rank()
model = nn.parallel.DistributedDataParallel(nn.Linear(1, 1))
with model.no_sync():
    model(tg.ones((4, 2)[rank], 1)).mean().backward()
model.zero_grad()
model(tg.full(((1, 3)[rank], 1), float(rank))).mean().backward()
if rank == 0:
    print(model.module.weight.grad.item())
distributed.destroy_process_group()
"""


def test_what_zero_grad_has_forgotten_has_no_weight_either(tmp_path: Path) -> None:
    program = tmp_path / "forgotten.py"
    program.write_text(FORGOTTEN)
    ran = run(2, program)
    assert (ran.code, ran.out) == (0, "0.75\n"), ran.err  # 3 of 4 samples are 1


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
