"""The table, continued: softmax, and the losses.

In cross_entropy and nll_loss, `a` holds a row of scores for each sample, (N, C), and `target` the
sample's class, (N,) int64. Samples whose class is `ignored` do not count. `reduction` says what
becomes of the samples' losses: "mean" and "sum" make one number of them, "none" leaves (N,).

As in ops.py, `Array` stands for a raw array or a Tensor.
"""

from __future__ import annotations

import math

from .device import Array, xp, zeros_beside
from .forms import formed
from .graph import Op
from .ops import exp, largest, no_views, or_nan, where
from .sums import Axes, total

# ----------------------------------------------------------------------------- softmax and the like


def _exponentials(a: Array, axis: Axes) -> tuple[Array, Array, Array]:
    """``z = a - max a``, ``e^z`` and the sum of ``e^z`` along `axis`.

    softmax(a) is e^z divided by this sum. Without ``- max a``, e^a could overflow.
    """
    z = a - largest(a, axis)
    e = xp(a).exp(z)
    return z, e, total(e, axis, keepdims=True)


def _softmax(a: Array, axis: Axes) -> Array:
    _, e, whole = _exponentials(a, axis)
    e /= whole
    return e


def _log_softmax(a: Array, axis: Axes) -> Array:
    z, _, whole = _exponentials(a, axis)
    if a.size:  # the sum over an axis of size 0 is 0
        z -= xp(a).log(whole)
    return z


softmax = Op(
    "softmax",
    _softmax,
    lambda g, y, a, axis: y * (g - total(g * y, axis, keepdims=True)),
)
log_softmax = Op(
    "log_softmax",
    _log_softmax,
    lambda g, y, a, axis: g - exp(y) * total(g, axis, keepdims=True),
)

# -------------------------------------------------------------------------------------- mean square


def _mse_loss(a: Array, b: Array, reduction: str) -> Array:
    # The mean, or the sum, of (a - b)^2.
    squares = (a - b) ** 2
    if reduction == "none":
        return squares
    return squares.sum() / or_nan(squares.size) if reduction == "mean" else squares.sum()


def _mse_rule(g: Array, a: Array, b: Array, reduction: str) -> Array:
    """The gradient with respect to `a`; the one with respect to `b` is its negative."""
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
def which_count(name: str, target: Array, classes: int, ignored: int) -> Array | None:
    """Which samples count, as a mask (N,); or None if all of them do, as is usual.

    Raises IndexError if the label of a sample that counts is not from 0 to classes - 1. `name` is
    the operation that the error message names.
    """
    if all_below(target, classes) and not 0 <= ignored < classes:
        return None
    kept: Array = target != ignored
    check_labels(name, target[kept], classes, f", or ignore_index={ignored}")
    return kept


def check_labels(name: str, labels: Array, classes: int, otherwise: str) -> None:
    """Raise IndexError if one of `labels` is not from 0 to classes - 1.

    `otherwise` is put into the message: what a label may be instead.
    """
    if not all_below(labels, classes):
        raise IndexError(
            f"{name}: target goes from {int(labels.min())} to {int(labels.max())}, but input has "
            f"{classes} classes (expected 0 to {classes - 1}{otherwise})"
        )


def all_below(labels: Array, count: int) -> bool:
    """Whether all of `labels` are from 0 to count - 1."""
    # As unsigned numbers negative labels are huge, so one comparison with the largest is enough.
    # (argmax and picking that element take half as long as max.)
    seen = labels.view("uint64")
    return not labels.size or int(seen[seen.argmax()]) < count


def _reduced(losses: Array, kept: Array | None, reduction: str) -> Array:
    """The samples' losses (N,) as `reduction` says; 0 for samples that are not `kept`."""
    if kept is not None:
        losses = xp(losses).where(kept, losses, 0.0)
    if reduction == "none":
        return losses
    return losses.sum() / _kept_count(losses, kept) if reduction == "mean" else losses.sum()


