"""Optimizers: they change parameters by their gradients.

An optimizer keeps the parameters themselves, not copies, so it may be made before or after
``model.to(device)``. Call ``zero_grad()`` before each ``backward()``: gradients add up otherwise.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np

from .creation import tensor
from .device import Array
from .effects import effect
from .errors import ShapeError
from .forms import formed
from .graph import Value
from .modes import enable_grad
from .nn.module import clear_grad
from .options import FLAGS, NUMBERS, Group, numbers_in
from .tensor import Tensor
from .versions import mark_written

T = TypeVar("T")
Options: TypeAlias = dict[str, Any]  # numbers and bools by name; of a group, "params" too


class SGD:
    """Stochastic gradient descent: ``p <- p - lr * p.grad``, with PyTorch's variations.

    ``d = grad + weight_decay * p``; with momentum, ``buf <- momentum * buf + (1 - dampening) * d``
    (the first time ``buf <- d``) replaces d, or with nesterov ``d + momentum * buf`` does.
    (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013;
    the variant with lr outside the velocity, as PyTorch documents it.) The velocities, buf, have
    the shapes and dtypes of the parameters.

    Args:
        params: Tensors (``model.parameters()``), or pairs of a name and a Tensor, or a list of
            groups ``{"params": ..., "lr": ...}``, each with options of its own. What else is in a
            group, a name for instance, is kept.
        lr: the learning rate.
        momentum: how much of the velocity is kept from step to step.
        dampening: how much less of d goes into the velocity.
        weight_decay: how much of the parameter is added to its gradient.
        nesterov: whether the step looks ahead by one more momentum.
        maximize: whether it goes up: with -grad for grad.

    Options are finite numbers >= 0 (the dampening may be negative); a Tensor of one number is read
    in each step. Raises TypeError or ValueError for others, for parameters that are no leaves, if
    none of them requires grad, and for one that is given twice. A parameter that does not require
    grad, or has no gradient, is left alone.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[Options],
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr": lr, "momentum": momentum, "dampening": dampening}
        options |= {"weight_decay": weight_decay, "nesterov": nesterov, "maximize": maximize}
        self.defaults = Group(options)
        used = numbers_in(self.defaults)
        if used["nesterov"] and (used["momentum"] <= 0 or used["dampening"] != 0):
            raise ValueError("SGD: nesterov needs momentum > 0 and dampening = 0")
        self._groups: list[Group] = []
        for group in _groups(params):
            self._add(group)
        _check_any_moves(self._groups)
        self._velocities: dict[Tensor, Tensor] = {}  # of the parameters that have one
        self._stepped = False

    @property
    def param_groups(self) -> list[Group]:
        """The groups of parameters: dicts of their options, with the parameters as "params"."""
        effect("use an optimizer", self)
        return self._groups

    @param_groups.setter
    def param_groups(self, groups: list[Group]) -> None:
        effect("use an optimizer", self)
        self._groups = groups

    def add_param_group(self, param_group: Options) -> None:
        """Add a group ``{"params": ..., "lr": ...}``; the options left out are those of SGD(...).

        Raises TypeError or ValueError as SGD(...) does, and for parameters that are in a group.
        """
        effect("change an optimizer")
        self._add(param_group)

    def _add(self, group: Options) -> None:
        made = _group(group, self.defaults)
        known = [parameter for other in self._groups for parameter in other["params"]]
        for i, parameter in enumerate(made["params"]):
            _check_parameter(len(known) + i, parameter)
        _check_once([*known, *made["params"]])
        if self._groups and ("param_names" in made) != ("param_names" in self._groups[0]):
            raise ValueError("SGD: either all groups have names of their parameters, or none has")
        self._groups.append(made)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to None; or, if not `set_to_none`, to 0."""
        effect("use an optimizer", self)
        for group in self._groups:
            for parameter in dict.__getitem__(group, "params"):
                if set_to_none:
                    parameter._grad = None
                else:
                    clear_grad(parameter, set_to_none=False)

    def step(self, closure: Callable[[], T] | None = None) -> T | None:
        """Change each parameter that has a gradient, by the formula of the class.

        With a `closure`, call it first, while operations are recorded: it computes the loss and its
        gradients. Returns what it returns. Raises ShapeError if a gradient is not of its
        parameter's shape, RuntimeError for a parameter in read-only memory.
        """
        effect("use an optimizer", self)
        loss = None
        if closure is not None and not callable(closure):
            raise TypeError(
                f"step: the closure must be a function that computes the loss and its gradients, "
                f"got {type(closure).__name__}; after loss.backward() write step()"
            )
        if closure is not None:
            with enable_grad():
                loss = closure()
        moved = False
        for options in options_of(self):
            moved |= update(options, self._velocities)
        if not moved and not self._stepped:
            warnings.warn(
                "SGD.step(): no parameter has a gradient, so nothing changed; call loss.backward() "
                "first, and make sure that the loss was computed from these parameters (not from "
                "copies of them, nor under no_grad)",
                UserWarning,
                stacklevel=2,
            )
        self._stepped = True
        return loss

    def state_dict(self) -> dict[str, Any]:
        """What ``load_state_dict()`` takes, in PyTorch's form.

        "param_groups" holds the options of each group, with the numbers of its parameters as
        "params"; "state" holds a copy of each velocity, by the number of its parameter.
        """
        groups, state, number = [], {}, 0
        for group in self.param_groups:
            first = number
            for parameter in group["params"]:
                velocity = self._velocities.get(parameter)
                if velocity is not None:
                    state[number] = {"momentum_buffer": velocity.detach().clone()}
                number += 1
            options = {name: _copied(value) for name, value in group.items() if name != "params"}
            groups.append(options | {"params": list(range(first, number))})
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over the groups' options, and all else in them, and the velocities.

        `state_dict` is what ``state_dict()`` gave, here or in PyTorch. Raises ValueError, and
        changes nothing, if it is something else, or was given by an optimizer of parameters of
        another number or of other shapes.
        """
        groups, state = _parts(state_dict)
        own = [parameter for group in self.param_groups for parameter in group["params"]]
        sizes = [len(group["params"]) for group in self.param_groups]
        if [len(group["params"]) for group in groups] != sizes:
            raise ValueError(
                f"SGD.load_state_dict: this optimizer has groups of {sizes} parameters, the state "
                f"has {[len(group['params']) for group in groups]}; nothing was loaded"
            )
        numbers = [int(number) for group in groups for number in group["params"]]
        velocities: dict[Tensor, Tensor] = {}
        for number, entry in state.items():
            parameter = dict(zip(numbers, own)).get(int(number))
            velocity = entry.get("momentum_buffer")
            if velocity is None:
                continue
            if parameter is None or tuple(velocity.shape) != parameter.shape:
                raise ValueError(
                    f"SGD.load_state_dict: the velocity of parameter {number} has shape "
                    f"{tuple(velocity.shape)}, the parameter "
                    f"{'does not exist' if parameter is None else f'has {parameter.shape}'}; "
                    "nothing was loaded"
                )
            ours = velocity if isinstance(velocity, Tensor) else tensor(np.asarray(velocity))
            velocities[parameter] = ours.detach().clone().to(parameter)
        loaded = [_loaded(old, new) for old, new in zip(self.param_groups, groups)]
        for group, options in zip(self.param_groups, loaded):
            group.clear()
            group.update(options)
        self._velocities = velocities

    def __repr__(self) -> str:
        lines = ["SGD ("]
        for number, group in enumerate(self.param_groups):
            lines += ([""] if number else []) + [f"Parameter Group {number}"]
            names = sorted(name for name in group if name != "params")
            lines += [f"    {name}: {group[name]}" for name in names]
        return "\n".join([*lines, ")"])


