"""Mistakes with the graph: backward twice, after a write, unrecorded; operations of one's own."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_lr as tg
from mistakes import (
    COUNTS,
    WEIGHT,
    Mistakes,
    X,
    assign,
    leaf,
    put,
)
from tinygrad_lr import autograd, nn


def backward_twice() -> None:
    loss = (leaf(2) ** 2).sum()
    loss.backward()
    loss.backward()


def backward_after_a_write() -> None:
    x = leaf(2) * 1
    square = x * x
    x += 1
    square.sum().backward()


def backward_under_no_grad() -> None:
    with tg.no_grad():
        leaf(2).sum().backward()


def late_leaf() -> tg.Tensor:
    a = tg.ones(2)
    view = a[:]
    a.requires_grad_()
    return view


def unrecorded_view(of: tg.Tensor) -> tg.Tensor:
    with tg.no_grad():
        return of[:1]


def stale_view() -> tg.Tensor:
    h = leaf(2) * 2
    view = unrecorded_view(h)
    h.mul_(2.0)
    return view


def as_bits_after_a_write() -> tg.Tensor:
    h = tg.ones(2)
    bits: tg.Tensor = tg.Op("bits", lambda a: a.view("uint32"), None)(h)
    h.mul_(leaf(2))
    return bits


GRAPH: Mistakes = {
    "detaching a view in place": (
        lambda: (leaf(2, 3) * 2)[0].detach_(),
        RuntimeError,
        ["detach_:", "a view", "use detach()"],
    ),
    "backward from many numbers": (
        lambda: (leaf(2, 3) * 2).backward(),
        RuntimeError,
        ["backward:", "scalar", "(2, 3)", ".sum() or .mean()", "pass a gradient"],
    ),
    "backward a second time": (
        backward_twice,
        RuntimeError,
        ["backward", "second time", "retain_graph=True", "compute the result again"],
    ),
    "backward without anything to learn": (
        lambda: X.sum().backward(),
        RuntimeError,
        ["backward: this tensor does not require grad", "requires_grad=True on the inputs"],
    ),
    "backward of what was detached": (
        lambda: (leaf(2) * 2).sum().detach().backward(),
        RuntimeError,
        ["does not require grad", "detach()"],
    ),
    "backward under no_grad": (
        backward_under_no_grad,
        RuntimeError,
        ["backward:", "switched off here (no_grad)"],
    ),
    "backward with a gradient of another shape": (
        lambda: (leaf(2, 3) * 2).backward(tg.ones(2)),
        tg.ShapeError,
        ["backward: the gradient has shape (2,)", "(2, 3)", "must be equal"],
    ),
    "backward with a number for a gradient": (
        lambda: leaf(2).sum().backward(1.0),  # type: ignore[arg-type]
        TypeError,
        ["backward: the gradient must be a Tensor", "float", "make one of shape ()"],
    ),
    "a leaf changed in place": (
        lambda: leaf(2).add_(1),
        RuntimeError,
        ["add_: a leaf Tensor that requires grad", "(2,)", "with no_grad():"],
    ),
    "a row of a leaf changed in place": (
        lambda: put(0.0, 0, leaf(2)),
        RuntimeError,
        ["a leaf Tensor that requires grad", "with no_grad():"],
    ),
    "changed in place and needed afterwards": (
        backward_after_a_write,
        RuntimeError,
        ["gradient of mul needs", "shape (2,)", "add_", "x = x + y"],
    ),
    "the gradient of what is no leaf": (
        lambda: (leaf(2) * 2).grad,
        UserWarning,
        [".grad", "not a leaf", ".retain_grad()"],
    ),
    "requires_grad switched off for a result": (
        lambda: (leaf(2) * 2).requires_grad_(False),
        RuntimeError,
        ["requires_grad", "only be switched off for a leaf", "detach()"],
    ),
    "numpy of what requires grad": (
        lambda: leaf(2).numpy(),
        RuntimeError,
        ["numpy()", "requires grad", "tensor.detach().numpy()"],
    ),
    "a plot of what requires grad": (
        lambda: np.asarray(leaf(2) * 2),
        RuntimeError,
        ["numpy()", "requires grad", "tensor.detach().numpy()"],
    ),
    "grad of a number": (
        lambda: autograd.grad(3.0, leaf(2)),
        TypeError,
        ["grad: expected a Tensor, or a list of them", "3.0"],
    ),
    "backward from nothing": (
        lambda: autograd.backward(None),
        TypeError,
        ["backward: expected a Tensor, or a list of them", "None"],
    ),
    "a hook on a constant": (
        lambda: tg.ones(2).register_hook(print),
        RuntimeError,
        ["register_hook", "does not require grad", "requires_grad=True"],
    ),
    "a hook that is none": (
        lambda: leaf(2).register_hook(3),
        TypeError,
        ["a hook is a function of a Tensor", "int"],
    ),
    "a hook on the .grad of a result": (
        lambda: (leaf(2) * 2).register_post_accumulate_grad_hook(print),
        RuntimeError,
        ["register_post_accumulate_grad_hook", "only a leaf", "register_hook"],
    ),
    "the Jacobian at a list": (
        lambda: vars(autograd)["functional"].jacobian(tg.exp, [1.0]),
        TypeError,
        ["jacobian: the inputs must be a Tensor or a tuple of Tensors", "list"],
    ),
    "the Hessian of many numbers": (
        lambda: vars(autograd)["functional"].hessian(tg.exp, tg.ones(2)),
        RuntimeError,
        ["hessian", "a single number", "(2,)"],
    ),
    "a direction of another shape": (
        lambda: vars(autograd)["functional"].jvp(tg.exp, tg.ones(2), tg.ones(3)),
        RuntimeError,
        ["jvp", "(2,)", "(3,)"],
    ),
    "Variable of a list": (
        lambda: autograd.Variable([1.0], requires_grad=True),
        TypeError,
        ["Variable: expected a Tensor", "list", "tensor(...)"],
    ),
    "grad of what was not used": (
        lambda: autograd.grad(leaf(3).sum(), leaf(2)),
        RuntimeError,
        ["grad: input 0, a tensor of shape (2,), was not used", "allow_unused=True"],
    ),
    "grad of a constant": (
        lambda: autograd.grad(leaf(3).sum(), X),
        RuntimeError,
        ["grad: input 0 does not require grad", "requires_grad=True"],
    ),
    "more gradients than results": (
        lambda: autograd.backward([leaf(2).sum()], [None, None]),
        RuntimeError,
        ["backward: 1 tensors, but 2 gradients", "one for each tensor"],
    ),
    "a gradient of another shape put in place": (
        lambda: assign("grad", tg.ones(3), leaf(2)),
        tg.ShapeError,
        ["grad must have the shape and dtype", "(2,) float32", "(3,) float32"],
    ),
    "an array put in a gradient's place": (
        lambda: assign("grad", np.ones(2), leaf(2)),
        TypeError,
        ["grad must be a Tensor or None", "ndarray"],
    ),
    "an array put in the data's place": (
        lambda: assign("data", np.ones(2), leaf(2)),
        TypeError,
        ["data must be a Tensor", "ndarray"],
    ),
    "integers put in a parameter's place": (
        lambda: assign("data", COUNTS, leaf(2, 3)),
        TypeError,
        ["data:", "requires grad", "int64", ".float()"],
    ),
    "a write to what was expanded, and detached": (
        lambda: tg.ones(1, 3).expand(2, 3).detach()[0].zero_(),
        RuntimeError,
        ["detached from what was expanded", "clone()"],
    ),
    "data of another shape, of a result": (
        lambda: assign("data", tg.ones(3), leaf(2) * 2.0),
        tg.ShapeError,
        ["data: this tensor was computed", "(2,) float32; got (3,) float32", "new tensor"],
    ),
    "data of another dtype, of a view of a leaf": (
        lambda: assign("data", tg.ones(1, dtype=tg.float64), leaf(2)[:1]),
        RuntimeError,
        ["data: this tensor was computed", "(1,) float32; got (1,) float64"],
    ),
    "retain_grad of a constant": (
        lambda: X.retain_grad(),
        RuntimeError,
        ["retain_grad: this tensor does not require grad"],
    ),
    "a copy of a result": (
        lambda: copy.deepcopy(leaf(2) * 2),
        RuntimeError,
        ["only a leaf can be deep-copied", "tensor.detach().clone()"],
    ),
    "a loss into a pickle": (
        lambda: pickle.dumps({"loss": (leaf(2) * 2).sum()}),
        RuntimeError,
        ["only a leaf can be pickled", "tensor.detach()", ".item()"],
    ),
    "a leaf that is a view, written to": (
        lambda: tg.ones(4)[:2].requires_grad_().mul_(2.0),
        RuntimeError,
        ["mul_: a leaf Tensor that requires grad (or a view of one)", "no_grad()"],
    ),
    "a view of what became a leaf, written to": (
        lambda: late_leaf().add_(5.0),
        RuntimeError,
        ["add_: a leaf Tensor that requires grad (or a view of one)", "no_grad()"],
    ),
    "a view made under no_grad, written to": (
        lambda: unrecorded_view(leaf(2) * 2).mul_(2.0),
        RuntimeError,
        ["mul_: this view was made under no_grad()", "make the view outside"],
    ),
    "a view made under no_grad of what was written to": (
        lambda: stale_view() * 2,
        RuntimeError,
        ["a view: this view was made under no_grad()", "its memory was written to"],
    ),
    "several elements that are one, written to": (
        lambda: tg.zeros(1).expand(3).add_(1.0),
        RuntimeError,
        ["add_: a tensor of shape (3,) that was expanded", ".clone()"],
    ),
    "part of several elements that are one, written to": (
        lambda: tg.zeros(1).expand(3).__setitem__(slice(2), 1.0),
        RuntimeError,
        ["a tensor of shape (2,) that was expanded", ".clone()"],
    ),
    "backward into no inputs": (
        lambda: (leaf(2) * 2).sum().backward(inputs=[]),
        RuntimeError,
        ["backward: inputs is empty", "leave it out"],
    ),
    "backward into a constant": (
        lambda: (leaf(2) * 2).sum().backward(inputs=[X]),
        RuntimeError,
        ["backward: input 0 does not require grad", "requires_grad=True"],
    ),
    "grad of nothing": (
        lambda: autograd.grad(leaf(2).sum(), []),
        RuntimeError,
        ["grad: inputs is empty", "pass the tensors"],
    ),
    "a gradient that is the tensor itself": (
        lambda: setattr(WEIGHT, "grad", WEIGHT),
        RuntimeError,
        ["cannot be its own gradient", "clone()"],
    ),
    "requires_grad of a result": (
        lambda: setattr(leaf(2) * 2, "requires_grad", True),
        RuntimeError,
        ["can only be set on a leaf", "tensor.detach()"],
    ),
    "a write to memory that is also seen as another dtype": (
        lambda: as_bits_after_a_write() + 1,
        RuntimeError,
        ["a tensor of uint32 that shows the memory of one of float32", ".clone()"],
    ),
}


# -------------------------------------------------------------------------- operations of one's own


def own(forward: Callable[..., Any], *rules: Any) -> Callable[..., Any]:
    """An operation of one's own, by the name of ``twice``."""
    return tg.Op("twice", forward, *rules)


