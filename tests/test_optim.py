"""tinygrad_lr.optim: SGD against torch.optim.SGD, step by step, and what it refuses."""

from __future__ import annotations

import copy
import itertools
import math
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from mistakes import assert_told_in_words

import tinygrad_lr
from tinygrad_lr import nn
from tinygrad_lr.optim import SGD

SHAPES = [(3, 4), (4,), ()]


def starts(lib: ModuleType, dtype: str = "float64", shapes: Any = SHAPES) -> list[Any]:
    rng = np.random.default_rng(1)
    values = [np.asarray(rng.normal(size=shape), dtype) for shape in shapes]
    return [lib.tensor(value, requires_grad=True) for value in values]


def gradients(steps: int, dtype: str = "float64") -> list[list[np.ndarray]]:
    rng = np.random.default_rng(2)
    return [[np.asarray(rng.normal(size=s), dtype) for s in SHAPES] for _ in range(steps)]


def run(lib: ModuleType, optimizer: Any, parameters: list[Any], steps: list[Any]) -> None:
    """One optimizer step per list of gradients; a gradient of None is no gradient."""
    for step in steps:
        optimizer.zero_grad()
        for parameter, gradient in zip(parameters, step, strict=True):
            if gradient is not None:
                (parameter * lib.tensor(gradient)).sum().backward()
        optimizer.step()


def values(parameters: list[Any]) -> list[np.ndarray]:
    return [parameter.detach().numpy().copy() for parameter in parameters]


def assert_same(ours: list[Any], theirs: list[Any], rtol: float = 1e-12) -> None:
    for our, their in zip(values(ours), values(theirs), strict=True):
        assert our.dtype == their.dtype
        np.testing.assert_allclose(our, their, rtol, rtol)


# --- The same steps as PyTorch's

GRID = [
    {
        "lr": lr,
        "momentum": momentum,
        "dampening": dampening,
        "weight_decay": weight_decay,
        "nesterov": nesterov,
    }
    for lr, momentum, dampening, weight_decay, nesterov in itertools.product(
        (0.0, 0.001, 0.5, 1), (0.0, 0.5, 0.9), (0.0, 0.3, 1.0), (0.0, 0.01), (False, True)
    )
    if not nesterov or (momentum and not dampening)
]


@pytest.mark.parametrize("options", GRID, ids=lambda o: "-".join(map(str, o.values())))
def test_many_steps_are_pytorch_s(options: dict[str, Any]) -> None:
    ours, theirs = starts(tinygrad_lr), starts(torch)
    run(tinygrad_lr, SGD(ours, **options), ours, gradients(12))
    run(torch, torch.optim.SGD(theirs, **options), theirs, gradients(12))
    assert_same(ours, theirs)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_float32_steps_are_pytorch_s_to_rounding(momentum: float) -> None:
    options = {"lr": 0.1, "momentum": momentum, "weight_decay": 0.01}
    ours, theirs = starts(tinygrad_lr, "float32"), starts(torch, "float32")
    run(tinygrad_lr, SGD(ours, **options), ours, gradients(50, "float32"))
    run(torch, torch.optim.SGD(theirs, **options), theirs, gradients(50, "float32"))
    assert_same(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize(
    "group",
    [
        {},
        {"lr": 0.01},
        {"momentum": 0.0},
        {"momentum": 0.8, "nesterov": True},
        {"weight_decay": 0.5, "dampening": 0.1},
    ],
    ids=str,
)
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_groups_with_options_of_their_own_are_pytorch_s(
    group: dict[str, Any], momentum: float
) -> None:
    options = {"lr": 0.1, "momentum": momentum, "weight_decay": 0.01}
    results = []
    for lib, sgd in ((tinygrad_lr, SGD), (torch, torch.optim.SGD)):
        parameters = starts(lib)
        groups = [{"params": parameters[:1], **group}, {"params": iter(parameters[1:])}]
        run(lib, sgd(groups, **options), parameters, gradients(8))
        results.append(parameters)
    assert_same(*results)


def test_a_group_may_hold_one_tensor() -> None:
    parameters = starts(tinygrad_lr)
    optimizer = SGD([{"params": parameters[0]}, {"params": parameters[1:], "lr": 0.5}], lr=0.1)
    assert [len(group["params"]) for group in optimizer.param_groups] == [1, 2]
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.5]


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("nesterov", [False, True])
def test_parameters_without_or_with_late_gradients_are_pytorch_s(
    momentum: float, nesterov: bool
) -> None:
    """One never has a gradient, one only from the third step on, one misses every other step."""
    options = {"lr": 0.1, "momentum": momentum, "weight_decay": 0.1}
    options["nesterov"] = nesterov and momentum > 0
    steps: list[Any] = gradients(9)
    for number, step in enumerate(steps):
        step[0] = None
        if number < 3:
            step[1] = None
        if number % 2:
            step[2] = None
    ours, theirs = starts(tinygrad_lr), starts(torch)
    before = values(ours)
    run(tinygrad_lr, SGD(ours, **options), ours, steps)
    run(torch, torch.optim.SGD(theirs, **options), theirs, steps)
    assert_same(ours, theirs)
    assert np.array_equal(values(ours)[0], before[0])


