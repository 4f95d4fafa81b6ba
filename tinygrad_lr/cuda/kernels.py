"""Kernels: small programs for the GPU, each doing at once what the table does in several steps.

On a GPU the small steps of a small network cost nothing; *telling* the GPU to do them costs some 10
microseconds each. So it pays to tell it less often.

There are two kinds. An *element-wise* kernel is a line or two of CUDA C, run for every element by
itself; CuPy writes the loop around it, and broadcasts. A *raw* kernel is a whole function in CUDA
C: what each of many threads does, which must find out which of them it is.

CuPy compiles a kernel when it is first used (a tenth of a second) and keeps the result on disk.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ..device import library, on_gpu

# ----------------------------------------------------------------------------- element-wise kernels
#
# name: (what comes in, what goes out, what is done). T is the dtype of the arrays that are given.
# A constant is written T(1): 1.0 is a double, and would have everything computed in double.

ELEMENTWISE = {
    # exp(-a) may be infinite; then 1 / infinity is the 0 that is right.
    "sigmoid": ("T a", "T y", "y = T(1) / (T(1) + exp(-a))"),
    "sigmoid_rule": ("T g, T y", "T d", "d = g * y * (T(1) - y)"),
    # A row that does not count has slope 0, and then gradient 0 even where g is infinite or nan.
    "scaled": (
        "T slope, T g, T weight",
        "T d",
        "d = slope; if (slope != 0) d = slope * g * weight",
    ),
    "sgd": (
        "T grad, float64 lr, float64 decay",
        "T p",
        """
        T d = grad;
        if (decay != 0) d = d + T(decay) * p;
        p = p - T(lr) * d
        """,
    ),
    "sgd_with_momentum": (
        "T grad, float64 lr, float64 decay, float64 momentum, float64 share, bool nesterov",
        "T p, T v",
        """
        T d = grad;
        if (decay != 0) d = d + T(decay) * p;
        v = T(momentum) * v + T(share) * d;
        if (nesterov) d = d + T(momentum) * v;
        else d = v;
        p = p - T(lr) * d
        """,
    ),
}


@functools.cache
def _elementwise(name: str) -> Any:
    inputs, outputs, operation = ELEMENTWISE[name]
    return library("gpu").ElementwiseKernel(inputs, outputs, operation, f"tinygrad_lr_{name}")


def fits(array: Any) -> bool:
    """Whether the raw kernels can compute with `array`: it is on the GPU, float32 or float64."""
    return on_gpu(array) and array.dtype.char in "fd"


def sigmoid(a: Any) -> Any:
    """``1 / (1 + e^-a)``."""
    return _elementwise("sigmoid")(a)


def sigmoid_rule(g: Any, y: Any) -> Any:
    """``g * y * (1 - y)``: the gradient for a, y being sigmoid(a)."""
    return _elementwise("sigmoid_rule")(g, y)


def sgd(p: Any, grad: Any, lr: float, decay: float) -> None:
    """``p -= lr * (grad + decay * p)``, in place."""
    _elementwise("sgd")(grad, lr, decay, p)


def sgd_with_momentum(
    p: Any,
    grad: Any,
    velocity: Any,
    lr: float,
    decay: float,
    momentum: float,
    share: float,
    nesterov: bool,
) -> None:
    """One step of optim.SGD with momentum, in place in `p` and `velocity`.

    `share` is how much of the gradient goes into the velocity: 1 - dampening; 1 in the first step.
    """
    kernel = _elementwise("sgd_with_momentum")
    kernel(grad, lr, decay, momentum, share, bool(nesterov), p, velocity)


# -------------------------------------------------------------------------------- softmax and loss

# The threads of a GPU run in groups of 32, a *warp*, whose threads can read each other's variables.
# Each row of scores is the work of one warp: thread 0 takes the classes 0, 32, 64 ..., thread 1
# those after them. The sums are always taken in the same order, so two runs give the same bits.
WARP = 32
ROWS_PER_BLOCK = 4
SUMMING_THREADS = 256

CROSS_ENTROPY = """
#define INFINITE __int_as_float(0x7f800000)
#define NOT_A_NUMBER __int_as_float(0x7fffffff)

// In each round every thread takes over what the thread `step` away has found; after five of them
// all 32 hold the same.
__device__ T largest_of_warp(T x) {
    for (int step = 16; step > 0; step /= 2) x = max(x, __shfl_xor_sync(0xffffffff, x, step));
    return x;
}
__device__ T sum_of_warp(T x) {
    for (int step = 16; step > 0; step /= 2) x += __shfl_xor_sync(0xffffffff, x, step);
    return x;
}

