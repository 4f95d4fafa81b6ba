"""Modules: what holds parameters, and what is made of modules.

A Module is an object whose attributes are Parameters and other Modules, in the order in which they
were set. Everything else (``parameters()``, ``state_dict()``, ``to()``, the repr) walks that tree.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ShapeError
from ..random import default_generator
from ..tensor import Tensor
from . import functional as F


class Parameter(Tensor):
    """A Tensor that a Module counts among its parameters: a leaf that requires grad."""

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True) -> None:
        if isinstance(data, Tensor):
            data = data.detach().array
        super().__init__(data, requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Module:
    """The base of everything with parameters. Subclasses set attributes and define ``forward``."""

    training: bool
    _parameters: dict[str, Parameter | None]
    _modules: dict[str, Module]

    def __init__(self) -> None:
        # Past __setattr__, which needs them to be there.
        self.__dict__.update(training=True, _parameters={}, _modules={})

    def __setattr__(self, name: str, value: Any) -> None:
        if "_parameters" not in self.__dict__:
            raise AttributeError(
                f"cannot set {name!r}: first call super().__init__() in "
                f"{type(self).__name__}.__init__"
            )
        tables: Any = ((Parameter, self._parameters), (Module, self._modules))
        for kind, table in tables:
            if isinstance(value, kind) or (name in table and value is None):
                self.__dict__.pop(name, None)
                self._forget(name)
                table[name] = value
                return
        if isinstance(value, Tensor) and name in self._parameters:
            raise TypeError(f"{name!r} is a parameter; assign a Parameter, or write to {name}.data")
        self._forget(name)
        object.__setattr__(self, name, value)

    def _forget(self, name: str) -> None:
        self._parameters.pop(name, None)
        self._modules.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        for table in ("_parameters", "_modules"):
            if name in self.__dict__.get(table, ()):
                return self.__dict__[table][name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __delattr__(self, name: str) -> None:
        if name in self._parameters or name in self._modules:
            self._forget(name)
        else:
            object.__delattr__(self, name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter by name; None reserves the name."""
        self._parameters[name] = param

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; for subclasses to define."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward()")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.forward(*args, **kwargs)

    # -------------------------------------------------------------------------------- the tree

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
            below = [(dotted + key, child) for key, child in module._modules.items() if child]
            stack.extend(reversed(below))

    def modules(self) -> Iterator[Module]:
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        return iter([(name, child) for name, child in self._modules.items() if child])

    def children(self) -> Iterator[Module]:
        return (child for _, child in self.named_children())

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """All parameters, in the order they were set, each once, with dotted names."""
        seen: set[int] = set()
        for path, module in self.named_modules(prefix):
            for name, parameter in module._parameters.items():
                if parameter is not None and id(parameter) not in seen:
                    seen.add(id(parameter))
                    yield (path + "." if path else "") + name, parameter

    def parameters(self) -> Iterator[Parameter]:
        return (parameter for _, parameter in self.named_parameters())

    def apply(self, function: Any) -> Module:
        """Call `function` on every module, those below first."""
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    # ----------------------------------------------------------------------------------- modes

    def train(self, mode: bool = True) -> Module:
        """Set ``training`` here and below; for modules that behave differently in evaluation."""
        for module in self.modules():
            module.__dict__["training"] = bool(mode)
        return self

    def eval(self) -> Module:
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Module:
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters."""
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none)

    def to(self, *args: Any, **kwargs: Any) -> Module:
        """Move or convert all parameters. They stay the same objects, so optimizers keep them."""
        for parameter in self.parameters():
            grad = parameter.grad
            parameter.grad = None
            parameter.data = parameter.detach().to(*args, **kwargs)
            if grad is not None:
                parameter.grad = grad.detach().to(*args, **kwargs)
        return self

    def cpu(self) -> Module:
        return self.to("cpu")

    def cuda(self, device: Any = None) -> Module:
        return self.to("gpu" if device is None else device)

    def double(self) -> Module:
        return self.to("float64")

    def float(self) -> Module:
        return self.to("float32")

    # ----------------------------------------------------------------------------------- state

    def state_dict(self) -> dict[str, Tensor]:
        """All parameters by name: detached Tensors on the same memory."""
        return {name: parameter.detach() for name, parameter in self.named_parameters()}

    def load_state_dict(self, state_dict: Mapping[str, Tensor], strict: bool = True) -> None:
        """Copy the values of `state_dict` into the parameters of the same names.

        Everything that is wrong (missing, unexpected, of another shape) is reported at once, and
        then nothing has been loaded. With ``strict=False`` names without a counterpart are passed
        over.
        """
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

    # ------------------------------------------------------------------------------------ repr

    def extra_repr(self) -> str:
        """What stands in the brackets of the repr."""
        return ""

    def __repr__(self) -> str:
        lines = [
            f"({name}): " + repr(child).replace("\n", "\n  ")
            for name, child in self._modules.items()
        ]
        if not lines:
            return f"{type(self).__name__}({self.extra_repr()})"
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"


def clear_grad(parameter: Tensor, set_to_none: bool = True) -> None:
    """Forget the gradient, or make it zero."""
    if set_to_none or parameter.grad is None:
        parameter.grad = None
    else:
        parameter.grad = parameter.grad.detach().zero_()


class Linear(Module):
    """``y = x @ weight.T + bias``: weight (out_features, in_features), bias (out_features,).

    Both start uniform in +-1/sqrt(in_features), as PyTorch's do.
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = "float32",
    ) -> None:
        super().__init__()
        for name, value in {"in_features": in_features, "out_features": out_features}.items():
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"Linear: {name} must be an integer >= 1, got {value!r}")
        self.in_features, self.out_features = in_features, out_features
        bound = 1.0 / math.sqrt(in_features)

        def drawn(*size: int) -> Parameter:
            values = Tensor(default_generator.uniform(-bound, bound, size))
            return Parameter(values.to(dtype).to(device or "cpu"))

        self.weight = drawn(out_features, in_features)
        self.bias = drawn(out_features) if bias else None
        if not bias:
            self.register_parameter("bias", None)

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
    """The dimensions `start_dim` to `end_dim` in one: images (N, 1, 28, 28) become (N, 784)."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Sequential(Module):
    """Modules one after the other: ``Sequential(Linear(784, 100), Sigmoid(), Linear(100, 10))``."""

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        named = modules[0].items() if len(modules) == 1 and isinstance(modules[0], dict) else None
        for name, module in named or ((str(i), m) for i, m in enumerate(modules)):
            if not isinstance(module, Module):
                raise TypeError(f"Sequential: expected Modules, got {type(module).__name__}")
            self._modules[name] = module

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __getitem__(self, index: int | slice) -> Any:
        modules = list(self._modules.values())[index]
        return Sequential(*modules) if isinstance(modules, list) else modules


class CrossEntropyLoss(Module):
    """cross_entropy as a module: scores (N, C), *not* yet through a softmax, and classes (N,)."""

    def __init__(
        self, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
    ) -> None:
        super().__init__()
        self.ignore_index, self.reduction = ignore_index, reduction
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input, target, self.ignore_index, self.reduction, self.label_smoothing
        )


class MSELoss(Module):
    """mse_loss as a module."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, self.reduction)
