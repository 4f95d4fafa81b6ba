"""What stands between two layers: functions of each element, and softmax and its relatives.

With `inplace`, the result is written into the memory of `input`, which is then returned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import functions, losses, ops
from ..creation import arange, rand
from ..dtypes import DTypeLike, at_least_float32, flag, number, same_dtype
from ..errors import ArgumentError, DtypeError, ShapeError, no_booleans
from ..functions import sigmoid, tanh
from ..inplace import in_place, write
from ..more import network_table as table
from ..signatures import checked, dim_index
from ..tensor import Tensor
from ..warned import warn

__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "log_softmax",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "selu",
    "selu_",
    "sigmoid",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
]


def _of_floats(
    name: str, function: Callable[..., Tensor], input: Tensor, inplace: bool = False, **numbers: Any
) -> Tensor:
    """``function(input, **numbers)``, or the same in place; of float16, computed in float32.

    Raises DtypeError, for `name`, for integers and booleans, or if one of `numbers` is none.
    """
    if checked(input, name).array.dtype.kind != "f":
        raise DtypeError(f"{name}: needs floats, got {input.array.dtype}; use .float()")
    for argument, value in numbers.items():
        if type(value) is not float:
            numbers[argument] = _number(name, argument, value)
    if inplace is False:
        return at_least_float32(function, input, **numbers)
    return _perhaps_in_place(
        name, lambda x: at_least_float32(function, x, **numbers), input, inplace
    )


def _number(name: str, argument: str, value: Any) -> float:
    found = number(value)
    if not isinstance(found, (int, float)):
        raise DtypeError(f"{name}: {argument} must be a number, got {type(value).__name__}")
    return found


def _perhaps_in_place(
    name: str, function: Callable[[Tensor], Tensor], input: Tensor, inplace: bool
) -> Tensor:
    if flag(name, "inplace", inplace):
        return write(checked(input, name), f"{name}_", function)
    return function(input)


# ----------------------------------------------------------------------- straight lines, with bends


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(x, 0)``, element by element. Of any shape, which the result has too.

    >>> F.relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    return _perhaps_in_place("relu", functions.relu, input, inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``negative_slope * input`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.leaky_relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.0100,  0.0000,  2.0000])
    """
    return _of_floats("leaky_relu", table.leaky_relu, input, inplace, slope=negative_slope)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """leaky_relu, with slopes that are trained: one, or one for each entry of dimension 1.

    ShapeError for another number of them.

    >>> F.prelu(tg.tensor([-1.0, 0.0, 2.0]), tg.tensor([0.25]))
    tensor([-0.2500,  0.0000,  2.0000])
    """
    shape = checked(input, "prelu").array.shape
    channels = shape[1] if len(shape) > 1 else 1
    if checked(weight, "prelu").array.ndim > 1 or weight.array.size not in (1, channels):
        raise ShapeError(
            f"prelu: weight must be one number, or as many as dimension 1 of input {shape} "
            f"is long, got {weight.array.shape}"
        )
    same_dtype("prelu", input=input, weight=weight)
    if weight.array.size > 1:
        weight = weight.reshape(channels, *[1] * (len(shape) - 2))
    elif not shape:
        weight = weight.reshape(())
    return functions.relu(input) + weight * functions.clamp(input, max=0.0)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """``clamp(input, min_val, max_val)``; at the bounds and beyond, the gradient is 0.

    Of any shape, which the result has too. ArgumentError if `min_val` is above `max_val`.

    >>> F.hardtanh(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """
    if min_val > max_val:
        raise ArgumentError(f"hardtanh: min_val {min_val} is greater than max_val {max_val}")
    if checked(input, "hardtanh").array.dtype.kind in "iu":
        low, high = int(min_val), int(max_val)
        return _perhaps_in_place(
            "hardtanh", lambda x: functions.clamp(x, low, high), input, inplace
        )
    return _of_floats("hardtanh", table.hardtanh, input, inplace, low=min_val, high=max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(x, 0), 6)``. Of any shape, which the result has too.

    >>> F.relu6(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


def _hardsigmoid(x: Tensor) -> Tensor:
    bounded: Tensor = table.hardtanh(x + 3.0, low=0.0, high=6.0)
    return bounded / 6.0


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(x + 3, 0), 6) / 6``.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.hardsigmoid(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.3333, 0.5000, 0.8333])
    """
    return _of_floats("hardsigmoid", _hardsigmoid, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * hardsigmoid(x)``.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.hardswish(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.3333,  0.0000,  1.6667])
    """
    return _of_floats("hardswish", lambda x: x * _hardsigmoid(x), input, inplace)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """`input`, but 0 from -lambd to lambd.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.hardshrink(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  2.])
    """
    return _of_floats(
        "hardshrink",
        lambda x, lambd: functions.where(functions.abs(x) <= lambd, 0.0, x),
        input,
        lambd=lambd,
    )


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """`input`, nearer to 0 by lambd; 0 from -lambd to lambd.

    Of floats of any shape, which the result has too; DtypeError for integers. ArgumentError for a
    negative lambd.

    >>> F.softshrink(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """
    if lambd < 0:
        raise ArgumentError(f"softshrink: lambd must be >= 0, got {lambd}")
    return _of_floats(
        "softshrink",
        lambda x, lambd: x - functions.clamp(x, -lambd, lambd),
        input,
        lambd=lambd,
    )


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """`input` where it is greater than `threshold`, `value` elsewhere.

    Of any shape, which the result has too. DtypeError for booleans.

    >>> F.threshold(tg.tensor([-1.0, 0.0, 2.0]), 0.5, 9.0)
    tensor([9., 9., 2.])
    """
    if checked(input, "threshold").array.dtype.kind == "b":
        raise no_booleans("threshold")
    return _perhaps_in_place(
        "threshold", lambda x: functions.where(x <= threshold, value, x), input, inplace
    )


