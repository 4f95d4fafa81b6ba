"""What the tables of mistakes are made of, and what they are checked by. One file for each area.

Each entry of a table is a name, the wrong use, the type of the error, and words that its message
must hold: what was expected, what came, and what to do. `assert_told_in_words` looks at the rest:
no word of NumPy's, and not more than one can read. test_mistakes.py makes a test of each entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import tinygrad_lr as tg
from tinygrad_lr.wording import in_lines

# ---------------------------------------------------------------------- what the tables are made of

Mistakes = dict[str, tuple[Callable[[], Any], Any, list[str]]]

X = tg.ones(2, 3)
COUNTS = tg.tensor([[1, 2, 3], [4, 5, 6]])
MASK = X > 0

HERE = Path(__file__).parent.parent
EXAMPLES = HERE.parent / "examples"


def leaf(*shape: int) -> tg.Tensor:
    return tg.ones(*shape, requires_grad=True)


WEIGHT = leaf(2)


def assign(name: str, value: Any, to: Any) -> None:
    """``to.name = value``, which a lambda cannot say."""
    setattr(to, name, value)


def put(value: Any, index: Any, into: Any) -> None:
    """``into[index] = value``, which a lambda cannot say either."""
    into[index] = value


# ------------------------------------------------------------------------- what they are checked by

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
    said = str(caught.value).replace("\n", " ")
    missing = [word for word in words if word not in said]
    assert not missing, f"{missing} not in: {caught.value}"
    assert_readable(str(caught.value))
    # Of files, whose paths are long, one line.
    if not isinstance(caught.value, (Warning, tg.CheckpointError, tg.datasets.DatasetError)):
        assert str(caught.value) == in_lines(str(caught.value)), "more than one line, shown in one"
    # Otherwise the traceback would begin with NumPy's own error.
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def assert_readable(message: str) -> None:
    """Nobody else's words, no more than one can read, and it does not break off."""
    raw = RAW.search(message)
    assert not raw, f"{raw[0]!r} in: {message}"
    assert 0 < len(message.splitlines()[0]) <= LONGEST, message
    assert message[-1] not in ":;, \n", message
