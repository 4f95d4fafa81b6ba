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


class Herald:
    """What a rank has to do with it. Nothing, unless MPICH's mpiexec has started it, on Linux."""

    def __init__(self) -> None:
        self._talk = socket.socket()
        self._process: subprocess.Popen[bytes] | None = None
        if os.environ.get("PMI_SIZE", "1") == "1":
            return
        with contextlib.suppress(ImportError, AttributeError, KeyError, OSError):
            import fcntl

            with socket.socket(fileno=os.dup(int(os.environ["PMI_FD"]))) as to_mpiexec:
                peer = to_mpiexec.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 4)
            mpiexec, count = int.from_bytes(peer, sys.byteorder), os.environ["MPI_LOCALNRANKS"]
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as low:
                # The highest is closed first, before mpiexec sees an end, and kills the others.
                self._talk = socket.socket(fileno=fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, 250))
            name = f"\0tinygrad_lr {mpiexec}"  # which all ranks of this machine know
            for _ in range(100):
                if self._talk.connect_ex(name) == 0:
                    break
                self._start(name, str(mpiexec), count, os.environ["PMI_SIZE"])
            self._talk.send(f"{os.environ['PMI_RANK']} {os.getpid()}".encode())
            self._talk.recv(1)  # it is watched from now on

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


def _living(mpiexec: int) -> list[int]:
    """The ranks that mpiexec has started here and that have not ended; -1: it has hidden which."""
    found = []
    for child in Path(f"/proc/{mpiexec}/task/{mpiexec}/children").read_text().split():
        environment = b""
        with contextlib.suppress(OSError):
            environment = Path(f"/proc/{child}/environ").read_bytes()
        found.append(int(environment.partition(b"\0PMI_RANK=")[2].partition(b"\0")[0] or -1))
    return found


def watch(mpiexec: int, count: int, size: int) -> None:
    """Wait until one of the `count` ranks ends, of `size`, that are on this machine; say which."""
    ranks: dict[int, tuple[socket.socket, str, str]] = {}
    living, missing = [*range(size)], 0
    with socket.socket(fileno=0) as place, select.epoll() as ends:
        ends.register(place, select.EPOLLIN)
        while missing < 4:
            have_met = len(ranks) == count
            found = ends.poll(None if have_met else 0.3, 1)  # the first that has ended
            if not found:
                living = _living(mpiexec)
                missing = missing + 1 if len(living) < count else 0
            elif (number := found[0][0]) == place.fileno():
                talk, _ = place.accept()
                rank, process = talk.recv(99).decode().split()
                talk.send(b"!")
                ranks[talk.fileno()] = talk, rank, process
                ends.register(talk, select.EPOLLIN)
            elif ranks[number][0].recv(1):
                return
            else:
                break
    if have_met:
        _, rank, process = ranks[number]
        told = f"rank {rank} (process {process}) was killed, or crashed"
    else:
        with contextlib.suppress(OSError):  # by now mpiexec may have ended all, and itself
            living = _living(mpiexec)
        here = {*living, *(int(rank) for _, rank, _ in ranks.values())}
        gone = [*{*range(size)} - here] if count == size else []
        who = f"rank {gone[0]}" if len(gone) == 1 else "a rank"
        told = f"{who} has ended before init_process_group, in which the others wait for it"
    print(f"tinygrad_lr.distributed: {told}. All ranks end.", file=sys.stderr, flush=True)
    for _, _, process in ranks.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)


if __name__ == "__main__":
    with contextlib.suppress(OSError):  # mpiexec itself is not there any more
        watch(*map(int, sys.argv[1:]))