def _kept_count(rows: Array, kept: Array | None) -> Array | float:
    """How many samples count, to divide by for a mean; nan if none does."""
    if kept is None:
        return or_nan(rows.shape[0])
    return xp(kept).where(kept.any(), kept.sum(), math.nan).astype(rows.dtype)


def _per_row(g: Array, a: Array, kept: Array | None, reduction: str) -> Array:
    """The gradient for each sample's loss: a column (N, 1), or one number for all of them."""
    if reduction == "mean":
        g = g / _kept_count(a, kept)
    rows = g.reshape((a.shape[0], 1)) if reduction == "none" else g
    return rows if kept is None else where(kept.reshape((a.shape[0], 1)), rows, 0.0)


# ------------------------------------------------------------------------------------ cross-entropy


def target_places(a: Array, target: Array) -> Array:
    """Where the score of each sample's target class is in ``a.reshape(-1)``: (N,) int64."""
    return xp(target).arange(0, math.prod(a.shape), a.shape[1]) + target


def at_target(a: Array, target: Array, value: float) -> Array:
    """An array like `a`, with `value` in each row at its target class, and 0 elsewhere."""
    rows = zeros_beside(target, (math.prod(a.shape),), a.dtype)
    rows[target_places(a, target)] = value
    return rows.reshape(a.shape)


def _cross_entropy(
    a: Array, target: Array, ignored: int, reduction: str, smoothing: float
) -> tuple[Array, tuple[Array, Array | None]]:
    """The loss; and, saved for the rule, each sample's gradient (N, C), and which samples count.

    -log softmax(a)[target] = log sum e^z - z[target], with z = a - max a, so that nothing
    overflows. Its gradient is softmax(a) minus 1 at the target class. With `smoothing` s, the
    target class has the weight 1 - s instead of 1, and each class s / C in addition.
    """
    kept = which_count("cross_entropy", target, a.shape[1], ignored)
    if kept is not None:
        target = target * kept  # class 0 for the samples that do not count
    # NumPy is fast along long rows only. With more samples than classes, the array is therefore
    # transposed to (C, N), and copied, a long row for each class. `axis` is that of the classes.
    samples, classes = a.shape
    axis = 0 if samples >= classes else 1
    library = xp(a)
    z, e, whole = _exponentials((a if axis else a.T).copy(), axis)
    first = library.arange(0, z.size, classes) if axis else library.arange(samples)
    places = first + target if axis else first + target * samples  # of the targets in z.reshape(-1)
    log_whole = library.log(whole).reshape(samples)
    losses = log_whole - z.take(places)
    e /= whole
    e.reshape(e.size)[places] -= 1.0 - smoothing  # e is now softmax(a) - at_target(...)
    if smoothing:
        losses = (1.0 - smoothing) * losses + smoothing * (log_whole - total(z, axis) / classes)
        e -= smoothing / classes
    return _reduced(losses, kept, reduction), (e if axis else e.T, kept)


def _cross_entropy_saved(
    a: Array, target: Array, ignored: int, reduction: str, smoothing: float
) -> tuple[Array, Array]:
    """The same as _cross_entropy saves, by operations that can be differentiated."""
    kept = target != ignored
    wanted = at_target(a, target * kept, 1.0 - smoothing)
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
    """The loss -a[target]; and, saved for the rule, the target classes, and which samples count."""
    kept = which_count("nll_loss", target, a.shape[1], ignored)
    if kept is not None:
        target = target * kept
    return _reduced(-a.take(target_places(a, target)), kept, reduction), (target, kept)


nll_loss = Op(  # cross_entropy(a, target) is nll_loss(log_softmax(a), target)
    "nll_loss",
    _nll_loss,
    lambda g, y, a, target, ignored, reduction, saved: (
        at_target(a, saved[0], -1.0) * _per_row(g, a, saved[1], reduction)
    ),
    saves=lambda a, target, ignored, reduction: (
        target * (target != ignored),
        target != ignored,
    ),
)

no_views(globals())
