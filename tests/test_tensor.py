"""Tensor: every question it answers, in PyTorch's words wherever PyTorch answers it too."""

import copy
import math

import numpy as np
import pytest
import torch

import tinygrad_lr as tl

ARRAYS = {
    "number": np.array(2.5, np.float32),
    "one element": np.array([[3.0]], np.float32),
    "vector": np.array([1.0, -2.0, 0.5], np.float32),
    "matrix": np.arange(6, dtype=np.float64).reshape(2, 3),
    "integers": np.arange(24).reshape(2, 3, 4),
    "booleans": np.array([True, False]),
    "bytes": np.array([[0, 255]], np.uint8),
    "nothing": np.zeros((0, 3), np.float32),
}


def pair(array):
    """The same tensor here and in PyTorch."""
    return tl.tensor(array), torch.tensor(array)


def plain(value):
    """A value in a form in which both libraries can be compared."""
    if isinstance(value, tl.Tensor | torch.Tensor):
        return (tuple(value.shape), dtype_name(value), value.detach().numpy().tolist())
    return tuple(value) if isinstance(value, torch.Size) else value


def dtype_name(tensor):
    return str(tensor.dtype).removeprefix("torch.")


def outcome(function, tensor):
    """What it gives, or which error (a ValueError counts as RuntimeError, as shape errors do)."""
    try:
        return plain(function(tensor))
    except (TypeError, ValueError, IndexError, RuntimeError) as error:
        return next((k for k in (TypeError, IndexError) if isinstance(error, k)), RuntimeError)


QUESTIONS = {  # Python's own are in test_exchange.py
    "shape": lambda t: tuple(t.shape),
    "size()": lambda t: t.size(),
    "size(0)": lambda t: t.size(0),
    "size(-1)": lambda t: t.size(-1),
    "size(5)": lambda t: t.size(5),
    "dim()": lambda t: t.dim(),
    "ndim": lambda t: t.ndim,
    "numel()": lambda t: t.numel(),
    "dtype": dtype_name,
    "device.type": lambda t: t.device.type,
    "str(device)": lambda t: str(t.device),
    "is_cuda": lambda t: t.is_cuda,
    "is_leaf": lambda t: t.is_leaf,
    "requires_grad": lambda t: t.requires_grad,
    "grad": lambda t: t.grad,
    "grad_fn": lambda t: t.grad_fn,
    "type of item()": lambda t: type(t.item()),
    "as an index": lambda t: list(range(300))[t],
    "f-string": lambda t: f"{t:.2f}",
    "T": lambda t: t.T if t.ndim == 2 else t,
    "t()": lambda t: t.t(),
    "mT": lambda t: t.mT if t.ndim else t,
    "contiguous()": lambda t: t.contiguous(),
    "float()": lambda t: t.float(),
    "double()": lambda t: t.double(),
    "long()": lambda t: t.long(),
    "int()": lambda t: t.int(),
    "bool()": lambda t: t.bool(),
    "clone()": lambda t: t.clone(),
    "detach()": lambda t: t.detach(),
    "data": lambda t: t.data,
    "cpu()": lambda t: t.cpu(),
    "view(-1)": lambda t: t.view(-1) if t.numel() else t,
    "reshape_as": lambda t: t.reshape_as(t.clone()),
    "expand_as": lambda t: t.expand_as(t.clone()),
    "==": lambda t: t == t,
    "!=": lambda t: t != 1,
    "nan": lambda t: t.isnan() if t.ndim else t,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_pytorchs_answer(question):
    for name, array in ARRAYS.items():
        ours, theirs = (outcome(QUESTIONS[question], tensor) for tensor in pair(array))
        assert ours == theirs, name


OPERATORS = {
    "x + 1": lambda x: x + 1,
    "1 - x": lambda x: 1 - x,
    "x * 2.5": lambda x: x * 2.5,
    "3 / x": lambda x: 3 / (x + 1),
    "x ** 2": lambda x: x**2,
    "2 ** x": lambda x: 2**x,
    "2.0 ** x": lambda x: 2.0**x,
    "-x": lambda x: -x,
    "abs(x)": abs,
    "x @ x.T": lambda x: x @ x.T,
    "x < 2": lambda x: x < 2,
    "2 < x": lambda x: 2 < x,
    "x >= x": lambda x: x >= x,
    "(x > 0) & (x < 2)": lambda x: (x > 0) & (x < 2),
    "(x > 0) | (x < 2)": lambda x: (x > 0) | (x < 2),
    "~(x > 0)": lambda x: ~(x > 0),
    "x / 2": lambda x: x / 2,
    "x + True": lambda x: x + True,
}


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "int32"])
@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_gives_pytorchs_values_and_dtype(name, dtype):
    ours, theirs = pair(np.arange(6).reshape(2, 3).astype(dtype))
    got, expected = OPERATORS[name](ours), OPERATORS[name](theirs)
    assert (tuple(expected.shape), dtype_name(expected)) == (got.shape, got.dtype.name)
    np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-6)


