"""What the tests of the five documents share: where the pictures are, and what PyTorch prints.

A document is someone's lesson in PyTorch. Its test walks through the same calls in the same order,
under import lines in which nothing but the package's name has changed, and expects the text that
PyTorch prints. Two differences are ours on purpose: a shape is written as a tuple, and a dtype is
NumPy's.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent.parent / "examples" / "data"
FASHION = Path("/usr/share/datasets/fashion-mnist")

needs_fashion = pytest.mark.skipif(
    not FASHION.is_dir(),
    reason=f"{FASHION} is absent; on Debian, apt-get install dataset-fashion-mnist puts it there",
)


def text_of(session: Callable[[Any], None], package: Any) -> str:
    """What `session(package)` prints, with PyTorch's sizes and dtypes written as ours are."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        session(package)
    text = re.sub(r"torch\.Size\(\[(\d+)\]\)", r"(\1,)", out.getvalue())
    text = re.sub(r"torch\.Size\(\[([\d, ]*)\]\)", r"(\1)", text)
    text = text.replace("dtype=torch.", "dtype=")
    return re.sub(r"torch\.((?:float|int|uint)\d+)", r"dtype('\1')", text)
