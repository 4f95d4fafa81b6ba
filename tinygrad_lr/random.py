"""Random numbers, always drawn on the host, so that a seed means the same on the CPU and the GPU.

A Generator is NumPy's PCG64 behind PyTorch's names. Where no generator is given, the default one is
used, which ``manual_seed`` seeds.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from .device import CPU, NO_ROOM, Shape, no_room
from .device import device as Device
from .dtypes import DTypeLike, count, finite
from .effects import effect
from .errors import ArgumentError, too_large
from .wording import say_nearest


class Generator:
    """A source of random numbers with a state of its own, seeded from the operating system.

    `device` is PyTorch's: the numbers are drawn on the CPU, whatever it says.

    >>> tg.rand(2, generator=tg.Generator().manual_seed(0)).shape
    (2,)
    """

    def __init__(self, device: str = CPU) -> None:
        self.device: Device = Device(device)

    def __repr__(self) -> str:
        return f"Generator(device={self.device}, initial_seed={self.initial_seed()})"

    @functools.cached_property
    def _numpy(self) -> np.random.Generator:
        # Made when it is first used, as NumPy imports its random numbers only then.
        return np.random.Generator(np.random.PCG64(self._seed))

    @functools.cached_property
    def _seed(self) -> int:
        return int.from_bytes(os.urandom(8), "little")

    def seed(self) -> int:
        """Start again from a seed of the operating system's, and return it.

        >>> generator = tg.Generator()
        >>> generator.seed() == generator.initial_seed()
        True
        """
        seed = int.from_bytes(os.urandom(8), "little")
        self.manual_seed(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed that it was last started from.

        >>> tg.Generator().manual_seed(7).initial_seed()
        7
        """
        return self._seed

    def manual_seed(self, seed: int) -> Generator:
        """Start again from `seed`, an integer >= 0.

        >>> tg.Generator().manual_seed(0).initial_seed()
        0
        """
        seed = count("manual_seed", "the seed", seed)
        effect("seed")
        self._seed, self._numpy = seed, np.random.Generator(np.random.PCG64(seed))
        return self

    def get_state(self) -> dict[str, Any]:
        """The state as a dict of integers, text and dicts of these, for a checkpoint.

        >>> generator = tg.Generator().manual_seed(0)
        >>> generator.get_state()["bit_generator"]
        'PCG64'
        """
        return dict(self._numpy.bit_generator.state)

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from where ``get_state()`` was called. Raises ValueError, and changes nothing, if
        `state` is something else.

        >>> generator = tg.Generator()
        >>> state = generator.get_state()
        >>> x = tg.rand(2, generator=generator)
        >>> generator.set_state(state)
        >>> tg.equal(x, tg.rand(2, generator=generator))
        True
        """
        effect("seed")
        if not _is_state(state):
            raise ValueError(
                "set_state: not the state of a Generator; pass what its get_state() gave"
            )
        self._numpy.bit_generator.state = state

    def permutation(self, n: int) -> np.ndarray:
        """The numbers 0 to n - 1 in random order, int64. OutOfMemoryError if they have no room.

        >>> sorted(tg.Generator().permutation(3).tolist())
        [0, 1, 2]
        """
        effect("draw a random number")
        try:
            return self._numpy.permutation(n)
        except NO_ROOM as error:
            raise no_room(error, f"{n} numbers in random order", CPU) from None

    def uniform(
        self, low: float, high: float, size: Shape, dtype: DTypeLike = np.float32
    ) -> np.ndarray:
        """Each value in [low, high) equally likely; drawn in float32, then cast to `dtype`.

        An array of shape `size`. ArgumentError if `low` is above `high`.

        >>> tg.Generator().uniform(2.0, 2.0, (2,))
        array([2., 2.], dtype=float32)
        """
        effect("draw a random number")
        low, high = finite("uniform", "low", low), finite("uniform", "high", high)
        if not low <= high:
            raise ArgumentError(f"uniform: expected low <= high, got {low} and {high}")
        unit = _drawn(size, self._numpy.random, size, np.float32)
        if (low, high) == (0, 1) and dtype == np.float32:  # the usual case: it is that already
            return np.asarray(unit)
        drawn = (unit * np.float32(high - low) + np.float32(low)).astype(dtype)
        # Rounding may reach `high`, which is not included.
        below = np.nextafter(drawn.dtype.type(high), drawn.dtype.type(low))
        return np.minimum(drawn, below, out=drawn) if drawn.ndim else np.asarray(min(drawn, below))

    def normal(
        self, mean: float, std: float, size: Shape, dtype: DTypeLike = np.float32
    ) -> np.ndarray:
        """Gaussian with this mean and deviation; drawn in float32, then cast to `dtype`.

        An array of shape `size`. ArgumentError if `std` is below 0.

        >>> tg.Generator().normal(5.0, 0.0, (2,))
        array([5., 5.], dtype=float32)
        """
        effect("draw a random number")
        mean, std = finite("normal", "mean", mean), finite("normal", "std", std)
        if not std >= 0:
            raise ArgumentError(f"normal: expected std >= 0, got {std}")
        unit = _drawn(size, self._numpy.standard_normal, size, np.float32)
        if std != 1:
            unit = unit * np.float32(std)
        return np.asarray(unit + np.float32(mean), dtype)

    def integers(self, low: int, high: int, size: Shape) -> np.ndarray:
        """int64, each of low to high - 1 equally likely.

        An array of shape `size`. NumberError for what int64 does not hold.

        >>> tg.Generator().integers(3, 4, (2,))
        array([3, 3])
        """
        effect("draw a random number")
        if not -(2**63) <= low < high <= 2**63:
            raise too_large("randint")
        return _drawn(size, self._numpy.integers, low, high, size)

    def exponential(self, scale: float, size: Shape) -> np.ndarray:
        """Waiting times, float64, with the mean `scale`. An array of shape `size`.

        >>> tg.Generator().exponential(1.0, (2, 3)).shape
        (2, 3)
        """
        effect("draw a random number")
        return np.asarray(self._numpy.exponential(scale, size))

    def poisson(self, rates: np.ndarray) -> np.ndarray:
        """Counts, int64, each with the mean that `rates` holds.

        >>> tg.Generator().poisson(np.zeros(3))
        array([0, 0, 0])
        """
        effect("draw a random number")
        return np.asarray(self._numpy.poisson(rates))

    def weighted(self, weights: np.ndarray, count: int, replacement: bool) -> np.ndarray:
        """`count` places of `weights` (n,), each as likely as its weight: int64.

        >>> tg.Generator().weighted(np.array([0.0, 1.0]), 3, replacement=True)
        array([1, 1, 1])
        """
        effect("draw a random number")
        return self._numpy.choice(len(weights), count, replacement, weights / weights.sum())


def _drawn(size: Shape, draw: Callable[..., Any], *args: Any) -> Any:
    """``draw(*args)``, random numbers of shape `size`; OutOfMemoryError if there is no room."""
    try:
        return draw(*args)
    except NO_ROOM as error:
        raise no_room(error, f"random numbers of shape {size}", CPU) from None


def _is_state(state: Any) -> bool:
    """Whether a generator takes `state`, and as it is: some numbers it would cut or wrap."""
    trial = np.random.PCG64(0)
    try:
        trial.state = state
        numbers = [*state["state"].values(), state["has_uint32"], state["uinteger"]]
        # An increment that is even makes numbers that soon repeat.
        valid = all(type(n) is int for n in numbers) and state["has_uint32"] in (0, 1)
        return valid and state["state"]["inc"] % 2 == 1 and trial.state == state
    except (TypeError, ValueError, KeyError, OverflowError):
        return False


default_generator: Generator = Generator()


def chosen(name: str, generator: object) -> Generator:
    """`generator`, or the default one for None. Raises TypeError, for `name`, for anything else.

    >>> tg.random.chosen("rand", None) is tg.default_generator
    True
    """
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        foreign = type(generator).__name__ == "Generator"
        came = "NumPy's" if foreign else repr(generator)
        raise TypeError(
            f"{name}: generator must be a Generator, got {came}; for a seed use "
            "Generator().manual_seed(seed)"
        )
    return generator


def manual_seed(seed: int) -> Generator:
    """Seed the default generator: the same seed gives the same weights and the same batches.

    >>> generator = tg.manual_seed(0)
    >>> x = tg.rand(2)
    >>> generator = tg.manual_seed(0)
    >>> tg.equal(x, tg.rand(2))
    True
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Seed the default generator from the operating system, and return that seed.

    >>> tg.seed() == tg.initial_seed()
    True
    """
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default generator was last started from.

    >>> generator = tg.manual_seed(7)
    >>> tg.initial_seed()
    7
    """
    return default_generator.initial_seed()


def get_rng_state() -> dict[str, Any]:
    """The state of the default generator: Generator.get_state().

    >>> state = tg.get_rng_state()
    >>> x = tg.rand(2)
    >>> tg.set_rng_state(state)
    >>> tg.equal(x, tg.rand(2))
    True
    """
    return default_generator.get_state()


def set_rng_state(new_state: dict[str, Any]) -> None:
    """Let the default generator go on from a state that get_rng_state() gave.

    >>> state = tg.get_rng_state()
    >>> x = tg.rand(2)
    >>> tg.set_rng_state(state)
    >>> tg.equal(x, tg.rand(2))
    True
    """
    default_generator.set_state(new_state)


say_nearest(__name__)
