"""What can go wrong outside a program: a kill, a damaged or forged file, a full disk, time itself.

Ordinarily each test is a sample of a few seconds. ``pytest --long -s tests/test_faults.py`` takes
them at full length, about half an hour, and prints what came of it.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import safetensors.numpy
from checkpoints import equal, forged, signed, whole
from documents import DATA
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from limits import MB, bounded, limited
from safetensors import SafetensorError
from sampled import ordinarily
from server import RAW, Server, serving

import tinygrad_lr as tg
from tinygrad_lr import CheckpointError, ShapeError, load, nn, optim, save
from tinygrad_lr.datasets import FILES, MNIST, DatasetError, read_idx
from tinygrad_lr.serialization import _digest
from tinygrad_lr.utils.data import DataLoader, TensorDataset

ROOT = Path(__file__).parent.parent
LIMIT = 120  # seconds after which a process counts as hanging

# examples/mnist_logreg.py as its command line starts it, but with a checkpoint every 2 iterations
# instead of every 500, on a slow disk: so a good part of the time it is in the middle of a file.
LOGREG = f"""
import pathlib, sys, time

def write_slowly(path, content):
    with open(path, "wb", buffering=0) as file:
        for start in range(0, len(content), 4096):
            file.write(content[start : start + 4096])
            time.sleep(0.0005)

pathlib.Path.write_bytes = write_slowly
sys.path.insert(0, {str(ROOT / "examples")!r})
import mnist_logreg
mnist_logreg.PRINT_EVERY = 2
mnist_logreg.picture = lambda training, document, path: mnist_logreg.common.save_picture(
    mnist_logreg.common.pyplot().figure(figsize=(12, 8)), path  # an empty one is soon drawn
)
mnist_logreg.common.run(mnist_logreg.main)
"""


def logreg(*options: Any) -> list[str]:
    return [sys.executable, "-c", LOGREG, *map(str, options)]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)


def killed(command: list[str], delay: float) -> bool:
    """Run `command`, but kill it after `delay` seconds; False if it had ended by then."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.kill()
    code = process.wait()
    assert code in (0, -signal.SIGKILL)
    return code != 0


def leftovers(folder: Path, whole: set[str]) -> list[str]:
    """The files in `folder` besides `whole`: each must be what a writer had not yet renamed."""
    left = sorted(path.name for path in folder.iterdir() if path.name not in whole)
    assert all(re.fullmatch(r"\.[\w-]+\.[0-9a-f]{32}\.\w+", name) for name in left), left
    return left


# --- Training that is killed


def test_training_killed_at_random_moments_ends_as_if_it_never_was(
    tmp_path: Path, long: bool
) -> None:
    """Its file is whole after each kill, never goes back, and in the end equal in every bit.

    The moments are spread over the life of the process: while it starts, trains, writes, ends.
    """
    options = ["--batch-size", 1000, "--iterations", 100]  # more than one epoch
    reference, file = tmp_path / "reference.safetensors", tmp_path / "killed" / "logreg.safetensors"
    file.parent.mkdir()
    begin = time.monotonic()
    assert run(logreg(*options, "--save", reference)).returncode == 0
    lifetime = time.monotonic() - begin

    wanted = 200 if long else 2
    kills, resumed, ends, done, in_a_write = 0, 0, 0, 0, 0
    while kills < wanted or ends == 0 or file.exists():
        delay = random.uniform(0, lifetime) if kills < wanted else LIMIT
        resume = ["--resume", file] if file.exists() else []
        resumed += bool(resume)
        if killed(logreg(*options, "--save", file, *resume), delay):
            assert delay < LIMIT, "it hangs"
            kills += 1
            in_a_write += len(leftovers(file.parent, {file.name}))
            before, done = done, load(file)["iteration"] if file.exists() else 0
            assert done >= before
        else:
            assert equal(load(file), load(reference))
            file.unlink()  # the next one begins anew
            ends, done = ends + 1, 0
    assert leftovers(file.parent, set()) == []  # the next save has removed what was left
    assert in_a_write or not long, "no kill fell into a write, of which this is the test"
    print(
        f"\n{kills} kills within {lifetime:.1f} s, {resumed} resumed, {ends} ends, all equal; "
        f"{in_a_write} times a kill had left a part of a file"
    )


# --- Files that are damaged


