"""The programs where a shell has closed, filled or cut off what they print to, and in odd places.

Each is a real process. What they compute is tested elsewhere, so all of it is as short as can be.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from processes import called
from sampled import ordinarily

import tinygrad_lr as tg
from benchmarks import __main__ as benchmarks
from tinygrad_lr.wording import LONG

ROOT = Path(__file__).parent.parent
LIMIT = 120  # seconds after which a process counts as hanging

PAGES = tempfile.TemporaryDirectory()  # which goes when the tests end

SHORT = {  # a program, and options with which it is soon done
    "mnist_logreg": "--iterations 20",
    "mnist_fnn": "--epochs 1",
    "mnist_validation": "--epochs 0",
    "linear_regression": "--part crops",
    "why_logistic": "--steps 5",
    "see_backward": f"--out {PAGES.name}",
    "benchmarks": "--only import --rounds 1",
}
NAMES = {name: f"{name}.py" for name in SHORT} | {"benchmarks": "python -m benchmarks"}


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def command(program: str, options: str = "") -> str:
    start = f"{ROOT}/examples/{program}.py" if program != "benchmarks" else "-m benchmarks"
    return f"{shlex.quote(sys.executable)} {start} {options} "


def shell(line: str, cwd: Path = ROOT, **environment: str | None) -> Ran:
    """What comes of a line of bash; a variable that is None is not set."""
    changes = {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "COLUMNS": None} | environment
    run = subprocess.run(
        ["bash", "-c", line],
        env={k: v for k, v in (os.environ | changes).items() if v is not None},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=LIMIT,
        check=False,
    )
    return Ran(run.returncode, run.stdout, run.stderr)


def at_once(lines: dict[Any, str], **environment: str | None) -> dict[Any, Ran]:
    with ThreadPoolExecutor(4) as pool:
        runs = pool.map(lambda line: shell(line, **environment), lines.values())
        return dict(zip(lines, runs, strict=True))


def assert_one_line(run: Ran, program: str, words: str) -> None:
    assert run.code == 2, run
    assert run.err.startswith(f"{NAMES[program]}: "), run
    assert words in run.err
    assert run.err.count("\n") == 1 or len(run.err) > LONG, run


# --- What is printed to

FULL, CLOSED = ">/dev/full", ">&- 2>&- <&-"
UNTOLD = ["2>&-", "2>/dev/full"]
EXAMPLES = [program for program in SHORT if program != "benchmarks"]


# All have their streams from examples/common.py, and the benchmarks theirs from themselves.
@pytest.mark.parametrize("program", ordinarily("why_logistic", of=SHORT))
def test_a_full_disk_for_the_output_is_one_line(program: str) -> None:
    words = "cannot write the output: No space left on device"
    assert_one_line(shell(command(program, SHORT[program]) + FULL), program, words)


@pytest.mark.parametrize("program", ordinarily("why_logistic", of=EXAMPLES))
def test_streams_that_are_closed_take_nothing_and_change_nothing(program: str) -> None:
    assert shell(command(program, SHORT[program]) + CLOSED) == (0, "", "")


@pytest.mark.parametrize("program", ordinarily("mnist_logreg", of=["mnist_logreg", "benchmarks"]))
def test_the_exit_code_is_right_where_nobody_can_be_told_why(program: str) -> None:
    words = "cannot write the output: No space left on device"
    assert_one_line(shell(command(program, "--help") + FULL), program, words)
    for way in UNTOLD:
        assert shell(command(program, "--wrong") + way) == (2, "", "")


@pytest.mark.parametrize("many", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_a_program_runs_without_standard_error_or_output(many: bool) -> None:
    """In particular the progress bar does not ask of a stream that is none what it is."""
    ways = [">&-", "2>&-", *(["2>/dev/full", "<&-"] if many else [])]
    runs = at_once({way: command("mnist_logreg", SHORT["mnist_logreg"]) + way for way in ways})
    assert runs.pop(">&-") == (0, "", "")
    for run in runs.values():
        assert (run.code, run.err) == (0, "")
        assert "after 20 iterations" in run.out


def test_a_reader_who_has_seen_enough_is_no_error_to_be_told() -> None:
    run = shell(command("linear_regression", "--part nn") + "| head -1; exit ${PIPESTATUS[0]}")
    assert run.err == ""
    assert run.out.count("\n") == 1
    assert run.code in (0, 1)  # 0: it was done before the reader was


# --- Where, and under which names


ODD: list[dict[str, str | None]] = [
    {"COLUMNS": "1", "TERM": "dumb"},
    {"PYTHONIOENCODING": "ascii"},
    {"LANG": "C", "LC_ALL": "C", "HOME": None},
    {"HOME": "/nowhere", "TERM": None},
]


@pytest.mark.parametrize("apart", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_odd_surroundings_change_nothing(apart: bool, tmp_path: Path) -> None:
    usual = shell(command("why_logistic", "--steps 5")).out
    for environment in ODD if apart else [ODD[0] | ODD[2], ODD[1] | ODD[3]]:
        assert shell(command("why_logistic", "--steps 5"), **environment) == (0, usual, "")
    gone = f"mkdir {tmp_path}/gone; cd {tmp_path}/gone; rmdir ../gone; "
    assert shell(gone + command("why_logistic", "--steps 5")) == (0, usual, "")


def test_a_notebooks_backend_and_docstrings_taken_away_change_nothing(tmp_path: Path) -> None:
    odd = {"MPLBACKEND": "module://that_only_the_notebook_has", "PYTHONOPTIMIZE": "2"}
    run = shell(command("why_logistic", f"--steps 5 --plot {tmp_path}/why.png"), **odd)
    assert (run.code, run.err) == (0, "")
    assert (tmp_path / "why.png").exists()


@pytest.mark.parametrize("columns", ordinarily("1", of=["1", "0", "wide"]))
def test_help_is_there_however_narrow_the_terminal(columns: str) -> None:
    run = shell(command("mnist_logreg", "--help"), COLUMNS=columns)
    assert (run.code, run.err) == (0, "")
    assert "--device" in run.out


NAMED = ["é 😀'$(exit)\"", "a\nb\udcff", "a" * 251]


@pytest.mark.parametrize("name", ordinarily(NAMED[1], of=NAMED))
@pytest.mark.parametrize("drawn", ordinarily(False, of=[False, True]))
def test_files_of_any_name_are_written(name: str, drawn: bool, tmp_path: Path) -> None:
    picture, saved = tmp_path / f"{name}.png", tmp_path / f"{name}.svt"
    options = f"--iterations 2 --save {shlex.quote(str(saved))}"
    options += f" --plot {shlex.quote(str(picture))}" * drawn
    run = shell(command("mnist_logreg", options), PYTHONIOENCODING="ascii")
    assert (run.code, run.err) == (0, ""), run
    assert not drawn or picture.stat().st_size > 10_000
    assert tg.load(saved)["iteration"] == 2


@pytest.mark.parametrize("option", ["--plot", "--save"])
def test_what_cannot_be_written_is_said_before_the_work(option: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    places = {
        "/proc/x.png": "cannot write /proc/x.png: No such file",
        "/dev/full": "cannot write /dev/full: it is not a regular file",
        tmp_path / "pipe.png": "it is not a regular file",
        tmp_path / f"{'a' * 300}.png": "File name too long",
        "/no\nwhere/x.png": "cannot write /no\\nwhere/x.png: there is no folder",
        "": "name a file in it",
    }
    for place, words in places.items():
        run = called("mnist_logreg", option, place)
        assert_one_line(Ran(*run), "mnist_logreg", words)
        assert run.out == ""


def test_what_is_no_checkpoint_is_said_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with open(tmp_path / "zeros", "wb") as file:
        file.truncate(1 << 40)
    for place in (tmp_path / "pipe", tmp_path / "zeros", "/dev/zero", "/", "", "a" * 300):
        run = called("mnist_logreg", "--resume", place)
        assert_one_line(Ran(*run), "mnist_logreg", "cannot resume: ")


def test_data_in_no_place_that_can_be() -> None:
    for place in ("a" * 300, "/etc/passwd", "/proc/1/nowhere"):
        run = called("mnist_fnn", "--data", place)
        assert run.code == 2
        assert run.err.startswith("mnist_fnn.py: ")


def test_wrong_options_of_the_benchmarks_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    wrong = {
        "--rounds 0": "expected a whole number from 1",
        "--rounds 1e3": "expected a whole number from 1",
        f"--rounds {'9' * 5000}": "expected a whole number from 1",
        "--rounds \N{SUPERSCRIPT TWO}": "expected a whole number from 1",
        "--only nothing": "invalid choice: 'nothing'",
        "--only launches": "--only launches needs --device gpu",
        "--save /proc": "--save /proc: nothing can be written there",
        "--save /dev/full": "it cannot be made a folder",
        f"--save {tmp_path}/file/folder": "it cannot be made a folder",
    }
    for options, words in wrong.items():
        monkeypatch.setattr(sys, "argv", ["benchmarks", *options.split()])
        with pytest.raises(SystemExit) as end:
            benchmarks.main()
        said = capsys.readouterr()
        assert_one_line(Ran(end.value.code, said.out, said.err), "benchmarks", words)
        assert said.out == ""


# --- Ctrl-C


def test_ctrl_c_at_any_moment_leaves_no_traceback() -> None:
    """From its import of NumPy on; what comes before is Python's own start."""
    begun = f"""
import sys
class Teller:
    def find_spec(self, name, *rest):
        if name == "numpy":
            print(flush=True)
sys.meta_path.insert(0, Teller())
sys.argv[0] = sys.argv.pop(1)
sys.path.insert(0, {str(ROOT / "examples")!r})
exec(open(sys.argv[0]).read())
"""
    become = "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    become += "; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    path = str(ROOT / "examples" / "mnist_logreg.py")
    for number in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", become, "-c", begun, path],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        process.stdout.readline()
        time.sleep(0.3 * number)
        process.send_signal(signal.SIGINT)
        err = process.communicate(timeout=LIMIT)[1]
        assert process.returncode in (0, 130, -signal.SIGINT)
        assert err.startswith("Interrupted") or err == "", err
