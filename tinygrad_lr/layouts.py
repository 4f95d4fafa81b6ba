"""PyTorch's names for the ways in which elements lie in memory. Usually they lie in rows."""

from __future__ import annotations

from typing import Any

from .errors import ArgumentError, ShapeError


class Layout:
    """One of them, which prints as in PyTorch."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"


strided: Layout = Layout("strided")
preserve_format: Layout = Layout("preserve_format")
contiguous_format: Layout = Layout("contiguous_format")
channels_last: Layout = Layout("channels_last")


def check_layout(name: str, *, memory_format: object = None, layout: object = None) -> None:
    """Raise ArgumentError, for `name`, for a way in which elements cannot lie here."""
    if layout not in (None, strided):
        raise ArgumentError(f"{name}: the only layout is strided, got {layout}; leave it out")
    if memory_format not in (None, preserve_format, contiguous_format):
        raise ArgumentError(f"{name}: elements lie in rows here, got {memory_format}; leave it out")


def laid_out(name: str, tensor: Any, memory_format: object) -> Any:
    """`tensor`, laid out so: of pictures (n, c, h, w), a copy as of (n, h, w, c) for channels_last.

    For all other formats the tensor itself. ShapeError, ArgumentError.
    """
    if memory_format is None:  # the usual case
        return tensor
    if memory_format is not channels_last:
        check_layout(name, memory_format=memory_format)
        return tensor
    if tensor.ndim != 4:
        raise ShapeError(
            f"{name}: channels_last is for 4 dimensions, got shape {tensor.array.shape}"
        )
    return tensor.permute(0, 2, 3, 1).clone().permute(0, 3, 1, 2)
