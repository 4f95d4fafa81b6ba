"""The options of an optimizer: a dict that keeps plain numbers, and says when it is used.

To use one, or to understand an optimizer, it is enough that it is a dict. It says, as an effect,
when it is read or changed: who repeats a training step without its Python code (see effects.py) has
to know which numbers that code has read.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, TypeAlias

import numpy as np

from ..effects import effect
from ..graph import Value

Options: TypeAlias = dict[str, Any]  # numbers and bools by name; of a group, "params" too

# What the options of PyTorch's optimizers have to be, by their names.
NOT_BELOW_0 = (
    "lr",
    "momentum",
    "weight_decay",
    "eps",
    "alpha",
    "lr_decay",
    "initial_accumulator_value",
)
NUMBERS = (*NOT_BELOW_0, "dampening")
PAIRS = ("betas",)
FLAGS = ("nesterov", "maximize", "amsgrad", "centered", "decoupled_weight_decay")
CHECKED = (*NUMBERS, *PAIRS, *FLAGS)


def number_of(name: str, value: Any) -> Any:
    """`value` as a step uses the option `name`: as a number of Python's, which keeps float32.

    Raises ValueError for what is no such option. If the name is none of those above, any value is
    one.
    """
    if name in NUMBERS:
        number = value.item() if _is_one(value) else value
        if not _is_finite(number) or (number < 0 and name in NOT_BELOW_0):
            least = " >= 0" if name in NOT_BELOW_0 else ""
            raise ValueError(f"{name} must be a finite number{least}, got {value!r:.60}")
        return number
    if name in FLAGS:
        if not isinstance(value, (bool, int, np.bool_)):
            raise ValueError(f"{name} must be True or False, got {value!r:.60}")
        return bool(value)
    if name in PAIRS:
        pair: Any = value if isinstance(value, (tuple, list)) else ()
        numbers = [part.item() if _is_one(part) else part for part in pair]
        if len(pair) != 2 or not all(_is_finite(n) and 0 <= n < 1 for n in numbers):
            raise ValueError(f"{name} must be two numbers, each >= 0 and < 1, got {value!r:.60}")
        same = type(value) is tuple and all(a is b for a, b in zip(numbers, value))
        return value if same else tuple(numbers)
    return value


def _is_finite(number: Any) -> bool:
    """Whether it is a number of Python's, and a finite one."""
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    return is_number and abs(number) <= sys.float_info.max  # so written, not true of nan


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

    # As a step uses them; None if something in it is no number of Python's: each step looks then.
    plain: Options | None = None

    def __init__(self, options: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(dict(options))
        for name in self._checked():
            self._take(name, dict.__getitem__(self, name))
        self._look()

    @property
    def is_plain(self) -> bool:
        """Whether all options are numbers of Python's."""
        return self.plain is not None

    def _take(self, name: str, value: Any) -> None:
        """Keep `value`: a number of NumPy's as Python's; a Tensor, or a mistake, as it is."""
        if not isinstance(value, Value):
            with contextlib.suppress(ValueError):
                value = number_of(name, value)
        dict.__setitem__(self, name, value)

    def _look(self) -> None:
        """Find out what `plain` is by now."""
        is_plain = all(_is_plain(n, dict.__getitem__(self, n)) for n in self._checked())
        self.plain = dict(dict.items(self)) if is_plain else None

    def _checked(self) -> list[str]:
        """The names of PyTorch's in it."""
        return [name for name in CHECKED if dict.__contains__(self, name)]

    def __getitem__(self, name: str) -> Any:
        effect("read an option", self, name)
        return dict.__getitem__(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        effect("change an optimizer")
        self._take(name, value)
        self._look()

    def __delitem__(self, name: str) -> None:
        effect("change an optimizer")
        dict.__delitem__(self, name)
        self._look()

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

    def keys(self) -> Any:
        """The keys, to be printed as those of any dict."""
        self._names()
        return dict.keys(self)

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
for _name in ("get", "items", "values", "__contains__"):
    setattr(Group, _name, getattr(MutableMapping, _name))
for _name in ("clear", "pop", "popitem", "setdefault", "update"):
    setattr(Group, _name, getattr(MutableMapping, _name))


def numbers_in(group: dict[str, Any], of: Any) -> Options:
    """The options of a group, a Group or any dict put in its place, as a step uses them.

    Those that the optimizer, `of`, has; what else is in the group is its owner's. Raises ValueError
    if one of them is none. What is returned may be kept by the group: it is not to be changed.
    """
    if type(group) is Group and group.plain is not None:
        return group.plain
    options = dict(dict.items(group))
    try:
        return options | {n: number_of(n, options[n]) for n in of.defaults if n in options}
    except ValueError as error:
        raise ValueError(f"{of._name}: {error}") from None


def for_speed(of: str, **wishes: Any) -> Options:
    """PyTorch's options that choose between forms of one formula, of which there is one here.

    They are kept, and change nothing; but steps that are themselves recorded are not to be had.
    """
    if wishes.get("differentiable"):
        raise ValueError(
            f"{of}: differentiable=True is not there, steps are not recorded; compute the new "
            "parameters with operations, w = w - lr * grad"
        )
    return wishes
