"""From the pixels of a data set to the numbers a network wants, with torchvision's names.

A transform is a function of an image, or an object that is called like one. Those here (but Lambda)
can also work on a whole batch of grey images at once, through a method `batch`: one NumPy call for
a hundred pictures costs hardly more than one call for one picture. A data set uses `batch` where
the transform has it, and calls the transform image by image where it has not; so your own transform
may be a plain function.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .creation import from_numpy
from .device import plain
from .making.nested import from_numbers
from .tensor import Tensor
from .wording import say_nearest

__all__ = ["Compose", "Lambda", "Normalize", "Resize", "ToTensor"]

# Made once: NumPy takes half a microsecond to make them of np.float32 and 255, for every batch.
_FLOAT32 = np.dtype(np.float32)
_WHITE = np.array(255, _FLOAT32)


class ToTensor:
    """An image of shape (H, W) or (H, W, C) becomes a Tensor of shape (C, H, W).

    uint8 pixels, 0 to 255, become float32 numbers from 0.0 to 1.0, bit for bit those of
    torchvision. A black-and-white (bool) image becomes float32 0.0 and 1.0. Any other dtype keeps
    its dtype and its values: as in torchvision, only bytes are scaled.

    The image is a NumPy array, a PIL image, or a Tensor of shape (H, W), such as a row of
    `MNIST.data`. Raises TypeError for something that is not an image of numbers, ValueError for a
    wrong number of dimensions.

    >>> tg.transforms.ToTensor()(np.array([[0, 255]], np.uint8))
    tensor([[[0., 1.]]])
    """

    def __call__(self, image: object) -> Tensor:
        pixels = _pixels(image)
        if pixels.ndim == 2:
            pixels = pixels[np.newaxis]
        elif pixels.ndim == 3 and not isinstance(image, Tensor):
            pixels = pixels.transpose(2, 0, 1)
        elif pixels.ndim == 3:
            raise ValueError(
                f"ToTensor: expected an image, got a Tensor of shape {pixels.shape}.\n"
                "A Tensor of three dimensions is taken to be (C, H, W) already: leave ToTensor "
                "out, and divide by 255 if it holds bytes"
            )
        else:
            raise ValueError(
                "ToTensor: expected one image of shape (H, W) or (H, W, C), got shape "
                f"{pixels.shape}. For a batch of grey images (N, H, W), call ToTensor().batch(it)"
            )
        return from_numpy(_scaled(pixels))

    def batch(self, images: object) -> Tensor:
        """N grey images at once: an array or Tensor (N, H, W) becomes a Tensor (N, 1, H, W).

        Raises ValueError for another number of dimensions.

        >>> tg.transforms.ToTensor().batch(np.full((1, 1, 2), 255, np.uint8))
        tensor([[[[1., 1.]]]])
        """
        pixels = _pixels(images)
        if pixels.ndim != 3:
            raise ValueError(
                f"ToTensor.batch: expected grey images of shape (N, H, W), got {pixels.shape}. "
                "For one image, or for images with colours, call ToTensor() on each"
            )
        out: Tensor = Tensor.wrap(_scaled(pixels)[:, np.newaxis])
        return out

    def __repr__(self) -> str:
        return "ToTensor()"


class Normalize:
    """(image - mean) / std, channel by channel, for float images (C, H, W) or (N, C, H, W).

    `mean` and `std` are one number for all channels, or a sequence of one number per channel. They
    take the dtype of the image. Raises ValueError where a std is zero or the channels do not match,
    TypeError for an image that is not a Tensor of floating-point numbers in host memory.

    >>> tg.transforms.Normalize((0.5,), (0.5,))(tg.tensor([[[0.0, 1.0]]]))
    tensor([[[-1.,  1.]]])
    """

    def __init__(self, mean: float | Sequence[float], std: float | Sequence[float]) -> None:
        self.mean = mean
        self.std = std
        # (C, 1, 1) broadcasts against images (C, H, W) and batches (N, C, H, W) alike.
        self._mean = from_numbers("Normalize", mean).astype(np.float64).reshape(-1, 1, 1)
        self._std = from_numbers("Normalize", std).astype(np.float64).reshape(-1, 1, 1)

    def __call__(self, image: Tensor) -> Tensor:
        values = image.array if isinstance(image, Tensor) else None
        if not isinstance(values, np.ndarray) or values.dtype.kind != "f":
            raise TypeError(
                "Normalize: expected a Tensor of floating-point numbers on the cpu, got "
                f"{_described(image)}.\n"
                "Put ToTensor() before Normalize, and move batches to the gpu after the transforms"
            )
        if values.ndim < 3:
            raise ValueError(
                f"Normalize: expected shape (C, H, W) or (N, C, H, W), got shape {values.shape}"
            )
        mean, std = self._mean.astype(values.dtype), self._std.astype(values.dtype)
        channels = values.shape[-3]
        for name, numbers in (("mean", mean), ("std", std)):
            if len(numbers) not in (1, channels):
                raise ValueError(
                    f"Normalize: {name} has {len(numbers)} numbers for an image of {channels} "
                    "channel(s); give one number, or one per channel"
                )
        # Checked here, not earlier: a tiny float64 may round to zero in the image's dtype.
        if not std.all():
            raise ValueError(
                f"Normalize: std={self.std} is zero in {values.dtype}, and one divides by it"
            )
        if image.requires_grad:
            return (image - from_numpy(mean)) / from_numpy(std)
        out = values - mean
        out /= std
        return from_numpy(out)

    def batch(self, images: Tensor) -> Tensor:
        """A batch (N, C, H, W), as one call: its channels are the last dimension but two, too.

        >>> tg.transforms.Normalize(0.5, 0.5).batch(tg.ones(1, 1, 1, 2))
        tensor([[[[1., 1.]]]])
        """
        return self(images)

    def __repr__(self) -> str:
        return f"Normalize(mean={self.mean}, std={self.std})"


class Resize:
    """Images (..., H, W) in another size: (height, width), or one number for the shorter side.

    Each new pixel is a mean of those around its place, weighted by their distance, of as many as
    it stands for (bilinear, with antialias). Bytes are computed as PIL does it: bit for bit, but
    that some pixels differ by 1 where the height shrinks more than the width. A PIL image is left
    to PIL; floats are computed as by PyTorch's interpolate, and gradients flow. (For a Tensor of
    bytes torchvision, too, rounds a little differently than PIL.)

    `max_size` limits the longer side, where `size` is one number. Raises ValueError for another
    `interpolation` than bilinear, and without antialias.

    >>> tg.transforms.Resize((1, 1))(tg.tensor([[[1.0, 3.0]]]))
    tensor([[[2.]]])
    """

    size: int | Sequence[int]
    max_size: int | None

    def __init__(
        self,
        size: int | Sequence[int],
        interpolation: str = "bilinear",
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        sides = [size] if isinstance(size, int) else list(size)
        if len(sides) not in (1, 2) or not all(type(n) is int and n > 0 for n in sides):
            raise ValueError(f"Resize: size must be one or two integers >= 1, got {size!r}")
        if interpolation not in ("bilinear", 2) or antialias is False:
            raise ValueError("Resize: there is only interpolation='bilinear', with antialias=True")
        if max_size is not None and (len(sides) == 2 or max_size <= sides[0]):
            raise ValueError(
                f"Resize: max_size is for one number as the size, and above it; got {size!r} and "
                f"{max_size!r}"
            )
        self.size, self.max_size = size, max_size
        self._sides = sides

    def __call__(self, image: Any) -> Any:
        if hasattr(image, "resize") and hasattr(image, "getbands"):  # PIL's
            width, height = image.size
            return image.resize(self._wanted(height, width)[::-1], resample=2)
        if not isinstance(image, Tensor) or image.ndim < 2:
            raise TypeError(
                f"Resize: expected a Tensor (..., H, W) or a PIL image, got {_described(image)}"
            )
        height, width = self._wanted(*image.shape[-2:])
        if image.shape[-2:] == (height, width):
            return image
        down, right = (_weights(*n) for n in zip(image.shape[-2:], (height, width)))
        if image.dtype.kind == "f":
            kind = image.dtype
            return from_numpy(down.astype(kind)) @ (image @ from_numpy(right.T.astype(kind)))
        if image.dtype != np.uint8:
            raise TypeError(f"Resize: the pixels must be uint8 or floats, got {image.dtype}")
        return from_numpy(_averaged(_averaged(image.array, right).mT, down).mT.copy())

    def batch(self, images: Any) -> Tensor:
        """A batch (N, ..., H, W): only the last two dimensions change.

        >>> tg.transforms.Resize((4, 4)).batch(tg.ones(5, 1, 2, 2)).shape
        (5, 1, 4, 4)
        """
        made: Tensor = self(images if isinstance(images, Tensor) else from_numpy(images))
        return made

    def _wanted(self, height: int, width: int) -> tuple[int, int]:
        if len(self._sides) == 2:
            return self._sides[0], self._sides[1]
        short, long = sorted((height, width))
        new_short, new_long = self._sides[0], int(self._sides[0] * long / short)
        if self.max_size is not None and new_long > self.max_size:
            new_short, new_long = int(self.max_size * new_short / new_long), self.max_size
        return (new_short, new_long) if height <= width else (new_long, new_short)

    def __repr__(self) -> str:
        return (
            f"Resize(size={self.size}, interpolation=bilinear, max_size={self.max_size}, "
            "antialias=True)"
        )


def _weights(old: int, new: int) -> np.ndarray:
    """How much each of `old` pixels in a row counts for each of the `new`: (new, old), float64."""
    scale = old / new
    reach = max(scale, 1.0)  # so far from its place a pixel counts
    centers = (np.arange(new) + 0.5) * scale
    first = np.maximum((centers - reach + 0.5).astype(int), 0)[:, None]
    end = np.minimum((centers + reach + 0.5).astype(int), old)[:, None]
    places = np.arange(old)
    weights = np.maximum(1.0 - np.abs(places - centers[:, None] + 0.5) / reach, 0.0)
    weights *= (places >= first) & (places < end)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _averaged(pixels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Bytes (..., H, old), averaged along their rows by `weights` (new, old), as PIL rounds it."""
    one = 1 << 22  # PIL counts in parts of it
    parts = np.floor(weights * one + 0.5).astype(np.int64)
    sums = pixels.astype(np.int64) @ parts.T
    averaged: np.ndarray = ((sums + one // 2) // one).clip(0, 255).astype(np.uint8)
    return averaged


class Lambda:
    """A function as a transform: ``Lambda(lambda y: y + 1)``. TypeError for what is no function.

    >>> tg.transforms.Lambda(lambda x: x + 1)(tg.ones(2))
    tensor([2., 2.])
    """

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Lambda: expected a function, got {type(lambd).__name__}")
        self.lambd = lambd

    def __call__(self, image: Any) -> Any:
        return self.lambd(image)

    def __repr__(self) -> str:
        return "Lambda()"


class Compose:
    """The transforms one after another: `Compose([ToTensor(), Normalize(0.1307, 0.3081)])`.

    It has `batch` exactly when all its members have it. TypeError for what is no list of
    transforms.

    >>> to_numbers = [tg.transforms.ToTensor(), tg.transforms.Normalize(0.5, 0.5)]
    >>> tg.transforms.Compose(to_numbers)(np.array([[0, 255]], np.uint8))
    tensor([[[-1.,  1.]]])
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        if not isinstance(transforms, (list, tuple)):
            raise TypeError(
                f"Compose: expected a list of transforms, got {type(transforms).__name__}; write "
                "Compose([first, second])"
            )
        for transform in transforms:
            check_transform("Compose", transform)
        self.transforms = transforms

    def __call__(self, image: Any) -> Any:
        for transform in self.transforms:
            image = transform(image)
        return image

    @property
    def batch(self) -> Callable[[Any], Any]:
        """The function that applies each member's `batch` in turn.

        Raises AttributeError where a member has none. So `hasattr(compose, "batch")` is False then,
        and a data set goes image by image.

        >>> compose = tg.transforms.Compose([tg.transforms.ToTensor()])
        >>> compose.batch(np.zeros((5, 2, 2), np.uint8)).shape
        (5, 1, 2, 2)
        """
        for transform in self.transforms:
            if not hasattr(transform, "batch"):
                raise AttributeError(f"Compose has no batch: its member {transform!r} has none")
        return self._each_batch

    def _each_batch(self, images: Any) -> Any:
        for transform in self.transforms:
            images = transform.batch(images)
        return images

    def __repr__(self) -> str:
        members = "".join(f"\n    {transform}" for transform in self.transforms)
        return f"Compose({members}\n)"


def check_transform(name: str, transform: object) -> None:
    """Raise TypeError, for `name`, for what cannot be called with an image.

    The class ToTensor, for instance: it is an object ToTensor() that can.
    """
    if isinstance(transform, type) and any("__call__" in vars(c) for c in transform.__mro__):
        kind = transform.__name__
        raise TypeError(
            f"{name}: a transform must be an object, got the class {kind}; write {kind}()"
        )
    if not callable(transform):
        raise TypeError(
            f"{name}: a transform must be a function of an image, got "
            f"{type(transform).__name__} {transform!r}"
        )


def _scaled(pixels: np.ndarray) -> np.ndarray:
    """A new, contiguous array: bytes divided by 255 in float32, bool as float32, others kept."""
    if pixels.dtype == np.uint8:
        # A true division, as torchvision's: multiplying by 1/255 differs in the last bit for 126 of
        # the 256 bytes. Converting first and dividing in place is faster than one call of
        # np.divide(..., dtype=np.float32).
        out: np.ndarray = pixels.astype(_FLOAT32, order="C")
        out /= _WHITE
        return out
    return pixels.astype(_FLOAT32 if pixels.dtype == bool else pixels.dtype, order="C")


def _pixels(image: object) -> np.ndarray:
    """The numbers of an array, a Tensor or a PIL image, as a NumPy array; or a TypeError."""
    if isinstance(image, Tensor) and image.requires_grad:
        raise TypeError(
            "ToTensor: no gradient would come back through it, and this Tensor requires grad;\n"
            "it holds floats, which are not scaled: use image.unsqueeze(-3) instead, or "
            "image.detach()"
        )
    pixels = image.array if isinstance(image, Tensor) else image
    if not isinstance(pixels, np.ndarray):
        # Of the rest, only what says that it is an array: np.asarray would take a path too, or a
        # list of pictures.
        if not hasattr(pixels, "__array_interface__"):
            raise _not_an_image(image)
        pixels = np.asarray(pixels)
    if pixels.dtype.kind not in "buif":
        raise _not_an_image(image)
    return plain("ToTensor", pixels)


def _not_an_image(image: object) -> TypeError:
    """The error for what is no image, with what to do instead."""
    instead = "Convert it with np.asarray(image), or move a Tensor with .cpu()"
    if isinstance(image, (str, os.PathLike)):
        instead = "Open a file with PIL.Image.open(name)"
    return TypeError(
        "ToTensor: expected a NumPy array or a PIL image of numbers, in host memory, got "
        f"{_described(image)}. {instead}"
    )


def _described(thing: object) -> str:
    """What came, for an error message: a type, and of a Tensor or array the dtype and shape."""
    kind = type(thing).__name__
    if hasattr(thing, "dtype") and hasattr(thing, "shape"):
        device = f" on {thing.device}" if isinstance(thing, Tensor) else ""
        return f"{kind} of {thing.dtype}, shape {tuple(thing.shape)}{device}"
    return kind


say_nearest(__name__)
