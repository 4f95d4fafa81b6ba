"""Written by tests/stubs.py: what tinygrad_lr.errors offers, for type checkers and editors."""

import builtins
from collections.abc import Callable
from collections.abc import Sequence
from tinygrad_lr.device import Shape
from tinygrad_lr.wording import Worded
from typing import Any

class ArgumentError(Worded, ValueError, RuntimeError):
    """An argument has a value that it cannot have.

    (PyTorch raises RuntimeError, Python and NumPy ValueError: this is both. So with those below.)

    >>> tg.zeros(2, 3).flatten(1, 0)
    Traceback (most recent call last):
    tinygrad_lr.errors.ArgumentError: flatten: start_dim 1 comes after end_dim 0
    """

    ...

class ShapeError(ArgumentError):
    """Shapes do not fit.

    >>> tg.zeros(2) + tg.zeros(3)
    Traceback (most recent call last):
    tinygrad_lr.errors.ShapeError: add: a has shape (2,), b has shape (3,); they do not ...
    """

    ...

class DtypeError(Worded, TypeError, RuntimeError):
    """Dtypes do not fit, or an operation does not take this one.

    >>> -tg.tensor([True])
    Traceback (most recent call last):
    tinygrad_lr.errors.DtypeError: neg: cannot compute with booleans; for the opposite ...
    """

    ...

class ArrayError(Worded, TypeError, RuntimeError):
    """What computes on arrays was given a Tensor, or what gives an array has not.

    >>> tg.ones(2, requires_grad=True).numpy()
    Traceback (most recent call last):
    tinygrad_lr.errors.ArrayError: Can't call numpy() on Tensor that requires grad. Use ...
    """

    ...

class PlaceError(Worded, IndexError, RuntimeError):
    """There is nothing at a place: no such element, or no element at all.

    >>> tg.zeros(0).max()
    Traceback (most recent call last):
    tinygrad_lr.errors.PlaceError: max: there is nothing to choose from in a tensor of shape (0,)
    """

    ...

class NoIndex(Worded, IndexError, TypeError):
    """What stands between the brackets of ``x[...]`` picks nothing, whatever its value.

    >>> tg.zeros(3)["a"]
    Traceback (most recent call last):
    tinygrad_lr.errors.NoIndex: index: expected integers, slices, lists, ..., got str
    """

    ...

class NumberError(ArgumentError, OverflowError):
    """A number does not fit into a dtype. (PyTorch raises one of the three.)

    >>> tg.tensor([300], dtype=tg.uint8)
    Traceback (most recent call last):
    tinygrad_lr.errors.NumberError: tensor: uint8 holds integers from 0 to 255, ...
    """

    ...

class ExportError(Worded, BufferError, RuntimeError):
    """The memory of a tensor cannot be shared with another library.

    >>> np.from_dlpack(tg.ones(2, requires_grad=True))
    Traceback (most recent call last):
    tinygrad_lr.errors.ExportError: Can't export tensors that require gradient, use ...
    """

    ...

class SingularError(ArgumentError):
    """A matrix has no inverse, or no other part that was asked for.

    >>> tg.linalg.inv(tg.zeros(2, 2))
    Traceback (most recent call last):
    tinygrad_lr.errors.SingularError: inv: the matrix, or one of them, is singular: ...
    """

    ...

class solvable:
    """In this block, of the operation `name`, what has no solution is a SingularError."""
    def __init__(self, name: str) -> None: ...
    def __enter__(self) -> None: ...
    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None: ...

INSTEAD: builtins.dict[Any, Any]

def check_devices(operation: str, names: Sequence[str], arrays: Sequence[object]) -> None:
    """Refuse arrays on different devices: which one is where, by the names of the arguments."""

def argument_names(function: Callable[..., Any], arguments: Sequence[object]) -> list[str]:
    """What a function calls its `arguments`."""

def argument_name(function: Callable[..., Any], i: int) -> str:
    """What a function calls its argument number `i`."""

def explained(
    error: Exception, operation: str, names: Sequence[str], arrays: Sequence[Any], needs: str
) -> Exception:
    """The error to raise instead of `error`, NumPy's, when `operation` could not compute.

    It names the shapes (or dtypes) of the arguments, and what they would need to be.
    """

def no_booleans(operation: str) -> DtypeError:
    """The error for an `operation` that computes with numbers, and was given booleans."""

def too_large(operation: str) -> NumberError:
    """The error for a Python integer that no dtype holds."""

def out_of_memory(
    error: MemoryError, operation: str, names: Sequence[str], arrays: Sequence[Any]
) -> Exception:
    """The error for an `operation` whose result finds no room: how large its arguments are."""

def check_rule(op: Any, i: int, gradient: Any, wanted: object, record: bool) -> None:
    """Refuse what rule `i` of an Op gave, if it is of no `wanted` dtype, or no Tensor to record.

    Or no plain array, if nothing is recorded.
    """

def checked_name(name: object, forward: object, rules: Sequence[object]) -> str:
    """The `name` of a new Op; TypeError if it is none, or one of its functions is no function."""

def computed(output: Any, op: Any) -> Any:
    """`output`, what the forward function of an Op gave; TypeError if it is no array of numbers."""

def wrong_shape(op: Any, i: int, got: object, wanted: Shape) -> Exception:
    """The error for a gradient rule of an Op whose result cannot be a gradient of its argument."""

