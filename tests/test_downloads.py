"""Downloading a data set: once, from the first mirror that is good and fast enough, or not at all.

No mirror is asked for what is there. A bad, slow or endless one is given up for the next; when all
fail, one error tells each reason; what is interrupted leaves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from mnist_files import (
    NAMES,
    RAW,
    ROOT,
    TEST_IMAGES,
    TEST_LABELS,
    copied,
    copied_test_files,
    load,
    packed_labels,
)
from server import Server, serving

from tinygrad_lr.datasets import FILES, MNIST, DatasetError
from tinygrad_lr.utils import download, files

raw = pytest.fixture(copied_test_files)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def mirrors(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Point MNIST's mirrors somewhere else for one test."""
    return lambda *urls: monkeypatch.setattr(MNIST, "mirrors", urls)


def files_in(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_download_gets_all_four_files_once(tmp_path: Path, server: Server, mirrors: Any) -> None:
    mirrors(server.serve("good", *NAMES))
    root = tmp_path / "not" / "yet" / "there"
    assert len(load(root, download=True)) == 10000
    assert files_in(root) == sorted(f"{name}.gz" for name in NAMES)
    assert sorted(server.asked) == sorted(f"/good/{name}.gz" for name in NAMES)
    load(root, download=True)
    load(root)
    assert len(server.asked) == 4


def test_nothing_is_asked_of_a_mirror_where_the_files_are_good(mirrors: Any) -> None:
    mirrors("http://127.0.0.1:9/")
    assert len(load(ROOT, download=True)) == 10000


@pytest.fixture
def all_but_labels(tmp_path: Path) -> Path:
    """A root where only the test labels are missing."""
    copied(tmp_path, *[name for name in NAMES if name != TEST_LABELS])
    return tmp_path


def truncated(handler: BaseHTTPRequestHandler) -> None:
    """Announce the whole file, send half, hang up."""
    page = packed_labels()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(page)))
    handler.end_headers()
    handler.wfile.write(page[: len(page) // 2])


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send bytes for as long as anyone listens."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(bytes(1 << 16))
    except OSError:
        pass


def other_file() -> bytes:
    return (RAW / f"{TEST_IMAGES}.gz").read_bytes()


@pytest.mark.parametrize(
    "bad", [None, b"", b"<html>sorry</html>", truncated, endless, other_file, "http://127.0.0.1:9/"]
)
def test_after_a_bad_mirror_the_next_is_tried(
    all_but_labels: Path, server: Server, mirrors: Any, bad: Any
) -> None:
    first = bad if isinstance(bad, str) else f"{server.url}/bad"  # port 9: nobody listens
    page = f"/bad/{TEST_LABELS}.gz"
    if bad is other_file:
        server.pages[page] = other_file()
    elif bad is not None:
        server.pages[page] = bad
    mirrors(first, server.serve("good", TEST_LABELS))
    assert load(all_but_labels, download=True).targets.numpy()[0] == 7
    assert server.asked[-1] == f"/good/{TEST_LABELS}.gz"
    assert files_in(all_but_labels) == sorted(f"{name}.gz" for name in NAMES)


def test_when_all_mirrors_fail_one_error_tells_each_reason(
    all_but_labels: Path, server: Server, mirrors: Any
) -> None:
    labels = f"{TEST_LABELS}.gz"
    server.pages[f"/page/{labels}"] = b"<html>sorry</html>"
    server.pages[f"/short/{labels}"] = truncated
    server.pages[f"/other/{labels}"] = other_file()
    urls = [f"{server.url}/{kind}" for kind in ("none", "page", "short", "other")]
    mirrors(*urls, "http://127.0.0.1:9", "nonsense")
    with pytest.raises(DatasetError) as error:
        load(all_but_labels, download=True)
    told = str(error.value)
    lines = told.splitlines()
    assert lines[0] == "could not download MNIST's test labels. Tried:"
    for line, (url, reason) in zip(
        lines[1:],
        [
            (urls[0], "404"),
            (urls[1], "as a web page does"),
            (urls[2], "what came is truncated: expected 10008 bytes"),
            (urls[3], "this is MNIST's test images, not MNIST's test labels"),
            ("http://127.0.0.1:9", "refused"),
            ("nonsense", "unknown url type"),
        ],
        strict=False,
    ):
        assert line.startswith(f"  {url}/{labels}: ")
        assert reason in line
    assert ".part" not in told
    assert str(all_but_labels / "MNIST" / "raw") in told
    for file in FILES[:4]:
        assert f"{file.name}.gz  {file.sha256}" in told
    assert labels not in files_in(all_but_labels)
    assert len(files_in(all_but_labels)) == 3


# ---------------------------------------------------------------------------- slow and endless ones


def dripping(*parts: bytes, pause: float) -> Callable[[BaseHTTPRequestHandler], None]:
    """Send these parts with a pause after each, for as long as anyone listens."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        try:
            for part in parts:
                handler.wfile.write(part)
                time.sleep(pause)
        except OSError:
            pass

    return send


def in_parts(page: bytes, size: int) -> list[bytes]:
    return [page[i : i + size] for i in range(0, len(page), size)]


OK = b"HTTP/1.0 200 OK\r\n\r\n"
SLOW = {
    "silence": [b""] * 99,
    "a byte now and then": [OK, *[b"x"] * 99],
    "a header, byte by byte": in_parts(OK, 1) * 4,
    "headers without end": [b"HTTP/1.0 200 OK\r\n", *[b"A: b\r\n"] * 99],
    "a good beginning": [OK + bytes(5000), *[b"x"] * 99],
    "pieces with their lengths": [
        OK[:-2] + b"Transfer-Encoding: chunked\r\n\r\n",
        *[b"1\r\nx\r\n"] * 99,
    ],
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_mirror_that_is_too_slow_is_given_up(
    kind: str, all_but_labels: Path, server: Server, mirrors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_TIMEOUT", 0.3)
    server.pages[f"/slow/{TEST_LABELS}.gz"] = dripping(*SLOW[kind], pause=0.05)
    slow = f"{server.url}/slow"
    mirrors(slow)
    with pytest.raises(
        DatasetError, match=rf"(?s){slow}/.*: timed out: \d+ bytes came in 0.3 seconds"
    ):
        load(all_but_labels, download=True)


def test_a_slow_mirror_is_fast_enough_as_long_as_it_brings_the_least(
    all_but_labels: Path, server: Server, mirrors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than the time-out, byte after byte of the headers and part after part."""
    monkeypatch.setattr(download, "_TIMEOUT", 1.0)
    monkeypatch.setattr(download, "_LEAST_SPEED", 500.0)  # one part in that time
    parts = [*in_parts(OK, 5), *in_parts(packed_labels(), 600)]
    server.pages[f"/slow/{TEST_LABELS}.gz"] = dripping(*parts, pause=0.1)
    mirrors(f"{server.url}/slow")
    begin = time.monotonic()
    load(all_but_labels, download=True)
    assert time.monotonic() - begin > 1.0


def test_a_download_has_an_end_however_fast_it_goes(
    all_but_labels: Path, server: Server, mirrors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_DEADLINE", 0.3)
    fast = dripping(OK, *[bytes(5000)] * 99, pause=0.03)
    server.pages[f"/slow/{TEST_LABELS}.gz"] = fast
    mirrors(f"{server.url}/slow")
    with pytest.raises(DatasetError, match=r"timed out: it was not there after 0.3 seconds"):
        load(all_but_labels, download=True)


def test_a_mirror_that_redirects_for_ever_has_no_more_time(
    all_but_labels: Path, server: Server, mirrors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_DEADLINE", 0.3)
    for number in range(10):
        head = f"HTTP/1.0 302 \r\nLocation: {server.url}/{number + 1}\r\n\r\n".encode()
        page = f"/{number}" if number else f"/slow/{TEST_LABELS}.gz"
        server.pages[page] = dripping(b"", head, pause=0.1)
    mirrors(f"{server.url}/slow")
    with pytest.raises(DatasetError, match=r"timed out: it was not there after 0.3 seconds"):
        load(all_but_labels, download=True)
    assert len(server.asked) < 5


def test_after_one_that_is_too_slow_the_next_is_tried_wherever_they_redirect_to(
    all_but_labels: Path, server: Server, mirrors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = f"{TEST_LABELS}.gz"

    def moved(place: str) -> Callable[[BaseHTTPRequestHandler], None]:
        return lambda handler: (
            handler.wfile.write(f"HTTP/1.0 302 \r\nLocation: {server.url}/{place}\r\n\r\n".encode())
            and None
        )

    server.serve("good", TEST_LABELS)
    server.pages[f"/moved/{labels}"] = moved(f"good/{labels}")
    server.pages[f"/slow/{labels}"] = moved("drip")
    server.pages["/drip"] = dripping(OK, *[b"x"] * 99, pause=0.05)
    monkeypatch.setattr(download, "_TIMEOUT", 1.0)  # the good one, too, may wait for a processor
    mirrors(f"{server.url}/slow", f"{server.url}/moved")
    assert load(all_but_labels, download=True).targets.numpy()[0] == 7
    assert server.asked == [f"/slow/{labels}", "/drip", f"/moved/{labels}", f"/good/{labels}"]
    assert files_in(all_but_labels) == sorted(f"{name}.gz" for name in NAMES)


# ---------------------------------------------------------------------------- what was there before


def test_a_bad_file_is_replaced_and_a_good_one_is_not(
    all_but_labels: Path, server: Server, mirrors: Any
) -> None:
    labels = all_but_labels / "MNIST" / "raw" / f"{TEST_LABELS}.gz"
    labels.write_bytes(b"")
    mirrors(server.serve("good", *NAMES))
    load(all_but_labels, download=True)
    assert server.asked == [f"/good/{TEST_LABELS}.gz"]
    assert labels.read_bytes() == packed_labels()


def test_where_a_bad_file_cannot_be_replaced_both_reasons_are_told(
    all_but_labels: Path, server: Server, mirrors: Any
) -> None:
    labels = all_but_labels / "MNIST" / "raw" / f"{TEST_LABELS}.gz"
    labels.write_bytes(b"")
    mirrors(server.url)
    with pytest.raises(DatasetError, match=r"(?s)is empty: .*could not download .*404"):
        load(all_but_labels, download=True)
    assert labels.read_bytes() == b""


def test_an_interrupted_download_leaves_nothing(
    all_but_labels: Path, server: Server, mirrors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrors(server.serve("good", TEST_LABELS))
    while_downloading: list[str] = []

    def interrupt(*_: Any) -> None:
        while_downloading.extend(files_in(all_but_labels))
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", interrupt)  # the last moment before it is there
    with pytest.raises(KeyboardInterrupt):
        load(all_but_labels, download=True)
    assert len(while_downloading) == 4  # what came lay beside the three, under a name of its own
    assert len(files_in(all_but_labels)) == 3


def test_a_root_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(DatasetError, match=r"(?s)cannot make the folder .*\schoose another root"):
        load(in_the_way, download=True)
