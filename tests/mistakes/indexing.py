"""Mistakes with indices: to read, to write, to gather, to pick by a mask."""

from __future__ import annotations

import tinygrad_lr as tg
from mistakes import COUNTS, MASK, Mistakes, X, put
from tinygrad_lr.nn import functional as F

INDEXING: Mistakes = {
    "a mask of numbers to fill": (
        lambda: X.masked_fill(COUNTS, 0.0),
        RuntimeError,
        ["masked_fill: the mask must be a bool Tensor, not int64", "x > 0"],
    ),
    "a fill of many numbers": (
        lambda: X.masked_fill(MASK, tg.ones(3)),
        RuntimeError,
        ["masked_fill: the value must be a number", "got shape (3,)"],
    ),
    "a scatter to another number of dimensions": (
        lambda: X.scatter(1, tg.tensor([0, 1]), 1.0),
        RuntimeError,
        ["scatter: index has shape (2,), input (2, 3)", "as many dimensions"],
    ),
    "a scatter to more dimensions than there are": (
        lambda: X.scatter(1, tg.tensor([[[0, 1]]]), 1.0),
        RuntimeError,
        ["scatter: index has shape (1, 1, 2), input (2, 3)", "as many dimensions"],
    ),
    "a scatter out of range": (
        lambda: X.scatter(1, tg.tensor([[3]]), 1.0),
        RuntimeError,
        ["scatter: the index goes from 3 to 3", "expected 0 to 2"],
    ),
    "a scatter of nothing": (
        lambda: X.scatter(1, tg.tensor([[0]])),
        TypeError,
        ["scatter: give either src, a Tensor, or value, a number"],
    ),
    "an index of floats to add to": (
        lambda: X.index_add(0, tg.tensor([0.0]), X),
        RuntimeError,
        ["index_add: the index must hold integers", "float32", ".long()"],
    ),
    "too little to add": (
        lambda: X.index_add(0, tg.tensor([0, 1]), tg.ones(1, 3)),
        RuntimeError,
        ["index_add: an index of 2 places in dimension 0", "shape (2, 3), got (1, 3)"],
    ),
    "classes of floats": (
        lambda: F.one_hot(X),
        RuntimeError,
        ["one_hot: the index must be an int64 tensor, got float32", ".long()"],
    ),
    "a class too many": (
        lambda: F.one_hot(COUNTS, 6),
        RuntimeError,
        ["one_hot: the index goes from 1 to 6", "expected 0 to 5"],
    ),
    "a where of one choice": (
        lambda: tg.where(MASK, X),
        TypeError,
        ["where: give both", "or only a condition"],
    ),
    "an index_put without a tuple": (
        lambda: X.index_put(tg.tensor([0]), tg.ones(3)),
        TypeError,
        ["index_put: indices must be a tuple of Tensors, (index,) for one"],
    ),
    "a row that is not there": (
        lambda: X[2],
        IndexError,
        ["index 2 is out of range for dimension 0", "(2, 3)", "-2 to 1"],
    ),
    "a column that is not there": (
        lambda: X[0, -4],
        IndexError,
        ["index -4 is out of range for dimension 1", "(2, 3)", "-3 to 2"],
    ),
    "a row that is not there, in a list": (
        lambda: X[[0, 5]],
        IndexError,
        ["index 5 is out of range for dimension 0", "(2, 3)"],
    ),
    "too many indices": (
        lambda: X[0, 0, 0],
        IndexError,
        ["index: too many indices", "(2, 3)", "it has 2 dimensions, and 3 stand between"],
    ),
    "an index of a number": (
        lambda: tg.tensor(1.0)[0],
        IndexError,
        ["index: too many indices", "shape ()", "0 dimensions"],
    ),
    "a name as an index": (
        lambda: X["a"],
        TypeError,
        ["index: expected integers, slices", "got str"],
    ),
    "a fraction as an index": (
        lambda: X[len(X) / 2],
        TypeError,
        ["index: expected integers", "got float"],
    ),
    "floats as an index": (
        lambda: X[tg.ones(2)],
        TypeError,
        ["index: an index must hold integers or booleans", "float32"],
    ),
    "a slice to a fraction": (
        lambda: X[0 : len(X) / 2],
        TypeError,
        ["index: the parts of a slice are integers", "float 1.0"],
    ),
    "a slice in steps of 0": (lambda: X[::0], ValueError, ["index: the step", "must not be 0"]),
    "a mask of another shape": (
        lambda: X[MASK.T],
        IndexError,
        ["index: a mask of shape (3, 2)", "shape (2, 3)", "must be (2, 3)"],
    ),
    "a mask of rows that is too long": (
        lambda: X[[True, False, True]],
        IndexError,
        ["index: a mask of shape (3,)", "must be (2,)"],
    ),
    "lists of different lengths": (
        lambda: X[[0, 1], [0, 1, 2]],
        IndexError,
        ["index lists of shapes (2,), (3,)", "(2, 3)", "equally long"],
    ),
    "an index of uneven lists": (
        lambda: X[[[0], [0, 1]],],
        TypeError,
        ["index: the lists in [[0], [0, 1]] have different lengths"],
    ),
    "a slice backwards": (
        lambda: X[::-1],
        ValueError,
        ["index: the step of a slice must be positive, got -1", "range(len(x) - 1, -1, -1)"],
    ),
    "an index of few bits": (
        lambda: X[tg.tensor([0, 1], dtype="int16")],
        IndexError,
        ["an index Tensor is of int64, int32, bool or uint8", "got int16", ".long()"],
    ),
    "a fraction among places": (
        lambda: X[[0, 0.5]],
        IndexError,
        ["index: an index must hold integers or booleans", "float64"],
    ),
    "a column as a row of what a mask picks": (
        lambda: put(tg.ones(3, 1), X > 0, X.clone()),
        tg.ShapeError,
        ["value of shape (3, 1) does not fit", "chosen part, of shape (6,)", "(2, 3)"],
    ),
    "two ellipses": (lambda: X[..., ...], IndexError, ["index: only one ...", "(2, 3)"]),
    "a float tensor to count with": (
        lambda: range(tg.tensor(3.0)),  # type: ignore[arg-type]
        TypeError,
        ["only an integer tensor can be an index", "float32"],
    ),
    "a row of another length": (
        lambda: put(tg.ones(4), 0, X.clone()),
        tg.ShapeError,
        ["value of shape (4,) does not fit", "chosen part, of shape (3,)", "(2, 3)"],
    ),
    "a row of text": (lambda: put("a", 0, X.clone()), TypeError, ["expected numbers", "'a'"]),
    "uneven lists in a tensor's place": (
        lambda: put([[1], [2, 3]], 0, X.clone()),
        ValueError,
        ["different lengths", "equally long"],
    ),
    "nan in a row of integers": (
        lambda: put(float("nan"), 0, COUNTS.clone()),
        ValueError,
        ["int64 cannot hold nan"],
    ),
    "index_select of a row that is not there": (
        lambda: X.index_select(0, tg.tensor([3])),
        IndexError,
        ["index_select:", "from 3 to 3", "(2, 3) has 2 entries", "0 to 1"],
    ),
    "index_select by floats": (
        lambda: X.index_select(0, tg.tensor([0.0])),
        TypeError,
        ["index_select: the index must hold integers", "float32"],
    ),
    "gather with an index of fewer dimensions": (
        lambda: X.gather(0, tg.tensor([0])),
        tg.ShapeError,
        ["gather: index has shape (1,), input (2, 3)", "as many dimensions"],
    ),
}
