"""Hypothesis strategies: the numbers, arrays, Tensors and calls that an operation is tested with.

Names and behaviour follow `hypothesis.extra.numpy`. What comes first in each strategy is what a
failure shrinks to: few dimensions, small sizes, the numbers 0, 1, 0.5.

An array of at most `DRAWN` elements is drawn number by number, so that it shrinks. A larger one is
made from a drawn seed (`seeded`): Hypothesis has no such appetite, and nobody reads 1,000 numbers.

In the examples, `find` is Hypothesis's: the simplest of what a strategy draws for which something
holds.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.strategies import SearchStrategy

from ..device import Shape, is_array, move, xp
from ..tensor import Tensor

DRAWN = 64  # elements of an array that are drawn one by one

# ------------------------------------------------------------------------------------------ numbers


@dataclass(frozen=True)
class Elements:
    """Which numbers an array is made of: from `low` to `high`, and not within `gap` of `avoid`.

    Where there are any, they are numbers of float16, so that an array is the same in every dtype;
    but those of `magnitudes`. Raises ValueError where there is none.

    >>> find(testing.Elements(0.5, 2.0).one(), lambda x: True)
    0.5
    """

    low: float
    high: float
    avoid: float | None = None
    gap: float = 0.0
    powers: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"elements: from {self.low} to {self.high} there is no number")
        if math.isinf(self.high - self.low):
            raise ValueError(
                f"elements: they are finite, got from {self.low} to {self.high}; for inf and nan "
                "pass hypothesis.strategies.floats()"
            )
        if self.avoid is not None and not self._fits(self.low) and not self._fits(self.high):
            raise ValueError(
                f"elements: no number from {self.low} to {self.high} is {self.gap} away from "
                f"{self.avoid}"
            )

    def __repr__(self) -> str:
        """As one would write it: ``Elements(-2.0, 2.0)``."""
        said = [(f.name, getattr(self, f.name), f.default) for f in fields(self)[2:]]
        more = [f", {name}={value!r}" for name, value, default in said if value != default]
        return f"Elements({self.low!r}, {self.high!r}{''.join(more)})"

    def _fits(self, x: float) -> bool:
        return self.avoid is None or abs(x - self.avoid) >= self.gap

    def one(self) -> SearchStrategy[float]:
        """A strategy for one of them: in most cases an eighth of an integer.

        >>> find(testing.between(-1.0, 1.0).one(), lambda x: x < 0)
        -0.125
        """
        if self.powers:
            exponents = st.floats(math.log10(self.low), math.log10(self.high))
            return st.tuples(st.sampled_from([1.0, -1.0]), exponents).map(
                lambda drawn: drawn[0] * 10.0 ** drawn[1]
            )
        eighths = st.integers(math.ceil(self.low * 8), math.floor(self.high * 8))
        low, high = _half(self.low, math.inf), _half(self.high, -math.inf)
        if low <= high and not math.isinf(high - low):
            any_other = st.floats(low, high, width=16, allow_subnormal=False)
        else:
            any_other = st.floats(self.low, self.high, allow_subnormal=False)
        some = eighths.map(lambda n: n / 8) if self.high - self.low >= 0.25 else any_other
        return (some | any_other).filter(self._fits)

    def many(self, rng: np.random.Generator, shape: Shape) -> np.ndarray:
        """An array of them.

        >>> bool((testing.positive().many(np.random.default_rng(0), (2, 3)) > 0).all())
        True
        """
        if self.powers:
            exponents = rng.uniform(math.log10(self.low), math.log10(self.high), shape)
            return np.asarray(rng.choice([1.0, -1.0], shape) * 10.0**exponents)
        x = np.asarray(rng.uniform(self.low, self.high, shape))
        if self.avoid is not None:  # what is too close is moved away, to the side it is on
            side = np.where(x < self.avoid, -1.0, 1.0)
            side = np.where(self.avoid + self.gap > self.high, -1.0, side)
            side = np.where(self.avoid - self.gap < self.low, 1.0, side)
            x = np.where(np.abs(x - self.avoid) < self.gap, self.avoid + side * self.gap, x)
        with np.errstate(over="ignore"):
            half = np.asarray(x.astype(np.float16), np.float64)
        fits = (half >= self.low) & (half <= self.high)
        if self.avoid is not None:
            fits &= np.abs(half - self.avoid) >= self.gap
        return np.where(fits, half, x)


def _half(bound: float, inwards: float) -> float:
    """The number of float16 that is nearest to `bound`, on the side of `inwards`."""
    with np.errstate(over="ignore"):
        half = np.float16(bound)
    if math.isinf(half):
        return float(half)
    if (half < bound) if inwards > 0 else (half > bound):
        half = np.nextafter(half, np.float16(inwards))
    return float(half)


def between(low: float, high: float) -> Elements:
    """Numbers from `low` to `high`.

    >>> find(testing.between(-1.0, 1.0).one(), lambda x: x < 0)
    -0.125
    """
    return Elements(low, high)


def real() -> Elements:
    """Numbers from -2 to 2, among them 0.

    >>> find(testing.real().one(), lambda x: True)
    0.0
    """
    return Elements(-2.0, 2.0)


def positive(low: float = 0.25, high: float = 2.5) -> Elements:
    """Numbers from `low`, which is above 0, to `high`. ValueError for 0 or less.

    >>> find(testing.positive().one(), lambda x: True)
    0.25
    """
    if low <= 0:
        raise ValueError(f"positive: low must be above 0, got {low}")
    return Elements(low, high)


def away_from(x: float, gap: float = 0.25, reach: float = 2.0) -> Elements:
    """Numbers on both sides of `x`, at least `gap` and at most `reach` away from it.

    >>> find(testing.away_from(0.0).one(), lambda x: True)
    0.25
    """
    return Elements(x - reach, x + reach, x, gap)


def magnitudes(low: float = 1e-4, high: float = 1e4) -> Elements:
    """Numbers of both signs, whose sizes go from `low` to `high`, as many of each order.

    ValueError for 0 or less.

    >>> find(testing.magnitudes(1e-4, 1e4).one(), lambda x: x > 10) > 10
    True
    """
    if low <= 0:
        raise ValueError(f"magnitudes: low must be above 0, got {low}")
    return Elements(low, high, powers=True)


# What arrays are made of: `Elements`, or a strategy of Hypothesis for floats. None: `real`.
From: TypeAlias = Elements | SearchStrategy[float] | None

# ------------------------------------------------------------------------------------------- shapes


def shapes(
    min_dims: int = 0, max_dims: int = 3, min_side: int = 0, max_side: int = 4
) -> SearchStrategy[Shape]:
    """Shapes; () is that of a single number, and a size may be 0, but seldom is.

    (Those of `hypothesis.extra.numpy.array_shapes` have two sizes above 1 one time in ten only, and
    transposed or strided memory is seen with two.) Raises ValueError where a lower limit is above
    the upper one.

    >>> find(testing.shapes(), lambda shape: len(shape) == 2)
    (1, 1)
    """
    for name, least, most in [("dims", min_dims, max_dims), ("side", min_side, max_side)]:
        if not 0 <= least <= most:
            raise ValueError(f"shapes: min_{name} is {least}, max_{name} {most}: none lies between")
    side = st.sampled_from([*range(max(min_side, 1), max_side + 1)] * 2 + [0] * (min_side == 0))
    return st.integers(min_dims, max_dims).flatmap(lambda n: st.tuples(*[side] * n))


def broadcastable(n: int, **limits: int) -> SearchStrategy[tuple[Shape, ...]]:
    """`n` shapes that broadcast together; `limits` are those of `shapes`.

    >>> find(testing.broadcastable(2), lambda shapes: shapes[0] != shapes[1] and all(shapes))
    ((1,), (2,))
    """
    whole = shapes(**limits)
    if n == 1:
        return whole.map(lambda shape: (shape,))
    return whole.flatmap(lambda shape: _stretchable(shape, n, **limits))


def _stretchable(
    full: Shape, n: int, min_dims: int = 0, min_side: int = 0, **_: int
) -> SearchStrategy[tuple[Shape, ...]]:
    """`n` shapes that broadcast to `full`. A size is 1 in one of them, or in all but one."""
    each = range(n if min_side <= 1 else 0)
    which = {(), *((i,) for i in each), *(tuple(j for j in each if j != i) for i in each)}
    some = [*itertools.product(sorted(which), repeat=len(full))]
    # What is wrong where each of them is stretched would else be met in one call out of ten.
    some += 5 * [chosen for chosen in some if {*itertools.chain(*chosen)} == {*range(n)}]
    some += len(some) // 3 * [((),) * len(full)]  # and nothing is stretched in a fourth of them

    def sized(ones: tuple[tuple[int, ...], ...]) -> SearchStrategy[tuple[Shape, ...]]:
        whole = [tuple(1 if i in one else s for s, one in zip(full, ones)) for i in range(n)]
        return st.tuples(*[st.sampled_from(_shorter(shape, min_dims)) for shape in whole])

    return st.sampled_from(some).flatmap(sized)


def _shorter(shape: Shape, min_dims: int) -> list[Shape]:
    """A shape, and those without its leading sizes of 1."""
    lead = next((i for i, size in enumerate(shape) if size != 1), len(shape))
    return [shape[i:] for i in range(min(lead, max(len(shape) - min_dims, 0)) + 1)]


@st.composite
def axes(draw: Any, shape: Shape) -> tuple[int, ...] | None:
    """Some dimensions of `shape`, from either end; None for all; () for a single number.

    >>> find(testing.axes((2, 3)), lambda axes: axes is not None)
    (0,)
    """
    if not shape:
        return draw(st.sampled_from([None, ()]))
    each = range(len(shape))
    some = [chosen for n in each for chosen in itertools.combinations(each, n + 1)]
    if (chosen := draw(st.sampled_from([None, *some]))) is None:
        return None
    return tuple(sorted(draw(st.tuples(*[st.sampled_from([i, i - len(shape)]) for i in chosen]))))


# ------------------------------------------------------------------------------------------- arrays


def seeded(seed: int, shape: Shape, elements: Elements) -> np.ndarray:
    """The array that `arrays` makes of a drawn `seed`.

    >>> testing.seeded(0, (100,), testing.positive()).shape
    (100,)
    """
    return elements.many(np.random.default_rng(seed), shape)


@st.composite
def arrays(draw: Any, shape: Any = None, elements: From = None) -> np.ndarray:
    """Arrays of float64, of a shape, or of one that is drawn from a strategy.

    `elements` say which numbers; ``st.floats()`` of Hypothesis, with nan and inf, will do too.
    TypeError for `elements` in the place of the shape.

    >>> find(testing.arrays((2, 3)), lambda a: True)
    array([[0., 0., 0.],
           [0., 0., 0.]])
    """
    if isinstance(shape, Elements):
        raise TypeError(f"arrays: the first argument is the shape; write elements={shape!r}")
    size = _shape(draw(_strategy(shapes() if shape is None else shape)))
    elements = real() if elements is None else elements
    one = _one(elements) if isinstance(elements, Elements) else elements
    if int(np.prod(size)) <= DRAWN:
        return draw(_filled(np.float64, size, one))
    seed = draw(st.integers(0, 2**16))
    if not isinstance(elements, Elements):
        some = draw(st.lists(one, min_size=1, max_size=DRAWN))
        return np.random.default_rng(seed).choice(np.array(some, np.float64), size)
    array = seeded(seed, size, elements)
    _remember(array, f"testing.seeded({seed}, {size}, testing.{elements!r})")
    return array


# To make a strategy and look it over takes longer than to draw from it: it is made once.
_one = functools.lru_cache(256)(Elements.one)


@functools.lru_cache(1024)
def _filled(dtype: type, shape: Shape, one: SearchStrategy[Any]) -> SearchStrategy[np.ndarray]:
    """Arrays of a shape, each element drawn by itself."""
    return hnp.arrays(dtype, shape, elements=one, fill=st.nothing())


_texts: dict[int, str] = {}  # of large arrays, by their id, as long as they live


def _remember(array: np.ndarray, text: str) -> None:
    _texts[id(array)] = text
    weakref.finalize(array, _texts.pop, id(array), None).atexit = False


def _strategy(value: Any) -> SearchStrategy[Any]:
    return value if isinstance(value, SearchStrategy) else st.just(value)


def masks(shape: Shape) -> SearchStrategy[np.ndarray]:
    """Arrays of booleans.

    >>> find(testing.masks((2,)), lambda mask: mask.any())
    array([False,  True])
    """
    return _filled(np.bool_, shape, st.booleans())


def indices(shape: Shape, size: int) -> SearchStrategy[np.ndarray]:
    """Arrays of int64 from 0 to `size` - 1, in which a number may stand twice.

    Raises ValueError where there is nothing to pick.

    >>> find(testing.indices((2,), 3), lambda index: index.any())
    array([0, 1])
    """
    if size < 1 and 0 not in shape:
        raise ValueError(f"indices: of {size} entries none can be picked")
    return _filled(np.int64, shape, st.integers(0, max(size - 1, 0)))


def labels(n: int, classes: int) -> SearchStrategy[np.ndarray]:
    """The classes, from 0 to `classes` - 1, of `n` samples: int64.

    >>> find(testing.labels(2, classes=3), lambda classes: classes.any())
    array([0, 1])
    """
    return indices((n,), classes)


class Numbers:
    """What draws as a `numpy.random.Generator` does, but so that a failure shrinks.

    For whoever writes a strategy of their own: ``draw(numbers()).uniform(-1.0, 1.0, (2, 3))``.

    >>> some = testing.numbers().map(lambda numbers: numbers.uniform(-1.0, 1.0, (2,)))
    >>> find(some, lambda x: True)
    array([0., 0.])
    """

    def __init__(self, draw: Callable[..., Any]) -> None:
        self._draw = draw

    def uniform(self, low: float, high: float, size: Any = ()) -> np.ndarray:
        """Floats from `low` to `high`.

        >>> find(testing.numbers().map(lambda numbers: numbers.uniform(2, 3, (2,))), lambda x: True)
        array([2., 2.])
        """
        return self._draw(arrays(_shape(size), between(low, high)))

    def integers(self, low: int, high: int | None = None, size: Any = ()) -> Any:
        """Integers from `low` to `high` - 1, or from 0 to `low` - 1: int64, a number for ``()``.

        >>> find(testing.numbers().map(lambda numbers: numbers.integers(2, 5)), lambda n: True)
        2
        """
        first, end = (0, low) if high is None else (low, high)
        if not _shape(size):
            return self._draw(st.integers(first, end - 1))
        return first + self._draw(indices(_shape(size), end - first))

    def choice(self, values: Sequence[Any], size: Any = ()) -> np.ndarray:
        """Some of `values`, each as often as it comes.

        >>> find(testing.numbers().map(lambda numbers: numbers.choice([5, 6], 2)), lambda x: True)
        array([5, 5])
        """
        return np.asarray(values)[self._draw(indices(_shape(size), len(values)))]

    def permutation(self, n: int) -> np.ndarray:
        """The numbers from 0 to `n` - 1 in any order.

        >>> find(testing.numbers().map(lambda numbers: numbers.permutation(3)), lambda x: True)
        array([0, 1, 2])
        """
        if n > DRAWN:
            return np.random.default_rng(self._draw(st.integers(0, 2**16))).permutation(n)
        return np.array(self._draw(st.permutations(range(n))), np.int64)


@st.composite
def numbers(draw: Any) -> Numbers:
    """One `Numbers`.

    >>> find(testing.numbers().map(lambda numbers: numbers.integers(2, 5)), lambda n: True)
    2
    """
    return Numbers(draw)


def _shape(size: Any) -> Shape:
    return tuple(size) if isinstance(size, (tuple, list)) else (int(size),)


# ------------------------------------------------------------------------------------------ layouts


def _columns(a: Any) -> Any:
    return a.copy(order="F")


def _backwards(a: Any) -> Any:
    every = (slice(None, None, -1),) * a.ndim
    return a[every].copy()[every] if a.ndim else a


def _gaps(a: Any) -> Any:
    if not a.ndim:
        return a
    wide = xp(a).ones(tuple(2 * n for n in a.shape), a.dtype)
    every = (slice(None, None, 2),) * a.ndim
    wide[every] = a
    return wide[every]


def _part(a: Any) -> Any:
    twice = xp(a).stack([a, a])
    return twice[1]


# The same array, with its elements elsewhere in memory.
LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "by columns (F order)": _columns,
    "backwards (negative strides)": _backwards,
    "with gaps (every second element)": _gaps,
    "a part of another array": _part,
}


def layouts() -> SearchStrategy[str]:
    """Names of LAYOUTS: ``LAYOUTS[name](array)`` is the array, laid out so.

    >>> find(testing.layouts(), lambda name: True)
    'by columns (F order)'
    """
    return st.sampled_from([*LAYOUTS])


@st.composite
def tensors(
    draw: Any,
    shape: Any = None,
    dtype: Any = "float64",
    elements: From = None,
    requires_grad: bool = True,
    device: str = "cpu",
) -> Tensor:
    """Tensors, leaves, in any layout. `shape` and `dtype` may be strategies.

    Those of integers and booleans require no grad.

    >>> find(testing.tensors((2,)), lambda x: True)
    tensor([0., 0.], dtype=float64, requires_grad=True)
    """
    array = draw(arrays(shape, elements)).astype(draw(_strategy(dtype)))
    name = draw(st.none() | layouts())
    array = move(array, device)
    tensor = Tensor.wrap(LAYOUTS[name](array) if name else array)
    return tensor.requires_grad_(requires_grad and tensor.is_floating_point())


# -------------------------------------------------------------------------------------------- calls


@dataclass(frozen=True)
class Case:
    """One call of an operation: ``op(*args, **params)``.

    Gradients are taken for the arrays of floats, which are float64; arrays of integers and booleans
    are constants, as are Python's numbers, None, and whatever is in `params`.

    >>> testing.Case((np.array([1.0, 2.0]),), {"axis": 0})
    np.array([1.0, 2.0]), axis=0
    """

    args: tuple[Any, ...]
    params: dict[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "args", tuple(map(_plain, self.args)))

    def __repr__(self) -> str:
        """The arguments, as one would write them."""
        named = [f"{name}={written(value)}" for name, value in self.params.items()]
        return ", ".join([*map(written, self.args), *named])

    def map(self, function: Callable[[Any], Any]) -> Case:
        """The same call with `function` of each array of floats.

        >>> testing.Case((np.array(1.0), np.array(3)), {}).map(lambda a: a + 0.5)
        np.array(1.5), np.array(3)
        """
        return Case(tuple(function(a) if is_float(a) else a for a in self.args), self.params)

    def astype(self, dtype: Any) -> Case:
        """The same call in another dtype.

        >>> testing.Case((np.array(1.0), np.array(3)), {}).astype("float32")
        np.array(1.0, 'float32'), np.array(3)
        """
        return self.map(lambda a: a.astype(dtype))

    @property
    def floats(self) -> list[Any]:
        """The arrays that gradients are taken for.

        >>> testing.Case((np.array(1.0), np.array(3)), {}).floats
        [array(1.)]
        """
        return [a for a in self.args if is_float(a)]

    @property
    def arrays(self) -> list[Any]:
        """Every array of the call, those within an index too.

        >>> testing.Case((np.array(1.0), np.array(3), None), {}).arrays
        [array(1.), array(3)]
        """
        return [a for a in (*self.args, *self.params.get("index", ())) if is_array(a)]


def _plain(value: Any) -> Any:
    """An array for a Tensor, or for one of NumPy's numbers."""
    if isinstance(value, Tensor):
        return value.numpy(force=True)
    return np.asarray(value) if isinstance(value, np.generic) else value


