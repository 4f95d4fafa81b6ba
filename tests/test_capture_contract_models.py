"""The contract of captured steps: optimizers and modules that change between calls are noticed.

Parameters, groups and options that come later, options read in an odd way, layers that are
replaced, modes that are set: as in the step itself.
"""

from __future__ import annotations

import contextlib
import copy
import json
import operator
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from captured_steps import capture
from contract import Things, check, on_the_cpu, tensor, x_of
from side_by_side import Place, on_device

from tinygrad_lr import nn
from tinygrad_lr.jit import CaptureError

device = pytest.fixture(scope="module", autouse=True)(on_device)
pytestmark = pytest.mark.filterwarnings("ignore")


# --------------------------------------------------------------------------------------- optimizers


def give_a_parameter(s: Things, i: int) -> None:
    s.w.grad, s.v.grad = tensor([1.0, 1.0, 1.0]), tensor([1.0, 1.0, 1.0])
    if i == 3:
        s.group["params"].append(s.v)


def give_a_group(s: Things, i: int) -> None:
    s.w.grad, s.v.grad = tensor([1.0, 1.0, 1.0]), tensor([1.0, 1.0, 1.0])
    if i == 3:
        s.optimizer.param_groups.append({**s.group, "params": [s.v]})


def clear_by_hand(s: Things, x: Any) -> Any:
    for group in s.optimizer.param_groups:
        for p in group["params"]:
            p.grad = None
    return x * 2.0


@pytest.mark.parametrize("between", [give_a_parameter, give_a_group])
def test_a_parameter_that_comes_later(between: Any) -> None:
    check(lambda s, x: (s.optimizer.zero_grad(), x * 2.0)[1], between=between)
    check(lambda s, x: (s.optimizer.zero_grad(set_to_none=False), x * 2.0)[1], between=between)
    check(clear_by_hand, between=between, refused=None)
    check(lambda s, x: x * len(s.optimizer.param_groups), between=between, refused=None)


def replace_the_velocity(s: Things, i: int) -> None:
    if i == 0:
        s.group["momentum"] = 0.5
    if i == 4:
        s.optimizer.state[s.w]["momentum_buffer"] = tensor([1.0, 2.0, 4.0])


def give_the_velocity_to_another(s: Things, i: int) -> None:
    if i == 0:
        s.group["momentum"] = 0.5
    if i == 4:
        s.optimizer.state[s.v] = s.optimizer.state.pop(s.w)


def give_a_hook(s: Things, i: int) -> None:
    if i == 4:
        s.handle = s.w.register_hook(lambda g: g * 2.0)


def make_it_a_result(s: Things, i: int) -> None:
    if i == 4:
        s.u.mul_(s.v)


@pytest.mark.parametrize(
    "between",
    [replace_the_velocity, give_the_velocity_to_another, give_a_hook, make_it_a_result],
)
def test_what_comes_when_calls_are_as_usual(between: Any) -> None:
    check(lambda s, x: (s.train(x + s.u.detach()), s.w * s.u)[0], between=between, refused=None)


@pytest.mark.parametrize("uses", [True, False])
def test_the_defaults_of_an_optimizer(uses: bool) -> None:
    def step(s: Things, x: Any) -> Any:
        if uses:
            s.optimizer.zero_grad()
        return x * s.optimizer.defaults["lr"]

    def between(s: Things, i: int) -> None:
        s.optimizer.defaults["lr"] = 1.0 + i // 3

    check(step, between=between, refused=None)


READ: dict[str, Callable[[Any], Any]] = {
    "json": lambda g: json.loads(json.dumps({k: v for k, v in g.items() if k != "params"}))["lr"],
    "%": lambda g: float("%(lr)s" % g),  # noqa: UP031
    "format_map": lambda g: float("{lr}".format_map(g)),
    "itemgetter": lambda g: operator.itemgetter("lr")(g),
    "keywords": lambda g: SimpleNamespace(**g).lr,
    "repr": lambda g: float(repr(g).split("'lr': ")[1].split(",")[0]),  # refused: it has parameters
    "deepcopy": lambda g: copy.deepcopy(g)["lr"],
}