@formed
def options_of(optimizer: SGD) -> list[Options]:
    """The groups of an optimizer as plain dicts of Python's numbers, as a step uses them."""
    return [numbers_in(group) for group in optimizer._groups]


@formed
def update(options: Options, velocities: dict[Tensor, Tensor]) -> bool:
    """Change the parameters that have gradients, in place; and with momentum `velocities`.

    Returns whether there were any.
    """
    lr, decay, momentum = options["lr"], options["weight_decay"], options["momentum"]
    maximize = options["maximize"]
    moved = False
    for parameter in options["params"]:
        if parameter._grad is None:
            continue
        moved = True
        p, d = parameter.array, parameter._grad.array
        if p.shape != d.shape:
            raise misfit(p, d)
        if maximize:
            d = -d
        if decay:
            d = d + p * decay
        if momentum:
            v = _moved_velocity(velocities, parameter, d, options)
            d = d + v * momentum if options["nesterov"] else v
        try:
            p -= d * lr
        except ValueError:
            raise read_only(p) from None
        mark_written(parameter, "SGD.step()")
    return moved


def _moved_velocity(
    velocities: dict[Tensor, Tensor], parameter: Tensor, d: Array, options: Options
) -> Array:
    """The velocity of `parameter`, changed by this step. The first one is a copy of `d`."""
    velocity = velocities.get(parameter)
    if velocity is None:
        effect("make a velocity")
        velocity = velocities[parameter] = parameter.wrap(d.copy())
    else:
        moved = velocity.array * options["momentum"] + d * (1.0 - options["dampening"])
        velocity.array = velocity.wrap(moved).array  # an array also where NumPy gives a number
    return velocity.array


