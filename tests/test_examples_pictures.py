"""examples/why_logistic.py and examples/fashion_softmax.py as a person runs them, and as pictures.

Fashion-MNIST is not part of the project: the tests that need its files are skipped without them.
"""

from __future__ import annotations

import importlib
import math
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mnist_files import TEST_LABELS, copied_test_files
from processes import EXAMPLES, LIMIT, Ran, called, environment, imported, python

import tinygrad_lr as tg
from tinygrad_lr.datasets import MNIST, DatasetError, FashionMNIST
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import DataLoader, TensorDataset

WHY, FASHION = EXAMPLES / "why_logistic.py", EXAMPLES / "fashion_softmax.py"

# ``python -c PREPARED program options``: the first line is what happens before, as Python.
PREPARED = """\
{}
import runpy, sys
sys.argv = sys.argv[1:]
sys.path.insert(0, {!r})
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def prepared(before: str, *args: Any) -> Ran:
    return python("-c", PREPARED.format(before, str(EXAMPLES)), *args)


def squeezed(text: str) -> str:
    """Without the spaces that only keep columns apart: the layout is not what is tested here."""
    return re.sub(r"(?m)^ +| +$", "", re.sub(" +", " ", text))


def works(run: Ran) -> Ran:
    assert run.code == 0, run
    assert run.err == ""
    return run


def interrupted_after(text: str, *args: Any) -> Ran:
    """Ctrl-C as soon as `text` is printed."""
    process = subprocess.Popen(
        # A shell's background jobs are deaf to Ctrl-C, and so would be what they start.
        [sys.executable, "-u", "-c", PREPARED.format(HEAR, str(EXAMPLES)), *map(str, args)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if text in line:
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=LIMIT)
    finally:
        process.kill()
        process.wait()
    return Ran(process.returncode, out, err)


HEAR = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


def assert_interrupted(run: Ran) -> None:
    assert run.code == 130, run
    assert run.err == "Interrupted\n"


def assert_printable(path: Path) -> None:
    """A PNG, large enough to print, on which something is drawn."""
    from matplotlib.image import imread

    pixels = imread(path)
    height, width = pixels.shape[:2]
    assert width >= 1200
    assert height >= 800
    assert pixels[..., :3].std() > 0.1


@pytest.fixture(scope="module")
def examples() -> Iterator[Any]:
    """Both programs, as modules."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        yield [importlib.import_module(path.stem) for path in (WHY, FASHION)]
    finally:
        sys.path.remove(str(EXAMPLES))


def assert_nothing_overlaps(figure: Any) -> None:
    """All titles, labels and legends can be read: apart from one another, within the figure."""
    figure.canvas.draw()
    boxes = {}
    for i, axes in enumerate(figure.axes):
        texts = [axes.title, axes.xaxis.label, axes.yaxis.label]
        texts += [*axes.texts, *filter(None, [axes.get_legend()])]
        for text in texts:
            box = text.get_window_extent()
            if box.width > 1:
                boxes[i, str(text)] = box
    for text in figure.texts:
        boxes[-1, str(text)] = text.get_window_extent()
    whole = figure.bbox
    named = list(boxes.items())
    for n, (name, box) in enumerate(named):
        assert whole.x0 <= box.x0, name
        assert box.x1 <= whole.x1, name
        assert whole.y0 <= box.y0, name
        assert box.y1 <= whole.y1, name
        for other, second in named[n + 1 :]:
            assert not box.overlaps(second), (name, other)


