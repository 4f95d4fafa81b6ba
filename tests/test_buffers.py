"""Buffers beside PyTorch's, and the state of a module: what is in it, and how it is put back."""

from __future__ import annotations

import copy
import pickle
from collections import OrderedDict
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from modules_beside import (
    ERRORS,
    Case,
    assert_alike,
    grown,
    linear,
    outcome,
    parameter,
    put,
    remove,
    told,
)

import tinygrad_lr as tg
from tinygrad_lr import nn


def buffer(name: str, make: Case | None = None, **options: Any) -> Any:
    """A step for `grown`: register a buffer."""
    make = make or (lambda lib: lib.arange(3.0))
    return lambda module, lib: module.register_buffer(name, make(lib), **options)


def zeros(lib: ModuleType) -> Any:
    return lib.zeros(2)


def with_a_frozen_part(lib: ModuleType) -> Any:
    class Frozen(lib.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = lib.nn.Linear(1, 1)

        def train(self, mode: bool = True) -> Any:
            super().train(mode)
            self.layer.eval()
            return self

    return lib.nn.Sequential(Frozen(), lib.nn.ReLU())


def kept(lib: ModuleType) -> Any:
    return lib.nn.Buffer(lib.zeros(2))


def passing(lib: ModuleType) -> Any:
    return lib.nn.Buffer(lib.zeros(2), persistent=False)


def normalised(lib: ModuleType) -> Any:
    """A module with buffers, of which one is not in its state, and another below it."""

    class Normalised(lib.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", lib.tensor([1.0, 2.0]))
            self.register_buffer("cache", lib.zeros(3), persistent=False)
            self.layer = lib.nn.Linear(2, 2)
            self.layer.register_buffer("steps", lib.tensor(3))
            self.scale = lib.nn.Parameter(lib.ones(2))
            self.register_buffer("later", None)

    return Normalised()


TREES: dict[str, Case] = {
    "buffers and a layer": normalised,
    "in two places": lambda lib: lib.nn.Sequential(*[normalised(lib)] * 2),
    "the same tensor twice": lambda lib: (
        lambda t: grown(lib, buffer("a", lambda lib: t), buffer("b", lambda lib: t))
    )(lib.ones(1)),
    "assigned": lambda lib: grown(lib, buffer("a"), put("b", zeros), put("a", zeros)),
    "for a while None": lambda lib: grown(
        lib, buffer("a"), buffer("b"), put("a", lambda lib: None), put("a", zeros)
    ),
    "a registered None": lambda lib: grown(lib, buffer("a", lambda lib: None)),
    "a registered None, assigned": lambda lib: grown(
        lib, buffer("a", lambda lib: None), put("a", zeros)
    ),
    "registered again": lambda lib: grown(
        lib, buffer("a", persistent=False), buffer("b"), buffer("a")
    ),
    "no longer in the state": lambda lib: grown(lib, buffer("a"), buffer("a", persistent=False)),
    "deleted": lambda lib: grown(lib, buffer("a"), remove("a")),
    "deleted, and then plain": lambda lib: grown(lib, buffer("a"), remove("a"), put("a", zeros)),
    "now a parameter": lambda lib: grown(lib, buffer("a"), put("a", parameter)),
    "now a module": lambda lib: grown(lib, buffer("a"), put("a", linear)),
    "a Buffer": lambda lib: grown(lib, put("a", kept), put("b", passing), put("c", zeros)),
    "a Buffer for a tensor": lambda lib: grown(lib, put("a", zeros), put("a", passing)),
    "a Buffer for a buffer": lambda lib: grown(lib, buffer("a"), put("a", passing)),
    "a buffer for a Buffer": lambda lib: grown(lib, put("a", passing), put("a", zeros)),
    "a Buffer for a parameter": lambda lib: grown(lib, put("a", parameter), put("a", kept)),
    "a plain tensor": lambda lib: grown(lib, put("a", zeros)),
    "through _modules": lambda lib: grown(
        lib, *[lambda module, lib: module._modules.update({"0": linear(lib), "1": linear(lib)})]
    ),
    "out of _modules": lambda lib: grown(
        lib, put("a", linear), put("b", linear), lambda module, lib: module._modules.pop("a")
    ),
    "through _buffers": lambda lib: grown(
        lib, lambda module, lib: module._buffers.update(a=lib.ones(2))
    ),
}


@pytest.mark.parametrize("name", TREES)
def test_a_tree_with_buffers_is_pytorchs(name: str) -> None:
    assert_alike(lambda lib: told(TREES[name](lib)))


REFUSED: dict[str, Case] = {
    "a number for a buffer": lambda lib: grown(lib, buffer("a", lambda lib: 5)),
    "a number assigned to a buffer": lambda lib: grown(lib, buffer("a"), put("a", lambda lib: 5)),
    "a dot": lambda lib: grown(lib, buffer("a.b")),
    "no name": lambda lib: grown(lib, buffer("")),
    "a number as a name": lambda lib: grown(lib, buffer(3)),  # type: ignore[arg-type]
    "the name of a method": lambda lib: grown(lib, buffer("forward")),
    "the name of a parameter": lambda lib: grown(lib, put("a", parameter), buffer("a")),
    "the name of a module": lambda lib: grown(lib, put("a", linear), buffer("a")),
    "a parameter by a buffer's name": lambda lib: grown(
        lib, buffer("a"), lambda module, lib: module.register_parameter("a", parameter(lib))
    ),
    "before init": lambda lib: lib.nn.Module.__new__(lib.nn.Module).register_buffer("a", None),
    "no module there": lambda lib: normalised(lib).get_submodule("layer.there"),
    "a tensor as a module": lambda lib: normalised(lib).get_submodule("layer.weight"),
    "a buffer as a parameter": lambda lib: normalised(lib).get_parameter("mean"),
    "a parameter as a buffer": lambda lib: normalised(lib).get_buffer("layer.weight"),
    "no buffer there": lambda lib: normalised(lib).get_buffer("layer.there"),
    "no key in _modules": lambda lib: normalised(lib)._modules["mean"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_pytorch_refuses_is_refused(name: str) -> None:
    assert isinstance(outcome(REFUSED[name], torch), Exception)
    assert_alike(REFUSED[name])


SAME: dict[str, Case] = {
    "get_submodule": lambda lib: (
        lambda net: [net.get_submodule("") is net, net.get_submodule("layer") is net.layer]
    )(normalised(lib)),
    "get_parameter": lambda lib: (
        lambda net: net.get_parameter("layer.weight") is net.layer.weight
    )(normalised(lib)),
    "get_buffer": lambda lib: normalised(lib).get_buffer("layer.steps").tolist(),
    "a prefix": lambda lib: list(normalised(lib).state_dict(prefix="net.")),
    "a destination": lambda lib: (
        lambda there: [normalised(lib).state_dict(destination=there) is there, list(there)]
    )(OrderedDict(first=1)),
    "an OrderedDict": lambda lib: type(normalised(lib).state_dict()),
    "printed": lambda lib: str(lib.nn.Sequential(grown(lib, buffer("a"))).state_dict()),
    "detached": lambda lib: [v.requires_grad for v in normalised(lib).state_dict().values()],
    "kept": lambda lib: [
        v.requires_grad for v in normalised(lib).state_dict(keep_vars=True).values()
    ],
    "a mode that is asked for below": lambda lib: [
        m.training for m in normalised(lib).eval().modules()
    ],
    "a Buffer printed": lambda lib: [repr(kept(lib)), isinstance(kept(lib), lib.Tensor)],
    "a Buffer computed with": lambda lib: repr(kept(lib) + 1),
    "keys of _modules": lambda lib: str(normalised(lib)._modules.keys()),
    "_buffers printed": lambda lib: str(normalised(lib)._buffers).replace("torch.", ""),
    "a train() of one's own": lambda lib: [
        m.training for m in with_a_frozen_part(lib).train().modules()
    ],
    "_get_name": lambda lib: normalised(lib)._get_name(),
    "dtypes of half": lambda lib: [
        str(t.dtype).removeprefix("torch.") for t in normalised(lib).half().state_dict().values()
    ],
    "dtypes of to": lambda lib: [
        str(t.dtype).removeprefix("torch.")
        for t in normalised(lib).to(lib.float64).state_dict().values()
    ],
    "dtypes of to a device": lambda lib: [
        str(t.dtype).removeprefix("torch.") for t in normalised(lib).to("cpu").state_dict().values()
    ],
    "dtypes of type": lambda lib: [
        str(t.dtype).removeprefix("torch.")
        for t in normalised(lib).type(lib.float64).state_dict().values()
    ],
    "a buffer is another after to": lambda lib: (
        lambda net: [
            net.mean is net.double().mean,
            net.mean is net.double().mean,
            net.scale is net.float().scale,
        ]
    )(normalised(lib)),
    "numel": lambda lib: sum(p.numel() for p in normalised(lib).parameters() if p.requires_grad),
}


@pytest.mark.parametrize("name", SAME)
def test_what_a_module_answers_is_pytorchs(name: str) -> None:
    assert not isinstance(outcome(SAME[name], torch), Exception)
    assert_alike(SAME[name])


@pytest.mark.parametrize("made", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_buffer_follows_into_copies_and_pickles(made: Any) -> None:
    net = nn.Linear(1, 1)
    net.register_buffer("mean", tg.ones(2))
    net.register_buffer("cache", tg.ones(3), persistent=False)
    twin = made(net)
    twin.mean.zero_()
    assert (net.mean.tolist(), twin.cache.tolist()) == ([1.0] * 2, [1.0] * 3)
    assert [*twin.state_dict()] == ["weight", "bias", "mean"]


# ---------------------------------------------------------------------------------- loading a state


def loaded(change: Any, **options: Any) -> Case:
    """What load_state_dict says of a changed state, and what is in the model then."""

    def case(lib: ModuleType) -> Any:
        net = lib.nn.Sequential(normalised(lib), lib.nn.Linear(2, 1))
        state = {name: lib.full(tuple(v.shape), 7.0) for name, v in net.state_dict().items()}
        result = net.load_state_dict(change(state, lib) or state, **options)
        return repr(result), list(result), str(net.state_dict()).replace("torch.", "")

    return case


def message(change: Any, **options: Any) -> Case:
    """The words of the error, in which a shape is a tuple."""

    def case(lib: ModuleType) -> str:
        with pytest.raises(RuntimeError) as caught:
            loaded(change, **options)(lib)
        text = str(caught.value).rstrip().replace(",)", ")")
        return text.replace("torch.Size([", "(").replace("])", ")")

    return case


def change(*left_out: str, **more: Any) -> Any:
    def change(state: dict[str, Any], lib: ModuleType) -> None:
        for name in left_out:
            del state[name]
        state.update({name.replace("__", "."): lib.ones(size) for name, size in more.items()})

    return change


STATES: dict[str, Case] = {
    "all": loaded(change()),
    "assigned": loaded(change(), assign=True),
    "assigned in float64": loaded(
        lambda state, lib: {name: value.double() for name, value in state.items()}, assign=True
    ),
    "without a buffer, not strict": loaded(change("0.mean"), strict=False),
    "a buffer too many, not strict": loaded(change(**{"0__cache": 3}), strict=False),
    "told: a buffer missing": message(change("0.mean", "0.layer.bias")),
    "told: a transient buffer": message(change(**{"0__cache": 3})),
    "told: names that are not there": message(
        change(**{"1__deep__more": 1, "0__layer__x": 1, "top": 1, "0__later": 1, "1__w": 1})
    ),
    "told: sizes": message(change(**{"0__mean": 5, "0__layer__weight": 4})),
    "told: all of it": message(change("0.mean", **{"0__scale": 5, "other": 1})),
    "told: sizes, not strict": message(change("0.mean", **{"0__scale": 5}), strict=False),
    "told: sizes, assigned": message(change(**{"0__scale": 5}), assign=True),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_with_buffers_is_loaded_as_in_pytorch(name: str) -> None:
    assert not isinstance(outcome(STATES[name], torch), Exception)
    assert_alike(STATES[name])


def test_an_assigned_tensor_is_the_parameters_memory_and_keeps_what_was_wanted() -> None:
    net = nn.Linear(2, 1).requires_grad_(False)
    state = {"weight": tg.ones(1, 2, dtype=tg.float64), "bias": nn.Parameter(tg.ones(1))}
    net.load_state_dict(state, assign=True)
    assert net.weight.array is state["weight"].array
    assert net.bias is state["bias"]
    assert not net.bias.requires_grad
    assert isinstance(net.weight, nn.Parameter)


def test_a_state_goes_to_pytorch_and_comes_back() -> None:
    ours, theirs = (lib.nn.Sequential(normalised(lib), lib.nn.Linear(2, 1)) for lib in (tg, torch))
    ours.load_state_dict(
        {name: tg.from_numpy(v.numpy()) for name, v in theirs.state_dict().items()}
    )
    for name, value in theirs.state_dict().items():
        assert ours.state_dict()[name].tolist() == value.tolist()
    other = torch.nn.Sequential(normalised(torch), torch.nn.Linear(2, 1))
    state = {name: torch.from_numpy(np.asarray(v)) for name, v in ours.state_dict().items()}
    assert repr(other.load_state_dict(state)) == "<All keys matched successfully>"
    x = np.ones((3, 2), np.float32)
    theirs_x, ours_x = theirs[1](torch.from_numpy(x)), ours[1](tg.from_numpy(x))
    np.testing.assert_allclose(ours_x.detach().numpy(), theirs_x.detach().numpy(), 1e-6)


@pytest.mark.parametrize("options", [{}, {"assign": True}])
@pytest.mark.parametrize("kept", [True, False])
def test_pytorchs_state_is_loaded_as_it_is(options: dict[str, Any], kept: bool) -> None:
    ours, theirs = normalised(tg), normalised(torch)
    state = theirs.state_dict(keep_vars=kept)
    assert repr(ours.load_state_dict(state, **options)) == "<All keys matched successfully>"
    for name, value in theirs.state_dict().items():
        assert ours.state_dict()[name].tolist() == value.tolist()
    assert [p.requires_grad for p in ours.parameters()] == [True] * 3
    message = "size mismatch for weight"
    with pytest.raises(RuntimeError, match=message):
        tg.nn.Linear(2, 3).load_state_dict(torch.nn.Linear(4, 3).state_dict())


def test_a_checkpoint_holds_buffers(tmp_path: Any) -> None:
    net, other = normalised(tg), normalised(tg)
    net.mean.fill_(9.0)
    net.layer.steps += 5
    tg.save(net.state_dict(), tmp_path / "net.safetensors")
    state = tg.load(tmp_path / "net.safetensors")
    assert str(state) == str(net.state_dict())  # an OrderedDict
    other.load_state_dict(state)
    assert (other.mean.tolist(), other.layer.steps.item()) == ([9.0, 9.0], 8)


# --------------------------------------------------------------------------- whatever is done to it

VALUES: dict[str, Case] = {
    "a parameter": parameter,
    "a tensor": zeros,
    "a module": linear,
    "a Buffer": kept,
    "None": lambda lib: None,
    "a number": lambda lib: 5,
}
NAMES = st.sampled_from(["a", "b", "train"])  # the last is a method's
CHANGES: dict[str, Callable[[Any, str, Any], Any]] = {
    "set": setattr,
    "delete": lambda module, name, _: delattr(module, name),
    "register_buffer": lambda module, name, value: module.register_buffer(name, value),
    "a buffer that passes": lambda module, name, value: module.register_buffer(name, value, False),
    "register_parameter": lambda module, name, value: module.register_parameter(name, value),
    "add_module": lambda module, name, value: module.add_module(name, value),
}
STEPS = st.tuples(st.sampled_from([*CHANGES]), NAMES, st.sampled_from([*VALUES]))


@given(st.lists(STEPS, max_size=8))
def test_any_changes_to_a_module_leave_it_as_pytorchs(steps: list[tuple[str, str, str]]) -> None:
    def case(lib: ModuleType) -> list[Any]:
        module, seen = lib.nn.Module(), []
        for change, name, value in steps:
            kind = outcome(lambda lib: CHANGES[change](module, name, VALUES[value](lib)), lib)  # noqa: B023
            if isinstance(kind, Exception):
                kind = next(error for error in ERRORS if isinstance(kind, error))
            seen += [kind, told(module)]
        return seen

    assert_alike(case)
