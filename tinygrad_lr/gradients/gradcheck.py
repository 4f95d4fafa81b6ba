"""gradcheck: is the gradient that autograd computes the slope of the function?

A derivative can be computed without any rules, from values of the function at points close by. The
**central difference** ``(f(x + h u) - f(x - h u)) / 2h`` along a direction `u` is good to about
nine digits. It needs only the function, so it also finds what the graph missed. Where the forwards
are analytic the **complex step** ``Im f(x + i h u) / h`` is more exact: nothing is subtracted, so
`h` may be 1e-20, and all digits are right. (W. Squire and G. Trapp, "Using complex variables to
estimate derivatives of real functions", SIAM Review 40, 1998.) It is taken by computing the
recorded operations again on complex arrays, and used only where it agrees with the central
difference.

One direction costs two calls of `f`, however many inputs there are: if ``v . (J u)`` equals
``(v J) . u`` for random `u` and `v`, then it is almost certain that backward's ``v J`` is right.
Where it is not equal, the Jacobian `J` is compared entry by entry, to say where; and each operation
is checked alone, to say why.
"""

from __future__ import annotations

import functools
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeGuard

import numpy as np

from .. import errors
from ..autograd import grad
from ..device import Array, Shape, device_of, move
from ..dtypes import integer, number
from ..graph import Edge, Node, Op, Value
from ..modes import enable_grad
from ..tensor import Tensor
from ..wording import Worded

Numbers: TypeAlias = np.ndarray | float  # a vector, or one number of it

_DIRECTIONS = [[1.0], [1.0], [1e3], [0.0, 1.0]]  # each with the sizes of what comes in
_COMPLEX_STEP = 1e-20


class GradcheckError(Worded, RuntimeError):
    """The gradient is not the slope of the function; or the function has no slope there.

    >>> tg.gradcheck(lambda x: x * x.detach(), tg.ones(1, dtype=tg.float64, requires_grad=True))
    Traceback (most recent call last):
    tinygrad_lr.gradients.gradcheck.GradcheckError: ... expected 2, the slope ..., got 1...
    """


def gradcheck(
    f: Callable[..., object],
    inputs: Tensor | Sequence[object],
    order: int = 2,
    *,
    fast_mode: bool = True,
    eps: float = 1e-6,
    atol: float | None = None,
    rtol: float | None = None,
    raise_exception: bool = True,
) -> bool:
    """True if the gradients of `f` at `inputs` are right, for derivatives up to `order`.

    ``gradcheck(softplus, tg.randn(3, dtype=tg.float64, requires_grad=True))``. `f` is a function of
    Tensors, or an Op, that returns a Tensor or several. `inputs` is its one Tensor, or a list of
    its arguments. Those Tensors among them that require grad are varied; they must be float64. The
    second derivative is checked as the gradient of the gradient.

    Args:
        fast_mode: check along random directions. False: check every entry of the Jacobian, which
            takes two calls of `f` for each number in the inputs.
        eps: the step of the central differences; for a number x above 1, ``eps * x``.
        atol, rtol: a gradient may be ``atol + rtol * size`` away from the slope. By default 1e-6
            and 1e-5 beside a central difference, 1e-9 and 1e-9 beside a complex step.
        raise_exception: False: where the gradients are wrong, the result is False.

    Raises:
        GradcheckError: it says which function, which input, at what index, what was expected and
            what came; and which operation is at fault, or that there is a kink or a jump.
        TypeError, ValueError: `f` cannot be checked at such inputs.

    >>> tg.autograd.gradcheck(tg.exp, (tg.ones(2, dtype=tg.float64, requires_grad=True),))
    True
    """
    given = [inputs] if isinstance(inputs, Value) else inputs
    _check_call(f, given, order, eps)
    _check_numbers(atol=atol, rtol=rtol)
    order, eps = number(order), number(eps)
    given = list(given)
    labels = [f"input {i} ({_input_name(f, i)})" for i in range(len(given))]
    subject = _Subject(f, given, _function_name(f), labels)
    limits = _Limits(eps, _tolerance(atol, rtol, 1e-6, 1e-5), _tolerance(atol, rtol, 1e-9, 1e-9))
    check = _check_directions if fast_mode else _check_jacobian
    try:
        with enable_grad(), np.errstate(all="ignore"):
            for nth in range(order):
                subject = _derivative(subject) if nth else subject
                _check_repeatable(subject, recorded=nth + 1 < order)
                check(subject, limits)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


