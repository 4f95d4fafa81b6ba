"""Written by tests/stubs.py: what tinygrad_lr.more.table offers, for type checkers and editors."""

import builtins
from tinygrad_lr.device import Array
from tinygrad_lr.graph import Op
from typing import Any

LETTERS: builtins.str
sinh: Op
cosh: Op
asin: Op
acos: Op
atan: Op
asinh: Op
acosh: Op
atanh: Op
atan2: Op
tan: Op
expm1: Op
log1p: Op
log2: Op
log10: Op
exp2: Op
rsqrt: Op
reciprocal: Op
logit: Op
sinc: Op
erf: Op
erfc: Op
erfinv: Op
logaddexp: Op
logaddexp2: Op
hypot: Op
xlogy: Op
floor: Op
ceil: Op
trunc: Op
round: Op
floor_divide: Op
trunc_divide: Op
frac: Op
remainder: Op
fmod: Op
copysign: Op
lerp: Op
heaviside: Op
isinf: Op
signbit: Op
isclose: Op
bitwise_xor: Op
left_shift: Op
right_shift: Op

def part(a: Any, axis: int, start: int | None, stop: int | None = None) -> Any:
    """``a[start:stop]`` along `axis`."""

def backwards(a: Array, axis: int) -> Any:
    """`a` from its last element to its first, along `axis`."""

cumsum: Op
cumprod: Op
logcumsumexp: Op
prod: Op
one_hot: Op
argsort: Op
middle: Op
most_frequent: Op
so_far: Op
sort: Op
topk: Op
cummax: Op
cummin: Op
median_along: Op
nanmedian_along: Op
kthvalue: Op
mode: Op
median: Op
nanmedian: Op
vector_norm: Op
inv: Op
solve: Op
cholesky: Op
cofactors: Op
det: Op
sign_det: Op
log_abs_det: Op
pinv: Op
narrow: Op
split: Op
unbind: Op
diagonal: Op
diagonal_scatter: Op
tril: Op
triu: Op
flip: Op
roll: Op
repeat: Op