def test_zeroed_gradients_are_gradients_and_forgotten_ones_are_not() -> None:
    """With momentum or weight decay a gradient of zero still moves a parameter; none does not."""
    for set_to_none in (False, True):
        results = []
        for lib, sgd in ((tinygrad_lr, SGD), (torch, torch.optim.SGD)):
            parameters = starts(lib)
            optimizer = sgd(parameters, lr=0.1, momentum=0.9, weight_decay=0.1)
            run(lib, optimizer, parameters, gradients(2))
            optimizer.zero_grad(set_to_none=set_to_none)
            optimizer.step()
            results.append(parameters)
        assert_same(*results)


@pytest.mark.parametrize("change", ["lr", "momentum"])
def test_an_option_may_be_changed_between_steps(change: str) -> None:
    """A schedule written by hand: ``optimizer.param_groups[0]["lr"] *= 0.1``."""
    results = []
    for lib, sgd in ((tinygrad_lr, SGD), (torch, torch.optim.SGD)):
        parameters = starts(lib)
        optimizer: Any = sgd(parameters, lr=0.5, momentum=0.9)
        for step in gradients(6):
            run(lib, optimizer, parameters, [step])
            optimizer.param_groups[0][change] *= 0.5
        results.append(parameters)
    assert_same(*results)


