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

capture.py says what a captured step can be. Tensors from outside, parameters for instance, are
asked for their arrays each time, so they may be given others, of the same shape and dtype.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..capture import CapturedStep, Options, alive, each_tensor
from ..device import CaptureError, DeviceError, device_of, is_capturing, on_gpu, tracing
from ..footprint import footprint
from ..graph import Value, mark_written, owner
from .program import Program, Symbol, shape_of


def trace(step: Callable[..., Any]) -> TracedStep:
    """`step`, a function of Tensors on the CPU, as one that is traced when called again."""
    return TracedStep(step)


class TracedStep(CapturedStep):
    """A step and, after its second call, the program of it."""

    made_by = "jit.trace"

    def check_argument(self, i: int, given: Value) -> None:
        if on_gpu(given.array):
            raise DeviceError(
                f"jit.trace: argument {i} is on the gpu; trace is for the CPU, on the GPU use "
                "cuda.graph(step)"
            )

    def capture(self, inputs: Sequence[Value], leaves: Sequence[Value]) -> _Traced:
        return _Traced(self.step, inputs, leaves)

    @property
    def code(self) -> str:
        """The program, as text."""
        if self._captured is None:
            raise CaptureError("jit.trace: a step is traced when it is called for the second time")
        return self._captured.code


class _Traced:
    """The program of a step, and what of the world outside it uses and changes."""

    def __init__(
        self, step: Callable[..., Any], inputs: Sequence[Value], leaves: Sequence[Value]
    ) -> None:
        if is_capturing():
            raise CaptureError("a captured step cannot be part of another one")
        program = _StepProgram()
        own = [given.wrap(program.argument(f"x{i}", given.array)) for i, given in enumerate(inputs)]
        before = [leaf._grad for leaf in leaves]
        # Where the step uses a gradient that is there already, it must be in a place we know.
        fixed = [leaf.wrap(np.zeros_like(leaf.array)) for leaf in leaves]
        for leaf, gradient in zip(leaves, fixed):
            leaf._grad = gradient
        try:
            with footprint() as left, _placeholders(program):
                outputs = step(*own)
            after = [leaf._grad for leaf in leaves]
        finally:
            for leaf, gradient in zip(leaves, before):
                leaf._grad = gradient
        self._used = [(leaf, g) for leaf, g in zip(leaves, fixed) if id(g) in program.outside]
        self._cleared = [leaf for leaf, g in zip(leaves, after) if g is None]
        # What the program returns, in this order: the outputs, new gradients, and new arrays for
        # Tensors from outside.
        self._outputs = each_tensor(program.returned, outputs)
        self._given = [
            (leaf, program.returned(g))
            for leaf, g in zip(leaves, after)
            if g is not None and not _among(fixed, g)
        ]
        self._moved = [(value, program.returned(value)) for value in program.moved()]
        written = alive(left.written)
        self._written = [value for value in written if id(value) in program.outside]
        self._inputs_written = [i for i, value in enumerate(own) if _among(written, value)]
        self._options = Options(left, "jit.trace")
        self._outside = [[value, value.array] for value in program.outside.values()]
        self.code, self._run = program.finished(len(inputs))

    def replay(self, inputs: Sequence[Value]) -> Any:
        """Run the program, and do in Python what the step would have done besides."""
        self._check()
        for leaf, gradient in self._used:
            if leaf._grad is not gradient:
                gradient.array[...] = 0 if leaf._grad is None else leaf._grad.array
                leaf._grad = gradient
        results = iter(self._run(*[given.array for given in inputs]))
        outputs = each_tensor(lambda output: output.wrap(next(results)), self._outputs)
        for leaf in self._cleared:
            leaf._grad = None
        for leaf, gradient in self._given:
            leaf._grad = gradient.wrap(next(results))
        for value, _ in self._moved:
            value.array = next(results)
        for value in self._written:
            mark_written(value, "a captured step")
        for i in self._inputs_written:
            mark_written(inputs[i], "a captured step")
        return outputs

    def _check(self) -> None:
        for known in self._outside:
            value, then = known
            if value.array is not then:
                self._check_alike(value.array, then)
                known[1] = value.array
        self._options.check()

    def _check_alike(self, now: Any, then: Any) -> None:
        if (now.shape, now.dtype, type(now)) != (then.shape, then.dtype, type(then)):
            raise CaptureError(
                f"a tensor of shape {then.shape} {then.dtype} that the captured step uses is now "
                f"of shape {now.shape} {now.dtype}, on the {device_of(now)}; capture the step "
                "again, with jit.trace(step)"
            )


def _among(values: Sequence[Any], value: Any) -> bool:
    return any(value is other for other in values)  # `in` would compare elements


