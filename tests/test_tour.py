"""examples/tour.ipynb runs, and shows what is stored in it."""

from __future__ import annotations

import ast
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from processes import EXAMPLES, environment

TOUR = EXAMPLES / "tour.ipynb"
LIMIT = 600  # seconds after which it counts as hanging
STORED = nbformat.read(TOUR, as_version=4)
CELLS = [cell for cell in STORED.cells if cell.cell_type == "code"]
NUMBER = re.compile(r"(?<![\w#.])-?\d+(?:\.\d*)?(?:e[-+]?\d+)?(?![\w])")
# What is another each time, or on another machine: an address, a picture, the page in a frame.
CHANGING = re.compile(r'0x[0-9a-f]+|data:image/png;base64,[^"]*|srcdoc="[^"]*"')


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What each cell shows now. In a process of its own: the kernel's client leaves things open."""
    file = tmp_path_factory.mktemp("tour") / "again.ipynb"
    program = Path(__file__).with_name("tour.py")
    run = subprocess.run(
        [sys.executable, program, file],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    notebook = nbformat.read(file, as_version=4)
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


def joined(outputs: list[Any]) -> list[Any]:
    """The outputs of a cell, with those of one stream that follow each other made one."""
    whole: list[Any] = []
    for output in outputs:
        if whole and "name" in output and output.get("name") == whole[-1].get("name"):
            whole[-1] = nbformat.from_dict({**output, "text": whole[-1].text + output.text})
        else:
            whole.append(output)
    return whole


def texts(outputs: list[Any]) -> list[tuple[str, str]]:
    """What a cell shows, in each of the forms that a notebook can choose from.

    Of a drawing only what is written in it: where things are is not what the tour is about.
    What a cell prints is one text, in however many pieces the kernel happens to send it.
    """
    found: list[tuple[str, str]] = []
    for output in joined(outputs):
        forms = {output.name: output.text} if output.output_type == "stream" else output.data
        for form, text in forms.items():
            if form == "image/svg+xml":
                text = "\n".join(sorted(re.findall(r"<text\b[^>]*>([^<]*)", "".join(text))))
                assert text
            found.append((form, CHANGING.sub("...", "".join(text))))
    return found


def close(ours: str, theirs: str) -> bool:
    """Whether two numbers are those of the same training, on machines that round otherwise."""
    return math.isclose(float(ours), float(theirs), rel_tol=0.05, abs_tol=0.02)


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_a_cell_shows_what_is_stored(number: int, again: list[Any]) -> None:
    stored, shown = texts(CELLS[number].outputs), texts(again[number])
    assert [form for form, _ in shown] == [form for form, _ in stored]
    for (_, before), (_, now) in zip(stored, shown):
        assert NUMBER.sub("0", now).split() == NUMBER.sub("0", before).split()
        numbers = zip(NUMBER.findall(now), NUMBER.findall(before), strict=True)
        assert not [pair for pair in numbers if not close(*pair)]


def test_a_text_that_comes_in_pieces_is_one_text() -> None:
    piece = {"output_type": "stream", "name": "stdout", "text": "a line\n"}
    other = piece | {"name": "stderr"}
    outputs = [nbformat.from_dict(output) for output in (piece, piece, other, piece)]
    whole, line = ("stdout", "a line\na line\n"), "a line\n"
    assert texts(outputs) == [whole, ("stderr", line), ("stdout", line)]


def test_it_is_a_sound_notebook_of_twenty_cells() -> None:
    nbformat.validate(STORED)
    assert len(CELLS) == 20
    assert [cell.execution_count for cell in CELLS] == [*range(1, 21)]  # stored in one go
    assert TOUR.stat().st_size < 1_000_000
    for cell in STORED.cells:
        assert all(len(line) <= 140 for line in cell.source.splitlines())
        if cell.cell_type == "code":
            ast.parse(cell.source)
            assert cell.outputs or cell.source.startswith(("import", "from")), cell.source


def test_its_links_lead_somewhere() -> None:
    for cell in STORED.cells:
        if cell.cell_type == "markdown":
            for link in re.findall(r"\]\(([^)#:]+)\)", cell.source):
                assert (TOUR.parent / link).exists(), link


def test_what_is_stored_needs_nothing_from_elsewhere() -> None:
    """And names no folder of the machine that it was stored on."""
    text = TOUR.read_text(encoding="utf-8")
    assert "<script src" not in text
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert not re.search(r"/(tmp|home|root|work|Users)/", text)


def test_it_ends_with_a_network_that_reads_digits(again: list[Any]) -> None:
    shown = "\n".join(text for outputs in again for _, text in texts(outputs))
    found = re.search(r"(\d+\.\d)% of 10,000 right", shown)
    assert found is not None
    assert float(found[1]) > 93
