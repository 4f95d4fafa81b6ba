"""ModuleList, ModuleDict, ParameterList and ParameterDict beside PyTorch's.

(That a Sequential is a list: test_modules.py.)
"""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from modules_beside import Case, assert_alike, parameter, told

import tinygrad_lr as tg
from tinygrad_lr import nn

Change = Callable[[Any, ModuleType], Any]


def written(text: str) -> str:
    """A repr, in which dtypes have the names they have here."""
    return text.replace("torch.", "")


def after(change: Change, make: Case) -> Case:
    """What a container says after `change`, and what that returned."""

    def case(lib: ModuleType) -> Any:
        holder = make(lib)
        result = change(holder, lib)
        said = told(holder)
        said["repr"] = written(said["repr"])
        return said, written(repr(result)), result is holder

    return case


def same(holder: Any, lib: ModuleType) -> None:
    return None


# -------------------------------------------------------------------------------------- ModuleList


def listed(lib: ModuleType) -> Any:
    sizes = [(1, 1), (2, 2), (2, 2), (2, 2), (3, 3)]
    return lib.nn.ModuleList([lib.nn.Linear(*size) for size in sizes])


def relus(lib: ModuleType) -> list[Any]:
    return [lib.nn.ReLU(), lib.nn.ReLU()]


