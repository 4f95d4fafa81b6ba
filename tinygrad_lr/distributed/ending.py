"""How a rank ends, so that no other waits for it for ever.

MPI itself would: a rank that raises an error leaves the others in their all-reduce. So a rank that
ends sends the others a note, with the reason if it is an error, and each has a thread that looks
for notes. One that waits long says in what, so that ranks in different calls find each other. Who
is killed can send none: then a process of its own (herald.py) says which it was, and mpiexec ends
the others.
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

from .ranks import Disagreement

_LOOK = 0.05  # seconds between two looks for notes
_PATIENCE = 2.0  # so long a rank may wait for one that has left: what it sent may be on its way
_INTERRUPTED = 130


class Herald:
    """The process that tells which rank of this machine was killed; the first rank here has it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0
        here = os.environ.get("MPI_LOCALNRANKS", "1")  # as the mpiexec of MPICH says it
        if os.environ.get("MPI_LOCALRANKID") == "0" and here != "1" and hasattr(os, "pidfd_open"):
            script = str(Path(__file__).with_name("herald.py"))
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", script, here],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # whoever ends the ranks does not end it
            )

    def watch(self, world: Any, mpi: Any) -> None:
        """Give it the processes to watch."""
        local = world.Split_type(mpi.COMM_TYPE_SHARED)
        mine = np.array([world.Get_rank(), os.getpid(), self._process.pid if self._process else 0])
        table = np.empty((local.Get_size(), 3), mine.dtype)
        local.Allgather(mine, table)
        self._number = int(table[:, 2].max())
        if self._process and self._process.stdin and self._process.stdout:
            told = " ".join(f"{rank}:{number}" for rank, number, _ in table.tolist())
            self._process.stdin.write(told.encode())
            self._process.stdin.close()
            self._process.stdout.read(1)  # it watches them now
            self._process.stdout.close()
        local.Barrier()
        local.Free()

    def dismiss(self) -> None:
        """Whoever ends now has said why, or has no reason to."""
        if self._number:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._number, signal.SIGTERM)
            self._number = 0
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


