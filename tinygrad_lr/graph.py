"""What autograd remembers: an Op is called on Values, and leaves a Node behind.

1.  **Value**: an array that can be followed. (Tensor, in tensor.py, is a Value with PyTorch's
    names.)
2.  **Op**: one operation, a forward function beside its gradient rules. Called on arrays it just
    computes; called on Values it computes and records.
3.  **Node**: what is remembered of one call: which op, which arrays, and where each came from.
    ``pull_back`` is the chain rule.

A gradient rule is a *vector-Jacobian product* (vjp): given ``g``, the gradient of the final result
with respect to the operation's output ``y``, it returns the gradient with respect to one input.
The same rule text serves twice: handed raw arrays it computes as fast as NumPy by hand; handed
Tensors (``create_graph=True``) it is itself recorded, so gradients of gradients come for free.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Sequence
from types import MethodType
from typing import Any, Union

from numpy import asarray, generic

from . import errors, versions
from .device import apart, libraries
from .modes import mode
from .versions import tick

_new = object.__new__


class Value:
    """An array, and how autograd sees it.

    What was computed from something that requires grad has the `node` that computed it. All else is
    a **leaf**: it was made, not computed. A leaf that is `wanted` is where gradients end up, in
    ``_grad``. A view refers to the `root` whose memory it shows: see inplace.py.
    """

    # What holds for most values is said once for all of them.
    wanted = False
    root: Value | None = None
    seen = rewritten = 0
    _grad: Any = None
    made: type[Value]

    def __init__(self, array: Any) -> None:
        self.array = array
        self.node: Node | None = None

    @classmethod
    def wrap(cls, array: Any) -> Any:
        """A new constant around `array`, of the class that operations on this value give."""
        value = _new(cls.made)
        value.array = asarray(array) if isinstance(array, generic) else array
        value.node = None
        return value

    @property
    def edge(self) -> Edge | None:
        """Where the gradient of this value must be sent; None when it needs none."""
        if self.root is not None:
            self.catch_up()
        return self.node or (self if self.wanted else None)

    def catch_up(self) -> None:
        """For a view: bring `node` up to date, after its root was rewritten in place."""


Value.made = Value

# Where a gradient is sent: to the operation that computed a value, or to the leaf itself.
Edge = Union["Node", Value]


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
        self.forms: list[tuple[Callable[..., Any], Op]] = []

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

        op = self.form(arrays, params) if self.forms else self
        if like is None:  # arrays in, array out
            output = op.forward(*args, **params)
            return output[0] if op.saves else output
        if len(libraries) > 1 and apart(arrays):
            errors.check_devices(self.name, self.arg_names(arrays), arrays)
        try:
            output = op.forward(*arrays, **params)
        except (ValueError, TypeError, MemoryError) as error:
            names = self.arg_names(arrays)
            raise errors.explained(error, self.name, names, arrays, self.needs) from None
        if op.saves:
            output, params["saved"] = output

        result = like.wrap(output)
        if self.view and _same_memory(output, like.array):
            result.root = like if like.root is None else like.root
            result.seen = result.root.rewritten
        if source is not None and mode.recording and self.differentiable:
            result.node = Node(self, arrays, edges, params, result.array)
        return result

    def also(
        self, takes: Callable[..., Any], forward: Callable[..., Any], *rules: Any, saves: Any = None
    ) -> None:
        """Compute by `forward` and `rules` what ``takes(*arrays, **params)`` says they can take.

        They must give what this operation gives; they see raw arrays only. This is how a GPU's
        kernels (cuda/forms.py) and the arrays of a traced step (jit/forms.py) come in.
        """
        self.forms.append((takes, Op(self.name, forward, *rules or self.rules, saves=saves)))

    def form(self, arrays: Sequence[Any], params: dict[str, Any]) -> Op:
        """The first form that takes these arrays; itself if none does."""
        for takes, form in self.forms:
            if takes(*arrays, **params):
                return form
        return self

    def rules_for(self, count: int) -> Sequence[Callable[..., Any] | None]:
        """The gradient rules of a call with `count` arguments, in their order."""
        if self.each is None:
            return self.rules
        return [functools.partial(self.each, i) for i in range(count)]

    def __get__(self, instance: Any, owner: type) -> Any:
        """An Op in a class body is a method, as a function would be: ``exp = ops.exp``."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def arg_name(self, i: int) -> str:
        """What the forward function calls its argument number `i`."""
        code = getattr(self.forward, "__code__", None)  # a NumPy ufunc has none
        return code.co_varnames[i] if code and i < code.co_argcount else f"argument {i}"

    def arg_names(self, arrays: Sequence[Any]) -> list[str]:
        return [self.arg_name(i) for i in range(len(arrays))]


def _same_memory(output: Any, array: Any) -> bool:
    base = output.base
    return output is array or (base is not None and (base is array or base is array.base))


