"""Mistakes with optimizers: what they are given, their options, their schedules, their state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import tinygrad_lr as tg
from mistakes import WEIGHT, Mistakes, X, leaf
from tinygrad_lr import nn
from tinygrad_lr.optim import SGD


def used_up(model: nn.Module) -> Iterator[Any]:
    """The parameters of `model`, after somebody has counted them."""
    parameters = model.parameters()
    list(parameters)
    return parameters


def step_after_the_shape_changed() -> None:
    weight = leaf(2)
    weight.sum().backward()
    weight.data = tg.ones(3)
    SGD([weight]).step()


def set_option(**options: Any) -> SGD:
    optimizer = SGD([leaf(2)])
    optimizer.param_groups[0].update(options)
    return optimizer


def read_only_step() -> None:
    weight = leaf(3)
    weight.data = tg.ones(1).expand(3)
    weight.grad = tg.ones(3)
    SGD([weight]).step()


ITS_STATE = SGD([WEIGHT]).state_dict()

OPTIMIZERS: Mistakes = {
    "no parameters": (lambda: SGD([]), ValueError, ["SGD: got no parameters", "used up"]),
    "parameters that were used up": (
        lambda: SGD(used_up(nn.Linear(2, 2))),
        ValueError,
        ["SGD: got no parameters", "already used up"],
    ),
    "a model in the parameters' place": (
        lambda: SGD(nn.Linear(2, 2)),  # type: ignore[arg-type]
        TypeError,
        ["SGD: expected an iterable of Tensors", "Linear", "model.parameters()"],
    ),
    "parameters that were not called": (
        lambda: SGD(nn.Linear(2, 2).parameters),  # type: ignore[arg-type]
        TypeError,
        ["SGD: expected an iterable of Tensors", "method", "model.parameters()"],
    ),
    "one tensor": (lambda: SGD(WEIGHT), TypeError, ["SGD:", "got one Tensor", "[tensor]"]),
    "parameters with and without names": (
        lambda: SGD([("weight", WEIGHT), leaf(2)]),
        ValueError,
        ["SGD: either all parameters have a name, or none has"],
    ),
    "modules with their names": (
        lambda: SGD(nn.Sequential(nn.Linear(2, 2)).named_children()),
        TypeError,
        ["SGD: parameter 0 must be a Tensor", "Linear", "model.parameters()"],
    ),
    "an option misspelt": (
        lambda: SGD([{"params": [WEIGHT], "wieght_decay": 0.1}]),
        ValueError,
        ["SGD: a group has no option 'wieght_decay'", "'weight_decay'"],
    ),
    "a learning rate of 401 digits": (
        lambda: SGD([WEIGHT], lr=10**400),
        ValueError,
        ["SGD: lr must be a finite number >= 0"],
    ),
    "a set of parameters": (
        lambda: SGD([{"params": {WEIGHT}}]),
        TypeError,
        ["SGD: the 'params' of a group", "a set has none", "list"],
    ),
    "a parameter added twice": (
        lambda: SGD([WEIGHT]).add_param_group({"params": WEIGHT}),
        ValueError,
        ["SGD: parameter 1 is given twice"],
    ),
    "a group that is a list": (
        lambda: SGD([WEIGHT]).add_param_group([leaf(2)]),  # type: ignore[arg-type]
        TypeError,
        ["SGD: expected groups", "got list"],
    ),
    "a learning rate of nan, put in later": (
        lambda: set_option(lr=float("nan")).step(),
        ValueError,
        ["SGD: lr must be a finite number >= 0, got nan"],
    ),
    "a negative momentum, put in later": (
        lambda: set_option(momentum=-1).step(),
        ValueError,
        ["SGD: momentum must be a finite number >= 0, got -1"],
    ),
    "nesterov as text": (
        lambda: SGD([WEIGHT], nesterov="False"),  # type: ignore[arg-type]
        ValueError,
        ["SGD: nesterov must be True or False, got 'False'"],
    ),
    "a learning rate for each row": (
        lambda: SGD([WEIGHT], lr=tg.ones(2)),
        ValueError,
        ["SGD: lr must be a finite number >= 0, got tensor([1., 1.])"],
    ),
    "a parameter in read-only memory": (
        lambda: read_only_step(),
        RuntimeError,
        ["SGD.step: a parameter of shape (3,) is in read-only memory", "clone()"],
    ),
    "a state in the parameters' place": (
        lambda: SGD(nn.Linear(2, 2).state_dict()),
        TypeError,
        ["SGD: expected an iterable of Tensors", "dict", "model.parameters()"],
    ),
    "arrays": (
        lambda: SGD([np.ones(2)]),
        TypeError,
        ["SGD: parameter 0 must be a Tensor", "ndarray"],
    ),
    "a parameter that was computed": (
        lambda: SGD([WEIGHT, leaf(2) * 2]),
        ValueError,
        ["SGD: parameter 1 is no leaf", "MulBackward0", "it was computed from"],
    ),
    "a constant": (
        lambda: SGD([X]),
        ValueError,
        ["SGD: parameter 0 does not require grad", "requires_grad=True"],
    ),
    "a parameter twice": (
        lambda: SGD([WEIGHT, WEIGHT]),
        ValueError,
        ["SGD: parameter 1 is given twice", "give it once"],
    ),
    "a negative learning rate": (
        lambda: SGD([WEIGHT], lr=-0.1),
        ValueError,
        ["SGD: lr must be a finite number >= 0", "-0.1"],
    ),
    "a learning rate that is text": (
        lambda: SGD([WEIGHT], lr="0.1"),  # type: ignore[arg-type]
        ValueError,
        ["SGD: lr must be a finite number >= 0", "'0.1'"],
    ),
    "a learning rate of nan": (
        lambda: SGD([WEIGHT], lr=float("nan")),
        ValueError,
        ["SGD: lr must be a finite number", "nan"],
    ),
    "a negative momentum": (
        lambda: SGD([WEIGHT], momentum=-0.9),
        ValueError,
        ["SGD: momentum must be a finite number >= 0", "-0.9"],
    ),
    "nesterov without momentum": (
        lambda: SGD([WEIGHT], nesterov=True),
        ValueError,
        ["SGD: nesterov needs momentum > 0"],
    ),
    "a group without parameters": (
        lambda: SGD([{"lr": 0.1}]),
        ValueError,
        ["SGD: a group needs 'params'", "['lr']"],
    ),
    "a misspelt option of a group": (
        lambda: SGD([{"params": [WEIGHT], "learning_rate": 0.1}]),
        ValueError,
        ["SGD: a group has no option 'learning_rate'", "'lr'"],
    ),
    "a group that is a model": (
        lambda: SGD([{"params": nn.Linear(2, 2)}]),
        TypeError,
        ["SGD: the 'params' of a group", "Linear", "model.parameters()"],
    ),
    "a tensor beside a group": (
        lambda: SGD([{"params": [leaf(2)]}, WEIGHT]),
        TypeError,
        ["SGD: expected groups", "got Tensor beside them"],
    ),
    "a step without backward": (
        lambda: SGD([leaf(2)]).step(),
        UserWarning,
        ["SGD.step(): no parameter has a gradient", "loss.backward()", "no_grad"],
    ),
    "a step after the shape changed": (
        step_after_the_shape_changed,
        tg.ShapeError,
        ["SGD.step: a parameter has shape (3,), its gradient (2,)", "zero_grad()"],
    ),
    "an empty state": (
        lambda: SGD([WEIGHT]).load_state_dict({}),
        ValueError,
        ["SGD.load_state_dict: expected what SGD.state_dict() gives", "nothing was loaded"],
    ),
    "the state of a model": (
        lambda: SGD([WEIGHT]).load_state_dict(nn.Linear(2, 2).state_dict()),
        ValueError,
        ["SGD.load_state_dict: expected what SGD.state_dict() gives", "'param_groups'"],
    ),
    "the state of another optimizer": (
        lambda: SGD([leaf(2), leaf(3)]).load_state_dict(ITS_STATE),
        ValueError,
        ["SGD.load_state_dict:", "groups of [2] parameters, the state has [1]"],
    ),
    "the velocity of another model": (
        lambda: SGD([WEIGHT]).load_state_dict(
            {**ITS_STATE, "state": {0: {"momentum_buffer": tg.ones(3)}}}
        ),
        ValueError,
        ["the momentum_buffer of parameter 0 has shape (3,)", "the parameter has (2,)"],
    ),
    "a loss as a closure": (
        lambda: SGD([leaf(2)], lr=0.1).step(leaf(2).sum()),
        TypeError,
        ["step: the closure must be a function", "got Tensor", "write step()"],
    ),
}