PROMOTIONS = ["bool", "uint8", "int32", "int64", "float16", "float32", "float64"]


@pytest.mark.parametrize("first", PROMOTIONS)
@pytest.mark.parametrize("shapes", [((2,), (2,)), ((2,), ()), ((), ())], ids=str)
def test_two_operands_meet_in_pytorchs_dtype(first, shapes):
    def operand(lib, kind, shape):
        return kind if not isinstance(kind, str) else lib.ones(shape, dtype=getattr(lib, kind))

    def result(lib, second):
        a, b = operand(lib, first, shapes[0]), operand(lib, second, shapes[1])
        return [dtype_name(r) for r in (a + b, b * a, a / b, a == b)]

    for second in [*PROMOTIONS, 2, 2.5]:
        assert result(tl, second) == result(torch, second), second


@pytest.mark.parametrize("other", ["text", None, [1.0, 2.0], object()])
def test_an_operand_of_another_kind_is_a_type_error(other):
    with pytest.raises(TypeError):
        tl.ones(2) + other
    with pytest.raises(TypeError):
        other - tl.ones(2)


# ------------------------------------------------------------------------------------- NumPy's side


def test_numpy_shares_the_memory():
    x = tl.zeros(3)
    array = x.numpy()
    array[0] = 5.0
    x[1] = 7.0
    assert x.tolist() == array.tolist() == [5.0, 7.0, 0.0]


def test_from_numpy_shares_the_memory():
    array = np.zeros(3)
    x = tl.from_numpy(array)
    array[0] = 5.0
    x.add_(1.0)
    assert x.tolist() == array.tolist() == [6.0, 1.0, 1.0]
    assert x.dtype == "float64"


def test_tensor_copies_its_data():
    array = np.zeros(3)
    for made in (tl.tensor(array), tl.tensor(tl.from_numpy(array))):
        made.add_(1.0)
        assert array.tolist() == [0.0, 0.0, 0.0]


def test_numpy_functions_and_plots_take_a_tensor():
    # matplotlib does what these do: np.asarray, column_stack, isfinite over an object's values.
    x = tl.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert np.asarray(x).tolist() == x.tolist()
    assert np.shares_memory(np.asarray(x), x.array)
    assert np.array(x, dtype="int64").dtype == "int64"
    assert not np.shares_memory(np.array(x), x.array)
    assert np.column_stack([x, x]).shape == (2, 4)
    assert np.stack([x[0], x[1]]).tolist() == x.tolist()
    assert float(np.mean(np.asarray(x))) == 2.5
    assert np.asarray(tl.tensor(2.0)).shape == ()


def test_numpy_of_a_tensor_that_requires_grad_says_what_to_write():
    x = tl.ones(2).requires_grad_()
    for convert in (lambda t: t.numpy(), np.asarray, np.array):
        for tensor in (x, x * 2.0):
            with pytest.raises(RuntimeError, match=r"Use tensor\.detach\(\)\.numpy\(\) instead"):
                convert(tensor)
    assert x.detach().numpy().tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (lambda a, t: a + t, [11.0, 22.0]),
        (lambda a, t: a - t, [9.0, 18.0]),
        (lambda a, t: a * t, [10.0, 40.0]),
        (lambda a, t: a / t, [10.0, 10.0]),
        (lambda a, t: a**t, [10.0, 400.0]),
        (lambda a, t: t - a, [-9.0, -18.0]),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_an_ndarray_on_either_side_gives_one_tensor(operation, expected, dtype):
    t = tl.tensor([1.0, 2.0], requires_grad=True)
    result = operation(np.array([10, 20], dtype), t)
    assert isinstance(result, tl.Tensor)
    assert result.tolist() == expected
    assert result.dtype == ("float32" if dtype == "float32" else "float64")  # as in PyTorch
    result.sum().backward()
    assert t.grad.dtype == "float32"


