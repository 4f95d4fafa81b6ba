"""Numbers in nested lists, as an array: what ``tensor(data)`` is given, and ``x[i] = data``."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from ..device import CPU, is_array, move
from ..dtypes import DType, array_of, bool_, default_dtype, int64, join
from ..errors import ArgumentError, DtypeError, ShapeError
from ..graph import Value


def from_numbers(name: str, data: object) -> np.ndarray:
    """The NumPy array of `data`, a number or nested lists, with all the digits that they have.

    Raises ShapeError for rows of different lengths and lists in more than 64 lists, TypeError for
    what holds no numbers.
    """
    return np.array(data) if type(data) is float else gathered(name, data)[0]


def gathered(name: str, data: object) -> tuple[np.ndarray, DType]:
    """The same; and the dtype of a Tensor of it, that of all numbers and arrays in it together."""
    found: set[DType] = set()
    try:
        array = np.array(_plain(name, data, found))
    except (ValueError, RecursionError) as error:  # raised anew, with a better message
        if isinstance(error, ArgumentError):
            raise
        if _depth(data) > 64:
            raise ShapeError(
                f"{name}: the lists are in each other more than 64 deep, a tensor has at most 64 "
                "dimensions"
            ) from None
        raise ShapeError(
            f"{name}: the nested lists have different lengths; in a tensor all rows are equally "
            "long"
        ) from None
    if array.dtype.kind == "O" and all(isinstance(n, (int, float)) for n in array.flat):
        array = _large(array)
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise _no_numbers(name, data)
    if found:
        return array, reduce(join, found)
    return array, array.dtype if array.size and array.dtype.kind != "f" else default_dtype()


def _depth(data: object) -> int:
    """How deep the first number in nested lists is; no more than 65, as one may be in itself."""
    depth = 0
    while isinstance(data, (list, tuple)) and data and depth <= 64:
        data, depth = data[0], depth + 1
    return depth


def _large(array: np.ndarray) -> np.ndarray:
    """An `array` of Python's numbers, some of more than 64 bits: as floats, if one is a float."""
    try:
        return array.astype(np.float64 if any(isinstance(n, float) for n in array.flat) else "O")
    except OverflowError:
        return array


_OF_PYTHON: dict[type, Callable[[], DType]] = {  # the default dtype is asked for when it is needed
    bool: lambda: bool_,
    int: lambda: int64,
    float: default_dtype,
}


def _plain(name: str, data: Any, found: set[DType]) -> Any:
    """`data` as np.array takes it, without Tensors; the dtypes of what is in it go to `found`."""
    if isinstance(data, (list, tuple)):
        kinds = {*map(type, data)}
        if all(kind in _OF_PYTHON or issubclass(kind, np.generic) for kind in kinds):
            found.update(_OF_PYTHON[k]() if k in _OF_PYTHON else np.dtype(k) for k in kinds)
            return data  # the usual case, and fast
        return [_plain(name, _single(name, item), found) for item in data]
    if type(data) in _OF_PYTHON:
        found.add(_OF_PYTHON[type(data)]())
    elif isinstance(data, np.generic):
        found.add(data.dtype)
    elif is_array(data) or hasattr(data, "__array__"):
        data = array_of(name, move(data, CPU) if is_array(data) else np.asarray(data))
        found.add(data.dtype)
    return data


def _single(name: str, item: Any) -> Any:
    """`item` of a list; a Tensor, which must hold one number, as an array."""
    if not isinstance(item, Value):
        return item
    if item.array.size != 1 or item.edge is not None:
        problem = RuntimeError if item.edge is not None else ShapeError
        raise problem(
            f"{name}: a list of Tensors, of which one has shape {item.array.shape}"
            + (" and requires grad" if item.edge is not None else "")
            + "; to join Tensors use stack(...) or cat(...)"
        )
    return item.array.reshape(())


def _no_numbers(name: str, data: object) -> Exception:
    """The error for `data` that holds no numbers."""
    came = type(data).__name__
    if hasattr(data, "__next__"):
        return DtypeError(f"{name}: expected numbers, got a {came}; put what it gives into a list")
    return DtypeError(
        f"{name}: expected numbers, got {came} {str(data)[:40]!r}; a tensor holds floats, "
        "booleans, and integers of at most 64 bits"
    )
