"""Does memory grow while training? Resident memory before and after 100,000 steps.

`python -m benchmarks.memory` prints two numbers: kB before and kB after. The benchmark runs it in a
process of its own, where nothing else allocates.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.processes import run
from benchmarks.report import Goal, Options, Section
from benchmarks.steps import LOOPS, OurStep, our_dataset
from tinygrad_lr.utils.data import DataLoader

# 1 MB over 100,000 steps is 10 bytes a step: less than any object that a step could leave behind.
FLAT_KB = 1024
WARM_UP = 5000


def resident_kb() -> int:
    """Resident memory now; where there is no /proc the peak so far, which growth raises too."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak


def benchmark(options: Options) -> Section:
    steps = 20_000 if options.quick else 100_000
    _, output = run("-m", "benchmarks.memory", "--steps", str(steps), "--device", options.device)
    before, after = map(int, output.split())
    return Section(
        f"Resident memory over {steps:,} training steps of 784-10 (batch 10)",
        ["", "kB"],
        [["before", f"{before:,}"], ["after", f"{after:,}"], ["growth", f"{after - before:,}"]],
        goals=[Goal(f"memory growth in {steps:,} steps", after - before, FLAT_KB, unit="kB")],
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()

    loop = replace(LOOPS["logreg"], batch=10)  # small batches: the same objects a step, less time
    loader = DataLoader(our_dataset(options.device), batch_size=loop.batch, shuffle=True)
    step = OurStep(loop, loader, options.device)
    for _ in range(WARM_UP):
        step()
    before = resident_kb()
    for _ in range(options.steps):
        step()
    print(before, resident_kb())


if __name__ == "__main__":
    main()
