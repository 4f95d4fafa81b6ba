"""Module: an object with parameters, and with modules inside.

The attributes of a Module that are Parameters, Modules or buffers, its *parts*, make a tree, in the
order in which they were first set. ``parameters()``, ``state_dict()``, ``to()`` and the repr go
through that tree.
"""

from __future__ import annotations

import functools
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, KeysView, Mapping, MutableMapping
from typing import Any, ParamSpec, Protocol, Self, TypeAlias, TypeVar

from ..dtypes import DTypeLike
from ..effects import effect
from ..gradients.hooks import RemovableHandle
from ..rich import shown_as
from ..tensor import Tensor
from ..versions import tick
from . import hooks, state
from .hooks import Hooks, register
from .parameter import Buffer, Parameter, UninitializedParameter

# When a part of each living module, by its id, was first set, and when a part last came or went.
_history: dict[int, tuple[weakref.ref[Module], int, int]] = {}
_last_change = 0
# By such a tick, the change by which no part of an older module had come or gone since then.
_unchanged: dict[int, int] = {}


def parts_changed(since: int) -> bool:
    """Whether, since that tick, a part of a module has come or gone that was there before."""
    newest = _last_change
    if newest <= since or _unchanged.get(since) == newest:
        return False
    if any(first < since < last for _, first, last in list(_history.values())):
        return True
    if len(_unchanged) > 100:
        _unchanged.clear()
    _unchanged[since] = newest
    return False


def _part_changed(module: Module, since: int | None = None) -> None:
    """Note it; a module that is not known was there `since` then, or since now."""
    global _last_change
    _last_change = tick()
    key = id(module)
    known = _history.get(key)
    if known is None:
        gone = functools.partial(_history.pop, key)  # nothing of Python's own: see versions.py
        known = weakref.ref(module, gone), _last_change if since is None else since, 0
    _history[key] = known[0], known[1], _last_change


Kind: TypeAlias = "type[Tensor] | type[Module]"
# What PyTorch's modules have, and these have not: what to do instead.
INSTEAD = {
    "register_full_backward_pre_hook": "use output.register_hook(...) in a forward hook",
    "register_backward_hook": "use register_full_backward_hook",
    "register_state_dict_pre_hook": "change the module before state_dict()",
    "register_state_dict_post_hook": "change what state_dict() gives",
    "register_load_state_dict_pre_hook": "change what load_state_dict() is given",
    "register_load_state_dict_post_hook": "use what load_state_dict() returns",
    "get_extra_state": "keep what belongs to the state in a buffer, a Tensor",
    "set_extra_state": "keep what belongs to the state in a buffer, a Tensor",
    "set_submodule": "use setattr(model.get_submodule(path), name, module)",
    "bfloat16": "use half() or float()",
    "to_empty": "use to()",
    "share_memory": "parameters are in the memory of one process; use state_dict()",
}

P = TypeVar("P")
A = ParamSpec("A")
R = TypeVar("R", covariant=True)


class Forward(Protocol[A, R]):
    """What has a forward(): calling a module takes what that takes, and gives what that gives."""

    _hooks_around: Hooks | None

    def forward(self, *args: A.args, **kwargs: A.kwargs) -> R:
        """What is computed, from these arguments."""


class Parts(MutableMapping[str, Any]):
    """Those parts of a module that are of one kind, by name: ``module._modules`` as a dict."""

    def __init__(self, module: Module, kind: Kind) -> None:
        self._module, self._kind = module, kind

    def __getitem__(self, name: str) -> Any:
        if self._module._parts.get(name) is not self._kind:
            raise KeyError(name)
        return self._module.__dict__[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._module._set_part(name, self._kind, value)

    def __delitem__(self, name: str) -> None:
        self[name]
        delattr(self._module, name)

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, kind in self._module._parts.items() if kind is self._kind])

    def __len__(self) -> int:
        return len([*iter(self)])

    def keys(self) -> KeysView[str]:
        return dict.fromkeys(self).keys()

    def __repr__(self) -> str:
        return repr(dict(self))


