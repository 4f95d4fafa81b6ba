"""What viz.backward() gives can be printed, saved, and shown in a notebook."""

from __future__ import annotations

import html
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import tinygrad_lr as tg


@pytest.fixture
def walk() -> Any:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * 3).sum()
    return tg.viz.backward(loss)


def test_it_is_saved_as_what_its_name_says(walk: Any, tmp_path: Path) -> None:
    walk.save(tmp_path / "walk.html")
    walk.save(str(tmp_path / "walk.txt"))
    walk.save(tmp_path / "WALK.JSON")
    page = (tmp_path / "walk.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "g * b" in page
    assert (tmp_path / "walk.txt").read_text(encoding="utf-8") == f"{walk}\n"
    data = json.loads((tmp_path / "WALK.JSON").read_text(encoding="utf-8"))
    assert [node["op"] for node in data["nodes"] if node["op"]] == ["mul", "sum"]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("name", ["walk", "walk.svg", "walk.pdf", ".html"])
def test_another_ending_is_answered_in_words(walk: Any, name: str, tmp_path: Path) -> None:
    with pytest.raises(tg.errors.ArgumentError, match=r"(?s)\.html \(the page\), \.txt .* \.json"):
        walk.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_where_no_file_can_be_nothing_is_left(walk: Any, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        walk.save(tmp_path / "absent" / "walk.html")
    old = tmp_path / "walk.html"
    old.write_text("older")
    walk.save(old)
    assert old.read_text(encoding="utf-8") != "older"
    assert list(tmp_path.iterdir()) == [old]


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))


def test_in_a_notebook_it_is_in_a_frame_of_its_own(walk: Any, tmp_path: Path) -> None:
    """All of it is in the frame, so several in one notebook cannot meet."""
    (tag, attributes), *rest = Tags(walk._repr_html_()).found
    assert tag == "iframe"
    assert [name for name, _ in rest] == ["details", "summary", "pre"]
    assert attributes["sandbox"] == "allow-scripts"
    assert "id" not in attributes
    assert "src" not in attributes
    walk.save(tmp_path / "walk.html")
    assert attributes["srcdoc"] == (tmp_path / "walk.html").read_text(encoding="utf-8")


def test_in_a_notebook_without_frames_the_table_is_left(walk: Any) -> None:
    _, _, folded = walk._repr_html_().partition("</iframe>")
    assert html.unescape(folded).count(f"{walk}</pre></details>") == 1


def test_a_name_is_never_markup() -> None:
    values = {"</script><script>alert(1)</script>": tg.tensor(2.0, requires_grad=True)}
    shown = tg.viz.backward(values["</script><script>alert(1)</script>"] * 3)._repr_html_()
    (_, attributes), *_ = Tags(shown).found
    assert "<script>alert(1)" not in shown
    assert "<script>alert(1)" not in str(attributes["srcdoc"])
