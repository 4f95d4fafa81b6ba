"""Schedules of learning rates beside PyTorch's: each alone, several at once, their states."""

from __future__ import annotations

import copy
import itertools
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jit_steps import scheduled

import tinygrad_lr as tg

EPOCHS = 50
FACTORS = [lambda epoch: 0.95**epoch, lambda epoch: 1 / (1 + epoch)]

# By name: how it is made of a module of schedules and an optimizer.
SCHEDULES: dict[str, Callable[[Any, Any], Any]] = {
    "LambdaLR": lambda s, o: s.LambdaLR(o, lr_lambda=lambda epoch: 0.9**epoch),
    "LambdaLR of each group": lambda s, o: s.LambdaLR(o, FACTORS),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, FACTORS),
    "StepLR": lambda s, o: s.StepLR(o, step_size=7, gamma=0.5),
    "StepLR of each epoch": lambda s, o: s.StepLR(o, 1),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [3, 10, 10, 30], gamma=0.3),
    "ConstantLR": lambda s, o: s.ConstantLR(o, factor=0.25, total_iters=4),
    "ConstantLR by default": lambda s, o: s.ConstantLR(o),
    "LinearLR": lambda s, o: s.LinearLR(o, start_factor=0.1, end_factor=0.7, total_iters=9),
    "LinearLR by default": lambda s, o: s.LinearLR(o),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, gamma=0.9),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, total_iters=20, power=2.0),
    "PolynomialLR by default": lambda s, o: s.PolynomialLR(o),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, T_max=60, eta_min=0.01),
    "CosineAnnealingLR up again": lambda s, o: s.CosineAnnealingLR(o, T_max=8),
    "warm restarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, T_0=5, T_mult=2, eta_min=0.01),
    "warm restarts of one length": lambda s, o: s.CosineAnnealingWarmRestarts(o, 7),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.01, 0.2, step_size_up=6, cycle_momentum=False),
    "CyclicLR, momentum": lambda s, o: s.CyclicLR(o, [0.01, 0.02], [0.1, 0.3], 4, 9, "triangular2"),
    "CyclicLR, exp_range": lambda s, o: s.CyclicLR(o, 0.01, 0.2, 5, mode="exp_range", gamma=0.9),
    "CyclicLR, scale_fn": lambda s, o: s.CyclicLR(
        o, 0.01, 0.2, 5, scale_fn=lambda x: 1 / (1 + x), scale_mode="iterations"
    ),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, max_lr=0.4, total_steps=EPOCHS + 1),
    "OneCycleLR, linear": lambda s, o: s.OneCycleLR(
        o, [0.4, 0.1], epochs=9, steps_per_epoch=6, anneal_strategy="linear", pct_start=0.4
    ),
    "OneCycleLR, three phases": lambda s, o: s.OneCycleLR(
        o, 0.4, 60, three_phase=True, cycle_momentum=False, div_factor=10, final_div_factor=100
    ),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o,
        [s.LinearLR(o, 0.1, total_iters=5), s.CosineAnnealingLR(o, 20), s.ExponentialLR(o, 0.9)],
        milestones=[5, 25],
    ),
    "SequentialLR from a constant": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1, 2), s.StepLR(o, 3), s.PolynomialLR(o, 9)], milestones=[2, 30]
    ),
    "SequentialLR of lambdas": lambda s, o: s.SequentialLR(
        o, [s.LambdaLR(o, FACTORS), s.MultiStepLR(o, [0, 3]), s.LambdaLR(o, FACTORS)], [4, 20]
    ),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler(
        [s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)], optimizer=o
    ),
}
ALONE = [name for name in SCHEDULES if not name.startswith(("Sequential", "Chained"))]
EACH = pytest.mark.parametrize("name", SCHEDULES)


def optimizer_of(lib: Any, kind: str = "SGD", **options: Any) -> Any:
    """An optimizer of two groups with rates of their own, that has made a step."""
    p, q = (lib.tensor([1.0], requires_grad=True) for _ in range(2))
    options |= {"momentum": 0.5} if kind == "SGD" else {}
    groups = [{"params": [p]}, {"params": [q], "lr": 0.05}]
    optimizer = getattr(lib.optim, kind)(groups, lr=0.1, **options)
    (p * q).sum().backward()
    optimizer.step()
    return optimizer


