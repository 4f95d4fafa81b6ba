"""Optimizers: they change parameters by their gradients.

optimizer.py is what they have in common; sgd.py, adam.py, rmsprop.py, adagrad.py are the formulas;
options.py is a group's dict of numbers, checks.py what an optimizer refuses. lr_scheduler, which is
imported when somebody asks for it, changes learning rates from epoch to epoch.
"""

from typing import TYPE_CHECKING, Any

from .adagrad import Adagrad
from .adam import Adam, AdamW
from .optimizer import Optimizer
from .rmsprop import RMSprop
from .sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]


if TYPE_CHECKING:  # for a type checker, a name that is not here is a mistake
    from . import lr_scheduler
else:

    def __getattr__(name: str) -> Any:
        if name == "lr_scheduler":
            from importlib import import_module

            return import_module(".lr_scheduler", __name__)
        from ..more.nearest import missing

        raise missing(__name__, name)
