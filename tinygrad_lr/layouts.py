"""PyTorch's names for the ways in which elements lie in memory. Here there is one: in rows.

So ``x.clone(memory_format=torch.preserve_format)`` runs, and ``channels_last`` is refused.
"""

from __future__ import annotations

from .errors import ArgumentError


class Layout:
    """One of them, which prints as in PyTorch."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"


strided, preserve_format = Layout("strided"), Layout("preserve_format")
contiguous_format = Layout("contiguous_format")


def check_layout(name: str, *, memory_format: object = None, layout: object = None) -> None:
    """Raise ArgumentError, for `name`, for a way of which there is none here."""
    if layout not in (None, strided):
        raise ArgumentError(f"{name}: elements lie in rows here, got {layout}")
    if memory_format not in (None, preserve_format, contiguous_format):
        raise ArgumentError(f"{name}: elements lie in rows here, got {memory_format}")
