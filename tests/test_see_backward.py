"""examples/see_backward.py as a person runs it: real processes, and the pages that they save."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from processes import DOUBLE, EXAMPLES, Ran, called, python

SEE = EXAMPLES / "see_backward.py"
PAGES = ["line.html", "diamond.html", "broadcast.html", "network.html"]


def see(*args: Any, **options: Any) -> Ran:
    return python(SEE, *args, **options)


def works(run: Ran) -> Ran:
    assert (run.code, run.err) == (0, ""), run
    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def plain(folder: Path) -> Ran:
    """python examples/see_backward.py, as somebody starts it in a folder of her own"""
    return works(see(cwd=folder))


@pytest.fixture
def walks(plain: Ran, folder: Path) -> dict[str, Any]:
    """The data in each page."""
    return {name: data_in(folder / name) for name in PAGES}


def data_in(page: Path) -> Any:
    text = page.read_text(encoding="utf-8")
    (data,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.DOTALL)
    return json.loads(data)


def delivered(data: Any, name: str) -> Any:
    """The numbers that end in the leaf called `name`, as text or else their figures."""
    walk, numbers = data["walk"], data["numbers"]
    (leaf,) = (node["id"] for node in walk["nodes"] if node["name"] == name)
    (last,) = (s["result"] for s in walk["steps"] if (s["kind"], s["node"]) == ("deliver", leaf))
    return numbers[last]


def test_it_prints_the_walk_of_a_line_and_what_it_saved(plain: Ran, folder: Path) -> None:
    first, *table = plain.out.splitlines()
    assert first == "See a backward pass, on the cpu, seed 0"
    assert any("g * b" in line for line in table)  # the rule of mul, as it is in the source
    assert max(map(len, table)) <= 100
    for name in PAGES:
        assert re.search(rf"^{name} +\d+ steps  \w", plain.out, re.MULTILINE)
    assert table[-1] == f"Pages saved to {folder}"


def test_there_are_four_pages_and_nothing_else(plain: Ran, folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(PAGES)
    for name in PAGES:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.lower().startswith("<!doctype html>")
        assert len(text) < 300_000
        assert not re.search(r"(src|href)=\"?(https?:)?//", text)


def test_the_pages_end_with_the_gradients_of_a_book(walks: dict[str, Any]) -> None:
    assert delivered(walks["line.html"], "w")["text"] == "3."
    assert delivered(walks["line.html"], "b")["text"] == "1."
    assert delivered(walks["diamond.html"], "a")["text"] == "8."
    assert delivered(walks["broadcast.html"], "bias")["text"] == "[2.5000, 2.5000]"


def test_each_shows_what_it_is_for(walks: dict[str, Any]) -> None:
    kinds = {n: {s["kind"] for s in data["walk"]["steps"]} for n, data in walks.items()}
    assert "add_up" in kinds["diamond.html"]
    assert "add_up" not in kinds["line.html"]
    assert "sum_back" in kinds["broadcast.html"]
    assert "sum_back" not in kinds["line.html"]
    shapes = {tuple(node["shape"]) for node in walks["network.html"]["walk"]["nodes"]}
    assert {(16, 784), (10, 16), (8, 784), ()} <= shapes


def test_they_show_the_lines_of_the_program(walks: dict[str, Any]) -> None:
    expected = {
        "line.html": "y = w * x + b",
        "diamond.html": "b = a + a",
        "broadcast.html": "((x + bias) ** 2).mean()",
        "network.html": "scores = model(pixels)",
    }
    for name, code in expected.items():
        sources = walks[name]["walk"]["sources"]
        assert any(code in line for source in sources for line in source["lines"]), name


def test_the_readme_links_and_pictures_the_page_of_the_network(walks: dict[str, Any]) -> None:
    """If it no longer does: python tests/readme_picture.py"""
    stored = data_in(EXAMPLES / "backward.html")["walk"]
    now = walks["network.html"]["walk"]
    for part, keys in {"nodes": ["name", "op", "shape"], "steps": ["kind", "rule"]}.items():
        kept, made = ([[item[k] for k in keys] for item in walk[part]] for walk in (stored, now))
        assert kept == made
    assert [source["lines"] for source in stored["sources"]] == [
        source["lines"] for source in now["sources"]
    ]
    with Image.open(EXAMPLES / "backward.png") as picture:
        assert picture.size == (1200, 760)
        assert picture.text["Command"] == "python tests/readme_picture.py"


def test_the_seed_is_that_of_the_network(plain: Ran, folder: Path, tmp_path: Path) -> None:
    run = works(see("--seed", 1, "--out", tmp_path))
    assert run.out.splitlines()[0] == "See a backward pass, on the cpu, seed 1"
    same = [n for n in PAGES if (tmp_path / n).read_bytes() == (folder / n).read_bytes()]
    assert same == PAGES[:3]


def test_on_the_double_of_cupy(plain: Ran, walks: dict[str, Any], tmp_path: Path) -> None:
    run = works(see("--device", "gpu", "--out", tmp_path, path=DOUBLE))
    assert run.out.splitlines()[0] == "See a backward pass, on the gpu, seed 0"
    text = (tmp_path / "line.html").read_text(encoding="utf-8")
    assert '"gpu"' in text
    assert (tmp_path / "network.html").exists()


def test_what_was_there_before_stays_whole_or_is_replaced(tmp_path: Path) -> None:
    for name in PAGES:
        (tmp_path / name).write_text("older")
    works(see("--out", tmp_path))
    assert all((tmp_path / name).stat().st_size > 5 for name in PAGES)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(PAGES)


WRONG = {
    "--out absent": "cannot write absent/line.html: there is no folder absent",
    "--out file": "cannot write file/line.html: ",
    "--data absent": "MNIST's test images are not in absent",
    "--plot x.png": "unrecognized arguments: --plot x.png",
    "--device tpu": "argument --device: invalid choice: 'tpu'",
    "--seed -1": "argument --seed: expected an integer >= 0, got '-1'",
}


@pytest.mark.parametrize("options", WRONG)
def test_what_cannot_be_is_said_in_words(
    options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    run = called("see_backward", *options.split())
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"see_backward.py: {WRONG[options]}")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    run = see("--out", tmp_path)
    assert "no permission to write into" in run.err
