"""What the ranks do in test_distributed.py: ``mpiexec -n 2 python parallel_worker.py FOLDER``.

Each of FUNCTIONS gives what this rank has found; all of it is written to FOLDER/RANK.json.
"""

from __future__ import annotations

import collections
import copy
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_lr as tg
from tinygrad_lr import distributed, nn, optim

STEPS = 200


def is_for(op: Any, dtype: str) -> bool:
    """Whether all_reduce knows it: means are of floats, and bits of all others."""
    usual = op.name not in ("AVG", "BAND", "BOR", "BXOR")
    return usual or (op.name == "AVG") == dtype.startswith("float")


def collectives() -> dict[str, Any]:
    rank, size = distributed.get_rank(), distributed.get_world_size()
    found: dict[str, Any] = {"rank": rank, "size": size, "backend": distributed.get_backend()}
    for op in distributed.ReduceOp:
        for dtype in ("float16", "float32", "float64", "int64", "int8", "uint8", "bool"):
            if not is_for(op, dtype):
                continue
            x = tg.tensor([[0, 1, rank], [rank + 1, 2, 3]], dtype=dtype)
            distributed.all_reduce(x, op)
            found[f"{op.name} {dtype}"] = [x.tolist(), x.dtype.name]
    large = tg.tensor([60000.0], dtype="float16")  # as the mean is, and not the sum
    distributed.all_reduce(large, distributed.ReduceOp.AVG)
    found["large"] = large.tolist()
    whole = tg.zeros(4, 3)
    part = whole.T[1:]  # in another order, and a part only
    part.fill_(rank + 1)
    distributed.all_reduce(part)
    found["part"] = whole.tolist()
    found["alike"] = []
    for rank0, others in ((np.int64, np.int64), (np.int64, np.longlong), (np.float32, np.float32)):
        memory = np.zeros(17, np.uint8)[rank == 0 :]  # on rank 0 not at a multiple of the size
        x = tg.from_numpy(memory[:16].view(others if rank else rank0))
        distributed.all_reduce(x.add_(1))
        found["alike"].append(x.tolist())
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


def step_of(model: nn.Module, optimizer: Any) -> Any:
    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def traced() -> dict[str, Any]:
    """The same steps, traced and not: bits, and what the program says of the other ranks."""
    rank, size = distributed.get_rank(), distributed.get_world_size()
    found = {}
    for name in ("traced", "plain"):
        tg.manual_seed(0)
        inner = nn.Sequential(network(), nn.BatchNorm1d(3))
        model = nn.parallel.DistributedDataParallel(inner)
        step = step_of(model, optim.SGD(model.parameters(), lr=0.1, momentum=0.9))
        x, y = (a[share(13, rank, size)] for a in data(13, 0))
        step(tg.tensor(x), tg.tensor(y))  # makes the velocities
        if name == "traced":
            step = traced_step = tg.jit.trace(step)
        losses = [step(tg.tensor(x) + i, tg.tensor(y)).item() for i in range(10)]
        found[name] = [bits(model), losses]

    @tg.jit.trace
    def gathered(x: Any) -> Any:
        parts = [tg.zeros(2) for _ in range(size)]
        distributed.all_gather(parts, x * 2)
        distributed.all_reduce(x := x.clone())
        distributed.broadcast(y := x + rank, 0)
        return x, y, tg.cat(parts)

    results = [[t.tolist() for t in gathered(tg.full((2,), float(rank + i)))] for i in range(4)]
    return {**found, "code": traced_step.code, "gathered": results}


class Branches(nn.Module):
    """Parameters of which a call uses some."""

    def __init__(self) -> None:
        super().__init__()
        self.branches = nn.ModuleList([nn.Linear(6, 3) for _ in range(4)])

    def forward(self, x: Any, which: list[int]) -> Any:
        return sum(self.branches[i](x) for i in which)


def unused() -> dict[str, Any]:
    """Rank 0 uses the branches 0 and 1, the others 1 and 2; none uses the last."""
    rank, size = distributed.get_rank(), distributed.get_world_size()
    tg.manual_seed(0)
    model = nn.parallel.DistributedDataParallel(Branches())
    x, y = (tg.tensor(a[share(13, rank, size)]) for a in data(13, 0))
    nn.functional.cross_entropy(model(x, [1, 2] if rank else [0, 1]), y).backward()
    return {"grads": [None if p.grad is None else p.grad.tolist() for p in model.parameters()]}


