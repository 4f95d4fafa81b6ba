"""Mutation tests: which mistakes in the engine and in the table would no test notice?

cosmic-ray makes the mistakes, one at a time (`+` becomes `-`, 1 becomes 2, a decorator is gone);
the tests are run on each of these mutants, and should fail. From the root of a checkout, with
``pip install cosmic-ray coverage`` beside what the tests need:

    python tests/mutation/run.py map      # which test runs which line, and how long: 3 minutes
    python tests/mutation/run.py first    # every mutant, against the tests nearest to it: an hour
                                          # (or of some modules only: first ops jit/trace)
    python tests/mutation/run.py report   # the score, and what is left

Of what is left, each is no mistake at all, and goes to survivors.md with the reason, or wants a
test. When there are new tests:

    python tests/mutation/run.py map
    python tests/mutation/run.py second   # what is left, against all tests

A pass may be interrupted and started again. What is known is kept in the folder .mutation, which
belongs to the sources as they are: delete it when they have changed. Nothing else in the checkout
is written: a mutant lives in the memory of the process that tests it. That process is forked from
this one, which has already imported what takes seconds (PyTorch, Hypothesis, pytest), but not
tinygrad_lr.
"""

from __future__ import annotations

import ast
import difflib
import functools
import gc
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from itertools import accumulate, filterfalse
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import _hypothesis_pytestplugin  # noqa: F401 - before the first use of Hypothesis
import coverage
import hypothesis
import numpy  # noqa: F401
import pytest
import safetensors.numpy  # noqa: F401
import torch
from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STATE = ROOT / ".mutation"


def tests(pattern: str) -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(f"tests/{pattern}"))


CAPTURE, JIT, INPLACE = map(tests, ("test_capture*.py", "test_jit_*.py", "test_inplace*.py"))
ENGINE = [
    f"tests/test_{name}.py" for name in ("autograd", "graph", "graph_memory", "higher_orders")
]
NEAREST = {
    "autograd": ENGINE,
    "graph": [*ENGINE, "tests/test_op.py", *INPLACE],
    "ops": ["tests/test_ops.py"],
    "losses": ["tests/test_ops.py", "tests/test_functions.py", "tests/test_nn_functional.py"],
    "modes": ["tests/test_recording.py", "tests/test_modes.py"],
    "versions": [*INPLACE, *ENGINE],
    "capture/noting": [*CAPTURE, *JIT],
    "capture/situation": [*CAPTURE, *JIT],
    "capture/step": [*CAPTURE, *JIT],
    "jit/lines": JIT,
    "jit/program": [*JIT, *CAPTURE],
    "jit/trace": [*JIT, *CAPTURE],
}
# They start other processes, which see no mutant.
LEFT_OUT = ["test_examples*.py", "test_device.py", "test_faults.py"]
SECONDS = 8.0  # for the tests of one mutant in the first pass, as measured without a mutant
GIGABYTES = 8

# --------------------------------------------------------------------- one run of pytest, in a fork


class Selection:
    """A pytest plugin: run these tests in this order (None: all), and tell what happens."""

    def __init__(self, chosen: list[str] | None, tell: Callable[[Any], None], cov: Any = None):
        self.chosen, self.tell, self.cov = chosen, tell, cov

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if self.chosen is not None:
            found = {item.nodeid: item for item in items}
            items[:] = [found[name] for name in self.chosen if name in found]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if self.cov:
            self.cov.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.tell([report.nodeid, report.outcome, report.duration])


