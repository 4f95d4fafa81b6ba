"""PyTorch's old names for a Tensor of one dtype: ``FloatTensor([1, 2])``, ``LongTensor(3)``."""

from __future__ import annotations

from typing import Any

from .. import making
from ..dtypes import TYPES, DType, integer
from ..errors import DtypeError
from ..making import made
from ..signatures import new_sizes
from ..tensor import Tensor
from .given import tensor


class _OfOneDtype(type):
    """The class of these classes: any Tensor of the dtype is an instance of one."""

    dtype: DType

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor) and instance.array.dtype == cls.dtype

    def __call__(cls, *data: Any) -> Tensor:
        """A Tensor of the numbers in a list or an array, or of these sizes, and then of 0."""
        name, one = cls.__name__, data[0] if len(data) == 1 else 0
        if integer(one) is not None and not isinstance(one, Tensor):
            sizes = new_sizes(name, data or (0,))
            return made(Tensor, name, sizes, making.zeros, dtype=cls.dtype)
        if isinstance(one, Tensor) and one.dtype != cls.dtype:
            raise DtypeError(f"{name}: this tensor is {one.dtype}; use x.to({cls.dtype})")
        if isinstance(one, (int, float)):
            raise DtypeError(
                f"{name}: expected sizes, or numbers in a list or an array, got {one!r}; for one "
                f"number use tensor({one!r})"
            )
        return one if isinstance(one, Tensor) else tensor(one, dtype=cls.dtype)

    def __repr__(cls) -> str:
        return f"<class 'torch.{cls.__name__}'>"


_DOC = """A Tensor of {1}: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.{0}([0, 1]), tg.{0}), tg.{0}(2, 3).shape
(True, (2, 3))
"""


def _of(name: str) -> Any:
    doc = _DOC.format(name, TYPES[name])
    return _OfOneDtype(name, (), {"dtype": TYPES[name], "__doc__": doc})


FloatTensor, DoubleTensor, HalfTensor = _of("FloatTensor"), _of("DoubleTensor"), _of("HalfTensor")
LongTensor, IntTensor, ShortTensor = _of("LongTensor"), _of("IntTensor"), _of("ShortTensor")
CharTensor, ByteTensor, BoolTensor = _of("CharTensor"), _of("ByteTensor"), _of("BoolTensor")
