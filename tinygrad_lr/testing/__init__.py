"""Property-based tests of gradients, for your own operations.

``pip install 'tinygrad_lr[testing]'`` brings what they need, pytest and Hypothesis. A file
test_softplus.py:

.. code:: python

    import numpy as np
    from tinygrad_lr import Op, ops, testing

    softplus = Op("softplus", lambda a: np.logaddexp(a, 0.0), lambda g, y, a: g * ops.sigmoid(a))

    @testing.op_tests(softplus, cases=testing.unary())
    def test_softplus(check):
        check()

``pytest test_softplus.py`` then runs ten tests: the value; the first and the second derivative,
against slopes found without any rule; the same when called again, in float32 and float16, in every
layout in memory, with rules that run on Tensors, in a traced step; and that nothing is written to
or shared that should not be. (An eleventh, of more than one argument: each alone needs a gradient.)
``-k second_derivative`` picks one. With ``-a`` for ``a`` in the rule, those of the derivatives
fail, and say

    softplus, derivative: the gradient of softplus is wrong for input 0 (a): ...
    This call alone (import numpy as np; from tinygrad_lr import testing):
        testing.check_op(softplus, [(np.array(0.125),)], only='derivative')

and the last line can be pasted and run. `check_op` is the same without pytest.

- *What it is called with.* ``unary()``, ``binary()``, ``elementwise(...)``, ``reduction()``,
  ``along()``, ``scores()``, or ``calls(...)`` of anything: ``calls(arrays((2, 3)), axis=axes((2,
  3)))``. Which numbers: ``positive()``, ``away_from(0.0)``, ``between(-1.0, 1.0)``,
  ``magnitudes()``, or a strategy of Hypothesis, such as ``st.floats()`` with inf and nan. Take
  those for which the operation is meant; what happens elsewhere is not asked.
- *Kinks.* Where the slope jumps, say so: ``kinks=0.0`` for relu, ``kinks=lambda a, b: a - b`` for
  maximum. There the gradient may be any number between the slopes on the sides. Derivatives are
  checked away from there.
- *A reference.* ``reference=scipy.special.softplus``, or any function of arrays, is what the
  values are compared with. For gradients of another framework: ``assert_same_gradient``.
- *float32 and float16* are compared with float64, as close as rounding allows for this function
  at these numbers (close.py has the rule). If the operation is not meant for one of them, leave
  it out: ``dtypes=["float64", "float32"]``. gradcheck itself needs float64. A constant of a rule
  keeps the dtype if it is a number of Python's beside an array: of numbers alone
  ``where(m, 2.0, 1.0)`` is float64, so write ``where(m, 2.0 * g, g)``.
- *A tolerance that is exceeded now and then* is a sign that the function cancels or jumps near
  these numbers; the message has the call. There is no tolerance to turn: take other numbers, name
  the kink, or compute more carefully.
- *Deadlines and "too slow".* There is no deadline, as a first call may compile. What the profile
  of Hypothesis says of the number of examples, the database and so on is followed. (``@settings``
  is for tests with ``@given``; here it is ``examples=20``.)
- *Large arrays.* No size is above 4, unless you say so: ``calls(arrays((1000,)))`` for code that
  does something else with many numbers.
- *Together with others:* ``programs([softplus, ...])`` draws whole programs, with results used
  twice, writes in place, views, and parts under no_grad.
- *A layer* is called with its parameters in the dtype that is checked: ``check_op(nn.Linear(3, 2),
  calls(arrays((4, 3))))``. Gradients are those of its arguments.
- *A rule that calls functions of arrays*, such as np.cos, has no derivative of its own:
  ``order=1``.
- *On a GPU:* ``device="gpu"``; the tests are skipped, and say why, where there is none.
"""

try:
    import hypothesis as _hypothesis  # noqa: F401
except ImportError as _error:
    raise ImportError(
        "tinygrad_lr.testing draws its examples with Hypothesis: pip install 'tinygrad_lr[testing]'"
    ) from _error

from ..wording import say_nearest
from .checks import check_op, op_tests
from .programs import Program, programs
from .properties import PROPERTIES
from .same import assert_same_gradient
from .strategies import (
    LAYOUTS,
    Case,
    Elements,
    Numbers,
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
    numbers,
    positive,
    real,
    reduction,
    scores,
    seeded,
    shapes,
    tensors,
    unary,
)
from .subject import Wrong

__all__ = [
    "LAYOUTS",
    "PROPERTIES",
    "Program",
    "Case",
    "Elements",
    "Numbers",
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
    "numbers",
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

say_nearest(__name__)
