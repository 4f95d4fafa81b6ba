"""The files .pyi: for type checkers and editors, what is made when the package is imported.

Most functions of PyTorch's names are made of an entry of the table (``exp = unary(ops.exp)``),
which no type checker can see through. So beside each file that makes some there is one that spells
them out, with their signatures and docstrings. It is written by

    python tests/stubs.py

out of the source, for the order and what is written there in full, and of the package as it is once
imported, for what is made. test_types.py fails when that gives anything else than what is there.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import functools
import importlib
import inspect
import re
import subprocess
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "tinygrad_lr"
TOP = HOUSE.name
MODULES = [
    "",
    "autograd",
    "creation.typed",
    "errors",
    "functions",
    "graph",
    "jit.program",
    "losses",
    "more.aliases",
    "more.arithmetic",
    "more.asking",
    "more.decompositions",
    "more.elementwise",
    "more.methods",
    "more.network_table",
    "more.table",
    "nn.activation_functions",
    "ops",
    "tensor",
]
# Where Python's own signatures, or those of another operator, are narrower: as in PyTorch's stubs.
IGNORED = dict.fromkeys(["__eq__", "__ne__"], "  # type: ignore[override]")
IGNORED |= dict.fromkeys(["__lt__", "__le__", "__gt__", "__ge__"], "  # type: ignore[misc]")
IGNORED["__ipow__"] = "  # type: ignore[misc]"
LEFT_OUT = {"__all__", "__module__", "__slots__"}
# Decorators that change what a type checker sees; the others keep the signature.
KEPT = {"overload", "property", "classmethod", "staticmethod", "contextmanager"}
HEAD = '"""Written by tests/stubs.py: what {} offers, for type checkers and editors."""\n'


def path_of(module: str) -> Path:
    """The source of a module, by its dotted name within the package."""
    place = HOUSE.joinpath(*module.split(".")) if module else HOUSE
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def full(module: str) -> str:
    return f"{TOP}.{module}" if module else TOP


@functools.cache
def imports_in(module: str) -> dict[str, tuple[str, str]]:
    """Which names a module imports at its top: from which module of the house or else, as what."""
    found: dict[str, tuple[str, str]] = {}
    package = full(module).split(".")
    if path_of(module).name != "__init__.py":
        package = package[:-1]
    for statement in flat(ast.parse(path_of(module).read_text(encoding="utf-8")).body):
        if isinstance(statement, ast.ImportFrom):
            above = package[: len(package) - statement.level + 1] if statement.level else []
            source = ".".join([*above, *([statement.module] if statement.module else [])])
            for alias in statement.names:
                found[alias.asname or alias.name] = (source, alias.name)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                found[alias.asname or alias.name.partition(".")[0]] = (alias.name, "")
    return found


def flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, with those that only type checkers see."""
    for statement in body:
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            yield from flat([] if ast.unparse(statement.test).startswith("not") else statement.body)
        else:
            yield statement


@functools.cache
def origin(module: str, name: str) -> tuple[str, str]:
    """The full name of the module that defines what `name` is in a module, and its name there."""
    while module.split(".")[0] == TOP:
        found = imports_in(module.partition(".")[2]).get(name)
        if found is None or not found[1]:
            break
        source = importlib.import_module(found[0])
        if isinstance(vars(source).get(found[1]), types.ModuleType):
            return found
        module, name = found
    return module, name


NUMPYS = {"dim": "axis", "keepdim": "keepdims"}  # what signatures.axis_too takes, and for what


def takes_axis(function: Any) -> bool:
    """Whether signatures.axis_too is around it, at whatever depth."""
    while function is not None:
        code = getattr(function, "__code__", None)
        if code is not None and code.co_qualname.startswith("axis_too."):
            return True
        function = getattr(function, "__wrapped__", None)
    return False


MAKING = f"{TOP}.making"


def keywords() -> list[inspect.Parameter]:
    """What every function that makes a Tensor takes, by keyword: one by one, as PyTorch has it."""
    found = importlib.import_module(MAKING).Keywords.__annotations__
    said = {name: reference.__forward_arg__ for name, reference in found.items()}
    only = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(name, only, default=None if "None" in kind else False, annotation=kind)
        for name, kind in said.items()
    ]


def takes_keywords(function: Any) -> bool:
    """Whether it ends in ``**keywords: Unpack[Keywords]``."""
    return inspect.unwrap(function).__annotations__.get("keywords") == "Unpack[Keywords]"


