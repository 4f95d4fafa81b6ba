"""The table, continued: the entries behind the rest of PyTorch's names.

They are written as those of ops.py are, whose first lines say how. Nobody needs them to understand
the others; they are here because a composition of others would be wrong somewhere, or slow.
"""

from __future__ import annotations

import math

from ..device import xp
from ..graph import Op
from ..ops import exp, no_views
from . import error_function

# -------------------------------------------------------------------------- functions, element-wise

tan = Op("tan", lambda a: xp(a).tan(a), lambda g, y, a: g * (1.0 + y * y))
expm1 = Op("expm1", lambda a: xp(a).expm1(a), lambda g, y, a: g * (y + 1.0))
log1p = Op("log1p", lambda a: xp(a).log1p(a), lambda g, y, a: g / (a + 1.0))
log2 = Op("log2", lambda a: xp(a).log2(a), lambda g, y, a: g / (a * math.log(2.0)))

erf = Op(
    "erf",
    lambda a: error_function.erf(a),
    lambda g, y, a: g * (2.0 / math.sqrt(math.pi) * exp(-a * a)),
)
erfc = Op(
    "erfc",
    lambda a: error_function.erfc(a),
    lambda g, y, a: g * (-2.0 / math.sqrt(math.pi) * exp(-a * a)),
)

# ------------------------------------------------------------------------- arithmetic, element-wise

# ------------------------------------------------------------------ reductions, scans and orderings

# ----------------------------------------------------------------------------- products and shapes

# ----------------------------------------------------------------------------------------- indexing

# ------------------------------------------------------------------------------------------- losses

no_views(globals())
