"""Programs as a person runs them: a Python in a process of its own, and what comes of it."""

from __future__ import annotations

import importlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest

TESTS = Path(__file__).parent
EXAMPLES = TESTS.parent / "examples"
DOUBLE = TESTS / "cupy_double"
LIMIT = 120  # seconds after which a process counts as hanging


class Ran(NamedTuple):
    """A process that has ended. What its terminal got is in `out`."""

    code: int
    out: str
    err: str


def environment(path: Path | None = None) -> dict[str, str]:
    """Ours, with the folder `path` the first where modules are looked for."""
    folders = [str(path) if path else None, os.environ.get("PYTHONPATH")]
    changes = {
        "OPENBLAS_NUM_THREADS": "1",  # a second thread waits in a loop, on a core that others use
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, folders)),
        "PYTHONIOENCODING": "utf-8",
    }
    return {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")} | changes


def python(
    *args: Any, path: Path | None = None, cwd: Path | None = None, limit: float = LIMIT
) -> Ran:
    run = subprocess.run(
        [sys.executable, *map(str, args)],
        env=environment(path),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=limit,
        check=False,
    )
    return Ran(run.returncode, run.stdout, run.stderr)


_read: dict[Any, Any] = {}  # the data sets of the examples, which are only read


@contextmanager
def imported(program: str) -> Iterator[Any]:
    """An example as a module, which reads its data once for all tests of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        module = importlib.import_module(program)
        common = sys.modules["common"]

        def load_once(kind: Any, root: Path, *hint: str, **options: Any) -> Any:
            if root != common.DATA or "download" in options:
                return load(kind, root, *hint, **options)
            key = kind, options["train"], type(options["transform"])
            if key not in _read:
                _read[key] = load(kind, root, **options)
            return _read[key]

        load = common.load_or_fail
        patch.setattr(common, "load_or_fail", load_once)
        yield module


def called(program: str, *args: Any) -> Ran:
    """What ``python examples/program.py args`` prints, and ends with, in this process.

    For what is no matter of processes: each costs half a second, and with a picture one more.
    """
    out, err, code = io.StringIO(), io.StringIO(), 0
    with imported(program) as module, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [str(EXAMPLES / f"{program}.py"), *map(str, args)])
        with redirect_stdout(out), redirect_stderr(err):
            try:
                sys.modules["common"].run(module.main)
            except SystemExit as end:
                code = end.code or 0
    return Ran(code, out.getvalue(), err.getvalue())
