"""The house is kept: what a room may know of, which way imports run, how large the heart may be.

The learner's rooms are what somebody reads who wants to know how gradients are found. Others
(capture/, jit/, cuda/) are about speed. They know the learner's rooms; those do not know them, and
do not speak of them, not even in a comment. testing/ stands beside both, and knows both.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "tinygrad_lr"
FAST = ["capture", "jit", "cuda"]
BESIDE = ["testing", "__init__.py"]
FILES = sorted(path.relative_to(HOUSE).as_posix() for path in HOUSE.rglob("*.py"))
LEARNERS = [file for file in FILES if file.split("/")[0] not in FAST + BESIDE]
HEART = 560  # lines of graph.py and autograd.py, together


def text(file: str) -> str:
    return (HOUSE / file).read_text(encoding="utf-8")


def test_there_are_learners_rooms_and_others() -> None:
    assert {"graph.py", "ops.py", "nn/module.py", "utils/data/dataset.py"} < set(LEARNERS)
    assert {file.split("/")[0] for file in set(FILES) - set(LEARNERS)} == {*FAST, *BESIDE}


# -------------------------------------------------------------------------- what they may speak of

UNSPOKEN = re.compile("cupy|kernel|cuda|jit|capture|placeholder", re.IGNORECASE)
# What is said all the same: by file the words, or the beginning of a line, and why.
SAID = {
    "backends.py": {"(?i)cuda": "PyTorch's name for the backend of a GPU"},
    "accelerator.py": {r"\.cuda\.Device": "CuPy's, which waits for the card"},
    "device.py": {
        "(?i)cupy": "it is the one file that knows CuPy exists",
        "(?i)cuda": "PyTorch's name for the GPU; and the CUDA that a driver, a wheel are for",
    },
    "distributed/__init__.py": {r"\.\.cuda\.nccl": "where what connects GPUs is found"},
    "errors.py": {"_LIBRARYS = .*": "words by which the message of a library is known"},
    "nn/module.py": {r"(def |\.)cuda\(": "PyTorch's method"},
    "more/nearest.py": {
        r"jit\.trace\(step\)|cuda\.graph\(step\)": "for who looks for compile",
        r"'cuda'": "the device, for who looks for another",
    },
    "version.py": {"(?i)cuda": "PyTorch's name for what it was built for"},
    "tensor.py": {
        r"(def |\.)(is_)?cuda\b": "PyTorch's method, and property",
        "'cuda', 'cuda:0'": "the error of to() lists what it takes",
    },
}


def test_a_learners_room_does_not_speak_of_the_others() -> None:
    left = []
    for file in LEARNERS:
        for number, line in enumerate(text(file).splitlines(), 1):
            rest = line
            for allowed in SAID.get(file, ()):
                rest = re.sub(allowed, "", rest)
            if UNSPOKEN.search(rest):
                left.append(f"{file}:{number}: {line.strip()}")
    assert not left, "\n".join(["it speaks of the rooms that are about speed:", *left])


@pytest.mark.parametrize(("file", "allowed"), [(f, a) for f in SAID for a in SAID[f]])
def test_no_exception_is_left_over(file: str, allowed: str) -> None:
    assert file in LEARNERS
    assert any(UNSPOKEN.search(said[0]) for said in re.finditer(allowed, text(file)))


# ------------------------------------------------------------------------------ which way they lead


def imported(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """All imports, also those within functions; not those that are only for a type checker."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for statement in child.orelse:
                yield from imported(ast.Module([statement], []))
        elif not isinstance(child, ast.expr):
            yield from imported(child)


