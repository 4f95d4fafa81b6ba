"""Tensor: PyTorch's names over the table.

A Tensor adds no arithmetic of its own. Its operators and methods are the functions of functions.py
and the entries of ops.py. What it adds: asking (shape, item, numpy), moving (to), gradients
(requires_grad, backward, detach), writing in place, and printing.

Some methods are named as Python's types are, int, float, bool, type: after them, in the class, the
types are called ``builtins.bool`` and so on.
"""

from __future__ import annotations

import builtins
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from . import autograd, functions, indexing, inplace, ops
from .device import (
    CPU,
    GPU,
    Array,
    DeviceError,
    device_of,
    is_array,
    is_name,
    item,
    library,
    move,
    others,
    room_for,
)
from .device import device as Device
from .dtypes import (
    TYPES,
    DType,
    DTypeLike,
    NoOperand,
    TypeName,
    array_of,
    cast,
    check_all_fit,
    checked_dtype,
    converted,
    default_dtype,
    flag,
    integer,
)
from .effects import effect
from .errors import ArgumentError, ArrayError, DtypeError, ExportError, ShapeError
from .gradients import hooks
from .graph import Node
from .inplace import in_place
from .layouts import Layout, channels_last, check_layout, laid_out, strided
from .making import filling, likes
from .making.nested import from_numbers
from .more import copying, foreign
from .more.methods import Methods
from .more.size import Size
from .printing import format_tensor
from .random import Generator
from .rich import shown_as
from .signatures import (
    Operand,
    axis_too,
    check_float,
    dim_index,
    new_sizes,
    operator,
    operator_of,
    reflected,
    shape_of,
)
from .warned import warn

_operator, _operator_of, _reflected = operator, operator_of, reflected


