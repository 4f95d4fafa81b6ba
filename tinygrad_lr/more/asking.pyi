"""Written by tests/stubs.py: what tinygrad_lr.more.asking offers, for type checkers and editors."""

import builtins
from tinygrad_lr.device import Array
from tinygrad_lr.layouts import Layout
from tinygrad_lr.signatures import Tensor
from typing import Any

def is_tensor(obj: object) -> bool:
    """Whether `obj` is a Tensor.

    >>> tg.is_tensor([1.0])
    False
    """

def is_floating_point(input: Tensor) -> bool:
    """Whether a Tensor holds floats.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_floating_point()
    True
    """

def is_complex(input: Tensor) -> bool:
    """False: there are no complex numbers here.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_complex()
    False
    """

def is_inference(input: Tensor) -> bool:
    """False: what is made in inference_mode() is a constant as any other here.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_inference()
    False
    """

def is_nonzero(input: Tensor) -> bool:
    """Whether the one element of a Tensor is not 0. ArgumentError if there are more, or none.

    >>> tg.is_nonzero(tg.tensor(0.0))
    False
    """

def numel(input: Tensor) -> int:
    """The number of elements.

    >>> tg.zeros(2, 3).numel()
    6
    """

def is_signed(self: Tensor) -> bool:
    """Whether its dtype has numbers below 0.

    >>> tg.tensor([3, 1, 2]).is_signed()
    True
    """

def element_size(self: Tensor) -> int:
    """How many bytes an element takes.

    >>> tg.tensor([1.0, 2.0, 3.0]).element_size()
    4
    """

def stride(
    self: Tensor, dim: int | None = None, *, axis: int | None = ...
) -> tuple[int, ...] | int:
    """How many elements further in memory the next one along each dimension is; or along one.

    >>> tg.zeros(2, 3).stride()
    (3, 1)
    """

def is_contiguous(self: Tensor, memory_format: Layout | None = None) -> bool:
    """Whether the elements lie in memory one after the other, row by row.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t().is_contiguous()
    False
    """

def data_ptr(self: Tensor) -> int:
    """Where in memory the first element lies.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.data_ptr() == x.data_ptr()
    True
    """

def storage_offset(self: Tensor) -> int:
    """How many elements of the memory that this tensor shows lie before its first.

    >>> tg.arange(5)[2:].storage_offset()
    2
    """

class Storage:
    """The memory that a Tensor shows, all of it: that of several, if these are views of another."""
    def __init__(self, array: Array) -> None: ...
    def data_ptr(self) -> int:
        """The address of the memory."""
    def nbytes(self) -> int:
        """How many bytes there are."""
    def __len__(self) -> int:
        """How many bytes there are."""
    def size(self) -> int:
        """How many bytes there are."""

class TypedStorage(Storage):
    """The same, as elements of the dtype, which can be read and written one by one."""
    def __len__(self) -> int: ...
    def size(self) -> int: ...
    def __getitem__(self, place: int) -> Any: ...
    def tolist(self) -> list[Any]:
        """The elements, as Python numbers."""
    def __repr__(self) -> str: ...

def storage(self: Tensor) -> TypedStorage:
    """The memory that this tensor shows, as elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).storage().tolist()
    [1.0, 2.0, 3.0]
    """

def untyped_storage(self: Tensor) -> Storage:
    """The memory that this tensor shows.

    >>> tg.tensor([1.0, 2.0, 3.0]).untyped_storage().nbytes()
    12
    """

def get_device(self: Tensor) -> int:
    """The number of the GPU on which it is; -1 on the CPU.

    >>> tg.tensor([1.0, 2.0, 3.0]).get_device()
    -1
    """

def pin_memory(self: Any, device: object = None) -> Any:
    """Itself: there is no memory that a GPU reads faster than other. (PyTorch's name.)

    >>> x = tg.ones(2)
    >>> x.pin_memory() is x
    True
    """

def is_pinned(self: Tensor, device: object = None) -> bool:
    """False; see pin_memory.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_pinned()
    False
    """
