"""A user's traced step, saved, loaded and on several processes: what type checkers have to know."""

# pyright: strict

from __future__ import annotations

import io
from typing import assert_type

import tinygrad_lr as tg
from tinygrad_lr import Tensor, distributed, nn, optim
from tinygrad_lr.nn.parallel import DistributedDataParallel
from tinygrad_lr.optim.lr_scheduler import StepLR
from tinygrad_lr.utils.data import DataLoader, TensorDataset

tg.manual_seed(0)
model = nn.Linear(3, 2)
optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = StepLR(optimizer, step_size=2)


def step(x: Tensor, y: Tensor) -> Tensor:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss


traced = tg.jit.trace(step)


@tg.jit.trace
def measured(x: Tensor) -> dict[str, Tensor]:
    return {"mean": x.mean(), "largest": x.max()}


data = TensorDataset(tg.ones(8, 3), tg.zeros(8, dtype=tg.int64))
for x, y in DataLoader(data, batch_size=4):
    loss = assert_type(traced(x, y), Tensor)
    assert_type(measured(x), dict[str, Tensor])
    scheduler.step()
    print("traced:", loss.item() > 0)
assert_type(traced.code, str)

file = io.BytesIO()
tg.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
file.seek(0)
saved = tg.load(file, map_location="cpu")
model.load_state_dict(saved["model"])
optimizer.load_state_dict(saved["optimizer"])
assert_type(model.state_dict()["weight"], Tensor)
assert_type(model.weight, nn.Parameter)


def one_of_several() -> None:
    """Run by ``mpiexec -n 2``."""
    distributed.init_process_group("mpi")
    whole = DistributedDataParallel(model)
    print(distributed.get_rank(), distributed.get_world_size(), whole(tg.ones(1, 3)))
    distributed.destroy_process_group()


def on_the_gpu() -> None:
    graphed = tg.cuda.graph(step)
    assert_type(graphed(tg.ones(4, 3, device="gpu"), tg.zeros(4, device="gpu")), Tensor)
