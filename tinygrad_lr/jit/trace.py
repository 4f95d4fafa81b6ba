"""``jit.trace(step)``: the NumPy program that a training step comes down to, and then only that.

    step = tg.jit.trace(step)
    for images, labels in loader:
        loss = step(images, labels)
    print(step.code)

A step through Tensors is a good deal of Python around NumPy: arguments are checked, Tensors made,
operations recorded, the graph walked. All of it leads to the same calls of NumPy each time. So the
first call runs the step as it is; the second runs it once more on placeholders, which note what is
done to them (program.py); and from then on each call, the second too, only runs what was noted.
``step.code`` shows it: the forward pass, the gradients and the update, as somebody would have
written them by hand who had derived the gradients on paper. The results are those of the step
itself, bit for bit, for the calls are the same.

The program takes the arguments, Tensors a0, a1, ..., and knows the Tensors from outside, t0, t1,
... (the parameters); x0 and p0 are the arrays in them. r0 is a learning rate, of an optimizer o0.
``wrap`` makes a Tensor of an array, ``total`` is a sum (sums.py), and by ``written`` older graphs
learn that what they saw of p0 has changed (versions.py).

capture/ says what a captured step can be. Tensors from outside, parameters for instance, are
asked for their arrays and gradients each time, so they may be given others.
"""

from __future__ import annotations

import contextvars
import functools
import re
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..capture.noting import Capture, noted, refusal
from ..capture.situation import Unchanged
from ..capture.step import (
    A,
    CapturedStep,
    R,
    Step,
    alive,
    check_gradient,
    each_tensor,
    kind,
    refuse_kept,
    same,
    stand_ins,
)
from ..capture.usual import Captured, Outputs, Outside, Usual, reference
from ..device import Array, DeviceError, on_gpu
from ..gradients.hooks import has_hooks
from ..graph import Value
from ..optim.optimizer import Optimizer, options_of
from ..optim.options import Group
from ..sums import total
from ..versions import mark_memory, owner
from . import forms
from .lines import Code, freeing, in_place, nested, renumbered
from .program import Program, Rate, Symbol, shape_of

FILE = "<traced step>"  # that a program is said to be in


def trace(step: Callable[A, R]) -> TracedStep[A, R]:
    """`step`, a function of Tensors on the CPU, as one that is traced when called again.

    >>> step = tg.jit.trace(lambda x: x * 2 + 1)
    >>> step(tg.ones(2))
    tensor([3., 3.])
    """
    return TracedStep(step)


class TracedStep(CapturedStep[A, R]):
    """A step and, after its second call, the programs of it: usually one.

    >>> step: tg.jit.TracedStep[[tg.Tensor], tg.Tensor] = tg.jit.trace(lambda x: x * 2)
    """

    made_by = "jit.trace"

    def _check_argument(self, i: int, given: Value) -> None:
        if on_gpu(given.array):
            raise DeviceError(
                f"jit.trace: argument {i} is on the gpu; jit.trace is for the CPU, on the GPU use "
                "cuda.graph(step)"
            )

    def _capture(self, inputs: Sequence[Value]) -> _Traced:
        return _Traced(self.step, inputs)

    @property
    def code(self) -> str:
        """The program that ran last, as text; CaptureError before there is one.

        >>> step = tg.jit.trace(lambda x: x * 2)
        >>> step(tg.ones(2)), step(tg.ones(2))
        (tensor([2., 2.]), tensor([2., 2.]))
        >>> "x0 * c0" in step.code
        True
        """
        traced: Any = self._last
        if traced is None:
            raise refusal("not yet")
        return Code(traced.code)


