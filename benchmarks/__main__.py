"""How fast it is, beside NumPy by hand and other libraries; what it measures, its tables say.

With no option everything is measured, in some minutes, and benchmarks/RESULTS.md written, with its
picture results.png and its figures results.json; if others compute on the machine meanwhile, it
says so and keeps nothing. With --quick it takes less than a minute, leaves out what takes long, and
writes nothing: how this machine stands. Start it in the root of the repository.

PyTorch, JAX, MyGrad, HIPS autograd and tinygrad take part where they are installed:
pip install -e '.[test,peers]'. The exit code says nothing about speed: that is for people to judge.
It is not 0 only when something could not be measured or kept, or when others do different work.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

if __name__ == "__main__":  # while the rest is imported, Ctrl-C simply ends it
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import tinygrad_lr as tg
from benchmarks import (
    alone,
    engine,
    growth,
    launches,
    loader,
    processes,
    reductions,
    small,
    steps,
)
from benchmarks.plot import require_matplotlib
from benchmarks.quiet import Others, Watch
from benchmarks.report import (
    RAW,
    Options,
    Section,
    draw,
    first_table,
    goals_table,
    machine,
    paths,
    save,
)
from tinygrad_lr.datasets import DatasetError
from tinygrad_lr.wording import with_nearest_option

NAME = "python -m benchmarks"
HERE = Path(__file__).parent

BENCHMARKS: dict[str, Callable[[Options], Section]] = {
    "logreg": lambda options: steps.benchmark(steps.LOGREG, options),
    "fnn": lambda options: steps.benchmark(steps.FNN, options),
    "launches": launches.benchmark,
    "batch": growth.benchmark_batch,
    "width": growth.benchmark_width,
    "engine": engine.benchmark,
    "small": small.benchmark,
    "reductions": reductions.benchmark,
    "loader": loader.benchmark,
    "alone": alone.benchmark,
    "import": processes.benchmark_import,
    "memory": alone.benchmark_growth,
    "job": processes.benchmark_job,
}
WHAT = {
    "logreg": "a training step of 784-10",
    "fnn": "a training step of 784-100-10",
    "launches": "what capturing a step buys, on a GPU",
    "batch": "how a step grows with the batch",
    "width": "how a step grows with the width of the network",
    "engine": "what recording and walking a graph cost",
    "small": "everyday operations on a few numbers",
    "reductions": "sums and variances of tall arrays",
    "loader": "images a second out of a DataLoader",
    "alone": "the first step, and the peak of memory",
    "import": "the time of import tinygrad_lr",
    "memory": "whether memory grows in 100,000 steps",
    "job": "examples/mnist_logreg.py from a cold start",
}
QUICK = ("logreg", "fnn", "engine", "alone", "import", "job")
OF_MNIST = ("logreg", "fnn", "loader", "memory", "job")  # which is in examples/data
# On a GPU a batch is gathered there: that is in the times of the two loops.
ONLY_ON = {"loader": "cpu", "import": "cpu", "small": "cpu", "launches": "gpu"}


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
        message = with_nearest_option(message, self._option_string_actions)
        fail(f"{message} (--help lists the options)")


def beside(heading: str, others: Others | None) -> str:
    """The facts about the machine, and what others did there; if that was much, before all else."""
    if others is None:
        return heading
    heading = f"{heading}\n- others:  {others}"
    if not others.too_many:
        return heading
    return f"**The machine was busy: {others}. Expect noise.**\n\n{heading}"


class Paragraphs(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the text before and after the options."""


