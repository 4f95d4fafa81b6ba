"""What the tests of saved files share: what to save, when it is the same, and how to forge it."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import safetensors.numpy

import tinygrad_lr as tg
from tinygrad_lr.serialization import _digest


def whole() -> dict[str, Any]:
    """Something of each kind that can be saved."""
    return {
        "weight": tg.tensor(np.linspace(-1, 1, 60, dtype=np.float32).reshape(6, 10)),
        "double": tg.tensor(np.linspace(-1, 1, 7)),
        "labels": tg.tensor([3, 1, 2]),
        "pixels": tg.tensor(np.arange(9, dtype=np.uint8)),
        "flag": tg.tensor([True, False]),
        "empty": tg.zeros(0, 3),
        "epoch": 12,
        "note": "räksmörgås",
        "options": {"lr": 0.1, "nested": [1, (2, None)]},
    }


def equal(a: Any, b: Any) -> bool:
    """The same structure, types and values, bit for bit; NaN is NaN, and -0.0 is not 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tg.Tensor):
        return (a.dtype, a.shape, a.array.tobytes()) == (b.dtype, b.shape, b.array.tobytes())
    if isinstance(a, dict):
        return len(a) == len(b) and all(
            equal(x, y) and equal(a[x], b[y]) for x, y in zip(a, b, strict=True)
        )
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a, math.copysign(1, a)) == (
            b,
            math.copysign(1, b),
        )
    return bool(a == b)


def forged(header: Any, data: bytes = b"") -> bytes:
    """A safetensors file with any header, JSON or not."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def signed(tree: str, arrays: dict[str, np.ndarray] | None = None) -> bytes:
    """A file whose checksum is right, around a tree that save() never writes."""
    arrays = arrays or {}
    metadata = {"format": "tinygrad_lr 1", "tree": tree, "sha256": _digest(tree, arrays)}
    return safetensors.numpy.save(arrays, metadata)