# ---------------------------------------------------------------------------------------- bent ones


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``alpha * (exp(input) - 1)`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.elu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """
    return _of_floats("elu", table.elu, input, inplace, alpha=alpha, scale=1.0, steepness=1.0)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``alpha * (exp(input / alpha) - 1)`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers. ArgumentError for an
    alpha of 0.

    >>> F.celu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """
    if alpha == 0:
        raise ArgumentError("celu: alpha must not be 0")
    return _of_floats(
        "celu", table.elu, input, inplace, alpha=alpha, scale=1.0, steepness=1.0 / alpha
    )


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """``scale * elu(input, alpha)``, with both so that mean 0 and variance 1 stay what they are.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.selu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.1113,  0.0000,  2.1014])
    """
    alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
    return _of_floats("selu", table.elu, input, inplace, alpha=alpha, scale=scale, steepness=1.0)


def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """``x * P(x)``, where P(x) is how much of a normal distribution lies below x.

    With ``approximate="tanh"``, P is ``(1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2``. Of
    floats of any shape, which the result has too; DtypeError for integers. ArgumentError for
    another approximation.

    >>> F.gelu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.1587,  0.0000,  1.9545])
    """
    if approximate not in ("none", "tanh"):
        raise ArgumentError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    return _of_floats("gelu", table.gelu if approximate == "none" else table.gelu_tanh, input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * sigmoid(x)``.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.silu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.2689,  0.0000,  1.7616])
    """
    return _of_floats("silu", table.silu, input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * tanh(softplus(x))``.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.mish(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.3034,  0.0000,  1.9440])
    """
    return _of_floats("mish", table.mish, input, inplace)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """``log(1 + exp(beta * x)) / beta``; x itself where ``beta * x`` is beyond the threshold.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.softplus(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.3133, 0.6931, 2.1269])
    """
    return _of_floats("softplus", table.softplus, input, beta=beta, threshold=threshold)


def softsign(input: Tensor) -> Tensor:
    """``x / (1 + abs(x))``. Of any shape, which the result has too.

    >>> F.softsign(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.5000,  0.0000,  0.6667])
    """
    return input / (functions.abs(input) + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """``x - tanh(x)``. Of any shape, which the result has too.

    >>> F.tanhshrink(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.2384,  0.0000,  1.0360])
    """
    return input - tanh(input)


def logsigmoid(input: Tensor) -> Tensor:
    """``log(sigmoid(x))``, more precise than in two steps.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.logsigmoid(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.3133, -0.6931, -0.1269])
    """
    return _of_floats("logsigmoid", table.log_sigmoid, input)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """``a * sigmoid(b)``, where a and b are the two halves of `input` along `dim`.

    ShapeError if that dimension is odd, DtypeError for integers.

    >>> F.glu(tg.tensor([2.0, 0.0]))
    tensor([1.])
    """
    shape = checked(input, "glu").array.shape
    axis = dim_index("glu", dim, len(shape))
    if not shape or shape[axis] % 2:
        raise ShapeError(f"glu: dimension {dim} of {shape} must be even, to be halved")
    half = shape[axis] // 2
    first, second = slice(None, half), slice(half, None)

    def halves(x: Tensor) -> Tensor:
        a, b = (ops.getitem(x, index=(*[slice(None)] * axis, part)) for part in (first, second))
        return a * sigmoid(b)

    return _of_floats("glu", halves, input)


relu_, leaky_relu_ = in_place("relu_", relu), in_place("leaky_relu_", leaky_relu)
elu_, celu_, selu_ = in_place("elu_", elu), in_place("celu_", celu), in_place("selu_", selu)
hardtanh_, threshold_ = in_place("hardtanh_", hardtanh), in_place("threshold_", threshold)

# ----------------------------------------------------------------------------- softmax and the like


def _chosen_dim(name: str, input: Tensor, dim: int | None) -> int:
    """`dim`; where none is given the one that PyTorch takes, with its warning."""
    if dim is not None:
        return dim
    warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include "
        "dim=X as an argument.",
    )
    return 0 if checked(input, name).array.ndim in (0, 1, 3) else 1


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``exp(x) / sum(exp(x))`` along `dim`: positive numbers that sum to 1.

    Computed in `dtype` if that is given. DtypeError for integers and booleans.

    >>> F.softmax(tg.tensor([-1.0, 0.0, 2.0]), dim=0)
    tensor([0.0420, 0.1142, 0.8438])
    """
    dim = _chosen_dim("softmax", input, dim)
    return functions.softmax_by(losses.softmax, "softmax", input, dim, dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``log(softmax(x))`` along `dim`, more precise than in two steps.

    >>> F.log_softmax(tg.tensor([-1.0, 0.0, 2.0]), dim=0)
    tensor([-3.1698, -2.1698, -0.1698])
    """
    dim = _chosen_dim("log_softmax", input, dim)
    return functions.softmax_by(losses.log_softmax, "log_softmax", input, dim, dtype)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``softmax(-input)``: the smallest number gets the largest share.

    >>> F.softmin(tg.tensor([-1.0, 0.0, 2.0]), dim=0)
    tensor([0.7054, 0.2595, 0.0351])
    """
    dim = _chosen_dim("softmin", input, dim)
    return functions.softmax(functions.neg(input), dim, dtype=dtype)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A class for each row of scores, drawn with the probabilities softmax(logits): (..., C).

    It is drawn softly, as the softmax of ``(logits + noise) / tau``; `hard` makes it one-hot, and
    leaves the gradient what it was. (`eps` has no effect, as in PyTorch.)

    >>> F.gumbel_softmax(tg.tensor([-1.0, 0.0, 2.0]), hard=True).sum()
    tensor(1.)
    """
    axis = dim_index("gumbel_softmax", dim, checked(logits, "gumbel_softmax").array.ndim)
    drawn = rand(logits.shape, device=logits.device)
    waits = functions.clamp(-functions.log(1.0 - drawn), min=1e-38)  # exponentially distributed
    noise = -functions.log(waits).to(dtype=logits.dtype)
    soft = functions.softmax((logits + noise) / tau, axis)
    if not hard:
        return soft
    best = functions.argmax(soft, axis, keepdim=True)
    sizes = [-1 if i == axis else 1 for i in range(logits.ndim)]
    classes = arange(logits.shape[axis], device=logits.device).reshape(sizes)
    one_hot = (classes == best).to(dtype=soft.dtype)
    return one_hot - soft.detach() + soft
