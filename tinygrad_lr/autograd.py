"""Reverse-mode automatic differentiation: all of it, in reading order.

1.  The **clock**. Every recorded operation and every write in place takes the next tick. Two things
    follow from this one number. An operation can only use what existed before it, so going through
    recorded operations from the newest tick to the oldest meets each one after everything that
    used its result: that is a topological order. And an array written at a later tick than an
    operation that saw it no longer holds what the operation saw.
2.  **Value**: an array that can be followed. (Tensor, in tensor.py, is a Value with PyTorch's names.)
3.  **Op**: one operation, a forward function beside its gradient rules. Called on arrays it just
    computes; called on Values it computes and leaves a Node behind.
4.  **Node**: what is remembered of one call: which op, which arrays, and where each came from.
5.  **The walk**: backward and grad go through the Nodes, newest first, and apply the chain rule.

A gradient rule is a *vector-Jacobian product* (vjp): given ``g``, the gradient of the final result
with respect to the operation's output ``y``, it returns the gradient with respect to one input.
The same rule text serves twice: handed raw arrays it computes as fast as NumPy by hand; handed
Tensors (``create_graph=True``) it is itself recorded, so gradients of gradients come for free.
"""

from __future__ import annotations

import functools
import re
import threading
import weakref
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from itertools import count
from operator import attrgetter
from types import MethodType
from typing import Any, Union

from .device import DeviceError, device_of, in_use, xp

# ------------------------------------------------------------------------------------- 1. the clock

_tick: Callable[[], int] = count(1).__next__
_last_write = 0


class Memory:
    """Shared by all tensors on the same memory: when it was last written in place, and by what.

    `rewritten` is the tick of the last write that was itself recorded (see inplace.py).
    """

    __slots__ = ("by", "rewritten", "written")

    def __init__(self) -> None:
        self.written = self.rewritten = 0
        self.by = ""


def mark_written(value: Value, by: str) -> None:
    """Say that the array of `value` has just been written in place by the operation named `by`."""
    global _last_write
    value.memory.written = _last_write = _tick()
    value.memory.by = by


class _Mode(threading.local):
    recording = True


_mode = _Mode()


def is_grad_enabled() -> bool:
    """Whether operations are being recorded, in this thread."""
    return _mode.recording


class _GradMode:
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
            with _GradMode(self.mode):
                return function(*args, **kwargs)

        return wrapped


class set_grad_enabled(_GradMode):
    """Switches at once, as in PyTorch; ``with set_grad_enabled(mode):`` also switches back."""

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        super().__enter__()

    def __enter__(self) -> None:
        pass


def no_grad(function: Callable[..., Any] | None = None) -> Any:
    """Record nothing: ``with no_grad():``, ``@no_grad()`` or ``@no_grad``."""
    return _GradMode(False) if function is None else _GradMode(False)(function)


def enable_grad(function: Callable[..., Any] | None = None) -> Any:
    """Record again inside a ``no_grad``: a context manager or a decorator."""
    return _GradMode(True) if function is None else _GradMode(True)(function)


# ---------------------------------------------------------------------------------------- 2. values


class Value:
    """An array, and how autograd sees it.

    A **leaf** has ``node is None``: it was made, not computed. A leaf that requires grad is where
    gradients end up, in ``_grad``. Anything else that requires grad has the Node that computed it.
    A view refers to the `root` whose memory it shows.
    """

    __slots__ = (
        "__weakref__",
        "_grad",
        "_requires_grad",
        "array",
        "memory",
        "node",
        "root",
        "seen",
    )

    array: Any
    node: Node | None
    memory: Memory
    _requires_grad: bool
    _grad: Any
    root: Value | None
    seen: int

    def __init__(self, array: Any, memory: Memory | None = None) -> None:
        self.array = array
        self.memory = Memory() if memory is None else memory
        self.node = self.root = self._grad = None
        self._requires_grad = False

    @staticmethod
    def wrap(array: Any, memory: Memory | None = None) -> Any:
        """A new constant, of the class that operations on this value give."""
        return Value(array, memory)

    def catch_up(self) -> None:
        """For a view: bring `node` up to date, after its root was rewritten in place."""


