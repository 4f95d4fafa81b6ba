"""Optimizers: they change parameters by their gradients.

An optimizer keeps the parameters themselves, not copies, so it may be made before or after
``model.to(device)``. Call ``zero_grad()`` before each ``backward()``: gradients add up otherwise.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from .device import Array
from .effects import effect
from .errors import ShapeError
from .forms import formed
from .graph import Value
from .nn.modules import clear_grad
from .options import Group
from .tensor import Tensor
from .versions import mark_written

Options: TypeAlias = dict[str, Any]  # numbers and bools by name; of a group, "params" too


class SGD:
    """Stochastic gradient descent: ``p <- p - lr * p.grad``, with PyTorch's variations.

    ``d = grad + weight_decay * p``; with momentum, ``buf <- momentum * buf + (1 - dampening) * d``
    (the first time ``buf <- d``) replaces d, or with nesterov ``d + momentum * buf`` does.
    (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013;
    the variant with lr outside the velocity, as PyTorch documents it.) The velocities, buf, have
    the shapes and dtypes of the parameters.

    Args:
        params: Tensors that require grad (``model.parameters()``), or a list of groups
            ``{"params": ..., "lr": ...}``, each with options of its own.
        lr: the learning rate.
        momentum: how much of the velocity is kept from step to step.
        dampening: how much less of d goes into the velocity.
        weight_decay: how much of the parameter is added to its gradient.
        nesterov: whether the step looks ahead by one more momentum.

    Raises TypeError or ValueError for parameters that are no leaves that require grad, for none at
    all, for one that is given twice, and for options that are not finite numbers >= 0.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[Options],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        options = {"lr": lr, "momentum": momentum, "dampening": dampening}
        self.defaults = Group(options | {"weight_decay": weight_decay, "nesterov": nesterov})
        self._groups = _groups(params, self.defaults)
        self._velocities: dict[Tensor, Tensor] = {}  # of the parameters that have one
        self._stepped = False

    @property
    def param_groups(self) -> list[Group]:
        """The groups of parameters: dicts of their options, with the parameters as "params"."""
        effect("use an optimizer", self)
        return self._groups

    @param_groups.setter
    def param_groups(self, groups: list[Group]) -> None:
        effect("use an optimizer", self)
        self._groups = groups

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to None; or, if not `set_to_none`, to 0."""
        effect("use an optimizer", self)
        for group in self._groups:
            for parameter in dict.__getitem__(group, "params"):
                if set_to_none:
                    parameter._grad = None
                else:
                    clear_grad(parameter, set_to_none=False)

    def step(self) -> None:
        """Change each parameter that has a gradient, by the formula of the class.

        Raises ShapeError if a gradient is not of its parameter's shape.
        """
        effect("use an optimizer", self)
        moved = False
        for options in options_of(self):
            moved |= update(options, self._velocities)
        if not moved and not self._stepped:
            warnings.warn(
                "SGD.step(): no parameter has a gradient, so nothing changed; call loss.backward() "
                "first, and make sure that the loss was computed from these parameters (not from "
                "copies of them, nor under no_grad)",
                UserWarning,
                stacklevel=2,
            )
        self._stepped = True

    def state_dict(self) -> dict[str, Any]:
        """What ``load_state_dict()`` takes, in PyTorch's form.

        "param_groups" holds the options of each group, with the numbers of its parameters as
        "params"; "state" holds a copy of each velocity, by the number of its parameter.
        """
        groups, state, number = [], {}, 0
        for group in self.param_groups:
            first = number
            for parameter in group["params"]:
                velocity = self._velocities.get(parameter)
                if velocity is not None:
                    state[number] = {"momentum_buffer": velocity.detach().clone()}
                number += 1
            groups.append({**group, "params": list(range(first, number))})
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over the options and velocities that ``state_dict()`` gave.

        Raises ValueError, and changes nothing, if `state_dict` is something else, or was given by
        an optimizer of parameters of another number or of other shapes.
        """
        groups, state = _parts(state_dict, {*self.defaults, "params"})
        own = [parameter for group in self.param_groups for parameter in group["params"]]
        sizes = [len(group["params"]) for group in self.param_groups]
        if [len(group["params"]) for group in groups] != sizes:
            raise ValueError(
                f"SGD.load_state_dict: this optimizer has groups of {sizes} parameters, the state "
                f"has {[len(group['params']) for group in groups]}; nothing was loaded"
            )
        options = [_checked_options({key: group[key] for key in self.defaults}) for group in groups]
        velocities: dict[Tensor, Tensor] = {}
        for number, entry in state.items():
            velocity = entry["momentum_buffer"]
            parameter = own[int(number)] if 0 <= int(number) < len(own) else None
            if parameter is None or velocity.shape != parameter.shape:
                raise ValueError(
                    f"SGD.load_state_dict: the velocity of parameter {number} has shape "
                    f"{velocity.shape}, the parameter "
                    f"{'does not exist' if parameter is None else f'has {parameter.shape}'}; "
                    "nothing was loaded"
                )
            velocities[parameter] = velocity.detach().clone().to(parameter)
        for group, loaded in zip(self.param_groups, options):
            group.update(loaded)
        self._velocities = velocities

    def __repr__(self) -> str:
        options = [
            ", ".join(f"{key}={value}" for key, value in group.items() if key != "params")
            for group in self.param_groups
        ]
        return f"SGD({'; '.join(options)})"


