"""What all optimizers have in common: parameters in groups, something kept of each, and a step.

An optimizer keeps the parameters themselves, not copies, so it may be made before or after
``model.to(device)``. Call ``zero_grad()`` before each ``backward()``: gradients add up otherwise.

One of your own is a class with a ``step()``, as in PyTorch:

    class Descent(Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p -= group["lr"] * p.grad

Ours have only the formula: ``_update``, on raw arrays. See sgd.py, adam.py.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar, overload

from ..creation import tensor, zeros
from ..device import Array
from ..effects import effect
from ..forms import formed
from ..modes import enable_grad
from ..nn.module import clear_grad
from ..rich import shown_as
from ..tensor import Tensor
from ..versions import mark_written
from . import checks
from .checks import Params, required
from .options import Group, Options, numbers_in

__all__ = ["Optimizer", "required"]

T = TypeVar("T")


class Optimizer:
    """The base of all optimizers.

    Args:
        params: Tensors (``model.parameters()``), or pairs of a name and a Tensor, or a list of
            groups ``{"params": ..., "lr": ...}``, each with options of its own. What else is in a
            group, a name for instance, is kept.
        defaults: the options of the groups that have none of their own.

    `state` is what an optimizer keeps of each parameter from step to step, a dict by the parameter:
    ``optimizer.state[p]["momentum_buffer"]``.

    Raises TypeError or ValueError for parameters that are no leaves, if none of them requires grad,
    and for one that is given twice. A parameter that does not require grad, or has no gradient, is
    left alone.

    >>> class Descent(optim.Optimizer):
    ...     def __init__(self, params, lr):
    ...         super().__init__(params, {"lr": lr})
    ...
    ...     @tg.no_grad()
    ...     def step(self):
    ...         for group in self.param_groups:
    ...             for p in group["params"]:
    ...                 p -= group["lr"] * p.grad
    >>> x = tg.ones(2, requires_grad=True)
    >>> x.sum().backward()
    >>> Descent([x], lr=0.25).step()
    >>> x
    tensor([0.7500, 0.7500], requires_grad=True)
    """

    # What one of ours has in its state: "step", which is a number in a Tensor, and Tensors of the
    # parameter's shape.
    KEEPS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: Params, defaults: Options) -> None:
        self.defaults: Group = Group(defaults)
        self._check_options(self.defaults)
        self._groups: list[Group] = []
        self._state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self._stepped = False
        for group in checks.groups_in(self._name, params):
            self._add(group)
        checks.check_any_moves(self._name, self._groups)

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Have a ``step`` of somebody's own say that it is called, as ``Optimizer.step`` does."""
        super().__init_subclass__(**keywords)
        if "step" in vars(cls):
            cls.step = _saying(cls.step)  # type: ignore[assignment, method-assign]

    @property
    def _name(self) -> str:
        """What it is called in errors: the name of its class."""
        return type(self).__name__

    @property
    def param_groups(self) -> list[Group]:
        """The groups of parameters: dicts of their options, with the parameters as "params".

        >>> optim.SGD([tg.ones(2, requires_grad=True)], lr=0.1).param_groups[0]["lr"]
        0.1
        """
        effect("use an optimizer", self)
        return self._groups

    @param_groups.setter
    def param_groups(self, groups: list[Group]) -> None:
        effect("use an optimizer", self)
        self._groups = groups

    @property
    def state(self) -> defaultdict[Tensor, dict[str, Any]]:
        """What is kept of each parameter, by the parameter: Tensors and numbers, by their names.

        >>> x = tg.ones(2, requires_grad=True)
        >>> optimizer = optim.SGD([x], lr=0.5, momentum=0.9)
        >>> x.sum().backward()
        >>> optimizer.step()
        >>> optimizer.state[x]["momentum_buffer"]
        tensor([1., 1.])
        """
        effect("use an optimizer", self)
        return self._state

    @state.setter
    def state(self, state: dict[Any, dict[str, Any]]) -> None:
        effect("change an optimizer")
        self._state = defaultdict(dict, state)

    def add_param_group(self, param_group: Options) -> None:
        """Add a group ``{"params": ..., "lr": ...}``; the options left out are the defaults.

        Raises TypeError or ValueError as the optimizer itself does, and for parameters that are in
        a group.

        >>> optimizer = optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5)
        >>> optimizer.add_param_group({"params": [tg.ones(3, requires_grad=True)]})
        >>> len(optimizer.param_groups)
        2
        """
        effect("change an optimizer")
        self._add(param_group)

    def _add(self, group: Options) -> None:
        made = checks.group_of(self._name, group, self.defaults)
        self._check_options(made)
        known = [parameter for other in self._groups for parameter in other["params"]]
        checks.check_parameters(self._name, known, made["params"])
        checks.check_names(self._name, [*self._groups[:1], made])
        self._groups.append(made)

    def _check_options(self, options: Options) -> None:
        """Raise ValueError if one of the options is none; those of a class of yours may be any."""
        if self._has_formula():
            numbers_in(options, self)

    def _has_formula(self) -> bool:
        """Whether it is one of ours, which know their options and what they keep."""
        return type(self)._update is not Optimizer._update

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradients of all parameters to None; or, if not `set_to_none`, to 0.

        >>> x = tg.ones(2, requires_grad=True)
        >>> x.sum().backward()
        >>> optim.SGD([x], lr=0.5).zero_grad()
        >>> x.grad is None
        True
        """
        effect("use an optimizer", self)
        for group in self._groups:
            for parameter in dict.__getitem__(group, "params"):
                if set_to_none:
                    parameter._grad = None
                else:
                    clear_grad(parameter, set_to_none=False)

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], T]) -> T: ...

    def step(self, closure: Callable[[], T] | None = None) -> T | None:
        """Change each parameter that has a gradient, by the formula of the class.

        With a `closure`, call it first, while operations are recorded: it computes the loss and its
        gradients. Returns what it returns. Raises ShapeError if a gradient is not of its
        parameter's shape, RuntimeError for a parameter in read-only memory.

        >>> x = tg.ones(2, requires_grad=True)
        >>> optimizer = optim.SGD([x], lr=0.5)
        >>> x.sum().backward()
        >>> optimizer.step()
        >>> x.detach()
        tensor([0.5000, 0.5000])
        """
        effect("use an optimizer", self)
        loss = None if closure is None else _computed(closure)
        groups = options_of(self)
        if not self._stepped:
            checks.warn_if_nothing_moves(self._name, self._groups)
        for options in groups:
            update(self, options)
        self._stepped = True
        return loss

    # -- for the formulas

    def _update(self, options: Options) -> None:
        """Change the parameters of one group, in place: the formula of the class."""
        raise NotImplementedError(f"{self._name}: an optimizer of your own needs a method step()")

    def _moving(self, options: Options, decay: float = 0) -> Iterator[tuple[Tensor, Array, Array]]:
        """The parameters of a group that have a gradient, in turn: with their arrays and gradients.

        With a `decay` that much of the parameter is added to its gradient: the derivative of
        ``decay / 2 * (p * p).sum()``, as if that were a part of the loss. With the option
        "maximize" the gradient is turned round before.
        """
        by, maximize = f"{self._name}.step()", options["maximize"]
        for parameter in options["params"]:
            gradient = parameter._grad
            if gradient is None:
                continue
            p, d = parameter.array, gradient.array
            if p.shape != d.shape:
                raise checks.misfit(self._name, p, d)
            if maximize:
                d = -d
            if decay:
                d = d + p * decay
            yield parameter, p, d
            mark_written(parameter, by)

    def _kept(self, parameter: Tensor, *names: str) -> list[Array]:
        """What is kept of a parameter, the arrays of these `names`, to be changed in place.

        They are of its shape and dtype, where it is, and 0 at first. "step" is a single number.
        """
        entry, by = self._state.get(parameter, {}), f"{self._name}.step()"
        arrays = []
        for name in names:
            kept = entry.get(name)
            if kept is None:
                effect("make a velocity")
                entry = self._state[parameter]
                kept = entry[name] = self._first(name, parameter)
            _bring(kept, parameter, name == "step", self._name)
            mark_written(kept, by)
            arrays.append(kept.array)
        return arrays

    def _first(self, name: str, parameter: Tensor) -> Tensor:
        """What is kept by this `name` before the first step."""
        if name == "step":
            return zeros((), device=parameter.device)
        return zeros(parameter.shape, dtype=parameter.dtype, device=parameter.device)

    # -- to a file and back

    def state_dict(self) -> dict[str, Any]:
        """What ``load_state_dict()`` takes, in PyTorch's form.

        "param_groups" holds the options of each group, with the numbers of its parameters as
        "params"; "state" holds a copy of what is kept of each, by the number of the parameter.

        >>> optim.SGD([tg.ones(2, requires_grad=True)], lr=0.5).state_dict()["state"]
        {}
        """
        groups, state, number = [], {}, 0
        for group in self.param_groups:
            first = number
            for parameter in group["params"]:
                entry = self._state.get(parameter)
                if entry is not None:
                    state[number] = {name: _copied(kept) for name, kept in entry.items()}
                number += 1
            options = {name: _copied(value) for name, value in group.items() if name != "params"}
            groups.append(options | {"params": list(range(first, number))})
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over the groups' options, and all else in them, and what is kept of the parameters.

        `state_dict` is what ``state_dict()`` gave, here or in PyTorch. Raises ValueError, and
        changes nothing, if it is something else, or was given by an optimizer of parameters of
        another number or of other shapes.

        >>> x = tg.ones(2, requires_grad=True)
        >>> optimizer = optim.SGD([x], lr=0.5)
        >>> optimizer.load_state_dict(optim.SGD([x], lr=0.1).state_dict())
        >>> optimizer.param_groups[0]["lr"]
        0.1
        """
        groups, entries = checks.parts_of(self._name, state_dict, self.defaults)
        checks.check_sizes(self._name, self.param_groups, groups)
        own = [parameter for group in self._groups for parameter in group["params"]]
        numbers = [int(number) for group in groups for number in group["params"]]
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for number, entry in entries.items():
            parameter = dict(zip(numbers, own)).get(int(number))
            names = self.KEEPS if self._has_formula() else entry
            kept = {name: entry[name] for name in names if entry.get(name) is not None}
            if kept:
                checks.check_entry(self._name, number, kept, parameter, self.KEEPS)
                state[parameter] = {n: self._loaded(n, v, parameter) for n, v in kept.items()}
        loaded = [checks.loaded(old, new, self.defaults) for old, new in zip(self._groups, groups)]
        for options in loaded:
            self._check_options(options)
        for group, options in zip(self._groups, loaded):
            group.clear()
            group.update(options)
        self._state = state

    def _loaded(self, name: str, value: Any, parameter: Any) -> Any:
        """What is kept by this `name`, from a state: a Tensor in the dtype of the parameter."""
        is_count = name == "step"
        if not self._has_formula() and (is_count or not hasattr(value, "shape")):
            return _copied(value)
        ours = (value if isinstance(value, Tensor) else tensor(value)).detach().clone()
        return ours.float().to(parameter.device) if is_count else ours.to(parameter)

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def __repr__(self) -> str:
        lines = [f"{self._name} ("]
        for number, group in enumerate(self.param_groups):
            lines += ([""] if number else []) + [f"Parameter Group {number}"]
            names = sorted(name for name in group if name != "params")
            lines += [f"    {name}: {group[name]}" for name in names]
        return "\n".join([*lines, ")"])

    _repr_html_ = shown_as("optimizer")


