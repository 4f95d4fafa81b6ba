"""The table, continued: softmax, and the losses.

In cross_entropy and nll_loss, `a` holds a row of scores for each sample, (N, C), and `target` the
sample's class, (N,) int64. Samples whose class is `ignored` count for nothing. `reduction` makes
one number of the samples' losses: their "mean", their "sum", or "none" does not.
"""

from __future__ import annotations

import math

import numpy as np

from .device import Array, xp
from .forms import formed
from .graph import Op
from .ops import Axes, exp, largest, or_nan, where

# ----------------------------------------------------------------------------- softmax and the like


def _exponentials(a: Array, axis: Axes) -> tuple[Array, Array, Array]:
    """``z = a - max a``, ``e^z`` and its sum along `axis`: softmax without overflow."""
    z = a - largest(a, axis)
    e = xp(a).exp(z)
    return z, e, e.sum(axis=axis, keepdims=True)


def _softmax(a: Array, axis: Axes) -> Array:
    _, e, total = _exponentials(a, axis)
    e /= total
    return e


def _log_softmax(a: Array, axis: Axes) -> Array:
    z, _, total = _exponentials(a, axis)
    with np.errstate(divide="ignore"):  # where there is nothing, and so nothing to log
        z -= xp(a).log(total)
    return z


softmax = Op(
    "softmax",
    _softmax,
    lambda g, y, a, axis: y * (g - (g * y).sum(axis=axis, keepdims=True)),
)
log_softmax = Op(
    "log_softmax",
    _log_softmax,
    lambda g, y, a, axis: g - exp(y) * g.sum(axis=axis, keepdims=True),
)

# -------------------------------------------------------------------------------------- mean square


def _mse_loss(a: Array, b: Array, reduction: str) -> Array:
    squares = (a - b) ** 2
    if reduction == "none":
        return squares
    return squares.sum() / or_nan(squares.size) if reduction == "mean" else squares.sum()


def _mse_rule(g: Array, a: Array, b: Array, reduction: str) -> Array:
    slope = 2.0 / max(math.prod(a.shape), 1) if reduction == "mean" else 2.0
    return (a - b) * (g * slope)


mse_loss = Op(
    "mse_loss",
    _mse_loss,
    lambda g, y, a, b, reduction: _mse_rule(g, a, b, reduction),
    lambda g, y, a, b, reduction: -_mse_rule(g, a, b, reduction),
)

# ----------------------------------------------------------------------- what the samples add up to


@formed
def counted(name: str, target: Array, classes: int, ignored: int) -> Array | None:
    """Which samples count, as a mask; or None, the usual case, if all of them do.

    Raises IndexError if one that counts has a label which is no class.
    """
    if all_below(target, classes) and not 0 <= ignored < classes:
        return None
    kept: Array = target != ignored
    check_labels(name, target[kept], classes, f", or ignore_index={ignored}")
    return kept


def check_labels(name: str, labels: Array, classes: int, otherwise: str) -> None:
    """Raise IndexError if one of `labels` is no class; `otherwise` is what it may be instead."""
    if not all_below(labels, classes):
        raise IndexError(
            f"{name}: target goes from {int(labels.min())} to {int(labels.max())}, but input has "
            f"{classes} classes (expected 0 to {classes - 1}{otherwise})"
        )


def all_below(labels: Array, count: int) -> bool:
    """Whether all of `labels` are from 0 to count - 1."""
    # Seen as unsigned numbers, negative ones are huge: the largest tells of both ends. (argmax and
    # a look there take half of the time of max.)
    seen = labels.view("uint64")
    return not labels.size or int(seen[seen.argmax()]) < count


def _reduced(losses: Array, kept: Array | None, reduction: str) -> Array:
    if kept is not None:
        losses = xp(losses).where(kept, losses, 0.0)
    if reduction == "none":
        return losses
    return losses.sum() / _count(losses, kept) if reduction == "mean" else losses.sum()


def _count(rows: Array, kept: Array | None) -> Array | float:
    """What to divide a sum over the samples by for their mean; the mean of none is nan."""
    if kept is None:
        return or_nan(rows.shape[0])
    return xp(kept).where(kept.any(), kept.sum(), math.nan).astype(rows.dtype)


