"""Written by tests/stubs.py: what tinygrad_lr.graph offers, for type checkers and editors."""

import builtins
from collections.abc import Callable
from collections.abc import Container
from collections.abc import Sequence
from tinygrad_lr.device import Array
from tinygrad_lr.named import Named
from tinygrad_lr.tensor import Tensor
from typing import Any
from typing import TypeAlias
from typing import Union
from typing import overload

class Value:
    """An array, and how autograd sees it.

    What was computed from something that requires grad has the `node` that computed it. All else is
    a **leaf**: no operation was recorded for it. A leaf that is `wanted` is where gradients end up,
    in ``_grad``. A view refers to the `root` whose memory it shows: see inplace.py.
    """

    wanted: builtins.bool
    root: Value | None
    seen: builtins.int
    rewritten: builtins.int
    unrecorded: builtins.bool
    watcher: Any
    made: type[Value]
    def __init__(self, array: Array) -> None: ...
    @classmethod
    def wrap(cls, array: Array) -> Any:
        """A new constant around `array` (or around one of NumPy's bare numbers)."""
    @property
    def edge(self) -> Edge | None:
        """Where the gradient of this value must be sent; None when it needs none."""
    def catch_up(self) -> None:
        """For a view: bring `node` up to date, after its root was rewritten in place."""

Edge: TypeAlias = Union["Node", Value]
Function: TypeAlias = Callable[..., Any]

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
    @overload
    def __init__(
        self,
        name: str,
        forward: Callable[[Any], Any],
        *rules: Callable[[Any, Any, Any], Any] | None,
        each: Function | None = None,
        saves: Function | None = None,
        view: bool | None = None,
        light: bool | None = False,
        needs: str = "",
        shown: str = "",
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        forward: Callable[[Any, Any], Any],
        *rules: Callable[[Any, Any, Any, Any], Any] | None,
        each: Function | None = None,
        saves: Function | None = None,
        view: bool | None = None,
        light: bool | None = False,
        needs: str = "",
        shown: str = "",
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        forward: Callable[[Any, Any, Any], Any],
        *rules: Callable[[Any, Any, Any, Any, Any], Any] | None,
        each: Function | None = None,
        saves: Function | None = None,
        view: bool | None = None,
        light: bool | None = False,
        needs: str = "",
        shown: str = "",
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        forward: Callable[[Any, Any, Any, Any], Any],
        *rules: Callable[[Any, Any, Any, Any, Any, Any], Any] | None,
        each: Function | None = None,
        saves: Function | None = None,
        view: bool | None = None,
        light: bool | None = False,
        needs: str = "",
        shown: str = "",
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        forward: Callable[[Any, Any, Any, Any, Any], Any],
        *rules: Callable[[Any, Any, Any, Any, Any, Any, Any], Any] | None,
        each: Function | None = None,
        saves: Function | None = None,
        view: bool | None = None,
        light: bool | None = False,
        needs: str = "",
        shown: str = "",
    ) -> None: ...
    @overload
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
    ) -> None: ...
    @overload
    def __call__(self, first: Tensor, /, *args: Any, **params: Any) -> Tensor: ...
    @overload
    def __call__(self, *args: Any, **params: Any) -> Any:
        """Compute on raw arrays; or, if any argument is a Value, compute, wrap and record."""
    def also(
        self,
        takes: Callable[..., bool],
        forward: Function,
        *rules: Function,
        saves: Function | None = None,
    ) -> None:
        """Compute by `forward` and `rules` where ``takes(*arrays, **params)``: see forms.py.

        A form only sees raw arrays; a backward pass that is recorded uses the rules of this Op.
        """
    def __get__(self, instance: Any, owner: type) -> Any:
        """An Op in a class body is a method, as a function would be: ``softplus = Op(...)``."""
    def __repr__(self) -> str: ...

class Node(Named):
    """One recorded call of an Op.

    It keeps arrays, and of Tensors only leaves: a Tensor refers to the Node that computed it, never
    the other way round. So there is no cycle (unless a leaf has a recorded gradient), and a graph
    is freed when the last Tensor goes that leads to it. ``edges[i]``: where argument `i` came from.
    """
    def __init__(
        self, op: Op, args: Any, edges: Sequence[Edge | None], params: dict[str, Any], output: Array
    ) -> None: ...
    def pull_back(
        self, g: Any, record: bool, follow: Container[Edge] | None = None, retain: bool = True
    ) -> list[tuple[Edge, Any]]:
        """The chain rule at this node: the gradient `g` of its output, carried to its inputs.

        With `record`, `g` is a Tensor and so are the gradients; otherwise they are raw arrays.
        With `follow`, only the inputs that came from there are served. Unless `retain`, the node
        forgets its arrays; but not their shapes, where no rule looks into more.
        """
