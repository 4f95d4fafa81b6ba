"""What autograd takes besides: beside PyTorch."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch

import tinygrad_lr as tg

BOTH = pytest.mark.parametrize("t", [tg, torch], ids=["here", "PyTorch"])


def leaf(t: Any, *numbers: float) -> Any:
    return t.tensor(numbers or (1.0, -2.0), requires_grad=True)


# ------------------------------------------------------------------------------------ autograd.grad


@BOTH
def test_an_input_that_was_not_used(t: Any) -> None:
    x, w, n = leaf(t), leaf(t, 3.0), t.tensor(2.0, requires_grad=True)
    y = (x * 2).sum()

    def grad(**options: Any) -> list[Any]:
        found = t.autograd.grad(y, (x, w, n), retain_graph=True, **options)
        return [None if g is None else g.tolist() for g in found]

    assert grad(allow_unused=True) == [[2.0, 2.0], None, None]
    assert grad(materialize_grads=True) == [[2.0, 2.0], [0.0], 0.0]
    assert grad(allow_unused=True, materialize_grads=True) == [[2.0, 2.0], [0.0], 0.0]
    for options in ({}, {"allow_unused": False}):
        with pytest.raises(RuntimeError):
            grad(**options)


@BOTH
def test_only_inputs_is_taken_and_changes_nothing(t: Any) -> None:
    """The gradient penalty of a GAN is usually written with it."""
    x, w = leaf(t), leaf(t)
    (g,) = t.autograd.grad((x * w).sum(), x, None, True, False, True)
    assert g.tolist() == t.autograd.grad((x * w).sum(), x, only_inputs=True)[0].tolist()
    with pytest.raises(RuntimeError):
        t.autograd.grad(x.sum(), w, None, True, False, True)  # not what allow_unused is


@pytest.mark.parametrize("name", ["backward", "grad"])
def test_the_defaults_are_pytorchs(name: str) -> None:
    def defaults(t: Any) -> dict[str, Any]:
        parameters = inspect.signature(getattr(t.autograd, name)).parameters
        return {name: parameter.default for name, parameter in parameters.items()}

    assert defaults(tg).items() <= defaults(torch).items()


RECORDED: dict[str, Callable[[Any, Any], Any]] = {
    "a power": lambda t, x: x**3,
    "a sine": lambda t, x: x.sin(),
    "a sum": lambda t, x: x + x,
    "a product": lambda t, x: x * x,
    "a line": lambda t, x: x * 2,
}


@pytest.mark.parametrize("case", RECORDED)
def test_a_recorded_gradient_prints_as_pytorchs(case: str) -> None:
    def printed(t: Any) -> list[str]:
        x = leaf(t)
        (g,) = t.autograd.grad(RECORDED[case](t, x).sum(), x, create_graph=True)
        return [repr(g), repr(g.sum())]

    assert printed(tg) == printed(torch)


def test_recorded_gradients_are_each_for_itself() -> None:
    x, w = leaf(tg), leaf(tg)
    v = leaf(tg)
    one, other = tg.autograd.grad(x + w, (x, w), v * 1, create_graph=True)
    with tg.no_grad():
        one.zero_()
    assert other.tolist() == [1.0, -2.0]
    (x + w).backward(v * 1, create_graph=True)
    with tg.no_grad():
        x.grad.zero_()
    assert w.grad.tolist() == [1.0, -2.0]
    assert repr(w.grad) == "tensor([ 1., -2.], grad_fn=<CloneBackward0>)"  # as PyTorch's


@BOTH
def test_zeros_for_what_was_not_used_have_a_derivative_too(t: Any) -> None:
    x, w = leaf(t), leaf(t)
    line = (x * 2).sum()
    first = t.autograd.grad(line, w, create_graph=True, materialize_grads=True)
    (second,) = t.autograd.grad(first[0].sum(), w, materialize_grads=True)
    assert second.tolist() == [0.0, 0.0]


def test_many_gradients_at_once_are_refused() -> None:
    x = leaf(tg)
    with pytest.raises(TypeError, match="is_grads_batched"):
        tg.autograd.grad(x * 2, x, tg.ones(3, 2), is_grads_batched=True)  # type: ignore[call-arg]


# --------------------------------------------------------------------------- a node that is called

CALLED: dict[str, Callable[[Any, Any], Any]] = {
    "x * 2": lambda t, x: x * 2,
    "x * x": lambda t, x: x * x,
    "x ** 2": lambda t, x: x**2,
    "1 + x": lambda t, x: 1 + x,
    "exp": lambda t, x: x.exp(),
    "where": lambda t, x: t.where(x > 0, x, 0.0 * x.detach()),
    "x[0:2]": lambda t, x: x[0:2],
}


@pytest.mark.parametrize("case", CALLED)
def test_a_node_is_called_with_a_gradient(case: str) -> None:
    def found(t: Any) -> Any:
        found = CALLED[case](t, leaf(t)).grad_fn(t.tensor([1.0, 10.0]))
        several = found if isinstance(found, tuple) else (found,)
        return [type(found) is tuple, *(None if g is None else g.detach() for g in several)]

    assert repr(found(tg)) == repr(found(torch))


def test_a_node_of_one_number_is_called_too() -> None:
    for t in (tg, torch):
        assert leaf(t).sum().grad_fn(t.tensor(3.0)).tolist() == [3.0, 3.0]


# ---------------------------------------------------------------------------------------- anomalies

NAN: dict[str, Callable[[Any], Any]] = {
    "a root": lambda t: (leaf(t, 0.0).sqrt() * 0).sum(),
    "a power": lambda t: (leaf(t, -1.0) ** 0.5).sum(),
    "in the middle": lambda t: ((leaf(t, 0.0, 4.0) * 1).sqrt() * t.tensor([0.0, 1.0])).exp().sum(),
}


@BOTH
@pytest.mark.parametrize("case", NAN)
@pytest.mark.filterwarnings("ignore:.*")
def test_a_nan_is_found_where_it_comes_from(t: Any, case: str) -> None:
    NAN[case](t).backward()  # without a word
    name = "PowBackward0" if "power" in case else "SqrtBackward0"
    said = f"Function '{name}' returned nan values in its 0th"
    with t.autograd.detect_anomaly(), pytest.raises(RuntimeError, match=said):
        NAN[case](t).backward()
    NAN[case](t).backward()


@BOTH
@pytest.mark.filterwarnings("ignore:.*")
def test_it_is_switched_on_and_off(t: Any) -> None:
    with t.autograd.set_detect_anomaly(True):
        with pytest.raises(RuntimeError):
            NAN["a root"](t).backward()
        with t.autograd.set_detect_anomaly(False):
            NAN["a root"](t).backward()
        with t.autograd.set_detect_anomaly(True, check_nan=False):
            NAN["a root"](t).backward()
        with pytest.raises(RuntimeError):
            NAN["a root"](t).backward()
    t.autograd.set_detect_anomaly(True)
    with pytest.raises(RuntimeError):
        NAN["a root"](t).backward()
    t.autograd.set_detect_anomaly(False)
    NAN["a root"](t).backward()
    t.autograd.detect_anomaly()  # without a with, this one does nothing
    NAN["a root"](t).backward()


def test_what_is_right_is_as_it_was() -> None:
    usual = tg.graph.Node.pull_back
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with tg.autograd.detect_anomaly():  # type: ignore[attr-defined]
            x = leaf(tg)
            (g,) = tg.autograd.grad((x**3).sum(), x, create_graph=True)
            g.sum().backward()
    assert x.grad.tolist() == [6.0, -12.0]
    assert [str(w.message)[:35] for w in said] == ["Anomaly Detection has been enabled."]
    assert tg.graph.Node.pull_back is usual


@pytest.mark.filterwarnings("ignore:.*")
def test_a_captured_step_does_not_end_the_search() -> None:
    w = leaf(tg)

    @tg.jit.trace
    def step(x: Any) -> Any:
        w.grad = None
        loss = (w * x).sum()
        loss.backward()
        return loss

    with tg.autograd.set_detect_anomaly(True):  # type: ignore[attr-defined]
        for _ in range(3):
            step(tg.ones(2))
        with pytest.raises(RuntimeError, match="returned nan"):
            NAN["a root"](tg).backward()
