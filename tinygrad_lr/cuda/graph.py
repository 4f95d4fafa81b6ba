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

What that means for the step, a function of Tensors on the GPU:

* Its Python code runs in the first two calls and never again. A Python number (a learning rate, a
  counter, ``if epoch > 3``) stays what it was then. What varies must be in an argument.
* Every call needs arguments of the same shapes and dtypes.
* It cannot ask the GPU for a value, nor send it one from the host; the errors say what to do.
* What it returns, Tensors or tuples, lists and dicts of them, is copied into new Tensors.
* Parameters stay in their memory; the ``.grad`` that it leaves is rewritten by the next call.
* Arrays that it reads but is not given (all of the data, say) must stay where they are, too.

Memory is what needs care. A captured kernel writes to the addresses it was captured with. What the
step needs in between, and gives back, is therefore taken from a pool that nobody else allocates
from; and what it writes to is kept, and looked at before each launch: if a parameter has been moved
(``model.to(...)``) or a number of the optimizer changed, the call says so instead of going wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..device import CaptureError, DeviceError, is_capturing, library, on_gpu
from ..errors import ShapeError
from ..footprint import Footprint, footprint
from ..graph import Value, mark_written


def graph(step: Callable[..., Any]) -> CapturedStep:
    """`step`, a function of Tensors on the GPU, as one that is captured when called again."""
    return CapturedStep(step)


class CapturedStep:
    """A step and, after its second call, the CUDA graph of it: see above."""

    def __init__(self, step: Callable[..., Any]) -> None:
        self.step = step
        self._kinds: list[Any] | None = None  # of the arguments: shape and dtype
        self._leaves: list[Value] = []  # what the step gives gradients to
        self._captured: _Captured | None = None

    def __call__(self, *inputs: Any) -> Any:
        """What ``step(*inputs)`` returns, without a graph to walk back through.

        Raises DeviceError for arguments that are not on the GPU, ShapeError for other shapes or
        dtypes than before, CaptureError for what cannot be captured or no longer holds. A call that
        raises has changed nothing.
        """
        library("gpu")
        self._check(inputs)
        if self._captured is not None:
            return self._captured.replay(inputs)
        if self._kinds is not None:
            self._captured = _Captured(self.step, inputs, self._leaves)
            return self._captured.replay(inputs)
        with footprint() as left:
            outputs = self.step(*inputs)
        self._leaves = _alive(left.leaves)
        self._kinds = [_kind(given) for given in inputs]
        return _each_tensor(lambda tensor: tensor.wrap(tensor.array), outputs)

    def _check(self, inputs: Sequence[Any]) -> None:
        for i, given in enumerate(inputs):
            if not isinstance(given, Value):
                raise TypeError(
                    f"cuda.graph: argument {i} is a {type(given).__name__}; a captured step takes "
                    "Tensors, and what else it uses stays as it was when it was captured"
                )
            if not on_gpu(given.array):
                raise DeviceError(
                    f"cuda.graph: argument {i} is on the cpu; a captured step works on the GPU, "
                    "move it with .to('gpu')"
                )
            if given.edge is not None:
                raise ValueError(
                    f"cuda.graph: argument {i} requires grad, but the step gets a copy of it, and "
                    "its gradient would go there; pass it detach()ed"
                )
        kinds = [_kind(given) for given in inputs]
        if self._kinds is not None and kinds != self._kinds:
            raise ShapeError(
                f"cuda.graph: the step was captured for {_listed(self._kinds)}, and is now given "
                f"{_listed(kinds)}; call the step itself for a batch of another size, or capture "
                "one step for each size"
            )

    def __repr__(self) -> str:
        name = getattr(self.step, "__qualname__", repr(self.step))
        return f"<{'captured' if self._captured else 'not yet captured'} step {name}>"