def schedule(lib: Any, name: str, optimizer: Any) -> Any:
    return SCHEDULES[name](lib.optim.lr_scheduler, optimizer)


def seen(optimizer: Any, scheduler: Any) -> list[Any]:
    """The rates and momenta of now."""
    groups = optimizer.param_groups
    assert scheduler.get_last_lr() == [group["lr"] for group in groups]
    momenta = [(group.get("momentum"), group.get("betas")) for group in groups]
    return [*scheduler.get_last_lr(), *(m if m is not None else b[0] for m, b in momenta)]


def history(optimizer: Any, *schedulers: Any, epochs: int = EPOCHS) -> list[Any]:
    rows = [seen(optimizer, schedulers[-1])]
    for _ in range(epochs):
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
        rows.append(seen(optimizer, schedulers[-1]))
    return rows


def compare(make: Callable[[Any], list[Any]], tolerance: float = 1e-13) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*lr_scheduler.step|The epoch parameter")
        ours, theirs = make(tg), make(torch)
    np.testing.assert_allclose(ours, theirs, tolerance, 1e-18)


@pytest.mark.parametrize("kind", ["SGD", "Adam"])
@EACH
def test_fifty_epochs_are_pytorch_s(name: str, kind: str) -> None:
    def rates(lib: Any) -> list[Any]:
        optimizer = optimizer_of(lib, kind)
        return history(optimizer, schedule(lib, name, optimizer))

    compare(rates)


@pytest.mark.parametrize(
    "names",
    [*itertools.permutations(["StepLR", "ExponentialLR", "CosineAnnealingLR", "ConstantLR"], 2)],
    ids="-".join,
)
def test_schedules_one_after_the_other_are_pytorch_s(names: tuple[str, str]) -> None:
    def rates(lib: Any) -> list[Any]:
        optimizer = optimizer_of(lib)
        return history(optimizer, *(schedule(lib, name, optimizer) for name in names))

    compare(rates)


@pytest.mark.parametrize("epoch", [0, 1, 12, 33])
@pytest.mark.parametrize("name", ALONE)
def test_a_step_to_an_epoch_is_pytorch_s_and_is_being_given_up(name: str, epoch: int) -> None:
    def rates(lib: Any) -> list[Any]:
        optimizer = optimizer_of(lib)
        scheduler = schedule(lib, name, optimizer)
        scheduler.step(epoch)
        return [seen(optimizer, scheduler), *history(optimizer, scheduler, epochs=5)]

    compare(rates)


@pytest.mark.parametrize("last", [0, 6, 19])
@pytest.mark.parametrize("name", ALONE)
def test_a_schedule_that_goes_on_after_an_epoch_is_pytorch_s(name: str, last: int) -> None:
    if name == "warm restarts" and last == 19:
        last = 6  # PyTorch forgets how long the periods have become

    def rates(lib: Any) -> list[Any]:
        optimizer = optimizer_of(lib)
        schedule(lib, name, optimizer)
        kind = type(schedule(lib, name, optimizer_of(lib)))
        made: list[Any] = []

        class Resumed:
            """lr_scheduler, with the last epoch given along."""

            def __getattr__(self, _: str) -> Any:
                return lambda *args, **kw: made.append(kind(*args, **kw, last_epoch=last))

        SCHEDULES[name](Resumed(), optimizer)
        return history(optimizer, made[0], epochs=10)

    compare(rates)


# --- States


def plain(state: Any) -> Any:
    """A state without functions, to be compared."""
    return {key: value for key, value in state.items() if not callable(value)}


@pytest.mark.parametrize("name", [n for n in SCHEDULES if not n.startswith(("OneCy", "Cyclic"))])
def test_a_state_has_pytorch_s_names(name: str) -> None:
    states = []
    for lib in (tg, torch):
        optimizer = optimizer_of(lib)
        scheduler = schedule(lib, name, optimizer)
        history(optimizer, scheduler, epochs=3)
        states.append(scheduler.state_dict())
    ours, theirs = map(plain, states)
    if name.startswith("warm restarts"):
        del theirs["_get_lr_called_within_step"]
    assert ours.keys() == theirs.keys()
    if not name.startswith(("Sequential", "Chained")):
        assert {k: v for k, v in ours.items() if k != "_last_lr"} == {
            k: v for k, v in theirs.items() if k != "_last_lr"
        }


