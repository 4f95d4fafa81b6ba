"""What enters is an array, and a number is a number: one table of expressions, beside PyTorch.

Each expression is evaluated twice, with the names of both frameworks. Values and dtypes are equal;
or both refuse, ours in words, and with an exception that the same ``except`` catches.
"""

from __future__ import annotations

import math
import operator
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from mistakes import assert_readable

import tinygrad_lr as tg
from tinygrad_lr.errors import DtypeError, NumberError

KINDS = (RuntimeError, TypeError, ValueError, IndexError, OverflowError)


class Ours:
    """tinygrad_lr, with a dtype by each name that PyTorch has for one."""

    def __getattr__(self, name: str) -> Any:
        return getattr(tg, name) if hasattr(tg, name) else np.dtype(name)


def put(x: Any, index: Any, value: Any) -> Any:
    """``x[index] = value``, as an expression."""
    x[index] = value
    return x


def inplace(name: str, x: Any, value: Any) -> Any:
    """``x += value`` and the like: x itself, changed."""
    result = getattr(operator, name)(x, value)
    assert result is x
    return result


def evaluated(framework: Any, expression: str) -> Any:
    T = framework.tensor
    names = {
        "tg": framework,
        "T": T,
        "np": np,
        "put": put,
        "inplace": inplace,
        "u8": T([0, 1, 200, 255], dtype=framework.uint8),
        "i8": T([1, -100], dtype=framework.int8),
        "i32": T([1, 2], dtype=framework.int32),
        "i64": T([1, 2]),
        "b": T([True, False]),
        "f": T([1.0, 2.0]),
    }
    return eval(expression, names)


def caught(framework: Any, expression: str) -> Exception:
    with pytest.raises(Exception) as info:  # noqa: PT011  # which one is looked at below
        evaluated(framework, expression)
    return info.value


def assert_equal(ours: Any, theirs: Any) -> None:
    assert str(theirs.dtype) == f"torch.{ours.dtype}"
    assert tuple(theirs.shape) == ours.shape
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


# ----------------------------------------------------------------------------------- as in PyTorch

