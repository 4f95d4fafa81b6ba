"""Every operation of the table, over its whole input domain: against PyTorch and numerically.

The properties below hold for each Op; tests/domains.py says how each is called. After them come the
points that a domain leaves out: ties and kinks, edges of pow, arguments too large for exp.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy
import pytest
import torch
from domains import DOMAINS, Case, is_float
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_lr import Op, Tensor, ops
from tinygrad_lr import functions as f
from tinygrad_lr.autograd import grad
from tinygrad_lr.nn import functional as F

OPS = {name: op for name, op in vars(ops).items() if isinstance(op, Op)}
NAMES = [name for name in DOMAINS if name in OPS]
SMOOTH = [name for name in NAMES if DOMAINS[name].differentiable]
CONTINUOUS = [name for name in SMOOTH if DOMAINS[name].continuous]

few_examples = settings(max_examples=max(settings().max_examples // 2, 1))
every_op = pytest.mark.parametrize("name", NAMES)
every_smooth_op = pytest.mark.parametrize("name", SMOOTH)
TOLERANCE = {"float64": {"rtol": 1e-12, "atol": 1e-12}, "float32": {"rtol": 2e-5, "atol": 1e-5}}
FLOATS = st.sampled_from([numpy.dtype("float64"), numpy.dtype("float32")])

# --------------------------------------------------------------------- one call, in both frameworks


def leaf(array: numpy.ndarray) -> Tensor:
    return Tensor.wrap(array).requires_grad_()


def ours(op: Op, case: Case) -> tuple[Any, list[Any]]:
    """The result of a call, and its float arguments, which require grad."""
    args = [leaf(a) if is_float(a) else a for a in case.args]
    args = [Tensor.wrap(a) if isinstance(a, numpy.ndarray) else a for a in args]
    return op(*args, **case.params), [a for a in args if isinstance(a, Tensor) and a.requires_grad]


def theirs(name: str, case: Case) -> tuple[Any, list[Any]]:
    args = [torch.tensor(a) if isinstance(a, numpy.ndarray) else a for a in case.args]
    leaves = [a.requires_grad_() for a in args if torch.is_tensor(a) and a.is_floating_point()]
    return DOMAINS[name].torch(*args, **case.params), leaves


def noise(like: Any) -> numpy.ndarray:
    """An array like another, with other numbers (the same ones each time)."""
    rng = numpy.random.default_rng(like.size)
    return numpy.asarray(rng.uniform(-1.0, 1.0, like.shape)).astype(like.dtype)


def plain(tensor: torch.Tensor) -> numpy.ndarray:
    return tensor.numpy(force=True)


def check(ours: Any, theirs: Any) -> None:
    """The same shape, dtype and values as PyTorch, as closely as the dtype allows."""
    actual, expected = ours.array, plain(theirs)
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    tolerance = TOLERANCE.get(actual.dtype.name, {"rtol": 0, "atol": 0})
    numpy.testing.assert_allclose(actual, expected, **tolerance)


def first_order(op: Op, case: Case, **how: Any) -> list[Any]:
    """The gradients of all float arguments, for an incoming gradient that is not all ones."""
    y, leaves = ours(op, case)
    return list(grad(y, leaves, Tensor.wrap(noise(y.array)), **how))


def second_order(op: Op, case: Case) -> list[Any]:
    """Gradients of (gradients . something), by each argument and by the incoming gradient."""
    y, leaves = ours(op, case)
    v = leaf(noise(y.array))
    firsts = grad(y, leaves, v, create_graph=True)
    moving = [first for first in firsts if first.requires_grad]
    sources = [*leaves, v]
    if not moving:
        return [Tensor.wrap(numpy.zeros_like(source.array)) for source in sources]
    directions = [Tensor.wrap(noise(first.array)) for first in moving]
    seconds = grad(moving, sources, directions, allow_unused=True)
    return [
        Tensor.wrap(numpy.zeros_like(source.array)) if second is None else second
        for source, second in zip(sources, seconds)
    ]


def torch_second_order(name: str, case: Case) -> list[Any]:
    y, leaves = theirs(name, case)
    v = torch.tensor(noise(plain(y)), requires_grad=True)
    firsts = torch.autograd.grad(y, leaves, v, create_graph=True, materialize_grads=True)
    moving = [first for first in firsts if first.requires_grad]
    sources = [*leaves, v]
    if not moving:
        return [torch.zeros_like(source) for source in sources]
    directions = [torch.tensor(noise(plain(first))) for first in moving]
    return list(torch.autograd.grad(moving, sources, directions, materialize_grads=True))


# ---------------------------------------------------------------------------- the table is complete


@pytest.mark.parametrize("name", OPS)
def test_every_operation_has_a_domain(name: str) -> None:
    assert name in DOMAINS, f"ops.{name} has no entry in tests/domains.py, so nothing tests it"


@pytest.mark.parametrize("name", DOMAINS)
def test_every_domain_has_its_operation(name: str) -> None:
    assert name in OPS, f"tests/domains.py describes ops.{name}, which does not exist"
    assert OPS[name].differentiable == DOMAINS[name].differentiable


# ------------------------------------------------------------------------------------------- values


@every_op
@given(data=st.data(), dtype=FLOATS)
def test_value_is_pytorchs(name: str, data: Any, dtype: Any) -> None:
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    y, _ = ours(OPS[name], case)
    check(y, theirs(name, case)[0])
    assert y.requires_grad == (DOMAINS[name].differentiable and bool(case.floats))


@every_op
@few_examples
@given(data=st.data(), dtype=FLOATS)
def test_arrays_in_array_out(name: str, data: Any, dtype: Any) -> None:
    """On raw arrays an Op computes the same, and wraps nothing."""
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    raw = OPS[name](*case.args, **case.params)
    assert not isinstance(raw, Tensor)
    numpy.testing.assert_array_equal(raw, ours(OPS[name], case)[0].array, strict=True)


# ---------------------------------------------------------------------------------------- gradients


@every_smooth_op
@given(data=st.data(), dtype=FLOATS)
def test_gradient_is_pytorchs(name: str, data: Any, dtype: Any) -> None:
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    y, leaves = theirs(name, case)
    expected = torch.autograd.grad(y, leaves, torch.tensor(noise(plain(y))), materialize_grads=True)
    found = first_order(OPS[name], case)
    assert len(found) == len(expected)
    for mine, other in zip(found, expected):
        check(mine, other)


@every_smooth_op
@given(data=st.data(), dtype=FLOATS)
def test_second_gradient_is_pytorchs(name: str, data: Any, dtype: Any) -> None:
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    for mine, other in zip(second_order(OPS[name], case), torch_second_order(name, case)):
        check(mine, other)


def move(case: Case, step: float) -> Case:
    """The case, a small step along one random direction."""
    return case.map(lambda a: a + step * noise(a))


def slope(function: Any, case: Case, step: float = 1e-5) -> float:
    """How fast a number computed from the case changes along that direction: numerically."""
    return (function(move(case, step)) - function(move(case, -step))) / (2.0 * step)


def dot(gradients: Any) -> float:
    return sum(float((g.array * noise(g.array)).sum()) for g in gradients)


@pytest.mark.parametrize("name", CONTINUOUS)
@few_examples
@given(data=st.data())
def test_gradient_is_the_numerical_one(name: str, data: Any) -> None:
    case, op = data.draw(DOMAINS[name].cases), OPS[name]
    numerical = slope(lambda moved: dot([ours(op, moved)[0]]), case)
    assert dot(first_order(op, case)) == pytest.approx(numerical, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("name", CONTINUOUS)
@few_examples
@given(data=st.data())
def test_second_gradient_is_the_numerical_one(name: str, data: Any) -> None:
    case, op = data.draw(DOMAINS[name].cases), OPS[name]
    numerical = slope(lambda moved: dot(first_order(op, moved)), case)
    by_arguments = second_order(op, case)[:-1]
    assert dot(by_arguments) == pytest.approx(numerical, rel=1e-6, abs=1e-7)


@every_smooth_op
@few_examples
@given(data=st.data(), dtype=FLOATS)
def test_recorded_backward_gives_the_same_gradient(name: str, data: Any, dtype: Any) -> None:
    """The rules, handed Tensors (create_graph), compute what they compute on raw arrays."""
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    for raw, traced in zip(
        first_order(OPS[name], case), first_order(OPS[name], case, create_graph=True)
    ):
        assert raw.dtype == traced.dtype == dtype
        numpy.testing.assert_allclose(raw.array, traced.array, **TOLERANCE[dtype.name])


@every_smooth_op
@few_examples
@given(data=st.data())
def test_one_argument_alone_gets_the_same_gradient(name: str, data: Any) -> None:
    """The engine may skip the rules of arguments that need no gradient; the others do not mind."""
    case, op = data.draw(DOMAINS[name].cases), OPS[name]
    together = iter(first_order(op, case))
    for i, argument in enumerate(case.args):
        if is_float(argument):
            args = [Tensor.wrap(a) if isinstance(a, numpy.ndarray) else a for a in case.args]
            args[i] = leaf(argument)
            y = op(*args, **case.params)
            (alone,) = grad(y, args[i], Tensor.wrap(noise(y.array)))
            numpy.testing.assert_array_equal(alone.array, next(together).array)


# -------------------------------------------------------------------------------- memory and layout


def fortran(a: numpy.ndarray) -> numpy.ndarray:
    return a.copy(order="F")


def backward_in_memory(a: numpy.ndarray) -> numpy.ndarray:
    every = (slice(None, None, -1),) * a.ndim
    return numpy.ascontiguousarray(a[every])[every] if a.ndim else a


def with_gaps(a: numpy.ndarray) -> numpy.ndarray:
    gap = numpy.nan if is_float(a) else 1
    wide = numpy.full(tuple(2 * n for n in a.shape), gap, a.dtype)
    every = (slice(None, None, 2),) * a.ndim
    wide[every] = a
    return wide[every] if a.ndim else a


def transposed(a: numpy.ndarray) -> numpy.ndarray:
    return numpy.ascontiguousarray(a.swapaxes(0, -1)).swapaxes(0, -1) if a.ndim else a


LAYOUTS = st.sampled_from([transposed, with_gaps, backward_in_memory, fortran])


@every_op
@few_examples
@given(data=st.data(), layout=LAYOUTS)
def test_layout_in_memory_does_not_matter(name: str, data: Any, layout: Any) -> None:
    case, op = data.draw(DOMAINS[name].cases), OPS[name]
    other = Case(
        tuple(layout(a) if isinstance(a, numpy.ndarray) else a for a in case.args), case.params
    )
    pairs = [(ours(op, case)[0], ours(op, other)[0])]
    if DOMAINS[name].differentiable:
        pairs += zip(first_order(op, case), first_order(op, other))
        pairs += zip(second_order(op, case), second_order(op, other))
    for plain, odd in pairs:
        numpy.testing.assert_allclose(odd.array, plain.array, rtol=1e-12, atol=1e-12, strict=True)


def arrays_in(case: Case) -> list[numpy.ndarray]:
    index = case.params.get("index", ())
    return [a for a in (*case.args, *index) if isinstance(a, numpy.ndarray)]


@every_op
@few_examples
@given(data=st.data())
def test_nothing_is_written_to(name: str, data: Any) -> None:
    """Neither the forward nor a rule changes an argument, an index, or the incoming gradient."""
    case, op = data.draw(DOMAINS[name].cases), OPS[name]
    watched = arrays_in(case)
    before = [a.tobytes() for a in watched]
    for a in watched:
        a.flags.writeable = False
    y, _ = ours(op, case)
    if DOMAINS[name].differentiable:
        g = noise(y.array)
        watched += [g, y.array]
        before += [g.tobytes(), y.array.tobytes()]
        g.flags.writeable = y.array.flags.writeable = False
        list(y.node.pull_back(g, False))  # the rules themselves: backward() hands them a copy
        second_order(op, case)
    assert [a.tobytes() for a in watched] == before


@every_smooth_op
@few_examples
@given(data=st.data(), dtype=FLOATS, create_graph=st.booleans())
def test_gradients_own_their_memory(name: str, data: Any, dtype: Any, create_graph: bool) -> None:
    """Writing into one .grad changes no other, no argument, not the result, not what came in."""
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    y, leaves = ours(OPS[name], case)
    v = noise(y.array)
    y.backward(Tensor.wrap(v), create_graph=create_graph)
    gradients = [x.grad.array for x in leaves]
    assert [g.dtype for g in gradients] == [dtype] * len(leaves)
    assert [g.shape for g in gradients] == [x.shape for x in leaves]
    for g in gradients:
        for other in [*arrays_in(case), y.array, v]:
            assert not numpy.shares_memory(g, other)
    for g, other in itertools.combinations(gradients, 2):
        assert not numpy.shares_memory(g, other)


@every_op
@few_examples
@given(data=st.data())
def test_only_views_share_memory(name: str, data: Any) -> None:
    """A result on the memory of an argument says so, or in-place writes would go unseen."""
    if name == "to_device":
        pytest.skip("Tensor.to calls it only when the device differs")
    case, op = data.draw(DOMAINS[name].cases), OPS[name]
    y, leaves = ours(op, case)
    for x in leaves:
        if numpy.shares_memory(x.array, y.array):
            assert op.view
            assert y.memory is x.memory


@pytest.mark.parametrize("name", [name for name in NAMES if OPS[name].saves])
@given(data=st.data(), dtype=FLOATS)
def test_what_forward_saves_can_be_computed_again(name: str, data: Any, dtype: Any) -> None:
    case, op = data.draw(DOMAINS[name].cases).astype(dtype), OPS[name]
    _, saved = op.forward(*case.args, **case.params)
    again = op.saves(*case.args, **case.params)
    numpy.testing.assert_allclose(saved, again, **TOLERANCE[dtype.name])


# --------------------------------------------------------------------- exact points: ties and kinks


def compare(function: Any, torch_function: Any, *arrays: Any, dtype: str = "float64") -> None:
    """Value and gradients of a function of some arrays are PyTorch's, nan for nan."""
    numpys = [numpy.asarray(a, dtype) for a in arrays]
    mine, others = [leaf(a) for a in numpys], [torch.tensor(a) for a in numpys]
    for other in others:
        other.requires_grad_()
    y, expected = function(*mine), torch_function(*others)
    check(y, expected)
    v = noise(y.array)
    gradients = grad(y, mine, Tensor.wrap(v))
    for g, other in zip(gradients, torch.autograd.grad(expected, others, torch.tensor(v))):
        check(g, other)


