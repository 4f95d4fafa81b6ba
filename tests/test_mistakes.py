"""A catalogue of mistakes: what a beginner gets wrong, and what the error must say about it.

The tables are in tests/mistakes/, a file for each area. To read the messages one after another:

    python tests/test_mistakes.py
"""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path

import pytest
from mistakes import EXAMPLES, Mistakes, X, assert_readable, assert_told_in_words
from mistakes.arithmetic import DTYPES, MATRICES, ORDERS, PRODUCTS
from mistakes.commands import COMMANDS, answer
from mistakes.data import DATASETS, LOADERS, TRANSFORMS
from mistakes.devices import DEVICES
from mistakes.files import FILES, checkpoint
from mistakes.graph import GRAPH, OWN_OPERATIONS
from mistakes.indexing import INDEXING
from mistakes.losses import LOSSES
from mistakes.modules import MODULES
from mistakes.optimizers import OPTIMIZERS
from mistakes.shapes import SHAPES
from mistakes.tensors import SHARED, TENSORS
from mistakes.viz import VIZ

import tinygrad_lr as tg

GROUPS: dict[str, Mistakes] = {
    "tensors": TENSORS,
    "shapes": SHAPES,
    "indexing": INDEXING,
    "dtypes": DTYPES,
    "losses": LOSSES,
    "devices": DEVICES,
    "graph": GRAPH,
    "own operations": OWN_OPERATIONS,
    "shared memory": SHARED,
    "products and numbers": PRODUCTS,
    "orders and counts": ORDERS,
    "matrices": MATRICES,
    "modules": MODULES,
    "optimizers": OPTIMIZERS,
    "loaders": LOADERS,
    "transforms": TRANSFORMS,
    "data sets": DATASETS,
    "files": FILES,
    "pictures": VIZ,
}
MISTAKES: Mistakes = {
    f"{group}: {name}": entry for group, table in GROUPS.items() for name, entry in table.items()
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert_told_in_words(*MISTAKES[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_line_is_answered_in_words(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a line that begins with the program's name; exit code 2, and no traceback."""
    monkeypatch.chdir(tmp_path)
    Path("damaged").write_bytes(checkpoint()[:-5])
    tg.save({"weight": X}, "weights")
    command, words = COMMANDS[name]
    code, said = answer(command)
    assert code == 2
    assert said.startswith(f"{command.split()[0]}: ")
    in_one = said.replace("\n", " ")
    assert not [word for word in words if word not in in_one], said
    assert_readable(said.rstrip("\n"))


# ----------------------------------------------------------------------------- the catalogue itself


def test_the_catalogue_is_large_and_asks_for_words() -> None:
    assert len(MISTAKES) + len(COMMANDS) > 600  # as the README says
    assert not [name for name, (_, _, words) in MISTAKES.items() if len("".join(words)) < 10]
    programs = {command.split()[0] for command, _ in COMMANDS.values()}
    assert programs == {path.name for path in EXAMPLES.glob("*.py")} - {"common.py", "ranks.py"}


def read_aloud() -> None:
    """Print every mistake with what is said about it, to be read as a beginner would."""
    warnings.simplefilter("error")
    for name, (call, _, _) in MISTAKES.items():
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                call()
            except Exception as error:
                print(f"{name}\n    {type(error).__name__}: {error}\n")
    for name, (command, _) in COMMANDS.items():
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Path("damaged").write_bytes(checkpoint()[:-5])
            tg.save({"weight": X}, "weights")
            code, said = answer(command)
            print(f"command lines: {name}\n    {command}\n    exit {code}: {said}")


if __name__ == "__main__":
    read_aloud()
