"""Where in the user's code something was made: a file, and from where to where in it.

Python knows of each instruction which characters it was compiled from: ``w * x`` in ``w * x + b``.
"""

from __future__ import annotations

import dis
import functools
import inspect
import linecache
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from types import CodeType, FrameType, FunctionType
from typing import Any

_PACKAGE = __name__.partition(".")[0]
AROUND = 2  # lines before and behind those that are marked


@dataclass(frozen=True)
class Place:
    """An expression, by its lines, counted from 1, and its columns, counted from 0."""

    file: str
    line: int
    col: int
    end_line: int
    end_col: int


@dataclass(frozen=True)
class Source:
    """A piece of a file, from line `first` on."""

    name: str
    first: int
    lines: list[str]
    file: str

    def holds(self, place: Place) -> bool:
        """Whether `place` is in it."""
        there = self.first <= place.line and place.end_line < self.first + len(self.lines)
        return place.file == self.file and there


@dataclass(eq=False)
class Group:
    """What one call of a module has made."""

    id: int
    name: str  # where the module is in the outermost one: layers.0
    kind: str  # its class
    parent: Group | None

    @property
    def label(self) -> str:
        """What pictures call it: layers.0 (Linear)."""
        return f"{self.name} ({self.kind})" if self.name else self.kind

    @property
    def path(self) -> tuple[Group, ...]:
        """The calls that this one was made in, the outermost first, and itself."""
        return (self,) if self.parent is None else (*self.parent.path, self)


def user_frame() -> FrameType | None:
    """The innermost frame that is not one of this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__") or ""
        if name != _PACKAGE and not name.startswith(_PACKAGE + "."):
            return frame
        frame = frame.f_back
    return None


def place_of(code: CodeType, at: int) -> Place | None:
    """What the instruction at an offset was compiled from; None where there is no text of it."""
    return _place_of(code.co_filename, code, at)


@functools.lru_cache(4096)
def _place_of(file: str, code: CodeType, at: int) -> Place | None:
    # Python takes equal code of two files for the same, so the file is part of the key.
    line, end_line, col, end_col = next(islice(code.co_positions(), at // 2, None))
    lines = lines_of(code)
    if line is None or not 0 < line <= len(lines):
        return None
    end_line = min(end_line or line, len(lines))
    if col is None or end_col is None:  # Python was told not to keep these (-X no_debug_ranges)
        end_line, col, end_col = line, 0, len(lines[line - 1].encode())
    return Place(
        file,
        line,
        _characters(lines[line - 1], col),
        end_line,
        _characters(lines[end_line - 1], end_col),
    )


def _characters(line: str, count: int) -> int:
    """How many characters the first `count` bytes of a line are."""
    return len(line.encode()[:count].decode(errors="ignore"))


def lines_of(code: CodeType, names: dict[str, Any] | None = None) -> list[str]:
    """The lines of the file, the cell, that some code was compiled from; none if it is unknown."""
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, names)
    if not lines:
        try:  # what was typed at a prompt, from Python 3.13 on
            lines = inspect.findsource(code)[0]
        except (OSError, TypeError, IndexError):
            return []
    return [line.rstrip("\n") for line in lines]


def variables(frame: FrameType) -> dict[str, Any]:
    """The local variables of a frame, at this moment.

    Before Python 3.13 a frame goes on keeping the dict that it shows them in, and with it all that
    was in a variable then. So that is emptied, unless somebody else has it too.
    """
    there = frame.f_locals
    found = dict(there)
    of_function = frame.f_code.co_flags & inspect.CO_OPTIMIZED
    if of_function and type(there) is dict and sys.getrefcount(there) <= 3:
        there.clear()
    return found


def variables_around(function: FunctionType) -> dict[str, Any]:
    """The variables that a function uses of the one in which it was defined."""
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        with suppress(ValueError):  # nothing was assigned to it yet
            found[name] = cell.cell_contents
    return found


@functools.lru_cache(256)
def _assigned(code: CodeType) -> dict[int, str]:
    """The variable that a result is assigned to at once, by each offset of its instruction."""
    names: dict[int, str] = {}
    start = 0
    for instruction in dis.get_instructions(code):
        if instruction.opname.startswith(_STORES):
            name = instruction.argval  # of two instructions in one, the first one's comes first
            name = str(name[0] if isinstance(name, tuple) else name)
            if name.isidentifier() and not name.startswith("_"):
                # While a function is called, this may be at what the call has cached, behind it.
                names.update(dict.fromkeys(range(start, instruction.offset, 2), name))
        if instruction.opname != "COPY":  # of (h := ...), and of a = b = ...
            start = instruction.offset
    return names


_STORES = ("STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF")


def assigned_name(frame: FrameType) -> str | None:
    """The variable that what a frame is computing just now will be assigned to, if it is one."""
    return _assigned(frame.f_code).get(frame.f_lasti)


def sources_of(places: Iterable[Place]) -> list[Source]:
    """The pieces of files in which `places` are, with some lines around them."""
    by_file: dict[str, list[Place]] = {}
    for place in places:
        by_file.setdefault(place.file, []).append(place)
    return [source for file, found in by_file.items() for source in _pieces(file, found)]


def _pieces(file: str, places: list[Place]) -> Iterator[Source]:
    lines = [line.rstrip("\n") for line in linecache.getlines(file)]
    ranges: list[list[int]] = []
    for place in sorted(places, key=lambda place: place.line):
        first, last = place.line - AROUND, place.end_line + AROUND
        if ranges and first <= ranges[-1][1] + 1:
            ranges[-1][1] = max(ranges[-1][1], last)
        else:
            ranges.append([max(first, 1), last])
    for first, last in ranges:
        yield Source(_called(file), first, lines[first - 1 : last], file)


def _called(file: str) -> str:
    """What a file is called on a page: of a notebook's cell, and of a prompt, by its number."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    named = getattr(getattr(shell, "compile", None), "format_code_name", lambda name: None)(file)
    if named is not None:
        return " ".join(named)  # Cell In[3]
    path = PurePath(file)
    return "your code" if file.startswith("<") or path.stem.isdecimal() else path.name
