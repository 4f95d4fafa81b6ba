"""PyTorch's signatures: the same line of code, run with PyTorch and with tinygrad_lr.

Most tests here are tables of such lines. In them ``T`` is the library, ``x`` a float64 tensor of
the shape the line stands under, and the other names what ``names`` below makes; values, dtypes and
gradients must agree. Then come dtype promotion, NumPy on either side of an operator, and what each
wrong use says.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr
from tinygrad_lr import Tensor
from tinygrad_lr import functions as f

# ------------------------------------------------------------------------- running one line in both


def names(library: Any, shape: tuple[int, ...]) -> dict[str, Any]:
    """What a line of code may use."""
    rng = numpy.random.default_rng(len(shape))
    size = int(numpy.prod(shape))
    x = rng.permutation(numpy.arange(size) * 0.3 + 0.2).reshape(shape)
    x[x > 2.0] *= -0.4
    arrays = {
        "x": x,
        "z": rng.uniform(0.5, 2.0, shape),
        "m": x > 0.0,
        "n": numpy.arange(size).reshape(shape),
        "i": numpy.array([1, 0, 1, -1]),
        "k": numpy.array([[0, 1], [1, 0]]),
        "rows": numpy.array([True, False, True, True][: shape[0] if shape else 0]),
    }
    made = {name: library.from_numpy(numpy.asarray(a)) for name, a in arrays.items()}
    made["x"].requires_grad_()
    made["z"].requires_grad_()
    return {"T": library, "np": numpy, **made}


def run(code: str, library: Any, shape: tuple[int, ...]) -> tuple[list[Any], list[Any]]:
    """The tensors that a line gives, and the gradients of x and z through all of them."""
    scope = names(library, shape)
    result = eval(code, scope)
    results = list(result) if isinstance(result, (tuple, list)) else [result]
    arrays = [as_array(r) for r in results]
    total = 0.0
    for r in results:
        if getattr(r, "requires_grad", False):
            weights = numpy.cos(numpy.arange(float(r.numel()))).reshape(tuple(r.shape))
            total = total + (r * library.from_numpy(weights)).sum()
    if isinstance(total, float):
        return arrays, [None, None]
    total.backward()
    return arrays, [None if scope[v].grad is None else as_array(scope[v].grad) for v in "xz"]


def as_array(value: Any) -> Any:
    return numpy.asarray(value.detach().numpy() if hasattr(value, "detach") else value)


def agree(code: str, shape: tuple[int, ...]) -> None:
    values, gradients = run(code, tinygrad_lr, shape)
    expected, expected_gradients = run(code, torch, shape)
    assert len(values) == len(expected)
    for mine, other in zip(values, expected):
        assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
        close = {"rtol": 1e-6} if mine.dtype == "float32" else {"rtol": 1e-12, "atol": 1e-12}
        numpy.testing.assert_allclose(mine, other, **close)
    for mine, other in zip(gradients, expected_gradients):
        assert (mine is None) == (other is None)
        if mine is not None:
            numpy.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


def lines(table: dict[tuple[int, ...], list[Any]]) -> Any:
    """Each line with its shape, as parameters of a test; a line may come with a mark."""
    marked = [
        (line, shape, ()) if isinstance(line, str) else (line[0], shape, line[1])
        for shape, codes in table.items()
        for line in codes
    ]
    cases = [
        pytest.param(code, shape, id=f"{shape} {code}", marks=marks)
        for code, shape, marks in marked
    ]
    return pytest.mark.parametrize(("code", "shape"), cases)


# --------------------------------------------------------------------------------------- reductions

REDUCTIONS = ["sum", "mean", "amax", "amin", "var", "std", "logsumexp"]
OVER = ["(1)", "(-1)", "(dim=0)", "((0, 2))", "([-1, 0])", "((0, 1, 2), keepdim=True)"]


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("call", [*OVER, "(-2, keepdim=True)", "(dim=(0, -1), keepdim=True)"])
@pytest.mark.parametrize("form", ["x.{}{}", "T.{}(x, {}"])
def test_reductions(name: str, call: str, form: str) -> None:
    agree(form.format(name, call if form.startswith("x") else call[1:]), (4, 3, 2))


@pytest.mark.parametrize("name", REDUCTIONS[:-1])
def test_reductions_of_everything(name: str) -> None:
    agree(f"x.{name}()", (4, 3, 2))
    agree(f"T.{name}(x)", (4, 3, 2))


@pytest.mark.filterwarnings("ignore:.*degrees of freedom is <= 0:UserWarning")
@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("call", ["(0)", "(-1)", "(dim=0, keepdim=True)"])
def test_reductions_of_a_single_number(name: str, call: str) -> None:
    agree(f"x.{name}{call}", ())


@lines(
    {
        (4, 3): [
            "x.sum(None)",
            "x.sum(dim=None, keepdim=True)",
            "x.sum(axis=1)",
            "x.mean(axis=1)",
            "x.sum(dim=())",
            "n.sum()",
            "m.sum()",
            "m.sum(1)",
            "n.sum(0, dtype=T.float64)",
            "x.sum(dtype=T.float32)",
            "x.var(0, unbiased=False)",
            "x.var(unbiased=False)",
            "x.std(1, keepdim=True, unbiased=False)",
            "x.var(dim=1, correction=2)",
            "x.std(correction=0)",
            "x.max()",
            "x.min()",
            "x.max(1)",
            "x.min(0)",
            "x.max(dim=-1, keepdim=True)",
            "T.min(x, 1, keepdim=True)",
            "x.max(1).values",
            "x.max(1).indices",
            "x.max(z)",
            "T.min(x, z)",
            "n.max()",
            "n.max(1)",
            "x.argmax()",
            "x.argmin()",
            "x.argmax(1)",
            "x.argmin(-2)",
            "x.argmax(dim=1, keepdim=True)",
            "T.argmax(x, dim=0)",
            "x.argmax(keepdim=True)",
            "n.amax(1)",
            "m.all()",
            "m.any()",
            "m.all(1)",
            "m.any(0, keepdim=True)",
            "n.all()",
            "x.any(1)",
            "n.amin((0, 1))",
            "x.softmax(1)",
            "T.softmax(x, dim=0)",
            "x.log_softmax(-1)",
            "T.log_softmax(x, dim=0)",
        ],
        (): ["x.max()", "x.max(0)", "x.argmax()", "x.argmax(0)", "x.softmax(0)", "x.all()"],
    }
)
def test_more_reductions(code: str, shape: Any) -> None:
    agree(code, shape)


# ------------------------------------------------------------------------------------------- shapes


@lines(
    {
        (2, 3, 4): [
            "x.reshape(6, 4)",
            "x.reshape((4, -1))",
            "x.reshape(-1)",
            "x.reshape([2, 12])",
            "T.reshape(x, (3, -1, 2))",
            "x.view(-1, 4)",
            "x.view(2, 1, 3, 4)",
            "x.transpose(0, 2).reshape(-1)",
            "x.transpose(0, 1)",
            "x.transpose(-1, -3)",
            "T.transpose(x, 1, -1)",
            "x.permute(2, 0, 1)",
            "x.permute((0, -1, 1))",
            "T.permute(x, (1, 2, 0))",
            "x.mT",
            "x.flatten()",
            "x.flatten(1)",
            "x.flatten(0, 1)",
            "x.flatten(start_dim=-2)",
            "x.flatten(1, 1)",
            "T.flatten(x, 1)",
            "x.squeeze()",
            "x.squeeze(0)",
            "x.unsqueeze(0)",
            "x.unsqueeze(-1)",
            "x.unsqueeze(-2)",
            "x.unsqueeze(3)",
            "T.unsqueeze(x, -4)",
            "x.expand(5, 2, 3, 4)",
            "x.expand(-1, 3, -1)",
            "x.reshape_as(z.permute(2, 1, 0))",
            "x.view_as(z)",
            "T.cat([x, z])",
            "T.cat((x, z, x), dim=-1)",
            "T.cat([x], 1)",
            "T.cat([x, z[:, :1]], dim=1)",
            "T.cat([x, n])",
            "T.stack([x, z])",
            "T.stack([x, z], dim=-1)",
            "T.stack((x, z, x), -2)",
            "T.stack([x, n], 3)",
            "x.contiguous()",
            "x.clone()",
        ],
        (1, 3, 1): [
            "x.squeeze()",
            "x.squeeze(0)",
            "x.squeeze(-1)",
            "x.squeeze(1)",
            "x.squeeze((0, 2))",
            "x.squeeze((0, 1))",
            "T.squeeze(x, -3)",
            "x.expand(2, 3, 4)",
            "x.expand(2, -1, 4)",
            "x.expand((5, 1, 3, 2))",
            "x.expand_as(T.ones(2, 3, 4))",
            "x.expand([2, 3, 1])",
        ],
        (3, 4): ["x.T", "x.t()", "T.t(x)", "x.mT", "x.t().t().view(12)"],
        (3,): ["x.t()", "x.expand(2, 3)", "x.flatten()", "x.squeeze(0)", "x.transpose(0, 0)"],
        (): [
            "x.reshape(1)",
            "x.reshape(())",
            "x.reshape(1, -1)",
            "x.flatten()",
            "x.unsqueeze(0)",
            "x.unsqueeze(-1)",
            "x.squeeze()",
            "x.squeeze(0)",
            "x.expand(2, 3)",
            "x.expand(())",
            "x.transpose(0, -1)",
            "x.permute(())",
            "T.stack([x, z])",
            "x.t()",
        ],
        (0, 3): [
            "x.reshape(3, 0)",
            "x.flatten()",
            "x.flatten(1)",
            "T.cat([x, z])",
            "x.sum(0)",
            "x.T",
        ],
    }
)
def test_shapes(code: str, shape: Any) -> None:
    agree(code, shape)


# ------------------------------------------------------------------------------- element by element


@lines(
    {
        (2, 3): [
            "T.where(m, x, z)",
            "T.where(m, x, 0)",
            "T.where(m, 1.5, x)",
            "T.where(m, 1, 0)",
            "T.where(m, 1.0, 0.0)",
            "T.where(m, 1.0, 0)",
            "T.where(m, True, False)",
            "T.where(m, n, 0.5)",
            "T.where(m, n, x)",
            "T.where(m[0], x, z[:, :1])",
            "x.where(m, z)",
            "x.where(m, 0.0)",
            "T.clamp(x, 0, 1)",
            "x.clamp(min=0.1)",
            "x.clamp(max=0.1)",
            "x.clamp(0.1)",
            "T.clamp(x, min=-1, max=1)",
            "n.clamp(1, 3)",
            "n.clamp(max=2)",
            "n.clamp(min=1.5)",
            "T.maximum(x, z)",
            "x.maximum(z[0])",
            "T.minimum(x, z)",
            "T.maximum(n, x)",
            "x.exp() + z.log() + z.sqrt() + x.sin() + x.cos() + x.tanh()",
            "x.sigmoid() * x.relu() - x.abs() + x.sign() + x.neg()",
            "n.exp()",
            "n.sigmoid()",
            "m.exp()",
            "n.abs()",
            "n.neg()",
            "n.sign()",
            "n.relu()",
            "abs(x) - (-x)",
            "T.add(x, z) * T.sub(x, 1) / T.div(z, x) - T.mul(x, 3) + T.pow(z, 2)",
            "x.add(z).sub(z).mul(2).div(x).pow(2)",
            "z ** x",
            "z ** -1.5",
            "2 ** x",
            "1 - x",
            "1 / z",
            "3 * x + 1",
            "x == x",
            "x != z",
            "x < z",
            "x <= 1",
            "x > 0.5",
            "0 >= x",
            "x.eq(z)",
            "T.ne(x, z)",
            "x.lt(0)",
            "T.le(x, 0)",
            "x.gt(0)",
            "T.ge(x, z)",
            "m & (x < 1)",
            "m | (x < 1)",
            "~m",
            "n & 1",
            "n | 1",
            "~n",
            "T.logical_and(m, x < 1)",
            "T.logical_or(m, x < 1)",
            "T.logical_not(m)",
            "T.logical_and(n, n)",
            "T.logical_or(x, z)",
            "T.logical_not(n)",
            "T.isnan(x)",
            "T.isfinite(x / 0.5)",
            "n.isnan()",
            "n / 2",
            "n / n[:, 1:2].clamp(min=1)",
            "n ** 2",
            "m + m",
            "m * 2",
            "m + 1.5",
        ],
    }
)
def test_element_by_element(code: str, shape: Any) -> None:
    agree(code, shape)


@lines(
    {
        (3, 3): [
            "x @ z",
            "x @ z[0]",
            "x[0] @ z",
            "x[0] @ z[0]",
            "T.matmul(x, z)",
            "x.matmul(z)",
            "x.mm(z)",
            "T.mm(x, z)",
            "x[None] @ z",
            "x @ z.expand(4, 3, 3)",
            "n @ n",
            "x.T @ z.T",
        ],
    }
)
def test_products(code: str, shape: Any) -> None:
    agree(code, shape)


# ----------------------------------------------------------------------------------------- indexing


@lines(
    {
        (4, 3, 2): [
            "x[0]",
            "x[-1]",
            "x[1, 2, 0]",
            "x[:, 1]",
            "x[1:3]",
            "x[::2, -2:]",
            "x[5:]",
            "x[-9:2]",
            "x[3:1]",
            "x[...]",
            "x[..., 0]",
            "x[0, ..., 1]",
            "x[None]",
            "x[:, None]",
            "x[..., None]",
            "x[0, None, :, 1]",
            "x[:]",
            "x[()]",
            "x[[0, 2]]",
            "x[[0, -1, 0]]",
            "x[[0, 1], [0, 2]]",
            "x[[0, 1], [0, 2], 1]",
            "x[[0, 1], :, [0, 1]]",
            "x[:, [0, 2]]",
            "x[:, [0, 2], [1, 0]]",
            "x[:, 0, [0, 1]]",
            "x[[0, 1], :, 0]",
            "x[1, [0, 2]]",
            "x[[3], 1:]",
            "x[None, [0, 1]]",
            "x[[0, 1], None, [0, 2]]",
            "x[0, :, [0, 1, 1]]",
            "x[0, ..., [0, 1, 1]]",
            "x[0, None, [0, 1, 1]]",
            "x[range(3), i[:3]]",
            "x[range(2)]",
            "x[range(4), [0, 1, 2, 0], i]",
            "x[i]",
            "x[i, 1]",
            "x[:, k]",
            "x[k, k]",
            "x[k, i[:2]]",
            "x[..., k]",
            "x[i[0]]",
            "x[i[0], :, i[1]]",
            "x[T.tensor(1), :, [0, 1]]",
            "x[np.array([0, 2])]",
            "x[np.int64(2)]",
            "x[np.array([[0], [1]]), np.array([1, 2])]",
            "x[m]",
            "x[~m]",
            "x[x > 100]",
            "x[rows]",
            "x[rows, 1]",
            "x[rows, :, 0]",
            "x[rows, [0, 1, 2]]",
            "x[m[:, :, 0]]",
            "x[:, m[0, :, 0]]",
            "x[..., m[0, 0]]",
            "x[[True, False, True, True]]",
            "x[rows.numpy()]",
            "x[T.tensor([], dtype=T.int64)]",
            "x[[]]",
            "x[T.tensor([0, 1], dtype=T.int32)]",
            "x[True]",
            "x[False]",
            "x[:, True]",
            "n[i]",
            "m[0]",
            "x[0][1][0]",
            "x[::2][1]",
            "x.index_select(0, i.clamp(min=0))",
            "T.index_select(x, -1, k[0])",
            "x.index_select(1, k[0][:0])",
            "x.gather(0, n.clamp(max=3)[:, :2, :1])",
            "T.gather(x, 1, n[:2].clamp(max=2))",
            "x.gather(-1, m.long()[:3])",
            "x.gather(2, m.long().reshape(4, 2, 3)[:, :1])",
            "len(x)",
            "list(x)[2]",
        ],
        (): [
            "x[()]",
            "x[...]",
            "x[None]",
            "x[..., None]",
            "x[True]",
            "x[m]",
            "x.index_select(0, k[0][:1])",
            "x.gather(0, n)",
        ],
        (3,): [
            "x[1]",
            "x[[2, 0]]",
            "x[k]",
            "x.index_select(0, k[0])",
            "x.index_select(0, k[0][0])",
            "x.gather(0, k[0])",
            "x[n[2:1]]",
        ],
    }
)
def test_indexing(code: str, shape: Any) -> None:
    agree(code, shape)


def test_an_element_picked_often_receives_all_gradients() -> None:
    agree("x[[0, 0, 0]]", (3,))
    agree("x[[0, 0], [1, 1]]", (3, 2))
    agree("x.index_select(0, T.tensor([1, 1]))", (3, 2))


def test_changing_an_index_afterwards_changes_no_gradient() -> None:
    x = Tensor.wrap(numpy.arange(3.0)).requires_grad_()
    index = Tensor.wrap(numpy.array([0, 1]))
    y = x[index].sum()
    index[0] = 2
    y.backward()
    assert x.grad.tolist() == [1.0, 1.0, 0.0]


# ---------------------------------------------------------------------------------- dtype promotion

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


# ------------------------------------------------------------------------ functions are methods too

PUBLIC = [
    name
    for name in dir(tinygrad_lr)
    if inspect.unwrap(getattr(tinygrad_lr, name)) is getattr(f, name, None)
    and callable(getattr(f, name))
    and hasattr(torch.Tensor, name)
]


@pytest.mark.parametrize("name", PUBLIC)
def test_each_function_is_a_method_as_in_pytorch(name: str) -> None:
    assert hasattr(Tensor, name)


TWO_SIDED = ["add", "sub", "mul", "truediv", "pow", "matmul"]
ONE_SIDED = ["neg", "abs", "invert", "and", "or", "lt", "le", "gt", "ge", "eq", "ne", "getitem"]


@pytest.mark.parametrize("name", [*TWO_SIDED, *(f"r{n}" for n in TWO_SIDED), *ONE_SIDED])
def test_each_operator_exists(name: str) -> None:
    assert f"__{name}__" in vars(Tensor)


@pytest.mark.parametrize("other", ["a", None, [1.0], {}], ids=repr)
def test_an_operator_refuses_what_is_no_operand(other: Any) -> None:
    t = Tensor.wrap(numpy.ones(1))
    for function in OPERATORS.values():
        if function is OPERATORS["=="]:
            continue
        with pytest.raises(TypeError):
            function(t, other)
    assert (t == other) is False


# ------------------------------------------------------------------------------------------- errors

NUMPYS_WORDS = re.compile(
    r"operands could not be|gufunc|core dim|axis -?\d+ is out|ufunc|array dimensions|<lambda>"
    r"|shape mismatch|boolean index|too many indices for array|cannot reshape array|all the input"
)
PLAIN = (2, 3)
# What is written, the error, and the words its message must contain.
ERRORS: list[tuple[str, type[Exception], list[str]]] = [
    # dimensions out of range
    *[
        (f"x.{name}(2)", IndexError, [name, "dim 2", "2 dimensions"])
        for name in [*REDUCTIONS, "max", "min", "argmax", "argmin", "softmax", "log_softmax"]
    ],
    ("x.sum((0, -3))", IndexError, ["sum", "-3"]),
    ("x.sum((0, 0))", ValueError, ["sum", "(0, 0)"]),
    ("x.sum((0, -2))", ValueError, ["sum", "-2"]),
    ("x.sum('a')", TypeError, ["sum", "'a'"]),
    ("x.sum(1.0)", TypeError, ["sum", "1.0"]),
    ("x.all(2)", IndexError, ["all", "2"]),
    ("x.any(-3)", IndexError, ["any", "-3"]),
    ("x.transpose(0, 2)", IndexError, ["transpose", "2"]),
    ("x.permute(0, 2)", IndexError, ["permute", "2"]),
    ("x.permute(0, 0)", RuntimeError, ["permute", "(0, 0)", "(2, 3)"]),
    ("x.permute(0)", RuntimeError, ["permute", "(0,)", "(2, 3)"]),
    ("x.squeeze(2)", IndexError, ["squeeze", "2"]),
    ("x.unsqueeze(3)", IndexError, ["unsqueeze", "3"]),
    ("x.unsqueeze(-4)", IndexError, ["unsqueeze", "-4"]),
    ("x.flatten(2)", IndexError, ["flatten", "2"]),
    ("x.flatten(1, 0)", (RuntimeError, ValueError), ["flatten", "1", "0"]),
    ("x.size(2)", IndexError, ["size", "2"]),
    ("x[None].t()", RuntimeError, ["t:", "(1, 2, 3)"]),
    # shapes that do not fit
    *[
        (f"x {sign} T.ones(4)", RuntimeError, [name, "(2, 3)", "(4,)", "broadcast"])
        for sign, name in {
            "+": "add",
            "-": "sub",
            "*": "mul",
            "/": "div",
            "**": "pow",
            "==": "eq",
            "<": "lt",
        }.items()
    ],
    ("m & (T.ones(4) > 0)", RuntimeError, ["and", "(2, 3)", "(4,)", "broadcast"]),
    ("T.maximum(x, T.ones(4))", RuntimeError, ["maximum", "(2, 3)", "(4,)"]),
    ("T.where(m, x, T.ones(4))", RuntimeError, ["where", "(2, 3)", "(4,)"]),
    ("x @ x", RuntimeError, ["matmul", "(2, 3)"]),
    ("x @ x[0, :2]", RuntimeError, ["matmul", "(2, 3)", "(2,)"]),
    ("x[0] @ x", RuntimeError, ["matmul", "(3,)", "(2, 3)"]),
    ("x @ x[0, 0]", RuntimeError, ["matmul", "(2, 3)", "()"]),
    ("x[None].expand(2, 2, 3) @ x[None].expand(3, 2, 3).mT", RuntimeError, ["matmul", "(3, 3, 2)"]),
    ("T.nn.functional.linear(x, x.T)", RuntimeError, ["linear", "(2, 3)", "(3, 2)"]),
    ("T.nn.functional.linear(x, x, x)", RuntimeError, ["linear", "bias"]),
    ("T.nn.functional.linear(x, x[0])", RuntimeError, ["linear", "(3,)"]),
    ("x.reshape(4)", RuntimeError, ["reshape", "(2, 3)", "(4,)"]),
    ("x.reshape(-1, 4)", RuntimeError, ["reshape", "(2, 3)", "(-1, 4)"]),
    ("x.reshape(-1, -1)", RuntimeError, ["reshape", "(-1, -1)"]),
    ("x.reshape(-2, -3)", RuntimeError, ["reshape", "(-2, -3)"]),
    ("x.reshape(0, -1)", RuntimeError, ["reshape", "(0, -1)"]),
    ("x.reshape(2.0, 3)", TypeError, ["reshape", "2.0"]),
    ("x.view(7)", RuntimeError, ["view", "(2, 3)", "(7,)"]),
    ("x.T.view(6)", RuntimeError, ["view", "(3, 2)", "(6,)", "reshape"]),
    ("x.expand(2, 4)", RuntimeError, ["expand", "(2, 3)", "(2, 4)"]),
    ("x.expand(3)", RuntimeError, ["expand", "(2, 3)", "(3,)"]),
    ("x.expand(-1, 2, 3)", RuntimeError, ["expand", "(2, 3)", "(-1, 2, 3)"]),
    ("x.expand(-2, 3)", RuntimeError, ["expand", "(2, 3)", "(-2, 3)"]),
    ("T.cat([x, T.ones(2, 4)])", RuntimeError, ["cat", "(2, 3)", "(2, 4)"]),
    ("T.cat([x, T.ones(3)])", RuntimeError, ["cat", "(2, 3)", "(3,)"]),
    ("T.cat([x], 2)", IndexError, ["cat", "2"]),
    ("T.cat([])", (RuntimeError, ValueError), ["cat"]),
    ("T.cat(x)", TypeError, ["cat", "Tensor"]),
    ("T.cat([x, 1.0])", TypeError, ["cat", "float"]),
    ("T.cat([x[0, 0], x[0, 0]])", RuntimeError, ["cat", "stack"]),
    ("T.stack([x, T.ones(3)])", RuntimeError, ["stack", "(2, 3)", "(3,)"]),
    ("T.stack([x], 3)", IndexError, ["stack", "3"]),
    # kinds of values
    ("n.mean()", (RuntimeError, TypeError), ["mean", "int64", "float"]),
    ("m.mean(0)", (RuntimeError, TypeError), ["mean", "bool", "float"]),
    ("n.var()", (RuntimeError, TypeError), ["var", "int64"]),
    ("n.std()", (RuntimeError, TypeError), ["std", "int64"]),
    ("x @ x.float().T", (RuntimeError, TypeError), ["matmul", "float64", "float32"]),
    ("T.where(x, x, x)", (RuntimeError, TypeError), ["where", "bool", "float64"]),
    ("T.where(True, x, x)", TypeError, ["where", "bool"]),
    ("x.clamp()", ValueError, ["clamp", "min", "max"]),
    ("x.clamp('a')", TypeError, ["clamp", "str"]),
    ("T.add(x, 'a')", TypeError, ["add", "str"]),
    ("T.add(1, 2)", TypeError, ["add", "int"]),
    ("T.exp(1.0)", TypeError, ["exp", "float"]),
    ("T.sum([1.0])", TypeError, ["sum", "list"]),
    ("T.relu([1.0])", TypeError, ["relu", "list"]),
    ("T.abs(1.0)", TypeError, ["abs", "float"]),
    ("T.clone(1.0)", TypeError, ["clone", "float"]),
    ("T.maximum(x, 1.0)", TypeError, ["maximum", "float"]),
    ("x.softmax()", TypeError, ["softmax", "dim"]),
    ("-m", (RuntimeError, TypeError), ["neg", "bool"]),
    ("m - m", (RuntimeError, TypeError), ["sub", "bool"]),
    ("~x", (RuntimeError, TypeError), ["not", "float64"]),
    ("x & x", (RuntimeError, TypeError), ["and", "float64"]),
    # of nothing
    ("x[:0].max()", (RuntimeError, IndexError), ["max", "(0, 3)"]),
    ("x[:0].max(0)", IndexError, ["max", "(0, 3)"]),
    ("x[:0].argmax()", IndexError, ["argmax", "(0, 3)"]),
    ("x[:0].argmin(0)", IndexError, ["argmin", "(0, 3)"]),
    ("x[:0].amax()", (RuntimeError, IndexError), ["amax", "(0, 3)"]),
    ("x[:0].amin(0)", (RuntimeError, IndexError), ["amin", "(0, 3)"]),
    # indexing
    ("x[2]", IndexError, ["index 2", "dimension 0", "(2, 3)"]),
    ("x[-3]", IndexError, ["index -3", "dimension 0", "(2, 3)"]),
    ("x[0, 3]", IndexError, ["index 3", "dimension 1", "(2, 3)"]),
    ("x[..., 3]", IndexError, ["index 3", "dimension 1", "(2, 3)"]),
    ("x[None, 2]", IndexError, ["index 2", "dimension 0", "(2, 3)"]),
    ("x[[0, 2]]", IndexError, ["index 2", "dimension 0", "(2, 3)"]),
    ("x[:, [0, -4]]", IndexError, ["index -4", "dimension 1", "(2, 3)"]),
    ("x[range(2), [0, 3]]", IndexError, ["index 3", "dimension 1", "(2, 3)"]),
    ("x[T.tensor([5])]", IndexError, ["index 5", "dimension 0", "(2, 3)"]),
    ("x[T.tensor(5)]", IndexError, ["index 5", "dimension 0", "(2, 3)"]),
    ("x[np.array([5])]", IndexError, ["index 5", "dimension 0", "(2, 3)"]),
    ("x[np.int64(5)]", IndexError, ["index 5", "dimension 0", "(2, 3)"]),
    ("x[m[0], 3]", IndexError, ["(2, 3)"]),
    ("x[0, 0, 0]", IndexError, ["(2, 3)", "too many"]),
    ("x[:, :, :]", IndexError, ["(2, 3)", "too many"]),
    ("x[..., ...]", IndexError, ["index"]),
    ("x[0][0][0]", IndexError, ["()"]),
    ("x[[0, 1], [0, 1, 2]]", IndexError, ["(2, 3)", "broadcast"]),
    ("x[m[0]]", IndexError, ["mask", "(3,)", "(2, 3)"]),
    ("x[m.T]", IndexError, ["mask", "(3, 2)", "(2, 3)"]),
    ("x[m[None]]", IndexError, ["mask", "(1, 2, 3)", "(2, 3)"]),
    ("x[[True, False, True]]", IndexError, ["mask", "(2, 3)"]),
    ("x[0.5]", IndexError, ["index", "float"]),
    ("x['a']", TypeError, ["index", "str"]),
    ("x[[0.5]]", IndexError, ["index", "float64"]),
    ("x[x]", IndexError, ["index", "float64"]),
    ("x[np.zeros(2)]", IndexError, ["index", "float64"]),
    ("x[[[0], [0, 1]],]", (IndexError, TypeError, ValueError), ["index:"]),
    ("x[0:1.5]", (IndexError, TypeError), ["index"]),
    ("x[::0]", (ValueError, IndexError), ["index", "0"]),
    ("x[::-1]", ValueError, ["index", "-1", "range"]),
    ("x.index_select(0, i)", IndexError, ["index_select", "-1", "(2, 3)"]),
    ("x.index_select(0, T.tensor([2]))", IndexError, ["index_select", "2", "(2, 3)"]),
    ("x.index_select(2, k[0])", IndexError, ["index_select", "dim 2"]),
    ("x.index_select(0, k)", (RuntimeError, IndexError), ["index_select", "(2, 2)"]),
    ("x.index_select(0, x[0])", (RuntimeError, TypeError), ["index_select", "float64"]),
    ("x.index_select(0, [0])", TypeError, ["index_select", "list"]),
    ("x.gather(0, k + 1)", (RuntimeError, IndexError), ["gather", "2", "(2, 3)"]),
    ("x.gather(0, k - 1)", (RuntimeError, IndexError), ["gather", "-1", "(2, 3)"]),
    ("x.gather(2, k)", IndexError, ["gather", "dim 2"]),
    ("x.gather(0, k[0])", RuntimeError, ["gather", "(2,)", "(2, 3)"]),
    ("x.gather(1, T.zeros(3, 1).long())", RuntimeError, ["gather", "(3, 1)", "(2, 3)"]),
    ("x.gather(0, m)", (RuntimeError, TypeError), ["gather", "bool"]),
]
# Where PyTorch lets through what is likely a mistake.
STRICTER = [
    "T.nn.functional.linear(x, x[0])",
    "T.add(1, 2)",
    "x[..., ...]",
    "x[[0.5]]",
    "x[np.zeros(2)]",
]


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [pytest.param(*case, id=case[0]) for case in ERRORS],
)
def test_a_wrong_use_is_named(code: str, error: type[Exception], words: list[str]) -> None:
    """The right kind of error; it names the operation, the shapes or dtypes, in our own words."""
    with pytest.raises(error) as raised:
        eval(code, names(tinygrad_lr, PLAIN))
    message = str(raised.value)
    for word in words:
        assert word in message, message
    assert not NUMPYS_WORDS.search(message), message
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize("code", [case[0] for case in ERRORS if case[0] not in STRICTER])
def test_a_wrong_use_is_wrong_in_pytorch_too(code: str) -> None:
    """But for STRICTER, the table of errors refuses nothing that PyTorch allows."""
    with pytest.raises((RuntimeError, TypeError, ValueError, IndexError)):
        eval(code, names(torch, PLAIN))


@pytest.mark.parametrize(
    "name",
    [
        "sum",
        "mean",
        "max",
        "min",
        "amax",
        "amin",
        "argmax",
        "argmin",
        "var",
        "std",
        "logsumexp",
        "all",
        "any",
    ],
)
def test_keepdim_is_a_bool_of_pythons_or_numpys(name: str) -> None:
    """What follows a dim is no second one: PyTorch refuses it, too."""
    x, theirs = tinygrad_lr.ones(2, 3), torch.ones(2, 3)
    for keepdim in (1, 0, "no", None, [True], numpy.ones(2, bool)):
        for framework in (x, theirs):
            with pytest.raises(TypeError, match=r"keepdim|unbiased|invalid combination"):
                getattr(framework, name)(0, keepdim=keepdim)
    kept = getattr(x, name)(0, keepdim=numpy.True_)
    assert getattr(kept, "values", kept).shape == (1, 3)