# Where a gradient is sent: to the operation that computed a value, or to the leaf itself.
Edge = Union["Node", Value]


# ------------------------------------------------------------------------------------ 3. operations


class ShapeError(ValueError, RuntimeError):
    """Shapes do not fit. (PyTorch raises RuntimeError, NumPy ValueError: this is both.)"""


class Op:
    """One operation: its name, its forward function, and one gradient rule per argument.

    ``forward(*arrays, **params)`` works on raw arrays. ``rule(g, y, *arrays, **params)`` returns the
    gradient for its argument, of any shape that broadcasting may have given it: the engine sums it
    back. A rule uses operators, other Ops, and ``.shape .ndim .T .sum .reshape``, so that it can
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
    ) -> None:
        self.name = name
        self.forward = forward
        self.rules = rules
        self.each = each
        self.saves = saves
        self.view = view
        self.needs = needs
        self.differentiable = bool(rules or each)

    def rule(self, i: int) -> Callable[..., Any] | None:
        """The gradient rule of the argument number `i`."""
        if self.each is not None:
            return functools.partial(self.each, i)
        return self.rules[i] if i < len(self.rules) else None

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Compute on raw arrays; or, if any argument is a Value, compute, wrap and record."""
        arrays, like, requires_grad = [], None, False
        for arg in args:
            if isinstance(arg, Value):
                like = arg
                if arg.root is not None and arg.memory.rewritten > arg.seen:
                    arg.catch_up()
                requires_grad = requires_grad or arg._requires_grad
                arrays.append(arg.array)
            else:
                arrays.append(arg)

        if like is None:
            output = self.forward(*arrays, **params)
            return output[0] if self.saves else output

        if in_use():
            self._check_devices(arrays)
        try:
            output = self.forward(*arrays, **params)
        except (ValueError, TypeError) as error:
            raise self._explain(error, arrays) from None
        saved = None
        if self.saves:
            output, saved = output

        if self.view and _same_memory(output, arrays[0]):
            result = like.wrap(output, like.memory)
            result.root, result.seen = like.root or like, like.memory.rewritten
        else:
            result = like.wrap(output)
        if requires_grad and _mode.recording and self.differentiable:
            result._requires_grad = True
            result.node = Node(self, args, arrays, params, result, saved)
        return result

    def __get__(self, instance: Any, owner: type) -> Any:
        """An Op in a class body is a method, as a function would be: ``exp = ops.exp``."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def arg_name(self, i: int) -> str:
        """What the forward function calls its argument number `i`."""
        code = self.forward.__code__
        return code.co_varnames[i] if i < code.co_argcount else f"argument {i}"

    def _check_devices(self, arrays: list[Any]) -> None:
        places = {self.arg_name(i): device_of(a) for i, a in enumerate(arrays) if _ndim(a) >= 0}
        if len(set(places.values())) > 1:
            where = ", ".join(f"{name} is on {place}" for name, place in places.items())
            raise DeviceError(f"{self.name}: {where}; move one with .to()")

    def _explain(self, error: Exception, arrays: list[Any]) -> Exception:
        """The error to raise when the forward failed: shapes by name instead of NumPy's words."""
        if isinstance(error, ShapeError):
            return error
        seen = ", ".join(
            f"{self.arg_name(i)} has shape {a.shape}" for i, a in enumerate(arrays) if _ndim(a) >= 0
        )
        if isinstance(error, TypeError):
            if re.search(r"\(\) (got|missing|takes)", str(error)):  # a call with wrong keywords
                return TypeError(str(error).replace("<lambda>", self.name))
            kinds = ", ".join(str(getattr(a, "dtype", type(a).__name__)) for a in arrays)
            return TypeError(f"{self.name}: cannot compute with {kinds} ({seen})")
        return ShapeError(f"{self.name}: {seen}" + (f"; {self.needs}" if self.needs else ""))


