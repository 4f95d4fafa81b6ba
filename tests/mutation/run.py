"""Mutation tests: which mistakes in the engine and in the table would no test notice?

cosmic-ray makes the mistakes, one at a time (`+` becomes `-`, 1 becomes 2, a decorator is gone);
the tests are run on each of these mutants, and should fail. From any folder, with ``pip install
cosmic-ray coverage`` beside what the tests need:

    python tests/mutation/run.py map              # which test runs which line, and how long
    python tests/mutation/run.py first            # every mutant, against the tests nearest to it
    python tests/mutation/run.py first ops losses # those of some modules only
    python tests/mutation/run.py report           # the score, and what is left

Of what is left, each is no mistake at all, and goes to survivors.md with the reason, or wants a
test. When there are new tests:

    python tests/mutation/run.py map
    python tests/mutation/run.py second           # what is left, against all tests of the map
    python tests/mutation/run.py map --double     # the same with the suites for a GPU,
    python tests/mutation/run.py second --double  # on the double of CuPy (tests/cupy_double)

A pass may be interrupted and started again. What is known is kept in the folder .mutation, apart
for each state of the sources. Nothing else in the checkout is written: a mutant lives in the memory
of the process that tests it (forks.py).
"""

from __future__ import annotations

import argparse
import difflib
import functools
import hashlib
import importlib
import json
import os
import sys
from collections import Counter, defaultdict
from itertools import accumulate
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = str(ROOT)  # of the programs that tests start

SECONDS = 3.0  # of the processor, for the tests of one mutant in the first pass
SECOND = 12.0  # and in the second
OVERHEAD = 0.004  # of which pytest takes so many for each test


def tests(*patterns: str) -> list[str]:
    found = {path for pattern in patterns for path in ROOT.glob(f"tests/test_{pattern}.py")}
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


ENGINE = tests("autograd*", "graph*", "higher_orders", "op", "own_ops", "hooks", "recording")
INPLACE = tests("inplace*", "views", "view_programs")
CAPTURE = tests("capture*")
JIT = tests("jit_*")
OPTIM = tests("optim*", "training")
TABLE = tests(
    "ops", "ops_points", "elementwise", "float16", "indexing", "derivatives", "promotion", "numbers"
)
# The modules, in the order in which they are gone through, and the files of tests nearest to each.
NEAREST = {
    "graph": [*ENGINE, *INPLACE],
    "autograd": ENGINE,
    "ops": TABLE,
    "losses": tests("ops", "ops_points", "functions", "nn_functional", "nn"),
    "versions": [*INPLACE, *tests("threads", "exchange"), *ENGINE],
    "forms": tests("op", "own_ops", "ops"),
    "sums": tests("sums", "ops"),
    "optim/sgd": OPTIM,
    "inplace": [
        *INPLACE,
        *tests("op", "threads", "exchange", "numbers", "indexing", "elementwise"),
    ],
    "optim/optimizer": OPTIM,
    "jit/forms": JIT,
    "jit/lines": JIT,
    "jit/program": [*JIT, *CAPTURE],
    "jit/trace": [*JIT, *CAPTURE],
    "capture/generators": [*CAPTURE, *JIT],
    "capture/noting": [*CAPTURE, *JIT],
    "capture/situation": [*CAPTURE, *JIT],
    "capture/step": [*CAPTURE, *JIT],
    "capture/usual": [*CAPTURE, *JIT],
}
ON_THE_DOUBLE = [f"tests/{name}_suite.py" for name in ("device", "crossings", "capture")]
ON_THE_DOUBLE += tests("capture_steps")


