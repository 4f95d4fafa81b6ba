"""How long to look, and where to compute: the profiles and options of this test suite.

The ordinary run draws 8 examples of every property; ``--hypothesis-profile full`` 25, as the second
step of CI does, ``thorough`` 500, ``few`` 2: that is how it looks at the double of CuPy.
``-m thorough`` runs what the ordinary run leaves out.
``pytest --long`` runs the long runs at full length; ``pytest --device gpu`` computes there.
"""

from __future__ import annotations

import gc
import os
from typing import Any

# Before NumPy and PyTorch are imported. The products in the tests are small, and a second thread
# waits for its turn in a loop: on a machine whose cores are busy that costs a hundredfold.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

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


def pytest_collection_finish() -> None:
    """The thousands of tests stay to the end: no search for garbage need look at them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def long(pytestconfig: Any) -> bool:
    """Whether the long runs were asked for."""
    return bool(pytestconfig.getoption("--long"))