def is_float(value: Any) -> bool:
    """Whether `value` is an array of floats."""
    return is_array(value) and value.dtype.kind == "f"


def written(value: Any) -> str:
    """`value` as Python text that gives it again: np is NumPy there, tg this package."""
    if isinstance(value, tuple):
        return f"({', '.join(map(written, value))}{',' * (len(value) == 1)})"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Tensor):
        return f"tg.tensor({written(value.numpy(force=True))})"
    if isinstance(value, np.dtype):
        return f"np.dtype({value.name!r})"
    if not is_array(value):
        return repr(value) if isinstance(value, str) else _with_np(repr(value))
    if id(value) in _texts:
        return _texts[id(value)]
    usual = value.dtype.name in ("float64", "int64", "bool")
    dtype = "" if usual else f", {value.dtype.name!r}"
    if not value.size or (value.ndim > 1 and not value.any() and not np.signbit(value).any()):
        return f"np.zeros({value.shape}{'' if is_float(value) else f', {value.dtype.name!r}'})"
    return f"np.array({_with_np(str(value.tolist()))}{dtype})"


def _with_np(text: str) -> str:
    """Python text in which nan and inf are NumPy's: Python has no names for them."""
    return re.sub(r"(?<![\w.'])(nan|inf)\b", r"np.\1", text)


