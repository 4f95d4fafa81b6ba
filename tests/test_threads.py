"""Several threads at once: no write goes unnoticed, no gradient is lost, no child process hangs."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

import tinygrad_lr as tl
from tinygrad_lr import versions


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(*functions: Callable[[], object]) -> None:
    errors: list[BaseException] = []
    ready = threading.Barrier(len(functions))

    def run(function: Callable[[], object]) -> None:
        try:
            ready.wait()
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


# --------------------------------------------------------------------------------------- the clock


@pytest.mark.parametrize("same", [False, True], ids=["elsewhere", "to the same tensor"])
def test_who_took_a_tick_early_and_comes_late_does_not_hide_a_write(
    same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread is stopped in the midst of noting a write; another computes and writes."""
    x = tl.ones(3, requires_grad=True)
    h, other = x * 2.0, tl.ones(3)
    results = []

    def tick_and_wait() -> int:
        now = tick()
        monkeypatch.setattr(versions, "tick", tick)
        results.append(h * h)  # the other thread's turn
        h.detach().zero_()
        return now

    tick = versions.tick
    monkeypatch.setattr(versions, "tick", tick_and_wait)
    (h.detach() if same else other).add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation since: zero_"):
        results[0].sum().backward()


def test_writes_of_many_threads_are_all_noticed(eager_threads: None) -> None:
    unnoticed = []

    def compute_and_spoil() -> None:
        for _ in range(300):
            x = tl.ones(2, requires_grad=True)
            h = x * 2.0
            y = (h * h).sum()
            h.detach().zero_()
            try:
                y.backward()
            except RuntimeError:
                continue
            unnoticed.append(y)

    at_once(*[compute_and_spoil] * 4)
    assert unnoticed == []


# -------------------------------------------------------------------------------------- gradients


@pytest.mark.parametrize("size", [1, 100_000])
@pytest.mark.parametrize("kind", ["a leaf", "a result", "inputs", "recorded"])
def test_backward_from_several_threads_loses_no_gradient(
    eager_threads: None, size: int, kind: str
) -> None:
    for _ in range(5 if size > 1000 else 60):
        x = tl.zeros(size, requires_grad=True)
        shown = x
        if kind == "a result":
            shown = x + 0.0
            shown.retain_grad()

        def back(shown: tl.Tensor = shown) -> None:
            y = (shown * 2.0).sum()
            if kind == "inputs":
                y.backward(inputs=[shown])
            else:
                y.backward(create_graph=kind == "recorded")

        at_once(*[back] * 4)
        assert shown.grad is not None
        assert (shown.grad.array == 8.0).all()
        x.grad = None  # a recorded one is a cycle


# ---------------------------------------------------------------------------------- child processes


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.parametrize(
    "meanwhile",
    ["tl.jit.trace(wait)(); traced(); traced()", "with versions.delivery: wait()"],
    ids=["captures", "delivers gradients"],
)
def test_a_child_forked_while_another_thread_does_something_does_not_hang(meanwhile: str) -> None:
    program = """
    import os, signal, sys, threading, time, warnings
    import tinygrad_lr as tl
    from tinygrad_lr import versions
    warnings.simplefilter("ignore")  # newer Pythons warn of a fork beside threads
    inside, done = threading.Event(), threading.Event()
    x = tl.ones(3)

    def wait():
        inside.set()
        done.wait()

    def step():
        y = x * 2.0
        if calls:
            wait()
        calls.append(1)
        return y

    calls = []

    def other():
        if {captures}:
            traced = tl.jit.trace(step)
            traced()
            traced()
        else:
            with versions.delivery:
                wait()

    thread = threading.Thread(target=other)
    thread.start()
    inside.wait()
    child = os.fork()
    if not child:
        signal.alarm(20)
        w = tl.ones(3, requires_grad=True)
        (w * w).sum().backward()
        mine = tl.jit.trace(lambda a: a * 3.0 + w.detach())
        results = [mine(x).tolist() for _ in range(4)]
        right = results == [[4.0] * 3] * 4 and w.grad.tolist() == [2.0] * 3
        os._exit(0 if right else 3)
    _, status = os.waitpid(child, 0)
    done.set()
    thread.join()
    print(os.waitstatus_to_exitcode(status))
    """
    text = textwrap.dedent(program).replace("{captures}", repr("trace" in meanwhile))
    run = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.stdout.strip(), run.stderr) == ("0", "")


# --------------------------------------------------------- memory shared through what is no ndarray


def windows(a: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(a, 2, writeable=True)


@pytest.mark.parametrize(
    "share",
    {
        "windows": windows,
        "windows of windows": lambda a: windows(windows(a)[0]),
        "as_strided": lambda a: np.lib.stride_tricks.as_strided(a, (2, 2), (8, 8)),
        "a part of as_strided": lambda a: np.lib.stride_tricks.as_strided(a, (2, 2), (8, 8))[0],
        "frombuffer": lambda a: np.frombuffer(a, np.float64),
        "a memoryview": lambda a: np.asarray(memoryview(a)),
        "frombuffer of a part": lambda a: np.frombuffer(memoryview(a)[1:], np.float64),
    }.items(),
    ids=lambda item: item[0],
)
@pytest.mark.parametrize("writes", ["that", "this"])
def test_a_write_is_noticed_through(share: tuple[str, Callable], writes: str) -> None:
    memory = np.arange(4.0)
    this, that = tl.from_numpy(memory), tl.from_numpy(share[1](memory))
    if writes == "this":
        this, that = that, this
    w = tl.ones(1, dtype=tl.float64, requires_grad=True)
    y = (w * this).sum()
    that.reshape(-1)[:1].add_(1.0) if that.ndim == 1 else that[0].add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation since: add_"):
        y.backward()


def test_a_write_is_noticed_through_two_arrays_on_one_bytearray() -> None:
    memory = bytearray(32)
    this, that = (tl.from_numpy(np.frombuffer(memory)) for _ in range(2))
    w = tl.ones(1, dtype=tl.float64, requires_grad=True)
    y = (w * this).sum()
    that.add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation since: add_"):
        y.backward()


def test_a_write_is_noticed_through_two_arrays_on_one_tensor_of_pytorch() -> None:
    theirs = torch.ones(4, dtype=torch.float64)
    w = tl.ones(1, dtype=tl.float64, requires_grad=True)
    array = theirs.numpy()
    this, that = tl.from_numpy(array), tl.from_numpy(array[1:])
    y = (w * this).sum()
    that.add_(1.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation since: add_"):
        y.backward()


def test_a_write_to_windows_that_overlap_is_not_recorded() -> None:
    lent = tl.from_numpy(windows(np.ones(3)))
    w = tl.tensor([2.0, 3.0], dtype=tl.float64, requires_grad=True)
    for part in (lent, lent[0]):
        with pytest.raises(RuntimeError, match=r"(?s)mul_: several elements .* are one in memory"):
            part.mul_(w)
    lent[0].mul_(w.detach())
    assert lent.tolist() == [[2.0, 3.0], [3.0, 1.0]]
    every_second = tl.from_numpy(np.ones(4)[::2])
    every_second.mul_(w)
    every_second.sum().backward()
    assert w.grad is not None
    assert w.grad.tolist() == [1.0, 1.0]
