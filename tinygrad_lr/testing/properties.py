"""What must be true of every operation: each property is a function of one call.

It raises Wrong if the call shows that it is not. checks.py draws the calls.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from .. import autograd, jit, zeros_like
from ..device import is_array, move, on_gpu, xp
from ..gradients.gradcheck import GradcheckError, gradcheck
from ..graph import Op
from ..tensor import Tensor
from ..wording import in_lines
from .close import ROOM, SAME, allowed, difference, host, unit
from .strategies import LAYOUTS, Case, is_float
from .subject import (
    FLOATS,
    Subject,
    Wrong,
    argument_of,
    array_of,
    asked,
    gradients_of,
    incoming_of,
    leaves_of,
    params_of,
    result_of,
    tensors_of,
    values_of,
    with_floats,
)

# False of it: there was nothing to be checked about this call.
Property: TypeAlias = Callable[[Subject, Case], "bool | None"]

# ----------------------------------------------------------------------------------- the properties


def value(subject: Subject, case: Case) -> None:
    """On arrays an Op computes what it computes on Tensors; and that is what the reference says."""
    y = result_of(subject, case, tensors_of(subject, case))
    if isinstance(subject.op, Op):
        arrays = [move(a, subject.device) if is_array(a) else a for a in case.args]
        raw = subject.op(*arrays, **params_of(subject, case))
        if isinstance(raw, Tensor) or host(raw).dtype != y.dtype:
            raise Wrong(f"of arrays it gives {type(raw).__name__}, of Tensors {y.dtype}")
        if problem := difference(raw, host(y), 0.0):
            raise Wrong(f"of arrays and of Tensors it gives different results: {problem}")
    wanted = None if subject.reference is None else expected(subject.reference, case)
    if all(np.isfinite(a).all() and a.size for a in case.floats):
        wanted_nan = wanted is not None and np.isnan(wanted).any()
        if y.dtype.kind == "f" and np.isnan(host(y)).any() and not wanted_nan:
            raise Wrong(
                f"the result is nan{_at(np.isnan(host(y)))}; if that is right, say so by a "
                "reference, or leave these numbers out of the cases"
            )
    if wanted is None:
        return
    narrow = wanted.dtype.name in FLOATS[1:]  # then it promises no more digits
    if problem := _apart(subject, case, 0, y, wanted, wanted.dtype.name if narrow else "float64"):
        raise Wrong(f"the value is not the reference's: {problem}")


def expected(reference: Callable[..., Any], case: Case) -> np.ndarray:
    """What the reference says; several arrays in a row."""
    found = asked("reference", reference, case)
    if isinstance(found, (tuple, list)):
        return np.concatenate([array_of("reference", y).reshape(-1) for y in found])
    return array_of("reference", found)


def _room(
    subject: Subject,
    case: Case,
    which: int,
    dtype: str = "float64",
    room: float = ROOM,
    within: bool = False,
    tries: int = 8,
) -> np.ndarray | float:
    """How far result number `which` may be off in `dtype`: see close.py."""
    if within and subject.device != "cpu":  # CuPy's arrays do not show what is done to them
        subject = replace(subject, device="cpu", modules={})

    def results(arrays: list[np.ndarray]) -> list[np.ndarray]:
        *floats, v = arrays
        came = Tensor.wrap(move(v, y.device))  # which may be another one than the arguments'
        values = values_of(subject, with_floats(case, floats), "float64", came)
        return [host(v).astype(np.float64) for _, v in values]

    step = unit(dtype)
    tiny = float(np.finfo(dtype).smallest_normal) if dtype != "float64" else 0.0
    y = result_of(subject, case, tensors_of(subject, case))
    came = host(incoming_of(y)).astype(np.float64)
    return allowed(results, [*case.floats, came], step, tiny / step, tries, within, room)[which]


_MANY = 64  # tries, before an operation is blamed


def _apart(
    subject: Subject,
    case: Case,
    which: int,
    got: Tensor,
    wanted: Any,
    dtype: str = "float64",
    room: float = ROOM,
) -> str | None:
    """None if result number `which` is as wanted, else what is wrong. Most are nearly equal."""
    problem = difference(got, wanted, unit(dtype) * np.abs(wanted.astype(np.float64)))
    within = functools.partial(_room, within=True)
    for found in (_room, within, functools.partial(within, tries=_MANY), _as_elsewhere):
        if problem is None:
            break
        with contextlib.suppress(Exception):  # what cannot be tried so says nothing
            problem = difference(got, wanted, found(subject, case, which, dtype, room))
    return problem


def _as_elsewhere(
    subject: Subject, case: Case, which: int, dtype: str, room: float
) -> np.ndarray | float:
    """As far as another dtype is off, in units: what shrinks with the unit is rounding.

    Tried at points close by. Nobody need follow the numbers, as np.asarray and loops lose them.
    """
    other = "float16" if dtype == "float32" else "float32"
    if other not in subject.dtypes:
        return 0.0
    rng, found = np.random.default_rng(0), []
    for _ in range(_MANY // 2):
        near = case.map(lambda a: a + rng.uniform(-0.02, 0.02, a.shape) * np.where(a == 0, 1, a))
        near = near.astype(other).astype("float64")
        off, y = (host(values_of(subject, near, d)[which][1]) for d in (other, "float64"))
        found.append(np.abs(off - y))
    c = np.where(np.isfinite(found), found, 0.0).max(axis=0) / unit(other)
    return np.asarray(room * unit(dtype) * (np.abs(y) + c))


def _at(where: np.ndarray) -> str:
    """Where the first True is, in words."""
    at = [int(i) for i in np.argwhere(where)[0]]
    return f" at {at}" if at else ""


def derivative(subject: Subject, case: Case) -> bool:
    """The gradient is the slope of the function: gradcheck."""
    return _gradcheck(subject, case, 1)


def second_derivative(subject: Subject, case: Case) -> bool:
    """The gradient of the gradient is the slope of the gradient."""
    return _gradcheck(subject, case, 2)


def _gradcheck(subject: Subject, case: Case, order: int) -> bool:
    args = tensors_of(subject, case)
    if not subject.is_clear(case) or not leaves_of(args):
        return False
    y = result_of(subject, case, args)
    if not y.array.size or not np.isfinite(host(y)).all():
        return False  # that nan is wrong, `value` says
    try:
        op, params = subject.called(args), params_of(subject, case)
        gradcheck(functools.partial(op, **params) if params else op, args, order)
    except GradcheckError as error:
        what, advice, _ = error.args[0].removeprefix("gradcheck: ").partition("; check ")
        kinks = "; if the function is right, name such points: kinks=(0.0, ...)" if advice else ""
        raise Wrong(in_lines(what + kinks)) from None
    return True


def kinks(subject: Subject, case: Case) -> bool:
    """At a kink the gradient is one of the slopes on its sides, or lies between them.

    So it is along an element, and along all of them at once: of two equal numbers each may have
    the gradient of their maximum, or half of it, but not both.
    """
    case = _at_a_kink(subject, case)
    if not any((d == 0).any() for d in subject.distances(case)):
        return False
    args = tensors_of(subject, case)
    y = result_of(subject, case, args)
    v = host(incoming_of(y))
    gradients = [host(g) for g in gradients_of(y, leaves_of(args))]
    rng = np.random.default_rng(0)
    places = [(nth, at) for nth, g in enumerate(gradients) for at in np.ndindex(g.shape)]
    rng.shuffle(places)
    directions = [("the sum of the gradients", [np.ones_like(g) for g in gradients])]
    for nth, at in places[:_PLACES]:
        one = [np.zeros_like(g) for g in gradients]
        one[nth][at] = 1.0
        directions.append((f"{argument_of(case, nth)}{f' at {list(at)}' if at else ''}", one))
    for what, along in directions:
        got = sum(float((g * u).sum()) for g, u in zip(gradients, along))
        for points in (8, 256):  # many only where few would blame it
            low, high = _slopes(subject, case, along, v, points, rng)
            if low <= got <= high:
                break
        else:
            raise Wrong(
                f"{what} is {got:.6g}, but the slopes on the two sides are {low:.6g} and {high:.6g}"
            )
    return True


_PLACES = 8  # of a call, in which the gradient at a kink is looked at


def _slopes(
    subject: Subject, case: Case, along: list[np.ndarray], v: np.ndarray, points: int, rng: Any
) -> tuple[float, float]:
    """Between which the slope lies in a direction: on both sides, and at points close by.

    Each result has its own, and what comes in weights them.
    """

    def value(arrays: list[np.ndarray], step: float) -> np.ndarray:
        here = with_floats(case, [a + step * u for a, u in zip(arrays, along)])
        return host(result_of(subject, here, tensors_of(subject, here)))

    floats, h = case.floats, 1e-7
    y = value(floats, 0.0)
    found = [(value(floats, step) - y) / step for step in (-h, h)]
    for _ in range(points):
        near = [a + 1e-5 * rng.standard_normal(a.shape) for a in floats]
        found.append((value(near, h) - value(near, -h)) / (2 * h))
    sides = [np.fmin.reduce(found) * v, np.fmax.reduce(found) * v]
    low, high = float(np.minimum(*sides).sum()), float(np.maximum(*sides).sum())
    room = 1e-4 * max(1.0, abs(low), abs(high))
    return low - room, high + room


def _at_a_kink(subject: Subject, case: Case) -> Case:
    """`case`, with kinks that are numbers in every other place."""
    if callable(subject.kinks) or any((d == 0).any() for d in subject.distances(case)):
        return case

    def with_kinks(a: np.ndarray) -> np.ndarray:
        some = np.resize([k for kink in subject.kinks for k in (kink, np.nan)], a.shape)
        return np.where(np.isnan(some), a, some)

    return case.map(with_kinks)


def rules_on_tensors(subject: Subject, case: Case) -> None:
    """A recorded backward (create_graph=True) computes the same bits as one that is not."""
    for dtype in subject.dtypes[:2]:
        args = tensors_of(subject, case, dtype)
        y = result_of(subject, case, args)
        if not (leaves := leaves_of(args)) or not y.requires_grad:
            return
        pairs = zip(gradients_of(y, leaves), gradients_of(y, leaves, record=True))
        for nth, (raw, recorded) in enumerate(pairs):
            if problem := difference(recorded, host(raw), 0.0):
                raise Wrong(
                    f"{argument_of(case, nth)} in {dtype} is another one when the rules run on "
                    f"Tensors (create_graph=True): {problem}"
                )


def layouts(subject: Subject, case: Case) -> None:
    """How the numbers of the arguments, and of what comes in, lie in memory makes no difference.

    (The gradient of a sum comes in as one number, expanded: all its strides are 0.)
    """
    tidy = values_of(subject, case, "float64")
    for layout in LAYOUTS:
        args = tensors_of(subject, case, layout=layout)
        y = result_of(subject, case, args)
        found = [y]
        if (leaves := leaves_of(args)) and y.requires_grad:
            found += gradients_of(y, leaves, v=Tensor.wrap(LAYOUTS[layout](incoming_of(y).array)))
        for which, ((what, wanted), got) in enumerate(zip(tidy, found)):
            if problem := _apart(subject, case, which, got, host(wanted)):
                raise Wrong(f"{what} is another one for arguments {layout}: {problem}")
    args = tensors_of(subject, case)
    y = result_of(subject, case, args)
    if not (leaves := leaves_of(args)) or not y.requires_grad:
        return
    total = y.sum()
    one = incoming_of(total)
    both = gradients_of(total, leaves), gradients_of(y, leaves, v=one.expand(y.shape).clone())
    for nth, (got, wanted) in enumerate(zip(*both)):
        room = _room(subject, case, 1 + nth)
        if problem := difference(got, host(wanted), room):
            raise Wrong(
                f"{argument_of(case, nth)} is another one for the gradient of a sum: {problem}"
            )


def dtypes(subject: Subject, case: Case) -> bool:
    """In float32 and float16 the result and gradients have that dtype, and as many right digits."""
    looked = not case.floats or subject.dtypes in ((), ("float64",))  # there is nothing to look at
    full = case.map(lambda a: a * (1.0 - 2.0**-13))  # more digits than float16 has
    points = [(dtype, case) for dtype in subject.dtypes]
    points += [(dtype, full) for dtype in subject.dtypes if dtype == "float32"]
    for dtype, point in points if case.floats else ():
        rounded = point.astype(dtype).astype(np.float64)
        if not (subject.is_clear(point) and subject.is_clear(rounded)):
            continue  # rounding decides on which side of the kink it is
        with np.errstate(all="ignore"):
            y = result_of(subject, rounded, tensors_of(subject, rounded, dtype))
            if y.is_floating_point() and y.dtype != dtype:  # before its gradients fail for that
                raise Wrong(f"the result of {dtype} is {y.dtype}")
            found = values_of(subject, rounded, dtype)
            exact = values_of(subject, rounded, "float64")
        for which, ((what, got), (_, wanted)) in enumerate(zip(found, exact)):
            looked |= dtype != "float64" and wanted.array.size > 0
            if not wanted.is_floating_point():
                continue
            if got.dtype != dtype:
                raise Wrong(f"{what} of {dtype} is {got.dtype}")
            if np.abs(host(wanted)).max(initial=0.0) > float(np.finfo(dtype).max):
                break  # and the gradients may be made of it
            if problem := _apart(subject, rounded, which, got, host(wanted), dtype, SAME[dtype]):
                raise Wrong(f"{what} in {dtype}: {problem}")
    return looked


def untouched(subject: Subject, case: Case) -> None:
    """Nothing that is given to the forward or to a rule is written to."""
    args = tensors_of(subject, case)
    arrays = [a.array for a in args if isinstance(a, Tensor)]
    before = [host(a).tobytes() for a in arrays]
    y = result_of(subject, case, args)
    if not _unchanged(arrays, before):
        raise Wrong("the forward writes into an argument; compute on a copy (a * 2, not a *= 2)")
    if not y.requires_grad or y.node is None:
        return
    v = incoming_of(y)
    arrays += [y.array, v.array]
    before = [host(a).tobytes() for a in arrays]
    for _ in y.node.pull_back(v.array, False, None, True):
        pass  # the rules themselves; backward() hands them a copy
    if subject.order > 1:
        gradients_of(y, leaves_of(args), record=True, v=v)
    if not _unchanged(arrays, before):
        raise Wrong(
            "a rule writes into what it is given: an argument, the result, or the incoming "
            "gradient; compute on a copy (g * b, not g *= b)"
        )


def _unchanged(arrays: list[Any], before: list[bytes]) -> bool:
    return all(host(a).tobytes() == then for a, then in zip(arrays, before))


def memory(subject: Subject, case: Case) -> None:
    """The gradients share no memory; the result shares an argument's only if the Op is a view."""
    args = tensors_of(subject, case)
    y = result_of(subject, case, args)
    given = [a for a in args if isinstance(a, Tensor)]
    declared = getattr(subject.op, "view", True)
    if any(a.device != y.device for a in given):
        raise Wrong(f"the arguments are on {given[0].device}, and the result on {y.device}")
    for i, a in enumerate(given):
        if _shared(a, y) and not declared and y.array.size:
            raise Wrong(
                f"the result shows the memory of argument {i}, and the Op does not say so, by "
                "view=True"
            )
    leaves = leaves_of(args)
    if not leaves or not y.requires_grad:
        return
    gradients = gradients_of(y, leaves)
    for nth, (g, leaf) in enumerate(zip(gradients, leaves)):
        if (g.shape, g.dtype, g.device) != (leaf.shape, leaf.dtype, leaf.device):
            raise Wrong(
                f"{argument_of(case, nth)} is {g.shape} {g.dtype} on {g.device}, and the argument "
                f"{leaf.shape} {leaf.dtype} on {leaf.device}"
            )
        others = [*given, y, *gradients[:nth]]
        if any(_shared(g, other) for other in others):
            raise Wrong(f"{argument_of(case, nth)} shares memory with an argument or a result")


