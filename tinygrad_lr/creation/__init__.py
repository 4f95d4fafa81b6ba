"""Functions that make Tensors: of what is given (given.py), by chance (drawing.py).

Imported when somebody asks for them: grids.py, of many numbers by a rule, and typed.py,
``FloatTensor`` and its like. What they share, and what is in a Tensor before it is one, is in
making/.
"""

from .drawing import (
    bernoulli,
    multinomial,
    normal,
    poisson,
    rand,
    randint,
    randn,
    randperm,
)
from .given import (
    arange,
    as_tensor,
    asarray,
    empty,
    eye,
    from_dlpack,
    from_numpy,
    full,
    linspace,
    ones,
    scalar_tensor,
    tensor,
    zeros,
)

__all__ = [
    "arange",
    "as_tensor",
    "asarray",
    "bernoulli",
    "empty",
    "eye",
    "from_dlpack",
    "from_numpy",
    "full",
    "linspace",
    "multinomial",
    "normal",
    "ones",
    "poisson",
    "rand",
    "randint",
    "randn",
    "randperm",
    "scalar_tensor",
    "tensor",
    "zeros",
]
