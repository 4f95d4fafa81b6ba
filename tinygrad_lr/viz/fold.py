"""What of a large graph is shown: calls of modules become boxes that open, or the rest is left out.

Up to some 150 nodes, all of them. Above, what one call of a module has made is a box, with a walk
of its own inside. If there are still too many (as always where nobody watched, so that nothing is
known of modules), the newest operations are shown and the oldest, and those between are a box that
does not open. A box is an interval in time, so that none is both before and behind another node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from ..graph import Node, Value
from .numbers import Numbers
from .places import Group
from .steps import Seen, Steps
from .watch import notes

LIMIT = 150  # nodes in one picture
INSIDE = 600  # nodes in all boxes together
NEWEST, OLDEST = 90, 40  # nodes that are shown where others are left out
LEAVES = 24  # of one picture, where there are too many


class Scope:
    """A picture: of all, or of the inside of a box. What is left out has none (`steps` is None)."""

    def __init__(self, parent: Scope | None, name: str, steps: Steps | None) -> None:
        self.parent: Scope | None = parent
        self.name: str = name
        self.steps: Steps | None = steps
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.seen: dict[object, Seen] = {}  # by the id of a node, a leaf, an array; or by a Scope
        self.arcs: dict[object, int] = {}  # by the id of a node and the argument; or by two ends
        self.others: Scope | None = None  # leaves that are left out
        self.last: Node | None = None  # of a box, whose result it shows

    def below(self, other: Scope) -> Scope:
        """The scope right below this one that `other` is, or is in; or this one."""
        while other.depth > self.depth + 1 and other.parent is not None:
            other = other.parent
        return other

    def rest(self) -> Scope:
        """Where the leaves are that are left out here."""
        if self.others is None:
            self.others = Scope(self, "leaves left out", None)
        return self.others

    def show(self, kind: str, key: object, op: str | None, value: Numbers | None) -> Seen:
        """Put something into this picture."""
        assert self.steps is not None
        seen = self.seen[key] = Seen(len(self.steps.nodes), kind, op, value)
        self.steps.nodes.append(seen)
        return seen


def common(one: Scope, other: Scope) -> Scope:
    """The innermost scope that both are, or are in."""
    while one is not other:
        if one.depth < other.depth:
            one, other = other, one
        assert one.parent is not None
        one = one.parent
    return one


Item: TypeAlias = Node | Group


class Plan:
    """Which scope each node, and each leaf, stands in: `scopes` has them by id."""

    def __init__(self, nodes: Sequence[Node], root: Scope) -> None:
        self.scopes: dict[int, Scope] = {}
        self.left_out: int = 0
        self._weights: dict[Node, int] = {}
        self._met: set[int] = set()
        self._inside = INSIDE
        self.folded: bool = len(nodes) > LIMIT or len(nodes) + _things(nodes) > LIMIT
        self._groups = _paths(nodes) if self.folded and notes else {}
        self._arrange(nodes, root, 0)
        self._place_leaves(nodes)

    def _arrange(self, nodes: Sequence[Node], scope: Scope, depth: int) -> None:
        """Give `nodes` places in a scope; calls of modules from a depth on may become boxes."""
        if not self.folded or self._size(nodes) <= LIMIT:
            self.scopes.update(dict.fromkeys(map(id, nodes), scope))
            return
        (items, within), deeper = self._items(nodes, depth), depth
        while self._groups:
            opened = self._items(nodes, deeper + 1)
            if len(opened[0]) == len(items) or self._size(opened[0]) > LIMIT:
                break
            (items, within), deeper = opened, deeper + 1
        newest = oldest = 0
        if self._size(items) > LIMIT:
            newest, oldest = self._ends(items)
        left_out = [n for item in items[oldest:newest] for n in within.get(item, (item,))]
        if left_out:
            self.left_out += len(left_out)
            rest = Scope(scope, f"{len(left_out):,} operations left out", None)
            self.scopes.update(dict.fromkeys(map(id, left_out), rest))
        for item in (*items[:oldest], *items[newest:]):
            if isinstance(item, Node):
                self.scopes[id(item)] = scope
            else:
                self._box(item, within[item], scope, deeper + 1)

    def _box(self, group: Group, nodes: Sequence[Node], scope: Scope, depth: int) -> None:
        """Put what a call of a module has made into a box."""
        weight = min(self._size(nodes), LIMIT)
        opens = weight <= self._inside
        self._inside -= weight if opens else 0
        box = Scope(scope, group.label, Steps(title=group.label) if opens else None)
        box.last = nodes[-1]
        if opens:
            self._arrange(nodes, box, depth)
        else:
            self.scopes.update(dict.fromkeys(map(id, nodes), box))

    def _items(
        self, nodes: Sequence[Node], depth: int
    ) -> tuple[Sequence[Item], dict[Item, list[Node]]]:
        """The calls of modules at some depth, and what is in none; and what is in each call."""
        if not self._groups:
            return nodes, {}
        items: dict[Item, list[Node]] = {}
        for node in nodes:
            groups = self._groups.get(node, ())
            item: Item = groups[depth] if depth < len(groups) else node
            items.setdefault(item, []).append(node)
        # A box around one operation would hide more than it tells.
        within = {item: several for item, several in items.items() if several[1:]}
        return [item if item in within else items[item][0] for item in items], within

    def _size(self, items: Sequence[Item]) -> int:
        """How much there would be in a picture of these; of too many, how many they are."""
        if len(items) > LIMIT:
            return len(items)
        return sum(self._weight(item) if isinstance(item, Node) else 1 for item in items)

    def _weight(self, node: Node) -> int:
        """How many more there are in a picture in which it stands, with its arguments."""
        if node not in self._weights:
            things = set(map(id, islice(_arguments(node), 8))) - self._met
            self._met |= things
            self._weights[node] = 1 + len(things)
        return self._weights[node]

    def _ends(self, items: Sequence[Item]) -> tuple[int, int]:
        """From which item on all are shown, and before which."""
        newest, room = len(items), NEWEST
        while newest and (size := self._size(items[newest - 1 : newest])) <= room:
            newest -= 1
            room -= size
        oldest, room = 0, OLDEST
        while oldest < newest and (size := self._size(items[oldest : oldest + 1])) <= room:
            room -= size
            oldest += 1
        return newest, oldest

    def _place_leaves(self, nodes: Iterable[Node]) -> None:
        """A leaf stands where all that use it are."""
        leaves: dict[int, Scope] = {}
        for node in nodes:
            scope = self.scopes[id(node)]
            for edge in node.edges:
                if isinstance(edge, Value):
                    before = leaves.get(id(edge), scope)
                    leaves[id(edge)] = before if before is scope else common(before, scope)
        counts: dict[Scope, int] = {}
        for leaf, scope in leaves.items():
            counts[scope] = counts.get(scope, 0) + 1
            too_many = self.folded and scope.steps is not None and counts[scope] > LEAVES
            self.scopes[leaf] = scope.rest() if too_many else scope


def _arguments(node: Node) -> Iterator[object]:
    """The leaves and constants that a node had as arguments."""
    for edge, arg in zip(node.edges, node.args):
        if edge is None and arg is not None:
            yield arg
        elif isinstance(edge, Value):
            yield edge


def _things(nodes: Sequence[Node]) -> int:
    """How many leaves and constants some nodes have as arguments."""
    return len({id(thing) for node in nodes for thing in _arguments(node)})


def _paths(nodes: Iterable[Node]) -> dict[Node, tuple[Group, ...]]:
    """The calls of modules that nodes were made in, the outermost first, where there are any."""
    paths: dict[Node, tuple[Group, ...]] = {}
    found: dict[Group, tuple[Group, ...]] = {}
    for node in nodes:
        note = notes.get(node)
        if note is not None and note.group is not None:
            group = note.group
            paths[node] = found.get(group) or found.setdefault(group, group.path)
    return paths