def unary(elements: From = None) -> SearchStrategy[Case]:
    """One array.

    >>> find(testing.unary(testing.positive()), lambda case: True)
    np.array(0.25)
    """
    return elementwise(elements)


def binary(left: From = None, right: From = None) -> SearchStrategy[Case]:
    """Two arrays that broadcast together.

    >>> find(testing.binary(), lambda case: case.args[0].size)
    np.array(0.0), np.array(0.0)
    """
    return elementwise(left, right)


@st.composite
def elementwise(draw: Any, *kinds: From) -> Case:
    """Arrays that broadcast together, one of each kind.

    >>> find(testing.elementwise(None, testing.positive()), lambda case: case.args[0].size)
    np.array(0.0), np.array(0.25)
    """
    sizes = draw(broadcastable(len(kinds)))
    drawn = [draw(arrays(size, kind)) for size, kind in zip(sizes, kinds)]
    return Case(tuple(drawn), {})


@st.composite
def along(draw: Any, elements: From = None, name: str = "axis") -> Case:
    """One array, and one of its dimensions, counted from either end.

    >>> find(testing.along(name="dim"), lambda case: True)
    np.array([0.0]), dim=0
    """
    shape = draw(shapes(min_dims=1, min_side=1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))  # what is drawn last is 0 more often
    return Case((draw(arrays(shape, elements)),), {name: axis})