def test_comparisons_with_an_ndarray_give_one_tensor():
    t, array = tl.tensor([1.0, 2.0]), np.array([2.0, 2.0], "float32")
    for result, expected in (
        (array > t, [True, False]),
        (t < array, [True, False]),
        (array == t, [False, True]),
        (array != t, [True, False]),
    ):
        assert isinstance(result, tl.Tensor)
        assert result.tolist() == expected


@pytest.mark.parametrize("operation", [lambda a, t: a @ t, lambda a, t: t @ a])
def test_an_ndarray_can_be_multiplied_as_a_matrix(operation):
    eye, t = np.eye(2, dtype="float32"), tl.ones(2, 2).requires_grad_()
    result = operation(eye, t)
    assert isinstance(result, tl.Tensor)
    assert result.tolist() == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize("number", [np.float64(2.0), np.float32(2.0), np.int64(2), np.bool_(True)])
def test_a_numpy_number_is_a_number(number):
    t = tl.ones(2)
    for result in (t * number, number * t, t + number, number - t, t / number, number < t):
        assert isinstance(result, tl.Tensor)
        assert result.dtype in ("float32", "bool")


# -------------------------------------------------------------------------------- dtypes and copies

CONVERSIONS = [
    lambda t, lib: t.to(lib.float64),
    lambda t, lib: t.to(dtype=lib.int32),
    lambda t, lib: t.to("cpu"),
    lambda t, lib: t.to("cpu", lib.float64),
    lambda t, lib: t.to(device="cpu", dtype=lib.float16),
    lambda t, lib: t.to(lib.device("cpu")),
    lambda t, lib: t.to(lib.ones(1, dtype=lib.uint8)),
    lambda t, lib: t.type(lib.float64),
    lambda t, lib: t.type(lib.bool),
    lambda t, lib: t.double().float().half() if lib is torch else t.double().to(lib.half),
]


@pytest.mark.parametrize("convert", CONVERSIONS)
def test_a_conversion_has_pytorchs_dtype_and_values(convert):
    ours, theirs = pair(np.array([0.0, 1.5, 200.7], np.float32))
    assert plain(convert(ours, tl)) == plain(convert(theirs, torch))


def test_a_conversion_that_changes_nothing_is_the_tensor_itself():
    x = tl.ones(2)
    for same in (x.float(), x.to("float32"), x.to("cpu"), x.cpu(), x.to(x), x.contiguous(), x.to()):
        assert same is x
    assert x.double() is not x


def test_type_without_an_argument_names_the_dtype():
    assert tl.ones(1).type() == "float32"


def test_an_unknown_dtype_or_device_is_refused():
    with pytest.raises(TypeError, match="float31"):
        tl.ones(2).to(dtype="float31")
    with pytest.raises(tl.DeviceError, match="unknown device 'float31'"):
        tl.ones(2).to("float31")
    with pytest.raises(tl.DeviceError, match="unknown device 'tpu'"):
        tl.ones(2).to(device="tpu")


def test_an_unknown_device_by_position_is_named():
    with pytest.raises(tl.DeviceError, match="unknown device 'cuda:1'"):
        tl.ones(2).to("cuda:1")


def test_conversions_let_gradients_through():
    x = tl.tensor([1.0, 2.0], requires_grad=True)
    (x.double().to("float16").float() * 3.0).sum().backward()
    assert (x.grad.tolist(), x.grad.dtype) == ([3.0, 3.0], "float32")


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8"])
def test_integers_and_booleans_are_constants(dtype):
    x = tl.tensor([1.2, 2.7], requires_grad=True)
    converted = x.to(dtype)
    assert not converted.requires_grad
    assert converted.tolist() == x.detach().numpy().astype(dtype).tolist()


