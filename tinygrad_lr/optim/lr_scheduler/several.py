"""Schedules that are made of others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, set_value, values_of
from .plateau import ReduceLROnPlateau


class _Several(LRScheduler):
    """A schedule made of others, all of one optimizer."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None) -> None:
        name = type(self).__name__
        if len(schedulers) < 1:
            raise ValueError(f"{name} expects at least one scheduler, but got no scheduler.")
        for i, scheduler in enumerate(schedulers):
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(
                    f"{name} does not support `ReduceLROnPlateau` scheduler (at index {i}), whose "
                    "step() is given a loss; call its step() beside the other's"
                )
            if not isinstance(scheduler, LRScheduler):
                raise TypeError(
                    f"{name}: expected schedulers, got {type(scheduler).__name__} at index {i}"
                )
            if scheduler.optimizer is not (optimizer or schedulers[0].optimizer):
                raise ValueError(
                    f"{name} expects all schedulers to belong to the same optimizer, and the one "
                    f"at index {i} has another"
                )
        self._schedulers = list(schedulers)
        self.optimizer: Optimizer = optimizer or schedulers[0].optimizer

    def state_dict(self) -> dict[str, Any]:
        """All that it knows, but the optimizer; with the states of the schedules in it.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> first = optim.lr_scheduler.StepLR(optimizer, step_size=3)
        >>> schedule = optim.lr_scheduler.ChainedScheduler([first])
        >>> [state["step_size"] for state in schedule.state_dict()["_schedulers"]]
        [3]
        """
        state = super().state_dict()
        del state["_schedulers"]
        return state | {"_schedulers": [scheduler.state_dict() for scheduler in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where the schedule was that gave this ``state_dict()``.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> first = optim.lr_scheduler.StepLR(optimizer, step_size=3)
        >>> schedule = optim.lr_scheduler.ChainedScheduler([first])
        >>> schedule.load_state_dict(schedule.state_dict())
        """
        schedulers = self._schedulers
        super().load_state_dict(state_dict)
        self._schedulers = schedulers
        for scheduler, state in zip(schedulers, state_dict["_schedulers"]):
            scheduler.load_state_dict(state)


class SequentialLR(_Several):
    """One schedule after the other: the next begins in the epochs `milestones`.

    Raises ValueError unless there is one milestone less than schedules, all of `optimizer`.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=1.0)
    >>> warm = optim.lr_scheduler.ConstantLR(optimizer, factor=0.5)
    >>> then = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> schedule = optim.lr_scheduler.SequentialLR(optimizer, [warm, then], milestones=[2])
    >>> for epoch in range(4):
    ...     print(schedule.get_last_lr())
    ...     optimizer.step()
    ...     schedule.step()
    [0.5]
    [0.5]
    [1.0]
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        super().__init__(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than "
                f"the number of milestone points, but got {len(schedulers)} schedulers and "
                f"{len(milestones)} milestones"
            )
        self._milestones = milestones
        self.last_epoch: int = last_epoch + 1
        for group in optimizer.param_groups:  # as if none of the schedulers had begun
            set_value(group, "lr", group["initial_lr"])
        _undo(self)
        first = self._schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def step(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch.

        >>> x = tg.ones(2, requires_grad=True)
        >>> x.sum().backward()
        >>> optimizer = optim.SGD([x], lr=1.0)
        >>> warm = optim.lr_scheduler.ConstantLR(optimizer, factor=0.5)
        >>> then = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> schedule = optim.lr_scheduler.SequentialLR(optimizer, [warm, then], milestones=[1])
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [1.0]
        """
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[i]
        if i > 0 and self._milestones[i - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


def _undo(scheduler: LRScheduler) -> None:
    """Take back the epoch that a scheduler, or those in it, began with."""
    if isinstance(scheduler, _Several):
        for other in scheduler._schedulers:
            _undo(other)
    else:
        scheduler.last_epoch -= 1


class ChainedScheduler(_Several):
    """Several schedules at once: what one makes of the rates, the next goes on from.

    Raises ValueError for none, or for schedules of several optimizers.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=1.0)
    >>> warm = optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=1)
    >>> falls = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> schedule = optim.lr_scheduler.ChainedScheduler([warm, falls])
    >>> for epoch in range(3):
    ...     print(schedule.get_last_lr())
    ...     optimizer.step()
    ...     schedule.step()
    [0.5]
    [0.5]
    [0.25]
    """

    def __init__(
        self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None
    ) -> None:
        super().__init__(schedulers, optimizer)
        self._last_lr = values_of(self.optimizer, "lr")

    def step(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch.

        >>> x = tg.ones(2, requires_grad=True)
        >>> x.sum().backward()
        >>> optimizer = optim.SGD([x], lr=1.0)
        >>> one = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> other = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.1)
        >>> schedule = optim.lr_scheduler.ChainedScheduler([one, other])
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.05]
        """
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = values_of(self.optimizer, "lr")
