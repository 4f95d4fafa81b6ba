"""Everyday operations on 8 x 6 numbers: what a call costs, where computing costs nothing.

Each is written once, and run by tinygrad_lr and by PyTorch. First what they give is compared, and
the gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

import tinygrad_lr as tg
from benchmarks import timing
from benchmarks.report import Options, Section

OURS, TORCH = "tinygrad_lr", "PyTorch"
FORWARD, BOTH = "forward", "forward and backward"
STEPS = 200
TOLERANCE = 1e-4

# Of a library T, its functional F, and Tensors x.
Expression: TypeAlias = Callable[[Any, Any, Any], Any]
EXPRESSIONS: dict[str, Expression] = {
    "zeros(3, 4)": lambda T, F, x: T.zeros(3, 4),
    "arange(5)": lambda T, F, x: T.arange(5),
    "tensor([1.0, 2.0])": lambda T, F, x: T.tensor([1.0, 2.0]),
    "a + b": lambda T, F, x: x.a + x.b,
    "a + row": lambda T, F, x: x.a + x.row,
    "a * 2.0": lambda T, F, x: x.a * 2.0,
    "a / b": lambda T, F, x: x.a / x.b,
    "a ** 2": lambda T, F, x: x.a**2,
    "a > b": lambda T, F, x: x.a > x.b,
    "a @ m": lambda T, F, x: x.a @ x.m,
    "a.exp()": lambda T, F, x: x.a.exp(),
    "a.sigmoid()": lambda T, F, x: x.a.sigmoid(),
    "a.relu()": lambda T, F, x: x.a.relu(),
    "a.clamp(0.6, 1.0)": lambda T, F, x: x.a.clamp(0.6, 1.0),
    "where(mask, a, b)": lambda T, F, x: T.where(x.mask, x.a, x.b),
    "maximum(a, b)": lambda T, F, x: T.maximum(x.a, x.b),
    "a.sum()": lambda T, F, x: x.a.sum(),
    "a.mean(1)": lambda T, F, x: x.a.mean(1),
    "a.max(1).values": lambda T, F, x: x.a.max(1).values,
    "a.argmax(1)": lambda T, F, x: x.a.argmax(1),
    "a.std(0)": lambda T, F, x: x.a.std(0),
    "a.cumsum(0)": lambda T, F, x: x.a.cumsum(0),
    "a[2]": lambda T, F, x: x.a[2],
    "a[:, 1:3]": lambda T, F, x: x.a[:, 1:3],
    "a[rows]": lambda T, F, x: x.a[x.rows],
    "a[mask]": lambda T, F, x: x.a[x.mask],
    "a.gather(1, places)": lambda T, F, x: x.a.gather(1, x.places),
    "a.view(4, 12)": lambda T, F, x: x.a.view(4, 12),
    "a.T": lambda T, F, x: x.a.T,
    "a.unsqueeze(0)": lambda T, F, x: x.a.unsqueeze(0),
    "cat([a, b])": lambda T, F, x: T.cat([x.a, x.b]),
    "stack([a, b])": lambda T, F, x: T.stack([x.a, x.b]),
    "einsum('ij,jk->ik', a, m)": lambda T, F, x: T.einsum("ij,jk->ik", x.a, x.m),
    "linear(a, w, bias)": lambda T, F, x: F.linear(x.a, x.w, x.bias),
    "softmax(a, 1)": lambda T, F, x: F.softmax(x.a, 1),
    "gelu(a)": lambda T, F, x: F.gelu(x.a),
    "layer_norm(a, (6,))": lambda T, F, x: F.layer_norm(x.a, (6,)),
    "embedding(rows, a)": lambda T, F, x: F.embedding(x.rows, x.a),
    "cross_entropy(a, labels)": lambda T, F, x: F.cross_entropy(x.a, x.labels),
    "mse_loss(a, b)": lambda T, F, x: F.mse_loss(x.a, x.b),
}


def benchmark(options: Options) -> Section:
    libraries: dict[str, tuple[Any, ...]] = {OURS: (tg, tg.nn.functional, _tensors(tg))}
    if options.reference is not None:
        torch: Any = options.reference.torch
        libraries[TORCH] = torch, torch.nn.functional, _tensors(torch)
    rows: list[list[str]] = []
    ratios: dict[str, list[float]] = {FORWARD: [], BOTH: []}
    for text, expression in EXPRESSIONS.items():
        calls = {name: partial(expression, *library) for name, library in libraries.items()}
        _check_same(text, libraries, calls)
        rows.append([text])
        for what, found in ratios.items():
            steps = {name: _step(call, what) for name, call in calls.items()}
            if None in steps.values():
                rows[-1] += ["-"] * len(libraries)
                continue
            times = timing.race(steps, STEPS, options.times(5, quick=1))  # type: ignore[arg-type]
            if TORCH in times:
                found.append(timing.ratio(times, OURS, TORCH))
                rows[-1].append(f"{found[-1]:.2f}")
            rows[-1].append(f"{median(times[OURS]) * 1e6:.1f}")
    beside = [f"x {TORCH}"] * (TORCH in libraries)
    return Section(
        "Everyday operations on 8 x 6 numbers: what a call costs",
        ["", *beside, f"us {FORWARD}", *beside, f"us {BOTH}"],
        rows,
        [_in_words(what, found) for what, found in ratios.items() if found],
    )


def _tensors(library: Any) -> SimpleNamespace:
    """What the expressions take; what holds floats requires grad."""
    rng = np.random.default_rng(0)
    shapes = {"a": (8, 6), "b": (8, 6), "row": (6,), "m": (6, 7), "w": (5, 6), "bias": (5,)}
    arrays = {name: rng.random(shape, np.float32) + 0.5 for name, shape in shapes.items()}
    integers = {"rows": [1, 2, 3], "labels": [0, 5, 2, 1, 0, 4, 3, 5], "places": [[0, 3]] * 8}
    x = {name: library.from_numpy(array).requires_grad_() for name, array in arrays.items()}
    x |= {name: library.tensor(values) for name, values in integers.items()}
    return SimpleNamespace(**x, mask=x["a"].detach() > 1.0)


def _step(call: Callable[[], Any], what: str) -> Callable[[], Any] | None:
    """`call`, forward only or with the way back; None where there is none."""
    y = call()
    if what == FORWARD:
        return call
    if not y.requires_grad:
        return None
    ones = y.detach() * 0.0 + 1.0
    return lambda: call().backward(ones)


def _check_same(
    text: str, libraries: Mapping[str, tuple[Any, ...]], calls: Mapping[str, Callable[[], Any]]
) -> None:
    """Raise SystemExit unless all give the same, and find the same gradient for `a`."""
    found: list[list[np.ndarray]] = []
    for name, call in calls.items():
        y, x = call(), libraries[name][2]
        found.append([np.array(y.tolist(), np.float64)])
        if y.requires_grad:
            x.a.grad = None
            (y * y * y).sum().backward()
            found[-1].append(np.array(x.a.grad.tolist()))
    for expected, *others in zip(*found, strict=True):
        for got in others:
            if got.shape != expected.shape or not np.allclose(got, expected, TOLERANCE, TOLERANCE):
                raise SystemExit(f"Everyday operations: {text} is another in {TORCH}: not timed")


def _in_words(what: str, ratios: list[float]) -> str:
    less = sum(ratio < 1 for ratio in ratios)
    return (
        f"{what}: between {min(ratios):.2f} and {max(ratios):.2f} times as long as {TORCH}, in the "
        f"middle {median(ratios):.2f}; {less} of {len(ratios)} take less time"
    )
