"""Arguments as PyTorch takes them: their names, what is left out, what is refused.

Each line is an expression in which `T` is `torch` or `tinygrad_lr`: both give the same, or both
refuse, and who catches PyTorch's error catches ours.
"""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections import deque
from contextlib import suppress
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_lr as tg

JOINING = """
T.cat([T.tensor([]), T.ones(2, 3)])
T.cat([T.ones(2, 3), T.tensor([])], 1)
T.cat([T.tensor([]), T.ones(2, 3), T.tensor([]), T.zeros(2, 1)], -1)
T.cat([T.tensor([]), T.ones(3)])
T.cat([T.tensor([]), T.tensor([[1, 2]])])
T.cat([T.tensor([], dtype=T.int64), T.tensor([[1, 2]])])
T.cat([T.tensor([], dtype=T.float64), T.ones(1, 2)])
T.cat([T.tensor([])])
T.cat([T.tensor([])], 1)
T.cat([T.tensor([]), T.tensor([])], -3)
T.cat([T.tensor([]), T.zeros(0, 4)])
T.cat([T.zeros(0, 3), T.ones(2, 3)])
T.cat([T.zeros(0, 4), T.ones(2, 3)])
T.cat([T.zeros(3, 0), T.ones(2, 3)])
T.cat([T.tensor([]), T.ones(2, 3)], 2)
T.cat([T.tensor([]), T.ones(2, 3), T.ones(2, 4)])
T.cat([T.tensor([]), T.tensor(1.0)])
T.cat([T.tensor(1.0), T.ones(2)])
T.cat([])
T.cat(T.ones(2, 2))
T.cat(T.ones(2) for _ in range(2))
T.cat(deque([T.ones(2)]))
T.cat({"a": T.ones(2)}.values())
T.cat((T.ones(2), T.ones(3)))
T.cat([T.ones(2), np.ones(2)])
T.cat([T.ones(2), 1.0])
T.cat(None)
T.cat([T.ones(2)], 0.0)
T.cat([T.ones(2)], None)
T.cat(tensors=[T.ones(2), T.ones(1)], dim=-1)
T.cat([T.ones(2), T.tensor([1]), T.tensor([True]), T.ones(1, dtype=T.float64)])
T.cat([T.ones(2, dtype=T.float16), T.tensor([1])])
T.cat([T.ones(2, dtype=T.uint8), T.tensor([True])])
T.stack([T.ones(2), T.tensor([1, 2])])
T.stack([T.tensor(1.0), T.tensor(1), T.tensor(True)])
T.stack([T.tensor(1.0), T.tensor(1.0, dtype=T.float64)])
T.stack([T.ones(2), T.zeros(2)], -1)
T.stack([T.ones(2), T.zeros(2)], dim=-2)
T.stack([T.ones(2), T.ones(2)], 2)
T.stack([T.ones(2), T.ones(2)], -3)
T.stack([T.tensor([]), T.ones(2)])
T.stack([T.tensor([]), T.tensor([])])
T.stack([])
T.stack(T.ones(2, 2))
"""
SHAPES = """
x.view(size=(6,))
x.view(-1)
x.view(())
x.view()
x.view(-2)
x.view(-2, 3)
x.view(2, -1, -1)
x.view(0, -1)
x.view([2, 3])
x.view([[2, 3]])
x.view((2,), 3)
x.view(np.int64(6))
x.T.view(6)
x.T.view(3, 2)
x[:, ::2].view(4)
T.ones(2, 3, 4)[:, ::2].view(-1)
T.ones(2, 3, 4)[:, :, ::2].view(2, 6)
T.ones(1, 4)[:, ::2].view(2)
T.ones(0, 4)[:, ::2].view(0, 3)
T.ones(4, 1).expand(4, 3).view(12)
T.ones(4, 1).expand(4, 3).view(4, 3, 1)
x.reshape(shape=(6,))
x.reshape()
x.reshape(None)
x.reshape(-3, 2)
x.reshape(6.0)
x.reshape('6')
x.reshape(4, 2)
x.reshape(-1, 4)
T.zeros(0).reshape(0, -1)
T.zeros(0).reshape(3, 0)
T.zeros(0).reshape(-1)
T.reshape(x, (6,))
T.reshape(input=x, shape=(6,))
x.permute(1, 0)
x.permute(dims=(1, 0))
x.permute([-1, -2])
x.permute(1)
x.permute(1, 0, 2)
x.permute(0, -2)
x.permute()
T.permute(input=x, dims=(1, 0))
T.ones(()).permute(())
x.expand(size=(2, 3))
x.expand(4, -1, -1)
x.expand(-1, 2, 3)
x.expand(2, -3)
x.expand(3)
x.expand(0, 3)
x.expand()
T.ones(1, 3).expand(0, 3)
T.ones(()).expand(2, 2)
x.t()
T.ones(2, 3, 4).t()
T.ones(2, 3, 4).mT
T.ones(3).mT
"""
PRODUCTS = """
x.mm(x.T)
T.mm(input=x, mat2=x.T)
x.mm(mat2=x.T)
T.ones(3).mm(x.T)
x.mm(T.ones(3))
T.ones(1, 2, 3).mm(T.ones(3, 1))
T.ones(()).mm(x)
x.mm(x)
x.mm(3)
x.mm(None)
x.mm([[1.0]])
T.mm(2, x)
T.mm("a", "b")
x.view_as(2)
x.reshape_as([1, 2])
x.expand_as(None)
x.expand_as(T.ones(3, 2, 3))
x.mm(x.T.double())
x.mm(x.T.bool())
x.bool().mm(x.T.bool())
x.long().mm(x.T.long())
x.bool() @ x.T.bool()
T.nn.functional.linear(x.bool(), x.bool())
x @ T.ones(3)
x @ 3
3 @ x
x @ T.ones(2)
x @ T.ones(())
T.matmul(input=x, other=x.T)
T.zeros(2, 0).mm(T.zeros(0, 3))
x.long().softmax(0)
x.bool().softmax(1)
T.tensor(3).softmax(0)
x.long().log_softmax(-1)
T.nn.functional.softmax(x.long(), dim=0)
x.long().logsumexp(0)
x.softmax(2)
x.softmax(1.0)
x.long().mean()
x.bool().mean(0)
x.long().std()
x.long().sigmoid()
"""
NAMED = """
T.add(input=x, other=x, alpha=2)
T.sub(input=x, other=x, alpha=2)
T.mul(input=x, other=x)
T.div(input=x, other=x)
T.pow(input=x, exponent=2)
T.eq(input=x, other=1)
T.lt(input=x, other=x)
T.maximum(input=x, other=x)
T.neg(input=x)
T.exp(input=x)
T.relu(input=x)
T.isnan(input=x)
T.sigmoid(input=x)
T.logical_and(input=x, other=x)
T.sum(input=x, dim=0, keepdim=True, dtype=T.float64)
T.mean(input=x, dim=(0, 1), keepdim=True)
T.max(input=x, dim=0, keepdim=True)[1]
T.max(input=x, dim=0, keepdim=True).values
T.min(input=x, dim=0).indices
T.amax(input=x, dim=0, keepdim=True)
T.argmax(input=x, dim=0, keepdim=True)
T.var(input=x, dim=0, correction=0, keepdim=True)
T.var(input=x, dim=0, unbiased=False, keepdim=True)
T.std(x, 0, True, True)
T.logsumexp(input=x, dim=0, keepdim=True)
T.softmax(input=x, dim=0)
T.all(input=x, dim=0, keepdim=True)
T.any(input=x)
T.clamp(input=x, min=0, max=0.5)
T.where(condition=x > 0, input=x, other=2.0)
T.gather(input=x, dim=0, index=x.long())
T.index_select(input=x, dim=0, index=T.tensor([1]))
T.squeeze(input=x, dim=0)
T.unsqueeze(input=x, dim=0)
T.flatten(input=x, start_dim=0, end_dim=1)
T.transpose(input=x, dim0=0, dim1=1)
T.t(input=x)
T.clone(input=x)
T.stack(tensors=[x, x], dim=1)
T.full(size=(2,), fill_value=1.5)
T.zeros(size=(2,))
T.ones(size=(2,), dtype=None)
T.eye(n=2, m=3, dtype=None)
T.linspace(start=0, end=1, steps=3, dtype=None)
T.arange(start=0, end=4, step=2, dtype=None)
T.rand(2, dtype=None) * 0
T.rand(size=(2,), dtype=None) * 0
T.randn(2, dtype=None) * 0
T.randint(low=0, high=1, size=(2,))
T.randint(high=1, size=(2,))
T.randperm(n=1)
T.normal(mean=1.0, std=0.0, size=(2,))
T.tensor(data=[1, 2], dtype=None)
T.as_tensor(data=[1, 2], dtype=T.float32, device="cpu")
T.full_like(input=x, fill_value=2)
T.zeros_like(input=x, dtype=T.int64)
T.nn.functional.linear(input=x, weight=x, bias=T.ones(2))
T.nn.functional.mse_loss(input=x, target=x, reduction="none")
T.nn.functional.cross_entropy(input=x, target=T.tensor([0, 1]), ignore_index=1, reduction="sum")
T.nn.functional.nll_loss(input=x, target=T.tensor([0, 1]), reduction="none")
T.nn.Linear(in_features=0, out_features=2, bias=False, dtype=None)(T.ones(1, 0)).detach()
T.nn.Flatten(start_dim=0, end_dim=1)(input=x)
x.sum(dim=0, keepdim=True)
x.add(other=x, alpha=2)
x.to(device="cpu", dtype=T.float64)
x.to(other=T.ones(1, dtype=T.float64))
x.size(dim=0) * x
x.fill_(value=3)
x.where(condition=x > 0, other=0.0)
"""
DTYPES = """
T.zeros(1, dtype=T.result_type(T.ones(2, dtype=T.int8), np.int64(2)))
T.zeros(1, dtype=T.result_type(T.ones(2, dtype=T.int8), np.float64(2)))
T.zeros(1, dtype=T.result_type(np.float64(2), T.tensor(1)))
T.zeros(1, dtype=T.result_type(2, np.int32(3)))
T.result_type(x, "a")
T.result_type(x, None)
T.result_type(x, np.ones(2))
T.result_type([1], x)
"""


