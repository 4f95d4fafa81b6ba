"""A stand-in for CuPy where there is no GPU: it computes with NumPy and refuses what CuPy refuses.

Put this folder first on `sys.path` (or `PYTHONPATH`) and `import cupy` finds it. Code that gives a
host array to the device, or a device array to NumPy, then fails on any machine as it would fail on
one with a GPU; and data that moves unseen shows in the counts of `transfers`.

A device array *holds* its NumPy array and does not inherit from it: NumPy would see through a
subclass. Only the names listed below exist, with only the keywords they have in CuPy 14, so that no
code comes to rely on a name that is NumPy's alone.

The double is stricter than CuPy where something works on a GPU but is never what was meant:

* a hidden copy from the host: `gpu[host_indices]`, `gpu[0:2] = host_values`;
* a function that calls the method of its argument, and so computes on the host: `cupy.sum(host)`;
* NumPy's functions, which CuPy takes over by dispatch: `numpy.exp(gpu)`.

What counts as a crossing is what copies data, and a copy to the host waits for the device as well.
A single number costs nothing on its way there, it is an argument of a kernel; and a mask costs a
copy to the host, for how many elements it picks decides the shape of the result.

A kernel is looked up by its name, among NumPy functions that say what it should do
(cupy_double_kernels.py): its CUDA C is not run, but what it is called with is checked against it. A
captured graph is a list of what was called (cupy_double_capture.py).

Of elements written to one place the first stays, where on a GPU any may.

Not modelled: the order of work on streams, how much is in which pool of memory, a second device,
`cupy.random`, DLPack, rounding, which differs on a GPU since it sums in another order, and the
addresses that CuPy sends along to join more than eight arrays. `cupy.cuda` is an attribute here,
not a module to import from.
"""

import operator
import threading
from collections import namedtuple
from contextlib import contextmanager
from types import SimpleNamespace

import cupy_double_capture as capture
import cupy_double_kernels as kernels
import numpy as np

__version__ = "14.2.0"

transfers = {"to_device": 0, "to_host": 0}  # how often data crossed, for tests to compare
traffic = {"to_device": 0, "to_host": 0}  # and how many bytes


def _cross(direction, nbytes):
    if nbytes:  # of an empty array there is nothing to copy
        transfers[direction] += 1
        traffic[direction] += nbytes


def _words(text):
    return text.split()


# The names, from CuPy 14.2. Anything else raises AttributeError: look it up there, and add it.
UFUNCS = _words("""
    abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and bitwise_or
    bitwise_xor ceil copysign cos cosh divide equal exp exp2 expm1 fabs floor floor_divide fmax fmin
    fmod greater greater_equal hypot invert isfinite isinf isnan left_shift less less_equal log
    log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor matmul
    maximum minimum mod multiply negative not_equal positive power reciprocal remainder right_shift
    rint sign signbit sin sinh sqrt square subtract tan tanh true_divide trunc
""")
SCATTERING = {"add", "subtract", "maximum", "minimum"}  # the ufuncs whose `at` is offered here
SCATTERED = _words("int32 uint32 uint64 float16 float32 float64")  # no int64: atomicAdd has none
COUNT_BYTES = 4  # of the number that says how many elements a mask picks

# The operators, by the middle of their methods' names: `add` of `__add__`, `__radd__`, `__iadd__`.
ARITHMETIC = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "truediv": np.divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "pow": np.power,
    "matmul": np.matmul,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "lshift": np.left_shift,
    "rshift": np.right_shift,
}
COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
UNARY = {"neg": np.negative, "pos": np.positive, "abs": np.absolute, "invert": np.invert}


def _keywords(table):
    """`{name: the keywords that it takes}`, from lines of `name name: keyword keyword`."""
    rows = [line.split(":") for line in table.splitlines() if line.strip()]
    return {name: set(words.split()) for names, words in rows for name in names.split()}


