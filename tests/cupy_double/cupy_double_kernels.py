"""The kernels of tinygrad_lr in NumPy, for the double: what each should do, not how.

CUDA C is not run here. But what a kernel is called with is checked against its own declaration:
how many arguments, of which dtypes, in one piece of memory where the kernel counts on that.
"""

import math
import re

import numpy as np

# ------------------------------------------------------------- element-wise: inputs to the outputs


def _sgd(grad, lr, decay, p):
    lr, decay = p.dtype.type(lr), p.dtype.type(decay)
    return (p - (grad + p * decay if decay else grad) * lr,)


def _sgd_with_momentum(grad, lr, decay, momentum, share, nesterov, p, v):
    lr, decay, momentum, share = (p.dtype.type(x) for x in (lr, decay, momentum, share))
    d = grad + p * decay if decay else grad
    v = v * momentum + d * share
    return p - (d + v * momentum if nesterov else v) * lr, v


def _sigmoid(a):
    with np.errstate(over="ignore"):
        e = np.exp(-a)
        e += 1.0
        return (1.0 / e,)


def _by_one(function, a):
    return np.vectorize(function, otypes=[np.float64])(a).astype(a.dtype)


def _scaled(slope, g, weight):
    with np.errstate(invalid="ignore"):
        return (np.where(slope != 0, slope * (g * weight), slope),)


ELEMENTWISE = {
    "sigmoid": _sigmoid,
    "sigmoid_rule": lambda g, y: (g * y * (1.0 - y),),
    "erf": lambda a: (_by_one(math.erf, a),),
    "erfc": lambda a: (_by_one(math.erfc, a),),
    "scaled": _scaled,
    "sgd": _sgd,
    "sgd_with_momentum": _sgd_with_momentum,
}

# ----------------------------------------------------------------------- raw: written to in place


