"""The README says nothing that does not run."""

from __future__ import annotations

import doctest
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import tinygrad_lr as tg
from tinygrad_lr import ops, testing

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
TESTS = (ROOT / "tests" / "README.md").read_text()
RESULTS = (ROOT / "benchmarks" / "RESULTS.md").read_text()


def test_its_sessions_print_what_they_say() -> None:
    results = doctest.testfile(
        str(ROOT / "README.md"),
        module_relative=False,
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert results.attempted > 4
    assert results.failed == 0


def test_its_entry_of_the_table_is_the_table_s() -> None:
    (entry,) = re.findall(r"```python\n(mul = Op\(.*?\n\)\n)```", README, re.DOTALL)
    namespace = {"Op": tg.Op, "BROADCAST": ops.BROADCAST}
    exec(entry, namespace)
    shown = namespace["mul"]
    for here, there in zip((shown.forward, *shown.rules), (ops.mul.forward, *ops.mul.rules)):
        assert here.__code__.co_code == there.__code__.co_code


LINK = r"\]\(([^)#:]+)\)|^\[\w+\]: ([^:]+)$"
LINKS = [
    (place, "".join(found))
    for place, words in ((ROOT, README), (ROOT / "tests", TESTS))
    for found in re.findall(LINK, words, re.MULTILINE)
]


@pytest.mark.parametrize(("place", "link"), LINKS)
def test_its_links_lead_somewhere(place: Path, link: str) -> None:
    assert (place / link).exists()


def test_it_is_read_in_minutes() -> None:
    lines = README.splitlines()
    assert len(lines) <= 250
    assert max(map(len, lines)) <= 100


def block(start: str) -> str:
    """Its Python that begins with `start`."""
    (found,) = re.findall(rf"```python\n({re.escape(start)}.*?)```", README, re.DOTALL)
    return str(found)


def test_its_training_on_data_of_one_s_own_predicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    tg.manual_seed(0)
    exec(block("import numpy as np\nimport tinygrad_lr"), {})
    assert capsys.readouterr().out == "tensor([1, 0])\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "model.safetensors"]


def test_its_operation_passes_and_the_slip_in_it_is_found_as_it_says() -> None:
    code = block("import numpy as np\nfrom tinygrad_lr import Op")
    right: dict[str, Any] = {}
    exec(code, right)
    testing.check_op(right["softplus"], testing.unary(), examples=5)
    wrong: dict[str, Any] = {}
    exec(code.replace("ops.sigmoid(a)", "ops.sigmoid(-a)"), wrong)
    with pytest.raises(testing.Wrong) as raised:
        testing.check_op(wrong["softplus"], testing.unary(), only="derivative")
    (line,) = re.findall(r"`(testing\.check_op\(softplus.*?)`", README)
    assert str(raised.value).splitlines()[-1].strip() == line


@pytest.mark.parametrize(
    ("row", "section"),
    [
        ("784-10, batch 100", "Training step, logistic"),
        ("784-100-10, batch 128", "Training step, sigmoid"),
    ],
)
def test_its_times_are_those_of_the_last_complete_run(row: str, section: str) -> None:
    (shown,) = re.findall(rf"^\| {row} \|(.*)\|$", README, re.MULTILINE)
    measured = RESULTS[RESULTS.index(f"## {section}") :].split("\n## ")[0]
    names = ("tinygrad_lr", "tinygrad_lr, traced", "by hand", "PyTorch eager")
    times = [re.findall(rf"^\| {name} +\|.*?(\S+) \|$", measured, re.MULTILINE) for name in names]
    assert [cell.strip() for cell in shown.split("|")] == [time for (time,) in times]
    (date,) = re.findall(r"- date: +(.*)", RESULTS)
    assert date in README


def test_its_build_of_pytorch_is_the_one_that_the_tests_ask_for() -> None:
    """With another, pip would fetch the one with CUDA after all."""
    (installed,) = re.findall(r"pip install (torch\S*) --index-url", README)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert installed in project["optional-dependencies"]["test"]


def test_ci_runs_its_test_command() -> None:
    command = re.search(r"pip install -e ('\.\[test\]').*\.venv/bin/pytest", README)
    assert command is not None
    ci = (ROOT / ".ci/run").read_text()
    assert f"install --quiet -e {command[1]}" in ci
    assert "bin/pytest" in ci
