"""Written by tests/stubs.py: what tinygrad_lr.losses offers, for type checkers and editors."""

import builtins
from tinygrad_lr.device import Array
from tinygrad_lr.graph import Op

softmax: Op
log_softmax: Op
mse_loss: Op

def which_count(name: str, target: Array, classes: int, ignored: int) -> Array | None:
    """Which samples count, as a mask (N,); or None if all of them do, as is usual.

    Raises IndexError if the label of a sample that counts is not from 0 to classes - 1. `name` is
    the operation that the error message names.
    """

def check_labels(name: str, labels: Array, classes: int, otherwise: str) -> None:
    """Raise IndexError if one of `labels` is not from 0 to classes - 1.

    `otherwise` is put into the message: what a label may be instead.
    """

def all_below(labels: Array, count: int) -> bool:
    """Whether all of `labels` are from 0 to count - 1."""

def target_places(a: Array, target: Array) -> Array:
    """Where the score of each sample's target class is in ``a.reshape(-1)``: (N,) int64."""

def at_target(a: Array, target: Array, value: float) -> Array:
    """An array like `a`, with `value` in each row at its target class, and 0 elsewhere."""

cross_entropy: Op
nll_loss: Op
