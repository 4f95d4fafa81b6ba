"""Optimizers: they change parameters by their gradients.

optimizer.py is what they have in common; sgd.py, adam.py, rmsprop.py, adagrad.py are the formulas;
options.py is a group's dict of numbers, checks.py what an optimizer refuses; and lr_scheduler.py
changes learning rates from epoch to epoch.
"""

from typing import TYPE_CHECKING

from . import lr_scheduler
from .adagrad import Adagrad
from .adam import Adam, AdamW
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]


if not TYPE_CHECKING:  # for a type checker, a name that is not here is a mistake

    def __getattr__(name: str) -> None:
        from ..nearest import missing

        raise missing(__name__, name)
