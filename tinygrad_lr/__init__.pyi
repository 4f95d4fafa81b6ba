"""Written by tests/stubs.py: what tinygrad_lr offers, for type checkers and editors."""

import builtins
from collections.abc import Sequence
import numpy as np
from tinygrad_lr.device import Shape
from tinygrad_lr.dtypes import DType
from tinygrad_lr.dtypes import DTypeLike
from tinygrad_lr.dtypes import Number
from tinygrad_lr.layouts import Layout
from tinygrad_lr.more.shapes import Places
from tinygrad_lr.signatures import Dims
from tinygrad_lr.signatures import Operand
from tinygrad_lr.signatures import Sizes
from types import EllipsisType
from typing import Any
from typing import Literal
from typing import overload

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "CheckpointError",
    "DeviceError",
    "DoubleTensor",
    "FloatTensor",
    "Generator",
    "GradcheckError",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "Op",
    "ShapeError",
    "ShortTensor",
    "Size",
    "Tensor",
    "abs",
    "abs_",
    "absolute",
    "accelerator",
    "acos",
    "acos_",
    "acosh",
    "acosh_",
    "add",
    "addbmm",
    "addcdiv",
    "addcmul",
    "addmm",
    "addmv",
    "addmv_",
    "addr",
    "adjoint",
    "all",
    "allclose",
    "amax",
    "amin",
    "aminmax",
    "any",
    "arange",
    "arccos",
    "arccos_",
    "arccosh",
    "arccosh_",
    "arcsin",
    "arcsin_",
    "arcsinh",
    "arcsinh_",
    "arctan",
    "arctan2",
    "arctan_",
    "arctanh",
    "arctanh_",
    "are_deterministic_algorithms_enabled",
    "argmax",
    "argmin",
    "argsort",
    "argwhere",
    "as_tensor",
    "asarray",
    "asin",
    "asin_",
    "asinh",
    "asinh_",
    "atan",
    "atan2",
    "atan_",
    "atanh",
    "atanh_",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "autograd",
    "backends",
    "baddbmm",
    "bernoulli",
    "bilinear",
    "bincount",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "block_diag",
    "bmm",
    "bool",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "bucketize",
    "can_cast",
    "cartesian_prod",
    "cat",
    "cdist",
    "ceil",
    "ceil_",
    "celu",
    "celu_",
    "chain_matmul",
    "channels_last",
    "chunk",
    "clamp",
    "clamp_",
    "clamp_max",
    "clamp_max_",
    "clamp_min",
    "clamp_min_",
    "clip",
    "clip_",
    "clone",
    "column_stack",
    "combinations",
    "concat",
    "concatenate",
    "contiguous_format",
    "copysign",
    "corrcoef",
    "cos",
    "cos_",
    "cosh",
    "cosh_",
    "cosine_similarity",
    "count_nonzero",
    "cov",
    "cross",
    "cuda",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "cumulative_trapezoid",
    "datasets",
    "default_generator",
    "deg2rad",
    "deg2rad_",
    "det",
    "detach_",
    "device",
    "device_for",
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "diff",
    "dist",
    "distributed",
    "div",
    "divide",
    "dot",
    "double",
    "dsplit",
    "dstack",
    "dtype",
    "e",
    "einsum",
    "empty",
    "empty_like",
    "enable_grad",
    "eq",
    "equal",
    "erf",
    "erf_",
    "erfc",
    "erfc_",
    "erfinv",
    "errors",
    "exp",
    "exp2",
    "exp2_",
    "exp_",
    "expand",
    "expm1",
    "expm1_",
    "eye",
    "fill_",
    "finfo",
    "fix",
    "fix_",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "float",
    "float16",
    "float32",
    "float64",
    "float_power",
    "floor",
    "floor_",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frac",
    "frac_",
    "from_dlpack",
    "from_numpy",
    "full",
    "full_like",
    "gather",
    "ge",
    "ger",
    "get_default_device",
    "get_default_dtype",
    "get_num_threads",
    "get_printoptions",
    "get_rng_state",
    "gradcheck",
    "greater",
    "greater_equal",
    "gt",
    "half",
    "heaviside",
    "histc",
    "histogram",
    "hsplit",
    "hstack",
    "hypot",
    "iinfo",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_put_",
    "index_select",
    "inf",
    "inference_mode",
    "initial_seed",
    "inner",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "inverse",
    "is_available",
    "is_complex",
    "is_floating_point",
    "is_grad_enabled",
    "is_inference",
    "is_inference_mode_enabled",
    "is_nonzero",
    "is_tensor",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "jit",
    "kron",
    "kthvalue",
    "le",
    "lerp",
    "less",
    "less_equal",
    "linalg",
    "linspace",
    "load",
    "log",
    "log10",
    "log10_",
    "log1p",
    "log1p_",
    "log2",
    "log2_",
    "log_",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logcumsumexp",
    "logdet",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logit",
    "logit_",
    "logspace",
    "logsumexp",
    "long",
    "lt",
    "manual_seed",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "matmul",
    "matrix_power",
    "max",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mm",
    "mode",
    "moveaxis",
    "movedim",
    "msort",
    "mul",
    "multinomial",
    "multiply",
    "mv",
    "nan",
    "nan_to_num",
    "nan_to_num_",
    "nanmean",
    "nanmedian",
    "nanquantile",
    "nansum",
    "narrow",
    "ne",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "newaxis",
    "nn",
    "no_grad",
    "nonzero",
    "norm",
    "normal",
    "not_equal",
    "numel",
    "ones",
    "ones_like",
    "ops",
    "optim",
    "outer",
    "pairwise_distance",
    "permute",
    "pi",
    "pinverse",
    "poisson",
    "positive",
    "pow",
    "prelu",
    "preserve_format",
    "printoptions",
    "prod",
    "promote_types",
    "put",
    "quantile",
    "rad2deg",
    "rad2deg_",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "random",
    "randperm",
    "range",
    "ravel",
    "reciprocal",
    "reciprocal_",
    "relu",
    "relu_",
    "remainder",
    "repeat_interleave",
    "reshape",
    "result_type",
    "return_types",
    "rms_norm",
    "roll",
    "rot90",
    "round",
    "round_",
    "row_stack",
    "rsqrt",
    "rsqrt_",
    "rsub",
    "save",
    "scalar_tensor",
    "scatter",
    "scatter_add",
    "searchsorted",
    "seed",
    "select",
    "selu",
    "selu_",
    "serialization",
    "set_default_device",
    "set_default_dtype",
    "set_grad_enabled",
    "set_num_threads",
    "set_printoptions",
    "set_rng_state",
    "sgn",
    "short",
    "sigmoid",
    "sigmoid_",
    "sign",
    "signbit",
    "sin",
    "sin_",
    "sinc",
    "sinc_",
    "sinh",
    "sinh_",
    "slogdet",
    "softmax",
    "sort",
    "special",
    "split",
    "sqrt",
    "sqrt_",
    "square",
    "square_",
    "squeeze",
    "stack",
    "std",
    "std_mean",
    "strided",
    "sub",
    "subtract",
    "sum",
    "swapaxes",
    "swapdims",
    "t",
    "take",
    "take_along_dim",
    "tan",
    "tan_",
    "tanh",
    "tanh_",
    "tensor",
    "tensor_split",
    "tensordot",
    "threshold",
    "threshold_",
    "tile",
    "topk",
    "trace",
    "transforms",
    "transpose",
    "trapezoid",
    "trapz",
    "tril",
    "tril_indices",
    "triu",
    "triu_indices",
    "true_divide",
    "trunc",
    "trunc_",
    "uint8",
    "unbind",
    "unflatten",
    "unique",
    "unique_consecutive",
    "unsqueeze",
    "use_deterministic_algorithms",
    "utils",
    "vander",
    "var",
    "var_mean",
    "vdot",
    "version",
    "viz",
    "vsplit",
    "vstack",
    "where",
    "xlogy",
    "xlogy_",
    "zero_",
    "zeros",
    "zeros_like",
]

from tinygrad_lr.creation.typed import BoolTensor as BoolTensor
from tinygrad_lr.creation.typed import ByteTensor as ByteTensor
from tinygrad_lr.creation.typed import CharTensor as CharTensor
from tinygrad_lr.serialization import CheckpointError as CheckpointError
from tinygrad_lr.device import DeviceError as DeviceError
from tinygrad_lr.creation.typed import DoubleTensor as DoubleTensor
from tinygrad_lr.creation.typed import FloatTensor as FloatTensor
from tinygrad_lr.random import Generator as Generator
from tinygrad_lr.gradients.gradcheck import GradcheckError as GradcheckError
from tinygrad_lr.creation.typed import HalfTensor as HalfTensor
from tinygrad_lr.creation.typed import IntTensor as IntTensor
from tinygrad_lr.creation.typed import LongTensor as LongTensor
from tinygrad_lr.graph import Op as Op
from tinygrad_lr.errors import ShapeError as ShapeError
from tinygrad_lr.creation.typed import ShortTensor as ShortTensor
from tinygrad_lr.more.size import Size as Size
from tinygrad_lr.tensor import Tensor as Tensor

def abs(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """How far it is from 0, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).abs()
    tensor([1., 2.])
    """

def abs_(input: Tensor) -> Tensor:
    """In place, and returned: How far it is from 0, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).abs_()
    tensor([1., 2.])
    """

def absolute(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """How far it is from 0, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).abs()
    tensor([1., 2.])
    """

from . import accelerator as accelerator

def acos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle with this cosine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).acos()
    tensor([1.5708, 0.0000])
    """

def acos_(input: Tensor) -> Tensor:
    """In place, and returned: The angle with this cosine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).acos_()
    tensor([1.5708, 0.0000])
    """

def acosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of cosh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).acosh()
    tensor([0.0000, 1.3170])
    """

def acosh_(input: Tensor) -> Tensor:
    """In place, and returned: The inverse of cosh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).acosh_()
    tensor([0.0000, 1.3170])
    """

def add(
    input: Operand, other: Operand, *, alpha: builtins.float = 1, out: Tensor | None = None
) -> Tensor:
    """``input + alpha * other``, element by element, broadcasting.

    >>> tg.tensor([1.0, 2.0, 3.0]).add(1, alpha=10)
    tensor([11., 12., 13.])
    """

def addbmm(
    input: Tensor,
    batch1: Tensor,
    batch2: Tensor,
    *,
    beta: builtins.float = 1,
    alpha: builtins.float = 1,
    out: Tensor | None = None,
) -> Tensor:
    """``beta * input + alpha * bmm(batch1, batch2).sum(0)``; `input` broadcasts.

    >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
    >>> tg.addbmm(tg.tensor([[100.0]]), a, a.mT)  # 100 + 5 + 25
    tensor([[130.]])
    """

def addcdiv(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1, out: Tensor | None = None
) -> Tensor:
    """``input + value * tensor1 / tensor2``. DtypeError if both are of integers.

    All three broadcast.

    >>> y = tg.tensor([3.0, 1.0, 2.0])
    >>> tg.addcdiv(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), y)
    tensor([0.3333, 2.0000, 1.5000])
    """

def addcmul(
    input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1, out: Tensor | None = None
) -> Tensor:
    """``input + value * tensor1 * tensor2``.

    All three broadcast, and come to one dtype. DtypeError for booleans.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.addcmul(tg.ones(3), x, x, value=0.1)
    tensor([1.1000, 1.4000, 1.9000])
    """

def addmm(
    input: Tensor,
    mat1: Tensor,
    mat2: Tensor,
    *,
    beta: builtins.float = 1,
    alpha: builtins.float = 1,
    out: Tensor | None = None,
) -> Tensor:
    """``beta * input + alpha * (mat1 @ mat2)``, of matrices; `input` broadcasts.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.addmm(tg.ones(2, 2), a, a, beta=0.5)
    tensor([[ 7.5000, 10.5000],
            [15.5000, 22.5000]])
    """

def addmv(
    input: Tensor,
    mat: Tensor,
    vec: Tensor,
    *,
    beta: builtins.float = 1,
    alpha: builtins.float = 1,
    out: Tensor | None = None,
) -> Tensor:
    """``beta * input + alpha * (mat @ vec)``, of a matrix and a vector; `input` broadcasts.

    >>> tg.addmv(tg.ones(2), tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.ones(2))
    tensor([4., 8.])
    """

def addmv_(
    input: Tensor, mat: Tensor, vec: Tensor, *, beta: builtins.float = 1, alpha: builtins.float = 1
) -> Tensor:
    """In place, and returned: ``beta * input + alpha * (mat @ vec)``, of a matrix and a vector; `input` broadcasts.

    >>> tg.addmv(tg.ones(2), tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.ones(2))
    tensor([4., 8.])
    """

def addr(
    input: Tensor,
    vec1: Tensor,
    vec2: Tensor,
    *,
    beta: builtins.float = 1,
    alpha: builtins.float = 1,
    out: Tensor | None = None,
) -> Tensor:
    """``beta * input + alpha * outer(vec1, vec2)``; `input` broadcasts. (n,) and (m,) give (n, m).

    >>> tg.addr(tg.zeros(2, 3), tg.ones(2), tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """

