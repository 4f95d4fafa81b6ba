"""Optimizers in captured steps: each goes on as without capture, and a changed option is used.

All that an optimizer keeps has the bits it would have. A learning rate may be another in every
call; another option, group or state is noticed however it is changed or read; a step that itself
changes an optimizer is refused.
"""

from __future__ import annotations

import contextlib
import copy
import operator

import numpy as np
import pytest
from captured_steps import (
    BATCHES,
    EACH,
    Run,
    all_of,
    batch,
    batches,
    capture,
    captured_run,
    trained_by,
)
from side_by_side import on_device

import tinygrad_lr as tg
from tinygrad_lr import optim

device = pytest.fixture(scope="module", autouse=True)(on_device)


# ---------------------------------------------------------------------------------- every optimizer


@EACH
def test_every_optimizer_goes_on_counting_and_averaging(kind, options):
    eager, run = trained_by(kind, options), trained_by(kind, options)
    captured = capture(run.step)
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert all_of(run) == all_of(eager)
    assert len(captured._known) == 1
    steps = {entry["step"].item() for entry in run.optimizer.state.values()}
    assert steps == {BATCHES}


@EACH
def test_every_optimizer_goes_on_from_a_state_with_another_rate(kind, options):
    eager, run = trained_by(kind, options), trained_by(kind, options)
    captured = capture(run.step)
    states = []
    for i, (x, y) in enumerate(batches()):
        for one in (run, eager):
            one.optimizer.param_groups[0]["lr"] = 0.05 * 0.5 ** (i // 3)
        states.append(eager.optimizer.state_dict())
        if i % 4 == 3:
            for one in (run, eager):
                one.optimizer.load_state_dict(states[i - 2])
        assert captured(x, y).item() == eager.step(x, y).item()
        assert all_of(run) == all_of(eager)


@EACH
def test_two_steps_of_every_optimizer_in_one(kind, options):
    eager, run = trained_by(kind, options), trained_by(kind, options)
    captured = capture(lambda x, y: (run.step(x, y), run.step(x, y)))
    for x, y in batches():
        assert [loss.item() for loss in captured(x, y)] == [
            eager.step(x, y).item() for _ in range(2)
        ]
        assert all_of(run) == all_of(eager)


@EACH
def test_the_first_step_of_every_optimizer_is_not_captured(kind, options):
    run = trained_by(kind, options)
    captured = capture(run.step)
    captured(*batch())
    run.optimizer.state = {}
    with pytest.raises(tg.cuda.CaptureError, match="keeps of a parameter"):
        captured(*batch())
    run.step(*batch())
    captured(*batch())


# ------------------------------------------------------------ options that change between two calls


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", 0.1),
        ("momentum", 0.1),
        ("weight_decay", 0.3),
        ("nesterov", True),
        ("maximize", True),
        ("dampening", -0.5),
    ],
)
def test_a_changed_option_of_the_optimizer_is_used(name, value):
    (run, captured), (eager, _) = captured_run(momentum=0.9), captured_run(momentum=0.9)
    then = run.optimizer.param_groups[0][name]
    for now in (value, then, value):
        for one in (run, eager):
            one.optimizer.param_groups[0][name] = now
        for x, y in batches():
            assert captured(x, y).item() == eager.step(x, y).item()
            assert run.weights() == eager.weights()


def test_a_learning_rate_that_is_another_in_every_call():
    (run, captured), (eager, _) = captured_run(), captured_run()
    for i, (x, y) in enumerate(batches()):
        for one in (run, eager):
            one.optimizer.param_groups[0]["lr"] = 0.5 * 0.75**i
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()


@pytest.mark.parametrize("rate", [1, np.float64(0.3), np.float32(0.3)])
def test_a_learning_rate_of_another_type(rate):
    (run, captured), (eager, _) = captured_run(), captured_run()
    for one in (run, eager):
        one.optimizer.param_groups[0]["lr"] = rate
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()


@pytest.mark.parametrize("value", [np.float32(0.5), np.float64(0.5)])
@pytest.mark.parametrize("name", ["momentum", "weight_decay", "lr"])
def test_an_option_that_is_equal_but_of_another_type(name, value):
    (run, captured), (eager, _) = (captured_run(momentum=0.5, weight_decay=0.5) for _ in range(2))
    for one in (run, eager):
        one.optimizer.param_groups[0][name] = value
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    for mine, wanted in zip(*(velocities(one.optimizer) for one in (run, eager))):
        assert mine.dtype == wanted.dtype


