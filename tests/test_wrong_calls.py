"""Wrong calls, a line of code each: the error says what is wrong, and PyTorch refuses them too."""

from __future__ import annotations

import pytest
import torch
from code_lines import REDUCTIONS, names
from mistakes import assert_told_in_words

import tinygrad_lr

PLAIN = (2, 3)
# What is written, the error, and the words its message must contain.
ERRORS: list[tuple[str, type[Exception], list[str]]] = [
    # dimensions out of range
    *[
        (f"x.{name}(2)", IndexError, [name, "dim 2", "2 dimensions"])
        for name in [*REDUCTIONS, "max", "min", "argmax", "argmin", "softmax", "log_softmax"]
    ],
    ("x.sum((0, -3))", IndexError, ["sum", "-3"]),
    ("x.sum((0, 0))", ValueError, ["sum", "(0, 0)"]),
    ("x.sum((0, -2))", ValueError, ["sum", "-2"]),
    ("x.sum('a')", TypeError, ["sum", "'a'"]),
    ("x.sum(1.0)", TypeError, ["sum", "1.0"]),
    ("x.all(2)", IndexError, ["all", "2"]),
    ("x.any(-3)", IndexError, ["any", "-3"]),
    ("x.transpose(0, 2)", IndexError, ["transpose", "2"]),
    ("x.permute(0, 2)", IndexError, ["permute", "2"]),
    ("x.permute(0, 0)", RuntimeError, ["permute", "(0, 0)", "(2, 3)"]),
    ("x.permute(0)", RuntimeError, ["permute", "(0,)", "(2, 3)"]),
    ("x.squeeze(2)", IndexError, ["squeeze", "2"]),
    ("x.unsqueeze(3)", IndexError, ["unsqueeze", "3"]),
    ("x.unsqueeze(-4)", IndexError, ["unsqueeze", "-4"]),
    ("x.flatten(2)", IndexError, ["flatten", "2"]),
    ("x.flatten(1, 0)", (RuntimeError, ValueError), ["flatten", "1", "0"]),
    ("x.size(2)", IndexError, ["size", "2"]),
    ("x[None].t()", RuntimeError, ["t:", "(1, 2, 3)"]),
    # shapes that do not fit
    *[
        (f"x {sign} T.ones(4)", RuntimeError, [name, "(2, 3)", "(4,)", "broadcast"])
        for sign, name in {
            "+": "add",
            "-": "sub",
            "*": "mul",
            "/": "div",
            "**": "pow",
            "==": "eq",
            "<": "lt",
        }.items()
    ],
    ("m & (T.ones(4) > 0)", RuntimeError, ["and", "(2, 3)", "(4,)", "broadcast"]),
    ("T.maximum(x, T.ones(4))", RuntimeError, ["maximum", "(2, 3)", "(4,)"]),
    ("T.where(m, x, T.ones(4))", RuntimeError, ["where", "(2, 3)", "(4,)"]),
    ("x @ x", RuntimeError, ["matmul", "(2, 3)"]),
    ("x @ x[0, :2]", RuntimeError, ["matmul", "(2, 3)", "(2,)"]),
    ("x[0] @ x", RuntimeError, ["matmul", "(3,)", "(2, 3)"]),
    ("x @ x[0, 0]", RuntimeError, ["matmul", "(2, 3)", "()"]),
    ("x[None].expand(2, 2, 3) @ x[None].expand(3, 2, 3).mT", RuntimeError, ["matmul", "(3, 3, 2)"]),
    ("T.nn.functional.linear(x, x.T)", RuntimeError, ["linear", "(2, 3)", "(3, 2)"]),
    ("T.nn.functional.linear(x, x, x)", RuntimeError, ["linear", "bias"]),
    ("T.nn.functional.linear(x, x[0])", RuntimeError, ["linear", "(3,)"]),
    ("x.reshape(4)", RuntimeError, ["reshape", "(2, 3)", "(4,)"]),
    ("x.reshape(-1, 4)", RuntimeError, ["reshape", "(2, 3)", "(-1, 4)"]),
    ("x.reshape(-1, -1)", RuntimeError, ["reshape", "(-1, -1)"]),
    ("x.reshape(-2, -3)", RuntimeError, ["reshape", "(-2, -3)"]),
    ("x.reshape(0, -1)", RuntimeError, ["reshape", "(0, -1)"]),
    ("x.reshape(2.0, 3)", TypeError, ["reshape", "2.0"]),
    ("x.view(7)", RuntimeError, ["view", "(2, 3)", "(7,)"]),
    ("x.T.view(6)", RuntimeError, ["view", "(3, 2)", "(6,)", "reshape"]),
    ("x.expand(2, 4)", RuntimeError, ["expand", "(2, 3)", "(2, 4)"]),
    ("x.expand(3)", RuntimeError, ["expand", "(2, 3)", "(3,)"]),
    ("x.expand(-1, 2, 3)", RuntimeError, ["expand", "(2, 3)", "(-1, 2, 3)"]),
    ("x.expand(-2, 3)", RuntimeError, ["expand", "(2, 3)", "(-2, 3)"]),
    ("T.cat([x, T.ones(2, 4)])", RuntimeError, ["cat", "(2, 3)", "(2, 4)"]),
    ("T.cat([x, T.ones(3)])", RuntimeError, ["cat", "(2, 3)", "(3,)"]),
    ("T.cat([x], 2)", IndexError, ["cat", "2"]),
    ("T.cat([])", (RuntimeError, ValueError), ["cat"]),
    ("T.cat(x)", TypeError, ["cat", "Tensor"]),
    ("T.cat([x, 1.0])", TypeError, ["cat", "float"]),
    ("T.cat([x[0, 0], x[0, 0]])", RuntimeError, ["cat", "stack"]),
    ("T.stack([x, T.ones(3)])", RuntimeError, ["stack", "(2, 3)", "(3,)"]),
    ("T.stack([x], 3)", IndexError, ["stack", "3"]),
    # kinds of values
    ("n.mean()", (RuntimeError, TypeError), ["mean", "int64", "float"]),
    ("m.mean(0)", (RuntimeError, TypeError), ["mean", "bool", "float"]),
    ("n.var()", (RuntimeError, TypeError), ["var", "int64"]),
    ("n.std()", (RuntimeError, TypeError), ["std", "int64"]),
    ("x @ x.float().T", (RuntimeError, TypeError), ["matmul", "float64", "float32"]),
    ("T.where(x, x, x)", (RuntimeError, TypeError), ["where", "bool", "float64"]),
    ("T.where(True, x, x)", TypeError, ["where", "bool"]),
    ("x.clamp()", ValueError, ["clamp", "min", "max"]),
    ("x.clamp('a')", TypeError, ["clamp", "str"]),
    ("T.add(x, 'a')", TypeError, ["add", "str"]),
    ("T.add(1, 2)", TypeError, ["add", "int"]),
    ("T.exp(1.0)", TypeError, ["exp", "float"]),
    ("T.sum([1.0])", TypeError, ["sum", "list"]),
    ("T.relu([1.0])", TypeError, ["relu", "list"]),
    ("T.abs(1.0)", TypeError, ["abs", "float"]),
    ("T.clone(1.0)", TypeError, ["clone", "float"]),
    ("T.maximum(x, 1.0)", TypeError, ["maximum", "float"]),
    ("x.softmax()", TypeError, ["softmax", "dim"]),
    ("-m", (RuntimeError, TypeError), ["neg", "bool"]),
    ("m - m", (RuntimeError, TypeError), ["sub", "bool"]),
    ("~x", (RuntimeError, TypeError), ["not", "float64"]),
    ("x & x", (RuntimeError, TypeError), ["and", "float64"]),
    # of nothing
    ("x[:0].max()", (RuntimeError, IndexError), ["max", "(0, 3)"]),
    ("x[:0].max(0)", IndexError, ["max", "(0, 3)"]),
    ("x[:0].argmax()", IndexError, ["argmax", "(0, 3)"]),
    ("x[:0].argmin(0)", IndexError, ["argmin", "(0, 3)"]),
    ("x[:0].amax()", (RuntimeError, IndexError), ["amax", "(0, 3)"]),
    ("x[:0].amin(0)", (RuntimeError, IndexError), ["amin", "(0, 3)"]),
    # indexing
    ("x[2]", IndexError, ["index 2", "dimension 0", "(2, 3)"]),
    ("x[-3]", IndexError, ["index -3", "dimension 0", "(2, 3)"]),
    ("x[0, 3]", IndexError, ["index 3", "dimension 1", "(2, 3)"]),
    ("x[..., 3]", IndexError, ["index 3", "dimension 1", "(2, 3)"]),
    ("x[None, 2]", IndexError, ["index 2", "dimension 0", "(2, 3)"]),
    ("x[[0, 2]]", IndexError, ["index 2", "dimension 0", "(2, 3)"]),
    ("x[:, [0, -4]]", IndexError, ["index -4", "dimension 1", "(2, 3)"]),
    ("x[range(2), [0, 3]]", IndexError, ["index 3", "dimension 1", "(2, 3)"]),
    ("x[T.tensor([5])]", IndexError, ["index 5", "dimension 0", "(2, 3)"]),
    ("x[T.tensor(5)]", IndexError, ["index 5", "dimension 0", "(2, 3)"]),
    ("x[np.array([5])]", IndexError, ["index 5", "dimension 0", "(2, 3)"]),
    ("x[np.int64(5)]", IndexError, ["index 5", "dimension 0", "(2, 3)"]),
    ("x[m[0], 3]", IndexError, ["(2, 3)"]),
    ("x[0, 0, 0]", IndexError, ["(2, 3)", "too many"]),
    ("x[:, :, :]", IndexError, ["(2, 3)", "too many"]),
    ("x[..., ...]", IndexError, ["index"]),
    ("x[0][0][0]", IndexError, ["()"]),
    ("x[[0, 1], [0, 1, 2]]", IndexError, ["(2, 3)", "broadcast"]),
    ("x[m[0]]", IndexError, ["mask", "(3,)", "(2, 3)"]),
    ("x[m.T]", IndexError, ["mask", "(3, 2)", "(2, 3)"]),
    ("x[m[None]]", IndexError, ["mask", "(1, 2, 3)", "(2, 3)"]),
    ("x[[True, False, True]]", IndexError, ["mask", "(2, 3)"]),
    ("x[0.5]", IndexError, ["index", "float"]),
    ("x['a']", TypeError, ["index", "str"]),
    ("x[[0.5]]", IndexError, ["index", "float64"]),
    ("x[x]", IndexError, ["index", "float64"]),
    ("x[np.zeros(2)]", IndexError, ["index", "float64"]),
    ("x[[[0], [0, 1]],]", (IndexError, TypeError, ValueError), ["index:"]),
    ("x[0:1.5]", (IndexError, TypeError), ["index"]),
    ("x[::0]", (ValueError, IndexError), ["index", "0"]),
    ("x[::-1]", ValueError, ["index", "-1", "range"]),
    ("x.index_select(0, i)", IndexError, ["index_select", "-1", "(2, 3)"]),
    ("x.index_select(0, T.tensor([2]))", IndexError, ["index_select", "2", "(2, 3)"]),
    ("x.index_select(2, k[0])", IndexError, ["index_select", "dim 2"]),
    ("x.index_select(0, k)", (RuntimeError, IndexError), ["index_select", "(2, 2)"]),
    ("x.index_select(0, x[0])", (RuntimeError, TypeError), ["index_select", "float64"]),
    ("x.index_select(0, [0])", TypeError, ["index_select", "list"]),
    ("x.gather(0, k + 1)", (RuntimeError, IndexError), ["gather", "2", "(2, 3)"]),
    ("x.gather(0, k - 1)", (RuntimeError, IndexError), ["gather", "-1", "(2, 3)"]),
    ("x.gather(2, k)", IndexError, ["gather", "dim 2"]),
    ("x.gather(0, k[0])", RuntimeError, ["gather", "(2,)", "(2, 3)"]),
    ("x.gather(1, T.zeros(3, 1).long())", RuntimeError, ["gather", "(3, 1)", "(2, 3)"]),
    ("x.gather(0, m)", (RuntimeError, TypeError), ["gather", "bool"]),
]
# Where PyTorch lets through what is likely a mistake.
STRICTER = [
    "T.nn.functional.linear(x, x[0])",
    "T.add(1, 2)",
    "x[..., ...]",
    "x[[0.5]]",
    "x[np.zeros(2)]",
]


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [pytest.param(*case, id=case[0]) for case in ERRORS],
)
def test_a_wrong_use_is_named(code: str, error: type[Exception], words: list[str]) -> None:
    """The right kind of error; it names the operation, the shapes or dtypes, in our own words."""
    assert_told_in_words(lambda: eval(code, names(tinygrad_lr, PLAIN)), error, words)


@pytest.mark.parametrize("code", [case[0] for case in ERRORS if case[0] not in STRICTER])
def test_a_wrong_use_is_wrong_in_pytorch_too(code: str) -> None:
    """But for STRICTER, the table of errors refuses nothing that PyTorch allows."""
    with pytest.raises((RuntimeError, TypeError, ValueError, IndexError)):
        eval(code, names(torch, PLAIN))
