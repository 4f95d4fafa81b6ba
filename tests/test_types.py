"""What type checkers and editors are told about the package is true, and says something."""

from __future__ import annotations

import ast
import fnmatch
import functools
import importlib
from collections.abc import Iterator
from types import ModuleType

import pytest
import stubs
from test_package import ROOMS


@pytest.mark.parametrize("module", stubs.MODULES)
def test_what_is_made_at_run_time_is_spelled_out_for_type_checkers(module: str) -> None:
    place = stubs.place_of(module)
    current = place.read_text(encoding="utf-8") == stubs.written(module)
    assert current, f"{place.name} is not what the package offers; run: python tests/stubs.py"


def test_no_file_of_types_is_left_over() -> None:
    assert {*stubs.HOUSE.rglob("*.pyi")} == {*map(stubs.place_of, stubs.MODULES)}
    assert (stubs.HOUSE / "py.typed").is_file()


# ------------------------------------------------------------------------- what is said to be Any

# Of what Any is the truth. (What a function of the user's takes and gives may be anything, too.)
ANY = {
    "on arrays it gives an array, on Tensors a Tensor, and each has its own parameters": """
        Op.__call__* Op.__get__*""",
    "an object of another library": """from_dlpack(ext_tensor) Tensor.__dlpack__*
        Tensor.__array_* Size.__*add__(other) Tensor.__reduce_ex__* Tensor.__deepcopy__(memo)""",
    "lists in lists, as deep as the Tensor has dimensions": "Tensor.tolist",
    "what subclasses take and give they say themselves": """Module.forward* Function.forward*
        Function.backward* Function.setup_context* Function.__init_subclass__*
        DistributedDataParallel.forward* Optimizer.__init_subclass__*""",
    "a layer, a parameter, a buffer, or what the user put there": """Module.__getattr__
        ParameterList.* ParameterDict.* Identity.__init__*""",
    "PyTorch's forms of one function: device, dtype, a Tensor": "Module.to(kwargs)",
    "a state: numbers, text and Tensors, in dicts and lists": """*.state_dict
        *.load_state_dict(state*) *.__setstate__(state) Optimizer.state* Generator.get_state
        Generator.set_state(state) get_rng_state set_rng_state(new_state) load
        get_printoptions printoptions(options)""",
    "samples, and batches of them, are what a data set says": """default_collate*
        default_convert* DataLoader.__iter__ DataLoader.__init__(self)
        DataLoader.__init__(dataset) StackDataset.* Subset.__getitem__
        MNIST.__getitem__ MNIST.__getitems__""",
    "an image is a Tensor, an array, or PIL's": """Compose.__call__* Lambda.__call__*
        Resize.__call__* Resize.batch(images)""",
    "Hypothesis gives it, and nobody else": """axes(draw) arrays(draw) elementwise(draw)
        along(draw) reduction(draw) calls(draw) scores(draw) numbers(draw) tensors(draw)""",
    "the arguments of an operation, or what draws them": """Case.* calls(args) calls(params)
        check_op(cases) check_op(kinks) op_tests(cases) op_tests(kinks) arrays(shape)
        tensors(shape) tensors(dtype) Numbers.* Program.__init__(names) programs(ops)
        assert_same_gradient*""",
}


@functools.cache
def parsed(module: str) -> ast.Module:
    """What type checkers read of a module."""
    source = stubs.path_of(module)
    stub = source.with_suffix(".pyi")
    return ast.parse((stub if stub.exists() else source).read_text(encoding="utf-8"))


def offered() -> Iterator[ast.stmt]:
    """The definitions of the public functions and classes, wherever they stand."""
    seen = set()
    for room in ["", *ROOMS.split()]:
        live = importlib.import_module(f"tinygrad_lr.{room}".rstrip("."))
        names = stubs.Autograd.OFFERED.split() if room == "autograd" else within(live)
        for name in getattr(live, "__all__", names):
            value = getattr(live, name)
            home = getattr(value, "__module__", "") or ""
            places = {(live.__name__, name), stubs.origin(live.__name__, name)}
            places |= {(home, getattr(value, "__qualname__", ""))}
            for module, there in places - seen if not isinstance(value, ModuleType) else ():
                seen.add((module, there))
                if module.startswith("tinygrad_lr"):
                    body = said(parsed(module.partition(".")[2]).body)
                    yield from (node for node in body if getattr(node, "name", "") == there)


def within(room: ModuleType) -> list[str]:
    """What is defined in a module, or in one of a package."""
    homes = {name: getattr(value, "__module__", "") or "" for name, value in vars(room).items()}
    return [name for name, home in homes.items() if home.startswith(room.__name__)]


def said(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, but for functions that overloads before them speak for."""
    overloaded = set()
    for node in body:
        if isinstance(node, ast.FunctionDef) and "overload" in stubs.decorators(node):
            overloaded.add(node.name)
        elif getattr(node, "name", "") in overloaded:
            continue
        yield node


def vague(annotation: ast.AST | None) -> bool:
    """Whether there is Any in it, but for what a function takes and gives."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Callable":
        return False
    is_any = isinstance(annotation, ast.Name) and annotation.id == "Any"
    return is_any or any(map(vague, ast.iter_child_nodes(annotation) if annotation else ()))


def told_nothing(node: ast.stmt, within: str = "") -> Iterator[str]:
    """Of a definition, what is said to be Any: ``Tensor.item``, ``einsum(equation)``."""
    if isinstance(node, ast.ClassDef):
        for part in said(node.body):
            yield from told_nothing(part, f"{node.name}.")
    elif isinstance(node, ast.FunctionDef):
        of, name = node.args, within + node.name
        arguments = [*of.posonlyargs, *of.args, *of.kwonlyargs]
        arguments += [a for a in (of.vararg, of.kwarg) if a is not None]
        yield from (f"{name}({a.arg})" for a in arguments if vague(a.annotation))
        yield from [name] * vague(node.returns)
    elif isinstance(node, ast.AnnAssign) and vague(node.annotation):
        yield within + ast.unparse(node.target)


def public(name: str) -> bool:
    last = name.partition("(")[0].split(".")[-1]
    return not last.startswith("_") or last.endswith("__")


def test_what_takes_or_gives_a_tensor_or_a_number_says_so() -> None:
    rightly = " ".join(ANY.values()).split()
    found = {name for node in offered() for name in told_nothing(node) if public(name)}
    new = sorted(n for n in found if not any(fnmatch.fnmatchcase(n, p) for p in rightly))
    assert new == [], "these are Any; say what they are, or above why they have to be"
    idle = [p for p in rightly if not any(fnmatch.fnmatchcase(n, p) for n in found)]
    assert idle == [], "none of these is Any"