def value(expression: str, lib: ModuleType) -> Any:
    """The array that the expression gives; or the error that it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of what it wants to change
        try:
            got = eval(expression, {"T": lib, "np": np, "deque": deque, "x": lib.ones(2, 3)})
        except (TypeError, IndexError, RuntimeError, ValueError) as error:
            return error
    return np.asarray(got)


@pytest.mark.parametrize(
    "expression", [*filter(None, (JOINING + SHAPES + PRODUCTS + NAMED + DTYPES).split("\n"))]
)
def test_arguments_are_taken_or_refused_as_in_pytorch(expression: str) -> None:
    theirs, ours = value(expression, torch), value(expression, tg)
    if isinstance(theirs, Exception):
        kinds = (TypeError, IndexError, ValueError, RuntimeError)
        kind = next(kind for kind in kinds if isinstance(theirs, kind))
        assert isinstance(ours, kind), (theirs, ours)
    else:
        assert not isinstance(ours, Exception), ours
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, strict=True)


def test_what_is_collected_in_a_loop_has_gradients() -> None:
    for lib in (torch, tg):
        x, start = lib.ones(2, 3, requires_grad=True), lib.tensor([], requires_grad=True)
        collected = start
        for i in range(3):
            collected = lib.cat([collected, x * i])
        assert collected.shape == (6, 3)
        (collected**2).sum().backward()
        assert x.grad.tolist() == [[10.0] * 3] * 2
        assert (start.grad.tolist(), tuple(start.grad.shape)) == ([], (0,))


ROOMS = [
    *["", "autograd", "autograd.functional", "distributed", "linalg", "nn", "nn.functional"],
    *["nn.init", "nn.parallel", "nn.utils", "optim", "optim.lr_scheduler", "random", "special"],
    "utils.data",
]
OTHERWISE = [  # decorators, what PyTorch has in C, a deprecated argument, one more
    *["no_grad", "enable_grad", "autograd.no_grad", "autograd.enable_grad"],
    *["dtype", "random.Generator", "autograd.backward", "utils.data.DistributedSampler"],
]


def arguments(function: Any) -> tuple[list[str], set[str]]:
    """What is taken by its place, in order, and what only by name; ValueError for ``*args``."""
    kinds = {p.name: p.kind for p in inspect.signature(function).parameters.values()}
    if inspect.Parameter.VAR_POSITIONAL in kinds.values():
        raise ValueError
    by_name = {name for name, kind in kinds.items() if kind == inspect.Parameter.KEYWORD_ONLY}
    return [name for name, kind in kinds.items() if kind < inspect.Parameter.KEYWORD_ONLY], by_name


@pytest.mark.parametrize("room", ROOMS)
def test_arguments_have_pytorchs_names_in_its_order(room: str) -> None:
    """The last of them may be missing. Of what PyTorch has in C, Python is told nothing."""
    ours, theirs = (importlib.import_module(f"{t.__name__}.{room}".strip(".")) for t in (tg, torch))
    other = {}
    for name in set(dir(ours)) & set(dir(theirs)):
        with suppress(TypeError, ValueError):
            place, named = arguments(getattr(ours, name))
            all_places, all_named = arguments(getattr(theirs, name))
            if place != all_places[: len(place)] or not named <= {*all_places, *all_named}:
                other[f"{room}.{name}".strip(".")] = place, all_places
    assert {name: other[name] for name in other.keys() - OTHERWISE} == {}
