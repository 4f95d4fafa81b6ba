"""What type checkers and editors are told about the package is true."""

from __future__ import annotations

import pytest
import stubs


@pytest.mark.parametrize("module", stubs.MODULES)
def test_what_is_made_at_run_time_is_spelled_out_for_type_checkers(module: str) -> None:
    place = stubs.place_of(module)
    current = place.read_text(encoding="utf-8") == stubs.written(module)
    assert current, f"{place.name} is not what the package offers; run: python tests/stubs.py"


def test_no_file_of_types_is_left_over() -> None:
    assert {*stubs.HOUSE.rglob("*.pyi")} == {*map(stubs.place_of, stubs.MODULES)}
    assert (stubs.HOUSE / "py.typed").is_file()
