"""Hooks of a module beside PyTorch's: when they are called, with what, and what they change."""

from __future__ import annotations

import copy
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch
from modules_beside import Case, assert_alike, outcome

import tinygrad_lr as tg
from tinygrad_lr import nn


def plain(thing: Any) -> Any:
    """What a hook is given, as plain data."""
    if isinstance(thing, (tuple, list)):
        return [type(thing).__name__, *map(plain, thing)]
    if isinstance(thing, dict):
        return {name: plain(value) for name, value in thing.items()}
    return thing.tolist() if hasattr(thing, "tolist") else type(thing).__name__


def heard(*hooks: tuple[str, Callable[..., Any], dict[str, Any]]) -> Case:
    """What each hook hears, and what comes out, of a module with these hooks."""

    def case(lib: ModuleType) -> Any:
        class Scale(lib.nn.Module):
            def forward(self, x: Any, by: float = 2.0) -> Any:
                return x * by

        log: list[Any] = []
        module = Scale()
        for i, (kind, hook, options) in enumerate(hooks):

            def told(*given: Any, i: int = i, hook: Callable[..., Any] = hook) -> Any:
                log.append([i, plain(given)])
                return hook(*given)

            getattr(module, f"register_{kind}")(told, **options)
        out = lib.nn.Sequential(module, lib.nn.ReLU())(lib.tensor([1.0, -1.0]))
        log.append(plain(out))
        log.append(plain(module(lib.ones(1), by=3.0)))
        return log

    return case


def none(*given: Any) -> None:
    return None


HOOKS: dict[str, Case] = {
    "after": heard(("forward_hook", none, {})),
    "before": heard(("forward_pre_hook", none, {})),
    "both": heard(("forward_hook", none, {}), ("forward_pre_hook", none, {})),
    "another output": heard(("forward_hook", lambda m, args, out: -out, {})),
    "two others": heard(
        ("forward_hook", lambda m, args, out: -out, {}),
        ("forward_hook", lambda m, args, out: out + 1, {}),
    ),
    "prepended": heard(
        ("forward_hook", lambda m, args, out: -out, {}),
        ("forward_hook", lambda m, args, out: out + 1, {"prepend": True}),
    ),
    "another argument": heard(("forward_pre_hook", lambda m, args: args[0] + 1, {})),
    "others in a tuple": heard(("forward_pre_hook", lambda m, args: (args[0] + 1,), {})),
    "with keywords": heard(
        ("forward_pre_hook", none, {"with_kwargs": True}),
        ("forward_hook", none, {"with_kwargs": True}),
    ),
    "other keywords": heard(
        ("forward_pre_hook", lambda m, args, kw: (args, {"by": 5.0}), {"with_kwargs": True}),
        ("forward_hook", lambda m, args, kw, out: out + kw["by"], {"with_kwargs": True}),
    ),
    "half of both": heard(("forward_pre_hook", lambda m, args, kw: 5, {"with_kwargs": True})),
    "one too few": heard(("forward_hook", lambda m, args: None, {})),
    "an error": heard(("forward_hook", lambda m, args, out: [].pop(), {})),
}


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_hears_and_changes_what_it_does_in_pytorch(name: str) -> None:
    assert_alike(HOOKS[name])


def removed(lib: ModuleType) -> Any:
    log: list[int] = []
    layer = lib.nn.ReLU()
    handles = [
        layer.register_forward_hook(lambda m, args, out, i=i: log.append(i)) for i in range(3)
    ]
    x = lib.ones(1)
    layer(x)
    handles[1].remove()
    handles[1].remove()
    layer(x)
    with layer.register_forward_pre_hook(lambda m, args: log.append(9)):
        layer(x)
    twin = copy.deepcopy(layer)
    handles[0].remove()
    layer(x)
    twin(x)
    return log


def removed_by_itself(lib: ModuleType) -> Any:
    log: list[str] = []
    layer = lib.nn.ReLU()

    def once(*given: Any) -> None:
        log.append("once")
        handle.remove()

    handle = layer.register_forward_hook(once)
    layer.register_forward_hook(lambda *given: log.append("always"))
    layer(lib.ones(1))
    layer(lib.ones(1))
    return log


@pytest.mark.parametrize("case", [removed, removed_by_itself])
def test_a_hook_can_be_taken_out(case: Case) -> None:
    assert not isinstance(outcome(case, torch), Exception)
    assert_alike(case)


def test_activations_are_kept_by_name_as_tutorials_do() -> None:
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    kept: dict[str, Any] = {}
    for name, module in net.named_modules():
        module.register_forward_hook(lambda m, args, out, name=name: kept.update({name: out}))
    y = net(tg.ones(4, 2))
    assert list(kept) == ["0", "1", "2", ""]
    assert kept[""] is kept["2"] is y
    assert kept["1"].shape == (4, 3)


def test_a_handle_does_not_keep_its_module() -> None:
    import gc
    import weakref

    layer = nn.ReLU()
    handle, seen = layer.register_forward_hook(print), weakref.ref(layer)
    del layer
    gc.collect()
    assert seen() is None
    handle.remove()


# ---------------------------------------------------------------------------------- captured steps


def traced(net: nn.Module) -> Callable[..., Any]:
    return tg.jit.trace(lambda x: net(x))


def test_a_hook_that_computes_is_captured() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    net[0].register_forward_hook(lambda m, args, out: out * 3.0)
    step, x = traced(net), tg.randn(4, 2)
    for _ in range(4):
        with tg.no_grad():
            assert step(x).tolist() == net(x).tolist()


@pytest.mark.parametrize("of", [nn.Linear(2, 2), nn.ReLU()])
def test_a_hook_that_comes_or_goes_between_two_calls_is_noticed(of: nn.Module) -> None:
    net = nn.Sequential(nn.Linear(2, 2), of)
    step, x = traced(net), tg.randn(4, 2)
    with tg.no_grad():
        for _ in range(3):
            step(x)
        handle = of.register_forward_hook(lambda m, args, out: out * 3.0)
        for _ in range(3):
            assert step(x).tolist() == net(x).tolist()
        handle.remove()
        for _ in range(3):
            assert step(x).tolist() == net(x).tolist()


def test_a_hook_that_keeps_what_it_is_given_cannot_be_captured() -> None:
    net, kept = nn.Sequential(nn.Linear(2, 2), nn.ReLU()), []
    net[0].register_forward_hook(lambda m, args, out: kept.append(out))
    step, x = traced(net), tg.randn(4, 2)
    with tg.no_grad():
        step(x)
        with pytest.raises(RuntimeError, match="keep"):
            step(x)


def test_a_buffer_that_is_replaced_between_two_calls_is_noticed() -> None:
    class Shift(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("by", tg.ones(2))

        def forward(self, x: tg.Tensor) -> tg.Tensor:
            return x + self.by

    net, x = Shift(), tg.zeros(2)
    step = traced(net)
    for _ in range(3):
        assert step(x).tolist() == [1.0, 1.0]
    net.by = tg.full((2,), 5.0)
    for _ in range(3):
        assert step(x).tolist() == [5.0, 5.0]
    net.by.fill_(7.0)
    assert step(x).tolist() == [7.0, 7.0]
