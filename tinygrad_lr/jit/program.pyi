"""Written by tests/stubs.py: what tinygrad_lr.jit.program offers, for type checkers and editors."""

import builtins
from collections.abc import Callable
from collections.abc import Sequence
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
import re
from tinygrad_lr.device import Array
from typing import Any

INFIX: builtins.dict[Any, Any]
ARITHMETIC: builtins.set[Any]
BY_PYTHON: builtins.dict[Any, Any]
IN_PLACE: builtins.set[Any]
METHODS: builtins.set[Any]
BEFORE_OUT: builtins.dict[Any, Any]
FUNCTIONS: builtins.set[Any]
PACKAGE: builtins.str
RESERVED: re.Pattern[str]

class Symbol(NDArrayOperatorsMixin):
    """An array in a program: its name there, and an array `like` it to ask for its shape."""
    def __init__(self, program: Program, name: str, like: Any) -> None: ...
    @property
    def shape(self) -> Any: ...
    @property
    def dtype(self) -> Any: ...
    @property
    def ndim(self) -> Any: ...
    @property
    def size(self) -> Any: ...
    @property
    def nbytes(self) -> Any: ...
    @property
    def flags(self) -> Any: ...
    @property
    def T(self) -> Any: ...
    def __len__(self) -> int: ...
    def constant(self, array: Array) -> Symbol: ...
    def check_values(self, check: Callable[..., None], args: Sequence[Any]) -> None: ...
    def total(self, axis: Any, keepdims: bool) -> Symbol: ...
    def fill(self, value: object) -> None: ...
    def __deepcopy__(self, memo: object) -> Symbol: ...
    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any: ...
    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any: ...
    def __getitem__(self, index: object) -> Symbol: ...
    def __setitem__(self, index: object, value: object) -> None: ...
    def __getattr__(self, name: str) -> Any: ...
    def __bool__(self, *args: object, **options: object) -> Any: ...
    def __int__(self, *args: object, **options: object) -> Any: ...
    def __float__(self, *args: object, **options: object) -> Any: ...
    def __index__(self, *args: object, **options: object) -> Any: ...
    def __complex__(self, *args: object, **options: object) -> Any: ...
    def __iter__(self, *args: object, **options: object) -> Any: ...
    def __array__(self, *args: object, **options: object) -> Any: ...
    def __contains__(self, *args: object, **options: object) -> Any: ...
    def __round__(self, *args: object, **options: object) -> Any: ...
    def __format__(self, *args: object, **options: object) -> Any: ...
    def __repr__(self, *args: object, **options: object) -> Any: ...
    @property
    def __array_interface__(self, *args: object, **options: object) -> Any: ...
    def __hash__(self) -> builtins.int: ...

class Rate(Symbol):
    """A learning rate, which the program reads each time: a Python number, that arrays meet.

    What is computed of it and other numbers is one of Python's again.
    """
    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any: ...

def copy_in_order(array: np.ndarray) -> np.ndarray:
    """A copy whose elements lie in memory in the same order, also where that runs backwards.

    (NumPy adds up in the order of the memory, so another order may round another way.) What
    `array` shows twice, the copy shows twice.
    """

def shape_of(array: Any) -> str:
    """A shape, for a comment."""

class Program:
    """The lines written so far, and the things they speak of."""
    def __init__(self) -> None: ...
    def note(self, line: str) -> None:
        """Add a line; in a ``with np.errstate(...)``, if the step is in one."""
    def do(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """``function(*args)``, with the arrays behind the symbols.

        If that raises an error, it may be for the values: then the step must not catch it.
        """
    def made(self, text: str, like: Array, **how: Any) -> Symbol:
        """The result of a line: `text` computes it. See Large for `how`."""
    def number(self, ufunc: Any, inputs: Sequence[Any]) -> Rate:
        """The result of a line that computes with learning rates and numbers."""
    def call(self, name: str, function: Callable[..., Any], args: Any, options: Any) -> Symbol:
        """Note the call of `function`, which is `name` in the program."""
    def method(self, of: Symbol, name: str) -> Callable[..., Symbol]:
        """The method `name` of an array."""
    def ufunc(self, ufunc: Any, method: str, inputs: Any, options: dict[str, Any]) -> Any:
        """Note the call of a NumPy function of elements; or of its `method`, such as reduce."""
    def write(self, target: object, line: str, do: Callable[[Any], Any]) -> Any:
        """Note a line that writes into `target`; ``do(array)`` writes into an array like it."""
    def has_written(self, memory: Array | None) -> bool:
        """Whether the program writes to this memory, which is not its own."""
    def is_stale(self, symbol: Symbol) -> bool:
        """Whether the values behind `symbol` are not those that it will have."""
    def symbol(self, name: str, like: Any) -> Symbol:
        """The symbol of an array that is called `name` in the program."""
    def arrays_used(self) -> list[Array]:
        """The arrays from outside, not of Tensors, of which the program has copies."""
    def forget(self) -> None:
        """Let go of the symbols, which refer to the program in turn. Nothing more is noted."""
    def copy_of(self, array: Array) -> Symbol:
        """A copy of an array that NumPy has made in the step, or outside; anew each time."""
    def refuse_written(self) -> None:
        """Raise CaptureError if the step has written to an array that somebody else has.

        The program writes to a copy of it.
        """
    def refuse_kept(self) -> None:
        """Raise CaptureError if somebody has kept what stood for an array."""
    def called(self, name: str, args: Sequence[object], options: dict[str, Any]) -> str:
        """A call, as text."""
    def text(self, value: Any) -> str:
        """An argument, as text."""
    def index(self, index: object) -> str:
        """What stands in brackets, as text."""
    def constant(self, value: Any) -> str:
        """The name of something that is the same each time."""
    def likes(self, value: Any) -> Any:
        """`value`, with the arrays behind the symbols in it."""
