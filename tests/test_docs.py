"""Every public name has a docstring with an example, and what its example shows is what it does."""

from __future__ import annotations

import ast
import doctest
import functools
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pytest
import stubs
from hypothesis import find
from sampled import ordinarily
from test_package import ROOMS, ROOT, own_names

import tinygrad_lr as tg
from tinygrad_lr import distributed, nn, optim, testing

# Of errors, the exceptions: its functions word them. (What is in ops are Ops: `Op` says what one
# is.)
PUBLIC = ["", *ROOMS.split(), "autograd.function", "errors"]
GLOBALS = {
    "tg": tg,
    "nn": nn,
    "optim": optim,
    "F": nn.functional,
    "np": np,
    "testing": testing,
    "find": find,
}

# Of the rooms without an __all__ that take from elsewhere what they offer.
OFFERED = {"autograd": stubs.Autograd.OFFERED.split()}
OFFERED |= {room: dir(getattr(tg, room)) for room in ("backends", "cuda", "nn")}


@functools.cache
def names_in(room: str) -> list[tuple[str, Any]]:
    return [*_names_in(room)]


def _names_in(room: str) -> Iterator[tuple[str, Any]]:
    """The public classes and functions of a room; of the classes the methods, inherited ones too.

    Values (``Tensor.layout``, a field of a named tuple) can have no docstring in Python.
    """
    module = importlib.import_module(f"tinygrad_lr.{room}".rstrip("."))
    for name in getattr(module, "__all__", None) or OFFERED.get(room) or own_names(module):
        thing = getattr(module, name)
        if name.startswith("_") or name == "say_nearest" or not is_ours(thing):
            continue
        if room == "errors" and not (isinstance(thing, type) and issubclass(thing, Exception)):
            continue
        yield name, thing
        for method in dir(thing) if isinstance(thing, type) else ():
            value = inspect.getattr_static(thing, method)
            function = getattr(value, "__func__", getattr(value, "fget", value))
            if method[0] != "_" and isinstance(function, FunctionType) and is_ours(function):
                yield f"{name}.{method}", value if isinstance(value, property) else function


def is_ours(thing: Any) -> bool:
    home = getattr(thing, "__module__", None) or ""
    return callable(thing) and not isinstance(thing, ModuleType) and "tinygrad_lr" in home


def doc_of(thing: Any) -> str:
    return (vars(thing).get("__doc__") if isinstance(thing, type) else inspect.getdoc(thing)) or ""


@pytest.mark.parametrize("room", PUBLIC)
def test_every_public_name_has_a_docstring(room: str) -> None:
    assert [name for name, thing in names_in(room) if not doc_of(thing)] == []


# What can have no example, and why. ".wrap" is that of any class.
UNSHOWN = {
    **dict.fromkeys([".catch_up", ".edge", ".wrap"], "the engine's, see graph.py"),
    "Op.also": "the engine's, see forms.py",
    "abort": "it ends the process",
}


def unshown(room: str) -> set[str]:
    """The names of a room that show no example; by their last part, if that is excused."""
    names = {name for name, thing in names_in(room) if ">>> " not in doc_of(thing)}
    return {last if (last := f".{name.rpartition('.')[2]}") in UNSHOWN else name for name in names}


@pytest.mark.parametrize("room", PUBLIC)
def test_every_public_name_is_shown_by_an_example(room: str) -> None:
    assert unshown(room) - UNSHOWN.keys() == set()


def test_no_excuse_is_left_over() -> None:
    assert UNSHOWN.keys() <= {name for room in PUBLIC for name in unshown(room)}


