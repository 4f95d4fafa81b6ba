"""tinygrad_lr.utils.files, and save and load upon it: what was at a path, and what a kill left."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from checkpoints import equal, forged, signed
from limits import MB, bounded

import tinygrad_lr as tg
from tinygrad_lr import CheckpointError, Tensor, load, save
from tinygrad_lr.serialization import _digest
from tinygrad_lr.utils.files import replacing

LIMIT = 60  # seconds after which a process counts as hanging


def entries(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


# --- What a kill left

WRITER = """
import signal, sys
from tinygrad_lr.utils.files import replacing
with replacing(sys.argv[1]) as temporary:
    temporary.write_text("half")
    print(temporary, flush=True)
    sys.stdin.read()
"""


def writer(path: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that is in the middle of replacing `path`, and the file it writes to."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().rstrip("\n"))


@pytest.mark.parametrize(
    "name", ["state.safetensors", "state", ".hidden", "a.b.c", "two words", "é" * 127, "*[a]?.x"]
)
def test_what_a_kill_left_is_removed_by_the_next_save(name: str, tmp_path: Path) -> None:
    process, temporary = writer(tmp_path / name)
    process.kill()
    process.communicate(timeout=LIMIT)
    assert entries(tmp_path) == [temporary.name]
    save(1, tmp_path / name)
    assert entries(tmp_path) == [name]
    assert load(tmp_path / name) == 1


def test_what_another_process_is_writing_stays(tmp_path: Path) -> None:
    path = tmp_path / "state"
    process, temporary = writer(path)
    process.send_signal(signal.SIGSTOP)  # however long it takes
    save(1, path)
    assert entries(tmp_path) == sorted([temporary.name, "state"])
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=LIMIT)
    assert process.returncode == 0
    assert path.read_text() == "half"
    assert entries(tmp_path) == ["state"]


def test_who_saves_while_this_process_writes_leaves_its_file(tmp_path: Path) -> None:
    with replacing(tmp_path / "state") as temporary:
        temporary.write_text("later")
        save(1, tmp_path / "state")
        assert temporary.exists()
    assert (tmp_path / "state").read_text() == "later"


def test_files_of_other_names_are_no_leftovers(tmp_path: Path) -> None:
    digits = "0" * 32
    others = {".state.bak", f".other.{digits}", f"state.{digits}", f".state.{digits}.x", ".state."}
    for name in others:
        (tmp_path / name).write_text("mine")
    (tmp_path / f".state.{digits}").symlink_to(".state.bak")
    (tmp_path / f".state.{'1' * 32}").mkdir()
    os.mkfifo(tmp_path / f".state.{'2' * 32}")
    before = entries(tmp_path)
    save(1, tmp_path / "state")
    assert entries(tmp_path) == sorted([*before, "state"])


def test_many_threads_that_save_one_file_all_succeed(tmp_path: Path) -> None:
    """Each looks for leftovers while the others create, lock, and rename theirs."""

    def work(number: int) -> None:
        for _ in range(30):
            save(number, tmp_path / "state")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))  # raises what one of them raises
    assert load(tmp_path / "state") in range(4)
    assert entries(tmp_path) == ["state"]


# --- Names, modes, owners


@pytest.mark.parametrize(
    "name",
    [
        "a" * 255,
        "a" * 243 + ".safetensors",
        "é" * 127,
        "a" * 251 + "😀",
        "a." + "b" * 253,
        "." * 255,
    ],
    ids=lambda name: f"{name[0]}{name[-1]}{len(name)}",
)
def test_a_name_may_have_255_bytes(name: str, tmp_path: Path) -> None:
    for value in (1, 2):
        save(value, tmp_path / name)
        assert load(tmp_path / name) == value
    assert entries(tmp_path) == [name]


def test_a_name_need_not_be_text_to_the_system(tmp_path: Path) -> None:
    program = "import sys, tinygrad_lr as tg; tg.save(1, sys.argv[1])"
    odd = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # its names are ASCII
    name = os.fsencode(tmp_path / "é.safetensors")
    subprocess.run([sys.executable, "-c", program, name], env=os.environ | odd, check=True)
    assert load(os.fsdecode(name)) == 1


def test_a_longer_name_is_an_error_of_the_system_about_that_name(tmp_path: Path) -> None:
    for call in (lambda path: save(1, path), load):
        with pytest.raises(OSError, match=f"(?s)too long: '.*/{'a' * 256}'"):
            call(tmp_path / ("a" * 256))


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o000, 0o666, 0o755])
def test_a_file_that_is_replaced_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    save(1, tmp_path / "state")
    (tmp_path / "state").chmod(mode)
    save(2, tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_nobody_else_reads_the_temporary_file_of_a_private_one(mode: int, tmp_path: Path) -> None:
    """From its first moment, and wherever a link leads."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("private")
    real.chmod(mode)
    link.symlink_to("real")
    before = os.umask(0)
    try:
        with replacing(link) as temporary:
            assert stat.S_IMODE(temporary.stat().st_mode) & ~mode == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(real.stat().st_mode) == mode
    assert link.is_symlink()


