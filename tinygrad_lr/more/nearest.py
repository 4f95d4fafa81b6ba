"""What to use instead of a name that PyTorch has and this package has not.

Nobody imports this but whoever looks for such a name, in the moment it is not found.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from inspect import getattr_static
from opcode import opmap
from types import FrameType

_IMAGES = "no convolutions and no pooling here; flatten the images, x.flatten(1), for nn.Linear"
_WITHOUT_IT = "there is nothing of this kind here, and the code works without it"

# What the names have in common, and what to do. The first that fits is said.
INSTEAD: dict[str, str] = {
    r"(lazy)?conv\w*|\w*pool\w*\dd|(un)?fold|\w*pixel_?(un)?shuffle|channel_?shuffle": _IMAGES,
    r"(batch|group|instance|sync_?batch|local_response)_?norm\w*|\w*(batch|instance)norm[123]d"
    r"|groupnorm|localresponsenorm|rms_?norm": "nn.BatchNorm1d and nn.LayerNorm are here",
    r"(feature_?)?(alpha_?)?dropout\w*": "nn.Dropout and nn.functional.dropout are here",
    r"(constant|zero|reflection|replication|circular)pad\dd": "nn.functional.pad is here",
    r"upsample\w*|upsampling\w*|interpolate|grid_sample\w*|affine_grid\w*": (
        "images are resized by transforms.Resize, through which gradients flow"
    ),
    r"(lstm|gru|rnn)\w*": (
        "no recurrent layers here; a step is h = (x @ W + h @ U + b).tanh(), in a loop"
    ),
    r"\w*attention\w*|transformer\w*": (
        "no attention modules here; its formula is (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1) @ v"
    ),
    r"embedding_?bag\w*": "nn.Embedding is here; .sum(1) or .mean(1) of what it gives is a bag",
    r"pdist": "cdist(x, x) is here, the distances in both orders",
    r"\w+(_loss|loss\w*)": "not here; write it by its formula, with functions of Tensors",
    r"rrelu_?": "nn.functional.leaky_relu is here, with one slope",
    r"compile|compiler": (
        "a training step is made fast by jit.trace(step), or on a GPU by cuda.graph(step)"
    ),
    r"script\w*|freeze|ignore|unused|export|onnx|fx|package|hub|\w*overrides|library": (
        "jit.trace(step) writes down what a step computes; for a model to be kept there are "
        "state_dict() and save()"
    ),
    r"vmap|func|functorch|jacrev|jacfwd": (
        "write it with one dimension more, by broadcasting; derivatives of functions are in "
        "autograd.functional (jacobian, hessian, vjp, jvp)"
    ),
    r"forward_ad|dual_level": "autograd.functional.jvp is the derivative along a direction",
    r"\w*profiler\w*|monitor": "Python's cProfile and time.perf_counter() measure what runs here",
    r"autocast\w*|amp|gradscaler|\w*autocast\w*": (
        "no mixed precision here; take it out, and compute in float32"
    ),
    r"\w*parallel\w*": "nn.parallel.DistributedDataParallel is here, a process for each GPU",
    r"multiprocessing|share_memory_|\w*rref\w*|futures|wait|fork": (
        "a process computes on one device; several are connected by tg.distributed"
    ),
    r"modules": "the layers and losses are in nn itself: tg.nn.Linear",
    r"tensorboard|summarywriter": (
        "curves are drawn by matplotlib, as examples/mnist_logreg.py --plot does"
    ),
    r"event|stream|current_stream": (
        "time.perf_counter() after tg.accelerator.synchronize() times what a GPU does"
    ),
    r"checkpoint\w*": _WITHOUT_IT,
    r"b?float16storage|\w*storage\w*|data_ptr\w*": "x.array is the array that x holds",
    r"bfloat16\w*|bfloat|float8\w*|float4\w*": "the floats are float16, float32 and float64",
    r"uint16|uint32|uint64|u?int[1-7]": "the integers are uint8, int8, int16, int32 and int64",
    r"\w*complex\w*|c(half|float|double)|real|imag|angle|polar|conj\w*|i?stft|fft|view_as_real": (
        "no complex numbers here; NumPy has them, and its fft: np.fft.fft(x.detach().numpy())"
    ),
    r"\w*sparse\w*|\w*(coo|csr|csc|bsr|bsc)|smm|spmm|hspmm|dsmm|coalesce|to_mkldnn": (
        "all tensors are dense here; take it out"
    ),
    r"\w*quant\w*|q(int|uint|scheme)\w*|quint\w*": "nothing is quantized here",
    r"distributions?": (
        "numbers are drawn by rand, randn, randint, normal, bernoulli and multinomial; "
        "the logarithm of a density is written by its formula"
    ),
    r"det|slogdet|logdet|inverse|inv|pinverse|pinv|solve|lstsq|cholesky\w*|qr|svd\w*|eig\w*|eigh|lu|"
    r"lu_\w+|symeig|matrix_exp|triangular_solve|lobpcg|linalg": (
        "linalg has det, solve, inv, pinv, lstsq, cholesky, qr, svd, svdvals and eigh; "
        "what else there is NumPy has, np.linalg, for x.detach().numpy()"
    ),
    r"digamma|polygamma|lgamma|i0\w*|erfinv|erfcx|entr|ndtri|xlog1py|igamma\w*|mvlgamma|special": (
        "not here; of a constant SciPy has it, scipy.special, for x.detach().numpy()"
    ),
    r"lbfgs|adadelta|adafactor|adamax|asgd|muon|nadam|radam|rprop|sparseadam|swa_utils": (
        "the optimizers are SGD, Adam, AdamW, RMSprop and Adagrad"
    ),
    r"(get|set|init)_num_(interop_)?threads": (
        "NumPy's threads are set before Python starts, by OMP_NUM_THREADS"
    ),
    r"(xpu|mps|mtia|ipu|xla|accelerator|is_vulkan_available)": (
        "the devices are 'cpu' and 'gpu' ('cuda')"
    ),
    r"resize_?(as_?)?|set_|unsafe_\w+|(index|scatter)_reduce_?|(slice|select|diagonal)_scatter|map2?_"
    r"|apply_": "compute a new tensor, by reshape, where, index_put or an operator",
    r"gcd_?|gradient|lcm_?|ldexp_?|frexp|nextafter_?": (
        "NumPy has it, for x.detach().numpy(); tg.from_numpy(...) of the result"
    ),
    r"isin": "(x[..., None] == values).any(-1) is the same, for a vector of values",
    r"(bartlett|blackman|hamming|hann|kaiser)_window": "NumPy has it: np.hanning and others",
    r"(set|get)_float32_matmul_precision|set_flush_denormal": _WITHOUT_IT,
    r"gradgradcheck": "gradcheck(f, inputs) checks the second derivatives too",
    r"unravel_index": "NumPy has it, for x.numpy()",
    r"sum_to_size": "use x.sum(dim, keepdim=True)",
    r"renorm_?": "divide by x.norm(dim=..., keepdim=True)",
    r"values|indices|to_dense|is_coalesced": "all tensors are dense here; take it out",
    r"record_stream|is_shared|is_conj|is_neg|resolve_(conj|neg)": _WITHOUT_IT,
    r"channels_last\w*|memory_format|contiguous_format|\w+_copy|layout|as_strided\w*": _WITHOUT_IT,
}


# Where else a name may be, and what is said of it. (Rooms that need more are not looked into.)
ROOMS = """nn nn.functional optim optim.lr_scheduler utils.data datasets transforms nn.init nn.utils
    nn.parallel autograd.functional serialization autograd"""
OTHER_ROOMS = "linalg special"  # whose functions may differ from what has the name elsewhere
FEW = 300  # letters in which a room may say all that it has
HOUSE = __name__.partition(".")[0]


def missing(where: str, name: str) -> AttributeError | ImportError:
    """The error for a `name` that the module `where` has not; it says what is nearest there.

    It is for that module's ``__getattr__`` to raise. Of an AttributeError Python tells nothing to
    those who wrote ``from where import name``: they get an ImportError.
    """
    names = vars(sys.modules[where])
    advice = _advice(name, names.get("__all__") or [*names], where)
    if (
        advice
        and _is_imported_from(sys._getframe(1).f_back)
        and f"{where}.{name}" not in sys.modules
    ):
        advice = advice.replace(" tg.", f" {HOUSE}.")  # whoever imports names may have no tg
        return ImportError(f"cannot import name {name!r} from {where!r}{advice}", name=name)
    return _no_attribute(f"module {where!r}", name, advice)


def _is_imported_from(asking: FrameType | None) -> bool:
    """Whether `asking` is at a ``from ... import``. (Before, Python has asked by hasattr.)"""
    return asking is not None and asking.f_code.co_code[asking.f_lasti] == opmap["IMPORT_FROM"]


def missing_in_tensor(name: str) -> AttributeError:
    """The error for the method `name` of PyTorch's Tensor."""
    return _no_attribute("'Tensor' object", name, _advice(name, [], ""))


