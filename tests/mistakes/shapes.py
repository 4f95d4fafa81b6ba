"""Mistakes with shapes: sizes that do not fit, dimensions that are not there, joining."""

from __future__ import annotations

import numpy as np

import tinygrad_lr as tg
from mistakes import MASK, Mistakes, X, leaf
from tinygrad_lr import nn
from tinygrad_lr.nn import functional as F

SHAPES: Mistakes = {
    "parts of size 0": (lambda: X.split(0), ValueError, ["split: parts of size 0", "the 2"]),
    "parts that do not sum to the whole": (
        lambda: X.split([1, 2]),
        RuntimeError,
        ["split: the sizes must be >= 0 and sum to 2", "got (1, 2)"],
    ),
    "no chunks": (lambda: X.chunk(0), RuntimeError, ["chunk: chunks must be at least 1, got 0"]),
    "parts of a single number": (
        lambda: tg.tensor(1.0).chunk(2),
        RuntimeError,
        ["chunk: a tensor of no dimensions", "has no parts"],
    ),
    "an hsplit that does not divide": (
        lambda: X.hsplit(2),
        RuntimeError,
        ["hsplit: the size 3 of dimension 1", "2 equal parts", "tensor_split"],
    ),
    "more than is there": (
        lambda: X.narrow(0, 1, 2),
        RuntimeError,
        ["narrow: of 2 entries, 1 begin at 1", "got 2"],
    ),
    "repeat of too few dimensions": (
        lambda: X.repeat(2),
        RuntimeError,
        ["repeat: (2,) must say how often for each dimension of (2, 3)", "tile"],
    ),
    "repeats for too few entries": (
        lambda: X.repeat_interleave(tg.tensor([1, 2]), 1),
        RuntimeError,
        ["repeat_interleave: repeats must be 3 integers", "dimension 1", "[1, 2]"],
    ),
    "one shift for two dimensions": (
        lambda: X.roll(1, (0, 1)),
        RuntimeError,
        ["roll: one shift for each dimension, got (1,) for (0, 1)"],
    ),
    "unflatten into other sizes": (
        lambda: X.unflatten(1, (2, 2)),
        RuntimeError,
        ["unflatten: (2, 2) are no sizes for dimension 1 of (2, 3)", "multiply to 3"],
    ),
    "vectors of different lengths in a stack": (
        lambda: tg.vstack([X, tg.ones(2, 4)]),
        RuntimeError,
        ["cat", "(2, 3)", "(2, 4)"],
    ),
    "a triangle of a vector": (
        lambda: tg.ones(3).tril(),
        RuntimeError,
        ["tril: needs a matrix, or several, got shape (3,)"],
    ),
    "shapes that do not broadcast": (
        lambda: tg.broadcast_shapes((2,), (3,)),
        RuntimeError,
        ["broadcast_shapes: (2,), (3,) do not broadcast"],
    ),
    "a border for half a dimension": (
        lambda: F.pad(X, (1,)),
        RuntimeError,
        ["pad: needs two sizes for each dimension", "got (1,)"],
    ),
    "a border in a mode of another name": (
        lambda: F.pad(X, (1, 1), "mirror"),
        NotImplementedError,
        ["pad: mode must be constant, reflect, replicate or circular, got 'mirror'"],
    ),
    "a leaf that would change its shape": (
        lambda: leaf(2, 3).t_(),
        RuntimeError,
        ["t_: a leaf Tensor that requires grad", "no_grad"],
    ),
    "matmul of shapes that do not fit": (
        lambda: tg.ones(2, 3) @ tg.ones(4, 5),
        tg.ShapeError,
        ["matmul:", "(2, 3)", "(4, 5)", "the last dimension of a", ".T transposes"],
    ),
    "matmul with a number": (lambda: X @ 3, TypeError, ["matmul: expected a Tensor", "x * 3"]),
    "matmul of two dtypes": (
        lambda: X @ np.ones(3),
        TypeError,
        ["matmul: input is float32, other is float64", "other.float()"],
    ),
    "adding a row that is too long": (
        lambda: X + tg.ones(4),
        tg.ShapeError,
        ["add: a has shape (2, 3), b has shape (4,)", "broadcast", "equal, or one of them 1"],
    ),
    "multiplying by a transposed matrix": (
        lambda: X * tg.ones(3, 2),
        tg.ShapeError,
        ["mul:", "(2, 3)", "(3, 2)", "broadcast"],
    ),
    "an array of another shape on the left": (
        lambda: np.ones(5, np.float32) - X,
        tg.ShapeError,
        ["sub:", "(5,)", "(2, 3)", "broadcast"],
    ),
    "comparing different shapes": (
        lambda: X > tg.ones(2),
        tg.ShapeError,
        ["gt:", "(2, 3)", "(2,)", "broadcast"],
    ),
    "where of different shapes": (
        lambda: tg.where(MASK, X, tg.ones(4)),
        tg.ShapeError,
        ["where:", "(2, 3)", "(4,)", "broadcast"],
    ),
    "where of no mask": (
        lambda: tg.where(X, X, X),
        TypeError,
        ["where: the condition must be a bool Tensor", "float32", "x > 0"],
    ),
    "reshape to more elements": (
        lambda: X.reshape(4, 2),
        tg.ShapeError,
        ["reshape:", "(2, 3) has 6 elements", "(4, 2)"],
    ),
    "reshape with two unknown sizes": (
        lambda: X.reshape(-1, -1),
        tg.ShapeError,
        ["reshape: only one size may be -1", "(-1, -1)"],
    ),
    "reshape to a fraction": (
        lambda: X.reshape(6 / 2, 2),
        TypeError,
        ["reshape: sizes must be integers", "3.0"],
    ),
    "a view of what was transposed": (
        lambda: X.T.view(6),
        tg.ShapeError,
        ["view:", "(3, 2)", "without a copy", "use reshape"],
    ),
    "expanding a dimension that is not 1": (
        lambda: X.expand(4, 3),
        tg.ShapeError,
        ["expand: (2, 3) cannot be expanded to (4, 3)", "only a dimension of size 1"],
    ),
    "transposing a dimension that is not there": (
        lambda: X.transpose(0, 2),
        IndexError,
        ["transpose: dim 2 is out of range", "2 dimensions", "-2 to 1"],
    ),
    "permute without all dimensions": (
        lambda: X.permute(0),
        tg.ShapeError,
        ["permute: (0,) must name each of the 2 dimensions", "once"],
    ),
    "t of a batch": (lambda: tg.ones(2, 3, 4).t(), tg.ShapeError, ["t:", "(2, 3, 4)", "permute"]),
    "squeezing a dimension that is not there": (
        lambda: X.squeeze(2),
        IndexError,
        ["squeeze: dim 2 is out of range", "-2 to 1"],
    ),
    "unsqueezing too far": (
        lambda: X.unsqueeze(4),
        IndexError,
        ["unsqueeze: dim 4 is out of range", "-3 to 2"],
    ),
    "flatten backwards": (
        lambda: X.flatten(1, 0),
        ValueError,
        ["flatten: start_dim 1 comes after end_dim 0"],
    ),
    "Flatten of a single image": (
        lambda: nn.Flatten()(tg.ones(784)),
        IndexError,
        ["flatten: dim 1 is out of range", "1 dimension (expected -1 to 0)"],
    ),
    "cat of different heights": (
        lambda: tg.cat([X, tg.ones(2, 4)]),
        tg.ShapeError,
        ["cat:", "(2, 3)", "(2, 4)", "all dimensions but the one"],
    ),
    "cat without a list": (
        lambda: tg.cat(X),  # type: ignore[arg-type]
        TypeError,
        ["cat: expected a list or tuple of Tensors", "got Tensor", "write cat([a, b])"],
    ),
    "cat of numbers": (
        lambda: tg.cat([tg.tensor(1.0), tg.tensor(2.0)]),
        tg.ShapeError,
        ["cat: a single number", "use stack"],
    ),
    "cat of nothing": (lambda: tg.cat([]), ValueError, ["cat: expected at least one Tensor"]),
    "cat with a list among the tensors": (
        lambda: tg.cat([X, [1.0]]),
        TypeError,
        ["cat: expected Tensors", "list at place 1"],
    ),
    "stack of different shapes": (
        lambda: tg.stack([X, tg.ones(3)]),
        tg.ShapeError,
        ["stack:", "(2, 3)", "(3,)", "all shapes must be equal"],
    ),
    "a sum over a dimension that is not there": (
        lambda: X.sum(2),
        IndexError,
        ["sum: dim 2 is out of range", "-2 to 1"],
    ),
    "a sum over the same dimension twice": (
        lambda: X.sum((0, -2)),
        ValueError,
        ["sum: dim (0, -2) names a dimension twice"],
    ),
    "a sum over a name": (lambda: X.sum("rows"), TypeError, ["sum: dim must be an int", "'rows'"]),
    "the largest of nothing": (
        lambda: tg.zeros(0, 3).max(),
        IndexError,
        ["max: there is nothing to choose from", "(0, 3)"],
    ),
    "softmax without a dimension": (
        lambda: tg.softmax(X, None),  # type: ignore[arg-type]
        TypeError,
        ["softmax: say along which dimension", "dim=-1"],
    ),
    "a clamp without bounds": (lambda: X.clamp(), ValueError, ["clamp: give min, max, or both"]),
    "a size of a dimension that is not there": (
        lambda: X.size(2),
        IndexError,
        ["size: dim 2 is out of range", "-2 to 1"],
    ),
    "the length of a number": (
        lambda: len(tg.tensor(1.0)),
        TypeError,
        ["len() of a tensor of no dimensions", "a single number"],
    ),
    "a loop over a number": (
        lambda: list(tg.tensor(1.0)),
        TypeError,
        ["no dimensions", "cannot be iterated over"],
    ),
    "many elements as one number": (
        lambda: float(X),
        RuntimeError,
        ["(2, 3) has 6 elements", "reduce it first", "tolist()"],
    ),
    "if tensor": (
        lambda: 1 if X == X else 2,
        RuntimeError,
        ["shape (2, 3) is true is ambiguous", ".any() or .all()"],
    ),
    "two decimals of many numbers": (
        lambda: f"{X:.2f}",
        TypeError,
        ["format: '.2f' is for one number", "(2, 3)"],
    ),
    "writing a result of another shape in place": (
        lambda: X.clone().add_(tg.ones(4, 2, 3)),
        tg.ShapeError,
        ["add_: the result has shape (4, 2, 3)", "shape (2, 3)"],
    ),
    "writing into what was expanded": (
        lambda: tg.ones(1, 3).expand(2, 3).add_(1),
        RuntimeError,
        ["(2, 3)", "expanded", "clone() first"],
    ),
    "copying another shape": (
        lambda: X.clone().copy_(tg.ones(5)),
        tg.ShapeError,
        ["copy_: a value of shape (5,) does not fit", "(2, 3)"],
    ),
    "sum over two dimensions, one after the other": (
        lambda: X.sum(0, 1),
        TypeError,
        ["sum: keepdim must be True or False, got 1", "pass a tuple as dim"],
    ),
    "keepdim in a word": (
        lambda: X.max(0, keepdim="no"),
        TypeError,
        ["max: keepdim must be True or False, got 'no'"],
    ),
    "NumPy's keepdims for each": (
        lambda: X.mean(axis=0, keepdims=np.ones(2)),
        TypeError,
        ["mean: keepdims must be True or False, got ndarray"],
    ),
    "unbiased in a word": (
        lambda: X.std(unbiased="n"),
        TypeError,
        ["std: unbiased must be True or False, got 'n'"],
    ),
    "the shape of nothing": (
        lambda: X.expand_as(None),
        TypeError,
        ["expand_as: expected a Tensor, got None"],
    ),
    "a view as a shape": (
        lambda: X.view_as((3, 2)),
        TypeError,
        ["view_as: expected a Tensor, got tuple"],
    ),
}