TIED = [[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]
TIES = {
    "maximum": (f.maximum, torch.maximum, TIED, [1.0, 2.0, 3.0]),
    "minimum": (f.minimum, torch.minimum, TIED, [1.0, 2.0, 3.0]),
    "amax": (lambda a: f.amax(a, 1), lambda a: a.amax(1), TIED),
    "amin": (lambda a: f.amin(a, 1), lambda a: a.amin(1), TIED),
    "amax of all": (f.amax, torch.amax, TIED),
    "max": (f.max, torch.max, TIED),
    "min": (f.min, torch.min, TIED),
    "max along": (lambda a: f.max(a, 1)[0], lambda a: a.max(1)[0], TIED),
    "min along": (lambda a: f.min(a, 1)[0], lambda a: a.min(1)[0], TIED),
    "abs": (f.abs, torch.abs, [0.0, -0.0, 1.0]),
    "sign": (f.sign, torch.sign, [0.0, -0.0, 1.0]),
    "relu": (f.relu, torch.relu, [0.0, -0.0, 1.0]),
    "clamp": (lambda a: f.clamp(a, -1, 2), lambda a: a.clamp(-1, 2), [-1.0, 2.0, 0.0, 5.0]),
    "clamp min": (lambda a: f.clamp(a, min=0), lambda a: a.clamp(min=0), [0.0, -0.0, 1.0]),
    "clamp max": (lambda a: f.clamp(a, max=0.5), lambda a: a.clamp(max=0.5), [0.5, 0.6, 0.4]),
    "std of equal values": (f.std, torch.std, [2.0, 2.0, 2.0]),
    "std of rows, one equal": (lambda a: f.std(a, 1), lambda a: a.std(1), TIED),
    "std of one": (lambda a: f.std(a, correction=0), lambda a: a.std(correction=0), [3.0]),
    "var of equal values": (f.var, torch.var, [2.0, 2.0, 2.0]),
}


@pytest.mark.parametrize("name", TIES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_ties_and_kinks_are_pytorchs(name: str, dtype: str) -> None:
    function, torch_function, *arrays = TIES[name]
    compare(function, torch_function, *arrays, dtype=dtype)


BASES = [-2.0, -1.0, 0.0, 1.0, 2.0]


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 0.0, 1.0, 2.0, 3.0])
def test_pow_of_any_base_to_a_number(exponent: float) -> None:
    compare(lambda a: a**exponent, lambda a: a**exponent, BASES)


