"""jit.trace: the program that is made of a step, and what can be none. See also test_capture.py."""

from __future__ import annotations

import contextlib
import gc
import math
import re
import sys
import threading
import tracemalloc
import warnings
import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from domains import DOMAINS, Case, is_float
from hypothesis import given, settings
from hypothesis import strategies as st
from side_by_side import OPS
from test_capture import Run, X, batch, batches, captured_run, check_refused

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.autograd import grad
from tinygrad_lr.device import is_array
from tinygrad_lr.jit import CaptureError
from tinygrad_lr.jit.program import BEFORE_OUT, METHODS, Program, Symbol
from tinygrad_lr.nn import functional as F

# --------------------------------------------------------------------------------- every operation

# These ask for values: of NumPy (which elements a mask picks), or of us.
BY_MASK = {"getitem", "scatter", "setitem"}
# NumPy gives some of these several arrays; all of them may find a matrix that is singular.
BY_LAPACK = {"inv", "solve", "det", "sign_det", "log_abs_det", "pinv", "cholesky"}
few_examples = settings(max_examples=max(settings().max_examples // 2, 1))


def step_of(name: str, case: Case) -> Any:
    """The value of a call, its gradients, and the gradients of those, as a step of its arrays."""

    def step(*given: Any) -> Any:
        rest = iter(given)
        args = [next(rest) if is_array(a) else a for a in case.args]
        args = [a.clone() if isinstance(a, tg.Tensor) else a for a in args]
        leaves = [a.requires_grad_() for a, b in zip(args, case.args, strict=True) if is_float(b)]
        y = OPS[name](*args, **case.params)
        if not (DOMAINS[name].differentiable and leaves):
            return [y]
        first = grad(y, leaves, tg.ones_like(y) * 0.7, create_graph=True)
        moving = [g for g in first if g.requires_grad]
        if not moving:
            return [y, *first]
        second = grad(moving, leaves, [g * 0.3 for g in moving], allow_unused=True)
        return [y, *first, *(g for g in second if g is not None)]

    return step


def same_bits(found: Any, expected: Any) -> None:
    for mine, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mine.detach().numpy(), wanted.detach().numpy(), strict=True)


@pytest.mark.parametrize("name", DOMAINS)
@few_examples
@given(data=st.data(), dtype=st.sampled_from([np.dtype("float64"), np.dtype("float32")]))
def test_a_traced_operation_gives_the_bits_of_the_operation(
    name: str, data: Any, dtype: Any
) -> None:
    """Traced on some values, it computes with others what it should, twice differentiated."""
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    step = step_of(name, case)
    traced = tg.jit.trace(step)
    arrays = [a for a in case.args if is_array(a)]
    if name in ("cross_entropy", "nll_loss") and -100 in case.args[1]:
        given_ = [tg.tensor(a) for a in arrays]
        traced(*given_)
        with pytest.raises(IndexError, match="a captured step cannot ignore rows"):
            traced(*given_)
        return
    for shrunk in (1.0, 0.75, 0.5, 0.875):
        given_ = [tg.tensor(a * a.dtype.type(shrunk) if is_float(a) else a) for a in arrays]
        try:
            found = traced(*given_)
        except CaptureError:
            if name not in BY_MASK | BY_LAPACK:
                raise
            return
        same_bits(found, step(*given_))


# -------------------------------------------------------------------------------------- the program


def test_the_program_can_be_read() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)

    def step(x: Any) -> Any:
        w.grad = None
        loss = (w * x).sum()
        loss.backward()
        return loss

    traced = tg.jit.trace(step)
    with pytest.raises(CaptureError, match="a step is traced when it is called for the second"):
        print(traced.code)
    x = tg.tensor([3.0, 4.0])
    traced(x), traced(x)
    lines = [re.sub(r"  #.*", "", line).strip() for line in traced.code.splitlines()]
    assert lines == [
        "# c0: 2 float32",  # the gradient of the sum, all ones
        "def step(a0):",
        "x0 = a0.array",
        "p0 = t0.array",
        "t0._grad = None",
        "v0 = np.asarray(total(p0 * x0))",
        "t0._grad = wrap(c0 * x0)",
        "return wrap(v0)",
    ]


