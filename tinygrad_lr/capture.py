"""Steps that are done once as they are, captured once, and from then on only repeated.

``cuda.graph(step)`` and ``jit.trace(step)`` both give a CapturedStep. What is captured differs: a
CUDA graph (cuda/graph.py), or a program of NumPy calls (jit/trace.py). What it means for the step,
a function of Tensors, is the same:

* Its Python code runs in the first two calls, and then no more, but in another situation. That is:

  - a Tensor from outside has other memory (on the CPU: of another shape, dtype or order);
  - it has a gradient where it had none, or none where it had one; or wants one no more;
  - something was replaced in a module that it is a parameter of;
  - an optimizer that makes a step has other options or parameters, or the step itself has read an
    option that is another now (but the learning rate that ``optimizer.step()`` uses is read each
    time on the CPU);
  - recording is switched on or off.

  What was captured in the last few situations is kept.
* Any other Python number (a counter, ``if epoch > 3``) stays what it was then, and so does what
  NumPy computes there from numbers of its own. What varies must be in an argument, or in a Tensor
  that the step uses.
* Every call needs arguments of the same shapes and dtypes.
* It cannot ask for a value, draw random numbers, take a batch from a DataLoader, keep a Tensor that
  it has computed, or change the options of an optimizer; the errors say what to do.
* It cannot be the first with momentum, which makes the velocities.
* What it returns, Tensors or tuples, lists and dicts of them, has no graph to walk back through,
  nor have the gradients that it leaves.
* On the CPU it cannot have rows of ``cross_entropy`` or ``nll_loss`` ignored by a label that is no
  class (-100); one that is a class may be ignored.
* Where the step itself would raise in the middle, for a label that is no class, so does a call, and
  what came before has been done; but not in a call that captures the step.

What the step changed besides, every call changes as well: parameters, the ``.grad`` of leaves, the
velocities of an optimizer. Some things are not noticed: what ``train()`` and ``eval()`` switch;
that a name in the step (``self.optimizer``) refers to another object now; what is added to a
module, or replaced in one that has no parameters; which parameters are in a group, where the step
itself goes through them; and what is changed inside of an option that is a list. Capture another
step.
"""

from __future__ import annotations

import copy
import gc
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .device import CaptureError, is_capturing, tracing
from .errors import ShapeError
from .footprint import Footprint, current
from .graph import Node, Value, now

KEPT = 8  # captures of one step; a situation that was long ago may never be met again