def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged. ShapeError for a vector.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).adjoint()
    tensor([[1., 3.],
            [2., 4.]])
    """

def all(
    input: Tensor,
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """Whether all elements over `dim` (one, several, or all) are true (not 0).

    >>> (tg.tensor([[1.0, 2.0], [3.0, 4.0]]) > 1).all()
    tensor(False)
    """

def allclose(
    input: Tensor,
    other: Tensor,
    rtol: builtins.float = 1e-05,
    atol: builtins.float = 1e-08,
    equal_nan: builtins.bool = False,
) -> builtins.bool:
    """Whether all elements are close: isclose.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.allclose(x, x + 1e-9)
    True
    """

def amax(
    input: Tensor,
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    axis: Dims = None,
    keepdims: builtins.bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """The largest element over `dim` (one, several, or all).

    Equal ones share the gradient evenly.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).amax(dim=(0, 1))
    tensor(4.)
    """

def amin(
    input: Tensor,
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    axis: Dims = None,
    keepdims: builtins.bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """The smallest element over `dim` (one, several, or all).

    Equal ones share the gradient evenly.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).amin(dim=0)
    tensor([1., 2.])
    """

def aminmax(
    input: Tensor,
    *,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    axis: builtins.int | None = ...,
    keepdims: builtins.bool = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.aminmax:
    """The smallest and the largest element, of all or along `dim`.

    >>> tg.tensor([3.0, 1.0, 2.0]).aminmax()
    torch.return_types.aminmax(
    min=tensor(1.),
    max=tensor(3.))
    """

def any(
    input: Tensor,
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """Whether any element over `dim` (one, several, or all) is true (not 0).

    >>> (tg.tensor([[1.0, 2.0], [3.0, 4.0]]) > 3).any(dim=1)
    tensor([False,  True])
    """

def arange(
    start: Number,
    end: Number | None = None,
    step: Number = 1,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """``start, start + step, ...`` up to, not including, `end`; or 0 up to `start`.

    int64 if all three are integers, else floats. (ranges.py has how they are rounded.)

    >>> tg.arange(0, 1, 0.25)
    tensor([0.0000, 0.2500, 0.5000, 0.7500])
    """

def arccos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle with this cosine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).acos()
    tensor([1.5708, 0.0000])
    """

def arccos_(input: Tensor) -> Tensor:
    """In place, and returned: The angle with this cosine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).acos()
    tensor([1.5708, 0.0000])
    """

def arccosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of cosh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).acosh()
    tensor([0.0000, 1.3170])
    """

def arccosh_(input: Tensor) -> Tensor:
    """In place, and returned: The inverse of cosh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).acosh()
    tensor([0.0000, 1.3170])
    """

def arcsin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle with this sine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asin()
    tensor([0.0000, 1.5708])
    """

def arcsin_(input: Tensor) -> Tensor:
    """In place, and returned: The angle with this sine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asin()
    tensor([0.0000, 1.5708])
    """

def arcsinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of sinh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asinh()
    tensor([0.0000, 0.8814])
    """

def arcsinh_(input: Tensor) -> Tensor:
    """In place, and returned: The inverse of sinh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asinh()
    tensor([0.0000, 0.8814])
    """

def arctan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle with this tangent, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).atan()
    tensor([0.0000, 0.7854])
    """

def arctan2(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The angle of the point (other, input), of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 1.0]).atan2(tg.tensor([1.0, 0.0]))
    tensor([0.7854, 1.5708])
    """

def arctan_(input: Tensor) -> Tensor:
    """In place, and returned: The angle with this tangent, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).atan()
    tensor([0.0000, 0.7854])
    """

def arctanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of tanh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).atanh()
    tensor([0.0000, 0.5493])
    """

def arctanh_(input: Tensor) -> Tensor:
    """In place, and returned: The inverse of tanh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).atanh()
    tensor([0.0000, 0.5493])
    """

from tinygrad_lr.more.threads import (
    are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled,
)

def argmax(
    input: Tensor,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    axis: builtins.int | None = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """Where the largest element is along `dim`, or in the flattened tensor: int64.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([3.0, 1.0, 2.0]).argmax()
    tensor(0)
    """

def argmin(
    input: Tensor,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    axis: builtins.int | None = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """Where the smallest element is along `dim`, or in the flattened tensor: int64.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([3.0, 1.0, 2.0]).argmin()
    tensor(1)
    """

def argsort(
    input: Tensor,
    dim: builtins.int = -1,
    descending: builtins.bool = False,
    *,
    stable: builtins.bool = False,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The indices that sort gives: int64.

    >>> tg.tensor([3.0, 1.0, 2.0]).argsort()
    tensor([1, 2, 0])
    """

def argwhere(input: Tensor) -> Tensor:
    """Where the elements that are not 0 are: one row for each.

    >>> tg.tensor([0, 5, 7]).argwhere()
    tensor([[1],
            [2]])
    """

def as_tensor(data: object, dtype: DTypeLike | None = None, device: str | None = None) -> Tensor:
    """`data` as a Tensor, without a copy where that is possible.

    Its dtype is that of tensor(), unless `dtype` says another. TypeError for what holds no numbers.

    >>> tg.as_tensor([1, 2])
    tensor([1, 2])
    """

def asarray(
    obj: object,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    copy: builtins.bool | None = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """as_tensor; with `copy`, on memory of its own. TypeError for what holds no numbers.

    >>> tg.asarray([1, 2])
    tensor([1, 2])
    """

def asin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle with this sine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asin()
    tensor([0.0000, 1.5708])
    """

def asin_(input: Tensor) -> Tensor:
    """In place, and returned: The angle with this sine, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asin_()
    tensor([0.0000, 1.5708])
    """

def asinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of sinh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asinh()
    tensor([0.0000, 0.8814])
    """

def asinh_(input: Tensor) -> Tensor:
    """In place, and returned: The inverse of sinh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).asinh_()
    tensor([0.0000, 0.8814])
    """

def atan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle with this tangent, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).atan()
    tensor([0.0000, 0.7854])
    """

def atan2(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The angle of the point (other, input), of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 1.0]).atan2(tg.tensor([1.0, 0.0]))
    tensor([0.7854, 1.5708])
    """

def atan_(input: Tensor) -> Tensor:
    """In place, and returned: The angle with this tangent, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).atan_()
    tensor([0.0000, 0.7854])
    """

def atanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of tanh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).atanh()
    tensor([0.0000, 0.5493])
    """

def atanh_(input: Tensor) -> Tensor:
    """In place, and returned: The inverse of tanh, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).atanh_()
    tensor([0.0000, 0.5493])
    """

@overload
def atleast_1d(tensors: Tensor) -> Tensor:
    """A number as a vector of one element; others as they are. Of several, a tuple.

    >>> tg.atleast_1d(tg.tensor(5.0))
    tensor([5.])
    """

@overload
def atleast_1d(tensors: Tensor | Sequence[Tensor], *others: Tensor) -> tuple[Tensor, ...]:
    """A number as a vector of one element; others as they are. Of several, a tuple.

    >>> tg.atleast_1d(tg.tensor(5.0))
    tensor([5.])
    """

@overload
def atleast_2d(tensors: Tensor) -> Tensor:
    """A number as a matrix (1, 1), a vector as a row (1, n); others as they are.

    >>> tg.atleast_2d(tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.]])
    """

@overload
def atleast_2d(tensors: Tensor | Sequence[Tensor], *others: Tensor) -> tuple[Tensor, ...]:
    """A number as a matrix (1, 1), a vector as a row (1, n); others as they are.

    >>> tg.atleast_2d(tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.]])
    """

@overload
def atleast_3d(tensors: Tensor) -> Tensor:
    """A number as (1, 1, 1), a vector as (1, n, 1), a matrix as (n, m, 1); others as they are.

    >>> tg.atleast_3d(tg.tensor([1.0, 2.0]))
    tensor([[[1.],
             [2.]]])
    """

@overload
def atleast_3d(tensors: Tensor | Sequence[Tensor], *others: Tensor) -> tuple[Tensor, ...]:
    """A number as (1, 1, 1), a vector as (1, n, 1), a matrix as (n, m, 1); others as they are.

    >>> tg.atleast_3d(tg.tensor([1.0, 2.0]))
    tensor([[[1.],
             [2.]]])
    """

from . import autograd as autograd
from . import backends as backends

def baddbmm(
    input: Tensor,
    batch1: Tensor,
    batch2: Tensor,
    *,
    beta: builtins.float = 1,
    alpha: builtins.float = 1,
    out: Tensor | None = None,
) -> Tensor:
    """``beta * input + alpha * bmm(batch1, batch2)``; `input` broadcasts.

    >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
    >>> tg.baddbmm(tg.tensor([[[100.0]]]), a, a.mT).flatten()
    tensor([105., 125.])
    """