CREATION = _keywords("""
    zeros ones empty: shape dtype order
    full: shape fill_value dtype order
    eye: N M k dtype order
    arange: start stop step dtype
    linspace: start stop num endpoint dtype axis
""")
REDUCTIONS = """
    sum mean prod: axis dtype out keepdims
    max min any all argmax argmin: axis out keepdims
    var std: axis dtype out ddof keepdims
    cumsum cumprod: axis dtype out
"""
FUNCTIONS = _keywords(f"""{REDUCTIONS}
    amax amin: axis out keepdims
    count_nonzero expand_dims flip squeeze: axis
    repeat: repeats axis
    unique: return_index return_inverse return_counts axis equal_nan
    bincount: weights minlength
    histogram: bins range density weights
    searchsorted: side sorter
    nonzero:
    roll: shift axis
    argsort sort: axis kind
    clip: a_min a_max out
    broadcast_to: shape
    reshape: order copy
    ravel: order
    transpose: axes
    swapaxes: axis1 axis2
    moveaxis: source destination
    tril triu: k
    dot outer: out
    tensordot: axes
    tile: reps
    where inner:
    array_equal: equal_nan
    allclose isclose: rtol atol equal_nan
    zeros_like ones_like empty_like: dtype order shape
    full_like: fill_value dtype order shape
    copy: order
    concatenate stack: axis out dtype casting
    einsum: dtype optimize
""")
METHODS = _keywords(f"""{REDUCTIONS}
    argsort sort: axis kind
    squeeze: axis
    repeat: repeats axis
    clip: min max out
    reshape: order copy
    ravel flatten copy: order
    transpose swapaxes:
    view: dtype
    dot: out
    astype: dtype order casting copy
""")
# How many of the first arguments are arrays: the rest are axes and shapes, which may be lists.
ARRAYS = {"clip": 3, "where": 3} | dict.fromkeys(
    _words("allclose array_equal dot full_like inner isclose outer tensordot"), 2
)
DTYPES = _words("""
    bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp float16 float32 float64 complex64
    complex128 generic number integer signedinteger unsignedinteger inexact floating complexfloating
""")
SAME_AS_NUMPY = _words("dtype e finfo iinfo inf nan newaxis pi")
ABOUT_ARRAYS = _words(
    "can_cast issubdtype may_share_memory ndim promote_types result_type shares_memory"
)


def _refuse(value):
    raise TypeError(f"Unsupported type {type(value)}")


def _check_operand(value):
    if not isinstance(value, ndarray | np.generic | int | float | complex):
        _refuse(value)


def _check_arrays(*values):
    for value in values:
        if not isinstance(value, ndarray):
            _refuse(value)


def _check_keywords(name, given, known):
    for keyword in given:
        if keyword not in known:
            raise TypeError(f"{name}() got an unexpected keyword argument '{keyword}'")


def _root(host):
    while isinstance(host.base, np.ndarray):
        host = host.base
    return host


def _lift(function, args, kwargs, wrap=True):
    """Call a NumPy function on what the device arrays given hold, and wrap what it returns.

    As on CuPy every result stays on the device: one number is a 0-d array, and so is a yes or no.
    """
    operands = []

    def lower(value):
        if isinstance(value, ndarray):
            operands.append(value)
            return value._host
        if isinstance(value, np.ndarray):
            _refuse(value)
        return type(value)(map(lower, value)) if isinstance(value, list | tuple) else value

    def raise_(value):
        if value is None or isinstance(value, list | tuple):
            return value and type(value)(map(raise_, value))
        value = np.asarray(value)
        for operand in operands:
            if value is operand._host:  # an `out=`, or nothing to be done
                return operand
            if _root(value) is _root(operand._host):  # a view
                return ndarray(value, operand if operand.base is None else operand.base)
        return ndarray(value)

    positional = [*map(lower, args)]
    named = {name: lower(value) for name, value in kwargs.items()}

    def compute():
        return function(*positional, **named)

    if not wrap:
        return compute()
    if named.get("out") is not None:
        capture.write(compute)
        return raise_(named["out"])

    def is_new(made):
        return made.base is None and all(made is not operand for operand in operands)

    return capture.make(compute, raise_, is_new, again=function not in (np.empty, np.empty_like))


Flags = namedtuple("Flags", "c_contiguous f_contiguous owndata")  # CuPy has no `writeable`


