"""Tensors that a Module knows for what they are: to be trained, or only to be kept."""

from __future__ import annotations

from numpy import generic

from ..creation import as_tensor, zeros
from ..device import Shape, is_array
from ..dtypes import DTypeLike
from ..more.size import Size
from ..tensor import Tensor
from ..wording import say_nearest

__all__ = ["Buffer", "Parameter", "UninitializedParameter"]


class Parameter(Tensor):
    """A Tensor that a Module counts among its parameters: a leaf that requires grad.

    >>> nn.Parameter(tg.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __init__(self, data: object = (), requires_grad: bool = True) -> None:
        if is_array(data) or isinstance(data, (int, float, generic)):
            data = as_tensor(data)  # it keeps its dtype; and a number is no size
        super().__init__(data, requires_grad=requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A Tensor that a Module it is assigned to counts among its buffers: see register_buffer().

    >>> nn.Buffer(tg.ones(2)).persistent
    True
    """

    def __init__(self, data: object = (), *, persistent: bool = True) -> None:
        super().__init__(as_tensor(data))
        self.persistent = persistent


class UninitializedParameter(Parameter):
    """A Parameter whose shape is known only when its module is called first: see lazy.py.

    Then materialize() makes a Parameter of this same object, so an optimizer that was made before
    has it. Until then it has no shape; ``.data``, and what is written there, is empty.

    >>> nn.LazyLinear(3).weight
    <UninitializedParameter>
    """

    def __init__(
        self, requires_grad: bool = True, device: str | None = None, dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(zeros(0, dtype=dtype, device=device), requires_grad)

    def materialize(
        self, shape: Shape, device: str | None = None, dtype: DTypeLike | None = None
    ) -> None:
        """Be a Parameter of this shape from now on, of zeros.

        >>> weight = nn.parameter.UninitializedParameter()
        >>> weight.materialize((2,))
        >>> weight
        Parameter containing:
        tensor([0., 0.], requires_grad=True)
        """
        self.__class__ = Parameter  # type: ignore[assignment]
        self.data = zeros(shape, dtype=dtype or self.dtype, device=device or self.device)

    @property
    def shape(self) -> Size:
        """RuntimeError: it has none yet.

        >>> nn.LazyLinear(3).weight.shape
        Traceback (most recent call last):
        RuntimeError: Can't access the shape of an uninitialized parameter or buffer. ...
        """
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. Call `forward` to "
            "initialize the parameters before accessing their attributes."
        )

    def numel(self) -> int:
        """ValueError: it has no elements yet.

        >>> nn.LazyLinear(3).weight.numel()
        Traceback (most recent call last):
        ValueError: Attempted to use an uninitialized parameter in numel(). ...
        """
        raise ValueError(
            "Attempted to use an uninitialized parameter in numel(). Call `forward` with a dummy "
            "batch to initialize the parameters before asking"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


say_nearest(__name__)
