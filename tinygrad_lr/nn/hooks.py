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

    Each argument and each result that requires grad goes in, or out, under other names on the same
    memory: the gradient there is what comes through this call alone. When those of the arguments
    have come (or, if none requires grad, those of the results), the hooks are called with both.
    """

    def __init__(self, module: Any, hooks: list[Hook]) -> None:
        self._module, self._hooks = module, hooks if is_grad_enabled() else []
        self._into: list[Tensor | None] = []  # the gradients that have come by, None for the others
        self._out: list[Tensor | None] = []
        self._changed: tuple[Any, ...] | None = None  # what the hooks gave for those of arguments
        self._awaits_arguments = False

    def into(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self._awaits_arguments = any(map(_is_followed, args))
        return self._shown(args, self._into, self._argument)

    def out_of(self, out: Any) -> Any:
        several = out if isinstance(out, tuple) else (out,)
        shown = self._shown(several, self._out, self._result)
        return shown if isinstance(out, tuple) else shown[0]

    def _shown(
        self,
        values: tuple[Any, ...],
        gradients: list[Tensor | None],
        then: Callable[[int], Tensor | None],
    ) -> tuple[Any, ...]:
        """`values` under other names. `then` is called where all `gradients` of them have come.

        Each gets two names: backward takes the newest first, so the second names of all before the
        first name of any.
        """
        if not self._hooks:
            return values
        shown = list(values)
        followed = [i for i, value in enumerate(values) if _is_followed(value)]
        for i in followed:
            shown[i] = shown[i].view_as(shown[i])
            shown[i].register_hook(lambda gradient, i=i: then(i))
        for i in followed:
            shown[i] = shown[i].view_as(shown[i])
            shown[i].register_hook(lambda gradient, i=i: gradients.__setitem__(i, gradient))
        gradients[:] = [None] * len(values)
        return tuple(shown)

    def _result(self, i: int) -> None:
        """All gradients of the results have come."""
        if not self._awaits_arguments and any(g is not None for g in self._out):
            self._call()

    def _argument(self, i: int) -> Tensor | None:
        """All gradients of the arguments have come. What the hooks give for that of number `i`."""
        if any(g is not None for g in self._into):  # not those of an argument before this
            self._changed = self._call()
        return None if self._changed is None else self._changed[i]

    def _call(self) -> tuple[Any, ...] | None:
        """Call the hooks. What they give for the gradients of the arguments, if anything."""
        into, out, changed = tuple(self._into), tuple(self._out), None
        self._into[:], self._out[:] = [None] * len(into), [None] * len(out)  # for the next time
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


def _is_followed(value: object) -> bool:
    return isinstance(value, Tensor) and value.requires_grad


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