def test_transposed_and_contiguous():
    x = tl.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    turned = x.T
    assert np.shares_memory(turned.array, x.array)
    straight = turned.contiguous()
    assert straight.array.flags.c_contiguous
    assert straight.tolist() == turned.tolist()
    (straight * 2.0).sum().backward()
    assert x.grad.tolist() == [[2.0] * 3] * 2
    assert tl.zeros(2, 3, 4).T.shape == (4, 3, 2)
    assert tl.zeros(2, 3, 4).mT.shape == (2, 4, 3)


@pytest.mark.parametrize("kind", ["leaf", "constant", "parameter"])
def test_deepcopy_of_a_leaf(kind):
    x = {
        "leaf": lambda: tl.tensor([1.0, 2.0], requires_grad=True),
        "constant": lambda: tl.tensor([1, 2]),
        "parameter": lambda: tl.nn.Parameter(tl.tensor([1.0, 2.0])),
    }[kind]()
    if kind != "constant":
        (x * 3.0).sum().backward()
    twin, same = copy.deepcopy([x, x])
    assert twin is same  # one tensor in the original, one in the copy
    assert type(twin) is type(x)
    assert (twin.tolist(), twin.requires_grad, twin.is_leaf) == (x.tolist(), x.requires_grad, True)
    assert not np.shares_memory(twin.array, x.array)
    if kind != "constant":
        assert twin.grad.tolist() == [3.0, 3.0]
        assert not np.shares_memory(twin.grad.array, x.grad.array)


def test_a_tensor_is_its_own_key():
    a, b = tl.ones(2), tl.ones(2)
    names = {a: "a", b: "b"}
    assert (names[a], names[b]) == ("a", "b")
    assert len({a, b, a}) == 2


def test_iteration_gives_rows_that_are_views_with_gradients():
    x = tl.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    first, second = x
    assert np.shares_memory(first.array, x.array)
    (first * second).sum().backward()
    assert x.grad.tolist() == [[3.0, 4.0], [1.0, 2.0]]
    assert [float(v) for v in tl.tensor([1.0, 2.0])] == [1.0, 2.0]
    with pytest.raises(TypeError, match="cannot be iterated over"):
        iter(tl.tensor(1.0))


def test_python_can_count_with_an_integer_tensor():
    three = tl.tensor(3)
    assert list(range(three)) == [0, 1, 2]
    assert "abcd"[three] == "d"
    assert math.factorial(three) == 6
    with pytest.raises(TypeError, match=r"(?s)only an integer tensor .*can be an index.*float32"):
        range(tl.tensor(3.0))


# ------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda t: t.item(), RuntimeError, r"shape \(2, 2\) has 4 elements.*tolist\(\)"),
        (lambda t: bool(tl.zeros(0)), RuntimeError, "ambiguous"),
        (lambda t: t[0, -3], IndexError, r"index -3 is out of range for dimension 1"),
        (lambda t: t @ tl.ones(3), tl.ShapeError, r"matmul: .*\(2, 2\).*\(3,\)"),
    ],
)
def test_an_error_names_what_is_wrong(ask, error, words):
    with pytest.raises(error, match=words):
        ask(tl.ones(2, 2))


def test_a_negative_power_of_integers_is_explained():
    with pytest.raises((RuntimeError, ValueError), match="negative"):
        tl.tensor([1, 2]) ** -1


# ------------------------------------------------------------------------------------ grad and data


def test_a_gradient_can_be_set_and_cleared():
    x = tl.ones(2).requires_grad_()
    x.grad = tl.full((2,), 3.0)
    assert x.grad.tolist() == [3.0, 3.0]
    x.grad = None
    assert x.grad is None


@pytest.mark.parametrize("wrong", [tl.ones(3), tl.ones(2, 1), tl.ones(2, dtype="float64")])
def test_a_gradient_of_another_shape_or_dtype_is_refused(wrong):
    x = tl.ones(2).requires_grad_()
    with pytest.raises(tl.ShapeError, match=r"(?s)grad must have .*\(2,\) float32; got"):
        x.grad = wrong
    assert x.grad is None


