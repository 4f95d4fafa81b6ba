"""Pictures of what autograd does: see a backward pass, and what a notebook shows.

    tg.viz.backward(loss)                    # the walk back, step by step
    print(tg.viz.backward(loss))             # as a table
    tg.viz.graph(loss).save("graph.svg")     # the picture alone

It stands above all else, and only reads what graph.py has recorded. Data flows one way: walk.py
follows the engine's walk, and asks the rules by asking.py; what it found (steps.py) becomes a table
(text.py), or data for a page (data.py). watch.py notes where in a program each node was made;
names.py, places.py and rules.py know what things are called, and what their text is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..autograd import _pairs
from ..effects import effect
from ..graph import Value
from ..wording import say_nearest
from .data import data_of
from .names import names_in, scopes_of
from .picture import Picture
from .places import user_frame
from .shown import Walk
from .walk import follow
from .watch import watch

__all__ = ["Picture", "Walk", "backward", "graph", "watch"]


def backward(
    result: Value | Sequence[Value] | Callable[..., Any],
    *args: object,
    gradient: Value | Sequence[Value | None] | None = None,
) -> Walk:
    """The walk that ``result.backward(gradient)`` would take, without changing anything.

    Args:
        result: a Tensor that was computed, or several; or a function, which is then called with
            `args` while somebody watches, so that the lines of its code are shown.
        gradient: with respect to the result, of its shape; for several a list. It may be left out
            for a single number. Of a Tensor it may also be the second argument.

    Hooks are called, as what they give is part of the gradient; those that wait for ``.grad`` are
    not. Nothing is freed, and no ``.grad`` changes.

    Raises RuntimeError if there is no graph (a constant, a leaf, no_grad), if it was freed, or a
    result of many numbers is given no gradient; ShapeError for a gradient of another shape,
    TypeError for what is no Tensor.

    >>> w = tg.tensor(4.0, requires_grad=True)
    >>> print(tg.viz.backward(w * 3.0 + 5.0))
    The backward pass of add
    ...
    w.grad would be 3.
    """
    return _walk(result, args, gradient, "viz.backward")


def _walk(result: Any, args: tuple[Any, ...], gradient: Any, caller: str) -> Walk:
    effect("look at a backward pass")
    function = None
    if callable(result) and not isinstance(result, Value):
        function = result
        with watch():
            result = function(*args)
    elif args:
        if len(args) > 1 or gradient is not None:
            raise TypeError(
                f"{caller}: takes a Tensor and its gradient, got {len(args)} more arguments; only "
                "a function is called with what follows it"
            )
        (gradient,) = args
    if isinstance(result, Value) and isinstance(gradient, (list, tuple)):
        gradient = gradient if len(gradient) == 1 else [gradient]  # of one result
    outputs, given = _pairs(result, gradient, caller)
    if not outputs:
        raise TypeError(f"{caller}: expected a Tensor, or a list of them, got none")
    walk = Walk()
    names = names_in(scopes_of(user_frame(), function))
    follow(outputs, given, names, walk, caller=caller)
    return walk


def graph(
    result: Value | Sequence[Value] | Callable[..., Any],
    *args: object,
    gradient: Value | Sequence[Value | None] | None = None,
) -> Picture:
    """The picture of the graph that ``result.backward(gradient)`` would go through.

    Arguments and errors are those of `backward`.

        tg.viz.graph(loss).save("graph.svg")  # or .dot, for Graphviz; .mmd, for Mermaid

    >>> w = tg.tensor(4.0, requires_grad=True)
    >>> tg.viz.graph(w * 3.0 + 5.0)
    <Picture of 5 nodes and 4 edges>
    """
    return Picture(data_of(_walk(result, args, gradient, "viz.graph")))


say_nearest(__name__)
