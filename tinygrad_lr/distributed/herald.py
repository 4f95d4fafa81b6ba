"""A process beside the ranks of a machine, that says which of them was killed, or never came.

Who is killed can say nothing, and mpiexec kills the others at once. So each rank is connected with
this process, which the first of them starts; it knows nothing but Python's own library, and sees
whose connection ends first. A rank that sends it a word has said itself why all end, or all have
left: then it ends in silence.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

_BEFORE = "has ended before init_process_group, in which the others wait for it"
_HIDDEN = -1  # a rank that does not tell which it is


class Herald:
    """What a rank has to do with it. Nothing, unless MPICH's mpiexec has started it, on Linux."""

    def __init__(self) -> None:
        self._talk = socket.socket()
        self._process: subprocess.Popen[bytes] | None = None
        if os.environ.get("PMI_SIZE", "1") != "1":
            with contextlib.suppress(ImportError, AttributeError, KeyError, OSError):
                self._join()

    def _join(self) -> None:
        """Be watched from now on; the first rank that comes here starts it."""
        import fcntl

        with socket.socket(fileno=os.dup(int(os.environ["PMI_FD"]))) as to_mpiexec:
            peer = to_mpiexec.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 4)
        mpiexec = str(int.from_bytes(peer, sys.byteorder))
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as low:
            # The highest is closed first, before mpiexec sees an end, and kills the others.
            self._talk = socket.socket(fileno=fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, 250))
        place = f"\0tinygrad_lr {mpiexec}"  # which all ranks of this machine know
        for _ in range(100):
            if self._talk.connect_ex(place) == 0:
                break
            self._start(place, mpiexec, os.environ["MPI_LOCALNRANKS"], os.environ["PMI_SIZE"])
        self._talk.send(f"{os.environ['PMI_RANK']} {os.getpid()}".encode())
        self._talk.recv(1)

    def _start(self, name: str, *args: str) -> None:
        place = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with place, contextlib.suppress(OSError):  # another rank has just taken it
            time.sleep(0.01)
            place.bind(name)
            place.listen()
            command = [sys.executable, "-I", "-S", __file__, *args]
            self._process = subprocess.Popen(command, stdin=place.fileno(), start_new_session=True)

    def dismiss(self) -> None:
        """Let it end in silence, and wait until it has."""
        with contextlib.suppress(OSError):
            self._talk.send(b"!")
            self._talk.recv(1)
        if self._process is not None:
            self._process.wait()


class _Rank(NamedTuple):
    number: int
    process: int
    talk: socket.socket


def watch(mpiexec: int, count: int, size: int) -> None:
    """Say which of the `count` ranks of this machine, of `size` in all, is the first that ends."""
    joined: dict[int, _Rank] = {}
    told = _first_end(joined, mpiexec, count, size)
    if not told:
        return
    print(f"tinygrad_lr.distributed: {told}. All ranks end.", file=sys.stderr, flush=True)
    for rank in joined.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(rank.process, signal.SIGKILL)


def _first_end(joined: dict[int, _Rank], mpiexec: int, count: int, size: int) -> str:
    """How the first rank ends, in words; "" if it says so itself.

    A rank that has `joined` is known by its connection, whose file number is the key; one that is
    starting, by its process. Of those that end while not all are watched nobody knows which is the
    first: it may be one that is not.
    """
    starting: dict[int, int] = {}  # ranks, by the file number of the process
    too_few = 0  # so often, one after the other, there were fewer processes than ranks
    with socket.socket(fileno=0) as place, select.epoll() as ends:
        ends.register(place, select.EPOLLIN)
        while too_few < 4:
            numbers = {rank.number for rank in joined.values()}
            watched = numbers | {*starting.values()}
            processes = _living(mpiexec) if len(watched) < count else []
            for number, process in processes:
                if number not in watched | {_HIDDEN}:
                    with contextlib.suppress(AttributeError, OSError):  # of an old Linux, or ended
                        ends.register(at := os.pidfd_open(process), select.EPOLLIN)
                        starting[at] = number
                        watched.add(number)
            are_all = len(watched) == count
            found = ends.poll(None if are_all else 0.3, 1)  # what was first
            if not found:
                too_few = too_few + 1 if len(processes) < count else 0
            elif (at := found[0][0]) == place.fileno():
                talk, _ = place.accept()
                number, process = map(int, talk.recv(99).split())
                joined[talk.fileno()] = _Rank(number, process, talk)
                talk.send(b"!")
                ends.register(talk, select.EPOLLIN)
            elif at in starting:
                ends.unregister(at)
                if (number := starting.pop(at)) not in numbers:
                    return f"rank {number} {_BEFORE}"
            elif joined[at].talk.recv(1):
                return ""
            elif are_all:
                number, process, _ = joined[at]
                return f"rank {number} (process {process}) was killed, or crashed"
            else:
                return f"a rank {_BEFORE}"
    gone = {*range(size)} - watched
    return f"rank {gone.pop()} {_BEFORE}" if len(gone) == 1 else f"a rank {_BEFORE}"


def _living(mpiexec: int) -> list[tuple[int, int]]:
    """The ranks that mpiexec has started here and that have not ended, and their processes."""
    found = []
    for child in Path(f"/proc/{mpiexec}/task/{mpiexec}/children").read_text().split():
        environment = b""  # of a process that has ended
        with contextlib.suppress(OSError):
            environment = Path(f"/proc/{child}/environ").read_bytes()
        if environment:
            rank = environment.partition(b"\0PMI_RANK=")[2].partition(b"\0")[0]
            found.append((int(rank or _HIDDEN), int(child)))
    return found


if __name__ == "__main__":
    with contextlib.suppress(OSError, ValueError):  # mpiexec, or one that joins, is not any more
        watch(*map(int, sys.argv[1:]))
