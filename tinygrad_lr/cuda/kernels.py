"""Kernels: small programs for the GPU, each doing at once what the table does in several steps.

On a GPU the small steps of a small network cost nothing; *telling* the GPU to do them costs some 10
microseconds each. So it pays to tell it less often.

There are two kinds. An *element-wise* kernel is a line or two of CUDA C, run for every element by
itself; CuPy writes the loop around it, and broadcasts. A *raw* kernel is a whole function in CUDA
C: what each of many threads does, which must find out which of them it is. (One raw kernel does
what an element-wise one does, for several arrays at once: the update of all parameters.)

CuPy compiles a kernel when it is first used (a tenth of a second) and keeps the result on disk.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..device import Array, library, on_gpu
from ..dtypes import DType
from ..sums import total

# ----------------------------------------------------------------------------- element-wise kernels
#
# name: (what comes in, what goes out, what is done). T is the dtype of the arrays that are given.
# A constant is written T(1): 1.0 is a double, and would have everything computed in double.

ELEMENTWISE = {
    # exp(-a) may be infinite; then 1 / infinity is the 0 that is right.
    "sigmoid": ("T a", "T y", "y = T(1) / (T(1) + exp(-a))"),
    "sigmoid_rule": ("T g, T y", "T d", "d = g * y * (T(1) - y)"),
    # CUDA's own. The table's formula is some 70 small steps.
    "erf": ("T a", "T y", "y = erf(a)"),
    "erfc": ("T a", "T y", "y = erfc(a)"),
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


def fits(array: Array) -> bool:
    """Whether the raw kernels can compute with `array`: it is on the GPU, float32 or float64."""
    return on_gpu(array) and array.dtype.char in "fd"


def sigmoid(a: Array) -> Array:
    """``1 / (1 + e^-a)``."""
    return _elementwise("sigmoid")(a)


def sigmoid_rule(g: Array, y: Array) -> Array:
    """``g * y * (1 - y)``: the gradient for a, y being sigmoid(a)."""
    return _elementwise("sigmoid_rule")(g, y)


def erf(a: Array) -> Array:
    """The error function."""
    return _elementwise("erf")(a)


def erfc(a: Array) -> Array:
    """``1 - erf(a)``."""
    return _elementwise("erfc")(a)


# -------------------------------------------------------------- the update of several parameters

AT_ONCE = 8  # sets of arrays that one kernel goes through
THREADS, MOST_BLOCKS = 256, 1024


def sgd(parameters: Sequence[tuple[Array, Array]], lr: float, decay: float) -> None:
    """``p -= lr * (grad + decay * p)``, in place, for each pair ``(grad, p)``."""
    _for_each("sgd", parameters, (lr, decay))


def sgd_with_momentum(
    parameters: Sequence[tuple[Array, Array, Array]],
    lr: float,
    decay: float,
    momentum: float,
    share: float,
    nesterov: bool,
) -> None:
    """One step of optim.SGD with momentum, in place in p and v, for each ``(grad, p, v)``.

    `share` is how much of the gradient goes into the velocity: 1 - dampening; 1 in the first step.
    """
    _for_each("sgd_with_momentum", parameters, (lr, decay, momentum, share, bool(nesterov)))


def _for_each(name: str, sets: Sequence[tuple[Array, ...]], options: tuple[float, ...]) -> None:
    """The element-wise kernel `name`, with these `options`, for each of the `sets` of arrays.

    A set is the one array that comes in, of the kernel's inputs, and those that it changes.
    """
    if all(_are_plain(arrays, sets[0][0].dtype) for arrays in sets):
        for start in range(0, len(sets), AT_ONCE):
            _launch_for_each(name, sets[start : start + AT_ONCE], options)
    else:
        for grad, *changed in sets:
            _elementwise(name)(grad, *options, *changed)


def _are_plain(arrays: tuple[Array, ...], kind: DType) -> bool:
    """Whether a raw kernel can go through them, element i of one with i of the others.

    Each must have memory of its own: of two that overlap, one would or would not see the other's
    new values.
    """
    return kind.char in "fd" and all(
        a.dtype == kind and a.base is None and a.flags.c_contiguous for a in arrays
    )


def _launch_for_each(
    name: str, sets: Sequence[tuple[Array, ...]], options: tuple[float, ...]
) -> None:
    blocks = -(-max(arrays[0].size for arrays in sets) // THREADS)
    if blocks:
        numbers = [np.bool_(o) if isinstance(o, bool) else np.float64(o) for o in options]
        args = [part for arrays in sets for part in (*arrays, np.int64(arrays[0].size))]
        kernel = _raw_for_each(name, len(sets), sets[0][0].dtype)
        kernel((min(blocks, MOST_BLOCKS),), (THREADS,), (*numbers, *args))


@functools.cache
def _raw_for_each(name: str, count: int, dtype: DType) -> Any:
    return library("gpu").RawKernel(for_each(name, count, dtype), f"tinygrad_lr_{name}_{count}")


def for_each(name: str, count: int, dtype: DType) -> str:
    """The element-wise kernel `name` in CUDA C, going through `count` sets of arrays of `dtype`."""
    inputs, outputs, operation = ELEMENTWISE[name]
    (first, *options), changed = inputs.split(", "), outputs.split(", ")
    params = [option.replace("float64", "double") for option in options]
    loops = ""
    for k in range(count):
        params.append(f"const {first.replace(' ', '* all_')}_{k}")
        params += [f"{array.replace(' ', '* all_')}_{k}" for array in changed]
        params.append(f"long long size_{k}")
        elements = [f"const {first} = all_{first[2:]}_{k}[i];"]
        elements += [f"T& {array[2:]} = all_{array[2:]}_{k}[i];" for array in changed]
        loops += f"""
    for (long long i = me; i < size_{k}; i += threads) {{
        {" ".join(elements)}
        {operation.strip()};
    }}"""
    return f"""typedef {_C_NAMES[np.dtype(dtype).char]} T;
