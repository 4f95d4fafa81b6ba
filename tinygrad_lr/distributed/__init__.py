"""Several processes, on one machine or many, that train one model: PyTorch's ``distributed``.

    mpiexec -n 4 python train.py

starts four processes of a program, its *ranks* 0 to 3. Each has a model of its own, and takes part
of the data; what connects them is here.

    import tinygrad_lr as tg
    from tinygrad_lr import distributed

    distributed.init_process_group("mpi")
    model = tg.nn.parallel.DistributedDataParallel(model)
    sampler = tg.utils.data.DistributedSampler(dataset, seed=0)
    loader = tg.utils.data.DataLoader(dataset, batch_size=32, sampler=sampler)

These functions are *collective*: all ranks must call them, in the same order, with tensors of the
same shape and dtype; each waits until the others are there. What differs is an error on all ranks,
Disagreement, the first time that a rank comes with such tensors. `group` and `async_op` have their
places in the signatures, as in PyTorch, but no other value than the usual one. A rank that ends, by
whatever, ends the others too, and it is said which it was. Nothing of the transport is written
here: on the CPU it is MPI's, through mpi4py (``pip install mpi4py mpich``); between GPUs NCCL's.

mpi.py has the group, and what it does with raw arrays; ending.py and herald.py see to it that no
rank waits for ever.
"""

from __future__ import annotations

import enum
import importlib
import importlib.util
from collections.abc import Sequence

import numpy as np

from ..device import xp
from ..dtypes import integer
from ..errors import ArgumentError, DtypeError, ShapeError, not_a_tensor
from ..forms import formed
from ..modes import no_grad
from ..tensor import Tensor
from ..versions import mark_written
from ..wording import say_nearest
from . import mpi
from .mpi import Disagreement, check_same

__all__ = [
    "Disagreement",
    "ReduceOp",
    "abort",
    "all_gather",
    "all_reduce",
    "barrier",
    "broadcast",
    "check_same",
    "destroy_process_group",
    "get_backend",
    "get_rank",
    "get_world_size",
    "init_process_group",
    "is_available",
    "is_initialized",
    "texts",
]

# For which kinds of dtypes an operation is, if not for all.
_FOR = {"AVG": "f", "BAND": "iub", "BOR": "iub", "BXOR": "iub"}
_BACKENDS = {"mpi": (".mpi", "MPIGroup"), "nccl": ("..cuda.nccl", "NCCLGroup")}


class ReduceOp(enum.Enum):
    """What all_reduce makes of the ranks' values: ``ReduceOp.SUM``.

    AVG is for floats; BAND, BOR and BXOR are for integers, bit by bit, and bools, on the CPU.

    >>> loss = tg.tensor(2.0)
    >>> tg.distributed.all_reduce(loss, tg.distributed.ReduceOp.AVG)  # here of one rank
    >>> loss
    tensor(2.)
    """

    SUM = 0
    AVG = 1
    PRODUCT = 2
    MIN = 3
    MAX = 4
    BAND = 5
    BOR = 6
    BXOR = 7


def is_available() -> bool:
    """Whether mpi4py is installed, by which processes are connected. It is not imported.

    >>> tg.distributed.is_available() in (True, False)
    True
    """
    return importlib.util.find_spec("mpi4py") is not None


