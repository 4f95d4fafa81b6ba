"""Functions of elements as one writes them: operands of every kind, dtypes, names, what is printed.

Each line is Python, run in both frameworks. (Values and gradients of the entries: test_ops.py; of
the functions, on PyTorch's own samples: test_operator_samples.py.)
"""

from __future__ import annotations

from typing import Any

import numpy
import pytest
import torch
from mistakes import assert_told_in_words

import tinygrad_lr as tg
from tinygrad_lr import special
from tinygrad_lr.more import aliases

FLOATS = [[1.5, -2.25, 0.0], [-0.5, 3.0, 7.75]]
COUNTS = [[5, -5, 7], [-7, 2, 9]]
DIVISORS = [[2, 3, -2], [2, -3, 4]]
MASK = [[True, False, True], [False, True, False]]

LINES = [
    "",
    "x // 2",
    "x // 0.5",
    "x % 2",
    "x % -1.5",
    "5 // n",
    "5.0 % n",
    "n // 2",
    "n // -2",
    "n // m",
    "n % m",
    "n % 3",
    "n // 2.5",
    "7 % m",
    "-7 // m",
    "m // x[0, :1]",
    "k ^ n",
    "3 ^ n",
    "k ^ True",
    "n << 1",
    "1 << n.abs()",
    "n >> 1",
    "u << 9",
    "k << 1",
    "~n",
    "~k",
    "+x",
    "+n",
    "k // 2",
    "k % 2",
    "M.floor_divide(x, 2)",
    "M.remainder(5, m)",
    "M.remainder(x, -2)",
    "M.fmod(n, 3)",
    "M.fmod(x, -2)",
    "M.fmod(n, m)",
    "x.fmod(m)",
    "M.div(n, 2, rounding_mode='floor')",
    "M.div(n, m, rounding_mode='trunc')",
    "n.div(2.0, rounding_mode='trunc')",
    "x.div(2, rounding_mode=None)",
    "M.divide(x, 2, rounding_mode='floor')",
    "M.true_divide(n, 2)",
    "M.floor(n)",
    "M.ceil(x)",
    "M.trunc(x)",
    "M.fix(x)",
    "x.frac()",
    "M.round(x)",
    "M.round(n)",
    "M.round(x * 100, decimals=-1)",
    "M.round(x, decimals=1)",
    "M.log10(M.tensor([1000, 10, 1]))",
    "M.square(n)",
    "M.square(k)",
    "M.square(x)",
    "M.sinh(n)",
    "M.rsqrt(m.abs())",
    "M.reciprocal(n)",
    "M.exp2(n)",
    "M.deg2rad(n)",
    "M.erf(k)",
    "M.logit(M.sigmoid(x))",
    "M.logit(x, eps=0.1)",
    "M.atan2(n, m)",
    "M.atan2(x[0, 0], x[0, 1])",
    "M.hypot(x, n)",
    "M.copysign(n, -1)",
    "M.copysign(x, -x)",
    "M.xlogy(x, 2)",
    "M.xlogy(2, x.abs())",
    "M.float_power(n, 2)",
    "M.float_power(2, x)",
    "x.float_power(n)",
    "M.lerp(x, y, 0.25)",
    "M.lerp(x, y, x)",
    "M.lerp(x, end=y, weight=0.75)",
    "M.addcmul(x, x, y, value=2)",
    "M.addcdiv(x, x, y, value=0.5)",
    "M.addcmul(n, n, m)",
    "M.clamp(x, y, y + 1)",
    "M.clamp(x, min=y)",
    "x.clamp(max=y)",
    "M.clip(x, 0, 1)",
    "M.clamp_min(x, 0)",
    "M.clamp_max(n, 3)",
    "x.clamp_min(y)",
    "M.clamp(n, max=M.tensor(1.5))",
    "M.nan_to_num(M.log(x - 1.5))",
    "M.nan_to_num(x / 0, posinf=1, neginf=-1)",
    "M.nan_to_num(n)",
    "M.isinf(x / 0)",
    "M.isposinf(x / 0)",
    "M.isneginf(n)",
    "M.isreal(n)",
    "M.isclose(x, x + 1e-9)",
    "M.isclose(n, n + 1, rtol=0.2)",
    "M.isclose(x / 0 * 0, x / 0 * 0, equal_nan=True)",
    "M.allclose(x, x + 1e-9)",
    "M.allclose(x, x + 1)",
    "M.equal(x, x)",
    "M.equal(x, n)",
    "M.equal(x, x[0])",
    "x.equal(x.double())",
    "M.rsub(x, 1)",
    "M.rsub(n, m, alpha=2)",
    "M.logical_xor(x, n)",
    "M.bitwise_xor(n, 3)",
    "M.bitwise_and(n, m)",
    "M.bitwise_or(k, k)",
    "M.bitwise_not(n)",
    "M.bitwise_left_shift(n, 2)",
    "M.bitwise_right_shift(n, 1)",
    "M.signbit(x)",
    "M.signbit(n)",
    "M.heaviside(x, y)",
    "M.heaviside(n, m)",
    "M.fmax(x, y)",
    "M.fmin(x, n)",
    "M.maximum(n, m)",
    "M.sgn(n)",
    "M.positive(n)",
    "M.logaddexp(x, y)",
    "M.logaddexp2(x, y)",
    "M.special.expit(x)",
    "M.special.ndtr(x)",
    "M.special.round(x)",
    "M.multiply(x, 2)",
    "M.subtract(x, y)",
    "M.negative(n)",
    "M.absolute(n)",
    "M.greater(x, 1)",
    "M.less_equal(n, m)",
    "M.not_equal(n, 5)",
    "M.arctan(n)",
    "M.arcsinh(x)",
    "M.arctan2(x, y)",
    "x.greater_equal(y)",
    "",
][1:-1]


