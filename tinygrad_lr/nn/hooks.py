"""Hooks of a module: functions that are called before its forward(), after it, and in backward.

A module without hooks has no Hooks, and its call costs what forward() costs.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from itertools import count
from typing import Any, TypeAlias, TypeVar

from ..gradients.hooks import RemovableHandle
from ..modes import is_grad_enabled
from ..tensor import Tensor

# What the methods of a Module take; so type checkers know what the arguments of a lambda are. What
# forward() is given, by position and by name, and what it returns are the module's own, so Any.
M = TypeVar("M")
Args: TypeAlias = tuple[Any, ...]
Grads: TypeAlias = tuple[Tensor | Any, ...]  # or None for some, but no hook has to ask
Before: TypeAlias = Callable[[M, Args], Any] | Callable[[M, Args, Any], Any]
After: TypeAlias = Callable[[M, Args, Any], Any] | Callable[[M, Args, Any, Any], Any]
Backward: TypeAlias = Callable[[M, Grads, Grads], Any]
Hook: TypeAlias = Callable[..., Any]
_numbers = count()


class Hooks:
    """Those of one module: by a number, and whether they are given the keyword arguments too."""

    def __init__(self) -> None:
        self.before: dict[int, tuple[Hook, bool]] = {}
        self.after: dict[int, tuple[Hook, bool]] = {}
        self.backward: dict[int, tuple[Hook, bool]] = {}

    def call(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """``module.forward(*args, **kwargs)``, between the hooks."""
        for hook, with_kwargs in [*self.before.values()]:
            if with_kwargs:
                args, kwargs = _both(hook(module, args, kwargs), args, kwargs)
            elif (changed := hook(module, args)) is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        way = WayBack(module, [hook for hook, _ in self.backward.values()])
        args = way.into(args)
        out = module.forward(*args, **kwargs)
        for hook, with_kwargs in [*self.after.values()]:
            changed = hook(module, args, kwargs, out) if with_kwargs else hook(module, args, out)
            out = out if changed is None else changed
        return way.out_of(out)


class WayBack:
    """The gradients of one call of a module, as they come by on their way back.

    Each argument and each result that requires grad goes in, or out, under another name on the same
    memory: the gradient there is what comes through this call alone. When those of all arguments
    have come (or, if none requires grad, those of all results), the hooks are called with both.
    """

    def __init__(self, module: Any, hooks: list[Hook]) -> None:
        self._module, self._hooks = module, hooks if is_grad_enabled() else []
        self._arguments, self._results = _Seen(0), _Seen(0)

    def into(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self._arguments = _Seen(len(args))
        return self._shown(args, self._arguments, self._argument)

    def out_of(self, out: Any) -> Any:
        several = out if isinstance(out, tuple) else (out,)
        self._results = _Seen(len(several))
        shown = self._shown(several, self._results, self._result)
        return shown if isinstance(out, tuple) else shown[0]

    def _shown(
        self, values: tuple[Any, ...], seen: _Seen, then: Callable[[int, Tensor], Tensor | None]
    ) -> tuple[Any, ...]:
        if not self._hooks:
            return values
        shown = list(values)
        for i, value in enumerate(values):
            if isinstance(value, Tensor) and value.requires_grad:
                seen.awaited += 1
                shown[i] = value.view_as(value)
                shown[i].register_hook(lambda gradient, i=i: then(i, gradient))
        return tuple(shown)

    def _result(self, i: int, gradient: Tensor) -> None:
        if self._results.all_with(i, gradient) and not self._arguments.awaited:
            self._call()

    def _argument(self, i: int, gradient: Tensor) -> Tensor | None:
        if not self._arguments.all_with(i, gradient):
            return None
        changed = self._call()
        if changed is not None and self._arguments.awaited > 1:
            raise RuntimeError(
                "a backward hook cannot change the gradients of several arguments, which have come "
                "by already; use register_hook() on each argument"
            )
        return None if changed is None else changed[i]

    def _call(self) -> tuple[Any, ...] | None:
        """Call the hooks. What they give for the gradients of the arguments, if anything."""
        into, out, changed = self._arguments.taken(), self._results.taken(), None
        for hook in self._hooks:
            new = hook(self._module, into, out)
            if new is not None:
                if not isinstance(new, (tuple, list)) or len(new) != len(into):
                    raise RuntimeError(
                        "Backward hook returned an invalid number of grad_input: expected None, or "
                        f"a tuple of {len(into)}, got {type(new).__name__}"
                    )
                changed = into = tuple(new)
        return changed


class _Seen:
    """The gradients of several values, as far as they have come by; None for one that has none."""

    def __init__(self, n: int) -> None:
        self.awaited = self.come = 0
        self.gradients: list[Tensor | None] = [None] * n

    def all_with(self, i: int, gradient: Tensor) -> bool:
        """Note one. Whether it was the last."""
        self.gradients[i] = gradient
        self.come += 1
        return self.come == self.awaited

    def taken(self) -> tuple[Tensor | None, ...]:
        """All; the next time one goes back here, they are others."""
        found, self.come = tuple(self.gradients), 0
        self.gradients = [None] * len(found)
        return found


def _both(
    changed: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a hook with keyword arguments has made of them; RuntimeError if it is no such pair."""
    if changed is None:
        return args, kwargs
    if not (isinstance(changed, tuple) and len(changed) == 2):
        raise RuntimeError(
            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got "
            f"{changed}."
        )
    return changed


def register(
    hooks: dict[int, tuple[Hook, bool]], module: Any, hook: Hook, with_kwargs: bool, prepend: bool
) -> RemovableHandle:
    """Put `hook` at the end of the `hooks` of `module`, or with `prepend` at their beginning.

    Raises TypeError for what cannot be called.
    """
    if not callable(hook):
        raise TypeError(f"a hook is a function, which is called; got {type(hook).__name__}")
    key, others = next(_numbers), dict(hooks)
    if prepend:
        hooks.clear()
    hooks[key] = hook, with_kwargs
    hooks.update(others)
    module._hooks_changed()
    reference = weakref.ref(module)

    def take_out() -> None:
        there = reference()
        if hooks.pop(key, None) is not None and there is not None:
            there._hooks_changed()

    return RemovableHandle(take_out)
