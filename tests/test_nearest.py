"""A name that PyTorch has and we have not: an AttributeError that says what is nearest here."""

from __future__ import annotations

import copy
import importlib
import pickle
import subprocess
import sys
from typing import Any

import pytest
import torch
from test_package import ROOMS

import tinygrad_lr as tg
from tinygrad_lr.more.nearest import INSTEAD

WORDS = {
    "compile": "jit.trace",
    "vmap": "autograd.functional",
    "func": "autograd.functional",
    "conv2d": "x.flatten(1)",
    "lstm": "(x @ W + h @ U + b).tanh()",
    "complex64": "np.fft",
    "fft": "np.fft",
    "bfloat16": "float16, float32 and float64",
    "uint32": "uint8, int8, int16",
    "sparse_coo_tensor": "dense",
    "distributions": "multinomial",
    "svd": "np.linalg",
    "gradient": "NumPy has it",
    "special.entr": "scipy.special",
    "autocast": "float32",
    "export": "state_dict()",
    "hub": "state_dict()",
    "profiler": "cProfile",
    "quantize_per_tensor": "quantized",
    "nn.Conv2d": "nn.Linear",
    "nn.MaxPool2d": "flatten",
    "nn.LSTM": "loop",
    "nn.MultiheadAttention": "(q @ k.mT / q.shape[-1] ** 0.5).softmax(-1) @ v",
    "isin": "(x[..., None] == values).any(-1)",
    "detach": "it is a method: x.detach()",
    "set_float32_matmul_precision": "works without it",
    "nn.TransformerEncoderLayer": "softmax",
    "nn.BatchNorm2d": "nn.BatchNorm1d",
    "nn.Dropout2d": "nn.Dropout",
    "nn.CTCLoss": "formula",
    "nn.modules": "tg.nn.Linear",
    "cuda.Event": "perf_counter",
    "nn.DataParallel": "nn.parallel.DistributedDataParallel",
    "nn.functional.max_pool2d": "flatten",
    "nn.functional.scaled_dot_product_attention": "softmax",
    "nn.functional.interpolate": "transforms.Resize",
    "optim.LBFGS": "Adam",
    "optim.NAdam": "Adam",
    "jit.script": "jit.trace",
    "autograd.profiler": "cProfile",
    "autograd.forward_ad": "jvp",
    "jit.ScriptModule": "jit.trace",
}


@pytest.mark.parametrize("name", WORDS)
def test_it_says_what_is_nearest(name: str) -> None:
    assert getattr_of(torch, name) is not None  # PyTorch has it
    with pytest.raises(AttributeError) as error:
        getattr_of(tg, name)
    module, _, last = f"tinygrad_lr.{name}".rpartition(".")
    assert str(error.value).startswith(f"module {module!r} has no attribute {last!r}: ")
    assert WORDS[name] in str(error.value)


def getattr_of(library: Any, name: str) -> Any:
    for part in name.split("."):
        library = getattr(library, part)
    return library


TYPOS = {
    "sigmod": "sigmoid",
    "nn.Sequental": "Sequential",
    "nn.functional.cross_entrpy": "cross_entropy",
    "optim.Adams": "Adam",
    "autograd.bakward": "backward",
}


@pytest.mark.parametrize("name", TYPOS)
def test_it_knows_what_was_meant(name: str) -> None:
    with pytest.raises(AttributeError, match=f"did you mean '{TYPOS[name]}'"):
        getattr_of(tg, name)


def test_python_does_not_say_it_again() -> None:
    """It would, at the end of a traceback, and it may mean another name: addmm."""
    code = "import tinygrad_lr as tg; tg.addmn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.endswith("did you mean 'addmv'?\n")


