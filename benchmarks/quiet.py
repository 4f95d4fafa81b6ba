"""Was the machine quiet meanwhile? What others computed while this process measured.

Linux says how long its cores have been busy since it was started (/proc/stat), and the process how
long it and its children have: the rest was others, or was taken away by the host of a virtual
machine. Where there is no /proc/stat, nothing is known, and nothing is said.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

MOST = 0.1  # cores: with less than that at work besides, medians of interleaved rounds hold


@dataclass(frozen=True)
class Others:
    """Of how many cores others had the time."""

    processes: float
    host: float  # of the virtual machine

    @property
    def too_many(self) -> bool:
        return self.processes + self.host > MOST

    def __str__(self) -> str:
        said = f"other processes had {self.processes:.2f} cores"
        taken = f", and the host of this virtual machine took {self.host:.2f}"
        return f"{said}{taken if self.host >= 0.005 else ''}, of {os.cpu_count()}"


class Watch:
    """Begins when it is made; ``others()`` says what others did since, None if that is unknown."""

    def __init__(self, stat: Path = Path("/proc/stat")) -> None:
        self._stat = stat
        self._began = time.monotonic(), _own(), _machine(stat)

    def others(self) -> Others | None:
        began, own, before = self._began
        now = _machine(self._stat)
        seconds = time.monotonic() - began
        if before is None or now is None or seconds <= 0:
            return None
        busy, stolen = (later - earlier for later, earlier in zip(now, before, strict=True))
        return Others(max(0.0, busy - (_own() - own)) / seconds, stolen / seconds)


def _own() -> float:
    """CPU seconds of this process, and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _machine(stat: Path) -> tuple[float, float] | None:
    """CPU seconds for which all cores were busy, and those that the host took away."""
    try:
        ticks = map(int, stat.read_text().split()[1:9])
        user, nice, system, _idle, _wait, irq, softirq, stolen = ticks
    except (OSError, ValueError):
        return None
    second = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq) / second, stolen / second
