"""autograd.Function: an operation on Tensors, with one backward for all that it was given.

An Op (graph.py) computes on arrays, and has one rule for each argument. A Function is PyTorch's way
to say the same on Tensors::

    class Exp(Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y

    y = Exp.apply(x)

The bridge is an Op: one for each class of Functions, whose rules all ask that one backward. Its
Node keeps what was given and what was saved, so the engine notices here as everywhere when one of
these has been overwritten, or freed. If `backward` consists of operations that can be
differentiated, so can the Function's gradient.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, Protocol, TypeAlias, TypeVar, overload

import numpy as np

from .. import versions
from ..device import Array, is_array, xp
from ..errors import ArgumentError, ArrayError, Overwritten, not_a_tensor
from ..graph import Edge, Node, Op, Value
from ..modes import GradMode, mode, no_grad
from ..wording import say_nearest

__all__ = ["Function", "FunctionCtx", "Variable", "once_differentiable"]

if TYPE_CHECKING:  # here it is only a word in annotations
    import tinygrad_lr

Tensor: TypeAlias = "tinygrad_lr.Tensor"
Wrap: TypeAlias = Callable[[Array], Any]  # a Tensor of an array
A = ParamSpec("A")
R = TypeVar("R", covariant=True)


class FunctionCtx:
    """`ctx`: what forward leaves for backward, as attributes too (``ctx.scale = 2``).

    ``needs_input_grad`` says of each argument whether its gradient is asked for.

    >>> class Scaled(tg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x, factor):
    ...         ctx.factor = factor
    ...         return x * factor
    ...
    ...     @staticmethod
    ...     def backward(ctx, gradient):
    ...         return gradient * ctx.factor, None  # the factor is no Tensor
    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> Scaled.apply(x, 2.0).backward()
    >>> x.grad
    tensor(2.)
    """

    needs_input_grad: tuple[bool, ...] = ()
    _given: tuple[Any, ...] = ()  # what is to be saved
    _constant: tuple[int, ...] = ()  # the ids of results that have no gradient
    _fill = True  # a gradient that does not arrive is zeros; else None
    _read: Callable[[], tuple[Any, ...]] | None = None  # what was saved, during a backward

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep `tensors`: arguments, results, or what was computed on the way; or None.

        TypeError for what is no Tensor.

        >>> ctx = tg.autograd.function.FunctionCtx()
        >>> ctx.save_for_backward(tg.ones(2), None)
        >>> ctx.saved_tensors
        (tensor([1., 1.]), None)
        """
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Value):
                raise not_a_tensor("save_for_backward", tensor)
        self._given = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved. Raises RuntimeError if it has been modified in place since.

        >>> ctx = tg.autograd.function.FunctionCtx()
        >>> ctx.save_for_backward(tg.ones(2))
        >>> (x,) = ctx.saved_tensors
        >>> x
        tensor([1., 1.])
        """
        return self._given if self._read is None else self._read()

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """These results have no gradient. (Integers and booleans never have.)

        >>> class Floor(tg.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         y = x.floor()
        ...         ctx.mark_non_differentiable(y)
        ...         return y
        >>> Floor.apply(tg.tensor(1.5, requires_grad=True))
        tensor(1.)
        """
        self._constant = tuple(map(id, tensors))

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward is given zeros, or else None, for a result that nothing came of.

        >>> class Both(tg.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.set_materialize_grads(False)
        ...         return x * 2, x * 3
        ...
        ...     @staticmethod
        ...     def backward(ctx, g, h):
        ...         return 2 * g if h is None else 3 * h
        >>> x = tg.tensor(1.0, requires_grad=True)
        >>> Both.apply(x)[0].backward()
        >>> x.grad
        tensor(2.)
        """
        self._fill = value

    def mark_dirty(self, *tensors: Any) -> None:
        """RuntimeError: a Function gives new Tensors here, and writes into none that it is given.

        >>> tg.autograd.function.FunctionCtx().mark_dirty(tg.ones(2))
        Traceback (most recent call last):
        RuntimeError: mark_dirty: a Function gives new Tensors here, ...
        """
        raise RuntimeError(
            "mark_dirty: a Function gives new Tensors here, and cannot write into those that it is "
            "given; compute with x.clone() in forward"
        )


class WithContext(Protocol[A, R]):
    """What has a forward with a context: apply takes what comes behind it."""

    @staticmethod
    def forward(ctx: FunctionCtx, /, *args: A.args, **options: A.kwargs) -> R:
        """What is computed, from these arguments."""


class WithoutContext(Protocol[A, R]):
    """What has a forward without one, and a setup_context."""

    @staticmethod
    def forward(*args: A.args, **options: A.kwargs) -> R:
        """What is computed, from these arguments."""


class Function:
    """An operation with a backward of its own: see above. It is used by its class: ``F.apply(x)``.

    ``forward(ctx, *args)`` is given what apply is given, and records nothing; it returns a Tensor,
    or a tuple. ``backward(ctx, *gradients)`` is given a gradient for each result, and returns one
    for each argument, None for what has none. (None for a Tensor that requires grad counts as
    zeros.) Where there is a ``setup_context(ctx, inputs, output)``, forward is given no ctx.

    >>> class Square(tg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...
    ...     @staticmethod
    ...     def backward(ctx, gradient):
    ...         (x,) = ctx.saved_tensors
    ...         return 2 * x * gradient
    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> Square.apply(x).backward()
    >>> x.grad
    tensor(6.)
    """

    _op: Op

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._op = _Bridge(cls)

    @staticmethod
    def forward(*args: Any, **options: Any) -> Any:
        """What is computed, of a context and the inputs: Tensors. For subclasses to define.

        Raises NotImplementedError for one that does not.

        >>> class Double(tg.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return 2 * x
        >>> Double.apply(tg.ones(2))
        tensor([2., 2.])
        """
        raise NotImplementedError("a Function needs a static method forward(ctx, *args)")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Keep what backward needs, where forward takes no context. For subclasses to define.

        Raises NotImplementedError for one that needs it and has none.

        >>> class Square(tg.autograd.Function):
        ...     @staticmethod
        ...     def forward(x):
        ...         return x * x
        ...
        ...     @staticmethod
        ...     def setup_context(ctx, inputs, output):
        ...         ctx.save_for_backward(*inputs)
        ...
        ...     @staticmethod
        ...     def backward(ctx, gradient):
        ...         (x,) = ctx.saved_tensors
        ...         return 2 * x * gradient
        >>> x = tg.tensor(3.0, requires_grad=True)
        >>> Square.apply(x).backward()
        >>> x.grad
        tensor(6.)
        """
        raise NotImplementedError("forward is given the ctx, where there is no setup_context")

    @staticmethod
    def backward(*gradients: Any, **options: Any) -> Any:
        """The gradient of each input, of a context and those of the outputs. For subclasses.

        Raises NotImplementedError for one that does not define it.

        >>> class Clipped(tg.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return x.clone()
        ...
        ...     @staticmethod
        ...     def backward(ctx, gradient):
        ...         return gradient.clamp(-1.0, 1.0)
        >>> x = tg.tensor(3.0, requires_grad=True)
        >>> (Clipped.apply(x) * 5).backward()
        >>> x.grad
        tensor(1.)
        """
        raise NotImplementedError(
            "a Function needs a static method backward(ctx, *gradients), to go back through it"
        )

    vjp = backward

    def __call__(self, *args: object, **options: object) -> NoReturn:
        raise RuntimeError(f"{type(self).__name__}: write {type(self).__name__}.apply(...)")

    @overload
    @classmethod
    def apply(cls: type[WithContext[A, R]], *args: A.args, **options: A.kwargs) -> R: ...

    @overload
    @classmethod
    def apply(cls: type[WithoutContext[A, R]], *args: A.args, **options: A.kwargs) -> R: ...

    @classmethod
    def apply(cls: Any, *args: Any, **options: Any) -> Any:
        """What forward returns, with its place in the graph.

        >>> class Double(tg.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return 2 * x
        >>> Double.apply(tg.ones(2, requires_grad=True))
        tensor([2., 2.], grad_fn=<DoubleBackward>)
        """
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(a, Value) and a.edge is not None for a in args)
        with no_grad():
            output = cls._forward(ctx, args, options)
        outputs = output if isinstance(output, tuple) else (output,)
        results = tuple(v.wrap(v.array) if isinstance(v, Value) else v for v in outputs)
        for result in results:
            if isinstance(result, Value):
                versions.find_root(result, args, mode.recording)
        if mode.recording and any(ctx.needs_input_grad):
            _record(cls._op, ctx, args, outputs, results)
        ctx._given = ()
        return results if isinstance(output, tuple) else results[0]

    @classmethod
    def _forward(cls, ctx: FunctionCtx, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if cls.setup_context is Function.setup_context:
            return cls.forward(ctx, *args, **options)
        bound = inspect.signature(cls.forward).bind(*args, **options)
        bound.apply_defaults()
        output = cls.forward(*bound.args)
        cls.setup_context(ctx, bound.args, output)
        return output


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator for a backward whose own gradient is unknown: asking for it is a RuntimeError.

    >>> class Double(tg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return 2 * x
    ...
    ...     @staticmethod
    ...     @tg.autograd.function.once_differentiable
    ...     def backward(ctx, gradient):
    ...         return 2 * gradient
    >>> x = tg.tensor(1.0, requires_grad=True)
    >>> tg.autograd.grad(Double.apply(x), x)
    (tensor(2.),)
    """

    @functools.wraps(backward)
    def once(ctx: Any, *gradients: Any) -> Any:
        with no_grad():
            found = backward(ctx, *gradients)
        several = found if isinstance(found, tuple) else (found,)
        if any(isinstance(g, Value) and g.edge is not None for g in gradients):
            several = tuple(_last(v, gradients) if isinstance(v, Value) else v for v in several)
        return several if isinstance(found, tuple) else several[0]

    return once


def _last(gradient: Value, came_from: Sequence[Any]) -> Value:
    """`gradient`, which cannot be differentiated with respect to those it `came_from`."""
    values = [v for v in came_from if isinstance(v, Value)]
    last: Value = gradient.wrap(gradient.array)
    last.node = Node(_once, [v.array for v in values], [v.edge for v in values], {}, last.array)
    return last


def _refuse_twice(g: Any, y: Any, *args: Any) -> Any:
    raise RuntimeError(
        "trying to differentiate twice a function that was marked with @once_differentiable"
    )


_once = Op("once_differentiable", lambda *args: args[0], each=_refuse_twice)


def Variable(tensor: Tensor, requires_grad: bool = False) -> Tensor:
    """A new leaf on the memory of `tensor`: how PyTorch before 0.4 had a Tensor followed.

    Its shape and dtype are those of the tensor. TypeError for what is none.

    >>> tg.autograd.Variable(tg.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """
    if not isinstance(tensor, Value):
        raise not_a_tensor("Variable", tensor)
    return tensor.detach().requires_grad_(requires_grad)


# ------------------------------------------------------------------------- its place in the graph


def _record(
    op: Op, ctx: FunctionCtx, args: Sequence[Any], outputs: Sequence[Any], results: Sequence[Any]
) -> None:
    """Leave a node behind for the call of a Function, and let its `results` lead to it."""
    followed = [
        k
        for k, v in enumerate(outputs)
        if isinstance(v, Value) and v.array.dtype.kind == "f" and id(v) not in ctx._constant
    ]
    if not followed:
        return
    arrays = [arg.array if isinstance(arg, Value) else arg for arg in args]
    edges = [arg.edge if isinstance(arg, Value) else None for arg in args]
    call = _Call(ctx, len(args), outputs, outputs[followed[0]].wrap)
    for value in ctx._given:  # behind the arguments, what else is saved
        place = next((i for i, arg in enumerate(args) if arg is value), len(arrays))
        if place == len(arrays):
            arrays.append(getattr(value, "array", None))
            edges.append(None)
        call.saved.append((place, next((k for k, v in enumerate(outputs) if v is value), None)))
    call.edges = edges
    node = Node(op, arrays, edges, {"call": call}, _NOTHING)
    for k in followed:
        results[k].node = Result(node, k, results[k].array)


_NOTHING = np.zeros(0)  # the Node of a call has no result of its own: see Result


class _Call:
    """What is known of one call of a Function, besides what its Node keeps."""

    def __init__(self, ctx: FunctionCtx, count: int, outputs: Sequence[Any], wrap: Wrap) -> None:
        self.ctx, self.count, self.wrap = ctx, count, wrap
        self.saved: list[tuple[int, int | None]] = []  # which argument of the Node; which result
        self.edges: Sequence[Edge | None] = ()  # of the Node
        self.shown = [getattr(v, "array", None) for v in outputs]


class _Several:
    """The gradients for several results, by their numbers: they add up, as others do."""

    def __init__(self, parts: dict[int, Any], recorded: bool) -> None:
        self.parts, self.recorded = parts, recorded
        self.wrap = getattr(next(iter(parts.values())), "wrap", None)

    def __add__(self, other: _Several) -> _Several:
        return _Several({**self.parts, **other.parts}, self.recorded)


class Result(Node):
    """Where a result of a Function comes from: it is number `k` of what a call gave."""

    __slots__ = ()

    def __init__(self, call: Node, k: int, array: Array) -> None:
        super().__init__(_result, [array], [call], {"k": k}, array)

    def pull_back(
        self, g: Any, record: bool, follow: Container[Edge] | None = None, retain: bool = True
    ) -> list[tuple[Edge, Any]]:
        return [(self.edges[0], _Several({self.params["k"]: g}, record))]

    def name(self) -> str:
        return f"{self.edges[0].op.name}Backward"

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        found: tuple[tuple[Any, int], ...] = self.edges[0].next_functions
        return found


# Only gradcheck, which computes all anew, calls this: of a tuple, or of an array that was in one.
_result = Op(
    "result",
    lambda made, k: made[k] if isinstance(made, tuple) else made,
    lambda g, y, made, k: g,
)


class _Bridge(Op):
    """The Op of a class of Functions."""

    def __init__(self, function: type[Function]) -> None:
        super().__init__(function.__name__, lambda *args: None, each=self._gradients)
        self.function = function

    def __call__(self, *args: Any, call: Any = None) -> Any:
        """The same once more, on Tensors or arrays: for gradcheck."""
        args = args[: call.count]
        if any(isinstance(arg, Value) for arg in args):
            return self.function.apply(*args)
        made = self.function.apply(*(call.wrap(a) if is_array(a) else a for a in args))
        return tuple(v.array for v in (made if isinstance(made, tuple) else (made,)))

    def _gradients(self, g: _Several, y: Any, *args: Any, call: _Call) -> Callable[[int], Any]:
        """The rule of all arguments: backward is asked once."""
        gradients = self._backward(g, y, args, call)

        def gradient(i: int) -> Any:
            if gradients[i] is None:
                gradients[i] = call.wrap(xp(args[i]).zeros(args[i].shape, args[i].dtype))
            return gradients[i] if g.recorded else gradients[i].array

        return gradient

    def _backward(self, g: _Several, y: Any, args: Sequence[Any], call: _Call) -> list[Any]:
        """What backward returns: a Tensor, or None, for each argument."""

        def tensor(a: Any) -> Any:
            return call.wrap(a) if is_array(a) or isinstance(a, np.generic) else a

        def saved() -> tuple[Any, ...]:
            found = []
            for place, k in call.saved:
                value = tensor(args[place])
                edge = call.edges[place]
                if isinstance(value, Overwritten):
                    value.explain()
                elif edge is not None and not g.recorded:  # backward may record by itself
                    if isinstance(edge, Node):
                        value.node = edge
                    elif edge.array is args[place]:
                        value = edge
                if k is not None and g.recorded and value.node is None:
                    value.node = Result(y.node, k, value.array)
                found.append(value)
            return tuple(found)

        ctx = copy.copy(call.ctx)
        ctx._read = saved
        given = [tensor(g.parts.get(k)) for k in range(len(call.shown))]
        if ctx._fill:
            for k, array in enumerate(call.shown):
                if given[k] is None and is_array(array):
                    given[k] = call.wrap(xp(array).zeros_like(array))
        function = self.function
        backward = function.backward if function.vjp is Function.vjp else function.vjp
        with GradMode(g.recorded):
            return self._checked(backward(ctx, *given), args, call.count)

    def _checked(self, found: Any, args: Sequence[Any], count: int) -> list[Any]:
        """The gradients that backward has `found`, in the dtypes of the arguments."""
        gradients = [*found] if isinstance(found, (tuple, list)) else [found]
        if len(gradients) < count or any(extra is not None for extra in gradients[count:]):
            raise ArgumentError(
                f"{self.name}: backward returned an incorrect number of gradients: expected "
                f"{count}, one for each argument of forward, got {len(gradients)}"
            )
        for i, gradient in enumerate(gradients[:count]):
            if gradient is None:
                continue
            if not isinstance(gradient, Value):
                raise ArrayError(
                    f"{self.name}: backward must return Tensors, or None for what has no gradient; "
                    f"it returned {type(gradient).__name__} at place {i}"
                )
            if not hasattr(args[i], "dtype"):
                raise ArgumentError(
                    f"{self.name}: backward returned a gradient different from None at place {i}, "
                    "but what forward was given there is no Tensor"
                )
            if gradient.array.dtype != args[i].dtype:
                gradients[i] = gradient.to(args[i].dtype)  # type: ignore[attr-defined]
        return gradients


say_nearest(__name__)
