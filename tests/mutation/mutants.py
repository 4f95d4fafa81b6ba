"""What cosmic-ray makes of the sources, one mistake at a time, and what became of each."""

from __future__ import annotations

import ast
import functools
import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import parso
from cosmic_ray.commands.init import init
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

RARE = ("Mod", "FloorDiv", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd")


def database(path: Path) -> Any:
    """Where the mutants and their results are kept, as a context."""
    return use_db(path)


def make(db: Any, modules: Iterable[str]) -> None:
    """Put all mutants of these modules into the database, unless it has them."""
    if not db.num_work_items:
        init([Path(f"tinygrad_lr/{module}.py") for module in modules], db, {})


def place(item: Any) -> tuple[str, int]:
    """The module of a mutant, and the line."""
    (mutation,) = item.mutations
    path = mutation.module_path.relative_to("tinygrad_lr")
    return path.with_suffix("").as_posix(), mutation.start_pos[0]


def is_rare(mutation: Any) -> bool:
    """Whether hardly anybody writes this by mistake instead of `+ - * /`."""
    return mutation.operator_name.rpartition("_")[2] in RARE


def mutated(source: str, item: Any) -> str:
    (mutation,) = item.mutations
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    tree = pickle.loads(parsed(source))  # which a visitor changes: faster than to parse it again
    return MutationVisitor(mutation.occurrence, operator).walk(tree).get_code()


@functools.lru_cache(8)
def parsed(source: str) -> bytes:
    return pickle.dumps(parso.parse(source))


def spans(source: str) -> Iterator[range]:
    """The lines of every function and every lambda."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            yield range(node.lineno, (node.end_lineno or node.lineno) + 1)


@functools.lru_cache(8)
def meaning(source: str) -> str:
    """A program without its annotations: ``from __future__ import annotations`` runs none."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def why_not(source: str, mutant: str) -> str:
    """Why there is no point in testing a mutant; nothing if there is."""
    try:
        return "an annotation" if meaning(mutant) == meaning(source) else ""
    except SyntaxError:
        return "not Python"


def changed_line(diff: str) -> str:
    """The line of the mutant that differs; a line that is gone with a minus in front."""
    lines = [line for line in diff.split("\n")[2:] if line[:1] in ("+", "-") and line[1:].strip()]
    added = [line[1:].strip() for line in lines if line[0] == "+"]
    return added[0] if added else f"- {lines[-1][1:].strip()}"


def result(outcome: str, output: Any, diff: str) -> Any:
    """What the database keeps of one mutant."""
    if outcome == "skipped":
        return WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output=output)
    return WorkResult(
        worker_outcome=WorkerOutcome.NORMAL,
        output=output,
        test_outcome=TestOutcome(outcome),
        diff=diff,
    )


def outcome(result: Any) -> str:
    """Why it was not tested, or "killed", "timed out" or "survived"."""
    if result.worker_outcome == WorkerOutcome.SKIPPED:
        return str(result.output)
    if result.test_outcome == TestOutcome.KILLED:
        return "timed out" if result.output == "timeout" else "killed"
    return "survived"
