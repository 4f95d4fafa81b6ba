"""The operations exactly at the points that their domains leave out (see test_ops.py).

Ties and kinks, the edges of pow, infinite and undefined values, nothing at all, and scores far too
large for exp: everywhere value and gradient are PyTorch's, nan for nan.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy
import pytest
import torch
from domains import torch_with_logits
from side_by_side import compare, constant, host, leaf, noise, on_device

import tinygrad_lr as tl
from tinygrad_lr import functions as f
from tinygrad_lr import gradcheck, nn
from tinygrad_lr.autograd import grad
from tinygrad_lr.nn import functional as F

inf, nan = numpy.inf, numpy.nan

both_floats = pytest.mark.parametrize("dtype", ["float64", "float32"])
device = pytest.fixture(scope="module", autouse=True)(on_device)

# ----------------------------------------------------------------------------------- ties and kinks

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
    "clamp between crossed bounds": (
        lambda a: f.clamp(a, 2, -2),
        lambda a: a.clamp(2, -2),
        [-3.0, -2.0, 0.0, 2.0, 3.0],
    ),
    "std of equal values": (f.std, torch.std, [2.0, 2.0, 2.0]),
    "std of rows, one equal": (lambda a: f.std(a, 1), lambda a: a.std(1), TIED),
    "std of one": (lambda a: f.std(a, correction=0), lambda a: a.std(correction=0), [3.0]),
    "var of equal values": (f.var, torch.var, [2.0, 2.0, 2.0]),
    "var of less than the correction": (
        lambda a: f.var(a, 1, correction=3),
        lambda a: a.var(1, correction=3),
        [[1.0, 1.5], [2.0, 2.0], [1.0, nan]],
    ),
    "std of less than the correction": (
        lambda a: f.std(a, 1, correction=3),
        lambda a: a.std(1, correction=3),
        [[1.0, 1.5], [2.0, 2.0], [1.0, nan]],
    ),
    "var of one": (lambda a: f.var(a, correction=0), lambda a: a.var(correction=0), [3.0]),
    "max of nan": (f.max, torch.max, [1.0, nan, 2.0, nan]),
    "min of nan": (f.min, torch.min, [1.0, nan, 2.0, nan]),
}


WHOLE = [-2.5, -1.0, -0.5, 0.0, 0.5, 1.5, 2.0]
TIES |= {
    "floor": (tl.floor, torch.floor, WHOLE),
    "ceil": (tl.ceil, torch.ceil, WHOLE),
    "trunc": (tl.trunc, torch.trunc, WHOLE),
    "frac": (tl.frac, torch.frac, WHOLE),
    "round": (tl.round, torch.round, WHOLE),
    "round to tens": (
        lambda a: tl.round(a, decimals=-1),
        lambda a: torch.round(a, decimals=-1),
        [5.0, 15.0, 25.0, -5.0],
    ),
    "remainder": (tl.remainder, torch.remainder, [-3.0, 3.0, 0.0, 4.0], [1.5, -1.5, 2.0, -2.0]),
    "fmod": (tl.fmod, torch.fmod, [-3.0, 3.0, 0.0, 4.0], [1.5, -1.5, 2.0, -2.0]),
    "fmax": (tl.fmax, torch.fmax, [1.0, 2.0, nan, 3.0, nan], [1.0, 3.0, 1.0, nan, nan]),
    "fmin": (tl.fmin, torch.fmin, [1.0, 2.0, nan, 3.0, nan], [1.0, 3.0, 1.0, nan, nan]),
    "copysign of 0": (tl.copysign, torch.copysign, [0.0, -0.0, 2.0], [-1.0, 1.0, -0.0]),
    "clamp between tensors": (
        tl.clamp,
        torch.clamp,
        [1.0, 2.0, 3.0, 0.0, 5.0, 3.0, 1.0],
        [1.0, 1.0, 1.0, 1.0, 4.0, 4.0, 4.0],
        [3.0, 2.0, 2.0, 1.0, 2.0, 2.0, 2.0],
    ),
    "the angle of the origin": (
        tl.atan2,
        torch.atan2,
        [0.0, 0.0, 1.0, -0.0],
        [0.0, -1.0, 0.0, -0.0],
    ),
    "hypot of a number and 0": (tl.hypot, torch.hypot, [0.0, 3.0], [2.0, 0.0]),
    "sinc of 0": (tl.sinc, torch.sinc, [0.0, 1.0, -2.0]),
    "nan_to_num": (tl.nan_to_num, torch.nan_to_num, [nan, inf, -inf, 1.0]),
    "xlogy of 0": (tl.xlogy, torch.xlogy, [0.0, 0.0, 0.0, 2.0], [0.0, 2.0, -1.0, 1.0]),
    "erf at the ends": (tl.erf, torch.erf, [inf, -inf, 0.0, 30.0]),
    "erfc at the ends": (tl.erfc, torch.erfc, [inf, -inf, 0.0, 30.0]),
    "erfinv at the ends": (tl.erfinv, torch.erfinv, [1.0, -1.0, 0.0, 1.5]),
    "logit at the ends": (tl.logit, torch.logit, [0.5, -1.0, 1.5]),
    "logit within eps": (
        lambda a: tl.logit(a, 0.1),
        lambda a: torch.logit(a, 0.1),
        [0.0, 0.1, 0.5, 0.9, 1.0],
    ),
    "logaddexp of infinities": (
        tl.logaddexp,
        torch.logaddexp,
        [inf, 0.0, -inf, 800.0],
        [0.0, -inf, 1.0, 900.0],
    ),
    "lerp to the ends": (tl.lerp, torch.lerp, [1.0, 1.0, 1.0], [3.0, 3.0, 3.0], [0.0, 1.0, 0.5]),
}


def test_the_variance_of_numbers_whose_mean_is_rounded() -> None:
    large = tl.tensor([1e7, 1e7 + 1, 1e7 + 1])
    assert f.var(large).item() == pytest.approx(1 / 3)  # PyTorch's is 1


@pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0:UserWarning")
@pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")
@pytest.mark.parametrize("name", TIES)
@both_floats
def test_ties_and_kinks_are_pytorchs(name: str, dtype: str) -> None:
    function, torch_function, *arrays = TIES[name]
    compare(function, torch_function, *arrays, dtype=dtype)


@pytest.mark.parametrize("name", ["elu", "selu", "celu"])
def test_the_second_derivative_of_an_elu_at_its_kink_is_pytorchs(name: str) -> None:
    x, seconds = numpy.array([-1.0, -0.0, 0.0, 1.0]), []
    for functional, value, along in (
        (nn.functional, leaf(x), grad),
        (torch.nn.functional, torch.tensor(x, requires_grad=True), torch.autograd.grad),
    ):
        (first,) = along(getattr(functional, name)(value).sum(), value, create_graph=True)
        seconds.append(along(first.sum(), value)[0])
    numpy.testing.assert_allclose(host(seconds[0]), seconds[1].numpy())


# ---------------------------------------------------------------------------------------------- pow

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
        lambda a: f.pow(a, constant(numpy.array(exponent))),
        lambda a: torch.pow(a, torch.tensor(exponent, dtype=torch.float64)),
        [-2.0, -1.0, -0.5],
    )


def test_pow_to_the_power_of_0_changes_with_the_exponent() -> None:
    """d/db (b a^(b-1)) is 1/a at b = 0, where PyTorch says 0."""
    a, b = leaf(numpy.array([0.5, 2.0, 4.0])), leaf(numpy.array([0.0, -0.0, 0.0]))
    (by_base,) = grad(f.pow(a, b).sum(), a, create_graph=True)
    assert not by_base.detach().any()
    by_both = grad(by_base.sum(), [a, b])
    numpy.testing.assert_array_equal(host(by_both[0]), [0.0, 0.0, 0.0])
    numpy.testing.assert_array_equal(host(by_both[1]), [2.0, 0.5, 0.25])
    assert gradcheck(f.pow, [a, b])


@pytest.mark.parametrize("base", [0, 0.0, 1, 2, 2.5])
def test_pow_of_a_number_to_a_tensor(base: float) -> None:
    compare(lambda b: base**b, lambda b: base**b, [0.0, 1.0, 2.0, 0.5])


@pytest.mark.parametrize("base", [-2, -0.5])
def test_pow_of_a_negative_number_to_a_whole_tensor(base: float) -> None:
    """The gradient is nan, since the logarithm is; the value is not."""
    compare(lambda b: base**b, lambda b: base**b, [0.0, 1.0, 2.0, -3.0])


PRODUCTS = {
    "a vector and matrices": ((3,), (2, 3, 4)),
    "matrices and a vector": ((2, 4, 3), (3,)),
    "a vector and a table of matrices": ((3,), (2, 5, 3, 4)),
    "matrices and a table of them": ((2, 4, 3), (5, 2, 3, 4)),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_matmul_of_batches(name: str) -> None:
    rng = numpy.random.default_rng(0)
    arrays = [rng.uniform(-1.0, 1.0, shape) for shape in PRODUCTS[name]]
    compare(f.matmul, torch.matmul, *arrays)


# ------------------------------------------------------------- gradients that few drawn calls reach


def written(a: Any, value: Any) -> Any:
    a = a.clone()
    a[1:, [0, 2]] = value
    return a


LOGITS_AND_TARGETS = [[-2.0, 0.5], [3.0, -0.1]], [[0.2, 0.9], [0.0, 0.7]]
SELDOM_REACHED = {
    "what is written": (written, written, numpy.arange(9.0).reshape(3, 3), [0.5, -2.0]),
    "the targets of logits": (
        F.binary_cross_entropy_with_logits,
        torch.nn.functional.binary_cross_entropy_with_logits,
        *LOGITS_AND_TARGETS,
    ),
    "the weight of logits": (
        lambda a, target, w: F.binary_cross_entropy_with_logits(a, target, pos_weight=w),
        lambda *args: torch_with_logits(*args, reduction="mean"),
        *LOGITS_AND_TARGETS,
        [3.0, 0.5],
    ),
    "a running logsumexp": (
        lambda a: tl.logcumsumexp(a, 0),
        lambda a: a.logcumsumexp(0),
        [0.5, -1.0, 2.0, 0.0],
    ),
}


@pytest.mark.parametrize("name", SELDOM_REACHED)
def test_gradients_that_few_drawn_calls_reach(name: str) -> None:
    compare(*SELDOM_REACHED[name])


# ------------------------------------------------------------------- infinite and undefined results

UNDEFINED = {
    "log": (f.log, torch.log, [0.0, -1.0, 1.0]),
    "sqrt": (f.sqrt, torch.sqrt, [0.0, -1.0, 1.0]),
    "exp": (f.exp, torch.exp, [1e4, -1e4, 0.0]),
    "1 / x": (lambda a: 1 / a, lambda a: 1 / a, [0.0, 1.0]),
    "x / 0": (lambda a: a / 0, lambda a: a / 0, [0.0, 1.0]),
    "tiny / tiny": (f.div, torch.div, [5e-309, 1e-160], [5e-309, -1e-200]),
    "x ** -1": (lambda a: a**-1, lambda a: a**-1, [0.0, 2.0]),
    "x ** 0.5": (lambda a: a**0.5, lambda a: a**0.5, [0.0, -1.0, 2.0]),
    "0 ** x": (lambda a: 0**a, lambda a: 0**a, [-1.0, -inf, 0.0, 2.0, inf, nan]),
    "pow to a half": (f.pow, torch.pow, [0.0, -1.0, 2.0], [0.5, 0.5, 0.5]),
    "pow of a negative base": (f.pow, torch.pow, [-2.0, 3.0], [2.0, 2.0]),
    "overflow": (lambda a: a * 1e300, lambda a: a * 1e300, [1e300, -1e300]),
}

# Infinite gradients, as sqrt has at 0, that come to an operation which holds some of them back.
ZERO = numpy.zeros(3)
HELD_BACK = {
    "relu": (f.relu, torch.relu, [-1.0, 0.0, 1.0]),
    "clamp": (lambda a: f.clamp(a, min=0), lambda a: a.clamp(min=0), [-1.0, 0.0, 1.0]),
    "maximum": (f.maximum, torch.maximum, [-1.0, 0.0, 1.0], ZERO),
    "minimum": (f.minimum, torch.minimum, [1.0, 0.0, 2.0], ZERO),
    "max along": (lambda a: f.max(a, 0)[0], lambda a: a.max(0)[0], [0.0, -1.0]),
    "where": (
        lambda a: f.where(a > 0, a, 0.0),
        lambda a: torch.where(a > 0, a, 0.0),
        [-1.0, 0.0, 1.0],
    ),
}


def after(function: Any) -> Any:
    """The square root of what a function returns."""
    return lambda *args: function(*args).sqrt()


@pytest.mark.parametrize("name", UNDEFINED)
def test_infinite_and_undefined_results_are_pytorchs(name: str) -> None:
    """The same inf and nan in value and gradient. (Whether NumPy warns is not tested here.)"""
    function, torch_function, *arrays = UNDEFINED[name]
    with numpy.errstate(all="ignore"):
        compare(function, torch_function, *arrays)


@pytest.mark.parametrize("name", HELD_BACK)
def test_an_infinite_gradient_is_held_back_like_any_other(name: str) -> None:
    """Where no gradient goes through, inf * 0 = nan must not."""
    function, torch_function, *arrays = HELD_BACK[name]
    with numpy.errstate(all="ignore"):
        compare(after(function), after(torch_function), *arrays)


# ----------------------------------------------------------------------- infinite and nan arguments

ODD = [0.0, 1.0, -1.0, 1e4, -1e4, inf, -inf]
PAIRS = numpy.array(list(itertools.product([*ODD, nan], repeat=2))).T
TRIPLES = numpy.array(list(itertools.product([1.0, -1.0, 1e4, -1e4, inf, -inf, nan], repeat=3)))

OF_ONE = {
    name: (getattr(f, name), getattr(torch, name))
    for name in ["exp", "log", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "sign"]
} | {
    "sqrt": (f.sqrt, torch.sqrt),
    "square": (lambda a: a**2, lambda a: a**2),
    "reciprocal": (lambda a: 1 / a, lambda a: 1 / a),
    "2 ** x": (lambda a: 2**a, lambda a: 2**a),
    "clamp": (lambda a: f.clamp(a, -1, 2), lambda a: a.clamp(-1, 2)),
    "clamp min": (lambda a: f.clamp(a, min=1), lambda a: a.clamp(min=1)),
    "clamp max": (lambda a: f.clamp(a, max=1), lambda a: a.clamp(max=1)),
}
OF_TWO = {
    name: (getattr(f, name), getattr(torch, name))
    for name in ["add", "sub", "mul", "div", "pow", "maximum", "minimum"]
} | {
    "where": (lambda a, b: f.where(a > b, a, b), lambda a, b: torch.where(a > b, a, b)),
    "mse_loss": (F.mse_loss, torch.nn.functional.mse_loss),
}


@pytest.mark.parametrize("name", OF_ONE)
@both_floats
def test_infinite_and_nan_arguments(name: str, dtype: str) -> None:
    function, torch_function = OF_ONE[name]
    with numpy.errstate(all="ignore"):
        compare(function, torch_function, [*ODD, nan], dtype=dtype)


@pytest.mark.parametrize("name", OF_TWO)
@both_floats
def test_infinite_and_nan_pairs(name: str, dtype: str) -> None:
    function, torch_function = OF_TWO[name]
    with numpy.errstate(all="ignore"):
        compare(function, torch_function, *PAIRS, dtype=dtype)


# ------------------------------------------------------------------------------- softmax and losses

LABELS = [0, 1, 2, 1]


def loss(name: str, **how: Any) -> tuple[Any, Any]:
    """A loss of rows, with labels that begin with LABELS and repeat."""

    def labels(a: Any) -> numpy.ndarray:
        return numpy.resize(LABELS, a.shape[0])

    mine, other = getattr(F, name), getattr(torch.nn.functional, name)
    return (
        lambda a: mine(a, constant(labels(a)), **how),
        lambda a: other(a, torch.from_numpy(labels(a)), **how),
    )


# Of rows, one result for each; so that one row's nan does not hide another.
BY_ROWS = {
    "softmax": (lambda a: f.softmax(a, 1), lambda a: a.softmax(1)),
    "log_softmax": (lambda a: f.log_softmax(a, 1), lambda a: a.log_softmax(1)),
    "logsumexp": (lambda a: f.logsumexp(a, 1), lambda a: a.logsumexp(1)),
    "cross_entropy": loss("cross_entropy", reduction="none"),
    "cross_entropy smoothed": loss("cross_entropy", reduction="none", label_smoothing=0.1),
    "cross_entropy of uniform wishes": loss("cross_entropy", reduction="none", label_smoothing=1.0),
    "cross_entropy, some ignored": loss("cross_entropy", reduction="none", ignore_index=1),
    "nll_loss": loss("nll_loss", reduction="none"),
    "nll_loss, some ignored": loss("nll_loss", reduction="none", ignore_index=1),
}
REDUCED = {
    f"{name}, {reduction}": loss(name, reduction=reduction, **how)
    for name, how in [
        ("cross_entropy", {}),
        ("cross_entropy", {"label_smoothing": 0.1}),
        ("nll_loss", {}),
    ]
    for reduction in ["mean", "sum"]
}


@pytest.mark.parametrize("name", BY_ROWS | REDUCED)
@both_floats
def test_infinite_and_nan_scores(name: str, dtype: str) -> None:
    """Every mixture of finite, infinite and nan scores in a row, rows of only -inf among them."""
    function, torch_function = (BY_ROWS | REDUCED)[name]
    with numpy.errstate(all="ignore"):
        compare(function, torch_function, TRIPLES, dtype=dtype)


HUGE = [[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e4, 1e4, 1e4], [0.0, -1e4, 1e4]]
STABLE = BY_ROWS | REDUCED | {"sigmoid": (f.sigmoid, torch.sigmoid), "tanh": (f.tanh, torch.tanh)}


@pytest.mark.parametrize("name", STABLE)
@both_floats
def test_large_arguments_stay_finite(name: str, dtype: str) -> None:
    """At +-10,000: PyTorch's values, finite gradients of both orders, and not one NumPy warning."""
    function, torch_function = STABLE[name]
    compare(function, torch_function, HUGE, dtype=dtype)
    x = leaf(numpy.array(HUGE, dtype))
    y = function(x)
    results = [y, *grad(y, x, constant(noise(y.array)), create_graph=True)]
    if results[1].requires_grad:  # that of nll_loss is a constant
        results += grad(results[1], x, constant(noise(x.array)), allow_unused=True)
    for result in results:
        assert result is None or numpy.isfinite(host(result)).all()