def with_numpys_names(parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """With NumPy's names, by keyword. What may be given by the other name need not be given."""
    given = {parameter.name: parameter for parameter in parameters}
    found = {other: given[name] for name, other in NUMPYS.items() if name in given}
    new = [
        parameter.replace(name=other, kind=inspect.Parameter.KEYWORD_ONLY, default=...)
        for other, parameter in found.items()
        if other not in given
    ]
    optional = []
    for parameter in reversed(parameters):  # before an argument that has to be given none may lack
        needed = any(p.default is p.empty and p.kind is parameter.kind for p in optional)
        if parameter.name in NUMPYS and parameter.default is parameter.empty and not needed:
            parameter = parameter.replace(default=...)
        optional.append(parameter)
    at = next((i for i, p in enumerate(parameters) if p.kind is p.VAR_KEYWORD), len(parameters))
    whole = optional[::-1]
    return [*whole[:at], *new, *whole[at:]]


class Stub:
    """One file .pyi, while it is written."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.live = importlib.import_module(full(module))
        self.tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
        self.needed: dict[
            str, tuple[str, str]
        ] = {}  # names in annotations, and where they are from
        self.bound: set[str] = set()  # by what the stub itself says
        self.lines: list[str] = []

    # ------------------------------------------------------------------------------ what is written

    def text(self) -> str:
        self.body(flat(self.tree.body), self.live, vars(self.live), "")
        for name in sorted({*getattr(self.live, "__all__", ())} - self.bound):  # from elsewhere
            source, there = origin(self.live.__name__, name)
            self.bound.add(name)
            self.lines.append(f"from {source} import {there} as {name}")
        return self.finished()

    def finished(self) -> str:
        lines = [HEAD.format(full(self.module)), "import builtins"]
        for name, (source, there) in sorted(self.needed.items(), key=lambda item: item[1]):
            if name in self.bound:
                continue
            if not there:
                lines.append(f"import {source}" + (f" as {name}" if source != name else ""))
            else:
                renamed = f" as {name}" if name != there else ""
                lines.append(f"from {source} import {there}{renamed}")
        return "\n".join([*lines, "", *self.lines, ""])

    def body(
        self, statements: Iterable[ast.stmt], owner: Any, names: dict[str, Any], indent: str
    ) -> None:
        """What a module, or a class, says of its own names."""
        statements = list(statements)
        hidden = set() if not indent else {n for n in names if hasattr(builtins, n)}
        overloaded: set[str] = set()
        start = len(self.lines)
        for statement in statements:
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                if private(statement.name):
                    continue
                if isinstance(statement, ast.ClassDef):
                    self.class_(statement, names[statement.name], indent)
                elif "overload" in decorators(statement):
                    overloaded.add(statement.name)
                    self.def_(statement, owner, hidden, indent)
                elif statement.name in overloaded:
                    pass
                elif "axis_too" in decorators(statement):  # it takes more than stands there
                    self.made(statement.name, names[statement.name], hidden, indent)
                else:
                    self.def_(statement, owner, hidden, indent)
            elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
                self.assigned(statement, owner, names, hidden, indent)
        if indent and len(self.lines) == start:
            self.lines.append(f"{indent}...")

    def class_(self, node: ast.ClassDef, live: type, indent: str) -> None:
        heads = [ast.unparse(base) for base in [*node.bases]]
        heads += [ast.unparse(keyword) for keyword in node.keywords]
        for base in [*node.bases, *(k.value for k in node.keywords)]:
            self.need(base, vars(self.live), self.live.__name__)
        self.lines.append(
            f"{indent}class {node.name}" + (f"({', '.join(heads)}):" if heads else ":")
        )
        self.bound.add(node.name)
        self.doc(live.__doc__ if "__doc__" in vars(live) else None, indent + "    ")
        self.body(flat(node.body), live, dict(vars(live)), indent + "    ")

    def def_(self, node: ast.FunctionDef, owner: Any, hidden: set[str], indent: str) -> None:
        """A function as it stands in the source, without its body."""
        arguments = node.args
        everything = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        everything += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        for argument in everything:
            if argument.annotation is not None:
                argument.annotation = self.annotation(argument.annotation, hidden)
        returns = self.annotation(node.returns, hidden) if node.returns is not None else None
        for decorator in node.decorator_list:
            said = ast.unparse(decorator)
            if said in KEPT or said.endswith((".setter", ".deleter")):
                self.need(decorator, vars(self.live), self.live.__name__)
                self.lines.append(f"{indent}@{said}")
        arguments.defaults = [plain(value) for value in arguments.defaults]
        arguments.kw_defaults = [v and plain(v) for v in arguments.kw_defaults]
        arrow = f" -> {ast.unparse(returns)}" if returns is not None else ""
        if not indent:
            self.bound.add(node.name)
        head = f"{indent}def {node.name}({ast.unparse(arguments)}){arrow}:"
        ignored = IGNORED.get(node.name, "")
        doc = ast.get_docstring(node, clean=True)
        self.headed(head, doc, indent, ignored)

    def headed(self, head: str, doc: str | None, indent: str, ignored: str = "") -> None:
        if doc is None:
            self.lines.append(f"{head} ...{ignored}")
        else:
            self.lines.append(head + ignored)
            self.doc(doc, indent + "    ")

    def doc(self, doc: str | None, indent: str) -> None:
        if doc:
            first, *rest = inspect.cleandoc(doc).splitlines()
            quoted = [first, *(indent + line if line else "" for line in rest)]
            text = "\n".join(quoted)
            raw = "r" if "\\" in text else ""
            self.lines.append(f'{indent}{raw}"""{text}' + (f'\n{indent}"""' if rest else '"""'))

    def assigned(
        self,
        node: ast.Assign | ast.AnnAssign,
        owner: Any,
        names: dict[str, Any],
        hidden: set[str],
        indent: str,
    ) -> None:
        """What is assigned is said to be what it is in the package as imported."""
        if isinstance(node, ast.AnnAssign):
            name = ast.unparse(node.target)
            if not private(name):
                self.bound.add(name)
                said = ast.unparse(self.annotation(node.annotation, hidden))
                alias = said == "TypeAlias" and node.value is not None
                if alias:
                    self.need(node.value, vars(self.live), self.live.__name__)
                value = f" = {ast.unparse(node.value)}" if alias and node.value else ""
                self.lines.append(f"{indent}{name}: {said}{value}")
            return
        for name in (ast.unparse(leaf) for target in node.targets for leaf in leaves(target)):
            if name in names and not private(name) and name not in LEFT_OUT:
                self.made(name, names[name], hidden, indent)

    def made(self, name: str, value: Any, hidden: set[str], indent: str) -> None:
        """A name, by what it is once the package is imported."""
        if not indent:
            self.bound.add(name)
        if isinstance(value, types.FunctionType):
            self.function(name, value, hidden, indent)
        elif name == "__hash__":
            self.lines.append(f"{indent}def __hash__(self) -> builtins.int: ...")
        elif isinstance(value, property):
            self.lines.append(f"{indent}@property")
            assert isinstance(value.fget, types.FunctionType)
            self.function(name, value.fget, hidden, indent)
        else:
            self.lines.append(f"{indent}{name}: {self.kind(value)}")
            if self.lines[-1].endswith(": DType"):
                self.doc(f"``{value!r}``", indent)
            elif isinstance(value, type) and not indent:  # FloatTensor and its like
                self.doc(value.__doc__, indent)

    def kind(self, value: object) -> str:
        """The name of the type of a constant."""
        import numpy as np

        if isinstance(value, np.dtype):
            self.needed["DType"] = (f"{TOP}.dtypes", "DType")
            return "DType"
        if isinstance(value, type) and type(value) is not type:  # FloatTensor and its like
            self.needed["Tensor"] = (f"{TOP}.tensor", "Tensor")
            return "type[Tensor]"
        kind = type(value)
        if kind in (dict, list, set, tuple):
            self.needed["Any"] = ("typing", "Any")
            held = {dict: "Any, Any", tuple: "Any, ..."}.get(kind, "Any")
            return f"builtins.{kind.__name__}[{held}]"
        if kind is re.Pattern:
            self.needed["re"] = ("re", "")
            return "re.Pattern[str]"
        if kind.__module__ == "builtins":
            return f"builtins.{kind.__name__}"
        self.needed[kind.__name__] = (kind.__module__, kind.__name__)
        return kind.__name__

    def function(
        self, name: str, value: Callable[..., Any], hidden: set[str], indent: str, out: bool = False
    ) -> None:
        """A function that was made: its signature, asked of itself; of each of its overloads."""
        made = inspect.unwrap(value)
        several = typing.get_overloads(made)
        for one in several or [made]:
            if several:
                self.needed["overload"] = ("typing", "overload")
                self.lines.append(f"{indent}@overload")
            head = self.signature(name, one, hidden, bool(indent), out, value)
            ignored = IGNORED.get(name, "")
            self.headed(f"{indent}{head}:", value.__doc__, indent, ignored)

    def signature(
        self,
        name: str,
        made: Callable[..., Any],
        hidden: set[str],
        method: bool,
        out: bool,
        whole: Callable[..., Any],
    ) -> str:
        signature = inspect.signature(made)
        home: str = made.__globals__["__name__"]  # type: ignore[attr-defined]
        parameters = list(signature.parameters.values())
        if takes_axis(whole):
            parameters = with_numpys_names(parameters)
        returned = self.said(signature.return_annotation, home, hidden)
        if out:
            kind = "Tensor" if returned == "Tensor" else "tuple[Tensor, ...] | list[Tensor]"
            self.needed["Tensor"] = (f"{TOP}.signatures", "Tensor")
            extra = inspect.Parameter(
                "out", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=f"{kind} | None"
            )
            if "out" not in signature.parameters:
                at = len(parameters)
                if parameters and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD:
                    at -= 1
                parameters.insert(at, extra)
        texts: list[str] = []
        marked = False
        of_making = keywords() if takes_keywords(made) else []
        parameters[len(parameters) - bool(of_making) :] = of_making
        for place, parameter in enumerate(parameters):
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not marked:
                marked = True
                if not any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
                    texts.append("*")
            stars = {
                inspect.Parameter.VAR_POSITIONAL: "*",
                inspect.Parameter.VAR_KEYWORD: "**",
            }.get(parameter.kind, "")
            if method and place == 0:
                texts.append("self")
                continue
            text = stars + parameter.name
            if parameter.annotation is parameter.empty and parameter.name == "self":
                text += ": Tensor"  # x.zero_(), as zero_(x)
            elif parameter.annotation is not parameter.empty:
                there = MAKING if parameter in of_making else home
                text += ": " + self.said(parameter.annotation, there, hidden)
            if parameter.default is not parameter.empty:
                value = parameter.default
                simple = value is None or isinstance(value, (bool, int, float, str))
                text += f" = {value!r}" if simple and "inf" not in repr(value) else " = ..."
            texts.append(text)
        return f"def {name}({', '.join(texts)}) -> {returned}"

    # ---------------------------------------------------------------------------- what it refers to

    def said(self, annotation: object, home: str, hidden: set[str]) -> str:
        """An annotation, as text, of a function whose names are those of the module `home`."""
        if annotation is inspect.Parameter.empty:
            annotation = "Any"
            self.needed["Any"] = ("typing", "Any")
        tree = ast.parse(annotation, mode="eval").body
        namespace = vars(sys.modules[home])
        self.need(tree, namespace, home)
        return ast.unparse(self.qualified(tree, hidden))

    def annotation(self, node: ast.expr, hidden: set[str]) -> ast.expr:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = ast.parse(node.value, mode="eval").body
        self.need(node, vars(self.live), self.live.__name__)
        return self.qualified(node, hidden)

    def qualified(self, node: ast.expr, hidden: set[str]) -> ast.expr:
        """With ``builtins.int`` for int, where the class, or the module, has an int of its own."""
        module = {n for n in vars(self.live) if hasattr(builtins, n) and not n.startswith("_")}
        taken = hidden | module

        class Renamed(ast.NodeTransformer):
            def visit_Name(self, name: ast.Name) -> ast.expr:
                if name.id in taken and hasattr(builtins, name.id):
                    return ast.parse(f"builtins.{name.id}", mode="eval").body
                return name

        return Renamed().visit(node)  # type: ignore[no-any-return]

    def need(self, node: ast.expr, namespace: dict[str, Any], home: str) -> None:
        """Note what the names in an annotation are, and where they are imported from."""
        for name in ast.walk(node):
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                self.need(ast.parse(name.value, mode="eval").body, namespace, home)
            if not isinstance(name, ast.Name):
                continue
            source, there = origin(home, name.id)
            imported = imports_in(home.partition(".")[2])
            if source == home and name.id in imported:
                source, there = imported[name.id]
            elif source == home and name.id not in namespace:
                continue  # Python's
            if source != self.live.__name__:
                self.needed[name.id] = (source, there)


class Front(Stub):
    """tinygrad_lr itself: everything that it offers, also what it imports when it is asked for."""

    def text(self) -> str:
        from tinygrad_lr.more.out import NAMES

        offered = sorted(self.live.__all__)
        self.lines.append("__all__ = [\n" + "".join(f'    "{n}",\n' for n in offered) + "]\n")
        given = imports_in("")
        for name in [*offered, "__version__"]:
            value = getattr(self.live, name)
            self.bound.add(name)
            if isinstance(value, types.ModuleType):
                self.lines.append(f"from . import {name} as {name}")
            elif name in given and name not in NAMES and not self.is_spelled_out(value):
                source, there = origin(TOP, name)
                self.lines.append(f"from {source} import {there} as {name}")
            elif isinstance(value, types.FunctionType):
                self.function(name, value, set(), "", out=name in NAMES)
            elif isinstance(value, type):
                source, there = value.__module__, value.__qualname__
                self.lines.append(f"from {source} import {there} as {name}")
            else:
                self.made(name, value, set(), "")
        return self.finished()

    def is_spelled_out(self, value: object) -> bool:
        """Whether a function takes more than a type checker reads in its file."""
        made = isinstance(value, types.FunctionType)
        return made and (takes_axis(value) or takes_keywords(value))


class Autograd(Stub):
    """tinygrad_lr.autograd: with what is put there from gradients/, and with Tensors for Values.

    (The engine knows of Values only. Who calls it has Tensors, and is given Tensors.)
    """

    OFFERED = """Function Variable backward detect_anomaly enable_grad function functional grad
        gradcheck inference_mode is_anomaly_check_nan_enabled is_anomaly_enabled is_grad_enabled
        no_grad set_detect_anomaly set_grad_enabled"""

    def text(self) -> str:
        for name in self.OFFERED.split():
            value = getattr(self.live, name)
            source = value.__module__ if hasattr(value, "__module__") else f"{TOP}.gradients"
            if source == self.live.__name__:
                self.function(name, value, set(), "")
            else:
                self.lines.append(f"from {source} import {name} as {name}")
        self.needed.pop("Value"), self.needed.pop("Any", None)
        self.needed["Tensor"] = (f"{TOP}.tensor", "Tensor")
        return re.sub(r"\b(Value|Any)\b", "Tensor", self.finished())


class Graph(Stub):
    """tinygrad_lr.graph: an Op gives a Tensor, called on one; else whatever arrays give.

    It is made of functions that take as many arguments as its forward does, and a rule two more: so
    a type checker knows what the arguments of a lambda are.
    """

    MANY = 6  # arguments, from which on nothing is known of those of a lambda

    def text(self) -> str:
        general = "    def __call__(self, *args: Any, **params: Any) -> Any:"
        on_tensors = general.replace("*args", "first: Tensor, /, *args").replace(
            "> Any", "> Tensor"
        )
        several = f"    @overload\n{on_tensors} ...\n    @overload\n{general}"
        self.needed["Tensor"] = (f"{TOP}.tensor", "Tensor")
        self.needed["overload"] = ("typing", "overload")
        text = super().text().replace(general, several, 1)
        made = re.search(r"    def __init__\(self, name:.*\n", text)
        assert made
        known = [self.taking(count, made[0]) for count in range(1, self.MANY)]
        return text.replace(made[0], "    @overload\n".join(["", *known, made[0]]), 1)

    @staticmethod
    def taking(count: int, made: str) -> str:
        """`made`, the signature, for a forward of `count` arguments."""
        forward, rule = (f"Callable[[{', '.join(['Any'] * n)}], Any]" for n in (count, count + 2))
        made = made.replace("forward: Function", f"forward: {forward}", 1)
        return made.replace("*rules: Function", f"*rules: {rule}", 1)


def private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def decorators(node: ast.FunctionDef) -> list[str]:
    return [ast.unparse(decorator) for decorator in node.decorator_list]


def leaves(target: ast.expr) -> Iterator[ast.expr]:
    """The names that an assignment sets."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from leaves(element)
    else:
        yield target


def plain(default: ast.expr) -> ast.expr:
    """A default as it is shown: numbers, words, None; else an ellipsis."""
    try:
        ast.literal_eval(default)
    except ValueError:
        return ast.Constant(...)
    return default


def written(module: str) -> str:
    """What the file .pyi of a module has to say, as Ruff lays it out."""
    text = {"": Front, "autograd": Autograd, "graph": Graph}.get(module, Stub)(module).text()
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "stub.pyi", "-"]
    return subprocess.run(
        command, input=text, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def place_of(module: str) -> Path:
    return path_of(module).with_suffix(".pyi")


if __name__ == "__main__":
    argparse.ArgumentParser(description="Write the files .pyi anew.").parse_args()
    sys.path.insert(0, str(ROOT))
    for module in MODULES:
        place_of(module).write_text(written(module), encoding="utf-8")
        print(place_of(module).relative_to(ROOT))