def _shared(a: Tensor, b: Tensor) -> bool:
    if a.device != b.device:
        return False
    return bool(xp(a.array).may_share_memory(a.array, b.array)) and (
        on_gpu(a.array) or np.shares_memory(a.array, b.array)
    )


def again(subject: Subject, case: Case) -> None:
    """A call, and each backward through it, gives the same again, whatever was called between."""
    args = tensors_of(subject, case)
    y = result_of(subject, case, args)
    leaves = leaves_of(args) if y.requires_grad else []
    found = [y, *gradients_of(y, leaves)]
    before = [t.clone() for t in found]
    _called_between(subject, _turned(case))
    gradients = gradients_of(y, leaves)  # before there is a third call
    later = [result_of(subject, case, args), *gradients]
    for which, (first, then, second) in enumerate(zip(found, before, later)):
        what = argument_of(case, which - 1) if which else "the result"
        if problem := difference(first, host(then), 0.0):
            raise Wrong(f"{what} is overwritten by another call: {problem}")
        problem = difference(second, host(then), 0.0)
        if problem and subject.device != "cpu":  # there sums may be added up in any order
            problem = _apart(subject, case, which, second, host(then))
        if problem:
            raise Wrong(f"{what} is another one the second time, after another call: {problem}")
        given = [a for a in args if isinstance(a, Tensor)]
        shown = first is second or first.root is not None or any(_shared(first, a) for a in given)
        if not shown and _shared(first, second):
            raise Wrong(f"{what} lies in the same memory in two calls; compute a new array in each")
    of_two = gradients_of(y - 2.0 * later[0], leaves) if leaves else []
    for nth, got in enumerate(of_two):
        if problem := _apart(subject, case, 1 + nth, got, -host(before[1 + nth])):
            raise Wrong(
                f"{argument_of(case, nth)} is another one where two calls are parts of one result "
                f"(a rule must compute a new array each time): {problem}"
            )
    indexed = any(map(is_array, case.params.get("index", ())))  # into these every rule looks
    if leaves and getattr(subject.op, "light", False) and not indexed:
        _check_light(subject, case)


