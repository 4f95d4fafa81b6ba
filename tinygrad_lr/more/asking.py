"""What one may ask of a Tensor besides its shape and dtype: how it lies in memory, what it is."""

from __future__ import annotations

from typing import Any

from ..device import CPU, Array, address, device_of
from ..graph import Value
from ..layouts import Layout
from ..signatures import Tensor, axis_too, checked, dim_index
from ..versions import owner

__all__ = ["is_complex", "is_floating_point", "is_inference", "is_nonzero", "is_tensor", "numel"]


def is_tensor(obj: object) -> bool:
    """Whether `obj` is a Tensor.

    >>> tg.is_tensor([1.0])
    False
    """
    return isinstance(obj, Value)


def is_floating_point(input: Tensor) -> bool:
    """Whether a Tensor holds floats.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_floating_point()
    True
    """
    return checked(input, "is_floating_point").array.dtype.kind == "f"


def is_complex(input: Tensor) -> bool:
    """False: there are no complex numbers here.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_complex()
    False
    """
    checked(input, "is_complex")
    return False


def is_inference(input: Tensor) -> bool:
    """False: what is made in inference_mode() is a constant as any other here.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_inference()
    False
    """
    checked(input, "is_inference")
    return False


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element of a Tensor is not 0. ArgumentError if there are more, or none.

    >>> tg.is_nonzero(tg.tensor(0.0))
    False
    """
    return bool(checked(input, "is_nonzero"))


def numel(input: Tensor) -> int:
    """The number of elements.

    >>> tg.zeros(2, 3).numel()
    6
    """
    return checked(input, "numel").array.size


def is_signed(self: Tensor) -> bool:
    """Whether its dtype has numbers below 0.

    >>> tg.tensor([3, 1, 2]).is_signed()
    True
    """
    return self.array.dtype.kind in "if"


def element_size(self: Tensor) -> int:
    """How many bytes an element takes.

    >>> tg.tensor([1.0, 2.0, 3.0]).element_size()
    4
    """
    return self.array.itemsize


@axis_too
def stride(self: Tensor, dim: int | None = None) -> tuple[int, ...] | int:
    """How many elements further in memory the next one along each dimension is; or along one.

    >>> tg.zeros(2, 3).stride()
    (3, 1)
    """
    steps = tuple(step // self.array.itemsize for step in self.array.strides)
    return steps if dim is None else steps[dim_index("stride", dim, self.array.ndim)]


def is_contiguous(self: Tensor, memory_format: Layout | None = None) -> bool:
    """Whether the elements lie in memory one after the other, row by row.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t().is_contiguous()
    False
    """
    return bool(self.array.flags.c_contiguous)


def data_ptr(self: Tensor) -> int:
    """Where in memory the first element lies.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.data_ptr() == x.data_ptr()
    True
    """
    return address(self.array) if self.array.size else 0


def storage_offset(self: Tensor) -> int:
    """How many elements of the memory that this tensor shows lie before its first.

    >>> tg.arange(5)[2:].storage_offset()
    2
    """
    return (address(self.array) - address(owner(self.array))) // self.array.itemsize


class Storage:
    """The memory that a Tensor shows, all of it: that of several, if these are views of another."""

    def __init__(self, array: Array) -> None:
        self._memory = owner(array)

    def data_ptr(self) -> int:
        """The address of the memory."""
        return address(self._memory)

    def nbytes(self) -> int:
        """How many bytes there are."""
        return self._memory.nbytes

    __len__ = size = nbytes


class TypedStorage(Storage):
    """The same, as elements of the dtype, which can be read and written one by one."""

    def _elements(self) -> Array:
        return self._memory.ravel(order="K") if self._memory.ndim != 1 else self._memory

    def __len__(self) -> int:
        return self._memory.size

    size = __len__

    def __getitem__(self, place: int) -> Any:
        return self._elements()[place].item()

    def tolist(self) -> list[Any]:
        """The elements, as Python numbers."""
        return self._elements().tolist()

    def __repr__(self) -> str:
        lines = [f" {number}" for number in self.tolist()]
        kind = f"TypedStorage(dtype=torch.{self._memory.dtype}, device={device_of(self._memory)})"
        return "\n".join([*lines, f"[torch.storage.{kind} of size {len(self)}]"])


def storage(self: Tensor) -> TypedStorage:
    """The memory that this tensor shows, as elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).storage().tolist()
    [1.0, 2.0, 3.0]
    """
    return TypedStorage(self.array)


def untyped_storage(self: Tensor) -> Storage:
    """The memory that this tensor shows.

    >>> tg.tensor([1.0, 2.0, 3.0]).untyped_storage().nbytes()
    12
    """
    return Storage(self.array)


def get_device(self: Tensor) -> int:
    """The number of the GPU on which it is; -1 on the CPU.

    >>> tg.tensor([1.0, 2.0, 3.0]).get_device()
    -1
    """
    return -1 if device_of(self.array) == CPU else 0


def pin_memory(self: Any, device: object = None) -> Any:
    """Itself: there is no memory that a GPU reads faster than other. (PyTorch's name.)

    >>> x = tg.ones(2)
    >>> x.pin_memory() is x
    True
    """
    return self


def is_pinned(self: Tensor, device: object = None) -> bool:
    """False; see pin_memory.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_pinned()
    False
    """
    return False
