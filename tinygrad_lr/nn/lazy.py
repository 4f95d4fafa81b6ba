"""A layer that learns how many features go in when it is called first."""

from __future__ import annotations

from ..dtypes import DTypeLike
from ..tensor import Tensor
from .layers import Linear
from .parameter import Parameter, UninitializedParameter

__all__ = ["LazyLinear"]


class LazyLinear(Linear):
    """A Linear whose in_features are those of its first input. From then on it is a Linear.

    Until then its parameters have no shape. An optimizer may be made before: they stay the same
    objects.

    >>> nn.LazyLinear(3)(tg.ones(5, 2)).shape
    (5, 3)
    """

    cls_to_become = Linear
    in_features: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        out_features: int,
        bias: bool = True,
        device: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(0, out_features, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def has_uninitialized_params(self) -> bool:
        """Whether it has not seen an input yet.

        >>> nn.LazyLinear(3).has_uninitialized_params()
        True
        """
        return isinstance(self.weight, UninitializedParameter)

    def initialize_parameters(self, input: Tensor) -> None:
        """Make the parameters for an input of this many features, and draw them.

        It is the last size of `input`, (..., in_features).

        >>> layer = nn.LazyLinear(3)
        >>> layer.initialize_parameters(tg.ones(5, 2))
        >>> layer.weight.shape
        (3, 2)
        """
        if isinstance(self.weight, UninitializedParameter):
            self.weight.materialize((self.out_features, input.shape[-1]))
            if isinstance(self.bias, UninitializedParameter):
                self.bias.materialize((self.out_features,))
            self.in_features = input.shape[-1]
            self.reset_parameters()
        self.in_features = self.weight.shape[-1]

    def reset_parameters(self) -> None:
        if not self.has_uninitialized_params():
            super().reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        self.initialize_parameters(input)
        self.__class__ = self.cls_to_become  # type: ignore[assignment]
        return self.forward(input)
