"""Modules beside PyTorch's: what their tests share.

Each case is a function of `lib`, which is `torch` or `tinygrad_lr`, and gives plain data: both must
give the same, or refuse with an error that ``except`` catches alike.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch

import tinygrad_lr as tg

Case = Callable[[ModuleType], Any]
ERRORS = (
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)


def outcome(case: Case, lib: ModuleType) -> Any:
    try:
        return case(lib)
    except ERRORS as error:
        return error


def assert_alike(case: Case) -> None:
    theirs, ours = outcome(case, torch), outcome(case, tg)
    if isinstance(theirs, Exception):
        kind = next(kind for kind in ERRORS if isinstance(theirs, kind))
        assert isinstance(ours, kind), (theirs, ours)
        assert str(ours)
    else:
        assert ours == theirs


def told(module: Any) -> dict[str, Any]:
    """All that a module says of its parts."""
    numbers: dict[int, int] = {}

    def same(thing: object) -> int:  # the same number for the same object
        return numbers.setdefault(id(thing), len(numbers))

    return {
        "repr": repr(module),
        "modules": [(name, same(m)) for name, m in module.named_modules()],
        "modules by all names": [
            (name, same(m)) for name, m in module.named_modules(remove_duplicate=False)
        ],
        "one by one": [same(m) for m in module.modules(remove_duplicate=False)],
        "children": [(name, same(m)) for name, m in module.named_children()],
        "how many": [len(list(module.children())), len(list(module.modules()))],
        "parameters": [(name, same(p)) for name, p in module.named_parameters()],
        "by all names": [
            (name, same(p)) for name, p in module.named_parameters(remove_duplicate=False)
        ],
        "its own": [(name, same(p)) for name, p in module.named_parameters(recurse=False)],
        "below a prefix": [name for name, _ in module.named_parameters(prefix="net")],
        "counted": [same(p) for p in module.parameters()],
        "state": [(name, tuple(value.shape)) for name, value in module.state_dict().items()],
        "buffers": [(name, same(b)) for name, b in module.named_buffers()],
        "buffers by all names": [
            (name, same(b)) for name, b in module.named_buffers("net", remove_duplicate=False)
        ],
        "its own buffers": [same(b) for b in module.buffers(recurse=False)],
        "kept": [(name, same(value)) for name, value in module.state_dict(keep_vars=True).items()],
        "in dicts": [
            [(name, same(part)) for name, part in parts.items()]
            for parts in (module._modules, module._parameters, module._buffers)
        ],
        "layers": [same(m) for m in module] if hasattr(module, "__iter__") else None,
        "length": len(module) if hasattr(module, "__len__") else None,
    }


def grown(lib: ModuleType, *steps: Callable[[Any, ModuleType], Any]) -> Any:
    module = lib.nn.Module()
    for step in steps:
        step(module, lib)
    return module


def put(name: str, make: Callable[[ModuleType], Any]) -> Callable[[Any, ModuleType], None]:
    return lambda module, lib: setattr(module, name, make(lib))


def remove(name: str) -> Callable[[Any, ModuleType], None]:
    return lambda module, lib: delattr(module, name)


def linear(lib: ModuleType) -> Any:
    return lib.nn.Linear(1, 1)


def parameter(lib: ModuleType) -> Any:
    return lib.nn.Parameter(lib.ones(2))


def nothing(lib: ModuleType) -> None:
    return None


def number(lib: ModuleType) -> int:
    return 5