extern "C" __global__ void tinygrad_lr_{name}_{count}({", ".join(params)}) {{
    long long me = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    long long threads = gridDim.x * (long long)blockDim.x;{loops}
}}
"""


_C_NAMES = {"f": "float", "d": "double"}

# ---------------------------------------------------------------------------------------- a batch

WORD = 4  # bytes that one thread copies


def take_rows(columns: Sequence[Array], rows: Array) -> list[Array]:
    """``column[rows]`` for each of the `columns`, by one kernel if they allow it.

    A row that is not there is another one, as with CuPy's ``take``: nobody on the host looks at it.
    """
    known = rows.ndim == 1 and rows.size and rows.dtype == np.int64 and len(columns) <= AT_ONCE
    if not known or not all(map(_has_rows_of_words, columns)):
        return [column.take(rows, 0) for column in columns]
    gpu = library("gpu")
    rows = gpu.ascontiguousarray(rows)
    taken = [gpu.empty((rows.size, *column.shape[1:]), column.dtype) for column in columns]
    args: list[Any] = [rows, np.int64(rows.size)]
    for column, out in zip(columns, taken):
        args += [column, out, np.int64(len(column)), np.int64(out.nbytes // (WORD * rows.size))]
    most = max(out.nbytes for out in taken) // WORD
    blocks = min(-(-most // THREADS), MOST_BLOCKS)
    _raw_take(len(columns))((blocks,), (THREADS,), tuple(args))
    return taken


def pointer(array: Any) -> int:
    """Where an array lies in the memory of the GPU."""
    start: int = array.data.ptr
    return start


def _has_rows_of_words(column: Array) -> bool:
    whole = column.size and column.nbytes // len(column) % WORD == 0
    return bool(whole and column.flags.c_contiguous and pointer(column) % WORD == 0)


def take_source(count: int) -> str:
    """The kernel of take_rows for `count` columns, in CUDA C."""
    params, loops = "const long long* rows, long long taken", ""
    for k in range(count):
        params += (
            f", const unsigned* column_{k}, unsigned* out_{k}, long long n_{k}, long long w_{k}"
        )
        loops += f"""
    for (long long i = me; i < taken * w_{k}; i += threads) {{
        long long row = rows[i / w_{k}] % n_{k};
        out_{k}[i] = column_{k}[(row < 0 ? row + n_{k} : row) * w_{k} + i % w_{k}];
    }}"""
    return f"""
