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
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from . import ops
from .device import Array, address, device_of, is_array, move
from .dtypes import category
from .effects import effect
from .errors import DtypeError, ShapeError
from .forms import formed
from .gradients.hooks import hand_over
from .graph import Value
from .modes import enable_grad, is_grad_enabled
from .ops import Index
from .versions import last_write, mark_written, owner

if TYPE_CHECKING:  # Tensor is made of this file; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"

FILLS = ("fill_", "zero_")  # these write one number to all elements
_UNRECORDED = (
    "{}: this view was made under no_grad(), so nothing is known of how it was computed, and {} "
    "while operations are recorded;\nmake the view outside of no_grad()"
)


def write(
    x: Tensor, name: str, function: Callable[..., Tensor], /, *others: object, **options: object
) -> Tensor:
    """``x`` becomes ``function(x, *others, **options)``, a Tensor, in its own memory. Returns x.

    `name` is what the error messages call this. Raises RuntimeError if x is a leaf that requires
    grad (outside no_grad), several of its elements are one, or its memory is read-only; ShapeError
    or TypeError if the result does not fit into it.
    """
    _check_separate(x.array, name)
    if _records(x, *others, *options.values()):
        return _write_recorded(x, name, function, *others, **options)
    new = function(x, *others, **options)
    _check_fits(x, new, name)
    _store(x, new, name)
    return x


def _write_recorded(
    x: Tensor, name: str, function: Callable[..., Tensor], /, *others: object, **options: object
) -> Tensor:
    root = _root(x)
    _refuse_leaf(x, root, name)
    _check_distinct(root.array, root is x, name)
    new = function(_snapshot(x), *others, **options)
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
    """``x[index] = value``, a Tensor of x's dtype, broadcast. Returns x. Errors as in write.

    One number may be written to all elements (fill_), even if several of them are one.
    """
    recorded = _records(x, value)
    if not x.array.flags.c_contiguous and is_stretched(x.array):
        picks = any(map(is_array, index))
        if not picks and index != (...,):  # the part alone may have elements that are all different
            return overwrite(ops.getitem(x, index=index), name, (...,), value)
        if recorded and (picks or value.edge is not None):
            _check_separate(x.array, name)
        if not picks and name not in FILLS:
            _check_separate(x.array, name)
    if recorded:
        return _write_recorded(x, name, lambda x, value: ops.setitem(x, value, index=index), value)
    ops.put(_to_write(x), value.array, index)
    mark_written(x, name)
    return x


def catch_up(view: Value) -> None:
    """Bring `view` up to date with its root.

    If the root was rewritten since, `view` becomes the result of picking its elements from the root
    as it is now. A view of which nothing is known requires grad as soon as its root does.
    """
    root = view.root
    if root is None:
        return
    if root.rewritten <= view.seen and (
        view.node is not None or (root.node is None and not root.wanted) or not _is_unaware(view)
    ):
        return
    if _root(view) is view:
        return
    if root.rewritten <= view.seen:
        view.wanted = True
        return
    if view.unrecorded:
        if is_grad_enabled():
            raise RuntimeError(_UNRECORDED.format("a view", "its memory was written to"))
        return
    with enable_grad():
        picked = ops.getitem(
            ops.reshape(root, shape=(root.array.size,)), index=(_places_in_root(view),)
        )
        picked = ops.reshape(picked, shape=view.array.shape)
    view.seen = root.rewritten
    _take_over(view, picked)


def _is_unaware(view: Value) -> bool:
    """Whether `view` does not require grad, though it could, as its root may by now."""
    return view.node is None and not view.wanted and view.array.dtype.kind == "f"


def _root(x: Value) -> Value:
    """The Tensor whose memory x shows: x itself, unless it is a view."""
    # After ``root.data = something`` the two are on different memory.
    if x.root is None or owner(x.root.array) is not owner(x.array):
        x.root = None
        return x
    return x.root


def _records(x: Value, *others: object) -> bool:
    """Whether writing to x is recorded. Raises RuntimeError if x's memory is read-only."""
    if not (_is_writeable(x.array) or _is_writeable(_root(x).array)):
        raise RuntimeError(
            f"a tensor of shape {x.array.shape} that was made from read-only memory, or detached "
            "from what was expanded, cannot be written in place; use .clone() first"
        )
    wanted = False
    for value in (x, *others):  # each of them is asked, as asking brings a view up to date
        if isinstance(value, Value) and value.edge is not None:
            wanted = True
    return wanted and is_grad_enabled()


def _is_writeable(array: Array) -> bool:
    return getattr(array.flags, "writeable", True)


def _to_write(x: Value) -> Array:
    """The array of x, to write into: also where NumPy protects it, as what was expanded."""
    if _is_writeable(x.array):
        return x.array
    effect("write to what was expanded")
    array = x.array[...]
    array.flags.writeable = True
    return array


@formed
def is_stretched(array: Array) -> bool:
    """Whether several elements of `array` are one in memory, as after expand()."""
    if array.flags.c_contiguous or 0 not in array.strides:
        return False
    return any(n > 1 and stride == 0 for n, stride in zip(array.shape, array.strides))


