"""How an array is written: PyTorch's layout, character for character.

Someone who follows a PyTorch document should see here the very text that the document shows. The
rules are those of `torch/_tensor_str.py` with its default options:

* one number format for the whole array, chosen from its values (see `_number_format`), and all
  numbers right-aligned to one width;
* a vector fills lines of 80 characters; from three dimensions on, each adds one blank line
  between its slices;
* more than 1,000 elements are summarised: along every dimension longer than 6, the first 3 and
  the last 3 remain.

Everything here works on host (NumPy) arrays. Only the values that will be shown are ever visited
in Python, so printing a large array costs no more than printing a small one.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

PRECISION = 4  # digits after the point
LINE_WIDTH = 80
THRESHOLD = 1000  # more elements than this: summarise
EDGE_ITEMS = 3  # what a summary keeps at each end of a dimension

Writer = Callable[[Any], str]


def format_tensor(
    array: np.ndarray,
    *,
    prefix: str = "tensor(",
    device: str | None = None,
    requires_grad: bool = False,
    grad_fn: str | None = None,
) -> str:
    """The whole text of a tensor: `tensor([1., 2.], dtype=float64, grad_fn=<MulBackward0>)`.

    After the values come, each only where it says something: the `device` if given; the size of an
    empty array that is not 1-d; the dtype unless such values would get it anyway (float32, int64 or
    bool; for an empty array, float32); then the name of `grad_fn` or, for a leaf, `requires_grad`.
    The dtype is NumPy's name, with no `torch.` before it. `prefix` is one line; its length is the
    indentation of the lines that follow.
    """
    array = np.asarray(array)  # where there are no values, in a captured step, this says so
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
    column = len(text) - text.rfind("\n") + 1  # PyTorch's count, which is one or two too many
    for suffix in suffixes:
        width = len(suffix)
        if suffix.startswith("dtype="):
            width += len("torch.")  # counted though not printed: lines break where PyTorch's do
        if column + width + 2 > LINE_WIDTH:
            text += ",\n" + " " * len(prefix) + suffix
            column = len(prefix) + width
        else:
            text += ", " + suffix
            column += width + 2
    return text + ")"


def format_array(array: np.ndarray, indent: int) -> str:
    """The values in their brackets, laid out to stand `indent` characters from the left margin.

    The first line itself is not indented: it follows whatever fills these `indent` characters.
    """
    if array.size == 0:
        return "[]"
    cut = tuple(array.size > THRESHOLD and length > 2 * EDGE_ITEMS for length in array.shape)
    if any(cut):
        # One gather of the corners, before anything becomes a Python object.
        ends = np.r_[:EDGE_ITEMS, -EDGE_ITEMS:0]
        kept = [ends if c else range(length) for c, length in zip(cut, array.shape, strict=True)]
        array = array[np.ix_(*kept)]
    write, width = _number_format(array)
    return _layout(array.tolist(), cut, indent, lambda value: write(value).rjust(width), width)


def _layout(values: Any, cut: Sequence[bool], indent: int, write: Writer, width: int) -> str:
    """Nested lists to text; `cut` tells for each dimension whether its middle has been left out."""
    if not cut:
        return write(values)
    if len(cut) == 1:
        items, gap = [write(value) for value in values], " ..."
    else:
        items, gap = [_layout(part, cut[1:], indent + 1, write, width) for part in values], "..."
    if cut[0]:
        items.insert(EDGE_ITEMS, gap)

    # A vector's numbers stand side by side, as many as fit; slices start on new lines, the further
    # apart the more dimensions they have. Either way a new line starts under the first item.
    next_line = " " * (indent + 1)
    if len(cut) > 1:
        return "[" + ("," + "\n" * (len(cut) - 1) + next_line).join(items) + "]"
    per_line = max(1, (LINE_WIDTH - indent) // (width + len(", ")))
    lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
    return "[" + (",\n" + next_line).join(lines) + "]"


def _number_format(values: np.ndarray) -> tuple[Writer, int]:
    """How to write each of these values, and the width to align them to.

    Integers and booleans are written as Python writes them. Among floats, zeros, infinities and
    NaNs have no say; the others decide between three forms:

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
    """`2.`, the point saying that it is a float; `inf` and `nan` say so without one."""
    return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
