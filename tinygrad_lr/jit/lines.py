"""From the lines that were noted, one a call, to lines that one reads with pleasure.

In them v0, v1, ... are what the program computes. A line may stand in a ``with``, and is indented.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_VARIABLE = re.compile(r"\bv\d+\b")
_MADE = re.compile(r" *(v\d+) = (.*?)(  # .*)?")
WIDTH = 90


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip()))


def nested(lines: Sequence[str], end: Sequence[str], infix: set[str]) -> list[str]:
    """`lines`, with what is used only once, and in the very next line, written right there.

    In brackets, unless it is alone there, if it is one of `infix`: what an operator computes. `end`
    are the lines that follow.
    """
    uses = Counter(_VARIABLE.findall(" ".join([*lines, *end])))
    joined: list[str] = []
    for line in lines:
        before = joined[-1] if joined else ""
        made = _MADE.fullmatch(before)
        used = _VARIABLE.findall(line)[line.lstrip().startswith("v") :]  # not what is written to
        if made and uses[made[1]] == 2 and made[1] in used and _indent(before) == _indent(line):
            # `x = v1`, `f(v1)` and `f(x, v1)` need no brackets; but `x = y == v1` does.
            alone = re.search(rf"(^[^=<>!]*=|\(|,) ?{made[1]}(  #|\)|,|$)", line)
            text = made[2] if alone or made[1] not in infix else f"({made[2]})"
            both = re.sub(rf"\b{made[1]}\b", text, line)
            if len(both) < WIDTH:
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
