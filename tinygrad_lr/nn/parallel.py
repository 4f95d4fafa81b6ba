"""One model on several processes, each with its part of every batch."""

from __future__ import annotations

import copy
import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from .. import distributed
from ..device import Array, item, xp
from ..errors import ArgumentError
from ..gradients.hooks import Watcher
from ..graph import Op
from ..modes import is_grad_enabled
from ..tensor import Tensor
from ..versions import mark_written, tick
from ..wording import no_option, say_nearest
from .module import Module, parts_changed
from .parameter import UninitializedParameter

__all__ = ["DistributedDataParallel"]

# What comes out of the module, as it is. The gradient of `w`, which is 0, says how many samples
# have gone in: so it is known, when backward has come to its end, of how many the gradients are.
counted: Op = Op(
    "counted",
    lambda y, w, samples: y,
    lambda g, y, a, w, samples: g,
    lambda g, y, a, w, samples: w + samples,
    view=True,
)
# PyTorch's options about how its buffers travel.
_IGNORED = {"process_group", "bucket_cap_mb", "find_unused_parameters", "gradient_as_bucket_view"}
_IGNORED |= {"static_graph", "check_reduction", "bucket_cap_mb_list", "batched_grad_copy"}
# What a module may give besides, in which no Tensor can be.
_PLAIN = (
    int,
    float,
    complex,
    str,
    bytes,
    range,
    type(None),
    enum.Enum,
    np.generic,
    np.ndarray,
    np.dtype,
)


class _Place(NamedTuple):
    """Where the gradient of a parameter stands in the flat buffer, and whether it has one."""

    parameter: Tensor
    part: slice
    flag: slice


