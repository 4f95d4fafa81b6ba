"""Pictures of what autograd does: see a backward pass, and what a notebook shows.

    tg.viz.backward(loss)                    # the walk back, step by step
    print(tg.viz.backward(loss))             # as a table

It stands above all else, and only reads what graph.py has recorded: walk.py follows the walk,
numbers.py takes down what an array holds, data.py is what a page is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..autograd import _pairs
from ..effects import effect
from ..graph import Value
from .walk import NAME, Walk, follow

__all__ = ["Walk", "backward"]


def backward(result: Value | Sequence[Value], gradient: Any = None) -> Walk:
    """The walk that ``result.backward(gradient)`` would take, without changing anything.

    Args:
        result: a Tensor that was computed, or several.
        gradient: with respect to the result, of its shape; for several a list. It may be left out
            for a single number.

    Raises RuntimeError if there is no graph (a constant, a leaf, no_grad), if it was freed, or a
    result of many numbers is given no gradient; ShapeError for a gradient of another shape,
    TypeError for what is no Tensor.
    """
    effect("look at a backward pass")
    outputs, given = _pairs(result, gradient, NAME)
    return follow(outputs, given)
