"""Adagrad: steps that become smaller where gradients have been large."""

from __future__ import annotations

from typing import Any, ClassVar

from ..creation import full
from ..device import xp
from ..tensor import Tensor
from .checks import Params
from .optimizer import Optimizer
from .options import Options, for_speed


class Adagrad(Optimizer):
    """Adagrad: ``p <- p - lr * grad / (sqrt(sum) + eps)``, sum being that of all squared gradients.

        d = grad + weight_decay * p
        sum <- sum + d * d
        p <- p - lr / (1 + n * lr_decay) * d / (sqrt(sum) + eps)

    n being how many steps there have been before. (Duchi et al., "Adaptive Subgradient Methods for
    Online Learning and Stochastic Optimization", 2011.) The sums have the shapes and dtypes of the
    parameters, and are in ``state[p]`` from the beginning.

    Args:
        params: what to optimize, see Optimizer.
        lr: the learning rate.
        lr_decay: how much smaller it becomes from step to step.
        weight_decay: how much of the parameter is added to its gradient.
        initial_accumulator_value: what the sums begin with.
        eps: what keeps the division from one by 0.
        maximize: whether it goes up: with -grad for grad.
        foreach, fused: accepted, and without effect; there is one form of the step.

    Options are finite numbers >= 0; a Tensor of one number is read in each step. Raises ValueError
    for others.

    >>> x = tg.ones(2, requires_grad=True)
    >>> optimizer = optim.Adagrad([x], lr=0.5)
    >>> x.sum().backward()
    >>> optimizer.step()
    >>> x.detach()
    tensor([0.5000, 0.5000])
    """

    KEEPS: ClassVar[tuple[str, ...]] = ("step", "sum")

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        options: dict[str, Any] = {"lr": lr, "lr_decay": lr_decay, "eps": eps}
        options["weight_decay"] = weight_decay
        options["initial_accumulator_value"] = initial_accumulator_value
        options |= {"foreach": foreach, "maximize": maximize}
        options |= for_speed("Adagrad", differentiable=differentiable, fused=fused)
        super().__init__(params, options)

    def _add(self, group: Options) -> None:
        super()._add(group)
        for parameter in self._groups[-1]["params"]:
            self._kept(parameter, "step", "sum")

    def _first(self, name: str, parameter: Tensor) -> Tensor:
        start = self.defaults["initial_accumulator_value"]
        if name == "step":
            return super()._first(name, parameter)
        return full(parameter.shape, start, dtype=parameter.dtype, device=parameter.device)

    def _update(self, options: Options) -> None:
        lr, lr_decay, eps = options["lr"], options["lr_decay"], options["eps"]
        for parameter, p, d in self._moving(options, options["weight_decay"]):
            n, total = self._kept(parameter, "step", "sum")
            total += d * d
            rate = lr / (1 + n.astype("float64") * lr_decay)
            n += 1
            p -= d / (xp(p).sqrt(total) + eps) * rate.astype(p.dtype)
