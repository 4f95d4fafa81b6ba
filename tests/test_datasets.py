"""tinygrad_lr.datasets: the idx format, the checks of files, downloads from a real server, batches.

The files are copies of the real MNIST in examples/data, and the server is a real one, on 127.0.0.1.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import struct
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from limits import MB, bounded
from server import Server, serving

from tinygrad_lr import datasets
from tinygrad_lr.creation import from_numpy, ones
from tinygrad_lr.datasets import FILES, MNIST, DatasetError, FashionMNIST, read_idx
from tinygrad_lr.tensor import Tensor
from tinygrad_lr.transforms import Compose, Normalize, ToTensor
from tinygrad_lr.utils import download, files
from tinygrad_lr.utils.data import DataLoader, default_collate

ROOT = Path(__file__).parent.parent / "examples" / "data"
RAW = ROOT / "MNIST" / "raw"
NAMES = [file.name for file in FILES[:4]]
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
LABEL_FILE = next(file for file in FILES if str(file) == "MNIST's test labels")


# --- The idx format


def idx(array: np.ndarray) -> bytes:
    """An array as an idx file, written from the description of the format."""
    codes = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
    header = struct.pack(">BBBB", 0, 0, codes[array.dtype.str[1:]], array.ndim)
    sizes = b"".join(struct.pack(">I", size) for size in array.shape)
    return header + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


@given(
    hnp.arrays(
        st.sampled_from([np.uint8, np.int8, np.int16, np.int32, np.float32, np.float64]),
        hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4),
    )
)
def test_read_idx_gives_back_what_was_written(array: np.ndarray) -> None:
    back = read_idx(idx(array))
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.dtype.isnative
    assert back.flags.writeable


def test_read_idx_does_not_share_memory_with_a_bytearray() -> None:
    content = bytearray(idx(np.zeros(3, np.uint8)))
    array = read_idx(content)
    array[:] = 7
    assert content == idx(np.zeros(3, np.uint8))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not an idx file"),
        (b"<html>", "not an idx file"),
        (b"\0\0\x0a\x01\0\0\0\0", "not an idx file"),  # 0x0a is no type of the format
        (b"\0\0\x08\x03\0\0\0\x01", "cut off in its header: 3 dimensions need 16 bytes, found 8"),
        (idx(np.zeros(5, np.uint8))[:-1], "needs 13 bytes, found 12"),
        (idx(np.zeros(5, np.uint8)) + b"\0", "needs 13 bytes, found 14"),
        (struct.pack(">4B70I", 0, 0, 8, 70, *[1] * 70) + b"x", "NumPy cannot hold"),
    ],
)
def test_read_idx_says_what_is_wrong(data: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_idx(data)


# --- The data set in memory


@pytest.fixture(scope="module")
def train() -> MNIST:
    return MNIST(ROOT, train=True, transform=ToTensor())


@pytest.fixture
def held_out() -> MNIST:
    return MNIST(str(ROOT), train=False)


def test_train_split(train: MNIST) -> None:
    assert len(train) == 60000
    data, targets = train.data.numpy(), train.targets.numpy()
    assert (data.shape, data.dtype) == ((60000, 28, 28), np.uint8)
    assert (targets.shape, targets.dtype) == ((60000,), np.int64)
    assert targets[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(targets).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    mean = data.mean()  # 0.1307 and 0.3081 are the numbers people normalise by
    std = np.sqrt(np.square(data, dtype=np.uint16).mean() - mean**2)
    assert mean / 255 == pytest.approx(0.1307, abs=5e-5)
    assert std / 255 == pytest.approx(0.3081, abs=5e-5)


def test_test_split(held_out: MNIST) -> None:
    assert len(held_out) == 10000
    assert held_out.targets.numpy()[:5].tolist() == [7, 2, 1, 0, 4]


def test_classes() -> None:
    assert MNIST.classes[0] == "0 - zero"
    assert MNIST.classes[9] == "9 - nine"
    assert FashionMNIST.classes[9] == "Ankle boot"
    assert len(MNIST.classes) == len(FashionMNIST.classes) == 10


def test_class_to_idx(held_out: MNIST) -> None:
    assert held_out.class_to_idx["7 - seven"] == 7


def test_repr_is_torchvisions(train: MNIST, held_out: MNIST) -> None:
    assert repr(train) == (
        "Dataset MNIST\n"
        "    Number of datapoints: 60000\n"
        f"    Root location: {ROOT}\n"
        "    Split: Train\n"
        "    StandardTransform\n"
        "Transform: ToTensor()"
    )
    expected = f"    Number of datapoints: 10000\n    Root location: {ROOT}\n    Split: Test"
    assert repr(held_out) == f"Dataset MNIST\n{expected}"
    held_out.transform = Compose([ToTensor()])
    held_out.target_transform = float
    assert repr(held_out).endswith(
        "    StandardTransform\n"
        "Transform: Compose(\n"
        "               ToTensor()\n"
        "           )\n"
        "Target transform: <class 'float'>"
    )


def test_one_item_without_transform_is_a_copy_of_the_bytes(held_out: MNIST) -> None:
    image, label = held_out[0]
    assert isinstance(image, Tensor)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    assert np.array_equal(image.numpy(), held_out.data.numpy()[0])
    assert type(label) is int
    assert label == 7
    image.numpy()[:] = 99
    assert held_out.data.numpy()[0].max() != 99


def test_one_item_equals_torchs_to_tensor_bit_for_bit(train: MNIST) -> None:
    for i in (0, 31415, 59999):
        image, _ = train[i]
        pixels = torch.from_numpy(train.data.numpy()[i])
        expected = pixels[None].to(torch.float32).div(255).numpy()
        assert image.numpy().dtype == np.float32
        assert image.numpy().tobytes() == expected.tobytes()
        assert image.shape == (1, 28, 28)


def test_an_index_may_be_negative_or_numpys(held_out: MNIST) -> None:
    assert np.array_equal(held_out[-1][0].numpy(), held_out[9999][0].numpy())
    assert held_out[np.int64(2)][1] == 1


@pytest.mark.parametrize("index", [10000, -10001, 2**70])
def test_an_index_out_of_range_is_told_in_words(held_out: MNIST, index: int) -> None:
    with pytest.raises(IndexError, match=f"MNIST: index {index} is out of range; the test split"):
        held_out[index]


def test_what_is_not_an_index_is_refused(held_out: MNIST) -> None:
    for kind in (TypeError, IndexError):
        with pytest.raises(kind, match="an index is an integer, not slice"):
            held_out[0:2]  # type: ignore[index]
    with pytest.raises(IndexError, match="integer"):
        held_out.__getitems__([0, 0.5])  # type: ignore[list-item]


def test_it_can_be_walked_through_and_ends(held_out: MNIST) -> None:
    held_out.data = from_numpy(held_out.data.numpy()[:3])
    assert len(held_out) == 3
    walked = [held_out[i][1] for i in range(len(held_out))]
    assert walked == [7, 2, 1]


# --- Batches


def batch_as_arrays(ds: MNIST, indices: Any) -> tuple[np.ndarray, np.ndarray]:
    batch = ds.__getitems__(indices)
    assert type(batch) is tuple
    assert all(isinstance(part, Tensor) for part in batch)
    images, labels = batch
    return images.numpy(), labels.numpy()


def flattened(image: Tensor) -> Tensor:
    """A user's transform: a plain function, without `batch`."""
    return from_numpy(image.numpy().reshape(-1) / np.float32(255))