def _ndim(array: Any) -> int:
    return getattr(array, "ndim", -1)


def _same_memory(output: Any, array: Any) -> bool:
    return output is array or (
        output.base is not None and (output.base is array or output.base is array.base)
    )


# ----------------------------------------------------------------------------------------- 4. nodes


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
        "memories",
        "op",
        "output",
        "params",
        "saved",
        "tick",
        "watcher",
    )

    def __init__(
        self,
        op: Op,
        args: tuple[Any, ...],
        arrays: list[Any],
        params: dict[str, Any],
        result: Value,
        saved: Any,
    ) -> None:
        self.op = op
        self.args: list[Any] | None = arrays
        self.params = params
        self.output = result.array
        self.saved = saved
        self.edges: list[Edge | None] = [_edge(a) if isinstance(a, Value) else None for a in args]
        self.memories = [a.memory if isinstance(a, Value) else None for a in args]
        self.memories.append(result.memory)
        self.tick = _tick()
        self.watcher: weakref.ref[Value] | None = None

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def name(self) -> str:
        """PyTorch's spelling: ``MulBackward0``."""
        return "".join(word.capitalize() for word in self.op.name.split("_")) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Edge | None, int], ...]:
        """Where each argument came from, as PyTorch lists it."""
        return tuple((edge, 0) for edge in self.edges)

    def pull_back(
        self, g: Any, record: bool, follow: Container[Edge] | None = None
    ) -> Iterator[tuple[Edge, Any]]:
        """The chain rule at this node: the gradient `g` of its output, carried to its inputs.

        With `record`, `g` is a Tensor and so are the gradients; otherwise they are raw arrays.
        With `follow`, only the inputs that came from there are served.
        """
        if self.args is None:
            raise RuntimeError(
                f"Trying to backward through the graph a second time: what {self.op.name} needs was "
                "freed by the first backward. Specify retain_graph=True in that one if you need "
                "to come back, or compute the result again."
            )
        params, args, y = self.params, self.args, self.output
        if record:
            args, y = self._tensors(g.wrap)
        if self.op.saves:
            saved = self.op.saves(*args, **params) if record else self.saved
            params = params | {"saved": saved}
        if _last_write > self.tick:
            args, y = self._without_overwritten(args, y)
        for i, edge in enumerate(self.edges):
            if edge is None or (follow is not None and edge not in follow):
                continue
            rule = self.op.rule(i)
            if rule is None:
                continue
            gradient = self._fit(i, rule(g, y, *args, **params))
            if isinstance(edge, Value):
                gradient = _own(gradient, (g, y, *args))
            yield edge, gradient

    def release(self) -> None:
        """Forget the arrays; what stays is enough to say so."""
        self.args = self.output = self.saved = None
        self.edges, self.memories = [], []

    def _tensors(self, wrap: Callable[..., Any]) -> tuple[list[Any], Any]:
        """The arguments and the output as Tensors again, each with its place in the graph."""
        assert self.args is not None

        def tensor(array: Any, node: Node, memory: Memory | None) -> Any:
            value = wrap(array, memory)
            value.node, value._requires_grad = node, True
            return value

        args = [
            a if edge is None else edge if isinstance(edge, Value) else tensor(a, edge, memory)
            for a, edge, memory in zip(self.args, self.edges, self.memories)
        ]
        return args, tensor(self.output, self, self.memories[-1])

    def _without_overwritten(self, args: list[Any], y: Any) -> tuple[list[Any], Any]:
        """`args` and `y`, with a stand-in for each array written since this node was recorded."""
        values = [
            value if memory is None or memory.written < self.tick else _Overwritten(self, i, value)
            for i, (value, memory) in enumerate(zip([*args, y], self.memories))
        ]
        return values[:-1], values[-1]

    def _fit(self, i: int, gradient: Any) -> Any:
        """`gradient` of argument `i`, summed back over the axes along which it was broadcast."""
        assert self.args is not None
        arg = self.args[i]
        if gradient.shape != arg.shape:
            gradient = sum_to(gradient, shape=arg.shape)
        if gradient.dtype != arg.dtype:
            raise TypeError(
                f"{self.op.name}: the gradient rule of {self.op.arg_name(i)} gave "
                f"{gradient.dtype} for {arg.dtype}; cast the arguments to one dtype first, and use "
                "Python numbers, not NumPy ones, for the constants in a rule"
            )
        return gradient


