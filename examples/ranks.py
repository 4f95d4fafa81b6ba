"""With --parallel: the processes that mpiexec has started, each with its part of every batch.

    mpiexec -n 4 python examples/mnist_fnn.py --parallel

Rank 0 prints, saves and draws. What fails is said once, and ends all of them.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import tinygrad_lr as tg

OPTION = "--parallel"
rank, size = 0, 1
started = int(os.environ.get("PMI_SIZE") or 1)  # as many as mpiexec has, joined or not
speaks = os.environ.get("PMI_RANK", "0") == "0"  # for all of them: not each its own help, or error
_met = True  # whether all have found that the others are well, and want the same


def join() -> str:
    """Join the other ranks, if the command line says so; what is wrong, if something is."""
    global rank, size, speaks, _met
    if OPTION not in sys.argv[1:]:  # argparse, which may fail, tells that on the first rank only
        return ""
    try:
        tg.distributed.init_process_group("mpi")
    except RuntimeError as error:
        return str(error)
    rank, size = tg.distributed.get_rank(), tg.distributed.get_world_size()
    _met, speaks = False, rank == 0
    number = os.environ.get("MPI_LOCALRANKID", "0")
    if size > 1:  # a card for each rank of this machine, before anybody looks for one
        cards = os.environ.setdefault("CUDA_VISIBLE_DEVICES", number).split(",")
        if 1 < len(cards) > int(number):
            os.environ["CUDA_VISIBLE_DEVICES"] = cards[int(number)]
    return ""


def meet(failure: str = "", options: Any = None) -> str:
    """Before any work: whether all ranks are well. What is wrong, and on which rank, else.

    Rank 0 is told; the others get a blank for the same. All ranks come here once: with a `failure`,
    or with their `options`, which must be the same.
    """
    global _met
    if _met:
        return failure
    _met = True
    told = tg.distributed.texts(failure)
    if any(told):
        same = len(set(told)) == 1
        lines = [f"{'' if same else f'rank {i}: '}{t}" for i, t in enumerate(told) if t]
        return "\n".join(lines[:1] if same else lines) if rank == 0 else " "
    try:
        lines = [f"{name} {value}" for name, value in sorted(vars(options).items())]
        tg.distributed.check_same("the options", lines)
    except tg.distributed.Disagreement as error:
        return str(error) if rank == 0 else " "
    return ""


def on_gpus() -> None:
    """From now on the ranks' tensors are on GPUs."""
    tg.distributed.destroy_process_group()
    tg.distributed.init_process_group("nccl")


def wrapped(model: Any) -> Any:
    """`model`, trained by all ranks."""
    return tg.nn.parallel.DistributedDataParallel(model) if size > 1 else model


def part(count: int) -> slice:
    """Which of `count` samples in a row are this rank's."""
    return slice(count * rank // size, count * (rank + 1) // size)


def sum_of(values: Any) -> Any:
    """The sum of the ranks' `values`, a Tensor."""
    if size > 1:
        tg.distributed.all_reduce(values)
    return values


def any_of(flag: bool) -> bool:
    """Whether one of the ranks has a `flag`."""
    if size == 1:
        return flag
    flags = tg.tensor([flag], device="cpu")
    tg.distributed.all_reduce(flags)
    return bool(flags.item())
