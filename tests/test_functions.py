"""PyTorch's signatures: the same line of code, run with PyTorch and with tinygrad_lr.

Reductions, shapes, functions of each element, products and indices, in all the ways in which one
may write them; and each function is a method where PyTorch has it as one.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy
import pytest
import torch
from code_lines import REDUCTIONS, agree, lines

import tinygrad_lr
from tinygrad_lr import Tensor
from tinygrad_lr import functions as f

# --------------------------------------------------------------------------------------- reductions

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


# ------------------------------------------------------------------------ functions are methods too

PUBLIC = [
    name
    for name in dir(tinygrad_lr)
    if inspect.unwrap(getattr(tinygrad_lr, name)) is getattr(f, name, None)
    and callable(getattr(f, name, None))
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
