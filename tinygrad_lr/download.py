"""One file from the network to the disk; datasets.py chooses it, and checks what came."""

from __future__ import annotations

import http.client
import urllib.request
from pathlib import Path

_TIMEOUT = 20.0  # seconds without a byte, after which it is an error
_CHUNK = 1 << 16  # bytes that are read at once


def save_url(url: str, path: Path, limit: int) -> None:
    """Write what `url` answers to a new file `path`.

    Raises OSError if there is no answer or it breaks off, ValueError if `url` is no address or the
    answer is longer than `limit` bytes.
    """
    # With a User-Agent of its own, as some hosts refuse urllib's.
    request = urllib.request.Request(url, headers={"User-Agent": "tinygrad_lr"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, open(path, "xb") as out:
            while chunk := answer.read(_CHUNK):
                out.write(chunk)
                if out.tell() > limit:
                    raise ValueError(f"the answer is longer than {limit} bytes")
    except http.client.HTTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from None
