"""What autograd remembers: an Op is called on Values, and leaves a Node behind.

1.  **Value**: an array that can be followed. (Tensor, in tensor.py, is one with PyTorch's names.)
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
from itertools import repeat
from types import MethodType
from typing import Any, TypeAlias, Union

from numpy import asarray, generic, ndarray

from . import errors, versions
from .device import Array, Shape, apart, is_array, others, results
from .forms import Forms, first_form
from .modes import mode
from .named import Named
from .sums import total
from .versions import tick, written

_new = object.__new__
_NO_PARAMS: dict[str, Any] = {}  # of all Nodes that have none
_SHAPE = repeat("shape")


class Value:
    """An array, and how autograd sees it.

    What was computed from something that requires grad has the `node` that computed it. All else is
    a **leaf**: no operation was recorded for it. A leaf that is `wanted` is where gradients end up,
    in ``_grad``. A view refers to the `root` whose memory it shows: see inplace.py.
    """

    wanted = False  # here is said once what holds for most values
    root: Value | None = None
    seen = rewritten = 0  # ticks, of a view and of its root: see inplace.py
    unrecorded = False  # a view that was made under no_grad
    _grad: Any = None
    watcher: Any = None  # who looks at its gradient: see gradients/hooks.py
    made: type[Value]  # the class of what operations on this value give

    def __init__(self, array: Array) -> None:
        self.array = array
        self.node: Node | None = None

    @classmethod
    def wrap(cls, array: Array) -> Any:
        """A new constant around `array` (or around one of NumPy's bare numbers)."""
        value = _new(cls.made)
        value.array, value.node = asarray(array) if isinstance(array, generic) else array, None
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
Edge: TypeAlias = Union["Node", Value]
Function: TypeAlias = Callable[..., Any]  # of raw arrays, or of Tensors in their place


class Op:
    """One operation: its name, its forward function, and one gradient rule per argument.

    ``forward(*arrays, **params)`` works on raw arrays. ``rule(g, y, *arrays, **params)`` returns
    the gradient for its argument, of any shape that broadcasting may have given it: the engine sums
    it back. A rule uses operators, other Ops, and ``.shape .ndim .T .sum .reshape``, so that it can
    run on arrays and on Tensors alike; it never writes into what it is given. A rule that is None,
    or missing, says that the argument (labels, indices, a mask) has no gradient.

    Args:
        each: for an operation on any number of arrays, ``each(g, y, *arrays, **params)``. It is
            asked once, and returns the rule of them all: ``i -> gradient of array number i``.
        saves: the forward returns ``(y, saved)``, and the rules are given ``saved`` by keyword:
            what it had at hand already. Where the backward pass is recorded, ``saves(*tensors,
            **params)`` computes it of the inputs, so that it can be differentiated.
        view: the output may share the memory of the one argument; False: of none; None: of any.
        light: the rules look at the shapes of arrays only, so that nothing needs to be kept for
            them, and a second backward needs no retain_graph. None: if an argument is a number.
        needs: what the shapes must satisfy, in words, for the error message when they do not.
        shown: the name in ``grad_fn=<...Backward0>``, where PyTorch prints another.

    >>> tg.Op("double", lambda a: 2 * a, lambda g, y, a: 2 * g)(tg.ones(2))
    tensor([2., 2.])
    """

    def __init__(
        self,
        name: str,
        forward: Function,
        *rules: Function | None,
        each: Function | None = None,
        saves: Function | None = None,
        view: bool | None = None,
        light: bool | None = False,
        needs: str = "",
        shown: str = "",
    ) -> None:
        self.name: str = errors.checked_name(name, forward, [*rules, each, saves])
        self.shown: str = shown or "".join(word.capitalize() for word in name.split("_"))
        self.forward = forward
        self.rules: Sequence[Function | None] = () if each else rules
        self.each = each
        self.saves = saves
        self.view: bool | None = view
        self.light: bool | None = light
        self.needs = needs
        self.differentiable: bool = bool(rules or each)
        self.forms: Forms[Op] = []

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Compute on raw arrays; or, if any argument is a Value, compute, wrap and record."""
        arrays: list[Any] = []
        edges: list[Edge | None] = []
        like = source = None
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
        op = first_form(self, arrays, params) if self.forms else self
        if like is None:  # arrays in, array out
            output = op.forward(*args, **params)
            return output[0] if op.saves else output
        if others and apart(arrays):
            errors.check_devices(self.name, errors.argument_names(self.forward, arrays), arrays)
        given = tuple(arrays)  # which is nothing for the garbage collector
        try:
            output = op.forward(*given, **params) if params else op.forward(*given)
            if op.saves:
                output, params["saved"] = output
        except (ValueError, TypeError, MemoryError, OverflowError) as error:
            names = errors.argument_names(self.forward, arrays)
            raise errors.explained(error, self.name, names, arrays, self.needs) from None
        if type(output) is not ndarray and isinstance(output, generic):
            output = asarray(output)
        result = _new(like.made)  # as wrap() does it
        result.array, result.node = output, None
        if self.view is not False:
            if self.view is None:
                result.array = errors.computed(result.array, self)
            versions.find_root(result, [like] if self.view else args, mode.recording)
        if source is not None and mode.recording and self.differentiable:
            # By its __init__, which viz.watch() replaces.
            result.node = Node(self, given, tuple(edges), params or _NO_PARAMS, result.array)
        return result

    def also(
        self,
        takes: Callable[..., bool],
        forward: Function,
        *rules: Function,
        saves: Function | None = None,
    ) -> None:
        """Compute by `forward` and `rules` where ``takes(*arrays, **params)``: see forms.py.

        A form only sees raw arrays; a backward pass that is recorded uses the rules of this Op."""
        self.forms.append((takes, Op(self.name, forward, *rules or self.rules, saves=saves)))

    def __get__(self, instance: Any, owner: type) -> Any:
        """An Op in a class body is a method, as a function would be: ``softplus = Op(...)``."""
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<Op {self.name}>"


class Node(Named):
    """One recorded call of an Op.

    It keeps arrays, and of Tensors only leaves: a Tensor refers to the Node that computed it, never
    the other way round. So there is no cycle (unless a leaf has a recorded gradient), and a graph
    is freed when the last Tensor goes that leads to it. ``edges[i]``: where argument `i` came from.
    """

    __slots__ = ("__weakref__", "args", "edges", "op", "output", "params", "tick", "watcher")

    def __init__(
        self, op: Op, args: Any, edges: Sequence[Edge | None], params: dict[str, Any], output: Array
    ) -> None:
        self.op, self.edges = op, edges
        self.args: Any = args  # None once they are forgotten, as is the output
        self.params: dict[str, Any] = params
        self.output: Any = output
        self.tick: int = tick()  # later than all that it came from
        self.watcher: Any = None

    def pull_back(
        self, g: Any, record: bool, follow: Container[Edge] | None = None, retain: bool = True
    ) -> list[tuple[Edge, Any]]:
        """The chain rule at this node: the gradient `g` of its output, carried to its inputs.

        With `record`, `g` is a Tensor and so are the gradients; otherwise they are raw arrays.
        With `follow`, only the inputs that came from there are served. Unless `retain`, the node
        forgets its arrays; but not their shapes, where no rule looks into more.
        """
        op, y, params = self.op, self.output, self.params
        args = seen = self.args
        if y is None:
            *args, y = seen = errors.forgotten(op, args, g)
        elif record:
            args, y, params = self._as_tensors(g.wrap)
        elif op.forms or written[-1] > self.tick:
            op = first_form(op, args, params)
            *args, y = versions.as_recorded(self, [*args, y])
        gradients: list[tuple[Edge, Any]] = []
        given, each, of_all = (g, y, *args), op.each, None
        rules: Any = op.rules or range(len(args))  # for `each`, it is the number of the argument
        for edge, arg, rule in zip(self.edges, seen, rules):
            if edge is None or rule is None or (follow is not None and edge not in follow):
                continue
            try:
                if each is None:
                    gradient = rule(*given, **params) if params else rule(*given)
                else:
                    of_all = of_all or each(*given, **params)
                    gradient = of_all(rule)
                if getattr(gradient, "shape", None) != arg.shape:
                    gradient = _summed(gradient, arg.shape, self.op, rules.index(rule))
                if not (record or isinstance(edge, Node)):
                    gradient = gradient.copy() if of_all else _own(gradient, given)
            except (MemoryError, TypeError, AttributeError, RuntimeError) as error:
                raise errors.in_rule(error, self, rules.index(rule), [*args, y], record) from None
            if record or gradient.dtype is not arg.dtype or type(gradient) not in results:
                errors.check_rule(self.op, rules.index(rule), gradient, arg.dtype, record)
            gradients.append((edge, gradient))
        if not retain:
            light = self.op.light  # None, of a product: beside a number
            if light or (light is None and type(args[0]) is not type(args[-1])):
                self._keep_shapes()
            else:
                self.args, self.params = None, _NO_PARAMS
            self.output = None
        return gradients

    def _keep_shapes(self) -> None:
        """Forget the arrays, but for their shapes, and their dtypes if these may differ."""
        if not self.params:
            self.args = [*map(getattr, self.args, _SHAPE, self.args)]  # a number has none
        elif any(map(is_array, self.params.get("index", ()))):  # these a rule does look into
            self.args, self.params = None, _NO_PARAMS
        else:
            self.args = [(a.shape, a.dtype) if hasattr(a, "shape") else a for a in self.args]

    def _as_tensors(self, wrap: Callable[[Array], Any]) -> tuple[list[Any], Any, dict[str, Any]]:
        """Arguments, output, and what was saved, as Tensors, each with its place in the graph."""

        def tensor(array: Array, node: Node) -> Any:
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
                args.append(errors.Overwritten(array, self.op, i, ".data = ..."))
        *args, y = versions.as_recorded(self, [*args, tensor(self.output, self)])
        if not self.op.saves:
            return args, y, self.params
        params = {name: value for name, value in self.params.items() if name != "saved"}
        return args, y, params | {"saved": self.op.saves(*args, **params)}


def _summed(gradient: Any, shape: Shape, op: Op, i: int) -> Any:
    """`gradient`, summed back over the axes along which an argument of `shape` was broadcast."""
    try:
        whole = total(gradient, _stretched(gradient.shape, shape))
        return whole if whole.shape == shape else whole.reshape(shape)
    except (ValueError, IndexError, AttributeError, TypeError):
        raise errors.wrong_shape(op, i, gradient, shape) from None


@functools.lru_cache(1024)
def _stretched(shape: Shape, original: Shape) -> tuple[int, ...]:
    """The axes that broadcasting `original` to `shape` put in front, or stretched from 1."""
    lead = len(shape) - len(original)
    ones = [i + lead for i, n in enumerate(original) if n == 1 and shape[i + lead] != 1]
    return (*range(lead), *ones)


def _own(gradient: Array, given: Iterable[Any]) -> Array:
    """`gradient` on memory of its own, its elements in the usual order, for a leaf to keep.

    A rule may hand the incoming gradient on as it is, to two parents (add does), or a view of it. A
    leaf accumulates into its gradient, so it shares it with no view's owner, nor what was `given`.
    """
    own = gradient.base is None and gradient.flags.c_contiguous
    return gradient if own and id(gradient) not in map(id, given) else gradient.copy()
