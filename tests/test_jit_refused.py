"""jit.trace: what cannot be traced is refused in words; refusals and errors leave no trace behind.

A program cannot ask for a value, draw random numbers, keep what it computes. Where the step itself
raises, the traced one does, and what came before the error has been done.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from captured_steps import Run, X, batch, captured_run, check_refused
from jit_steps import beside_the_step, bits, numbers

import tinygrad_lr as tg
from tinygrad_lr import optim
from tinygrad_lr.jit import CaptureError
from tinygrad_lr.jit.program import METHODS, Program, Symbol
from tinygrad_lr.nn import functional as F

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


def test_requires_grad_of_a_constant_from_outside_stays_off() -> None:
    u = tg.ones(3)
    traced = tg.jit.trace(lambda x: (u.requires_grad_() * x).sum())
    x = tg.ones(3)
    traced(x)
    u.requires_grad_(False)
    with pytest.raises(CaptureError, match="cannot switch requires_grad"):
        traced(x)


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
        "__array_struct__", "__array_wrap__", "__buffer__", "__class_getitem__", "__copy__",
        "__deepcopy__", "__delitem__", "__dlpack__", "__dlpack_device__", "__setstate__",
    }  # fmt: skip


# ---------------------------------------------------------------------------------------- arguments


def test_arguments_that_are_no_tensors_are_refused() -> None:
    traced = tg.jit.trace(Run().step)
    x, y = batch()
    with pytest.raises(TypeError, match=r"jit\.trace: argument 0 is a ndarray; a captured step"):
        traced(X[0], y)
    for _ in range(3):
        with pytest.raises(ValueError, match=r"(?s)argument 0 requires grad.*detach\(\)ed"):
            traced(x.clone().requires_grad_(), y)
        traced(x, y)


def test_an_argument_by_name_is_refused_in_words() -> None:
    step = tg.jit.trace(lambda x: x + 1)
    for _ in range(2):
        with pytest.raises(
            TypeError, match="takes its arguments by position; 'x' was given by name"
        ):
            step(x=tg.ones(2))
        step(tg.ones(2))


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


def test_an_argument_that_is_given_the_memory_of_another_is_refused() -> None:
    def step(x: Any, y: Any) -> Any:
        x.data = y.data
        return x * 2.0

    traced = tg.jit.trace(step)
    traced(tg.ones(3), tg.zeros(3))
    with pytest.raises(CaptureError, match="cannot give its argument 0 other memory"):
        traced(tg.ones(3), tg.zeros(3))


# ---------------------------------------------------------------- what a refused step leaves behind


@pytest.mark.usefixtures("as_before")
def test_what_escapes_from_a_refused_step_is_nan_and_no_placeholder() -> None:
    traced = tg.jit.trace(lambda x: KEPT.append(x * 2.0))
    x = tg.ones(2)
    traced(x)
    with pytest.raises(CaptureError, match="cannot keep a Tensor"):
        traced(x)
    assert KEPT[0].tolist() == [2.0, 2.0]
    assert np.isnan(KEPT[1].numpy()).all()


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


# ------------------------------------------------------------------------ errors of the step itself


def test_what_came_before_a_label_that_is_no_class_has_been_done() -> None:
    run, traced = captured_run()
    x, y = batch()
    assert all(p.grad is not None for p in run.model.parameters())
    wrong = tg.tensor(np.full(len(y), 9))
    with pytest.raises(IndexError, match="target goes from 9 to 9"):
        traced(x, wrong)
    assert all(p.grad is None for p in run.model.parameters())  # the step begins with zero_grad()


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


def a_value_too_large_for_its_place() -> Any:
    place, x = tg.zeros(2, 3), numbers(1.0, 2.0, 3.0)

    def step() -> Any:
        place[0] = x
        place.data = tg.zeros(2, 2)
        return x * 1.0

    return step, []


def test_a_value_too_large_for_its_place_is_the_error_of_the_step() -> None:
    beside_the_step(a_value_too_large_for_its_place)