def test_the_program_of_the_logistic_regression_is_what_one_would_write_by_hand() -> None:
    tg.manual_seed(0)
    model = nn.Linear(784, 10)
    optimizer = optim.SGD(model.parameters(), lr=0.001)

    def step(images: Any, labels: Any) -> Any:
        loss = F.cross_entropy(model(images.view(-1, 784)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    traced = tg.jit.trace(step)
    images, labels = tg.randn(100, 1, 28, 28), tg.randint(0, 10, (100,))
    traced(images, labels), traced(images, labels)
    code = traced.code
    assert len(code.splitlines()) < 55
    assert code.count("@") == 2  # one product forward, one back: none for the images
    assert "p0 -= " in code
    assert "p1 -= " in code
    assert "errstate" not in code
    assert "Tensor" not in code


def test_a_result_that_nobody_needs_does_no_harm() -> None:
    def step(x: Any) -> Any:
        y = x + 1.0
        y += 1.0
        (x * 2.0)[0] = 3.0
        z = x.array * 2.0
        z += 1.0
        return x * 3.0

    traced = tg.jit.trace(step)
    for _ in range(3):
        assert traced(tg.ones(2)).tolist() == [3.0, 3.0]


def test_memory_is_freed_where_it_is_last_used() -> None:
    traced = tg.jit.trace(lambda x: ((x + 1.0) * (x + 2.0)).sum() * (x - 1.0))
    x = tg.ones(3)
    traced(x), traced(x)
    made = set(re.findall(r"\bv\d+\b(?= =)", traced.code))
    returned = set(re.findall(r"v\d+", traced.code.splitlines()[-1]))
    freed = re.findall(r"v\d+", " ".join(re.findall(r"del (.*)", traced.code)))
    assert set(freed) == made - returned
    assert len(freed) == len(set(freed))


def test_a_step_with_a_sigmoid_does_not_warn_and_another_does() -> None:
    x = tg.tensor([-1000.0, 1000.0])
    quiet = tg.jit.trace(lambda x: x.sigmoid())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            assert quiet(x).tolist() == [0.0, 1.0]
    for loud in (lambda x: x.exp(), lambda x: x.sigmoid() + x.exp(), lambda x: (x / 0).sigmoid()):
        traced = tg.jit.trace(loud)
        for _ in range(3):
            with pytest.warns(RuntimeWarning, match="overflow|divide"):
                traced(x)


def test_how_a_step_asks_numpy_to_warn_is_part_of_the_program() -> None:
    def step(x: Any) -> Any:
        with np.errstate(divide="raise"):
            y = 1.0 / x
        with np.errstate(divide="ignore", invalid="ignore"):
            z = y / (x - x)
            with np.errstate(divide="raise"):
                z = z + 1.0 / x
        return z * 2.0

    traced = tg.jit.trace(step)
    for _ in range(3):
        assert traced(tg.ones(2)).tolist() == [math.inf, math.inf]
    with pytest.raises(FloatingPointError, match="divide by zero"):
        traced(tg.zeros(2))
    assert [line.strip() for line in traced.code.splitlines() if "errstate" in line] == [
        "with np.errstate(divide='raise'):",
        "with np.errstate(divide='ignore', invalid='ignore'):",
        "with np.errstate(divide='raise', invalid='ignore'):",
    ]


def test_numpy_s_own_calls_in_a_step() -> None:
    def step(x: Any) -> Any:
        a = x.clone().array
        np.subtract(1.0, a, out=a)
        a[1:] *= 2.0
        np.add.at(a, ([0, 0], 1), 1.0)
        b = np.stack([a, np.where(a > 0, a, 0.0)])
        return tg.Tensor.wrap(
            b[..., ::2, None].mean(axis=0) + np.float32(1.0) / abs(a[:1, :2, None])
        )

    traced = tg.jit.trace(step)
    for x, _ in batches():
        assert traced(x).tolist() == step(x).tolist()


# ---------------------------------------------------------------------------- what may have changed


def test_parameters_may_be_given_other_memory() -> None:
    run, traced = captured_run(momentum=0.9)
    eager, _ = captured_run(momentum=0.9)
    for one in (run, eager):
        for p in one.model.parameters():
            p.data = p.data * 0.5
        one.optimizer.load_state_dict(one.optimizer.state_dict())
    for x, y in batches():
        assert traced(x, y).item() == eager.step(x, y).item()
    assert run.weights() == eager.weights()


def test_parameters_of_another_dtype_are_as_in_the_step() -> None:
    run, traced = captured_run()
    run.model.to(np.float64)
    before = run.weights()
    with pytest.raises(TypeError, match="linear: input is float32, weight is float64"):
        traced(*batch())  # what the step itself says
    assert run.weights() == before
    run.model.to(np.float32)
    traced(*batch())
    assert run.weights() != before


def compare(make: Any, given: Any, between: Any = lambda made, i: None) -> None:
    """A step eager and traced: `make()` gives what it uses, ``made.step`` the step."""
    eager, mine = make(), make()
    traced = tg.jit.trace(mine.step)
    for i, inputs in enumerate(given):
        between(eager, i), between(mine, i)
        expected, found = eager.step(*inputs), traced(*inputs)
        assert found.tolist() == expected.tolist(), i
        for wanted, tensor in zip(eager.tensors, mine.tensors, strict=True):
            assert tensor.tolist() == wanted.tolist(), i
            assert (tensor.grad is None) == (wanted.grad is None), i
            if tensor.grad is not None:
                assert tensor.grad.tolist() == wanted.grad.tolist(), i


class Two:
    """Two vectors that are trained, and what a test hangs on to them."""

    def __init__(self, **options: Any) -> None:
        self.w = tg.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
        self.v = tg.tensor([4.0, 3.0, 2.0, 1.0], requires_grad=True)
        self.tensors = [self.w, self.v]
        self.optimizer = optim.SGD(self.tensors, lr=0.5, **options)

    def loss(self, x: Any) -> Any:
        return (self.w * x + self.v * self.v).sum()


def xs() -> Any:
    return [(tg.tensor(row),) for row in X[:, 0]]


def made(step: Any, **options: Any) -> Any:
    def make() -> Any:
        two = Two(**options)
        two.step = lambda *inputs: step(two, *inputs)  # type: ignore[attr-defined]
        return two

    return make


def train(two: Any, x: Any) -> Any:
    two.optimizer.zero_grad()
    loss = two.loss(x)
    loss.backward()
    two.optimizer.step()
    return loss


def update(two: Any, x: Any) -> Any:
    two.optimizer.step()
    return x


def norm(two: Any, x: Any) -> Any:
    return (two.w.grad * two.w.grad).sum() + x.sum()


def clear(two: Any, x: Any) -> Any:
    two.w.grad = None
    return x


def update_first(two: Any, x: Any) -> Any:
    two.optimizer.step()
    two.loss(x).backward()
    return x


def accumulate(two: Any, x: Any) -> Any:
    loss = two.loss(x)
    loss.backward()
    return loss


def gradients_from_outside(two: Any, i: int) -> None:
    two.optimizer.zero_grad()
    (two.loss(tg.tensor(X[i, 1])) * 0.25).backward()


@pytest.mark.parametrize("step", [update, norm, clear, accumulate, train])
def test_gradients_made_outside(step: Any) -> None:
    compare(made(step, momentum=0.5 if step is train else 0.0), xs(), gradients_from_outside)


@pytest.mark.filterwarnings("ignore:.*no parameter has a gradient")
@pytest.mark.parametrize("step", [update_first, accumulate, train])
def test_gradients_that_are_sometimes_there(step: Any) -> None:
    def between(two: Any, i: int) -> None:
        if i % 3 == 1:
            two.optimizer.zero_grad()

    compare(made(step, weight_decay=0.5), xs(), between)


def test_a_gradient_that_somebody_holds_is_the_one_that_grows() -> None:
    two = Two()
    traced = tg.jit.trace(lambda x: accumulate(two, x))
    traced(xs()[0][0])
    held = two.w.grad
    traced(xs()[1][0]), traced(xs()[2][0])
    assert two.w.grad is held
    assert held.tolist() == (X[0, 0] + X[1, 0] + X[2, 0]).tolist()


def test_gradients_that_are_parts_of_one_buffer() -> None:
    def step(two: Any, x: Any) -> Any:
        two.flat.zero_()
        two.loss(x).backward()
        return (two.flat * two.flat).sum()

    def make() -> Any:
        two = made(step)()
        two.flat = tg.zeros(8)
        two.w.grad, two.v.grad = two.flat[:4], two.flat[4:]
        return two

    compare(make, xs())


def test_a_gradient_that_is_added_to_and_then_cleared() -> None:
    def step(two: Any, x: Any) -> Any:
        loss = two.loss(x)
        loss.backward()
        two.optimizer.step()
        two.optimizer.zero_grad()
        return loss

    def between(two: Any, i: int) -> None:
        if i:
            (two.w * two.v).sum().backward()

    compare(made(step), xs(), between)


def test_the_data_of_a_gradient() -> None:
    def step(two: Any, x: Any) -> Any:
        loss = two.loss(x)
        loss.backward()
        two.w.grad.data = two.w.grad * 0.5
        return loss

    compare(made(step), xs())


@pytest.mark.parametrize("modes", ["001100110", "110011001"])
def test_recording_that_is_switched(modes: str) -> None:
    def step(two: Any, x: Any) -> Any:
        loss = two.loss(x)
        if loss.requires_grad:
            two.optimizer.zero_grad()
            loss.backward()
            two.optimizer.step()
        return loss

    def between(two: Any, i: int) -> None:
        tg.set_grad_enabled(modes[i % len(modes)] == "1")

    try:
        compare(made(step), xs(), between)
    finally:
        tg.set_grad_enabled(True)


@pytest.mark.parametrize("first", [[0, 1, 2, 3], [3, 2, 1, 0]])
def test_arrays_of_numpy_that_change_while_the_step_runs(first: list[int]) -> None:
    def step(two: Any, x: Any) -> Any:
        places = np.array(first)
        a = x[places]
        places[:] = places[::-1].copy()
        return a * 10.0 + x[places]

    compare(made(step), xs())


def test_a_parameter_in_another_order_in_memory() -> None:
    def step(two: Any, x: Any) -> Any:
        with tg.no_grad():
            two.m.contiguous().mul_(0.5)
        return two.m.sum() + x.sum()

    def make() -> Any:
        two = made(step)()
        two.m = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
        two.tensors.append(two.m)
        return two

    def between(two: Any, i: int) -> None:
        if i == 3:
            two.m.data = tg.tensor([[1.0, 2.0], [3.0, 4.0]]).T

    compare(make, xs(), between)


def test_a_refused_step_leaves_no_graph_on_a_tensor_from_outside() -> None:
    w, buffer, calls = tg.ones(2, requires_grad=True), tg.ones(2), []

    def step(x: Any) -> Any:
        if calls:
            buffer.mul_(w)
            x.sum().item()
        calls.append(1)
        return x + 1.0

    traced = tg.jit.trace(step)
    traced(tg.ones(2))
    with pytest.raises(CaptureError, match="cannot ask for a value"):
        traced(tg.ones(2))
    assert buffer.grad_fn is None
    assert not buffer.requires_grad


def test_memory_of_the_tracing_run_is_freed_at_once() -> None:
    w = tg.ones(1000, 1000, requires_grad=True)

    def step(x: Any) -> Any:
        w.grad = None
        loss = (w * x).tanh().sigmoid().exp().sum()
        loss.backward()
        return loss

    traced = tg.jit.trace(step)
    x = tg.ones(1000)
    traced(x)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(5):
            traced(x)
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert now < 6e6  # a gradient of 4 MB, and the program


def test_situations_do_not_pile_up() -> None:
    two = Two(momentum=0.5)
    traced = tg.jit.trace(lambda x: train(two, x))
    (x,) = xs()[0]
    empty = Two(momentum=0.5).optimizer.state_dict()
    for _ in range(30):
        traced(x), traced(x)
        two.optimizer.load_state_dict(empty)
        train(two, x)
    assert len(traced._known) <= 8


def test_velocities_that_are_loaded() -> None:
    def between(two: Any, i: int) -> None:
        if i == 1:
            two.saved = two.optimizer.state_dict()
        if i in (4, 7):
            two.optimizer.load_state_dict(two.saved)

    compare(made(train, momentum=0.9), xs(), between)


def test_requires_grad_that_is_switched() -> None:
    def between(two: Any, i: int) -> None:
        two.w.requires_grad_(i not in (3, 4, 7))

    compare(made(train), xs(), between)
    compare(made(train, momentum=0.9), xs(), between)


def test_a_tensor_of_no_dimensions_is_one_in_the_program_too() -> None:
    def powers(two: Any, x: Any) -> Any:
        return x.sum() ** 2 + (x * x).sum() ** 0.5

    many = np.random.default_rng(3).standard_normal((2000, 5)).astype(np.float32)
    compare(made(powers), [(tg.tensor(row),) for row in many])

    def make() -> Any:
        two = made(train)()
        two.w, two.v = tg.tensor(2.0, requires_grad=True), tg.tensor(3.0, requires_grad=True)
        two.tensors = [two.w, two.v]
        two.optimizer = optim.SGD(two.tensors, lr=0.1, momentum=0.9)
        return two

    compare(make, [(tg.tensor(x),) for x in X[:, 0, 0].tolist()])


def test_negative_numbers_and_long_chains() -> None:
    def step(two: Any, x: Any) -> Any:
        y = (-2.0) ** x.abs().long().float() - -x
        for _ in range(150):
            y = y * 1.01 + 0.1
        return y * two.w

    compare(made(step), xs())


def test_arrays_given_to_tensors_from_outside_are_shared_as_in_the_step() -> None:
    def step(two: Any, x: Any) -> Any:
        with tg.no_grad():
            two.v.add_(x)
            result = two.w * 1.0
            two.w.data = two.v.data
        return result

    compare(made(step), xs())


def test_what_the_step_makes_and_fills_may_be_an_index() -> None:
    def step(two: Any, x: Any) -> Any:
        index = tg.full((2,), 100, dtype="int64")
        index.fill_(1)
        return x[index] + x.index_select(0, index)

    compare(made(step), xs())


def test_named_tuples_stay_what_they_are() -> None:
    traced = tg.jit.trace(lambda x: x.max(0))
    for (x,) in xs():
        assert traced(x).values.item() == x.max().item()


def test_results_in_dicts_and_tuples_whatever_they_are_called() -> None:
    class wrap(NamedTuple):  # named as something in the program is
        v0: Any
        rest: Any

    nothing, kind = object(), np.dtype("float32")

    def step(x: Any) -> Any:
        return {"v9": x + 1.0, "x0 t0": [wrap(x, "v1"), nothing, None, 2.5, kind], 3: (x * 2.0,)}

    traced = tg.jit.trace(step)
    for (x,) in xs():
        found = traced(x)
        assert list(found) == ["v9", "x0 t0", 3]
        assert found["v9"].tolist() == (x + 1.0).tolist()
        assert found[3][0].tolist() == (x * 2.0).tolist()
        named, same, none, number, dtype = found["x0 t0"]
        assert (type(named), named.v0.tolist(), named.rest) == (wrap, x.tolist(), "v1")
        assert (same, dtype) == (nothing, kind)
        assert (none, number) == (None, 2.5)


def test_numbers_beside_arrays_keep_what_numpy_makes_of_them() -> None:
    def step(x: Any, n: Any) -> Any:
        a, i = x.clone().array, n.clone().array
        np.add.at(a, 1, 2)
        i -= 3
        return [
            tg.Tensor.wrap(found)
            for found in (
                1 - a,
                a * 1e-46,  # 0 in float32
                a * float("inf"),
                a * 2**70,
                np.multiply(a, 0.1, dtype=np.float64),
                a[0] * 0.1,
                a.sum() * 3,
                i * 3,
                i / 3,
                i * 0.5,
                (a > 0) * 2,
                a * True,
            )
        ]

    traced = tg.jit.trace(step)
    for i, (x,) in enumerate(xs()):
        n = tg.tensor([i, -i, 7])
        for found, wanted in zip(traced(x, n), step(x, n), strict=True):
            assert (found.dtype, found.tolist()) == (wanted.dtype, wanted.tolist())
    assert "0.1, float32" not in traced.code.split("dtype")[0]


def test_a_number_that_is_too_large_warns_each_time_as_in_the_step() -> None:
    traced = tg.jit.trace(lambda x: x * 1e300)
    for _ in range(3):
        with pytest.warns(RuntimeWarning, match="overflow"):
            assert traced(tg.ones(2)).tolist() == [math.inf, math.inf]


def test_parameters_that_come_to_share_memory() -> None:
    """Then the step itself is refused: it needs what it has overwritten."""

    def step(two: Any, x: Any) -> Any:
        y = two.w * two.w * x
        with tg.no_grad():
            two.v.add_(1.0)
        y.sum().backward()
        return y

    two = made(step)()
    traced = tg.jit.trace(two.step)
    (x,) = xs()[0]
    traced(x), traced(x)
    two.v.data = two.w.data
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"modified by an inplace operation since: add_"):
            traced(x)
    two.v.data = tg.zeros(4)
    traced(x)


def test_what_came_before_a_label_that_is_no_class_has_been_done() -> None:
    run, traced = captured_run()
    x, y = batch()
    assert all(p.grad is not None for p in run.model.parameters())
    wrong = tg.tensor(np.full(len(y), 9))
    with pytest.raises(IndexError, match="target goes from 9 to 9"):
        traced(x, wrong)
    assert all(p.grad is None for p in run.model.parameters())  # the step begins with zero_grad()


def test_a_gradient_that_is_added_to_counts_as_written() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)

    def step(x: Any) -> Any:
        loss = (w * x).sum()
        loss.backward()
        return loss

    traced, x = tg.jit.trace(step), tg.ones(2)
    for _ in range(3):
        traced(x)
    u = tg.ones(2, requires_grad=True)
    y = (u * w.grad).sum()
    traced(x)
    with pytest.raises(RuntimeError, match="modified by an inplace operation since: a captured"):
        y.backward()


