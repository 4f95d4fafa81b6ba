"""The group of processes that this one is in, and what it does with raw arrays on the CPU.

MPI connects them, through mpi4py. Arrays go as they are, as buffers (mpi4py's functions with a
capital letter), never pickled.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from ..device import Array, DeviceError, on_gpu
from ..errors import ArgumentError
from ..forms import formed
from ..wording import Worded
from .ending import ASKING, FAILING, Ending
from .herald import Herald

# MPI has no float16, and its operations are others for truth values.
_OPS = {name: name for name in ("SUM", "MAX", "MIN", "BAND", "BOR", "BXOR")} | {"PRODUCT": "PROD"}
_OF_BOOLS = {"SUM": "LOR", "MAX": "LOR", "PRODUCT": "LAND", "MIN": "LAND"}
_OF_BOOLS |= {"BAND": "LAND", "BOR": "LOR", "BXOR": "LXOR"}
# How others that start processes tell how many there are.
_STARTED = {"OMPI_COMM_WORLD_SIZE": "Open MPI's mpiexec", "PMI_SIZE": "mpiexec"}
_STARTED |= {"WORLD_SIZE": "torchrun", "SLURM_NTASKS": "srun"}
_CHANNELS = 64


def load() -> tuple[Any, Herald]:
    """``mpi4py.MPI``, when it has joined the other processes, and who tells of their ends.

    Raises RuntimeError that says what to install, or how to start.
    """
    install = "install both with pip install mpi4py mpich"
    try:
        import mpi4py

        mpi4py.rc.initialize, mpi4py.rc.finalize = False, True  # not to wait for others here
        from mpi4py import MPI
    except ModuleNotFoundError:
        raise RuntimeError(f"init_process_group: mpi4py is not installed; {install}") from None
    except (ImportError, RuntimeError) as error:  # mpi4py is there, and finds no library
        found = str(error).splitlines()[0]
        raise RuntimeError(f"init_process_group: no MPI ({found}); {install}") from None
    herald = Herald()
    if not MPI.Is_initialized():
        MPI.Init_thread()
    for name, by in _STARTED.items():
        if MPI.COMM_WORLD.size == 1 and os.environ.get(name, "1") not in ("", "1"):
            herald.dismiss()
            library = MPI.Get_library_version().split()[0]
            raise RuntimeError(
                f"init_process_group: {by} has started {os.environ[name]} processes ({name}), but "
                f"mpi4py uses {library}, to which each is alone;\n"
                "start them with the mpiexec of "
                f"{library}: `mpiexec -n {os.environ[name]} python ...`"
            )
    return MPI, herald


class Disagreement(Worded, RuntimeError):
    """The ranks differ where they must not: every rank raises it, with the same words.

    >>> error = tg.distributed.Disagreement("the lr must be the same on all ranks, and differ: ...")
    >>> isinstance(error, RuntimeError)
    True
    """


class MPIGroup:
    """All processes that mpiexec has started: `size` of them, of which this is number `rank`.

    An array that is handed over is contiguous, and can be written to; the ranks' have one shape and
    one dtype. Each method waits for all ranks.
    """

    backend = "mpi"

    def __init__(self) -> None:
        self._mpi, herald = load()
        self._in_place = self._mpi.IN_PLACE
        self._ending = Ending(self._mpi, herald)
        self.rank: int = self._mpi.COMM_WORLD.Get_rank()
        self.size: int = self._mpi.COMM_WORLD.Get_size()
        # A communicator for what is said in words, one for barriers; and for the calls that the
        # ranks agreed on, in turn: then none meets another there, of which MPI makes nonsense.
        self._words, self._barrier = (self._mpi.COMM_WORLD.Dup() for _ in range(2))
        self._channels: list[Any] = []
        self._agreed: dict[tuple[Any, ...], tuple[str, Any]] = {}
        self._reduced: dict[tuple[Any, ...], tuple[str, Any, Any]] = {}

    def all_reduce(self, array: Array, op: str) -> None:
        """Write into `array` the sum of all ranks', or by `op` AVG, PRODUCT, MIN or MAX."""
        key = op, array.shape, array.dtype.char
        known = self._reduced.get(key)
        if known is not None and type(array) is np.ndarray:  # the usual case, and what takes time
            call, allreduce, by = known
            self._do(call, allreduce, self._in_place, array, by)
            return
        call, channel = self.agree("all_reduce", array, op)
        half = array.dtype.char == "e"  # which MPI has not
        whole = array.astype(np.float32) if half else array
        by = self._reduce(call, channel, whole, "SUM" if op == "AVG" else op)
        if op == "AVG":
            whole /= self.size
        elif by is not None and not half:
            self._reduced[key] = call, channel.Allreduce, by
        if half:
            with np.errstate(over="ignore"):  # too large for float16: inf, as of two such Tensors
                array[...] = whole

    def _reduce(self, call: str, channel: Any, array: Array, op: str) -> Any:
        """MPI's operation, when it is done."""
        by = getattr(self._mpi, (_OF_BOOLS if array.dtype.char == "?" else _OPS)[op])
        self._do(call, channel.Allreduce, self._in_place, array, by)
        return by

    def broadcast(self, array: Array, src: int) -> None:
        """Write into `array` what it is on the rank `src`."""
        call, channel = self.agree("broadcast", array, src)
        self._do(call, channel.Bcast, array.reshape(-1).view(np.uint8), src)

    def all_gather(self, into: Array, array: Array) -> None:
        """Write into `into` (ranks, ...) the arrays (...) of all ranks."""
        call, channel = self.agree("all_gather", array)
        parts = into.reshape(-1).view(np.uint8), array.reshape(-1).view(np.uint8)
        self._do(call, channel.Allgather, parts[1], parts[0])

    def barrier(self) -> None:
        """Wait until all ranks are here."""
        self._do("barrier", self._barrier.Barrier)

    def texts(self, text: str, doing: str = "texts") -> list[str]:
        """The text of each rank. `doing` says why, to ranks that do something else meanwhile."""
        mine, doing = np.frombuffer(text.encode(), np.uint8), ASKING + doing
        sizes = np.empty(self.size, np.int64)
        self._do(doing, self._words.Allgather, np.array([mine.size]), sizes)
        rows = np.zeros((self.size, int(sizes.max())), np.uint8)
        rows[self.rank, : mine.size] = mine
        self._do(doing, self._words.Allgather, self._mpi.IN_PLACE, rows)
        return [row[:size].tobytes().decode() for row, size in zip(rows, sizes)]

    def agree(self, name: str, array: Array, how: object = "") -> tuple[str, Any]:
        """The call in words, and its channel. The first time it is compared with the others'.

        MPI itself would mix up numbers of different dtypes, or wait for ever.
        """
        # Of a dtype its text, which is one for all of a kind: int64 may be "l" or "q" in NumPy.
        key = name, how, array.shape, array.dtype.str, type(array)
        if key not in self._agreed:
            where = " on the gpu" if on_gpu(array) else ""
            if where and self.backend == "mpi":
                raise DeviceError(
                    "the tensor is on the gpu, and a group of 'mpi' is for the CPU; use "
                    "init_process_group('nccl')"
                )
            call = f"{name} of {array.shape} {array.dtype}{where} {how}".rstrip()
            check_same("the calls", [call], call)
            number = len(self._agreed)
            if number < _CHANNELS:
                self._channels.append(self._mpi.COMM_WORLD.Dup())
            self._agreed[key] = call, self._channels[number % _CHANNELS]
        return self._agreed[key]

    def abort(self, code: int) -> None:
        """End all ranks at once."""
        self._ending.abort(code)

    def close(self) -> None:
        """Leave the group."""
        self._ending.leave()
        for channel in (self._words, self._barrier, *self._channels):
            channel.Free()

    def _do(self, name: str, call: Any, *args: Any) -> None:
        """Make a call of MPI's, or NCCL's, and be known to be in it."""
        calls = self._ending.calls
        calls.append(name)
        try:
            call(*args)
        except RuntimeError as error:  # as theirs are
            reason = str(error).splitlines()[0]
            if calls:
                calls[-1] = f"{FAILING}{name}, which fails: {reason}"
            raise RuntimeError(
                f"{name.lstrip(ASKING)}: it could not be done on rank {self.rank} ({reason});\n"
                "every rank must make the same calls in the same order, with tensors of the same "
                "shape and dtype"
            ) from None
        finally:
            self._ending.done += 1


