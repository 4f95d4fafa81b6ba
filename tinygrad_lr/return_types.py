"""What a function gives that gives several Tensors: a tuple with names, printed as in PyTorch.

::

    torch.return_types.max(
    values=tensor([2., 5.]),
    indices=tensor([1, 0]))
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .signatures import Tensor
from .wording import say_nearest


def _shown(results: Any) -> str:
    fields = [f"{name}={value!r}" for name, value in zip(results._fields, results)]
    return f"torch.return_types.{type(results).__name__}(\n" + ",\n".join(fields) + ")"


class ValuesAndIndices(NamedTuple):
    """Elements that were picked along one dimension, and where they were: two of one shape.

    >>> tg.tensor([3.0, 1.0]).max(dim=0).values
    tensor(3.)
    """

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class max(ValuesAndIndices):
    """What max() gives along a dimension, and where they are.

    >>> tg.tensor([3.0, 1.0]).max(dim=0).indices
    tensor(0)
    """


class min(ValuesAndIndices):
    """What min() gives along a dimension, and where they are.

    >>> tg.tensor([3.0, 1.0]).min(dim=0).indices
    tensor(1)
    """


class sort(ValuesAndIndices):
    """What sort() gives: all elements of each row, in order, and where they are.

    >>> tg.tensor([3.0, 1.0]).sort().values
    tensor([1., 3.])
    """


class topk(ValuesAndIndices):
    """What topk() gives: the k largest, and where they are.

    >>> tg.tensor([3.0, 1.0]).topk(1).values
    tensor([3.])
    """


class kthvalue(ValuesAndIndices):
    """What kthvalue() gives: the k-th smallest, and where they are.

    >>> tg.tensor([3.0, 1.0]).kthvalue(1).values
    tensor(1.)
    """


class median(ValuesAndIndices):
    """What median() gives along a dimension, and where they are.

    >>> tg.tensor([3.0, 1.0]).median(dim=0).values
    tensor(1.)
    """


class nanmedian(ValuesAndIndices):
    """What nanmedian() gives along a dimension, and where they are.

    >>> tg.tensor([3.0, 1.0]).nanmedian(dim=0).values
    tensor(1.)
    """


class mode(ValuesAndIndices):
    """What mode() gives: the most frequent elements, and where they are.

    >>> tg.tensor([3, 3, 1]).mode(dim=0).values
    tensor(3)
    """


class cummax(ValuesAndIndices):
    """What cummax() gives: the largest so far, and where they are.

    >>> tg.tensor([3.0, 1.0]).cummax(dim=0).values
    tensor([3., 3.])
    """


class cummin(ValuesAndIndices):
    """What cummin() gives: the smallest so far, and where they are.

    >>> tg.tensor([3.0, 1.0]).cummin(dim=0).values
    tensor([3., 1.])
    """


class aminmax(NamedTuple):
    """The smallest and the largest element.

    >>> tg.tensor([3.0, 1.0]).aminmax().min
    tensor(1.)
    """

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class histogram(NamedTuple):
    """How many elements are between two edges; there is one edge more.

    >>> tg.tensor([3.0, 1.0]).histogram(2).hist
    tensor([1., 1.])
    """

    hist: Tensor
    bin_edges: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class slogdet(NamedTuple):
    """The determinant, as sign * exp(logabsdet).

    >>> tg.linalg.slogdet(tg.eye(2)).sign
    tensor(1.)
    """

    sign: Tensor
    logabsdet: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class linalg_lstsq(NamedTuple):
    """The solution of a least squares problem, and what is known about it.

    >>> tg.linalg.lstsq(tg.eye(2), tg.ones(2, 1)).rank
    tensor(2)
    """

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class linalg_svd(NamedTuple):
    """A = U @ diag(S) @ Vh.

    >>> tg.linalg.svd(tg.eye(2)).Vh
    tensor([[1., 0.],
            [0., 1.]])
    """

    U: Tensor
    S: Tensor
    Vh: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class linalg_eigh(NamedTuple):
    """A @ eigenvectors = eigenvectors * eigenvalues.

    >>> tg.linalg.eigh(tg.eye(2)).eigenvalues
    tensor([1., 1.])
    """

    eigenvalues: Tensor
    eigenvectors: Tensor

    def __repr__(self) -> str:
        return _shown(self)


class linalg_qr(NamedTuple):
    """A = Q @ R.

    >>> tg.linalg.qr(tg.eye(2)).R.shape
    (2, 2)
    """

    Q: Tensor
    R: Tensor

    def __repr__(self) -> str:
        return _shown(self)


say_nearest(__name__)
