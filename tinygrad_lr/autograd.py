"""Reverse-mode automatic differentiation: the walk from a result back to what it was computed from.

graph.py says what is recorded; here is what is done with it. ``backward`` adds gradients to the
leaves' ``.grad``; ``grad`` returns them. Both begin with the gradient of the result with respect to
itself, 1, and go through the recorded operations, newest first, letting each carry the gradient of
its output to its inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from operator import attrgetter
from typing import Any, NamedTuple

from . import errors, versions
from .device import one_like
from .graph import Edge, Node, Value
from .modes import GradMode, enable_grad, is_grad_enabled
from .versions import mark_written


def backward(
    tensors: Value | Sequence[Value],
    grad_tensors: Value | Sequence[Value | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Value | Sequence[Value] | None = None,
) -> None:
    """Add the gradient of `tensors` to the ``.grad`` of every leaf they were computed from.

    Or, with `inputs`, to that of these only: one that is no leaf retains it from now on. Gradients
    *accumulate* until they are cleared (``optimizer.zero_grad()``). The graph is freed on the way
    unless `retain_graph`, by default `create_graph`. With that the backward pass is recorded: the
    gradients can be differentiated. RuntimeError for a constant, or a graph that was freed.

    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> tg.autograd.backward(x * x)
    >>> x.grad
    tensor(6.)
    """
    outputs, given = _pairs(tensors, grad_tensors, "backward")
    targets = None if inputs is None else dict(_targets(inputs, "backward"))
    for target in (targets or {}).values():
        target.retain_grad()  # type: ignore[attr-defined]
    retain = create_graph if retain_graph is None else retain_graph
    grads = _start(outputs, given, create_graph, "backward")
    if create_graph:
        with enable_grad():
            _fill(_walk(grads, True, retain, targets))
    else:  # on raw arrays there is nothing to record
        _fill(_walk(grads, False, retain, targets))


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
            first: Any = one_like(output.array, output.node is None)
        else:
            errors.check_gradient(gradient, output, caller)
            first = gradient.clone() if record else gradient.array.astype(output.array.dtype)
        grads[edge] = _sum(grads[edge], first) if edge in grads else first
    if not record:
        return grads
    return {e: g if isinstance(g, Value) else outputs[0].wrap(g) for e, g in grads.items()}


def _walk(
    grads: dict[Edge, Any], record: bool, retain_graph: bool, wanted: Iterable[Edge] | None = None
) -> dict[Edge, Any]:
    """Carry `grads`, the gradients of some results, down to the leaves, or to what is `wanted`.

    `grads` holds each gradient from its first contribution until its node is processed. The newest
    node that has a gradient is always next. A node is older than everything that consumed its
    result, so by then all of those have had their turn, and its gradient is complete: in ``b = a *
    a; c = b + a``, b's node before a's. No recursion: a graph may be deep.
    """
    aim = None if wanted is None else _aim_at(frozenset(wanted), grads)
    queue = sorted([(-edge.tick, edge) for edge in grads if isinstance(edge, Node)])  # a heap
    while queue:
        node = heappop(queue)[1]
        g = grads.pop(node)
        if node.watcher is not None:
            g = node.watcher(g)  # a hook, or who wants a gradient kept: gradients/hooks.py
        if aim is not None and aim.is_reached(node, g):
            continue
        for edge, gradient in node.pull_back(g, record, aim and aim.follow, retain_graph):
            if edge in grads:  # it was used more than once, and the gradients add up
                grads[edge] = _sum(grads[edge], gradient)
                continue
            grads[edge] = gradient
            if isinstance(edge, Node):
                heappush(queue, (-edge.tick, edge))
    for leaf in grads:
        if leaf.watcher is not None:
            grads[leaf] = leaf.watcher(grads[leaf])
    if aim is None:
        return grads
    return {edge: g for edge, g in (grads | aim.arrived).items() if edge in aim.wanted}


def _sum(one: Any, other: Any) -> Any:
    """Two gradients of the same value, by two ways."""
    try:
        return one + other
    except MemoryError as error:
        names = ["the gradient by one way", "by another"]
        raise errors.out_of_memory(error, "backward", names, [one, other]) from None


def _fill(grads: dict[Edge, Any]) -> None:
    with versions.delivery:
        leaves = [e for e in grads if isinstance(e, Value) and e.wanted]  # not switched off since
        for leaf in leaves:
            _deliver(leaf, grads[leaf])
        for leaf in leaves:
            if leaf.watcher is not None:
                leaf.watcher.filled(leaf)


def _deliver(value: Value, gradient: Any) -> None:
    """Add `gradient` to ``value.grad``. (No raw array is shared; a Tensor may be.)"""
    if gradient.shape != value.array.shape:
        raise errors.leaf_changed(gradient.shape, value.array.shape)
    recorded, there = isinstance(gradient, Value), value._grad
    if there is None:
        value._grad = gradient.clone() if recorded else value.wrap(gradient)
    elif recorded or there.edge is not None:  # what is in a recorded graph must not change
        value._grad = there + gradient if recorded else value.wrap(there.array + gradient)
    else:
        there.array += gradient
        mark_written(there, "backward()")


def grad(
    outputs: Value | Sequence[Value],
    inputs: Value | Sequence[Value],
    grad_outputs: Value | Sequence[Value | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    *,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of the sum of `outputs` with respect to `inputs`; no ``.grad`` changes.

    Only the graph between the two is walked and freed; `only_inputs` is ignored. An input that was
    not used is a RuntimeError, or None with `allow_unused`, or zeros with `materialize_grads`.

    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> tg.autograd.grad(x * x, x)
    (tensor(6.),)
    """
    sources, given = _pairs(outputs, grad_outputs, "grad")
    targets = _targets(inputs, "grad")
    retain = create_graph if retain_graph is None else retain_graph
    if any(source.edge is None for source in sources):  # said here, as below nothing is recorded
        raise errors.not_followed("grad", is_grad_enabled())
    with GradMode(create_graph):
        grads = _start(sources, given, create_graph, "grad")
        grads = _walk(grads, create_graph, retain, dict(targets))
        found: list[Any] = []
        for i, (edge, target) in enumerate(targets):
            if edge in grads:
                g = grads[edge]
                own = create_graph and g.node and g.root is None and all(g is not f for f in found)
                found.append(g if own else g.clone() if create_graph else target.wrap(g.copy()))
            elif allow_unused or materialize_grads:
                zeros = target.wrap(one_like(target.array, True) * 0)
                zeros.wanted = create_graph  # they can be differentiated, as the others
                found.append(zeros if materialize_grads else None)
            else:
                raise errors.unused_input(i, target.array.shape)
    return tuple(found)


