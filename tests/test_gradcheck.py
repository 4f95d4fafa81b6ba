"""gradcheck: it passes what is right, and says of what is wrong where and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from mistakes import assert_told_in_words

import tinygrad_lr as tl
from tinygrad_lr import GradcheckError, Op, gradcheck, ops
from tinygrad_lr.device import xp
from tinygrad_lr.nn import functional as F


def leaf(*shape: int, seed: int = 0) -> tl.Tensor:
    """Numbers of both signs, none closer than 0.1 to zero."""
    rng = np.random.default_rng(seed)
    return tl.tensor(
        rng.choice([-1.0, 1.0], shape) * rng.uniform(0.1, 2.0, shape), requires_grad=True
    )


def exact(*values: float) -> tl.Tensor:
    return tl.tensor(values, dtype="float64", requires_grad=True)


# ------------------------------------------------------------------------------------ what is right


def layer(x: Any, weight: Any, bias: Any) -> Any:
    return (x @ weight + bias).tanh().sum(1), weight.softmax(0)


def written_in_place(a: Any, b: Any) -> Any:
    h = a * 2
    h[0] = b.sum()
    h.mul_(b)
    return h


def written_through_a_view(a: Any, b: Any) -> Any:
    h = a * 2
    row = h[:2]
    row.mul_(b)
    return row, h


RIGHT = {
    "an entry of the table": (ops.exp, [leaf(3)]),
    "a method": (tl.Tensor.sigmoid, [leaf(2, 3)]),
    "two outputs of three inputs": (layer, [leaf(3, 4), leaf(4, 2), leaf(2)]),
    "a constant among the inputs": (tl.mul, [leaf(3), tl.tensor([1.0, 2.0, 3.0])]),
    "a number among the inputs": (lambda a, n: a**n, [leaf(3), 3]),
    "an integer among the outputs": (lambda a: a.max(1), [leaf(2, 3)]),
    "broadcasting": (lambda a, b: a / b, [leaf(2, 1, 3), leaf(4, 1)]),
    "a kink that is elsewhere": (tl.relu, [leaf(5)]),
    "a recorded write in place": (written_in_place, [leaf(3), leaf(3, seed=1)]),
    "a recorded write through a view": (written_through_a_view, [leaf(3), leaf(2, seed=1)]),
    "an input that is not used": (lambda a, b: a * a, [leaf(3), leaf(2)]),
    "an output that is an input": (lambda a: [a, a * a], [leaf(3)]),
    "a view of the input": (lambda a: a.T[1:], [leaf(2, 3)]),
    "labels in a closure": (lambda a: F.cross_entropy(a, tl.tensor([1, 2])), [leaf(2, 3)]),
    "a function that is linear": (lambda a: a * 2.0, [leaf(3)]),
    "a constant function": (lambda a: tl.ones(2, dtype="float64"), [leaf(3)]),
    "a single number": (tl.exp, [leaf()]),
    "no numbers at all": (tl.exp, [leaf(0, 3)]),
    "large numbers": (lambda a: a * a, [exact(1e8, -3e8)]),
    "small numbers": (lambda a: a * a, [exact(1e-8, 0.0)]),
    "results much larger than their changes": (lambda a: a + 1e8, [leaf(3)]),
    "a sum with a large constant": (lambda a: (a * a).sum() + 1e7, [leaf(3)]),
    "a kink very close": (tl.relu, [exact(1.0, 3e-7)]),  # the complex step knows the side
    "next to the end of the domain": (tl.log, [exact(1e-5, 0.9)]),
    "steep": (lambda a: 1.0 / a, [exact(1e-4, 2.0)]),
    "a root next to 0": (tl.sqrt, [exact(3e-6, 2.0)]),
    "small, through abs": (  # where the complex step of the gradient is no slope
        lambda a: (1 - tl.sigmoid(a)) ** 2 * F.logsigmoid(a),
        [exact(3.875)],
    ),
    "a method of an object": (tl.nn.Linear(3, 2).double().forward, [leaf(4, 3)]),
}


@pytest.mark.parametrize("fast_mode", [True, False])
@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_passes(name: str, fast_mode: bool) -> None:
    f, inputs = RIGHT[name]
    before = [x.tolist() for x in inputs if isinstance(x, tl.Tensor)]
    assert gradcheck(f, inputs, order=3, fast_mode=fast_mode) is True
    tensors = [x for x in inputs if isinstance(x, tl.Tensor)]
    assert [x.tolist() for x in tensors] == before
    assert [x.grad for x in tensors] == [None] * len(tensors)


def test_one_tensor_needs_no_list() -> None:
    assert gradcheck(tl.exp, leaf(3))


@pytest.mark.parametrize("fast_mode", [True, False])
def test_of_no_numbers_no_slope_is_asked(fast_mode: bool) -> None:
    assert gradcheck(lambda a: a.sum().sqrt(), leaf(0, 3), fast_mode=fast_mode)


def test_it_records_also_where_nothing_is_recorded() -> None:
    with tl.no_grad():
        assert gradcheck(tl.exp, leaf(3))
        assert not tl.is_grad_enabled()


# ------------------------------------------------------------------------------------ what is wrong

SOFTPLUS = lambda a: xp(a).log1p(xp(a).exp(a))

wrong_sign = Op("softplus", SOFTPLUS, lambda g, y, a: -g * ops.sigmoid(a))
slightly_off = Op("softplus", SOFTPLUS, lambda g, y, a: g * ops.sigmoid(a) * (1.0 + 1e-7))
second_lost = Op("softplus", SOFTPLUS, lambda g, y, a: g * ops.sigmoid(getattr(a, "array", a)))
second_off = Op("square", lambda a: a * a, lambda g, y, a: 2.0 * g * _half_recorded(a))
one_argument = Op(
    "blend",
    lambda a, b: a * a * b,
    lambda g, y, a, b: 2.0 * g * a * b,
    lambda g, y, a, b: 2.0 * g * a * a,
)
one_entry = Op("one_entry", lambda a: a * 1.0, lambda g, y, a: g * np.array([1.0, 1.0, 0.5, 1.0]))
two_ways = Op(
    "two_ways", lambda a: a * a, lambda g, y, a: (2.0 if isinstance(a, np.ndarray) else 3.0) * g * a
)
not_summed = Op("not_summed", lambda a, b: a + 0.5 * b, lambda g, y, a, b: g, lambda g, y, a, b: g)


def _half_recorded(a: Any) -> Any:
    """The value of `a`, half of it cut off from the graph."""
    return a * 0.5 + a.detach() * 0.5 if isinstance(a, tl.Tensor) else a


def normalized(v: Any) -> Any:
    return v / (v * v).sum().item()


def among_others(x: Any, w: Any) -> Any:
    return one_argument(x.exp(), w.reshape(3)).sum() * x[0]


WRONG = {
    "a wrong sign": (
        wrong_sign,
        [leaf(3)],
        ["softplus is wrong", "input 0 (a)", "at index (", "3 of"],
    ),
    "off in the seventh digit": (
        slightly_off,
        [leaf(3)],
        ["softplus is wrong", "At fault: softplus"],
    ),
    "the second derivative is lost": (
        second_lost,
        [leaf(3)],
        ["the gradient of the gradient of softplus is wrong", "got 0.", "was not recorded"],
    ),
    "the second derivative is half": (
        second_off,
        [leaf(3)],
        ["the gradient of the gradient of square is wrong", "expected 1.", "got 0."],
    ),
    "one argument of two": (
        one_argument,
        [leaf(3), leaf(3)],
        [
            "the gradient of blend is wrong for input 1 (b)",
            "3 of 18",
            "At fault: blend, the",
            "of b.",
        ],
    ),
    "one operation among others": (
        among_others,
        [leaf(3), leaf(3, 1)],
        ["the gradient of among_others is wrong", "input 1 (w)", "At fault: blend", "rule of b"],
    ),
    "one entry of many": (
        lambda a: one_entry(a.reshape(4)),
        [exact(1.0, 1.0, 1.0, 1.0)],
        ["the gradient of the function", "at index (2,)", "1 of 16", "At fault: one_entry"],
    ),
    "arrays and Tensors differ": (
        two_ways,
        [leaf(3)],
        ["input 0 (a)", "when the rules run on arrays", "when they run on Tensors"],
    ),
    "through a broadcast": (
        not_summed,
        [leaf(2, 3), leaf(3)],
        ["input 1 (b)", "expected 0.5", "got 1", "the gradient rule of b"],
    ),
    "detached on the way": (lambda a: a * a.detach(), [leaf(2)], ["was not recorded", "detach()"]),
    "through a Python number": (normalized, [leaf(3)], ["normalized", "input 0 (v)", "item()"]),
    "under no_grad": (
        tl.no_grad()(lambda a: a * a),
        [leaf(3)],
        ["got 0.", "was not recorded", "no_grad"],
    ),
    "the second of two outputs": (
        lambda a: (a * a, wrong_sign(a)),
        [leaf(3)],
        ["the slope of output 1 at index ("],
    ),
    "a single number": (wrong_sign, [exact(1.0).sum().detach().requires_grad_()], ["input 0 (a):"]),
    "chance": (
        lambda a: a * tl.randn(2, dtype="float64"),
        [leaf(2)],
        ["different results", "seed"],
    ),
    "an input that is changed": (
        Op("doubles", lambda a: a.__imul__(2.0), lambda g, y, a: g * 2.0),
        [leaf(3)],
        ["doubles changes its inputs", "a copy"],
    ),
    "a rule that is missing": (
        Op("product", lambda a, b: a * b, lambda g, y, a, b: g * b),
        [leaf(3), leaf(3, seed=1)],
        ["input 1 (b)", "product has no gradient rule for its argument b"],
    ),
    "outside the domain": (tl.log, [exact(-1.0, 1.0)], ["log is nan or infinite at these inputs"]),
    "a gradient that is nan": (
        Op("bad", lambda a: a * 1.0, lambda g, y, a: g * np.nan),
        [leaf(2)],
        ["expected 1,", "got nan", "At fault: bad"],
    ),
}


@pytest.mark.parametrize("fast_mode", [True, False])
@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_and_named(name: str, fast_mode: bool) -> None:
    f, inputs, words = WRONG[name]
    assert_told_in_words(lambda: gradcheck(f, inputs, fast_mode=fast_mode), GradcheckError, words)
    assert gradcheck(f, inputs, fast_mode=fast_mode, raise_exception=False) is False


NOT_LINEAR = {
    "one side": lambda g, y, a: ops.where(g > 0.0, g * 2.0, g * 1.5),
    "clipped": lambda g, y, a: ops.where(g > 1.0, 2.0, g * 2.0),
    "clipped far away": lambda g, y, a: ops.where(g > 100.0, 200.0, g * 2.0),
    "nan for 0": lambda g, y, a: g * g * 2.0 / g,
}


@pytest.mark.parametrize("how", NOT_LINEAR)
def test_a_gradient_is_linear_in_what_comes_in(how: str) -> None:
    """For each entry of it alone these are right."""
    double = Op("double", lambda a: a * 2.0, NOT_LINEAR[how])
    words = ["the gradient of double", "not linear", "clamp", "At fault: double", "rule of a"]
    assert_told_in_words(lambda: gradcheck(double, leaf(), order=1), GradcheckError, words)


def test_the_entry_named_is_the_one_that_is_wrong() -> None:
    def rule(g: Any, y: Any, a: Any) -> Any:
        right = g * 2.0 * a
        off = np.zeros((2, 3))
        off[1, 2] = 0.25
        return right + g * off

    inputs = tl.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype="float64", requires_grad=True)
    words = ["input 0 (a) at index (1, 2)", "expected 12,", "index (1, 2), got 12.25", "1 of 36"]
    square = Op("square", lambda a: a * a, rule)
    assert_told_in_words(lambda: gradcheck(square, inputs), GradcheckError, words)


def test_an_order_that_is_not_asked_for_is_not_checked() -> None:
    assert gradcheck(second_lost, leaf(3), order=1)


@pytest.mark.parametrize("forward", [lambda a: a * a, lambda a: xp(a).square(a.real)])
def test_the_tolerances_are_the_callers(forward: Any) -> None:
    """Beside a complex step as well as where there is none."""
    off = Op("off", forward, lambda g, y, a: 2.001 * g * a)
    assert gradcheck(off, leaf(3), order=1, rtol=1e-2)
    with pytest.raises(GradcheckError):
        gradcheck(off, leaf(3), order=1)


# --------------------------------------------------------------------------- where it is not smooth

# relu, but not of complex numbers.
ramp = Op("ramp", lambda a: xp(a).maximum(a.real, 0.0), lambda g, y, a: g * (a > 0))

ROUGH = {
    "relu at 0": (tl.relu, [exact(1.0, 0.0)], ["relu has a kink", "0 below and 1 above", "says 0"]),
    "next to a kink": (ramp, [exact(1.0, 3e-7)], ["ramp has a kink very close to", "(1,)"]),
    "the second derivative of abs at 0": (tl.abs, [exact(0.0)], ["the gradient of abs jumps at"]),
    "a jump": (tl.sign, [exact(2.0, 0.0)], ["sign jumps at input 0", "at index (1,)"]),
    "an end of the domain": (tl.sqrt, [exact(0.0, 1.0)], ["sqrt is nan or infinite close to"]),
    "nearly an end of the domain": (tl.log, [exact(1e-9)], ["log is nan or infinite close to"]),
    "where a function clamps": (
        lambda a: a.clamp(-1.0, 1.0),
        [exact(0.0, 1.0)],
        ["the function has a kink", "1 below and 0 above", "says 1", "at index (1,)"],
    ),
}


@pytest.mark.parametrize("fast_mode", [True, False])
@pytest.mark.parametrize("name", ROUGH)
def test_a_point_without_a_slope_is_reported_as_such(name: str, fast_mode: bool) -> None:
    f, inputs, words = ROUGH[name]
    assert_told_in_words(
        lambda: gradcheck(f, inputs, fast_mode=fast_mode),
        GradcheckError,
        [*words, "no more than a choice", "further than 1e-06"],
    )


def test_a_wrong_gradient_is_not_taken_for_a_kink() -> None:
    """Not even where the function bends as much as this one does."""
    bent = Op("bent", lambda a: xp(a).exp(a * 12.0), lambda g, y, a: 11.0 * g * y)
    assert_told_in_words(
        lambda: gradcheck(bent, exact(1.0)), GradcheckError, ["bent is wrong", "At fault: bent"]
    )


# --------------------------------------------------------------------------- what cannot be checked

UNFIT = {
    "float32": (
        tl.exp,
        [tl.ones(2, requires_grad=True)],
        TypeError,
        ["input 0 is float32", "double()"],
    ),
    "nothing moves": (tl.exp, [tl.ones(2)], ValueError, ["none of the inputs requires grad"]),
    "an array for the inputs": (tl.exp, np.ones(2), TypeError, ["a Tensor or a list", "ndarray"]),
    "a number for the inputs": (tl.exp, 3.0, TypeError, ["a Tensor or a list", "float"]),
    "no Tensor among the inputs": (tl.exp, [1.0], ValueError, ["none of the inputs requires"]),
    "no function": (None, [leaf(2)], TypeError, ["f must be a function", "NoneType"]),
    "an empty result": (lambda a: [], [leaf(2)], TypeError, ["returns nothing"]),
    "a float32 result": (lambda a: a.float(), [leaf(2)], TypeError, ["returns float32", "float64"]),
    "a result without a gradient": (lambda a: a > 1, [leaf(2)], TypeError, ["returns bool"]),
    "no Tensor returned": (lambda a: 1.0, [leaf(2)], TypeError, ["must return a Tensor", "float"]),
    "nothing returned": (lambda a: None, [leaf(2)], TypeError, ["must return", "NoneType"]),
    "something else returned": (lambda a: (a, "x"), [leaf(2)], TypeError, ["must return a Tensor"]),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_cannot_be_checked_is_said(name: str) -> None:
    f, inputs, exception, words = UNFIT[name]
    assert_told_in_words(lambda: gradcheck(f, inputs), exception, ["gradcheck", *words])


@pytest.mark.parametrize("eps", [0, -1e-6, "a"])
def test_a_step_that_is_none(eps: Any) -> None:
    assert_told_in_words(lambda: gradcheck(tl.exp, leaf(2), eps=eps), ValueError, ["eps must be"])


@pytest.mark.parametrize("order", [0, -1, "2", 2.5])
def test_an_order_below_one_is_none(order: int) -> None:
    assert_told_in_words(
        lambda: gradcheck(tl.exp, leaf(2), order=order), ValueError, ["order must be 1 or more"]
    )


def test_an_error_of_the_function_itself_comes_through() -> None:
    assert_told_in_words(
        lambda: gradcheck(tl.matmul, [leaf(2, 3), leaf(2, 3)]), tl.ShapeError, ["matmul", "(2, 3)"]
    )


# ------------------------------------------------------------------ functions that it cannot check

ROW = tl.tensor([1.0, 2.0, 3.0], dtype=tl.float64, requires_grad=True)
COLUMN = tl.tensor([3.0, 2.0, 1.0], dtype=tl.float64)


def narrow(x):
    return (x.float() * 2.0).double()


CANNOT = {
    "float32 inside": (narrow, TypeError, ["narrow", "computes in float32 on the way"]),
    "float32 inside a lambda": (
        lambda x: x.float().exp().double(),
        TypeError,
        ["the function computes in float32", "float64 throughout"],
    ),
    "half of it in float32": (
        lambda x: x * 2.0 + (x.float() * 2.0).double(),
        TypeError,
        ["computes in float32"],
    ),
    "a number in a tuple": (lambda x: (x, 3.0), TypeError, ["float in its tuple"]),
    "None in a list": (lambda x: [x, None], TypeError, ["NoneType in its list"]),
    "a dict": (lambda x: {"x": x}, TypeError, ["must return a Tensor, or several", "dict"]),
    "another's Tensor": (lambda x: torch.ones(3), TypeError, ["a Tensor of torch's"]),
    "NumPy's": (lambda x: np.exp(x), TypeError, ["t.exp()"]),
    "too few arguments": (lambda: ROW, TypeError, ["does not take them", "takes 0"]),
    "too many arguments": (lambda x, y: x, TypeError, ["does not take them", "'y'"]),
    "results that come and go": (
        lambda x: x[x > 1.0],
        tl.GradcheckError,
        ["gives 2 numbers, and close by 3", "jumps"],
    ),
    "it changes an input": (
        lambda x: x.detach().mul_(2.0) * x,
        tl.GradcheckError,
        ["changes its inputs"],
    ),
}


@pytest.mark.parametrize("how", CANNOT)
def test_a_function_that_cannot_be_checked_is_told_why(how):
    function, kind, words = CANNOT[how]
    assert_told_in_words(lambda: tl.gradcheck(function, ROW), kind, words)


def test_a_function_that_changes_a_constant_is_told_so():
    call = lambda: tl.gradcheck(lambda x, y: x * y.add_(1.0), (ROW, COLUMN.clone()))
    assert_told_in_words(call, tl.GradcheckError, ["changes its inputs"])


def test_an_error_of_the_functions_own_is_its_own():
    def fails(x):
        return narrow(x, 3)

    with pytest.raises(TypeError, match=r"narrow\(\) takes 1 positional argument"):
        tl.gradcheck(fails, ROW)
    with pytest.raises(ZeroDivisionError):
        tl.gradcheck(lambda x: x * (1 / 0), ROW)


@pytest.mark.parametrize("name", ["atol", "rtol"])
@pytest.mark.parametrize("limit", [-1.0, float("nan"), "a", [1.0], ROW, np.ones(2)])
def test_a_tolerance_is_a_number_from_0_up(name, limit):
    call = lambda: tl.gradcheck(lambda x: x, ROW, **{name: limit})
    assert_told_in_words(call, ValueError, [name, "0 or a number above it"])


def test_numbers_of_numpys_will_do():
    numbers = {"eps": np.float64(1e-6), "atol": np.float32(1e-5), "rtol": np.int64(0)}
    assert tl.gradcheck(lambda x: x * x, ROW, order=np.int64(1), **numbers)


@pytest.mark.parametrize(
    "x",
    [
        tl.ones(1, 3, dtype=tl.float64).expand(2, 3).requires_grad_(),
        tl.ones(4, 4, dtype=tl.float64)[::2, 1:].requires_grad_(),
        tl.ones(2, 3, dtype=tl.float64).T.requires_grad_(),
        tl.ones(0, 3, dtype=tl.float64, requires_grad=True),
        tl.tensor(2.0, dtype=tl.float64, requires_grad=True),
        ROW * 2.0,
    ],
    ids=["expanded", "part", "transposed", "empty", "one number", "result"],
)
def test_inputs_of_every_layout(x):
    before = x.detach().clone()
    assert tl.gradcheck(lambda x: (x.exp() * x).sum(0), x)
    assert x.tolist() == before.tolist()
    slip = tl.Op("slip", np.exp, lambda g, y, a: g * a)
    if x.numel():
        with pytest.raises(tl.GradcheckError, match="slip, the gradient rule of a"):
            tl.gradcheck(lambda x: slip(x * 2.0), x)
