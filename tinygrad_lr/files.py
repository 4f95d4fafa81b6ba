"""Writing a file so that it is there whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """``with replacing(path) as temporary:`` write to `temporary`; then it becomes `path`.

    The renaming is one step: after an error, an interruption or a loss of power before it, `path`
    is what it was. After an error no temporary file is left. Raises OSError if `path` is there and
    is no regular file.
    """
    path = Path(os.path.realpath(path))  # a link stays a link: the file it leads to is replaced
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    # The same folder, as a renaming is one step only within one disk; the same suffix, as some
    # writers choose the format by it; and random digits, as two processes may write at once.
    temporary = path.with_name(f".{path.stem}.{os.urandom(16).hex()}{path.suffix}")
    try:
        yield temporary
        if path.exists():
            shutil.copymode(path, temporary)
        with open(temporary, "r+b") as file:
            os.fsync(file.fileno())  # on the disk before the name is
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
