"""viz.watch() notes who made each node; and nobody pays for it who does not watch."""

from __future__ import annotations

import linecache
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tinygrad_lr as tg
from tinygrad_lr import nn
from tinygrad_lr.graph import Node, Op
from tinygrad_lr.nn import functional as F
from tinygrad_lr.viz.places import Place, sources_of
from tinygrad_lr.viz.watch import notes

USUAL = Node.__init__, Node.pull_back, nn.Module.__call__, Op.__call__


def leaf(*numbers: float) -> Any:
    return tg.tensor(numbers, requires_grad=True)


def marked(walk: Any) -> list[tuple[str, str]]:
    """Of each operation: its label, and the text that is marked for it."""
    return [(seen.label, text_at(walk, seen.place)) for seen in walk.nodes if seen.op]


def text_at(walk: Any, place: Any) -> str:
    if place is None:
        return ""
    (source,) = [s for s in walk.sources if s.holds(place)]
    lines = source.lines[place.line - source.first : place.end_line - source.first + 1]
    lines[-1] = lines[-1][: place.end_col]
    lines[0] = lines[0][place.col :]
    return " ".join(line.strip() for line in lines)


# ------------------------------------------------------------------------------- what is marked


def test_an_expression_in_a_line_and_its_variable() -> None:
    w, x, b = leaf(1.0, 2.0), leaf(3.0, 4.0), leaf(1.0, 1.0)
    with tg.viz.watch():
        y = w * x + b
        loss = y.sum()
    assert marked(tg.viz.backward(loss)) == [
        ("mul", "w * x"),
        ("y", "w * x + b"),
        ("loss", "y.sum()"),
    ]


def test_over_several_lines() -> None:
    w = leaf(1.0, 2.0)
    with tg.viz.watch():
        loss = F.mse_loss(
            w * 2,
            tg.tensor(
                [1.0, 1.0]
            ),
        )  # fmt: skip
    assert marked(tg.viz.backward(loss)) == [
        ("mul", "w * 2"),
        ("loss", "F.mse_loss( w * 2, tg.tensor( [1.0, 1.0] ), )"),
    ]


def test_in_comprehensions_lambdas_and_methods() -> None:
    w = leaf(1.0, 2.0)
    twice = lambda t: t * 2
    with tg.viz.watch():
        parts = [twice(row) + 1 for row in (w, w.exp())]
        loss = sum(part.sum() for part in parts)
    texts = [text for _, text in marked(tg.viz.backward(loss))]
    assert texts == [
        "w.exp()",
        *["t * 2", "twice(row) + 1"] * 2,
        "part.sum()",
        "sum(part.sum() for part in parts)",
        "part.sum()",
        "sum(part.sum() for part in parts)",
    ]


def test_columns_count_characters() -> None:
    ä, b = leaf(1.0), leaf(2.0)
    with tg.viz.watch():
        größe = ä * b + ä  # noqa: RUF100
    assert marked(tg.viz.backward(größe.sum())) == [
        ("mul", "ä * b"),
        ("größe", "ä * b + ä"),
        ("sum", ""),
    ]


def test_a_name_is_that_of_the_very_result() -> None:
    w = leaf(1.0, 2.0)
    with tg.viz.watch():
        h = w
        for _ in range(3):
            h = h * 2
        t = u = h + 1
        if (k := t.exp()) is not None:
            other = k
        other = w * 3  # not used
        loss = (k * u).sum()
    labels = [seen.label for seen in tg.viz.backward(loss).nodes if seen.op]
    assert labels[:3] == ["h 1", "h 2", "h 3"]
    assert labels[3] in "tu"
    assert labels[4:] == ["k", "mul", "loss"]
    del other


def test_a_function_is_called_while_it_is_watched() -> None:
    scale = leaf(2.0)

    def model(x: Any) -> Any:
        hidden = x * scale
        return hidden.sum()

    walk = tg.viz.backward(model, tg.ones(3))
    assert marked(walk) == [("hidden", "x * scale"), ("sum", "hidden.sum()")]
    assert {seen.name for seen in walk.nodes} == {"x", "scale", "hidden", None}


