"""What looks at values, or what NumPy does not hand to a placeholder, while a step is traced.

Checks are noted, and made each time that the program runs.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

import numpy as np

from .. import indexing, inplace, losses, ops, signatures, sums
from ..capture.noting import capturing, refusal
from ..device import Array, address
from ..more import arithmetic
from ..nn import loss_functions
from ..optim import optimizer, sgd
from .program import PACKAGE, Symbol


def check_classes(name: str, labels: Array, classes: int) -> None:
    """In a captured step every label must be a class, also of the rows that are ignored."""
    if losses.all_below(labels, classes):
        return
    otherwise = "; a captured step cannot ignore rows by a label outside of these, such as -100"
    losses.check_labels(name, labels, classes, otherwise)


def _which_count(name: str, target: Symbol, classes: int, ignored: int) -> Array | None:
    target.check_values(check_classes, (name, target, classes))
    return target != ignored if 0 <= ignored < classes else None


def _symbol_in(index: Any) -> Any:
    return next((i for i in index if isinstance(i, Symbol)), None)


def _places_are_symbols(a: Any, *value: Any, index: Any, **params: Any) -> bool:
    return not isinstance(a, Symbol) and _symbol_in(index) is not None


def _is_stretched(array: Symbol) -> bool:
    return bool(inplace.is_stretched.plain(np.asarray(array.like)))


def _refuse_address(array: Symbol) -> int:
    raise refusal("write into a part")


def _is_tracing(*args: Any) -> bool:
    capture = capturing()
    return capture is not None and hasattr(capture.by, "options_of")


def _options_of(of: Any) -> Any:
    capture = capturing()
    assert capture is not None
    return capture.by.options_of(of)  # type: ignore[attr-defined]


def _noted(call: Any, target: Symbol, *rest: Any) -> None:
    """Have the program call it, which writes into `target`; while it is traced nothing is done."""
    line = target.program.called(target.program.constant(call), (target, *rest), {})
    target.program.write(target, line, lambda array: None)


def attach() -> None:
    """When a step is traced; each once, and the last only if there may be several ranks."""
    _attach_checks()
    if f"{PACKAGE}distributed" in sys.modules:
        _attach_distributed()


@functools.cache
def _attach_checks() -> None:
    losses.which_count.also(lambda name, target, *_: isinstance(target, Symbol), _which_count)
    by_place = signatures.check_places, indexing.check_range
    for check in (*by_place, arithmetic.check_divisor, loss_functions.check_between):
        check.also(
            lambda index, *_: isinstance(index, Symbol),
            lambda *args, check=check: args[0].check_values(check.plain, args),
        )
    sums.sum_elsewhere.also(lambda a, *_: isinstance(a, Symbol), Symbol.total)
    address.also(lambda array: isinstance(array, Symbol), _refuse_address)
    inplace.is_stretched.also(lambda array: isinstance(array, Symbol), _is_stretched)
    optimizer.options_of.also(_is_tracing, _options_of)
    sgd.descend.also(
        lambda p, *_: isinstance(p, Symbol), functools.partial(_noted, sgd.descend.plain)
    )
    ops.getitem.also(_places_are_symbols, lambda a, index: _symbol_in(index).constant(a)[index])
    ops.setitem.also(
        _places_are_symbols,
        lambda a, value, index: ops.setitem.forward(_symbol_in(index).constant(a), value, index),
    )
    ops.scatter.also(
        _places_are_symbols,
        lambda g, index, shape: ops.scatter.forward(_symbol_in(index).constant(g), index, shape),
    )


# ----------------------------------------------------------------------------- what all ranks do


@functools.cache
def _attach_distributed() -> None:
    from ..distributed import mpi

    for call in (mpi.reduce_array, mpi.broadcast_array, mpi.gather_arrays):
        call.also(lambda array, *_: isinstance(array, Symbol), functools.partial(_noted, call))
