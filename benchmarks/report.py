"""What a benchmark hands back: tables, goals, charts; and the files made of them.

A run writes its figures to results.json. RESULTS.md and results.png are drawn from that file and
from nothing else: `python -m benchmarks --draw` makes them anew without measuring.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import tinygrad_lr as tg
from benchmarks.plot import Bars, Lines, save_plot
from tinygrad_lr.device import library
from tinygrad_lr.utils.files import replacing

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "examples" / "data"
RAW = DATA / "MNIST" / "raw"


@dataclass(frozen=True)
class Options:
    """What the command line asked for. `rounds` None leaves the number to each benchmark.

    `reference` is `tests.reference`, the only way to PyTorch, or None where there is no PyTorch.
    """

    quick: bool = False
    rounds: int | None = None
    device: str = "cpu"
    reference: ModuleType | None = None

    def times(self, usual: int, quick: int, gpu: int | None = None) -> int:
        """How many rounds to run; on a GPU fewer, where it is lent by the minute."""
        if self.rounds or self.quick:
            return self.rounds or quick
        return usual if self.device == "cpu" or gpu is None else gpu


@dataclass(frozen=True)
class Goal:
    """One demand beside what was measured. `dream` is the further goal, where there is one."""

    name: str
    measured: float
    wanted: float
    unit: str = "x"
    at_least: bool = False
    dream: float | None = None

    @property
    def met(self) -> bool:
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted

    def row(self) -> list[str]:
        sign = ">=" if self.at_least else "<="
        digits = {"x": 2, "us": 2, "s": 3}.get(self.unit, 0)
        dream = "" if self.dream is None else f" (dream: {self.dream:g})"
        return [
            self.name,
            f"{self.measured:,.{digits}f} {self.unit}".strip(),
            f"{sign} {self.wanted:,g} {self.unit}".strip() + dream,
            "reached" if self.met else "NOT REACHED",
        ]


@dataclass
class Section:
    """The outcome of one benchmark: a table, remarks under it, goals it answers, and a chart.

    `first` is a column of the report's first table: microseconds a step, under `first_title`.
    """

    title: str
    headers: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    chart: Lines | Bars | None = None
    first_title: str = ""
    first: dict[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, told: dict[str, Any]) -> Section:
        """The section that `dataclasses.asdict` has told."""
        goals = [Goal(**goal) for goal in told["goals"]]
        chart = told["chart"]
        if chart is not None:
            chart = (Lines if "curves" in chart else Bars)(**chart)
        return cls(**told | {"goals": goals, "chart": chart})

    def __str__(self) -> str:
        notes = "".join(f"\n- {note}" for note in self.notes)
        return f"## {self.title}\n\n{table(self.headers, self.rows)}\n{notes}".rstrip()


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table that is readable in a terminal too."""
    widths = [max(3, *(len(row[i]) for row in [headers, *rows])) for i in range(len(headers))]

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return f"| {' | '.join(cells)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(headers), line(rule), *map(line, rows)])


def goals_table(sections: Sequence[Section]) -> str:
    """All the goals of `sections`; empty if they have none."""
    rows = [goal.row() for section in sections for goal in section.goals]
    return table(["goal", "measured", "wanted", ""], rows) if rows else ""


OURS, TRACED = "tinygrad_lr", "tinygrad_lr, traced"  # what the others are measured by
LIBRARIES = {  # of whom the version is said, by how a contestant's name begins
    "by hand": "numpy",
    "tinygrad_lr": "tinygrad_lr",
    "PyTorch": "torch",
    "JAX": "jax",
    "MyGrad": "mygrad",
    "HIPS autograd": "autograd",
    "tinygrad,": "tinygrad",
}


def first_table(sections: Sequence[Section]) -> str:
    """What a reader wants first: a step of both networks, by everyone; empty if not measured."""
    columns = [section for section in sections if section.first]
    if not columns:
        return ""
    headers = ["microseconds a step", "version"]
    for section in columns:
        headers += [section.first_title, "x traced", f"x {OURS}"]
    names = dict.fromkeys(name for section in columns for name in section.first)
    rows = []
    for name in names:
        rows.append([name, _version(name)])
        for section in columns:
            us = section.first.get(name)
            bases = [section.first.get(base) for base in (TRACED, OURS)]
            rows[-1].append("-" if us is None else f"{us:,.0f}")
            rows[-1] += [f"{us / base:.2f}" if us and base else "-" for base in bases]
    return table(headers, rows)


