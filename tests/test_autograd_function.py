"""autograd.Function beside PyTorch: each case is written once, and run in both libraries."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch

import tinygrad_lr as tg

BOTH = pytest.mark.parametrize("t", [tg, torch], ids=["here", "PyTorch"])


def exp_of(t: Any) -> Any:
    class Exp(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (y,) = ctx.saved_tensors
            return g * y

    return Exp


def legendre_of(t: Any) -> Any:
    class LegendrePolynomial3(t.autograd.Function):
        """(5 x^3 - 3 x) / 2, as in PyTorch's tutorial."""

        @staticmethod
        def forward(ctx: Any, input: Any) -> Any:
            ctx.save_for_backward(input)
            return 0.5 * (5 * input**3 - 3 * input)

        @staticmethod
        def backward(ctx: Any, grad_output: Any) -> Any:
            (input,) = ctx.saved_tensors
            return grad_output * 1.5 * (5 * input**2 - 1)

    return LegendrePolynomial3


def scaled_product_of(t: Any) -> Any:
    class ScaledProduct(t.autograd.Function):
        """a * b * scale, and a + b; by setup_context, with a number and a default."""

        @staticmethod
        def forward(a: Any, b: Any, scale: float = 2.0) -> Any:
            return a * b * scale, a + b

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            a, b, ctx.scale = inputs
            ctx.save_for_backward(a, b)

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            a, b = ctx.saved_tensors
            return g * b * ctx.scale + h, g * a * ctx.scale + h, None

    return ScaledProduct


def vector(t: Any, *numbers: float) -> Any:
    return t.tensor(numbers, dtype=t.float64, requires_grad=True)


def single(t: Any) -> Any:
    return t.tensor([0.0, 1.0], requires_grad=True)


def shown(t: Any, *tensors: Any) -> list[str]:
    found = [repr(x if x is None else x.detach()) for x in tensors]
    return [text.replace("torch.", "") for text in found]  # float64


def first_and_second(t: Any) -> list[str]:
    x = vector(t, 0.5, -1.0)
    (g,) = t.autograd.grad(exp_of(t).apply(x * 2).sum(), x, create_graph=True)
    (h,) = t.autograd.grad((g * g).sum(), x)
    return shown(t, g, h)


def second_by_what_was_given(t: Any) -> list[str]:
    x = vector(t, 0.5, -1.0)
    (g,) = t.autograd.grad(legendre_of(t).apply(x).sum(), x, create_graph=True)
    (h,) = t.autograd.grad(g.sum(), x)
    return shown(t, g, h)


def tutorial(t: Any) -> list[str]:
    x = t.linspace(-3, 3, 50)
    y = t.sin(x)
    a, b, c, d = (t.full((), v, requires_grad=True) for v in (0.0, -1.0, 0.0, 0.3))
    p3 = legendre_of(t).apply
    losses = []
    for _ in range(20):
        loss = (a + b * p3(c + d * x) - y).pow(2).sum()
        losses.append(f"{loss.item():.3f}")
        loss.backward()
        with t.no_grad():
            for w in (a, b, c, d):
                w -= 1e-3 * w.grad
                w.grad = None
    return losses


def several_results(t: Any) -> list[str]:
    a, b = vector(t, 1.0, 2.0), vector(t, 3.0, 4.0)
    product, total = scaled_product_of(t).apply(a, b)
    (product.sum() * 3 + (total * total).sum()).backward()
    return shown(t, product, total, a.grad, b.grad)


def one_result_of_several(t: Any) -> list[str]:
    a, b = vector(t, 1.0, 2.0), vector(t, 3.0, 4.0)
    product, _ = scaled_product_of(t).apply(a, b, scale=0.5)
    gradients = t.autograd.grad(product.sum(), (a, b), create_graph=True)
    again = t.autograd.grad(gradients[0].sum(), b)
    return shown(t, *gradients, *again)


def a_result_used_twice(t: Any) -> list[str]:
    a, b = vector(t, 1.0, 2.0), vector(t, 3.0, 4.0)
    product, total = scaled_product_of(t).apply(a, b)
    product.retain_grad()
    (product * product + total).sum().backward()
    return shown(t, product.grad, a.grad, b.grad)