def test_the_memory_of_an_old_gradient_is_free_for_the_new_one() -> None:
    w = tg.zeros(1_000_000, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)

    def step(x: Any) -> Any:
        optimizer.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        return loss

    traced, x = tg.jit.trace(step), tg.ones(1_000_000)
    tracemalloc.start()
    traced(x), traced(x)
    tracemalloc.reset_peak()
    traced(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6e6  # one array of 4e6 bytes at a time


def test_the_order_in_memory_is_part_of_an_argument() -> None:
    traced = tg.jit.trace(lambda x: x.contiguous().sum())
    x = tg.tensor(X[0])
    traced(x), traced(x)
    with pytest.raises(tg.ShapeError, match="its elements in another order in memory"):
        traced(tg.tensor(X[0].T.copy()).T)


@pytest.mark.parametrize("change", ["append", "replace", "group"])
def test_other_parameters_in_the_optimizer_are_used(change: str) -> None:
    two, eager = Two(), Two()
    traced = tg.jit.trace(lambda x: train(two, x))
    for (x,) in xs()[:2]:
        traced(x), train(eager, x)
    for one in (two, eager):
        group, new = one.optimizer.param_groups[0], tg.ones(4, requires_grad=True)
        new.grad = tg.full((4,), 8.0)
        if change == "append":
            group["params"].append(new)
        elif change == "replace":
            group["params"] = [new, one.v]
        else:
            one.optimizer.param_groups.append({**group, "params": [new]})
        one.tensors.append(new)
    for (x,) in xs()[:3]:
        assert traced(x).item() == train(eager, x).item()
        assert [t.tolist() for t in two.tensors] == [t.tolist() for t in eager.tensors]


def test_a_learning_rate_is_read_by_the_program() -> None:
    two, runs = Two(), []

    def step(x: Any) -> Any:
        runs.append(1)
        return train(two, x)

    traced = tg.jit.trace(step)
    for i, (x,) in enumerate(xs()):
        two.optimizer.param_groups[0]["lr"] = 0.5**i
        traced(x)
    assert len(runs) == 2
    assert "r0 = o0.param_groups[0]['lr']\n" in traced.code
    assert "p0 -= v4 * r0" in traced.code


def test_programs_that_are_not_kept_are_freed_without_the_collector() -> None:
    two = Two()
    traced = tg.jit.trace(lambda x: train(two, x))
    programs = []
    gc.disable()
    try:
        for i in range(12):
            two.optimizer.param_groups[0]["weight_decay"] = 0.5**i
            traced(xs()[0][0])
            if i:
                programs.append(weakref.ref(traced._last))
        assert [program() is None for program in programs] == [True] * 3 + [False] * 8
    finally:
        gc.enable()


def test_momentum_that_comes_later() -> None:
    two, eager = Two(), Two()
    traced = tg.jit.trace(lambda x: train(two, x))
    (x,), (x2,) = xs()[:2]
    traced(x), train(eager, x)
    for one in (two, eager):
        one.optimizer.param_groups[0]["momentum"] = 0.9
    with pytest.raises(CaptureError, match="cannot be the first with momentum"):
        traced(x2)
    assert train(two, x2).item() == train(eager, x2).item()
    assert traced(x).item() == train(eager, x).item()
    assert two.w.tolist() == eager.w.tolist()


def test_two_threads_trace_at_once() -> None:
    results: list[Any] = []

    def work() -> None:
        for _ in range(20):
            two, eager = Two(momentum=0.5), Two(momentum=0.5)
            traced = tg.jit.trace(lambda x, two=two: train(two, x))
            for (x,) in xs()[:4]:
                results.append(traced(x).item() == train(eager, x).item())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 240


def test_labels_are_looked_at_each_time() -> None:
    run, traced = captured_run()
    x, y = batch()
    before = run.weights()
    for wrong in (3, -1, -100):
        with pytest.raises(
            IndexError, match=r"target goes from .*expected 0 to 2; a captured step cannot"
        ):
            traced(x, tg.where(y == y[0], wrong, y))
    assert run.weights() == before
    rows = tg.jit.trace(lambda x, rows: x.index_select(0, rows))
    x = tg.tensor(X[0])
    rows(x, tg.tensor([0, 1])), rows(x, tg.tensor([0, 1]))
    with pytest.raises(IndexError, match=r"index_select: the index goes from 0 to 8"):
        rows(x, tg.tensor([0, 8]))
    assert rows(x, tg.tensor([7, 2])).tolist() == X[0][[7, 2]].tolist()


def test_rows_with_a_class_that_is_ignored() -> None:
    step = lambda x, y: F.cross_entropy(x, y, ignore_index=1)
    traced = tg.jit.trace(step)
    for x, y in batches():
        assert traced(x, y).item() == step(x, y).item()
    nothing = tg.ones(8, dtype="int64")
    assert np.isnan(traced(x, nothing).item())
    assert np.isnan(step(x, nothing).item())


def test_what_is_written_to_an_argument_arrives_there() -> None:
    traced = tg.jit.trace(lambda x: x.mul_(2.0).sum())
    for _ in range(4):
        x = tg.ones(3)
        assert traced(x).item() == 6.0
        assert x.tolist() == [2.0, 2.0, 2.0]
    w = tg.ones(3, requires_grad=True)
    x = tg.ones(3)
    y = w * x
    traced(x)
    with pytest.raises(RuntimeError, match="modified by an inplace operation since"):
        y.sum().backward()


def test_another_thread_computes_meanwhile() -> None:
    inside, done, seen = threading.Event(), threading.Event(), []

    def other() -> None:
        inside.wait(10)
        x = tg.tensor([1.0, 2.0], requires_grad=True)
        (x * x).sum().backward()
        seen.append(x.grad.tolist())
        done.set()

    def step(x: Any) -> Any:
        if calls:
            inside.set()
            done.wait(10)
        calls.append(1)
        return x + 1.0

    calls: list[int] = []
    thread = threading.Thread(target=other)
    thread.start()
    traced = tg.jit.trace(step)
    for i in range(3):
        assert traced(tg.tensor([float(i)])).tolist() == [i + 1.0]
    thread.join()
    assert seen == [[2.0, 4.0]]


# ------------------------------------------------------------------------------ what can be none

OUTSIDE = tg.ones(3)
KEPT: list[Any] = []


def asks_and_minds_not(x: Any) -> None:
    with contextlib.suppress(Exception):
        x.sum().item()


ASKING, DRAWING = "cannot ask for a value", "draws no random numbers"
REFUSED: dict[str, Any] = {
    "numpy()": (lambda x: KEPT.append(x.numpy()), ASKING),
    "item": (lambda x: x.sum().item(), ASKING),
    "float": (lambda x: float(x.sum()), ASKING),
    "tolist": (lambda x: x.tolist(), ASKING),
    "print": (lambda x: print(x), ASKING),
    "format": (lambda x: f"{x.sum():.2f}", ASKING),
    "if": (lambda x: 1 if x.sum() > 0 else 2, ASKING),
    "in": (lambda x: 1.0 in x, ASKING),
    "numpy": (lambda x: np.sort(x.array), r"uses np\.sort cannot be captured"),
    "asarray": (lambda x: np.asarray(x.array), ASKING),
    "__array__": (lambda x: np.asarray(x), ASKING),
    "loop over": (lambda x: list(x.array), ASKING),
    "method": (lambda x: x.array.nonzero(), r"uses ndarray\.nonzero cannot"),
    "sort": (lambda x: x.clone().array.sort(), r"uses ndarray\.sort cannot"),
    "where": (lambda x: np.where(x.array > 0), r"uses np\.where cannot"),
    "into an array": (
        lambda x: np.add(x.array, 1.0, out=np.zeros((8, 4), np.float32)),
        "a NumPy array which is in no Tensor",
    ),
    "sum into": (lambda x: x.array.sum(axis=0, out=np.zeros(4)), r"sum\(\.\.\., out="),
    "clip into": (lambda x: np.clip(x.array, 0, 1, out=np.zeros((8, 4))), "out="),
    "unique": (lambda x: x.unique(), r"cannot use unique: how many elements"),
    "mask": (lambda x: x[x > 0], r"pick by a mask, x\[mask\]"),
    "mask of a function": (lambda x: x.masked_select(x > 0), r"pick by a mask, x\[mask\]"),
    "places": (lambda x: tg.where(x > 0), r"pick by a mask, x\[mask\]"),
    "mask of NumPy's": (lambda x: x.array[x.array > 0], "a mask as an index"),
    "randn": (lambda x: x + tg.randn(8, 4), DRAWING),
    "normal_": (lambda x: tg.zeros(3).normal_(), DRAWING),
    "permutation": (lambda x: tg.randperm(3), DRAWING),
    "loader in order": (
        lambda x: next(iter(tg.utils.data.DataLoader(tg.utils.data.TensorDataset(x)))),
        "a batch from a DataLoader",
    ),
    "from_numpy": (lambda x: tg.from_numpy(np.zeros(3)), "from_numpy: .* share memory"),
    "as_tensor": (lambda x: tg.as_tensor(np.zeros(3)), "as_tensor: .* share memory"),
    "caught": (lambda x: asks_and_minds_not(x), ASKING),
    "kept": (lambda x: KEPT.append(x + 1.0), "cannot keep a Tensor that it has computed"),
    "kept in a set": (lambda x: KEPT.append({x.sum()}), "cannot keep a Tensor"),
    "requires_grad": (
        lambda x: OUTSIDE.requires_grad_(not OUTSIDE.wanted),
        "cannot switch requires_grad",
    ),
    "a result from outside": (
        lambda x: OUTSIDE.mul_(tg.ones(3, requires_grad=True)),
        "the result of a recorded operation",
    ),
    "into a view": (
        lambda x: (x * tg.ones(4, requires_grad=True))[0].mul_(2.0),
        r"cannot write into a part of a Tensor",
    ),
    "into what was expanded": (
        lambda x: (x * 1.0)[:1].expand(3, 4)[:, 0].zero_(),
        "cannot write to elements of what was expanded",
    ),
    "two results": (lambda x: np.modf(x.array), r"uses np\.modf cannot"),
    "out by place": (lambda x: np.clip(x.array, 0, 1, np.zeros((8, 4))), "out="),
    "sum out by place": (lambda x: x.array.sum(0, None, np.zeros(4)), "out="),
    "loader": (
        lambda x: next(
            iter(tg.utils.data.DataLoader(tg.utils.data.TensorDataset(x), shuffle=True))
        ),
        DRAWING,
    ),
    "nested": (lambda x: (lambda t: (t(x), t(x)))(tg.jit.trace(lambda x: x + 1.0)), "of another"),
}


@pytest.fixture
def as_before() -> Iterator[None]:
    """OUTSIDE, and KEPT, are afterwards what they were before."""
    yield
    OUTSIDE.data, OUTSIDE.node, OUTSIDE.wanted = tg.ones(3), None, False
    KEPT.clear()


@pytest.mark.usefixtures("as_before", "capsys")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_traced_is_refused_in_words_and_leaves_no_trace(name: str) -> None:
    check_refused(*REFUSED[name])


def test_columns_and_rows_are_written_in_a_traced_step() -> None:
    for part in (lambda a: a[:, 0], lambda a: a[::2], lambda a: a.T[1:], lambda a: a[0, 1:]):
        once, again = tg.ones(3, 2), tg.ones(3, 2)

        def step(a: Any, part: Any = part) -> Any:
            with tg.no_grad():
                part(a).mul_(1.5)
            return a * 1.0

        traced = tg.jit.trace(step)
        assert [traced(again).tolist() for _ in range(4)] == [step(once).tolist() for _ in range(4)]


@pytest.mark.usefixtures("as_before")
def test_what_escapes_from_a_refused_step_is_nan_and_no_placeholder() -> None:
    traced = tg.jit.trace(lambda x: KEPT.append(x * 2.0))
    x = tg.ones(2)
    traced(x)
    with pytest.raises(CaptureError, match="cannot keep a Tensor"):
        traced(x)
    assert KEPT[0].tolist() == [2.0, 2.0]
    assert np.isnan(KEPT[1].numpy()).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda x: setattr(x, "grad", x * 2.0),
        lambda x: setattr(x, "data", x * 2.0),
        lambda x: x.requires_grad_(),
    ],
)
def test_what_would_not_arrive_at_an_argument_is_refused(change: Any) -> None:
    traced = tg.jit.trace(lambda x: change(x))
    traced(tg.ones(2))
    with pytest.raises(CaptureError, match="cannot give its argument 0 other memory, a gradient"):
        traced(tg.ones(2))


