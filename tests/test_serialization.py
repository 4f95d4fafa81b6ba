"""tinygrad_lr.serialization: what is saved is what is loaded, or a CheckpointError says why not."""

from __future__ import annotations

import io
import json
import os
import pickle
import resource
import time
import tracemalloc
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import safetensors.numpy
from checkpoints import equal, forged, signed, whole
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from limits import limited

import tinygrad_lr
from tinygrad_lr import CheckpointError, Tensor, load, nn, save
from tinygrad_lr.optim import SGD

DTYPES = (
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64".split()  # noqa: SIM905
)


def entries(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


# --- There and back

arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(
        dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
    )
)
tensors = arrays.map(tinygrad_lr.from_numpy)
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**128), 2**128)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["tensor", "dict", "list", "__metadata__", "", ".", "a.b", "\x00", "é😀"])
)
keys = st.text(max_size=4) | st.sampled_from(["tensor", "", ".", "a.b", "a", "b'"]) | st.integers()
trees = st.recursive(
    plain | tensors,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(tree=trees)
def test_what_is_saved_is_what_is_loaded(tree: Any, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "tree"
    save(tree, path)
    assert equal(load(path), tree)


@pytest.mark.parametrize(
    "tree",
    [
        {"a.b": tinygrad_lr.zeros(1), "a": {"b": tinygrad_lr.ones(1)}},
        {"a": {"b": tinygrad_lr.ones(1)}, "a.b": tinygrad_lr.zeros(1), "a.b'": tinygrad_lr.ones(2)},
        {1: tinygrad_lr.zeros(1), "1": tinygrad_lr.ones(1)},
        {"": tinygrad_lr.zeros(1), "tensor": tinygrad_lr.ones(1)},
        {True: 1, 0: 2, None: 3, 2.5: 4, (1, "a"): 5},
        {"tensor": "tensor", "dict": [], "list": {}, "tuple": ()},
        [[[[[[[[]]]]]]]],
        {},
        "",
        -0.0,
        2**128 - 1,
    ],
    ids=repr,
)
def test_names_that_look_alike_are_kept_apart(tree: Any, tmp_path: Path) -> None:
    save(tree, tmp_path / "tree")
    assert equal(load(tmp_path / "tree"), tree)


def test_a_tensor_may_be_called_metadata(tmp_path: Path) -> None:
    save({"__metadata__": tinygrad_lr.ones(2)}, tmp_path / "tree")
    assert load(tmp_path / "tree")["__metadata__"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "cut",
    [
        lambda a: a.T,
        lambda a: a[::2, ::-1],
        lambda a: a[1],
        lambda a: a[:, 1],
        lambda a: a[1, 2],
        lambda a: np.broadcast_to(a[:, :1], (4, 7)),
        lambda a: a[:0],
        np.asfortranarray,
    ],
)
def test_any_layout_of_any_dtype_is_kept(dtype: str, cut: Any, tmp_path: Path) -> None:
    array = cut(np.arange(24).reshape(4, 6).astype(dtype))
    tensor = Tensor.wrap(array)
    save(tensor, tmp_path / "tensor")
    loaded = load(tmp_path / "tensor")
    assert loaded.dtype == np.dtype(dtype)
    assert loaded.shape == array.shape
    assert np.array_equal(loaded.numpy(), array)


def test_what_is_loaded_is_a_constant_of_its_own_that_may_be_written_to(tmp_path: Path) -> None:
    weight = nn.Parameter(tinygrad_lr.ones(2, 3))
    computed = weight * 2
    save({"weight": weight, "computed": computed, "twice": [weight, weight]}, tmp_path / "state")
    loaded = load(tmp_path / "state")
    assert weight.requires_grad
    assert computed.grad_fn is not None
    for tensor in (loaded["weight"], loaded["computed"], *loaded["twice"]):
        assert type(tensor) is Tensor
        assert not tensor.requires_grad
        assert tensor.is_leaf
        tensor.array[0] = 7
        tensor.zero_()
    assert load(tmp_path / "state")["weight"].tolist() == [[1.0] * 3] * 2


def test_a_training_can_be_stopped_and_gone_on_with(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 2))
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    model(tinygrad_lr.ones(5, 3)).sum().backward()
    optimizer.step()
    generator = tinygrad_lr.Generator().manual_seed(3)
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generator": generator.get_state(),
        "epoch": 3,
        "losses": [2.3, 1.1],
        "best": None,
    }
    save(state, tmp_path / "checkpoint")
    loaded = load(tmp_path / "checkpoint")
    assert equal(loaded, state)
    twin = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 2))
    twin.load_state_dict(loaded["model"])
    again = SGD(twin.parameters(), lr=9.0)
    again.load_state_dict(loaded["optimizer"])
    assert equal(again.state_dict(), optimizer.state_dict())
    generator.permutation(5)
    generator.set_state(loaded["generator"])
    assert generator.get_state() == state["generator"]


