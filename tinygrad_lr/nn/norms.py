"""Layers that normalize: what comes out has mean 0 and variance 1, or learns another."""

from __future__ import annotations

from collections.abc import Sequence

from ..creation import ones, tensor, zeros
from ..device import Shape
from ..dtypes import DTypeLike
from ..errors import ArgumentError, ShapeError
from ..signatures import sizes
from ..tensor import Tensor
from . import layer_functions as F
from .module import Module
from .parameter import Parameter

__all__ = ["BatchNorm1d", "GroupNorm", "LayerNorm", "RMSNorm"]


class _Affine(Module):
    """A `weight` of ones and a `bias` of zeros, or None for the one that is not learned."""

    weight: Parameter | None
    bias: Parameter | None

    def _set_affine(
        self,
        shape: tuple[int, ...],
        weight: bool,
        bias: bool,
        device: str | None,
        dtype: DTypeLike | None,
    ) -> None:
        made = {"weight": ones, "bias": zeros}
        for name, learned in {"weight": weight, "bias": bias}.items():
            values = made[name](shape, device=device, dtype=dtype) if learned else None
            self.register_parameter(name, None if values is None else Parameter(values))

    def reset_parameters(self) -> None:
        """Ones and zeros again.

        >>> norm = nn.LayerNorm(2)
        >>> norm.weight.data.fill_(7.0)
        tensor([7., 7.])
        >>> norm.reset_parameters()
        >>> norm.weight.detach()
        tensor([1., 1.])
        """
        if self.weight is not None:
            self.weight.data.fill_(1.0)
        if getattr(self, "bias", None) is not None:
            self.bias.data.fill_(0.0)  # type: ignore[union-attr]


class BatchNorm1d(_Affine):
    """Each of the features (N, C), or channels (N, C, L), normalized over the batch: batch_norm.

    In training, by the mean and the variance of the batch, from which the buffers `running_mean`
    and `running_var` learn; in evaluation, by these. `momentum` is how much a batch counts for
    them; None for a plain average of all batches. Without `track_running_stats` there are no
    buffers, and each batch is normalized by itself; without `affine` there are no parameters.

    >>> nn.BatchNorm1d(2)(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]], grad_fn=<NativeBatchNormBackward0>)
    """

    num_features: int
    eps: float
    momentum: float | None
    affine: bool
    track_running_stats: bool
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: str | None = None,
        dtype: DTypeLike | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        shape = sizes("BatchNorm1d", (num_features,))
        self._set_affine(shape, affine, affine and bias, device, dtype)
        made: dict[str, Tensor | None] = dict.fromkeys(
            ["running_mean", "running_var", "num_batches_tracked"]
        )
        if track_running_stats:
            made["running_mean"] = zeros(shape, device=device, dtype=dtype)
            made["running_var"] = ones(shape, device=device, dtype=dtype)
            made["num_batches_tracked"] = tensor(0, device=device)
        for name, buffer in made.items():
            self.register_buffer(name, buffer)

    def reset_running_stats(self) -> None:
        """Forget all batches.

        >>> layer = nn.BatchNorm1d(2)
        >>> layer.reset_running_stats()
        >>> layer.running_mean
        tensor([0., 0.])
        """
        for buffer, value in (
            (self.running_mean, 0.0),
            (self.running_var, 1.0),
            (self.num_batches_tracked, 0),
        ):
            if buffer is not None:
                buffer.fill_(value)

    def reset_parameters(self) -> None:
        """As at the beginning: the running mean and variance, weight and bias.

        >>> norm = nn.BatchNorm1d(2)
        >>> y = norm(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        >>> norm.reset_parameters()
        >>> norm.running_mean
        tensor([0., 0.])
        """
        self.reset_running_stats()
        super().reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (2, 3):
            raise ArgumentError(f"expected 2D or 3D input (got {input.ndim}D input)")
        momentum: float | Tensor = 0.0 if self.momentum is None else self.momentum
        learns = self.training and self.num_batches_tracked is not None
        if learns and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = 1.0 / self.num_batches_tracked
        by_batch = self.training or self.running_mean is None
        running = (self.running_mean, self.running_var) if learns or not by_batch else (None, None)
        return F.batch_norm(input, *running, self.weight, self.bias, by_batch, momentum, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class LayerNorm(_Affine):
    """Each sample normalized by itself, over its last dimensions: layer_norm.

    >>> nn.LayerNorm(2)(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]], grad_fn=<NativeLayerNormBackward0>)
    """

    normalized_shape: Shape
    eps: float
    elementwise_affine: bool

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = sizes("LayerNorm", (normalized_shape,))
        self.eps, self.elementwise_affine = eps, elementwise_affine
        learned = elementwise_affine
        self._set_affine(self.normalized_shape, learned, learned and bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class RMSNorm(_Affine):
    """Each sample divided by the root of its mean square, over its last dimensions: rms_norm.

    >>> nn.RMSNorm(2)(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[0.6325, 1.2649],
            [0.8485, 1.1314]], grad_fn=<MulBackward0>)
    """

    normalized_shape: Shape
    eps: float | None
    elementwise_affine: bool

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: str | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = sizes("RMSNorm", (normalized_shape,))
        self.eps, self.elementwise_affine = eps, elementwise_affine
        values = ones(self.normalized_shape, device=device, dtype=dtype)
        self.register_parameter("weight", Parameter(values) if elementwise_affine else None)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class GroupNorm(_Affine):
    """Each group of channels (N, C, ...) of a sample normalized by itself: group_norm.

    ShapeError unless C can be divided by the number of groups.

    >>> nn.GroupNorm(1, 2)(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]], grad_fn=<AddBackward0>)
    """

    num_groups: int
    num_channels: int
    eps: float
    affine: bool

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: str | None = None,
        dtype: DTypeLike | None = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ShapeError("GroupNorm: num_channels must be divisible by num_groups")
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        self._set_affine((num_channels,), affine, affine and bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )
