"""Which dtype a result has. PyTorch's rules differ from NumPy's, and are followed here.

The kinds of dtypes are ordered: bool < integer < float. Between different kinds the higher one
decides: int64 with float32 gives float32 (NumPy would give float64). Within one kind the dtype that
holds both decides: float32 with float64 gives float64.
"""

from __future__ import annotations

import functools
from typing import Any, TypeAlias, TypeVar

import numpy as np

from . import ops
from .device import Array, is_array
from .errors import DtypeError
from .graph import Op, Value

Number: TypeAlias = bool | int | float
DType: TypeAlias = np.dtype[Any]
DTypeLike: TypeAlias = str | type | np.dtype[Any]  # what np.dtype() takes
V = TypeVar("V", bound=Value)  # a Tensor

float16 = np.dtype("float16")
float32 = np.dtype("float32")
int64 = np.dtype("int64")
bool_ = np.dtype("bool")

# ------------------------------------------------------------------------------- dtypes of operands


def _category(dtype: DType) -> int:
    """The kind of a dtype as a number: 0 for bool, 1 for integers, 2 for floats, 3 for others."""
    return {"b": 0, "i": 1, "u": 1, "f": 2}.get(dtype.kind, 3)


def _join(first: DType, second: DType) -> DType:
    """The dtype of a result of these two."""
    if _category(first) == _category(second):
        return np.promote_types(first, second)
    return first if _category(first) > _category(second) else second


def number_dtype(number: object) -> DType:
    """The dtype of a Tensor made from a Python number: bool, int64 or float32."""
    if isinstance(number, bool):
        return bool_
    return int64 if isinstance(number, int) else float32


def result_type(*operands: Value | Number) -> DType:
    """The dtype of an operation on `operands` (Tensors and Python numbers), by PyTorch's rules.

    Tensors with dimensions decide. Tensors of no dimensions count only if they are of a higher kind
    than all of these (bool < integer < float), and numbers only if they are of a higher kind still.
    """
    arrays: list[DType] = []
    zero_dim: list[DType] = []
    numbers: list[DType] = []
    for operand in operands:
        if isinstance(operand, Value):
            (arrays if operand.array.ndim else zero_dim).append(operand.array.dtype)
        else:
            numbers.append(number_dtype(operand))
    found: Any = None  # until the first of these
    for dtypes in (arrays, zero_dim, numbers):
        joined = functools.reduce(_join, dtypes) if dtypes else None
        if found is None or (joined is not None and _category(joined) > _category(found)):
            found = joined
    return found


class NoOperand(TypeError):
    """An operand is neither a Tensor, nor an array, nor a number."""


def _as_operand(like: Value, other: Any, name: str) -> Value | Number:
    """`other`, which may be anything, as a Tensor or a Python number; NoOperand if it is none."""
    if isinstance(other, np.generic):  # first, as a np.float64 is a float too
        return other.item()
    if isinstance(other, (Value, bool, int, float)):
        return other
    if is_array(other):
        return like.wrap(other)
    raise NoOperand(f"{name}: expected a Tensor, an array or a number, got {type(other).__name__}")


def checked_dtype(name: str, dtype: DTypeLike | None) -> DType:
    """`dtype` as a NumPy dtype, float32 for None; TypeError if a Tensor can hold none such."""
    try:
        found = float32 if dtype is None else np.dtype(dtype)  # None is float64 to NumPy
    except TypeError:  # raised below, with a better message
        found = None
    if found is None or found.kind not in "biuf":
        raise TypeError(
            f"{name}: {dtype!r} is no dtype that a tensor can have; use 'float32', 'float64', "
            "'int64' or 'bool', for instance"
        )
    return found


def cast(input: V, dtype: DTypeLike) -> V:
    """`input` in `dtype`; itself if it has that dtype. Integers and booleans have no gradient."""
    dtype = np.dtype(dtype)
    if input.array.dtype == dtype:
        return input
    if dtype.kind != "f":
        return input.wrap(input.array.astype(dtype))
    return ops.to_copy(input, dtype=dtype)


def at_least_float32(op: Op, *inputs: Any, **params: Any) -> Any:
    """``op(*inputs, **params)``; of float16, computed in float32, and the result float16 again.

    What adds up many, or rounds more than once, needs more than the 11 bits of a float16.
    """
    if inputs[0].array.dtype != float16:
        return op(*inputs, **params)
    wide = [
        cast(x, float32) if isinstance(x, Value) and x.array.dtype == float16 else x for x in inputs
    ]
    with np.errstate(over="ignore"):  # infinity, where it is too large for float16
        return cast(op(*wide, **params), float16)


def promote(name: str, *operands: Value | Array | Number, floats: bool = False) -> list[Any]:
    """`operands`, all Tensors among them in one dtype: that of the result.

    Arrays become Tensors, numbers stay numbers: so each element is a Tensor or a number. With
    `floats`, integers and booleans become float32. TypeError if no operand is a Tensor, NoOperand
    if one is nothing to compute with.
    """
    like = next((o for o in operands if isinstance(o, Value)), None)
    if like is None:
        raise TypeError(f"{name}: expected a Tensor, got {type(operands[0]).__name__}")
    values = [_as_operand(like, o, name) for o in operands]
    dtype = result_type(*values)
    if floats and _category(dtype) < 2:
        dtype = float32
    # NumPy lets a Python number take the dtype of the array beside it.
    return [cast(v, dtype) if isinstance(v, Value) else v for v in values]


def same_dtype(name: str, **tensors: Value) -> None:
    """Raise TypeError for Tensors of different dtypes, as PyTorch's products and losses do."""
    dtypes = {key: t.array.dtype for key, t in tensors.items()}
    if len(set(dtypes.values())) > 1:
        seen = ", ".join(f"{key} is {dtype}" for key, dtype in dtypes.items())
        other = next(key for key, dtype in dtypes.items() if dtype != float32)
        raise DtypeError(
            f"{name}: {seen}; convert one with .to(dtype): {other}.float() makes it float32"
        )
