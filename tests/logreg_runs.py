"""How the tests run examples/mnist_logreg.py: start it, interrupt it, and read what it says.

A process takes half a second to start. So what is no matter of processes is `call`ed, and the full
run that most tests look at is made once for all files of tests: `run_in_full`.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from processes import EXAMPLES, LIMIT, Ran, called, environment, imported, python

LOGREG = EXAMPLES / "mnist_logreg.py"
DATA = EXAMPLES / "data"

DOCUMENT = {  # what document 001 prints, on its CPU and on its GPU
    500: "1.8762   64.44 %  1.8571   68.99 %",
    1000: "1.5154   75.68 %  1.5416   75.86 %",
    1500: "1.3521   78.98 %  1.2755   78.92 %",
    2000: "1.2137   80.95 %  1.2469   80.72 %",
    2500: "1.0935   81.97 %  1.0709   81.73 %",
    3000: "1.0241   82.49 %  1.0359   82.74 %",
}

ROW = re.compile(r" *(\d+) (\d\.\d{4})   ( ?\d+\.\d\d) %")
FINAL = re.compile(r"Final accuracy (.*) % after (\d+) iterations(?:, ([\d,]+) images a second)?")


# --------------------------------------------------------------------------------------- running it


class Run(Ran):
    """What came of mnist_logreg.py, and what it printed about the training."""

    @property
    def rows(self) -> list[str]:
        return [line for line in self.out.splitlines() if ROW.match(line)]

    @property
    def final(self) -> Any:
        """The match of FINAL in the last line but the picture's."""
        return FINAL.search(self.out)


def logreg(*args: Any, **options: Any) -> Run:
    return Run(*python(LOGREG, *args, **options))


def call(*args: Any) -> Run:
    """The same in this process."""
    return Run(*called("mnist_logreg", *args))


def works(run: Run) -> Run:
    assert run.code == 0, run
    return run


# Prepares a process, then becomes another Python: {0} is what it does before.
BECOME = """\
import fcntl, os, resource, signal, sys, termios
signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs are deaf to Ctrl-C
{0}
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Running:
    """A process under way, whose output is read as it comes."""

    def __init__(self, read: Callable[[], bytes], process: Any, err: Path) -> None:
        self._read, self._process, self._err = read, process, err
        self._out = b""

    @property
    def out(self) -> str:
        return self._out.decode(errors="replace")

    def wait_for(self, text: str) -> None:
        while text not in self.out:
            new = self._read()
            assert new, f"ended before it printed {text!r}: {self.out}{self._err.read_text()}"
            self._out += new

    def kill(self, number: int) -> None:
        self._process.send_signal(number)

    def ended(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> Run:
        """What came of it, once it has ended by itself."""
        while new := self._read():
            self._out += new
        return Run(self._process.wait(), self.out, self._err.read_text())


@contextmanager
def running(
    folder: Path, *args: Any, out: int | None = None, err: int | None = None, prepare: str = ""
) -> Iterator[Running]:
    """``python args`` with `out` and `err` as its output, or else a pipe and a file in `folder`."""
    file = folder / "standard_error"
    with open(file, "wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", BECOME.format(prepare), *map(str, args)],
            env=environment(),
            stdin=subprocess.DEVNULL if out is None else out,
            stdout=subprocess.PIPE if out is None else out,
            stderr=stream if err is None else err,
            bufsize=0,
        )
    guard = threading.Timer(LIMIT, process.kill)
    guard.start()
    try:
        pipe = process.stdout
        yield Running((lambda: pipe.read(1 << 16)) if pipe else (lambda: b""), process, file)
    finally:
        process.kill()
        process.wait()
        guard.cancel()
        guard.join()
        if process.stdout:
            process.stdout.close()


def random_moment() -> None:
    time.sleep(random.uniform(0, 0.02))  # a quick machine does 200 iterations in that time


# Runs the program with something in it changed: its arguments are the program and the change.
CHANGED = """\
import sys
program, change = sys.argv[1:3]
sys.argv[:3] = [program]
sys.orig_argv[1:] = sys.argv  # the command, as it were without the change
sys.path.insert(0, program.rpartition("/")[0])
source, end, main = open(program).read().rpartition("if __name__ ==")
exec(compile(source + change + chr(10) + end + main, program, "exec"))
"""


def with_change(change: str) -> list[Any]:
    return ["-c", CHANGED, LOGREG, change]


# Ctrl-C once the process has itself computed for a while: it cannot have come to its end meanwhile,
# however long whoever presses the keys waits for a processor.
CTRL_C = """\
import random, signal
def accuracy(training, whole=Training.accuracy):
    if training.iteration == {row}:
        signal.signal(signal.SIGPROF, lambda *_: signal.raise_signal(signal.SIGINT))
        signal.setitimer(signal.ITIMER_PROF, random.uniform(0.0001, 0.02))
    return whole(training)
Training.accuracy = accuracy
"""


def interrupted(folder: Path, row: int, *args: Any) -> Run:
    """Ctrl-C at a random moment after the iteration of that row of the table."""
    with running(folder, *with_change(CTRL_C.format(row=row)), *args) as run:
        return run.end()


def assert_refused(run: Run, *words: str) -> None:
    """Exit code 2 and a few lines on standard error, no traceback, which have the `words`."""
    assert run.code == 2, run
    assert run.out == ""
    assert re.fullmatch(r"mnist_logreg\.py: ([^\n]+\n){1,4}", run.err), run.err
    for word in words:
        assert word in run.err.replace("\n", " ")


# ----------------------------------------------------------------------- what several tests look at


_done: dict[str, Any] = {}  # once for all files of tests in this process


def once(name: str, make: Callable[[], Any]) -> Any:
    return _done[name] if name in _done else _done.setdefault(name, make())


def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once("folder", lambda: tmp_path_factory.mktemp("full"))


def run_in_full(folder: Path) -> Run:
    """python examples/mnist_logreg.py --save full.safetensors"""
    return once("run", lambda: logreg("--save", folder / "full.safetensors"))


def checkpoint_of_all(plain: Run, folder: Path) -> Path:
    """The checkpoint after 3000 uninterrupted iterations."""
    works(plain)
    return folder / "full.safetensors"


def path_without(tmp_path: Path) -> Callable[[str], Path]:
    """A folder to put on the path, with which a package is not installed."""

    def make(package: str) -> Path:
        path = tmp_path / f"without_{package}"
        path.mkdir()
        lie = f"raise ModuleNotFoundError(\"No module named '{package}'\", name='{package}')\n"
        (path / f"{package}.py").write_text(lie)
        return path

    return make


def program_as_module() -> Iterator[Any]:
    with imported("mnist_logreg") as module:
        yield module
