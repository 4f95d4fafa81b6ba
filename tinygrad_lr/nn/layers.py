"""Layers: a matrix product, what stands between two of them, and what changes shapes."""

from __future__ import annotations

import math

from ..creation import zeros
from ..dtypes import DTypeLike
from ..errors import ShapeError
from ..signatures import sizes
from ..tensor import Tensor
from . import functional as F
from .init import uniform_
from .module import Module
from .parameter import Parameter

__all__ = ["Flatten", "Linear"]


class Linear(Module):
    """``y = x @ weight.T + bias``: x (..., in_features) becomes y (..., out_features).

    `weight` is (out_features, in_features), `bias` (out_features,). Both are drawn from a uniform
    distribution between -1/sqrt(in_features) and 1/sqrt(in_features), as PyTorch does. (With no
    in_features, the bias is 0.)
    """

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
        """Draw the weight and the bias anew."""
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
    """The dimensions `start_dim` to `end_dim` as one: images (N, 1, 28, 28) become (N, 784)."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
