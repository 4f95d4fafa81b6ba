"""Who looks at a gradient on its way back: the hooks of a Tensor, and retain_grad().

When the walk back (autograd.py) has the whole gradient of a result, or of a leaf, it shows it to
the `watcher` there, and goes on with what that gives. Hardly any has a watcher, so this costs
nothing.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from itertools import count
from typing import Any, TypeAlias

from .. import versions
from ..autograd import _deliver
from ..device import device_of
from ..effects import effect
from ..errors import DtypeError, ShapeError
from ..graph import Value
from ..modes import GradMode

Hook: TypeAlias = Callable[[Any], Any]
_numbers = count()


class RemovableHandle:
    """What registering a hook gives: ``handle.remove()`` takes the hook out again.

    So does the end of ``with x.register_hook(...):``.
    """

    def __init__(self, take_out: Callable[[], object]) -> None:
        self._take_out = take_out

    def remove(self) -> None:
        """Take the hook out; once more does nothing."""
        self._take_out()

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


class Watcher:
    """Who looks at the gradient of one result, or of one leaf."""

    def __init__(self, wrap: Callable[[Any], Any]) -> None:
        self.wrap = wrap
        self.hooks: dict[int, Hook] = {}
        self.after: dict[int, Hook] = {}  # of a leaf: when its .grad has been added to
        self.keeper: weakref.ref[Value] | None = None  # the Tensor that retains its gradient

    def __call__(self, gradient: Any) -> Any:
        """`gradient`, a Tensor or a raw array, or what the hooks give in its place."""
        if self.hooks:
            gradient = self._through_hooks(gradient)
        keeper = None if self.keeper is None else self.keeper()
        if keeper is not None:
            with versions.delivery:
                _deliver(keeper, gradient if isinstance(gradient, Value) else gradient.copy())
        return gradient

    def _through_hooks(self, gradient: Any) -> Any:
        effect("run a hook")
        # The hooks are given a copy, and what they give is copied: they may keep it.
        recorded = isinstance(gradient, Value)
        seen: Any = gradient.clone() if recorded else self.wrap(gradient.copy())
        with GradMode(recorded):
            for hook in [*self.hooks.values()]:
                new = hook(seen)
                if new is not None:
                    _check(hook, seen, new)
                    seen = new
            return seen.clone() if recorded else seen.array.copy()

    def filled(self, leaf: Value) -> None:
        """Say that the ``.grad`` of `leaf` has just been added to."""
        if not self.after:
            return
        effect("run a hook")
        with GradMode(leaf._grad.edge is not None):
            for hook in [*self.after.values()]:
                if hook(leaf) is not None:
                    raise RuntimeError(
                        "register_post_accumulate_grad_hook: Tensor post accumulate grad hooks "
                        f"should return None; {_name(hook)} returned something, which would have "
                        "no effect. Change x.grad in place, or use register_hook"
                    )


def _name(hook: Hook) -> str:
    return getattr(hook, "__name__", type(hook).__name__)


def _check(hook: Hook, seen: Any, new: Any) -> None:
    """Refuse `new`, which a hook gave for the gradient `seen`, if it can be none."""
    name = _name(hook)
    if not isinstance(new, Value):
        raise TypeError(
            f"register_hook: {name} must return a Tensor, the gradient from here on, or None; it "
            f"returned {type(new).__name__}"
        )
    if new.array.shape != seen.array.shape:
        raise ShapeError(
            f"register_hook: {name} has changed the size of the gradient, from "
            f"{seen.array.shape} to {new.array.shape}"
        )
    if new.array.dtype != seen.array.dtype or device_of(new.array) != device_of(seen.array):
        raise DtypeError(
            f"register_hook: {name} has changed the type of the gradient, from {seen.array.dtype} "
            f"on the {device_of(seen.array)} to {new.array.dtype} on the {device_of(new.array)}"
        )


def watcher_of(tensor: Value) -> Watcher:
    """Who looks at the gradient of `tensor`, a leaf or a result, from now on."""
    edge = tensor.edge
    assert edge is not None
    if edge.watcher is None:
        edge.watcher = Watcher(tensor.wrap)
    found: Watcher = edge.watcher
    return found


def has_hooks(leaf: Value) -> bool:
    """Whether a hook looks at the gradient of `leaf`."""
    watcher: Watcher | None = leaf.watcher
    return watcher is not None and bool(watcher.hooks or watcher.after)


def register(hooks: dict[int, Hook], hook: Hook) -> RemovableHandle:
    """Put `hook` at the end of `hooks`. TypeError for what cannot be called."""
    if not callable(hook):
        raise TypeError(f"a hook is a function of a Tensor, got {type(hook).__name__}")
    number = next(_numbers)
    hooks[number] = hook
    return RemovableHandle(lambda: hooks.pop(number, None))


def retaining(value: Value) -> Value | None:
    """The Tensor that retains the gradient that arrives where `value` came from."""
    watcher: Watcher | None = None if value.node is None else value.node.watcher
    return None if watcher is None or watcher.keeper is None else watcher.keeper()


def hand_over(x: Value, new: Value) -> None:
    """Let x, which is about to be the result `new`, go on retaining its gradient.

    Its hooks stay: they look at the gradient of what x was.
    """
    if x.node is not None and new.node is not None and retaining(x) is not None:
        keeper, x.node.watcher.keeper = x.node.watcher.keeper, None
        watcher_of(new).keeper = keeper