extern "C" __global__ void tinygrad_lr_take_{count}({params}) {{
    long long me = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    long long threads = gridDim.x * (long long)blockDim.x;{loops}
}}
"""


@functools.cache
def _raw_take(count: int) -> Any:
    return library("gpu").RawKernel(take_source(count), f"tinygrad_lr_take_{count}")


# ---------------------------------------------------------------------- a product of small matrices

SMALL_PRODUCT = """
// Where a and b lie: how many elements to the next row, and to the next column.
#define A(i, p) a[(i) * a_row + (p) * a_column]
#define B(p, j) b[(p) * b_row + (j) * b_column]

// If both lie along the sum: a warp for each element of the product, 8 of them a block.
extern "C" __global__ void tinygrad_lr_product_along(
    const T* a, const T* b, T* out, long long m, long long n, long long k,
    long long a_row, long long a_column, long long b_row, long long b_column
) {
    long long element = blockIdx.x * 8ll + threadIdx.x / 32, i = element / n, j = element % n;
    if (i >= m) return;
    T sum = 0;
    for (long long p = threadIdx.x % 32; p < k; p += 32) sum += A(i, p) * B(p, j);
    for (int step = 16; step > 0; step /= 2) sum += __shfl_xor_sync(0xffffffff, sum, step);
    if (threadIdx.x % 32 == 0) out[element] = sum;
}

// Otherwise: a block for 32 neighbours in a row of the product, an 8th of the sum for each warp.
extern "C" __global__ void tinygrad_lr_product_across(
    const T* a, const T* b, T* out, long long m, long long n, long long k,
    long long a_row, long long a_column, long long b_row, long long b_column
) {
    __shared__ double sums[8][32];
    int x = threadIdx.x % 32, y = threadIdx.x / 32;
    long long blocks = (n + 31) / 32, i = blockIdx.x / blocks, j = blockIdx.x % blocks * 32 + x;
    T sum = 0;
    if (j < n)
        for (long long p = y; p < k; p += 8) sum += A(i, p) * B(p, j);
    sums[y][x] = sum;
    __syncthreads();
    if (y == 0 && j < n) {
        for (int q = 1; q < 8; q++) sum += sums[q][x];
        out[i * n + j] = sum;
    }
}
"""


def small_product(a: Array, b: Array) -> Array:
    """``a @ b`` for matrices (M, K) and (K, N) of one dtype, not empty, however they lie."""
    (m, k), n = a.shape, b.shape[1]
    out = library("gpu").empty((m, n), a.dtype)
    size = a.itemsize
    a_row, a_column, b_row, b_column = (stride // size for stride in (*a.strides, *b.strides))
    along = a_column == b_row == 1
    blocks = -(-m * n // 8) if along else m * -(-n // 32)
    numbers = map(np.int64, (m, n, k, a_row, a_column, b_row, b_column))
    kernel = _raw("product_along" if along else "product_across", a.dtype)
    kernel((blocks,), (THREADS,), (a, b, out, *numbers))
    return out


# ----------------------------------------------------------------------------- the sum of the rows

SUM_OF_ROWS = """
// The sums of each slice of `number` rows. A block has 32 columns of a slice, and 8 threads each:
// every one sums every 8th row, and then the first adds up what they have found; in double, so
// that many rows are added up as well as few.
template <typename From, typename To> __device__ void sum_up(
    const From* a, To* sums, long long rows, long long columns, long long number
) {
    __shared__ double found[8][32];
    int x = threadIdx.x % 32, y = threadIdx.x / 32;
    long long groups = (columns + 31) / 32, slice = blockIdx.x / groups;
    long long column = blockIdx.x % groups * 32 + x, end = min(rows, (slice + 1) * number);
    double sum = 0;
    if (column < columns)
        for (long long row = slice * number + y; row < end; row += 8)
            sum += a[row * columns + column];
    found[y][x] = sum;
    __syncthreads();
    if (y == 0 && column < columns) {
        for (int k = 1; k < 8; k++) sum += found[k][x];
        sums[slice * columns + column] = sum;
    }
}

