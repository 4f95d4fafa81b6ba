"""What a notebook shows: `_repr_html_` of Tensors, Modules, optimizers, and of traced code."""

from __future__ import annotations

import base64
import copy
import io
import re
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import browser
import numpy as np
import pytest
from PIL import Image
from processes import DOUBLE, environment

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.viz import colours

inf, nan = float("inf"), float("nan")
VOID = {"img", "br"}


class Page(HTMLParser):
    """What a browser finds: the text without the styles, the tags, and whether all are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags, self.open = [], [], []  # type: ignore[var-annotated]
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    @property
    def images(self) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag == "img"]


def shown(thing: Any) -> Page:
    html = thing._repr_html_()
    assert html is not None, "it has been left to the plain repr"
    return Page(html)


def pixels(page: Page) -> Any:
    """The one picture on the page, as an array of (red, green, blue, opacity)."""
    (image,) = page.images
    data = base64.b64decode(image["src"].removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(data)) as picture:
        assert (str(picture.width), str(picture.height)) == (image["width"], image["height"])
        return np.array(picture.convert("RGBA"))


def some_tensors() -> dict[str, Any]:
    x = tg.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)
    freed = (x**2).sum()
    freed.backward()
    base = tg.randn(6, 6)
    return {
        "a number": tg.tensor(3.0),
        "a leaf": x,
        "a result": x.detach().requires_grad_() * 2,
        "a freed result": freed,
        "a parameter": nn.Parameter(tg.randn(100, 20)),
        "uninitialized": nn.UninitializedParameter(),
        "a buffer": nn.Buffer(tg.ones(3)),
        "empty": tg.zeros(0),
        "empty, 3 axes": tg.zeros(4, 0, 3),
        "integers": tg.arange(100),
        "uint8": tg.arange(200).to(tg.uint8),
        "bool": tg.arange(50) % 3 == 0,
        "half": tg.randn(50).half(),
        "double": tg.randn(50).double(),
        "nan": tg.full((5, 5), nan),
        "inf": tg.tensor([[inf, -inf, nan, 1.0]] * 10),
        "huge": tg.full((100, 300), 1.7e308, dtype=tg.float64),
        "tiny": tg.full((100, 300), 5e-324, dtype=tg.float64),
        "a view": base.t()[::2],
        "expanded": tg.ones(1, 3).expand(20, 3),
        "backwards": tg.from_numpy(np.arange(100.0)[::-1].copy()).flip(0),
        "images": tg.rand(50, 1, 28, 28),
        "single numbers, many axes": tg.rand(1000, 1, 1, 1),
        "a wide one": tg.rand(2, 3, 5000),
        "a tall one": tg.rand(100_000, 1),
        "a subclass": type("<script>alert(1)</script>", (tg.Tensor,), {})(3),
    }


def some_things() -> dict[str, Any]:
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
    return some_tensors() | {
        "a net": net,
        "a net without parameters": nn.ReLU(),
        "a loss": nn.CrossEntropyLoss(),
        "lazy": nn.LazyLinear(3),
        "SGD": optim.SGD(net.parameters(), lr=0.1),
        "Adam, groups": optim.Adam([{"params": p, "lr": 0.1} for p in net.parameters()]),
        "code": traced().code,
    }


def traced() -> Any:
    w = tg.tensor([[1.0], [2.0]], requires_grad=True)

    @tg.jit.trace
    def step(x: Any) -> Any:
        loss = (x @ w).sum()
        loss.backward()
        return loss

    step(tg.ones(3, 2))
    step(tg.ones(3, 2))
    return step


THINGS = some_things()

# ------------------------------------------------------------------------------- all of them, alike


@pytest.mark.parametrize("name", THINGS)
def test_it_is_small_and_needs_nothing_else(name: str) -> None:
    """No script, nothing from elsewhere, no ids, no style that reaches beyond its own class."""
    page = shown(THINGS[name])
    html = THINGS[name]._repr_html_()
    assert len(html) < 30_000
    for image in page.images:
        assert 8 <= int(image["height"]) <= 130
        assert 8 <= int(image["width"]) <= 400
    assert {tag for tag, _ in page.tags} <= set(
        "div style p b br pre span img table thead tbody tr th td".split()  # noqa: SIM905
    )
    for _, attributes in page.tags:
        assert set(attributes) <= {"class", "style", "alt", "width", "height", "src", "colspan"}
        assert attributes.get("src", "data:image/png;base64,").startswith("data:image/png;base64,")
    assert "http" not in html
    assert "@import" not in html
    assert "url(" not in html
    (style,) = re.findall("<style>(.*?)</style>", html)
    selectors = [s for rule in re.findall(r"([^{}]+)\{", style) for s in rule.split(",")]
    assert all(re.match(r"\.tglr( |$)", selector) for selector in selectors), selectors


@pytest.mark.parametrize("name", THINGS)
def test_it_sets_no_colour_that_a_theme_could_swallow(name: str) -> None:
    html = THINGS[name]._repr_html_()
    colours = re.findall(r"(?<![-\w])(?:color|background):([^;}\"]+)", html)
    assert set(colours) <= {"inherit", "none", "none!important"}


@pytest.mark.parametrize("name", THINGS)
def test_several_on_one_page_are_the_same_as_each_alone(name: str) -> None:
    assert THINGS[name]._repr_html_() == THINGS[name]._repr_html_()


@pytest.mark.parametrize("name", some_tensors())
def test_to_look_changes_nothing(name: str) -> None:
    x = some_tensors()[name]
    before = (x.array.copy(), repr(x), x._grad, x.node, x.wanted, tg.versions.written[:])
    x._repr_html_()
    after = (x.array, repr(x), x._grad, x.node, x.wanted, tg.versions.written[:])
    np.testing.assert_array_equal(before[0], after[0])
    assert before[1:] == after[1:]


def test_no_warning_is_given_and_no_grad_asked_for() -> None:
    x = tg.ones(3, requires_grad=True) * 2
    shown(x)  # its .grad would warn: an error in the tests
    shown(tg.full((30, 30), 3e38))
    shown(tg.tensor([[inf, -inf]] * 100))


# ------------------------------------------------------------------------------------------- Tensor


@pytest.mark.parametrize("name", [n for n in some_tensors() if n != "uninitialized"])
def test_a_tensor_is_there_as_it_is_printed(name: str) -> None:
    x = some_tensors()[name]
    assert repr(x).removeprefix("Parameter containing:\n") in shown(x).text
    assert f"shape {tuple(x.shape)} · {x.dtype} · cpu" in shown(x).text


def test_it_says_where_the_gradient_comes_from() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    assert "leaf that requires grad, .grad is None" in shown(x).text
    assert "does not require grad" in shown(x.detach()).text
    h = x.exp()
    assert "computed by exp from a leaf" in shown(h).text
    assert "computed by mul from exp (2 times)" in shown(h * h).text
    assert "computed by add from exp and a leaf" in shown(h + x).text
    y = (h * h).sum()
    y.backward()
    assert "leaf that requires grad, .grad is there" in shown(x).text
    assert "freed" not in shown(x.exp()).text
    assert "computed by exp from a leaf (the graph has been freed)" in shown(h).text
    assert "freed" not in shown(y).text  # a sum keeps its shapes, and can be gone through again


def test_names_cannot_be_tags() -> None:
    assert "<script>alert(1)</script> · shape" in shown(some_tensors()["a subclass"]).text
    op = tg.Op("double", lambda a: 2 * a, lambda g, y, a: 2 * g)
    op.name = "<img src=x>"
    assert "computed by <img src=x> from" in shown(op(tg.ones(2, requires_grad=True))).text


def test_what_is_small_has_no_picture() -> None:
    assert shown(tg.zeros(4, 4)).images == []
    assert len(shown(tg.zeros(4, 5)).images) == 1
    assert shown(tg.zeros(4, 0, 5)).images == []


def test_the_colours_are_those_of_the_numbers() -> None:
    x = tg.zeros(3, 10)
    x[0, 0], x[1, 2], x[2, 9] = -4.0, 2.0, 4.0
    page = shown(x)
    image = pixels(page)[6::12, 6::12]  # the middle of each square
    assert image.shape == (3, 10, 4)
    assert tuple(image[0, 0]) == (*colours.BLUE, 255)
    assert tuple(image[2, 9]) == (*colours.ORANGE, 255)
    assert tuple(image[1, 2][:3]) == colours.ORANGE
    assert 100 < image[1, 2, 3] < 200
    assert image[..., 3].astype(bool).sum() == 3  # 0 has no colour: what lies behind it shows
    assert "min -4, max 4, mean 0.06667" in page.text
    assert "blue below 0, orange above 0, strongest at 4" in page.text


def test_what_is_nan_or_infinite_is_chequered_and_said() -> None:
    x = tg.zeros(3, 10)
    x[0, 5], x[1, 2], x[2, 9] = nan, inf, -inf
    page = shown(x)
    squares = pixels(page).reshape(3, 12, 10, 12, 4).swapaxes(1, 2).reshape(3, 10, 144, 4)
    colours_of = [set(map(tuple, squares[i, j])) for i, j in ((0, 5), (1, 2), (2, 9), (0, 0))]
    black, white = (0, 0, 0, 255), (255, 255, 255, 255)
    assert colours_of[0] == {black, white}
    assert colours_of[1] == {black, (*colours.ORANGE, 255)}
    assert colours_of[2] == {black, (*colours.BLUE, 255)}
    assert [color[3] for color in colours_of[3]] == [0]
    assert "min 0, max 0, mean 0; 1 nan and 2 infinite, first at [0, 5]" in page.text
    assert "black and white: nan" in page.text
    assert "1 nan, first at [1]" in shown(tg.tensor([1.0, nan])).text
    assert "25 nan, first at [0, 0]" in shown(tg.full((5, 5), nan)).text


def test_one_nan_among_millions_is_still_seen() -> None:
    x = tg.zeros(3000, 3000)
    x[1500, 10] = nan
    page = shown(x)
    assert "1 nan, first at [1500, 10]" in page.text
    image = pixels(page)
    assert (image[..., 3] > 0).any()
    assert "a square is the mean of up to 94 x 32 numbers" in page.text


def test_large_numbers_are_not_taken_for_infinite() -> None:
    page = shown(tg.full((100, 300), 1.7e308, dtype=tg.float64))
    assert "min 1.7e+308, max 1.7e+308, mean 1.7e+308" in page.text
    image = pixels(page)
    assert set(map(tuple, image.reshape(-1, 4))) == {(*colours.ORANGE, 255)}


def test_the_means_are_those_of_blocks() -> None:
    x = tg.arange(64 * 192).reshape(64, 192).float()
    means, odd = colours.averaged(x.numpy(), 32, 96)
    np.testing.assert_allclose(means, x.numpy().reshape(32, 2, 96, 2).mean(axis=(1, 3)))
    assert not odd.any()
    means, _ = colours.averaged(np.arange(10.0)[None], 1, 3)
    np.testing.assert_allclose(means, [[1, 4, 7.5]])  # of 3, 3 and 4 numbers


def test_the_picture_has_its_words() -> None:
    (image,) = shown(tg.arange(100)).images
    assert image["alt"] == "colours of 100 numbers: min 0, max 99, mean 49.5"
    assert "34.0% True" in shown(tg.arange(50) % 3 == 0).text
    assert "the first 3 of 50 matrices" in shown(some_tensors()["images"]).text


def test_ten_million_numbers_do_not_hang() -> None:
    x = tg.zeros(10_000, 1000)
    before = time.process_time()
    html = x._repr_html_()
    assert time.process_time() - before < 10
    assert len(html) < 10_000


def test_what_would_take_seconds_is_not_looked_through() -> None:
    x = tg.ones(1).expand(10**6, 10**5)  # one number
    before = time.process_time()
    page = shown(x)
    assert time.process_time() - before < 5
    assert "100,000,000,000 numbers, too many to look through" in page.text
    assert page.images == []


def test_from_the_gpu_an_array_is_fetched_once() -> None:
    program = """