class _StepProgram(Program):
    """A program that also knows the Tensors from outside of the step that it meets."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: dict[int, Value] = {}  # by id
        self._now: dict[int, Symbol] = {}  # what each of them holds, at this place in the program
        self._foreign: set[int] = set()  # the arrays with memory that is not the program's
        self._returned: list[str] = []

    # -- while the step runs on placeholders

    def argument(self, name: str, array: Any) -> Symbol:
        """The symbol of an array that the program has not made."""
        self._foreign.add(id(owner(array)))
        return self.symbol(name, array)

    def read(self, value: Value) -> Symbol:
        """``value.array``, as a placeholder."""
        array = vars(value)["array"]
        if isinstance(array, Symbol):
            return array
        if id(value) not in self.outside:
            if on_gpu(array):
                raise DeviceError(
                    "jit.trace: the step uses a Tensor on the gpu; trace is for the CPU"
                )
            self._now[id(value)] = self.argument(f"p{len(self.outside)}", array)
            self.outside[id(value)] = value
        return self._now[id(value)]

    def store(self, value: Value, array: Any) -> None:
        """``value.array = array``."""
        if not isinstance(array, Symbol):  # made by NumPy in the step: the same, anew, each time
            array = self.made(f"{self.constant(array)}.copy()", array.copy())
        if isinstance(vars(value).get("array", array), Symbol):
            vars(value)["array"] = array
        else:  # a Tensor from outside
            self.read(value)
            self._now[id(value)] = array

    # -- afterwards

    def moved(self) -> list[Value]:
        """The Tensors from outside that the step has given another array."""
        first = [f"p{i}" for i in range(len(self.outside))]
        return [
            value
            for p, (key, value) in zip(first, self.outside.items())
            if self._now[key].name != p
        ]

    def returned(self, value: Value) -> Value:
        """An empty Tensor, for the array of `value` as the program will return it."""
        symbol = self.read(value)
        foreign = isinstance(symbol.like, np.ndarray) and id(owner(symbol.like)) in self._foreign
        self._returned.append(f"{symbol.name}.copy()" if foreign else symbol.name)
        return value.wrap(None)

    def finished(self, arguments: int) -> tuple[str, Callable[..., Sequence[Any]]]:
        """The program as text, and as a function of `arguments` arrays."""
        tensors = {f"t{i}": value for i, value in enumerate(self.outside.values())}
        reads = [
            f"p{i} = t{i}.array  # {shape_of(value.array)}"
            for i, value in enumerate(tensors.values())
        ]
        nested = _nested(self.lines, self._returned, self.sums)
        lines = [*reads, *_freeing(nested, self._returned)]
        if self.quiet:
            lines = ["with np.errstate(all='ignore'):", *[f"    {line}" for line in lines]]
        head = f"def step({', '.join(f'x{i}' for i in range(arguments))}):"
        lines = [head, *lines, f"return [{', '.join(self._returned)}]"]
        code = _renumbered("\n    ".join(lines)) + "\n"
        names = {"np": np, **self.constants, **tensors}
        exec(compile(code, "<traced step>", "exec"), names)
        return self._legend() + code, names["step"]

    def _legend(self) -> str:
        """What the constants are, in comments."""
        arrays = {name: c for name, c in self.constants.items() if hasattr(c, "dtype")}
        return "".join(f"# {name}: {shape_of(c)} {c.dtype}\n" for name, c in arrays.items())


_VARIABLE = re.compile(r"\bv\d+\b")
_MADE = re.compile(r"(v\d+) = (.*?)(  # .*)?")


def _nested(lines: Sequence[str], returned: Sequence[str], sums: set[str]) -> list[str]:
    """`lines`, with what is used only once, and in the very next line, written right there.

    In brackets, if it is one of the `sums` and not alone there.
    """
    uses = Counter(_VARIABLE.findall(" ".join([*lines, *returned])))
    nested: list[str] = []
    for line in lines:
        made = _MADE.fullmatch(nested[-1]) if nested else None
        used = _VARIABLE.findall(line)[0 if line[0] != "v" else 1 :]  # not what is written to
        if made and uses[made[1]] == 2 and made[1] in used:
            nested.pop()
            alone = re.search(rf"(=|\(|, ) ?{made[1]}(  #|\)|,|$)", line)
            text = made[2] if alone or made[1] not in sums else f"({made[2]})"
            line = re.sub(rf"\b{made[1]}\b", text, line)
        nested.append(line)
    return nested


def _renumbered(code: str) -> str:
    """`code`, with its variables counted as they come."""
    names = {name: f"v{i}" for i, name in enumerate(dict.fromkeys(_VARIABLE.findall(code)))}
    return _VARIABLE.sub(lambda found: names[found[0]], code)


def _freeing(lines: Sequence[str], returned: Sequence[str]) -> list[str]:
    """`lines`, with a ``del`` after the last one that speaks of a variable not to be `returned`."""
    done = set(_VARIABLE.findall(" ".join(returned)))
    freeing: list[str] = []
    for line in reversed(lines):
        last = sorted(set(_VARIABLE.findall(line)) - done, key=lambda name: int(name[1:]))
        done.update(last)
        freeing += [f"del {', '.join(last)}"] * bool(last) + [line]
    return freeing[::-1]


class _Array:
    """In the place of ``Value.array`` while this thread traces a step: a placeholder for it."""

    def __init__(self, program: _StepProgram) -> None:
        self._program, self._thread = program, threading.get_ident()

    def __get__(self, value: Value, kind: type) -> Any:
        traced = threading.get_ident() == self._thread
        return self._program.read(value) if traced else vars(value)["array"]

    def __set__(self, value: Value, array: Any) -> None:
        if threading.get_ident() == self._thread:
            self._program.store(value, array)
        else:
            vars(value)["array"] = array


def _unheard(kind: str, flag: int) -> None:
    pass


@contextmanager
def _placeholders(program: _StepProgram) -> Iterator[None]:
    """Inside, every Tensor holds a placeholder instead of its array."""
    Value.array = _Array(program)
    tracing.active = True
    try:
        with np.errstate(all="call", call=_unheard):  # the values behind placeholders mean nothing
            yield
    finally:
        tracing.active = False
        del Value.array  # type: ignore[misc]
