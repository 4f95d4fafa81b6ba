"""How parameters begin: functions that fill a Tensor in place, and return it.

They record nothing, so they work on leaves that require grad; numbers are drawn from `generator`,
or from the default one. (Glorot and Bengio, "Understanding the difficulty of training deep
feedforward neural networks", 2010; He et al., "Delving deep into rectifiers", 2015.)
"""

from __future__ import annotations

import math

import numpy as np

from .. import creation
from ..errors import ArgumentError, ShapeError
from ..modes import no_grad
from ..random import Generator, chosen
from ..signatures import checked
from ..tensor import Tensor
from ..warned import warn
from ..wording import say_nearest

__all__ = [
    "calculate_gain",
    "constant_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

GAINS = {"sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2.0), "selu": 3 / 4, "linear": 1.0}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much a function shrinks what goes through it, to be made up for by the weights.

    For "linear" and "sigmoid" 1, "tanh" 5/3, "relu" sqrt(2), "selu" 3/4; for "leaky_relu" of the
    slope s, `param` or 0.01, it is ``sqrt(2 / (1 + s**2))``. Raises ValueError for others.

    >>> nn.init.calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"calculate_gain: negative_slope {param!r} is not a number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(
            f"calculate_gain: unsupported nonlinearity {nonlinearity!r}; use 'leaky_relu', or "
            f"{', '.join(map(repr, GAINS))}"
        )
    return GAINS[nonlinearity]


@no_grad
def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform in [a, b). Into a tensor of any shape, which is returned.

    >>> nn.init.uniform_(tg.empty(2, 3)).shape
    (2, 3)
    """
    return checked(tensor, "uniform_").uniform_(a, b, generator=generator)


@no_grad
def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Of the normal distribution. Into a tensor of any shape, which is returned.

    >>> nn.init.normal_(tg.empty(2, 3)).shape
    (2, 3)
    """
    return checked(tensor, "normal_").normal_(mean, std, generator=generator)


@no_grad
def constant_(tensor: Tensor, val: float) -> Tensor:
    """`val` everywhere. Into a tensor of any shape, which is returned.

    >>> nn.init.constant_(tg.empty(2), 7.0)
    tensor([7., 7.])
    """
    return checked(tensor, "constant_").fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere. Into a tensor of any shape, which is returned.

    >>> nn.init.ones_(tg.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere. Into a tensor of any shape, which is returned.

    >>> nn.init.zeros_(tg.empty(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


@no_grad
def eye_(tensor: Tensor) -> Tensor:
    """1 on the diagonal of a matrix, 0 elsewhere. Raises ShapeError for other shapes.

    >>> nn.init.eye_(tg.empty(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if checked(tensor, "eye_").ndim != 2:
        raise ShapeError(f"eye_: needs a matrix, got shape {tensor.shape}")
    return tensor.copy_(creation.eye(*tensor.shape))


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform between -a and a, ``a = gain * sqrt(6 / (fan_in + fan_out))``.

    A weight (out, in, ...) is reached by fan_in = in * ... numbers, and reaches fan_out = out *
    ...; raises ShapeError for fewer than two dimensions.

    >>> nn.init.xavier_uniform_(tg.empty(2, 3)).shape
    (2, 3)
    """
    bound = math.sqrt(3.0) * _xavier(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal, with the deviation ``gain * sqrt(2 / (fan_in + fan_out))``: see xavier_uniform_.

    ShapeError for less than two dimensions.

    >>> nn.init.xavier_normal_(tg.empty(2, 3)).shape
    (2, 3)
    """
    return normal_(tensor, 0.0, _xavier(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Uniform between -b and b, ``b = gain * sqrt(3 / fan)``.

    fan is fan_in or fan_out, as `mode` says; the gain is calculate_gain(nonlinearity, a).

    >>> nn.init.kaiming_uniform_(tg.empty(2, 3)).shape
    (2, 3)
    """
    if not _is_empty(tensor, "kaiming_uniform_"):
        bound = math.sqrt(3.0) * _kaiming(tensor, a, mode, nonlinearity)
        uniform_(tensor, -bound, bound, generator)
    return tensor


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normal, with the deviation ``gain / sqrt(fan)``: see kaiming_uniform_.

    ShapeError for less than two dimensions.

    >>> nn.init.kaiming_normal_(tg.empty(2, 3)).shape
    (2, 3)
    """
    if not _is_empty(tensor, "kaiming_normal_"):
        normal_(tensor, 0.0, _kaiming(tensor, a, mode, nonlinearity), generator)
    return tensor


@no_grad
def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normal, but for values outside of a to b, which are drawn again.

    Where few are inside, they are drawn uniformly, and kept with the likelihood of their density.
    Into a tensor of any shape, which is returned.

    >>> nn.init.trunc_normal_(tg.empty(2, 3)).shape
    (2, 3)
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of "
            "values may be incorrect.",
        )
    source = chosen("trunc_normal_", generator)
    below, above = (math.erf((end - mean) / (std * math.sqrt(2.0))) / 2 for end in (a, b))
    highest = (min(max(mean, a), b) - mean) / std
    drawn = np.empty(checked(tensor, "trunc_normal_").numel(), np.float32)
    missing = np.arange(drawn.size)
    while missing.size:
        if above - below > 0.3:
            values = source.normal(mean, std, missing.shape)
            kept = (values >= a) & (values <= b)
        else:
            values = source.uniform(a, b, missing.shape)
            density = np.exp((highest**2 - ((values - mean) / std) ** 2) / 2)
            kept = source.uniform(0.0, 1.0, missing.shape) <= density
        drawn[missing[kept]] = values[kept]
        missing = missing[~kept]
    return tensor.copy_(Tensor.wrap(drawn.reshape(tensor.shape)))


@no_grad
def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Orthogonal rows, or columns, of length `gain`; later dimensions count as columns.

    (Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks", 2013.) Raises ShapeError for fewer than two dimensions.

    >>> nn.init.orthogonal_(tg.empty(2, 3)).shape
    (2, 3)
    """
    if checked(tensor, "orthogonal_").ndim < 2:
        raise ShapeError(f"orthogonal_: needs two dimensions or more, got shape {tensor.shape}")
    if not tensor.numel():
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    drawn = chosen("orthogonal_", generator).normal(0.0, 1.0, (rows, columns))
    q, r = np.linalg.qr(drawn.T if rows < columns else drawn)
    q = q * np.sign(np.diag(r))  # by which each orthogonal matrix is equally likely
    q = (q.T if rows < columns else q) * gain
    return tensor.copy_(Tensor.wrap(np.ascontiguousarray(q, np.float32).reshape(tensor.shape)))


@no_grad
def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """Normal, but for the share `sparsity` of each column of a matrix, which is 0.

    ShapeError for what is no matrix. In place.

    >>> nn.init.sparse_(tg.empty(2, 3), sparsity=0.5).shape
    (2, 3)
    """
    if checked(tensor, "sparse_").ndim != 2:
        raise ShapeError(f"sparse_: needs a matrix, got shape {tensor.shape}")
    source = chosen("sparse_", generator)
    rows, columns = tensor.shape
    drawn = source.normal(0.0, std, (rows, columns))
    for column in range(columns):
        drawn[source.permutation(rows)[: math.ceil(sparsity * rows)], column] = 0
    return tensor.copy_(Tensor.wrap(drawn))


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """How many numbers reach a result of this weight (out, in, ...), and how many one reaches."""
    if tensor.ndim < 2:
        raise ShapeError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, got "
            f"shape {tensor.shape}"
        )
    per_pair = math.prod(tensor.shape[2:])
    return tensor.shape[1] * per_pair, tensor.shape[0] * per_pair


def _xavier(tensor: Tensor, gain: float) -> float:
    """The deviation by Glorot and Bengio."""
    return gain * math.sqrt(
        2.0 / float(sum(_calculate_fan_in_and_fan_out(checked(tensor, "xavier"))))
    )


def _kaiming(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    """The deviation by He et al."""
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError(f"kaiming: mode must be 'fan_in' or 'fan_out', got {mode!r}")
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    gain = calculate_gain(nonlinearity, a)
    return gain / math.sqrt(fan_in if mode == "fan_in" else fan_out)


def _is_empty(tensor: Tensor, name: str) -> bool:
    """Whether there is nothing to fill; which is told, as it is hardly what was meant."""
    if 0 not in checked(tensor, name).shape:
        return False
    warn("Initializing zero-element tensors is a no-op")
    return True


say_nearest(__name__)
