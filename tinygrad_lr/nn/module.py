"""Module: an object with parameters, and with modules inside.

The attributes of a Module that are Parameters or Modules, its *parts*, make a tree, in the order in
which they were first set. ``parameters()``, ``state_dict()``, ``to()`` and the repr go through that
tree.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Self, TypeVar

from ..dtypes import DTypeLike
from ..effects import effect
from ..errors import ShapeError
from ..tensor import Tensor
from ..versions import tick
from .parameter import Parameter

# When a part of each living module, by its id, was first set, and when a part last came or went.
_history: dict[int, tuple[weakref.ref[Module], int, int]] = {}
_last_change = 0


def parts_changed(since: int) -> bool:
    """Whether, since that tick, a part of a module has come or gone that was there before."""
    if _last_change <= since:
        return False
    return any(first < since < last for _, first, last in list(_history.values()))


def _part_changed(module: Module) -> None:
    global _last_change
    _last_change = tick()
    key = id(module)
    known = _history.get(key)
    if known is None:
        gone = functools.partial(_history.pop, key)  # nothing of Python's own: see versions.py
        known = weakref.ref(module, gone), _last_change, 0
    _history[key] = known[0], known[1], _last_change


# What PyTorch's modules have, and these have not: what to do instead.
INSTEAD = {
    "register_buffer": "keep the Tensor as a plain attribute; state_dict() and to() leave it out",
    "register_forward_hook": "there are no hooks; do it in forward()",
    "register_forward_pre_hook": "there are no hooks; do it in forward()",
    "register_full_backward_hook": "there are no hooks; look at .grad after backward()",
    "_parameters": "use named_parameters()",
    "_modules": "use named_children()",
}

P = TypeVar("P")


class _IncompatibleKeys(NamedTuple):
    """Which names load_state_dict() has not found in the state, and which not in the model."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        missing, unexpected = self
        return f"_IncompatibleKeys(missing_keys={missing}, unexpected_keys={unexpected})"