class Overwritten:
    """Stands in for an array that was changed, in place or by .data, after an operation saw it.

    Many gradient rules never look at their arguments, or ask for a shape only (add, sum, reshape):
    they get what they need. A rule that does look gets the error that explains what happened.
    """
    def __init__(self, value: Any, op: Any, i: int | None, by: str) -> None:
        """For `value`, argument number `i` of an Op, or (None) its result."""
    def __add__(self, *args: object, **kwargs: object) -> Any: ...
    def __radd__(self, *args: object, **kwargs: object) -> Any: ...
    def __sub__(self, *args: object, **kwargs: object) -> Any: ...
    def __rsub__(self, *args: object, **kwargs: object) -> Any: ...
    def __mul__(self, *args: object, **kwargs: object) -> Any: ...
    def __rmul__(self, *args: object, **kwargs: object) -> Any: ...
    def __neg__(self, *args: object, **kwargs: object) -> Any: ...
    def __matmul__(self, *args: object, **kwargs: object) -> Any: ...
    def __truediv__(self, *args: object, **kwargs: object) -> Any: ...
    def __rtruediv__(self, *args: object, **kwargs: object) -> Any: ...
    def __pow__(self, *args: object, **kwargs: object) -> Any: ...
    def __rpow__(self, *args: object, **kwargs: object) -> Any: ...
    def __rmatmul__(self, *args: object, **kwargs: object) -> Any: ...
    def __abs__(self, *args: object, **kwargs: object) -> Any: ...
    def __getitem__(self, *args: object, **kwargs: object) -> Any: ...
    def __lt__(self, *args: object, **kwargs: object) -> Any: ...  # type: ignore[misc]
    def __le__(self, *args: object, **kwargs: object) -> Any: ...  # type: ignore[misc]
    def __gt__(self, *args: object, **kwargs: object) -> Any: ...  # type: ignore[misc]
    def __ge__(self, *args: object, **kwargs: object) -> Any: ...  # type: ignore[misc]
    def __eq__(self, *args: object, **kwargs: object) -> Any: ...  # type: ignore[override]
    def __ne__(self, *args: object, **kwargs: object) -> Any: ...  # type: ignore[override]
    def __invert__(self, *args: object, **kwargs: object) -> Any: ...
    def __and__(self, *args: object, **kwargs: object) -> Any: ...
    def __or__(self, *args: object, **kwargs: object) -> Any: ...
    def __array__(self, *args: object, **kwargs: object) -> Any: ...
    def __array_ufunc__(self, *args: object, **kwargs: object) -> Any: ...
    def __array_function__(self, *args: object, **kwargs: object) -> Any: ...
    def __len__(self, *args: object, **kwargs: object) -> Any: ...
    def __bool__(self, *args: object, **kwargs: object) -> Any: ...
    def __float__(self, *args: object, **kwargs: object) -> Any: ...
    def __hash__(self) -> builtins.int: ...
    def explain(self, *args: object, **kwargs: object) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...

class Forgotten(Overwritten):
    """Stands in for an array that a first backward has freed."""
    def __init__(self, shape: Shape, dtype: Any, operation: str) -> None:
        """For an array that `operation` kept."""

def forgotten(op: Any, args: Sequence[Any] | None, g: Any) -> list[Any]:
    """Stand-ins for what an Op's rules were given: the arguments, and the output, of g's shape.

    Of an argument only the shape is known, and that it is of g's dtype, or else (shape, dtype).
    Raises RuntimeError if not even that is known.
    """

def freed(operation: str) -> RuntimeError:
    """The error for going back through an operation a second time."""

def in_rule(error: Exception, node: Any, i: int, given: Sequence[Any], record: bool) -> Exception:
    """The error to raise instead of `error`, of rule `i` of a Node that was called with `given`.

    With `record`, these were Tensors.
    """

def only_on_arrays(op: Any, i: int, why: object) -> ArrayError:
    """The error for a gradient rule of an Op that cannot run on Tensors."""

def not_followed(caller: str, recording: bool) -> RuntimeError:
    """The error for the gradient of a constant."""

def no_scalar(caller: str, shape: Shape) -> RuntimeError:
    """The error for going back from many numbers, without a gradient for each."""

def not_a_tensor(caller: str, given: object) -> TypeError:
    """The error for something that should be a Tensor."""

def check_gradient(gradient: Any, output: Any, caller: str) -> None:
    """Refuse `gradient`, which a caller passed for the Tensor `output`, if it cannot be one."""

def leaf_changed(gradient: Shape, shape: Shape) -> ShapeError:
    """The error for a leaf that has another shape than when it was used."""

def as_list(inputs: Any, caller: str) -> list[Any]:
    """`inputs`, which should be Tensors, as a list."""

def check_targets(edges: Sequence[object], caller: str) -> None:
    """Refuse inputs that have no gradient, by their `edges`, or that there are none."""

def unused_input(i: int, shape: Shape) -> RuntimeError:
    """The error for the gradient with respect to something that was not used."""

def no_results(caller: str, given: object) -> TypeError:
    """The error for going back from something that is no Tensor."""

def not_as_many(caller: str, tensors: int, gradients: int) -> RuntimeError:
    """The error for lists of tensors and gradients that are not equally long."""
