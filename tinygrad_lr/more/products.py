"""Products of vectors, matrices and batches of matrices. (einsum is in a file of its own.)"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

from .. import functions
from ..device import xp
from ..dtypes import bool_, cast, float16, float32, integer, join, number, same_dtype
from ..errors import ArgumentError, DtypeError, ShapeError, no_booleans
from ..functions import add, expanded, matmul, mul, reshape
from ..signatures import Tensor, check_float, checked, dim_index, seen_as
from .matrices import inv
from .shapes import broadcast_shapes, diagonal, roll

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addr",
    "baddbmm",
    "bmm",
    "cdist",
    "chain_matmul",
    "cross",
    "dot",
    "kron",
    "matrix_power",
    "mv",
    "outer",
    "trace",
    "vdot",
]

# ----------------------------------------------------------------------- matmul of certain shapes


def _of_dims(name: str, *factors: tuple[Tensor, int]) -> None:
    """ShapeError, for `name`, unless each of the Tensors has so many dimensions."""
    for factor, dims in factors:
        if checked(factor, name).array.ndim != dims:
            found = " and ".join(str(checked(x, name).array.shape) for x, _ in factors)
            kinds = {1: "a vector", 2: "a matrix", 3: "a batch of matrices"}
            wanted = " and ".join(kinds[ndim] for _, ndim in factors)
            raise ShapeError(
                f"{name}: needs {wanted}, got shapes {found}; for all others there is matmul"
            )


@seen_as("Bmm")
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of each matrix with that at the same place: (b, n, k), (b, k, m): (b, n, m).

    ShapeError for others.

    >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
    >>> tg.bmm(a, a.mT)
    tensor([[[ 5.]],
    <BLANKLINE>
            [[25.]]])
    """
    _of_dims("bmm", (input, 3), (mat2, 3))
    if input.array.shape[0] != mat2.array.shape[0]:
        raise ShapeError(
            f"bmm: needs as many matrices on both sides, got shapes {input.array.shape} and "
            f"{mat2.array.shape}"
        )
    return matmul(input, mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix (n, k) with a vector (k,): (n,).

    >>> tg.mv(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    _of_dims("mv", (input, 2), (vec, 1))
    return matmul(input, vec)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The sum of the products of two vectors' elements.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.dot(x, x)
    tensor(14.)
    """
    _of_dims("dot", (input, 1), (tensor, 1))
    return matmul(input, tensor)


@seen_as("Vdot")
def vdot(input: Tensor, other: Tensor) -> Tensor:
    """dot: the numbers here are real.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.vdot(x, x)
    tensor(14.)
    """
    return dot(input, other)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of an element of one vector (n,) with one of another (m,): (n, m).

    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.],
            [2., 4., 6.]])
    """
    _of_dims("outer", (input, 1), (vec2, 1))
    return mul(reshape(input, -1, 1), vec2)


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices, from the left to the right. ArgumentError for none.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.chain_matmul(a, a, tg.eye(2))
    tensor([[ 7., 10.],
            [15., 22.]])
    """
    given: Any = matrices[0] if matrices and isinstance(matrices[0], (tuple, list)) else matrices
    if not given:
        raise ArgumentError("chain_matmul: expected at least one matrix, got none")
    _of_dims("chain_matmul", *((matrix, 2) for matrix in given))
    return reduce(matmul, given)


def matrix_power(input: Tensor, n: int) -> Tensor:
    """A square matrix (or several) times itself, `n` in all; for n=0 ones along the diagonal.

    If `n` is negative, its inverse. ShapeError for a matrix that is not square.

    >>> tg.matrix_power(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 2)
    tensor([[ 7., 10.],
            [15., 22.]])
    """
    shape, times = checked(input, "matrix_power").array.shape, integer(n)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ShapeError(f"matrix_power: needs a square matrix, or several, got shape {shape}")
    if times is None:
        raise ArgumentError(f"matrix_power: n must be an integer, got {n!r}")
    if times < 0:
        return matrix_power(inv(input), -times)
    if times < 2:
        one = xp(input.array).eye(shape[-1], dtype=input.array.dtype)
        return input.clone() if times else input * 0 + one
    half = matrix_power(input, times // 2)
    return matmul(matmul(half, half), input) if times % 2 else matmul(half, half)


# ------------------------------------------------------------------------------ and something added


def _added(name: str, input: Tensor, product: Tensor, beta: float, alpha: float) -> Tensor:
    """``beta * input + alpha * product``; if beta is 0, whatever is in `input`."""
    for argument, factor in (("beta", beta), ("alpha", alpha)):
        if product.array.dtype.kind != "f" and not isinstance(number(factor), int):
            raise DtypeError(
                f"{name}: {argument} must be an integer for tensors of {product.array.dtype}, got "
                f"{factor}"
            )
    expanded(checked(input, name).array.shape, product.array.shape)  # or it does not fit
    if beta == 0:
        return mul(product, alpha)
    return add(input if beta == 1 else mul(input, beta), product, alpha=alpha)


@seen_as("AddmmBackward0")
def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)``, of matrices; `input` broadcasts.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.addmm(tg.ones(2, 2), a, a, beta=0.5)
    tensor([[ 7.5000, 10.5000],
            [15.5000, 22.5000]])
    """
    product = functions.mm(mat1, mat2)
    same_dtype("addmm", input=checked(input, "addmm"), mat1=product)
    return _added("addmm", input, product, beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * (mat @ vec)``, of a matrix and a vector; `input` broadcasts.

    >>> tg.addmv(tg.ones(2), tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.ones(2))
    tensor([4., 8.])
    """
    product = mv(mat, vec)
    same_dtype("addmv", input=checked(input, "addmv"), mat=product)
    return _added("addmv", input, product, beta, alpha)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)``; `input` broadcasts. (n,) and (m,) give (n, m).

    >>> tg.addr(tg.zeros(2, 3), tg.ones(2), tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """
    dtype = reduce(join, (checked(x, "addr").array.dtype for x in (input, vec1, vec2)))
    product = outer(cast(vec1, dtype), cast(vec2, dtype))
    return cast(_added("addr", cast(input, dtype), product, beta, alpha), dtype)


@seen_as("Baddbmm")
def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """``beta * input + alpha * bmm(batch1, batch2)``; `input` broadcasts.

    >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
    >>> tg.baddbmm(tg.tensor([[[100.0]]]), a, a.mT).flatten()
    tensor([105., 125.])
    """
    product = bmm(batch1, batch2)
    same_dtype("baddbmm", input=checked(input, "baddbmm"), batch1=product)
    return _added("baddbmm", input, product, beta, alpha)


def addbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """``beta * input + alpha * bmm(batch1, batch2).sum(0)``; `input` broadcasts.

    >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
    >>> tg.addbmm(tg.tensor([[100.0]]), a, a.mT)  # 100 + 5 + 25
    tensor([[130.]])
    """
    product = bmm(batch1, batch2)
    same_dtype("addbmm", input=checked(input, "addbmm"), batch1=product)
    product = functions.sum(product, 0, dtype=product.dtype)
    return _added("addbmm", input, product, beta, alpha)


# ----------------------------------------------------------------------------- along one dimension


def _no_masks(name: str, input: Tensor) -> None:
    """DtypeError for booleans."""
    if input.array.dtype == bool_:
        raise no_booleans(name)


@seen_as("Trace")
def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).trace()
    tensor(5.)
    """
    _of_dims("trace", (input, 2))
    _no_masks("trace", input)
    return functions.sum(diagonal(input))


@seen_as("LinalgCross")
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The vectors at right angles to two others, of 3 numbers along `dim`; the others broadcast.

    Without `dim`, the first dimension of size 3. ShapeError where there are no 3.

    >>> tg.cross(tg.tensor([1.0, 0.0, 0.0]), tg.tensor([0.0, 1.0, 0.0]), dim=0)
    tensor([0., 0., 1.])
    """
    shape = broadcast_shapes(
        checked(input, "cross").array.shape, checked(other, "cross").array.shape
    )
    same_dtype("cross", input=input, other=other)
    _no_masks("cross", input)
    if dim is None and 3 in shape:
        dim = shape.index(3)
    axis = dim_index("cross", -1 if dim is None else dim, len(shape)) - len(shape)
    if len(input.array.shape) != len(other.array.shape) or any(
        x.array.shape[axis:][:1] != (3,) for x in (input, other)
    ):
        raise ShapeError(
            f"cross: needs vectors of 3 numbers, along one dimension, got shapes "
            f"{input.array.shape} and {other.array.shape}"
        )
    first, second = (mul(roll(input, -i, axis), roll(other, -j, axis)) for i, j in ((1, 2), (2, 1)))
    return functions.sub(first, second)


def kron(input: Tensor, other: Tensor) -> Tensor:
    """Kronecker's product: `other` times each element of `input`, laid out as these lie.

    >>> tg.kron(tg.eye(2), tg.tensor([1.0, 2.0]))
    tensor([[1., 2., 0., 0.],
            [0., 0., 1., 2.]])
    """
    ndim = max(checked(input, "kron").array.ndim, checked(other, "kron").array.ndim)
    a, b = ((1,) * (ndim - x.array.ndim) + x.array.shape for x in (input, other))
    blocks = mul(
        reshape(input, tuple(size for n in a for size in (n, 1))),
        reshape(other, tuple(size for n in b for size in (1, n))),
    )
    return reshape(blocks, tuple(n * m for n, m in zip(a, b)))


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """How far each row of `x1` (..., n, k) is from each of `x2` (..., m, k): (..., n, m).

    The distance is ``sum(abs(a - b)**p)**(1 / p)``: for p=inf the largest of the differences, for
    p=0 how many there are. Where two rows are equal its gradient is 0. (`compute_mode`, which says
    by which formula PyTorch computes it, changes nothing here.) ShapeError for rows of different
    lengths, ArgumentError for a negative p.

    >>> tg.cdist(tg.zeros(1, 2), tg.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """
    same_dtype("cdist", x1=checked(x1, "cdist"), x2=checked(x2, "cdist"))
    power = number(p)
    if x1.array.ndim < 2 or x2.array.ndim < 2 or x1.array.shape[-1] != x2.array.shape[-1]:
        raise ShapeError(
            f"cdist: needs rows of one length, (..., n, k) and (..., m, k), got shapes "
            f"{x1.array.shape} and {x2.array.shape}"
        )
    check_float("cdist", x1)
    if not isinstance(power, (int, float)) or not power >= 0:
        raise ArgumentError(f"cdist: p must be a number >= 0, got {p!r}")
    if x1.array.dtype == float16:
        return cast(cdist(cast(x1, float32), cast(x2, float32), power), float16)
    apart = functions.abs(functions.unsqueeze(x1, -2) - functions.unsqueeze(x2, -3))
    if power == 0:
        return functions.sum(cast(functions.ne(apart, 0), apart.dtype), -1) + 0 * apart.sum(-1)
    if power == math.inf:
        return functions.amax(apart, -1)
    if power == 1:
        return functions.sum(apart, -1)
    whole = functions.sum(functions.pow(apart, power), -1)
    equal = functions.eq(whole, 0)
    roots = functions.pow(functions.where(equal, 1.0, whole), 1 / power)
    return functions.where(equal, 0.0, roots)