def _cross_entropy_rows(scores, labels, losses, slopes, rows, classes, ignored, smoothing, team):
    assert team in (1, 2, 4, 8, 16, 32)
    assert scores.shape == slopes.shape == (rows, classes)
    assert labels.shape == losses.shape == (rows,)
    counts, possible = labels != ignored, (labels >= 0) & (labels < classes)
    places = np.arange(rows), np.where(possible, labels, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = scores - scores.max(axis=1, keepdims=True, initial=-np.inf)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        log_total = np.log(total).reshape(rows)
        loss = log_total - z[places]
        slope = e / total
        slope[places] -= 1.0 - smoothing
        if smoothing:
            loss = (1.0 - smoothing) * loss + smoothing * (log_total - z.mean(axis=1))
            slope -= smoothing / classes
    losses[...] = np.where(counts, np.where(possible, loss, np.nan), 0.0)
    column = (rows, 1)
    if_counted = np.where(possible.reshape(column), slope, np.nan)
    with np.errstate(invalid="ignore"):
        slopes[...] = np.where(counts.reshape(column), if_counted, slope * 0.0)


def _cross_entropy_sum(losses, labels, loss, weight, rows, ignored, mean):
    assert losses.shape == labels.shape == (rows,)
    assert loss.shape == weight.shape == ()
    count = int((labels != ignored).sum())
    loss[...] = losses.sum() / (count if count else np.nan) if mean else losses.sum()
    weight[...] = (1.0 / count if count else 0.0) if mean else 1.0


def _cross_entropy(scores, labels, losses, slopes, loss, weight, *numbers):
    *of_rows, mean = numbers
    rows, _, ignored, _, _ = of_rows
    _cross_entropy_rows(scores, labels, losses, slopes, *of_rows)
    _cross_entropy_sum(losses, labels, loss, weight, rows, ignored, mean)


def _product(a, b, out, m, n, k, *strides):
    assert (a.shape, b.shape, out.shape) == ((m, k), (k, n), (m, n))
    assert [stride // a.itemsize for stride in (*a.strides, *b.strides)] == [*strides]
    out[...] = a @ b


def _sum_of_rows(a, total, rows, columns):
    assert (a.shape, total.shape) == ((rows, columns), (columns,))
    total[...] = a.sum(axis=0)


def _sums_of_slices(a, sums, rows, columns, number):
    assert a.shape == (rows, columns)
    assert sums.shape == (-(-rows // number), columns)
    for i in range(len(sums)):
        sums[i] = a[i * number : (i + 1) * number].sum(axis=0, dtype=np.float64)


LIE_ANYHOW = {"product_along", "product_across"}  # given the strides of their first two arrays
RAW = {
    "product_along": _product,
    "product_across": _product,
    "sum_of_rows": _sum_of_rows,
    "sums_of_slices": _sums_of_slices,
    "sum_of_sums": _sum_of_rows,
    "cross_entropy": _cross_entropy,
    "cross_entropy_rows": _cross_entropy_rows,
    "cross_entropy_sum": _cross_entropy_sum,
}


def _take(rows, taken, *columns):
    assert rows.shape == (taken,)
    for start in range(0, len(columns), 4):
        column, out, length, words = columns[start : start + 4]
        assert column.shape == (length, *out.shape[1:])
        assert out.nbytes == taken * words * 4
        out[...] = column[rows % length]


def _raw(name, params):
    """What the raw kernel `name` does, whose parameters are declared so."""
    if name in RAW:
        return RAW[name]
    if name.startswith("take_"):
        return _take
    elementwise, _, count = name.rpartition("_")
    options = [kind.endswith("*") for kind, _ in params].index(True)
    return _for_each(ELEMENTWISE[elementwise], options, (len(params) - options) // int(count))


def _for_each(compute, options, size):
    """An element-wise kernel done to sets of arrays, `size` arguments each, after its options."""

    def kernel(*args):
        for start in range(options, len(args), size):
            grad, *changed, elements = args[start : start + size]
            assert all(array.size == elements for array in (grad, *changed))
            for array, result in zip(
                changed, compute(grad, *args[:options], *changed), strict=True
            ):
                array[...] = result

    return kernel


# ------------------------------------------------------------------------------- CuPy's two classes

C_TYPES = {"float": "f", "double": "d", "long long": "q", "int": "i", "bool": "?"}


def _declared(text):
    """``T a, float64 b`` as pairs of a type and a name."""
    return [part.strip().rsplit(None, 1) for part in text.split(",")]


def _check_blocks(grid, block):
    for sizes in (grid, block):
        assert isinstance(sizes, tuple)
        assert 1 <= len(sizes) <= 3
        assert all(isinstance(size, int) and size >= 1 for size in sizes), sizes
    assert np.prod(block) <= 1024


def classes(ndarray, lower, capture):
    """ElementwiseKernel and RawKernel for the double whose array class is `ndarray`."""

    class ElementwiseKernel:
        def __init__(self, in_params, out_params, operation, name="kernel", **options):
            self.inputs, self.outputs = _declared(in_params), _declared(out_params)
            self.compute = ELEMENTWISE[name.removeprefix("tinygrad_lr_")]

        def __call__(self, *args):
            given = len(self.inputs), len(self.inputs) + len(self.outputs)
            if len(args) not in given:
                raise TypeError(f"Wrong number of arguments: {len(args)}, not one of {given}")
            self._check_types(args)
            if len(args) == given[0]:
                return capture.make(lambda: self._fresh(args), ndarray)
            outs = args[given[0] :]
            assert all(isinstance(out, ndarray) for out in outs)

            def write():
                for out, result in zip(outs, self.compute(*map(lower, args)), strict=True):
                    lower(out)[...] = result

            capture.write(write)
            return outs if len(outs) > 1 else outs[0]

        def _fresh(self, args):
            (result,) = self.compute(*map(lower, args))
            return np.asarray(result)

        def _check_types(self, args):
            generic = set()
            for (kind, name), arg in zip(self.inputs + self.outputs, args, strict=False):
                if isinstance(arg, ndarray):
                    if kind == "T":
                        generic.add(arg.dtype)
                    elif arg.dtype != kind:
                        raise TypeError(f"{name} is {arg.dtype}, not {kind}")
                elif not isinstance(arg, (bool, int, float, np.generic)):
                    raise TypeError(f"Unsupported type {type(arg)}")
            if len(generic) != 1:
                raise TypeError(f"Type is mismatched. T {generic}")

    class RawKernel:
        def __init__(self, code, name, options=()):
            types = dict(re.findall(r"typedef (\w+) (\w+);", code)[:1])
            self.types = C_TYPES | {alias: C_TYPES[kind] for kind, alias in types.items()}
            (declaration,) = re.findall(
                rf'extern "C" __global__ void [^;]*\b{name}\(([^)]*)\)', code
            )
            self.params = _declared(declaration.replace("const ", ""))
            name = name.removeprefix("tinygrad_lr_")
            self.compute = _raw(name, self.params)
            self.lies_anyhow = name in LIE_ANYHOW

        def __call__(self, grid, block, args, *, shared_mem=0):
            _check_blocks(grid, block)
            assert len(args) == len(self.params), "the number of arguments"
            for (kind, name), arg in zip(self.params, args, strict=True):
                assert isinstance(arg, ndarray) == kind.endswith("*"), name
                words = kind == "unsigned*"  # of whatever there is
                assert words or arg.dtype == np.dtype(self.types[kind.rstrip("*")]), name
                plain = self.lies_anyhow or not isinstance(arg, ndarray) or arg.flags.c_contiguous
                assert plain, name
            capture.write(lambda: self.compute(*map(lower, args)))

    return ElementwiseKernel, RawKernel
