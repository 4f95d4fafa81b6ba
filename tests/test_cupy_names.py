"""Every name that the package takes from an array library is one that CuPy has, called as CuPy can.

Two records of what CuPy has. The double's lists are always here; CuPy itself, which imports without
a GPU, is asked where it is installed: whether it has what the package uses, and whether the double
offers anything that it has not.

How the names are found. A library is what `xp(array)` and its like return, or a name assigned from
that; so `xp(a).exp` and `library.add.at` can be read off the source. Of arrays' own attributes only
some can: those of `x.array`, and all attributes in ops.py and losses.py, which compute on nothing
else. The rest is caught in the act: device_suite.py and test_ops.py run on the double, which has no
other names.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_cupy_double import PATH, load_double

PACKAGE = PATH.parents[2] / "tinygrad_lr"
MAKERS = {"xp", "library", "_load_cupy", "_import_working_cupy", "import_module"}
TABLES = {"ops.py", "losses.py"}
NO_ARRAYS = {"np", "math", "getitem", "axes", "ops"}  # the other names there with attributes

double = load_double()


@dataclass(frozen=True)
class Use:
    """A name of CuPy's in the source, and how it is called there (None if it is not)."""

    place: str
    name: str
    given: int | None = None
    keywords: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} in {self.place}"


# ------------------------------------------------------------------------------- reading the source


