"""Errors are read by people: what is long is shown in lines, each as much as one takes in.

And of a name that a module has not, or an option that a call has not, what is nearest is said.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

WIDTH = 100
LONG = 160  # two rows of a terminal; what is shorter is one line
# A clause or a sentence with what follows it, unless that is in brackets or quotes.
_CLAUSE = r"(?:\([^()]*\)|\[[^][]*\]|`[^`]*`|'[^']*'(?!\w)|.)+?(?:[;.?] (?=\S)|$)"


class Worded(Exception):
    """An error whose message is shown in lines: broken after ``;`` and ``.``, never elsewhere."""

    def __str__(self) -> str:
        return in_lines(super().__str__())


def in_lines(message: str) -> str:
    """A LONG `message` in lines of at most WIDTH, as far as the ends of its clauses allow."""
    return "\n".join(map(_broken, message.split("\n")))


def _broken(line: str) -> str:
    done = ""
    for clause in re.findall(_CLAUSE, line) if len(line) > LONG else [line]:
        if done and len(done.rpartition("\n")[2] + clause.rstrip()) > WIDTH:
            done = done.rstrip() + "\n"
        done += clause
    return done


def no_option(of: str, init: Any, name: str) -> TypeError:
    """The error for an option `name` that the function `init` does not take, with what is nearest.

    It is for those that take ``**others``; of the rest Python says it.
    """
    code = init.__code__
    near = _nearest(name, code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])
    hint = f"; did you mean {near!r}?" if near else ""
    return TypeError(f"{of}: there is no option {name!r}{hint}")


def with_nearest_option(message: str, options: Iterable[str]) -> str:
    """A `message` of argparse, with which of the `options` is nearest to one that it has not."""
    unknown = re.search(r"unrecognized arguments: (--[\w-]+)", message)
    near = unknown and _nearest(unknown[1], options)
    return f"{message}; did you mean {near}?" if near else message


def _nearest(name: str, names: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # rarely needed, and Python is slow to import it

    return next(iter(get_close_matches(name, list(names), 1)), None)


def say_nearest(module: str) -> None:
    """Have a name that `module` has not be answered by what is nearest: more/nearest.py.

    (It is put there by this call, since to a type checker a name that is not there is a mistake.)
    """

    def absent(name: str) -> Any:
        if name.startswith("_"):  # Python's own question, not a reader's
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        raise import_module(".more.nearest", __package__).missing(module, name)

    vars(sys.modules[module]).setdefault("__getattr__", absent)
