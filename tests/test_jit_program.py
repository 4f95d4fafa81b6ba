"""jit.trace: the program that is made of a step, line by line, and what it returns.

It is what one would write by hand: nothing that the step does not need, memory freed where it is
last used, NumPy's warnings as in the step, and results of the kinds that the step returns.
"""

from __future__ import annotations

import math
import re
import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest
from jit_steps import Two, numbers, train, xs

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.jit import CaptureError
from tinygrad_lr.nn import functional as F


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


# ------------------------------------------------------------------------------ what NumPy warns of


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


def test_a_number_that_is_too_large_warns_each_time_as_in_the_step() -> None:
    traced = tg.jit.trace(lambda x: x * 1e300)
    for _ in range(3):
        with pytest.warns(RuntimeWarning, match="overflow"):
            assert traced(tg.ones(2)).tolist() == [math.inf, math.inf]


# ------------------------------------------------------------------------------ what a step returns


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
