"""How a rank ends, so that no other waits for it for ever.

MPI itself would: a rank that raises an error leaves the others in their all-reduce. So an error
ends all ranks, and it is said which had it. And each rank has a thread that tells the others, again
and again, which call it waits in, or that it has ended: so all know the same of all, and see alike
who waits in vain. Who is killed can say nothing: a process beside it does (herald.py), and mpiexec
ends the others.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
import time
from types import TracebackType
from typing import Any

import numpy as np

from .herald import Herald

_PAUSE = 0.1  # seconds, before a rank tells its state once more
_PATIENCE = 12  # so often, in about 2 seconds, the states may be the same
_LONG = 60  # and so often if a broadcast may be on its way, which the sender does not wait for
_ROW = "S120"  # of bytes: a state
_ENDED, _FAILED, _ENDS = "has ended", "has failed", "ends all"  # what it does, besides calls


class Ending:
    """What a rank knows of the others' ends, and they of its own."""

    def __init__(self, mpi: Any, herald: Herald) -> None:
        self._mpi, self._herald = mpi, herald
        self._all = mpi.COMM_WORLD.Dup()
        self._rank, self._size = self._all.Get_rank(), self._all.Get_size()
        self.doing: str = ""  # the call in which this rank waits for the others
        self.calls: int = 0  # how many there have been
        self._error: Any = ()
        self._is_said = False  # why all end, by another rank
        self._hook_before = sys.excepthook
        self._thread = threading.Thread(target=self._watch, daemon=True)
        if self._size > 1:
            sys.excepthook = self._on_error
            atexit.register(self.leave)
            if mpi.Query_thread() == mpi.THREAD_MULTIPLE:  # as mpi4py asks for
                self._thread.start()

    def leave(self) -> None:
        """Leave as all do in the end, and wait until all have."""
        atexit.unregister(self.leave)
        self._error = sys.exc_info()  # as in a `finally` that calls destroy_process_group()
        failed = isinstance(self._error[1], (Exception, KeyboardInterrupt))
        self.calls, self.doing = self.calls + 1, _FAILED if failed else _ENDED
        try:
            if self._thread.is_alive():
                self._thread.join()
        except KeyboardInterrupt as error:  # at the end of Python nobody else would see it
            self._on_error(type(error), error, None)
        self._herald.dismiss()
        self._all.Barrier()  # and none begins anew before
        self._all.Free()
        if sys.excepthook == self._on_error:
            sys.excepthook = self._hook_before

    def _on_error(self, kind: Any, error: BaseException, trace: TracebackType | None) -> None:
        """In the place of sys.excepthook: this rank ends, and with it all others."""
        time.sleep(0.5 * min(self._rank, 8))  # what all have is said once: by the first
        interrupted = issubclass(kind, KeyboardInterrupt)
        if not self._is_said:
            if not interrupted:
                self._hook_before(kind, error, trace)
            reason = " ".join(f"{kind.__name__}: {error}".split()).removesuffix(":")
            self._say(f"rank {self._rank} has ended: {reason}")
        self.abort(130 if interrupted else 1)

    def _say(self, what: str) -> None:
        print(f"tinygrad_lr.distributed: {what}. All ranks end.", file=sys.stderr, flush=True)

    def abort(self, code: int) -> None:
        """End all ranks, without another word."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):  # it may be closed
                stream.flush()
        self.doing = _ENDS
        self._herald.dismiss()
        time.sleep(0.4)  # mpiexec may throw away what it has not read when it hears of an end
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # for what MPI would say
        self._mpi.COMM_WORLD.Abort(code)

    def _watch(self) -> None:
        """The thread: look how all are, until all have ended."""
        before, same = self._states(), 0
        while not all(doing in (_ENDED, _FAILED) for _, doing in before):
            if any(doing == _ENDS for _, doing in before):
                self._is_said = True
                self._herald.dismiss()
            time.sleep(_PAUSE)
            now = self._states()
            before, same = now, same + 1 if now == before else 0
            if same in (_PATIENCE, _LONG):
                self._judge(now, same)
        if all(doing == _ENDED for _, doing in before):  # though a broadcast may not have come
            self._judge(before, _LONG)

    def _states(self) -> list[tuple[str, str]]:
        """How many calls each rank has made, and what it does; all tell it at once."""
        mine = np.array([f"{self.calls} {self.doing}".encode()], _ROW)
        told = np.empty(self._size, _ROW)
        request = self._all.Iallgather(mine.view(np.uint8), told.view(np.uint8))
        while not request.Test():
            time.sleep(_PAUSE)
        rows = (row.decode(errors="ignore").partition(" ") for row in told.tolist())
        return [(calls, doing) for calls, _, doing in rows]

    def _judge(self, states: list[tuple[str, str]], same: int) -> None:
        """All are as they were for long: end them, if they wait in vain. One of them says it."""
        rank = next((rank for rank, state in enumerate(states) if state != states[0]), 0)
        if not rank or not all(doing for _, doing in states):
            return  # all are in one call, or one computes
        if states[rank][0] != states[0][0] and same < _LONG:
            return
        self._herald.dismiss()
        failed = [rank for rank, (_, doing) in enumerate(states) if doing == _FAILED]
        if self._rank != (failed or [0])[0]:
            return
        if failed:
            self._on_error(*self._error)
        first, other = (
            f"has ended after {int(n) - 1} calls of MPI's" if what == _ENDED else f"waits in {what}"
            for n, what in (states[0], states[rank])
        )
        must = "all ranks must make the same calls, with the same shapes, and as many steps"
        self._say(f"rank 0 {first}, and rank {rank} {other}: {must}")
        self.abort(1)