@formed
def options_of(optimizer: SGD) -> list[Options]:
    """The groups of an optimizer as plain dicts, as a step uses them."""
    return [dict(dict.items(group)) for group in optimizer._groups]


@formed
def update(options: Options, velocities: dict[Tensor, Tensor]) -> bool:
    """Change the parameters that have gradients, in place; and with momentum `velocities`.

    Returns whether there were any.
    """
    lr, decay, momentum = options["lr"], options["weight_decay"], options["momentum"]
    moved = False
    for parameter in options["params"]:
        if parameter._grad is None:
            continue
        moved = True
        p, d = parameter.array, parameter._grad.array
        if p.shape != d.shape:
            raise misfit(p, d)
        if decay:
            d = d + p * decay
        if momentum:
            v = _moved_velocity(velocities, parameter, d, options)
            d = d + v * momentum if options["nesterov"] else v
        p -= d * lr
        mark_written(parameter, "SGD.step()")
    return moved


def _moved_velocity(
    velocities: dict[Tensor, Tensor], parameter: Tensor, d: Array, options: Options
) -> Array:
    """The velocity of `parameter`, changed by this step. The first one is a copy of `d`."""
    velocity = velocities.get(parameter)
    if velocity is None:
        effect("make a velocity")
        velocity = velocities[parameter] = parameter.wrap(d.copy())
    else:
        moved = velocity.array * options["momentum"] + d * (1.0 - options["dampening"])
        velocity.array = velocity.wrap(moved).array  # an array also where NumPy gives a number
    return velocity.array


def misfit(p: Array, grad: Array) -> ShapeError:
    """The error for a gradient that does not have its parameter's shape."""
    return ShapeError(
        f"SGD.step: a parameter has shape {p.shape}, its gradient {grad.shape}; call zero_grad() "
        "after replacing its data"
    )


def _parts(state_dict: Any, options: set[str]) -> tuple[list[Options], dict[Any, Any]]:
    """The groups and the state in `state_dict`, which may be anything: ValueError then.

    The keys of the state are whatever int() makes numbers of.
    """
    try:
        groups, state = state_dict["param_groups"], state_dict["state"]
        whole = all(set(group) == options for group in groups)
        whole = whole and all(isinstance(e["momentum_buffer"], Tensor) for e in state.values())
        whole = whole and all(int(number) >= 0 for number in state)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        whole = False
    if not whole:
        raise ValueError(
            "SGD.load_state_dict: expected what SGD.state_dict() gives: 'param_groups', each with "
            f"{sorted(options)}, and 'state', each with a Tensor 'momentum_buffer'; nothing was "
            "loaded"
        )
    return groups, state


