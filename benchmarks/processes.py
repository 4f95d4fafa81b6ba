"""What needs a fresh process: the time of an import, and the main job from a cold start."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from statistics import median
from types import ModuleType

from benchmarks.plot import Bars
from benchmarks.report import ROOT, Goal, Options, Section
from benchmarks.timing import ratio

# None of these may come along with `import tinygrad_lr`.
UNWANTED = ("cupy", "matplotlib", "torch", "tqdm")

TIME_IMPORT = """
import sys, time
start = time.perf_counter()
import {module}
print(time.perf_counter() - start, *[name for name in {unwanted} if name in sys.modules])
"""

IMAGE_BY_IMAGE = "PyTorch, image by image (document 001)"
EXAMPLE = "examples/mnist_logreg.py"
OURS = f"tinygrad_lr, {EXAMPLE}"


def run(*arguments: str, **variables: str) -> tuple[float, str]:
    """Wall time and output of `python arguments...` in the repository root, with no terminal.

    `variables` are added to its environment.
    """
    # Whatever holds here, a user's Python keeps the modules it has compiled.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"python {' '.join(arguments)} failed:\n{done.stderr}")
    return seconds, done.stdout


def pytorch() -> ModuleType | None:
    """`tests.reference`, the one module that imports PyTorch; None where it cannot."""
    try:
        return importlib.import_module("tests.reference")
    except ImportError:
        return None


# -- import ----------------------------------------------------------------------------------------


def benchmark_import(options: Options) -> Section:
    """`import tinygrad_lr` against `import numpy`, the import statement alone."""
    modules = ("tinygrad_lr", "numpy")
    times: dict[str, list[float]] = {module: [] for module in modules}
    brought: set[str] = set()
    for number in range(options.times(21, quick=5) + 1):
        for module in modules:
            _, output = run("-c", TIME_IMPORT.format(module=module, unwanted=UNWANTED))
            seconds, *unwanted = output.split()
            brought.update(unwanted)
            if number > 0:  # the first round writes the .pyc files and fills the disk cache
                times[module].append(float(seconds))

    against = ratio(times, "tinygrad_lr", "numpy")
    return Section(
        "Import, in a fresh process",
        ["", "x numpy", "ms"],
        [
            [f"import {m}", f"{ratio(times, m, 'numpy'):.2f}", f"{median(times[m]) * 1e3:.0f}"]
            for m in modules
        ],
        [f"of {', '.join(UNWANTED)} it imports: {', '.join(sorted(brought)) or 'none'}"],
        [
            Goal("import tinygrad_lr / import numpy", against, 1.3),
            Goal(f"imports of {', '.join(UNWANTED)}", len(brought), 0, unit=""),
        ],
    )


# -- the main job ----------------------------------------------------------------------------------


def benchmark_job(options: Options) -> Section:
    """Document 001's whole program, from a cold start to the last accuracy."""
    section = Section("The main job from a cold start to its last line", ["", "PyTorch / it", "s"])
    section.notes.append(f"{EXAMPLE} asks OpenBLAS for one thread, unless told otherwise")
    commands = {OURS: [EXAMPLE, "--device", options.device]}
    # find_spec looks whether PyTorch is there without importing it.
    if importlib.util.find_spec("torch") and importlib.util.find_spec("PIL"):
        commands[IMAGE_BY_IMAGE] = ["-m", "tests.reference"]
    else:
        section.notes.append("PyTorch's side needs torch and pillow: not installed")

    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(options.times(3, quick=1, gpu=1)):
        for name, command in commands.items():
            seconds, output = run(*command)
            times[name].append(seconds)
            if len(times[name]) == 1:
                section.notes.append(f"{name} ended with: {last_accuracy(output)}")

    for name in commands:
        faster = f"{ratio(times, IMAGE_BY_IMAGE, name):.2f}" if len(commands) == 2 else "-"
        section.rows.append([name, faster, f"{median(times[name]):.2f}"])
    if len(commands) == 2:
        faster_by = ratio(times, IMAGE_BY_IMAGE, OURS)
        section.goals.append(
            Goal(f"main job, times as fast as {IMAGE_BY_IMAGE}", faster_by, 10, at_least=True)
        )
    medians = {name: median(rounds) for name, rounds in times.items()}
    section.chart = Bars("The main job, cold start to last line", "seconds", medians, ",.1f")
    return section


def last_accuracy(output: str) -> str:
    """The last line that speaks of an accuracy: evidence that both programs learned the same."""
    lines = [line.strip() for line in output.splitlines() if re.search("accuracy", line, re.I)]
    return lines[-1] if lines else "no word of an accuracy"