@formed
def options_of(optimizer: Optimizer) -> list[Options]:
    """The groups of an optimizer as plain dicts of Python's numbers, as a step uses them."""
    return [numbers_in(group, optimizer) for group in optimizer._groups]


@formed
def update(optimizer: Optimizer, options: Options) -> None:
    """Change the parameters of one group of an optimizer that have gradients, in place."""
    try:
        optimizer._update(options)
    except ValueError:
        checks.check_writeable(optimizer._name, options["params"])
        raise


def _computed(closure: Callable[[], T]) -> T:
    """What the closure of a step returns."""
    if not callable(closure):
        raise TypeError(
            f"step: the closure must be a function that computes the loss and its gradients, "
            f"got {type(closure).__name__}; after loss.backward() write step()"
        )
    with enable_grad():
        return closure()


def _saying(step: Callable[..., T]) -> Callable[..., T]:
    """`step`, a method of somebody's own, which says that the optimizer is used."""

    @functools.wraps(step)
    def said(self: Optimizer, *args: Any, **keywords: Any) -> T:
        effect("use an optimizer", self)
        result = step(self, *args, **keywords)
        self._stepped = True
        return result

    return said


def _bring(kept: Tensor, parameter: Tensor, is_number: bool, of: str) -> None:
    """Have what is kept of a parameter be where that is by now, and of its dtype."""
    a, p = kept.array, parameter.array
    if is_number:
        if type(a) is not type(p):
            kept.array = kept.to(parameter.device).array
    elif a.shape != p.shape:
        raise checks.outgrown(of, p, a)
    elif a.dtype != p.dtype or type(a) is not type(p):
        kept.array = kept.to(parameter).array


def _copied(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, Tensor) else value