class Module:
    """The base class of all modules. A subclass sets attributes, and defines ``forward``.

    Its *parts*, parameters and modules below it, are those of its attributes that are Parameters
    and Modules, in the order in which they were first set; and its buffers, Tensors that are not
    trained but belong to its state: see register_buffer(). A part may be set to None for a while:
    it keeps its place. The ``__init__`` of a subclass begins with ``super().__init__()``.

    >>> class Net(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.layer = nn.Linear(2, 3)
    ...
    ...     def forward(self, x):
    ...         return F.relu(self.layer(x))
    >>> Net()
    Net(
      (layer): Linear(in_features=2, out_features=3, bias=True)
    )
    >>> Net()(tg.ones(5, 2)).shape
    (5, 3)
    """

    _hooks_around: Hooks | None = None

    def __init__(self) -> None:
        # The name of each part, and its kind: Parameter, Module, or Tensor for a buffer. Never
        # changed, but replaced by another dict: a copy of the module (copy.copy) shares it.
        self.__dict__.setdefault("_parts", {})

    @property
    def training(self) -> bool:
        """Whether this module is in training, and not in evaluation: see train() and eval().

        >>> nn.Linear(2, 3).eval().training
        False
        """
        mode: bool = self.__dict__.get("training", True)
        effect("use the mode of a module", self)
        return mode

    @training.setter
    def training(self, mode: bool) -> None:
        effect("use the mode of a module", self)
        self.__dict__["training"] = mode

    def __setattr__(self, name: str, value: object) -> None:
        kind: Kind | None = None
        if isinstance(value, (Parameter, Module)):
            kind = Parameter if isinstance(value, Parameter) else Module
        was = self.__dict__.get("_parts", {}).get(name)
        if isinstance(value, Buffer) and was in (None, Tensor):
            self.register_buffer(name, value, value.persistent)
        elif kind is None and was is None:
            object.__setattr__(self, name, value)
        elif value is None or (was is Tensor and isinstance(value, Tensor) and kind is None):
            self._set_part(name, was, value)
        elif kind is None or (kind is Module and was is Parameter):
            raise _no_part(name, was, value)
        else:
            self._set_part(name, kind, value)

    def _set_part(self, name: str, kind: Kind, value: object) -> None:
        parts = self.__dict__.get("_parts")
        if parts is None:
            raise AttributeError(
                f"cannot assign {name!r}, a {kind.__name__}, before Module.__init__() call; let "
                f"the __init__ of {type(self).__name__} begin with super().__init__()"
            )
        if parts.get(name) is not kind:
            if kind is Parameter and hasattr(type(self), name):
                raise KeyError(f"there is an attribute {name!r} already; use another name")
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
        """Those of its parts that are Parameters, Modules, or (Tensor) buffers, and their names."""
        there = self.__dict__
        parts = there.get("_parts", {}).items()
        return [(name, there[name]) for name, k in parts if k is kind and there[name] is not None]

    @property
    def _parameters(self) -> Parts:
        return Parts(self, Parameter)

    @property
    def _buffers(self) -> Parts:
        return Parts(self, Tensor)

    @property
    def _modules(self) -> Parts:
        return Parts(self, Module)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set a parameter by name, as assigning the attribute does; None keeps a place for one.

        Raises TypeError for what is no Parameter, KeyError for a name that is taken.

        >>> layer = nn.Module()
        >>> layer.register_parameter("scale", nn.Parameter(tg.ones(2)))
        >>> layer.scale.shape
        (2,)
        """
        self._check_name("register_parameter", name, Parameter)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"register_parameter: {name!r} must be a Parameter, got {type(param).__name__}; "
                "write Parameter(tensor)"
            )
        if param is not None and param.node is not None:
            raise ValueError(
                f"register_parameter: {name!r} was computed, it is no leaf; compute it in forward()"
            )
        self._set_part(name, Parameter, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Set a Tensor that is not trained, but belongs to the module: a running mean, a mask.

        ``to()`` takes it along, and it is in ``state_dict()`` unless it is not `persistent`. None
        keeps a place for one. Raises TypeError for what is no Tensor, KeyError for a name that is
        taken.

        >>> layer = nn.Module()
        >>> layer.register_buffer("count", tg.zeros(2))
        >>> list(layer.state_dict())
        ['count']
        """
        self._check_name("register_buffer", name, Tensor)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"register_buffer: {name!r} must be a Tensor, got {type(tensor).__name__}; make it "
                "one with tensor(...)"
            )
        self._set_part(name, Tensor, tensor)
        others = self.__dict__.get("_non_persistent_buffers_set", frozenset()) - {name}
        self.__dict__["_non_persistent_buffers_set"] = others if persistent else others | {name}

    def add_module(self, name: str, module: Module | None) -> None:
        """Set a module by name; unlike an attribute's, it need not be an identifier.

        Raises TypeError for what is no Module, KeyError for a name that is taken.

        >>> layer = nn.Module()
        >>> layer.add_module("act", nn.ReLU())
        >>> layer
        Module(
          (act): ReLU()
        )
        """
        if module is not None and not isinstance(module, Module):
            raise TypeError(
                f"add_module: {name!r} must be a Module, got {described_module(module)}"
            )
        self._check_name("add_module", name, Module)
        self._set_part(name, Module, module)

    register_module = add_module

    def _check_name(self, caller: str, name: object, kind: Kind) -> None:
        """Raise TypeError or KeyError if `name` cannot be the name of a part of this kind."""
        if not isinstance(name, str):
            raise TypeError(f"{caller}: a name is text, got {name!r}")
        if not name or "." in name:
            raise KeyError(f"{caller}: a name has no dots, and is not empty, got {name!r}")
        if self.__dict__.get("_parts", {}).get(name) is not kind and hasattr(self, name):
            raise KeyError(f"{caller}: there is an attribute {name!r} already; use another name")

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; for subclasses to define.

        It is called through the module, ``model(x)``, which calls the hooks, too.
        NotImplementedError for a class without one.

        >>> nn.Linear(2, 3).forward(tg.ones(5, 2)).shape
        (5, 3)
        """
        raise NotImplementedError(
            f"{type(self).__name__} defines no forward(); give the class a method forward(self, x)"
        )

    def __call__(self: Forward[A, R], *args: A.args, **kwargs: A.kwargs) -> R:
        """``forward(...)`` with these arguments, and the hooks around it."""
        hooks: Hooks | None = self._hooks_around
        if hooks is not None:
            return hooks.call(self, args, kwargs)
        return self.forward(*args, **kwargs)

    def register_forward_pre_hook(
        self, hook: hooks.Before[Self], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before each forward(); what it returns, if not None, are the
        arguments instead: a tuple, or a single one.

        `with_kwargs`: ``hook(module, args, kwargs)``, which returns None or a pair of both.
        `prepend`: before the hooks that are there. The handle takes the hook out: remove().

        >>> x = tg.tensor([-1.0, 0.0, 2.0])
        >>> layer = nn.ReLU()
        >>> handle = layer.register_forward_pre_hook(lambda m, args: args[0] + 1)
        >>> layer(x)
        tensor([0., 1., 3.])
        """
        before = self._with_hooks().before
        return register(before, self, hook, with_kwargs, prepend)

    def register_forward_hook(
        self, hook: hooks.After[Self], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after each forward(); what it returns, if not None,
        is the output instead.

        `with_kwargs`: ``hook(module, args, kwargs, output)``. `prepend`: before the hooks that are
        there. The handle takes the hook out: remove().

        >>> x = tg.tensor([-1.0, 0.0, 2.0])
        >>> layer = nn.ReLU()
        >>> handle = layer.register_forward_hook(lambda m, args, out: out + 1)
        >>> layer(x)
        tensor([1., 1., 3.])
        """
        after = self._with_hooks().after
        return register(after, self, hook, with_kwargs, prepend)

    def register_full_backward_hook(
        self, hook: hooks.Backward[Self], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` whenever backward comes through a call.

        These are tuples: the gradients of the positional arguments and of the results, None for one
        that has none. What the hook returns, if not None, are the gradients of the arguments
        instead: a tuple.

        >>> model = nn.Linear(2, 1)
        >>> hook = lambda module, grad_input, grad_output: print(grad_output[0])
        >>> handle = model.register_full_backward_hook(hook)
        >>> model(tg.ones(1, 2, requires_grad=True)).sum().backward()
        tensor([[1.]])
        """
        return register(self._with_hooks().backward, self, hook, False, prepend)

    def _with_hooks(self) -> Hooks:
        self._hooks_around = self._hooks_around or Hooks()
        return self._hooks_around

    def _hooks_changed(self) -> None:
        _part_changed(self, since=0)

    # ------------------------------------------------------------------------------------- the tree

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it, with dotted names.

        Each once, by the first of its names, and none of `memo`; or, without `remove_duplicate`,
        each by all of its names. RecursionError for a module that contains itself.

        >>> [name for name, _ in nn.Sequential(nn.ReLU()).named_modules()]
        ['', '0']
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
            below = module._own(Module)
            if below:
                dotted, above = name + "." if name else "", (*above, module)
                stack.extend((dotted + key, child, above) for key, child in reversed(below))

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it: each once, or as often as it is there.

        >>> [type(m).__name__ for m in nn.Sequential(nn.ReLU()).modules()]
        ['Sequential', 'ReLU']
        """
        named = self.named_modules(remove_duplicate=remove_duplicate)
        return (module for _, module in named)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below this one, each once, by the first of its names.

        >>> list(nn.Sequential(nn.ReLU()).named_children())
        [('0', ReLU())]
        """
        below: dict[Module, str] = {}
        for name, module in self._own(Module):
            below.setdefault(module, name)
        return ((name, module) for module, name in below.items())

    def children(self) -> Iterator[Module]:
        """The modules directly below this one, each once, without their names.

        >>> list(nn.Sequential(nn.ReLU()).children())
        [ReLU()]
        """
        return (child for _, child in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names: a module's own, then those below it.

        Each once, by the first of its names; or, without `remove_duplicate`, by all of them. Only
        its own, without `recurse`.

        >>> [(name, p.shape) for name, p in nn.Linear(2, 3).named_parameters()]
        [('weight', (3, 2)), ('bias', (3,))]
        """
        return self._named(Parameter, prefix, recurse, remove_duplicate)

    def _named(
        self, kind: type[P], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, P]]:
        whole = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        seen: set[P] = set()
        for path, module in whole if recurse else [(prefix, self)]:
            for name, part in module._own(kind):
                if not (remove_duplicate and part in seen):
                    seen.add(part)
                    yield (path + "." if path else "") + name, part

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: a module's own, then those of the modules below it.

        >>> sum(p.numel() for p in nn.Linear(2, 3).parameters())
        9
        """
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """All buffers with dotted names, as named_parameters() gives the parameters.

        >>> [name for name, _ in nn.BatchNorm1d(2).named_buffers()]
        ['running_mean', 'running_var', 'num_batches_tracked']
        """
        return self._named(Tensor, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once: a module's own, then those of the modules below it.

        >>> len(list(nn.BatchNorm1d(2).buffers()))
        3
        """
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module of this dotted name, "" being this one; AttributeError if there is none.

        >>> nn.Sequential(nn.ReLU()).get_submodule("0")
        ReLU()
        """
        found: Module = self
        for name in target.split(".") if target else ():
            if not hasattr(found, name):
                raise AttributeError(f"{found._get_name()} has no attribute `{name}`")
            found = getattr(found, name)
            if not isinstance(found, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return found

    def get_parameter(self, target: str) -> Parameter:
        """The parameter of this dotted name. Raises AttributeError if there is none.

        >>> nn.Linear(2, 3).get_parameter("bias").shape
        (3,)
        """
        return self._at_path(target, Parameter, "an nn.Parameter")

    def get_buffer(self, target: str) -> Tensor:
        """The buffer of this dotted name. Raises AttributeError if there is none.

        >>> nn.BatchNorm1d(2).get_buffer("running_mean")
        tensor([0., 0.])
        """
        return self._at_path(target, Tensor, "a buffer")

    def _at_path(self, target: str, kind: type[P], words: str) -> P:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        if module._parts.get(name) is not kind:
            raise AttributeError(f"`{name}` is not {words}")
        found: P = module.__dict__[name]
        return found

    def apply(self, fn: Callable[[Module], object]) -> Self:
        """Call `fn` on every module, first on those below; its results are not used.

        TypeError for what is no function.

        >>> nn.Linear(2, 3).apply(lambda m: m.eval())
        Linear(in_features=2, out_features=3, bias=True)
        """
        if not callable(fn):
            raise TypeError(f"apply: expected a function of a Module, got {type(fn).__name__}")
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # ---------------------------------------------------------------------------------------- modes

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` here and below, for modules that compute something else in training.

        ValueError for what is no bool.

        >>> nn.Linear(2, 3).train(False).training
        False
        """
        if not isinstance(mode, bool):
            raise ValueError(f"train: mode must be True or False, got {type(mode).__name__}")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """``train(False)``.

        >>> nn.Linear(2, 3).eval().training
        False
        """
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for the gradients of all parameters (or no longer).

        >>> nn.Linear(2, 3).requires_grad_(False).weight.requires_grad
        False
        """
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to None; or fill them with zeros.

        >>> nn.Linear(2, 3).zero_grad()
        """
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none)

    def to(self, *args: DTypeLike | Tensor, **kwargs: Any) -> Self:
        """Move or convert all parameters, their gradients, and buffers, as Tensor.to() does.

        Only what holds floats is converted. The parameters stay the same objects, so an optimizer
        need not be made anew. Raises TypeError for a dtype that is no float.

        >>> nn.Linear(2, 3).to(tg.float64).weight.dtype
        dtype('float64')
        """

        def moved(tensor: Tensor) -> Tensor:
            there = tensor.to(*args, **kwargs)
            if there.dtype == tensor.dtype:
                return there
            if there.dtype.kind != "f":
                raise TypeError(
                    "nn.Module.to only accepts floating point dtypes, as parameters hold floats, "
                    f"but got desired dtype={there.dtype}"
                )
            return there if tensor.dtype.kind == "f" else tensor.to(device=there.device)

        return self._apply(moved)

    def _apply(self, fn: Callable[[Tensor], Tensor]) -> Self:
        """Put what `fn` makes of them into all parameters and their gradients, and for buffers."""
        for parameter in self.parameters():
            changed, grad = fn(parameter.detach()), parameter.grad
            parameter.grad = None
            parameter.data = changed
            if grad is not None:
                parameter.grad = fn(grad.detach())
        for module in self.modules():
            for name, buffer in module._own(Tensor):
                setattr(module, name, fn(buffer))
        return self

    def cpu(self) -> Self:
        """Move all parameters and buffers to the CPU.

        >>> nn.Linear(2, 3).cpu()
        Linear(in_features=2, out_features=3, bias=True)
        """
        return self.to("cpu")

    def cuda(self, device: str | None = None) -> Self:
        """Move all parameters and buffers to the GPU. DeviceError if there is none.

        >>> model = nn.Linear(2, 3)
        >>> model = model.cuda() if tg.is_available() else model
        >>> model.cpu().weight.device
        device(type='cpu')
        """
        return self.to("gpu" if device is None else device)

    def type(self, dst_type: DTypeLike) -> Self:
        """All parameters and buffers in this dtype, also those that hold no floats.

        >>> nn.Linear(2, 3).type(tg.float64).weight.dtype
        dtype('float64')
        """
        return self._apply(lambda tensor: tensor.to(dtype=dst_type))

    def double(self) -> Self:
        """Convert what holds floats to float64.

        >>> nn.Linear(2, 3).double().weight.dtype
        dtype('float64')
        """
        return self.to("float64")

    def float(self) -> Self:
        """Convert what holds floats to float32.

        >>> nn.Linear(2, 3).float().weight.dtype
        dtype('float32')
        """
        return self.to("float32")

    def half(self) -> Self:
        """Convert what holds floats to float16.

        >>> nn.Linear(2, 3).half().weight.dtype
        dtype('float16')
        """
        return self.to("float16")

    # ---------------------------------------------------------------------------------------- state

    def state_dict(
        self,
        *,
        destination: dict[str, Tensor] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> dict[str, Tensor]:
        """All parameters and buffers by name, and by each of its names if it has several.

        They are detached Tensors on the same memory; with `keep_vars`, they themselves. `prefix` is
        put before each name, `destination` is the dict that gets them: an OrderedDict, if none is
        given.

        >>> list(nn.Linear(2, 3).state_dict())
        ['weight', 'bias']
        """
        found = OrderedDict() if destination is None else destination
        for name, place in state.places(self):
            lazy = isinstance(place.value, UninitializedParameter)
            found[prefix + name] = place.value if keep_vars or lazy else place.value.detach()
        return found

    def load_state_dict(
        self, state_dict: Mapping[str, Tensor], strict: bool = True, assign: bool = False
    ) -> state._IncompatibleKeys:
        """Copy the values of `state_dict` into the parameters and buffers of the same names.

        They are Tensors, or PyTorch's: the names are the same there.
        Or, with `assign`, let its Tensors be the parameters and buffers, in their dtypes. Returns
        which names were missing and which were unexpected: none, unless ``strict=False``. Raises
        RuntimeError, and loads nothing, if there are any, or if shapes differ; the error lists all
        of it.

        >>> nn.Linear(2, 3).load_state_dict(nn.Linear(2, 3).state_dict())
        <All keys matched successfully>
        """
        return state.load(self, state_dict, strict, assign)

    # ----------------------------------------------------------------------------------------- repr

    def extra_repr(self) -> str:
        """What stands between the parentheses of the repr; for subclasses to define.

        >>> nn.Linear(2, 3).extra_repr()
        'in_features=2, out_features=3, bias=True'
        """
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        named = self._modules.items() if "_parts" in self.__dict__ else ()
        children = [f"({name}): {module!r}".replace("\n", "\n  ") for name, module in named]
        lines = extra.split("\n") * bool(extra) + children
        if len(lines) == 1 and not children:
            return f"{self._get_name()}({extra})"
        return (
            f"{self._get_name()}("
            + "".join(f"\n  {line}" for line in lines)
            + "\n" * bool(lines)
            + ")"
        )

    _repr_html_ = shown_as("module")


def clear_grad(parameter: Tensor, set_to_none: bool = True) -> None:
    """Set the gradient to None; or fill it with zeros, if there is one."""
    if set_to_none or parameter._grad is None:
        parameter._grad = None
    else:
        parameter._grad = parameter._grad.detach().zero_()


def _no_part(name: str, was: type, value: object) -> TypeError:
    """The error for a `value` that would take the place of a part, and is none."""
    came = "a Tensor" if isinstance(value, Tensor) else described_module(value)
    as_what, wanted = {
        Parameter: ("parameter", "nn.Parameter or None"),
        Module: ("child module", "nn.Module or None"),
        Tensor: ("buffer", "Tensor or None"),
    }[was]
    instead = f"; or write to {name}.data" if was is Parameter else ""
    return TypeError(f"cannot assign {came} as {as_what} {name!r} ({wanted} expected){instead}")


def described_module(thing: object) -> str:
    """What was given in place of a module, and how to make a module of it."""
    if isinstance(thing, type):
        return f"the class {thing.__name__} (write {thing.__name__}())"
    if isinstance(thing, (list, tuple)):
        return f"a {type(thing).__name__} (write Sequential(*modules))"
    if callable(thing) and hasattr(thing, "__name__"):
        return f"the function {thing.__name__} (call it in a forward() of your own)"
    return type(thing).__name__
