"""The numbers of an array, as they are shown: whole where they are few, and an image of colours.

They are taken down when the array is looked at. What is written into it later changes nothing here.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..device import device_of, is_array, move
from ..printing import format_array
from .colours import averaged

SMALL = 36  # elements that are shown one by one
CELLS = 32  # of an image, at most, in each direction


@dataclass(frozen=True)
class Image:
    """A large array, averaged down to `rows` times `cols` cells.

    `data` has one byte for each, in base64: 128 + 127 * x / scale, for x from -scale to scale; 0
    where a cell holds a nan or an inf.
    """

    rows: int
    cols: int
    data: str
    scale: float


@dataclass(frozen=True)
class Numbers:
    """What is shown of one array.

    `min` and `max` are of all that is not nan, `mean` is of what is finite: nan if there is none.
    `text` is all of it, as a Tensor prints it, where it has no more than 36 elements; `image` is of
    what has more than one.
    """

    shape: tuple[int, ...]
    dtype: str
    device: str
    min: float
    max: float
    mean: float
    nan: int  # how many
    inf: int
    text: str | None
    image: Image | None

    @property
    def brief(self) -> str:
        """It in a few characters: ``3.``, ``[1., 2.]``, ``(100, 10) -0.1..0.2``."""
        if not math.prod(self.shape):
            return f"{self.shape}, empty"
        if self.text is not None and len(self.text) <= 22 and "\n" not in self.text:
            return self.text
        return f"{self.shape} {self.min:.3g}..{self.max:.3g}"


@np.errstate(all="ignore")
def numbers_of(value: Any) -> Numbers:
    """The numbers of a raw array, or of a Python number. From a GPU they are fetched, once."""
    device = str(device_of(value)) if is_array(value) else "cpu"
    array = move(value, "cpu") if is_array(value) else np.asarray(value)
    is_number = isinstance(value, (bool, int, float)) and not isinstance(value, np.generic)
    flat = array.reshape(-1)
    floats = array.dtype.kind == "f"
    finite = flat[np.isfinite(flat)] if floats else flat
    telling = flat[~np.isnan(flat)] if floats and finite.size < flat.size else finite
    small = array.size <= SMALL
    return Numbers(
        shape=array.shape,
        dtype=type(value).__name__ if is_number else array.dtype.name,
        device=device,
        min=float(telling.min()) if telling.size else math.nan,
        max=float(telling.max()) if telling.size else math.nan,
        mean=float(finite.mean(dtype=np.float64)) if finite.size else math.nan,
        nan=flat.size - telling.size,
        inf=telling.size - finite.size,
        text=(repr(value) if is_number else format_array(array, 0)) if small else None,
        image=_image(array) if array.size > 1 else None,
    )


def _image(array: np.ndarray) -> Image:
    """`array` as a matrix, the last dimension along a row, averaged down."""
    matrix = array.reshape(-1, array.shape[-1])
    rows, cols = (min(n, CELLS) for n in matrix.shape)
    means, _ = averaged(matrix, rows, cols)
    good = np.isfinite(means)
    scale = float(np.abs(means[good]).max(initial=0.0))
    levels = np.where(good, means, 0.0) / (scale or 1.0)
    cells = np.where(good, 128 + np.rint(127 * levels), 0).astype(np.uint8)
    data = base64.b64encode(np.ascontiguousarray(cells).tobytes()).decode()
    return Image(rows, cols, data, scale)
