"""Matrices as products: of singular vectors and values, of eigenvectors and -values, and Q R.

An Op has one result, and a decomposition two or three. So these entries give all parts in one row,
one after the other; the functions (in matrices.py) take the parts out of it, and the rules take
their gradients out of g, which is such a row. Where two values are equal, what depends on the
single vectors has no derivative, and the rules leave it out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..device import Array, Shape, xp
from ..errors import ArgumentError, solvable
from ..graph import Op
from ..ops import cat, getitem, no_views, reshape, swap, where
from .table import diagonal_scatter, solve, triu


def _row(arrays: Sequence[Array]) -> Array:
    """Arrays of (..., m, n) or (..., n), the last of matrices, one after the other: (..., all)."""
    batch = arrays[-1].shape[:-2]
    rows = [p.reshape((*batch, math.prod(p.shape[len(batch) :]))) for p in arrays]
    return xp(rows[0]).concatenate(rows, axis=-1)


def parts(row: Any, shapes: Sequence[Shape], reshape: Op = reshape) -> list[Any]:
    """The parts of such a row, which have these shapes in each batch: of an array, or a Tensor."""
    found, start = [], 0
    for shape in shapes:
        end = start + math.prod(shape)
        part = getitem(row, index=(Ellipsis, slice(start, end)))
        found.append(reshape(part, shape=(*row.shape[:-1], *shape)))
        start = end
    return found


def shown_as(name: str) -> Op:
    """The entry of reshape, which is shown as `name`: a part's grad_fn is that of the whole."""
    return Op("view", reshape.forward, *reshape.rules, view=True, light=True, shown=name)


def _inverse(a: Any) -> Any:
    """``1 / a``; 0 where that is 0."""
    return where(a == 0, 0.0, 1.0 / where(a == 0, 1.0, a))


def _differences(values: Any) -> Any:
    """``1 / (values[j] - values[i])``, and 0 where they are equal: (..., n, n)."""
    batch, n = values.shape[:-1], values.shape[-1]
    rows, columns = values.reshape((*batch, 1, n)), values.reshape((*batch, n, 1))
    return _inverse(rows - columns)


def _diagonal(values: Any) -> Any:
    """(..., n) as the diagonals of matrices."""
    n, ndim = values.shape[-1], values.ndim
    shape = (*values.shape, n)
    return diagonal_scatter(values, offset=0, axis1=ndim - 1, axis2=ndim, shape=shape)


def svd_shapes(shape: Shape, full: bool) -> list[Shape]:
    """The shapes of U, S and Vh."""
    m, n = shape[-2:]
    k = min(m, n)
    return [(m, m if full else k), (k,), (n if full else k, n)]


def _svd(a: Array, full: bool) -> Array:
    with solvable("svd"):
        return _row(xp(a).linalg.svd(a, full_matrices=full))


def _svd_rule(g: Any, y: Any, a: Any, full: bool) -> Any:
    # Of A = U S Vh: Uh dA V = (Uh dU) S + dS + S (dVh V), where Uh dU and dVh V are antisymmetric.
    # The last two terms are for the directions that U, or V, does not reach.
    shapes, k = svd_shapes(a.shape, full), min(a.shape[-2:])
    u, s, v = parts(y, shapes)
    gu, gs, gv = parts(g, shapes)
    u, gu, v, gv = u[..., :k], gu[..., :k], v[..., :k, :], gv[..., :k, :]
    row, column = s.reshape((*s.shape[:-1], 1, k)), s.reshape((*s.shape[:-1], k, 1))
    left, right = swap(u) @ gu, v @ swap(gv)
    turned = (left - swap(left)) * row + column * (right - swap(right))
    whole = u @ (turned * _differences(s * s) + _diagonal(gs)) @ v
    gu, gv = gu * _inverse(row), _inverse(column) * gv
    if a.shape[-2] > k:
        whole = whole + (gu - u @ (swap(u) @ gu)) @ v
    if a.shape[-1] > k:
        whole = whole + u @ (gv - (gv @ swap(v)) @ v)
    return whole


svd = Op("svd", _svd, _svd_rule, shown="LinalgSvd")


def _svdvals(a: Array) -> Any:
    with solvable("svd"):
        return xp(a).linalg.svd(a, compute_uv=False)


def _svdvals_rule(g: Any, y: Any, a: Any) -> Any:
    u, _, v = parts(svd(a, full=False), svd_shapes(a.shape, False))
    return u @ (g.reshape((*g.shape, 1)) * v)


svdvals = Op("svdvals", _svdvals, _svdvals_rule, shown="LinalgSvd")


def _eigh(a: Array, half: str) -> Array:
    with solvable("eigh"):
        return _row(xp(a).linalg.eigh(a, half))


def _eigh_rule(g: Any, y: Any, a: Any, half: str) -> Any:
    # Of A V = V diag(w): Vh dA V = dw + (Vh dV) (w_j - w_i), where Vh dV is antisymmetric.
    shapes = [(a.shape[-1],), a.shape[-2:]]
    w, v = parts(y, shapes)
    gw, gv = parts(g, shapes)
    inner = swap(v) @ gv * 0.5
    return v @ ((inner - swap(inner)) * _differences(w) + _diagonal(gw)) @ swap(v)


eigh = Op("eigh", _eigh, _eigh_rule, shown="LinalgEigh")


def _qr(a: Array, mode: str) -> Array:
    with solvable("qr"):
        return _row(xp(a).linalg.qr(a, mode))


def qr_shapes(shape: Shape, mode: str) -> list[Shape]:
    """The shapes of Q and R."""
    m, n = shape[-2:]
    k = m if mode == "complete" else min(m, n)
    return [(m, k), (k, n)]


def _qr_rule(g: Any, y: Any, a: Any, mode: str) -> Any:
    # Of a wide A = (X Z): X = Q U, Z = Q W, R = (U W). So W is inv(Q) Z, and the rest is X's.
    m, n = a.shape[-2:]
    if m > n and mode == "complete":
        raise ArgumentError(
            "qr: of more rows than columns, mode='complete' has no gradient; use mode='reduced'"
        )
    q, r = parts(y, qr_shapes(a.shape, mode))
    gq, gr = parts(g, qr_shapes(a.shape, mode))
    if m >= n:
        return _square_qr_rule(gq, gr, q, r)
    u, w, gu, gw = (_columns(part, *which) for part in (r, gr) for which in ((0, m), (m, n)))
    return cat(_square_qr_rule(gq + q @ (w @ swap(gw)), gu, q, u), q @ gw, axis=a.ndim - 1)


def _columns(a: Any, start: int, end: int) -> Any:
    return getitem(a, index=(Ellipsis, slice(start, end)))


def _square_qr_rule(gq: Any, gr: Any, q: Any, r: Any) -> Any:
    # dA inv(R) = dQ + Q dR inv(R), where Qt dQ is antisymmetric, and dR inv(R) an upper triangle.
    inner = triu(gr @ swap(r) - swap(q) @ gq, diagonal=0)
    whole = gq + q @ (inner + swap(triu(inner, diagonal=1)))
    return swap(solve(r, swap(whole)))


qr = Op("qr", _qr, _qr_rule, shown="LinalgQr")

no_views(globals())