def forked(action: Callable[[Callable[[Any], None]], int], seconds: float) -> tuple[int, list[Any]]:
    """Run ``action(tell)`` in a fork; its exit status, and what it told before `seconds` passed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        signal.alarm(600 + 10 * int(seconds))  # if it waits for something that never comes
        resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30, GIGABYTES << 30))
        log = os.open(STATE / "last.log", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        for stream in (0, 1, 2):
            os.dup2(log, stream)
        status = 99
        try:
            status = action(lambda what: os.write(writer, (json.dumps(what) + "\n").encode()))
        except Exception:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    os.close(writer)
    with open(reader) as told:
        lines = [json.loads(line) for line in told]
    return os.waitpid(child, 0)[1], lines


def run_tests(
    tell: Callable[[Any], None], files: list[str], chosen: list[str] | None, cov: Any = None
) -> int:
    """Run pytest here: up to the first failure, or all of it to measure the coverage."""
    sys.path.insert(0, str(ROOT))
    options = ["-q", "--assert=plain", "-p", "no:cacheprovider", "--hypothesis-profile", "mutation"]
    stop = [] if cov else ["-x"]
    return int(pytest.main([*options, *stop, *files], plugins=[Selection(chosen, tell, cov)]))


# ------------------------------------------------------------------------ which test runs what line


def draw_map() -> None:
    """Note for every test how long it takes, and for every line which tests go through it."""

    def measure(tell: Callable[[Any], None]) -> int:
        cov = coverage.Coverage(STATE / "coverage", include=["*/tinygrad_lr/*"], config_file=False)
        cov.start()
        status = run_tests(tell, [f"tests/{name}" for name in test_files()], None, cov)
        cov.stop()
        cov.save()
        return status

    status, reports = forked(measure, 3600)
    assert status == 0, f"the tests fail without a mutant: {reports[-3:]}"
    seconds: dict[str, float] = defaultdict(float)
    for name, _, duration in reports:
        seconds[name] += duration
    data = coverage.CoverageData(str(STATE / "coverage"))
    data.read()
    lines = {}
    for module in NEAREST:
        (path,) = [p for p in data.measured_files() if p.endswith(f"tinygrad_lr/{module}.py")]
        lines[module] = data.contexts_by_lineno(path)
    (STATE / "map.json").write_text(json.dumps({"seconds": seconds, "lines": lines}))


def test_files() -> list[str]:
    files = (ROOT / "tests").glob("test_*.py")
    return sorted(path.name for path in files if not any(map(path.match, LEFT_OUT)))


def file_of(test: str) -> str:
    return test.partition("::")[0]


class Map:
    """What ``draw_map`` found, and from mutant to mutant which tests have been good at it."""

    def __init__(self) -> None:
        known = json.loads((STATE / "map.json").read_text())
        self.seconds: dict[str, float] = known["seconds"]
        self.lines: dict[str, dict[str, list[str]]] = known["lines"]
        self.kills: dict[Any, Counter[str]] = defaultdict(Counter)
        self.spans = {module: list(spans(read(module))) for module in NEAREST}
        self.code = {
            module: set(code_lines(compile(read(module), "", "exec"))) for module in NEAREST
        }

    def around(self, module: str, line: int) -> range:
        """The lines of the smallest function around a line; none if it is outside of all."""
        return min((s for s in self.spans[module] if line in s), key=len, default=range(0))

    def tests(self, module: str, line: int) -> list[str]:
        """The tests that go through a line, as far as is known.

        Of a line with no code of its own (the middle of a statement), those that go through the
        function around it. What is outside of all functions runs with every import: all tests.
        """
        lines = self.lines[module]
        if str(line) not in lines and line in self.code[module]:
            return []
        function = (test for n in self.around(module, line) for test in lines.get(str(n), ()))
        on_line = filter(None, lines.get(str(line), ()))
        return list(on_line) or list(set(filter(None, function))) or list(self.seconds)

    def stages(self, module: str, line: int, limit: float) -> Iterator[list[str]]:
        """Those tests in two portions: first those in the files nearest to the module.

        In each the first are those that have killed a mutant of the same function; the sum of what
        they take stays within a limit of seconds.
        """
        good = self.kills[module, self.around(module, line)]

        def near(test: str) -> bool:
            return file_of(test) in NEAREST[module]

        def key(test: str) -> Any:
            return not near(test), -good[test], self.seconds[test]

        ordered = sorted(self.tests(module, line), key=key)
        affordable = [
            test
            for test, total in zip(ordered, accumulate(map(self.seconds.get, ordered)))
            if total < limit
        ]
        for portion in (list(filter(near, affordable)), list(filterfalse(near, affordable))):
            if portion:
                yield portion

    def learn(self, mutation: MutationSpec, test: str | None) -> None:
        """Remember which test has killed a mutant."""
        if test in self.seconds:
            module, (line, _) = module_of(mutation), mutation.start_pos
            self.kills[module, self.around(module, line)][test] += 1


def code_lines(code: Any) -> Iterator[int]:
    """The lines that have code, here and in the functions inside."""
    yield from (line for _, _, line in code.co_lines() if line)
    for constant in code.co_consts:
        if hasattr(constant, "co_lines"):
            yield from code_lines(constant)


def spans(source: str) -> Iterator[range]:
    """The lines of every function and every lambda."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            yield range(node.lineno, (node.end_lineno or node.lineno) + 1)


# -------------------------------------------------------------------------------------- the mutants


def module_of(mutation: MutationSpec) -> str:
    return mutation.module_path.relative_to("tinygrad_lr").with_suffix("").as_posix()


def read(module: str) -> str:
    return (ROOT / "tinygrad_lr" / f"{module}.py").read_text()


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


class Mutant(SourceFileLoader):
    """Imports one module of tinygrad_lr from a text instead of its file."""

    def __init__(self, module: str, source: str) -> None:
        self.file = ROOT / "tinygrad_lr" / f"{module}.py"
        super().__init__(f"tinygrad_lr.{module.replace('/', '.')}", str(self.file))
        self.source = source

    def get_code(self, fullname: str) -> Any:
        return compile(self.source, self.path, "exec", dont_inherit=True)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None


def killer(module: str, source: str, tests: list[str], seconds: float) -> str | None:
    """The first of `tests` that fails on the mutant, or what else happens; None if nothing does."""

    def test(tell: Callable[[Any], None]) -> int:
        sys.meta_path.insert(0, Mutant(module, source))
        return run_tests(tell, list(dict.fromkeys(map(file_of, tests))), tests)

    status, reports = forked(test, seconds)
    if os.waitstatus_to_exitcode(status) in (
        pytest.ExitCode.OK,
        pytest.ExitCode.NO_TESTS_COLLECTED,
    ):
        return None
    failed = [name for name, outcome, _ in reports if outcome == "failed"]
    if failed:
        return str(failed[0])
    return "timeout" if os.WIFSIGNALED(status) else "import"


