"""The same names as methods of a Tensor, and the forms that write in place (``x.tan_()``)."""

from __future__ import annotations

from ..errors import ShapeError
from ..functions import squeeze, t, transpose, unsqueeze
from ..graph import Value
from ..inplace import in_place, in_shape
from ..signatures import Sizes, Tensor
from . import aliases, asking, elementwise, ordering, picking, reductions, scans, shapes


class Methods(Value):
    """What a Tensor can do besides what is in tensor.py. Each is the function of its name."""

    tan, square = elementwise.tan, elementwise.square
    expm1, log1p, log2 = elementwise.expm1, elementwise.log1p, elementwise.log2
    erf, erfc = elementwise.erf, elementwise.erfc
    tan_, square_ = in_place("tan_", elementwise.tan), in_place("square_", elementwise.square)
    expm1_, log1p_ = in_place("expm1_", elementwise.expm1), in_place("log1p_", elementwise.log1p)
    erf_, erfc_ = in_place("erf_", elementwise.erf), in_place("erfc_", elementwise.erfc)
    log2_ = in_place("log2_", elementwise.log2)

    multiply, divide, subtract = aliases.multiply, aliases.divide, aliases.subtract
    negative = aliases.negative

    prod, count_nonzero, aminmax = reductions.prod, reductions.count_nonzero, reductions.aminmax
    nansum, nanmean = reductions.nansum, reductions.nanmean
    cov, corrcoef = reductions.cov, reductions.corrcoef
    cumsum, cumprod = scans.cumsum, scans.cumprod
    cummax, cummin = scans.cummax, scans.cummin
    logcumsumexp, diff = scans.logcumsumexp, scans.diff
    sort, argsort, msort = ordering.sort, ordering.argsort, ordering.msort
    topk, kthvalue, mode = ordering.topk, ordering.kthvalue, ordering.mode
    median, nanmedian = ordering.median, ordering.nanmedian
    cumsum_ = in_place("cumsum_", scans.cumsum)
    cumprod_ = in_place("cumprod_", scans.cumprod)

    def is_inference(self) -> bool:
        """False: what is made in inference_mode() is a constant as any other here."""
        return False

    # what it is, and how it lies in memory
    numel = nelement = asking.numel
    is_floating_point, is_complex = asking.is_floating_point, asking.is_complex
    is_nonzero, is_signed = asking.is_nonzero, asking.is_signed
    element_size, get_device = asking.element_size, asking.get_device
    stride, is_contiguous = asking.stride, asking.is_contiguous
    data_ptr, storage_offset = asking.data_ptr, asking.storage_offset
    untyped_storage = asking.untyped_storage
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
        """Parts along `dim`: of one size (the last may be smaller), or of those in a list."""
        return shapes.split(self, split_size, dim)  # type: ignore[arg-type]

    @property
    def H(self) -> Tensor:
        """A matrix transposed; a single number stays as it is. Else ShapeError."""
        if self.array.ndim not in (0, 2):
            raise ShapeError(f"H: needs a matrix, got shape {self.array.shape}; use mH for several")
        return shapes.adjoint(self)  # type: ignore[arg-type]

    @property
    def mH(self) -> Tensor:
        """The last two dimensions exchanged, as by mT: the numbers here are real."""
        return shapes.adjoint(self)  # type: ignore[arg-type]


class _Missing:
    """In the place of a method of PyTorch's that is not here: its AttributeError says what is.

    (A ``__getattr__`` would be asked by Python for all attributes, and make each a little slower.)
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> None:
        from ..nearest import missing_in_tensor

        raise missing_in_tensor(self._name)


_NOT_HERE = """
angle as_strided bfloat16 cdouble cfloat chalf cholesky conj det digamma erfinv imag inverse istft
lgamma logdet lu matrix_exp matrix_power pinverse polygamma qr real share_memory_ slogdet stft
storage svd to_mkldnn to_sparse to_sparse_coo to_sparse_csr
"""
for _name in _NOT_HERE.split():
    if not hasattr(Methods, _name):
        setattr(Methods, _name, _Missing(_name))
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
