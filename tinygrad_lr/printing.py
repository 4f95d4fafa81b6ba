"""How an array is written: PyTorch's layout, character for character.

What a PyTorch document shows as the text of a tensor is what is printed here. The rules are those
of `torch/_tensor_str.py`; with its default options (Options has the others):

* one number format for the whole array, chosen from its values (see `_number_format`), and all
  numbers right-aligned to one width;
* a vector fills lines of 80 characters; each dimension above the second adds one blank line between
  its slices;
* more than 1,000 elements are summarised: along every dimension longer than 6, the first 3 and
  the last 3 remain.

Everything here works on host (NumPy) arrays. Only the values that will be shown become Python
objects, so printing a large array costs hardly more than printing a small one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from .dtypes import default_dtype
from .errors import ArgumentError


class Options(NamedTuple):
    """How Tensors are written: PyTorch's options."""

    precision: int = 4  # digits after the point
    threshold: float = 1000  # more elements than this: summarise
    edgeitems: int = 3  # what a summary keeps at each end of a dimension
    linewidth: int = 80
    sci_mode: bool | None = None  # whether floats have an exponent; None: if that is shorter


PROFILES = {
    "default": Options(),
    "short": Options(precision=2, edgeitems=2),
    "full": Options(threshold=math.inf),
}
_options = Options()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Write Tensors another way from now on. What is None stays as it is, but for `sci_mode`.

    `profile` is "default", "short" or "full", to which the others are changes: see Options.
    ArgumentError for what is none of these, or no number >= 0.

    >>> tg.set_printoptions(precision=2)
    >>> tg.tensor([1 / 3])
    tensor([0.33])
    >>> tg.set_printoptions(profile="default")
    """
    global _options
    if profile is not None and profile not in PROFILES:
        raise ArgumentError(
            f"set_printoptions: profile must be one of {[*PROFILES]}, got {profile!r}"
        )
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    for name, value in given.items():
        if value is not None and (not isinstance(value, (int, float)) or not value >= 0):
            raise ArgumentError(f"set_printoptions: {name} must be a number >= 0, got {value!r}")
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    kept = PROFILES[profile] if profile else _options
    _options = kept._replace(**changes, sci_mode=sci_mode)


def get_printoptions() -> dict[str, Any]:
    """How Tensors are written now.

    >>> tg.get_printoptions()["precision"]
    4
    """
    return _options._asdict()


@contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """In this block Tensors are written as set_printoptions(...) says.

    >>> with tg.printoptions(precision=2):
    ...     print(tg.tensor([1 / 3]))
    tensor([0.33])
    """
    global _options
    before = _options
    set_printoptions(**(before._asdict() | options))
    try:
        yield
    finally:
        _options = before


Writer: TypeAlias = Callable[[float], str]  # of one value, which may be an int or a bool too


def format_tensor(
    array: np.ndarray,
    *,
    prefix: str = "tensor(",
    device: str | None = None,
    requires_grad: bool = False,
    grad_fn: str | None = None,
) -> str:
    """The whole text of a tensor: `tensor([1., 2.], dtype=float64, grad_fn=<MulBackward0>)`.

    After the values come, where they are needed: the `device` if given; the size of an empty array
    that is not 1-d (of any, with edgeitems=0); the dtype unless it is a usual one (the default one;
    or int64 or bool, if there are elements); then the name of `grad_fn` or, for a leaf,
    `requires_grad`. The dtype is NumPy's name, with no `torch.` before it. `prefix` is one line;
    its length is the indentation of the lines that follow.
    """
    array = np.asarray(array)  # an error, if it is something that has no values to show
    usual = default_dtype().name
    usual_dtypes = (usual, "int64", "bool") if array.size else (usual,)
    suffixes = []
    if device is not None:
        suffixes.append(f"device='{device}'")
    if (array.ndim != 1) if array.size == 0 else not _options.edgeitems:
        suffixes.append(f"size={array.shape}")
    if array.dtype.name not in usual_dtypes:
        suffixes.append(f"dtype={array.dtype.name}")
    if grad_fn is not None:
        suffixes.append(f"grad_fn=<{grad_fn}>")
    elif requires_grad:
        suffixes.append("requires_grad=True")

    text = prefix + format_array(array, len(prefix))
    column = len(text) - text.rfind("\n") + 1  # PyTorch's count, one or two above the true one
    for suffix in suffixes:
        width = len(suffix)
        if suffix.startswith("dtype="):
            width += len("torch.")  # not printed, but counted: so lines break where PyTorch's do
        if column + width + 2 > _options.linewidth:
            text += ",\n" + " " * len(prefix) + suffix
            column = len(prefix) + width
        else:
            text += ", " + suffix
            column += width + 2
    return text + ")"


def format_array(array: np.ndarray, indent: int) -> str:
    """The values in their brackets, laid out to stand `indent` characters from the left margin.

    The first line itself is not indented: it follows the text that fills these characters.
    """
    if array.size == 0:
        return "[]"
    if array.ndim and array.size > _options.threshold and not _options.edgeitems:
        return "[...]"
    edge = _options.edgeitems
    cut = tuple(array.size > _options.threshold and length > 2 * edge for length in array.shape)
    if any(cut):
        # The corners are gathered first, so that only they become Python objects.
        ends = np.r_[:edge, -edge:0]
        kept = [ends if c else range(length) for c, length in zip(cut, array.shape, strict=True)]
        array = array[np.ix_(*kept)]
    write, width = _number_format(array)
    return _layout(array.tolist(), cut, indent, lambda value: write(value).rjust(width), width)


def _layout(values: Any, cut: Sequence[bool], indent: int, write: Writer, width: int) -> str:
    """A number, or nested lists of them, as text.

    `cut` says for each dimension whether its middle has been left out; `width` is that of a number.
    """
    if not cut:
        return write(values)
    if len(cut) == 1:
        items, gap = [write(value) for value in values], " ..."
    else:
        items, gap = [_layout(part, cut[1:], indent + 1, write, width) for part in values], "..."
    if cut[0]:
        items.insert(_options.edgeitems, gap)

    # A vector's numbers stand side by side, as many as fit. Slices start on new lines, with as many
    # blank lines between them as they have dimensions above one. A new line starts under the first
    # item.
    next_line = " " * (indent + 1)
    if len(cut) > 1:
        return "[" + ("," + "\n" * (len(cut) - 1) + next_line).join(items) + "]"
    per_line = max(1, (_options.linewidth - indent) // (width + len(", ")))
    lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
    return "[" + (",\n" + next_line).join(lines) + "]"


def _number_format(values: np.ndarray) -> tuple[Writer, int]:
    """How to write each of these values, and the width to align them to.

    Integers and booleans are written as Python writes them. Floats are written in one of three
    forms, chosen, unless by an option, by those values that are finite and not zero:

    * `1.0000e-05`, if the largest magnitude is over 1,000 times the smallest, or over 1e8, or the
      smallest is under 1e-4;
    * `1.`, if all are whole numbers;
    * `1.0000` otherwise.
    """
    if values.dtype.kind != "f":
        return str, max(len(str(value)) for value in values.ravel().tolist())

    telling = values[np.isfinite(values) & (values != 0)]
    exponent: Writer = f"{{:.{_options.precision}e}}".format
    plain: Writer = f"{{:.{_options.precision}f}}".format
    if np.array_equal(telling, np.ceil(telling)):
        plain = _write_whole
    if telling.size == 0:
        return _write_whole, 1
    magnitudes = np.abs(telling)
    smallest, largest = float(magnitudes.min()), float(magnitudes.max())
    apart = largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4
    write = exponent if (apart if _options.sci_mode is None else _options.sci_mode) else plain
    return write, max(len(write(value)) for value in telling.tolist())


def _write_whole(value: float) -> str:
    """`2.`, with a point, as it is a float; `inf` and `nan` have none."""
    return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