@pytest.mark.parametrize(
    "transform",
    [
        None,
        ToTensor(),
        Compose([ToTensor(), Normalize((0.1307,), (0.3081,))]),
        Compose([ToTensor(), flattened]),
        flattened,
        lambda image: image.numpy().astype(np.float32),  # an array, not a Tensor
    ],
)
@pytest.mark.parametrize("indices", [[3], [5, 0, 5, -1, 9999], np.array([7, 3, 1])])
def test_a_batch_is_its_items_stacked(
    held_out: MNIST, transform: Callable[[Any], Any] | None, indices: Any
) -> None:
    held_out.transform = transform
    images, labels = batch_as_arrays(held_out, indices)
    items = [held_out[int(i)] for i in indices]
    stacked = np.stack([x.numpy() if isinstance(x, Tensor) else x for x, _ in items])
    assert images.dtype == stacked.dtype
    assert images.tobytes() == stacked.tobytes()
    assert images.shape == stacked.shape
    assert labels.dtype == np.int64
    assert labels.tolist() == [label for _, label in items]


def test_a_batch_owns_its_memory(held_out: MNIST) -> None:
    before = held_out.data.numpy()[:2].copy(), held_out.targets.numpy()[:2].copy()
    images, labels = batch_as_arrays(held_out, [0, 1])
    images[:] = 1
    labels[:] = 1
    assert np.array_equal(held_out.data.numpy()[:2], before[0])
    assert np.array_equal(held_out.targets.numpy()[:2], before[1])


