"""What each operation says of itself, beside its rules, is what it does.

``view=True``: the result shows the memory of the argument, and a write to it is followed.
``light=True``: the rules look at shapes only, so a second backward needs no retain_graph.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from domains import DOMAINS
from hypothesis import given, settings
from side_by_side import OPS, host

from tinygrad_lr import Tensor
from tinygrad_lr.autograd import grad
from tinygrad_lr.device import is_array
from tinygrad_lr.graph import Op
from tinygrad_lr.testing import Case
from tinygrad_lr.testing.strategies import is_float

# They could be light. PyTorch refuses a second backward of them, too.
NOT_LIGHT = ["cross_entropy", "nll_loss", "sign_det"]
# `Tensor.to` calls to_device only where the device differs: here it would give its argument.
SMOOTH = [name for name in DOMAINS if name in OPS and OPS[name].differentiable]
SMOOTH.remove("to_device")


def drawn(name: str) -> list[Case]:
    """Some calls of an operation, the same each time."""
    found: list[Case] = []

    @settings(max_examples=4, deadline=None, database=None, derandomize=True)
    @given(DOMAINS[name].cases)
    def keep(case: Case) -> None:
        found.append(case)

    keep()
    return [case for case in found if any(a.size for a in case.floats)]


def called(op: Op, case: Case) -> tuple[Tensor, list[Any]]:
    args = [Tensor.wrap(a.copy()).requires_grad_() if is_float(a) else a for a in case.args]
    return op(*args, **case.params), [a for a in args if isinstance(a, Tensor)]


def second_backward(op: Op, case: Case) -> bool:
    """Whether a second backward, without retain_graph, gives the same gradients again."""
    y, leaves = called(op, case)
    v = Tensor.wrap(np.linspace(-1.0, 2.0, y.array.size).reshape(y.shape))
    first = grad(y, leaves, v, allow_unused=True)
    try:
        second = grad(y, leaves, v, allow_unused=True)
    except (RuntimeError, AttributeError, TypeError, ValueError):
        return False
    return all(np.array_equal(host(a), host(b)) for a, b in zip(first, second) if a is not None)


@pytest.mark.hypothesis  # it draws, by itself
@pytest.mark.parametrize("name", SMOOTH)
def test_an_op_does_what_it_says_of_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    op, cases, views = OPS[name], drawn(name), 0
    for case in cases:
        y, given = called(op, case)
        if any(np.shares_memory(y.array, x.array) for x in given):
            views += 1
            assert y.root is given[0]
    assert bool(views) == bool(op.view)
    said = op.light
    if said is not None:  # None: it depends on what the other argument is
        monkeypatch.setattr(op, "light", True)
    cases = [case for case in cases if not any(map(is_array, case.params.get("index", ())))]
    assert (bool(said) or name in NOT_LIGHT) == all(second_backward(op, case) for case in cases)
