"""What the ranks do in test_distributed_nccl.py, on the stand-in for CuPy.

``mpiexec -n 2 python parallel_gpu.py FOLDER``
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import cupy
from parallel_worker import bits, data, is_for, network, step_of

import tinygrad_lr as tg
from tinygrad_lr import distributed, nn, optim

distributed.init_process_group("nccl")
rank, size = distributed.get_rank(), distributed.get_world_size()
found: dict[str, Any] = {"backend": distributed.get_backend()}
for op in distributed.ReduceOp:
    for dtype in ("float16", "float32", "float64", "int64", "int16", "int8", "uint8", "bool"):
        if op.name.startswith("B") or not is_for(op, dtype):  # NCCL has no bits
            continue
        x = tg.tensor([[0, 1, rank], [rank + 1, 2, 3]], dtype=dtype, device="gpu")
        distributed.all_reduce(x, op)
        found[f"{op.name} {dtype}"] = x.tolist()
x = tg.full((2, 3), float(rank), device="gpu").T
distributed.broadcast(x, size - 1)
parts = [tg.zeros(3, 2, device="gpu") for _ in range(size)]
distributed.all_gather(parts, x + rank)
found["gathered"] = [part.tolist() for part in parts]
kinds: list[Any] = [tg.full((), rank + 1), tg.zeros(0, 3), tg.full((2, 3), rank + 1).T[1:]]
kinds = [x.to(dtype).to("gpu") for x in kinds for dtype in ("float16", "int64", "int16", "bool")]
gathered = [[x.clone() for _ in range(size)] for x in kinds]
crossed = cupy.traffic["to_host"]
for x, into in zip(kinds, gathered):
    distributed.all_gather(into, x)
    distributed.all_reduce(x)
    distributed.broadcast(x, 0)
found["crossed"] = cupy.traffic["to_host"] - crossed
found["kinds"] = [x.tolist() for x in kinds]
found["into"] = [[x.tolist() for x in into] for into in gathered]
try:
    distributed.all_reduce(tg.ones(2).int().to("gpu"), distributed.ReduceOp.BAND)
except ValueError as error:
    found["refused"] = str(error)
on_host = tg.tensor([rank + 1])
distributed.all_reduce(on_host)
found["on the host"] = on_host.tolist()
distributed.barrier()

for name in ("plain", "captured"):
    model = nn.parallel.DistributedDataParallel(network().to("gpu"))
    step = step_of(model, optim.SGD(model.parameters(), lr=0.1, momentum=0.9))
    share = slice(rank, None, size)
    batches = [[tg.tensor(a[share], device="gpu") for a in data(13, i)] for i in range(8)]
    step(*batches[0])  # makes the velocities
    if name == "captured":
        step = tg.cuda.graph(step)
    before = dict(cupy.traffic)
    losses = [step(*batch) for batch in batches]
    crossed = {way: cupy.traffic[way] - before[way] for way in before}
    found[name] = [bits(model.to("cpu")), [loss.item() for loss in losses], crossed]
(Path(sys.argv[1]) / f"{rank}.json").write_text(json.dumps(found))
distributed.destroy_process_group()
