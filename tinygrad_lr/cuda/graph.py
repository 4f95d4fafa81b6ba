"""``cuda.graph(step)``: a training step that the GPU is told once, and then only to repeat.

Telling the GPU what to do takes the host longer than the GPU takes to do it, if the network is
small. A *CUDA graph* is a list of things to do that the GPU keeps: one call launches all of it.

    step = tg.cuda.graph(step)
    for images, labels in loader:
        loss = step(images, labels)

The first call runs the step as it is. (So kernels are compiled, and the optimizer makes its
velocities.) The second *captures* it: the step runs once more, but the GPU only notes what it is
told. From then on each call, the second too, copies its arguments to where the captured step reads,
and launches the graph. The results are those of the step itself, bit for bit.

capture/ says what a captured step can be. On the GPU there is more to know:

* It cannot send the GPU a value from the host, nor give a tensor from outside other memory.
* What it returns is copied into new Tensors; but the ``.grad`` that it leaves is rewritten by the
  next call, also for whoever else holds it by then: keep a clone().

Memory is what needs care. A captured kernel works on the addresses it was captured with. What the
step needs in between, and gives back, is therefore taken from a pool that nobody else allocates
from; and what it uses from outside is kept, and looked at before each launch: if a parameter has
been moved (``model.to(...)``), the step is captured once more. All of it is one memory for all
threads and streams. So a call has it to itself until the GPU has been told to copy the results; and
a call on another stream waits, on the GPU, for the one before.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from ..capture.noting import Capture, noted, refusal
from ..capture.step import (
    A,
    CapturedStep,
    R,
    Step,
    check_gradient,
    each_tensor,
    kind,
    listed,
    refuse_kept,
    same,
    stand_ins,
)
from ..capture.usual import Captured, Outputs, Outside, Usual
from ..capture.words import CaptureError
from ..device import Array, DeviceError, OutOfMemoryError, library, on_gpu, room_for
from ..gradients.hooks import has_hooks
from ..graph import Value
from ..versions import mark_memory, mark_written, owner


def graph(step: Callable[A, R]) -> GraphedStep[A, R]:
    """`step`, a function of Tensors on the GPU, as one that is captured when called again.

    Called with Tensors on the CPU it raises DeviceError.

    >>> step = lambda x: x * 2 + 1
    >>> step = tg.cuda.graph(step) if tg.cuda.is_available() else step
    >>> step(tg.ones(2, device="gpu" if tg.cuda.is_available() else "cpu")).cpu()
    tensor([3., 3.])
    """
    return GraphedStep(step)


class GraphedStep(CapturedStep[A, R]):
    """A step and, after its second call, the CUDA graph of it.

    >>> step: tg.cuda.GraphedStep[[tg.Tensor], tg.Tensor] = tg.cuda.graph(lambda x: x * 2)
    """

    made_by = "cuda.graph"

    def __call__(self, *inputs: A.args, **named: A.kwargs) -> R:
        if self._last is None:
            library("gpu")  # or there is none, which the error says
        return super().__call__(*inputs, **named)

    def _check_argument(self, i: int, given: Value) -> None:
        if not on_gpu(given.array):
            raise DeviceError(
                f"cuda.graph: argument {i} is on the cpu; a captured step works on the GPU, move "
                "it with .to('gpu')"
            )

    def _capture(self, inputs: Sequence[Value]) -> _Captured:
        try:
            return _Captured(self.step, inputs)
        except OutOfMemoryError:
            if not self._known:
                raise
        self._known, self._last = [], None  # each of them has memory of its own
        return _Captured(self.step, inputs)


class _Captured(Captured):
    """The CUDA graph of a step, and everything that must stay where it is as long as it is used."""

    def __init__(self, step: Step, inputs: Sequence[Value]) -> None:
        super().__init__()
        gpu = library("gpu")
        self._same = same(inputs)
        self._pool = gpu.cuda.MemoryPool()  # of what the step needs in between
        self._turn = threading.RLock()
        self._stream = gpu.cuda.get_current_stream()  # on which this memory was used last
        shapes = listed([kind(given.array) for given in inputs])
        self._copies = f"the copies that a captured step of {shapes} makes; use a smaller batch"
        with room_for(self._copies):
            copies = [given.array.copy(order="K") for given in inputs]
        own = stand_ins(inputs, copies)
        self._inputs = [_Place(v.array, given.array) for v, given in zip(own, inputs)]
        used = _Used(own, gpu.cuda.get_allocator())
        del own
        capture = Capture(used, step)
        with gpu.cuda.using_allocator(_from(self._pool)):
            self._graph, outputs = noted(
                capture, lambda: _capture(gpu, step, used.arguments, capture)
            )
        used.refuse_changed()
        each_tensor(used.get_array, outputs)  # the step may return what it has not used otherwise
        self._outputs = each_tensor(lambda tensor: tensor.wrap(vars(tensor)["array"]), outputs)
        del outputs
        self._results: list[_Place] = []  # the arrays of these, in turn
        each_tensor(lambda t: self._results.append(_Place(t.array, t.array)), self._outputs)
        used.refuse_kept_arguments()
        self._since = capture.since
        self._asks_gradient = used.asks_gradient
        self._conditions = capture.conditions()
        self._take_over(used)
        self._find_written(used.written)
        used.refuse_kept()
        if not self._apart(inputs):
            raise refusal("share memory")

    def _take_over(self, used: _Used) -> None:
        """Keep what the step used from outside, and what it leaves there."""
        self._wanted = list(used.wanted.values())
        self._arrays = list(used.arrays.values())
        self._facts = [_facts(value) for value, _ in self._arrays]
        # The gradients before, each with our copy of it; and those after, where they are others.
        self._read = list(used.read.values())
        self._left = [(v, g) for key, (v, g) in used.left.items() if not used.is_as_before(key, g)]
        met: list[tuple[Any, ...]] = [*self._arrays, *self._wanted]
        outside: dict[int, Outside] = {id(value): (value, None) for value, *_ in met}
        outside |= {id(value): (value, copy is not None) for value, copy in self._read}
        self._outside = [*outside.values()]

    def _find_written(self, in_place: Sequence[Array]) -> None:
        """All memory that each launch writes to, the gradients that it makes included."""
        copies = {id(owner(g.array)) for _, g in self._read if g is not None}
        outside = {id(owner(array)) for _, array in self._arrays} | copies
        made = [g.array for _, g in self._left if g is not None]
        made = [array for array in made if id(owner(array)) not in outside]
        self._made = {id(owner(array)) for array in made}
        written = [owner(array) for array in (*in_place, *made)]
        self._written = list({id(array): array for array in written}.values())
        self._read_written = [g for _, g in self._read if g is not None and self._writes(g)]
        self._inputs_written = [i for i, own in enumerate(self._inputs) if self._writes(own)]

        # What must not be on the memory of an argument.
        changed = [array for array in self._written if id(array) not in self._made]
        used = [owner(array) for _, array in self._arrays]
        self._used = {id(array) for array in used}
        self._not_given = {id(array) for array in (used if self._inputs_written else changed)}

    def _writes(self, of: Value | _Place) -> bool:
        return any(owner(of.array) is array for array in self._written)

    def _apart(self, inputs: Sequence[Value]) -> bool:
        """Whether the copies of arguments and gradients are of what nothing else can change."""
        given = [id(owner(value.array)) for value in inputs]
        gradients = [id(owner(v._grad.array)) for v, copy in self._read if copy is not None]
        written = [*gradients, *given] if self._inputs_written else gradients
        return (
            len(set(written)) == len(written)
            and self._used.isdisjoint(gradients)
            and self._not_given.isdisjoint(given)
            and not (gradients and set(gradients).intersection(given))
        )

    def fits(self, inputs: Sequence[Value]) -> bool:
        """Whether all is in the situation, and in the memory, that the step was captured with."""
        if not self._is_the_same():
            return False
        for (value, array), facts in zip(self._arrays, self._facts):
            if value.array is not array or _facts(value) != facts:
                return False
        for value, wanted, is_leaf in self._wanted:
            if value.wanted is not wanted or (value.node is None) is not is_leaf:
                return False
        for value, gradient in self._read:
            if not _alike(value._grad, gradient):
                return False
        if self._asks_gradient and any(given._grad is not None for given in inputs):
            return False
        if same(inputs) != self._same or not self._apart(inputs):
            return False
        are_twice = len(set(self._same)) < len(self._same)
        self._usual = None if are_twice else Usual.of(inputs, self._outside)
        return True

    def run(self, inputs: Sequence[Value]) -> Outputs:
        """Do on the GPU what was captured, and in Python what the step would have done here."""
        with self._turn:
            outputs, results = self._room_for_outputs()  # first: without room, nothing is done
            before = {id(copy): value._grad for value, copy in self._read if copy is not None}
            self._wait_for_others()
            self._bring(inputs)
            self._graph.launch()
            self._take_back(inputs, before)
            for result, place in zip(results, self._results):
                place.copy_to(result)
        return outputs

    def _wait_for_others(self) -> None:
        """Have the current stream begin when the one has ended that used this memory last."""
        stream = library("gpu").cuda.get_current_stream()
        if stream.ptr != self._stream.ptr:
            stream.wait_event(self._stream.record())
            self._stream = stream

    def _bring(self, inputs: Sequence[Value]) -> None:
        """Copy gradients and arguments to where the captured step reads them."""
        for value, copy in self._read:
            if copy is not None:
                _Place(copy.array, value._grad.array).copy_from(value._grad.array)
        for own, given in zip(self._inputs, inputs):
            own.copy_from(given.array)

    def _take_back(self, inputs: Sequence[Value], before: dict[int, Value]) -> None:
        """Have everything outside be what the step would have made of it.

        `before` are the gradients that were there, by the ids of our copies of them.
        """
        read = [(before[id(copy)], copy.array) for copy in self._read_written]
        read = [(g, array) for g, array in read if id(owner(g.array)) not in self._made]
        changed = [(g, _Place(array, g.array)) for g, array in read]
        changed += [(inputs[i], self._inputs[i]) for i in self._inputs_written]
        for theirs, place in changed:
            place.copy_to(theirs.array)
            mark_written(theirs, "a captured step")
        for value, gradient in self._left:
            value._grad = before.get(id(gradient), gradient)
        mark_memory(*self._written, by="a captured step")

    def _room_for_outputs(self) -> tuple[Outputs, list[Array]]:
        """New Tensors for what the step returns; and their arrays, in turn, to be filled in."""
        results: list[Array] = []

        def new(output: Value) -> Value:
            results.append(_room_like(output.array))
            result: Value = output.wrap(results[-1])
            return result

        with room_for(self._copies):
            return each_tensor(new, self._outputs), results


def _facts(value: Value) -> tuple[bool, ...]:
    """What must stay as it is of a Tensor from outside, besides its array."""
    if value.root is not None:
        value.catch_up()
    return value.node is None, has_hooks(value)


def _room_like(array: Array) -> Array:
    """A new array of the same kind, with anything in it."""
    gpu = library("gpu")
    if array.flags.c_contiguous:
        return gpu.empty(array.shape, array.dtype)  # for the host half the work of empty_like
    return gpu.empty_like(array)


class _Place:
    """An array of a captured step's, which others are copied to, or from, all laid out as one."""

    def __init__(self, array: Any, one: Any) -> None:
        self.array = array
        here, there = array.flags, one.flags
        by_rows = here.c_contiguous and there.c_contiguous
        in_one = by_rows or (here.f_contiguous and there.f_contiguous)
        self._memory = array.data if in_one else None  # then a copy is one copy of memory
        self._size = array.nbytes

    def copy_from(self, array: Any) -> None:
        if self._memory is not None:
            self._memory.copy_from_device_async(array.data, self._size)
        else:
            self.array[...] = array

    def copy_to(self, array: Any) -> None:
        if self._memory is not None:
            array.data.copy_from_device_async(self._memory, self._size)
        else:
            array[...] = self.array


