"""examples/mnist_logreg.py as a person runs it: real processes, and the real MNIST.

The table it prints beside the document's figures, its options, its picture, the device it runs on.
Where a test runs fewer iterations, length does not matter to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from logreg_runs import (
    DATA,
    DOCUMENT,
    FINAL,
    LOGREG,
    ROW,
    Run,
    assert_refused,
    call,
    checkpoint_of_all,
    logreg,
    new_folder,
    path_without,
    program_as_module,
    run_in_full,
    works,
)
from PIL import Image
from processes import DOUBLE, LIMIT, environment, python
from sampled import ordinarily

import tinygrad_lr as tg

folder = pytest.fixture(scope="module")(new_folder)
plain = pytest.fixture(scope="module")(run_in_full)
full = pytest.fixture(scope="module")(checkpoint_of_all)
without = pytest.fixture(path_without)
example = pytest.fixture(scope="module")(program_as_module)


# ---------------------------------------------------------------------------------------- the table

HEADER = [
    "                                  document 001 prints",
    "                                on its CPU         on its GPU",
    "iteration   loss  accuracy    loss  accuracy    loss  accuracy",
]


def test_a_run_prints_the_table_beside_the_documents_figures(plain: Run) -> None:
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


@pytest.fixture(scope="module")
def tables() -> dict[int, list[str]]:
    return {}


@pytest.mark.parametrize("seed", ordinarily(1, of=range(5)))
def test_every_seed_reaches_the_documents_accuracy(
    example: Any,
    seed: int,
    tables: dict[int, list[str]],
    plain: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["mnist_logreg.py", "--seed", str(seed)])
    args = example.parse()
    training = example.Training(args, tg.device("cpu"))
    table: list[str] = []
    progress = SimpleNamespace(
        advance=lambda steps: None, line=lambda text, loss: table.append(text)
    )
    example.train(training, args, progress, SimpleNamespace(asked=False))
    assert 82.0 <= training.accuracy() <= 83.9
    assert len(training.losses) == 3000
    assert len(table) == 6
    assert (table == plain.rows) == (seed == 0)  # which another process has printed
    assert table not in tables.values()
    tables[seed] = table


def test_the_speed_is_that_of_images_that_were_seen() -> None:
    """An epoch's last batch is a smaller one, and it is half of these."""
    begin = time.monotonic()
    run = works(call("--iterations", 4, "--batch-size", 59_999))
    seen = 2 * 59_999 + 2 * 1
    assert int(run.final[3].replace(",", "")) > seen / (time.monotonic() - begin)
    assert int(run.final[3].replace(",", "")) < 2e8


# ------------------------------------------------------------------------------ where and with what


def test_help_lists_the_options() -> None:
    run = works(call("--help"))
    assert run.err == ""
    for option in "device seed data plot iterations batch-size lr save resume".split():  # noqa: SIM905
        assert f"--{option}" in run.out
    words = " ".join(run.out.split())
    for default in ("of the weights and the batches (default: 0)", "images (default: 100)"):
        assert default in words
    assert "None" not in words
    assert "False" not in words


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


def test_no_iterations_at_all(tmp_path: Path, plain: Run) -> None:
    run = works(call("--iterations", 0, "--save", tmp_path / "start.safetensors"))
    assert run.err == ""
    assert run.rows == []
    assert float(run.final[1]) < 30  # untrained
    assert run.final[2] == "0"
    run = works(call("--iterations", 500, "--resume", tmp_path / "start.safetensors"))
    assert run.rows == plain.rows[:1]


def test_a_number_of_iterations_that_is_no_row_ends_with_one() -> None:
    run = works(call("--iterations", 250))
    [row] = run.rows
    assert ROW.fullmatch(row)[1] == "250"
    assert ROW.fullmatch(row)[3] == run.final[1]