import cupy, tinygrad_lr as tg
x = (tg.ones(30, 30, device="gpu", requires_grad=True) * 2)
fetched, get = [], cupy.ndarray.get
cupy.ndarray.get = lambda self, *args, **options: fetched.append(1) or get(self, *args, **options)
html = x._repr_html_()
print(len(fetched), "device=&#x27;gpu&#x27;" in html, "float32 · gpu · computed by mul" in html)
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(DOUBLE),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert run.stdout == "1 True True\n", run.stderr


# ------------------------------------------------------------------------------------------- Module


def test_a_module_is_a_tree_with_its_parameters() -> None:
    net = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
    text = shown(net).text
    assert "Sequential · 79,510 parameters · in training mode" in text
    line = "(0) Linear(in_features=784, out_features=100, bias=True)weight (100, 784); bias (100,)"
    assert line + "78,500" in text
    assert "in evaluation mode" in shown(net.eval()).text
    assert "ReLU · no parameters" in shown(nn.ReLU()).text


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 3, bias=False)
        self.again = self.first
        self.tied = nn.Linear(3, 3)
        self.tied.weight = self.first.weight
        self.drop = nn.Dropout()
        self.none = None
        self.add_module("absent", None)
        self.register_buffer("mean", tg.zeros(3))
        self.add_module("<b>", nn.ReLU())
        self.above = [self]


