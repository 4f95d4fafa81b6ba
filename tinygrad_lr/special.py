"""``torch.special``: the same functions by SciPy's names."""

from __future__ import annotations

import math

from .functions import log_softmax, logsumexp, mul, softmax
from .functions import sigmoid as expit
from .more.elementwise import erf, erfc, erfinv, exp2, expm1, log1p, logit, round, sinc, xlogy
from .signatures import Tensor, as_float
from .wording import say_nearest

__all__ = ["erf", "erfc", "erfinv", "exp2", "expit", "expm1", "log1p", "log_softmax", "logit"]
__all__ += ["logsumexp", "ndtr", "round", "sinc", "softmax", "xlogy"]


def ndtr(input: Tensor) -> Tensor:
    """The share of a normal distribution that lies below `input`, in standard deviations.

    Of any shape, which the result has too. Integers become float32.

    >>> tg.special.ndtr(tg.tensor([0.0]))
    tensor([0.5000])
    """
    return mul(erfc(mul(as_float(input, "ndtr"), -math.sqrt(0.5))), 0.5)


say_nearest(__name__)
