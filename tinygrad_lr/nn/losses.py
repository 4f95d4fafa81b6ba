"""The losses of class_losses.py and loss_functions.py as modules. Their options are attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..tensor import Tensor
from . import class_losses
from . import loss_functions as F
from .module import Module

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "MarginRankingLoss",
    "MultiLabelSoftMarginLoss",
    "NLLLoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "TripletMarginLoss",
]


class _Loss(Module):
    """``function(*tensors, **options)`` as a module; options that are Tensors are buffers."""

    _function: Callable[..., Tensor]
    reduction: str

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        **options: Any,
    ) -> None:
        super().__init__()
        if reduction != "batchmean":
            reduction = F.reduction_of(type(self).__name__, reduction, size_average, reduce)
        self.reduction = reduction
        self._options = ("reduction", *options)
        for name, value in options.items():
            if name in ("weight", "pos_weight"):
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return self._of(input, target)

    def _of(self, *tensors: Any) -> Tensor:
        options = {name: getattr(self, name) for name in self._options}
        return type(self)._function(*tensors, **options)


# ------------------------------------------------------------------------------------------ classes


class CrossEntropyLoss(_Loss):
    """cross_entropy as a module: of scores (N, C), *before* any softmax, and classes (N,).

    >>> nn.CrossEntropyLoss()(tg.zeros(1, 2), tg.tensor([1]))
    tensor(0.6931)
    """

    _function = staticmethod(class_losses.cross_entropy)

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(
            size_average,
            reduce,
            reduction,
            weight=weight,
            ignore_index=ignore_index,
            label_smoothing=class_losses.checked_smoothing(label_smoothing),
        )

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        reduction, smoothing = self.reduction, self.label_smoothing
        return class_losses.cross_entropy(
            input, target, self.weight, None, self.ignore_index, None, reduction, smoothing
        )


class NLLLoss(_Loss):
    """nll_loss as a module: of log-probabilities (N, C), and classes (N,).

    >>> nn.NLLLoss()(tg.tensor([[-0.5, -1.0]]), tg.tensor([1]))
    tensor(1.)
    """

    _function = staticmethod(class_losses.nll_loss)

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction, weight=weight, ignore_index=ignore_index)


class KLDivLoss(_Loss):
    """kl_div as a module: of log-probabilities, and probabilities (or their logarithms).

    >>> nn.KLDivLoss(reduction="sum")(tg.tensor([0.5, 0.5]).log(), tg.tensor([0.5, 0.5]))
    tensor(0.)
    """

    _function = staticmethod(F.kl_div)

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction, log_target=log_target)


# ------------------------------------------------------------------------ numbers, pair by pair


class MSELoss(_Loss):
    """mse_loss as a module: ``(input - target)**2``, its mean, its sum, or each element.

    >>> nn.MSELoss()(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([3.0, 1.0, 2.0]))
    tensor(2.)
    """

    _function: Callable[..., Tensor] = staticmethod(F.mse_loss)

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)


class L1Loss(MSELoss):
    """l1_loss as a module: ``abs(input - target)``, its mean, its sum, or each element.

    >>> nn.L1Loss()(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([3.0, 1.0, 2.0]))
    tensor(1.3333)
    """

    _function = staticmethod(F.l1_loss)


class SmoothL1Loss(_Loss):
    """smooth_l1_loss as a module: L1Loss, but square where the distance is less than `beta`.

    >>> nn.SmoothL1Loss()(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([3.0, 1.0, 2.0]))
    tensor(0.8333)
    """

    _function = staticmethod(F.smooth_l1_loss)

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction, beta=beta)


class HuberLoss(_Loss):
    """huber_loss as a module: half the square, and a straight line beyond `delta`.

    >>> nn.HuberLoss()(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([3.0, 1.0, 2.0]))
    tensor(0.8333)
    """

    _function = staticmethod(F.huber_loss)

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction, delta=delta)


class PoissonNLLLoss(_Loss):
    """poisson_nll_loss as a module: of rates (their logarithms), and counts.

    >>> nn.PoissonNLLLoss()(tg.zeros(1), tg.ones(1))
    tensor(1.)
    """

    _function = staticmethod(F.poisson_nll_loss)

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction, log_input=log_input, full=full, eps=eps)


class GaussianNLLLoss(_Loss):
    """gaussian_nll_loss as a module: of means, numbers, and variances.

    >>> nn.GaussianNLLLoss()(tg.zeros(1), tg.ones(1), tg.ones(1))
    tensor(0.5000)
    """

    _function = staticmethod(F.gaussian_nll_loss)

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction, full=full, eps=eps)

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:  # type: ignore[override]
        return self._of(input, target, var)


# -------------------------------------------------------------------------------------- yes or no


class BCELoss(_Loss):
    """binary_cross_entropy as a module: of probabilities and targets, both from 0 to 1.

    >>> nn.BCELoss()(tg.tensor([0.5]), tg.tensor([1.0]))
    tensor(0.6931)
    """

    _function = staticmethod(F.binary_cross_entropy)

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction, weight=weight)


class BCEWithLogitsLoss(_Loss):
    """binary_cross_entropy_with_logits as a module: BCELoss of sigmoid(input), more precise.

    >>> nn.BCEWithLogitsLoss()(tg.zeros(1), tg.ones(1))
    tensor(0.6931)
    """

    _function = staticmethod(F.binary_cross_entropy_with_logits)

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction, weight=weight, pos_weight=pos_weight)


class SoftMarginLoss(MSELoss):
    """soft_margin_loss as a module: ``log(1 + exp(-target * input))``, for targets of 1 and -1.

    >>> nn.SoftMarginLoss()(tg.zeros(1), tg.ones(1))
    tensor(0.6931)
    """

    _function = staticmethod(F.soft_margin_loss)


class MultiLabelSoftMarginLoss(BCELoss):
    """multilabel_soft_margin_loss as a module: BCEWithLogitsLoss, its mean over the classes.

    >>> nn.MultiLabelSoftMarginLoss()(tg.zeros(1, 2), tg.ones(1, 2))
    tensor(0.6931)
    """

    _function = staticmethod(F.multilabel_soft_margin_loss)


# ------------------------------------------------------------------------------ near, or far apart


class HingeEmbeddingLoss(_Loss):
    """hinge_embedding_loss as a module: of distances, and targets of 1 (near) and -1 (far).

    >>> nn.HingeEmbeddingLoss()(tg.tensor([0.25]), tg.tensor([-1.0]))
    tensor(0.7500)
    """

    _function = staticmethod(F.hinge_embedding_loss)

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction, margin=margin)


class MarginRankingLoss(_Loss):
    """margin_ranking_loss as a module: which of two is to be larger, by a margin.

    >>> nn.MarginRankingLoss()(tg.zeros(1), tg.ones(1), tg.ones(1))
    tensor(1.)
    """

    _function = staticmethod(F.margin_ranking_loss)

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction, margin=margin)

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:  # type: ignore[override]
        return self._of(input1, input2, target)


class CosineEmbeddingLoss(MarginRankingLoss):
    """cosine_embedding_loss as a module: of two vectors, and targets of 1 (alike) and -1.

    >>> nn.CosineEmbeddingLoss()(tg.ones(1, 2), tg.ones(1, 2), tg.ones(1))
    tensor(0.)
    """

    _function = staticmethod(F.cosine_embedding_loss)


class TripletMarginLoss(_Loss):
    """triplet_margin_loss as a module: the negative is to be farther away than the positive.

    >>> nn.TripletMarginLoss()(tg.zeros(1, 2), tg.zeros(1, 2), tg.ones(1, 2))
    tensor(0.)
    """

    _function = staticmethod(F.triplet_margin_loss)

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction, margin=margin, p=p, eps=eps, swap=swap)

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:  # type: ignore[override]
        return self._of(anchor, positive, negative)