class Module:
    """The base class of all modules. A subclass sets attributes, and defines ``forward``.

    Its *parts*, parameters and modules below it, are those of its attributes that are Parameters
    and Modules, in the order in which they were first set. A part may be set to None for a while:
    it keeps its place. The ``__init__`` of a subclass begins with ``super().__init__()``.
    """

    def __init__(self) -> None:
        # The name of each part, and whether it is a Parameter or a Module. Never changed, but
        # replaced by another dict: a copy of the module (copy.copy) shares it.
        self.__dict__.setdefault("_parts", {})

    @property
    def training(self) -> bool:
        """Whether this module is in training, and not in evaluation: see train() and eval()."""
        mode: bool = self.__dict__.get("training", True)
        effect("use the mode of a module", self)
        return mode

    @training.setter
    def training(self, mode: bool) -> None:
        effect("use the mode of a module", self)
        self.__dict__["training"] = mode

    def __setattr__(self, name: str, value: object) -> None:
        kind = next((kind for kind in (Parameter, Module) if isinstance(value, kind)), None)
        was = self.__dict__.get("_parts", {}).get(name)
        if kind is None and was is None:
            object.__setattr__(self, name, value)
        elif value is not None and (kind is None or (kind is not was and was is Parameter)):
            raise _no_part(name, was, value)
        else:
            self._set_part(name, kind or was, value)

    def _set_part(self, name: str, kind: type[Parameter] | type[Module], value: object) -> None:
        parts = self.__dict__.get("_parts")
        if parts is None:
            raise AttributeError(
                f"cannot assign {name!r}, a {kind.__name__}, before Module.__init__() call; let "
                f"the __init__ of {type(self).__name__} begin with super().__init__()"
            )
        if parts.get(name) is not kind:
            others = {other: k for other, k in parts.items() if other != name}
            self.__dict__["_parts"] = {**others, name: kind}
        if value is not self.__dict__.get(name):
            _part_changed(self)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        parts = self.__dict__.get("_parts", {})
        if name in parts:
            self.__dict__["_parts"] = {other: k for other, k in parts.items() if other != name}
            _part_changed(self)

    def __getattr__(self, name: str) -> Any:
        """For what is not there: AttributeError."""
        instead = f"; {INSTEAD[name]}" if name in INSTEAD else ""
        message = f"{type(self).__name__!r} object has no attribute {name!r}{instead}"
        raise AttributeError(message, name=name, obj=self)

    def _own(self, kind: type[P]) -> list[tuple[str, P]]:
        """Those of its parts that are Parameters, or that are Modules, with their names."""
        there = self.__dict__
        parts = there.get("_parts", {}).items()
        return [(name, there[name]) for name, k in parts if k is kind and there[name] is not None]

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set a parameter by name, as assigning the attribute does; None keeps a place for one.

        Raises TypeError for what is no Parameter, KeyError for a name that is taken.
        """
        self._check_name("register_parameter", name)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"register_parameter: {name!r} must be a Parameter, got {type(param).__name__}; "
                "write Parameter(tensor)"
            )
        self._set_part(name, Parameter, param)

    def add_module(self, name: str, module: Module | None) -> None:
        """Set a module by name; unlike an attribute's, it need not be an identifier.

        Raises TypeError for what is no Module, KeyError for a name that is taken.
        """
        self._check_name("add_module", name)
        if module is not None and not isinstance(module, Module):
            raise TypeError(
                f"add_module: {name!r} must be a Module, got {described_module(module)}"
            )
        self._set_part(name, Module, module)

    register_module = add_module

    def _check_name(self, caller: str, name: object) -> None:
        """Raise TypeError or KeyError if `name` cannot be the name of a new part."""
        if not isinstance(name, str):
            raise TypeError(f"{caller}: a name is text, got {name!r}")
        if not name or "." in name:
            raise KeyError(f"{caller}: a name has no dots, and is not empty, got {name!r}")
        if hasattr(self, name) and name not in self.__dict__.get("_parts", {}):
            raise KeyError(f"{caller}: there is an attribute {name!r} already; use another name")

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; for subclasses to define."""
        raise NotImplementedError(
            f"{type(self).__name__} defines no forward(); give the class a method forward(self, x)"
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.forward(*args, **kwargs)

    # ------------------------------------------------------------------------------------- the tree

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, with dotted names.

        Each once, by the first of its names, and none of `memo`; or, without `remove_duplicate`,
        each by all of its names.
        """
        seen = set() if memo is None else memo
        stack: list[tuple[str, Module, tuple[Module, ...]]] = [(prefix, self, ())]
        while stack:
            name, module, above = stack.pop()
            if not remove_duplicate and any(module is other for other in above):
                raise RecursionError(f"{name}: the module {type(module).__name__} contains itself")
            if remove_duplicate and module in seen:
                continue
            seen.add(module)
            yield name, module
            dotted = name + "." if name else ""
            below = [(dotted + key, child, (*above, module)) for key, child in module._own(Module)]
            stack.extend(reversed(below))

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it: each once, or as often as it is there."""
        named = self.named_modules(remove_duplicate=remove_duplicate)
        return (module for _, module in named)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below this one, each once, by the first of its names."""
        below: dict[Module, str] = {}
        for name, module in self._own(Module):
            below.setdefault(module, name)
        return ((name, module) for module, name in below.items())

    def children(self) -> Iterator[Module]:
        """The modules directly below this one, each once, without their names."""
        return (child for _, child in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names: a module's own, then those below it.

        Each once, by the first of its names; or, without `remove_duplicate`, by all of them. Only
        its own, without `recurse`.
        """
        whole = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        seen: set[Parameter] = set()
        for path, module in whole if recurse else [(prefix, self)]:
            for name, parameter in module._own(Parameter):
                if not (remove_duplicate and parameter in seen):
                    seen.add(parameter)
                    yield (path + "." if path else "") + name, parameter

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: a module's own, then those of the modules below it."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def apply(self, fn: Callable[[Module], object]) -> Self:
        """Call `fn` on every module, first on those below; its results are not used."""
        if not callable(fn):
            raise TypeError(f"apply: expected a function of a Module, got {type(fn).__name__}")
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # ---------------------------------------------------------------------------------------- modes

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` here and below, for modules that compute something else in training."""
        if not isinstance(mode, bool):
            raise ValueError(f"train: mode must be True or False, got {type(mode).__name__}")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for the gradients of all parameters (or no longer)."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to None; or fill them with zeros."""
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none)

    def to(self, *args: DTypeLike | Tensor, **kwargs: Any) -> Self:
        """Move or convert all parameters and their gradients, as Tensor.to() does.

        The parameters stay the same objects, so an optimizer need not be made anew. Raises
        TypeError for a dtype that is no float.
        """
        for parameter in self.parameters():
            moved = parameter.detach().to(*args, **kwargs)
            if moved.dtype.kind != "f":
                raise TypeError(f"Module.to: parameters must hold floats, not {moved.dtype}")
            grad = parameter.grad
            parameter.grad = None
            parameter.data = moved
            if grad is not None:
                parameter.grad = grad.detach().to(*args, **kwargs)
        return self

    def cpu(self) -> Self:
        return self.to("cpu")

    def cuda(self, device: str | None = None) -> Self:
        return self.to("gpu" if device is None else device)

    def double(self) -> Self:
        return self.to("float64")

    def float(self) -> Self:
        return self.to("float32")

    # ---------------------------------------------------------------------------------------- state

    def state_dict(self) -> dict[str, Tensor]:
        """All parameters by name, and by each of its names if it has several: detached Tensors.

        They are on the same memory.
        """
        named = self.named_parameters(remove_duplicate=False)
        return {name: parameter.detach() for name, parameter in named}

    def load_state_dict(
        self, state_dict: Mapping[str, Tensor], strict: bool = True
    ) -> _IncompatibleKeys:
        """Copy the values of `state_dict` into the parameters of the same names.

        Returns which names were missing and which were unexpected: none, unless ``strict=False``.
        Raises ShapeError, and loads nothing, if there are any, or if shapes differ; the error
        lists all of it.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                "load_state_dict: expected a dict of names and Tensors, as state_dict() gives, got "
                f"{type(state_dict).__name__}"
            )
        own = dict(self.named_parameters(remove_duplicate=False))
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        problems = []
        if strict:
            problems += [f"missing: {name}" for name in missing]
            problems += [f"unexpected: {name}" for name in unexpected]
        shared = [name for name in own if name in state_dict]
        for name in shared:
            value = state_dict[name]
            if not isinstance(value, Tensor):
                kind = type(value)
                came = f"{kind.__name__} of {kind.__module__}".removesuffix(" of builtins")
                problems.append(f"not a Tensor: {name} is a {came}; use tensor(...)")
            elif value.shape != own[name].shape:
                problems.append(
                    f"wrong shape: {name} is {value.shape}, the model's is {own[name].shape}"
                )
            elif not getattr(own[name].array.flags, "writeable", True):
                problems.append(f"{name}: the model's cannot be written in place")
        if problems:
            raise ShapeError(
                f"load_state_dict: this state does not belong to this {type(self).__name__}; "
                "nothing was loaded:\n  " + "\n  ".join(problems)
            )
        for name in shared:
            own[name].data.copy_(state_dict[name].detach())
        return _IncompatibleKeys(missing, unexpected)

    # ----------------------------------------------------------------------------------------- repr

    def extra_repr(self) -> str:
        """What stands between the parentheses of the repr; for subclasses to define."""
        return ""

    def __repr__(self) -> str:
        parts = self.__dict__.get("_parts", {}).items()
        lines = self.extra_repr().splitlines() + [
            f"({name}): " + repr(self.__dict__[name]).replace("\n", "\n  ")
            for name, kind in parts
            if kind is Module
        ]
        if not any(kind is Module for _, kind in parts):
            return f"{type(self).__name__}({self.extra_repr()})"
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"


def clear_grad(parameter: Tensor, set_to_none: bool = True) -> None:
    """Set the gradient to None; or fill it with zeros, if there is one."""
    if set_to_none or parameter._grad is None:
        parameter._grad = None
    else:
        parameter._grad = parameter._grad.detach().zero_()


def _no_part(name: str, was: type, value: object) -> TypeError:
    """The error for a `value` that would take the place of a part, and is none."""
    kind = "plain Tensor" if isinstance(value, Tensor) else described_module(value)
    return TypeError(
        f"{name!r} is a {was.__name__.lower()}, and this {kind} would not be one any more; assign "
        f"a {was.__name__}, or None" + (f", or write to {name}.data" if was is Parameter else "")
    )


def described_module(thing: object) -> str:
    """What was given in place of a module, and how to make a module of it."""
    if isinstance(thing, type):
        return f"the class {thing.__name__} (write {thing.__name__}())"
    if isinstance(thing, (list, tuple)):
        return f"a {type(thing).__name__} (write Sequential(*modules))"
    if callable(thing) and hasattr(thing, "__name__"):
        return f"the function {thing.__name__} (call it in a forward() of your own)"
    return type(thing).__name__
