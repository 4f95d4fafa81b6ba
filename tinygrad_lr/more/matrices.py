"""Linear algebra of matrices, and of batches of them: the last two dimensions are a matrix's."""

from __future__ import annotations

import numpy as np

from .. import return_types
from ..dtypes import finite, flag, same_dtype
from ..errors import ArgumentError, DtypeError, ShapeError
from ..functions import clamp, matmul, transpose, where
from ..signatures import Tensor, checked
from . import decompositions, table
from .decompositions import parts, qr_shapes, shown_as, svd_shapes

__all__ = ["det", "inverse", "logdet", "pinverse", "slogdet"]


def check_matrix(name: str, input: Tensor) -> None:
    """Raise ShapeError unless `input` is a matrix, or several; DtypeError unless of float32, 64."""
    array = checked(input, name).array
    if array.ndim < 2:
        raise ShapeError(f"{name}: needs a matrix, or several, got shape {array.shape}")
    if array.dtype.kind != "f" or array.dtype.itemsize < 4:
        raise DtypeError(
            f"{name}: computes in float32 and float64, and this is {array.dtype}; use x.float()"
        )


def check_square(name: str, input: Tensor) -> None:
    """And ShapeError unless it has as many rows as columns."""
    check_matrix(name, input)
    if input.array.shape[-1] != input.array.shape[-2]:
        raise ShapeError(f"{name}: needs a square matrix, or several, got {input.array.shape}")


def mT(A: Tensor) -> Tensor:
    """Each matrix transposed."""
    return transpose(A, -2, -1)


