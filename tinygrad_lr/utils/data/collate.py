"""Samples put together to a batch, as PyTorch does it: value, type and dtype."""

from __future__ import annotations

import copy
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from ...creation import as_tensor, tensor
from ...device import is_array
from ...errors import ShapeError
from ...functions import stack
from ...tensor import Tensor

_NUMBERS = (bool, int, float, np.bool_, np.number)
_TEXT = (str, bytes)


def default_collate(batch: Sequence[Any]) -> Any:
    """A `batch` of samples put together: numbers and arrays to one Tensor, containers part by part.

    Samples of shape (...) become a Tensor (n, ...), Python's floats one of float64. Text and bytes
    stay as they are. Named tuples, dicts, lists and their like keep their class, tuples become
    lists. Raises TypeError, ValueError or ShapeError for samples that cannot be put together.

    >>> tg.utils.data.default_collate([(tg.ones(2), 3), (tg.zeros(2), 4)])
    [tensor([[1., 1.],
            [0., 0.]]), tensor([3, 4])]
    """
    if not isinstance(batch, Sequence):
        raise TypeError(
            f"default_collate: expected a list of samples, got {type(batch).__name__}; of one "
            "array or Tensor, list(...) gives its rows"
        )
    if not batch:
        raise ValueError("default_collate: expected at least one sample, got none")
    first = batch[0]
    kinds: tuple[Any, ...] = (Tensor, np.ndarray, _TEXT, _NUMBERS, Mapping, Sequence)
    kind = next((kind for kind in kinds if isinstance(first, kind)), None)
    if kind is not None:
        _check_alike(batch, kind)
    if isinstance(first, Tensor):
        return stack(list(batch))
    if is_array(first):
        return stack([as_tensor(sample) for sample in batch])
    if kind is _TEXT:
        return batch
    if kind is _NUMBERS and isinstance(first, np.generic):
        return as_tensor(np.array(batch))
    if kind is _NUMBERS:
        return tensor(list(batch), dtype=np.float64 if isinstance(first, float) else None)
    if kind is Mapping:
        return _same_mapping(
            first, {key: default_collate([sample[key] for sample in batch]) for key in first}
        )
    if kind is Sequence:
        return _same_sequence(first, [default_collate(part) for part in zip(*batch, strict=True)])
    raise TypeError(
        f"cannot make a batch of {type(first).__name__}; give the DataLoader a collate_fn that can"
    )


def default_convert(data: Any) -> Any:
    """One sample as it is, but with Tensors for the arrays and NumPy numbers in it.

    What a DataLoader without batches (batch_size=None) does with each sample.

    >>> tg.utils.data.default_convert((np.array([1.0, 2.0]), "a"))
    [tensor([1., 2.], dtype=float64), 'a']
    """
    is_number = isinstance(data, (np.bool_, np.number))
    if is_number or (is_array(data) and data.dtype.kind not in "USO"):
        return as_tensor(data)
    if isinstance(data, Mapping):
        return _same_mapping(data, {key: default_convert(data[key]) for key in data})
    if isinstance(data, Sequence) and not isinstance(data, _TEXT):
        return _same_sequence(data, [default_convert(part) for part in data])
    return data


def _same_mapping(like: Any, parts: dict[Any, Any]) -> Any:
    """`parts` in a mapping of the class of `like`; in a dict, where that cannot be made."""
    try:
        if not isinstance(like, MutableMapping):
            return type(like)(parts)
        made = copy.copy(like)  # which may hold more than its keys
        made.update(parts)
    except TypeError:
        return parts
    return made


def _same_sequence(like: Any, parts: list[Any]) -> Any:
    """`parts` in a sequence of the class of `like`; in a list for a tuple, or if it cannot be."""
    if isinstance(like, tuple):
        return type(like)(*parts) if hasattr(like, "_fields") else parts
    try:
        if not isinstance(like, MutableSequence):
            return type(like)(parts)
        made = copy.copy(like)
        for i, part in enumerate(parts):
            made[i] = part
    except TypeError:
        return parts
    return made


def _check_alike(samples: Sequence[Any], kind: Any) -> None:
    """Refuse samples that are not all of this `kind`, or differ in their shape or their parts."""
    first = samples[0]
    for i, sample in enumerate(samples):
        if not isinstance(sample, kind):
            raise TypeError(
                f"cannot make a batch of {type(first).__name__} and {type(sample).__name__} "
                f"(sample {i} of it); give the DataLoader a collate_fn that can"
            )
        if isinstance(sample, (Tensor, np.ndarray)) and sample.shape != first.shape:
            raise ShapeError(
                f"cannot make a batch: its sample 0 has shape {first.shape}, sample {i} has "
                f"{sample.shape}; give the DataLoader a collate_fn that can"
            )
        if kind is Sequence and len(sample) != len(first):
            raise ShapeError(
                f"cannot make a batch: its sample 0 has {len(first)} parts, sample {i} has "
                f"{len(sample)}; give the DataLoader a collate_fn that can"
            )
        if kind is Mapping and set(sample) != set(first):
            raise ValueError(
                f"cannot make a batch: its sample 0 has the keys {list(first)}, sample {i} "
                f"{list(sample)}; give the DataLoader a collate_fn that can"
            )