def bernoulli(
    input: Tensor,
    p: builtins.float | None = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """1 with the probability that `input` holds, or `p` for all, else 0: in its shape and dtype.

    >>> tg.bernoulli(tg.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """

from tinygrad_lr.nn.layer_functions import bilinear as bilinear

def bincount(input: Tensor, weights: Tensor | None = None, minlength: builtins.int = 0) -> Tensor:
    """How often each of 0, 1, 2, ... is there, up to the largest, or to ``minlength - 1``.

    With `weights`, the sum of those that go with it. `input` is a vector of integers >= 0. int64,
    or float64 with `weights`. DtypeError for floats, ShapeError for weights of another shape.

    >>> tg.tensor([0, 1, 1, 3]).bincount()
    tensor([1, 2, 0, 1])
    """

def bitwise_and(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The bits that both have, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([5, 6]).bitwise_and(4)
    tensor([4, 4])
    """

def bitwise_left_shift(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

    >>> tg.tensor([1, 2]).bitwise_left_shift(2)
    tensor([4, 8])
    """

def bitwise_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The other bits, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.tensor([True, False]).bitwise_not()
    tensor([False,  True])
    """

def bitwise_or(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The bits that either has, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1, 2]).bitwise_or(4)
    tensor([5, 6])
    """

def bitwise_right_shift(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The bits of `input`, moved by `other` places, broadcasting. DtypeError for floats.

    >>> tg.tensor([4, 9]).bitwise_right_shift(2)
    tensor([1, 2])
    """

def bitwise_xor(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The bits that one has, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([5, 6]).bitwise_xor(4)
    tensor([1, 2])
    """

def block_diag(*tensors: Tensor) -> Tensor:
    """A matrix with these matrices along its diagonal, and 0 elsewhere. A vector is a row.

    ShapeError for more dimensions.

    >>> tg.block_diag(tg.ones(1, 1), 2 * tg.ones(1, 1))
    tensor([[1., 0.],
            [0., 2.]])
    """

def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of each matrix with that at the same place: (b, n, k), (b, k, m): (b, n, m).

    ShapeError for others.

    >>> a = tg.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
    >>> tg.bmm(a, a.mT)
    tensor([[[ 5.]],
    <BLANKLINE>
            [[25.]]])
    """

bool: DType
"""``dtype('bool')``"""

def broadcast_shapes(*shapes: Sizes) -> Shape:
    """The shape that tensors of these shapes have together, broadcast. ShapeError if none.

    >>> tg.broadcast_shapes((2, 1), (3,))
    (2, 3)
    """

def broadcast_tensors(*tensors: Tensor | Sequence[Tensor]) -> tuple[Tensor, ...]:
    """All of them expanded to the one shape to which they broadcast, without copies.

    >>> tg.broadcast_tensors(tg.tensor([1.0, 2.0]), tg.tensor([[3.0], [4.0]]))[1]
    tensor([[3., 3.],
            [4., 4.]])
    """

def broadcast_to(input: Tensor, *shape: Sizes, size: Sizes | None = None) -> Tensor:
    """Dimensions of size 1 stretched to `shape`, without a copy; -1 keeps a size.

    New dimensions may stand in front. Raises ShapeError.

    >>> tg.tensor([1.0, 2.0, 3.0]).expand(2, 3)
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """

def bucketize(
    input: Tensor | builtins.float,
    boundaries: Tensor,
    *,
    out_int32: builtins.bool = False,
    right: builtins.bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """Between which of `boundaries`, a sorted vector, each element is: int64, from 0 to their size.

    An element that equals one is counted to the interval that ends there; if `right`, to the next.
    ShapeError if they are no vector.

    >>> tg.bucketize(tg.tensor([0.5, 2.5]), tg.tensor([1.0, 2.0, 3.0]))
    tensor([0, 2])
    """

from tinygrad_lr.more.limits import can_cast as can_cast
from tinygrad_lr.creation.grids import cartesian_prod as cartesian_prod

def cat(
    tensors: Sequence[Tensor],
    dim: builtins.int = 0,
    *,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.cat([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """

def cdist(
    x1: Tensor, x2: Tensor, p: builtins.float = 2.0, compute_mode: str | None = None
) -> Tensor:
    """How far each row of `x1` (..., n, k) is from each of `x2` (..., m, k): (..., n, m).

    The distance is ``sum(abs(a - b)**p)**(1 / p)``: for p=inf the largest of the differences, for
    p=0 how many there are. Where two rows are equal its gradient is 0. (`compute_mode`, which says
    by which formula PyTorch computes it, changes nothing here.) ShapeError for rows of different
    lengths, ArgumentError for a negative p.

    >>> tg.cdist(tg.zeros(1, 2), tg.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """

def ceil(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The integer at or above it, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).ceil()
    tensor([ 2., -1.])
    """

def ceil_(input: Tensor) -> Tensor:
    """In place, and returned: The integer at or above it, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).ceil_()
    tensor([ 2., -1.])
    """

from tinygrad_lr.nn.activation_functions import celu as celu
from tinygrad_lr.nn.activation_functions import celu_ as celu_

def chain_matmul(*matrices: Tensor, out: Tensor | None = None) -> Tensor:
    """The product of several matrices, from the left to the right. ArgumentError for none.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.chain_matmul(a, a, tg.eye(2))
    tensor([[ 7., 10.],
            [15., 22.]])
    """

from tinygrad_lr.layouts import channels_last as channels_last

def chunk(
    input: Tensor, chunks: builtins.int, dim: builtins.int = 0, *, axis: builtins.int = ...
) -> tuple[Tensor, ...]:
    """At most `chunks` parts along `dim`, equally large, but for the last one.

    ArgumentError for 0 chunks.

    >>> tg.tensor([1.0, 2.0, 3.0]).chunk(2)
    (tensor([1., 2.]), tensor([3.]))
    """

def clamp(
    input: Tensor,
    min: Operand | None = None,
    max: Operand | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
    tensor([1.5000, 2.0000, 2.5000])
    """

def clamp_(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """In place, and returned: Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_(min=1.5, max=2.5)
    tensor([1.5000, 2.0000, 2.5000])
    """

def clamp_max(input: Tensor, max: Operand, *, out: Tensor | None = None) -> Tensor:
    """Each element, but at most `max`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_max(2)
    tensor([1., 2., 2.])
    """

def clamp_max_(input: Tensor, max: Operand) -> Tensor:
    """In place, and returned: Each element, but at most `max`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_max_(2)
    tensor([1., 2., 2.])
    """

def clamp_min(input: Tensor, min: Operand, *, out: Tensor | None = None) -> Tensor:
    """Each element, but at least `min`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_min(2)
    tensor([2., 2., 3.])
    """

def clamp_min_(input: Tensor, min: Operand) -> Tensor:
    """In place, and returned: Each element, but at least `min`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp_min_(2)
    tensor([2., 2., 3.])
    """

def clip(
    input: Tensor,
    min: Operand | None = None,
    max: Operand | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
    tensor([1.5000, 2.0000, 2.5000])
    """

def clip_(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """In place, and returned: Each element, but at least `min` and at most `max`, numbers or Tensors; None for no bound.

    Raises ArgumentError if both are None, NumberError for an integer bound that does not fit the
    dtype, TypeError if one is no number, or one is a Tensor and the other a number.

    >>> tg.tensor([1.0, 2.0, 3.0]).clamp(min=1.5, max=2.5)
    tensor([1.5000, 2.0000, 2.5000])
    """

from tinygrad_lr.functions import clone as clone

def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """hstack, with vectors as columns.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.column_stack([x, x])
    tensor([[1., 1.],
            [2., 2.],
            [3., 3.]])
    """

from tinygrad_lr.creation.grids import combinations as combinations

def concat(
    tensors: Sequence[Tensor],
    dim: builtins.int = 0,
    *,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.cat([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """

def concatenate(
    tensors: Sequence[Tensor],
    dim: builtins.int = 0,
    *,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """Tensors joined along the dimension `dim`; their other sizes must be equal.

    A tensor of shape (0,), such as ``tensor([])``, fits all others: it adds nothing. (But its dtype
    counts, and it has a gradient.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.cat([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """

from tinygrad_lr.layouts import contiguous_format as contiguous_format

def copysign(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The size of `input` with the sign of `other`, a number or a Tensor.

    >>> tg.tensor([1.0, 2.0, 3.0]).copysign(-1.0)
    tensor([-1., -2., -3.])
    """

def corrcoef(input: Tensor) -> Tensor:
    """The correlations of the rows of a matrix: their covariances, in units of deviations.

    (n, m) becomes (n, n). ShapeError for more dimensions.

    >>> tg.corrcoef(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[1., 1.],
            [1., 1.]])
    """

def cos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The cosine (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).cos()
    tensor([1.0000, 0.5403])
    """

def cos_(input: Tensor) -> Tensor:
    """In place, and returned: The cosine (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).cos_()
    tensor([1.0000, 0.5403])
    """

def cosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``(e**x + e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).cosh()
    tensor([1.0000, 1.5431])
    """

def cosh_(input: Tensor) -> Tensor:
    """In place, and returned: ``(e**x + e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).cosh_()
    tensor([1.0000, 1.5431])
    """

def cosine_similarity(
    x1: Tensor,
    x2: Tensor,
    dim: builtins.int = 1,
    eps: builtins.float = 1e-08,
    *,
    axis: builtins.int = ...,
) -> Tensor:
    """The cosine of the angle between vectors along `dim`: each is divided by its length.

    (Or by `eps`, if that is larger.)

    >>> F.cosine_similarity(tg.ones(2), tg.tensor([1.0, 0.0]), dim=0)
    tensor(0.7071)
    """

def count_nonzero(input: Tensor, dim: Dims = None, *, axis: Dims = ...) -> Tensor:
    """How many elements over `dim` (one, several, or all) are not 0: int64.

    >>> tg.tensor([0, 5, 7]).count_nonzero()
    tensor(2)
    """

def cov(
    input: Tensor,
    *,
    correction: builtins.int = 1,
    fweights: Tensor | None = None,
    aweights: Tensor | None = None,
) -> Tensor:
    """The covariances of the rows of a matrix, each of them a variable, of a vector its variance.

    Each column is one observation, seen `fweights` times, and of `aweights` importance. (n, m)
    becomes (n, n). ShapeError for more dimensions, DtypeError for booleans.

    >>> tg.cov(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000]])
    """

def cross(
    input: Tensor, other: Tensor, dim: builtins.int | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The vectors at right angles to two others, of 3 numbers along `dim`; the others broadcast.

    Without `dim`, the first dimension of size 3. ShapeError where there are no 3.

    >>> tg.cross(tg.tensor([1.0, 0.0, 0.0]), tg.tensor([0.0, 1.0, 0.0]), dim=0)
    tensor([0., 0., 1.])
    """

from . import cuda as cuda

def cummax(
    input: Tensor,
    dim: builtins.int = ...,
    *,
    axis: builtins.int = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.cummax:
    """The largest element up to each place along `dim`, and where it is, the last of equal ones.

    >>> tg.tensor([3.0, 1.0, 2.0]).cummax(dim=0).values
    tensor([3., 3., 3.])
    """

def cummin(
    input: Tensor,
    dim: builtins.int = ...,
    *,
    axis: builtins.int = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.cummin:
    """The smallest element up to each place along `dim`, and where it is, the last if equal.

    >>> tg.tensor([3.0, 1.0, 2.0]).cummin(dim=0).indices
    tensor([0, 1, 1])
    """

def cumprod(
    input: Tensor,
    dim: builtins.int = ...,
    *,
    dtype: DTypeLike | None = None,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The product of all elements up to each place along `dim`. Integers give int64.

    >>> tg.tensor([1.0, 2.0, 3.0]).cumprod(dim=0)
    tensor([1., 2., 6.])
    """

def cumsum(
    input: Tensor,
    dim: builtins.int = ...,
    *,
    dtype: DTypeLike | None = None,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The sum of all elements up to each place along `dim`. Integers and booleans give int64.

    >>> tg.tensor([1.0, 2.0, 3.0]).cumsum(dim=0)
    tensor([1., 3., 6.])
    """

def cumulative_trapezoid(
    y: Tensor,
    x: Tensor | None = None,
    *,
    dx: Operand | None = None,
    dim: builtins.int = -1,
    axis: builtins.int = ...,
) -> Tensor:
    """The integral from the first place up to each of the others: see trapezoid.

    Along `dim`, which becomes shorter by 1.

    >>> tg.cumulative_trapezoid(tg.tensor([1.0, 2.0, 3.0]))
    tensor([1.5000, 4.0000])
    """

from . import datasets as datasets
from tinygrad_lr.random import default_generator as default_generator

def deg2rad(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Degrees as radians. Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([180.0, 90.0]).deg2rad()
    tensor([3.1416, 1.5708])
    """

def deg2rad_(input: Tensor) -> Tensor:
    """In place, and returned: Degrees as radians. Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([180.0, 90.0]).deg2rad_()
    tensor([3.1416, 1.5708])
    """

def det(A: Tensor) -> Tensor:
    """The determinant of a square matrix. (Where it is 0, its second derivative: SingularError.)

    >>> tg.linalg.det(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(-2.)
    """

def detach_(self: Tensor) -> Tensor:
    """Itself, from now on a constant. Raises RuntimeError for a view of another tensor.

    >>> tg.ones(2, requires_grad=True).exp().detach_().requires_grad
    False
    """

from tinygrad_lr.device import device as device
from tinygrad_lr.device import resolve as device_for

def diag(input: Tensor, diagonal: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """Of a vector, the matrix with that diagonal; of a matrix, its diagonal, a copy.

    ShapeError for others.

    >>> tg.diag(tg.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """

def diag_embed(
    input: Tensor, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1
) -> Tensor:
    """Matrices in `dim1` and `dim2` whose diagonals are the last dimension, and 0 elsewhere.

    (..., n) becomes (..., n, n). PlaceError for a single number.

    >>> tg.diag_embed(tg.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """

def diagflat(input: Tensor, offset: builtins.int = 0) -> Tensor:
    """The matrix with all elements along its diagonal.

    >>> tg.diagflat(tg.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """

def diagonal(
    input: Tensor, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1
) -> Tensor:
    """The diagonal of the matrices in `dim1` and `dim2`, as the last dimension: a view.

    PlaceError for a single number.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).diagonal()
    tensor([1., 4.])
    """

def diff(
    input: Tensor,
    n: builtins.int = 1,
    dim: builtins.int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
    *,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The difference between neighbours along `dim`, `n` times over.

    `prepend` and `append` are joined to `input` first. Of booleans, whether they differ. ShapeError
    for a single number.

    >>> tg.tensor([1, 4, 9]).diff()
    tensor([3, 5])
    """

def dist(input: Tensor, other: Operand, p: builtins.float = 2) -> Tensor:
    """The norm of ``input - other``. The two broadcast; the norm is a single number.

    >>> tg.dist(tg.tensor([3.0, 4.0]), tg.zeros(2))
    tensor(5.)
    """

from . import distributed as distributed

def div(
    input: Operand, other: Operand, *, rounding_mode: str | None = None, out: Tensor | None = None
) -> Tensor:
    """``input / other``, element by element, broadcasting.

    The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
    become float32, unless they are rounded. ArgumentError for another mode.

    >>> tg.tensor([7, -7]).div(2, rounding_mode="floor")
    tensor([ 3, -4])
    """

def divide(
    input: Operand, other: Operand, *, rounding_mode: str | None = None, out: Tensor | None = None
) -> Tensor:
    """``input / other``, element by element, broadcasting.

    The quotient is rounded down by the `rounding_mode` "floor", towards 0 by "trunc". Integers
    become float32, unless they are rounded. ArgumentError for another mode.

    >>> tg.tensor([7, -7]).div(2, rounding_mode="floor")
    tensor([ 3, -4])
    """

def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of the products of two vectors' elements.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.dot(x, x)
    tensor(14.)
    """

double: DType
"""``dtype('float64')``"""

def dsplit(input: Tensor, indices_or_sections: Places) -> tuple[Tensor, ...]:
    """Equal parts, or parts cut at indices, one behind the other: along dimension 2.

    >>> tg.zeros(1, 1, 4).dsplit(2)[0].shape
    (1, 1, 2)
    """

def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """One behind the other: joined along dimension 2.

    >>> tg.dstack([tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0])])
    tensor([[[1., 3.],
             [2., 4.]]])
    """

from numpy import dtype as dtype
from math import e as e

def einsum(
    equation: str | Tensor,
    *operands: Tensor | Sequence[Tensor] | Sequence[builtins.int | EllipsisType],
) -> Tensor:
    """Products summed over the dimensions that are not named behind the arrow: "ij,jk->ik".

    Without an arrow the result has the dimensions that are named once, in the order of the
    alphabet. "..." stands for any others, which broadcast; a name that is repeated in one operand
    for its diagonal. ``einsum(a, [0, 1], b, [1, 2], [0, 2])`` says the same with numbers.
    ArgumentError for an equation that names what is not there, or the same twice in the result.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.einsum("ij,j->i", a, tg.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """

def empty(
    *shape: Sizes,
    size: Sizes | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """A Tensor of this size, for what is yet to be written into it.

    (It holds 0 everywhere: memory with unknown contents would be only a little faster.)

    >>> tg.empty(2, 3).shape
    (2, 3)
    """

def empty_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """0 everywhere, as `empty` gives, in the shape of `input`.

    >>> tg.empty_like(tg.tensor([1.0, 2.0, 3.0])).shape
    (3,)
    """

from tinygrad_lr.modes import enable_grad as enable_grad

def eq(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Whether they are equal, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).eq(2)
    tensor([False,  True])
    """

def equal(input: Tensor, other: Tensor) -> builtins.bool:
    """Whether both have the same shape and the same elements. (nan equals nothing.)

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.equal(x, x.clone())
    True
    """

def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``2 / sqrt(pi)`` times the integral of e**-t**2 up to x, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).erf()
    tensor([0.0000, 0.8427])
    """

def erf_(input: Tensor) -> Tensor:
    """In place, and returned: ``2 / sqrt(pi)`` times the integral of e**-t**2 up to x, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).erf_()
    tensor([0.0000, 0.8427])
    """

def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``1 - erf(x)``, precise also near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).erfc()
    tensor([1.0000, 0.1573])
    """

def erfc_(input: Tensor) -> Tensor:
    """In place, and returned: ``1 - erf(x)``, precise also near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).erfc_()
    tensor([1.0000, 0.1573])
    """

def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of erf, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.8427]).erfinv()
    tensor([0.0000, 1.0000])
    """

from . import errors as errors

def exp(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``e ** x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).exp()
    tensor([1.0000, 2.7183])
    """

def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``2 ** x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 3.0]).exp2()
    tensor([1., 8.])
    """

def exp2_(input: Tensor) -> Tensor:
    """In place, and returned: ``2 ** x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 3.0]).exp2_()
    tensor([1., 8.])
    """

def exp_(input: Tensor) -> Tensor:
    """In place, and returned: ``e ** x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).exp_()
    tensor([1.0000, 2.7183])
    """

from tinygrad_lr.functions import expand as expand

def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``e**x - 1``, precise near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).expm1()
    tensor([0.0000, 1.7183])
    """

