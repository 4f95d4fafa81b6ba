"""What to say when something does not fit: what was expected, what came, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from numpy import asarray, ndarray
from numpy.linalg import LinAlgError

from .device import (
    DeviceError,
    OutOfMemoryError,
    Shape,
    device_of,
    is_array,
    is_masked,
    on_gpu,
    others,
)
from .wording import Worded, say_nearest


class ArgumentError(Worded, ValueError, RuntimeError):
    """An argument has a value that it cannot have.

    (PyTorch raises RuntimeError, Python and NumPy ValueError: this is both. So with those below.)

    >>> tg.zeros(2, 3).flatten(1, 0)
    Traceback (most recent call last):
    tinygrad_lr.errors.ArgumentError: flatten: start_dim 1 comes after end_dim 0
    """


class ShapeError(ArgumentError):
    """Shapes do not fit.

    >>> tg.zeros(2) + tg.zeros(3)
    Traceback (most recent call last):
    tinygrad_lr.errors.ShapeError: add: a has shape (2,), b has shape (3,); they do not ...
    """


class DtypeError(Worded, TypeError, RuntimeError):
    """Dtypes do not fit, or an operation does not take this one.

    >>> -tg.tensor([True])
    Traceback (most recent call last):
    tinygrad_lr.errors.DtypeError: neg: cannot compute with booleans; for the opposite ...
    """


class ArrayError(Worded, TypeError, RuntimeError):
    """What computes on arrays was given a Tensor, or what gives an array has not.

    >>> tg.ones(2, requires_grad=True).numpy()
    Traceback (most recent call last):
    tinygrad_lr.errors.ArrayError: Can't call numpy() on Tensor that requires grad. Use ...
    """


class PlaceError(Worded, IndexError, RuntimeError):
    """There is nothing at a place: no such element, or no element at all.

    >>> tg.zeros(0).max()
    Traceback (most recent call last):
    tinygrad_lr.errors.PlaceError: max: there is nothing to choose from in a tensor of shape (0,)
    """


class NoIndex(Worded, IndexError, TypeError):
    """What stands between the brackets of ``x[...]`` picks nothing, whatever its value.

    >>> tg.zeros(3)["a"]
    Traceback (most recent call last):
    tinygrad_lr.errors.NoIndex: index: expected integers, slices, lists, ..., got str
    """


class NumberError(ArgumentError, OverflowError):
    """A number does not fit into a dtype. (PyTorch raises one of the three.)

    >>> tg.tensor([300], dtype=tg.uint8)
    Traceback (most recent call last):
    tinygrad_lr.errors.NumberError: tensor: uint8 holds integers from 0 to 255, ...
    """


class ExportError(Worded, BufferError, RuntimeError):
    """The memory of a tensor cannot be shared with another library.

    >>> np.from_dlpack(tg.ones(2, requires_grad=True))
    Traceback (most recent call last):
    tinygrad_lr.errors.ExportError: Can't export tensors that require gradient, use ...
    """


class SingularError(ArgumentError):
    """A matrix has no inverse, or no other part that was asked for.

    >>> tg.linalg.inv(tg.zeros(2, 2))
    Traceback (most recent call last):
    tinygrad_lr.errors.SingularError: inv: the matrix, or one of them, is singular: ...
    """


class solvable:
    """In this block, of the operation `name`, what has no solution is a SingularError."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, LinAlgError):
            what = "singular: its rows depend on each other; pinv and lstsq take such a matrix too"
            if self._name == "cholesky":
                what = "not positive definite, as A.T @ A is where the columns of A are independent"
            raise SingularError(f"{self._name}: the matrix, or one of them, is {what}") from None


# What to do instead, of the operations that do not take every dtype.
_LOGIC = "; it takes booleans, such as a comparison gives (x > 0), or integers"
INSTEAD = {
    "neg": "; for the opposite of a mask use ~mask, for numbers -mask.float()",
    "sub": "; for where two masks differ use a != b, for numbers a.float() - b.float()",
    "pow": "; to raise numbers use a.long() ** b",
    "and": _LOGIC,
    "or": _LOGIC,
    "not": _LOGIC,
    "xor": _LOGIC,
}
_LIBRARYS = "ufunc|numpy|cupy|operands|DType|arrays? |<class"


def _own_words(error: Exception) -> str:
    """The message of `error`; or, if the array library has raised it, a general text."""
    if re.search(_LIBRARYS, str(error)):
        return "; its forward function does not take them together"
    return f"; {error}"


