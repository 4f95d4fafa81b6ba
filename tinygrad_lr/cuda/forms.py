"""What a GPU computes in another way: by fewer kernels, and so that it can be captured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import indexing, losses, ops, signatures, sums
from ..capture.noting import capturing, refusal
from ..device import GPU, Array, move, on_gpu, one_like, xp
from ..more import arithmetic, table
from ..nn import loss_functions
from ..optim import SGD, optimizer
from ..tensor import Tensor
from ..utils.data import dataset
from . import blas, kernels


def attach() -> None:
    """Once, when CuPy is first found to work."""
    ops.sigmoid.also(_there, kernels.sigmoid, lambda g, y, a: kernels.sigmoid_rule(g, y))
    table.erf.also(kernels.fits, kernels.erf)
    table.erfc.also(kernels.fits, kernels.erfc)
    ops.matmul.also(_there, blas.matmul, _matmul_left, _matmul_right)
    ops.linear.also(
        _there,
        _linear,
        lambda g, y, x, weight, bias: blas.matmul(g, weight),
        lambda g, y, x, weight, bias: blas.matmul(ops.rows(g).T, ops.rows(x)),
        lambda g, y, x, weight, bias: (
            kernels.sum_of_rows(g) if g.ndim == 2 and bias.ndim == 1 else g
        ),
    )
    losses.cross_entropy.also(
        lambda a, *target, **params: kernels.fits(a),
        kernels.cross_entropy,
        lambda g, y, a, target, saved, **params: kernels.cross_entropy_rule(g, *saved),
        saves=losses.cross_entropy.saves,
    )
    ops.put_in_turn.also(_there, _put_in_turn)
    ops.scatter.also(lambda g, **params: on_gpu(g) and g.dtype.kind in "biu", _scatter_integers)
    sums.sum_elsewhere.also(_are_many, _sum_of_many)
    for joins in (ops.cat, ops.stack):
        joins.also(_cannot_be_joined, _refuse_to_join)
    for check in (signatures.check_places, indexing.check_range, arithmetic.check_divisor):
        check.also(_cannot_be_looked_at, lambda *args: None)
    loss_functions.check_between.also(_there, lambda *args: None)  # it would be a wait
    one_like.also(lambda array, kept: on_gpu(array) and not array.ndim, _one_like)
    optimizer.update.also(_is_sgd_there, _sgd)
    dataset.take_rows.also(lambda columns, rows: all(map(on_gpu, columns)), _take_rows)


def _there(a: Any, *others: Any, **params: Any) -> bool:
    return on_gpu(a)


# ----------------------------------------------------------------------------------------- products


def _matmul_left(g: Array, y: Array, a: Array, b: Array) -> Array:
    many = a.ndim > 1 and b.ndim > 1
    return blas.matmul(g, ops.swap(b)) if many else ops.matmul.rules[0](g, y, a, b)  # type: ignore[misc]


def _matmul_right(g: Array, y: Array, a: Array, b: Array) -> Array:
    many = a.ndim > 1 and b.ndim > 1
    return blas.matmul(ops.swap(a), g) if many else ops.matmul.rules[1](g, y, a, b)  # type: ignore[misc]


def _linear(x: Array, weight: Array, bias: Array | None) -> Array:
    y = blas.matmul(x, weight.T)
    if bias is not None:
        y += bias
    return y


# ------------------------------------------------------------------------------------------- writes


def _put_in_turn(a: Array, value: Array, index: Any) -> None:
    """ops.put_in_turn, where the card writes in any order.

    So the last element for each place is found first, and all that go there are made that one.
    """
    library = xp(a)
    last = library.zeros(a.shape, "uint64")
    turns = library.arange(last[index].size, dtype="uint64").reshape(last[index].shape)
    library.maximum.at(last, index, turns)
    value = library.broadcast_to(value, turns.shape).reshape(-1)
    a[index] = value[last[index].astype("int64")]


def _scatter_integers(g: Array, index: Any, shape: Any) -> Array:
    """ops.scatter of integers, of which the card adds up one kind: without a sign, of 64 bits.

    (The bits of a sum are the same with a sign.)
    """
    bits = ops.scatter.forward(g.astype("int64").view("uint64"), index, shape)
    return bits.view("int64").astype(g.dtype)


# --------------------------------------------------------------------------------------------- sums


def _are_many(a: Any, axis: sums.Axes, keepdims: bool) -> bool:
    """Whether so many are added up that CuPy's threads each add a long row of them."""
    if not kernels.fits(a):
        return False
    return math.prod(a.shape[i] for i in sums.reduced_axes(a.ndim, axis)) > kernels.MANY_ROWS


