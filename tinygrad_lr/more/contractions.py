"""einsum: products of tensors whose dimensions have names, summed over some of them.

Two operands at a time become batches of matrices, which matmul multiplies: so all gradients are
there, and BLAS does the work. tensordot and inner are certain of these.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from types import EllipsisType
from typing import Any, TypeAlias

from .. import functions
from ..device import Shape
from ..dtypes import bool_, cast, integer
from ..errors import ArgumentError, ShapeError, no_booleans
from ..functions import matmul, mul, permute, reshape
from ..graph import Value
from ..signatures import Tensor, checked, dim_index, sizes
from .shapes import diagonal
from .table import LETTERS

__all__ = ["einsum", "inner", "tensordot"]

Names: TypeAlias = list[Any]  # of the dimensions of one operand: letters; numbers for those in ...


def einsum(
    equation: str | Tensor, *operands: Tensor | Sequence[Tensor] | Sequence[int | EllipsisType]
) -> Tensor:
    """Products summed over the dimensions that are not named behind the arrow: "ij,jk->ik".

    Without an arrow the result has the dimensions that are named once, in the order of the
    alphabet. "..." stands for any others, which broadcast; a name that is repeated in one operand
    for its diagonal. ``einsum(a, [0, 1], b, [1, 2], [0, 2])`` says the same with numbers.
    ArgumentError for an equation that names what is not there, or the same twice in the result.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.einsum("ij,j->i", a, tg.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    terms, output, values = _read(equation, operands)
    names = [_dimensions(term, value, i) for i, (term, value) in enumerate(zip(terms, values))]
    flat = [name for each in names for name in each]
    hidden = sorted({name for name in flat if isinstance(name, int)})
    if output is None:
        once = sorted({n for n in flat if not isinstance(n, int) and flat.count(n) == 1})
        wanted: Names = [*hidden, *once]
    else:
        wanted = [n for name in output for n in (hidden if name == "..." else [name])]
    for name in wanted:
        if name not in flat or wanted.count(name) > 1:
            raise ArgumentError(
                f"einsum: {name!r} is in the result {wanted.count(name)} times, and in the "
                f"operands {flat.count(name)} times; it must be once in the result, and at least "
                "once in the operands"
            )
    return _contracted("einsum", values, names, wanted)


def _read(
    equation: Any, operands: tuple[Any, ...]
) -> tuple[list[Names], Names | None, list[Tensor]]:
    """The names of each operand, those of the result (or None), and the operands."""
    if not isinstance(equation, str):
        given = [equation, *operands]
        terms = [_letters(names) for names in given[1::2]]
        values = given[: len(given) // 2 * 2 : 2]
        output = _letters(given[-1]) if len(given) % 2 else None
    else:
        if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
            operands = tuple(operands[0])
        (*terms, output), values = _parsed(equation), list(operands)
    if len(terms) != len(values) or not values:
        raise ArgumentError(
            f"einsum: there are {len(values)} operands, and names for {len(terms)} of them"
        )
    return terms, output, [checked(value, "einsum") for value in values]


@functools.lru_cache(256)
def _parsed(equation: str) -> list[Any]:
    """The terms of an `equation`; the last is that of the result, or None."""
    text, arrow, result = equation.replace(" ", "").partition("->")
    return [*map(_split, text.split(",")), _split(result) if arrow else None]


def _split(term: str) -> Names:
    """The letters of a term; "..." is one of them."""
    names: Names = list(term.replace("...", "."))
    wrong = [name for name in names if name not in LETTERS + "."]
    if wrong or names.count(".") > 1:
        raise ArgumentError(
            f"einsum: the dimensions of an operand are named by letters, with one ... at most; got "
            f"{term!r}"
        )
    return ["..." if name == "." else name for name in names]


def _letters(names: Any) -> Names:
    """A list of numbers from 0 to 51 as letters; Ellipsis is "..."."""
    numbers = [integer(n) for n in names if n is not Ellipsis]
    if any(n is None or not 0 <= n < len(LETTERS) for n in numbers):
        raise ArgumentError(f"einsum: dimensions are numbered from 0 to 51, got {names}")
    return ["..." if n is Ellipsis else LETTERS[n] for n in names]


def _dimensions(term: Names, value: Tensor, i: int) -> Names:
    """One name for each dimension of `value`: those in ... are numbered, -1 is the last."""
    shape = value.array.shape
    hidden = len(shape) - len(term) + 1
    if "..." in term and hidden >= 0:
        place = term.index("...")
        return [*term[:place], *range(-hidden, 0), *term[place + 1 :]]
    if len(term) != len(shape) or "..." in term:
        raise ShapeError(
            f"einsum: operand {i} has shape {shape}, and {len(term)} of its dimensions are named"
        )
    return term


def _contracted(name: str, values: list[Tensor], names: list[Names], wanted: Names) -> Tensor:
    """The product of all `values`, with these `names`, summed over what is not wanted."""
    _check_sizes(name, values, names)
    left, first = _diagonals(values[0], names[0])
    for i in range(1, len(values)):
        right, second = _diagonals(values[i], names[i])
        later = [n for each in names[i + 1 :] for n in each]
        left, first = _product(left, first, right, second, {*wanted, *later})
    left, first = _summed(left, first, {*wanted})
    return permute(left, [first.index(n) for n in wanted])


def _check_sizes(name: str, values: list[Tensor], names: list[Names]) -> None:
    """Raise ShapeError if a name stands for two sizes, of which none is 1."""
    found: dict[Any, int] = {}
    for value, each in zip(values, names):
        for n, size in zip(each, value.array.shape):
            if found.get(n, 1) not in (1, size) and (size != 1 or each.count(n) > 1):
                raise ShapeError(
                    f"{name}: shapes {', '.join(str(v.array.shape) for v in values)} do not fit: "
                    f"one dimension is of size {found[n]} here, and {size} there"
                )
            found[n] = max(found.get(n, 1), size) if size else 0


def _diagonals(value: Tensor, names: Names) -> tuple[Tensor, Names]:
    """`value` with one dimension for each name: of what has the same name, the diagonal."""
    for name in dict.fromkeys(names):
        while names.count(name) > 1:
            i = names.index(name)
            j = names.index(name, i + 1)
            value = diagonal(value, 0, i, j)
            names = [n for k, n in enumerate(names) if k not in (i, j)] + [name]
    return value, names


def _summed(value: Tensor, names: Names, wanted: set[Any]) -> tuple[Tensor, Names]:
    """`value`, summed over the dimensions whose names are not `wanted`."""
    rest = [i for i, name in enumerate(names) if name not in wanted]
    summed = functions.sum(value, rest) if rest else value
    return summed, [name for name in names if name in wanted]


def _without(value: Tensor, names: Names, thin: set[Any]) -> tuple[Tensor, Names]:
    """`value` without the dimensions of size 1 that have these names."""
    places = [i for i, name in enumerate(names) if name in thin]
    return functions.squeeze(value, tuple(places)) if places else value, [
        name for name in names if name not in thin
    ]


def _product(
    a: Tensor, first: Names, b: Tensor, second: Names, wanted: set[Any]
) -> tuple[Tensor, Names]:
    """The product of two, summed over what both have and nobody wants, by matmul."""
    of_a, of_b = dict(zip(first, a.array.shape)), dict(zip(second, b.array.shape))
    # What has size 1 in one of them, and not in the other, is there only once.
    thin_a = {n for n in first if of_a[n] == 1 != of_b.get(n, 1)}
    thin_b = {n for n in second if of_b[n] == 1 != of_a.get(n, 1)}
    a, first = _without(a, first, thin_a)
    b, second = _without(b, second, thin_b)
    a, first = _summed(a, first, wanted | {*second})
    b, second = _summed(b, second, wanted | {*first})
    both = [n for n in first if n in second]
    batch, inside = [n for n in both if n in wanted], [n for n in both if n not in wanted]
    rows, columns = [n for n in first if n not in both], [n for n in second if n not in both]
    size = dict(zip(first, a.array.shape)) | dict(zip(second, b.array.shape))
    a = _in_order(a, first, batch + rows + inside)
    b = _in_order(b, second, batch + inside + columns)
    if inside and not rows + columns and batch:  # element by element
        last = tuple(range(-len(inside), 0))
        return functions.sum(mul(a, b), last, dtype=a.array.dtype), batch
    heads = [size[n] for n in batch]
    height, depth, width = (math.prod(size[n] for n in part) for part in (rows, inside, columns))
    a, b = _in_shape(a, (*heads, height, depth)), _in_shape(b, (*heads, depth, width))
    out = matmul(a, b) if inside else mul(a, b)
    names = batch + rows + columns
    return _in_shape(out, tuple(size[n] for n in names)), names


def _in_order(value: Tensor, names: Names, wanted: Names) -> Tensor:
    """`value`, whose dimensions have these `names`, with those `wanted` in their order."""
    return value if names == wanted else permute(value, [names.index(n) for n in wanted])


def _in_shape(value: Tensor, shape: Shape) -> Tensor:
    """`value` in this `shape`: most often it has it already."""
    return value if value.array.shape == shape else reshape(value, shape)


# ------------------------------------------------------------------------ with dimensions by number


def tensordot(
    a: Tensor, b: Tensor, dims: int | Sequence[int] | Sequence[Sequence[int]] | Tensor = 2
) -> Tensor:
    """The sum over pairs of dimensions: the last `dims` of `a` with the first of `b`, or named.

    ``dims=([1, 0], [0, 1])`` pairs dimension 1 of `a` with 0 of `b`, and 0 of `a` with 1 of `b`.
    ArgumentError for `dims` that pair nothing, ShapeError for sizes that differ, DtypeError for
    booleans.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.tensordot(a, a, dims=2)
    tensor(30.)
    """
    shapes = [checked(x, "tensordot").array.shape for x in (a, b)]
    named: Any = dims.tolist() if isinstance(dims, Value) else dims
    if isinstance(named, (tuple, list)):
        if len(named) != 2:
            raise ArgumentError(f"tensordot: dims must be two lists, of a and of b, got {dims}")
        pairs = [sizes("tensordot", (side,)) for side in named]
    else:
        count = integer(named)
        if count is None or not 0 <= count <= min(map(len, shapes)):
            raise ArgumentError(
                f"tensordot: dims must be from 0 to {min(map(len, shapes))}, the number of "
                f"dimensions that both have, got {dims!r}"
            )
        pairs = [tuple(range(-count, 0)), tuple(range(count))]
    if len(pairs[0]) != len(pairs[1]):
        raise ArgumentError(f"tensordot: dims must name equally many of both, got {dims}")
    first, second = ([dim_index("tensordot", d, len(s)) for d in p] for p, s in zip(pairs, shapes))
    names = [*range(len(shapes[0]))], [*range(len(shapes[0]), sum(map(len, shapes)))]
    for i, j in zip(first, second):
        names[1][j] = i
    kept = [n for n in names[0] + names[1] if n not in first]
    if a.array.dtype == bool_:
        raise no_booleans("tensordot")
    return cast(_contracted("tensordot", [a, b], [*names], kept), a.array.dtype)


def inner(input: Tensor, other: Tensor) -> Tensor:
    """The sums over the last dimension of both; of a single number, the product.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.inner(x, x)
    tensor(14.)
    """
    if not (checked(input, "inner").array.ndim and checked(other, "inner").array.ndim):
        return mul(input, other)
    return tensordot(input, other, ([-1], [-1]))
