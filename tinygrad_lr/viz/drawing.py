"""A walk's graph, drawn: what is written on its nodes, and where all is. For picture and page."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple, TypeAlias

from .layout import Drawing, Point, layered

Data: TypeAlias = dict[str, Any]

LETTER, LINE = 7.9, 18.0  # of the text on a node, 13 pixels: how wide a letter is, how high a line
_LONGEST = 28  # letters


class Box(NamedTuple):
    """A node as it is drawn. A last line that is empty is for its gradient, when that is known."""

    lines: list[str]
    title: str  # the first line, in full
    width: float
    height: float


def drawn(data: Data, gradients: bool = True) -> tuple[dict[int, Box], Drawing]:
    """The boxes of a walk's nodes, by id, with room for `gradients`; and where all is."""
    boxes = {node["id"]: _box(node, gradients) for node in data["nodes"]}
    sizes = {key: (box.width, box.height) for key, box in boxes.items()}
    return boxes, layered(sizes, [(edge["from"], edge["to"]) for edge in data["edges"]])


def title(node: Data) -> str:
    """What a node is called: ``w``, ``y = add``, ``mul 2``, ``leaf``; a number is called itself."""
    name, op, label = node["name"], node["op"], str(node["label"])
    if name and op:
        return f"{name} = {op}"
    return label if name or op or _is_number(node) else label.split(" (")[0]


def shape(node: Data) -> str:
    """Its shape; of a scalar its value, if that is short; "" where it has none."""
    if node["shape"] is None:
        return "" if node["kind"] in ("box", "outside") else "overwritten since"
    if _is_number(node):
        return "constant"
    text = node["value"]["text"] if node["value"] else None
    if node["shape"] == []:
        return f"scalar {text}" if text and len(text) <= 14 else "scalar"
    return str(tuple(node["shape"]))


def _is_number(node: Data) -> bool:
    """Whether it is a number of the program, which is called what it is."""
    return node["value"] is not None and node["label"] == node["value"]["text"]


def in_words(data: Data, node: Data) -> str:
    """A node for who does not see it: ``mul, an operation, of shape (3,), from w and x``."""
    names = {n["id"]: title(n) for n in data["nodes"]}
    sources = [names[edge["from"]] for edge in data["edges"] if edge["to"] == node["id"]]
    kinds = {"op": "an operation", "box": "a folded part", "outside": "outside this part"}
    parts = [title(node)]
    if title(node) != node["kind"]:
        parts.append(kinds.get(node["kind"], f"a {node['kind']}"))
    if node["shape"] is not None:
        parts.append(f"of shape {tuple(node['shape'])}" if node["shape"] else "a scalar")
    parts += [f"from {' and '.join(sources)}"] if sources else []
    return ", ".join(parts) + (", has nan or inf" if node["nan"] else "")


def edge_names(data: Data) -> list[tuple[str | None, bool]]:
    """By edge: which argument it is, if there are several; and whether all of them are short."""
    of: dict[int, dict[int, str]] = {}
    for edge in data["edges"]:
        of.setdefault(edge["to"], {})[edge["argument"]] = edge["name"]
    found: list[tuple[str | None, bool]] = []
    for edge in data["edges"]:
        names = of[edge["to"]].values()
        short = all(len(name) <= 2 for name in names)
        found.append((edge["name"] if len(names) > 1 else None, short))
    return found


def cut(text: str, longest: int = _LONGEST) -> str:
    """`text` on one line, its middle left out if it is long: both ends tell names apart."""
    text = " ".join(printable(text).split())
    begin = end = text
    if _letters(text) <= longest:
        return text
    while _letters(begin) > longest * 0.6:
        begin = begin[:-1]
    while _letters(end) > longest * 0.4 - 1:
        end = end[1:]
    return f"{begin}…{end}"


def printable(text: str) -> str:
    """`text`, blanks in the place of what would break a line, or speak to a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def curve(points: list[Point]) -> str:
    """An edge as the path of an SVG: straight down across a layer, in an arch between two."""
    (x, y), *rest = points
    path = f"M{x:.1f} {y:.1f}"
    for i, (to_x, to_y) in enumerate(rest):
        if i % 2 or abs(x - to_x) < 0.5:
            path += f"L{to_x:.1f} {to_y:.1f}"
        else:
            half = (y + to_y) / 2
            path += f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = to_x, to_y
    return path


def _box(node: Data, gradients: bool) -> Box:
    given = gradients and (node["kind"] in ("op", "box") or node["wanted"])
    lines = [cut(line) for line in (title(node), shape(node)) if line] + [""] * given
    least = 15 if given else 7  # room for a gradient: "grad -0.1234"
    marks = 2 if node["inside"] and gradients else 0  # that it opens, beside the gradient
    wide = max(least, _letters(lines[0]) + 2, *map(_letters, lines)) + marks
    return Box(lines, title(node), wide * LETTER + 26, len(lines) * LINE + 12)


def _letters(text: str) -> int:
    """How many letters wide `text` is: an ideograph, or an emoji, takes two."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