class DistributedDataParallel(Module):
    """`module`, trained by all ranks together, each on its part of every batch.

        distributed.init_process_group("mpi")
        model = nn.parallel.DistributedDataParallel(model)
        optimizer = optim.SGD(model.parameters(), lr=0.1)
        ...
        loss = loss_function(model(images), labels)
        loss.backward()  # and all ranks have the gradients of the whole batch
        optimizer.step()

    At first all ranks are given rank 0's parameters and buffers. When backward() has come to its
    end, the gradients of all parameters go into one flat buffer, which is summed over all ranks in
    one all-reduce. What comes back is the mean over all samples, also if the ranks have had batches
    of different sizes:

        grad = (n0 * grad0 + n1 * grad1 + ...) / (n0 + n1 + ...)

    where n0 is the number of samples that rank 0 has called the module with since the last time,
    the length of the first Tensor or array in its arguments, and grad0 the gradient there, of a
    loss that is a *mean* over its samples, as losses usually are. So it is that of one process with
    the whole batch. (A loss that is a sum is no such loss, and its gradients would be weighted
    twice: divide it by the rank's number of samples.) A rank may have an empty batch; a parameter
    without a gradient on some ranks counts as 0 there, and without one on all ranks has none (in a
    traced step all must have one, as that is a question about values). The ranks must go back
    equally often; autograd.grad and backward(inputs=...) give each rank gradients of its own.

    The parameters and names in ``state_dict()`` begin with "module.", as in PyTorch;
    ``ddp.module`` is the module itself. In training, rank 0's buffers (running means) are sent to
    all before each call, unless ``broadcast_buffers=False``. The other options are PyTorch's, about
    how its buffers travel, and ignored.

    Raises RuntimeError, on all ranks, if their modules differ: in names, shapes, dtypes or order of
    the parameters and buffers; and for a module with no parameter to train. ArgumentError if
    there is no process group.

    >>> model = nn.parallel.DistributedDataParallel(nn.Linear(2, 3))
    >>> [name for name, _ in model.named_parameters()]
    ['module.weight', 'module.bias']
    """

    def __init__(
        self,
        module: Module,
        device_ids: object = None,
        output_device: object = None,
        dim: int = 0,
        broadcast_buffers: bool | None = None,
        **others: object,
    ) -> None:
        super().__init__()
        if unknown := sorted(set(others) - _IGNORED):
            raise no_option("DistributedDataParallel", DistributedDataParallel.__init__, unknown[0])
        if not isinstance(module, Module):
            raise TypeError(
                f"DistributedDataParallel: expected a Module, got {type(module).__name__}"
            )
        if any(isinstance(p, UninitializedParameter) for p in module.parameters()):
            raise RuntimeError(
                "Modules with uninitialized parameters can't be used with "
                "`DistributedDataParallel`. Run a dummy forward pass to initialize them"
            )
        trained = [p for p in module.parameters() if p.requires_grad]
        distributed.check_same("DistributedDataParallel: the models", _described(module))
        if not trained:
            raise RuntimeError(
                "DistributedDataParallel is not needed when a module doesn't have any parameter "
                "that requires a gradient."
            )
        self.module = module
        self.broadcast_buffers: bool = broadcast_buffers is None or broadcast_buffers
        for tensor in (*module.parameters(), *module.buffers()):
            distributed.broadcast(tensor.detach(), 0)
        # Two leaves whose gradients are the numbers of samples: since backward() last summed over
        # the ranks, and before, under no_sync().
        like = trained[0].detach().reshape(-1)[:1].float()
        self._samples, self._earlier = ((like * 0).requires_grad_() for _ in range(2))
        self._places, self._flat = _laid_out(trained)
        self._wrapped = [*module.parameters()]
        self._fixed = [p for p in self._wrapped if not p.requires_grad]
        self._synchronizes = True
        self._since = tick()
        self._watch()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Of a deep copy, which sums over the ranks as well."""
        vars(self).update(state)
        self._watch()

    def _watch(self) -> None:
        self._samples.watcher = _AtTheEnd(self._samples.wrap, self._sum_over_ranks)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; the first Tensor in the arguments are the rank's samples.

        Raises RuntimeError if the module has got or lost parameters since it was wrapped.

        >>> model = nn.parallel.DistributedDataParallel(nn.Linear(2, 3))
        >>> model(tg.ones(5, 2)).shape
        (5, 3)
        """
        if distributed.get_world_size() == 1 or not is_grad_enabled():
            return self.module(*args, **kwargs)
        if self._has_others():
            raise RuntimeError(
                "DistributedDataParallel: the module has other parameters than when it was "
                "wrapped, or trains some that were fixed; wrap it anew"
            )
        if self.broadcast_buffers and self.module.training and self._synchronizes:
            for buffer in self.module.buffers():
                distributed.broadcast(buffer, 0)
        if self._earlier._grad is not None and all(p._grad is None for p, *_ in self._places):
            self._earlier._grad = None  # zero_grad() has forgotten what they were the weights of
        leaf = self._samples if self._synchronizes else self._earlier
        # They are counted once, whichever of the outputs, and how many, the loss is made of.
        samples = _samples_in((args, kwargs))
        if samples is None:
            raise ArgumentError(
                "DistributedDataParallel: expected a Tensor as an argument, whose length says how "
                "many samples there are"
            )
        call = counted(leaf, leaf, samples=samples)
        return _each(self.module(*args, **kwargs), lambda y: counted(y, call, samples=0))

    def _has_others(self) -> bool:
        """Whether the module trains other parameters than when it was wrapped."""
        if any(p.requires_grad for p in self._fixed):
            return True
        pairs = zip_longest(self._wrapped, self.module.parameters())
        return parts_changed(self._since) and any(p is not before for before, p in pairs)

    @contextmanager
    def no_sync(self) -> Iterator[None]:
        """Within it, calls of the module let each rank collect gradients of its own.

        They are summed over the ranks at the end of the next backward() from a call outside, with
        those of that call: for batches that are too large at once.

            with model.no_sync():
                for images, labels in parts[:-1]:
                    loss_function(model(images), labels).backward()
            images, labels = parts[-1]
            loss_function(model(images), labels).backward()
            optimizer.step()

        All samples of a rank since the last time then have one weight: what is summed up is right
        if the parts of a rank are equally large.

        >>> model = nn.parallel.DistributedDataParallel(nn.Linear(2, 1, bias=False))
        >>> with model.no_sync():
        ...     model(tg.ones(4, 2)).mean().backward()
        >>> model(tg.ones(4, 2)).mean().backward()  # both, summed over the ranks
        >>> model.module.weight.grad
        tensor([[2., 2.]])
        """
        before, self._synchronizes = self._synchronizes, False
        try:
            yield
        finally:
            self._synchronizes = before

    def _sum_over_ranks(self) -> None:
        """At the end of backward(): the gradients of all ranks, weighted by their samples."""
        flat, size = self._flat.array, self._places[-1].part.stop
        samples = self._samples._grad.array
        if self._earlier._grad is not None:
            samples = samples + self._earlier._grad.array
        self._samples._grad = self._earlier._grad = None
        lib = xp(flat)
        flat[size:] = samples
        for parameter, part, flag in self._places:
            gradient = _gradient_of(parameter)
            if gradient is None:
                flat[part] = flat[flag] = 0
            else:
                lib.multiply(gradient.reshape(-1), samples, out=flat[part])
        mark_written(self._flat, "DistributedDataParallel")
        distributed.all_reduce(self._flat)
        total = lib.maximum(flat[-1:], 1)  # none at all: then the gradients are 0
        for parameter, part, flag in self._places:
            gradient = _gradient_of(parameter)
            if gradient is None:
                if not item(flat[flag]):
                    continue  # no rank has one
                parameter.grad = parameter.detach() * 0
                gradient = parameter._grad.array
            lib.divide(flat[part].reshape(gradient.shape), total, out=gradient)
            mark_written(parameter._grad, "DistributedDataParallel")


