"""What was captured of a step, and the usual call of it: only the arguments' numbers are others.

Before each call a captured step looks at everything that it relies on (``fits``). In most calls all
of it is as it was in the one before, and to see that takes much less.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from ..device import Array
from ..gradients.hooks import has_hooks
from ..graph import Value
from ..modes import is_grad_enabled
from ..nn.module import parts_changed
from ..tensor import Tensor
from ..versions import owner
from .situation import Condition

Outputs: TypeAlias = Any  # what a step returns: Tensors, in tuples, lists, dicts or alone
# A Tensor from outside, and whether it has to have a gradient; None where nobody asks for that.
Outside: TypeAlias = tuple[Value, bool | None]


class Captured:
    """What was captured of a step, in one situation. Subclasses say how it is repeated."""

    def __init__(self) -> None:
        self._recorded = is_grad_enabled()
        self._since = 0  # the tick of the capture
        self._conditions: list[Condition] = []
        self._usual: Usual | None = None

    def run(self, inputs: Any) -> Outputs:
        """Do what the step does, and return what it returns."""
        raise NotImplementedError

    def fits(self, inputs: Any) -> bool:
        """Whether all is in the situation of the capture. Usually `_usual` is found then, too."""
        raise NotImplementedError

    def is_as_usual(self, inputs: Sequence[Any]) -> bool:
        """Whether `inputs`, and all else, are what ``fits(inputs)`` has said True of before."""
        usual = self._usual
        return usual is not None and self._is_the_same() and usual.holds(inputs)

    def _is_the_same(self) -> bool:
        """Whether all but the Tensors is as it was."""
        for condition in self._conditions:
            if not condition.holds():
                return False
        return is_grad_enabled() is self._recorded and not parts_changed(self._since)


class Usual:
    """What the arguments and the Tensors from outside were in one call.

    Those from outside were leaves without hooks, and no two of all of them shared memory.
    """

    @classmethod
    def of(cls, inputs: Sequence[Value], outside: Sequence[Outside]) -> Usual | None:
        """What they are in this call; None if the gradient of one from outside is read.

        Or if it is no such leaf. (That no two share memory is for the caller to know.)
        """
        for value, had_gradient in outside:
            if had_gradient or value.node is not None or has_hooks(value):
                return None
        return cls(inputs, outside)

    def __init__(self, inputs: Sequence[Value], outside: Sequence[Outside]) -> None:
        arrays = [given.array for given in inputs]
        self._layouts = [(type(a), a.shape, a.strides, a.dtype) for a in arrays]
        self._outside = [
            (value, reference(value.array), value.wanted, had_gradient)
            for value, had_gradient in outside
        ]
        self._memories = {id(owner(value.array)) for value, *_ in self._outside}

    def holds(self, inputs: Sequence[Any]) -> bool:
        """Whether all of it is so again; the arguments may be others of the same layout."""
        if len(inputs) != len(self._layouts):
            return False
        for value, same_array, wanted, had_gradient in self._outside:
            if value.array is not same_array() or value.wanted is not wanted:
                return False
            if value.node is not None or value.root is not None or value.watcher is not None:
                return False
            if had_gradient is False and value._grad is not None:
                return False
        memories = self._memories.copy()
        for given, (kind, shape, strides, dtype) in zip(inputs, self._layouts):
            if type(given) is not Tensor or given._grad is not None:
                return False
            # Whether it requires grad: of a view only its edge is up to date.
            if (given.node or given.wanted) if given.root is None else given.edge:
                return False
            array = given.array
            if type(array) is not kind or array.dtype is not dtype:
                return False
            if array.shape != shape or array.strides != strides:
                return False
            memories.add(id(array if array.base is None else owner(array)))
        return len(memories) == len(self._layouts) + len(self._outside)


def reference(array: Array) -> Callable[[], Any]:
    """`array`, for as long as it is there: what is not needed any more must not be kept."""
    return (lambda: None) if isinstance(array, np.generic) else weakref.ref(array)
