"""What the ranks do in test_distributed.py: ``mpiexec -n 2 python parallel_worker.py FOLDER``.

Each of FUNCTIONS gives what this rank has found; all of it is written to FOLDER/RANK.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_lr as tg
from tinygrad_lr import distributed, nn, optim

STEPS = 200


def collectives() -> dict[str, Any]:
    rank, size = distributed.get_rank(), distributed.get_world_size()
    found: dict[str, Any] = {"rank": rank, "size": size, "backend": distributed.get_backend()}
    for op in distributed.ReduceOp:
        for dtype in ("float16", "float32", "float64", "int64", "int8", "uint8", "bool"):
            if op is distributed.ReduceOp.AVG and not dtype.startswith("float"):
                continue
            x = tg.tensor([[0, 1, rank], [rank + 1, 2, 3]], dtype=dtype)
            distributed.all_reduce(x, op)
            found[f"{op.name} {dtype}"] = [x.tolist(), x.dtype.name]
    whole = tg.zeros(4, 3)
    part = whole.T[1:]  # in another order, and a part only
    part.fill_(rank + 1)
    distributed.all_reduce(part)
    found["part"] = whole.tolist()
    from_last = tg.full((2,), rank)
    distributed.broadcast(from_last, size - 1)
    found["broadcast"] = from_last.tolist()
    gathered = [tg.zeros(2, 2) for _ in range(size)]
    distributed.all_gather(gathered, tg.full((2, 2), float(rank)).T)
    found["gathered"] = [t.tolist() for t in gathered]
    distributed.barrier()
    for empty in (tg.zeros(0), tg.zeros(2, 0)):
        distributed.all_reduce(empty)
        distributed.broadcast(empty, 0)
    return found


# ------------------------------------------------------------------------------------------- models


def data(samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples (n, 6), and to which of three classes they belong."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(samples, 6)).astype(np.float32)
    return x, generator.integers(0, 3, samples)


def network(seed: int = 0) -> nn.Module:
    tg.manual_seed(seed)
    return nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))


def bits(module: nn.Module) -> list[str]:
    return [t.numpy().tobytes().hex() for t in module.state_dict().values()]


def share(samples: int, rank: int, size: int) -> slice:
    """Which samples are a rank's: the last has more than the others."""
    each = samples // size - 1 if size > 1 else samples
    return slice(rank * each, samples if rank == size - 1 else (rank + 1) * each)


def training() -> dict[str, Any]:
    """200 steps on batches that differ in size; from models that differ on the ranks, at first."""
    rank, size = distributed.get_rank(), distributed.get_world_size()
    model = nn.parallel.DistributedDataParallel(network(seed=rank))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in range(STEPS):
        x, y = (tg.tensor(a[share(13, rank, size)]) for a in data(13, step))
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    return {"bits": bits(model.module), "names": list(model.state_dict())}


FUNCTIONS = [collectives, training]


def main() -> None:
    distributed.init_process_group("mpi")
    found = {function.__name__: function() for function in FUNCTIONS}
    (Path(sys.argv[1]) / f"{distributed.get_rank()}.json").write_text(json.dumps(found))
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