SAME = """
T([np.float64(1), 2.])
T([np.float32(1), 2.])
T([np.float16(1), np.float16(2)])
T([np.int8(1), np.int8(1)])
T([np.int8(1), 2])
T([np.int8(1), 2.])
T([np.bool_(1)])
T([np.uint8(200), np.int8(3)])
T([[np.float64(1)], [2.]])
T([np.array([1., 2.]), np.array([1., 2.])])
T([np.array([1, 2], np.int8), [3, 4]])
T([T(1.), T(2.)])
T([T([1.]), T([2.])])
T([T(1., dtype=tg.float64), 2])
T([T(1), 2.5])
T([[T(1)], [T(2)]])
T([2**70, 1.5])
T([1e300])
tg.Tensor(np.array([1., 2.]))
tg.Tensor([2, 3])
tg.Tensor((2, 3))
tg.Tensor([[1], [2]])
tg.Tensor([True, False])
tg.Tensor(range(3))
tg.Tensor(i64)
tg.Tensor()
tg.Tensor(2, 3).fill_(0)
tg.Tensor(3).fill_(0)
tg.Tensor(np.int64(3)).fill_(0)
u8 + -1
u8 + 300
u8 - 1
u8 * -1
u8 * 300
300 - u8
u8.add(-1)
u8 < -1
u8 == 300
u8 != -1
-1 < u8
T([44], dtype=tg.uint8) == 300
i8 + 200
i8 < 200
i32 + 2**40
i32 < 2**40
i32 == 2**40
i32 / 2**40
u8 / 300
u8 & 300
u8 | -1
300 & u8
i8 + np.int64(300)
inplace('iadd', u8, 300)
inplace('isub', u8, 300)
inplace('imul', u8, -1)
inplace('iadd', u8, T([1, 2, 3, 4]))
b + 2
b + b
b * b
b * 2
b / 2
b ** 2
b ** True
b ** False
2 ** b
b & 2
b | i64
True | b
3 & u8
f - np.bool_(True)
np.bool_(True) - f
tg.sign(b)
tg.sign(T([float('nan'), -0., 0., -3]))
tg.relu(u8)
b.clamp(0, 1)
inplace('iadd', b, b)
inplace('iand', b, T([True, True]))
inplace('ior', b, T([True, True]))
inplace('iand', u8, 3)
inplace('iadd', f, f.double())
f.clamp(min=np.float64(0))
f.clamp(T(0.), T(1.))
f.clamp(max=np.int64(1))
i64.clamp(min=0.5)
i64.sum(np.int64(0))
i64.sum((np.int64(0),))
i64.sum(T(0))
i64.sum((T(0),))
i64.sum(dim=[])
i64.sum(dim=())
f.mean(dim=[])
f.var(dim=[])
f.amax(dim=())
f.var(correction=np.int64(1))
f.var(correction=T(1))
f.std(correction=np.int64(0))
f.var(correction=2)
f.var(correction=5)
f.std(correction=2)
f.std(correction=T(5))
f.var(correction=-1)
f.var(correction=0.5)
f.var(correction=float('nan'))
T([1., 1.]).var(correction=2)
T([1., 1.]).var(correction=3)
T([]).var()
T([]).var(correction=0)
T([]).var(correction=-1)
T(3.).var()
T(3.).std()
T(3.).var(correction=0)
tg.ones(2, 0).var(1)
tg.ones(2, 0).std(1, correction=-1)
tg.ones(0, 2).var(1)
T([[1., 2.], [3., 3.]]).var(1, correction=4)
f.sum(dtype=tg.int32)
f.sum(dtype=tg.float64)
i64.sum(dtype=tg.int8)
i64.sum(dtype=tg.bool)
u8.sum(0, dtype=tg.int16)
f.mean(dtype=tg.float64)
i64.mean(dtype=tg.float64)
u8.all()
u8.any()
u8.all(0)
i64.all()
tg.ones(T(3))
tg.ones(T(3), T(2))
tg.ones((T(3), 2))
tg.ones([np.int64(3), np.int32(2)])
tg.ones(np.array(3))
tg.zeros(np.int64(3))
tg.full((T(2),), 3)
tg.full((2,), T(3.))
tg.full((2,), T(3))
tg.full((2,), np.float64(3))
tg.full((2,), np.int32(3))
tg.full((2,), 2.5, dtype=tg.uint8)
tg.full_like(i64, 2.7)
tg.eye(T(3))
tg.eye(3, np.int64(2))
tg.arange(T(3))
tg.arange(T(3.))
tg.arange(np.int64(3))
tg.arange(np.float32(3))
tg.arange(np.int32(0), np.int64(3), np.int8(1))
tg.arange(0, 3, T(1))
tg.linspace(0, 1, T(3))
tg.linspace(T(0), T(1), 3)
tg.linspace(np.float64(0), np.int64(1), np.int64(3))
f.view(T(2))
f.view((T(2), 1))
f.reshape(np.int64(-1), 1)
f.reshape(T(-1))
f.expand(T(2), 2)
f.expand(np.int64(3), -1)
f.flatten(T(0))
f.unsqueeze(T(0))
f.permute((T(0),))
f.transpose(T(0), np.int64(0))
f.squeeze(T(0))
f.argmax(T(0))
tg.cat([f, f], T(0))
tg.stack([f, f], np.int64(0))
tg.add(f, f, alpha=np.float64(2))
tg.add(f, f, alpha=T(2.))
tg.sub(i64, i64, alpha=T(3))
tg.add(b, b, alpha=2)
put(u8, 0, 2.7)
put(b, 0, 0.5)
u8.fill_(1.5)
tg.where(u8 > 3, u8, 2.5)
tg.where(u8 > 3, 1, 2)
tg.where(u8 > 3, 1, 2.5)
tg.where(u8 > 3, np.float64(1), u8)
tg.ones(3) + np.arange(3)
tg.ones(3) * (1.5 * np.arange(3))
tg.ones(3) + np.array(1.)
tg.arange(3) + np.array(1.)
tg.ones(3) + np.float64(1)
np.float64(1) + tg.ones(3)
tg.arange(3) + np.float32(1)
tg.ones(3, dtype=tg.float64) + np.ones(3, np.float32)
"""