_groups: list[MPIGroup] = []


def current() -> MPIGroup:
    """The group that there is; ArgumentError if there is none."""
    if not _groups:
        raise ArgumentError(
            "Default process group has not been initialized, please make sure to call "
            "init_process_group."
        )
    return _groups[-1]


@formed
def reduce_array(array: Array, op: str) -> None:
    """Write into `array` the sum of all ranks' arrays, or what another `op` makes of them."""
    current().all_reduce(array, op)


@formed
def broadcast_array(array: Array, src: int) -> None:
    """Write into `array` what it is on the rank `src`."""
    current().broadcast(array, src)


@formed
def gather_arrays(into: Array, array: Array) -> None:
    """Write into `into` (ranks, ...) the arrays (...) of all ranks."""
    current().all_gather(into, array)


def check_same(what: str, lines: Sequence[str], doing: str = "") -> None:
    """Raise Disagreement, on every rank, unless `lines`, which say `what`, are the same on all.

        check_same("the options", [f"lr {lr}", f"seed {seed}"])

    The error says which rank differs from rank 0, and in which line. All ranks must call it.

    >>> tg.distributed.check_same("the options", ["lr 0.1", "seed 0"])
    """
    told = current().texts("\n".join(lines), doing or f"comparing {what}")
    first, *others = (text.split("\n") for text in told)
    for rank, theirs in enumerate(others, 1):
        if theirs == first:
            continue
        pairs = zip_longest(first, theirs, fillvalue="nothing more")
        ours, other = next(pair for pair in pairs if pair[0] != pair[1])
        raise Disagreement(
            f"{what} must be the same on all ranks, and differ: rank 0 has {ours or 'none'}, "
            f"rank {rank} has {other or 'none'}"
        )