def accumulated() -> dict[str, Any]:
    """Two parts of a batch one after the other, under no_sync; then a rank without any sample."""
    rank, size = distributed.get_rank(), distributed.get_world_size()
    model = nn.parallel.DistributedDataParallel(network())
    found = {}
    x, y = (a.reshape(2, size, 5, *a.shape[1:])[:, rank] for a in data(10 * size, 0))
    with model.no_sync():
        (nn.functional.cross_entropy(model(tg.tensor(x[0])), tg.tensor(y[0])) / 2).backward()
        found["alone"] = model.module[0].weight.grad.tolist()
    (nn.functional.cross_entropy(model(tg.tensor(x[1])), tg.tensor(y[1])) / 2).backward()
    found["both"] = [p.grad.tolist() for p in model.parameters()]
    model.zero_grad()
    part = slice(0, 0) if rank == size - 1 and size > 1 else slice(None)
    x, y = (tg.tensor(a[part]) for a in data(4, 1))
    nn.functional.cross_entropy(model(x), y, reduction="sum").div(max(len(x), 1)).backward()
    found["empty"] = [p.grad.tolist() for p in model.parameters()]
    model.zero_grad()
    with tg.no_grad():
        model(x)  # of which no gradient comes
    model(x)  # nor of this
    for dtype in ("float16", "float64"):
        model = nn.parallel.DistributedDataParallel(network().to(dtype))
        model(tg.ones(3, 6, dtype=dtype)).mean().backward()
        found[dtype] = [p.grad.dtype.name for p in model.parameters()]
    model.module[0].register_forward_hook(lambda *_: None)  # no parameter has come or gone
    model(tg.ones(3, 6, dtype="float64")).mean().backward()
    two = nn.parallel.DistributedDataParallel(Two(), None, None, 0, False)
    first, second = two(tg.full((rank + 1, 2), float(rank)))  # which only rank 0 uses
    (first.mean() if rank else first.mean() + 0 * second.mean()).backward()
    found["two outputs"] = two.module.linear.weight.grad.tolist()
    found["buffers"] = [two.broadcast_buffers, model.broadcast_buffers]
    twin = copy.deepcopy(nn.parallel.DistributedDataParallel(Batches()))
    twin({"of": [tg.ones(3, 2) * rank]})["scores"].mean().backward()
    found["twin"] = twin.module.linear.weight.grad.tolist()
    kinds = nn.parallel.DistributedDataParallel(Kinds())
    one, other, *_ = kinds(np.full((rank + 1, 2), rank, np.float32))
    (one.scores.mean() + other["scores"][0].mean() + len(other["more"])).backward()
    found["kinds"] = [kinds.module.linear.weight.grad.tolist(), one.of]
    twin.zero_grad()
    twin({"of": [tg.ones(0, 2)]})["scores"].mean().backward()
    found["no samples"] = twin.module.linear.weight.grad.tolist()
    return found


