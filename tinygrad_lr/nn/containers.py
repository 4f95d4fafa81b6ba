"""Modules that hold modules, or parameters: in a row, in a list, or in a dict."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from itertools import chain, groupby
from typing import Any, Self, TypeVar, overload

from ..device import CPU
from ..tensor import Tensor
from .module import Module, described_module
from .parameter import Parameter

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]

T = TypeVar("T")


class _Modules(Module):
    """A module that is a list of modules. One that stands in two places is there twice."""

    def __len__(self) -> int:
        return len(self._own(Module))

    def __iter__(self) -> Iterator[Module]:
        return iter([module for _, module in self._own(Module)])

    def _at(self, idx: int) -> tuple[str, Module]:
        """The module at this place, with its name."""
        return _picked(self, self._own(Module), idx)

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._at(idx)[0], self._checked(module))

    def __delitem__(self, idx: int | slice) -> None:
        modules = list(self)
        if not isinstance(idx, slice):
            self._at(idx)
        del modules[idx]
        self._hold(modules)

    def append(self, module: Module) -> Self:
        """Put a module at the end.

        >>> nn.ModuleList([nn.ReLU()]).append(nn.Tanh())
        ModuleList(
          (0): ReLU()
          (1): Tanh()
        )
        """
        number = len(self)
        while hasattr(self, str(number)):  # a slice has kept the numbers of its modules
            number += 1
        self.add_module(str(number), self._checked(module))
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before the one at `index`; all are numbered anew.

        IndexError for a place that is not there.

        >>> nn.ModuleList([nn.ReLU()]).insert(0, nn.Tanh())
        ModuleList(
          (0): Tanh()
          (1): ReLU()
        )
        """
        modules = list(self)
        if not -len(modules) <= index <= len(modules):
            raise _out_of_range(self, index)
        modules.insert(index, self._checked(module))
        self._hold(modules)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Put several modules at the end.

        >>> len(nn.ModuleList([nn.ReLU()]).extend([nn.Tanh(), nn.ReLU()]))
        3
        """
        for module in [self._checked(module) for module in _several(self, modules)]:
            self.append(module)
        return self

    def pop(self, key: int) -> Module:
        """Take a module out; those that are left are numbered anew.

        >>> nn.ModuleList([nn.ReLU(), nn.Tanh()]).pop(0)
        ReLU()
        """
        _, module = self._at(key)
        del self[key]
        return module

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.isdigit()]

    def _hold(self, modules: Iterable[Module]) -> None:
        """Hold these modules, numbered, and no others."""
        for name, _ in self._own(Module):
            delattr(self, name)
        for i, module in enumerate(modules):
            self.add_module(str(i), module)

    def _checked(self, module: object, place: str = "") -> Module:
        """`module`; TypeError if it is none."""
        if not isinstance(module, Module):
            got = described_module(module) + place
            raise TypeError(f"{type(self).__name__}: expected Modules, got {got}")
        return module


class Sequential(_Modules):
    """Modules one after the other: ``Sequential(Linear(784, 100), Sigmoid(), Linear(100, 10))``.

    Or one dict of modules, by their names. It is a list of its modules.

    >>> nn.Sequential(nn.Linear(2, 3), nn.ReLU())(tg.ones(5, 2)).shape
    (5, 3)
    """

    def __init__(self, *args: Module | Mapping[str, Module]) -> None:
        super().__init__()
        named: list[tuple[str, Any]]
        if len(args) == 1 and isinstance(args[0], Mapping):
            named = [*args[0].items()]
        else:
            named = [(str(i), module) for i, module in enumerate(args)]
        for i, (name, module) in enumerate(named):
            self.add_module(name, self._checked(module, f" at place {i}"))

    def forward(self, input: Tensor) -> Tensor:
        for _, module in self._own(Module):
            input = module(input)
        return input

    @overload
    def __getitem__(self, idx: int) -> Module: ...
    @overload
    def __getitem__(self, idx: slice) -> Self: ...
    def __getitem__(self, idx: int | slice) -> Module | Self:
        """A module; or, for a slice, one such as this of some of them, which keep their names."""
        if not isinstance(idx, slice):
            return self._at(idx)[1]
        return type(self)(OrderedDict(self._own(Module)[idx]))

    def __add__(self, other: Sequential) -> Sequential:
        """The modules of both, numbered anew."""
        return Sequential(*self, *_sequential(other))

    def __iadd__(self, other: Sequential) -> Self:
        return self.extend(_sequential(other))

    def __mul__(self, other: int) -> Sequential:
        """The same modules several times over, numbered anew."""
        return Sequential(*[*self] * _times(other))

    __rmul__ = __mul__

    def __imul__(self, other: int) -> Self:
        return self.extend([*self] * (_times(other) - 1))


class ModuleList(_Modules):
    """A list of modules, ``ModuleList([Linear(2, 2) for _ in range(3)])``, to be called one by one.

    In a plain list they would be no parts of the module that has it: their parameters would not be
    among its parameters().

    >>> len(nn.ModuleList([nn.ReLU(), nn.Tanh()]))
    2
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    @overload
    def __getitem__(self, idx: int) -> Module: ...
    @overload
    def __getitem__(self, idx: slice) -> Self: ...
    def __getitem__(self, idx: int | slice) -> Module | Self:
        """A module; or, for a slice, a ModuleList of some of them, numbered anew."""
        return type(self)(list(self)[idx]) if isinstance(idx, slice) else self._at(idx)[1]

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        """The modules of both, numbered anew."""
        return ModuleList(chain(self, _several(self, other)))

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __repr__(self) -> str:
        """Modules in a row that look alike as one: ``(0-2): 3 x Linear(...)``."""
        lines, first = [], 0
        for text, alike in groupby(self, repr):
            n = len([*alike])
            places = f"({first}): " if n == 1 else f"({first}-{first + n - 1}): {n} x "
            lines.append("\n  " + (places + text).replace("\n", "\n  "))
            first += n
        return f"{self._get_name()}(" + "".join(lines) + "\n" * bool(lines) + ")"


