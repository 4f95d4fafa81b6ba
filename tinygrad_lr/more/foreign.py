"""NumPy's functions, called with a Tensor: what NumPy asks the Tensor then.

``array + tensor`` is NumPy's add, and the Tensor is asked first, so it computes that itself. What
else is called by its name is refused, with what to write instead: it would not be recorded, or
takes other arguments than the Tensor's method. Only what NumPy alone has may be had of a constant,
as of an array: plotting needs that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import ArrayError
from ..graph import Value

# The operators of Python's that are functions of NumPy's: what they are called, and what a Tensor
# on their right side has for them.
OPERATORS = {
    "add": ("+", "__radd__"),
    "subtract": ("-", "__rsub__"),
    "multiply": ("*", "__rmul__"),
    "divide": ("/", "__rtruediv__"),
    "floor_divide": ("//", "__rfloordiv__"),
    "remainder": ("%", "__rmod__"),
    "power": ("**", "__rpow__"),
    "matmul": ("@", "__rmatmul__"),
    "bitwise_and": ("&", "__rand__"),
    "bitwise_or": ("|", "__ror__"),
    "bitwise_xor": ("^", "__rxor__"),
    "left_shift": ("<<", "__rlshift__"),
    "right_shift": (">>", "__rrshift__"),
    "equal": ("==", "__eq__"),
    "not_equal": ("!=", "__ne__"),
    "less": ("<", "__gt__"),
    "less_equal": ("<=", "__ge__"),
    "greater": (">", "__lt__"),
    "greater_equal": (">=", "__le__"),
}
OTHER_NAMES = {
    "absolute": "abs",
    "clip": "clamp",
    "concatenate": "cat",
    "concat": "cat",
    "dot": "matmul",
    "expand_dims": "unsqueeze",
    "fabs": "abs",
    "float_power": "pow",
    "hstack": "cat",
    "negative": "neg",
    "ravel": "flatten",
    "take": "index_select",
    "vstack": "cat",
}
# A method of the Tensor's would be called, with arguments that it does not take.
REDUCTIONS = {"all", "amax", "amin", "any", "max", "mean", "min", "std", "sum", "var"}
ASKING = {"can_cast", "common_type", "iscomplexobj", "isrealobj", "may_share_memory", "ndim"}
ASKING |= {"result_type", "shape", "shares_memory", "size"}
ASKING_ELEMENTS = {"isfinite", "isinf", "isnan", "signbit"}  # there is no gradient to be lost


def ufunc(self: Any, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """``array + tensor``; all other functions of elements are refused."""
    name = function.__name__
    operator, reflected = OPERATORS.get(name, ("", ""))
    if method == "__call__" and not options and not isinstance(inputs[0], Value):
        result = getattr(self, reflected, _nothing)(inputs[0])
        if result is not NotImplemented:
            return result
    if name in ASKING_ELEMENTS and method == "__call__" and not options:
        return function(self.detach().numpy())
    if method != "__call__":
        raise _refused(f"{name}.{method}", "")
    if "out" in options:  # array += tensor
        raise _refused(f"{name}(..., out=...)", "write t.detach().numpy() there")
    if operator:
        raise _refused(name, f"write t {operator} other")
    raise _refused(name, _instead(self, name, "" if function.nin == 1 else "..."))


def _nothing(other: Any) -> Any:
    return NotImplemented


def function(self: Any, called: Any, types: Any, args: Any, options: Any) -> Any:
    """Of constants as of arrays, if a Tensor has no method for it."""
    name = called.__name__
    if name not in ASKING and (name in REDUCTIONS or _followed((args, options))):
        path = f"{called.__module__}.{name}".removeprefix("numpy.")
        raise _refused(path, _instead(self, name, "" if name in REDUCTIONS else "..."))
    take: Callable[[Any], Any] = (lambda t: t.array) if name in ASKING else (lambda t: t.numpy())
    return called(*_each(take, args), **_each(take, options))


def _instead(tensor: Any, name: str, arguments: str) -> str:
    """What to write instead of NumPy's function, if there is something."""
    ours = OTHER_NAMES.get(name, name)
    if ours in ("cat", "stack", "where"):
        return f"write tg.{ours}(...)"
    if name == "square":
        return "write t ** 2"
    return f"write t.{ours}({arguments})" if hasattr(type(tensor), ours) else ""


def _refused(name: str, instead: str) -> ArrayError:
    there_is = (
        f"for a Tensor t {instead}"
        if instead
        else f"a Tensor has none of its own, np.{name}(t.detach().numpy()) is without gradient"
    )
    return ArrayError(
        f"np.{name} is for arrays, no gradient would come back through it; {there_is}"
    )


def _each(take: Callable[[Any], Any], given: Any) -> Any:
    """`given`, arguments of a function, with what ``take`` gives of each Tensor in them."""
    if isinstance(given, Value):
        return take(given)
    if type(given) in (list, tuple):
        return type(given)(_each(take, part) for part in given)
    if type(given) is dict:
        return {name: _each(take, part) for name, part in given.items()}
    return given


def _followed(given: Any) -> bool:
    """Whether there is a Tensor in `given` that requires grad."""
    found: list[bool] = []
    _each(lambda tensor: found.append(tensor.edge is not None), given)
    return any(found)
