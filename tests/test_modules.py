"""Modules beside PyTorch's: what a tree of modules says of itself, whatever was done to it."""

from __future__ import annotations

import copy
import operator
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
    Case,
    assert_alike,
    grown,
    linear,
    nothing,
    number,
    outcome,
    parameter,
    put,
    remove,
    told,
)

import tinygrad_lr as tg
from tinygrad_lr import nn

# ---------------------------------------------------------------------------- the tree, as it grows


def relu_in_two_places(lib: ModuleType) -> Any:
    relu = lib.nn.ReLU()
    return lib.nn.Sequential(lib.nn.Linear(2, 3), relu, lib.nn.Linear(3, 3), relu)


def tied(lib: ModuleType) -> Any:
    class Tied(lib.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encode = lib.nn.Linear(4, 4)
            self.decode = lib.nn.Linear(4, 4)
            self.decode.weight = self.encode.weight
            self.own = self.encode.bias
            self.layers = lib.nn.Sequential(self.encode, self.decode, self.encode)

    return Tied()


TREES: dict[str, Case] = {
    "a module used twice": relu_in_two_places,
    "three times": lambda lib: lib.nn.Sequential(*[lib.nn.Linear(2, 2)] * 3),
    "the same block in two": lambda lib: (
        lambda block: lib.nn.Sequential(block, lib.nn.Sequential(block, block))
    )(lib.nn.Sequential(lib.nn.Linear(2, 2))),
    "tied": tied,
    "first a number": lambda lib: grown(lib, put("a", number), put("b", linear), put("a", linear)),
    "first None": lambda lib: grown(lib, put("a", nothing), put("b", linear), put("a", linear)),
    "first a parameter": lambda lib: grown(
        lib,
        *(put("a", parameter), put("b", linear), put("c", parameter)),
        *(remove("a"), put("a", linear)),
    ),
    "first a module": lambda lib: grown(
        lib, put("a", linear), put("b", parameter), put("c", linear), put("a", parameter)
    ),
    "for a while None": lambda lib: grown(
        lib, put("a", linear), put("b", linear), put("a", nothing), put("a", linear)
    ),
    "None at last": lambda lib: grown(
        lib, put("a", linear), put("p", parameter), put("a", nothing), put("p", nothing)
    ),
    "deleted and back": lambda lib: grown(
        lib, put("a", linear), put("b", linear), remove("a"), put("a", linear)
    ),
    "a registered None": lambda lib: grown(
        lib,
        lambda module, lib: module.register_parameter("a", None),
        put("b", parameter),
        put("a", parameter),
    ),
    "added by name": lambda lib: grown(
        lib,
        lambda module, lib: module.add_module("first-part", lib.nn.ReLU()),
        lambda module, lib: module.register_module("second", lib.nn.ReLU()),
    ),
    "a bias given later": lambda lib: grown(
        lib,
        put("a", lambda lib: lib.nn.Linear(1, 1, bias=False)),
        lambda module, lib: setattr(module.a, "bias", parameter(lib)),
    ),
}


@pytest.mark.parametrize("name", TREES)
def test_a_tree_of_modules_is_pytorchs(name: str) -> None:
    assert_alike(lambda lib: told(TREES[name](lib)))


def test_a_layer_in_two_places_is_computed_twice_whoever_goes_through_the_layers() -> None:
    net = nn.Sequential(nn.Linear(2, 2), double := nn.ReLU(), nn.Linear(2, 2), double)
    x = by_hand = tg.randn(5, 2)
    for layer in net:
        by_hand = layer(by_hand)
    assert by_hand.tolist() == net(x).tolist()
    by_hand = x
    for i in range(len(net)):
        by_hand = net[i](by_hand)
    assert by_hand.tolist() == net(x).tolist()


def test_modules_that_somebody_knows_already_are_left_out() -> None:
    net = tied(tg)
    known: set[nn.Module] = {net.encode}
    assert [name for name, _ in net.named_modules(known)] == ["", "decode", "layers"]
    assert known == {net, net.encode, net.decode, net.layers}


def test_a_module_that_contains_itself_says_so() -> None:
    net = nn.Sequential(nn.Linear(1, 1))
    net.whole = net
    assert len(list(net.parameters())) == 2
    with pytest.raises(RecursionError, match="whole: the module Sequential contains itself"):
        net.state_dict()


def test_a_copy_of_a_module_has_parts_of_its_own() -> None:
    net = nn.Sequential(nn.Linear(1, 1))
    for twin in (copy.copy(net), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        twin.append(nn.ReLU())
        assert (len(net), len(twin)) == (1, 2)
        assert list(net.state_dict()) == list(twin.state_dict()) == ["0.weight", "0.bias"]


# --------------------------------------------------------------------------- a Sequential is a list


def four(lib: ModuleType) -> Any:
    return lib.nn.Sequential(*[lib.nn.Linear(i, i) for i in range(1, 5)])


def named(lib: ModuleType) -> Any:
    return lib.nn.Sequential(
        OrderedDict([("first", lib.nn.Linear(1, 2)), ("act", lib.nn.ReLU()), ("last", linear(lib))])
    )


def after(change: Callable[[Any, ModuleType], Any], make: Case = four) -> Case:
    """What a Sequential says after `change`, and what that returned."""

    def case(lib: ModuleType) -> Any:
        net = make(lib)
        result = change(net, lib)
        return told(net), repr(result), result is net

    return case


SEQUENCES: dict[str, Case] = {
    **{
        f"[{i}]{kind.__name__}": lambda lib, i=i, kind=kind: repr(kind(lib)[i])
        for kind in (four, named)
        for i in (0, 1, 2, -1, -3, 4, -5, True, 1.0, "0", None)
    },
    **{
        f"[{s}]{kind.__name__}": lambda lib, s=s, kind=kind: told(kind(lib)[s])
        for kind in (four, named)
        for s in (slice(1, 3), slice(None), slice(-2, None), slice(0, 0), slice(None, None, 2))
    },
    "backwards": lambda lib: told(four(lib)[::-1]),
    "a tensor as an index": lambda lib: repr(four(lib)[lib.tensor(2)]),
    "a NumPy number as an index": lambda lib: repr(four(lib)[np.int64(2)]),
    "a slice of two places": lambda lib: told(relu_in_two_places(lib)[1:]),
    "a slice of a slice": lambda lib: told(four(lib)[1:][1:]),
    "no modules": lambda lib: (bool(lib.nn.Sequential()), told(lib.nn.Sequential())),
    "a dict": lambda lib: told(lib.nn.Sequential(OrderedDict(a=lib.nn.ReLU()))),
    "reversed": lambda lib: [repr(m) for m in reversed(four(lib))],
    "in": lambda lib: (lambda net: [net[1] in net, lib.nn.ReLU() in net])(four(lib)),
    "unpacked": lambda lib: [repr(m) for m in [*four(lib)]],
    "set": after(lambda net, lib: operator.setitem(net, 1, lib.nn.ReLU())),
    "set the last": after(lambda net, lib: operator.setitem(net, -1, lib.nn.ReLU()), named),
    "set out of range": after(lambda net, lib: operator.setitem(net, 4, lib.nn.ReLU())),
    "set a number": after(lambda net, lib: operator.setitem(net, 1, 5)),
    "set a slice": after(lambda net, lib: operator.setitem(net, slice(2), lib.nn.ReLU())),
    "delete": after(lambda net, lib: operator.delitem(net, 1)),
    "delete the last": after(lambda net, lib: operator.delitem(net, -1)),
    "delete a slice": after(lambda net, lib: operator.delitem(net, slice(1, 3))),
    "delete all": after(lambda net, lib: operator.delitem(net, slice(None))),
    "delete by name": after(lambda net, lib: operator.delitem(net, 0), named),
    "delete out of range": after(lambda net, lib: operator.delitem(net, 4)),
    "append": after(lambda net, lib: net.append(lib.nn.ReLU())),
    "append to names": after(lambda net, lib: net.append(lib.nn.ReLU()), named),
    "append a function": after(lambda net, lib: net.append(len)),
    "insert": after(lambda net, lib: net.insert(1, lib.nn.ReLU())),
    "insert at the end": after(lambda net, lib: net.insert(4, lib.nn.ReLU())),
    "insert before the last": after(lambda net, lib: net.insert(-1, lib.nn.ReLU())),
    "insert far out": after(lambda net, lib: net.insert(6, lib.nn.ReLU())),
    "extend": after(lambda net, lib: net.extend([lib.nn.ReLU(), lib.nn.ReLU()])),
    "extend by a Sequential": after(lambda net, lib: net.extend(four(lib))),
    "pop": after(lambda net, lib: net.pop(1)),
    "pop the last": after(lambda net, lib: net.pop(-1)),
    "+": lambda lib: told(four(lib) + relu_in_two_places(lib)),
    "+=": after(lambda net, lib: operator.iadd(net, four(lib))),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_sequential_is_pytorchs_list(name: str) -> None:
    assert_alike(SEQUENCES[name])


places = st.integers(-3, 6)
LISTED: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any, Any, Any], Any]]] = {
    "append": (st.none(), lambda items, _, new: items.append(new)),
    "insert": (places, lambda items, i, new: items.insert(i, new)),
    "extend": (st.none(), lambda items, _, new: items.extend([new, new])),
    "set": (places, lambda items, i, new: operator.setitem(items, i, new)),
    "delete": (places, lambda items, i, _: operator.delitem(items, i)),
    "delete several": (st.slices(4), lambda items, s, _: operator.delitem(items, s)),
    "pop": (places, lambda items, i, _: items.pop(i)),
    "keep": (st.slices(5).filter(lambda s: s.start is None), lambda items, s, _: items[s]),
}
steps = st.one_of([st.tuples(st.just(name), arguments) for name, (arguments, _) in LISTED.items()])


