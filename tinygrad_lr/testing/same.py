"""Are two gradients the same? Two functions here, or one here and one of any other framework."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import autograd
from ..tensor import Tensor
from .close import allowed, difference, host, unit
from .strategies import Case, is_float
from .subject import Wrong, with_floats


def assert_same_gradient(
    f: Callable[..., Tensor],
    g: Callable[..., Any] | tuple[Any, Sequence[Any]],
    *inputs: Any,
) -> None:
    """Raise Wrong unless `f` and `g` have the same value and gradients at `inputs`.

    Args:
        f: a function of Tensors that gives one Tensor. A result that is no single number is summed,
            as is that of `g`.
        g: another such function; or what another framework found: ``(value, gradients)``, the
            number and one array for each of the inputs that are floats.
        inputs: arrays or Tensors; gradients are compared for those of floats.

    How far they may be apart is what close.py allows for the dtype of the result. TypeError or
    ValueError for arguments that are none.

    >>> testing.assert_same_gradient(tg.square, lambda x: x * x, np.array([1.0, 2.0]))
    """
    if not callable(f):
        raise TypeError(
            f"assert_same_gradient: expected a function of Tensors first, got {type(f).__name__}"
        )
    arrays = [_array(x) for x in inputs]
    value, gradients = _found(f, arrays)
    other, others = _found(g, arrays) if callable(g) else _given(g, len(gradients))
    case = Case(tuple(arrays), {})
    step = max((unit(a.dtype) for a in case.floats), default=0.0)

    def results(moved: list[np.ndarray]) -> list[np.ndarray]:
        y, found = _found(f, with_floats(case, moved).args)
        return [y, *found]

    rooms = allowed(results, case.astype(np.float64).floats, step)
    names = [
        "the value",
        *(f"the gradient of input {i}" for i, a in enumerate(arrays) if is_float(a)),
    ]
    for name, mine, theirs, room in zip(names, [value, *gradients], [other, *others], rooms):
        if problem := difference(mine, np.zeros_like(mine) if theirs is None else theirs, room):
            raise Wrong(f"{name} is not the same: {problem}")


def _array(x: Any) -> Any:
    """An input as `f` is given it: a number, or an array."""
    if isinstance(x, (int, float, str)) or x is None:
        return x
    if not hasattr(x, "__array__"):
        raise TypeError(
            "assert_same_gradient: inputs are arrays, Tensors and numbers, got "
            f"{type(x).__name__}; np.array(...) makes an array of a list"
        )
    return _detached(x)


def _detached(x: Any) -> np.ndarray:
    """An array, whichever framework `x` is of."""
    if isinstance(x, Tensor):
        return host(x)
    for step in ("detach", "cpu"):
        x = getattr(x, step)() if hasattr(x, step) else x
    return np.asarray(x)


def _found(f: Callable[..., Any], arrays: Sequence[Any]) -> tuple[np.ndarray, list[np.ndarray]]:
    """The sum of what `f` gives, and its gradients."""
    tensors = [
        Tensor.wrap(a.copy()).requires_grad_(is_float(a)) if isinstance(a, np.ndarray) else a
        for a in arrays
    ]
    y = f(*tensors)
    if not isinstance(y, Tensor):
        raise TypeError(
            f"assert_same_gradient: expected a function that gives a Tensor, it gave "
            f"{type(y).__name__}; of another framework pass (value, gradients)"
        )
    leaves = [t for t in tensors if isinstance(t, Tensor) and t.requires_grad]
    total = y.sum()
    found = autograd.grad(total, leaves, allow_unused=True) if leaves else ()
    return host(total), [
        np.zeros(leaf.shape, leaf.dtype) if g is None else host(g) for g, leaf in zip(found, leaves)
    ]


def _given(pair: Any, count: int) -> tuple[np.ndarray, list[np.ndarray | None]]:
    """What another framework found; None for a gradient that is 0."""
    try:
        value, gradients = pair
        if not isinstance(gradients, (list, tuple)):
            raise TypeError
        arrays = [None if g is None else _detached(g) for g in gradients]
    except (TypeError, ValueError):
        raise TypeError(
            "assert_same_gradient: what to compare with is a function, or (value, gradients), the "
            f"value and a list of arrays; got {type(pair).__name__}"
        ) from None
    if len(arrays) != count:
        raise ValueError(
            f"assert_same_gradient: {count} inputs are floats, but {len(arrays)} gradients came"
        )
    return _detached(value), arrays