class MemoryPointer:
    """Where an array begins."""

    device_id = 0

    def __init__(self, host):
        self._host, self.ptr = host, host.ctypes.data

    def copy_from_device_async(self, source, size, stream=None):
        flat = []
        for host in (self._host, source._host):
            assert host.nbytes == size
            assert host.flags.c_contiguous or host.flags.f_contiguous, "memory with gaps"
            flat.append(host.ravel("K"))  # a view
        capture.write(lambda: np.copyto(*flat))


class ndarray:
    """An array "on the device". Made by the module's functions, never by calling the class."""

    __slots__ = ("__weakref__", "_host", "base")
    __array_ufunc__ = None  # NumPy's arrays leave `host + gpu` to `__radd__` below, which refuses
    __array_priority__ = 100
    __hash__ = None

    def __init__(self, host, base=None):
        if not isinstance(host, np.ndarray):
            raise TypeError("the double makes arrays with cupy.empty() and its like only")
        if host.dtype.char not in "?bhilqBHILQefdFD":
            raise ValueError(f"Unsupported dtype {host.dtype}")
        self._host = host
        self.base = base  # of a view: the array that owns the memory

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. "
            "Please use `.get()` to construct a NumPy array explicitly."
        )

    def __array_function__(self, function, types, args, kwargs):
        raise TypeError(f"numpy.{function.__name__} was given a device array: use cupy's own")

    # --- To the host: every one of these waits for the device and copies

    def get(self, stream=None, order="C", out=None, blocking=True):
        capture.refuse("synchronous API calls are disallowed")
        _cross("to_host", self.nbytes)
        if out is None:
            return self._host.copy(order)
        out[...] = self._host
        return out

    def item(self):
        if self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self.get().item()

    def tolist(self):
        return self.get().tolist()

    def __float__(self):
        return float(self.item())

    def __int__(self):
        return int(self.item())

    def __bool__(self):
        return bool(self.get())

    # No `__index__`: CuPy has none, so that `range(n)[gpu_argmax]` fails.

    def __repr__(self):
        return repr(self.get())

    def __str__(self):
        return str(self.get())

    # --- Facts, which cost nothing

    ndim, shape, dtype, size, nbytes, itemsize, strides = (
        property(operator.attrgetter(f"_host.{name}"))
        for name in _words("ndim shape dtype size nbytes itemsize strides")
    )
    device = property(lambda self: Device(0))
    data = property(lambda self: MemoryPointer(self._host))
    T = property(lambda self: self.transpose())
    mT = property(lambda self: self.swapaxes(-1, -2))

    @property
    def flags(self):
        flags = self._host.flags
        return Flags(flags.c_contiguous, flags.f_contiguous, self.base is None)

    def __len__(self):
        return len(self._host)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    # --- Elements

    def _index(self, key):
        """The same index for NumPy, with arrays of integers wrapped round as CuPy's kernels do.

        CuPy itself takes a host array or a list here, and uploads it unseen: refused on purpose.
        """
        parts = key if isinstance(key, tuple) else (key,)
        counts = [_axes_taken_by(part) for part in parts]
        index, axis = [], 0
        for part, count in zip(parts, counts, strict=True):
            if isinstance(part, ndarray):
                part = part._host
                if part.dtype.kind in "iu":
                    part = _wrap(part, self.shape[axis])
                else:
                    _cross("to_host", COUNT_BYTES if part.size else 0)
            elif part is Ellipsis:
                count = self.ndim - sum(counts)
            elif not isinstance(part, slice | int | np.integer | None) or isinstance(part, bool):
                _refuse(part)
            index.append(part)
            axis += count
        # With an Ellipsis NumPy returns arrays and never scalars, which is what CuPy always does.
        return tuple(index) if any(part is Ellipsis for part in parts) else (*index, Ellipsis)

    def __getitem__(self, key):
        index = self._index(key)
        result = self._host[index]
        if any(isinstance(part, np.ndarray) for part in index):
            if any(isinstance(part, np.ndarray) and part.dtype == bool for part in index):
                capture.refuse("the number of elements that a mask picks is not known")
            if capture.current is None:
                return ndarray(result.copy())
            return capture.make(lambda: self._host[self._index(key)].copy(), ndarray)
        return ndarray(result, self if self.base is None else self.base)

    def __setitem__(self, key, value):
        _check_operand(value)

        def assign():
            _assign(
                self._host, self._index(key), value._host if isinstance(value, ndarray) else value
            )

        capture.write(assign)

    def fill(self, value):
        self[...] = value

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        return self._host.__dlpack__(max_version=max_version, copy=copy)

    def __dlpack_device__(self):
        return _ON_THE_CARD

    def take(self, indices, axis=None, out=None):
        _check_operand(indices)
        kwargs = {"axis": axis, "out": out, "mode": "wrap"}
        return _lift(np.take, (self, indices), kwargs)


