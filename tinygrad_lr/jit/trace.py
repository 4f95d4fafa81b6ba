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
... (the parameters); x0 and p0 are the arrays in them.

capture.py says what a captured step can be. Tensors from outside, parameters for instance, are
asked for their arrays and gradients each time, so they may be given others.
"""

from __future__ import annotations

import gc
import re
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..capture import CapturedStep, Options, alive, each_tensor, kind
from ..device import CaptureError, DeviceError, on_gpu, tracing
from ..footprint import footprint
from ..graph import Value, is_grad_enabled, mark_written, owner
from .lines import freeing, nested, renumbered
from .program import Program, Symbol, shape_of


def trace(step: Callable[..., Any]) -> TracedStep:
    """`step`, a function of Tensors on the CPU, as one that is traced when called again."""
    return TracedStep(step)


class TracedStep(CapturedStep):
    """A step and, after its second call, the programs of it.

    Usually one. But in another situation the step is traced once more, and its Python runs once
    more: when a Tensor from outside is of another shape, dtype or order in memory, shares its
    memory with others than before, is no leaf any more, wants no gradient any more, or has none
    yet; or when recording is switched off.
    """

    made_by = "jit.trace"

    def check_argument(self, i: int, given: Value) -> None:
        if on_gpu(given.array):
            raise DeviceError(
                f"jit.trace: argument {i} is on the gpu; jit.trace is for the CPU, on the GPU use "
                "cuda.graph(step)"
            )

    def capture(self, inputs: Sequence[Value], leaves: Sequence[Value]) -> _Programs:
        return _Programs(self.step)

    @property
    def code(self) -> str:
        """The program that ran last, as text."""
        if self._captured is None or self._captured.last is None:
            raise CaptureError("jit.trace: a step is traced when it is called for the second time")
        return self._captured.last.code


class _Programs:
    """The programs of a step, each for one situation."""

    def __init__(self, step: Callable[..., Any]) -> None:
        self._step = step
        self._known: list[_Traced] = []
        self.last: Any = None

    def replay(self, inputs: Sequence[Value]) -> Any:
        if self.last is None or not self.last.fits():
            found = next((traced for traced in self._known if traced.fits()), None)
            if found is None:
                found = _Traced(self._step, inputs)
                self._known = [*self._known[-7:], found]  # others may never be met again
            self.last = found
        return self.last.run(inputs)


class _Traced:
    """The program of a step, and what of the world outside it uses and changes."""

    def __init__(self, step: Callable[..., Any], inputs: Sequence[Value]) -> None:
        program = _StepProgram()
        self._recorded = is_grad_enabled()
        own = [given.wrap(program.argument(f"x{i}", given.array)) for i, given in enumerate(inputs)]
        with footprint() as left, _placeholders(program):
            outputs = step(*own)
            if tracing.refused is not None:  # although the step did not mind
                raise tracing.refused
            program.result(outputs)
            program.leave(alive(left.written), own)
            program.refuse_changed(own)
            del outputs, own
            program.refuse_escaped()
        values = list(program.outside.values())
        sharing = _Sharing(values)
        self._guards = [_Guard(value, program, sharing) for value in values]
        self._options = Options(left, "jit.trace")
        self.code, self._run = program.finished(inputs)

    def fits(self) -> bool:
        """Whether what the program uses is in the situation that it was traced for."""
        return is_grad_enabled() is self._recorded and all(g.holds() for g in self._guards)

    def run(self, inputs: Sequence[Value]) -> Any:
        """What the step returns; and it has done what the step does."""
        self._options.check()
        return self._run(*inputs)


class _Guard:
    """What must be true of a Tensor from outside, for a program to be right about it."""

    def __init__(self, value: Value, program: _StepProgram, sharing: _Sharing) -> None:
        self._value = value
        self._array = value.array
        self._sharing = sharing
        self._rebuilt = value.rebuilt
        self._walkable = program.walkable[id(value)]
        self._wanted = program.wanted.get(id(value))  # None: it never mattered
        self._looks_at_gradient = id(value) in program.looked_at
        self._gradient = kind(value._grad.array) if program.looked_at.get(id(value)) else None

    def holds(self) -> bool:
        value = self._value
        if value.array is not self._array:
            if kind(value.array) != kind(self._array) or not self._sharing.holds():
                return False
            self._array = value.array
        if _walkable(value) is not self._walkable or value.rebuilt != self._rebuilt:
            return False
        if self._wanted is not None and value.wanted is not self._wanted:
            return False
        if not self._looks_at_gradient:
            return True
        there = None if value._grad is None else kind(value._grad.array)
        return there == self._gradient


def _walkable(value: Value) -> bool | None:
    """Whether backward() can go on from here; None for a leaf."""
    return None if value.node is None else value.node.args is not None


class _Sharing:
    """Which of the Tensors from outside are on the same memory: that must stay so, too."""

    def __init__(self, values: Sequence[Value]) -> None:
        self._values = values
        self._first = self._found()

    def _found(self) -> list[int]:
        """For each of the Tensors, which is the first on the same memory."""
        firsts: dict[int, int] = {}
        return [firsts.setdefault(id(owner(v.array)), i) for i, v in enumerate(self._values)]

    def holds(self) -> bool:
        return self._found() == self._first


def _written(*values: Value) -> None:
    for value in values:
        mark_written(value, "a captured step")


def _among(values: Sequence[Any], value: Any) -> bool:
    return any(value is other for other in values)  # `in` would compare elements


class _StepProgram(Program):
    """A program that also knows the Tensors from outside of the step that it meets.

    Those it asks for their arrays, and their gradients, each time that it runs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.outside: dict[int, Value] = {}  # by id, as all that follows
        self.walkable: dict[int, bool | None] = {}  # as it was before
        self.wanted: dict[int, bool] = {}  # whether they want a gradient, where it was asked
        self.grads: dict[int, tuple[Value, Any]] = {}  # their gradients, where they were asked for
        self.looked_at: dict[int, bool] = {}  # whether there was one
        self._arrays: dict[int, Symbol] = {}  # what they hold, at this place in the program
        self._grads: dict[int, tuple[Value, Any]] = {}
        self._nodes: dict[int, tuple[Value, Any]] = {}  # what they were computed by, before
        self._made: list[weakref.ref[Value]] = []  # Tensors of the step's own
        self._last: list[str] = []  # the lines that leave something behind in Tensors
        self._returned = ""

    # -- while the step runs on placeholders: the attributes of a Tensor

    def argument(self, name: str, array: Any) -> Symbol:
        """The symbol of an array that the program has not made."""
        self.foreign.add(id(owner(array)))
        return self.symbol(name, array)

    def get_array(self, value: Value) -> Symbol:
        """``value.array``, as a placeholder."""
        array = vars(value)["array"]
        if isinstance(array, Symbol):
            return array
        if id(value) not in self._arrays:
            self._arrays[id(value)] = self.argument(f"p{self._number_of(value)}", array)
        return self._arrays[id(value)]

    def set_array(self, value: Value, array: Any) -> None:
        """``value.array = array``."""
        if not isinstance(array, Symbol):  # made by NumPy in the step: the same, anew, each time
            array = self.made(f"{self.constant(array)}.copy()", array.copy())
        if isinstance(array.like, np.generic):  # as Tensor.wrap does
            array = self.made(f"np.asarray({array.name})", np.asarray(array.like))
        if self._is_outside(value):
            self.get_array(value)
            self._arrays[id(value)] = array
            return
        if "array" not in vars(value):
            self._made.append(weakref.ref(value))
        vars(value)["array"] = array

    def get_wanted(self, value: Value) -> bool:
        """``value.wanted``, which is part of the situation."""
        wanted: bool = vars(value).get("wanted", False)
        if self._is_outside(value):
            self._number_of(value)
            self.wanted[id(value)] = wanted
        return wanted

    def set_wanted(self, value: Value, wanted: bool) -> None:
        """``value.wanted = wanted``."""
        if self._is_outside(value) and wanted != vars(value).get("wanted", False):
            raise CaptureError(
                "a captured step cannot switch requires_grad of a tensor from outside; do that "
                "outside of the step"
            )
        vars(value)["wanted"] = wanted

    def get_grad(self, value: Value) -> Any:
        """``value._grad``, as a Tensor that holds a placeholder."""
        if not self._is_outside(value):
            return vars(value).get("_grad")
        if id(value) not in self._grads:
            there = vars(value).get("_grad")
            if there is not None:
                if there.node is not None:
                    raise CaptureError(
                        "a captured step cannot use a gradient that has a graph (create_graph); "
                        "detach() it outside of the step"
                    )
                name = f"g{self._number_of(value)}"
                there = value.wrap(self.argument(name, vars(there)["array"]))
            self.grads[id(value)] = self._grads[id(value)] = value, there
        return self._grads[id(value)][1]

    def set_grad(self, value: Value, gradient: Any) -> None:
        """``value._grad = gradient``."""
        if self._is_outside(value):
            i = self._number_of(value)
            self._grads[id(value)] = value, gradient
            if gradient is None:  # here, not at the end: its memory is free for what follows
                self.note(f"t{i}._grad = None")
        else:
            vars(value)["_grad"] = gradient

    def _is_outside(self, value: Value) -> bool:
        return isinstance(vars(value).get("array"), np.ndarray)

    def _number_of(self, value: Value) -> int:
        """Which Tensor from outside it is: i is called ``t{i}``, its array p{i}, its grad g{i}."""
        if id(value) not in self.outside:
            if on_gpu(vars(value)["array"]):
                raise DeviceError(
                    "jit.trace: the step uses a tensor on the gpu; jit.trace is for the CPU"
                )
            self._nodes[id(value)] = value, value.node
            self.walkable[id(value)] = _walkable(value)
            self.outside[id(value)] = value
        return list(self.outside).index(id(value))

    # -- afterwards

    def result(self, outputs: Any) -> None:
        """Note what the step returns: `outputs`, Tensors or tuples, lists and dicts of them."""
        self._returned = self.text(each_tensor(self._output, outputs, self._no_tensor))

    def _output(self, value: Value) -> Symbol:
        """`value`, made of an array that nothing else holds."""
        symbol = self.get_array(value)
        shared = id(owner(symbol.like)) in self.foreign
        return Symbol(self, f"wrap({symbol.name}{'.copy()' * shared})", None)

    def _no_tensor(self, output: Any) -> Symbol:
        """`output`, which is no Tensor, and the same each time."""
        if isinstance(output, Symbol):
            raise CaptureError(
                "a captured step returns Tensors, not NumPy arrays; call numpy() on what it returns"
            )
        name = f"c{len(self.constants)}"
        self.constants[name] = output
        return Symbol(self, name, None)

    def leave(self, written: Sequence[Value], own: Sequence[Value]) -> None:
        """Note what the step has left in Tensors; `written` were written to, `own` are its own."""
        names = {key: f"t{i}" for i, key in enumerate(self.outside)}
        for key, (_, gradient) in self._grads.items():
            array = "" if gradient is None else self.get_array(gradient).name
            as_it_was = key in self.grads and gradient is self.grads[key][1] and array[:1] == "g"
            if array and not as_it_was:
                self._last.append(f"{names[key]}._grad = wrap({array})")
        for i, (key, name) in enumerate(names.items()):
            if key in self._arrays and self._arrays[key].name != f"p{i}":
                self._last.append(f"{name}.array = {self._arrays[key].name}")
        names |= {id(value): f"a{i}" for i, value in enumerate(own)}
        names |= {id(g): f"h{names[key][1:]}" for key, (_, g) in self.grads.items()}
        changed = [names[id(value)] for value in written if id(value) in names]
        self._last += [f"written({', '.join(changed)})"] if changed else []

    def refuse_changed(self, own: Sequence[Value]) -> None:
        """Raise CaptureError if the step did to an argument what would not arrive there."""
        for i, value in enumerate(own):
            if vars(value)["array"].name != f"x{i}" or value.wanted or value._grad is not None:
                raise CaptureError(
                    f"a captured step cannot give its argument {i} other memory, a gradient, or "
                    "requires_grad: the argument is not the caller's Tensor. Use "
                    "x = x.clone().requires_grad_(), and return x.grad"
                )

    def refuse_escaped(self) -> None:
        """Raise CaptureError if something outside now holds what is only a placeholder."""
        self._grads.clear()
        self.looked_at = {key: gradient is not None for key, (_, gradient) in self.grads.items()}
        self.grads.clear()
        for value, node in self._nodes.values():
            if value.node is not node:
                value.node = node
                raise CaptureError(
                    "a captured step cannot make a tensor from outside the result of a recorded "
                    "operation (x.mul_(w), x[0] = w); do it under no_grad(), or on a clone()"
                )
        if self._escaped():
            gc.collect()  # or is it only waiting for that?
        if self._escaped():
            raise CaptureError(
                "a captured step cannot keep a Tensor that it has computed (in an attribute, a "
                "list): from then on only its NumPy calls are repeated. Write it into a Tensor "
                "that is there already, with copy_(), or return it"
            )

    def _escaped(self) -> list[Value]:
        return alive(self._made)

    def blank(self) -> None:
        """Make real Tensors, of nan, of what escaped from a step that was refused."""
        for value, node in self._nodes.values():
            value.node = node
        for value in self._escaped():
            symbol = vars(value)["array"]
            nothing = np.nan if symbol.dtype.kind == "f" else 0
            vars(value)["array"] = np.full(symbol.shape, nothing, symbol.dtype)
            value.node = None

    def forget(self) -> None:
        super().forget()
        self._arrays.clear()
        self._grads.clear()
        self.grads.clear()

    def finished(self, inputs: Sequence[Value]) -> tuple[str, Callable[..., Any]]:
        """The program as text, and as a function of Tensors like `inputs`."""
        tensors = list(self.outside.values())
        reads = [
            f"{short}{i} = {tensor}{i}.{attribute}  # {shape_of(value.array)}"
            for short, tensor, attribute, values in (
                ("x", "a", "array", inputs),
                ("p", "t", "array", tensors),
                ("g", "t", "_grad.array", tensors),
                ("h", "t", "_grad", tensors),
            )
            for i, value in enumerate(values)
        ]
        end = [*self._last, f"return {self._returned}"]
        lines = freeing(nested(self.lines, end, self.sums), end)
        spoken = set(re.findall(r"\b[xpgh]\d+\b", "\n".join([*lines, *end])))
        lines = [*[line for line in reads if line.split()[0] in spoken], *lines]
        head = f"def step({', '.join(f'a{i}' for i in range(len(inputs)))}):"
        lines = [head, *lines, *end]
        code = renumbered("\n    ".join(lines)) + "\n"
        names = {"np": np, "written": _written, **self.constants}
        for i, tensor in enumerate(tensors):
            names[f"t{i}"] = tensor
        for tensor in (*tensors, *inputs):
            names["wrap"] = tensor.wrap
        exec(compile(code, "<traced step>", "exec"), names)
        code = self._legend() + code
        self.forget()
        return code, names["step"]

    def _legend(self) -> str:
        """What the constants are, in comments."""
        legend = ""
        for name, constant in self.constants.items():
            if isinstance(constant, (np.ndarray, np.generic)):
                what = f": {shape_of(constant)}" if constant.shape else f" = {constant!s},"
                legend += f"# {name}{what} {constant.dtype}\n"
        return legend