def _check_light(subject: Subject, case: Case) -> None:
    """Of an Op that is light a backward frees nothing, so that there can be another."""
    args = tensors_of(subject, case)
    y = result_of(subject, case, args)
    v, leaves = incoming_of(y), leaves_of(args)
    first = autograd.grad(y, leaves, v, allow_unused=True)
    try:
        second = autograd.grad(y, leaves, v, allow_unused=True)
    except Exception as error:
        raise Wrong(
            "the Op says light=True, but a second backward finds no arrays to look at "
            f"({type(error).__name__}: {error}); leave light=True out"
        ) from None
    for nth, (one, other) in enumerate(zip(first, second)):
        if one is not None and (problem := difference(other, host(one), 0.0)):
            raise Wrong(f"{argument_of(case, nth)}, of an Op with light=True, changes: {problem}")


def _turned(case: Case) -> Case:
    """The same call with other numbers."""
    return case.map(lambda a: a.reshape(-1)[::-1].reshape(a.shape) * 0.5 + 0.25)


def _called_between(subject: Subject, case: Case) -> None:
    with contextlib.suppress(Exception):  # such numbers may not be meant for it
        values_of(subject, case, "float64")


def alone(subject: Subject, case: Case) -> bool:
    """An argument gets the same gradient if no other needs one. One Tensor twice gets the sum."""
    args = tensors_of(subject, case)
    y = result_of(subject, case, args)
    leaves = leaves_of(args)
    if len(leaves) < 2 or not y.requires_grad:
        return False
    for nth, (leaf, together) in enumerate(zip(leaves, gradients_of(y, leaves))):
        only = [a.detach() if isinstance(a, Tensor) and a is not leaf else a for a in args]
        y = result_of(subject, case, only)
        (g,) = gradients_of(y, [leaf]) if y.requires_grad else [zeros_like(leaf)]
        if problem := _apart(subject, case, 1 + nth, g, host(together)):
            raise Wrong(
                f"{argument_of(case, nth)} is another one if no other argument requires grad: "
                f"{problem}"
            )
    _check_twice(subject, case)
    return True


