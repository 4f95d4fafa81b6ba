"""examples/mnist_logreg.py as a person runs it: real processes, the real MNIST, real terminals.

A process takes half a second to start, so what can be shared is: `plain` and `saved` are the two
full runs that most tests look at. Where a test runs fewer iterations, length does not matter to it.
"""

from __future__ import annotations

import importlib
import math
import os
import pickle
import pty
import random
import re
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

import tinygrad_lr as tg

TESTS = Path(__file__).parent
EXAMPLES = TESTS.parent / "examples"
LOGREG = EXAMPLES / "mnist_logreg.py"
DATA = EXAMPLES / "data"
DOUBLE = TESTS / "cupy_double"
LIMIT = 120  # seconds after which a process counts as hanging

DOCUMENT = {  # what document 001 prints, on its CPU and on its GPU
    500: "1.8762   64.44 %  1.8571   68.99 %",
    1000: "1.5154   75.68 %  1.5416   75.86 %",
    1500: "1.3521   78.98 %  1.2755   78.92 %",
    2000: "1.2137   80.95 %  1.2469   80.72 %",
    2500: "1.0935   81.97 %  1.0709   81.73 %",
    3000: "1.0241   82.49 %  1.0359   82.74 %",
}
HEADER = [
    "                                  document 001 prints",
    "                                on its CPU         on its GPU",
    "iteration   loss  accuracy    loss  accuracy    loss  accuracy",
]
ROW = re.compile(r" *(\d+) (\d\.\d{4})   ( ?\d+\.\d\d) %")
FINAL = re.compile(r"Final accuracy (.*) % after (\d+) iterations(?:, ([\d,]+) images a second)?")


# -------------------------------------------------------------------------------- running a program


class Ran(NamedTuple):
    """A process that has ended. What its terminal got is in `out`."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[str]:
        return [line for line in self.out.splitlines() if ROW.match(line)]

    @property
    def final(self) -> Any:
        """The match of FINAL in the last line but the picture's."""
        return FINAL.search(self.out)


