"""jit.trace: what may have changed between two calls of a traced step is noticed, and used.

Other memory, another order in memory, other parameters, options, modes: the traced step does what
the step itself would do now. And what it writes, whoever else uses it sees written.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from captured_steps import X, batch, batches, captured_run
from jit_steps import Two, compare, made, numbers, train, wanted, xs

import tinygrad_lr as tg
from tinygrad_lr.jit import CaptureError

# ------------------------------------------------------- parameters, and what their optimizer keeps


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


def test_velocities_that_are_loaded() -> None:
    def between(two: Any, i: int) -> None:
        if i == 1:
            two.saved = two.optimizer.state_dict()
        if i in (4, 7):
            two.optimizer.load_state_dict(two.saved)

    compare(made(train, momentum=0.9), xs(), between)


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


def test_an_option_that_the_step_reads_of_each_group() -> None:
    groups = tg.optim.SGD(
        [{"params": [wanted(1.0)], "lr": rate} for rate in (0.5, 0.25)]
    ).param_groups
    step = lambda x: x * groups[0]["lr"] + groups[1]["lr"]
    traced = tg.jit.trace(step)
    for group in (0, 1, 0):
        for (x,) in xs()[:3]:
            assert traced(x).tolist() == step(x).tolist()
        groups[group]["lr"] *= 2.0
    assert traced(x).tolist() == step(x).tolist()


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


# ------------------------------------------------------------------------------- whether it records


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


@pytest.mark.parametrize("before", [True, False])
def test_a_step_that_leaves_recording_switched_is_refused(before: bool) -> None:
    def step(x: Any) -> Any:
        tg.set_grad_enabled(not before)
        return x * 2.0

    traced = tg.jit.trace(step)
    with tg.set_grad_enabled(before):
        traced(tg.ones(2))
    with tg.set_grad_enabled(before), pytest.raises(CaptureError, match="leave recording switched"):
        traced(tg.ones(2))


def test_requires_grad_that_is_switched() -> None:
    def between(two: Any, i: int) -> None:
        two.w.requires_grad_(i not in (3, 4, 7))

    compare(made(train), xs(), between)
    compare(made(train, momentum=0.9), xs(), between)


# ----------------------------------------------------------------- which memory, and in which order


@pytest.mark.parametrize("first", [[0, 1, 2, 3], [3, 2, 1, 0]])
def test_arrays_of_numpy_that_change_while_the_step_runs(first: list[int]) -> None:
    def step(two: Any, x: Any) -> Any:
        places = np.array(first)
        a = x[places]
        places[:] = places[::-1].copy()
        return a * 10.0 + x[places]

    compare(made(step), xs())


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


def test_arrays_given_to_tensors_from_outside_are_shared_as_in_the_step() -> None:
    def step(two: Any, x: Any) -> Any:
        with tg.no_grad():
            two.v.add_(x)
            result = two.w * 1.0
            two.w.data = two.v.data
        return result

    compare(made(step), xs())


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


@pytest.mark.parametrize("other", [[(2,)], [(2,), (2,), (2,)], [(2,), (1,)], [(2,), (3,)]])
def test_how_many_arguments_there_are_and_their_shapes_stay(other: list[tuple[int]]) -> None:
    traced = tg.jit.trace(lambda *given: sum(x.sum() for x in given))
    for _ in range(3):
        traced(tg.ones(2), tg.ones(2))
    with pytest.raises(ValueError, match=r"jit\.trace"):
        traced(*map(tg.ones, other))


def test_the_order_in_memory_is_part_of_an_argument() -> None:
    traced = tg.jit.trace(lambda x: x.contiguous().sum())
    x = tg.tensor(X[0])
    traced(x), traced(x)
    with pytest.raises(tg.ShapeError, match="its elements in another order in memory"):
        traced(tg.tensor(X[0].T.copy()).T)


def test_the_steps_from_one_element_to_the_next_are_part_of_a_tensor() -> None:
    a = tg.tensor(np.arange(24.0))[::2].reshape(4, 3)
    a.data = tg.Tensor.wrap(np.arange(24.0)[::2].reshape(4, 3))
    traced = tg.jit.trace(lambda: a.view(12) * 1.0)
    traced(), traced()
    a.data = tg.Tensor.wrap(np.arange(20.0).reshape(4, 5)[:, :3])
    with pytest.raises(tg.ShapeError, match="with its elements in this order in memory"):
        traced()


# ----------------------------------------------------------------------------------- what it writes


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


def test_columns_and_rows_are_written_in_a_traced_step() -> None:
    for part in (lambda a: a[:, 0], lambda a: a[::2], lambda a: a.T[1:], lambda a: a[0, 1:]):
        once, again = tg.ones(3, 2), tg.ones(3, 2)

        def step(a: Any, part: Any = part) -> Any:
            with tg.no_grad():
                part(a).mul_(1.5)
            return a * 1.0

        traced = tg.jit.trace(step)
        assert [traced(again).tolist() for _ in range(4)] == [step(once).tolist() for _ in range(4)]


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


def test_a_parameter_whose_memory_is_protected_is_an_error_as_in_the_step() -> None:
    two = made(train)()
    traced = tg.jit.trace(two.step)
    for given in xs():
        traced(*given)
    two.w.array.flags.writeable = False
    for run in (two.step, traced):
        with pytest.raises(RuntimeError, match=r"read-only(?s:.*)parameter\.data\.clone\(\)"):
            run(*xs()[0])


def test_what_an_error_comes_before_is_not_written() -> None:
    w, v = wanted(1.0, 2.0), wanted(3.0, 4.0)

    @tg.jit.trace
    @tg.no_grad()
    def step(x: Any, i: Any) -> Any:
        w.mul_(2.0)
        row = x[i]
        v.mul_(2.0)
        return row

    x, first = tg.ones(3, 2), tg.tensor([0])
    for _ in range(3):
        step(x, first)
    of_w, of_v = (w * w).sum(), (v * v).sum()
    with pytest.raises(IndexError):
        step(x, tg.tensor([3]))
    with pytest.raises(RuntimeError, match="modified by an inplace operation since: a captured"):
        of_w.backward()
    of_v.backward()
    assert v.grad is not None
    assert v.grad.tolist() == (v * 2.0).tolist()


# -------------------------------------------------------------------------------- the usual case


def test_where_nothing_has_changed_nobody_looks_more_closely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    two = made(train)()
    traced = tg.jit.trace(two.step)
    x = tg.ones(4)
    for _ in range(3):
        traced(x)

    def look(*args: Any) -> bool:
        raise AssertionError("looked")

    monkeypatch.setattr(type(traced._last), "fits", look)
    traced(tg.zeros(4))
    two.w.data = two.w.data.clone()
    with pytest.raises(AssertionError, match="looked"):
        traced(x)


def usual() -> tuple[Any, Any]:
    """A step that has been called so often that only what is usual is looked at."""
    two = made(train)()
    traced = tg.jit.trace(two.step)
    for _ in range(4):
        traced(tg.ones(4))
    return two, traced


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (tg.ones(4, requires_grad=True), "argument 0 requires grad"),
        (tg.ones(4, requires_grad=True)[:] * 2, "argument 0 requires grad"),
        (tg.ones(4, dtype=tg.float64), r"captured for \(4,\) float32, and is now given"),
        (tg.ones(4, dtype=tg.int32), r"captured for \(4,\) float32, and is now given"),
        (tg.ones(8)[::2], "its elements in another order in memory"),
        (tg.nn.Parameter(tg.ones(4), requires_grad=False), "argument 0 is a Parameter"),
        (np.ones(4, np.float32), "argument 0 is a ndarray"),
    ],
)
def test_an_argument_that_is_unusual(given: Any, error: str) -> None:
    two, traced = usual()
    before = two.w.tolist()
    with pytest.raises((ValueError, TypeError, tg.ShapeError, CaptureError), match=error):
        traced(given)
    assert two.w.tolist() == before


def test_arguments_that_share_memory_as_they_usually_do_not() -> None:
    w = wanted(1.0, 2.0)

    def step(x: Any, b: Any) -> Any:
        w.grad = None
        y = (w * x).sum()
        b.add_(1.0)
        y.backward()
        return y

    traced, memory = tg.jit.trace(step), numbers(1.0, 1.0, 1.0)
    for _ in range(4):
        traced(numbers(1.0, 1.0), numbers(0.0, 0.0))
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation since: add_"):
        traced(memory[:2], memory[1:])


def test_a_view_of_what_a_recorded_write_has_made_a_result() -> None:
    w, constant = wanted(1.0, 2.0), numbers(1.0, 1.0)
    view = constant[:]

    def step(x: Any) -> Any:
        y = (w * view * x).sum()
        y.backward()
        return y

    traced, x = tg.jit.trace(step), numbers(1.0, 1.0)
    for _ in range(3):
        traced(x)
    constant.mul_(w)
    with pytest.raises(CaptureError, match="cannot go back through an operation"):
        traced(x)


def test_how_far_the_next_one_would_be_of_which_there_is_one_makes_no_difference() -> None:
    traced, x = tg.jit.trace(lambda x: x * 2.0), tg.tensor(X[0])
    for rows in (x.reshape(8, 1, -1), x.reshape(8, 1, -1), x[:, None], x.clone()[:, None]):
        assert traced(rows).tolist() == (rows * 2.0).tolist()


def test_a_hook_on_a_parameter_that_was_usual() -> None:
    two, traced = usual()
    two.w.register_hook(lambda gradient: gradient * 0.0)
    with pytest.raises(CaptureError, match="cannot run hooks"):
        traced(tg.ones(4))


def test_a_usual_step_is_no_part_of_another() -> None:
    inner = tg.jit.trace(lambda: tg.zeros(2))
    for _ in range(4):
        inner()
    outer = tg.jit.trace(lambda x: x + inner())
    outer(tg.ones(2))
    with pytest.raises(CaptureError, match="cannot be part of another one"):
        outer(tg.ones(2))


def test_gradients_that_come_and_go() -> None:
    def step(two: Any, x: Any) -> Any:
        loss = two.loss(x)
        loss.backward()
        return loss

    def between(two: Any, i: int) -> None:
        if i % 3 == 0:
            two.w.grad = two.v.grad = None

    compare(made(step), [*xs(), *xs(), *xs()], between)


def test_an_argument_that_has_a_gradient_where_the_step_asks_for_it() -> None:
    def step(x: Any) -> Any:
        return x * 2.0 if x.grad is None else x * 3.0

    traced = tg.jit.trace(step)
    x = tg.ones(2)
    assert [traced(x).tolist() for _ in range(3)] == [[2.0, 2.0]] * 3
    x.grad = tg.ones(2)
    with pytest.raises(CaptureError, match=r"argument 0 has a \.grad"):
        traced(x)
