"""What may stand beside an operator: tensors of other dtypes, NumPy's arrays and numbers.

The result has PyTorch's dtype and values, gradients come in the dtype of their tensor, and an array
of NumPy's beside a Tensor gives one Tensor. Every pair of dtypes: test_promotion.py.
"""

from __future__ import annotations

from typing import Any

import numpy
import pytest
import torch
from code_lines import as_array
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr
from tinygrad_lr import Tensor

DTYPES = ["float64", "float32", "float16", "int64", "int32", "uint8", "bool"]
OPERANDS = [(dtype, ndim) for dtype in DTYPES for ndim in (1, 0)]
NUMBERS = [2, 2.0, True]
OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "==": lambda a, b: a == b,
    "<": lambda a, b: a < b,
}


def operand(library: Any, what: Any) -> Any:
    if not isinstance(what, tuple):
        return what
    dtype, ndim = what
    return library.from_numpy(numpy.ones(2 if ndim else (), dtype))


def outcome(function: Any, library: Any, left: Any, right: Any) -> Any:
    """The dtype and values of the result, or "refused"."""
    try:
        result = as_array(function(operand(library, left), operand(library, right)))
    except (TypeError, RuntimeError):
        return "refused"
    return result.dtype.name, result.tolist()


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("left", OPERANDS, ids=str)
def test_result_dtypes_are_pytorchs(operator: str, left: Any) -> None:
    """float64, float32, int64, bool ...; with dimensions, without any, and Python numbers.

    (What PyTorch refuses, such as float - bool, may have a result here; and bool ** True, a bool
    there, is an integer here.)
    """
    function, wrong = OPERATORS[operator], []
    pairs = [(left, right) for right in OPERANDS]
    pairs += [pair for number in NUMBERS for pair in ((left, number), (number, left))]
    if operator == "**" and left[0] == "bool":
        pairs.remove((left, True))
    for pair in pairs:
        mine, other = (outcome(function, library, *pair) for library in (tinygrad_lr, torch))
        if other not in (mine, "refused"):
            wrong.append(f"{pair[0]} {operator} {pair[1]}: {mine}, in PyTorch {other}")
    assert not wrong, "\n".join(wrong)


@given(left=st.sampled_from(OPERANDS[:4]), right=st.sampled_from(OPERANDS[:4]))
def test_gradients_come_in_the_dtype_of_their_tensor(left: Any, right: Any) -> None:
    for function in list(OPERATORS.values())[:5]:
        a, b = (operand(tinygrad_lr, what).requires_grad_() for what in (left, right))
        function(a, b).sum().backward()
        assert (a.grad.dtype, b.grad.dtype) == (left[0], right[0])


@pytest.mark.parametrize(
    ("function", "names"),
    [
        ("cat", ("float32", "float64")),
        ("stack", ("int64", "float32")),
        ("where", ("bool", "int64")),
    ],
)
def test_joining_promotes_too(function: str, names: tuple[str, str]) -> None:
    def join(library: Any) -> Any:
        values = [operand(library, (name, 1)) for name in names]
        if function == "where":
            return library.where(operand(library, ("bool", 1)), *values)
        return getattr(library, function)(values)

    assert as_array(join(tinygrad_lr)).dtype == as_array(join(torch)).dtype


# ----------------------------------------------------------------------- NumPy's arrays and numbers

SCALARS = [numpy.float64(2), numpy.float32(2), numpy.int64(2), numpy.bool_(True)]


@pytest.mark.parametrize("operator", [*OPERATORS, "@"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_numpy_array_on_either_side(operator: str, dtype: str) -> None:
    """``array + t`` is one Tensor, followed, not an array of Tensors."""
    function = OPERATORS.get(operator, lambda a, b: a @ b)
    a, t = numpy.full(3, 2.0, dtype), Tensor.wrap(numpy.full(3, 3.0, dtype)).requires_grad_()
    for result, expected in (
        (function(a, t), function(a, t.detach().numpy())),
        (function(t, a), function(t.detach().numpy(), a)),
    ):
        assert isinstance(result, Tensor)
        assert result.requires_grad == (result.dtype.kind == "f")
        numpy.testing.assert_allclose(as_array(result), expected, strict=True, rtol=1e-6)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("scalar", SCALARS, ids=repr)
def test_a_numpy_number_is_a_number(operator: str, scalar: Any) -> None:
    """On either side of a float32 tensor, also without dimensions, it leaves it float32."""
    function = OPERATORS[operator]
    for shape in [(3,), ()]:
        t = Tensor.wrap(numpy.full(shape, 3.0, "float32"))
        if operator == "-" and isinstance(scalar, numpy.bool_):
            continue  # PyTorch: subtraction with a bool is not supported
        for result, expected in (
            (function(t, scalar), function(3.0, scalar.item())),
            (function(scalar, t), function(scalar.item(), 3.0)),
        ):
            assert isinstance(result, Tensor)
            assert result.shape == shape
            assert result.dtype == ("bool" if operator in ("==", "<") else "float32")
            numpy.testing.assert_allclose(as_array(result), expected, rtol=1e-6)


# ------------------------------------------------------------------------------- what is no operand


@pytest.mark.parametrize("other", ["a", None, [1.0], {}], ids=repr)
def test_an_operator_refuses_what_is_no_operand(other: Any) -> None:
    t = Tensor.wrap(numpy.ones(1))
    for function in OPERATORS.values():
        if function is OPERATORS["=="]:
            continue
        with pytest.raises(TypeError):
            function(t, other)
    assert (t == other) is False
