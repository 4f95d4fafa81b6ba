"""The kernels' CUDA C, compiled for real GPUs by NVIDIA's compiler, which needs no GPU itself.

pip install 'cupy-cuda13x[ctk]' && pytest tests/test_cuda_compile.py
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sampled import ordinarily

from tinygrad_lr.cuda import kernels

ARCHITECTURES = [pytest.param("sm_80", marks=pytest.mark.thorough), "sm_90"]  # A100; H100, H200
C_TYPES = {"float64": "double", "bool": "bool"}

spec = importlib.util.find_spec("cupy")
if spec is None:
    pytest.skip("CuPy, which brings the compiler, is not installed", allow_module_level=True)
if "cupy_double" in str(spec.origin):
    pytest.skip("this is the double of CuPy, which has no compiler", allow_module_level=True)

cupy = importlib.import_module("cupy")
compiler = importlib.import_module("cupy.cuda.compiler")

try:
    importlib.import_module("cupy_backends.cuda.libs.nvrtc").getVersion()
except Exception as error:  # RuntimeError, or what CuPy makes of a library that is not there
    pytest.skip(
        f"NVIDIA's compiler is not installed (pip install 'cupy-cuda13x[ctk]'): {error}",
        allow_module_level=True,
    )

HEADERS = "\n".join(
    f"#include <cupy/{name}>" for name in ("complex.cuh", "carray.cuh", "float16.cuh")
)


def include_folders() -> list[str]:
    """CuPy's own headers, and CUDA's, which those include."""
    own = Path(cupy.__file__).parent / "_core" / "include"
    site = Path(cupy.__file__).parents[1]
    bundled = [own / "cupy" / "_cccl" / name for name in ("libcudacxx", "thrust", "cub")]
    found = [header.parent for header in site.glob("nvidia/**/include/cuda_fp16.h")]
    return [f"-I{folder}" for folder in [own, own / "cupy", *bundled, *found]]


def compile(source: str, architecture: str) -> bytes:
    # As CuPy's own RawKernel and ElementwiseKernel do it.
    program = compiler._NVRTCProgram(source, "kernel.cu", (), (), method="cubin")
    options = ["-std=c++17", "-default-device", f"-arch={architecture}", *include_folders()]
    return program.compile(tuple(options))[0]


def in_cupys_loop(name: str, ctype: str) -> str:
    """What CuPy makes of an element-wise kernel: a loop over the elements of its arrays."""
    inputs, outputs, operation = kernels.ELEMENTWISE[name]
    params, elements = [], []
    for text, constant in ((inputs, "const "), (outputs, "")):
        for kind, param in (part.split() for part in text.split(",")):
            if kind == "T":
                params.append(f"CArray<{ctype}, 1, true, true> _raw_{param}")
                elements.append(f"{constant}T &{param} = _raw_{param}[_ind.get()];")
            else:
                params.append(f"const {C_TYPES[kind]} {param}")
    return f"""{HEADERS}
typedef {ctype} T;
extern "C" __global__ void tinygrad_lr_{name}({", ".join(params)}, CIndexer<1, true> _ind) {{
    CUPY_FOR(i, _ind.size()) {{
        _ind.set(i);
        {" ".join(elements)}
        {operation};
    }}
}}"""


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("dtype", ordinarily("float32", of=["float32", "float64"]))
@pytest.mark.parametrize("name", kernels.RAW)
def test_the_raw_kernels_compile(name: str, dtype: str, architecture: str) -> None:
    binary = compile(kernels.source(name, np.dtype(dtype)), architecture)
    assert f"tinygrad_lr_{name}".encode() in binary


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("dtype", ordinarily("float32", of=["float32", "float64"]))
@pytest.mark.parametrize("count", ordinarily(2, of=[1, 2, kernels.AT_ONCE]))
@pytest.mark.parametrize("name", ["sgd", "sgd_with_momentum"])
def test_the_kernels_for_several_parameters_compile(
    name: str, count: int, dtype: str, architecture: str
) -> None:
    binary = compile(kernels.for_each(name, count, np.dtype(dtype)), architecture)
    assert f"tinygrad_lr_{name}_{count}".encode() in binary


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("count", ordinarily(2, of=[1, 2, kernels.AT_ONCE]))
def test_the_kernels_that_take_rows_compile(count: int, architecture: str) -> None:
    binary = compile(kernels.take_source(count), architecture)
    assert f"tinygrad_lr_take_{count}".encode() in binary


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("ctype", ordinarily("float16", of=["float", "double", "float16"]))
@pytest.mark.parametrize("name", kernels.ELEMENTWISE)
def test_the_element_wise_kernels_compile(name: str, ctype: str, architecture: str) -> None:
    binary = compile(in_cupys_loop(name, ctype), architecture)
    assert f"tinygrad_lr_{name}".encode() in binary


def test_a_mistake_in_a_kernel_is_found() -> None:
    with pytest.raises(compiler.CompileException, match="undefined"):
        compile(
            kernels.source("cross_entropy", np.float32).replace("total +=", "totall +="), "sm_90"
        )