def is_initialized() -> bool:
    """Whether this process is in a group: between init_ and destroy_process_group().

    >>> tg.distributed.is_initialized()
    True
    """
    return bool(mpi._groups)


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: object = None,
    world_size: int = -1,
    rank: int = -1,
) -> None:
    """Join the processes that mpiexec has started with this one. All must call it.

    Without mpiexec this process is alone, rank 0 of 1.

    Args:
        backend: "mpi", for tensors on the CPU, or "nccl", for those on the GPU as well; None: mpi.
        init_method, timeout: PyTorch's, and ignored: how they find each other, and how long they
            wait, is mpiexec's matter.
        world_size, rank: how many there are, and which this is, if you want that checked: MPI knows
            it itself.

    Raises ArgumentError if there is a group already, or for another backend; RuntimeError where MPI
    (or NCCL) is missing, saying what to install, and if the ranks ask for different backends.

    >>> tg.distributed.init_process_group("mpi")
    >>> tg.distributed.get_world_size()  # of `mpiexec -n 4 python train.py` it is 4
    1
    >>> tg.distributed.destroy_process_group()
    """
    backend = "mpi" if backend is None else str(backend).lower()
    if is_initialized():
        raise ArgumentError("trying to initialize the default process group twice!")
    if backend not in _BACKENDS:
        raise ArgumentError(
            f"init_process_group: there is no backend {backend!r}; use 'mpi' on the CPU, or 'nccl' "
            "on GPUs"
        )
    module, name = _BACKENDS[backend]
    found = importlib.import_module(module, __name__)
    group: mpi.MPIGroup = getattr(found, name)()
    mpi._groups.append(group)
    try:
        check_same("init_process_group: the backends", [group.backend])
        for what, said, is_so in (
            ("world_size", world_size, group.size),
            ("rank", rank, group.rank),
        ):
            if said not in (-1, is_so):
                raise ArgumentError(f"init_process_group: {what} is {is_so} here, not {said}")
    except BaseException:
        destroy_process_group()
        raise


def destroy_process_group(group: None = None) -> None:
    """Leave the group. AssertionError, as in PyTorch, if there is none.

    >>> tg.distributed.init_process_group("mpi")
    >>> tg.distributed.destroy_process_group()
    >>> tg.distributed.is_initialized()
    False
    """
    _no_group("destroy_process_group", group)
    assert is_initialized(), "Process group cannot be None: there is no process group to destroy"
    mpi._groups.pop().close()


def get_rank(group: None = None) -> int:
    """The number of this process in the group, from 0. ArgumentError if there is no group.

    >>> if tg.distributed.get_rank() == 0:
    ...     print("only one of the ranks prints this")
    only one of the ranks prints this
    """
    _no_group("get_rank", group)
    return mpi.current().rank


def get_world_size(group: None = None) -> int:
    """How many processes the group has. ArgumentError if there is no group.

    >>> tg.distributed.get_world_size()  # without mpiexec
    1
    """
    _no_group("get_world_size", group)
    return mpi.current().size


def get_backend(group: None = None) -> str:
    """ "mpi" or "nccl". ArgumentError if there is no group.

    >>> tg.distributed.get_backend()
    'mpi'
    """
    _no_group("get_backend", group)
    return mpi.current().backend


def barrier(group: None = None, async_op: bool = False, device_ids: object = None) -> None:
    """Wait until all ranks are here. ArgumentError if there is no group.

    `device_ids` is PyTorch's, and ignored: each rank has one card.

    >>> tg.distributed.barrier()
    """
    _no_group("barrier", group, async_op)
    mpi.current().barrier()


def all_reduce(
    tensor: Tensor, op: ReduceOp = ReduceOp.SUM, group: None = None, async_op: bool = False
) -> None:
    """Write into `tensor`, of any shape and dtype, the sum of all ranks' tensors.

    Or their mean, product, minimum, maximum (which may pass over a nan), and so on, by `op`. All
    ranks then hold the same bits.

    Raises TypeError for what is no Tensor, DtypeError for the mean of integers. Nothing is recorded
    for autograd: no gradient flows back through it.

    >>> samples = tg.tensor([100])
    >>> tg.distributed.all_reduce(samples)  # of 4 ranks it would then be 400
    >>> samples
    tensor([100])
    """
    if group is not None or async_op:
        _no_group("all_reduce", group, async_op)
    if not isinstance(op, ReduceOp):
        raise TypeError(f"all_reduce: op must be a ReduceOp, such as ReduceOp.SUM, got {op!r}")
    name = op._name_  # which takes Python a tenth of the time of op.name
    if name in _FOR and isinstance(tensor, Tensor) and tensor.dtype.kind not in _FOR[name]:
        what = "floats" if name == "AVG" else "integers and bools"
        raise DtypeError(f"all_reduce: {name} is for {what}, and the tensor holds {tensor.dtype}")
    _in_place("all_reduce", tensor, mpi.reduce_array, name)


