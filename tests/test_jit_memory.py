"""jit.trace: the tracing run, a program, an old program: none keeps memory it does not need."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from typing import Any

from jit_steps import Two, numbers, train, wanted, xs

import tinygrad_lr as tg
from tinygrad_lr import optim


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
