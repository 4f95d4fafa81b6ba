"""GPUs that NCCL connects, through CuPy: its signatures, and the rest on the stand-in for CuPy.

On the stand-in MPI does what NCCL would. With NCCL itself it has not run: that needs cards.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from parallel import needs_mpi, run
from processes import DOUBLE, TESTS

SOURCE = TESTS.parent / "tinygrad_lr" / "cuda" / "nccl.py"


def load(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.skipif(importlib.util.find_spec("cupyx") is None, reason="CuPy is not installed")
def test_cupy_takes_what_it_is_called_with_and_the_double_has_its_signatures() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no card here, and no NCCL
        cupyx = importlib.import_module("cupyx.distributed")
        nccl = importlib.import_module("cupy.cuda").nccl
    assert hasattr(nccl, "available")
    inspect.signature(cupyx.init_process_group).bind(2, 0, backend="nccl", use_mpi=True)
    calls = [
        node
        for node in ast.walk(load(SOURCE))
        if isinstance(node, ast.Call) and "self._nccl." in ast.unparse(node)
    ]
    names = [ast.unparse(call.args[1]).removeprefix("self._nccl.") for call in calls]
    assert sorted(names) == ["all_gather", "all_reduce", "broadcast"]
    for name, call in zip(names, calls):  # self._do(what it is called, what it calls, *arguments)
        assert ast.unparse(call.func) == "self._do"
        inspect.signature(getattr(cupyx.NCCLBackend, name)).bind(None, *call.args[2:])
    for node in ast.walk(load(DOUBLE / "cupyx" / "distributed.py")):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            real = getattr(cupyx, node.name, None) or getattr(cupyx.NCCLBackend, node.name, None)
            if real is not None:
                ours = f"({ast.unparse(node.args)})"
                assert str(inspect.signature(real)).replace(" ", "") == ours.replace(" ", "")


@pytest.fixture(scope="module", params=[1, 2])
def found(request: Any, tmp_path_factory: Any) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("gpu")
    ran = run(request.param, TESTS / "parallel_gpu.py", folder, path=DOUBLE)
    assert ran.code == 0, ran.err
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(request.param)]


@needs_mpi
def test_collectives_on_the_gpu_and_on_the_host(found: list[dict[str, Any]]) -> None:
    size = len(found)
    by = {"SUM": np.sum, "PRODUCT": np.prod, "MIN": np.min, "MAX": np.max, "AVG": np.mean}
    ranks = np.array([[[0, 1, r], [r + 1, 2, 3]] for r in range(size)])
    for rank in found:
        assert rank["backend"] == "nccl"
        for name in [name for name in rank if name.split()[0] in by]:
            op, dtype = name.split()
            wanted = by[op](ranks.astype(dtype), axis=0).astype(dtype).tolist()
            assert rank[name] == wanted, name
        assert rank["gathered"] == [[[size - 1.0 + r] * 2] * 3 for r in range(size)]
        assert rank["refused"] == "all_reduce: NCCL has no BAND; do it on the cpu"
        assert rank["on the host"] == [sum(range(1, size + 1))]


@needs_mpi
def test_scalars_empty_ones_and_views_of_each_dtype_go_and_none_by_the_host(
    found: list[dict[str, Any]],
) -> None:
    size = len(found)
    for rank in found:
        assert rank["crossed"] == 0
        kinds, into = rank["kinds"], rank["into"]
        for i, total in enumerate([sum(range(size + 1))] * 3 + [True]):
            one = [[True] * size, range(1, size + 1)][i < 3]
            assert [kinds[i], kinds[4 + i], kinds[8 + i]] == [total, [], [[total] * 2] * 2]
            assert into[i] == [*one]
            assert into[4 + i] == [[]] * size
            assert into[8 + i] == [[[n] * 2] * 2 for n in one]


@needs_mpi
def test_a_captured_step_does_the_same_and_no_array_comes_to_the_host(
    found: list[dict[str, Any]],
) -> None:
    for rank in found:
        weights, losses, _ = rank["captured"]
        assert [weights, losses] == rank["plain"][:2]
        assert weights == found[0]["captured"][0]
        assert rank["plain"][2]["to_host"] == rank["captured"][2]["to_host"] == 0