@st.composite
def reduction(draw: Any, elements: From = None, name: str = "axis", keep: str = "keepdims") -> Case:
    """One array, some of its dimensions, and whether they are kept.

    >>> find(testing.reduction(), lambda case: case.params["keepdims"])
    np.array(0.0), axis=None, keepdims=True
    """
    least = draw(st.sampled_from([0, 1, 2, 2]))  # what goes wrong along one of two is seen there
    shape = draw(shapes(min_dims=least))
    params = {name: draw(axes(shape)), keep: draw(st.sampled_from([False, True, False]))}
    return Case((draw(arrays(shape, elements)),), params)


@st.composite
def calls(draw: Any, *args: Any, **params: Any) -> Case:
    """A call of which each argument is drawn from a strategy of its own, or always the same.

    >>> find(testing.calls(testing.arrays((2,)), axis=0), lambda case: True)
    np.array([0.0, 0.0]), axis=0
    """
    drawn = tuple(draw(_strategy(a)) for a in args)
    return Case(drawn, {name: draw(_strategy(value)) for name, value in params.items()})


@st.composite
def scores(draw: Any, elements: From = None, max_classes: int = 4) -> Case:
    """Scores of some samples, (N, C), and the samples' classes, (N,).

    >>> find(testing.scores(), lambda case: case.args[0].shape == (1, 2))
    np.zeros((1, 2)), np.array([0])
    """
    n, classes = draw(st.integers(0, 4)), draw(st.integers(1, max_classes))
    return Case((draw(arrays((n, classes), elements)), draw(labels(n, classes))), {})


