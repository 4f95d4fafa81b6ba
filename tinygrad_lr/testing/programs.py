"""Random programs: operations used as a person uses them, not one at a time.

A program is a few lines of Python over some leaves. Results are used more than once, written to in
place, looked at through views, computed under no_grad. As a function of its leaves it has one
gradient, which gradcheck finds without any rule:

.. code:: python

    @given(testing.programs([softplus, tg.sin]))
    def test_in_programs(program):
        assert tg.gradcheck(program, program.inputs)
"""

from __future__ import annotations

import contextlib
import inspect
import keyword
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .. import autograd, modes
from ..graph import Op
from ..nn import Module
from ..tensor import Tensor
from .strategies import Elements, arrays, broadcastable, real, seeded, written
from .subject import Subject

_LARGEST = 8.0  # no value grows beyond it, so that differences keep their digits
_LINES = 6
_OVERWRITTEN = "modified by an inplace operation"
_UNDER_NO_GRAD = "with no_grad(): "
_LINKS = ["{a} * {b}", "{a} + {b}", "{a} - {b}"]
_VIEWS = ["{a}[0]", "{a}.T", "{a}.reshape(-1)", "{a}[..., None]", "{a}[..., 0]", "{a}[::2]"]
_SUMS = ["{a}.sum(0)", "{a}.sum(-1, keepdim=True)", "{a}.mean()"]
_WRITES = ["{a}.mul_(0.5)", "{a}.add_({b})", "{a}.mul_({b})", "{a}[0] = 0.5", "{a} -= {b}"]


class Program:
    """A function of some leaves. It gives one number.

    Attributes:
        inputs: the leaves it was drawn with, Tensors of float64 that require grad.
        code: its text, that of a function.

    >>> program = testing.Program([np.array(0.0)], {"cos": tg.cos})
    >>> program.extend("b = cos(a)")
    True
    >>> program(tg.tensor(0.0))
    tensor(1.)
    """

    def __init__(self, arrays: list[np.ndarray], names: dict[str, Any]) -> None:
        self._arrays, self._names = arrays, names
        self._lines: list[str] = []
        self._frozen: dict[str, Tensor] = {}  # what was computed under no_grad stays as it was

    @property
    def inputs(self) -> list[Tensor]:
        """The arrays that it begins with.

        >>> testing.Program([np.array(2.0)], {}).inputs
        [tensor(2., dtype=float64, requires_grad=True)]
        """
        return [Tensor.wrap(a.copy()).requires_grad_() for a in self._arrays]

    @property
    def code(self) -> str:
        """The program as lines of Python.

        >>> program = testing.Program([np.array(0.0)], {"cos": tg.cos})
        >>> program.extend("b = cos(a)")
        True
        >>> print(program.code)
        # a = np.array(0.0)
        def program(a):
            b = cos(a)
            return 1 * b.sum()
        """
        leaves = [_name(i) for i in range(len(self._arrays))]
        given = [f"# {n} = {written(a)}" for n, a in zip(leaves, self._arrays)]
        body = [*self._lines, f"return {self._total()}"]
        return "\n".join(
            [*given, f"def program({', '.join(leaves)}):", *(f"    {x}" for x in body)]
        )

    def __repr__(self) -> str:
        return f"\n{self.code}\n"

    def __call__(self, *leaves: Tensor) -> Tensor:
        values = self.run(leaves)
        return eval(self._total(), {"__builtins__": {}}, values)

    def run(self, leaves: Sequence[Tensor]) -> dict[str, Tensor]:
        """All Tensors that there are after the last line, by name.

        >>> program = testing.Program([np.array(0.0)], {"cos": tg.cos})
        >>> program.extend("b = cos(a)")
        True
        >>> program.run([tg.tensor(0.0)])
        {'a': tensor(0.), 'b': tensor(1.)}
        """
        values = dict(zip(map(_name, range(len(leaves))), leaves))
        for line in self._lines:
            if not line.startswith(_UNDER_NO_GRAD):
                exec(line, self._names, values)
                continue
            name = line.removeprefix(_UNDER_NO_GRAD).split(" ")[0]
            if name not in self._frozen:
                exec(line, self._names, values)
                self._frozen[name] = values[name]
            values[name] = self._frozen[name].clone()
        return values

    def _total(self) -> str:
        made = [line.removeprefix(_UNDER_NO_GRAD).split(" = ")[0] for line in self._lines]
        names = [n for n in made if n.isidentifier()] or [_name(0)]
        return " + ".join(f"{i} * {name}.sum()" for i, name in enumerate(names, 1))

    def extend(self, line: str) -> bool:
        """Put a line at the end, if the program then still runs, forward and back.

        >>> program = testing.Program([np.array(2.0)], {})
        >>> program.extend("b = a * 2"), program.extend("c = b @ 2")
        (True, False)
        """
        self._lines.append(line)
        frozen, self._frozen = self._frozen, {}
        leaves = self.inputs
        fits = False
        with contextlib.suppress(RuntimeError, ValueError, IndexError, TypeError):
            with np.errstate(all="ignore"):
                values = self.run(leaves)
                fits = _goes_back(self(*leaves), leaves)
            sizes = [float(np.abs(v.array).max(initial=0.0)) for v in values.values()]
            fits &= max(sizes) < _LARGEST and all(
                v.array.dtype == np.float64 for v in values.values()
            )
        if not fits:
            self._lines.pop()
            self._frozen = frozen
        return fits