def test_a_step_returns_no_arrays() -> None:
    traced = tg.jit.trace(lambda x: (x * 2.0).array)
    traced(tg.ones(2))
    with pytest.raises(CaptureError, match="returns Tensors, not NumPy arrays"):
        traced(tg.ones(2))


def test_a_method_is_traced_in_init() -> None:
    class Trainer:
        @tg.jit.trace
        def step(self, x: Any) -> Any:
            return x

    with pytest.raises(TypeError, match=r"write self\.step = jit\.trace\(self\.step\) in __init__"):
        Trainer().step(tg.ones(2))


def test_arguments_that_are_no_tensors_are_refused() -> None:
    traced = tg.jit.trace(Run().step)
    x, y = batch()
    with pytest.raises(TypeError, match=r"jit\.trace: argument 0 is a ndarray; a captured step"):
        traced(X[0], y)
    for _ in range(3):
        with pytest.raises(ValueError, match=r"argument 0 requires grad.*detach\(\)ed"):
            traced(x.clone().requires_grad_(), y)
        traced(x, y)


def test_a_placeholder_lets_nothing_of_numpy_pass_unnoticed() -> None:
    """Each attribute of an array is one we know, or says that it cannot be captured."""
    known = {"shape", "dtype", "ndim", "size", "nbytes", "flags", "base", "T", "fill"}
    of = np.arange(6.0).reshape(2, 3)
    for name in set(dir(np.ndarray)) - set(dir(object)):
        symbol = Program().symbol("x0", of)
        if name.startswith("__") or name in known | METHODS:
            continue
        with pytest.raises(CaptureError):
            getattr(symbol, name)
    operators = [n for n in dir(np.ndarray) if n.startswith("__") and n not in dir(object)]
    ours = [name for name in operators if hasattr(Symbol, name)]
    left = set(operators) - set(ours)
    # Of these Python or NumPy makes nothing that could pass for the array.
    assert left <= {
        "__array_finalize__", "__array_namespace__", "__array_prepare__", "__array_priority__",
        "__array_struct__", "__array_wrap__", "__class_getitem__", "__copy__", "__deepcopy__",
        "__delitem__", "__dlpack__", "__dlpack_device__", "__setstate__",
    }  # fmt: skip