class CapturedStep:
    """A step and, after its second call, what was captured of it. Subclasses say how."""

    made_by = ""  # the function that makes one

    def __init__(self, step: Callable[..., Any]) -> None:
        self.step = step
        self._kinds: list[Any] | None = None  # of the arguments: shape and dtype
        self._known: list[Any] = []  # what was captured, each in one situation
        self._last: Any = None

    def check_argument(self, i: int, given: Value) -> None:
        """Raise DeviceError for an argument that is on the wrong device."""
        raise NotImplementedError

    def capture(self, inputs: Sequence[Value]) -> Any:
        """What has a method ``run(inputs)`` that does what the step does. Computes nothing.

        A method ``fits(inputs)`` says whether all is still in the situation of the capture.
        """
        raise NotImplementedError

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        raise TypeError(
            f"{self.made_by}: a method cannot be captured in the class, where it has no self yet; "
            f"write self.step = {self.made_by}(self.step) in __init__"
        )

    def __call__(self, *inputs: Any) -> Any:
        """What ``step(*inputs)`` returns, without a graph to walk back through.

        Raises DeviceError for arguments on the wrong device, ShapeError for other shapes or dtypes
        than before, CaptureError for what cannot be captured or no longer holds. A call that raises
        one of these has changed nothing (but for what a refused step did to Python's own objects,
        and for the first call, which has done what it did).
        """
        if is_capturing():
            raise CaptureError("a captured step cannot be part of another one")
        if self._kinds is None or not self._fit(inputs):
            self._check(inputs)
            if self._kinds is None:
                return self._first(inputs)
        captured = self._last
        if captured is None or not captured.fits(inputs):
            captured = next((known for known in self._known if known.fits(inputs)), None)
            if captured is None:
                try:
                    captured = self.capture(inputs)
                finally:
                    stop_watching()
                self._known = [*self._known, captured][-KEPT:]
            self._last = captured
        return captured.run(inputs)

    def _first(self, inputs: Sequence[Value]) -> Any:
        outputs = self.step(*inputs)
        self._kinds = [kind(given.array) for given in inputs]
        return copied(outputs)

    def _fit(self, inputs: Sequence[Any]) -> bool:
        """Whether `inputs` pass ``_check``; which says what is wrong with them."""
        kinds = self._kinds or ()
        if len(inputs) != len(kinds):
            return False
        for given, then in zip(inputs, kinds):
            if not isinstance(given, Value) or kind(given.array) != then or given.edge is not None:
                return False
        return True

    def _check(self, inputs: Sequence[Any]) -> None:
        for i, given in enumerate(inputs):
            if not isinstance(given, Value):
                raise TypeError(
                    f"{self.made_by}: argument {i} is a {type(given).__name__}; a captured step "
                    "takes Tensors, and what else it uses stays as it was when it was captured"
                )
            self.check_argument(i, given)
            if given.edge is not None:
                raise ValueError(
                    f"{self.made_by}: argument {i} requires grad, but what the step gets is not "
                    "the Tensor itself, and its gradient would go there; pass it detach()ed"
                )
        kinds = [kind(given.array) for given in inputs]
        if self._kinds is not None and kinds != self._kinds:
            instead = (
                "call the step itself for a batch of another size, or capture one step for each "
                "size"
                if len(kinds) == len(self._kinds)
                else f"it takes {len(self._kinds)} arguments, not {len(kinds)}"
            )
            raise ShapeError(
                f"{self.made_by}: the step was captured for {listed(self._kinds)}, and is now "
                f"given {listed(kinds)}; {instead}"
            )

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A copy of the step, of which nothing is captured yet.

        A method of a copied object uses that object's Tensors. (A function is never copied by
        Python, so that one goes on using its own.)
        """
        return type(self)(copy.deepcopy(self.step, memo))

    def __repr__(self) -> str:
        name = getattr(self.step, "__qualname__", repr(self.step))
        return f"<{'captured' if self._last else 'not yet captured'} step {name}>"


def kind(array: Any) -> tuple[Any, ...]:
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


def alive(references: Sequence[Any]) -> list[Value]:
    """The values that are still there, each once."""
    values = [reference() for reference in references]
    return list({id(value): value for value in values if value is not None}.values())


class _Watching(threading.local):
    """Who is asked for what is in all Tensors, while this thread captures a step; since when."""

    by: Any = None
    since = 0


_watching = _Watching()


class _Watched:
    """In the place of an attribute of all Tensors, while a step is captured.

    For threads that capture nothing it is as if it were not there.
    """

    def __init__(self, name: str) -> None:
        self._name, self._usual = name, getattr(Value, name, None)
        self._get, self._set = f"get_{name.strip('_')}", f"set_{name.strip('_')}"

    def __get__(self, value: Value | None, owner: type) -> Any:
        if value is None:
            return self._usual
        if _watching.by is None:
            return vars(value).get(self._name, self._usual)
        return getattr(_watching.by, self._get)(value)

    def __set__(self, value: Value, new: Any) -> None:
        if _watching.by is None:
            vars(value)[self._name] = new
        else:
            getattr(_watching.by, self._set)(value, new)


def _own_nodes_only(node: Node, *args: Any) -> Any:
    """In the place of Node.pull_back, likewise."""
    if _watching.by is not None and node.tick < _watching.since and node.args is not None:
        raise CaptureError(
            f"a captured step cannot go back through an operation ({node.op.name}) that was "
            "recorded outside of it; compute that in the step too, or detach() its result"
        )
    return _pull_back(node, *args)


_pull_back = Node.pull_back
_WATCHED = {name: _Watched(name) for name in ("array", "wanted", "_grad")}
_one_at_a_time = threading.RLock()  # one that a thread which was interrupted can take again


@contextmanager
def watching(by: Any, left: Footprint) -> Iterator[None]:
    """Inside, `by` is asked for the arrays, gradients and ``wanted`` of all Tensors, and told them.

    By its methods get_array, set_array, and so on. `left` is told what is written in place and how
    optimizers are used. Going back through what was recorded before is refused.

    Ctrl-C may come between any two lines, also of these. So what counts, for this thread, is ended
    once more by who captures (``stop_watching``), and what may be left in the classes then does
    nothing.
    """
    with _one_at_a_time:
        try:
            for name, watched in _WATCHED.items():
                setattr(Value, name, watched)
            Node.pull_back = _own_nodes_only  # type: ignore[method-assign, assignment]
            tracing.refusable, tracing.refused = True, None
            current.footprint = left
            _watching.by, _watching.since = by, now()
            yield
        finally:
            stop_watching()
            Node.pull_back = _pull_back  # type: ignore[method-assign]
            if "array" in vars(Value):
                del Value.array  # type: ignore[misc]
            Value.wanted, Value._grad = False, None  # what holds for most values


def stop_watching() -> None:
    """This thread captures nothing (any more)."""
    _watching.by = current.footprint = None
    tracing.active = tracing.refusable = False
    tracing.refused = None


def refuse_swallowed() -> None:
    """Raise the CaptureError that the step has caught, if there was one."""
    if tracing.refused is not None:
        raise tracing.refused


def refuse_kept(made: Sequence[Any]) -> None:
    """Raise CaptureError if one of the Tensors that `made` refers to is still there."""
    if any(reference() is not None for reference in made):
        gc.collect()  # or is it only waiting for that?
    if any(reference() is not None for reference in made):
        raise CaptureError(
            "a captured step cannot keep a Tensor that it has computed (in an attribute, a list): "
            "from then on only what it computes is repeated. Write it into a Tensor that is there "
            "already, with copy_(), or return it"
        )


REQUIRES_GRAD = (
    "a captured step cannot switch requires_grad of a tensor from outside; do that outside of the "
    "step"
)


def check_gradient(gradient: Value) -> None:
    """Raise CaptureError if `gradient`, which a Tensor from outside has, is more than its array."""
    if gradient.node is not None or vars(gradient).get("wanted"):
        raise CaptureError(
            "a captured step cannot use a gradient that has a graph (create_graph), or requires "
            "grad; detach() it outside of the step"
        )


def copied(outputs: Any) -> Any:
    """What a step returned, without its graph, and on memory of its own."""
    return each_tensor(lambda tensor: tensor.wrap(tensor.array.copy()), outputs)


def _itself(output: Any) -> Any:
    return output


def each_tensor(
    function: Callable[[Any], Any], outputs: Any, other: Callable[[Any], Any] = _itself
) -> Any:
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
        raise CaptureError(
            f"a captured step cannot return a {type(outputs).__name__}, which does its work only "
            "when it is asked to; return a list"
        )
    return other(outputs)