def options_parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:<12}{what}" for name, what in WHAT.items())
    parser = OneLineParser(
        prog=NAME,
        description=__doc__,
        epilog=f"what is measured:\n{listed}",
        formatter_class=Paragraphs,
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{', '.join(QUICK)} only, and few rounds of each"
    )
    parser.add_argument(
        "--only",
        choices=BENCHMARKS,
        action="append",
        metavar="NAME",
        help="measure this, of the list below; may be repeated",
    )
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu", help="(default: cpu)")
    parser.add_argument(
        "--rounds", type=at_least_one, metavar="N", help="rounds of each, instead of its own number"
    )
    parser.add_argument(
        "--save", type=Path, metavar="FOLDER", help="write the results there, quiet or not"
    )
    parser.add_argument(
        "--draw",
        action="store_true",
        help="measure nothing: make RESULTS.md and results.png anew from results.json",
    )
    return parser


def can_be_written(folder: Path, parser: argparse.ArgumentParser) -> None:
    """End, in words, if nothing can be written there: before minutes of measuring."""
    require_matplotlib()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--save {folder}: it cannot be made a folder ({error.strerror})")
    try:
        trial = folder / f".{os.urandom(16).hex()}"
        trial.touch()
        trial.unlink()
    except OSError as error:
        parser.error(f"--save {folder}: nothing can be written there ({error.strerror})")


def chosen(given: argparse.Namespace, parser: argparse.ArgumentParser) -> tuple[list[str], str]:
    """What is to be measured, and a sentence about what is left out."""
    for name in given.only or ():
        if ONLY_ON.get(name, given.device) != given.device:
            parser.error(f"--only {name} needs --device {ONLY_ON[name]}")
    names = given.only or [name for name in BENCHMARKS if name in QUICK or not given.quick]
    names = [name for name in names if ONLY_ON.get(name, given.device) == given.device]
    without = [name for name in names if name in OF_MNIST and not there_is_mnist()]
    if without and (given.only or not given.quick):
        fail(f"{', '.join(without)}: needs the files of MNIST in {RAW}, which are not there")
    said = f"Left out: {', '.join(without)}: the files of MNIST are not in {RAW}" if without else ""
    return [name for name in names if name not in without], said


def there_is_mnist() -> bool:
    return (RAW / "train-images-idx3-ubyte.gz").exists()


def main() -> None:
    parser = options_parser()
    given = parser.parse_args()
    complete = not (given.quick or given.only or given.rounds)
    folder = given.save or (HERE if complete else None)
    figures = paths(given.save or HERE, given.device)[0]
    if given.draw and not figures.exists():
        parser.error(f"--draw: there is no {figures}; a run with --save writes one")
    if folder is not None:
        can_be_written(folder, parser)
    if given.draw:
        try:
            written = draw(given.save or HERE, given.device)
        except (ValueError, LookupError, TypeError):
            fail(f"--draw: {figures} is not as a run has written it")
        print(*(f"wrote {path}" for path in written), sep="\n")
        return
    try:
        tg.device_for(given.device)
    except tg.DeviceError as error:
        fail(str(error))
    names, left_out = chosen(given, parser)
    options = Options(given.quick, given.rounds, given.device, processes.pytorch())
    heading = machine(options)
    print(f"{heading}\n", flush=True)
    watch = Watch()
    sections = []
    for name in names:
        start = time.perf_counter()
        section = BENCHMARKS[name](options)
        section.notes.append(f"measuring this took {time.perf_counter() - start:.0f} s")
        sections.append(section)
        print(f"{section}\n", flush=True)
    for title, text in (("Goals", goals_table(sections)), ("In short", first_table(sections))):
        if text:
            print(f"## {title}\n\n{text}\n")
    if left_out:
        print(left_out)
    others = watch.others()
    heading = beside(heading, others)
    if others is not None and others.too_many:
        if complete and given.save is None:
            fail(
                f"the machine was busy: {others}. The results are not kept: run it again on a "
                "quiet one, or give --save FOLDER"
            )
        print(f"The machine was busy: {others}. Expect noise.")
    if folder is not None:
        command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
        for path in save(folder, heading, sections, given.device, command):
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
    signal.signal(signal.SIGINT, signal.default_int_handler)  # `run` says so
    run()