@EACH
def test_a_schedule_goes_on_from_its_state(name: str, tmp_path: Path) -> None:
    optimizer = optimizer_of(tg)
    scheduler = schedule(tg, name, optimizer)
    history(optimizer, scheduler, epochs=11)
    states = copy.deepcopy([optimizer.state_dict(), scheduler.state_dict()])
    second = optimizer_of(tg)
    resumed = schedule(tg, name, second)
    second.load_state_dict(states[0])
    resumed.load_state_dict(states[1])
    assert history(second, resumed, epochs=20) == history(optimizer, scheduler, epochs=20)
    assert scheduler.optimizer is optimizer
    assert resumed.optimizer is second


@pytest.mark.parametrize("name", ["StepLR", "MultiStepLR", "CosineAnnealingLR", "LambdaLR"])
def test_a_state_is_saved_to_a_file_and_loaded(name: str, tmp_path: Path) -> None:
    optimizer = optimizer_of(tg)
    scheduler = schedule(tg, name, optimizer)
    history(optimizer, scheduler, epochs=9)
    tg.save({"schedule": scheduler.state_dict()}, tmp_path / "state")
    resumed = schedule(tg, name, optimizer_of(tg))
    resumed.load_state_dict(tg.load(tmp_path / "state")["schedule"])
    resumed.optimizer.load_state_dict(optimizer.state_dict())
    assert history(resumed.optimizer, resumed, epochs=9) == history(optimizer, scheduler, epochs=9)


def test_a_deep_copy_of_a_training_goes_on_alone() -> None:
    optimizer = optimizer_of(tg)
    scheduler = schedule(tg, "StepLR", optimizer)
    history(optimizer, scheduler, epochs=5)
    twin, copied = copy.deepcopy((optimizer, scheduler))
    assert copied.optimizer is twin
    assert history(twin, copied, epochs=9) == history(optimizer, scheduler, epochs=9)


# --- The plateau

PLATEAU = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["min", "max"]),
        "factor": st.sampled_from([0.1, 0.5]),
        "patience": st.integers(0, 3),
        "threshold": st.sampled_from([0, 1e-4, 0.1]),
        "threshold_mode": st.sampled_from(["rel", "abs"]),
        "cooldown": st.integers(0, 3),
        "min_lr": st.sampled_from([0, 0.01, [0.02, 0.001]]),
        "eps": st.sampled_from([1e-8, 0.01]),
    }
)


@given(options=PLATEAU, losses=st.lists(st.floats(-2, 2, width=16), min_size=20, max_size=40))
def test_a_plateau_is_pytorch_s(options: dict[str, Any], losses: list[float]) -> None:
    def rates(lib: Any) -> list[Any]:
        optimizer = optimizer_of(lib)
        scheduler = lib.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options)
        rows = []
        for loss in losses:
            scheduler.step(lib.tensor(loss) if loss > 1 else loss)
            rows.append([*seen(optimizer, scheduler), scheduler.num_bad_epochs, scheduler.best])
        return rows

    compare(rates)


def test_a_plateau_goes_on_from_its_state_and_follows_a_group_that_is_added() -> None:
    def rates(lib: Any) -> list[Any]:
        optimizer = optimizer_of(lib)
        first = lib.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2)
        first.step(1.0)
        first.step(2.0)
        second = lib.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
        second.load_state_dict(first.state_dict())
        optimizer.add_param_group({"params": [lib.tensor([1.0], requires_grad=True)], "lr": 0.5})
        rows = []
        for _ in range(4):
            second.step(2.0)
            rows.append(second.get_last_lr())
        assert second.state_dict().keys() == first.state_dict().keys()
        return rows

    compare(rates)


