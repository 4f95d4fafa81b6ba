"""save and load: nested dicts and lists of Tensors and plain values, in one safetensors file.

Nothing is pickled: a file holds data only, and to load it runs no code from it. safetensors stores
the Tensors; the structure around them is JSON in the file's metadata. A SHA-256 over both stands
beside it: of a damaged file nothing is loaded. A file is written under a temporary name and then
renamed (utils/files.py): whatever happens meanwhile, the whole old file is there, or the whole new.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from .creation import from_numpy
from .device import CPU, Shape, move
from .device import device as Device
from .tensor import Tensor
from .utils.files import NotRegularError, open_regular, replacing
from .wording import Worded, say_nearest

_FORMAT = "tinygrad_lr 1"
_LONGEST_HEADER = 100_000_000  # bytes; safetensors' own limit
_DTYPES = {  # by safetensors' names
    "BOOL": np.dtype("bool"),
    **{f"{kind}{8 * n}": np.dtype(f"{kind.lower()}{n}") for kind in "IU" for n in (1, 2, 4, 8)},
    **{f"F{8 * n}": np.dtype(f"f{n}") for n in (2, 4, 8)},
}


class CheckpointError(Worded, RuntimeError):
    """A file that save() did not write, or that is no longer what it wrote.

    >>> with open("notes.txt", "w") as file:
    ...     _ = file.write("no checkpoint")
    >>> tg.load("notes.txt")
    Traceback (most recent call last):
    tinygrad_lr.serialization.CheckpointError: notes.txt: not a checkpoint, or a truncated ...
    """


class _NoFileError(CheckpointError, NotRegularError):
    """A pipe, a device or a socket: no checkpoint, and no file."""


def save(obj: object, f: str | os.PathLike[str] | BinaryIO) -> None:
    """Write `obj` to `f`: a Tensor, a number, text, None, or dicts, lists and tuples of them.

    ``save(model.state_dict(), "model.safetensors")``. `f` is a path, or a file that is open for
    writing bytes (``io.BytesIO()``). Tensors are saved from any device, and loaded to the CPU;
    NumPy's numbers come back as Python's. Before a file is touched, raises TypeError for anything
    else, ValueError for what is too deep, long or large.

    >>> import io
    >>> file = io.BytesIO()
    >>> tg.save({"x": tg.ones(2)}, file)
    >>> file.seek(0) >= 0
    True
    >>> tg.load(file)
    {'x': tensor([1., 1.])}
    """
    if not hasattr(f, "write"):
        _check_path("save(obj, path)", f)
    arrays: dict[str, np.ndarray] = {}
    try:
        tree = json.dumps(_flatten(obj, "", arrays))
    except RecursionError:
        raise ValueError(
            "save: cannot store lists or dicts that contain themselves, or are nested as deeply as "
            "if they did; store flat ones"
        ) from None
    metadata = {"format": _FORMAT, "tree": tree, "sha256": _digest(tree, arrays)}
    try:
        content = safetensors.numpy.save(arrays, metadata)
    except SafetensorError:
        raise ValueError(
            f"save: cannot store {len(tree):,} bytes of text and numbers, the limit is "
            f"{_LONGEST_HEADER:,}; make Tensors of long lists of numbers"
        ) from None
    if not isinstance(f, (str, os.PathLike)):
        _write(f, content)
        return
    if Path(f).is_dir() or os.fspath(f).endswith(os.sep):
        raise IsADirectoryError(f"cannot save {f}: it is a folder; name a file in it")
    if not Path(f).parent.is_dir():
        raise FileNotFoundError(f"cannot save {f}: there is no folder {Path(f).parent}")
    with replacing(f) as temporary:
        temporary.write_bytes(content)


def _write(file: BinaryIO, content: bytes) -> None:
    try:
        file.write(content)
    except TypeError:
        raise TypeError(
            "save: this file is open for text; open it for bytes, with open(path, 'wb')"
        ) from None


def load(
    f: str | os.PathLike[str] | BinaryIO,
    map_location: str | Device | Mapping[str, str] | Callable[..., object] | None = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
) -> Any:
    """What ``save`` wrote to `f`, a path or a file open for bytes, with its Tensors on the CPU.

    Or on the device `map_location`; of PyTorch's other forms of it, a dict or a function, nothing
    is needed here, as nothing is saved on a device. `weights_only` and `mmap` are PyTorch's: only
    data are loaded in any case.

    Raises FileNotFoundError, and CheckpointError for a file that is truncated, damaged or no
    checkpoint. That is seen before memory is used for it: first the header is compared with the
    length of the file, then the checksum with its content, and only then is it loaded.

    >>> import io
    >>> file = io.BytesIO()
    >>> tg.save({"x": tg.ones(2)}, file)
    >>> file.seek(0) >= 0
    True
    >>> tg.load(file)["x"]
    tensor([1., 1.])
    """
    place = Device(map_location) if isinstance(map_location, str) else CPU
    source: AbstractContextManager[BinaryIO]
    if hasattr(f, "read"):
        content = f.read()
        if isinstance(content, str):
            raise TypeError("load: this file is open for text; open it with open(path, 'rb')")
        source, path = nullcontext(io.BytesIO(content)), "this file"
    else:
        _check_path("load(path)", f)
        source, path = open_regular(f), os.fspath(f)
    try:
        with source as file:
            tree, arrays = _read(file)
        return _unflatten(json.loads(tree), arrays, place)
    except NotRegularError:
        raise _NoFileError(f"{path}: not a checkpoint, nor a regular file") from None
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from None
    except (ValueError, TypeError, KeyError, RecursionError):  # save() did not write it
        raise CheckpointError(f"{path}: its structure makes no sense, save() wrote none") from None
    except MemoryError:
        raise CheckpointError(f"{path}: too large for the memory of this machine") from None


def _check_path(call: str, path: object) -> None:
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else path
    if not isinstance(text, str):
        raise TypeError(f"{call}: the path must be text or a Path, got {type(path).__name__}")
    if not text:
        raise FileNotFoundError(f"{call}: the path is empty; name a file")
    try:
        nameable = b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        nameable = False
    if not nameable:
        raise ValueError(f"{call}: a file cannot be called {text!r}; give it another name")


# --- The file: eight bytes of length, a header of JSON, the bytes of the tensors


class _Stored(NamedTuple):
    """A tensor as the header describes it: its bytes are those from `begin` to `end`."""

    dtype: np.dtype
    shape: Shape
    begin: int
    end: int


def _read(file: BinaryIO) -> tuple[str, dict[str, np.ndarray]]:
    """The tree and the arrays of a checkpoint. Raises CheckpointError."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(9)
    first = 8 + int.from_bytes(start[:8], "little")  # where the header ends
    if first > min(size, 8 + _LONGEST_HEADER) or start[8:] != b"{":
        raise CheckpointError(_no_checkpoint(start, size))
    file.seek(8)
    try:
        header = _header(file.read(first - 8))
        metadata = header.pop("__metadata__", None) or {}
        if metadata.get("format") != _FORMAT:
            raise CheckpointError(
                "a safetensors file, but not one that tinygrad_lr's save() wrote; to use its "
                "arrays, read them with safetensors.numpy.load_file and from_numpy"
            )
        if not all(isinstance(text, str) for text in metadata.values()):
            raise ValueError("metadata are text")
        tree = metadata["tree"]
        stored = {name: _stored(entry, first) for name, entry in header.items()}
        _check_places(stored.values(), first, size)
        if size > _memory():
            raise MemoryError("before a file that cannot be loaded is read for hours")
        parts = ((name, *s[:2], _pieces(file, s)) for name, s in sorted(stored.items()))
        intact = metadata["sha256"] == _checksum(tree, parts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CheckpointError(_no_checkpoint(start, size)) from None
    if not intact:
        raise CheckpointError("damaged, its checksum is wrong; use an earlier copy")
    return tree, {name: _array(file, s) for name, s in stored.items()}


# What a header is without its texts and blanks: entries of a text, or of a few whole numbers, each.
# JSON in which there is more between the texts can take twenty times its own length in memory.
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|\s+', re.DOTALL)
_SKELETON = re.compile(rb"\{(?::\{(?::(?:\[[\d,]{0,2000}\])?,?)*\},?)*\}")


def _header(content: bytes) -> dict[str, Any]:
    if not _SKELETON.fullmatch(_TEXT.sub(b"", content)):
        raise ValueError("not the JSON of a header")
    return json.loads(content.decode(), object_pairs_hook=_without_repetition)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def _stored(entry: dict[str, Any], first: int) -> _Stored:
    """What an entry of the header says. Raises ValueError, KeyError or TypeError for nonsense."""
    dtype, shape, (begin, end) = _DTYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
    numbers = [*shape, begin, end]
    if len(shape) > 64 or not all(type(n) is int and 0 <= n < 2**63 for n in numbers):
        raise ValueError("more dimensions than an array has, or no sizes")
    if math.prod(shape) * dtype.itemsize != end - begin:
        raise ValueError("not as long as its shape says")
    return _Stored(dtype, tuple(shape), first + begin, first + end)


def _check_places(stored: Iterable[_Stored], first: int, size: int) -> None:
    """The tensors fill the file after its header, and no two overlap; or else ValueError."""
    for begin, end in sorted((s.begin, s.end) for s in stored):
        if begin != first:
            raise ValueError("a gap, or an overlap")
        first = end
    if first != size:
        raise ValueError("longer or shorter than its tensors")


def _pieces(file: BinaryIO, stored: _Stored) -> Iterator[bytes]:
    """The bytes of a tensor, a megabyte at a time. Raises ValueError if they are not there."""
    file.seek(stored.begin)
    left = stored.end - stored.begin
    while left:
        piece = file.read(min(left, 1 << 20))
        if not piece:
            raise ValueError("somebody has cut the file off")
        left -= len(piece)
        yield piece


def _array(file: BinaryIO, stored: _Stored) -> np.ndarray:
    array = np.empty(stored.shape, stored.dtype)
    content, done = array.reshape(-1).view(np.uint8), 0
    for piece in _pieces(file, stored):
        content[done : done + len(piece)] = np.frombuffer(piece, np.uint8)
        done += len(piece)
    return array


def _memory() -> float:
    """How many bytes of memory this machine has, as far as it tells."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return math.inf


def _no_checkpoint(start: bytes, size: int) -> str:
    """What a file is instead of a checkpoint, as far as its first bytes tell."""
    if not size:
        return "not a checkpoint, the file is empty; use an earlier copy"
    # pickle begins with the byte 0x80, torch.save with "PK". But a header of 128 bytes begins with
    # 0x80 too: its length comes first, then a brace.
    if (start[:1] == b"\x80" and start[8:9] != b"{") or start[:2] == b"PK":
        return (
            "not a checkpoint but a pickle, or an archive such as torch.save writes; pickles can "
            "run any code and are never loaded here. In PyTorch, write it with "
            "safetensors.torch.save_file; safetensors.numpy.load_file and from_numpy read that"
        )
    return (
        f"not a checkpoint, or a truncated or damaged one (it has {size} bytes); use an "
        "earlier copy"
    )


def _digest(tree: str, arrays: dict[str, np.ndarray]) -> str:
    """The SHA-256 of `tree` and of the names, dtypes, shapes and bytes of `arrays`."""
    return _checksum(
        tree, ((n, a.dtype, a.shape, [a.tobytes()]) for n, a in sorted(arrays.items()))
    )


def _checksum(tree: str, parts: Iterable[tuple[str, np.dtype, Shape, Iterable[bytes]]]) -> str:
    digest = hashlib.sha256(tree.encode())
    for name, dtype, shape, pieces in parts:
        digest.update(f"{name} {dtype} {shape}".encode())
        for piece in pieces:
            digest.update(piece)
    return digest.hexdigest()


# --- The structure around the tensors


def _flatten(obj: object, name: str, arrays: dict[str, np.ndarray]) -> object:
    """`obj` in a form that JSON can hold; its Tensors are put into `arrays`, under dotted names.

    A Tensor becomes {"tensor": its name}; a dict, list or tuple becomes {"dict": its items},
    {"list": its elements} or {"tuple": its elements}, an OrderedDict {"ordered": its items}; plain
    values stay what they are, and NumPy's numbers become Python's.
    """
    if isinstance(obj, np.generic):
        obj = obj.item()
    if isinstance(obj, Tensor):
        key = name or "tensor"
        while key in arrays or key == "__metadata__":  # safetensors' own name
            key += "'"
        arrays[key] = _storable(obj, key)
        return {"tensor": key}
    if isinstance(obj, dict):
        items = [
            [_flatten(key, name, arrays), _flatten(value, f"{name}.{key}".lstrip("."), arrays)]
            for key, value in obj.items()
        ]
        return {"ordered" if isinstance(obj, OrderedDict) else "dict": items}
    if isinstance(obj, (list, tuple)):
        kind = "list" if isinstance(obj, list) else "tuple"
        return {kind: [_flatten(v, f"{name}.{i}".lstrip("."), arrays) for i, v in enumerate(obj)]}
    if isinstance(obj, int) and not _has_digits(obj):
        raise ValueError(
            f"save: the integer at {name or 'the top'} has more digits than Python writes; store "
            "its hex() as text"
        )
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return obj
    instead = "use Tensors, numbers, text, None, and dicts, lists and tuples of them"
    if hasattr(obj, "state_dict"):
        instead = "save what its state_dict() gives"
    raise TypeError(f"save: cannot store {type(obj).__name__} at {name or 'the top'}; {instead}")


def _storable(tensor: Tensor, name: str) -> np.ndarray:
    """The values of `tensor` as they are to lie in the file: in C order, in native bytes."""
    array = move(tensor.detach().array, "cpu")
    dtype = array.dtype.newbyteorder("=")
    if dtype not in _DTYPES.values():
        raise TypeError(
            f"save: a file cannot hold the dtype {array.dtype} of the tensor {name!r}; convert it, "
            "with .double() for instance"
        )
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ValueError(
            f"save: a tensor cannot be stored as {name!r}, which has half of a character in it "
            "(a surrogate); rename its key"
        ) from None
    return np.ascontiguousarray(array, dtype).reshape(tensor.shape)


def _has_digits(number: int) -> bool:
    """Whether Python is willing to write out an integer."""
    try:
        return bool(int.__repr__(number))
    except ValueError:
        return False


def _unflatten(tree: object, arrays: dict[str, np.ndarray], place: Device) -> object:
    """What _flatten made `tree` from. Takes the arrays that it uses out of `arrays`."""
    if not isinstance(tree, dict):
        return tree
    ((kind, content),) = tree.items()
    if kind == "tensor":
        # Each array is for one place in the tree: it is taken out, so that a forged tree cannot
        # unpack to a thousand copies.
        return from_numpy(arrays.pop(content)).to(place)
    if kind in ("dict", "ordered"):
        items = [(_unflatten(k, arrays, place), _unflatten(v, arrays, place)) for k, v in content]
        return dict(items) if kind == "dict" else OrderedDict(items)
    return {"list": list, "tuple": tuple}[kind]([_unflatten(v, arrays, place) for v in content])


say_nearest(__name__)
