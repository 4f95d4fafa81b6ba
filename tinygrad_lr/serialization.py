"""save and load: nested dicts and lists of Tensors and plain values, in one safetensors file.

Nothing is pickled: a file holds data only, and to load it runs no code from it. safetensors stores
the Tensors; the structure around them is JSON in the file's metadata. A SHA-256 over both stands
beside it: of a damaged file nothing is loaded. A file is written under a temporary name and then
renamed (files.py): whatever happens meanwhile, there is the whole old file or the whole new one.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from .creation import from_numpy
from .device import move
from .files import replacing
from .tensor import Tensor

_FORMAT = "tinygrad_lr 1"


class CheckpointError(RuntimeError):
    """A file that save() did not write, or that is no longer what it wrote."""


def save(obj: object, path: str | os.PathLike[str]) -> None:
    """Write `obj` to `path`: a Tensor, a number, text, None, or dicts, lists and tuples of them.

    ``save(model.state_dict(), "model.safetensors")``. Tensors are saved from any device, and loaded
    to the CPU. Raises TypeError for anything else, before a file is touched.
    """
    _check_path("save(obj, path)", path)
    arrays: dict[str, np.ndarray] = {}
    try:
        tree = json.dumps(_flatten(obj, "", arrays))
    except RecursionError:
        raise ValueError(
            "save: cannot store lists or dicts that contain themselves, or are nested as deeply as "
            "if they did; store flat ones"
        ) from None
    metadata = {"format": _FORMAT, "tree": tree, "sha256": _digest(tree, arrays)}
    if Path(path).is_dir():
        raise IsADirectoryError(f"cannot save {path}: it is a folder; name a file in it")
    if not Path(path).parent.is_dir():
        raise FileNotFoundError(f"cannot save {path}: there is no folder {Path(path).parent}")
    with replacing(path) as temporary:
        temporary.write_bytes(safetensors.numpy.save(arrays, metadata))


def load(path: str | os.PathLike[str]) -> Any:
    """What ``save`` wrote to `path`, with its Tensors on the CPU.

    Raises FileNotFoundError, and CheckpointError for a file that is truncated, damaged or no
    checkpoint.
    """
    _check_path("load(path)", path)
    content = Path(path).read_bytes()
    try:
        # safetensors checks the header, eight bytes of length and then JSON, against the file.
        arrays = safetensors.numpy.load(content)
        length = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError):
        raise CheckpointError(f"{path}: {_no_checkpoint(content)}") from None
    if metadata.get("format") != _FORMAT:
        raise CheckpointError(
            f"{path}: a safetensors file, but not one that tinygrad_lr's save() wrote; to use its "
            "arrays, read them with safetensors.numpy.load_file and from_numpy"
        )
    tree = metadata.get("tree", "")
    if metadata.get("sha256") != _digest(tree, arrays):
        raise CheckpointError(f"{path}: damaged, its checksum is wrong; use an earlier copy")
    try:
        return _unflatten(json.loads(tree), arrays)
    except (ValueError, TypeError, KeyError, RecursionError) as error:  # save() did not write it
        raise CheckpointError(f"{path}: its structure makes no sense ({error})") from None


def _check_path(call: str, path: object) -> None:
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"{call}: the path must be text or a Path, got {type(path).__name__}")


def _no_checkpoint(content: bytes) -> str:
    """What a file is instead of a checkpoint, as far as its first bytes tell."""
    if not content:
        return "not a checkpoint, the file is empty; use an earlier copy"
    # pickle begins with the byte 0x80, torch.save with "PK". But a header of 128 bytes begins with
    # 0x80 too: its length comes first, then a brace.
    if (content[:1] == b"\x80" and content[8:9] != b"{") or content[:2] == b"PK":
        return (
            "not a checkpoint but a pickle, or what torch.save wrote; those can run any code and "
            "are never loaded here. In PyTorch, write it with safetensors.torch.save_file"
        )
    return (
        f"not a checkpoint, or a truncated or damaged one (it has {len(content)} bytes); use an "
        "earlier copy"
    )


def _flatten(obj: object, name: str, arrays: dict[str, np.ndarray]) -> object:
    """`obj` in a form that JSON can hold; its Tensors are put into `arrays`, under dotted names.

    A Tensor becomes {"tensor": its name}; a dict, list or tuple becomes {"dict": its items},
    {"list": its elements} or {"tuple": its elements}; plain values stay what they are.
    """
    if isinstance(obj, Tensor):
        key = name or "tensor"
        while key in arrays or key == "__metadata__":  # safetensors' own name
            key += "'"
        # In C order: safetensors stores the bytes as they lie in memory.
        arrays[key] = np.ascontiguousarray(move(obj.detach().array, "cpu")).reshape(obj.shape)
        return {"tensor": key}
    if isinstance(obj, dict):
        items = [
            [_flatten(key, name, arrays), _flatten(value, f"{name}.{key}".lstrip("."), arrays)]
            for key, value in obj.items()
        ]
        return {"dict": items}
    if isinstance(obj, (list, tuple)):
        kind = "list" if isinstance(obj, list) else "tuple"
        return {kind: [_flatten(v, f"{name}.{i}".lstrip("."), arrays) for i, v in enumerate(obj)]}
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return obj
    instead = "use Tensors, numbers, text, None, and dicts, lists and tuples of them"
    if hasattr(obj, "state_dict"):
        instead = "save what its state_dict() gives"
    raise TypeError(f"save: cannot store {type(obj).__name__} at {name or 'the top'}; {instead}")


def _unflatten(tree: object, arrays: dict[str, np.ndarray]) -> object:
    """What _flatten made `tree` from. Takes the arrays that it uses out of `arrays`."""
    if not isinstance(tree, dict):
        return tree
    ((kind, content),) = tree.items()
    if kind == "tensor":
        # Each array is for one place in the tree: it is taken out, so that a forged tree cannot
        # unpack to a thousand copies. And it is copied, as loaded arrays are read-only views.
        return from_numpy(arrays.pop(content).copy())
    if kind == "dict":
        return {_unflatten(key, arrays): _unflatten(value, arrays) for key, value in content}
    return {"list": list, "tuple": tuple}[kind]([_unflatten(value, arrays) for value in content])


def _digest(tree: str, arrays: dict[str, np.ndarray]) -> str:
    """The SHA-256 of `tree` and of the names, dtypes, shapes and bytes of `arrays`."""
    digest = hashlib.sha256(tree.encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
