"""gradcheck: is the gradient that autograd computes the slope of the function?

A derivative can be had without any rules, by moving a little and looking. The **central
difference** ``(f(x + h u) - f(x - h u)) / 2h`` along a direction `u` is good to about nine digits;
and as it needs only the function, it also sees what the graph missed. Where the forwards are
analytic there is a sharper one, the **complex step** ``Im f(x + i h u) / h``: nothing is
subtracted, so `h` may be 1e-20, and all digits are right. (W. Squire and G. Trapp, "Using complex
variables to estimate derivatives of real functions", SIAM Review 40, 1998.) It is taken by
computing the recorded operations again on complex arrays, and believed only where it agrees with
the first.

One direction costs two calls of `f`, however many inputs there are: if ``v . (J u)`` equals
``(v J) . u`` for random `u` and `v`, then it is all but certain that backward's ``v J`` is right.
Only where that fails is the Jacobian `J` compared entry by entry, to say where; and each operation
tried alone, to say why.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .autograd import grad
from .device import device_of, move
from .graph import Edge, Node, Op, Value
from .modes import enable_grad

_DIRECTIONS = 4
_COMPLEX_STEP = 1e-20


class GradcheckError(RuntimeError):
    """The gradient is not the slope of the function; or the function has no slope there."""


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    order: int = 2,
    *,
    fast_mode: bool = True,
    eps: float = 1e-6,
    atol: float | None = None,
    rtol: float | None = None,
) -> bool:
    """True if the gradients of `f` at `inputs` are right, for derivatives up to `order`.

    ``gradcheck(softplus, tg.randn(3, dtype=tg.float64, requires_grad=True))``. `f` is a function of
    Tensors, or an Op, that returns a Tensor or several. Those Tensors among `inputs` (one, or a
    sequence) that require grad are moved; they must be float64. The second derivative is checked
    as what it is: the gradient of the gradient.

    Args:
        fast_mode: along random directions. False: every entry of the Jacobian, which takes two
            calls of `f` for each number in the inputs.
        eps: the step of the central differences; for a number x above 1, ``eps * x``.
        atol, rtol: a gradient may be ``atol + rtol * size`` away from the slope. By default 1e-6
            and 1e-5 beside a central difference, 1e-9 and 1e-9 beside a complex step.

    Raises:
        GradcheckError: it says which function, which input, at what index, what was expected and
            what came; and which operation is to blame, or that there is a kink or a jump.
        TypeError, ValueError: `f` cannot be checked at such inputs.
    """
    given = [inputs] if isinstance(inputs, Value) else inputs
    _check_call(f, given, order, eps)
    given = list(given)
    labels = [f"input {i} ({_argument_name(f, i)})" for i in range(len(given))]
    subject = _Subject(f, given, _function_name(f), labels)
    limits = _Limits(eps, _tolerance(atol, rtol, 1e-6, 1e-5), _tolerance(atol, rtol, 1e-9, 1e-9))
    with enable_grad(), np.errstate(all="ignore"):
        for nth in range(order):
            subject = _derivative(subject) if nth else subject
            _check_repeatable(subject)
            if fast_mode:
                _check_directions(subject, limits)
            else:
                _check_jacobian(subject, limits)
    return True


class _Tolerance(NamedTuple):
    atol: float
    rtol: float

    def __call__(self, size: Any) -> Any:
        """How far a gradient may be from a slope of this size."""
        return self.atol + self.rtol * np.abs(size)


class _Limits(NamedTuple):
    eps: float
    central: _Tolerance
    exact: _Tolerance


def _tolerance(
    atol: float | None, rtol: float | None, usual_atol: float, usual_rtol: float
) -> _Tolerance:
    return _Tolerance(usual_atol if atol is None else atol, usual_rtol if rtol is None else rtol)


# --------------------------------------------------------------- a function of many numbers at once


class _Subject:
    """`f` as a function from one vector, its moving inputs in a row, to one vector of results.

    All vectors are float64 and on the host, wherever `f` computes.
    """

    def __init__(
        self, f: Callable[..., Any], inputs: list[Any], name: str, labels: list[str]
    ) -> None:
        self.f, self.inputs, self.name, self.labels = f, inputs, name, labels
        self.moving = [i for i, x in enumerate(self.inputs) if _moves(x)]
        self.x = _flat([self.inputs[i].array for i in self.moving])
        self.units = np.maximum(1.0, np.abs(self.x))  # a step of 1e-6 would not move 1e12

    def __call__(self, x: Any) -> tuple[list[Any], list[Any]]:
        """The floating-point results of `f` at `x`, and the leaves that hold `x`: all recorded."""
        args = list(self.inputs)
        shapes = [args[i].array.shape for i in self.moving]
        for i, array in zip(self.moving, _split(x, shapes)):
            args[i] = _leaf_like(args[i], array)
        return _float_outputs(self.f(*args), self.name), [args[i] for i in self.moving]

    def value(self, x: Any) -> Any:
        return _flat([y.array for y in self(x)[0]])

    def central(self, u: Any, eps: float) -> tuple[Any, Any]:
        """``J u`` by a central difference, and how far off it may be by rounding alone."""
        above, below = self.value(self.x + eps * u), self.value(self.x - eps * u)
        return (above - below) / (2.0 * eps), _rounding(above, eps)

    def place(self, j: int) -> str:
        """Where entry `j` of the vector is among the inputs."""
        shapes = [self.inputs[i].array.shape for i in self.moving]
        number, index = _find(j, shapes)
        return f"{self.labels[self.moving[number]]}{_at(index)}"


def _rounding(values: Any, eps: float) -> Any:
    """A difference of numbers of this size has their rounding in it, divided by the step."""
    return 1e-15 * np.abs(values) / eps


def _derivative(subject: _Subject) -> _Subject:
    """The gradient as a function in its own right: of the inputs, and of what comes in."""
    outputs, _ = subject(subject.x)
    rng = np.random.default_rng(0)
    incoming = [_leaf_like(y, rng.standard_normal(y.array.shape)) for y in outputs]
    count = len(subject.inputs)

    def gradient(*args: Any) -> list[Any]:
        leaves = [args[i] for i in subject.moving]
        outputs = _float_outputs(subject.f(*args[:count]), subject.name)
        return _gradients(outputs, leaves, args[count:], record=True)

    labels = subject.labels + ["the incoming gradient"] * len(incoming)
    return _Subject(
        gradient, [*subject.inputs, *incoming], f"the gradient of {subject.name}", labels
    )


def _gradients(outputs: list[Any], leaves: list[Any], given: Any, record: bool) -> list[Any]:
    """``v J`` by backward, zeros for what is not connected."""
    pairs = [(y, v) for y, v in zip(outputs, given) if y.edge is not None]
    if not pairs:
        return [0.0 * leaf for leaf in leaves]
    sources, given = [y for y, _ in pairs], [v for _, v in pairs]
    found = grad(sources, leaves, given, retain_graph=True, create_graph=record, allow_unused=True)
    return [0.0 * leaf if g is None else g for g, leaf in zip(found, leaves)]


def _pulled_back(outputs: list[Any], leaves: list[Any], v: Any, record: bool = False) -> Any:
    """``v J`` by backward, as a vector."""
    parts = _split(v, [y.array.shape for y in outputs])
    given = [_leaf_like(y, part).detach() for y, part in zip(outputs, parts)]
    return _flat([g.array for g in _gradients(outputs, leaves, given, record)])


def _moves(value: Any) -> bool:
    return isinstance(value, Value) and value.edge is not None


def _leaf_like(value: Any, array: Any) -> Any:
    leaf = value.wrap(move(np.array(array), device_of(value.array)))
    leaf.wanted = True
    return leaf


def _flat(arrays: Sequence[Any]) -> Any:
    """The numbers of all `arrays` in one vector."""
    return np.concatenate([np.reshape(move(a, "cpu"), -1) for a in arrays])


def _split(vector: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """`vector` cut into arrays of these shapes again."""
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(vector, ends[:-1]), shapes)]


def _find(j: int, shapes: Sequence[tuple[int, ...]]) -> tuple[int, tuple[int, ...]]:
    """Which array, and which of its elements, entry `j` of their vector is."""
    number = 0
    while j >= math.prod(shapes[number]):
        j -= math.prod(shapes[number])
        number += 1
    return number, tuple(int(i) for i in np.unravel_index(j, shapes[number]))


# --------------------------------------------------------------------------------------- the checks


def _check_repeatable(subject: _Subject) -> None:
    """The same inputs must give the same results; rules on arrays, the same as on Tensors."""
    outputs, leaves = subject(subject.x)
    first = _flat([y.array for y in outputs])
    if not np.isfinite(first).all():
        raise GradcheckError(
            f"gradcheck: {subject.name} is nan or infinite at these inputs; choose others, inside "
            "its domain"
        )
    if not np.array_equal(first, subject.value(subject.x)):
        raise GradcheckError(
            f"gradcheck: {subject.name} gives different results for the same inputs. If it draws "
            "random numbers, let each call begin with the same seed"
        )
    if not np.array_equal(subject.x, _flat([leaf.array for leaf in leaves])):
        raise GradcheckError(
            f"gradcheck: {subject.name} changes its inputs; compute on a copy (a * 2, not a *= 2)"
        )
    v = np.random.default_rng(1).standard_normal(first.size)
    raw = _pulled_back(outputs, leaves, v)
    recorded = _pulled_back(outputs, leaves, v, record=True)
    same = np.isclose(raw, recorded, rtol=1e-9, atol=1e-9, equal_nan=True)
    if not same.all():
        j = int(np.argmin(same))
        raise GradcheckError(
            f"gradcheck: the gradient of {subject.name} for {subject.place(j)} is {raw[j]:.10g} "
            f"when the rules run on arrays, but {recorded[j]:.10g} when they run on Tensors "
            "(create_graph=True); a rule must do the same with both"
        )


def _check_directions(subject: _Subject, limits: _Limits) -> None:
    for expected, got in _directions_off(subject, limits):
        _check_jacobian(subject, limits)  # to say where
        raise GradcheckError(
            f"gradcheck: the slope of {subject.name} along a random direction is {expected:.10g}, "
            f"but its gradient says {got:.10g}. Each entry of the Jacobian is within the "
            "tolerance; together they are not"
        )


def _directions_off(subject: _Subject, limits: _Limits) -> Iterator[tuple[float, float]]:
    """``v . (J u)`` and ``(v J) . u``, for those of some random `u` and `v` where they differ."""
    rng = np.random.default_rng(0)
    outputs, leaves = subject(subject.x)
    size = sum(y.array.size for y in outputs)
    for _ in range(_DIRECTIONS):
        u, v = subject.units * rng.standard_normal(subject.x.size), rng.standard_normal(size)
        slope, tolerance, rounding = _slope(subject, outputs, leaves, u, limits)
        expected, got = v @ slope, _pulled_back(outputs, leaves, v) @ u
        allowed = tolerance(np.abs(v) @ np.abs(slope)) + np.abs(v) @ rounding
        if not abs(expected - got) <= allowed:
            yield expected, got


def _check_jacobian(subject: _Subject, limits: _Limits) -> None:
    """Every entry of the Jacobian must be the slope of one output along one input."""
    outputs, leaves = subject(subject.x)
    got = np.array(
        [_pulled_back(outputs, leaves, v) for v in np.eye(len(subject.value(subject.x)))]
    )
    wrong: list[_Wrong] = []
    rough: list[str] = []
    for j, unit in enumerate(subject.units):
        u = np.zeros_like(subject.x)
        u[j] = unit
        slope, tolerance, rounding = _slope(subject, outputs, leaves, u, limits)
        near = np.abs(slope - unit * got[:, j]) <= unit * tolerance(slope / unit) + rounding
        off = [int(k) for k in np.flatnonzero(~near)]
        reasons = [_roughness(subject, u, k, unit * got[k, j], limits) for k in off]
        if any(reasons):
            rough.append(f"{subject.name} {max(reasons)} {subject.place(j)}")
        else:
            wrong += [_Wrong(k, j, slope[k] / unit, got[k, j]) for k in off]
    if wrong:
        raise GradcheckError(_about(wrong, got.size, subject, outputs, limits))
    if rough:
        raise GradcheckError(
            f"gradcheck: {rough[0]}. There a gradient is no more than a choice; check "
            f"{subject.name} at inputs further than {limits.eps:g} from such points"
        )


def _slope(
    subject: _Subject, outputs: list[Any], leaves: list[Any], u: Any, limits: _Limits
) -> tuple[Any, _Tolerance, Any]:
    """``J u`` as well as it can be had without rules, and how close to it a gradient must be."""
    central, rounding = subject.central(u, limits.eps)
    exact = _complex_step(outputs, leaves, u)
    if exact is not None:
        # Where f bends sharply only a smaller step comes near to what the complex one says.
        for eps in (limits.eps, limits.eps / 10, limits.eps / 100, limits.eps / 1000):
            closer, noise = subject.central(u, eps)
            if (np.abs(exact - closer) <= limits.central(closer) + noise).all():
                return exact, limits.exact, np.zeros_like(exact)
    return central, limits.central, rounding


def _roughness(subject: _Subject, u: Any, k: int, got: float, limits: _Limits) -> str:
    """What is wrong with output `k` at this point along `u`, if it is not smooth there; or ""."""

    def slopes(h: float) -> tuple[float, float]:
        below, here, above = (subject.value(subject.x + t * u)[k] for t in (-h, 0.0, h))
        return (here - below) / h, (above - here) / h

    (below, above), (near_below, near_above) = slopes(limits.eps), slopes(limits.eps / 10)
    rounding = 4.0 * _rounding(subject.value(subject.x)[k], limits.eps)
    allowed = limits.central(max(abs(below), abs(above))) + rounding
    gap, near_gap = abs(above - below), abs(near_above - near_below)
    if not math.isfinite(gap):
        return "is nan or infinite close to"
    if max(abs(near_below), abs(near_above)) > 5 * max(abs(below), abs(above)):
        return "jumps at"
    if gap <= allowed:
        return ""
    if near_gap > gap / 2:  # where a function is smooth, it becomes a tenth
        scale = np.abs(u).max()
        sides = f"{below / scale:.4g} below and {above / scale:.4g} above"
        return f"has a kink (its slope is {sides}; the gradient says {got / scale:.4g}) at"
    near = (near_below + near_above) / 2
    return "has a kink very close to" if abs(near - got) <= allowed else ""


# --------------------------------------------------------------------- once more, on complex arrays


def _complex_step(outputs: list[Any], leaves: list[Any], u: Any) -> Any:
    """``J u`` by a complex step through the recorded forwards; None if one does not take it."""
    steps = _split(1j * _COMPLEX_STEP * u, [leaf.array.shape for leaf in leaves])
    values: dict[Edge | None, Any] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # such as the one for throwing away an imaginary part
            for leaf, step in zip(leaves, steps):
                values[leaf] = leaf.array + move(step, device_of(leaf.array))
            for node in _recorded(outputs):
                args = [values.get(edge, arg) for edge, arg in zip(node.edges, node.args or ())]
                values[node] = node.op(*args, **_params(node))
    except Exception:  # of any kind: this forward was not written with complex numbers in mind
        return None
    results = _flat([values.get(y.edge, y.array) for y in outputs])
    return results.imag / _COMPLEX_STEP


def _recorded(outputs: Sequence[Any]) -> list[Node]:
    """All operations that `outputs` come from, oldest first."""
    stack = [y.edge for y in outputs]
    found: set[Node] = set()
    while stack:
        edge = stack.pop()
        if isinstance(edge, Node) and edge not in found:
            found.add(edge)
            stack.extend(edge.edges)
    return sorted(found, key=lambda node: node.tick)


def _params(node: Node) -> dict[str, Any]:
    """What the operation was called with, beside its arguments."""
    return {name: value for name, value in node.params.items() if name != "saved"}


# -------------------------------------------------------------------------------------- what to say


class _Wrong(NamedTuple):
    """One wrong entry of the Jacobian: of which output, for which input."""

    k: int
    j: int
    expected: float
    got: float


def _about(
    wrong: list[_Wrong], count: int, subject: _Subject, outputs: list[Any], limits: _Limits
) -> str:
    worst = max(wrong, key=lambda entry: abs(entry.expected - entry.got))
    number, index = _find(worst.k, [y.array.shape for y in outputs])
    which = f"output {number}" if len(outputs) > 1 else "the output"
    return (
        f"gradcheck: the gradient of {subject.name} is wrong for {subject.place(worst.j)}: "
        f"expected {worst.expected:.8g}, the slope of {which}{_at(index)}, got {worst.got:.8g}. "
        f"{len(wrong)} of {count} entries of the Jacobian are wrong. {_blame(outputs, limits)}"
    )


def _at(index: tuple[int, ...]) -> str:
    return f" at index {index}" if index else ""


def _blame(outputs: list[Any], limits: _Limits) -> str:
    """Each recorded operation is checked alone, on its own arrays: which one is at fault?"""
    for node in _recorded(outputs):
        args = [_leaf_like(outputs[0], move(a, "cpu")) if e else a for a, e in _arguments(node)]
        rules = node.op.rules_for(len(args))
        for i, (_, followed) in enumerate(_arguments(node)):
            if followed and (i >= len(rules) or rules[i] is None):
                return (
                    f"{node.op.name} has no gradient rule for its argument {node.op.arg_name(i)}."
                )
        for i, rule in enumerate(rules):
            alone = [a if i == j or not _moves(a) else a.detach() for j, a in enumerate(args)]
            if rule and _moves(alone[i]):
                subject = _Subject(functools.partial(node.op, **_params(node)), alone, "", [])
                if any(_directions_off(subject, limits)):
                    return f"At fault: {node.op.name}, the gradient rule of {node.op.arg_name(i)}."
    return (
        "Every recorded operation agrees with its own rules, so something was not recorded: look "
        "for detach(), no_grad, item(), numpy(), or NumPy's functions."
    )


def _arguments(node: Node) -> list[tuple[Any, bool]]:
    """The arrays an operation was called on, and whether a gradient goes there."""
    return [(a, edge is not None) for a, edge in zip(node.args or (), node.edges)]


def _function_name(f: Any) -> str:
    name = f.name if isinstance(f, Op) else getattr(f, "__name__", "<lambda>")
    return "the function" if name == "<lambda>" else name


def _argument_name(f: Any, i: int) -> str:
    if isinstance(f, Op):
        return f.arg_name(i)
    code = getattr(f, "__code__", None)
    i += hasattr(f, "__self__")  # a method has been given its first argument
    return code.co_varnames[i] if code and i < code.co_argcount else f"argument {i}"


def _check_call(f: Any, inputs: Any, order: Any, eps: Any) -> None:
    if not callable(f):
        raise TypeError(f"gradcheck: f must be a function of Tensors, got {type(f).__name__}")
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(
            f"gradcheck: inputs must be a Tensor or a list of them, got {type(inputs).__name__}"
        )
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"gradcheck: order must be 1 or more, got {order!r}")
    if not isinstance(eps, float) or not 0.0 < eps < 1.0:
        raise ValueError(f"gradcheck: eps must be a small number above 0, got {eps!r}")
    if not any(_moves(x) for x in inputs):
        raise ValueError(
            "gradcheck: none of the inputs requires grad, so there is nothing to check; make them "
            "with requires_grad=True"
        )
    for i, x in enumerate(inputs):
        if _moves(x) and x.array.dtype != np.float64:
            raise TypeError(
                f"gradcheck: input {i} is {x.array.dtype}, in which a small difference is mostly "
                "rounding; use float64: x.double()"
            )


def _float_outputs(results: Any, name: str) -> list[Any]:
    """What a function returned, as a list, without what cannot have a gradient."""
    outputs = [results] if isinstance(results, Value) else results
    if not isinstance(outputs, (list, tuple)) or not all(isinstance(y, Value) for y in outputs):
        raise TypeError(
            f"gradcheck: {name} must return a Tensor, or several; it returned "
            f"{type(results).__name__}"
        )
    if not outputs:
        raise TypeError(f"gradcheck: {name} returns nothing that could have a gradient")
    floats = [y for y in outputs if y.array.dtype.kind == "f"]
    for y in floats or outputs:
        if y.array.dtype != np.float64:
            raise TypeError(f"gradcheck: {name} returns {y.array.dtype}; it must be float64")
    return floats
