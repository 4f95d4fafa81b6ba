"""A recorded operation in PyTorch's words, for whoever reads a graph."""

from __future__ import annotations

from typing import Any


class Named:
    """What `grad_fn` says of itself; graph.Node is made of this."""

    __slots__ = ()
    op: Any
    edges: Any

    def name(self) -> str:
        """PyTorch's spelling: ``MulBackward0``."""
        return f"{self.op.shown}Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """Where each argument came from, as PyTorch lists it: (what computed it, 0).

        None for a constant, AccumulateGrad for a leaf; arguments that have no gradient (indices, a
        mask) are left out.
        """
        rules = self.op.rules_for(len(self.edges))
        edges = [edge for edge, rule in zip(self.edges, rules) if rule is not None]
        if self.op.name == "pow":  # PyTorch has one operation for each kind of exponent
            edges = [edge for edge in edges if edge is not None]
        elif self.op.name == "linear":  # addmm(bias, x, weight.T); or mm, without a bias
            *others, bias = edges
            edges = others if bias is None else [bias, *others]
        return tuple(
            (edge if edge is None or isinstance(edge, Named) else AccumulateGrad(edge), 0)
            for edge in edges
        )

    def __repr__(self) -> str:
        return f"<{self.name()}>"


class AccumulateGrad:
    """The end of a graph: here a gradient is added to ``variable.grad``."""

    next_functions = ()

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
        return "<AccumulateGrad>"
