"""RMSprop: the gradient, divided by how large it usually is."""

from __future__ import annotations

from typing import Any, ClassVar

from ..device import xp
from ..tensor import Tensor
from .checks import Params
from .optimizer import Optimizer
from .options import Options, for_speed


class RMSprop(Optimizer):
    """RMSprop: ``p <- p - lr * grad / (sqrt(v) + eps)``, v the mean of the gradients' squares.

        d = grad + weight_decay * p
        v <- alpha * v + (1 - alpha) * d * d
        p <- p - lr * d / (sqrt(v) + eps)

    (Tieleman and Hinton, "Lecture 6.5", 2012.) With `centered`, the square of the mean gradient is
    taken from v, which makes it a variance. With momentum, ``buf <- momentum * buf + d / (...)``
    and ``p <- p - lr * buf``. All these have the shapes and dtypes of the parameters, and are in
    ``state[p]`` as "square_avg", "grad_avg" and "momentum_buffer".

    Args:
        params: what to optimize, see Optimizer.
        lr: the learning rate.
        alpha: how much of the means is kept from step to step.
        eps: what keeps the division from one by 0.
        weight_decay: how much of the parameter is added to its gradient.
        momentum: how much of the velocity is kept from step to step.
        centered: whether to divide by the deviation from the mean gradient.
        maximize: whether it goes up: with -grad for grad.
        capturable, foreach: accepted, and without effect; there is one form of the step.

    Options are finite numbers >= 0; a Tensor of one number is read in each step. Raises ValueError
    for others.

    >>> x = tg.ones(2, requires_grad=True)
    >>> optimizer = optim.RMSprop([x], lr=0.5)
    >>> x.sum().backward()
    >>> optimizer.step()
    >>> x.detach()
    tensor([-4.0000, -4.0000])
    """

    KEEPS: ClassVar[tuple[str, ...]] = ("step", "square_avg", "momentum_buffer", "grad_avg")

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        options: dict[str, Any] = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps}
        options |= {"centered": centered, "weight_decay": weight_decay}
        options |= for_speed("RMSprop", capturable=capturable, foreach=foreach)
        options |= {"maximize": maximize} | for_speed("RMSprop", differentiable=differentiable)
        super().__init__(params, options)

    def _update(self, options: Options) -> None:
        lr, alpha, momentum = options["lr"], options["alpha"], options["momentum"]
        for parameter, p, d in self._moving(options, options["weight_decay"]):
            n, v = self._kept(parameter, "step", "square_avg")
            n += 1
            v *= alpha
            v += d * d * (1 - alpha)
            variance = v
            if options["centered"]:
                (mean,) = self._kept(parameter, "grad_avg")
                mean += (d - mean) * (1 - alpha)
                variance = v - mean * mean
            d = d / (xp(p).sqrt(variance) + options["eps"])
            if momentum:
                (velocity,) = self._kept(parameter, "momentum_buffer")
                velocity *= momentum
                velocity += d
                d = velocity
            p -= d * lr
