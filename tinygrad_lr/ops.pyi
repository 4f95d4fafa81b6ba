"""Written by tests/stubs.py: what tinygrad_lr.ops offers, for type checkers and editors."""

import builtins
from tinygrad_lr.device import Array
from tinygrad_lr.graph import Op
from tinygrad_lr.sums import Axes
from types import EllipsisType
from typing import Any
from typing import TypeAlias

Index: TypeAlias = tuple[int | slice | EllipsisType | Array | None, ...]
BROADCAST: builtins.str
add: Op
sub: Op
mul: Op
div: Op
neg: Op
pow: Op
maximum: Op
minimum: Op
where: Op
clamp: Op
exp: Op
log: Op
sqrt: Op
sin: Op
cos: Op
tanh: Op
relu: Op
abs: Op
sign: Op
sigmoid: Op

def swap(a: Array) -> Array:
    """A matrix, or each matrix of a batch, transposed: (..., n, m) becomes (..., m, n)."""

matmul: Op

def rows(a: Array) -> Array:
    """`a` as a matrix, all its dimensions but the last in one: (..., n) becomes (-1, n)."""

linear: Op

def restore_axes(r: Array, a: Array, axis: Axes) -> Array:
    """A reduction's result `r`, or its gradient, with the reduced axes of `a` back, of size 1."""

def or_nan(count: float) -> float:
    """`count`, to divide by for a mean; nan where it is 0, so that the mean is nan."""

sum: Op
mean: Op

def shared_evenly(g: Array, hits: Array, a: Array, axis: Axes) -> Array:
    """The gradient `g` of the extremes of `a`, to equal parts where it `hits` one."""

amax: Op
amin: Op
max_all: Op
min_all: Op
argmax: Op
argmin: Op
var: Op
std: Op

def drop_axes(r: Array, a: Array, axis: Axes, keepdims: bool) -> Array:
    """`r`, where the reduced axes of `a` have size 1, without these axes unless `keepdims`."""

def largest(a: Array, axis: Axes) -> Array:
    """The maximum along `axis`, which is kept with size 1; 0 where `a` is empty."""

logsumexp: Op
broadcast_to: Op
reshape: Op
squeeze: Op
unsqueeze: Op
transpose: Op
cat: Op
stack: Op

def index_along(index: Array, axis: int) -> Index:
    """The index that picks, at each place of `index`, the entry that it names along `axis`."""

getitem: Op
select: Op
scatter: Op
setitem: Op

def put(a: Array, value: Any, index: Index) -> None:
    """Write `value`, an array or a number, into `a` at `index`, broadcast."""

def put_in_turn(a: Array, value: Array, index: Index) -> None:
    """Write `value` into `a` at `index`. Where several go to one place, the last one stays."""

def lists_in(index: tuple[Any, ...]) -> list[Array]:
    """The arrays in `index` that may name a place twice."""

index_select: Op
gather: Op
max_along: Op
min_along: Op
clone: Op
to_copy: Op
to_device: Op
eq: Op
ne: Op
lt: Op
le: Op
gt: Op
ge: Op
logical_and: Op
logical_or: Op
logical_not: Op
isfinite: Op
isnan: Op
all: Op
any: Op

def no_views(table: dict[str, object]) -> None:
    """Say of all entries of a `table` that say nothing: no result shows an argument's memory."""
