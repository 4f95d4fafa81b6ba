"""Schedules that go up and down, a step for each batch; the momentum down and up."""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Sequence
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, Rate, check_optimizer, for_groups, positive, set_value


class _Cycle(LRScheduler):
    """A schedule that moves the momentum (or Adam's first beta) against the rate, if asked to."""

    cycle_momentum: bool

    def _begin_momentum(
        self, optimizer: Optimizer, lowest: Any, highest: Any, begins: bool
    ) -> None:
        if not self.cycle_momentum:
            return
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ValueError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled; "
                "pass cycle_momentum=False"
            )
        self.use_beta1: bool = "betas" in optimizer.defaults
        self.base_momentums: list[float] = for_groups("base_momentum", optimizer, lowest)
        self.max_momentums: list[float] = for_groups("max_momentum", optimizer, highest)
        if begins:
            for i, group in enumerate(optimizer.param_groups):
                self._set_momentum(group, self.max_momentums[i])
                group["max_momentum"] = self.max_momentums[i]
                group["base_momentum"] = self.base_momentums[i]

    def _set_momentum(self, group: dict[str, Any], momentum: float) -> None:
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


class CyclicLR(_Cycle):
    """The rate goes up from `base_lr` to `max_lr` and down again, in so many batches, for ever.

    (Smith, "Cyclical Learning Rates for Training Neural Networks", 2017.) Call ``step()`` after
    each batch. In the mode "triangular2" each cycle is half as high as the one before; in
    "exp_range" the height is ``gamma ** batches``; a `scale_fn` gives it for a number of cycles, or
    of "iterations", which `scale_mode` says. The momentum goes down while the rate goes up.
    ValueError for another mode, or an optimizer without momentum while `cycle_momentum`.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.CyclicLR(optimizer, 0.1, 0.5, cycle_momentum=False)
    >>> schedule.get_last_lr()
    [0.1]
    """

    total_size: float
    step_ratio: float
    mode: str
    gamma: float

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | Sequence[float],
        max_lr: float | Sequence[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.8,
        max_momentum: float | Sequence[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        base_lrs = for_groups("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, base_lrs):
                set_value(group, "lr", rate)
        self.max_lrs: list[float] = for_groups("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        self.mode, self.gamma = mode, gamma
        self._scale_fn_custom = scale_fn
        by_cycle = scale_mode if scale_fn else "iterations" if mode == "exp_range" else "cycle"
        self.scale_mode = by_cycle
        self.cycle_momentum = cycle_momentum
        self._begin_momentum(optimizer, base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """How high a cycle is, by the number of cycles or of iterations.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5, momentum=0.9)
        >>> schedule = optim.lr_scheduler.CyclicLR(optimizer, 0.1, 0.5, mode="triangular2")
        >>> [schedule.scale_fn(cycle) for cycle in (1, 2, 3)]
        [1.0, 0.5, 0.25]
        """
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular2":
            return 1 / 2.0 ** (x - 1)
        return self.gamma**x if self.mode == "exp_range" else 1.0

    def get_lr(self) -> list[Rate]:
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            limits = zip(self.base_momentums, self.max_momentums)
            for group, (low, high) in zip(self.optimizer.param_groups, limits):
                self._set_momentum(group, high - (high - low) * height * scale)
        rates = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + (high - low) * height * scale for low, high in rates]

    def state_dict(self) -> dict[str, Any]:
        """All that it knows, but the optimizer and a function; of another object, what is in it.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5, momentum=0.9)
        >>> optim.lr_scheduler.CyclicLR(optimizer, 0.1, 0.5).state_dict()["max_lrs"]
        [0.5]
        """
        state, function = super().state_dict(), self._scale_fn_custom
        is_plain = function is None or isinstance(function, types.FunctionType)
        state["_scale_fn_custom"] = None if is_plain else vars(function).copy()
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where the schedule was that gave this ``state_dict()``, with the same function.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5, momentum=0.9)
        >>> schedule = optim.lr_scheduler.CyclicLR(optimizer, 0.1, 0.5)
        >>> schedule.load_state_dict(schedule.state_dict())
        """
        function = self._scale_fn_custom
        super().load_state_dict(state_dict)
        self._scale_fn_custom = function
        if state_dict["_scale_fn_custom"]:
            vars(function).update(state_dict["_scale_fn_custom"])


class OneCycleLR(_Cycle):
    """The rate goes up to `max_lr` once, and then down to almost nothing, in `total_steps` batches.

    (Smith and Topin, "Super-Convergence", 2019.) It begins with ``max_lr / div_factor``, is highest
    after `pct_start` of the batches, and ends with the first one ``/ final_div_factor``. With
    `three_phase` it comes down as it went up, and falls to its end afterwards. Call ``step()``
    after each batch. How many there are is `total_steps`, or `epochs` times `steps_per_epoch`.
    ValueError for an unknown number of steps, another strategy, a `pct_start` outside 0 to 1.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> optimizer = optim.SGD([x], lr=0.5)
    >>> schedule = optim.lr_scheduler.OneCycleLR(optimizer, 0.5, total_steps=9)
    >>> schedule.get_last_lr()
    [0.020000000000000018]
    """

    total_steps: int

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | Sequence[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | Sequence[float] = 0.85,
        max_momentum: float | Sequence[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        if total_steps is not None:
            self.total_steps = positive("OneCycleLR", "total_steps", total_steps)
        elif epochs is not None and steps_per_epoch is not None:
            self.total_steps = positive("OneCycleLR", "epochs", epochs)
            self.total_steps *= positive("OneCycleLR", "steps_per_epoch", steps_per_epoch)
        else:
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                "anneal_strategy must be one of 'cos' or 'linear', instead got " + anneal_strategy
            )
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        self._anneal_func_type = anneal_strategy
        if last_epoch == -1:
            highest = for_groups("max_lr", optimizer, max_lr)
            for group, rate in zip(optimizer.param_groups, highest):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        self._begin_momentum(optimizer, base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)

    def _between(self, start: float, end: float, share: float) -> float:
        """What is that `share` of the way from `start` to `end`."""
        if self._anneal_func_type == "linear":
            return (end - start) * share + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)

    def get_lr(self) -> list[Rate]:
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"Tried to step {self.last_epoch} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        self._check_groups(len(self.base_lrs))
        begin: float = 0.0
        for phase in self._schedule_phases:
            if self.last_epoch <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            begin = phase["end_step"]
        share = (self.last_epoch - begin) / (phase["end_step"] - begin)
        groups = self.optimizer.param_groups
        if self.cycle_momentum:
            for group in groups:
                ends = group[phase["start_momentum"]], group[phase["end_momentum"]]
                self._set_momentum(group, self._between(*ends, share))
        return [self._between(g[phase["start_lr"]], g[phase["end_lr"]], share) for g in groups]


def _phases(total: int, share: float, three: bool) -> list[dict[str, Any]]:
    """The phases of OneCycleLR: until which step, and what moves from where to where."""

    def phase(end: float, *ways: str) -> dict[str, Any]:
        return {"end_step": end, **dict(zip(_WAYS, ways))}

    up = phase(share * total - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")
    if not three:
        return [up, phase(total - 1, "max_lr", "min_lr", "base_momentum", "max_momentum")]
    down = ("max_lr", "initial_lr", "base_momentum", "max_momentum")
    end = phase(total - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum")
    return [up, phase(2 * share * total - 2, *down), end]


_WAYS = ("start_lr", "end_lr", "start_momentum", "end_momentum")