@pytest.mark.parametrize("exponent", [-1, -2, -1.0, 0.5])
def test_pow_of_a_positive_base_to_a_number(exponent: float) -> None:
    compare(lambda a: a**exponent, lambda a: a**exponent, [0.5, 1.0, 2.0])


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0, 1.5])
def test_pow_of_zero_and_positive_bases_to_a_tensor(exponent: float) -> None:
    compare(f.pow, torch.pow, [0.0, 1.0, 2.0], exponent)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0, -1.0])
def test_pow_of_a_negative_base_to_a_whole_tensor(exponent: float) -> None:
    """The gradient of the base; that of the exponent is nan, since the logarithm is."""
    compare(
        lambda a: f.pow(a, Tensor.wrap(numpy.float64(exponent))),
        lambda a: torch.pow(a, torch.tensor(exponent, dtype=torch.float64)),
        [-2.0, -1.0, -0.5],
    )


@pytest.mark.parametrize("base", [0, 0.0, 1, 2, 2.5])
def test_pow_of_a_number_to_a_tensor(base: float) -> None:
    compare(lambda b: base**b, lambda b: base**b, [0.0, 1.0, 2.0, 0.5])


# ------------------------------------------------------------ infinite, undefined and empty results

UNDEFINED = {
    "log": (f.log, torch.log, [0.0, -1.0, 1.0]),
    "sqrt": (f.sqrt, torch.sqrt, [0.0, -1.0, 1.0]),
    "exp": (f.exp, torch.exp, [1e4, -1e4, 0.0]),
    "1 / x": (lambda a: 1 / a, lambda a: 1 / a, [0.0, 1.0]),
    "x / 0": (lambda a: a / 0, lambda a: a / 0, [0.0, 1.0]),
    "x ** -1": (lambda a: a**-1, lambda a: a**-1, [0.0, 2.0]),
    "x ** 0.5": (lambda a: a**0.5, lambda a: a**0.5, [0.0, -1.0, 2.0]),
    "pow to a half": (f.pow, torch.pow, [0.0, -1.0, 2.0], [0.5, 0.5, 0.5]),
    "pow of a negative base": (f.pow, torch.pow, [-2.0, 3.0], [2.0, 2.0]),
    "overflow": (lambda a: a * 1e300, lambda a: a * 1e300, [1e300, -1e300]),
    "amax of nan": (f.amax, torch.amax, [numpy.nan, 1.0]),
    "max of nan": (lambda a: f.max(a, 0)[0], lambda a: a.max(0)[0], [1.0, numpy.nan, 2.0]),
    "clamp of nan": (lambda a: f.clamp(a, 0, 1), lambda a: a.clamp(0, 1), [numpy.nan, 2.0]),
}