@pytest.mark.parametrize("name", BY_ROWS)
def test_scores_masked_with_minus_infinity_need_no_care(name: str) -> None:
    """What a masked score is for: no nan for the others, and no NumPy warning."""
    function, torch_function = BY_ROWS[name]
    if "smoothed" in name or "uniform" in name or name == "log_softmax":
        pytest.skip("the masked score's own share is infinite")
    compare(function, torch_function, [[0.0, 1.0, -inf], [-inf, 1e4, 0.0]])


def test_log_softmax_of_scores_masked_with_minus_infinity() -> None:
    compare(
        lambda a: f.log_softmax(a, 1)[:, 1:],
        lambda a: a.log_softmax(1)[:, 1:],
        [[-inf, 0.0, 1.0], [-inf, 1e4, 0.0]],
    )


@pytest.mark.parametrize("reduction", ["sum", "none", "mean"])
@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
def test_losses_where_every_row_is_ignored(name: str, reduction: str) -> None:
    compare(*loss(name, reduction=reduction, ignore_index=0), [[1.0, 2.0]])


# ------------------------------------------------------------------------------------------ nothing

EMPTY = {
    "sum": (f.sum, torch.sum, (0,)),
    "mean": (f.mean, torch.mean, (0,)),
    "amax of rows": (lambda a: f.amax(a, 1), lambda a: a.amax(1), (0, 2)),
    "softmax of nothing": (lambda a: f.softmax(a, 1), lambda a: a.softmax(1), (2, 0)),
    "log_softmax of nothing": (lambda a: f.log_softmax(a, 1), lambda a: a.log_softmax(1), (2, 0)),
    "logsumexp of nothing": (lambda a: f.logsumexp(a, 1), lambda a: a.logsumexp(1), (2, 0)),
    "cross_entropy of no rows": (*loss("cross_entropy"), (0, 3)),
}


@pytest.mark.parametrize("name", EMPTY)
@both_floats
def test_empty_tensors_are_pytorchs(name: str, dtype: str) -> None:
    function, torch_function, shape = EMPTY[name]
    compare(function, torch_function, numpy.zeros(shape), dtype=dtype)


@pytest.mark.parametrize("correction", [2, 3])
def test_a_variance_without_a_degree_of_freedom_is_infinite_or_undefined(correction: int) -> None:
    assert f.var(tl.tensor([1.0, 1.5]), correction=correction).item() == inf
    assert numpy.isnan(f.var(tl.tensor([1.0, 1.0]), correction=correction).item())
    assert numpy.isnan(f.var(tl.tensor([1.0, nan]), correction=correction).item())


@pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0:UserWarning")
@pytest.mark.parametrize("name", ["var", "std"])
@pytest.mark.parametrize("shape", [(), (1,), (0,)])
def test_too_few_values_for_a_variance_give_nan(name: str, shape: Any) -> None:
    compare(getattr(f, name), getattr(torch, name), numpy.ones(shape))