def _targets(inputs: Any, caller: str) -> list[tuple[Edge, Value]]:
    """Tensors whose gradients are asked for, each behind the edge at which its gradient arrives."""
    values = [inputs] if isinstance(inputs, Value) else errors.as_list(inputs, caller)
    edges = [value.edge if isinstance(value, Value) else None for value in values]
    errors.check_targets(edges, caller)
    return list(zip(edges, values))  # type: ignore[arg-type]


class _Aim(NamedTuple):
    """Where a walk shall lead, if not to all leaves."""

    wanted: frozenset[Edge]
    leading: frozenset[Edge]  # the nodes on the ways there
    follow: frozenset[Edge]  # both
    arrived: dict[Edge, Any]  # the gradients of nodes that are wanted

    def is_reached(self, node: Node, g: Any) -> bool:
        """Whether the walk ends at `node`, which `g` has arrived at."""
        if node in self.wanted:
            self.arrived[node] = g
        return node not in self.leading


def _aim_at(wanted: frozenset[Edge], roots: Iterable[Edge]) -> _Aim:
    """The ways from `roots` to what is `wanted`."""
    found = {edge for edge in roots if isinstance(edge, Node)}
    stack = list(found)
    while stack:
        node = stack.pop()
        for edge in node.edges:
            if isinstance(edge, Node) and edge not in found:
                found.add(edge)
                stack.append(edge)
    leading: set[Edge] = set()
    for node in sorted(found, key=attrgetter("tick")):  # its inputs are settled before a node is
        if any(edge in wanted or edge in leading for edge in node.edges):
            leading.add(node)
    return _Aim(wanted, frozenset(leading), wanted | leading, {})


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
