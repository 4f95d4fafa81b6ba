"""Written by tests/stubs.py: what tinygrad_lr.nn.activation_functions offers, for type checkers and editors."""

import builtins
from tinygrad_lr.dtypes import DTypeLike
from tinygrad_lr.tensor import Tensor

def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(x, 0)``, element by element. Of any shape, which the result has too.

    >>> F.relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """

def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``negative_slope * input`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.leaky_relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.0100,  0.0000,  2.0000])
    """

def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """leaky_relu, with slopes that are trained: one, or one for each entry of dimension 1.

    ShapeError for another number of them.

    >>> F.prelu(tg.tensor([-1.0, 0.0, 2.0]), tg.tensor([0.25]))
    tensor([-0.2500,  0.0000,  2.0000])
    """

def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """``clamp(input, min_val, max_val)``; at the bounds and beyond, the gradient is 0.

    Of any shape, which the result has too. ArgumentError if `min_val` is above `max_val`.

    >>> F.hardtanh(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """

def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(x, 0), 6)``. Of any shape, which the result has too.

    >>> F.relu6(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """

def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(x + 3, 0), 6) / 6``.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.hardsigmoid(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.3333, 0.5000, 0.8333])
    """

def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * hardsigmoid(x)``.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.hardswish(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.3333,  0.0000,  1.6667])
    """

def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """`input`, but 0 from -lambd to lambd.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.hardshrink(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  2.])
    """

def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """`input`, nearer to 0 by lambd; 0 from -lambd to lambd.

    Of floats of any shape, which the result has too; DtypeError for integers. ArgumentError for a
    negative lambd.

    >>> F.softshrink(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """

def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """`input` where it is greater than `threshold`, `value` elsewhere.

    Of any shape, which the result has too. DtypeError for booleans.

    >>> F.threshold(tg.tensor([-1.0, 0.0, 2.0]), 0.5, 9.0)
    tensor([9., 9., 2.])
    """

def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``alpha * (exp(input) - 1)`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.elu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """

def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` where it is positive, ``alpha * (exp(input / alpha) - 1)`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers. ArgumentError for an
    alpha of 0.

    >>> F.celu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """

def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """``scale * elu(input, alpha)``, with both so that mean 0 and variance 1 stay what they are.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.selu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.1113,  0.0000,  2.1014])
    """

def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """``x * P(x)``, where P(x) is how much of a normal distribution lies below x.

    With ``approximate="tanh"``, P is ``(1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2``. Of
    floats of any shape, which the result has too; DtypeError for integers. ArgumentError for
    another approximation.

    >>> F.gelu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.1587,  0.0000,  1.9545])
    """

def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * sigmoid(x)``.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.silu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.2689,  0.0000,  1.7616])
    """

def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x * tanh(softplus(x))``.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.mish(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.3034,  0.0000,  1.9440])
    """

def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """``log(1 + exp(beta * x)) / beta``; x itself where ``beta * x`` is beyond the threshold.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.softplus(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0.3133, 0.6931, 2.1269])
    """

def softsign(input: Tensor) -> Tensor:
    """``x / (1 + abs(x))``. Of any shape, which the result has too.

    >>> F.softsign(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.5000,  0.0000,  0.6667])
    """

def tanhshrink(input: Tensor) -> Tensor:
    """``x - tanh(x)``. Of any shape, which the result has too.

    >>> F.tanhshrink(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.2384,  0.0000,  1.0360])
    """

def logsigmoid(input: Tensor) -> Tensor:
    """``log(sigmoid(x))``, more precise than in two steps.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.logsigmoid(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.3133, -0.6931, -0.1269])
    """

def glu(input: Tensor, dim: int = -1) -> Tensor:
    """``a * sigmoid(b)``, where a and b are the two halves of `input` along `dim`.

    ShapeError if that dimension is odd, DtypeError for integers.

    >>> F.glu(tg.tensor([2.0, 0.0]))
    tensor([1.])
    """

def relu_(input: Tensor, inplace: bool = False) -> Tensor:
    """In place, and returned: ``max(x, 0)``, element by element. Of any shape, which the result has too.

    >>> F.relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """

def leaky_relu_(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """In place, and returned: `input` where it is positive, ``negative_slope * input`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.leaky_relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.0100,  0.0000,  2.0000])
    """

def elu_(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """In place, and returned: `input` where it is positive, ``alpha * (exp(input) - 1)`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.elu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """

def celu_(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """In place, and returned: `input` where it is positive, ``alpha * (exp(input / alpha) - 1)`` elsewhere.

    Of floats of any shape, which the result has too; DtypeError for integers. ArgumentError for an
    alpha of 0.

    >>> F.celu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-0.6321,  0.0000,  2.0000])
    """

def selu_(input: Tensor, inplace: bool = False) -> Tensor:
    """In place, and returned: ``scale * elu(input, alpha)``, with both so that mean 0 and variance 1 stay what they are.

    Of floats of any shape, which the result has too; DtypeError for integers.

    >>> F.selu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.1113,  0.0000,  2.1014])
    """

def hardtanh_(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """In place, and returned: ``clamp(input, min_val, max_val)``; at the bounds and beyond, the gradient is 0.

    Of any shape, which the result has too. ArgumentError if `min_val` is above `max_val`.

    >>> F.hardtanh(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  1.])
    """

def threshold_(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """In place, and returned: `input` where it is greater than `threshold`, `value` elsewhere.

    Of any shape, which the result has too. DtypeError for booleans.

    >>> F.threshold(tg.tensor([-1.0, 0.0, 2.0]), 0.5, 9.0)
    tensor([9., 9., 2.])
    """

def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``exp(x) / sum(exp(x))`` along `dim`: positive numbers that sum to 1.

    Computed in `dtype` if that is given. DtypeError for integers and booleans.

    >>> F.softmax(tg.tensor([-1.0, 0.0, 2.0]), dim=0)
    tensor([0.0420, 0.1142, 0.8438])
    """

def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``log(softmax(x))`` along `dim`, more precise than in two steps.

    >>> F.log_softmax(tg.tensor([-1.0, 0.0, 2.0]), dim=0)
    tensor([-3.1698, -2.1698, -0.1698])
    """

def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DTypeLike | None = None
) -> Tensor:
    """``softmax(-input)``: the smallest number gets the largest share.

    >>> F.softmin(tg.tensor([-1.0, 0.0, 2.0]), dim=0)
    tensor([0.7054, 0.2595, 0.0351])
    """

def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """A class for each row of scores, drawn with the probabilities softmax(logits): (..., C).

    It is drawn softly, as the softmax of ``(logits + noise) / tau``; `hard` makes it one-hot, and
    leaves the gradient what it was. (`eps` has no effect, as in PyTorch.)

    >>> F.gumbel_softmax(tg.tensor([-1.0, 0.0, 2.0]), hard=True).sum()
    tensor(1.)
    """

from tinygrad_lr.functions import sigmoid as sigmoid
from tinygrad_lr.functions import tanh as tanh
