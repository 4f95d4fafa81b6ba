"""Programs as a person runs them: a Python in a process of its own, and what comes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

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
