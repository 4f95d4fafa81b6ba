"""How a rank ends, so that no other waits for it for ever.

MPI itself would: a rank that raises an error leaves the others in their all-reduce. Here

- an error that nobody catches ends all ranks, and the rank that has it says so;
- a thread of each rank compares the ranks' calls, one after the other. The first that not all have
  come out of must be the same on all of them, and to leave the group is the last of a rank's calls:
  so a rank that has ended, or makes another call, is told from one that is slow;
- who is killed can say nothing: a process beside it does (herald.py), and mpiexec ends the others.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
import time
from collections import deque
from types import TracebackType
from typing import Any

import numpy as np

from .herald import Herald

_PAUSE = 0.1  # seconds, between two looks at the others
_ROW = "S200"  # of bytes: what a rank tells
# How the name of a call begins: one in which the ranks tell each other what they want; one that has
# raised an error, and for which the others may wait.
ASKING, FAILING = "?", "#"
_LEAVING = "!"
_ENDED, _FAILED = _LEAVING + "ended", _LEAVING + "failed"  # the last of a rank's calls
_ENDS = "ends all"
_KINDS = ASKING, FAILING, _LEAVING


class Ending:
    """What a rank knows of the others' ends, and they of its own."""

    def __init__(self, mpi: Any, herald: Herald) -> None:
        self._mpi, self._herald = mpi, herald
        self._all = mpi.COMM_WORLD.Dup()
        self._rank, self._size = self._all.Get_rank(), self._all.Get_size()
        self.calls: deque[str] = deque(maxlen=0)  # begun here, and not yet ended on all ranks
        self.done: int = 0  # how many this rank has come out of, since the beginning
        self._ends = ""  # or _ENDS
        self._error: Any = ()
        self._is_said = False  # why all end, by another rank
        self._hook_before = sys.excepthook
        self._thread = threading.Thread(target=self._watch, daemon=True)
        if self._size > 1:
            sys.excepthook = self._on_error
            atexit.register(self.leave)
            if mpi.Query_thread() == mpi.THREAD_MULTIPLE:  # as mpi4py asks for
                self.calls = deque()
                self._thread.start()

    def leave(self) -> None:
        """Leave as all do in the end, and wait until all have."""
        atexit.unregister(self.leave)
        self._error = sys.exc_info()  # as in a `finally` that calls destroy_process_group()
        failed = isinstance(self._error[1], (Exception, KeyboardInterrupt))
        self.calls.append(_FAILED if failed else _ENDED)
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
        self._ends = _ENDS
        self._herald.dismiss()
        time.sleep(0.4)  # mpiexec may throw away what it has not read when it hears of an end
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # for what MPI would say
        self._mpi.COMM_WORLD.Abort(code)

    def _watch(self) -> None:
        """The thread: compare the ranks' calls until all have left."""
        number = 0  # so many calls all have come out of: the next is compared
        while True:
            done, calls = self._told()
            who: dict[str, int] = {}  # the first rank that makes a call of this kind
            for rank, call in enumerate(calls):
                if call:
                    who.setdefault(call[0] if call[0] in _KINDS else call, rank)
            if _ENDS in calls:
                self._is_said = True
                self._herald.dismiss()
            elif len(who) > 1:
                self._end(number, calls, *[*who.values()][:2])
            elif all(call in (_ENDED, _FAILED) for call in calls):
                return
            while number < min(done):
                self.calls.popleft()
                number += 1

    def _told(self) -> tuple[list[int], list[str]]:
        """How many calls each rank has come out of; and what its first of `calls` is, if anything.

        All tell it at once, so that all know the same, and come to the same end.
        """
        done = self.done  # before the call: who has come out of it has begun it
        call = self._ends or (self.calls[0] if self.calls else "")
        mine, told = np.array([f"{done} {call}".encode()], _ROW), np.empty(self._size, _ROW)
        request = self._all.Iallgather(mine.view(np.uint8), told.view(np.uint8))
        time.sleep(_PAUSE)
        while not request.Test():
            time.sleep(_PAUSE)
        rows = [row.decode(errors="ignore").partition(" ") for row in told.tolist()]
        return [int(n) for n, _, _ in rows], [call for _, _, call in rows]

    def _end(self, number: int, calls: list[str], one: int, other: int) -> None:
        """Of the calls after so many those of two ranks differ: end all. One rank says it."""
        self._herald.dismiss()
        if self._rank != (calls.index(_FAILED) if _FAILED in calls else one):
            return
        if _FAILED in calls:
            self._on_error(*self._error)
        first, second = (
            f"has ended after {number} calls of MPI's"
            if calls[rank] == _ENDED
            else f"calls {calls[rank].lstrip(ASKING + FAILING)}"
            for rank in (one, other)
        )
        must = "all ranks must make the same calls, with the same shapes, and as many steps"
        self._say(f"rank {one} {first}, and rank {other} {second}: {must}")
        self.abort(1)
