"""What must stay as it is for a captured step to be right: things that were so, and may be asked.

Numbers that Python has read are in what was captured. If they are others in a later call, the step
is captured once more.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from itertools import repeat
from operator import is_
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


class Options:
    """The options, parameters and groups of an optimizer, and what it keeps, are those of now.

    `but` these options, which the captured step reads each time; of groups that are no Group, as
    somebody has put them there, all must hold.
    """

    def __init__(self, optimizer: Any, but: Sequence[str] = ()) -> None:
        self._optimizer = optimizer
        ours = all(type(group) is Group for group in optimizer._groups)
        self._names = [n for n in dict.keys(optimizer.defaults) if not (ours and n in but)]
        self._then, self._glance = self._now(), self._at_a_glance()

    def holds(self) -> bool:
        glance = self._at_a_glance()
        if len(glance) == len(self._glance) and all(map(is_, glance, self._glance)):
            return True
        now, then = self._now(), self._then
        if len(now) != len(then) or not all(map(_is_equal, now, then)):
            return False
        self._glance = glance
        return True

    def _at_a_glance(self) -> list[Any]:
        """What ``_now()`` follows from: a Group's `plain` is another dict after each change."""
        now = self._kept()
        for group in self._optimizer._groups:
            plain = getattr(group, "plain", None)
            now += group, plain
            now += plain["params"] if plain else [object()]  # what is not plain, look closer at
        return now

    def _kept(self) -> list[Any]:
        """The parameters that the optimizer keeps something of, and what."""
        state = self._optimizer._state
        if not state:
            return []
        return [*state, *[part for entry in state.values() for part in entry.values()]]

    def _now(self) -> list[Any]:
        """What is kept of the parameters, and the groups with what is in them."""
        now = self._kept()
        for group in self._optimizer._groups:
            there = group if isinstance(group, dict) else dict(group)
            now += group, getattr(group, "is_plain", False), *dict.__getitem__(there, "params")
            now += map(dict.get, repeat(there), self._names)
        return now


def _is_equal(now: Any, then: Any) -> bool:
    """Whether one thing is the other, or both are equal numbers of one class."""
    if now is then or type(now) is not type(then) or isinstance(now, (Value, dict)):
        return now is then
    try:
        return bool(now == then)
    except (ValueError, RuntimeError):  # an option is an array, and another one
        return False


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
