"""arange and linspace have PyTorch's values, bit for bit, in every dtype."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr as tg

FLOATS = ["float32", "float64", "float16"]
INTEGERS = ["int64", "int32", "int16", "int8", "uint8"]
EDGES = st.sampled_from([0.0, 1.0, -8.0, 0.1, 0.5, 3, -2, 100.0])
NUMBERS = EDGES | st.integers(-100, 100) | st.floats(-1e4, 1e4) | st.floats(-1e-4, 1e-4)
STEPS = NUMBERS.filter(lambda step: abs(step) > 1e-9)
COUNTS = st.integers(0, 400)  # far enough for PyTorch's 32 bytes at a time, and what is left

as_today = pytest.mark.skipif(
    torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"),
    reason="on such a processor PyTorch rounds a product before it adds: other last bits",
)


def assert_same_bits(ours: tg.Tensor, theirs: torch.Tensor) -> None:
    assert str(theirs.dtype) == f"torch.{ours.dtype}"
    assert ours.numpy().tobytes() == theirs.numpy().tobytes()


@as_today
@pytest.mark.parametrize("dtype", [None, *FLOATS])
@given(start=NUMBERS, step=STEPS, count=COUNTS)
def test_arange_of_floats(dtype: Any, start: float, step: float, count: int) -> None:
    end = start + count * step
    if not math.isclose((end - start) / step, count, abs_tol=0.5):
        return  # so small a step is lost in so large a start
    theirs = torch.arange(start, end, step, dtype=dtype and getattr(torch, dtype))
    assert_same_bits(tg.arange(start, end, step, dtype=dtype), theirs)


@pytest.mark.parametrize("dtype", INTEGERS)
@given(start=st.integers(0, 50), step=st.integers(1, 9), length=st.floats(0, 50))
def test_arange_of_integers(dtype: str, start: int, step: int, length: float) -> None:
    for first, last, by in ((start, start + length, step), (start + length, start, -step)):
        if dtype == "uint8" and by < 0:
            continue
        theirs = torch.arange(first, last, by, dtype=getattr(torch, dtype))
        assert_same_bits(tg.arange(first, last, by, dtype=dtype), theirs)


@as_today
@pytest.mark.parametrize("dtype", [None, *FLOATS])
@given(start=NUMBERS, end=NUMBERS, count=COUNTS)
def test_linspace_of_floats(dtype: Any, start: float, end: float, count: int) -> None:
    theirs = torch.linspace(start, end, count, dtype=dtype and getattr(torch, dtype))
    assert_same_bits(tg.linspace(start, end, count, dtype=dtype or tg.float32), theirs)


@as_today
@pytest.mark.parametrize("dtype", INTEGERS)
@given(start=st.floats(0, 100), end=st.floats(0, 100), count=COUNTS)
def test_linspace_of_integers(dtype: str, start: float, end: float, count: int) -> None:
    theirs = torch.linspace(start, end, count, dtype=getattr(torch, dtype))
    assert_same_bits(tg.linspace(start, end, count, dtype=dtype), theirs)


@as_today
def test_where_numbers_cancel_the_last_bit_decides_about_a_slope() -> None:
    x = tg.arange(-8.0, 8.0, 0.1, requires_grad=True)
    tg.relu(x).sum().backward()
    theirs = torch.arange(-8.0, 8.0, 0.1, requires_grad=True)
    torch.relu(theirs).sum().backward()
    assert x[80].item() == theirs[80].item() == 4.440892098500626e-16
    assert x.grad is not None
    assert theirs.grad is not None
    assert x.grad.tolist() == theirs.grad.tolist()


@as_today
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_long_ranges(dtype: str) -> None:
    kept = getattr(torch, dtype)
    assert_same_bits(
        tg.arange(0.3, 2000, 0.1, dtype=dtype), torch.arange(0.3, 2000, 0.1, dtype=kept)
    )
    assert_same_bits(
        tg.linspace(-1, 7, 30001, dtype=dtype), torch.linspace(-1, 7, 30001, dtype=kept)
    )


def test_integers_beyond_the_digits_of_a_float() -> None:
    assert_same_bits(tg.arange(2**62, 2**62 + 3), torch.arange(2**62, 2**62 + 3))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_a_step_that_is_none_in_integers(dtype: str) -> None:
    # PyTorch refuses it in int64; in the others it repeats the start.
    with pytest.raises(ValueError, match="no step in integers"):
        tg.arange(0, 3, 0.5, dtype=dtype)


@pytest.mark.parametrize("make", [tg.arange, lambda n, dtype: tg.linspace(0, 1, n, dtype=dtype)])
def test_booleans_are_no_numbers_to_count(make: Any) -> None:
    with pytest.raises(RuntimeError, match="gives numbers, not bool"):
        make(3, dtype=bool)


def test_bounds_of_linspace_that_do_not_fit_are_refused() -> None:
    for bounds, dtype in [
        ((0, 300), "uint8"),
        ((-8, 8), "uint8"),
        ((0, 2**31), "int32"),
        ((0.0, 7e4), "float16"),
        ((-1e300, 1.0), "float32"),
    ]:
        with pytest.raises(RuntimeError, match=f"linspace: {dtype} "):
            tg.linspace(*bounds, 5, dtype=dtype)
    assert tg.linspace(0, 255, 4, dtype="uint8").tolist() == [0, 85, 170, 255]
    assert tg.linspace(0, 65504, 2, dtype="float16").tolist() == [0.0, 65504.0]
