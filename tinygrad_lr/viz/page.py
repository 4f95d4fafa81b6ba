"""The page: a walk's data and its drawing, in one file of HTML that needs nothing else.

page.html is the template: what is seen, and how it is stepped through. It is given data only as
JSON, and makes text of it, never markup.
"""

from __future__ import annotations

import html
import json
import re
from importlib.resources import files

from .data import json_of
from .drawing import Data, curve, drawn, edge_names, in_words, title


def page_of(data: Data) -> str:
    """The HTML of the page that steps through a walk: `data` is as data.py makes it."""
    numbers = _Numbers()
    walk = _walk(data, numbers)  # the numbers are there after it
    packed = json_of({"walk": walk, "numbers": numbers.all})
    texts = {"title": html.escape(data["title"]), "data": packed}
    template = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: texts[found[1]], template)


class _Numbers:
    """What arrays hold, each once: the same gradient is met at many steps."""

    def __init__(self) -> None:
        self.all: list[Data] = []
        self._at: dict[str, int] = {}

    def index(self, numbers: Data | None) -> int | None:
        """Where `numbers` is in the list of all."""
        if numbers is None:
            return None
        at = self._at.setdefault(json.dumps(numbers), len(self.all))
        if at == len(self.all):
            self.all.append(numbers)
        return at


def _walk(data: Data, numbers: _Numbers) -> Data:
    """A walk's data as the page takes it: with its drawing, and arrays by their place in a list."""
    nodes = [
        node
        | {"title": title(node), "words": in_words(data, node), "modules": _modules(data, node)}
        | {"value": numbers.index(node["value"])}
        | {"inside": _walk(node["inside"], numbers) if node["inside"] else None}
        for node in data["nodes"]
    ]
    steps = [
        step
        | {key: numbers.index(step[key]) for key in ("before", "result")}
        | {"terms": [term | {"value": numbers.index(term["value"])} for term in step["terms"]]}
        for step in data["steps"]
    ]
    return data | {"nodes": nodes, "steps": steps, "drawing": _drawing(data)}


def _modules(data: Data, node: Data) -> str:
    """The modules that a node was made in: ``Sequential > 0 (Linear)``."""
    groups, at, names = {group["id"]: group for group in data["groups"]}, node["group"], []
    while at is not None:
        names.append(groups[at]["name"])
        at = groups[at]["parent"]
    return " > ".join(reversed(names))


def _drawing(data: Data) -> Data:
    """Where the nodes and edges are."""
    boxes, drawing = drawn(data)
    places = [
        {"id": key, "lines": box.lines, "w": box.width, "h": box.height}
        | dict(zip("xy", (round(at, 1) for at in drawing.places[key])))
        for key, box in boxes.items()
    ]
    edges = [
        {"path": curve(route), "start": route[0], "end": route[-1], "name": name, "short": short}
        | {"middle": [(a + b) / 2 for a, b in zip(*route[:2])]}
        for (name, short), route in zip(edge_names(data), drawing.routes)
    ]
    return {"boxes": places, "edges": edges, "width": drawing.width, "height": drawing.height}