@given(st.lists(steps, max_size=8))
def test_a_sequential_holds_what_a_list_would(moves: list[tuple[str, Any]]) -> None:
    items: list[nn.Module] = [nn.ReLU()]
    net = nn.Sequential(*items)
    for name, argument in moves:
        new, done = nn.Flatten(), []
        if name == "insert" and not -len(items) <= argument <= len(items):
            continue  # a list takes the nearest place, a Sequential refuses, as in PyTorch
        for sequence in (items, net):
            try:
                done.append(LISTED[name][1](sequence, argument, new))
            except IndexError:
                done.append(IndexError)
        if name == "keep":
            items, net = done
        elif name in ("pop", "delete", "set"):
            assert done[0] is done[1]
        assert [*net] == items
        assert len(net) == len(items)
        assert len({key for key, _ in net._own(nn.Module)}) == len(items)
        assert all(net[i] is item for i, item in enumerate(items))


def test_what_is_appended_to_a_slice_replaces_nothing() -> None:
    """In PyTorch it does: the slice keeps the names "2" and "3", and the new one is called "2"."""
    net = four(tg)[2:].append(nn.ReLU())
    assert [name for name, _ in net.named_children()] == ["2", "3", "4"]


def test_what_is_inserted_between_names_numbers_all() -> None:
    """PyTorch raises KeyError: '2', and the Sequential is half changed."""
    net = named(tg).insert(1, nn.Flatten())
    assert [name for name, _ in net.named_children()] == ["0", "1", "2", "3"]


