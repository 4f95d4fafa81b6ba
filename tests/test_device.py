"""Devices: what is said where there is no GPU, and (on the double of CuPy) what happens on one."""

import copy
import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from captured_steps import SUITES
from processes import DOUBLE, python
from sampled import ordinarily

import tinygrad_lr as tl
from tinygrad_lr.device import CPU, GPU, resolve, stretched

HERE = Path(__file__).parent


def printed(program, path=HERE):
    run = python("-c", program, path=path, cwd=HERE.parent)
    assert run.code == 0, run.err
    return run.out.splitlines()


# --------------------------------------------------------------------------------- names of devices


@pytest.mark.parametrize("name", ["cpu", "gpu", "cuda", "cuda:0"])
def test_the_names_of_devices(name):
    device = tl.device(name)
    assert device == ("cpu" if name == "cpu" else "gpu")
    assert device.type == ("cpu" if name == "cpu" else "cuda")  # as PyTorch spells it
    assert tl.device(device) == device
    assert device in (CPU, GPU)


@pytest.mark.parametrize("name", ["cpu", "cuda", "cuda:0", "cuda:1"])
def test_a_device_is_shown_as_in_pytorch(name):
    ours, theirs = tl.device(name), torch.device(name)
    assert repr(ours) == repr(theirs) == repr(copy.deepcopy(ours)) == repr(tl.device(ours))
    assert (ours.type, ours.index) == (theirs.type, theirs.index)


def test_another_card_can_be_named_but_not_used():
    other = tl.device("cuda", 1)
    assert other == tl.device("cuda:1") != tl.device("cuda")
    uses = [lambda: tl.ones(2, device=other), lambda: tl.ones(2).to("cuda:1"), other.__enter__]
    for use in [*uses, lambda: tl.set_default_device(other), lambda: resolve("cuda:1")]:
        with pytest.raises(tl.DeviceError, match="unknown device 'cuda:1': use 'cpu' or 'gpu'"):
            use()


@pytest.mark.parametrize("name", ["tpu", "cuda:-1", "", "CPU", "gpu:0"])
def test_an_unknown_device_is_named_with_those_there_are(name):
    with pytest.raises(tl.DeviceError, match=rf"unknown device '{name}': use 'cpu' or 'gpu'"):
        tl.device(name)
    with pytest.raises(tl.DeviceError, match="unknown device"):
        resolve(name)


def test_the_cpu_needs_nothing():
    assert resolve("cpu") == "cpu"
    assert tl.ones(2).device == "cpu"


# ---------------------------------------------------------------------------- where there is no GPU


def test_importing_imports_nothing_that_is_not_needed():
    # Not even where they are installed: a reader on the cpu pays for none of them.
    absent = ["cupy", "matplotlib", "tqdm", "torch", "PIL", "hypothesis", "pytest"]
    program = f"""
import sys
import tinygrad_lr as tl
x = tl.ones(2).requires_grad_()
(x * x).sum().backward()
tl.nn.Linear(2, 2)(x)
print(sorted(set({absent!r}) & set(sys.modules)))
"""
    assert printed(program, path=DOUBLE) == ["[]"]


# A folder with such a `cupy` in it, and the one line that asking for the GPU must give.
BROKEN = {
    "not installed": (
        "raise ModuleNotFoundError(\"No module named 'cupy'\", name='cupy')",
        ["CuPy is not installed", "cupy-cuda13x[ctk]", "cupy-cuda12x[ctk]"],
    ),
    "no driver": (
        "is_available = lambda: False",
        ["CuPy is installed", "no NVIDIA driver or no card", "nvidia-smi", "CUDA_VISIBLE_DEVICES"],
    ),
    "cannot compute": (
        "ndarray = type('ndarray', (), {})\n"
        "is_available = lambda: True\n"
        "def arange(n):\n"
        "    raise RuntimeError('cudaErrorNoKernelImageForDevice: no image\\nsecond line')",
        [
            "cannot compute",
            "cudaErrorNoKernelImageForDevice",
            "another CUDA version",
            "cupy-cuda12x",
        ],
    ),
    "cannot compile": (
        "ndarray = type('ndarray', (), {'__add__': lambda a, b: 1 / 0})\n"
        "is_available = lambda: True\n"
        "arange = lambda n: ndarray()",
        ["cannot compute", "ZeroDivisionError"],
    ),
    "damaged": (
        "import cupy_backends_that_is_not_there",
        ["CuPy is damaged", "misses cupy_backends_that_is_not_there"],
    ),
    "a library is missing": (
        "raise ImportError('libnvrtc.so.12: cannot open shared object file\\nsecond line')",
        ["CuPy cannot be imported", "ImportError: libnvrtc.so.12: cannot open"],
    ),
}


