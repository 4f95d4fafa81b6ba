"""Processes that MPI connects, through mpi4py: arrays in the memory of the host.

Arrays go as they are, as buffers (mpi4py's functions with a capital letter), never pickled.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ..device import Array, DeviceError, on_gpu
from .ending import Ending, Herald
from .ranks import check_same

# MPI has no float16, and two of its operations are others for truth values.
_OF_BOOLS = {"SUM": "LOR", "MAX": "LOR", "PRODUCT": "LAND", "MIN": "LAND"}
_OPS = {"SUM": "SUM", "MAX": "MAX", "PRODUCT": "PROD", "MIN": "MIN"}
# How others that start processes tell how many there are.
_STARTED = {"OMPI_COMM_WORLD_SIZE": "Open MPI's mpiexec", "PMI_SIZE": "mpiexec"}
_STARTED |= {"WORLD_SIZE": "torchrun", "SLURM_NTASKS": "srun"}


def load() -> Any:
    """``mpi4py.MPI``, which joins the other processes as it is imported.

    Raises RuntimeError that says what to install, or how to start.
    """
    install = "install both with pip install mpi4py mpich"
    try:
        from mpi4py import MPI
    except ModuleNotFoundError:
        raise RuntimeError(f"init_process_group: mpi4py is not installed; {install}") from None
    except (ImportError, RuntimeError) as error:  # mpi4py is there, and finds no library
        found = str(error).splitlines()[0]
        raise RuntimeError(f"init_process_group: no MPI ({found}); {install}") from None
    for name, by in _STARTED.items():
        if MPI.COMM_WORLD.size == 1 and os.environ.get(name, "1") not in ("", "1"):
            library = MPI.Get_library_version().split()[0]
            raise RuntimeError(
                f"init_process_group: {by} has started {os.environ[name]} processes ({name}), but "
                f"mpi4py uses {library}, to which each is alone;\n"
                "start them with the mpiexec of "
                f"{library}: `mpiexec -n {os.environ[name]} python ...`"
            )
    return MPI


class MPIGroup:
    """All processes that mpiexec has started."""

    backend = "mpi"

    def __init__(self) -> None:
        herald = Herald()
        try:
            self._mpi = load()
        except BaseException:
            herald.dismiss()
            raise
        self._ending = Ending(self._mpi, herald)
        # What the ranks tell each other in words goes its own way: it meets no array there.
        self._world, self._words = (self._mpi.COMM_WORLD.Dup() for _ in range(2))
        # What all ranks have been found to call; of an all_reduce, MPI's operation for it.
        self._agreed: dict[tuple[Any, ...], Any] = {}
        self._ops, self._of_bools = (
            {op: getattr(self._mpi, name) for op, name in names.items()}
            for names in (_OPS, _OF_BOOLS)
        )
        self._reduce_on_host, self._in_place = self._world.Allreduce, self._mpi.IN_PLACE
        self.rank: int = self._world.Get_rank()
        self.size: int = self._world.Get_size()

    def all_reduce(self, array: Array, op: str) -> None:
        key = "all_reduce", op, array.shape, array.dtype.char
        by = self._agreed.get(key)
        if by is not None and type(array) is np.ndarray:  # the usual case, and what takes time
            self._do("all_reduce", self._reduce_on_host, self._in_place, array, by)
            return
        self._on_host("all_reduce", array, op)
        by = (self._of_bools if array.dtype.char == "?" else self._ops)[op]
        if array.dtype.char != "e":
            self._do("all_reduce", self._reduce_on_host, self._in_place, array, by)
            self._agreed[key] = by
            return
        whole = array.astype(np.float32)
        self._do("all_reduce", self._reduce_on_host, self._in_place, whole, by)
        with np.errstate(over="ignore"):  # too large for float16: inf, as of two such Tensors
            array[...] = whole

    def broadcast(self, array: Array, src: int) -> None:
        self._on_host("broadcast", array, src)
        self._do("broadcast", self._world.Bcast, array.reshape(-1).view(np.uint8), src)

    def all_gather(self, into: Array, array: Array) -> None:
        self._on_host("all_gather", array)
        parts = into.reshape(-1).view(np.uint8), array.reshape(-1).view(np.uint8)
        self._do("all_gather", self._world.Allgather, parts[1], parts[0])

    def barrier(self) -> None:
        self._do("barrier", self._world.Barrier)

    def texts(self, text: str, doing: str = "texts") -> list[str]:
        mine = np.frombuffer(text.encode(), np.uint8)
        sizes = np.empty(self.size, np.int64)
        self._do(doing, self._words.Allgather, np.array([mine.size]), sizes)
        rows = np.zeros((self.size, int(sizes.max())), np.uint8)
        rows[self.rank, : mine.size] = mine
        self._do(doing, self._words.Allgather, self._mpi.IN_PLACE, rows)
        return [row[:size].tobytes().decode() for row, size in zip(rows, sizes)]

    def agree(self, name: str, array: Array, how: object = "") -> None:
        """The first time, compare with what the others call: the same, with such arrays?

        MPI itself would mix up numbers of different dtypes, or wait for ever.
        """
        key = name, how, array.shape, array.dtype.char  # a dtype's own hash takes long
        if key not in self._agreed:
            call = f"{name} of {array.shape} {array.dtype} {how}".rstrip()
            check_same("the calls", [call], call)
            self._agreed[key] = None

    def _on_host(self, name: str, array: Array, how: object = "") -> None:
        if on_gpu(array):
            raise DeviceError(
                "the tensor is on the gpu, and a group of 'mpi' is for the CPU; use "
                "init_process_group('nccl')"
            )
        self.agree(name, array, how)

    def abort(self, code: int) -> None:
        self._ending.abort(code)

    def close(self) -> None:
        self._ending.leave()
        self._world.Free()
        self._words.Free()

    def _do(self, name: str, call: Any, *args: Any) -> None:
        ending = self._ending
        ending.calls += 1
        ending.doing = name
        try:
            call(*args)
        except self._mpi.Exception as error:
            reason = str(error).splitlines()[0]
            raise RuntimeError(
                f"{name}: MPI could not do it on rank {self.rank} ({reason});\n"
                "every rank must make the same calls in the same order, with tensors of the same "
                "shape and dtype"
            ) from None
        finally:
            ending.doing = ""
