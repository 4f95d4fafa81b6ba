"""What the user calls a tensor: the variable that holds it, or where it is in a module.

No name is better than a wrong one: a name is given to the very Tensor, or to the very node, that a
variable refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import FrameType, FunctionType
from typing import Any

from ..graph import Value
from ..nn.module import Module
from .places import variables, variables_around

CALLERS = 5
MANY = 100  # of a longer list, nothing is looked at


def scopes_of(
    frame: FrameType | None, function: Callable[..., Any] | None
) -> list[Mapping[str, Any]]:
    """The variables of a frame, of those that called it, and of a function, nearest first."""
    scopes: list[Mapping[str, Any]] = []
    while frame is not None and len(scopes) < 2 * CALLERS:
        scopes += [variables(frame), frame.f_globals]
        frame = frame.f_back
    function = getattr(function, "__func__", function)  # of a method
    if isinstance(function, FunctionType):
        scopes += [variables_around(function), function.__globals__]
    return scopes


def names_in(scopes: list[Mapping[str, Any]]) -> dict[int, str]:
    """By the id of a leaf, a node, or the array of a constant: its name in one of the scopes."""
    names: dict[int, str] = {}
    variables = [
        (name, value)
        for scope in scopes
        for name, value in [*scope.items()]
        if isinstance(name, str) and name.isidentifier() and not name.startswith("_")
    ]
    for look in (_in_module, _alone, _in_list):
        for name, value in variables:
            for called, tensor in look(name, value):
                names.setdefault(_key(tensor), called)
    names.pop(0, None)
    return names


def _key(tensor: Value) -> int:
    """The id by which a tensor is known in a graph; 0 for none."""
    root = tensor.root
    if root is not None and root.rewritten > tensor.seen:  # a view of what was rewritten since
        return 0
    if tensor.node is not None:
        return id(tensor.node)
    return id(tensor if tensor.wanted else tensor.array)


def _in_module(name: str, value: Any) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Module):
        for path, part in [*value.named_parameters(), *value.named_buffers()]:
            yield f"{name}.{path}", part


def _alone(name: str, value: Any) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Value):
        yield name, value


def _in_list(name: str, value: Any) -> Iterator[tuple[str, Value]]:
    if type(value) in (list, tuple) and len(value) <= MANY:
        yield from ((f"{name}[{i}]", v) for i, v in enumerate(value) if isinstance(v, Value))
    elif type(value) is dict and len(value) <= MANY:
        yield from ((f"{name}[{k!r}]", v) for k, v in value.items() if isinstance(v, Value))
