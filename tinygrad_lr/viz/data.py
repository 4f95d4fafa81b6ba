"""A Walk as data for a page: dicts, lists, numbers and text, as JSON has them.

    {"title": str, "notes": [sentence...],
     "nodes": [{"id", "kind", "op", "name", "label", "shape", "dtype", "device", "group", "place",
                "value", "nan", "inside", "wanted"}...],
     "edges": [{"from", "to", "argument", "name"}...],
     "groups": [{"id", "name", "parent", "open"}...], "sources": [{"name", "first", "lines"}...],
     "steps": [{"kind", "node", "edge", "says", "rule", "argument", "terms", "before",
                "result"}...]}

An edge leads from an argument to the operation that used it. The kinds of steps are: "start",
"incoming" (a node's gradient is complete), "rule", "sum_back" (over broadcast axes), "arrive",
"add_up" (a second gradient of one value), "hook" and "deliver" (to a leaf's ``.grad``).

Numbers are JSON's, or "nan", "inf", "-inf", which JSON has not.
"""

from __future__ import annotations

import json
import math
from typing import Any

from .numbers import Numbers
from .places import Group, Place, Source
from .steps import Arc, Seen, Step, Steps


def data_of(walk: Steps) -> dict[str, Any]:
    """What a page shows of a walk."""
    return {
        "title": walk.title,
        "notes": walk.notes,
        "nodes": [_node(seen, walk.sources) for seen in walk.nodes],
        "edges": [_edge(arc) for arc in walk.edges],
        "groups": [_group(group) for group in walk.groups],
        "steps": [_step(step) for step in walk.steps],
        "sources": [_source(source) for source in walk.sources],
    }


def json_of(data: dict[str, Any]) -> str:
    """The data as JSON that can stand in a ``<script>``."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
    for mark in "<>&\u2028\u2029":  # they stand in strings only, so an escape means the same
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def _node(seen: Seen, sources: list[Source]) -> dict[str, Any]:
    value = seen.value
    return {
        "id": seen.id,
        "kind": seen.kind,
        "op": seen.op,
        "name": seen.name,
        "shape": None if value is None else list(value.shape),
        "dtype": None if value is None else value.dtype,
        "device": None if value is None else value.device,
        "label": seen.label,
        "group": None if seen.group is None else seen.group.id,
        "place": _place(seen.place, sources),
        "value": _numbers(value),
        "nan": value is not None and bool(value.nan or value.inf),
        "inside": None if seen.inside is None else data_of(seen.inside),
        "wanted": seen.wanted,
    }


def _place(place: Place | None, sources: list[Source]) -> dict[str, Any] | None:
    held = [i for i, source in enumerate(sources) if place is not None and source.holds(place)]
    if place is None or not held:
        return None
    return {
        "source": held[0],
        "line": place.line,
        "col": place.col,
        "end_line": place.end_line,
        "end_col": place.end_col,
    }


def _group(group: Group) -> dict[str, Any]:
    parent = None if group.parent is None else group.parent.id
    return {"id": group.id, "name": group.label, "parent": parent, "open": True}


def _source(source: Source) -> dict[str, Any]:
    return {"name": source.name, "first": source.first, "lines": source.lines}


def _edge(arc: Arc) -> dict[str, Any]:
    return {"from": arc.source, "to": arc.target, "argument": arc.argument, "name": arc.name}


def _step(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "node": step.node,
        "edge": step.edge,
        "says": step.says,
        "rule": step.rule,
        "argument": step.argument,
        "terms": [
            {"name": term.name, "value": _numbers(term.value), "text": term.text}
            for term in step.terms
        ],
        "before": _numbers(step.before),
        "result": _numbers(step.result),
    }


def _numbers(numbers: Numbers | None) -> dict[str, Any] | None:
    if numbers is None:
        return None
    return {
        "shape": list(numbers.shape),
        "dtype": numbers.dtype,
        "min": _number(numbers.min),
        "max": _number(numbers.max),
        "mean": _number(numbers.mean),
        "nan": numbers.nan,
        "inf": numbers.inf,
        "text": numbers.text,
        "image": None if numbers.image is None else vars(numbers.image),
    }


def _number(x: float) -> float | str:
    return x if math.isfinite(x) else str(x)
