"""Fair timing: the contestants take turns, and are compared within a round."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median, quantiles
from typing import TypeVar

from tinygrad_lr.device import library

Times = dict[str, list[float]]  # of each contestant its seconds a step, one number per round
Name = TypeVar("Name")  # of a contestant
Turn = Callable[[int], float]  # does so many steps, and returns the seconds that they took


def race(
    contestants: Mapping[str, Callable[[], object]],
    steps: int,
    rounds: int,
    parts: int = 1,
    wait: Callable[[], None] = lambda: None,
) -> Times:
    """Seconds a step of each contestant, one number per round.

    A contestant is a function that does one step. `wait` returns when what was started is done,
    which on a GPU is later than when the calls return.
    """
    turns = {name: partial(turn, step, wait=wait) for name, step in contestants.items()}
    return take_turns(turns, steps, rounds, parts)


def take_turns(
    turns: Mapping[Name, Turn], steps: int, rounds: int, parts: int = 1
) -> dict[Name, list[float]]:
    """The same, of contestants that time themselves.

    In a round each does `steps` steps, in `parts` turns, and the turns go round the contestants:
    whatever else slows the machine for a moment slows them all, and dividing one contestant's round
    by another's cancels it.
    """
    names = list(turns)
    times: dict[Name, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        spent = dict.fromkeys(names, 0.0)
        for part in range(parts):
            shift = (number + part) % len(names)  # nobody is always the one after PyTorch
            for name in names[shift:] + names[:shift]:
                spent[name] += turns[name](steps // parts)
        for name in names:
            times[name].append(spent[name] / (steps // parts * parts))
    return times


def turn(step: Callable[[], object], steps: int, wait: Callable[[], None] = lambda: None) -> float:
    """Seconds that `steps` calls of `step` take, once everything is warm."""
    # The worker threads of OpenBLAS and of PyTorch spin for some milliseconds after their last job.
    # Let them go to sleep, so that nobody pays for the one before, and wake this one's own.
    time.sleep(0.03)
    for _ in range(min(3, steps)):
        step()
    wait()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    wait()
    return time.perf_counter() - start


def waiter(device: str) -> Callable[[], None]:
    """What waits for all work on `device`, PyTorch's included: that of the CPU is done already."""
    return (lambda: None) if device == "cpu" else library(device).cuda.Device().synchronize


def ratio(times: Times, name: str, base: str) -> float:
    """The median over the rounds of `name`'s time divided by `base`'s in the same round."""
    return median(ratios(times, name, base))


def ratios(times: Times, name: str, base: str) -> list[float]:
    """`name`'s time divided by `base`'s, round by round."""
    return [a / b for a, b in zip(times[name], times[base], strict=True)]


def middle_half(values: list[float]) -> tuple[float, float]:
    """Where the middle half of `values` lies: how far their median can be trusted."""
    low, _, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return low, high