CHANGES: dict[str, Callable[[Any, Any], Any]] = {
    "set": lambda lib, group: group.__setitem__("lr", 0.25),
    "set to a Tensor": lambda lib, group: group.__setitem__("lr", lib.tensor(0.25)),
    "updated": lambda lib, group: group.update(lr=0.25),
    "joined": lambda lib, group: group.__ior__({"lr": 0.25}),
    "taken out, and put back": lambda lib, group: (group.pop("lr"), group.setdefault("lr", 0.25)),
    "missing": lambda lib, group: group.pop("lr"),
    "a parameter less": lambda lib, group: group["params"].pop(),
    "other parameters": lambda lib, group: group.__setitem__("params", group["params"][:1]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_step_uses_a_group_as_it_is_by_then(change: str) -> None:
    results: list[Any] = []
    for lib, sgd in ((tinygrad_lr, SGD), (torch, torch.optim.SGD)):
        parameters = starts(lib)
        optimizer: Any = sgd(parameters, lr=0.5)
        run(lib, optimizer, parameters, gradients(1))
        CHANGES[change](lib, optimizer.param_groups[0])
        try:
            run(lib, optimizer, parameters, gradients(2))
        except KeyError:  # there is no rate
            parameters = [lib.tensor(0.0)]
        results.append(parameters)
    assert_same(*results)


def test_a_step_keeps_the_memory_and_leaves_the_gradients_alone() -> None:
    parameters = starts(tinygrad_lr)
    optimizer = SGD(parameters, lr=0.1, momentum=0.9, weight_decay=0.1, nesterov=True)
    arrays = [p.array for p in parameters]
    for _ in range(2):
        run(tinygrad_lr, optimizer, parameters, gradients(1))
        for parameter, array, gradient in zip(parameters, arrays, gradients(1)[0], strict=True):
            assert parameter.array is array
            assert parameter.is_leaf
            assert parameter.requires_grad
            assert np.array_equal(parameter.grad.numpy(), gradient)


def test_gradients_add_up_without_zero_grad() -> None:
    parameters = starts(tinygrad_lr)
    optimizer = SGD(parameters, lr=0.1)
    before, (step,) = values(parameters), gradients(1)
    for parameter, gradient in zip(parameters, step, strict=True):
        for _ in range(2):
            (parameter * tinygrad_lr.tensor(gradient)).sum().backward()
    optimizer.step()
    for now, old, gradient in zip(values(parameters), before, step, strict=True):
        np.testing.assert_allclose(now, old - 0.1 * 2 * gradient, 1e-12)


def test_the_learning_rate_may_be_a_numpy_number_and_precision_stays() -> None:
    """As one gets it from ``np.geomspace``; float32 weights and velocities stay float32."""
    rate = np.geomspace(0.1, 1, 3)[0]
    ours, plain = starts(tinygrad_lr, "float32"), starts(tinygrad_lr, "float32")
    optimizer = SGD(ours, lr=rate, momentum=np.float64(0.9), weight_decay=np.float64(0.01))
    run(tinygrad_lr, optimizer, ours, gradients(5, "float32"))
    run(
        tinygrad_lr,
        SGD(plain, lr=0.1, momentum=0.9, weight_decay=0.01),
        plain,
        gradients(5, "float32"),
    )
    velocities = [entry["momentum_buffer"] for entry in optimizer.state_dict()["state"].values()]
    assert {str(v.dtype) for v in [*ours, *velocities]} == {"float32"}
    for our, wanted in zip(values(ours), values(plain), strict=True):
        assert np.array_equal(our, wanted)


# --- Stopping and going on


@pytest.mark.parametrize("options", [o for o in GRID if o["lr"] == 0.5], ids=str)
def test_going_on_from_a_state_dict_gives_bitwise_the_same_weights(
    options: dict[str, Any],
) -> None:
    straight, stopped = starts(tinygrad_lr, "float32"), starts(tinygrad_lr, "float32")
    steps: list[Any] = gradients(8, "float32")
    steps[0][1] = steps[1][1] = steps[2][1] = None  # not every parameter has a velocity by then
    run(tinygrad_lr, SGD(straight, **options), straight, steps)

    first = SGD(stopped, **options)
    run(tinygrad_lr, first, stopped, steps[:3])
    state = first.state_dict()
    resumed = [tinygrad_lr.tensor(v, requires_grad=True) for v in values(stopped)]
    run(tinygrad_lr, first, stopped, steps[3:5])  # what happens later is not in the state
    second = SGD(resumed, lr=0.123)  # the state brings its options along
    second.load_state_dict(state)
    run(tinygrad_lr, second, resumed, steps[3:])
    for wanted, got in zip(values(straight), values(resumed), strict=True):
        assert np.array_equal(wanted, got)


def test_a_state_dict_has_pytorch_s_structure_and_survives_a_file(tmp_path: Any) -> None:
    ours, theirs = starts(tinygrad_lr), starts(torch)
    groups = [[{"params": p[:1]}, {"params": p[1:], "lr": 0.5}] for p in (ours, theirs)]
    mine = SGD(groups[0], lr=0.1, momentum=0.9)
    reference = torch.optim.SGD(groups[1], lr=0.1, momentum=0.9)
    run(tinygrad_lr, mine, ours, gradients(2))
    run(torch, reference, theirs, gradients(2))
    state, wanted = mine.state_dict(), reference.state_dict()
    assert state.keys() == wanted.keys()
    assert list(state["state"]) == list(wanted["state"])
    for group, other in zip(state["param_groups"], wanted["param_groups"], strict=True):
        assert group["params"] == other["params"]
        assert group.keys() <= other.keys()
        assert all(value == other[key] for key, value in group.items())
    for number, entry in state["state"].items():
        np.testing.assert_allclose(
            entry["momentum_buffer"].numpy(), wanted["state"][number]["momentum_buffer"], 1e-12
        )

    tinygrad_lr.save(state, tmp_path / "sgd")
    twin = SGD([{"params": p} for p in (ours[:1], ours[1:])], lr=0.7)
    twin.load_state_dict(tinygrad_lr.load(tmp_path / "sgd"))
    assert str(twin.state_dict()) == str(state)


def test_a_deep_copy_of_a_training_goes_on_as_the_original_does() -> None:
    ours = starts(tinygrad_lr)
    optimizer = SGD(ours, lr=0.1, momentum=0.9)
    run(tinygrad_lr, optimizer, ours, gradients(3))
    twins, copied = copy.deepcopy((ours, optimizer))
    run(tinygrad_lr, optimizer, ours, gradients(3))
    run(tinygrad_lr, copied, twins, gradients(3))
    assert all(np.array_equal(a, b) for a, b in zip(values(ours), values(twins), strict=True))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (starts(tinygrad_lr)[:2], ["[2]", "[3]"]),
        (starts(tinygrad_lr, shapes=[(3, 4), (5,), ()]), ["parameter 1", "(4,)", "(5,)"]),
    ],
    ids=["another-number", "other-shapes"],
)
def test_a_state_of_other_parameters_is_refused_and_changes_nothing(
    parameters: list[Any], words: list[str]
) -> None:
    trained = starts(tinygrad_lr)
    first = SGD(trained, lr=0.5, momentum=0.9)
    run(tinygrad_lr, first, trained, gradients(1))
    other = SGD(parameters, lr=0.1)
    before = str(other.state_dict())
    with pytest.raises(ValueError, match="nothing was loaded") as caught:
        other.load_state_dict(first.state_dict())
    assert all(word in str(caught.value) for word in words), caught.value
    assert str(other.state_dict()) == before


