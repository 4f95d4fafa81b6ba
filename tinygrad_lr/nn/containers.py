"""Modules that hold modules."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from .module import Module, described_module

__all__ = ["Sequential"]


class Sequential(Module):
    """Modules one after the other: ``Sequential(Linear(784, 100), Sigmoid(), Linear(100, 10))``.

    Or one dict of modules, by their names. It is a list of its modules: one that stands in two
    places is there twice.
    """

    def __init__(self, *args: Module | Mapping[str, Module]) -> None:
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], Mapping) else None
        for i, (name, module) in enumerate(named or ((str(i), m) for i, m in enumerate(args))):
            self.add_module(name, _checked_module(module, f" at place {i}"))

    def forward(self, input: Any) -> Any:
        for _, module in self._own(Module):
            input = module(input)
        return input

    def __len__(self) -> int:
        return len(self._own(Module))

    def __iter__(self) -> Iterator[Module]:
        return iter([module for _, module in self._own(Module)])

    def __getitem__(self, idx: int | slice) -> Any:
        """A module; or, for a slice, a Sequential of some of them, which keep their names."""
        if not isinstance(idx, slice):
            return self._at(idx)[1]
        part = Sequential()
        for name, module in self._own(Module)[idx]:
            part.add_module(name, module)
        return part

    def _at(self, idx: int) -> tuple[str, Module]:
        """The module at this place, with its name."""
        try:
            return self._own(Module)[operator.index(idx)]
        except TypeError:
            raise TypeError(
                f"Sequential: an index is an integer or a slice, got {type(idx).__name__}"
            ) from None
        except IndexError:
            raise IndexError(
                f"Sequential: index {idx} is out of range, there are {len(self)} modules"
            ) from None

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._at(idx)[0], _checked_module(module))

    def __delitem__(self, idx: int | slice) -> None:
        modules = list(self)
        if not isinstance(idx, slice):
            self._at(idx)
        del modules[idx]
        self._hold(modules)

    def append(self, module: Module) -> Self:
        """Put a module at the end."""
        number = len(self)
        while hasattr(self, str(number)):  # a slice has kept the numbers of its modules
            number += 1
        self.add_module(str(number), _checked_module(module))
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before the one at `index`; all are numbered anew."""
        modules = list(self)
        if not -len(modules) <= index <= len(modules):
            raise IndexError(
                f"Sequential: index {index} is out of range, there are {len(self)} modules"
            )
        modules.insert(index, _checked_module(module))
        self._hold(modules)
        return self

    def extend(self, sequential: Iterable[Module]) -> Self:
        """Put several modules at the end."""
        for module in [_checked_module(module) for module in sequential]:
            self.append(module)
        return self

    def pop(self, key: int) -> Module:
        """Take a module out; those that are left are numbered anew."""
        module = self[key]
        del self[key]
        return module

    def __add__(self, other: Sequential) -> Sequential:
        """The modules of both, numbered anew."""
        return Sequential(*self, *other) if isinstance(other, Sequential) else NotImplemented

    def __iadd__(self, other: Sequential) -> Self:
        return self.extend(other) if isinstance(other, Sequential) else NotImplemented

    def _hold(self, modules: Iterable[Module]) -> None:
        """Hold these modules, numbered, and no others."""
        for name, _ in self._own(Module):
            delattr(self, name)
        for i, module in enumerate(modules):
            self.add_module(str(i), module)


def _checked_module(module: object, place: str = "") -> Module:
    """`module`, for a Sequential; TypeError if it is none."""
    if not isinstance(module, Module):
        raise TypeError(f"Sequential: expected Modules, got {described_module(module)}{place}")
    return module