def _sum_of_many(a: Array, axis: sums.Axes, keepdims: bool) -> Array:
    axes = sums.reduced_axes(a.ndim, axis)
    kept = a.shape[len(axes) :]
    if sorted(axes) == [*range(len(axes))] and kept and a.size and a.flags.c_contiguous:
        rows = kernels.sum_of_rows(a.reshape((-1, math.prod(kept))))
        return rows.reshape((1,) * len(axes) * keepdims + kept)
    return a.sum(axis=axis, dtype="float64", keepdims=keepdims).astype(a.dtype, copy=False)


# ------------------------------------------------------------ what cannot be done while capturing


def _cannot_be_joined(*arrays: Any, axis: int) -> bool:
    return len(arrays) > 8 and on_gpu(arrays[0]) and capturing() is not None


def _refuse_to_join(*arrays: Any, axis: int) -> Any:
    raise refusal("join many")


def _cannot_be_looked_at(index: Any, *args: Any) -> bool:
    return on_gpu(index) and capturing() is not None


# --------------------------------------------------------------------- the start of a backward pass

_ones: dict[Any, Array] = {}


def _one_like(array: Array, kept: bool) -> Array:
    """1 on the GPU. Each training step begins with it, so it is made only once."""
    if array.dtype in _ones and not kept:
        return _ones[array.dtype]
    one = xp(array).ones((), array.dtype)
    if not kept and capturing() is None:  # else it becomes 1 only when the graph is launched
        _ones[array.dtype] = one
    return one


# -------------------------------------------------------------------------------- SGD, and a batch


def _is_sgd_there(of: optimizer.Optimizer, options: dict[str, Any]) -> bool:
    return type(of)._update is SGD._update and any(on_gpu(p.array) for p in options["params"])


def _sgd(of: optimizer.Optimizer, options: dict[str, Any]) -> None:
    """SGD of many at once, by one kernel; in place: a graph finds all where it was."""
    elsewhere = [p for p in options["params"] if not on_gpu(p.array)]
    if elsewhere:
        optimizer.update.plain(of, options | {"params": elsewhere})
    here = [p for p in options["params"] if on_gpu(p.array)]
    moving = [*of._moving(options | {"params": here})]
    if options["momentum"]:
        _sgd_with_momentum(of, moving, options)
    else:
        pairs = [(d, p) for _, p, d in moving]
        kernels.sgd(pairs, options["lr"], options["weight_decay"])


def _sgd_with_momentum(
    of: optimizer.Optimizer, moving: list[tuple[Tensor, Array, Array]], options: dict[str, Any]
) -> None:
    is_new = ["momentum_buffer" not in of._state.get(p, {}) for p, _, _ in moving]
    velocities = [of._kept(parameter, "momentum_buffer")[0] for parameter, _, _ in moving]
    for new, share in ((False, 1.0 - options["dampening"]), (True, 1.0)):
        sets = [(d, p, v) for (_, p, d), v, n in zip(moving, velocities, is_new) if n is new]
        if sets:
            kernels.sgd_with_momentum(
                sets,
                options["lr"],
                options["weight_decay"],
                options["momentum"],
                share,
                options["nesterov"],
            )


def _take_rows(columns: Sequence[Array], rows: Array) -> list[Array]:
    return kernels.take_rows(columns, move(rows, GPU))
