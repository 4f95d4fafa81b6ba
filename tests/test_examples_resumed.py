"""mnist_logreg.py interrupted and resumed is as if never interrupted, whenever Ctrl-C comes."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from logreg_runs import (
    FINAL,
    LOGREG,
    Run,
    assert_refused,
    call,
    checkpoint_of_all,
    interrupted,
    logreg,
    new_folder,
    run_in_full,
    running,
    with_change,
    works,
)
from processes import environment
from sampled import ordinarily

import tinygrad_lr as tg

folder = pytest.fixture(scope="module")(new_folder)
plain = pytest.fixture(scope="module")(run_in_full)
full = pytest.fixture(scope="module")(checkpoint_of_all)


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


@pytest.mark.parametrize("rows", ordinarily((500,), of=[(500,), (1500,), (500, 1000)]), ids=str)
def test_interrupted_and_resumed_is_as_if_never_interrupted(
    rows: tuple[int, ...], tmp_path: Path, full: Path, plain: Run
) -> None:
    file, printed, resume, done = tmp_path / "part.safetensors", [], [], 0
    for row in rows:  # each of them in another epoch, of 600 iterations
        row = max(row, 500 * (done // 500 + 1))  # which a quick machine may have come past already
        run = interrupted(tmp_path, row, "--save", file, *resume)
        assert run.code == 130, run
        state = tg.load(file)
        done = state["iteration"]
        said, line = run.err.splitlines()
        assert said == f"Interrupted after iteration {done}: saved to {file}, go on with"
        command = [sys.executable, str(LOGREG), "--save", str(file), "--resume", str(file)]
        assert shlex.split(line) == command  # also after it had been resumed itself
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


def test_more_iterations_from_the_end_of_an_epoch(tmp_path: Path, full: Path, plain: Run) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    run = works(call("--iterations", 600, "--save", first))
    before = first.read_bytes()
    more = works(call("--resume", first, "--save", second, "--iterations", 3000))
    assert run.rows[:1] + more.rows == plain.rows
    assert_same(second, full)
    assert first.read_bytes() == before


def test_the_line_that_is_said_after_ctrl_c_can_be_pasted(tmp_path: Path) -> None:
    file, end = tmp_path / "a b.safetensors", 40_000
    options = ["--iterations", end, "--batch-size", 10, "--lr", 0.002, "--save", file]
    run = interrupted(tmp_path, 500, *options)
    assert run.code == 130, run
    state = tg.load(file)
    assert state["until"] == end
    state["until"] = state["iteration"] + 7  # or it would take long
    tg.save(state, file)
    line = run.err.splitlines()[1].replace(f" --iterations {end}", "")
    command = ["sh", "-c", line]  # it goes on to the end that was asked for
    out = subprocess.run(command, env=environment(), check=True, capture_output=True).stdout
    assert f"after {state['until']} iterations" in out.decode()
    assert f"\n{state['until']:9d} " in out.decode()


def test_a_checkpoint_that_does_not_say_how_far_goes_as_far_as_the_document(
    tmp_path: Path, full: Path
) -> None:
    state = tg.load(full)
    del state["until"]
    tg.save(state, tmp_path / "older")
    run = works(call("--resume", tmp_path / "older"))
    assert [row.split()[0] for row in run.rows] == ["3000"]  # though there is nothing left to do
    assert run.final[2] == "3000"


def test_fewer_iterations_than_were_done_are_refused(full: Path) -> None:
    run = call("--resume", full, "--iterations", 100)
    assert_refused(run, "3000 iterations behind it; give --iterations above that")


def test_ctrl_c_without_save_says_that_nothing_is_saved(tmp_path: Path) -> None:
    run = interrupted(tmp_path, 500)
    assert run.code == 130
    assert re.fullmatch(r"Interrupted after iteration \d+: nothing saved \(--save\)\n", run.err), (
        run.err
    )
    assert [path.name for path in tmp_path.iterdir()] == ["standard_error"]


# ---------------------------------------------------------------------- when nothing is to be saved

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
