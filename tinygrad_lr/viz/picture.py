"""The picture of a graph alone: as SVG, as text for Graphviz, as text for Mermaid."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from ..errors import ArgumentError
from ..utils.files import replacing
from .drawing import LINE, Box, Data, curve, cut, drawn, edge_names, in_words, shape, title

_MARGIN = 10


class Picture:
    """A graph, drawn: leaves on top, the result below. It shows itself in a notebook.

    Attributes:
        svg: a picture that any browser shows, and any editor of drawings opens, in dark and light.
        dot: the graph in Graphviz's language.
        mermaid: in Mermaid's, which many a Markdown renders: on GitHub between ```` ```mermaid ````
            and ```` ``` ````.

    >>> w = tg.tensor(4.0, requires_grad=True)
    >>> tg.viz.graph(w * 3.0).save("graph.svg")
    """

    def __init__(self, data: Data) -> None:
        self._data = data

    @property
    def svg(self) -> str:
        """The picture as SVG.

        >>> tg.viz.graph(tg.ones(2, requires_grad=True).sum()).svg[:4]
        '<svg'
        """
        return _svg(self._data)

    @property
    def dot(self) -> str:
        """The picture in the language of Graphviz.

        >>> print(tg.viz.graph(tg.ones(2, requires_grad=True).sum()).dot)
        digraph {
        ...
          n0 -> n1;
        }
        ...
        """
        return _dot(self._data)

    @property
    def mermaid(self) -> str:
        """The picture in the language of Mermaid.

        >>> print(tg.viz.graph(tg.ones(2, requires_grad=True).sum()).mermaid)
        flowchart TD
        ...
          n0 --> n1
        ...
        """
        return _mermaid(self._data)

    def save(self, name: str | os.PathLike[str]) -> None:
        """Write the picture to a file; how, its ending says: .svg, .dot (.gv), .mmd.

        Raises ArgumentError for another ending. A file of that name is replaced in one step.

        >>> w = tg.tensor(4.0, requires_grad=True)
        >>> tg.viz.graph(w * 3.0).save("graph.mmd")
        """
        writers: dict[str, Callable[[Data], str]]
        writers = {".svg": _svg, ".dot": _dot, ".gv": _dot, ".mmd": _mermaid}
        ending = Path(os.fspath(name)).suffix
        if ending.lower() not in writers:
            raise ArgumentError(
                f"a graph is saved as .svg (a picture), .dot (for Graphviz) or .mmd (for Mermaid), "
                f"got the name {os.fspath(name)!r}; the page of a walk, .html, is saved by "
                "tg.viz.backward(...).save(...)"
            )
        text = writers[ending.lower()](self._data)
        with replacing(name) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        nodes, edges = len(self._data["nodes"]), len(self._data["edges"])
        return f"<Picture of {nodes} nodes and {edges} edges>"


# ------------------------------------------------------------------------------------------- SVG

_STYLE = """
.b{fill:#fff;stroke:#566072;stroke-width:1.4}.constant{stroke-dasharray:5 4}.box{stroke-width:3}
.e{fill:none;stroke:#566072;stroke-width:1.4;marker-end:url(#down)}.h{fill:#566072}
text{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1c2430}
text{text-anchor:middle}
.n{font-weight:700}.s,.a{fill:#566072}.a{font-size:12px}
@media(prefers-color-scheme:dark){.b{fill:#1c2027;stroke:#a3acba}.e{stroke:#a3acba}.h{fill:#a3acba}
text{fill:#e8eaee}.s,.a{fill:#a3acba}.page{fill:#14171c}}
"""


def _svg(data: Data) -> str:
    boxes, drawing = drawn(data, gradients=False)
    wide, high = drawing.width + 2 * _MARGIN, drawing.height + 2 * _MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" '
        f'width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="{-_MARGIN} {-_MARGIN} {wide:.1f} {high:.1f}">'
    )
    words = "; ".join(in_words(data, node) for node in data["nodes"])
    lines = [head, f'<title id="title">{_text(data["title"])}</title>']
    lines.append(f'<desc id="desc">{_text(words)}</desc><style>{_STYLE}</style>')
    lines.append(
        '<defs><marker id="down" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="11" '
        'markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">'
        '<path class="h" d="M0 0 10 5 0 10z"/></marker></defs>'
    )
    lines.append(
        f'<rect class="page" fill="#fff" x="{-_MARGIN}" y="{-_MARGIN}" width="{wide:.1f}" '
        f'height="{high:.1f}"/>'
    )
    for (name, short), route in zip(edge_names(data), drawing.routes):
        lines.append(f'<path class="e" d="{curve(route)}"/>')
        if name and short:  # there is no room for more
            x, y = route[-1]
            x += 12 if route[0][0] <= x else -12
            lines.append(f'<text class="a" x="{x:.1f}" y="{y - 8:.1f}">{_text(name)}</text>')
    for node in data["nodes"]:
        lines += _node(node, boxes[node["id"]], *drawing.places[node["id"]])
    return "\n".join([*lines, "</svg>", ""])


def _node(node: Data, box: Box, x: float, y: float) -> list[str]:
    left, top = x - box.width / 2, y - box.height / 2
    round_ = 16 if node["kind"] in ("leaf", "constant") else 5
    lines = [
        f'<g><title>{_text(box.title)}</title><rect class="b {node["kind"]}" x="{left:.1f}" '
        f'y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="{round_}"/>'
    ]
    for i, line in enumerate(box.lines):
        at = f'x="{x:.1f}" y="{top + 20 + LINE * i:.1f}"'
        lines.append(f'<text class="{"s" if i else "n"}" {at}>{_text(line)}</text>')
    return [*lines, "</g>"]


def _text(text: str) -> str:
    """`text` as XML may hold it: no markup, and no character that it forbids."""
    return escape(re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text))


# ---------------------------------------------------------------------- for Graphviz, for Mermaid

_DOT = {"leaf": "box, style=rounded", "constant": 'box, style="rounded,dashed"'}


def _dot(data: Data) -> str:
    lines = ["digraph {", "  node [shape=box, fontname=monospace];"]
    lines.append("  edge [fontname=monospace, fontsize=11];")
    for node in data["nodes"]:
        label = r"\n".join(map(_quoted, _labels(node)))
        more = f", shape={_DOT[node['kind']]}" if node["kind"] in _DOT else ""
        lines.append(f'  n{node["id"]} [label="{label}"{more}];')
    for edge, (name, _) in zip(data["edges"], edge_names(data)):
        label = f' [label="{_quoted(name)}"]' if name else ""
        lines.append(f"  n{edge['from']} -> n{edge['to']}{label};")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    """`text` within the quotes of Graphviz's language, where a backslash is more than itself."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


_SHAPES: dict[str, tuple[str, str]] = {"leaf": ("([", "])"), "constant": ("([", "])")}


def _mermaid(data: Data) -> str:
    lines = ["flowchart TD"]
    for node in data["nodes"]:
        begin, end = _SHAPES.get(node["kind"], ("[", "]"))
        label = "<br>".join(map(_entities, _labels(node)))
        lines.append(f'  n{node["id"]}{begin}"{label}"{end}')
    for edge, (name, _) in zip(data["edges"], edge_names(data)):
        label = f'|"{_entities(name)}"|' if name else ""
        lines.append(f"  n{edge['from']} -->{label} n{edge['to']}")
    dashed = [f"n{node['id']}" for node in data["nodes"] if node["kind"] == "constant"]
    lines += [f"  style {','.join(dashed)} stroke-dasharray: 5 4"] if dashed else []
    return "\n".join([*lines, ""])


def _entities(text: str) -> str:
    """`text` within Mermaid's quotes: what may mean something to it, by its number."""
    return re.sub(r"""[^\w ().,=+*/@…-]""", lambda found: f"#{ord(found[0])};", text)


def _labels(node: dict[str, Any]) -> list[str]:
    return [cut(line) for line in (title(node), shape(node)) if line]