# ---------------------------------------------------------------------------- where there is none


def test_what_was_not_watched_is_said_to_be_unknown() -> None:
    w = leaf(1.0)
    walk = tg.viz.backward((w * 2).sum())
    assert marked(walk) == [("mul", ""), ("sum", "")]
    assert walk.sources == []
    assert any("tg.viz.watch()" in note for note in walk.notes)


def test_code_without_a_source() -> None:
    names: dict[str, Any] = {"w": leaf(1.0, 2.0), "tg": tg}
    exec("with tg.viz.watch():\n    loss = (w * 2).sum()", names)
    walk = tg.viz.backward(names.pop("loss"))
    assert marked(walk) == [("mul", ""), ("loss", "")]


def test_a_cell_of_a_notebook() -> None:
    cell = "y = w * x\nloss = (y + 1).sum()\n"
    name = "/tmp/ipykernel_1/3141592653.py"
    linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
    names: dict[str, Any] = {"w": leaf(1.0, 2.0), "x": tg.ones(2)}
    with tg.viz.watch():
        exec(compile(cell, name, "exec"), names)
    walk = tg.viz.backward(names.pop("loss"))
    assert marked(walk) == [("y", "w * x"), ("add", "y + 1"), ("loss", "(y + 1).sum()")]
    assert [source.name for source in walk.sources] == ["your code"]


def test_a_cell_is_called_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"/tmp/a.py": ("Cell", "In[3]")}
    shell = SimpleNamespace(compile=SimpleNamespace(format_code_name=names.get))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    (source,) = sources_of([Place("/tmp/a.py", 1, 0, 1, 5)])
    assert source.name == "Cell In[3]"
    (source,) = sources_of([Place("/tmp/model.py", 1, 0, 1, 5)])
    assert source.name == "model.py"