def _own(gradient: Any, others: Iterable[Any]) -> Any:
    """`gradient` on memory of its own: a copy if it is a view, or one of `others` itself.

    A rule may hand the incoming gradient on as it is, to two parents (add does), or a view of it.
    A leaf keeps its gradient and accumulates into it, so it must not share it.
    """
    if isinstance(gradient, Value):
        return clone(gradient)
    if gradient.base is not None or any(gradient is other for other in others):
        return gradient.copy()
    return gradient


def _edge(value: Value) -> Edge | None:
    """Where the gradient of `value` must be sent; None when it needs none."""
    return (value.node or value) if value._requires_grad else None


class _Overwritten:
    """Stands in for an array that was written in place after an operation had seen it.

    Many rules never look at their arguments, or ask for a shape only (add, sum, reshape): they get
    what they need. A rule that does look gets the error that explains what happened.
    """

    __slots__ = ("_node", "_position", "dtype", "ndim", "shape")

    def __init__(self, node: Node, position: int, value: Any) -> None:
        self._node, self._position = node, position
        self.shape, self.ndim, self.dtype = value.shape, value.ndim, value.dtype

    def _refuse(self, *args: object, **kwargs: object) -> Any:
        node, position = self._node, self._position
        memory = node.memories[position]
        is_output = position == len(node.memories) - 1
        which = "its result" if is_output else f"its argument {node.op.arg_name(position)}"
        raise RuntimeError(
            f"the gradient of {node.op.name} needs {which}, a tensor of shape {self.shape}, but that "
            f"tensor has been modified by an inplace operation since, {memory.by if memory else ''}. "
            "Compute a new tensor instead (x = x + y, not x += y), or hand the in-place operation "
            "a clone()."
        )

    # Operators are looked up on the class, so each one has to be named.
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __matmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __rmatmul__ = __abs__ = __getitem__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __invert__ = __and__ = __or__ = _refuse
    __array__ = __array_ufunc__ = __array_function__ = __len__ = __bool__ = __float__ = _refuse
    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> Any:
        self._refuse()


# -------------------------------------------------------------------------------------- 5. the walk


def _newest_first(edges: Iterable[Edge]) -> list[Node]:
    """All nodes that `edges` lead to, each before everything it was computed from.

    Newest first is such an order: a node is always newer than what it consumed. (Any order by depth
    alone would not do: in ``b = a + a; c = b + a`` the gradient of ``a`` is complete only when
    both consumers of ``a`` have spoken.) No recursion: a graph may be 100,000 nodes deep.
    """
    found = {edge for edge in edges if isinstance(edge, Node)}
    stack = list(found)
    while stack:
        for edge in stack.pop().edges:
            if isinstance(edge, Node) and edge not in found:
                found.add(edge)
                stack.append(edge)
    return sorted(found, key=attrgetter("tick"), reverse=True)