def _version(name: str) -> str:
    library = next((lib for start, lib in LIBRARIES.items() if name.startswith(start)), "")
    try:
        return f"{library} {importlib.metadata.version(library)}"
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return f"{library} {tg.__version__}" if library == "tinygrad_lr" else "-"


# -- the files -------------------------------------------------------------------------------------


def paths(folder: Path, device: str) -> tuple[Path, Path, Path]:
    """A GPU's results get names of their own, and do not replace those of the CPU."""
    end = "" if device == "cpu" else f"-{device}"
    return folder / f"results{end}.json", folder / f"RESULTS{end}.md", folder / f"results{end}.png"


def save(
    folder: Path, heading: str, sections: Sequence[Section], device: str, command: str
) -> list[Path]:
    """Write the figures to `folder`, and what is drawn from them: a file entire or not at all."""
    figures = paths(folder, device)[0]
    told = {
        "title": "A training step, and what is around it, measured side by side",
        "command": command,
        "heading": heading,
        "first": first_table(sections),
        "sections": [asdict(section) for section in sections],
    }
    with replacing(figures) as temporary:
        temporary.write_text(json.dumps(told, indent=1) + "\n")
    return [figures, *draw(folder, device)]


def draw(folder: Path, device: str) -> list[Path]:
    """Write RESULTS.md and results.png from results.json."""
    figures, text, picture = paths(folder, device)
    told = json.loads(figures.read_text())
    sections = [Section.read(section) for section in told["sections"]]
    charts = [section.chart for section in sections if section.chart is not None]
    if charts:
        with replacing(picture) as temporary:
            save_plot(charts, temporary, told["title"], told["command"])
    with replacing(text) as temporary:
        temporary.write_text(report(told, sections, picture.name if charts else ""))
    return [text, picture] if charts else [text]


def report(told: dict[str, Any], sections: Sequence[Section], picture: str) -> str:
    """RESULTS.md."""
    parts = [
        "# Measured results",
        told["first"],
        f"Written by `{told['command']}`. The contestants took turns in one run, and before "
        "anything was timed they were found to compute the same. A time is the median of its "
        "rounds; a ratio below is the median of the rounds' ratios, and means something on another "
        "machine too. Lower is better, but of images a second.",
        told["heading"],
        f"![The same as a picture]({picture})" if picture else "",
        "## Goals",
        goals_table(sections),
        *map(str, sections),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


# -- the machine -----------------------------------------------------------------------------------


def machine(options: Options) -> str:
    """When, what, and on what: one fact a row."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    threads = {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")}
    kernels = os.environ.get("OPENBLAS_CORETYPE")
    chosen = f", told to use its kernels for {kernels}" if kernels else ""
    torch = options.reference.describe() if options.reference else "not installed: left out"
    rows = [
        ["date", date.today().isoformat()],
        ["commit", commit()],
        ["cpu", f"{cpu_model()}, {os.cpu_count()} cores"],
        ["python", f"{platform.python_version()} on {platform.system()} {platform.machine()}"],
        ["numpy", f"{np.__version__} with {blas['name']} {blas['version']}{chosen}"],
        ["torch", torch],
        ["threads", f"{threads or 'each library at its default, for all contestants alike'}"],
        ["load", load()],
    ]
    if options.device == "gpu":
        cupy = library("gpu")
        card = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
        rows.append(["gpu", f"{card}, cupy {cupy.__version__}"])
    return "\n".join(f"- {name + ':':9}{fact}" for name, fact in rows)


def commit() -> str:
    """The commit that is measured, and whether files have changed since."""

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"  # a copy without its history, or a machine without git


def load() -> str:
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return f"{os.getloadavg()[0]:.1f} processes ran in the last minute, before this one"


def cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or "unknown processor"
