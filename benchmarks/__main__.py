"""`python -m benchmarks`, from the root of the repository: everything, side by side, in one run.

Ratios come first, because they mean something on another machine; absolute times are this one's.
The exit code says nothing about speed: that is for people to judge. It is not 0 only when something
could not be measured, or when the contestants turn out to do different work.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from types import ModuleType

from benchmarks import engine, memory, processes, steps
from benchmarks.report import Options, Section, machine, table

reference: ModuleType | None
try:
    from tests import reference  # the only way to PyTorch
except ImportError:
    reference = None

BENCHMARKS: dict[str, Callable[[Options], Section]] = {
    "logreg": lambda options: steps.benchmark("logreg", options, reference),
    "fnn": lambda options: steps.benchmark("fnn", options, reference),
    "engine": engine.benchmark,
    "import": processes.benchmark_import,
    "memory": memory.benchmark,
    "job": processes.benchmark_job,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a first impression")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="may be repeated")
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu", help="of tinygrad_lr")
    parser.add_argument("--rounds", type=int, help="of every benchmark, instead of its own number")
    given = parser.parse_args()
    options = Options(given.quick, given.rounds, given.device)

    print(f"Machine\n{machine(reference)}\n", flush=True)
    goals = []
    for name in given.only or BENCHMARKS:
        section = BENCHMARKS[name](options)
        goals += section.goals
        print(f"{section}\n", flush=True)
    if goals:
        print("Goals")
        print(table(["", "measured", "wanted", ""], [goal.row() for goal in goals]))


if __name__ == "__main__":
    main()
