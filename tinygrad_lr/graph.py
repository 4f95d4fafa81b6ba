"""What autograd remembers: the graph of recorded operations, in reading order.

1.  The **clock**. Every recorded operation and every write in place takes the next tick. Two things
    follow from this one number. An operation can only use what existed before it, so going through
    recorded operations from the newest tick to the oldest meets each one after everything that
    used its result: that is a topological order. And an array written at a later tick than an
    operation that saw it no longer holds what the operation saw.
2.  **Value**: an array that can be followed. (Tensor, in tensor.py, is a Value with PyTorch's
    names.)
3.  **Op**: one operation, a forward function beside its gradient rules. Called on arrays it just
    computes; called on Values it computes and leaves a Node behind.
4.  **Node**: what is remembered of one call: which op, which arrays, and where each came from.
    ``pull_back`` is the chain rule.

A gradient rule is a *vector-Jacobian product* (vjp): given ``g``, the gradient of the final result
with respect to the operation's output ``y``, it returns the gradient with respect to one input.
The same rule text serves twice: handed raw arrays it computes as fast as NumPy by hand; handed
Tensors (``create_graph=True``) it is itself recorded, so gradients of gradients come for free.
"""

from __future__ import annotations

import functools
import math
import threading
import weakref
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import count
from types import MethodType
from typing import Any, Union

from .device import is_array, mixed, xp
from .errors import Overwritten, check_devices, explained, wrong_dtype, wrong_shape
from .footprint import note_written

# ------------------------------------------------------------------------------------- 1. the clock

_tick: Callable[[], int] = count(1).__next__
_last_write = 0
_writes: dict[int, tuple[int, str, weakref.ref[Any]]] = {}  # of living arrays only, by their id


def now() -> int:
    """The present tick: later than all that has been, earlier than all that will be."""
    return _tick()


def owner(array: Any) -> Any:
    """The array whose memory `array` shows: itself, unless it is a view."""
    base = array.base
    while base is not None and is_array(base):
        array, base = base, base.base
    return array


def mark_written(value: Value, by: str) -> None:
    """Say that `value` has just been written in place, by the operation named `by`."""
    mark_memory(value.array, by)
    note_written(value)


def mark_memory(array: Any, by: str) -> None:
    """The same of an array."""
    global _last_write
    _last_write = _tick()
    if array.base is not None:
        array = owner(array)
    key = id(array)
    known = _writes.get(key)
    alive = weakref.ref(array, lambda _: _writes.pop(key)) if known is None else known[2]
    _writes[key] = _last_write, by, alive


def last_write(array: Any) -> tuple[int, str]:
    """When the memory of `array` was last written in place, and by what; 0 for never."""
    tick, by, _ = _writes.get(id(owner(array)), (0, "", None))
    return tick, by


_GENERATOR = 0x20  # inspect.CO_GENERATOR, without the time that importing inspect takes


class _Mode(threading.local):
    recording = True


_mode = _Mode()


def is_grad_enabled() -> bool:
    """Whether operations are being recorded, in this thread."""
    return _mode.recording


class GradMode:
    """A context manager that switches recording on or off; as a decorator, around every call."""

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self._outer: list[bool] = []

    def __enter__(self) -> None:
        self._outer.append(_mode.recording)
        _mode.recording = self.mode

    def __exit__(self, *exc_info: object) -> None:
        _mode.recording = self._outer.pop()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with GradMode(self.mode):
                return function(*args, **kwargs)

        @functools.wraps(function)
        def steps(*args: Any, **kwargs: Any) -> Iterator[Any]:
            generator = function(*args, **kwargs)
            while True:
                with GradMode(self.mode):
                    try:
                        item = next(generator)
                    except StopIteration:
                        return
                yield item  # to a caller whose own mode holds

        code = getattr(function, "__code__", None)
        return steps if code and code.co_flags & _GENERATOR else wrapped


class set_grad_enabled(GradMode):
    """Switches at once, as in PyTorch; ``with set_grad_enabled(mode):`` also switches back."""

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        self._before = _mode.recording
        _mode.recording = self.mode

    def __enter__(self) -> None:
        _mode.recording = self.mode

    def __exit__(self, *exc_info: object) -> None:
        _mode.recording = self._before

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        _mode.recording = self._before  # a decorator is about the function's calls, not about now
        return super().__call__(function)


