"""autograd.functional beside PyTorch: each case is written once, and run in both libraries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from tinygrad_lr.autograd.functional import jacobian

import tinygrad_lr as tg


def cube(x: Any) -> Any:
    return (x**3).sum()


def mixed(a: Any, b: Any) -> Any:
    return a.exp() * b, a.sum() + (b * b).sum()


CASES: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "jacobian": lambda f, t, x, y: f.jacobian(lambda x: x.exp(), x),
    "of a matrix": lambda f, t, x, y: f.jacobian(lambda x: (x @ x.t()).exp(), x.reshape(1, 2) * x),
    "of a number": lambda f, t, x, y: f.jacobian(lambda x: x.sum(), x),
    "of two inputs": lambda f, t, x, y: f.jacobian(lambda a, b: a * b, (x, y)),
    "of two outputs": lambda f, t, x, y: f.jacobian(lambda x: (x * 2, x.sum()), x),
    "of two of both": lambda f, t, x, y: f.jacobian(mixed, (x, y)),
    "of a tuple of one": lambda f, t, x, y: f.jacobian(lambda x: (x * 2,), (x,)),
    "of what does not depend on it": lambda f, t, x, y: f.jacobian(lambda a, b: a * 2, (x, y)),
    "of a constant": lambda f, t, x, y: f.jacobian(lambda a: x * 2, x),
    "of integers that come out": lambda f, t, x, y: f.jacobian(lambda x: (x * 2).long(), x),
    "vectorize": lambda f, t, x, y: f.jacobian(lambda x: x.exp(), x, vectorize=True),
    "under no_grad": lambda f, t, x, y: t.no_grad()(f.jacobian)(lambda x: x.exp(), x),
    "hessian": lambda f, t, x, y: f.hessian(cube, x),
    "hessian of two inputs": lambda f, t, x, y: f.hessian(lambda a, b: (a**3).sum() * b, (x, y)),
    "hessian of a line": lambda f, t, x, y: f.hessian(lambda x: x.sum(), x),
    "vjp": lambda f, t, x, y: f.vjp(lambda x: x.exp(), x, x),
    "vjp of a number": lambda f, t, x, y: f.vjp(cube, x),
    "vjp of two of both": lambda f, t, x, y: f.vjp(mixed, (x, y), (x, y)),
    "jvp": lambda f, t, x, y: f.jvp(lambda x: x * x, x, x),
    "jvp of a number": lambda f, t, x, y: f.jvp(lambda y: y.exp() * x, y),
    "jvp of two of both": lambda f, t, x, y: f.jvp(mixed, (x, y), (x, y)),
    "jvp of a constant": lambda f, t, x, y: f.jvp(lambda a: x * 1, x, x),
    "hvp": lambda f, t, x, y: f.hvp(cube, x, x),
    "vhp": lambda f, t, x, y: f.vhp(cube, x, x),
    "vhp of two inputs": lambda f, t, x, y: f.vhp(lambda a, b: cube(a) * b, (x, y), (x, y)),
    "hvp of a line": lambda f, t, x, y: f.hvp(lambda x: x.sum(), x, x),
}


def inputs(t: Any) -> tuple[Any, Any]:
    return t.tensor([1.0, 2.0]), t.tensor(3.0)


@pytest.mark.parametrize("case", CASES)
def test_a_derivative_prints_as_pytorchs(case: str) -> None:
    ours = CASES[case](tg.autograd.functional, tg, *inputs(tg))  # type: ignore[attr-defined]
    theirs = CASES[case](torch.autograd.functional, torch, *inputs(torch))
    assert repr(ours) == repr(theirs)


WRONG: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "a number comes out": lambda f, t, x, y: f.jacobian(lambda x: 3, x),
    "a number goes in": lambda f, t, x, y: f.jacobian(lambda x: x, 3),
    "a list goes in": lambda f, t, x, y: f.jacobian(lambda x: x, [x]),
    "integers": lambda f, t, x, y: f.jacobian(lambda x: x * 2, x.long()),
    "strict": lambda f, t, x, y: f.jacobian(lambda a, b: a * 2, (x, y), strict=True),
    "strict, of a constant": lambda f, t, x, y: f.jacobian(lambda a: x, x, strict=True),
    "strict, of a line": lambda f, t, x, y: f.hessian(lambda x: x.sum(), x, strict=True),
    "hessian of many": lambda f, t, x, y: f.hessian(lambda x: x * 2, x),
    "no vector": lambda f, t, x, y: f.vjp(lambda x: x * 2, x),
    "no direction": lambda f, t, x, y: f.jvp(lambda x: x * 2, x),
    "another shape": lambda f, t, x, y: f.vhp(cube, x, t.ones(3)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_pytorch_refuses_is_refused_by_an_error_of_its_kind(wrong: str) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        WRONG[wrong](torch.autograd.functional, torch, *inputs(torch))
    with pytest.raises(theirs.type):
        WRONG[wrong](tg.autograd.functional, tg, *inputs(tg))  # type: ignore[attr-defined]


@pytest.mark.parametrize("t", [tg, torch], ids=["here", "PyTorch"])
def test_a_derivative_can_be_differentiated_in_turn(t: Any) -> None:
    x = t.tensor([1.0, 2.0], requires_grad=True)
    slopes = t.autograd.functional.jacobian(lambda x: x**3, x, create_graph=True)
    (slopes**2).sum().backward()  # of (3 x^2)^2
    assert x.grad.tolist() == [36.0, 288.0]
    assert not t.autograd.functional.jacobian(lambda x: x**3, x).requires_grad


def test_of_no_elements_there_are_no_slopes() -> None:  # PyTorch's own error, there
    assert jacobian(lambda x: x[:0] * 2, tg.ones(3)).shape == (0, 3)


def test_it_can_be_imported_by_pytorchs_name() -> None:
    import tinygrad_lr.autograd.functional as F

    assert jacobian is F.jacobian


SINGULAR = {
    "rows that are multiples": [[1.0, 2.0], [2.0, 4.0]],
    "a 0 on the diagonal": [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]],
    "of rank 1": [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]],
    "one of two": [[[1.0, 0.0], [3.0, 1.0]], [[0.0, 0.0], [5.0, 7.0]]],
}


@pytest.mark.parametrize("what", SINGULAR)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_determinant_of_0_has_slopes(what: str, dtype: str) -> None:
    """(PyTorch gives them where the backward pass is recorded; else it gives 0.)"""
    x = tg.tensor(SINGULAR[what], dtype=dtype, requires_grad=True)
    tg.linalg.det(x).sum().backward()
    t = torch.tensor(SINGULAR[what], requires_grad=True)
    (slopes,) = torch.autograd.grad(torch.linalg.det(t).sum(), t, create_graph=True)
    assert x.grad.dtype == dtype
    assert torch.allclose(torch.tensor(x.grad.tolist()), slopes, atol=1e-5)


def test_of_what_has_no_slopes_it_is_said_which_operation_asked() -> None:
    x = tg.zeros(2, 2, requires_grad=True)
    with pytest.raises(tg.errors.SingularError) as error:
        tg.linalg.slogdet(x).logabsdet.backward()
    assert "the operation slogdet" in error.value.__notes__[0]
