"""Derivatives of functions, as PyTorch's autograd.functional: all of ``autograd.grad``.

`func` is a function of Tensors, `inputs` its one argument or a tuple of them; it returns a Tensor
or a tuple. What comes of one input is one Tensor, of a tuple a tuple. Where an output does not
depend on an input the derivative is 0, and with `strict` a RuntimeError. With `create_graph` what
is returned can be differentiated in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from ..autograd import grad
from ..creation import eye, zeros
from ..errors import ArgumentError, ShapeError
from ..functions import stack
from ..making.likes import ones_like, zeros_like
from ..modes import enable_grad
from ..tensor import Tensor
from ..wording import say_nearest

X = TypeVar("X", Tensor, tuple[Tensor, ...])  # one input, or several
Y = TypeVar("Y", Tensor, tuple[Tensor, ...])  # one output, or several

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


@overload
def jacobian(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Tensor: ...
@overload
def jacobian(
    func: Callable[..., Tensor],
    inputs: tuple[Tensor, ...],
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> tuple[Tensor, ...]: ...
@overload
def jacobian(
    func: Callable[..., tuple[Tensor, ...]],
    inputs: X,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> tuple[X, ...]: ...
@enable_grad()
def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The slope of each element of the output with respect to each of the input.

    Its shape is that of the output, then that of the input. A tuple of them for a tuple of outputs,
    or of inputs; for both, a tuple for each output. (`vectorize` and `strategy` change nothing.)

    >>> tg.autograd.functional.jacobian(tg.exp, tg.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    name = "jacobian"
    outputs, xs = _called(name, func, inputs, create_graph)
    found = tuple(_rows(name, y, xs, create_graph, strict) for y in _tuple(name, outputs))
    several = found if isinstance(inputs, tuple) else tuple(of_one[0] for of_one in found)
    return several if isinstance(outputs, tuple) else several[0]


def _rows(
    name: str, y: Tensor, xs: tuple[Tensor, ...], create_graph: bool, strict: bool
) -> tuple[Tensor, ...]:
    """The Jacobian of one output, for each of the inputs: a row for each of its elements."""
    basis = eye(y.numel(), dtype=y.dtype, device=y.device)
    rows = [_gradients(name, [y], xs, [e.reshape(y.shape)], create_graph, strict) for e in basis]
    if not rows:
        return tuple(zeros((*y.shape, *x.shape), dtype=x.dtype, device=x.device) for x in xs)
    return tuple(
        _left(stack(of_x).reshape((*y.shape, *x.shape)), create_graph)
        for x, of_x in zip(xs, zip(*rows))
    )


@overload
def hessian(
    func: Callable[[Tensor], Tensor],
    inputs: Tensor,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Tensor: ...
@overload
def hessian(
    func: Callable[..., Tensor],
    inputs: tuple[Tensor, ...],
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> tuple[tuple[Tensor, ...], ...]: ...
def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a function that gives one number: the Jacobian of its Jacobian.

    >>> tg.autograd.functional.hessian(lambda x: (x**3).sum(), tg.ones(2))
    tensor([[6., 0.],
            [0., 6.]])
    """

    def slope(*xs: Tensor) -> Any:
        given = xs if isinstance(inputs, tuple) else xs[0]
        return jacobian(lambda *xs: _one_number("hessian", func(*xs)), given, True, strict)

    return jacobian(slope, inputs, create_graph, strict)


@enable_grad()
def vjp(
    func: Callable[..., Y],
    inputs: X,
    v: Y | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Y, X]:
    """The output, and `v` times the Jacobian: what backward computes. `v` is like the output.

    >>> tg.autograd.functional.vjp(tg.exp, tg.zeros(2), tg.ones(2))
    (tensor([1., 1.]), tensor([1., 1.]))
    """
    outputs, xs = _called("vjp", func, inputs, create_graph)
    ys = _tuple("vjp", outputs)
    found = _gradients("vjp", ys, xs, _vector("vjp", v, ys), create_graph, strict)
    return _like(outputs, ys, create_graph), _like(inputs, found, create_graph)


@enable_grad()
def jvp(
    func: Callable[..., Y],
    inputs: X,
    v: X | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Y, Y]:
    """The output, and the Jacobian times `v`: its slope along `v`, which is like the inputs.

    ``u J`` is linear in u, so its gradient with respect to u, given v, is ``J v``.

    >>> tg.autograd.functional.jvp(tg.exp, tg.zeros(2), tg.ones(2))
    (tensor([1., 1.]), tensor([1., 1.]))
    """
    outputs, xs = _called("jvp", func, inputs, create_graph)
    ys = _tuple("jvp", outputs)
    us = tuple(zeros_like(y, requires_grad=True) for y in ys)
    pulled = _gradients("jvp", ys, xs, us, True, strict)
    found = _gradients("jvp", pulled, us, _vector("jvp", v, xs), create_graph, False)
    return _like(outputs, ys, create_graph), _like(outputs, found, create_graph)