class _Captured:
    """The CUDA graph of a step, and everything that must stay where it is as long as it is used."""

    def __init__(
        self, step: Callable[..., Any], inputs: Sequence[Value], leaves: Sequence[Value]
    ) -> None:
        if is_capturing():
            raise CaptureError("a captured step cannot be part of another one")
        gpu = library("gpu")
        self._pool = gpu.cuda.MemoryPool()  # of what the step needs in between
        self._inputs = [given.wrap(given.array.copy()) for given in inputs]
        before = [leaf._grad for leaf in leaves]
        # Where the step adds to a gradient that is there already, it must be in a place we know.
        fixed = [leaf.wrap(gpu.zeros_like(leaf.array)) for leaf in leaves]
        for leaf, gradient in zip(leaves, fixed):
            leaf._grad = gradient
        try:
            with footprint() as left, gpu.cuda.using_allocator(self._pool.malloc):
                self._graph, outputs = _capture(gpu, step, self._inputs)
        except BaseException:
            for leaf, gradient in zip(leaves, before):
                leaf._grad = gradient
            raise
        self._outputs = _each_tensor(lambda tensor: tensor.wrap(tensor.array), outputs)
        self._grads = [(leaf, leaf._grad) for leaf in leaves]
        for leaf, gradient in zip(leaves, before):
            leaf._grad = gradient
        written = _alive(left.written)
        self._written = [(value, value.array) for value in written]
        places = {id(value.array) for value in written}
        self._added_to = [(leaf, g) for leaf, g in zip(leaves, fixed) if id(g.array) in places]
        self._options = _snapshots(left)

    def replay(self, inputs: Sequence[Value]) -> Any:
        """Do on the GPU what was captured, and in Python what the step would have done here."""
        self._check()
        for leaf, gradient in self._added_to:
            if leaf._grad is not gradient:
                gradient.array[...] = 0 if leaf._grad is None else leaf._grad.array
        for own, given in zip(self._inputs, inputs):
            own.array[...] = given.array
        self._graph.launch()
        for leaf, gradient in self._grads:
            leaf._grad = gradient
            if gradient is not None:
                mark_written(gradient, "a captured step")
        for value, _ in self._written:
            mark_written(value, "a captured step")
        return _each_tensor(lambda tensor: tensor.wrap(tensor.array.copy()), self._outputs)

    def _check(self) -> None:
        for value, array in self._written:
            if value.array is not array:
                raise CaptureError(
                    f"a tensor of shape {array.shape} that the captured step writes to has been "
                    "given other memory since (by model.to(), .data = ..., or "
                    "optimizer.load_state_dict()); capture the step again, with cuda.graph(step)"
                )
        for options, then in self._options:
            for name, number in then.items():
                if options[name] != number:
                    raise CaptureError(
                        f"the optimizer's {name} is {options[name]} now, but was {number} when the "
                        "step was captured, and is part of it; capture the step again, with "
                        "cuda.graph(step)"
                    )


def _capture(gpu: Any, step: Callable[..., Any], inputs: Sequence[Value]) -> tuple[Any, Any]:
    """The graph of ``step(*inputs)``, and what it returned. Nothing is computed."""
    # Not the default stream, which cannot be captured; nor one that waits for it.
    with gpu.cuda.Stream(non_blocking=True) as stream:
        stream.begin_capture()
        try:
            outputs = step(*inputs)
        except BaseException as error:
            broken = not _end_quietly(stream) or "captur" in str(error).lower()
            if isinstance(error, RuntimeError) and broken:
                raise _explained(error) from error
            raise
        try:
            return stream.end_capture(), outputs
        except RuntimeError as error:
            raise _explained(error) from error


def _end_quietly(stream: Any) -> bool:
    """End a capture that is not wanted any more; whether it was still a valid one."""
    try:
        stream.end_capture()
    except RuntimeError:
        return False  # CUDA says once more that it has failed; but it has ended
    return True


def _explained(error: RuntimeError) -> CaptureError:
    """`error` in words, if it is CUDA's or CuPy's; what this library refuses is explained there."""
    if isinstance(error, CaptureError):
        return error
    reason = str(error).splitlines()[0]
    return CaptureError(
        f"this step cannot be captured ({type(error).__name__}: {reason}). It does something that "
        "needs the host in between: a value read back, a product of batches of matrices, a check "
        "of labels (nll_loss), a mask as an index. Do that outside the step"
    )


def _kind(tensor: Value) -> tuple[tuple[int, ...], Any]:
    return tensor.array.shape, tensor.array.dtype


def _listed(kinds: list[Any]) -> str:
    return ", ".join(f"{shape} {dtype}" for shape, dtype in kinds) or "no arguments"


def _alive(references: Sequence[Any]) -> list[Value]:
    """The values that are still there, each once."""
    values = [reference() for reference in references]
    return list({id(value): value for value in values if value is not None}.values())


def _snapshots(left: Footprint) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The options of each optimizer that made a step, and their numbers as they are now."""
    groups = {id(options): options for options in left.options}.values()
    return [
        (options, {name: value for name, value in options.items() if name != "params"})
        for options in groups
    ]


def _each_tensor(function: Callable[[Any], Any], outputs: Any) -> Any:
    """What a step returned, with `function` applied to each Tensor in it."""
    if isinstance(outputs, Value):
        return function(outputs)
    if isinstance(outputs, (tuple, list)):
        kind = list if isinstance(outputs, list) else tuple
        return kind(_each_tensor(function, output) for output in outputs)
    if isinstance(outputs, dict):
        return {name: _each_tensor(function, output) for name, output in outputs.items()}
    return outputs
