"""The contract of captured steps: errors are those of the step, and leave nothing behind.

An error or warning that the step itself catches depends on a value, and is refused; one of a later
call says what the step would, or names the line of its program.
"""

from __future__ import annotations

import contextlib
import re
import warnings
from typing import Any

import numpy as np
import pytest
from captured_steps import capture
from contract import Things, check, is_clean, on_the_cpu, tensor, tensors, x_of
from side_by_side import on_device

import tinygrad_lr as tg
from tinygrad_lr.jit import CaptureError
from tinygrad_lr.nn import functional as F

device = pytest.fixture(scope="module", autouse=True)(on_device)
pytestmark = pytest.mark.filterwarnings("ignore")


# --------------------------------------------------------------------------- errors that are caught


def index_caught(s: Things, x: Any, y: Any) -> Any:
    with contextlib.suppress(IndexError):
        return x[y]
    return x.sum()


def overflow_caught(s: Things, x: Any, y: Any) -> Any:
    try:
        with np.errstate(over="raise"):
            return x * 1e38
    except FloatingPointError:
        return x * 0.0


def label_caught(s: Things, x: Any, y: Any) -> Any:
    with contextlib.suppress(IndexError):
        return F.cross_entropy(s.m[:3], y)
    return x.sum()


@on_the_cpu
@pytest.mark.parametrize("step", [index_caught, overflow_caught, label_caught])
def test_an_error_of_a_value_that_the_step_catches_is_refused(step: Any) -> None:
    def args(s: Things, i: int) -> Any:
        return x_of(i) * (1.0 if not i else 100.0), tensor([0, 1, 7 if i else 2])

    check(step, args, refused=True)


@on_the_cpu
def test_an_error_of_a_number_alone_may_be_caught() -> None:
    """That 2**70 is no int64 depends on no value in a Tensor: it is the same each time."""

    def step(s: Things, x: Any, y: Any) -> Any:
        try:
            return y + 2**70
        except OverflowError:
            return x * 2.0

    check(step, lambda s, i: (x_of(i), tensor([0, 1, i])))


@on_the_cpu
@pytest.mark.parametrize("how", ["error", "record", "record as it is", "errcall"])
def test_a_warning_of_a_value_that_the_step_looks_for(how: str) -> None:
    def step(s: Things, x: Any) -> Any:
        heard: list[Any] = []
        with warnings.catch_warnings(record=how.startswith("record")) as found:
            if how != "record as it is":
                warnings.simplefilter("error" if how == "error" else "always")
            options = {"over": "call", "call": lambda *_: heard.append(1)}
            try:
                with np.errstate(**options if how == "errcall" else {}):
                    y = x * 1e38
            except RuntimeWarning:
                return x * 0.0
        return x * 0.0 if found or heard else y

    def args(s: Things, i: int) -> Any:
        return (x_of(i) * (100.0 if i else 1.0),)

    warnings.simplefilter("always")  # until the end of this test
    check(step, args, refused=None)  # "error" and "record" fail today


# --------------------------------------------------------------------------- errors in a later call

PICKS = {
    "x[i]": lambda s, x, i: x[i],
    "m[i]": lambda s, x, i: s.m[i],
    "m[:, i]": lambda s, x, i: s.m[:, i],
    "gather": lambda s, x, i: x.gather(0, i),
    "index_select": lambda s, x, i: x.index_select(0, i),
    "setitem": lambda s, x, i: s.u.__setitem__(i, x),
    "labels": lambda s, x, i: F.cross_entropy(tg.stack([x, x, x]), i),
    "computed": lambda s, x, i: x[i * 2 - i],
    "written": lambda s, x, i: (i.add_(0), x[i])[1],
    "gathered by what was written": lambda s, x, i: (i.add_(0), x.gather(0, i))[1],
    "labels that were written": lambda s, x, i: (
        i.add_(0),
        F.cross_entropy(tg.stack([x] * 3), i),
    )[1],
    "an array": lambda s, x, i: tg.Tensor.wrap(x.array[i.array]),
    "take": lambda s, x, i: tg.Tensor.wrap(x.array.take(i.array)),
}


@on_the_cpu
@pytest.mark.parametrize("bad", [7, -9])
@pytest.mark.parametrize("at", [1, 3])
@pytest.mark.parametrize("how", PICKS)
def test_a_place_that_is_out_of_range(how: str, at: int, bad: int) -> None:
    s, step = Things(), PICKS[how]
    captured = capture(lambda x, i: step(s, x, i))
    for n in range(at):
        captured(x_of(n), tensor([0, 1, 2]))
    with pytest.raises((IndexError, CaptureError)) as found:
        captured(x_of(at), tensor([0, bad, 1]))
    if at == 1 and ("was written" in how or "were written" in how):
        assert "cannot use as an index, or as labels, what it has itself" in str(found.value)
        return
    with pytest.raises(IndexError) as wanted:
        step(s, x_of(at), tensor([0, bad, 1]))
    words = str(wanted.value).partition("(expected")[0]
    assert words in str(found.value)
    assert how in ("an array", "take") or "out of bounds" not in str(found.value)
    assert captured(x_of(4), tensor([2, 1, 0])) is not False  # and it goes on
    assert is_clean()


@on_the_cpu
@pytest.mark.parametrize(
    "step",
    [
        lambda x: x * x,
        lambda x: (x * 2.0).exp(),
        lambda x: x**3,
        lambda x: (x @ x).sum(),
        lambda x: (x * 10.0).double().float() * x,
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_floating_point_errors_name_the_line(step: Any, inside: bool) -> None:
    state = np.errstate(over="raise")
    captured = capture(state(step) if inside else step)
    for i in range(3):
        captured(x_of(i))
    with np.errstate(over="raise"), pytest.raises(FloatingPointError) as error:
        captured(tensor([3e38, 1e38, 1.0]))
    said = r"in the line `v\d+ = .*[*@(].*` of step\.code: overflow encountered in"
    assert re.search(said, str(error.value))
    assert is_clean()


@on_the_cpu
def test_no_room_in_a_later_call(monkeypatch: pytest.MonkeyPatch) -> None:
    captured = capture(lambda x: x * 2.0)
    for i in range(3):
        captured(x_of(i))
    program = compile("\nnp.empty(2**60, np.float32)", "<traced step>", "exec")  # NumPy's own error
    monkeypatch.setattr(captured._last, "_run", lambda *_: exec(program, {"np": np}))
    with pytest.raises(MemoryError, match="Unable to allocate"):
        captured(x_of(3))


# --------------------------------------------------------------------------- nothing is left behind


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, KeyError, GeneratorExit])
def test_what_leaves_the_step_while_it_is_captured(error: type[BaseException]) -> None:
    s, now = Things(), [False]

    def step(x: Any) -> Any:
        loss = s.train(x)
        if now[0]:
            raise error
        return loss

    captured = capture(step)
    captured(x_of(0))
    before, how = tensors(s), np.geterr()
    now[0] = True
    with pytest.raises(error):
        captured(x_of(1))
    assert (tensors(s), np.geterr(), is_clean()) == (before, how, True)
    now[0] = False
    eager = Things()
    eager.train(x_of(0))
    for i in range(3):
        assert captured(x_of(i)).item() == eager.train(x_of(i)).item()
        assert tensors(s) == tensors(eager)