extern "C" __global__ void tinygrad_lr_sum_of_rows(
    const T* a, T* total, long long rows, long long columns
) {
    sum_up(a, total, rows, columns, rows);
}

extern "C" __global__ void tinygrad_lr_sums_of_slices(
    const T* a, double* sums, long long rows, long long columns, long long number
) {
    sum_up(a, sums, rows, columns, number);
}

extern "C" __global__ void tinygrad_lr_sum_of_sums(
    const double* sums, T* total, long long slices, long long columns
) {
    sum_up(sums, total, slices, columns, slices);
}
"""
MANY_ROWS = 1024  # of more, slices are summed first, by many blocks at once; CuPy takes few


def sum_of_rows(a: Array) -> Array:
    """``a.sum(axis=0)`` of a matrix: the gradient of a bias."""
    rows, columns = a.shape
    if not (rows and columns and a.dtype.char in "fd" and a.flags.c_contiguous):
        return total(a, 0)
    gpu = library("gpu")
    sums, width, blocks = gpu.empty((columns,), a.dtype), np.int64(columns), -(-columns // 32)
    if rows <= MANY_ROWS:
        _raw("sum_of_rows", a.dtype)((blocks,), (THREADS,), (a, sums, np.int64(rows), width))
        return sums
    number = math.isqrt(rows)  # of rows in a slice, and about as many slices
    slices = -(-rows // number)
    parts = gpu.empty((slices, columns), np.float64)
    args = a, parts, np.int64(rows), width, np.int64(number)
    _raw("sums_of_slices", a.dtype)((slices * blocks,), (THREADS,), args)
    _raw("sum_of_sums", a.dtype)((blocks,), (THREADS,), (parts, sums, np.int64(slices), width))
    return sums


# -------------------------------------------------------------------------------- softmax and loss

# The threads of a GPU run in groups of 32, a *warp*, whose threads can read each other's variables.
# Each row of scores is the work of a `team` of threads in a warp, 1, 2, 4 ... or all 32: with 8,
# thread 0 takes the classes 0, 8, 16 ..., thread 1 those after them. The sums are always taken in
# the same order, so two runs give the same bits.
#
# The threads of one *block* can wait for each other, those of different blocks cannot. So if there
# are few rows, one block does all of them and then adds up the losses; otherwise many blocks do the
# rows, and another kernel adds up.
WARP = 32
FEW_ROWS = 512
THREADS_OF_ONE = 512  # of the block that is alone

CROSS_ENTROPY = """
#define INFINITE __int_as_float(0x7f800000)
#define NOT_A_NUMBER __int_as_float(0x7fffffff)

// The threads of my team, as bits.
__device__ unsigned my_team(int team) {
    return (0xffffffff >> (32 - team)) << (threadIdx.x % 32 / team * team);
}

// In each round every thread takes over what the thread `step` away has found; in the end all of
// the team hold the same.
__device__ T largest(T x, int team) {
    for (int step = team / 2; step > 0; step /= 2)
        x = max(x, __shfl_xor_sync(my_team(team), x, step));
    return x;
}
template <typename N> __device__ N sum(N x, int team) {
    for (int step = team / 2; step > 0; step /= 2)
        x += __shfl_xor_sync(my_team(team), x, step);
    return x;
}

