"""How a rank ends, so that no other waits for it for ever.

MPI itself would: a rank that raises an error leaves the others in their all-reduce. So an error
ends all ranks, and it is said which had it. One that leaves, or waits long in a call, sends the
others a note, and each has a thread that looks for notes: so ranks in different calls find each
other. Who is killed can say nothing: then a process beside it (herald.py) says which it was, and
mpiexec ends the others.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

_LOOK = 0.05  # seconds between two looks for notes
_PATIENCE = 2.0  # so long a rank may wait before it asks what the others do
_HERE = "MPI_LOCALNRANKS"  # the number of ranks of this machine, as the mpiexec of MPICH says it


class Herald:
    """The process that tells which rank of this machine was killed, or is missing at first."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0  # of the one that watches all ranks here
        here = os.environ.get(_HERE, "1")
        if here != "1" and hasattr(os, "pidfd_open"):
            script = str(Path(__file__).with_name("herald.py"))
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", script, here],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # whoever ends the ranks does not end it
            )

    def watch(self, world: Any, mpi: Any) -> None:
        """Give that of the first rank the processes to watch; the others are dismissed."""
        local = world.Split_type(mpi.COMM_TYPE_SHARED)
        mine = np.array([world.Get_rank(), os.getpid(), self._process.pid if self._process else 0])
        table = np.empty((local.Get_size(), 3), mine.dtype)
        local.Allgather(mine, table)
        if local.Get_rank():
            self.dismiss()
        elif self._process and self._process.stdin and self._process.stdout:
            told = " ".join(f"{rank}:{process}" for rank, process, _ in table.tolist())
            self._process.stdin.write(told.encode())
            self._process.stdin.close()
            self._process.stdout.read(1)  # it watches them now
        self._number = int(table[0, 2])
        local.Barrier()
        local.Free()

    def dismiss(self) -> None:
        """Whoever ends now has said why, or has no reason to."""
        if self._number:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._number, signal.SIGTERM)
            self._number = 0
        if self._process is not None:
            with self._process:
                self._process.terminate()
            self._process = None


class Ending:
    """What a rank knows of the others' ends, and they of its own."""

    def __init__(self, mpi: Any, herald: Herald) -> None:
        self._mpi, self._herald = mpi, herald
        self._notes = mpi.COMM_WORLD.Dup()
        self._rank, self._size = self._notes.Get_rank(), self._notes.Get_size()
        self.doing = ""  # the call in which this rank waits for the others
        self.calls = 0  # how many there have been
        self._left: set[int] = set()  # who has left
        self._waits: dict[int, str] = {}  # who has waited long: in which call, its number before it
        self._sent: list[Any] = []  # MPI may read them later
        self._over = threading.Event()
        self._hook_before = sys.excepthook
        if self._size > 1:
            self._thread = threading.Thread(target=self._look, daemon=True)
            herald.watch(self._notes, mpi)
            sys.excepthook = self._on_error
            atexit.register(self.leave)
            if mpi.Query_thread() == mpi.THREAD_MULTIPLE:  # as mpi4py asks for
                self._thread.start()

    def leave(self) -> None:
        """Leave as all do in the end, and wait until all have."""
        atexit.unregister(self.leave)
        if self._size > 1:
            self._send("")
            error = sys.exc_info()  # as in a `finally` that calls destroy_process_group()
            all_have = self._notes.Ibarrier()
            while not all_have.Test():
                if isinstance(error[1], (Exception, KeyboardInterrupt)) and self._is_missed():
                    self._on_error(*error)
                time.sleep(0.005)
            self._over.set()
            if self._thread.is_alive():
                self._thread.join()
            if sys.excepthook == self._on_error:
                sys.excepthook = self._hook_before
        self._herald.dismiss()
        self._notes.Free()

    def _is_missed(self) -> bool:
        """Whether another rank waits in a call that this one has not made."""
        return any(int(call.split()[0]) > self.calls for call in [*self._waits.values()])

    def _on_error(self, kind: Any, error: BaseException, trace: TracebackType | None) -> None:
        """In the place of sys.excepthook: this rank ends, and with it all others."""
        reason = " ".join(f"{kind.__name__}: {error}".split()).removesuffix(":")
        self._wait_in_turn()
        if issubclass(kind, KeyboardInterrupt):
            self._say_and_abort(f"rank {self._rank} has ended: {reason}", 130)
        self._hook_before(kind, error, trace)
        self._say_and_abort(f"rank {self._rank} has ended: {reason}")

    def _wait_in_turn(self) -> None:
        """What happens on all ranks is said once: by the first, which ends the others."""
        time.sleep(0.5 * min(self._rank, 8))

    def _send(self, call: str) -> None:
        """A note to all: that this rank waits, and in which call; or, without one, has left."""
        self._sent.append(np.frombuffer(call.encode(), np.uint8))
        for rank in range(self._size):
            if rank != self._rank:
                self._notes.Isend(self._sent[-1], rank)

    def _receive(self) -> None:
        """Take the notes that have come."""
        status = self._mpi.Status()
        while self._notes.Iprobe(status=status):
            note = np.empty(status.Get_count(self._mpi.BYTE), np.uint8)
            self._notes.Recv(note, status.Get_source())
            if note.size:
                self._waits[status.Get_source()] = note.tobytes().decode()
            else:
                self._left.add(status.Get_source())

    def _look(self) -> None:
        """The thread: see who has left, or waits in another call, and end all if this rank would
        wait for ever."""
        state: tuple[object, ...] = ()
        since, told = 0.0, ""
        while not self._over.wait(_LOOK):
            self._receive()
            doing, call = self.doing, f"{self.calls} {self.doing}"
            if state != (call, len(self._left)):  # what has left may have sent its part before
                state, since = (call, len(self._left)), time.monotonic()
            waited = time.monotonic() - since
            if not doing or waited < _PATIENCE:
                continue
            if told != call:
                self._send(told := call)
            for rank, theirs in self._waits.items():
                number, name = theirs.split(" ", 1)
                if number == call.split()[0] and name != doing:
                    self._differ(f"rank {self._rank} waits in {doing}, and rank {rank} in {name}")
            if self._left and waited > _PATIENCE + 1:  # one that has an error has said so
                rank = min(self._left)
                waits = f"rank {self._rank} waits for it in {doing}"
                self._differ(f"rank {rank} has ended, and {waits}")

    def _differ(self, what: str) -> None:
        self._wait_in_turn()
        must = "all ranks must make the same calls, with the same shapes, and as many steps"
        self._say_and_abort(f"{what}: {must}")

    def _say_and_abort(self, what: str, code: int = 1) -> None:
        print(f"tinygrad_lr.distributed: {what}. All ranks end.", file=sys.stderr, flush=True)
        self.abort(code)

    def abort(self, code: int) -> None:
        """End all ranks, without another word."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):  # it may be closed
                stream.flush()
        self._herald.dismiss()
        time.sleep(0.3)  # mpiexec may throw away what it has not read when it hears of an end
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # for what MPI would say
        self._mpi.COMM_WORLD.Abort(code)