@pytest.mark.filterwarnings("ignore:.*(list of numpy.ndarrays|__array_wrap__|degrees of freedom).*")
@pytest.mark.parametrize("expression", SAME.strip().splitlines())
def test_value_and_dtype_are_those_of_pytorch(expression: str) -> None:
    assert_equal(evaluated(Ours(), expression), evaluated(torch, expression))


# ---------------------------------------------------------------------------- refused on both sides

REFUSED = """
u8 ** 300
u8 ** -1
i64 ** -1
i64.pow(-1)
inplace('ipow', i64, -1)
b - 1
b - True
b - b
1 - b
b - 1.5
b - i64
i64 - b
inplace('isub', b, b)
-b
b.neg()
abs(b)
tg.relu(b)
b ** b
True ** b
b.clamp(min=True)
f & 1
~f
i64 + 2**70
i64 < 2**70
f * 10**400
inplace('iadd', i64, 1.5)
inplace('iadd', b, 2)
inplace('imul', b, 2)
inplace('iand', b, 3)
inplace('iand', b, i64)
inplace('itruediv', i64, 2)
inplace('iadd', i64, T(1.5))
u8.clamp(max=300)
u8.clamp(-1, 300)
u8.clamp()
put(u8, 0, 300)
put(u8, 0, np.int64(300))
put(u8, u8 > 3, 300)
put(u8, 0, float('nan'))
put(u8, 0, 1e30)
put(i64, 0, 2**63)
put(i64, 0, 1e30)
u8.fill_(300)
tg.where(u8 > 3, u8, 300)
tg.where(u8 > 3, 300, u8)
tg.where(u8 > 3, 2**70, 2)
tg.full((2,), 300, dtype=tg.uint8)
tg.full((2,), float('nan'), dtype=tg.int64)
tg.full((2,), 2**63)
tg.full_like(u8, 300)
T([300], dtype=tg.uint8)
T([float('nan')], dtype=tg.int64)
T([T([1., 3.]), T([2., 3.])])
tg.add(i64, i64, alpha=2.5)
tg.add(f, f, alpha=T([2., 3.]))
i64.sum(True)
i64.sum(dim=True)
f.sum(0.)
f.sum(T(0.))
f.sum((0, 0))
i64.mean()
i64.var()
tg.ones(-1)
tg.ones(True)
tg.ones(2.)
tg.ones(T(2.))
tg.ones(T([3, 2]))
tg.ones(2**40, 2**40)
tg.zeros(2**40, 2**40)
tg.empty(2**40, 2**40)
tg.full((2**40, 2**40), 1.)
tg.rand(2**40, 2**40)
tg.randn(2**40, 2**40)
tg.randint(3, (2**40, 2**40))
tg.ones(10**6, 10**6, 10**3)
tg.eye(10**10)
tg.arange(10**15)
tg.arange(0, 1, 1e-15)
tg.linspace(0, 1, 10**15)
tg.randperm(10**15)
tg.arange(0, 3, 0)
tg.arange(0, -3)
tg.arange(float('nan'))
tg.arange(float('inf'))
tg.linspace(0, 1, -1)
tg.eye(-1)
tg.randperm(-1)
tg.randint(3, 3, (2,))
tg.randint(1., 3, (2,))
tg.randint(2**70, (2,))
tg.normal(0., -1., (2,))
f.uniform_(1, 0)
f.normal_(0, -1)
f.view(True)
f.reshape(2.)
f.view(3)
f.expand(3)
f.expand(2**40, 2**40, 2)
f.unsqueeze(0.)
f.unsqueeze(5)
tg.cat([])
tg.stack([f, T([1.])])
tg.Tensor(3.5)
tg.Tensor(True)
tg.Tensor(2, 3.)
tg.Tensor(-1)
tg.matmul(f, f.double())
tg.matmul(f, T([1., 2., 3.]))
"""


