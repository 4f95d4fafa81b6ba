"""Mistakes with modules: their parameters and buffers, hooks, state and arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_lr as tg
from mistakes import Mistakes, X, assign
from tinygrad_lr import nn
from tinygrad_lr.nn import functional as F


def with_buffer() -> nn.Module:
    module = nn.Module()
    module.register_buffer("mean", tg.zeros(2))
    return module


def computed() -> nn.Parameter:
    weight = nn.Parameter(tg.ones(2), requires_grad=False)
    weight.mul_(tg.ones(2, requires_grad=True))
    return weight


def hooked(hook: Callable[..., Any]) -> nn.Module:
    module = nn.ReLU()
    module.register_forward_pre_hook(hook, with_kwargs=True)
    return module


class Forgetful(nn.Module):
    """A module without forward."""


class Hasty(nn.Module):
    """A module that does not wait for its base class."""

    def __init__(self) -> None:
        self.layer = nn.Linear(2, 2)


def itself(module: nn.Module) -> nn.Module:
    """`module`, with itself inside."""
    module.whole = module
    return module


MODULES: Mistakes = {
    "images that were not flattened": (
        lambda: nn.Linear(784, 10)(tg.ones(100, 1, 28, 28)),
        tg.ShapeError,
        ["linear:", "(100, 1, 28, 28)", "(10, 784)", "x.flatten(1)"],
    ),
    "layers that do not fit together": (
        lambda: nn.Sequential(nn.Linear(3, 4), nn.Linear(5, 2))(X),
        tg.ShapeError,
        ["linear: x has shape (2, 4), weight has shape (2, 5)", "the last of weight"],
    ),
    "a batch that is a list": (
        lambda: nn.Linear(3, 2)([[1.0, 2.0, 3.0]]),  # type: ignore[arg-type]
        TypeError,
        ["linear: input and weight must be Tensors", "list"],
    ),
    "a batch that is an array": (
        lambda: nn.Linear(3, 2)(np.ones((2, 3))),  # type: ignore[arg-type]
        TypeError,
        ["linear: input and weight must be Tensors", "ndarray"],
    ),
    "a weight that is a vector": (
        lambda: F.linear(X, tg.ones(3)),
        tg.ShapeError,
        ["linear: weight must be a matrix (out, in)", "(3,)"],
    ),
    "a bias that is a number": (
        lambda: F.linear(X, tg.ones(4, 3), 1.0),
        TypeError,
        ["linear: bias must be a Tensor or None", "float"],
    ),
    "a layer with fewer than no inputs": (
        lambda: nn.Linear(-1, 3),
        tg.ShapeError,
        ["Linear: in_features and out_features must be >= 0", "got -1"],
    ),
    "a layer with a fraction of outputs": (
        lambda: nn.Linear(3, 5 / 2),  # type: ignore[arg-type]
        TypeError,
        ["Linear: sizes must be integers", "2.5"],
    ),
    "relu of an array": (
        lambda: nn.ReLU()(np.ones(2)),  # type: ignore[arg-type]
        TypeError,
        ["relu: expected a Tensor", "ndarray"],
    ),
    "a module without forward": (
        lambda: Forgetful()(X),
        NotImplementedError,
        ["Forgetful defines no forward()", "forward(self, x)"],
    ),
    "a class in a Sequential": (
        lambda: nn.Sequential(nn.Linear(2, 2), nn.ReLU),
        TypeError,
        ["Sequential: expected Modules", "the class ReLU", "ReLU()"],
    ),
    "a function in a Sequential": (
        lambda: nn.Sequential(nn.Linear(2, 2), F.relu),
        TypeError,
        ["Sequential: expected Modules", "function relu", "forward()"],
    ),
    "a list in a Sequential": (
        lambda: nn.Sequential([nn.Linear(2, 2), nn.ReLU()]),
        TypeError,
        ["Sequential: expected Modules", "a list", "Sequential(*modules)"],
    ),
    "a layer that is not there": (
        lambda: nn.Sequential(nn.ReLU())[1],
        IndexError,
        ["Sequential: index 1 is out of range", "1 modules"],
    ),
    "a number as a module": (
        lambda: nn.Sequential().add_module("size", 5),  # type: ignore[arg-type]
        TypeError,
        ["add_module: 'size' must be a Module", "int"],
    ),
    "a parameter of integers": (
        lambda: nn.Parameter(tg.tensor([1, 2])),
        RuntimeError,
        ["floating point", "int64", ".float()"],
    ),
    "a parameter of nothing": (
        lambda: nn.Parameter(None),
        TypeError,
        ["Parameter: expected numbers", "NoneType"],
    ),
    "a tensor in a parameter's place": (
        lambda: assign("weight", tg.ones(2, 2), nn.Linear(2, 2)),
        TypeError,
        ["a Tensor as parameter 'weight'", "(nn.Parameter or None", "weight.data"],
    ),
    "an array in a parameter's place": (
        lambda: assign("weight", np.ones((2, 2)), nn.Linear(2, 2)),
        TypeError,
        ["ndarray as parameter 'weight'", "nn.Parameter or None", "weight.data"],
    ),
    "a tensor registered as a parameter": (
        lambda: nn.Linear(2, 2).register_parameter("extra", tg.ones(2)),  # type: ignore[arg-type]
        TypeError,
        ["register_parameter: 'extra' must be a Parameter", "Tensor", "Parameter(tensor)"],
    ),
    "a module that has more to say of its state": (
        lambda: nn.Sequential(
            type("Counter", (nn.Module,), {"get_extra_state": lambda self: 5})()
        ).state_dict(),
        NotImplementedError,
        ["Counter.get_extra_state is not called", "parameters and buffers", "register_buffer"],
    ),
    "a state without the bias": (
        lambda: nn.Linear(2, 2).load_state_dict({"weight": tg.ones(2, 2)}),
        tg.ShapeError,
        ["loading state_dict for Linear", 'Missing key(s) in state_dict: "bias"'],
    ),
    "a state of another model": (
        lambda: nn.Linear(2, 2).load_state_dict(nn.Sequential(nn.Linear(2, 2)).state_dict()),
        tg.ShapeError,
        ["loading state_dict", 'Missing key(s) in state_dict: "weight"', '"0.weight"'],
    ),
    "a state of another size": (
        lambda: nn.Linear(2, 2).load_state_dict(nn.Linear(3, 2).state_dict()),
        tg.ShapeError,
        ["loading state_dict", "size mismatch for weight", "(2, 3)", "current model is (2, 2)"],
    ),
    "a file's name in a state's place": (
        lambda: nn.Linear(2, 2).load_state_dict("model.safetensors"),  # type: ignore[arg-type]
        TypeError,
        ["load_state_dict: expected a dict", "state_dict()", "str"],
    ),
    "a model in a state's place": (
        lambda: nn.Linear(2, 2).load_state_dict(nn.Linear(2, 2)),  # type: ignore[arg-type]
        TypeError,
        ["load_state_dict: expected a dict", "Linear"],
    ),
    "arrays as a state": (
        lambda: nn.Linear(2, 1, bias=False).load_state_dict({"weight": np.ones((1, 2))}),
        tg.ShapeError,
        ['"weight", expected a Tensor', "received a ndarray of numpy", "tensor(...)"],
    ),
    "a layer before super().__init__()": (
        Hasty,
        AttributeError,
        ["cannot assign 'layer', a Module, before Module.__init__()", "Hasty", "super().__init__"],
    ),
    "a number in a module's place": (
        lambda: assign("0", 5, nn.Sequential(nn.ReLU())),
        TypeError,
        ["int as child module '0'", "nn.Module or None expected"],
    ),
    "a module in a parameter's place": (
        lambda: assign("weight", nn.ReLU(), nn.Linear(2, 2)),
        TypeError,
        ["ReLU as parameter 'weight'", "nn.Parameter or None expected"],
    ),
    "a method's name for a module": (
        lambda: nn.Sequential({"forward": nn.ReLU()}),
        KeyError,
        ["add_module: there is an attribute 'forward' already", "another name"],
    ),
    "a name with a dot for a module": (
        lambda: nn.Sequential({"a.b": nn.ReLU()}),
        KeyError,
        ["add_module: a name has no dots", "'a.b'"],
    ),
    "a number as a buffer": (
        lambda: nn.Linear(2, 2).register_buffer("mean", 0.5),  # type: ignore[arg-type]
        TypeError,
        ["register_buffer: 'mean' must be a Tensor", "float", "tensor(...)"],
    ),
    "a number in a buffer's place": (
        lambda: assign("mean", 0.5, with_buffer()),
        TypeError,
        ["float as buffer 'mean'", "(Tensor or None expected)"],
    ),
    "a buffer by a parameter's name": (
        lambda: nn.Linear(2, 2).register_buffer("weight", X),
        KeyError,
        ["register_buffer: there is an attribute 'weight' already", "another name"],
    ),
    "a parameter that was computed": (
        lambda: nn.Module().register_parameter("w", computed()),
        ValueError,
        ["register_parameter: 'w' was computed", "forward()"],
    ),
    "a hook that is called too early": (
        lambda: nn.ReLU().register_forward_hook(print("")),  # type: ignore[arg-type]
        TypeError,
        ["a hook is a function", "NoneType"],
    ),
    "a hook of half of its arguments": (
        lambda: hooked(lambda module, args, kwargs: X)(X),
        RuntimeError,
        ["hook must return None or a tuple of (new_args, new_kwargs)"],
    ),
    "a module for a ModuleList": (
        lambda: nn.ModuleList(nn.ReLU()),  # type: ignore[arg-type]
        TypeError,
        ["ModuleList: expected a list", "ReLU", "put it into a list"],
    ),
    "a function in a ModuleList": (
        lambda: nn.ModuleList([F.relu]),  # type: ignore[list-item]
        TypeError,
        ["ModuleList: expected Modules", "function relu", "forward()"],
    ),
    "a ModuleList that is called": (
        lambda: nn.ModuleList([nn.ReLU()])(X),
        NotImplementedError,
        ["ModuleList defines no forward()"],
    ),
    "a ModuleDict by a number": (
        lambda: nn.ModuleDict({1: nn.ReLU()}),
        TypeError,
        ["add_module: a name is text, got 1"],
    ),
    "a name in a ModuleDict that is a method's": (
        lambda: nn.ModuleDict({"type": nn.ReLU()}),
        KeyError,
        ["an attribute 'type' already", "another name"],
    ),
    "a tensor for a ParameterList": (
        lambda: nn.ParameterList(X),
        TypeError,
        ["ParameterList: expected a list", "put it into a list"],
    ),
    "a ParameterList that is called": (
        lambda: nn.ParameterList([X])(X),
        RuntimeError,
        ["ParameterList should not be called", "forward()"],
    ),
    "a parameter that is not in a ParameterDict": (
        lambda: nn.ParameterDict({"w": X})["v"],
        AttributeError,
        ["ParameterDict: there is nothing by the name 'v'"],
    ),
    "the shape of a layer that has none yet": (
        lambda: nn.LazyLinear(3).weight.shape,
        RuntimeError,
        ["the shape of an uninitialized parameter", "Call `forward`"],
    ),
    "the size of a layer that has none yet": (
        lambda: nn.LazyLinear(3).weight.numel(),
        ValueError,
        ["uninitialized parameter", "Call `forward`"],
    ),
    "the fans of a bias": (
        lambda: nn.init.xavier_uniform_(nn.Linear(2, 3).bias),
        ValueError,
        ["fewer than 2 dimensions", "(3,)"],
    ),
    "the gain of a function that has none": (
        lambda: nn.init.calculate_gain("swish"),
        ValueError,
        ["unsupported nonlinearity 'swish'", "'leaky_relu'", "'tanh'"],
    ),
    "a fan that is none": (
        lambda: nn.init.kaiming_normal_(tg.ones(2, 2), mode="in"),
        ValueError,
        ["mode must be 'fan_in' or 'fan_out'", "'in'"],
    ),
    "an initial value for a module": (
        lambda: nn.init.zeros_(nn.Linear(2, 2)),  # type: ignore[arg-type]
        TypeError,
        ["constant_: expected a Tensor", "Linear"],
    ),
    "a matrix of one on the diagonal in a vector": (
        lambda: nn.init.eye_(tg.ones(3)),
        ValueError,
        ["eye_: needs a matrix", "(3,)"],
    ),
    "gradients that are nan": (
        lambda: nn.utils.get_total_norm([tg.tensor(float("nan"))], error_if_nonfinite=True),
        RuntimeError,
        ["total norm", "non-finite", "error_if_nonfinite=False"],
    ),
    "a norm that only counts": (
        lambda: nn.utils.get_total_norm([X], norm_type=0),
        ValueError,
        ["norm_type 0", "use 1, 2 or inf"],
    ),
    "parameters from a list": (
        lambda: nn.utils.vector_to_parameters([1.0], [X]),  # type: ignore[arg-type]
        TypeError,
        ["vector_to_parameters", "Tensor", "list"],
    ),
    "parameters from too short a vector": (
        lambda: nn.utils.vector_to_parameters(tg.ones(3), [X]),
        ValueError,
        ["vector_to_parameters", "have 6 elements", "has 3"],
    ),
    "a layer far down that is not there": (
        lambda: nn.Sequential(nn.ReLU()).get_submodule("0.deep"),
        AttributeError,
        ["ReLU has no attribute `deep`"],
    ),
    "a module as a parameter's name": (
        lambda: nn.Sequential(nn.ReLU()).get_parameter("0"),
        AttributeError,
        ["`0` is not an nn.Parameter"],
    ),
    "training mode by a batch": (
        lambda: nn.ReLU().train(X),  # type: ignore[arg-type]
        ValueError,
        ["train: mode must be True or False", "Tensor"],
    ),
    "a layer by its name": (
        lambda: nn.Sequential({"act": nn.ReLU()})["act"],  # type: ignore[index]
        TypeError,
        ["Sequential: an index is an integer or a slice", "str"],
    ),
    "a class appended": (
        lambda: nn.Sequential().append(nn.ReLU),  # type: ignore[arg-type]
        TypeError,
        ["Sequential: expected Modules", "the class ReLU", "ReLU()"],
    ),
    "a layer put in far out": (
        lambda: nn.Sequential(nn.ReLU()).insert(3, nn.ReLU()),
        IndexError,
        ["Sequential: index 3 is out of range", "1 modules"],
    ),
    "the state of a module that contains itself": (
        lambda: itself(nn.Sequential(nn.ReLU())).state_dict(),
        RecursionError,
        ["whole: the module Sequential contains itself"],
    ),
    "applying a number": (
        lambda: nn.Linear(1, 1).apply(3),
        TypeError,
        ["apply: expected a function of a Module, got int"],
    ),
}
