"""A program of NumPy calls, written down by placeholders that stand in for arrays.

A Symbol can be computed with like a NumPy array: NumPy asks it first (``__array_ufunc__``,
``__array_function__``), and it notes the call as a line of Python and gives a Symbol for the
result. What it cannot note it refuses, so nothing is missing from a program that was written to the
end. trace.py makes a training step of it.
"""

from __future__ import annotations

import math
import operator
import re
import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..capture.noting import refusal
from ..capture.situation import Unchanged
from ..capture.step import refuse_kept
from ..capture.words import CaptureError
from ..device import Array, count_as_array
from ..dtypes import DType
from ..graph import Value
from ..sums import total
from ..versions import owner
from .lines import LARGE, Large

INFIX = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.true_divide: "/",
    np.power: "**",
    np.matmul: "@",
    np.equal: "==",
    np.not_equal: "!=",
    np.less: "<",
    np.less_equal: "<=",
    np.greater: ">",
    np.greater_equal: ">=",
    np.bitwise_and: "&",
    np.bitwise_or: "|",
}
ARITHMETIC = {"+", "-", "*", "/"}
BY_PYTHON = {np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul}
IN_PLACE = ARITHMETIC | {"**", "@", "&", "|"}

# What can be noted besides ufuncs: of none does the shape of the result depend on values, and none
# writes into what it is given.
METHODS = {"all", "any", "argmax", "argmin", "argsort", "astype", "clip", "copy", "cumprod"}
METHODS |= {"cumsum", "flatten", "max", "mean"}
METHODS |= {"min", "prod", "ravel", "reshape", "squeeze", "std", "sum", "swapaxes", "take"}
METHODS |= {"transpose", "var", "view"}
# How many arguments they take, the array among them, before `out`, which is written to.
BEFORE_OUT = {"all": 2, "any": 2, "argmax": 2, "argmin": 2, "clip": 3, "concatenate": 2, "max": 2}
BEFORE_OUT |= {
    "cumprod": 3,
    "cumsum": 3,
    "mean": 3,
    "min": 2,
    "prod": 3,
    "stack": 2,
    "std": 3,
    "sum": 3,
    "take": 3,
    "var": 3,
}
FUNCTIONS = {np.broadcast_to, np.clip, np.concatenate, np.copy, np.empty_like, np.expand_dims}
FUNCTIONS |= {np.full_like, np.ones_like, np.stack, np.where, np.zeros_like}
FUNCTIONS |= {np.einsum, np.flip, np.roll, np.tile, np.tril, np.triu}

PACKAGE = __name__.partition(".")[0] + "."
RESERVED = re.compile(
    r"\b([a-z]\d+|np|step|total|wrap|written)\b"
)  # what a program calls its own things


