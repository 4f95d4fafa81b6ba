"""Where the nodes of a graph are drawn, and how its edges run: a layered drawing.

Four steps, each a function (Sugiyama's method): every node is put on a layer below all that it came
from; an edge that crosses layers gets a bend on each; the nodes of a layer are ordered by where
their neighbours are, so that few edges cross; and each is moved as near to its neighbours as the
others on its layer allow. Nothing is drawn at random: the same graph looks the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Key: TypeAlias = Hashable
Point: TypeAlias = tuple[float, float]
Links: TypeAlias = dict[Key, list[Key]]

APART, BELOW = 20.0, 54.0  # pixels between nodes of a layer, and between layers
_BEND = 10.0  # how wide the bend of an edge is
_FAR = 8  # layers
_HEAVY = 20  # what was computed gives way only to as many that came from nothing
_SWEEPS = 8


@dataclass(frozen=True)
class Drawing:
    """Centres of nodes, by key; the points of each edge, from its source's bottom to its target."""

    places: dict[Key, Point]
    routes: list[list[Point]]
    width: float
    height: float


def layered(sizes: Mapping[Key, tuple[float, float]], edges: Sequence[tuple[Key, Key]]) -> Drawing:
    """A drawing of nodes of `sizes` (width, height) in which every edge leads downward.

    `edges` are (from, to), in no circle; several between the same two nodes get ways of their own.

        layered({"w": (60, 40), "mul": (60, 40)}, [("w", "mul")]).places["mul"][1]  # below w
    """
    rank = _ranks(sizes, edges)
    chains = [_chain(i, edge, rank) for i, edge in enumerate(edges)]
    box = dict(sizes)
    for chain in chains:
        for level, bend in enumerate(chain[1:-1], rank[chain[0]] + 1):
            rank[bend], box[bend] = level, (_BEND, 0.0)
    above: Links = {key: [] for key in box}
    under: Links = {key: [] for key in box}
    for one, other in dict.fromkeys(link for chain in chains for link in pairwise(chain)):
        under[one].append(other)
        above[other].append(one)
    layers: list[list[Key]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for key in _from_below(above, under):
        layers[rank[key]].append(key)
    _order(layers, above, under)
    x = _across(layers, above, under, {key: wide for key, (wide, _) in box.items()})
    left = min((x[key] - wide / 2 for key, (wide, _) in box.items()), default=0.0)
    right = max((x[key] + wide / 2 for key, (wide, _) in box.items()), default=0.0)
    top, places = 0.0, {}
    for layer in layers:
        tall = max(box[key][1] for key in layer)
        for key in layer:
            places[key] = x[key] - left, top + tall / 2
            if key not in sizes:  # an edge crosses the layer straight down
                box[key] = _BEND, tall
        top += tall + BELOW
    routes = _routes(chains, places, box)
    return Drawing({k: places[k] for k in sizes}, routes, right - left, max(top - BELOW, 0.0))


def _ranks(sizes: Mapping[Key, object], edges: Sequence[tuple[Key, Key]]) -> dict[Key, int]:
    """The layer of each node: below all it came from; of a leaf: just above its use."""
    users: Links = {key: [] for key in sizes}
    waiting = dict.fromkeys(sizes, 0)
    for one, other in edges:
        users[one].append(other)
        waiting[other] += 1
    first = [key for key in sizes if not waiting[key]]
    rank, ready = dict.fromkeys(sizes, 0), list(first)
    for key in ready:  # grows on the way
        for user in users[key]:
            rank[user] = max(rank[user], rank[key] + 1)
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    for key in first:
        rank[key] = min((rank[user] - 1 for user in users[key]), default=0)
    return rank


def _chain(i: int, edge: tuple[Key, Key], rank: Mapping[Key, int]) -> list[Key]:
    """An edge as a chain of nodes, with a bend on every layer that it crosses.

    Those that leave a node for far away do so together, or their bends would be most of a drawing.
    """
    one, other = edge
    way = ("from", one) if rank[other] - rank[one] > _FAR else ("edge", i)
    return [one, *((*way, level) for level in range(rank[one] + 1, rank[other])), other]


def _from_below(above: Links, under: Links) -> Iterator[Key]:
    """All nodes, results first, and what each came from in the order of its arguments."""
    seen: set[Key] = set()
    stack = [key for key in above if not under[key]][::-1]
    while stack:
        key = stack.pop()
        if key not in seen:
            seen.add(key)
            stack += reversed(above[key])
            yield key


def _order(layers: list[list[Key]], above: Links, under: Links) -> None:
    """Sort each layer by where its nodes' neighbours are, on the mean, so that few edges cross.

    Downward by what is above, upward by what is below, in turn. The last is downward: that is how
    a drawing is read.
    """
    for sweep in range(_SWEEPS + 1):
        near, way = (above, 1) if sweep % 2 == 0 else (under, -1)
        at: dict[Key, int] = {}
        for layer in layers[::way]:
            mean = {
                key: sum(at[k] for k in near[key]) / len(near[key]) if near[key] else i
                for i, key in enumerate(layer)
            }
            layer.sort(key=mean.__getitem__)
            at.update((key, i) for i, key in enumerate(layer))


def _across(
    layers: list[list[Key]], above: Links, under: Links, width: Mapping[Key, float]
) -> dict[Key, float]:
    """The middle of each node: near the mean of its neighbours', in its layer's order.

    What came from nothing gives way: a chain of operations is straight, their arguments beside it.
    """
    x = dict.fromkeys(width, 0.0)
    for sweep in range(_SWEEPS):
        one, other, way = (above, under, 1) if sweep % 2 == 0 else (under, above, -1)
        for layer in layers[::way]:
            near = [one[key] or other[key] or [key] for key in layer]
            wish = [sum(x[k] for k in keys) / len(keys) for keys in near]
            weights = [_HEAVY if above[key] else 1 for key in layer]
            x.update(zip(layer, _spread(wish, weights, [width[key] for key in layer])))
    return x


def _spread(wish: list[float], weights: list[int], widths: list[float]) -> list[float]:
    """Positions as near to `wish` as can be: least squares, weighted.

    None is closer to the next than their widths allow. Two that would be become one block, whose
    place is the mean of what its members wish.
    """
    offset = [0.0]
    for one, other in pairwise(widths):
        offset.append(offset[-1] + (one + other) / 2 + APART)
    blocks: list[tuple[float, int, int]] = []  # the sum of wishes, each less its offset; of weights
    for at, least, heavy in zip(wish, offset, weights):
        total, count = heavy * (at - least), 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / heavy:
            before = blocks.pop()
            total, heavy, count = total + before[0], heavy + before[1], count + before[2]
        blocks.append((total, heavy, count))
    starts = [total / heavy for total, heavy, count in blocks for _ in range(count)]
    return [start + least for start, least in zip(starts, offset)]


def _routes(
    chains: list[list[Key]], places: Mapping[Key, Point], box: Mapping[Key, tuple[float, float]]
) -> list[list[Point]]:
    """The points of every edge; it crosses a layer straight down, between the nodes of it.

    Where several edges leave a node, or enter it, they are spread along its side.
    """
    ends: dict[tuple[int, int], Point] = {}
    for end, near, side in ((0, 1, 1), (-1, -2, -1)):  # bottoms of sources, tops of targets
        at_node: dict[Key, list[int]] = {}
        for i, chain in enumerate(chains):
            at_node.setdefault(chain[end], []).append(i)
        for key, here in at_node.items():
            (wide, tall), (x, y) = box[key], places[key]
            here.sort(key=lambda i: (places[chains[i][near]][0], i))
            step = min(44.0, (wide - 24) / max(len(here) - 1, 1))
            for n, i in enumerate(here):
                ends[i, end] = (x + step * (n - (len(here) - 1) / 2), y + side * tall / 2)
    routes = []
    for i, chain in enumerate(chains):
        bends = [(places[key], box[key][1] / 2) for key in chain[1:-1]]
        points = [(x, y + to) for (x, y), half in bends for to in (-half, half)]
        routes.append([ends[i, 0], *points, ends[i, -1]])
    return routes