class _Tolerance(NamedTuple):
    atol: float
    rtol: float

    def __call__(self, size: Numbers) -> Numbers:
        """How far a gradient may be from a slope of this size."""
        distance: Numbers = self.atol + self.rtol * np.abs(size)
        return distance


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

    All vectors are float64 and on the host, wherever `f` computes. `labels` name the inputs.
    """

    def __init__(
        self, f: Callable[..., object], inputs: list[Any], name: str, labels: list[str]
    ) -> None:
        self.f, self.inputs, self.name, self.labels = f, inputs, name, labels
        self.moving = [i for i, x in enumerate(self.inputs) if _moves(x)]
        self.x = _flat([self.inputs[i].array for i in self.moving])
        self.units = np.maximum(1.0, np.abs(self.x))  # a step of 1e-6 would not move 1e12
        self.size: int | None = None  # how many numbers the results have

    def __call__(self, x: np.ndarray) -> tuple[list[Tensor], list[Tensor]]:
        """The floating-point results of `f` at `x`, recorded, and the leaves that hold `x`."""
        args = list(self.inputs)
        shapes = [args[i].array.shape for i in self.moving]
        for i, array in zip(self.moving, _split(x, shapes)):
            args[i] = _leaf_like(args[i], array)
        return _float_outputs(self._results(args), self.name), [args[i] for i in self.moving]

    def _results(self, args: list[Any]) -> object:
        try:
            return self.f(*args)
        except TypeError as error:
            wrong_call = re.search(r"\(\) ((?:missing|takes) .*)", str(error))
            if wrong_call is None or error.__traceback__ is None or error.__traceback__.tb_next:
                raise
            raise TypeError(
                f"gradcheck: {self.name} is called with the inputs, one argument for each, and "
                f"does not take them ({wrong_call[1]})"
            ) from None

    def value(self, x: np.ndarray) -> np.ndarray:
        """The numbers of these results, as a vector."""
        numbers = _flat([y.array for y in self(x)[0]])
        if self.size not in (None, numbers.size):
            raise GradcheckError(
                f"gradcheck: {self.name} gives {self.size} numbers, and close by {numbers.size}: "
                "it jumps there, and has no slope; check it elsewhere"
            )
        return numbers

    def central(self, u: np.ndarray, eps: float) -> tuple[np.ndarray, Numbers]:
        """``J u`` by a central difference, and how far off it may be by rounding alone."""
        above, below = self.value(self.x + eps * u), self.value(self.x - eps * u)
        return (above - below) / (2.0 * eps), _rounding(above, eps)

    def place(self, j: int) -> str:
        """Where entry `j` of the vector is among the inputs."""
        shapes = [self.inputs[i].array.shape for i in self.moving]
        number, index = _find(j, shapes)
        return f"{self.labels[self.moving[number]]}{_at(index)}"


def _rounding(values: Numbers, eps: float) -> Numbers:
    """How far off a slope may be as `values` are rounded: their rounding, divided by the step."""
    error: Numbers = 1e-15 * np.abs(values) / eps
    return error


def _derivative(subject: _Subject) -> _Subject:
    """The gradient as a function: of the inputs, and of the incoming gradients."""
    outputs, _ = subject(subject.x)
    rng = np.random.default_rng(0)
    incoming = [_leaf_like(y, rng.standard_normal(y.array.shape)) for y in outputs]
    count = len(subject.inputs)

    def gradient(*args: Any) -> list[Tensor]:
        leaves = [args[i] for i in subject.moving]
        outputs = _float_outputs(subject.f(*args[:count]), subject.name)
        return _gradients(outputs, leaves, args[count:], record=True)

    labels = subject.labels + ["the incoming gradient"] * len(incoming)
    return _Subject(
        gradient, [*subject.inputs, *incoming], f"the gradient of {subject.name}", labels
    )


def _gradients(
    outputs: list[Tensor], leaves: list[Tensor], given: Sequence[Tensor], record: bool
) -> list[Tensor]:
    """``v J`` by backward for the `given` v: zeros for a leaf that no output depends on."""
    pairs = [(y, v) for y, v in zip(outputs, given) if y.edge is not None]
    if not pairs:
        return [0.0 * leaf for leaf in leaves]
    sources, given = [y for y, _ in pairs], [v for _, v in pairs]
    found = grad(sources, leaves, given, retain_graph=True, create_graph=record, allow_unused=True)
    return [0.0 * leaf if g is None else g for g, leaf in zip(found, leaves)]


def _pulled_back(
    outputs: list[Tensor], leaves: list[Tensor], v: np.ndarray, record: bool = False
) -> np.ndarray:
    """``v J`` by backward, as a vector."""
    parts = _split(v, [y.array.shape for y in outputs])
    given = [_leaf_like(y, part).detach() for y, part in zip(outputs, parts)]
    return _flat([g.array for g in _gradients(outputs, leaves, given, record)])


def _moves(value: object) -> TypeGuard[Tensor]:
    """Whether `value` is a Tensor that requires grad."""
    return isinstance(value, Value) and value.edge is not None


def _leaf_like(value: Tensor, array: np.ndarray) -> Tensor:
    """A new leaf that requires grad, with a copy of `array`, on the device of `value`."""
    leaf: Tensor = value.wrap(move(np.array(array), device_of(value.array)))
    leaf.wanted = True
    return leaf


def _flat(arrays: Sequence[Array]) -> np.ndarray:
    """The numbers of all `arrays` in one vector, on the host."""
    return np.concatenate([np.reshape(move(a, "cpu"), -1) for a in arrays])


def _split(vector: np.ndarray, shapes: Sequence[Shape]) -> list[np.ndarray]:
    """`vector` cut into arrays of these shapes."""
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(vector, ends[:-1]), shapes)]


def _find(j: int, shapes: Sequence[Shape]) -> tuple[int, Shape]:
    """Where _split puts entry `j` of a vector: the number of the array, and the index in it."""
    number = 0
    while j >= math.prod(shapes[number]):
        j -= math.prod(shapes[number])
        number += 1
    return number, tuple(int(i) for i in np.unravel_index(j, shapes[number]))


# --------------------------------------------------------------------------------------- the checks


def _check_repeatable(subject: _Subject, recorded: bool) -> None:
    """The same inputs must give the same results; if a derivative of it is to be `recorded`, its
    rules must give the same on arrays as on Tensors.
    """
    constants = [x.array for x in subject.inputs if isinstance(x, Value) and not _moves(x)]
    before = [move(array, "cpu").copy() for array in constants]
    outputs, leaves = subject(subject.x)
    first = _flat([y.array for y in outputs])
    same = [
        np.array_equal(move(array, "cpu"), then, equal_nan=then.dtype.kind == "f")
        for array, then in zip(constants, before)
    ]
    if not (all(same) and np.array_equal(subject.x, _flat([leaf.array for leaf in leaves]), True)):
        raise GradcheckError(
            f"gradcheck: {subject.name} changes its inputs; compute on a copy (a * 2, not a *= 2)"
        )
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
    _check_precision(outputs, subject.name)
    subject.size = first.size
    if not recorded:
        return
    v = np.random.default_rng(1).standard_normal(first.size)
    raw = _pulled_back(outputs, leaves, v)
    again = _pulled_back(outputs, leaves, v, record=True)
    same = np.isclose(raw, again, rtol=1e-9, atol=1e-9, equal_nan=True)
    if not same.all():
        j = int(np.argmin(same))
        raise GradcheckError(
            f"gradcheck: the gradient of {subject.name} for {subject.place(j)} is {raw[j]:.10g} "
            f"when the rules run on arrays, but {again[j]:.10g} when they run on Tensors "
            "(create_graph=True); a rule must do the same with both"
        )


def _check_directions(subject: _Subject, limits: _Limits) -> None:
    """Raise GradcheckError if the gradient is not the slope along some random directions."""
    for v, expected, got in _directions_off(subject, limits):
        jacobian = _check_jacobian(subject, limits)  # to say where
        outputs, leaves = subject(subject.x)
        linear = np.allclose(_pulled_back(outputs, leaves, v), v @ jacobian, rtol=1e-6, atol=1e-6)
        raise GradcheckError(
            f"gradcheck: the slope of {subject.name} along a random direction is {expected:.10g}, "
            f"but its gradient says {got:.10g}. Each entry of the Jacobian is within the "
            "tolerance; together they are not"
            if linear
            else f"gradcheck: the gradient of {subject.name} is not linear in the gradient g that "
            f"comes in: for some g it is {got:.10g} along a random direction, but "
            f"{expected:.10g} by what it is for each element of g alone. Look for where, clamp, "
            f"rounding or division of g. {_blame(outputs, limits)}"
        )


def _directions_off(subject: _Subject, limits: _Limits) -> Iterator[tuple[Any, float, float]]:
    """`v`, ``v . (J u)`` and ``(v J) . u``, for those of some random `u` and `v` where they differ.

    (One `v` is large, and one has zeros, of which some rules make something else.)
    """
    rng = np.random.default_rng(0)
    outputs, leaves = subject(subject.x)
    size = sum(y.array.size for y in outputs)
    if not size or not subject.x.size:
        return
    for factors in _DIRECTIONS:
        u, v = subject.units * rng.standard_normal(subject.x.size), rng.standard_normal(size)
        v *= np.resize(factors, size)
        slope, tolerance, rounding = _slope(subject, outputs, leaves, u, limits)
        expected, got = v @ slope, _pulled_back(outputs, leaves, v) @ u
        allowed = tolerance(np.abs(v) @ np.abs(slope)) + np.abs(v) @ rounding
        if not abs(expected - got) <= allowed:
            yield v, expected, got


def _check_jacobian(subject: _Subject, limits: _Limits) -> np.ndarray:
    """The Jacobian. Raise GradcheckError if an entry of it is not the slope it should be.

    Entry (k, j) is the slope of output k along input j.
    """
    outputs, leaves = subject(subject.x)
    size = sum(y.array.size for y in outputs)
    rows = [_pulled_back(outputs, leaves, v) for v in np.eye(size)]
    got = np.reshape(rows, (size, subject.x.size))
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
    return got


def _slope(
    subject: _Subject, outputs: list[Tensor], leaves: list[Tensor], u: np.ndarray, limits: _Limits
) -> tuple[np.ndarray, _Tolerance, Numbers]:
    """``J u`` without rules, how close to it a gradient must be, and what rounding adds to that."""
    central, rounding = subject.central(u, limits.eps)
    exact = _complex_step(outputs, leaves, u)
    if exact is not None:
        # Where f bends sharply, only a smaller step comes near to the complex one. A complex step
        # through what is made for real numbers, such as abs, is no slope: it is held to be exact
        # only as far as a difference says so.
        for tolerance in (limits.exact, limits.central):
            for eps in (limits.eps, limits.eps / 10, limits.eps / 100, limits.eps / 1000):
                closer, noise = subject.central(u, eps)
                if (np.abs(exact - closer) <= tolerance(closer) + noise).all():
                    return exact, tolerance, np.zeros_like(exact)
    return central, limits.central, rounding


def _roughness(subject: _Subject, u: np.ndarray, k: int, got: float, limits: _Limits) -> str:
    """In which way output `k` is not smooth at this point along `u`; "" if it is smooth."""

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
    if near_gap > gap / 2:  # at a tenth of the step, a smooth function has a tenth of the gap
        scale = np.abs(u).max()
        sides = f"{below / scale:.4g} below and {above / scale:.4g} above"
        return f"has a kink (its slope is {sides}; the gradient says {got / scale:.4g}) at"
    near = (near_below + near_above) / 2
    return "has a kink very close to" if abs(near - got) <= allowed else ""


# --------------------------------------------------------------------- once more, on complex arrays


def _complex_step(outputs: list[Tensor], leaves: list[Tensor], u: np.ndarray) -> np.ndarray | None:
    """``J u`` by a complex step; None if a recorded forward takes no complex arrays."""
    steps = _split(1j * _COMPLEX_STEP * u, [leaf.array.shape for leaf in leaves])
    values: dict[Edge | None, Array] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # such as the one for throwing away an imaginary part
            for leaf, step in zip(leaves, steps):
                values[leaf] = leaf.array + move(step, device_of(leaf.array))
            for node in _recorded(outputs):
                args = [values.get(edge, arg) for edge, arg in zip(node.edges, node.args or ())]
                values[node] = node.op(*args, **_params(node))
    except Exception:  # of any kind: this forward was not written for complex numbers
        return None
    results = _flat([values.get(y.edge, y.array) for y in outputs])
    return results.imag / _COMPLEX_STEP


def _recorded(outputs: Sequence[Tensor]) -> list[Node]:
    """All operations that `outputs` were computed by, oldest first."""
    stack = [y.edge for y in outputs]
    found: set[Node] = set()
    while stack:
        edge = stack.pop()
        if isinstance(edge, Node) and edge not in found:
            found.add(edge)
            stack.extend(edge.edges)
    return sorted(found, key=lambda node: node.tick)


def _params(node: Node) -> dict[str, object]:
    """The keywords that the operation was called with."""
    return {name: value for name, value in node.params.items() if name != "saved"}


# -------------------------------------------------------------------------------------- what to say


class _Wrong(NamedTuple):
    """A wrong entry of the Jacobian: output `k`, input `j`."""

    k: int
    j: int
    expected: float
    got: float


def _about(
    wrong: list[_Wrong], count: int, subject: _Subject, outputs: list[Tensor], limits: _Limits
) -> str:
    """The message about the worst of the `wrong` entries, of `count` that there are."""
    worst = max(wrong, key=lambda entry: abs(entry.expected - entry.got))
    number, index = _find(worst.k, [y.array.shape for y in outputs])
    which = f"output {number}" if len(outputs) > 1 else "the output"
    return (
        f"gradcheck: the gradient of {subject.name} is wrong for {subject.place(worst.j)}: "
        f"expected {worst.expected:.8g}, the slope of {which}{_at(index)}, got {worst.got:.8g}. "
        f"{len(wrong)} of {count} entries of the Jacobian are wrong. {_blame(outputs, limits)}"
    )


def _at(index: Shape) -> str:
    return f" at index {index}" if index else ""


def _blame(outputs: list[Tensor], limits: _Limits) -> str:
    """Which recorded operation is at fault: each is checked alone, on its own arrays."""
    for node in _recorded(outputs):
        args = [_leaf_like(outputs[0], move(a, "cpu")) if e else a for a, e in _arguments(node)]
        rules = node.rules
        for i, (_, followed) in enumerate(_arguments(node)):
            if followed and (i >= len(rules) or rules[i] is None):
                name = _input_name(node.op, i)
                return f"{node.op.name} has no gradient rule for its argument {name}."
        for i, rule in enumerate(rules):
            alone = [a if i == j or not _moves(a) else a.detach() for j, a in enumerate(args)]
            if rule and _moves(alone[i]):
                subject = _Subject(functools.partial(node.op, **_params(node)), alone, "", [])
                if any(_directions_off(subject, limits)):
                    name = _input_name(node.op, i)
                    return f"At fault: {node.op.name}, the gradient rule of {name}."
    return (
        "Every recorded operation agrees with its own rules, so something was not recorded: look "
        "for detach(), no_grad, item(), numpy(), or NumPy's functions."
    )


def _arguments(node: Node) -> list[tuple[Any, bool]]:
    """The arguments of an operation, and whether a gradient goes to each."""
    return [(a, edge is not None) for a, edge in zip(node.args or (), node.edges)]


def _function_name(f: object) -> str:
    f = _unwrapped(f)
    name: str = f.name if isinstance(f, Op) else getattr(f, "__name__", "<lambda>")
    return "the function" if name == "<lambda>" else name


def _input_name(f: object, i: int) -> str:
    """What `f` calls its input number `i`."""
    f = _unwrapped(f)
    if isinstance(f, Op):
        return errors.argument_name(f.forward, i)
    code = getattr(f, "__code__", None)
    at = i + hasattr(f, "__self__")  # a bound method has its first argument already
    return code.co_varnames[at] if code and at < code.co_argcount else f"argument {i}"


def _unwrapped(f: object) -> object:
    """The function that a partial is of, if it leaves the first arguments open."""
    return f.func if isinstance(f, functools.partial) and not f.args else f


def _check_call(f: object, inputs: object, order: object, eps: object) -> None:
    """Raise TypeError or ValueError for arguments that gradcheck cannot take."""
    if not callable(f):
        raise TypeError(f"gradcheck: f must be a function of Tensors, got {type(f).__name__}")
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(
            f"gradcheck: inputs must be a Tensor or a list of them, got {_kind(inputs)}"
        )
    if (integer(order) or 0) < 1:
        raise ValueError(f"gradcheck: order must be 1 or more, got {order!r}")
    if not isinstance(number(eps), float) or not 0.0 < number(eps) < 1.0:
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


def _check_numbers(**limits: object) -> None:
    """Raise ValueError for a tolerance that is no number from 0 up."""
    for name, limit in limits.items():
        is_number = isinstance(limit, (int, float, np.integer, np.floating))
        if limit is not None and not (is_number and limit >= 0.0):  # type: ignore[operator]
            raise ValueError(f"gradcheck: {name} must be 0 or a number above it, got {limit!r}")


def _check_precision(outputs: list[Tensor], name: str) -> None:
    """Raise TypeError if `outputs` were computed in float32, or less, anywhere on the way."""
    for node in _recorded(outputs):
        dtype = getattr(node.output, "dtype", np.float64)  # or it is freed
        if dtype != np.float64:
            raise errors.DtypeError(
                f"gradcheck: {name} computes in {dtype} on the way, in {node.op.name}, where a "
                "small difference is mostly rounding; let it compute in float64 throughout"
            )


def _float_outputs(results: object, name: str) -> list[Tensor]:
    """The `results` of the function `name` as a list, without integers and booleans."""
    listed: Sequence[Any] = results if isinstance(results, (list, tuple)) else [results]
    for y in listed:
        if not isinstance(y, Value):
            among = f" in its {type(results).__name__}" if listed is results else ""
            raise errors.ArrayError(
                f"gradcheck: {name} must return a Tensor, or several; it returned {_kind(y)}{among}"
            )
    if not listed:
        raise TypeError(f"gradcheck: {name} returns nothing that could have a gradient")
    floats = [y for y in listed if y.array.dtype.kind == "f"]
    for y in floats or listed:
        if y.array.dtype != np.float64:
            raise errors.DtypeError(
                f"gradcheck: {name} returns {y.array.dtype}; it must be float64"
            )
    return floats


def _kind(value: object) -> str:
    """What `value` is, in a word."""
    kind = type(value)
    ours = kind.__module__.partition(".")[0]
    return f"a Tensor of {ours}'s" if kind.__name__ == "Tensor" else kind.__name__