def test_target_transforms_of_one_and_of_a_batch(held_out: MNIST) -> None:
    held_out.target_transform = lambda label: label % 2
    assert held_out[0][1] == 1
    _, labels = batch_as_arrays(held_out, [0, 1, 2])
    assert labels.tolist() == [1, 0, 1]
    assert labels.dtype == np.int64
    held_out.target_transform = lambda label: from_numpy(np.eye(10, dtype=np.float32)[label])
    _, one_hot = batch_as_arrays(held_out, [0, 1, 2])
    assert one_hot.shape == (3, 10)
    assert one_hot.argmax(axis=1).tolist() == [7, 2, 1]


WEIGHTS = ones(28, 28, requires_grad=True)
TRANSFORMS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "two views": {"transform": lambda image: (image.float(), image.float() * 2)},
    "a dict": {"transform": lambda image: {"image": image, "mean": image.float().mean()}},
    "a gradient": {"transform": lambda image: image.float() * WEIGHTS},
    "a name": {"target_transform": lambda label: f"class {label}"},
    "two labels": {"target_transform": lambda label: (label, label % 2)},
    "a number": {"target_transform": lambda label: label / 2},
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_batch_of_what_transforms_give_is_that_of_its_samples(held_out: MNIST, name: str) -> None:
    """Several parts became one Tensor, a gradient was lost, and a text could not be had."""
    for attribute, transform in TRANSFORMS[name].items():
        setattr(held_out, attribute, transform)
    batch = next(iter(DataLoader(held_out, batch_size=3)))
    expected = default_collate([held_out[i] for i in range(3)])
    assert repr(batch) == repr(expected)


def test_a_collate_fn_of_one_s_own_is_given_samples_made_once(held_out: MNIST) -> None:
    """A whole batch was made first, and thrown away: random transforms drew twice, and images of
    several sizes could not be had."""
    asked = []

    def cut(image: Any) -> Any:
        asked.append(image)
        return image[: len(asked)]

    held_out.transform = cut
    shapes = [image.shape for image, _ in next(iter(DataLoader(held_out, 3, collate_fn=list)))]
    assert shapes == [(1, 28), (2, 28), (3, 28)]
    assert len(asked) == 3


def test_a_batch_index_out_of_range_names_the_index(held_out: MNIST) -> None:
    for indices in ([0, 10000, 1], np.array([0, 10000])):
        with pytest.raises(IndexError, match="MNIST: index 10000 is out of range; the test split"):
            held_out.__getitems__(indices)


def test_images_of_different_shapes_cannot_be_a_batch(held_out: MNIST) -> None:
    sizes = iter([(2,), (3,)])
    held_out.transform = lambda image: np.zeros(next(sizes))
    with pytest.raises(ValueError, match="what the transform gave for a batch cannot be stacked"):
        held_out.__getitems__([0, 1])


# --- Files: good, in either form, and bad


def copied(root: Path, *names: str) -> Path:
    """A folder root/MNIST/raw with copies of these real files; returns that folder."""
    folder = root / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name in names:
        shutil.copy(RAW / f"{name}.gz", folder)
    return folder


def content(name: str) -> bytes:
    return gzip.decompress((RAW / f"{name}.gz").read_bytes())


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Copies of MNIST's test files, in tmp_path/MNIST/raw."""
    return copied(tmp_path, TEST_IMAGES, TEST_LABELS)


def load(root: Path, cls: type[MNIST] = MNIST, **options: Any) -> MNIST:
    return cls(root, train=False, **options)


