"""How ranks end in test_distributed_ends.py: ``mpiexec -n 3 python parallel_ends.py HOW``.

Rank 1 (before all have joined, rank 0) ends in this way, while the others wait for it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import tinygrad_lr as tg
from tinygrad_lr import distributed
from tinygrad_lr.distributed import mpi

how = sys.argv[1]
ME = int(os.environ["PMI_RANK"])
if how == "before" and ME == 0:
    raise ImportError("before anything")
if how == "starting":
    if ME == 0:
        time.sleep(30)
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGKILL)).start()
if how == "later" and ME == 1:
    time.sleep(0.5)  # the others wait for it
distributed.init_process_group("nowhere" if how == "backend" and ME == 1 else "mpi")
rank = distributed.get_rank()
x = tg.ones(3)
distributed.all_reduce(x)
if how == "order":
    distributed.all_reduce(x.int())
if how == "all":
    raise ValueError("on all of them")
if rank == 1:
    if how == "error":
        raise ValueError("no such thing")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "crashed":
        os.abort()
    if how == "exit":
        sys.exit(3)
    if how == "finally":
        try:
            raise ValueError("and then leaves the group")
        finally:
            distributed.destroy_process_group()
    if how == "other":
        distributed.barrier()
    if how == "order":
        distributed.all_reduce(x.int())
        distributed.all_reduce(x)
    if how == "fails":
        try:
            mpi.current()._do("barrier", lambda: exec("raise RuntimeError('no memory')"))
        except RuntimeError:
            sys.exit()
    if how == "fewer":
        sys.exit()
    if how == "ctrl-c":
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
while how == "forever":
    print("still there", flush=True)
    time.sleep(0.1)
print(f"rank {rank} waits", flush=True)
distributed.all_reduce(x)
print(f"rank {rank} has all", flush=True)
if how == "ahead":
    for _ in range(2 if rank == 0 else 1):
        distributed.broadcast(x, 0)
if how == "later":
    time.sleep(0.3 * rank)  # all ends well, though not at the same time
