"""One line of code, run with PyTorch and with tinygrad_lr: what tables of lines are tested by.

In a line ``T`` is the library, ``np`` NumPy, ``x`` a float64 tensor of the shape that the line
stands under, and the other names what `names` makes; values, dtypes and gradients must agree.
"""

from __future__ import annotations

from typing import Any

import numpy
import pytest
import torch

import tinygrad_lr

REDUCTIONS = ["sum", "mean", "amax", "amin", "var", "std", "logsumexp"]


def names(library: Any, shape: tuple[int, ...]) -> dict[str, Any]:
    """What a line of code may use."""
    rng = numpy.random.default_rng(len(shape))
    size = int(numpy.prod(shape))
    x = rng.permutation(numpy.arange(size) * 0.3 + 0.2).reshape(shape)
    x[x > 2.0] *= -0.4
    arrays = {
        "x": x,
        "z": rng.uniform(0.5, 2.0, shape),
        "m": x > 0.0,
        "n": numpy.arange(size).reshape(shape),
        "i": numpy.array([1, 0, 1, -1]),
        "k": numpy.array([[0, 1], [1, 0]]),
        "rows": numpy.array([True, False, True, True][: shape[0] if shape else 0]),
    }
    made = {name: library.from_numpy(numpy.asarray(a)) for name, a in arrays.items()}
    made["x"].requires_grad_()
    made["z"].requires_grad_()
    return {"T": library, "np": numpy, **made}


def run(code: str, library: Any, shape: tuple[int, ...]) -> tuple[list[Any], list[Any]]:
    """The tensors that a line gives, and the gradients of x and z through all of them."""
    scope = names(library, shape)
    result = eval(code, scope)
    results = list(result) if isinstance(result, (tuple, list)) else [result]
    arrays = [as_array(r) for r in results]
    total = 0.0
    for r in results:
        if getattr(r, "requires_grad", False):
            weights = numpy.cos(numpy.arange(float(r.numel()))).reshape(tuple(r.shape))
            total = total + (r * library.from_numpy(weights)).sum()
    if isinstance(total, float):
        return arrays, [None, None]
    total.backward()
    return arrays, [None if scope[v].grad is None else as_array(scope[v].grad) for v in "xz"]


def as_array(value: Any) -> Any:
    return numpy.asarray(value.detach().numpy() if hasattr(value, "detach") else value)


def agree(code: str, shape: tuple[int, ...]) -> None:
    values, gradients = run(code, tinygrad_lr, shape)
    expected, expected_gradients = run(code, torch, shape)
    assert len(values) == len(expected)
    for mine, other in zip(values, expected):
        assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
        close = {"rtol": 1e-6} if mine.dtype == "float32" else {"rtol": 1e-12, "atol": 1e-12}
        numpy.testing.assert_allclose(mine, other, **close)
    for mine, other in zip(gradients, expected_gradients):
        assert (mine is None) == (other is None)
        if mine is not None:
            numpy.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


def lines(table: dict[tuple[int, ...], list[Any]]) -> Any:
    """Each line with its shape, as parameters of a test; a line may come with a mark."""
    marked = [
        (line, shape, ()) if isinstance(line, str) else (line[0], shape, line[1])
        for shape, codes in table.items()
        for line in codes
    ]
    cases = [
        pytest.param(code, shape, id=f"{shape} {code}", marks=marks)
        for code, shape, marks in marked
    ]
    return pytest.mark.parametrize(("code", "shape"), cases)
