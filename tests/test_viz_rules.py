"""A rule's own text is read from the source where it was defined."""

from __future__ import annotations

import functools
import linecache
from typing import Any

import pytest

import tinygrad_lr as tg
from tinygrad_lr import losses, ops
from tinygrad_lr.graph import Op
from tinygrad_lr.more import table
from tinygrad_lr.viz.rules import text_of


def written(rule: Any) -> str | None:
    found = text_of(rule)
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (ops.mul.rules[0], "g * b"),
        (ops.mul.rules[1], "g * a"),
        (ops.add.rules[1], "g"),
        (ops.div.rules[1], "-g * (a / b / b)"),
        (ops.relu.rules[0], "where(y <= 0, 0.0, g)"),
        (ops.linear.rules[1], "rows(g).T @ rows(x)"),
        (losses.log_softmax.rules[0], "g - exp(y) * total(g, axis, keepdims=True)"),
        (
            losses.cross_entropy.rules[0],
            "saved[0] * _per_row(g, a, saved[1], reduction)",
        ),
        (
            ops.mean.rules[0],
            "broadcast_to(restore_axes(g, a, axis) / max(_count(a, axis), 1), shape=a.shape)",
        ),
        (ops.amax.rules[0], "shared_evenly(g, a == restore_axes(y, a, axis), a, axis)"),
        (
            ops._matmul_left,
            "if b.ndim == 1:  # y = sum_k a[..., k] b[k]\n"
            "    return _column(g) * b\n"
            "if a.ndim == 1:  # y[..., m] = sum_k a[k] b[..., k, m]\n"
            "    return total(b * _row(g), -1)\n"
            "return g @ swap(b)",
        ),
    ],
)
def test_rules_of_the_table(rule: Any, text: str) -> None:
    assert written(rule) == text


def test_every_rule_of_the_table_has_a_text() -> None:
    entries = [op for part in (ops, losses, table) for op in vars(part).values()]
    rules = [
        (op.name, rule)
        for op in entries
        if isinstance(op, Op)
        for rule in (*op.rules, op.each)
        if rule is not None
    ]
    assert len(rules) > 100
    assert [name for name, rule in rules if not written(rule)] == []


def test_of_two_lambdas_in_a_line_and_one_in_another() -> None:
    # fmt: off
    first, second = (lambda g, y, a: g * 2), (lambda g, y, a: g * 3)
    outer = lambda g, y, a: (lambda g, y, a: g + a)
    # fmt: on
    assert [written(first), written(second)] == ["g * 2", "g * 3"]
    assert written(outer) == "lambda g, y, a: g + a"
    assert written(outer(1, 2, 3)) == "g + a"


def test_decorated_partial_and_methods() -> None:
    class Rules:
        def rule(self, g: Any, y: Any, a: Any) -> Any:
            """The derivative."""
            return g * 4

        def __call__(self, g: Any, y: Any, a: Any) -> Any:
            half = g / 2
            return half

    @functools.lru_cache
    def cached(g: Any, y: Any, a: Any) -> Any:
        return g * 5

    assert written(Rules().rule) == "g * 4"
    assert written(Rules()) == "half = g / 2\nreturn half"
    assert written(functools.partial(lambda i, g, y, a: g * i, 2)) == "g * i"
    assert written(cached) == "g * 5"


def test_typed_in_a_notebook() -> None:
    cell = 'op = tg.Op("thrice", lambda a: a * 3, lambda g, y, a: g * 3)\n'
    linecache.cache["<cell 7>"] = (len(cell), None, [cell], "<cell 7>")
    names: dict[str, Any] = {"tg": tg}
    exec(compile(cell, "<cell 7>", "exec"), names)
    assert written(names["op"].rules[0]) == "g * 3"


def test_a_cell_that_is_not_python_alone_gives_no_text() -> None:
    lines = ["%matplotlib inline\n", "rule = lambda g, y, a: g * 3\n"]
    linecache.cache["<cell 8>"] = (50, None, lines, "<cell 8>")
    names: dict[str, Any] = {}
    exec(compile("\n" + lines[1], "<cell 8>", "exec"), names)
    assert written(names["rule"]) is None


def test_a_file_that_has_changed_since_gives_no_wrong_text() -> None:
    names: dict[str, Any] = {}
    exec(compile("rule = lambda g, y, a: g * 3\n", "<cell 9>", "exec"), names)
    now = "rule = lambda g, y, b, c: g * c\n"
    linecache.cache["<cell 9>"] = (len(now), None, [now], "<cell 9>")
    assert written(names["rule"]) is None


def test_where_there_is_no_source_it_is_said_so() -> None:
    names: dict[str, Any] = {"tg": tg}
    exec('op = tg.Op("thrice", lambda a: a * 3, lambda g, y, a: g * 3)', names)
    walk = tg.viz.backward(names["op"](tg.tensor(1.0, requires_grad=True)))
    (step,) = [step for step in walk.steps if step.kind == "rule"]
    assert step.rule is None
    assert step.says.endswith("source is not to be had")
    assert {term.name for term in step.terms} == {"g", "y", "a"}
    assert "(no source)" in str(walk)
    assert written(max) is None


def test_the_numbers_for_each_name_in_it() -> None:
    a = tg.tensor([1.0, 2.0], requires_grad=True)
    walk = tg.viz.backward((a**2).sum(0))
    terms = {
        seen.op: {t.name: t.text if t.value is None else t.value.text for t in step.terms}
        for step in walk.steps
        for seen in [walk.nodes[step.node]]
        if step.kind == "rule"
    }
    assert terms["sum"] == {"g": "1.", "a": "[1., 4.]", "axis": "(0,)"}
    assert terms["pow"] == {"g": "[1., 1.]", "a": "[1., 2.]", "b": "2"}


def test_of_a_function_it_is_its_backward() -> None:
    class Half(tg.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x / 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad / 2

    walk = tg.viz.backward(Half.apply(tg.tensor(1.0, requires_grad=True)))
    (step,) = [step for step in walk.steps if step.kind == "rule"]
    assert (step.rule, step.argument) == ("grad / 2", "x")
    assert [(term.name, term.value and term.value.text) for term in step.terms] == [("grad", "1.")]


def test_of_any_number_of_arguments_it_has_its_number() -> None:
    x = tg.tensor(1.0, requires_grad=True)
    walk = tg.viz.backward(tg.stack([x, x * 2]).sum())
    rules = [
        step for step in walk.steps if step.kind == "rule" and walk.nodes[step.node].op == "stack"
    ]
    assert [step.argument for step in rules] == ["argument 0", "argument 1"]
    texts = [{t.name: t.value.text for t in step.terms if t.value} for step in rules]
    assert [text["i"] for text in texts] == ["0", "1"]
