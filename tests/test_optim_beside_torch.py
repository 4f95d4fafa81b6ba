"""SGD beside PyTorch's: options changed by hand, groups added, states loaded, memory protected."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr as tg
from tinygrad_lr.optim import SGD

BOTH = ((tg, SGD), (torch, torch.optim.SGD))
SHAPES = [(2, 3), (3,), ()]


def leaf(lib: Any, seed: int, shape: Any = (3,), dtype: str = "float64") -> Any:
    values = np.random.default_rng(seed).normal(size=shape)
    return lib.tensor(np.asarray(values, dtype), requires_grad=True)


def backward(lib: Any, parameters: list[Any], seed: int, but: Any = ()) -> None:
    """Give each of the parameters a random gradient, and no other; `but` these."""
    for i, p in enumerate(parameters):
        p.grad = None
        if i not in but:
            g = np.random.default_rng(100 * seed + i).normal(size=tuple(p.shape))
            p.grad = lib.tensor(np.asarray(g, str(p.dtype).removeprefix("torch.")))


def bits(parameters: list[Any]) -> list[bytes]:
    return [p.detach().numpy().tobytes() for p in parameters]


def assert_close(ours: list[Any], theirs: list[Any], tolerance: float = 1e-12) -> None:
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(
            our.detach().numpy(), their.detach().numpy(), rtol=tolerance, atol=tolerance
        )


OPTIONS = st.fixed_dictionaries(
    {
        "lr": st.sampled_from([0, 0.1, 1]),
        "momentum": st.sampled_from([0, 0.5, 0.9]),
        "dampening": st.sampled_from([0, 0.3, 1, -0.5]),
        "weight_decay": st.sampled_from([0, 0.01]),
        "nesterov": st.booleans(),
        "maximize": st.booleans(),
    }
)


@pytest.mark.filterwarnings("ignore:SGD.step")  # the first step may find no gradient
@given(
    first=OPTIONS,
    later=st.lists(st.tuples(OPTIONS, st.sets(st.integers(0, 2))), min_size=3, max_size=6),
    single=st.booleans(),
)
def test_steps_with_options_that_change_are_pytorch_s(
    first: dict[str, Any], later: list[Any], single: bool
) -> None:
    """PyTorch multiplies and adds with one rounding where it can, so the last bits may differ."""
    if first["nesterov"]:
        first |= {"momentum": 0.9, "dampening": 0}
    results = []
    for lib, sgd in BOTH:
        dtype = "float32" if single else "float64"
        parameters = [leaf(lib, i, shape, dtype) for i, shape in enumerate(SHAPES)]
        optimizer = sgd(parameters, **first)
        for number, (options, without) in enumerate(later):
            backward(lib, parameters, number, without)
            optimizer.step(lambda: None)
            optimizer.param_groups[0].update(options)
        results.append(parameters)
    assert_close(*results, tolerance=1e-4 if single else 1e-12)


@pytest.mark.parametrize("options", [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}])
def test_maximize_goes_up_as_pytorch_does(options: dict[str, Any]) -> None:
    results = []
    for lib, sgd in BOTH:
        parameters = [leaf(lib, 1), leaf(lib, 2, ())]
        optimizer = sgd(parameters, lr=0.1, weight_decay=0.1, maximize=True, **options)
        for number in range(5):
            backward(lib, parameters, number)
            optimizer.step()
        results.append(parameters)
    assert_close(*results)


# --- Options of other types


NUMBERS: dict[str, Callable[[float], Any]] = {
    "np.float64": np.float64,
    "np.float32": lambda x: np.float32(x),
    "0-d array": np.array,
    "array of one": lambda x: np.array([x]),
    "tensor": lambda x: tg.tensor(x, dtype=tg.float64),
    "PyTorch's tensor": lambda x: torch.tensor(x, dtype=torch.float64),
}
VALUES = {"lr": 0.125, "momentum": 0.75, "dampening": 0.25, "weight_decay": 0.5}  # exact in float32


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("when", ["at first", "in a group", "later", "by update", "in a dict"])
def test_an_option_of_another_type_gives_the_bits_of_the_number(
    kind: str, name: str, when: str
) -> None:
    results = []
    for value in (VALUES[name], NUMBERS[kind](VALUES[name])):
        parameters = [leaf(tg, 1, (3,), "float32"), leaf(tg, 2, (), "float32")]
        options: dict[str, Any] = {**VALUES, name: value}
        if when == "at first":
            optimizer = SGD(parameters, **options)
        elif when == "in a group":
            optimizer = SGD([{"params": parameters, **options}])
        else:
            optimizer = SGD(parameters, **VALUES)
            if when == "later":
                optimizer.param_groups[0][name] = value
            elif when == "by update":
                optimizer.param_groups[0].update({name: value})
            else:
                optimizer.param_groups = [dict(optimizer.param_groups[0]) | {name: value}]  # type: ignore[list-item]
        for number in range(4):
            backward(tg, parameters, number)
            optimizer.step()
        assert {str(p.dtype) for p in parameters} == {"float32"}
        state = optimizer.state_dict()
        resumed = [tg.tensor(p.detach().numpy(), requires_grad=True) for p in parameters]
        second = SGD(resumed, lr=7)
        second.load_state_dict(state)
        for number in range(3):
            for some, one in ((parameters, optimizer), (resumed, second)):
                backward(tg, some, number)
                one.step()
        assert bits(parameters) == bits(resumed)
        results.append(bits(parameters))
    assert results[0] == results[1]


def test_a_learning_rate_in_a_tensor_is_read_in_each_step_as_in_pytorch() -> None:
    results = []
    for lib, sgd in BOTH:
        lr, parameters = lib.tensor(0.5), [leaf(lib, 1)]
        optimizer = sgd(parameters, lr=lr)
        for number in range(4):
            backward(lib, parameters, number)
            optimizer.step()
            lr.mul_(0.5)
        assert optimizer.param_groups[0]["lr"] is lr
        results.append(parameters)
    assert_close(*results, tolerance=1e-6)


BAD = [-1, -1e-9, float("nan"), float("inf"), "0.1", None, True, 1j, [0.1], np.float64(-1)]


@pytest.mark.parametrize("as_dict", [False, True])
@pytest.mark.parametrize("name", ["lr", "momentum", "weight_decay"])
@pytest.mark.parametrize("bad", [*BAD, np.ones(2)], ids=str)
def test_a_bad_option_put_in_later_is_refused_by_the_step(
    name: str, bad: Any, as_dict: bool
) -> None:
    parameters = [leaf(tg, 1)]
    optimizer = SGD(parameters, lr=0.1)
    if as_dict:
        optimizer.param_groups = [dict(optimizer.param_groups[0]) | {name: bad}]  # type: ignore[list-item]
    else:
        optimizer.param_groups[0][name] = bad
    backward(tg, parameters, 1)
    before = bits(parameters)
    with pytest.raises(ValueError, match=f"SGD: {name} must be a finite number >= 0"):
        optimizer.step()
    assert bits(parameters) == before
    optimizer.param_groups[0][name] = 0.5
    optimizer.step()


def test_a_tensor_that_becomes_negative_is_refused() -> None:
    lr, parameters = tg.tensor(0.5), [leaf(tg, 1)]
    optimizer = SGD(parameters, lr=lr)
    lr.neg_()
    backward(tg, parameters, 1)
    with pytest.raises(ValueError, match="lr must be a finite number >= 0"):
        optimizer.step()


# --- step(closure)


def test_a_closure_is_called_while_operations_are_recorded_and_its_loss_returned() -> None:
    results = []
    for lib, sgd in BOTH:
        parameters = [leaf(lib, 1)]
        optimizer: Any = sgd(parameters, lr=0.1, momentum=0.9)

        def closure(
            lib: Any = lib, optimizer: Any = optimizer, parameters: Any = parameters
        ) -> Any:
            assert lib.is_grad_enabled()
            optimizer.zero_grad()
            loss = (parameters[0] ** 2).sum()
            loss.backward()
            return loss

        losses = []
        for _ in range(4):
            with lib.no_grad():
                losses.append(optimizer.step(closure).item())
                assert not lib.is_grad_enabled()
        losses.append(optimizer.step(closure=closure).item())
        results.append((losses, parameters))
    np.testing.assert_allclose(results[0][0], results[1][0], 1e-12)
    assert_close(results[0][1], results[1][1])


def test_a_step_without_a_closure_returns_none_and_one_with_it_anything() -> None:
    parameters = [leaf(tg, 1)]
    optimizer = SGD(parameters, lr=0.1)
    backward(tg, parameters, 1)
    assert optimizer.step() is None
    assert optimizer.step(lambda: 1.5) == 1.5
    with pytest.raises(ZeroDivisionError):
        optimizer.step(lambda: 1 / 0)


# --- Groups


def test_a_group_added_later_is_pytorch_s() -> None:
    results = []
    for lib, sgd in BOTH:
        parameters = [leaf(lib, i) for i in range(4)]
        optimizer = sgd(parameters[:1], lr=0.1, momentum=0.5)
        for number in range(6):
            if number == 2:
                optimizer.add_param_group({"params": parameters[1], "lr": 0.5, "name": "late"})
            if number == 4:
                optimizer.add_param_group({"params": iter(parameters[2:]), "maximize": True})
            backward(lib, parameters, number)
            optimizer.step()
        groups = optimizer.state_dict()["param_groups"]
        kept = [{k: g.get(k) for k in ("lr", "name", "momentum", "params")} for g in groups]
        results.append((parameters, kept))
    assert results[0][1] == results[1][1]
    assert_close(results[0][0], results[1][0])


REFUSED: dict[str, Callable[[Any, Any], Any]] = {
    "in another group": lambda o, p: o.add_param_group({"params": p}),
    "no dict": lambda o, p: o.add_param_group([p]),
    "no Tensor": lambda o, p: o.add_param_group({"params": [1.0]}),
    "a set": lambda o, p: o.add_param_group({"params": {p}}),
    "computed": lambda o, p: o.add_param_group({"params": [p * 2]}),
    "with names": lambda o, p: o.add_param_group({"params": [("w", p.detach().requires_grad_())]}),
    "half with names": lambda o, p: type(o)([("w", p), p.detach().requires_grad_()]),
    "negative": lambda o, p: type(o)([p], lr=-1),
    "many rates": lambda o, p: type(o)([p], lr=p.detach()),
    "nesterov alone": lambda o, p: type(o)([p], nesterov=True),
    "one tensor": lambda o, p: type(o)(p),
    "nothing": lambda o, p: type(o)([]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_pytorch_refuses_is_refused_with_its_class_and_changes_nothing(case: str) -> None:
    kinds = []
    for lib, sgd in BOTH:
        p = leaf(lib, 1)
        optimizer = sgd([p], lr=0.1)
        with pytest.raises((TypeError, ValueError, RuntimeError)) as found:
            REFUSED[case](optimizer, p)
        kinds.append(found.type)
        assert len(optimizer.param_groups) == 1
    if case != "many rates":  # PyTorch compares it first, a RuntimeError
        assert issubclass(kinds[0], kinds[1])


def test_parameters_may_have_names() -> None:
    states = []
    for lib, sgd in BOTH:
        model = lib.nn.Sequential(lib.nn.Linear(2, 3), lib.nn.Linear(3, 1))
        optimizer = sgd(model.named_parameters(), lr=0.1)
        assert optimizer.param_groups[0]["params"] == list(model.parameters())
        groups = sgd([{"params": model[0].named_parameters()}, {"params": [("w", leaf(lib, 1))]}])
        found = [optimizer.state_dict()["param_groups"], groups.state_dict()["param_groups"]]
        states.append([[(g["params"], g["param_names"]) for g in some] for some in found])
        other = sgd(model.parameters(), lr=0.1)
        other.load_state_dict(optimizer.state_dict())
        assert other.param_groups[0]["param_names"] == states[-1][0][0][1]
        plain = sgd(model.parameters(), lr=0.1).state_dict()
        optimizer.load_state_dict(plain)
        assert optimizer.param_groups[0]["param_names"] == states[-1][0][0][1]
    assert states[0] == states[1]


def test_parameters_that_are_frozen_are_left_alone_and_move_once_they_are_not() -> None:
    results = []
    for lib, sgd in BOTH:
        parameters = [leaf(lib, i) for i in range(3)]
        parameters[1].requires_grad_(False)
        optimizer = sgd(parameters, lr=0.1, momentum=0.9)
        for number in range(4):
            if number == 2:
                parameters[1].requires_grad_()
            optimizer.zero_grad()
            sum((p * p).sum() for p in parameters).backward()
            optimizer.step()
        results.append(parameters)
    assert_close(*results)


def test_groups_edited_by_hand_are_followed() -> None:
    results = []
    for lib, sgd in BOTH:
        parameters = [leaf(lib, i) for i in range(3)]
        optimizer: Any = sgd(parameters[:1], lr=0.1)
        for number in range(6):
            backward(lib, parameters, number)
            optimizer.step()
            if number == 1:
                optimizer.param_groups[0]["params"].append(parameters[1])
            if number == 2:
                optimizer.param_groups.append(
                    {**optimizer.param_groups[0], "params": parameters[2:]}
                )
            if number == 3:
                optimizer.param_groups[1] |= {"lr": 0.5, "note": "by hand"}
        results.append(parameters)
    assert_close(*results)


# --- States


EXTRA: dict[str, Any] = {"initial_lr": 0.5, "name": "head", "note": [1, 2], "nothing": None}
EXTRA |= {"max_lr": 1, "min_lr": 0, "base_momentum": 0.8, "max_momentum": 0.9}  # as schedulers do


def trained(lib: Any, sgd: Any, **options: Any) -> tuple[list[Any], Any]:
    parameters = [leaf(lib, i, shape) for i, shape in enumerate(SHAPES)]
    groups = [{"params": parameters[:1], **EXTRA}, {"params": parameters[1:], "lr": 0.01}]
    optimizer = sgd(groups, lr=0.1, **options)
    for number in range(3):
        backward(lib, parameters, number)
        optimizer.step()
    return parameters, optimizer


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_a_state_keeps_whatever_else_its_groups_hold(momentum: float, tmp_path: Path) -> None:
    parameters, optimizer = trained(tg, SGD, momentum=momentum)
    optimizer.param_groups[1]["initial_lr"] = 3.0
    state = optimizer.state_dict()
    assert state["param_groups"][0].items() >= EXTRA.items()
    tg.save(state, tmp_path / "state")
    resumed = [tg.tensor(p.detach().numpy(), requires_grad=True) for p in parameters]
    second = SGD([{"params": resumed[:1]}, {"params": resumed[1:], "own": 1}], lr=9)
    second.load_state_dict(tg.load(tmp_path / "state"))
    assert second.state_dict()["param_groups"] == state["param_groups"]
    second.load_state_dict(second.state_dict())
    for number in range(3):
        for some, one in ((parameters, optimizer), (resumed, second)):
            backward(tg, some, number)
            one.step()
    assert bits(parameters) == bits(resumed)


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_pytorch_s_own_state_is_loaded_and_the_training_goes_on_as_there(momentum: float) -> None:
    theirs, their_optimizer = trained(torch, torch.optim.SGD, momentum=momentum, maximize=True)
    ours, our_optimizer = trained(tg, SGD)
    for our, their in zip(ours, theirs, strict=True):
        our.data = tg.tensor(their.detach().numpy())
    our_optimizer.load_state_dict(their_optimizer.state_dict())
    wanted = their_optimizer.state_dict()["param_groups"]
    assert our_optimizer.state_dict()["param_groups"] == wanted
    for number in range(3):
        for lib, some, one in ((tg, ours, our_optimizer), (torch, theirs, their_optimizer)):
            backward(lib, some, number)
            one.step()
    assert_close(ours, theirs)


def test_our_state_has_what_pytorch_s_load_wants() -> None:
    _, our_optimizer = trained(tg, SGD, momentum=0.9)
    _, their_optimizer = trained(torch, torch.optim.SGD)
    state = our_optimizer.state_dict()
    state["state"] = {
        number: {"momentum_buffer": torch.tensor(entry["momentum_buffer"].numpy())}
        for number, entry in state["state"].items()
    }
    their_optimizer.load_state_dict(state)
    assert their_optimizer.param_groups[0]["momentum"] == 0.9


def test_a_state_with_other_numbers_for_its_parameters_is_understood() -> None:
    """In PyTorch they may be any: only their order counts."""
    results = []
    for lib, sgd in BOTH:
        _, first = trained(lib, sgd, momentum=0.9)
        state = first.state_dict()
        for group in state["param_groups"]:
            group["params"] = [10 - 2 * n for n in group["params"]]
        state["state"] = {10 - 2 * n: entry for n, entry in state["state"].items()}
        parameters, second = trained(lib, sgd)
        second.load_state_dict(state)
        backward(lib, parameters, 9)
        second.step()
        results.append(parameters)
    assert_close(*results)


def test_a_state_of_an_older_version_and_one_without_velocities_are_loaded() -> None:
    _, optimizer = trained(tg, SGD, momentum=0.9)
    state = copy.deepcopy(optimizer.state_dict())
    for group in state["param_groups"]:
        del group["maximize"]
    state["state"][1] = {"momentum_buffer": None}
    state["state"][2] = {}
    optimizer.load_state_dict(state)
    assert [g["maximize"] for g in optimizer.param_groups] == [False, False]
    assert list(optimizer.state_dict()["state"]) == [0]


def test_a_state_is_a_snapshot() -> None:
    lr, parameters = tg.tensor(0.5), [leaf(tg, 1)]
    optimizer = SGD(parameters, lr=lr, momentum=0.5)
    backward(tg, parameters, 1)
    optimizer.step()
    state = optimizer.state_dict()
    before = str(state)
    lr.mul_(2)
    optimizer.step()
    assert str(state) == before


@pytest.mark.parametrize("options", [{}, {"lr": 1, "momentum": 0.5, "maximize": True}])
def test_the_repr_has_pytorch_s_form(options: dict[str, Any]) -> None:
    texts = []
    for lib, sgd in BOTH:
        optimizer = sgd(
            [{"params": [leaf(lib, 1)], "name": "a"}, {"params": [leaf(lib, 2)]}], **options
        )
        lines = repr(optimizer).splitlines()
        ours_has_not = ("foreach", "differentiable", "fused")
        texts.append([line for line in lines if not line.strip().startswith(ours_has_not)])
    assert texts[0] == texts[1]


def test_options_are_of_the_types_that_were_given() -> None:
    for lib, sgd in BOTH:
        groups = sgd([leaf(lib, 1)], lr=1).param_groups
        assert [type(groups[0][name]) for name in ("lr", "momentum", "weight_decay")] == [int] * 3


# --- Read-only memory


def read_only() -> np.ndarray:
    array = np.arange(3.0)
    array.flags.writeable = False
    return array


LEAVES: dict[str, Callable[[np.ndarray], Any]] = {
    "from_numpy": lambda a: tg.from_numpy(a).requires_grad_(),
    "as_tensor": lambda a: tg.as_tensor(a).requires_grad_(),
    "Tensor": lambda a: tg.Tensor(a, requires_grad=True),
    "Parameter": lambda a: tg.nn.Parameter(a),
    "Parameter of a Tensor": lambda a: tg.nn.Parameter(tg.from_numpy(a)),
    "a part": lambda a: tg.from_numpy(a)[1:].requires_grad_(),
    "another shape": lambda a: tg.from_numpy(a).view(3, 1).requires_grad_(),
    "broadcast_to": lambda a: tg.from_numpy(np.broadcast_to(a, (2, 3))).requires_grad_(),
    "set": lambda a: [t := tg.from_numpy(a), setattr(t, "requires_grad", True)][0],
    "frombuffer": lambda a: tg.from_numpy(np.frombuffer(a.tobytes())).requires_grad_(),
}


@pytest.mark.parametrize("kind", LEAVES)
def test_a_leaf_of_read_only_memory_has_memory_of_its_own(kind: str) -> None:
    array = read_only()
    w = LEAVES[kind](array)
    optimizer = SGD([w], lr=0.5)
    before = w.detach().numpy().copy()
    (w * 2).sum().backward()
    optimizer.step()
    assert w.tolist() == (before - 1.0).tolist()
    assert array.tolist() == [0.0, 1.0, 2.0]


def test_a_file_mapped_for_reading_can_be_a_leaf(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.arange(3.0))
    w = tg.from_numpy(np.load(tmp_path / "w.npy", mmap_mode="r")).requires_grad_()
    w.grad = tg.ones(3, dtype=tg.float64)
    SGD([w], lr=1).step()
    assert w.tolist() == [-1.0, 0.0, 1.0]
    assert np.load(tmp_path / "w.npy").tolist() == [0.0, 1.0, 2.0]


def test_a_constant_of_read_only_memory_stays_on_it() -> None:
    array = read_only()
    assert np.shares_memory(tg.from_numpy(array).array, array)


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_a_parameter_that_cannot_be_written_to_is_said_in_words(momentum: float) -> None:
    for lib, sgd in BOTH:
        w = lib.ones(1).expand(3).requires_grad_()
        optimizer = sgd([w], lr=0.1, momentum=momentum)
        (w * 2).sum().backward()
        with pytest.raises(RuntimeError, match=r"clone\(\)"):
            optimizer.step()


WRITES: dict[str, Callable[[Any], Any]] = {
    "add_": lambda t: t.add_(1),
    "zero_": lambda t: t.zero_(),
    "x[0] =": lambda t: t.__setitem__(0, 1.0),
    "copy_": lambda t: t.copy_(tg.ones(3)),
    "uniform_": lambda t: t.uniform_(),
    "of a part": lambda t: t[:2].mul_(2),
    "fill_": lambda t: t.fill_(3),
}


@pytest.mark.parametrize("how", WRITES)
def test_a_write_into_read_only_memory_is_said_in_words(how: str) -> None:
    array = read_only()
    with pytest.raises(RuntimeError, match=r"(?s)read-only memory.*clone\(\)"):
        WRITES[how](tg.from_numpy(array))
    assert array.tolist() == [0.0, 1.0, 2.0]


# --- Captured steps

CHANGES: dict[str, Callable[[Any, Any], Any]] = {
    "maximize": lambda o, p: o.param_groups[0].update(maximize=True),
    "a group added": lambda o, p: o.add_param_group({"params": [p], "lr": 0.5}),
    "a negative dampening": lambda o, p: o.param_groups[0].update(dampening=-0.5),
    "a NumPy number": lambda o, p: o.param_groups[0].update(lr=np.float64(0.3)),
    "a state loaded": lambda o, p: o.load_state_dict(o.state_dict() | {"state": {}}),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("momentum", [0, 0.5])
def test_a_traced_step_follows_what_changes_between_two_calls(change: str, momentum: float) -> None:
    if change == "a state loaded" and momentum:
        pytest.skip("then the next step makes the velocities, and is refused")
    assert eight_steps(change, momentum, True) == eight_steps(change, momentum, False)


def eight_steps(change: str, momentum: float, traced: bool) -> Any:
    """The losses and the weights of 8 steps, with that change before the fifth."""
    w, late = leaf(tg, 1), leaf(tg, 2)
    optimizer = SGD([w], lr=0.25, momentum=momentum)

    def step(x: Any) -> Any:
        optimizer.zero_grad()
        loss = ((w * x - 1) ** 2).sum() + (w * late).sum()
        loss.backward()
        optimizer.step()
        return loss

    run: Any = tg.jit.trace(step) if traced else step
    losses = []
    for number in range(8):
        if number == 4:
            CHANGES[change](optimizer, late)
            if momentum and change == "a group added":
                step(tg.ones(3, dtype=tg.float64))  # makes the velocity
        losses.append(run(tg.full((3,), 1.0 + number, dtype=tg.float64)).item())
    return losses, bits([w, late])


def test_a_traced_step_refuses_a_bad_option_as_the_step_does_and_a_tensor_in_words() -> None:
    w = leaf(tg, 1)
    optimizer = SGD([w], lr=0.25)

    def step(x: Any) -> Any:
        optimizer.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        optimizer.step()
        return loss

    run = tg.jit.trace(step)
    x = tg.ones(3, dtype=tg.float64)
    for _ in range(3):
        run(x)
    for name, bad in itertools.product(("lr", "momentum"), (-1, float("nan"))):
        before = bits([w])
        kept = optimizer.param_groups[0][name]
        optimizer.param_groups[0][name] = bad
        with pytest.raises(ValueError, match=f"SGD: {name} must be a finite number"):
            run(x)
        assert bits([w]) == before
        optimizer.param_groups[0][name] = kept
        run(x)
    optimizer.param_groups[0]["lr"] = tg.tensor(0.5)
    with pytest.raises(tg.jit.CaptureError, match="options of an optimizer as numbers"):
        run(x)
    optimizer.param_groups[0]["lr"] = 0.5
    run(x)


def test_a_traced_step_may_have_a_closure() -> None:
    def five_steps(traced: bool) -> Any:
        w = leaf(tg, 1)
        optimizer = SGD([w], lr=0.25, maximize=True, weight_decay=0.5)

        def step(x: Any) -> Any:
            def closure() -> Any:
                optimizer.zero_grad()
                loss = (w * x).sum()
                loss.backward()
                return loss

            return optimizer.step(closure)

        run: Any = tg.jit.trace(step) if traced else step
        losses = [run(tg.full((3,), 1.0 + i, dtype=tg.float64)).item() for i in range(5)]
        return losses, bits([w])

    assert five_steps(True) == five_steps(False)
