"""PyTorch's own operator samples, and how one of them goes in both frameworks.

PyTorch tests its operators by ``op_db``: for each operator a function that makes sample arguments
(no elements, no dimensions, broadcasting, every option), and for many another one that makes wrong
ones. Here the same calls are made in both frameworks, with the same arguments laid out in the same
way in memory. test_operator_samples.py says which of them differ, and why.
"""

from __future__ import annotations

import itertools
import operator
import random
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy
import torch
from hypothesis import settings
from side_by_side import noise, plain

import tinygrad_lr

profile = settings.get_current_profile_name()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyTorch's, about what is old in itself
    from torch.testing._internal.common_methods_invocations import op_db
settings.load_profile(profile)  # that import loads one of its own, of 50 examples

# ---------------------------------------------------------------------------------- which operators

# What has another name here (and as a method of PyTorch's) than the samples are filed under.
RENAMED = {"__rdiv__": "__rtruediv__", "fill": "fill_", "uniform": "uniform_"}
SIGNS = {  # Python's operators
    "add": ["add", "iadd"],
    "sub": ["sub", "isub"],
    "mul": ["mul", "imul"],
    "div.no_rounding_mode": ["truediv", "itruediv"],
    "floor_divide": ["floordiv", "ifloordiv"],
    "remainder": ["mod", "imod"],
    "pow": ["pow", "ipow"],
    "bitwise_and": ["and_", "iand"],
    "bitwise_or": ["or_", "ior"],
    "bitwise_xor": ["xor", "ixor"],
    "bitwise_left_shift": ["lshift", "ilshift"],
    "bitwise_right_shift": ["rshift", "irshift"],
    "bitwise_not": ["invert"],
    "matmul": ["matmul"],
} | {name: [name] for name in ["neg", "abs", "eq", "ne", "lt", "le", "gt", "ge"]}


@dataclass(frozen=True)
class Spelling:
    """One way to write an operator that both frameworks have: exp, Tensor.exp, Tensor.exp_."""

    name: str
    theirs: Callable[..., Any]
    ours: Callable[..., Any]

    @property
    def in_place(self) -> bool:
        if self.name.startswith("operator."):
            return self.name.startswith("operator.i") and self.name != "operator.invert"
        return self.name.endswith("_") and not self.name.endswith("__")

    def fits(self, sample: Sample) -> bool:
        """Whether one can write it so: a method is one of a tensor."""
        return not self.name.startswith("Tensor.") or torch.is_tensor(sample.args[0])


def _defines(where: Any, name: str) -> bool:
    """Whether a module or a class has a name of its own: `object` and `type` have operators too."""
    if not isinstance(where, type):
        return name in dir(where)
    return any(name in vars(parent) for parent in where.__mro__ if parent is not object)


def _found(module: Any, place: str, name: str) -> Any:
    """The function `name` of a `module`, in it, in its nn.functional, or in its Tensor; or None."""
    where = operator.attrgetter(place)(module) if place else module
    folder, _, name = name.rpartition(".")  # linalg.inv
    where = getattr(where, folder, None) if folder else where
    if module is tinygrad_lr and not _defines(where, name):
        return None
    found = getattr(where, name, None)
    if isinstance(found, property) or type(found).__name__ == "getset_descriptor":
        return operator.attrgetter(name)
    return found if callable(found) and not isinstance(found, type) else None


def _spellings(info: Any) -> list[Spelling]:
    """The ways to write the operator of `info` that exist in both frameworks."""
    names = [info.name, *(alias.name for alias in info.aliases)]
    names = [name.removeprefix("nn.functional.") for name in names]
    names += [RENAMED[name] for name in names if name in RENAMED]
    names += [f"{name}_" for name in names if not name.endswith("_")]
    out = []
    for name, place in itertools.product(dict.fromkeys(names), ["", "nn.functional", "Tensor"]):
        theirs, ours = (_found(module, place, name) for module in (torch, tinygrad_lr))
        if theirs and ours:
            out.append(Spelling(f"{place}.{name}".lstrip("."), theirs, ours))
    for sign in SIGNS.get(info.full_name, ()):
        out.append(Spelling(f"operator.{sign}", *[getattr(operator, sign)] * 2))
    return out