ELSEWHERE = {
    "Linear": "nn.Linear",
    "cross_entropy": "nn.functional.cross_entropy",
    "MSELoss": "nn.MSELoss",
    "DataLoader": "utils.data.DataLoader",
    "StepLR": "optim.lr_scheduler.StepLR",
    "nn.cross_entropy": "nn.functional.cross_entropy",
    "nn.functional.Linear": "nn.Linear",
    "nn.tensor": "tensor",
    "nn.functional.zeros": "zeros",
    "nn.xavier_normal_": "nn.init.xavier_normal_",
    "optim.StepLR": "optim.lr_scheduler.StepLR",
    "optim.lr_scheduler.SGD": "optim.SGD",
    "utils.data.ToTensor": "transforms.ToTensor",
    "transforms.MNIST": "datasets.MNIST",
    "SGD": "optim.SGD",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_it_knows_in_which_room_it_is(name: str) -> None:
    with pytest.raises(AttributeError) as error:
        getattr_of(tg, name)
    assert str(error.value).endswith(f": it is tg.{ELSEWHERE[name]}")
    assert getattr_of(tg, ELSEWHERE[name]) is not None


@pytest.mark.parametrize("room", sorted({*ROOMS.split()} - {"autograd.functional"}))
def test_every_room_says_what_is_nearest(room: str) -> None:
    module = importlib.import_module(f"tinygrad_lr.{room}")
    with pytest.raises(AttributeError, match=r"no convolutions and no pooling here"):
        module.conv2d  # noqa: B018
    assert not hasattr(module, "__wrapped__")
    names = vars(module).get("__all__") or [*vars(module)]
    name = max((name for name in names if not name.startswith("_")), key=len)
    with pytest.raises(AttributeError, match=f"did you mean '{name}'|{name} is here"):
        getattr(module, f"{name[:2]}{name[3:]}x")


def test_a_module_that_was_not_imported_is_known() -> None:
    code = "import tinygrad_lr as tg; tg.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "it is a module, to be imported: import tinygrad_lr.testing" in done.stderr


def test_of_what_nobody_knows_it_says_nothing_more() -> None:
    for name in ("xyzzy", "__wrapped__", "__path_of_nothing__"):
        with pytest.raises(AttributeError) as error:
            getattr(tg, name)
        assert str(error.value) == f"module 'tinygrad_lr' has no attribute {name!r}"


METHODS = {
    "to_sparse": "dense",
    "real": "complex",
    "svd": "np.linalg",
    "share_memory_": "tg.distributed",
    "bfloat16": "float16",
    "resize_": "reshape",
    "multinomial": "a function: tg.multinomial(x, ...)",
    "prelu": "tg.prelu",
    "hardshrink": "nn.functional.hardshrink",
    "lcm": "NumPy",
    "values": "dense",
    "renorm": "norm",
    "set_": "a new tensor",
}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_that_is_not_here_says_so(name: str) -> None:
    x = tg.ones(2)
    assert hasattr(torch.Tensor, name)
    assert not hasattr(x, name)
    with pytest.raises(AttributeError, match=f"'Tensor' object has no attribute {name!r}: ") as e:
        getattr(x, name)
    assert METHODS[name] in str(e.value)


def test_a_tensor_is_copied_and_pickled_as_before() -> None:
    x = tg.ones(2)
    x.real = "mine"  # type: ignore[attr-defined]
    for twin in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert twin.tolist() == [1.0, 1.0]
        assert twin.real == "mine"
    assert type(x).__getattribute__ is object.__getattribute__
    assert not hasattr(type(x), "__getattr__")  # which would cost each attribute a little


IMPORTS = {
    "from tinygrad_lr.nn import Conv1d": "'tinygrad_lr.nn': no convolutions",
    "from tinygrad_lr import conv1d": "'tinygrad_lr': no convolutions",
    "from tinygrad_lr.nn import Linear, Liner": "'tinygrad_lr.nn'; did you mean 'Linear'?",
    "from tinygrad_lr import Linear": "'tinygrad_lr': it is tinygrad_lr.nn.Linear",
    "from tinygrad_lr.optim import Lion": "'tinygrad_lr.optim'; it has SGD, Adagrad, Adam",
    "from tinygrad_lr.datasets import CIFAR10": "'tinygrad_lr.datasets'; it has MNIST",
    "from tinygrad_lr.autograd import bakward": "did you mean 'backward'?",
    "from tinygrad_lr.errors import ShapErorr": "did you mean 'ShapeError'?",
    "from tinygrad_lr.utils import tensorboard": "matplotlib",
    "from tinygrad_lr.cuda import amp as a": "no mixed precision",
}


@pytest.mark.parametrize("line", IMPORTS)
def test_a_name_that_cannot_be_imported_says_so_too(line: str) -> None:
    """Python's own words for a missing attribute would be "cannot import name", and no more."""
    with pytest.raises(ImportError, match="cannot import name ") as error:
        exec(line)
    assert IMPORTS[line] in str(error.value)
    assert f"name {error.value.name!r} from " in str(error.value)


@pytest.mark.parametrize("room", sorted({*ROOMS.split(), "errors"} - {"autograd.functional"}))
def test_every_room_answers_an_import(room: str) -> None:
    with pytest.raises(ImportError, match="no convolutions and no pooling here"):
        exec(f"from tinygrad_lr.{room} import conv2d")
    assert not hasattr(importlib.import_module(f"tinygrad_lr.{room}"), "conv2d")


def test_hints_can_be_pasted_after_the_readmes_own_import() -> None:
    """Which is ``import tinygrad_lr as tg``; whoever imports names is told the module's own."""
    assert not [words for words in INSTEAD.values() if "tinygrad_lr." in words]
    with pytest.raises(ImportError, match=r": it is tinygrad_lr\.nn\.Linear"):
        exec("from tinygrad_lr.optim import Linear")
    with pytest.raises(AttributeError, match=r": it is tg\.nn\.Linear"):
        tg.optim.Linear  # type: ignore[attr-defined]  # noqa: B018


def test_an_import_after_hundreds_of_names_is_answered_too() -> None:
    """Whose number takes more than one byte of the instruction that is looked at."""
    names = "\n".join(f"n{i} = {i}" for i in range(300))
    with pytest.raises(ImportError, match="did you mean 'Linear'"):
        exec(f"{names}\nfrom tinygrad_lr.nn import Liner")


@pytest.mark.parametrize("module", ["", ".nn", ".nn.functional", ".optim", ".jit", ".autograd"])
def test_what_is_not_here_is_not_imported_either(module: str) -> None:
    found = importlib.import_module(f"tinygrad_lr{module}")
    assert not hasattr(found, "xyzzy")
    with pytest.raises(ImportError):
        exec(f"from tinygrad_lr{module} import xyzzy")


def test_it_costs_the_import_nothing() -> None:
    code = "import sys, tinygrad_lr; print('tinygrad_lr.more.nearest' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert printed.stdout.strip() == "False", printed.stderr


def test_what_can_be_no_name_is_answered_too() -> None:
    """To look for a module of a dotted name imports what stands before the dot."""
    for name in ("torch.masked", "a b", ""):
        assert not hasattr(tg, name)
