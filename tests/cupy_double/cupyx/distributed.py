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
    if not isinstance(array, cupy.ndarray):
        raise AttributeError("'ndarray' object has no attribute 'ptr': it is not on the device")
    if not array.flags.c_contiguous and not array.flags.f_contiguous:
        raise RuntimeError("NCCL requires arrays to be either c- or f-contiguous")
    if array.dtype.char not in DTYPES:
        raise TypeError(f"Unknown dtype {array.dtype} for NCCL")
    return array._host


OPS = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}


class NCCLBackend:
    def __init__(self, comm):
        self._comm = comm

    def all_reduce(self, in_array, out_array, op="sum", stream=None):
        source, target = _host(in_array), _host(out_array)

        def _reduce():
            parts = np.empty((self._comm.size, source.nbytes), np.uint8)
            self._comm.Allgather(np.ascontiguousarray(source).reshape(-1).view(np.uint8), parts)
            parts = parts.view(source.dtype).reshape(-1, *source.shape)
            target[...] = OPS[op].reduce(parts, axis=0, dtype=source.dtype)

        capture.write(_reduce)

    def broadcast(self, in_out_array, root=0, stream=None):
        host = _host(in_out_array)
        capture.write(lambda: self._comm.Bcast(host.reshape(-1).view(np.uint8), root))

    def all_gather(self, in_array, out_array, count, stream=None):
        source, target = _host(in_array), _host(out_array)
        assert count == source.size
        flat = target.reshape(-1).view(np.uint8)
        capture.write(lambda: self._comm.Allgather(source.reshape(-1).view(np.uint8), flat))
