"""The error function, which NumPy lacks: ``erf(x) = 2 / sqrt(pi) * integral of exp(-t^2) to x``.

The approximations, quotients of polynomials, are those of W. J. Cody, "Rational Chebyshev
approximations for the error function", Mathematics of Computation 23 (1969), 631-637. What comes of
them is within five units in the last place of a float64. Everything is computed for every element,
and then chosen: no value is looked at, so that a GPU need not wait.
"""

from __future__ import annotations

import math

import numpy as np

from ..device import Array, xp

# Numerator and denominator, the highest power first.
# fmt: off
_NEAR = (  # erf(x) = x P(x^2) / Q(x^2), for x up to 0.46875
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
     3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2,
     1.28261652607737228e3, 2.84423683343917062e3),
)
_MIDDLE = (  # erfc(x) = exp(-x^2) P(x) / Q(x), from there to 4
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
     1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2,
     5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
     4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)
_FAR = (  # erfc(x) = exp(-x^2) / x * (1 / sqrt(pi) - z P(z) / Q(z)), z = 1 / x^2, beyond
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
     1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346725e0,
     5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3),
)
# fmt: on


def _quotient(x: Array, polynomials: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    """P(x) / Q(x)."""
    values = []
    for highest, *others in polynomials:
        value = x * highest
        for coefficient in others[:-1]:
            value += coefficient
            value *= x
        values.append(value + others[-1])
    return values[0] / values[1]


def _bell(x: Array) -> Array:
    """``exp(-x^2)``, where the rounding of a large x^2 would cost digits.

    x is a number of few digits, whose square is exact, and a small rest.
    """
    library = xp(x)
    short = library.trunc(x * 16.0) / 16.0
    return library.exp(-short * short) * library.exp((short - x) * (short + x))


def erf(x: Array) -> Array:
    """The error function of each element. (Beyond 6 it is 1 to all digits.)"""
    if x.dtype == np.float16:  # the coefficients are too large for it
        return erf(x.astype(np.float32)).astype(np.float16)
    library = xp(x)
    size = library.minimum(library.abs(x), 6.0)
    near = library.clip(x, -0.5, 0.5)
    far = library.copysign(1.0 - library.exp(-size * size) * _quotient(size, _MIDDLE), x)
    return library.where(size <= 0.46875, near * _quotient(near * near, _NEAR), far)


def erfc(x: Array) -> Array:
    """``1 - erf(x)``, with all its digits also where that is nearly 0 (x large)."""
    if x.dtype == np.float16:  # the coefficients are too large for it
        return erfc(x.astype(np.float32)).astype(np.float16)
    library = xp(x)
    size = library.minimum(library.abs(x), 30.0)  # it is 0 from 27 on
    near = library.clip(x, -0.5, 0.5)
    middle = library.minimum(size, 4.0)
    far = library.maximum(size, 4.0)
    z = 1.0 / (far * far)
    tail = library.where(
        size <= 4.0,
        _quotient(middle, _MIDDLE),
        (1.0 / math.sqrt(math.pi) - z * _quotient(z, _FAR)) / far,
    )
    with np.errstate(under="ignore"):
        tail = _bell(size) * tail
    tail = library.where(x < 0, 2.0 - tail, tail)
    return library.where(size <= 0.46875, 1.0 - near * _quotient(near * near, _NEAR), tail)


def erfinv(y: Array) -> Array:
    """The x of which y is the error function: nan beyond 1, where it is infinite.

    From a formula good to three digits (S. Winitzki, 2008), Halley's method takes two steps: the
    digits right become nine, then all. Near 1 it looks at erfc, which has digits there.
    """
    if y.dtype == np.float16:
        return erfinv(y.astype(np.float32)).astype(np.float16)
    library = xp(y)
    size = library.minimum(library.abs(y), 1.0)
    rest = library.where(size < 1.0, 1.0 - size, 0.5)  # at the ends, anything but 0
    size = library.where(size < 1.0, size, 0.5)
    a = 0.147
    log = library.log(rest) + library.log1p(size)
    half = 2.0 / (math.pi * a) + 0.5 * log
    x = library.sqrt(library.sqrt(half * half - log / a) - half)
    for _ in range(2):
        apart = library.where(size < 0.5, erf(x) - size, rest - erfc(x))
        step = apart * library.exp(x * x) * (0.5 * math.sqrt(math.pi))
        x = x - step / (1.0 + x * step)
    x = library.copysign(library.where(library.abs(y) == 1.0, math.inf, x), y)
    return library.where(library.abs(y) <= 1.0, x, math.nan)
