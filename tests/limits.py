"""Limits of the operating system, set for a block: on memory, on time, on the length of files."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MB = 1 << 20


@contextmanager
def limited(what: int, amount: int) -> Iterator[None]:
    """In this block the system refuses more than `amount` of `what`, as a full disk would.

    Processes started in the block have the limit too. RLIMIT_FSIZE: no file grows longer.
    """
    before = resource.getrlimit(what)
    resource.setrlimit(what, (amount, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


def addressed() -> int:
    """How many bytes of addresses this process has now; on systems that do not tell, a lot."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 45


@contextmanager
def bounded(memory: int, seconds: float = 20) -> Iterator[None]:
    """In this block `memory` more bytes are a MemoryError, and a hang is a TimeoutError.

    `seconds` are those of the processor, which others' work does not change; who waits for
    something, and uses none, has ten times as many.

    The limit is the system's, on all that is allocated: tracemalloc would miss what the library of
    safetensors, written in Rust, allocates.
    """

    def too_long(*_: Any) -> None:
        raise TimeoutError(f"still at work after {seconds} seconds of the processor")

    clocks = {signal.SIGPROF: signal.ITIMER_PROF, signal.SIGALRM: signal.ITIMER_REAL}
    handlers = {number: signal.signal(number, too_long) for number in clocks}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 10 * seconds)
    try:
        with limited(resource.RLIMIT_AS, addressed() + memory):
            yield
    finally:
        for number, clock in clocks.items():
            signal.setitimer(clock, 0)
            signal.signal(number, handlers[number])
