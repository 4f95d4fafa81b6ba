"""Reading the graph: its nodes, their arguments, and what these are called."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable

from ..errors import argument_name as named_by
from ..gradients.function import Result
from ..graph import Edge, Node


def shown(edge: Edge) -> Edge:
    """What stands in the picture for it. A Function's only result is one with the call."""
    if isinstance(edge, Result) and len(edge.edges[0].params["call"].shown) == 1:
        return edge.edges[0]
    return edge


def nodes_behind(edges: Iterable[Edge]) -> list[Node]:
    """All nodes that lead to some edges, the oldest first."""
    found = {edge for edge in edges if isinstance(edge, Node)}
    stack = list(found)
    while stack:
        for edge in stack.pop().edges:
            if isinstance(edge, Node) and edge not in found:
                found.add(edge)
                stack.append(edge)
    return sorted(found, key=lambda node: node.tick)


def argument_count(node: Node) -> int:
    """How many arguments a node had. (A Function's keeps behind these what was saved.)"""
    call = node.params.get("call")
    return len(node.args) if call is None else call.count


def argument_name(node: Node, i: int) -> str:
    """What the forward function calls argument `i`."""
    function = getattr(node.op, "function", None)
    if function is None:
        return named_by(node.op.forward, i)
    names = _parameters(function)
    return names[i] if i < len(names) else f"argument {i}"


@functools.lru_cache(256)
def _parameters(function: type) -> list[str]:
    """What the forward of a class of Functions calls what it is given, but for ctx."""
    has_ctx = function.setup_context is function.__mro__[-2].setup_context  # type: ignore[attr-defined]
    names = [*inspect.signature(function.forward).parameters.values()]  # type: ignore[attr-defined]
    return [p.name for p in names[has_ctx:] if p.kind is not p.VAR_POSITIONAL]
