"""The product of two matrices on the GPU, by cuBLAS, NVIDIA's library, called directly.

(Of small ones, by a kernel of our own. It took cuBLAS 51 microseconds on an H200 to find the
gradient of the second layer's 10 x 100 weights, a product with 128,000 multiplications.)

CuPy calls the same library for ``a @ b``, but refuses to while a CUDA graph is captured (its source
says "we disable this functionality" until somebody has tested it). The library itself can be
captured, if it is given its scratch memory beforehand. So we call it with ctypes, captured or not:
then a captured step computes the same bits as the step itself.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
import math
import threading
from typing import Any

from ..device import Array, DeviceError, library, on_gpu
from . import kernels

NOT_TRANSPOSED, TRANSPOSED = 0, 1  # cublasOperation_t
SMALL = 2**20  # multiplications: cuBLAS may take ten times as long for these, and to be called
SHORT = 4096  # and sums: of long ones cuBLAS gives the parts to many
WORKSPACE = 32 * 2**20  # bytes: what cuBLAS recommends for Hopper, more than it needs elsewhere


def matmul(a: Array, b: Array) -> Array:
    """``a @ b``: of two matrices, of a vector and a matrix, or of many rows (..., K) and a matrix.

    Everything else, as batches of matrices and integers, is left to CuPy (and cannot be captured).
    """
    known = on_gpu(b) and a.dtype == b.dtype and a.dtype.char in "fd" and a.size and b.size
    if not known or not a.ndim or b.ndim not in (1, 2) or a.shape[-1] != b.shape[0]:
        return a @ b
    rows = a if a.ndim == 2 else a.reshape((math.prod(a.shape[:-1]), a.shape[-1]))
    columns = b if b.ndim == 2 else b.reshape((b.size, 1))
    product = _matrix_product(rows, columns)
    shape = (*a.shape[:-1], *b.shape[1:])
    return product if product.shape == shape else product.reshape(shape)


def _matrix_product(a: Array, b: Array) -> Array:
    """``a @ b`` for matrices (M, K) and (K, N), not empty, in a new array.

    cuBLAS thinks in columns: what we see as a matrix, row after row in memory, it sees transposed.
    So we ask for ``b^T a^T``, as it sees them, which is ``(a b)^T``; and that, as we see it, is
    ``a b``.
    """
    (m, k), n = a.shape, b.shape[1]
    # As it is stored: a captured step, which may have a copy without gaps, computes the same bits.
    a, a_operation, a_leading = _as_stored(a)
    b, b_operation, b_leading = _as_stored(b)
    if m * n * k <= SMALL and k <= SHORT:
        return kernels.small_product(a, b)
    gpu = library("gpu")
    out = gpu.empty((m, n), a.dtype)
    blas = _cublas()
    gemm, one, zero = blas.products[a.dtype.char]
    with blas.turn:  # another thread may be on another stream
        blas.follow(gpu.cuda.get_current_stream().ptr)
        status = gemm(
            *(blas.handle, b_operation, a_operation, n, m, k, one),
            *(kernels.pointer(b), b_leading, kernels.pointer(a), a_leading),
            *(zero, out.data.ptr, n),
        )
    blas.check(status, "the product")
    return out


def _as_stored(a: Array) -> tuple[Array, int, int]:
    """How cuBLAS gets at the matrix `a`: the array, whether to transpose it, the leading dimension.

    The leading dimension is how many elements lie between the starts of two neighbouring rows (of
    two columns, if it is stored column after column). What is stored neither way is copied.
    """
    rows, columns = a.shape
    down, along = (stride // a.itemsize for stride in a.strides)
    # The stride of an axis of length 1 says nothing: nobody ever takes a step along it.
    if (along == 1 or columns == 1) and (down >= columns or rows == 1):
        return a, NOT_TRANSPOSED, down if rows > 1 else columns
    if (down == 1 or rows == 1) and (along >= rows or columns == 1):
        return a, TRANSPOSED, along if columns > 1 else rows
    return library("gpu").ascontiguousarray(a), NOT_TRANSPOSED, columns


@functools.cache
def _cublas() -> _Cublas:
    return _Cublas()


class _Cublas:
    """The library, with what it needs: a handle, scratch memory, and a stream."""

    def __init__(self) -> None:
        self.functions = _open()
        self.handle = ctypes.c_void_p()
        self.check(self.functions.cublasCreate_v2(ctypes.byref(self.handle)), "cublasCreate")
        self.workspace = library("gpu").empty((WORKSPACE,), "uint8")
        self._stream: int | None = None
        self.turn = threading.RLock()
        # By dtype the function, which computes alpha * (a @ b) + beta * c, with alpha 1 and beta 0.
        self.products = {
            char: (gemm, ctypes.byref(number(1)), ctypes.byref(number(0)))
            for char, number, gemm in (
                ("f", ctypes.c_float, self.functions.cublasSgemm_v2),
                ("d", ctypes.c_double, self.functions.cublasDgemm_v2),
            )
        }

    def follow(self, stream: int) -> None:
        """Work on this stream from now on. (Setting the stream takes the workspace away.)"""
        if stream == self._stream:
            return
        self.check(self.functions.cublasSetStream_v2(self.handle, stream), "cublasSetStream")
        status = self.functions.cublasSetWorkspace_v2(
            self.handle, self.workspace.data.ptr, WORKSPACE
        )
        self.check(status, "cublasSetWorkspace")
        self._stream = stream

    def check(self, status: int, name: str) -> None:
        if status:
            raise DeviceError(f"cuBLAS: {name} failed with status {status}")


def _open() -> Any:
    """cuBLAS, found by the package that CuPy itself finds it with; its functions with their types.

    Without its types ctypes would cut a pointer down to 32 bits.
    """
    try:
        loaded = importlib.import_module("cuda.pathfinder").load_nvidia_dynamic_lib("cublas")
        cublas = ctypes.CDLL(loaded.abs_path)
    except Exception as error:  # the finder has many ways to fail, and none of them has a base
        raise DeviceError(
            f"the GPU's matrix library cuBLAS was not found ({type(error).__name__}: {error}); "
            "install CuPy with it: pip install 'cupy-cuda13x[ctk]' (or 'cupy-cuda12x[ctk]')"
        ) from None
    pointer, number, size = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
    product = [pointer, *[number] * 5, *[pointer, pointer, number, pointer, number]]
    product += [pointer, pointer, number]
    types = {
        "cublasCreate_v2": [pointer],
        "cublasSetStream_v2": [pointer, pointer],
        "cublasSetWorkspace_v2": [pointer, pointer, size],
        "cublasSgemm_v2": product,
        "cublasDgemm_v2": product,
    }
    for name, argument_types in types.items():
        function = getattr(cublas, name)
        function.argtypes, function.restype = argument_types, number
    return cublas
