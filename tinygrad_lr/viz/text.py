"""A followed backward pass as a table of at most 100 columns."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import zip_longest

from .drawing import printable
from .numbers import Numbers
from .steps import Seen, Step, Steps
from .words import UNWATCHED

HEAD = ("node", "rule", "incoming", "outgoing")
WIDTHS = (24, 26, 20, 24)  # at most; two blanks stand between columns
Row = tuple[str, str, str, str]


def table(walk: Steps) -> str:
    """A line for each rule that is asked, in the engine's order; then what the leaves get."""
    rows = [HEAD, *_rows(walk)]
    widths = [
        min(most, max(len(line) for row in rows for line in row[i].split("\n")))
        for i, most in enumerate(WIDTHS)
    ]
    lines = [walk.title, "", *(line for row in rows for line in _lines(row, widths))]
    lines[3:3] = ["  ".join("-" * w for w in widths)]
    delivered = [step for step in walk.steps if step.kind == "deliver"]
    lines += ["", *(_wrapped(_delivered(walk.nodes[step.node], step)) for step in delivered)]
    lines += ["" + _wrapped(note) for note in walk.notes if note != UNWATCHED]
    return "\n".join(printable(line).rstrip() for line in "\n".join(lines).split("\n"))


def _rows(walk: Steps) -> Iterator[Row]:
    """What is in the table: by the "incoming" of a node, and each "rule" that follows."""
    node = incoming = ""
    last: list[str] = []  # the row that is being written
    for step in walk.steps:
        seen = walk.nodes[step.node]
        if step.kind == "incoming":
            node, incoming = called(walk, seen), brief(step.result)
        elif step.kind == "hook":
            yield "", f"the hooks of {seen.label}", brief(step.before), brief(step.result)
        elif step.kind == "rule":
            last = [node, f"{step.argument}: {_code(step.rule)}", incoming, brief(step.result)]
            node = incoming = ""
        elif step.kind == "sum_back":
            last[3] = f"{brief(step.result)}, summed,"
        elif step.kind == "arrive":
            # Of a Function's result; or of several arguments at once.
            last = last or [node, step.argument or "", incoming, brief(step.result)]
            last[3] += f" to {seen.label}"
            yield last[0], last[1], last[2], last[3]
            last, node, incoming = [], "", ""
        elif step.kind == "add_up":
            yield "", "", "", f"adds up to {brief(step.result)}"


def called(walk: Steps, seen: Seen) -> str:
    """A node with its arguments: ``y = add(mul, b)``."""
    arguments = [walk.nodes[arc.source].label for arc in walk.edges if arc.target == seen.id]
    call = f"{seen.op}({', '.join(arguments)})"
    return call if seen.label == seen.op else f"{seen.label} = {call}"


def brief(numbers: Numbers | None) -> str:
    """An array in a few characters."""
    return "" if numbers is None else numbers.brief


def _code(rule: str | None) -> str:
    """The text of a rule, without comments."""
    if rule is None:
        return "(no source)"
    lines = rule.split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _delivered(seen: Seen, step: Step) -> str:
    if not seen.wanted:
        return f"{seen.label}: {step.says}"
    own = seen.label == seen.name  # of two leaves called w, these are w 1 and w 2
    name = f"{seen.name}.grad" if own else f"the .grad of {seen.label}"
    if step.before is not None:
        return f"{name}, {brief(step.before)} before, would be {brief(step.result)}"
    return f"{name} would be {brief(step.result)}"


def _lines(row: Row, widths: list[int]) -> Iterator[str]:
    cells = [
        [piece for line in cell.split("\n") for piece in _filled(line, width)]
        for cell, width in zip(row, widths)
    ]
    for parts in zip_longest(*cells, fillvalue=""):
        yield "  ".join(part.ljust(width) for part, width in zip(parts, widths))


def _filled(line: str, width: int) -> list[str]:
    """A line in pieces of at most `width`. A long word is parted behind brackets, and at dots."""
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    pieces = [indent[2:]]
    for word in line.split():
        parts = [word]
        if len(indent) + len(word) > width:
            parts = re.findall(r"\.?[^(,.]+[(,]*|\W", word)
        gap = " " if pieces[-1].strip() else ""
        for part in parts:
            if len(pieces[-1] + gap + part) > width and pieces[-1].strip():
                pieces.append(indent)
                gap = ""
            pieces[-1] += gap + part
            gap = ""
    return [piece[i : i + width] for piece in pieces for i in range(0, len(piece), width)]


def _wrapped(sentence: str) -> str:
    return textwrap.fill(sentence, 100, subsequent_indent="  ")