def added(lib: Any, name: str) -> list[Any]:
    """The rates where a group has been added after two epochs."""
    optimizer = optimizer_of(lib)
    scheduler = schedule(lib, name, optimizer)
    history(optimizer, scheduler, epochs=2)
    optimizer.add_param_group({"params": [lib.tensor([1.0], requires_grad=True)], "lr": 0.5})
    optimizer.step()
    scheduler.step()
    return history(optimizer, scheduler, epochs=1)


FIXED = ("Lambda", "Multiplicative", "warm", "Cyclic", "OneCycle", "SequentialLR of")


@EACH
def test_a_schedule_follows_a_group_that_is_added_or_says_that_it_cannot(name: str) -> None:
    if not name.startswith(FIXED):
        compare(lambda lib: added(lib, name))
        return
    with pytest.raises(ValueError, match=r"has 3 groups.*rates for 2.*add_param_group"):
        added(tg, name)
    with pytest.raises((ValueError, KeyError)):
        added(torch, name)


# --- What else one sees


def test_a_rate_in_a_tensor_is_changed_in_it() -> None:
    rates = []
    for lib in (tg, torch):
        lr = lib.tensor(0.5, dtype=lib.float64)
        optimizer = lib.optim.SGD([lib.ones(1, requires_grad=True)], lr=lr)
        scheduler = lib.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        optimizer.param_groups[0]["params"][0].grad = lib.ones(1)
        for _ in range(3):
            optimizer.step()
            scheduler.step()
        assert optimizer.param_groups[0]["lr"] is lr
        rates.append([lr.item(), float(scheduler.get_last_lr()[0])])
    assert rates[0] == rates[1] == [0.0625, 0.0625]


class Descent(tg.optim.Optimizer):
    def step(self) -> None:
        pass


def test_a_step_before_the_optimizer_s_is_warned_of_once_and_no_other() -> None:
    for make in (tg.optim.SGD, tg.optim.Adam, Descent):
        w = tg.ones(2, requires_grad=True)
        w.grad = tg.ones(2)
        optimizer: Any = make([w], {"lr": 1}) if make is Descent else make([w])
        scheduler = tg.optim.lr_scheduler.StepLR(optimizer, 3)
        with pytest.warns(UserWarning, match=r"before `optimizer.step\(\)`") as caught:
            scheduler.step()
        assert caught[0].filename == __file__
        scheduler.step()
        second = tg.optim.lr_scheduler.StepLR(optimizer, 3)
        optimizer.step()
        second.step()


def test_asking_for_the_next_rates_says_what_to_ask_for() -> None:
    scheduler = schedule(tg, "StepLR", optimizer_of(tg))
    with pytest.warns(UserWarning, match="get_last_lr"):
        scheduler.get_lr()


class Halving(tg.optim.lr_scheduler.LRScheduler):
    """One's own, as PyTorch's documentation and tutorials write it."""

    def __init__(self, optimizer: Any, every: int, last_epoch: int = -1) -> None:
        self.every = every
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * 0.5 ** (self.last_epoch // self.every) for base in self.base_lrs]


def test_a_schedule_of_one_s_own_is_a_class_with_get_lr() -> None:
    optimizer = optimizer_of(tg)
    scheduler = Halving(optimizer, 4)
    assert tg.optim.lr_scheduler._LRScheduler is tg.optim.lr_scheduler.LRScheduler
    wanted = schedule(tg, "StepLR", other := optimizer_of(tg))
    wanted.step_size = 4
    np.testing.assert_allclose(history(optimizer, scheduler), history(other, wanted))


REFUSED: dict[str, Callable[[Any, Any], Any]] = {
    "no optimizer": lambda s, o: s.StepLR(o.param_groups, 3),
    "lambdas": lambda s, o: s.LambdaLR(o, [abs]),
    "no function": lambda s, o: s.MultiplicativeLR(o, 0.5),
    "factor": lambda s, o: s.ConstantLR(o, 2.0),
    "start_factor": lambda s, o: s.LinearLR(o, 0.0),
    "end_factor": lambda s, o: s.LinearLR(o, end_factor=-1.0),
    "T_0": lambda s, o: s.CosineAnnealingWarmRestarts(o, 0),
    "T_mult": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 0),
    "negative epoch": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3).step(-1),
    "mode": lambda s, o: s.ReduceLROnPlateau(o, "mean"),
    "threshold mode": lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="x"),
    "factor of a plateau": lambda s, o: s.ReduceLROnPlateau(o, factor=1.5),
    "min_lrs": lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]),
    "cyclic mode": lambda s, o: s.CyclicLR(o, 0.1, 0.2, mode="x"),
    "base_lr": lambda s, o: s.CyclicLR(o, [0.1], 0.2),
    "no steps": lambda s, o: s.OneCycleLR(o, 0.1),
    "total_steps": lambda s, o: s.OneCycleLR(o, 0.1, total_steps=-1),
    "pct_start": lambda s, o: s.OneCycleLR(o, 0.1, 10, pct_start=2.0),
    "anneal_strategy": lambda s, o: s.OneCycleLR(o, 0.1, 10, anneal_strategy="x"),
    "beyond the end": lambda s, o: [c := s.OneCycleLR(o, 0.1, 2), *(c.step() for _ in range(4))],
    "no schedulers": lambda s, o: s.ChainedScheduler([]),
    "milestones": lambda s, o: s.SequentialLR(o, [s.ExponentialLR(o, 0.5)], [3]),
    "a plateau in a sequence": lambda s, o: s.ChainedScheduler([s.ReduceLROnPlateau(o)]),
    "no initial_lr": lambda s, o: s.ExponentialLR(o, 0.5, last_epoch=3),
    "step_size": lambda s, o: s.StepLR(o, 0).step(),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("ignore:Detected call of .lr_scheduler.step")
