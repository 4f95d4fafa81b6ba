"""Linear algebra, by PyTorch's names: ``linalg.solve(A, b)``. The functions are in more/."""

from .errors import SingularError as LinAlgError
from .functions import matmul
from .more.matrices import (
    cholesky,
    det,
    eigh,
    eigvalsh,
    inv,
    lstsq,
    matrix_rank,
    pinv,
    qr,
    slogdet,
    solve,
    svd,
    svdvals,
)
from .more.norms import linalg_norm as norm
from .more.norms import matrix_norm, vector_norm
from .more.products import cross as _cross
from .more.products import matrix_power
from .signatures import Tensor, axis_too
from .wording import say_nearest

__all__ = [
    "LinAlgError",
    "cholesky",
    "cross",
    "det",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "vector_norm",
]


@axis_too
def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The vectors at right angles to two others, of 3 numbers along `dim`; the others broadcast.

    >>> tg.linalg.cross(tg.tensor([1.0, 0.0, 0.0]), tg.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    return _cross(input, other, dim)


say_nearest(__name__)