@pytest.fixture
def figures(examples: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What the programs would have saved."""
    saved: list[Any] = []
    common = sys.modules["common"]
    monkeypatch.setattr(common, "save_picture", lambda figure, path: saved.append(figure))
    yield saved
    from matplotlib import pyplot

    pyplot.close("all")


# ------------------------------------------------------------------------------------ why_logistic

# Document 001's figures are written once more here, so that none changes unseen. The straight
# lines' are those of numpy.polyfit; see the test below.
WHY_PRINTS = """\
Fever or not? On the {}, seed {}
                      straight line                             logistic curve
highest  at lowest  at highest  fever from  wrong  at lowest  at highest  fever from  wrong
    100     -0.056       1.267        42.6      0      0.000       1.000        37.8      0
    300      0.232       1.298        76.2      3      0.000       1.000        37.8      0

Softmax: scores as probabilities
score   here  document 001
  1.3  0.017         0.017
  1.2  0.015         0.015
  4.5  0.412         0.412
  4.8  0.556         0.556
  sum  1.000         1.000

Cross-entropy: small where the probability of a fever fits the label, else large
label  probability                    here            document 001
    0      0.00001  1.0000050000287824e-05  1.0000050000287824e-05
    0      0.99999       11.51292546497478       11.51292546497478
    1      0.99999  1.0000050000287824e-05  1.0000050000287824e-05
    1      0.00001      11.512925464970229      11.512925464970229
"""


def test_why_prints_our_figures_beside_the_documents(tmp_path: Path) -> None:
    picture = tmp_path / "why.png"
    run = works(called("why_logistic", "--seed", 7, "--plot", picture))
    expected = squeezed(WHY_PRINTS.format("cpu", 7))
    assert squeezed(run.out) == f"{expected}Picture saved to {picture}\n"
    assert_printable(picture)
    assert list(tmp_path.iterdir()) == [picture]


@pytest.mark.parametrize("highest", [100, 300])
def test_the_line_is_that_of_least_squares(examples: Any, highest: int) -> None:
    why, _ = examples
    x = [*why.TEMPERATURES, highest]
    line = why.straight_line(tg.tensor([*map(float, x)]), tg.tensor([*map(float, why.FEVER)]))
    np.testing.assert_allclose([line.w, line.b], np.polyfit(x, why.FEVER, 1), rtol=1e-4)


@pytest.mark.parametrize("highest", [100, 300])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_logistic_curve_tells_the_points_apart(
    examples: Any, highest: int, seed: int
) -> None:
    why, _ = examples
    tg.manual_seed(seed)
    case = why.fit(highest, 500, tg.device("cpu"))
    assert not any(case.logistic.wrong(case.x, case.y))
    assert 36 < case.logistic.threshold() < 40  # not far from the middle of 25 and 50
    assert sum(case.line.wrong(case.x, case.y)) == {100: 0, 300: 3}[highest]


def test_the_picture_of_why_can_be_read(examples: Any, figures: list[Any]) -> None:
    why, _ = examples
    cases = [why.fit(highest, 200, tg.device("cpu")) for highest in why.HIGHEST]
    why.picture(cases, why.DOCUMENT_SOFTMAX, Path("none.png"))
    (figure,) = figures
    assert_nothing_overlaps(figure)
    marked = {
        line.get_label(): list(line.get_xdata()) for axes in figure.axes[:2] for line in axes.lines
    }
    assert marked["misclassified by the line"] == [50, 70, 75]
    left = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert "misclassified by the line" not in left


@pytest.mark.parametrize(
    ("program", "options", "words"),
    [
        (WHY, ["--steps", "0"], "argument --steps: expected an integer >= 1, got '0'"),
        (WHY, ["--data", "."], "unrecognized arguments: --data ."),
        (WHY, ["--plot", "no/why.png"], "cannot write no/why.png: there is no folder no"),
        (FASHION, ["--plot", "fashion.txt"], "cannot write fashion.txt: its name must end in"),
        (FASHION, ["--lr", "nan"], "argument --lr: expected a finite number >= 0, got 'nan'"),
    ],
)
def test_a_wrong_option_is_refused_in_one_line(
    program: Path, options: list[str], words: str
) -> None:
    run = called(program.stem, *options)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(rf"{program.name}: {re.escape(words)}[^\n]*\n", run.err), run.err


# --------------------------------------------------------------------------------- fashion_softmax

ROW = re.compile(r"(\d+) (\d\.\d{4}) (\d\.\d{4}) (\d\.\d{4})")
FORMULA = """
Two scores, of which the first is that of the true class:
              by the formula     nn.CrossEntropyLoss
   scores  probability     loss     loss
   0    1        0.269    1.313    1.313
   0   80      1.8e-35   80.000   80.000
   0  100            0      inf  100.000
 100    0          nan      nan    0.000
"""


@pytest.fixture(scope="module")
def data() -> list[FashionMNIST]:
    """The training and the test images, where they are."""
    try:
        return [FashionMNIST(EXAMPLES / "data", train, ToTensor()) for train in (True, False)]
    except DatasetError:
        pytest.skip(
            "Fashion-MNIST is not here: python examples/fashion_softmax.py --download, "
            "or apt install dataset-fashion-mnist"
        )


@pytest.fixture(scope="module")
def full(data: Any, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """python examples/fashion_softmax.py --plot fashion.png"""
    folder = tmp_path_factory.mktemp("fashion")
    run = works(python("-W", "error", FASHION, "--plot", folder / "fashion.png"))
    assert_printable(folder / "fashion.png")
    assert [path.name for path in folder.iterdir()] == ["fashion.png"]
    return run


# PyTorch, with the same algorithm and seeds 0 to 4, ends with losses of 0.4466 to 0.4478 and test
# accuracies of 0.8301 to 0.8329; this program, seeds 0 to 5, with 0.4467 to 0.4483 and 0.8281 to
# 0.8321. Both have epochs after which the accuracy is 0.03 lower: a learning rate of 0.1 is
# restless.
LOSS = (0.443, 0.452)
ACCURACY = (0.80, 0.845)


def test_fashion_learns_to_the_end(full: Ran) -> None:
    lines = squeezed(full.out).splitlines()
    assert lines[0] == "Softmax regression on Fashion-MNIST, on the cpu, seed 0"
    assert lines[1:3] == ["accuracy", "epoch loss training test"]
    matches = [ROW.fullmatch(line) for line in lines[3:13]]
    assert all(matches), lines
    rows = [[float(cell) for cell in match.groups()] for match in matches if match]
    assert [row[0] for row in rows] == [*range(1, 11)]
    losses = [row[1] for row in rows]
    assert losses == sorted(losses, reverse=True)
    assert LOSS[0] < losses[-1] < LOSS[1]
    assert ACCURACY[0] < rows[-1][3] < ACCURACY[1]
    assert max(row[3] for row in rows) > 0.825
    assert ACCURACY[0] < rows[-1][2] < 0.86
    assert lines[13:-1] == squeezed(FORMULA).splitlines()
    assert lines[-1].startswith("Picture saved to ")


def test_another_seed_learns_as_much(examples: Any, data: Any) -> None:
    _, fashion = examples
    train, test = data
    tg.manual_seed(3)
    net = fashion.Net(tg.device("cpu"))
    batches = DataLoader(train, 256, shuffle=True)
    losses = [fashion.train_epoch(net, batches, 0.1) for _ in range(10)]
    assert LOSS[0] < losses[-1] < LOSS[1]
    assert ACCURACY[0] < fashion.evaluate_accuracy(net, DataLoader(test, 1000)) < ACCURACY[1]


def test_a_step_is_pytorchs(examples: Any) -> None:
    torch = pytest.importorskip("torch")
    _, fashion = examples
    random = np.random.default_rng(0)
    images = random.random((600, 1, 28, 28), dtype=np.float32)
    labels = random.integers(10, size=600)
    net = fashion.Net(tg.device("cpu"))
    W, b = (torch.tensor(p.detach().numpy(), requires_grad=True) for p in (net.W, net.b))

    dataset = TensorDataset(tg.from_numpy(images), tg.from_numpy(labels))
    loss = fashion.train_epoch(net, DataLoader(dataset, 256), lr=0.1)

    total = 0.0
    for x, y in zip(torch.tensor(images).split(256), torch.tensor(labels).split(256)):
        scores = x.reshape(-1, 784) @ W + b
        batch_loss = torch.nn.functional.cross_entropy(scores, y)
        grads = torch.autograd.grad(batch_loss, (W, b))
        total += batch_loss.item() * len(y)
        with torch.no_grad():
            for parameter, grad in zip((W, b), grads):
                parameter -= 0.1 * grad
    assert loss == pytest.approx(total / 600, rel=1e-5)
    for ours, theirs in ((net.W, W), (net.b, b)):
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), atol=1e-6)


def test_the_formula_and_nn_agree_where_the_formula_works(examples: Any) -> None:
    _, fashion = examples
    scores, y = tg.randn(20, 10), tg.randint(0, 10, (20,))
    by_formula = fashion.cross_entropy(fashion.softmax(scores), y).mean()
    assert by_formula.item() == pytest.approx(tg.nn.CrossEntropyLoss()(scores, y).item(), rel=1e-5)


def test_accuracy_of_the_documents_example(examples: Any) -> None:
    _, fashion = examples
    y_hat, y = tg.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]]), tg.tensor([0, 2])
    assert y_hat[[0, 1], [0, 2]].tolist() == pytest.approx([0.1, 0.5])
    assert fashion.cross_entropy(y_hat, y).tolist() == pytest.approx([-math.log(0.1), math.log(2)])
    assert fashion.correct(y_hat, y) / len(y) == 0.5
    columns = fashion.Accumulator(2)
    columns.add(1, 2)
    columns.add(3, 4)
    assert (columns[0], columns[1]) == (4, 6)


def test_numbers_too_high_end_in_nan_and_not_in_a_crash(data: Any, tmp_path: Path) -> None:
    picture = tmp_path / "nan.png"
    run = python(FASHION, "--epochs", 1, "--lr", 1000, "--plot", picture)
    assert run.code == 0, run
    assert "\n1 nan 0.1000 0.1000\n" in squeezed(run.out)
    assert "Traceback" not in run.err
    assert picture.exists()


@pytest.mark.parametrize("right", [True, False])
def test_the_picture_of_fashion_can_be_read(
    right: bool, examples: Any, data: Any, figures: list[Any]
) -> None:
    _, fashion = examples
    net = fashion.Net(tg.device("cpu"))
    if right:
        with tg.no_grad():
            for label in range(10):  # so much learnt as is the mean of each class
                chosen = data[1].targets == label
                net.W[:, label] = data[1].data[chosen].float().mean(dim=0).view(-1) / 255
            net.W -= net.W.mean(dim=1, keepdim=True)
    else:  # always ankle boots, the longest name
        net.b.data[9] = 50.0
    history = [(0.8, 0.79, 0.78), (0.5, 0.83, 0.82)]
    fashion.picture(net, data[1], history, Path("none.png"))
    (figure,) = figures
    assert_nothing_overlaps(figure)
    labels = [axes.get_xlabel() for axes in figure.axes[:20]]
    titles = [axes.get_title() for axes in figure.axes[:20]]
    assert titles == data[1].classes * 2
    if not right:
        assert labels == [
            *["✗ Ankle boot\n100 %"] * 9,
            "✓ Ankle boot\n100 %",
            *["✗ Ankle boot\n100 %"] * 9,
            "",  # none is taken for anything else
        ]


def test_ctrl_c_ends_fashion(data: Any, tmp_path: Path) -> None:
    run = interrupted_after(" 0.7", FASHION, "--epochs", 10000, "--plot", tmp_path / "fashion.png")
    assert_interrupted(run)
    assert list(tmp_path.iterdir()) == []


def test_fashion_of_a_folder_without_it_is_said_to_be_from_elsewhere(
    examples: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, fashion = examples

    def said(folder: Path) -> str:
        fashion.say_if_elsewhere(folder)
        return capsys.readouterr().err

    absent = tmp_path / "absent"
    assert said(absent) == f"Not in {absent}, but of the system's package: all files\n"
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte"):
        (tmp_path / name).touch()
    assert said(tmp_path).endswith(f"{tmp_path}, but of the system's package: {TEST_LABELS}\n")
    (tmp_path / f"{TEST_LABELS}.gz").touch()
    assert said(tmp_path) == ""


def test_a_damaged_copy_beside_a_good_one_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = copied_test_files(tmp_path) / TEST_LABELS
    damaged.touch()
    with imported("mnist_fnn") as program:
        program.common.load_or_fail(MNIST, tmp_path, train=False, transform=None)
    first, then = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{damaged} is empty")
    assert then == f"So {damaged}.gz was read; remove the other"


@pytest.mark.parametrize("download", [False, True])
def test_without_the_files_it_says_where_to_get_them(tmp_path: Path, download: bool) -> None:
    # As on a machine without the package, and, for --download, without a network.
    before = (
        "from tinygrad_lr.datasets import FashionMNIST as F; "
        f"F._system_folders = ({str(tmp_path / 'package')!r},); "
        "F.mirrors = ('http://127.0.0.1:9/',)"
    )
    options = ["--data", tmp_path / "empty", *["--download"] * download]
    run = prepared(before, FASHION, *options)
    assert (run.code, run.out) == (2, "")
    assert "Traceback" not in run.err
    message = run.err[run.err.index("fashion_softmax.py: ") :]
    if download:
        assert "could not download Fashion-MNIST's train images. Tried:\n" in message
        assert "http://127.0.0.1:9/train-images-idx3-ubyte.gz: " in message
    else:
        assert message == run.err
        assert "Fashion-MNIST's train images are not in" in message
        assert list(tmp_path.iterdir()) == []
    assert str(tmp_path / "empty" / "FashionMNIST" / "raw") in message
    assert f"also looked in {tmp_path / 'package'}" in message
    assert ("Pass --download, or put" in message) == (not download)
    assert "download=True" not in message
    assert "apt install dataset-fashion-mnist" in message
