"""An array as a picture of colours: a small PNG, and the words that say what is in it.

0 is no colour at all, so that what lies behind it shows, be it light or dark; orange is above 0,
blue below: two colours that the colour-blind tell apart. What is nan or infinite is chequered.
"""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Array: TypeAlias = Any  # of NumPy's

ROWS, COLUMNS = 32, 96  # squares, at most
SIZE = 128, 384  # of the picture, in pixels, about
SIDE = 4, 12  # of a square, at least and at most

# The palette of the picture: 0 to 2 * FULL from blue over nothing to orange, and four more.
FULL = 100
BLUE, ORANGE = (33, 113, 205), (222, 100, 0)
BLACK, WHITE, CLEAR = 2 * FULL + 1, 2 * FULL + 2, 2 * FULL + 3


class Figures(NamedTuple):
    """What is said of an array: of the numbers in it that are finite, and how many are not."""

    low: float | None  # None: there is no finite one
    high: float | None
    mean: float | None
    nans: int
    infinite: int
    first: tuple[int, ...] | None  # where the first is that is not finite


def figures(array: Array) -> Figures:
    """Minimum, maximum and mean of an array of any dtype, and what in it is nan or infinite."""
    if not array.size:
        return Figures(None, None, None, 0, 0, None)
    with np.errstate(all="ignore"):
        low, high = array.min(), array.max()
        if np.isfinite(low) and np.isfinite(high):
            return Figures(low.item(), high.item(), _mean(array), 0, 0, None)
        finite = np.isfinite(array)
        nans = int(np.isnan(array).sum())
        infinite = array.size - nans - int(finite.sum())
        first = tuple(map(int, np.unravel_index(int(finite.argmin()), array.shape)))
        rest = array[finite]
        if not rest.size:
            return Figures(None, None, None, nans, infinite, first)
        return Figures(rest.min().item(), rest.max().item(), _mean(rest), nans, infinite, first)


def _mean(array: Array) -> float:
    """The mean of finite numbers, though their sum may be none."""
    mean = array.mean(dtype=np.float64)
    if not np.isfinite(mean):
        mean = (array / array.size).sum(dtype=np.float64)
    return float(mean)


def words(found: Figures) -> str:
    """The figures, as one reads them: ``min -0.3, max 0.2, mean 0.01; 2 nan, first at [0, 5]``."""
    said = []
    if isinstance(found.low, bool):
        said.append(f"{found.mean:.1%} True")
    elif found.low is not None and found.high is not None and found.mean is not None:
        said.append(f"min {number(found.low)}, max {number(found.high)}, mean {number(found.mean)}")
    if strange := strangers(found):
        said.append(strange)
    return "; ".join(said) or "no numbers"


def strangers(found: Figures) -> str:
    """How many are nan and how many infinite, and where the first is; "" if all are finite."""
    counted = [f"{found.nans:,} nan"] * bool(found.nans)
    counted += [f"{found.infinite:,} infinite"] * bool(found.infinite)
    where = f", first at {[*found.first]}" if found.first else ""
    return " and ".join(counted) + where


def number(value: float) -> str:
    """A number in a few digits; a whole one of Python's in all."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class Picture(NamedTuple):
    """A PNG of so many pixels, and what each square of it is, in words."""

    png: bytes
    width: int
    height: int
    says: str

    @property
    def url(self) -> str:
        """As the `src` of an image: the picture itself."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode()


