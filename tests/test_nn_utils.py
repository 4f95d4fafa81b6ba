"""nn.utils beside PyTorch's: gradients cut down, and parameters as one vector."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from modules_beside import Case, assert_alike, outcome

import tinygrad_lr as tg
from tinygrad_lr import nn

VALUES = np.random.default_rng(7).normal(size=(3, 4)).astype(np.float32) * 3


def model(lib: ModuleType, dtype: str = "float32") -> list[Any]:
    """Parameters with gradients, and one without."""
    values = [VALUES, VALUES[0], VALUES[:2, :1] * 0.1]
    made = [lib.nn.Parameter(lib.tensor(v).to(getattr(lib, dtype))) for v in values]
    for p in made[1:]:
        p.grad = p.detach() * 2
    return made


def rounded(thing: Any) -> Any:
    if isinstance(thing, (list, tuple)):
        return [rounded(item) for item in thing]
    if hasattr(thing, "tolist"):
        return [str(thing.dtype).removeprefix("torch."), rounded(thing.tolist())]
    return f"{thing:.5g}" if isinstance(thing, float) else thing


def clipped(how: Callable[[Any, list[Any], ModuleType], Any], dtype: str = "float32") -> Case:
    """What is returned, and what the gradients are then."""

    def case(lib: ModuleType) -> Any:
        parameters = model(lib, dtype)
        grads = [p.grad for p in parameters]
        out = how(lib.nn.utils, parameters, lib)
        same = [p.grad is g for p, g in zip(parameters, grads, strict=True)]
        return rounded([out, [p.grad for p in parameters], same])

    return case


CLIPPED: dict[str, Case] = {
    **{
        f"norm {p} to {most} in {dtype}": clipped(
            lambda u, ps, lib, p=p, most=most: u.clip_grad_norm_(ps, most, norm_type=p), dtype
        )
        for p in (2, 1, 3.0, math.inf, "inf", -math.inf)
        for most in (0.5, 1e4)
        for dtype in ("float32", "float64")
    },
    "norm in float16": clipped(lambda u, ps, lib: u.clip_grad_norm_(ps, 1.0), "float16"),
    "of one": clipped(lambda u, ps, lib: u.clip_grad_norm_(ps[1], max_norm=1.0)),
    "of a generator": clipped(lambda u, ps, lib: u.clip_grad_norm_((p for p in ps), 1.0)),
    "of none": clipped(lambda u, ps, lib: u.clip_grad_norm_([], 1.0)),
    "without gradients": clipped(lambda u, ps, lib: u.clip_grad_norm_(ps[:1], 1.0)),
    "a norm in a tensor": clipped(lambda u, ps, lib: u.clip_grad_norm_(ps, lib.tensor(1.0))),
    "nan": clipped(
        lambda u, ps, lib: [ps[1].grad.fill_(math.nan), u.clip_grad_norm_(ps, 1.0).isnan()][1:]
    ),
    "nan refused": clipped(
        lambda u, ps, lib: [
            ps[1].grad.fill_(math.nan),
            u.clip_grad_norm_(ps, 1.0, error_if_nonfinite=True),
        ]
    ),
    "inf refused": clipped(
        lambda u, ps, lib: [
            ps[1].grad.fill_(math.inf),
            u.clip_grad_norm_(ps, 1.0, error_if_nonfinite=True),
        ]
    ),
    "value": clipped(lambda u, ps, lib: u.clip_grad_value_(ps, 0.7)),
    "clip_value=": clipped(lambda u, ps, lib: u.clip_grad_value_(ps, clip_value=3)),
    "value of one": clipped(lambda u, ps, lib: u.clip_grad_value_(ps[1], 0.7)),
    "get_total_norm": clipped(lambda u, ps, lib: u.get_total_norm(ps)),
    "get_total_norm of one": clipped(lambda u, ps, lib: u.get_total_norm(ps[0], 1)),
    "get_total_norm of none": clipped(lambda u, ps, lib: u.get_total_norm([])),
    "by a norm": clipped(lambda u, ps, lib: u.clip_grads_with_norm_(ps, 1.0, lib.tensor(8.0))),
}


@pytest.mark.parametrize("name", CLIPPED)
def test_gradients_are_cut_down_as_in_pytorch(name: str) -> None:
    assert_alike(CLIPPED[name])


def test_a_generator_that_is_spent_is_told() -> None:
    for lib in (tg, torch):
        net = lib.nn.Linear(1, 1)
        spent = net.parameters()
        list(spent)
        with pytest.warns(UserWarning, match="empty generator"):
            lib.nn.utils.clip_grad_norm_(spent, 1.0)


def test_a_norm_has_no_gradient_and_nothing_is_recorded() -> None:
    net = nn.Linear(2, 2)
    net(tg.ones(1, 2)).sum().backward()
    total = nn.utils.clip_grad_norm_(net.parameters(), 0.1)
    assert not total.requires_grad
    assert float(nn.utils.get_total_norm([p.grad for p in net.parameters()])) == pytest.approx(0.1)


def test_norms_of_large_float16_gradients_are_finite() -> None:
    p = nn.Parameter(tg.ones(4, dtype=tg.float16))
    p.grad = tg.full((4,), 3e4, dtype=tg.float16)
    assert nn.utils.get_total_norm([p.grad / 4]).item() == 15000.0


# --------------------------------------------------------------------------------------- one vector


def vector(lib: ModuleType) -> Any:
    return lib.nn.utils.parameters_to_vector(model(lib))


def put_back(lib: ModuleType) -> Any:
    parameters = model(lib)
    vec = lib.arange(18.0)
    lib.nn.utils.vector_to_parameters(vec, parameters)
    vec += 1  # they have its memory
    return rounded([p.detach() for p in parameters]), [p.requires_grad for p in parameters]


VECTORS: dict[str, Case] = {
    "one vector": lambda lib: rounded(vector(lib).detach()),
    "with a gradient": lambda lib: vector(lib).requires_grad,
    "put back": put_back,
    "too short": lambda lib: lib.nn.utils.vector_to_parameters(lib.ones(17), model(lib)),
    "too long": lambda lib: lib.nn.utils.vector_to_parameters(lib.ones(19), model(lib)),
    "no vector": lambda lib: lib.nn.utils.vector_to_parameters([1.0], model(lib)),
}


@pytest.mark.parametrize("name", VECTORS)
def test_parameters_are_one_vector_as_in_pytorch(name: str) -> None:
    assert_alike(VECTORS[name])


def test_these_are_what_pytorch_has() -> None:
    names = ["clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]
    for name in names:
        assert callable(getattr(torch.nn.utils, name))
        assert callable(getattr(nn.utils, name))
    assert outcome(lambda lib: lib.nn.parameter.Parameter is lib.nn.Parameter, tg)