def cases_of(cases: Any, name: str) -> SearchStrategy[Case]:
    """`cases` as a strategy: it may be one, one of arrays or tuples of them, or a list of calls."""
    if isinstance(cases, SearchStrategy):
        return cases.map(_case)
    if isinstance(cases, (list, tuple)) and cases:
        return st.sampled_from([*map(_case, cases)])
    raise TypeError(
        f"{name}: cases must be a strategy, such as testing.unary(), or a list of calls, got "
        f"{'an empty list' if isinstance(cases, (list, tuple)) else type(cases).__name__}"
    )


def _case(value: Any) -> Case:
    """A call, its arrays of floats in float64."""
    case = value
    if not isinstance(value, Case):
        case = Case(value if isinstance(value, tuple) else (value,), {})
    if any(isinstance(a, (tuple, list)) and any(map(is_float, a)) for a in case.args):
        raise TypeError(
            f"cases: of arrays within one argument no gradient is taken, and {case!r} has such; "
            "give each as an argument of its own, and check lambda a, b: op([a, b])"
        )
    if case is not value and not any(map(is_array, case.args)):
        raise TypeError(
            "cases: a call is an array, a tuple of arguments with an array among them, or a "
            f"testing.Case; got {value!r}"
        )
    return case.map(lambda a: a if a.dtype == np.float64 else a.astype(np.float64))
