"""Written by tests/stubs.py: what tinygrad_lr.creation.typed offers, for type checkers and editors."""

import builtins
from tinygrad_lr.tensor import Tensor

FloatTensor: type[Tensor]
"""A Tensor of float32: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.FloatTensor([0, 1]), tg.FloatTensor), tg.FloatTensor(2, 3).shape
(True, (2, 3))
"""
DoubleTensor: type[Tensor]
"""A Tensor of float64: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.DoubleTensor([0, 1]), tg.DoubleTensor), tg.DoubleTensor(2, 3).shape
(True, (2, 3))
"""
HalfTensor: type[Tensor]
"""A Tensor of float16: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.HalfTensor([0, 1]), tg.HalfTensor), tg.HalfTensor(2, 3).shape
(True, (2, 3))
"""
LongTensor: type[Tensor]
"""A Tensor of int64: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.LongTensor([0, 1]), tg.LongTensor), tg.LongTensor(2, 3).shape
(True, (2, 3))
"""
IntTensor: type[Tensor]
"""A Tensor of int32: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.IntTensor([0, 1]), tg.IntTensor), tg.IntTensor(2, 3).shape
(True, (2, 3))
"""
ShortTensor: type[Tensor]
"""A Tensor of int16: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.ShortTensor([0, 1]), tg.ShortTensor), tg.ShortTensor(2, 3).shape
(True, (2, 3))
"""
CharTensor: type[Tensor]
"""A Tensor of int8: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.CharTensor([0, 1]), tg.CharTensor), tg.CharTensor(2, 3).shape
(True, (2, 3))
"""
ByteTensor: type[Tensor]
"""A Tensor of uint8: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.ByteTensor([0, 1]), tg.ByteTensor), tg.ByteTensor(2, 3).shape
(True, (2, 3))
"""
BoolTensor: type[Tensor]
"""A Tensor of bool: of numbers in a list or an array, or of these sizes, and then of 0.

DtypeError for one number, and for a Tensor of another dtype; ``isinstance`` asks for the dtype.

>>> isinstance(tg.BoolTensor([0, 1]), tg.BoolTensor), tg.BoolTensor(2, 3).shape
(True, (2, 3))
"""