# -------------------------------------- what an adversary found: the step itself is always right


def beside_the_step(make: Any, calls: int = 4) -> None:
    """``make()`` gives a step of no arguments, and the Tensors to look at after each call."""
    (eager, theirs), (step, mine) = make(), make()
    traced = tg.jit.trace(step)
    for _ in range(calls):
        expected, found = said(eager), said(traced)
        assert found == expected
        for wanted, tensor in zip(theirs, mine, strict=True):
            assert bits(tensor) == bits(wanted)
            assert bits(tensor.grad) == bits(wanted.grad)


def said(step: Any) -> Any:
    try:
        return bits(step())
    except (RuntimeError, ValueError, IndexError) as error:
        return type(error), str(error).split(": ")[0]


def bits(tensor: Any) -> Any:
    if not isinstance(tensor, tg.Tensor):
        return tensor
    return tensor.shape, str(tensor.dtype), tensor.array.strides, tensor.array.tobytes()


def numbers(*values: float, **options: Any) -> Any:
    return tg.tensor(list(values), **options)


def wanted(*values: float) -> Any:
    return tg.tensor(list(values), requires_grad=True)


def a_parameter_that_the_loss_does_not_need() -> Any:
    w, unused = wanted(1.0, 2.0), wanted(3.0, 4.0)
    optimizer = optim.SGD([w, unused], lr=0.1)

    def step() -> Any:
        (w * w).sum().backward()
        optimizer.step()
        return w * 1.0

    return step, [w, unused]