class Symbol(NDArrayOperatorsMixin):
    """An array in a program: its name there, and an array `like` it to ask for its shape."""

    def __init__(self, program: Program, name: str, like: Any) -> None:
        self.program, self.name, self.like = program, name, like
        self.base: Symbol | None = None  # of what shows the memory of another, that one

    shape = property(lambda self: self.like.shape)
    dtype = property(lambda self: self.like.dtype)
    ndim = property(lambda self: self.like.ndim)
    size = property(lambda self: self.like.size)
    nbytes = property(lambda self: self.like.nbytes)
    flags = property(lambda self: np.asarray(self.like).flags)
    T = property(lambda self: self.program.made(f"{self.name}.T", self.like.T))

    def __len__(self) -> int:
        return len(self.like)

    def constant(self, array: Array) -> Symbol:
        return self.program.symbol(self.program.constant(array), array)

    def check_values(self, check: Callable[..., None], args: Sequence[Any]) -> None:
        program = self.program
        if not [arg for arg in args if isinstance(arg, Symbol) and program.is_stale(arg)]:
            program.do(check, *args)
        program.note(program.called(program.constant(check), args, {}))
        program.checks += 1

    def total(self, axis: Any, keepdims: bool) -> Symbol:
        program, options = self.program, {"axis": axis, "keepdims": keepdims}
        text = program.called("total", (self,), options)
        return program.made(text, program.do(total, self, **options))

    def fill(self, value: object) -> None:
        self[...] = value

    def __deepcopy__(self, memo: object) -> Symbol:
        return self.program.method(self, "copy")()  # as an array does

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if any(isinstance(given, Value) for given in inputs):
            return NotImplemented  # a Tensor computes that itself
        return self.program.ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        finds_places = function is np.where and len(args) == 1
        if function not in FUNCTIONS or finds_places:
            raise _unknown(f"np.{function.__name__}")
        return self.program.call(f"np.{function.__name__}", function, args, options)

    def __getitem__(self, index: object) -> Symbol:
        for part in index if isinstance(index, tuple) else (index,):
            if isinstance(part, (Symbol, np.ndarray)) and part.dtype.kind == "b":
                raise refusal("pick by NumPy's mask")
        program = self.program
        like = program.do(operator.getitem, self, index)
        return program.made(f"{self.name}[{program.index(index)}]", like)

    def __setitem__(self, index: object, value: object) -> None:
        program = self.program
        line = f"{self.name}[{program.index(index)}] = {program.text(value)}"
        program.write(self, line, lambda array: program.do(operator.setitem, array, index, value))

    def __getattr__(self, name: str) -> Any:
        if name in METHODS:
            return self.program.method(self, name)
        if name.startswith("__") or not hasattr(np.ndarray, name):
            raise AttributeError(name)
        raise _asked() if name in ("item", "tolist", "tobytes") else _unknown(f"ndarray.{name}")

    def _refuse(self, *args: object, **options: object) -> Any:
        raise _asked()

    __bool__ = __int__ = __float__ = __index__ = __complex__ = __iter__ = __array__ = _refuse
    __contains__ = __round__ = __format__ = __repr__ = _refuse

    __array_interface__ = property(_refuse)
    __hash__ = object.__hash__  # == gives a Symbol, so a dict must go by identity


count_as_array(Symbol)