def check_devices(operation: str, names: Sequence[str], arrays: Sequence[object]) -> None:
    """Refuse arrays on different devices: which one is where, by the names of the arguments."""
    if not others:  # there is one device
        return
    places = {name: device_of(a) for name, a in zip(names, arrays) if hasattr(a, "ndim")}
    if len(set(places.values())) > 1:
        where = ", ".join(f"{name} is on {place}" for name, place in places.items())
        raise DeviceError(f"{operation}: {where}; move one with .to()")


def argument_names(function: Callable[..., Any], arguments: Sequence[object]) -> list[str]:
    """What a function calls its `arguments`."""
    return [argument_name(function, i) for i in range(len(arguments))]


def argument_name(function: Callable[..., Any], i: int) -> str:
    """What a function calls its argument number `i`."""
    function = getattr(function, "__wrapped__", function)  # of what a decorator is around
    code = getattr(function, "__code__", None)  # a NumPy ufunc has none
    return code.co_varnames[i] if code and i < code.co_argcount else f"argument {i}"


def explained(
    error: Exception, operation: str, names: Sequence[str], arrays: Sequence[Any], needs: str
) -> Exception:
    """The error to raise instead of `error`, NumPy's, when `operation` could not compute.

    It names the shapes (or dtypes) of the arguments, and what they would need to be.
    """
    if isinstance(error, ArgumentError):  # which has its words already
        return error
    if isinstance(error, MemoryError):
        return out_of_memory(error, operation, names, arrays)
    if "unpack" in str(error):
        return ArrayError(
            f"{operation}: as it has `saves`, its forward function must return two things, the "
            "result and what it saves"
        )
    if isinstance(error, TypeError):
        if re.search(r"\(\) (got|missing|takes)", str(error)):  # called with the wrong keywords
            return TypeError(re.sub(r"[\w.<>]*<lambda>", operation, str(error)))
        kinds = [
            f"{name} of {getattr(a, 'dtype', type(a).__name__)}" for name, a in zip(names, arrays)
        ]
        if "expected a Tensor, got" in str(error):
            return ArrayError(
                f"{operation}: its forward function is given arrays; use NumPy's functions or "
                f"other Ops in it, no functions of Tensors ({error})"
            )
        advice = INSTEAD.get(operation) or _own_words(error)
        return DtypeError(f"{operation}: cannot compute with {' and '.join(kinds)}{advice}")
    if isinstance(error, OverflowError):
        return too_large(operation)
    shapes = [f"{name} has shape {a.shape}" for name, a in zip(names, arrays) if hasattr(a, "ndim")]
    if re.search("too big|too large|[Mm]aximum (?!which)", str(error)):
        return ShapeError(
            f"{operation}: {', '.join(shapes)}; the result would have more dimensions than 64, or "
            "more elements than memory has addresses"
        )
    if re.search("(max|min)imum which has no identity", str(error)):
        needs = needs or "of no elements none is the largest, nor the smallest"
    return ShapeError(
        f"{operation}: {', '.join(shapes)}" + (f"; {needs}" if needs else _own_words(error))
    )


def no_booleans(operation: str) -> DtypeError:
    """The error for an `operation` that computes with numbers, and was given booleans."""
    advice = INSTEAD.get(operation, "; for numbers, 0 and 1, use x.float()")
    return DtypeError(f"{operation}: cannot compute with booleans{advice}")


def too_large(operation: str) -> NumberError:
    """The error for a Python integer that no dtype holds."""
    return NumberError(
        f"{operation}: a Python integer is too large; integers have at most 64 bits, and a float "
        "goes up to 1e308"
    )


def out_of_memory(
    error: MemoryError, operation: str, names: Sequence[str], arrays: Sequence[Any]
) -> Exception:
    """The error for an `operation` whose result finds no room: how large its arguments are."""
    if isinstance(error, OutOfMemoryError):  # it says already what found no room
        return error
    sized = {name: a for name, a in zip(names, arrays) if getattr(a, "ndim", 0)}
    shapes = ", ".join(f"{name} has shape {a.shape}" for name, a in sized.items())
    place = "gpu" if any(on_gpu(a) for a in arrays) else "cpu"
    reason = str(error).partition("\n")[0] or "nothing more is known"
    message = f"{operation}: out of memory on the {place}: {shapes} ({reason})"
    if sized:
        batch = next(iter(sized.values())).shape[0]
        message += f"; use a smaller batch than {batch}"
    return OutOfMemoryError(message)