def digest(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


def read(module: str) -> str:
    return (ROOT / "tinygrad_lr" / f"{module}.py").read_text()


STATE = ROOT / ".mutation" / digest(*sorted(ROOT.glob("tinygrad_lr/**/*.py")))
LOG, MAP = STATE / f"{os.getpid()}.log", STATE / "map.json"
DATABASE = STATE / "session.sqlite"

# ------------------------------------------------------------------------ which test runs what line


def draw_map(modules: list[str]) -> None:
    """Note of every test near to these modules how long it takes, and of every line which run it.

    What has been noted of other tests stays; a file that is as it was is not run again.
    """
    known = read_map()
    texts = {file: digest(ROOT / file) for module in modules for file in NEAREST[module]}
    files = [file for file in sorted(texts) if known["files"].get(file) != texts[file]]
    if not files:
        return

    def measure(tell: Any) -> int:
        cov = coverage.Coverage(
            STATE / f"{MAP.stem}.coverage", include=["*/tinygrad_lr/*"], config_file=False
        )
        cov.start()
        cov.switch_context("import")
        for module in NEAREST:
            importlib.import_module(f"tinygrad_lr.{module.replace('/', '.')}")
        cov.switch_context("")
        status = forks.run_tests(tell, files, None, cov)
        cov.stop()
        cov.save()
        return status

    status, reports = forks.forked(measure, None, STATE / f"{MAP.stem}.log")
    failed = {name for name, outcome, _ in reports if outcome == "failed"}
    if status and not failed:
        raise SystemExit(f"the tests could not be run: see {STATE}/{MAP.stem}.log")
    if failed:
        print(f"these fail without a mutant, and are left out: {', '.join(sorted(failed))}")
    seconds = known["seconds"] | {name: 0.0 for name, _, _ in reports if name not in failed}
    for name, _, duration in reports:
        if name in seconds:
            seconds[name] += duration
    data = coverage.CoverageData(str(STATE / f"{MAP.stem}.coverage"))
    data.read()
    lines = known["lines"]
    for path in data.measured_files():
        module = path.rpartition("/tinygrad_lr/")[2].removesuffix(".py")
        if module in NEAREST:
            there = lines.setdefault(module, {})
            for line, tests in data.contexts_by_lineno(path).items():
                there[str(line)] = sorted({*there.get(str(line), ()), *tests})
    known = {"seconds": seconds, "lines": lines, "files": known["files"] | texts}
    MAP.write_text(json.dumps(known))
    print(f"{len(seconds)} tests, {sum(seconds.values()):.0f} s of the processor")


def read_map() -> Any:
    return (
        json.loads(MAP.read_text()) if MAP.exists() else {"seconds": {}, "lines": {}, "files": {}}
    )


def file_of(test: str) -> str:
    return test.partition("::")[0]


class Map:
    """What ``draw_map`` found, and from mutant to mutant which tests have been good at it."""

    def __init__(self) -> None:
        if not MAP.exists():
            raise SystemExit("There is no map of these sources yet: run.py map")
        known = read_map()
        self.seconds = {name: s + OVERHEAD for name, s in known["seconds"].items()}
        self.lines: dict[str, dict[str, list[str]]] = known["lines"]
        self.kills: dict[Any, Counter[str]] = defaultdict(Counter)
        self.spans = {module: list(mutants.spans(read(module))) for module in NEAREST}

    def around(self, module: str, line: int) -> range:
        """The lines of the smallest function around a line; none if it is outside of all."""
        return min((s for s in self.spans[module] if line in s), key=len, default=range(0))

    def tests(self, module: str, line: int) -> list[str]:
        """The tests that go through a line, as far as is known.

        Of a line that no test goes through by itself (the middle of a statement, a default), those
        that go through the function around it. What is outside of all functions runs with every
        import: all tests.
        """
        lines = self.lines[module]
        inside = {test for n in self.around(module, line) for test in lines.get(str(n), ())}
        for found in (lines.get(str(line), ()), inside):
            if tests := [test for test in found if test in self.seconds]:
                return tests
        return [*self.seconds]

    def at_import(self, module: str, line: int) -> bool:
        """Whether the function around a line runs when tinygrad_lr is imported, too."""
        inside = [*self.around(module, line)][1:]
        return any("import" in self.lines[module].get(str(n), ()) for n in inside)

    def chosen(
        self, module: str, line: int, limit: float, files: list[str]
    ) -> tuple[list[str], float]:
        """Those tests, or as many as take `limit` seconds; and how many they take.

        First those that have killed a mutant of the same function, then those in the files nearest
        to the module; of each the quickest first.
        """
        good = self.kills[module, self.around(module, line)]

        def key(test: str) -> Any:
            return -good[test], file_of(test) not in NEAREST[module], self.seconds[test]

        ordered = sorted((t for t in self.tests(module, line) if file_of(t) in files), key=key)
        return self.within(ordered, limit)

    def cheapest(self, files: list[str]) -> tuple[list[str], float]:
        """Of the tests in these files the quickest, some seconds of them; and how many."""
        ordered = sorted((t for t in self.seconds if file_of(t) in files), key=self.seconds.get)
        return self.within(ordered, 3.0)

    def within(self, tests: list[str], limit: float) -> tuple[list[str], float]:
        """As many of `tests` as take `limit` seconds; and how many they take."""
        sums = accumulate(map(self.seconds.__getitem__, tests))
        chosen = [test for test, total in zip(tests, sums) if total < limit]
        return chosen, sum(map(self.seconds.__getitem__, chosen))

    def learn(self, module: str, line: int, test: str | None) -> None:
        """Remember which test has killed a mutant."""
        if test in self.seconds:
            self.kills[module, self.around(module, line)][str(test)] += 1


# --------------------------------------------------------------------------------------- the passes


class Pass:
    """One after the other, the mutants: first those of a function's body, then all others."""

    def __init__(self, db: Any, items: list[Any], limit: float) -> None:
        self.db, self.items, self.limit = db, items, limit
        self.known = Map()
        modules = {mutants.place(item)[0] for item in items}
        self.files = sorted({file for module in modules for file in NEAREST[module]})
        for item, result in db.completed_work_items:
            self.known.learn(*mutants.place(item), result.output)

    def run(self) -> None:
        status, done = forks.forked(self._collected, None, STATE / "collected.log")
        if status:
            raise SystemExit(f"the tests could not be collected: see {STATE}/collected.log")
        for item in self.items:
            if item.job_id not in done:
                self._test(item, None)
        LOG.unlink(missing_ok=True)

    def _collected(self, tell: Any) -> int:
        import pytest

        def judge(collected: Any) -> None:
            for module in {mutants.place(item)[0] for item in self.items}:
                bodies = forks.all_bodies(forks.compiled(module, read(module)))
                tests, spent = self.known.cheapest(NEAREST[module])
                if by := collected.killer(bodies, tests, 10 + 5 * spent, LOG):
                    raise RuntimeError(f"without a mutant in {module}: {by}, see {LOG}")
            with mutants.database(DATABASE) as self.db:  # not by the parent's connection
                for item in self.items:
                    if self._test(item, collected):
                        tell(item.job_id)

        return int(pytest.main([*forks.OPTIONS, *self.files], plugins=[forks.Collected(judge)]))

    def _test(self, item: Any, collected: Any) -> bool:
        """Test a mutant in what has been `collected`, if that can be; or in a fork of its own."""
        module, line = mutants.place(item)
        source = read(module)
        mutant = mutants.mutated(source, item)
        if reason := mutants.why_not(source, mutant):
            return self._note(item, "skipped", reason, "")
        if collected is None:
            tests, spent = self.known.chosen(module, line, self.limit, NEAREST[module])
            by = forks.killer(module, mutant, tests, 60 + 3 * spent, LOG)
        else:
            bodies = forks.new_bodies(*(forks.compiled(module, text) for text in (source, mutant)))
            if bodies is None:
                return False
            tests, spent = self.known.chosen(module, line, self.limit, self.files)
            by = collected.killer(bodies, tests, 4 + 3 * spent, LOG)
            if by is None and self.known.at_import(module, line):
                return False
        self.known.learn(module, line, by)
        diff = difflib.unified_diff(source.split("\n"), mutant.split("\n"), lineterm="", n=1)
        return self._note(item, "killed" if by else "survived", by, "\n".join(diff))

    def _note(self, item: Any, outcome: str, output: Any, diff: str) -> bool:
        self.db.set_result(item.job_id, mutants.result(outcome, output, diff))
        module, line = mutants.place(item)
        with open(STATE / "pass.log", "a") as log:
            what = mutants.changed_line(diff) if diff else ""
            print(f"{module}:{line} {outcome} {output}: {what}", file=log)
        return True


def in_order(item: Any) -> Any:
    """Module by module, from top to bottom; but last what hardly anybody writes by mistake."""
    module, _ = mutants.place(item)
    (mutation,) = item.mutations
    return [*NEAREST].index(module), mutants.is_rare(mutation), mutation.start_pos


def first(db: Any, modules: list[str]) -> None:
    mutants.make(db, NEAREST)
    pending = [i for i in db.pending_work_items if mutants.place(i)[0] in modules]
    Pass(db, sorted(pending, key=in_order), SECONDS).run()


def second(db: Any, modules: list[str]) -> None:
    left = [i for i, r in db.completed_work_items if outcome_of(i, r) == "survived"]
    left = [i for i in left if mutants.place(i)[0] in modules]
    Pass(db, sorted(left, key=in_order), SECOND).run()


# --------------------------------------------------------------------------------------- the report


def outcome_of(item: Any, result: Any) -> str:
    outcome = mutants.outcome(result)
    if outcome != "survived":
        return outcome
    module, line = f"{mutants.place(item)[0]}.py", bare(mutants.changed_line(result.diff or ""))
    if line in section(f"{module}, elsewhere"):
        return "killed"
    return "equivalent" if line in section(module) else "survived"


def bare(line: str) -> str:
    return line.partition("  # ")[0]


@functools.cache
def section(title: str) -> set[str]:
    """The lines that survivors.md lists under a heading, without their comments."""
    _, _, rest = (HERE / "survivors.md").read_text().partition(f"\n## {title}\n")
    listed = rest.partition("\n## ")[0].splitlines()
    return {bare(line[5:-1] + " ").rstrip() for line in listed if line.startswith("  - `")}


def report(db: Any, modules: list[str]) -> None:
    """The score: of the mutants that differ from the original, how many are noticed."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    left = []
    for item, result in db.completed_work_items:
        outcome, (module, line) = outcome_of(item, result), mutants.place(item)
        if module in modules:
            for name in (module, "together"):
                counts[name][outcome] += 1
            if outcome == "survived":
                left.append((module, line, mutants.changed_line(result.diff)))
    for name in [*filter(counts.get, NEAREST), *filter(counts.get, ["together"])]:
        count = counts[name]
        noticed = count["killed"] + count["timed out"]
        print(f"{name}: {dict(count)}, score {noticed / max(noticed + count['survived'], 1):.1%}")
    pending = Counter(mutants.place(item)[0] for item in db.pending_work_items)
    print(f"not yet tested: {dict(pending) or 'none'}")
    for module, line, text in sorted(left):
        print(f"{module}:{line}: {text}")


# --------------------------------------------------------------------------------- the command line


def arguments() -> argparse.Namespace:
    said = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    said.add_argument("command", choices=["map", "first", "second", "report"])
    said.add_argument(
        "modules", nargs="*", metavar="module", help=f"some of: {', '.join(NEAREST)} (default: all)"
    )
    said.add_argument("--double", action="store_true", help="with the suites for a GPU")
    given = said.parse_intermixed_args()
    if unknown := [module for module in given.modules if module not in NEAREST]:
        said.error(f"no module to mutate: {', '.join(unknown)}; there are {', '.join(NEAREST)}")
    given.modules = given.modules or [*NEAREST]
    return given


def use_the_double() -> None:
    """From here on run the suites for a GPU, on the double of CuPy, and no other tests."""
    global NEAREST, MAP
    sys.path.insert(0, str(ROOT / "tests/cupy_double"))
    os.environ["PYTHONPATH"] += f":{ROOT}/tests/cupy_double"
    forks.OPTIONS.append("--device=gpu")
    NEAREST, MAP = dict.fromkeys(NEAREST, ON_THE_DOUBLE), STATE / "map-double.json"


def main() -> None:
    given = arguments()
    STATE.mkdir(parents=True, exist_ok=True)
    if given.double:
        use_the_double()
    if given.command == "map":
        forks.warm_up()
        return draw_map(given.modules)
    with mutants.database(DATABASE) as db:
        if given.command != "report":
            forks.warm_up()
        {"first": first, "second": second, "report": report}[given.command](db, given.modules)


if __name__ == "__main__":
    arguments()
    try:
        import coverage
        import forks
        import mutants
    except ModuleNotFoundError as error:
        raise SystemExit(f"{error}: pip install cosmic-ray coverage, and .[test]") from None
    main()
