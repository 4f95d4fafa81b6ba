"""Mistakes in computing: products, numbers, orders and counts, matrices, and dtypes."""

from __future__ import annotations

import numpy as np

import tinygrad_lr as tg
from mistakes import COUNTS, MASK, Mistakes, X, assign, leaf
from tinygrad_lr import nn
from tinygrad_lr.nn import functional as F

# ----------------------------------------------------------------------------- products and numbers

PRODUCTS: Mistakes = {
    "a bmm of matrices": (
        lambda: tg.bmm(X, X.T),
        RuntimeError,
        ["bmm: needs a batch of matrices and a batch of matrices, got shapes (2, 3) and (3, 2)"],
    ),
    "a dot of matrices": (
        lambda: tg.dot(X, X),
        RuntimeError,
        ["dot: needs a vector and a vector", "matmul"],
    ),
    "a name for what is not there": (
        lambda: tg.einsum("ijk->k", X),
        RuntimeError,
        ["einsum: operand 0 has shape (2, 3), and 3 of its dimensions are named"],
    ),
    "a name only behind the arrow": (
        lambda: tg.einsum("ij->k", X),
        RuntimeError,
        ["einsum: 'k' is in the result 1 times, and in the operands 0 times"],
    ),
    "names of two sizes": (
        lambda: tg.einsum("ij,jk->ik", X, X),
        RuntimeError,
        ["einsum: shapes (2, 3), (2, 3) do not fit", "of size 3 here, and 2 there"],
    ),
    "an operand without names": (
        lambda: tg.einsum("ij", X, X),
        RuntimeError,
        ["einsum: there are 2 operands, and names for 1"],
    ),
    "the root of a matrix": (
        lambda: tg.ones(2, 2).matrix_power(0.5),
        RuntimeError,
        ["matrix_power: n must be an integer", "got 0.5"],
    ),
    "a vector for mm": (
        lambda: tg.mm(X, tg.ones(3)),
        tg.ShapeError,
        ["mm: needs two matrices", "(2, 3) and (3,)", "matmul"],
    ),
    "a product of masks": (
        lambda: MASK @ MASK.T,
        RuntimeError,
        ["matmul: cannot compute with booleans", "x.float()"],
    ),
    "a layer of a mask": (
        lambda: F.linear(MASK, MASK),
        RuntimeError,
        ["linear: cannot compute with booleans", "x.float()"],
    ),
    "softmax of counts": (
        lambda: COUNTS.softmax(0),
        RuntimeError,
        ["softmax: needs floats", "int64", "use x.float()"],
    ),
    "a size below -1": (
        lambda: X.view(-2),
        tg.ShapeError,
        ["view: sizes must be >= 0, or -1", "(-2,)"],
    ),
    "no sizes": (lambda: X.reshape(), TypeError, ["reshape: give sizes", "()"]),
    "too many dimensions to permute": (
        lambda: X.permute(0, 1, 2),
        tg.ShapeError,
        ["permute: (0, 1, 2)", "each of the 2 dimensions"],
    ),
    "a vector transposed": (lambda: tg.ones(3).mT, tg.ShapeError, ["mT: needs a matrix", "(3,)"]),
    "a name in a tensor": (
        lambda: "a" in X,
        RuntimeError,
        ["in: a tensor contains numbers", "str"],
    ),
    "an element deleted": (lambda: X.__delitem__(0), TypeError, ["no elements to delete", "x[x"]),
    "a mask with a sign": (
        lambda: +MASK,
        RuntimeError,
        ["positive: cannot compute with booleans", "x.float()"],
    ),
    "many as a number": (lambda: float(X), ValueError, ["(2, 3) has 6 elements", "tolist()"]),
    "many as an index": (
        lambda: [1, 2][COUNTS],  # type: ignore[call-overload]
        TypeError,
        ["only an integer tensor can be an index, and of a single element", "(2, 3)"],
    ),
    "a matrix product with a list": (
        lambda: tg.mm(X, [[1.0], [2.0], [3.0]]),
        TypeError,
        ["mm: expected a Tensor, got list"],
    ),
    "NumPy's exp": (lambda: np.exp(leaf(2)), TypeError, ["np.exp is for arrays", "t.exp()"]),
    "NumPy's sum": (lambda: np.sum(leaf(2)), TypeError, ["np.sum is for arrays", "t.sum()"]),
    "NumPy's add": (lambda: np.add(leaf(2), 1), TypeError, ["np.add", "t + other"]),
    "NumPy's concatenate": (
        lambda: np.concatenate([leaf(2), leaf(2)]),
        TypeError,
        ["np.concatenate is for arrays", "tg.cat(...)"],
    ),
    "NumPy's where": (
        lambda: np.where(leaf(2) > 0, leaf(2), 0.0),
        TypeError,
        ["np.where is for arrays", "tg.where(...)"],
    ),
    "a function that only NumPy has": (
        lambda: np.cbrt(leaf(2)),
        TypeError,
        ["np.cbrt is for arrays", "np.cbrt(t.detach().numpy()) is without gradient"],
    ),
    "into an array of NumPy's": (
        lambda: np.ones(2).__iadd__(leaf(2)),
        TypeError,
        ["np.add(..., out=...) is for arrays", "t.detach().numpy() there"],
    ),
}


