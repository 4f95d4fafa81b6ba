"""Mistakes with labels and losses: classes that are none, targets that do not fit, weights."""

from __future__ import annotations

import numpy as np

import tinygrad_lr as tg
from mistakes import COUNTS, Mistakes, X, leaf
from tinygrad_lr import nn
from tinygrad_lr.nn import functional as F

SCORES = tg.ones(2, 3)

LOSSES: Mistakes = {
    "a label that is too high": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0, 3])),
        IndexError,
        ["cross_entropy: target goes from 0 to 3", "3 classes", "0 to 2"],
    ),
    "a negative label": (
        lambda: F.cross_entropy(SCORES, tg.tensor([-1, 0])),
        IndexError,
        ["cross_entropy: target goes from -1", "0 to 2", "ignore_index=-100"],
    ),
    "more labels than rows": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0, 1, 2])),
        tg.ShapeError,
        ["cross_entropy:", "(2, 3)", "target (3,)", "must be (2,)"],
    ),
    "labels as a column": (
        lambda: F.cross_entropy(SCORES, tg.tensor([[0], [1]])),
        tg.ShapeError,
        ["cross_entropy:", "target (2, 1)", "must be (2,)", "a class for each row"],
    ),
    "labels that are one-hot rows": (
        lambda: F.cross_entropy(SCORES, tg.tensor([[1, 0, 0], [0, 1, 0]])),
        tg.ShapeError,
        ["cross_entropy:", "target (2, 3)", "must be (2,)", "target.argmax(1)"],
    ),
    "probabilities with an ignore_index": (
        lambda: F.cross_entropy(SCORES, tg.ones(2, 3), ignore_index=1),
        ValueError,
        ["cross_entropy: ignore_index is for targets that are classes"],
    ),
    "too few weights of classes": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0, 1]), weight=tg.ones(2)),
        tg.ShapeError,
        ["cross_entropy: weight must have one weight for each of 3 classes", "(2,)"],
    ),
    "weights of classes in a list": (
        lambda: F.nll_loss(SCORES, tg.tensor([0, 1]), weight=[1.0, 2.0, 3.0]),
        TypeError,
        ["nll_loss: weight must be a Tensor, got list"],
    ),
    "weights of classes that are trained": (
        lambda: F.nll_loss(SCORES, tg.tensor([0, 1]), weight=leaf(3)),
        RuntimeError,
        ["nll_loss: there is no gradient for weight", "weight.detach()"],
    ),
    "logits for binary_cross_entropy": (
        lambda: F.binary_cross_entropy(tg.tensor([2.0, -1.0]), tg.tensor([1.0, 0.0])),
        RuntimeError,
        [
            "binary_cross_entropy: input must be from 0 to 1, got -1 to 2; for scores",
            "_with_logits",
        ],
    ),
    "labels for binary_cross_entropy": (
        lambda: F.binary_cross_entropy(tg.ones(2), tg.tensor([1, 0])),
        TypeError,
        ["binary_cross_entropy: input is float32, target is int64", "target.float()"],
    ),
    "labels for binary_cross_entropy_with_logits": (
        lambda: F.binary_cross_entropy_with_logits(tg.ones(2), tg.tensor([1, 0])),
        TypeError,
        ["binary_cross_entropy_with_logits: target must hold floats, got int64"],
    ),
    "a column and a vector for binary_cross_entropy_with_logits": (
        lambda: F.binary_cross_entropy_with_logits(tg.ones(2, 1), tg.ones(2)),
        ValueError,
        ["(2, 1)", "(2,)", "broadcast to (2, 2)", "reshape(input.shape)"],
    ),
    "a delta of 0": (
        lambda: F.huber_loss(X, X, delta=0),
        RuntimeError,
        ["huber_loss: delta must be positive, got 0"],
    ),
    "a negative variance": (
        lambda: F.gaussian_nll_loss(X, X, -X),
        ValueError,
        ["gaussian_nll_loss: var must be >= 0, got -1"],
    ),
    "integers for an activation": (
        lambda: F.gelu(COUNTS),
        RuntimeError,
        ["gelu: needs floats, got int64; use .float()"],
    ),
    "another approximation": (
        lambda: F.gelu(X, approximate="erf"),
        RuntimeError,
        ["gelu: approximate must be 'none' or 'tanh', got 'erf'"],
    ),
    "a probability of more than 1": (
        lambda: nn.Dropout(2),
        ValueError,
        ["Dropout: p, a probability, has to be from 0 to 1, got 2"],
    ),
    "floats for an embedding": (
        lambda: nn.Embedding(3, 2)(X),
        RuntimeError,
        ["embedding: the index must hold integers", "float32", ".long()"],
    ),
    "a word that the embedding does not know": (
        lambda: nn.Embedding(3, 2)(COUNTS),
        IndexError,
        ["embedding: the index goes from 1 to 6", "3 entries"],
    ),
    "an embedding with a largest norm": (
        lambda: nn.Embedding(3, 2, max_norm=1.0),
        ValueError,
        ["Embedding: max_norm, scale_grad_by_freq and sparse are not offered"],
    ),
    "a padding that is no row": (
        lambda: nn.Embedding(3, 2, padding_idx=3),
        ValueError,
        ["Embedding: padding_idx must be one of 3 rows, or None, got 3"],
    ),
    "a batch of one to normalize": (
        lambda: nn.BatchNorm1d(3)(tg.ones(1, 3)),
        ValueError,
        ["batch_norm: expected more than 1 value per channel when training, got input (1, 3)"],
    ),
    "other features than a BatchNorm1d has": (
        lambda: nn.BatchNorm1d(4)(X),
        RuntimeError,
        ["batch_norm: input (2, 3) has 3 channels, running_mean (4,)"],
    ),
    "one row to a BatchNorm1d": (
        lambda: nn.BatchNorm1d(3)(tg.ones(3)),
        ValueError,
        ["expected 2D or 3D input (got 1D input)"],
    ),
    "other dimensions than a LayerNorm has": (
        lambda: nn.LayerNorm(2)(X),
        RuntimeError,
        ["layer_norm: normalized_shape (2,) must be the last dimensions of input, (2, 3)"],
    ),
    "an odd number of columns to halve": (
        lambda: F.glu(X),
        RuntimeError,
        ["glu: dimension -1 of (2, 3) must be even"],
    ),
    "labels that are floats": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0.0, 1.0])),
        TypeError,
        ["cross_entropy: target must hold class numbers", "float32", "target.long()"],
    ),
    "labels in a list": (
        lambda: F.cross_entropy(SCORES, [0, 1]),
        TypeError,
        ["cross_entropy: input and target must be Tensors", "list"],
    ),
    "scores and labels exchanged": (
        lambda: F.cross_entropy(tg.tensor([0, 1]), SCORES),
        TypeError,
        ["cross_entropy: input, the scores, must hold floats", "int64", "the target comes second"],
    ),
    "scores that are one number": (
        lambda: F.cross_entropy(tg.tensor(1.0), tg.tensor(0)),
        tg.ShapeError,
        ["cross_entropy: input has shape ()", "(N, C)"],
    ),
    "an unknown reduction": (
        lambda: F.cross_entropy(SCORES, tg.tensor([0, 1]), reduction="average"),
        ValueError,
        ["cross_entropy: reduction must be 'mean', 'sum' or 'none'", "'average'"],
    ),
    "an unknown reduction of a module": (
        lambda: nn.MSELoss(reduction="average"),
        ValueError,
        ["MSELoss: reduction must be 'mean', 'sum' or 'none'", "'average'"],
    ),
    "a smoothing that is no number": (
        lambda: nn.CrossEntropyLoss(label_smoothing=None),  # type: ignore[arg-type]
        TypeError,
        ["label_smoothing must be a number", "got None"],
    ),
    "an ignore_index that is a float": (
        lambda: nn.functional.cross_entropy(tg.ones(2, 3), tg.tensor([0, 1]), ignore_index=1.0),  # type: ignore[arg-type]
        TypeError,
        ["cross_entropy: ignore_index must be an integer, got 1.0"],
    ),
    "too much smoothing": (
        lambda: nn.CrossEntropyLoss(label_smoothing=10),
        ValueError,
        ["label_smoothing must be in 0 to 1", "got 10"],
    ),
    "a label that is too high for nll_loss": (
        lambda: F.nll_loss(SCORES, tg.tensor([0, 5])),
        IndexError,
        ["nll_loss: target goes from 0 to 5", "0 to 2"],
    ),
    "mse_loss of a column and a vector": (
        lambda: F.mse_loss(tg.ones(10, 1), tg.ones(10)),
        tg.ShapeError,
        ["mse_loss:", "(10, 1)", "(10,)", "broadcast to (10, 10)", "reshape(input.shape)"],
    ),
    "mse_loss of different lengths": (
        lambda: F.mse_loss(tg.ones(3), tg.ones(4)),
        tg.ShapeError,
        ["mse_loss:", "(3,)", "(4,)", "do not fit together"],
    ),
    "mse_loss with a number": (
        lambda: F.mse_loss(tg.ones(3), 1.0),
        TypeError,
        ["mse_loss: target must be a Tensor", "float"],
    ),
    "mse_loss with integers": (
        lambda: F.mse_loss(tg.ones(3), tg.tensor([1, 2, 3])),
        TypeError,
        ["mse_loss: input is float32, target is int64", "target.float()"],
    ),
    "an array as a reduction": (
        lambda: F.mse_loss(X, X, reduction=np.ones(2)),
        ValueError,
        ["mse_loss: reduction must be 'mean', 'sum' or 'none'"],
    ),
}