@pytest.mark.parametrize("name", UNDEFINED)
def test_infinite_and_undefined_results_are_pytorchs(name: str) -> None:
    """The same inf and nan in value and gradient. (Whether NumPy warns is not tested here.)"""
    function, torch_function, *arrays = UNDEFINED[name]
    with numpy.errstate(all="ignore"):
        compare(function, torch_function, *arrays)


@pytest.mark.parametrize("name", ["relu", "abs", "sign", "exp", "tanh", "sigmoid", "sqrt", "log"])
def test_nan_goes_through(name: str) -> None:
    assert numpy.isnan(getattr(f, name)(Tensor.wrap(numpy.array(numpy.nan))).array)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_nan_wins_against_a_number(name: str) -> None:
    a, b = (Tensor.wrap(numpy.array(v)) for v in ([numpy.nan, 1.0], [0.0, numpy.nan]))
    assert numpy.isnan(getattr(f, name)(a, b).array).all()


EMPTY = [
    ("x.sum()", (0,)),
    ("x.sum(1)", (2, 0)),
    ("x.mean()", (0,)),
    ("x.mean(1)", (2, 0)),
    ("x.mean(1)", (0, 2)),
    ("x.softmax(1)", (2, 0)),
    ("x.softmax(1)", (0, 2)),
    ("x.log_softmax(1)", (2, 0)),
    ("x.log_softmax(1)", (0, 2)),
    ("x.logsumexp(1)", (2, 0)),
    ("x.logsumexp(1)", (0, 2)),
    ("x.amax(1)", (0, 2)),
]


