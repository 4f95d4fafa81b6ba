"""A backward pass that is followed: each step, with its numbers, and that nothing is changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_lr as tg
from tinygrad_lr.viz.data import data_of, json_of


def leaf(*numbers: float) -> tg.Tensor:
    return tg.tensor(numbers if len(numbers) != 1 else numbers[0], requires_grad=True)


def told(walk: Any) -> list[tuple[Any, ...]]:
    """Of each step: its kind, whose it is, the argument, and the numbers before and after."""
    seen = walk.nodes
    return [
        (
            step.kind,
            seen[step.node].label,
            step.argument,
            *(n.text for n in (step.before, step.result) if n is not None),
        )
        for step in walk.steps
    ]


def test_each_step_of_a_product_and_a_sum() -> None:
    w, x, b = leaf(4.0), tg.tensor(3.0), leaf(5.0)
    walk = tg.viz.backward(w * x + b)
    assert [(n.kind, n.op, n.value.text, n.wanted) for n in walk.nodes if n.value] == [
        ("leaf", None, "4.", True),
        ("constant", None, "3.", False),
        ("op", "mul", "12.", False),
        ("leaf", None, "5.", True),
        ("op", "add", "17.", False),
    ]
    assert [(e.source, e.target, e.argument, e.name) for e in walk.edges] == [
        (0, 2, 0, "a"),
        (1, 2, 1, "b"),
        (2, 4, 0, "a"),
        (3, 4, 1, "b"),
    ]
    assert told(walk) == [
        ("start", "add", None, "1."),
        ("incoming", "add", None, "1."),
        ("rule", "add", "a", "1."),
        ("arrive", "mul", None, "1."),
        ("rule", "add", "b", "1."),
        ("arrive", "b", None, "1."),
        ("incoming", "mul", None, "1."),
        ("rule", "mul", "a", "3."),
        ("arrive", "w", None, "3."),
        ("deliver", "b", None, "1."),
        ("deliver", "w", None, "3."),
    ]
    assert {**walk.gradients} == {w: np.float32(3.0), b: np.float32(1.0)}


def test_what_is_used_twice_adds_up() -> None:
    a = leaf(2.0)
    walk = tg.viz.backward(a + a)
    assert told(walk)[2:] == [
        ("rule", "add", "a", "1."),
        ("arrive", "a", None, "1."),
        ("rule", "add", "b", "1."),
        ("arrive", "a", None, "1."),
        ("add_up", "a", None, "1.", "2."),
        ("deliver", "a", None, "2."),
    ]
    assert [(e.source, e.target, e.argument) for e in walk.edges] == [(0, 1, 0), (0, 1, 1)]


def test_the_sum_back_over_broadcast_axes_is_a_step_of_its_own() -> None:
    a = leaf(1.0, 2.0)
    walk = tg.viz.backward(a * tg.ones(3, 2), tg.ones(3, 2))
    assert told(walk)[2:5] == [
        ("rule", "mul", "a", "[[1., 1.],\n [1., 1.],\n [1., 1.]]"),
        (
            "sum_back",
            "mul",
            "a",
            "[[1., 1.],\n [1., 1.],\n [1., 1.]]",
            "[3., 3.]",
        ),
        ("arrive", "a", None, "[3., 3.]"),
    ]


def test_looking_changes_nothing() -> None:
    a = leaf(1.0, 2.0)
    a.grad = tg.tensor([10.0, 20.0])
    y = (a * a).sum()
    for _ in range(2):
        walk = tg.viz.backward(y)
        assert told(walk)[-1] == ("deliver", "a", None, "[10., 20.]", "[12., 24.]")
    assert a.grad.tolist() == [10.0, 20.0]
    y.backward()
    assert a.grad.tolist() == [12.0, 24.0]


def test_its_data_is_json_that_can_stand_in_a_page() -> None:
    walk = tg.viz.backward(leaf(1.0) * float("inf"))
    walk.nodes[0].name = "</script><b>"
    text = json_of(data_of(walk))
    assert "<" not in text
    assert '"max":"inf"' in text
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda: tg.tensor(1.0), "does not require grad"),
        (lambda: leaf(1.0), "is a leaf"),
        (lambda: 3.0, "expected a Tensor"),
        (lambda: leaf(1.0, 2.0) * 2, "only for scalar outputs"),
    ],
)
def test_what_has_no_backward_pass_is_told_so(what: Any, words: str) -> None:
    with pytest.raises((RuntimeError, TypeError), match=f"(?s)viz.backward: .*{words}"):
        tg.viz.backward(what())


def test_a_graph_that_was_freed() -> None:
    y = leaf(1.0) * leaf(2.0)
    y.backward()
    with pytest.raises(RuntimeError, match=r"(?s)freed.*retain_graph=True"):
        tg.viz.backward(y)
