"""MNIST as a data set: splits, items one by one and in batches, and the idx format."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from mnist_files import ROOT, idx

from tinygrad_lr.creation import from_numpy, ones
from tinygrad_lr.datasets import MNIST, DatasetError, FashionMNIST, read_idx
from tinygrad_lr.tensor import Tensor
from tinygrad_lr.transforms import Compose, Normalize, ToTensor
from tinygrad_lr.utils.data import DataLoader, default_collate

# ---------------------------------------------------------------------------------------------- idx


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


# ------------------------------------------------------------------------------- splits and classes


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


# -------------------------------------------------------------------------------------------- items


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


# ------------------------------------------------------------------------------------------ batches


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