def saved_results_of_several(t: Any) -> list[str]:
    class Powers(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            square, cube = x * x, x * x * x
            ctx.save_for_backward(x, square)
            return square, cube

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            x, square = ctx.saved_tensors
            return 2 * g * x + 3 * h * square

    x = vector(t, 2.0, -1.0)
    square, cube = Powers.apply(x)
    (first,) = t.autograd.grad((square + cube).sum(), x, create_graph=True)
    (second,) = t.autograd.grad(first.sum(), x)
    return shown(t, first, second)


def not_materialized(t: Any) -> list[str]:
    seen = []

    class Two(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            seen.append([g is None, h is None])
            return h * 3

    x = vector(t, 1.0)
    Two.apply(x)[1].sum().backward()
    return [*shown(t, x.grad), str(seen)]


def without_a_gradient(t: Any) -> list[str]:
    class Sorted(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            order, half = x.argmax(), x / 2
            ctx.mark_non_differentiable(half)
            return x * 1.0, order, half

        @staticmethod
        def backward(ctx: Any, g: Any, *others: Any) -> Any:
            return g * 7

    x = vector(t, 1.0, 3.0)
    y, order, half = Sorted.apply(x)
    y.sum().backward()
    return [*shown(t, y, order, half, x.grad), str([v.requires_grad for v in (y, order, half)])]


def what_is_needed(t: Any) -> list[str]:
    needs = []

    class Plus(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, n: int, b: Any) -> Any:
            needs.append(ctx.needs_input_grad)
            return a + n * b

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            needs.append(ctx.needs_input_grad)
            return g if ctx.needs_input_grad[0] else None, None, 1 * g

    b = vector(t, 1.0)
    y = Plus.apply(b.detach(), 1, b)
    y.sum().backward()
    return [*shown(t, y, b.grad), str(needs)]


def broadcast_and_of_another_dtype(t: Any) -> list[str]:
    class Plus(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            return a.double() + b

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g, g

    a, b = t.ones(2, 1, requires_grad=True), vector(t, 1.0, 2.0, 3.0)
    Plus.apply(a, b).sum().backward()
    return [*shown(t, a.grad, b.grad), str(a.grad.dtype).replace("torch.", "")]


def both_leaves_get_their_own(t: Any) -> list[str]:
    class Same(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            return a + b

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            h = g * 2
            return h, h

    a, b = vector(t, 1.0), vector(t, 2.0)
    Same.apply(a, b).sum().backward()
    a.sum().backward()
    return shown(t, a.grad, b.grad)


def by_name(t: Any) -> list[str]:
    y = exp_of(t).apply(vector(t, 0.0))
    name = y.grad_fn.next_functions[0][0].name()
    product, _ = scaled_product_of(t).apply(vector(t, 1.0), 2 * vector(t, 1.0))
    below = [f.name() for f, _ in product.grad_fn.next_functions if f]
    return [y.grad_fn.name(), name, str(y.is_leaf), product.grad_fn.name(), *below]


def nothing_recorded(t: Any) -> list[str]:
    with t.no_grad():
        y = exp_of(t).apply(single(t))
    z = exp_of(t).apply(t.zeros(2))
    return [repr(y), repr(z)]


def others_than_tensors(t: Any) -> list[str]:
    class Named(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, name: str) -> Any:
            return x * 2, name

        @staticmethod
        def backward(ctx: Any, g: Any, none: Any) -> Any:
            return g * 2, None

    x = vector(t, 1.0)
    y, name = Named.apply(x, "twice")
    y.sum().backward()
    return [name, *shown(t, x.grad)]


def recorded_within_backward(t: Any) -> list[str]:
    class Sine(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any, c: Any) -> Any:
            ctx.save_for_backward(a, b, c)
            return (a * b).sin() + c

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            a, b, c = ctx.saved_tensors
            needs.append([v.requires_grad for v in (a, b, c)])
            with t.enable_grad():
                y = (a * b).sin() + c
            return (*t.autograd.grad(y, (a, b), g), None)

    needs: list[Any] = []
    a, b = vector(t, 1.0, 2.0), vector(t, 3.0, 4.0)
    Sine.apply(a, b * 2, t.ones(2)).sum().backward()
    return [*shown(t, a.grad, b.grad), str(needs)]


CASES = [
    recorded_within_backward,
    first_and_second,
    second_by_what_was_given,
    tutorial,
    several_results,
    one_result_of_several,
    a_result_used_twice,
    saved_results_of_several,
    not_materialized,
    without_a_gradient,
    what_is_needed,
    broadcast_and_of_another_dtype,
    both_leaves_get_their_own,
    by_name,
    nothing_recorded,
    others_than_tensors,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_function_does_what_pytorchs_does(case: Callable[[Any], list[str]]) -> None:
    assert case(tg) == case(torch)


def test_its_result_prints_as_pytorchs() -> None:
    assert repr(exp_of(tg).apply(single(tg))) == repr(exp_of(torch).apply(single(torch)))


# ----------------------------------------------------------------------------------------- refusals


def returning(t: Any, what: Callable[[Any], Any]) -> Any:
    class Odd(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, n: int) -> Any:
            return x * n

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return what(g)

    return Odd.apply(vector(t, 1.0, 2.0), 3).sum().backward()


def overwritten(t: Any) -> None:
    y = exp_of(t).apply(vector(t, 1.0))
    y.mul_(2)
    y.sum().backward()


def an_overwritten_argument(t: Any) -> None:
    x = vector(t, 1.0) * 1
    y = legendre_of(t).apply(x)
    x.zero_()
    y.sum().backward()


def twice(t: Any) -> None:
    y = exp_of(t).apply(vector(t, 1.0)).sum()
    y.backward()
    y.backward()


def once_of(t: Any) -> Any:
    class Once(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        @t.autograd.function.once_differentiable
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * 2 * x

    return Once


def twice_differentiated(t: Any) -> None:
    x = vector(t, 1.0)
    (g,) = t.autograd.grad(once_of(t).apply(x).sum(), x, create_graph=True)
    g.sum().backward()


def twice_differentiated_by_what_came_in(t: Any) -> None:
    x = vector(t, 1.0)
    (g,) = t.autograd.grad((once_of(t).apply(x) * x).sum(), x, create_graph=True)
    g.sum().backward()


def no_backward(t: Any) -> None:
    class Half(t.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x / 2

    Half.apply(vector(t, 1.0)).sum().backward()


WRONG: dict[str, Callable[[Any], object]] = {
    "too few gradients": lambda t: returning(t, lambda g: g),
    "too many gradients": lambda t: returning(t, lambda g: (g, None, g)),
    "a number": lambda t: returning(t, lambda g: (1.0, None)),
    "a gradient for a number": lambda t: returning(t, lambda g: (g, g)),
    "a gradient of another shape": lambda t: returning(t, lambda g: (t.ones(3), None)),
    "overwritten": overwritten,
    "an overwritten argument": an_overwritten_argument,
    "twice": twice,
    "twice differentiated": twice_differentiated,
    "twice differentiated, by what came in": twice_differentiated_by_what_came_in,
    "no backward": no_backward,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_pytorch_refuses_is_refused_by_an_error_of_its_kind(wrong: str) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        WRONG[wrong](torch)
    with pytest.raises(theirs.type):
        WRONG[wrong](tg)


def test_a_backward_that_is_differentiable_once_gives_the_first_gradient() -> None:
    x = vector(tg, 3.0)
    once_of(tg).apply(x).sum().backward()
    assert x.grad.tolist() == [6.0]


def test_an_error_in_forward_or_backward_is_the_users_own() -> None:
    class Odd(tg.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            if x.sum() < 0:
                raise ValueError("too small")
            return x * 1

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            raise KeyError("mine")

    with pytest.raises(ValueError, match="too small"):
        Odd.apply(tg.tensor([-1.0]))
    with pytest.raises(KeyError, match="mine"):
        Odd.apply(vector(tg, 1.0)).sum().backward()


def test_it_says_what_to_do_instead() -> None:
    with pytest.raises(RuntimeError, match=r"write Exp.apply\(...\)"):
        exp_of(tg)()(vector(tg, 1.0))
    with pytest.raises(TypeError, match="save_for_backward: expected a Tensor, got int"):
        tg.autograd.function.FunctionCtx().save_for_backward(3)
    with pytest.raises(RuntimeError, match=r"(?s)mark_dirty: .*x.clone\(\)"):
        tg.autograd.function.FunctionCtx().mark_dirty(vector(tg, 1.0))


# ------------------------------------------------------------------------------- and the rest of us


def test_gradcheck_takes_a_function() -> None:
    x = tg.tensor([0.5, -1.0], dtype=tg.float64, requires_grad=True)
    assert tg.gradcheck(exp_of(tg).apply, x)
    assert tg.gradcheck(lambda x: scaled_product_of(tg).apply(x, x * x), x)


def test_gradcheck_says_which_function_is_wrong() -> None:
    class Slip(tg.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * x, x * 2

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            return 3 * g + 2 * h

    x = tg.tensor([0.5, -1.0], dtype=tg.float64, requires_grad=True)
    with pytest.raises(tg.GradcheckError, match="At fault: Slip"):
        tg.gradcheck(lambda x: Slip.apply(x)[0] + x, x)


def test_what_is_saved_is_freed_with_the_result() -> None:
    gc.disable()
    try:
        x = vector(tg, 1.0)
        y = exp_of(tg).apply(x)
        there = weakref.ref(y.array)
        del y
        assert there() is None
    finally:
        gc.enable()


def test_a_traced_step_uses_a_function() -> None:
    w = vector(tg, 0.5, 1.0)

    def step(x: Any) -> Any:
        w.grad = None
        loss = exp_of(tg).apply(w * x).sum()
        loss.backward()
        return loss, w.grad * 1

    traced = tg.jit.trace(step)
    for n in range(4):
        x = tg.full((2,), 0.1 * n, dtype=tg.float64)
        assert [v.tolist() for v in traced(x)] == [v.tolist() for v in step(x)]


@BOTH
def test_the_names_of_it(t: Any) -> None:
    assert t.autograd.Function is t.autograd.function.Function
    assert callable(t.autograd.function.once_differentiable)
