"""Property-based tests of gradients, for your own operations.

.. code:: python

    import numpy as np
    import tinygrad_lr as tg
    from tinygrad_lr import ops, testing

    softplus = tg.Op("softplus", lambda a: np.logaddexp(a, 0.0), lambda g, y, a: g * ops.sigmoid(a))

    @testing.op_tests(softplus, cases=testing.unary())
    def test_softplus(check):
        check()
"""

try:
    import hypothesis as _hypothesis  # noqa: F401
except ImportError as error:
    raise ImportError(
        "tinygrad_lr.testing draws its examples with Hypothesis: pip install 'tinygrad_lr[testing]'"
    ) from error

from .checks import check_op, op_tests
from .programs import Program, programs
from .properties import PROPERTIES, Wrong
from .same import assert_same_gradient
from .strategies import (
    LAYOUTS,
    Case,
    Elements,
    along,
    arrays,
    away_from,
    axes,
    between,
    binary,
    broadcastable,
    calls,
    elementwise,
    indices,
    labels,
    layouts,
    magnitudes,
    masks,
    positive,
    real,
    reduction,
    scores,
    seeded,
    shapes,
    tensors,
    unary,
)

__all__ = [
    "LAYOUTS",
    "PROPERTIES",
    "Program",
    "Case",
    "Elements",
    "Wrong",
    "along",
    "arrays",
    "assert_same_gradient",
    "away_from",
    "axes",
    "between",
    "binary",
    "broadcastable",
    "calls",
    "check_op",
    "elementwise",
    "indices",
    "labels",
    "layouts",
    "magnitudes",
    "masks",
    "op_tests",
    "positive",
    "programs",
    "real",
    "reduction",
    "scores",
    "seeded",
    "shapes",
    "tensors",
    "unary",
]
