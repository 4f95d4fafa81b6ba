"""Which dtype a result has. PyTorch's rules differ from NumPy's, and are followed here.

The kinds of dtypes are ordered: bool < integer < float. Between different kinds the higher one
decides: int64 with float32 gives float32 (NumPy would give float64). Within one kind the dtype that
holds both decides: float32 with float64 gives float64.

First, what all arguments go through: what counts as a number, and whether a dtype can hold it.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np

from . import errors, ops
from .device import Array, device_of, is_array, is_masked, item, move, plain, xp
from .effects import effect
from .errors import ArgumentError, DtypeError, NumberError
from .graph import Value
from .wording import Worded

Number: TypeAlias = "bool | int | float | np.integer[Any] | np.floating[Any]"  # or NumPy's
DType: TypeAlias = np.dtype[Any]
DTypeLike: TypeAlias = str | type | np.dtype[Any]  # what np.dtype() takes
V = TypeVar("V", bound=Value)  # a Tensor

float16: DType = np.dtype("float16")
float32: DType = np.dtype("float32")
int64: DType = np.dtype("int64")
int32: DType = np.dtype("int32")
bool_: DType = np.dtype("bool")
_FLOATS = {float16, float32, np.dtype("float64")}

# PyTorch's old names for the types of Tensors, one for each dtype.
TYPES: dict[str, DType] = {
    "FloatTensor": float32,
    "DoubleTensor": np.dtype("float64"),
    "HalfTensor": float16,
    "LongTensor": int64,
    "IntTensor": np.dtype("int32"),
    "ShortTensor": np.dtype("int16"),
    "CharTensor": np.dtype("int8"),
    "ByteTensor": np.dtype("uint8"),
    "BoolTensor": bool_,
}


class TypeName(str):
    """The name of a Tensor's type, ``torch.FloatTensor``. It equals the name of the dtype too."""

    def __eq__(self, other: object) -> bool:
        return str(self) == other or TYPES[self.rpartition(".")[2]].name == other

    def __hash__(self) -> int:
        return str.__hash__(self)


_default = float32


def default_dtype() -> DType:
    """The dtype of Python's floats, and of zeros, rand and others where none is asked for.

    >>> tg.get_default_dtype()
    dtype('float32')
    """
    return _default


def set_default_dtype(d: DTypeLike) -> None:
    """From now on Python's floats become `d`, a dtype of floats; float32 to begin with.

    DtypeError for another dtype.

    >>> tg.set_default_dtype(tg.float64)
    >>> tg.tensor(0.5).dtype
    dtype('float64')
    >>> tg.set_default_dtype(tg.float32)
    """
    global _default
    found = checked_dtype("set_default_dtype", d)
    if found.kind != "f":
        raise DtypeError(
            f"set_default_dtype: only floats have a default dtype, got {found}; use float32, "
            "float64 or float16"
        )
    effect("change a default")
    _default = found


# ------------------------------------------------------------------------------- numbers and arrays


def number(value: Any) -> Any:
    """`value`; a number of NumPy's, or a Tensor or an array of no dimensions, as a Python number.

    Python's numbers leave float32 what it is. (What may be masked is no number: array_of has why.)
    """
    if type(value) in (float, int, bool):  # the usual case
        return value
    if isinstance(value, np.generic):
        return value.item()
    array = value.array if isinstance(value, Value) else value
    if not is_array(array) or array.ndim or is_masked(array):
        return value
    return item(array)


def integer(value: object) -> int | None:
    """`value` as a Python integer; None if it is none (True is none)."""
    if type(value) is int:  # the usual case
        return value
    found = number(value)
    return int(found) if isinstance(found, int) and not isinstance(found, bool) else None


def flag(name: str, argument: str, value: object) -> bool:
    """`value` as True or False; TypeError, for `name`, if it is neither."""
    if value is True or value is False:  # the usual case
        return value
    if not isinstance(value, (bool, np.bool_)):
        came = repr(value) if isinstance(value, (int, float, str)) else type(value).__name__
        raise TypeError(f"{name}: {argument} must be True or False, got {came}")
    return bool(value)


def count(name: str, argument: str, value: object) -> int:
    """`value` as a Python integer >= 0; for `name`, DtypeError or ArgumentError else."""
    found = integer(value)
    if found is None or found < 0:
        kind = DtypeError if found is None else ArgumentError
        raise kind(f"{name}: {argument} must be an integer >= 0, got {value!r}")
    return found


def finite(name: str, argument: str, value: object) -> Any:
    """`value` as a finite Python number; for `name`, DtypeError or ArgumentError else."""
    found = number(value)
    if not isinstance(found, (int, float)):
        raise DtypeError(f"{name}: {argument} must be a finite number, got {value!r}")
    if not abs(found) <= _MOST:  # so written, it is true of nan too
        raise ArgumentError(f"{name}: {argument} must be a finite number, got {value!r}")
    return found


_MOST = sys.float_info.max


def array_of(name: str, value: Any) -> Array:
    """`value`, a raw array of any class, as a Tensor holds it; TypeError, for `name`, if none can.

    It stays on its memory.
    """
    array = plain(name, value)
    if array.dtype.kind not in "biuf" or not array.dtype.isnative or array.dtype.itemsize > 8:
        instead = "; convert it, with array.astype('float32') for instance"
        if array.dtype.kind in "US":
            instead = (
                ", text; array.astype('float32') converts numbers in it, and names of classes "
                "become numbers by `names, numbers = np.unique(array, return_inverse=True)`"
            )
        raise DtypeError(f"{name}: cannot hold the dtype {array.dtype}{instead}")
    return array


@np.errstate(over="ignore")  # 1e300 becomes inf, as in PyTorch
def converted(name: str, numbers: Array, dtype: DType) -> Array:
    """`numbers`, an array, in `dtype`; NumberError for what an integer `dtype` cannot hold."""
    check_all_fit(name, numbers, dtype)
    return numbers.astype(dtype, copy=False)


def check_all_fit(name: str, numbers: Array, dtype: DType) -> None:
    """Raise NumberError, for `name`, if one of `numbers` is none that `dtype` can hold."""
    if dtype.kind not in "iu" or np.can_cast(numbers.dtype, dtype):
        return
    low, high = limits(dtype)
    if numbers.dtype.kind == "f":
        whole = xp(numbers).trunc(numbers.astype(np.float64))  # 2.7 becomes 2
        fits = (whole >= float(low)) & (whole < float(high + 1))  # nan does not
    else:
        least, most = limits(numbers.dtype)
        fits = (numbers >= max(low, least)) & (numbers <= min(high, most))
    if not item(fits.all()):
        check_fits(name, item(numbers[~fits][0]), dtype)


@functools.lru_cache
def limits(dtype: DType) -> tuple[int, int]:
    """The smallest and the largest integer that `dtype`, of integers or bool, holds."""
    if dtype.kind == "b":
        return 0, 1
    found = np.iinfo(dtype)
    return int(found.min), int(found.max)


def check_fits(name: str, value: float, dtype: DType) -> None:
    """Raise NumberError, for `name`, for a number that `dtype`, of integers, cannot hold."""
    low, high = limits(dtype)
    if not low - 1 < value < high + 1:  # so written, it is true of nan too
        raise NumberError(
            f"{name}: {dtype} holds integers from {low} to {high}, a tensor of {dtype} cannot hold "
            f"{value}; use another dtype"
        )


def _wrapped(name: str, value: int, dtype: DType) -> int:
    """What becomes of the integer `value` in an integer `dtype`: as in PyTorch, its last bits."""
    low, high = limits(dtype)
    if low <= value <= high:
        return value
    if value.bit_length() > 63:
        raise errors.too_large(name)
    return int(np.int64(value).astype(dtype))


# ------------------------------------------------------------------------------- dtypes of operands


def category(dtype: DType) -> int:
    """The kind of a dtype as a number: 0 for bool, 1 for integers, 2 for floats, 3 for others."""
    return {"b": 0, "i": 1, "u": 1, "f": 2}.get(dtype.kind, 3)


def join(first: DType, second: DType) -> DType:
    """The dtype of a result of these two."""
    if category(first) == category(second):
        return np.promote_types(first, second)
    return first if category(first) > category(second) else second


def number_dtype(number: object) -> DType:
    """The dtype of a Tensor made from a number: bool, int64 or the default one."""
    if isinstance(number, bool):
        return bool_
    return int64 if isinstance(number, (int, np.integer)) else _default


def result_type(*operands: Value | Number) -> DType:
    """The dtype of an operation on `operands` (Tensors and numbers), by PyTorch's rules.

    Tensors with dimensions decide. Tensors of no dimensions count only if they are of a higher kind
    than all of these (bool < integer < float), and numbers only if they are of a higher kind still.
    TypeError for what is neither.

    >>> tg.result_type(tg.tensor([3, 1, 2]), 0.5)
    dtype('float32')
    """
    arrays: list[DType] = []
    zero_dim: list[DType] = []
    numbers: list[DType] = []
    for operand in operands:
        if isinstance(operand, Value):
            (arrays if operand.array.ndim else zero_dim).append(operand.array.dtype)
        elif isinstance(operand, (int, float, np.generic)):
            numbers.append(number_dtype(operand))
        else:
            came = type(operand).__name__
            raise NoOperand(f"result_type: expected a Tensor or a number, got {came}")
    return _decided(tuple(arrays), tuple(zero_dim), tuple(numbers))


