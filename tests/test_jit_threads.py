"""jit.trace: threads that trace, run traced steps or compute beside them get their own results."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jit_steps import Two, train, wanted, xs

import tinygrad_lr as tg


def test_two_threads_trace_at_once() -> None:
    results: list[Any] = []

    def work(_: int) -> None:
        for _ in range(20):
            two, eager = Two(momentum=0.5), Two(momentum=0.5)
            traced = tg.jit.trace(lambda x, two=two: train(two, x))
            for (x,) in xs()[:4]:
                results.append(traced(x).item() == train(eager, x).item())

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert results == [True] * 240


def test_another_thread_computes_meanwhile() -> None:
    inside, done, seen = threading.Event(), threading.Event(), []

    def other() -> None:
        inside.wait(10)
        x = tg.tensor([1.0, 2.0], requires_grad=True)
        (x * x).sum().backward()
        seen.append(x.grad.tolist())
        done.set()

    def step(x: Any) -> Any:
        if calls:
            inside.set()
            done.wait(10)
        calls.append(1)
        return x + 1.0

    calls: list[int] = []
    thread = threading.Thread(target=other)
    thread.start()
    traced = tg.jit.trace(step)
    for i in range(3):
        assert traced(tg.tensor([float(i)])).tolist() == [i + 1.0]
    thread.join()
    assert seen == [[2.0, 4.0]]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no child processes of this kind on Windows")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_child_process_traces_what_another_thread_was_tracing_when_it_began() -> None:
    inside, done = threading.Event(), threading.Event()

    def step(x: Any) -> Any:
        inside.set()
        done.wait(20)
        return x + 1.0

    def traces() -> bool:
        traced, x = tg.jit.trace(lambda x: x * 2.0), tg.ones(2)
        return [traced(x).tolist() for _ in range(3)] == [[2.0, 2.0]] * 3

    other = tg.jit.trace(step)
    done.set()
    other(tg.ones(2))  # the step itself; it is traced in the next call
    done.clear(), inside.clear()
    thread = threading.Thread(target=other, args=[tg.ones(2)])
    thread.start()
    inside.wait(20)
    child = os.fork()
    if not child:
        signal.alarm(20)
        os._exit(0 if traces() else 1)
    done.set()
    thread.join()
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no child processes of this kind on Windows")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_child_process_that_a_step_makes_is_refused_and_has_changed_nothing() -> None:
    """Python gives it other random numbers."""
    w, children = tg.ones(2), [0]

    def step(x: Any) -> Any:
        children.append(os.fork() if len(children) == 2 else children[0])
        w.mul_(2.0)
        return x * w

    traced, x = tg.jit.trace(step), tg.ones(2)
    traced(x)
    try:
        found = traced(x).tolist()
    except tg.jit.CaptureError:
        os._exit(0 if w.tolist() == [2.0, 2.0] else 1)
    assert os.waitpid(children[2], 0)[1] == 0
    assert found == [4.0, 4.0]


def test_threads_with_and_without_recording_run_each_their_own_program() -> None:
    w = wanted(1.0, 2.0)
    wrong: list[Any] = []

    @tg.jit.trace
    def step(x: Any) -> Any:
        return x * (2.0 if tg.is_grad_enabled() else 3.0)

    def run(recording: bool) -> None:
        with tg.set_grad_enabled(recording):
            for _ in range(3000):
                if step(w.detach()).tolist() != ([2.0, 4.0] if recording else [3.0, 6.0]):
                    wrong.append(recording)

    run(True), run(False)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, (True, False)))
    finally:
        sys.setswitchinterval(usual)
    assert wrong == []
