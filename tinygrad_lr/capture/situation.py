"""What must stay as it is for a captured step to be right: things that were so, and may be asked.

Numbers that Python has read are in what was captured. If they are others in a later call, the step
is captured once more.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, Protocol

import numpy as np

from ..device import Array
from ..graph import Value
from ..optim.options import Group
from ..versions import owner


class Condition(Protocol):
    """Something that was so."""

    def holds(self) -> bool:
        """Whether it still is."""


class _AsItWas:
    """A condition that what ``_now()`` gives is `_then`, what it gave when this was made."""

    _then: Any

    def _now(self) -> Any:
        raise NotImplementedError

    def holds(self) -> bool:
        try:
            return bool(self._now() == self._then)
        except (ValueError, RuntimeError):  # an option is an array, or a Tensor, and another one
            return False


class Options(_AsItWas):
    """The options, parameters and groups of an optimizer, and what it keeps, are those of now.

    `but` these options, which the captured step reads each time; of groups that are no Group, as
    somebody has put them there, all must hold.
    """

    def __init__(self, optimizer: Any, but: Sequence[str] = ()) -> None:
        self._optimizer = optimizer
        ours = all(type(group) is Group for group in optimizer._groups)
        self._names = [n for n in dict.keys(optimizer.defaults) if not (ours and n in but)]
        # Kept, so that nothing else takes the id of one of them.
        self._kept = [*optimizer._groups, *self._parts_kept()]
        self._then = self._now()

    def _parts_kept(self) -> list[Any]:
        """What the optimizer keeps of its parameters: Tensors, and numbers of a class of yours."""
        state = self._optimizer._state
        return [part for entry in state.values() for part in entry.values()] if state else []

    def _now(self) -> list[Any]:
        now = [id(part) if isinstance(part, Value) else part for part in self._parts_kept()]
        for group in self._optimizer._groups:
            there = group if isinstance(group, dict) else dict(group)
            options = [*map(dict.get, repeat(there), self._names)]
            parameters = dict.__getitem__(there, "params")
            is_plain = getattr(group, "is_plain", False)
            now += [id(group), is_plain, *options, *map(type, options), *map(id, parameters)]
        return now


class OptionRead(_AsItWas):
    """An option is what it is now; or, with no name, the names of all options are."""

    def __init__(self, group: Group, name: str | None) -> None:
        self._group, self._name = group, name
        self._then = self._now()

    def _now(self) -> Any:
        if self._name is None:
            return list(dict.keys(self._group))
        value = dict.get(self._group, self._name)
        return [*map(id, value or ())] if self._name == "params" else value, type(value)


class ModeRead:
    """A module is in training, or in evaluation, as it is now."""

    def __init__(self, module: Any) -> None:
        self._module, self._then = module, vars(module).get("training", True)

    def holds(self) -> bool:
        return vars(self._module).get("training", True) is self._then

    def restore(self) -> None:
        """Make it so again."""
        vars(self._module)["training"] = self._then


class Unchanged:
    """An array of NumPy's, from outside of the step, holds what it holds now.

    The array itself is not kept, if its memory is NumPy's: when nobody else has it any more, nobody
    can change it.
    """

    def __init__(self, array: Array) -> None:
        self.owner: Array | None = owner(array)
        self._memory: Callable[[], Array | None] = lambda: None
        self._array: Array | None = None
        if self.owner.base is None:
            self._memory = weakref.ref(self.owner)
            self._part = array.shape, array.dtype, array.strides
            self._offset = _first_byte(array) - _first_byte(_in_order(self.owner))
        else:
            self._array = array
        self._then = array.tobytes()

    def let_go(self) -> None:
        """Keep the array no longer, if somebody else may do so."""
        self.owner = None

    def is_kept(self) -> bool:
        """Whether somebody has the array, after let_go()."""
        return self._array is not None or self._memory() is not None

    def holds(self) -> bool:
        if self._array is not None:
            return self._array.tobytes() == self._then
        memory = self._memory()
        if memory is None:
            return True
        shape, dtype, strides = self._part
        seen = np.ndarray(shape, dtype, _in_order(memory), self._offset, strides)
        return seen.tobytes() == self._then


def _in_order(array: Array) -> Array:
    """An array that owns its memory, as a vector of what lies there."""
    return array.ravel(order="K")


def _first_byte(array: Array) -> int:
    start: int = array.__array_interface__["data"][0]
    return start
