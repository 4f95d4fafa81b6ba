"""Every public name has a docstring, and what its example shows is what it does."""

from __future__ import annotations

import doctest
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from test_package import ROOMS, own_names

import tinygrad_lr as tg
from tinygrad_lr import nn, optim

GLOBALS = {"tg": tg, "nn": nn, "optim": optim, "F": nn.functional, "np": np}


def names_in(room: str) -> Iterator[tuple[str, Any]]:
    """The public classes and functions of a room, and the methods of the classes."""
    module = importlib.import_module(f"tinygrad_lr.{room}".rstrip("."))
    for name in getattr(module, "__all__", None) or own_names(module):
        thing = getattr(module, name)
        home = getattr(thing, "__module__", "") or ""
        if name.startswith("_") or isinstance(thing, ModuleType) or "tinygrad_lr" not in home:
            continue
        if callable(thing):
            yield name, thing
        for method, value in vars(thing).items() if isinstance(thing, type) else ():
            if not method.startswith("_") and (isinstance(value, property) or callable(value)):
                yield f"{name}.{method}", value


@pytest.mark.parametrize("room", ["", *ROOMS.split()])
def test_every_public_name_has_a_docstring(room: str) -> None:
    assert [name for name, thing in names_in(room) if not inspect.getdoc(thing)] == []


# Those of distributed are parts of programs that run in several processes.
@pytest.mark.parametrize("room", ["", *sorted({*ROOMS.split()} - {"distributed"})])
def test_what_an_example_shows_is_so(room: str) -> None:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(verbose=False)
    said: list[str] = []
    with np.errstate(all="ignore"):  # atanh of 1
        for name, thing in names_in(room):
            doc = inspect.getdoc(thing) or ""
            if ">>> " in doc:
                test = parser.get_doctest(doc, dict(GLOBALS), name, room, 0)
                runner.run(test, out=said.append)
    assert not said, "".join(said)


SHOWN = """linalg special nn nn.functional nn.init nn.utils optim optim.lr_scheduler return_types
    autograd.functional"""
# What shows little by itself: settings, and what is for another machine.
UNSHOWN = """ByteTensor BoolTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor
    LongTensor ShortTensor Op bitwise_left_shift bitwise_right_shift device_for
    is_available pin_memory range seed set_default_device set_default_dtype
    use_deterministic_algorithms Optimizer LRScheduler ChainedScheduler SequentialLR"""


@pytest.mark.parametrize("room", ["", *SHOWN.split()])
def test_a_function_a_module_an_optimizer_is_shown_by_an_example(room: str) -> None:
    lacking = {
        name
        for name, thing in names_in(room)
        if "." not in name and ">>> " not in (inspect.getdoc(thing) or "")
        if not (isinstance(thing, type) and issubclass(thing, Exception))
    }
    assert lacking - {*UNSHOWN.split()} == set()
