"""One file from the network to the disk; datasets.py chooses it, and checks what came."""

from __future__ import annotations

import http.client
import io
import time
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any

_TIMEOUT = 20.0  # seconds; if they bring less than the least speed, waiting ends
_LEAST_SPEED = 1000.0  # bytes a second
_DEADLINE = 1800.0  # seconds for the whole
_CHUNK = 1 << 16  # bytes that are read at once


def save_url(url: str, path: Path, limit: int) -> None:
    """Write what `url` answers to the file `path`.

    Raises OSError if there is no answer, or it breaks off or comes too slowly, ValueError if `url`
    is no address or the answer is longer than `limit` bytes.
    """
    # With a User-Agent of its own, as some hosts refuse urllib's.
    request = urllib.request.Request(url, headers={"User-Agent": "tinygrad_lr"})
    end = time.monotonic() + _DEADLINE  # wherever it is redirected to
    opener = urllib.request.build_opener(_HTTP(end), _HTTPS(end))
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer, open(path, "wb") as out:
            while chunk := _read(answer):
                out.write(chunk)
                if out.tell() > limit:
                    raise ValueError(f"the answer is longer than {limit} bytes")
    except urllib.error.HTTPError as error:
        error.close()  # it is an answer, too
        raise
    except http.client.HTTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from None


def _read(answer: Any) -> bytes:
    try:
        return answer.read(_CHUNK)
    except OSError as error:  # without its number: that would be read as one of the file's
        raise OSError(error.strerror or str(error)) from None


# --- A connection that gives up: the time-out of a socket is for one byte after the other, and a
# --- server that sends one every second, of the headers already, would keep it waiting for ever.


class _Watched(io.RawIOBase):
    """What comes from a socket, for as long as it comes fast enough."""

    def __init__(self, stream: Any, sock: socket, end: float) -> None:
        self._stream, self._sock, self._end = stream, sock, end
        self._begin_window()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        now = time.monotonic()
        if self._arrived >= _LEAST_SPEED * _TIMEOUT:
            self._begin_window()
        left = min(self._window, self._end) - now
        if left <= 0:
            raise self._too_slow(now)
        self._sock.settimeout(left)
        try:
            count = self._stream.readinto(buffer)
        except TimeoutError:
            raise self._too_slow(time.monotonic()) from None
        self._arrived += count
        return count

    def _begin_window(self) -> None:
        self._window, self._arrived = time.monotonic() + _TIMEOUT, 0

    def _too_slow(self, now: float) -> TimeoutError:
        if now >= self._end:
            return TimeoutError(f"timed out: it was not there after {_DEADLINE:g} seconds")
        return TimeoutError(f"timed out: {self._arrived} bytes came in {_TIMEOUT:g} seconds")

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket, *args: Any, end: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Watched(self.fp.detach(), sock, end))


class _Connection(http.client.HTTPConnection):
    def __init__(self, *args: Any, end: float, **options: Any) -> None:
        super().__init__(*args, **options)
        self.response_class = partial(_Answer, end=end)  # type: ignore[assignment]


class _SecureConnection(_Connection, http.client.HTTPSConnection):
    pass


class _HTTP(urllib.request.HTTPHandler):
    def __init__(self, end: float) -> None:
        super().__init__()
        self._connection = partial(_Connection, end=end)

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, request)


class _HTTPS(urllib.request.HTTPSHandler):
    def __init__(self, end: float) -> None:
        super().__init__()
        self._connection = partial(_SecureConnection, end=end)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, request)
