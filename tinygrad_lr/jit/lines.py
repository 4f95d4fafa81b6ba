"""From the lines that were noted, one a call, to lines that one reads with pleasure.

In them v0, v1, ... are what the program computes. A line may stand in a ``with``, and is indented.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ..rich import shown_as

_VARIABLE = re.compile(r"\bv\d+\b")
_MADE = re.compile(r" *(v\d+) = (.*?)(  # .*)?")
WIDTH = 90


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip()))


def _reads(line: str) -> list[str]:
    """The variables that a line reads: all in it but the one that it begins with, and makes."""
    return _VARIABLE.findall(line)[1 if line.lstrip().startswith("v") else 0 :]


def _stands_alone(name: str, line: str) -> bool:
    """Whether no operator is beside it: in ``x = v1``, ``f(v1)``, ``f(x, v1)``; not ``x == v1``."""
    return bool(re.search(rf"(^[^=<>!]*=|\(|,) ?{name}(  #|\)|,|$)", line))


def nested(lines: Sequence[str], end: Sequence[str], infix: set[str]) -> list[str]:
    """`lines`, with what is used only once, and in the very next line, written right there.

    ``v1 = x @ p`` and ``v2 = v1 + q`` become ``v2 = (x @ p) + q``. The brackets are for `infix`,
    what an operator computes. `end` are the lines that follow.
    """
    uses = Counter(_VARIABLE.findall(" ".join([*lines, *end])))
    joined: list[str] = []
    for line in lines:
        before = joined[-1] if joined else ""
        made = _MADE.fullmatch(before)
        if made and made[1] in _reads(line) and _indent(before) == _indent(line):
            name, text = made[1], made[2]
            if name in infix and not _stands_alone(name, line):
                text = f"({text})"
            both = re.sub(rf"\b{name}\b", text, line)
            if uses[name] == 2 and len(both) < WIDTH:  # where it is made, and here
                joined[-1] = both
                continue
        joined.append(line)
    return joined


def freeing(lines: Sequence[str], end: Sequence[str]) -> list[str]:
    """`lines`, with a ``del`` after the last one that speaks of a variable, if `end` does not."""
    done = set(_VARIABLE.findall(" ".join(end)))
    backwards: list[str] = []
    for line in reversed(lines):
        last = sorted(set(_VARIABLE.findall(line)) - done, key=lambda name: int(name[1:]))
        done.update(last)
        backwards += [f"{_indent(line)}del {', '.join(last)}"] * bool(last) + [line]
    return backwards[::-1]


def renumbered(code: str) -> str:
    """`code`, with its variables counted as they come."""
    names = {name: f"v{i}" for i, name in enumerate(dict.fromkeys(_VARIABLE.findall(code)))}
    return _VARIABLE.sub(lambda found: names[found[0]], code)


class Code(str):
    """The text of a program; a notebook shows it as such, and not as one line with \\n in it."""

    __slots__ = ()
    _repr_html_ = shown_as("code")