@enable_grad()
def vhp(
    func: Callable[..., Tensor],
    inputs: X,
    v: X | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensor, X]:
    """The output, one number, and `v` times the matrix of its second derivatives.

    >>> tg.autograd.functional.vhp(lambda x: (x**3).sum(), tg.ones(2), tg.ones(2))
    (tensor(2.), tensor([6., 6.]))
    """
    return _times_hessian("vhp", func, inputs, v, create_graph, strict)


@enable_grad()
def hvp(
    func: Callable[..., Tensor],
    inputs: X,
    v: X | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Tensor, X]:
    """The output, and that matrix times `v`: the same, as the matrix is symmetric.

    >>> tg.autograd.functional.hvp(lambda x: (x**3).sum(), tg.ones(2), tg.ones(2))
    (tensor(2.), tensor([6., 6.]))
    """
    return _times_hessian("hvp", func, inputs, v, create_graph, strict)


def _times_hessian(
    name: str, func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool, strict: bool
) -> tuple[Any, Any]:
    output, xs = _called(name, func, inputs, create_graph)
    slopes = _gradients(name, [_one_number(name, output)], xs, [None], True, strict)
    found = _gradients(name, slopes, xs, _vector(name, v, xs), create_graph, strict)
    return _like(output, (output,), create_graph), _like(inputs, found, create_graph)


# ----------------------------------------------------------------------------- what all of them do


def _called(
    name: str, func: Callable[..., Any], inputs: Any, create_graph: bool
) -> tuple[Any, tuple[Tensor, ...]]:
    """What `func` gives, and the inputs that it was called with: new ones, that require grad."""
    xs = tuple(_fresh(x, create_graph) for x in _tuple(name, inputs, "inputs"))
    return func(*xs), xs


def _fresh(x: Tensor, create_graph: bool) -> Tensor:
    return x.view_as(x) if create_graph and x.requires_grad else x.detach().requires_grad_()


def _tuple(name: str, given: Any, what: str = "output") -> tuple[Tensor, ...]:
    """`given`, a Tensor or a tuple of them, as a tuple; TypeError if it is neither."""
    values = given if isinstance(given, tuple) else (given,)
    for value in values:
        if not isinstance(value, Tensor):
            raise TypeError(
                f"{name}: the {what} must be a Tensor or a tuple of Tensors, got "
                f"{'a tuple with ' if isinstance(given, tuple) else ''}{type(value).__name__}"
            )
    return values


def _one_number(name: str, output: Any) -> Tensor:
    if not isinstance(output, Tensor) or output.numel() != 1:
        came = f"shape {output.shape}" if isinstance(output, Tensor) else type(output).__name__
        raise ArgumentError(f"{name}: the function must give a single number, got {came}")
    return output.reshape(())


def _vector(name: str, v: Any, like: Sequence[Tensor]) -> Sequence[Tensor]:
    """`v`, of the shapes of the Tensors `like`; 1, if it is None and they are one number."""
    if v is None and len(like) == 1 and like[0].numel() == 1:
        return [ones_like(like[0])]
    if v is None:
        raise ArgumentError(f"{name}: v can only be left out where it is a single number")
    values = _tuple(name, v, "vector v")
    if [x.shape for x in values] != [x.shape for x in like]:
        raise ShapeError(
            f"{name}: v has invalid size: expected {', '.join(str(x.shape) for x in like)}, got "
            f"{', '.join(str(x.shape) for x in values)}"
        )
    return values


def _gradients(
    name: str,
    ys: Sequence[Tensor],
    xs: Sequence[Tensor],
    vs: Sequence[Tensor | None],
    create_graph: bool,
    strict: bool,
) -> tuple[Tensor, ...]:
    """The gradients of `ys`, given `vs`, with respect to `xs`; 0 where there is none."""
    followed = [(y, v) for y, v in zip(ys, vs) if y.requires_grad]
    found: Sequence[Tensor | None] = [None] * len(xs)
    if followed:
        of, given = zip(*followed)
        found = grad(of, xs, given, True, create_graph, allow_unused=True)
    if strict and (len(followed) < len(ys) or any(g is None for g in found)):
        raise ArgumentError(
            f"{name}: an output (or a derivative) does not depend on an input, and strict=True "
            "asks that each does"
        )
    return tuple(zeros_like(x) if g is None else g for x, g in zip(xs, found))


def _like(given: Any, values: Sequence[Tensor], create_graph: bool) -> Any:
    """`values` as a tuple if that was `given`, else the one of them."""
    left = tuple(_left(value, create_graph) for value in values)
    return left if isinstance(given, tuple) else left[0]


def _left(value: Tensor, create_graph: bool) -> Tensor:
    return value if create_graph else value.detach()


say_nearest(__name__)
