"""The contract of captured steps: other threads are left alone, and what they do is never frozen.

A thread that disturbs a capture makes it be tried again; work that a step gives to another thread
is refused; many threads may call one captured step.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from captured_steps import capture
from contract import Things, check, is_clean, tensor, x_of
from side_by_side import on_device

import tinygrad_lr as tg
from tinygrad_lr.capture import noting
from tinygrad_lr.jit import CaptureError

device = pytest.fixture(scope="module", autouse=True)(on_device)
pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_capture_that_another_thread_disturbs_is_tried_again() -> None:
    runs, end = [], threading.Event()

    def step(x: Any) -> Any:
        runs.append(1)
        if len(runs) == 2:
            drawing = threading.Thread(target=np.random.rand)
            drawing.start()
            drawing.join()
        return x * 2.0

    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        captured = capture(step)
        for i in range(4):
            assert captured(x_of(i)).tolist() == (x_of(i) * 2.0).tolist()
    finally:
        end.set()
        thread.join()
    assert len(runs) == 3


POOL = ThreadPoolExecutor(1)
POOL.submit(int).result()  # so that its thread is there before any step


def in_a_thread(work: Callable[[], Any]) -> Any:
    def target() -> None:
        with contextlib.suppress(CaptureError):
            work()

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()


def in_a_pool(work: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def in_an_old_pool(work: Callable[[], Any]) -> Any:
    return POOL.submit(work).result()


@pytest.mark.parametrize("where", [in_a_thread, in_a_pool, in_an_old_pool])
@pytest.mark.parametrize("what", ["argument", "parameter used by both"])
def test_work_in_another_thread_is_refused(where: Any, what: str) -> None:
    def step(s: Things, x: Any) -> Any:
        where(lambda: (x if what == "argument" else s.u) * 2.0)
        return x + s.u

    check(step, refused=True)


ELSEWHERE = {
    "write": lambda s: s.u.mul_(0.5),
    "a value": lambda s: s.u.add_(1.0).sum().item(),
    "step": lambda s: s.optimizer.step(),
    "a random number": lambda s: tg.randn(1).item(),
    "a new Tensor": lambda s: s.m * 2.0,
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_what_a_thread_of_before_does_for_the_step_is_not_frozen(what: str) -> None:
    def step(s: Things, x: Any) -> Any:
        found = in_an_old_pool(lambda: ELSEWHERE[what](s))
        return x * found if isinstance(found, float) or what == "a new Tensor" else x * 2.0

    check(step, lambda s, i: (s.m[0] + float(i),), start_gradient, refused=None)


def test_a_thread_that_begins_before_the_step_waits_for_it_is_no_stranger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it writes is nothing that the step uses: only that the step will wait tells of it."""
    other, begun, main = tensor([1.0, 1.0]), [], threading.get_ident()

    def a_moment(seconds: float) -> None:
        """However long the other thread waits for a processor."""
        end = time.monotonic() + 60.0
        while not noting._is_waiting(main) and time.monotonic() < end:
            pass

    monkeypatch.setattr(noting, "time", SimpleNamespace(sleep=a_moment))

    def work() -> None:
        begun.append(1)
        other.mul_(0.5)

    def step(x: Any) -> Any:
        begun.clear()
        working = POOL.submit(work)
        while not begun:
            pass
        working.result()
        return x * 2.0

    captured = capture(step)
    captured(x_of(0))  # the first call is the step itself
    with pytest.raises(CaptureError, match="all its work in the thread that calls it"):
        captured(x_of(1))
    assert other.tolist() == [0.5, 0.5]


def start_gradient(s: Things, i: int) -> None:
    if not i:
        s.w.grad = tensor([1.0, 1.0, 1.0])


def test_threads_that_come_and_go_elsewhere_are_left_alone() -> None:
    stop, errors = threading.Event(), []
    shared = tensor([1.0, 2.0])

    def compute() -> None:
        try:
            (shared * 2.0).sum()
        except CaptureError as error:
            errors.append(error)

    def come_and_go() -> None:
        while not stop.is_set():
            thread = threading.Thread(target=compute)
            thread.start()
            thread.join()

    other = threading.Thread(target=come_and_go)
    other.start()
    for _ in range(50):
        captured = capture(lambda x: x * 2.0)
        for i in range(2):
            with contextlib.suppress(CaptureError):
                captured(x_of(i))
    stop.set()
    other.join()
    assert not errors


def test_many_threads_call_one_captured_step() -> None:
    u = tensor([1.0, 2.0, 3.0])
    captured, wrong = capture(lambda x: x * u), []

    def call(k: int) -> None:
        for _ in range(50):
            if captured(x_of(k)).tolist() != (x_of(k) * u).tolist():
                wrong.append(k)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(4)))
    assert not wrong
    assert is_clean()
