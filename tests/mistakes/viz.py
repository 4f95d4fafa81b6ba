"""Mistakes with pictures of backward passes: what is looked at, and what it is saved as."""

from __future__ import annotations

import tinygrad_lr as tg
from mistakes import Mistakes, X, leaf


def squares() -> tg.Tensor:
    return (leaf(2) ** 2).sum()


def freed() -> tg.Tensor:
    y = squares()
    y.backward()
    return y


VIZ: Mistakes = {
    "what needs no gradient": (
        lambda: tg.viz.backward(X.sum()),
        RuntimeError,
        ["does not require grad", "requires_grad=True"],
    ),
    "a leaf": (
        lambda: tg.viz.graph(leaf()),
        RuntimeError,
        ["is a leaf", "pass the result of a computation"],
    ),
    "a graph that was freed": (
        lambda: tg.viz.graph(freed()),
        RuntimeError,
        ["was freed by a backward()", "look before", "retain_graph=True"],
    ),
    "a result of many numbers": (
        lambda: tg.viz.graph(leaf(2) * 2),
        RuntimeError,
        ["shape (2,)", ".sum() or .mean()", "pass a gradient of shape (2,)"],
    ),
    "a gradient of another shape": (
        lambda: tg.viz.backward(leaf(2) * 2, tg.ones(3)),
        RuntimeError,
        ["(3,)", "(2,)", "equal"],
    ),
    "a leaf of many numbers": (
        lambda: tg.viz.graph(leaf(2)),
        RuntimeError,
        ["viz.graph", "is a leaf", "the result of a computation"],
    ),
    "a list of numbers as the gradient": (
        lambda: tg.viz.backward(leaf(2) * 2, gradient=[1.0, 2.0]),
        TypeError,
        ["must be a Tensor, of shape (2,)", "not list", "tg.tensor"],
    ),
    "a number": (lambda: tg.viz.graph(3.0), TypeError, ["expected a Tensor", "3.0"]),
    "no result": (lambda: tg.viz.backward([]), TypeError, ["expected a Tensor", "got none"]),
    "more than a gradient": (
        lambda: tg.viz.graph(squares(), tg.ones(()), tg.ones(())),
        TypeError,
        ["a Tensor and its gradient", "2 more arguments"],
    ),
    "a graph as a photograph": (
        lambda: tg.viz.graph(squares()).save("graph.png"),
        ValueError,
        [".svg", ".dot", ".mmd", "'graph.png'", "tg.viz.backward"],
    ),
    "a walk as a document": (
        lambda: tg.viz.backward(squares()).save("walk.pdf"),
        ValueError,
        [".html", ".txt", ".json", "'walk.pdf'", "tg.viz.graph"],
    ),
    "a file in no folder": (
        lambda: tg.viz.graph(squares()).save("nowhere/graph.svg"),
        OSError,
        ["nowhere/graph.svg"],
    ),
}
