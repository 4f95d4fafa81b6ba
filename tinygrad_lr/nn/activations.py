"""What stands between two layers, as modules: the functions of activation_functions.py.

Their options are attributes, which may be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..creation import full
from ..dtypes import DTypeLike
from ..tensor import Tensor
from . import activation_functions as F
from .module import Module
from .parameter import Parameter

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class _Activation(Module):
    """``function(input, **options)``, as a module."""

    _function: Callable[..., Tensor]

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._options = tuple(options)
        for name, value in options.items():
            setattr(self, name, value)

    def forward(self, input: Tensor) -> Tensor:
        options = {name: getattr(self, name) for name in self._options}
        return type(self)._function(input, **options)

    def extra_repr(self) -> str:
        options = {name: getattr(self, name) for name in self._options}
        if not options.get("inplace", True):
            del options["inplace"]
        return ", ".join(f"{name}={value!r}" for name, value in options.items())


# ----------------------------------------------------------------------- straight lines, with bends


class ReLU(_Activation):
    """``max(x, 0)`` of each element.

    >>> nn.ReLU()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """

    _function = staticmethod(F.relu)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class LeakyReLU(_Activation):
    """x where it is positive, ``negative_slope * x`` elsewhere.

    Of a tensor of any shape, which the result has too.

    >>> nn.LeakyReLU()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.0100,  0.0000,  2.0000])
    """

    _function = staticmethod(F.leaky_relu)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(negative_slope=negative_slope, inplace=inplace)


class PReLU(Module):
    """LeakyReLU with slopes that are trained: one, or one for each entry of dimension 1.

    >>> nn.PReLU()(tg.tensor([-1.0, 0.0, 2.0])).shape
    (3,)
    """

    num_parameters: int
    init: float
    weight: Parameter

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(full((num_parameters,), float(init), device=device, dtype=dtype))

    def reset_parameters(self) -> None:
        """Give all slopes the value they began with.

        >>> layer = nn.PReLU(init=0.5)
        >>> layer.reset_parameters()
        >>> layer.weight.detach()
        tensor([0.5000])
        """
        self.weight.data.fill_(self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class Hardtanh(_Activation):
    """x, but at least `min_val` and at most `max_val`.

    Of a tensor of any shape, which the result has too.

    >>> nn.Hardtanh()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """

    _function = staticmethod(F.hardtanh)

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(min_val=min_val, max_val=max_val, inplace=inplace)


class ReLU6(Hardtanh):
    """``min(max(x, 0), 6)`` of each element.

    >>> nn.ReLU6()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Hardsigmoid(_Activation):
    """``min(max(x + 3, 0), 6) / 6`` of each element.

    >>> nn.Hardsigmoid()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.3333, 0.5000, 0.8333])
    """

    _function = staticmethod(F.hardsigmoid)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class Hardswish(_Activation):
    """``x * hardsigmoid(x)`` of each element.

    >>> nn.Hardswish()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.3333,  0.0000,  1.6667])
    """

    _function = staticmethod(F.hardswish)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class Hardshrink(_Activation):
    """x, but 0 from -lambd to lambd. Of a tensor of any shape, which the result has too.

    >>> nn.Hardshrink()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  2.])
    """

    _function = staticmethod(F.hardshrink)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softshrink(Hardshrink):
    """x, nearer to 0 by lambd; 0 from -lambd to lambd.

    Of a tensor of any shape, which the result has too.

    >>> nn.Softshrink()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """

    _function = staticmethod(F.softshrink)


class Threshold(_Activation):
    """x where it is greater than `threshold`, `value` elsewhere.

    Of a tensor of any shape, which the result has too.

    >>> nn.Threshold(0.5, 9.0)(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([9., 9., 2.])
    """

    _function = staticmethod(F.threshold)

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(threshold=threshold, value=value, inplace=inplace)


# ---------------------------------------------------------------------------------------- bent ones


class Sigmoid(_Activation):
    """``1 / (1 + exp(-x))`` of each element.

    >>> nn.Sigmoid()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.2689, 0.5000, 0.8808])
    """

    _function = staticmethod(F.sigmoid)

    def __init__(self) -> None:
        super().__init__()


