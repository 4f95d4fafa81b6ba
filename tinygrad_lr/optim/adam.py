"""Adam, which gives each number of a parameter a step of its own length; and AdamW."""

from __future__ import annotations

from typing import Any, ClassVar

from ..device import Array, xp
from ..tensor import Tensor
from .checks import Params
from .optimizer import Optimizer
from .options import Options, for_speed


class Adam(Optimizer):
    """Adam: ``p <- p - lr * m / (sqrt(v) + eps)``, m and v means of gradients and their squares.

    So a number moves by about lr in each step, however large its gradients are, and by less where
    they change their sign from step to step:

        d = grad + weight_decay * p
        m <- beta1 * m + (1 - beta1) * d
        v <- beta2 * v + (1 - beta2) * d * d
        p <- p - lr * (m / (1 - beta1**n)) / (sqrt(v / (1 - beta2**n)) + eps)

    Both begin with 0, and are too small at first: after n steps by the factor 1 - beta**n, by which
    they are divided. (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015.) They have
    the shapes and dtypes of the parameters, and are, with n, in ``state[p]`` as "exp_avg",
    "exp_avg_sq" and "step".

    Args:
        params: what to optimize, see Optimizer.
        lr: the learning rate.
        betas: how much of the means is kept from step to step, two numbers >= 0 and < 1.
        eps: what keeps the division from one by 0.
        weight_decay: how much of the parameter is added to its gradient.
        amsgrad: whether to divide by the largest v there has been. (Reddi et al., "On the
            Convergence of Adam and Beyond", 2018.) It is kept as "max_exp_avg_sq".
        maximize: whether it goes up: with -grad for grad.
        decoupled_weight_decay: as in AdamW.
        foreach, fused, capturable: accepted, and without effect; there is one form of the step.

    Options are finite numbers >= 0; a Tensor of one number is read in each step. Raises ValueError
    for others.

    >>> x = tg.ones(2, requires_grad=True)
    >>> optimizer = optim.Adam([x], lr=0.5)
    >>> x.sum().backward()
    >>> optimizer.step()
    >>> x.detach()
    tensor([0.5000, 0.5000])
    """

    KEEPS: ClassVar[tuple[str, ...]] = ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        options: dict[str, Any] = {"lr": lr, "betas": betas, "eps": eps}
        options |= {"weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize}
        options |= for_speed(
            self._name,
            foreach=foreach,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
        )
        options["decoupled_weight_decay"] = decoupled_weight_decay
        super().__init__(params, options)

    def _update(self, options: Options) -> None:
        lr, eps, (beta1, beta2) = options["lr"], options["eps"], options["betas"]
        decay, is_apart = options["weight_decay"], options["decoupled_weight_decay"]
        for parameter, p, d in self._moving(options, 0 if is_apart else decay):
            n, m, v = self._kept(parameter, "step", "exp_avg", "exp_avg_sq")
            sqrt = xp(p).sqrt
            n += 1
            if decay and is_apart:
                p *= 1 - lr * decay
            m += (d - m) * (1 - beta1)
            v *= beta2
            v += d * d * (1 - beta2)
            largest = self._largest(parameter, v) if options["amsgrad"] else v
            rate = lr / _share(n, beta1)
            root = sqrt(_share(n, beta2)).astype(p.dtype)
            p -= m / (sqrt(largest) / root + eps) * rate.astype(p.dtype)

    def _largest(self, parameter: Tensor, v: Array) -> Array:
        """The largest v there has been."""
        (largest,) = self._kept(parameter, "max_exp_avg_sq")
        xp(v).maximum(largest, v, out=largest)
        return largest


def _share(n: Array, beta: float) -> Any:
    """How much of the mean of n values the n values are, the rest is the 0 that it began with.

    A float64, as with ``1 - 0.999**n`` half of the digits go.
    """
    return 1 - beta ** n.astype("float64")


class AdamW(Adam):
    """Adam, with a decay that is no part of the gradient: ``p <- p - lr * decay * p`` comes first.

    In Adam itself the decay is divided by ``sqrt(v)`` as the gradient is, so weights with large
    gradients decay less. (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.)

    >>> x = tg.ones(2, requires_grad=True)
    >>> optimizer = optim.AdamW([x], lr=0.5)
    >>> x.sum().backward()
    >>> optimizer.step()
    >>> x.detach()
    tensor([0.4950, 0.4950])
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )
