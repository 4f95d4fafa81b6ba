"""A process that watches the ranks of one machine, and says which of them was killed.

It is started by the first of them, with how many there are, and knows nothing but Python's own
library. While they join each other it sees to it that none is missing; then it is given their
processes. Whichever ends first, without having dismissed this one, has been killed, or has crashed.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path


def say(what: str) -> None:
    print(f"tinygrad_lr.distributed: {what}. All ranks end.", file=sys.stderr, flush=True)


def fields(process: int) -> list[str]:
    """What Linux says of a process, from its state on; nothing if there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def living_children(process: int) -> int:
    """How many children of `process` are running."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return sum(fields(int(child))[:1] not in ([], ["Z"], ["X"]) for child in text.split())


def joined(first: int, count: int) -> dict[int, int]:
    """The processes of the ranks, by their numbers, when all `count` have joined."""
    starter = int((fields(first) or ["", "0"])[1])
    missing = 0
    while not select.select([sys.stdin], [], [], 0.3)[0]:
        try:
            missing = missing + 1 if living_children(starter) < count else 0
        except OSError:
            continue  # this Linux does not tell
        if missing == 2:
            say("a rank has ended before init_process_group, in which the others wait for it")
            os.kill(first, signal.SIGKILL)  # mpiexec then ends the others
            break
    pairs = (pair.split(":") for pair in sys.stdin.read().split())
    return {int(process): int(rank) for rank, process in pairs}


def how(process: int) -> str:
    """By what a process has ended, where Linux tells."""
    told = fields(process)
    number = int(told[49]) & 127 if len(told) > 49 else 0
    name = f" ({signal.Signals(number).name})" if number in [*signal.Signals] else ""
    return f"was killed, or crashed{name}"


def main() -> None:
    ranks = joined(os.getppid(), int(sys.argv[1]))
    watched = {}
    ends = select.epoll()  # it tells in the order in which they end
    for process, rank in ranks.items():
        try:
            handle = os.pidfd_open(process)
        except OSError:
            say(f"rank {rank} (process {process}) {how(process)}")
            return
        watched[handle] = process
        ends.register(handle, select.EPOLLIN)
    if watched:
        os.write(1, b"!")  # the ranks wait for it: none ends before it is watched
        process = watched[ends.poll()[0][0]]
        say(f"rank {ranks[process]} (process {process}) {how(process)}")


if __name__ == "__main__":
    main()
