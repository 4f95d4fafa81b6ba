"""From the lines that were noted, one a call, to lines that one reads with pleasure.

And they use memory as somebody does who writes them by hand: see in_place and freeing.
In them v0, v1, ... are what the program computes. A line may stand in a ``with``, and is indented.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..rich import shown_as

_VARIABLE = re.compile(r"\bv\d+\b")
_MADE = re.compile(r" *(v\d+) = (.*?)(  # .*)?")
_GIVES = re.compile(r"\bwrap\(|\.array = ")  # a line that puts an array into a Tensor
WIDTH = 90
LARGE = 16384  # bytes; of what is smaller, NumPy and the caches have the memory at hand


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


class Large(NamedTuple):
    """A result that is large."""

    layout: tuple[Any, ...]  # how it lies in memory
    ufunc: str = ""  # the function of NumPy's that computes it, element by element
    infix: str = ""  # and its operator
    operands: Sequence[str] = ()

    def into(self, place: str, operands: Sequence[str]) -> str:
        """A line that computes it in the place of `place`, one of its `operands`."""
        if self.infix and place == operands[0]:
            return f"{place} {self.infix}= {operands[1]}"
        return f"{self.ufunc}({', '.join(operands)}, out={place})"


def in_place(
    lines: Sequence[str], end: Sequence[str], memory: Mapping[str, str], large: Mapping[str, Large]
) -> tuple[list[str], list[str]]:
    """`lines` and `end`, with large results in the place of what is needed no longer.

    ``v2 = v1 * x`` becomes ``v1 *= x``, and ``v2 = np.exp(v1)`` becomes ``np.exp(v1, out=v1)``, if
    they lie in memory alike, and no other line speaks later of what shows the memory of v1, nor has
    put that into a Tensor. `memory` says of each variable which one owns its memory.
    """
    last: dict[str, int] = {}  # where its memory is spoken of last, by its owner
    given: set[str] = set()
    for i, line in enumerate([*lines, *end]):
        owners = {memory.get(name, name) for name in _VARIABLE.findall(line)}
        last.update(dict.fromkeys(owners, i))
        given |= owners if _GIVES.search(line) else set()
    places: dict[str, str] = {}  # of a result, the variable that it is in now

    def now(text: str) -> str:
        return _VARIABLE.sub(lambda name: places.get(name[0], name[0]), text)

    done: list[str] = []
    for i, line in enumerate(map(now, lines)):
        made = _MADE.fullmatch(line)
        name = made[1] if made else ""
        result = large.get(name, _NOT_LARGE)
        operands = [*map(now, result.operands)]
        for place in operands:
            owner = memory.get(place, "")
            is_free = owner in large and last[owner] == i and owner not in given
            if is_free and large.get(place, _NOT_LARGE).layout == result.layout:
                line = _indent(line) + result.into(place, operands)
                places[name], last[owner] = place, last[name]
                given |= {owner} if name in given else set()
                break
        done.append(line)
    return done, [*map(now, end)]


_NOT_LARGE = Large(())


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
