"""The rest of PyTorch's names, for whoever has a tutorial open. Nothing here is needed to learn.

table.py and network_table.py (for nn) hold the entries, each with its gradient beside it. The other
files hold the functions: made of an entry, or of other functions in a line or two. methods.py makes
methods of them. limits.py and threads.py answer what programs ask of their surroundings, nearest.py
who looks for a name that is not here; Tensor takes size.py, copying.py and foreign.py from here.
"""

from .aliases import *
from .arithmetic import *
from .asking import *
from .contractions import *
from .counting import *
from .elementwise import *
from .matrices import *
from .norms import *
from .ordering import *
from .picking import *
from .products import *
from .quantiles import *
from .reductions import *
from .scans import *
from .shapes import *
