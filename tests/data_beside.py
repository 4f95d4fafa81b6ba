"""What the tests of utils.data beside PyTorch share: data for both, and what is in a batch."""

from __future__ import annotations

import collections
import types
from typing import Any

import torch

import tinygrad_lr as tg

BOTH = (tg, torch)


def data(lib: Any) -> Any:
    return lib.utils.data


def plain(lib: Any, value: Any) -> Any:
    """What is in a batch: the class of each container, and of each tensor dtype and numbers."""
    if isinstance(value, lib.Tensor):
        return "tensor", str(value.dtype).removeprefix("torch."), value.tolist()
    if isinstance(value, (dict, collections.UserDict, types.MappingProxyType)):
        return type(value), {key: plain(lib, part) for key, part in value.items()}
    if isinstance(value, (list, tuple, collections.deque, collections.UserList)):
        return type(value), [plain(lib, part) for part in value]
    return type(value), value


def numbers(lib: Any, size: int = 10) -> Any:
    return data(lib).TensorDataset(lib.arange(size), lib.arange(size) ** 2)
