"""What must be true of every operation: each property is a function of one call.

It raises Wrong if the call shows that it is not. checks.py draws the calls.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from hypothesis import assume

from .. import autograd, jit
from ..device import is_array, move, on_gpu, xp
from ..gradients.gradcheck import GradcheckError, gradcheck
from ..graph import Op
from ..tensor import Tensor
from .close import allowed, difference, host, unit
from .strategies import LAYOUTS, Case, is_float

FLOATS = ("float64", "float32", "float16")
_CLEAR = 1e-3  # a point nearer to a kink than this has no slope that a difference could find


class Wrong(AssertionError):
    """An operation that does not do what every operation must."""


@dataclass(frozen=True)
class Subject:
    """What is checked: an operation, and what is known of it."""

    op: Callable[..., Any]
    reference: Callable[..., Any] | None = None
    order: int = 2
    kinks: Any = ()
    dtypes: tuple[str, ...] = FLOATS
    device: str = "cpu"

    @property
    def name(self) -> str:
        return str(getattr(self.op, "name", None) or getattr(self.op, "__name__", self.op))

    @property
    def differentiable(self) -> bool:
        return bool(getattr(self.op, "differentiable", True)) and self.order > 0

    def distances(self, case: Case) -> list[np.ndarray]:
        """How far the call is from each kink, on either side: 0 at one."""
        with np.errstate(all="ignore"):
            if callable(self.kinks):
                found = self.kinks(*case.args, **case.params)
                return [np.asarray(d) for d in (found if isinstance(found, list) else [found])]
            return [a - kink for a in case.floats for kink in self.kinks]

    def is_clear(self, case: Case) -> bool:
        """Whether no kink is near."""
        return all((np.abs(d) > _CLEAR).all() for d in self.distances(case))


Property: TypeAlias = Callable[[Subject, Case], None]

# -------------------------------------------------------------------------- one call, its gradients


def _tensors(subject: Subject, case: Case, dtype: str = "float64", layout: str = "") -> list[Any]:
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


def _params(subject: Subject, case: Case) -> dict[str, Any]:
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


def _call(subject: Subject, case: Case, args: list[Any]) -> Tensor:
    result = subject.op(*args, **_params(subject, case))
    if not isinstance(result, Tensor):
        raise Wrong(f"of Tensors it must give a Tensor, not {type(result).__name__}")
    return result


def _leaves(args: Iterable[Any]) -> list[Tensor]:
    return [a for a in args if isinstance(a, Tensor) and a.requires_grad]


def _incoming(y: Tensor) -> Tensor:
    """A gradient for `y` that is not all ones, the same each time."""
    rng = np.random.default_rng(y.array.size)
    numbers = np.asarray(rng.choice([-0.75, -0.5, 0.5, 1.0, 1.25], y.shape)).astype(y.dtype)
    return Tensor.wrap(move(numbers, "cuda" if on_gpu(y.array) else "cpu"))


def _gradients(y: Tensor, leaves: list[Tensor], record: bool = False) -> list[Tensor]:
    return list(autograd.grad(y, leaves, _incoming(y), create_graph=record, retain_graph=True))


def _argument(case: Case, nth: int) -> str:
    """Words for the argument that gradient number `nth` belongs to."""
    floats = [i for i, a in enumerate(case.args) if is_float(a)]
    return f"the gradient of argument {floats[nth]}"


def _values(subject: Subject, case: Case, dtype: str) -> list[tuple[str, Tensor]]:
    """The result and its gradients, each with words for what it is."""
    args = _tensors(subject, case, dtype)
    y = _call(subject, case, args)
    found = [("the result", y)]
    if (leaves := _leaves(args)) and y.requires_grad:
        names = [_argument(case, i) for i in range(len(leaves))]
        found += zip(names, _gradients(y, leaves))
    return found


# ----------------------------------------------------------------------------------- the properties


def value(subject: Subject, case: Case) -> None:
    """On arrays an Op computes what it computes on Tensors; and that is what the reference says."""
    y = _call(subject, case, _tensors(subject, case))
    if isinstance(subject.op, Op):
        arrays = [move(a, subject.device) if is_array(a) else a for a in case.args]
        raw = subject.op(*arrays, **_params(subject, case))
        if isinstance(raw, Tensor) or host(raw).dtype != y.dtype:
            raise Wrong(f"of arrays it gives {type(raw).__name__}, of Tensors {y.dtype}")
        if problem := difference(raw, host(y), 0.0):
            raise Wrong(f"of arrays and of Tensors it gives different results: {problem}")
    wanted = None if subject.reference is None else _expected(subject.reference, case)
    if all(np.isfinite(a).all() and a.size for a in case.floats):
        wanted_nan = wanted is not None and np.isnan(wanted).any()
        if y.dtype.kind == "f" and np.isnan(host(y)).any() and not wanted_nan:
            raise Wrong(
                f"the result is nan{_at(np.isnan(host(y)))}; if that is right, say so by a "
                "reference, or leave these numbers out of the cases"
            )
    if wanted is not None and (problem := _apart(subject, case, 0, y, wanted)):
        raise Wrong(f"the value is not the reference's: {problem}")


def _expected(reference: Callable[..., Any], case: Case) -> np.ndarray:
    copies = [a.copy() if is_array(a) else a for a in case.args]
    with np.errstate(all="ignore"):
        return np.asarray(reference(*copies, **case.params))


def _room(subject: Subject, case: Case, which: int, dtype: str = "float64") -> np.ndarray | float:
    """How far result number `which` may be off in `dtype`: see close.py."""

    def results(arrays: list[np.ndarray]) -> list[np.ndarray]:
        values = _values(subject, with_floats(case, arrays), "float64")
        return [host(v).astype(np.float64) for _, v in values]

    step = unit(dtype)
    tiny = float(np.finfo(dtype).smallest_normal) if dtype != "float64" else 0.0
    room = allowed(results, case.floats, step, tiny / step)[which]
    return room + step if which else room  # a gradient is made of the one that came in


def _apart(
    subject: Subject, case: Case, which: int, got: Tensor, wanted: Any, dtype: str = "float64"
) -> str | None:
    """None if result number `which` is as wanted, else what is wrong. Most are nearly equal."""
    near = unit(dtype) * np.abs(wanted.astype(np.float64))
    if difference(got, wanted, near) is None:
        return None
    return difference(got, wanted, _room(subject, case, which, dtype))


def _at(where: np.ndarray) -> str:
    """Where the first True is, in words."""
    at = [int(i) for i in np.argwhere(where)[0]]
    return f" at {at}" if at else ""


def derivative(subject: Subject, case: Case) -> None:
    """The gradient is the slope of the function: gradcheck."""
    _gradcheck(subject, case, 1)


def second_derivative(subject: Subject, case: Case) -> None:
    """The gradient of the gradient is the slope of the gradient."""
    _gradcheck(subject, case, 2)


def _gradcheck(subject: Subject, case: Case, order: int) -> None:
    assume(subject.is_clear(case))
    args = _tensors(subject, case)
    if not _leaves(args):
        return
    y = _call(subject, case, args)
    if not y.array.size or not np.isfinite(host(y)).all():
        return  # nothing to be differentiated; that nan is wrong, `value` says
    try:
        params = _params(subject, case)
        gradcheck(functools.partial(subject.op, **params) if params else subject.op, args, order)
    except GradcheckError as error:
        raise Wrong(str(error).removeprefix("gradcheck: ")) from None


def kinks(subject: Subject, case: Case) -> None:
    """At a kink the gradient is one of the slopes on its two sides, or lies between them."""
    if not (subject.kinks and any((d == 0).any() for d in subject.distances(case))):
        return
    floats = case.floats
    args = _tensors(subject, case)
    gradients = _gradients(_call(subject, case, args), _leaves(args))
    for nth, g in enumerate(gradients):
        for at in np.ndindex(g.shape):
            left, right = (_slope(subject, case, floats, nth, at, step) for step in (-1e-6, 1e-6))
            room = 1e-4 * max(1.0, abs(left), abs(right))
            if not min(left, right) - room <= host(g)[at] <= max(left, right) + room:
                raise Wrong(
                    f"{_argument(case, nth)} at {list(at)} is {host(g)[at]:.6g}, but the slopes on "
                    f"the two sides are {left:.6g} and {right:.6g}"
                )


def _slope(
    subject: Subject, case: Case, floats: list[Any], nth: int, at: tuple[int, ...], step: float
) -> float:
    """The slope on one side: of the result, weighted as `_incoming` does, along one element."""

    def weighted(arrays: list[np.ndarray]) -> float:
        here = with_floats(case, arrays)
        y = _call(subject, here, _tensors(subject, here))
        return float((host(_incoming(y)) * host(y)).sum())

    beside = [a.copy() for a in floats]
    beside[nth][at] += step
    return (weighted(beside) - weighted(floats)) / step


def rules_on_tensors(subject: Subject, case: Case) -> None:
    """A recorded backward (create_graph=True) computes the same bits as one that is not."""
    for dtype in subject.dtypes[:2]:
        args = _tensors(subject, case, dtype)
        y = _call(subject, case, args)
        if not (leaves := _leaves(args)) or not y.requires_grad:
            return
        pairs = zip(_gradients(y, leaves), _gradients(y, leaves, record=True))
        for nth, (raw, recorded) in enumerate(pairs):
            if problem := difference(recorded, host(raw), 0.0):
                raise Wrong(
                    f"{_argument(case, nth)} in {dtype} is another one when the rules run on "
                    f"Tensors (create_graph=True): {problem}"
                )


def layouts(subject: Subject, case: Case) -> None:
    """How the numbers lie in memory makes no difference."""
    tidy = _values(subject, case, "float64")
    for layout in LAYOUTS:
        args = _tensors(subject, case, layout=layout)
        y = _call(subject, case, args)
        found = [y]
        if (leaves := _leaves(args)) and y.requires_grad:
            found += _gradients(y, leaves)
        for which, ((what, wanted), got) in enumerate(zip(tidy, found)):
            if problem := _apart(subject, case, which, got, host(wanted)):
                raise Wrong(f"{what} is another one for arguments {layout}: {problem}")


def dtypes(subject: Subject, case: Case) -> None:
    """In float32 and float16 the result and gradients have that dtype, and as many right digits."""
    for dtype in subject.dtypes:
        rounded = case.astype(dtype).astype(np.float64)
        if not (subject.is_clear(case) and subject.is_clear(rounded)):
            continue  # rounding decides on which side of the kink it is
        with np.errstate(all="ignore"):
            found = _values(subject, rounded, dtype)
            exact = _values(subject, rounded, "float64")
        for which, ((what, got), (_, wanted)) in enumerate(zip(found, exact)):
            if wanted.dtype != np.float64:
                continue  # a result of booleans, or integers
            if got.dtype != dtype:
                raise Wrong(f"{what} of {dtype} is {got.dtype}")
            if np.abs(host(wanted)).max(initial=0.0) > float(np.finfo(dtype).max):
                continue
            if problem := _apart(subject, rounded, which, got, host(wanted), dtype):
                raise Wrong(f"{what} in {dtype}: {problem}")


def untouched(subject: Subject, case: Case) -> None:
    """Nothing that is given to the forward or to a rule is written to."""
    args = _tensors(subject, case)
    arrays = [a.array for a in args if isinstance(a, Tensor)]
    before = [host(a).tobytes() for a in arrays]
    y = _call(subject, case, args)
    if not _unchanged(arrays, before):
        raise Wrong("the forward writes into an argument; compute on a copy (a * 2, not a *= 2)")
    if not y.requires_grad or y.node is None:
        return
    v = _incoming(y)
    arrays += [y.array, v.array]
    before = [host(a).tobytes() for a in arrays]
    for _ in y.node.pull_back(v.array, False, None, True):
        pass  # the rules themselves; backward() hands them a copy
    autograd.grad(y, _leaves(args), v, create_graph=True)
    if not _unchanged(arrays, before):
        raise Wrong(
            "a rule writes into what it is given: an argument, the result, or the incoming "
            "gradient; compute on a copy (g * b, not g *= b)"
        )


def _unchanged(arrays: list[Any], before: list[bytes]) -> bool:
    return all(host(a).tobytes() == then for a, then in zip(arrays, before))


def memory(subject: Subject, case: Case) -> None:
    """The gradients share no memory; the result shares an argument's only if the Op is a view."""
    args = _tensors(subject, case)
    y = _call(subject, case, args)
    given = [a for a in args if isinstance(a, Tensor)]
    declared = getattr(subject.op, "view", True)
    for i, a in enumerate(given):
        if _shared(a, y) and not declared and y.array.size:
            raise Wrong(
                f"the result shows the memory of argument {i}, and the Op does not say so, by "
                "view=True"
            )
    leaves = _leaves(args)
    if not leaves or not y.requires_grad:
        return
    gradients = _gradients(y, leaves)
    for nth, (g, leaf) in enumerate(zip(gradients, leaves)):
        if (g.shape, g.dtype, g.device) != (leaf.shape, leaf.dtype, leaf.device):
            raise Wrong(
                f"{_argument(case, nth)} is {g.shape} {g.dtype} on {g.device}, and the argument "
                f"{leaf.shape} {leaf.dtype} on {leaf.device}"
            )
        others = [*given, y, *gradients[:nth]]
        if any(_shared(g, other) for other in others):
            raise Wrong(f"{_argument(case, nth)} shares memory with an argument or a result")


