"""Checkpoints that mnist_logreg.py cannot use are refused in one line, and left as they are.

Truncated, damaged, of another program or other options, and forged: one value in it is not what it
should be, under a checksum that is right.
"""

from __future__ import annotations

import math
import pickle
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from logreg_runs import (
    assert_refused,
    call,
    checkpoint_of_all,
    new_folder,
    program_as_module,
    run_in_full,
    works,
)

import tinygrad_lr as tg

folder = pytest.fixture(scope="module")(new_folder)
plain = pytest.fixture(scope="module")(run_in_full)
full = pytest.fixture(scope="module")(checkpoint_of_all)
example = pytest.fixture(scope="module")(program_as_module)


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


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_checkpoint_that_cannot_be_used_is_refused_in_words_and_left_as_it_is(
    name: str, full: Path, tmp_path: Path
) -> None:
    """Though it is to be saved under the same name."""
    file = tmp_path / "file.safetensors"
    write, options, words = UNUSABLE[name]
    write(full, file)
    before = content(file)
    run = call("--resume", file, "--save", file, *options.split())
    assert_refused(run, "mnist_logreg.py: cannot resume: ", words.format(file))
    assert content(file) == before
    assert len(list(tmp_path.iterdir())) == (name != "absent")


def content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def test_a_model_of_another_shape_is_described(full: Path, tmp_path: Path) -> None:
    UNUSABLE["other shape"][0](full, tmp_path / "file")
    run = call("--resume", tmp_path / "file")
    for word in ("linear.weight", "(10, 100)", "(10, 784)"):
        assert word in run.err


# ------------------------------------------------------------------------------------------- forged

ODD = [None, True, -1, 1.5, "3000", [], {}, tg.ones(2)]
# Parts of a checkpoint, and what they are not: each under a checksum that is right.
GROUP = {**tg.optim.SGD([tg.ones(1, requires_grad=True)]).param_groups[0]}
FORGED: dict[str, list[Any]] = {
    "iteration": [*ODD, 2999, 3001, 2**70, math.nan],
    "losses": [*ODD, [0.5] * 2999, [0.5] * 3001, [0] * 3000, ["a"] * 3000, [None] * 3000],
    "until": [*ODD, 2999],
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
def test_a_forged_checkpoint_is_refused_in_words(
    part: str,
    value: Any,
    example: Any,
    training: Any,
    full: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    forged_in(*part.split("."), value=value)(full, tmp_path / "forged")
    monkeypatch.setattr(sys, "argv", ["mnist_logreg.py", "--resume", str(tmp_path / "forged")])
    with pytest.raises(SystemExit) as ended:
        example.resume(training, example.parse())
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"mnist_logreg\.py: cannot resume: ([^\n]+\n){1,4}", said.err), said.err
    assert len(said.err) < 700


def test_a_checkpoint_of_a_training_that_diverged_is_none_of_those(
    full: Path, tmp_path: Path
) -> None:
    forged_in("losses", value=[math.nan] * 2999 + [math.inf])(full, tmp_path / "nan")
    run = works(call("--resume", tmp_path / "nan"))
    assert "try a smaller --lr" in run.out
    assert run.err == ""