def _walk(
    grads: dict[Edge, Any],
    record: bool,
    retain_graph: bool,
    wanted: frozenset[Edge] | None = None,
) -> dict[Edge, Any]:
    """Carry `grads`, the gradients of some results, down to the leaves, or only to `wanted`.

    Gradients in flight live in this one dict, from the moment the first consumer of a value has
    spoken to the moment the value's own node takes its turn; never on the Tensors.
    """
    nodes = _newest_first(grads)
    follow = None
    if wanted is not None:
        leading = _leading_to(wanted, nodes)
        nodes = [node for node in nodes if node in leading]
        follow = leading | wanted
    arrived = {}
    for node in nodes:
        g = grads.pop(node)
        if wanted is not None and node in wanted:
            arrived[node] = g
        if node.watcher is not None:
            _deliver(node.watcher(), _copy(g))
        for edge, gradient in node.pull_back(g, record, follow):
            grads[edge] = grads[edge] + gradient if edge in grads else gradient
        if not retain_graph:
            node.release()
    return grads | arrived


def _leading_to(wanted: frozenset[Edge], nodes: list[Node]) -> frozenset[Edge]:
    """Those of `nodes` (newest first) whose inputs depend on something `wanted`."""
    leading: set[Edge] = set()
    for node in reversed(nodes):  # oldest first: its inputs are settled before a node is asked
        if any(edge in wanted or edge in leading for edge in node.edges):
            leading.add(node)
    return frozenset(leading)


def _copy(gradient: Any) -> Any:
    return clone(gradient) if isinstance(gradient, Value) else gradient.copy()


def _deliver(value: Value | None, gradient: Any) -> None:
    """Add `gradient`, which nothing else shares, to ``value.grad``."""
    if value is None:  # a watched Tensor that nobody holds any more
        return
    recorded = isinstance(gradient, Value)
    if value._grad is None:
        value._grad = gradient if recorded else value.wrap(gradient)
    elif recorded or value._grad._requires_grad:
        value._grad = value._grad + gradient
    else:
        value._grad.array += gradient
        mark_written(value._grad, "backward()")


def _first_gradient(output: Value, gradient: Any, record: bool, caller: str) -> Any:
    """What the walk starts with: `gradient`, checked, or 1 for a single number."""
    shape, dtype = output.array.shape, output.array.dtype
    if not output._requires_grad:
        raise RuntimeError(
            f"{caller}: this tensor does not require grad, no operation was recorded for it. "
            + (
                "Recording is switched off here (no_grad)."
                if not _mode.recording
                else "Either nothing it was computed from has requires_grad=True, or it was computed "
                "under no_grad() or from a detach()ed tensor."
            )
            + " Set requires_grad=True on the inputs you want gradients for, before computing."
        )
    if gradient is None:
        if output.array.size != 1:
            raise RuntimeError(
                f"{caller}: grad can be implicitly created only for scalar outputs, and this tensor "
                f"has shape {shape}; reduce it first, with .sum() or .mean(), or pass a gradient "
                f"of shape {shape}"
            )
        gradient = output.wrap(xp(output.array).ones(shape, dtype))
    elif not isinstance(gradient, Value):
        raise TypeError(f"{caller}: the gradient must be a Tensor, not {type(gradient).__name__}")
    if gradient.array.shape != shape:
        raise ShapeError(
            f"{caller}: the gradient has shape {gradient.array.shape}, the tensor has shape {shape}; "
            "they must be equal"
        )
    if device_of(gradient.array) != device_of(output.array):
        raise DeviceError(
            f"{caller}: the gradient is on {device_of(gradient.array)}, the tensor is on "
            f"{device_of(output.array)}; move one with .to()"
        )
    if gradient.array.dtype != dtype:
        gradient = gradient.wrap(gradient.array.astype(dtype))
    return gradient if record else gradient.array


