"""Small steps to be traced, and the check that a traced one does what the step itself does.

`compare` makes the same things twice and gives both the same arguments; `beside_the_step` does it
with a step of no arguments, and looks at the bits of what it is told to look at.
"""

from __future__ import annotations

from typing import Any

from captured_steps import X

import tinygrad_lr as tg
from tinygrad_lr import optim


def compare(make: Any, given: Any, between: Any = lambda made, i: None) -> None:
    """A step eager and traced: `make()` gives what it uses, ``made.step`` the step."""
    eager, mine = make(), make()
    traced = tg.jit.trace(mine.step)
    for i, inputs in enumerate(given):
        between(eager, i), between(mine, i)
        expected, found = eager.step(*inputs), traced(*inputs)
        assert found.tolist() == expected.tolist(), i
        for wanted, tensor in zip(eager.tensors, mine.tensors, strict=True):
            assert tensor.tolist() == wanted.tolist(), i
            assert (tensor.grad is None) == (wanted.grad is None), i
            if tensor.grad is not None:
                assert tensor.grad.tolist() == wanted.grad.tolist(), i


class Two:
    """Two vectors that are trained, and what a test hangs on to them."""

    def __init__(self, **options: Any) -> None:
        self.w = tg.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        self.v = tg.tensor([4.0, 3.0, 2.0, 1.0], requires_grad=True)
        self.tensors = [self.w, self.v]
        self.optimizer = optim.SGD(self.tensors, lr=0.5, **options)

    def loss(self, x: Any) -> Any:
        return (self.w * x + self.v * self.v).sum()


def xs() -> Any:
    return [(tg.tensor(row),) for row in X[:, 0]]


def made(step: Any, **options: Any) -> Any:
    def make() -> Any:
        two = Two(**options)
        two.step = lambda *inputs: step(two, *inputs)  # type: ignore[attr-defined]
        return two

    return make


def train(two: Any, x: Any) -> Any:
    two.optimizer.zero_grad()
    loss = two.loss(x)
    loss.backward()
    two.optimizer.step()
    return loss


def accumulate(two: Any, x: Any) -> Any:
    loss = two.loss(x)
    loss.backward()
    return loss


# -------------------------------------------------------------------------------------- bit for bit


def beside_the_step(make: Any, calls: int = 4) -> None:
    """``make()`` gives a step of no arguments, and the Tensors to look at after each call."""
    (eager, theirs), (step, mine) = make(), make()
    traced = tg.jit.trace(step)
    for _ in range(calls):
        expected, found = said(eager), said(traced)
        assert found == expected
        for wanted, tensor in zip(theirs, mine, strict=True):
            assert bits(tensor) == bits(wanted)
            assert bits(tensor.grad) == bits(wanted.grad)


def said(step: Any) -> Any:
    try:
        return bits(step())
    except (RuntimeError, ValueError, IndexError) as error:
        return type(error), str(error).split(": ")[0]


def bits(tensor: Any) -> Any:
    if not isinstance(tensor, tg.Tensor):
        return tensor
    return tensor.shape, str(tensor.dtype), tensor.array.strides, tensor.array.tobytes()


def numbers(*values: float, **options: Any) -> Any:
    return tg.tensor(list(values), **options)


def wanted(*values: float) -> Any:
    return tg.tensor(list(values), requires_grad=True)


def scheduled(w: Any, optimizer: Any, scheduler: Any, *, traced: bool) -> tuple[list[Any], Any]:
    """What twelve steps give and leave in `w`, the rate changing between them; and the step."""

    def step(x: Any) -> Any:
        optimizer.zero_grad()
        loss = ((w * x - 1) ** 2).sum()
        loss.backward()
        optimizer.step()
        return loss

    run: Any = tg.jit.trace(step) if traced else step
    rows = []
    for number in range(12):
        rows.append([run(tg.full(w.shape, 1.0 + number)).item(), w.tolist()])
        scheduler.step()
    return rows, run
