"""Neural networks: modules with parameters, and the functions they are made of.

module.py is what a module is, parameter.py what it trains; containers.py holds modules that hold
others, layers.py and losses.py those that compute something, with the functions of functional.py.
"""

from . import functional
from .containers import *
from .layers import *
from .losses import *
from .module import Module
from .parameter import Parameter