@functools.lru_cache(1024)
def _decided(*groups: tuple[DType, ...]) -> DType:
    """The dtype of a result: that of the first of these groups, unless one is of a higher kind."""
    found: Any = None  # until the first of these
    for dtypes in groups:
        joined = functools.reduce(join, dtypes) if dtypes else None
        if found is None or (joined is not None and category(joined) > category(found)):
            found = joined
    return found


class NoOperand(Worded, TypeError):
    """An operand is neither a Tensor, nor an array, nor a number."""


def _as_operand(like: Value, other: Any, name: str) -> Value | Number:
    """`other`, which may be anything, as a Tensor or a Python number; NoOperand if it is none."""
    if isinstance(other, np.generic):  # first, as a np.float64 is a float too
        return number(other)
    if isinstance(other, (Value, bool, int, float)):
        return other
    if is_array(other):
        return like.wrap(array_of(name, other))
    raise NoOperand(f"{name}: expected a Tensor, an array or a number, got {type(other).__name__}")


def as_value(like: V, value: Any, name: str) -> V:
    """`value`, a Tensor, an array or a number, as a Tensor, where `like` is; NoOperand else."""
    found: Any = _as_operand(like, value, name)
    if isinstance(found, Value):
        return found  # type: ignore[return-value]
    try:
        array = np.asarray(found, number_dtype(found))
    except OverflowError:
        raise errors.too_large(name) from None
    return like.wrap(move(array, device_of(like.array)))


def checked_dtype(name: str, dtype: DTypeLike | None) -> DType:
    """`dtype` as a NumPy dtype, the default for None; TypeError if a Tensor can hold none such."""
    try:
        found = _default if dtype is None else np.dtype(dtype)  # None is float64 to NumPy
    except TypeError:  # raised below, with a better message
        found = None
    if found is None or found.kind not in "biuf" or found.itemsize > 8:
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


def at_least_float32(op: Callable[..., Any], *inputs: Any, **params: Any) -> Any:
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


def promote(
    name: str,
    *operands: Value | Array | Number,
    floats: bool = False,
    masks: bool = True,
    wraps: bool = True,
) -> list[Any]:
    """`operands`, all Tensors among them in one dtype: that of the result.

    Arrays become Tensors, numbers stay numbers: so each element is a Tensor or a number. Beside an
    array the dtype is NumPy's (float32 with int64 gives float64), as it is in PyTorch.

    Args:
        floats: integers and booleans become floats of the default dtype.
        masks: whether booleans are taken, in Tensors and alone; DtypeError else.
        wraps: whether an integer too large for the dtype becomes its last bits; NumberError else.

    TypeError if no operand is a Tensor, NoOperand if one is nothing to compute with.
    """
    dtypes = {o.array.dtype if isinstance(o, Value) else None for o in operands}
    if len(dtypes) == 1 and dtypes < _FLOATS:  # the usual case
        return [*operands]
    like = next((o for o in operands if isinstance(o, Value)), None)
    if like is None:
        raise TypeError(f"{name}: expected a Tensor, got {type(operands[0]).__name__}")
    values = [_as_operand(like, o, name) for o in operands]
    dtype = result_type(*values)
    if any(is_array(o) for o in operands):
        dtype = np.result_type(*(v.array.dtype if isinstance(v, Value) else v for v in values))
    if not masks and any(_is_boolean(o) for o in operands):
        raise errors.no_booleans(name)
    if floats and category(dtype) < 2:
        dtype = _default
    # NumPy lets a Python number take the dtype of the array beside it.
    return [
        cast(v, dtype) if isinstance(v, Value) else _number_in(name, v, dtype, wraps)
        for v in values
    ]


def _is_boolean(operand: object) -> bool:
    """Whether `operand` is True, False (NumPy's are numbers, as in PyTorch) or holds booleans."""
    array: Any = operand.array if isinstance(operand, Value) else operand
    return isinstance(operand, bool) or (is_array(array) and array.dtype == bool_)


def _number_in(name: str, value: Number, dtype: DType, wraps: bool) -> Number:
    """`value`, a number beside Tensors of `dtype`; an integer as one that `dtype` can hold."""
    if dtype.kind not in "iu" or not isinstance(value, int):
        return value
    if not wraps:
        check_fits(name, value, dtype)
    return _wrapped(name, value, dtype)


def same_dtype(name: str, **tensors: Value) -> None:
    """Raise DtypeError for Tensors of different dtypes, as PyTorch's products and losses do."""
    if len({t.array.dtype for t in tensors.values()}) > 1:
        dtypes = {key: t.array.dtype for key, t in tensors.items()}
        seen = ", ".join(f"{key} is {dtype}" for key, dtype in dtypes.items())
        other = next(key for key, dtype in dtypes.items() if dtype != float32)
        raise DtypeError(
            f"{name}: {seen}; convert one with .to(dtype): {other}.float() makes it float32"
        )