# -------------------------------------------------------------------------------- orders and counts

ORDERS: Mistakes = {
    "more than there are": (
        lambda: X.topk(4),
        RuntimeError,
        ["topk: k must be from 0 to 3", "got 4"],
    ),
    "the zeroth": (lambda: X.kthvalue(0), RuntimeError, ["kthvalue: k must be from 1 to 3"]),
    "a k that is no integer": (lambda: X.topk(1.5), TypeError, ["topk: k must be an integer"]),  # type: ignore[arg-type]
    "the median of a mask": (
        lambda: MASK.median(),
        RuntimeError,
        ["median", "booleans", "float()"],
    ),
    "the mode of nothing": (
        lambda: tg.ones(0).mode(),
        IndexError,
        ["mode: there is nothing to choose from", "(0,)"],
    ),
    "a scan without a dimension": (lambda: X.cumsum(2), IndexError, ["cumsum: dim 2", "-2 to 1"]),
    "the running sum of what logarithms": (
        lambda: COUNTS.logcumsumexp(0),
        RuntimeError,
        ["logcumsumexp: needs floats", "int64"],
    ),
    "differences of a number": (
        lambda: tg.tensor(1.0).diff(),
        RuntimeError,
        ["diff: a single number", "no neighbours"],
    ),
    "x and dx": (
        lambda: tg.trapezoid(X, X, dx=0.1),
        RuntimeError,
        ["trapezoid: give x or dx, not both"],
    ),
    "a quantile in percent": (lambda: X.quantile(50), RuntimeError, ["quantile: q must be from 0"]),
    "an interpolation there is not": (
        lambda: X.quantile(0.5, interpolation="mean"),
        RuntimeError,
        ["quantile: interpolation is one of linear", "'mean'"],
    ),
    "counting floats": (lambda: X[0].bincount(), RuntimeError, ["bincount: counts integers"]),
    "counting in a matrix": (lambda: COUNTS.bincount(), RuntimeError, ["needs a vector"]),
    "weights of another shape": (
        lambda: COUNTS[0].bincount(X),
        RuntimeError,
        ["bincount: weights have shape (2, 3)", "(3,)"],
    ),
    "a histogram of counts": (lambda: COUNTS.histc(), RuntimeError, ["histc: needs floats"]),
    "a histogram of no bins": (lambda: X.histc(0), RuntimeError, ["histc: needs a bin or more"]),
    "the gradient of a histogram": (
        lambda: leaf(3).histogram(2).hist.sum().backward(),
        RuntimeError,
        ["the derivative for histogram is not implemented", "x.detach()"],
    ),
    "boundaries in a matrix": (
        lambda: tg.bucketize(X, X),
        RuntimeError,
        ["bucketize: boundaries are a vector", "(2, 3)"],
    ),
    "the covariances of a cube": (
        lambda: tg.cov(tg.ones(2, 2, 2)),
        RuntimeError,
        ["cov: needs a matrix or a vector"],
    ),
}


# ----------------------------------------------------------------------------------------- matrices

MATRICES: Mistakes = {
    "the inverse of what has none": (
        lambda: tg.linalg.inv(tg.ones(2, 2)),
        tg.linalg.LinAlgError,
        ["inv: the matrix, or one of them, is singular", "pinv and lstsq"],
    ),
    "equations that say the same": (
        lambda: tg.linalg.solve(tg.ones(2, 2), tg.ones(2)),
        RuntimeError,
        ["solve: the matrix, or one of them, is singular"],
    ),
    "the inverse of a table": (
        lambda: X.inverse(),
        RuntimeError,
        ["inv: needs a square", "(2, 3)"],
    ),
    "the determinant of a vector": (lambda: X[0].det(), RuntimeError, ["det: needs a", "(3,)"]),
    "the inverse of counts": (
        lambda: tg.eye(2).long().inverse(),
        RuntimeError,
        ["inv: computes in float32 and float64", "int64", "x.float()"],
    ),
    "equations of other sizes": (
        lambda: tg.linalg.solve(tg.eye(2), tg.ones(3, 1)),
        RuntimeError,
        ["solve: A has shape (2, 2), B (3, 1)", "2 rows"],
    ),
    "the root of what is not positive": (
        lambda: tg.linalg.cholesky(-tg.eye(2)),
        tg.linalg.LinAlgError,
        ["cholesky: the matrix, or one of them, is not positive definite"],
    ),
    "the norm of counts": (lambda: COUNTS.norm(), RuntimeError, ["norm: needs floats", "int64"]),
    "a norm by a name": (lambda: X.norm("max"), RuntimeError, ["norm: the order", "'max'"]),
}