def _per_row(g: Array, a: Array, kept: Array | None, reduction: str) -> Array:
    """The gradient for each sample's loss, as a column."""
    if reduction == "mean":
        g = g / _count(a, kept)
    rows = g.reshape((a.shape[0], 1)) if reduction == "none" else g
    return rows if kept is None else where(kept.reshape((a.shape[0], 1)), rows, 0.0)


# ------------------------------------------------------------------------------------ cross-entropy


def _places(a: Array, target: Array) -> Array:
    """Where in the flattened (N, C) array `a` each sample's class is."""
    return xp(target).arange(0, math.prod(a.shape), a.shape[1]) + target


def _at_target(a: Array, target: Array, value: float) -> Array:
    """An array like `a`, with `value` in each row at its target class, and 0 elsewhere."""
    rows = xp(target).zeros_like(target, dtype=a.dtype, shape=(math.prod(a.shape),))
    rows[_places(a, target)] = value
    return rows.reshape(a.shape)


def _cross_entropy(
    a: Array, target: Array, ignored: int, reduction: str, smoothing: float
) -> tuple[Array, tuple[Array, Array | None]]:
    """The loss; and, saved for the rule, the slope of each sample's loss, and which count.

    -log softmax(a)[target] = log sum e^z - z[target], with z = a - max a, so that nothing
    overflows. Its slope is softmax(a) less what was wanted: 1 at the target, 0 elsewhere.
    """
    kept = counted("cross_entropy", target, a.shape[1], ignored)
    if kept is not None:
        target = target * kept  # any class will do for a sample that does not count
    # NumPy is quick along long rows only, and classes are few where samples are many: then each
    # class is made a row, (C, N). `classes` is the axis they are counted along.
    many, count = a.shape
    classes = 0 if many >= count else 1
    library = xp(a)
    z, e, total = _exponentials((a if classes else a.T).copy(), classes)
    rows = library.arange(0, z.size, count) if classes else library.arange(many)
    places = rows + target if classes else rows + target * many  # of the targets, in z.reshape(-1)
    log_total = library.log(total).reshape(many)
    losses = log_total - z.take(places)
    e /= total
    e.reshape(e.size)[places] -= 1.0 - smoothing  # e is now softmax(a) - _at_target(...)
    if smoothing:
        losses = (1.0 - smoothing) * losses + smoothing * (log_total - z.mean(axis=classes))
        e -= smoothing / count
    return _reduced(losses, kept, reduction), (e if classes else e.T, kept)


def _cross_entropy_saved(
    a: Array, target: Array, ignored: int, reduction: str, smoothing: float
) -> tuple[Array, Array]:
    """What _cross_entropy saves, as a function of `a` that can be differentiated."""
    kept = target != ignored
    wanted = _at_target(a, target * kept, 1.0 - smoothing)
    return softmax(a, axis=1) - wanted - smoothing / a.shape[1], kept


cross_entropy = Op(
    "cross_entropy",
    _cross_entropy,
    lambda g, y, a, target, ignored, reduction, smoothing, saved: (
        saved[0] * _per_row(g, a, saved[1], reduction)
    ),
    saves=_cross_entropy_saved,
    shown="NllLoss",
)


def _nll_loss(
    a: Array, target: Array, ignored: int, reduction: str
) -> tuple[Array, tuple[Array, Array | None]]:
    kept = counted("nll_loss", target, a.shape[1], ignored)
    if kept is not None:
        target = target * kept
    return _reduced(-a.take(_places(a, target)), kept, reduction), (target, kept)


nll_loss = Op(  # -a[target]: cross_entropy, where the log of softmax has been taken already
    "nll_loss",
    _nll_loss,
    lambda g, y, a, target, ignored, reduction, saved: (
        _at_target(a, saved[0], -1.0) * _per_row(g, a, saved[1], reduction)
    ),
    saves=lambda a, target, ignored, reduction: (
        target * (target != ignored),
        target != ignored,
    ),
)