// For a row of scores its loss, and softmax - what was wanted: the slope of the loss. By one team.
// The row of an `ignored` label has loss 0 and slope 0 (nan if its scores are); that of an
// impossible label has nan.
__device__ void one_row(
    const T* a, long long label, T* loss_of_row, T* slope,
    long long classes, long long ignored, T smoothing, int team
) {
    int first = threadIdx.x % team;
    bool counts = label != ignored;
    bool possible = 0 <= label && label < classes;

    T m = -INFINITE;
    for (long long j = first; j < classes; j += team) m = max(m, a[j]);
    m = largest(m, team);  // z = a - m is at most 0, so that e^z cannot overflow

    T total = 0, sum_z = 0;
    for (long long j = first; j < classes; j += team) {
        T z = a[j] - m;
        total += exp(z);
        sum_z += z;
    }
    total = sum(total, team);
    sum_z = sum(sum_z, team);

    T spread = smoothing / classes;
    for (long long j = first; j < classes; j += team) {
        T wanted = spread + (j == label ? T(1) - smoothing : T(0));
        T d = exp(a[j] - m) / total - wanted;
        slope[j] = !counts ? d * T(0) : possible ? d : T(NOT_A_NUMBER);
    }
    if (first == 0) {
        T loss = NOT_A_NUMBER;
        if (possible) {
            loss = log(total) - (a[label] - m);
            if (smoothing != 0)
                loss = (T(1) - smoothing) * loss + smoothing * (log(total) - sum_z / classes);
        }
        *loss_of_row = counts ? loss : T(0);
    }
}

// The rows of this block's teams, and of no others.
__device__ void rows_of_block(
    const T* scores, const long long* labels, T* losses, T* slopes,
    long long rows, long long classes, long long ignored, T smoothing, int team
) {
    long long row = (blockIdx.x * (long long)blockDim.x + threadIdx.x) / team;
    for (; row < rows; row += gridDim.x * (long long)blockDim.x / team)
        one_row(scores + row * classes, labels[row], losses + row, slopes + row * classes,
                classes, ignored, smoothing, team);
}

// The sum of the losses, or their mean over the rows that count; and the weight of a row in it.
// By one block: each thread sums some of the rows, each warp the sums of its threads, and the first
// warp those of the warps.
__device__ void add_up(
    const T* losses, const long long* labels, T* loss, T* weight,
    long long rows, long long ignored, bool mean
) {
    __shared__ T sums[32];
    __shared__ long long counts[32];
    int me = threadIdx.x;
    T total = 0;
    long long count = 0;
    for (long long row = me; row < rows; row += blockDim.x) {
        total += losses[row];
        count += labels[row] != ignored;
    }
    total = sum(total, 32);
    count = sum(count, 32);
    if (me % 32 == 0) {
        sums[me / 32] = total;
        counts[me / 32] = count;
    }
    __syncthreads();
    if (me >= 32) return;
    bool there = me < blockDim.x / 32;
    total = sum(there ? sums[me] : T(0), 32);
    count = sum(there ? counts[me] : 0ll, 32);
    if (me == 0) {
        *loss = mean ? total / T(count) : total;
        *weight = !mean ? T(1) : count ? T(1) / T(count) : T(0);
    }
}

extern "C" __global__ void tinygrad_lr_cross_entropy_rows(
    const T* scores, const long long* labels, T* losses, T* slopes,
    long long rows, long long classes, long long ignored, T smoothing, int team
) {
    rows_of_block(scores, labels, losses, slopes, rows, classes, ignored, smoothing, team);
}

extern "C" __global__ void tinygrad_lr_cross_entropy_sum(
    const T* losses, const long long* labels, T* loss, T* weight,
    long long rows, long long ignored, bool mean
) {
    add_up(losses, labels, loss, weight, rows, ignored, mean);
}

