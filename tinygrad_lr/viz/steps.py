"""What a followed backward pass consists of: what was seen, and what happened."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..device import Array
from ..graph import Value
from .numbers import Numbers
from .places import Group, Place, Source


@dataclass
class Seen:
    """One thing in the picture: a leaf, a constant, or the result of an operation."""

    id: int
    kind: str  # "leaf", "constant", "op"; "box", and in the inside of one "outside"
    op: str | None
    value: Numbers | None  # None where it has been overwritten since
    name: str | None = None
    wanted: bool = False
    place: Place | None = None  # where in the user's code it was made
    group: Group | None = None  # the call of a module that made it

    inside: Steps | None = None  # what a box, or an operation of several parts, opens to
    label: str = ""  # what sentences call it: its name, or its op, and a number if there are more


@dataclass
class Arc:
    """An argument of an operation: `source` and `target` are the ids of what is seen."""

    source: int
    target: int
    argument: int
    name: str


@dataclass
class Term:
    """What a rule was given under one name: numbers; or, where these are none, words."""

    name: str
    value: Numbers | None
    text: str | None = None


@dataclass
class Step:
    """One thing that happens. `edge` is a place in the list of edges; see data.py for the kinds."""

    kind: str
    node: int
    says: str
    edge: int | None = None
    argument: str | None = None
    rule: str | None = None
    terms: list[Term] = field(default_factory=list)
    before: Numbers | None = None
    result: Numbers | None = None


@dataclass(eq=False)
class Steps:
    """A backward pass, step by step.

    Attributes:
        nodes, edges: the graph that was gone through, what was computed first first.
        groups, sources: the calls of modules, and the pieces of the user's code, that made it.
        steps: what happened, in the engine's order.
        notes: sentences for whoever looks at it.
        gradients: by leaf, what backward() would add to its ``.grad``: raw arrays, the same bit for
            bit.
    """

    title: str = "The backward pass"
    nodes: list[Seen] = field(default_factory=list)
    edges: list[Arc] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    gradients: dict[Value, Array] = field(default_factory=dict)
