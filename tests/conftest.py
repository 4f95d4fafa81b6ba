"""How long to look, and where to compute: the profiles and options of this test suite.

``pytest --hypothesis-profile thorough`` draws twenty times as many examples of every property,
``few`` a fifth of them: that is how the ordinary run looks at the double of CuPy.
``pytest --long`` runs the long runs at full length; ``pytest --device gpu`` computes there.
"""

from __future__ import annotations

import os
from typing import Any

# Before NumPy is imported. The products in the tests are small, and a second BLAS thread waits for
# its turn in a loop: on a machine whose cores are busy that costs a hundredfold.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("quick", max_examples=25, **COMMON)
settings.register_profile("thorough", max_examples=500, **COMMON)
settings.register_profile("ci", max_examples=25, derandomize=True, **COMMON)
settings.register_profile("few", max_examples=5, derandomize=True, **COMMON)
settings.load_profile("ci" if os.environ.get("CI") else "quick")


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


@pytest.fixture(scope="session")
def long(pytestconfig: Any) -> bool:
    """Whether the long runs were asked for."""
    return bool(pytestconfig.getoption("--long"))