class _AtTheEnd(Watcher):
    """Who is told when the gradients of one backward() have all arrived."""

    def __init__(self, wrap: Callable[[Any], Any], then: Callable[[], None]) -> None:
        super().__init__(wrap)
        self._then = then

    def filled(self, leaf: Any) -> None:
        self._then()


def _described(module: Module) -> list[str]:
    """The parameters and buffers, a line each."""
    lines = [
        f"the parameter {name} {tuple(p.shape)} {p.dtype}" + ", fixed" * (not p.requires_grad)
        for name, p in module.named_parameters()
    ]
    buffers = module.named_buffers()
    return lines + [f"the buffer {name} {tuple(b.shape)} {b.dtype}" for name, b in buffers]


def _laid_out(parameters: list[Any]) -> tuple[list[_Place], Tensor]:
    """Where each gradient stands in the flat buffer, and the buffer.

    Behind them all are as many flags, and the number of samples.
    """
    ends = np.cumsum([0, *(p.array.size for p in parameters)]).tolist()
    places = [
        _Place(p, slice(start, end), slice(ends[-1] + i, ends[-1] + i + 1))
        for i, (p, start, end) in enumerate(zip(parameters, ends, ends[1:]))
    ]
    first: Array = parameters[0].array
    dtype = np.result_type(np.float32, *(p.dtype for p in parameters))
    return places, parameters[0].wrap(xp(first).zeros(ends[-1] + len(places) + 1, dtype))


def _gradient_of(parameter: Tensor) -> Array | None:
    """Its gradient, a raw array that can be written to."""
    gradient = parameter._grad
    if gradient is None:
        return None
    if gradient.requires_grad:
        raise RuntimeError(
            "DistributedDataParallel: gradients that are summed over the ranks cannot be "
            "differentiated; leave out create_graph"
        )
    return gradient.array


def _parts(value: Any) -> dict[Any, Any] | None:
    """What a list, tuple, dict or dataclass holds, by its place there; None of anything else."""
    if isinstance(value, dict):
        return value
    if isinstance(value, (list, tuple)):
        return dict(enumerate(value))
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return None


def _samples_in(arguments: Any) -> int | None:
    """How many samples a module is called with: the length of the first Tensor or array."""
    if isinstance(arguments, (Tensor, np.ndarray)):
        return arguments.shape[0] if arguments.ndim else 1
    found = (_samples_in(part) for part in (_parts(arguments) or {}).values())
    return next((samples for samples in found if samples is not None), None)


def _each(output: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """`output`, each Tensor in it that requires grad changed."""
    if isinstance(output, Tensor):
        return change(output) if output.requires_grad else output
    parts = _parts(output)
    if parts is None:
        if not isinstance(output, _PLAIN):
            raise TypeError(
                f"DistributedDataParallel: the module gives a {type(output).__name__}, whose "
                "gradients would not be summed; give Tensors, also in lists, tuples, dicts or "
                "dataclasses"
            )
        return output
    changed = {place: _each(part, change) for place, part in parts.items()}
    if isinstance(output, (list, tuple)):
        fresh: Any = type(output)
        return getattr(fresh, "_make", fresh)(changed.values())
    twin = copy.copy(output)
    if isinstance(output, dict):
        twin.update(changed)
    else:
        for name, part in changed.items():
            object.__setattr__(twin, name, part)  # though it be frozen
    return twin


say_nearest(__name__)
