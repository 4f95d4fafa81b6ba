"""What to say when something does not fit: what was expected, what came, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .device import DeviceError, OutOfMemoryError, device_of, on_gpu


class ShapeError(ValueError, RuntimeError):
    """Shapes do not fit. (PyTorch raises RuntimeError, NumPy ValueError: this is both.)"""


# What to do instead, of the operations that do not take every dtype.
_LOGIC = "; it takes booleans, such as a comparison gives (x > 0), or integers"
INSTEAD = {
    "neg": "; for the opposite of a mask use ~mask, for numbers -mask.float()",
    "sub": "; for where two masks differ use a != b, for numbers a.float() - b.float()",
    "and": _LOGIC,
    "or": _LOGIC,
    "not": _LOGIC,
}
_LIBRARYS = re.compile("ufunc|numpy|cupy|operands|DType|arrays? |<class")


def _own_words(error: Exception) -> str:
    """What an operation of somebody else's says itself, if it does, and not the array library."""
    if _LIBRARYS.search(str(error)):
        return "; its forward function does not take them together"
    return f"; {error}"


def check_devices(operation: str, names: Sequence[str], arrays: Sequence[Any]) -> None:
    """Refuse arrays on different devices: which one is where, by the names of the arguments."""
    places = {name: device_of(a) for name, a in zip(names, arrays) if hasattr(a, "ndim")}
    if len(set(places.values())) > 1:
        where = ", ".join(f"{name} is on {place}" for name, place in places.items())
        raise DeviceError(f"{operation}: {where}; move one with .to()")


def explained(
    error: Exception, operation: str, names: Sequence[str], arrays: Sequence[Any], needs: str
) -> Exception:
    """The error to raise instead of `error`, NumPy's, when `operation` could not compute.

    It names the shapes (or dtypes) of the arguments, and what they would need to be.
    """
    if isinstance(error, ShapeError):
        return error
    if isinstance(error, MemoryError):
        return out_of_memory(error, operation, names, arrays)
    if isinstance(error, TypeError):
        if re.search(r"\(\) (got|missing|takes)", str(error)):  # called with the wrong keywords
            return TypeError(re.sub(r"[\w.<>]*<lambda>", operation, str(error)))
        kinds = [
            f"{name} of {getattr(a, 'dtype', type(a).__name__)}" for name, a in zip(names, arrays)
        ]
        advice = INSTEAD.get(operation) or _own_words(error)
        return TypeError(f"{operation}: cannot compute with {' and '.join(kinds)}{advice}")
    shapes = [f"{name} has shape {a.shape}" for name, a in zip(names, arrays) if hasattr(a, "ndim")]
    return ShapeError(
        f"{operation}: {', '.join(shapes)}" + (f"; {needs}" if needs else _own_words(error))
    )


def out_of_memory(
    error: MemoryError, operation: str, names: Sequence[str], arrays: Sequence[Any]
) -> Exception:
    """The error for an `operation` whose result finds no room: how large its arguments are."""
    sized = {name: a for name, a in zip(names, arrays) if getattr(a, "ndim", 0)}
    shapes = ", ".join(f"{name} has shape {a.shape}" for name, a in sized.items())
    place = "gpu" if any(on_gpu(a) for a in arrays) else "cpu"
    reason = str(error).partition("\n")[0] or "nothing more is known"
    message = f"{operation}: out of memory on the {place}: {shapes} ({reason})"
    if sized:
        batch = next(iter(sized.values())).shape[0]
        message += f"; use a smaller batch than {batch}"
    return OutOfMemoryError(message) if place == "gpu" else MemoryError(message)


def wrong_dtype(operation: str, argument: str, got: Any, wanted: Any) -> TypeError:
    """The error for a gradient rule that does not keep to the dtype of its argument."""
    return TypeError(
        f"{operation}: the gradient rule of {argument} gave {got} for {wanted}; cast the arguments "
        "to one dtype first, and use Python numbers, not NumPy ones, for the constants in a rule"
    )


def wrong_shape(operation: str, argument: str, got: Any, wanted: tuple[int, ...]) -> ShapeError:
    """The error for a gradient rule whose result cannot be a gradient of its argument."""
    came = f"shape {got.shape}" if hasattr(got, "shape") else f"{type(got).__name__}, no array,"
    return ShapeError(
        f"{operation}: the gradient rule of {argument} gave {came} for an argument of shape "
        f"{wanted}; it must give that shape, or one that the argument broadcasts to"
    )


class Overwritten:
    """Stands in for an array that was written in place after an operation had seen it.

    Many gradient rules never look at their arguments, or ask for a shape only (add, sum, reshape):
    they get what they need. A rule that does look gets the error that explains what happened.
    """

    __slots__ = ("_message", "dtype", "ndim", "shape")

    def __init__(self, value: Any, operation: str, which: str, by: str) -> None:
        self.shape, self.ndim, self.dtype = value.shape, value.ndim, value.dtype
        self._message = (
            f"the gradient of {operation} needs {which}, a tensor of shape {value.shape}, but that "
            f"tensor has been modified by an inplace operation since: {by}. Compute a new tensor "
            "instead (x = x + y, not x += y), or hand the in-place operation a clone()."
        )

    def _refuse(self, *args: object, **kwargs: object) -> Any:
        raise RuntimeError(self._message)

    # Operators are looked up on the class, so each one has to be named.
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __matmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __rmatmul__ = __abs__ = __getitem__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __invert__ = __and__ = __or__ = _refuse
    __array__ = __array_ufunc__ = __array_function__ = __len__ = __bool__ = __float__ = _refuse
    __hash__ = object.__hash__
    explain = _refuse  # for a library that refuses this object before it asks it anything

    def __getattr__(self, name: str) -> Any:
        self._refuse()