@pytest.mark.parametrize("name", ordinarily("no driver", "cannot compute", "damaged", of=BROKEN))
def test_a_gpu_that_cannot_be_used_is_explained(name, tmp_path):
    source, words = BROKEN[name]
    (tmp_path / "cupy.py").write_text(source + "\n")
    program = """
import tinygrad_lr as tl
from tinygrad_lr.device import resolve
print(tl.is_available(), tl.is_available(), resolve("auto"))
asked = [
    lambda: tl.ones(2).to("gpu"),
    lambda: tl.zeros(2, device="cuda"),
    lambda: tl.ones(2).cuda(),
    lambda: tl.nn.Linear(2, 2, device="cuda:0"),
    lambda: resolve("gpu"),
]
for ask in asked:
    try:
        ask()
    except tl.DeviceError as error:
        print(str(error).replace(";\\n", "; "))
print((tl.ones(2) + 1).tolist())
"""
    first, *errors, last = printed(program, path=tmp_path)
    assert first == "False False cpu"
    assert len(errors) == 5
    assert len(set(errors)) == 1
    assert errors[0].startswith("no GPU: ")
    assert "second line" not in errors[0]
    for word in words:
        assert word in errors[0]
    assert last == "[2.0, 2.0]"  # the cpu goes on as if nobody had asked


def test_is_available_never_raises(tmp_path):
    # A driver library of the wrong kind, for instance, fails with OSError.
    (tmp_path / "cupy.py").write_text("raise OSError('libcuda.so.1: wrong ELF class')\n")
    program = "import tinygrad_lr as tl; print(tl.is_available())"
    assert printed(program, path=tmp_path) == ["False"]


# ------------------------------------------------------------------------ where there is the double


def test_naming_a_device_does_not_touch_it():
    program = """
import sys
import tinygrad_lr as tl
tl.device("cuda"), tl.device("gpu").type
print("cupy" in sys.modules)
tl.is_available()
print("cupy" in sys.modules)
"""
    assert printed(program, path=DOUBLE) == ["False", "True"]


def test_auto_takes_a_working_gpu():
    program = 'from tinygrad_lr.device import resolve; print(resolve("auto"), resolve("cpu"))'
    assert printed(program, path=DOUBLE) == ["gpu cpu"]


def passes_on_the_double(*files, profile="few"):
    """Whether these test files pass where `cupy` is the double, each property briefly."""
    options = ["-q", "-p", "no:cacheprovider", f"--hypothesis-profile={profile}", "--device=gpu"]
    args = ["-m", "pytest", *options, *(HERE / file for file in files)]
    run = python(*args, path=DOUBLE, cwd=HERE.parent, limit=3000)
    assert run.code == 0, f"\n{run.out}\n{run.err}"
    return "passed" in run.out


def test_the_suites_for_a_gpu_pass_on_the_double():
    """Functions, training, what crosses in each operation, what is captured: in one process."""
    suites = ["device_suite.py", "crossings_suite.py", "test_capture.py", "capture_suite.py"]
    assert passes_on_the_double(*suites)


@pytest.mark.thorough
def test_every_property_of_an_operation_holds_on_the_double():
    assert passes_on_the_double("test_ops.py", "test_ops_points.py", profile="quick")


@pytest.mark.thorough
def test_all_that_is_captured_is_captured_on_the_double():
    assert passes_on_the_double(*SUITES, "test_capture_steps.py", profile="quick")


@pytest.mark.thorough
def test_the_tests_for_a_real_gpu_pass_on_the_double():
    assert passes_on_the_double("test_gpu.py")


# --------------------------------------------------------------- what NumPy does in Python, in less


@pytest.mark.parametrize("layout", ["C", "F"])
def test_an_array_is_stretched_as_numpy_does_it(layout):
    shapes = [s for n in range(4) for s in itertools.product((-1, 0, 1, 2), repeat=n)]
    for shape, wanted in itertools.product([s for s in shapes if min(s, default=0) >= 0], shapes):
        array = np.ones(shape, order=layout)
        try:
            theirs = np.broadcast_to(array, wanted)
        except ValueError as error:
            with pytest.raises(ValueError, match=str(error)[:20]):
                stretched(array, wanted)
            continue
        ours = stretched(array, wanted)
        assert (ours.shape, ours.base is array) == (theirs.shape, True)
        assert (ours == theirs).all()
        assert not ours.flags.writeable
        assert all(n < 2 or a == b for n, a, b in zip(wanted, ours.strides, theirs.strides))
