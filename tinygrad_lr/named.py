"""A recorded operation in PyTorch's words, for whoever reads a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .modes import is_grad_enabled


class Named:
    """What `grad_fn` says of itself; graph.Node is made of this."""

    __slots__ = ()
    op: Any
    edges: Any

    def name(self) -> str:
        """PyTorch's spelling: ``MulBackward0``. It has several for some of the operations here."""
        variant = _VARIANTS.get(self.op.shown)
        shown: str = self.op.shown if variant is None else variant(self)
        return shown if "Backward" in shown or shown == "CopySlices" else f"{shown}Backward0"

    @property
    def rules(self) -> Sequence[Any]:
        """The gradient rules of the arguments: `each` is that of all of them."""
        return self.op.rules or [self.op.each] * len(self.edges)

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """Where each argument came from, as PyTorch lists it: (what computed it, 0).

        None for a constant, AccumulateGrad for a leaf; arguments that have no gradient (indices, a
        mask) are left out.
        """
        return tuple(
            (edge if edge is None or isinstance(edge, Named) else AccumulateGrad(edge), 0)
            for edge in self._listed(self.edges)
        )

    def __call__(self, gradient: Any) -> Any:
        """The gradients that `gradient`, of the result, comes to: one for each next function.

        None for a constant; of a single one it is not in a tuple.
        """
        record = is_grad_enabled()
        pairs = self.pull_back(gradient if record else gradient.array, record)  # type: ignore[attr-defined]
        found = iter([g if record else gradient.wrap(g) for _, g in pairs])
        gradients = [
            None if edge is None or rule is None else next(found)
            for edge, rule in zip(self.edges, self.rules)
        ]
        several = self._listed(gradients)
        return tuple(several) if len(several) > 1 else several[0]

    def _listed(self, values: Sequence[Any]) -> list[Any]:
        """`values`, one for each argument, without some and in another order: as in PyTorch."""
        listed = [value for value, rule in zip(values, self.rules) if rule is not None]
        if self.op.name == "pow":  # PyTorch has one operation for each kind of exponent
            return [value for value in listed if value is not None]
        if self.op.name == "linear":  # addmm(bias, x, weight.T); or mm, without a bias
            *others, bias = listed
            return others if bias is None else [bias, *others]
        return listed

    def __repr__(self) -> str:
        return f"<{self.name()} object at {id(self):#x}>"


class AccumulateGrad:
    """The end of a graph: here a gradient is added to ``variable.grad``."""

    next_functions: tuple[Any, ...] = ()

    def __init__(self, variable: Any) -> None:
        self.variable = variable

    def name(self) -> str:
        """PyTorch's spelling."""
        return "torch::autograd::AccumulateGrad"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccumulateGrad) and self.variable is other.variable

    def __hash__(self) -> int:
        return hash(self.variable)

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self):#x}>"


# ------------------------------------------------------------- where PyTorch has several operations
#
# Of a node that was freed, args is None, or has shapes in the place of arrays; params may be empty.


def _is_number(node: Any, i: int) -> bool:
    """Whether argument `i` is a number, as far as is known."""
    return node.args is not None and isinstance(node.args[i], (int, float))


def _difference(node: Any) -> str:
    return "RsubBackward1" if _is_number(node, 0) else "Sub"


def _quotient(node: Any) -> str:
    return "Mul" if _is_number(node, 0) else "Div"  # 1 / x is x.reciprocal() * 1 there


def _power(node: Any) -> str:
    if _is_number(node, 0):
        return "PowBackward2"
    known = node.args is not None
    of_tensor = not _is_number(node, -1) if known else node.edges[-1] is not None
    return "PowBackward1" if of_tensor else "Pow"


def _product(node: Any) -> str:
    if node.args is None:
        return "Mm"
    ndims = tuple(getattr(a, "ndim", 0) for a in node.args)
    two: dict[Any, str] = {(2, 2): "Mm", (2, 1): "Mv", (1, 1): "Dot", (1, 2): "SqueezeBackward4"}
    return two.get(ndims, "UnsafeView")


def _affine(node: Any) -> str:
    """Of linear(x, weight, bias)."""
    ndim = 2 if node.args is None else node.args[0].ndim
    if node.edges[-1] is None and (node.args is None or node.args[-1] is None):
        return {1: "SqueezeBackward4", 2: "Mm"}.get(ndim, "UnsafeView")
    return "Addmm" if ndim == 2 else "View"


def _reduction(node: Any) -> str:
    shown: str = node.op.shown
    return shown if node.params.get("axis") is None else f"{shown}Backward1"


def _extreme(node: Any) -> str:
    """Of max and min: over all elements there is one argument, along a dimension an index too."""
    return f"{node.op.shown}Backward{int(len(node.edges) == 1)}"


def _between(node: Any) -> str:
    """Of clamp: between Tensors, or numbers."""
    if node.args is None:
        by_tensors = any(edge is not None for edge in node.edges[1:])
    else:
        by_tensors = any(hasattr(bound, "ndim") for bound in node.args[1:])
    return "Clamp" if by_tensors else "ClampBackward1"


def _score(node: Any) -> str:
    """Of cross_entropy: PyTorch adds the smoothed part of the labels as a second loss."""
    return "Add" if node.params.get("smoothing") else "NllLoss"


def _median(node: Any) -> str:
    """The other way round."""
    return f"{node.op.shown}Backward{int(len(node.edges) > 1)}"


def _pick(node: Any) -> str:
    """Of x[...]: in PyTorch one operation for each thing between the brackets; this is the last."""
    index = node.params.get("index", ())
    kinds = {int: "Select", type(None): "Unsqueeze", slice: "Slice", type(...): ""}
    if not index or any(type(item) not in kinds for item in index):
        return "Index"
    said = [kinds[type(item)] for item in index if item not in (slice(None), ...)]
    return said[-1] if said else "Slice"


_VARIANTS: dict[str, Callable[[Any], str]] = {  # by the name they have otherwise
    "Sub": _difference,
    "Div": _quotient,
    "Pow": _power,
    "Matmul": _product,
    "Addmm": _affine,
    "Sum": _reduction,
    "Mean": _reduction,
    "Prod": _reduction,
    "Max": _extreme,
    "Min": _extreme,
    "Median": _median,
    "Nanmedian": _median,
    "Clamp": _between,
    "NllLoss": _score,
    "Index": _pick,
    "Select": _pick,
}