def test_groups_of_an_optimizer_that_are_replaced_and_what_else_is_in_them():
    (run, captured), (eager, _) = captured_run(), captured_run()
    for one in (run, eager):
        groups = one.optimizer.param_groups
        one.optimizer.param_groups = [{**g, "lr": 0.25, "note": np.arange(3)} for g in groups]
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()


def test_a_group_that_is_added_between_two_calls_is_used():
    run, eager = Run(), Run()
    for one in (run, eager):
        one.optimizer = optim.SGD(list(one.model.parameters())[:1], lr=0.5)
    captured = capture(run.step)
    for i, (x, y) in enumerate(batches()):
        if i == 3:
            for one in (run, eager):
                rest = list(one.model.parameters())[1:]
                one.optimizer.add_param_group({"params": rest, "lr": 0.25, "maximize": True})
        assert captured(x, y).item() == eager.step(x, y).item()
        assert run.weights() == eager.weights()
    assert i > 3


def test_an_option_in_a_tensor_is_refused():
    run, captured = captured_run()
    run.optimizer.param_groups[0]["lr"] = tg.tensor(0.5)
    with pytest.raises(tg.cuda.CaptureError, match="options of an optimizer as numbers"):
        captured(*batch())
    run.optimizer.param_groups[0]["lr"] = 0.5
    captured(*batch())


@pytest.mark.parametrize("bad", [-1.0, float("nan")])
def test_an_option_that_is_none_is_refused_as_by_the_step_itself(bad):
    run, captured = captured_run()
    run.optimizer.param_groups[0]["lr"] = bad
    before = run.weights()
    with pytest.raises(ValueError, match="SGD: lr must be a finite number"):
        captured(*batch())
    assert run.weights() == before


# -------------------------------------------------------------------- options that the step changes

CHANGES = {
    "before": lambda optimizer, step: (set_rate(optimizer, 0.25), step()),
    "to what it is": lambda optimizer, step: (set_rate(optimizer, 0.5), step()),
    "after": lambda optimizer, step: (step(), set_rate(optimizer, 0.25)),
    "in between": lambda optimizer, step: (step(), set_rate(optimizer, 0.25), step()),
    "loaded": lambda optimizer, step: (optimizer.load_state_dict(optimizer.state_dict()), step()),
    "parameters": lambda optimizer, step: (step(), optimizer.param_groups[0]["params"].pop()),
    "groups": lambda optimizer, step: (
        step(),
        optimizer.param_groups.append(optimizer.param_groups[0]),
    ),
    "another optimizer": lambda optimizer, step: (step(), set_rate(OTHER, 0.25)),
    "swallowed": lambda optimizer, step: (swallowing(lambda: set_rate(optimizer, 0.25)), step()),
    "update": lambda optimizer, step: (optimizer.param_groups[0].update(lr=0.25), step()),
    "|=": lambda optimizer, step: (operator.ior(optimizer.param_groups[0], {"lr": 0.25}), step()),
    "pop": lambda optimizer, step: (step(), and_back(optimizer, lambda g: g.pop("lr"))),
    "popitem": lambda optimizer, step: (step(), and_back(optimizer, lambda g: g.popitem())),
    "clear": lambda optimizer, step: (step(), and_back(optimizer, lambda g: g.clear())),
    "del": lambda optimizer, step: (step(), and_back(optimizer, lambda g: g.__delitem__("lr"))),
    "setdefault": lambda optimizer, step: (
        step(),
        and_back(optimizer, lambda g: g.setdefault("note", 1)),
    ),
}
OTHER = optim.SGD([tg.ones(3, requires_grad=True)])


def velocities(optimizer):
    return [kept["momentum_buffer"] for kept in optimizer.state.values()]


def set_rate(optimizer, rate):
    optimizer.param_groups[0]["lr"] = rate


def and_back(optimizer, change):
    group = optimizer.param_groups[0]
    before = dict(group)
    change(group)
    group.clear()
    group.update(before)


def swallowing(action):
    with contextlib.suppress(RuntimeError):
        action()


@pytest.mark.parametrize("change", CHANGES)
def test_a_step_that_changes_an_optimizer_is_refused(change):
    run = Run()

    def step(x, y):
        CHANGES[change](run.optimizer, lambda: run.step(x, y))
        return x

    captured = capture(step)
    captured(*batch())
    before = run.weights()
    for _ in range(2):
        with pytest.raises(tg.cuda.CaptureError, match="cannot change an optimizer"):
            captured(*batch())
    assert run.weights() == before


# ---------------------------------------------------------------------- options that the step reads