def test_a_new_file_has_the_mode_that_open_gives(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with replacing(tmp_path / "new") as temporary:
            assert stat.S_IMODE(temporary.stat().st_mode) == 0o640
    finally:
        os.umask(before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser can give a file away")
def test_a_file_that_is_replaced_keeps_its_owner(tmp_path: Path) -> None:
    save(1, tmp_path / "state")
    os.chown(tmp_path / "state", 12345, 54321)
    save(2, tmp_path / "state")
    after = (tmp_path / "state").stat()
    assert (after.st_uid, after.st_gid) == (12345, 54321)


def test_the_folder_is_synced_too_after_the_renaming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noting_fsync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    monkeypatch.setattr("os.fsync", noting_fsync)
    monkeypatch.setattr("os.replace", lambda *args: (done.append("replace"), replace(*args)))
    save(1, tmp_path / "state")
    assert done == ["file", "replace", "folder"]


def test_an_error_names_the_file_that_was_wanted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"(?s)there is no folder .*/file"):
        save(1, tmp_path / "file" / "state")
    with pytest.raises(OSError, match=r"'/proc/state'$"):
        save(1, "/proc/state")
    full = pytest.raises(OSError, match=r"(?s)No space left on device: '.*/state'$")
    with full, replacing(tmp_path / "state"):
        raise OSError(28, "No space left on device")
    with pytest.raises(IsADirectoryError, match="name a file in it"):
        save(1, f"{tmp_path}/new/")
    assert entries(tmp_path) == ["file"]


@pytest.mark.parametrize("call", [lambda path: save(1, path), load])
@pytest.mark.parametrize(
    ("path", "exception", "words"),
    [
        ("", FileNotFoundError, "the path is empty"),
        ("a\0b", ValueError, r"cannot be called 'a\\x00b'"),
        ("\ud800", ValueError, r"cannot be called '\\ud800'"),
        (b"state", TypeError, "must be text or a Path, got bytes"),
        (3, TypeError, "must be text or a Path, got int"),
        (object(), TypeError, "must be text or a Path, got object"),
    ],
)
def test_what_is_no_path_is_refused(call: Callable, path, exception, words) -> None:
    with pytest.raises(exception, match=words):
        call(path)


# --- Reading nothing that is no checkpoint


def refused(path: Path | str, words: str, memory: int = 32 * MB, seconds: float = 2) -> None:
    """`load` says so in few words, at once, and without memory for it."""
    with bounded(memory, seconds=seconds), pytest.raises(CheckpointError, match=words) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value).removeprefix(str(path))) < 280


def sparse(path: Path, size: int, start: bytes = b"") -> Path:
    """A file of that size with nothing in it but its start."""
    path.write_bytes(start)
    os.truncate(path, size)
    return path


HUGE = (10**9).to_bytes(8, "little")
SPARSE = {
    "zeros": b"",
    "a huge header": HUGE,
    "a huge header of zeros after a brace": HUGE + b"{",
    "a header of safetensors' longest of zeros": (10**8).to_bytes(8, "little") + b"\0",
    "a header longer than any file": b"\xff" * 8 + b"{",
    "a small header": forged({}),
    "a foreign tensor": forged(
        {"w": {"dtype": "U8", "shape": [2**40 - 71], "data_offsets": [0, 2**40 - 71]}}
    ),
    "a pickle": b"\x80\x04\x95",
    "a zip": b"PK\x03\x04",
}


@pytest.mark.parametrize("size", [4 << 30, 1 << 40], ids=["4 GB", "1 TB"])
@pytest.mark.parametrize("name", SPARSE)
def test_a_large_file_is_refused_by_its_start(name: str, size: int, tmp_path: Path) -> None:
    refused(sparse(tmp_path / "state", size, SPARSE[name]), "a checkpoint|a safetensors file")


def of_our_format(size: int) -> bytes:
    entry = {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}
    metadata = {"format": "tinygrad_lr 1", "tree": '{"tensor": "w"}', "sha256": "0" * 64}
    return forged({"__metadata__": metadata, "w": entry})


