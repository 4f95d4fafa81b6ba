"""Written by tests/stubs.py: what tinygrad_lr.creation.typed offers, for type checkers and editors."""

import builtins
from tinygrad_lr.tensor import Tensor

FloatTensor: type[Tensor]
DoubleTensor: type[Tensor]
HalfTensor: type[Tensor]
LongTensor: type[Tensor]
IntTensor: type[Tensor]
ShortTensor: type[Tensor]
CharTensor: type[Tensor]
ByteTensor: type[Tensor]
BoolTensor: type[Tensor]
