"""What a table of mistakes is checked by: the type of the error, and the words it must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def assert_told_in_words(call: Callable[[], Any], exception: Any, words: Iterable[str]) -> None:
    """`call` raises `exception`, and each of `words` is in its message."""
    with pytest.raises(exception) as caught:
        call()
    missing = [word for word in words if word not in str(caught.value)]
    assert not missing, f"{missing} not in: {caught.value}"
