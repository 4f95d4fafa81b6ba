"""A backward pass, followed: what autograd._walk does, with a note of each thing that happens.

The loop is the engine's: the newest node that has a gradient is next, each node pulls its gradient
back by ``Node.pull_back`` and the rules of its Op, and what arrives twice adds up. Nothing is
changed: no ``.grad``, and the graph is not freed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from .. import errors
from ..autograd import _start, _sum
from ..device import Array, is_array
from ..gradients.function import Result, _Several
from ..graph import Edge, Node, Value
from ..versions import last_write
from .asking import Asked, described, pulled_back
from .numbers import Numbers, numbers_of
from .places import sources_of
from .reading import argument_count, argument_name, nodes_behind, shown
from .steps import Arc, Seen, Step, Steps
from .watch import notes

NAME = "viz.backward"  # what error messages call this
UNWATCHED = (
    "Where in your code each operation was called is not known: compute the result under "
    "`with tg.viz.watch():`, or pass the function, tg.viz.backward(f, *args)."
)


@np.errstate(all="ignore")  # a nan is named in words
def follow(
    outputs: Sequence[Value], given: Sequence[Any], names: Mapping[int, str], steps: Steps
) -> None:
    """Note in `steps` the walk back from `outputs`, with the gradients `given`, or None for 1.

    `names` is what to call a leaf, a node or an array, by its id. Errors as those of backward();
    RuntimeError too if an output is a leaf, or the graph was freed.
    """
    grads = _start(outputs, given, False, NAME)
    if not any(isinstance(edge, Node) for edge in grads):
        raise RuntimeError(
            f"{NAME}: this tensor is a leaf, nothing was computed that could be gone back through; "
            "pass the result of a computation"
        )
    nodes = nodes_behind(grads)
    for node in nodes:
        if node.output is None:
            raise RuntimeError(_FREED.format(node.op.name))
    follower = _Follower(names, steps)
    follower.see(nodes)
    ways = ["with respect to itself" if g is None else "as it was given" for g in given]
    follower.start(grads, ways[0] if len({*ways}) == 1 else "as it was given, or 1")
    follower.go(grads)


_FREED = (
    f"{NAME}: this graph was freed by a backward(), what {{}} has seen is gone; look before "
    "backward(), or pass it retain_graph=True"
)


class _Follower:
    """What is known while a walk is followed."""

    def __init__(self, names: Mapping[int, str], steps: Steps) -> None:
        self._names, self._found = names, steps
        self._seen: dict[int, Seen] = {}  # by the id of a node, a leaf or an array
        self._arcs: dict[tuple[int, int], int] = {}  # by the id of a node, and the argument
        self._taken: dict[int, tuple[Any, Numbers]] = {}  # by the id of an array

    # -- the graph

    def see(self, nodes: list[Node]) -> None:
        """Note what there is, what each is computed from, and where."""
        outputs = {id(shown(node)): node.output for node in nodes}  # a Function's result is later
        for node in nodes:
            if shown(node) is not node:
                continue
            given = [self._argument(node, i) for i in range(argument_count(node))]
            made = self._add("op", node, node.op.name, self._as_it_was(outputs[id(node)], node))
            note = notes.get(node)
            if note is not None:
                made.place, made.group = note.place, note.group
                made.name = made.name or note.name
            for i, argument in enumerate(given):
                if argument is not None:
                    self._arcs[id(node), i] = len(self._found.edges)
                    name = argument_name(node, i)
                    self._found.edges.append(Arc(argument.id, made.id, i, name))
        label(self._found.nodes)
        places = [seen.place for seen in self._found.nodes if seen.place is not None]
        self._found.sources = sources_of(places)
        if not places:
            self._found.notes.append(UNWATCHED)
        self._found.groups = self._groups()

    def _argument(self, node: Node, i: int) -> Seen | None:
        """What is argument `i` of a node; None of what is no number."""
        edge, arg = node.edges[i], node.args[i]
        if edge is not None:
            known = self._seen.get(id(shown(edge)))
            if known is None:
                assert isinstance(edge, Value)
                known = self._add("leaf", edge, None, self._numbers(edge.array))
                known.wanted = edge.wanted
                if known.name is None and node in notes:
                    known.name = notes[node].leaves.get(i)
            return known
        if is_array(arg):
            return self._seen.get(id(arg)) or self._add(
                "constant", arg, None, self._as_it_was(arg, node)
            )
        if isinstance(arg, (int, float)):
            return self._add("constant", object(), None, self._numbers(arg))
        return None

    def _add(self, kind: str, thing: object, op: str | None, value: Numbers | None) -> Seen:
        seen = Seen(len(self._found.nodes), kind, op, value, self._names.get(id(thing)))
        self._found.nodes.append(seen)
        self._seen[id(thing)] = seen
        return seen

    def _groups(self) -> list[Any]:
        """The calls of modules that made something, outer ones first."""
        groups: dict[int, Any] = {}
        for seen in self._found.nodes:
            group = seen.group
            while group is not None:
                groups[group.id] = group
                group = group.parent
        return [groups[key] for key in sorted(groups)]

    def _as_it_was(self, array: Array, node: Node) -> Numbers | None:
        """The numbers of an array that `node` has seen; None if it was written since."""
        return None if last_write(array)[0] > node.tick else self._numbers(array)

    def _numbers(self, value: Any) -> Numbers | None:
        """The numbers of what came by: an array, a number; None of what is neither."""
        if isinstance(value, _Several):
            value = next(iter(value.parts.values())) if len(value.parts) == 1 else None
        if not is_array(value):
            return numbers_of(value) if isinstance(value, (int, float, np.generic)) else None
        if id(value) not in self._taken:
            self._taken[id(value)] = value, numbers_of(value)
        return self._taken[id(value)][1]

    def _step(self, kind: str, seen: Seen, says: str, **more: Any) -> None:
        self._found.steps.append(Step(kind, seen.id, says, **more))

    # -- the way back

    def start(self, grads: dict[Edge, Any], way: str) -> None:
        """Note where the walk begins, and with which gradients."""
        for edge, g in grads.items():
            if isinstance(edge, Value) and id(edge) not in self._seen:
                alone = self._add("leaf", edge, None, self._numbers(edge.array))
                alone.wanted, alone.label = edge.wanted, alone.name or "leaf"
            seen = self._seen[id(shown(edge))]
            self._step(
                "start", seen, f"the gradient of {seen.label}, {way}", result=self._numbers(g)
            )
        first = self._found.steps[0]
        self._found.title = f"The backward pass of {self._found.nodes[first.node].label}"

    def go(self, grads: dict[Edge, Any]) -> None:
        """The engine's loop: see autograd._walk."""
        queue = sorted((-edge.tick, edge) for edge in grads if isinstance(edge, Node))
        while queue:
            node = heappop(queue)[1]
            g = self._through_hooks(node, grads.pop(node))
            for edge, gradient in self._pulled_back(node, g):
                if edge in grads:
                    grads[edge] = self._added_up(edge, grads[edge], gradient)
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
        says = f"the hooks of {seen.label} are shown its gradient, and what they give goes on"
        self._step("hook", seen, says, before=self._numbers(g), result=self._numbers(new))
        return new

    def _pulled_back(self, node: Node, g: Any) -> Iterator[tuple[Edge, Any]]:
        """Where the gradient `g` of a node goes, and what arrives there."""
        if isinstance(node, Result):
            yield from self._to_the_call(node, g)
            return
        seen = self._seen[id(node)]
        says = f"all that used {seen.label} has had its turn: its gradient is complete"
        self._step("incoming", seen, says, result=self._numbers(g))
        for edge, gradient, call in pulled_back(node, g):
            self._asked(node, seen, call, gradient)
            target = self._seen[id(shown(edge))]
            self._step(
                "arrive",
                target,
                f"this is what arrives at {target.label}",
                edge=self._arcs[id(node), call.argument],
                result=self._numbers(gradient),
            )
            yield edge, gradient

    def _to_the_call(self, node: Result, g: Any) -> Iterator[tuple[Edge, Any]]:
        """From one of a Function's results to the call, which awaits those of all."""
        for edge, gradient in node.pull_back(g, False):
            if shown(node) is node:
                seen, target = self._seen[id(node)], self._seen[id(edge)]
                arc, new = self._arcs[id(node), 0], self._numbers(g)
                self._step("incoming", seen, f"the gradient of {seen.label}", result=new)
                says = f"{target.label} waits for the gradients of all its results"
                self._step("arrive", target, says, edge=arc, result=new)
            yield edge, gradient

    def _asked(self, node: Node, seen: Seen, call: Asked, gradient: Array) -> None:
        """Note the answer of a rule, and its sum over broadcast axes."""
        i, gave = call.argument, self._numbers(call.gave)
        name, arc = argument_name(node, i), self._arcs[id(node), i]
        rule, terms = described(node.op, call, self._numbers)
        says = f"the gradient for {name}, by the rule of {node.op.name}"
        if rule is None:
            says += ", whose source is not to be had"
        self._step("rule", seen, says, edge=arc, argument=name, rule=rule, terms=terms, result=gave)
        shape = node.args[i].shape
        if gave is not None and gave.shape != shape:
            self._step(
                "sum_back",
                seen,
                f"{name} has shape {shape}: it was broadcast, so its gradient is the sum over the "
                "axes along which it was",
                edge=arc,
                argument=name,
                before=gave,
                result=self._numbers(gradient),
            )

    def _added_up(self, edge: Edge, there: Any, new: Any) -> Any:
        whole, seen = _sum(there, new), self._seen[id(shown(edge))]
        if isinstance(there, _Several):
            return whole
        self._step(
            "add_up",
            seen,
            f"{seen.label} was used more than once, and the gradients add up",
            edge=self._found.steps[-1].edge,
            before=self._numbers(there),
            result=self._numbers(whole),
        )
        return whole

    def _deliver(self, leaf: Value, g: Array) -> None:
        seen, before = self._seen[id(leaf)], leaf._grad
        if not leaf.wanted:
            says = f"{seen.label} does not require grad any more"
            self._step("deliver", seen, says, result=self._numbers(g))
            return
        if g.shape != leaf.array.shape:
            raise errors.leaf_changed(g.shape, leaf.array.shape)
        self._found.gradients[leaf] = g
        name = f"{seen.name}.grad" if seen.name else "the .grad of this leaf"
        if before is None:
            self._step("deliver", seen, f"backward() puts it into {name}", result=self._numbers(g))
        else:
            there, whole = self._numbers(before.array), self._numbers(before.array + g)
            says = f"backward() adds it to {name}"
            self._step("deliver", seen, says, before=there, result=whole)


def label(nodes: list[Seen]) -> None:
    """Give each a label: its name, or its op; with a number, where several have the same."""
    groups: dict[str, list[Seen]] = {}
    for seen in nodes:
        groups.setdefault(seen.name or seen.op or _described(seen), []).append(seen)
    for called, several in groups.items():
        for i, seen in enumerate(several, 1):
            number = f" {i}" if len(several) > 1 and seen.kind != "constant" else ""
            seen.label = called + number


def _described(seen: Seen) -> str:
    """What has no name, in words. A single number is its own name."""
    value = seen.value
    if seen.kind == "constant" and value is not None and value.shape == () and value.text:
        return value.text
    return seen.kind if value is None else f"{seen.kind} {value.shape}"
