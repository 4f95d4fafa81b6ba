"""How long to look, and where to compute: the profiles and options of this test suite.

The ordinary run draws 8 examples of every property; ``--hypothesis-profile full`` 25, as the second
step of CI does, ``thorough`` 500, ``few`` 2: that is how it looks at the double of CuPy.
``-m thorough`` runs what the ordinary run leaves out.
``pytest --long`` runs the long runs at full length; ``pytest --device gpu`` computes there.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

# Before NumPy and PyTorch are imported. The products in the tests are small, and a second thread
# waits for its turn in a loop: on a machine whose cores are busy that costs a hundredfold.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["MPLBACKEND"] = "Agg"  # draw without a display; before matplotlib is imported

import pytest
from hypothesis import HealthCheck, settings

EXAMPLES = {"quick": 8, "full": 25, "thorough": 500, "few": 2}

for name, count in EXAMPLES.items():
    settings.register_profile(
        name,
        max_examples=count,
        derandomize=name == "few" or "CI" in os.environ,  # the same ones every time
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")
AT_FIRST = pytest.StashKey[dict[str, Any]]()
BY_IMPORTS = pytest.StashKey[str]()


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("tinygrad_lr")
    group.addoption(
        "--device",
        choices=["cpu", "gpu"],
        default="cpu",
        help="where the operations of the table are tested (tests/test_ops.py)",
    )
    group.addoption(
        "--long",
        action="store_true",
        help="the long runs at full length: 100,000 random programs, 200 kills, ...",
    )


def pytest_configure(config: Any) -> None:
    if config.getoption("--long") and config.option.markexpr == "not thorough":
        config.option.markexpr = ""  # a long run leaves nothing out


def pytest_sessionstart(session: Any) -> None:
    session.config.stash[AT_FIRST] = settings_of_the_process()


def pytest_collection_finish(session: Any) -> None:
    """The thousands of tests stay to the end: no search for garbage need look at them again."""
    session.config.stash[BY_IMPORTS] = changes_since(session.config.stash[AT_FIRST])
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def long(pytestconfig: Any) -> bool:
    """Whether the long runs were asked for."""
    return bool(pytestconfig.getoption("--long"))


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_changed(pytestconfig: Any) -> Iterator[None]:
    """What holds for a whole process is, after each file of tests, what it was before it.

    And to import them changes nothing. (PyTorch's samples load a profile of Hypothesis: all files
    after them drew 50 examples.)
    """
    changed = pytestconfig.stash[BY_IMPORTS]
    assert not changed, f"to import the tests changes\n{changed}"
    before = settings_of_the_process()
    yield
    left = changes_since(before)
    assert not left, f"this file of tests leaves changed\n{left}"


def changes_since(before: dict[str, Any]) -> str:
    """Which settings of the process have changed, a line each."""
    after = settings_of_the_process()
    names = [name for name in before | after if before.get(name) != after.get(name)]
    return "\n".join(f"{name}: {before.get(name)} -> {after.get(name)}" for name in names)


def settings_of_the_process() -> dict[str, Any]:
    """All that a test could change for the next. (Filters of warnings: pytest puts them back.)

    Not the state of random numbers, which every draw changes: a test that needs one sets it.
    """
    import numpy as np

    import tinygrad_lr as tg
    from tinygrad_lr import versions
    from tinygrad_lr.capture import noting
    from tinygrad_lr.graph import Node
    from tinygrad_lr.modes import mode
    from tinygrad_lr.nn import Module

    torch = sys.modules.get("torch")
    others = ("PYTEST_CURRENT_TEST", "TORCHINDUCTOR", "_TORCHINDUCTOR")  # of pytest and PyTorch
    environ = {f"os.environ[{k!r}]": v for k, v in os.environ.items() if not k.startswith(others)}
    return environ | {
        "Hypothesis' profile": settings.get_current_profile_name(),
        "recording": mode.recording,
        "default dtype": tg.get_default_dtype(),
        "default device": tg.get_default_device(),
        "anomalies": tg.autograd.is_anomaly_enabled(),
        "threads": tg.get_num_threads(),
        "deterministic": tg.are_deterministic_algorithms_enabled(),
        "how Tensors are printed": tg.get_printoptions(),
        "the capture under way": dict(noting._turn),
        "who adds gradients": repr(versions.delivery).split()[0],
        "Node and Module, watched": (Node.__init__, Module.__call__),
        "PyTorch": (torch.is_grad_enabled(), str(torch.get_default_dtype()))
        if torch
        else (True, "torch.float32"),
        "NumPy's errors": (np.geterr(), np.geterrcall()),
        "how NumPy prints": np.get_printoptions(),
        "the folder": os.getcwd(),
        "sys.path": [p for p in sys.path if not p.endswith("_vendor")],  # setuptools adds its own
        "hooks of errors": (sys.excepthook, threading.excepthook, sys.unraisablehook),
        "hooks of tracing": (sys.gettrace(), sys.getprofile()),
        "the interpreter": (sys.getswitchinterval(), gc.isenabled()),
        "signals": (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)),
    }