class _Traced(Captured):
    """The program of a step, and what it relies on."""

    def __init__(self, step: Step, inputs: Sequence[Value]) -> None:
        super().__init__()
        forms.attach()
        program = _StepProgram()
        arrays = [program.argument(f"x{i}", given.array) for i, given in enumerate(inputs)]
        program.own = stand_ins(inputs, arrays)
        del arrays
        capture = Capture(program, step)
        # In a context of its own, where NumPy is asked not to warn: what is behind placeholders
        # means little.
        context = contextvars.copy_context()
        context.run(np.seterr, all="call")
        context.run(np.seterrcall, _unheard)
        try:
            noted(capture, lambda: context.run(self._trace, step, program, capture))
        except BaseException:
            program.blank()
            program.forget()
            raise
        self._since = capture.since
        self._asks_gradient = program.asks_gradient
        outside = list(program.outside_tensors.values())
        self._guards = [_Guard(tensor) for tensor in outside]
        self._tensors = [tensor.value for tensor in outside]
        self._with_gradient = [tensor.value for tensor in outside if tensor.had_gradient]
        self._sharing = self._shared(inputs)
        self._conditions = capture.conditions(but=["lr"])
        self._conditions += [array for array in program.unchanged if array.is_kept()]
        self.code: str
        self.code, self._run = program.finished(inputs)
        self._lines = self.code.splitlines()

    @staticmethod
    def _trace(step: Step, program: _StepProgram, capture: Capture) -> None:
        outputs = step(*program.own)
        capture.check()
        program.result(outputs)
        program.refuse_changed()
        kept = [weakref.ref(value) for value in program.own]
        program.own.clear()
        del outputs
        program.refuse_results()
        refuse_kept(kept, "keep an argument")
        program.refuse_kept_tensors()
        program.release(capture.arrays())
        program.refuse_written()
        program.refuse_kept()

    def fits(self, inputs: Sequence[Value]) -> bool:
        """Whether all is in the situation that the program was traced for."""
        if not self._is_the_same() or not all(guard.holds() for guard in self._guards):
            return False
        if self._asks_gradient and any(given._grad is not None for given in inputs):
            return False
        sharing = self._shared(inputs)
        if sharing != self._sharing:
            return False
        apart = sharing == _NONE_SHARED
        self._usual = Usual.of(inputs, [guard.seen for guard in self._guards]) if apart else None
        return True

    def _shared(self, inputs: Sequence[Value]) -> list[int]:
        """For each of the arrays that the program reads, which is the first on the same memory.

        And, if some are, which arguments are the same Tensor.
        """
        gradients = [value._grad for value in self._with_gradient]
        firsts: dict[int, int] = {}
        found: list[int] = []
        for value in (*inputs, *self._tensors, *gradients):
            array = value.array
            memory = array if array.base is None else owner(array)
            found.append(firsts.setdefault(id(memory), len(found)))
        return found + same(inputs) if len(firsts) < len(found) else _NONE_SHARED

    def run(self, inputs: Sequence[Value]) -> Outputs:
        """What the step returns; and it has done what the step does.

        Errors are those of the step itself, or name the line of the program.
        """
        try:
            return self._run(*inputs)
        except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError) as error:
            raise _in_program(error, self._lines) from None


_NONE_SHARED: list[int] = []


def _in_program(error: Exception, lines: Sequence[str]) -> Exception:
    """The error to raise instead of `error`, of a program of these `lines`.

    The project's own errors, from a check that the program makes, are as they are. For NumPy's,
    from a line of the program itself, that line is named.
    """
    trace = error.__traceback__
    number = 0
    while trace is not None:
        number = trace.tb_lineno if trace.tb_frame.f_code.co_filename == FILE else 0
        trace = trace.tb_next
    if not number:
        return error
    line = lines[number - 1].strip().partition("  # ")[0]
    reason = str(error).partition("\n")[0]
    if reason.endswith("read-only"):
        instead = "give it memory of its own, as parameter.data = parameter.data.clone() does"
        return RuntimeError(f"jit.trace: in the line `{line}` of step.code: {reason}; {instead}")
    # Some of NumPy's errors cannot be made of a message: use the class of Python's they are of.
    kind = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
    return kind(f"jit.trace: in the line `{line}` of step.code: {reason}")


class _Guard:
    """What must be true of a Tensor from outside, for a program to be right about it."""

    def __init__(self, outside: _Outside) -> None:
        value = self._value = outside.value
        self._kind = kind(value.array)
        self._array = reference(value.array)
        self._is_leaf = value.node is None
        self._has_hooks = has_hooks(value)
        self._wanted = outside.wanted
        self._had_gradient = outside.had_gradient
        self._gradient = kind(value._grad.array) if outside.had_gradient else None

    @property
    def seen(self) -> Outside:
        return self._value, self._had_gradient

    def holds(self) -> bool:
        value = self._value
        if value.array is not self._array():
            if kind(value.array) != self._kind:
                return False
            self._array = reference(value.array)
        if value.root is not None:
            value.catch_up()
        if (value.node is None) is not self._is_leaf or has_hooks(value) is not self._has_hooks:
            return False
        if self._wanted is not None and value.wanted is not self._wanted:
            return False
        if self._had_gradient is None:
            return True
        gradient = value._grad
        if gradient is None or not self._had_gradient:
            return (gradient is not None) is self._had_gradient
        return gradient.edge is None and kind(gradient.array) == self._gradient


