"""A backward pass, followed: what autograd._walk does, with a note of each thing that happens.

The loop is the engine's: the newest node that has a gradient is next, each node pulls its gradient
back by ``Node.pull_back`` and the rules of its Op, and what arrives twice adds up. Only the rules
are asked through a stand-in that writes down what they are given and what they give. Nothing is
changed: no ``.grad``, and the graph is not freed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, TypeAlias

import numpy as np

from .. import errors
from ..autograd import _start, _sum
from ..device import Array, is_array
from ..gradients.anomaly import _usual as _pull_back
from ..gradients.function import Result, _Several
from ..graph import Edge, Node, Op, Value
from ..versions import last_write
from .numbers import Numbers, numbers_of

NAME = "viz.backward"  # what error messages call this


@dataclass
class Seen:
    """One thing in the picture: a leaf, a constant, or the result of an operation."""

    id: int
    kind: str  # "leaf", "constant", "op"
    op: str | None
    value: Numbers | None  # None where it has been overwritten since
    name: str | None = None
    wanted: bool = False

    @property
    def label(self) -> str:
        """What a sentence calls it."""
        if self.name or self.op:
            return self.name or str(self.op)
        return "a tensor" if self.value is None else f"a tensor of shape {self.value.shape}"


@dataclass
class Arc:
    """An argument of an operation: `source` and `target` are the ids of what is seen."""

    source: int
    target: int
    argument: int
    name: str


@dataclass
class Term:
    """What a rule was given under one name."""

    name: str
    value: Numbers | None
    text: str | None = None  # of what is no array: axis=(0,)


@dataclass
class Step:
    """One thing that happens. `edge` is a place in the list of edges; see data.py for the kinds."""

    kind: str
    node: int
    says: str
    edge: int | None = None
    argument: str | None = None
    rule: str | None = None
    terms: list[Term] = field(default_factory=list)
    before: Numbers | None = None
    result: Numbers | None = None


@dataclass
class Walk:
    """A backward pass, step by step.

    Attributes:
        gradients: by leaf, what backward() would add to its ``.grad``: raw arrays, the same bit for
            bit.
        nodes, edges: the graph that was gone through, what was computed first first.
        steps: what happened, in the engine's order.
        notes: sentences for whoever looks at it.
    """

    title: str
    nodes: list[Seen] = field(default_factory=list)
    edges: list[Arc] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    gradients: dict[Value, Array] = field(default_factory=dict)


@np.errstate(all="ignore")  # a nan is named in words
def follow(outputs: Sequence[Value], given: Sequence[Any]) -> Walk:
    """The walk back from `outputs`, with the gradient `given` for each, or None for 1.

    Errors as those of backward(); RuntimeError too if an output is a leaf, or the graph was freed.
    """
    grads = _start(outputs, given, False, NAME)
    if not grads or not any(isinstance(edge, Node) for edge in grads):
        raise RuntimeError(
            f"{NAME}: this tensor is a leaf, nothing was computed that could be gone back through; "
            "pass the result of a computation"
        )
    return _Follower(grads, given).walk


class _Follower:
    """What is known while a walk is followed."""

    def __init__(self, grads: dict[Edge, Any], given: Sequence[Any]) -> None:
        self.walk = Walk("The backward pass")
        self._seen: dict[int, Seen] = {}  # by the id of a node, a leaf or an array
        self._arcs: dict[tuple[int, int], int] = {}  # by the id of a node, and the argument
        self._digested: dict[int, tuple[Any, Numbers]] = {}
        self._see(nodes_behind(grads))
        says = "the gradient that was given" if given[0] is not None else "with respect to itself"
        for edge, g in grads.items():
            seen = self._seen[id(shown(edge))]
            self._step("start", seen, f"{seen.label}: {says}", result=self._numbers(g))
        self._go(grads)

    # -- the graph

    def _see(self, nodes: list[Node]) -> None:
        """Note what there is, and what each is computed from."""
        results: dict[int, Array] = {}
        for node in nodes:
            if node.output is None:
                raise RuntimeError(f"{NAME}: {_FREED.format(node.op.name)}")
            results[id(shown(node))] = node.output  # a Function's result comes after the call
        for node in nodes:
            if shown(node) is not node:
                continue
            given = [self._argument(node, i) for i in range(argument_count(node))]
            value = self._as_it_was(results[id(node)], node)
            made = self._add("op", node, node.op.name, value)
            for i, argument in enumerate(given):
                if argument is not None:
                    self._arcs[id(node), i] = len(self.walk.edges)
                    name = argument_name(node, i)
                    self.walk.edges.append(Arc(argument.id, made.id, i, name))

    def _argument(self, node: Node, i: int) -> Seen | None:
        """What is argument `i` of a node; None of what is no number."""
        edge, arg = node.edges[i], node.args[i]
        if edge is not None:
            known = self._seen.get(id(shown(edge)))
            if known is None:
                assert isinstance(edge, Value)
                known = self._add("leaf", edge, None, self._numbers(edge.array))
                known.wanted = edge.wanted
            return known
        if is_array(arg):
            known = self._seen.get(id(arg))
            return known or self._add("constant", arg, None, self._as_it_was(arg, node))
        if isinstance(arg, (int, float)):
            return self._add("constant", object(), None, self._numbers(arg))
        return None

    def _add(self, kind: str, thing: object, op: str | None, value: Numbers | None) -> Seen:
        seen = Seen(len(self.walk.nodes), kind, op, value)
        self.walk.nodes.append(seen)
        self._seen[id(thing)] = seen
        return seen

    def _as_it_was(self, array: Array, node: Node) -> Numbers | None:
        """The numbers of an array that `node` has seen; None if it was written since."""
        return None if last_write(array)[0] > node.tick else self._numbers(array)

    def _numbers(self, value: Any) -> Numbers | None:
        """The numbers of what came by: an array, a number; None of what is neither."""
        if isinstance(value, _Several):
            value = next(iter(value.parts.values())) if len(value.parts) == 1 else None
        if not is_array(value):
            return numbers_of(value) if isinstance(value, (int, float, np.generic)) else None
        if id(value) not in self._digested:
            self._digested[id(value)] = value, numbers_of(value)
        return self._digested[id(value)][1]

    def _step(self, kind: str, seen: Seen, says: str, **more: Any) -> None:
        self.walk.steps.append(Step(kind, seen.id, says, **more))

    # -- the way back

    def _go(self, grads: dict[Edge, Any]) -> None:
        """The engine's loop: see autograd._walk."""
        queue = sorted((-edge.tick, edge) for edge in grads if isinstance(edge, Node))
        while queue:
            node = heappop(queue)[1]
            g = self._through_hooks(node, grads.pop(node))
            for edge, gradient, arc in self._pulled_back(node, g):
                self._arrives(edge, gradient, arc, grads.get(edge))
                if edge in grads:
                    grads[edge] = _sum(grads[edge], gradient)
                    continue
                grads[edge] = gradient
                if isinstance(edge, Node):
                    heappush(queue, (-edge.tick, edge))
        for leaf in grads:
            grads[leaf] = self._through_hooks(leaf, grads[leaf])
        for leaf, g in grads.items():
            assert isinstance(leaf, Value)
            self._deliver(leaf, g)

    def _through_hooks(self, edge: Edge, g: Any) -> Any:
        """What the hooks of a Tensor make of its gradient. That of retain_grad() is not kept."""
        if edge.watcher is None or not edge.watcher.hooks:
            return g
        new = edge.watcher._through_hooks(g)
        seen = self._seen[id(shown(edge))]
        says = f"the hooks of {seen.label} see its gradient, and what they give goes on"
        self._step("hook", seen, says, before=self._numbers(g), result=self._numbers(new))
        return new

    def _pulled_back(self, node: Node, g: Any) -> Iterator[tuple[Edge, Any, int | None]]:
        """Where the gradient `g` of a node goes, what arrives there, and by which edge."""
        if isinstance(node, Result):
            yield from ((edge, part, None) for edge, part in node.pull_back(g, False))
            return
        seen = self._seen[id(node)]
        says = f"{seen.label}: all that used it has had its turn, and its gradient is complete"
        self._step("incoming", seen, says, result=self._numbers(g))
        asked: list[_Asked] = []
        for (edge, gradient), call in zip(_pull_back(stand_in(node, asked), g, False), asked):
            i = call.argument
            name, arc = argument_name(node, i), self._arcs[id(node), i]
            self._step(
                "rule",
                seen,
                f"the rule of {name}",
                edge=arc,
                argument=name,
                result=self._numbers(call.gave),
            )
            shape = getattr(call.gave, "shape", None)
            if shape is not None and shape != node.args[i].shape:
                self._step(
                    "sum_back",
                    seen,
                    f"{name} has shape {node.args[i].shape}, so it is summed back over the axes "
                    "along which that was broadcast",
                    edge=arc,
                    argument=name,
                    before=self._numbers(call.gave),
                    result=self._numbers(gradient),
                )
            yield edge, gradient, arc

    def _arrives(self, edge: Edge, gradient: Any, arc: int | None, there: Any) -> None:
        if arc is None:  # from a result of a Function to the call: see gradients/function.py
            return
        seen, new = self._seen[id(shown(edge))], self._numbers(gradient)
        self._step("arrive", seen, f"it arrives at {seen.label}", edge=arc, result=new)
        if there is not None:
            says = f"{seen.label} was used more than once, and the gradients add up"
            whole = self._numbers(_sum(there, gradient))
            before = self._numbers(there)
            self._step("add_up", seen, says, edge=arc, before=before, result=whole)

    def _deliver(self, leaf: Value, g: Array) -> None:
        seen, before = self._seen[id(leaf)], leaf._grad
        if not leaf.wanted:
            says = f"{seen.label} does not require grad any more"
            self._step("deliver", seen, says, result=self._numbers(g))
            return
        if g.shape != leaf.array.shape:
            raise errors.leaf_changed(g.shape, leaf.array.shape)
        self.walk.gradients[leaf] = g
        name = f"{seen.name}.grad" if seen.name else "its .grad"
        if before is None:
            self._step("deliver", seen, f"this would be {name}", result=self._numbers(g))
        else:
            says = f"this would be added to {name}"
            there = self._numbers(before.array)
            whole = self._numbers(before.array + g)
            self._step("deliver", seen, says, before=there, result=whole)