def _check_separate(array: Array, name: str) -> None:
    """Raise RuntimeError if several elements of `array` are one."""
    if not array.flags.c_contiguous and is_stretched(array):
        raise RuntimeError(
            f"{name}: a tensor of shape {array.shape} that was expanded cannot be written in "
            "place: several of its elements are one; use .clone() first"
        )


def _check_distinct(array: Array, is_whole: bool, name: str) -> None:
    """Raise RuntimeError if elements of a root's `array` are one, as those of sliding windows are.

    Where it `is_whole`, all of it is written: what is stretched has been looked at by then.
    """
    dense = array.flags.c_contiguous or array.flags.f_contiguous
    if array.base is None or dense or (is_whole and is_stretched(array)):
        return
    if np.unique(_offsets(array, address(array))).size < array.size:
        raise RuntimeError(
            f"{name}: several elements of a tensor of shape {array.shape} are one in memory, so a "
            "write to it cannot be followed; use .clone() first"
        )


def _refuse_leaf(x: Value, root: Value, name: str) -> None:
    """Raise RuntimeError if x may not be written while this is recorded; its memory is `root`'s."""
    if x.unrecorded and x is not root:
        raise RuntimeError(_UNRECORDED.format(name, "a write to it cannot be followed"))
    if root.node is None and (x.edge is not None or root.wanted):
        raise RuntimeError(
            f"{name}: a leaf Tensor that requires grad (or a view of one), of shape "
            f"{root.array.shape}, cannot be changed in place while operations are recorded: its "
            "gradient would be lost.\nTo update a weight, do it under `with no_grad():`"
        )


def _snapshot(x: Value) -> Value:
    """A copy of x, on memory of its own, with the node that x has now."""
    copy: Value = x.wrap(x.array.copy())
    copy.node, copy.wanted = x.node, x.wanted
    return copy


def _take_over(x: Value, new: Value) -> None:
    """Let x be what `new` is in the graph."""
    hand_over(x, new)
    x.node, x.wanted = new.node, new.wanted


def _check_fits(x: Value, new: Value, name: str) -> None:
    """Raise ShapeError or DtypeError if `new` cannot be stored in the memory of x."""
    if new.array.shape != x.array.shape:
        raise ShapeError(
            f"{name}: the result has shape {new.array.shape}, it cannot be stored in a tensor of "
            f"shape {x.array.shape}"
        )
    kind, wanted = new.array.dtype, x.array.dtype
    if kind is not wanted and category(kind) > category(wanted):
        raise DtypeError(
            f"{name}: the result is {kind}, it cannot be stored in a tensor of {wanted}; use "
            f"x = x.{'float' if kind.kind == 'f' else 'long'}() first"
        )


def _store(x: Value, new: Value, name: str) -> None:
    """Copy `new` into the memory of x, and note that."""
    _to_write(x)[...] = new.array
    mark_written(x, name)


def _places_in_root(view: Value) -> Array:
    """Where the elements of `view` are in its root, flattened: (view's size,) int64."""
    root = _root(view)
    if view.array.dtype != root.array.dtype:
        raise RuntimeError(
            f"a tensor of {view.array.dtype} that shows the memory of one of {root.array.dtype} "
            "cannot be followed through a write in place; use .clone() first"
        )
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


def in_place(name: str, function: Callable[..., Tensor], said: str = "") -> Callable[..., Tensor]:
    """The method ``x.f_(...)``: x becomes ``f(x, ...)`` in its own memory, and is returned.

    Its docstring is what is `said`, or that of the function, with the method in the example.
    """

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return write(self, name, function, *args, **kwargs)

    return _shown(method, name, function, "In place, and returned", said)


def in_shape(name: str, function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The method ``x.f_(...)`` where ``f(x, ...)`` is a view: x shows its memory so from now on.

    Nothing is written, so that other views of the memory stay what they are.
    """

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        self.catch_up()
        if is_grad_enabled() and self.edge is not None:
            _refuse_leaf(self, _root(self), name)
        with enable_grad():
            new = function(self, *args, **kwargs)
        self.array = new.array
        if self.node is not None:
            _take_over(self, new)
        return self

    return _shown(method, name, function, "This tensor itself, and returned")


def _shown(
    method: Callable[..., Tensor],
    name: str,
    function: Callable[..., Tensor],
    how: str,
    said: str = "",
) -> Callable[..., Tensor]:
    """`method`, with its name, and the signature and docstring of `function`; this says `how`.

    Unless something else is `said`. Where its example is ``x.f(...)``, it becomes ``x.f_(...)``.
    """
    method.__name__ = method.__qualname__ = name
    said = said or (function.__doc__ or "").replace(f").{name[:-1]}(", f").{name}(")
    method.__doc__ = f"{how}: {said}"
    method.__wrapped__ = function  # type: ignore[attr-defined]  # so help() shows its signature
    return method