def test_a_state_with_a_bad_option_is_refused_and_changes_nothing() -> None:
    parameters = starts(tinygrad_lr)
    optimizer = SGD([{"params": parameters[:1]}, {"params": parameters[1:]}], lr=0.1)
    before = str(optimizer.state_dict())
    state = SGD([{"params": parameters[:1]}, {"params": parameters[1:]}], lr=0.7).state_dict()
    state["param_groups"][1]["lr"] = -1.0
    with pytest.raises(ValueError, match="lr"):
        optimizer.load_state_dict(state)
    assert str(optimizer.state_dict()) == before


@pytest.mark.parametrize("number", [math.inf, math.nan, -1, "x", None], ids=str)
def test_a_state_that_numbers_its_parameters_by_anything_is_refused(number: Any) -> None:
    """Infinity, in a forged checkpoint, ended in an OverflowError of Python's."""
    optimizer = SGD(starts(tinygrad_lr), lr=0.1)
    before = str(optimizer.state_dict())
    for place in ("params", "state"):
        state = optimizer.state_dict()
        if place == "params":
            state["param_groups"][0]["params"][0] = number
        else:
            state["state"][number] = {"momentum_buffer": tinygrad_lr.ones(1)}
        with pytest.raises(ValueError, match="nothing was loaded"):
            optimizer.load_state_dict(state)
        assert str(optimizer.state_dict()) == before


def test_the_state_may_come_from_a_model_of_another_precision() -> None:
    """A velocity takes the precision of its parameter, as in PyTorch."""
    results = []
    for lib, sgd in ((tinygrad_lr, SGD), (torch, torch.optim.SGD)):
        double, single = starts(lib), starts(lib, "float32")
        first = sgd(double, lr=0.1, momentum=0.9)
        run(lib, first, double, gradients(3))
        second = sgd(single, lr=0.1, momentum=0.9)
        second.load_state_dict(first.state_dict())
        run(lib, second, single, gradients(3, "float32"))
        velocities = [e["momentum_buffer"] for e in second.state_dict()["state"].values()]
        assert {str(v.dtype).removeprefix("torch.") for v in velocities} == {"float32"}
        results.append(single)
    assert_same(*results, rtol=1e-5)


# --- What it refuses


def computed() -> tinygrad_lr.Tensor:
    return tinygrad_lr.ones(2, requires_grad=True) * 2


def used_up(model: nn.Module) -> Any:
    parameters = model.parameters()
    SGD(parameters, lr=0.1)
    return parameters


ONE = [tinygrad_lr.ones(2, requires_grad=True)]

