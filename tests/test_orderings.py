"""Reductions, scans and what goes by the order of elements: what is printed, ties, zeros and nan.

The same lines run in both frameworks. (Values and gradients at large are checked by test_ops.py,
and by PyTorch's own samples in test_operator_samples.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import pytest
import torch

import tinygrad_lr

NAN = float("nan")
ROWS = [[1.0, 2.0, 2.0], [5.0, 3.0, 5.0]]
Line = Callable[[Any, Any], Any]  # of a framework, and of ROWS in it

# ------------------------------------------------------------------------------- what is printed

PRINTED: dict[str, Line] = {
    "max": lambda lib, x: x.max(1),
    "min": lambda lib, x: lib.min(x, 0, keepdim=True),
    "sort": lambda lib, x: lib.sort(x, dim=0, descending=True),
    "topk": lambda lib, x: x.topk(2),
    "kthvalue": lambda lib, x: x.kthvalue(2),
    "median": lambda lib, x: x.detach().median(dim=1),
    "nanmedian": lambda lib, x: x.detach().nanmedian(1),
    "mode": lambda lib, x: x.mode(),
    "cummax": lambda lib, x: x.cummax(1),
    "cummin": lambda lib, x: lib.cummin(x, dim=-1),
    "aminmax": lambda lib, x: x.detach().aminmax(dim=0),
    "a scan": lambda lib, x: x.cumsum(0),
    "a product": lambda lib, x: x.prod(),
    "scores": lambda lib, x: lib.topk(lib.tensor([0.1, 0.7, 0.2]), k=2, largest=False),
}


@pytest.mark.parametrize("name", PRINTED)
def test_it_prints_what_pytorch_prints(name: str) -> None:
    mine, other = (
        repr(PRINTED[name](lib, lib.tensor(ROWS, requires_grad=True)))
        for lib in (tinygrad_lr, torch)
    )
    assert mine == other


def test_results_have_names_and_can_be_unpacked() -> None:
    found = tinygrad_lr.tensor(ROWS).sort(descending=True)
    values, indices = found
    assert found.values is values
    assert found.indices is indices
    assert isinstance(found, tinygrad_lr.return_types.sort)


# ------------------------------------------------------------------------ zeros, ties, and nan

# Gradients are compared at these points, and gradients of gradients.
POINTS = {
    "no zero": [3.0, -2.0, 0.5, 1.5],
    "one zero": [3.0, 0.0, 0.5, 1.5],
    "zeros": [0.0, 2.0, 0.0, 1.5],
    "only zeros": [0.0, 0.0, 0.0, 0.0],
    "ties": [2.0, 1.0, 2.0, 1.0],
}
SMOOTH_THERE: dict[str, Line] = {
    "prod": lambda lib, x: lib.prod(x),
    "prod along": lambda lib, x: x.reshape(2, 2).prod(1, keepdim=True),
    "cumprod": lambda lib, x: x.cumprod(0),
    "logcumsumexp": lambda lib, x: x.logcumsumexp(0),
    "median": lambda lib, x: x.median(),
    "nanmedian": lambda lib, x: lib.nanmedian(x),
    "aminmax": lambda lib, x: sum(lib.aminmax(x * x)),
    "sort": lambda lib, x: x.sort(stable=True)[0] ** 2,
    "cummin": lambda lib, x: x.cummin(0).values ** 2,
    "var_mean": lambda lib, x: lib.var_mean(x)[0] * lib.var_mean(x, correction=0)[1],
    "cov": lambda lib, x: lib.cov(x.reshape(2, 2)),
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", SMOOTH_THERE)
def test_gradients_where_there_are_zeros_and_ties(name: str, point: str) -> None:
    found = []
    for lib in (tinygrad_lr, torch):
        x = lib.tensor(POINTS[point], dtype=lib.float64, requires_grad=True)
        y = (SMOOTH_THERE[name](lib, x) * 0.7).sum()
        (first,) = lib.autograd.grad(y, x, create_graph=True)
        found += [first.detach().numpy()]
        if first.requires_grad:
            weights = lib.tensor([0.3, -1.0, 2.0, 0.4], dtype=lib.float64)
            found += [lib.autograd.grad((first * weights).sum(), x)[0].numpy()]
    half = len(found) // 2
    for mine, other in zip(found[:half], found[half:], strict=True):
        numpy.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


WITH_NAN: dict[str, Line] = {
    "sort": lambda lib, x: x.sort(),
    "sort, descending": lambda lib, x: x.sort(descending=True),
    "topk": lambda lib, x: [x.topk(2).values],
    "kthvalue": lambda lib, x: x.kthvalue(4),
    "median": lambda lib, x: [x.median(), *x.median(0)],
    "nanmedian": lambda lib, x: [x.nanmedian(), x.nanmedian(0).values],
    "cummax": lambda lib, x: x.cummax(0),
    "nansum": lambda lib, x: [lib.nansum(x), lib.nanmean(x), lib.count_nonzero(x)],
}


@pytest.mark.parametrize("values", [[2.0, NAN, 1.0, 3.0], [NAN] * 4, [2.0, 3.0, NAN, NAN]])
@pytest.mark.parametrize("name", WITH_NAN)
def test_nan_counts_as_the_largest(name: str, values: list[float]) -> None:
    mine, other = (WITH_NAN[name](lib, lib.tensor(values)) for lib in (tinygrad_lr, torch))
    for one, expected in zip(mine, other, strict=True):
        numpy.testing.assert_array_equal(one.numpy(), expected.numpy())


def test_equal_elements_stay_in_their_order() -> None:
    x = tinygrad_lr.tensor([1, 0, 1, 0, 1])
    assert x.argsort().tolist() == [1, 3, 0, 2, 4]
    assert x.argsort(descending=True).tolist() == [0, 2, 4, 1, 3]
    assert x.topk(3).indices.tolist() == [0, 2, 4]
    assert x.topk(2, largest=False).indices.tolist() == [1, 3]


def test_a_long_sum_of_float32_loses_nothing_on_the_way() -> None:
    x = tinygrad_lr.full((1_000_000,), 0.1)
    assert abs(x.cumsum(0)[-1].item() / 100_000 - 1) < 1e-6
