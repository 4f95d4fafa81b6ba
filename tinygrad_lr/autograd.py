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

import numpy as np

from .device import is_capturing, library, xp
from .errors import ShapeError, check_devices, out_of_memory
from .graph import (
    Edge,
    GradMode,
    Node,
    Op,
    Value,
    clone,
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


def _walk(
    grads: dict[Edge, Any],
    record: bool,
    retain_graph: bool,
    wanted: frozenset[Edge] = frozenset(),
) -> dict[Edge, Any]:
    """Carry `grads`, the gradients of some results, down to the leaves, or only to `wanted`.

    Gradients in flight live in this one dict, from the moment the first consumer of a value has
    spoken to the moment the value's own node takes its turn; never on the Tensors.

    The newest node that has a gradient is always next. A node is older than everything that
    consumed its result, so by then all of those have had their turn, and its gradient is complete:
    in ``b = a + a; c = b + a``, b's node before a's. No recursion: a graph may be deep.
    """
    leading = _leading_to(wanted, grads) if wanted else wanted
    follow = leading | wanted if wanted else None
    queue = [(-edge.tick, edge) for edge in grads if isinstance(edge, Node)]
    heapify(queue)
    arrived: dict[Edge, Any] = {}
    while queue:
        node = heappop(queue)[1]
        g = grads.pop(node)
        if node.watcher is not None:
            _deliver(node.watcher(), _copy(g))
        if wanted:
            if node in wanted:
                arrived[node] = g
            if node not in leading:
                continue
        for edge, gradient in node.pull_back(g, record, follow):
            if edge in grads:
                grads[edge] = _sum(grads[edge], gradient)
                continue
            grads[edge] = gradient
            if isinstance(edge, Node):
                heappush(queue, (-edge.tick, edge))
        if not retain_graph:
            node.release()
    grads.update(arrived)
    return grads


def _leading_to(wanted: frozenset[Edge], roots: Iterable[Edge]) -> frozenset[Edge]:
    """The nodes on the ways from `roots` to something `wanted`, without what lies there itself."""
    found = {edge for edge in roots if isinstance(edge, Node)}
    stack = list(found)
    while stack:
        node = stack.pop()
        if node.args is None and node not in wanted:
            raise node.freed()
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
        raise out_of_memory(error, "backward", names, [one, other]) from None


def _copy(gradient: Any) -> Any:
    return clone(gradient) if isinstance(gradient, Value) else gradient.copy()


def _deliver(value: Value | None, gradient: Any) -> None:
    """Add `gradient`, which nothing else shares, to ``value.grad``."""
    if value is None:  # a watched Tensor that nobody holds any more
        return
    recorded = isinstance(gradient, Value)
    if gradient.shape != value.array.shape:
        raise ShapeError(
            f"backward: the gradient of a leaf has shape {gradient.shape}, but the leaf now has "
            f"{value.array.shape}: its .data was replaced after it was used"
        )
    if value._grad is None:
        value._grad = gradient if recorded else value.wrap(gradient)
    elif recorded:
        value._grad = value._grad + gradient
    elif value._grad.edge is not None:  # it is part of a recorded graph, which must not change
        value._grad = value.wrap(value._grad.array + gradient)
    else:
        value._grad.array += gradient
        mark_written(value._grad, "backward()")


def _start(
    outputs: Sequence[Value], gradients: Sequence[Any], record: bool, caller: str
) -> dict[Edge, Any]:
    """The gradients that a walk begins with, by the edge they enter at."""
    grads: dict[Edge, Any] = {}
    for output, given in zip(outputs, gradients):
        edge = output.edge
        if edge is None:
            raise _not_followed(caller)
        if given is None:
            first = output.wrap(_one(output, caller)) if record else _one(output, caller)
        else:
            _check_given(given, output, caller)
            first = clone(given) if record else given.array.astype(output.array.dtype)
        grads[edge] = _sum(grads[edge], first) if edge in grads else first
    return grads


def _one(output: Value, caller: str) -> Any:
    """The gradient of `output` with respect to itself, if it is a single number."""
    array = output.array
    if array.size != 1:
        raise RuntimeError(
            f"{caller}: grad can be implicitly created only for scalar outputs, and this tensor "
            f"has shape {array.shape}; reduce it first, with .sum() or .mean(), or pass a gradient "
            f"of shape {array.shape}"
        )
    if xp(array) is np and not array.ndim:
        return array.dtype.type(1)  # in NumPy a bare number is as good, and faster
    if not array.ndim and output.node is not None:  # no leaf, which would keep it as its .grad
        return _one_on_gpu(array.dtype)
    one = xp(array).empty_like(array)
    one.fill(1)
    return one


_ones: dict[Any, Any] = {}


def _one_on_gpu(dtype: Any) -> Any:
    """1 in the memory of the GPU. Each training step begins with it, so it is made only once."""
    if dtype in _ones:
        return _ones[dtype]
    one = library("gpu").ones((), dtype)
    if not is_capturing():  # else it becomes 1 only when the captured step is replayed
        _ones[dtype] = one
    return one


def _check_given(given: Any, output: Value, caller: str) -> None:
    """Refuse `given`, a gradient that a caller passed for `output`, if it cannot be one."""
    if not isinstance(given, Value):
        raise TypeError(f"{caller}: the gradient must be a Tensor, not {type(given).__name__}")
    if given.array.shape != output.array.shape:
        raise ShapeError(
            f"{caller}: the gradient has shape {given.array.shape}, the tensor has shape "
            f"{output.array.shape}; they must be equal"
        )
    check_devices(caller, ["the tensor", "the gradient"], [output.array, given.array])


def _not_followed(caller: str) -> RuntimeError:
    """The error for the gradient of a constant."""
    why = (
        "Either nothing it was computed from has requires_grad=True, or it was computed under "
        "no_grad() or from a detach()ed tensor."
        if is_grad_enabled()
        else "Recording is switched off here (no_grad)."
    )
    return RuntimeError(
        f"{caller}: this tensor does not require grad, no operation was recorded for it. {why} Set "
        "requires_grad=True on the inputs you want gradients for, before computing."
    )


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
    if create_graph:
        with enable_grad():
            _fill_leaves(grads, True, retain)
    else:  # on raw arrays there is nothing to record
        _fill_leaves(grads, False, retain)


def _fill_leaves(grads: dict[Edge, Any], record: bool, retain_graph: bool) -> None:
    leaves: dict[Any, Any] = _walk(grads, record, retain_graph)  # as every node has had its turn
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
    sources, gradients = _pairs(outputs, grad_outputs, "grad")
    targets = [inputs] if isinstance(inputs, Value) else list(inputs)
    edges = [_target_edge(i, target) for i, target in enumerate(targets)]
    retain = create_graph if retain_graph is None else retain_graph
    if any(source.edge is None for source in sources):  # said here, as below nothing is recorded
        raise _not_followed("grad")
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
        edge = target.edge
        if edge is not None:
            return edge
    raise RuntimeError(
        f"grad: input {i} does not require grad; set requires_grad=True on it before computing the "
        "outputs"
    )


def _pairs(tensors: Any, gradients: Any, caller: str) -> tuple[list[Value], list[Any]]:
    """Tensors and their incoming gradients as two lists of one length."""
    if isinstance(tensors, Value) and not isinstance(gradients, (list, tuple)):
        return [tensors], [gradients]
    values = [tensors] if isinstance(tensors, Value) else tensors
    if not isinstance(values, (list, tuple)) or not all(isinstance(v, Value) for v in values):
        raise TypeError(
            f"{caller}: expected a Tensor, or a list of them, to go back from, got {tensors!r}"
        )
    given = [gradients] if gradients is None or isinstance(gradients, Value) else list(gradients)
    if gradients is None:
        given = [None] * len(values)
    if len(given) != len(values):
        raise RuntimeError(
            f"{caller}: {len(values)} tensors, but {len(given)} gradients; pass one for each tensor"
        )
    return list(values), given


def Variable(tensor: Any, requires_grad: bool = False) -> Any:
    """PyTorch before 0.4 wrapped a Tensor to follow it; a Tensor can be followed as it is."""
    if not isinstance(tensor, Value):
        raise TypeError(
            f"Variable: expected a Tensor, got {type(tensor).__name__}; make one with tensor(...)"
        )
    return tensor.requires_grad_() if requires_grad else tensor  # type: ignore[attr-defined]
