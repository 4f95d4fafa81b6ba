"""Schedules that are a formula of the epoch."""

from __future__ import annotations

import math
import types
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from ..optimizer import Optimizer
from .base import ByGroup, LRScheduler, Rate, check_optimizer, positive, values_of, within

Factor: TypeAlias = Callable[[int], float]  # of an epoch


class _ByFunction(LRScheduler):
    """A schedule by functions of the epoch: one, or one for each group."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int
    ) -> None:
        check_optimizer(optimizer)
        count = len(optimizer.param_groups)
        given = lr_lambda if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * count
        if len(given) != count:
            raise ValueError(f"Expected {count} lr_lambdas, but got {len(given)}")
        for function in given:
            if not callable(function):
                raise TypeError(
                    f"lr_lambda should be a function, but got {type(function).__name__}"
                )
        self.lr_lambdas: list[Any] = list(given)
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """All that it knows, but the optimizer and functions; of other objects, what is inside.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> schedule = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.5**epoch)
        >>> schedule.state_dict()["lr_lambdas"]
        [None]
        """
        state = super().state_dict()
        del state["lr_lambdas"]
        state["lr_lambdas"] = [
            None if isinstance(function, types.FunctionType) else vars(function).copy()
            for function in self.lr_lambdas
        ]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where the schedule was that gave this ``state_dict()``, with the same functions.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> schedule = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.5**epoch)
        >>> schedule.load_state_dict(schedule.state_dict())
        """
        functions = self.lr_lambdas
        super().load_state_dict(state_dict)
        self.lr_lambdas = functions
        for function, state in zip(functions, state_dict["lr_lambdas"]):
            vars(function).update(state or {})


class LambdaLR(_ByFunction):
    """``rate = first rate * lr_lambda(epoch)``; `lr_lambda` may be a list, one for each group.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.5**epoch)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1
    ) -> None:
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list[Rate]:
        pairs = zip(self.base_lrs, self.lr_lambdas, strict=True)
        return [base * function(self.last_epoch) for base, function in pairs]


class MultiplicativeLR(_ByFunction):
    """``rate = rate before * lr_lambda(epoch)``, from epoch 1 on; or a list, one for each group.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1
    ) -> None:
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list[Rate]:
        rates = values_of(self.optimizer, "lr")
        if self._is_initial:
            return rates
        pairs = zip(rates, self.lr_lambdas)
        return [now * function(self.last_epoch) for now, function in pairs]


class StepLR(ByGroup):
    """The rate is multiplied by `gamma` every `step_size` epochs.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.StepLR(optimizer, step_size=1)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.05]
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size: int = positive("StepLR", "step_size", step_size)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, now: Rate, base: Rate) -> Rate:
        is_due = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return now * self.gamma if is_due else now


class MultiStepLR(ByGroup):
    """The rate is multiplied by `gamma` in each of the epochs `milestones`.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.MultiStepLR(optimizer, [1])
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.05]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.milestones: Counter[int] = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, now: Rate, base: Rate) -> Rate:
        times = self.milestones.get(self.last_epoch)
        return now * self.gamma**times if times else now


class ExponentialLR(ByGroup):
    """The rate is multiplied by `gamma` in each epoch.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _rate(self, now: Rate, base: Rate) -> Rate:
        return now if self._is_initial else now * self.gamma


class ConstantLR(ByGroup):
    """For `total_iters` epochs the rate is `factor` of what it is afterwards.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.ConstantLR(optimizer, factor=0.5)
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1.0 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.factor: float = within("ConstantLR", "factor", factor)
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _rate(self, now: Rate, base: Rate) -> Rate:
        if self.last_epoch == 0:
            return now * self.factor
        return now * (1.0 / self.factor) if self.last_epoch == self.total_iters else now


class LinearLR(ByGroup):
    """The rate goes from `start_factor` to `end_factor` of the first, in `total_iters` epochs.

    ValueError for factors that are not from 0 to 1.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5)
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.start_factor: float = within("LinearLR", "start_factor", start_factor)
        if not start_factor:
            raise ValueError("LinearLR: start_factor must be greater than 0")
        self.end_factor: float = within("LinearLR", "end_factor", end_factor)
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _rate(self, now: Rate, base: Rate) -> Rate:
        if self.last_epoch == 0:
            return now * self.start_factor
        if self._is_initial or self.last_epoch > self.total_iters:
            return now
        more = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * more
        return now * (1.0 + more / before)


class PolynomialLR(ByGroup):
    """``rate = first rate * (1 - epoch / total_iters) ** power``, and 0 after `total_iters`.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.PolynomialLR(optimizer, total_iters=2)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1
    ) -> None:
        self.total_iters: int = positive("PolynomialLR", "total_iters", total_iters)
        self.power = power
        super().__init__(optimizer, last_epoch)

    def _rate(self, now: Rate, base: Rate) -> Rate:
        if self._is_initial or self.last_epoch > self.total_iters:
            return now
        left = 1.0 - self.last_epoch / self.total_iters
        before = 1.0 - (self.last_epoch - 1) / self.total_iters
        return now * (left / before) ** self.power


class CosineAnnealingLR(ByGroup):
    """The rate goes down to `eta_min` along half a cosine, in `T_max` epochs; and up again.

    ``rate = eta_min + (first rate - eta_min) * (1 + cos(pi * epoch / T_max)) / 2``. (Loshchilov and
    Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.)

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max: int = positive("CosineAnnealingLR", "T_max", T_max)
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _rate(self, now: Rate, base: Rate) -> Rate:
        if self._is_initial:
            return now
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # up, from eta_min
            return now + (base - self.eta_min) * (1 - math.cos(math.pi / self.T_max)) / 2
        here, before = (
            1 + math.cos(math.pi * epoch / self.T_max)
            for epoch in (self.last_epoch, self.last_epoch - 1)
        )
        return here / before * (now - self.eta_min) + self.eta_min


class CosineAnnealingWarmRestarts(LRScheduler):
    """The cosine of CosineAnnealingLR, again from the top after `T_0` epochs.

    Each time it takes `T_mult` times as long. ``step(epoch)`` takes fractions of an epoch, too.
    ValueError unless both are integers above 0.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    T_0: int
    T_i: int
    T_mult: int
    T_cur: float
    eta_min: float

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        self.T_0 = self.T_i = T_0
        self.T_mult, self.eta_min = T_mult, eta_min
        self.T_cur = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Rate]:
        share = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * share for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Set the rates of the next epoch, or of this one; which may be a fraction.

        Raises ValueError for an epoch below 0.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=1.0)
        >>> schedule = optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
        >>> schedule.step(0.5)
        >>> [round(rate, 4) for rate in schedule.get_last_lr()]
        [0.8536]
        """
        if epoch is not None and epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        if epoch is not None:
            self.T_cur, self.T_i = epoch, self.T_0
        else:
            epoch, self.T_cur = self.last_epoch + 1, self.T_cur + 1
        while self.T_cur >= self.T_i:
            self.T_cur, self.T_i = self.T_cur - self.T_i, self.T_i * self.T_mult
        self.last_epoch: int = math.floor(epoch)
        self._set(self.get_lr())