def names(m: Any) -> dict[str, Any]:
    """What the lines speak of, in one of the frameworks."""
    return {
        "M": m,
        "x": m.tensor(FLOATS),
        "y": m.tensor([[1.0, -3.0, 0.5], [2.0, 4.0, -7.0]]),
        "n": m.tensor(COUNTS),
        "m": m.tensor(DIVISORS),
        "k": m.tensor(MASK),
        "u": m.tensor([1, 2, 200], dtype=m.uint8),
    }


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("line", LINES)
def test_a_line_gives_what_it_gives_in_pytorch(line: str) -> None:
    found, expected = eval(line, names(tg)), eval(line, names(torch))
    if isinstance(expected, bool):
        assert found is expected
    else:
        expected = expected.numpy()
        numpy.testing.assert_allclose(found.numpy(), expected, rtol=2e-6, atol=1e-7, strict=True)


BESIDE_ARRAYS = {
    "a // t": lambda a, t: a // t,
    "t // a": lambda a, t: t // a,
    "a % t": lambda a, t: a % t,
    "t % a": lambda a, t: t % a,
    "a ^ t": lambda a, t: a ^ t,
    "a << t": lambda a, t: a << abs(t),
    "t >> a": lambda a, t: t >> abs(a),
}


@pytest.mark.parametrize("name", BESIDE_ARRAYS)
def test_an_array_beside_a_tensor_is_an_operand(name: str) -> None:
    """On both sides, as with + and *; PyTorch has it for these on one side only."""
    array, counts = numpy.array(DIVISORS), numpy.array(COUNTS)
    found = BESIDE_ARRAYS[name](array, tg.tensor(COUNTS))
    assert isinstance(found, tg.Tensor)
    numpy.testing.assert_array_equal(found.numpy(), BESIDE_ARRAYS[name](array, counts))


STATEMENTS = [
    "",
    "x //= 2",
    "x %= 2",
    "n //= 2",
    "n %= m",
    "n ^= 1",
    "n <<= 1",
    "n >>= 1",
    "k ^= True",
    "x.floor_()",
    "x.round_()",
    "x.clamp_(y, y + 2)",
    "x.square_()",
    "x.eq_(y)",
    "x.logical_not_()",
    "x.div_(2, rounding_mode='floor')",
    "x.lerp_(y, 0.5)",
    "x.addcmul_(y, y, value=2)",
    "x.nan_to_num_()",
    "x.multiply_(3)",
    "x.atan2_(y)",
    "n.remainder_(3)",
    "n.negative_()",
    "n.clip_(0, 5)",
    "n.bitwise_xor_(m)",
    "x.sin_()",
    "x.arctan_()",
    "",
][1:-1]


@pytest.mark.parametrize("line", STATEMENTS)
def test_in_place_the_same_memory_holds_what_it_holds_in_pytorch(line: str) -> None:
    results = []
    for m in (tg, torch):
        scope = names(m)
        before = {name: scope[name] for name in ("x", "n", "k")}
        exec(line, scope)
        assert all(scope[name] is value for name, value in before.items())
        results.append([before[name].numpy() for name in ("x", "n", "k")])
    for found, expected in zip(*results):
        numpy.testing.assert_allclose(found, expected, rtol=1e-6, strict=True)


