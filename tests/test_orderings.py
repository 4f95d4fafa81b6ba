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
    "median": lambda lib, x: [x.median(dim=1), x.median()],
    "nanmedian": lambda lib, x: [x.nanmedian(1), x.nanmedian()],
    "mode": lambda lib, x: x.mode(),
    "cummax": lambda lib, x: x.cummax(1),
    "cummin": lambda lib, x: lib.cummin(x, dim=-1),
    "aminmax": lambda lib, x: x.detach().aminmax(dim=0),
    "a scan": lambda lib, x: x.cumsum(0),
    "a product": lambda lib, x: x.prod(),
    "unique": lambda lib, x: x.detach().unique(return_inverse=True, return_counts=True),
    "unique rows": lambda lib, x: lib.unique(x.detach()[[1, 0, 1]], dim=0),
    "runs": lambda lib, x: lib.unique_consecutive(x.detach(), return_counts=True),
    "bincount": lambda lib, x: lib.bincount(x.long().flatten(), minlength=8),
    "histogram": lambda lib, x: lib.histogram(x.detach(), bins=4, range=(0.0, 6.0)),
    "histc": lambda lib, x: lib.histc(x.detach(), bins=3),
    "quantiles": lambda lib, x: lib.quantile(x.detach(), lib.tensor([0.25, 0.5]), dim=1),
    "buckets": lambda lib, x: lib.bucketize(x.detach(), lib.tensor([1.5, 2.0, 4.0])),
    "insertions": lambda lib, x: lib.searchsorted(x.sort()[0], x[:, :1].clone(), right=True),
    "a norm": lambda lib, x: [x.norm(), x.norm(1, dim=0), lib.linalg.norm(x, dim=1)],
    "equations": lambda lib, x: lib.linalg.solve(x @ x.T, x),
    "least squares": lambda lib, x: lib.linalg.lstsq(x.detach().T, x.detach()[0]).rank,
    "decompositions": lambda lib, x: lib.linalg.eigh(x.detach() @ x.detach().T).eigenvalues,
    "slogdet": lambda lib, x: lib.slogdet(x.detach()[:, :2]),
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
    "quantile": lambda lib, x: lib.quantile(x * x, 0.4),
    "norm of order 1": lambda lib, x: x.norm(p=1),
    "the largest": lambda lib, x: lib.linalg.vector_norm(x, float("inf")),
    "dist": lambda lib, x: lib.dist(x, x.flip(0)) if x[0] != x[3] else x,
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", SMOOTH_THERE)
def test_gradients_where_there_are_zeros_and_ties(name: str, point: str) -> None:
    found = []
    for lib in (tinygrad_lr, torch):
        x = lib.tensor(POINTS[point], dtype=lib.float64, requires_grad=True)
        y = (SMOOTH_THERE[name](lib, x) * 0.7).sum()
        (first,) = lib.autograd.grad(y, x, create_graph=True)
        found += [first.numpy(force=True)]
        if first.requires_grad:
            weights = lib.tensor([0.3, -1.0, 2.0, 0.4], dtype=lib.float64)
            found += [lib.autograd.grad((first * weights).sum(), x)[0].numpy(force=True)]
    half = len(found) // 2
    for mine, other in zip(found[:half], found[half:], strict=True):
        numpy.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


def test_the_normal_equations_are_solved_and_differentiated() -> None:
    """As textbooks fit a line: w = (X^T X)^-1 X^T y, in four ways; and the gradient by y, by X."""
    ways: dict[str, Line] = {
        "inv": lambda lib, X: lib.inverse(X.T @ X) @ X.T,
        "solve": lambda lib, X: lib.linalg.solve(X.T @ X, X.T),
        "pinv": lambda lib, X: lib.linalg.pinv(X),
        "lstsq": lambda lib, X: lib.linalg.lstsq(X, lib.eye(5, dtype=X.dtype)).solution,
    }
    rng = numpy.random.default_rng(0)
    data, y = rng.normal(size=(5, 2)), rng.normal(size=(5,))
    for name, way in ways.items():
        found = []
        for lib in (tinygrad_lr, torch):
            X = lib.tensor(data, requires_grad=True)
            w = way(lib, X) @ lib.tensor(y)
            (first,) = lib.autograd.grad((w * w).sum(), X, create_graph=True)
            (second,) = lib.autograd.grad((first * first).sum(), X)
            found.append([t.detach().numpy() for t in (w, first, second)])
        for mine, other in zip(*found):
            numpy.testing.assert_allclose(mine, other, rtol=1e-10, atol=1e-12, err_msg=name)


def test_the_gradient_of_a_norm_at_0_is_0() -> None:
    x = tinygrad_lr.zeros(3, requires_grad=True)
    x.norm().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [0.0, 0.0, 0.0]


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
