"""The options of an optimizer: a dict that says when it is read, and when it is changed.

Nobody needs to know that to use one, or to understand optim.py: it is a dict. A step that is
repeated without its Python (capture/) has to know which numbers that Python has read.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from .effects import effect


class Group(dict[str, Any]):
    """Some parameters of an optimizer, as "params", and their options.

    All goes key by key through ``group[key]``, ``group[key] = value`` and ``del group[key]``, also
    ``dict(group)``, ``{**group}`` and ``group | other``: so Python copies a dict that has an
    iterator of its own.
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
        effect("read an option", self, None)
        return list(dict.keys(self))

    def __eq__(self, other: object) -> bool:
        return dict(self) == other

    def __ne__(self, other: object) -> bool:
        return dict(self) != other

    def __ior__(self, other: Any) -> Group:  # type: ignore[override, misc]
        self.update(other)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Group, (dict(self),)


# What a dict does without asking __getitem__ and its like, done by asking them.
for _name in ("get", "items", "keys", "values", "__contains__"):
    setattr(Group, _name, getattr(MutableMapping, _name))
for _name in ("clear", "pop", "popitem", "setdefault", "update"):
    setattr(Group, _name, getattr(MutableMapping, _name))
