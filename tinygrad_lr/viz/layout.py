"""Where the nodes of a graph are drawn, and how its edges run: a layered drawing.

Four steps, each a function (Sugiyama's method): every node is put on a layer below all that it came
from; an edge that crosses layers gets a bend on each; the nodes of a layer are ordered by where
their neighbours are, so that few edges cross; and each is moved as near to its neighbours as the
others on its layer allow. Nothing is drawn at random: the same graph looks the same.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Key: TypeAlias = Hashable
Point: TypeAlias = tuple[float, float]

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
    width = {key: size[0] for key, size in sizes.items()}
    above: dict[Key, list[Key]] = {key: [] for key in sizes}
    under: dict[Key, list[Key]] = {key: [] for key in sizes}
    for chain in chains:
        for level, bend in enumerate(chain[1:-1], rank[chain[0]] + 1):
            rank[bend], width[bend], above[bend], under[bend] = level, _BEND, [], []
    for one, other in dict.fromkeys(link for chain in chains for link in itertools.pairwise(chain)):
        under[one].append(other)
        above[other].append(one)
    layers: list[list[Key]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for key in _from_below(above, under):
        layers[rank[key]].append(key)
    layers = _ordered(layers, above, under)
    x = _placed(layers, above, under, width)
    left = min((x[key] - width[key] / 2 for key in x), default=0.0)
    x = {key: at - left for key, at in x.items()}
    top, places, high = 0.0, {}, dict.fromkeys(width, 0.0)
    for layer in layers:
        tall = max(sizes[key][1] if key in sizes else 0.0 for key in layer)
        places.update({key: (x[key], top + tall / 2) for key in layer})
        high.update(dict.fromkeys(layer, tall))
        top += tall + BELOW
    routes = _routes(chains, places, sizes, high)
    wide = max((x[key] + width[key] / 2 for key in x), default=0.0)
    return Drawing({k: places[k] for k in sizes}, routes, wide, max(top - BELOW, 0.0))


def _ranks(sizes: Mapping[Key, object], edges: Sequence[tuple[Key, Key]]) -> dict[Key, int]:
    """The layer of each node: below all it came from; of a leaf: just above its use."""
    users: dict[Key, list[Key]] = {key: [] for key in sizes}
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


def _from_below(above: Mapping[Key, list[Key]], under: Mapping[Key, list[Key]]) -> Iterator[Key]:
    """All nodes, results first, and what each came from in the order of its arguments."""
    seen: set[Key] = set()
    stack = [key for key in above if not under[key]][::-1]
    while stack:
        key = stack.pop()
        if key not in seen:
            seen.add(key)
            stack += reversed(above[key])
            yield key


def _ordered(
    layers: list[list[Key]], above: Mapping[Key, list[Key]], under: Mapping[Key, list[Key]]
) -> list[list[Key]]:
    """The layers, each in an order in which few edges cross: sorted by their neighbours' mean."""
    best, fewest = layers, _crossings(layers, under)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        layers = [list(layer) for layer in layers]
        at: dict[Key, int] = {}
        for layer in layers if down else reversed(layers):
            near = above if down else under
            spot = {
                key: sum(at[k] for k in near[key]) / len(near[key]) if near[key] else float(i)
                for i, key in enumerate(layer)
            }
            layer.sort(key=spot.__getitem__)
            at.update({key: i for i, key in enumerate(layer)})
        crossings = _crossings(layers, under)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _crossings(layers: list[list[Key]], under: Mapping[Key, list[Key]]) -> int:
    """How many pairs of edges cross."""
    at = {key: i for layer in layers for i, key in enumerate(layer)}
    count = 0
    for layer in layers:
        seen: list[int] = []
        for key in layer:
            ends = sorted(at[other] for other in under[key])
            count += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return count


def _placed(
    layers: list[list[Key]],
    above: Mapping[Key, list[Key]],
    under: Mapping[Key, list[Key]],
    width: Mapping[Key, float],
) -> dict[Key, float]:
    """The middle of each node: near the mean of its neighbours', in its layer's order.

    What came from nothing gives way: a chain of operations is straight, their arguments beside it.
    """
    x = {key: 0.0 for layer in layers for key in layer}
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wish = []
            for key in layer:
                one, other = (above, under) if sweep % 2 == 0 else (under, above)
                near = one[key] or other[key] or [key]
                wish.append(sum(x[k] for k in near) / len(near))
            stay = [1 if not above[key] else _HEAVY for key in layer]
            x.update(zip(layer, _spread(wish, stay, [width[key] for key in layer])))
    return x


def _spread(wish: list[float], stay: list[int], widths: list[float]) -> list[float]:
    """Positions as near to `wish` as can be (least squares, weighted by how much each is to stay).

    None is closer to the next than their widths allow. Two that would be become one block, whose
    place is the mean of what its members wish.
    """
    offset = [0.0]
    for one, other in itertools.pairwise(widths):
        offset.append(offset[-1] + (one + other) / 2 + APART)
    blocks: list[tuple[float, int, int]] = []  # the sum of wishes, each less its offset; of weights
    for at, least, weight in zip(wish, offset, stay):
        total, heavy, count = weight * (at - least), weight, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / heavy:
            before = blocks.pop()
            total, heavy, count = total + before[0], heavy + before[1], count + before[2]
        blocks.append((total, heavy, count))
    starts = [total / heavy for total, heavy, count in blocks for _ in range(count)]
    return [start + least for start, least in zip(starts, offset)]


def _routes(
    chains: list[list[Key]],
    places: Mapping[Key, Point],
    sizes: Mapping[Key, tuple[float, float]],
    high: Mapping[Key, float],
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
            (wide, tall), (x, y) = sizes[key], places[key]
            here.sort(key=lambda i: (places[chains[i][near]][0], i))
            step = min(44.0, (wide - 24) / max(len(here) - 1, 1))
            for n, i in enumerate(here):
                ends[i, end] = (x + step * (n - (len(here) - 1) / 2), y + side * tall / 2)
    routes = []
    for i, chain in enumerate(chains):
        route = [ends[i, 0]]
        for bend in chain[1:-1]:
            x, y = places[bend]
            route += [(x, y - high[bend] / 2), (x, y + high[bend] / 2)]
        routes.append([*route, ends[i, -1]])
    return routes
