"""What every benchmark here shares: the machine in words, fair timing, tables, and the goals."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from types import ModuleType

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "examples" / "data"
RAW = DATA / "MNIST" / "raw"


# -- options and results ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Options:
    """What the command line asked for. `rounds` None leaves the number to each benchmark."""

    quick: bool = False
    rounds: int | None = None
    device: str = "cpu"

    def times(self, usual: int, quick: int) -> int:
        """How many rounds to run."""
        return self.rounds or (quick if self.quick else usual)


@dataclass(frozen=True)
class Goal:
    """One demand beside what was measured."""

    name: str
    measured: float
    wanted: float
    unit: str = "x"
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted

    def row(self) -> list[str]:
        sign = ">=" if self.at_least else "<="
        digits = 2 if self.unit == "x" else 0
        return [
            self.name,
            f"{self.measured:,.{digits}f} {self.unit}",
            f"{sign} {self.wanted:,g} {self.unit}",
            "met" if self.met else "NOT MET",
        ]


@dataclass
class Section:
    """The outcome of one benchmark: a table, remarks under it, and the goals it answers."""

    title: str
    headers: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [self.title, table(self.headers, self.rows)]
        return "\n".join(lines + [f"  {note}" for note in self.notes])


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns: the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [headers, *rows]) for i in range(len(headers))]

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return "  " + "  ".join(cells)

    return "\n".join([line(headers), "  " + "  ".join("-" * w for w in widths), *map(line, rows)])


# -- timing ----------------------------------------------------------------------------------------


def race(
    contestants: dict[str, Callable[[], object]], steps: int, rounds: int, parts: int = 1
) -> dict[str, list[float]]:
    """Seconds a step of each contestant, one number per round.

    A contestant is a function that does one step. In a round each does `steps` of them, in `parts`
    turns, and the turns go round the contestants: whatever else slows the machine for a moment
    slows them all, and dividing one contestant's round by another's cancels it.
    """
    names = list(contestants)
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        spent = dict.fromkeys(names, 0.0)
        for part in range(parts):
            shift = (number + part) % len(names)  # nobody is always the one after PyTorch
            for name in names[shift:] + names[:shift]:
                spent[name] += _turn(contestants[name], steps // parts)
        for name in names:
            times[name].append(spent[name] / (steps // parts * parts))
    return times


def _turn(step: Callable[[], object], steps: int) -> float:
    # The worker threads of OpenBLAS and of PyTorch spin for some milliseconds after their last job.
    # Let them go to sleep, so that nobody pays for the one before, and wake this one's own.
    time.sleep(0.03)
    for _ in range(3):
        step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return time.perf_counter() - start


def ratio(times: dict[str, list[float]], name: str, base: str) -> float:
    """The median over the rounds of `name`'s time divided by `base`'s in the same round."""
    return median(ratios(times, name, base))


def ratios(times: dict[str, list[float]], name: str, base: str) -> list[float]:
    """`name`'s time divided by `base`'s, round by round."""
    return [a / b for a, b in zip(times[name], times[base], strict=True)]


def middle_half(values: list[float]) -> str:
    """Where the middle half of `values` lies: how far their median can be trusted."""
    low, _, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return f"{low:.2f} to {high:.2f}"


# -- the machine -----------------------------------------------------------------------------------


def machine(reference: ModuleType | None) -> str:
    """The processor and the libraries, one fact a line."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = {name: os.environ[name] for name in os.environ if name.endswith("_NUM_THREADS")}
    lines = [
        f"cpu      {_cpu_model()}, {os.cpu_count()} cores",
        f"python   {platform.python_version()} on {platform.system()} {platform.machine()}",
        f"numpy    {np.__version__} with {blas['name']} {blas['version']}",
        f"torch    {reference.describe() if reference else 'not installed: its rows are left out'}",
        f"threads  {threads or 'each library at its default, for all contestants alike'}",
        f"load     {_load()}",
    ]
    return "\n".join(f"  {line}" for line in lines)


def _load() -> str:
    if not hasattr(os, "getloadavg"):
        return "unknown"
    load = os.getloadavg()[0]
    others = "" if load < 0.5 else ": others are at work here, expect noise"
    return f"{load:.1f} processes ran in the last minute, before this one{others}"


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or "unknown processor"
