"""erf and erfc to the last digits, everywhere: beside Python's own, which are C's."""

from __future__ import annotations

import math
from typing import Any

import numpy
import pytest

import tinygrad_lr as tg

RNG = numpy.random.default_rng(0)
POINTS = numpy.concatenate(
    [
        *(RNG.uniform(-bound, bound, 3000) for bound in (0.6, 4.5, 7.0, 27.5)),
        10.0 ** RNG.uniform(-300, 2, 1000),
        numpy.nextafter([0.46875, 4.0, 6.0, -4.0], [0.0]),
        [0.46875, -0.46875, 4.0, 6.0, -4.0, 1e300, -1e300],
    ]
)
FUNCTIONS = {"erf": math.erf, "erfc": math.erfc}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("dtype", "units"), [("float64", 8), ("float32", 12)])
def test_all_but_the_last_bits_are_right(name: str, dtype: Any, units: int) -> None:
    x = POINTS.clip(-9, 9).astype(dtype) if dtype == "float32" else POINTS
    expected = numpy.array([FUNCTIONS[name](float(n)) for n in x])
    found = getattr(tg, name)(tg.tensor(x, dtype=dtype)).numpy()
    assert found.dtype == dtype
    apart = numpy.abs(found - expected) / numpy.spacing(numpy.abs(expected).astype(dtype))
    assert apart.max() <= units


def test_at_the_ends_there_is_no_doubt() -> None:
    x = tg.tensor([0.0, -0.0, math.inf, -math.inf, math.nan], dtype=tg.float64)
    numpy.testing.assert_array_equal(tg.erf(x).numpy(), [0.0, -0.0, 1.0, -1.0, math.nan])
    numpy.testing.assert_array_equal(tg.erfc(x).numpy(), [1.0, 1.0, 0.0, 2.0, math.nan])
    assert numpy.signbit(tg.erf(x).numpy()[1])