REFUSED: dict[str, tuple[Callable[[], Any], Any, list[str]]] = {
    "a model without any": (
        lambda: SGD(nn.ReLU().parameters(), lr=0.1),
        ValueError,
        ["no parameters", "plain list"],
    ),
    "groups without parameters": (
        lambda: SGD([{"params": []}, {"params": []}], lr=0.1),
        ValueError,
        ["no parameters"],
    ),
    "a parameter in two groups": (
        lambda: SGD([{"params": ONE}, {"params": ONE}], lr=0.1),
        ValueError,
        ["twice"],
    ),
    **{
        f"{name}={value!r}": (
            lambda name=name, value=value: SGD(ONE, **{"lr": 0.1, name: value}),
            ValueError,
            [name, repr(value), ">= 0"],
        )
        for name in ("lr", "momentum", "weight_decay")
        for value in (-0.1, float("nan"), float("inf"), "0.1", True, None)
    },
    "a bad lr in a group": (
        lambda: SGD([{"params": ONE, "lr": -1}], lr=0.1),
        ValueError,
        ["lr", "-1"],
    ),
    "nesterov with dampening": (
        lambda: SGD(ONE, lr=0.1, momentum=0.9, dampening=0.1, nesterov=True),
        ValueError,
        ["nesterov", "dampening = 0"],
    ),
    "nesterov with negative dampening": (
        lambda: SGD(ONE, lr=0.1, momentum=0.9, dampening=-0.1, nesterov=True),
        ValueError,
        ["nesterov", "dampening = 0"],
    ),
    "nesterov without momentum": (
        lambda: SGD(ONE, lr=0.1, nesterov=True),
        ValueError,
        ["nesterov", "momentum"],
    ),
    "dampening=nan": (
        lambda: SGD(ONE, lr=0.1, momentum=0.9, dampening=float("nan")),
        ValueError,
        ["dampening"],
    ),
    "dampening='0'": (
        lambda: SGD(ONE, lr=0.1, momentum=0.9, dampening="0"),
        ValueError,
        ["dampening"],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_told_in_words(name: str) -> None:
    assert_told_in_words(*REFUSED[name])


def test_a_step_without_any_gradient_says_so_once() -> None:
    model = nn.Linear(2, 1)
    optimizer = SGD(model.parameters(), lr=0.1)
    before = values(list(model.parameters()))
    with pytest.warns(
        UserWarning, match=r"(?s)no parameter has a gradient.*backward\(\)"
    ) as caught:
        optimizer.step()
    assert len(caught) == 1
    assert caught[0].filename == __file__  # it points at the caller's line
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimizer.step()
    assert all(
        np.array_equal(a, b) for a, b in zip(before, values(list(model.parameters())), strict=True)
    )


def test_the_repr_shows_the_options_of_each_group() -> None:
    text = repr(SGD([{"params": ONE, "lr": 0.5}], lr=0.1, momentum=0.9))
    assert "SGD" in text
    assert "lr=0.5" in text or "lr: 0.5" in text
    assert "momentum=0.9" in text or "momentum: 0.9" in text


def test_a_model_keeps_the_velocities_after_a_conversion() -> None:
    """An optimizer may be made, and used, before ``model.double()``; it goes on in float64."""
    results = []
    for lib, sgd in ((tinygrad_lr, SGD), (torch, torch.optim.SGD)):
        layer = lib.nn.Linear(3, 2)
        with lib.no_grad():
            for parameter in layer.parameters():
                parameter.copy_(lib.full(tuple(parameter.shape), 0.5))
        optimizer: Any = sgd(layer.parameters(), lr=0.1, momentum=0.9)
        for number in range(4):
            if number == 2:
                layer.double()
            x = lib.ones(2, 3, dtype=layer.weight.dtype)
            optimizer.zero_grad()
            (layer(x) ** 2).sum().backward()
            optimizer.step()
        results.append(list(layer.parameters()))
    assert_same(*results, rtol=1e-6)


def test_a_state_without_velocities_is_loaded_for_a_single_number_too():
    w = tinygrad_lr.tensor(1.0, requires_grad=True)
    optimizer = tinygrad_lr.optim.SGD([w], lr=0.1, momentum=0.9)
    (w * w).backward()
    optimizer.step()
    optimizer.load_state_dict(tinygrad_lr.optim.SGD([w], lr=0.5).state_dict())
    assert optimizer.param_groups[0]["lr"] == 0.5
    assert optimizer.state_dict()["state"] == {}
