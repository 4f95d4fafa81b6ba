"""Every example, shortened, on the double of CuPy: the cpu's figures, and exactly what crosses.

A run on a GPU is slow where it waits for the host. So the data go up once, the losses come back
once a row, and what every step sends is written down here: one more crossing in a step and these
counts are off by hundreds.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from documents import FASHION, needs_fashion
from sampled import THOROUGH

TESTS = Path(__file__).parent
EXAMPLES = TESTS.parent / "examples"
DOUBLE = TESTS / "cupy_double"
LIMIT = 120  # seconds after which a process counts as hanging

# What one of these costs, in crossings.
ORDER = 1  # up: the indices of a whole epoch, which the loader draws on the host
INDICES = 1  # up: those of one batch, or of the 50 that mnist_logreg.py does in one launch
RANGE = 1  # down: the entry of an index array that is farthest from a place, which x[index] checks
NUMBER = 1  # down: a number or a list of numbers to be printed
DATA = 4  # up: training and test images, and their labels
LAYER = 2  # up: weight and bias

WITHOUT_DATA = {"linear_regression", "why_logistic"}  # theirs are made by the program
PICTURES = 70_000 * (28 * 28 * 4 + 8)  # bytes of all images as float32, and of their labels


class Short(NamedTuple):
    """An example, its options, and how often data cross to the device and to the host."""

    program: str
    options: tuple[Any, ...]
    up: int
    down: int


TRAINING, WATCHED = 391, 79  # batches of mnist_validation.py
RUNS = {
    "logreg 001": Short(  # 12 launches, the row of 500, the losses since then, the final accuracy
        "mnist_logreg",
        ("--iterations", 600),
        up=DATA + LAYER + 12 * INDICES,
        down=NUMBER + NUMBER + NUMBER,
    ),
    "logreg 000": Short(
        "mnist_logreg",
        ("--document", "000", "--iterations", 500, "--batch-size", 20),
        up=DATA + LAYER + 10 * INDICES,
        down=NUMBER + NUMBER,
    ),
    "fnn": Short(  # 938 steps, the rows of 500 and 938, all losses
        "mnist_fnn",
        ("--epochs", 2),
        up=DATA + 2 * LAYER + 2 * ORDER,
        down=2 * 2 * NUMBER + NUMBER,
    ),
    "validation": Short(  # three evaluations; of four test images the digit and, twice, the label
        "mnist_validation",
        ("--epochs", 1),
        up=DATA + LAYER + (TRAINING + 2 * WATCHED) * INDICES + ORDER,
        down=3 * 2 * NUMBER + 4 * 3 * NUMBER,
    ),
    "regression, from scratch": Short(  # 5 and 15 epochs of 100 steps, which index X and y
        "linear_regression",
        ("--part", "scratch"),
        up=2 + 2 * 1 + 20 * INDICES,
        down=2000 * 2 * RANGE + 20 * NUMBER + 2 * 2 * NUMBER,
    ),
    "regression, with nn": Short(  # three nets, of which the first stops at its first step
        "linear_regression",
        ("--part", "nn"),
        up=2 + 3 * LAYER + (1 + 3 + 3) * ORDER,
        down=2 * 3 * NUMBER + NUMBER,
    ),
    "regression, crops": Short(  # 100 steps by hand; 100 epochs of 3; one prediction
        "linear_regression",
        ("--part", "crops"),
        up=2 + 2 + LAYER + 100 * ORDER + 1,
        down=100 * NUMBER + 100 * NUMBER + NUMBER,
    ),
    "why": Short(  # two cases: x and y up, first weights drawn; 50 steps cost nothing
        "why_logistic",
        ("--steps", 50),
        up=2 * (2 + 1) + 1,
        down=2 * (2 + 1 + 3 + 2 * 3) * NUMBER + NUMBER + 4 * NUMBER,
    ),
    "fashion": Short(  # 10 steps, each indexed by a range and by y; 10 and 2 batches evaluated
        "fashion_softmax",
        ("--epochs", 1, "--batch-size", 6000),
        up=DATA + 1 + 3 * ORDER + 10,
        down=10 * (2 * RANGE + NUMBER) + (10 + 2) * NUMBER,
    ),
}

SOME = {
    "logreg 001",
    "regression, with nn",
    "regression, crops",
    "why",
    "fashion",
}

COUNTED = """\
import json, os, runpy, sys
sys.argv = sys.argv[1:]
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
if "cupy" in sys.modules:
    cupy = sys.modules["cupy"]
    print(json.dumps([cupy.transfers, cupy.traffic]), file=sys.stderr)
"""


def ran(short: Short, device: str, data: Path) -> tuple[str, str]:
    """What an example prints on the device, and what crossed."""
    where = () if short.program in WITHOUT_DATA else ("--data", data)
    program = EXAMPLES / f"{short.program}.py"
    options = map(str, (program, *short.options, *where, "--device", device))
    inherited = os.environ.get("PYTHONPATH")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", COUNTED, *options],
        env=os.environ
        | {
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(DOUBLE), inherited])),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout, run.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MNIST, and Fashion-MNIST where Debian's package of it is."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "MNIST").symlink_to(EXAMPLES / "data" / "MNIST")
    (folder / "FashionMNIST").mkdir()
    (folder / "FashionMNIST" / "raw").symlink_to(FASHION)
    return folder


def figures(printed: str) -> str:
    """What is printed, but for the device and the time it took."""
    return re.sub("(?i)on the .pu, seed|, [0-9,]+ images a second", "", printed)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=(needs_fashion,) * (n == "fashion") + (THOROUGH,) * (n not in SOME))
        for n in RUNS
    ],
)
def test_on_the_double_it_prints_the_same_and_moves_no_more(name: str, data: Path) -> None:
    short = RUNS[name]
    with ThreadPoolExecutor() as pool:
        (cpu, silence), (gpu, counts) = pool.map(lambda d: ran(short, d, data), ("cpu", "gpu"))
    assert "on the gpu, seed 0" in gpu.lower()
    assert figures(gpu) == figures(cpu)
    assert silence == ""  # on the cpu CuPy was not even imported
    transfers, traffic = json.loads(counts)
    assert transfers == {"to_device": short.up, "to_host": short.down}
    # The data once, and beside them only weights and indices; what comes back is numbers.
    size = PICTURES if short.program not in WITHOUT_DATA else 0
    assert size <= traffic["to_device"] < 1.01 * size + 1_000_000
    assert traffic["to_host"] < 100_000