def test_what_is_shared_frozen_or_another_mode_is_said() -> None:
    net = Net()
    net.drop.eval()
    net.tied.bias.requires_grad_(False)
    text = shown(net).text
    assert "Net · 12 parameters" in text  # the shared weight once
    assert "(again) Linear, the same as first" in text
    assert "weight (3, 3); bias (3,) frozen" in text
    assert "(drop) Dropout(p=0.5, inplace=False), in evaluation mode" in text
    assert "mean (3,) buffer" in text
    assert "(<b>) ReLU()" in text
    assert "absent" not in text


def test_modules_that_are_odd() -> None:
    net = nn.Sequential(nn.ReLU())
    net.add_module("loop", net)
    assert "(loop) Sequential, the same as the whole" in shown(net).text
    assert "shape not known before the first call" in shown(nn.LazyLinear(3)).text

    class Unready(nn.Module):
        def __init__(self) -> None:
            pass  # no super().__init__()

    assert "Unready · no parameters" in shown(Unready()).text
    many = nn.Sequential(*[nn.ReLU() for _ in range(1000)])
    assert "and 801 more modules" in shown(many).text
    deep = nn.ReLU()
    for _ in range(3000):
        deep = nn.Sequential(deep)
    assert "Sequential" in shown(deep).text


def test_what_cannot_be_shown_is_left_to_the_plain_repr() -> None:
    class Broken(nn.Module):
        def extra_repr(self) -> str:
            raise ZeroDivisionError

    assert Broken()._repr_html_() is None


