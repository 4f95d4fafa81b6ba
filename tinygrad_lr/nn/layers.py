"""Layers: products, rows that are picked, what is left out by chance, and what changes shapes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..creation import zeros
from ..device import Shape
from ..dtypes import DTypeLike
from ..errors import ArgumentError, ShapeError
from ..more.shapes import unflatten
from ..signatures import sizes
from ..tensor import Tensor
from . import layer_functions as F
from .distances import cosine_similarity, pairwise_distance
from .init import normal_, uniform_
from .module import Module
from .parameter import Parameter

__all__ = [
    "AlphaDropout",
    "Bilinear",
    "CosineSimilarity",
    "Dropout",
    "Dropout1d",
    "Embedding",
    "Flatten",
    "Identity",
    "Linear",
    "PairwiseDistance",
    "Unflatten",
]


class Linear(Module):
    """``y = x @ weight.T + bias``: x (..., in_features) becomes y (..., out_features).

    `weight` is (out_features, in_features), `bias` (out_features,). Both are drawn from a uniform
    distribution between -1/sqrt(in_features) and 1/sqrt(in_features), as PyTorch does. (With no
    in_features, the bias is 0.) ShapeError for negative numbers of features.

    >>> nn.Linear(2, 3)(tg.ones(5, 2)).shape
    (5, 3)
    """

    in_features: int
    out_features: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = sizes("Linear", (in_features, out_features))
        if self.in_features < 0 or self.out_features < 0:
            raise ShapeError(
                f"Linear: in_features and out_features must be >= 0, got {in_features} and "
                f"{out_features}"
            )

        def made(*size: int) -> Parameter:
            return Parameter(zeros(size, dtype=dtype, device=device))

        self.weight = made(self.out_features, self.in_features)
        self.register_parameter("bias", made(self.out_features) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew.

        >>> nn.Linear(2, 3).reset_parameters()
        """
        bound = 1.0 / math.sqrt(self.in_features) if self.in_features else 0.0
        uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Flatten(Module):
    """The dimensions `start_dim` to `end_dim` as one: images (N, 1, 28, 28) become (N, 784).

    >>> nn.Flatten()(tg.ones(5, 2, 3)).shape
    (5, 6)
    """

    start_dim: int
    end_dim: int

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """The dimension `dim` as several, of sizes `unflattened_size`: what Flatten merged.

    >>> nn.Unflatten(1, (2, 3))(tg.ones(5, 6)).shape
    (5, 2, 3)
    """

    dim: int
    unflattened_size: Shape

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        self.dim, self.unflattened_size = dim, sizes("Unflatten", (tuple(unflattened_size),))

    def forward(self, input: Tensor) -> Tensor:
        return unflatten(input, self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class Identity(Module):
    """What goes in comes out. All arguments are taken, for whatever it stands in for.

    The shape and dtype stay what they are.

    >>> nn.Identity()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  2.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input


class Bilinear(Module):
    """``x1 @ weight[k] @ x2 + bias[k]``, of x1 (..., in1) and x2 (..., in2), for each of `out`.

    Weight (out, in1, in2) and bias begin between -1/sqrt(in1) and 1/sqrt(in1), as PyTorch's do.
    ShapeError for no in1.

    >>> nn.Bilinear(2, 3, 4)(tg.ones(5, 2), tg.ones(5, 3)).shape
    (5, 4)
    """

    in1_features: int
    in2_features: int
    out_features: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__()
        shape = out_features, in1_features, in2_features
        self.out_features, self.in1_features, self.in2_features = sizes("Bilinear", shape)
        if in1_features <= 0:
            raise ShapeError(f"Bilinear: in1_features must be > 0, got {in1_features}")
        self.weight = Parameter(zeros(shape, dtype=dtype, device=device))
        offset = Parameter(zeros(out_features, dtype=dtype, device=device)) if bias else None
        self.register_parameter("bias", offset)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew.

        >>> nn.Bilinear(2, 3, 4).reset_parameters()
        """
        bound = 1.0 / math.sqrt(self.in1_features)
        uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class Embedding(Module):
    """A table of vectors (num_embeddings, embedding_dim): integers (...) become (..., dim).

    They begin Gaussian, with mean 0 and deviation 1; the one of `padding_idx` begins with zeros,
    and has no gradient. (max_norm, scale_grad_by_freq and sparse are not offered.) ArgumentError
    for options that are not offered, ShapeError for a weight of another shape.

    >>> nn.Embedding(10, 3)(tg.tensor([[1, 2]])).shape
    (1, 2, 3)
    """

    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__()
        if max_norm is not None or scale_grad_by_freq or sparse:
            raise ArgumentError(
                "Embedding: max_norm, scale_grad_by_freq and sparse are not offered; leave them out"
            )
        self.num_embeddings, self.embedding_dim = sizes(
            "Embedding", (num_embeddings, embedding_dim)
        )
        self.padding_idx = F.padding_row("Embedding", padding_idx, num_embeddings)
        shape = self.num_embeddings, self.embedding_dim
        if _weight is None:
            self.weight = Parameter(zeros(shape, dtype=dtype, device=device), not _freeze)
            self.reset_parameters()
        elif tuple(_weight.shape) != shape:
            raise ShapeError(f"Embedding: weight must be {shape}, got {tuple(_weight.shape)}")
        else:
            self.weight = Parameter(_weight, not _freeze)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """An Embedding of the rows of a matrix, which `freeze` keeps as they are.

        ShapeError for what is no matrix.

        >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> nn.Embedding.from_pretrained(a)(tg.tensor([1]))
        tensor([[3., 4.]])
        """
        if embeddings.ndim != 2:
            raise ShapeError(f"from_pretrained: needs a matrix, got {tuple(embeddings.shape)}")
        rows, columns = embeddings.shape
        return cls(
            rows,
            columns,
            padding_idx,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
            _weight=embeddings,
            _freeze=freeze,
        )

    def reset_parameters(self) -> None:
        """Draw the vectors anew.

        >>> nn.Embedding(2, 3).reset_parameters()
        """
        normal_(self.weight)
        if self.padding_idx is not None:
            self.weight.data[self.padding_idx] = 0.0

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"


class Dropout(Module):
    """In training, each element is 0 with the probability `p`, and the others are / (1 - p).

    >>> nn.Dropout(0.5).eval()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  2.])
    """

    p: float
    inplace: bool

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        F.probability(type(self).__name__, p)
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """Dropout of whole rows, (N, C, L) or (C, L).

    >>> nn.Dropout1d(0.5).eval()(tg.ones(2, 3)).shape
    (2, 3)
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class AlphaDropout(Dropout):
    """Dropout for what SELU gives: mean 0 and variance 1 stay what they are.

    The shape and dtype stay what they are.

    >>> nn.AlphaDropout(0.5).eval()(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([-1.,  0.,  2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training, self.inplace)


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along `dim`.

    >>> nn.CosineSimilarity(dim=0)(tg.ones(2), tg.tensor([1.0, 0.0]))
    tensor(0.7071)
    """

    dim: int
    eps: float

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """The p-norm of ``x1 - x2 + eps`` along the last dimension.

    >>> nn.PairwiseDistance()(tg.tensor([[3.0, 4.0]]), tg.zeros(1, 2))
    tensor([5.0000])
    """

    norm: float
    eps: float
    keepdim: bool

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