def _alike(there: Value | None, then: Value | None) -> bool:
    """Whether a gradient is as it was `then`: both are None, or of one kind and without graph."""
    if there is None or then is None:
        return there is then
    return there.edge is None and kind(there.array) == kind(then.array)


class _Used:
    """What a step uses of the Tensors from outside, noted while it is captured.

    What it reads must stay in its memory. A gradient that is there before the step is read from a
    place of our own, to which each launch has it copied; for the next one is elsewhere. This place
    is not in the pool of what is captured: there the same memory may have been, and given back
    before the gradient was read, a temporary's, which each launch writes first.
    """

    def __init__(self, own: Sequence[Value], allocator: Callable[[int], Any]) -> None:
        self._allocator = allocator  # of everybody else
        self._places = {id(value): i for i, value in reversed([*enumerate(own)])}  # of arguments
        self.arguments = list(own)
        self.asks_gradient = False  # whether the step asks for the .grad of an argument
        self.written: list[Array] = []  # in place, whoever wrote to them
        # By the id of the Tensor, with the Tensor.
        self.arrays: dict[int, tuple[Value, Array]] = {}
        self.wanted: dict[int, tuple[Value, bool, bool]] = {}  # and whether it is a leaf
        self.read: dict[int, tuple[Value, Value | None]] = {}  # the gradients before
        self.left: dict[int, tuple[Value, Value | None]] = {}  # and at this place in the step
        self._made: dict[int, weakref.ref[Value]] = {}  # Tensors of the step's own

    # -- what a Capture asks

    gives_arrays = False  # nothing would tell what is made of them, and kept

    def wrote(self, value: Value) -> None:
        self.written.append(vars(value)["array"])

    def is_its_own(self, value: Value) -> bool:
        return id(value) in self._places or self._is_own(value)

    def outside(self) -> list[Value]:
        return [value for value, _ in self.arrays.values()]

    def refuse_changed(self) -> None:
        """Refuse an argument that has become a result."""
        for i, value in enumerate(self.arguments):
            if value.node is not None:
                raise refusal("change an argument", i)

    def refuse_kept_arguments(self) -> None:
        """Refuse a step that has kept one of its arguments."""
        kept = [weakref.ref(value) for value in self.arguments]
        self.arguments.clear()
        refuse_kept(kept, "keep an argument")

    def _is_own(self, value: Value) -> bool:
        reference = self._made.get(id(value))
        return reference is not None and reference() is value

    def _is_new(self, value: Value) -> bool:
        """Whether it does not stand for a gradient that was there before."""
        return all(copy is not value for _, copy in self.read.values())

    def is_as_before(self, key: int, gradient: Value | None) -> bool:
        """Whether `gradient` is the one that the Tensor with this id had before the step."""
        return key in self.read and self.read[key][1] is gradient

    def get_array(self, value: Value) -> Array:
        array = vars(value)["array"]
        if not self.is_its_own(value):
            self.arrays.setdefault(id(value), (value, array))
        return array

    def set_array(self, value: Value, array: Array) -> None:
        if id(value) in self._places and array is not vars(value)["array"]:
            raise refusal("change an argument", self._places[id(value)])
        if "array" not in vars(value):
            self._made[id(value)] = weakref.ref(value)
        elif array is not vars(value)["array"] and not (
            self.is_its_own(value) and self._is_new(value)
        ):
            raise refusal("move memory")
        vars(value)["array"] = array

    def get_wanted(self, value: Value) -> bool:
        wanted: bool = vars(value).get("wanted", False)
        if not self.is_its_own(value):
            self.wanted.setdefault(id(value), (value, wanted, value.node is None))
        return wanted

    def set_wanted(self, value: Value, wanted: bool) -> None:
        if wanted != vars(value).get("wanted", False) and not self._is_own(value):
            self._refuse_argument(value)
            raise refusal("switch requires_grad")
        vars(value)["wanted"] = wanted

    def get_grad(self, value: Value) -> Any:
        if self.is_its_own(value):
            self.asks_gradient |= id(value) in self._places
            return vars(value).get("_grad")
        if id(value) not in self.left:
            gradient = vars(value).get("_grad")
            if gradient is not None:
                check_gradient(gradient)
                gradient = value.wrap(self._place_for(vars(gradient)["array"]))
            self.read[id(value)] = self.left[id(value)] = value, gradient
        return self.left[id(value)][1]

    def _place_for(self, array: Array) -> Array:
        gpu = library("gpu")
        with (
            room_for("the copy of a gradient that a captured step reads"),
            gpu.cuda.using_allocator(self._allocator),
        ):
            return gpu.empty_like(array)

    def set_grad(self, value: Value, gradient: Value | None) -> None:
        if self._is_own(value):
            vars(value)["_grad"] = gradient
        else:
            self._refuse_argument(value)
            self.left[id(value)] = value, gradient

    def _refuse_argument(self, value: Value) -> None:
        if id(value) in self._places:
            raise refusal("change an argument", self._places[id(value)])

    def refuse_kept(self) -> None:
        """Raise CaptureError if the step has kept a Tensor: its memory changes with each launch."""
        gradients = {id(g) for pairs in (self.read, self.left) for _, g in pairs.values()}
        made = [ref for key, ref in self._made.items() if key not in gradients]
        refuse_kept(made, "keep a Tensor")


