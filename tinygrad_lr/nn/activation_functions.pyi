"""Written by tests/stubs.py: what tinygrad_lr.nn.activation_functions offers, for type checkers and editors."""

import builtins
from tinygrad_lr.dtypes import DTypeLike
from tinygrad_lr.tensor import Tensor

def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(x, 0)``, element by element."""

def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``negative_slope * input`` elsewhere."""

def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """leaky_relu, with slopes that are trained: one, or one for each entry of dimension 1."""

def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """``clamp(input, min_val, max_val)``; at the bounds and beyond, the gradient is 0."""

def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(x, 0), 6)``."""

def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(x + 3, 0), 6) / 6``."""

def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * hardsigmoid(x)``."""

def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """`input`, but 0 from -lambd to lambd."""

def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """`input`, nearer to 0 by lambd; 0 from -lambd to lambd."""

def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """`input` where it is greater than `threshold`, `value` elsewhere."""

def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``alpha * (exp(input) - 1)`` elsewhere."""

def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``alpha * (exp(input / alpha) - 1)`` elsewhere."""

def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """``scale * elu(input, alpha)``, with both so that mean 0 and variance 1 stay what they are."""

def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """``x * P(x)``, where P(x) is how much of a normal distribution lies below x.

    With ``approximate="tanh"``, P is ``(1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2``.
    """

def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * sigmoid(x)``."""

def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * tanh(softplus(x))``."""

def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """``log(1 + exp(beta * x)) / beta``; x itself where ``beta * x`` is beyond the threshold."""

def softsign(input: Tensor) -> Tensor:
    """``x / (1 + abs(x))``."""

def tanhshrink(input: Tensor) -> Tensor:
    """``x - tanh(x)``."""

def logsigmoid(input: Tensor) -> Tensor:
    """``log(sigmoid(x))``, more precise than in two steps."""

def glu(input: Tensor, dim: int = -1) -> Tensor:
    """``a * sigmoid(b)``, where a and b are the two halves of `input` along `dim`."""

def relu_(input: Tensor, inplace: bool = False) -> Tensor:
    """``relu``, in place. Returns it.

    ``max(x, 0)``, element by element.
    """

def leaky_relu_(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``leaky_relu``, in place. Returns it.

    `input` where it is positive, ``negative_slope * input`` elsewhere.
    """

def elu_(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``elu``, in place. Returns it.

    `input` where it is positive, ``alpha * (exp(input) - 1)`` elsewhere.
    """

def celu_(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``celu``, in place. Returns it.

    `input` where it is positive, ``alpha * (exp(input / alpha) - 1)`` elsewhere.
    """

def selu_(input: Tensor, inplace: bool = False) -> Tensor:
    """``selu``, in place. Returns it.

    ``scale * elu(input, alpha)``, with both so that mean 0 and variance 1 stay what they are.
    """

def hardtanh_(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """``hardtanh``, in place. Returns it.

    ``clamp(input, min_val, max_val)``; at the bounds and beyond, the gradient is 0.
    """

def threshold_(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``threshold``, in place. Returns it.

    `input` where it is greater than `threshold`, `value` elsewhere.
    """

def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``exp(x) / sum(exp(x))`` along `dim`: positive numbers that sum to 1.

    Computed in `dtype` if that is given. DtypeError for integers and booleans.
    """

def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``log(softmax(x))`` along `dim`, more precise than in two steps."""

def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``softmax(-input)``: the smallest number gets the largest share."""

def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A class for each row of scores, drawn with the probabilities softmax(logits): (..., C).

    It is drawn softly, as the softmax of ``(logits + noise) / tau``; `hard` makes it one-hot, and
    leaves the gradient what it was. (`eps` has no effect, as in PyTorch.)
    """

from tinygrad_lr.functions import sigmoid as sigmoid
from tinygrad_lr.functions import tanh as tanh
