"""tinygrad_lr.transforms: torchvision's bits, for one image or a batch, and plain refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinygrad_lr.creation import from_numpy
from tinygrad_lr.tensor import Tensor
from tinygrad_lr.transforms import Compose, Normalize, ToTensor

EVERY_BYTE = np.arange(256, dtype=np.uint8).reshape(16, 16)


def torch_to_tensor(image: np.ndarray) -> np.ndarray:
    """What torchvision's ToTensor does with bytes of shape (H, W) or (H, W, C)."""
    channels = image[:, :, None] if image.ndim == 2 else image
    return torch.from_numpy(channels.copy()).permute(2, 0, 1).to(torch.float32).div(255).numpy()


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


# --- ToTensor


def test_every_byte_becomes_torchs_float_bit_for_bit() -> None:
    ours = ToTensor()(EVERY_BYTE)
    assert isinstance(ours, Tensor)
    assert same_bits(ours.numpy(), torch_to_tensor(EVERY_BYTE))


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=3, max_side=5)))
def test_bytes_of_any_image_shape_equal_torchs(image: np.ndarray) -> None:
    before = image.copy()
    ours = ToTensor()(image).numpy()
    assert same_bits(ours, torch_to_tensor(image))
    assert ours.flags.c_contiguous
    assert np.array_equal(image, before)


@given(hnp.arrays(np.uint8, st.tuples(*[st.integers(0, 5)] * 3)))
def test_a_batch_equals_its_images_one_by_one(images: np.ndarray) -> None:
    batch = ToTensor().batch(images).numpy()
    n, h, w = images.shape
    assert batch.shape == (n, 1, h, w)
    assert batch.dtype == np.float32
    for one, image in zip(batch, images, strict=True):
        assert same_bits(one, ToTensor()(image).numpy())


def test_a_view_that_is_not_contiguous_is_read_in_its_own_order() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(4, 6)[::-1, ::2].T
    assert same_bits(ToTensor()(image).numpy(), torch_to_tensor(image))


def test_a_uint8_tensor_and_a_tensor_batch_are_accepted() -> None:
    expected = torch_to_tensor(EVERY_BYTE)
    assert same_bits(ToTensor()(from_numpy(EVERY_BYTE.copy())).numpy(), expected)
    batch = ToTensor().batch(from_numpy(EVERY_BYTE[None].copy()))
    assert same_bits(batch.numpy(), expected[None])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
def test_numbers_that_are_not_bytes_keep_dtype_and_value(dtype: type) -> None:
    image = (np.arange(6).reshape(2, 3) * 100).astype(dtype)
    ours = ToTensor()(image).numpy()
    assert same_bits(ours, image[None])
    assert not np.shares_memory(ours, image)


def test_pil_images_grey_colour_and_black_and_white() -> None:
    image_module = pytest.importorskip("PIL.Image")
    grey = image_module.fromarray(EVERY_BYTE)
    assert same_bits(ToTensor()(grey).numpy(), torch_to_tensor(EVERY_BYTE))
    colours = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    picture = image_module.fromarray(colours)
    assert same_bits(ToTensor()(picture).numpy(), torch_to_tensor(colours))
    black_and_white = grey.point(lambda v: 255 * (v > 100)).convert("1")
    expected = (EVERY_BYTE > 100).astype(np.float32)[None]
    assert same_bits(ToTensor()(black_and_white).numpy(), expected)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4, 5)])
def test_an_array_that_is_not_one_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected one image of shape \(H, W\)") as refusal:
        ToTensor()(np.zeros(shape, np.uint8))
    assert str(shape) in str(refusal.value)


def test_a_tensor_of_three_dimensions_is_refused_rather_than_turned_round() -> None:
    with pytest.raises(ValueError, match=r"\(C, H, W\) already"):
        ToTensor()(from_numpy(np.zeros((1, 2, 2), np.float32)))


@pytest.mark.parametrize("shape", [(4, 4), (2, 4, 4, 3)])
def test_a_batch_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected grey images of shape \(N, H, W\)"):
        ToTensor().batch(np.zeros(shape, np.uint8))


@pytest.mark.parametrize(
    "thing", ["cat.png", [[0, 1]], None, 7, np.array([["a"]]), np.array([[1j]]), np.array([[{}]])]
)
def test_what_is_not_an_image_is_refused(thing: object) -> None:
    with pytest.raises(TypeError, match=r"(?s)ToTensor: expected .* got " + type(thing).__name__):
        ToTensor()(thing)


