"""Written by tests/stubs.py: what tinygrad_lr.tensor offers, for type checkers and editors."""

import builtins
import builtins
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
import numpy as np
from tinygrad_lr import return_types
from tinygrad_lr.device import Array
from tinygrad_lr.device import device as Device
from tinygrad_lr.dtypes import DType
from tinygrad_lr.dtypes import DTypeLike
from tinygrad_lr.dtypes import Number
from tinygrad_lr.gradients import hooks
from tinygrad_lr.graph import Node
from tinygrad_lr.layouts import Layout
from tinygrad_lr.more.methods import Methods
from tinygrad_lr.more.size import Size
from tinygrad_lr.random import Generator
from tinygrad_lr.signatures import Dims
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Sizes
from typing import Any
from typing import overload

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
    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """``array + tensor``; all other functions of elements are refused."""
    def __array_function__(self, called: Any, types: Any, args: Any, options: Any) -> Any:
        """Of constants as of arrays, if a Tensor has no method for it."""
    def __init__(self, *data: object, requires_grad: builtins.bool = False) -> None: ...
    def catch_up(self) -> None:
        """Bring `view` up to date with its root.

        If the root was rewritten since, `view` becomes the result of picking its elements from the root
        as it is now. A view of which nothing is known requires grad as soon as its root does.
        """
    @classmethod
    def wrap(cls, array: Array) -> Tensor:
        """A new constant around `array`, on its memory."""
    @property
    def shape(self) -> Size:
        """The sizes of its dimensions: a tuple, with PyTorch's numel() besides.

        >>> tg.zeros(2, 3).shape
        (2, 3)
        """
    @property
    def ndim(self) -> builtins.int:
        """The number of dimensions.

        >>> tg.zeros(2, 3).ndim
        2
        """
    @property
    def dtype(self) -> DType:
        """What its elements are: float32, int64, bool, ...

        >>> tg.tensor([1.0, 2.0, 3.0]).dtype
        dtype('float32')
        """
    @property
    def device(self) -> Device:
        """Where its memory is: "cpu" or "gpu".

        >>> tg.tensor([1.0, 2.0, 3.0]).device
        device(type='cpu')
        """
    @property
    def is_cuda(self) -> builtins.bool:
        """Whether it is on the GPU.

        >>> tg.tensor([1.0, 2.0, 3.0]).is_cuda
        False
        """
    @property
    def is_cpu(self) -> builtins.bool:
        """Whether it is on the CPU.

        >>> tg.tensor([1.0, 2.0, 3.0]).is_cpu
        True
        """
    @property
    def itemsize(self) -> builtins.int:
        """How many bytes an element takes.

        >>> tg.tensor([1.0, 2.0, 3.0]).itemsize
        4
        """
    @property
    def nbytes(self) -> builtins.int:
        """How many bytes all elements take.

        >>> tg.tensor([1.0, 2.0, 3.0]).nbytes
        12
        """
    layout: Layout
    is_sparse: builtins.bool
    is_quantized: builtins.bool
    is_mps: builtins.bool
    is_meta: builtins.bool
    is_nested: builtins.bool
    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: builtins.int) -> builtins.int: ...
    def dim(self) -> builtins.int:
        """The number of dimensions.

        >>> tg.zeros(2, 3).dim()
        2
        """
    def ndimension(self) -> builtins.int:
        """The number of dimensions.

        >>> tg.zeros(2, 3).dim()
        2
        """
    def __len__(self) -> builtins.int: ...
    def __iter__(self) -> Iterator[Tensor]: ...
    def item(self) -> builtins.bool | builtins.int | builtins.float:
        """The one element, as a Python number. Raises ArgumentError if there are more, or none.

        >>> tg.tensor([2.5]).item()
        2.5
        """
    def __bool__(self) -> builtins.bool: ...
    def __float__(self) -> builtins.float: ...
    def __int__(self) -> builtins.int: ...
    def __index__(self) -> builtins.int: ...
    def __contains__(self, value: Operand) -> builtins.bool: ...
    def tolist(self) -> Any:
        """Python numbers in nested lists; or one number, for a tensor of no dimensions.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).tolist()
        [[1.0, 2.0], [3.0, 4.0]]
        """
    def numpy(self, *, force: builtins.bool = False) -> np.ndarray:
        """The NumPy array on the same memory.

        Raises RuntimeError if this tensor requires grad and operations are being recorded,
        DeviceError if it is on the GPU. With `force` it is detached, and brought to the CPU.

        >>> tg.tensor([1.0, 2.0, 3.0]).numpy()
        array([1., 2., 3.], dtype=float32)
        """
    def to_numpy(self, *, force: builtins.bool = False) -> np.ndarray:
        """The NumPy array on the same memory.

        Raises RuntimeError if this tensor requires grad and operations are being recorded,
        DeviceError if it is on the GPU. With `force` it is detached, and brought to the CPU.

        >>> tg.tensor([1.0, 2.0, 3.0]).numpy()
        array([1., 2., 3.], dtype=float32)
        """
    def __array__(
        self, dtype: DTypeLike | None = None, copy: builtins.bool | None = None
    ) -> np.ndarray:
        """What np.asarray(tensor), and so matplotlib, asks for."""
    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[builtins.int, builtins.int] | None = None,
        dl_device: tuple[builtins.int, builtins.int] | None = None,
        copy: builtins.bool | None = None,
    ) -> Any:
        """This memory as a capsule, for the from_dlpack() of another library.

        Raises ExportError (a BufferError) if this tensor requires grad, or cannot be shared.
        """
    def __dlpack_device__(self) -> tuple[builtins.int, builtins.int]:
        """Where this memory is, as DLPack numbers it."""
    def __repr__(self) -> str: ...
    def __format__(self, spec: str) -> str: ...
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
    def cpu(self) -> Tensor:
        """On the CPU; itself when it is there.

        >>> tg.tensor([1.0, 2.0, 3.0]).cpu()
        tensor([1., 2., 3.])
        """
    def cuda(self, device: str | None = None) -> Tensor:
        """On the GPU; itself when it is there. DeviceError if there is none.

        >>> x = tg.tensor([1.0, 2.0])
        >>> x.cuda().cpu() if tg.is_available() else x
        tensor([1., 2.])
        """
    @overload
    def type(self, dtype: None = None) -> str: ...
    @overload
    def type(self, dtype: DTypeLike) -> Tensor: ...
    def type_as(self, other: Tensor) -> Tensor:
        """In the dtype of `other`, and on its device; itself when it is.

        >>> tg.tensor([3, 1, 2]).type_as(tg.tensor([1.0, 2.0, 3.0]))
        tensor([3., 1., 2.])
        """
    def half(self, memory_format: Layout | None = None) -> Tensor:
        """In float16; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).half()
        tensor([1., 2., 3.], dtype=float16)
        """
    def float(self, memory_format: Layout | None = None) -> Tensor:
        """In float32; itself when it is.

        >>> tg.tensor([3, 1, 2]).float()
        tensor([3., 1., 2.])
        """
    def double(self, memory_format: Layout | None = None) -> Tensor:
        """In float64; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).double()
        tensor([1., 2., 3.], dtype=float64)
        """
    def long(self, memory_format: Layout | None = None) -> Tensor:
        """In int64; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).long()
        tensor([1, 2, 3])
        """
    def int(self, memory_format: Layout | None = None) -> Tensor:
        """In int32; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).int()
        tensor([1, 2, 3], dtype=int32)
        """
    def short(self, memory_format: Layout | None = None) -> Tensor:
        """In int16; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).short()
        tensor([1, 2, 3], dtype=int16)
        """
    def char(self, memory_format: Layout | None = None) -> Tensor:
        """In int8; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).char()
        tensor([1, 2, 3], dtype=int8)
        """
    def byte(self, memory_format: Layout | None = None) -> Tensor:
        """In uint8; itself when it is.

        >>> tg.tensor([1.0, 2.0, 3.0]).byte()
        tensor([1, 2, 3], dtype=uint8)
        """
    def bool(self, memory_format: Layout | None = None) -> Tensor:
        """In bool; itself when it is.

        >>> tg.tensor([0, 2]).bool()
        tensor([False,  True])
        """
    def contiguous(self, memory_format: Layout | None = None) -> Tensor:
        """Itself if its elements lie in order in memory, else a copy that does.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t().contiguous().stride()
        (2, 1)
        """
    @property
    def requires_grad(self) -> builtins.bool:
        """Whether this tensor is, or was computed from, a leaf whose gradient is asked for.

        >>> tg.ones(2, requires_grad=True).requires_grad
        True
        """
    @requires_grad.setter
    def requires_grad(self, value: builtins.bool) -> None: ...
    def requires_grad_(self, requires_grad: builtins.bool = True) -> Tensor:
        """Ask for the gradient of this leaf, or no longer. Returns the tensor itself.

        A leaf made from read-only memory (an array of pandas', a file) gets a copy of its own, that
        an optimizer can write to. Raises RuntimeError for a tensor of integers or booleans; and for
        one that was computed, if its gradient is not to be asked for.

        >>> tg.ones(2).requires_grad_()
        tensor([1., 1.], requires_grad=True)
        """
    @property
    def grad_fn(self) -> Node | None:
        """The recorded operation that computed this tensor; None for a leaf.

        >>> tg.ones(2).grad_fn is None
        True
        """
    @property
    def is_leaf(self) -> builtins.bool:
        """Whether this tensor was made rather than computed from something that requires grad.

        >>> tg.ones(2, requires_grad=True).exp().is_leaf
        False
        """
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
    @grad.setter
    def grad(self, value: Tensor | None) -> None: ...
    @grad.deleter
    def grad(self) -> None: ...
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
    @property
    def retains_grad(self) -> builtins.bool:
        """Whether this tensor is no leaf, and retain_grad() was called on it.

        >>> tg.ones(2, requires_grad=True).exp().retains_grad
        False
        """
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
    def detach(self) -> Tensor:
        """A constant on the same memory: it does not require grad.

        Its shape and dtype are those of this tensor.

        >>> tg.ones(2, requires_grad=True).detach()
        tensor([1., 1.])
        """
    def detach_(self) -> Tensor:
        """Itself, from now on a constant. Raises RuntimeError for a view of another tensor.

        >>> tg.ones(2, requires_grad=True).exp().detach_().requires_grad
        False
        """
    @property
    def data(self) -> Tensor:
        """The same as detach(). Assigning ``x.data = y`` makes x use the memory of y.

        >>> tg.ones(2, requires_grad=True).data
        tensor([1., 1.])
        """
    @data.setter
    def data(self, value: Tensor) -> None: ...
    def __copy__(self) -> Tensor:
        """``copy.copy``: a leaf on the same memory, without a gradient."""
    def __deepcopy__(self, memo: dict[builtins.int, Any]) -> Tensor:
        """``copy.deepcopy``, of a leaf and its gradient. RuntimeError for what was computed."""
    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        """What ``pickle`` keeps: no gradient. RuntimeError for what was computed."""
    def __add__(self, other: Operand) -> Tensor: ...
    def __radd__(self, other: Operand) -> Tensor: ...
    def __sub__(self, other: Operand) -> Tensor: ...
    def __rsub__(self, other: Operand) -> Tensor: ...
    def __mul__(self, other: Operand) -> Tensor: ...
    def __rmul__(self, other: Operand) -> Tensor: ...
    def __truediv__(self, other: Operand) -> Tensor: ...
    def __rtruediv__(self, other: Operand) -> Tensor: ...
    def __pow__(self, other: Operand) -> Tensor: ...
    def __rpow__(self, other: Operand) -> Tensor: ...
    def __matmul__(self, other: Operand) -> Tensor: ...
    def __rmatmul__(self, other: Operand) -> Tensor: ...
    def __and__(self, other: Operand) -> Tensor: ...
    def __rand__(self, other: Operand) -> Tensor: ...
    def __or__(self, other: Operand) -> Tensor: ...
    def __ror__(self, other: Operand) -> Tensor: ...
    def __lt__(self, other: Operand) -> Tensor: ...  # type: ignore[misc]
    def __le__(self, other: Operand) -> Tensor: ...  # type: ignore[misc]
    def __gt__(self, other: Operand) -> Tensor: ...  # type: ignore[misc]
    def __ge__(self, other: Operand) -> Tensor: ...  # type: ignore[misc]
    def __eq__(self, other: Operand) -> Tensor: ...  # type: ignore[override]
    def __ne__(self, other: Operand) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor:
        """``-x``, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).neg()
        tensor([-1.,  2.])
        """
    def __abs__(self) -> Tensor:
        """How far it is from 0, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).abs()
        tensor([1., 2.])
        """
    def __invert__(self) -> Tensor:
        """The other bits, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. TypeError for what is no Tensor.

        >>> tg.tensor([True, False]).bitwise_not()
        tensor([False,  True])
        """
    def __pos__(self) -> Tensor:
        """`input` itself. DtypeError for booleans.

        >>> tg.positive(tg.tensor([1.0, 2.0, 3.0]))
        tensor([1., 2., 3.])
        """
    def __getitem__(self, index: object) -> Tensor:
        """``input[index]``, by PyTorch's rules. Raises IndexError, TypeError or ValueError."""
    def __hash__(self) -> builtins.int: ...
    def add(self, other: Operand, *, alpha: builtins.float = 1) -> Tensor:
        """``input + alpha * other``, element by element, broadcasting.

        >>> tg.tensor([1.0, 2.0, 3.0]).add(1, alpha=10)
        tensor([11., 12., 13.])
        """
    def sub(self, other: Operand, *, alpha: builtins.float = 1) -> Tensor:
        """``input - alpha * other``, element by element, broadcasting.

        >>> tg.tensor([1.0, 2.0, 3.0]).sub(1, alpha=10)
        tensor([-9., -8., -7.])
        """
    def mul(self, other: Operand) -> Tensor:
        """``input * other``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).mul(tg.tensor([3.0, 4.0]))
        tensor([3., 8.])
        """
    def pow(self, exponent: Operand) -> Tensor:
        """``input ** exponent``, element by element, broadcasting.

        Raises ArgumentError for integers with a negative exponent, DtypeError for booleans.

        >>> tg.tensor([1.0, 2.0, 3.0]).pow(2)
        tensor([1., 4., 9.])
        """
    def neg(self) -> Tensor:
        """``-x``, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).neg()
        tensor([-1.,  2.])
        """
    def abs(self) -> Tensor:
        """How far it is from 0, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).abs()
        tensor([1., 2.])
        """
    def sign(self) -> Tensor:
        """-1, 0 or 1: its sign, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. TypeError for what is no Tensor.

        >>> tg.tensor([3.0, 0.0, -2.0]).sign()
        tensor([ 1.,  0., -1.])
        """
    def eq(self, other: Operand) -> Tensor:
        """Whether they are equal, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).eq(2)
        tensor([False,  True])
        """
    def ne(self, other: Operand) -> Tensor:
        """Whether they differ, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).ne(2)
        tensor([ True, False])
        """
    def lt(self, other: Operand) -> Tensor:
        """``input < other``, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).lt(2)
        tensor([ True, False])
        """
    def le(self, other: Operand) -> Tensor:
        """``input <= other``, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([2.0, 3.0]).le(2)
        tensor([ True, False])
        """
    def gt(self, other: Operand) -> Tensor:
        """``input > other``, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([2.0, 3.0]).gt(2)
        tensor([False,  True])
        """
    def ge(self, other: Operand) -> Tensor:
        """``input >= other``, as bool, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).ge(2)
        tensor([False,  True])
        """
    def exp(self) -> Tensor:
        """``e ** x``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).exp()
        tensor([1.0000, 2.7183])
        """
    def log(self) -> Tensor:
        """The natural logarithm, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 2.0]).log()
        tensor([0.0000, 0.6931])
        """
    def sqrt(self) -> Tensor:
        """The square root, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([4.0, 9.0]).sqrt()
        tensor([2., 3.])
        """
    def sin(self) -> Tensor:
        """The sine (in radians), of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).sin()
        tensor([0.0000, 0.8415])
        """
    def cos(self) -> Tensor:
        """The cosine (in radians), of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).cos()
        tensor([1.0000, 0.5403])
        """
    def tanh(self) -> Tensor:
        """The hyperbolic tangent, from -1 to 1, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).tanh()
        tensor([0.0000, 0.7616])
        """
    def sigmoid(self) -> Tensor:
        """``1 / (1 + e**-x)``, from 0 to 1, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).sigmoid()
        tensor([0.5000, 0.7311])
        """
    def relu(self) -> Tensor:
        """``max(x, 0)``, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).relu()
        tensor([1., 0.])
        """
    def clone(self, *, memory_format: Layout | None = None) -> Tensor:
        """A copy with memory of its own, through which gradients flow.

        Its shape and dtype are those of `input`.

        >>> tg.tensor([1.0, 2.0, 3.0]).clone()
        tensor([1., 2., 3.])
        """
    def isfinite(self) -> Tensor:
        """Not infinite, nor nan, of each element. `input` is of any shape, which the result has too.

        Gives bool. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 1e99]).isfinite()
        tensor([ True, False])
        """
    def isnan(self) -> Tensor:
        """Whether it is nan, of each element. `input` is of any shape, which the result has too.

        Gives bool. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, float("nan")]).isnan()
        tensor([False,  True])
        """
    def logical_and(self, other: Tensor) -> Tensor:
        """Whether both elements are true (not 0), broadcasting. Gives bool.

        >>> tg.tensor([0, 1]).logical_and(tg.tensor([2, 3]))
        tensor([False,  True])
        """
    def logical_or(self, other: Tensor) -> Tensor:
        """Whether at least one of the elements is true (not 0), broadcasting. Gives bool.

        >>> tg.tensor([0, 1]).logical_or(tg.tensor([0, 0]))
        tensor([False,  True])
        """
    def logical_not(self) -> Tensor:
        """Whether the element is false (0). Gives bool.

        >>> tg.tensor([0, 1]).logical_not()
        tensor([ True, False])
        """
    def maximum(self, other: Tensor) -> Tensor:
        """The larger, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 4.0]).maximum(tg.tensor([3.0, 2.0]))
        tensor([3., 4.])
        """
    def minimum(self, other: Tensor) -> Tensor:
        """The smaller, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 4.0]).minimum(tg.tensor([3.0, 2.0]))
        tensor([1., 2.])
        """
    def clamp(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

        Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
        dtype, TypeError if one is no number, or one is a Tensor and the other a number.

        >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
        tensor([1.5000, 2.0000, 2.5000])
        """
    def sum(
        self,
        dim: Dims = None,
        keepdim: builtins.bool = False,
        *,
        axis: Dims = None,
        keepdims: builtins.bool = False,
        dtype: DTypeLike | None = None,
    ) -> Tensor:
        """The sum over `dim` (one, several, or all). Integers and booleans give int64.

        With `keepdim`, the summed dimensions stay, with size 1. `axis` and `keepdims` are NumPy's names
        for the same.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=1)
        tensor([3., 7.])
        """
    def mean(
        self,
        dim: Dims = None,
        keepdim: builtins.bool = False,
        *,
        axis: Dims = None,
        keepdims: builtins.bool = False,
        dtype: DTypeLike | None = None,
    ) -> Tensor:
        """The mean over `dim` (one, several, or all), computed in `dtype` if that is given.

        DtypeError for integers and booleans.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).mean(dim=0, keepdim=True)
        tensor([[2., 3.]])
        """
    def var(
        self,
        dim: Dims = None,
        unbiased: builtins.bool = True,
        keepdim: builtins.bool = False,
        *,
        correction: builtins.int | None = None,
        axis: Dims = ...,
        keepdims: builtins.bool = ...,
    ) -> Tensor:
        """The variance over `dim` (one, several, or all): ``sum((x - mean)**2) / (n - correction)``.

        n is the number of elements. `correction` is 1 if `unbiased`, else 0, unless it is given.
        TypeError for integers and booleans.

        >>> tg.tensor([1.0, 2.0, 3.0]).var()
        tensor(1.)
        """
    def std(
        self,
        dim: Dims = None,
        unbiased: builtins.bool = True,
        keepdim: builtins.bool = False,
        *,
        correction: builtins.int | None = None,
        axis: Dims = ...,
        keepdims: builtins.bool = ...,
    ) -> Tensor:
        """The standard deviation over `dim`: the square root of var.

        >>> tg.tensor([1.0, 2.0, 3.0]).std()
        tensor(1.)
        """
    @overload
    def max(self) -> Tensor:
        """The largest element; along `dim`, ``(values, indices)``; of two Tensors, the maximum.

        Raises PlaceError (an IndexError) for no elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).max()
        tensor(3.)
        """
    @overload
    def max(
        self,
        dim: builtins.int = ...,
        keepdim: builtins.bool = False,
        *,
        axis: builtins.int = ...,
        keepdims: builtins.bool = ...,
    ) -> return_types.max:
        """The largest element; along `dim`, ``(values, indices)``; of two Tensors, the maximum.

        Raises PlaceError (an IndexError) for no elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).max()
        tensor(3.)
        """
    @overload
    def max(self, dim: Tensor = ..., *, axis: Tensor = ...) -> Tensor:
        """The largest element; along `dim`, ``(values, indices)``; of two Tensors, the maximum.

        Raises PlaceError (an IndexError) for no elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).max()
        tensor(3.)
        """
    @overload
    def min(self) -> Tensor:
        """The smallest element; along `dim`, ``(values, indices)``; of two Tensors, the minimum.

        Raises PlaceError (an IndexError) for no elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).min()
        tensor(1.)
        """
    @overload
    def min(
        self,
        dim: builtins.int = ...,
        keepdim: builtins.bool = False,
        *,
        axis: builtins.int = ...,
        keepdims: builtins.bool = ...,
    ) -> return_types.min:
        """The smallest element; along `dim`, ``(values, indices)``; of two Tensors, the minimum.

        Raises PlaceError (an IndexError) for no elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).min()
        tensor(1.)
        """
    @overload
    def min(self, dim: Tensor = ..., *, axis: Tensor = ...) -> Tensor:
        """The smallest element; along `dim`, ``(values, indices)``; of two Tensors, the minimum.

        Raises PlaceError (an IndexError) for no elements.

        >>> tg.tensor([1.0, 2.0, 3.0]).min()
        tensor(1.)
        """
    def amax(
        self,
        dim: Dims = None,
        keepdim: builtins.bool = False,
        *,
        axis: Dims = None,
        keepdims: builtins.bool = False,
    ) -> Tensor:
        """The largest element over `dim` (one, several, or all).

        Equal ones share the gradient evenly.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).amax(dim=(0, 1))
        tensor(4.)
        """
    def amin(
        self,
        dim: Dims = None,
        keepdim: builtins.bool = False,
        *,
        axis: Dims = None,
        keepdims: builtins.bool = False,
    ) -> Tensor:
        """The smallest element over `dim` (one, several, or all).

        Equal ones share the gradient evenly.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).amin(dim=0)
        tensor([1., 2.])
        """
    def argmax(
        self,
        dim: builtins.int | None = None,
        keepdim: builtins.bool = False,
        *,
        axis: builtins.int | None = ...,
        keepdims: builtins.bool = ...,
    ) -> Tensor:
        """Where the largest element is along `dim`, or in the flattened tensor: int64.

        Raises PlaceError (an IndexError) for no elements.

        >>> tg.tensor([3.0, 1.0, 2.0]).argmax()
        tensor(0)
        """
    def argmin(
        self,
        dim: builtins.int | None = None,
        keepdim: builtins.bool = False,
        *,
        axis: builtins.int | None = ...,
        keepdims: builtins.bool = ...,
    ) -> Tensor:
        """Where the smallest element is along `dim`, or in the flattened tensor: int64.

        Raises PlaceError (an IndexError) for no elements.

        >>> tg.tensor([3.0, 1.0, 2.0]).argmin()
        tensor(1)
        """
    def all(
        self,
        dim: Dims = None,
        keepdim: builtins.bool = False,
        *,
        axis: Dims = ...,
        keepdims: builtins.bool = ...,
    ) -> Tensor:
        """Whether all elements over `dim` (one, several, or all) are true (not 0).

        >>> (tg.tensor([[1.0, 2.0], [3.0, 4.0]]) > 1).all()
        tensor(False)
        """
    def any(
        self,
        dim: Dims = None,
        keepdim: builtins.bool = False,
        *,
        axis: Dims = ...,
        keepdims: builtins.bool = ...,
    ) -> Tensor:
        """Whether any element over `dim` (one, several, or all) is true (not 0).

        >>> (tg.tensor([[1.0, 2.0], [3.0, 4.0]]) > 3).any(dim=1)
        tensor([False,  True])
        """
    def logsumexp(
        self,
        dim: Dims = ...,
        keepdim: builtins.bool = False,
        *,
        axis: Dims = ...,
        keepdims: builtins.bool = ...,
    ) -> Tensor:
        """``log(sum(exp(input)))`` over `dim`, without overflow.

        >>> tg.tensor([1.0, 2.0, 3.0]).logsumexp(dim=0)
        tensor(3.4076)
        """
    def softmax(
        self, dim: builtins.int = ..., *, dtype: DTypeLike | None = None, axis: builtins.int = ...
    ) -> Tensor:
        """``exp(x) / sum(exp(x))`` along `dim`: positive numbers that sum to 1.

        Computed in `dtype` if that is given. DtypeError for integers and booleans.

        >>> tg.tensor([1.0, 2.0, 3.0]).softmax(dim=0)
        tensor([0.0900, 0.2447, 0.6652])
        """
    def log_softmax(
        self, dim: builtins.int = ..., *, dtype: DTypeLike | None = None, axis: builtins.int = ...
    ) -> Tensor:
        """``log(softmax(x))`` along `dim`, more precise than in two steps.

        >>> tg.tensor([1.0, 2.0, 3.0]).log_softmax(dim=0)
        tensor([-2.4076, -1.4076, -0.4076])
        """
    def matmul(self, other: Operand) -> Tensor:
        """The matrix product of vectors, matrices, or batches of matrices, as NumPy's ``@``.

        (..., n, k) and (..., k, m) give (..., n, m). TypeError for a number, different dtypes, or
        booleans.

        >>> tg.matmul(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 1.0]))
        tensor([3., 7.])
        """
    def mm(self, mat2: Tensor) -> Tensor:
        """The product of two matrices, (n, k) and (k, m): (n, m). ShapeError for anything else.

        >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> tg.mm(a, a)
        tensor([[ 7., 10.],
                [15., 22.]])
        """
    def reshape(self, *sizes: Sizes, shape: Sizes | None = None) -> Tensor:
        """The same elements in another shape. One size may be -1: it follows from the others.

        Shares memory with `input` where that is possible. Raises ShapeError.

        >>> tg.arange(6).reshape(2, -1)
        tensor([[0, 1, 2],
                [3, 4, 5]])
        """
    def view(self, *sizes: Sizes, size: Sizes | None = None) -> Tensor:
        """reshape, but always on the same memory; ShapeError where that is not possible.

        >>> tg.arange(6).view(3, 2)
        tensor([[0, 1],
                [2, 3],
                [4, 5]])
        """
    def flatten(self, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Tensor:
        """With the dimensions `start_dim` to `end_dim` merged into one: (2, 3, 4) becomes (24,).

        ArgumentError if `start_dim` comes after `end_dim`.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).flatten()
        tensor([1., 2., 3., 4.])
        """
    def permute(self, *order: Sizes, dims: Sizes | None = None) -> Tensor:
        """The dimensions in another order, which names each of them once, else ShapeError.

        >>> tg.zeros(2, 3, 4).permute(2, 0, 1).shape
        (4, 2, 3)
        """
    def transpose(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """Two dimensions exchanged.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).transpose(0, 1)
        tensor([[1., 3.],
                [2., 4.]])
        """
    def t(self) -> Tensor:
        """A matrix transposed; a vector or a single number stays as it is. Else ShapeError.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).t()
        tensor([[1., 3.],
                [2., 4.]])
        """
    def squeeze(self, dim: Dims = None, *, axis: Dims = ...) -> Tensor:
        """Without all dimensions of size 1, or without those of `dim` that have size 1.

        >>> tg.tensor([[1.0], [2.0]]).squeeze(1)
        tensor([1., 2.])
        """
    def unsqueeze(self, dim: builtins.int = ..., *, axis: builtins.int = ...) -> Tensor:
        """With a new dimension of size 1 at `dim`.

        >>> tg.tensor([1.0, 2.0]).unsqueeze(1)
        tensor([[1.],
                [2.]])
        """
    def expand(self, *shape: Sizes, size: Sizes | None = None) -> Tensor:
        """Dimensions of size 1 stretched to `shape`, without a copy; -1 keeps a size.

        New dimensions may stand in front. Raises ShapeError.

        >>> tg.tensor([1.0, 2.0, 3.0]).expand(2, 3)
        tensor([[1., 2., 3.],
                [1., 2., 3.]])
        """
    def index_select(self, dim: builtins.int, index: Tensor) -> Tensor:
        """The entries of `input` along `dim` that `index`, a vector of integers, names; in its order.

        Raises PlaceError (an IndexError), or TypeError if `index` does not hold integers.

        >>> tg.tensor([1.0, 2.0, 3.0]).index_select(0, tg.tensor([2, 0]))
        tensor([3., 1.])
        """
    def gather(self, dim: builtins.int, index: Tensor) -> Tensor:
        """One entry for each element of `index`: for ``dim=0``, ``out[i][j] = input[index[i][j]][j]``.

        The result has the shape of `index`, which has as many dimensions as `input`. Raises ShapeError,
        PlaceError (an IndexError), or TypeError if `index` does not hold integers.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).gather(1, tg.tensor([[1], [0]]))
        tensor([[2.],
                [3.]])
        """
    def where(self, condition: Tensor, other: Operand) -> Tensor:
        """This tensor where `condition` (bool) is true, `other` elsewhere; all broadcast.

        >>> x = tg.tensor([1.0, 2.0, 3.0])
        >>> x.where(x > 1.5, 0.0)
        tensor([0., 2., 3.])
        """
    def reshape_as(self, other: Tensor) -> Tensor:
        """``reshape(other.shape)``.

        >>> tg.arange(4).reshape_as(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[0, 1],
                [2, 3]])
        """
    def view_as(self, other: Tensor) -> Tensor:
        """``view(other.shape)``.

        >>> tg.arange(4).view_as(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[0, 1],
                [2, 3]])
        """
    def expand_as(self, other: Tensor) -> Tensor:
        """``expand(other.shape)``.

        >>> tg.ones(1).expand_as(tg.tensor([1.0, 2.0, 3.0]))
        tensor([1., 1., 1.])
        """
    @property
    def T(self) -> Tensor:
        """All dimensions in reverse order.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).T
        tensor([[1., 3.],
                [2., 4.]])
        """
    @property
    def mT(self) -> Tensor:
        """The last two dimensions exchanged. Raises ShapeError for a vector.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).mT
        tensor([[1., 3.],
                [2., 4.]])
        """
    def add_(self, other: Operand, *, alpha: builtins.float = 1) -> Tensor:
        """In place, and returned: ``input + alpha * other``, element by element, broadcasting.

        >>> tg.tensor([1.0, 2.0, 3.0]).add_(1, alpha=10)
        tensor([11., 12., 13.])
        """
    def sub_(self, other: Operand, *, alpha: builtins.float = 1) -> Tensor:
        """In place, and returned: ``input - alpha * other``, element by element, broadcasting.

        >>> tg.tensor([1.0, 2.0, 3.0]).sub_(1, alpha=10)
        tensor([-9., -8., -7.])
        """
    def mul_(self, other: Operand) -> Tensor:
        """In place, and returned: ``input * other``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).mul_(tg.tensor([3.0, 4.0]))
        tensor([3., 8.])
        """
    def pow_(self, exponent: Operand) -> Tensor:
        """In place, and returned: ``input ** exponent``, element by element, broadcasting.

        Raises ArgumentError for integers with a negative exponent, DtypeError for booleans.

        >>> tg.tensor([1.0, 2.0, 3.0]).pow_(2)
        tensor([1., 4., 9.])
        """
    def neg_(self) -> Tensor:
        """In place, and returned: ``-x``, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).neg_()
        tensor([-1.,  2.])
        """
    def exp_(self) -> Tensor:
        """In place, and returned: ``e ** x``, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).exp_()
        tensor([1.0000, 2.7183])
        """
    def log_(self) -> Tensor:
        """In place, and returned: The natural logarithm, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, 2.0]).log_()
        tensor([0.0000, 0.6931])
        """
    def sqrt_(self) -> Tensor:
        """In place, and returned: The square root, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([4.0, 9.0]).sqrt_()
        tensor([2., 3.])
        """
    def abs_(self) -> Tensor:
        """In place, and returned: How far it is from 0, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).abs_()
        tensor([1., 2.])
        """
    def tanh_(self) -> Tensor:
        """In place, and returned: The hyperbolic tangent, from -1 to 1, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).tanh_()
        tensor([0.0000, 0.7616])
        """
    def relu_(self) -> Tensor:
        """In place, and returned: ``max(x, 0)``, of each element. `input` is of any shape, which the result has too.

        The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

        >>> tg.tensor([1.0, -2.0]).relu_()
        tensor([1., 0.])
        """
    def sigmoid_(self) -> Tensor:
        """In place, and returned: ``1 / (1 + e**-x)``, from 0 to 1, of each element. `input` is of any shape, which the result has too.

        Integers become float32. TypeError for what is no Tensor.

        >>> tg.tensor([0.0, 1.0]).sigmoid_()
        tensor([0.5000, 0.7311])
        """
    def clamp_(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:
        """In place, and returned: Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

        Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
        dtype, TypeError if one is no number, or one is a Tensor and the other a number.

        >>> tg.tensor([1.0, 2.0, 3.0]).clamp_(min=1.5, max=2.5)
        tensor([1.5000, 2.0000, 2.5000])
        """
    def __iadd__(self, other: Operand, *, alpha: builtins.float = 1) -> Tensor:
        """In place, and returned: ``input + alpha * other``, element by element, broadcasting.

        >>> tg.tensor([1.0, 2.0, 3.0]).add_(1, alpha=10)
        tensor([11., 12., 13.])
        """
    def __isub__(self, other: Operand, *, alpha: builtins.float = 1) -> Tensor:
        """In place, and returned: ``input - alpha * other``, element by element, broadcasting.

        >>> tg.tensor([1.0, 2.0, 3.0]).sub_(1, alpha=10)
        tensor([-9., -8., -7.])
        """
    def __imul__(self, other: Operand) -> Tensor:
        """In place, and returned: ``input * other``, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1.0, 2.0]).mul_(tg.tensor([3.0, 4.0]))
        tensor([3., 8.])
        """
    def __itruediv__(self, other: Operand, *, rounding_mode: str | None = None) -> Tensor:
        """In place, and returned: ``input / other``, element by element, broadcasting.

        The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
        become float32, unless they are rounded. ArgumentError for another mode.

        >>> tg.tensor([7, -7]).div_(2, rounding_mode="floor")
        tensor([ 3, -4])
        """
    def __ipow__(self, exponent: Operand) -> Tensor:  # type: ignore[misc]
        """In place, and returned: ``input ** exponent``, element by element, broadcasting.

        Raises ArgumentError for integers with a negative exponent, DtypeError for booleans.

        >>> tg.tensor([1.0, 2.0, 3.0]).pow_(2)
        tensor([1., 4., 9.])
        """
    def __iand__(self, other: Operand) -> Tensor:
        """In place, and returned: The bits that both have, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([5, 6]).bitwise_and(4)
        tensor([4, 4])
        """
    def __ior__(self, other: Operand) -> Tensor:
        """In place, and returned: The bits that either has, of each pair of elements. The shapes are any that broadcast.

        ShapeError if they do not, TypeError for what is nothing to compute with.

        >>> tg.tensor([1, 2]).bitwise_or(4)
        tensor([5, 6])
        """
    def __setitem__(self, index: object, value: object) -> None: ...
    def __delitem__(self, index: object) -> None: ...
    def zero_(self) -> Tensor:
        """Set all elements to 0, in place.

        >>> tg.tensor([1.0, 2.0, 3.0]).zero_()
        tensor([0., 0., 0.])
        """
    def fill_(self, value: object) -> Tensor:
        """Set all elements to `value`, a number or a Tensor that broadcasts, in place.

        >>> tg.tensor([1.0, 2.0, 3.0]).fill_(7)
        tensor([7., 7., 7.])
        """
    def copy_(self, source: object) -> Tensor:
        """Set the elements to those of `source`, broadcast, in place.

        `source` may be on another device, and of another dtype.

        >>> tg.tensor([1.0, 2.0, 3.0]).copy_(tg.tensor([3.0, 1.0, 2.0]))
        tensor([3., 1., 2.])
        """
    def uniform_(
        self,
        low: builtins.float = 0.0,
        high: builtins.float = 1.0,
        generator: Generator | None = None,
    ) -> Tensor:
        """Set the elements to random numbers, uniform in [low, high), in place.

        >>> tg.empty(2).uniform_(5, 5)
        tensor([5., 5.])
        """
    def normal_(
        self,
        mean: builtins.float = 0.0,
        std: builtins.float = 1.0,
        generator: Generator | None = None,
    ) -> Tensor:
        """Set the elements to random numbers of the normal distribution, in place.

        >>> tg.empty(2, 3).normal_().shape
        (2, 3)
        """
    def log_normal_(
        self,
        mean: builtins.float = 1.0,
        std: builtins.float = 2.0,
        generator: Generator | None = None,
    ) -> Tensor:
        """Set the elements to numbers whose logarithms are normal, in place.

        ArgumentError unless `std` is above 0.

        >>> tg.empty(2, 3).log_normal_().shape
        (2, 3)
        """
    def cauchy_(
        self,
        median: builtins.float = 0.0,
        sigma: builtins.float = 1.0,
        generator: Generator | None = None,
    ) -> Tensor:
        """Set the elements to numbers of the Cauchy distribution, in place.

        ArgumentError unless `sigma` is above 0.

        >>> tg.empty(2, 3).cauchy_().shape
        (2, 3)
        """
    def exponential_(
        self, lambd: builtins.float = 1.0, generator: Generator | None = None
    ) -> Tensor:
        """Set the elements to waiting times, ``lambd`` events in each unit of time, in place.

        ArgumentError unless `lambd` is above 0.

        >>> tg.empty(2, 3).exponential_().shape
        (2, 3)
        """
    def geometric_(self, p: builtins.float, generator: Generator | None = None) -> Tensor:
        """Set the elements to the number of trials up to the first success, in place.

        ArgumentError unless `p` is between 0 and 1, DtypeError for booleans.

        >>> tg.empty(2, 3).geometric_(0.5).shape
        (2, 3)
        """
    def bernoulli_(
        self, p: Tensor | builtins.float = 0.5, generator: Generator | None = None
    ) -> Tensor:
        """Set the elements to 1, each with the probability `p` (a number, or a Tensor), else to 0.

        ArgumentError for a probability outside 0 to 1.

        >>> tg.empty(2).bernoulli_(1.0)
        tensor([1., 1.])
        """
    def random_(
        self,
        low: builtins.int = 0,
        to: builtins.int | None = None,
        *,
        generator: Generator | None = None,
    ) -> Tensor:
        """Set the elements to random integers, in place: of [low, to), or of [0, low).

        Without bounds, up to the largest that the dtype holds. ArgumentError for bounds that the dtype
        does not hold.

        >>> tg.empty(2).random_(0, 1)
        tensor([0., 0.])
        """
    def bernoulli(
        self, p: builtins.float | None = None, *, generator: Generator | None = None
    ) -> Tensor:
        """1 with the probability that each element holds, or `p` for all, else 0; a new tensor.

        >>> tg.tensor([0.0, 1.0]).bernoulli()
        tensor([0., 1.])
        """
    def new_zeros(
        self,
        *shape: Sizes,
        size: Sizes | None = None,
        dtype: DTypeLike | None = None,
        device: str | None = None,
        requires_grad: builtins.bool = False,
        out: Tensor | None = None,
        layout: Layout | None = None,
        memory_format: Layout | None = None,
        pin_memory: builtins.bool | None = None,
    ) -> Tensor:
        """0 everywhere, in a shape of its own.

        >>> tg.tensor([1.0, 2.0, 3.0]).new_zeros(2)
        tensor([0., 0.])
        """
    def new_ones(
        self,
        *shape: Sizes,
        size: Sizes | None = None,
        dtype: DTypeLike | None = None,
        device: str | None = None,
        requires_grad: builtins.bool = False,
        out: Tensor | None = None,
        layout: Layout | None = None,
        memory_format: Layout | None = None,
        pin_memory: builtins.bool | None = None,
    ) -> Tensor:
        """1 everywhere, in a shape of its own.

        >>> tg.tensor([1.0, 2.0, 3.0]).new_ones(2)
        tensor([1., 1.])
        """
    def new_full(
        self,
        size: Sizes,
        fill_value: Number,
        *,
        dtype: DTypeLike | None = None,
        device: str | None = None,
        requires_grad: builtins.bool = False,
        out: Tensor | None = None,
        layout: Layout | None = None,
        memory_format: Layout | None = None,
        pin_memory: builtins.bool | None = None,
    ) -> Tensor:
        """`fill_value` everywhere, in a shape of its own.

        >>> tg.tensor([1.0, 2.0, 3.0]).new_full((2,), 7)
        tensor([7., 7.])
        """
    def new_empty(
        self,
        *shape: Sizes,
        size: Sizes | None = None,
        dtype: DTypeLike | None = None,
        device: str | None = None,
        requires_grad: builtins.bool = False,
        out: Tensor | None = None,
        layout: Layout | None = None,
        memory_format: Layout | None = None,
        pin_memory: builtins.bool | None = None,
    ) -> Tensor:
        """0 everywhere, as `empty` gives, in a shape of its own.

        >>> tg.tensor([1.0, 2.0, 3.0]).new_empty(2).shape
        (2,)
        """
    def new_tensor(
        self,
        data: object,
        *,
        dtype: DTypeLike | None = None,
        device: str | None = None,
        requires_grad: builtins.bool = False,
        out: Tensor | None = None,
        layout: Layout | None = None,
        memory_format: Layout | None = None,
        pin_memory: builtins.bool | None = None,
    ) -> Tensor:
        """A Tensor of the numbers in `data`, a number or nested lists.

        >>> tg.tensor([1.0, 2.0, 3.0]).new_tensor([4, 5])
        tensor([4., 5.])
        """
