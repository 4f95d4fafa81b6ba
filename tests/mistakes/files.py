"""Mistakes with checkpoints, in an empty folder: what is saved, where, and what is loaded."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

import tinygrad_lr as tg
from mistakes import WEIGHT, Mistakes, X
from tinygrad_lr import nn
from tinygrad_lr.optim import SGD


def load_bytes(content: bytes) -> Any:
    Path("state").write_bytes(content)
    return tg.load("state")


def checkpoint() -> bytes:
    tg.save({"weight": tg.ones(2, 3), "epoch": 3}, "state")
    return Path("state").read_bytes()


def with_a_flipped_bit(content: bytes) -> bytes:
    return content[:-3] + bytes([content[-3] ^ 1]) + content[-2:]


def load_folder() -> Any:
    Path("folder").mkdir()
    return tg.load("folder")


def save_on_a_folder() -> None:
    Path("folder").mkdir()
    tg.save(X, "folder")


def list_of_itself() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


FILES: Mistakes = {
    "a checkpoint that is not there": (
        lambda: tg.load("absent"),
        FileNotFoundError,
        ["No such file", "absent"],
    ),
    "a folder in a checkpoint's place": (
        load_folder,
        IsADirectoryError,
        ["Is a directory", "folder"],
    ),
    "an empty checkpoint": (
        lambda: load_bytes(b""),
        tg.CheckpointError,
        ["state: not a checkpoint", "empty", "use an earlier copy"],
    ),
    "a truncated checkpoint": (
        lambda: load_bytes(checkpoint()[:-5]),
        tg.CheckpointError,
        ["state: not a checkpoint, or a truncated or damaged one", "bytes", "earlier copy"],
    ),
    "a flipped bit": (
        lambda: load_bytes(with_a_flipped_bit(checkpoint())),
        tg.CheckpointError,
        ["state: damaged", "checksum", "use an earlier copy"],
    ),
    "a pickle": (
        lambda: load_bytes(pickle.dumps({"weight": 1})),
        tg.CheckpointError,
        ["state: not a checkpoint but a pickle", "never loaded", "safetensors.torch.save_file"],
    ),
    "what torch.save wrote": (
        lambda: load_bytes(b"PK\x03\x04" + bytes(200)),
        tg.CheckpointError,
        ["state: not a checkpoint", "torch.save", "safetensors.torch.save_file"],
    ),
    "a table of losses": (
        lambda: load_bytes(b"epoch,loss\n1,0.5\n"),
        tg.CheckpointError,
        ["state: not a checkpoint", "17 bytes"],
    ),
    "the safetensors file of others": (
        lambda: load_bytes(safetensors.numpy.save({"w": np.ones(3)})),
        tg.CheckpointError,
        ["state: a safetensors file", "tinygrad_lr's save()", "safetensors.numpy.load_file"],
    ),
    "loading from text": (
        lambda: tg.load(io.StringIO("1")),  # type: ignore[arg-type]
        TypeError,
        ["load: this file is open for text", "'rb'"],
    ),
    "no path to load": (
        lambda: tg.load(None),  # type: ignore[arg-type]
        TypeError,
        ["load(path): the path must be text or a Path", "NoneType"],
    ),
    "the path before what to save": (
        lambda: tg.save("model", X),  # type: ignore[arg-type]
        TypeError,
        ["save(obj, path): the path must be text or a Path", "Tensor"],
    ),
    "saving into a folder that is not there": (
        lambda: tg.save(X, "absent/state"),
        FileNotFoundError,
        ["cannot save absent/state", "no folder absent"],
    ),
    "saving over a folder": (
        save_on_a_folder,
        IsADirectoryError,
        ["cannot save folder: it is a folder", "name a file in it"],
    ),
    "saving a model": (
        lambda: tg.save(nn.Linear(2, 2), "state"),
        TypeError,
        ["save: cannot store Linear", "state_dict()"],
    ),
    "saving an optimizer": (
        lambda: tg.save({"optimizer": SGD([WEIGHT])}, "state"),
        TypeError,
        ["save: cannot store SGD at optimizer", "state_dict()"],
    ),
    "saving an array": (
        lambda: tg.save({"weight": np.ones(3)}, "state"),
        TypeError,
        ["save: cannot store ndarray at weight", "use Tensors"],
    ),
    "saving a generator of parameters": (
        lambda: tg.save(nn.Linear(2, 2).parameters(), "state"),
        TypeError,
        ["save: cannot store generator", "use Tensors"],
    ),
    "saving a tensor of long doubles": (
        lambda: tg.save({"w": tg.Tensor.wrap(np.zeros(3, np.longdouble))}, "state"),
        TypeError,
        ["save: a file cannot hold the dtype float128 of the tensor 'w'", ".double()"],
    ),
    "saving a tensor under half of a character": (
        lambda: tg.save({"\ud800": X}, "state"),
        ValueError,
        ["save: a tensor cannot be stored as '\\ud800'", "rename its key"],
    ),
    "saving an integer of 5,000 digits": (
        lambda: tg.save({"n": 10**5000}, "state"),
        ValueError,
        ["save: the integer at n has more digits", "hex()"],
    ),
    "saving to a device": (
        lambda: tg.save(X, "/dev/null"),
        OSError,
        ["/dev/null is a device, not a regular file"],
    ),
    "saving under no name": (
        lambda: tg.save(X, ""),
        FileNotFoundError,
        ["save(obj, path): the path is empty", "name a file"],
    ),
    "loading a device": (
        lambda: tg.load("/dev/zero"),
        tg.CheckpointError,
        ["/dev/zero: not a checkpoint, nor a regular file"],
    ),
    "saving a list that contains itself": (
        lambda: tg.save(list_of_itself(), "state"),
        ValueError,
        ["save: cannot store", "contain themselves"],
    ),
}
