"""The files of MNIST and Fashion-MNIST, copied, damaged, packed anew, for the tests."""

from __future__ import annotations

import gzip
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_lr.datasets import FILES, MNIST

ROOT = Path(__file__).parent.parent / "examples" / "data"
RAW = ROOT / "MNIST" / "raw"
NAMES = [file.name for file in FILES[:4]]
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
LABEL_FILE = next(file for file in FILES if str(file) == "MNIST's test labels")


def idx(array: np.ndarray) -> bytes:
    """An array as an idx file, written from the description of the format."""
    codes = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
    header = struct.pack(">BBBB", 0, 0, codes[array.dtype.str[1:]], array.ndim)
    sizes = b"".join(struct.pack(">I", size) for size in array.shape)
    return header + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


def copied(root: Path, *names: str) -> Path:
    """A folder root/MNIST/raw with copies of these real files; returns that folder."""
    folder = root / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name in names:
        shutil.copy(RAW / f"{name}.gz", folder)
    return folder


def content(name: str) -> bytes:
    return gzip.decompress((RAW / f"{name}.gz").read_bytes())


def copied_test_files(tmp_path: Path) -> Path:
    """Copies of MNIST's test files, in tmp_path/MNIST/raw."""
    return copied(tmp_path, TEST_IMAGES, TEST_LABELS)


def load(root: Path, cls: type[MNIST] = MNIST, **options: Any) -> MNIST:
    return cls(root, train=False, **options)


def flip_a_byte(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def packed_labels() -> bytes:
    return (RAW / f"{TEST_LABELS}.gz").read_bytes()
