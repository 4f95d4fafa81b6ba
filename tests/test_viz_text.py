"""print(tg.viz.backward(loss)): the walk in a table, at most 100 columns wide."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import tinygrad_lr as tg
from tinygrad_lr import nn
from tinygrad_lr.nn import functional as F


def table(result: Any, *args: Any) -> str:
    text = str(tg.viz.backward(result, *args))
    assert max(map(len, text.splitlines())) <= 100
    assert not any(line.endswith(" ") for line in text.splitlines())
    return text


WITHOUT_ARGUMENTS = """\
The backward pass of y

node             rule      incoming  outgoing
---------------  --------  --------  ---------
y = add(mul, b)  a: g      1.        1. to mul
                 b: g                1. to b
mul(w, x)        a: g * b  1.        3. to w

b.grad would be 1.
w.grad would be 3.
"""


def run(*args: str) -> str:
    command = [sys.executable, "-m", "tinygrad_lr.viz", *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_command_shows_a_product_and_a_sum() -> None:
    assert run() == WITHOUT_ARGUMENTS
    said = run("--help")
    assert "w * x + b" in said
    assert "tg.viz.backward(loss)" in said.replace("\n", "").replace("  ", "")


def test_what_is_used_twice_and_what_is_broadcast() -> None:
    a = tg.tensor([1.0, 2.0], requires_grad=True)
    m = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert table(((a + a) * m).sum()) == (
        "The backward pass of result\n"
        "\n"
        "node               rule                        incoming     outgoing\n"
        "-----------------  --------------------------  -----------  ------------------------\n"
        "result = sum(mul)  a: broadcast_to(            1.           (2, 2) 1..1 to mul\n"
        "                     restore_axes(g, a,\n"
        "                     axis), shape=a.shape)\n"
        "mul(add, m)        a: g * b                    (2, 2) 1..1  [4., 6.], summed, to add\n"
        "add(a, a)          a: g                        [4., 6.]     [4., 6.] to a\n"
        "                   b: g                                     [4., 6.] to a\n"
        "                                                            adds up to [ 8., 12.]\n"
        "\n"
        "a.grad would be [ 8., 12.]"
    )


def test_a_gradient_that_is_there_is_added_to() -> None:
    a = tg.tensor(2.0, requires_grad=True)
    a.grad = tg.tensor(10.0)
    assert table(a * 3).splitlines()[-1] == "a.grad, 10. before, would be 13."


def test_a_network_for_digits_is_readable() -> None:
    model = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
    images, labels = tg.randn(8, 784), tg.arange(8)

    def loss() -> Any:
        scores = model(images)
        return F.cross_entropy(scores, labels)

    text = table(loss)
    assert len(text.splitlines()) < 40
    for said in ("scores = linear(", "model.0.weight", "where(y <= 0, 0.0, g)", "(100, 784)"):
        assert said in text
    assert text.count("grad would be") == 4


def test_hooks_functions_and_rules_of_several_lines() -> None:
    class Two(tg.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1, x * 2

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            total = g + 2 * h
            return total

    x = tg.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(lambda g: g * 10)
    one, two = Two.apply(x)
    text = table(((one * two) ** 1.5).sum())
    for said in ("total = g + 2 * h", "return total", "the hooks of x", "one = result(Two)"):
        assert said in text


def test_a_long_name_and_a_long_rule_stay_within_100_columns() -> None:
    names: dict[str, Any] = {"a" * 60: tg.tensor([1.0, 2.0], requires_grad=True), "tg": tg}
    rule = "g * " + " * ".join(f"({'b' * 30} + {i})" for i in range(9))
    code = f"op = tg.Op('long', lambda a: a, lambda g, y, {'b' * 30}: {rule})\n"
    import linecache

    linecache.cache["<long>"] = (len(code), None, [code], "<long>")
    exec(compile(code, "<long>", "exec"), names)
    exec(f"text = str(tg.viz.backward((op({'a' * 60}) * 2).sum()))", names)
    text = names["text"]
    assert max(map(len, text.splitlines())) <= 100
    assert "+ 8)" in text


@pytest.mark.parametrize("shape", [(0,), (1,), (36,), (37,), (3, 4, 5)])
def test_arrays_of_any_size(shape: tuple[int, ...]) -> None:
    x = tg.ones(*shape, requires_grad=True)
    assert table(x * 2.5, tg.ones(*shape))


def test_of_two_leaves_of_one_name_it_says_which() -> None:
    def layer(x: Any) -> Any:
        w = tg.tensor(3.0, requires_grad=True)
        return w * x

    w = tg.tensor(5.0, requires_grad=True)
    text = table(lambda: layer(w * 1.0))
    assert "the .grad of w 1 would be 3." in text
    assert "the .grad of w 2 would be 5." in text


def test_several_results_are_all_named_and_what_is_empty_has_its_shape() -> None:
    x = tg.zeros(0, 3, requires_grad=True)
    a, b = (x * 2).sum(), x.sum()
    text = str(tg.viz.backward([a, b]))
    assert text.startswith("The backward pass of a and b\n")
    assert "(0, 3), empty to mul" in text
    many = tg.viz.backward([x.sum() for _ in range(5)])
    assert many.title == "The backward pass of sum 1 and sum 2 and sum 3 and 2 more"


def test_a_name_does_not_speak_to_the_terminal() -> None:
    net = tg.nn.Module()
    net.register_parameter("red\x1b[31m\u2028\0", tg.nn.Parameter(tg.ones(2)))
    text = str(tg.viz.backward(net.get_parameter("red\x1b[31m\u2028\0").sum()))
    assert "net.red [31m" in text
    assert all(line.isprintable() for line in text.split("\n"))