# ------------------------------------------------------------------------------------------- dtypes

DTYPES: Mistakes = {
    "a gradient of integers": (
        lambda: tg.tensor([1, 2], requires_grad=True),
        RuntimeError,
        ["floating point", "int64", ".float()"],
    ),
    "requires_grad of a mask": (
        lambda: assign("requires_grad", True, MASK.clone()),
        RuntimeError,
        ["floating point", "bool", ".float()"],
    ),
    "the mean of integers": (
        lambda: COUNTS.mean(),
        TypeError,
        ["mean: needs floats", "int64", "use x.float()"],
    ),
    "the spread of integers": (
        lambda: COUNTS.std(),
        TypeError,
        ["std: needs floats", "int64", "use x.float()"],
    ),
    "minus a mask": (lambda: -MASK, TypeError, ["neg:", "bool", "~mask", "mask.float()"]),
    "a mask minus a mask": (
        lambda: MASK - MASK,
        TypeError,
        ["sub:", "bool", "a != b", "a.float()"],
    ),
    "not of floats": (lambda: ~X, TypeError, ["not:", "float32", "x > 0"]),
    "and of floats": (lambda: X & X, TypeError, ["and:", "float32", "x > 0"]),
    "integers to a negative power": (
        lambda: COUNTS**-1,
        ValueError,
        ["pow:", "integers", "negative power", "x.float()"],
    ),
    "a half added to integers in place": (
        lambda: COUNTS.clone().add_(0.5),
        TypeError,
        ["add_:", "float32", "int64", "x.float()"],
    ),
    "integers divided in place": (
        lambda: COUNTS.clone().div_(2),
        TypeError,
        ["div_:", "float32", "int64", "x.float()"],
    ),
    "two dtypes in a matrix product": (
        lambda: X @ X.double().T,
        TypeError,
        ["matmul:", "float32", "float64", "convert one"],
    ),
    "a float64 batch for a float32 layer": (
        lambda: nn.Linear(3, 2)(X.double()),
        TypeError,
        ["linear: input is float64, weight is float32", "input.float()"],
    ),
    "bytes for a layer": (
        lambda: nn.Linear(3, 2)(tg.ones(2, 3, dtype="uint8")),
        TypeError,
        ["linear: input is uint8", "input.float()"],
    ),
    "a layer of integers": (lambda: nn.Linear(3, 2).to("int64"), TypeError, ["floats", "int64"]),
    "exp of a number": (
        lambda: tg.exp(1.0),
        TypeError,
        ["exp: expected a Tensor", "float"],
    ),
    "sqrt of an array": (
        lambda: tg.sqrt(np.ones(2)),
        TypeError,
        ["sqrt: expected a Tensor", "ndarray"],
    ),
    "the maximum with a number": (
        lambda: tg.maximum(X, 1.0),
        TypeError,
        ["maximum: expected a Tensor", "float"],
    ),
    "filling with text": (lambda: X.clone().fill_("a"), TypeError, ["fill_: expected num", "'a'"]),
    "a mask minus a number": (
        lambda: MASK - 1,
        RuntimeError,
        ["sub: cannot compute with bool", "!="],
    ),
    "relu of a mask": (lambda: tg.relu(MASK), RuntimeError, ["relu", "booleans", "x.float()"]),
    "a mask to the power of a mask": (lambda: MASK**MASK, RuntimeError, ["pow", "a.long() ** b"]),
    "counts and an integer of 70 bits": (
        lambda: COUNTS + 2**70,
        (OverflowError, RuntimeError),
        ["add: a Python integer is too large", "64 bits"],
    ),
    "a number added to a mask in place": (
        lambda: MASK.clone().add_(2),
        RuntimeError,
        ["add_: the result is int64", "x.long()"],
    ),
    "half an alpha": (
        lambda: tg.add(COUNTS, COUNTS, alpha=0.5),
        RuntimeError,
        ["add: alpha must be an integer", "0.5"],
    ),
    "a bound per element": (
        lambda: X.clamp(min=tg.zeros(3), max=1.0),
        TypeError,
        ["clamp: min must be a number, or both bounds Tensors"],
    ),
    "an array of complex numbers as an operand": (
        lambda: X + np.array([1j]),
        TypeError,
        ["add: cannot hold the dtype complex128", "astype"],
    ),
}
