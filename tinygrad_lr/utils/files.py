"""Writing a file so that it is there whole, or not at all; and opening only what is a file."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows, where nobody can remove what another process has open
    _LOCKS = False
else:
    _LOCKS = True


class NotRegularError(OSError):
    """A pipe, a device or a socket, where a file is expected."""


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """``with replacing(path) as temporary:`` write to `temporary`; then it becomes `path`.

    The renaming is one step: after an error, an interruption or a loss of power before it, `path`
    is what it was. After an error no temporary file is left; what a kill leaves, the next one who
    replaces `path` removes. The file has the mode and the owner of the one that it replaces, and
    never more rights than that. Raises OSError, NotRegularError if `path` is no regular file.
    """
    path = Path(os.path.realpath(path))  # a link stays a link: the file it leads to is replaced
    old = os.stat(path) if path.exists() else None
    if old is not None:
        _check_regular(path, old)
    try:
        _remove_leftovers(path)
        with _temporary(path, 0o666 if old is None else 0o600) as (temporary, file):
            yield temporary
            if old is not None:
                _take_over(temporary, old)
            os.fsync(file.fileno())  # on the disk before the name is
            if not _LOCKS:
                file.close()
            os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        own = error.filename is None or Path(error.filename).name.startswith(_parts(path)[0])
        if error.errno is not None and own:
            error.filename = str(path)  # nobody knows the temporary one
        raise


@contextmanager
def open_regular(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """`path`, open for reading; for what is no regular file, nor a link to one, NotRegularError.

    A pipe would let its reader wait for ever, and a device may have no end.
    """
    _check_regular(path, os.stat(path))
    with open(path, "rb", opener=_without_waiting) as file:
        # Asked again once it is open: in between, something else may have taken the name.
        _check_regular(path, os.fstat(file.fileno()))
        yield file


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_regular(path: str | os.PathLike[str], found: os.stat_result) -> None:
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    kinds |= {stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
    if kind := kinds.get(stat.S_IFMT(found.st_mode)):
        raise NotRegularError(f"{os.fspath(path)} is {kind}, not a regular file")


# --- The temporary file


def _parts(path: Path) -> tuple[str, str]:
    """Between which a temporary file for `path` has its digits: how its name begins and ends.

    The same suffix, as some writers choose the format by it; but no more of a long name than leaves
    room for the digits.
    """
    stem, suffix = (path.stem, path.suffix) if len(path.suffix) <= 16 else (path.name, "")
    whole_letters = os.fsencode(stem)[:64].decode(sys.getfilesystemencoding(), errors="ignore")
    return f".{whole_letters}.", suffix


@contextmanager
def _temporary(path: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file for what is to become `path`, open and locked; removed if it keeps its name.

    In the same folder, as a renaming is one step only within one disk; and random digits, as two
    processes may write at once.
    """
    begin, end = _parts(path)
    while True:
        temporary = path.with_name(f"{begin}{os.urandom(16).hex()}{end}")
        try:
            with open(
                temporary, "x+b", 0, opener=lambda name, flags: os.open(name, flags, mode)
            ) as file:
                # Who removes leftovers may have come between the two calls; then another name.
                if _lock(file) is not False and os.fstat(file.fileno()).st_nlink:
                    yield temporary, file
                    return
        finally:
            temporary.unlink(missing_ok=True)


def _lock(file: BinaryIO) -> bool | None:
    """Lock `file` for as long as it is open; False if somebody else has, None if it cannot be.

    The system gives a lock back when its process ends, however that comes.
    """
    if not _LOCKS:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk that knows no locks
        return None
    return True


def _remove_leftovers(path: Path) -> None:
    """Remove the temporary files for `path` of those who write no more: nobody has them locked."""
    begin, end = _parts(path)
    pattern = re.compile(f"{re.escape(begin)}[0-9a-f]{{32}}{re.escape(end)}")
    with suppress(OSError):  # a folder that cannot be listed, a file of another user
        for name in filter(pattern.fullmatch, os.listdir(path.parent)):
            leftover = path.with_name(name)
            if leftover.is_symlink():
                continue
            with suppress(OSError), open_regular(leftover) as file:
                if _lock(file):
                    leftover.unlink()


def _take_over(temporary: Path, old: os.stat_result) -> None:
    """Give `temporary` the owner and the mode of a file."""
    if hasattr(os, "chown"):
        with suppress(OSError):  # only a superuser may give a file away
            os.chown(temporary, old.st_uid, old.st_gid)
    os.chmod(temporary, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too, where the system lets a folder be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
