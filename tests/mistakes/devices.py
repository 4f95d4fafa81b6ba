"""Mistakes with devices: no CuPy, no card, another CUDA, two devices in one operation."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
import pytest

import tinygrad_lr as tg
from mistakes import HERE, Mistakes, X, put
from tinygrad_lr import nn
from tinygrad_lr.nn import functional as F


@contextlib.contextmanager
def instead_of_cupy(module: Any) -> Iterator[None]:
    """As on a machine where ``import cupy`` gives `module`, None for no such module."""
    device = sys.modules["tinygrad_lr.device"]  # tinygrad_lr.device is the class
    with mock.patch.dict(sys.modules, {"cupy": module}), mock.patch.object(device, "_cupy", None):
        yield


def without_cupy(call: Callable[[], Any]) -> Any:
    with instead_of_cupy(None):
        return call()


def without_a_card(call: Callable[[], Any]) -> Any:
    with instead_of_cupy(SimpleNamespace(is_available=lambda: False)):
        return call()


def with_another_cuda(call: Callable[[], Any]) -> Any:
    def fails(n: int) -> Any:
        raise OSError("libcudart.so.13: no such file\nand much more")

    with instead_of_cupy(SimpleNamespace(is_available=lambda: True, arange=fails)):
        return call()


def on_a_gpu(call: Callable[[Any], Any]) -> Any:
    """`call`, given a tensor on the GPU: that of the double of CuPy in tests/cupy_double."""
    spec = importlib.util.spec_from_file_location("cupy", HERE / "cupy_double" / "cupy.py")
    assert spec
    assert spec.loader
    double = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE / "cupy_double")  # where it finds its parts
        spec.loader.exec_module(double)
    with instead_of_cupy(double):
        return call(tg.ones(2, 3, device="gpu"))


DEVICES: Mistakes = {
    "a device that does not exist": (
        lambda: tg.zeros(2, device="tpu"),
        tg.DeviceError,
        ["unknown device 'tpu'", "'cpu' or 'gpu'"],
    ),
    "a second card": (
        lambda: X.to(tg.device("cuda:1")),
        tg.DeviceError,
        ["unknown device 'cuda:1'", "'cuda:0'"],
    ),
    "the number of a device": (lambda: X.to(device=3), tg.DeviceError, ["unknown device 3"]),
    "neither a device nor a dtype": (
        lambda: X.to("flaot32"),
        tg.DeviceError,
        ["to: unknown device 'flaot32'", "no dtype either", "'float32'", "'gpu'"],
    ),
    "the GPU without CuPy": (
        lambda: without_cupy(lambda: X.to("cuda")),
        tg.DeviceError,
        ["no GPU: CuPy is not installed", "pip install", "or use the cpu"],
    ),
    "the GPU without a card": (
        lambda: without_a_card(lambda: nn.Linear(2, 2).cuda()),
        tg.DeviceError,
        ["no GPU: CuPy is installed", "no card", "nvidia-smi"],
    ),
    "the CuPy of another CUDA": (
        lambda: with_another_cuda(lambda: tg.ones(2, device="gpu")),
        tg.DeviceError,
        ["no GPU: there is a card", "libcudart.so.13", "cupy-cuda12x"],
    ),
    "operands on different devices": (
        lambda: on_a_gpu(lambda there: X + there),
        tg.DeviceError,
        ["add: a is on cpu, b is on gpu", ".to()"],
    ),
    "a model here and a batch there": (
        lambda: on_a_gpu(lambda there: nn.Linear(3, 2)(there)),
        tg.DeviceError,
        ["linear: x is on gpu, weight is on cpu", ".to()"],
    ),
    "labels here and scores there": (
        lambda: on_a_gpu(lambda there: F.cross_entropy(there, tg.tensor([0, 1]))),
        tg.DeviceError,
        ["cross_entropy: a is on gpu, target is on cpu", ".to()"],
    ),
    "a NumPy array of what is on the GPU": (
        lambda: on_a_gpu(lambda there: there.numpy()),
        tg.DeviceError,
        ["numpy(): this tensor is on the gpu", "tensor.cpu().numpy()"],
    ),
    "a plot of what is on the GPU": (
        lambda: on_a_gpu(lambda there: np.asarray(there)),
        tg.DeviceError,
        ["numpy(): this tensor is on the gpu", "tensor.cpu()"],
    ),
    "an index on another device": (
        lambda: on_a_gpu(lambda there: there[tg.tensor([0])]),
        tg.DeviceError,
        ["index: the tensor is on gpu, the index is on cpu", ".to()"],
    ),
    "a value on another device": (
        lambda: on_a_gpu(lambda there: put(X[0], 0, there)),
        tg.DeviceError,
        ["the tensor is on gpu, the value is on cpu", ".to()"],
    ),
    "a gradient on another device": (
        lambda: on_a_gpu(lambda there: (there.requires_grad_() * 2).backward(X)),
        tg.DeviceError,
        ["backward: the tensor is on gpu, the gradient is on cpu", ".to()"],
    ),
    "a list as a device": (
        lambda: tg.ones(2, device=["gpu"]),
        tg.DeviceError,
        ["unknown device ['gpu']", "use 'cpu' or 'gpu'"],
    ),
}