class Tensor(Methods):
    """An array on a device, with what autograd needs to find gradients.

    ``Tensor(data)`` is float32 (or the default dtype), of numbers in lists or of an array (one of
    that dtype is not copied), ``Tensor(2, 3)`` has these sizes, and 0 everywhere; ``tensor(data)``
    and the other functions of creation/ are the usual ways to make one. ``.array`` is the raw
    array. ``.grad`` is where backward() adds the gradient of a leaf.

    Raises TypeError or ValueError for data that is no array of numbers.

    >>> tg.Tensor([1, 2])
    tensor([1., 2.])
    """

    __module__ = "tinygrad_lr"  # where it is found, as type(x) says

    __array_ufunc__, __array_function__ = foreign.ufunc, foreign.function

    def __init__(self, *data: object, requires_grad: bool = False) -> None:  # data is checked here
        name = type(self).__name__
        one = data[0] if len(data) == 1 else None
        if isinstance(one, Tensor):  # on the same memory, in its dtype, as in PyTorch
            array = one.detach().array
        elif is_array(one):
            if isinstance(one, np.ndarray):
                effect("share memory with NumPy", name)
            array = array_of(name, one).astype(default_dtype(), copy=False)
        elif len(data) == 1 and not isinstance(one, (int, float, np.generic)):
            array = from_numbers(name, one).astype(default_dtype())
        elif len(data) == 1 and integer(one) is None:
            raise TypeError(
                f"{name}: expected sizes, or numbers in a list or an array, got {one!r}; for one "
                f"number use tensor({one!r})"
            )
        else:
            shape = new_sizes(name, data or (0,))
            with room_for(f"{name} of shape {shape}", CPU):
                array = np.zeros(shape, default_dtype())
        super().__init__(array)
        if requires_grad is not False:
            self.requires_grad_(requires_grad)

    catch_up = inplace.catch_up

    if TYPE_CHECKING:

        @classmethod
        def wrap(cls, array: Array) -> Tensor:
            """A new constant around `array`, on its memory."""

    # --------------------------------------------------------------------------------------- asking

    @property
    def shape(self) -> Size:
        """The sizes of its dimensions: a tuple, with PyTorch's numel() besides.

        >>> tg.zeros(2, 3).shape
        (2, 3)
        """
        return Size(self.array.shape)

    @property
    def ndim(self) -> int:
        """The number of dimensions.

        >>> tg.zeros(2, 3).ndim
        2
        """
        return self.array.ndim

    @property
    def dtype(self) -> DType:
        """What its elements are: float32, int64, bool, ...

        >>> tg.tensor([1.0, 2.0, 3.0]).dtype
        dtype('float32')
        """
        return self.array.dtype

    @property
    def device(self) -> Device:
        """Where its memory is: "cpu" or "gpu".

        >>> tg.tensor([1.0, 2.0, 3.0]).device
        device(type='cpu')
        """
        return device_of(self.array)

    @property
    def is_cuda(self) -> bool:
        """Whether it is on the GPU.

        >>> tg.tensor([1.0, 2.0, 3.0]).is_cuda
        False
        """
        return self.device == GPU

    @property
    def is_cpu(self) -> bool:
        """Whether it is on the CPU.

        >>> tg.tensor([1.0, 2.0, 3.0]).is_cpu
        True
        """
        return self.device == CPU

    @property
    def itemsize(self) -> int:
        """How many bytes an element takes.

        >>> tg.tensor([1.0, 2.0, 3.0]).itemsize
        4
        """
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        """How many bytes all elements take.

        >>> tg.tensor([1.0, 2.0, 3.0]).nbytes
        12
        """
        return self.array.nbytes

    layout = strided  # the same for all
    is_sparse = is_quantized = is_mps = is_meta = is_nested = False

    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: int) -> int: ...
    @axis_too
    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or one size of it.

        >>> tg.zeros(2, 3).size(0)
        2
        """
        shape = self.array.shape
        return Size(shape) if dim is None else shape[dim_index("size", dim, len(shape))]

    def dim(self) -> int:
        """The number of dimensions.

        >>> tg.zeros(2, 3).dim()
        2
        """
        return self.array.ndim

    ndimension = dim

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError(
                "len() of a tensor of no dimensions (a single number); .item() is that number"
            )
        return self.array.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.array.ndim:
            raise TypeError(
                "a tensor of no dimensions (a single number) cannot be iterated over; .item() is "
                "that number"
            )
        return iter(self.unbind())

    def item(self) -> builtins.bool | int | float:
        """The one element, as a Python number. Raises ArgumentError if there are more, or none.

        >>> tg.tensor([2.5]).item()
        2.5
        """
        if self.array.size != 1:
            raise ArgumentError(
                f"a tensor of shape {self.shape} has {self.array.size} elements, only one that has "
                "a single element can become a Python number; reduce it first, or use tolist()"
            )
        return item(self.array)

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise ArgumentError(
                f"whether a tensor of shape {self.shape} is true is ambiguous; use .any() or .all()"
            )
        return bool(item(self.array))

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.dtype.kind not in "biu" or self.array.size != 1:
            raise TypeError(
                "only an integer tensor can be an index, and of a single element; this one is "
                f"{self.dtype}, of shape {self.shape}"
            )
        return int(self.item())

    def __contains__(self, value: Operand) -> bool:
        try:
            return bool(functions.eq(self, value).any())
        except NoOperand:
            raise DtypeError(
                f"in: a tensor contains numbers, and no {type(value).__name__}; whether it is in a "
                "list of tensors is asked by any(x is t for t in tensors)"
            ) from None

    def tolist(self) -> Any:
        """Python numbers in nested lists; or one number, for a tensor of no dimensions.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).tolist()
        [[1.0, 2.0], [3.0, 4.0]]
        """
        return move(self.array, CPU).tolist()

    def numpy(self, *, force: builtins.bool = False) -> np.ndarray:
        """The NumPy array on the same memory.

        Raises RuntimeError if this tensor requires grad and operations are being recorded,
        DeviceError if it is on the GPU. With `force` it is detached, and brought to the CPU.

        >>> tg.tensor([1.0, 2.0, 3.0]).numpy()
        array([1., 2., 3.], dtype=float32)
        """
        if force:
            return np.asarray(move(self.array, CPU))
        if self.requires_grad and autograd.is_grad_enabled():
            raise ArrayError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() "
                "instead."
            )
        if self.device != CPU:
            raise DeviceError("numpy(): this tensor is on the gpu; use tensor.cpu().numpy()")
        return np.asarray(self.array)  # the array itself

    @property
    def _data(self) -> np.ndarray:
        # A masked array asks what stands beside it for this, and would compute with it by itself.
        raise TypeError(
            "a masked array and a tensor: a tensor has no mask, and a result of np.ma no "
            "gradient;\n"
            "say what stands in the masked places, with array.filled(0), or use t.detach().numpy()"
        )

    to_numpy = numpy  # by this name matplotlib asks; without it, it would take rows for columns

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> np.ndarray:
        """What np.asarray(tensor), and so matplotlib, asks for."""
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: builtins.bool | None = None,
    ) -> Any:
        """This memory as a capsule, for the from_dlpack() of another library.

        Raises ExportError (a BufferError) if this tensor requires grad, or cannot be shared.
        """
        array = self._exported()
        if any(stride < 0 for stride in array.strides):  # PyTorch would end the program
            raise ExportError(
                "from_dlpack: the elements of this tensor lie backwards in memory; use x.clone()"
            )
        if stream == -1 and self.device == CPU:  # PyTorch's way to say that there is none
            stream = None
        options = {"max_version": max_version, "dl_device": dl_device, "copy": copy}
        try:
            return array.__dlpack__(stream=stream, **options)
        except (BufferError, RuntimeError) as error:
            if max_version is None and not getattr(array.flags, "writeable", True):
                raise ExportError(
                    "from_dlpack: this memory is read-only, which the library that asks for it "
                    "would not see; use x.clone()"
                ) from None
            raise ExportError(f"from_dlpack: {str(error).rstrip('.')}") from None

    def __dlpack_device__(self) -> tuple[builtins.int, builtins.int]:
        """Where this memory is, as DLPack numbers it."""
        return self._exported().__dlpack_device__()

    def _exported(self) -> Any:
        """The array, for another library. Raises ExportError if this tensor requires grad."""
        if self.requires_grad:
            raise ExportError(
                "Can't export tensors that require gradient, use tensor.detach(): from another "
                "library no gradient would come back"
            )
        if self.device == CPU:
            return np.asarray(self.array)  # the array itself
        effect("use a raw array", self)
        return self.array

    def __repr__(self) -> str:
        self.catch_up()
        return format_tensor(
            move(self.array, "cpu"),
            device=None if self.device == CPU else str(self.device),
            requires_grad=self.requires_grad,
            grad_fn=self.node.name() if self.node else None,
        )

    _repr_html_ = shown_as("tensor")

    def __format__(self, spec: str) -> str:
        if spec and self.array.ndim:
            raise TypeError(
                f"format: {spec!r} is for one number, and this tensor has shape {self.shape}; "
                "take one out, or print the tensor as it is"
            )
        return format(self.item(), spec) if not self.array.ndim else object.__format__(self, spec)

    # --------------------------------------------------------------------------------------- moving

    def to(
        self,
        *args: Tensor | DTypeLike,
        dtype: DTypeLike | None = None,
        device: str | None = None,
        non_blocking: builtins.bool = False,
        copy: builtins.bool = False,
        memory_format: Layout | None = None,
    ) -> Tensor:
        """On another device, in another dtype, or both; itself when nothing changes.

        ``x.to("gpu")``, ``x.to(float64)``, ``x.to(other_tensor)``. It has a gradient. With `copy`,
        never itself; `non_blocking` is PyTorch's, and changes nothing; for `memory_format`
        see layouts.py.
        Raises DeviceError for an unknown device or one that is not there, TypeError for a dtype.

        >>> tg.tensor([1.0, 2.0, 3.0]).to(tg.float64)
        tensor([1., 2., 3.], dtype=float64)
        """
        flags = [arg for arg in args if isinstance(arg, builtins.bool)]  # non_blocking, then copy
        copy = copy or flags[1:] == [True]
        for arg in args[: len(args) - len(flags)]:
            if isinstance(arg, Tensor):
                dtype, device = arg.dtype, arg.device
            elif isinstance(arg, str) and arg not in np.sctypeDict:
                if not is_name(arg):
                    raise DeviceError(
                        f"to: unknown device {arg!r}, and no dtype either; use 'cpu' or 'gpu' "
                        "('cuda', 'cuda:0'), or a dtype such as 'float32'"
                    )
                device = arg
            else:
                dtype = arg
        out = self if dtype is None else cast(self, checked_dtype("to", dtype))
        if device not in (None, out.device) and Device(device) != out.device:
            out = ops.to_device(out, source=str(out.device), target=str(Device(device)))
        out = laid_out("to", out, memory_format)
        return out.clone() if copy and out is self else out

    def cpu(self) -> Tensor:
        """On the CPU; itself when it is there.

        >>> tg.tensor([1.0, 2.0, 3.0]).cpu()
        tensor([1., 2., 3.])
        """
        return self if self.device is CPU else self.to("cpu")

    def cuda(self, device: str | None = None) -> Tensor:
        """On the GPU; itself when it is there. DeviceError if there is none.

        >>> x = tg.tensor([1.0, 2.0])
        >>> x.cuda().cpu() if tg.is_available() else x
        tensor([1., 2.])
        """
        return self.to("gpu" if device is None else device)

    @overload
    def type(self, dtype: None = None) -> str: ...
    @overload
    def type(self, dtype: DTypeLike) -> Tensor: ...
    def type(self, dtype: DTypeLike | None = None) -> Tensor | str:
        """Converted to `dtype`; or, without one, PyTorch's name of its type, torch.FloatTensor.

        >>> tg.tensor([1.0, 2.0, 3.0]).type()
        'torch.FloatTensor'
        """
        if dtype is None:
            place = "torch" if self.device == CPU else f"torch.{self.device.type}"
            return TypeName(f"{place}.{next(t for t in TYPES if TYPES[t] == self.dtype)}")
        named = dtype.rpartition(".")[2] if isinstance(dtype, str) else ""
        return self.to(TYPES.get(named, dtype))

    def type_as(self, other: Tensor) -> Tensor:
        """In the dtype of `other`, and on its device; itself when it is.

        >>> tg.tensor([3, 1, 2]).type_as(tg.tensor([1.0, 2.0, 3.0]))
        tensor([3., 1., 2.])
        """
        return self.to(other)

    def half(self, memory_format: Layout | None = None) -> Tensor:
        """In float16; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).half()
        tensor([1., 2., 3.], dtype=float16)
        """
        return laid_out("to", cast(self, np.float16), memory_format)

    def float(self, memory_format: Layout | None = None) -> Tensor:
        """In float32; itself when it is.

        >>> tg.tensor([3, 1, 2]).float()
        tensor([3., 1., 2.])
        """
        return laid_out("to", cast(self, np.float32), memory_format)

    def double(self, memory_format: Layout | None = None) -> Tensor:
        """In float64; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).double()
        tensor([1., 2., 3.], dtype=float64)
        """
        return laid_out("to", cast(self, np.float64), memory_format)

    def long(self, memory_format: Layout | None = None) -> Tensor:
        """In int64; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).long()
        tensor([1, 2, 3])
        """
        return laid_out("to", cast(self, np.int64), memory_format)

    def int(self, memory_format: Layout | None = None) -> Tensor:
        """In int32; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).int()
        tensor([1, 2, 3], dtype=int32)
        """
        return laid_out("to", cast(self, np.int32), memory_format)

    def short(self, memory_format: Layout | None = None) -> Tensor:
        """In int16; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).short()
        tensor([1, 2, 3], dtype=int16)
        """
        return laid_out("to", cast(self, np.int16), memory_format)

    def char(self, memory_format: Layout | None = None) -> Tensor:
        """In int8; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).char()
        tensor([1, 2, 3], dtype=int8)
        """
        return laid_out("to", cast(self, np.int8), memory_format)

    def byte(self, memory_format: Layout | None = None) -> Tensor:
        """In uint8; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).byte()
        tensor([1, 2, 3], dtype=uint8)
        """
        return laid_out("to", cast(self, np.uint8), memory_format)

    def bool(self, memory_format: Layout | None = None) -> Tensor:
        """In bool; itself when it is.

        >>> tg.tensor([0, 2]).bool()
        tensor([False,  True])
        """
        return laid_out("to", cast(self, np.bool_), memory_format)

    def contiguous(self, memory_format: Layout | None = None) -> Tensor:
        """Itself if its elements lie in order in memory, else a copy that does.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t().contiguous().stride()
        (2, 1)
        """
        if memory_format is channels_last:
            return laid_out("contiguous", self, memory_format)
        check_layout("contiguous", memory_format=memory_format)
        return self if self.array.flags.c_contiguous else self.clone()

    # ------------------------------------------------------------------------------------ gradients

    @property
    def requires_grad(self) -> builtins.bool:
        """Whether this tensor is, or was computed from, a leaf whose gradient is asked for.

        >>> tg.ones(2, requires_grad=True).requires_grad
        True
        """
        return self.edge is not None

    @requires_grad.setter
    def requires_grad(self, value: builtins.bool) -> None:
        if self.grad_fn is not None:
            raise RuntimeError(
                "requires_grad can only be set on a leaf, and this tensor was computed; use "
                "tensor.detach() for one that gradients do not flow through"
            )
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: builtins.bool = True) -> Tensor:
        """Ask for the gradient of this leaf, or no longer. Returns the tensor itself.

        A leaf made from read-only memory (an array of pandas', a file) gets a copy of its own, that
        an optimizer can write to. Raises RuntimeError for a tensor of integers or booleans; and for
        one that was computed, if its gradient is not to be asked for.

        >>> tg.ones(2).requires_grad_()
        tensor([1., 1.], requires_grad=True)
        """
        if requires_grad is not True:
            requires_grad = flag("requires_grad_", "requires_grad", requires_grad)
        if requires_grad and self.dtype.kind != "f":
            raise RuntimeError(
                "only Tensors of floating point dtype can require gradients, this one is "
                f"{self.dtype}; use .float() first"
            )
        if not requires_grad and self.node is not None:
            raise RuntimeError(
                "requires_grad can only be switched off for a leaf; use tensor.detach() for a copy "
                "that gradients do not flow through"
            )
        memory = (self if self.root is None else self.root).array
        if requires_grad and self.node is None and not getattr(memory.flags, "writeable", True):
            self.array = self.array.copy()
        self.wanted = bool(requires_grad)
        return self

    @property
    def grad_fn(self) -> Node | None:
        """The recorded operation that computed this tensor; None for a leaf.

        >>> tg.ones(2).grad_fn is None
        True
        """
        effect("ask for the graph", self)
        self.catch_up()
        return self.node

    @property
    def is_leaf(self) -> builtins.bool:
        """Whether this tensor was made rather than computed from something that requires grad.

        >>> tg.ones(2, requires_grad=True).exp().is_leaf
        False
        """
        return self.grad_fn is None

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward() has added up here, None before the first.

        It *accumulates*: each backward() adds to it, until ``optimizer.zero_grad()`` or
        ``x.grad = None``.

        >>> x = tg.ones(2, requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 2.])
        """
        if self.node is not None and hooks.retaining(self) is None:
            warn(
                "The .grad attribute of a Tensor that is not a leaf is being accessed: backward() "
                "fills it for leaves only. Call .retain_grad() on this Tensor before backward() if "
                "you want it here too.",
                UserWarning,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is self:
            raise RuntimeError("grad: a tensor cannot be its own gradient; assign a clone() of it")
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(f"grad must be a Tensor or None, got {type(value).__name__}")
        if value is not None and (value.shape, value.dtype) != (self.shape, self.dtype):
            raise ShapeError(
                f"grad must have the shape and dtype of its tensor, {self.shape} {self.dtype}; got "
                f"{value.shape} {value.dtype}"
            )
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    def retain_grad(self) -> None:
        """Let backward() fill ``.grad`` of this tensor although it is not a leaf.

        Raises RuntimeError if it does not require grad.

        >>> x = tg.ones(2, requires_grad=True)
        >>> y = x * 3
        >>> y.retain_grad()
        >>> y.sum().backward()
        >>> y.grad
        tensor([1., 1.])
        """
        if not self.requires_grad:
            raise RuntimeError(
                "retain_grad: this tensor does not require grad; set requires_grad=True on what it "
                "is computed from, before computing"
            )
        if self.node is not None:
            hooks.watcher_of(self).keeper = weakref.ref(self)

    @property
    def retains_grad(self) -> builtins.bool:
        """Whether this tensor is no leaf, and retain_grad() was called on it.

        >>> tg.ones(2, requires_grad=True).exp().retains_grad
        False
        """
        return self.grad_fn is not None and hooks.retaining(self) is self

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> hooks.RemovableHandle:
        """Have ``hook(gradient)`` called whenever backward has the whole gradient of this tensor.

        What it returns, unless that is None, is the gradient from there on. Hooks are called in the
        order in which they were registered; ``handle.remove()`` takes one out. Raises RuntimeError
        if this tensor does not require grad.

        >>> x = tg.ones(2, requires_grad=True)
        >>> handle = x.register_hook(lambda g: 10 * g)
        >>> x.sum().backward()
        >>> x.grad
        tensor([10., 10.])
        """
        if not self.requires_grad:
            raise RuntimeError(
                "register_hook: this tensor does not require grad; set requires_grad=True on what "
                "it is computed from, before computing"
            )
        return hooks.register(hooks.watcher_of(self).hooks, hook)

    def register_post_accumulate_grad_hook(
        self, hook: Callable[[Tensor], None]
    ) -> hooks.RemovableHandle:
        """Have ``hook(x)`` called whenever backward has added to ``x.grad`` of this leaf, x.

        Raises RuntimeError if it is no leaf, or does not require grad; and from backward, if the
        hook returns anything.

        >>> x = tg.ones(2, requires_grad=True)
        >>> handle = x.register_post_accumulate_grad_hook(lambda x: print(x.grad))
        >>> x.sum().backward()
        tensor([1., 1.])
        """
        if not (self.requires_grad and self.is_leaf):
            raise RuntimeError(
                "register_post_accumulate_grad_hook: only a leaf that requires grad has a gradient "
                "added up; for the gradient of a result use register_hook"
            )
        return hooks.register(hooks.watcher_of(self).after, hook)

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: builtins.bool | None = None,
        create_graph: builtins.bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add to ``.grad`` of each leaf the gradient of this tensor; see autograd.backward.

        RuntimeError where it is a constant, or has more than one element and is given no gradient
        of its shape.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x = x.requires_grad_()
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 4., 6.])
        """
        autograd.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def detach(self) -> Tensor:
        """A constant on the same memory: it does not require grad.

        Its shape and dtype are those of this tensor.

        >>> tg.ones(2, requires_grad=True).detach()
        tensor([1., 1.])
        """
        return Tensor.wrap(self.array)

    def detach_(self) -> Tensor:
        """Itself, from now on a constant. Raises RuntimeError for a view of another tensor.

        >>> tg.ones(2, requires_grad=True).exp().detach_().requires_grad
        False
        """
        self.catch_up()
        if self.root is not None:
            raise RuntimeError("detach_: a view cannot be detached in place; use detach()")
        self.node, self.wanted = None, False
        return self

    @property
    def data(self) -> Tensor:
        """The same as detach(). Assigning ``x.data = y`` makes x use the memory of y.

        >>> tg.ones(2, requires_grad=True).data
        tensor([1., 1.])
        """
        return self.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"data must be a Tensor, got {type(value).__name__}")
        if self.requires_grad and value.dtype.kind != "f":
            raise DtypeError(
                f"data: this tensor requires grad, so it holds floats, not {value.dtype}; use "
                ".float()"
            )
        if self.node is not None and (value.shape, value.dtype) != (self.shape, self.dtype):
            raise ShapeError(
                f"data: this tensor was computed, and its gradient will be {self.shape} "
                f"{self.dtype}; got {value.shape} {value.dtype}; make a new tensor of it"
            )
        self.array = value.array

    __copy__, __deepcopy__, __reduce_ex__ = copying.shallow, copying.deep, copying.reduced

    # ------------------------------------------------------------------------------------ operators

    __add__ = __radd__ = _operator(ops.add)  # as in PyTorch, 2 + x is x + 2
    __sub__, __rsub__ = _operator(ops.sub, masks=False), _reflected(functions._sub)
    __mul__ = __rmul__ = _operator(ops.mul)
    __truediv__, __rtruediv__ = _operator(ops.div, floats=True), _reflected(functions.div)
    __pow__, __rpow__ = _operator_of(functions.pow), _reflected(functions.pow)
    __matmul__, __rmatmul__ = _operator_of(functions.matmul), _reflected(functions.matmul)
    __and__, __rand__ = _operator(ops.logical_and), _reflected(functions.bitwise_and)
    __or__, __ror__ = _operator(ops.logical_or), _reflected(functions.bitwise_or)
    __lt__, __le__, __gt__, __ge__ = map(_operator, (ops.lt, ops.le, ops.gt, ops.ge))
    __eq__ = _operator(ops.eq)  # type: ignore[assignment]  # object's gives bool
    __ne__ = _operator(ops.ne)  # type: ignore[assignment]
    __neg__, __abs__, __invert__ = functions.neg, functions.abs, functions.bitwise_not
    __pos__, __getitem__ = functions.positive, indexing.getitem
    __hash__ = object.__hash__  # by identity, as == compares elements

    # -------------------------------------------------------------------------------------- methods

    add, sub, mul = functions.add, functions.sub, functions.mul
    pow, neg, abs, sign = functions.pow, functions.neg, functions.abs, functions.sign
    eq, ne, lt, le = functions.eq, functions.ne, functions.lt, functions.le
    gt, ge = functions.gt, functions.ge
    exp, log, sqrt = functions.exp, functions.log, functions.sqrt
    sin, cos, tanh = functions.sin, functions.cos, functions.tanh
    sigmoid, relu, clone = functions.sigmoid, functions.relu, functions.clone
    isfinite, isnan = functions.isfinite, functions.isnan
    logical_and, logical_or = functions.logical_and, functions.logical_or
    logical_not = functions.logical_not
    maximum, minimum, clamp = functions.maximum, functions.minimum, functions.clamp
    sum, mean, var, std = functions.sum, functions.mean, functions.var, functions.std
    max, min, amax, amin = functions.max, functions.min, functions.amax, functions.amin
    argmax, argmin = functions.argmax, functions.argmin
    all, any = functions.all, functions.any
    logsumexp, softmax = functions.logsumexp, functions.softmax
    log_softmax, matmul, mm = functions.log_softmax, functions.matmul, functions.mm
    reshape, view, flatten = functions.reshape, functions.view, functions.flatten
    permute, transpose, t = functions.permute, functions.transpose, functions.t
    squeeze, unsqueeze, expand = functions.squeeze, functions.unsqueeze, functions.expand
    index_select, gather = functions.index_select, functions.gather

    def where(self, condition: Tensor, other: Operand) -> Tensor:
        """This tensor where `condition` (bool) is true, `other` elsewhere; all broadcast.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.where(x > 1.5, 0.0)
        tensor([0., 2., 3.])
        """
        return functions.where(condition, self, other)

    def reshape_as(self, other: Tensor) -> Tensor:
        """``reshape(other.shape)``.

        >>> tg.arange(4).reshape_as(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[0, 1],
                [2, 3]])
        """
        return self.reshape(shape_of("reshape_as", other))

    def view_as(self, other: Tensor) -> Tensor:
        """``view(other.shape)``.

        >>> tg.arange(4).view_as(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[0, 1],
                [2, 3]])
        """
        return self.view(shape_of("view_as", other))

    def expand_as(self, other: Tensor) -> Tensor:
        """``expand(other.shape)``.

        >>> tg.ones(1).expand_as(tg.tensor([1.0, 2.0, 3.0]))
        tensor([1., 1., 1.])
        """
        return self.expand(shape_of("expand_as", other))

    @property
    def T(self) -> Tensor:
        """All dimensions in reverse order.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).T
        tensor([[1., 3.],
                [2., 4.]])
        """
        return ops.transpose(self, axes=tuple(reversed(range(self.array.ndim))))

    @property
    def mT(self) -> Tensor:
        """The last two dimensions exchanged. Raises ShapeError for a vector.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).mT
        tensor([[1., 3.],
                [2., 4.]])
        """
        if self.array.ndim == 1:
            raise ShapeError(
                f"mT: needs a matrix, or several, got shape {self.shape}; use x[:, None]"
            )
        return self.transpose(-2, -1) if self.array.ndim else functions.t(self)

    # ------------------------------------------------------------------------------------- in place

    add_ = in_place("add_", functions.add)
    sub_ = in_place("sub_", functions.sub)
    mul_ = in_place("mul_", functions.mul)
    pow_, neg_ = in_place("pow_", functions.pow), in_place("neg_", functions.neg)
    exp_, log_ = in_place("exp_", functions.exp), in_place("log_", functions.log)
    sqrt_, abs_ = in_place("sqrt_", functions.sqrt), in_place("abs_", functions.abs)
    tanh_, relu_ = in_place("tanh_", functions.tanh), in_place("relu_", functions.relu)
    sigmoid_ = in_place("sigmoid_", functions.sigmoid)
    clamp_ = in_place("clamp_", functions.clamp)
    __iadd__, __isub__, __imul__ = add_, sub_, mul_
    __itruediv__, __ipow__ = Methods.div_, pow_
    __iand__ = in_place("&=", functions.bitwise_and)
    __ior__ = in_place("|=", functions.bitwise_or)

    def __setitem__(self, index: object, value: object) -> None:
        view, rest = indexing.pick_first(self, index)
        view._assign("x[...] = value", rest, value)

    def __delitem__(self, index: object) -> None:
        raise TypeError(
            "a tensor has no elements to delete; pick those that are left, x[x != 0] for instance"
        )

    def zero_(self) -> Tensor:
        """Set all elements to 0, in place.

        >>> tg.tensor([1.0, 2.0, 3.0]).zero_()
        tensor([0., 0., 0.])
        """
        zero = library(self.device).zeros((), self.array.dtype)
        return self._assign("zero_", (...,), Tensor.wrap(zero))

    def fill_(self, value: object) -> Tensor:
        """Set all elements to `value`, a number or a Tensor that broadcasts, in place.

        >>> tg.tensor([1.0, 2.0, 3.0]).fill_(7)
        tensor([7., 7., 7.])
        """
        return self._assign("fill_", (...,), value)

    def copy_(self, source: object) -> Tensor:
        """Set the elements to those of `source`, broadcast, in place.

        `source` may be on another device, and of another dtype.

        >>> tg.tensor([1.0, 2.0, 3.0]).copy_(tg.tensor([3.0, 1.0, 2.0]))
        tensor([3., 1., 2.])
        """
        if isinstance(source, Tensor) and others:
            source = source.to(self.device)
        return self._assign("copy_", (...,), source)

    uniform_, normal_ = filling.uniform_, filling.normal_
    log_normal_, cauchy_ = filling.log_normal_, filling.cauchy_
    exponential_, geometric_ = filling.exponential_, filling.geometric_
    bernoulli_, random_ = filling.bernoulli_, filling.random_

    def bernoulli(
        self, p: builtins.float | None = None, *, generator: Generator | None = None
    ) -> Tensor:
        """1 with the probability that each element holds, or `p` for all, else 0; a new tensor.

        >>> tg.tensor([0.0, 1.0]).bernoulli()
        tensor([0., 1.])
        """
        if p is None:
            check_float("bernoulli", self)
        drawn = filling.ones_by_chance(self.array, self if p is None else p, generator)
        return filling.drawn_by_chance(self, move(drawn, self.device))

    # ----------------------------------------------------------------------------- others like this

    new_zeros, new_ones = likes.new_zeros, likes.new_ones
    new_full, new_empty = likes.new_full, likes.new_empty
    new_tensor = likes.new_tensor

    def _assign(self, name: str, index: indexing.Index, value: Any) -> Tensor:
        """Write `value`, anything that holds numbers, at `index`; `name` is for the messages.

        Raises DeviceError, ShapeError or IndexError if it does not fit, TypeError or ValueError if
        it holds what this tensor cannot.
        """
        if is_array(value):
            value = Tensor.wrap(array_of(name, value))
        elif not isinstance(value, Tensor):
            numbers = converted(name, from_numbers(name, value), self.array.dtype)
            if numbers.ndim or not others or self.device == CPU:
                value = Tensor.wrap(move(numbers, self.device))
            else:  # one number needs no array on the way to the GPU
                value = Tensor.wrap(library(GPU).full((), numbers.item(), numbers.dtype))
        if others and value.device != self.device:
            raise DeviceError(
                f"{name}: the tensor is on {self.device}, the value is on {value.device}; move one "
                "with .to()"
            )
        if value.array.dtype != self.array.dtype:
            check_all_fit(name, value.array, self.array.dtype)
            value = cast(value, self.array.dtype)
        try:
            return inplace.overwrite(self, name, index, value)
        except (ValueError, IndexError):
            indexing.check_fits(self, index)  # raises the IndexError, if it was one
            part = self.array[index].shape
            place = "" if part == self.shape else f"the chosen part, of shape {part}, of "
            raise ShapeError(
                f"{name}: a value of shape {value.shape} does not fit into {place}a tensor of "
                f"shape {self.shape}"
            ) from None


Tensor.__module__ = "tinygrad_lr"  # by which everybody knows it, and as which it is printed
Tensor.made = Tensor  # what is computed from a subclass, a Parameter, is a Tensor too