def read_only(p: Array) -> RuntimeError:
    """The error for a parameter that cannot be written to."""
    return RuntimeError(
        f"SGD.step: a parameter of shape {p.shape} is in read-only memory (an expanded tensor, or "
        "an array that somebody else protects); give it memory of its own: "
        "parameter.data = parameter.data.clone()"
    )


def misfit(p: Array, grad: Array) -> ShapeError:
    """The error for a gradient that does not have its parameter's shape."""
    return ShapeError(
        f"SGD.step: a parameter has shape {p.shape}, its gradient {grad.shape}; call zero_grad() "
        "after replacing its data"
    )


def _parts(state_dict: Any) -> tuple[list[Options], dict[Any, Any]]:
    """The groups and the state in `state_dict`, which may be anything: ValueError then.

    The keys of the state are whatever int() makes numbers of.
    """
    try:
        groups, state = state_dict["param_groups"], state_dict["state"]
        whole = all(set(group) >= {"params", *NUMBERS} for group in groups)
        whole = whole and all(int(n) >= 0 for group in groups for n in group["params"])
        buffers = [entry.get("momentum_buffer") for entry in state.values()]
        whole = whole and all(b is None or hasattr(b, "shape") for b in buffers)
        whole = whole and all(int(number) >= 0 for number in state)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError):
        whole = False
    if not whole:
        raise ValueError(
            "SGD.load_state_dict: expected what SGD.state_dict() gives: 'param_groups', each with "
            f"{sorted(['params', *NUMBERS])}, and 'state', each with a Tensor 'momentum_buffer'; "
            "nothing was loaded"
        )
    return groups, state


def _loaded(group: Options, state: Options) -> Options:
    """What a group of an optimizer becomes when it is given the `state` of one."""
    kept = {"param_names": group["param_names"]} if "param_names" in group else {}
    kept |= dict.fromkeys(FLAGS, False)  # which the state of an older version may lack
    missing = {name: value for name, value in kept.items() if name not in state}
    return dict(_checked({**state, **missing, "params": group["params"]}))


def _groups(params: object) -> list[Any]:
    """The groups in `params`, as SGD is given them."""
    if isinstance(params, Value):
        raise TypeError("SGD: expected an iterable of Tensors, got one Tensor; write [tensor]")
    if not isinstance(params, Iterable):
        raise TypeError(
            f"SGD: expected an iterable of Tensors, got {type(params).__name__}; for a model pass "
            "model.parameters()"
        )
    if isinstance(params, dict):
        raise TypeError(
            "SGD: expected an iterable of Tensors, got a dict; pass model.parameters(), or a list "
            "of groups [{'params': ...}]"
        )
    given = list(params)
    return given if given and isinstance(given[0], dict) else [{"params": given}]