def no_grad(function: Callable[..., Any] | None = None) -> Any:
    """Record nothing: ``with no_grad():``, ``@no_grad()`` or ``@no_grad``."""
    return GradMode(False) if function is None else GradMode(False)(function)


def enable_grad(function: Callable[..., Any] | None = None) -> Any:
    """Record again inside a ``no_grad``: a context manager or a decorator."""
    return GradMode(True) if function is None else GradMode(True)(function)


# ---------------------------------------------------------------------------------------- 2. values


class Value:
    """An array, and how autograd sees it.

    What was computed from something that requires grad has the `node` that computed it. All else is
    a **leaf**: it was made, not computed. A leaf that is `wanted` is where gradients end up, in
    ``_grad``. A view refers to the `root` whose memory it shows.
    """

    # What holds for most values is said once for all of them.
    wanted = False
    root: Value | None = None
    seen = rewritten = 0  # see inplace.py
    rebuilt = 0  # how often something was replaced in a module it is a parameter of: see capture.py
    _grad: Any = None

    def __init__(self, array: Any) -> None:
        self.array = array
        self.node: Node | None = None

    @staticmethod
    def wrap(array: Any) -> Any:
        """A new constant, of the class that operations on this value give."""
        return Value(array)

    @property
    def edge(self) -> Edge | None:
        """Where the gradient of this value must be sent; None when it needs none."""
        if self.root is not None:
            self.catch_up()
        return self.node or (self if self.wanted else None)

    def catch_up(self) -> None:
        """For a view: bring `node` up to date, after its root was rewritten in place."""


# Where a gradient is sent: to the operation that computed a value, or to the leaf itself.
Edge = Union["Node", Value]


# ------------------------------------------------------------------------------------ 3. operations