class Batches(nn.Module):
    """Takes and gives dicts."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, batch: Any) -> Any:
        return {"scores": self.linear(batch["of"][0]), "of": "dicts"}


@dataclasses.dataclass(frozen=True)
class Scores:
    scores: Any
    of: str = "a dataclass"


class Kinds(Batches):
    """Takes a NumPy array, and gives Tensors in what an application may hold them in."""

    def forward(self, batch: Any) -> Any:
        y, named = self.linear(tg.tensor(batch)), collections.defaultdict(list)
        named["scores"].append(y)
        return Scores(y), named, range(2), 1j


class Two(Batches):
    """Gives two Tensors."""

    def forward(self, x: Any) -> Any:
        return self.linear(x), 2 * self.linear(x)


class Hidden(Batches):
    """Gives an object in which nobody finds the Tensor."""

    def forward(self, batch: Any) -> Any:
        return [iter([self.linear(batch)])]


def refused() -> dict[str, Any]:
    """The words of errors that every rank raises."""
    rank, size = distributed.get_rank(), distributed.get_world_size()
    found = {}

    def says(name: str, call: Any) -> None:
        try:
            call()
            found[name] = ""
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"

    wrapped = nn.parallel.DistributedDataParallel
    says("again", lambda: distributed.init_process_group("mpi"))
    says("shape", lambda: wrapped(nn.Linear(3, 2 + (rank == size - 1))))
    swapped = [nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=True)]
    says("order", lambda: wrapped(nn.Sequential(*swapped[:: -1 if rank == size - 1 else 1])))
    says("dtype", lambda: wrapped(nn.Linear(1, 1).to("float64" if rank == size - 1 else "float32")))
    says("none", lambda: wrapped(nn.ReLU()))
    says("lazy", lambda: wrapped(nn.LazyLinear(2)))
    says("no module", lambda: wrapped(tg.ones(3)))
    says("src", lambda: distributed.broadcast(tg.ones(1), size))
    says("op", lambda: distributed.all_reduce(tg.ones(1), "sum"))
    says("mean", lambda: distributed.all_reduce(tg.arange(2), distributed.ReduceOp.AVG))
    says("bits", lambda: distributed.all_reduce(tg.ones(2), distributed.ReduceOp.BXOR))
    says("group", lambda: distributed.get_rank(group="others"))
    says("array", lambda: distributed.all_reduce(np.ones(2)))
    says("later", lambda: distributed.all_reduce(tg.ones(1), async_op=True))
    says("list", lambda: distributed.all_gather([tg.ones(1)] * (size + 1), tg.ones(1)))
    says("shapes", lambda: distributed.all_gather([tg.ones(2)] * size, tg.ones(1)))
    says("sizes", lambda: distributed.all_reduce(tg.ones(50 + rank)))
    says("dtypes", lambda: distributed.broadcast(tg.ones(9).to("int32" if rank else "float32"), 0))
    says("ops", lambda: distributed.all_reduce(tg.ones(9), [*distributed.ReduceOp][3 + (rank > 0)]))
    sum_, mean = [*distributed.ReduceOp][:2]
    says("means", lambda: distributed.all_reduce(tg.ones(8), mean if rank else sum_))
    says("options", lambda: distributed.check_same("the options", ["seed 0", f"lr {rank}"]))
    model = wrapped(nn.Sequential(nn.Linear(2, 2)))
    model.module[0] = nn.Linear(2, 2)
    says("changed", lambda: model(tg.ones(1, 2)))
    model = wrapped(Hidden())
    says("hidden", lambda: model(tg.ones(1, 2)))
    inner = nn.Linear(2, 2)
    inner.bias.requires_grad_(False)
    model = wrapped(inner)
    inner.bias.requires_grad_(True)
    says("trained", lambda: model(tg.ones(1, 2)))
    model = wrapped(nn.Linear(2, 2))
    says("twice", lambda: (model(tg.ones(1, 2)) ** 2).sum().backward(create_graph=True))
    x = tg.ones(2, requires_grad=True)
    y = x * x
    distributed.all_reduce(y.detach())
    says("written", lambda: (y * y).sum().backward())
    z = y * y
    distributed.all_reduce(y)
    says("written", lambda: z.sum().backward())
    return found


def beside_torch() -> dict[str, Any]:
    """20 steps on the parts of each batch, as parallel_torch.py makes them in PyTorch."""
    rank, size = distributed.get_rank(), distributed.get_world_size()
    inner = nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))
    inner.load_state_dict({name: tg.tensor(v) for name, v in start_of(inner).items()})
    model = nn.parallel.DistributedDataParallel(inner)
    step = step_of(model, optim.SGD(model.parameters(), lr=0.05, momentum=0.9))
    for i in range(20):
        x, y = data(8 * size, i)
        step(*(tg.tensor(a[rank::size]) for a in (x, y)))
    return {name: t.tolist() for name, t in model.state_dict().items()}


def start_of(module: Any) -> dict[str, np.ndarray]:
    """Weights for a module, ours or PyTorch's: the same ones."""
    generator = np.random.default_rng(0)
    return {
        name: np.asarray(t)
        if "num_batches" in name or "running" in name
        else generator.normal(size=tuple(t.shape)).astype(np.float32)
        for name, t in module.state_dict().items()
    }


FUNCTIONS = [collectives, training, traced, unused, accumulated, refused, beside_torch]


def main() -> None:
    distributed.init_process_group("mpi")
    found = {function.__name__: function() for function in FUNCTIONS}
    (Path(sys.argv[1]) / f"{distributed.get_rank()}.json").write_text(json.dumps(found))
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