def _no_attribute(of: str, name: str, advice: str) -> AttributeError:
    """The error, to which Python adds a "Did you mean" only where there is no `advice`.

    Python asks for an object that the error belongs to, and gives it one if it has not even a name.
    """
    message = f"{of} has no attribute {name!r}{advice}"
    return AttributeError(message, name=name) if advice else AttributeError(message)


def _advice(name: str, there: Iterable[str], where: str) -> str:
    if name.startswith("_"):  # Python's own question, not a reader's
        return ""
    if (
        where
        and "." not in name
        and "__path__" in vars(sys.modules[where])
        and find_spec(f"{where}.{name}")
    ):
        return f": it is a module, to be imported: import {where}.{name}"
    if found := _elsewhere(name, ROOMS, where):
        return f": it is {found}"
    method = getattr_static(sys.modules[HOUSE].Tensor, name, None)
    if where in (HOUSE, f"{HOUSE}.nn.functional") and callable(method):
        return f": it is a method: x.{name}()"
    public = [other for other in there if not other.startswith("_")]
    if near := get_close_matches(name, public, 1, 0.94):  # one letter of many
        return f"; did you mean {near[0]!r}?"
    for pattern, words in INSTEAD.items():
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return f": {words}"
    if found := _elsewhere(name, OTHER_ROOMS, where):
        return f": it is {found}"
    if near := get_close_matches(name, public, 1, 0.75):
        return f"; did you mean {near[0]!r}?"
    listed = ", ".join(vars(sys.modules[where]).get("__all__", []) if where else [])
    return f"; it has {listed}" if 0 < len(listed) <= FEW else ""


def _elsewhere(name: str, rooms: str, where: str) -> str:
    """The name and that of its room, if it is in one of `rooms`, or at the top: tg.nn.Linear."""
    if name in sys.modules[HOUSE].__all__:
        return f"tg.{name}" if where else f"a function: tg.{name}(x, ...)"
    for room in rooms.split():
        module = import_module(f"{HOUSE}.{room}")
        names = vars(module)
        found = names.get(name) if name in names.get("__all__", names) else None
        if getattr(found, "__module__", "").startswith(HOUSE) and f"{HOUSE}.{room}" != where:
            return f"tg.{room}.{name}"
    return ""
