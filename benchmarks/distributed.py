"""What several processes cost and gain: an all-reduce beside plain mpi4py, a step, and a table.

    mpiexec -n 2 python -m benchmarks.distributed
    mpiexec -n 2 python -m benchmarks.distributed --write   # and RESULTS-distributed.md of it

First what is measured on this machine, with two ranks: the least of many short rounds, as two
processes that wait for each other measure everything else that runs. Then, on paper, when it pays.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import tinygrad_lr as tg
from benchmarks.report import commit, cpu_model, load
from tinygrad_lr import distributed, nn, optim
from tinygrad_lr.utils.files import replacing

SIZES = {"784-10": 7_850, "784-100-10": 79_510}
BATCHES = {"784-10": 100, "784-100-10": 128}  # the documents'
RANKS = (2, 4, 8, 64, 1024)
ROUNDS = 600
FEW = 10  # images
# Seconds for a message, bytes a second. 10 GbE: 10 Gbit/s; 25 us is usual for TCP. NVLink of an
# H100: 450 GB/s each way, as NVIDIA states it; 5 us is what a message of NCCL's usually takes.
TEN_GBE, NVLINK = (25e-6, 1.25e9), (5e-6, 450e9)
NETS = ("this machine", "10 GbE", "NVLink")
# A captured step of 784-100-10 on an H200, from RESULTS-gpu.md: 46 us, and 4.2 ms for 100,000
# images. Of 784-10 it was not measured how it grows; the same is taken.
ON_GPU = (46e-6, 0.042e-6)


def each(call: Callable[[], object], calls: int) -> float:
    """Seconds for a call: all ranks begin together."""
    distributed.barrier()
    started = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - started) / calls


def beside(*contestants: Callable[[], object], calls: int) -> list[float]:
    """The least seconds of each, taken in turns; of the two ranks the slower one's."""
    for contestant in contestants:
        each(contestant, 10)
    found = tg.full((len(contestants),), float("inf"), dtype=tg.float64)
    for _ in range(ROUNDS):
        round_ = tg.tensor([each(c, calls) for c in contestants], dtype=tg.float64)
        distributed.all_reduce(round_, distributed.ReduceOp.MAX)
        found = tg.minimum(found, round_)
    seconds: list[float] = found.tolist()
    return seconds


def all_reduces(count: int) -> list[float]:
    """Seconds for the all-reduce of a Tensor of `count` floats, and for mpi4py's of an array."""
    from mpi4py import MPI

    tensor, array = tg.zeros(count), np.zeros(count, np.float32)
    world = MPI.COMM_WORLD.Dup()
    return beside(
        lambda: distributed.all_reduce(tensor),
        lambda: world.Allreduce(MPI.IN_PLACE, array),
        calls=10,
    )


def network(name: str) -> nn.Module:
    widths = [*map(int, name.split("-"))]
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.Sigmoid()]
    return nn.Sequential(*layers[:-1])