# ------------------------------------------------------------------------- what is refused, and how


def without_init(lib: ModuleType, part: Case) -> Any:
    class Without(lib.nn.Module):
        def __init__(self) -> None:
            self.number = 5
            self.part = part(lib)

    return Without().number


REFUSED: dict[str, Case] = {
    "a module before init": lambda lib: without_init(lib, linear),
    "a parameter before init": lambda lib: without_init(lib, parameter),
    "a number for a module": lambda lib: grown(lib, put("a", linear), put("a", number)),
    "a number for a parameter": lambda lib: grown(lib, put("a", parameter), put("a", number)),
    "a module for a parameter": lambda lib: grown(lib, put("a", parameter), put("a", linear)),
    "a tensor for a parameter": lambda lib: grown(
        lib, put("a", parameter), put("a", lambda lib: lib.ones(2))
    ),
    "a number for a bias that is None": lambda lib: setattr(
        lib.nn.Linear(1, 1, bias=False), "bias", 3.0
    ),
    "a name with a dot": lambda lib: lib.nn.Module().add_module("a.b", linear(lib)),
    "no name": lambda lib: lib.nn.Module().add_module("", linear(lib)),
    "a number as a name": lambda lib: lib.nn.Module().add_module(3, linear(lib)),
    "the name of a method": lambda lib: lib.nn.Module().add_module("forward", linear(lib)),
    "the name of a method for a parameter": lambda lib: lib.nn.Module().register_parameter(
        "forward", parameter(lib)
    ),
    "a dot for a parameter": lambda lib: lib.nn.Module().register_parameter("a.b", parameter(lib)),
    "no parameter": lambda lib: lib.nn.Module().register_parameter("a", lib.ones(2)),
    "no module": lambda lib: lib.nn.Module().add_module("a", lib.ones(2)),
    "no forward": lambda lib: lib.nn.Module()(3),
    "nothing there": lambda lib: lib.nn.Module().there,
    "nothing to delete": lambda lib: delattr(lib.nn.Module(), "there"),
    "a mode that is none": lambda lib: linear(lib).train("yes"),
    "integers as parameters": lambda lib: lib.nn.Parameter(lib.ones(2, dtype=lib.int64)),
    "a negative size": lambda lib: lib.nn.Linear(-1, 2),
    "a size that is a fraction": lambda lib: lib.nn.Linear(2.5, 1),
    "a size that is text": lambda lib: lib.nn.Linear("2", 1),
    "in integers": lambda lib: linear(lib).to(lib.int64),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_pytorch_refuses_is_refused(name: str) -> None:
    assert isinstance(outcome(REFUSED[name], torch), Exception)
    assert_alike(REFUSED[name])


def test_a_tensor_in_a_parameters_place_is_refused_in_pytorchs_words() -> None:
    told_by = []
    for lib in (tg, torch):
        with pytest.raises(TypeError) as caught:
            lib.nn.Linear(2, 2).weight = lib.ones(2, 2)
        told_by.append(str(caught.value))
    ours, theirs = told_by
    theirs = theirs.replace("'torch.FloatTensor'", "a Tensor").replace("torch.nn.", "nn.")
    assert ours == theirs + "; or write to weight.data"


# ---------------------------------------------------------------------------------- loading a state


def loaded(change: Callable[[dict[str, Any], ModuleType], Any], **options: Any) -> Case:
    """What load_state_dict says of a state that was changed, and what is in the model then."""

    def case(lib: ModuleType) -> Any:
        net = tied(lib)
        state = {name: lib.full(tuple(v.shape), 7.0) for name, v in net.state_dict().items()}
        state = change(state, lib) or state
        result = net.load_state_dict(state, **options)
        values = {name: value.tolist() for name, value in net.state_dict().items()}
        return repr(result), result.missing_keys, result.unexpected_keys, list(result), values

    return case


def without(*names: str) -> Callable[[dict[str, Any], ModuleType], None]:
    return lambda state, lib: [state.pop(name) for name in names] and None


def with_value(name: str, make: Case) -> Callable[[dict[str, Any], ModuleType], None]:
    return lambda state, lib: state.update({name: make(lib)})


STATES: dict[str, Case] = {
    "all": loaded(lambda state, lib: None),
    "in another order": loaded(lambda state, lib: dict(reversed(state.items()))),
    "one missing": loaded(without("own")),
    "one too many": loaded(with_value("other", lambda lib: lib.ones(1))),
    "a shape": loaded(with_value("decode.bias", lambda lib: lib.ones(3))),
    "a list": loaded(with_value("decode.bias", lambda lib: [1.0] * 4)),
    "an array": loaded(with_value("decode.bias", lambda lib: np.ones(4, np.float32))),
    "None": loaded(with_value("decode.bias", lambda lib: None)),
    "a shape, not strict": loaded(with_value("own", lambda lib: lib.ones(3)), strict=False),
    "too many, not strict": loaded(with_value("other", lambda lib: lib.ones(1)), strict=False),
    "in integers": loaded(with_value("decode.bias", lambda lib: lib.tensor([1, 2, 3, 4]))),
    "in float64": loaded(with_value("decode.bias", lambda lib: lib.ones(4, dtype=lib.float64) / 3)),
    "that requires grad": loaded(
        with_value("decode.bias", lambda lib: lib.ones(4, requires_grad=True) * 2)
    ),
    "no state": loaded(lambda state, lib: [1, 2]),
    "a module as a state": loaded(lambda state, lib: linear(lib)),
    "text as a state": loaded(lambda state, lib: "model.pt"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_is_loaded_as_in_pytorch(name: str) -> None:
    assert_alike(STATES[name])


def test_missing_and_unexpected_names_are_given_back() -> None:
    net = nn.Sequential(nn.Linear(1, 1))
    found = net.load_state_dict({"0.bias": tg.ones(1), "1.bias": tg.ones(1)}, strict=False)
    assert found == (["0.weight"], ["1.bias"])
    assert repr(found) == (
        "_IncompatibleKeys(missing_keys=['0.weight'], unexpected_keys=['1.bias'])"
    )
    assert net[0].bias.tolist() == [1.0]


def test_tied_parameters_are_saved_under_every_name_and_stay_tied(tmp_path: Any) -> None:
    net, other = tied(tg), tied(tg)
    assert [n for n in net.state_dict() if n.endswith("weight")] == [
        *("encode.weight", "decode.weight"),
        *("layers.0.weight", "layers.1.weight", "layers.2.weight"),
    ]
    for name in ("state.safetensors", "state.ckpt"):
        tg.save(net.state_dict(), tmp_path / name)
        other.load_state_dict(tg.load(tmp_path / name))
        assert other.encode.weight is other.decode.weight
        assert other.encode.weight.tolist() == net.encode.weight.tolist()
        assert len(list(other.parameters())) == 3


def test_nothing_is_loaded_if_one_parameter_cannot_be_written() -> None:
    net = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    net[1].bias.data = tg.ones(1).expand(3)
    before = net[0].weight.tolist()
    state = {name: tg.full(value.shape, 7.0) for name, value in net.state_dict().items()}
    with pytest.raises(RuntimeError, match=r"(?s)1\.bias.* cannot be written"):
        net.load_state_dict(state)
    assert net[0].weight.tolist() == before


# ----------------------------------------------------------------------------------- of no features


@pytest.mark.parametrize("sizes", [(0, 2), (2, 0), (0, 0)])
@pytest.mark.parametrize("rows", [(3,), (0,), (), (2, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_a_linear_layer_of_no_features(
    sizes: tuple[int, int], rows: tuple[int, ...], bias: bool
) -> None:
    layer = nn.Linear(*sizes, bias=bias)
    x = tg.ones(*rows, sizes[0], requires_grad=True)
    y = layer(x)
    assert y.shape == (*rows, sizes[1])
    assert not y.any()  # the bias of no inputs is 0, as in PyTorch
    y.sum().backward()
    assert x.grad is not None
    assert (x.grad.shape, layer.weight.grad.shape) == (x.shape, (sizes[1], sizes[0]))
    if bias:
        assert layer.bias.grad.tolist() == [float(np.prod(rows, dtype=int))] * sizes[1]
