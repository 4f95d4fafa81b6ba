"""Hooks of a module: functions that are called before its forward(), and after it.

A module without hooks has no Hooks, and its call costs what forward() costs.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from itertools import count
from typing import Any, TypeAlias

from ..hooks import RemovableHandle as RemovableHandle

Hook: TypeAlias = Callable[..., Any]
_numbers = count()


class Hooks:
    """Those of one module: by a number, and whether they are given the keyword arguments too."""

    def __init__(self) -> None:
        self.before: dict[int, tuple[Hook, bool]] = {}
        self.after: dict[int, tuple[Hook, bool]] = {}

    def call(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """``module.forward(*args, **kwargs)``, between the hooks."""
        for hook, with_kwargs in [*self.before.values()]:
            if with_kwargs:
                args, kwargs = _both(hook(module, args, kwargs), args, kwargs)
            elif (changed := hook(module, args)) is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        out = module.forward(*args, **kwargs)
        for hook, with_kwargs in [*self.after.values()]:
            changed = hook(module, args, kwargs, out) if with_kwargs else hook(module, args, out)
            out = out if changed is None else changed
        return out


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