@pytest.mark.parametrize("how", READ)
def test_an_option_that_is_read_in_an_odd_way(how: str) -> None:
    def between(s: Things, i: int) -> None:
        s.group["lr"] = 0.5 + i // 2

    check(lambda s, x: x * READ[how](s.group), between=between, refused=None)


OPTIONS: dict[str, Callable[[Any, int], Any]] = {
    "an array": lambda g, i: g.__setitem__("note", np.full(3, i // 2, np.float32)),
    "a Tensor": lambda g, i: g.__setitem__("note", tensor([1.0 + i // 2] * 3)),
    "True": lambda g, i: g.__setitem__("note", [1, True][i // 3]),
}


@pytest.mark.parametrize("what", OPTIONS)
def test_an_option_of_ones_own_that_changes(what: str) -> None:
    if Place.name == "gpu" and what == "an array":
        pytest.skip("it would have to be sent there")
    check(lambda s, x: x * s.group["note"], between=lambda s, i: OPTIONS[what](s.group, i))


RATES = [None, "text", 1j, object(), np.array([0.1, 0.2])]  # text and 1j fail today


@on_the_cpu
@pytest.mark.parametrize("rate", RATES)
def test_what_is_no_learning_rate(rate: Any) -> None:
    """The error is of the step's own class, or names the line of the program."""
    s = Things()
    captured = capture(s.train)
    for i in range(3):
        captured(x_of(i))
    s.group["lr"] = rate
    with pytest.raises((TypeError, ValueError)) as found:
        captured(x_of(3))
    with pytest.raises(found.type) as wanted:
        s.train(x_of(3))
    assert "__init__" not in str(found.value)
    assert str(wanted.value).partition("\n")[0] in str(found.value)


# ------------------------------------------------------------------------------------------ modules


def change_modules(s: Things, i: int) -> None:
    if i == 2:
        s.model.layer = nn.Linear(3, 3).to(Place.name)
    if i == 3:
        s.model.layer.bias = None
    if i == 4:
        s.model.layer.weight = nn.Parameter(tensor(np.ones((3, 3), np.float32)))


@pytest.mark.parametrize(
    "between", [change_modules, lambda s, i: s.model.train(i % 3 == 0), lambda s, i: s.model.eval()]
)
def test_modules_that_change(between: Any) -> None:
    check(lambda s, x: s.model(x).detach(), between=between)
    check(lambda s, x: sum((p.sum() for p in s.model.parameters()), x).detach(), between=between)


def test_a_sequential_that_grows() -> None:
    model = nn.Sequential(nn.Linear(3, 3)).to(Place.name)
    captured = capture(lambda x: model(x.view(1, 3)).detach() * len(model))
    for i in range(6):
        if i > 2:
            model.add_module(f"{i}", nn.Sigmoid())
        assert captured(x_of(i)).tolist() == (model(x_of(i).view(1, 3)) * len(model)).tolist()


def test_a_mode_that_the_step_sets_is_set_each_time() -> None:
    def step(s: Things, x: Any) -> Any:
        s.model.eval()
        return s.model.layer(x.view(1, 3)).detach()

    check(step, between=lambda s, i: s.model.train(), refused=True)


def test_a_step_that_evaluates_is_not_captured_each_time() -> None:
    s, runs = Things(), []

    def evaluate(x: Any) -> Any:
        runs.append(1)
        s.model.eval()
        y = s.model(x).detach()
        s.model.train()
        return y

    captured = capture(evaluate)
    for i in range(6):
        with contextlib.suppress(CaptureError):
            captured(x_of(i))
    assert len(runs) == 2


def test_a_module_that_is_made_elsewhere_is_no_other_situation() -> None:
    runs: list[int] = []
    captured = capture(lambda x: (runs.append(1), x * 2.0)[1])
    for i in range(6):
        captured(x_of(i))
        nn.Linear(2, 2)
    assert len(runs) == 2