def _assign(host, index, value):
    """Write `value`; where several elements go to one place the first stays, of all that may."""
    if any(isinstance(part, np.ndarray) and part.dtype.kind in "iu" for part in index):
        places = np.arange(host.size).reshape(host.shape)[index]
        values = np.broadcast_to(value, places.shape)
        host.flat[places.ravel()[::-1]] = values.ravel()[::-1]
    else:
        host[index] = value


def _axes_taken_by(index):
    if index is None or index is Ellipsis:
        return 0
    return index.ndim if isinstance(index, ndarray) and index.dtype == bool else 1


def _wrap(host_indices, length):
    return np.asarray(host_indices.astype(np.intp) % length if length else host_indices)


# --- Methods and operators, one for each name


def _method(name):
    def method(self, *args, **kwargs):
        _check_keywords(name, kwargs, METHODS[name])
        if name == "dot":
            _check_operand(args[0])
        return _lift(getattr(np.ndarray, name), (self, *args), kwargs)

    return method


def _operator(function):
    def method(self, other):
        if hasattr(other, "__array_ufunc__") and not isinstance(
            other, (ndarray, np.ndarray, np.generic)
        ):
            return NotImplemented  # a class that asks to compute it itself
        _check_operand(other)
        if function is np.matmul:
            _refuse_captured_matmul(self, other)
        return _lift(function, (self, other), {})

    return method


def _refuse_captured_matmul(a, b):
    if capture.current is not None and a.dtype.kind == b.dtype.kind == "f":
        raise NotImplementedError(
            "calling cuBLAS API during stream capture is currently unsupported"
        )


def _reflected_operator(function):
    def method(self, other):
        _check_operand(other)
        return _lift(function, (other, self), {})

    return method


def _in_place_operator(function):
    def method(self, other):
        _check_operand(other)
        return _lift(function, (self, other), {"out": self})

    return method


def _unary_operator(function):
    return lambda self: _lift(function, (self,), {})


for _name in METHODS:
    setattr(ndarray, _name, _method(_name))
for _name, _function in (ARITHMETIC | COMPARISONS).items():
    setattr(ndarray, f"__{_name}__", _operator(_function))
for _name, _function in ARITHMETIC.items():
    setattr(ndarray, f"__r{_name}__", _reflected_operator(_function))
    if _name != "matmul":  # CuPy has no `@=` of its own: it makes a new array
        setattr(ndarray, f"__i{_name}__", _in_place_operator(_function))
for _name, _function in UNARY.items():
    setattr(ndarray, f"__{_name}__", _unary_operator(_function))


# --- Functions. They live in a table and not in this module's namespace, where `sum`, `any` and
# `abs` would hide Python's own from the code above.


class ufunc:
    def __init__(self, name):
        self.__name__ = name

    def __call__(self, *args, **kwargs):
        _check_keywords(self.__name__, kwargs, {"out", "dtype", "casting"})
        for arg in args:
            _check_operand(arg)
        if self.__name__ == "matmul":
            _refuse_captured_matmul(*args)
        return _lift(getattr(np, self.__name__), args, kwargs)

    def at(self, a, indices, b):
        if self.__name__ not in SCATTERING:
            raise NotImplementedError(f"`{self.__name__}.at` is not supported yet")
        _check_arrays(a)
        _check_operand(b)
        index = a._index(indices)
        arrays = [part for part in index if isinstance(part, np.ndarray)]
        only_a_mask = len(arrays) == 1 and arrays[0].dtype == bool
        if arrays and not only_a_mask and a.dtype.name not in SCATTERED:
            raise TypeError(f"scatter_{self.__name__} does not support {a.dtype}")

        def scatter(index):
            values = b._host if isinstance(b, ndarray) else b
            getattr(np, self.__name__).at(a._host, index, values)

        if capture.current is None:
            scatter(index)
        else:
            capture.write(lambda: scatter(a._index(indices)))


