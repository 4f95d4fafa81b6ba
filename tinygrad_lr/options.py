"""The options of an optimizer: a dict that keeps plain numbers, and says when it is used.

To use one, or to understand optim.py, it is enough that it is a dict. It says, as an effect, when
it is read or changed: who repeats a training step without its Python code (see effects.py) has to
know which numbers that code has read.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

import numpy as np

from .effects import effect
from .graph import Value

NOT_BELOW_0 = ("lr", "momentum", "weight_decay")
NUMBERS = (*NOT_BELOW_0, "dampening")
FLAGS = ("nesterov", "maximize")


def number_of(name: str, value: Any) -> Any:
    """`value` as a step uses the option `name`: as a number of Python's, which keeps float32.

    Raises ValueError for what is no such option. If the name is none of an optimizer's own, any
    value is one.
    """
    if name in NUMBERS:
        number = value.item() if _is_one(value) else value
        is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
        is_finite = is_number and abs(number) <= sys.float_info.max  # so written, not true of nan
        if not is_finite or (number < 0 and name in NOT_BELOW_0):
            least = " >= 0" if name in NOT_BELOW_0 else ""
            raise ValueError(f"SGD: {name} must be a finite number{least}, got {value!r:.60}")
        return number
    if name in FLAGS:
        if not isinstance(value, (bool, int, np.bool_)):
            raise ValueError(f"SGD: {name} must be True or False, got {value!r}")
        return bool(value)
    return value


def _is_one(value: Any) -> bool:
    """Whether `value` is one number in an array, in a Tensor (PyTorch's too), or of NumPy's."""
    count = getattr(value, "numel", None) or getattr(value, "size", None)
    return count == 1 or (callable(count) and count() == 1)


def _is_plain(name: str, value: Any) -> bool:
    """Whether `value` is what ``number_of(name, value)`` gives."""
    try:
        return number_of(name, value) is value
    except ValueError:
        return False


class Group(dict[str, Any]):
    """Some parameters of an optimizer, as "params", and their options.

    All reading and changing goes through the methods below, key by key. So do ``dict(group)``,
    ``{**group}`` and ``group | other``: Python calls the methods of a dict that defines __iter__.
    """

    is_plain = True  # if not, something in it is no number of Python's: each step looks at it

    def __init__(self, options: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(dict(options))
        for name in (*NUMBERS, *FLAGS):
            if name in dict.keys(self):
                self._take(name, dict.__getitem__(self, name))

    def _take(self, name: str, value: Any) -> None:
        """Keep `value`: a number of NumPy's as Python's; a Tensor, or a mistake, as it is."""
        if not isinstance(value, Value):
            with contextlib.suppress(ValueError):
                value = number_of(name, value)
        dict.__setitem__(self, name, value)
        self.is_plain = all(_is_plain(name, dict.get(self, name, 0)) for name in (*NUMBERS, *FLAGS))

    def __getitem__(self, name: str) -> Any:
        effect("read an option", self, name)
        return dict.__getitem__(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        effect("change an optimizer")
        self._take(name, value)

    def __delitem__(self, name: str) -> None:
        effect("change an optimizer")
        dict.__delitem__(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._names())

    def _names(self) -> list[str]:
        """The keys. The effect names no option: all have been read."""
        effect("read an option", self, None)
        return list(dict.keys(self))

    def __eq__(self, other: object) -> bool:
        return dict(self) == other

    def __ne__(self, other: object) -> bool:
        return dict(self) != other

    def __ior__(self, other: Any) -> Group:  # type: ignore[override, misc]  # what update() takes
        self.update(other)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Group, (dict(self),)


# These methods of dict do not call __getitem__, __setitem__ and so on; MutableMapping's do.
for _name in ("get", "items", "keys", "values", "__contains__"):
    setattr(Group, _name, getattr(MutableMapping, _name))
for _name in ("clear", "pop", "popitem", "setdefault", "update"):
    setattr(Group, _name, getattr(MutableMapping, _name))


def numbers_in(group: dict[str, Any]) -> dict[str, Any]:
    """The options of a group, a Group or any dict put in its place, as a step uses them.

    Raises ValueError if one of them is none.
    """
    options = dict(dict.items(group))
    if type(group) is Group and group.is_plain:
        return options
    return {name: number_of(name, value) for name, value in options.items()}
