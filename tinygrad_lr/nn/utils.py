"""Gradients that are too large, cut down; and parameters as one vector."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import reduce

from ..creation import tensor
from ..errors import ShapeError
from ..functions import cat, maximum, minimum
from ..modes import no_grad
from ..tensor import Tensor
from ..warned import warn
from ..wording import say_nearest

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
    "parameters_to_vector",
    "vector_to_parameters",
]

Tensors = Tensor | Iterable[Tensor]


@no_grad
def get_total_norm(
    tensors: Tensors,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of all elements of all `tensors`: ``sum(abs(x)**p)**(1/p)``, or the largest.

    `norm_type` is p, or inf; `foreach` is of no consequence here. With `error_if_nonfinite` raises
    RuntimeError if the norm is inf or nan.

    >>> nn.utils.get_total_norm([tg.tensor([3.0, 4.0])])
    tensor(5.)
    """
    several, p = _listed(tensors), float(norm_type)
    if not several:
        return tensor(0.0)
    place = several[0]
    parts = [_part(t, p).to(place.device) for t in several]
    if math.isinf(p):
        total = reduce(maximum if p > 0 else minimum, parts)
    else:
        total = reduce(Tensor.add, parts) ** (1 / p)
    if error_if_nonfinite and not total.isfinite():
        raise RuntimeError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite, so it "
            "cannot be clipped.\n"
            "To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total.to(dtype=place.dtype)


def _part(t: Tensor, p: float) -> Tensor:
    """What one tensor adds to the norm; of float16 in float32, which holds its squares."""
    wide = t.float() if t.dtype.itemsize < 4 else t
    if p == 2:
        return (wide * wide).sum()
    size = wide.abs()
    if math.isinf(p):
        return size.max() if p > 0 else size.min()
    if p == 0:
        raise ValueError("get_total_norm: norm_type 0 would only count; use 1, 2 or inf")
    return (size**p).sum()


@no_grad
def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply all gradients by ``max_norm / (total_norm + 1e-6)``, if that is less than 1.

    In place: they keep their shapes and dtypes.

    >>> x = tg.ones(2, requires_grad=True)
    >>> x.grad = 3 * tg.ones(2)
    >>> nn.utils.clip_grads_with_norm_([x], 1.0, tg.tensor(6.0))
    >>> x.grad
    tensor([0.5000, 0.5000])
    """
    share = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
    for gradient in _gradients(_listed(parameters)):
        gradient.mul_(share.to(gradient))


@no_grad
def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients so that their norm together is at most `max_norm`; returns what it was.

    Between ``backward()`` and ``optimizer.step()``. See get_total_norm(). It is a number, in a
    Tensor of no dimensions.

    >>> x = tg.ones(2, requires_grad=True)
    >>> (3 * x).sum().backward()
    >>> nn.utils.clip_grad_norm_([x], 1.0)
    tensor(4.2426)
    """
    several = _listed(parameters)
    if not several and isinstance(parameters, Iterator):
        warn("`parameters` is an empty generator, no gradient clipping will occur.")
    total = get_total_norm(_gradients(several), norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(several, max_norm, total, foreach)
    return total


@no_grad
def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Bring each element of the gradients into -clip_value to clip_value.

    >>> x = tg.ones(2, requires_grad=True)
    >>> (3 * x).sum().backward()
    >>> nn.utils.clip_grad_value_([x], 1.0)
    >>> x.grad
    tensor([1., 1.])
    """
    bound = float(clip_value)
    for gradient in _gradients(_listed(parameters)):
        gradient.clamp_(-bound, bound)


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All elements of all `parameters`, in one vector. It has a gradient.

    >>> x, y = tg.tensor([[1.0], [2.0]]), tg.tensor([3.0])
    >>> nn.utils.parameters_to_vector([x, y])
    tensor([1., 2., 3.])
    """
    return cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let `parameters` have the elements of `vec`, and its memory: what makes a vector, undone.

    ShapeError for a vector of another length.

    >>> nn.utils.vector_to_parameters(tg.zeros(9), nn.Linear(2, 3).parameters())
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"vector_to_parameters: expected a Tensor, got {type(vec).__name__}")
    several = [*parameters]
    needed, begin = sum(parameter.numel() for parameter in several), 0
    if vec.numel() < needed:
        raise ShapeError(
            f"vector_to_parameters: the parameters have {needed} elements, the vector has "
            f"{vec.numel()}"
        )
    for parameter in several:
        end = begin + parameter.numel()
        parameter.data = vec.data[begin:end].view(parameter.shape)
        begin = end


def _listed(tensors: Tensors) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else [*tensors]


def _gradients(parameters: list[Tensor]) -> list[Tensor]:
    return [parameter.grad for parameter in parameters if parameter.grad is not None]


say_nearest(__name__)
