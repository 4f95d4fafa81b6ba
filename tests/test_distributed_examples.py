"""mnist_logreg.py and mnist_fnn.py with --parallel, as mpiexec starts them."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from logreg_runs import LOGREG
from parallel import ended, needs_mpi, run, start
from processes import EXAMPLES, python
from sampled import ordinarily

import tinygrad_lr as tg

pytestmark = needs_mpi
FNN = EXAMPLES / "mnist_fnn.py"
SHORT = ["--iterations", 1000, "--batch-size", 50]


def values(file: Path) -> dict[str, Any]:
    """What a checkpoint holds, its numbers as NumPy's."""
    state = tg.load(file)
    state["losses"] = np.array(state["losses"])
    return state | {name: t.numpy() for name, t in state.pop("model").items()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: Any) -> tuple[str, dict[str, Any]]:
    """What a run without --parallel prints, and saves."""
    file = tmp_path_factory.mktemp("alone") / "whole.safetensors"
    ran = python(LOGREG, *SHORT, "--save", file)
    assert ran.code == 0, ran.err
    return without_speed(ran.out), values(file)


def without_speed(out: str) -> str:
    return out.rpartition(",")[0].rpartition(" iterations")[0]


@pytest.mark.thorough
def test_with_one_rank_it_is_bitwise_the_program_without(alone: Any, tmp_path: Path) -> None:
    out, wanted = alone
    file = tmp_path / "one.safetensors"
    ran = run(1, LOGREG, "--parallel", *SHORT, "--save", file)
    assert (ran.code, ran.err) == (0, "")
    assert without_speed(ran.out) == out
    found = values(file)
    assert list(found) == list(wanted)
    for name, value in wanted.items():
        assert np.array_equal(found[name], value), name


@pytest.mark.parametrize("ranks", ordinarily(1, of=[1, 3]))
def test_interrupted_with_two_ranks_and_resumed_with_others_it_ends_where_one_does(
    ranks: int, alone: Any, tmp_path: Path
) -> None:
    _, wanted = alone
    file = tmp_path / "some.safetensors"
    options = ["--parallel", "--batch-size", 50, "--save", file]
    process = start(2, LOGREG, *options, "--iterations", 100000)
    lines = [process.stdout.readline() for _ in range(5)]
    assert lines[-1].split()[0] == "500"  # rank 0 has printed, and nobody else
    process.send_signal(signal.SIGINT)
    ran = ended(process)
    done = tg.load(file)["iteration"]
    said, line = [line for line in ran.err.splitlines() if not line.startswith("[mpiexec")]
    assert said == f"Interrupted after iteration {done}: saved to {file}, go on with"
    assert line.startswith("mpiexec -n 2 ")
    assert line.endswith(f" --resume {file}")
    assert ran.code == 130

    ran = run(ranks, LOGREG, *options, "--resume", file, "--iterations", done + 20)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("Final accuracy") == 1
    losses = values(file)["losses"]
    assert len(losses) == done + 20
    both = min(len(losses), 1000)
    assert np.allclose(losses[:both], wanted["losses"][:both], atol=1e-4)


WRONG = {
    "on one": ([], [], ["--lr", "nix"], "rank 1: argument --lr: expected a finite number >= 0"),
    "differ": ([], [], ["--lr", "0.1"], "differ: rank 0 has lr 0.001, rank 1 has lr 0.1"),
    "on all": (["--resume", "/nowhere"], [], [], "py: cannot resume: /nowhere: No such file"),
}


@pytest.mark.parametrize("what", ordinarily("differ", of=WRONG))
def test_what_is_wrong_is_said_once_and_ends_all(what: str) -> None:
    both, first, second, words = WRONG[what]
    program = [LOGREG, "--parallel", *both]
    ran = run(1, *program, *first, ":", 1, *program, *second)
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("mnist_logreg.py: ")
    assert words in ran.err


ALONE = {  # what ranks say that nothing connects, and whether it is an error
    "--par": "unrecognized arguments: --par; did you mean --parallel? (--help lists the options)",
    "--seed=1": "mpiexec has started 2 processes; --parallel lets them share the work",
    "--help": "usage: mnist_logreg.py [-h]",
}


@pytest.mark.parametrize("option", ordinarily("--par", of=ALONE))
def test_ranks_that_nothing_connects_say_once_what_all_of_them_would(option: str) -> None:
    ran = run(2, LOGREG, option)
    assert ran.code == (0 if option == "--help" else 2)
    assert (ran.out + ran.err).count(ALONE[option]) == 1
    assert ran.out or len(ran.err.splitlines()) == 1


@pytest.mark.thorough  # as mnist_logreg does, above, bit by bit
def test_fnn_prints_with_two_ranks_what_one_prints() -> None:
    options = ["--epochs", 1]
    plain = python(FNN, *options)
    one = run(1, FNN, "--parallel", *options)
    two = run(2, FNN, "--parallel", *options)
    assert (plain.code, one.code, two.code) == (0, 0, 0), two.err
    assert one.out == plain.out
    for ours, theirs in zip(two.out.split(), plain.out.split(), strict=True):
        assert ours == theirs or abs(float(ours) - float(theirs)) < 0.2


def test_without_mpi4py_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "mpi4py.py").write_text("raise ModuleNotFoundError('none', name='mpi4py')")
    ran = python(LOGREG, "--parallel", path=tmp_path)
    assert ran.code == 2
    assert ran.err == (
        "mnist_logreg.py: init_process_group: mpi4py is not installed; install both with pip "
        "install mpi4py mpich\n"
    )