class _Named(Module):
    """A module that is a dict, in the order in which its names came in."""

    def __getitem__(self, key: str) -> Any:
        raise NotImplementedError

    def __setitem__(self, key: str, value: Any) -> None:
        raise NotImplementedError

    def __delitem__(self, key: str) -> None:
        raise NotImplementedError

    def keys(self) -> KeysView[str]:
        """The names, in the order in which they were set."""
        raise NotImplementedError

    def items(self) -> ItemsView[str, Any]:
        """Pairs of a name and what it is of.

        >>> list(nn.ModuleDict({"act": nn.ReLU()}).items())
        [('act', ReLU())]
        """
        return {key: self[key] for key in self.keys()}.items()

    def values(self) -> ValuesView[Any]:
        """What has these names.

        >>> list(nn.ModuleDict({"act": nn.ReLU()}).values())
        [ReLU()]
        """
        return {key: self[key] for key in self.keys()}.values()

    def __len__(self) -> int:
        return len(self.keys())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, key: object) -> bool:
        return key in self.keys()

    def pop(self, key: str) -> Any:
        """Take out what has this name. KeyError if there is none.

        >>> nn.ModuleDict({"act": nn.ReLU()}).pop("act")
        ReLU()
        """
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Take all out.

        >>> modules = nn.ModuleDict({"act": nn.ReLU()})
        >>> modules.clear()
        >>> len(modules)
        0
        """
        for key in [*self.keys()]:
            del self[key]

    def update(self, values: Any) -> None:
        """Put in what is in a dict, or in pairs of a name and a value.

        >>> modules = nn.ModuleDict({"act": nn.ReLU()})
        >>> modules.update({"act": nn.Tanh()})
        >>> modules["act"]
        Tanh()
        """
        for key, value in _pairs(self, values):
            self[key] = value


class ModuleDict(_Named):
    """Modules by name: ``ModuleDict({"relu": ReLU(), "sigmoid": Sigmoid()})``.

    A name that is an attribute of modules ("keys", "type") cannot be one here.

    >>> nn.ModuleDict({"act": nn.ReLU()})["act"]
    ReLU()
    """

    def __init__(
        self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None
    ) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def keys(self) -> KeysView[str]:
        """The names, in the order in which they were set.

        >>> list(nn.ModuleDict({"act": nn.ReLU()}).keys())
        ['act']
        """
        return self._modules.keys()


class ParameterList(Module):
    """A list of parameters. A Tensor that is put in becomes a Parameter; other values stay so.

    >>> len(nn.ParameterList([tg.ones(2), tg.ones(3)]))
    2
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return iter([getattr(self, str(i)) for i in range(self._size)])

    def __getitem__(self, idx: int | slice) -> Any:
        """A value; or, for a slice, a ParameterList of some of them, numbered anew."""
        return (
            type(self)(list(self)[idx]) if isinstance(idx, slice) else _picked(self, [*self], idx)
        )

    def __setitem__(self, idx: int, value: Any) -> None:
        setattr(self, str(_picked(self, range(self._size), idx)), _as_parameter(value))

    def append(self, value: Any) -> Self:
        """Put a value at the end.

        >>> len(nn.ParameterList([tg.ones(2)]).append(tg.zeros(3)))
        2
        """
        setattr(self, str(self._size), _as_parameter(value))
        self._size += 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Put several values at the end.

        >>> len(nn.ParameterList([tg.ones(2)]).extend([tg.zeros(3), tg.zeros(4)]))
        3
        """
        for value in _several(self, values):
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[Any]) -> Self:
        return self.extend(values)

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.isdigit()]

    def extra_repr(self) -> str:
        named = [(str(i), value) for i, value in enumerate(self)]
        return _listed(named, lambda tensor: tensor.dtype)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise _not_called(self)


class ParameterDict(_Named):
    """Parameters by name. A Tensor that is put in becomes a Parameter; other values stay so.

    >>> nn.ParameterDict({"w": tg.ones(2)})["w"].shape
    (2,)
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise AttributeError(f"ParameterDict: there is nothing by the name {key!r}")
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in self._keys:
            self._check_name("ParameterDict", key, Parameter)
        setattr(self, key, _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def keys(self) -> KeysView[str]:
        """The names, in the order in which they were set.

        >>> list(nn.ParameterDict({"w": tg.ones(2)}).keys())
        ['w']
        """
        return self._keys.keys()

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._keys)

    def get(self, key: str, default: Any = None) -> Any:
        """What is there by this name, or `default`.

        >>> nn.ParameterDict({"w": tg.ones(2)}).get("v") is None
        True
        """
        return self[key] if key in self._keys else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """What is there by this name; `default`, which is put there, if nothing is.

        >>> nn.ParameterDict().setdefault("w", tg.ones(2)).detach()
        tensor([1., 1.])
        """
        if key not in self._keys:
            self[key] = default
        return self[key]

    def popitem(self) -> tuple[str, Any]:
        """Take the last value out, with its name. KeyError if there is none.

        >>> nn.ParameterDict({"w": tg.ones(2)}).popitem()[0]
        'w'
        """
        if not self._keys:
            raise KeyError("popitem: this ParameterDict is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def copy(self) -> ParameterDict:
        """Another dict of the same parameters.

        >>> list(nn.ParameterDict({"w": tg.ones(2)}).copy())
        ['w']
        """
        return ParameterDict([*self.items()])

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A new ParameterDict of these names, with one value.

        >>> list(nn.ParameterDict().fromkeys(["w", "v"]))
        ['w', 'v']
        """
        return ParameterDict([(key, default) for key in keys])

    def update(self, values: Any) -> None:
        """Put in what is in a dict (a plain one in the order of its names), or in pairs.

        >>> parameters = nn.ParameterDict()
        >>> parameters.update({"w": tg.ones(2)})
        >>> list(parameters.keys())
        ['w']
        """
        is_plain = isinstance(values, Mapping) and not isinstance(values, OrderedDict)
        super().update([(key, values[key]) for key in sorted(values)] if is_plain else values)

    def __or__(self, other: Any) -> ParameterDict:
        both = self.copy()
        both.update(other)
        return both

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def extra_repr(self) -> str:
        return _listed(self.items(), lambda tensor: tensor.type())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise _not_called(self)


# --------------------------------------------------------------------------------- what they share


def _picked(module: Module, items: Any, idx: int) -> Any:
    """``items[idx]``, in the words of the module that holds them."""
    try:
        return items[operator.index(idx)]
    except TypeError:
        raise TypeError(
            f"{type(module).__name__}: an index is an integer or a slice, got {type(idx).__name__}"
        ) from None
    except IndexError:
        raise _out_of_range(module, idx) from None


def _out_of_range(module: Any, idx: int) -> IndexError:
    what = "values" if isinstance(module, ParameterList) else "modules"
    return IndexError(
        f"{type(module).__name__}: index {idx} is out of range, there are {len(module)} {what}"
    )


def _several(module: Module, values: Iterable[T]) -> Iterable[T]:
    """`values`; TypeError if they are not several."""
    if not isinstance(values, Iterable) or isinstance(values, Tensor):
        raise TypeError(
            f"{type(module).__name__}: expected a list, or something else to go through, got "
            f"{type(values).__name__}; put it into a list"
        )
    return values


def _pairs(module: Module, values: Any) -> list[tuple[str, Any]]:
    """Names and values, of a dict or as they are; TypeError or ValueError for what is no such."""
    if isinstance(values, (Mapping, _Named)):
        return [*values.items()]
    pairs = [*_several(module, values)]
    for pair in pairs:
        if not isinstance(pair, Iterable):
            raise TypeError(
                f"{type(module).__name__}: expected a dict, or pairs of a name and a value; got "
                f"{type(pair).__name__} in place of a pair"
            )
        if len([*pair]) != 2:
            raise ValueError(
                f"{type(module).__name__}: expected a dict, or pairs of a name and a value; got "
                f"{len([*pair])} things in place of a pair"
            )
    return [(key, value) for key, value in pairs]


def _sequential(other: object) -> Sequential:
    if not isinstance(other, Sequential):
        raise ValueError(
            "add operator supports only objects of Sequential class, but "
            f"{type(other).__name__} is given; for a list of modules use extend()"
        )
    return other


def _times(n: object) -> int:
    if not isinstance(n, int):
        raise TypeError(f"Sequential: can be multiplied by an integer, got {type(n).__name__}")
    if n <= 0:
        raise ValueError(f"Sequential: can be multiplied by 1 or more, got {n}")
    return n


def _as_parameter(value: Any) -> Any:
    is_plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if is_plain else value


def _listed(values: Iterable[tuple[str, Any]], kind_of: Callable[[Tensor], object]) -> str:
    """The lines of the repr: names, and what is there; of a Tensor what `kind_of` says, and how
    large it is."""
    lines = []
    for name, value in values:
        text = f"Object of type: {type(value).__name__}"
        if isinstance(value, Tensor):
            size = "x".join(map(str, value.shape))
            place = f" ({value.device})" * (value.device != CPU)
            kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
            text = f"{kind} containing: [{kind_of(value)} of size {size}{place}]"
        lines.append(f"  ({name}): {text}")
    return "\n".join(lines)


def _not_called(module: Module) -> RuntimeError:
    return RuntimeError(
        f"{type(module).__name__} should not be called; use the parameters in it, in a forward()"
    )