class Op:
    """One operation: its name, its forward function, and one gradient rule per argument.

    ``forward(*arrays, **params)`` works on raw arrays. ``rule(g, y, *arrays, **params)`` returns
    the gradient for its argument, of any shape that broadcasting may have given it: the engine sums
    it back. A rule uses operators, other Ops, and ``.shape .ndim .T .sum .reshape``, so that it can
    run on arrays and on Tensors alike; it never writes into what it is given. A rule that is None,
    or missing, says that the argument (labels, indices, a mask) has no gradient.

    Args:
        each: for an operation on any number of arrays, the one rule ``each(i, g, y, *arrays)``.
        saves: the forward returns ``(y, saved)``, and the rules are given ``saved`` by keyword:
            something the forward had at hand that a rule would only compute again. When the
            backward pass is itself recorded, ``saves(*tensors, **params)`` computes it, as a
            function of the inputs, so that it can be differentiated.
        view: the output may share the memory of the first argument.
        needs: what the shapes must satisfy, in words, for the error message when they do not.
        shown: the name in ``grad_fn=<...Backward0>``, where PyTorch prints another.
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., Any],
        *rules: Callable[..., Any] | None,
        each: Callable[..., Any] | None = None,
        saves: Callable[..., Any] | None = None,
        view: bool = False,
        needs: str = "",
        shown: str = "",
    ) -> None:
        self.name = name
        self.shown = shown or "".join(word.capitalize() for word in name.split("_"))
        self.forward = forward
        self.rules = rules
        self.each = each
        self.saves = saves
        self.view = view
        self.needs = needs
        self.differentiable = bool(rules or each)

    def rules_for(self, count: int) -> Sequence[Callable[..., Any] | None]:
        """The gradient rules of a call with `count` arguments, in their order."""
        if self.each is None:
            return self.rules
        return [functools.partial(self.each, i) for i in range(count)]

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Compute on raw arrays; or, if any argument is a Value, compute, wrap and record."""
        arrays: list[Any] = []
        edges: list[Edge | None] = []
        like: Any = None
        source: Edge | None = None
        for arg in args:
            if isinstance(arg, Value):
                if arg.root is not None:
                    arg.catch_up()
                like = arg
                edge = arg.node or (arg if arg.wanted else None)
                if edge is not None:
                    source = edge
                arrays.append(arg.array)
                edges.append(edge)
            else:
                arrays.append(arg)
                edges.append(None)

        if like is None:  # arrays in, array out
            output = self.forward(*args, **params)
            return output[0] if self.saves else output
        if len(args) > 1 and mixed(arrays):
            check_devices(self.name, self._arg_names(arrays), arrays)
        try:
            output = self.forward(*arrays, **params)
        except (ValueError, TypeError, MemoryError) as error:
            names = self._arg_names(arrays)
            raise explained(error, self.name, names, arrays, self.needs) from None
        if self.saves:
            output, params["saved"] = output

        result = like.wrap(output)
        if self.view and _same_memory(output, like.array):
            result.root = like if like.root is None else like.root
            result.seen = result.root.rewritten
        if source is not None and _mode.recording and self.differentiable:
            result.node = Node(self, arrays, edges, params, result.array)
        return result

    def __get__(self, instance: Any, owner: type) -> Any:
        """An Op in a class body is a method, as a function would be: ``exp = ops.exp``."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def arg_name(self, i: int) -> str:
        """What the forward function calls its argument number `i`."""
        code = getattr(self.forward, "__code__", None)  # a NumPy ufunc has none
        return code.co_varnames[i] if code and i < code.co_argcount else f"argument {i}"

    def _arg_names(self, arrays: list[Any]) -> list[str]:
        return [self.arg_name(i) for i in range(len(arrays))]


def _same_memory(output: Any, array: Any) -> bool:
    base = output.base
    return output is array or (base is not None and (base is array or base is array.base))


# ----------------------------------------------------------------------------------------- 4. nodes


_NOTHING: dict[str, Any] = {}


class Node:
    """One recorded call of an Op.

    It keeps arrays, not Tensors: the Tensor that the call returned refers to its Node, never the
    other way round. So there is no cycle, and the whole graph is freed the moment the last Tensor
    that leads to it goes. ``edges[i]`` says where argument `i` came from, None for a constant.
    """

    __slots__ = (
        "__weakref__",
        "args",
        "edges",
        "op",
        "output",
        "params",
        "tick",
        "watcher",
    )

    def __init__(
        self,
        op: Op,
        args: list[Any],
        edges: list[Edge | None],
        params: dict[str, Any],
        output: Any,
    ) -> None:
        self.op = op
        self.args: list[Any] | None = args
        self.edges: Sequence[Edge | None] = edges
        self.params = params
        self.output = output
        self.tick = _tick()
        self.watcher: weakref.ref[Value] | None = None

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def name(self) -> str:
        """PyTorch's spelling: ``MulBackward0``."""
        return f"{self.op.shown}Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Edge | None, int], ...]:
        """Where each argument came from, as PyTorch lists it."""
        return tuple((edge, 0) for edge in self.edges)

    def pull_back(
        self, g: Any, record: bool, follow: Container[Edge] | None = None
    ) -> list[tuple[Edge, Any]]:
        """The chain rule at this node: the gradient `g` of its output, carried to its inputs.

        With `record`, `g` is a Tensor and so are the gradients; otherwise they are raw arrays.
        With `follow`, only the inputs that came from there are served.
        """
        if self.args is None:
            raise self.freed()
        op, args, y, params = self.op, self.args, self.output, self.params
        if record:
            args, y = self._tensors(g.wrap)
        if _last_write > self.tick:
            args, y = self._without_overwritten(args, y)
        if record and op.saves:
            given = {name: value for name, value in params.items() if name != "saved"}
            params = given | {"saved": op.saves(*args, **given)}
        rules = op.rules if op.each is None else op.rules_for(len(args))
        gradients: list[tuple[Edge, Any]] = []
        for i, edge in enumerate(self.edges):
            if edge is None or i >= len(rules) or (follow is not None and edge not in follow):
                continue
            rule = rules[i]
            if rule is None:
                continue
            arg = self.args[i]
            try:
                gradient = rule(g, y, *args, **params)
                if getattr(gradient, "shape", None) != arg.shape:
                    gradient = self._summed(gradient, i)
                if isinstance(edge, Value):
                    gradient = _own(gradient, (g, y, *args))
            except MemoryError as error:
                names = op._arg_names(self.args)
                raise explained(error, f"{op.name}, backward", names, self.args, "") from None
            except TypeError:
                for value in (*args, y):
                    if isinstance(value, Overwritten):
                        value.explain()
                raise
            if gradient.dtype is not arg.dtype and gradient.dtype != arg.dtype:
                raise wrong_dtype(op.name, op.arg_name(i), gradient.dtype, arg.dtype)
            gradients.append((edge, gradient))
        return gradients

    def _summed(self, gradient: Any, i: int) -> Any:
        """`gradient`, summed back over the axes along which argument `i` was broadcast."""
        assert self.args is not None
        shape = self.args[i].shape
        try:
            return (sum_to if isinstance(gradient, Value) else _sum_to)(gradient, shape=shape)
        except (ValueError, IndexError, AttributeError):
            raise wrong_shape(self.op.name, self.op.arg_name(i), gradient, shape) from None

    def freed(self) -> RuntimeError:
        """The error for going through a node that has been released."""
        return RuntimeError(
            f"Trying to backward through the graph a second time: what {self.op.name} needs was "
            "freed by the first backward. Specify retain_graph=True in that one if you need to "
            "come back, or compute the result again."
        )

    def release(self) -> None:
        """Forget the arrays; what stays is enough to say so."""
        self.args = self.output = None
        self.edges = ()
        self.params = _NOTHING

    def _tensors(self, wrap: Callable[..., Any]) -> tuple[list[Any], Any]:
        """The arguments and the output as Tensors again, each with its place in the graph."""
        assert self.args is not None

        def tensor(array: Any, node: Node) -> Any:
            value = wrap(array)
            value.node = node
            return value

        args = [
            tensor(a, edge) if isinstance(edge, Node) else a if edge is None else edge
            for a, edge in zip(self.args, self.edges)
        ]
        for i, (array, edge) in enumerate(zip(self.args, self.edges)):
            if isinstance(edge, Value) and edge.array is not array:
                which = f"its argument {self.op.arg_name(i)}"
                args[i] = Overwritten(array, self.op.name, which, ".data = ...")
        return args, tensor(self.output, self)

    def _without_overwritten(self, args: list[Any], y: Any) -> tuple[list[Any], Any]:
        """`args` and `y`, with a stand-in for each array written since this node was recorded."""
        assert self.args is not None
        values, arrays = [*args, y], [*self.args, self.output]
        for i, array in enumerate(arrays):
            tick, by = last_write(array) if is_array(array) else (0, "")
            if tick > self.tick:
                which = f"argument {self.op.arg_name(i)}" if i < len(args) else "result"
                values[i] = Overwritten(array, self.op.name, f"its {which}", by)
        return values[:-1], values[-1]


