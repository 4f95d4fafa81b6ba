"""Schedules: they change the learning rates of an optimizer from epoch to epoch.

    scheduler = lr_scheduler.StepLR(optimizer, step_size=30)
    for epoch in range(100):
        ...  # optimizer.step() for each batch
        scheduler.step()

A schedule is a formula for the next rate of a group, given the one of now: so several of them may
work on one optimizer, one after the other. It sets the rates of epoch 0 when it is made.

One of your own is a class with a ``get_lr()``, which gives a list of the rates, one for each group,
in the epoch ``self.last_epoch``; ``self.base_lrs`` are the first ones.
"""

from ...wording import say_nearest
from .base import LRScheduler
from .by_batch import CyclicLR, OneCycleLR
from .by_epoch import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from .plateau import ReduceLROnPlateau
from .several import ChainedScheduler, SequentialLR

_LRScheduler = LRScheduler  # what it was called

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

for _name in __all__:  # the folder is one module in PyTorch, and programs ask a schedule for it
    globals()[_name].__module__ = __name__

say_nearest(__name__)