class Tanh(_Activation):
    """``tanh(x)`` of each element.

    >>> nn.Tanh()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.7616,  0.0000,  0.9640])
    """

    _function = staticmethod(F.tanh)

    def __init__(self) -> None:
        super().__init__()


class LogSigmoid(_Activation):
    """``log(sigmoid(x))`` of each element.

    >>> nn.LogSigmoid()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.3133, -0.6931, -0.1269])
    """

    _function = staticmethod(F.logsigmoid)

    def __init__(self) -> None:
        super().__init__()


class Softsign(_Activation):
    """``x / (1 + abs(x))`` of each element.

    >>> nn.Softsign()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.5000,  0.0000,  0.6667])
    """

    _function = staticmethod(F.softsign)

    def __init__(self) -> None:
        super().__init__()


class Tanhshrink(_Activation):
    """``x - tanh(x)`` of each element.

    >>> nn.Tanhshrink()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.2384,  0.0000,  1.0360])
    """

    _function = staticmethod(F.tanhshrink)

    def __init__(self) -> None:
        super().__init__()


class ELU(_Activation):
    """x where it is positive, ``alpha * (exp(x) - 1)`` elsewhere.

    Of a tensor of any shape, which the result has too.

    >>> nn.ELU()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """

    _function = staticmethod(F.elu)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha=alpha, inplace=inplace)


class CELU(ELU):
    """x where it is positive, ``alpha * (exp(x / alpha) - 1)`` elsewhere.

    Of a tensor of any shape, which the result has too.

    >>> nn.CELU()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """

    _function = staticmethod(F.celu)


class SELU(_Activation):
    """``scale * ELU``: see functional.selu. Of a tensor of any shape, which the result has too.

    >>> nn.SELU()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.1113,  0.0000,  2.1014])
    """

    _function = staticmethod(F.selu)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class GELU(_Activation):
    """``x * P(x)``, where P(x) is how much of a normal distribution lies below x.

    Of a tensor of any shape, which the result has too.

    >>> nn.GELU()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.1587,  0.0000,  1.9545])
    """

    _function = staticmethod(F.gelu)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__(approximate=approximate)


class SiLU(_Activation):
    """``x * sigmoid(x)`` of each element.

    >>> nn.SiLU()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.2689,  0.0000,  1.7616])
    """

    _function = staticmethod(F.silu)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class Mish(_Activation):
    """``x * tanh(softplus(x))`` of each element.

    >>> nn.Mish()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.3034,  0.0000,  1.9440])
    """

    _function = staticmethod(F.mish)

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(inplace=inplace)


class Softplus(_Activation):
    """``log(1 + exp(beta * x)) / beta`` of each element.

    >>> nn.Softplus()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.3133, 0.6931, 2.1269])
    """

    _function = staticmethod(F.softplus)

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__(beta=beta, threshold=threshold)


class GLU(_Activation):
    """``a * sigmoid(b)``, where a and b are the two halves of x along `dim`.

    >>> nn.GLU()(tg.ones(2, 4)).shape
    (2, 2)
    """

    _function = staticmethod(F.glu)

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim=dim)


# ----------------------------------------------------------------------------- softmax and the like


class Softmax(_Activation):
    """``exp(x) / sum(exp(x))`` along `dim`.

    >>> nn.Softmax(dim=0)(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.0420, 0.1142, 0.8438])
    """

    _function = staticmethod(F.softmax)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__(dim=dim)


class LogSoftmax(Softmax):
    """``log(softmax(x))`` along `dim`.

    >>> nn.LogSoftmax(dim=0)(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-3.1698, -2.1698, -0.1698])
    """

    _function = staticmethod(F.log_softmax)


class Softmin(Softmax):
    """``softmax(-x)`` along `dim`.

    >>> nn.Softmin(dim=0)(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.7054, 0.2595, 0.0351])
    """

    _function = staticmethod(F.softmin)
