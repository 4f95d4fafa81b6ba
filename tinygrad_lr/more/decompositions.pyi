"""Written by tests/stubs.py: what tinygrad_lr.more.decompositions offers, for type checkers and editors."""

import builtins
from collections.abc import Sequence
from tinygrad_lr.device import Shape
from tinygrad_lr.graph import Op
from typing import Any

def parts(row: Any, shapes: Sequence[Shape], reshape: Op = ...) -> list[Any]:
    """The parts of such a row, which have these shapes in each batch: of an array, or a Tensor."""

def shown_as(name: str) -> Op:
    """The entry of reshape, which is shown as `name`: a part's grad_fn is that of the whole."""

def svd_shapes(shape: Shape, full: bool) -> list[Shape]:
    """The shapes of U, S and Vh."""

svd: Op
svdvals: Op
eigh: Op

def qr_shapes(shape: Shape, mode: str) -> list[Shape]:
    """The shapes of Q and R."""

qr: Op
