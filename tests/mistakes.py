"""What a table of mistakes is checked by: the type of the error, and what its message must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

# What NumPy, CuPy, json and Python say to those who call them. Here somebody else did, and the one
# who reads the message wrote neither an axis nor a ufunc.
RAW = re.compile(
    r"Traceback|AssertionError|operands could not be|ufunc|UFunc|not aligned|core dim|DType|JSON"
    r"|<lambda>|<locals>|cannot reshape array|setting an array element|inhomogeneous|cupy\."
    r"|axis -?\d+ is out|out of bounds|shape mismatch|boolean index|too many indices for array"
    r"|all the input array|array dimensions|could not broadcast|could not convert string|zip\(\)"
    r"|numpy\.ndarray|data type '.*' not understood|has no attribute '(array|shape|size|root)'"
    r"|object is not (iterable|callable|subscriptable)|not supported between|deserializ|Errno 22"
)
LONGEST = 400  # of the first line: what a reader takes in before looking back at the code


def assert_told_in_words(call: Callable[[], Any], exception: Any, words: Iterable[str]) -> None:
    """`call` raises `exception`, each of `words` is in its message, and the message is ours."""
    with pytest.raises(exception) as caught:
        call()
    missing = [word for word in words if word not in str(caught.value)]
    assert not missing, f"{missing} not in: {caught.value}"
    assert_readable(str(caught.value))
    # Otherwise the traceback would begin with NumPy's own error.
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def assert_readable(message: str) -> None:
    """Nobody else's words, no more than one can read, and it does not break off."""
    raw = RAW.search(message)
    assert not raw, f"{raw[0]!r} in: {message}"
    assert 0 < len(message.splitlines()[0]) <= LONGEST, message
    assert message[-1] not in ":;, \n", message