class Rate(Symbol):
    """A learning rate, which the program reads each time: a Python number, that arrays meet.

    What is computed of it and other numbers is one of Python's again.
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if [i for i in inputs if isinstance(i, Symbol) and not isinstance(i, Rate)]:
            return super().__array_ufunc__(ufunc, method, *inputs, **options)
        known = ufunc in BY_PYTHON and method == "__call__" and not options
        if not known or [i for i in inputs if not isinstance(i, (Rate, int, float))]:
            raise refusal("compute with a rate")
        return self.program.number(ufunc, inputs)


def _asked() -> CaptureError:
    return refusal("ask for a value")


def _unknown(what: str) -> CaptureError:
    return refusal("use", what)


def _same_contents(one: object, other: Any) -> bool:
    return not isinstance(one, np.ndarray) or one.tobytes() == other.tobytes()


def copy_in_order(array: np.ndarray) -> np.ndarray:
    """A copy whose elements lie in memory in the same order, also where that runs backwards.

    (NumPy adds up in the order of the memory, so another order may round another way.) What
    `array` shows twice, the copy shows twice.
    """
    once = tuple(slice(1) if stride == 0 else slice(None) for stride in array.strides)
    back = tuple(slice(None, None, -1 if stride < 0 else 1) for stride in array.strides)
    return np.broadcast_to(array[once][back].copy(order="K")[back], array.shape)


def shape_of(array: Any) -> str:
    """A shape, for a comment."""
    return " x ".join(map(str, array.shape)) or "one number"


class Program:
    """The lines written so far, and the things they speak of."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._originals: dict[str, Any] = {}  # of which the constants may be copies
        self._numbers: dict[tuple[str, Any], Any] = {}  # constants of no dimensions
        self.infix: set[str] = set()  # the results that are written with an operator
        self.memory: dict[str, str] = {}  # of a result, the name of what owns its memory
        self.large: dict[str, Large] = {}
        self.foreign: set[int] = set()  # the arrays with memory that is not the program's
        self._stale: set[int] = set()  # those of them that the program would have written to
        # The symbols of what owns memory, by its id. What the step needs no longer goes here too:
        # all results together would be several times the memory that a step takes.
        self._owners: weakref.WeakValueDictionary[int, Symbol] = weakref.WeakValueDictionary()
        self._kept: list[Any] = []  # so that the ids in `foreign` and `_shared` stay their own
        self._results = 0
        self.checks = 0  # how many may end the program
        self._errstate = ""  # how the step has asked NumPy to warn, at the last line
        self._symbols: list[weakref.ref[Symbol]] = []
        self._is_over = False
        self._filters = warnings.filters  # another list within catch_warnings()
        self._shared: dict[int, Unchanged] = {}  # arrays of NumPy's, by the id of our copy's memory
        self._written_shared: list[Unchanged] = []

    def note(self, line: str) -> None:
        """Add a line; in a ``with np.errstate(...)``, if the step is in one."""
        if self._is_over:
            raise refusal("use after the capture")
        if warnings.filters is not self._filters:
            raise refusal("look for warnings")
        said = [f"{kind}={how!r}" for kind, how in np.geterr().items() if how != "call"]
        if ", ".join(said) != self._errstate:
            self._errstate = ", ".join(said)
            self.lines += [f"with np.errstate({self._errstate}):"] if said else []
        self.lines.append(f"    {line}" if said else line)

    # What is noted is also done, on the arrays behind the symbols, to see the shape of the result.
    # But nothing is written to memory from outside the program.

    def do(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """``function(*args)``, with the arrays behind the symbols.

        If that raises an error, it may be for the values: then the step must not catch it.
        """
        try:
            return function(*self.likes(args), **self.likes(options))
        except Exception as error:
            is_check = (getattr(function, "__module__", None) or "").startswith(PACKAGE)
            if isinstance(error, IndexError) and self._stale and not is_check:
                raise refusal("write an index", error) from None
            refusal("catch an error", type(error).__name__)  # is raised if this one is caught
            raise

    def made(self, text: str, like: Array, **how: Any) -> Symbol:
        """The result of a line: `text` computes it. See Large for `how`."""
        name = f"v{self._results}"
        self._results += 1
        self.note(f"{name} = {text}  # {shape_of(like)}")
        new = self.symbol(name, like)
        memory = new if new.base is None else new.base
        self.memory[name] = memory.name
        if isinstance(like, np.ndarray) and like.nbytes == memory.nbytes >= LARGE:
            self.large[name] = Large((like.shape, like.strides, like.dtype), **how)
        return new

    def number(self, ufunc: Any, inputs: Sequence[Any]) -> Rate:
        """The result of a line that computes with learning rates and numbers."""
        name = f"v{self._results}"
        self._results += 1
        self.infix.add(name)
        self.note(f"{name} = {f' {INFIX[ufunc]} '.join(self._operands('', inputs))}")
        return Rate(self, name, BY_PYTHON[ufunc](*self.likes(inputs)))

    def call(self, name: str, function: Callable[..., Any], args: Any, options: Any) -> Symbol:
        """Note the call of `function`, which is `name` in the program."""
        thing, short = name.split(".")
        places = len(args) + (thing != "np")
        if options.get("out") is not None or places > BEFORE_OUT.get(short, places):
            raise _unknown(f"{short}(..., out=...)")
        return self.made(self.called(name, args, options), self.do(function, *args, **options))

    def method(self, of: Symbol, name: str) -> Callable[..., Symbol]:
        """The method `name` of an array."""
        return lambda *args, **options: self.call(
            f"{of.name}.{name}", getattr(of.like, name), args, options
        )

    def ufunc(self, ufunc: Any, method: str, inputs: Any, options: dict[str, Any]) -> Any:
        """Note the call of a NumPy function of elements; or of its `method`, such as reduce."""
        is_numpys = getattr(np, ufunc.__name__, None) is ufunc
        name = f"np.{ufunc.__name__}" if is_numpys else self.constant(ufunc)
        name += f".{method}" if method != "__call__" else ""
        if ufunc.nout != 1:
            raise _unknown(name)
        do = getattr(ufunc, method)
        if method == "at":
            line = self.called(name, inputs, options)
            return self.write(
                inputs[0], line, lambda array: self.do(do, array, *inputs[1:], **options)
            )
        (out,) = options.pop("out", (None,))
        infix = INFIX.get(ufunc) if method == "__call__" and not options else None
        if out is not None and not (isinstance(out, Symbol) and isinstance(out.like, np.generic)):
            if infix in IN_PLACE and out is inputs[0]:
                line = f" {infix}= ".join(self._operands(infix, inputs))
            else:
                line = self.called(name, inputs, {**options, "out": out})
            return self.write(out, line, lambda array: self.do(do, *inputs, **options, out=array))
        # Without out; or it is a bare number, to which x += y only gives another one, x + y.
        like = self.do(do, *inputs, **options)
        operands = [*map(self.text, inputs)] if infix is None else self._operands(infix, inputs)
        how: dict[str, Any] = {}
        if is_numpys and method == "__call__" and not options and not ufunc.signature:
            how = {"ufunc": name, "infix": infix if infix in IN_PLACE else "", "operands": operands}
        if infix is None:
            return self.made(self.called(name, inputs, options), like, **how)
        self.infix.add(f"v{self._results}")
        return self.made(f" {infix} ".join(operands), like, **how)

    def _operands(self, infix: str, inputs: Sequence[object]) -> list[str]:
        """What stands on the two sides of an operator, as text."""
        given = self._in_one_dtype(inputs) if infix in ARITHMETIC else inputs
        return [f"({text})" if text[0] == "-" else text for text in map(self.text, given)]

    def _in_one_dtype(self, inputs: Sequence[Any]) -> Sequence[Any]:
        """`inputs`, with a Python number as an array of no dimensions: the call is 0.2 us faster.

        Only where NumPy itself would give it the dtype of the array beside it.
        """
        arrays = [i for i in inputs if isinstance(i, Symbol) and isinstance(i.like, np.ndarray)]
        if len(arrays) != 1:
            return inputs
        dtype = arrays[0].dtype
        numbers = {"f": (int, float), "i": (int,)}.get(dtype.kind, ())
        return [self._number(i, dtype) if type(i) in numbers else i for i in inputs]

    def _number(self, value: float, dtype: DType) -> Any:
        try:
            with np.errstate(over="raise"):
                number = np.asarray(value, dtype)
                number.flags.writeable = False  # so that it need not be copied
        except (OverflowError, FloatingPointError):  # NumPy has its say about it, each time
            return value
        return self._numbers.setdefault((repr(value), dtype), number)

    def write(self, target: object, line: str, do: Callable[[Any], Any]) -> Any:
        """Note a line that writes into `target`; ``do(array)`` writes into an array like it."""
        if not isinstance(target, Symbol):
            raise refusal("write into NumPy's array")
        if isinstance(target.like, np.generic):
            raise refusal("write into a number")
        if id(owner(target.like)) in self._shared:
            self._written_shared.append(self._shared[id(owner(target.like))])
        if id(owner(target.like)) in self.foreign:
            self._stale.add(id(owner(target.like)))
            do(target.like.copy())  # or it says why not
        else:
            do(target.like)
        self.note(line)
        return target

    def has_written(self, memory: Array | None) -> bool:
        """Whether the program writes to this memory, which is not its own."""
        return id(memory) in self._stale

    def is_stale(self, symbol: Symbol) -> bool:
        """Whether the values behind `symbol` are not those that it will have."""
        return isinstance(symbol.like, np.ndarray) and id(owner(symbol.like)) in self._stale

    # Arrays are told apart by the memory they show: `base` of a symbol is the symbol of its owner.

    def symbol(self, name: str, like: Any) -> Symbol:
        """The symbol of an array that is called `name` in the program."""
        new = Symbol(self, name, like)
        self._symbols.append(weakref.ref(new))
        memory = like if isinstance(like, np.generic) else owner(like)
        if memory is like:
            self._owners.setdefault(id(like), new)
        found = self._owners.get(id(memory))
        if found is not new:
            new.base = self.symbol("", memory) if found is None else found
        return new

    def arrays_used(self) -> list[Array]:
        """The arrays from outside, not of Tensors, of which the program has copies."""
        return [
            original
            for name, original in self._originals.items()
            if isinstance(original, np.ndarray) and self.constants[name] is not original
        ]

    def forget(self) -> None:
        """Let go of the symbols, which refer to the program in turn. Nothing more is noted."""
        self._is_over = True
        self._owners.clear()
        self._kept.clear()
        self._originals.clear()
        for array in self._shared.values():
            array.let_go()
        self._shared.clear()

    def copy_of(self, array: Array) -> Symbol:
        """A copy of an array that NumPy has made in the step, or outside; anew each time."""
        name = self.constant(array)
        in_order = array.flags.c_contiguous
        text = f"{name}.copy()" if in_order else f"{self.constant(copy_in_order)}({name})"
        new = self.made(text, array.copy() if in_order else copy_in_order(array))
        self._shared[id(owner(new.like))] = Unchanged(array)
        self._kept.append(new.like)
        return new

    def refuse_written(self) -> None:
        """Raise CaptureError if the step has written to an array that somebody else has.

        The program writes to a copy of it.
        """
        if any(array.is_kept() for array in self._written_shared):
            raise refusal("share memory with NumPy", "Tensor")

    def refuse_kept(self) -> None:
        """Raise CaptureError if somebody has kept what stood for an array."""
        refuse_kept(self._symbols, "keep an array")

    # The text of the program.

    def called(self, name: str, args: Sequence[object], options: dict[str, Any]) -> str:
        """A call, as text."""
        given = [self.text(arg) for arg in args]
        for key, value in options.items():
            usual = {"axis": None, "keepdims": False}  # of the methods of an array
            if name.startswith("np.") or key not in usual or value is not usual[key]:
                given.append(f"{key}={self.text(value)}")
        return f"{name}({', '.join(given)})"

    def text(self, value: Any) -> str:
        """An argument, as text."""
        if isinstance(value, Symbol):
            return value.name
        if isinstance(value, list):
            return f"[{', '.join(map(self.text, value))}]"
        if isinstance(value, tuple):
            inside = ", ".join(map(self.text, value)) + ("," if len(value) == 1 else "")
            named = self.constant(type(value)) if hasattr(value, "_fields") else ""
            return f"{named}({inside})"
        if isinstance(value, dict):
            pairs = [f"{self.text(key)}: {self.text(part)}" for key, part in value.items()]
            return f"{{{', '.join(pairs)}}}"
        if isinstance(value, type) and issubclass(value, np.generic):
            value = np.dtype(value)
        if isinstance(value, np.dtype):
            return repr(str(value))
        if type(value) in (bool, int) or value is None:
            return repr(value)
        if type(value) is str and not RESERVED.search(value):
            return repr(value)
        if type(value) is float and math.isfinite(value):
            return repr(value)
        return self.constant(value)

    def index(self, index: object) -> str:
        """What stands in brackets, as text."""
        if isinstance(index, tuple):
            return ", ".join(map(self._place, index)) + ("," if len(index) == 1 else "") or "()"
        return self._place(index)

    def _place(self, index: object) -> str:
        """One of the places in brackets, as text."""
        if index is Ellipsis:
            return "..."
        if not isinstance(index, slice):
            return self.text(index)
        start, stop, step = (
            "" if end is None else self.text(end) for end in (index.start, index.stop, index.step)
        )
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"

    def constant(self, value: Any) -> str:
        """The name of something that is the same each time."""
        for name, known in self._originals.items():
            if known is value and _same_contents(self.constants[name], value):
                return name
        short = getattr(value, "__name__", "").lstrip("_")
        free = (
            short.isidentifier() and not RESERVED.fullmatch(short) and short not in self.constants
        )
        name = short if free else f"c{len(self.constants)}"
        self._originals[name] = value  # who may go on changing it
        changing = isinstance(value, np.ndarray) and owner(value).flags.writeable
        self.constants[name] = copy_in_order(value) if changing else value
        return name

    def likes(self, value: Any) -> Any:
        """`value`, with the arrays behind the symbols in it."""
        if isinstance(value, Symbol):
            return value.like
        if isinstance(value, (tuple, list)):
            return type(value)(map(self.likes, value))
        if isinstance(value, dict):
            return {name: self.likes(part) for name, part in value.items()}
        return value
