"""The options of an optimizer: a dict that says, as an effect, when it is read or changed.

To use one, or to understand optim.py, it is enough that it is a dict. Who repeats a training step
without its Python code (see effects.py) has to know which numbers that code has read.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from .effects import effect


class Group(dict[str, Any]):
    """Some parameters of an optimizer, as "params", and their options.

    All reading and changing goes through the methods below, key by key. So do ``dict(group)``,
    ``{**group}`` and ``group | other``: Python calls the methods of a dict that defines __iter__.
    """

    def __getitem__(self, name: str) -> Any:
        effect("read an option", self, name)
        return dict.__getitem__(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        effect("change an optimizer")
        dict.__setitem__(self, name, value)

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
