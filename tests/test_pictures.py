"""The pictures that are kept say what they are of, and are of what the text beside them says.

If one no longer is, its command, which stands in it, makes it anew.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from processes import EXAMPLES, called
from sampled import ordinarily
from test_examples_pictures import assert_nothing_overlaps

import tinygrad_lr as tg

ROOT = EXAMPLES.parent
README = (ROOT / "README.md").read_text()

# Every picture that is kept, and how it is made, from the root of the repository.
KEPT = {
    "examples/logreg.png": "python examples/mnist_logreg.py --plot examples/logreg.png",
    "examples/backward.png": "python tests/readme_picture.py",
    "benchmarks/results.png": "python -m benchmarks",
}


def said(path: Path) -> dict[str, str]:
    """What a PNG holds as text."""
    with Image.open(path) as image:
        return dict(image.text)  # type: ignore[attr-defined]


def test_no_picture_is_kept_that_is_not_listed_here() -> None:
    found = {path for folder in ("examples", "benchmarks") for path in (ROOT / folder).glob("*")}
    pictures = {path for path in found if path.suffix in {".png", ".jpg", ".svg", ".gif"}}
    assert {path.relative_to(ROOT).as_posix() for path in pictures} == set(KEPT)


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_picture_says_how_it_is_made(name: str) -> None:
    text = said(ROOT / name)
    assert text["Command"] == KEPT[name]
    assert text["Title"]
    assert "Python 3." in text["Software"]
    assert "tinygrad_lr" in text["Software"]
    if name.startswith("examples"):
        assert text["Seed"] == "0"


def test_the_readme_s_picture_is_of_the_run_that_it_prints() -> None:
    """If not: python examples/mnist_logreg.py --plot examples/logreg.png"""
    final = re.search(r"Final accuracy (\S+ %) after (\d+ iterations)", README)
    seed = re.search(r"Logistic regression on MNIST, on the cpu, seed (\d+)", README)
    assert final is not None
    assert seed is not None
    text = said(EXAMPLES / "logreg.png")
    assert text["Seed"] == seed[1]
    assert text["Title"] == f"Logistic regression on MNIST: {final[1]} recognised after {final[2]}"


def test_every_picture_says_its_command_its_seed_and_the_versions(tmp_path: Path) -> None:
    options = ["--part", "nn", "--seed", 3, "--plot", tmp_path / "a picture.PNG"]
    run = called("linear_regression", *options)
    assert (run.code, run.err) == (0, "")
    text = said(tmp_path / "a picture.PNG")
    assert text["Title"] == "Linear regression, by hand and with nn"
    program = EXAMPLES / "linear_regression.py"
    picture = f"'{tmp_path}/a picture.PNG'"
    assert text["Command"] == f"python {program} --part nn --seed 3 --plot {picture}"
    assert text["Seed"] == "3"
    for name in ("Python", f"tinygrad_lr {tg.__version__}", "NumPy", "matplotlib"):
        assert name in text["Software"]


# ------------------------------------------------------------------------------------- their looks


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What the programs would have saved; they can be imported meanwhile."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    saved: list[Any] = []
    common = importlib.import_module("common")
    monkeypatch.setattr(common, "save_picture", lambda figure, path: saved.append(figure))
    yield saved
    sys.modules["matplotlib.pyplot"].close("all")


def test_a_run_that_ends_between_two_rows_can_be_pictured_and_resumed(tmp_path: Path) -> None:
    file, picture = tmp_path / "some.safetensors", tmp_path / "some.png"
    for options in (
        ["--iterations", 250, "--save", file],
        ["--iterations", 600, "--resume", file, "--plot", picture],
    ):
        run = called("mnist_logreg", *options)
        assert (run.code, run.err) == (0, "")
    assert said(picture)["Title"].endswith(" recognised after 600 iterations")


@pytest.mark.parametrize("iterations", ordinarily(0, 700, of=[0, 7, 700, 3000]))
def test_the_picture_of_logreg_can_be_read(iterations: int, figures: list[Any]) -> None:
    logreg = importlib.import_module("mnist_logreg")
    model = logreg.LogisticRegression()
    training = SimpleNamespace(
        model=model,
        test_images=tg.rand(40, 1, 28, 28),
        test_labels=tg.randint(0, 10, (40,)),
        losses=[2.3 - 0.0004 * i for i in range(iterations)],
        accuracies=[70.0 + i for i in range(iterations // 500)],
        iteration=iterations,
        accuracy=lambda: tg.tensor(75.0),
    )
    logreg.picture(training, logreg.DOCUMENTS["001"], Path("none.png"))
    (figure,) = figures
    assert_nothing_overlaps(figure)
    assert f"75.00 % recognised after {iterations} iterations" in figure.get_suptitle()
    loss, accuracy = figure.axes[:2]
    (ours,) = (line for line in accuracy.lines if line.get_label() == "here")
    rows = [i * 500 for i in range(1, iterations // 500 + 1)]
    assert list(ours.get_xdata()) == sorted({*rows, iterations})  # where it ended too
    assert ours.get_ydata()[-1] == 75.0
    assert any(axes.get_label() == "<colorbar>" for axes in figure.axes)
    if iterations == 3000:
        low, high = loss.get_ylim()
        assert (min(training.losses) - low) / (high - low) < 0.2  # no empty half


def test_the_picture_of_fnn_can_be_read(figures: list[Any]) -> None:
    fnn = importlib.import_module("mnist_fnn")
    losses = [2.3 / (1 + 0.01 * i) for i in range(2345)]
    accuracies = {500: 86.0, 1000: 89.0, 1500: 90.0, 2000: 91.0, 2345: 91.19}
    fnn.picture(losses, accuracies, Path("none.png"))
    (figure,) = figures
    assert_nothing_overlaps(figure)
    assert figure.get_suptitle().endswith("91.19 % recognised after 2345 iterations")
    assert [axes.get_ylabel() for axes in figure.axes] == ["cross-entropy", "% recognised"]