def _creation(name):
    def function(*args, **kwargs):
        _check_keywords(name, kwargs, CREATION[name])
        return _lift(getattr(np, name), args, kwargs)

    return function


def _function(name):
    def function(*args, **kwargs):
        _check_keywords(name, kwargs, FUNCTIONS[name])
        if name in ("concatenate", "stack"):
            _check_arrays(*args[0])
        elif name == "einsum":
            _check_arrays(*args[1:])
        elif name == "where" and len(args) != 3:
            raise NotImplementedError("where(condition) alone waits for the device: not doubled")
        else:
            _check_arrays(args[0])
            for operand in args[1 : ARRAYS.get(name, 1)]:
                if operand is not None:  # as in clip(a, None, 1)
                    _check_operand(operand)
        return _lift(getattr(np, name), args, kwargs)

    return function


def _about_arrays(name):
    return lambda *args, **kwargs: _lift(getattr(np, name), args, kwargs, wrap=False)


def array(obj, dtype=None, copy=True, order="K", subok=False, ndmin=0, *, blocking=False):
    """A device array from anything: the upload, and the one door for host arrays."""
    if not isinstance(obj, ndarray):
        capture.refuse("synchronous API calls are disallowed")
        host = np.array(obj, dtype, order=order, ndmin=ndmin)
        _cross("to_device", host.nbytes if host.ndim else 0)
        return ndarray(host)
    kwargs = {"dtype": dtype, "order": order, "ndmin": ndmin, "copy": copy or None}
    return _lift(np.array, (obj,), kwargs)


_ON_THE_CARD = 2, 0  # CUDA's memory, as DLPack numbers devices


class _OnTheHost:
    """Memory that says it is on the device, as what it is: for NumPy to take."""

    def __init__(self, array):
        self.__dlpack__ = array.__dlpack__

    def __dlpack_device__(self):
        return 1, 0


def from_dlpack(array, *, device=None, copy=None):
    assert array.__dlpack_device__() == _ON_THE_CARD
    return ndarray(np.from_dlpack(_OnTheHost(array)))


def asarray(a, dtype=None, order=None, *, copy=None, blocking=False):
    return array(a, dtype, copy, order or "K")


def ascontiguousarray(a, dtype=None):
    _check_arrays(a)
    return array(a, dtype, False, "C", ndmin=1)


def asnumpy(a, stream=None, order="C", out=None, *, blocking=True):
    return a.get(stream, order, out) if isinstance(a, ndarray) else np.asarray(a, order=order)


def take(a, indices, axis=None, out=None):
    _check_arrays(a)
    return a.take(indices, axis, out)


def take_along_axis(a, indices, axis):
    _check_arrays(a, indices)
    length = a.size if axis is None else a.shape[axis]
    wrapped = ndarray(_wrap(indices._host, length))
    return _lift(np.take_along_axis, (a, wrapped, axis), {})


def put_along_axis(arr, indices, values, axis):
    _check_arrays(arr, indices)
    _check_operand(values)
    wrapped = ndarray(_wrap(indices._host, arr.shape[axis]))
    _lift(np.put_along_axis, (arr, wrapped, values, axis), {})


# --- The device


class Device:
    """The one device. Others can be named, as on CuPy, and fail when used."""

    compute_capability = "90"
    mem_info = (2**33, 2**33)  # free and total bytes

    def __init__(self, device=None):
        self.id = 0 if device is None else int(device)

    def use(self):
        if self.id != 0:
            raise CUDARuntimeError("cudaErrorInvalidDevice: invalid device ordinal")

    def synchronize(self):
        self.use()

    def __enter__(self):
        self.use()
        return self

    def __exit__(self, *error):
        pass

    def __int__(self):
        return self.id

    def __eq__(self, other):
        return isinstance(other, Device) and self.id == other.id

    def __hash__(self):
        return hash(self.id)

    def __repr__(self):
        return f"<CUDA Device {self.id}>"


class CUDARuntimeError(RuntimeError):
    pass


