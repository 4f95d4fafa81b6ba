"""Hooks of Tensors beside PyTorch: each case is written once, and run in both libraries."""

from __future__ import annotations

import copy
import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch

import tinygrad_lr as tg


def leaf(t: Any, *numbers: float) -> Any:
    return t.tensor(numbers or (1.0, -2.0), requires_grad=True)


def seen_by_a_leaf(t: Any) -> list[Any]:
    seen: list[Any] = []
    x = leaf(t)
    x.register_hook(seen.append)
    (x * 2 + x * 3).sum().backward()  # once, with the whole gradient
    (x * x).sum().backward()  # without what was there before
    return [seen, x.grad]


def seen_by_a_result(t: Any) -> list[Any]:
    seen: list[Any] = []
    x = leaf(t)
    h = x * 2
    y = h.exp() + h  # used before there is a hook
    h.register_hook(seen.append)
    y.sum().backward()
    return [seen, x.grad]


def seen_by_the_last_result(t: Any) -> list[Any]:
    seen: list[Any] = []
    x = leaf(t)
    y = (x * 3).sum()
    y.register_hook(lambda g: seen.append(g) or g * 2)  # type: ignore[func-returns-value]
    y.backward()
    return [seen, x.grad]


def another_gradient(t: Any) -> list[Any]:
    x = leaf(t)
    h = x * 2
    h.register_hook(lambda g: g * 10)
    h.register_hook(lambda g: g + 1)  # sees what the first one gave
    x.register_hook(lambda g: g.clamp(max=30))
    h.sum().backward()
    return [x.grad]


def added_to_what_is_there(t: Any) -> list[Any]:
    x = leaf(t)
    x.register_hook(lambda g: g * 10)
    for _ in range(2):
        x.sum().backward()
    return [x.grad]


def kept_by_a_hook_it_does_not_change(t: Any) -> list[Any]:
    seen: list[Any] = []
    x = leaf(t)
    x.register_hook(seen.append)
    for _ in range(3):
        (2 * x).sum().backward()
    return [seen, x.grad]


def changed_in_place(t: Any) -> list[Any]:
    x = leaf(t)
    h = x * 2

    def five_times(g: Any) -> None:
        g.mul_(5)

    h.register_hook(five_times)
    (h * h).sum().backward()
    return [x.grad]


def removed(t: Any) -> list[Any]:
    seen: list[str] = []
    x = leaf(t)
    first = x.register_hook(lambda g: seen.append("first"))
    with x.register_hook(lambda g: seen.append("second")):
        x.sum().backward()
    x.sum().backward()
    first.remove()
    first.remove()
    x.sum().backward()
    return [seen]


def removed_by_itself(t: Any) -> list[Any]:
    x = leaf(t)

    def once(g: Any) -> Any:
        handle.remove()
        return g * 7

    handle = x.register_hook(once)
    for _ in range(2):
        x.sum().backward()
    return [x.grad]


def retained_too(t: Any) -> list[Any]:
    x = leaf(t)
    h = x * 2
    h.register_hook(lambda g: g * 2)
    h.retain_grad()  # last of all, whenever it was asked for
    h.register_hook(lambda g: g * 3)
    h.sum().backward()
    return [h.grad, x.grad, h.retains_grad]


def written_in_place_since(t: Any) -> list[Any]:
    x = leaf(t)
    h = x * 2
    h.register_hook(lambda g: g * 10)
    h.retain_grad()
    h.mul_(3)
    h.register_hook(lambda g: g * 100)
    h.sum().backward()
    return [h.grad, x.grad, h.retains_grad]


def of_a_view(t: Any) -> list[Any]:
    x = leaf(t)
    h = x * 2
    row = h[:1]
    row.register_hook(lambda g: g * 10)
    (h.sum() + row.sum()).backward()
    return [x.grad]


def in_grad(t: Any) -> list[Any]:
    seen: list[Any] = []
    x = leaf(t)
    h = x * 2
    for v in (x, h):
        v.register_hook(lambda g: seen.append(g) or g * 10)  # type: ignore[func-returns-value]
    y = (h * h).sum()
    a, b = (t.autograd.grad(y, v, retain_graph=True) for v in (x, h))
    return [seen, a, b, x.grad]


def recorded(t: Any) -> list[Any]:
    seen: list[bool] = []

    def hook(g: Any) -> Any:
        seen.append(t.is_grad_enabled())
        return g * g

    x = leaf(t)
    h = x**2
    h.register_hook(hook)
    (first,) = t.autograd.grad((h * x).sum(), x, create_graph=True)
    (second,) = t.autograd.grad(first.sum(), x)
    h = x**2
    h.register_hook(hook)
    h.sum().backward()
    return [first.detach(), second, seen]


