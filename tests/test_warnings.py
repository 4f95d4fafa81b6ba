"""A warning names the line of the user, by whatever way it came there; NumPy's warnings too."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.utils.data import random_split

HOUSE = Path(tg.__file__).parent
F = nn.functional


class Net(nn.Module):
    def forward(self, x: tg.Tensor) -> tg.Tensor:
        return F.softmax(x)


def schedule(kind: Any = optim.lr_scheduler.ConstantLR, **options: Any) -> Any:
    return kind(optim.SGD([nn.Parameter(tg.ones(2))], lr=0.1), **options)


def not_a_leaf() -> tg.Tensor:
    return tg.ones(2, requires_grad=True) * 2


CASES: dict[str, Callable[[], object]] = {
    "softmax": lambda: F.softmax(tg.ones(2)),
    "log_softmax": lambda: F.log_softmax(tg.ones(2)),
    "Softmax": lambda: nn.Softmax()(tg.ones(2)),
    "in a Sequential": lambda: nn.Sequential(nn.Softmin())(tg.ones(2)),
    "in a module of one's own": lambda: nn.Sequential(Net())(tg.ones(2)),
    "size_average": lambda: F.mse_loss(tg.ones(2), tg.ones(2), size_average=True),
    "of a module": lambda: nn.L1Loss(reduce=False),
    "kl_div": lambda: F.kl_div(tg.ones(2).log(), tg.ones(2)),
    "KLDivLoss": lambda: nn.KLDivLoss()(tg.ones(2).log(), tg.ones(2)),
    "init of a layer": lambda: nn.init.kaiming_uniform_(tg.empty(0, 2)),
    "trunc_normal_": lambda: nn.init.trunc_normal_(tg.empty(2), mean=9.0),
    "clip_grad_norm_": lambda: nn.utils.clip_grad_norm_(iter([]), 1.0),
    "a property": lambda: not_a_leaf().grad,
    "a property by its name": lambda: getattr(not_a_leaf(), "grad"),  # noqa: B009
    "detect_anomaly": lambda: tg.autograd.detect_anomaly(),
    "range": lambda: tg.range(3),
    "meshgrid": lambda: tg.meshgrid(tg.ones(2), tg.ones(2)),
    "step": lambda: optim.SGD([nn.Parameter(tg.ones(2))], lr=0.1).step(),
    "step of Adam": lambda: optim.Adam([nn.Parameter(tg.ones(2))]).step(),
    "step of a schedule": lambda: schedule().step(),
    "of an epoch": lambda: schedule().step(3),
    "on a plateau": lambda: schedule(optim.lr_scheduler.ReduceLROnPlateau).step(1.0, 3),
    "get_lr": lambda: schedule(optim.lr_scheduler.LinearLR).get_lr(),
    "get_lr of StepLR": lambda: schedule(optim.lr_scheduler.StepLR, step_size=1).get_lr(),
    "random_split": lambda: random_split([1, 2], [0.9, 0.1]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_warning_of_ours_names_the_line_of_the_user(case: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        CASES[case]()
    assert caught
    assert {warning.filename for warning in caught} == {__file__}


def texts() -> list[str]:
    """How the text of each warning begins that the package's source holds."""
    found = []
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "warn":
                text = node.args[0]
                first = text.values[0] if isinstance(text, ast.JoinedStr) else text
                found.append(ast.literal_eval(first) if isinstance(first, ast.Constant) else "")
    return found


def test_each_warning_of_the_package_is_in_the_table() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for case in CASES.values():
            case()
    said, wanted = [str(warning.message) for warning in caught], texts()
    assert len(wanted) > 12
    assert [text for text in wanted if not any(text in words for words in said)] == []


def test_none_goes_another_way() -> None:
    for path in HOUSE.rglob("*.py"):
        if path.name != "warned.py":
            assert "warnings.warn" not in path.read_text(encoding="utf-8"), path


# ------------------------------------------------------------------------------------------ NumPy's