class Ending:
    """What a rank knows of the others' ends, and they of its own."""

    def __init__(self, mpi: Any, herald: Herald) -> None:
        self._mpi, self._herald = mpi, herald
        self._notes = mpi.COMM_WORLD.Dup()
        self._notes.Set_errhandler(mpi.ERRORS_RETURN)
        self._rank, self._size = self._notes.Get_rank(), self._notes.Get_size()
        self.doing = ""  # the call in which this rank waits for the others
        self.calls = 0  # how many there have been
        self._left: dict[int, str] = {}  # who has left, and why if that was an error
        self._waits: dict[int, str] = {}  # who has waited long: in which call, its number before it
        self._sent: list[Any] = []  # MPI may read them later
        self._is_ending = False
        self._one_at_a_time = threading.Lock()
        self._over = threading.Event()
        self._hook_before = sys.excepthook
        if self._size > 1:
            herald.watch(self._notes, mpi)
            sys.excepthook = self._on_error
            atexit.register(self.leave)
            self._thread = threading.Thread(target=self._look, daemon=True)
            if mpi.Query_thread() == mpi.THREAD_MULTIPLE:  # as mpi4py asks for
                self._thread.start()

    def leave(self) -> None:
        """Leave as all do in the end, and wait until all have."""
        atexit.unregister(self.leave)
        if self._size == 1 or self._over.is_set():
            return
        self._send("")
        error = sys.exc_info()  # as in a `finally` that calls destroy_process_group()
        while len(self._left) < self._size - 1:
            self._receive()
            if isinstance(error[1], (Exception, KeyboardInterrupt)) and self._is_missed():
                self._on_error(*error)
            time.sleep(0.005)
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._herald.dismiss()
        if sys.excepthook == self._on_error:
            sys.excepthook = self._hook_before
        self._notes.Free()

    def _on_error(self, kind: Any, error: BaseException, trace: TracebackType | None) -> None:
        """In the place of sys.excepthook: this rank ends, and with it all others."""
        self._is_ending = True
        reason = " ".join(f"{kind.__name__}: {error}".split()).removesuffix(":")
        reason = reason.encode()[:500].decode(errors="ignore")
        interrupted = issubclass(kind, KeyboardInterrupt)
        on_all = interrupted or issubclass(kind, Disagreement)
        # What happens on all ranks, or on several, is said once.
        if self._rank == 0 or not (on_all or self._is_said(reason)):
            self._hook_before(kind, error, trace)
        if self._rank == 0 and on_all:
            self.abort(_INTERRUPTED if interrupted else 1)
        self._send(reason)
        time.sleep(_PATIENCE)  # one of the others says so, and ends all
        self.abort(_INTERRUPTED if interrupted else 1)

    def _is_missed(self) -> bool:
        """Whether another rank waits in a call that this one has not made."""
        return any(int(call.split()[0]) > self.calls for call in [*self._waits.values()])

    def _is_said(self, reason: str) -> bool:
        """Whether another rank says the same; the later a rank, the longer it waits for that."""
        for _ in range(min(4 * self._rank, 20)):
            self._receive()
            if reason in self._left.values():
                return True
            time.sleep(_LOOK)
        return False

    def _send(self, words: str, kind: str = "-") -> None:
        """A note to all: that this rank leaves, and why; or ("+") that it waits, and in what."""
        self._sent.append(np.frombuffer((kind + words).encode(), np.uint8))
        for rank in range(self._size):
            if rank != self._rank:
                self._notes.Isend(self._sent[-1], rank)

    def _receive(self) -> None:
        """Take the notes that have come."""
        status = self._mpi.Status()
        with self._one_at_a_time:
            while self._notes.Iprobe(status=status):
                note = np.empty(status.Get_count(self._mpi.BYTE), np.uint8)
                self._notes.Recv(note, status.Get_source())
                words = note.tobytes().decode(errors="replace")
                about = self._left if words[0] == "-" else self._waits
                about[status.Get_source()] = words[1:]

    def _look(self) -> None:
        """The thread: see who has left, and end all if this rank would wait for ever."""
        state: tuple[object, ...] = ()
        since, told = 0.0, ""
        must = "all ranks must make the same calls, and as many steps"
        while not self._over.wait(_LOOK):
            if self._is_ending:
                continue
            self._receive()
            doing, call = self.doing, f"{self.calls} {self.doing}"
            if state != (call, len(self._left)):
                state, since = (call, len(self._left)), time.monotonic()
            waited = time.monotonic() - since if doing else 0.0
            waits = waited > _PATIENCE
            for rank, reason in [*self._left.items()]:
                if reason:
                    self._say_and_abort(f"rank {rank} has ended: {reason}", reason)
                elif waited > _PATIENCE + 1:  # it had time to say why, when it heard of the waiting
                    why = f"rank {rank} has ended, and rank {self._rank} waits for it in {doing}"
                    self._say_and_abort(f"{why}: {must}")
            if waits and told != call:
                self._send(told := call, "+")
            for rank, other in [*self._waits.items()] if waits else ():
                number, theirs = other.split()
                if call.startswith(f"{number} ") and other != call:
                    why = f"rank {self._rank} waits in {doing}, and rank {rank} in {theirs}"
                    self._say_and_abort(f"{why}: {must}")

    def _say_and_abort(self, what: str, reason: str = "") -> None:
        """Say it, as the first rank that is there, and end all ranks."""
        there = [rank for rank in range(self._size) if rank not in self._left]
        time.sleep(min(there.index(self._rank), 5))  # if another says it, this is over
        print(f"tinygrad_lr.distributed: {what}. All ranks end.", file=sys.stderr, flush=True)
        self.abort(_INTERRUPTED if reason.startswith("KeyboardInterrupt") else 1)

    def abort(self, code: int) -> None:
        """End all ranks, without another word."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):  # it may be closed
                stream.flush()
        self._herald.dismiss()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # for what MPI would say
        self._mpi.COMM_WORLD.Abort(code)