@pytest.mark.parametrize("expression", REFUSED.strip().splitlines())
def test_what_pytorch_refuses_is_refused_in_words_and_caught_alike(expression: str) -> None:
    ours, theirs = caught(Ours(), expression), caught(torch, expression)
    kind = next(kind for kind in KINDS if isinstance(theirs, kind))
    assert isinstance(ours, kind), (type(theirs), type(ours))
    assert_readable(str(ours))


# ------------------------------------------------------------------------------- not as in PyTorch


@pytest.mark.parametrize(
    "expression",
    [
        "put(u8, 0, -1)",
        "put(u8, 0, T(300))",
        "put(u8, u8 > 3, [1, 300])",
        "put(u8, 0, np.array(300))",
        "u8.fill_(T(300))",
        "u8.copy_(T([300, 1, 2, 3]))",
        "tg.where(u8 > 3, u8, -1)",
        "tg.full((2,), -1, dtype=tg.uint8)",
        "u8.clamp(min=-1)",
        "T([-1], dtype=tg.uint8)",
        "T(np.array([300]), dtype=tg.uint8)",
    ],
)
def test_what_is_written_is_never_wrapped_where_pytorch_wraps(expression: str) -> None:
    with pytest.raises(NumberError, match="cannot hold"):
        evaluated(Ours(), expression)


def test_a_number_that_no_float32_holds_is_written_as_infinity_without_a_warning() -> None:
    assert put(tg.zeros(2), 0, 1e300).tolist() == [math.inf, 0.0]  # PyTorch refuses it
    assert put(tg.zeros(2), ..., [1e300, 0.0]).tolist() == [math.inf, 0.0]
    assert tg.tensor([1e300]).tolist() == [math.inf]


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_integers_that_are_no_floats_either(number: int) -> None:
    for call in (
        lambda: tg.arange(number),
        lambda: tg.linspace(0, number, 3),
        lambda: tg.zeros(2).uniform_(0, number),
        lambda: tg.ones(2) * number,
        lambda: tg.full((2,), number),
        lambda: tg.tensor([number, 1.5]),
    ):
        with pytest.raises(RuntimeError) as caught:
            call()
        assert_readable(str(caught.value)[:400])


def test_integers_to_a_negative_power_are_refused_where_pytorch_truncates() -> None:
    with pytest.raises(RuntimeError, match=r"use x\.float\(\)"):
        tg.tensor([1, 2]) ** tg.tensor([-1, -1])


def test_a_list_of_losses_is_for_stack() -> None:
    losses = [tg.ones(2, requires_grad=True).sum() for _ in range(2)]
    with pytest.raises(RuntimeError, match="stack"):  # PyTorch loses the gradient, with a warning
        tg.tensor(losses)


# -------------------------------------------------------------------------- arrays of other classes


