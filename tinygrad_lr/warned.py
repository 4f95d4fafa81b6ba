"""A warning names the line of the caller: the last one on its way here that is not the package's.

It may have come there by a method, a module, a schedule, so no number of calls is the right one.
"""

from __future__ import annotations

import re
import sys
import warnings
from typing import Any

_HOUSE = __name__.partition(".")[0]
_PASSED_ON = {_HOUSE, "numpy", "contextlib", "functools"}
_NUMPYS = (
    r"(divide by zero|overflow|underflow|invalid value) encountered|Mean of empty slice|Degrees of"
)


def warn(text: str, category: type[Warning] = UserWarning) -> None:
    """Warn whoever called the package."""
    level, _ = _way_out(2)
    warnings.warn(text, category, stacklevel=level)


def _way_out(level: int) -> tuple[int, bool]:
    """How many calls up the first line is that is not the package's; whether any of them was."""
    frame, ours = sys._getframe(level), False
    while frame is not None:
        room = frame.f_globals.get("__name__") or ""
        if (house := room.partition(".")[0]) not in _PASSED_ON:
            break
        ours = ours or house == _HOUSE
        frame, level = frame.f_back, level + 1  # type: ignore[assignment]
    return level, ours


class _Numpys:
    """Stands for the pattern in a filter of warnings, and has a say when NumPy warns.

    NumPy names the line that called it, an entry of the table, and so says once and for all what
    may happen in many places. Here it is said again, of the caller's line, and the filters that
    are meant for the caller's code have effect. It costs nothing where nothing is warned of.
    """

    def match(self, text: str) -> bool:
        """Whether the warning `text` has been said again, and is to be ignored."""
        if not re.match(_NUMPYS, text) or sys._getframe(1).f_globals.get("__name__") == __name__:
            return False
        level, ours = _way_out(2)
        if ours:
            warnings.warn(text, RuntimeWarning, stacklevel=level)
        return ours


def point_at_callers() -> None:
    """Have NumPy's warnings name the line of the caller too.

    A filter that a program sets afterwards for all warnings, such as ``simplefilter("always")``,
    comes first: then it is NumPy's line.
    """
    filters: Any = warnings.filters
    filters.insert(0, ("ignore", _Numpys(), RuntimeWarning, None, 0))