# ---------------------------------------------------------------------------------------- optimizer


def test_an_optimizer_is_a_table_of_its_groups() -> None:
    net = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    first, second = net
    optimizer = optim.SGD(
        [
            {"params": first.parameters(), "lr": 0.1, "name": "<i>"},
            {"params": second.parameters()},
        ],
        lr=0.01,
        momentum=0.9,
    )
    before = copy.deepcopy(optimizer.state_dict())
    text = shown(optimizer).text
    assert "SGD · 23 parameters in 4 tensors · 2 groups" in text
    assert "lr0.10.01" in text
    assert "name'<i>'" in text
    assert "tensors(3, 4), (3,)(2, 3), (2,)" in text
    assert "kept so far" not in text
    assert repr(optimizer.state_dict()) == repr(before)
    net(tg.ones(1, 4)).sum().backward()
    optimizer.step()
    assert "kept so farmomentum_buffer of 2" in shown(optimizer).text


def test_an_optimizer_of_ones_own_and_many_groups() -> None:
    class Own(optim.Optimizer):
        def __init__(self, params: Any) -> None:
            super().__init__(params, {"rate": tg.tensor(0.5), 7: None})

    assert "1 parameter in 1 tensor" in shown(Own([tg.ones(1, requires_grad=True)])).text
    assert "ratetensor(0.5000)" in shown(Own([tg.ones(1, requires_grad=True)])).text
    groups = [{"params": [tg.ones(1, requires_grad=True)]} for _ in range(50)]
    assert "and 38 more groups" in shown(optim.SGD(groups, lr=1)).text