def test_other_settings_are_heeded(tmp_path: Path, plain: Run) -> None:
    file = tmp_path / "other.safetensors"
    options = ["--seed", 7, "--batch-size", 10, "--lr", 0.02, "--iterations", 500, "--save", file]
    run = works(call(*options))
    assert run.out.startswith("Logistic regression on MNIST, on the cpu, seed 7\n")
    assert run.rows != plain.rows[:1]
    state = tg.load(file)
    assert state["settings"].items() >= {"seed": 7, "batch_size": 10, "lr": 0.02}.items()
    assert (state["iteration"], len(state["losses"])) == (500, 500)


# ------------------------------------------------------- wrong options, and data that are not there

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
    "--itertions 3": "unrecognized arguments: --itertions 3; did you mean --iterations?",
    "--save": "argument --save: expected one argument",
}


@pytest.mark.parametrize("options", WRONG)
def test_a_wrong_option_is_refused_in_one_line(options: str) -> None:
    run = call(*options.split())
    assert_refused(run, WRONG[options])
    assert "(--help lists the options)" in run.err or "at most" in WRONG[options]


@pytest.mark.parametrize("option", ["--plot", "--save"])
def test_a_file_that_cannot_be_written_is_refused_before_training(
    option: str, tmp_path: Path
) -> None:
    missing = tmp_path / "no" / "file.png"
    no_folder = f"cannot write {missing}: there is no folder {missing.parent}"
    assert_refused(call(option, missing), no_folder)
    assert_refused(call(option, tmp_path), f"{tmp_path} is a folder; name a file in it")
    assert list(tmp_path.iterdir()) == []


def assert_data_refused(run: Run, words: str) -> None:
    assert run.code == 2
    assert run.out == ""
    assert run.err.startswith(f"mnist_logreg.py: {words}"), run.err
    assert "Traceback" not in run.err


def test_a_folder_without_the_data_is_named(tmp_path: Path) -> None:
    words = f"MNIST's train images are not in {tmp_path}/MNIST/raw."
    absent = tmp_path / "absent"
    run = call("--data", tmp_path)
    assert_data_refused(run, words)
    assert "train-images-idx3-ubyte.gz" in run.err  # what to put there
    assert_data_refused(
        call("--data", absent), f"MNIST's train images are not in {absent}/MNIST/raw."
    )
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
    assert_data_refused(call("--data", tmp_path), f"{raw / name} is truncated: expected")


# -------------------------------------------------------------------------------------- the picture


def test_the_picture_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "some.png"
    run = works(call("--iterations", 500, "--plot", path))
    assert run.out.splitlines()[-1] == f"Picture saved to {path}"
    assert path.stat().st_size > 50_000
    with Image.open(path) as image:
        image.load()
        assert image.size == (1440, 960)
        assert len(image.getcolors(1 << 21)) > 1000  # not an empty page
    assert [p.name for p in tmp_path.iterdir()] == ["some.png"]


@pytest.mark.parametrize("name", ["picture.xyz", "picture"])
def test_a_format_that_matplotlib_lacks_is_refused_before_training(
    name: str, tmp_path: Path
) -> None:
    assert_refused(call("--plot", tmp_path / name), str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


def test_a_picture_without_matplotlib_is_refused_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    run = call("--plot", tmp_path / "no.png")
    assert_refused(run, "--plot needs matplotlib; install it with pip install")


# ------------------------------------------------------------------------------------------ devices


def test_the_gpu_without_cupy(without: Callable[[str], Path]) -> None:
    run = logreg("--device", "cuda", path=without("cupy"))
    assert_refused(run, "no GPU: CuPy is not installed", "use the cpu")


def test_what_was_begun_on_the_gpu_goes_on_on_the_cpu(tmp_path: Path, full: Path) -> None:
    """On the double of CuPy: 50 steps of one launch, and two after it."""
    file = tmp_path / "gpu.safetensors"
    run = works(logreg("--device", "auto", "--iterations", 52, "--save", file, path=DOUBLE))
    assert run.out.startswith("Logistic regression on MNIST, on the gpu, seed 0\n")
    assert run.err == ""
    works(call("--resume", file, "--iterations", 60, "--save", file))
    losses = tg.load(file)["losses"]
    assert len(losses) == 60
    np.testing.assert_allclose(losses, tg.load(full)["losses"][:60], rtol=1e-4)
