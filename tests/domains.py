"""Where each operation of the table is tested: its input domain, and its name in PyTorch.

One entry per Op of tinygrad_lr.ops; test_ops.py runs every property over every entry, and fails if
an Op has none. To add an operation, add one line to DOMAINS: a strategy that draws its arguments
(made of the small pieces below) and the same function in PyTorch. Stay away from points where the
derivative does not exist or explodes: test_ops_points.py has what happens exactly there, by name.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy
import torch
from hypothesis import strategies as st
from torch.nn import functional as F

from tinygrad_lr.testing import Case, numbers
from tinygrad_lr.testing.strategies import is_float as is_float

# --------------------------------------------------------------------------------- what a domain is


@dataclass(frozen=True)
class Domain:
    """How one operation is called, and what it is in PyTorch.

    Args:
        cases: a strategy for Cases, with arrays in float64; a test casts them to other dtypes.
        torch: ``torch(*args, **params)`` on PyTorch tensors, with the parameters of our Op.
        differentiable: whether the operation has gradients at all.
        continuous: False if a small step may not show in the result, so that a numerical derivative
            says nothing (rounding to float32), or where a gradient is left out on purpose.
    """

    cases: st.SearchStrategy[Case]
    torch: Callable[..., torch.Tensor]
    differentiable: bool = True
    continuous: bool = True
    half: bool = True


# -------------------------------------------------------------- values: (generator, shape) -> array


def real(rng: Any, shape: Any) -> Any:
    return rng.uniform(-2.0, 2.0, shape)


def between(low: float, high: float) -> Callable[[Any, Any], Any]:
    return lambda rng, shape: rng.uniform(low, high, shape)


def positive(rng: Any, shape: Any) -> Any:
    return rng.uniform(0.3, 2.5, shape)


def nonzero(rng: Any, shape: Any) -> Any:
    """Of both signs, away from 0."""
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.3, 2.0, shape)


def near_integers(rng: Any, shape: Any) -> Any:
    return rng.integers(-3, 4, shape) + rng.uniform(-0.1, 0.1, shape)


def near_halves(rng: Any, shape: Any) -> Any:
    """Never close to any of `near_integers`: two such arrays have no ties."""
    return near_integers(rng, shape) + 0.5


def distinct(rng: Any, shape: Any) -> Any:
    """No two elements close to each other."""
    order = rng.permutation(math.prod(shape)).reshape(shape)
    return 0.5 * order - 2.0 + rng.uniform(-0.1, 0.1, shape)


def few(rng: Any, shape: Any) -> Any:
    """Few different values, so that equal ones are common: for comparisons."""
    return rng.choice([-1.5, 0.0, 0.5, 1.0], shape)


def odd_values(rng: Any, shape: Any) -> Any:
    return rng.choice([0.0, -1.5, math.inf, -math.inf, math.nan], shape)


def booleans(rng: Any, shape: Any) -> Any:
    return numpy.asarray(rng.integers(0, 2, shape), dtype=bool)


# ---------------------------------------------------------------------------------- shapes and axes

SIDES = st.sampled_from([2, 3, 1, 4, 0])
RNGS = numbers()


@functools.cache
def shapes(min_dims: int = 0, max_dims: int = 3) -> st.SearchStrategy[Any]:
    return st.lists(SIDES, min_size=min_dims, max_size=max_dims).map(tuple)


@st.composite
def shape_and_axis(draw: Any) -> tuple[tuple[int, ...], int]:
    """A shape, of which only the axis given with it is sure not to be of size 0."""
    shape = draw(shapes(min_dims=1).filter(any))
    return shape, draw(st.sampled_from([i for i, n in enumerate(shape) if n]))


@st.composite
def stretchable_to(draw: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts to `shape`: shorter, or with sizes of 1 instead."""
    start = draw(st.integers(0, len(shape)))
    return tuple(draw(st.sampled_from([n, 1])) for n in shape[start:])


