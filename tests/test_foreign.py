"""NumPy's functions, called with a Tensor: an operator computes, all else says what to write."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mistakes import assert_told_in_words

import tinygrad_lr as tg

t = tg.tensor([1.0, 2.0], requires_grad=True)
c = tg.tensor([1.0, 2.0])
ASKING = {"isfinite", "isinf", "isnan", "signbit"}
UFUNCS = sorted({n for n in dir(np) if isinstance(getattr(np, n), np.ufunc)} - ASKING)
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(operator, name)
    for name in ("add", "sub", "mul", "truediv", "pow", "eq", "ne", "lt", "le", "gt", "ge")
}


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize(
    "left", [np.array([3.0, 4.0], np.float32), np.float32(3.0), np.array(3.0, np.float32)]
)
def test_an_operator_with_numpys_on_the_left_is_the_tensors(name: str, left: Any) -> None:
    y, wanted = OPERATORS[name](left, t), OPERATORS[name](tg.tensor(left), t)
    assert type(y) is tg.Tensor
    assert (y.tolist(), y.dtype) == (wanted.tolist(), wanted.dtype)
    if y.requires_grad:
        (found,), (expected,) = (tg.autograd.grad(out.sum(), t) for out in (y, wanted))
        assert found.tolist() == expected.tolist()


def test_a_matrix_of_numpys_on_the_left() -> None:
    left = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    assert (left @ t).tolist() == [5.0, 11.0]
    assert (left @ t).requires_grad


@pytest.mark.parametrize("given", [t, c], ids=["leaf", "constant"])
@pytest.mark.parametrize("name", UFUNCS)
def test_a_function_of_elements_says_what_to_write(name: str, given: Any) -> None:
    function = getattr(np, name)
    words = [f"np.{function.__name__}", "for a Tensor"]
    instead = {
        "exp": "t.exp()",
        "sqrt": "t.sqrt()",
        "absolute": "t.abs()",
        "maximum": "t.maximum(...)",
        "add": "t + other",
        "greater": "t > other",
        "square": "t ** 2",
    }
    if name in instead:
        assert_told_in_words(
            lambda: function(*[given] * function.nin), TypeError, [*words, instead[name]]
        )
    assert_told_in_words(lambda: function(*[given] * function.nin), RuntimeError, words[:1])
    if function.nin == 2 and function.nout == 1 and function.signature is None:
        assert_told_in_words(lambda: function.reduce(given), TypeError, [words[0] + ".reduce"])
        assert_told_in_words(
            lambda: function(np.ones(2), np.ones(2), out=given), TypeError, words[:1]
        )


@pytest.mark.parametrize("given", [t, c], ids=["leaf", "constant"])
@pytest.mark.parametrize("name", ["sum", "mean", "std", "var", "max", "min", "any", "all"])
def test_a_reduction_says_what_to_write(name: str, given: Any) -> None:
    for options in ({}, {"axis": 0}, {"keepdims": True}):
        call = lambda options=options: getattr(np, name)(given, **options)
        assert_told_in_words(call, TypeError, [f"np.{name}", f"t.{name}()"])


FUNCTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "concatenate": (lambda x: np.concatenate([x, x]), "tg.cat"),
    "stack": (lambda x: np.stack([x, x]), "tg.stack"),
    "vstack": (lambda x: np.vstack((c, x)), "tg.cat"),
    "where": (lambda x: np.where(np.array([True, False]), x, 0), "tg.where"),
    "clip": (lambda x: np.clip(x, 0, 1), "t.clamp"),
    "reshape": (lambda x: np.reshape(x, (2, 1)), "t.reshape"),
    "squeeze": (lambda x: np.squeeze(x), "t.squeeze"),
    "dot": (lambda x: np.dot(np.ones(2), x), "t.matmul"),
    "argmax": (lambda x: np.argmax(x), "t.argmax"),
    "linalg.norm": (lambda x: np.linalg.norm(x), "t.norm"),
    "einsum": (lambda x: np.einsum("i,i", x, x), "has none"),
    "prod": (lambda x: np.prod(x), "t.prod"),
    "cumsum": (lambda x: np.cumsum(x, axis=0), "t.cumsum"),
    "allclose": (lambda x: np.allclose(c, x), "t.allclose"),
    "savez": (lambda x: np.median(x, keepdims=True), "np.median"),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_arrays_is_for_constants(name: str) -> None:
    """A constant is taken as the array it holds, as PyTorch's is; a result of autograd's is not."""
    call, instead = FUNCTIONS[name]
    assert_told_in_words(lambda: call(t), RuntimeError, [instead])
    np.testing.assert_array_equal(call(c), call(c.numpy()), strict=True)


def test_what_is_asked_of_any_tensor() -> None:
    x = tg.ones(2, 3, requires_grad=True)
    assert (np.shape(x), np.ndim(x), np.size(x), np.size(x, 1)) == ((2, 3), 2, 6, 3)
    assert np.result_type(x, np.float64) == np.float64
    assert not np.iscomplexobj(x)
    for name in ASKING:
        assert not getattr(np, name)(x).all() or name == "isfinite"
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        np.asarray(x)


@pytest.mark.parametrize("t", [tg.ones(2), tg.ones(2, requires_grad=True)])
def test_an_array_that_a_tensor_is_added_to_says_what_to_add(t: tg.Tensor) -> None:
    """It said to write ``t + other``, which is a new tensor."""
    total = np.zeros(2, np.float32)
    with pytest.raises(TypeError, match=r"write t\.detach\(\)\.numpy\(\) there"):
        total += t


def test_matplotlib_plots_constants() -> None:
    plt = pytest.importorskip("matplotlib.figure")
    x = tg.linspace(0.0, 1.0, 5)
    axes = plt.Figure().subplots()
    axes.plot(x, x * 2.0)
    axes.scatter(x, x)
    axes.bar(x, x, yerr=x)
    axes.hist(x)
    axes.fill_between(x, x, x * 2.0)
    axes.imshow(tg.ones(4, 4))
    axes.errorbar(x, x, x)
    axes.axhline(x.mean())
    axes.contour(x.reshape(5, 1) * x)
    axes.pcolormesh(x.reshape(5, 1) * x)
    axes.boxplot(x)
    axes.set_xlim(tg.tensor(0.0), tg.tensor(2.0))
    axes.figure.draw_without_rendering()
