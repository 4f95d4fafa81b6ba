"""``exp(x, out=y)``: the result is written into y, a Tensor that is there already, and y returned.

And ``exp_(x)``, which is ``x.exp_()``.

The functions know nothing of it, nor do methods and operators. What the package offers under the
names below is the function in a wrapper, which computes and then writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd import is_grad_enabled
from ..device import DeviceError, device_of, xp
from ..errors import ArgumentError
from ..graph import Value
from ..inplace import write

_LIST = """
    abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr all amax amin aminmax any
    arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort asin asinh atan atan2
    atanh baddbmm bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift
    bitwise_xor bmm bucketize cat ceil chain_matmul clamp clamp_max clamp_min clip column_stack
    concat concatenate copysign cos cosh cross cummax cummin cumprod cumsum deg2rad diag diff div
    divide dot dstack eq erf erfc erfinv exp exp2 expm1 fix float_power floor floor_divide fmax fmin
    fmod frac gather ge ger greater greater_equal gt heaviside histc hstack hypot index_add
    index_copy index_select inner inverse isneginf isposinf kron kthvalue le lerp less less_equal
    log log10 log1p log2 log_softmax logaddexp logaddexp2 logcumsumexp logical_and logical_not
    logical_or logical_xor logit logsumexp lt masked_select matmul matrix_power max maximum mean
    median min minimum mm mode msort mul multiply mv nan_to_num nanmean nanmedian nanquantile nansum
    ne neg negative nonzero norm not_equal outer pow prod quantile rad2deg reciprocal remainder
    round row_stack rsqrt scatter scatter_add searchsorted sgn sigmoid sign signbit sin sinc sinh
    slogdet softmax sort sqrt square stack std sub subtract sum take take_along_dim tan tanh
    tensordot topk tril triu true_divide trunc var vdot vstack where xlogy
"""
NAMES = _LIST.split()

_METHODS = """
    abs_ acos_ acosh_ addmv_ arccos_ arccosh_ arcsin_ arcsinh_ arctan_ arctanh_ asin_ asinh_ atan_
    atanh_ ceil_ clamp_ clamp_max_ clamp_min_ clip_ cos_ cosh_ deg2rad_ detach_ erf_ erfc_ exp2_
    exp_ expm1_ fill_ fix_ floor_ frac_ index_put_ log10_ log1p_ log2_ log_ logit_ nan_to_num_ neg_
    negative_ rad2deg_ reciprocal_ relu_ round_ rsqrt_ sigmoid_ sin_ sinc_ sinh_ sqrt_ square_ tan_
    tanh_ trunc_ xlogy_ zero_
"""


def offer(functions: dict[str, Any], methods: type) -> None:
    """Give those of `functions`, by their names, that have ``out=`` in PyTorch this argument.

    And add those of a Tensor's `methods` that write in place, and are functions too in PyTorch.
    """
    functions.update((name, getattr(methods, name)) for name in _METHODS.split())
    functions.update((name, with_out(name, functions[name])) for name in NAMES)


def with_out(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which then takes ``out=`` too: see above."""

    def wrapper(*args: Any, out: Any = None, **options: Any) -> Any:
        if out is None:
            return function(*args, **options)
        return stored(name, function(*args, **options), out)

    wrapper.__name__ = wrapper.__qualname__ = name
    wrapper.__module__, wrapper.__doc__ = __package__.partition(".")[0], function.__doc__
    wrapper.__wrapped__ = function  # type: ignore[attr-defined]
    return wrapper


def stored(name: str, result: Any, out: Any) -> Any:
    """`out`, a Tensor, or several for several results, after `result` has been written into it.

    A Tensor of no elements gets the shape of the result. Raises ArgumentError (a RuntimeError) if a
    gradient would be needed, ShapeError or DtypeError if the result does not fit.
    """
    if isinstance(result, tuple):
        if not isinstance(out, (tuple, list)) or len(out) != len(result):
            raise TypeError(
                f"{name}: there are {len(result)} results, so out must be as many Tensors"
            )
        return type(result)(*(stored(name, *pair) for pair in zip(result, out)))
    if not isinstance(out, Value):
        raise TypeError(f"{name}: out must be a Tensor, got {type(out).__name__}")
    if is_grad_enabled() and not (result.edge is None and out.edge is None):
        raise ArgumentError(
            f"{name}: functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad; leave out= away, or use no_grad()"
        )
    if device_of(out.array) != device_of(result.array):
        raise DeviceError(
            f"{name}: out is on {device_of(out.array)}, the result is on {device_of(result.array)}"
        )
    if not out.array.size and out.array.shape != result.array.shape:
        out.array = xp(result.array).zeros(result.array.shape, out.array.dtype)
    target: Any = out
    return write(target, f"{name}(out=)", lambda _: result)