@functools.cache
def modules() -> list[tuple[str, dict[ast.AST, ast.AST]]]:
    """The files, each with the nodes of its tree and what they stand in."""
    return [
        (
            path.relative_to(PACKAGE).as_posix(),
            {
                child: node
                for node in ast.walk(ast.parse(path.read_text()))
                for child in ast.iter_child_nodes(node)
            },
        )
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def makes_a_library(node: ast.AST) -> bool:
    """Whether `node` is a call of one of MAKERS: ``xp(a)``, ``device.xp(a)``."""
    function = node.func if isinstance(node, ast.Call) else None
    name = getattr(function, "id", getattr(function, "attr", None))
    return name in MAKERS and (name != "import_module" or "'cupy'" in ast.unparse(node))


def library_names(nodes: Iterable[ast.AST]) -> set[str]:
    """The names in a module that are assigned from what returns a library."""
    return {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and makes_a_library(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def of_a_library(node: ast.expr, names: set[str]) -> bool:
    return makes_a_library(node) or (isinstance(node, ast.Name) and node.id in names)


def of_an_array(node: ast.expr, file: str, names: set[str]) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "array":
        return True
    if file not in TABLES or isinstance(node, ast.Attribute) or of_a_library(node, names):
        return False
    return not (isinstance(node, ast.Name) and node.id in NO_ARRAYS)


def uses(of_interest: Any) -> list[Use]:
    """Every attribute in the package of what is `of_interest`, with ``.at`` of a ufunc as one."""
    found = []
    for file, parents in modules():
        names = library_names(parents)
        for node in parents:
            if not isinstance(node, ast.Attribute) or not of_interest(node.value, file, names):
                continue
            name, parent = node.attr, parents[node]
            if isinstance(parent, ast.Attribute) and parent.attr == "at":
                node, name, parent = parent, f"{name}.at", parents[parent]
            place = f"{file}:{node.lineno}"
            if isinstance(parent, ast.Call) and parent.func is node:
                keywords = tuple(keyword.arg or "**" for keyword in parent.keywords)
                found.append(Use(place, name, len(parent.args), keywords))
            else:
                found.append(Use(place, name))
    return found


@functools.cache
def from_library() -> list[Use]:
    return uses(lambda node, file, names: of_a_library(node, names))


@functools.cache
def from_array() -> list[Use]:
    return uses(of_an_array)


def test_the_source_is_read() -> None:
    assert {"exp", "where", "add.at", "zeros", "is_available"} <= {u.name for u in from_library()}
    assert {"sum", "take", "astype", "reshape", "T"} <= {u.name for u in from_array()}
    assert any(u.name == "clip" and u.given == 3 for u in from_library())
    assert any(u.name == "max" and u.keywords == ("axis", "keepdims") for u in from_array())


def test_no_library_escapes_the_reading() -> None:
    """It is used on the spot, named, compared or returned: never handed on, out of sight."""
    for file, parents in modules():
        for node, parent in parents.items():
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert not any(alias.name.startswith("cupy") for alias in node.names), file
            elif makes_a_library(node):
                seen = ast.Attribute | ast.Assign | ast.Compare | ast.Return | ast.IfExp | ast.Expr
                assert isinstance(parent, seen), f"{file}:{node.lineno}"


# --------------------------------------------------------------------------------------- the double


def test_the_double_has_every_name_taken_from_a_library() -> None:
    tables = double.CREATION | double.FUNCTIONS | {name: {"out"} for name in double.UFUNCS}
    for use in from_library():
        name, _, at = use.name.partition(".")
        assert not at or name in double.SCATTERING, use
        assert hasattr(double, name), use
        if name in tables:
            assert set(use.keywords) <= tables[name], use


def test_the_doubles_arrays_have_every_attribute_taken() -> None:
    for use in from_array():
        assert hasattr(double.ndarray, use.name), use
        if use.name in double.METHODS:
            assert set(use.keywords) <= double.METHODS[use.name], use


# ------------------------------------------------------------------------------------------ CuPy 14


@pytest.fixture(scope="module")
def cupy() -> Any:
    spec = importlib.util.find_spec("cupy")
    if spec is None or Path(spec.origin).parent == PATH.parent:
        pytest.skip("CuPy is not installed")
    import cupy

    if not cupy.__version__.startswith("14."):
        pytest.skip(f"the double's lists are for CuPy 14, and this is {cupy.__version__}")
    return cupy


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    """The parameters of a function, or of a method in Cython, which has them in its docstring."""
    try:
        return dict(inspect.signature(function).parameters)
    except (ValueError, TypeError):
        header = (function.__doc__ or "").splitlines()[0]
        plain = header[header.index("(") + 1 : header.rindex(")")]
        # `int axis=-1` declares a type as well, which Python's grammar does not know.
        words = [part.strip().split(" ")[-1] for part in plain.split(",")]
        scope: dict[str, Any] = {}
        exec(f"def function({', '.join(words)}): pass", scope)
        return dict(inspect.signature(scope["function"]).parameters)


def assert_takes(function: Any, use: Use, bound: bool) -> None:
    """The positional arguments are not too many nor too few, and the keywords are known."""
    signature = inspect.Signature(list(parameters(function).values()))
    try:
        signature.bind(*[None] * (use.given + bound), **dict.fromkeys(use.keywords))
    except TypeError as error:
        pytest.fail(f"{use}: {error}")


def test_cupy_has_every_name_taken_from_a_library_and_can_be_called_so(cupy: Any) -> None:
    for use in from_library():
        function = cupy
        for part in use.name.split("."):
            assert hasattr(function, part), use
            function = getattr(function, part)
        if use.given is not None and isinstance(function, cupy.ufunc):
            assert function.nin <= use.given <= function.nargs, use
        elif use.given is not None:
            assert_takes(function, use, bound=use.name.endswith(".at"))


def test_cupys_arrays_have_every_attribute_taken_and_can_be_called_so(cupy: Any) -> None:
    for use in from_array():
        assert hasattr(cupy.ndarray, use.name), use
        if use.given is not None:
            assert_takes(getattr(cupy.ndarray, use.name), use, bound=True)


def test_the_double_offers_no_name_that_cupy_lacks(cupy: Any) -> None:
    for name in double._names:
        assert hasattr(cupy, name), name
        if name != "matmul":  # of another class there, which takes the same arguments
            assert isinstance(getattr(cupy, name), cupy.ufunc) == (name in double.UFUNCS), name

    class Empty:  # has what Python puts into every class
        pass

    for name in vars(double.ndarray).keys() - vars(Empty).keys() - {"_host", "_index"}:
        assert hasattr(cupy.ndarray, name), name
    for ours, real in ((double.cuda, cupy.cuda), (double.cuda.runtime, cupy.cuda.runtime)):
        for name in vars(ours):
            assert hasattr(real, name), name


def test_the_double_takes_no_keyword_that_cupy_refuses(cupy: Any) -> None:
    for name, keywords in (double.CREATION | double.FUNCTIONS).items():
        if name != "einsum":  # its signature hides them
            assert keywords <= set(parameters(getattr(cupy, name))), name
    for name, keywords in double.METHODS.items():
        assert keywords <= set(parameters(getattr(cupy.ndarray, name))), name
    for name in ("array", "asarray", "ascontiguousarray", "asnumpy", "take"):
        ours, real = (parameters(getattr(library, name)) for library in (double, cupy))
        assert list(ours) == list(real)[: len(ours)], name


@pytest.mark.parametrize("char", "fd")
def test_cupy_computes_floats_in_the_dtype_that_the_double_gives(cupy: Any, char: str) -> None:
    """That float32 stays float32 is what memory and speed on a GPU hang on."""
    for name in {use.name for use in from_library()} & set(double.UFUNCS):
        real = getattr(cupy, name)
        with np.errstate(divide="ignore"):  # arctanh(1)
            ours = getattr(double, name)(*[double.ones(1, char)] * real.nin)
        assert f"{char * real.nin}->{ours.dtype.char}" in real.types, name