class _Watched:
    """In the place of an attribute of all Tensors, while one thread traces a step."""

    def __init__(self, name: str, usual: Any, get: Any, put: Any) -> None:
        self._name, self._usual, self._get, self._put = name, usual, get, put
        self._thread = threading.get_ident()

    def __get__(self, value: Value, owner: type) -> Any:
        if threading.get_ident() == self._thread:
            return self._get(value)
        return vars(value).get(self._name, self._usual)

    def __set__(self, value: Value, new: Any) -> None:
        if threading.get_ident() == self._thread:
            self._put(value, new)
        else:
            vars(value)[self._name] = new


_one_at_a_time = threading.Lock()


@contextmanager
def _placeholders(program: _StepProgram) -> Iterator[None]:
    """Inside, every Tensor holds a placeholder instead of its array."""
    with _one_at_a_time:
        watched = {
            "array": _Watched("array", None, program.get_array, program.set_array),
            "wanted": _Watched("wanted", False, program.get_wanted, program.set_wanted),
            "_grad": _Watched("_grad", None, program.get_grad, program.set_grad),
        }
        for name, attribute in watched.items():
            setattr(Value, name, attribute)
        tracing.active, tracing.refused = True, None
        try:
            with np.errstate(all="call", call=_unheard):  # what is behind placeholders means little
                yield
        except BaseException:
            program.blank()
            program.forget()
            raise
        finally:
            tracing.active, tracing.refused = False, None
            del Value.array  # type: ignore[misc]
            Value.wanted, Value._grad = False, None


def _unheard(kind: str, flag: int) -> None:
    pass
