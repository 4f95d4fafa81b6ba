"""``copy.copy``, ``copy.deepcopy`` and ``pickle`` of a Tensor.

A copy is a leaf: no operation was recorded for it. ``copy.copy`` shares the memory, as in PyTorch.
The other two copy it, whole: of a view, all the memory that it shows a part of. So two Tensors that
share their memory share it afterwards too, if they are copied together.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeAlias

from ..device import Array, Shape, address, is_array, xp
from ..graph import Value
from ..versions import owner

if TYPE_CHECKING:  # Tensor is made of this file; here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"

# What the engine keeps in a Tensor. All else was put there by its user, and is copied along.
_ENGINES = {
    "array",
    "node",
    "root",
    "seen",
    "rewritten",
    "unrecorded",
    "wanted",
    "_grad",
    "watcher",
}

# Where a view lies in an array: the place of its first element, its shape, and its strides.
Place: TypeAlias = tuple[int, Shape, tuple[int, ...]] | None


def shallow(tensor: Tensor) -> Tensor:
    """``copy.copy``: a leaf on the same memory, without a gradient."""
    return _leaf(type(tensor), tensor.array, None, tensor.requires_grad, _extra(tensor))


def deep(tensor: Tensor, memo: dict[int, Any]) -> Tensor:
    """``copy.deepcopy``, of a leaf and its gradient. RuntimeError for what was computed."""
    if tensor.grad_fn is not None:
        raise RuntimeError("only a leaf can be deep-copied; use tensor.detach().clone()")
    memory, place = _memory(tensor.array)
    extra = copy.deepcopy(_extra(tensor), memo)
    twin = _leaf(type(tensor), copy.deepcopy(memory, memo), place, tensor.wanted, extra)
    twin._grad = None if tensor._grad is None else tensor._grad.detach().clone()
    return twin


def reduced(tensor: Tensor, protocol: object) -> tuple[Any, ...]:
    """What ``pickle`` keeps: no gradient. RuntimeError for what was computed."""
    if tensor.grad_fn is not None:
        raise RuntimeError(
            "only a leaf can be pickled: the operations that computed this tensor cannot be; use "
            "tensor.detach(), or .item() of a single number"
        )
    return _leaf, (type(tensor), *_memory(tensor.array), tensor.wanted, _extra(tensor))


def _leaf(
    kind: type[Tensor], memory: Array, place: Place, wanted: bool, extra: dict[str, Any]
) -> Tensor:
    leaf = kind.__new__(kind)
    Value.__init__(leaf, memory if place is None else _shown(memory, *place))
    if wanted:
        leaf.wanted = True
    vars(leaf).update(extra)
    return leaf


def _extra(tensor: Tensor) -> dict[str, Any]:
    return {name: value for name, value in vars(tensor).items() if name not in _ENGINES}


def _memory(array: Array) -> tuple[Array, Place]:
    """The array whose memory `array` shows, and where in it; None for all of it."""
    whole = owner(array)
    shared = is_array(whole) and whole.dtype == array.dtype
    if whole is array or not (shared and array.size and _is_dense(whole)):
        return array, None
    first = (address(array) - address(whole)) // array.itemsize
    return whole, (first, array.shape, array.strides)


def _is_dense(array: Array) -> bool:
    """Whether `array` has no gaps."""
    return bool(array.flags.c_contiguous or array.flags.f_contiguous)


def _shown(memory: Array, first: int, shape: Shape, strides: tuple[int, ...]) -> Array:
    """The array of this `shape` that begins at element `first` of `memory`."""
    flat = memory.reshape(-1) if memory.flags.c_contiguous else memory.T.reshape(-1)
    shown: Array = xp(memory).lib.stride_tricks.as_strided(flat[first:], shape, strides)
    return shown