def _start(
    outputs: Sequence[Value], gradients: Sequence[Any], record: bool, caller: str
) -> dict[Edge, Any]:
    """The gradients that a walk begins with, by the edge they enter at."""
    grads: dict[Edge, Any] = {}
    for output, given in zip(outputs, gradients):
        gradient = _first_gradient(output, given, record, caller)
        edge = output.node or output
        grads[edge] = grads[edge] + gradient if edge in grads else _copy(gradient)
    return grads


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
) -> None:
    """Add the gradient of `tensors` to the ``.grad`` of every leaf they were computed from.

    Gradients *accumulate*: two calls add up, until somebody clears them (``optimizer.zero_grad()``).
    The graph is freed afterwards unless `retain_graph`; `create_graph` (which implies it) records
    the backward pass, so that the gradients can be differentiated in turn.
    """
    outputs, gradients = _pairs(tensors, grad_tensors, "backward")
    grads = _start(outputs, gradients, create_graph, "backward")
    retain = create_graph if retain_graph is None else retain_graph
    with _GradMode(create_graph):
        for leaf, gradient in _walk(grads, create_graph, retain).items():
            assert isinstance(leaf, Value)  # every node has had its turn
            _deliver(leaf, gradient)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Any, ...]:
    """The gradients of the sum of `outputs` with respect to `inputs`, as a tuple; no ``.grad`` moves.

    Only the part of the graph between the two is walked (and freed). An input that the outputs do
    not depend on is an error, or None with `allow_unused`.
    """
    sources, gradients = _pairs(outputs, grad_outputs, "grad")
    targets = [inputs] if isinstance(inputs, Value) else list(inputs)
    for i, target in enumerate(targets):
        if not isinstance(target, Value) or not target._requires_grad:
            raise RuntimeError(
                f"grad: input {i} does not require grad; set requires_grad=True on it before "
                "computing the outputs"
            )
    edges: list[Edge] = [target.node or target for target in targets]
    retain = create_graph if retain_graph is None else retain_graph
    with _GradMode(create_graph):
        grads = _start(sources, gradients, create_graph, "grad")
        grads = _walk(grads, create_graph, retain, frozenset(edges))
        found: list[Any] = []
        for i, (target, edge) in enumerate(zip(targets, edges)):
            if edge in grads:
                gradient = _copy(grads[edge])
                found.append(gradient if create_graph else target.wrap(gradient))
            elif allow_unused:
                found.append(None)
            else:
                raise RuntimeError(
                    f"grad: input {i}, a tensor of shape {target.array.shape}, was not used to "
                    "compute the outputs; pass allow_unused=True to get None for it"
                )
    return tuple(found)


def _pairs(tensors: Any, gradients: Any, caller: str) -> tuple[list[Value], list[Any]]:
    """Tensors and their incoming gradients as two lists of one length."""
    values = [tensors] if isinstance(tensors, Value) else list(tensors)
    given = [gradients] if gradients is None or isinstance(gradients, Value) else list(gradients)
    if gradients is None:
        given = [None] * len(values)
    if len(given) != len(values):
        raise RuntimeError(f"{caller}: {len(values)} tensors, but {len(given)} gradients")
    return values, given


# ------------------------------------------------------------- the operations the engine itself uses


def _sum_to(a: Any, shape: tuple[int, ...]) -> Any:
    lead = a.ndim - len(shape)
    stretched = [i + lead for i, n in enumerate(shape) if n == 1 and a.shape[i + lead] != 1]
    return a.sum(axis=(*range(lead), *stretched), keepdims=True).reshape(shape)


# Each is the other's gradient: what one stretches, the other sums.
sum_to = Op(
    "sum_to",
    lambda a, shape: _sum_to(a, shape),
    lambda g, y, a, shape: broadcast_to(g, shape=a.shape),
    needs="it cannot be summed to a shape that does not broadcast to it",
)
broadcast_to = Op(
    "expand",
    lambda a, shape: xp(a).broadcast_to(a, shape),
    lambda g, y, a, shape: g,
    view=True,
    needs="only a dimension of size 1, or a new one in front, can be stretched",
)
clone = Op("clone", lambda a: a.copy(), lambda g, y, a: g)


def Variable(tensor: Any, requires_grad: bool = False) -> Any:
    """PyTorch before 0.4 wrapped a Tensor to follow it; a Tensor can be followed as it is."""
    return tensor.requires_grad_() if requires_grad else tensor
