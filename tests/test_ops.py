"""Every operation of the table, over its whole input domain: against PyTorch and numerically.

The properties below hold for each Op; tests/domains.py says how each is called. The points that a
domain leaves out (ties, kinks, infinities) are in test_ops_points.py. All of it runs on either
device: ``pytest tests/test_ops.py tests/test_ops_points.py --device gpu``.
"""

from __future__ import annotations

from typing import Any

import numpy
import pytest
from domains import DOMAINS, Case
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from side_by_side import (
    OPS,
    Place,
    check,
    check_all,
    first_order,
    host,
    on_device,
    on_the_double,
    ours,
    plain,
    put_case,
    second_order,
    theirs,
    tolerance,
    torch_first_order,
    torch_second_order,
)

from tinygrad_lr import Tensor
from tinygrad_lr.testing import PROPERTIES, check_op
from tinygrad_lr.testing.properties import OF_GRADIENTS

NAMES = [name for name in DOMAINS if name in OPS]
SMOOTH = [name for name in NAMES if DOMAINS[name].differentiable]

# Beside PyTorch: in the ordinary run half of the calls, as everything else looks at them, too.
DRAWN = settings().max_examples
few_examples = settings(max_examples=DRAWN if DRAWN > 8 else max(DRAWN // 2, 1))
every_op = pytest.mark.parametrize("name", NAMES)
FLOAT_NAMES = ["float64", "float32", "float16"]
FLOATS = st.sampled_from([*map(numpy.dtype, FLOAT_NAMES)])

# PyTorch says so for a variance that leaves no elements, too.
pytestmark = pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0:UserWarning")
device = pytest.fixture(scope="module", autouse=True)(on_device)


def assume_computed(name: str, dtype: Any) -> None:
    """Leave out float16 where there is none (as in PyTorch, for what LAPACK computes)."""
    assume(dtype != numpy.float16 or DOMAINS[name].half)


# ---------------------------------------------------------------------------- the table is complete


def test_every_operation_has_a_domain() -> None:
    without = OPS.keys() - DOMAINS.keys()
    assert not without, "no entry in tests/domains.py, so nothing tests them"


def test_every_domain_has_its_operation() -> None:
    assert not DOMAINS.keys() - OPS.keys(), "tests/domains.py describes what does not exist"
    assert not [n for n in NAMES if OPS[n].differentiable != DOMAINS[n].differentiable]


# ------------------------------------------------------------------- what every operation must do


EXCEPT = {
    "to_device": ["memory"],  # Tensor.to calls it only when the device differs
    "to_copy": ["dtypes"],  # it has the dtype that it is told
    "cross_entropy": ["traced"],  # it ignores no row by its label: test_jit_operations.py
    "nll_loss": ["traced"],
    "cholesky": ["traced"],  # jit.trace refuses them, as it does every factorisation
    "eigh": ["traced"],
}


# An element that an index picks three times gets three gradients; a GPU adds them as they come.
ADDED_IN_ANY_ORDER = {"getitem", "gather", "index_select"}
# There a kernel of the first derivative alone rounds other numbers than the recorded rule. (sigmoid
# in float16 only, which the functions compute in float32.)
ROUNDED_OTHERWISE = {"cross_entropy", "linear", "sigmoid"}


def has(name: str, rule: str) -> bool:
    """Whether there is something to look at."""
    if rule == "alone":
        return bool(OPS[name].each) or sum(map(bool, OPS[name].rules)) > 1
    if rule == "kinks":
        return False  # they are in test_ops_points.py, by name
    return rule != "traced" or Place.name != "gpu"


def applies(name: str, rule: str) -> bool:
    """Whether a property of tinygrad_lr.testing is one of this operation."""
    domain = DOMAINS[name]
    if rule in EXCEPT.get(name, ()):
        return False
    if rule == "rules on Tensors" and Place.name == "gpu":
        return domain.differentiable and name not in ADDED_IN_ANY_ORDER | ROUNDED_OTHERWISE
    if "derivative" in rule:
        return domain.differentiable and domain.continuous
    return domain.differentiable or rule not in OF_GRADIENTS


@pytest.mark.hypothesis  # it draws, by itself
@every_op
def test_the_rules_for_every_operation(name: str) -> None:
    """See tinygrad_lr/testing/properties.py: memory, layouts, dtypes, gradcheck, traced steps.

    All rules look at the same calls, as to draw one takes longer than to look at it.
    """
    order = 2 if DOMAINS[name].differentiable else 0
    all_rules = {
        rule for rule in PROPERTIES if has(name, rule) and OF_GRADIENTS.get(rule, 0) <= order
    }
    rules = {rule for rule in all_rules if applies(name, rule)}
    for only in [None] if rules == all_rules else sorted(rules):
        check_op(
            OPS[name],
            DOMAINS[name].cases,
            order=order,
            only=only,
            dtypes=FLOAT_NAMES if DOMAINS[name].half else FLOAT_NAMES[:2],
            device=Place.name,
            examples=DRAWN // 2 if DRAWN > 8 else max(DRAWN * 3 // 8, 1),
        )


# ----------------------------------------------------------------------------- values and gradients

# PyTorch divides a product by the element, or takes the logarithm of g, on the way to a gradient.
# Where that overflows, vanishes, or leaves few digits (float16; the second time float32), ours is
# right, and not compared.
BY_DETOURS = {"prod", "cumprod", "logcumsumexp"}
# How far PyTorch's second derivative is off in float64, where it divides by elements near 0, or
# adds 1e-12 to what it divides by.
SECOND_OFF_BY = dict.fromkeys(BY_DETOURS, 1e-6) | {"binary_cross_entropy": 1e-9}


@every_op
@few_examples
@given(data=st.data(), dtype=FLOATS)
def test_value_gradient_and_second_gradient_are_pytorchs(name: str, data: Any, dtype: Any) -> None:
    assume_computed(name, dtype)
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    check_value(name, case)
    if not DOMAINS[name].differentiable:
        return
    if dtype != numpy.float16 or name not in BY_DETOURS:
        check_all(first_order(OPS[name], case), torch_first_order(name, case))
    if dtype == numpy.float64 or name not in BY_DETOURS:
        atol = SECOND_OFF_BY.get(name) if dtype == numpy.float64 else None
        for mine, other in zip(second_order(OPS[name], case), torch_second_order(name, case)):
            check(mine, other, atol)


def check_value(name: str, case: Case) -> None:
    """On Tensors PyTorch's; and on raw arrays an Op computes the same, and wraps nothing."""
    y, _ = ours(OPS[name], case)
    check(y, theirs(name, case)[0])
    assert y.requires_grad == (DOMAINS[name].differentiable and bool(case.floats))
    there = put_case(case)
    raw = OPS[name](*there.args, **there.params)
    assert not isinstance(raw, Tensor)
    numpy.testing.assert_array_equal(host(raw), host(y), strict=True)


# ----------------------------------------------------------------------- values of every magnitude

# Between which powers of ten: everything there is, only huge, only tiny, below the normal ones.
MAGNITUDES = {
    "float64": [(-300, 300), (298, 300), (-300, -298), (-309, -307), (3, 4)],
    "float32": [(-37, 37), (35, 37), (-37, -35), (-39, -37), (3, 4)],
    "float16": [(-4, 4), (3, 4.5), (-4, -3), (-6, -4), (1, 2)],
}
# CUDA's fast functions take a float32 below the smallest normal one, 1.2e-38, for 0: there abs has
# another slope, and sqrt none. So on a GPU those are left out, and what is near them.
LEAST_ON_A_GPU = {"float64": -309, "float32": -37, "float16": -6}
# These level off: where they do, their gradients are differences of numbers near 1.
OF_THE_SIZE_OF_ONE = {"tanh", "sigmoid", "softmax", "log_softmax", "logsumexp", "cross_entropy"}
# Whether the sum of two overflowing products is inf - inf depends on how the products are added up,
# one at a time or with a fused multiply-add.
WITHOUT_SIGNS = {"matmul", "linear"}
# PyTorch takes the variance of float32 in float64: there a square does not overflow.
IN_FLOAT64_ONLY = {"std"}
# A sum (or pi times a number) may be too large for float16 where what is made of it is not. The
# functions compute these in float32 (test_float16.py); the entries of the table do not.
NOT_IN_FLOAT16 = {"mean", "var", "mse_loss", "cross_entropy", "nll_loss", "logsumexp"}
NOT_IN_FLOAT16 |= {"huber_loss", "smooth_l1_loss", "soft_margin_loss", "gelu_tanh"}
NOT_IN_FLOAT16 |= {"binary_cross_entropy_with_logits", "sinc"}
NOT_IN_FLOAT16 |= {"hypot"}  # PyTorch multiplies before it divides: numbers of 1e-4 lose digits
# Of what is no probability PyTorch has no value; of an infinite variance its definition no slope.
NOT_OF_ANY = {
    "inv",
    "det",
    "cofactors",
    "log_abs_det",
    "cholesky",
    "solve",
    "pinv",
}  # may be singular then
NOT_OF_ANY |= {"svd", "svdvals", "eigh", "qr"}  # or values equal
NOT_OF_ANY |= {"vector_norm"}  # of one number PyTorch takes no square
NOT_OF_ANY |= {"binary_cross_entropy", "native_batch_norm", "native_layer_norm"}
WITH_PROBABILITIES = {"binary_cross_entropy_with_logits"}  # as targets: only its scores are of any


def magnitudes(dtype: Any) -> Any:
    """Pairs of powers of ten, all of numbers that the device under test can tell from 0."""
    least = LEAST_ON_A_GPU[dtype.name] if Place.name == "gpu" and not on_the_double() else -400
    return st.sampled_from([pair for pair in MAGNITUDES[dtype.name] if pair[0] >= least])


def magnified(a: Any, low: float, high: float, signs: bool) -> Any:
    """An array with the signs and the order of `a`, of magnitudes from 10^low to 10^high."""
    size = numpy.abs(a) / max(numpy.abs(a).max(initial=0.0), 1e-9)
    return numpy.asarray((numpy.sign(a) if signs else 1.0) * 10.0 ** (low + (high - low) * size))


def check_to_scale(name: str, mine: Any, other: Any) -> None:
    """Equal, where the error of a sum is measured by its largest finite term."""
    sizes = numpy.abs(plain(other))
    largest = float(sizes.max(initial=0.0, where=numpy.isfinite(sizes)))
    scale = 1.0 if name in OF_THE_SIZE_OF_ONE else largest
    smallest = float(numpy.finfo(sizes.dtype).smallest_normal)
    if Place.name == "gpu" and not on_the_double():
        smallest *= 16  # each float32 below it may become 0 there, before it is summed
    check(mine, other, atol=max(tolerance(sizes.dtype)["rtol"] * scale, smallest))


@pytest.mark.parametrize("name", SMOOTH)
@few_examples
@given(data=st.data(), dtype=FLOATS)
def test_any_magnitude(name: str, data: Any, dtype: Any) -> None:
    """Value and gradient overflow to inf, vanish to 0 and become nan where PyTorch's do."""
    assume_computed(name, dtype)
    if name in NOT_OF_ANY:
        pytest.skip("there is nothing to compare with")
    if name in IN_FLOAT64_ONLY:
        dtype = numpy.dtype("float64")
    if name in NOT_IN_FLOAT16 and dtype == "float16":
        dtype = numpy.dtype("float32")
    low, high = data.draw(magnitudes(dtype))
    case = data.draw(DOMAINS[name].cases)
    large = case.map(lambda a: magnified(a, low, high, name not in WITHOUT_SIGNS))
    if name in WITH_PROBABILITIES:
        large = Case((large.args[0], *case.args[1:]), case.params)
    case = large.astype(dtype)
    with numpy.printoptions(floatmode="unique"):
        note(f"Magnified: {case}")  # beside what was drawn, which Hypothesis prints
    with numpy.errstate(all="ignore"):
        check_to_scale(name, ours(OPS[name], case)[0], theirs(name, case)[0])
        if name in BY_DETOURS:
            return
        for mine, other in zip(first_order(OPS[name], case), torch_first_order(name, case)):
            check_to_scale(name, mine, other)


# -------------------------------------------------------------------------------- memory and layout


@pytest.mark.parametrize("name", [name for name in NAMES if OPS[name].saves])
@given(data=st.data(), dtype=FLOATS)
def test_what_forward_saves_can_be_computed_again(name: str, data: Any, dtype: Any) -> None:
    assume_computed(name, dtype)
    case, op = put_case(data.draw(DOMAINS[name].cases).astype(dtype)), OPS[name]
    _, saved = op.forward(*case.args, **case.params)
    again = op.saves(*case.args, **case.params)
    for one, other in zip(saved, again, strict=True):
        if one is None:  # a mask of what counts, where all does
            assert host(other).all()
        else:
            numpy.testing.assert_allclose(host(one), host(other), **tolerance(dtype))
