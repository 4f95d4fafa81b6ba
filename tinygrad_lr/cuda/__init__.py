"""The GPU by PyTorch's name: ``cuda.is_available()``."""

from ..device import is_available

__all__ = ["is_available"]