HOLD_OTHERS = {nn.Module, nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.ParameterList}
HOLD_OTHERS |= {nn.ParameterDict, nn.parallel.DistributedDataParallel}
# Words that tell which shape or dtype something has. (The example shows it, too; and a loss as a
# module has those of the function.)
SHAPED = re.compile(
    r"shape|size|dimension|element|broadcast|number|batch|row|matri|vector|in place|same memory"
    r"|dtype|float|int\d|integer|bool|`dim`|itself|constant|as a module|\([nN].*?\)|\(\.\.\.",
    re.ASCII,
)
UNSHAPED = {
    **dict.fromkeys(["buffers", "named_buffers", "get_buffer"], "Tensors of any kind"),
    **dict.fromkeys(["register_buffer", "run", "load"], "Tensors of any kind"),
    "forward": "each module says it of itself",
    **dict.fromkeys(["register_hook", "register_post_accumulate_grad_hook"], "a gradient"),
    **dict.fromkeys(
        ["cuda", "cpu", "is_pinned", "is_inference"], "nothing but the device, or False"
    ),
    **dict.fromkeys(
        ["untyped_storage", "random_split"], "no Tensor: Tensor stands for something else"
    ),
}


@pytest.mark.parametrize("room", PUBLIC)
def test_what_shape_or_dtype_a_tensor_has_is_said(room: str) -> None:
    silent = [
        name
        for name, thing in names_in(room)
        if takes_or_gives_tensors(thing)
        if not SHAPED.search(doc_of(thing).partition(">>>")[0])
    ]
    assert {name.rpartition(".")[2] for name in silent} - UNSHAPED.keys() == set()


def takes_or_gives_tensors(thing: Any) -> bool:
    """Whether Tensors stand in its signature; or it is a module, but none that holds others."""
    if isinstance(thing, (type, property)):
        return isinstance(thing, type) and issubclass(thing, nn.Module) and thing not in HOLD_OTHERS
    return bool(re.search("Tensor|Operand|Unary|Binary", str(inspect.signature(thing))))


@pytest.mark.parametrize("room", PUBLIC)
def test_which_errors_it_raises_is_said(room: str) -> None:
    """Of a function with a raise of its own. (Those of what it calls are said where they help.)"""
    silent = [
        name
        for name, thing in names_in(room)
        if raises(thing)
        and not re.search(r"[A-Z]\w*Error|Wrong|Disagreement|raises", said_by(thing))
    ]
    assert [name for name in silent if not name.endswith(".catch_up")] == []


def said_by(thing: Any) -> str:
    return doc_of(thing).partition(">>>")[0].replace("Raises", "raises")


@functools.cache
def raises(thing: Any) -> bool:
    """Whether ``raise`` stands in its text, or in that of a class's __init__."""
    if isinstance(thing, type):
        thing = None if issubclass(thing, Exception) else vars(thing).get("__init__")
    function = inspect.unwrap(getattr(thing, "fget", thing))
    if not isinstance(function, FunctionType) or not Path(function.__code__.co_filename).is_file():
        return False
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(tree))


class Alone:
    """A process group of this process alone, for the examples of distributed: it needs no MPI."""

    backend, rank, size = "mpi", 0, 1

    def all_reduce(self, array: Any, op: str) -> None:
        """The sum over one rank."""

    def broadcast(self, array: Any, src: int) -> None:
        """Rank 0 has it."""

    def all_gather(self, into: Any, array: Any) -> None:
        into[0] = array

    def barrier(self) -> None:
        """All are here."""

    def texts(self, text: str, doing: str = "texts") -> list[str]:
        return [text]

    def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an example finds the data sets, may write files, and is in a process group."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(distributed._BACKENDS, "mpi", (__name__, "Alone"))


@pytest.mark.usefixtures("place")
@pytest.mark.filterwarnings("ignore:torch.range is deprecated", "ignore:Anomaly Detection has been")
# Those of testing look for the simplest call, which takes ten seconds.
@pytest.mark.parametrize("room", ordinarily(*set(PUBLIC) - {"testing"}, of=PUBLIC))
def test_what_an_example_shows_is_so(room: str) -> None:
    parser, said = doctest.DocTestParser(), []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    for doc, name in {doc_of(thing): name for name, thing in names_in(room)}.items():
        if ">>> " not in doc:
            continue
        if room in ("distributed", "nn.parallel") and ">>> tg.distributed.init" not in doc:
            distributed.init_process_group()
        test = parser.get_doctest(inspect.cleandoc(doc), dict(GLOBALS), name, room, 0)
        with np.errstate(all="ignore"):  # atanh of 1
            runner.run(test, out=said.append)
        if distributed.is_initialized():
            distributed.destroy_process_group()
    assert not said, "".join(said)