def test_a_file_object_is_as_good_as_a_path(tmp_path: Path) -> None:
    state = nn.Linear(2, 3).state_dict()
    buffer = io.BytesIO()
    save(state, buffer)
    buffer.seek(0)
    assert equal(load(buffer), state)
    with (tmp_path / "state").open("wb") as file:
        save(state, f=file)
    with (tmp_path / "state").open("rb") as file:
        assert equal(load(f=file, map_location="cpu", weights_only=True, mmap=False), state)


@pytest.mark.parametrize("place", ["cpu", tinygrad_lr.device("cpu"), {"cuda:0": "cpu"}, None])
def test_a_place_to_load_to_is_taken(place: Any, tmp_path: Path) -> None:
    save([tinygrad_lr.ones(2)], tmp_path / "state")
    assert load(tmp_path / "state", map_location=place)[0].device == "cpu"
    with pytest.raises(tinygrad_lr.DeviceError, match="no GPU"):
        load(tmp_path / "state", map_location="cuda")


def test_what_is_wrong_with_a_file_object_is_told() -> None:
    for content in (b"", b"PK\x03\x04", b"x" * 100):
        with pytest.raises(CheckpointError, match="this file: not a checkpoint"):
            load(io.BytesIO(content))
    with pytest.raises(TypeError, match="open for text"):
        save(1, io.StringIO())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="open for text"):
        load(io.StringIO("1"))  # type: ignore[arg-type]


class Point(NamedTuple):
    x: int
    y: int


def test_relatives_of_the_plain_kinds_become_the_plain_kinds(tmp_path: Path) -> None:
    tree = {
        "named": Point(1, 2),
        "number": np.float64(0.1),
        "path": tmp_path.name,
    }
    save(tree, tmp_path / "tree")
    loaded = load(tmp_path / "tree")
    assert equal(loaded, {"named": (1, 2), "number": 0.1, "path": tmp_path.name})


def test_an_ordered_dict_stays_one_and_in_its_order(tmp_path: Path) -> None:
    tree = OrderedDict(b=1, a=OrderedDict(d=tinygrad_lr.ones(1), c={"x": 2}))
    save(tree, tmp_path / "tree")
    loaded = load(tmp_path / "tree")
    assert equal(loaded, tree)
    assert (list(loaded), list(loaded["a"])) == (["b", "a"], ["d", "c"])


NUMPY = [np.int64(-3), np.uint8(7), np.uint64(2**63), np.bool_(True), np.float16(0.1)]
NUMPY += [np.float32(0.1), np.float32("nan"), np.float64(1e300), np.str_("x")]


@pytest.mark.parametrize("value", NUMPY, ids=repr)
def test_numpy_s_numbers_are_stored_as_python_s(value: Any, tmp_path: Path) -> None:
    """`{"epoch": np.int64(3)}` was refused, and np.float64 not."""
    save({"value": value, "key": {value: [value]}}, tmp_path / "tree")
    loaded = load(tmp_path / "tree")
    (key,) = loaded["key"]
    for found in (loaded["value"], key, loaded["key"][key][0]):
        assert type(found) is type(value.item())
        assert str(found) == str(value.item())


