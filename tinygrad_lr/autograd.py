"""Reverse-mode automatic differentiation: the walk from a result back to what it was computed from.

graph.py says what is recorded; here is what is done with it. ``backward`` adds gradients to the
leaves' ``.grad``; ``grad`` returns them. Both begin with the gradient of the result with respect to
itself, 1, and go through the recorded operations, newest first, letting each carry the gradient of
its output to its inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import Any

from . import errors
from .device import one_like
from .graph import Edge, Node, Op, Value
from .modes import GradMode, enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from .versions import mark_written

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


def _walk(
    grads: dict[Edge, Any],
    record: bool,
    retain_graph: bool,
    wanted: frozenset[Edge] = frozenset(),
    leading: frozenset[Edge] | None = None,
) -> dict[Edge, Any]:
    """Carry `grads`, the gradients of some results, down to the leaves.

    Gradients in flight live in this one dict, from the moment the first consumer of a value has
    spoken to the moment the value's own node takes its turn; never on the Tensors.

    The newest node that has a gradient is always next. A node is older than everything that
    consumed its result, so by then all of those have had their turn, and its gradient is complete:
    in ``b = a + a; c = b + a``, b's node before a's. No recursion: a graph may be deep.

    With `wanted`, only down to what is wanted, by the nodes that are `leading` there; the gradients
    of nodes that are wanted themselves stay in the dict.
    """
    follow = None if leading is None else leading | wanted
    queue = [(-edge.tick, edge) for edge in grads if isinstance(edge, Node)]
    heapify(queue)
    while queue:
        node = heappop(queue)[1]
        g = grads[node] if node in wanted else grads.pop(node)
        if node.watcher is not None:
            _deliver(node.watcher(), _copy(g))
        if leading is not None and node not in leading:
            continue
        for edge, gradient in node.pull_back(g, record, follow, retain_graph):
            if edge in grads:  # by another way, or from another consumer: the ways add up
                grads[edge] = _sum(grads[edge], gradient)
                continue
            grads[edge] = gradient
            if isinstance(edge, Node):
                heappush(queue, (-edge.tick, edge))
    return grads


def _leading_to(wanted: frozenset[Edge], roots: Iterable[Edge]) -> frozenset[Edge]:
    """The nodes on the ways from `roots` to something `wanted`, without what lies there itself."""
    found = {edge for edge in roots if isinstance(edge, Node)}
    stack = list(found)
    while stack:
        node = stack.pop()
        if node.args is None and node not in wanted:
            raise errors.freed(node.op.name)
        for edge in node.edges:
            if isinstance(edge, Node) and edge not in found:
                found.add(edge)
                stack.append(edge)
    leading: set[Edge] = set()
    for node in sorted(found, key=attrgetter("tick")):  # its inputs are settled before a node is
        if any(edge in wanted or edge in leading for edge in node.edges):
            leading.add(node)
    return frozenset(leading)


def _sum(one: Any, other: Any) -> Any:
    """Two gradients of the same value, by two ways."""
    try:
        return one + other
    except MemoryError as error:
        names = ["the gradient by one way", "by another"]
        raise errors.out_of_memory(error, "backward", names, [one, other]) from None


def _copy(gradient: Any) -> Any:
    return gradient.clone() if isinstance(gradient, Value) else gradient.copy()  # type: ignore[attr-defined]


def _deliver(value: Value | None, gradient: Any) -> None:
    """Add `gradient`, which nothing else shares, to ``value.grad``."""
    if value is None:  # a watched Tensor that nobody holds any more
        return
    if gradient.shape != value.array.shape:
        raise errors.leaf_changed(gradient.shape, value.array.shape)
    recorded, there = isinstance(gradient, Value), value._grad
    if there is None:
        value._grad = gradient if recorded else value.wrap(gradient)
    elif recorded:
        value._grad = there + gradient
    elif there.edge is not None:  # it is part of a recorded graph, which must not change
        value._grad = value.wrap(there.array + gradient)
    else:
        there.array += gradient
        mark_written(there, "backward()")


def _start(
    outputs: Sequence[Value], given: Sequence[Any], record: bool, caller: str
) -> dict[Edge, Any]:
    """The gradients that a walk begins with, by the edge they enter at: 1 if none is given."""
    grads: dict[Edge, Any] = {}
    for output, gradient in zip(outputs, given):
        edge = output.edge
        if edge is None:
            raise errors.not_followed(caller, is_grad_enabled())
        if gradient is None:
            if output.array.size != 1:
                raise errors.no_scalar(caller, output.array.shape)
            first: Any = one_like(output.array, kept=output.node is None)
            first = output.wrap(first) if record else first
        else:
            _check_gradient(gradient, output, caller)
            first = gradient.clone() if record else gradient.array.astype(output.array.dtype)
        grads[edge] = _sum(grads[edge], first) if edge in grads else first
    return grads


def _check_gradient(gradient: Any, output: Value, caller: str) -> None:
    """Refuse `gradient`, which a caller passed for `output`, if it cannot be one."""
    if not isinstance(gradient, Value):
        raise errors.no_tensor(caller, gradient)
    if gradient.array.shape != output.array.shape:
        raise errors.gradient_misfit(caller, gradient.array.shape, output.array.shape)
    places = ["the tensor", "the gradient"]
    errors.check_devices(caller, places, [output.array, gradient.array])


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
    outputs, given = _pairs(tensors, grad_tensors, "backward")
    retain = create_graph if retain_graph is None else retain_graph
    grads = _start(outputs, given, create_graph, "backward")
    if create_graph:
        with enable_grad():
            _fill(_walk(grads, True, retain))
    else:  # on raw arrays there is nothing to record
        _fill(_walk(grads, False, retain))


def _fill(leaves: dict[Any, Any]) -> None:  # leaves only, as every node has had its turn
    for leaf, gradient in leaves.items():
        if leaf.wanted:  # it may have been switched off since
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
    sources, given = _pairs(outputs, grad_outputs, "grad")
    targets = [inputs] if isinstance(inputs, Value) else list(inputs)
    edges = [_target_edge(i, target) for i, target in enumerate(targets)]
    retain = create_graph if retain_graph is None else retain_graph
    if any(source.edge is None for source in sources):  # said here, as below nothing is recorded
        raise errors.not_followed("grad", is_grad_enabled())
    with GradMode(create_graph):
        grads, wanted = _start(sources, given, create_graph, "grad"), frozenset(edges)
        grads = _walk(grads, create_graph, retain, wanted, _leading_to(wanted, grads))
        found: list[Any] = []
        for i, (target, edge) in enumerate(zip(targets, edges)):
            if edge in grads:
                gradient = _copy(grads[edge])
                found.append(gradient if create_graph else target.wrap(gradient))
            elif allow_unused:
                found.append(None)
            else:
                raise errors.unused_input(i, target.array.shape)
    return tuple(found)


def _target_edge(i: int, target: Any) -> Edge:
    edge = target.edge if isinstance(target, Value) else None
    if edge is None:
        raise errors.constant_input(i)
    return edge


def _pairs(tensors: Any, gradients: Any, caller: str) -> tuple[list[Value], list[Any]]:
    """Tensors and their incoming gradients as two lists of one length."""
    if isinstance(tensors, Value) and not isinstance(gradients, (list, tuple)):
        return [tensors], [gradients]
    values = [tensors] if isinstance(tensors, Value) else tensors
    if not isinstance(values, (list, tuple)) or not all(isinstance(v, Value) for v in values):
        raise errors.no_results(caller, values)
    if gradients is None:
        return list(values), [None] * len(values)
    given = list(gradients) if isinstance(gradients, (list, tuple)) else [gradients]
    if len(given) != len(values):
        raise errors.not_as_many(caller, len(values), len(given))
    return list(values), given


def Variable(tensor: Any, requires_grad: bool = False) -> Any:
    """PyTorch before 0.4 wrapped a Tensor to follow it; a Tensor can be followed as it is."""
    if not isinstance(tensor, Value):
        raise TypeError(
            f"Variable: expected a Tensor, got {type(tensor).__name__}; make one with tensor(...)"
        )
    return tensor.requires_grad_() if requires_grad else tensor  # type: ignore[attr-defined]
