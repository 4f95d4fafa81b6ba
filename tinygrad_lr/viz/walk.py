"""A backward pass, followed: what autograd._walk does, with a note of each thing that happens.

The loop is the engine's: the newest node that has a gradient is next, each node pulls its gradient
back by ``Node.pull_back`` and the rules of its Op, and what arrives twice adds up. Nothing is
changed: no ``.grad``, and the graph is not freed. Where there are too many nodes, some are only
gone through: see fold.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from .. import errors
from ..autograd import _start, _sum
from ..device import Array
from ..gradients.anomaly import _usual as pull_back
from ..gradients.function import Result, _Several
from ..graph import Edge, Node, Value
from .asking import Asked, described, pulled_back
from .fold import Scope
from .graphs import Graph, is_crowded
from .parts import parts_of, why_whole
from .reading import argument_name, nodes_behind, shown
from .steps import Seen, Step, Steps
from .words import FEW, MANY, Strange, first_in_backward, first_in_forward

WRITTEN_OUT = "{} written out by others of the table: the gradients are the same but for rounding."
Met: TypeAlias = tuple[Scope, Seen, int]  # in which picture a gradient has arrived, where, by which


@np.errstate(all="ignore")  # a nan is named in words
def follow(
    outputs: Sequence[Value],
    given: Sequence[Any],
    names: Mapping[int, str],
    steps: Steps,
    inside: str = "",
    caller: str = "viz.backward",
) -> None:
    """Note in `steps` the walk back from `outputs`, with the gradients `given`, or None for 1.

    `names` is what to call a leaf, a node or an array, by its id; `inside` the operation that this
    is the inside of, if it is one. Errors are those of backward(), in the name of `caller`;
    RuntimeError too if an output is a leaf, or the graph was freed.
    """
    nodes, grads = _checked(outputs, given, caller)
    ways = {"with respect to itself" if g is None else "as it was given" for g in given}
    graph = Graph(nodes, grads, names, steps)
    follower = _Follower(graph, steps, inside)
    if inside:
        steps.notes[:] = [WRITTEN_OUT.format(inside)]
    else:
        steps.notes += first_in_forward(graph.own, graph.output, graph.called)
    follower.start(grads, ways.pop() if len(ways) == 1 else "as it was given, or 1")
    follower.go(grads)


def _checked(
    outputs: Sequence[Value], given: Sequence[Any], caller: str
) -> tuple[list[Node], dict[Edge, Any]]:
    """The nodes behind some results, and the gradients at which the walk back from them starts."""
    if all(isinstance(output.edge, Value) for output in outputs):
        raise RuntimeError(
            f"{caller}: this tensor is a leaf, nothing was computed that could be gone back "
            "through; pass the result of a computation, such as a loss"
        )
    for output, gradient in zip(outputs, given):
        if not isinstance(gradient, (Value, type(None))):
            raise TypeError(
                f"{caller}: the gradient must be a Tensor, of shape {output.array.shape}, not "
                f"{type(gradient).__name__}; make one of it: gradient=tg.tensor(...)"
            )
    grads = _start(outputs, given, False, caller)
    nodes = nodes_behind(grads)
    for node in nodes:
        if node.output is None:
            raise RuntimeError(
                f"{caller}: this graph was freed by a backward(), what {node.op.name} has seen is "
                "gone; look before backward(), or pass it retain_graph=True"
            )
    return nodes, grads


class _Follower:
    """What is known while a walk is followed."""

    def __init__(self, graph: Graph, steps: Steps, inside: str) -> None:
        self._graph, self._found, self._inside = graph, steps, inside
        self._numbers, self._strange = graph.numbers, Strange()
        self._unlooked: list[tuple[Edge, Asked | str, Any]] = []  # gradients: see first_in_backward
        self._unseen: dict[tuple[int, int], tuple[list[Step], Any]] = {}  # from what is left out
        self._boxes: dict[int, dict[int, tuple[Scope, Seen]]] = {}  # that await a gradient

    def _step(self, scope: Scope, kind: str, seen: Seen, says: str, **more: Any) -> Step:
        assert scope.steps is not None
        step = Step(kind, seen.id, says, **more)
        scope.steps.steps.append(step)
        return step

    def start(self, grads: dict[Edge, Any], way: str) -> None:
        """Note where the walk begins, and with which gradients."""
        for edge, g in grads.items():
            for scope, seen in self._graph.stands(edge):
                says = f"The gradient of {seen.label}, {way}"
                self._step(scope, "start", seen, says, result=self._numbers(g))
                if seen.kind == "box":
                    self._boxes.setdefault(id(edge), {})[id(seen)] = scope, seen
            self._look(edge, "start", g)
        labels = [self._found.nodes[step.node].label for step in self._found.steps]
        labels[3:] = [f"{len(labels) - 3} more"] * (len(labels) > 3)
        self._found.title = f"The backward pass of {' and '.join(labels)}"

    def go(self, grads: dict[Edge, Any]) -> None:
        """The engine's loop: see autograd._walk."""
        scopes = self._graph.scopes
        queue = sorted((-edge.tick, edge) for edge in grads if isinstance(edge, Node))
        while queue:
            node = heappop(queue)[1]
            g = grads.pop(node)
            if node.watcher is not None:
                g = self._through_hooks(node, g)
            if id(node) in self._boxes:
                self._is_complete(node, g)
            scope = scopes[id(node)]
            seen = scope.steps is not None or isinstance(node, Result)
            pulled_back = self._pulled_back if seen else self._gone_through
            for edge, gradient, met in pulled_back(node, g, scope):
                if edge in grads:
                    there = grads[edge]
                    grads[edge] = _sum(there, gradient)
                    self._await_look(edge, "sum", grads[edge])
                    if met is not None:
                        self._adds_up(there, grads[edge], met)
                    continue
                grads[edge] = gradient
                if isinstance(edge, Node):
                    heappush(queue, (-edge.tick, edge))
        self._look_back()
        for leaf in grads:
            grads[leaf] = self._through_hooks(leaf, grads[leaf])
        for leaf, g in grads.items():
            assert isinstance(leaf, Value)
            self._deliver(leaf, g)
        for steps, g in self._unseen.values():
            for step in steps:
                step.result = self._numbers(g)

    def _through_hooks(self, edge: Edge, g: Any) -> Any:
        """What the hooks of a Tensor make of its gradient. That of retain_grad() is not kept."""
        if edge.watcher is None or not edge.watcher.hooks:
            return g
        new = edge.watcher._through_hooks(g)
        for scope, seen in islice(self._graph.stands(edge), 1):
            says = f"The hooks of {seen.label} are shown its gradient, and what they give goes on"
            before, after = self._numbers(g), self._numbers(new)
            self._look(edge, "hooks", new)
            self._step(scope, "hook", seen, says, before=before, result=after)
        return new

    def _is_complete(self, node: Node, g: Any) -> None:
        """Note that the gradient `g` of a node in boxes is complete."""
        for scope, seen in self._boxes.pop(id(node)).values():
            says = f"A gradient of {seen.label} is complete"
            self._step(scope, "incoming", seen, says, result=self._numbers(g))

    def _gone_through(
        self, node: Node, g: Any, scope: Scope
    ) -> Iterator[tuple[Edge, Any, Met | None]]:
        """As `_pulled_back`, of a node that is left out; so are most, in a large graph."""
        for edge, gradient in pull_back(node, g, False):
            self._await_look(node, "", gradient)
            if self._graph.scopes[id(edge)] is not scope:
                self._arrives_unseen(node, edge, gradient, scope, scope.name)
            yield edge, gradient, None

    def _pulled_back(
        self, node: Node, g: Any, scope: Scope
    ) -> Iterator[tuple[Edge, Any, Met | None]]:
        """Where the gradient `g` of a node goes, what arrives there, and in which picture."""
        if isinstance(node, Result):
            yield from self._to_the_call(node, g, scope)
            return
        seen = scope.seen[id(node)]
        says = f"All that used {seen.label} has had its turn: its gradient is complete"
        self._step(scope, "incoming", seen, says, result=self._numbers(g))
        self._open(node, seen, g)
        for edge, gradient, call in pulled_back(node, g):
            arc = self._arc(scope, node, call.argument, edge)
            if arc is not None:
                self._numbers(gradient)  # from a GPU they are fetched once, and tell if one is nan
            self._look(node, call, gradient)
            if arc is None:  # one of many, to what is left out, or to one thing
                if is_crowded(node) and self._graph.scopes[id(edge)].steps is not None:
                    others = f"other arguments of {seen.label}"
                    self._arrives_unseen(node, edge, gradient, node, others)
                yield edge, gradient, None
                continue
            self._asked(scope, node, seen, call, gradient, arc)
            yield edge, gradient, self._arrives(node, call.argument, edge, gradient)

    def _open(self, node: Node, seen: Seen, g: Any) -> None:
        """Follow the walk through the parts of an operation that has some; or say why not."""
        why = why_whole(node, seen.label, self._graph.folded)
        parts = None if why else parts_of(node)
        if parts is not None:
            result, names = parts
            seen.inside = Steps()
            follow([result], [result.wrap(g)], names, seen.inside, inside=node.op.name)
            seen.inside.title = f"Inside {seen.label}"
        elif why and why not in self._found.notes:
            self._found.notes.append(why)

    def _to_the_call(
        self, node: Result, g: Any, scope: Scope
    ) -> Iterator[tuple[Edge, Any, Met | None]]:
        """From one of a Function's results to the call, which awaits those of all."""
        for edge, gradient in node.pull_back(g, False):
            if shown(node) is node and scope.steps is not None:
                seen, target = scope.seen[id(node)], scope.seen[id(edge)]
                arc, new = self._arc(scope, node, 0, edge), self._numbers(g)
                self._step(scope, "incoming", seen, f"The gradient of {seen.label}", result=new)
                says = f"{target.label} waits for the gradients of all its results"
                self._step(scope, "arrive", target, says, edge=arc, result=new)
            yield edge, gradient, None

    def _arc(self, scope: Scope, node: Node, i: int, edge: Edge) -> int | None:
        """Which edge in the picture of a node is that of argument `i` alone, if one is."""
        _, ends = next(self._graph.ends(node, i, edge))
        arc = scope.arcs[ends]
        return arc if scope.steps is not None and scope.steps.edges[arc].argument == i else None

    def _look(self, edge: Edge, by: Asked | str, gradient: Any) -> None:
        """Note what gave the first gradient that is not finite."""
        if not self._graph.is_finite(gradient):
            self._unlooked.append((edge, by, gradient))
            self._look_back()

    def _await_look(self, edge: Edge, by: str, gradient: Any) -> None:
        """As `_look`, but some time. Large ones do not wait, as they need memory."""
        self._unlooked.append((edge, by, gradient))
        if len(self._unlooked) >= MANY or getattr(gradient, "size", 0) > FEW:
            self._look_back()

    def _look_back(self) -> None:
        """Look at the gradients that have not been looked at: at all of them together."""
        recent, self._unlooked = self._unlooked, []
        if not self._strange.anything(gradient for *_, gradient in recent):
            return
        for edge, by, gradient in recent:
            if kind := self._strange.kind(gradient):
                words = first_in_backward(edge, by, gradient, kind, self._graph.called)
                self._found.notes.append(words)

    def _asked(
        self, scope: Scope, node: Node, seen: Seen, call: Asked, gradient: Array, arc: int
    ) -> None:
        """Note the answer of a rule, and its sum over broadcast axes."""
        i, gave = call.argument, self._numbers(call.gave)
        name = argument_name(node, i)
        rule, terms = described(node.op, call, self._numbers)
        says = f"The gradient for {name}, by the rule of {node.op.name}"
        if rule is None:
            says += ", whose source is not to be had"
        more: dict[str, Any] = {"edge": arc, "argument": name}
        self._step(scope, "rule", seen, says, rule=rule, terms=terms, result=gave, **more)
        shape = node.args[i].shape
        if gave is not None and gave.shape != shape:
            says = f"{name} has shape {shape}: its gradient is the sum over the axes along which "
            says += "it was broadcast"
            result = self._numbers(gradient)
            self._step(scope, "sum_back", seen, says, before=gave, result=result, **more)

    def _arrives(self, node: Node, i: int, edge: Edge, gradient: Any) -> Met | None:
        """Note that a gradient arrives, in each picture that has an edge for it."""
        met = None
        for scope, ends in self._graph.ends(node, i, edge):
            seen, arc = scope.seen[ends[2]], scope.arcs[ends]
            says = f"This is what arrives at {seen.label}"
            self._step(scope, "arrive", seen, says, edge=arc, result=self._numbers(gradient))
            if seen.kind != "outside":
                met = scope, seen, arc
            if seen.kind == "box":
                self._boxes.setdefault(id(edge), {})[id(seen)] = scope, seen
        return met

    def _arrives_unseen(
        self, node: Node, edge: Edge, gradient: Any, source: object, name: str
    ) -> None:
        """Note that a gradient arrives from what is left out: one step for all from one source."""
        key = id(source), id(edge)
        if key in self._unseen:
            steps, there = self._unseen[key]
            self._unseen[key] = steps, _sum(there, gradient)
            return
        steps = []
        for scope, ends in self._graph.ends(node, None, edge):
            seen, arc = scope.seen[ends[2]], scope.arcs[ends]
            says = f"All that arrives at {seen.label} from the {name} adds up to this"
            steps.append(self._step(scope, "arrive", seen, says, edge=arc, argument=name))
            if seen.kind == "box":
                self._boxes.setdefault(id(edge), {})[id(seen)] = scope, seen
        self._unseen[key] = steps, gradient

    def _adds_up(self, there: Any, whole: Any, met: Met) -> None:
        if isinstance(there, _Several):
            return
        scope, seen, arc = met
        says = f"{seen.label} was used more than once, and the gradients add up"
        before, after = self._numbers(there), self._numbers(whole)
        new = scope.steps.steps[-1].result if scope.steps is not None else None
        if before and new and after and before.shape == ():
            says += f": {before.text} + {new.text} = {after.text}"
        self._step(scope, "add_up", seen, says, edge=arc, before=before, result=after)

    def _deliver(self, leaf: Value, g: Array) -> None:
        if leaf.wanted and g.shape != leaf.array.shape:
            raise errors.leaf_changed(g.shape, leaf.array.shape)
        if leaf.wanted:
            self._found.gradients[leaf] = g
        for scope, seen in islice(self._graph.stands(leaf), 1):
            if seen.kind == "box":
                continue
            before, new = leaf._grad, self._numbers(g)
            own = seen.label == seen.name
            name = f"{seen.name}.grad" if own else f"the .grad of {seen.label}"
            if self._inside:
                says = f"This is what {self._inside} gives its argument {seen.name}"
                self._step(scope, "deliver", seen, says, result=new)
            elif not leaf.wanted:
                says = f"{seen.label} does not require grad any more"
                self._step(scope, "deliver", seen, says, result=new)
            elif before is None:
                self._step(scope, "deliver", seen, f"backward() puts it into {name}", result=new)
            else:
                there, whole = self._numbers(before.array), self._numbers(before.array + g)
                says = f"backward() adds it to {name}"
                self._step(scope, "deliver", seen, says, before=there, result=whole)
