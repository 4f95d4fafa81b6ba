"""Stochastic gradient descent, the first of the optimizers, and often enough."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..device import Array
from ..effects import effect
from ..forms import formed
from ..tensor import Tensor
from .checks import Params
from .optimizer import Optimizer
from .options import Options, for_speed

LARGE = 1 << 17  # bytes; memory for more than that the system gives, and clears, each time anew
PART = 1 << 16


class SGD(Optimizer):
    """Stochastic gradient descent: ``p <- p - lr * p.grad``, with PyTorch's variations.

    ``d = grad + weight_decay * p``; with momentum, ``buf <- momentum * buf + (1 - dampening) * d``
    (the first time ``buf <- d``) replaces d, or with nesterov ``d + momentum * buf`` does.
    (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013;
    the variant with lr outside the velocity, as PyTorch documents it.) The velocities, buf, have
    the shapes and dtypes of the parameters.

    Args:
        params: what to optimize, see Optimizer.
        lr: the learning rate.
        momentum: how much of the velocity is kept from step to step.
        dampening: how much less of d goes into the velocity.
        weight_decay: how much of the parameter is added to its gradient.
        nesterov: whether the step looks ahead by one more momentum.
        maximize: whether it goes up: with -grad for grad.
        foreach, fused: accepted, and without effect; there is one form of the step.

    Options are finite numbers >= 0 (the dampening may be negative); a Tensor of one number is read
    in each step. Raises ValueError for others.

    >>> x = tg.ones(2, requires_grad=True)
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> x.sum().backward()
    >>> optimizer.step()
    >>> x.detach()
    tensor([0.5000, 0.5000])
    """

    KEEPS: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        options: dict[str, Any] = {"lr": lr, "momentum": momentum, "dampening": dampening}
        options |= {"weight_decay": weight_decay, "nesterov": nesterov, "maximize": maximize}
        options |= for_speed("SGD", foreach=foreach, differentiable=differentiable, fused=fused)
        super().__init__(params, options)
        used = self.defaults
        if used["nesterov"] and (used["momentum"] <= 0 or used["dampening"] != 0):
            raise ValueError("SGD: nesterov needs momentum > 0 and dampening = 0")

    def _update(self, options: Options) -> None:
        lr, momentum = options["lr"], options["momentum"]
        for parameter, p, d in self._moving(options, options["weight_decay"]):
            if momentum:
                v = self._velocity(parameter, d, momentum, options["dampening"])
                d = d + v * momentum if options["nesterov"] else v
            if p.nbytes > LARGE:
                descend(p, d, lr)
            else:
                p -= d * lr

    def _velocity(self, parameter: Tensor, d: Array, momentum: float, dampening: float) -> Array:
        """The velocity of `parameter`, changed by this step. The first one is a copy of `d`."""
        velocity = self._state.get(parameter, {}).get("momentum_buffer")
        if velocity is None:
            effect("make a velocity")
            velocity = self._state[parameter]["momentum_buffer"] = parameter.wrap(d.copy())
        else:
            fresh = d * (1.0 - dampening) if dampening else d
            moved = velocity.array * momentum + fresh
            velocity.array = velocity.wrap(moved).array  # an array also where NumPy gives a number
        return velocity.array


@formed
def descend(p: Array, d: Array, lr: float) -> None:
    """``p -= d * lr``; of NumPy's arrays row after row: for so short a product memory is there."""
    if type(p) is not np.ndarray:
        p -= d * lr
        return
    rows = max(1, PART * len(p) // p.nbytes)
    for i in range(0, len(p), rows):
        part = p[i : i + rows]
        part -= d[i : i + rows] * lr