class Stream:
    """Everything here is done as it is called, so there is never anything to wait for.

    But for a stream that captures (capture.py): what is called then is noted, and done at launch.
    """

    def __init__(self, null=False, non_blocking=False, ptds=False):
        self.ptr = 0 if null else id(self)
        self._capturing = False

    def use(self):
        _streams.current = self
        return self

    def record(self, event=None):
        return SimpleNamespace(stream=self)

    def wait_event(self, event):
        waits.append((self.ptr, event.stream.ptr))

    def synchronize(self):
        pass

    def begin_capture(self, mode=None):
        if self.ptr == 0:
            raise RuntimeError("cannot capture on the default (legacy) stream")
        capture.begin()
        self._capturing = True

    def end_capture(self):
        self._capturing = False
        return capture.end()

    def is_capturing(self):
        return self._capturing

    def __enter__(self):
        _streams.stack += (self,)
        return self.use()

    def __exit__(self, *error):
        _streams.stack = _streams.stack[:-1]
        _streams.stack[-1].use()


class MemoryPool:
    def __init__(self, allocator=None):
        pass

    def malloc(self, size):
        raise NotImplementedError("in the double, memory is NumPy's")

    def used_bytes(self):
        return 0

    total_bytes = free_bytes = used_bytes

    def free_all_blocks(self):
        pass


def _everybodys(size):
    raise NotImplementedError("in the double, memory is NumPy's")


def get_allocator():
    return _everybodys


@contextmanager
def using_allocator(allocator):
    if allocator is not None and not callable(allocator):
        raise TypeError("CuPy allocator is not callable")
    before, capture.own_pool = capture.own_pool, allocator is not _everybodys
    try:
        yield
    finally:
        capture.own_pool = before


Stream.null = Stream(null=True)


class _Streams(threading.local):  # each thread has its own
    stack = (Stream.null,)  # those of `with`, which know nothing of use()
    current = Stream.null


_streams = _Streams()
waits = []  # which stream has waited for which other one
_memory_pool = MemoryPool()


def is_available():
    return True


def get_default_memory_pool():
    return _memory_pool


cuda = SimpleNamespace(
    is_available=is_available,
    Device=Device,
    get_device_id=lambda: 0,
    Stream=Stream,
    get_current_stream=lambda: _streams.current,
    MemoryPool=MemoryPool,
    get_allocator=get_allocator,
    using_allocator=using_allocator,
    runtime=SimpleNamespace(
        CUDARuntimeError=CUDARuntimeError,
        getDeviceCount=lambda: 1,
        getDevice=lambda: 0,
        deviceSynchronize=lambda: None,
        getDeviceProperties=lambda device: {"name": b"a double, not a GPU"},
        runtimeGetVersion=lambda: 13000,
        driverGetVersion=lambda: 13000,
    ),
)


def as_strided(x, shape=None, strides=None):
    host = np.lib.stride_tricks.as_strided(x._host, shape, strides)
    return ndarray(host, x if x.base is None else x.base)


def _decomposition(name):
    def decompose(*args, **kwargs):
        found = getattr(np.linalg, name)(*args, **kwargs)
        return tuple(found) if isinstance(found, tuple) else found  # without NumPy's names

    return lambda *args, **kwargs: _lift(decompose, args, kwargs)


linalg = SimpleNamespace(
    **{
        name: _decomposition(name)
        for name in _words("cholesky det eigh inv pinv qr slogdet solve svd")
    }
)
lib = SimpleNamespace(stride_tricks=SimpleNamespace(as_strided=as_strided))


def _lower(value):
    return value._host if isinstance(value, ndarray) else value


ElementwiseKernel, RawKernel = kernels.classes(ndarray, _lower, capture)

_names = {name: ufunc(name) for name in UFUNCS}
_names |= {name: _creation(name) for name in CREATION}
_names |= {name: _function(name) for name in FUNCTIONS}
_names |= {name: _about_arrays(name) for name in ABOUT_ARRAYS}
_names |= {name: getattr(np, name) for name in DTYPES + SAME_AS_NUMPY}


def __getattr__(name):
    # Python asks here only for what the module itself lacks.
    if name in _names:
        return _names[name]
    raise AttributeError(f"module 'cupy' has no attribute '{name}' (or the double lacks it)")