def inv(A: Tensor) -> Tensor:
    """The inverse of a square matrix. SingularError (a RuntimeError) if there is none.

    To solve A X = B use solve(A, B), which is more precise.

    >>> tg.linalg.inv(tg.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    check_square("inv", A)
    return table.inv(A)


inverse = inv


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """X, where A X = B; or X A = B, unless `left`. B is a matrix, or a vector.

    It is a vector if it has one dimension, or the shape of A without the last. ShapeError,
    DtypeError, SingularError (all RuntimeErrors).

    >>> tg.linalg.solve(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([5.0, 11.0]))
    tensor([1., 2.])
    """
    check_square("solve", A)
    same_dtype("solve", A=A, B=checked(B, "solve"))
    if not left:
        check_matrix("solve", B)
        return mT(solve(mT(A), mT(B)))
    shape = A.array.shape
    is_vector = B.array.ndim == 1 or B.array.shape == shape[:-1]
    right = B.unsqueeze(-1) if is_vector else B
    if right.array.ndim < 2 or right.array.shape[-2] != shape[-1]:
        raise ShapeError(
            f"solve: A has shape {shape}, B {B.array.shape}; B needs {shape[-1]} rows, as A has"
        )
    found = table.solve(A, right)
    return found.squeeze(-1) if is_vector else found


def det(A: Tensor) -> Tensor:
    """The determinant of a square matrix. (Where it is 0, its second derivative: SingularError.)

    >>> tg.linalg.det(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(-2.)
    """
    check_square("det", A)
    return table.det(A)


def slogdet(A: Tensor) -> return_types.slogdet:
    """The sign of the determinant, and the logarithm of its absolute value.

    (..., n, n) gives (...) and (...). ShapeError for a matrix that is not square.

    >>> tg.linalg.slogdet(tg.eye(2)).logabsdet
    tensor(0.)
    """
    check_square("slogdet", A)
    return return_types.slogdet(table.sign_det(A), table.log_abs_det(A))


def logdet(A: Tensor) -> Tensor:
    """The logarithm of the determinant; nan if that is negative.

    (..., n, n) becomes (...). ShapeError for a matrix that is not square.

    >>> tg.logdet(2 * tg.eye(2))
    tensor(1.3863)
    """
    sign, size = slogdet(A)
    return where(sign < 0, float("nan"), size)


def pinv(
    A: Tensor,
    rcond: float | None = None,
    hermitian: bool = False,
    *,
    atol: float | None = None,
    rtol: float | None = None,
) -> Tensor:
    """The pseudoinverse: that X for which A X A = A, X A X = X, and A X and X A are symmetric.

    For a matrix of independent columns it is ``inv(A.T @ A) @ A.T``. Singular values up to `rtol`
    times the largest count as 0: by default the rounding error times the longer side. (`rcond` is
    its older name.) (..., n, m) becomes (..., m, n). ArgumentError for an `atol`.

    >>> tg.linalg.pinv(tg.tensor([[2.0, 0.0], [0.0, 0.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    check_matrix("pinv", A)
    rtol = rcond if rtol is None else rtol
    if atol is not None:
        raise ArgumentError("pinv: takes rtol, times the largest singular value, and no atol")
    tolerance = _rounding(A) if rtol is None else finite("pinv", "rtol", rtol)
    A = _halves(A, hermitian)
    if 0 in A.array.shape[-2:]:
        return mT(A) * 0
    return table.pinv(A, tolerance=tolerance)


def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudoinverse: see linalg.pinv, of which `rcond` is the rtol.

    (..., n, m) becomes (..., m, n).

    >>> tg.pinverse(tg.tensor([[2.0, 0.0], [0.0, 0.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    return pinv(input, rtol=rcond)


def lstsq(
    A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None
) -> return_types.linalg_lstsq:
    """The X for which the columns of A X - B are shortest: ``(solution, residuals, rank, ...)``.

    The residuals are their squared lengths, if A has more rows than columns, and another `driver`
    than PyTorch's usual one is named. ``singular_values`` is empty, but for the drivers that use
    them, "gelss" and "gelsd". ShapeError unless A and B have as many rows.

    >>> tg.linalg.lstsq(tg.ones(3, 1), tg.tensor([1.0, 2.0, 3.0])[:, None]).solution
    tensor([[2.0000]])
    """
    check_matrix("lstsq", A)
    same_dtype("lstsq", A=A, B=checked(B, "lstsq"))
    is_vector = B.array.ndim == A.array.ndim - 1
    right = B.unsqueeze(-1) if is_vector else B
    m = A.array.shape[-2]
    if right.array.ndim < 2 or right.array.shape[-2] != m:
        raise ShapeError(f"lstsq: A has {m} rows, and B has shape {B.array.shape}")
    solution = matmul(pinv(A, rtol=rcond), right)
    nothing = solution.reshape(-1)[:0]
    residuals = nothing
    rank = nothing.detach().long() if driver == "gels" else matrix_rank(A, rtol=rcond)
    if driver in ("gels", "gelss", "gelsd") and m > A.array.shape[-1]:
        residuals = ((A @ solution - right) ** 2).sum(-2)
    if is_vector:
        solution, residuals = solution.squeeze(-1), residuals.squeeze(-1)
    values = svdvals(A.detach()) if driver in ("gelss", "gelsd") else nothing.detach()
    return return_types.linalg_lstsq(solution, residuals, rank, values)


def matrix_rank(
    A: Tensor,
    *,
    atol: float | None = None,
    rtol: float | None = None,
    hermitian: bool = False,
) -> Tensor:
    """How many rows, or columns, of a matrix are independent: int64.

    As many as there are singular values above `atol`, and above `rtol` times the largest.

    >>> tg.linalg.matrix_rank(tg.ones(2, 2))
    tensor(1)
    """
    check_matrix("matrix_rank", A)
    A = _halves(A.detach(), hermitian)
    m, n = A.array.shape[-2:]
    if not (m and n):
        return A.sum((-2, -1)).long()
    if rtol is None:
        rtol = 0.0 if atol else _rounding(A)
    values = svdvals(A)
    least = values.amax(-1, keepdim=True) * finite("matrix_rank", "rtol", rtol)
    return (values > clamp(least, min=finite("matrix_rank", "atol", atol or 0.0))).sum(-1)


def _rounding(A: Tensor) -> float:
    """The rounding error of a singular value, as a share of the largest."""
    return max(A.array.shape[-2:]) * float(np.finfo(A.array.dtype).eps)


def _halves(A: Tensor, hermitian: bool) -> Tensor:
    """`A`; if it is `hermitian` (symmetric), only its lower half is looked at."""
    if not hermitian:
        return A
    check_square("linalg", A)
    return table.tril(A, diagonal=0) + mT(table.tril(A, diagonal=-1))


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The lower triangle L of which ``L @ L.mT`` is A; or ``L.mT``, if `upper`.

    SingularError (a RuntimeError) unless A is positive definite. Only its lower half is looked at.
    (..., n, n) becomes (..., n, n).

    >>> tg.linalg.cholesky(tg.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    check_square("cholesky", A)
    found = table.cholesky(A)
    return mT(found) if flag("cholesky", "upper", upper) else found


_of_svd, _of_eigh, _of_qr = (shown_as(f"Linalg{name}") for name in ("Svd", "Eigh", "Qr"))


def svd(A: Tensor, full_matrices: bool = True) -> return_types.linalg_svd:
    """U, S and Vh, of which ``U @ diag(S) @ Vh`` is A.

    With `full_matrices` U and Vh are square; the columns and rows that are there for that only
    have no gradients.

    >>> tg.linalg.svd(tg.eye(2)).Vh
    tensor([[1., 0.],
            [0., 1.]])
    """
    check_matrix("svd", A)
    full = flag("svd", "full_matrices", full_matrices)
    row, shapes = decompositions.svd(A, full=full), svd_shapes(A.array.shape, full)
    return return_types.linalg_svd(*parts(row, shapes, _of_svd))


def svdvals(A: Tensor) -> Tensor:
    """The singular values, from the largest to the smallest. (..., n, m) becomes (..., min(n, m)).

    >>> tg.linalg.svdvals(tg.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor([4., 3.])
    """
    check_matrix("svd", A)
    return decompositions.svdvals(A)


def eigh(A: Tensor, UPLO: str = "L") -> return_types.linalg_eigh:
    """The eigenvalues of a symmetric matrix, the smallest first, and its eigenvectors, as columns.

    Only one half of the matrix is looked at, the lower one, or the upper one with "U". (..., n, n)
    gives (..., n) and (..., n, n). ArgumentError for another UPLO.

    >>> tg.linalg.eigh(tg.tensor([[2.0, 0.0], [0.0, 3.0]])).eigenvalues
    tensor([2., 3.])
    """
    check_square("eigh", A)
    if UPLO not in ("L", "U"):
        raise ArgumentError(f"eigh: UPLO is 'L' or 'U', got {UPLO!r}")
    row, shapes = decompositions.eigh(A, half=UPLO), [A.array.shape[-1:], A.array.shape[-2:]]
    return return_types.linalg_eigh(*parts(row, shapes, _of_eigh))


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues of a symmetric matrix, the smallest first.

    >>> tg.linalg.eigvalsh(tg.tensor([[2.0, 0.0], [0.0, 3.0]]))
    tensor([2., 3.])
    """
    return eigh(A, UPLO).eigenvalues


def qr(A: Tensor, mode: str = "reduced") -> return_types.linalg_qr:
    """Q and R, of which ``Q @ R`` is A; Q has orthogonal columns, R is an upper triangle.

    There are no gradients where R has no inverse (SingularError), nor of a Q that was completed.
    A (..., n, m) gives Q (..., n, k) and R (..., k, m), k the smaller of n and m.

    >>> Q, R = tg.linalg.qr(tg.tensor([[3.0, 1.0], [4.0, 2.0]]))
    >>> (Q @ R).round(decimals=4)
    tensor([[3., 1.],
            [4., 2.]])
    """
    check_matrix("qr", A)
    if mode not in ("reduced", "complete"):
        raise ArgumentError(f"qr: mode is 'reduced' or 'complete', got {mode!r}")
    row, shapes = decompositions.qr(A, mode=mode), qr_shapes(A.array.shape, mode)
    return return_types.linalg_qr(*parts(row, shapes, _of_qr))
