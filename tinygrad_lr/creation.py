"""Making Tensors: from Python numbers, from NumPy, filled, counted, and random.

The keywords are the same throughout: `dtype` (float32 unless the data say otherwise), `device`
("cpu" or "gpu"), `requires_grad`. Sizes are given as numbers or as one tuple.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .device import CPU, device_of, is_array, library, move
from .functions import bool_, float32, int64, sizes
from .random import Generator, default_generator
from .tensor import Tensor


def _made(array: Any, device: Any, requires_grad: bool) -> Tensor:
    tensor = Tensor.wrap(move(array, device or CPU))
    return tensor.requires_grad_() if requires_grad else tensor


def _size(name: str, shape: tuple[Any, ...], size: Any) -> tuple[int, ...]:
    full = sizes(name, (tuple(size),) if size is not None else shape)
    if any(n < 0 for n in full):
        raise ValueError(f"{name}: sizes must be >= 0, got {full}")
    return full


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor holding a copy of `data`: a number, nested lists, or an array, whose dtype it keeps.

    Python floats become float32, integers int64.
    """
    if isinstance(data, Tensor):
        data = data.detach().array
    device = device or (device_of(data) if is_array(data) else CPU)
    array = data.copy() if is_array(data) else _from_numbers(data)
    if dtype is not None:
        array = array.astype(dtype)
    elif not is_array(data) and not isinstance(data, np.generic) and array.dtype.kind == "f":
        array = array.astype(float32)
    return _made(array, device, requires_grad)


def _from_numbers(data: Any) -> np.ndarray:
    try:
        array = np.array(data)
    except ValueError:
        raise ValueError(
            "tensor: the nested lists have different lengths; in a tensor all rows are equally long"
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"tensor: expected numbers, got {type(data).__name__} {str(data)[:40]!r}")
    return array if array.size else array.astype(float32)


def from_numpy(array: np.ndarray) -> Tensor:
    """A Tensor on the *same memory* as a NumPy array: a change in one shows in the other."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy: expected a NumPy array, got {type(array).__name__}")
    if array.dtype.kind not in "biuf" or not array.dtype.isnative:
        raise TypeError(
            f"from_numpy: cannot hold the dtype {array.dtype}; convert it, with "
            "array.astype('float32') for instance"
        )
    return Tensor.wrap(array)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a Tensor, without a copy where that is possible."""
    out = (
        data if isinstance(data, Tensor) else Tensor.wrap(data) if is_array(data) else tensor(data)
    )
    return out.to(dtype=dtype, device=device)


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`fill_value` everywhere; an integer gives int64, as PyTorch has it."""
    if dtype is None:
        dtype = {bool: bool_, int: int64}.get(type(fill_value), float32)
    shape = _size("full", (size,), None)
    return _made(np.full(shape, fill_value, dtype), device, requires_grad)


def zeros(
    *shape: Any,
    size: Any = None,
    dtype: Any = float32,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """0 everywhere."""
    array = library(device or CPU).zeros(_size("zeros", shape, size), dtype or float32)
    return _made(array, device, requires_grad)


def ones(
    *shape: Any,
    size: Any = None,
    dtype: Any = float32,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """1 everywhere."""
    array = library(device or CPU).ones(_size("ones", shape, size), dtype or float32)
    return _made(array, device, requires_grad)


empty = zeros  # memory with unknown contents would only be faster, and only by little


def zeros_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """0 everywhere, in the shape, dtype and place of `input`."""
    return zeros(
        input.shape, dtype=dtype or input.dtype, device=input.device, requires_grad=requires_grad
    )


def ones_like(input: Tensor, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """1 everywhere, in the shape, dtype and place of `input`."""
    return ones(
        input.shape, dtype=dtype or input.dtype, device=input.device, requires_grad=requires_grad
    )


def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None) -> Tensor:
    """`fill_value` everywhere, in the shape, dtype and place of `input`."""
    return full(input.shape, fill_value, dtype=dtype or input.dtype, device=input.device)


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """``start, start + step, ...`` up to, not including, `end`; or 0 up to `start`."""
    if end is None:
        start, end = 0, start
    if step == 0:
        raise ValueError("arange: step must not be 0")
    if dtype is None:
        dtype = int64 if all(isinstance(v, int) for v in (start, end, step)) else float32
    return _made(np.arange(start, end, step).astype(dtype), device, requires_grad)


def linspace(
    start: float,
    end: float,
    steps: int,
    *,
    dtype: Any = float32,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` numbers from `start` to `end`, equally far apart."""
    if steps < 0:
        raise ValueError(f"linspace: steps must be >= 0, got {steps}")
    return _made(np.linspace(start, end, steps).astype(dtype), device, requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = float32, device: Any = None) -> Tensor:
    """1 on the diagonal, 0 elsewhere."""
    return _made(np.eye(n, m, dtype=dtype), device, False)


def rand(
    *shape: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = float32,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers, equally likely in [0, 1)."""
    drawn = (generator or default_generator).uniform(0.0, 1.0, _size("rand", shape, size), dtype)
    return _made(drawn, device, requires_grad)


def randn(
    *shape: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = float32,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers, Gaussian with mean 0 and standard deviation 1."""
    drawn = (generator or default_generator).normal(0.0, 1.0, _size("randn", shape, size), dtype)
    return _made(drawn, device, requires_grad)


def normal(
    mean: float,
    std: float,
    size: Any,
    *,
    generator: Generator | None = None,
    dtype: Any = float32,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers, Gaussian with this mean and standard deviation."""
    shape = _size("normal", (), size)
    drawn = (generator or default_generator).normal(mean, std, shape, dtype)
    return _made(drawn, device, requires_grad)


def randint(
    low: int,
    high: int | None = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    device: Any = None,
) -> Tensor:
    """Random integers, equally likely, from `low` up to, not including, `high` (or 0 to `low`)."""
    if isinstance(high, (tuple, list)):  # randint(high, size)
        high, size = None, high
    if high is None:
        low, high = 0, low
    if low >= high:
        raise ValueError(f"randint: low must be below high, got {low} and {high}")
    shape = _size("randint", (), size)
    return _made((generator or default_generator).integers(low, high, shape), device, False)


def randperm(n: int, *, generator: Generator | None = None, device: Any = None) -> Tensor:
    """The numbers 0 to n - 1 in random order."""
    return _made((generator or default_generator).permutation(n), device, False)