def step_of(module: nn.Module, parallel: bool) -> Callable[[tg.Tensor, tg.Tensor], tg.Tensor]:
    """A traced training step."""
    model = nn.parallel.DistributedDataParallel(module) if parallel else module
    optimizer = optim.SGD(module.parameters(), lr=0.01)

    def step(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    traced: Callable[[tg.Tensor, tg.Tensor], tg.Tensor] = tg.jit.trace(step)
    return traced


def steps(name: str) -> tuple[float, float, float]:
    """Seconds for a step of one rank with few images, and with the document's batch; and of two
    ranks that share that batch."""
    batch = BATCHES[name]
    together, few, whole = (step_of(network(name), parallel) for parallel in (True, False, False))
    data = [(tg.rand(n, 784), tg.randint(0, 10, (n,))) for n in (batch // 2, FEW, batch)]
    shared, *alone = beside(
        lambda: together(*data[0]), lambda: few(*data[1]), lambda: whole(*data[2]), calls=1
    )
    return alone[0], alone[1], shared


def ring(count: int, ranks: int, net: tuple[float, float]) -> float:
    """Seconds for the all-reduce of `count` floats, on paper: each rank sends 2 (p - 1) messages
    one after the other, in all 2 (p - 1) / p times the numbers."""
    latency, rate = net
    return 2 * (ranks - 1) * latency + 2 * (ranks - 1) / ranks * 4 * count / rate


def fitted(measured: dict[str, float]) -> tuple[float, float]:
    """The latency and the rate of this machine, from both all-reduces of two ranks."""
    (few, short), (many, long) = ((SIZES[name], seconds) for name, seconds in measured.items())
    rate = 4 * (many - few) / (long - short)
    return (short - 4 * few / rate) / 2, rate


def needed(reduce: float, step: tuple[float, float], part: float) -> float:
    """The images a rank needs so that its own step is this `part` of its time: of t / (t + reduce),
    where t is a time without images, and one for each."""
    return max(1.0, (reduce * part / (1 - part) - step[0]) / step[1])


def gain(batch: int, ranks: int, reduce: float, step: tuple[float, float]) -> float:
    """How much faster than one rank `ranks` of them do a step of one `batch` that they share."""
    fixed, image = step
    return (fixed + image * batch) / (fixed + image * batch / ranks + reduce)


RESULTS = Path(__file__).with_name("RESULTS-distributed.md")
COMMAND = "mpiexec -n 2 python -m benchmarks.distributed"
GOAL = 1.2  # times mpi4py's own all-reduce


def verdict(gains: dict[str, float]) -> str:
    """What the last table comes to, in words; of each of its cells how many times as fast it is."""
    but = [f"{where} ({times:.2f} times as fast)" for where, times in gains.items() if times > 1]
    lose = (
        "**The documents' own batches, of 100 and 128 images, lose: shared by several ranks they "
        f"are slower than on one{', at every number of ranks and on every network' * (not but)}.**"
    )
    only = f" On paper only {', and '.join(but)} would gain, had each a core." if but else ""
    larger = "It pays for batches, or models, that are much larger: the tables below say how large."
    return f"{lose}{only} {larger}"


def text_of(lines: list[str], before: str, ratios: list[float], gains: dict[str, float]) -> str:
    """The results as a document."""
    from mpi4py import MPI

    library = MPI.Get_library_version().split("\n")[0].split()
    met = "reached" if max(ratios) <= GOAL else "**missed**"
    facts = {
        "date": date.today().isoformat(),
        "commit": commit(),
        "cpu": f"{cpu_model()}, {os.cpu_count()} cores",
        "python": f"{platform.python_version()}, {' '.join(library[:1] + library[-1:])}",
        "load": f"before: {before}; after: {load()}",
    }
    return "\n".join(
        [
            "# Several processes\n",
            f"Written by `{COMMAND} --write`. The measured figures are the least of {ROUNDS} short "
            'rounds of two ranks. "Handling" is what a step adds besides the all-reduce: weighting '
            "the gradients, gathering them into one buffer, dividing. 10 GbE and NVLink are on "
            "paper, from the figures that stand in [distributed.py](distributed.py); with NVLink "
            "the steps are those of a GPU, as RESULTS-gpu.md has them, without handling. None of "
            "these was measured with more than two ranks.\n",
            *(f"- {name + ':':9}{fact}" for name, fact in facts.items()),
            f"\n{verdict(gains)}\n",
            f"The goal, an all-reduce in at most {GOAL} times mpi4py's own, is {met}.\n",
            *lines,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Measure an all-reduce of two ranks beside plain mpi4py, and a step that two "
        "ranks share, in about a minute; and compute from it when several ranks pay.",
        epilog="Measure on a machine that does nothing else.",
    )
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name} as well")
    write = parser.parse_args().write
    try:
        distributed.init_process_group("mpi")
    except RuntimeError as error:
        sys.exit(str(error))
    size, first = distributed.get_world_size(), distributed.get_rank() == 0
    if size != 2:
        distributed.destroy_process_group()
        if first:
            print(f"two ranks are measured, and there are {size}: start {COMMAND}", file=sys.stderr)
        sys.exit(2)
    before, lines = load(), []

    def say(line: str = "") -> None:
        lines.append(line)
        if first:
            print(line, flush=True)

    say("| all-reduce, 2 ranks on this machine | tinygrad_lr | mpi4py | ratio |")
    say("|---|---|---|---|")
    reduces: dict[str, float] = {}
    ratios: list[float] = []
    gains: dict[str, float] = {}
    for name, count in SIZES.items():
        ours, theirs = all_reduces(count)
        reduces[name] = ours
        ratios.append(ours / theirs)
        micro = f"{ours * 1e6:.0f} us | {theirs * 1e6:.0f} us"
        say(f"| {count:,} floats | {micro} | {ours / theirs:.2f} |")
    say()
    say("| a traced step of the document's batch | one rank | shared by 2 | handling |")
    say("|---|---|---|---|")
    loopback = fitted(reduces)
    if loopback[1] <= 0:
        distributed.destroy_process_group()
        sys.exit("too much else runs here: more numbers took less time" if first else 1)
    per_step: dict[str, tuple[float, float]] = {}
    handling: dict[str, float] = {}  # what a step adds besides the all-reduce
    for name, batch in BATCHES.items():
        few, whole, shared = steps(name)
        image = (whole - few) / (batch - FEW)
        per_step[name] = few - FEW * image, image
        handling[name] = max(0.0, shared - (whole - image * batch / 2) - reduces[name])
        micro = " | ".join(f"{t * 1e6:.0f} us" for t in (whole, shared, handling[name]))
        say(f"| {name}, {batch} | {micro} |")
    say()
    latency, rate = loopback[0] * 1e6, loopback[1] / 1e9
    say(f"On paper. This machine: {latency:.0f} us a message, {rate:.1f} GB/s.")
    for name, (fixed, image) in per_step.items():
        micro = f"{fixed * 1e6:.0f} us, and {image * 1e6:.2f} us an image"
        say(f"A step of {name} on one core: {micro}.")
    say()
    say("| images a rank for 50 % / 90 % | p | this machine | 10 GbE, CPUs | NVLink, GPUs |")
    say("|---|---|---|---|---|")
    Way = tuple[tuple[float, float], tuple[float, float], float]
    ways: dict[str, list[Way]] = {}
    for name, step in per_step.items():
        ways[name] = [(net, step, handling[name]) for net in (loopback, TEN_GBE)]
        ways[name].append((NVLINK, ON_GPU, 0.0))
    for name, count in SIZES.items():
        for p in RANKS:
            cells = [
                " / ".join(
                    f"{needed(ring(count, p, net) + more, step, e):,.0f}" for e in (0.5, 0.9)
                )
                for net, step, more in ways[name]
            ]
            say(f"| {name} | {p:,} | {' | '.join(cells)} |")
    say()
    say(f"| the documents' batch, shared: times as fast | p | {' | '.join(NETS)} |")
    say("|---|---|---|---|---|")
    for name, count in SIZES.items():
        for p in RANKS:
            found = [
                gain(BATCHES[name], p, ring(count, p, net) + more, step)
                for net, step, more in ways[name]
            ]
            gains |= {f"{name} on {p:,} ranks of {net}": x for net, x in zip(NETS, found)}
            say(f"| {name}, {BATCHES[name]} | {p:,} | {' | '.join(f'{x:.2f}' for x in found)} |")
    if write and first:
        with replacing(RESULTS) as temporary:
            temporary.write_text(text_of(lines, before, ratios, gains), encoding="utf-8")
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
