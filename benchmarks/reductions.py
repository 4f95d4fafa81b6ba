"""Sum and variance of tall arrays: how accurate, and in what time, beside PyTorch's.

Half of the columns hold 0.1 everywhere, whose sum one after another goes wrong soonest; the others
are random. The error is the largest of the columns', relative to a sum with more bits.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np

import tinygrad_lr as tg
from benchmarks import timing
from benchmarks.report import Options, Section
from tinygrad_lr.device import library

ROWS, COLUMNS = (100, 60_000, 10_000_000), 10  # of the most rows in float32 only
DTYPES = ("float16", "float32", "float64")
OURS, TORCH, PLAIN = "tinygrad_lr", "PyTorch", "NumPy"


def benchmark(options: Options) -> Section:
    """Along axis 0, which adds up rows, and along axis 1, which adds up the few of each row."""
    torch = options.reference.torch if options.reference else None
    rows: list[list[str]] = []
    ratios: list[float] = []
    for count in ROWS[: 2 if options.quick else 3]:
        for dtype in DTYPES if count < 1_000_000 else ("float32",):
            array = _numbers(count, dtype)
            for name, axis in [(n, i) for n in ("sum", "var") for i in (0, 1)]:
                contestants = _contestants(array, name, axis, options.device, torch)
                exact = _exact(array, name, axis)
                errors = {who: _error(call(), exact) for who, call in contestants.items()}
                times = timing.race(
                    contestants,
                    steps=max(1, min(500, 2_000_000 // array.size)),
                    rounds=options.times(5, quick=3, gpu=3) if count < 1_000_000 else 1,
                    wait=timing.waiter(options.device),
                )
                others = [who for who in (TORCH, PLAIN) if who in times]
                rows.append(
                    [
                        f"{name}, {count:,} x {COLUMNS}, {dtype}, axis {axis}",
                        *(f"{timing.ratio(times, OURS, who):.2f}" for who in others),
                        *(f"{error:.0e}" if error < 1 else "-" for error in errors.values()),
                    ]
                )
                if dtype == "float32":
                    ratios.append(timing.ratio(times, OURS, PLAIN))
    too_large = ["-: the sum is too large for float16"] * any("-" in row for row in rows)
    return Section(
        "Sums and variances of tall arrays",
        ["", *(f"time / {who}" for who in others), *(f"error {who}" for who in errors)],
        rows,
        [*too_large, _in_words(ratios)],
    )


def _in_words(ratios: list[float]) -> str:
    return (
        f"float32: between {min(ratios):.2f} and {max(ratios):.2f} times as long as NumPy, in the "
        f"middle {median(ratios):.2f}; the shortest are dominated by what one call costs"
    )


def _numbers(rows: int, dtype: str) -> np.ndarray:
    array = np.full((rows, COLUMNS), 0.1, dtype)
    array[:, ::2] = np.random.default_rng(0).random((rows, COLUMNS // 2), np.float32)
    return array


def _contestants(
    array: np.ndarray, name: str, axis: int, device: str, torch: Any
) -> dict[str, Callable[[], Any]]:
    """Functions that give the reduction `name` of `array`, each made a Tensor before."""
    x = tg.from_numpy(array).to(device)
    options = {"ddof": 1} if name == "var" else {}
    contestants = {OURS: getattr(x, name), PLAIN: getattr(library(device).asarray(array), name)}
    contestants = {who: partial(call, axis) for who, call in contestants.items()}
    contestants[PLAIN] = partial(contestants[PLAIN], **options)
    if torch is not None:
        t = torch.from_numpy(array).to({"gpu": "cuda"}.get(device, device))
        contestants[TORCH] = partial(getattr(t, name), axis)
    return contestants


def _exact(array: np.ndarray, name: str, axis: int) -> np.ndarray:
    """The same with more bits, by rows in blocks of a hundred at most."""
    wide = np.longdouble if array.dtype == np.float64 else np.float64
    options = {"ddof": 1} if name == "var" else {}
    exact: np.ndarray = getattr(array, name)(axis, dtype=wide, **options)
    return exact


def _error(got: Any, exact: np.ndarray) -> float:
    """The largest error of `got`, an array or a Tensor, relative to the largest number."""
    values = np.asarray(got.get() if hasattr(got, "get") else got.tolist(), exact.dtype)
    return float(np.abs(values - exact).max() / np.abs(exact).max())