def environment(path: Path | None = None) -> dict[str, str]:
    """Ours, with the folder `path` the first where modules are looked for."""
    folders = [str(path) if path else None, os.environ.get("PYTHONPATH")]
    changes = {
        "OPENBLAS_NUM_THREADS": "1",  # a second thread waits in a loop, on a core that others use
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, folders)),
        "PYTHONIOENCODING": "utf-8",
    }
    return {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")} | changes


def python(*args: Any, path: Path | None = None, cwd: Path | None = None) -> Ran:
    run = subprocess.run(
        [sys.executable, *map(str, args)],
        env=environment(path),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )
    return Ran(run.returncode, run.stdout, run.stderr)


def logreg(*args: Any, **options: Any) -> Ran:
    return python(LOGREG, *args, **options)


def at_once(commands: Iterable[list[Any]]) -> list[Ran]:
    """What becomes of many short runs, a few at a time."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda args: logreg(*args), commands))


def works(run: Ran) -> Ran:
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

    def end(self) -> Ran:
        """What came of it, once it has ended by itself."""
        while new := self._read():
            self._out += new
        return Ran(self._process.wait(), self.out, self._err.read_text())


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


def interrupted(folder: Path, row: int, *args: Any) -> Ran:
    """Ctrl-C at a random moment after that row of the table."""
    with running(folder, LOGREG, *args) as run:
        run.wait_for(DOCUMENT[row])
        random_moment()
        run.kill(signal.SIGINT)
        return run.end()


def assert_refused(run: Ran, *words: str) -> None:
    """Exit code 2 and one line on standard error, which has the `words` in it."""
    assert run.code == 2, run
    assert run.out == ""
    assert re.fullmatch(r"mnist_logreg\.py: [^\n]+\n", run.err), run.err
    for word in words:
        assert word in run.err


def assert_same(one: Path, other: Path) -> None:
    """Two checkpoints hold the same, the weights bit for bit."""
    a, b = tg.load(one), tg.load(other)
    models = a.pop("model"), b.pop("model")
    assert list(models[0]) == list(models[1]) == ["linear.weight", "linear.bias"]
    for name in models[0]:
        weights = [model[name].numpy() for model in models]
        assert weights[0].dtype == weights[1].dtype
        assert weights[0].tobytes() == weights[1].tobytes()
    assert a == b


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("full")


@pytest.fixture(scope="module")
def plain() -> Ran:
    """python examples/mnist_logreg.py"""
    return logreg()


@pytest.fixture(scope="module")
def saved(folder: Path) -> Ran:
    """The same, with a checkpoint and a picture."""
    return logreg("--save", folder / "full.safetensors", "--plot", folder / "full.png")


@pytest.fixture(scope="module")
def full(saved: Ran, folder: Path) -> Path:
    """The checkpoint after 3000 uninterrupted iterations."""
    works(saved)
    return folder / "full.safetensors"


@pytest.fixture
def without(tmp_path: Path) -> Callable[[str], Path]:
    """A folder to put on the path, with which a package is not installed."""

    def make(package: str) -> Path:
        path = tmp_path / f"without_{package}"
        path.mkdir()
        lie = f"raise ModuleNotFoundError(\"No module named '{package}'\", name='{package}')\n"
        (path / f"{package}.py").write_text(lie)
        return path

    return make


# ---------------------------------------------------------------------------------------- the table


def test_a_run_prints_the_table_beside_the_documents_figures(plain: Ran) -> None:
    assert plain.code == 0
    assert plain.err == ""  # in particular no progress bar, since this is no terminal
    lines = plain.out.splitlines()
    assert lines[0] == "Logistic regression on MNIST, on the cpu, seed 0"
    assert lines[1:4] == HEADER
    rows = lines[4:10]
    for (iteration, document), row in zip(DOCUMENT.items(), rows, strict=True):
        ours = ROW.match(row)
        assert ours, row
        assert int(ours[1]) == iteration
        assert row == f"{ours[0]}  {document}"
        # As near to either of the document's runs as these are to one another, and some more.
        loss, accuracy = float(document[:6]), float(document[9:14])
        assert float(ours[2]) == pytest.approx(loss, abs=0.15)
        assert float(ours[3]) == pytest.approx(accuracy, abs=6)
    final = FINAL.fullmatch(lines[10])
    assert final, lines[10]
    assert final[1] == ROW.match(rows[-1])[3]
    assert final[2] == "3000"
    assert int(final[3].replace(",", "")) > 1000
    assert len(lines) == 11


def test_the_same_seed_prints_the_same_table(plain: Ran, saved: Ran) -> None:
    assert plain.rows
    assert plain.rows == saved.rows


@pytest.fixture(scope="module")
def example() -> Iterator[Any]:
    """The program as a module, which loads the data only once."""
    loaded: dict[bool, Any] = {}

    def load_once(kind: Any, root: Path, train: bool, transform: Any) -> Any:
        if train not in loaded:
            loaded[train] = load(kind, root, train=train, transform=transform)
        return loaded[train]

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        module = importlib.import_module("mnist_logreg")
        load = module.common.load_or_fail
        patch.setattr(module.common, "load_or_fail", load_once)
        yield module
    for name in ("mnist_logreg", "common"):
        del sys.modules[name]


@pytest.fixture(scope="module")
def tables() -> dict[int, list[str]]:
    return {}


@pytest.mark.parametrize("seed", range(5))
def test_every_seed_reaches_the_documents_accuracy(
    example: Any,
    seed: int,
    tables: dict[int, list[str]],
    plain: Ran,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["mnist_logreg.py", "--seed", str(seed)])
    args = example.parse()
    training = example.Training(args, tg.device("cpu"))
    table: list[str] = []
    progress = SimpleNamespace(advance=lambda steps: None, line=table.append)
    example.train(training, args, progress, SimpleNamespace(asked=False))
    assert 82.0 <= training.accuracy() <= 83.9
    assert len(training.losses) == 3000
    assert len(table) == 6
    assert (table == plain.rows) == (seed == 0)
    assert table not in tables.values()
    tables[seed] = table


# ------------------------------------------------------------------------------ where and with what


def test_help_lists_the_options() -> None:
    run = works(logreg("--help"))
    assert run.err == ""
    for option in "device seed data plot iterations batch-size lr save resume".split():  # noqa: SIM905
        assert f"--{option}" in run.out


def test_from_another_folder_with_relative_paths(tmp_path: Path) -> None:
    program, data = os.path.relpath(LOGREG, tmp_path), os.path.relpath(DATA, tmp_path)
    args = ["--iterations", 2, "--data", data, "--save", "here.safetensors"]
    works(python(program, *args, cwd=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["here.safetensors"]
    assert tg.load(tmp_path / "here.safetensors")["iteration"] == 2


def test_a_reader_who_has_seen_enough() -> None:
    """python examples/mnist_logreg.py | head -1"""
    ours, theirs = os.pipe()
    os.close(ours)
    run = subprocess.run(
        [sys.executable, LOGREG, "--iterations", "500"],
        env=environment(),
        stdout=theirs,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )
    os.close(theirs)
    assert run.stderr == ""
    assert run.returncode > 0


def test_no_iterations_at_all(tmp_path: Path, plain: Ran) -> None:
    run = works(logreg("--iterations", 0, "--save", tmp_path / "start.safetensors", cwd=tmp_path))
    assert run.err == ""
    assert run.rows == []
    assert float(run.final[1]) < 30  # untrained
    assert run.final[2] == "0"
    run = works(logreg("--iterations", 500, "--resume", tmp_path / "start.safetensors"))
    assert run.rows == plain.rows[:1]


def test_other_settings_are_heeded(tmp_path: Path, plain: Ran) -> None:
    file = tmp_path / "other.safetensors"
    options = ["--seed", 7, "--batch-size", 10, "--lr", 0.02, "--iterations", 500, "--save", file]
    run = works(logreg(*options))
    assert run.out.startswith("Logistic regression on MNIST, on the cpu, seed 7\n")
    assert run.rows != plain.rows[:1]
    state = tg.load(file)
    assert state["settings"].items() >= {"seed": 7, "batch_size": 10, "lr": 0.02}.items()
    assert (state["iteration"], len(state["losses"])) == (500, 500)


# ------------------------------------------------------------------------------------ wrong options


WRONG = {
    "--lr -1": "argument --lr: expected a finite number >= 0, got '-1'",
    "--lr nan": "argument --lr: expected a finite number >= 0, got 'nan'",
    "--lr inf": "argument --lr: expected a finite number >= 0, got 'inf'",
    "--lr abc": "argument --lr: expected a finite number >= 0, got 'abc'",
    "--batch-size 0": "argument --batch-size: expected an integer >= 1, got '0'",
    "--batch-size 1e3": "argument --batch-size: expected an integer >= 1, got '1e3'",
    "--batch-size 60001": "argument --batch-size: expected at most 60000, the number of training",
    f"--batch-size 1{'0' * 18}": "argument --batch-size: expected at most 60000",
    f"--batch-size {'9' * 5000}": "expected an integer >= 1, got '999999999999...9999999999999'",
    "--batch-size 1.5": "argument --batch-size: expected an integer >= 1, got '1.5'",
    "--seed -1": "argument --seed: expected an integer >= 0, got '-1'",
    "--iterations -5": "argument --iterations: expected an integer >= 0, got '-5'",
    "--device tpu": "argument --device: invalid choice: 'tpu'",
    "--learning-rate 1": "unrecognized arguments: --learning-rate 1",
    "--save": "argument --save: expected one argument",
}


@pytest.fixture(scope="module")
def wrong() -> dict[str, Ran]:
    return dict(zip(WRONG, at_once(options.split() for options in WRONG), strict=True))


@pytest.mark.parametrize("options", WRONG)
def test_a_wrong_option_is_refused_in_one_line(options: str, wrong: dict[str, Ran]) -> None:
    assert_refused(wrong[options], WRONG[options])
    assert "(--help lists the options)" in wrong[options].err or "at most" in WRONG[options]


def test_the_speed_is_that_of_images_that_were_seen() -> None:
    """An epoch's last batch is a smaller one, and it is half of these."""
    begin = time.monotonic()
    run = works(logreg("--iterations", 4, "--batch-size", 59_999))
    seen = 2 * 59_999 + 2 * 1
    assert int(run.final[3].replace(",", "")) > seen / (time.monotonic() - begin)
    assert int(run.final[3].replace(",", "")) < 2e8


@pytest.mark.parametrize("option", ["--plot", "--save"])
def test_a_file_that_cannot_be_written_is_refused_before_training(
    option: str, tmp_path: Path
) -> None:
    missing = tmp_path / "no" / "file.png"
    no_folder, a_folder = at_once([[option, missing], [option, tmp_path]])
    assert_refused(no_folder, f"cannot write {missing}: there is no folder {missing.parent}")
    assert_refused(a_folder, f"{tmp_path} is a folder; name a file in it")
    assert list(tmp_path.iterdir()) == []


def assert_data_refused(run: Ran, words: str) -> None:
    assert run.code == 2
    assert run.out == ""
    assert run.err.startswith(f"mnist_logreg.py: {words}"), run.err
    assert "Traceback" not in run.err


def test_a_folder_without_the_data_is_named(tmp_path: Path) -> None:
    words = f"MNIST's train images are not in {tmp_path}/MNIST/raw."
    absent = tmp_path / "absent"
    empty, none = at_once([["--data", tmp_path], ["--data", absent]])
    assert_data_refused(empty, words)
    assert "train-images-idx3-ubyte.gz" in empty.err  # what to put there
    assert_data_refused(none, f"MNIST's train images are not in {absent}/MNIST/raw.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"])