def _group(group: object, defaults: Options) -> Group:
    """One group, as SGD is given it, with `defaults` for the options left out."""
    if not isinstance(group, dict):
        raise TypeError(
            f"SGD: expected groups {{'params': ...}} only, got {type(group).__name__} beside them"
        )
    if "params" not in group:
        raise ValueError(f"SGD: a group needs 'params', this one has {sorted(group)}")
    for name in set(group) - {*defaults, "params"}:
        if _is_misspelt(str(name), defaults):
            raise ValueError(f"SGD: a group has no option {name!r}; it has {sorted(defaults)}")
    params = _listed(group["params"])
    pairs = [p for p in params if isinstance(p, tuple) and len(p) == 2]
    if not pairs:
        return _checked({**defaults, **group, "params": params})
    if len(pairs) < len(params):
        raise ValueError("SGD: either all parameters have a name, or none has")
    names, params = [name for name, _ in pairs], [parameter for _, parameter in pairs]
    return _checked({**defaults, **group, "params": params, "param_names": names})


def _is_misspelt(name: str, defaults: Options) -> bool:
    """Whether `name` seems to mean one of the options. (Names of one's own are kept.)"""
    from difflib import get_close_matches  # rarely needed, and Python is slow to import it

    return name == "learning_rate" or bool(get_close_matches(name, list(defaults), 1, 0.85))


def _copied(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, Tensor) else value


def _checked(options: Options) -> Group:
    """A group of these options; ValueError if one of them is none."""
    group = Group(options)
    numbers_in(group)
    return group


def _listed(params: object) -> list[Any]:
    """The "params" of a group, one Tensor or several, as a list; what is in it is checked later."""
    if isinstance(params, Value):
        return [params]
    if isinstance(params, (set, frozenset)):
        raise TypeError(
            "SGD: the 'params' of a group are numbered in their order, and a set has none; pass a "
            "list"
        )
    if not isinstance(params, Iterable):
        raise TypeError(
            f"SGD: the 'params' of a group must be Tensors, got {type(params).__name__}; for a "
            "model pass model.parameters()"
        )
    return list(params)


def _check_any_moves(groups: Sequence[Group]) -> None:
    """Raise ValueError if there is no parameter, or none that requires grad."""
    parameters = [parameter for group in groups for parameter in group["params"]]
    if not parameters:
        raise ValueError(
            "SGD: got no parameters to optimize; was model.parameters() already used up, or does "
            "the model keep its modules in a plain list? (use Sequential)"
        )
    if not any(parameter.requires_grad for parameter in parameters):
        raise ValueError(
            "SGD: parameter 0 does not require grad, nor does any other, so nothing would ever "
            "change; make them with requires_grad=True"
        )


def _check_once(parameters: Sequence[Tensor]) -> None:
    """Raise ValueError if one of `parameters` is given twice."""
    if len(set(parameters)) != len(parameters):
        i = next(i for i, parameter in enumerate(parameters) if parameter in {*parameters[:i]})
        raise ValueError(f"SGD: parameter {i} is given twice, and would move twice; give it once")


def _check_parameter(i: int, parameter: object) -> None:
    """Raise TypeError or ValueError unless `parameter` is a leaf Tensor."""
    if not isinstance(parameter, Tensor):
        raise TypeError(
            f"SGD: parameter {i} must be a Tensor, got {type(parameter).__name__}; for a model "
            "pass model.parameters()"
        )
    if not parameter.is_leaf:
        raise ValueError(
            f"SGD: parameter {i} is no leaf, it was computed by {parameter.grad_fn}; optimize the "
            "tensor it was computed from (to move one, use parameter.data = parameter.data.to(...))"
        )