def check_rule(op: Any, i: int, gradient: Any, wanted: object, record: bool) -> None:
    """Refuse what rule `i` of an Op gave, if it is of no `wanted` dtype, or no Tensor to record.

    Or no plain array, if nothing is recorded.
    """
    if record and not hasattr(gradient, "array"):
        raise only_on_arrays(op, i, "it gives an array")
    if _is_unusual(gradient) or (not record and hasattr(gradient, "array")):
        raise _no_plain_array(op, i, gradient)
    if gradient.dtype != wanted:
        argument = argument_name(op.forward, i)
        raise DtypeError(
            f"{op.name}: the gradient rule of {argument} gave {gradient.dtype} for {wanted}; cast "
            "the arguments to one dtype first, and use Python numbers, not NumPy ones, for the "
            "constants in a rule (of two numbers alone, where makes float64: where(m, g, 2.0 * g))"
        )


def checked_name(name: object, forward: object, rules: Sequence[object]) -> str:
    """The `name` of a new Op; TypeError if it is none, or one of its functions is no function."""
    if not isinstance(name, str):
        raise TypeError(
            "Op: the first argument is its name, as in Op('softplus', forward, rule), got "
            f"{type(name).__name__}"
        )
    if not callable(forward):
        raise TypeError(
            f"Op: the forward of {name} must be a function of arrays, got {type(forward).__name__}"
        )
    for rule in rules:
        if rule is not None and not callable(rule):
            raise TypeError(
                f"Op: a gradient rule of {name} must be a function rule(g, y, ...), or None for an "
                f"argument without gradient, got {type(rule).__name__}"
            )
    return name


def computed(output: Any, op: Any) -> Any:
    """`output`, what the forward function of an Op gave; TypeError if it is no array of numbers."""
    if isinstance(output, ndarray) and not is_masked(output):
        if output.dtype.kind not in "biuf" or output.dtype.itemsize > 8:
            raise DtypeError(
                f"{op.name}: its forward function must return floats, integers or booleans, of at "
                f"most 64 bits; it returned {output.dtype}"
            )
        return asarray(output, output.dtype.newbyteorder("="))
    if is_array(output) and not isinstance(output, ndarray):
        return output
    raise ArrayError(
        f"{op.name}: its forward function computes on arrays and must return one; it returned "
        f"{'None' if output is None else type(output).__name__}"
    )


def _is_unusual(value: object) -> bool:
    """Whether `value` is an array of a class of its own, such as np.matrix."""
    return isinstance(value, ndarray) and type(value) is not ndarray


def _no_plain_array(op: Any, i: int, got: object) -> ArrayError:
    """The error for a gradient rule of an Op that gave a matrix, a masked array, a Tensor."""
    came, argument = type(got).__name__, argument_name(op.forward, i)
    instead = "np.asarray(...) of it"
    if is_masked(got):
        instead = "with .filled(0) for instance"
    elif not isinstance(got, ndarray):
        instead = "by operators and other Ops, called with what the rule is given"
    return ArrayError(
        f"{op.name}: the gradient rule of {argument} is given arrays here and must give a plain "
        f"array, {instead}; it gave a {came}"
    )


def wrong_shape(op: Any, i: int, got: object, wanted: Shape) -> Exception:
    """The error for a gradient rule of an Op whose result cannot be a gradient of its argument."""
    argument = argument_name(op.forward, i)
    if _is_unusual(got):
        return _no_plain_array(op, i, got)
    came = f"shape {got.shape}" if hasattr(got, "shape") else f"{type(got).__name__}, no array,"
    return ShapeError(
        f"{op.name}: the gradient rule of {argument} gave {came} for an argument of shape "
        f"{wanted}; it must give that shape, or one that the argument broadcasts to"
    )