def test_the_file_is_a_safetensors_file_that_others_can_read(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    save(model.state_dict(), tmp_path / "model.safetensors")
    read = safetensors.numpy.load_file(tmp_path / "model.safetensors")
    assert sorted(read) == ["0.bias", "0.weight"]
    for name, parameter in model.named_parameters():
        assert np.array_equal(read[name], parameter.detach().numpy())


def test_the_path_may_be_text_or_a_path_absolute_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, path in enumerate(["plain", "./dotted.safetensors", tmp_path / "whole"]):
        save(number, path)
        assert load(path) == number
    assert entries(tmp_path) == ["dotted.safetensors", "plain", "whole"]


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_can_be_read_by_whom_the_umask_lets(mask: int, tmp_path: Path) -> None:
    """As with ``open``: a checkpoint in a shared folder is for the others in it too."""
    before = os.umask(mask)
    try:
        save({"w": tinygrad_lr.ones(3)}, tmp_path / "state")
    finally:
        os.umask(before)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o666 & ~mask


# --- What goes wrong while saving leaves the old file whole

OLD = {"w": tinygrad_lr.full((1000,), 3.0), "epoch": 1}
NEW = {"w": tinygrad_lr.full((100_000,), 4.0), "epoch": 2}


class Disk(OSError):
    pass


def failing(*args: Any, **kwargs: Any) -> Any:
    raise Disk(28, "No space left on device")


def interrupted(*args: Any, **kwargs: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize("old", [True, False], ids=["over-an-old-file", "as-a-new-file"])
@pytest.mark.parametrize("where", ["os.replace", "os.fsync", "full disk"])
@pytest.mark.parametrize("how", [failing, interrupted])
def test_after_an_error_the_old_file_is_there_and_nothing_else(
    where: str, how: Any, old: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.safetensors"
    if old:
        save(OLD, path)
    before = path.read_bytes() if old else b""
    if where == "full disk":
        with limited(resource.RLIMIT_FSIZE, 50_000), pytest.raises(OSError, match="File too large"):
            save(NEW, path)
    else:
        monkeypatch.setattr(where, how)
        with pytest.raises(Disk if how is failing else KeyboardInterrupt):
            save(NEW, path)
        monkeypatch.undo()
    assert entries(tmp_path) == ([path.name] if old else [])
    if old:
        assert path.read_bytes() == before
    save(NEW, path)
    assert equal(load(path), NEW)


def test_the_content_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, done = tmp_path / "state", []
    fsync, replace = os.fsync, os.replace

    def noting_fsync(handle: int) -> None:
        done.append(f"fsync of {os.fstat(handle).st_size} bytes")
        fsync(handle)

    def noting_replace(source: Any, target: Any) -> None:
        done.append(f"replace {Path(target).name}")
        assert Path(source).parent == path.parent  # a renaming across disks is not one step
        replace(source, target)

    monkeypatch.setattr("os.fsync", noting_fsync)
    monkeypatch.setattr("os.replace", noting_replace)
    save(NEW, path)
    assert done[:2] == [f"fsync of {path.stat().st_size} bytes", "replace state"]


UNSUPPORTED: dict[str, tuple[Any, list[str]]] = {
    "a set": ({"a": {1, 2}}, ["set", "a"]),
    "bytes": ([b"x"], ["bytes", "0"]),
    "an array": ({"w": [1, np.ones(3)]}, ["ndarray", "w.1"]),
    "a number that Python has not": ({"a": np.longdouble(3)}, ["longdouble", "a"]),
    "a date": ({"day": np.datetime64("2020-01-01")}, ["date", "day"]),
    "a complex number": (1j, ["complex", "top"]),
    "a model": (nn.Linear(2, 2), ["Linear"]),
    "a function": ({"f": print}, ["builtin", "f"]),
    "a class": ({"c": Point}, ["type", "c"]),
    "a path": ({"p": Path("x")}, ["Path", "p"]),
    "a range": ((range(3),), ["range"]),
    "a bad key": ({"d": {frozenset(): 1}}, ["frozenset", "d"]),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_cannot_be_stored_is_named_before_a_file_is_touched(name: str, tmp_path: Path) -> None:
    obj, words = UNSUPPORTED[name]
    save(OLD, tmp_path / "old")
    stamp = (tmp_path / "old").stat()
    for path in (tmp_path / "old", tmp_path / "new"):
        with pytest.raises(TypeError) as caught:
            save(obj, path)
        missing = [word for word in words if word not in str(caught.value)]
        assert not missing, f"{missing} not in: {caught.value}"
    assert entries(tmp_path) == ["old"]
    assert (tmp_path / "old").stat() == stamp


def test_a_list_that_contains_itself_is_refused_and_no_file_is_touched(tmp_path: Path) -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises((RecursionError, ValueError, TypeError)):
        save(loop, tmp_path / "loop")
    assert entries(tmp_path) == []


# --- What is no checkpoint, or no longer one


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "state"
    save(whole(), path)
    return path.read_bytes()


def refused(path: Path, content: bytes) -> str:
    """The message with which a file of this content is refused, quickly and with little memory."""
    path.write_bytes(content)
    tracemalloc.start()
    begin = time.process_time()
    try:
        with pytest.raises(CheckpointError) as caught:
            load(path)
        assert time.process_time() - begin < 2
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_longer_file_is_refused(tmp_path: Path, content: bytes) -> None:
    for extra in (b"\0", b"\0" * 8, b"{}", content):
        refused(tmp_path / "state", content + extra)


def test_every_changed_byte_of_the_numbers_is_noticed(tmp_path: Path, content: bytes) -> None:
    first = 8 + int.from_bytes(content[:8], "little")
    for place in range(first, len(content), 3):
        damaged = bytearray(content)
        damaged[place] ^= 0x10
        assert "checksum" in refused(tmp_path / "state", bytes(damaged)), place


@pytest.mark.parametrize("length", [0, 1, 2**20, 2**31, 2**40, 2**63, 2**64 - 1])
def test_a_header_that_lies_about_its_length_is_refused_at_once(
    length: int, tmp_path: Path, content: bytes
) -> None:
    refused(tmp_path / "state", length.to_bytes(8, "little") + content[8:])


def without_checksum(tree: Any) -> bytes:
    metadata = {"format": "tinygrad_lr 1", "tree": json.dumps(tree)}
    return forged({"__metadata__": metadata})


FOREIGN: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"epoch,loss\n1,0.5\n",
    "a pickle": lambda: pickle.dumps({"weight": np.ones(3)}),
    "a zip, as torch.save writes": lambda: b"PK\x03\x04" + bytes(200),
    "a NumPy file": lambda: b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'}" + bytes(100),
    "zeros": lambda: bytes(1000),
    "a foreign safetensors file": lambda: safetensors.numpy.save({"w": np.ones(3)}),
    "a foreign one with metadata": lambda: safetensors.numpy.save(
        {"w": np.ones(3)}, {"format": "pt"}
    ),
    "a later format": lambda: forged({"__metadata__": {"format": "tinygrad_lr 2", "tree": "1"}}),
    "no checksum": lambda: without_checksum({"dict": []}),
    "no tree": lambda: forged({"__metadata__": {"format": "tinygrad_lr 1"}}),
    "an empty header": lambda: forged({}),
    "a header that is a list": lambda: forged([]),
    "a header that is a number": lambda: forged(b"1"),
    "metadata of null": lambda: forged(b'{"__metadata__":null}'),
    "metadata that is a list": lambda: forged(b'{"__metadata__":[]}'),
    "a header nested deeply": lambda: forged(b"[" * 100_000),
    "a tensor beyond the end": lambda: forged(
        {"w": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4 * 10**12]}}
    ),
    "a tensor of a shape that overflows": lambda: forged(
        {"w": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 0]}}
    ),
    "a tree of an unknown kind": lambda: signed('{"model": 1}'),
    "a tree of two kinds": lambda: signed('{"list": [], "tuple": []}'),
    "a tree that is no JSON": lambda: signed("{"),
    "a tree with a tensor that is not there": lambda: signed('{"tensor": "w"}'),
    "a tree with a list for a key": lambda: signed('{"dict": [[{"list": []}, 1]]}'),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_file_that_save_did_not_write_is_refused(name: str, tmp_path: Path) -> None:
    refused(tmp_path / "state", FOREIGN[name]())