def a_gradient_put_aside_and_put_back() -> Any:
    w = wanted(1.0, 2.0)
    w.grad = numbers(5.0, 5.0)

    def step() -> Any:
        there, w.grad = w.grad, None
        (w * w).sum().backward()
        found = w.grad * 1.0
        w.grad = there
        return found

    return step, [w]


def a_gradient_that_is_another_tensor() -> Any:
    w, buffer = wanted(1.0, 2.0), numbers(0.5, 0.5)

    def step() -> Any:
        w.grad = buffer
        (w * w).sum().backward()
        return buffer * 1.0

    return step, [w, buffer]


def a_gradient_with_other_data() -> Any:
    w = wanted(1.0, 2.0)
    w.grad = held = numbers(1.0, 1.0)

    def step() -> Any:
        (w * w).sum().backward()
        w.grad.data = w.grad.data * 2.0
        return w.grad * 1.0

    return step, [w, held]


def a_velocity_of_one_number() -> Any:
    w = tg.tensor(1.0, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)

    def step() -> Any:
        optimizer.zero_grad()
        (w * w).backward()
        optimizer.step()
        return w * 1.0

    step(), step()
    velocity = optimizer.state[w]["momentum_buffer"]
    return step, [w, velocity]


def two_comparisons() -> Any:
    x, y, z = numbers(2.0, -1.0), numbers(3.0, 4.0), numbers(0.0, 0.0)

    def step() -> Any:
        z.copy_(((x > 0) == (y > 0)).float() + ((x <= 0) != (y >= 4.0)).float() * 2.0)
        return z + 1.0

    return step, [z]


def a_comparison_into_its_own_argument() -> Any:
    x = numbers(1.0, -1.0)

    def step() -> Any:
        y = x.clone()
        np.less(y.array, 0, out=y.array)
        return y

    return step, [x]


def rows_that_do_not_count() -> Any:
    scores = tg.tensor([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]], requires_grad=True)
    labels = numbers(0, 2)

    def step() -> Any:
        scores.grad = None
        loss = F.cross_entropy(scores, labels, ignore_index=2)
        loss.backward()
        return loss

    return step, [scores]


def a_value_too_large_for_its_place() -> Any:
    place, x = tg.zeros(2, 3), numbers(1.0, 2.0, 3.0)

    def step() -> Any:
        place[0] = x
        place.data = tg.zeros(2, 2)
        return x * 1.0

    return step, []


NO_DIFFERENCE = [
    a_parameter_that_the_loss_does_not_need,
    a_gradient_put_aside_and_put_back,
    a_gradient_that_is_another_tensor,
    a_gradient_with_other_data,
    a_velocity_of_one_number,
    two_comparisons,
    a_comparison_into_its_own_argument,
    rows_that_do_not_count,
    a_value_too_large_for_its_place,
]


@pytest.mark.parametrize("make", NO_DIFFERENCE, ids=lambda make: make.__name__)
def test_no_difference(make: Any) -> None:
    beside_the_step(make)


def test_what_came_before_an_error_has_been_done() -> None:
    def make() -> Any:
        w = tg.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]], requires_grad=True)
        optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
        x, labels = tg.ones(1, 2), tg.tensor([1])

        def step(others: Any) -> Any:
            optimizer.zero_grad()
            F.cross_entropy(x @ w, labels).backward()
            optimizer.step()
            return F.cross_entropy(x @ w, others).detach()

        step(labels)
        velocity = optimizer.state[w]["momentum_buffer"]
        return step, [w, velocity]

    (eager, theirs), (step, mine) = make(), make()
    traced = tg.jit.trace(step)
    for label in (0, 0, 0, 7, 0):
        graph = (mine[0] * mine[0]).sum()
        for one in (eager, traced):
            with pytest.raises(IndexError) if label == 7 else contextlib.nullcontext():
                one(tg.tensor([label]))
        for expected, tensor in zip(theirs, mine, strict=True):
            assert bits(tensor) == bits(expected)
            assert bits(tensor.grad) == bits(expected.grad)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            graph.backward()


WRITES: dict[str, Any] = {
    "the data of a parameter": lambda w, x: w.data.mul_(2.0),
    "a detached parameter": lambda w, x: w.detach().zero_(),
    "a part of a parameter": lambda w, x: w[0:1].mul_(2.0),
    "the data of a gradient": lambda w, x: w.grad.data.mul_(2.0),
    "a part of an argument": lambda w, x: x[0:2].mul_(2.0),
    "a parameter that then moves": lambda w, x: (w.mul_(2.0), setattr(w, "data", tg.ones(2))),
}