def damages(path: Path, count: int) -> Iterator[str]:
    """Damage the file `path` in one way after the other, and say how: a byte changed, then cut off.

    At `count` places each, the first and the last bytes and many of the front among them.
    """
    size, rng = path.stat().st_size, np.random.default_rng(3)
    places = {*range(16), *range(size - 4, size)}
    while len(places) < count:
        places |= {int(rng.integers(size)), int(rng.integers(min(size, 4096)))}
    with open(path, "r+b", buffering=0) as file:
        for place in sorted(places):
            byte, change = os.pread(file.fileno(), 1, place)[0], int(rng.integers(1, 256))
            os.pwrite(file.fileno(), bytes([byte ^ change]), place)
            yield f"byte {place} ^ {change}"
            os.pwrite(file.fileno(), bytes([byte]), place)
    for place in sorted(places, reverse=True):
        os.truncate(path, place)
        yield f"cut off at byte {place}"


def outcome(load: Callable[[], Any], refusal: type[Exception], memory: int = 192 * MB) -> Any:
    """What `load` gives, or its `refusal`. A huge allocation or a hang is neither and fails."""
    try:
        with bounded(memory):
            return load()
    except refusal as error:
        return error


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_a_damaged_file_of_data_is_refused(packed: bool, tmp_path: Path, long: bool) -> None:
    """Or, if packed, may be what it was: what decides is the SHA-256 of the unpacked content.

    The date in gzip's header does not change that, nor does it if the checksum at the end is cut
    off, and now and then deflate says the same in two ways.
    """
    mnist = MNIST(DATA, train=False)
    for file in FILES[:4] if long else FILES[2:4]:
        intact = mnist._load(file.part, download=False).tobytes()
        mnist.root = str(tmp_path / file.name)
        path = Path(mnist.raw_folder, file.name + ".gz" * packed)
        path.parent.mkdir(parents=True)
        original = (RAW / f"{file.name}.gz").read_bytes()
        path.write_bytes(original if packed else gzip.decompress(original))
        counts: Counter[str] = Counter()
        for how in damages(path, 500 if long else 25):
            loaded = outcome(lambda part=file.part: mnist._load(part, False), DatasetError)
            if isinstance(loaded, DatasetError):
                assert str(path) in str(loaded)
                assert "Pass download=True, which replaces them, or put these" in str(loaded)
                counts[f"refused, {how.split()[0]}"] += 1
            else:
                assert packed, how
                assert loaded.tobytes() == intact, how
                counts[f"identical, {how.split()[0]}"] += 1
        print(f"\n{path.name}: {dict(counts)}")
        path.unlink()
        mnist.root = str(DATA)


def of_logreg(path: Path) -> None:
    assert run(logreg("--iterations", 21, "--save", path)).returncode == 0


CHECKPOINTS: dict[str, Callable[[Path], Any]] = {
    "of mnist_logreg.py": of_logreg,
    "weights": lambda path: save(nn.Sequential(nn.Linear(20, 10)).state_dict(), path),
    "something of each kind": lambda path: save(whole(), path),
}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_damaged_checkpoint_is_refused(name: str, tmp_path: Path, long: bool) -> None:
    """Or, where a changed blank between two parts of the header means nothing, is what it was."""
    path = tmp_path / "state.safetensors"
    CHECKPOINTS[name](path)
    intact = load(path)
    counts: Counter[str] = Counter()
    for how in damages(path, 500 if long else 60):
        loaded = outcome(lambda: load(path), CheckpointError)
        if isinstance(loaded, CheckpointError):
            assert str(path) in str(loaded)
            counts[f"refused, {how.split()[0]}"] += 1
        else:
            assert how.startswith("byte"), how
            assert equal(loaded, intact), how
            counts[f"identical, {how.split()[0]}"] += 1
    assert counts["identical, byte"] < 10
    print(f"\ncheckpoint {name}: {dict(counts)}")


def test_a_cut_off_checkpoint_is_not_taken_for_a_pickle(tmp_path: Path) -> None:
    """Pickles begin with a byte that the length of a header may also begin with."""
    path, first_bytes = tmp_path / "state", set()
    for length in range(0, 256, 8):
        save("x" * length, path)
        os.truncate(path, path.stat().st_size - 1)
        first_bytes.add(path.read_bytes()[0])
        with pytest.raises(CheckpointError, match="a truncated or damaged one"):
            load(path)
    assert 0x80 in first_bytes


# --- Bytes that were never a file of ours

