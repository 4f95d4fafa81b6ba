"""The next lessons run too: cells as learners type them, here and in PyTorch, and the same text.

A lesson is a file in lessons/, in cells that begin with ``# %%``. Each cell runs in PyTorch and,
under import lines in which nothing but the package's name has changed, here; what it prints, and
the value of its last line, must be the same text. Nothing in a lesson depends on chance, or prints
what does.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

LESSONS = sorted((Path(__file__).parent / "lessons").glob("*.py"))
# What differs on purpose, or in the last digit: by a part of the cell, and why.
DIFFERS: dict[str, str] = {}


def cells(path: Path) -> list[str]:
    return re.split(r"^# %%.*\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]


def with_our_name(cell: str) -> str:
    """The cell under our name: only in its import lines something changes."""
    cell = re.sub(r"^import torch$", "import tinygrad_lr as torch", cell, flags=re.MULTILINE)
    return re.sub(r"^(import|from) torch\b", r"\1 tinygrad_lr", cell, flags=re.MULTILINE)


def shown(cell: str, names: dict[str, Any]) -> str:
    """What a notebook shows for a cell: what is printed, and the value of its last line."""
    body = ast.parse(cell)
    last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(body, "<cell>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
            if value is not None:
                print(repr(value))
    return without_names(out.getvalue())


def without_names(text: str) -> str:
    """A text in which sizes, dtypes and classes are written without the name of the package.

    And without what nobody sees or chooses: blanks at the end of a line, addresses.
    """
    text = re.sub(r" +$", "", text, flags=re.MULTILINE)
    text = re.sub(r"0x[0-9a-f]+", "0x...", text)
    text = re.sub(r"torch\.Size\(\[(\d+)\]\)", r"(\1,)", text)
    text = re.sub(r"torch\.Size\(\[([\d, ]*)\]\)", r"(\1)", text)
    text = re.sub(r"\b(torch|tinygrad_lr)\.(?=[\w.]*\b(float|int|uint|bool|Tensor))", "", text)
    return re.sub(r"dtype\('(\w+)'\)", r"\1", text)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_and_prints_what_pytorch_prints(path: Path) -> None:
    ours: dict[str, Any] = {"__name__": "__main__"}
    theirs: dict[str, Any] = {"__name__": "__main__"}
    wrong = []
    for i, cell in enumerate(cells(path), 1):
        expected = shown(cell, theirs)
        try:
            found = shown(with_our_name(cell), ours)
        except Exception as error:
            wrong.append(f"cell {i}: {type(error).__name__}: {error}")
            continue
        if found != expected and not any(part in cell for part in DIFFERS):
            pairs = zip(found.splitlines(), expected.splitlines(), strict=False)
            mine, other = next(((a, b) for a, b in pairs if a != b), (found, expected))
            wrong.append(f"cell {i}:\n    here:  {mine}\n    there: {other}")
    assert not wrong, "\n".join(wrong)
