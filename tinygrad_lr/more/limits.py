"""What a dtype can hold, ``finfo`` and ``iinfo``; and what becomes of two of them."""

from __future__ import annotations

import numpy as np

from ..dtypes import DType, DTypeLike, category, checked_dtype, join
from ..errors import DtypeError


class finfo:
    """The numbers of a dtype of floats: the default one, if none is given.

    `eps` is the distance from 1 to the next number, `tiny` (also ``smallest_normal``) the smallest
    that has all its digits. DtypeError for a dtype that holds none.

    >>> tg.finfo(tg.float32).eps
    1.1920928955078125e-07
    """

    dtype: str
    bits: int
    min: float
    max: float
    eps: float
    tiny: float
    smallest_normal: float
    resolution: float

    def __init__(self, type: DTypeLike | None = None) -> None:
        found = checked_dtype("finfo", type)
        if found.kind != "f":
            raise DtypeError(f"finfo: {found} holds no floats; use iinfo({found})")
        info = np.finfo(found)
        self.dtype, self.bits = found.name, found.itemsize * 8
        self.min, self.max, self.eps = float(info.min), float(info.max), float(info.eps)
        self.tiny = self.smallest_normal = float(info.smallest_normal)
        self.resolution = float(str(info.resolution))

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
            f"eps={self.eps:g}, smallest_normal={self.tiny:g}, tiny={self.tiny:g}, "
            f"dtype={self.dtype})"
        )


class iinfo:
    """The least and the largest number of a dtype of integers. DtypeError for another dtype.

    >>> tg.iinfo(tg.int8).max
    127
    """

    dtype: str
    bits: int
    min: int
    max: int

    def __init__(self, type: DTypeLike) -> None:
        found = checked_dtype("iinfo", type)
        if found.kind not in "iu":
            raise DtypeError(f"iinfo: {found} holds no integers; for floats use finfo({found})")
        info = np.iinfo(found)
        self.dtype, self.bits = found.name, found.itemsize * 8
        self.min, self.max = int(info.min), int(info.max)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


def promote_types(type1: DTypeLike, type2: DTypeLike) -> DType:
    """The dtype of a result of these two.

    >>> tg.promote_types(tg.int64, tg.float16)
    dtype('float16')
    """
    return join(checked_dtype("promote_types", type1), checked_dtype("promote_types", type2))


def can_cast(from_: DTypeLike, to: DTypeLike) -> bool:
    """Whether a result of `from_` may be written to `to`, which must not be of a lower kind.

    The kinds are bool, integers and floats. (Within one, digits may get lost: int64 to uint8.)

    >>> tg.can_cast(tg.float32, tg.int64)
    False
    """
    return category(checked_dtype("can_cast", from_)) <= category(checked_dtype("can_cast", to))
