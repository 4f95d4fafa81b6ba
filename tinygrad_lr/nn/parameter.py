"""Parameter: a Tensor that is to be trained."""

from __future__ import annotations

from numpy import generic

from ..creation import as_tensor
from ..device import is_array
from ..tensor import Tensor

__all__ = ["Parameter"]


class Parameter(Tensor):
    """A Tensor that a Module counts among its parameters: a leaf that requires grad."""

    def __init__(self, data: object, requires_grad: bool = True) -> None:
        if is_array(data) or isinstance(data, (int, float, generic)):
            data = as_tensor(data)  # it keeps its dtype; and a number is no size
        super().__init__(data, requires_grad=requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()