def broadcast(tensor: Tensor, src: int, group: None = None, async_op: bool = False) -> None:
    """Write into `tensor` what it is on the rank `src`.

    Raises TypeError for what is no Tensor, ArgumentError if there is no such rank. Of any shape and
    dtype, the same on all ranks.

    >>> seed = tg.tensor(7)
    >>> tg.distributed.broadcast(seed, src=0)  # now it is that of rank 0 on all ranks
    >>> seed
    tensor(7)
    """
    _no_group("broadcast", group, async_op)
    rank, size = integer(src), get_world_size()
    if rank is None or not 0 <= rank < size:
        raise ArgumentError(f"broadcast: src must be a rank, from 0 to {size - 1}, got {src!r}")
    _in_place("broadcast", tensor, mpi.broadcast_array, rank)


def all_gather(
    tensor_list: Sequence[Tensor], tensor: Tensor, group: None = None, async_op: bool = False
) -> None:
    """Write the ranks' tensors into those of `tensor_list`, one for each rank, in their order.

    Raises ArgumentError if there are not as many as ranks, ShapeError or DtypeError for one of
    another shape or dtype than `tensor`.

    >>> found = [tg.zeros(2) for _ in range(tg.distributed.get_world_size())]
    >>> tg.distributed.all_gather(found, tg.tensor([3.0, 4.0]))
    >>> found
    [tensor([3., 4.])]
    """
    _no_group("all_gather", group, async_op)
    size = get_world_size()
    if not isinstance(tensor_list, (list, tuple)) or len(tensor_list) != size:
        raise ArgumentError(
            f"all_gather: tensor_list must be a list of {size} tensors, one for each rank"
        )
    for each in (tensor, *tensor_list):
        if not isinstance(each, Tensor):
            raise not_a_tensor("all_gather", each)
        if each.shape != tensor.shape:
            raise ShapeError(
                f"all_gather: the tensor has shape {tensor.shape}, and one of tensor_list "
                f"{each.shape}"
            )
        if each.dtype != tensor.dtype:
            raise DtypeError(
                f"all_gather: the tensor holds {tensor.dtype}, and one of tensor_list {each.dtype}"
            )
    array = tensor.array
    lib = xp(array)
    into = lib.broadcast_to(array, (size, *array.shape)).copy(order="C")
    mpi.gather_arrays(into, array.copy(order="C"))
    with no_grad():
        for i, place in enumerate(tensor_list):
            place.detach().copy_(tensor.wrap(into[i]))


def texts(text: str) -> list[str]:
    """The text of each rank, in their order.

    >>> tg.distributed.texts(f"rank {tg.distributed.get_rank()} is ready")
    ['rank 0 is ready']
    """
    return mpi.current().texts(text)


def abort(code: int = 1) -> None:
    """End all ranks at once, with this exit code and without another word."""
    mpi.current().abort(code)


def _no_group(name: str, group: object, async_op: bool = False) -> None:
    """All ranks are one group here, and a call returns when its work is done."""
    if group is not None or async_op:
        what = "async_op" if group is None else "group"
        raise ArgumentError(f"{name}: there is no {what} here; leave it out")


def _in_place(name: str, tensor: Tensor, do: formed, arg: object) -> None:
    """Let `do` write into the array of `tensor`, or into one in the usual order in its place."""
    if not isinstance(tensor, Tensor):
        raise not_a_tensor(name, tensor)
    array = tensor.array
    if type(array) is np.ndarray and array.flags.carray:  # what usually is, and has no other form
        do.plain(array, arg)
        mark_written(tensor, name)
        return
    if array.flags.c_contiguous and getattr(array.flags, "behaved", True):
        do(array, arg)
        mark_written(tensor, name)
        return
    ordered = array.copy(order="C")
    do(ordered, arg)
    with no_grad():
        tensor.detach().copy_(tensor.wrap(ordered))


say_nearest(__name__)
