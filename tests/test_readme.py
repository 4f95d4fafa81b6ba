"""The README says nothing that does not run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import tinygrad_lr as tg
from tinygrad_lr import ops

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_its_sessions_print_what_they_say() -> None:
    results = doctest.testfile(
        str(ROOT / "README.md"),
        module_relative=False,
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert results.attempted > 20
    assert results.failed == 0


def test_its_entry_of_the_table_is_the_table_s() -> None:
    (entry,) = re.findall(r"```python\n(mul = Op\(.*?\n\)\n)```", README, re.DOTALL)
    namespace = {"Op": tg.Op, "BROADCAST": ops.BROADCAST}
    exec(entry, namespace)
    shown = namespace["mul"]
    for here, there in zip((shown.forward, *shown.rules), (ops.mul.forward, *ops.mul.rules)):
        assert here.__code__.co_code == there.__code__.co_code


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_its_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_ci_runs_its_test_command() -> None:
    command = re.search(r"pip install -e ('\.\[test\]').*\.venv/bin/pytest", README)
    assert command is not None
    ci = (ROOT / ".ci/run").read_text()
    assert f"install --quiet -e {command[1]}" in ci
    assert "bin/pytest" in ci