LISTS: dict[str, Case] = {
    "five, three of them alike": after(same, listed),
    "none": after(same, lambda lib: lib.nn.ModuleList()),
    "of a generator": after(same, lambda lib: lib.nn.ModuleList(lib.nn.ReLU() for _ in range(3))),
    "all alike": after(same, lambda lib: lib.nn.ModuleList(relus(lib))),
    "blocks alike": after(
        same, lambda lib: lib.nn.ModuleList([lib.nn.Sequential(*relus(lib)) for _ in range(2)])
    ),
    "in each other": after(
        same, lambda lib: lib.nn.ModuleList([listed(lib), lib.nn.Sequential(listed(lib))])
    ),
    "a module twice": after(same, lambda lib: lib.nn.ModuleList([lib.nn.Linear(1, 1)] * 2)),
    "modules=": after(same, lambda lib: lib.nn.ModuleList(modules=relus(lib))),
    **{
        f"[{i}]": lambda lib, i=i: repr(listed(lib)[i])
        for i in (0, 4, -1, -5, 5, -6, True, 1.0, "0", None)
    },
    **{
        f"[{s}]": lambda lib, s=s: told(listed(lib)[s])
        for s in (slice(1, 3), slice(None), slice(-2, None), slice(0, 0), slice(None, None, -2))
    },
    "set": after(lambda x, lib: operator.setitem(x, -2, lib.nn.ReLU()), listed),
    "set out of range": after(lambda x, lib: operator.setitem(x, 5, lib.nn.ReLU()), listed),
    "set a number": after(lambda x, lib: operator.setitem(x, 0, 5), listed),
    "delete": after(lambda x, lib: operator.delitem(x, 1), listed),
    "delete a slice": after(lambda x, lib: operator.delitem(x, slice(None, None, 2)), listed),
    "delete out of range": after(lambda x, lib: operator.delitem(x, 7), listed),
    "append": after(lambda x, lib: x.append(lib.nn.ReLU()), listed),
    "append a number": after(lambda x, lib: x.append(5), listed),
    "insert": after(lambda x, lib: [x.insert(2, lib.nn.ReLU())][1:], listed),
    "extend": after(lambda x, lib: x.extend(relus(lib)), listed),
    "extend by a list of them": after(lambda x, lib: x.extend(listed(lib)), listed),
    "extend by a number": after(lambda x, lib: x.extend(5), listed),
    "of a number": after(same, lambda lib: lib.nn.ModuleList(5)),
    "of a module": after(same, lambda lib: lib.nn.ModuleList(lib.nn.ReLU())),
    "of functions": after(same, lambda lib: lib.nn.ModuleList([lib.sigmoid])),
    "pop": after(lambda x, lib: x.pop(0), listed),
    "pop the last": after(lambda x, lib: x.pop(-1), listed),
    "+ a list": lambda lib: told(listed(lib) + relus(lib)),
    "+ a number": lambda lib: told(listed(lib) + 5),
    "+=": after(lambda x, lib: operator.iadd(x, relus(lib)), listed),
    "reversed": lambda lib: [repr(m) for m in reversed(listed(lib))],
    "in": lambda lib: (lambda x: [x[1] in x, lib.nn.ReLU() in x])(listed(lib)),
    "called": lambda lib: listed(lib)(lib.ones(1)),
    "not a Sequential": lambda lib: isinstance(listed(lib), lib.nn.Sequential),
    "dir": lambda lib: [name for name in dir(listed(lib)) if name.isdigit()],
    "Sequential *": lambda lib: told(lib.nn.Sequential(*relus(lib)) * 2),
    "* Sequential": lambda lib: told(2 * lib.nn.Sequential(*relus(lib))),
    "Sequential *=": after(
        lambda x, lib: operator.imul(x, 3), lambda lib: lib.nn.Sequential(*relus(lib))
    ),
    "Sequential * 0": lambda lib: lib.nn.Sequential(*relus(lib)) * 0,
    "Sequential * 1.5": lambda lib: lib.nn.Sequential(*relus(lib)) * 1.5,
    "Sequential + a list": lambda lib: lib.nn.Sequential(*relus(lib)) + relus(lib),
    "Sequential += a list": lambda lib: operator.iadd(lib.nn.Sequential(*relus(lib)), relus(lib)),
    "a Sequential of no names": lambda lib: told(lib.nn.Sequential(OrderedDict())),
    "a slice of a class of one's own": lambda lib: repr(
        type("Mine", (lib.nn.Sequential,), {})(*relus(lib))[1:]
    ),
    "a slice of a list of one's own": lambda lib: repr(
        type("Mine", (lib.nn.ModuleList,), {})(relus(lib))[1:]
    ),
    "a class of one's own, added": lambda lib: repr(
        type("Mine", (lib.nn.Sequential,), {})(*relus(lib)) + lib.nn.Sequential(lib.nn.ReLU())
    ),
    "dir of a Sequential": lambda lib: "0" in dir(lib.nn.Sequential(*relus(lib))),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_module_list_is_pytorchs(name: str) -> None:
    assert_alike(LISTS[name])


@given(st.lists(st.integers(0, 2), max_size=9))
def test_modules_that_look_alike_are_printed_as_one(kinds: list[int]) -> None:
    def case(lib: ModuleType) -> str:
        made = [lib.nn.ReLU, lib.nn.Sigmoid, lambda: lib.nn.Sequential(lib.nn.Linear(1, 2))]
        return repr(lib.nn.Sequential(lib.nn.ModuleList([made[k]() for k in kinds])))

    assert_alike(case)


def test_what_is_inserted_near_the_end_of_a_list_is_there() -> None:
    """In PyTorch -1 raises KeyError, and a place far out leaves a gap."""
    x = nn.ModuleList(relus(tg))
    x.insert(-1, new := nn.Flatten())
    assert [*x][1] is new
    with pytest.raises(IndexError, match="ModuleList: index 7 is out of range, there are 3"):
        x.insert(7, nn.ReLU())


def test_the_layers_of_a_list_are_trained() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])

        def forward(self, x: tg.Tensor) -> tg.Tensor:
            for i, layer in enumerate(self.layers):
                x = self.layers[i // 2](x) + layer(x)
            return x

    net = Net()
    net(tg.ones(1, 2)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    assert len([*net.parameters()]) == 6


# -------------------------------------------------------------------------------------- ModuleDict


def named(lib: ModuleType) -> Any:
    return lib.nn.ModuleDict({"relu": lib.nn.ReLU(), "a-b": lib.nn.Linear(1, 2)})


DICTS: dict[str, Case] = {
    "two": after(same, named),
    "none": after(same, lambda lib: lib.nn.ModuleDict()),
    "of pairs": after(
        same, lambda lib: lib.nn.ModuleDict([["b", lib.nn.ReLU()], ("a", relus(lib)[0])])
    ),
    "of a ModuleDict": after(same, lambda lib: lib.nn.ModuleDict(named(lib))),
    "modules=": after(same, lambda lib: lib.nn.ModuleDict(modules={"x": lib.nn.ReLU()})),
    "get": lambda lib: repr(named(lib)["a-b"]),
    "get none": lambda lib: named(lib)["there"],
    "set": after(lambda x, lib: operator.setitem(x, "relu", lib.nn.Sigmoid()), named),
    "set a new one": after(lambda x, lib: operator.setitem(x, "new", lib.nn.Sigmoid()), named),
    "set a number": after(lambda x, lib: operator.setitem(x, "new", 5), named),
    "by a number": after(lambda x, lib: operator.setitem(x, 5, lib.nn.ReLU()), named),
    "with a dot": after(lambda x, lib: operator.setitem(x, "a.b", lib.nn.ReLU()), named),
    "the name of a method": after(lambda x, lib: operator.setitem(x, "pop", lib.nn.ReLU()), named),
    "delete": after(lambda x, lib: operator.delitem(x, "relu"), named),
    "delete none": after(lambda x, lib: operator.delitem(x, "there"), named),
    "pop": after(lambda x, lib: x.pop("relu"), named),
    "pop none": after(lambda x, lib: x.pop("there"), named),
    "clear": after(lambda x, lib: x.clear(), named),
    "update": after(lambda x, lib: x.update({"relu": lib.nn.Sigmoid(), "z": lib.nn.ReLU()}), named),
    "update by pairs": after(lambda x, lib: x.update([("z", lib.nn.ReLU())]), named),
    "update by a number": after(lambda x, lib: x.update(5), named),
    "update by numbers": after(lambda x, lib: x.update([5]), named),
    "update by threes": after(lambda x, lib: x.update([("a", lib.nn.ReLU(), 3)]), named),
    "keys": lambda lib: list(named(lib).keys()),
    "iterated": lambda lib: [*named(lib)],
    "items": lambda lib: [(k, repr(m)) for k, m in named(lib).items()],
    "values": lambda lib: [repr(m) for m in named(lib).values()],
    "in": lambda lib: ["relu" in named(lib), "there" in named(lib), 5 in named(lib)],
    "called": lambda lib: named(lib)(lib.ones(1)),
    "hashed": lambda lib: len({named(lib), named(lib)}),
}


@pytest.mark.parametrize("name", DICTS)
def test_a_module_dict_is_pytorchs(name: str) -> None:
    assert_alike(DICTS[name])


# --------------------------------------------------------------------- ParameterList, ParameterDict


def parameters(lib: ModuleType) -> Any:
    return lib.nn.ParameterList([lib.ones(2, 3), parameter(lib), lib.ones(()), "text"])


PARAMETERS: dict[str, Case] = {
    "four": after(same, parameters),
    "none": after(same, lambda lib: lib.nn.ParameterList()),
    "in a module": after(
        same, lambda lib: lib.nn.Sequential(parameters(lib), lib.nn.ParameterList([lib.ones(1)]))
    ),
    "values=": after(same, lambda lib: lib.nn.ParameterList(values=[lib.ones(1)])),
    "of a tensor": after(same, lambda lib: lib.nn.ParameterList(lib.ones(2))),
    "of a number": after(same, lambda lib: lib.nn.ParameterList(5)),
    **{
        f"[{i}]": lambda lib, i=i: written(repr(parameters(lib)[i]))
        for i in (0, -1, 4, -5, 1.0, slice(1, 3), slice(None, None, -1))
    },
    "set": after(lambda x, lib: operator.setitem(x, 0, lib.ones(1)), parameters),
    "set text for a parameter": after(lambda x, lib: operator.setitem(x, 0, "a"), parameters),
    "set a parameter for text": after(
        lambda x, lib: operator.setitem(x, 3, lib.ones(1)), parameters
    ),
    "set out of range": after(lambda x, lib: operator.setitem(x, 4, lib.ones(1)), parameters),
    "append": after(lambda x, lib: x.append(lib.ones(5)), parameters),
    "append integers": after(lambda x, lib: x.append(lib.ones(5, dtype=lib.int64)), parameters),
    "extend": after(lambda x, lib: x.extend([lib.ones(5)] * 2), parameters),
    "extend by a tensor": after(lambda x, lib: x.extend(lib.ones(5)), parameters),
    "+=": after(lambda x, lib: operator.iadd(x, [lib.ones(5)]), parameters),
    "called": lambda lib: parameters(lib)(lib.ones(1)),
    "a Tensor becomes a Parameter": lambda lib: [type(p).__name__ for p in parameters(lib)],
}


def by_name(lib: ModuleType) -> Any:
    return lib.nn.ParameterDict({"right": lib.ones(2, 3), "left": parameter(lib), "word": "text"})


PARAMETERS |= {
    f"dict: {name}": case
    for name, case in {
        "three": after(same, by_name),
        "none": after(same, lambda lib: lib.nn.ParameterDict()),
        "of pairs": after(same, lambda lib: lib.nn.ParameterDict([("b", lib.ones(1)), ("a", 5)])),
        "of an OrderedDict": after(
            same, lambda lib: lib.nn.ParameterDict(OrderedDict(b=lib.ones(1), a=lib.ones(2)))
        ),
        "of a ParameterDict": after(same, lambda lib: lib.nn.ParameterDict(by_name(lib))),
        "get": lambda lib: by_name(lib)["left"].tolist(),
        "get none": lambda lib: by_name(lib).get("there", 5),
        "nothing there": lambda lib: by_name(lib)["there"],
        "pop nothing": lambda lib: by_name(lib).pop("there"),
        "set": after(lambda x, lib: operator.setitem(x, "left", lib.ones(1)), by_name),
        "set a new one": after(lambda x, lib: operator.setitem(x, "new", lib.ones(1)), by_name),
        "set a method": after(lambda x, lib: operator.setitem(x, "pop", lib.ones(1)), by_name),
        "by a number": after(lambda x, lib: operator.setitem(x, 5, lib.ones(1)), by_name),
        "setdefault": after(lambda x, lib: x.setdefault("new", lib.ones(1)), by_name),
        "setdefault, there": after(lambda x, lib: x.setdefault("left", lib.ones(1)), by_name),
        "delete": after(lambda x, lib: operator.delitem(x, "left"), by_name),
        "delete none": after(lambda x, lib: operator.delitem(x, "there"), by_name),
        "pop": after(lambda x, lib: x.pop("left"), by_name),
        "popitem": after(lambda x, lib: x.popitem(), by_name),
        "popitem of none": after(lambda x, lib: x.popitem(), lambda lib: lib.nn.ParameterDict()),
        "clear": after(lambda x, lib: x.clear(), by_name),
        "copy": lambda lib: (lambda x: x.copy()["left"] is x["left"])(by_name(lib)),
        "fromkeys": after(lambda x, lib: x.fromkeys(["b", "a"], lib.ones(1)), by_name),
        "update": after(lambda x, lib: x.update({"z": lib.ones(1), "left": lib.ones(1)}), by_name),
        "update by a number": after(lambda x, lib: x.update(5), by_name),
        "update by numbers": after(lambda x, lib: x.update([5]), by_name),
        "|": after(lambda x, lib: x | lib.nn.ParameterDict({"z": lib.ones(1)}), by_name),
        "|=": after(
            lambda x, lib: operator.ior(x, lib.nn.ParameterDict({"z": lib.ones(1)})), by_name
        ),
        "keys": lambda lib: [*by_name(lib).keys()],
        "items": lambda lib: [key for key, _ in by_name(lib).items()],
        "reversed": lambda lib: [*reversed(by_name(lib))],
        "in": lambda lib: ["left" in by_name(lib), "there" in by_name(lib), len(by_name(lib))],
        "called": lambda lib: by_name(lib)(lib.ones(1)),
    }.items()
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_in_a_list_or_a_dict_are_pytorchs(name: str) -> None:
    assert_alike(PARAMETERS[name])


def test_these_are_what_pytorch_has() -> None:
    for kind in ("Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"):
        theirs = {name for name in vars(getattr(torch.nn, kind)) if not name.startswith("_")}
        assert not {name for name in theirs if not hasattr(getattr(nn, kind), name)}