@pytest.mark.parametrize(("code", "shape"), EMPTY)
def test_empty_tensors_are_pytorchs(code: str, shape: Any) -> None:
    def run(x: Any) -> Any:
        return eval(code, {"x": x})

    compare(run, run, numpy.zeros(shape))


@pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0:UserWarning")
@pytest.mark.parametrize("name", ["var", "std"])
@pytest.mark.parametrize("shape", [(), (1,), (0,)])
def test_too_few_values_for_a_variance_give_nan(name: str, shape: Any) -> None:
    compare(getattr(f, name), getattr(torch, name), numpy.ones(shape))


# ---------------------------------------------------------------------------------------- stability

HUGE = [[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4], [0.0, -1e4, 1e4]]
LABELS = [0, 1, 2, 1]
STABLE = {
    "sigmoid": (f.sigmoid, torch.sigmoid),
    "tanh": (f.tanh, torch.tanh),
    "softmax": (lambda a: f.softmax(a, 1), lambda a: a.softmax(1)),
    "log_softmax": (lambda a: f.log_softmax(a, 1), lambda a: a.log_softmax(1)),
    "logsumexp": (lambda a: f.logsumexp(a, 1), lambda a: a.logsumexp(1)),
    "cross_entropy": (
        lambda a: F.cross_entropy(a, Tensor.wrap(numpy.array(LABELS))),
        lambda a: torch.nn.functional.cross_entropy(a, torch.tensor(LABELS)),
    ),
    "smoothed cross_entropy": (
        lambda a: F.cross_entropy(a, Tensor.wrap(numpy.array(LABELS)), label_smoothing=0.1),
        lambda a: torch.nn.functional.cross_entropy(a, torch.tensor(LABELS), label_smoothing=0.1),
    ),
}