def _own(gradient: Any, others: Iterable[Any]) -> Any:
    """`gradient` on memory of its own, its elements in the usual order, for a leaf to keep.

    A rule may hand the incoming gradient on as it is, to two parents (add does), or a view of it.
    A leaf accumulates into its gradient, so it must share it neither with a view's owner nor with
    any of `others`, what the rule was given.
    """
    if isinstance(gradient, Value):
        return clone(gradient)
    own = gradient.base is None and gradient.flags.c_contiguous
    return gradient if own and id(gradient) not in map(id, others) else gradient.copy()


# ------------------------------------------------------------ the operations the engine itself uses


@functools.lru_cache(1024)
def _stretched(shape: tuple[int, ...], original: tuple[int, ...]) -> tuple[int, ...]:
    """The axes that broadcasting `original` to `shape` put in front, or stretched from 1."""
    lead = len(shape) - len(original)
    ones = [i + lead for i, n in enumerate(original) if n == 1 and shape[i + lead] != 1]
    return (*range(lead), *ones)


def _sum_to(a: Any, shape: tuple[int, ...]) -> Any:
    total = a.sum(axis=_stretched(a.shape, shape))
    return total if total.shape == shape else total.reshape(shape)


# Each is the other's gradient: what one stretches, the other sums.
sum_to = Op(
    "sum_to",
    _sum_to,
    lambda g, y, a, shape: broadcast_to(g, shape=a.shape),
    needs="it cannot be summed to a shape that does not broadcast to it",
)
broadcast_to = Op(
    "expand",
    lambda a, shape: (  # where nothing is stretched, a view that can be written to
        a.reshape(shape) if a.size == math.prod(shape) else xp(a).broadcast_to(a, shape)
    ),
    lambda g, y, a, shape: g,
    view=True,
    needs="only a dimension of size 1, or a new one in front, can be stretched",
)
clone = Op("clone", lambda a: a.copy(), lambda g, y, a: g)
