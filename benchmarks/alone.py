"""Contestants alone in a fresh process: their first step, their peak memory, and their growth.

`python -m benchmarks.alone NAME` is what runs there, and prints the numbers.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks import by_hand, timing
from benchmarks.contestants import HAND, OURS, OURS_TRACED, OurStep, entrants, still
from benchmarks.plot import Bars
from benchmarks.processes import pytorch, run
from benchmarks.report import Goal, Options, Section
from benchmarks.steps import endless, our_dataset
from tinygrad_lr.utils.data import DataLoader

BATCH, PEAK_BATCH = 128, 10_000  # at the peak, what depends on the batch outweighs all else
FIRST_STEPS, LATER = 2, 50


def benchmark(options: Options) -> Section:
    """The first round is not in the medians: it compiles a GPU's kernels and fills disk caches."""
    names = list(entrants(by_hand.fnn_weights(0), 0.1, still(1, options), options))
    found: dict[str, list[list[float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as empty:
        for _ in range(options.times(5, quick=1, gpu=1) + 1):
            for name in names:
                arguments = ["-m", "benchmarks.alone", name, "--device", options.device]
                # At first nothing has been compiled there.
                _, output = run(*arguments, CUPY_CACHE_DIR=empty)
                found[name].append([float(word) for word in output.split()])

    ever = {name: rounds[0][0] for name, rounds in found.items()}
    first, later, begun, peak = (
        {name: median(numbers[column] for numbers in rounds[1:]) for name, rounds in found.items()}
        for column in range(4)
    )
    section = Section(
        "Alone in a fresh process: the first step of 784-100-10, and the peak of its memory",
        [
            "",
            f"first / {HAND}",
            f"peak / {HAND}",
            "ms first ever",
            "ms first",
            "ms later",
            "MB peak, first steps",
            "MB peak, later",
        ],
        [
            [
                name,
                f"{first[name] / first[HAND]:.2f}",
                f"{peak[name] / peak[HAND]:.2f}" if peak[HAND] else "-",
                *(f"{seconds[name] * 1e3:.2f}" for seconds in (ever, first, later)),
                *(f"{kilobytes[name] / 1024:.1f}" for kilobytes in (begun, peak)),
            ]
            for name in names
        ],
        [
            f"steps with a batch of {BATCH}; the first ever finds no disk cache and compiles a "
            "GPU's kernels",
            f"peak: of the host's resident memory in steps with a batch of {PEAK_BATCH:,}, above "
            f"what was there before all of them; the first are {FIRST_STEPS}, in which a step is "
            "traced",
        ],
    )
    if options.device == "cpu" and peak[HAND]:
        section.goals = [
            Goal(f"peak memory, later: {name} / {HAND}", peak[name] / peak[HAND], 1.1)
            for name in (OURS, OURS_TRACED)
        ]
    if options.device == "gpu":
        section.goals = [Goal(f"{OURS}: first step of a fresh process", first[OURS], 1.0, "s")]
    megabytes = {name: kb / 1024 for name, kb in peak.items()}
    title = f"Peak memory of a step of 784-100-10, batch {PEAK_BATCH:,}"
    section.chart = Bars(title, "MB above what was there before", megabytes, ",.1f")
    return section


def benchmark_growth(options: Options) -> Section:
    """Does memory grow while training?"""
    steps = 20_000 if options.quick or options.device == "gpu" else 100_000
    arguments = ["-m", "benchmarks.alone", OURS, "--grow", str(steps), "--device", options.device]
    before, after = map(int, run(*arguments)[1].split())
    return Section(
        f"Resident memory over {steps:,} training steps of 784-10, batch 10",
        ["", "kB"],
        [["before", f"{before:,}"], ["after", f"{after:,}"], ["growth", f"{after - before:,}"]],
    )


# -- in the fresh process --------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--grow", type=int, metavar="STEPS")
    given = parser.parse_args()
    # Only PyTorch's own processes import it: it is in nobody else's time and memory.
    reference = pytorch() if given.name.startswith("PyTorch") else None
    options = Options(device=given.device, reference=reference)
    if given.grow:
        print(*resident_while_training(given.grow, options))
    else:
        print(*first_later_peaks(given.name, options))


def first_later_peaks(name: str, options: Options) -> tuple[float, float, int, int]:
    """Seconds of the first step and of a later one; kB at the peak of the first steps, and later.

    The peaks are 0 where they are not known.
    """
    wait, weights = timing.waiter(options.device), by_hand.fnn_weights(0)
    step = entrants(weights, 0.1, still(BATCH, options), options)[name]()
    seconds = []
    for _ in range(LATER):
        start = time.perf_counter()
        step()
        wait()
        seconds.append(time.perf_counter() - start)

    step = entrants(weights, 0.1, still(PEAK_BATCH, options), options)[name]()
    before, peaks = resident("VmRSS"), []
    for _ in range(2):
        try:
            Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far: only Linux can
        except OSError:
            return seconds[0], median(seconds[LATER // 2 :]), 0, 0
        for _ in range(FIRST_STEPS):
            step()
        peaks.append(resident("VmHWM") - before)
    return seconds[0], median(seconds[LATER // 2 :]), peaks[0], peaks[1]


def resident_while_training(steps: int, options: Options) -> tuple[int, int]:
    """kB resident before and after `steps` steps through the DataLoader."""
    # Small batches: the same objects a step, less time.
    loader = DataLoader(our_dataset(options.device), batch_size=10, shuffle=True)
    step = OurStep(by_hand.logreg_weights(0), 0.001, endless(loader), options.device)
    for _ in range(10_000):
        step()
    before = resident("VmRSS")
    for _ in range(steps):
        step()
    return before, resident("VmRSS")


def resident(name: str) -> int:
    """Resident memory in kB: VmRSS is what it is now, VmHWM its peak."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name))
    except OSError:  # no /proc: the peak of all times, which growth raises too
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak


if __name__ == "__main__":
    main()
