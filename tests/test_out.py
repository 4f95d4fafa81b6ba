"""``out=``: results that are written into a Tensor that is there already, as in PyTorch."""

from __future__ import annotations

import inspect
from typing import Any

import numpy
import pytest
import torch
from mistakes import assert_told_in_words

import tinygrad_lr as tg
from tinygrad_lr.more import out as outs

X = numpy.array([[1.5, -2.0, 0.25], [3.0, 0.5, -1.0]], "float32")
CALLS = {  # of the framework, its x, and its out
    "exp": lambda m, x, out: m.exp(x, out=out),
    "add": lambda m, x, out: m.add(x, x, alpha=2, out=out),
    "mul by a number": lambda m, x, out: m.mul(x, 3, out=out),
    "sum": lambda m, x, out: m.sum(x, 1, out=out),
    "mean": lambda m, x, out: m.mean(x, 0, True, out=out),
    "matmul": lambda m, x, out: m.matmul(x, x.T, out=out),
    "cat": lambda m, x, out: m.cat([x, x], 1, out=out),
    "stack": lambda m, x, out: m.stack((x, x), out=out),
    "clamp": lambda m, x, out: m.clamp(x, 0, 1, out=out),
    "argmax": lambda m, x, out: m.argmax(x, 1, out=out),
    "cumsum": lambda m, x, out: m.cumsum(x, 0, out=out),
    "gt": lambda m, x, out: m.gt(x, 0, out=out),
    "where": lambda m, x, out: m.where(x > 0, x, -x, out=out),
    "max": lambda m, x, out: m.max(x, out=out),
}


def fresh(m: Any, like: Any) -> Any:
    """A Tensor of framework `m`, as `like` of PyTorch's, with other values."""
    array = numpy.full(tuple(like.shape), 7).astype(like.numpy().dtype)
    return m.from_numpy(array)


@pytest.mark.parametrize("name", CALLS)
def test_the_result_is_in_out_and_out_is_returned(name: str) -> None:
    call = CALLS[name]
    expected = call(torch, torch.from_numpy(X.copy()), None)
    for shape in (expected.shape, (0,)):
        out = fresh(tg, torch.empty(shape, dtype=expected.dtype))
        found = call(tg, tg.tensor(X), out)
        assert found is out
        assert not found.requires_grad
        numpy.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-6, strict=True)


def test_several_results_go_to_several_tensors() -> None:
    values, indices = tg.zeros(2), tg.zeros(2, dtype=tg.int64)
    found = tg.max(tg.tensor(X), 1, out=(values, indices))
    assert found.values is values
    assert found.indices is indices
    assert (values.tolist(), indices.tolist()) == ([1.5, 3.0], [0, 0])


def test_out_may_be_an_argument_a_view_and_of_another_dtype() -> None:
    x, wide = tg.tensor(X), tg.zeros(4, 3, dtype=tg.float64)
    assert tg.neg(x, out=x) is x
    assert x.tolist() == (-X).tolist()
    tg.add(x, 1, out=wide[::2])
    assert wide.tolist() == [(1 - X[0]).tolist(), [0] * 3, (1 - X[1]).tolist(), [0] * 3]


def test_a_write_that_a_gradient_needs_undone_is_noticed() -> None:
    w = tg.ones(2, requires_grad=True)
    h = tg.ones(2)
    y = w * h
    tg.exp(h, out=h)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation since: exp"):
        y.sum().backward()


def test_under_no_grad_a_parameter_may_be_written_to() -> None:
    w = tg.ones(2, requires_grad=True)
    with tg.no_grad():
        assert tg.mul(w, 3, out=w) is w
    assert w.requires_grad
    assert w.tolist() == [3, 3]


LEAF = tg.ones(2, requires_grad=True)
WRONG = {
    "an argument that requires grad": (
        lambda: tg.exp(LEAF, out=tg.zeros(2)),
        RuntimeError,
        [
            "exp: functions with out=... arguments don't support automatic differentiation",
            "no_grad",
        ],
    ),
    "an out that requires grad": (
        lambda: tg.exp(tg.ones(2), out=LEAF),
        RuntimeError,
        ["don't support automatic differentiation"],
    ),
    "an out of another shape": (
        lambda: tg.add(tg.ones(2), 1, out=tg.zeros(3)),
        RuntimeError,
        ["add(out=)", "shape (2,)", "shape (3,)"],
    ),
    "an out of integers for floats": (
        lambda: tg.exp(tg.ones(2), out=tg.zeros(2, dtype=tg.int64)),
        RuntimeError,
        ["exp(out=): the result is float32", "int64"],
    ),
    "an array": (
        lambda: tg.exp(tg.ones(2), out=numpy.zeros(2)),
        TypeError,
        ["exp: out must be a Tensor, got ndarray"],
    ),
    "one out for two results": (
        lambda: tg.sort(tg.ones(2), out=tg.zeros(2)),
        TypeError,
        ["sort: there are 2 results"],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_told_in_words(name: str) -> None:
    assert_told_in_words(*WRONG[name])


def test_each_function_keeps_its_name_and_what_it_says() -> None:
    for name in outs.NAMES:
        function = getattr(tg, name)
        assert (function.__name__, function.__module__) == (name, "tinygrad_lr")
        assert function.__doc__ == inspect.unwrap(function).__doc__


def test_what_writes_in_place_is_a_function_too() -> None:
    x = tg.tensor([0.0, -1.0])
    assert tg.relu_(tg.exp_(x)) is x
    numpy.testing.assert_allclose(x.numpy(), numpy.exp([0.0, -1.0]), rtol=1e-6)
    named = {name for name in dir(torch) if name.endswith("_") and not name.startswith("_")}
    assert {name for name in named if hasattr(tg.Tensor, name)} <= set(dir(tg))


MAKING = {"arange", "empty", "eye", "full", "linspace", "logspace", "ones", "range", "zeros"}
DRAWING = {"bernoulli", "multinomial", "normal", "rand", "randint", "randn", "randperm"}
DRAWING |= {"rand_like", "randint_like", "randn_like"}


def test_no_function_that_has_it_in_pytorch_is_forgotten() -> None:
    """Asked for a wrong out, PyTorch says that it is a wrong one, or says how it is called."""
    some = torch.ones(2, 2)
    calls = [(some,), (some, some), (some, 0), (some,) * 3, ([some],), (some > 0, some, some)]
    forgotten = set()
    for name in set(dir(tg)) - {
        "load",
        "save",
        "tensor",
        "as_tensor",
        "asarray",
        *MAKING,
        *DRAWING,
    }:
        theirs = getattr(torch, name, None)
        if name.startswith("_") or not callable(theirs) or isinstance(theirs, type):
            continue
        for args in calls:
            try:
                theirs(*args, out="wrong")
            except Exception as error:
                if "argument 'out' must be" in str(error) or "Tensor out = None" in str(error):
                    forgotten.add(name)
    missing = forgotten - set(outs.NAMES)
    assert not missing, f"these names belong into the list of more/out.py: {missing}"
