"""The page of a backward pass, as a reader meets it: in a browser, stepped through by key.

Chromium, where it is installed (``apt-get install chromium``), shows the page without a window.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import Browser, Page, program

import tinygrad_lr as tg
from tinygrad_lr import nn, viz
from tinygrad_lr.viz.data import data_of
from tinygrad_lr.viz.page import page_of

NASTY = """</script><script>alert(1)</script><!-- ' " \\ & {{data}} \u2028 é 🎉"""


def line() -> viz.Walk:
    w = tg.tensor(3.0, requires_grad=True)
    x = tg.tensor(2.0)
    b = tg.tensor(1.0, requires_grad=True)
    return viz.backward(w * x + b)


def diamond() -> viz.Walk:
    a = tg.tensor(2.0, requires_grad=True)
    h = a * 3
    return viz.backward(h * h + a)


def broadcast() -> viz.Walk:
    x, w = tg.ones(3, 4), tg.arange(4.0).requires_grad_()
    return viz.backward((x * w).sum())


def network() -> viz.Walk:
    tg.manual_seed(0)
    model = nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    logits = model(tg.tensor(np.random.default_rng(0).random((8, 784), np.float32)))
    return viz.backward(nn.functional.cross_entropy(logits, tg.arange(8)))


def infinite() -> viz.Walk:
    x = tg.tensor([1.0, 0.0], requires_grad=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return viz.backward((x.log() * x).sum())


def second() -> viz.Walk:
    x = tg.tensor(2.0, requires_grad=True)
    (g,) = tg.autograd.grad(x**3, x, create_graph=True)
    return viz.backward(g)


def in_code(data: dict[str, Any]) -> dict[str, Any]:
    """`data`, its last node made by the first line of a program."""
    place = {"source": 0, "line": 7, "col": 8, "end_line": 7, "end_col": 13}
    data["nodes"][-1]["place"] = place
    lines = ["    y = w * x + b", "    print('</script>')"]
    return data | {"sources": [{"name": "program.py", "first": 7, "lines": lines}]}


PROGRAMS: list[Callable[[], viz.Walk]] = [line, diamond, broadcast, network, infinite, second]


# ------------------------------------------------------------------------------- without a browser


def packed(written: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', written, re.S)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_page_needs_nothing_else_and_is_small(program: Callable[[], viz.Walk]) -> None:
    written = page_of(data_of(program()))
    assert not re.search(r"(src|href)=|url\((?!#)|@import", written)
    assert set(re.findall(r"https?://[^\s\"]*", written)) == {"http://www.w3.org/2000/svg"}
    assert not re.search("localStorage|cookie|innerHTML", written)
    assert "content=\"default-src 'none'; style-src 'unsafe-inline';" in written
    assert len(written.encode()) < 300_000


def test_a_name_cannot_end_the_data() -> None:
    data = in_code(data_of(line()))
    data["nodes"][0]["name"] = data["title"] = NASTY
    written = page_of(data)
    assert written.count("<script") == written.count("</script>") == 2  # the data, the program
    found = packed(written)["walk"]
    assert found["title"] == found["nodes"][0]["name"] == NASTY


def test_what_an_array_holds_is_written_once() -> None:
    data = data_of(network())
    found = packed(page_of(data))
    assert len({json.dumps(numbers) for numbers in found["numbers"]}) == len(found["numbers"])
    for step, given in zip(found["walk"]["steps"], data["steps"]):
        assert given["result"] == found["numbers"][step["result"]]


def test_the_template_is_short_enough_to_be_read() -> None:
    template = Path(viz.__file__).with_name("page.html").read_text(encoding="utf-8")
    assert len(template.splitlines()) < 400


# ---------------------------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if program() is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with Browser() as found:
        yield found


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Callable[..., Any]:
    """A function that opens the page of a walk, or of data, from a file."""

    def open_it(walk: Any, **options: Any) -> Any:
        path = tmp_path / "walk.html"
        data = walk if isinstance(walk, dict) else data_of(walk)
        path.write_text(page_of(data), encoding="utf-8")
        return browser.page(path.as_uri(), **options)

    return open_it


def text(page: Page, selector: str) -> str:
    return page.all(selector)[0]


def kinds(walk: viz.Walk, kind: str) -> list[int]:
    return [i for i, step in enumerate(walk.steps) if step.kind == kind]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_page_opens_makes_no_request_and_has_no_error(
    opened: Any, program: Callable[[], viz.Walk]
) -> None:
    walk = program()
    with opened(walk) as page:
        for i, step in enumerate(walk.steps):
            assert text(page, "#count") == f"{i + 1} / {len(walk.steps)}"
            said = text(page, "#says")
            assert said.lower().startswith(step.says.lower().rstrip("."))
            assert not said.startswith(("the ", "this ", "all "))
            page.press("ArrowRight")
        asked = [event["request"]["url"] for event in page.events("Network.requestWillBeSent")]
        assert [url.split(":")[0] for url in asked if not url.startswith("data:")] == ["file"]
        assert not page.events(
            "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"
        )


def test_the_right_numbers_are_shown_at_three_steps(opened: Any) -> None:
    walk = line()
    with opened(walk) as page:
        page.ask(f"go({walk.steps.index(rule_of('a', 'mul', walk))})")  # of w, in w * x
        assert text(page, "figure.result pre") == "2."
        assert "The rule" in text(page, "#kind")
        page.press("End")
        assert "Into .grad" in text(page, "#kind")
        grads = page.all(".is-leaf .grad")
        assert sorted(grads) == ["grad 1.", "grad 2."]
        page.press("Home")
        assert text(page, "figure.result pre") == "1."


def rule_of(argument: str, op: str, walk: viz.Walk) -> Any:
    return next(
        step
        for step in walk.steps
        if step.kind == "rule" and step.argument == argument and walk.nodes[step.node].op == op
    )


def test_a_fan_out_shows_its_running_sum(opened: Any) -> None:
    walk = diamond()
    with opened(walk) as page:
        page.ask(f"go({kinds(walk, 'add_up')[0]})")
        found = page.all("#row figure pre")
        before, arriving, after = map(float, found)
        assert before + arriving == after
        assert text(page, "#says").endswith(f" {before:g}. + {arriving:g}. = {after:g}.")
        assert text(page, "#says").count("=") == 1
        assert text(page, "#row").count("+") == text(page, "#row").count("=") == 1


def test_the_sum_back_over_broadcast_axes_is_a_step_of_its_own(opened: Any) -> None:
    walk = broadcast()
    with opened(walk) as page:
        page.ask(f"go({kinds(walk, 'sum_back')[0]})")
        assert "Sum back" in text(page, "#kind")
        shapes = page.all("#row figcaption")
        assert [shape[shape.index("(") :] for shape in shapes] == ["(3, 4)", "(4,)"]


def test_the_node_whose_turn_it_is_and_those_that_had_theirs_are_marked(opened: Any) -> None:
    walk = line()
    ids = {node.op: node.id for node in walk.nodes}
    with opened(walk) as page:
        page.ask(f"go({kinds(walk, 'incoming')[1]})")
        assert page.all(".box.now", "id") == [f"n{ids['mul']}"]
        assert page.all(".box.done", "id") == [f"n{ids['add']}"]
        page.ask(f"go({walk.steps.index(rule_of('a', 'mul', walk))})")
        assert page.ask("document.querySelectorAll('.edge.now').length") == 1
        label = page.ask(f"$('n{ids['add']}').getAttribute('aria-label')")
        assert "finished" in label  # not by colour alone


def test_two_edges_between_the_same_nodes_are_both_seen(opened: Any) -> None:
    with opened(diamond()) as page:
        paths = page.all(".edge > path", "getAttribute('d')")
        assert len(set(paths)) == len(paths) == 6


def test_the_slider_steps_too(opened: Any) -> None:
    with opened(line()) as page:
        page.ask("$('slider').value = 3; $('slider').dispatchEvent(new Event('input'))")
        assert text(page, "#count").startswith("4 / ")
        assert page.ask("$('slider').getAttribute('aria-valuetext')").startswith("4: ")


def test_play_goes_on_by_itself_to_the_end_and_space_stops_it(opened: Any) -> None:
    with opened(line()) as page:
        page.ask("window.setInterval = act => { window.tick = act; return 1; }; play(true)")
        page.ask("tick(); tick()")
        assert text(page, "#count").startswith("3 / ")
        page.press(" ")
        assert page.ask("timer") == 0
        page.press(" ")
        page.ask("for (let i = 0; i < 50 && timer; i++) tick()")
        assert page.ask("timer") == 0
        assert page.ask("here().at === here().walk.steps.length - 1")


def test_a_page_opens_at_the_step_that_its_address_names(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "walk.html").write_text(page_of(data_of(line())), encoding="utf-8")
    for mark, count in (("#step=4", "4"), ("#step=999", "11"), ("#step=x", "1"), ("", "1")):
        with browser.page((tmp_path / "walk.html").as_uri() + mark) as page:
            assert text(page, "#count").split()[0] == count


def test_a_keyboard_is_enough(opened: Any) -> None:
    with opened(line()) as page:
        seen = []
        page.press("Tab")
        while page.ask("document.activeElement !== document.body"):
            seen.append(page.ask("document.activeElement.id || document.activeElement.tagName"))
            assert page.ask(RING), seen
            page.press("Tab")
        assert {"scroll", "panel", "play", "next", "slider", "in", "out", "fit"} <= set(seen)
        node = next(found for found in seen if re.fullmatch(r"n\d+", found))
        page.ask(f"document.getElementById('{node}').focus()")
        page.press("ArrowUp")
        page.press("Enter")
        assert page.ask("document.activeElement.id") != node
        assert page.ask("here().picked") == int(page.ask("document.activeElement.id")[1:])


def test_a_click_on_a_node_leads_to_its_turn(opened: Any) -> None:
    walk = line()
    mul = next(node.id for node in walk.nodes if node.op == "mul")
    with opened(walk) as page:
        page.click(f"#n{mul}")
        assert page.ask("here().at") == kinds(walk, "incoming")[1]
        assert "mul" in text(page, "#about h2")


def test_an_operation_made_of_others_opens_and_there_is_a_way_back(opened: Any) -> None:
    data = data_of(line())
    data["nodes"][-1]["inside"] = data_of(diamond()) | {"title": "within add"}
    with opened(data) as page:
        page.press("ArrowRight")
        page.press("o")
        assert text(page, "#title") == "within add"
        assert page.ask("document.activeElement.id") == "panel"  # the button is gone
        assert page.ask("document.querySelectorAll('.box').length") == 5
        page.press("End")
        page.press("Escape")
        assert text(page, "#title") == data["title"]
        assert text(page, "#count").startswith("2 / ")


def test_a_folded_part_opens_by_a_click(opened: Any) -> None:
    data = data_of(line())
    box = data["nodes"][-1]
    box.update(kind="box", op=None, name="layers.0 (Linear)", shape=None, value=None)
    box["inside"] = data_of(diamond()) | {"title": "layers.0 (Linear)"}
    with opened(data) as page:
        page.click(f"#n{box['id']}")
        assert text(page, "#title") == "layers.0 (Linear)"
        page.click("#trail button")
        assert text(page, "#title") == data["title"]


def test_the_expression_that_made_the_node_is_marked_in_the_code(opened: Any) -> None:
    with opened(in_code(data_of(line()))) as page:
        assert text(page, "#code h2") == "program.py"
        assert text(page, "#code .here").startswith("7y = ")
        assert text(page, "mark") == "w * x"
        assert "print('</script>')" in text(page, "#code")


def test_a_long_name_is_not_wider_than_a_telephone(opened: Any) -> None:
    data = data_of(line())
    long = "the_loss_of_all_batches_" * 8
    data |= {"title": long, "notes": [long]}
    data["nodes"][0]["name"] = data["steps"][0]["says"] = data["steps"][2]["rule"] = long
    with opened(data, width=400) as page:
        for i in range(len(data["steps"])):
            page.ask(f"go({i})")
            assert page.ask("document.documentElement.scrollWidth") == 400


def test_any_name_is_text(opened: Any) -> None:
    data = data_of(line())
    for node in data["nodes"]:
        node["name"] = NASTY
    data |= {"title": NASTY, "notes": [NASTY]}
    with opened(data) as page:
        assert (
            text(page, "#title") == text(page, "#notes li") == page.ask("document.title") == NASTY
        )
        assert page.ask("document.scripts.length") == 2
        assert not page.events("Page.javascriptDialogOpening", "Runtime.exceptionThrown")


def test_a_nan_is_marked(opened: Any) -> None:
    with opened(infinite()) as page:
        page.press("End")
        assert page.ask("document.querySelectorAll('.box.bad .nan').length") >= 2
        assert "nan" in text(page, "#text")


def test_every_figure_has_a_text(opened: Any) -> None:
    with opened(network()) as page:
        for _ in range(3):
            page.press("ArrowRight", 5)
            assert page.ask(
                "[...document.querySelectorAll('canvas')].every(e => e.getAttribute('aria-label'))"
            )
            assert page.ask("document.querySelector('#svg').getAttribute('aria-label')")
            assert page.ask("document.querySelectorAll('#text li').length") == 10
        assert page.ask("document.documentElement.lang") == "en"


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_is_wider_than_the_window_and_nothing_is_small(
    opened: Any, program: Callable[[], viz.Walk]
) -> None:
    with opened(program()) as page:
        for width in (400, 900, 1600):
            page.resize(width, 800)
            for key in ("Home", "ArrowRight", "ArrowRight", "End"):
                page.press(key)
                assert page.ask("document.documentElement.scrollWidth") <= width
                assert page.ask(SMALLEST) >= 11


# Whether what has the focus has a ring, or its box in the graph a thick line.
RING = """getComputedStyle(document.activeElement).outlineStyle === "solid" ||
    getComputedStyle(document.activeElement.querySelector("rect")).strokeWidth === "5px" """
# The size of the smallest letters that are seen, in pixels; those of the graph are scaled with it.
SMALLEST = """Math.min(...[...document.querySelectorAll("body :not(script, title)")]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .filter(e => e.checkVisibility())
    .map(e => parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement ? zoom : 1)))"""


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_written_can_be_told_from_what_it_is_written_on(opened: Any, dark: bool) -> None:
    """A contrast of 4.5, as the guidelines of the web ask of small text."""
    with opened(line(), dark=dark) as page:

        def light(name: str) -> float:
            style = "getComputedStyle(document.documentElement)"
            colour = page.ask(f"{style}.getPropertyValue('--{name}')").strip()
            parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
            linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

        pairs = [(o, u) for o in ("ink", "soft", "now", "done", "bad") for u in ("page", "panel")]
        pairs += [
            (over, under) for over in ("ink", "soft") for under in ("now-field", "done-field")
        ]
        for over, under in [*pairs, ("now", "now-field"), ("done", "done-field")]:
            dim, bright = sorted([light(over), light(under)])
            assert (bright + 0.05) / (dim + 0.05) >= 4.5, (over, under)


def test_who_wants_no_motion_has_none(opened: Any) -> None:
    walk = line()
    for wanted, name in (("no-preference", "run"), ("reduce", "none")):
        with opened(walk, prefers_reduced_motion=wanted) as page:
            page.ask(f"go({kinds(walk, 'rule')[0]})")
            path = "getComputedStyle(document.querySelector('.edge.now path')).animationName"
            assert page.ask(path) == name


def test_the_page_works_in_a_sandboxed_frame(browser: Browser, tmp_path: Path) -> None:
    source = html.escape(page_of(data_of(line())))
    frame = f'<iframe sandbox="allow-scripts" srcdoc="{source}"></iframe>'
    path = tmp_path / "frames.html"
    path.write_text(f"<!DOCTYPE html>{frame}{frame}", encoding="utf-8")
    with browser.page(path.as_uri()) as page:
        page.ask("new Promise(done => setTimeout(done, 200))")
        assert not page.events("Runtime.exceptionThrown", "Log.entryAdded")
        tree = page.send("Page.getFrameTree")["frameTree"]["childFrames"]
        contexts = [event["context"] for event in page.events("Runtime.executionContextCreated")]
        ids = {context["auxData"]["frameId"]: context["uniqueId"] for context in contexts}
        frames = [ids[child["frame"]["id"]] for child in tree]
        page.ask("go(3)", frames[0])
        counts = [page.ask("$('count').textContent", frame) for frame in frames]
        assert [count.split()[0] for count in counts] == ["4", "1"]


def test_the_node_of_a_step_is_in_sight_in_a_large_graph(opened: Any) -> None:
    x = tg.ones(2, 2, requires_grad=True)
    y = x
    for _ in range(60):
        y = y.tanh()
    walk = viz.backward(y.sum())
    with opened(walk) as page:
        for key in ("End", "Home"):
            page.press(key)
            edges = [page.ask(f"$({found}).getBoundingClientRect().toJSON()") for found in SEEN]
            assert edges[0]["top"] <= edges[1]["top"], key
            assert edges[0]["bottom"] >= edges[1]["bottom"], key


def test_sentences_above_the_graph_do_not_push_its_node_out_of_sight(opened: Any) -> None:
    """They are there before it is drawn as large as there is room."""
    y = tg.ones(2, requires_grad=True)
    for function in (tg.expm1, tg.log1p, tg.erfc, tg.nn.functional.relu6, tg.tanh, tg.exp):
        y = function(y)
    with opened(viz.backward(y.sum())) as page:
        frame, node = (page.ask(f"$({e}).getBoundingClientRect().toJSON()") for e in SEEN)
        assert len(page.all("#notes li")) > 3
        assert frame["top"] <= node["top"]
        assert frame["bottom"] >= node["bottom"]


SEEN = ["'scroll'", "`n${known().now}`"]
