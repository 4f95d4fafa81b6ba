"""The benchmarks: who does other work is found out, and only a complete run writes results."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as program
from benchmarks import by_hand, contestants, engine, growth, plot, report, small, steps, timing
from benchmarks import distributed as parallel
from benchmarks.plot import Bars, Lines
from benchmarks.quiet import Others, Watch
from benchmarks.report import Goal, Options, Section, first_table, goals_table, table
from benchmarks.served import Gone, Served
from tests import reference
from tests.peers import PEERS, Peer

ROOT = Path(__file__).parent.parent
ONE_ROUND = Options(quick=True, rounds=1, reference=reference)


# -- the same work ---------------------------------------------------------------------------------


def enter():
    source = contestants.still(20, ONE_ROUND)
    return contestants.enter(by_hand.fnn_weights(0, 5), 0.1, source, ONE_ROUND)


def test_all_contestants_do_the_same_work():
    steps = enter()
    assert {contestants.OURS, contestants.HAND, contestants.TORCH} <= set(steps)
    before = by_hand.fnn_weights(0, 5)
    assert "agree" in contestants.check_same_work("title", steps, 3)
    for step in steps.values():
        moved = [np.abs(w - b).max() for w, b in zip(step.weights(), before)]
        assert min(moved) > contestants.TOLERANCE  # or else standing still would pass too


def twice_the_lr(step):
    step.optimizer.param_groups[0]["lr"] *= 2


def no_bias(step):
    step.optimizer.param_groups[0]["params"].pop()


def half_the_batch(step):
    train = step.step
    step.step = lambda images, labels: train(images[:10], labels[:10])


def never_moves(step):
    step.optimizer.step = lambda: None


@pytest.mark.parametrize("cheat", [twice_the_lr, no_bias, half_the_batch, never_moves])
def test_a_contestant_that_does_other_work_is_named(cheat):
    steps = enter()
    cheat(steps[contestants.OURS])
    with pytest.raises(SystemExit, match=r"(?s)'tinygrad_lr' is .* nothing was timed"):
        contestants.check_same_work("title", steps, 3)


def test_a_nan_is_no_agreement():
    steps = enter()
    steps[contestants.HAND].parameters[0][0, 0] = np.nan
    with pytest.raises(SystemExit, match="same work"):
        contestants.check_same_work("title", steps, 1)


def test_nothing_is_timed_when_the_work_differs(monkeypatch):
    timed = []
    for name in ("race", "take_turns"):
        monkeypatch.setattr(timing, name, lambda *args, **kwargs: timed.append(args))
    descend = by_hand._descend
    monkeypatch.setattr(by_hand, "_descend", lambda p, g, lr: descend(p, g, lr / 2))
    with pytest.raises(SystemExit):
        growth.benchmark_batch(ONE_ROUND)

    chain = engine.chain
    monkeypatch.setattr(engine, "chain", lambda x, c, d, depth: chain(x, c, d, depth - 2))
    with pytest.raises(SystemExit):
        engine.benchmark(ONE_ROUND)

    for wrong in (lambda T, F, x: x.a * (1 if T is reference.torch else 2), other_gradient):
        monkeypatch.setattr(small, "EXPRESSIONS", {"a * 1": wrong})
        with pytest.raises(SystemExit, match=r"a \* 1 is another in PyTorch"):
            small.benchmark(ONE_ROUND)
    assert not timed


def other_gradient(T, F, x):
    return x.a + (x.a.detach() if T is reference.torch else x.a)


@pytest.mark.parametrize("peer", [reference, None])
def test_everyday_operations_with_and_without_pytorch(monkeypatch, peer):
    chosen = {name: small.EXPRESSIONS[name] for name in ("zeros(3, 4)", "a + b", "a[rows]")}
    monkeypatch.setattr(small, "EXPRESSIONS", chosen)
    section = small.benchmark(Options(quick=True, rounds=1, reference=peer))
    assert section.headers[-1] == "us forward and backward"
    assert section.headers.count("x PyTorch") == 2 * bool(peer)
    first, *others = section.rows
    assert first[0] == "zeros(3, 4)"
    assert first[-1] == "-"
    assert all(len(row) == len(section.headers) and "-" not in row for row in others)
    assert len(section.notes) == 2 * bool(peer)


def without(name: str) -> str:
    """Why this peer cannot be tried here; nothing if it can be."""
    if importlib.util.find_spec(PEERS[name].library) is None:
        return f"{PEERS[name].library} is not installed: pip install -e '.[peers]'"
    if "tinygrad" in name and shutil.which("clang") is None:
        return "tinygrad needs clang"
    if "compile" in name and not any(map(shutil.which, ("c++", "g++", "clang++"))):
        return "torch.compile needs a compiler of C++"
    return ""


SLOW = pytest.mark.thorough  # it compiles C++ for half a minute


@pytest.mark.filterwarnings("ignore::Warning")  # theirs, of themselves
@pytest.mark.parametrize("weights", [by_hand.logreg_weights(0), by_hand.fnn_weights(0, 5)])
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=SLOW) if "compile" in n else n for n in PEERS]
)
def test_another_library_s_steps_do_the_same_work(name, weights):
    if why := without(name):
        pytest.skip(why)
    rng = np.random.default_rng(1)
    images, labels = rng.random((60, by_hand.PIXELS), np.float32), rng.integers(0, 10, 60)
    rows = [rng.permutation(60)[:20] for _ in range(3)]
    batches = [(images[r], labels[r]) for r in rows]
    expected = contestants.HandStep(weights, 0.1, iter(batches), np)
    peer = PEERS[name]([w.copy() for w in weights], 0.1, images, labels, rows)
    losses: list[float] = []
    while len(losses) < 3:
        losses += steps.numbers(peer())
    peer.wait()
    outcomes = {contestants.HAND: ([expected().item() for _ in rows], expected.weights())}
    assert contestants.agree("title", outcomes | {name: (losses, peer.weights())})
    assert max(np.abs(a - b).max() for a, b in zip(peer.weights(), weights)) > 1e-3  # it has moved


def test_the_scanned_epoch_is_of_whole_batches():
    if why := without("JAX, an epoch scanned"):
        pytest.skip(why)
    images, labels = np.ones((50, by_hand.PIXELS), np.float32), np.zeros(50, np.int64)
    rows = [np.arange(i, min(i + 20, 50)) for i in (0, 20, 40)] * 2
    peer = PEERS["JAX, an epoch scanned"](by_hand.logreg_weights(0), 0.1, images, labels, rows)
    assert peer.at_once == 2
    assert peer().shape == (2,)


@pytest.mark.thorough
def test_contestants_in_processes_of_their_own_do_the_same_work_and_answer(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    outcomes = {}
    for name in (contestants.HAND, contestants.OURS_TRACED):
        served = Served("784-10", name, 5)
        outcomes[name] = served.outcome
        assert served.turn(3) > 0
        assert served.turn(6) > 0
        served._process.kill()
        served._process.wait()
        with pytest.raises(Gone, match=f"{name}: it ended without a word"):
            served.turn(3)
        served.close()
    assert "5 steps agree" in contestants.agree("title", outcomes)


class Nothing(Peer):
    library = "a_library_that_is_not_there"


def test_who_is_not_there_is_said_and_left_out(monkeypatch):
    with pytest.raises(Gone, match="nobody: KeyError: 'nobody'"):
        Served("784-10", "nobody", 1)

    class Standing:
        """A contestant that is made at once; one cannot be."""

        first, outcome = 0.25, ([1.0], [np.ones(3, np.float32)])

        def __init__(self, loop, name, checked):
            if name == "broken":
                raise Gone("broken: no clang")
            self.name = name

        def turn(self, count):
            return {contestants.HAND: 1.0, contestants.OURS: 1.5, "quick": 0.5}.get(self.name, 2.0)

        def close(self):
            pass

    class There(Peer):
        library = "json"

    peers = {"absent": Nothing, "broken": There, "quick": There}
    monkeypatch.setattr(steps, "Served", Standing)
    monkeypatch.setattr(steps.processes, "peers", lambda: peers)
    section = steps.benchmark(steps.LOGREG, Options(rounds=2, reference=reference))
    notes = "\n".join(section.notes)
    assert "absent: a_library_that_is_not_there is not installed" in notes
    assert "broken: no clang" in notes
    assert "the first call, compiling included, took quick 0.2 s" in notes
    goals = {goal.name: goal.measured for goal in section.goals}
    assert goals["784-10: tinygrad_lr / by hand"] == 1.5
    assert goals["784-10: tinygrad_lr, traced / quick"] == 4.0  # the fastest of the others
    (row,) = [row for row in first_table([section]).splitlines() if row.startswith("| quick")]
    assert [cell.strip() for cell in row.split("|")[3:6]] == ["833", "0.25", "0.33"]
    hasty = steps.benchmark(steps.LOGREG, Options(quick=True, rounds=1, reference=reference))
    assert "quick: left out of a quick run" in hasty.notes


# -- timing ----------------------------------------------------------------------------------------


def test_turns_go_round_and_all_do_as_many_steps(monkeypatch):
    monkeypatch.setattr(timing.time, "sleep", lambda seconds: None)
    done: list[str] = []
    names = ["a", "b", "c"]
    steps = {name: lambda name=name: done.append(name) for name in names}
    times = timing.race(steps, steps=10, rounds=2, parts=2)
    assert [len(times[name]) for name in names] == [2, 2, 2]
    assert {done.count(name) for name in names} == {2 * 2 * (3 + 5)}  # 3 to warm up each turn
    turns = [name for i, name in enumerate(done) if i == 0 or done[i - 1] != name]
    assert turns[:6] == ["a", "b", "c", "b", "c", "a"]


def test_a_ratio_is_the_median_of_the_rounds_ratios():
    times = {"a": [1.0, 9.0, 8.0], "b": [1.0, 3.0, 9.0]}
    assert timing.ratio(times, "a", "b") == 1.0  # the ratio of the medians is 8 / 3
    assert timing.middle_half([5.0]) == (5.0, 5.0)


# -- the report ------------------------------------------------------------------------------------


def test_tables_are_aligned_markdown():
    assert table(["", "x", "us"], [["ours", "1.00", "9"], ["by hand", "0.5", "10,000"]]) == (
        "|         |    x |     us |\n"
        "| ------- | ---: | -----: |\n"
        "| ours    | 1.00 |      9 |\n"
        "| by hand |  0.5 | 10,000 |"
    )


def test_goals_say_whether_they_are_reached():
    goals = [
        Goal("step", 1.004, 1.0, dream=0.85),
        Goal("job", 12.0, 10, at_least=True),
        Goal("slow job", 9.0, 10, at_least=True),
    ]
    lines = goals_table([Section("", ["a"], goals=goals)]).splitlines()[2:]
    assert ["NOT REACHED" in line for line in lines] == [True, False, True]
    assert "1.00 x" in lines[0]
    assert "<= 1 x (dream: 0.85)" in lines[0]
    assert ">= 10 x" in lines[1]
    assert goals_table([Section("", ["a"])]) == ""


def section(options):
    lines = Lines("grows", "size", "us", [1, 10], {"tinygrad_lr": [1.0, 2.0]})
    return Section("Measured", ["", "x"], [["ours", "1.00"]], ["note"], [Goal("g", 1, 1)], lines)


def breaks(options):
    raise SystemExit("not the same work")


QUIET, BUSY = Others(0.02, 0.0), Others(0.5, 0.25)


def run_main(monkeypatch, folder, *arguments, last=section, others=QUIET):
    monkeypatch.setattr(program, "HERE", folder)
    monkeypatch.setattr(Watch, "others", lambda self: others)
    bars = Bars("bars", "s", {"a": 1.0})
    first = lambda options: Section("Bars", ["", "s"], [["a", "1"]], chart=bars)
    monkeypatch.setattr(program, "BENCHMARKS", {"logreg": first, "engine": last})
    monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
    program.main()


PARTIAL = [["--quick"], ["--only", "engine"], ["--rounds", "1"], ["--quick", "--only", "logreg"]]


@pytest.mark.parametrize("arguments", PARTIAL)
def test_a_partial_run_prints_and_writes_nothing(monkeypatch, tmp_path, capsys, arguments):
    run_main(monkeypatch, tmp_path, *arguments)
    assert "| ---" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_complete_run_writes_both_files_and_a_failing_one_neither(monkeypatch, tmp_path, capsys):
    run_main(monkeypatch, tmp_path)
    names = ["RESULTS.md", "results.json", "results.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    text = (tmp_path / "RESULTS.md").read_text()
    for word in ("commit:", "cpu:", "numpy:", "threads:", "load:", "## Goals", "## Measured"):
        assert word in text
    assert "](results.png)" in text
    assert (tmp_path / "results.png").read_bytes().startswith(b"\x89PNG")

    with pytest.raises(SystemExit, match="not the same work"):
        run_main(monkeypatch, tmp_path, last=breaks)
    assert (tmp_path / "RESULTS.md").read_text() == text


def test_results_are_drawn_anew_without_measuring(monkeypatch, tmp_path, capsys):
    run_main(monkeypatch, tmp_path)
    text = (tmp_path / "RESULTS.md").read_text()
    for name in ("RESULTS.md", "results.png"):
        (tmp_path / name).unlink()
    run_main(monkeypatch, tmp_path, "--draw", last=breaks)
    assert (tmp_path / "RESULTS.md").read_text() == text
    assert (tmp_path / "results.png").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no .*results.json; a run with --save"),
        ("{}", "is not as"),
        ("", "is not as"),
    ],
)
def test_figures_that_cannot_be_drawn(monkeypatch, tmp_path, capsys, content, message):
    folder = tmp_path / "figures"
    if content is not None:
        folder.mkdir()
        (folder / "results.json").write_text(content)
    with pytest.raises(SystemExit):
        run_main(monkeypatch, tmp_path, "--draw", "--save", str(folder))
    assert re.search(message, capsys.readouterr().err)
    assert folder.exists() is (content is not None)


def test_the_kept_results_are_what_their_figures_say():
    """If not: python -m benchmarks --draw"""
    figures, text, _ = report.paths(ROOT / "benchmarks", "cpu")
    told = json.loads(figures.read_text())
    sections = [Section.read(section) for section in told["sections"]]
    assert text.read_text() == report.report(told, sections, "results.png")


def test_without_the_files_of_mnist_the_rest_is_measured(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(program, "RAW", tmp_path / "nowhere")
    run_main(monkeypatch, tmp_path, "--quick")
    out = capsys.readouterr().out
    assert f"Left out: logreg: the files of MNIST are not in {tmp_path}/nowhere" in out
    assert "## Measured" in out
    with pytest.raises(SystemExit):
        run_main(monkeypatch, tmp_path)
    assert "logreg: needs the files of MNIST in" in capsys.readouterr().err


def test_the_picture_has_two_columns_and_a_last_one_alone_has_the_row():
    lines = Lines("grows", "size", "times by hand", [1, 10], {"by hand": [1.0, 1.0]})
    bars = [Bars(f"bars {i}", "s", {"by hand": 1.0, "tinygrad_lr": 2.0}) for i in range(2)]
    axes = plot.draw([*bars, lines]).axes
    spans = [one.get_subplotspec().colspan for one in axes]
    assert [(span.start, span.stop) for span in spans] == [(0, 1), (1, 2), (0, 2)]
    assert [patch.get_y() < 0 for patch in axes[0].patches] == [True, False]  # by hand on top


def test_one_that_is_very_slow_leaves_the_others_their_length():
    bars = Bars("bars", "s", {"by hand": 1.0, "tinygrad_lr": 2.0, "PyTorch": 2.0, "JAX": 90.0})
    (axes,) = plot.draw([bars]).axes
    assert axes.get_xlim() == (0, 8.0)
    texts = [text.get_text() for text in axes.texts]
    assert "longer bars are cut off" in texts
    assert "JAX: 90.00" in texts


def test_every_benchmark_says_what_it_measures():
    assert set(program.WHAT) == set(program.BENCHMARKS)
    assert set(program.QUICK) <= set(program.BENCHMARKS)
    text = program.options_parser().format_help()
    for name, what in program.WHAT.items():
        assert re.search(rf"^  {name} +{re.escape(what)}$", text, re.MULTILINE)


def test_a_busy_machine_is_said_at_the_top_and_its_results_are_not_kept(
    monkeypatch, tmp_path, capsys
):
    with pytest.raises(SystemExit):
        run_main(monkeypatch, tmp_path, others=BUSY)
    assert list(tmp_path.iterdir()) == []
    assert "busy: other processes had 0.50 cores, and the host" in capsys.readouterr().err
    run_main(monkeypatch, tmp_path, "--save", str(tmp_path / "there"), others=BUSY)
    text = (tmp_path / "there" / "RESULTS.md").read_text()
    assert text.index("**The machine was busy") < text.index("- date:") < text.index("## Goals")
    run_main(monkeypatch, tmp_path, others=None)  # where nothing is known, nothing is said
    assert "busy" not in (tmp_path / "RESULTS.md").read_text()


def test_what_others_compute_is_known_from_the_system_s_clock(tmp_path):
    def stat(user: int, stolen: int) -> None:
        (tmp_path / "stat").write_text(f"cpu {user} 0 0 5000 0 0 0 {stolen} 0 0\ncpu0 ...\n")

    stat(1000, 10)
    watch = Watch(tmp_path / "stat")
    stat(1000 + 10**9, 10)
    busy = watch.others()
    assert busy is not None
    assert busy.processes > 1.0
    assert busy.too_many
    stat(1000, 10)
    sum(range(10**6))  # what this process does itself is no other's
    quiet = watch.others()
    assert quiet == Others(0.0, 0.0)
    assert not quiet.too_many
    assert Watch(tmp_path / "nothing").others() is None


def test_a_partial_run_writes_where_it_is_told_to(monkeypatch, tmp_path, capsys):
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    there = tmp_path / "not there" / "yet"
    run_main(monkeypatch, tmp_path / "here", "--quick", "--save", str(there))
    assert (there / "RESULTS.md").exists()
    run_main(monkeypatch, tmp_path / "here", "--quick", "--save", str(tmp_path / "there"))
    assert not list((tmp_path / "here").iterdir())
    assert (tmp_path / "there" / "RESULTS.md").exists()


def test_a_folder_that_cannot_be_made_is_said_before_anything_is_measured(
    monkeypatch, tmp_path, capsys
):
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit):
        run_main(monkeypatch, tmp_path, "--quick", "--save", str(tmp_path / "file"))
    assert "file: it cannot be made a folder (File exists)" in capsys.readouterr().err


# -- as it is run ----------------------------------------------------------------------------------


def started(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": "", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
    )


def run(*arguments, **environment):
    done = started(*arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


DOUBLE = str(ROOT / "tests" / "cupy_double")


@pytest.mark.thorough
def test_the_engine_as_a_program():
    before = sorted((path.name, path.stat().st_mtime) for path in (ROOT / "benchmarks").iterdir())
    output = run("-m", "benchmarks", "--quick", "--rounds", "1", "--only", "engine")
    after = sorted((path.name, path.stat().st_mtime) for path in (ROOT / "benchmarks").iterdir())
    assert [entry for entry in before if entry[0] != "__pycache__"] == [
        entry for entry in after if entry[0] != "__pycache__"
    ]
    (by_hand_us,) = re.findall(r"\| by hand  +\|(.*)\|", output)
    assert all(float(us) > 0 for us in by_hand_us.split("|"))
    for row in ("ratio: tinygrad_lr / PyTorch eager", "beyond NumPy's own: backward, collector on"):
        assert f"| {row} " in output
    assert "| engine, the worst depth, beyond NumPy's own: backward " in output


ON_THE_DOUBLE = """
import runpy, sys
from benchmarks import launches
launches.STEPS, launches.A_LAUNCH = 100, (1, 10)
options = "--rounds 1 --device gpu --only logreg --only batch --only launches"
sys.argv = ["benchmarks", *options.split()]
from benchmarks import growth, steps
growth.BATCHES = (10, 20)
steps.CHECKED_STEPS = 3
runpy.run_module("benchmarks", run_name="__main__")
"""


@pytest.mark.thorough
def test_a_gpu_s_contestants_run_on_the_cupy_double():
    output = run("-c", ON_THE_DOUBLE, PYTHONPATH=DOUBLE)
    assert "a double, not a GPU" in output
    sizes = output[output.index("grows with the batch") :]
    assert "| tinygrad_lr, captured / by hand |" in sizes
    for name in ("tinygrad_lr", "by hand", "by hand, uint8 images", "tinygrad_lr, captured"):
        assert re.search(rf"\| {name} +\| +\d", output), name
    assert re.search(r"\| tinygrad_lr, captured, 10 a launch +\| +\d", output)
    assert "the first two steps of a fresh process took" in output
    assert "| the whole of document 001, tinygrad_lr, captured, " in output


def test_a_benchmark_that_the_device_has_not():
    for name, device in (("launches", "cpu"), ("loader", "gpu")):
        done = started("-m", "benchmarks", "--only", name, "--device", device, PYTHONPATH=DOUBLE)
        assert done.returncode == 2
        assert f"--only {name} needs --device" in done.stderr


def test_what_is_said_of_several_ranks_is_what_the_table_below_says():
    text = parallel.RESULTS.read_text()
    last = text.rpartition("| the documents' batch")[2].splitlines()[2:]
    gains = {}
    for name, ranks, *times in ([c.strip() for c in row.strip("|").split("|")] for row in last):
        what = f"{name.partition(',')[0]} on {ranks} ranks of"
        gains |= {f"{what} {net}": float(x) for net, x in zip(parallel.NETS, times)}
    assert len(gains) == 2 * len(parallel.RANKS) * len(parallel.NETS)
    assert parallel.verdict(gains) in text
    assert "lose: " in text
    assert "at every number of ranks and on every network" in parallel.verdict({"any": 0.9})


@pytest.mark.skipif(importlib.util.find_spec("mpi4py") is None, reason="there is no mpi4py")
def test_the_one_of_two_ranks_says_how_it_is_started():
    command = [sys.executable, "-m", "benchmarks.distributed"]
    alone, asked = (
        subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=False)
        for more in ([], ["--help"])
    )
    assert (alone.returncode, alone.stdout) == (2, "")
    assert alone.stderr == (
        "two ranks are measured, and there are 1: start mpiexec -n 2 python -m "
        "benchmarks.distributed\n"
    )
    assert (asked.returncode, "--write" in asked.stdout) == (0, True)