// For each row of scores its loss, and softmax - what was wanted: the slope of the loss.
// The row of an `ignored` label has loss 0 and slope 0 (nan if its scores are); that of an
// impossible label has nan.
extern "C" __global__ void tinygrad_lr_cross_entropy(
    const T* scores, const long long* labels, T* losses, T* slopes,
    long long rows, long long classes, long long ignored, T smoothing
) {
    long long row = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / 32;
    int first = threadIdx.x % 32;
    if (row >= rows) return;
    const T* a = scores + row * classes;
    T* slope = slopes + row * classes;
    long long label = labels[row];
    bool counts = label != ignored;
    bool possible = 0 <= label && label < classes;

    T m = -INFINITE;
    for (long long j = first; j < classes; j += 32) m = max(m, a[j]);
    m = largest_of_warp(m);  // z = a - m is at most 0, so that e^z cannot overflow

    T total = 0, sum_z = 0;
    for (long long j = first; j < classes; j += 32) {
        T z = a[j] - m;
        T e = exp(z);
        slope[j] = e;
        total += e;
        sum_z += z;
    }
    total = sum_of_warp(total);
    sum_z = sum_of_warp(sum_z);

    T spread = smoothing / classes;
    for (long long j = first; j < classes; j += 32) {
        T wanted = spread + (j == label ? T(1) - smoothing : T(0));
        T d = slope[j] / total - wanted;
        slope[j] = !counts ? d * T(0) : possible ? d : T(NOT_A_NUMBER);
    }
    if (first == 0) {
        T loss = NOT_A_NUMBER;
        if (possible) {
            loss = log(total) - (a[label] - m);
            if (smoothing != 0)
                loss = (T(1) - smoothing) * loss + smoothing * (log(total) - sum_z / classes);
        }
        losses[row] = counts ? loss : T(0);
    }
}
"""

LOSS = """
// The sum of the losses, or their mean over the rows that count; and the weight of a row in it.
// One block of 256 threads: each sums every 256th row, and then half of them add the other half's
// sums to their own, until one is left.
extern "C" __global__ void tinygrad_lr_loss(
    const T* losses, const long long* labels, T* loss, T* weight,
    long long rows, long long ignored, bool mean
) {
    __shared__ T sums[256];
    __shared__ long long counts[256];
    int me = threadIdx.x;
    T sum = 0;
    long long count = 0;
    for (long long row = me; row < rows; row += 256) {
        sum += losses[row];
        count += labels[row] != ignored;
    }
    sums[me] = sum;
    counts[me] = count;
    for (int half = 128; half > 0; half /= 2) {
        __syncthreads();
        if (me < half) {
            sums[me] += sums[me + half];
            counts[me] += counts[me + half];
        }
    }
    if (me == 0) {
        *loss = mean ? sums[0] / T(counts[0]) : sums[0];
        *weight = !mean ? T(1) : counts[0] ? T(1) / T(counts[0]) : T(0);
    }
}
"""

RAW = {"cross_entropy": CROSS_ENTROPY, "loss": LOSS}


def source(name: str, dtype: Any) -> str:
    """The raw kernel `name` in CUDA C, for arrays of `dtype`."""
    kind = {"f": "float", "d": "double"}[np.dtype(dtype).char]
    return f"typedef {kind} T;\n{RAW[name]}"


@functools.cache
def _raw(name: str, dtype: Any) -> Any:
    return library("gpu").RawKernel(source(name, dtype), f"tinygrad_lr_{name}")


def cross_entropy(
    a: Any, target: Any, ignored: int, reduction: str, smoothing: float
) -> tuple[Any, tuple[Any, Any]]:
    """The loss of the scores `a` (N, C), and what cross_entropy_rule needs.

    `target` (N,) int64 may hold `ignored`, for rows that do not count. A label that is no class
    gives a loss of nan: it cannot be an error, as nobody on the host looks at it.
    """
    gpu = library("gpu")
    a, target = gpu.ascontiguousarray(a), gpu.ascontiguousarray(target)
    rows, classes = a.shape
    losses, slopes = gpu.empty((rows,), a.dtype), gpu.empty((rows, classes), a.dtype)
    n, ignored_label = np.int64(rows), np.int64(ignored)
    if rows:
        _raw("cross_entropy", a.dtype)(
            (-(-rows // ROWS_PER_BLOCK),),
            (WARP * ROWS_PER_BLOCK,),
            (
                *(a, target, losses, slopes),
                *(n, np.int64(classes), ignored_label, a.dtype.type(smoothing)),
            ),
        )
    if reduction == "none":
        return losses, (slopes, None)
    loss, weight = gpu.empty((), a.dtype), gpu.empty((), a.dtype)
    _raw("loss", a.dtype)(
        (1,),
        (SUMMING_THREADS,),
        (losses, target, loss, weight, n, ignored_label, np.bool_(reduction == "mean")),
    )
    return loss, (slopes, weight)


def cross_entropy_rule(g: Any, slopes: Any, weight: Any) -> Any:
    """The gradient for the scores, given `g` for the loss (or, without `weight`, for each row)."""
    if weight is None:
        return slopes * g.reshape((g.size, 1))
    return _elementwise("scaled")(slopes, g, weight)
