"""The files of a data set: which are read, packed or not, and what is said of one that is wrong."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from limits import MB, bounded
from mnist_files import (
    LABEL_FILE,
    ROOT,
    TEST_IMAGES,
    TEST_LABELS,
    content,
    copied_test_files,
    flip_a_byte,
    idx,
    load,
    packed_labels,
)

from tinygrad_lr import datasets
from tinygrad_lr.datasets import FILES, MNIST, DatasetError, FashionMNIST

raw = pytest.fixture(copied_test_files)


def test_plain_files_are_read_and_so_are_plain_files_named_gz(raw: Path, tmp_path: Path) -> None:
    (raw / TEST_IMAGES).write_bytes(content(TEST_IMAGES))
    (raw / f"{TEST_IMAGES}.gz").unlink()
    (raw / f"{TEST_LABELS}.gz").write_bytes(content(TEST_LABELS))
    assert load(tmp_path).targets.numpy()[0] == 7


def test_another_gzip_wrapper_of_the_same_content_is_as_good(raw: Path, tmp_path: Path) -> None:
    packed = gzip.compress(content(TEST_LABELS), compresslevel=1, mtime=5)
    (raw / f"{TEST_LABELS}.gz").write_bytes(packed)
    assert len(load(tmp_path)) == 10000


def test_a_good_file_beside_a_bad_one_is_found_and_that_is_said(raw: Path, tmp_path: Path) -> None:
    (raw / TEST_LABELS).write_bytes(b"")
    with pytest.warns(UserWarning, match="is empty") as told:
        assert len(load(tmp_path)) == 10000
    assert f"So {raw / TEST_LABELS}.gz was read; remove the other" in str(told[0].message)


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


# ------------------------------------------------------------------------ what is wrong with a file


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
        (
            lambda: flip_a_byte(content(TEST_LABELS), 5000),
            "is corrupted, or of another data set: its length is right",
        ),
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


@pytest.mark.parametrize("named", ["MNIST", "MNIST/raw"])
def test_whoever_names_the_folder_of_the_files_is_told_so(named: str) -> None:
    with pytest.raises(DatasetError) as error:
        load(ROOT / named)
    assert f", but in {ROOT / 'MNIST' / 'raw'}; the folder to name is one that holds MNIST/raw" in (
        str(error.value).replace("\n", " ")
    )


@pytest.mark.parametrize("there", ["root", "root/MNIST", "root/MNIST/raw"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, there: str) -> None:
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).touch()
    with pytest.raises(DatasetError, match=f"{there} is a file, where a folder is expected"):
        load(tmp_path / "root")


def test_fashion_also_looks_where_the_system_keeps_it(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FashionMNIST, "_system_folders", (str(raw),))
    with pytest.raises(DatasetError, match="not Fashion-MNIST's test images") as error:
        load(tmp_path / "elsewhere", cls=FashionMNIST)
    assert f"also looked in {raw}" in str(error.value)
    assert FashionMNIST.mirrors[0] in str(error.value)