def test_what_is_larger_than_the_memory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    start = of_our_format(1 << 40)
    path = sparse(tmp_path / "state", len(start) + (1 << 40), start)
    refused(path, "too large for the memory of this machine")


def test_a_damaged_file_is_found_out_before_there_is_memory_for_it(tmp_path: Path) -> None:
    start = of_our_format(200 * MB)
    path = sparse(tmp_path / "state", len(start) + 200 * MB, start)
    refused(path, "damaged, its checksum is wrong", seconds=20)


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("kind", ["a pipe", "a device", "a socket", "a folder"])
def test_what_is_no_file_is_refused_without_waiting(
    kind: str, link: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    path = Path("/dev/zero") if kind == "a device" else Path("special")
    with socket.socket(socket.AF_UNIX) as sock:
        if kind == "a pipe":
            os.mkfifo(path)
        elif kind == "a socket":
            sock.bind(str(path))
        elif kind == "a folder":
            path.mkdir()
        if link:
            Path("link").symlink_to(path)
            path = Path("link")
        if kind == "a folder":
            with bounded(32 * MB), pytest.raises(IsADirectoryError):
                load(path)
            with pytest.raises(IsADirectoryError):
                save(1, path)
        else:
            refused(path, "not a checkpoint")
            with bounded(32 * MB), pytest.raises(OSError, match="nor a regular file"):
                load(path)
            with bounded(32 * MB), pytest.raises(OSError, match=f"is {kind}, not a regular file"):
                save(1, path)


def with_header(header: object, data: bytes = b"") -> bytes:
    """A file of our format around any tensors, with the checksum that they would have."""
    metadata = {"format": "tinygrad_lr 1", "tree": "1", "sha256": _digest("1", {})}
    return forged({"__metadata__": metadata, **header}, data)


def entry(shape: object, offsets: object, dtype: object = "U8") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


BOMBS = {
    "dicts": b'{"a":[' + b"{}," * 3_000_000 + b"{}]}",
    "lists": b'{"a":[' + b"[]," * 3_000_000 + b"[]]}",
    "numbers": b'{"a":{"shape":[' + b"1," * 3_000_000 + b"1]}}",
    "blanks": b"{" + b" " * 9_000_000 + b"}",
    "quotes": b"{" + b'"' * 1_000_001 + b"}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_header_that_would_become_much_larger_is_not_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(forged(BOMBS[name]))
    refused(tmp_path / "state", "a checkpoint|a safetensors file", memory=64 * MB)


def with_metadata(**more: object) -> bytes:
    metadata = {"format": "tinygrad_lr 1", "tree": "1", "sha256": _digest("1", {})} | more
    return forged({"__metadata__": metadata})


NINES = b"9" * 10_000
HEADERS: dict[str, Callable[[], bytes]] = {
    "a gap": lambda: with_header({"w": entry([1], [1, 2])}, b"ab"),
    "an overlap": lambda: with_header({"w": entry([2], [0, 2]), "v": entry([2], [1, 3])}, b"abc"),
    "beyond the file": lambda: with_header({"w": entry([3], [0, 3])}, b"ab"),
    "short of the file": lambda: with_header({"w": entry([1], [0, 1])}, b"ab"),
    "backwards": lambda: with_header({"w": entry([0], [2, 1])}),
    "negative offsets": lambda: with_header({"w": entry([1], [-1, 0])}),
    "a negative size": lambda: with_header({"w": entry([-1, -1], [0, 1])}, b"a"),
    "a huge size": lambda: with_header({"w": entry([2**62, 2**62], [0, 0])}),
    "a huge empty shape": lambda: with_header({"w": entry([2**62, 2**62, 0], [0, 0])}),
    "a bool for a size": lambda: with_header({"w": entry([True], [0, 1])}, b"a"),
    "a float for a size": lambda: with_header({"w": entry([1.0], [0, 1])}, b"a"),
    "text for a shape": lambda: with_header({"w": entry("1", [0, 1])}, b"a"),
    "many dimensions": lambda: with_header({"w": entry([1] * 65, [0, 1])}, b"a"),
    "too few offsets": lambda: with_header({"w": entry([1], [0])}, b"a"),
    "an unknown dtype": lambda: with_header({"w": entry([1], [0, 2], "BF16")}, b"ab"),
    "a dtype that is a list": lambda: with_header({"w": entry([1], [0, 1], ["U8"])}, b"a"),
    "an entry that is a number": lambda: with_header({"w": 3}),
    "half a character in a name": lambda: with_header({"\ud800": entry([1], [0, 1])}, b"a"),
    "metadata that are numbers": lambda: with_metadata(more=1),
    "a tree that is a list": lambda: with_metadata(tree=[1]),
    "a checksum that is none": lambda: with_metadata(sha256=None),
    "a number of 10,000 digits": lambda: forged(b'{"w": ' + NINES + b"}"),
    "a size of 10,000 digits": lambda: forged(b'{"w": {"shape": [' + NINES + b"]}}"),
    "nested deeply": lambda: forged(b'{"w": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "nan": lambda: forged(b'{"w": NaN}'),
    "a key twice": lambda: with_metadata().replace(b'"tree":', b'"tree": "1", "tree":'),
    "other than UTF-8": lambda: forged('{"w": 1}'.encode("utf-16-le")),
    "bytes that are no text": lambda: forged(b'{"\xff": 1}'),
    "a length without a header": lambda: (8).to_bytes(8, "little"),
    "half a length": lambda: b"\x08\0\0",
    "a tree of 10,000 digits": lambda: signed("9" * 10_000),
    "a tree nested deeply": lambda: signed("[" * 100_000),
    "a tree with half a key": lambda: signed('{"dict": [["a"]]}'),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_makes_no_sense_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(HEADERS[name]())
    refused(path, "a checkpoint|a safetensors file|its structure makes no sense|damaged")


def test_a_checkpoint_as_these_are_forged_is_loaded(tmp_path: Path) -> None:
    """The headers above are refused for what is wrong with them, and for nothing else."""
    (tmp_path / "state").write_bytes(with_metadata())
    assert load(tmp_path / "state") == 1
    arrays = {"w": np.arange(3, dtype=np.uint8), "v": np.zeros((0, 2))}
    (tmp_path / "state").write_bytes(signed('{"list": [{"tensor": "v"}, {"tensor": "w"}]}', arrays))
    assert equal(load(tmp_path / "state"), [tg.from_numpy(arrays["v"]), tg.from_numpy(arrays["w"])])


def test_a_large_checkpoint_takes_memory_once(tmp_path: Path) -> None:
    save(tg.zeros(10_000_000), tmp_path / "state")
    begin = time.process_time()
    with bounded(60 * MB):  # for 40
        assert load(tmp_path / "state").shape == (10_000_000,)
    assert time.process_time() - begin < 2


# --- What cannot be in a file


@pytest.mark.parametrize(
    "dtype", ["longdouble", "complex64", "complex128", "S3", "object", "f4,i4"]
)
def test_a_dtype_that_a_file_cannot_hold_is_named(dtype: str, tmp_path: Path) -> None:
    odd = Tensor.wrap(np.zeros(3, dtype))
    with pytest.raises(TypeError, match=r"(?s)cannot hold the dtype .* of the tensor 'a\.w'"):
        save({"a": {"w": odd}}, tmp_path / "state")
    assert entries(tmp_path) == []


@pytest.mark.parametrize("dtype", [">f4", ">i8", ">u2", ">f8"])
def test_bytes_in_the_other_order_are_turned_round(dtype: str, tmp_path: Path) -> None:
    array = np.arange(3).astype(dtype)
    save(Tensor.wrap(array), tmp_path / "state")
    assert load(tmp_path / "state").tolist() == [0, 1, 2]
    assert array.dtype == np.dtype(dtype)


def test_text_that_no_file_can_hold_is_said(tmp_path: Path) -> None:
    for odd in ({"a\ud800": tg.ones(1)}, {"a": {"\udfff": [tg.ones(1)]}}):
        with pytest.raises(ValueError, match=r"(?s)half of a character .*; rename its key"):
            save(odd, tmp_path / "state")
    with pytest.raises(ValueError, match=r"(?s)integer at a\.0 has more digits .* hex\(\)"):
        save({"a": [10**5000]}, tmp_path / "state")
    with pytest.raises(ValueError, match="100,000,000; make Tensors of long lists"):
        save({"a": "x" * 100_000_000}, tmp_path / "state")
    assert entries(tmp_path) == []


def test_tensors_on_one_memory_are_kept_each_by_itself(tmp_path: Path) -> None:
    whole = tg.arange(12).reshape(3, 4)
    tree = {"whole": whole, "row": whole[1], "t": whole.t(), "one": whole[1, 2], "none": whole[:0]}
    save(tree, tmp_path / "state")
    assert equal(load(tmp_path / "state"), tree)


def test_the_header_is_json_that_others_read(tmp_path: Path) -> None:
    save({"w": tg.ones(2)}, tmp_path / "state")
    content = (tmp_path / "state").read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert header["w"] == {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