def test_plain_files_are_read_and_so_are_plain_files_named_gz(raw: Path, tmp_path: Path) -> None:
    (raw / TEST_IMAGES).write_bytes(content(TEST_IMAGES))
    (raw / f"{TEST_IMAGES}.gz").unlink()
    (raw / f"{TEST_LABELS}.gz").write_bytes(content(TEST_LABELS))
    assert load(tmp_path).targets.numpy()[0] == 7


def test_another_gzip_wrapper_of_the_same_content_is_as_good(raw: Path, tmp_path: Path) -> None:
    packed = gzip.compress(content(TEST_LABELS), compresslevel=1, mtime=5)
    (raw / f"{TEST_LABELS}.gz").write_bytes(packed)
    assert len(load(tmp_path)) == 10000


def test_a_good_file_beside_a_bad_one_is_found(raw: Path, tmp_path: Path) -> None:
    (raw / TEST_LABELS).write_bytes(b"")
    assert len(load(tmp_path)) == 10000


def test_a_home_folder_is_expanded(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert MNIST("~", train=False).root == str(tmp_path)


def test_several_members_with_the_right_content_are_right(raw: Path, tmp_path: Path) -> None:
    """As `cat` puts them together, as some packers split a file, with zeros after the last."""
    whole = content(TEST_LABELS)
    for cuts, end in (
        ([5000], b""),
        ([0, 1, 8, 9, 5000, 10008], b""),
        (list(range(0, 10008, 9)), bytes(100_000)),
    ):
        pieces = [whole[i:j] for i, j in zip([0, *cuts], [*cuts, None], strict=True)]
        packed = b"".join(gzip.compress(piece) for piece in pieces) + end
        (raw / f"{TEST_LABELS}.gz").write_bytes(packed)
        assert load(tmp_path).targets.numpy()[0] == 7


def test_a_multitude_of_empty_members_is_given_up(raw: Path, tmp_path: Path) -> None:
    (raw / f"{TEST_LABELS}.gz").write_bytes(gzip.compress(b"", mtime=0) * 200_000)
    with bounded(192 * MB, seconds=10), pytest.raises(DatasetError, match="is empty: expected"):
        load(tmp_path)


def flip_a_byte(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def packed_labels() -> bytes:
    return (RAW / f"{TEST_LABELS}.gz").read_bytes()


def packed_in_two(cut: int) -> bytes:
    whole = content(TEST_LABELS)
    return gzip.compress(whole[:cut]) + gzip.compress(whole[cut:])


TRUNCATED = "is truncated: expected 10008 bytes (uncompressed), found "
NOT_LABELS = "not MNIST's test labels"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: b"", "is empty: expected 10008 bytes (uncompressed), found 0"),
        (lambda: content(TEST_LABELS)[:5000], TRUNCATED + "5000"),
        (lambda: content(TEST_LABELS)[:3], TRUNCATED + "3"),
        (lambda: packed_labels()[:2000], TRUNCATED),
        (lambda: content(TEST_LABELS) + b"\0", "is too long: expected 10008 bytes"),
        (lambda: flip_a_byte(content(TEST_LABELS), 5000), "is corrupted: its length is right"),
        (lambda: flip_a_byte(packed_labels(), -6), "is corrupted: it cannot be decompressed"),
        (lambda: b"\x1f\x8b" + b"\xff" * 50, "is corrupted: it cannot be decompressed"),
        (lambda: packed_labels() + b"more", "is corrupted: it cannot be decompressed"),
        (lambda: packed_labels() + gzip.compress(b"m"), "is too long: expected 10008 bytes"),
        (
            lambda: packed_labels() + gzip.compress(bytes(10**8)),
            "is too long: expected 10008 bytes",
        ),
        (lambda: gzip.compress(content(TEST_LABELS)[:9]) + packed_labels(), "is too long"),
        (lambda: packed_in_two(5000)[:-2000], TRUNCATED),
        (lambda: gzip.compress(bytes(10**7)), "starts with"),
        (lambda: b"<!DOCTYPE html><html>404</html>", "as a web page does"),
        (lambda: content(TEST_IMAGES), f"this is MNIST's test images, {NOT_LABELS}"),
        (lambda: content("train-labels-idx1-ubyte"), f"this is MNIST's train labels, {NOT_LABELS}"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(
    raw: Path, tmp_path: Path, make: Callable[[], bytes], message: str
) -> None:
    path = raw / f"{TEST_LABELS}.gz"
    path.write_bytes(make())
    with pytest.raises(DatasetError) as error:
        load(tmp_path)
    told = str(error.value)
    assert told.startswith(str(path))
    assert message in told
    assert "download=True" in told
    assert LABEL_FILE.sha256 in told


def test_the_other_data_sets_file_is_named(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FashionMNIST, "_system_folders", ())  # the real ones may be installed here
    raw.parent.rename(tmp_path / "FashionMNIST")
    with pytest.raises(
        DatasetError, match="this is MNIST's test images, not Fashion-MNIST's test images"
    ):
        load(tmp_path, cls=FashionMNIST)


def test_a_fashion_file_is_named_by_its_digest(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fashion-MNIST is not carried: here, a stranger's bytes stand for it, under their own digest.
    stranger = idx(np.arange(10000).astype(np.uint8))
    fashion = next(file for file in FILES if str(file) == "Fashion-MNIST's test labels")
    monkeypatch.setitem(datasets._BY_DIGEST, hashlib.sha256(stranger).hexdigest(), fashion)
    (raw / f"{TEST_LABELS}.gz").write_bytes(gzip.compress(stranger))
    with pytest.raises(
        DatasetError, match="this is Fashion-MNIST's test labels, not MNIST's test labels"
    ):
        load(tmp_path)


def test_an_absent_file_says_where_and_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as error:
        load(tmp_path)
    told = str(error.value)
    assert told.startswith("MNIST's test images are not in ")
    assert str(tmp_path / "MNIST" / "raw") in told
    assert "download=True" in told
    for file in FILES[:4]:
        assert f"{file.name}.gz" in told
        assert file.sha256 in told
    for mirror in MNIST.mirrors:
        assert mirror in told


def test_fashion_also_looks_where_the_system_keeps_it(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FashionMNIST, "_system_folders", (str(raw),))
    with pytest.raises(DatasetError, match="not Fashion-MNIST's test images") as error:
        load(tmp_path / "elsewhere", cls=FashionMNIST)
    assert f"also looked in {raw}" in str(error.value)
    assert FashionMNIST.mirrors[0] in str(error.value)


# --- Downloads


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
def test_a_mirror_that_is_too_slow_is_given_up_and_the_next_is_tried(
    kind: str, all_but_labels: Path, server: Server, mirrors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_TIMEOUT", 0.3)
    server.pages[f"/slow/{TEST_LABELS}.gz"] = dripping(*SLOW[kind], pause=0.05)
    slow = f"{server.url}/slow"
    begin = time.monotonic()
    mirrors(slow)
    with pytest.raises(DatasetError, match=rf"{slow}/.*: timed out: \d+ bytes came in 0.3 seconds"):
        load(all_but_labels, download=True)
    mirrors(slow, server.serve("good", TEST_LABELS))
    assert load(all_but_labels, download=True).targets.numpy()[0] == 7
    assert time.monotonic() - begin < 3
    assert files_in(all_but_labels) == sorted(f"{name}.gz" for name in NAMES)


def test_a_slow_mirror_is_fast_enough_as_long_as_it_brings_the_least(
    all_but_labels: Path, server: Server, mirrors: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than the time-out, byte after byte of the headers and part after part."""
    monkeypatch.setattr(download, "_TIMEOUT", 0.5)
    parts = [*in_parts(OK, 5), *in_parts(packed_labels(), 200)]
    server.pages[f"/slow/{TEST_LABELS}.gz"] = dripping(*parts, pause=0.03)
    mirrors(f"{server.url}/slow")
    begin = time.monotonic()
    load(all_but_labels, download=True)
    assert time.monotonic() - begin > 0.5


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


def test_a_redirected_download_is_watched_too(
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
    monkeypatch.setattr(download, "_TIMEOUT", 0.3)
    mirrors(f"{server.url}/slow", f"{server.url}/moved")
    assert load(all_but_labels, download=True).targets.numpy()[0] == 7


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
    with pytest.raises(DatasetError, match=r"cannot make the folder .* choose another root"):
        load(in_the_way, download=True)
