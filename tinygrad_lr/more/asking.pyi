"""Written by tests/stubs.py: what tinygrad_lr.more.asking offers, for type checkers and editors."""

import builtins
from tinygrad_lr.device import Array
from tinygrad_lr.layouts import Layout
from tinygrad_lr.signatures import Tensor
from typing import Any

def is_tensor(obj: object) -> bool:
    """Whether `obj` is a Tensor."""

def is_floating_point(input: Tensor) -> bool:
    """Whether a Tensor holds floats."""

def is_complex(input: Tensor) -> bool:
    """False: there are no complex numbers here."""

def is_inference(input: Tensor) -> bool:
    """False: what is made in inference_mode() is a constant as any other here."""

def is_nonzero(input: Tensor) -> bool:
    """Whether the one element of a Tensor is not 0. ArgumentError if there are more, or none."""

def numel(input: Tensor) -> int:
    """The number of elements."""

def is_signed(self: Tensor) -> bool:
    """Whether its dtype has numbers below 0."""

def element_size(self: Tensor) -> int:
    """How many bytes an element takes."""

def stride(self: Tensor, dim: int | None = None) -> tuple[int, ...] | int:
    """How many elements further in memory the next one along each dimension is; or along one."""

def is_contiguous(self: Tensor, memory_format: Layout | None = None) -> bool:
    """Whether the elements lie in memory one after the other, row by row."""

def data_ptr(self: Tensor) -> int:
    """Where in memory the first element lies."""

def storage_offset(self: Tensor) -> int:
    """How many elements of the memory that this tensor shows lie before its first."""

class Storage:
    """The memory that a Tensor shows, all of it: that of several, if these are views of another."""
    def __init__(self, array: Array) -> None: ...
    def data_ptr(self) -> int: ...
    def nbytes(self) -> int: ...
    def __len__(self) -> int: ...
    def size(self) -> int: ...

class TypedStorage(Storage):
    """The same, as elements of the dtype, which can be read and written one by one."""
    def __len__(self) -> int: ...
    def size(self) -> int: ...
    def __getitem__(self, place: int) -> Any: ...
    def tolist(self) -> list[Any]: ...
    def __repr__(self) -> str: ...

def storage(self: Tensor) -> TypedStorage:
    """The memory that this tensor shows, as elements."""

def untyped_storage(self: Tensor) -> Storage:
    """The memory that this tensor shows."""

def get_device(self: Tensor) -> int:
    """The number of the GPU on which it is; -1 on the CPU."""

def pin_memory(self: Any, device: object = None) -> Any:
    """Itself: there is no memory that a GPU reads faster than other. (PyTorch's name.)"""

def is_pinned(self: Tensor, device: object = None) -> bool:
    """False; see pin_memory."""