@pytest.mark.parametrize("wrong", [np.ones(2, np.float32), 3.0, [1.0, 1.0]])
def test_a_gradient_must_be_a_tensor(wrong):
    with pytest.raises(TypeError, match="Tensor"):
        tl.ones(2).requires_grad_().grad = wrong


def test_data_can_be_replaced_by_other_memory():
    x = tl.ones(2).requires_grad_()
    fresh = tl.tensor([5.0, 6.0])
    x.data = fresh
    assert np.shares_memory(x.array, fresh.array)
    assert (x.requires_grad, x.is_leaf) == (True, True)
    (x * x).sum().backward()
    assert x.grad.tolist() == [10.0, 12.0]
    with pytest.raises(TypeError, match="data must be a Tensor, got ndarray"):
        x.data = np.ones(2)


def test_data_is_detached_and_shares_memory():
    x = tl.ones(2).requires_grad_()
    assert not x.data.requires_grad
    x.data[0] = 9.0
    assert x.tolist() == [9.0, 1.0]


# ----------------------------------------------------------------------------------------- printing


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda lib: lib.tensor([1.0, 2.5]), "tensor([1.0000, 2.5000])"),
        (lambda lib: lib.tensor([1, 2]), "tensor([1, 2])"),
        (lambda lib: lib.ones(2, requires_grad=True), "tensor([1., 1.], requires_grad=True)"),
        (
            lambda lib: lib.tensor(17.0, requires_grad=True) + 0.0,
            "tensor(17., grad_fn=<AddBackward0>)",
        ),
        (
            lambda lib: lib.ones(2, requires_grad=True) * 2,
            "tensor([2., 2.], grad_fn=<MulBackward0>)",
        ),
        (
            lambda lib: lib.nn.Parameter(lib.ones(2)),
            "Parameter containing:\ntensor([1., 1.], requires_grad=True)",
        ),
        (lambda lib: lib.zeros(0), "tensor([])"),
        (lambda lib: lib.tensor([True]), "tensor([True])"),
        (lambda lib: (lib.ones(1, requires_grad=True) * 2).detach(), "tensor([2.])"),
    ],
)
def test_a_tensor_prints_as_in_pytorch(make, text):
    assert repr(make(tl)) == repr(make(torch)) == text
    assert str(make(tl)) == text


def test_a_number_formats_as_a_number():
    loss = tl.tensor(0.12345, requires_grad=True) * 1.0
    assert f"{loss:.3f}" == "0.123"
    assert f"{tl.tensor(7):03d}" == "007"
    assert f"{tl.ones(1)}" == "tensor([1.])"


# -------------------------------------------------------------------------------- methods that fill


def test_where_as_a_method():
    x = tl.tensor([1.0, -2.0])
    assert x.where(x > 0, 0.0).tolist() == [1.0, 0.0]


FORMATS = {
    "float": lambda m, x, kind: x.float(memory_format=kind),
    "to": lambda m, x, kind: x.to("cpu", memory_format=kind),
    "to a dtype": lambda m, x, kind: x.to("cpu", m.float64, False, True, memory_format=kind),
    "clone": lambda m, x, kind: m.clone(x, memory_format=kind),
    "contiguous": lambda m, x, kind: x.contiguous(memory_format=kind),
}


@pytest.mark.parametrize("kind", ["preserve_format", "contiguous_format", "channels_last"])
@pytest.mark.parametrize("name", FORMATS)
def test_memory_format_is_pytorchs(name, kind):
    call, values = FORMATS[name], np.arange(120, dtype="float32").reshape(2, 3, 4, 5)
    if (name, kind) == ("contiguous", "preserve_format"):
        pytest.skip("PyTorch refuses it")
    found = call(tl, tl.tensor(values, requires_grad=True), getattr(tl, kind))
    expected = call(torch, torch.tensor(values), getattr(torch, kind))
    assert (found.stride(), found.requires_grad) == (expected.stride(), True)
    np.testing.assert_array_equal(found.detach().numpy(), expected.numpy(), strict=True)


def test_channels_last_is_for_four_dimensions():
    with pytest.raises(RuntimeError, match=r"to: channels_last is for 4 dimensions, got shape \(2"):
        tl.ones(2, 2).float(memory_format=tl.channels_last)