SIZES = st.sampled_from([0, 1, 2, 3, 28, 255, 2**16, 2**31 - 1, 2**31, 2**32 - 1])


@st.composite
def idx_files(draw: Any) -> bytes:
    """A header of the idx format with any type and any sizes, before a few bytes."""
    code = draw(st.sampled_from([8, 9, 11, 12, 13, 14]) | st.integers(0, 255))
    sizes = draw(st.lists(SIZES, max_size=5) | st.lists(SIZES, min_size=60, max_size=255))
    ndim = draw(st.just(len(sizes)) | st.integers(0, 255))
    header = bytes([0, 0, code, ndim]) + b"".join(size.to_bytes(4, "big") for size in sizes)
    needed = math.prod(sizes) * {8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8}.get(code, 1)
    fitting = st.binary(min_size=needed, max_size=needed) if needed < 200 else st.nothing()
    return header + draw(fitting | st.binary(max_size=40))


@given(data=st.binary(max_size=40) | idx_files())
@example(data=b"\0\0\x0e\x03" + b"\xff" * 12 + bytes(100))
@example(data=b"\0\0\x08\x02" + (2**31).to_bytes(4, "big") * 2)
def test_read_idx_gives_what_the_bytes_say_or_a_dataset_error(data: bytes) -> None:
    """More it cannot do: the format has no checksum, and any sizes that fit the length are right.

    That is why the files of the known data sets are compared with their SHA-256.
    """
    array = outcome(lambda: read_idx(data), DatasetError, 32 * MB)
    if isinstance(array, DatasetError):
        return
    assert array.shape == tuple(np.frombuffer(data, ">u4", data[3], 4))
    assert array.astype(array.dtype.newbyteorder(">")).tobytes() == data[4 + 4 * data[3] :]


@given(
    data=st.binary(max_size=60)
    | st.binary(max_size=60).map(lambda b: b"\x1f\x8b" + b)
    | st.binary(max_size=60).map(lambda b: b"\x1f\x8b\x08\x00\0\0\0\0\x00\x03" + b)
    | st.binary(max_size=60).map(gzip.compress)
    | idx_files().map(gzip.compress)
)
def test_any_other_bytes_in_place_of_a_file_of_data_are_refused(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert_refused_as_labels(data, tmp_path_factory.getbasetemp() / "any bytes")


def assert_refused_as_labels(data: bytes, root: Path) -> None:
    """MNIST says what is wrong with `data` in place of its test labels, and what to do."""
    mnist = MNIST.__new__(MNIST)
    mnist.root = str(root)
    path = Path(mnist.raw_folder, "t10k-labels-idx1-ubyte.gz")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    with bounded(192 * MB), pytest.raises(DatasetError) as caught:
        mnist._load("test labels", download=False)
    assert str(path) in str(caught.value)
    assert "download=True, which replaces them" in str(caught.value)


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """4 GB of zeros in 4 MB: the same packed megabyte again and again."""
    packer = zlib.compressobj(9, wbits=31)
    packed = [packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    assert_refused_as_labels(packed[0] + packed[1] * 4095, tmp_path)


# Trees as save() writes them, and as it never does: contents that are none, unknown kinds, names of
# no tensor, keys that cannot be keys.
NAMES = st.sampled_from(["w", "b", "model.w", "", "räksmörgås", "absent"])
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just(10**30)
)
KINDS = st.sampled_from(["list", "tuple", "dict", "tensor", "set", ""])
TREES = st.recursive(
    LEAVES | st.builds(lambda name: {"tensor": name}, NAMES),
    lambda tree: (
        st.builds(lambda kind, content: {kind: content}, KINDS, st.lists(tree, max_size=3) | tree)
        | st.builds(lambda pairs: {"dict": pairs}, st.lists(st.tuples(tree, tree), max_size=3))
        | st.lists(tree, max_size=3)
        | st.dictionaries(KINDS, tree, max_size=2)
    ),
    max_leaves=12,
)
ARRAYS = st.dictionaries(
    NAMES.filter(lambda name: name != "absent"),
    hnp.arrays(
        st.sampled_from("bool int8 int64 uint16 float16 float32 float64".split()),  # noqa: SIM905
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    ),
    max_size=3,
)


def assert_refused_or_an_object(content: bytes, path: Path) -> None:
    """`load` refuses the file, or gives something that can be saved and is then the same."""
    path.write_bytes(content)
    loaded = outcome(lambda: load(path), CheckpointError, 64 * MB)
    if isinstance(loaded, CheckpointError):
        assert str(path) in str(loaded)
        return
    save(loaded, path)
    assert equal(load(path), loaded)


@given(tree=TREES, arrays=ARRAYS)
def test_a_forged_tree_under_a_right_checksum_is_an_object_or_refused(
    tree: Any, arrays: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "forged tree"
    assert_refused_or_an_object(signed(json.dumps(tree), arrays), path)


MEGABYTE = {"w": np.zeros(MB, np.uint8)}
TREE_BOMBS = {
    "nested deeply": lambda: signed('{"list": [' * 50_000 + "]}" * 50_000),
    "nested to the edge": lambda: signed('{"list": [' * 900 + "]}" * 900),
    "one tensor ten thousand times": lambda: signed(
        json.dumps({"list": [{"tensor": "w"}] * 10_000}), MEGABYTE
    ),
    "one name for two tensors": lambda: signed('{"list": [{"tensor": "w"}, {"tensor": "w"}]}'),
    "a key twice": lambda: signed('{"dict": [["a", 1], ["a", 2]], "dict": []}'),
    "a number of a million digits": lambda: signed("9" * 10**6),
    "half a surrogate": lambda: signed('"\\ud800"'),
    "numbers that are none": lambda: signed('{"list": [NaN, Infinity, -Infinity, 1e999]}'),
}


@pytest.mark.parametrize("name", TREE_BOMBS)
def test_a_tree_that_is_a_bomb_is_an_object_or_refused(name: str, tmp_path: Path) -> None:
    assert_refused_or_an_object(TREE_BOMBS[name](), tmp_path / "state")


DTYPES = "BOOL U8 I8 F8_E5M2 F8_E4M3 I16 F16 BF16 I32 F32 C64 F64 I64 U64 F4 F6_E2M3 X".split()  # noqa: SIM905
NUMBERS = st.integers(-1, 9) | st.sampled_from([2**31, 2**32, 2**62, 2**63, 2**64 - 1, 2**64, 0.5])
TENSORS = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(DTYPES),
        "shape": st.lists(NUMBERS, max_size=4) | st.just([1] * 70),
        "data_offsets": st.lists(NUMBERS, min_size=2, max_size=2) | st.lists(NUMBERS, max_size=3),
    },
    optional={"name": st.text(max_size=3)},
)
METADATA = st.dictionaries(
    st.sampled_from(["format", "tree", "sha256", "x"]),
    st.sampled_from(["tinygrad_lr 1", "{}", "1", '{"tensor": "w"}']) | LEAVES,
)


