"""Which dtype a result has, beside PyTorch: every pair of dtypes and numbers, of every operator."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_lr as tg

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
NUMBERS = [True, 2, 1.5, 300, -1]
VALUES = [1, 1, 2]

OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "where": lambda a, b: frameworks_of(a, b).where(condition(a, b), a, b),
    "+=": operator.iadd,
    "-=": operator.isub,
    "*=": operator.imul,
    "/=": operator.itruediv,
    "**=": operator.ipow,
    "&=": operator.iand,
    "|=": operator.ior,
}


def frameworks_of(*operands: Any) -> Any:
    return torch if any(isinstance(o, torch.Tensor) for o in operands) else tg


def condition(*operands: Any) -> Any:
    return frameworks_of(*operands).tensor([True, False, True])


def made(framework: Any, kind: tuple[str, int] | float) -> Any:
    """An operand of a kind: (a dtype, its number of dimensions), or a Python number."""
    if not isinstance(kind, tuple):
        return kind
    array = np.array(VALUES if kind[1] else 1, kind[0])
    return framework.tensor(array)


def outcome(call: Callable[..., Any], framework: Any, kinds: Any) -> tuple[str, Any]:
    """The dtype and the values; or "refused", by a RuntimeError."""
    try:
        with np.errstate(over="ignore"):  # 2**300
            result = call(*(made(framework, kind) for kind in kinds))
    except RuntimeError:
        return "refused", None
    return str(result.dtype).removeprefix("torch."), result.tolist()


def pairs() -> Iterator[tuple[Any, Any]]:
    tensors = list(itertools.product(DTYPES, (1, 0)))
    yield from itertools.product(tensors, [*tensors, *NUMBERS])
    yield from itertools.product(NUMBERS, tensors)


# PyTorch writes -1 into uint8 as 255 with `where`; here what does not fit is refused.
WRAPPED = {("where", -1)}


@pytest.mark.parametrize("name", OPERATORS)
def test_dtypes_and_values_are_those_of_pytorch(name: str) -> None:
    call = OPERATORS[name]
    different = []
    for kinds in pairs():
        if name.endswith("=") and name[0] in "+-*/&|" and not isinstance(kinds[0], tuple):
            continue
        ours, theirs = outcome(call, tg, kinds), outcome(call, torch, kinds)
        if ours[0] == theirs[0] == "refused":
            continue
        close = ours[0] == theirs[0] and np.allclose(ours[1], theirs[1], rtol=1e-3, equal_nan=True)
        wrapped = any((name, kind) in WRAPPED for kind in kinds) and ours[0] == "refused"
        if not close and not wrapped:
            different.append((kinds, ours, theirs))
    assert not different, "\n".join(map(str, [len(different), *different[:20]]))