def matrix() -> Any:
    """What a sparse matrix's ``todense()`` gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.matrix([[1.0, 2.0], [3.0, 4.0]], np.float32)


@pytest.mark.parametrize(
    "enters",
    [
        tg.tensor,
        tg.Tensor,
        tg.as_tensor,
        tg.from_numpy,
        lambda m: tg.nn.Parameter(m, requires_grad=False),
        lambda m: tg.zeros(2, 2) + m,
        lambda m: m + tg.zeros(2, 2),
        lambda m: m * tg.ones(2, 2),
        lambda m: m / tg.ones(2, 2),
        lambda m: tg.eye(2) @ m,
        lambda m: m @ tg.eye(2),
        lambda m: tg.where(tg.ones(2, 2) > 0, m, 0.0),
        lambda m: tg.zeros(2, 2).copy_(m),
        lambda m: put(tg.zeros(2, 2), ..., m),
        lambda m: tg.utils.data.default_collate([m])[0],
    ],
)
def test_a_matrix_is_a_plain_array_from_then_on(enters: Any) -> None:
    x = enters(matrix())
    assert type(x.array) is np.ndarray
    assert (x * x).tolist() == [[1.0, 4.0], [9.0, 16.0]]
    assert x.shape == (2, 2)


def test_other_classes_share_their_memory_as_plain_arrays() -> None:
    records = np.ones(2, np.float32).view(np.recarray)
    x = tg.from_numpy(records)
    x += 1
    assert type(x.array) is np.ndarray
    assert records.tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    "enters",
    [
        tg.tensor,
        tg.Tensor,
        tg.as_tensor,
        tg.from_numpy,
        tg.nn.Parameter,
        lambda m: tg.tensor([m, m]),
        lambda m: tg.zeros(2) + m,
        lambda m: tg.where(tg.ones(2) > 0, m, 0.0),
        lambda m: put(tg.zeros(2), ..., m),
        lambda m: tg.ones(2) @ m,
        lambda m: tg.utils.data.default_collate([m]),
        lambda m: tg.transforms.ToTensor()(m.reshape(1, 2)),
    ],
)
def test_a_masked_array_is_refused(enters: Any) -> None:
    masked = np.ma.masked_array(np.ones(2, np.float32), [True, False])
    with pytest.raises(TypeError, match="has no mask"):
        enters(masked)


MASKED_OPERATORS = ["add", "sub", "mul", "truediv", "pow", "floordiv", "iadd", "isub", "imul"]
MASKED_OPERATORS += ["eq", "ne", "lt", "le", "gt", "ge", "matmul", "and_"]


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("name", MASKED_OPERATORS)
def test_a_masked_array_on_either_side_of_an_operator(name: str, requires_grad: bool) -> None:
    t = tg.ones(2, requires_grad=requires_grad)
    for masked in (np.ma.masked_array([1.0, 2.0], [True, False]), np.ma.masked):
        if masked is np.ma.masked and name[0] == "i":  # which NumPy leaves as it is
            continue
        for pair in ((masked, t), (t.detach(), masked)):
            with pytest.raises(TypeError, match="has no mask"):
                getattr(operator, name)(*pair)


@pytest.mark.parametrize(
    "function",
    [
        lambda t, m: np.ma.where(m > 1, t, m),
        lambda t, m: np.ma.exp(t),
        lambda t, m: m.__setitem__(slice(None), t),
        lambda t, m: t[np.ma.masked_array([0, 1], [0, 1])],
        lambda t, m: tg.full((2,), np.ma.masked),
        lambda t, m: t.clamp(min=np.ma.masked),
        lambda t, m: tg.ones(np.ma.masked),
        lambda t, m: t.sum(np.ma.masked),
    ],
)
def test_what_is_masked_is_no_number_and_no_index(function: Any) -> None:
    with pytest.raises(TypeError, match=r"no mask|must be"):
        function(tg.ones(2), np.ma.masked_array([1.0, 2.0], [True, False]))
    assert tg.ones(2).tolist() == np.ma.array(tg.ones(2)).tolist()  # as plotting does


@pytest.mark.parametrize("name", ["eq", "ne", "lt", "le", "gt", "ge"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8", "int64"])
def test_a_comparison_with_a_number_of_numpys_is_one_with_pythons(name: str, dtype: str) -> None:
    compare = getattr(operator, name)
    x = tg.tensor([0.1, 3.0, 7.0], dtype=dtype)
    for number in (0.1, 3, -1):
        for numpys in (np.array(number)[()], np.array(number), np.array(number, np.float32)[()]):
            if dtype == "float32" and numpys.dtype == np.float32:
                continue
            assert compare(x, numpys).tolist() == compare(x, numpys.item()).tolist()
            assert compare(numpys, x).tolist() == compare(numpys.item(), x).tolist()


def test_alpha_follows_pytorch() -> None:
    for dtype in ("uint8", "int32", "int64", "float32", "bool"):
        for alpha in (2, -1, 255, -255, 256, -300, 2**31, -(2**31), 2**40, True, False):
            a, b = (tg.tensor([1, 0, 1], dtype=dtype) for _ in range(2))
            c, d = (torch.tensor([1, 0, 1], dtype=getattr(torch, dtype)) for _ in range(2))
            try:
                wanted = c.add(d, alpha=alpha).tolist()
            except RuntimeError:
                with pytest.raises(RuntimeError):
                    a.add(b, alpha=alpha)
            else:
                assert a.add(b, alpha=alpha).tolist() == wanted


def test_an_operand_of_another_kind_is_refused_in_words() -> None:
    for array in (np.array([1j]), np.array(["a"]), np.array([None])):
        with pytest.raises(DtypeError, match="cannot hold the dtype"):
            tg.ones(1) + array


# -------------------------------------------------------------------------------------- optimizers


def stepped(change: Any) -> bytes:
    p = tg.tensor([1.0, 2.0], requires_grad=True)
    optimizer = tg.optim.SGD([p], lr=0.1, momentum=0.9)
    change(optimizer.param_groups[0])
    for _ in range(3):
        optimizer.zero_grad()
        (p * p * 0.37).sum().backward()
        optimizer.step()
    assert p.dtype == "float32"
    return p.detach().numpy().tobytes()


@pytest.mark.parametrize("number", [np.float64, np.float32, tg.tensor, np.array])
def test_an_option_put_in_later_is_a_python_number(number: Any) -> None:
    plain = stepped(lambda group: group.update(lr=0.25, momentum=0.5, weight_decay=0.125))
    for change in (
        lambda group: group.update(
            lr=number(0.25), momentum=number(0.5), weight_decay=number(0.125)
        ),
        lambda group: [
            put(group, name, number(value))
            for name, value in {"lr": 0.25, "momentum": 0.5, "weight_decay": 0.125}.items()
        ],
    ):
        assert stepped(change) == plain


# ---------------------------------------------------------------------------- numbers for the rest


@pytest.mark.parametrize("number", [np.float64, np.float32, tg.tensor])
def test_label_smoothing_changes_no_dtype(number: Any) -> None:
    scores, labels = tg.ones(2, 3, requires_grad=True), tg.tensor([0, 2])
    plain = tg.nn.functional.cross_entropy(scores, labels, label_smoothing=0.25)
    for loss in (
        tg.nn.functional.cross_entropy(scores, labels, label_smoothing=number(0.25)),
        tg.nn.CrossEntropyLoss(label_smoothing=number(0.25))(scores, labels),
    ):
        assert loss.dtype == "float32"
        assert loss.item() == plain.item()


@pytest.mark.parametrize("number", [np.int64, np.uint8, tg.tensor])
def test_sizes_of_layers_and_batches_and_seeds(number: Any) -> None:
    tg.manual_seed(number(3))
    layer = tg.nn.Linear(number(2), number(3))
    assert (layer.in_features, layer.weight.shape) == (2, (3, 2))
    loader = tg.utils.data.DataLoader([0.0, 1.0, 2.0], batch_size=number(2))
    assert [batch.shape for batch in loader] == [(2,), (1,)]
    assert tg.randint(number(3), (number(2),)).shape == (2,)
    assert sorted(tg.randperm(number(3)).tolist()) == [0, 1, 2]
    assert tg.gradcheck(lambda x: x * x, tg.ones(2, dtype="float64", requires_grad=True), number(1))


@pytest.mark.parametrize("number", [np.float64, np.float32, tg.tensor])
def test_bounds_of_random_numbers(number: Any) -> None:
    for draw in (
        lambda one: tg.zeros(3).uniform_(one(0.0), one(0.5)),
        lambda one: tg.zeros(3).normal_(one(0.0), one(0.5)),
        lambda one: tg.normal(one(0.0), one(0.5), (3,)),
    ):
        tg.manual_seed(0)
        plain = draw(float)
        tg.manual_seed(0)
        assert draw(number).tolist() == plain.tolist()
        assert draw(number).dtype == "float32"
