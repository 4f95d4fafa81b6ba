"""The group of processes that this one is in, and what it does with raw arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Protocol

from ..device import Array
from ..errors import ArgumentError
from ..forms import formed
from ..wording import Worded


class Group(Protocol):
    """Processes that work together, each with its number: mpi.py has the one for the CPU.

    An array that is handed over is contiguous, and can be written to; the ranks' have one shape and
    one dtype. Each method waits for all ranks.
    """

    backend: str
    rank: int
    size: int

    def all_reduce(self, array: Array, op: str) -> None:
        """Write into `array` the sum (or by `op` another of "SUM PRODUCT MIN MAX") of all ranks'"""

    def broadcast(self, array: Array, src: int) -> None:
        """Write into `array` what it is on the rank `src`."""

    def all_gather(self, into: Array, array: Array) -> None:
        """Write into `into` (ranks, ...) the arrays (...) of all ranks."""

    def barrier(self) -> None:
        """Wait until all ranks are here."""

    def texts(self, text: str, doing: str = "texts") -> list[str]:
        """The text of each rank. `doing` says why, to ranks that do something else meanwhile."""

    def abort(self, code: int) -> None:
        """End all ranks at once."""

    def close(self) -> None:
        """Leave the group."""


class Disagreement(Worded, RuntimeError):
    """The ranks differ where they must not: every rank raises it, with the same words.

    >>> error = tg.distributed.Disagreement("the lr must be the same on all ranks, and differ: ...")
    >>> isinstance(error, RuntimeError)
    True
    """


_groups: list[Group] = []


def current() -> Group:
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
