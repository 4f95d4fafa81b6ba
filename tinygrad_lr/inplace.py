"""Writing in place: ``x += y``, ``x[i] = y``, ``x.zero_()``, and what that means for gradients.

While nothing is recorded it is what it looks like: the memory changes, and the clock notes when, so
that an operation which still needs the old values can say so (graph.py, Node).

A *recorded* write has to do more, because from then on the Tensor is the result of another
operation: ``x.mul_(w)`` means ``x = x * w``, on the memory of the old x. So the operation runs on a
copy of x, x takes over its node, and the result is stored into x's memory. Where x is a view (``row
= x[0]; row.mul_(w)``), the root it shows has been rewritten too, at those places; and other views
of that root find out, when they are next used, that they now show something computed differently
(catch_up).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import ops
from .device import address, device_of, move
from .errors import ShapeError
from .graph import Value
from .modes import enable_grad, is_grad_enabled
from .versions import last_write, mark_written, owner


def write(x: Value, name: str, function: Callable[..., Any], *others: Any) -> Any:
    """``x`` becomes ``function(x, *others)``, a Tensor, in its own memory.

    Raises RuntimeError if x is a leaf that requires grad (outside no_grad), ShapeError or TypeError
    if the result does not fit into it.
    """
    if not _records(x, others):
        new = function(x, *others)
        _check_fits(x, new, name)
        _store(x, new, name)
        return x
    root = _root(x)
    _refuse_leaf(root, name)
    if root.edge is not None and x.edge is None:
        raise RuntimeError(
            f"{name}: this view was made under no_grad(), of a tensor that requires grad, so "
            "nothing is known of how it was computed; make the view outside of no_grad()"
        )
    new = function(_snapshot(x), *others)
    _check_fits(x, new, name)
    if new.array.dtype != x.array.dtype:
        new = ops.to_copy(new, dtype=x.array.dtype)
    if root is not x:
        flat = ops.reshape(_snapshot(root), shape=(root.array.size,))
        flat = ops.setitem(flat, ops.reshape(new, shape=(new.array.size,)), index=(_places(x),))
        _take_over(root, ops.reshape(flat, shape=root.array.shape))
    else:
        _take_over(x, new)
    _store(x, new, name)
    root.rewritten = root.seen = last_write(x.array)[0]
    return x


def overwrite(x: Value, name: str, index: tuple[Any, ...], value: Any) -> Any:
    """``x[index] = value``, a Tensor of x's dtype or a number, broadcast."""
    if _records(x, (value,)):
        return write(x, name, lambda x, value: ops.setitem(x, value, index=index), value)
    x.array[index] = value.array if isinstance(value, Value) else value
    mark_written(x, name)
    return x


def catch_up(view: Value) -> None:
    """Let `view` be what it shows now: the result of picking its places from the rewritten root."""
    if view.root is None or view.root.rewritten <= view.seen:
        return
    root = _root(view)
    if root is view:
        return
    with enable_grad():
        picked = ops.getitem(ops.reshape(root, shape=(root.array.size,)), index=(_places(view),))
        picked = ops.reshape(picked, shape=view.array.shape)
    view.seen = root.rewritten
    _take_over(view, picked)


def _root(x: Value) -> Value:
    """The Tensor whose memory x shows: x itself, unless it is a view."""
    if x.root is None or owner(x.root.array) is not owner(
        x.array
    ):  # as after root.data = something
        x.root = None
        return x
    return x.root


def _records(x: Value, others: tuple[Any, ...]) -> bool:
    """Whether writing to x is recorded. (It is where what is written to must be writable, too.)"""
    if not getattr(x.array.flags, "writeable", True):
        raise RuntimeError(
            f"a tensor of shape {x.array.shape} that was expanded (or made from read-only memory) "
            "cannot be written in place: several of its elements are one; use .clone() first"
        )
    values = [v for v in (x, *others) if isinstance(v, Value)]
    for value in values:
        value.catch_up()
    return is_grad_enabled() and any(value.edge is not None for value in values)


def _refuse_leaf(root: Value, name: str) -> None:
    if root.wanted and root.node is None:
        raise RuntimeError(
            f"{name}: a leaf Tensor that requires grad (or a view of one), of shape "
            f"{root.array.shape}, cannot be changed in place while operations are recorded: its "
            "gradient would be lost. To update a weight, do it under `with no_grad():`"
        )


def _snapshot(x: Value) -> Any:
    """x as it is now, on memory of its own, at its place in the graph."""
    copy = x.wrap(x.array.copy())
    copy.node, copy.wanted = x.node, x.wanted
    return copy


def _take_over(x: Value, new: Value) -> None:
    if x.node is not None and new.node is not None:  # whoever asked for x.grad still wants it
        new.node.watcher, x.node.watcher = x.node.watcher, None
    x.node, x.wanted = new.node, new.wanted


def _check_fits(x: Value, new: Value, name: str) -> None:
    if new.array.shape != x.array.shape:
        raise ShapeError(
            f"{name}: the result has shape {new.array.shape}, it cannot be stored in a tensor of "
            f"shape {x.array.shape}"
        )
    if new.array.dtype.kind == "f" and x.array.dtype.kind != "f":
        raise TypeError(
            f"{name}: the result is {new.array.dtype}, it cannot be stored in a tensor of "
            f"{x.array.dtype}; use x = x.float() first"
        )


def _store(x: Value, new: Value, name: str) -> None:
    x.array[...] = new.array
    mark_written(x, name)


def _places(view: Value) -> Any:
    """Where the elements of `view` are among those of its root, counted in the root's own order."""
    root = _root(view)
    start = address(root.array)
    of_root, of_view = _offsets(root.array, start), _offsets(view.array, start)
    low = min(of_root.min(initial=0), of_view.min(initial=0))  # negative strides start at the end
    order = np.zeros(of_root.max(initial=0) - low + 1, np.int64)
    order[of_root.ravel() - low] = np.arange(of_root.size)
    return move(order[of_view.ravel() - low], device_of(view.array))


def _offsets(array: Any, start: int) -> np.ndarray:
    """How far each element lies from `start`, in elements."""
    first = (address(array) - start) // array.itemsize
    offsets = np.full((), first, np.int64)
    for axis, (n, stride) in enumerate(zip(array.shape, array.strides)):
        steps = np.arange(n) * (stride // array.itemsize)
        offsets = offsets + steps.reshape([-1 if i == axis else 1 for i in range(array.ndim)])
    return offsets
