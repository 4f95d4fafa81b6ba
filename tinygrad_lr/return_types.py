"""What a function gives that gives several Tensors: a tuple with names, printed as in PyTorch.

::

    torch.return_types.max(
    values=tensor([2., 5.]),
    indices=tensor([1, 0]))
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .signatures import Tensor


def _shown(results: Any) -> str:
    fields = [f"{name}={value!r}" for name, value in zip(results._fields, results)]
    return f"torch.return_types.{type(results).__name__}(\n" + ",\n".join(fields) + ")"


class ValuesAndIndices(NamedTuple):
    """Elements that were picked along one dimension, and where they were: two of one shape."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class max(ValuesAndIndices):
    """What max() gives along a dimension, and where they are."""


class min(ValuesAndIndices):
    """What min() gives along a dimension, and where they are."""


class sort(ValuesAndIndices):
    """What sort() gives: all elements of each row, in order, and where they are."""


class topk(ValuesAndIndices):
    """What topk() gives: the k largest, and where they are."""


class kthvalue(ValuesAndIndices):
    """What kthvalue() gives: the k-th smallest, and where they are."""


class median(ValuesAndIndices):
    """What median() gives along a dimension, and where they are."""


class nanmedian(ValuesAndIndices):
    """What nanmedian() gives along a dimension, and where they are."""


class mode(ValuesAndIndices):
    """What mode() gives: the most frequent elements, and where they are."""


class cummax(ValuesAndIndices):
    """What cummax() gives: the largest so far, and where they are."""


class cummin(ValuesAndIndices):
    """What cummin() gives: the smallest so far, and where they are."""


class aminmax(NamedTuple):
    """The smallest and the largest element."""

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class histogram(NamedTuple):
    """How many elements are between two edges; there is one edge more."""

    hist: Tensor
    bin_edges: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class slogdet(NamedTuple):
    """The determinant, as sign * exp(logabsdet)."""

    sign: Tensor
    logabsdet: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class linalg_lstsq(NamedTuple):
    """The solution of a least squares problem, and what is known about it."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class linalg_svd(NamedTuple):
    """A = U @ diag(S) @ Vh."""

    U: Tensor
    S: Tensor
    Vh: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class linalg_eigh(NamedTuple):
    """A @ eigenvectors = eigenvectors * eigenvalues."""

    eigenvalues: Tensor
    eigenvectors: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class linalg_qr(NamedTuple):
    """A = Q @ R."""

    Q: Tensor
    R: Tensor

    def __repr__(self) -> str:
        return _shown(self)