@pytest.mark.parametrize("name", STABLE)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_large_arguments_stay_finite(name: str, dtype: str) -> None:
    """At +-10,000: PyTorch's values, finite gradients of both orders, and not one NumPy warning."""
    function, torch_function = STABLE[name]
    compare(function, torch_function, HUGE, dtype=dtype)
    x = leaf(numpy.array(HUGE, dtype))
    y = function(x)
    (first,) = grad(y, x, Tensor.wrap(noise(y.array)), create_graph=True)
    (second,) = grad(first, x, Tensor.wrap(noise(x.array)))
    for result in (y, first, second):
        assert numpy.isfinite(result.array).all()


def test_logsumexp_of_scores_masked_with_minus_infinity() -> None:
    compare(
        lambda a: f.logsumexp(a, 1),
        lambda a: a.logsumexp(1),
        [[-numpy.inf, 0.0], [-numpy.inf, 1e4]],
    )


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_of_scores_masked_with_minus_infinity(name: str) -> None:
    compare(
        lambda a: getattr(f, name)(a, 1)[:, 1:],
        lambda a: getattr(a, name)(1)[:, 1:],
        [[-numpy.inf, 0.0, 1.0], [-numpy.inf, 1e4, 0.0]],
    )


@pytest.mark.parametrize("reduction", ["sum", "none", "mean"])
def test_losses_where_every_row_is_ignored(reduction: str) -> None:
    for mine, other in [
        (F.cross_entropy, torch.nn.functional.cross_entropy),
        (F.nll_loss, torch.nn.functional.nll_loss),
    ]:
        compare(
            lambda a, loss=mine: loss(
                a, Tensor.wrap(numpy.array([-100, -100])), reduction=reduction
            ),
            lambda a, loss=other: loss(a, torch.tensor([-100, -100]), reduction=reduction),
            [[1.0, 2.0], [3.0, 4.0]],
        )