def _check_twice(subject: Subject, case: Case) -> None:
    """One Tensor for two arguments is as two equal ones."""
    floats = [(i, a) for i, a in enumerate(case.args) if is_float(a)]
    for (m, (first, one)), (n, (second, other)) in itertools.combinations(enumerate(floats), 2):
        if one.shape == other.shape:
            args = list(case.args)
            args[second] = one
            _check_pair(subject, Case(tuple(args), case.params), (first, second), (1 + m, 1 + n))


def _check_pair(
    subject: Subject, case: Case, places: tuple[int, int], numbers: tuple[int, int]
) -> None:
    """These two arguments are equal: they may as well be one Tensor."""
    first, second = places
    two = tensors_of(subject, case)
    one = [two[first] if i == second else a for i, a in enumerate(two)]
    try:
        y = result_of(subject, case, two)
    except Exception:
        return  # what one argument may be, the other may not
    same = result_of(subject, case, one)
    if problem := _apart(subject, case, 0, same, host(y)):
        raise Wrong(
            f"with one Tensor for arguments {first} and {second} the result is not that of two "
            f"equal Tensors: {problem}"
        )
    wanted = [host(g) for g in gradients_of(y, [two[first], two[second]])]
    (g,) = gradients_of(same, [one[first]])
    room = sum(_room(subject, case, n) for n in numbers)
    room = room + unit("float64") * sum(map(np.abs, wanted))
    if problem := difference(g, wanted[0] + wanted[1], room):
        raise Wrong(
            f"with one Tensor for arguments {first} and {second} its gradient is not the sum of "
            f"those that two equal Tensors get: {problem}"
        )


