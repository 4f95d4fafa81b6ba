"""How an array is written: PyTorch's layout, character for character.

What a PyTorch document shows as the text of a tensor is what is printed here. The rules are those
of `torch/_tensor_str.py` with its default options:

* one number format for the whole array, chosen from its values (see `_number_format`), and all
  numbers right-aligned to one width;
* a vector fills lines of 80 characters; each dimension above the second adds one blank line between
  its slices;
* more than 1,000 elements are summarised: along every dimension longer than 6, the first 3 and
  the last 3 remain.

Everything here works on host (NumPy) arrays. Only the values that will be shown become Python
objects, so printing a large array costs hardly more than printing a small one.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

PRECISION = 4  # digits after the point
LINE_WIDTH = 80
THRESHOLD = 1000  # more elements than this: summarise
EDGE_ITEMS = 3  # what a summary keeps at each end of a dimension

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
    that is not 1-d; the dtype unless it is a usual one (float32, int64 or bool; for an empty array,
    float32); then the name of `grad_fn` or, for a leaf, `requires_grad`. The dtype is NumPy's name,
    with no `torch.` before it. `prefix` is one line; its length is the indentation of the lines
    that follow.
    """
    array = np.asarray(array)  # an error, if it is something that has no values to show
    usual_dtypes = ("float32", "int64", "bool") if array.size else ("float32",)
    suffixes = []
    if device is not None:
        suffixes.append(f"device='{device}'")
    if array.size == 0 and array.ndim != 1:
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
        if column + width + 2 > LINE_WIDTH:
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
    cut = tuple(array.size > THRESHOLD and length > 2 * EDGE_ITEMS for length in array.shape)
    if any(cut):
        # The corners are gathered first, so that only they become Python objects.
        ends = np.r_[:EDGE_ITEMS, -EDGE_ITEMS:0]
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
        items.insert(EDGE_ITEMS, gap)

    # A vector's numbers stand side by side, as many as fit. Slices start on new lines, with as many
    # blank lines between them as they have dimensions above one. A new line starts under the first
    # item.
    next_line = " " * (indent + 1)
    if len(cut) > 1:
        return "[" + ("," + "\n" * (len(cut) - 1) + next_line).join(items) + "]"
    per_line = max(1, (LINE_WIDTH - indent) // (width + len(", ")))
    lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
    return "[" + (",\n" + next_line).join(lines) + "]"


def _number_format(values: np.ndarray) -> tuple[Writer, int]:
    """How to write each of these values, and the width to align them to.

    Integers and booleans are written as Python writes them. Floats are written in one of three
    forms, chosen by those values that are finite and not zero:

    * `1.0000e-05`, if the largest magnitude is over 1,000 times the smallest, or over 1e8, or the
      smallest is under 1e-4;
    * `1.`, if all are whole numbers;
    * `1.0000` otherwise.
    """
    if values.dtype.kind != "f":
        return str, max(len(str(value)) for value in values.ravel().tolist())

    telling = values[np.isfinite(values) & (values != 0)]
    if telling.size == 0:
        return _write_whole, 1
    magnitudes = np.abs(telling)
    smallest, largest = float(magnitudes.min()), float(magnitudes.max())
    write: Writer
    if largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4:
        write = f"{{:.{PRECISION}e}}".format
    elif np.array_equal(telling, np.ceil(telling)):
        write = _write_whole
    else:
        write = f"{{:.{PRECISION}f}}".format
    return write, max(len(write(value)) for value in telling.tolist())


def _write_whole(value: float) -> str:
    """`2.`, with a point, as it is a float; `inf` and `nan` have none."""
    return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
