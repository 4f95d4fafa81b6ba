"""`python -m benchmarks`, from the root of the repository: everything, side by side, in one run.

It prints tables, ratios first, because they mean something on another machine; absolute times are
this one's. A complete run writes benchmarks/RESULTS.md and a picture, results.png, if the machine
was quiet: where others computed meanwhile it says so, and keeps nothing. A run with --quick, --only
or --rounds writes nothing. With --save the results are written there, quiet or not.

The exit code says nothing about speed: that is for people to judge. It is not 0 only when something
could not be measured, or when the contestants turn out to do different work.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import tinygrad_lr as tg
from benchmarks import alone, engine, growth, launches, loader, processes, reductions, steps
from benchmarks.plot import require_matplotlib
from benchmarks.quiet import Others, Watch
from benchmarks.report import Options, Section, goals_table, machine, save
from tinygrad_lr.datasets import DatasetError

NAME = "python -m benchmarks"
HERE = Path(__file__).parent

BENCHMARKS: dict[str, Callable[[Options], Section]] = {
    "logreg": lambda options: steps.benchmark(steps.LOGREG, options),
    "fnn": lambda options: steps.benchmark(steps.FNN, options),
    "launches": launches.benchmark,
    "batch": growth.benchmark_batch,
    "width": growth.benchmark_width,
    "engine": engine.benchmark,
    "reductions": reductions.benchmark,
    "loader": loader.benchmark,
    "alone": alone.benchmark,
    "import": processes.benchmark_import,
    "memory": alone.benchmark_growth,
    "job": processes.benchmark_job,
}
# On a GPU a batch is gathered there: that is in the times of the two loops.
ONLY_ON = {"loader": "cpu", "import": "cpu", "launches": "gpu"}


def at_least_one(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from 1 to 999999999, got {text[:30]!r}"
        )
    return int(text)


def fail(message: str) -> NoReturn:
    """Stop with one line on standard error, and exit code 2."""
    try:
        print(f"{NAME}: {message}", file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # nobody can be told
    sys.exit(2)


class OneLineParser(argparse.ArgumentParser):
    def print_help(self, file: Any = None) -> None:
        print(self.format_help(), end="", file=file)  # argparse would hide that it cannot be

    def error(self, message: str) -> NoReturn:
        fail(f"{message} (--help lists the options)")


def beside(heading: str, others: Others | None) -> str:
    """The facts about the machine, and what others did there; if that was much, before all else."""
    if others is None:
        return heading
    heading = f"{heading}\n- others:  {others}"
    if not others.too_many:
        return heading
    return f"**The machine was busy: {others}. Expect noise.**\n\n{heading}"


def main() -> None:
    parser = OneLineParser(prog=NAME, description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a first impression")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="may be repeated")
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    parser.add_argument(
        "--rounds", type=at_least_one, help="of every benchmark, instead of its own number"
    )
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the results there")
    given = parser.parse_args()
    complete = not (given.quick or given.only or given.rounds)
    folder = given.save or (HERE if complete else None)
    if folder is not None:
        require_matplotlib()
        try:
            folder.mkdir(parents=True, exist_ok=True)  # before minutes of measuring
        except OSError as error:
            parser.error(f"--save {folder}: it cannot be made a folder ({error.strerror})")
        try:
            trial = folder / f".{os.urandom(16).hex()}"
            trial.touch()
            trial.unlink()
        except OSError as error:
            parser.error(f"--save {folder}: nothing can be written there ({error.strerror})")
    try:
        tg.device_for(given.device)
    except tg.DeviceError as error:
        fail(str(error))

    for name in given.only or ():
        if ONLY_ON.get(name, given.device) != given.device:
            parser.error(f"--only {name} needs --device {ONLY_ON[name]}")
    options = Options(given.quick, given.rounds, given.device, processes.pytorch())
    heading = machine(options)
    print(f"{heading}\n", flush=True)
    watch = Watch()
    sections = []
    everything = [name for name in BENCHMARKS if ONLY_ON.get(name, given.device) == given.device]
    for name in given.only or everything:
        start = time.perf_counter()
        section = BENCHMARKS[name](options)
        section.notes.append(f"measuring this took {time.perf_counter() - start:.0f} s")
        sections.append(section)
        print(f"{section}\n", flush=True)
    if goals := goals_table(sections):
        print(f"## Goals\n\n{goals}\n")
    others = watch.others()
    heading = beside(heading, others)
    if others is not None and others.too_many and folder is not None and given.save is None:
        fail(
            f"the machine was busy: {others}. The results are not kept: run it again on a quiet "
            "one, or give --save FOLDER"
        )
    if folder is not None:
        for path in save(folder, heading, sections, given.device):
            print(f"wrote {path}")


def run() -> None:
    """`main`, but Ctrl-C, a closed or a full output and absent data end it without a traceback."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    try:
        try:
            main()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        print("Interrupted", file=sys.stderr)
        sys.exit(130)
    except DatasetError as error:
        fail(str(error))
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python will flush what is left
        if isinstance(error, BrokenPipeError):  # whoever read it has seen enough
            sys.exit(1)
        fail(f"cannot write {error.filename or 'the output'}: {error.strerror or error}")


if __name__ == "__main__":
    run()
