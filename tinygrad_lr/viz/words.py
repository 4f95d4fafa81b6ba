"""Sentences beside a walk: what is not shown, and which operation made the first nan, or inf."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..device import Array, is_array, move, xp
from ..graph import Edge, Node
from ..versions import last_write
from .asking import Asked
from .reading import argument_name, shown
from .rules import text_of

UNWATCHED = (
    "Where in your code each operation was called is not known: compute the result under "
    "`with tg.viz.watch():`, or pass the function, tg.viz.backward(f, *args)."
)


def crowded(label: str) -> str:
    """That an operation has more arguments than are shown."""
    return (
        f"{label} has many arguments: of those that come from one source the first is shown, and "
        "what the others add up to; of constants the first few."
    )


def left_out(count: int, watched: bool) -> str:
    """What is not shown of a large graph, and what to do about it."""
    if not count:
        return "The graph is large: what one call of a module computed is a box, which opens."
    said = (
        f"The graph is large: {count:,} operations are left out between the newest and the oldest"
    )
    if watched:
        return f"{said}. Look at a part of it: the result of one layer, of one step."
    return (
        f"{said}. Under `with tg.viz.watch():` the calls of modules are boxes; or look at a part: "
        "the result of one layer, of one step."
    )


MANY = 256  # arrays that are looked at together
FEW = 256  # elements of an array that is small

Called = Callable[[Any], str]  # what a node, a leaf, a constant is called


def is_finite(array: Any) -> bool:
    """Whether an array holds no nan and no inf; or whether a number is none."""
    dtype = getattr(array, "dtype", None)
    if dtype is None or dtype.kind != "f":
        return not isinstance(array, float) or math.isfinite(array)
    if array.size == 1:
        return math.isfinite(array.item())
    flat = array.reshape(-1)  # one product tells; only where it overflows each element is asked
    return math.isfinite(flat @ flat) or bool(xp(array).isfinite(array).all())


def are_finite(arrays: Iterable[Any]) -> bool:
    """Whether none of some arrays holds a nan or an inf. Small ones are asked together, as one."""
    floats = [a for a in arrays if getattr(a, "dtype", None) is not None and a.dtype.kind == "f"]
    small = [a.reshape(-1) for a in floats if a.size <= FEW]
    if small and not is_finite(xp(small[0]).concatenate(small)):
        return False
    return all(is_finite(a) for a in floats if a.size > FEW)


class Strange:
    """What is awaited: the first inf, and the first nan. After a nan no inf is of interest."""

    def __init__(self) -> None:
        self._met = ""

    def kind(self, array: Any) -> str:
        """Whether an array holds the first "nan", or the first "inf"; else ""."""
        if self._met == "nan" or is_finite(array):
            return ""
        kind = "nan" if bool(np.isnan(_fetched(array)).any()) else "inf"
        if kind == self._met:
            return ""
        self._met = kind
        return kind

    def anything(self, arrays: Iterable[Any]) -> bool:
        """Whether one of several arrays may hold what is awaited."""
        return self._met != "nan" and not are_finite(arrays)


def first_in_forward(
    nodes: Sequence[Node], output_of: Callable[[Node], Array], called: Called
) -> list[str]:
    """Which of `nodes`, the oldest first, made the first inf, the first nan, and from what."""
    strange, said = Strange(), []
    for start in range(0, len(nodes), MANY):
        some = nodes[start : start + MANY]
        if not strange.anything(map(output_of, some)):
            continue
        for node in some:
            output = output_of(node)
            if last_write(output)[0] <= node.tick and (kind := strange.kind(output)):
                said.append(_made_or_handed_on(node, output, kind, called))
    return said


def _made_or_handed_on(node: Node, output: Array, kind: str, called: Called) -> str:
    where, what = _spot(output, kind)
    more = [called(node)] if called(node) != node.op.name else []
    more += [f"a change to {output.dtype}"] if node.op.name == "to_copy" else []
    name = f"{node.op.name} ({', '.join(more)})" if more else node.op.name
    for edge, arg in zip(node.edges, node.args):
        held = "" if is_finite(arg) else "nan" if np.isnan(_fetched(arg)).any() else "inf"
        if not held or (held != kind and isinstance(edge, Node)):
            continue
        at, there = _spot(arg, held)
        if not is_array(arg):
            return f"{name} is given the number {there}; its result holds {what}{_at(where)}."
        holder = called(arg if edge is None else edge) or "a constant"
        then = f"{name} is the first operation whose result has one, {what}"
        if held != kind:
            then = f"of that {name} made the first {kind}"
        return f"{holder} holds {_a(there)}{_at(at)} already; {then}{_at(where)}."
    sources = _sources(node, where, output.shape, called)
    value = "" if what == kind and not where else f" ({what}{_at(where)})"
    return f"{name} made the first {kind}{value}{sources}."


def first_in_backward(edge: Edge, by: Asked | str, array: Any, kind: str, called: Called) -> str:
    """The sentence for the first gradient that holds an inf, a nan.

    `by` is what gave it: the rule of a node that was asked; or "", a rule of it; or "start",
    "hooks", "sum", where it is that of `edge`.
    """
    where, what = _spot(array, kind)
    made = f"made the first {kind} ({what}{_at(where)})"
    if by == "start":
        return f"The walk back starts with a gradient that is {what}{_at(where)}."
    if by == "hooks":
        return f"In the backward pass the hooks of {called(edge)} {made}."
    if by == "sum":
        return f"In the backward pass the sum of the gradients of {called(edge)} {made}."
    assert isinstance(edge, Node)
    rule = f"a rule of {edge.op.name}"
    if isinstance(by, Asked):
        rule = f"the rule of {edge.op.name} for {argument_name(edge, by.argument)}"
        text = text_of(by.rule)
        if text is not None and "\n" not in text.text:
            rule += f", {text.text},"
    return f"In the backward pass {rule} {made}."


def _fetched(array: Any) -> Any:
    return np.asarray(move(array, "cpu") if is_array(array) else array)


def _spot(array: Any, kind: str) -> tuple[tuple[int, ...], str]:
    """Where the first nan, or the first inf, is; and what it is."""
    here = _fetched(array)
    flat = int(np.flatnonzero((np.isnan if kind == "nan" else np.isinf)(here).reshape(-1))[0])
    where = tuple(int(n) for n in np.unravel_index(flat, here.shape))
    return where, str(float(here[where]))


def _a(what: str) -> str:
    return f"an {what}" if what == "inf" else f"a {what}"


def _at(where: tuple[int, ...]) -> str:
    return f" at [{', '.join(map(str, where))}]" if where else ""


def _sources(node: Node, where: tuple[int, ...], shape: tuple[int, ...], called: Called) -> str:
    """The elements of the arguments that went into one of the result, where that is known."""
    found = []
    for edge, arg in zip(node.edges, node.args):
        name = called(shown(edge)) if edge is not None else called(arg) if is_array(arg) else ""
        name = f" in {name}" if name else ""
        if isinstance(arg, (int, float)):
            found.append(f"{arg:g}")
        elif is_array(arg) and _broadcasts(arg.shape, shape):
            lead = len(shape) - arg.ndim
            place = tuple(0 if n == 1 else k for n, k in zip(arg.shape, where[lead:]))
            found.append(f"{_fetched(arg[place])[()]}{name}")
        elif edge is not None:
            found.append(called(shown(edge)))
    return f", from {' and '.join(found)}" if found else ""


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    back = zip(reversed(shape), reversed(to))
    return len(shape) <= len(to) and all(n in (1, m) for n, m in back)
