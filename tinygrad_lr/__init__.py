"""tinygrad_lr: reverse-mode automatic differentiation that can be read in an evening.

To learn how it works, read these files in this order; each imports only what stands before it:
device.py, errors.py, graph.py, autograd.py, ops.py, functions.py, indexing.py, inplace.py, then
tensor.py (with printing.py and random.py), creation.py, nn, optim.py, utils/data.py. gradcheck.py
is for finding out whether all of it is right; jit, cuda, capture.py and footprint.py are about
speed: steps that are repeated without their Python.
"""

from numpy import dtype

from . import autograd, cuda, datasets, jit, nn, optim, random, transforms, utils
from .autograd import (
    Op,
    enable_grad,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from .creation import (
    arange,
    as_tensor,
    empty,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    normal,
    ones,
    ones_like,
    rand,
    randint,
    randn,
    randperm,
    tensor,
    zeros,
    zeros_like,
)
from .device import DeviceError, device, is_available
from .device import resolve as device_for
from .errors import ShapeError
from .functions import (
    abs,
    all,
    amax,
    amin,
    any,
    argmax,
    argmin,
    cat,
    clamp,
    clone,
    cos,
    div,
    eq,
    exp,
    expand,
    flatten,
    gather,
    ge,
    gt,
    index_select,
    isfinite,
    isnan,
    le,
    log,
    log_softmax,
    logical_and,
    logical_not,
    logical_or,
    logsumexp,
    lt,
    matmul,
    max,
    maximum,
    mean,
    min,
    minimum,
    mul,
    ne,
    neg,
    permute,
    pow,
    relu,
    reshape,
    sigmoid,
    sign,
    sin,
    softmax,
    sqrt,
    squeeze,
    stack,
    std,
    sum,
    t,
    tanh,
    transpose,
    unsqueeze,
    var,
    where,
)
from .functions import add_scaled as add
from .functions import sub_scaled as sub
from .gradcheck import GradcheckError, gradcheck
from .random import Generator, manual_seed
from .serialization import CheckpointError, load, save
from .tensor import Tensor

mm = matmul
bool = dtype("bool")
uint8, int32, int64 = dtype("uint8"), dtype("int32"), dtype("int64")
float16, float32, float64 = dtype("float16"), dtype("float32"), dtype("float64")
half, float, double, int, long = float16, float32, float64, int32, int64
