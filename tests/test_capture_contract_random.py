"""The contract of captured steps: no random number is frozen, whoever draws it.

Ours, NumPy's, Python's, the system's, from a generator held anywhere: the step is refused. One that
it seeds itself gives the same each time.
"""

from __future__ import annotations

import os
import random
import secrets
import threading
import types
import uuid
from typing import Any

import numpy as np
import pytest
from captured_steps import capture
from contract import check, is_clean, x_of
from side_by_side import Place, on_device

import tinygrad_lr as tg
from tinygrad_lr.jit import CaptureError

device = pytest.fixture(scope="module", autouse=True)(on_device)
pytestmark = pytest.mark.filterwarnings("ignore")


def beside_nothing() -> Any:
    def step(x: Any) -> Any:
        return x * drawn.random() if x is not None else absent

    drawn = np.random.default_rng(7)
    if not drawn:
        absent = None
    return step


DRAWS = {
    "random": lambda x: x * random.random(),
    "np.random": lambda x: x * np.random.rand(),
    "ours": lambda x: x + tg.randn(3, device=Place.name),
    "seeded": lambda x: (tg.manual_seed(0), x * 2.0)[1],
    "a generator of NumPy's": lambda x: x * RNG.random(),
    "a generator of Python's": lambda x: x * RANDOM.random(),
    "of a class": lambda x: x * Holder.rng.random(),
    "of an object's object": lambda x: x * HOLDER.holder.holder.holder.rng.random(),
    "in a slot": lambda x: x * SLOT.rng.random(),
    "of a module": lambda x: x * settings.rng.random(),
    "a method of a generator": lambda x: x * DRAW(),
    "bits of a generator": lambda x: x * float(RNG.bit_generator.random_raw() % 100),
    "shuffled": lambda x: (random.shuffle(LIST), x * LIST[0])[1],
    "permuted": lambda x: x * float(np.random.permutation(5)[0]),
    "a generator that it makes": lambda x: x * np.random.default_rng().random(),
    "an old one that it makes": lambda x: x * np.random.RandomState().rand(),
    "one of Python's that it makes": lambda x: x * random.Random().random(),
    "within a function": lambda x: (lambda: x * np.random.Generator(np.random.PCG64()).random())(),
    "of the system": lambda x: x * random.SystemRandom().random(),
    "secrets": lambda x: x * float(secrets.randbelow(100)),
    "uuid": lambda x: x * float(uuid.uuid4().int % 100),
    "bytes": lambda x: x * float(os.urandom(1)[0]),
    "of an object's class": lambda x: x * KIND.rng.random(),
    "beside a name without a value": beside_nothing(),
    "random, where nobody sees it": lambda x: x * eval("__import__('random').random()"),
    "np.random, where nobody sees it": lambda x: x * eval("__import__('numpy').random.rand()"),
}


@pytest.mark.parametrize(
    "draw",
    [
        lambda: np.random.default_rng(3).random(),
        lambda: random.Random(3).random(),
        lambda: random.Random("text").random(),
    ],
)
def test_a_generator_that_the_step_seeds_gives_the_same_each_time(draw: Any) -> None:
    """(A RandomState is refused all the same: it draws a seed before it looks at its own.)"""
    check(lambda s, x: x * draw())


def test_another_thread_may_draw_from_the_system() -> None:
    stop = threading.Event()

    def draw() -> None:
        while not stop.is_set():
            os.urandom(1), np.random.default_rng(), random.Random()

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        for _ in range(20):
            captured = capture(lambda x: x * 2.0)
            for i in range(3):
                assert captured(x_of(i)).tolist() == (x_of(i) * 2.0).tolist()
    finally:
        stop.set()
        thread.join()
    assert is_clean()


class Holder:
    rng = np.random.default_rng(1)

    def __init__(self, depth: int) -> None:
        if depth:
            self.holder = Holder(depth - 1)
        else:
            self.rng = np.random.default_rng(2)


class Kind:
    rng = np.random.default_rng(6)


class Slot:
    __slots__ = ("rng",)


HOLDER, SLOT, KIND, settings = Holder(3), Slot(), Kind(), types.ModuleType("settings")
SLOT.rng, settings.rng = np.random.RandomState(3), random.Random(4)
RNG, RANDOM = np.random.default_rng(0), random.Random(0)
DRAW, LIST = random.Random(5).random, [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize("which", DRAWS)
def test_a_step_that_draws_random_numbers_is_refused(which: str) -> None:
    captured = capture(DRAWS[which])
    captured(x_of(0))
    with pytest.raises(CaptureError):
        captured(x_of(0))
    assert is_clean()
