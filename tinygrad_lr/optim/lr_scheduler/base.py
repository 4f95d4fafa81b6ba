"""What all schedules have in common; and those that are a formula for the rate of one group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from ...tensor import Tensor
from ...warned import warn
from ..optimizer import Optimizer

Rate: TypeAlias = float | Tensor  # a Tensor, if that is what the optimizer was given


class LRScheduler:
    """The base of all schedules.

    `last_epoch` is the last one that has been, of a training that is resumed: then the groups of
    the optimizer need an "initial_lr". (Simpler is to make both, and ``load_state_dict()``.)
    TypeError for what is no Optimizer, KeyError for one without an "initial_lr".

    >>> class Halved(optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [rate / 2**self.last_epoch for rate in self.base_lrs]
    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = Halved(optimizer)
    >>> optimizer.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.25]
    """

    optimizer: Optimizer
    last_epoch: int

    _get_lr_called_within_step = False
    _is_initial = False  # whether this is epoch 0, or the first one of a training that is resumed

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"{type(self).__name__}: to go on after epoch {last_epoch}, the groups of the "
                    f"optimizer need an 'initial_lr', and group {i} has none;\n"
                    "load the state of the optimizer first, or leave last_epoch out"
                )
        self.base_lrs: list[Rate] = values_of(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def get_lr(self) -> list[Rate]:
        """The rates of this epoch. (To ask which they are, use ``get_last_lr()``.)

        A schedule of your own defines it, and NotImplementedError is raised for one that does not.

        >>> class Constant(optim.lr_scheduler.LRScheduler):
        ...     def get_lr(self):
        ...         return self.base_lrs
        >>> Constant(optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)).get_last_lr()
        [0.5]
        """
        raise NotImplementedError(f"{type(self).__name__}: a schedule needs a method get_lr()")

    def get_last_lr(self) -> list[Rate]:
        """The rates that this schedule has set, one for each group.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> optim.lr_scheduler.ConstantLR(optimizer, factor=0.5).get_last_lr()
        [0.25]
        """
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch; or, which PyTorch is giving up, of this `epoch`.

        >>> x = tg.ones(2, requires_grad=True)
        >>> x.sum().backward()
        >>> optimizer = optim.SGD([x], lr=0.5)
        >>> schedule = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
        """
        if self._step_count == 1 and not self.optimizer._stepped:
            warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in "
                "the opposite order, or the first value of the learning rate schedule is skipped",
                UserWarning,
            )
        self._step_count += 1
        if epoch is not None:
            warn_of_epoch()
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self._get_lr_called_within_step = True
        try:
            self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
            rates = self.get_lr() if epoch is None else self._get_closed_form_lr()
        finally:
            self._get_lr_called_within_step = False
        self._set(rates)

    def _get_closed_form_lr(self) -> list[Rate]:
        """The rates of this epoch, whatever they are now."""
        return self.get_lr()

    def _set(self, rates: Sequence[Rate]) -> None:
        self._check_groups(len(rates))
        for group, rate in zip(self.optimizer.param_groups, rates):
            set_value(group, "lr", rate)
        self._last_lr = values_of(self.optimizer, "lr")

    def _check_groups(self, count: int) -> None:
        """Raise ValueError if the optimizer has others than the `count` that have a rate here."""
        groups = self.optimizer.param_groups
        if len(groups) != count:
            raise ValueError(
                f"{type(self).__name__}: the optimizer has {len(groups)} groups by now, and this "
                f"schedule has rates for {count}; make it after the last add_param_group()"
            )

    def __repr__(self) -> str:
        rates = ", ".join(f"{float(rate):g}" for rate in vars(self).get("_last_lr", ()))
        said = [f"last_epoch={self.last_epoch}"] if "last_epoch" in vars(self) else []
        return f"{type(self).__name__}({', '.join([*said, f'lr=[{rates}]'])})"

    def state_dict(self) -> dict[str, Any]:
        """All that it knows, but the optimizer.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> optim.lr_scheduler.StepLR(optimizer, step_size=3).state_dict()["last_epoch"]
        0
        """
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where the schedule was that gave this ``state_dict()``, here or in PyTorch.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> schedule = optim.lr_scheduler.StepLR(optimizer, step_size=3)
        >>> schedule.load_state_dict(schedule.state_dict() | {"last_epoch": 2})
        >>> schedule.last_epoch
        2
        """
        vars(self).update(state_dict)


class ByGroup(LRScheduler):
    """A schedule that is a formula for the rate of one group."""

    def _rate(self, now: Rate, base: Rate) -> Rate:
        """The next rate of a group, `now` being the one before and `base` the first one."""
        raise NotImplementedError

    def get_lr(self) -> list[Rate]:
        if not self._get_lr_called_within_step:
            warn(
                "To get the last learning rate computed by the scheduler, please use "
                "`get_last_lr()`.",
                UserWarning,
            )
        return self._next(values_of(self.optimizer, "lr"))

    def _next(self, rates: Sequence[Rate]) -> list[Rate]:
        added = rates[len(self.base_lrs) :]  # of groups that were added
        self.base_lrs: list[Rate] = [*self.base_lrs, *map(copied, added)]
        return [self._rate(now, base) for now, base in zip(rates, self.base_lrs)]

    def _get_closed_form_lr(self) -> list[Rate]:
        """Go through all epochs until this one."""
        rates, end = self.base_lrs, self.last_epoch
        for epoch in range(end + 1):
            self.last_epoch: int = epoch
            self._is_initial = epoch == 0
            rates = self._next(rates)
        self._is_initial = False
        return rates


def check_optimizer(optimizer: object) -> None:
    """Raise TypeError if it is none."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def copied(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def values_of(optimizer: Optimizer, name: str) -> list[Any]:
    """That option of each group, as a copy."""
    return [copied(group[name]) for group in optimizer.param_groups]


def set_value(group: dict[str, Any], name: str, value: Any) -> None:
    """Set an option of a group; one in a Tensor there, whoever else has that Tensor."""
    if isinstance(group[name], Tensor):
        group[name].fill_(float(value))
    else:
        group[name] = value


def for_groups(name: str, optimizer: Optimizer, values: Any) -> list[Any]:
    """One of the `values` for each group; a single one is that of all."""
    count = len(optimizer.param_groups)
    if not isinstance(values, (list, tuple)):
        return [copied(values) for _ in range(count)]
    if len(values) != count:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has "
            f"{len(values)} values, param_groups has {count}."
        )
    return list(map(copied, values))


def positive(of: str, name: str, number: Any) -> Any:
    if not number > 0:
        raise ValueError(f"{of}: {name} must be a number > 0, got {number}")
    return number


def within(of: str, name: str, factor: float) -> float:
    if not 0 <= factor <= 1:
        raise ValueError(f"{of}: {name} expected to be between 0 and 1, got {factor}")
    return factor


def warn_of_epoch() -> None:
    warn(
        "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where "
        "possible. Please use `scheduler.step()` to step the scheduler.",
        UserWarning,
    )
