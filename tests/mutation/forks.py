"""The tests, run in forks of a process that has imported them already, or all that they import.

A mutant lives in the memory of the fork that tests it; nothing is written. There are two ways to
put it there. One that changes the body of a function is put into the functions of a process that
has imported and collected everything: that takes milliseconds (``Collected``). Any other is
imported in place of the file, and the tests are collected anew (``killer``).
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import _hypothesis_pytestplugin  # noqa: F401 - before the first use of Hypothesis
import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[2]
GIGABYTES = 8
OPTIONS = ["-q", "-n", "0", "--assert=plain", "-p", "no:cacheprovider"]
OPTIONS += ["--hypothesis-profile", "mutation"]
Tell = Callable[[Any], None]


def forked(
    action: Callable[[Tell], int], seconds: float | None, log: Path
) -> tuple[int, list[Any]]:
    """Run ``action(tell)`` in a fork; its exit status, and what it told before it ended.

    It ends at the latest after so many `seconds` of the processor: how busy the machine is does not
    matter, unless it waits for something that never comes.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setsid()
        if seconds is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
            resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30, GIGABYTES << 30))
            signal.alarm(60 + 10 * int(seconds))
        output = os.open(log, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        for stream in (0, 1, 2):
            os.dup2(output, stream)
        status = 99
        try:
            status = action(lambda what: os.write(writer, (json.dumps(what) + "\n").encode()))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    os.close(writer)
    with open(reader) as told:
        lines = [json.loads(line) for line in told]
    return os.waitpid(child, 0)[1], lines


class Selection:
    """A pytest plugin: run these tests in this order (None: all), and tell what happens.

    What it tells of a test: its name, how it ended, and how long the processor was busy with it.
    """

    def __init__(self, chosen: list[str] | None, tell: Tell, cov: Any = None):
        self.chosen, self.tell, self.cov = chosen, tell, cov
        self.began = 0.0

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        if self.chosen is not None:
            found = {item.nodeid: item for item in items}
            items[:] = [found[name] for name in self.chosen if name in found]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.began = time.process_time()
        if self.cov:
            self.cov.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        now = time.process_time()
        self.tell([report.nodeid, report.outcome, now - self.began])
        self.began = now


def run_tests(tell: Tell, files: Iterable[str], chosen: list[str] | None, cov: Any = None) -> int:
    """Run pytest here: up to the first failure, or all of it to measure the coverage."""
    stop = [] if cov else ["-x"]
    return int(pytest.main([*OPTIONS, *stop, *files], plugins=[Selection(chosen, tell, cov)]))


def first_failure(status: int, reports: list[Any]) -> str | None:
    """What a fork says of a mutant: the test that failed, or what else happened, if any did."""
    fine = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    if os.waitstatus_to_exitcode(status) in fine:
        return None
    failed = [name for name, outcome, _ in reports if outcome == "failed"]
    if failed:
        return str(failed[0])
    return "timeout" if os.WIFSIGNALED(status) else "import"


# ----------------------------------------------------------------------- imported instead of a file


def compiled(module: str, source: str) -> CodeType:
    """The code of a module of tinygrad_lr with this text, as if it were that of its file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of SyntaxWarning: 1 is 1
        path = str(ROOT / "tinygrad_lr" / f"{module}.py")
        return compile(source, path, "exec", dont_inherit=True)


class Mutant(SourceFileLoader):
    """Imports one module of tinygrad_lr from a text instead of its file."""

    def __init__(self, module: str, source: str) -> None:
        name = f"tinygrad_lr.{module.replace('/', '.')}"
        super().__init__(name, str(ROOT / "tinygrad_lr" / f"{module}.py"))
        self.code = compiled(module, source)

    def get_code(self, fullname: str) -> Any:
        return self.code

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None


def killer(module: str, source: str, tests: list[str], seconds: float, log: Path) -> str | None:
    """The first of `tests` that fails on the mutant, or what else happens; None if nothing does."""

    def test(tell: Tell) -> int:
        sys.meta_path.insert(0, Mutant(module, source))
        return run_tests(tell, dict.fromkeys(name.partition("::")[0] for name in tests), tests)

    return first_failure(*forked(test, seconds, log))


# ------------------------------------------------------------ put into functions that are there


def place(code: CodeType) -> Any:
    return code.co_qualname, code.co_firstlineno, tuple(code.co_positions())


def parts(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def alone(code: CodeType) -> Any:
    """What a piece of code does, but for the functions inside of it."""
    constants = [c for c in code.co_consts if not isinstance(c, CodeType)]
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    return code.co_code, repr(constants), names, code.co_exceptiontable, len(parts(code))


def new_bodies(old: CodeType, new: CodeType) -> dict[Any, CodeType] | None:
    """By the place of each function that differs its new code; None if more than that differs."""
    is_function = bool(old.co_flags & 1)  # not a module, nor the body of a class
    if alone(old) != alone(new):
        return {place(old): new} if is_function and old.co_freevars == new.co_freevars else None
    found: dict[Any, CodeType] = {}
    for one, other in zip(parts(old), parts(new)):
        inside = new_bodies(one, other)
        if inside is None:
            return {place(old): new} if is_function else None
        found |= inside
    if found and is_function:  # which makes the function inside whenever it is called
        found[place(old)] = new
    return found


def all_bodies(code: CodeType) -> dict[Any, CodeType]:
    """By their places the code of all functions in a module, as it is."""
    inside = [all_bodies(part) for part in parts(code)]
    return {place(code): code} | {where: one for bodies in inside for where, one in bodies.items()}


class Collected:
    """A pytest plugin: instead of running the tests collected, ``judge(self)``."""

    def __init__(self, judge: Callable[[Collected], None]) -> None:
        self.judge = judge

    def pytest_runtestloop(self, session: Any) -> bool:
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        gc.collect()
        self.functions: dict[Any, list[FunctionType]] = {}
        for function in gc.get_objects():
            if type(function) is FunctionType and "tinygrad_lr" in function.__code__.co_filename:
                self.functions.setdefault(place(function.__code__), []).append(function)
        gc.freeze()
        self.judge(self)
        return True

    def killer(
        self, bodies: dict[Any, CodeType], tests: list[str], seconds: float, log: Path
    ) -> str | None:
        """The first of `tests` that fails with these bodies of functions: see `killer` above."""

        def test(tell: Tell) -> int:
            for where, code in bodies.items():
                for function in self.functions.get(where, ()):
                    function.__code__ = code
            plugins = self.session.config.pluginmanager
            plugins.register(Selection(None, tell))
            items = [self.items[name] for name in tests if name in self.items]
            for item, following in zip(items, [*items[1:], None]):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self.session.testsfailed:
                    return int(pytest.ExitCode.TESTS_FAILED)
            return int(pytest.ExitCode.OK)

        return first_failure(*forked(test, seconds, log))


def warm_up() -> None:
    """Import here, once, what every fork would import; and what every first use would set up."""
    import safetensors.numpy
    import torch

    assert safetensors.numpy
    torch.set_num_threads(1)
    hypothesis.settings.register_profile(
        "mutation",
        max_examples=10,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    gc.freeze()
