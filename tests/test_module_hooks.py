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
from tinygrad_lr.nn.module import INSTEAD


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


# ---------------------------------------------------------------------------------------- backward


def back(make: Case, *hooks: Callable[..., Any], wanted: bool = True, **options: Any) -> Case:
    """What backward hooks hear of a module of two numbers, and the gradients that come out."""

    def case(lib: ModuleType) -> Any:
        log: list[Any] = []
        module = make(lib)
        for i, hook in enumerate(hooks):

            def told(*given: Any, i: int = i, hook: Callable[..., Any] = hook) -> Any:
                log.append([i, plain(given)])
                return hook(*given)

            module.register_full_backward_hook(told, **options)
        x = lib.tensor([1.0, -2.0], requires_grad=wanted)
        outer = lib.tensor([1.0, 3.0], requires_grad=True)
        out = module(x * 2 if wanted else x)
        out = sum(out) if isinstance(out, tuple) else out
        for _ in range(2):
            (out * outer).sum().backward(retain_graph=True)
        return log, plain(x.grad), [plain(p.grad) for p in module.parameters()]

    return case


def double(lib: ModuleType) -> Any:
    class Double(lib.nn.Module):
        def forward(self, x: Any) -> Any:
            return x * x + x

    return Double()


def halves(lib: ModuleType) -> Any:
    class Halves(lib.nn.Module):
        def forward(self, x: Any) -> Any:
            return x * 2, x * 3

    return Halves()


def scaled(lib: ModuleType) -> Any:
    layer = lib.nn.Linear(2, 2)
    with lib.no_grad():
        layer.weight.copy_(lib.tensor([[1.0, 2.0], [3.0, 4.0]]))
        layer.bias.zero_()
    return layer


def of_two(lib: ModuleType, hook: Callable[..., Any], outputs: Any) -> Any:
    class Two(lib.nn.Module):
        def forward(self, a: Any, b: Any, by: float = 1.0) -> Any:
            return a * b * by * self.weight, (a + b) * self.weight

    log: list[Any] = []
    module = Two()
    module.weight = lib.nn.Parameter(lib.tensor([5.0]))

    def told(m: Any, into: Any, out: Any) -> Any:
        log.append(plain([into, out]))
        return hook(into)

    module.register_full_backward_hook(told)
    a, b = (lib.tensor([x], requires_grad=True) for x in (2.0, 3.0))
    for _ in range(2):
        sum(module(a, b, 4.0)[k] for k in outputs).backward()
    with lib.no_grad():
        module(a, b)
    module(lib.ones(1), lib.ones(1))[1].backward()  # of two results, neither argument follows
    return log, plain(a.grad), plain(b.grad), plain(module.weight.grad)


def twice_that(into: Any) -> Any:
    return tuple(None if g is None else g * n for n, g in enumerate(into, start=2))


def frozen(lib: ModuleType) -> Any:
    log: list[Any] = []
    layer = scaled(lib).requires_grad_(False)
    layer.register_full_backward_hook(lambda *given: log.append(given))
    return layer(lib.ones(2)).requires_grad, log


def taken_out(lib: ModuleType) -> Any:
    log: list[Any] = []
    layer = scaled(lib)
    handle = layer.register_full_backward_hook(lambda *given: log.append(plain(given)))
    layer(lib.ones(2)).sum().backward()
    handle.remove()
    layer(lib.ones(2)).sum().backward()
    return log


def half_of(m: Any, into: Any, out: Any) -> Any:
    return (into[0] / 2,)


BACKWARD: dict[str, Case] = {
    "one": back(double, none),
    "an argument without a gradient": back(scaled, none, wanted=False),
    "a layer": back(scaled, none),
    "two results": back(halves, none),
    "two hooks": back(double, none, none),
    "the second first": back(double, none, none, prepend=True),
    "another gradient": back(double, half_of),
    "another, not in a tuple": back(double, lambda m, i, o: i[0] * 3),
    "two others": back(double, half_of, half_of),
    "of a Sequential": back(lambda lib: lib.nn.Sequential(scaled(lib), double(lib)), none),
    "too many": back(double, lambda m, i, o: (i[0], i[0])),
    "no function": lambda lib: double(lib).register_full_backward_hook(5),
    "of two": lambda lib: of_two(lib, none, [0, 1]),
    "the first result of two": lambda lib: of_two(lib, none, [0]),
    "the second": lambda lib: of_two(lib, none, [1]),
    "other gradients of two": lambda lib: of_two(lib, twice_that, [0, 1]),
    "frozen": frozen,
    "taken out": taken_out,
}


@pytest.mark.filterwarnings("ignore:Full backward hook is firing")  # PyTorch's, for one of them
@pytest.mark.parametrize("name", [name for name in BACKWARD if name != "no function"])
def test_a_backward_hook_hears_and_changes_what_it_does_in_pytorch(name: str) -> None:
    assert_alike(BACKWARD[name])


def test_a_backward_hook_is_a_function() -> None:
    """PyTorch notices only in backward."""
    with pytest.raises(TypeError, match="a hook is a function"):
        BACKWARD["no function"](tg)


def test_an_argument_that_requires_no_gradient_has_none() -> None:
    """In PyTorch it is zeros, if another argument requires grad, and None otherwise."""
    module, seen = double(tg), []
    module.forward = lambda a, b: a * b
    module.register_full_backward_hook(lambda m, i, o: seen.append(i))
    module(tg.ones(1, requires_grad=True), tg.ones(1)).backward()
    assert plain(seen) == ["list", ["tuple", [1.0], "NoneType"]]


def test_an_argument_that_was_not_used_has_no_gradient() -> None:
    """In PyTorch it is zeros, and its .grad is zeros then."""
    module, seen = double(tg), []
    module.forward = lambda a, b: a * 2
    module.register_full_backward_hook(lambda m, i, o: seen.append(i))
    a, b = tg.ones(1, requires_grad=True), tg.ones(1, requires_grad=True)
    module(a, b).backward()
    assert plain(seen) == ["list", ["tuple", [2.0], "NoneType"]]
    assert b.grad is None


def test_the_layout_of_an_argument_is_of_no_consequence() -> None:
    module, seen = nn.ReLU(), []
    module.register_full_backward_hook(lambda m, i, o: seen.append(i[0]))
    x = tg.ones(2, 3, requires_grad=True)
    module(x.T).sum().backward()
    assert seen[0].shape == (3, 2)


@pytest.mark.parametrize("name", INSTEAD)
def test_what_pytorchs_modules_have_and_ours_not_says_what_to_do(name: str) -> None:
    assert not hasattr(nn.Linear(1, 1), name)
    assert hasattr(torch.nn.Linear(1, 1), name)
    with pytest.raises(AttributeError, match=f"'{name}'; .{{8,}}"):
        getattr(nn.Linear(1, 1), name)


def test_hooks_of_ones_own_may_have_any_name() -> None:
    layer: Any = nn.ReLU()
    layer._hooks = layer.hooks = [1, 2]
    assert layer(tg.ones(1)).tolist() == [1.0]
