"""Neural networks: modules with parameters, and the functions they are made of.

module.py is what a module is, parameter.py what it trains, hooks.py and state.py are parts of it;
containers.py has modules that hold others; layers.py, lazy.py, norms.py, activations.py and
losses.py those that compute something, with the functions of functional.py; parallel.py has one
model on several processes. init.py is how parameters begin, utils.py what is done with all of their
gradients.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import functional, init, parameter, utils
from .activations import *
from .containers import *
from .layers import *
from .lazy import *
from .losses import *
from .module import Module as Module
from .norms import *
from .parameter import Buffer as Buffer
from .parameter import Parameter as Parameter
from .parameter import UninitializedParameter as UninitializedParameter

if TYPE_CHECKING:  # for a type checker, a name that is not here is a mistake
    from . import parallel
else:

    def __getattr__(name: str) -> Any:
        if name == "parallel":  # it needs more than most who train: see there
            return import_module(".parallel", __name__)
        from ..more.nearest import missing

        raise missing(__name__, name)
