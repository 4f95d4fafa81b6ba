"""A gradient rule's own text, read from the source: ``g * b``."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FunctionType, MethodType
from typing import Any, TypeAlias

from .places import lines_of

Definition: TypeAlias = ast.Lambda | ast.FunctionDef


@dataclass(frozen=True)
class RuleText:
    """The text of a rule, and the names that stand in it."""

    text: str
    names: frozenset[str]


def text_of(rule: Callable[..., Any]) -> RuleText | None:
    """What a rule computes: of a lambda its expression, of a function that returns at once what it
    returns, of another function its lines. None if there is no source to read, as of a function
    that was made by exec, or is not in Python.
    """
    function = plain(rule)
    return None if function is None else _text_of(function.__code__.co_filename, function.__code__)


def plain(rule: Any) -> FunctionType | None:
    """The function in Python behind a partial, a method, a decorator, an object to call."""
    for _ in range(10):
        if isinstance(rule, FunctionType):
            inner = inspect.unwrap(rule)
            return inner if isinstance(inner, FunctionType) else rule
        if isinstance(rule, functools.partial):
            rule = rule.func
        elif isinstance(rule, MethodType):
            rule = rule.__func__
        elif hasattr(rule, "__wrapped__"):
            rule = rule.__wrapped__
        else:
            rule = vars(type(rule)).get("__call__")
    return None


@functools.lru_cache(4096)
def _text_of(file: str, code: CodeType) -> RuleText | None:
    lines = lines_of(code)
    definition = _definition(code, "\n".join(lines)) if lines else None
    if definition is None:
        return None
    body = _statements(definition)
    names = frozenset(
        node.id for part in body for node in ast.walk(part) if isinstance(node, ast.Name)
    )
    return RuleText(_written(body, lines), names)


@functools.lru_cache(32)
def _definitions(source: str) -> dict[int, list[Definition]]:
    """The functions of a source, by the line in which each begins."""
    found: dict[int, list[Definition]] = {}
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):  # a cell with a line that is not Python's
        return found
    for node in ast.walk(tree):
        if isinstance(node, (ast.Lambda, ast.FunctionDef)):
            decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
            first = min([node.lineno, *(d.lineno for d in decorators)])
            found.setdefault(first, []).append(node)
    return found


def _definition(code: CodeType, source: str) -> Definition | None:
    """Where in a source some code was defined."""
    found = [d for d in _definitions(source).get(code.co_firstlineno, []) if _may_be(d, code)]
    if len(found) < 2:
        return found[0] if found else None
    positions = [p for p in code.co_positions() if p[2] is not None and p[3]]  # of an expression
    inside = [d for d in found if positions and _spans(_body(d), positions[-1])]
    # Of a lambda in a lambda, the inner one.
    return max(inside, key=lambda d: (d.body.lineno, d.body.col_offset)) if inside else None  # type: ignore[union-attr]


def _may_be(definition: Definition, code: CodeType) -> bool:
    """Whether it has the name and takes the arguments of some code."""
    name = "<lambda>" if isinstance(definition, ast.Lambda) else definition.name
    args = definition.args
    taken = [a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    count = code.co_argcount + code.co_kwonlyargcount
    return (name, taken) == (code.co_name, [*code.co_varnames[:count]])


def _body(definition: Definition) -> ast.AST:
    return definition.body if isinstance(definition, ast.Lambda) else definition


def _spans(node: Any, position: Any) -> bool:
    line, end_line, col, end_col = position
    starts = (node.lineno, node.col_offset) <= (line, col)
    return starts and (end_line, end_col) <= (node.end_lineno, node.end_col_offset)


def _statements(definition: Definition) -> list[Any]:
    """What a rule does, without its docstring; one expression, if it returns that at once."""
    if isinstance(definition, ast.Lambda):
        return [definition.body]
    body: list[Any] = definition.body
    if len(body) > 1 and ast.get_docstring(definition) is not None:
        body = body[1:]
    if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is not None:
        return [body[0].value]
    return body


def _written(body: list[Any], lines: list[str]) -> str:
    first, last = body[0], body[-1]
    if not isinstance(first, ast.expr):
        start = first.lineno - 1
        while start and lines[start - 1].lstrip().startswith("#"):  # what is said of it before
            start -= 1
        return textwrap.dedent("\n".join(lines[start : last.end_lineno]))
    parts = [line.encode() for line in lines[first.lineno - 1 : first.end_lineno]]
    parts[-1] = parts[-1][: first.end_col_offset]
    parts[0] = parts[0][first.col_offset :]
    if any(b"#" in part for part in parts):
        return ast.unparse(first)
    text = " ".join(part.decode().strip() for part in parts)
    if len(parts) > 1:  # brackets that had lines of their own
        text = re.sub(r"([(\[{]) ", r"\1", re.sub(r",? ([)\]}])", r"\1", text))
    return text
