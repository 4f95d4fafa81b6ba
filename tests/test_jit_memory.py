"""jit.trace: the tracing run, a program, an old program: none keeps memory it does not need.

And a program uses again what it needs no longer; but only that.
"""

from __future__ import annotations

import gc
import re
import tracemalloc
import weakref
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from jit_steps import Two, numbers, train, wanted, xs

import tinygrad_lr as tg
from tinygrad_lr import optim
from tinygrad_lr.nn import functional as F


def test_memory_of_the_tracing_run_is_freed_at_once() -> None:
    w = tg.ones(1000, 1000, requires_grad=True)

    def step(x: Any) -> Any:
        w.grad = None
        loss = (w * x).tanh().sigmoid().exp().sum()
        loss.backward()
        return loss

    traced = tg.jit.trace(step)
    x = tg.ones(1000)
    traced(x)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(5):
            traced(x)
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert now < 6e6  # a gradient of 4 MB, and the program


def test_the_memory_of_an_old_gradient_is_free_for_the_new_one() -> None:
    w = tg.zeros(1_000_000, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)

    def step(x: Any) -> Any:
        optimizer.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        return loss

    traced, x = tg.jit.trace(step), tg.ones(1_000_000)
    tracemalloc.start()
    traced(x), traced(x)
    tracemalloc.reset_peak()
    traced(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6e6  # one array of 4e6 bytes at a time


def test_a_traced_step_keeps_no_array_that_was_replaced() -> None:
    w = wanted(1.0, 2.0)
    traced = tg.jit.trace(lambda: (w * w).sum())
    traced(), traced()
    old = weakref.ref(w.array)
    w.data = numbers(3.0, 4.0)
    assert old() is None


def test_a_traced_step_keeps_no_array_of_numpy_that_it_has_read() -> None:
    given = [np.ones(2)]
    traced = tg.jit.trace(lambda x: x + tg.tensor(given[0]))
    traced(tg.ones(2)), traced(tg.ones(2))
    old = weakref.ref(given.pop())
    assert old() is None


def test_situations_do_not_pile_up() -> None:
    two = Two(momentum=0.5)
    traced = tg.jit.trace(lambda x: train(two, x))
    (x,) = xs()[0]
    empty = Two(momentum=0.5).optimizer.state_dict()
    for _ in range(30):
        traced(x), traced(x)
        two.optimizer.load_state_dict(empty)
        train(two, x)
    assert len(traced._known) <= 8


def test_programs_that_are_not_kept_are_freed_without_the_collector() -> None:
    two = Two()
    traced = tg.jit.trace(lambda x: train(two, x))
    programs = []
    gc.disable()
    try:
        for i in range(12):
            two.optimizer.param_groups[0]["weight_decay"] = 0.5**i
            traced(xs()[0][0])
            if i:
                programs.append(weakref.ref(traced._last))
        assert [program() is None for program in programs] == [True] * 3 + [False] * 8
    finally:
        gc.enable()


# ---------------------------------------------------------------------- the place of another result


def square(seed: int = 0) -> Any:
    return tg.tensor(np.random.default_rng(seed).normal(size=(128, 128)).astype(np.float32))


def test_a_large_result_takes_the_place_of_what_is_needed_no_longer() -> None:
    traced = tg.jit.trace(lambda x: F.sigmoid(x * 2.0) * 3.0 - x)
    x = square()
    traced(x), traced(x)
    made = re.findall(r"\bv\d+\b(?= = )", traced.code)
    assert made == ["v0"], traced.code
    assert "np.exp(v0, out=v0)" in traced.code
    assert "v0 *= " in traced.code
    powers = tg.jit.trace(lambda x: (x * 2.0) ** 0.5)
    powers(x.exp()), powers(x.exp())
    assert "v0 **= " in powers.code  # by which NumPy takes a root; its np.power may not
    products = tg.jit.trace(lambda x: (x * 2.0) @ x + (x * 2.0)[:64].sum())
    products(x), products(x)
    assert not re.search(r"out=|@=", products.code)
    part = tg.jit.trace(lambda x: (x * 2.0)[:64] + 1.0)
    assert [part(x).array.base is None for _ in range(3)] == [True] * 3
    small = tg.jit.trace(lambda x: F.sigmoid(x * 2.0) * 3.0 - x)
    small(x[0]), small(x[0])
    assert "out=" not in small.code


def given_away(two: Any, x: Any) -> Any:
    y = x * 2.0 + x
    with tg.no_grad():
        two.m.data = y
    return y + 1.0


def kept_as_a_gradient(two: Any, x: Any) -> Any:
    two.m.grad = None
    (two.m * x).sum().backward()
    with tg.no_grad():
        two.m.sub_(two.m.grad * 0.5)
    return two.m.grad * 3.0


@pytest.mark.parametrize(
    "step",
    [
        lambda two, x: (lambda y: [y + 1.0, y])(x * 2.0),
        lambda two, x: (lambda y: [y.T, y + 1.0])(x * 2.0),
        lambda two, x: (lambda y: [y + 1.0, y[0]])(x * 2.0),
        lambda two, x: (lambda y: [(y + 1.0) * y.T[3]])(x * 2.0),
        lambda two, x: [(lambda y: y + y.T)(x * 2.0)],
        lambda two, x: [(lambda y: y * y)(x * 2.0) - x],
        lambda two, x: [(lambda y: x - y)(x * 2.0).T * x],
        lambda two, x: [(lambda y: y.T * 2.0 + x)(x * 2.0)],
        lambda two, x: [(x[0] * 2.0).expand(128, 128) + 1.0],
        lambda two, x: [(x.sum(0, keepdim=True) * 2.0).expand(128, 128) * x],
        lambda two, x: [(x * 2.0).T + x, ((x * 2.0).T + x).reshape(16384).cumsum(0)],
        lambda two, x: [(x * 2.0) > 1.0, ((x > 0.0) & (x < 1.0)) | (x > 2.0)],
        lambda two, x: [x.reshape(16384) * 2.0, x + 1.0],
        lambda two, x: [given_away(two, x)],
        lambda two, x: [kept_as_a_gradient(two, x)],
    ],
)
def test_what_somebody_still_has_is_not_written_over(step: Any) -> None:
    runs = []
    for wrap in (lambda step: step, tg.jit.trace):
        two, x = SimpleNamespace(m=square(1).requires_grad_()), square()
        run = wrap(lambda x, two=two: step(two, x))
        runs.append([[t.detach().numpy().tobytes() for t in (*run(x), two.m)] for _ in range(4)])
    assert runs[0] == runs[1]


LARGE = [(1000, 300), (3, 100_000), (1, 400_000), (300_000,)]


@pytest.mark.parametrize("shape", LARGE, ids=str)
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "in another order"])
def test_a_large_parameter_moves_as_a_small_one_traced_or_not(
    shape: tuple[int, ...], backwards: bool
) -> None:
    rng = np.random.default_rng(0)
    begin, d = (rng.normal(size=shape).astype(np.float32) for _ in range(2))
    if backwards:
        begin, d = np.asfortranarray(begin), np.asfortranarray(d)[::-1]

    def moved(wrap: Any) -> np.ndarray:
        w = tg.from_numpy(begin.copy(order="K")).requires_grad_()
        optimizer = optim.SGD([w], lr=0.1)

        def step(x: Any) -> Any:
            optimizer.zero_grad()
            (w * x).sum().backward()
            optimizer.step()
            return w.detach()

        train = wrap(step)
        for _ in range(3):
            train(tg.from_numpy(d))
        return w.detach().numpy()

    expected = begin
    for _ in range(3):
        expected = expected - d * 0.1
    assert np.array_equal(moved(tg.jit.trace), expected)
    assert np.array_equal(moved(lambda step: step), expected)


def test_a_step_of_sgd_takes_no_memory_of_a_parameters_size() -> None:
    w = tg.zeros(1000, 1000, requires_grad=True)
    w.grad = tg.ones(1000, 1000)
    optimizer = optim.SGD([w], lr=0.1)
    step = tg.jit.trace(lambda: optimizer.step())
    for _ in range(3):
        step()
    for take in (optimizer.step, step):
        tracemalloc.start()
        take()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < w.nbytes / 10
    assert "descend(p0, g0, r0)" in step.code
