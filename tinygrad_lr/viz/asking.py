"""Asking a node's rules, and writing down what they are given and what they give.

So the engine's own ``Node.pull_back`` does the work: which rules are asked, what they are handed,
the sum back over broadcast axes, the copy for a leaf.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..gradients.anomaly import _usual
from ..gradients.function import Function
from ..graph import Edge, Node, Op
from .numbers import Numbers
from .places import variables_around
from .rules import plain, text_of
from .steps import Term

Rule: TypeAlias = Callable[..., Any]


@dataclass
class Asked:
    """A rule was asked for the gradient of an argument."""

    argument: int
    rule: Callable[..., Any]
    given: tuple[Any, ...]  # g, y and the arguments
    params: dict[str, Any]
    gave: Any


def pulled_back(node: Node, g: Any) -> list[tuple[Edge, Any, Asked]]:
    """What ``node.pull_back(g, ...)`` gives, and what rule was asked for it."""
    asked: list[Asked] = []
    found = _usual(_stand_in(node, asked), g, False)
    return [(edge, gradient, call) for (edge, gradient), call in zip(found, asked, strict=True)]


def _stand_in(node: Node, asked: list[Asked]) -> Node:
    """A node like this one, whose rules write down in `asked` what they are asked."""
    other = object.__new__(Node)
    for slot in ("args", "edges", "output", "params", "tick", "watcher"):
        setattr(other, slot, getattr(node, slot))
    other.op = _asking(node.op, asked)
    other.op.forms = [(takes, _asking(form, asked)) for takes, form in node.op.forms]
    return other


def _asking(op: Op, asked: list[Asked]) -> Op:
    def noting(i: int, rule: Rule) -> Rule:
        def asks(*given: Any, **params: Any) -> Any:
            gave = rule(*given, **params)
            asked.append(Asked(i, rule, given, params, gave))
            return gave

        return asks

    def each(*given: Any, **params: Any) -> Callable[[int], Any]:
        rule = op.each(*given, **params)  # type: ignore[misc]

        def asks(i: int) -> Any:
            gave = rule(i)
            asked.append(Asked(i, rule, given, params, gave))
            return gave

        return asks

    other = copy.copy(op)
    other.rules = [rule and noting(i, rule) for i, rule in enumerate(op.rules)]
    other.each = op.each and each
    return other


def described(
    op: Op, call: Asked, numbers: Callable[[Any], Numbers | None]
) -> tuple[str | None, list[Term]]:
    """The text of the rule that was asked, and what stood for each name in it.

    A Function has one backward for all its arguments (see gradients/function.py). What a rule has
    from where it was defined stands for a name in it, too: as the `g` in an ``each``.
    """
    of = getattr(op, "function", None)
    if of is not None:
        rule = of.backward if of.vjp is Function.vjp else of.vjp
        g, results = call.given[0], call.params["call"].shown
        positional = [None, *(g.parts.get(k) for k in range(len(results)))]
        params: dict[str, Any] = {}
    else:
        rule, params = call.rule, call.params
        positional = [*getattr(rule, "args", ()), *call.given]  # of a partial
        if op.each:
            positional, params = [call.argument], {}
    function, text = plain(rule), text_of(rule)
    if function is None:
        return None, []
    code = function.__code__
    known = {
        name: value for name, value in variables_around(function).items() if not callable(value)
    }
    given = known | dict(zip(code.co_varnames[: code.co_argcount], positional)) | params
    terms = [
        Term(name, shown, None if shown is not None else _brief(value))
        for name, value in given.items()
        if (text is None or name in text.names) and not (of and value is None)
        for shown in [numbers(value)]
    ]
    return None if text is None else text.text, terms


def _brief(value: Any) -> str:
    """A value that is no array, in a few characters."""
    if hasattr(value, "shape"):
        return f"an array of shape {value.shape}"
    if isinstance(value, tuple) and any(hasattr(part, "shape") for part in value):
        return f"({', '.join(map(_brief, value))})"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
