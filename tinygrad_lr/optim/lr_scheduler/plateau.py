"""A schedule that looks at what the training achieves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...dtypes import Number
from ...tensor import Tensor
from ..optimizer import Optimizer
from .base import LRScheduler, check_optimizer, for_groups, set_value, values_of, warn_of_epoch


class ReduceLROnPlateau(LRScheduler):
    """The rate is multiplied by `factor` when the loss has not become better for a while.

    Call ``step(loss)`` after each epoch. It is better if it is lower (with the mode "max", higher)
    than the best one until then, by more than `threshold`: that share of it, or with the threshold
    mode "abs" by that much. After more than `patience` epochs in which it was not, all rates are
    multiplied by `factor`, and the next `cooldown` epochs do not count. No rate becomes smaller
    than `min_lr` (one, or a list, one for each group), nor is it changed by less than `eps`.
    ValueError for a factor of 1 or more, and for another mode.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    >>> schedule.step(1.0)
    >>> schedule.step(2.0)
    >>> schedule.get_last_lr()
    [0.05]
    """

    optimizer: Optimizer
    mode: str
    factor: float
    patience: int
    cooldown: int
    eps: float
    threshold: float
    threshold_mode: str
    default_min_lr: float | None
    min_lrs: list[float]
    mode_worse: float
    best: float
    last_epoch: int
    num_bad_epochs: int
    cooldown_counter: int

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau: Factor should be < 1.0, got {factor}")
        check_optimizer(optimizer)
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown! It is 'min' or 'max'")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown! It is 'rel' or 'abs'")
        self.factor, self.optimizer = factor, optimizer
        self.default_min_lr = None if isinstance(min_lr, Sequence) else min_lr
        self.min_lrs = for_groups("min_lr", optimizer, min_lr)
        self.patience, self.cooldown, self.eps = patience, cooldown, eps
        self.last_epoch = 0
        self._last_lr = values_of(optimizer, "lr")
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.mode, self.threshold, self.threshold_mode = mode, threshold, threshold_mode
        self.best = self.mode_worse
        self.cooldown_counter = self.num_bad_epochs = 0

    def step(self, metrics: Number | Tensor, epoch: int | None = None) -> None:  # type: ignore[override]
        """Look at the loss of an epoch, or what else is to improve: a number, a Tensor of one.

        TypeError or ValueError for what is no number.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
        >>> for loss in (1.0, 0.9, 0.95):
        ...     schedule.step(loss)
        ...     print(schedule.get_last_lr())
        [0.5]
        [0.5]
        [0.25]
        """
        current = float(metrics)
        if epoch is not None:
            warn_of_epoch()
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = values_of(self.optimizer, "lr")

    @property
    def in_cooldown(self) -> bool:
        """Whether the rate has just been reduced, and this epoch does not count.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> schedule = optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, cooldown=3)
        >>> schedule.step(1.0)
        >>> schedule.step(2.0)
        >>> schedule.in_cooldown
        True
        """
        return self.cooldown_counter > 0

    def _is_better(self, current: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        if self.threshold_mode == "rel":
            limit = self.best * (1.0 + sign * self.threshold)
        else:
            limit = self.best + sign * self.threshold
        return current > limit if self.mode == "max" else current < limit

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):  # one has been added
            if self.default_min_lr is None:
                raise RuntimeError(
                    f"ReduceLROnPlateau: the optimizer has {len(groups)} groups by now, and "
                    f"min_lrs {len(self.min_lrs)} numbers; put one for each group into min_lrs"
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, least in zip(groups, self.min_lrs):
            before = float(group["lr"])
            rate = max(before * self.factor, least)
            if before - rate > self.eps:
                set_value(group, "lr", rate)