def imports_of(file: str, source: str) -> set[str]:
    """The files of the house that a file imports, a package's own as its __init__.py.

    (That an import of nn/module.py runs nn/__init__.py first is Python's doing, and left out.)
    """
    found: set[str] = set()
    for statement in imported(ast.parse(source)):
        if isinstance(statement, ast.Import):
            wholes = [alias.name.split(".") for alias in statement.names]
            places = [(HOUSE.joinpath(*rest), "") for top, *rest in wholes if top == HOUSE.name]
        else:
            levels = Path(HOUSE.name, file).parents
            names = list(levels[statement.level - 1].parts) if statement.level else []
            top, *rest = [*names, *(statement.module or "").split(".")]
            inside = top == HOUSE.name
            place = HOUSE.joinpath(*rest)
            places = [(place, alias.name) for alias in statement.names] if inside else []
        for place, name in places:
            ways = [place / f"{name}.py", place / name / "__init__.py"] if name else []
            ways += [place.with_suffix(".py"), place / "__init__.py"]
            there = next(way for way in ways if way.is_file())
            found.add(there.relative_to(HOUSE).as_posix())
    return found


IMPORTS = {file: imports_of(file, text(file)) for file in FILES}


def test_imports_are_found_wherever_they_stand() -> None:
    source = """
import numpy, tinygrad_lr.ops
from typing import TYPE_CHECKING
from tinygrad_lr import device
if TYPE_CHECKING:
    from . import modules
else:
    from ..graph import Op
def later():
    try:
        from .. import tensor, Tensor
    finally:
        from ..utils import data
        from .functional import linear
        from ..utils import DataLoader
"""
    assert imports_of("nn/new.py", source) == {
        "ops.py",
        "device.py",
        "graph.py",
        "tensor.py",
        "__init__.py",
        "utils/data/__init__.py",
        "nn/functional.py",
        "utils/__init__.py",
    }
    assert {"effects.py", "forms.py"} <= IMPORTS["device.py"]
    assert "capture/noting.py" in IMPORTS["jit/program.py"]


def test_imports_go_round_in_no_circle() -> None:
    try:
        TopologicalSorter(IMPORTS).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_a_learners_room_imports_none_of_the_others() -> None:
    others = {file: IMPORTS[file] - set(LEARNERS) for file in LEARNERS}
    assert not {file: found for file, found in others.items() if found}


def test_the_order_of_reading_is_one_in_which_each_file_uses_only_what_stands_before() -> None:
    words = (HOUSE / "__init__.py").read_text(encoding="utf-8").replace("\n", " ")
    found = re.search(r"from the ground up,.*?: (.*?)\. ", words, re.IGNORECASE)
    assert found is not None
    order = re.sub(r"(\w+) \(with (\w+) and (\w+)\)", r"\2, \3, \1", found[1])
    read: set[str] = set()
    for name in re.split("[,;] (?:then )?", order):
        files = [file for file in LEARNERS if file == f"{name}.py" or file.startswith(f"{name}/")]
        assert files, name
        read |= set(files)
        for file in files:
            assert IMPORTS[file] <= read, f"{file} uses {IMPORTS[file] - read}, not read before"
    assert {"graph.py", "tensor.py", "random.py", "nn/module.py", "utils/data/dataset.py"} < read


# -------------------------------------------------------------------------- how large, what it says


def test_the_heart_is_small() -> None:
    lines = {file: len(text(file).splitlines()) for file in ("graph.py", "autograd.py")}
    assert sum(lines.values()) <= HEART, lines


def end_of(name: str, file: str) -> int:
    """The last line of what is called `name` in a file: a function, a method, an assignment."""
    found = [
        node.end_lineno or 0
        for node in ast.walk(ast.parse(text(file)))
        if getattr(node, "name", None) == name
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name)
    ]
    return found[0]


def test_the_way_of_a_product_and_back_is_read_in_as_many_lines_as_it_says() -> None:
    """From an entry of the table to the gradient in a leaf: see tinygrad_lr/__init__.py."""
    said = re.search(r"in some (\d+) lines, in this order: (.*?)\. That", text("__init__.py"), re.S)
    assert said is not None
    assert re.findall(r"\w+\.py", said[2]) == ["ops.py", "graph.py", "autograd.py"]
    ends = [end_of("mul", "ops.py"), end_of("pull_back", "graph.py")]
    ends += [end_of("_deliver", "autograd.py")]
    assert abs(sum(ends) - int(said[1])) <= 25, ends


@pytest.mark.parametrize("room", FAST)
def test_a_room_that_no_learner_needs_says_what_it_is_for(room: str) -> None:
    assert (HOUSE / room / "README.md").read_text(encoding="utf-8").strip()
