"""The functions a network is made of: layers without state, activations and losses.

Each group has a file of its own. This is the one name for all of them: ``functional as F``.
"""

from __future__ import annotations

from ..more.borders import pad
from ..more.picking import one_hot
from ..wording import say_nearest
from . import activation_functions, class_losses, distances, layer_functions, loss_functions
from .activation_functions import *
from .class_losses import *
from .distances import *
from .layer_functions import *
from .loss_functions import *

__all__ = [
    *activation_functions.__all__,
    *class_losses.__all__,
    *distances.__all__,
    *layer_functions.__all__,
    *loss_functions.__all__,
    "one_hot",
    "pad",
]

say_nearest(__name__)