def traced(subject: Subject, case: Case) -> bool:
    """A step with this call in it, traced, gives what the step gives, to the bit."""
    if subject.device != "cpu":
        return False
    args = [a.detach() if isinstance(a, Tensor) else a for a in tensors_of(subject, case)]
    turned = [a.detach() for a in tensors_of(subject, _turned(case)) if isinstance(a, Tensor)]
    given = [a for a in args if isinstance(a, Tensor)]
    moving = [is_float(a) and subject.differentiable for a in case.args if is_array(a)]

    def step(*tensors: Tensor) -> list[Tensor]:
        leaves = [t.detach().requires_grad_(m) for t, m in zip(tensors, moving)]
        left = iter(leaves)
        y = result_of(subject, case, [next(left) if isinstance(a, Tensor) else a for a in args])
        wanted = [leaf for leaf in leaves if leaf.requires_grad]
        if not y.requires_grad or not wanted:
            return [y.detach().clone()]
        found = autograd.grad((y * y).sum(), wanted, allow_unused=True)
        return [y.detach().clone(), *(g for g in found if g is not None)]

    program = jit.trace(step)
    expected = step(*given)
    try:
        runs = [(program(*given), expected) for _ in range(3)]
    except jit.CaptureError:
        return False  # it says in words why it cannot be traced
    try:
        wanted = step(*turned)
    except Exception:
        pass  # such numbers may not be meant for it
    else:
        runs.append((program(*turned), wanted))
    for run, expected in runs:
        for got, wanted_one in zip(run, expected, strict=True):
            if problem := difference(got, host(wanted_one), 0.0):
                raise Wrong(f"a traced step (jit.trace) gives another result: {problem}")
    return True


PROPERTIES: dict[str, Property] = {
    "value": value,
    "again": again,
    "untouched": untouched,
    "memory": memory,
    "dtypes": dtypes,
    "layouts": layouts,
    "rules on Tensors": rules_on_tensors,
    "derivative": derivative,
    "kinks": kinks,
    "second derivative": second_derivative,
    "alone": alone,
    "traced": traced,
}

# Up to which derivative they need rules. (A recorded backward is there to be differentiated.)
OF_GRADIENTS = {
    "derivative": 1,
    "kinks": 1,
    "alone": 1,
    "rules on Tensors": 2,
    "second derivative": 2,
}