SCRIPT = """
import threading
import numpy as np
import tinygrad_lr as tg
from tinygrad_lr import nn, optim
x, y = tg.zeros(3), tg.zeros(3, requires_grad=True)
large = tg.full((3,), 3e38)
x.log()  # here
1 / x  # here
tg.exp(large)  # here
large.square().sum()  # here
y.sqrt().sum().backward()  # here
root = y.sqrt().sum()
root.backward()  # here
tg.autograd.grad(y.sqrt().sum(), y, create_graph=True)  # here
x.clone().div_(0)  # here
z = x.clone()
z /= 0  # here
tg.linalg.norm(large)  # here
tg.zeros(2) // 0  # here

class Net(nn.Module):
    def forward(self, x):
        return x.log()  # here

nn.Sequential(Net(), nn.ReLU())(x)
p = nn.Parameter(tg.ones(2))
p.grad = tg.full((2,), 3e38)
optim.SGD([p], lr=1e38).step()  # here
optim.Adam([p]).step()  # here
step = tg.jit.trace(lambda x: (1 / x).sum())
step(tg.ones(3))
step(x)  # here

def work():
    x.log()  # here

thread = threading.Thread(target=work)
thread.start()
thread.join()

@tg.no_grad()
def decorated():
    return x.log()  # here

decorated()
own = tg.Op("own", lambda a: np.log(a), lambda g, y, a: g / a)  # here
own(x)
np.log(np.zeros(2))  # here
for _ in range(3):
    x.log()  # here
with np.errstate(divide="ignore"):
    x.log()
"""
HERE = [n for n, line in enumerate(SCRIPT.splitlines(), 1) if line.endswith("# here")]


def run(script: str, tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    place = tmp_path / "script.py"
    place.write_text(script, encoding="utf-8")
    command = [sys.executable, *options, str(place)]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)


def lines_named(stderr: str) -> list[int]:
    """The lines of the script that warnings name; that of another file is 0."""
    found = re.findall(r"^(.*):(\d+): RuntimeWarning: ", stderr, re.MULTILINE)
    return sorted({int(line) if file.endswith("script.py") else 0 for file, line in found})


@pytest.mark.parametrize("options", [[], ["-Walways"], ["-Wdefault::RuntimeWarning:__main__"]])
def test_a_warning_of_numpys_names_the_line_of_the_user(options: list[str], tmp_path: Path) -> None:
    done = run(SCRIPT, tmp_path, *options)
    assert done.returncode == 0, done.stderr
    assert lines_named(done.stderr) == HERE, done.stderr


def test_each_line_is_warned_of_once(tmp_path: Path) -> None:
    told = run(SCRIPT, tmp_path).stderr.count("RuntimeWarning: divide by zero encountered in log")
    assert told == sum("log(" in line and line.endswith("# here") for line in SCRIPT.splitlines())


def test_filters_of_the_users_hold_for_the_users_lines(tmp_path: Path) -> None:
    before = "import warnings\nwarnings.filterwarnings('ignore', category=RuntimeWarning)\n"
    assert run(before + SCRIPT, tmp_path).stderr == ""
    assert run(SCRIPT, tmp_path, "-Wignore::RuntimeWarning:__main__").stderr == ""
    later = SCRIPT + "\nwarnings.filterwarnings('error', module='__main__')\nx.log()\n"
    done = run("import warnings" + later, tmp_path)
    assert "RuntimeWarning: divide by zero encountered in log" in done.stderr.splitlines()[-1]
    assert done.returncode == 1


def test_settings_of_numpys_hold(tmp_path: Path) -> None:
    begin = "import numpy as np, tinygrad_lr as tg\nassert 'call' not in np.geterr().values()\n"
    quiet = run(begin + "np.seterr(all='ignore')\ntg.zeros(2).log()\n", tmp_path)
    assert (quiet.returncode, quiet.stderr) == (0, "")
    loud = run(begin + "np.seterr(all='raise')\ntg.zeros(2).log()\n", tmp_path)
    assert loud.stderr.endswith("FloatingPointError: divide by zero encountered in log\n")
    called = "np.seterrcall(lambda kind, flag: print(kind))\nnp.seterr(all='call')\n"
    assert run(begin + called + "tg.zeros(2).log()\n", tmp_path).stdout == "divide by zero\n"


def test_imported_twice_it_is_said_once(tmp_path: Path) -> None:
    again = """
import sys
import tinygrad_lr
for name in [name for name in sys.modules if name.startswith("tinygrad_lr")]:
    del sys.modules[name]
import tinygrad_lr as tg
tg.zeros(2).log()
"""
    done = run(again, tmp_path)
    assert lines_named(done.stderr) == [7], done.stderr
    assert done.stderr.count("RuntimeWarning") == 1
