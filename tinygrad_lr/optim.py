"""Optimizers: they change parameters by their gradients.

An optimizer keeps the parameters themselves, not copies, so it may be made before or after
``model.to(device)``. ``zero_grad()`` before each ``backward()``: gradients add up otherwise.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from typing import Any

from .graph import Value, mark_written
from .nn.modules import clear_grad
from .tensor import Tensor


class SGD:
    """Stochastic gradient descent: ``p <- p - lr * p.grad``, with PyTorch's variations.

    ``d = grad + weight_decay * p``; with momentum, ``buf <- momentum * buf + (1 - dampening) * d``
    (the first time ``buf <- d``) replaces d, or with nesterov ``d + momentum * buf`` does.
    (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013;
    the variant with lr outside the velocity, as PyTorch documents it.)

    Args:
        params: Tensors that require grad (``model.parameters()``), or a list of groups
            ``{"params": ..., "lr": ...}``, each with options of its own.
        lr: the learning rate, > 0 or 0, finite.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        self.defaults: dict[str, Any] = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
        }
        self.param_groups = _groups(params, self.defaults)
        # The velocity of each parameter, by its identity, once it has one.
        self._buffers: dict[int, Any] = {}
        self._stepped = False

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters."""
        for group in self.param_groups:
            for parameter in group["params"]:
                clear_grad(parameter, set_to_none)

    def step(self) -> None:
        """Change each parameter that has a gradient."""
        moved = False
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter._grad is not None:
                    self._update(parameter, group)
                    moved = True
        if not moved and not self._stepped:
            warnings.warn(
                "SGD.step(): no parameter has a gradient, so nothing changed; call loss.backward() "
                "first, and make sure that the loss was computed from these parameters (not from "
                "copies of them, nor under no_grad)",
                UserWarning,
                stacklevel=2,
            )
        self._stepped = True

    def _update(self, parameter: Tensor, group: dict[str, Any]) -> None:
        p, d = parameter.array, parameter._grad.array
        if group["weight_decay"]:
            d = d + p * group["weight_decay"]
        if group["momentum"]:
            d = self._with_momentum(parameter, d, group)
        p -= d * group["lr"]
        mark_written(parameter, "SGD.step()")

    def _with_momentum(self, parameter: Tensor, d: Any, group: dict[str, Any]) -> Any:
        momentum, buffer = group["momentum"], self._buffers.get(id(parameter))
        if buffer is None:
            buffer = d.copy()
        else:
            buffer = buffer * momentum + d * (1.0 - group["dampening"])
        self._buffers[id(parameter)] = buffer
        return d + buffer * momentum if group["nesterov"] else buffer

    def state_dict(self) -> dict[str, Any]:
        """The options of each group, and the velocities by the parameters' number, as PyTorch's."""
        groups, state, number = [], {}, 0
        for group in self.param_groups:
            numbers = []
            for parameter in group["params"]:
                buffer = self._buffers.get(id(parameter))
                if buffer is not None:
                    state[number] = {"momentum_buffer": parameter.wrap(buffer.copy())}
                numbers.append(number)
                number += 1
            groups.append({**group, "params": numbers})
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what ``state_dict()`` gave, for parameters of the same number and shapes.

        Raises ValueError, and changes nothing, if they are not.
        """
        groups, state = state_dict["param_groups"], state_dict["state"]
        own = [parameter for group in self.param_groups for parameter in group["params"]]
        sizes = [len(group["params"]) for group in self.param_groups]
        if [len(group["params"]) for group in groups] != sizes:
            raise ValueError(
                f"SGD.load_state_dict: this optimizer has groups of {sizes} parameters, the state "
                f"has {[len(group['params']) for group in groups]}; nothing was loaded"
            )
        buffers = {int(number): entry["momentum_buffer"] for number, entry in state.items()}
        for number, buffer in buffers.items():
            if number >= len(own) or buffer.shape != own[number].shape:
                raise ValueError(
                    f"SGD.load_state_dict: the velocity of parameter {number} has shape "
                    f"{buffer.shape}, the parameter has "
                    f"{own[number].shape if number < len(own) else 'no counterpart here'}; nothing "
                    "was loaded"
                )
        for group, loaded in zip(self.param_groups, groups):
            options = {key: value for key, value in loaded.items() if key != "params"}
            _check_options(options)
            group.update(options)
        self._buffers = {
            id(own[number]): buffer.to(own[number].device).clone().array
            for number, buffer in buffers.items()
        }

    def __repr__(self) -> str:
        options = [
            ", ".join(f"{key}={value}" for key, value in group.items() if key != "params")
            for group in self.param_groups
        ]
        return f"SGD({'; '.join(options)})"


def _groups(params: Iterable[Any], defaults: dict[str, Any]) -> list[dict[str, Any]]:
    if isinstance(params, Value):
        raise TypeError("SGD: expected an iterable of Tensors, got one Tensor; write [tensor]")
    given = list(params)
    if given and isinstance(given[0], dict):
        groups = [{**defaults, **group, "params": _listed(group["params"])} for group in given]
    else:
        groups = [{**defaults, "params": given}]
    parameters = [parameter for group in groups for parameter in group["params"]]
    if not parameters:
        raise ValueError(
            "SGD: got no parameters to optimize; was model.parameters() already used up, or does "
            "the model keep its modules in a plain list? (use Sequential)"
        )
    for i, parameter in enumerate(parameters):
        _check_parameter(i, parameter)
    if len({id(parameter) for parameter in parameters}) != len(parameters):
        raise ValueError("SGD: a parameter is given twice")
    for group in groups:
        _check_options(group)
    return groups


def _listed(params: Any) -> list[Any]:
    return [params] if isinstance(params, Value) else list(params)


def _check_parameter(i: int, parameter: Any) -> None:
    if not isinstance(parameter, Tensor):
        raise TypeError(f"SGD: parameter {i} must be a Tensor, got {type(parameter).__name__}")
    if not parameter.is_leaf:
        raise ValueError(
            f"SGD: parameter {i} is no leaf, it was computed by {parameter.grad_fn}; optimize the "
            "tensor it was computed from (to move one, use parameter.data = parameter.data.to(...))"
        )
    if not parameter.requires_grad:
        raise ValueError(f"SGD: parameter {i} does not require grad; nothing would ever change it")


def _check_options(options: dict[str, Any]) -> None:
    for name in ("lr", "momentum", "weight_decay"):
        value = options.get(name, 0.0)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or value < 0:
            raise ValueError(f"SGD: {name} must be a finite number >= 0, got {value!r}")
    if options.get("nesterov") and (options["momentum"] <= 0 or options["dampening"] != 0):
        raise ValueError("SGD: nesterov needs momentum > 0 and dampening = 0")