def expm1_(input: Tensor) -> Tensor:
    """In place, and returned: ``e**x - 1``, precise near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).expm1_()
    tensor([0.0000, 1.7183])
    """

def eye(
    n: builtins.int,
    m: builtins.int | None = None,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """1 on the diagonal, 0 elsewhere: a matrix (n, m), or (n, n).

    OutOfMemoryError if it has no room.

    >>> tg.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """

def fill_(self: Tensor, value: object) -> Tensor:
    """Set all elements to `value`, a number or a Tensor that broadcasts, in place.

    >>> tg.tensor([1.0, 2.0, 3.0]).fill_(7)
    tensor([7., 7., 7.])
    """

from tinygrad_lr.more.limits import finfo as finfo

def fix(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Without what is behind the point, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).trunc()
    tensor([ 1., -1.])
    """

def fix_(input: Tensor) -> Tensor:
    """In place, and returned: Without what is behind the point, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).trunc()
    tensor([ 1., -1.])
    """

from tinygrad_lr.functions import flatten as flatten

def flip(input: Tensor, *order: Sizes, dims: Sizes | None = None) -> Tensor:
    """With the entries in reverse order along some dimensions: a copy.

    >>> tg.tensor([1.0, 2.0, 3.0]).flip(0)
    tensor([3., 2., 1.])
    """

def fliplr(input: Tensor) -> Tensor:
    """With the columns in reverse order. ShapeError for a vector.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).fliplr()
    tensor([[2., 1.],
            [4., 3.]])
    """

def flipud(input: Tensor) -> Tensor:
    """With the rows in reverse order. ShapeError for a single number.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).flipud()
    tensor([[3., 4.],
            [1., 2.]])
    """

float: DType
"""``dtype('float32')``"""
float16: DType
"""``dtype('float16')``"""
float32: DType
"""``dtype('float32')``"""
float64: DType
"""``dtype('float64')``"""

def float_power(input: Operand, exponent: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input ** exponent``, in float64.

    >>> tg.float_power(tg.tensor([2, 3]), 2)
    tensor([4., 9.], dtype=float64)
    """

def floor(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The integer at or below it, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).floor()
    tensor([ 1., -2.])
    """

def floor_(input: Tensor) -> Tensor:
    """In place, and returned: The integer at or below it, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).floor_()
    tensor([ 1., -2.])
    """

def floor_divide(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input / other``, rounded down, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

    >>> tg.tensor([7.0, -7.0]).floor_divide(2)
    tensor([ 3., -4.])
    """