@st.composite
def axes_of(draw: Any, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Some axes, or None for all; ``()`` only for a single number, as functions.py has it."""
    if not shape:
        return draw(st.sampled_from([None, ()]))
    each = range(len(shape))
    some = [chosen for n in each for chosen in itertools.combinations(each, n + 1)]
    return draw(st.sampled_from([None, *some]))


def count(shape: tuple[int, ...], axis: tuple[int, ...] | None) -> int:
    return math.prod(shape if axis is None else [shape[i] for i in axis])


# --------------------------------------------------------------------------- cases, by kind of call


@st.composite
def elementwise(draw: Any, *kinds: Any, number: bool = False) -> Case:
    """Arrays that broadcast together, one of each kind; with `number`, one may be a number."""
    full, rng = draw(shapes()), draw(RNGS)
    args = [kind(rng, draw(stretchable_to(full))) for kind in kinds]
    if number and draw(st.integers(0, 3)) == 0:
        i = draw(st.integers(0, len(args) - 1))
        args[i] = float(kinds[i](rng, ()))  # a Python number
    return Case(tuple(args), {})


@st.composite
def integer_power(draw: Any) -> Case:
    """A base of both signs to a whole Python number."""
    base = nonzero(draw(RNGS), draw(shapes()))
    return Case((base, draw(st.sampled_from([2, 3, 1, 0, -1, -2, 2.0]))), {})


@st.composite
def clamped(draw: Any) -> Case:
    """Between numbers, or arrays that broadcast, or on one side only; bounds may be crossed."""
    full, rng = draw(shapes()), draw(RNGS)
    args: list[Any] = [near_integers(rng, full)]  # a smaller one PyTorch cannot differentiate
    arrays = draw(st.booleans())
    for some in ([-1.5, -0.5], [0.5, 1.5, -0.6]):
        array = (
            near_halves(rng, draw(stretchable_to(full))) if arrays else draw(st.sampled_from(some))
        )
        args.append(array)
    if (missing := draw(st.sampled_from([None, 1, 2]))) is not None:
        args[missing] = None
    return Case(tuple(args), {})


@st.composite
def one_array(draw: Any, kind: Any, shape: Any, params: Any) -> Case:
    """An array of a shape from the strategy `shape`, with ``params(shape)`` drawn to go with it."""
    size = draw(shape)
    return Case((kind(draw(RNGS), size),), draw(params(size)))


def reduction(kind: Any, least: int = 0) -> Any:
    """A reduction over `least` elements or more; where it leaves sizes of 0, those are none."""
    every = one_array(
        kind,
        st.sampled_from([0, 1, 2, 2]).flatmap(lambda least: shapes(min_dims=least)),
        lambda shape: st.fixed_dictionaries({"axis": axes_of(shape), "keepdims": st.booleans()}),
    )
    return every.filter(lambda case: _reduced(case) >= least)


def whole(kind: Any, **params: Any) -> Any:
    """A reduction of all elements, one or more."""
    cases = reduction(kind, least=1).filter(lambda case: case.args[0].size)
    return cases.map(lambda case: Case(case.args, params))


@st.composite
def variance(draw: Any) -> Case:
    """A reduction over at least one element more than `correction`, none of them equal."""
    case = draw(reduction(distinct, least=2))
    corrections = [n for n in (1, 0, 2) if _reduced(case) - n >= 1]
    return Case(case.args, case.params | {"correction": draw(st.sampled_from(corrections))})


def _reduced(case: Case) -> int:
    return count(case.args[0].shape, case.params["axis"])


def along_one(kind: Any) -> Any:
    """One axis, ``()`` for a single number."""
    return one_array(
        kind,
        shapes(),
        lambda shape: st.fixed_dictionaries(
            {"axis": st.integers(0, len(shape) - 1) if shape else st.just(())}
        ),
    )


@st.composite
def arg_reduction(draw: Any, kind: Any) -> Case:
    """One axis, or None for the flattened array; there is no place of the largest of none."""
    shape, axis = draw(shape_and_axis() | st.just(((), None)))
    whole = math.prod(shape) > 0 and draw(st.booleans())
    return Case((kind(draw(RNGS), shape),), {"axis": None if whole else axis})


@st.composite
def products(draw: Any) -> Case:
    """``a @ b`` of vectors, matrices and batches that broadcast."""
    n, k, m = draw(SIDES), draw(SIDES), draw(SIDES)
    batch, rng = draw(shapes(max_dims=2)), draw(RNGS)
    a = draw(st.sampled_from([None, "vector"]))
    b = draw(st.sampled_from([None, "vector"]))
    left = (k,) if a else (*draw(stretchable_to(batch)), n, k)
    right = (k,) if b else (*draw(stretchable_to(batch)), k, m)
    return Case((real(rng, left), real(rng, right)), {})


@st.composite
def affine(draw: Any) -> Case:
    """x (..., in), weight (out, in), and a bias (out,) or None."""
    n_in, n_out, rng = draw(SIDES), draw(SIDES), draw(RNGS)
    bias = real(rng, (n_out,)) if draw(st.booleans()) else None
    x = real(rng, (*draw(shapes(max_dims=2)), n_in))
    return Case((x, real(rng, (n_out, n_in)), bias), {})


REDUCTIONS = st.sampled_from(["mean", "sum", "none"])


@st.composite
def classified(draw: Any, **params: Any) -> Case:
    """Scores (N, C), and their classes; some are ignored, by a class or by -100; not all."""
    n, c, rng = draw(SIDES), draw(st.integers(1, 4)), draw(RNGS)
    target, ignored = rng.integers(0, c, n), -100
    if n and draw(st.booleans()):
        ignored = draw(st.sampled_from([-100, *range(c)])) if c > 1 else -100
        target = numpy.where(booleans(rng, n), target, ignored)
        target[rng.integers(n)] = 0 if ignored else c - 1
    chosen = {name: draw(strategy) for name, strategy in params.items()}
    return Case((real(rng, (n, c)), target), chosen | {"ignored": ignored})


@st.composite
def same_shapes(draw: Any) -> Case:
    shape, rng = draw(shapes()), draw(RNGS)
    pair = (real(rng, shape), real(rng, shape))
    return Case(pair, {"reduction": draw(REDUCTIONS)})


def same_size(shape: tuple[int, ...]) -> Any:
    """Other shapes with as many elements."""
    flat = (math.prod(shape),)
    others = [flat, shape[::-1], (1, *shape), (*shape, 1, 1), (*flat, 1), shape]
    return st.fixed_dictionaries({"shape": st.sampled_from(others)})


def ones_in(shape: tuple[int, ...]) -> Any:
    ones = [i for i, n in enumerate(shape) if n == 1]
    some = st.sets(st.sampled_from(ones)) if ones else st.just(set())
    return st.fixed_dictionaries({"axis": some.map(lambda s: tuple(sorted(s)))})


def new_axis(shape: tuple[int, ...]) -> Any:
    return st.fixed_dictionaries({"axis": st.integers(0, len(shape))})


def orders(shape: tuple[int, ...]) -> Any:
    return st.fixed_dictionaries({"axes": st.permutations(range(len(shape))).map(tuple)})


def dtypes(shape: tuple[int, ...]) -> Any:
    return st.fixed_dictionaries(
        {"dtype": st.sampled_from([numpy.dtype("float32"), numpy.dtype("float64")])}
    )


@st.composite
def stretched(draw: Any, summed: bool = False) -> Case:
    """From a shape to one it broadcasts to; or, if `summed`, back."""
    full = draw(shapes())
    small = draw(stretchable_to(full))
    source, target = (full, small) if summed else (small, full)
    return Case((real(draw(RNGS), source),), {"shape": target})


@st.composite
def joined(draw: Any, new: bool) -> Case:
    """One to three arrays, equal in all sizes, or (if not along a `new` axis) in all but one."""
    shape, rng = draw(shapes(min_dims=0 if new else 1)), draw(RNGS)
    axis = draw(st.integers(0, len(shape) - (not new)))
    sizes = draw(st.lists(SIDES, min_size=1, max_size=3))
    every = [shape if new else (*shape[:axis], n, *shape[axis + 1 :]) for n in sizes]
    return Case(tuple(real(rng, s) for s in every), {"axis": axis})


def with_numbers(kind: Any, **numbers: list[float]) -> Any:
    """An array of any shape, and parameters that are each one of some numbers."""
    drawn = st.fixed_dictionaries({name: st.sampled_from(some) for name, some in numbers.items()})
    return one_array(kind, shapes(), lambda shape: drawn)


@st.composite
def pairs(draw: Any, *kinds: Any, **numbers: list[float]) -> Case:
    """Arrays of one shape, one of each kind, with a reduction, and with some numbers."""
    shape, rng = draw(shapes()), draw(RNGS)
    chosen = {name: draw(st.sampled_from(some)) for name, some in numbers.items()}
    arrays = tuple(kind(rng, shape) for kind in kinds)
    return Case(arrays, chosen | {"reduction": draw(REDUCTIONS)})


@st.composite
def logits(draw: Any) -> Case:
    """Scores, their targets from 0 to 1, and a weight for each column, or None."""
    case = draw(pairs(real, between(0.0, 1.0)))
    row = case.args[0].shape[-1:]
    weight = positive(draw(RNGS), row) if draw(st.booleans()) else None
    return Case((*case.args, weight), case.params)


@st.composite
def normed(draw: Any) -> Case:
    """An array, a weight and a bias (or None) that broadcast with it, and some of its axes."""
    shape, rng = draw(shapes(min_dims=1)), draw(RNGS)
    axis = draw(axes_of(shape).filter(lambda axis: count(shape, axis) > 1))
    small = draw(stretchable_to(shape))
    weight = positive(rng, small) if draw(st.booleans()) else None
    bias = real(rng, small) if draw(st.booleans()) else None
    return Case((distinct(rng, shape), weight, bias), {"axis": axis, "eps": 0.1})


@st.composite
def embedded(draw: Any) -> Case:
    """A matrix, an array of places of its rows, and one of the rows, or None."""
    n, rng = draw(st.integers(1, 4)), draw(RNGS)
    index = rng.integers(0, n, draw(shapes(max_dims=2)))
    padding = draw(st.none() | st.integers(0, n - 1))
    return Case((real(rng, (n, draw(SIDES))), numpy.asarray(index)), {"padding": padding})


# ----------------------------------------------------------------------------------------- indexing


@st.composite
def basic_index(draw: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Numbers, slices and None, for some of the dimensions from the front, then Ellipsis."""
    items: list[Any] = []
    for n in shape[: draw(st.integers(0, len(shape)))]:
        if draw(st.integers(0, 5)) == 0:
            items.append(None)
        items.append(draw((st.integers(-n, n - 1) if n else st.nothing()) | _slices(n)))
    return (*items, Ellipsis)


def _slices(n: int) -> Any:
    bound = st.none() | st.integers(-n - 1, n + 1)
    return st.builds(slice, bound, bound, st.sampled_from([None, 1, 2, 3]))


@st.composite
def array_index(draw: Any, shape: tuple[int, ...], repeat: bool) -> tuple[Any, ...]:
    """Integer arrays (of two shapes that broadcast) or a mask, between slices and None."""
    rng = draw(RNGS)
    items: list[Any] = [slice(None)] * len(shape)
    i = draw(st.integers(0, len(shape) - 1))
    if draw(st.booleans()):
        dims = draw(st.integers(1, len(shape) - i))
        items[i : i + dims] = [booleans(rng, shape[i : i + dims])]
    elif repeat:
        places = {i, draw(st.integers(0, len(shape) - 1))}
        # Not (): to PyTorch that is a number, to NumPy an array, which may move the axes.
        sizes = [(3,), (2, 1), (2, 3), (1,)] if all(shape[p] for p in places) else [(0,), (1, 0)]
        for p in places:
            items[p] = rng.integers(-shape[p], max(shape[p], 1), draw(st.sampled_from(sizes)))
    else:
        items[i] = rng.permutation(shape[i])[: draw(st.integers(0, shape[i]))]
    if draw(st.integers(0, 4)) == 0:
        items.insert(draw(st.integers(0, len(items))), None)
    return tuple(items)


@st.composite
def indexed(draw: Any, repeat: bool = True) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    """A shape and an index into it; without `repeat`, one that picks no element twice."""
    if draw(st.booleans()):
        shape = draw(shapes())
        return shape, draw(basic_index(shape))
    shape = draw(shapes(min_dims=1))
    return shape, draw(array_index(shape, repeat))


@st.composite
def picked(draw: Any) -> Case:
    shape, index = draw(indexed())
    return Case((real(draw(RNGS), shape),), {"index": index})


@st.composite
def sliced(draw: Any) -> Case:
    """Numbers, slices and None."""
    shape = draw(shapes())
    return Case((real(draw(RNGS), shape),), {"index": draw(basic_index(shape))})


@st.composite
def by_numbers(draw: Any) -> Case:
    """Single integers for the first dimensions."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=2))
    numbers = [draw(st.integers(-n, n - 1)) for n in sizes]
    shape = (*sizes, *draw(shapes(max_dims=2)))
    return Case((real(draw(RNGS), shape),), {"index": (*numbers, ...)})


@st.composite
def found(draw: Any, arg: Callable[..., Any]) -> Case:
    """An array, and where its extremes along an axis are."""
    shape, axis = draw(shape_and_axis())
    a = distinct(draw(RNGS), shape)
    index = arg(a, axis=axis, keepdims=True)
    return Case((a, index), {"axis": axis, "keepdims": draw(st.booleans())})


@st.composite
def put_back(draw: Any) -> Case:
    shape, index = draw(indexed())
    g = real(draw(RNGS), numpy.empty(shape)[index].shape)
    return Case((g,), {"index": index, "shape": shape})


@st.composite
def assigned(draw: Any) -> Case:
    (shape, index), rng = draw(indexed(repeat=False)), draw(RNGS)
    chosen = numpy.empty(shape)[index].shape
    value = real(rng, draw(stretchable_to(chosen)))
    return Case((real(rng, shape), value), {"index": index})


@st.composite
def selected(draw: Any) -> Case:
    """A vector of places along one axis."""
    (shape, axis), rng = draw(shape_and_axis()), draw(RNGS)
    index = rng.integers(0, shape[axis], draw(st.integers(0, 4)))
    return Case((real(rng, shape), index), {"axis": axis})


@st.composite
def gathered(draw: Any) -> Case:
    """An index array no larger than the input, but along one axis."""
    (shape, axis), rng = draw(shape_and_axis()), draw(RNGS)
    size = [draw(st.integers(0, n)) for n in shape]
    size[axis] = draw(st.integers(0, 5))
    return Case((real(rng, shape), rng.integers(0, shape[axis], size)), {"axis": axis})


@st.composite
def diagonals(draw: Any) -> Case:
    """An array, two of its axes, and a diagonal that need not be there."""
    shape = draw(shapes(min_dims=2))
    axis1, axis2 = draw(st.permutations(range(len(shape))))[:2]
    offset = draw(st.integers(-3, 3))
    params = {"offset": offset, "axis1": axis1, "axis2": axis2}
    return Case((real(draw(RNGS), shape),), params)


@st.composite
def scattered_diagonals(draw: Any) -> Case:
    """The diagonal of such an array, and the shape of the array."""
    case = draw(diagonals())
    diagonal = numpy.diagonal(case.args[0], *case.params.values()).copy()
    return Case((diagonal,), case.params | {"shape": case.args[0].shape})


def one_diagonal(shape: tuple[int, ...]) -> Any:
    return st.fixed_dictionaries({"diagonal": st.integers(-3, 3)})


def some_axes(shape: tuple[int, ...]) -> Any:
    return st.sets(st.integers(0, len(shape) - 1) if shape else st.nothing()).map(tuple)


@st.composite
def shifts(draw: Any, shape: tuple[int, ...]) -> Any:
    axis = draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, max_size=3))
    return {"shifts": tuple(draw(st.integers(-5, 5)) for _ in axis), "axis": tuple(axis)}


def repeats(shape: tuple[int, ...]) -> Any:
    times = st.lists(st.integers(0, 3), min_size=len(shape), max_size=len(shape) + 1)
    return st.fixed_dictionaries({"times": times.map(tuple)})


# ------------------------------------------------------------------------- along one axis, in order


@st.composite
def scanned(draw: Any, kind: Any, least: int = 0, **params: Any) -> Case:
    """An array of `least` elements or more along an axis; and whatever strategies give for it."""
    shape = draw(shapes(min_dims=1).filter(lambda shape: max(shape) >= least))
    axis = draw(st.sampled_from([i for i, n in enumerate(shape) if n >= least]))
    chosen = {name: draw(strategy) for name, strategy in params.items()}
    return Case((kind(draw(RNGS), shape),), {"axis": axis} | chosen)


def one_or_all(kind: Any) -> Any:
    """One axis, or None for all."""
    along = scanned(kind, keepdims=st.booleans())
    every = elementwise(kind).map(
        lambda case: Case(case.args, {"axis": None, "keepdims": False}),
    )
    return along | every


def _with_places(case: Case, places: Any) -> Case:
    """The call on an array, and where along the axis what it gives is."""
    return Case((*case.args, places(*case.args, **case.params)), case.params)


ordered = scanned(distinct).map(lambda case: _with_places(case, numpy.argsort))


def so_far(largest: bool) -> Any:
    """An array, and where the largest or smallest elements so far are."""
    arg = numpy.argmax if largest else numpy.argmin

    def places(a: Any, axis: int) -> Any:
        fronts = (a.take(range(i + 1), axis) for i in range(a.shape[axis]))
        found = [arg(front, axis, keepdims=True) for front in fronts]
        return numpy.concatenate(found or [a.astype(int)], axis)

    return scanned(distinct).map(lambda case: _with_places(case, places))


@st.composite
def normed_by(draw: Any, orders: Any) -> Case:
    """No elements equal in size, none of them 0."""
    case = draw(reduction(distinct, least=1))
    (a,) = case.args
    return Case((a + 0.23 * numpy.sign(a) + (a == 0),), {"p": draw(orders)} | case.params)


@st.composite
def square(draw: Any, definite: bool = False) -> Case:
    """Square matrices that have an inverse."""
    n, rng = draw(SIDES), draw(RNGS)
    a = rng.uniform(-0.5, 0.5, (*draw(shapes(max_dims=1)), n, n)) + 2 * numpy.eye(n)
    return Case((a @ a.swapaxes(-1, -2) if definite else a,), {})


@st.composite
def equations(draw: Any) -> Case:
    """Matrices that have an inverse, and right sides for them."""
    (a,) = draw(square()).args
    return Case((a, real(draw(RNGS), (*a.shape[:-1], draw(SIDES)))), {})


@st.composite
def full_rank(draw: Any) -> Case:
    """Matrices with independent rows, or columns."""
    n, m, rng = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(RNGS)
    a = rng.uniform(-0.3, 0.3, (*draw(shapes(max_dims=1)), n, m)) + 2 * numpy.eye(n, m)
    return Case((a,), {"tolerance": 1e-7})


@st.composite
def apart(draw: Any, symmetric: bool = False, **params: Any) -> Case:
    """Matrices whose singular values, or eigenvalues, are far from one another, no column 0.

    (Where all below the diagonal is 0, LAPACK's Q R has another sign.)
    """
    n, m, rng = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(RNGS)
    m = n if symmetric else m
    noise = 0.05 * nonzero(rng, (*draw(shapes(max_dims=1)), n, m))
    noise = noise + noise.swapaxes(-1, -2) if symmetric else noise
    return Case((noise + numpy.eye(n, m) * numpy.arange(1.0, m + 1),), params)


def numpy_median(a: Any, axis: int, keepdims: bool) -> Any:
    """Where the lower median is."""
    return numpy.take(numpy.argsort(a, axis), [(a.shape[axis] - 1) // 2], axis)


# ---------------------------------------------------------------- PyTorch, with our parameter names


def torch_one_or_all(function: Any) -> Any:
    return lambda a, axis, keepdims: function(a) if axis is None else function(a, axis, keepdims)


def torch_picked(function: Any, *more: Any) -> Any:
    return lambda a, index, axis, keepdims: function(a, *more, axis, keepdims).values


def torch_svd(a: Any, full: bool) -> Any:
    """U, S and Vh in a row; of the two signs that a vector may have, the one that NumPy gives."""
    u, s, v = torch.linalg.svd(a, full)
    signs = same_signs(u, numpy.linalg.svd(a.detach().numpy(), full)[0])
    return in_a_row(u * signs.unsqueeze(-2), s, v * signs.unsqueeze(-1))


def torch_eigh(a: Any, half: str) -> Any:
    w, v = torch.linalg.eigh(a, half)
    signs = same_signs(v, numpy.linalg.eigh(a.detach().numpy(), half)[1])
    return in_a_row(w, v * signs.unsqueeze(-2))


def same_signs(vectors: Any, other: Any) -> Any:
    return torch.sign((vectors.detach() * torch.from_numpy(other)).sum(-2))


def in_a_row(*parts: Any) -> Any:
    batch = parts[-1].ndim - 2
    return torch.cat([part.flatten(batch) for part in parts], -1)


def torch_div(a: Any, b: Any) -> Any:
    """``1.0 / b`` is a tensor by a tensor here: of a number PyTorch multiplies by a reciprocal."""
    return torch.div(a if torch.is_tensor(a) else torch.tensor(a, dtype=b.dtype), b)


def torch_reduction(function: Any) -> Any:
    return lambda a, axis, keepdims, **rest: function(
        a, dim=tuple(range(a.ndim)) if axis is None else axis, keepdim=keepdims, **rest
    )


def torch_along(function: Any) -> Any:
    return lambda a, axis: function(a, 0 if axis == () else axis)


def torch_logsumexp(a: Any, axis: Any, keepdims: bool) -> Any:
    dims = tuple(range(a.ndim)) if axis is None else axis
    return torch.logsumexp(a, dims or 0, keepdims)


def torch_expect(function: Any) -> Any:
    """A loss with PyTorch's names for its options."""

    def loss(a: Any, target: Any, ignored: int, smoothing: float | None = None, **rest: Any) -> Any:
        more = {"label_smoothing": smoothing} if smoothing else {}
        return function(a, target, ignore_index=ignored, **rest, **more)

    return loss


def torch_elu(a: Any, alpha: float, scale: float, steepness: float) -> Any:
    """PyTorch's own elu has all three, but selu and celu are what it shows of them."""
    return torch.where(a > 0, a * scale, torch.expm1(a.clamp(max=0) * steepness) * (alpha * scale))


def torch_embedding(a: Any, index: Any, padding: int | None) -> Any:
    """PyTorch's own has no second derivative for an index of no elements."""
    return F.embedding(index, a, padding_idx=padding) if index.numel() else a[index]


def torch_norm(a: Any, weight: Any, bias: Any, axis: Any, eps: float) -> Any:
    """By its definition: PyTorch's own take one axis, or the last ones."""
    dims = tuple(range(a.ndim)) if axis is None else axis
    away = a - a.mean(dims, keepdim=True)
    y = away / (away.square().mean(dims, keepdim=True) + eps).sqrt()
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def torch_reduced(losses: Any, reduction: str) -> Any:
    return losses if reduction == "none" else getattr(losses, reduction)()


def torch_soft_margin(a: Any, target: Any, reduction: str) -> Any:
    """By its definition: PyTorch's own has no gradient for the target."""
    return torch_reduced(-F.logsigmoid(a * target), reduction)


def torch_with_logits(a: Any, target: Any, weight: Any, reduction: str) -> Any:
    """By its definition, if there is a weight: PyTorch's own has no gradient for that."""
    if weight is None:
        return F.binary_cross_entropy_with_logits(a, target, reduction=reduction)
    losses = -weight * target * F.logsigmoid(a) - (1 - target) * F.logsigmoid(-a)
    return torch_reduced(losses, reduction)


def torch_index(index: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(torch.from_numpy(i) if isinstance(i, numpy.ndarray) else i for i in index)


def torch_scatter(g: Any, index: Any, shape: Any) -> Any:
    """What PyTorch's own indexing does backward, which it can differentiate in turn."""
    source = torch.zeros(shape, dtype=g.dtype, requires_grad=True)
    picked = source[torch_index(index)]
    return torch.autograd.grad(picked, source, g, create_graph=True)[0]


def torch_setitem(a: Any, value: Any, index: Any) -> Any:
    a = a.clone()
    a[torch_index(index)] = value
    return a


def torch_dtype(dtype: Any) -> Any:
    return {"float32": torch.float32, "float64": torch.float64}[dtype.name]


# ---------------------------------------------------------------------------------------- the table

ANY = shapes()
COMPARED = elementwise(few, few, number=True)
LOGICAL = elementwise(booleans, booleans)


def no_gradient(cases: Any, function: Any) -> Domain:
    return Domain(cases, function, differentiable=False)


DOMAINS: dict[str, Domain] = {
    # arithmetic
    "add": Domain(elementwise(real, real, number=True), torch.add),
    "sub": Domain(elementwise(real, real, number=True), lambda a, b: a - b),
    "mul": Domain(elementwise(real, real, number=True), torch.mul),
    "div": Domain(elementwise(real, nonzero, number=True), torch_div),
    "neg": Domain(elementwise(real), torch.neg),
    "pow": Domain(elementwise(positive, nonzero, number=True) | integer_power(), torch.pow),
    "maximum": Domain(elementwise(near_integers, near_halves), torch.maximum),
    "minimum": Domain(elementwise(near_integers, near_halves), torch.minimum),
    "where": Domain(elementwise(booleans, real, real), torch.where),
    "clamp": Domain(clamped(), lambda a, low, high: torch.clamp(a, low, high)),
    # functions, element by element
    "exp": Domain(elementwise(real), torch.exp),
    "log": Domain(elementwise(positive), torch.log),
    "sqrt": Domain(elementwise(positive), torch.sqrt),
    "sin": Domain(elementwise(real), torch.sin),
    "cos": Domain(elementwise(real), torch.cos),
    "tanh": Domain(elementwise(real), torch.tanh),
    "sigmoid": Domain(elementwise(real), torch.sigmoid),
    "relu": Domain(elementwise(nonzero), torch.relu),
    "abs": Domain(elementwise(nonzero), torch.abs),
    "sign": Domain(elementwise(nonzero), torch.sign),
    # products
    "matmul": Domain(products(), torch.matmul),
    "linear": Domain(affine(), F.linear),
    # reductions
    "sum": Domain(reduction(real), torch_reduction(torch.sum)),
    "mean": Domain(reduction(real), torch_reduction(torch.mean)),
    "amax": Domain(reduction(distinct, least=1), torch_reduction(torch.amax)),
    "amin": Domain(reduction(distinct, least=1), torch_reduction(torch.amin)),
    "max_all": Domain(whole(distinct), torch.max),
    "min_all": Domain(whole(distinct), torch.min),
    "var": Domain(variance(), torch_reduction(torch.var)),
    "std": Domain(variance(), torch_reduction(torch.std)),
    "logsumexp": Domain(reduction(real), torch_logsumexp),
    "argmax": no_gradient(arg_reduction(distinct), lambda a, axis: torch.argmax(a, axis)),
    "argmin": no_gradient(arg_reduction(distinct), lambda a, axis: torch.argmin(a, axis)),
    "all": no_gradient(reduction(booleans), torch_reduction(torch.all)),
    "any": no_gradient(reduction(booleans), torch_reduction(torch.any)),
    # softmax and losses
    "softmax": Domain(along_one(real), torch_along(torch.softmax)),
    "log_softmax": Domain(along_one(real), torch_along(torch.log_softmax)),
    "cross_entropy": Domain(
        classified(reduction=REDUCTIONS, smoothing=st.sampled_from([0.0, 0.1, 1.0])),
        torch_expect(F.cross_entropy),
    ),
    "nll_loss": Domain(classified(reduction=REDUCTIONS), torch_expect(F.nll_loss)),
    "mse_loss": Domain(same_shapes(), F.mse_loss),
    # shapes
    "reshape": Domain(one_array(real, ANY, same_size), torch.reshape),
    "squeeze": Domain(one_array(real, ANY, ones_in), lambda a, axis: torch.squeeze(a, axis)),
    "unsqueeze": Domain(one_array(real, ANY, new_axis), lambda a, axis: torch.unsqueeze(a, axis)),
    "transpose": Domain(one_array(real, ANY, orders), lambda a, axes: torch.permute(a, axes)),
    "broadcast_to": Domain(stretched(), lambda a, shape: torch.broadcast_to(a, shape)),
    "cat": Domain(joined(new=False), lambda *arrays, axis: torch.cat(arrays, axis)),
    "stack": Domain(joined(new=True), lambda *arrays, axis: torch.stack(arrays, axis)),
    # indexing
    "getitem": Domain(picked(), lambda a, index: a[torch_index(index)]),
    "select": Domain(by_numbers(), lambda a, index: a[index]),
    "max_along": Domain(
        found(numpy.argmax), lambda a, index, axis, keepdims: torch.max(a, axis, keepdims).values
    ),
    "min_along": Domain(
        found(numpy.argmin), lambda a, index, axis, keepdims: torch.min(a, axis, keepdims).values
    ),
    "scatter": Domain(put_back(), torch_scatter),
    "setitem": Domain(assigned(), torch_setitem),
    "index_select": Domain(selected(), lambda a, index, axis: torch.index_select(a, axis, index)),
    "gather": Domain(gathered(), lambda a, index, axis: torch.gather(a, axis, index)),
    # copies
    "clone": Domain(elementwise(real), torch.clone),
    "to_copy": Domain(
        one_array(real, ANY, dtypes),
        lambda a, dtype: a.to(torch_dtype(dtype)),
        continuous=False,
    ),
    "to_device": Domain(
        one_array(real, ANY, lambda shape: st.just({"source": "cpu", "target": "cpu"})),
        lambda a, source, target: a.to(target),
    ),
    # comparisons and logic
    "eq": no_gradient(COMPARED, lambda a, b: a == b),
    "ne": no_gradient(COMPARED, lambda a, b: a != b),
    "lt": no_gradient(COMPARED, lambda a, b: a < b),
    "le": no_gradient(COMPARED, lambda a, b: a <= b),
    "gt": no_gradient(COMPARED, lambda a, b: a > b),
    "ge": no_gradient(COMPARED, lambda a, b: a >= b),
    "logical_and": no_gradient(LOGICAL, torch.logical_and),
    "logical_or": no_gradient(LOGICAL, torch.logical_or),
    "logical_not": no_gradient(elementwise(booleans), torch.logical_not),
    "isfinite": no_gradient(elementwise(odd_values), torch.isfinite),
    "isnan": no_gradient(elementwise(odd_values), torch.isnan),
}

# --------------------------------------------------------------------- the table, continued (more/)


def near_ones(rng: Any, shape: Any) -> Any:
    """Close to 1 or -1: with `near_halves` over these there is never a whole quotient near."""
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.98, 1.02, shape)


def small_counts(rng: Any, shape: Any) -> Any:
    return numpy.asarray(rng.integers(0, 9, shape))


QUOTIENTS = elementwise(near_halves, near_ones)
DECIMALS = st.fixed_dictionaries({"decimals": st.just(0)})
TOLERANT = {"rtol": 0.5, "atol": 0.3, "equal_nan": False}

# functions, element-wise
DOMAINS |= {
    "tan": Domain(elementwise(between(-1.2, 1.2)), torch.tan),
    "expm1": Domain(elementwise(real), torch.expm1),
    "log1p": Domain(elementwise(positive), torch.log1p),
    "log2": Domain(elementwise(positive), torch.log2),
    "log10": Domain(elementwise(positive), torch.log10),
    "exp2": Domain(elementwise(real), torch.exp2),
    "sinh": Domain(elementwise(real), torch.sinh),
    "cosh": Domain(elementwise(real), torch.cosh),
    "asin": Domain(elementwise(between(-0.8, 0.8)), torch.asin),
    "acos": Domain(elementwise(between(-0.8, 0.8)), torch.acos),
    "atan": Domain(elementwise(real), torch.atan),
    "asinh": Domain(elementwise(real), torch.asinh),
    "acosh": Domain(elementwise(between(2.3, 4.0)), torch.acosh),
    "atanh": Domain(elementwise(between(-0.8, 0.8)), torch.atanh),
    "atan2": Domain(elementwise(nonzero, nonzero), torch.atan2),
    "rsqrt": Domain(elementwise(positive), torch.rsqrt),
    "reciprocal": Domain(elementwise(nonzero), torch.reciprocal),
    "logit": Domain(elementwise(between(0.1, 0.9)), torch.logit),
    "sinc": Domain(elementwise(nonzero), torch.sinc),
    "erfinv": Domain(elementwise(between(-0.9, 0.9)), torch.erfinv),
    "logaddexp": Domain(elementwise(real, real), torch.logaddexp),
    "logaddexp2": Domain(elementwise(real, real), torch.logaddexp2),
    "hypot": Domain(elementwise(nonzero, nonzero), torch.hypot),
    "xlogy": Domain(elementwise(nonzero, positive), torch.xlogy),
    "erf": Domain(elementwise(real), torch.erf),
    "erfc": Domain(elementwise(real), torch.erfc),
}
# arithmetic
DOMAINS |= {
    "floor": Domain(elementwise(near_halves), torch.floor),
    "ceil": Domain(elementwise(near_halves), torch.ceil),
    "trunc": Domain(elementwise(near_halves), torch.trunc),
    "frac": Domain(elementwise(near_halves), torch.frac),
    "round": Domain(
        one_array(near_integers, ANY, lambda shape: DECIMALS),
        lambda a, decimals: torch.round(a, decimals=decimals),
    ),
    "floor_divide": Domain(QUOTIENTS, lambda a, b: torch.div(a, b, rounding_mode="floor")),
    "trunc_divide": Domain(QUOTIENTS, lambda a, b: torch.div(a, b, rounding_mode="trunc")),
    "remainder": Domain(QUOTIENTS, torch.remainder),
    "fmod": Domain(QUOTIENTS, torch.fmod),
    "copysign": Domain(elementwise(nonzero, nonzero), torch.copysign),
    "lerp": Domain(elementwise(real, real, real), torch.lerp),
    "heaviside": no_gradient(elementwise(few, few), torch.heaviside),
    "isinf": no_gradient(elementwise(odd_values), torch.isinf),
    "signbit": no_gradient(elementwise(odd_values), torch.signbit),
    "isclose": no_gradient(
        elementwise(few, few).map(lambda case: Case(case.args, TOLERANT)), torch.isclose
    ),
    "bitwise_xor": no_gradient(LOGICAL, torch.bitwise_xor),
    "left_shift": no_gradient(elementwise(small_counts, small_counts), torch.bitwise_left_shift),
    "right_shift": no_gradient(elementwise(small_counts, small_counts), torch.bitwise_right_shift),
}
# reductions, scans and orderings
DOMAINS |= {
    "prod": Domain(one_or_all(real), torch_one_or_all(torch.prod)),
    "cumsum": Domain(scanned(real), torch.cumsum),
    "cumprod": Domain(scanned(real), torch.cumprod),
    "logcumsumexp": Domain(scanned(real), torch.logcumsumexp),
    "median": Domain(whole(distinct, skips=False), lambda a, skips: torch.median(a)),
    "nanmedian": Domain(whole(distinct, skips=True), lambda a, skips: torch.nanmedian(a)),
    "sort": Domain(ordered, lambda a, index, axis: torch.sort(a, axis).values),
    "topk": Domain(
        ordered, lambda a, index, axis: torch.topk(a, a.shape[axis], axis, False).values
    ),
    "cummax": Domain(so_far(largest=True), lambda a, index, axis: torch.cummax(a, axis).values),
    "cummin": Domain(so_far(largest=False), lambda a, index, axis: torch.cummin(a, axis).values),
    "median_along": Domain(found(numpy_median), torch_picked(torch.median)),
    "nanmedian_along": Domain(found(numpy_median), torch_picked(torch.nanmedian)),
    "kthvalue": Domain(found(numpy.argmin), torch_picked(torch.kthvalue, 1)),
    "mode": Domain(found(numpy.argmin), torch_picked(torch.mode)),
    "vector_norm": Domain(
        normed_by(st.sampled_from([2.0, 1.0, 3.0, 0.0, math.inf, -math.inf, 1.5, 0.5, -1.0])),
        lambda a, p, axis, keepdims: torch.linalg.vector_norm(a, p, axis, keepdims),
    ),
    "inv": Domain(square(), torch.linalg.inv, half=False),
    "det": Domain(square(), torch.linalg.det, half=False),
    "cofactors": Domain(
        square(),
        lambda a: torch.linalg.det(a)[..., None, None] * torch.linalg.inv(a).mT,
        half=False,
    ),
    "log_abs_det": Domain(square(), lambda a: torch.linalg.slogdet(a).logabsdet, half=False),
    "sign_det": Domain(square(), lambda a: torch.linalg.slogdet(a).sign, half=False),
    "cholesky": Domain(  # the upper half is not looked at, yet has a gradient, as in PyTorch
        square(definite=True), torch.linalg.cholesky, continuous=False, half=False
    ),
    "solve": Domain(equations(), torch.linalg.solve, half=False),
    "pinv": Domain(
        full_rank(), lambda a, tolerance: torch.linalg.pinv(a, rtol=tolerance), half=False
    ),
    "svd": Domain(apart(full=False), torch_svd, half=False),
    "svdvals": Domain(apart(), torch.linalg.svdvals, half=False),
    "eigh": Domain(  # only one half is looked at
        apart(symmetric=True, half="L"), torch_eigh, continuous=False, half=False
    ),
    "qr": Domain(
        apart(mode="reduced"), lambda a, mode: in_a_row(*torch.linalg.qr(a, mode)), half=False
    ),
    "one_hot": no_gradient(
        one_array(few, ANY, lambda shape: st.fixed_dictionaries({"classes": st.integers(1, 4)})),
        lambda a, classes: (a[..., None] == torch.arange(classes)).long(),
    ),
    "argsort": no_gradient(
        scanned(few, descending=st.booleans()),
        lambda a, axis, descending: torch.argsort(a, dim=axis, descending=descending, stable=True),
    ),
    "middle": no_gradient(
        scanned(distinct, least=1, skips=st.booleans()),
        lambda a, axis, skips: torch.median(a, axis, True).indices,
    ),
    "most_frequent": no_gradient(
        scanned(few, least=1), lambda a, axis: torch.mode(a, axis, True).indices
    ),
    "so_far": no_gradient(
        scanned(few, largest=st.booleans()),
        lambda a, axis, largest: (torch.cummax if largest else torch.cummin)(a, axis).indices,
    ),
}
# products and shapes
DOMAINS |= {
    name: Domain(sliced(), lambda a, index: a[index]) for name in ("narrow", "split", "unbind")
}
DOMAINS |= {
    "diagonal": Domain(
        diagonals(),
        lambda a, offset, axis1, axis2: torch.diagonal(a, offset, axis1, axis2),
    ),
    "diagonal_scatter": Domain(
        scattered_diagonals(),
        lambda a, offset, axis1, axis2, shape: torch.diagonal_scatter(
            torch.zeros(shape, dtype=a.dtype), a, offset, axis1, axis2
        ),
    ),
    "tril": Domain(one_array(real, shapes(min_dims=2), one_diagonal), torch.tril),
    "triu": Domain(one_array(real, shapes(min_dims=2), one_diagonal), torch.triu),
    "flip": Domain(
        one_array(real, ANY, lambda shape: st.fixed_dictionaries({"axis": some_axes(shape)})),
        lambda a, axis: torch.flip(a, axis),
    ),
    "roll": Domain(
        one_array(real, shapes(min_dims=1), shifts),
        lambda a, shifts, axis: torch.roll(a, shifts, axis),
    ),
    "repeat": Domain(one_array(real, ANY, repeats), lambda a, times: a.repeat(times)),
}
# indexing
DOMAINS |= {}
# activations
DOMAINS |= {
    "leaky_relu": Domain(
        with_numbers(nonzero, slope=[0.01, 0.5, -1.5]), lambda a, slope: F.leaky_relu(a, slope)
    ),
    "elu": Domain(
        with_numbers(nonzero, alpha=[1.0, 0.5], scale=[1.0, 1.5], steepness=[1.0, 2.0]), torch_elu
    ),
    "hardtanh": Domain(
        with_numbers(near_integers, low=[-1.5, -0.5], high=[0.5, 1.5]),
        lambda a, low, high: F.hardtanh(a, low, high),
    ),
    "softplus": Domain(with_numbers(real, beta=[1.0, 0.5, 3.0], threshold=[20.0]), F.softplus),
    "log_sigmoid": Domain(elementwise(real), F.logsigmoid),
    "silu": Domain(elementwise(real), F.silu),
    "mish": Domain(elementwise(real), F.mish),
    "gelu": Domain(elementwise(real), F.gelu),
    "gelu_tanh": Domain(elementwise(real), lambda a: F.gelu(a, approximate="tanh")),
}
# layers of a network
DOMAINS |= {
    "native_batch_norm": Domain(normed(), torch_norm),
    "native_layer_norm": Domain(normed(), torch_norm),
    "embedding": Domain(embedded(), torch_embedding, continuous=False),
}
# losses
DOMAINS |= {
    "huber_loss": Domain(pairs(near_integers, near_halves, delta=[0.75, 1.25]), F.huber_loss),
    "smooth_l1_loss": Domain(
        pairs(near_integers, near_halves, beta=[0.75, 1.25]), F.smooth_l1_loss
    ),
    "soft_margin_loss": Domain(pairs(real, real), torch_soft_margin),
    "binary_cross_entropy": Domain(
        pairs(between(0.1, 0.9), between(0.1, 0.9)), F.binary_cross_entropy
    ),
    "binary_cross_entropy_with_logits": Domain(logits(), torch_with_logits),
}
