"""The contract of captured steps: whose memory it is that a step reads, writes and keeps.

Arrays of NumPy's that change or are written, Tensors from outside that are arguments too, what a
step keeps anywhere, arguments that share memory: as in the step itself, or refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from contract import Things, check, on_the_cpu, tensor, x_of
from side_by_side import Place, on_device

import tinygrad_lr as tg
from tinygrad_lr import nn
from tinygrad_lr.nn import functional as F

device = pytest.fixture(scope="module", autouse=True)(on_device)
pytestmark = pytest.mark.filterwarnings("ignore")


# ----------------------------------------------------------- arrays of NumPy's that the step writes


def rebound(s: Things, x: Any) -> Any:
    s.w.grad = None
    (s.w * x).sum().backward()
    s.kept = [(s.kept[0] if s.kept else 0.0) * 0.9 + s.w.grad.array]
    return x * 1.0


def in_place(s: Things, x: Any) -> Any:
    s.a += x.array
    return x * 1.0


def by_slice(s: Things, x: Any) -> Any:
    s.a[:] = s.a * np.float32(0.9) + x.array
    return x * 1.0


def by_out(s: Things, x: Any) -> Any:
    np.add(s.a, x.array, out=s.a)
    return x * 1.0


@pytest.mark.parametrize("step", [rebound, in_place, by_slice, by_out])
def test_an_array_of_ones_own_that_the_step_computes_is_refused(step: Any) -> None:
    if Place.name == "gpu" and step is not rebound:
        pytest.skip("NumPy cannot write what is on the GPU")
    check(step, refused=True)


@on_the_cpu
@pytest.mark.parametrize("use", [lambda a: a, tg.tensor, lambda a: tg.tensor(a[::-1])])
def test_an_array_on_the_memory_of_a_tensor_that_the_step_writes(use: Any) -> None:
    def step(s: Things, x: Any) -> Any:
        s.u.add_(x)
        return x * use(s.kept[0])

    def between(s: Things, i: int) -> None:
        s.kept = s.kept or [s.u.numpy()]

    check(step, between=between, refused=None)


@on_the_cpu
@pytest.mark.parametrize("make", [tg.Tensor, nn.Parameter, tg.Tensor.wrap])
def test_a_tensor_that_the_step_makes_on_the_memory_of_an_array(make: Any) -> None:
    def step(s: Things, x: Any) -> Any:
        with tg.no_grad():
            return make(s.a).add_(x).detach()

    check(step, refused=None)


# ------------------------------------------------------------------------------ arrays from outside

B = (np.arange(24, dtype=np.float32) * np.float32(1.7)).reshape(4, 6)
ORDERS = {
    "rows": lambda b: b,
    "columns": np.asfortranarray,
    "T": lambda b: b.T,
    "reversed": lambda b: b[::-1, ::-1],
    "strided": lambda b: b[::2, ::3],
    "broadcast": lambda b: np.broadcast_to(b[0, ::-1], (5, 6)),
    "axes": lambda b: b.reshape(2, 2, 6).transpose(2, 0, 1)[::-1],
    "diagonal": np.diagonal,
    "read-only": lambda b: np.broadcast_to(b, b.shape),
    "windows": lambda b: np.lib.stride_tricks.sliding_window_view(b[0], 3),
    "as_strided": lambda b: np.lib.stride_tricks.as_strided(b, (3, 4), (4, 8)),
    "memoryview": lambda b: np.asarray(memoryview(b)),
}


@on_the_cpu
@pytest.mark.parametrize("use", ["itself", "in a Tensor"])
@pytest.mark.parametrize("anew", [False, True])  # True: "memoryview" fails today
@pytest.mark.parametrize("order", ORDERS)
def test_an_array_in_any_order_that_changes(order: str, anew: bool, use: str) -> None:
    base = B.copy()
    if anew and order == "columns":
        pytest.skip("a copy is computed by NumPy alone")
    there = ORDERS[order](base)

    def step(s: Things, x: Any) -> Any:
        array = ORDERS[order](base) if anew else there
        y = x * (tg.tensor(array) if use == "in a Tensor" else array)
        return y, y.sum()

    def between(s: Things, i: int) -> None:
        base[...] = B + np.float32(i // 3)

    check(step, lambda s, i: (tensor(np.full(there.shape, i + 0.1, np.float32)),), between)


USES = {
    "index": ("int64", lambda x, a: x[a]),
    "index of int8": ("int8", lambda x, a: x[a]),  # of uint8 it would be a mask
    "a - x": ("float32", lambda x, a: a - x),
    "comparison": ("float64", lambda x, a: (x > a).float()),
    "setitem": ("float32", lambda x, a: put(x.clone(), a)),
    "add_": ("float32", lambda x, a: x.clone().add_(a)),
    "tensor in float64": ("float32", lambda x, a: x + tg.tensor(a, dtype="float64")),
    "list of arrays": ("float32", lambda x, a: x + tg.tensor([a, a])[0]),
    "gather": ("int64", lambda x, a: x.gather(0, tg.tensor(a))),
    "labels": ("int64", lambda x, a: F.cross_entropy(tg.stack([x, x, x]), tg.tensor(a))),
    "of no dimensions": ("float32", lambda x, a: x * a[:1].reshape(())),
}


def put(x: Any, a: Any) -> Any:
    x[:] = a
    return x


@on_the_cpu
@pytest.mark.parametrize("how", USES)
def test_an_array_is_noticed_however_it_is_used(how: str) -> None:
    dtype, use = USES[how]
    array = np.array([1, 0, 2]).astype(dtype)

    def between(s: Things, i: int) -> None:
        array[:] = [[1, 0, 2], [2, 2, 1]][i // 3]

    check(lambda s, x: use(x, array), between=between)


# ------------------------------------------------------------------------------- which Tensor it is


def test_a_tensor_from_outside_that_is_given_once_as_an_argument() -> None:
    def args(s: Things, i: int) -> Any:
        return (s.u if i in (1, 3) else x_of(i),)

    check(lambda s, x: s.u * 10.0, args, refused=None)
    check(lambda s, x: s.u * x + x, args, refused=None)


@pytest.mark.parametrize("first", [True, False])
def test_one_tensor_given_twice_and_two(first: bool) -> None:
    def args(s: Things, i: int) -> Any:
        x = x_of(i)
        return (x, x) if (i < 3) is first else (x, x_of(i + 1))

    check(lambda s, x, y: x + y if x is y else x * y, args)
    check(lambda s, x, y: (x.add_(1.0), x * y, y - x), args, refused=None)


@pytest.mark.parametrize("when", [range(3), range(3, 6)])
def test_a_gradient_that_an_argument_has(when: range) -> None:
    def args(s: Things, i: int) -> Any:
        x = x_of(i)
        x.grad = tensor([1.0, 1.0, 1.0]) if i in when else None
        return (x,)

    check(lambda s, x: x * (2.0 if x.grad is None else 3.0), args, refused=True)


def test_a_parameter_is_no_argument() -> None:
    def args(s: Things, i: int) -> Any:
        return (nn.Parameter(x_of(i), requires_grad=False),)

    check(lambda s, x: x * (2.0 if isinstance(x, nn.Parameter) else 3.0), args, refused=True)


def test_whether_a_tensor_from_outside_is_a_result() -> None:
    def between(s: Things, i: int) -> None:
        if i == 3:
            s.u.mul_(s.w)

    for is_it in (
        lambda s: s.u.requires_grad,
        lambda s: s.u.is_leaf,
        lambda s: s.u.grad_fn is None,
    ):
        step = lambda s, x, is_it=is_it: x * (2.0 if is_it(s) else 3.0)
        check(step, between=between, refused=None)


# ------------------------------------------------------------------------------------- what is kept


def previous(s: Things, x: Any) -> Any:
    before, s.kept = (s.kept or [s.u])[0], [x]
    return x - before


def all_of_them(s: Things, x: Any) -> Any:
    s.kept.append(x)
    return sum(s.kept[1:], s.kept[0] * 1.0)


@pytest.mark.parametrize("step", [previous, all_of_them])
def test_an_argument_that_the_step_keeps_is_refused(step: Any) -> None:
    check(step, refused=True)


def generating(x: Any) -> Any:
    y = x * 2.0
    yield y
    yield y


KEEPING = {
    "result": lambda s, x: s.kept.append(x * 2.0),
    "detached": lambda s, x: s.kept.append(s.w.detach()),
    "view": lambda s, x: s.kept.append(s.u[:2]),
    "closure": lambda s, x: s.kept.append((lambda y: lambda: y)(x * 2.0)),
    "generator": lambda s, x: (s.kept.append(generating(x)), next(s.kept[-1]))[0],
    "node": lambda s, x: s.kept.append((s.w * x).grad_fn),  # on the GPU it fails today
    "class": lambda s, x: setattr(Kept, "it", x * 2.0),
}


class Kept:
    it: Any = None


@pytest.mark.parametrize("how", KEEPING)
def test_what_the_step_computes_and_keeps_anywhere_is_refused(how: str) -> None:
    # A node that is kept can be used for nothing; its arrays are told from others on the CPU only.
    refused = None if how == "node" and Place.name == "gpu" else True
    check(lambda s, x: (KEEPING[how](s, x), x * 1.0)[1], refused=refused)


# -------------------------------------------------------------------------- arguments on one memory


def views(s: Things, i: int) -> Any:
    m = tensor(np.arange(6, dtype=np.float32) + i)
    return m[0:3], (m[1:4], m[3:6], m[0:3])[i % 3]


ARGUMENTS = {
    "views": views,
    "one twice": lambda s, i: (s.m[0],) * 2,
    "a row of what is outside": lambda s, i: (s.m[i % 4], x_of(i)),
    "sometimes a parameter's": lambda s, i: (s.w.detach() if i % 2 else x_of(i), x_of(i)),
    "sometimes the buffer's": lambda s, i: (x_of(i), s.u.detach() if i > 2 else x_of(i)),
}
WRITES = {
    "the first": lambda s, x, y: (x.add_(1.0), x * y, y.sum())[1:],
    "both": lambda s, x, y: (x.add_(1.0), y.mul_(2.0), x + y, s.m.sum(), s.u * x)[2:],
    "parts": lambda s, x, y: (x[:2].mul_(0.5), x[1:].add_(y[1:]), (s.w * x).detach())[2],
    "the parameter": lambda s, x, y: (s.w.data.mul_(0.5), s.u.add_(y), x * 1.0)[2],
    "itself, returned": lambda s, x, y: {"x": x, "none": None, "in": (x[:2], [y, (s.u, 3)])},
    "a step": lambda s, x, y: (s.train(x), s.u.copy_(y), x * y)[2],
}


@pytest.mark.parametrize("writes", WRITES)
@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_arguments_that_share_memory_and_are_written(arguments: str, writes: str) -> None:
    on_cpu = Place.name == "cpu"
    check(WRITES[writes], ARGUMENTS[arguments], refused=False if on_cpu else None)


def test_parameters_that_come_to_share_memory_and_part() -> None:
    def between(s: Things, i: int) -> None:
        if i in (2, 4):
            s.w.data = s.u
        if i == 3:
            s.w.data = x_of(2)

    check(lambda s, x: (s.u.add_(x), (s.w * s.u).detach())[1], between=between, refused=None)
