"""Processes with a GPU each, connected by NCCL, through CuPy; MPI starts them.

Arrays on the GPU stay there, and their calls are in the order of the stream, without a wait, also
in a captured step (whose calls are not counted, though: where one rank makes more of its steps
than another, it waits for ever). Arrays on the CPU go by MPI.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from typing import Any

import numpy as np

from ..accelerator import synchronize
from ..device import Array, library, on_gpu, others
from ..distributed.mpi import Disagreement, MPIGroup
from ..errors import ArgumentError

_OPS = {"SUM": "sum", "MAX": "max", "MIN": "min", "PRODUCT": "prod"}
_OF_BOOLS = {"SUM": "max", "MAX": "max", "MIN": "min", "PRODUCT": "min"}
_CARDS = "CUDA_VISIBLE_DEVICES"


class NCCLGroup(MPIGroup):
    """All processes that mpiexec has started, a card for each."""

    backend = "nccl"

    def __init__(self) -> None:
        super().__init__()
        self._nccl: Any = None
        for do in (self._take_a_card, _library, self._connect):  # on all ranks, or on none
            missing = ""
            try:
                do()
            except RuntimeError as error:
                missing = str(error)
            told = self.texts(missing)
            if any(told):
                self.close()
                rank = next(i for i, text in enumerate(told) if text)
                raise Disagreement(f"init_process_group: on rank {rank}: {told[rank]}")

    def _connect(self) -> None:
        def connect() -> None:
            self._nccl = _library()(self.size, self.rank, backend="nccl", use_mpi=True)

        try:
            self._do("NCCL's connection", connect)
        except RuntimeError as error:
            reason = str(error).splitlines()[0]
            raise RuntimeError(f"{reason}\neach rank needs a card of its own") from None

    def _take_a_card(self) -> None:
        """Let this process see one card only, unless somebody has said which it may see."""
        local = self._mpi.COMM_WORLD.Split_type(self._mpi.COMM_TYPE_SHARED)
        number, count = local.Get_rank(), local.Get_size()
        local.Free()
        cards = os.environ[_CARDS].split(",") if _CARDS in os.environ else []
        if count == 1 or len(cards) == 1:  # "" says that there is none
            return
        if others:
            raise RuntimeError(
                f"the GPU is in use already, and {count} ranks of this machine would share one; "
                f"call init_process_group before, or set {_CARDS}"
            )
        if cards and number >= len(cards):
            raise RuntimeError(f"there are {count} ranks, and {_CARDS} has {len(cards)} cards")
        os.environ[_CARDS] = cards[number] if cards else str(number)

    def _reduce(self, call: str, channel: Any, array: Array, op: str) -> Any:
        if not on_gpu(array):
            return super()._reduce(call, channel, array, op)
        if op not in _OPS:
            raise ArgumentError(f"all_reduce: NCCL has no {op}; do it on the cpu")
        bools, short = (array.dtype.char == char for char in "?h")
        # NCCL has no int16.
        sent = array.view(np.uint8) if bools else array.astype(np.int32) if short else array
        if array.size:
            by = (_OF_BOOLS if bools else _OPS)[op]
            self._do(call, self._nccl.all_reduce, sent, sent, by)
        if short:
            array[...] = sent
        return None

    def broadcast(self, array: Array, src: int) -> None:
        if not on_gpu(array):
            return super().broadcast(array, src)
        call, _ = self.agree("broadcast", array, src)
        if array.size:
            self._do(call, self._nccl.broadcast, array.reshape(-1).view(np.uint8), src)

    def all_gather(self, into: Array, array: Array) -> None:
        if not on_gpu(array):
            return super().all_gather(into, array)
        call, _ = self.agree("all_gather", array)
        if array.size:
            mine, all_ = (each.reshape(-1).view(np.uint8) for each in (array, into))
            self._do(call, self._nccl.all_gather, mine, all_, mine.size)

    def barrier(self) -> None:
        synchronize()
        super().barrier()

    def close(self) -> None:
        """Leave the group; then NCCL's communicator, which waits for what is still to be done."""
        super().close()
        self._nccl = None


def _library() -> Any:
    """``cupyx.distributed.init_process_group``; RuntimeError if NCCL's library is missing."""
    library("gpu")
    with warnings.catch_warnings(record=True):  # it warns, where this raises an error
        found = importlib.import_module("cupyx.distributed")
    if not getattr(sys.modules.get("cupy.cuda.nccl"), "available", True):
        raise RuntimeError(
            "NCCL is not there; install it with pip install nvidia-nccl-cu13 (or nvidia-nccl-cu12, "
            "for a driver of CUDA 12), or use init_process_group('mpi') on the cpu"
        )
    return found.init_process_group
