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
from .more.products import matrix_power

__all__ = [
    "LinAlgError",
    "cholesky",
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