def _groups(params: object, defaults: Options) -> list[Group]:
    """The groups in `params`, as SGD is given them, with `defaults` for the options left out."""
    if isinstance(params, Value):
        raise TypeError("SGD: expected an iterable of Tensors, got one Tensor; write [tensor]")
    if not isinstance(params, Iterable):
        raise TypeError(
            f"SGD: expected an iterable of Tensors, got {type(params).__name__}; for a model pass "
            "model.parameters()"
        )
    if isinstance(params, dict):
        raise TypeError(
            "SGD: expected an iterable of Tensors, got a dict; pass model.parameters(), or a list "
            "of groups [{'params': ...}]"
        )
    given = list(params)
    if given and isinstance(given[0], dict):
        groups = [_group(group, defaults) for group in given]
    else:
        groups = [Group({**_checked_options(defaults), "params": given})]
    parameters = [parameter for group in groups for parameter in group["params"]]
    if not parameters:
        raise ValueError(
            "SGD: got no parameters to optimize; was model.parameters() already used up, or does "
            "the model keep its modules in a plain list? (use Sequential)"
        )
    for i, parameter in enumerate(parameters):
        _check_parameter(i, parameter)
    if len(set(parameters)) != len(parameters):
        i = next(i for i, parameter in enumerate(parameters) if parameter in {*parameters[:i]})
        raise ValueError(f"SGD: parameter {i} is given twice, and would move twice; give it once")
    return groups


def _group(group: object, defaults: Options) -> Group:
    """One group, as SGD is given it, with `defaults` for the options left out."""
    if not isinstance(group, dict):
        raise TypeError(
            f"SGD: expected groups {{'params': ...}} only, got {type(group).__name__} beside them"
        )
    if "params" not in group:
        raise ValueError(f"SGD: a group needs 'params', this one has {sorted(group)}")
    unknown = sorted(set(group) - set(defaults) - {"params"})
    if unknown:
        raise ValueError(f"SGD: a group has no option {unknown[0]!r}; it has {sorted(defaults)}")
    options = {key: group.get(key, default) for key, default in defaults.items()}
    return Group({**_checked_options(options), "params": _listed(group["params"])})


def _listed(params: object) -> list[Any]:
    """The "params" of a group, one Tensor or several, as a list; what is in it is checked later."""
    if isinstance(params, Value):
        return [params]
    if not isinstance(params, Iterable):
        raise TypeError(
            f"SGD: the 'params' of a group must be Tensors, got {type(params).__name__}; for a "
            "model pass model.parameters()"
        )
    return list(params)


def _check_parameter(i: int, parameter: object) -> None:
    """Raise TypeError or ValueError unless `parameter` is a leaf Tensor that requires grad."""
    if not isinstance(parameter, Tensor):
        raise TypeError(
            f"SGD: parameter {i} must be a Tensor, got {type(parameter).__name__}; for a model "
            "pass model.parameters()"
        )
    if not parameter.is_leaf:
        raise ValueError(
            f"SGD: parameter {i} is no leaf, it was computed by {parameter.grad_fn}; optimize the "
            "tensor it was computed from (to move one, use parameter.data = parameter.data.to(...))"
        )
    if not parameter.requires_grad:
        raise ValueError(
            f"SGD: parameter {i} does not require grad, nothing would ever change it; make it with "
            "requires_grad=True"
        )


def _checked_options(options: Options) -> Options:
    """`options` with Python's numbers, which leave float32 what it is; or ValueError."""
    checked = dict(options)
    for name in ("lr", "momentum", "dampening", "weight_decay"):
        value = options[name]
        if isinstance(value, np.generic):
            value = value.item()
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or value < 0:
            raise ValueError(f"SGD: {name} must be a finite number >= 0, got {options[name]!r}")
        checked[name] = float(value)
    if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):
        raise ValueError("SGD: nesterov needs momentum > 0 and dampening = 0")
    return checked
