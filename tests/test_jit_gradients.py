"""jit.trace: gradients, whoever made them, are those of the step itself after each call.

Made outside, cleared, added to, put aside, shared, given other data, in another order in memory:
what is in `.grad` after a traced step is what the step would have left there, in the same Tensor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from captured_steps import X
from jit_steps import Two, accumulate, beside_the_step, compare, made, numbers, train, wanted, xs

import tinygrad_lr as tg
from tinygrad_lr import optim
from tinygrad_lr.jit import CaptureError


def update(two: Any, x: Any) -> Any:
    two.optimizer.step()
    return x


def norm(two: Any, x: Any) -> Any:
    return (two.w.grad * two.w.grad).sum() + x.sum()


def clear(two: Any, x: Any) -> Any:
    two.w.grad = None
    return x


def update_first(two: Any, x: Any) -> Any:
    two.optimizer.step()
    two.loss(x).backward()
    return x


def gradients_from_outside(two: Any, i: int) -> None:
    two.optimizer.zero_grad()
    (two.loss(tg.tensor(X[i, 1])) * 0.25).backward()


@pytest.mark.parametrize("step", [update, norm, clear, accumulate, train])
def test_gradients_made_outside(step: Any) -> None:
    compare(made(step, momentum=0.5 if step is train else 0.0), xs(), gradients_from_outside)


@pytest.mark.filterwarnings("ignore:.*no parameter has a gradient")
@pytest.mark.parametrize("step", [update_first, accumulate, train])
def test_gradients_that_are_sometimes_there(step: Any) -> None:
    def between(two: Any, i: int) -> None:
        if i % 3 == 1:
            two.optimizer.zero_grad()

    compare(made(step, weight_decay=0.5), xs(), between)


def test_a_gradient_that_somebody_holds_is_the_one_that_grows() -> None:
    two = Two()
    traced = tg.jit.trace(lambda x: accumulate(two, x))
    traced(xs()[0][0])
    held = two.w.grad
    traced(xs()[1][0]), traced(xs()[2][0])
    assert two.w.grad is held
    assert held.tolist() == (X[0, 0] + X[1, 0] + X[2, 0]).tolist()


def test_gradients_that_are_parts_of_one_buffer() -> None:
    def step(two: Any, x: Any) -> Any:
        two.flat.zero_()
        two.loss(x).backward()
        return (two.flat * two.flat).sum()

    def make() -> Any:
        two = made(step)()
        two.flat = tg.zeros(8)
        two.w.grad, two.v.grad = two.flat[:4], two.flat[4:]
        return two

    compare(make, xs())


def test_a_gradient_that_is_added_to_and_then_cleared() -> None:
    def step(two: Any, x: Any) -> Any:
        loss = two.loss(x)
        loss.backward()
        two.optimizer.step()
        two.optimizer.zero_grad()
        return loss

    def between(two: Any, i: int) -> None:
        if i:
            (two.w * two.v).sum().backward()

    compare(made(step), xs(), between)


def test_the_data_of_a_gradient() -> None:
    def step(two: Any, x: Any) -> Any:
        loss = two.loss(x)
        loss.backward()
        two.w.grad.data = two.w.grad * 0.5
        return loss

    compare(made(step), xs())


def test_a_gradient_that_comes_in_another_order_in_memory() -> None:
    eager, mine = (tg.ones(2, 3, requires_grad=True) for _ in range(2))

    def step(w: Any, x: Any) -> Any:
        (w * x).sum().backward()
        return w.grad * 2.0

    traced = tg.jit.trace(lambda x: step(mine, x))
    x = tg.tensor(np.arange(6.0, dtype=np.float32).reshape(2, 3))
    for i in range(6):
        for w in (eager, mine):
            w.grad = tg.ones(3, 2).T if i in (3, 4) else tg.ones(2, 3)
        expected, found = step(eager, x), traced(x)
        assert found.tolist() == expected.tolist()
        assert found.array.flags.c_contiguous == expected.array.flags.c_contiguous


def test_a_gradient_that_is_put_back_is_the_same_tensor() -> None:
    w = wanted(1.0, 2.0)

    def step(x: Any) -> Any:
        w.grad, before = None, w.grad
        loss = (w * x).sum()
        loss.backward()
        w.grad = before
        return loss

    traced, mine = tg.jit.trace(step), numbers(5.0, 5.0)
    for _ in range(4):
        w.grad = mine
        traced(numbers(1.0, 1.0))
        assert w.grad is mine


@pytest.mark.parametrize("which", [0, 1])
def test_a_gradient_by_two_names_cannot_be_moved(which: int) -> None:
    w = wanted(1.0, 2.0)
    w.grad = held = numbers(1.0, 1.0)

    def step() -> Any:
        (w * w).sum().backward()
        moved = [w.grad, held][which]
        moved.data = moved.data * 2.0
        return held * 1.0

    traced = tg.jit.trace(step)
    traced()
    with pytest.raises(CaptureError, match="itself and as the gradient of another one"):
        traced()


def test_a_gradient_that_requires_grad_is_refused() -> None:
    w, traced = wanted(1.0, 2.0), tg.jit.trace(lambda: (w * w).sum().backward())
    traced(), traced()
    w.grad = held = wanted(5.0, 5.0)
    with pytest.raises(CaptureError, match="a gradient that has a graph"):
        traced()
    assert held.tolist() == [5.0, 5.0]


# --------------------------------------------------------------------- beside the step, bit for bit


def a_parameter_that_the_loss_does_not_need() -> Any:
    w, unused = wanted(1.0, 2.0), wanted(3.0, 4.0)
    optimizer = optim.SGD([w, unused], lr=0.1)

    def step() -> Any:
        (w * w).sum().backward()
        optimizer.step()
        return w * 1.0

    return step, [w, unused]


def a_gradient_put_aside_and_put_back() -> Any:
    w = wanted(1.0, 2.0)
    w.grad = numbers(5.0, 5.0)

    def step() -> Any:
        there, w.grad = w.grad, None
        (w * w).sum().backward()
        found = w.grad * 1.0
        w.grad = there
        return found

    return step, [w]


def a_gradient_that_is_another_tensor() -> Any:
    w, buffer = wanted(1.0, 2.0), numbers(0.5, 0.5)

    def step() -> Any:
        w.grad = buffer
        (w * w).sum().backward()
        return buffer * 1.0

    return step, [w, buffer]


def a_gradient_with_other_data() -> Any:
    w = wanted(1.0, 2.0)
    w.grad = held = numbers(1.0, 1.0)

    def step() -> Any:
        (w * w).sum().backward()
        w.grad.data = w.grad.data * 2.0
        return w.grad * 1.0

    return step, [w, held]


def a_velocity_of_one_number() -> Any:
    w = tg.tensor(1.0, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)

    def step() -> Any:
        optimizer.zero_grad()
        (w * w).backward()
        optimizer.step()
        return w * 1.0

    step(), step()
    velocity = optimizer.state[w]["momentum_buffer"]
    return step, [w, velocity]


HANDLED = [
    a_parameter_that_the_loss_does_not_need,
    a_gradient_put_aside_and_put_back,
    a_gradient_that_is_another_tensor,
    a_gradient_with_other_data,
    a_velocity_of_one_number,
]


@pytest.mark.parametrize("make", HANDLED, ids=lambda make: make.__name__)
def test_gradients_have_the_bits_of_the_step(make: Any) -> None:
    beside_the_step(make)
