"""What beside_torch() of parallel_worker.py does, in PyTorch, whose ranks gloo connects.

``mpiexec -n 2 python parallel_torch.py FOLDER``
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import torch
import torch.distributed
from parallel_worker import data, start_of
from torch import nn

rank, size = int(os.environ["PMI_RANK"]), int(os.environ["PMI_SIZE"])
folder = Path(sys.argv[1])
torch.set_num_threads(1)
torch.distributed.init_process_group(
    "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=size
)
inner = nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))
inner.load_state_dict({name: torch.tensor(v) for name, v in start_of(inner).items()})
model = nn.parallel.DistributedDataParallel(inner)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for i in range(20):
    x, y = (torch.tensor(a[rank::size]) for a in data(8 * size, i))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
found = {name: t.tolist() for name, t in model.state_dict().items()}
(folder / f"{rank}.json").write_text(json.dumps(found))
torch.distributed.destroy_process_group()