def _shared(a: Tensor, b: Tensor) -> bool:
    return bool(xp(a.array).may_share_memory(a.array, b.array)) and (
        on_gpu(a.array) or np.shares_memory(a.array, b.array)
    )


def traced(subject: Subject, case: Case) -> None:
    """A step with this call in it, traced, gives what the step gives, to the bit."""
    if subject.device != "cpu":
        return
    args = [a.detach() if isinstance(a, Tensor) else a for a in _tensors(subject, case)]
    given = [a for a in args if isinstance(a, Tensor)]
    moving = [is_float(a) and subject.differentiable for a in case.args if is_array(a)]

    def step(*tensors: Tensor) -> list[Tensor]:
        leaves = [t.detach().requires_grad_(m) for t, m in zip(tensors, moving)]
        left = iter(leaves)
        y = subject.op(*[next(left) if isinstance(a, Tensor) else a for a in args], **case.params)
        if not y.requires_grad:
            return [y.clone()]
        wanted = [leaf for leaf in leaves if leaf.requires_grad]
        return [y.detach().clone(), *autograd.grad((y * y).sum(), wanted)]

    program = jit.trace(step)
    expected = step(*given)
    try:
        runs = [program(*given) for _ in range(3)]
    except jit.CaptureError:
        return  # it says in words why it cannot be traced
    for found in runs:
        for got, wanted in zip(found, expected):
            if problem := difference(got, host(wanted), 0.0):
                raise Wrong(f"a traced step (jit.trace) gives another result: {problem}")


PROPERTIES: dict[str, Property] = {
    "value": value,
    "dtypes": dtypes,
    "rules on Tensors": rules_on_tensors,
    "derivative": derivative,
    "second derivative": second_derivative,
    "kinks": kinks,
    "layouts": layouts,
    "untouched": untouched,
    "memory": memory,
    "traced": traced,
}

OF_GRADIENTS = {"derivative": 1, "kinks": 1, "rules on Tensors": 1, "second derivative": 2}