SPELLINGS = {info.full_name: found for info in op_db if (found := _spellings(info))}
INFOS = {info.full_name: info for info in op_db if info.full_name in SPELLINGS}
DTYPES = {
    name: getattr(torch, name)
    for name in ["float32", "float64", "float16", "int64", "int32", "uint8", "bool"]
}

# ---------------------------------------------------------------------------------------- arguments


def _within(function: Callable[[Any], Any], value: Any) -> Any:
    """`value` with ``function(item)`` for everything in it that is no tuple, list or dict."""
    if isinstance(value, dict):
        return {key: _within(function, item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        kind = list if isinstance(value, list) else tuple
        return kind(_within(function, item) for item in value)
    return function(value)


def _items(value: Any) -> list[Any]:
    """Everything in `value` that is no tuple, list or dict."""
    if isinstance(value, dict):
        value = tuple(value.values())
    return (
        [x for item in value for x in _items(item)] if isinstance(value, (tuple, list)) else [value]
    )


@dataclass(frozen=True)
class Sample:
    """One call: ``op(*args, **kwargs)``, and what kind of sample it is."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    kind: str

    def __str__(self) -> str:
        return f"{self.kind}: {_within(_short, self.args)} {_within(_short, self.kwargs)}"

    def map(self, function: Callable[[Any], Any], kind: str) -> Sample:
        return Sample(_within(function, self.args), _within(function, self.kwargs), kind)

    @property
    def tensors(self) -> list[torch.Tensor]:
        return [x for x in _items((self.args, self.kwargs)) if torch.is_tensor(x)]


def _short(value: Any) -> Any:
    if not torch.is_tensor(value):
        return value
    strides = "" if value.is_contiguous() else f" strides {value.stride()}"
    return f"{value.dtype} {tuple(value.shape)}{strides}"


SEED = 0  # of PyTorch's generator and of Python's: the samples are the same in every run
Maker = Callable[[], Sample]  # most samples are of no interest to an ordinary run, and never made


def samples(info: Any, dtype: torch.dtype, long: bool = False) -> Iterator[Maker]:
    """The samples of an operator in `dtype`, each also with tensors that are not contiguous.

    With `long`, PyTorch's larger set of samples as well: extreme values, many strides.
    """
    torch.default_generator.manual_seed(SEED)  # torch.manual_seed is slow: it asks for devices too
    random.seed(SEED)  # it draws margins, scales and the like
    grad, mixed = dtype.is_floating_point, 0
    try:
        drawn = list(info.sample_inputs_func(info, "cpu", dtype, grad))
    except RuntimeError:  # of these PyTorch fails to draw them
        return
    for made in drawn:
        sample = Sample((made.input, *made.args), made.kwargs, "sample")
        yield partial(sample.map, _as_it_is, "sample")
        if sample.tensors:
            yield partial(sample.map, _apart, "not contiguous")
        if mixed < 2 and len([x for x in sample.tensors if x.dtype == dtype]) > 1:
            mixed += 1
            yield from _mixed(sample, dtype)
    if long and info.reference_inputs_func is not None:
        grad = grad and info.name not in ("addcmul", "clamp", "where")  # it fails to draw these
        for made in info.reference_inputs_func(info, "cpu", dtype, grad):
            sample = Sample((made.input, *made.args), made.kwargs, "reference")
            if sum(x.numel() for x in sample.tensors) <= 20_000:  # larger ones show no more
                yield partial(sample.map, _as_it_is, "reference")


def _as_it_is(value: Any) -> Any:
    return value


def _apart(value: Any) -> Any:
    """A tensor with the same elements, every other one of a larger memory."""
    if not torch.is_tensor(value):
        return value
    wide = torch.empty((*value.shape, 2), dtype=value.dtype)
    wide[..., 0] = value.detach()
    return wide[..., 0].requires_grad_(value.requires_grad)


def _mixed(sample: Sample, dtype: torch.dtype) -> Iterator[Maker]:
    """The sample with all its tensors of `dtype` but the first in each other dtype."""
    first = next(x for x in sample.tensors if x.dtype == dtype)
    for name, other in DTYPES.items():
        if other != dtype:

            def converted(value: Any, other: torch.dtype = other) -> Any:
                if not torch.is_tensor(value) or value is first or value.dtype != dtype:
                    return value
                grad = value.requires_grad and other.is_floating_point
                return value.detach().to(other).requires_grad_(grad)

            yield partial(sample.map, converted, f"mixed with {name}")


def wrong_samples(info: Any) -> Iterator[Maker]:
    """Calls that PyTorch means to refuse, in one spelling or another."""
    if info.error_inputs_func is not None:
        for wrong in info.error_inputs_func(info, "cpu"):
            made = wrong.sample_input
            yield partial(Sample, (made.input, *made.args), made.kwargs, "wrong")


LAYOUTS = {"strided", "preserve_format", "contiguous_format", "channels_last"}


class NotHere(Exception):
    """An argument that has no counterpart here: a complex number, a memory format."""


def _copy(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor with the same elements in the same places of a memory of its own."""
    memory = tensor.untyped_storage().clone()
    place = tensor.storage_offset(), tensor.shape, tensor.stride()
    return torch.empty(0, dtype=tensor.dtype).set_(memory, *place)


def _there(value: Any) -> Any:
    """An argument for PyTorch."""
    if not torch.is_tensor(value) or value.is_sparse:
        return value
    return _copy(value).requires_grad_(value.requires_grad)


def _here(value: Any) -> Any:
    """The same argument for this framework."""
    if torch.is_tensor(value):
        try:
            array = _copy(value).numpy()
        except (TypeError, ValueError):  # no such dtype, or more than 64 dimensions
            raise NotHere(f"{value.dtype} of {value.ndim} dimensions") from None
        if array.dtype.kind == "c":
            raise NotHere("complex numbers")
        return tinygrad_lr.Tensor.wrap(array).requires_grad_(value.requires_grad)
    if isinstance(value, torch.dtype):
        name = str(value).removeprefix("torch.")
        if name.startswith(("complex", "bfloat")):
            raise NotHere(name)
        return numpy.dtype(name)
    if isinstance(value, (torch.memory_format, torch.layout, torch.Generator, complex)):
        if (name := str(value).removeprefix("torch.")) not in LAYOUTS:
            raise NotHere(f"{type(value).__name__} {value}")
        return getattr(tinygrad_lr, name)
    return value.type if isinstance(value, torch.device) else value


# ----------------------------------------------------------------------------------------- outcomes


@dataclass
class Outcome:
    """What a call gave: values, or an error; and gradients, as arrays, of both orders."""

    values: list[Any]
    error: Exception | None = None
    gradients: tuple[Any, ...] = ()
    seconds: tuple[Any, ...] = ()
    second_error: Exception | None = None


def _is_tensor(value: Any) -> bool:
    return isinstance(value, (torch.Tensor, tinygrad_lr.Tensor))


def _array(tensor: Any) -> Any:
    return plain(tensor) if torch.is_tensor(tensor) else tensor.array


def _constant(like: Any, array: Any) -> Any:
    return torch.from_numpy(array) if torch.is_tensor(like) else like.wrap(array)


def _noise(tensor: Any) -> Any:
    """The same numbers in every dtype."""
    array = _array(tensor)
    return _constant(tensor, noise(array).astype("float16").astype(array.dtype))


def _run(spelling: Callable[..., Any], in_place: bool, sample: Sample, grad: Any) -> Outcome:
    """The call, and the gradients of its results by all tensors that require grad.

    In float64 the second gradients too, by the tensors and by what comes in from above.
    """
    leaves = [x for x in _items((sample.args, sample.kwargs)) if _is_tensor(x) and x.requires_grad]
    first, *rest = sample.args
    out = Outcome([])
    try:
        if in_place:
            first = first.clone()
        out.values = _items(spelling(first, *rest, **sample.kwargs))
        assert not in_place or out.values[0] is first, "in place, but another tensor is returned"
        moving = [x for x in out.values if _is_tensor(x) and x.requires_grad]
        if moving and leaves:
            twice = all(_array(x).dtype == "float64" for x in leaves)
            above = [_noise(x).requires_grad_(twice) for x in moving]
            firsts = grad(moving, leaves, above, create_graph=twice, allow_unused=True)
            out.gradients = _or_zeros(firsts, leaves)
            moving = [g for g in firsts if g is not None and g.requires_grad]
            if twice and moving:
                sources, above = leaves + above, [_noise(g) for g in moving]
                try:
                    seconds = grad(moving, sources, above, allow_unused=True)
                    out.seconds = _or_zeros(seconds, sources)
                except Exception as error:
                    out.second_error = error
    except Exception as error:
        out.error = error
    return out


def _run_quietly(*call: Any) -> Outcome:
    """The same without a warning: what is compared is what comes of it."""
    with warnings.catch_warnings(), numpy.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _run(*call)


def _or_zeros(gradients: Any, sources: Any) -> tuple[Any, ...]:
    return tuple(
        numpy.zeros_like(_array(x)) if g is None else _array(g) for g, x in zip(gradients, sources)
    )


def difference(name: str, spelling: Spelling, sample: Sample) -> str | None:
    """None if both frameworks agree about a call of the operator `name`; else how they differ."""
    call = sample.map(_there, sample.kind)
    theirs = _run_quietly(spelling.theirs, spelling.in_place, call, torch.autograd.grad)
    try:
        call = sample.map(_here, sample.kind)
    except NotHere as what:
        return None if theirs.error else f"there is no {what} here"
    ours = _run_quietly(spelling.ours, spelling.in_place, call, tinygrad_lr.autograd.grad)
    if ours.error or theirs.error:
        return _errors_differ(ours.error, theirs.error)
    if theirs.second_error:  # of some operators PyTorch has first gradients only
        ours.seconds = theirs.seconds
    elif ours.second_error:
        return _errors_differ(ours.second_error, None)
    close = max((TOLERANCES.get(str(x.dtype)[6:], 0.0) for x in sample.tensors), default=0.0)
    close = numpy.inf if name in DROPPED else close
    found = _outcomes_differ(name, ours, theirs, close)
    if found and {torch.float32, torch.float16} & {x.dtype for x in sample.tensors}:
        call = sample.map(_wide, sample.kind).map(_there, sample.kind)
        exact = _run_quietly(spelling.theirs, spelling.in_place, call, torch.autograd.grad)
        if not exact.error:
            return _outcomes_differ(name, ours, theirs, close, exact)
    return found


def _wide(value: Any) -> Any:
    """A tensor of floats as one of float64, with the same elements."""
    if not torch.is_tensor(value) or not value.is_floating_point():
        return value
    return value.detach().double().requires_grad_(value.requires_grad)


# Their values are drawn (or what memory holds); only shapes and dtypes are compared.
RANDOM = {"normal", "uniform", "randn", "randint", "empty", "bernoulli", "multinomial"}
RANDOM |= {"rand_like", "randn_like", "randint_like", "empty_like", "new_empty"}
RANDOM |= {"cauchy", "exponential", "geometric", "log_normal"}
DROPPED = {"nn.functional.dropout", "nn.functional.alpha_dropout"}  # nor their gradients
# Of the size of the numbers. float16 has 11 bits: 4e-3 is 8 units in the last place. PyTorch
# rounds each step of a rule to them, as we do, but in another order.
TOLERANCES = {"float64": 1e-11, "float32": 2e-5, "float16": 4e-3}


def _outcomes_differ(
    name: str, ours: Outcome, theirs: Outcome, close: float, exact: Outcome | None = None
) -> str | None:
    """The first difference in what a call gave; `exact` is what it gives in float64, there."""
    found = [
        _values_differ(name, *three, close)
        for three in _beside(ours.values, theirs.values, exact and exact.values)
    ]
    for what, mine, other, third in [
        ("gradient", ours.gradients, theirs.gradients, exact and exact.gradients),
        ("second gradient", ours.seconds, theirs.seconds, None),  # these are float64
    ]:
        mine = mine or [numpy.zeros_like(a) for a in other]  # who knows that all are 0 has none
        other = other or [numpy.zeros_like(a) for a in mine]
        found += [_arrays_differ(what, *three, close) for three in _beside(mine, other, third)]
    return next((text for text in found if text), None)


def _beside(mine: Any, other: Any, exact: Any) -> Iterator[tuple[Any, Any, Any]]:
    thirds = exact if exact and len(exact) == len(mine) else [None] * len(mine)
    return zip(mine, other, thirds, strict=True)


def _values_differ(name: str, mine: Any, other: Any, exact: Any, close: float) -> str | None:
    if not (_is_tensor(mine) and _is_tensor(other)):
        same = type(mine) is type(other) and (mine == other or mine != mine)
        return None if same else f"value: {mine!r} here, {other!r} there"
    if mine.requires_grad != other.requires_grad:
        return f"requires_grad: {mine.requires_grad} here, {other.requires_grad} there"
    a, b = _array(mine), _array(other)
    third = _array(exact) if _is_tensor(exact) else None
    return _arrays_differ("value", a, b, third, numpy.inf if name in RANDOM else close)


def _arrays_differ(what: str, mine: Any, other: Any, exact: Any, close: float) -> str | None:
    """How two arrays differ; not in values, if `close` is infinite.

    Where rounding makes the difference, `exact` decides: ours may be twice as far from it.
    """
    if (mine.dtype, mine.shape) != (other.dtype, other.shape):
        return f"{what}: {mine.dtype} {mine.shape} here, {other.dtype} {other.shape} there"
    if close == numpy.inf:
        return None
    if mine.dtype.kind == "f":
        close = max(close, TOLERANCES[mine.dtype.name])
        same = numpy.isclose(mine, other, rtol=close, atol=_small(other, close), equal_nan=True)
        if exact is not None and exact.shape == mine.shape and exact.dtype.kind == "f":
            with numpy.errstate(all="ignore"):
                errors = numpy.abs(other.astype("float64") - exact)
            errors = errors[numpy.isfinite(errors)].max(initial=0.0)
            small = max(_small(exact, close), 2.0 * float(errors))
            same |= numpy.isclose(mine, exact, rtol=close, atol=small, equal_nan=True)
    else:
        same = mine == other
    if same.all():
        return None
    apart = ~same
    return f"{what}: {mine[apart][:3]} here, {other[apart][:3]} there, {apart.sum()} of {same.size}"


def _small(array: Any, close: float) -> float:
    """What counts as 0 beside the numbers of an array."""
    sizes = numpy.abs(array[numpy.isfinite(array)]).astype("float64")
    return close * float(numpy.clip(sizes.max(initial=0.0), 0.05, 1e3))


def _errors_differ(mine: Exception | None, other: Exception | None) -> str | None:
    """Both must refuse, and who expects PyTorch's RuntimeError or IndexError must catch ours."""
    if mine is None:
        return f"works here, {type(other).__name__} there: {other}"
    if other is None:
        return f"{type(mine).__name__} here: {mine}"
    kinds = [kind for kind in (RuntimeError, IndexError) if isinstance(other, kind)]
    if isinstance(mine, tuple(kinds) or Exception):
        return None
    return f"{type(mine).__name__} here: {mine}; {type(other).__name__} there: {other}"