def _from(pool: Any) -> Callable[[int], Any]:
    """``pool.malloc``, which notices when CuPy gives back what the graph has been told to use.

    CuPy does so where there is no room left: it frees what lies unused in the pool, and tries
    again. Then that is not unused any more, but has not been given out either.
    """

    def malloc(size: int) -> Any:
        unused, used = pool.free_bytes(), pool.used_bytes()
        memory = pool.malloc(size)
        if unused - pool.free_bytes() not in (0, pool.used_bytes() - used):
            raise OutOfMemoryError(
                f"the GPU's memory is full: there was no room for {size:,} bytes while the step "
                "was captured; use a smaller batch, or fewer steps in one capture"
            )
        return memory

    return malloc


def _capture(
    gpu: Any, step: Step, arguments: Sequence[Value], capture: Capture
) -> tuple[Any, Outputs]:
    """The graph of the step, and what it returned. Nothing is computed."""
    # Not the default stream, which cannot be captured; nor one that waits for it. It is left twice:
    # the second time completes what Ctrl-C has interrupted.
    stream, before = gpu.cuda.Stream(non_blocking=True), gpu.cuda.get_current_stream()
    try:
        try:
            stream.use()
            stream.begin_capture()
            outputs = step(*arguments)
            capture.check()
            return stream.end_capture(), outputs
        except RuntimeError as error:
            broken = not _end_quietly(stream) or "captur" in str(error).lower()
            if broken and not _is_ours(error):
                raise _explained(error) from error
            raise
        finally:
            _leave(stream, before)
    finally:
        _leave(stream, before)


def _leave(stream: Any, before: Any) -> None:
    """Compute on the stream that was there `before` from now on, and capture no more."""
    _end_quietly(stream)
    before.use()


def _end_quietly(stream: Any) -> bool:
    """End a capture that is not wanted any more; whether it was still a valid one."""
    if not stream.is_capturing():
        return False
    try:
        stream.end_capture()
    except RuntimeError:
        return False  # CUDA says once more that it has failed; but it has ended
    return True


def _is_ours(error: RuntimeError) -> bool:
    return isinstance(error, (CaptureError, OutOfMemoryError))  # and says itself what is wrong


def _explained(error: RuntimeError) -> CaptureError:
    """An error of CUDA's or CuPy's, in words."""
    reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return refusal("wait for the host", reason)
