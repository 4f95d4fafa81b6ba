"""tinygrad_lr: reverse-mode automatic differentiation that can be read in an evening.

The heart is read in some 450 lines, in this order: ops.py, from the top to the entry of mul;
graph.py, to the end of Node.pull_back; autograd.py, to the end of _deliver. That is ``w * x + b``
and its ``backward()``, and everything else is more of the same. (How an operator comes to the table
is ``signatures.operator``; how a gradient is summed back over broadcast axes, ``graph._summed``.)
Of what is met there and lives elsewhere, these words are enough: `errors` words the errors; `mode`
is whether operations are recorded (modes.py); `tick` is a clock, by which writes in place are
noticed (versions.py); `first_form` may find another way to compute the same (forms.py); `others`
and `apart` tell whether arrays are on different devices, and `one_like` is 1 (device.py); `total`
is a sum (sums.py).

From the ground up, each file using only what stands before it: effects, forms, wording, device,
sums, errors, warned; modes, versions; named, graph, gradients/function, autograd, gradients/hooks,
gradients/anomaly; ops, losses; dtypes, layouts, signatures, return_types, functions, indexing,
inplace, more; random, making; printing, rich, tensor; creation, gradients, distributed, nn, optim,
utils; transforms, datasets, serialization; viz. capture, jit and cuda are about speed: steps that
are repeated without their Python. No file named before uses them. accelerator, backends, linalg,
special and version hold only what PyTorch has under these names.
"""

import sys
from importlib import import_module as _import_module
from math import e, inf, nan, pi
from types import ModuleType as _Module
from typing import TYPE_CHECKING

from numpy import dtype

from . import autograd, random, return_types
from .creation import *
from .device import (
    DeviceError,
    device,
    is_available,
    set_default_device,
)
from .device import default_device as get_default_device
from .device import on_first_use as _on_first_use
from .device import resolve as device_for
from .dtypes import default_dtype as get_default_dtype
from .dtypes import result_type, set_default_dtype
from .errors import ShapeError
from .functions import (
    abs,
    add,
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
    mm,
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
    sub,
    sum,
    t,
    tanh,
    transpose,
    unsqueeze,
    var,
)
from .gradients import anomaly, function, functional
from .graph import Op
from .layouts import channels_last, contiguous_format, preserve_format, strided
from .making.likes import (
    empty_like,
    full_like,
    ones_like,
    rand_like,
    randint_like,
    randn_like,
    zeros_like,
)
from .modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .more import *
from .more import out as _out
from .more.size import Size
from .printing import get_printoptions, printoptions, set_printoptions
from .random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from .tensor import Tensor
from .version import __version__
from .warned import point_at_callers as _point_at_callers

bool = dtype("bool")
uint8, int8, int16 = dtype("uint8"), dtype("int8"), dtype("int16")
int32, int64 = dtype("int32"), dtype("int64")
float16, float32, float64 = dtype("float16"), dtype("float32"), dtype("float64")
half, float, double = float16, float32, float64
short, int, long = int16, int32, int64
newaxis = None

_out.offer(globals(), Tensor)
_point_at_callers()

# What PyTorch has in or below autograd, and which has a file of its own here.
vars(autograd).update({name: getattr(anomaly, name) for name in anomaly.__all__})
vars(autograd).update(function=function, functional=functional, inference_mode=inference_mode)
vars(autograd).update(no_grad=no_grad, set_grad_enabled=set_grad_enabled)
vars(autograd).update(Function=function.Function, Variable=function.Variable)
for name in ("function", "functional"):  # import tinygrad_lr.autograd.functional
    sys.modules[f"{autograd.__name__}.{name}"] = vars(autograd)[name]
del anomaly, function, functional, name, sys

# What is imported when it is asked for, by the module that it is in. At first, whole modules.
_LATER = {
    "": """accelerator backends cuda datasets distributed jit linalg nn optim serialization special
        transforms utils version viz""",
    "creation.grids": """cartesian_prod combinations logspace meshgrid range tril_indices
        triu_indices vander""",
    "creation.typed": """BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor
        IntTensor LongTensor ShortTensor""",
    "gradients.gradcheck": "GradcheckError gradcheck",
    "more.limits": "can_cast finfo iinfo promote_types",
    "more.threads": """are_deterministic_algorithms_enabled get_num_threads set_num_threads
        use_deterministic_algorithms""",
    "nn.activation_functions": "celu celu_ prelu relu_ selu selu_ threshold threshold_",
    "nn.distances": "cosine_similarity pairwise_distance",
    "nn.layer_functions": "bilinear rms_norm",
    "serialization": "CheckpointError load save",
}
_MODULE_OF = {name: module or name for module, names in _LATER.items() for name in names.split()}
_MODULES = {"autograd", "errors", "ops", "random", "return_types"}
_NAMES = {n for n, v in globals().items() if n[0] != "_" and not isinstance(v, _Module)}
__all__ = sorted({*_MODULE_OF, *_MODULES, *_NAMES} - {"TYPE_CHECKING"})


@_on_first_use
def _attach_forms() -> None:
    """What is faster on the GPU is there before the first array is."""
    _import_module(".cuda.forms", __name__).attach()


if TYPE_CHECKING:  # for a type checker all is here, and a name that is not is a mistake
    from . import (
        accelerator,
        backends,
        cuda,
        datasets,
        distributed,
        jit,
        linalg,
        nn,
        optim,
        serialization,
        special,
        transforms,
        utils,
        version,
        viz,
    )
    from .creation.grids import (
        cartesian_prod,
        combinations,
        logspace,
        meshgrid,
        range,
        tril_indices,
        triu_indices,
        vander,
    )
    from .creation.typed import (
        BoolTensor,
        ByteTensor,
        CharTensor,
        DoubleTensor,
        FloatTensor,
        HalfTensor,
        IntTensor,
        LongTensor,
        ShortTensor,
    )
    from .gradients.gradcheck import GradcheckError, gradcheck
    from .more.limits import can_cast, finfo, iinfo, promote_types
    from .more.threads import (
        are_deterministic_algorithms_enabled,
        get_num_threads,
        set_num_threads,
        use_deterministic_algorithms,
    )
    from .nn.activation_functions import (
        celu,
        celu_,
        prelu,
        relu_,
        selu,
        selu_,
        threshold,
        threshold_,
    )
    from .nn.distances import cosine_similarity, pairwise_distance
    from .nn.layer_functions import bilinear, rms_norm
    from .serialization import CheckpointError, load, save
else:

    def __getattr__(name):
        if name not in _MODULE_OF:
            from .more.nearest import missing

            raise missing(__name__, name)
        found = _import_module(f".{_MODULE_OF[name]}", __name__)
        globals()[name] = found if name == _MODULE_OF[name] else getattr(found, name)
        return globals()[name]

    def __dir__():
        return __all__

    def _in_autograd(name):
        if name == "gradcheck":
            return __getattr__(name)
        from .more.nearest import missing

        raise missing(autograd.__name__, name)

    vars(autograd)["__getattr__"] = _in_autograd