def test_what_pytorch_refuses_is_refused_with_its_class(case: str) -> None:
    kinds = []
    for lib in (tg, torch):
        with pytest.raises(Exception, match=r".") as caught:
            REFUSED[case](lib.optim.lr_scheduler, optimizer_of(lib))
        kinds.append(caught.type)
    if case != "step_size":  # there a division by 0
        assert issubclass(*kinds)


@EACH
def test_a_schedule_says_that_it_is_of_this_module(name: str) -> None:
    scheduler = schedule(tg, name, optimizer_of(tg))
    assert type(scheduler).__module__ == tg.optim.lr_scheduler.__name__
    assert copy.deepcopy(scheduler).get_last_lr() == scheduler.get_last_lr()


# --- Captured steps


def test_a_traced_step_cannot_step_a_schedule() -> None:
    optimizer = optimizer_of(tg)
    scheduler = schedule(tg, "StepLR", optimizer)
    traced = tg.jit.trace(lambda x: (scheduler.step(), x * 2)[1])
    traced(tg.ones(2))
    with pytest.raises(tg.jit.CaptureError, match="cannot change an optimizer"):
        traced(tg.ones(2))


@pytest.mark.parametrize("kind", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
@pytest.mark.parametrize("name", ["StepLR", "LinearLR", "CosineAnnealingLR", "OneCycleLR"])
def test_a_traced_step_follows_a_schedule(name: str, kind: str) -> None:
    def losses(traced: bool) -> Any:
        w = tg.tensor([1.0, -2.0, 3.0], requires_grad=True)
        optimizer = getattr(tg.optim, kind)([{"params": [w]}, {"params": [tg.ones(1)]}], lr=0.1)
        if name == "OneCycleLR" and kind == "Adagrad":
            optimizer.defaults["momentum"] = 0  # only to be asked for
            optimizer.param_groups[0]["momentum"] = 0
        scheduler = schedule(tg, name, optimizer)

        rows, run = scheduled(w, optimizer, scheduler, traced=traced)
        if traced and name != "OneCycleLR":
            assert len(run._known) == 1  # the rate is read; a momentum is in what was captured
        return rows

    assert losses(True) == losses(False)


@EACH
def test_it_shows_its_kind_and_the_rates_of_now(name: str) -> None:
    made = schedule(tg, name, optimizer_of(tg))
    rates = ", ".join(f"{rate:g}" for rate in made.get_last_lr())
    assert repr(made).startswith(f"{type(made).__name__}(")
    assert repr(made).endswith(f"lr=[{rates}])")


def test_a_generator_shows_its_seed() -> None:
    assert repr(tg.Generator().manual_seed(7)) == "Generator(device=cpu, initial_seed=7)"
