"""Writing in place: ``x += y``, ``x[i] = y``, ``x.zero_()``, and what that means for gradients.

A write that is not recorded changes the memory, and versions.py records when. An operation that
still needs the old values can then raise an error.

A *recorded* write has to do more, because from then on the Tensor is the result of another
operation: ``x.mul_(w)`` means ``x = x * w``, on the memory of the old x. So the operation runs on a
copy of x, x takes over the node of the result, and the result is stored into x's memory.

Where x is a view (``row = x[0]; row.mul_(w)``), the Tensor whose memory it shows, its root, has
been rewritten at those places too, and gets a new node. Other views of that root are results of the
new root from then on. They get their new nodes when they are next used: see catch_up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from . import ops
from .device import Array, address, device_of, move
from .dtypes import category
from .errors import DtypeError, ShapeError
from .graph import Value
from .modes import enable_grad, is_grad_enabled
from .ops import Index
from .versions import last_write, mark_written, owner

if TYPE_CHECKING:  # Tensor is made of this file; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"


def write(x: Tensor, name: str, function: Callable[..., Tensor], *others: object) -> Tensor:
    """``x`` becomes ``function(x, *others)``, a Tensor, in its own memory. Returns x.

    `name` is what the error messages call this. Raises RuntimeError if x is a leaf that requires
    grad (outside no_grad) or its memory is read-only, ShapeError or TypeError if the result does
    not fit into it.
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
        flat = ops.setitem(
            flat, ops.reshape(new, shape=(new.array.size,)), index=(_places_in_root(x),)
        )
        _take_over(root, ops.reshape(flat, shape=root.array.shape))
    else:
        _take_over(x, new)
    _store(x, new, name)
    root.rewritten = root.seen = last_write(x.array)[0]
    return x


def overwrite(x: Tensor, name: str, index: Index, value: Tensor) -> Tensor:
    """``x[index] = value``, a Tensor of x's dtype, broadcast. Returns x. Errors as in write."""
    if _records(x, (value,)):
        return write(x, name, lambda x, value: ops.setitem(x, value, index=index), value)
    ops.put(x.array, value.array, index)
    mark_written(x, name)
    return x


def catch_up(view: Value) -> None:
    """Bring the node of `view` up to date, if its root was rewritten since.

    `view` becomes the result of picking its elements from the root as it is now.
    """
    if view.root is None or view.root.rewritten <= view.seen:
        return
    root = _root(view)
    if root is view:
        return
    with enable_grad():
        picked = ops.getitem(
            ops.reshape(root, shape=(root.array.size,)), index=(_places_in_root(view),)
        )
        picked = ops.reshape(picked, shape=view.array.shape)
    view.seen = root.rewritten
    _take_over(view, picked)


def _root(x: Value) -> Value:
    """The Tensor whose memory x shows: x itself, unless it is a view."""
    # After ``root.data = something`` the two are on different memory.
    if x.root is None or owner(x.root.array) is not owner(x.array):
        x.root = None
        return x
    return x.root


def _records(x: Value, others: tuple[object, ...]) -> bool:
    """Whether writing to x is recorded. Raises RuntimeError if x's memory is read-only."""
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
    """Raise RuntimeError if `root` is a leaf that requires grad."""
    if root.wanted and root.node is None:
        raise RuntimeError(
            f"{name}: a leaf Tensor that requires grad (or a view of one), of shape "
            f"{root.array.shape}, cannot be changed in place while operations are recorded: its "
            "gradient would be lost. To update a weight, do it under `with no_grad():`"
        )


def _snapshot(x: Value) -> Value:
    """A copy of x, on memory of its own, with the node that x has now."""
    copy: Value = x.wrap(x.array.copy())
    copy.node, copy.wanted = x.node, x.wanted
    return copy


def _take_over(x: Value, new: Value) -> None:
    """Let x be what `new` is in the graph."""
    if x.node is not None and new.node is not None:  # after x.retain_grad()
        new.node.watcher, x.node.watcher = x.node.watcher, None
    x.node, x.wanted = new.node, new.wanted


def _check_fits(x: Value, new: Value, name: str) -> None:
    """Raise ShapeError or DtypeError if `new` cannot be stored in the memory of x."""
    if new.array.shape != x.array.shape:
        raise ShapeError(
            f"{name}: the result has shape {new.array.shape}, it cannot be stored in a tensor of "
            f"shape {x.array.shape}"
        )
    if category(new.array.dtype) > category(x.array.dtype):
        raise DtypeError(
            f"{name}: the result is {new.array.dtype}, it cannot be stored in a tensor of "
            f"{x.array.dtype}; use x = x.{'float' if new.array.dtype.kind == 'f' else 'long'}() "
            "first"
        )


def _store(x: Value, new: Value, name: str) -> None:
    """Copy `new` into the memory of x, and note that."""
    x.array[...] = new.array
    mark_written(x, name)


def _places_in_root(view: Value) -> Array:
    """Where the elements of `view` are in its root, flattened: (view's size,) int64."""
    root = _root(view)
    start = address(root.array)
    of_root, of_view = _offsets(root.array, start), _offsets(view.array, start)
    low = min(of_root.min(initial=0), of_view.min(initial=0))  # negative strides start at the end
    order = np.zeros(of_root.max(initial=0) - low + 1, np.int64)
    order[of_root.ravel() - low] = np.arange(of_root.size)
    return move(order[of_view.ravel() - low], device_of(view.array))


def _offsets(array: Array, start: int) -> np.ndarray:
    """How far each element of `array` lies from the address `start`, in elements: its shape."""
    first = (address(array) - start) // array.itemsize
    offsets = np.full((), first, np.int64)
    for axis, (n, stride) in enumerate(zip(array.shape, array.strides)):
        steps = np.arange(n) * (stride // array.itemsize)
        offsets = offsets + steps.reshape([-1 if i == axis else 1 for i in range(array.ndim)])
    return offsets
