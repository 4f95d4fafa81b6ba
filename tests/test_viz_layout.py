"""A layered drawing: nothing overlaps, every edge leads down, and none is missing."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tinygrad_lr.viz.layout import Drawing, Point, layered


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[int, tuple[float, float]], list[tuple[int, int]]]:
    """Nodes of all sizes, edges from earlier ones to later ones; also several between two."""
    count = draw(st.integers(1, 25))
    size = st.tuples(st.floats(20, 300), st.floats(20, 80))
    sizes = {i: draw(size) for i in range(count)}
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    edges = [(min(p), max(p)) for p in draw(st.lists(pairs, max_size=50)) if p[0] != p[1]]
    return sizes, edges


# A chain of wide and narrow ones, each layer of which other edges pass.
CROWDED = (
    {i: (40.0 + 200 * (i % 3 == 0), 30.0 + 5 * (i % 4)) for i in range(24)},
    [(i, i + 2) for i in range(22)] + [(i, i + 7) for i in range(0, 17, 2)] + [(0, 23), (0, 23)],
)


def rectangle(drawing: Drawing, key: int, size: tuple[float, float]) -> list[Point]:
    (x, y), (wide, high) = drawing.places[key], size
    return [(x - wide / 2, y - high / 2), (x + wide / 2, y + high / 2)]


@given(graphs())
@example(CROWDED)
def test_no_two_nodes_overlap_and_all_are_on_the_sheet(graph) -> None:
    sizes, edges = graph
    drawing = layered(sizes, edges)
    rectangles = [rectangle(drawing, key, size) for key, size in sizes.items()]
    for (one, one_end), (other, other_end) in combinations(rectangles, 2):
        gaps = [max(other[i] - one_end[i], one[i] - other_end[i]) for i in (0, 1)]
        assert max(gaps) > 10
    for begin, end in rectangles:
        assert begin[0] >= -0.01
        assert end[0] <= drawing.width + 0.01
        assert begin[1] >= -0.01
        assert end[1] <= drawing.height + 0.01


@given(graphs())
@example(CROWDED)
def test_every_edge_leads_down_from_its_source_to_its_target(graph) -> None:
    sizes, edges = graph
    drawing = layered(sizes, edges)
    assert len(drawing.routes) == len(edges)
    for (one, other), route in zip(edges, drawing.routes):
        heights = [y for _, y in route]
        assert heights == sorted(heights)
        assert heights[0] < heights[-1]
        begin, end = rectangle(drawing, one, sizes[one])
        assert begin[0] <= route[0][0] <= end[0]
        assert route[0][1] == pytest.approx(end[1])
        begin, end = rectangle(drawing, other, sizes[other])
        assert begin[0] <= route[-1][0] <= end[0]
        assert route[-1][1] == pytest.approx(begin[1])


@given(graphs())
@example(CROWDED)
def test_an_edge_crosses_no_node(graph) -> None:
    """Where it passes others it runs straight down, and beside them."""
    sizes, edges = graph
    drawing = layered(sizes, edges)
    for (one, other), route in zip(edges, drawing.routes):
        straight = list(pairwise(route))[1::2]
        assert all(x == to_x for (x, _), (to_x, _) in straight)
        for key in sizes.keys() - {one, other}:
            begin, end = rectangle(drawing, key, sizes[key])
            if route[0][1] <= begin[1] and end[1] <= route[-1][1]:
                (x,) = [
                    x for (x, y), (_, to_y) in straight if y <= begin[1] + 1 and end[1] <= to_y + 1
                ]
                assert x < begin[0] or x > end[0]


@given(graphs())
@example(CROWDED)
def test_two_edges_between_the_same_nodes_are_both_seen(graph) -> None:
    sizes, edges = graph
    drawing = layered(sizes, edges + edges)
    for one, other in zip(drawing.routes, drawing.routes[len(edges) :]):
        assert one[0] != other[0]
        assert one[-1] != other[-1]


@given(graphs())
@example(CROWDED)
def test_the_same_graph_looks_the_same(graph) -> None:
    assert layered(*graph) == layered(*graph)


def test_a_chain_is_straight_and_its_other_arguments_stand_beside_it() -> None:
    sizes = dict.fromkeys(("x", "w1", "y1", "w2", "y2", "w3", "y3"), (60.0, 40.0))
    edges = [("x", "y1"), ("w1", "y1"), ("y1", "y2"), ("w2", "y2"), ("y2", "y3"), ("w3", "y3")]
    places = layered(sizes, edges).places
    assert abs(places["y3"][0] - places["y1"][0]) < 20
    assert places["w3"][1] == places["y2"][1]  # a leaf stands just above its use


def test_edges_that_need_not_cross_do_not() -> None:
    sizes = dict.fromkeys(("a", "b", "both", "a alone"), (60.0, 40.0))
    places = layered(sizes, [("a", "both"), ("b", "both"), ("a", "a alone")]).places
    assert (places["a"] < places["b"]) == (places["a alone"] < places["both"])


def test_nothing_at_all_is_drawn_too() -> None:
    assert layered({}, []) == Drawing({}, [], 0.0, 0.0)


def test_many_long_edges_of_one_node_run_together() -> None:
    """A leaf that each of 150 operations uses: the bends alone would be 11,000."""
    sizes = dict.fromkeys(range(150), (60.0, 40.0))
    edges = [(0, i) for i in range(1, 150)] + [(i - 1, i) for i in range(2, 150)]
    drawing = layered(sizes, edges)
    assert len({point for route in drawing.routes for point in route}) < 4000
