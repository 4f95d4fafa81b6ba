"""What is checked: an operation and what is known of it; one call of it, and its gradients."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import autograd, cat, zeros_like
from ..device import is_array, move
from ..graph import Op
from ..nn import Module
from ..tensor import Tensor
from .close import host
from .strategies import LAYOUTS, Case, is_float

FLOATS = ("float64", "float32", "float16")
_CLEAR = 1e-3  # a point nearer to a kink than this has no slope that a difference could find


class Wrong(AssertionError):
    """An operation that does not do what every operation must.

    >>> double = tg.Op("double", lambda a: 2 * a, lambda g, y, a: 3 * g)  # it is 2 * g
    >>> testing.check_op(double, [(np.array(1.0),)], only="derivative")
    Traceback (most recent call last):
    tinygrad_lr.testing.subject.Wrong: double, derivative: the gradient of double is wrong ...
    """


class WrongUse(TypeError):
    """What was given beside the operation, such as kinks, cannot be used."""


@dataclass(frozen=True)
class Subject:
    """What is checked: an operation, and what is known of it."""

    op: Callable[..., Any]
    reference: Callable[..., Any] | None = None
    order: int = 2
    kinks: Any = ()
    dtypes: tuple[str, ...] = FLOATS
    device: str = "cpu"
    modules: dict[str, Module] = field(default_factory=dict)  # `op` in each dtype, if it is one

    @property
    def name(self) -> str:
        """What it is called; ``Square.apply`` of an autograd.Function, the class of a Module."""
        op = self.op.func if isinstance(self.op, functools.partial) else self.op
        if isinstance(op, Op):
            return op.name
        name = getattr(op, "__name__", type(op).__name__)
        owner = getattr(op, "__self__", None)
        return f"{owner.__name__}.{name}" if isinstance(owner, type) else name

    @property
    def differentiable(self) -> bool:
        return bool(getattr(self.op, "differentiable", True)) and self.order > 0

    def called(self, args: Iterable[Any]) -> Callable[..., Any]:
        """What is called: `op`; of a Module its copy with parameters of the arguments' dtype."""
        if not isinstance(self.op, Module):
            return self.op
        found = [a.dtype.name for a in args if isinstance(a, Tensor) and a.is_floating_point()]
        dtype = found[0] if found else "float64"
        if dtype not in self.modules:
            self.modules[dtype] = copy.deepcopy(self.op).to(self.device, dtype)
        return self.modules[dtype]

    def distances(self, case: Case) -> list[np.ndarray]:
        """How far the call is from each kink, on either side: 0 at one."""
        if not callable(self.kinks):
            return [a - kink for a in case.floats for kink in self.kinks]
        found = asked("kinks", self.kinks, case)
        return [array_of("kinks", d) for d in (found if isinstance(found, list) else [found])]

    def is_clear(self, case: Case) -> bool:
        """Whether no kink is near."""
        return all((np.abs(d) > _CLEAR).all() for d in self.distances(case))


def asked(what: str, function: Callable[..., Any], case: Case) -> Any:
    """What a function that the user gave says of a call."""
    copies = [a.copy() if is_array(a) else a for a in case.args]
    try:
        return function(*copies, **case.params)
    except Exception as error:
        raise WrongUse(
            f"{what} is called as the operation is, with {case!r}, and then raises "
            f"{type(error).__name__}: {error}"
        ) from error


def array_of(what: str, found: Any) -> np.ndarray:
    array = host(found) if found is not None else np.array(None)
    if array.dtype.kind not in "fiub":
        raise WrongUse(f"{what} must give an array of numbers, not {type(found).__name__}")
    return array


# -------------------------------------------------------------------------- one call, its gradients


def tensors_of(subject: Subject, case: Case, dtype: str = "float64", layout: str = "") -> list[Any]:
    """The arguments: arrays of floats as leaves that require grad, other arrays as constants."""
    lay = LAYOUTS[layout] if layout else lambda a: a.copy()
    made: list[Any] = []
    for a in case.args:
        if not is_array(a):
            made.append(a)
            continue
        leaf = is_float(a) and subject.differentiable
        array = lay(move(a.astype(dtype) if is_float(a) else a, subject.device))
        made.append(Tensor.wrap(array).requires_grad_(leaf))
    return made


def params_of(subject: Subject, case: Case) -> dict[str, Any]:
    """The parameters, with arrays in them on the device."""

    def there(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(there, value))
        return move(value, subject.device) if is_array(value) else value

    return {name: there(value) for name, value in case.params.items()}


def with_floats(case: Case, arrays: list[np.ndarray]) -> Case:
    """The same call with other arrays of floats."""
    others = iter(arrays)
    return case.map(lambda a: next(others))


def result_of(subject: Subject, case: Case, args: list[Any]) -> Tensor:
    """The result; several results of floats in a row."""
    result = subject.called(args)(*args, **params_of(subject, case))
    if isinstance(result, (tuple, list)) and result and all(isinstance(y, Tensor) for y in result):
        floats = [y for y in result if y.is_floating_point()]
        return cat([y.reshape(-1) for y in floats or result])
    if not isinstance(result, Tensor):
        raise Wrong(f"of Tensors it must give a Tensor, or several, not {type(result).__name__}")
    return result


def leaves_of(args: Iterable[Any]) -> list[Tensor]:
    return [a for a in args if isinstance(a, Tensor) and a.requires_grad]


def incoming_of(y: Tensor) -> Tensor:
    """A gradient for `y` that is not all ones, the same each time."""
    rng = np.random.default_rng(y.array.size)
    numbers = np.asarray(rng.choice([-0.75, -0.5, 0.5, 1.0, 1.25], y.shape)).astype(y.dtype)
    return Tensor.wrap(move(numbers, y.device))


def gradients_of(
    y: Tensor, leaves: list[Tensor], record: bool = False, v: Tensor | None = None
) -> list[Tensor]:
    if not leaves:  # such as those of a layer whose parameters alone require grad
        return []
    v = incoming_of(y) if v is None else v
    found = autograd.grad(y, leaves, v, create_graph=record, retain_graph=True, allow_unused=True)
    return [zeros_like(leaf) if g is None else g for g, leaf in zip(found, leaves)]


def argument_of(case: Case, nth: int) -> str:
    """Words for the argument that gradient number `nth` belongs to."""
    floats = [i for i, a in enumerate(case.args) if is_float(a)]
    return f"the gradient of argument {floats[nth]}"


def values_of(
    subject: Subject,
    case: Case,
    dtype: str,
    v: Tensor | None = None,
) -> list[tuple[str, Tensor]]:
    """The result and its gradients, each with words for what it is."""
    args = tensors_of(subject, case, dtype)
    y = result_of(subject, case, args)
    found = [("the result", y)]
    if (leaves := leaves_of(args)) and y.requires_grad:
        names = [argument_of(case, i) for i in range(len(leaves))]
        found += zip(names, gradients_of(y, leaves, v=v))
    return found
