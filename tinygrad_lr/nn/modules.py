"""Modules: objects with parameters, and with modules inside.

The attributes of a Module that are Parameters or Modules make a tree, in the order in which they
were first set. ``parameters()``, ``state_dict()``, ``to()`` and the repr go through that tree.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from ..dtypes import DTypeLike
from ..effects import effect
from ..errors import ShapeError
from ..random import default_generator
from ..tensor import Tensor
from ..versions import tick
from . import functional as F


class Parameter(Tensor):
    """A Tensor that a Module counts among its parameters: a leaf that requires grad."""

    def __init__(self, data: object, requires_grad: bool = True) -> None:
        if isinstance(data, Tensor):
            data = data.detach().array
        super().__init__(data, requires_grad=requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


# When a part of each living module, by its id, was first set, and when a part last came or went.
_parts: dict[int, tuple[weakref.ref[Module], int, int]] = {}
_last_change = 0


def parts_changed(since: int) -> bool:
    """Whether, since that tick, a part of a module has come or gone that was there before."""
    if _last_change <= since:
        return False
    return any(first < since < last for _, first, last in list(_parts.values()))


def _part_changed(module: Module) -> None:
    global _last_change
    _last_change = tick()
    key = id(module)
    known = _parts.get(key)
    if known is None:
        known = weakref.ref(module, lambda _: _parts.pop(key, None)), _last_change, 0
    _parts[key] = known[0], known[1], _last_change


class Module:
    """The base class of all modules. A subclass sets attributes, and defines ``forward``.

    Its parameters and the modules below it are those of its attributes that are Parameters and
    Modules, in the order in which they were first set.
    """

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
        old = self.__dict__.get(name)
        if isinstance(old, Parameter) and value is not None and not isinstance(value, Parameter):
            kind = "plain Tensor" if isinstance(value, Tensor) else type(value).__name__
            raise TypeError(
                f"{name!r} is a parameter, and this {kind} would not be one any more; assign a "
                f"Parameter, or write to {name}.data"
            )
        parts = isinstance(old, (Parameter, Module)) or isinstance(value, (Parameter, Module))
        if parts and value is not old:
            _part_changed(self)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if isinstance(self.__dict__.get(name), (Parameter, Module)):
            _part_changed(self)
        object.__delattr__(self, name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set a parameter by name, as assigning the attribute does."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"register_parameter: {name!r} must be a Parameter, got {type(param).__name__}; "
                "write Parameter(tensor)"
            )
        setattr(self, name, param)

    def add_module(self, name: str, module: Module) -> None:
        """Set a module by name; unlike an attribute's, it need not be an identifier."""
        if not isinstance(name, str):
            raise TypeError(f"add_module: a name is text, got {name!r}")
        if not isinstance(module, Module):
            raise TypeError(
                f"add_module: {name!r} must be a Module, got {_described_module(module)}"
            )
        setattr(self, name, module)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; for subclasses to define."""
        raise NotImplementedError(
            f"{type(self).__name__} defines no forward(); give the class a method forward(self, x)"
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.forward(*args, **kwargs)

    # ------------------------------------------------------------------------------------- the tree

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """This module and all below it, each once, with dotted names."""
        seen: set[int] = set()
        stack = [(prefix, self)]
        while stack:
            name, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            dotted = name + "." if name else ""
            below = [(dotted + key, child) for key, child in module.named_children()]
            stack.extend(reversed(below))

    def modules(self) -> Iterator[Module]:
        """This module and all below it, each once."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below this one, each once."""
        below: dict[int, tuple[str, Module]] = {}
        for name, value in vars(self).items():
            if isinstance(value, Module):
                below.setdefault(id(value), (name, value))
        return iter(below.values())

    def children(self) -> Iterator[Module]:
        """The modules directly below this one, each once, without their names."""
        return (child for _, child in self.named_children())

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """All parameters with dotted names, each once: a module's own, then those below it."""
        seen: set[int] = set()
        for path, module in self.named_modules(prefix):
            for name, parameter in vars(module).items():
                if isinstance(parameter, Parameter) and id(parameter) not in seen:
                    seen.add(id(parameter))
                    yield (path + "." if path else "") + name, parameter

    def parameters(self) -> Iterator[Parameter]:
        """All parameters, each once: a module's own, then those of the modules below it."""
        for _, parameter in self.named_parameters():
            yield parameter

    def apply(self, function: Callable[[Module], object]) -> Self:
        """Call `function` on every module, first on those below; its results are not used."""
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    # ---------------------------------------------------------------------------------------- modes

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` here and below, for modules that compute something else in training."""
        for module in self.modules():
            module.training = bool(mode)
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
        """All parameters by name: detached Tensors on the same memory."""
        return {name: parameter.detach() for name, parameter in self.named_parameters()}

    def load_state_dict(self, state_dict: Mapping[str, Tensor], strict: bool = True) -> None:
        """Copy the values of `state_dict` into the parameters of the same names.

        Raises ShapeError, and loads nothing, if names are missing or unexpected, or shapes differ;
        the error lists all of it. With ``strict=False`` missing and unexpected names are no error.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                "load_state_dict: expected a dict of names and Tensors, as state_dict() gives, got "
                f"{type(state_dict).__name__}"
            )
        own = dict(self.named_parameters())
        problems = []
        if strict:
            problems += [f"missing: {name}" for name in own if name not in state_dict]
            problems += [f"unexpected: {name}" for name in state_dict if name not in own]
        shared = [name for name in own if name in state_dict]
        for name in shared:
            value = state_dict[name]
            if not isinstance(value, Tensor):
                problems.append(f"not a Tensor: {name} is a {type(value).__name__}")
            elif value.shape != own[name].shape:
                problems.append(
                    f"wrong shape: {name} is {value.shape}, the model's is {own[name].shape}"
                )
        if problems:
            raise ShapeError(
                f"load_state_dict: this state does not belong to this {type(self).__name__}; "
                "nothing was loaded:\n  " + "\n  ".join(problems)
            )
        for name in shared:
            own[name].data.copy_(state_dict[name])

    # ----------------------------------------------------------------------------------------- repr

    def extra_repr(self) -> str:
        """What stands between the parentheses of the repr; for subclasses to define."""
        return ""

    def __repr__(self) -> str:
        lines = self.extra_repr().splitlines() + [
            f"({name}): " + repr(child).replace("\n", "\n  ")
            for name, child in vars(self).items()
            if isinstance(child, Module)
        ]
        if not any(True for _ in self.children()):
            return f"{type(self).__name__}({self.extra_repr()})"
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"


def clear_grad(parameter: Tensor, set_to_none: bool = True) -> None:
    """Set the gradient to None; or fill it with zeros, if there is one."""
    if set_to_none or parameter._grad is None:
        parameter._grad = None
    else:
        parameter._grad = parameter._grad.detach().zero_()


def _described_module(thing: object) -> str:
    """What was given in place of a module, and how to make a module of it."""
    if isinstance(thing, type):
        return f"the class {thing.__name__} (write {thing.__name__}())"
    if isinstance(thing, (list, tuple)):
        return f"a {type(thing).__name__} (write Sequential(*modules))"
    if callable(thing) and hasattr(thing, "__name__"):
        return f"the function {thing.__name__} (call it in a forward() of your own)"
    return type(thing).__name__


class Linear(Module):
    """``y = x @ weight.T + bias``: x (..., in_features) becomes y (..., out_features).

    `weight` is (out_features, in_features), `bias` (out_features,). Both are drawn from a uniform
    distribution between -1/sqrt(in_features) and 1/sqrt(in_features), as PyTorch does.
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: str | None = None,
        dtype: DTypeLike = "float32",
    ) -> None:
        super().__init__()
        for name, value in {"in_features": in_features, "out_features": out_features}.items():
            whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
            if not whole or value < 1:
                raise ValueError(f"Linear: {name} must be an integer >= 1, got {value!r}")
        self.in_features, self.out_features = in_features, out_features
        bound = 1.0 / math.sqrt(in_features)

        def drawn(*size: int) -> Parameter:
            values = Tensor(default_generator.uniform(-bound, bound, size))
            return Parameter(values.to(dtype=dtype, device=device or "cpu"))

        self.weight = drawn(out_features, in_features)
        self.bias = drawn(out_features) if bias else None

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Sigmoid(Module):
    """``1 / (1 + exp(-x))`` of each element."""

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class ReLU(Module):
    """``max(x, 0)`` of each element."""

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input)


class Flatten(Module):
    """The dimensions `start_dim` to `end_dim` as one: images (N, 1, 28, 28) become (N, 784)."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Sequential(Module):
    """Modules one after the other: ``Sequential(Linear(784, 100), Sigmoid(), Linear(100, 10))``.

    Or one dict of modules, by their names.
    """

    def __init__(self, *modules: Module | dict[str, Module]) -> None:
        super().__init__()
        named = modules[0].items() if len(modules) == 1 and isinstance(modules[0], dict) else None
        for i, (name, module) in enumerate(named or ((str(i), m) for i, m in enumerate(modules))):
            if not isinstance(module, Module):
                raise TypeError(
                    f"Sequential: expected Modules, got {_described_module(module)} at place {i}"
                )
            self.add_module(name, module)

    def forward(self, input: Any) -> Any:
        for module in self.__dict__.values():
            if isinstance(module, Module):
                input = module(input)
        return input

    def __len__(self) -> int:
        return len(list(self.children()))

    def __iter__(self) -> Iterator[Module]:
        return self.children()

    def __getitem__(self, index: int | slice) -> Any:
        try:
            modules = list(self)[index]
        except IndexError:
            raise IndexError(
                f"Sequential: index {index} is out of range, there are {len(self)} modules"
            ) from None
        return Sequential(*modules) if isinstance(modules, list) else modules


class CrossEntropyLoss(Module):
    """cross_entropy as a module: of scores (N, C), *before* any softmax, and classes (N,)."""

    def __init__(
        self, *, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
    ) -> None:
        super().__init__()
        F.check_reduction("CrossEntropyLoss", reduction)
        F.check_smoothing(label_smoothing)
        self.ignore_index, self.reduction = ignore_index, reduction
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class MSELoss(Module):
    """mse_loss as a module: ``(input - target)**2``, its mean, its sum, or each element."""

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        F.check_reduction("MSELoss", reduction)
        self.reduction = reduction

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)
