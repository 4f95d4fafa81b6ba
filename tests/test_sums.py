"""Sums, means and variances are as accurate along one axis as along another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_lr as tg
from tinygrad_lr.sums import total

ROWS = [100, 128, 129, 1_000, 60_000, 1_000_000]


def error(got: Any, wanted: Any) -> float:
    """The largest relative error."""
    return float(np.abs(np.asarray(got, np.float64) / wanted - 1).max())


def columns(rows: int, dtype: str = "float32") -> np.ndarray:
    """Numbers whose sum one row after another goes wrong: equal ones, and random ones."""
    array = np.full((rows, 4), 0.1)
    array[:, 2:] = np.random.default_rng(0).uniform(0.0, 1.0, (rows, 2))
    return array.astype(dtype)


@pytest.mark.parametrize("rows", ROWS)
def test_columns_are_added_up_as_accurately_as_rows(rows: int) -> None:
    array = columns(rows)
    exact = array.sum(axis=0, dtype=np.float64)
    x = tg.tensor(array)
    assert error(x.sum(0).numpy(), exact) < 1e-6
    assert error(x.T.sum(1).numpy(), exact) < 1e-6
    assert error(x.mean(0).numpy(), exact / rows) < 1e-6
    assert error(x.sum().numpy(), exact.sum()) < 1e-6
    assert error(x.logsumexp(0).numpy(), np.log(np.exp(array.astype(float)).sum(0))) < 1e-6
    assert error(x.softmax(0).sum(0).numpy(), np.ones(4)) < 1e-6


@pytest.mark.parametrize("rows", [64, 100, 128, 129, 1_000, 60_000])
@pytest.mark.parametrize("width", [2, 10, 100, 300])
def test_equal_rows_of_any_length(rows: int, width: int) -> None:
    for value in (0.1, 0.258, 0.673, 0.832):
        for dtype, near in (("float32", 1e-6), ("float64", 5e-15)):
            array = np.full((rows, width), value, dtype)
            assert error(total(array, 0), float(array[0, 0]) * rows) < near


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_what_is_stretched_is_added_up_as_accurately(dtype: str) -> None:
    row = tg.tensor([0.1, 0.7, 0.258], dtype=dtype)
    near = {"float16": 1e-3, "float32": 1e-6, "float64": 5e-15}[dtype]
    exact = row.tolist()
    for rows in (50_000, 5_000_000):
        stretched = row.expand(rows, 3)
        assert error(stretched.mean(0).numpy(), exact) < near
        assert error(stretched.T.mean(1).numpy(), exact) < near
        assert error(stretched.mean().numpy(), np.mean(exact)) < near
    wide = tg.full((3, 1), 0.7, dtype=dtype).expand(2, 4, 3, 60_000)
    assert error(wide.mean((0, 3)).numpy(), wide[0, 0, 0, 0].item()) < near
    bias = tg.zeros(3, dtype=dtype, requires_grad=True)
    (bias + tg.zeros(60_000, 3, dtype=dtype)).mul(row).sum().backward()
    assert error(bias.grad.numpy(), np.array(exact) * 60_000) < near


def test_ten_million_rows() -> None:
    array = np.full((10_000_000, 2), 0.1, np.float32)
    exact = array.sum(axis=0, dtype=np.float64)
    assert error(total(array, 0), exact) < 1e-6
    assert error(total(array.T, 1), exact) < 1e-6
    assert error(total(array), exact.sum()) < 1e-6
    assert error(total(array[::2], (0,)), exact / 2) < 1e-6
    assert error(tg.from_numpy(array).var(0, correction=0).numpy() + 1.0, np.ones(2)) == 0.0


@pytest.mark.parametrize("rows", ROWS)
def test_a_gradient_is_summed_back_over_a_batch_as_accurately(rows: int) -> None:
    weights = columns(rows)
    exact = weights.sum(axis=0, dtype=np.float64)
    for shape in ((4,), (1, 4), ()):
        b = tg.zeros(shape, requires_grad=True)
        ((tg.zeros(rows, 4) + b) * tg.tensor(weights)).sum().backward()
        assert error(b.grad.numpy(), exact if shape else exact.sum()) < 1e-6
    bias = tg.zeros(4, requires_grad=True)
    out = tg.nn.functional.linear(tg.zeros(rows, 3), tg.zeros(4, 3), bias)
    out.backward(tg.tensor(weights))
    assert error(bias.grad.numpy(), exact) < 1e-6


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("rows", [2, 100, 60_000])
def test_equal_numbers_do_not_vary(dtype: str, rows: int) -> None:
    x = tg.tensor(np.full((rows, 3), 0.1, dtype), requires_grad=True)
    for dim in (0, 1, None, (0, 1)):
        assert (x.var(dim) == 0).all()
        assert (x.std(dim) == 0).all()
    x.std(0).sum().backward()
    assert (x.grad == 0).all()


@pytest.mark.parametrize("offset", [0.0, 100.0, 10_000.0])
def test_a_variance_far_from_zero_is_pytorchs(offset: float) -> None:
    array = (np.random.default_rng(1).normal(offset, 1.0, (60_000, 3))).astype(np.float32)
    for dim in (0, 1):
        wanted = array.astype(np.float64).var(axis=dim, ddof=1)
        assert error(tg.tensor(array).var(dim).numpy(), wanted) < 1e-5
        assert error(torch.tensor(array).var(dim).numpy(), wanted) < 1e-5


def any_array(rng: np.random.Generator) -> np.ndarray:
    """An array of any layout: transposed, with gaps, backwards, stretched, empty."""
    shape = tuple(int(n) for n in rng.choice([0, 1, 1, 2, 3, 5, 40, 130], rng.integers(0, 5)))
    while np.prod(shape) > 50_000:
        shape = shape[1:]
    array = rng.random(shape).astype(rng.choice(["float32", "float64", "float16", "int32"]))
    if rng.random() < 0.5:
        array = array.transpose(rng.permutation(array.ndim))
    if rng.random() < 0.3:
        array = array[tuple(slice(None, None, int(rng.choice([1, 2, -1, -3]))) for _ in shape)]
    return np.broadcast_to(array, (7, *array.shape)) if rng.random() < 0.2 else array


def test_any_layout_along_any_axes() -> None:
    rng = np.random.default_rng(0)
    for _ in range(2_000):
        array = any_array(rng)
        some = rng.permutation(array.ndim)[: rng.integers(0, array.ndim + 1)]
        axis: Any = tuple(int(i) - array.ndim * int(rng.integers(0, 2)) for i in some)
        axis = rng.choice([None, 0, -1]) if array.ndim and rng.random() < 0.3 else axis
        keepdims = bool(rng.random() < 0.5)
        got = total(array, axis, keepdims)
        exact = np.float64 if array.dtype.kind == "f" else None
        wanted = array.sum(axis=axis, keepdims=keepdims, dtype=exact)
        assert got.shape == wanted.shape
        assert got.dtype == (wanted.dtype if exact is None else array.dtype)
        near = {"float16": 1e-3, "float32": 1e-6, "float64": 1e-14}.get(str(array.dtype), 0)
        with np.errstate(over="ignore"):
            wanted = wanted.astype(got.dtype)  # which may be infinity in float16
        np.testing.assert_allclose(got, wanted, rtol=near)


def test_float16_counts_further_than_its_bits() -> None:
    ones = tg.ones(100_000, dtype="float16", requires_grad=True)
    ones.mean().backward()
    assert ones.mean().item() == 1.0
    assert ones.mean().dtype == np.float16
    assert (ones.grad == 1e-5).all()
    assert ones.detach().sum().item() == np.inf  # 100,000 is too large for it
    assert (ones.detach() * 0.25).sum().item() == pytest.approx(25_000.0, rel=1e-3)
    assert ones.std().item() == 0.0
    assert ones.logsumexp(0).item() == pytest.approx(np.log(1e5) + 1, rel=1e-3)
    assert ones.softmax(0).tolist()[0] == pytest.approx(1e-5, rel=1e-2)
    loss = tg.nn.functional.mse_loss(ones, tg.zeros(100_000, dtype="float16"))
    assert loss.item() == 1.0
    scores = tg.zeros(70_000, 4, dtype="float16", requires_grad=True)
    classes = tg.zeros(70_000, dtype="int64")
    loss = tg.nn.functional.cross_entropy(scores, classes)
    assert loss.item() == pytest.approx(np.log(4), rel=1e-3)
    for choose in (tg.amax, tg.max, tg.amin, tg.min):  # equal ones share the gradient
        (shared,) = tg.autograd.grad(choose(ones), ones)
        assert (shared == 1e-5).all()
    bias = tg.zeros(2, dtype="float16", requires_grad=True)
    (bias + tg.zeros(70_000, 2, dtype="float16")).mean().backward()
    assert bias.grad.tolist() == pytest.approx([0.5, 0.5], rel=1e-2)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid"])
def test_float16_is_computed_in_float32(name: str) -> None:
    array = np.linspace(-9.0, 9.0, 1_001).astype(np.float16)
    array = np.abs(array) + np.float16(0.1) if name in ("log", "sqrt") else array
    x, t = tg.tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)
    mine, theirs = getattr(x, name)(), getattr(t, name)()
    np.testing.assert_allclose(mine.detach().numpy(), theirs.detach().numpy(), rtol=1e-3)
    mine.sum().backward()
    theirs.sum().backward()
    exact = torch.tensor(array, dtype=torch.float64, requires_grad=True)
    getattr(exact, name)().sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), exact.grad.numpy(), rtol=1e-3, atol=2e-7)


MANY: dict[str, tuple[tuple[int, ...], Any]] = {
    "a dimension of size 1": ((200_000, 1, 3), 0),
    "what is kept between": ((20_000, 2, 100), (0, 2)),
}


@pytest.mark.parametrize("name", MANY)
def test_many_numbers_are_added_up_accurately_however_they_lie(name: str) -> None:
    shape, axis = MANY[name]
    a = np.random.default_rng(0).random(shape, np.float32)
    np.testing.assert_allclose(total(a, axis), a.astype(np.float64).sum(axis), rtol=1e-6)


def test_integers_are_counted_as_numpy_counts_them() -> None:
    assert total(np.ones(3001, np.int8)).item() == 3001
    assert total(np.ones((3001, 3), bool), 0).tolist() == [3001] * 3
