"""``except RuntimeError`` around a call catches here what it catches in PyTorch.

So does ``except IndexError``, and so on: the same wrong call is made in both frameworks, and
whoever is ready for PyTorch's error is ready for ours. What ours says is in tests/mistakes/.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import torch

import tinygrad_lr
from tinygrad_lr import nn, optim
from tinygrad_lr.optim import lr_scheduler

KINDS = (RuntimeError, IndexError, ValueError, TypeError)  # NotImplementedError is a RuntimeError


def floats(m: Any, *shape: int) -> Any:
    return m.ones(shape or (2, 3))


def mask(m: Any) -> Any:
    return m.tensor([True, False])


def whole(m: Any) -> Any:
    return m.tensor([[1, 2, 3], [4, 5, 6]])


def backward_twice(y: Any) -> None:
    y.backward()
    y.backward()


CALLS: dict[str, Callable[[Any], Any]] = {
    # dtypes that do not fit
    "a mask has no opposite": lambda m: -mask(m),
    "two masks have no difference": lambda m: mask(m) - mask(m),
    "floats have no bits": lambda m: floats(m) & floats(m),
    "floats have no bits to invert": lambda m: ~floats(m),
    "floats or integers": lambda m: floats(m) | whole(m),
    "the mean of integers": lambda m: whole(m).mean(),
    "the mean of a mask along a dimension": lambda m: mask(m).mean(0),
    "the variance of integers": lambda m: whole(m).var(),
    "the standard deviation of a mask": lambda m: m.std(mask(m)),
    "a product of two dtypes": lambda m: floats(m) @ m.ones(3, 2, dtype=m.float64),
    "a product of floats and integers": lambda m: floats(m) @ whole(m).T,
    "linear of two dtypes": lambda m: m.nn.functional.linear(floats(m), m.ones(4, 3).double()),
    "an option that an activation has not": lambda m: m.nn.Tanh(inplace=True),
    "an argument of what takes none": lambda m: m.nn.Sigmoid(1),
    "a layer fed integers": lambda m: m.nn.Linear(3, 1)(whole(m)),
    "a layer fed float64": lambda m: m.nn.Linear(3, 1)(floats(m).double()),
    "a condition of floats": lambda m: m.where(floats(m), floats(m), 0.0),
    "a condition of integers": lambda m: m.where(whole(m), floats(m), 0.0),
    "floats into integers, in place": lambda m: whole(m).add_(1.5),
    "a quotient into integers": lambda m: whole(m).div_(2),
    "a square root into integers": lambda m: whole(m).sqrt_(),
    "gather by floats": lambda m: m.gather(floats(m), 0, floats(m)),
    "index_select by floats": lambda m: floats(m).index_select(0, m.ones(2)),
    "cross_entropy of integers": (
        lambda m: m.nn.functional.cross_entropy(whole(m), m.tensor([0, 1]))
    ),
    "cross_entropy with float classes": (
        lambda m: m.nn.functional.cross_entropy(floats(m), m.tensor([0.0, 1.0]))
    ),
    "nll_loss with float classes": (
        lambda m: m.nn.functional.nll_loss(floats(m), m.tensor([0.0, 1.0]))
    ),
    "mse_loss of integers": lambda m: m.nn.functional.mse_loss(whole(m), whole(m)),
    "random floats in an integer tensor": lambda m: whole(m).normal_(),
    "uniform floats in an integer tensor": lambda m: whole(m).uniform_(),
    "rand of integers": lambda m: m.rand(3, dtype=m.int64),
    "gradients of integers": lambda m: whole(m).requires_grad_(),
    "a new tensor of integers with gradients": lambda m: m.tensor([1, 2], requires_grad=True),
    "data of integers for a leaf": lambda m: setattr(floats(m).requires_grad_(), "data", whole(m)),
    # values that an argument cannot have
    "a dimension twice": lambda m: floats(m).sum((0, 0)),
    "a dimension twice, once from the back": lambda m: floats(m).amax((0, -2)),
    "a dimension twice, of the variance": lambda m: floats(m).var((1, 1)),
    "permute with a dimension twice": lambda m: floats(m).permute(0, 0),
    "flatten backwards": lambda m: floats(m).flatten(1, 0),
    "an integer to a negative power": lambda m: whole(m) ** -1,
    "clamp without bounds": lambda m: floats(m).clamp(),
    "nothing to join": lambda m: m.cat([]),
    "nothing to stack": lambda m: m.stack([]),
    "no steps": lambda m: m.arange(0, 3, 0),
    "steps in the other direction": lambda m: m.arange(3, 0, 1),
    "endless steps": lambda m: m.arange(float("inf")),
    "fewer than no steps": lambda m: m.linspace(0, 1, -1),
    "fewer than no rows": lambda m: m.eye(-1),
    "fewer than no columns": lambda m: m.eye(1, -1),
    "a negative size": lambda m: m.zeros(2, -1),
    "a negative spread": lambda m: floats(m).normal_(0.0, -1.0),
    "a negative spread of new numbers": lambda m: m.normal(0.0, -1.0, (2,)),
    "uniform from high to low": lambda m: floats(m).uniform_(1.0, 0.0),
    "no integers to draw": lambda m: m.randint(3, 3, (2,)),
    "a permutation of fewer than none": lambda m: m.randperm(-1),
    "an unknown reduction": lambda m: m.nn.functional.mse_loss(floats(m), floats(m), reduction="x"),
    "smoothing above 1": (
        lambda m: m.nn.functional.cross_entropy(floats(m), m.tensor([0, 1]), label_smoothing=2.0)
    ),
    # places that are not there
    "a dimension that is not there": lambda m: floats(m).sum(2),
    "a dimension of softmax": lambda m: floats(m).softmax(2),
    "a dimension to exchange": lambda m: floats(m).transpose(0, 2),
    "the largest of none": lambda m: m.zeros(0).max(),
    "the largest of none, along a dimension": lambda m: m.zeros(2, 0).max(1),
    "where the largest of none is": lambda m: m.zeros(0).argmax(),
    "where the smallest of none is": lambda m: m.zeros(2, 0).argmin(1),
    "the largest value of none": lambda m: m.zeros(2, 0).amax(1),
    "the smallest value of none": lambda m: m.zeros(2, 0).amin(1),
    "the largest value of none at all": lambda m: m.zeros(0).amax(),
    "an entry that is not there": lambda m: floats(m)[2],
    "select an entry that is not there": lambda m: floats(m).index_select(0, m.tensor([2])),
    "gather an entry that is not there": lambda m: m.gather(floats(m), 0, m.tensor([[2]])),
    "a class that is not there": (
        lambda m: m.nn.functional.cross_entropy(floats(m), m.tensor([0, 3]))
    ),
    # shapes that do not fit
    "a sum of other shapes": lambda m: floats(m) + m.ones(2),
    "a product of other shapes": lambda m: floats(m) @ floats(m),
    "a product with a number": lambda m: m.matmul(floats(m), m.tensor(2.0)),
    "a shape of other size": lambda m: floats(m).reshape(4),
    "two sizes left open": lambda m: floats(m).reshape(-1, -1),
    "a view that needs a copy": lambda m: floats(m).t().view(6),
    "expand what is not 1": lambda m: floats(m).expand(4, 3),
    "t of three dimensions": lambda m: floats(m, 2, 3, 4).t(),
    "join other shapes": lambda m: m.cat([floats(m), m.ones(2, 2)]),
    "join numbers": lambda m: m.cat([m.tensor(1.0), m.tensor(2.0)]),
    "stack other shapes": lambda m: m.stack([floats(m), m.ones(2, 2)]),
    "a larger index than the input": lambda m: m.gather(m.ones(1, 1), 1, whole(m) * 0),
    "an index of more dimensions": lambda m: floats(m).index_select(0, whole(m) * 0),
    "in place, with a larger operand": lambda m: m.ones(3).add_(floats(m)),
    "as many classes as rows": (
        lambda m: m.nn.functional.cross_entropy(floats(m), m.tensor([0, 1, 2]))
    ),
    "an item of many": lambda m: floats(m).item(),
    "whether many are true": lambda m: bool(floats(m)),
    # and what is no tensor at all
    "exp of a number": lambda m: m.exp(1.0),
    "the maximum with a number": lambda m: m.maximum(floats(m), 1.0),
    "join what is no tensor": lambda m: m.cat([1.0, 2.0]),
    "a word": lambda m: floats(m) + "1",
    "a dimension of 1.0": lambda m: floats(m).sum(1.0),
    "a size of 2.0": lambda m: m.zeros(2.0),
    "counting to a word": lambda m: m.arange("3"),
    "half a row": lambda m: m.eye(2.5),
    "half a permutation": lambda m: m.randperm(2.5),
    "half a step": lambda m: m.linspace(0, 1, 2.5),
    "the length of a number": lambda m: len(m.tensor(1.0)),
    "each of a number": lambda m: iter(m.tensor(1.0)),
    # the graph
    "backward of a constant": lambda m: floats(m).sum().backward(),
    "backward of many": lambda m: (floats(m).requires_grad_() * 2).backward(),
    "backward twice": lambda m: backward_twice(floats(m).requires_grad_().exp().sum()),
    "a leaf in place": lambda m: floats(m).requires_grad_().add_(1),
    "numpy of what requires grad": lambda m: floats(m).requires_grad_().numpy(),
    "the gradient of what was not used": (
        lambda m: m.autograd.grad(floats(m).requires_grad_().sum(), floats(m).requires_grad_())
    ),
}


def raised(call: Callable[[Any], Any], module: Any) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        call(module)
    return caught.value


@pytest.mark.parametrize("name", CALLS)
def test_who_catches_pytorchs_error_catches_ours(name: str) -> None:
    theirs, ours = (raised(CALLS[name], module) for module in (torch, tinygrad_lr))
    kind = next(kind for kind in KINDS if isinstance(theirs, kind))
    assert isinstance(ours, kind), f"{theirs!r} there, {ours!r} here"


@pytest.mark.parametrize("room", [nn, optim, lr_scheduler], ids=lambda room: room.__name__)
def test_an_option_that_a_class_has_not_is_refused_in_a_public_name(room: Any) -> None:
    for name, made in inspect.getmembers(room, inspect.isclass):
        if "_" not in name and name != "Identity":  # that one takes everything
            with pytest.raises(TypeError, match=r"^[A-Z]"):
                made(no_such_option=1)
