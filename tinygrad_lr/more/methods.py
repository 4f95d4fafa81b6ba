"""The same names as methods of a Tensor, and the forms that write in place (``x.tan_()``)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .. import functions, ops
from ..device import xp
from ..dtypes import cast
from ..errors import ShapeError
from ..functions import squeeze, t, transpose, unsqueeze
from ..graph import Value
from ..inplace import in_place, in_shape
from ..signatures import Sizes, Tensor, operator_of, reflected
from . import (
    aliases,
    arithmetic,
    asking,
    contractions,
    counting,
    elementwise,
    matrices,
    norms,
    ordering,
    picking,
    products,
    quantiles,
    reductions,
    scans,
    shapes,
)


def answered(name: str, question: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The method that writes the answers to a `question` in place: 0 or 1, with gradient 0."""

    @functools.wraps(question)
    def answers(input: Tensor, *others: Any) -> Tensor:
        found = question(input, *others)
        everywhere = input.wrap(xp(input.array).ones((), bool))
        return ops.where(everywhere, cast(found, input.array.dtype), input)

    doc = question.__doc__ or ""
    said = doc.replace("as bool", "as 0 or 1").replace("Gives bool", "Gives 0 or 1")
    return in_place(name, answers, said)  # the example is of the question


class Methods(Value):
    """What a Tensor can do besides what is in tensor.py. Each is the function of its name."""

    # -------------------------------------------------------------------- functions of each element

    tan, sinh, cosh = elementwise.tan, elementwise.sinh, elementwise.cosh
    asin, acos, atan = elementwise.asin, elementwise.acos, elementwise.atan
    asinh, acosh, atanh = elementwise.asinh, elementwise.acosh, elementwise.atanh
    atan2, expm1, exp2 = elementwise.atan2, elementwise.expm1, elementwise.exp2
    log1p, log2, log10 = elementwise.log1p, elementwise.log2, elementwise.log10
    erf, erfc, erfinv = elementwise.erf, elementwise.erfc, elementwise.erfinv
    rsqrt, reciprocal, sinc = elementwise.rsqrt, elementwise.reciprocal, elementwise.sinc
    logit, square, deg2rad = elementwise.logit, elementwise.square, elementwise.deg2rad
    rad2deg, nan_to_num, floor = elementwise.rad2deg, elementwise.nan_to_num, elementwise.floor
    ceil, trunc, frac = elementwise.ceil, elementwise.trunc, elementwise.frac
    round, hypot, logaddexp = elementwise.round, elementwise.hypot, elementwise.logaddexp
    logaddexp2, copysign, xlogy = elementwise.logaddexp2, elementwise.copysign, elementwise.xlogy
    float_power = elementwise.float_power
    clamp_min = elementwise.clamp_min
    clamp_max, lerp, addcmul = elementwise.clamp_max, elementwise.lerp, elementwise.addcmul
    addcdiv = elementwise.addcdiv

    tan_, sinh_ = in_place("tan_", elementwise.tan), in_place("sinh_", elementwise.sinh)
    cosh_, asin_ = in_place("cosh_", elementwise.cosh), in_place("asin_", elementwise.asin)
    acos_, atan_ = in_place("acos_", elementwise.acos), in_place("atan_", elementwise.atan)
    asinh_, acosh_ = in_place("asinh_", elementwise.asinh), in_place("acosh_", elementwise.acosh)
    atanh_, atan2_ = in_place("atanh_", elementwise.atanh), in_place("atan2_", elementwise.atan2)
    expm1_, exp2_ = in_place("expm1_", elementwise.expm1), in_place("exp2_", elementwise.exp2)
    log1p_, log2_ = in_place("log1p_", elementwise.log1p), in_place("log2_", elementwise.log2)
    log10_, erf_ = in_place("log10_", elementwise.log10), in_place("erf_", elementwise.erf)
    erfc_, erfinv_ = in_place("erfc_", elementwise.erfc), in_place("erfinv_", elementwise.erfinv)
    rsqrt_ = in_place("rsqrt_", elementwise.rsqrt)
    reciprocal_ = in_place("reciprocal_", elementwise.reciprocal)
    sinc_, logit_ = in_place("sinc_", elementwise.sinc), in_place("logit_", elementwise.logit)
    square_ = in_place("square_", elementwise.square)
    deg2rad_ = in_place("deg2rad_", elementwise.deg2rad)
    rad2deg_ = in_place("rad2deg_", elementwise.rad2deg)
    nan_to_num_ = in_place("nan_to_num_", elementwise.nan_to_num)
    floor_, ceil_ = in_place("floor_", elementwise.floor), in_place("ceil_", elementwise.ceil)
    trunc_, frac_ = in_place("trunc_", elementwise.trunc), in_place("frac_", elementwise.frac)
    round_, hypot_ = in_place("round_", elementwise.round), in_place("hypot_", elementwise.hypot)
    copysign_ = in_place("copysign_", elementwise.copysign)
    xlogy_ = in_place("xlogy_", elementwise.xlogy)
    float_power_ = in_place("float_power_", elementwise.float_power)
    clamp_min_ = in_place("clamp_min_", elementwise.clamp_min)
    clamp_max_ = in_place("clamp_max_", elementwise.clamp_max)
    lerp_, addcmul_ = in_place("lerp_", elementwise.lerp), in_place("addcmul_", elementwise.addcmul)
    addcdiv_ = in_place("addcdiv_", elementwise.addcdiv)

    # -------------------------------------------------------------------- division, bits, questions

    div, floor_divide, remainder = arithmetic.div, arithmetic.floor_divide, arithmetic.remainder
    fmod, fmax, fmin = arithmetic.fmod, arithmetic.fmax, arithmetic.fmin
    heaviside = arithmetic.heaviside
    bitwise_and = arithmetic.bitwise_and
    bitwise_or = arithmetic.bitwise_or
    bitwise_xor = arithmetic.bitwise_xor
    bitwise_not = arithmetic.bitwise_not
    bitwise_left_shift = arithmetic.bitwise_left_shift
    bitwise_right_shift = arithmetic.bitwise_right_shift
    logical_xor = arithmetic.logical_xor
    isinf = arithmetic.isinf
    signbit, isposinf, isneginf = arithmetic.signbit, arithmetic.isposinf, arithmetic.isneginf
    isreal, isclose, allclose = arithmetic.isreal, arithmetic.isclose, arithmetic.allclose
    equal = arithmetic.equal

    div_ = in_place("div_", arithmetic.div)
    floor_divide_ = in_place("floor_divide_", arithmetic.floor_divide)
    remainder_ = in_place("remainder_", arithmetic.remainder)
    fmod_ = in_place("fmod_", arithmetic.fmod)
    heaviside_ = in_place("heaviside_", arithmetic.heaviside)
    bitwise_and_ = in_place("bitwise_and_", arithmetic.bitwise_and)
    bitwise_or_ = in_place("bitwise_or_", arithmetic.bitwise_or)
    bitwise_xor_ = in_place("bitwise_xor_", arithmetic.bitwise_xor)
    bitwise_not_ = in_place("bitwise_not_", arithmetic.bitwise_not)
    bitwise_left_shift_ = in_place("bitwise_left_shift_", arithmetic.bitwise_left_shift)
    bitwise_right_shift_ = in_place("bitwise_right_shift_", arithmetic.bitwise_right_shift)

    # ------------------------------------------------------ of the essential ones, what is in place

    sin_, cos_ = in_place("sin_", functions.sin), in_place("cos_", functions.cos)
    sign_, positive = in_place("sign_", functions.sign), functions.positive
    eq_, ne_ = answered("eq_", functions.eq), answered("ne_", functions.ne)
    lt_, le_ = answered("lt_", functions.lt), answered("le_", functions.le)
    gt_, ge_ = answered("gt_", functions.gt), answered("ge_", functions.ge)
    logical_and_ = answered("logical_and_", functions.logical_and)
    logical_or_ = answered("logical_or_", functions.logical_or)
    logical_xor_ = answered("logical_xor_", arithmetic.logical_xor)
    logical_not_ = answered("logical_not_", functions.logical_not)

    # --------------------------------------------------------------------------------- second names

    multiply, divide, subtract = aliases.multiply, aliases.divide, aliases.subtract
    true_divide, negative, absolute = aliases.true_divide, aliases.negative, aliases.absolute
    sgn, fix, clip = aliases.sgn, aliases.fix, aliases.clip
    arcsin, arccos, arctan = aliases.arcsin, aliases.arccos, aliases.arctan
    arctan2, arcsinh, arccosh = aliases.arctan2, aliases.arcsinh, aliases.arccosh
    arctanh, greater, greater_equal = aliases.arctanh, aliases.greater, aliases.greater_equal
    less, less_equal, not_equal = aliases.less, aliases.less_equal, aliases.not_equal

    multiply_ = in_place("multiply_", aliases.multiply)
    divide_ = in_place("divide_", aliases.divide)
    subtract_ = in_place("subtract_", aliases.subtract)
    true_divide_ = in_place("true_divide_", aliases.true_divide)
    negative_ = in_place("negative_", aliases.negative)
    absolute_ = in_place("absolute_", aliases.absolute)
    sgn_, fix_ = in_place("sgn_", aliases.sgn), in_place("fix_", aliases.fix)
    clip_, arcsin_ = in_place("clip_", aliases.clip), in_place("arcsin_", aliases.arcsin)
    arccos_, arctan_ = in_place("arccos_", aliases.arccos), in_place("arctan_", aliases.arctan)
    arctan2_ = in_place("arctan2_", aliases.arctan2)
    arcsinh_ = in_place("arcsinh_", aliases.arcsinh)
    arccosh_ = in_place("arccosh_", aliases.arccosh)
    arctanh_ = in_place("arctanh_", aliases.arctanh)
    greater_ = answered("greater_", aliases.greater)
    greater_equal_ = answered("greater_equal_", aliases.greater_equal)
    less_ = answered("less_", aliases.less)
    less_equal_ = answered("less_equal_", aliases.less_equal)
    not_equal_ = answered("not_equal_", aliases.not_equal)

    # ------------------------------------------------------------------------------------ operators

    __floordiv__ = operator_of(arithmetic.floor_divide)
    __rfloordiv__ = reflected(arithmetic.floor_divide)
    __mod__, __rmod__ = operator_of(arithmetic.remainder), reflected(arithmetic.remainder)
    __xor__ = operator_of(arithmetic.bitwise_xor)
    __rxor__ = reflected(arithmetic.bitwise_xor)
    __lshift__ = operator_of(arithmetic.bitwise_left_shift)
    __rlshift__ = reflected(arithmetic.bitwise_left_shift)
    __rshift__ = operator_of(arithmetic.bitwise_right_shift)
    __rrshift__ = reflected(arithmetic.bitwise_right_shift)
    __ifloordiv__ = in_place("//=", arithmetic.floor_divide)
    __imod__ = in_place("%=", arithmetic.remainder)
    __ixor__ = in_place("^=", arithmetic.bitwise_xor)
    __ilshift__ = in_place("<<=", arithmetic.bitwise_left_shift)
    __irshift__ = in_place(">>=", arithmetic.bitwise_right_shift)

    prod, count_nonzero, aminmax = reductions.prod, reductions.count_nonzero, reductions.aminmax
    nansum, nanmean = reductions.nansum, reductions.nanmean
    norm, dist = norms.norm, norms.dist
    inverse, pinverse, det = matrices.inv, matrices.pinverse, matrices.det
    logdet, slogdet = matrices.logdet, matrices.slogdet
    cov, corrcoef = reductions.cov, reductions.corrcoef
    cumsum, cumprod = scans.cumsum, scans.cumprod
    cummax, cummin = scans.cummax, scans.cummin
    logcumsumexp, diff = scans.logcumsumexp, scans.diff
    sort, argsort, msort = ordering.sort, ordering.argsort, ordering.msort
    topk, kthvalue, mode = ordering.topk, ordering.kthvalue, ordering.mode
    unique, unique_consecutive = counting.unique, counting.unique_consecutive
    bincount, histc, histogram = counting.bincount, counting.histc, counting.histogram
    quantile, nanquantile = quantiles.quantile, quantiles.nanquantile
    median, nanmedian = ordering.median, ordering.nanmedian
    cumsum_ = in_place("cumsum_", scans.cumsum)
    cumprod_ = in_place("cumprod_", scans.cumprod)

    # what it is, and how it lies in memory
    numel = nelement = asking.numel
    is_floating_point, is_complex = asking.is_floating_point, asking.is_complex
    is_inference = asking.is_inference
    is_nonzero, is_signed = asking.is_nonzero, asking.is_signed
    element_size, get_device = asking.element_size, asking.get_device
    stride, is_contiguous = asking.stride, asking.is_contiguous
    data_ptr, storage_offset = asking.data_ptr, asking.storage_offset
    untyped_storage, storage = asking.untyped_storage, asking.storage
    pin_memory, is_pinned = asking.pin_memory, asking.is_pinned

    # shapes
    select, narrow, unbind, chunk = shapes.select, shapes.narrow, shapes.unbind, shapes.chunk
    tensor_split, hsplit = shapes.tensor_split, shapes.hsplit
    vsplit, dsplit = shapes.vsplit, shapes.dsplit
    movedim, moveaxis = shapes.movedim, aliases.moveaxis
    swapaxes, swapdims, adjoint = shapes.swapaxes, shapes.swapdims, shapes.adjoint
    ravel, unflatten, unfold = shapes.ravel, shapes.unflatten, shapes.unfold
    broadcast_to, repeat, tile = shapes.broadcast_to, shapes.repeat, shapes.tile
    repeat_interleave, roll = shapes.repeat_interleave, shapes.roll
    flip, fliplr, flipud, rot90 = shapes.flip, shapes.fliplr, shapes.flipud, shapes.rot90
    diagonal, diag_embed = shapes.diagonal, shapes.diag_embed
    diag, diagflat, tril, triu = shapes.diag, shapes.diagflat, shapes.tril, shapes.triu
    tril_, triu_ = in_place("tril_", shapes.tril), in_place("triu_", shapes.triu)
    squeeze_, unsqueeze_ = in_shape("squeeze_", squeeze), in_shape("unsqueeze_", unsqueeze)
    t_, transpose_ = in_shape("t_", t), in_shape("transpose_", transpose)
    swapaxes_, swapdims_ = in_shape("swapaxes_", shapes.swapaxes), in_shape("swapdims_", transpose)

    def split(self, split_size: Sizes, dim: int = 0) -> tuple[Tensor, ...]:
        """Parts along `dim`: of one size (the last may be smaller), or of those in a list.

        >>> tg.tensor([1.0, 2.0, 3.0]).split(2)
        (tensor([1., 2.]), tensor([3.]))
        """
        return shapes.split(self, split_size, dim)  # type: ignore[arg-type]

    @property
    def H(self) -> Tensor:
        """A matrix transposed; a single number stays as it is. Else ShapeError.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).H
        tensor([[1., 3.],
                [2., 4.]])
        """
        if self.array.ndim not in (0, 2):
            raise ShapeError(f"H: needs a matrix, got shape {self.array.shape}; use mH for several")
        return shapes.adjoint(self)  # type: ignore[arg-type]

    @property
    def mH(self) -> Tensor:
        """The last two dimensions exchanged, as by mT: the numbers here are real.

        >>> tg.tensor([[1.0, 2.0], [3.0, 4.0]]).mH
        tensor([[1., 3.],
                [2., 4.]])
        """
        return shapes.adjoint(self)  # type: ignore[arg-type]

    # picking
    masked_fill, masked_select = picking.masked_fill, picking.masked_select
    masked_scatter, nonzero, argwhere = picking.masked_scatter, picking.nonzero, picking.argwhere
    take, take_along_dim, put = picking.take, picking.take_along_dim, picking.put
    index_put, index_add = picking.index_put, picking.index_add
    index_copy, index_fill = picking.index_copy, picking.index_fill
    scatter, scatter_add = picking.scatter, picking.scatter_add
    masked_fill_ = in_place("masked_fill_", picking.masked_fill)
    masked_scatter_ = in_place("masked_scatter_", picking.masked_scatter)
    put_, index_put_ = in_place("put_", picking.put), in_place("index_put_", picking.index_put)
    index_add_ = in_place("index_add_", picking.index_add)
    index_copy_ = in_place("index_copy_", picking.index_copy)
    index_fill_ = in_place("index_fill_", picking.index_fill)
    scatter_ = in_place("scatter_", picking.scatter)
    scatter_add_ = in_place("scatter_add_", picking.scatter_add)
    fill_diagonal_ = picking.fill_diagonal_

    # products
    bmm, mv, dot, vdot = products.bmm, products.mv, products.dot, products.vdot
    outer, ger, inner, kron = products.outer, aliases.ger, contractions.inner, products.kron
    matrix_power, trace, cross = products.matrix_power, products.trace, products.cross
    addmm, addmv, addr = products.addmm, products.addmv, products.addr
    addbmm, baddbmm = products.addbmm, products.baddbmm
    addmm_, addmv_ = in_place("addmm_", products.addmm), in_place("addmv_", products.addmv)
    addr_, addbmm_ = in_place("addr_", products.addr), in_place("addbmm_", products.addbmm)
    baddbmm_ = in_place("baddbmm_", products.baddbmm)


class _Missing:
    """In the place of a method of PyTorch's that is not here: its AttributeError says what is.

    (A ``__getattr__`` would be asked by Python for all attributes, and make each a little slower.)
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> None:
        from .nearest import missing_in_tensor

        raise missing_in_tensor(self._name)


_NOT_HERE = """
angle as_strided bfloat16 cdouble cfloat chalf cholesky conj det digamma erfinv imag inverse istft
lgamma logdet lu matrix_exp pinverse polygamma qr real share_memory_ slogdet stft
storage svd to_mkldnn to_sparse to_sparse_coo to_sparse_csr
apply_ coalesce diagonal_scatter gcd gcd_ hardshrink i0 index_reduce index_reduce_ is_coalesced
is_conj is_shared lcm lcm_ ldexp lstsq map_ multinomial nextafter prelu record_stream renorm renorm_
resize resize_ resize_as_ scatter_reduce scatter_reduce_ select_scatter set_ slice_scatter solve
sum_to_size to_dense values
"""
for _name in _NOT_HERE.split():
    if not hasattr(Methods, _name):
        setattr(Methods, _name, _Missing(_name))