def test_a_truncated_file_of_data_is_named(name: str, tmp_path: Path) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in (DATA / "MNIST" / "raw").glob("*.gz"):
        (raw / path.name).symlink_to(path)
    whole = (raw / name).read_bytes()
    (raw / name).unlink()
    (raw / name).write_bytes(whole[: len(whole) // 2])
    assert_data_refused(logreg("--data", tmp_path), f"{raw / name} is truncated: expected")


# ------------------------------------------------------------------------------------- the terminal


def screen(output: str, columns: int = 80) -> list[str]:
    """What a terminal of that width shows in the end."""
    lines, row, column = [[""] * columns], 0, 0
    for control, character in re.findall(r"(\x1b\[[\d;?]*[a-zA-Z]|[\x00-\x1f])|(.)", output):
        if control == "\r":
            column = 0
        elif control == "\n":
            row += 1
        elif control == "\x1b[A":
            row = max(0, row - 1)
        elif control == "\x1b[K":
            lines[row][column:] = [""] * (columns - column)
        else:
            assert not control, f"a terminal control that this test does not know: {control!r}"
            if column == columns:  # the line is full: a terminal wraps before the next character
                row, column = row + 1, 0
        lines += [[""] * columns for _ in range(row + 1 - len(lines))]
        if character:
            lines[row][column] = character
            column += 1
    shown = ["".join(cell or " " for cell in line).rstrip() for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def test_the_screen_of_these_tests() -> None:
    assert screen("abc\r\nde\rf") == ["abc", "fe"]
    assert screen("12345678\rab\x1b[K\r\n", 4) == ["1234", "ab"]
    assert screen("abcd\r\nx\x1b[A\ry", 4) == ["ybcd", "x"]


@contextmanager
def terminal(
    folder: Path, *args: Any, out_too: bool = True, path: Path | None = None
) -> Iterator[tuple[Running, Callable[[bytes], Any]]]:
    """A process in a terminal of 80 columns (its standard error at least), and its keyboard."""
    screen_end, process_end = pty.openpty()
    termios.tcsetwinsize(process_end, (24, 80))

    def read() -> bytes:
        try:
            return os.read(screen_end, 1 << 16)
        except OSError:  # what Linux says when nobody has the terminal open any more
            return b""

    own = "os.setsid(); fcntl.ioctl(2, termios.TIOCSCTTY, 0)"  # so that Ctrl-C comes from its keys
    if path is not None:
        own += f"; os.environ['PYTHONPATH'] = {str(path)!r}"
    out = process_end if out_too else None
    try:
        with running(folder, *args, out=out, err=process_end, prepare=own) as run:
            os.close(process_end)
            if out_too:
                run._read = read
                yield run, lambda keys: os.write(screen_end, keys)
            else:
                # Both have to be read all the time, or the process waits for the reader.
                shown: list[bytes] = []
                thread = threading.Thread(target=lambda: shown.extend(iter(read, b"")))
                thread.start()
                ran = run.end()
                thread.join()
                run.end = lambda: ran._replace(err=b"".join(shown).decode())
                yield run, lambda keys: None
    finally:
        os.close(screen_end)


def test_in_a_terminal_a_bar_shows_and_the_lines_stay_whole(tmp_path: Path, plain: Ran) -> None:
    with terminal(tmp_path, LOGREG) as (run, _):
        ran = works(run.end())
    bars = re.findall(r"\d+%\|[^|\r\n]*\| (\d+)/3000 \[", ran.out)
    assert bars[0] == "0"
    assert sorted(map(int, bars)) == list(map(int, bars))
    assert len(bars) > 6
    shown = screen(ran.out)
    assert shown[:-1] == plain.out.splitlines()[:-1]  # and no rest of a bar anywhere
    assert FINAL.fullmatch(shown[-1])


def test_with_only_standard_error_in_a_terminal(tmp_path: Path, plain: Ran) -> None:
    with terminal(tmp_path, LOGREG, "--iterations", 1000, out_too=False) as (run, _):
        ran = works(run.end())
    assert ran.out.splitlines()[:-1] == plain.out.splitlines()[:6]
    assert FINAL.fullmatch(ran.out.splitlines()[-1])
    assert "/1000 [" in ran.err
    assert screen(ran.err) == []  # the bar is gone


def test_in_a_terminal_without_tqdm(
    tmp_path: Path, plain: Ran, without: Callable[[str], Path]
) -> None:
    with terminal(tmp_path, LOGREG, "--iterations", 500, path=without("tqdm")) as (run, _):
        ran = works(run.end())
    lines = ran.out.splitlines()
    assert lines[:-1] == plain.out.splitlines()[:5]
    assert FINAL.fullmatch(lines[-1])


def test_ctrl_c_in_a_terminal_and_the_bar_of_what_goes_on(tmp_path: Path, plain: Ran) -> None:
    file = tmp_path / "part.safetensors"
    with terminal(tmp_path, LOGREG, "--save", file) as (run, keyboard):
        run.wait_for(DOCUMENT[500])
        random_moment()
        keyboard(b"\x03")
        ran = run.end()
    assert ran.code == 130
    shown = screen(ran.out)
    assert shown[:5] == plain.out.splitlines()[:5]
    done = tg.load(file)["iteration"]
    # The path may be longer than the line that is left for it.
    last = "".join(shown[next(i for i, line in enumerate(shown) if "Interrupted" in line) :])
    message = f"Interrupted after iteration {done}: saved to {file}, go on with --resume"
    assert last.replace(" ", "") == message.replace(" ", "")
    assert "Traceback" not in ran.out

    until = done + 500
    with terminal(tmp_path, LOGREG, "--resume", file, "--iterations", until) as (run, _):
        ran = works(run.end())
    bars = re.findall(rf"\d+%\|[^|\r\n]*\| (\d+)/{until} \[", ran.out)
    assert int(bars[0]) == done
    shown = screen(ran.out)
    assert [line for line in shown if ROW.match(line)] == ran.rows
    assert all(row in plain.rows for row in ran.rows)
    assert len(ran.rows) == 1


# -------------------------------------------------------------------------------------- the picture


def test_the_picture_can_be_read(saved: Ran, folder: Path) -> None:
    works(saved)
    path = folder / "full.png"
    assert saved.out.splitlines()[-1] == f"Picture saved to {path}"
    assert path.stat().st_size > 50_000
    with Image.open(path) as image:
        image.load()
        assert image.size == (1440, 960)
        assert len(image.getcolors(1 << 21)) > 1000  # not an empty page
    assert {p.name for p in folder.iterdir()} == {"full.png", "full.safetensors"}


@pytest.mark.parametrize("name", ["picture.xyz", "picture"])
def test_a_format_that_matplotlib_lacks_is_refused_before_training(
    name: str, tmp_path: Path
) -> None:
    run = logreg("--iterations", 1, "--plot", tmp_path / name)
    assert list(tmp_path.iterdir()) == []
    assert_refused(run, str(tmp_path / name))


def test_a_picture_without_matplotlib_is_refused_before_training(
    tmp_path: Path, without: Callable[[str], Path]
) -> None:
    options = ["--iterations", 1, "--plot", tmp_path / "no.png"]
    run = logreg(*options, path=without("matplotlib"))
    assert run.code == 2
    assert "--plot needs matplotlib; install it with pip install" in run.err
    assert_refused(run)


def test_a_picture_of_no_iterations_is_drawn_without_a_warning(tmp_path: Path) -> None:
    run = works(logreg("--iterations", 0, "--plot", tmp_path / "none.png"))
    assert (tmp_path / "none.png").stat().st_size > 10_000
    assert "Warning" not in run.err


# -------------------------------------------------------------------------- interrupted and resumed


@pytest.mark.parametrize("rows", [(500,), (1500,), (500, 1000)], ids=str)
def test_interrupted_and_resumed_is_as_if_never_interrupted(
    rows: tuple[int, ...], tmp_path: Path, full: Path, plain: Ran
) -> None:
    file, printed, resume, done = tmp_path / "part.safetensors", [], [], 0
    for row in rows:  # each of them in another epoch, of 600 iterations
        row = max(row, 500 * (done // 500 + 1))  # which a quick machine may have come past already
        run = interrupted(tmp_path, row, "--save", file, *resume)
        assert run.code == 130, run
        state = tg.load(file)
        done = state["iteration"]
        assert run.err == (
            f"Interrupted after iteration {done}: saved to {file}, go on with --resume\n"
        )
        assert row <= done < 3000
        assert len(state["losses"]) == done
        assert run.final is None
        printed += run.rows
        resume = ["--resume", file]
    run = works(logreg("--save", file, *resume))
    assert run.err == ""
    assert run.final.groups()[:2] == FINAL.search(plain.out).groups()[:2]
    assert printed + run.rows == plain.rows
    assert_same(file, full)


def test_more_iterations_from_the_end_of_an_epoch(tmp_path: Path, full: Path, plain: Ran) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    run = works(logreg("--iterations", 600, "--save", first))
    before = first.read_bytes()
    more = works(logreg("--resume", first, "--save", second))
    assert run.rows + more.rows == plain.rows
    assert_same(second, full)
    assert first.read_bytes() == before


def test_fewer_iterations_than_were_done_are_refused(full: Path) -> None:
    run = logreg("--resume", full, "--iterations", 100)
    assert_refused(run, "3000 iterations behind it; give --iterations above that")


def test_ctrl_c_without_save_says_that_nothing_is_saved(tmp_path: Path) -> None:
    run = interrupted(tmp_path, 500)
    assert run.code == 130
    assert re.fullmatch(r"Interrupted after iteration \d+: nothing saved \(--save\)\n", run.err), (
        run.err
    )
    assert [path.name for path in tmp_path.iterdir()] == ["standard_error"]


# Runs the program with something in it changed: its arguments are the program and the change.
CHANGED = """\
import sys
program, change = sys.argv[1:3]
sys.argv[:3] = [program]
sys.path.insert(0, program.rpartition("/")[0])
source, end, main = open(program).read().rpartition("if __name__ ==")
exec(compile(source + change + chr(10) + end + main, program, "exec"))
"""


def with_change(change: str) -> list[Any]:
    return ["-c", CHANGED, LOGREG, change]


STUCK = """\
import time
def step(*args):
    print("stuck", flush=True)
    while True:
        time.sleep(1)
Training.step = step
"""


def test_a_second_ctrl_c_breaks_off_a_step_that_does_not_end(tmp_path: Path) -> None:
    file = tmp_path / "part.safetensors"
    file.write_text("older")
    with running(tmp_path, *with_change(STUCK), "--save", file) as run:
        run.wait_for("stuck")
        run.kill(signal.SIGINT)
        time.sleep(0.3)
        assert not run.ended()  # the first one waits for the step
        for _ in range(20):  # two may count as one while the process has no time to look at them
            run.kill(signal.SIGINT)
            time.sleep(0.5)
            if run.ended():
                break
        ran = run.end()
    assert ran.code in (130, -signal.SIGINT)
    assert file.read_text() == "older"


def test_ctrl_c_while_the_program_starts(tmp_path: Path) -> None:
    change = (
        "import time\n"
        "def load(*args, **options):\n    print('loading', flush=True)\n    time.sleep(60)\n"
        "MNIST = load"
    )
    with running(tmp_path, *with_change(change)) as run:
        run.wait_for("loading")
        run.kill(signal.SIGINT)
        ran = run.end()
    assert ran.code in (130, -signal.SIGINT)
    assert "Traceback" not in ran.err


# ------------------------------------------------------------------ checkpoints that cannot be used


def changed(**parts: Any) -> Callable[[Path, Path], None]:
    """Saves a checkpoint again with other parts; a part that is None is left out."""

    def save(full: Path, file: Path) -> None:
        state = tg.load(full) | parts
        tg.save({key: value for key, value in state.items() if value is not None}, file)

    return save


def flip_a_bit(full: Path, file: Path) -> None:
    content = bytearray(full.read_bytes())
    content[len(content) * 3 // 4] ^= 1
    file.write_bytes(content)


MADE = "--seed 0 --batch-size 100 --lr 0.001; give the same options"
OTHER = {"linear.weight": tg.zeros(10, 100), "linear.bias": tg.zeros(10)}

KIND = "{} lacks something, or holds something else"
# What writes the checkpoint, options, and words of the message, where {} is the file's name.
UNUSABLE: dict[str, tuple[Callable[[Path, Path], Any], str, str]] = {
    "absent": (lambda full, file: None, "", "{}"),
    "truncated": (lambda full, file: file.write_bytes(full.read_bytes()[:9999]), "", "{}: not a c"),
    "flipped": (flip_a_bit, "", "{}: damaged, its checksum is wrong"),
    "text": (lambda full, file: file.write_text("iteration 3000\n" * 99), "", "{}: not a c"),
    "pickle": (lambda full, file: file.write_bytes(pickle.dumps({"a": 1})), "", "{}: not a c"),
    "other program": (
        changed(program="mnist_fnn"),
        "",
        "{} is not a checkpoint of mnist_logreg.py",
    ),
    "a tensor": (
        lambda _, file: tg.save(tg.ones(3), file),
        "",
        "{} is not a checkpoint of mnist_l",
    ),
    "other lr": (changed(), "--lr 0.01", MADE),
    "other batch size": (changed(), "--batch-size 50", MADE),
    "other seed": (changed(), "--seed 3", MADE),
    "other document": (changed(), "--document 000", MADE),
    "other shape": (changed(model=OTHER), "", "{} is of another model: "),
    "no settings": (changed(settings=None), "", "{}"),
    "no loader": (changed(loader=None), "", "{}"),
    "losses of text": (changed(losses=["a"] * 3000), "", KIND),
    "fewer losses": (changed(losses=[0.5]), "", KIND),
    "a state of no generator": (changed(random={"state": 3}), "", KIND),
    "a negative iteration": (changed(iteration=-1), "", KIND),
    "settings of another type": (changed(settings=3), "", KIND),
}


class Refused(NamedTuple):
    file: Path
    before: bytes | None  # what was in the file; None if there was none
    run: Ran


def content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


@pytest.fixture(scope="module")
def refused(full: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Refused]:
    """What becomes of each attempt to resume from them, and to save under the same name."""
    files = {name: tmp_path_factory.mktemp("unusable") / "file.safetensors" for name in UNUSABLE}
    for name, (write, _, _) in UNUSABLE.items():
        write(full, files[name])
    before = {name: content(file) for name, file in files.items()}
    runs = at_once(
        ["--resume", files[name], "--save", files[name], *options.split()]
        for name, (_, options, _) in UNUSABLE.items()
    )
    return {n: Refused(files[n], before[n], run) for n, run in zip(UNUSABLE, runs, strict=True)}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_checkpoint_that_cannot_be_used_is_refused_in_one_line(
    name: str, refused: dict[str, Refused]
) -> None:
    file, _, run = refused[name]
    assert_refused(run, "mnist_logreg.py: cannot resume: ", UNUSABLE[name][2].format(file))


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_checkpoint_that_cannot_be_used_is_left_as_it_is(
    name: str, refused: dict[str, Refused]
) -> None:
    file, before, run = refused[name]
    assert run.code != 0
    assert run.out == ""
    assert content(file) == before
    assert len(list(file.parent.iterdir())) == (name != "absent")


def test_a_model_of_another_shape_is_described(refused: dict[str, Refused]) -> None:
    run = refused["other shape"].run
    assert run.code == 2
    assert "linear.weight is (10, 100), the model's is (10, 784)" in run.err
    assert "Traceback" not in run.err


ODD = [None, True, -1, 1.5, "3000", [], {}, tg.ones(2)]
# Parts of a checkpoint, and what they are not: each under a checksum that is right.
GROUP = {**tg.optim.SGD([tg.ones(1, requires_grad=True)]).param_groups[0]}
FORGED: dict[str, list[Any]] = {
    "iteration": [*ODD, 2999, 3001, 2**70, math.nan],
    "losses": [*ODD, [0.5] * 2999, [0.5] * 3001, [0] * 3000, ["a"] * 3000, [None] * 3000],
    "settings": [*ODD, [["seed", 0]], {"seed": 0}],
    "settings.seed": [False, 0.0, None, "0", tg.zeros(1)],
    "settings.lr": ["0.001", None, tg.zeros(1)],
    "settings.batch_size": [100.0, [100]],
    "settings.document": [1, ["001"]],
    "random": ODD,
    "random.state": ODD,
    "random.state.state": [None, True, -1, 1.5, "1", 2**128],
    "random.state.inc": [-1, 1.5, 2**128, 2],
    "random.has_uint32": [None, True, -1, 1.5, 2],
    "random.uinteger": [-1, 2**32, 1.5],
    "random.bit_generator": [None, "MT19937", 1],
    "loader": ODD,
    "loader.order_state": ODD,
    "loader.order_state.state.state": [-1, 1.5],
    "loader.given": [None, True, -1, 1.5, 601, "1", tg.ones(2)],
    "loader.size": [60001, tg.ones(2)],
    "loader.shuffle": [tg.ones(2), "yes"],
    "model": ODD,
    "model.linear.weight": [None, 1.5, [[0.0]]],
    "optimizer": ODD,
    "optimizer.param_groups": [
        *ODD,
        [{**GROUP, "params": [0]}],
        [{**GROUP, "params": [math.inf, 1]}],
    ],
    "optimizer.state": [*ODD[:-2], {0: 1}, {5: {"momentum_buffer": tg.ones(1)}}],
}


def forged_in(first: str, *names: str, value: Any) -> Callable[[Path, Path], None]:
    """Saves a checkpoint again with one value replaced, however deep it lies."""
    names = ("linear.weight",) if first == "model" and names else names  # one key, with a dot

    def save(full: Path, file: Path) -> None:
        state = tg.load(full)
        *way, last = (first, *names)
        place = state
        for name in way:
            place = place[name]
        place[last] = value
        tg.save(state, file)

    return save


@pytest.fixture(scope="module")
def training(example: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["mnist_logreg.py"])
        return example.Training(example.parse(), tg.device("cpu"))


FORGERIES = [(part, value) for part, values in FORGED.items() for value in values]


@pytest.mark.parametrize(("part", "value"), FORGERIES, ids=[f"{p} {v!r:.30}" for p, v in FORGERIES])
def test_a_forged_checkpoint_is_refused_in_one_line(
    part: str,
    value: Any,
    example: Any,
    training: Any,
    full: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this process, as there are so many. UNUSABLE has one of each kind as a program is run."""
    forged_in(*part.split("."), value=value)(full, tmp_path / "forged")
    monkeypatch.setattr(sys, "argv", ["mnist_logreg.py", "--resume", str(tmp_path / "forged")])
    with pytest.raises(SystemExit) as ended:
        example.resume(training, example.parse())
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"mnist_logreg\.py: cannot resume: [^\n]+\n", said.err), said.err
    assert len(said.err) < 700


def test_a_checkpoint_of_a_training_that_diverged_is_none_of_those(
    full: Path, tmp_path: Path
) -> None:
    forged_in("losses", value=[math.nan] * 2999 + [math.inf])(full, tmp_path / "nan")
    run = works(logreg("--resume", tmp_path / "nan", "--plot", tmp_path / "nan.png"))
    assert "try a smaller --lr" in run.out
    assert run.err == ""


# ------------------------------------------------------------------------------------------ devices


def test_the_gpu_without_cupy(without: Callable[[str], Path]) -> None:
    path = without("cupy")
    run = logreg("--device", "gpu", path=path)
    assert_refused(run, "no GPU: CuPy is not installed", "use the cpu")
    run = works(logreg("--device", "auto", "--iterations", 1, path=path))
    assert run.out.startswith("Logistic regression on MNIST, on the cpu, seed 0\n")


def test_the_gpu_without_a_card(tmp_path: Path) -> None:
    (tmp_path / "cupy.py").write_text("class ndarray: pass\ndef is_available(): return False\n")
    run = logreg("--device", "gpu", path=tmp_path)
    assert_refused(run, "no GPU: CuPy is installed, but there is no NVIDIA driver or no card")


def test_on_the_double_of_cupy(tmp_path: Path, plain: Ran, full: Path) -> None:
    file, picture = tmp_path / "gpu.safetensors", tmp_path / "gpu.png"
    run = works(logreg("--device", "gpu", "--iterations", 500, "--save", file, path=DOUBLE))
    assert run.out.startswith("Logistic regression on MNIST, on the gpu, seed 0\n")
    assert run.err == ""
    options = ["--resume", file, "--iterations", 700, "--save", file]
    more = works(logreg(*options, "--device", "auto", "--plot", picture, path=DOUBLE))
    assert more.out.startswith("Logistic regression on MNIST, on the gpu, seed 0\n")
    assert picture.stat().st_size > 50_000
    # What was begun on the GPU goes on on the CPU.
    last = works(logreg("--resume", file, "--iterations", 1000))
    rows = run.rows + more.rows + last.rows
    for ours, cpu in zip(rows, plain.rows[:2], strict=True):
        _, loss, accuracy = ROW.match(ours).groups()
        _, cpu_loss, cpu_accuracy = ROW.match(cpu).groups()
        assert float(loss) == pytest.approx(float(cpu_loss), abs=2e-4)
        assert float(accuracy) == pytest.approx(float(cpu_accuracy), abs=0.05)
        assert ours.split("%  ", 1)[1] == cpu.split("%  ", 1)[1]
    on_gpu, on_cpu = (tg.load(path)["losses"][:700] for path in (file, full))
    np.testing.assert_allclose(on_gpu, on_cpu, rtol=1e-4)
