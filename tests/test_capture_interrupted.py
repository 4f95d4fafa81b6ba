"""Ctrl-C on any line of a capture leaves nothing behind, and is a KeyboardInterrupt."""

from __future__ import annotations

import os
import random
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from captured_steps import Run, batch, capture
from sampled import ordinarily
from side_by_side import Place, on_device

import tinygrad_lr as tg
from tinygrad_lr import effects
from tinygrad_lr.capture import noting
from tinygrad_lr.graph import Node, Value

device = pytest.fixture(scope="module", autouse=True)(on_device)

BEGIN_AND_END = {
    "noting.py": {"noted", "_begin", "_end", "check"},
    "generators.py": {"tell", "tell_no_more"},
    "step.py": {"__call__"},
    "trace.py": {"__init__", "capture", "_trace"},
    "graph.py": {"capture", "_capture", "_leave"},
}


def begins_or_ends(code: Any) -> bool:
    return code.co_name in BEGIN_AND_END.get(Path(code.co_filename).name, ())


def captures(code: Any) -> bool:
    return Path(code.co_filename).parent.name in ("capture", "jit")


def interrupted(action: Any, at: int, where: Any = begins_or_ends) -> bool:
    """Do `action` with a Ctrl-C at the line number `at` of those that begin and end a capture.

    Before a line only: that is where Python looks for one. It does not while an exception goes by,
    nor between the end of a function and its caller; to raise it there shows what cannot happen: an
    error that stays in flight, a generator that swallows it while it is being closed.
    """
    lines = 0

    def in_a_function(frame: Any, event: str, arg: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        if lines == at and event == "line":
            raise KeyboardInterrupt
        return in_a_function

    def calls(frame: Any, event: str, arg: Any) -> Any:
        return in_a_function if where(frame.f_code) else None

    before = sys.gettrace()  # coverage's, perhaps
    sys.settrace(calls)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def surroundings():
    """What belongs to the whole process, or thread, and is no business of a captured step's."""
    return {
        "NumPy's errors": (np.geterr(), np.geterrcall()),
        "an error in flight": sys.exc_info(),
        "traces": (sys.gettrace(), threading.gettrace(), sys.getprofile(), threading.getprofile()),
        "threads": threading.enumerate(),
        "recording": tg.is_grad_enabled(),
        "values": (Value.wanted, Value._grad, "array" in vars(Value)),
        "nodes": Node.pull_back,
        "listener": effects.listener,
        "the system's numbers": (os.urandom, random._urandom, random.Random.seed),
        "turn": dict(noting._turn),
        "captures": noting.capturing(),
    }


@pytest.mark.parametrize("first", ordinarily(0, of=range(4)))
def test_nothing_is_left_behind_by_ctrl_c_wherever_it_comes(first):
    before, at = surroundings(), first
    assert before["values"] == (False, None, False)
    assert (before["listener"], before["turn"]) == (None, {})
    x, y = batch()
    while True:
        at += 4
        run, eager = Run(), Run()
        captured = capture(run.step)
        captured(x, y), eager.step(x, y)
        if not interrupted(lambda captured=captured: captured(x, y), at):
            break
        assert surroundings() == before, at
        for one in (run, eager):  # it may have been done or not, but entirely
            for p in one.model.parameters():
                p.grad = None
        run.model.load_state_dict(eager.model.state_dict())
        assert run.step(x, y).item() == eager.step(x, y).item()
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    assert at > 40
    assert surroundings() == before


@pytest.mark.parametrize("first", ordinarily(1, of=range(1, 157, 13)))
def test_ctrl_c_is_a_keyboard_interrupt_on_every_line_of_a_capture(first):
    before = surroundings()
    x, y = batch()
    for at in range(first, 100_000, 157):  # some of the thousands of lines, in all parts
        run, eager = Run(), Run()
        captured = capture(run.step)
        captured(x, y), eager.step(x, y)
        if not interrupted(lambda captured=captured: captured(x, y), at, where=captures):
            break
        assert surroundings() == before, at
        run.model.load_state_dict(eager.model.state_dict())  # the call may have been done or not
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    assert Place.name == "gpu" or at > 1000
