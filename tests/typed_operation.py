"""A user's operations, and their tests: what type checkers have to know of them."""

# pyright: strict

from __future__ import annotations

from typing import Any, assert_type

import numpy as np

import tinygrad_lr as tg
from tinygrad_lr import Op, Tensor, ops, testing
from tinygrad_lr.autograd import Function, function, functional


def forward(a: np.ndarray) -> np.ndarray:
    return np.asarray(np.logaddexp(a, 0.0))


def rule(g: Any, y: Any, a: Any) -> Any:
    """On arrays, or on Tensors."""
    return g * ops.sigmoid(a)


Context = function.FunctionCtx
softplus = Op("softplus", forward, rule)
# Of a lambda it is known what its arguments are, by their number.
as_in_the_readme = Op(
    "softplus", lambda a: np.logaddexp(a, 0.0), lambda g, y, a: g * ops.sigmoid(a)
)
product_op = Op("product", lambda a, b: a * b, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
scaled = Op("scaled", lambda a, times: a * times, lambda g, y, a, times: g * times, light=True)
hypot = Op("hypot", np.hypot, lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y)
nothing = Op("nothing", lambda a: a, None, needs="anything")


@testing.op_tests(softplus, cases=testing.unary(), examples=3)
def test_softplus(check: Any) -> None:
    check()


class Square(Function):
    @staticmethod
    def forward(ctx: Context, x: Tensor, times: float = 1.0) -> Tensor:
        ctx.save_for_backward(x)
        return x * x * times

    @staticmethod
    def backward(ctx: Context, gradient: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return 2 * x * gradient, None


class Both(Function):
    """In the newer style, whose forward is given no context."""

    @staticmethod
    def forward(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        return x + y, x - y

    @staticmethod
    def setup_context(ctx: Context, inputs: Any, output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Context, of_sum: Tensor, of_rest: Tensor) -> tuple[Tensor, Tensor]:
        return of_sum + of_rest, of_sum - of_rest


x = tg.tensor([1.0, 2.0], requires_grad=True)
assert_type(softplus(x), Tensor)
assert_type(as_in_the_readme(x) + product_op(x, x) + scaled(x, times=2.0), Tensor)
assert_type(Square.apply(x), Tensor)
assert_type(Square.apply(x, times=2.0), Tensor)
assert_type(Both.apply(x, x), tuple[Tensor, Tensor])
Square.apply(x, 1.0).sum().backward()
assert_type(x.grad, Tensor | None)
print(tg.gradcheck(Square.apply, (tg.ones(2, dtype=tg.float64, requires_grad=True),)))


def cubes(x: Tensor) -> Tensor:
    return (x**3).sum()


def product(x: Tensor, y: Tensor) -> Tensor:
    return x * y


assert_type(functional.jacobian(tg.exp, x), Tensor)
assert_type(functional.jacobian(product, (x, x)), tuple[Tensor, ...])
assert_type(functional.hessian(cubes, x), Tensor)
assert_type(functional.hessian(lambda t: (t**3).sum(), x), Tensor)
assert_type(functional.vjp(tg.exp, x, x.detach()), tuple[Tensor, Tensor])
assert_type(functional.hvp(cubes, x, x.detach()), tuple[Tensor, Tensor])
assert_type(x.unique(), Tensor)
assert_type(tg.unique(x, return_counts=True), tuple[Tensor, ...])