def what_it_is_given(t: Any) -> list[Any]:
    seen: list[Any] = []
    x = leaf(t)
    x.register_hook(lambda g: seen.append([type(g) is t.Tensor, g.requires_grad, g is x.grad]))
    (x * 2).sum().backward()
    return [seen]


def backward_of_some(t: Any) -> list[Any]:
    seen: list[str] = []
    x, w = leaf(t), leaf(t)
    x.register_hook(lambda g: seen.append("x"))
    w.register_hook(lambda g: seen.append("w"))
    (x * w).sum().backward(inputs=[w])
    return [seen, x.grad, w.grad]


def after_it_was_added(t: Any) -> list[Any]:
    seen: list[Any] = []
    x = leaf(t)
    x.register_hook(lambda g: g * 2)
    handle = x.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.clone()))
    for _ in range(2):
        x.sum().backward()
    handle.remove()
    t.autograd.grad(x.sum(), x)
    x.sum().backward()
    return [seen, x.grad]


def a_step_in_backward(t: Any) -> list[Any]:
    def step(p: Any) -> None:
        with t.no_grad():
            p -= 0.1 * p.grad
        p.grad = None

    x = leaf(t)
    x.register_post_accumulate_grad_hook(step)
    for _ in range(3):
        (x * x).sum().backward()
    return [x.detach(), x.grad]


def of_a_copy(t: Any) -> list[Any]:
    seen: list[str] = []
    x = leaf(t)
    x.register_hook(lambda g: seen.append("x"))
    twin = copy.deepcopy(x)
    twin.sum().backward()
    return [seen, twin.grad]


CASES = [
    seen_by_a_leaf,
    seen_by_a_result,
    seen_by_the_last_result,
    another_gradient,
    added_to_what_is_there,
    kept_by_a_hook_it_does_not_change,
    changed_in_place,
    removed,
    removed_by_itself,
    retained_too,
    written_in_place_since,
    of_a_view,
    in_grad,
    recorded,
    what_it_is_given,
    backward_of_some,
    after_it_was_added,
    a_step_in_backward,
    of_a_copy,
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_hook_does_what_pytorchs_does(case: Callable[[Any], list[Any]]) -> None:
    assert repr(case(tg)) == repr(case(torch))


def hooked(t: Any, hook: Any) -> None:
    x = leaf(t)
    x.register_hook(hook)
    x.sum().backward()


def after_that_returns(t: Any) -> None:
    x = leaf(t)
    x.register_post_accumulate_grad_hook(lambda p: p.grad * 10)
    x.sum().backward()


WRONG: dict[str, Callable[[Any], object]] = {
    "another shape": lambda t: hooked(t, lambda g: g[:1]),
    "another dtype": lambda t: hooked(t, lambda g: g.double()),
    "a number": lambda t: hooked(t, lambda g: 3),
    "of a constant": lambda t: t.ones(2).register_hook(print),
    "of a result, after it was added": lambda t: (leaf(t) * 2).register_post_accumulate_grad_hook(
        print
    ),
    "something, after it was added": after_that_returns,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_pytorch_refuses_is_refused_by_an_error_of_its_kind(wrong: str) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        WRONG[wrong](torch)
    with pytest.raises(theirs.type, match="register_"):
        WRONG[wrong](tg)


def test_what_is_no_function_is_refused_when_it_is_registered() -> None:
    with pytest.raises(TypeError, match="a hook is a function of a Tensor, got int"):
        leaf(tg).register_hook(3)


def test_a_graph_with_hooks_is_freed_with_its_result() -> None:
    gc.disable()
    try:
        x = leaf(tg)
        h = x * 2
        h.register_hook(lambda g: g)
        h.retain_grad()
        there = weakref.ref(h.array)
        del h
        assert there() is None
    finally:
        gc.enable()


def test_a_traced_step_does_not_run_hooks_and_says_so() -> None:
    w = leaf(tg)

    @tg.jit.trace
    def step(x: Any) -> Any:
        w.grad = None
        loss = (w * x).sum()
        loss.backward()
        return loss

    x = tg.ones(2)
    for _ in range(3):
        step(x)
    handle = w.register_hook(lambda g: g * 2)
    with pytest.raises(RuntimeError, match="a captured step cannot run hooks"):
        step(x)
    handle.remove()
    assert step(x).item() == -1.0
