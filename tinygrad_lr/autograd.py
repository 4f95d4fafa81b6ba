"""Reverse-mode automatic differentiation: the walk from a result back to what it was computed from.

graph.py says what is recorded; here is what is done with it. ``backward`` adds gradients to the
leaves' ``.grad``; ``grad`` returns them. Both begin with the gradient of the result with respect to
itself, 1, and go through the recorded operations, newest first, letting each carry the gradient of
its output to its inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from .device import xp
from .errors import ShapeError, check_devices
from .graph import (
    Edge,
    GradMode,
    Node,
    Op,
    Value,
    clone,
    edge_of,
    enable_grad,
    is_grad_enabled,
    mark_written,
    no_grad,
    set_grad_enabled,
)

__all__ = [
    "Node",
    "Op",
    "Variable",
    "backward",
    "enable_grad",
    "grad",
    "is_grad_enabled",
    "no_grad",
    "set_grad_enabled",
]


def _newest_first(edges: Iterable[Edge]) -> list[Node]:
    """All nodes that `edges` lead to, each before everything it was computed from.

    Newest first is such an order: a node is always newer than what it consumed. (Any order by depth
    alone would not do: in ``b = a + a; c = b + a`` the gradient of ``a`` is complete only when
    both consumers of ``a`` have spoken.) No recursion: a graph may be 100,000 nodes deep.
    """
    found = {edge for edge in edges if isinstance(edge, Node)}
    stack = list(found)
    while stack:
        for edge in stack.pop().edges:
            if isinstance(edge, Node) and edge not in found:
                found.add(edge)
                stack.append(edge)
    return sorted(found, key=attrgetter("tick"), reverse=True)


def _walk(
    grads: dict[Edge, Any],
    record: bool,
    retain_graph: bool,
    wanted: frozenset[Edge] | None = None,
) -> dict[Edge, Any]:
    """Carry `grads`, the gradients of some results, down to the leaves, or only to `wanted`.

    Gradients in flight live in this one dict, from the moment the first consumer of a value has
    spoken to the moment the value's own node takes its turn; never on the Tensors.
    """
    nodes = _newest_first(grads)
    follow = None
    if wanted is not None:
        leading = _leading_to(wanted, nodes)
        nodes = [node for node in nodes if node in leading]
        follow = leading | wanted
    arrived = {}
    for node in nodes:
        g = grads.pop(node)
        if wanted is not None and node in wanted:
            arrived[node] = g
        if node.watcher is not None:
            _deliver(node.watcher(), _copy(g))
        for edge, gradient in node.pull_back(g, record, follow):
            grads[edge] = grads[edge] + gradient if edge in grads else gradient
        if not retain_graph:
            node.release()
    return grads | arrived


def _leading_to(wanted: frozenset[Edge], nodes: list[Node]) -> frozenset[Edge]:
    """Those of `nodes` (newest first) whose inputs depend on something `wanted`."""
    leading: set[Edge] = set()
    for node in reversed(nodes):  # oldest first: its inputs are settled before a node is asked
        if any(edge in wanted or edge in leading for edge in node.edges):
            leading.add(node)
    return frozenset(leading)


def _copy(gradient: Any) -> Any:
    return clone(gradient) if isinstance(gradient, Value) else gradient.copy()


def _deliver(value: Value | None, gradient: Any) -> None:
    """Add `gradient`, which nothing else shares, to ``value.grad``."""
    if value is None:  # a watched Tensor that nobody holds any more
        return
    recorded = isinstance(gradient, Value)
    if value._grad is None:
        value._grad = gradient if recorded else value.wrap(gradient)
    elif recorded or value._grad._requires_grad:
        value._grad = value._grad + gradient
    else:
        value._grad.array += gradient
        mark_written(value._grad, "backward()")


def _first_gradient(output: Value, given: Value | None, caller: str) -> Value:
    """What the walk starts with: `given`, checked, or 1 if `output` is a single number."""
    _check_followed(output, caller)
    shape, dtype = output.array.shape, output.array.dtype
    if given is None:
        if output.array.size != 1:
            raise RuntimeError(
                f"{caller}: grad can be implicitly created only for scalar outputs, and this "
                f"tensor has shape {shape}; reduce it first, with .sum() or .mean(), or pass a "
                f"gradient of shape {shape}"
            )
        return output.wrap(xp(output.array).ones(shape, dtype))
    if not isinstance(given, Value):
        raise TypeError(f"{caller}: the gradient must be a Tensor, not {type(given).__name__}")
    if given.array.shape != shape:
        raise ShapeError(
            f"{caller}: the gradient has shape {given.array.shape}, the tensor has shape {shape}; "
            "they must be equal"
        )
    check_devices(caller, ["the tensor", "the gradient"], [output.array, given.array])
    return given if given.array.dtype == dtype else given.wrap(given.array.astype(dtype))


def _check_followed(output: Value, caller: str) -> None:
    if output._requires_grad:
        return
    why = (
        "Either nothing it was computed from has requires_grad=True, or it was computed under "
        "no_grad() or from a detach()ed tensor."
        if is_grad_enabled()
        else "Recording is switched off here (no_grad)."
    )
    raise RuntimeError(
        f"{caller}: this tensor does not require grad, no operation was recorded for it. {why} Set "
        "requires_grad=True on the inputs you want gradients for, before computing."
    )


def _start(
    outputs: Sequence[Value], gradients: Sequence[Any], record: bool, caller: str
) -> dict[Edge, Any]:
    """The gradients that a walk begins with, by the edge they enter at."""
    grads: dict[Edge, Any] = {}
    for output, given in zip(outputs, gradients):
        output.catch_up()
        first = _first_gradient(output, given, caller)
        gradient, edge = first if record else first.array, output.node or output
        grads[edge] = grads[edge] + gradient if edge in grads else _copy(gradient)
    return grads


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
) -> None:
    """Add the gradient of `tensors` to the ``.grad`` of every leaf they were computed from.

    Gradients *accumulate*: two calls add up, until somebody clears them
    (``optimizer.zero_grad()``). The graph is freed afterwards unless `retain_graph`; `create_graph`
    (which implies it) records the backward pass, so that the gradients can be differentiated in
    turn.
    """
    outputs, gradients = _pairs(tensors, grad_tensors, "backward")
    grads = _start(outputs, gradients, create_graph, "backward")
    retain = create_graph if retain_graph is None else retain_graph
    with GradMode(create_graph):
        for leaf, gradient in _walk(grads, create_graph, retain).items():
            assert isinstance(leaf, Value)  # every node has had its turn
            _deliver(leaf, gradient)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Any, ...]:
    """The gradients of the sum of `outputs` with respect to `inputs`; no ``.grad`` changes.

    Only the part of the graph between the two is walked (and freed). An input that the outputs do
    not depend on is an error, or None with `allow_unused`.
    """
    sources, gradients = _pairs(outputs, grad_outputs, "grad")
    targets = [inputs] if isinstance(inputs, Value) else list(inputs)
    edges = [_target_edge(i, target) for i, target in enumerate(targets)]
    retain = create_graph if retain_graph is None else retain_graph
    with GradMode(create_graph):
        grads = _start(sources, gradients, create_graph, "grad")
        grads = _walk(grads, create_graph, retain, frozenset(edges))
        found: list[Any] = []
        for i, (target, edge) in enumerate(zip(targets, edges)):
            if edge in grads:
                gradient = _copy(grads[edge])
                found.append(gradient if create_graph else target.wrap(gradient))
            elif allow_unused:
                found.append(None)
            else:
                raise RuntimeError(
                    f"grad: input {i}, a tensor of shape {target.array.shape}, was not used to "
                    "compute the outputs; pass allow_unused=True to get None for it"
                )
    return tuple(found)


def _target_edge(i: int, target: Any) -> Edge:
    if isinstance(target, Value):
        target.catch_up()
        if edge := edge_of(target):
            return edge
    raise RuntimeError(
        f"grad: input {i} does not require grad; set requires_grad=True on it before computing the "
        "outputs"
    )


def _pairs(tensors: Any, gradients: Any, caller: str) -> tuple[list[Value], list[Any]]:
    """Tensors and their incoming gradients as two lists of one length."""
    values = [tensors] if isinstance(tensors, Value) else list(tensors)
    given = [gradients] if gradients is None or isinstance(gradients, Value) else list(gradients)
    if gradients is None:
        given = [None] * len(values)
    if len(given) != len(values):
        raise RuntimeError(f"{caller}: {len(values)} tensors, but {len(given)} gradients")
    return values, given


def Variable(tensor: Any, requires_grad: bool = False) -> Any:
    """PyTorch before 0.4 wrapped a Tensor to follow it; a Tensor can be followed as it is."""
    return tensor.requires_grad_() if requires_grad else tensor