# --------------------------------------------------------------------------- code, and traced steps


def test_code_is_text_and_has_a_display() -> None:
    code = traced().code
    assert isinstance(code, str)
    assert code == str(code)
    assert eval(repr(code)) == code
    assert code in shown(code).text
    assert f"Traced step · {len(code.splitlines())} lines" in shown(code).text


@pytest.mark.parametrize("kind", ["_repr_html_", "__repr__"])
def test_a_step_that_shows_a_tensor_is_refused_as_one_that_prints(kind: str) -> None:
    @tg.jit.trace
    def step(x: Any) -> Any:
        y = x * 2
        getattr(y, kind)()
        return y

    step(tg.ones(3))
    with pytest.raises(tg.jit.CaptureError, match="cannot ask for a value"):
        step(tg.ones(3))


def test_what_a_step_uses_can_be_shown_while_it_is_traced() -> None:
    net = nn.Linear(2, 2)
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    pages: list[Any] = []

    @tg.jit.trace
    def step(x: Any) -> Any:
        pages.extend([net._repr_html_(), optimizer._repr_html_()])
        return net(x)

    for _ in range(3):
        step(tg.ones(1, 2))
    assert pages == [net._repr_html_(), optimizer._repr_html_()] * 2


def test_nothing_of_it_is_imported_before_it_is_asked_for() -> None:
    program = "import sys, tinygrad_lr as tg; print([m for m in sys.modules if 'viz' in m])"
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, check=True
    )
    assert run.stdout == b"[]\n"


# ---------------------------------------------------------------------------------------- a browser


@pytest.mark.skipif(browser.program() is None, reason="there is no Chromium to look with")
def test_a_browser_shows_them_all_on_one_page_narrow_or_dark(tmp_path: Path) -> None:
    """Nothing is wider than the page, asks for anything, or has another colour than what is around.

    (Below .q text is paler, but its colour is the same.)
    """
    file = tmp_path / "all.html"
    for foreground, background in (("rgb(17, 17, 17)", "#fff"), ("rgb(224, 224, 224)", "#111")):
        around = f'<!doctype html><meta charset="utf-8"><body style="color:{foreground};margin:8px;'
        displays = "\n".join(thing._repr_html_() for thing in THINGS.values())
        file.write_text(f'{around}background:{background}">{displays}', encoding="utf-8")
        with browser.Browser() as chromium, chromium.page(file.as_uri(), width=400) as page:
            assert page.ask("document.documentElement.scrollWidth") <= 400
            script = "[...document.querySelectorAll('.tglr *:not(style)')]"
            colours_of = page.ask(f"[...new Set({script}.map(e => getComputedStyle(e).color))]")
            assert colours_of == [foreground]
            fonts = "[...document.querySelectorAll('pre')].map(e => getComputedStyle(e).fontFamily)"
            assert all("monospace" in font for font in page.ask(fonts))
            asked = [event["request"]["url"] for event in page.events("Network.requestWillBeSent")]
            assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