// Both, by one block. (What is in brackets keeps the compiler from using more registers than 512
// threads have.)
extern "C" __global__ void __launch_bounds__(512) tinygrad_lr_cross_entropy(
    const T* scores, const long long* labels, T* losses, T* slopes, T* loss, T* weight,
    long long rows, long long classes, long long ignored, T smoothing, int team, bool mean
) {
    rows_of_block(scores, labels, losses, slopes, rows, classes, ignored, smoothing, team);
    __syncthreads();
    add_up(losses, labels, loss, weight, rows, ignored, mean);
}
"""

RAW = {
    "product_along": SMALL_PRODUCT,
    "product_across": SMALL_PRODUCT,
    "sum_of_rows": SUM_OF_ROWS,
    "sums_of_slices": SUM_OF_ROWS,
    "sum_of_sums": SUM_OF_ROWS,
    "cross_entropy": CROSS_ENTROPY,
    "cross_entropy_rows": CROSS_ENTROPY,
    "cross_entropy_sum": CROSS_ENTROPY,
}


def source(name: str, dtype: DType) -> str:
    """The raw kernel `name` in CUDA C, for arrays of `dtype`."""
    return f"typedef {_C_NAMES[np.dtype(dtype).char]} T;\n{RAW[name]}"


@functools.cache
def _raw(name: str, dtype: DType) -> Any:
    return library("gpu").RawKernel(source(name, dtype), f"tinygrad_lr_{name}")


def cross_entropy(
    a: Array, target: Array, ignored: int, reduction: str, smoothing: float
) -> tuple[Array, tuple[Array, Array | None]]:
    """The loss of the scores `a` (N, C), and what cross_entropy_rule needs.

    `target` (N,) int64 may hold `ignored`, for rows that do not count. A label that is no class
    gives a loss of nan: it cannot be an error, as nobody on the host looks at it.
    """
    gpu = library("gpu")
    a, target = gpu.ascontiguousarray(a), gpu.ascontiguousarray(target)
    rows, classes = a.shape
    losses, slopes = gpu.empty((rows,), a.dtype), gpu.empty((rows, classes), a.dtype)
    n, ignored_label, mean = np.int64(rows), np.int64(ignored), np.bool_(reduction == "mean")
    numbers = n, np.int64(classes), ignored_label, a.dtype.type(smoothing)
    if reduction == "none":
        _cross_entropy_rows(a, target, losses, slopes, numbers)
        return losses, (slopes, None)
    loss, weight = gpu.empty((), a.dtype), gpu.empty((), a.dtype)
    if rows <= FEW_ROWS and classes <= WARP:
        team = 1 << min(5, (THREADS_OF_ONE // max(rows, 1)).bit_length() - 1)
        both = _raw("cross_entropy", a.dtype)
        args = a, target, losses, slopes, loss, weight
        both((1,), (THREADS_OF_ONE,), (*args, *numbers, np.int32(team), mean))
    else:
        _cross_entropy_rows(a, target, losses, slopes, numbers)
        add_up = _raw("cross_entropy_sum", a.dtype)
        add_up((1,), (THREADS_OF_ONE,), (losses, target, loss, weight, n, ignored_label, mean))
    return loss, (slopes, weight)


def _cross_entropy_rows(
    a: Array, target: Array, losses: Array, slopes: Array, numbers: Any
) -> None:
    blocks = -(-len(losses) * WARP // THREADS)
    if blocks:
        args = a, target, losses, slopes, *numbers, np.int32(WARP)
        _raw("cross_entropy_rows", a.dtype)((blocks,), (THREADS,), args)


def cross_entropy_rule(g: Array, slopes: Array, weight: Array | None) -> Array:
    """The gradient for the scores, given `g` for the loss (or, without `weight`, for each row)."""
    if weight is None:
        return slopes * g.reshape((g.size, 1))
    return _elementwise("scaled")(slopes, g, weight)
