"""tinygrad_lr.testing finds what is wrong with an operation, and says it in a line to paste.

Twenty and more operations, each wrong in one way. Those that compute, compute the right value: what
is wrong is a gradient, a dtype, a layout, what is written to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_lr import Op, ops, testing
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


def _nan_at_0(a: Any) -> Any:
    with np.errstate(all="ignore"):
        return xp(a).sin(a) / a


double = lambda a: a * 2.0

# What is wrong: the operation, calls of it, and the property that says so.
WRONG: dict[str, tuple[Op, Any, str]] = {
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
    "always float64": (Op("f", _float64_always, lambda g, y, a: g * 2.0), unary, "dtypes"),
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
}
REFERENCES = {"the value": double}
KINKS = {"the wrong side of a kink": 0.0, "beyond both sides of a kink": 0.0}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_found_and_fits_on_a_line(what: str) -> None:
    op, cases, where = WRONG[what]
    options = {"reference": REFERENCES.get(what), "kinks": KINKS.get(what, ())}
    with pytest.raises(testing.Wrong) as caught:
        testing.check_op(op, cases, examples=100, **options)
    message = str(caught.value)
    assert message.startswith(f"f, {where}"), message
    line = message.splitlines()[-1].strip()
    assert line.startswith("testing.check_op(f, [(np.")
    assert len(line) <= 120
    names = {"testing": testing, "f": op, "np": np, "double": double}
    with pytest.raises(testing.Wrong):
        eval(line.replace("reference=<lambda>", "reference=double"), names)
