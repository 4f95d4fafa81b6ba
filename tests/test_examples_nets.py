"""mnist_fnn.py, linear_regression.py and mnist_validation.py as a person runs them.

Each is run in full once, on the real MNIST; what else is run is as short as its test allows, and
what is no matter of processes in this one.
"""

from __future__ import annotations

import itertools
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from processes import EXAMPLES, LIMIT, Ran, called, environment, python
from sampled import ordinarily

import tinygrad_lr as tg
from tinygrad_lr import nn

PROGRAMS = ["mnist_fnn", "linear_regression", "mnist_validation"]
# ------------------------------------------------------------------------------- running a program


def works(run: Ran) -> str:
    """What it printed, if all went well and without a warning."""
    assert (run.code, run.err) == (0, ""), run
    return run.out


def assert_refused(run: Ran, program: str, *words: str) -> None:
    assert (run.code, run.out) == (2, ""), run
    assert run.err.startswith(f"{program}.py: ")
    assert len(run.err.splitlines()) < 5, run.err
    for word in words:
        assert word in run.err.replace("\n", " ")


def numbers(line: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", line)]


def table(out: str, header: str) -> list[list[float]]:
    """The numbers of the rows below the line that has these words, each row as long as it."""
    lines = out.splitlines()
    first = next(i for i, line in enumerate(lines) if line.split() == header.split())
    rows = []
    for line in lines[first + 1 :]:
        if not re.fullmatch(r"[\d. ]+", line):
            break
        rows.append(numbers(line))
    return rows


def line_with(out: str, words: str) -> str:
    return next(line for line in out.splitlines() if words in line)


@pytest.fixture(scope="module")
def regression() -> str:
    return works(python(EXAMPLES / "linear_regression.py"))


@pytest.fixture(scope="module", params=ordinarily(5, of=[5, 20]))  # 20 is what it does by itself
def validation(request: pytest.FixtureRequest) -> str:
    return works(python(EXAMPLES / "mnist_validation.py", "--epochs", request.param))


# ------------------------------------------------------------------------------------ mnist_fnn.py

# Iteration -> (mean, standard deviation) of the accuracy of PyTorch's own run of document 002, over
# 8 seeds; and what the document prints.
PYTORCH = {500: (86.06, 0.26), 1000: (89.40, 0.12), 1500: (90.56, 0.09), 2000: (91.18, 0.10)}
DOCUMENT_002 = {
    500: [0.6436, 86.38],
    1000: [0.5420, 89.31],
    1500: [0.3640, 90.58],
    2000: [0.3902, 91.26],
}


@pytest.mark.parametrize("epochs", ordinarily(2, of=[2, 5]))  # 5 is what it does by itself
def test_fnn_is_as_accurate_as_pytorchs(epochs: int) -> None:
    fnn = works(python(EXAMPLES / "mnist_fnn.py", "--epochs", epochs))
    assert fnn.startswith("A hidden layer of 100 sigmoid units on MNIST, on the cpu, seed 0\n")
    *rows, last = table(fnn, "iteration loss accuracy loss accuracy")
    assert [row[0] for row in rows] == [i for i in PYTORCH if i < epochs * 469]
    for iteration, loss, accuracy, *document in rows:
        mean, deviation = PYTORCH[int(iteration)]
        assert accuracy == pytest.approx(mean, abs=4 * deviation)
        assert 0.1 < loss < 1.0
        assert document == DOCUMENT_002[int(iteration)]
    final, iterations = numbers(line_with(fnn, "Final accuracy"))
    assert (91.0 if epochs == 5 else 88.0) < final < 92.2
    assert [iterations, final] == [epochs * 469, last[2]]
    assert (last[0], len(last)) == (epochs * 469, 3)  # the document ends before


# ---------------------------------------------------------------------------- linear_regression.py


def test_from_scratch_the_line_is_found(regression: str) -> None:
    rows = table(regression, "epoch once twice loss")
    assert [row[3] for row in rows] == [0.0330, 0.0074, 0.0058, 0.0022, 0.0028]
    once, twice = [row[1] for row in rows], [row[2] for row in rows]
    assert 0.01 < once[0] < 0.1
    assert once[-1] == pytest.approx(0.01**2 / 2, abs=1e-5)
    for before, after in itertools.pairwise(twice):
        # Each of its 100 steps leaves 1 - 0.003 of the error, which the loss has squared.
        assert after / before == pytest.approx((1 - 0.003) ** 200, rel=0.1)
    w1, w2, *_, b, true_b = numbers(line_with(regression, "w = "))
    assert (w1, w2, b) == pytest.approx((2, -3.4, 4.444), abs=0.002)
    assert true_b == 4.444
    *_, first, _, _, _, last = numbers(line_with(regression, "epochs 11 to 15"))
    assert 0.01 < first < 0.06
    assert 0.001 < last < 0.006


def test_the_mistake_of_document_003_is_refused_and_mended(regression: str) -> None:
    with pytest.raises(tg.ShapeError) as refused:
        nn.MSELoss()(tg.zeros(10, 1), tg.zeros(10))
    assert f"ShapeError: {refused.value}" in " ".join(regression.split())
    rows = table(regression, "epoch every pair row by row every pair")
    variance = numbers(line_with(regression, "the labels' variance"))[0]
    assert variance == pytest.approx(2**2 + 3.4**2, rel=0.15)
    assert [row[3] for row in rows] == [16.2891, 16.1942, 16.2095]
    for _, every_pair, _, _ in rows:
        assert variance <= every_pair < 1.05 * variance
    assert [row[2] for row in rows[1:]] == pytest.approx([1e-4, 1e-4], rel=0.25)


def test_the_crops_are_predicted(regression: str) -> None:
    before, after = numbers(line_with(regression, "the loss falls from").split("from")[1])
    assert after < before / 5
    rows = table(regression, "epoch here document 004")
    assert [row[0] for row in rows] == list(range(10, 101, 10))
    assert (rows[0][2], rows[-1][2]) == (818.65, 33.45)
    last = [row[1] for row in rows[-3:]]
    assert 1 < min(last) < max(last) < 300  # of five regions each
    *_, apples, oranges = numbers(line_with(regression, "For 75, 63, 44"))
    assert apples == pytest.approx(55.3, abs=4)
    assert oranges == pytest.approx(67.9, abs=4)


@pytest.mark.parametrize("part", ["scratch", "nn", "crops"])
def test_a_part_by_itself_prints_what_it_prints_among_all(part: str, regression: str) -> None:
    heading, empty, *lines = works(called("linear_regression", "--part", part)).splitlines()
    assert (heading, empty) == ("Linear regression, on the cpu, seed 0", "")
    assert "" not in lines
    assert "\n".join(["", *lines, ""]) in f"{regression}\n"


def test_the_seed_decides() -> None:
    first, second, other = (
        works(called("linear_regression", "--part", "nn", "--seed", seed)) for seed in (5, 5, 6)
    )
    assert first == second
    assert (
        table(first, "epoch every pair row by row every pair")[0]
        != (table(other, "epoch every pair row by row every pair")[0])
    )


# ----------------------------------------------------------------------------- mnist_validation.py


def test_validation_is_as_in_document_004(validation: str) -> None:
    rows = table(validation, "epoch val_loss val_acc val_loss val_acc")
    assert [row[0] for row in rows] == list(range(len(rows)))
    document = {0: [2.3349, 0.1098], 5: [1.2124, 0.7969], 20: [0.6706, 0.8557]}
    for epoch in document.keys() & range(len(rows)):
        assert rows[epoch][3:] == document[epoch]
    assert rows[0][1] == pytest.approx(2.33, abs=0.06)
    assert 0.03 < rows[0][2] < 0.2
    for epoch, loss, accuracy, document_loss, document_accuracy in rows[1:]:
        # Other images are set aside there: of 10,000 that is good for some 0.004 each.
        assert loss == pytest.approx(document_loss, abs=0.03)
        assert accuracy == pytest.approx(document_accuracy, abs=0.08 if epoch < 5 else 0.016)
    losses = [row[1] for row in rows]
    assert losses == sorted(losses, reverse=True)


def test_the_test_images_are_as_in_document_004(validation: str) -> None:
    rows = table(validation, "test image label predicted predicted")
    assert [row[:2] for row in rows] == [[0, 7], [10, 0], [193, 9], [1839, 2]]
    assert [row[3] for row in rows] == [7, 0, 4, 8]
    assert [row[2] for row in rows[:2]] == [7, 0]
    loss, accuracy = numbers(line_with(validation, "All test images"))
    whole = "\n   20 " in validation
    assert loss == pytest.approx(0.6425 if whole else 1.2, abs=0.008 if whole else 0.05)
    assert accuracy == pytest.approx(0.8608 if whole else 0.80, abs=0.006 if whole else 0.02)
    assert numbers(line_with(validation, "  document 004: loss"))[1:] == [0.6425, 0.8608]


def test_epochs_that_are_no_multiple_of_five(validation: str) -> None:
    out = works(called("mnist_validation", "--epochs", 2))
    head = "epoch val_loss val_acc val_loss val_acc"
    assert table(out, head) == table(validation, head)[:3]


# ---------------------------------------------------------------------------------------- of each


# Each draws for two seconds. Their titles and panels: test_pictures.py.
SIZES = {
    "mnist_fnn": (600, 1440),
    "linear_regression": (1080, 1560),
    "mnist_validation": (600, 1320),
}


@pytest.mark.parametrize("program", ordinarily("mnist_validation", of=SIZES))
def test_the_picture(program: str, tmp_path: Path) -> None:
    path = tmp_path / "some.png"
    short = [] if program == "linear_regression" else ["--epochs", 2]
    assert works(called(program, *short, "--plot", path)).endswith(f"Picture saved to {path}\n")
    from matplotlib import image

    pixels = image.imread(path)[..., :3]
    assert pixels.shape[:2] == SIZES[program]
    assert 0.02 < (pixels < 0.9).any(axis=2).mean() < 0.5  # neither empty nor covered
    margin = pixels[:, -3:]
    assert (margin == 1).all()  # nothing runs out of it


def test_the_picture_of_a_part(tmp_path: Path) -> None:
    works(called("linear_regression", "--part", "nn", "--plot", tmp_path / "part.pdf"))
    assert [path.name for path in tmp_path.iterdir()] == ["part.pdf"]
    assert (tmp_path / "part.pdf").read_bytes().startswith(b"%PDF")


# Ctrl-C reaches it, though a shell's background jobs, which these tests may be, are deaf to it.
HEARS = """\
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.mark.parametrize("program", ordinarily("mnist_validation", of=PROGRAMS))
def test_ctrl_c(program: str, tmp_path: Path) -> None:
    command = [EXAMPLES / f"{program}.py", "--plot", tmp_path / "picture.png"]
    process = subprocess.Popen(
        [sys.executable, "-c", HEARS, "-u", *map(str, command)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        assert "on the cpu" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, err) == (130, "Interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_the_picture_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "picture.png").write_text("older")

    def half(figure: Any, path: Path, **options: Any) -> None:
        path.write_bytes(b"half a picture")
        raise KeyboardInterrupt

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", half)
    run = called("linear_regression", "--part", "nn", "--plot", tmp_path / "picture.png")
    assert (run.code, run.err) == (130, "Interrupted\n")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]
    assert (tmp_path / "picture.png").read_text() == "older"


REFUSED = {
    "mnist_fnn --epochs 0": "argument --epochs: expected an integer >= 1, got '0'",
    "mnist_fnn --device tpu": "invalid choice: 'tpu'",
    "mnist_fnn --plot /absent/picture.png": "there is no folder /absent",
    "mnist_validation --epochs -1": "expected an integer >= 0, got '-1'",
    "mnist_validation --seed x": "expected an integer >= 0, got 'x'",
    "mnist_validation --plot picture.xyz": "must end in one of .avif .eps",
    "linear_regression --part none": "invalid choice: 'none'",
    "linear_regression --data x": "unrecognized arguments: --data x",
    "linear_regression --plot picture": "its name must end in one of",
}


@pytest.mark.parametrize("command", REFUSED)
def test_options_that_are_refused(command: str) -> None:
    program, *options = command.split()
    assert_refused(called(program, *options), program, REFUSED[command])


@pytest.mark.parametrize("program", ["mnist_fnn", "mnist_validation"])
def test_without_the_data(program: str, tmp_path: Path) -> None:
    run = called(program, "--data", tmp_path)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"{program}.py: MNIST's train images are not in {tmp_path}")
    assert "Traceback" not in run.err


@pytest.mark.parametrize("program", PROGRAMS)
def test_without_what_an_option_needs(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    run = called(program, "--plot", tmp_path / "picture.png")
    assert_refused(run, program, "--plot needs matplotlib")