def picture(array: Array) -> Picture:
    """The colours of an array that has elements: a row, a matrix, or matrices side by side."""
    with np.errstate(all="ignore"):
        slices, notes = _slices(array)
        shape = slices[0].shape
        rows, columns = min(ROWS, shape[0]), min(COLUMNS // len(slices), shape[1])
        cells = [averaged(matrix, rows, columns) for matrix in slices]
        if (rows, columns) != shape:
            each = [-(-n // m) for n, m in zip(shape, (rows, columns))]
            of = f"{each[0]} x {each[1]}" if array.ndim > 1 else each[1]
            notes.append(f"a square is the mean of up to {of} numbers")
        top = max(np.abs(means[np.isfinite(means)]).max(initial=0) for means, _ in cells)
        scale = float(top)
        across = (columns + 1) * len(slices) - 1  # with a gap between two
        side = min(SIDE[1], max(SIDE[0], min(SIZE[0] // rows, SIZE[1] // across)))
        high, wide = max(side, SIDE[1] // rows), max(side, SIDE[1] // across)
        parts = [_painted(means, nan, scale, (high, wide)) for means, nan in cells]
        gap = np.full((rows * high, wide), CLEAR, np.uint8)
        pixels = np.hstack([x for part in parts for x in (part, gap)][:-1])
        legend = ["blue below 0"] * any((means < 0).any() for means, _ in cells)
        legend += ["orange above 0"] * any((means > 0).any() for means, _ in cells)
        legend += [f"strongest at {number(scale)}"] * bool(top)
        legend += ["black and white: nan"] * any(nan.any() for _, nan in cells)
    height, width = pixels.shape
    return Picture(_png(pixels), width, height, "; ".join([", ".join(legend), *notes]))


def _slices(array: Array) -> tuple[list[Array], list[str]]:
    """The matrices that are drawn side by side, and a word on those that are not."""
    if array.ndim < 3:
        return [array.reshape(1, -1) if array.ndim < 2 else array], []
    rows, columns = array.shape[-2:]
    count = array.size // (rows * columns)
    fit = min(count, max(1, COLUMNS // (columns + 1)))
    places = [np.unravel_index(i, array.shape[:-2]) for i in range(fit)]
    which = f"the first {fit} of {count:,} matrices" if fit < count else f"{count} matrices"
    return [array[place] for place in places], [which] * (count > 1)


def averaged(matrix: Array, rows: int, columns: int) -> tuple[Array, Array]:
    """`matrix` averaged down to rows x columns squares, and in which of them something is nan."""
    sizes = matrix.shape
    starts = [np.arange(m) * n // m for n, m in zip(sizes, (rows, columns))]
    counts = [np.diff([*start, n]) for start, n in zip(starts, sizes)]

    def means_of(numbers: Array) -> Array:
        sums = np.add.reduceat(numbers, starts[0], axis=0, dtype=np.float64)
        return np.add.reduceat(sums / counts[0][:, None], starts[1], axis=1) / counts[1]

    means = means_of(matrix)
    if np.isfinite(means).all():
        return means, np.zeros(means.shape, bool)
    means = means_of(matrix * 2.0**-50) * 2.0**50  # if they are only large, their sum is finite
    nan = np.logical_or.reduceat(np.isnan(matrix), starts[0], axis=0)
    return means, np.logical_or.reduceat(nan, starts[1], axis=1)


def _painted(means: Array, nan: Array, scale: float, side: tuple[int, int]) -> Array:
    """The pixels, as numbers in the palette: so many high and wide for each cell."""

    def grown(cells: Array) -> Array:
        return cells.repeat(side[0], 0).repeat(side[1], 1)

    level = np.nan_to_num(np.clip(means / scale, -1, 1))  # 0 / 0, if all are 0
    pixels = grown(np.rint(level * FULL + FULL).astype(np.uint8))
    odd = np.add.outer(*(np.arange(n) // max(1, side[1] // 2) for n in pixels.shape)) % 2 == 1
    pixels[grown(nan | ~np.isfinite(means)) & odd] = BLACK
    pixels[grown(nan) & ~odd] = WHITE
    return pixels


def _png(pixels: Array) -> bytes:
    """A picture of numbers in the palette, as a file."""
    height, width = pixels.shape
    levels = [i / FULL - 1 for i in range(2 * FULL + 1)]
    colours = [ORANGE if level > 0 else BLUE for level in levels]
    palette = bytes(c for colour in [*colours, (0,) * 3, (255,) * 3, (0,) * 3] for c in colour)
    opaque = bytes([*(round(255 * abs(level) ** 0.8) for level in levels), 255, 255, 0])
    lines = np.insert(pixels, 0, 0, axis=1).tobytes()  # each begins with the filter it uses: none
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = {b"IHDR": header, b"PLTE": palette, b"tRNS": opaque, b"IDAT": zlib.compress(lines, 9)}
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, [*chunks, b"IEND"], [*chunks.values(), b""]))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