def _goes_back(y: Tensor, leaves: list[Tensor]) -> bool:
    """False if no leaf leads to `y`, or if a later write has changed what a rule needs.

    A rule that fails otherwise is wrong, and the program stays, to show it.
    """
    if not y.requires_grad:
        return False
    try:
        autograd.grad(y, leaves, allow_unused=True)
    except Exception as error:
        return _OVERWRITTEN not in str(error)
    return True


def _name(i: int) -> str:
    return chr(ord("a") + i)


def programs(ops: Sequence[Any], elements: Elements | None = None) -> SearchStrategy[Program]:
    """Programs over some operations, each of one or two arguments of any shapes that broadcast.

    Args:
        ops: Ops or functions of Tensors.
        elements: of the leaves. What an operation is given is computed from them and from results
            of others, so it should be one that takes any number.

    Raises TypeError or ValueError for operations that cannot be called so.

    >>> program = find(testing.programs([tg.sin]), lambda program: "sin" in program.code)
    >>> tg.gradcheck(program, program.inputs)
    True
    """
    elements = elements or real()
    named: dict[str, Any] = {}
    for op in _checked(ops):
        _check_call(op, elements)
        named[_called(op, named)] = op
    return _programs(named, elements)


@st.composite
def _programs(draw: Any, named: dict[str, Any], elements: Elements) -> Program:
    leaves = [draw(arrays(shape, elements)) for shape in draw(broadcastable(2, min_side=1))]
    program = Program(leaves, {**named, "no_grad": modes.no_grad})
    for _ in range(draw(st.integers(1, _LINES))):
        program.extend(draw(_line(program, named)))
    return program


@st.composite
def _line(draw: Any, program: Program, named: dict[str, Any]) -> str:
    """One more line: in most cases a call of one of the operations."""
    values = program.run(program.inputs)
    there = sorted(values)
    fresh = _name(len(there))
    pick = st.sampled_from(there[::-1])
    a, b = draw(pick), draw(pick)
    name = draw(st.sampled_from([*named]))
    call = f"{name}({', '.join([a, b][: _arity(named[name])])})"
    kind = draw(st.sampled_from(["call", "call", "link", "view", "sum", "write", "no_grad"]))
    if kind == "write":
        return draw(st.sampled_from(_WRITES)).format(a=a, b=b)
    if kind == "no_grad":
        return f"{_UNDER_NO_GRAD}{fresh} = {call}"
    choices = {"call": [call], "link": _LINKS, "view": _VIEWS, "sum": _SUMS}[kind]
    return f"{fresh} = {draw(st.sampled_from(choices)).format(a=a, b=b)}"


def _checked(ops: Any) -> list[Callable[..., Any]]:
    if not isinstance(ops, Sequence) or not ops or not all(map(callable, ops)):
        raise TypeError(f"programs: expected a list of Ops and functions, got {ops!r}")
    for op in ops:
        if _arity(op) not in (1, 2):
            raise ValueError(
                f"programs: {Subject(op).name} takes {_arity(op)} arguments; wrap it in a function "
                "of one or two"
            )
    return list(ops)


def _check_call(op: Any, elements: Elements) -> None:
    """Raise for an operation that no program could call: it would be in none, and nobody told."""
    name, count = Subject(op).name, _arity(op)
    args = [Tensor.wrap(seeded(i, (2, 2), elements)) for i in range(count)]
    try:
        result = op(*args)
    except Exception as error:
        raise ValueError(
            f"programs: {name} cannot be called with {count} Tensors of shape (2, 2): "
            f"{type(error).__name__}: {error}"
        ) from error
    if not isinstance(result, Tensor):
        raise TypeError(f"programs: {name} must give a Tensor, it gave {type(result).__name__}")


def _called(op: Any, taken: Collection[str]) -> str:
    """The name that `op` has in a program: its own, unless that is taken, or is no name."""
    name = Subject(op).name
    usable = name.isidentifier() and not keyword.iskeyword(name) and name not in taken
    # Values are named a, b, c ...
    return name if usable and len(name) > 1 else f"f{len(taken) + 1}"


def _arity(op: Any) -> int:
    """How many arguments `op` must be given."""
    function = op.forward if isinstance(op, (Op, Module)) else op
    kinds = inspect.signature(function).parameters.values()
    return sum(p.default is p.empty and p.kind in (0, 1) for p in kinds)