class Overwritten:
    """Stands in for an array that was changed, in place or by .data, after an operation saw it.

    Many gradient rules never look at their arguments, or ask for a shape only (add, sum, reshape):
    they get what they need. A rule that does look gets the error that explains what happened.
    """

    __slots__ = ("_message", "dtype", "ndim", "shape")

    def __init__(self, value: Any, op: Any, i: int | None, by: str) -> None:
        """For `value`, argument number `i` of an Op, or (None) its result."""
        self.shape, self.ndim, self.dtype = value.shape, value.ndim, value.dtype
        which = "result" if i is None else f"argument {argument_name(op.forward, i)}"
        self._message = (
            f"the gradient of {op.name} needs its {which}, a tensor of shape {value.shape}, but "
            f"that tensor has been modified by an inplace operation since: {by}.\n"
            "Compute a new tensor instead (x = x + y, not x += y), or hand the in-place operation "
            "a clone()."
        )

    def _refuse(self, *args: object, **kwargs: object) -> Any:
        raise RuntimeError(self._message)

    # Operators are looked up on the class, so each one has to be named.
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = __matmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __rmatmul__ = __abs__ = __getitem__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __invert__ = __and__ = __or__ = _refuse
    __array__ = __array_ufunc__ = __array_function__ = __len__ = __bool__ = __float__ = _refuse
    __hash__ = object.__hash__
    explain = _refuse  # for a library that refuses this object before it asks it anything

    def __getattr__(self, name: str) -> Any:
        self._refuse()


# ----------------------------------------------------------------------------- going back: autograd


class Forgotten(Overwritten):
    """Stands in for an array that a first backward has freed."""

    __slots__ = ()

    def __init__(self, shape: Shape, dtype: Any, operation: str) -> None:
        """For an array that `operation` kept."""
        self.shape, self.ndim, self.dtype = shape, len(shape), dtype
        self._message = str(freed(operation))


def forgotten(op: Any, args: Sequence[Any] | None, g: Any) -> list[Any]:
    """Stand-ins for what an Op's rules were given: the arguments, and the output, of g's shape.

    Of an argument only the shape is known, and that it is of g's dtype, or else (shape, dtype).
    Raises RuntimeError if not even that is known.
    """
    if args is None:
        raise freed(op.name)
    arrays = list(args)
    for i, a in enumerate(args):
        if isinstance(a, tuple):
            shape, dtype = a if a and isinstance(a[0], tuple) else (a, g.dtype)
            arrays[i] = Forgotten(shape, dtype, op.name)
    return [*arrays, Forgotten(g.shape, g.dtype, op.name)]


def freed(operation: str) -> RuntimeError:
    """The error for going back through an operation a second time."""
    return RuntimeError(
        f"Trying to backward through the graph a second time: what {operation} needs was "
        "freed by the first backward.\n"
        "Specify retain_graph=True in that one if you need to come back, or compute the result "
        "again."
    )


def in_rule(error: Exception, node: Any, i: int, given: Sequence[Any], record: bool) -> Exception:
    """The error to raise instead of `error`, of rule `i` of a Node that was called with `given`.

    With `record`, these were Tensors.
    """
    op, names = node.op, argument_names(node.op.forward, node.args)
    if isinstance(error, MemoryError):
        return out_of_memory(error, f"{op.name}, backward", names, node.args)
    for value in given:
        if isinstance(value, Overwritten) and not isinstance(error, RuntimeError):
            value.explain()
    wrong_call = re.search(r"\(\) ((?:got|missing|takes) .*)|is not callable", str(error))
    if wrong_call and error.__traceback__ and not error.__traceback__.tb_next:  # not within it
        if op.each:
            return TypeError(
                f"{op.name}: each is called as each(g, y, *arrays, ...), and must return a "
                "function, which is called with a number: i -> the gradient of array number i"
            )
        return TypeError(
            f"{op.name}: the gradient rule of {names[i]} is called as rule(g, y, "
            f"{', '.join(names)}, ...): the gradient, the result, the arguments, and what else the "
            f"operation was called with by keyword ({wrong_call[1]})"
        )
    asked, of = getattr(error, "name", ""), getattr(error, "obj", None)  # of an AttributeError
    if not record and asked and hasattr(of, "array"):  # by the engine, of what the rule gave
        return _no_plain_array(op, i, of).with_traceback(error.__traceback__)
    if not record and "expected a Tensor, got" in str(error):
        return ArrayError(
            f"{op.name}: the gradient rule of {names[i]} is given arrays here; use operators, "
            f"other Ops, .shape .ndim .T .sum .reshape in it, no functions of Tensors ({error})"
        ).with_traceback(error.__traceback__)
    if record and (asked or isinstance(error, ArrayError) or type(error) is TypeError):
        why = ("it gives an array" if asked == "clone" else f"it uses .{asked}") if asked else error
        return only_on_arrays(op, i, why).with_traceback(error.__traceback__)
    if asked or isinstance(error, SingularError):
        error.add_note(f"(This is in the gradient rule of {names[i]}, of the operation {op.name}.)")
    return error


