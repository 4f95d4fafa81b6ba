"""A step that is done as it is once, captured once, and from then on repeated."""

from __future__ import annotations

import copy
import gc
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Generic, NoReturn, ParamSpec, Self, TypeAlias, TypeVar

from ..device import Array
from ..errors import ShapeError
from ..graph import Value
from ..tensor import Tensor
from .noting import capturing, refusal
from .usual import Captured, Outputs
from .words import Disturbed

Step: TypeAlias = Callable[..., Any]  # a function of Tensors

A = ParamSpec("A")
R = TypeVar("R")

TRIES = 5
KEPT = 8  # captures of one step; a situation that was long ago may never be met again


class CapturedStep(Generic[A, R]):
    """A step and, after its second call, what was captured of it. Subclasses say how."""

    made_by = ""  # the function that makes one

    def __init__(self, step: Callable[A, R]) -> None:
        if not callable(step):
            raise TypeError(f"{self.made_by}: expected a function, got {type(step).__name__}")
        self.step = step
        self._kinds: list[Any] | None = None  # of the arguments: shape and dtype
        self._known: list[Captured] = []
        self._last: Captured | None = None

    def _check_argument(self, i: int, given: Value) -> None:
        """Raise DeviceError for an argument that is on the wrong device."""
        raise NotImplementedError

    def _capture(self, inputs: Sequence[Value]) -> Captured:
        """The step as it is captured in the situation of now. Computes nothing."""
        raise NotImplementedError

    def __get__(self, instance: object, owner: type | None = None) -> NoReturn:
        raise TypeError(
            f"{self.made_by}: a method cannot be captured in the class, where it has no self yet; "
            f"write self.step = {self.made_by}(self.step) in __init__"
        )

    def __call__(self, *inputs: A.args, **named: A.kwargs) -> R:
        """What ``step(*inputs)`` returns, without a graph to walk back through.

        Raises DeviceError for arguments on the wrong device, ShapeError for other shapes or dtypes
        than before, CaptureError for what cannot be captured or no longer holds. A call that raises
        one of these has changed nothing (but for what a refused step did to Python's own objects,
        and for the first call, which has done what it did).
        """
        captured = self._last
        if (
            captured is not None
            and not named
            and capturing() is None
            and captured.is_as_usual(inputs)
        ):
            return captured.run(inputs)
        if named:
            raise TypeError(
                f"{self.made_by}: a captured step takes its arguments by position; "
                f"{next(iter(named))!r} was given by name"
            )
        if capturing() is not None:
            raise refusal("be part of another")
        if self._kinds is None or not self._fit(inputs):
            self._check(inputs)
            if self._kinds is None:
                return self._first(inputs)
        if captured is None or not captured.fits(inputs):
            captured = next((known for known in self._known if known.fits(inputs)), None)
            if captured is None:
                captured = self._undisturbed(inputs)
                self._known = [*self._known, captured][-KEPT:]
            self._last = captured
        return captured.run(inputs)

    def _undisturbed(self, inputs: Sequence[Any]) -> Any:
        """What _capture() gives; tried again where another thread may be why it has failed."""
        for _ in range(TRIES - 1):
            try:
                return self._capture(inputs)
            except Disturbed:
                if threading.active_count() == 1:
                    raise
        return self._capture(inputs)

    def _first(self, inputs: Sequence[Any]) -> Outputs:
        outputs = self.step(*inputs)  # type: ignore[call-arg]
        self._kinds = [kind(given.array) for given in inputs]
        return copied(outputs)

    def _fit(self, inputs: Sequence[Any]) -> bool:
        """Whether `inputs` pass ``_check``; which says what is wrong with them."""
        kinds = self._kinds or ()
        if len(inputs) != len(kinds):
            return False
        for given, then in zip(inputs, kinds):
            if type(given) is not Tensor or kind(given.array) != then or given.edge is not None:
                return False
        return True

    def _check(self, inputs: Sequence[Any]) -> None:
        for i, given in enumerate(inputs):
            if not isinstance(given, Value):
                raise TypeError(
                    f"{self.made_by}: argument {i} is a {type(given).__name__}; a captured step "
                    "takes Tensors, and what else it uses stays as it was when it was captured"
                )
            self._check_argument(i, given)
            if given.edge is not None:
                raise ValueError(
                    f"{self.made_by}: argument {i} requires grad, and the next one is another "
                    "Tensor: its gradient would have nowhere to go; pass it detach()ed"
                )
            if self._kinds is not None and type(given) is not Tensor:
                raise refusal("take an argument of a class", i, type(given).__name__)
        kinds = [kind(given.array) for given in inputs]
        if self._kinds is not None and kinds != self._kinds:
            instead = (
                "for a batch of another size call the step itself (.step), or make one for each "
                "size; with drop_last=True a DataLoader gives no smaller one at the end"
                if len(kinds) == len(self._kinds)
                else f"it takes {len(self._kinds)} arguments, not {len(kinds)}"
            )
            raise ShapeError(
                f"{self.made_by}: the step was captured for {listed(self._kinds)}, and is now "
                f"given {listed(kinds)}; {instead}"
            )

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A copy of the step, of which nothing is captured yet.

        A method of a copied object uses that object's Tensors. (A function is never copied by
        Python, so that one goes on using its own.)
        """
        return type(self)(copy.deepcopy(self.step, memo))

    def __repr__(self) -> str:
        name = getattr(self.step, "__qualname__", repr(self.step))
        return f"<{'captured' if self._last else 'not yet captured'} step {name}>"


def same(inputs: Sequence[Value]) -> list[int]:
    """For each argument the place of the first that is the same Tensor."""
    places: dict[int, int] = {}
    return [places.setdefault(id(given), i) for i, given in enumerate(inputs)]


def stand_ins(inputs: Sequence[Value], arrays: Sequence[Any]) -> list[Value]:
    """Tensors for the step to work on, instead of the arguments: on these `arrays`.

    So an argument can be told from a Tensor that the step finds elsewhere, even where the caller
    passes one that is also there. One that is given twice is one Tensor in the step, too.
    """
    for i, given in enumerate(inputs):
        unusual = vars(given).keys() - _USUAL
        if unusual or given._grad is not None:
            name = min(unusual, default="grad")
            raise refusal("take an argument with more", i, name)
    firsts: dict[int, Value] = {}
    for given, array in zip(inputs, arrays):
        if id(given) not in firsts:
            firsts[id(given)] = given.wrap(array)
    return [firsts[id(given)] for given in inputs]


_USUAL = {"array", "node", "wanted", "root", "seen", "rewritten", "unrecorded", "_grad"}


def kind(array: Array) -> tuple[Any, ...]:
    """What a captured step relies on in an array: all but its values."""
    flags = array.flags
    rows, columns = flags.c_contiguous, flags.f_contiguous
    strides = None if rows or columns else array.strides
    return array.shape, array.dtype, rows, columns, strides, type(array)


def listed(kinds: list[Any]) -> str:
    """Shapes and dtypes, in words."""
    listed = [
        f"{shape} {dtype}" + ("" if in_order else ", its elements in another order in memory")
        for shape, dtype, in_order, *_ in kinds
    ]
    return ", ".join(listed) or "no arguments"


def alive(references: Sequence[weakref.ref[Any]]) -> list[Any]:
    """The things that are still there, each once."""
    things = [reference() for reference in references]
    return list({id(thing): thing for thing in things if thing is not None}.values())


def refuse_kept(made: Sequence[weakref.ref[Any]], what: str) -> None:
    """Refuse to `what` ("keep a Tensor"), if one of the things that were `made` is still there."""
    if alive(made):
        gc.collect()  # or is it only waiting for that?
    if alive(made):
        raise refusal(what)


def check_gradient(gradient: Value) -> None:
    """Refuse `gradient`, which a Tensor from outside has, if it is more than its array."""
    if gradient.node is not None or vars(gradient).get("wanted"):
        raise refusal("use a gradient with a graph")


def copied(outputs: Outputs) -> Outputs:
    """What a step returned, without its graph, and on memory of its own."""
    return each_tensor(lambda tensor: tensor.wrap(tensor.array.copy()), outputs)


def _itself(output: object) -> object:
    return output


def each_tensor(
    function: Callable[[Any], Any], outputs: Outputs, other: Callable[[Any], Any] = _itself
) -> Outputs:
    """What a step returned, with `function` applied to each Tensor in it, `other` to the rest."""
    if isinstance(outputs, Value):
        return function(outputs)
    if isinstance(outputs, (tuple, list)):
        parts = [each_tensor(function, output, other) for output in outputs]
        if hasattr(outputs, "_fields"):  # a named tuple
            return type(outputs)(*parts)
        return parts if isinstance(outputs, list) else tuple(parts)
    if isinstance(outputs, dict):
        return {name: each_tensor(function, output, other) for name, output in outputs.items()}
    if isinstance(outputs, (Iterator, Awaitable)):
        raise refusal("return what works later", type(outputs).__name__)
    return other(outputs)
