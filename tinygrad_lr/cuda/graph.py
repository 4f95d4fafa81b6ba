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

capture.py says what a captured step can be. On the GPU there is more to know:

* It cannot send the GPU a value from the host, either.
* What it returns is copied into new Tensors; the ``.grad`` that it leaves is rewritten by the next
  call.
* Parameters must stay in their memory, and so must arrays that it reads but is not given (all of
  the data, say).

Memory is what needs care. A captured kernel writes to the addresses it was captured with. What the
step needs in between, and gives back, is therefore taken from a pool that nobody else allocates
from; and what it writes to is kept, and looked at before each launch: if a parameter has been moved
(``model.to(...)``), the call says so instead of going wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..capture import CapturedStep, Options, alive, detached, each_tensor
from ..device import CaptureError, DeviceError, library, on_gpu
from ..footprint import footprint
from ..graph import Value, mark_written


def graph(step: Callable[..., Any]) -> GraphedStep:
    """`step`, a function of Tensors on the GPU, as one that is captured when called again."""
    return GraphedStep(step)


class GraphedStep(CapturedStep):
    """A step and, after its second call, the CUDA graph of it."""

    made_by = "cuda.graph"

    def __call__(self, *inputs: Any) -> Any:
        library("gpu")  # or there is none, which the error says
        return super().__call__(*inputs)

    def check_argument(self, i: int, given: Value) -> None:
        if not on_gpu(given.array):
            raise DeviceError(
                f"cuda.graph: argument {i} is on the cpu; a captured step works on the GPU, move "
                "it with .to('gpu')"
            )

    def capture(self, inputs: Sequence[Value], leaves: Sequence[Value]) -> _Captured:
        return _Captured(self.step, inputs, leaves)


class _Captured:
    """The CUDA graph of a step, and everything that must stay where it is as long as it is used."""

    def __init__(
        self, step: Callable[..., Any], inputs: Sequence[Value], leaves: Sequence[Value]
    ) -> None:
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
        self._outputs = detached(outputs)
        self._grads = [(leaf, leaf._grad) for leaf in leaves]
        for leaf, gradient in zip(leaves, before):
            leaf._grad = gradient
        written = alive(left.written)
        self._written = [(value, value.array) for value in written]
        self._rebuilt = [(value, value.rebuilt) for value in (*leaves, *written)]
        places = {id(value.array) for value in written}
        self._added_to = [(leaf, g) for leaf, g in zip(leaves, fixed) if id(g.array) in places]
        self._options = Options(left, "cuda.graph")

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
        return each_tensor(lambda tensor: tensor.wrap(tensor.array.copy()), self._outputs)

    def _check(self) -> None:
        for value, array in self._written:
            if value.array is not array:
                raise CaptureError(
                    f"a tensor of shape {array.shape} that the captured step writes to has been "
                    "given other memory since (by model.to(), .data = ..., or "
                    "optimizer.load_state_dict()); capture the step again, with cuda.graph(step)"
                )
        for value, then in self._rebuilt:
            if value.rebuilt != then:
                raise CaptureError(
                    "a parameter or a module has been replaced by another one since, in a module "
                    f"with a parameter of shape {value.array.shape} that the captured step uses; "
                    "capture the step again, with cuda.graph(step)"
                )
        self._options.check()


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