class Boom:
    def __reduce__(self) -> Any:
        return (os.mkdir, ("executed",))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_refused_and_not_executed(
    protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(tmp_path / "state", pickle.dumps({"weight": Boom()}, protocol))
    assert entries(tmp_path) == ["state"]


def test_the_message_about_a_foreign_file_says_how_to_read_it(tmp_path: Path) -> None:
    message = refused(tmp_path / "state", FOREIGN["a foreign safetensors file"]())
    assert "safetensors.numpy.load_file" in message
    assert "from_numpy" in message


def test_a_missing_file_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        load(tmp_path / "absent")
    with pytest.raises(FileNotFoundError, match=r"(?s)no folder .*absent"):
        save(OLD, tmp_path / "absent" / "state")
    assert entries(tmp_path) == []


def test_a_folder_in_the_file_s_place_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with pytest.raises(OSError):  # noqa: PT011
        save(OLD, tmp_path / "state")
    with pytest.raises(OSError):  # noqa: PT011
        load(tmp_path / "state")
    assert entries(tmp_path) == ["state"]


def test_a_link_to_a_checkpoint_goes_on_being_one_or_is_replaced_never_followed_halfway(
    tmp_path: Path,
) -> None:
    save(OLD, tmp_path / "run-1")
    (tmp_path / "latest").symlink_to("run-1")
    save(NEW, tmp_path / "latest")
    assert equal(load(tmp_path / "latest"), NEW)
    target = load(tmp_path / "run-1")
    assert equal(target, NEW if (tmp_path / "latest").is_symlink() else OLD)


# --- What is at the path already


def test_a_link_stays_a_link_and_a_mode_stays_a_mode(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    tinygrad_lr.save(1, real)
    real.chmod(0o600)
    link.symlink_to(real)
    tinygrad_lr.save(2, link)
    assert link.is_symlink()
    assert tinygrad_lr.load(real) == 2
    assert real.stat().st_mode & 0o777 == 0o600


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        tinygrad_lr.save(1, tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()
