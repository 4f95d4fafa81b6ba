"""Of many cases, some for the ordinary run; ``-m thorough`` runs the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def ordinarily(*chosen: Any, of: Iterable[Any]) -> list[Any]:
    """All the cases, for ``parametrize``; those not `chosen` are marked thorough."""
    cases = list(of)
    assert not set(chosen) - set(cases), "these are no cases"
    return [case if case in chosen else pytest.param(case, marks=THOROUGH) for case in cases]


THOROUGH = pytest.mark.thorough