OWN_OPERATIONS: Mistakes = {
    "a rule that forgets to return": (
        lambda: own(lambda a: a * 2, lambda g, y, a: None)(leaf(2)).sum().backward(),
        tg.ShapeError,
        ["twice: the gradient rule of a gave NoneType", "shape (2,)"],
    ),
    "a rule that gives a number": (
        lambda: own(lambda a: a * 2, lambda g, y, a: 2.0)(leaf(2)).sum().backward(),
        tg.ShapeError,
        ["twice: the gradient rule of a gave float, no array", "shape (2,)"],
    ),
    "a rule that gives another shape": (
        lambda: own(lambda a: a * 2, lambda g, y, a: g[:1].sum())(leaf(2)).sum().backward(),
        tg.ShapeError,
        ["twice: the gradient rule of a gave shape ()", "must give that shape"],
    ),
    "a rule that gives another dtype": (
        lambda: own(lambda a: a * 2, lambda g, y, a: g * np.float64(2))(leaf(2)).sum().backward(),
        TypeError,
        ["twice: the gradient rule of a gave float64 for float32", "Python numbers"],
    ),
    "a forward of shapes that do not fit": (
        lambda: own(lambda a, b: a + b)(leaf(2), leaf(3)),
        tg.ShapeError,
        ["twice: a has shape (2,), b has shape (3,)", "forward function"],
    ),
    "a forward with too many arguments": (
        lambda: own(lambda a: a * 2)(leaf(2), leaf(2)),
        TypeError,
        ["twice() takes 1 positional argument but 2 were given"],
    ),
    "a forward that calls functions of Tensors": (
        lambda: own(lambda a: tg.exp(a))(leaf(2)),
        TypeError,
        ["twice: its forward function is given arrays; use NumPy's", "exp: expected a Tensor"],
    ),
    "a forward without return": (
        lambda: own(lambda a: None)(leaf(2)),
        TypeError,
        ["twice: its forward function", "must return one", "returned None"],
    ),
    "a forward that returns a number": (
        lambda: own(lambda a: float(a.sum()))(leaf(2)),
        TypeError,
        ["twice: its forward function", "returned float"],
    ),
    "a rule with NumPy's functions": (
        lambda: tg.gradcheck(
            tg.Op("mine", np.sin, lambda g, y, a: g * np.cos(a)),
            tg.ones(2, dtype=tg.float64, requires_grad=True),
        ),
        RuntimeError,
        ["mine: the gradient rule of argument 0", "operators", "np.cos", "t.cos()"],
    ),
    "no_grad around a class": (
        lambda: tg.no_grad(nn.Linear),
        TypeError,
        ["go around a function, not the class Linear", "with no_grad():"],
    ),
    "set_grad_enabled without a mode": (
        lambda: tg.set_grad_enabled(leaf),
        TypeError,
        ["set_grad_enabled: expected True or False, got function"],
    ),
    "an operation without a name": (
        lambda: tg.Op(lambda a: a * 2, lambda g, y, a: g * 2),
        TypeError,
        ["Op: the first argument is its name", "Op('softplus', forward, rule)", "got function"],
    ),
    "an operation without a forward": (
        lambda: tg.Op("twice", 2),
        TypeError,
        ["Op: the forward of twice must be a function of arrays, got int"],
    ),
    "gradients for a number": (
        lambda: autograd.grad(leaf(2).sum(), 3),
        TypeError,
        ["grad: inputs must be a Tensor, or a list of them, got int"],
    ),
    "backward for an object": (
        lambda: leaf(2).sum().backward(inputs=object()),
        TypeError,
        ["backward: inputs must be a Tensor, or a list of them, got object"],
    ),
    "a rule that is a number": (
        lambda: tg.Op("twice", lambda a: a * 2, 2),
        TypeError,
        ["Op: a gradient rule of twice must be a function rule(g, y, ...)", "got int"],
    ),
    "one rule for all arrays that gives no function": (
        lambda: (
            tg.Op("total", lambda *a: sum(a), each=lambda g, y, *a: [g])(leaf(2)).sum().backward()
        ),
        TypeError,
        [
            "total: each is called as each(g, y, *arrays, ...)",
            "i -> the gradient of array number i",
        ],
    ),
    "one rule for all arrays that takes a number first": (
        lambda: (
            tg.Op("total", lambda *a: sum(a), each=lambda i, g, y, a: g)(leaf(2)).sum().backward()
        ),
        TypeError,
        ["total: each is called as each(g, y, *arrays, ...)", "and must return a function"],
    ),
    "a forward that forgets what it saves": (
        lambda: tg.Op("twice", lambda a: None, lambda g, y, a, saved: g, saves=lambda a: a)(
            leaf(2)
        ),
        TypeError,
        ["twice: as it has `saves`", "must return two things"],
    ),
}
