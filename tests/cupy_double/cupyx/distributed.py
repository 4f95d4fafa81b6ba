"""NCCL for the double: MPI does it, on the arrays that the device arrays hold.

The signatures are those of CuPy 14.2, and test_distributed_nccl.py compares them with it.
"""

import cupy
import cupy_double_capture as capture
import numpy as np
from mpi4py import MPI

DTYPES = "bBiIlLqQefdFD"  # those that NCCL has


def init_process_group(n_devices, rank, *, backend="nccl", host=None, port=None, use_mpi=False):
    if not use_mpi:
        raise NotImplementedError("the double has no server of its own")
    assert (n_devices, rank) == (MPI.COMM_WORLD.size, MPI.COMM_WORLD.rank)
    return NCCLBackend(MPI.COMM_WORLD.Dup())


def _host(array):
    """The memory, as NCCL sees it: in a row, whatever the shape."""
    if not isinstance(array, cupy.ndarray):
        raise AttributeError("'ndarray' object has no attribute 'ptr': it is not on the device")
    if not array.flags.c_contiguous and not array.flags.f_contiguous:
        raise RuntimeError("NCCL requires arrays to be either c- or f-contiguous")
    if array.dtype.char not in DTYPES:
        raise TypeError(f"Unknown dtype {array.dtype} for NCCL")
    memory = array._host.reshape(-1, order="C" if array.flags.c_contiguous else "F")
    assert memory.size == 0 or np.shares_memory(memory, array._host)
    return memory


def _may_go(source, target, times):
    """What NCCL does not look at, and does to whatever memory lies there."""
    assert target.dtype == source.dtype, "NCCL knows the dtype of what is sent only"
    assert target.size == times * source.size, "NCCL would write past the end, or not to it"
    same = target.ctypes.data == source.ctypes.data
    assert same or not np.shares_memory(source, target), "in place, or apart"


OPS = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}


class NCCLBackend:
    def __init__(self, comm):
        self._comm = comm

    def all_reduce(self, in_array, out_array, op="sum", stream=None):
        source, target = _host(in_array), _host(out_array)
        if op not in OPS:
            raise RuntimeError(f"Unknown op {op} for NCCL")
        _may_go(source, target, 1)

        def _reduce():
            parts = np.empty((self._comm.size, source.nbytes), np.uint8)
            self._comm.Allgather(source.view(np.uint8), parts)
            target[...] = OPS[op].reduce(parts.view(source.dtype), axis=0, dtype=source.dtype)

        capture.write(_reduce)

    def broadcast(self, in_out_array, root=0, stream=None):
        host = _host(in_out_array)
        if not 0 <= root < self._comm.size:
            raise RuntimeError("NCCL_ERROR_INVALID_ARGUMENT: invalid argument")
        capture.write(lambda: self._comm.Bcast(host.view(np.uint8), root))

    def all_gather(self, in_array, out_array, count, stream=None):
        source, target = _host(in_array), _host(out_array)
        assert count == source.size, "NCCL would send another part of the memory"
        _may_go(source, target, self._comm.size)
        parts = source.view(np.uint8), target.view(np.uint8)
        capture.write(lambda: self._comm.Allgather(*parts))