@pytest.mark.parametrize("what", WRITES)
def test_backward_sees_that_a_traced_step_has_written_to(what: str) -> None:
    w, x = wanted(1.0, 2.0), numbers(3.0, 4.0)
    w.grad = numbers(1.0, 1.0)

    @tg.jit.trace
    def step(x: Any) -> Any:
        with tg.no_grad():
            WRITES[what](w, x)
            return x * 1.0

    for _ in range(3):
        u = wanted(1.0, 1.0)
        read = x if "argument" in what else w.grad if "gradient" in what else w
        graph = (u * read * read).sum()
        step(x)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            graph.backward()


def test_arguments_on_the_same_memory_are_another_situation() -> None:
    w = wanted(1.0, 2.0)

    def step(x: Any, b: Any) -> Any:
        y = (w * x).sum()
        b.add_(1.0)
        y.backward()
        return y

    traced, x = tg.jit.trace(step), numbers(1.0, 1.0)
    for _ in range(3):
        traced(x, numbers(0.0, 0.0))
    memory = numbers(1.0, 1.0, 1.0)
    for shared in [(x, x), (x, x), (memory[:2], memory[1:])]:
        with pytest.raises(RuntimeError, match=r"modified by an inplace operation since: add_"):
            traced(*shared)
    w.grad = numbers(1.0, 1.0)
    traced(x, numbers(0.0, 0.0))


def test_the_steps_from_one_element_to_the_next_are_part_of_a_tensor() -> None:
    a = tg.tensor(np.arange(24.0))[::2].reshape(4, 3)
    a.data = tg.Tensor.wrap(np.arange(24.0)[::2].reshape(4, 3))
    traced = tg.jit.trace(lambda: a.view(12) * 1.0)
    traced(), traced()
    a.data = tg.Tensor.wrap(np.arange(20.0).reshape(4, 5)[:, :3])
    with pytest.raises(tg.ShapeError, match="with its elements in this order in memory"):
        traced()


def test_a_read_only_view_of_memory_that_changes() -> None:
    memory = np.zeros(1, np.float32)
    shown = np.broadcast_to(memory, (2,))

    def step(x: Any) -> Any:
        memory[:] = 0.0
        first = x.array + shown
        memory[:] = 1.0
        return tg.Tensor.wrap(first), tg.Tensor.wrap(x.array + shown)

    traced = tg.jit.trace(step)
    for _ in range(3):
        first, second = traced(numbers(1.0, 2.0))
        assert (first.tolist(), second.tolist()) == ([1.0, 2.0], [2.0, 3.0])


def test_classes_of_results_with_names_that_are_taken() -> None:
    class step(NamedTuple):
        loss: Any

    class Out(NamedTuple):
        a: Any

    First = Out

    class Out(NamedTuple):  # type: ignore[no-redef]
        b: Any

    traced = tg.jit.trace(lambda x: (step(x), First(x + 1.0), Out(x + 2.0)))
    for _ in range(3):
        results = traced(numbers(1.0))
        assert [type(result) for result in results] == [step, First, Out]


def test_a_step_without_arguments_and_without_tensors() -> None:
    traced = tg.jit.trace(lambda: tg.zeros(2) + 1.0)
    for _ in range(3):
        assert traced().tolist() == [1.0, 1.0]


def test_an_array_that_is_returned_is_another_one_each_time() -> None:
    constant = np.ones(2)
    traced = tg.jit.trace(lambda x: (x * 1.0, constant))
    x = numbers(1.0)
    traced(x), traced(x)
    traced(x)[1][:] = 7.0
    assert traced(x)[1].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("which", [0, 1])
def test_a_gradient_by_two_names_cannot_be_moved(which: int) -> None:
    w = wanted(1.0, 2.0)
    w.grad = held = numbers(1.0, 1.0)

    def step() -> Any:
        (w * w).sum().backward()
        moved = [w.grad, held][which]
        moved.data = moved.data * 2.0
        return held * 1.0

    traced = tg.jit.trace(step)
    traced()
    with pytest.raises(CaptureError, match="itself and as the gradient of another one"):
        traced()


def test_a_gradient_that_requires_grad_is_refused() -> None:
    w, traced = wanted(1.0, 2.0), tg.jit.trace(lambda: (w * w).sum().backward())
    traced(), traced()
    w.grad = held = wanted(5.0, 5.0)
    with pytest.raises(CaptureError, match="a gradient that has a graph"):
        traced()
    assert held.tolist() == [5.0, 5.0]


def test_a_traced_step_keeps_no_array_that_was_replaced() -> None:
    w = wanted(1.0, 2.0)
    traced = tg.jit.trace(lambda: (w * w).sum())
    traced(), traced()
    old = weakref.ref(w.array)
    w.data = numbers(3.0, 4.0)
    assert old() is None


def test_threads_with_and_without_recording_run_each_their_own_program() -> None:
    w = wanted(1.0, 2.0)
    wrong: list[Any] = []

    @tg.jit.trace
    def step(x: Any) -> Any:
        return x * (2.0 if tg.is_grad_enabled() else 3.0)

    def run(recording: bool) -> None:
        with tg.set_grad_enabled(recording):
            for _ in range(3000):
                if step(w.detach()).tolist() != ([2.0, 4.0] if recording else [3.0, 6.0]):
                    wrong.append(recording)

    run(True), run(False)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=run, args=[recording]) for recording in (True, False)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert wrong == []


PICKED: dict[str, Any] = {
    "an index": lambda w, y: w[tg.arange(3), y].mean(),
    "an index, negative": lambda w, y: -w.log_softmax(1)[tg.arange(3), y].mean(),
    "rows": lambda w, y: w[y].sum(),
    "gather": lambda w, y: w.gather(1, y.view(3, 1)).mean(),
    "index_select": lambda w, y: w.index_select(0, y).sum(),
    "max along": lambda w, y: w.max(dim=1)[0].mean() + 0.0 * y.sum(),
    "hinge": lambda w, y: (w - w[tg.arange(3), y].view(3, 1) + 1.0).clamp(min=0).sum(),
    "written": lambda w, y: (w * 1.0).index_select(1, y).pow(2).sum(),
}


@pytest.mark.parametrize("what", PICKED)
def test_what_is_picked_by_an_argument_has_the_gradient_of_the_step(what: str) -> None:
    """The gradient that comes in is the same each time, so a real array, beside placeholders."""

    def make() -> Any:
        w = tg.tensor(np.arange(9.0).reshape(3, 3) ** 2 / 7, requires_grad=True)

        def step(y: Any) -> Any:
            w.grad = None
            (first,) = grad(PICKED[what](w, y) ** 2, w, create_graph=True)
            (second,) = grad(first.sum(), w)
            loss = PICKED[what](w, y)
            loss.backward()
            return loss, first, second

        return w, step

    (theirs, eager), (mine, step) = make(), make()
    traced = tg.jit.trace(step)
    for labels in ([0, 1, 2], [2, 2, 0], [1, 0, 0], [0, 0, 0]):
        y = tg.tensor(labels)
        expected, found = eager(y), traced(y)
        assert [bits(tensor) for tensor in found] == [bits(tensor) for tensor in expected]
        assert bits(mine.grad) == bits(theirs.grad)