def only_on_arrays(op: Any, i: int, why: object) -> ArrayError:
    """The error for a gradient rule of an Op that cannot run on Tensors."""
    argument = argument_name(op.forward, i)
    return ArrayError(
        f"{op.name}: the gradient rule of {argument} is given Tensors here (create_graph, "
        "gradcheck); use operators, other Ops, .shape .ndim .T .sum .reshape in it, no functions "
        f"of arrays ({why})"
    )


def not_followed(caller: str, recording: bool) -> RuntimeError:
    """The error for the gradient of a constant."""
    why = (
        "Either nothing it was computed from has requires_grad=True, or it was computed under "
        "no_grad() or from a detach()ed tensor."
        if recording
        else "Recording is switched off here (no_grad)."
    )
    return RuntimeError(
        f"{caller}: this tensor does not require grad, no operation was recorded for it.\n"
        f"{why}\n"
        "Set requires_grad=True on the inputs you want gradients for, before computing."
    )


def no_scalar(caller: str, shape: Shape) -> RuntimeError:
    """The error for going back from many numbers, without a gradient for each."""
    return RuntimeError(
        f"{caller}: grad can be implicitly created only for scalar outputs, and this tensor "
        f"has shape {shape};\n"
        f"reduce it first, with .sum() or .mean(), or pass a gradient of shape {shape}"
    )


def not_a_tensor(caller: str, given: object) -> TypeError:
    """The error for something that should be a Tensor."""
    kind = type(given).__name__
    if is_array(given) or isinstance(given, (int, float, list, tuple)):
        return TypeError(f"{caller}: expected a Tensor, got {kind}; make one with tensor(...)")
    hint = "; pass its output, or one of its parameters" if hasattr(given, "parameters") else ""
    return TypeError(f"{caller}: expected a Tensor, got {'None' if given is None else kind}{hint}")


def check_gradient(gradient: Any, output: Any, caller: str) -> None:
    """Refuse `gradient`, which a caller passed for the Tensor `output`, if it cannot be one."""
    if not hasattr(gradient, "array"):
        raise TypeError(
            f"{caller}: the gradient must be a Tensor, not {type(gradient).__name__}; make one of "
            f"shape {output.array.shape}"
        )
    shape, wanted = gradient.array.shape, output.array.shape
    if shape != wanted:
        raise ShapeError(
            f"{caller}: the gradient has shape {shape}, the tensor has shape {wanted}; they must "
            "be equal"
        )
    check_devices(caller, ["the tensor", "the gradient"], [output.array, gradient.array])


def leaf_changed(gradient: Shape, shape: Shape) -> ShapeError:
    """The error for a leaf that has another shape than when it was used."""
    return ShapeError(
        f"backward: the gradient of a leaf has shape {gradient}, but the leaf now has {shape}: its "
        ".data was replaced after it was used"
    )


def as_list(inputs: Any, caller: str) -> list[Any]:
    """`inputs`, which should be Tensors, as a list."""
    try:
        return list(inputs)
    except TypeError:
        raise TypeError(
            f"{caller}: inputs must be a Tensor, or a list of them, got {type(inputs).__name__}"
        ) from None


def check_targets(edges: Sequence[object], caller: str) -> None:
    """Refuse inputs that have no gradient, by their `edges`, or that there are none."""
    if not edges:
        raise RuntimeError(
            f"{caller}: inputs is empty; pass the tensors whose gradients you want"
            + ("" if caller == "grad" else ", or leave it out for all leaves")
        )
    for i, edge in enumerate(edges):
        if edge is None:
            raise RuntimeError(
                f"{caller}: input {i} does not require grad; set requires_grad=True on it before "
                "computing the outputs"
            )


def unused_input(i: int, shape: Shape) -> RuntimeError:
    """The error for the gradient with respect to something that was not used."""
    return RuntimeError(
        f"grad: input {i}, a tensor of shape {shape}, was not used to compute the outputs; pass "
        "allow_unused=True to get None for it"
    )


def no_results(caller: str, given: object) -> TypeError:
    """The error for going back from something that is no Tensor."""
    return TypeError(
        f"{caller}: expected a Tensor, or a list of them, to go back from, got {given!r}"
    )


def not_as_many(caller: str, tensors: int, gradients: int) -> RuntimeError:
    """The error for lists of tensors and gradients that are not equally long."""
    return RuntimeError(
        f"{caller}: {tensors} tensors, but {gradients} gradients; pass one for each tensor"
    )


say_nearest(__name__)
