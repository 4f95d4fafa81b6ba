"""One call in tinygrad_lr and in PyTorch, side by side: what test_ops.py and its points share.

PyTorch always computes on the CPU. Ours computes on the device that ``pytest --device`` names:
arrays go there through `put`, and come back to be compared through `host`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy
import torch
from domains import DOMAINS, Case, is_float

from tinygrad_lr import Op, Tensor, cat, losses, ops, stack
from tinygrad_lr.autograd import grad
from tinygrad_lr.device import is_array, library, move, on_gpu, xp
from tinygrad_lr.more import decompositions, network_table, table

TABLES = [decompositions, network_table, table, ops, losses]
OPS = {n: op for table in TABLES for n, op in vars(table).items() if isinstance(op, Op)}

# --------------------------------------------------------------------------------------- the device


class Place:
    """The device under test."""

    name = "cpu"


def on_device(pytestconfig: Any) -> None:
    """Go there. Each test file makes an autouse fixture of this."""
    Place.name = pytestconfig.getoption("--device")
    library(Place.name)


def everywhere(function: Any, value: Any) -> Any:
    """A value in which each array, also one within an index, is replaced by ``function(array)``."""
    if isinstance(value, tuple):
        return tuple(everywhere(function, item) for item in value)
    return function(value) if is_array(value) else value


def change(function: Any, case: Case) -> Case:
    """The same call on ``function(array)`` of every array."""
    params = {name: everywhere(function, value) for name, value in case.params.items()}
    return Case(everywhere(function, case.args), params)


def put(array: Any) -> Any:
    return move(array, Place.name)


def put_case(case: Case) -> Case:
    """The call on the device under test; the device that it names, if it does, is that one too."""
    there = change(put, case)
    named = {k: Place.name for k in ("source", "target") if k in there.params}
    return Case(there.args, there.params | named)


def host(array: Any) -> Any:
    """An array, or the array of a Tensor, where NumPy can look at it."""
    return move(getattr(array, "array", array), "cpu")


def on_the_double() -> bool:
    """Whether CuPy is the double of it, which rounds as NumPy does."""
    return "cupy_double" in str(library("gpu").__file__)


def shares_memory(a: Any, b: Any) -> bool:
    """Whether two raw arrays have elements in common."""
    if on_gpu(a):  # CuPy's shares_memory() says yes of any two arrays of one element, without axes
        return bool(xp(a).may_share_memory(a, b))
    return numpy.shares_memory(a, b)


# A matrix again, with its elements elsewhere in memory. (The last two show only a part of it.)
LAYOUTS = {
    "rows": lambda a: a,
    "columns": lambda a: a.T.contiguous().T,
    "every second row": lambda a: stack([a, a], dim=1).reshape(-1, a.shape[1])[::2],
    "every second column": lambda a: stack([a, a], dim=2).reshape(a.shape[0], -1)[:, ::2],
    "padded": lambda a: cat([a, a], dim=1)[:, : a.shape[1]],
    "padded columns": lambda a: cat([a, a], dim=0).T.contiguous().T[: a.shape[0]],
    "one row, repeated": lambda a: a[:1].expand(a.shape),
    "one number, repeated": lambda a: a[:1, :1].expand(a.shape),
}

# --------------------------------------------------------------------- one call, in both frameworks


def constant(array: Any) -> Tensor:
    return Tensor.wrap(put(array))


def leaf(array: Any) -> Tensor:
    return constant(array).requires_grad_()


def arguments(case: Case) -> list[Any]:
    """The arguments of a call as Tensors; those of floats require grad."""
    return [leaf(a) if is_float(a) else constant(a) if is_array(a) else a for a in case.args]


def ours(op: Op, case: Case) -> tuple[Any, list[Any]]:
    """The result of a call, and its float arguments, which require grad."""
    case = put_case(case)
    args = arguments(case)
    return op(*args, **case.params), [a for a in args if isinstance(a, Tensor) and a.requires_grad]


def theirs(name: str, case: Case) -> tuple[Any, list[Any]]:
    args = [torch.tensor(a) if isinstance(a, numpy.ndarray) else a for a in case.args]
    leaves = [a.requires_grad_() for a in args if torch.is_tensor(a) and a.is_floating_point()]
    return DOMAINS[name].torch(*args, **case.params), leaves


def noise(like: Any, low: float = -1.0, nth: int = 0) -> numpy.ndarray:
    """An array like another, with numbers from `low` to 1 (the same ones each time, for each n)."""
    rng = numpy.random.default_rng((like.size, nth))
    return numpy.asarray(rng.uniform(low, 1.0, like.shape)).astype(like.dtype)


def plain(tensor: torch.Tensor) -> numpy.ndarray:
    return tensor.numpy(force=True)


# --------------------------------------------------------------------------- first and second order


def first_order(op: Op, case: Case, **how: Any) -> list[Any]:
    """The gradients of all float arguments, for an incoming gradient that is not all ones."""
    y, leaves = ours(op, case)
    return list(grad(y, leaves, constant(noise(y.array)), **how))


def torch_first_order(name: str, case: Case) -> tuple[torch.Tensor, ...]:
    y, leaves = theirs(name, case)
    v = torch.tensor(noise(plain(y)))
    return torch.autograd.grad(y, leaves, v, materialize_grads=True)


def second_order(op: Op, case: Case) -> list[Any]:
    """Gradients of (gradients . something), by each argument and by the incoming gradient.

    The something is another one for each: along one and the same, what two of them contribute to
    an argument might cancel, and of float16 nothing but the rounding would be left to compare.
    """
    y, leaves = ours(op, case)
    v = leaf(noise(y.array))
    firsts = grad(y, leaves, v, create_graph=True)
    moving = [first for first in firsts if first.requires_grad]
    sources = [*leaves, v]
    if not moving:
        return [constant(numpy.zeros(s.shape, s.array.dtype)) for s in sources]
    directions = [
        constant(noise(first.array, nth=nth))
        for nth, first in enumerate(firsts, 1)
        if first.requires_grad
    ]
    seconds = grad(moving, sources, directions, allow_unused=True)
    return [
        constant(numpy.zeros(source.shape, source.array.dtype)) if second is None else second
        for source, second in zip(sources, seconds)
    ]


def torch_second_order(name: str, case: Case) -> list[Any]:
    y, leaves = theirs(name, case)
    v = torch.tensor(noise(plain(y)), requires_grad=True)
    firsts = torch.autograd.grad(y, leaves, v, create_graph=True, materialize_grads=True)
    moving = [first for first in firsts if first.requires_grad]
    sources = [*leaves, v]
    if not moving:
        return [torch.zeros_like(source) for source in sources]
    directions = [
        torch.tensor(noise(plain(first), nth=nth))
        for nth, first in enumerate(firsts, 1)
        if first.requires_grad
    ]
    return list(torch.autograd.grad(moving, sources, directions, materialize_grads=True))


# -------------------------------------------------------------------------------------- comparisons

TOLERANCES = {
    "cpu": {
        "float64": {"rtol": 1e-12, "atol": 1e-12},
        "float32": {"rtol": 2e-5, "atol": 1e-5},
        "float16": {"rtol": 4e-3, "atol": 4e-3},
    },
    # A GPU sums in another order, and has an exp and a sin of its own.
    "gpu": {
        "float64": {"rtol": 1e-10, "atol": 1e-10},
        "float32": {"rtol": 2e-4, "atol": 1e-4},
        "float16": {"rtol": 8e-3, "atol": 8e-3},
    },
}
EXACT = {"rtol": 0.0, "atol": 0.0}


def tolerance(dtype: Any) -> dict[str, float]:
    return TOLERANCES[Place.name].get(dtype.name, EXACT)


def check(ours: Any, theirs: Any, atol: float | None = None) -> None:
    """The shape, dtype and values are PyTorch's, nan for nan; the device is the one under test."""
    actual, expected = host(ours), plain(theirs)
    assert ours.device == Place.name
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    close = tolerance(actual.dtype)
    if atol is None:
        atol = close["atol"] * (largest(expected) if actual.dtype == numpy.float16 else 1.0)
    numpy.testing.assert_allclose(actual, expected, rtol=close["rtol"], atol=atol)


def largest(array: Any) -> float:
    """How large the finite elements are, at least 1.

    What is a small difference of large numbers is as far off as they are: var's gradient near the
    mean, for instance. With the three digits of float16 that is seen.
    """
    finite = numpy.abs(array[numpy.isfinite(array)].astype(float))
    return float(max(finite.max(initial=0.0), 1.0))


def check_all(ours: Iterable[Any], theirs: Iterable[Any]) -> None:
    for mine, other in zip(ours, theirs, strict=True):
        check(mine, other)


def compare(function: Any, torch_function: Any, *arrays: Any, dtype: str = "float64") -> None:
    """Value and gradients of a function of some arrays are PyTorch's, nan for nan."""
    numpys = [numpy.asarray(a, dtype) for a in arrays]
    mine, others = [leaf(a) for a in numpys], [torch.tensor(a) for a in numpys]
    for other in others:
        other.requires_grad_()
    y, expected = function(*mine), torch_function(*others)
    check(y, expected)
    v = noise(y.array)
    gradients = torch.autograd.grad(expected, others, torch.tensor(v))
    for recorded in (True, False):
        check_all(grad(y, mine, constant(v), create_graph=recorded), gradients)
