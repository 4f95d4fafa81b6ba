"""The graph of a walk as pictures: what stands in each, and which edges lead from what to what.

Usually there is one picture. Where the graph is large there are boxes in it (see fold.py): the
picture around a box has an edge to it for each that leads into it, or out of it, and the picture
inside shows what is outside as a stub.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias
from weakref import ref

import numpy as np

from ..device import Array, is_array
from ..gradients.function import Result, _Several
from ..graph import Edge, Node, Value
from ..versions import last_write
from .fold import Plan, Scope, common
from .numbers import Numbers, numbers_of
from .places import Group, sources_of
from .reading import argument_count, argument_name, shown
from .steps import Arc, Seen, Steps
from .watch import Note, notes
from .words import UNWATCHED, crowded, is_finite, left_out

CONSTANTS = 20  # of one operation
CROWD = 60  # arguments of one operation that have an edge each
# An edge in a picture: who used it, as which argument, and what was used. Of a box: as any.
Ends: TypeAlias = tuple[object, int | None, object]


class Graph:
    """What there is, by pictures. `scopes` says in which a node, or a leaf, stands, by its id."""

    def __init__(
        self, nodes: list[Node], roots: Iterable[Edge], names: Mapping[int, str], steps: Steps
    ) -> None:
        self._names = dict(names)
        # By the id of an array, to which this refers weakly: the walk lets gradients go.
        self._taken: dict[int, tuple[Callable[[], Any], Numbers]] = {}
        self._constant_names: dict[int, str] = {}
        self._root = Scope(None, "", steps)
        results = [node for node in nodes if isinstance(node, Result)]
        self._results: dict[int, Any] = {id(shown(node)): node.output for node in results}
        self.own: list[Node] = [n for n in nodes if shown(n) is n] if results else nodes
        self._plan = Plan(self.own, self._root)
        self.scopes: dict[int, Scope] = self._plan.scopes
        self.folded: bool = self._plan.folded
        self.scopes.update((id(n), self.scopes[id(shown(n))]) for n in results)
        self._crossed: set[tuple[int, int]] = set()  # edges from what is left out
        self._crowds: list[Seen] = []  # operations of more arguments than are shown
        self._see_all()
        for root in roots:
            if isinstance(root, Value) and id(root) not in self.scopes:
                self.scopes[id(root)] = self._root
                self._show_leaf(root)
        self._finish(steps)

    def stands(self, edge: Edge) -> Iterator[tuple[Scope, Seen]]:
        """Where something is to be seen: as itself, then as the boxes that it is in."""
        key: object = id(shown(edge))
        scope: Scope | None = self.scopes[id(edge)]
        while scope is not None:
            if scope.steps is not None:
                yield scope, scope.seen[key]
            key, scope = scope, scope.parent

    def ends(self, node: Node, i: int | None, edge: Edge) -> Iterator[tuple[Scope, Ends]]:
        """The pictures that show that `node` used `edge`, as argument `i`; and the ends there."""
        scope, theirs = self.scopes[id(node)], self.scopes[id(edge)]
        met = common(scope, theirs)
        near: object = id(node)
        while True:
            if scope.steps is not None:
                outside = scope is met and theirs is not met
                far: object = scope.below(theirs) if outside else id(shown(edge))
                many = isinstance(near, Scope) or (isinstance(far, Scope) and far.steps is None)
                yield scope, (near, None if many or is_crowded(node) else i, far)
            if scope is met or scope.parent is None:
                return
            near, scope = scope, scope.parent

    def output(self, node: Node) -> Any:
        """What a node gave. (A Function's call has it from the node of its result.)"""
        return self._results.get(id(node), node.output)

    # -- putting it together

    def _see_all(self) -> None:
        stands = self.scopes
        for node in self.own:
            scope, edges = stands[id(node)], enumerate(node.edges)
            if scope.steps is not None:
                given = [i for i, edge in edges if edge is not None]
            else:  # most of a large graph: of it is seen what leads out of it
                out = [i for i, e in edges if e is not None and stands[id(e)] is not scope]
                given = [i for i in out if self._is_new(node.edges[i], scope)]
                if not given and scope.parent is not None and scope in scope.parent.seen:
                    continue
            self._see(node, scope, given)

    def _see(self, node: Node, scope: Scope, given: list[int]) -> None:
        """Put a node, the box that it is in, its arguments and its edges into the pictures."""
        self._show_box(scope)
        for i in given:
            self._show_leaf(node.edges[i], node, i)
        constants = {} if scope.steps is None else self._constants(node, scope)
        if scope.steps is not None:
            output = self.output(node)
            several = "call" in node.params and not output.size  # each result is a node of its own
            value = None if several else self._as_it_was(output, node)
            made = self._add(scope, "op", node, node.op.name, value)
            self._crowds += [made] * (is_crowded(node) or len(constants) == CONSTANTS)
            note = notes.get(node)
            if note is not None:
                made.place, made.group = note.place, note.group
                if note.name and (made.name is None or "[" in made.name):
                    made.name = note.name
        for i in sorted([*given, *constants]):
            edge = node.edges[i]
            if edge is None:
                self._arc(scope, (id(node), i, constants[i]), argument_name(node, i), i)
                continue
            for picture, (near, which, far) in self.ends(node, i, edge):
                if far not in picture.seen:  # it is outside of this picture
                    picture.show("outside", far, None, None).name = self.called(edge)
                name = "" if isinstance(near, Scope) or which is None else argument_name(node, i)
                self._arc(picture, (near, which, far), name, i)

    def _is_new(self, edge: Edge | None, scope: Scope) -> bool:
        """Whether an edge leads out of what is left out to something that none has led to yet."""
        key = id(scope), id(edge)
        if key in self._crossed:
            return False
        self._crossed.add(key)
        return True

    def _arc(self, scope: Scope, ends: Ends, name: str, i: int) -> None:
        assert scope.steps is not None
        if ends not in scope.arcs:
            scope.arcs[ends] = len(scope.steps.edges)
            source, target = scope.seen[ends[2]], scope.seen[ends[0]]
            scope.steps.edges.append(Arc(source.id, target.id, i, name))

    def _show_box(self, scope: Scope) -> None:
        """Show the box that a scope is, and those around it."""
        while scope.parent is not None and scope not in scope.parent.seen:
            last = scope.last
            if scope.parent.steps is not None:
                value = None if last is None else self._as_it_was(self.output(last), last)
                box = scope.parent.show("box", scope, None, value)
                box.name, box.inside = scope.name, scope.steps
            scope = scope.parent

    def _show_leaf(self, leaf: Edge, node: Node | None = None, i: int = 0) -> None:
        scope = self.scopes[id(leaf)]
        self._show_box(scope)
        if isinstance(leaf, Node) or scope.steps is None or id(leaf) in scope.seen:
            return
        seen = self._add(scope, "leaf", leaf, None, self.numbers(leaf.array))
        seen.wanted = leaf.wanted
        if node is not None:
            self._take_name(seen, notes.get(node), i)

    def _constants(self, node: Node, scope: Scope) -> dict[int, object]:
        """Show the arguments of a node that are constants; their keys in the picture."""
        found: dict[int, object] = {}
        for i in range(argument_count(node)):
            arg = node.args[i]
            if node.edges[i] is not None or len(found) == CONSTANTS:
                continue
            if is_crowded(node) and id(arg) in found.values():
                continue
            if is_array(arg):
                if id(arg) not in scope.seen:
                    value = self._as_it_was(arg, node)
                    seen = self._add(scope, "constant", arg, None, value)
                    self._take_name(seen, notes.get(node), i)
                    self._constant_names[id(arg)] = seen.name or ""
                found[i] = id(arg)
            elif isinstance(arg, (int, float)):
                found[i] = (id(node), i)
                scope.show("constant", found[i], None, self.numbers(arg))
        return found

    def _add(
        self, scope: Scope, kind: str, thing: object, op: str | None, value: Numbers | None
    ) -> Seen:
        seen = scope.show(kind, id(thing), op, value)
        seen.name = self._names.get(id(thing))
        return seen

    def _take_name(self, seen: Seen, note: Note | None, i: int) -> None:
        """Give an argument the name it had where it was used, if it has none, or one in a list."""
        if note is not None and i in note.arguments and (seen.name is None or "[" in seen.name):
            seen.name = note.arguments[i]

    def called(self, thing: Any) -> str:
        """What a node, a leaf or a constant is called; "" if it is a constant without a name."""
        if is_array(thing):
            return self._constant_names.get(id(thing), self._names.get(id(thing), ""))
        edge: Edge = thing
        key = id(shown(edge))
        seen = self.scopes[key].seen.get(key)
        op = edge.op.name if isinstance(edge, Node) else "a leaf"
        return self._names.get(key) or (seen.name if seen is not None and seen.name else op)

    def _finish(self, steps: Steps) -> None:
        """Labels, pieces of code and calls of modules, of each picture; and what is left out."""
        pictures = {id(self._root): self._root}
        for scope in set(self.scopes.values()):
            above: Scope | None = scope
            while above is not None and id(above) not in pictures:
                pictures[id(above)] = above
                above = above.parent
        watched = False
        for picture in pictures.values():
            if picture.steps is not None:
                label(picture.steps.nodes)
                places = [seen.place for seen in picture.steps.nodes if seen.place is not None]
                picture.steps.sources = sources_of(places)
                picture.steps.groups = _groups(picture.steps.nodes)
                watched = watched or any(seen.place for seen in picture.steps.nodes)
        for seen in self._crowds:
            steps.notes.append(crowded(seen.label))
        if self._plan.folded:
            steps.notes.append(left_out(self._plan.left_out, watched))
        if not watched:
            steps.notes.append(UNWATCHED)

    # -- numbers

    def _as_it_was(self, array: Array, node: Node) -> Numbers | None:
        """The numbers of an array that `node` has seen; None if it was written since."""
        return None if last_write(array)[0] > node.tick else self.numbers(array)

    def numbers(self, value: Any) -> Numbers | None:
        """The numbers of what came by: an array, a number; None of what is neither."""
        if isinstance(value, _Several):
            value = next(iter(value.parts.values())) if len(value.parts) == 1 else None
        if not is_array(value):
            return numbers_of(value) if isinstance(value, (int, float, np.generic)) else None
        taken = self._numbers_taken(value)
        if taken is None:
            taken = numbers_of(value)
            self._taken[id(value)] = ref(value), taken
        return taken

    def _numbers_taken(self, array: Any) -> Numbers | None:
        """Those taken down of that array; not of one that has gone, and had the same id."""
        found = self._taken.get(id(array))
        return found[1] if found is not None and found[0]() is array else None

    def is_finite(self, value: Any) -> bool:
        """Whether an array has no nan and no inf. One that is on a GPU is not asked twice."""
        taken = self._numbers_taken(value)
        return is_finite(value) if taken is None else not (taken.nan or taken.inf)


def is_crowded(node: Node) -> bool:
    """Whether it has so many arguments that those from one source are one edge."""
    return len(node.edges) > CROWD


def _groups(nodes: Iterable[Seen]) -> list[Group]:
    """The calls of modules that made something, outer ones first."""
    groups: dict[int, Group] = {}
    for seen in nodes:
        group = seen.group
        while group is not None:
            groups[group.id] = group
            group = group.parent
    return [groups[key] for key in sorted(groups)]


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
    return f"{seen.kind} {value.shape}" if value is not None and value.shape else seen.kind