class Node:
    """One recorded call of an Op.

    It keeps arrays, not Tensors: the Tensor that the call returned refers to its Node, never the
    other way round. So there is no cycle, and the whole graph is freed the moment the last Tensor
    that leads to it goes. ``edges[i]`` says where argument `i` came from, None for a constant.
    """

    __slots__ = ("__weakref__", "args", "edges", "op", "output", "params", "tick", "watcher")

    def __init__(
        self,
        op: Op,
        args: list[Any],
        edges: Sequence[Edge | None],
        params: dict[str, Any],
        output: Any,
    ) -> None:
        self.op, self.params, self.output = op, params, output
        self.args, self.edges = args, edges
        self.tick = tick()  # later than every node that its arguments came from
        self.watcher: Any = None  # a weak reference to the Tensor that wants the gradient, too

    def pull_back(
        self, g: Any, record: bool, follow: Container[Edge] | None = None, retain: bool = True
    ) -> list[tuple[Edge, Any]]:
        """The chain rule at this node: the gradient `g` of its output, carried to its inputs.

        With `record`, `g` is a Tensor and so are the gradients; otherwise they are raw arrays.
        With `follow`, only the inputs that came from there are served. Unless the graph is to be
        retained, the node forgets its arrays: it is not needed any more.
        """
        if self.args is None:
            raise errors.freed(self.op.name)
        op, args, y, params = self.op, self.args, self.output, self.params
        if record:
            args, y = self._as_tensors(g.wrap)
        elif op.forms:
            op = op.form(args, params)
        if versions.last > self.tick:
            *args, y = versions.as_recorded(self, [*args, y])
        if record and op.saves:
            given = {name: value for name, value in params.items() if name != "saved"}
            params = given | {"saved": op.saves(*args, **given)}
        gradients: list[tuple[Edge, Any]] = []
        rules = op.rules if op.each is None else op.rules_for(len(args))
        for i, edge in enumerate(self.edges):
            rule = rules[i] if i < len(rules) else None
            if edge is None or rule is None or (follow is not None and edge not in follow):
                continue
            arg = self.args[i]
            try:
                gradient = rule(g, y, *args, **params)
                if getattr(gradient, "shape", None) != arg.shape:
                    gradient = _summed(gradient, arg.shape, self.op, i)
                if isinstance(edge, Value):
                    gradient = _own(gradient, (g, y, *args))
            except (MemoryError, TypeError) as error:
                names = self.op.arg_names(self.args)
                raise errors.in_backward(
                    error, self.op.name, names, self.args, [*args, y]
                ) from None
            if gradient.dtype is not arg.dtype and gradient.dtype != arg.dtype:
                raise errors.wrong_dtype(op.name, self.op.arg_name(i), gradient.dtype, arg.dtype)
            gradients.append((edge, gradient))
        if not retain:
            self.args = self.output = None  # type: ignore[assignment]
            self.edges, self.params = (), {}
        return gradients

    def _as_tensors(self, wrap: Callable[..., Any]) -> tuple[list[Any], Any]:
        """The arguments and the output as Tensors again, each with its place in the graph."""

        def tensor(array: Any, node: Node) -> Any:
            value = wrap(array)
            value.node = node
            return value

        args: list[Any] = []
        for i, (array, edge) in enumerate(zip(self.args, self.edges)):
            if isinstance(edge, Node):
                args.append(tensor(array, edge))
            elif edge is None or edge.array is array:
                args.append(array if edge is None else edge)
            else:
                which = f"its argument {self.op.arg_name(i)}"
                args.append(errors.Overwritten(array, self.op.name, which, ".data = ..."))
        return args, tensor(self.output, self)

    @property
    def name(self) -> str:
        """PyTorch's spelling: ``MulBackward0``."""
        return f"{self.op.shown}Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Edge | None, int], ...]:
        """Where each argument came from, as PyTorch lists it."""
        return tuple((edge, 0) for edge in self.edges)

    def __repr__(self) -> str:
        return f"<{self.name}>"


def _summed(gradient: Any, shape: tuple[int, ...], op: Op, i: int) -> Any:
    """`gradient`, summed back over the axes along which an argument of `shape` was broadcast."""
    try:
        total = gradient.sum(axis=_stretched(gradient.shape, shape))
        return total if total.shape == shape else total.reshape(shape)
    except (ValueError, IndexError, AttributeError):
        raise errors.wrong_shape(op.name, op.arg_name(i), gradient, shape) from None


@functools.lru_cache(1024)
def _stretched(shape: tuple[int, ...], original: tuple[int, ...]) -> tuple[int, ...]:
    """The axes that broadcasting `original` to `shape` put in front, or stretched from 1."""
    lead = len(shape) - len(original)
    ones = [i + lead for i, n in enumerate(original) if n == 1 and shape[i + lead] != 1]
    return (*range(lead), *ones)


def _own(gradient: Any, others: Iterable[Any]) -> Any:
    """`gradient` on memory of its own, its elements in the usual order, for a leaf to keep.

    A rule may hand the incoming gradient on as it is, to two parents (add does), or a view of it.
    A leaf accumulates into its gradient, so it must share it neither with a view's owner nor with
    any of `others`, what the rule was given.
    """
    if isinstance(gradient, Value):
        return gradient.clone()  # type: ignore[attr-defined]
    own = gradient.base is None and gradient.flags.c_contiguous
    return gradient if own and id(gradient) not in map(id, others) else gradient.copy()
