"""What needs a fresh process: the time of an import, and the main job from a cold start."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import resource
import subprocess
import sys
import time
from statistics import median
from types import ModuleType
from typing import Any

from benchmarks.plot import Bars
from benchmarks.report import ROOT, Goal, Options, Section
from benchmarks.timing import ratio

# None of these may come along with `import tinygrad_lr`.
UNWANTED = ("cupy", "matplotlib", "torch", "tqdm")

TIME_IMPORT = """
import sys, time
start = time.process_time()
import {module}
print(time.process_time() - start, *[name for name in {unwanted} if name in sys.modules])
"""

IMAGE_BY_IMAGE = "PyTorch, image by image (document 001)"
EXAMPLE = "examples/mnist_logreg.py"
OURS = f"tinygrad_lr, {EXAMPLE}"
START = "python -c 'import numpy'"


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


def peers() -> dict[str, Any]:
    """The steps of other libraries, which tests/peers.py has; without the tests, none."""
    try:
        found: dict[str, Any] = importlib.import_module("tests.peers").PEERS
    except ImportError:
        return {}
    return found


def cpu_seconds() -> float:
    """CPU time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# -- import ----------------------------------------------------------------------------------------


def benchmark_import(options: Options) -> Section:
    """`import tinygrad_lr` against `import numpy`: the CPU time of the import statement alone."""
    modules = ("tinygrad_lr", "numpy")
    times: dict[str, list[float]] = {module: [] for module in modules}
    brought: set[str] = set()
    for number in range(options.times(21, quick=7) + 1):
        for module in modules:
            _, output = run("-c", TIME_IMPORT.format(module=module, unwanted=UNWANTED))
            seconds, *unwanted = output.split()
            brought.update(unwanted)
            if number > 0:  # the first round writes the .pyc files and fills the disk cache
                times[module].append(float(seconds))

    against = ratio(times, "tinygrad_lr", "numpy")
    return Section(
        "Import, in a fresh process",
        ["", "x numpy", "ms of CPU time"],
        [
            [f"import {m}", f"{ratio(times, m, 'numpy'):.2f}", f"{median(times[m]) * 1e3:.0f}"]
            for m in modules
        ],
        [f"of {', '.join(UNWANTED)} it imports: {', '.join(sorted(brought)) or 'none'}"],
        [Goal("import tinygrad_lr / import numpy, CPU time", against, 1.2)],
    )


# -- the main job ----------------------------------------------------------------------------------


def benchmark_job(options: Options) -> Section:
    """Document 001's whole program, from a cold start to the last accuracy."""
    section = Section(
        "The main job from a cold start to its last line",
        ["", "s", "s of CPU time", "of that beyond the start of Python and NumPy"],
        notes=[f"{EXAMPLE} asks OpenBLAS for one thread, unless told otherwise"],
    )
    commands = {START: ["-c", "import numpy"], OURS: [EXAMPLE, "--device", options.device]}
    # find_spec looks whether PyTorch is there without importing it.
    if options.quick:
        section.notes.append("PyTorch's side, a minute, is left out of a quick run")
    elif importlib.util.find_spec("torch") and importlib.util.find_spec("PIL"):
        commands[IMAGE_BY_IMAGE] = ["-m", "tests.reference"]
    else:
        section.notes.append("PyTorch's side needs torch and pillow: not installed")

    wall: dict[str, list[float]] = {name: [] for name in commands}
    cpu: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(options.times(5, quick=3, gpu=1)):
        for name, command in commands.items():
            if name == IMAGE_BY_IMAGE and number > 0:
                continue  # it is some forty times as long: once says it
            before = cpu_seconds()
            seconds, output = run(*command)
            cpu[name].append(cpu_seconds() - before)
            wall[name].append(seconds)
            if number == 0 and name != START:
                section.notes.append(f"{name} ended with: {last_accuracy(output)}")

    start = median(cpu[START])
    for name in commands:
        used = median(cpu[name])
        beyond = "-" if name == START else f"{used - start:.2f}"
        section.rows.append([name, f"{median(wall[name]):.2f}", f"{used:.2f}", beyond])
    if options.device == "cpu":
        name = "main job, CPU time beyond the start of Python and NumPy"
        section.goals.append(Goal(name, median(cpu[OURS]) - start, 0.5, "s"))
    medians = {name: median(rounds) for name, rounds in wall.items() if name != START}
    if len(medians) > 1:
        section.chart = Bars("The main job, cold start to last line", "seconds", medians, ",.1f")
    return section


def last_accuracy(output: str) -> str:
    """The last line that speaks of an accuracy: evidence that both programs learned the same."""
    lines = [line.strip() for line in output.splitlines() if re.search("accuracy", line, re.I)]
    return lines[-1] if lines else "no word of an accuracy"
