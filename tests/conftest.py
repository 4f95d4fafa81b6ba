"""Hypothesis profiles: ``pytest --hypothesis-profile thorough`` looks longer than the default."""

from __future__ import annotations

import os

# Before NumPy is imported. The products in the tests are small, and a second BLAS thread waits for
# its turn in a loop: on a machine whose cores are busy that costs a hundredfold.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("quick", max_examples=25, **COMMON)
settings.register_profile("thorough", max_examples=500, **COMMON)
settings.register_profile("ci", max_examples=25, derandomize=True, **COMMON)
settings.load_profile("ci" if os.environ.get("CI") else "quick")
