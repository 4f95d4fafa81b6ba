"""Random numbers that are not this package's: whether a step has drawn any.

Nothing tells when a generator of NumPy's or of Python's is used. So those that a step can reach are
looked for, before it is captured, and their states compared afterwards. One that the step makes
itself is not found, nor has every one a state; but unless a step seeds it, which gives the same
numbers each time, it begins with what the operating system gives, and that can be told.
"""

from __future__ import annotations

import functools
import os
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np

State: TypeAlias = tuple[Any, str, Any]  # a generator, what to call it, and the state it was in
DEPTH = 8  # of attributes, items and functions that a step leads to


def generators(step: Callable[..., Any]) -> dict[int, tuple[Any, str]]:
    """Those that the whole program shares, and those that the functions of `step` speak of."""
    import random  # here, as importing it takes time that few programs need to spend

    shared = random.random.__self__, np.random.mtrand._rand  # type: ignore[attr-defined]
    found = {id(shared[0]): (shared[0], "random"), id(shared[1]): (shared[1], "np.random")}
    numpys = np.random.Generator, np.random.RandomState, np.random.BitGenerator
    kinds = (random.Random, *numpys)
    for thing in _reached(step):
        if isinstance(thing, kinds) and not isinstance(thing, random.SystemRandom):
            found.setdefault(id(thing), (thing, f"a {type(thing).__name__}"))
    return found


def states(found: dict[int, tuple[Any, str]]) -> list[State]:
    """The generators with the states they are in."""
    return [(generator, name, _state(generator)) for generator, name in found.values()]


def same_state(generator: Any, then: Any) -> bool:
    """Whether a generator is in the state that it was in `then`."""
    return bool(_state(generator) == then)


def _state(generator: Any) -> Any:
    if isinstance(generator, np.random.Generator):
        generator = generator.bit_generator
    if isinstance(generator, np.random.BitGenerator):
        return repr(generator.state)
    if hasattr(generator, "get_state"):
        name, keys, *rest = generator.get_state(legacy=True)
        return name, keys.tobytes(), *rest
    return generator.getstate()


def _reached(step: Callable[..., Any]) -> Iterator[Any]:
    """What a function speaks of (its closure, defaults, globals, object), and what these hold."""
    seen: set[int] = set()
    level: list[Any] = [step]
    for _ in range(DEPTH):
        following: list[Any] = []
        for thing in level:
            if id(thing) not in seen:
                seen.add(id(thing))
                yield thing
                with suppress(Exception):  # an object may raise anything when it is looked into
                    following += _held(thing)
        level = following
    yield from level


def _held(thing: Any) -> list[Any]:
    """What is directly behind `thing`."""
    if isinstance(thing, functools.partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, types.MethodType):
        return [thing.__self__, thing.__func__]
    if isinstance(thing, types.BuiltinMethodType):
        return [thing.__self__]
    if isinstance(thing, types.FunctionType):
        return [] if _is_ours(thing) else [*_of_function(thing)]
    if isinstance(thing, (list, tuple, set)):
        return [*thing]
    if isinstance(thing, dict):
        return [*dict.values(thing)]
    if isinstance(thing, types.ModuleType):
        return []  # what a function uses of it is looked at there
    if isinstance(thing, type):
        return [] if _is_ours(thing) else [*vars(thing).values()]
    slots = [getattr(thing, name, None) for name in getattr(type(thing), "__slots__", ())]
    kind = [type(thing)] if type(thing).__module__ != "builtins" else []
    return [*getattr(thing, "__dict__", {}).values(), *slots, *kind]


def _is_ours(thing: Any) -> bool:
    """Whether a function or class is this package's, or NumPy's."""
    return (thing.__module__ or "").partition(".")[0] in (_PACKAGE, "numpy")


_PACKAGE = __name__.partition(".")[0]


def _of_function(function: types.FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a name that has no value yet
            continue
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    names = [*_names(function.__code__)]
    for name in names:
        thing = function.__globals__.get(name)
        yield thing
        if isinstance(thing, types.ModuleType):
            yield from (vars(thing).get(attribute) for attribute in names)


def _names(code: types.CodeType) -> Iterator[str]:
    """The global names in a function, and in those within it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _sources() -> tuple[tuple[Any, str], ...]:
    """Where numbers come from that no seed decides.

    They are for uuid and others; for `secrets`, SystemRandom and generators of NumPy's; for Random.
    """
    import random

    return (os, "urandom"), (random, "_urandom"), (random.Random, "seed")


def tell(hear: Callable[[], None]) -> None:
    """From now on ``hear()`` is called before such numbers are drawn."""
    for place, name in _sources():
        setattr(place, name, _told(getattr(place, name), hear))


def tell_no_more() -> None:
    """Undo tell(), or what there is of it."""
    for place, name in _sources():
        there = getattr(place, name)
        setattr(place, name, getattr(there, "usual", there))


def _told(usual: Callable[..., Any], hear: Callable[[], None]) -> Callable[..., Any]:
    def told(*args: Any, **options: Any) -> Any:
        _, *seed = (*args, *options.values(), None)  # the first is a Random, or how many bytes
        if seed[0] is None:
            hear()
        return usual(*args, **options)

    told.usual = usual  # type: ignore[attr-defined]
    return told
