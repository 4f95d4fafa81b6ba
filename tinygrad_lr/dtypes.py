"""Which dtype a result has: PyTorch's rules, where they are not NumPy's."""

from __future__ import annotations

import functools
from typing import Any, TypeAlias

import numpy as np

from . import ops
from .device import is_array
from .graph import Value

Number: TypeAlias = bool | int | float
DType: TypeAlias = np.dtype[Any]
DTypeLike: TypeAlias = str | type | np.dtype[Any]  # what np.dtype() makes one of

float32 = np.dtype("float32")
int64 = np.dtype("int64")
bool_ = np.dtype("bool")

# ------------------------------------------------------------------------------- dtypes of operands


def _category(dtype: Any) -> int:
    """0 for bool, 1 for integers, 2 for floats."""
    return {"b": 0, "i": 1, "u": 1, "f": 2}.get(dtype.kind, 3)


def _join(first: Any, second: Any) -> Any:
    """The dtype that holds both. Unlike NumPy, and like PyTorch: int64 with float32 is float32."""
    if _category(first) == _category(second):
        return np.promote_types(first, second)
    return first if _category(first) > _category(second) else second


def number_dtype(number: Any) -> Any:
    if isinstance(number, bool):
        return bool_
    return int64 if isinstance(number, int) else float32


def result_type(*operands: Any) -> Any:
    """The dtype of an operation on `operands` (Tensors and Python numbers), by PyTorch's rules.

    Tensors with dimensions decide. A Tensor of no dimensions, and after it a Python number, only
    counts when it is of a higher kind (bool < integer < float).
    """
    arrays: list[Any] = []
    zero_dim: list[Any] = []
    numbers: list[Any] = []
    for operand in operands:
        if isinstance(operand, Value):
            (arrays if operand.array.ndim else zero_dim).append(operand.array.dtype)
        else:
            numbers.append(number_dtype(operand))
    found: Any = None
    for dtypes in (arrays, zero_dim, numbers):
        joined = functools.reduce(_join, dtypes) if dtypes else None
        if found is None or (joined is not None and _category(joined) > _category(found)):
            found = joined
    return found


class NoOperand(TypeError):
    """Something that is no Tensor, no array and no number was to be computed with."""


def _as_operand(like: Value, other: Any, name: str) -> Any:
    """`other` as a Tensor or a Python number."""
    if isinstance(other, np.generic):  # first, as a np.float64 is a float too
        return other.item()
    if isinstance(other, (Value, bool, int, float)):
        return other
    if is_array(other):
        return like.wrap(other)
    raise NoOperand(f"{name}: expected a Tensor, an array or a number, got {type(other).__name__}")


def checked_dtype(name: str, dtype: Any) -> Any:
    """`dtype`, as a caller gave it, as NumPy's object for it; if a Tensor can hold it."""
    try:
        found = np.dtype(dtype)
    except TypeError:  # NumPy's words are about NumPy
        found = None
    if found is None or found.kind not in "biuf":
        raise TypeError(
            f"{name}: {dtype!r} is no dtype that a tensor can have; use 'float32', 'float64', "
            "'int64' or 'bool', for instance"
        )
    return found


def cast(input: Any, dtype: Any) -> Any:
    """`input` in `dtype`; itself when it is already. Integers and booleans are constants."""
    dtype = np.dtype(dtype)
    if input.array.dtype == dtype:
        return input
    if dtype.kind != "f":
        return input.wrap(input.array.astype(dtype))
    return ops.to_copy(input, dtype=dtype)


def promote(name: str, *operands: Any, floats: bool = False) -> list[Any]:
    """`operands` with all Tensors among them in one dtype (a float one, if `floats`)."""
    like = next((o for o in operands if isinstance(o, Value)), None)
    if like is None:
        raise TypeError(f"{name}: expected a Tensor, got {type(operands[0]).__name__}")
    values = [_as_operand(like, o, name) for o in operands]
    dtype = result_type(*values)
    if floats and _category(dtype) < 2:
        dtype = float32
    # A number stays a number: beside an array it takes the array's dtype.
    return [cast(v, dtype) if isinstance(v, Value) else v for v in values]


def same_dtype(name: str, **tensors: Any) -> None:
    """Refuse Tensors of different dtypes, as PyTorch's products and losses do."""
    dtypes = {key: t.array.dtype for key, t in tensors.items()}
    if len(set(dtypes.values())) > 1:
        seen = ", ".join(f"{key} is {dtype}" for key, dtype in dtypes.items())
        other = next(key for key, dtype in dtypes.items() if dtype != float32)
        raise TypeError(
            f"{name}: {seen}; convert one with .to(dtype): {other}.float() makes it float32"
        )