PRINTED = [
    "M.erf(w)",
    "w.sinh()",
    "M.floor(w)",
    "w % 2",
    "M.fmod(w, 2)",
    "M.atan2(w, w)",
    "M.frac(w)",
]
PRINTED += [
    "M.rsqrt(w)",
    "M.reciprocal(w)",
    "M.square(w)",
    "M.lerp(w, w, 0.5)",
    "M.logaddexp(w, w)",
]
PRINTED += ["M.log1p(w)", "M.round(w)", "M.xlogy(w, w)", "M.hypot(w, w)", "M.sinc(w)", "M.logit(w)"]


@pytest.mark.parametrize("line", PRINTED)
def test_a_result_prints_as_in_pytorch(line: str) -> None:
    """But for the digit of an overload: LerpBackward1, XlogyBackward2."""
    shown = [
        repr(eval(line, {"M": m, "w": m.tensor([0.25, 0.5], requires_grad=True)}))
        for m in (tg, torch)
    ]
    assert shown[0].rstrip("0123456789>)") == shown[1].rstrip("0123456789>)")


def test_a_second_name_is_the_same_function() -> None:
    for name in ("arccos", "clip", "multiply", "greater_equal", "fix", "sgn"):
        assert getattr(aliases, name).__name__ in ("acos", "clamp", "mul", "ge", "trunc", "sign")
    assert special.expit is tg.sigmoid.__wrapped__  # type: ignore[attr-defined]


WRONG = {
    "an integer divided by 0": (
        lambda: tg.tensor([1, 2]) // 0,
        ["floor_divide: ZeroDivisionError", "x.float()"],
    ),
    "the rest of a division by 0": (
        lambda: 5 % tg.tensor([0, 2]),
        ["remainder: ZeroDivisionError"],
    ),
    "another way to round": (
        lambda: tg.div(tg.ones(2), 2, rounding_mode="up"),
        ["rounding_mode", "'floor'", "'trunc'", "'up'"],
    ),
    "decimals of integers": (
        lambda: tg.round(tg.tensor([1]), decimals=2),
        ["round: integers (int64) have no decimals"],
    ),
    "a mask rounded": (
        lambda: tg.floor(tg.tensor([True])),
        ["floor: cannot compute with booleans"],
    ),
    "bits of floats": (lambda: tg.ones(2) ^ 1, ["xor", "booleans", "integers"]),
    "moved bits of floats": (lambda: tg.ones(2) << 1, ["lshift: moves the bits of integers"]),
    "close, of two dtypes": (
        lambda: tg.isclose(tg.ones(2), tg.ones(2, dtype=tg.float64)),
        ["isclose: input is float32, other is float64"],
    ),
    "a negative tolerance": (
        lambda: tg.allclose(tg.ones(2), tg.ones(2), atol=-1),
        ["isclose: atol must be >= 0"],
    ),
    "a weight of another dtype": (
        lambda: tg.lerp(tg.ones(2), tg.ones(2), tg.ones(2, dtype=tg.float64)),
        ["lerp: input is float32, weight is float64"],
    ),
    "integers over integers, added": (
        lambda: tg.addcdiv(tg.ones(2), tg.tensor([1, 2]), tg.tensor([1, 2])),
        ["addcdiv: tensor1 and tensor2 hold integers"],
    ),
    "the gradient of //": (
        lambda: (tg.ones(2, requires_grad=True) // 2).sum().backward(),
        ["floor_divide: there is no gradient", "rounding_mode='floor'"],
    ),
    "shapes that do not broadcast": (
        lambda: tg.atan2(tg.ones(2), tg.ones(3)),
        ["atan2: a has shape (2,), b has shape (3,); they do not broadcast"],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_told_in_words(name: str) -> None:
    call, words = WRONG[name]
    assert_told_in_words(call, RuntimeError, words)


@pytest.mark.parametrize(
    "call", [lambda m, t: divmod(t, 2), lambda m, t: t // "2", lambda m, t: [] % t]
)
def test_what_no_framework_divides_is_a_type_error(call: Any) -> None:
    for m in (tg, torch):
        with pytest.raises(TypeError):
            call(m, m.ones(2))
