"""tg.viz.graph: the picture of a graph, as SVG, for Graphviz and for Mermaid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import tinygrad_lr as tg
from tinygrad_lr import viz
from tinygrad_lr.viz.data import data_of
from tinygrad_lr.viz.drawing import cut, drawn
from tinygrad_lr.viz.picture import Picture

NASTY = """</script><!-- ' " \\ & ]]> ]{}|; \x00 \n é 🎉"""
SVG = "{http://www.w3.org/2000/svg}"


def graph_of_products() -> tuple[Any, dict[str, Any]]:
    """``h * h + x``, and its data."""
    x = tg.tensor(3.0, requires_grad=True)
    h = x * 2
    y = h * h + x
    return y, data_of(viz.backward(y))


def renamed(name: str) -> dict[str, Any]:
    data = graph_of_products()[1]
    for node in data["nodes"]:
        node["name"] = name
    return data | {"title": name}


def test_the_svg_has_each_node_with_its_operation_and_shape_and_each_edge() -> None:
    y, data = graph_of_products()
    root = ElementTree.fromstring(viz.graph(y).svg)
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert {"mul 1", "mul 2", "y = add"} <= set(texts)
    assert {"scalar 3.", "scalar 6.", "scalar 36.", "scalar 39."} <= set(texts)
    paths = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("class") == "e"]
    assert len(set(paths)) == len(data["edges"]) == 6  # h * h: two, each on a way of its own


def test_the_svg_stands_alone_and_says_in_words_what_it_shows() -> None:
    svg = viz.graph(graph_of_products()[0]).svg
    assert not re.search(r"(?<!xmlns=\")https?:|@import|<script", svg)
    root = ElementTree.fromstring(svg)
    assert root.find(f"{SVG}title") is not None
    said = root.findtext(f"{SVG}desc")
    assert said is not None
    assert "mul 1, an operation, a scalar, from leaf and 2; mul 2, an operation" in said
    assert "prefers-color-scheme:dark" in svg


def test_a_shape_is_written_as_python_writes_it() -> None:
    y = tg.ones(2, 3, requires_grad=True).sum(0)
    svg = viz.graph(y, tg.ones(3)).svg
    assert ">(2, 3)<" in svg
    assert ">(3,)<" in svg


@pytest.mark.parametrize(
    "name", [NASTY, '"', "\\", 'a"]; n9 [b="', '\\"', "</script>", "<!--", "é🎉"]
)
def test_names_of_all_kinds_are_text_in_every_language(name: str) -> None:
    picture = Picture(renamed(name))
    ElementTree.fromstring(picture.svg)  # well-formed
    assert "<script" not in picture.svg
    assert "\x00" not in picture.svg
    for line in picture.dot.splitlines():  # every quote is closed, and nothing follows the label
        rest = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert '"' not in rest, line
        assert "script" not in rest, line
    for line in picture.mermaid.splitlines():
        assert line.count('"') in (0, 2)
        assert "<!--" not in line
        assert "</" not in line


def test_the_text_for_graphviz_and_mermaid_has_all_nodes_and_edges() -> None:
    picture = viz.graph(graph_of_products()[0])
    assert picture.dot.startswith("digraph {\n")
    assert picture.dot.endswith("}\n")
    assert picture.dot.count(" -> ") == picture.mermaid.count(" -->") == 6
    assert len(re.findall(r"^  n\d+ \[", picture.dot, re.M)) == 5
    assert picture.mermaid.startswith("flowchart TD\n")
    assert '["mul 1<br>scalar 6."]' in picture.mermaid


@pytest.mark.parametrize(
    ("name", "begins"),
    [("g.svg", "<svg"), ("g.SVG", "<svg"), ("g.dot", "digraph"), ("g.mmd", "flow")],
)
def test_a_picture_is_saved_in_the_form_that_its_name_says(
    tmp_path: Path, name: str, begins: str
) -> None:
    viz.graph(graph_of_products()[0]).save(tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["graph.png", "graph", "graph.html", ".svg"])
def test_another_name_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)\.svg \(a picture\), \.dot .* or \.mmd"):
        viz.graph(graph_of_products()[0]).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_notebook_shows_the_svg() -> None:
    picture = viz.graph(graph_of_products()[0])
    assert picture._repr_svg_() == picture.svg
    assert repr(picture) == "<Picture of 5 nodes and 6 edges>"


def test_what_backward_refuses_graph_refuses_too() -> None:
    with pytest.raises(RuntimeError, match="leaf"):
        viz.graph(tg.tensor(2.0, requires_grad=True))
    with pytest.raises(RuntimeError):
        viz.graph(tg.ones(2))
    with pytest.raises(RuntimeError, match="gradient"):
        viz.graph(tg.ones(2, requires_grad=True) * 2)
    with pytest.raises(TypeError):
        viz.graph(3.0)  # type: ignore[arg-type]


def test_a_long_name_keeps_both_its_ends() -> None:
    assert cut("encoder.layers.11.self_attention.weight") == "encoder.layers.1…ion.weight"
    assert cut("short") == "short"
    assert cut("a\n b\x00c") == "a b c"
    assert len(cut("🎉" * 40)) < 20  # they are wide


def test_what_is_written_on_a_node_fits() -> None:
    for name in ("w" * 80, "🎉" * 80, NASTY * 3):
        for box in drawn(renamed(name))[0].values():
            assert 7.9 * max(map(len, box.lines)) < box.width < 260