_FREED = (
    "this graph was freed by a backward(), the arrays that {} has seen are gone; look before "
    "backward(), or pass it retain_graph=True"
)


# ------------------------------------------------------------------------------ reading the graph


def shown(edge: Edge) -> Edge:
    """What stands in the picture for it. A Function's only result is one with the call."""
    if isinstance(edge, Result) and len(edge.edges[0].params["call"].shown) == 1:
        return edge.edges[0]
    return edge


def nodes_behind(edges: Any) -> list[Node]:
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
    return errors.argument_name(node.op.forward, i)


# ------------------------------------------------------------------------------- asking the rules


@dataclass
class _Asked:
    """A rule was asked for the gradient of an argument."""

    argument: int
    rule: Callable[..., Any]
    g: Any
    y: Any
    args: tuple[Any, ...]
    params: dict[str, Any]
    gave: Any


Rule: TypeAlias = Callable[..., Any]


def stand_in(node: Node, asked: list[_Asked]) -> Node:
    """A node like this one, whose rules write down in `asked` what they are asked."""
    other = object.__new__(Node)
    for slot in ("args", "edges", "output", "params", "tick", "watcher"):
        setattr(other, slot, getattr(node, slot))
    other.op = _asking(node.op, len(node.args), asked)
    other.op.forms = [
        (takes, _asking(form, len(node.args), asked)) for takes, form in node.op.forms
    ]
    return other


def _asking(op: Op, count: int, asked: list[_Asked]) -> Op:
    def noting(i: int, rule: Rule) -> Rule:
        def asks(g: Any, y: Any, *args: Any, **params: Any) -> Any:
            gave = rule(g, y, *args, **params)
            asked.append(_Asked(i, rule, g, y, args, params, gave))
            return gave

        return asks

    other = copy.copy(op)
    other.each = None
    rules = op.rules if op.each is None else op.rules_for(count)
    other.rules = [None if rule is None else noting(i, rule) for i, rule in enumerate(rules)]
    return other
