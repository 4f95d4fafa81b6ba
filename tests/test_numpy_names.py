"""NumPy's names of arguments, ``axis`` and ``keepdims``, where PyTorch takes them too."""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch

import tinygrad_lr as tg

ROWS = [[0.25, 0.5], [0.75, 1.0]]
ROOMS = {
    "": (tg, torch),
    "Tensor.": (tg.Tensor, torch.Tensor),
    "linalg.": (tg.linalg, torch.linalg),
    "nn.functional.": (tg.nn.functional, torch.nn.functional),
}
NAMED: list[dict[str, Any]] = [{"axis": 0}, {"axis": (0, 1)}, {"axis": 0, "keepdims": True}]


def with_a_dim() -> Iterator[tuple[str, Any, Any]]:
    """The functions whose `dim` has one name here: ours, and PyTorch's."""
    for room, (ours, theirs) in ROOMS.items():
        for name in sorted(set(dir(ours)) & set(dir(theirs))):
            function = inspect.getattr_static(ours, name, None)
            if inspect.isfunction(function) and "dim" in inspect.signature(function).parameters:
                yield room + name, getattr(ours, name), getattr(theirs, name)


FUNCTIONS = {name: (ours, theirs) for name, ours, theirs in with_a_dim()}


def arguments(module: Any) -> Iterator[tuple[Any, ...]]:
    """What the function may want to have: each of these is wrong for most."""
    x, mask, index = (
        module.tensor(v) for v in (ROWS, [[True, False], [True, True]], [[0, 1], [1, 0]])
    )
    yield from [(x,), (mask,), (x, 1), (x, 0.5), (x, x), (x, index), (x, index[0]), ([x, x],)]
    yield from [(x, index[0], x), (x, index, x), (x, 2, 1)]


def sizes(function: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The sizes of what comes out (its values are tested elsewhere); or the error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = function(*args, **options)
    except Exception as error:
        return error
    several = found if isinstance(found, (tuple, list)) else (found,)
    return [tuple(getattr(part, "shape", ())) for part in several]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_axis_and_keepdims_are_taken_where_pytorch_takes_them(name: str) -> None:
    ours, theirs = FUNCTIONS[name]
    pairs = zip(arguments(tg), arguments(torch), strict=True)
    for (mine, other), options in itertools.product(pairs, NAMED):
        expected = sizes(theirs, other, options)
        if not isinstance(expected, Exception):
            assert sizes(ours, mine, options) == expected, options