def fmax(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger of each pair of elements; of a number and nan, the number.

    >>> tg.fmax(tg.tensor([1.0, float("nan")]), tg.tensor(0.5))
    tensor([1.0000, 0.5000])
    """

def fmin(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller of each pair of elements; of a number and nan, the number.

    >>> tg.fmin(tg.tensor([1.0, float("nan")]), tg.tensor(0.5))
    tensor([0.5000, 0.5000])
    """

def fmod(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """What is left of `input` after division by `other`, with the sign of `input`; they broadcast.

    Integers give integers; ArgumentError if one is divided by 0.

    >>> tg.tensor([-3.0, 5.5]).fmod(2)
    tensor([-1.0000,  1.5000])
    """

def frac(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """What is behind the point, with the sign of the element. DtypeError for integers.

    >>> tg.tensor([1.5, -0.25]).frac()
    tensor([ 0.5000, -0.2500])
    """

def frac_(input: Tensor) -> Tensor:
    """In place, and returned: What is behind the point, with the sign of the element. DtypeError for integers.

    >>> tg.tensor([1.5, -0.25]).frac_()
    tensor([ 0.5000, -0.2500])
    """

def from_dlpack(
    ext_tensor: Any, *, device: str | None = None, copy: builtins.bool | None = None
) -> Tensor:
    """A Tensor on the *same memory* as an array of another library: PyTorch's, for instance.

    With `copy`, or on another `device`, on memory of its own; ArgumentError if `copy` is False and
    another device is asked for. Raises TypeError for what is no such array, or holds no numbers
    that a Tensor can hold, ExportError (a BufferError) for memory that cannot be shared.

    >>> tg.from_dlpack(np.ones(2))
    tensor([1., 1.], dtype=float64)
    """

def from_numpy(array: np.ndarray) -> Tensor:
    """A Tensor on the *same memory* as a NumPy array: a change in one shows in the other.

    TypeError for what is no array. Its shape and dtype are those of the array.

    >>> tg.from_numpy(np.ones(2))
    tensor([1., 1.], dtype=float64)
    """

def full(
    size: Sizes,
    fill_value: Number,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """`fill_value` everywhere; an integer gives int64 and a bool gives bool, as in PyTorch.

    >>> tg.full((2,), 7.0)
    tensor([7., 7.])
    """

def full_like(
    input: Tensor,
    fill_value: Number,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """`fill_value` everywhere, in the shape of `input`.

    >>> tg.full_like(tg.tensor([1.0, 2.0, 3.0]), 7)
    tensor([7., 7., 7.])
    """

def gather(input: Tensor, dim: builtins.int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """One entry for each element of `index`: for ``dim=0``, ``out[i][j] = input[index[i][j]][j]``.

    The result has the shape of `index`, which has as many dimensions as `input`. Raises ShapeError,
    PlaceError (an IndexError), or TypeError if `index` does not hold integers.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).gather(1, tg.tensor([[1], [0]]))
    tensor([[2.],
            [3.]])
    """

def ge(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input >= other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).ge(2)
    tensor([False,  True])
    """

def ger(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """All products of an element of one vector (n,) with one of another (m,): (n, m).

    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.],
            [2., 4., 6.]])
    """

from tinygrad_lr.device import default_device as get_default_device
from tinygrad_lr.dtypes import default_dtype as get_default_dtype
from tinygrad_lr.more.threads import get_num_threads as get_num_threads
from tinygrad_lr.printing import get_printoptions as get_printoptions
from tinygrad_lr.random import get_rng_state as get_rng_state
from tinygrad_lr.gradients.gradcheck import gradcheck as gradcheck

def greater(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input > other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([2.0, 3.0]).gt(2)
    tensor([False,  True])
    """

def greater_equal(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input >= other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).ge(2)
    tensor([False,  True])
    """

def gt(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input > other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([2.0, 3.0]).gt(2)
    tensor([False,  True])
    """

half: DType
"""``dtype('float16')``"""

def heaviside(input: Tensor, values: Tensor, *, out: Tensor | None = None) -> Tensor:
    """0 where `input` is negative, 1 where it is positive, `values` where it is 0.

    The two broadcast, and have one dtype. DtypeError if not.

    >>> tg.tensor([-1.0, 0.0, 2.0]).heaviside(tg.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """

def histc(
    input: Tensor,
    bins: builtins.int = 100,
    min: builtins.float = 0,
    max: builtins.float = 0,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """How many elements are in each of `bins` equal intervals from `min` to `max`, as floats.

    If these are equal, from the smallest element to the largest. Others are not counted.
    ArgumentError for no bins, or if `min` is above `max`.

    >>> tg.tensor([1.0, 2.0, 3.0]).histc(bins=2, min=0, max=4)
    tensor([1., 2.])
    """

def histogram(
    input: Tensor,
    bins: builtins.int | Tensor = 100,
    *,
    range: tuple[builtins.float, builtins.float] | None = None,
    weight: Tensor | None = None,
    density: builtins.bool = False,
) -> return_types.histogram:
    """How many elements are between each edge and the next: ``(hist, bin_edges)``.

    `bins` are the edges, or how many intervals, all equal, in `range`, or from the smallest element
    to the largest. With `weight`, the sum of the weights; with `density`, divided by their sum, and
    by the interval's length. DtypeError for integers, ShapeError for weights of another shape,
    ArgumentError for edges that do not increase.

    >>> tg.tensor([1.0, 2.0, 3.0]).histogram(2, range=(0.0, 4.0)).hist
    tensor([1., 2.])
    """

def hsplit(input: Tensor, indices_or_sections: Places) -> tuple[Tensor, ...]:
    """Equal parts, or parts cut at indices, side by side: along dimension 1, of a vector 0.

    >>> tg.tensor([1.0, 2.0, 3.0]).hsplit([1])
    (tensor([1.]), tensor([2., 3.]))
    """

def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Side by side: joined along dimension 1, vectors along 0.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.hstack([x, x])
    tensor([1., 2., 3., 1., 2., 3.])
    """

def hypot(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``sqrt(input**2 + other**2)``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([3.0]).hypot(tg.tensor([4.0]))
    tensor([5.])
    """

from tinygrad_lr.more.limits import iinfo as iinfo

def index_add(
    input: Tensor,
    dim: builtins.int,
    index: Tensor,
    source: Tensor,
    *,
    alpha: builtins.float = 1,
    out: Tensor | None = None,
) -> Tensor:
    """`input`, with each entry of `source` along `dim`, times `alpha`, added where `index` says.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.index_add(0, tg.tensor([0, 0]), tg.tensor([10.0, 20.0]))
    tensor([31.,  2.,  3.])
    """

def index_copy(
    input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, *, out: Tensor | None = None
) -> Tensor:
    """`input`, with each entry of `source` along `dim` where `index` says.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_copy(0, tg.tensor([0]), tg.tensor([9.0]))
    tensor([9., 2., 3.])
    """

def index_fill(input: Tensor, dim: builtins.int, index: Tensor, value: Operand) -> Tensor:
    """`input`, with a number in all of the entries along `dim` that `index` names.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_fill(0, tg.tensor([0, 2]), 9.0)
    tensor([9., 2., 9.])
    """

def index_put(
    input: Tensor, indices: Sequence[Tensor], values: Tensor, accumulate: builtins.bool = False
) -> Tensor:
    """`input`, but with ``input[indices] = values``; or ``+=``, if it is to `accumulate`.

    The result has the shape and dtype of `input`. TypeError if `indices` is no tuple of Tensors.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_put((tg.tensor([0]),), tg.tensor(9.0))
    tensor([9., 2., 3.])
    """

def index_put_(
    input: Tensor, indices: Sequence[Tensor], values: Tensor, accumulate: builtins.bool = False
) -> Tensor:
    """In place, and returned: `input`, but with ``input[indices] = values``; or ``+=``, if it is to `accumulate`.

    The result has the shape and dtype of `input`. TypeError if `indices` is no tuple of Tensors.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_put_((tg.tensor([0]),), tg.tensor(9.0))
    tensor([9., 2., 3.])
    """

def index_select(
    input: Tensor, dim: builtins.int, index: Tensor, *, out: Tensor | None = None
) -> Tensor:
    """The entries of `input` along `dim` that `index`, a vector of integers, names; in its order.

    Raises PlaceError (an IndexError), or TypeError if `index` does not hold integers.

    >>> tg.tensor([1.0, 2.0, 3.0]).index_select(0, tg.tensor([2, 0]))
    tensor([3., 1.])
    """

from math import inf as inf
from tinygrad_lr.modes import inference_mode as inference_mode
from tinygrad_lr.random import initial_seed as initial_seed

def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sums over the last dimension of both; of a single number, the product.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.inner(x, x)
    tensor(14.)
    """

int: DType
"""``dtype('int32')``"""
int16: DType
"""``dtype('int16')``"""
int32: DType
"""``dtype('int32')``"""
int64: DType
"""``dtype('int64')``"""
int8: DType
"""``dtype('int8')``"""

def inverse(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of a square matrix. SingularError (a RuntimeError) if there is none.

    To solve A X = B use solve(A, B), which is more precise.

    >>> tg.linalg.inv(tg.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """

from tinygrad_lr.device import is_available as is_available

def is_complex(input: Tensor) -> builtins.bool:
    """False: there are no complex numbers here.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_complex()
    False
    """

def is_floating_point(input: Tensor) -> builtins.bool:
    """Whether a Tensor holds floats.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_floating_point()
    True
    """

from tinygrad_lr.modes import is_grad_enabled as is_grad_enabled

def is_inference(input: Tensor) -> builtins.bool:
    """False: what is made in inference_mode() is a constant as any other here.

    >>> tg.tensor([1.0, 2.0, 3.0]).is_inference()
    False
    """

from tinygrad_lr.modes import is_inference_mode_enabled as is_inference_mode_enabled

def is_nonzero(input: Tensor) -> builtins.bool:
    """Whether the one element of a Tensor is not 0. ArgumentError if there are more, or none.

    >>> tg.is_nonzero(tg.tensor(0.0))
    False
    """

def is_tensor(obj: object) -> builtins.bool:
    """Whether `obj` is a Tensor.

    >>> tg.is_tensor([1.0])
    False
    """

def isclose(
    input: Tensor,
    other: Tensor,
    rtol: builtins.float = 1e-05,
    atol: builtins.float = 1e-08,
    equal_nan: builtins.bool = False,
) -> Tensor:
    """Whether ``|input - other| <= atol + rtol * |other|``, for each pair of elements.

    With `equal_nan`, nan is close to nan. DtypeError for Tensors of different dtypes.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.isclose(x, x + 1e-9)
    tensor([True, True, True])
    """

from tinygrad_lr.functions import isfinite as isfinite

def isinf(input: Tensor) -> Tensor:
    """Whether it is infinite, of each element. `input` is of any shape, which the result has too.

    Gives bool. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 1e99]).isinf()
    tensor([False,  True])
    """

from tinygrad_lr.functions import isnan as isnan

def isneginf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether each element is minus infinity.

    >>> tg.isneginf(tg.tensor([1.0, -float("inf")]))
    tensor([False,  True])
    """

def isposinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether each element is infinity.

    >>> tg.isposinf(tg.tensor([1.0, float("inf")]))
    tensor([False,  True])
    """

def isreal(input: Tensor) -> Tensor:
    """True for each element: there are no complex numbers here.

    >>> tg.isreal(tg.tensor([1.0, 2.0, 3.0]))
    tensor([True, True, True])
    """

from . import jit as jit

def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Kronecker's product: `other` times each element of `input`, laid out as these lie.

    >>> tg.kron(tg.eye(2), tg.tensor([1.0, 2.0]))
    tensor([[1., 2., 0., 0.],
            [0., 0., 1., 2.]])
    """

def kthvalue(
    input: Tensor,
    k: builtins.int,
    dim: builtins.int = -1,
    keepdim: builtins.bool = False,
    *,
    axis: builtins.int = ...,
    keepdims: builtins.bool = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.kthvalue:
    """The `k`-th smallest element along `dim`, counted from 1, and where it is.

    >>> tg.tensor([3.0, 1.0, 2.0]).kthvalue(2).values
    tensor(2.)
    """

def le(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input <= other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([2.0, 3.0]).le(2)
    tensor([ True, False])
    """

def lerp(input: Tensor, end: Tensor, weight: Operand, *, out: Tensor | None = None) -> Tensor:
    """The point between `input` (where `weight` is 0) and `end` (where it is 1).

    `weight` is a number, or a Tensor of one for each element. All are floats of one dtype.
    DtypeError if not.

    >>> tg.lerp(tg.zeros(3), tg.tensor([1.0, 2.0, 3.0]), 0.5)
    tensor([0.5000, 1.0000, 1.5000])
    """

def less(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input < other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).lt(2)
    tensor([ True, False])
    """

def less_equal(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input <= other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([2.0, 3.0]).le(2)
    tensor([ True, False])
    """

from . import linalg as linalg

def linspace(
    start: builtins.float,
    end: builtins.float,
    steps: builtins.int,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """`steps` numbers from `start` to `end`, equally far apart; NumberError if these do not fit.

    >>> tg.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """

from tinygrad_lr.serialization import load as load

def log(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The natural logarithm, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).log()
    tensor([0.0000, 0.6931])
    """

def log10(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm to base 10, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 1000.0]).log10()
    tensor([0., 3.])
    """

def log10_(input: Tensor) -> Tensor:
    """In place, and returned: The logarithm to base 10, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 1000.0]).log10_()
    tensor([0., 3.])
    """

def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``log(1 + x)``, precise near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).log1p()
    tensor([0.0000, 0.6931])
    """

def log1p_(input: Tensor) -> Tensor:
    """In place, and returned: ``log(1 + x)``, precise near 0, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).log1p_()
    tensor([0.0000, 0.6931])
    """

def log2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm to base 2, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 8.0]).log2()
    tensor([0., 3.])
    """

def log2_(input: Tensor) -> Tensor:
    """In place, and returned: The logarithm to base 2, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 8.0]).log2_()
    tensor([0., 3.])
    """

def log_(input: Tensor) -> Tensor:
    """In place, and returned: The natural logarithm, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 2.0]).log_()
    tensor([0.0000, 0.6931])
    """

def log_softmax(
    input: Tensor,
    dim: builtins.int = ...,
    *,
    dtype: DTypeLike | None = None,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """``log(softmax(x))`` along `dim`, more precise than in two steps.

    >>> tg.tensor([1.0, 2.0, 3.0]).log_softmax(dim=0)
    tensor([-2.4076, -1.4076, -0.4076])
    """

def logaddexp(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``log(e**input + e**other)``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 0.0]).logaddexp(tg.tensor([1.0, 0.0]))
    tensor([1.6931, 0.6931])
    """

def logaddexp2(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``log2(2**input + 2**other)``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 0.0]).logaddexp2(tg.tensor([1.0, 0.0]))
    tensor([2., 1.])
    """

def logcumsumexp(
    input: Tensor, dim: builtins.int = ..., *, axis: builtins.int = ..., out: Tensor | None = None
) -> Tensor:
    """``log(cumsum(exp(input)))`` along `dim`, without overflow. DtypeError for integers.

    >>> tg.zeros(3).logcumsumexp(dim=0)
    tensor([0.0000, 0.6931, 1.0986])
    """

def logdet(A: Tensor) -> Tensor:
    """The logarithm of the determinant; nan if that is negative.

    (..., n, n) becomes (...). ShapeError for a matrix that is not square.

    >>> tg.logdet(2 * tg.eye(2))
    tensor(1.3863)
    """

def logical_and(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether both elements are true (not 0), broadcasting. Gives bool.

    >>> tg.tensor([0, 1]).logical_and(tg.tensor([2, 3]))
    tensor([False,  True])
    """

def logical_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether the element is false (0). Gives bool.

    >>> tg.tensor([0, 1]).logical_not()
    tensor([ True, False])
    """

def logical_or(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether at least one of the elements is true (not 0), broadcasting. Gives bool.

    >>> tg.tensor([0, 1]).logical_or(tg.tensor([0, 0]))
    tensor([False,  True])
    """

def logical_xor(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether one of the elements is true (not 0), and the other is not. Gives bool.

    >>> tg.tensor([0, 1]).logical_xor(tg.tensor([1, 1]))
    tensor([ True, False])
    """

def logit(input: Tensor, eps: builtins.float | None = None, *, out: Tensor | None = None) -> Tensor:
    """``log(input / (1 - input))``, the inverse of sigmoid; first brought to [eps, 1 - eps].

    Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([0.5, 0.9]).logit()
    tensor([0.0000, 2.1972])
    """

def logit_(input: Tensor, eps: builtins.float | None = None) -> Tensor:
    """In place, and returned: ``log(input / (1 - input))``, the inverse of sigmoid; first brought to [eps, 1 - eps].

    Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([0.5, 0.9]).logit_()
    tensor([0.0000, 2.1972])
    """

def logspace(
    start: builtins.float,
    end: builtins.float,
    steps: builtins.int,
    base: builtins.float = 10.0,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """`steps` powers of `base`, with exponents from `start` to `end`, equally far apart.

    (steps,), float32 unless `dtype` says another.

    >>> tg.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """

def logsumexp(
    input: Tensor,
    dim: Dims = ...,
    keepdim: builtins.bool = False,
    *,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """``log(sum(exp(input)))`` over `dim`, without overflow.

    >>> tg.tensor([1.0, 2.0, 3.0]).logsumexp(dim=0)
    tensor(3.4076)
    """

long: DType
"""``dtype('int64')``"""

def lt(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input < other``, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).lt(2)
    tensor([ True, False])
    """

from tinygrad_lr.random import manual_seed as manual_seed

def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """`input`, but `value`, a number, where `mask` (bool) is true. Both broadcast.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.masked_fill(x > 1.5, 0.0)
    tensor([1., 0., 0.])
    """

def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """`input`, but elements of `source`, one after the other, where `mask` (bool) is true.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.masked_scatter(x > 1.5, tg.tensor([8.0, 9.0]))
    tensor([1., 8., 9.])
    """

def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where `mask` (bool) is true, in one dimension: ``input[mask]``, broadcast.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> x.masked_select(x > 1.5)
    tensor([2., 3.])
    """

def matmul(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The matrix product of vectors, matrices, or batches of matrices, as NumPy's ``@``.

    (..., n, k) and (..., k, m) give (..., n, m). TypeError for a number, different dtypes, or
    booleans.

    >>> tg.matmul(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """

def matrix_power(input: Tensor, n: builtins.int, *, out: Tensor | None = None) -> Tensor:
    """A square matrix (or several) times itself, `n` in all; for n=0 ones along the diagonal.

    If `n` is negative, its inverse. ShapeError for a matrix that is not square.

    >>> tg.matrix_power(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), 2)
    tensor([[ 7., 10.],
            [15., 22.]])
    """

@overload
def max(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The largest element; along `dim`, ``(values, indices)``; of two Tensors, the maximum.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).max()
    tensor(3.)
    """

@overload
def max(
    input: Tensor,
    dim: builtins.int = ...,
    keepdim: builtins.bool = False,
    *,
    axis: builtins.int = ...,
    keepdims: builtins.bool = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.max:
    """The largest element; along `dim`, ``(values, indices)``; of two Tensors, the maximum.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).max()
    tensor(3.)
    """

@overload
def max(
    input: Tensor, dim: Tensor = ..., *, axis: Tensor = ..., out: Tensor | None = None
) -> Tensor:
    """The largest element; along `dim`, ``(values, indices)``; of two Tensors, the maximum.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).max()
    tensor(3.)
    """

def maximum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 4.0]).maximum(tg.tensor([3.0, 2.0]))
    tensor([3., 4.])
    """

def mean(
    input: Tensor,
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    axis: Dims = None,
    keepdims: builtins.bool = False,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The mean over `dim` (one, several, or all), computed in `dtype` if that is given.

    DtypeError for integers and booleans.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).mean(dim=0, keepdim=True)
    tensor([[2., 3.]])
    """

@overload
def median(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The element in the middle of the order, the lower one of two; nan, if there is one.

    Along `dim`: ``(values, indices)``. Without `dim`, elements that equal the median share the
    gradient.

    >>> tg.tensor([3.0, 1.0, 2.0]).median()
    tensor(2.)
    """

@overload
def median(
    input: Tensor,
    dim: builtins.int = ...,
    keepdim: builtins.bool = False,
    *,
    axis: builtins.int = ...,
    keepdims: builtins.bool = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.median:
    """The element in the middle of the order, the lower one of two; nan, if there is one.

    Along `dim`: ``(values, indices)``. Without `dim`, elements that equal the median share the
    gradient.

    >>> tg.tensor([3.0, 1.0, 2.0]).median()
    tensor(2.)
    """

from tinygrad_lr.creation.grids import meshgrid as meshgrid

@overload
def min(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smallest element; along `dim`, ``(values, indices)``; of two Tensors, the minimum.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).min()
    tensor(1.)
    """

@overload
def min(
    input: Tensor,
    dim: builtins.int = ...,
    keepdim: builtins.bool = False,
    *,
    axis: builtins.int = ...,
    keepdims: builtins.bool = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.min:
    """The smallest element; along `dim`, ``(values, indices)``; of two Tensors, the minimum.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).min()
    tensor(1.)
    """

@overload
def min(
    input: Tensor, dim: Tensor = ..., *, axis: Tensor = ..., out: Tensor | None = None
) -> Tensor:
    """The smallest element; along `dim`, ``(values, indices)``; of two Tensors, the minimum.

    Raises PlaceError (an IndexError) for no elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).min()
    tensor(1.)
    """

def minimum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 4.0]).minimum(tg.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """

def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two matrices, (n, k) and (k, m): (n, m). ShapeError for anything else.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.mm(a, a)
    tensor([[ 7., 10.],
            [15., 22.]])
    """

def mode(
    input: Tensor,
    dim: builtins.int = -1,
    keepdim: builtins.bool = False,
    *,
    axis: builtins.int = ...,
    keepdims: builtins.bool = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.mode:
    """The most frequent element along `dim`, the smallest if several are; and where its last is.

    >>> tg.tensor([1, 2, 2]).mode().values
    tensor(2)
    """

def moveaxis(input: Tensor, source: Sizes, destination: Sizes) -> Tensor:
    """The dimensions `source`, one or several, moved to `destination`; the others stay in order.

    ArgumentError unless both name equally many, each once.

    >>> tg.zeros(2, 3, 4).movedim(0, -1).shape
    (3, 4, 2)
    """

def movedim(input: Tensor, source: Sizes, destination: Sizes) -> Tensor:
    """The dimensions `source`, one or several, moved to `destination`; the others stay in order.

    ArgumentError unless both name equally many, each once.

    >>> tg.zeros(2, 3, 4).movedim(0, -1).shape
    (3, 4, 2)
    """

def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements along the first dimension from the smallest to the largest.

    >>> tg.tensor([3.0, 1.0, 2.0]).msort()
    tensor([1., 2., 3.])
    """

def mul(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input * other``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).mul(tg.tensor([3.0, 4.0]))
    tensor([3., 8.])
    """

def multinomial(
    input: Tensor,
    num_samples: builtins.int,
    replacement: builtins.bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Places in `input`, (n,) or (rows, n), each as likely as its value is large.

    Returns int64 of shape (num_samples,), or (rows, num_samples). The values, floats >= 0, need not
    sum to 1. Without `replacement` all places of a row are different. Raises ArgumentError,
    ShapeError or DtypeError for what is no distribution, or has not so many places.

    >>> tg.multinomial(tg.tensor([0.0, 1.0]), 1)
    tensor([1])
    """

def multiply(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input * other``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).mul(tg.tensor([3.0, 4.0]))
    tensor([3., 8.])
    """

def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of a matrix (n, k) with a vector (k,): (n,).

    >>> tg.mv(tg.tensor([[1.0, 2.0], [3.0, 4.0]]), tg.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """

from math import nan as nan

def nan_to_num(
    input: Tensor,
    nan: builtins.float = 0.0,
    posinf: builtins.float | None = None,
    neginf: builtins.float | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """`input` with other numbers in the place of nan, infinity and minus infinity.

    The last two, unless they are given, are the largest and the smallest number that the dtype has.

    >>> tg.tensor([1.0, float("nan")]).nan_to_num(nan=0.0)
    tensor([1., 0.])
    """

def nan_to_num_(
    input: Tensor,
    nan: builtins.float = 0.0,
    posinf: builtins.float | None = None,
    neginf: builtins.float | None = None,
) -> Tensor:
    """In place, and returned: `input` with other numbers in the place of nan, infinity and minus infinity.

    The last two, unless they are given, are the largest and the smallest number that the dtype has.

    >>> tg.tensor([1.0, float("nan")]).nan_to_num_(nan=0.0)
    tensor([1., 0.])
    """

def nanmean(
    input: Tensor,
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The mean over `dim` of all elements that are not nan. DtypeError for integers.

    >>> tg.tensor([1.0, float("nan")]).nanmean()
    tensor(1.)
    """

@overload
def nanmedian(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The median of those elements that are not nan: see median.

    >>> tg.tensor([1.0, float("nan")]).nanmedian()
    tensor(1.)
    """

@overload
def nanmedian(
    input: Tensor,
    dim: builtins.int = ...,
    keepdim: builtins.bool = False,
    *,
    axis: builtins.int = ...,
    keepdims: builtins.bool = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.nanmedian:
    """The median of those elements that are not nan: see median.

    >>> tg.tensor([1.0, float("nan")]).nanmedian()
    tensor(1.)
    """

def nanquantile(
    input: Tensor,
    q: builtins.float | Tensor,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
    axis: builtins.int | None = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The quantile of those elements that are not nan: see quantile.

    >>> tg.tensor([1.0, float("nan")]).nanquantile(0.5)
    tensor(1.)
    """

def nansum(
    input: Tensor,
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The sum over `dim` of all elements that are not nan.

    >>> tg.tensor([1.0, float("nan")]).nansum()
    tensor(1.)
    """

def narrow(
    input: Tensor, dim: builtins.int, start: builtins.int | Tensor, length: builtins.int
) -> Tensor:
    """The `length` entries from number `start` on along `dim`.

    PlaceError or ArgumentError for entries that are not there.

    >>> tg.tensor([1.0, 2.0, 3.0]).narrow(0, 1, 2)
    tensor([2., 3.])
    """

def ne(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Whether they differ, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).ne(2)
    tensor([ True, False])
    """

def neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``-x``, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).neg()
    tensor([-1.,  2.])
    """

def neg_(input: Tensor) -> Tensor:
    """In place, and returned: ``-x``, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).neg_()
    tensor([-1.,  2.])
    """

def negative(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``-x``, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).neg()
    tensor([-1.,  2.])
    """

def negative_(input: Tensor) -> Tensor:
    """In place, and returned: ``-x``, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -2.0]).neg()
    tensor([-1.,  2.])
    """

newaxis: builtins.NoneType
from . import nn as nn
from tinygrad_lr.modes import no_grad as no_grad

@overload
def nonzero(
    input: Tensor, *, as_tuple: Literal[False] = False, out: Tensor | None = None
) -> Tensor:
    """Where the elements that are not 0 are: one row for each, (how many, dimensions) int64.

    With `as_tuple` a vector for each dimension instead: what stands between brackets, x[...].

    >>> tg.tensor([0, 5, 7]).nonzero()
    tensor([[1],
            [2]])
    """

@overload
def nonzero(
    input: Tensor, *, as_tuple: Literal[True], out: tuple[Tensor, ...] | list[Tensor] | None = None
) -> tuple[Tensor, ...]:
    """Where the elements that are not 0 are: one row for each, (how many, dimensions) int64.

    With `as_tuple` a vector for each dimension instead: what stands between brackets, x[...].

    >>> tg.tensor([0, 5, 7]).nonzero()
    tensor([[1],
            [2]])
    """

def norm(
    input: Tensor,
    p: builtins.float | str | None = "fro",
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """``sum(abs(input) ** p) ** (1 / p)`` over `dim` (one, several, or all); "fro" is 2.

    "nuc" is that of linalg.matrix_norm.

    Its gradient at 0 is 0.

    >>> tg.tensor([3.0, 4.0]).norm()
    tensor(5.)
    """

def normal(
    mean: Tensor | builtins.float,
    std: Tensor | builtins.float = 1.0,
    size: Sizes | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """Random numbers, Gaussian with this mean and standard deviation.

    In the shape `size`, for two numbers; or, if one of them is a Tensor, a number for each of its
    elements, in the shape to which both broadcast; then of its dtype, and its gradient is 0.
    ArgumentError for a negative `std`, TypeError for two numbers and no size, ShapeError for
    Tensors that do not broadcast.

    >>> tg.normal(0.0, 1.0, size=(2, 3)).shape
    (2, 3)
    """

def not_equal(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Whether they differ, as bool, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 2.0]).ne(2)
    tensor([ True, False])
    """

def numel(input: Tensor) -> builtins.int:
    """The number of elements.

    >>> tg.zeros(2, 3).numel()
    6
    """

def ones(
    *shape: Sizes,
    size: Sizes | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """1 everywhere.

    Of sizes, ``ones(2, 3)`` or ``ones((2, 3))``: float32, unless `dtype` says another. ShapeError
    for a negative size.

    >>> tg.ones(2, 3)
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """

def ones_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """1 everywhere, in the shape of `input`.

    >>> tg.ones_like(tg.tensor([1.0, 2.0, 3.0]))
    tensor([1., 1., 1.])
    """

from . import ops as ops
from . import optim as optim

def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """All products of an element of one vector (n,) with one of another (m,): (n, m).

    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0, 3.0]))
    tensor([[1., 2., 3.],
            [2., 4., 6.]])
    """

from tinygrad_lr.nn.distances import pairwise_distance as pairwise_distance
from tinygrad_lr.functions import permute as permute
from math import pi as pi

def pinverse(input: Tensor, rcond: builtins.float = 1e-15) -> Tensor:
    """The pseudoinverse: see linalg.pinv, of which `rcond` is the rtol.

    (..., n, m) becomes (..., m, n).

    >>> tg.pinverse(tg.tensor([[2.0, 0.0], [0.0, 0.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """

def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Random counts, each Poisson with the rate that `input`, of floats, holds: in its dtype.

    ArgumentError for a negative rate.

    >>> tg.poisson(tg.zeros(2))
    tensor([0., 0.])
    """

def positive(input: Tensor) -> Tensor:
    """`input` itself. DtypeError for booleans.

    >>> tg.positive(tg.tensor([1.0, 2.0, 3.0]))
    tensor([1., 2., 3.])
    """

def pow(input: Operand, exponent: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input ** exponent``, element by element, broadcasting.

    Raises ArgumentError for integers with a negative exponent, DtypeError for booleans.

    >>> tg.tensor([1.0, 2.0, 3.0]).pow(2)
    tensor([1., 4., 9.])
    """

from tinygrad_lr.nn.activation_functions import prelu as prelu
from tinygrad_lr.layouts import preserve_format as preserve_format
from tinygrad_lr.printing import printoptions as printoptions

def prod(
    input: Tensor,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: DTypeLike | None = None,
    axis: builtins.int | None = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The product of all elements, or along `dim`. Integers and booleans give int64.

    >>> tg.tensor([1.0, 2.0, 3.0]).prod()
    tensor(6.)
    """

from tinygrad_lr.more.limits import promote_types as promote_types

def put(input: Tensor, index: Tensor, source: Tensor, accumulate: builtins.bool = False) -> Tensor:
    """`input`, but with the elements of `source` at these places of ``input.ravel()``.

    The result has the shape of `input`. PlaceError unless `index` and `source` have as many
    elements.

    >>> tg.tensor([1.0, 2.0, 3.0]).put(tg.tensor([0]), tg.tensor([9.0]))
    tensor([9., 2., 3.])
    """

def quantile(
    input: Tensor,
    q: builtins.float | Tensor,
    dim: builtins.int | None = None,
    keepdim: builtins.bool = False,
    *,
    interpolation: str = "linear",
    axis: builtins.int | None = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The number below which a share `q`, from 0 to 1, of the elements lies, of all or along `dim`.

    `q` may be a vector: the result then has one more dimension, in front. Between two elements
    `interpolation` decides: "linear", "lower", "higher", "midpoint" or "nearest". If there is a
    nan, it is nan.

    >>> tg.tensor([1.0, 2.0, 3.0]).quantile(0.5)
    tensor(2.)
    """

def rad2deg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Radians as degrees. Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([3.14159]).rad2deg()
    tensor([179.9999])
    """

def rad2deg_(input: Tensor) -> Tensor:
    """In place, and returned: Radians as degrees. Of any shape, which the result has too. Integers become float32.

    >>> tg.tensor([3.14159]).rad2deg_()
    tensor([179.9999])
    """

def rand(
    *shape: Sizes,
    size: Sizes | None = None,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """Random numbers, equally likely in [0, 1).

    Of sizes, ``rand(2, 3)`` or ``rand((2, 3))``: float32, unless `dtype` says another. ShapeError
    for a negative size.

    >>> tg.rand(2, 3).shape
    (2, 3)
    """

def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """Random numbers, equally likely in [0, 1), in the shape of `input`.

    >>> tg.rand_like(tg.tensor([1.0, 2.0, 3.0])).shape
    (3,)
    """

def randint(
    low: builtins.int = 0,
    high: Sizes | None = None,
    size: Sizes | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """Random integers, equally likely, from `low` up to, not including, `high`: int64.

    ``randint(high, size)`` begins at 0. Raises NumberError if `dtype` cannot hold all of them.

    >>> tg.randint(0, 10, (2, 3)).shape
    (2, 3)
    """

def randint_like(
    input: Tensor,
    low: builtins.int = 0,
    high: builtins.int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """Random integers, from `low` up to, not including, `high`; or from 0 up to `low`.

    >>> tg.randint_like(tg.tensor([1.0, 2.0, 3.0]), 10).shape
    (3,)
    """

def randn(
    *shape: Sizes,
    size: Sizes | None = None,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """Random numbers, Gaussian with mean 0 and standard deviation 1.

    Of sizes, ``randn(2, 3)`` or ``randn((2, 3))``: float32, unless `dtype` says another. ShapeError
    for a negative size.

    >>> tg.randn(2, 3).shape
    (2, 3)
    """

def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """Random numbers, Gaussian with mean 0 and deviation 1, in the shape of `input`.

    >>> tg.randn_like(tg.tensor([1.0, 2.0, 3.0])).shape
    (3,)
    """

from . import random as random

def randperm(
    n: builtins.int,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """The numbers 0 to n - 1 in random order, int64.

    >>> tg.randperm(4).sort().values
    tensor([0, 1, 2, 3])
    """

def range(
    start: Number,
    end: Number | None = None,
    step: Number = 1,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """``start, start + step, ...`` up to `end`, which is included, as floats. (See arange.)

    >>> tg.arange(1, 3), tg.range(1, 3)
    (tensor([1, 2]), tensor([1., 2., 3.]))
    """

def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).ravel()
    tensor([1., 2., 3., 4.])
    """

def reciprocal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``1 / x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 4.0]).reciprocal()
    tensor([1.0000, 0.2500])
    """

def reciprocal_(input: Tensor) -> Tensor:
    """In place, and returned: ``1 / x``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 4.0]).reciprocal_()
    tensor([1.0000, 0.2500])
    """

from tinygrad_lr.functions import relu as relu
from tinygrad_lr.nn.activation_functions import relu_ as relu_

def remainder(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """What is left of ``input / other``, with the sign of `other`, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, ArgumentError for an integer by 0, TypeError for what is nothing to compute with.

    >>> tg.tensor([7.0, -7.0]).remainder(3)
    tensor([1., 2.])
    """

def repeat_interleave(
    input: Tensor,
    repeats: builtins.int | Tensor,
    dim: builtins.int | None = None,
    *,
    output_size: builtins.int | None = None,
    axis: builtins.int | None = ...,
) -> Tensor:
    """Each entry along `dim` (of all elements, without it) so often: one number, or one for each.

    ``repeat_interleave(tensor([1, 2]), 2)`` is 1, 1, 2, 2. ArgumentError unless they are integers
    >= 0, one or as many as there are entries.

    >>> tg.tensor([1.0, 2.0, 3.0]).repeat_interleave(2)
    tensor([1., 1., 2., 2., 3., 3.])
    """

from tinygrad_lr.functions import reshape as reshape
from tinygrad_lr.dtypes import result_type as result_type
from . import return_types as return_types
from tinygrad_lr.nn.layer_functions import rms_norm as rms_norm

def roll(input: Tensor, shifts: Sizes, dims: Sizes | None = None) -> Tensor:
    """The entries moved on by `shifts` along `dims`; what leaves at the end comes in in front.

    Without `dims`, all elements in a row. ArgumentError unless there are as many `shifts` as
    `dims`.

    >>> tg.tensor([1.0, 2.0, 3.0]).roll(1)
    tensor([3., 1., 2.])
    """

def rot90(input: Tensor, k: builtins.int = 1, dims: Sizes = ...) -> Tensor:
    """Turned by `k` times 90 degrees, from the first of two dimensions towards the second.

    ArgumentError unless `dims` names two.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).rot90()
    tensor([[2., 4.],
            [1., 3.]])
    """

def round(
    input: Tensor, *, decimals: builtins.int | None = None, out: Tensor | None = None
) -> Tensor:
    """Each element rounded to so many `decimals`; of two that are equally near, to the even one.

    With negative `decimals`, to tens, hundreds and so on. Integers stay what they are; DtypeError
    if they are to have `decimals`.

    >>> tg.tensor([0.5, 1.26]).round(decimals=1)
    tensor([0.5000, 1.3000])
    """

def round_(input: Tensor, *, decimals: builtins.int | None = None) -> Tensor:
    """In place, and returned: Each element rounded to so many `decimals`; of two that are equally near, to the even one.

    With negative `decimals`, to tens, hundreds and so on. Integers stay what they are; DtypeError
    if they are to have `decimals`.

    >>> tg.tensor([0.5, 1.26]).round_(decimals=1)
    tensor([0.5000, 1.3000])
    """

def row_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """One below the other: joined along dimension 0, vectors as rows.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.vstack([x, x])
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """

def rsqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``1 / sqrt(x)``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 4.0]).rsqrt()
    tensor([1.0000, 0.5000])
    """

def rsqrt_(input: Tensor) -> Tensor:
    """In place, and returned: ``1 / sqrt(x)``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, 4.0]).rsqrt_()
    tensor([1.0000, 0.5000])
    """

def rsub(input: Operand, other: Operand, *, alpha: builtins.float = 1) -> Tensor:
    """``other - alpha * input``. The two broadcast.

    >>> tg.rsub(tg.tensor([1.0, 2.0, 3.0]), 10)
    tensor([9., 8., 7.])
    """

from tinygrad_lr.serialization import save as save

def scalar_tensor(
    s: Number,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """One number as a Tensor of no dimensions, of the default dtype.

    >>> tg.scalar_tensor(2.5)
    tensor(2.5000)
    """

def scatter(
    input: Tensor,
    dim: builtins.int,
    index: Tensor,
    src: Operand | None = None,
    *,
    value: Operand | None = None,
    reduce: str | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """`input`, but for ``dim=0`` with ``out[index[i][j]][j] = src[i][j]``: the opposite of gather.

    Instead of `src`, a `value` for all. With ``reduce="add"`` it is added to what is there. Where
    several go to one place, the last one stays. The result has the shape and dtype of `input`.
    TypeError for both or neither, ArgumentError for another `reduce`, PlaceError for a place that
    is not there.

    >>> tg.zeros(3).scatter(0, tg.tensor([2]), tg.tensor([5.0]))
    tensor([0., 0., 5.])
    """

def scatter_add(
    input: Tensor, dim: builtins.int, index: Tensor, src: Tensor, *, out: Tensor | None = None
) -> Tensor:
    """`input`, for ``dim=0`` with ``out[index[i][j]][j] += src[i][j]``, as often as it is named.

    The result has the shape and dtype of `input`. PlaceError (an IndexError) for a place that is
    not there.

    >>> tg.zeros(3).scatter_add(0, tg.tensor([2, 2]), tg.ones(2))
    tensor([0., 0., 2.])
    """

def searchsorted(
    sorted_sequence: Tensor,
    input: Tensor | builtins.float,
    *,
    out_int32: builtins.bool = False,
    right: builtins.bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Where to insert each element of `input`, so that `sorted_sequence` stays sorted: int64.

    In front of equal ones; behind them if `right`, or `side` is "right". Of several sequences, the
    last dimension is one, and the others are those of `input`. `sorter` sorts a sequence that is
    not: what argsort gives. ArgumentError for another side, ShapeError for a sorter of another
    shape than the sequence.

    >>> tg.searchsorted(tg.tensor([1.0, 2.0, 3.0]), tg.tensor([0.5, 2.5]))
    tensor([0, 2])
    """

from tinygrad_lr.random import seed as seed

def select(input: Tensor, dim: builtins.int, index: builtins.int) -> Tensor:
    """The entry number `index` along `dim`, without that dimension: ``x.select(1, 2)``, x[:, 2].

    PlaceError (an IndexError) where there is none.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).select(dim=0, index=1)
    tensor([3., 4.])
    """

from tinygrad_lr.nn.activation_functions import selu as selu
from tinygrad_lr.nn.activation_functions import selu_ as selu_
from . import serialization as serialization
from tinygrad_lr.device import set_default_device as set_default_device
from tinygrad_lr.dtypes import set_default_dtype as set_default_dtype
from tinygrad_lr.modes import set_grad_enabled as set_grad_enabled
from tinygrad_lr.more.threads import set_num_threads as set_num_threads
from tinygrad_lr.printing import set_printoptions as set_printoptions
from tinygrad_lr.random import set_rng_state as set_rng_state

def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-1, 0 or 1: its sign, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.tensor([3.0, 0.0, -2.0]).sign()
    tensor([ 1.,  0., -1.])
    """

short: DType
"""``dtype('int16')``"""

def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``1 / (1 + e**-x)``, from 0 to 1, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sigmoid()
    tensor([0.5000, 0.7311])
    """

def sigmoid_(input: Tensor) -> Tensor:
    """In place, and returned: ``1 / (1 + e**-x)``, from 0 to 1, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sigmoid_()
    tensor([0.5000, 0.7311])
    """

def sign(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-1, 0 or 1: its sign, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. TypeError for what is no Tensor.

    >>> tg.tensor([3.0, 0.0, -2.0]).sign()
    tensor([ 1.,  0., -1.])
    """

def signbit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Whether it has a minus, of each element. `input` is of any shape, which the result has too.

    Gives bool. TypeError for what is no Tensor.

    >>> tg.tensor([1.0, -0.0]).signbit()
    tensor([False,  True])
    """

def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sine (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sin()
    tensor([0.0000, 0.8415])
    """

def sin_(input: Tensor) -> Tensor:
    """In place, and returned: The sine (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sin_()
    tensor([0.0000, 0.8415])
    """

def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``sin(pi * x) / (pi * x)``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).sinc()
    tensor([1.0000, 0.6366])
    """

def sinc_(input: Tensor) -> Tensor:
    """In place, and returned: ``sin(pi * x) / (pi * x)``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 0.5]).sinc_()
    tensor([1.0000, 0.6366])
    """

def sinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``(e**x - e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sinh()
    tensor([0.0000, 1.1752])
    """

def sinh_(input: Tensor) -> Tensor:
    """In place, and returned: ``(e**x - e**-x) / 2``, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).sinh_()
    tensor([0.0000, 1.1752])
    """

def slogdet(
    A: Tensor, *, out: tuple[Tensor, ...] | list[Tensor] | None = None
) -> return_types.slogdet:
    """The sign of the determinant, and the logarithm of its absolute value.

    (..., n, n) gives (...) and (...). ShapeError for a matrix that is not square.

    >>> tg.linalg.slogdet(tg.eye(2)).logabsdet
    tensor(0.)
    """

def softmax(
    input: Tensor,
    dim: builtins.int = ...,
    *,
    dtype: DTypeLike | None = None,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """``exp(x) / sum(exp(x))`` along `dim`: positive numbers that sum to 1.

    Computed in `dtype` if that is given. DtypeError for integers and booleans.

    >>> tg.tensor([1.0, 2.0, 3.0]).softmax(dim=0)
    tensor([0.0900, 0.2447, 0.6652])
    """

def sort(
    input: Tensor,
    dim: builtins.int = -1,
    descending: builtins.bool = False,
    *,
    stable: builtins.bool | None = None,
    axis: builtins.int = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.sort:
    """The elements along `dim` from the smallest to the largest, and where each was.

    If `descending`, from the largest. nan counts as the largest; equal elements keep their order,
    whether or not that is asked for (`stable`).

    >>> tg.tensor([3.0, 1.0, 2.0]).sort().values
    tensor([1., 2., 3.])
    """

from . import special as special

def split(
    tensor: Tensor,
    split_size_or_sections: Sizes,
    dim: builtins.int = 0,
    *,
    axis: builtins.int = ...,
) -> tuple[Tensor, ...]:
    """Parts along `dim`: of one size (the last one may be smaller), or of those in a list.

    ArgumentError for sizes that do not add up to that of the dimension.

    >>> tg.tensor([1.0, 2.0, 3.0]).split(2)
    (tensor([1., 2.]), tensor([3.]))
    """

def sqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The square root, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([4.0, 9.0]).sqrt()
    tensor([2., 3.])
    """

def sqrt_(input: Tensor) -> Tensor:
    """In place, and returned: The square root, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([4.0, 9.0]).sqrt_()
    tensor([2., 3.])
    """

def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """``input ** 2``. The shape and dtype stay (booleans become int64).

    >>> tg.tensor([1.0, 2.0, 3.0]).square()
    tensor([1., 4., 9.])
    """

def square_(input: Tensor) -> Tensor:
    """In place, and returned: ``input ** 2``. The shape and dtype stay (booleans become int64).

    >>> tg.tensor([1.0, 2.0, 3.0]).square_()
    tensor([1., 4., 9.])
    """

def squeeze(input: Tensor, dim: Dims = None, *, axis: Dims = ...) -> Tensor:
    """Without all dimensions of size 1, or without those of `dim` that have size 1.

    >>> tg.tensor([[1.0], [2.0]]).squeeze(1)
    tensor([1., 2.])
    """

def stack(
    tensors: Sequence[Tensor],
    dim: builtins.int = 0,
    *,
    axis: builtins.int = ...,
    out: Tensor | None = None,
) -> Tensor:
    """Tensors of one shape joined along a new dimension `dim`.

    >>> tg.stack([tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0])], dim=1)
    tensor([[1., 3.],
            [2., 4.]])
    """

def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
    *,
    correction: builtins.int | None = None,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The standard deviation over `dim`: the square root of var.

    >>> tg.tensor([1.0, 2.0, 3.0]).std()
    tensor(1.)
    """

def std_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
    *,
    correction: builtins.int | None = None,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean over `dim`: see std.

    >>> tg.std_mean(tg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """

from tinygrad_lr.layouts import strided as strided

def sub(
    input: Operand, other: Operand, *, alpha: builtins.float = 1, out: Tensor | None = None
) -> Tensor:
    """``input - alpha * other``, element by element, broadcasting.

    >>> tg.tensor([1.0, 2.0, 3.0]).sub(1, alpha=10)
    tensor([-9., -8., -7.])
    """

def subtract(
    input: Operand, other: Operand, *, alpha: builtins.float = 1, out: Tensor | None = None
) -> Tensor:
    """``input - alpha * other``, element by element, broadcasting.

    >>> tg.tensor([1.0, 2.0, 3.0]).sub(1, alpha=10)
    tensor([-9., -8., -7.])
    """

def sum(
    input: Tensor,
    dim: Dims = None,
    keepdim: builtins.bool = False,
    *,
    axis: Dims = None,
    keepdims: builtins.bool = False,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The sum over `dim` (one, several, or all). Integers and booleans give int64.

    With `keepdim`, the summed dimensions stay, with size 1. `axis` and `keepdims` are NumPy's names
    for the same.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=1)
    tensor([3., 7.])
    """

def swapaxes(input: Tensor, axis0: builtins.int, axis1: builtins.int) -> Tensor:
    """transpose: two dimensions exchanged.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).swapaxes(0, 1)
    tensor([[1., 3.],
            [2., 4.]])
    """

def swapdims(input: Tensor, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """Two dimensions exchanged.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).transpose(0, 1)
    tensor([[1., 3.],
            [2., 4.]])
    """

from tinygrad_lr.functions import t as t

def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements at these places of ``input.ravel()``, in the shape of `index`.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).take(tg.tensor([0, 3]))
    tensor([1., 4.])
    """

def take_along_dim(
    input: Tensor,
    indices: Tensor,
    dim: builtins.int | None = None,
    *,
    axis: builtins.int | None = ...,
    out: Tensor | None = None,
) -> Tensor:
    """gather, but that `input` and `indices` broadcast; without `dim`, of all elements in a row.

    ShapeError unless both have as many dimensions.

    >>> y = tg.tensor([3.0, 1.0, 2.0])
    >>> y.take_along_dim(y.argsort(), dim=0)
    tensor([1., 2., 3.])
    """

def tan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The tangent (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).tan()
    tensor([0.0000, 1.5574])
    """

def tan_(input: Tensor) -> Tensor:
    """In place, and returned: The tangent (in radians), of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).tan_()
    tensor([0.0000, 1.5574])
    """

def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic tangent, from -1 to 1, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).tanh()
    tensor([0.0000, 0.7616])
    """

def tanh_(input: Tensor) -> Tensor:
    """In place, and returned: The hyperbolic tangent, from -1 to 1, of each element. `input` is of any shape, which the result has too.

    Integers become float32. TypeError for what is no Tensor.

    >>> tg.tensor([0.0, 1.0]).tanh_()
    tensor([0.0000, 0.7616])
    """

def tensor(
    data: object,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    pin_memory: builtins.bool = False,
) -> Tensor:
    """A Tensor holding a copy of `data`: a number, nested lists, or an array, whose dtype it keeps.

    Python floats become float32, integers int64; what is in lists, numbers of NumPy's and arrays
    too, has one dtype in the end. Raises TypeError for what holds no numbers; ShapeError for lists
    of different lengths, NumberError for numbers too large for an integer `dtype`.

    >>> tg.tensor([[1, 2], [3, 4]], dtype=tg.float32)
    tensor([[1., 2.],
            [3., 4.]])
    """

def tensor_split(
    input: Tensor,
    indices_or_sections: Places | None = None,
    dim: builtins.int = 0,
    *,
    sections: builtins.int | None = None,
    indices: Places | None = None,
    axis: builtins.int = ...,
) -> tuple[Tensor, ...]:
    """Parts along `dim`: so many, nearly equally large, or cut before each index of a list.

    Either may be given by its own name. TypeError for neither.

    >>> tg.tensor([1.0, 2.0, 3.0]).tensor_split(2)
    (tensor([1., 2.]), tensor([3.]))
    """

def tensordot(
    a: Tensor,
    b: Tensor,
    dims: builtins.int | Sequence[builtins.int] | Sequence[Sequence[builtins.int]] | Tensor = 2,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """The sum over pairs of dimensions: the last `dims` of `a` with the first of `b`, or named.

    ``dims=([1, 0], [0, 1])`` pairs dimension 1 of `a` with 0 of `b`, and 0 of `a` with 1 of `b`.
    ArgumentError for `dims` that pair nothing, ShapeError for sizes that differ, DtypeError for
    booleans.

    >>> a = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tg.tensordot(a, a, dims=2)
    tensor(30.)
    """

from tinygrad_lr.nn.activation_functions import threshold as threshold
from tinygrad_lr.nn.activation_functions import threshold_ as threshold_

def tile(input: Tensor, *repeats: Sizes, dims: Sizes | None = None) -> Tensor:
    """repeat, but that a dimension in front of which nothing is said stays as it is.

    >>> tg.tensor([1.0, 2.0, 3.0]).tile(2)
    tensor([1., 2., 3., 1., 2., 3.])
    """

def topk(
    input: Tensor,
    k: builtins.int,
    dim: builtins.int = -1,
    largest: builtins.bool = True,
    sorted: builtins.bool = True,
    *,
    axis: builtins.int = ...,
    out: tuple[Tensor, ...] | list[Tensor] | None = None,
) -> return_types.topk:
    """The `k` largest elements along `dim`, the largest first, and where they are.

    Or the smallest, if not `largest`. They are sorted also where they need not be. Raises
    ArgumentError if there are fewer.

    >>> tg.tensor([3.0, 1.0, 2.0]).topk(2).values
    tensor([3., 2.])
    """

def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).trace()
    tensor(5.)
    """

from . import transforms as transforms
from tinygrad_lr.functions import transpose as transpose

def trapezoid(
    y: Tensor,
    x: Tensor | None = None,
    *,
    dx: Operand | None = None,
    dim: builtins.int = -1,
    axis: builtins.int = ...,
) -> Tensor:
    """The integral of `y` along `dim`, by the trapezoidal rule.

    `x` says where the values are, else they are `dx` apart (1).

    >>> tg.trapezoid(tg.tensor([1.0, 2.0, 3.0]))
    tensor(4.)
    """

def trapz(
    y: Tensor,
    x: Tensor | None = None,
    *,
    dx: Operand | None = None,
    dim: builtins.int = -1,
    axis: builtins.int = ...,
) -> Tensor:
    """The integral of `y` along `dim`, by the trapezoidal rule.

    `x` says where the values are, else they are `dx` apart (1).

    >>> tg.trapezoid(tg.tensor([1.0, 2.0, 3.0]))
    tensor(4.)
    """

def tril(input: Tensor, diagonal: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """The lower triangle of each matrix, up to a `diagonal`; 0 elsewhere.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).tril()
    tensor([[1., 0.],
            [3., 4.]])
    """

def tril_indices(
    row: builtins.int,
    col: builtins.int,
    offset: builtins.int = 0,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """The places on and below a diagonal of a matrix (row, col): int64, of shape (2, places).

    >>> tg.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """

def triu(input: Tensor, diagonal: builtins.int = 0, *, out: Tensor | None = None) -> Tensor:
    """The upper triangle of each matrix, from a `diagonal` on; 0 elsewhere.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).triu()
    tensor([[1., 2.],
            [0., 4.]])
    """

def triu_indices(
    row: builtins.int,
    col: builtins.int,
    offset: builtins.int = 0,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """The places on and above a diagonal of a matrix (row, col): int64, of shape (2, places).

    >>> tg.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """

def true_divide(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input / other``, of each pair of elements. The shapes are any that broadcast.

    ShapeError if they do not, TypeError for what is nothing to compute with.

    >>> tg.tensor([1.0, 3.0]).div(2)
    tensor([0.5000, 1.5000])
    """

def trunc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Without what is behind the point, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).trunc()
    tensor([ 1., -1.])
    """

def trunc_(input: Tensor) -> Tensor:
    """In place, and returned: Without what is behind the point, of each element. `input` is of any shape, which the result has too.

    The dtype stays what it is. DtypeError for booleans. TypeError for what is no Tensor.

    >>> tg.tensor([1.5, -1.5]).trunc_()
    tensor([ 1., -1.])
    """

uint8: DType
"""``dtype('uint8')``"""

def unbind(input: Tensor, dim: builtins.int = 0, *, axis: builtins.int = ...) -> tuple[Tensor, ...]:
    """All entries along `dim`, each without that dimension.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).unbind()
    (tensor([1., 2.]), tensor([3., 4.]))
    """

def unflatten(input: Tensor, dim: builtins.int, sizes: Sizes) -> Tensor:
    """The dimension `dim` in several, of these `sizes`; one may be -1. The opposite of flatten.

    >>> tg.arange(6).unflatten(0, (2, 3))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """

@overload
def unique(
    input: Tensor,
    sorted: builtins.bool = True,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: builtins.int | None = None,
) -> Tensor:
    """The elements without repetition, sorted; along `dim`, the parts of `input` without it.

    With `return_inverse`, also where each element (or part) is in the result; with `return_counts`,
    also how often each is there. Each nan is another one.

    >>> tg.tensor([2, 1, 2]).unique()
    tensor([1, 2])
    """

@overload
def unique(
    input: Tensor,
    sorted: builtins.bool = True,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: builtins.int | None = None,
) -> tuple[Tensor, ...]:
    """The elements without repetition, sorted; along `dim`, the parts of `input` without it.

    With `return_inverse`, also where each element (or part) is in the result; with `return_counts`,
    also how often each is there. Each nan is another one.

    >>> tg.tensor([2, 1, 2]).unique()
    tensor([1, 2])
    """

@overload
def unique_consecutive(
    input: Tensor,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: builtins.int | None = None,
) -> Tensor:
    """The elements without those that equal the one before; the rest as for unique.

    >>> tg.tensor([1, 1, 2, 1]).unique_consecutive()
    tensor([1, 2, 1])
    """

@overload
def unique_consecutive(
    input: Tensor,
    return_inverse: builtins.bool = False,
    return_counts: builtins.bool = False,
    dim: builtins.int | None = None,
) -> tuple[Tensor, ...]:
    """The elements without those that equal the one before; the rest as for unique.

    >>> tg.tensor([1, 1, 2, 1]).unique_consecutive()
    tensor([1, 2, 1])
    """

def unsqueeze(input: Tensor, dim: builtins.int = ..., *, axis: builtins.int = ...) -> Tensor:
    """With a new dimension of size 1 at `dim`.

    >>> tg.tensor([1.0, 2.0]).unsqueeze(1)
    tensor([[1.],
            [2.]])
    """

from tinygrad_lr.more.threads import use_deterministic_algorithms as use_deterministic_algorithms
from . import utils as utils
from tinygrad_lr.creation.grids import vander as vander

def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
    *,
    correction: builtins.int | None = None,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
    out: Tensor | None = None,
) -> Tensor:
    """The variance over `dim` (one, several, or all): ``sum((x - mean)**2) / (n - correction)``.

    n is the number of elements. `correction` is 1 if `unbiased`, else 0, unless it is given.
    TypeError for integers and booleans.

    >>> tg.tensor([1.0, 2.0, 3.0]).var()
    tensor(1.)
    """

def var_mean(
    input: Tensor,
    dim: Dims = None,
    unbiased: builtins.bool = True,
    keepdim: builtins.bool = False,
    *,
    correction: builtins.int | None = None,
    axis: Dims = ...,
    keepdims: builtins.bool = ...,
) -> tuple[Tensor, Tensor]:
    """The variance and the mean over `dim`: see var.

    >>> tg.var_mean(tg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """

def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """dot: the numbers here are real.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.vdot(x, x)
    tensor(14.)
    """

from . import version as version
from . import viz as viz

def vsplit(input: Tensor, indices_or_sections: Places) -> tuple[Tensor, ...]:
    """Equal parts, or parts cut at indices, one below the other: along dimension 0.

    >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).vsplit(2)
    (tensor([[1., 2.]]), tensor([[3., 4.]]))
    """

def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """One below the other: joined along dimension 0, vectors as rows.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.vstack([x, x])
    tensor([[1., 2., 3.],
            [1., 2., 3.]])
    """

@overload
def where(
    condition: Tensor, *, out: tuple[Tensor, ...] | list[Tensor] | None = None
) -> tuple[Tensor, ...]:
    """`input` where `condition` (a bool Tensor) is true, `other` elsewhere; all broadcast.

    Of a condition alone, where it is true: ``nonzero(condition, as_tuple=True)``. TypeError for one
    of the two alone.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.where(x > 1.5, x, 0.0)
    tensor([0., 2., 3.])
    """

@overload
def where(
    condition: Tensor, input: Operand, other: Operand, *, out: Tensor | None = None
) -> Tensor:
    """`input` where `condition` (a bool Tensor) is true, `other` elsewhere; all broadcast.

    Of a condition alone, where it is true: ``nonzero(condition, as_tuple=True)``. TypeError for one
    of the two alone.

    >>> x = tg.tensor([1.0, 2.0, 3.0])
    >>> tg.where(x > 1.5, x, 0.0)
    tensor([0., 2., 3.])
    """

def xlogy(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """``input * log(other)``; where `input` is 0, it is 0, whatever the logarithm.

    The two broadcast, and one may be a number. Integers become float32.

    >>> tg.tensor([0.0, 2.0]).xlogy(tg.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """

def xlogy_(input: Operand, other: Operand) -> Tensor:
    """In place, and returned: ``input * log(other)``; where `input` is 0, it is 0, whatever the logarithm.

    The two broadcast, and one may be a number. Integers become float32.

    >>> tg.tensor([0.0, 2.0]).xlogy_(tg.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """

def zero_(self: Tensor) -> Tensor:
    """Set all elements to 0, in place.

    >>> tg.tensor([1.0, 2.0, 3.0]).zero_()
    tensor([0., 0., 0.])
    """

def zeros(
    *shape: Sizes,
    size: Sizes | None = None,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """0 everywhere.

    Of sizes, ``zeros(2, 3)`` or ``zeros((2, 3))``: float32, unless `dtype` says another. ShapeError
    for a negative size.

    >>> tg.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """

def zeros_like(
    input: Tensor,
    *,
    dtype: DTypeLike | None = None,
    device: str | None = None,
    requires_grad: builtins.bool = False,
    out: Tensor | None = None,
    layout: Layout | None = None,
    memory_format: Layout | None = None,
    pin_memory: builtins.bool | None = None,
) -> Tensor:
    """0 everywhere, in the shape of `input`.

    >>> tg.zeros_like(tg.tensor([1.0, 2.0, 3.0]))
    tensor([0., 0., 0.])
    """

from tinygrad_lr.version import __version__ as __version__