@pytest.mark.parametrize("kind", [dict, type(OTHER.param_groups[0])])
@pytest.mark.parametrize("steps", [True, False])
def test_a_learning_rate_that_the_step_reads_itself(kind, steps):
    (run, _), (eager, _) = captured_run(), captured_run()
    for one in (run, eager):
        one.optimizer.param_groups = [kind(group) for group in one.optimizer.param_groups]

    def decayed(one, x, y):
        loss = one.step(x, y) if steps or kind is dict else x.sum()
        with tg.no_grad():
            for p in one.model.parameters():
                p.mul_(1 - 0.1 * one.optimizer.param_groups[0]["lr"])
                p.mul_(1 - one.optimizer.param_groups[0]["weight_decay"])
        return loss, one.optimizer.param_groups[0].get("lr")

    captured = capture(lambda x, y: decayed(run, x, y))
    for i, (x, y) in enumerate(batches()):
        for one in (run, eager):
            set_rate(one.optimizer, [0.5, 0.25, 0.75][i % 3])
            one.optimizer.param_groups[0]["weight_decay"] = [0.0, 0.25][i // 4 % 2]
        loss, rate = captured(x, y)
        assert (loss.item(), rate) == (decayed(eager, x, y)[0].item(), [0.5, 0.25, 0.75][i % 3])
        assert run.weights() == eager.weights()


READ = {
    "[]": lambda optimizer: optimizer.param_groups[0]["lr"],
    "get": lambda optimizer: optimizer.param_groups[0].get("lr"),
    "get of nothing": lambda optimizer: optimizer.param_groups[0].get("note", 1.0),
    "len": lambda optimizer: float(len(optimizer.param_groups[0])),
    "names": lambda optimizer: float(len(list(optimizer.param_groups[0]))),
    "in": lambda optimizer: 1.0 if "note" in optimizer.param_groups[0] else 2.0,
    "setdefault": lambda optimizer: optimizer.param_groups[0].setdefault("lr", 1.0),
    "dict": lambda optimizer: dict(optimizer.param_groups[0])["lr"],
    "**": lambda optimizer: {**optimizer.param_groups[0]}["lr"],
    "as keywords": lambda optimizer: (lambda lr, **others: lr)(**optimizer.param_groups[0]),
    "items": lambda optimizer: sum(v for _, v in list(optimizer.param_groups[0].items())[1:2]),
    "values": lambda optimizer: sum(list(optimizer.param_groups[0].values())[1:2]),
    "copy": lambda optimizer: optimizer.param_groups[0].copy()["lr"],
    "copy.copy": lambda optimizer: copy.copy(optimizer.param_groups[0])["lr"],
    "reversed": lambda optimizer: float(len(list(reversed(optimizer.param_groups[0])))),
    "|": lambda optimizer: (optimizer.param_groups[0] | {})["lr"],
    "{} |": lambda optimizer: ({} | optimizer.param_groups[0])["lr"],
    "update": lambda optimizer: [d := {}, d.update(optimizer.param_groups[0])][0]["lr"],
    "==": lambda optimizer: 1.0 if optimizer.param_groups[0] == GROUP else 2.0,
    "!=": lambda optimizer: 1.0 if optimizer.param_groups[0] != GROUP else 2.0,
    "state_dict": lambda optimizer: optimizer.state_dict()["param_groups"][0]["lr"],
}
GROUP = dict(OTHER.param_groups[0])


@pytest.mark.parametrize("how", READ)
def test_an_option_is_noticed_however_the_step_reads_it(how):
    optimizer = optim.SGD(OTHER.param_groups[0]["params"])
    captured = capture(lambda x: x.sum() * READ[how](optimizer))
    x = batch()[0]
    found = set()
    for rate in (0.25, 0.25, GROUP["lr"], 0.5, 0.25, GROUP["lr"]):
        set_rate(optimizer, rate)
        if rate == 0.5:
            optimizer.param_groups[0]["note"] = 3.0
        found.add(captured(x).item())
        assert captured(x).item() == (x.sum() * READ[how](optimizer)).item()
    assert len(found) > 1
    assert type(optimizer.param_groups[0]) is type(OTHER.param_groups[0])


class Positive(optim.SGD):
    """Somebody's own optimizer."""

    def _update(self, options):
        super()._update({**options, "lr": abs(options["lr"])})


def test_an_optimizer_that_computes_with_its_learning_rate_is_right_or_refused():
    run, eager = Run(), Run()
    for one in (run, eager):
        one.optimizer = Positive(one.model.parameters(), lr=0.3)
    captured = capture(run.step)
    captured(*batch())
    try:
        captured(*batch())
    except tg.cuda.CaptureError as error:
        assert "cannot compute with the learning rate alone" in str(error)  # noqa: PT017
    else:
        eager.step(*batch()), eager.step(*batch())
        assert run.weights() == eager.weights()