# ------------------------------------------------------------------ what mutants of jit/ have asked


@pytest.mark.parametrize("name", sorted(BEFORE_OUT))
def test_how_many_arguments_a_function_takes_before_out(name: str) -> None:
    x = np.arange(6.0).reshape(2, 3)
    given = {"take": (x, [1, 0], 0), "clip": (x, 1.0, 4.0)}.get(name, (x, 0, None))
    given = given[: BEFORE_OUT[name]]
    assert len(given) == BEFORE_OUT[name]
    result = getattr(np, name)(*given)
    out = np.full_like(result, 7)
    getattr(np, name)(*given, out)
    assert np.array_equal(out, result)


def test_a_wrong_label_in_the_call_that_captures_has_changed_nothing() -> None:
    run, w = Run(), tg.ones(3)

    def step(x: Any, y: Any) -> Any:
        w.add_(1.0)
        return run.step(x, y)

    traced, (x, y) = tg.jit.trace(step), batch()
    traced(x, y)
    before = [w.tolist(), run.weights()]
    with pytest.raises(IndexError, match="target goes from"):
        traced(x, y + 3)
    assert [w.tolist(), run.weights()] == before
    traced(x, y)
    assert w.tolist() == [3.0] * 3


@pytest.mark.parametrize("accumulates", [False, True])
def test_a_step_is_traced_once(accumulates: bool) -> None:
    runs = []

    def step(two: Two, x: Any) -> Any:
        runs.append(1)
        if not accumulates:
            two.optimizer.zero_grad()
        (two.loss(x) + (two.w.reshape(2, 2) @ two.v.reshape(2, 2)).sum()).backward()
        two.optimizer.step()
        return two.w.grad.detach()

    two = Two(momentum=0.5)
    step(two, xs()[0][0])
    traced = tg.jit.trace(lambda x: step(two, x))
    for (x,) in xs():
        traced(x)
    assert len(runs) == 3


def test_a_gradient_that_comes_in_another_order_in_memory() -> None:
    eager, mine = (tg.ones(2, 3, requires_grad=True) for _ in range(2))

    def step(w: Any, x: Any) -> Any:
        (w * x).sum().backward()
        return w.grad * 2.0

    traced = tg.jit.trace(lambda x: step(mine, x))
    x = tg.tensor(np.arange(6.0, dtype=np.float32).reshape(2, 3))
    for i in range(6):
        for w in (eager, mine):
            w.grad = tg.ones(3, 2).T if i in (3, 4) else tg.ones(2, 3)
        expected, found = step(eager, x), traced(x)
        assert found.tolist() == expected.tolist()
        assert found.array.flags.c_contiguous == expected.array.flags.c_contiguous


def test_a_constant_that_runs_backwards_in_memory() -> None:
    weights = np.arange(4.0, dtype=np.float32)[::-1]
    op = tg.Op("weighted", lambda a: a * weights, lambda g, y, a: g * weights)
    traced, x = tg.jit.trace(lambda x: op(x)), tg.tensor(X[0])
    for _ in range(3):
        assert traced(x).tolist() == (X[0] * weights).tolist()


def test_requires_grad_of_a_constant_from_outside_stays_off() -> None:
    u = tg.ones(3)
    traced = tg.jit.trace(lambda x: (u.requires_grad_() * x).sum())
    x = tg.ones(3)
    traced(x)
    u.requires_grad_(False)
    with pytest.raises(CaptureError, match="cannot switch requires_grad"):
        traced(x)


def test_a_gradient_that_is_put_back_is_the_same_tensor() -> None:
    w = wanted(1.0, 2.0)

    def step(x: Any) -> Any:
        w.grad, before = None, w.grad
        loss = (w * x).sum()
        loss.backward()
        w.grad = before
        return loss

    traced, mine = tg.jit.trace(step), numbers(5.0, 5.0)
    for _ in range(4):
        w.grad = mine
        traced(numbers(1.0, 1.0))
        assert w.grad is mine


def test_what_escapes_from_a_refused_step_are_numbers() -> None:
    escaped: list[Any] = []

    def step(x: Any) -> Any:
        escaped[:] = [x * 2.0, x.argmax(1), x > 0.0]
        return x.sum().item()

    traced, x = tg.jit.trace(step), tg.tensor(X[0])
    with contextlib.suppress(CaptureError):
        traced(x), traced(x)
    floats, places, mask = escaped
    assert np.isnan(floats.numpy()).all()
    assert places.tolist() == [0] * 8
    assert mask.tolist() == [[False] * 4] * 8


INDICES = [
    np.s_[(0, 2), 1:],
    np.s_[(0, 1), (0, 1)],
    np.s_[[0, 1], (0, 1)],
    ((0, 2),),
    np.s_[..., None, 1:2],
    (),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_numpys_indices_are_written_as_they_are(index: Any) -> None:
    op = tg.Op("part", lambda a: a[index] * 1.0, lambda g, y, a: g)
    x = tg.tensor(np.arange(48.0).reshape(4, 4, 3))
    traced = tg.jit.trace(lambda x: op(x))
    for _ in range(3):
        assert traced(x).tolist() == x.array[index].tolist()


@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.add.reduce(a, axis=None),
        lambda a: np.add.reduce(a, None),
        lambda a: np.concatenate([a, a], axis=None),
        lambda a: a.sum(axis=None, keepdims=False),
        lambda a: np.maximum.reduce(a, axis=1, keepdims=True),
    ],
)
def test_no_axis_is_an_axis_too(function: Any) -> None:
    op = tg.Op("joined", function, lambda g, y, a: g)
    traced, x = tg.jit.trace(lambda x: op(x)), tg.tensor(X[0])
    for _ in range(3):
        assert traced(x).tolist() == function(X[0]).tolist()


def test_a_ufunc_that_is_not_numpys_own() -> None:
    log1p = np.frompyfunc(lambda x: x + 1.0, 1, 1)  # which calls itself `<lambda> (vectorized)`
    op = tg.Op("plus", lambda a: log1p(a).astype(np.float32), lambda g, y, a: g)
    traced, x = tg.jit.trace(lambda x: op(x)), tg.tensor(X[0])
    for _ in range(3):
        assert traced(x).tolist() == (X[0] + np.float32(1.0)).tolist()


def test_numpys_reductions_by_their_ufuncs() -> None:
    total = tg.Op("total", lambda a: np.add.reduce(a, axis=0), lambda g, y, a: g + 0.0 * a)
    traced = tg.jit.trace(lambda x: total(x))
    x = tg.tensor(X[0])
    for _ in range(3):
        assert traced(x).tolist() == X[0].sum(0).tolist()


def test_an_argument_that_is_given_the_memory_of_another_is_refused() -> None:
    def step(x: Any, y: Any) -> Any:
        x.data = y.data
        return x * 2.0

    traced = tg.jit.trace(step)
    traced(tg.ones(3), tg.zeros(3))
    with pytest.raises(CaptureError, match="cannot give its argument 0 other memory"):
        traced(tg.ones(3), tg.zeros(3))