_written = functools.partial(mark_memory, by="a captured step")


class _Outside:
    """A Tensor from outside of the step, as the program knows it.

    There it is called t0 (or t1, ...), its array p0, the gradient that it has before the step h0,
    and the array of that g0.
    """

    def __init__(self, value: Value, number: int) -> None:
        self.value = value
        self.number = number
        # As it was before the step; None where nobody has asked.
        self.node = value.node
        self.wanted: bool | None = None
        self.had_gradient: bool | None = None
        self.before: Any = None  # a Tensor that stands for the gradient it had
        # At this place in the program; None where it is still as it was.
        self.array: Symbol | None = None
        self.gradient: Any = _UNKNOWN
        self.moved = self.gradient_moved = False  # whether it has been given another array


_UNKNOWN = object()


class _StepProgram(Program):
    """A program that also knows the Tensors from outside of the step that it meets.

    Those it asks for their arrays, and their gradients, each time that it runs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.outside_tensors: dict[int, _Outside] = {}  # by the id of the Tensor
        self.own: list[Value] = []  # what stands for the arguments
        self.asks_gradient = False  # whether the step asks for the .grad of an argument
        self.unchanged: list[Unchanged] = []  # arrays of NumPy's that the program has copies of
        self._made: list[weakref.ref[Value]] = []  # Tensors of the step's own
        self._optimizers: list[Optimizer] = []
        self._rates: dict[str, Symbol] = {}  # by how the program reads them
        self._reads_rates: list[str] = []
        self._wrap: Any = None
        self._written: dict[int, list[str]] = {}  # what is, after so many checks
        self._returned = ""

    # -- what a Capture asks

    gives_arrays = True  # placeholders, which tell what is made of them

    def wrote(self, value: Value) -> None:
        """Have the program say that it has written to `value` in place, or is about to.

        Once, and of all that have names from the beginning where the first is written to: nothing
        is recorded meanwhile, which could ask. But what comes after a check may never be written.
        """
        symbol = self.get_array(value)
        said = [name for names in self._written.values() for name in names]
        if id(owner(symbol.like)) not in self.foreign or symbol.name in said:
            return
        if not re.fullmatch(r"[pxg]\d+", symbol.name):
            self.note(f"written({symbol.name})")
            return
        names = self._written.setdefault(self.checks, [])
        if not names:
            self.note(f"written({self.checks})")  # until all names are known: see `finished`
        names.append(symbol.name)

    def is_its_own(self, value: Value) -> bool:
        return isinstance(vars(value).get("array"), Symbol)

    def outside(self) -> list[Value]:
        return [outside.value for outside in self.outside_tensors.values()]

    # -- while the step runs on placeholders: the attributes of a Tensor

    def argument(self, name: str, array: Array) -> Symbol:
        """The symbol of an array that the program has not made."""
        self.foreign.add(id(owner(array)))
        self._kept.append(array)
        return self.symbol(name, array)

    def get_array(self, value: Value) -> Symbol:
        """``value.array``, as a placeholder."""
        array = vars(value)["array"]
        if isinstance(array, Symbol):
            return array
        outside = self._known(value)
        if outside.array is None:
            outside.array = self.argument(f"p{outside.number}", array)
        return outside.array

    def set_array(self, value: Value, array: Array | Symbol) -> None:
        """``value.array = array``."""
        if "array" in vars(value) and self.get_array(value) is array:
            return  # as Python does it after ``value.array += x``
        self._wrap = value.wrap
        if not isinstance(array, Symbol):  # made by NumPy in the step: the same, anew, each time
            array = self.copy_of(np.asarray(array))
        if isinstance(array.like, np.generic):  # as Tensor.wrap does
            array = self.made(f"np.asarray({array.name})", np.asarray(array.like))
        if self._is_outside(value):
            outside = self._known(value)
            outside.array, outside.moved = array, True
            self.note(f"t{outside.number}.array = {array.name}")
            return
        if "array" not in vars(value):
            self._made.append(weakref.ref(value))
        else:
            self._move_gradient(value, array)
        vars(value)["array"] = array

    def _move_gradient(self, gradient: Value, array: Symbol) -> None:
        """Note ``gradient.array = array``, where that is the gradient of a Tensor from outside."""
        for outside in self.outside_tensors.values():
            if outside.before is gradient:
                outside.gradient_moved = True
                self.note(f"h{outside.number}.array = {array.name}")
            elif outside.gradient is gradient:
                self.note(f"t{outside.number}._grad.array = {array.name}")

    def get_wanted(self, value: Value) -> bool:
        """``value.wanted``, which is part of the situation."""
        wanted: bool = vars(value).get("wanted", False)
        if self._is_outside(value):
            self._known(value).wanted = wanted
        return wanted

    def set_wanted(self, value: Value, wanted: bool) -> None:
        """``value.wanted = wanted``."""
        if self._is_outside(value) and wanted != vars(value).get("wanted", False):
            raise refusal("switch requires_grad")
        vars(value)["wanted"] = wanted

    def get_grad(self, value: Value) -> Any:
        """``value._grad``, as a Tensor that holds a placeholder."""
        if not self._is_outside(value):
            self.asks_gradient |= any(value is own for own in self.own)
            return vars(value).get("_grad")
        outside = self._known(value)
        if outside.gradient is _UNKNOWN:
            there = vars(value).get("_grad")
            outside.had_gradient = there is not None
            if there is not None:
                check_gradient(there)
                there = value.wrap(self.argument(f"g{outside.number}", vars(there)["array"]))  # type: ignore
            outside.before = outside.gradient = there
        return outside.gradient

    def set_grad(self, value: Value, gradient: Value | None) -> None:
        """``value._grad = gradient``."""
        if not self._is_outside(value):
            vars(value)["_grad"] = gradient
            return
        outside = self._known(value)
        outside.gradient = gradient
        self.note(f"t{outside.number}._grad = {self._tensor(gradient)}")

    def _tensor(self, value: Value | None) -> str:
        """A Tensor, or None, as text."""
        if value is None:
            return "None"
        if self._is_outside(value):
            return f"t{self._known(value).number}"
        for outside in self.outside_tensors.values():
            if outside.before is value:
                return f"h{outside.number}"
        return f"wrap({self.get_array(value).name})"

    def options_of(self, optimizer: Optimizer) -> list[dict[str, Any]]:
        """The options an optimizer makes a step with; the learning rates are read each time."""
        options: list[dict[str, Any]] = options_of.plain(optimizer)
        for i, group in enumerate(optimizer._groups):
            if type(group) is Group:
                options[i] = options[i] | {"lr": self._rate(optimizer, i, options[i]["lr"])}
        return options

    def _rate(self, optimizer: Optimizer, number: int, now: float) -> Symbol:
        if all(known is not optimizer for known in self._optimizers):
            self._optimizers.append(optimizer)
        (o,) = (i for i, known in enumerate(self._optimizers) if known is optimizer)
        read = f"o{o}.param_groups[{number}]['lr']"
        if read not in self._rates:
            self._rates[read] = Rate(self, f"r{len(self._rates)}", now)
            self._reads_rates.append(f"{self._rates[read].name} = {read}")
        return self._rates[read]

    def _is_outside(self, value: Value) -> bool:
        return isinstance(vars(value).get("array"), (np.ndarray, np.generic))

    def _known(self, value: Value) -> _Outside:
        """What the program knows of a Tensor from outside."""
        if id(value) not in self.outside_tensors:
            if on_gpu(vars(value)["array"]):
                raise DeviceError(
                    "jit.trace: the step uses a tensor on the gpu; jit.trace is for the CPU"
                )
            self.outside_tensors[id(value)] = _Outside(value, len(self.outside_tensors))
        return self.outside_tensors[id(value)]

    # -- afterwards

    def result(self, outputs: Outputs) -> None:
        """Note what the step returns: `outputs`, Tensors or tuples, lists and dicts of them."""
        self._returned = self.text(each_tensor(self._output, outputs, self._no_tensor))

    def _output(self, value: Value) -> Symbol:
        """`value`, made of an array that nothing else holds."""
        self._wrap = value.wrap
        symbol = self.get_array(value)
        shared = id(owner(symbol.like)) in self.foreign
        return Symbol(self, f"wrap({symbol.name}{'.copy()' * shared})", None)

    def _no_tensor(self, output: object) -> Symbol:
        """`output`, which is no Tensor, and the same each time."""
        if isinstance(output, Symbol):
            raise refusal("return an array")
        name = f"c{len(self.constants)}"
        self.constants[name] = output
        return Symbol(self, name + ".copy()" * isinstance(output, np.ndarray), None)

    def refuse_changed(self) -> None:
        """Refuse what the step did to a Tensor, where it would not arrive there."""
        for i, value in enumerate(self.own):
            moved = vars(value)["array"].name != f"x{same(self.own)[i]}"
            if moved or value.edge is not None or value._grad is not None:
                raise refusal("change an argument", i)
        for outside in self.outside_tensors.values():
            gradient = self.outside_tensors.get(id(vars(outside.value).get("_grad")))
            if gradient is not None and (gradient.moved or outside.gradient_moved):
                raise refusal("move a gradient by two names")

    def refuse_results(self) -> None:
        """Refuse a step that has made a Tensor from outside the result of an operation."""
        for outside in self.outside_tensors.values():
            outside.gradient = outside.before = None
            if outside.value.node is not outside.node:
                raise refusal("make a result of a tensor")

    def refuse_kept_tensors(self) -> None:
        """Refuse a step that has left behind a Tensor which holds a placeholder."""
        refuse_kept(self._made, "keep a Tensor")

    def blank(self) -> None:
        """Make real Tensors, of nan, of what escaped from a step that was refused."""
        for outside in self.outside_tensors.values():
            outside.value.node = outside.node
        for value in alive(self._made):
            symbol = vars(value).get("array")
            if symbol is None:  # Ctrl-C came before it was there
                continue
            nothing = np.nan if symbol.dtype.kind == "f" else 0
            vars(value)["array"] = np.full(symbol.shape, nothing, symbol.dtype)
            value.node = None

    def release(self, read: Sequence[Unchanged]) -> None:
        """Let go of all placeholders, so that only what the step has kept is left of them.

        Raise CaptureError if an array that the program has a copy of (or the step has `read`) is on
        memory that it writes to.
        """
        self.unchanged = [Unchanged(array) for array in self.arrays_used()]
        if any(self.has_written(array.owner) for array in (*self.unchanged, *read)):
            raise refusal("use memory twice")
        self.forget()
        for array in (*self.unchanged, *read):
            array.let_go()

    def forget(self) -> None:
        super().forget()
        for outside in self.outside_tensors.values():
            outside.array = outside.gradient = outside.before = None
        self._rates.clear()
        self.own.clear()

    def finished(self, inputs: Sequence[Value]) -> tuple[str, Callable[..., Any]]:
        """The program as text, and as a function of Tensors like `inputs`."""
        end = [f"return {self._returned}"]

        def written(found: re.Match[str]) -> str:
            return f"written({', '.join(self._written[int(found[1])])})"

        lines = [re.sub(r"\bwritten\((\d+)\)", written, line) for line in self.lines]
        lines, end = in_place(lines, end, self.memory, self.large)
        body = freeing(nested(lines, end, self.infix), end)
        spoken = set(re.findall(r"\b[xpghr]\d+\b", "\n".join([*body, *end])))
        reads = [line for line in self._reads(inputs) if line.split()[0] in spoken]
        head = f"def step({', '.join(f'a{i}' for i in range(len(inputs)))}):"
        code = self._legend() + renumbered("\n    ".join([head, *reads, *body, *end])) + "\n"
        names = {"np": np, "total": total, "wrap": self._wrap, "written": _written}
        names["__name__"] = __name__  # whose lines these are, when NumPy warns
        names |= self.constants
        names |= {f"t{i}": value for i, value in enumerate(self._found())}
        names |= {f"o{i}": optimizer for i, optimizer in enumerate(self._optimizers)}
        exec(compile(code, FILE, "exec"), names)
        return code, names.pop("step")  # or it would refer to itself, by way of its names

    def _reads(self, inputs: Sequence[Value]) -> Iterator[str]:
        """The lines that ask all Tensors for what is in them."""
        for i, given in enumerate(inputs):
            yield f"x{i} = a{i}.array  # {shape_of(given.array)}"
        for i, value in enumerate(self._found()):
            shape = shape_of(value.array)
            yield f"p{i} = t{i}.array  # {shape}"
            yield f"h{i} = t{i}._grad"
            yield f"g{i} = t{i}._grad.array  # {shape}"
        yield from self._reads_rates

    def _found(self) -> list[Value]:
        """The Tensors from outside that are no arguments."""
        return [outside.value for outside in self.outside_tensors.values()]

    def _legend(self) -> str:
        """What the constants are, in comments."""
        legend = ""
        for name, constant in self.constants.items():
            if isinstance(constant, (np.ndarray, np.generic)):
                what = f": {shape_of(constant)}" if constant.shape else f" = {constant!s},"
                legend += f"# {name}{what} {constant.dtype}\n"
        return legend


def _unheard(kind: str, flag: int) -> None:
    pass
