"""Writing in place: ``x += y``, ``x[i] = y``, ``x.zero_()``, and what that means for gradients.

While nothing is recorded it is what it looks like: the memory changes, and the clock notes when, so
that an operation which still needs the old values can say so (autograd.py, Node).

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
from .device import device_of, move
from .errors import ShapeError
from .graph import Value, enable_grad, is_grad_enabled, mark_written


def write(x: Value, name: str, function: Callable[..., Any], *others: Any) -> Any:
    """``x`` becomes ``function(x, *others)``, a Tensor, in its own memory.

    Raises RuntimeError if x is a leaf that requires grad (outside no_grad), ShapeError or TypeError
    if the result does not fit into it.
    """
    x.catch_up()
    if not _records(x, others):
        _store(x, function(x, *others), name)
        return x
    root = x if x.root is None else x.root
    _refuse_leaf(root, name)
    new = function(_snapshot(x), *others)
    _check_fits(x, new, name)
    if root is not x:
        flat = ops.reshape(_snapshot(root), shape=(root.array.size,))
        flat = ops.setitem(flat, ops.reshape(new, shape=(new.array.size,)), index=(_places(x),))
        _take_over(root, ops.reshape(flat, shape=root.array.shape))
    _take_over(x, new)
    _store(x, new, name)
    x.memory.rewritten = x.seen = root.seen = x.memory.written
    return x


def overwrite(x: Value, name: str, index: tuple[Any, ...], value: Any) -> Any:
    """``x[index] = value``, a Tensor of x's dtype or a number, broadcast."""
    x.catch_up()
    if _records(x, (value,)):
        return write(x, name, lambda x, value: ops.setitem(x, value, index=index), value)
    x.array[index] = value.array if isinstance(value, Value) else value
    mark_written(x, name)
    return x


def catch_up(view: Value) -> None:
    """Let `view` be what it shows now: the result of picking its places from the rewritten root."""
    root = view.root
    if root is None or view.memory.rewritten <= view.seen:
        return
    with enable_grad():
        picked = ops.getitem(ops.reshape(root, shape=(root.array.size,)), index=(_places(view),))
    view.seen = view.memory.rewritten
    _take_over(view, picked)


def _records(x: Value, others: tuple[Any, ...]) -> bool:
    needs_grad = [v for v in (x, *others) if isinstance(v, Value) and v._requires_grad]
    return bool(needs_grad) and is_grad_enabled()


def _refuse_leaf(root: Value, name: str) -> None:
    if root._requires_grad and root.node is None:
        raise RuntimeError(
            f"{name}: a leaf Tensor that requires grad (or a view of one), of shape "
            f"{root.array.shape}, cannot be changed in place while operations are recorded: its "
            "gradient would be lost. To update a weight, do it under `with no_grad():`"
        )


def _snapshot(x: Value) -> Any:
    """x as it is now, on memory of its own, at its place in the graph."""
    copy = x.wrap(x.array.copy())
    copy.node, copy._requires_grad = x.node, x._requires_grad
    return copy


def _take_over(x: Value, new: Value) -> None:
    x.node, x._requires_grad = new.node, new._requires_grad


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
    _check_fits(x, new, name)
    x.array[...] = new.array
    mark_written(x, name)


def _places(view: Value) -> Any:
    """Where the elements of `view` are among those of its root, counted in the root's own order."""
    assert view.root is not None
    start = _address(view.root.array)
    of_root, of_view = _offsets(view.root.array, start), _offsets(view.array, start)
    low = min(of_root.min(initial=0), of_view.min(initial=0))  # negative strides start at the end
    order = np.zeros(of_root.max(initial=0) - low + 1, np.int64)
    order[of_root.ravel() - low] = np.arange(of_root.size)
    return move(order[of_view.ravel() - low], device_of(view.array))


def _address(array: Any) -> int:
    interface = getattr(array, "__cuda_array_interface__", None) or array.__array_interface__
    return interface["data"][0]


def _offsets(array: Any, start: int) -> np.ndarray:
    """How far each element lies from `start`, in elements."""
    first = (_address(array) - start) // array.itemsize
    offsets = np.full((), first, np.int64)
    for axis, (n, stride) in enumerate(zip(array.shape, array.strides)):
        steps = np.arange(n) * (stride // array.itemsize)
        offsets = offsets + steps.reshape([-1 if i == axis else 1 for i in range(array.ndim)])
    return offsets