def test_python_that_keeps_no_columns(tmp_path: Path) -> None:
    script = tmp_path / "no_columns.py"
    script.write_text(
        textwrap.dedent(
            """\
            import tinygrad_lr as tg
            w = tg.tensor(1.0, requires_grad=True)
            with tg.viz.watch():
                y = w * 2 + w
            for seen in tg.viz.backward(y).nodes:
                if seen.op:
                    print(seen.label, seen.place.line, seen.place.col, seen.place.end_col)
            """
        )
    )
    command = [sys.executable, "-X", "no_debug_ranges", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["mul 4 0 17", "y 4 0 17"]


# -------------------------------------------------------------------------------------- modules


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
        self.out = nn.Linear(3, 2)

    def forward(self, x: Any) -> Any:
        return self.out(self.layers(x)) * 1.0


def test_calls_of_modules() -> None:
    net = Net()
    with tg.viz.watch():
        loss = net(tg.ones(5, 4)).sum()
    walk = tg.viz.backward(loss)
    made = {seen.label: seen.group and (seen.group.name, seen.group.kind) for seen in walk.nodes}
    assert made["linear 1"] == ("layers.0", "Linear")
    assert made["relu"] == ("layers.1", "ReLU")
    assert made["linear 2"] == ("out", "Linear")
    assert made["mul"] == ("", "Net")
    assert made["loss"] is None
    assert [group.name for group in walk.groups] == ["", "layers", "layers.0", "layers.1", "out"]
    assert walk.groups[2].parent is walk.groups[1]


def test_a_parameter_is_named_by_its_module_also_where_no_variable_holds_that() -> None:
    def loss() -> Any:
        return Net()(tg.ones(5, 4)).sum()

    names = {seen.name for seen in tg.viz.backward(loss).nodes if seen.wanted}
    assert names == {"layers.0.weight", "layers.0.bias", "out.weight", "out.bias"}


def test_an_error_in_a_module_leaves_nothing_behind() -> None:
    class Broken(nn.Module):
        def forward(self, x: Any) -> Any:
            raise KeyError("broken")

    with tg.viz.watch():
        with pytest.raises(KeyError):
            nn.Sequential(Broken())(leaf(1.0))
        y = leaf(1.0) * 2
    assert notes[y.grad_fn].group is None
    assert (Node.__init__, Node.pull_back, nn.Module.__call__, Op.__call__) == USUAL


# ----------------------------------------------------------------------- who pays, and who does not


def test_nothing_is_replaced_unless_somebody_watches() -> None:
    def now() -> tuple[Any, ...]:
        return Node.__init__, Node.pull_back, nn.Module.__call__, Op.__call__

    assert now() == USUAL
    with tg.viz.watch():
        assert Node.__init__ is not USUAL[0]
        assert nn.Module.__call__ is not USUAL[2]
        assert (Node.pull_back, Op.__call__) == (USUAL[1], USUAL[3])
        with tg.viz.watch():
            pass
        assert Node.__init__ is not USUAL[0]
    assert now() == USUAL
    tg.viz.backward(lambda: leaf(1.0) * 2, gradient=tg.ones(1))
    tg.viz.backward(leaf(1.0) * 2, tg.ones(1))
    with pytest.raises(ZeroDivisionError), tg.viz.watch():
        raise ZeroDivisionError
    assert now() == USUAL
    for function in USUAL:  # they are those of the files one reads
        assert function.__code__.co_filename.endswith(("graph.py", "module.py"))


def test_to_import_viz_replaces_nothing() -> None:
    code = (
        "import tinygrad_lr as tg; from tinygrad_lr.graph import Node, Op;"
        "before = Node.__init__, Node.pull_back, Op.__call__, tg.nn.Module.__call__;"
        "tg.viz.backward;"
        "assert before == (Node.__init__, Node.pull_back, Op.__call__, tg.nn.Module.__call__)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nodes_are_kept_by_nobody() -> None:
    before = len(notes)
    with tg.viz.watch():
        y = leaf(1.0) * 2
    assert len(notes) == before + 1
    del y
    assert len(notes) == before


def test_other_threads_are_not_watched() -> None:
    made: list[Any] = []

    def other() -> None:
        made.append(leaf(1.0) * 2)

    def watching() -> None:
        with tg.viz.watch():
            made.append(leaf(1.0) * 3)

    with tg.viz.watch():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert made[0].grad_fn not in notes
    thread = threading.Thread(target=watching)
    thread.start()
    thread.join()
    assert marked(tg.viz.backward(made.pop(), tg.ones(1))) == [("mul", "leaf(1.0) * 3")]
    assert (Node.__init__, Node.pull_back, nn.Module.__call__, Op.__call__) == USUAL


def test_watched_or_not_the_results_are_the_same() -> None:
    tg.manual_seed(0)
    net, x = Net(), tg.randn(5, 4)
    plain = net(x)
    with tg.viz.watch():
        watched = net(x)
    np.testing.assert_array_equal(plain.detach().numpy(), watched.detach().numpy())


def test_what_viz_itself_computes_is_not_taken_for_the_users() -> None:
    with tg.viz.watch():
        walk = tg.viz.backward(F.mse_loss(leaf(1.0, 2.0) * 2, tg.ones(2)))
    (loss,) = [seen for seen in walk.nodes if seen.op == "mse_loss"]
    assert loss.inside is not None
    assert {seen.place for seen in loss.inside.nodes} == {None}
    assert loss.inside.sources == []


def test_a_step_can_be_traced_while_somebody_watches() -> None:
    w = tg.tensor(2.0, requires_grad=True)

    def step(x: Any) -> Any:
        y = (w * x).sum()
        return y  # what was assigned last is what watch() still waits for

    traced = tg.jit.trace(step)
    with tg.viz.watch():
        assert [traced(tg.ones(1) * i).item() for i in range(4)] == [0.0, 2.0, 4.0, 6.0]