# --------------------------------------------------------------------------------------- the passes


def test_mutant(mutation: MutationSpec, known: Map, limit: float) -> WorkResult:
    module, (line, _) = module_of(mutation), mutation.start_pos
    source = read(module)
    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    mutant = mutate_code(source, operator, mutation.occurrence)
    if reason := why_not(source, mutant):
        return WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output=reason)
    diff = "\n".join(difflib.unified_diff(source.split("\n"), mutant.split("\n"), lineterm="", n=1))
    by = None
    for tests in known.stages(module, line, limit):
        by = killer(module, mutant, tests, 15 + 3 * sum(known.seconds[test] for test in tests))
        if by:
            known.learn(mutation, by)
            break
    outcome = TestOutcome.KILLED if by else TestOutcome.SURVIVED
    return WorkResult(
        worker_outcome=WorkerOutcome.NORMAL, output=by, test_outcome=outcome, diff=diff
    )


def run_pass(db: WorkDB, items: list[Any], limit: float) -> None:
    known = Map()
    for item, result in db.completed_work_items:
        known.learn(item.mutations[0], result.output)
    healthy = killer("ops", read("ops"), ["tests/test_ops.py::test_value_is_pytorchs[exp]"], 60)
    assert healthy is None, f"without a mutant: {healthy}, see {STATE}/last.log"
    for done, item in enumerate(items):
        began = time.time()
        (mutation,) = item.mutations
        result = test_mutant(mutation, known, limit)
        db.set_result(item.job_id, result)
        what = changed_line(result.diff) if result.diff else ""
        place = f"{module_of(mutation)}:{mutation.start_pos[0]}"
        outcome = result.test_outcome.value if result.test_outcome else "skipped"
        spent = time.time() - began
        print(
            f"{done + 1}/{len(items)} {place} {outcome} {spent:.1f} s {result.output}: {what}",
            flush=True,
        )


def first(db: WorkDB, *modules: str) -> None:
    if not db.num_work_items:
        init([Path(f"tinygrad_lr/{module}.py") for module in modules or NEAREST], db, {})
    run_pass(db, sorted(db.pending_work_items, key=order), SECONDS)


RARE = ("Mod", "FloorDiv", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd")


def order(item: Any) -> Any:
    """From top to bottom; but last what hardly anybody writes by mistake instead of `+ - * /`."""
    (mutation,) = item.mutations
    rare = mutation.operator_name.rpartition("_")[2] in RARE
    return rare, mutation.module_path, mutation.start_pos


def second(db: WorkDB) -> None:
    survivors = [i for i, r in db.completed_work_items if outcome_of(i, r) == "survived"]
    run_pass(db, survivors, float("inf"))


# --------------------------------------------------------------------------------------- the report


def outcome_of(item: Any, result: WorkResult) -> str:
    if result.worker_outcome == WorkerOutcome.SKIPPED:
        return str(result.output)
    if result.test_outcome == TestOutcome.KILLED:
        return "timed out" if result.output == "timeout" else "killed"
    module, line = f"{module_of(item.mutations[0])}.py", changed_line(result.diff or "")
    if f"`{line}`" in section(f"{module}, elsewhere"):
        return "killed"
    return "equivalent" if f"`{line}`" in section(module) else "survived"


@functools.cache
def section(title: str) -> str:
    """What survivors.md says under a heading."""
    _, _, rest = (HERE / "survivors.md").read_text().partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


def report(db: WorkDB) -> None:
    """The score: of the mutants that differ from the original, how many are noticed."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    left = []
    for item, result in db.completed_work_items:
        (mutation,) = item.mutations
        outcome = outcome_of(item, result)
        for name in (module_of(mutation), "together"):
            counts[name][outcome] += 1
        if outcome == "survived":
            left.append((module_of(mutation), mutation.start_pos, changed_line(result.diff)))
    for name, count in sorted(counts.items()):
        noticed = count["killed"] + count["timed out"]
        print(f"{name}: {dict(count)}, score {noticed / max(noticed + count['survived'], 1):.1%}")
    print(f"not yet tested: {db.num_work_items - db.num_results}")
    for module, (line, column), text in sorted(left):
        print(f"{module}:{line}:{column}: {text}")


def warm_up() -> None:
    """Do here, once, what every fork would do again: first uses, and visits of the collector."""
    torch.set_num_threads(1)
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile(
        "mutation",
        max_examples=10,
        derandomize=True,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.given(hypothesis.strategies.integers())(lambda _: None)()
    gc.freeze()


def main() -> None:
    os.chdir(ROOT)
    STATE.mkdir(exist_ok=True)
    warm_up()
    command, *modules = sys.argv[1:]
    if command == "map":
        draw_map()
        return
    with use_db(STATE / "session.sqlite") as db:
        {"first": first, "second": second, "report": report}[command](db, *modules)


if __name__ == "__main__":
    main()
