"""Programs of several ranks: mpiexec in a process group of its own, which is gone afterwards."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from processes import TESTS, Ran, environment

WORKER = TESTS / "parallel_worker.py"
LIMIT = 60  # seconds, after which ranks wait for each other for ever


def mpiexec() -> str | None:
    """The mpiexec beside this Python, or another one."""
    beside = Path(sys.executable).with_name("mpiexec")
    return str(beside) if beside.exists() else shutil.which("mpiexec")


def _lacks() -> str:
    if importlib.util.find_spec("mpi4py") is None:
        return "mpi4py is not installed: pip install '.[mpi]'"
    if mpiexec() is None:
        return "there is no mpiexec: pip install '.[mpi]'"
    return ""


needs_mpi = pytest.mark.skipif(bool(_lacks()), reason=_lacks())


def start(ranks: int, *args: Any, path: Path | None = None, **changes: str) -> Any:
    """``mpiexec -n ranks python args``, in a process group of its own. `args` with ":" are others,
    each with its own number of ranks: ``start(1, "a.py", ":", 1, "b.py")``."""
    python = sys.executable
    parts, command = [[ranks, *args]], [mpiexec()]
    while ":" in parts[-1]:
        at = parts[-1].index(":")
        parts[-1:] = [parts[-1][:at], parts[-1][at + 1 :]]
    for i, (n, *rest) in enumerate(parts):
        command += [":"] * bool(i) + ["-n", n, python, *rest]
    return subprocess.Popen(
        [*map(str, command)],
        env=environment(path) | changes,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def ended(process: Any, limit: float = LIMIT) -> Ran:
    """What came of it. If it does not end, it is killed, and that is an error."""
    try:
        out, err = process.communicate(timeout=limit)
        return Ran(process.returncode, out, err)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)  # so that mpiexec ends its ranks
        try:
            out, err = process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            out = err = ""
        pytest.fail(f"the ranks have not ended in {limit} seconds:\n{out}\n{err}")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def run(ranks: int, *args: Any, path: Path | None = None, **changes: str) -> Ran:
    """``mpiexec -n ranks python args``, to its end."""
    return ended(start(ranks, *args, path=path, **changes))


def results(ranks: int, folder: Path, program: Path = WORKER) -> list[dict[str, Any]]:
    """What the functions of parallel_worker.py give, on each rank."""
    ran = run(ranks, program, folder)
    assert ran.code == 0, ran.err
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(ranks)]
