"""The same names as methods of a Tensor, and the forms that write in place (``x.tan_()``)."""

from __future__ import annotations

from ..graph import Value
from ..inplace import in_place
from . import aliases, elementwise


class Methods(Value):
    """What a Tensor can do besides what is in tensor.py. Each is the function of its name."""

    tan, square = elementwise.tan, elementwise.square
    expm1, log1p, log2 = elementwise.expm1, elementwise.log1p, elementwise.log2
    erf, erfc = elementwise.erf, elementwise.erfc
    tan_, square_ = in_place("tan_", elementwise.tan), in_place("square_", elementwise.square)
    expm1_, log1p_ = in_place("expm1_", elementwise.expm1), in_place("log1p_", elementwise.log1p)
    erf_, erfc_ = in_place("erf_", elementwise.erf), in_place("erfc_", elementwise.erfc)
    log2_ = in_place("log2_", elementwise.log2)

    multiply, divide, subtract = aliases.multiply, aliases.divide, aliases.subtract
    negative = aliases.negative

    def is_inference(self) -> bool:
        """False: what is made in inference_mode() is a constant as any other here."""
        return False
