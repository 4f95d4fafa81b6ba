"""Mistakes on the command lines of the examples, and how each is answered."""

from __future__ import annotations

import contextlib
import runpy
import sys
import tempfile
from typing import Any
from unittest import mock

import pytest

from mistakes import EXAMPLES
from mistakes.devices import instead_of_cupy

# What is typed after `python examples/`, and the words of the answer. Every example is there.
COMMANDS: dict[str, tuple[str, list[str]]] = {
    "a misspelt option": (
        "mnist_logreg.py --iteratoins 5",
        ["unrecognized arguments: --iteratoins 5", "--help"],
    ),
    "a number that is none": (
        "mnist_logreg.py --iterations many",
        ["--iterations: expected an integer >= 0", "'many'"],
    ),
    "batches of nothing": (
        "mnist_logreg.py --batch-size 0",
        ["--batch-size: expected an integer >= 1", "'0'"],
    ),
    "a learning rate of nan": (
        "mnist_logreg.py --lr nan",
        ["--lr: expected a finite number >= 0", "'nan'"],
    ),
    "a document that does not exist": (
        "mnist_logreg.py --document 007",
        ["--document: invalid choice: '007'", "'001', '000'"],
    ),
    "a negative seed": ("mnist_fnn.py --seed -1", ["--seed: expected an integer >= 0", "'-1'"]),
    "no number of epochs": ("mnist_fnn.py --epochs", ["--epochs: expected one argument"]),
    "a fraction of an epoch": (
        "mnist_validation.py --epochs 1.5",
        ["--epochs: expected an integer >= 0", "'1.5'"],
    ),
    "a part that does not exist": (
        "linear_regression.py --part fruit",
        ["--part: invalid choice: 'fruit'", "'crops'"],
    ),
    "a negative learning rate": (
        "fashion_softmax.py --lr=-1",
        ["--lr: expected a finite number >= 0", "'-1'"],
    ),
    "no steps": ("why_logistic.py --steps 0", ["--steps: expected an integer >= 1", "'0'"]),
    "a device that does not exist": (
        "why_logistic.py --device tpu",
        ["--device: invalid choice: 'tpu'", "'cpu', 'gpu', 'cuda', 'cuda:0', 'auto'"],
    ),
    "the GPU without CuPy": (
        "mnist_logreg.py --device gpu",
        ["no GPU: CuPy is not installed", "pip install", "use the cpu"],
    ),
    "data that are not there": (
        "mnist_logreg.py --data absent",
        ["MNIST's train images are not in absent", "Name another folder with --data"],
    ),
    "a picture into a folder that is not there": (
        "mnist_fnn.py --plot absent/picture.png",
        ["cannot write absent/picture.png", "no folder absent"],
    ),
    "pages into a folder that is not there": (
        "see_backward.py --out absent",
        ["cannot write absent/line.html", "no folder absent"],
    ),
    "a picture of an unknown kind": (
        "linear_regression.py --plot picture.doc",
        ["cannot write picture.doc", "must end in one of", ".png"],
    ),
    "a checkpoint on a folder": ("mnist_logreg.py --save .", [". is a folder", "a file in it"]),
    "going on from a file that is not there": (
        "mnist_logreg.py --resume absent",
        ["cannot resume: absent", "No such file"],
    ),
    "going on from a damaged file": (
        "mnist_logreg.py --resume damaged",
        ["cannot resume: damaged", "not a checkpoint", "use an earlier copy"],
    ),
    "going on from something else": (
        "mnist_logreg.py --resume weights",
        ["cannot resume: weights is not a checkpoint of mnist_logreg.py"],
    ),
}


def answer(command: str) -> tuple[Any, str]:
    """The exit code of a command line, and what it prints on standard error, in this process."""
    program, *options = command.split()
    path = EXAMPLES / program
    said = tempfile.TemporaryFile("w+")  # noqa: SIM115
    with (
        said,
        instead_of_cupy(None),
        mock.patch.object(sys, "argv", [str(path), *options]),
        mock.patch.object(sys, "path", [str(EXAMPLES), *sys.path]),
        contextlib.redirect_stderr(said),
    ):
        with pytest.raises(SystemExit) as left:
            runpy.run_path(str(path), run_name="__main__")
        said.seek(0)
        return left.value.code, said.read()
