"""Contestants of a training loop, each in a process of its own; they take turns all the same.

PyTorch, JAX and NumPy's OpenBLAS each bring threads that wait for work by spinning, and objects
that Python's garbage collector looks through. In one process everyone would pay for everyone. Here
a process sleeps until it is told how many steps to do, does them, says how long they took, and
sleeps again: only one is ever awake, and it has all the cores.

`python -m benchmarks.steps LOOP NAME STEPS` is what runs there.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from typing import Any

import numpy as np

from benchmarks.contestants import Outcome
from benchmarks.report import ROOT


class Gone(SystemExit):
    """A contestant cannot take part: why, in its own last words."""


class Served:
    """A contestant in a process of its own, which has trained for `checked` steps.

    `outcome` is what that led to, `first` the seconds of its first call, compiling included.
    """

    first: float
    outcome: Outcome

    def __init__(self, loop: str, name: str, checked: int) -> None:
        self._name = name
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.steps", loop, name, str(checked)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        try:
            said = self._answer()
        except BaseException:
            self.close()
            raise
        self.first = said["first"]
        self.outcome = said["losses"], [np.array(w, np.float32) for w in said["weights"]]

    def turn(self, count: int) -> float:
        """Seconds that `count` steps took."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended: see _answer
            print(count, file=self._process.stdin, flush=True)
        seconds: float = self._answer()
        return seconds

    def close(self) -> None:
        """End the process. What its library would do in its last moments is no concern of ours."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            return json.loads(line)
        self._errors.seek(0)
        words = self._errors.read().strip().splitlines() or ["it ended without a word"]
        raise Gone(f"{self._name}: {words[-1]}")