# --- Normalize


@pytest.mark.parametrize(
    ("mean", "std", "channels"),
    [((0.1307,), (0.3081,), 1), (0.1307, 0.3081, 1), ((0.5, 0.25, 0.1), (0.2, 3.0, 1e-3), 3)],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normalize_is_torchvisions_arithmetic(mean, std, channels, dtype) -> None:
    image = np.random.default_rng(0).random((channels, 5, 4)).astype(dtype)
    column = [torch.as_tensor(v, dtype=torch.from_numpy(image).dtype) for v in (mean, std)]
    column = [v.view(-1, 1, 1) if v.ndim == 1 else v for v in column]
    expected = torch.from_numpy(image).clone().sub_(column[0]).div_(column[1]).numpy()
    before = image.copy()
    normalize = Normalize(mean, std)
    assert same_bits(normalize(from_numpy(image)).numpy(), expected)
    assert same_bits(normalize.batch(from_numpy(image[None])).numpy(), expected[None])
    assert np.array_equal(image, before)


@pytest.mark.parametrize("shape", [(3, 4, 5), (2, 3, 4, 5)])
def test_normalize_keeps_the_gradient_of_an_image(shape: tuple[int, ...]) -> None:
    """It was lost without a word: an image made to fool a network starts from such a gradient."""
    pixels = np.random.default_rng(0).random(shape, np.float32)
    normalize = Normalize((0.1, 0.2, 0.3), (0.5, 0.25, 2.0))
    image = from_numpy(pixels).requires_grad_()
    out = normalize(image)
    assert np.array_equal(out.detach().numpy(), normalize(from_numpy(pixels)).numpy())
    out.sum().backward()
    assert np.array_equal(image.grad.numpy()[..., 0, 0].reshape(-1, 3)[0], [2.0, 4.0, 0.5])


def test_normalize_refuses_in_words() -> None:
    image = from_numpy(np.zeros((3, 2, 2), np.float32))
    with pytest.raises(ValueError, match="mean has 2 numbers for an image of 3 channel"):
        Normalize((0.1, 0.2), 1.0)(image)
    with pytest.raises(ValueError, match="std has 2 numbers for an image of 3 channel"):
        Normalize(0.1, (1.0, 2.0))(image)
    with pytest.raises(ValueError, match="is zero in float32"):
        Normalize(0.1, (1.0, 1e-60, 1.0))(image)
    with pytest.raises(ValueError, match=r"expected shape \(C, H, W\)"):
        Normalize(0.1, 1.0)(from_numpy(np.zeros((2, 2), np.float32)))
    with pytest.raises(TypeError, match=r"Put ToTensor\(\) before Normalize"):
        Normalize(0.1, 1.0)(from_numpy(np.zeros((1, 2, 2), np.uint8)))
    with pytest.raises(TypeError, match="got ndarray of float32"):
        Normalize(0.1, 1.0)(np.zeros((1, 2, 2), np.float32))  # type: ignore[arg-type]


# --- Compose


def test_compose_applies_its_members_in_order_to_an_image_and_to_a_batch() -> None:
    both = Compose([ToTensor(), Normalize(0.5, 0.25)])
    one = both(EVERY_BYTE).numpy()
    assert same_bits(one, Normalize(0.5, 0.25)(ToTensor()(EVERY_BYTE)).numpy())
    assert same_bits(both.batch(EVERY_BYTE[None]).numpy(), one[None])
    assert Compose([])(7) == 7


def test_compose_has_batch_only_if_every_member_has() -> None:
    def flatten(image: Tensor) -> Tensor:
        return from_numpy(image.numpy().reshape(-1))

    mixed = Compose([ToTensor(), flatten])
    assert mixed(EVERY_BYTE).shape == (256,)
    assert not hasattr(mixed, "batch")
    with pytest.raises(AttributeError, match="flatten"):
        _ = mixed.batch
    assert hasattr(Compose([Compose([ToTensor()])]), "batch")
    assert not hasattr(Compose([mixed]), "batch")


def test_reprs_are_torchvisions() -> None:
    assert repr(ToTensor()) == "ToTensor()"
    assert repr(Normalize((0.1307,), (0.3081,))) == "Normalize(mean=(0.1307,), std=(0.3081,))"
    assert repr(Compose([ToTensor(), Normalize(0.5, 0.5)])) == (
        "Compose(\n    ToTensor()\n    Normalize(mean=0.5, std=0.5)\n)"
    )
