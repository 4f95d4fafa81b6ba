"""cuda.pathfinder for the double: it "finds" cuBLAS, and ctypes opens it.

The library is this file: cuBLAS's functions as Python, on the addresses that they are given (in the
double, those of NumPy arrays). They read and write as cuBLAS does, column after column, with its
operations and leading dimensions, so that a wrong one gives a wrong product.
"""

import ctypes
from types import SimpleNamespace

import cupy_double_capture as capture
import numpy as np

PATH = "/the/double's/libcublas.so"
_C_TYPES = {np.float32: ctypes.c_float, np.float64: ctypes.c_double}
_state = {"stream": None, "workspace": False}


def load_nvidia_dynamic_lib(name):
    assert name == "cublas"
    return SimpleNamespace(abs_path=PATH)


def _create(handle):
    handle._obj.value = 4711
    return 0


def _set_stream(handle, stream):
    _state.update(stream=stream, workspace=False)
    return 0


def _set_workspace(handle, address, size):
    _state["workspace"] = bool(address) and size > 0
    return 0


def _matrix(address, rows, columns, leading, dtype):
    """The matrix that lies at `address`, column after column, `leading` elements apart."""
    assert leading >= max(rows, 1), "the leading dimension is too small"
    count = leading * (columns - 1) + rows
    memory = (_C_TYPES[dtype] * count).from_address(address)
    flat = np.frombuffer(memory, dtype)
    strides = flat.itemsize, flat.itemsize * leading
    return np.lib.stride_tricks.as_strided(flat, (rows, columns), strides)


def _gemm(dtype):
    def gemm(handle, op_a, op_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc):
        assert _state["workspace"], "without a workspace cuBLAS allocates, which a capture forbids"
        assert (alpha._obj.value, beta._obj.value) == (1.0, 0.0)

        def compute():
            left = _matrix(a, k, m, lda, dtype).T if op_a else _matrix(a, m, k, lda, dtype)
            right = _matrix(b, n, k, ldb, dtype).T if op_b else _matrix(b, k, n, ldb, dtype)
            # As NumPy has it by rows, so that the cpu and the double agree to the bit.
            _matrix(c, m, n, ldc, dtype)[...] = (right.T @ left.T).T

        capture.write(compute)
        return 0

    return gemm


_LIBRARY = SimpleNamespace(
    cublasCreate_v2=_create,
    cublasSetStream_v2=_set_stream,
    cublasSetWorkspace_v2=_set_workspace,
    cublasSgemm_v2=_gemm(np.float32),
    cublasDgemm_v2=_gemm(np.float64),
)
_open = ctypes.CDLL


def _open_or_fake(path, *args, **kwargs):
    return _LIBRARY if path == PATH else _open(path, *args, **kwargs)


ctypes.CDLL = _open_or_fake