@given(
    tensors=st.dictionaries(NAMES, TENSORS | LEAVES, max_size=3),
    metadata=METADATA | LEAVES,
    data=st.binary(max_size=40),
)
def test_a_forged_header_is_refused(
    tensors: dict[str, Any],
    metadata: Any,
    data: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.getbasetemp() / "forged header"
    content = forged({"__metadata__": metadata, **tensors}, data)
    assert_refused_or_an_object(content, path)
    # The same with a right checksum, where safetensors finds nothing wrong with the tensors.
    try:
        arrays = safetensors.numpy.load(content)
    except (SafetensorError, ValueError, KeyError, TypeError):
        return
    tree = json.dumps({"list": [{"tensor": name} for name in arrays]})
    signature = {"format": "tinygrad_lr 1", "tree": tree, "sha256": _digest(tree, arrays)}
    assert_refused_or_an_object(forged({"__metadata__": signature, **tensors}, data), path)


@given(
    data=st.binary(max_size=80) | st.builds(forged, st.binary(max_size=80), st.binary(max_size=8))
)
@example(data=(2**63).to_bytes(8, "little") + b"{}")
@example(data=(2**64 - 1).to_bytes(8, "little") + b"{}")
@example(data=forged(b"[" * 100_000))
@example(data=forged(b'{"__metadata__":' + b'{"a":' * 100_000 + b"}" * 100_001))
def test_any_bytes_are_no_checkpoint(data: bytes, tmp_path_factory: Any) -> None:
    assert_refused_or_an_object(data, tmp_path_factory.getbasetemp() / "any bytes, no checkpoint")


@given(tree=TREES, arrays=ARRAYS)
def test_a_forged_state_is_refused_by_whoever_takes_states(
    tree: Any, arrays: dict[str, np.ndarray]
) -> None:
    """In words, and nothing is changed."""
    model = nn.Linear(2, 1)
    takers = [
        model,
        optim.SGD(model.parameters(), momentum=0.9),
        DataLoader(TensorDataset(tg.zeros(4, 2)), batch_size=2),
    ]
    state = {name: tg.from_numpy(array) for name, array in arrays.items()}
    for given_state in (tree, state, {"weight": tree, "bias": tree}, {"state": tree}):
        before = [taker.state_dict() for taker in takers]
        for taker in takers:
            with pytest.raises((ShapeError, ValueError, TypeError)):
                taker.load_state_dict(given_state)
        with pytest.raises((ValueError, TypeError)):
            tg.Generator().set_state(given_state)
        assert equal([taker.state_dict() for taker in takers], before)


# --- Two downloads into one folder

DOWNLOAD = """
import sys
from tinygrad_lr.datasets import MNIST
MNIST.mirrors = sys.argv[1:2]
assert len(MNIST(sys.argv[2], train=False, download=True)) == 10_000
"""


@pytest.fixture
def server() -> Iterator[Server]:
    """A mirror that takes a fifth of a second for each of the four files."""

    def slowly(page: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
        def send(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            part = len(page) // 20 + 1
            try:
                for start in range(0, len(page), part):
                    handler.wfile.write(page[start : start + part])
                    time.sleep(0.01)
            except OSError:
                pass  # who asked was killed

        return send

    with serving() as server:
        for file in FILES[:4]:
            server.pages[f"/{file.name}.gz"] = slowly((RAW / f"{file.name}.gz").read_bytes())
        yield server


def download(server: Server, root: Path) -> list[str]:
    return [sys.executable, "-c", DOWNLOAD, server.url, str(root)]


GZ = {f"{file.name}.gz" for file in FILES[:4]}


def assert_all_are_whole(raw: Path) -> None:
    for name in GZ:
        assert (raw / name).read_bytes() == (RAW / name).read_bytes()


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_two_processes_that_download_into_one_folder_leave_whole_files(
    tmp_path: Path, server: Server
) -> None:
    first = f"/{FILES[2].name}.gz"
    both_asked, send = threading.Barrier(2), server.pages[first]

    def together(handler: BaseHTTPRequestHandler) -> None:
        both_asked.wait(LIMIT)
        send(handler)

    server.pages[first] = together
    with started(download(server, tmp_path)) as one, started(download(server, tmp_path)) as other:
        assert [one.wait(LIMIT), other.wait(LIMIT)] == [0, 0]
    assert server.asked.count(first) == 2
    assert_all_are_whole(tmp_path / "MNIST" / "raw")
    assert leftovers(tmp_path / "MNIST" / "raw", GZ) == []


def test_a_killed_download_does_not_disturb_another_nor_a_later_one(
    tmp_path: Path, server: Server, long: bool
) -> None:
    begin = time.monotonic()
    assert run(download(server, tmp_path / "first")).returncode == 0
    lifetime = time.monotonic() - begin
    kills = 0
    for number in range(40) if long else [1]:
        root = tmp_path / str(number)
        with ExitStack() as stack:
            # In every other round another process is at work in the folder, in the rest nobody.
            if number % 2:
                other = stack.enter_context(started(download(server, root)))
            kills += killed(download(server, root), random.uniform(0, lifetime))
            later = run(download(server, root))
            assert later.returncode == 0, later.stderr
            if number % 2:
                assert other.wait(LIMIT) == 0
        assert_all_are_whole(root / "MNIST" / "raw")
        # What a kill left stays only where no later download was of the same file.
        assert len(leftovers(root / "MNIST" / "raw", GZ)) <= 1
    print(f"\n{kills} downloads killed within {lifetime:.1f} s")


# --- A full disk


class Disk(NamedTuple):
    """Where nothing more can be written: a folder, and the limit for who writes into it."""

    folder: Path
    reason: str
    fill: Callable[[], None]
    file_limit: int

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        with limited(resource.RLIMIT_FSIZE, self.file_limit):
            return run(command)


LIMITED = "a limit on the length of files"


@pytest.fixture(params=ordinarily(LIMITED, of=["a full disk", LIMITED]))
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A file system of half a megabyte, which a test can fill; for whom must not mount, a limit."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param != "a full disk":
        yield Disk(folder, "File too large", lambda: None, 2_000)
        return
    mounting = f"mount -t tmpfs -o size=512k tmpfs {folder}"
    mounted = subprocess.run(mounting, shell=True, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"only who may mount a file system can fill it: {mounted.stderr.strip()}")
    try:
        yield Disk(folder, "No space left on device", lambda: fill(folder), resource.RLIM_INFINITY)
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(folder: Path) -> None:
    with open(folder / "filler", "wb", buffering=0) as file:
        while os.statvfs(folder).f_bavail:
            file.write(bytes(4096))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"filler"}


def test_a_full_disk_leaves_the_old_checkpoint(disk: Disk) -> None:
    """Training goes on without the checkpoints on the way; that the last one failed is its end."""
    file = disk.folder / "state.safetensors"
    assert run(logreg("--iterations", 3, "--save", file)).returncode == 0
    before = file.read_bytes()
    disk.fill()
    ran = disk.run(logreg("--iterations", 5, "--save", file, "--resume", file))
    assert ran.returncode == 2
    warning, error = ran.stderr.splitlines()
    assert warning == f"Could not save to {file}: {disk.reason}; going on"
    assert error.endswith(f"cannot write {file}: {disk.reason}")
    assert file.read_bytes() == before
    assert names(disk.folder) == {file.name}


def test_a_full_disk_leaves_the_old_picture(disk: Disk) -> None:
    file = disk.folder / "picture.png"
    file.write_text("older")
    disk.fill()
    ran = disk.run(logreg("--iterations", 1, "--plot", file))
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1].endswith(f"cannot write {file}: {disk.reason}")
    assert "Traceback" not in ran.stderr
    assert file.read_text() == "older"
    assert names(disk.folder) == {file.name}


def test_a_full_disk_leaves_the_old_file_of_data(disk: Disk, server: Server) -> None:
    old = disk.folder / "MNIST" / "raw" / "t10k-images-idx3-ubyte.gz"
    old.parent.mkdir(parents=True)
    old.write_text("older")
    disk.fill()
    ran = disk.run(download(server, disk.folder))
    assert f"DatasetError: {old} is not MNIST's test images" in ran.stderr
    assert re.search(rf"could not download .*\n.*{disk.reason}", ran.stderr)
    assert old.read_text() == "older"
    assert names(old.parent) == {old.name}


# --- A million steps

# Prints, before and after the steps, how many blocks of memory Python has and the resident kB.
STEPS = """
import gc, resource, sys
import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.utils.data import DataLoader, TensorDataset

kind, warm_up, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
tg.manual_seed(0)
inputs = tg.randn(640, 10)
data = TensorDataset(inputs, inputs[:, :3].argmax(dim=1))
loader = DataLoader(data, batch_size=64, shuffle=True)
if kind == "plain":
    model = nn.Linear(10, 3)
    optimizer = optim.SGD(model.parameters(), lr=0.01)
else:
    model = nn.Sequential(nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 3))
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True)

def step(inputs, targets):
    loss = nn.functional.cross_entropy(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

def elaborate_step(inputs, targets):
    scores = model(inputs)
    scores[:, 0] += 1.0
    loss = nn.functional.cross_entropy(scores.mul_(0.5), targets)
    optimizer.zero_grad(set_to_none=False)
    loss.backward(retain_graph=True)
    loss.backward()
    optimizer.step()

def resident_kb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 1024

def train(count):
    take = step if kind == "plain" else elaborate_step
    while count:
        for batch in loader:
            take(*batch)
            count -= 1
            if not count:
                break
    gc.collect()
    print(sys.getallocatedblocks(), resident_kb())

train(warm_up)
train(steps - warm_up)
"""


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        pytest.param("plain", 1, marks=pytest.mark.thorough),
        ("in place, with momentum, backward twice", 10),
    ],
)
def test_a_million_steps_hold_memory_flat(kind: str, share: int, long: bool) -> None:
    """The least that each step could leave behind is a block of Python's memory: none may stay.

    Resident memory is what the whole process has, NumPy's arrays included.
    """
    warm_up, steps = (50_000 // share, 1_000_000 // share) if long else (1_000, 20_000 // share)
    command = [sys.executable, "-c", STEPS, kind, str(warm_up), str(steps)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    (blocks, kb), (blocks_after, kb_after) = (map(int, s.split()) for s in ran.stdout.splitlines())
    print(f"\n{steps:,} steps, {kind}: {blocks} to {blocks_after} blocks, {kb} to {kb_after} kB")
    assert blocks_after - blocks < 100
    assert kb_after - kb < 1024
