"""A rank that ends leaves no other waiting: all end within seconds, and one says which and why."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Iterator

import pytest
from parallel import ended, needs_mpi, run, start
from processes import TESTS
from sampled import ordinarily

pytestmark = needs_mpi
PROGRAM = TESTS / "parallel_ends.py"


WAITS = "rank 0 calls all_reduce of (3,) float32 SUM, and rank 1"
# How rank 1 ends, with how many ranks, and what is said.
ENDS = {
    "error": (2, "rank 1 has ended: ValueError: no such thing. All ranks end."),
    "all": (3, "has ended: ValueError: on all of them. All ranks end."),
    "killed": (3, "rank 1 (process"),
    "fewer": (2, f"{WAITS} has ended after "),
    "other": (3, f"{WAITS} calls barrier: all ranks must make the same calls"),
    "order": (2, f"{WAITS} calls all_reduce of (3,) int32 SUM: all ranks must make the same"),
    "fails": (2, f"{WAITS} calls barrier, which fails: no memory: all ranks must make the same"),
    "finally": (2, "rank 1 has ended: ValueError: and then leaves the group. All ranks end."),
    "ctrl-c": (3, "rank 1 has ended: KeyboardInterrupt. All ranks end."),
    "before": (2, "rank 0 has ended before init_process_group, in which the others wait for it"),
}


@pytest.mark.parametrize("how", ordinarily("error", "killed", "other", "before", of=ENDS))
def test_the_others_end_and_say_which_and_why(how: str) -> None:
    ranks, words = ENDS[how]
    ran = run(ranks, PROGRAM, how)
    assert ran.code not in (0, 124), ran.err
    assert ran.err.count(words) == 1, ran.err
    assert "has all" not in ran.out
    assert ran.err.count("Traceback") == (how in ("error", "all", "finally", "before"))


def test_a_rank_that_is_only_starting_when_another_is_killed_is_not_the_one() -> None:
    ran = run(2, PROGRAM, "starting")
    assert ran.code not in (0, 124)
    assert "rank 0" not in ran.err  # mpiexec, which ends with it, may not pass on who it was
    assert "rank 1 (process" in ran.err or not ran.err


def test_a_broadcast_that_only_its_source_makes_is_told_at_the_end() -> None:
    ran = run(2, PROGRAM, "ahead")
    assert ran.code == 1
    words = "rank 0 calls broadcast of (3,) float32 0, and rank 1 has ended after 9 calls"
    assert ran.err.count(words) == 1, ran.err


def processes(mark: str) -> Iterator[int]:
    """The running processes whose environment has `mark` in it: those of this test, no others'."""
    for number in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/environ", encoding="utf-8", errors="replace") as file:
                if mark in file.read():
                    yield int(number)
        except OSError:
            pass  # it has ended meanwhile


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="there is no list of processes here")
def test_all_goes_well_though_not_at_the_same_time_and_no_process_is_left() -> None:
    through = "import subprocess as s, sys; s.run([sys.executable, *sys.argv[1:]], close_fds=False)"
    mark = uuid.uuid4().hex
    ran = run(3, "-c", through, PROGRAM, "later", MARK=mark)  # as through a shell, or `uv run`
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("has all") == 3
    deadline = time.monotonic() + 60
    while [*processes(mark)] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [*processes(mark)] == []


def test_ctrl_c_at_the_terminal_ends_all_with_one_line() -> None:
    process = start(2, PROGRAM, "forever")
    assert process.stdout.readline()  # all have begun
    process.send_signal(signal.SIGINT)  # as the terminal sends it: to mpiexec, which passes it on
    ran = ended(process)
    assert ran.code != 0
    assert ran.err.count("KeyboardInterrupt") == 1, ran.err
