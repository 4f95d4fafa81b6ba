"""A process beside a rank, that says which rank of this machine was killed.

Each rank starts one, with how many ranks there are here; it knows nothing but Python's own library.
While the ranks join each other, it sees to it that none is missing. Then that of the first rank is
given all their processes, and the others are dismissed. Whichever rank ends first, without having
dismissed this one, has been killed, or has crashed.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from pathlib import Path


def say(what: str) -> None:
    print(f"tinygrad_lr.distributed: {what}. All ranks end.", file=sys.stderr, flush=True)


def told(process: int) -> tuple[str, str, int]:
    """What Linux says of a process: its name, its state, its parent. "X", if there is none."""
    try:
        name, _, rest = Path(f"/proc/{process}/stat").read_text().rpartition(")")
    except OSError:
        return "", "X", 0
    state, parent = rest.split()[:2]
    return name.partition("(")[2], state, int(parent)


def started(rank: int) -> list[bool]:
    """Of what mpiexec has started here and still runs: whether it is this `rank`.

    Or a program that has started the rank, as a shell does. Nothing where Linux does not tell.
    """
    while (parent := told(rank)[2]) and told(parent)[0] != "hydra_pmi_proxy":
        rank = parent
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return []
    return [int(child) == rank for child in children if told(int(child))[1] not in "ZX"]


def joined(me: int, count: int) -> dict[int, int]:
    """The processes of the ranks, by their numbers, when all `count` have joined."""
    missing, is_first = 0, False
    while not select.select([sys.stdin], [], [], 0.3)[0]:
        here = started(me)
        missing = missing + 1 if 0 < len(here) < count else 0
        if missing == 1:
            is_first = here[0]
        if missing == (2 if is_first else 4):
            if is_first:  # one says it, and before any is killed
                say("a rank has ended before init_process_group, in which the others wait for it")
            os.kill(me, signal.SIGKILL)
    pairs = (pair.split(":") for pair in sys.stdin.read().split())
    return {int(process): int(rank) for rank, process in pairs}


def first_to_end(ranks: dict[int, int]) -> int:
    """The process that does so; wait for it."""
    ends, processes = select.epoll(), {}
    for process in ranks:
        try:
            handle = os.pidfd_open(process)
        except ProcessLookupError:
            return process
        ends.register(handle, select.EPOLLIN)
        processes[handle] = process
    with contextlib.suppress(BrokenPipeError):
        os.write(1, b"!")  # the ranks wait for it: none ends before it is watched
    return processes[ends.poll()[0][0]]  # poll tells them in the order in which they end


def main() -> None:
    if ranks := joined(os.getppid(), int(sys.argv[1])):
        process = first_to_end(ranks)
        say(f"rank {ranks[process]} (process {process}) was killed, or crashed")


if __name__ == "__main__":
    main()
