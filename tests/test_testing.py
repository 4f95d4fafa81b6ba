"""tinygrad_lr.testing finds what is wrong with an operation, and says it in a line to paste.

Thirty and more operations, each wrong in one way. Most compute the right value: what is wrong is a
gradient, a dtype, a layout, what is written to.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from sampled import ordinarily

import tinygrad_lr as tg
from tinygrad_lr import GradcheckError, Op, gradcheck, ops, testing
from tinygrad_lr.device import xp

unary, binary = testing.unary(), testing.binary()
nonzero = testing.unary(testing.away_from(0.0))


def _in_place(g: Any, y: Any, a: Any) -> Any:
    g *= 2.0
    return g


def _forward_in_place(a: Any) -> Any:
    a *= 2.0
    return a + 0.0


def _only_float32(g: Any, y: Any, a: Any) -> Any:
    return g * (2.0 if a.dtype != np.float32 else 2.001)


def _only_f_order(g: Any, y: Any, a: Any) -> Any:
    array = getattr(a, "array", a)
    odd = array.ndim > 1 and array.size > 1 and not array.flags.c_contiguous
    return g * (3.0 if odd else 2.0)


def _only_empty(g: Any, y: Any, a: Any) -> Any:
    return g * 2.0 if getattr(a, "array", a).size else (g * 2.0).reshape((0,))


def _constant_on_tensors(g: Any, y: Any, a: Any) -> Any:
    a = a.detach() if hasattr(a, "detach") else a
    return g * (2.0 * a)


def _other_on_tensors(g: Any, y: Any, a: Any) -> Any:
    return g * (2.0 if hasattr(a, "detach") else 2.0000001)


def _float64_always(a: Any) -> Any:
    return a.astype(np.float64) * 2.0


def _through_float16(a: Any) -> Any:
    return a.astype(np.float16).astype(a.dtype) if a.dtype == np.float32 else a * 1.0


def _float64_of_others(a: Any) -> Any:
    return a * np.float64(2.0)


def _nan_at_0(a: Any) -> Any:
    with np.errstate(all="ignore"):
        return xp(a).sin(a) / a


def _one_tensor_twice(g: Any, y: Any, a: Any, b: Any) -> Any:
    return g * a * (0.0 if a is b else 1.0)


def _third_the_second(g: Any, y: Any, a: Any, b: Any, c: Any) -> Any:
    return _one_tensor_twice(g, y, b, c)


def _negative_axis(g: Any, y: Any, a: Any, axis: int) -> Any:
    return g * (2.0 if axis >= 0 else 3.0)


kept: dict[str, Any] = {}


def _keeps(a: Any) -> Any:
    kept["a"] = a
    return a * a


buffers: dict[Any, Any] = {}


def _buffer(a: Any) -> Any:
    return buffers.setdefault((a.shape, a.dtype), np.empty_like(a))


def _in_a_buffer(a: Any) -> Any:
    return np.multiply(a, 2.0, out=_buffer(a))


def _gradient_in_a_buffer(g: Any, y: Any, a: Any) -> Any:
    return np.multiply(g, 2.0, out=_buffer(a)) if isinstance(g, np.ndarray) else g * 2.0


running = [0.0]


def minus_running_mean(a: Any) -> Any:
    """It is another function after each call."""
    running[0] = 0.9 * running[0] + 0.1 * float(a.detach().sum().item())
    return a - running[0]


def _expanded_g(g: Any, y: Any, a: Any) -> Any:
    return g * (3.0 if 0 in getattr(g, "array", g).strides else 2.0)


def _both(g: Any, y: Any, a: Any, b: Any) -> Any:
    return g if y.shape not in (a.shape, b.shape) else g * a


def _another_form() -> Op:
    op = Op("f", double, lambda g, y, a: g * 2.0)
    op.also(lambda a: a.size > 2, double, lambda g, y, a: g * 3.0)
    return op


def f(a: Any, b: Any) -> Any:
    """Wrong where `b` needs no gradient."""
    return a * b if b.requires_grad else a * b.detach() + (a - a.detach())


counter = itertools.count(1)


def counts(a: Any) -> Any:
    """A trace has the number of the call it saw."""
    return a * float(next(counter)) + 1.0


def double(a: Any) -> Any:
    return a * 2.0


def off_in(dtype: Any, factor: float, op: Op = ops.sin) -> Op:
    """An operation whose gradients are off by a factor, in one dtype."""

    def off(rule: Any) -> Any:
        return lambda g, y, *args: rule(g, y, *args) * (factor if g.dtype == dtype else 1.0)

    return Op("f", op.forward, *map(off, op.rules))


class Detaches(tg.nn.Linear):
    """A layer that forgets where half of its result comes from."""

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        return super().forward(x.detach()) + x.sum()


# What is wrong: the operation, calls of it, and the property that says so. ("": any of them.)
WRONG: dict[str, tuple[Any, Any, str]] = {
    "the sign": (Op("f", np.sin, lambda g, y, a: -g * ops.cos(a)), unary, "derivative"),
    "a factor": (Op("f", lambda a: a * a, lambda g, y, a: g * a), unary, "derivative"),
    "the wrong argument": (
        Op("f", lambda a, b: a * b, lambda g, y, a, b: g * a, lambda g, y, a, b: g * a),
        binary,
        "derivative",
    ),
    "exchanged rules": (
        Op("f", lambda a, b: a - b, lambda g, y, a, b: -g, lambda g, y, a, b: g),
        binary,
        "derivative",
    ),
    "transposed": (
        Op("f", lambda a: a.T.copy(), lambda g, y, a: g.reshape(a.shape)),
        testing.calls(testing.arrays((2, 3))),
        "derivative",
    ),
    "a sum over the wrong axis": (
        Op("f", lambda a: a.sum(axis=0), lambda g, y, a: g.reshape((-1, 1)) + 0.0 * a),
        testing.calls(testing.arrays((2, 2))),
        "derivative",
    ),
    "a broadcast that is not summed": (
        Op("f", lambda a: a.sum(axis=-1, keepdims=True), lambda g, y, a: g * 2.0 + 0.0 * a),
        testing.calls(testing.arrays((2, 2))),
        "derivative",
    ),
    "a mean that divides by all": (
        Op("f", lambda a: a.mean(axis=0), lambda g, y, a: g / 6.0 + 0.0 * a),
        testing.calls(testing.arrays((2, 3))),
        "derivative",
    ),
    "writes into g": (Op("f", double, _in_place), unary, "untouched"),
    "writes into its argument": (Op("f", _forward_in_place, lambda g, y, a: g * 2.0), unary, ""),
    "the second derivative alone": (
        Op("f", lambda a: a * a, _constant_on_tensors),
        unary,
        "second derivative",
    ),
    "other numbers when recorded": (
        Op("f", double, _other_on_tensors),
        unary,
        "rules on Tensors",
    ),
    "of size 0": (Op("f", double, _only_empty), unary, ""),
    "by columns": (Op("f", double, _only_f_order), unary, "layouts"),
    "in float32": (Op("f", double, _only_float32), unary, "dtypes"),
    "the last digits in float32": (off_in(np.float32, 1.00001), unary, "dtypes"),
    "a fiftieth in float16": (off_in(np.float16, 1.02), unary, "dtypes"),
    "a fiftieth less in float16, of two": (off_in(np.float16, 0.98, ops.mul), binary, "dtypes"),
    "a fiftieth in float16, of what cancels": (
        off_in(np.float16, 1.02, ops.tanh),
        testing.unary(testing.between(-1.0, 1.0)),
        "dtypes",
    ),
    "float16 within float32": (Op("f", _through_float16, lambda g, y, a: g), unary, "dtypes"),
    "always float64": (Op("f", _float64_always, lambda g, y, a: g * 2.0), unary, "dtypes"),
    "float64 of NumPy's numbers": (
        Op("f", _float64_of_others, lambda g, y, a: g * 2.0),
        unary,
        "dtypes",
    ),
    "light, though it looks": (
        Op("f", lambda a: a * a, lambda g, y, a: g * 2.0 * a, light=True),
        unary,
        "again",
    ),
    "too few digits in float16": (
        Op(
            "f",
            lambda a: (a * 1000.0) * (a * 1000.0) / 1e6,
            lambda g, y, a: g * 2.0 * a,
        ),
        unary,
        "dtypes",
    ),
    "shows the memory of its argument": (
        Op("f", lambda a: a.reshape(-1), lambda g, y, a: g.reshape(a.shape), view=False),
        unary,
        "memory",
    ),
    "nan at 0": (Op("f", _nan_at_0, lambda g, y, a: g * (ops.cos(a) - y) / a), unary, "value"),
    "the wrong side of a kink": (
        Op("f", lambda a: xp(a).maximum(a, 0), lambda g, y, a: ops.where(a >= 0, g, -g)),
        unary,
        "derivative",
    ),
    "beyond both sides of a kink": (
        Op(
            "f",
            lambda a: xp(a).maximum(a, 0),
            lambda g, y, a: ops.where(a == 0, g * 2.0, ops.where(a > 0, g, 0.0)),
        ),
        unary,
        "kinks",
    ),
    "the value": (Op("f", lambda a: a * 2.0000001, lambda g, y, a: g * 2.0000001), unary, "value"),
    "drawn anew": (
        Op("f", lambda a: a + np.random.default_rng().random(a.shape), lambda g, y, a: g),
        unary,
        "",
    ),
    "the value at nan": (
        Op("f", lambda a: a.sum(), lambda g, y, a: g + 0.0 * a),
        testing.unary(st.just(np.nan) | st.floats(-2.0, 2.0)),
        "value",
    ),
    "kept from another call": (
        Op("f", _keeps, lambda g, y, a: g * 2.0 * kept["a"]),
        unary,
        "again",
    ),
    "a result in a buffer": (Op("f", _in_a_buffer, lambda g, y, a: g * 2.0), unary, "again"),
    "a gradient in a buffer": (Op("f", double, _gradient_in_a_buffer), unary, "again"),
    "a mean of all calls": (minus_running_mean, unary, "again"),
    "a large gradient that comes in": (
        Op("f", double, lambda g, y, a: ops.where(g > 100.0, 200.0, g * 2.0)),
        unary,
        "derivative",
    ),
    "a gradient of 0 that comes in": (
        Op("f", double, lambda g, y, a: g * g * 2.0 / g),
        unary,
        "derivative",
    ),
    "an expanded gradient": (Op("f", double, _expanded_g), unary, "layouts"),
    "another form": (_another_form(), unary, "rules on Tensors"),
    "a negative axis": (Op("f", lambda a, axis: a * 2.0, _negative_axis), testing.along(), ""),
    "off the diagonal of the second derivative": (
        Op(
            "f",
            lambda a: a * a.sum(),
            lambda g, y, a: g * getattr(a, "detach", lambda: a)().sum() + (g * a).sum(),
        ),
        unary,
        "second derivative",
    ),
    "beyond a kink where all move": (
        Op("f", lambda a: a.max(), lambda g, y, a: g * (a == y)),
        testing.calls(testing.arrays((3,))),
        "kinks",
    ),
    "one Tensor twice": (
        Op("f", np.multiply, lambda g, y, a, b: g * b, _one_tensor_twice),
        binary,
        "alone",
    ),
    "one array twice": (
        Op(
            "f",
            lambda a, b: a + b if a is b else a * b,
            lambda g, y, a, b: g * b,
            lambda g, y, a, b: g * a,
        ),
        binary,
        "alone",
    ),
    "the second and the third the same": (
        Op(
            "f",
            lambda a, b, c: a + b * c,
            lambda g, y, a, b, c: g,
            lambda g, y, a, b, c: g * c,
            _third_the_second,
        ),
        testing.elementwise(None, None, None),
        "alone",
    ),
    "one that requires grad alone": (f, binary, "alone"),
    "a number that is traced": (counts, unary, "traced"),
    "where both are broadcast": (Op("f", np.multiply, lambda g, y, a, b: g * b, _both), binary, ""),
}
REFERENCES = {"the value": double, "the value at nan": np.nansum}
KINKS: dict[str, Any] = {
    "the wrong side of a kink": 0.0,
    "beyond both sides of a kink": 0.0,
    "beyond a kink where all move": lambda a: a[:, None] - a + np.eye(3),
}


# Ordinarily one that each property finds.
FIRST = {where: name for name, (*_, where) in reversed(WRONG.items())}.values()


@pytest.mark.parametrize("what", ordinarily(*FIRST, of=WRONG))
def test_what_is_wrong_is_found_and_fits_on_a_line(what: str) -> None:
    op, cases, where = WRONG[what]
    options = {"reference": REFERENCES.get(what), "kinks": KINKS.get(what, ())}
    options["only"] = where or None
    with pytest.raises(testing.Wrong) as caught:
        testing.check_op(op, cases, examples=100, **options)
    message = str(caught.value)
    name = getattr(op, "__name__", "f")
    assert message.startswith(f"{name}, {where}"), message
    line = message.splitlines()[-1].strip()
    assert line.startswith(f"testing.check_op({name}, [")
    assert len(line) <= 120
    if what != "drawn anew":
        with pytest.raises(testing.Wrong):
            eval(line, {"testing": testing, "np": np, name: op})


def test_a_result_of_another_dtype_is_said_before_its_gradients_are_blamed() -> None:
    with pytest.raises(testing.Wrong, match="f, dtypes: the result of float32 is float64"):
        testing.check_op(WRONG["float64 of NumPy's numbers"][0], unary, only="dtypes")


def test_a_dtype_that_an_operation_does_not_take_can_be_left_out() -> None:
    with pytest.raises(testing.Wrong, match=r"float32 and float64.*leave out: dtypes=\["):
        testing.check_op(lambda a: tg.quantile(a, 0.5), [np.ones(3)], only="dtypes")


def test_a_large_array_is_written_in_few_words() -> None:
    with pytest.raises(testing.Wrong) as said:
        testing.check_op(lambda a: a.detach() + a, testing.calls(testing.arrays((100,))))
    assert "[(testing.seeded(0, (100,), testing.Elements(-2.0, 2.0)),)]" in str(said.value)


def test_a_wrong_layer_is_found_in_its_own_dtype() -> None:
    cases = testing.calls(testing.arrays((2, 3)))
    with pytest.raises(
        testing.Wrong, match=r"(?s)Detaches, derivative: .*check_op\(Detaches\(in_f"
    ):
        testing.check_op(Detaches(3, 2), cases)


def test_a_kink_that_was_not_named_is_said_and_how_to_name_it() -> None:
    hinge = Op("hinge", lambda a: np.maximum(a - 0.5, 0.0), lambda g, y, a: g * (a > 0.5))
    with pytest.raises(testing.Wrong, match=r"(?s)has a kink .*name such points: kinks=\(") as said:
        testing.check_op(hinge, [(np.array(0.5),)])
    assert "check hinge at inputs" not in str(said.value)
    far = Op("hinge_" + "far" * 20, hinge.forward, *hinge.rules)  # whose message has more lines
    with pytest.raises(testing.Wrong, match=r"(?s)name such points: kinks=\("):
        testing.check_op(far, [(np.array(0.5),)])
    testing.check_op(hinge, [(np.array(0.5),), (np.array(2.0),)], kinks=(0.5,))


softplus = Op("softplus", lambda a: np.logaddexp(a, 0.0), lambda g, y, a: g * ops.sigmoid(a))
three = testing.arrays((3,))


def _by_numbers(a: Any) -> Any:
    out = np.zeros_like(a)
    for at in np.ndindex(a.shape):
        out[at] = 1.0 - np.tanh(a[at] * 2.0) ** 2
    return out


def _as_array(a: Any) -> Any:
    return 1.0 - np.tanh(np.asarray(a) * 2.0) ** 2


def ties(a: Any) -> Any:
    return np.abs(a[:, None] - a) + np.eye(len(a))


# What is right, though it is awkward: kinks, jumps, ties, digits that cancel, several results.
RIGHT: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "softplus": (softplus, unary, {"reference": lambda a: np.log1p(np.exp(a))}),
    "relu": (ops.relu, unary, {"kinks": 0.0}),
    "hardtanh": (tg.nn.functional.hardtanh, unary, {"kinks": [-1, 1]}),
    "a kink at no short number": (lambda a: (a - 0.3).abs(), unary, {"kinks": 0.3}),
    "maximum": (ops.maximum, binary, {"kinks": lambda a, b: a - b}),
    "max": (lambda a: a.max(), testing.calls(three), {"kinks": ties}),
    "sort": (lambda a: a.sort().values, testing.calls(three), {"kinks": ties}),
    "sign, a jump": (ops.sign, unary, {"kinks": 0.0}),
    "floor": (tg.floor, unary, {"kinks": lambda a: a - np.round(a)}),
    "integers": (lambda a: a.round().long(), unary, {"order": 0}),
    "variance of nearly equal numbers": (
        lambda a: a.var(),
        testing.calls(testing.arrays((3,), testing.between(1000.0, 1001.0))),
        {"dtypes": ["float64", "float32"]},
    ),
    "what cancels between two operations": (
        lambda a: tg.tanh(a * 4.0) * 1000.0,
        testing.unary(testing.between(-1.0, 1.0)),
        {},
    ),
    "what cancels between three": (
        lambda a: tg.sigmoid(tg.sigmoid(a * 8.0) * 8.0),
        unary,
        {},
    ),
    "what cancels in the gradient": (
        lambda a: tg.nn.functional.layer_norm(a, (3,)),
        [np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 1.0]])],
        {},
    ),
    "what is computed where it can be": (
        Op(
            "f",
            lambda a: np.divide(a, 3.0 * a, out=a.copy(), where=a > 0.5) + a * a,
            lambda g, y, a: g * ops.where(a > 0.5, 2.0 * a, 2.0 * a + 1.0),
        ),
        unary,
        {"kinks": 0.5},
    ),
    **{
        f"what cancels {how}": (
            Op("f", forward, lambda g, y, a: g * (-4.0 * ops.tanh(a * 2.0) * y)),
            testing.unary(testing.between(-1.5, 1.5)),
            {},
        )
        for how, forward in {"in a loop": _by_numbers, "behind np.asarray": _as_array}.items()
    },
    "a difference that is 0": (lambda a: a - a, unary, {}),
    "sin of large numbers": (tg.sin, testing.unary(testing.magnitudes()), {}),
    "several results": (lambda a: tg.var_mean(a), testing.calls(three), {}),
    "an argument without use": (lambda a, b: a * 2.0, binary, {}),
    "a layer of float32": (tg.nn.Linear(3, 2), testing.calls(testing.arrays((2, 3))), {}),
    "a rule on arrays alone": (
        Op("f", np.sin, lambda g, y, a: g * np.cos(a)),
        unary,
        {"order": 1},
    ),
    "calls in float32": (ops.sin, [np.ones((3,), np.float32), tg.ones(2)], {}),
    "dtypes by themselves": (tg.sin, unary, {"dtypes": [tg.float64, np.float32, "float16"]}),
    "a shape in a list": (tg.sin, testing.calls(testing.arrays([2, 3])), {}),
    "a layer that takes integers": (
        tg.nn.Embedding(5, 3),
        testing.calls(testing.indices((4,), 5)),
        {"order": 0},
    ),
    "hundred numbers": (tg.sin, testing.calls(testing.arrays((10, 10))), {}),
}


@pytest.mark.parametrize("what", ordinarily(*[*RIGHT][::3], of=RIGHT))
def test_nothing_is_found_where_all_is_right(what: str) -> None:
    op, cases, options = RIGHT[what]
    testing.check_op(op, cases, **options)


@testing.op_tests(softplus, cases=testing.unary(), examples=5)
def test_one_decorator_makes_a_test_of_each_property(check: Any) -> None:
    check()


@testing.op_tests(softplus, cases=testing.unary(), device="gpu", examples=5)
def test_on_a_device_that_is_not_there_they_are_skipped(check: Any) -> None:
    check()


@settings(max_examples=25, deadline=None)
@given(program=testing.programs([softplus, ops.mul, ops.sin]))
def test_programs_have_the_gradient_that_gradcheck_finds(program: testing.Program) -> None:
    assert gradcheck(program, program.inputs)


def test_a_wrong_rule_is_found_in_a_program_of_one_line() -> None:
    wrong = Op("wrong", lambda a: a * a, lambda g, y, a: g * a)
    found: list[str] = []

    @settings(max_examples=50, deadline=None, database=None, derandomize=True)
    @given(program=testing.programs([wrong]))
    def check(program: testing.Program) -> None:
        found.append(program.code)
        assert gradcheck(program, program.inputs)

    with pytest.raises(GradcheckError, match="At fault: wrong, the gradient rule of a"):
        check()
    assert found[-1].count("\n") == 4


def _forgets_the_shape(g: Any, y: Any, a: Any) -> Any:
    return g.reshape(-1)


def found(strategy: Any, condition: Any) -> Any:
    """The first that is found, not the simplest."""
    some = settings(max_examples=2000, phases=[Phase.generate], database=None)
    return find(strategy, condition, settings=some)


def named(program: testing.Program, word: str) -> bool:
    return f" {word}(" in program.code


@pytest.mark.parametrize("rule", [_forgets_the_shape, lambda g, y, a: g.no_such_thing])
def test_a_rule_that_raises_is_found_in_a_program(rule: Any) -> None:
    wrong = Op("wrong", lambda a: a * 2.0, rule)
    program = found(testing.programs([wrong]), lambda program: named(program, "wrong"))
    with pytest.raises((RuntimeError, AttributeError)):
        gradcheck(program, program.inputs)


def test_every_operation_is_in_some_program_whatever_its_name() -> None:
    ops = [lambda a: a * 2.0, lambda a: a.sin(), Op("and", double, double), Op("a", double, double)]
    for name in ["f1", "f2", "f3", "f4"]:
        assert found(testing.programs(ops), lambda program, name=name: named(program, name))


NOTHING: list[tuple[Any, Any, str, dict[str, Any]]] = [
    (lambda a: a * 2.0, unary, "alone", {}),
    (lambda a: a.detach() * a.sum().item(), unary, "traced", {}),
    (softplus, unary, "dtypes", {"kinks": lambda a: a * 0.0}),
]


@pytest.mark.parametrize(("op", "cases", "name", "options"), NOTHING, ids=[n[2] for n in NOTHING])
def test_what_has_looked_at_nothing_does_not_pass(
    op: Any, cases: Any, name: str, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=f"{name}: there was no call that could be checked"):
        testing.check_op(op, cases, only=name, examples=20, **options)


def test_what_has_nothing_to_look_at_is_skipped() -> None:
    checks = testing.op_tests(lambda a: a * 2.0, unary, examples=2).args[1]
    (alone,) = [check for check in checks if check.id == "alone"]
    with pytest.raises(pytest.skip.Exception, match="two arguments"):
        alone.values[0]()


def test_each_property_can_be_picked_by_its_name() -> None:
    """``pytest -k second_derivative``: no blanks, which -k does not take."""
    ids = [p.id for p in testing.op_tests(softplus, unary).args[1]]
    assert "second_derivative" in ids
    assert all(name.isidentifier() for name in ids)


def takes_all(a: Any, **params: Any) -> Any:
    return a.detach() * 2.0


def test_every_argument_is_written_so_that_it_can_be_pasted() -> None:
    params = {
        "listed": [np.ones(2), 3, "no nan"],
        "named": {"a": np.array([np.nan])},
        "tensor": tg.ones(2),
        "index": (slice(None), ..., None),
    }
    with pytest.raises(testing.Wrong) as caught:
        testing.check_op(takes_all, testing.calls(np.ones(2), **params), examples=2)
    (*_, imports, line) = str(caught.value).splitlines()
    assert "import tinygrad_lr as tg" in imports
    with pytest.raises(testing.Wrong):
        eval(line.strip(), {"testing": testing, "np": np, "tg": tg, "takes_all": takes_all})


def test_two_functions_have_the_same_gradient_or_not() -> None:
    x = np.array([0.5, -1.0], np.float32)
    testing.assert_same_gradient(lambda a: a * a, lambda a: a**2, x)
    testing.assert_same_gradient(lambda a: a * a, (1.25, [np.array([1.0, -2.0])]), x)
    with pytest.raises(
        testing.Wrong, match=r"(?s)gradient of input 0 .* expected 3 at \[0\], got 1"
    ):
        testing.assert_same_gradient(lambda a: a * a, (1.25, [np.array([3.0, -2.0])]), x)
    with pytest.raises(testing.Wrong, match="the value is not the same"):
        testing.assert_same_gradient(lambda a: a * a, lambda a: a * a + 1e-3, x)


one_rule = Op("f", np.multiply, lambda g, y, a, b: g * b)
check_op, same = testing.check_op, testing.assert_same_gradient
MISTAKES: list[tuple[Callable[[], object], str]] = [
    (lambda: check_op(one_rule, binary), "has 1 rules, and argument 1 is an array of floats"),
    (
        lambda: check_op(Op("f", lambda a: a / a.max(), double), [np.ones(0)]),
        r"f: a has shape \(0,\); of no elements none is the largest, nor",
    ),
    (lambda: check_op(3, unary), "expected an Op or a function, got int"),
    (lambda: check_op(softplus, 3), "cases must be a strategy"),
    (lambda: check_op(softplus, unary, order=3), "order must be 0, 1 or 2"),
    (lambda: check_op(softplus, unary, dtypes=["bfloat16"]), "dtypes are some of"),
    (lambda: check_op(softplus, unary, only="speed"), "'speed' is no property; there are value"),
    (lambda: check_op(softplus, unary, only="kinks"), "no kinks are given"),
    (lambda: check_op(softplus, unary, order=1, only="second derivative"), "its order is 1"),
    (lambda: check_op(softplus, unary, dtypes="float16"), "derivatives are checked in float64"),
    (lambda: check_op(tg.nn.ReLU, unary), r"ReLU is a class; what is called is ReLU\(...\)"),
    (lambda: check_op(softplus, unary, only=["value"]), "is no property; there are value"),
    (lambda: check_op(softplus, [([np.ones(2)] * 2,)]), r"check lambda a, b: op\(\[a, b\]\)"),
    (lambda: check_op(softplus, testing.calls(testing.indices((3,), 2))), "say order=0"),
    (lambda: find(testing.arrays(testing.positive()), bool), r"write elements=Elements\(0.25"),
    (lambda: check_op(softplus, [3]), "a call is an array, a tuple .* got 3"),
    (lambda: check_op(softplus, np.ones(2)), "or a list of calls, got ndarray"),
    (lambda: check_op(softplus, []), "or a list of calls, got an empty list"),
    (lambda: check_op(softplus, unary, device="tpu"), "unknown device 'tpu'"),
    (lambda: check_op(softplus, unary, kinks="0"), "kinks are numbers, or a function"),
    (lambda: check_op(softplus, unary, kinks=lambda a, b: a), "kinks is called as the operation"),
    (
        lambda: check_op(softplus, unary, kinks=lambda a: a - 99.0, only="kinks"),
        r"None was at a kink.* cases \| st.just",
    ),
    (
        lambda: check_op(softplus, unary, kinks=lambda a: a * 0, only="derivative"),
        "All were too near to a kink",
    ),
    (lambda: check_op(softplus, [np.zeros((0, 2))]), "no call that could be checked"),
    (lambda: check_op(softplus, unary, reference=lambda a: None), "must give an array of numbers"),
    (lambda: testing.op_tests(softplus, unary, device="tpu"), "unknown device 'tpu'"),
    (lambda: testing.between(0.0, np.inf), "they are finite"),
    (lambda: testing.shapes(min_dims=3, max_dims=2), "min_dims is 3, max_dims 2"),
    (lambda: same(3, double, np.ones(2)), "a function of Tensors first, got int"),
    (lambda: same(double, 3, np.ones(2)), r"a function, or \(value, gradients\)"),
    (lambda: same(double, (4.0, np.ones(2)), np.ones(2)), "the value and a list of arrays"),
    (lambda: same(double, (4.0, []), np.ones(2)), "1 inputs are floats, but 0 gradients came"),
    (lambda: same(double, double, [1.0]), "inputs are arrays, Tensors and numbers, got list"),
    (lambda: testing.between(2.0, 1.0), "there is no number"),
    (lambda: testing.away_from(0.0, 3.0, 2.0), "no number from -2.0 to 2.0"),
    (lambda: testing.positive(0.0), "low must be above 0"),
    (lambda: testing.indices((2,), 0), "none can be picked"),
    (lambda: testing.programs([]), "expected a list of Ops"),
    (lambda: testing.programs([ops.where]), "where takes 3 arguments"),
    (lambda: testing.programs([lambda a: a.no_such_thing]), "cannot be called with 1 Tensors"),
    (lambda: testing.programs([lambda a: 3.0]), "must give a Tensor, it gave float"),
]


@pytest.mark.parametrize(("use", "words"), MISTAKES, ids=[words for _, words in MISTAKES])
def test_wrong_use_is_said_in_words(use: Callable[[], object], words: str) -> None:
    with pytest.raises((TypeError, ValueError, RuntimeError, testing.Wrong), match=words):
        use()


def test_it_does_not_import_pytorch() -> None:
    code = "import sys, tinygrad_lr.testing; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
