"""examples/backward.html and backward.png: the page that the README links, and shows a picture of.

    python tests/readme_picture.py    # makes both anew; it needs Chromium

The page is the network's of examples/see_backward.py. In the picture the step is that at which the
gradient of a weight is computed.
"""

from __future__ import annotations

import platform
import tempfile
from pathlib import Path

from browser import Browser
from PIL import Image, PngImagePlugin
from processes import EXAMPLES, python

import tinygrad_lr as tg

HTML, PNG = EXAMPLES / "backward.html", EXAMPLES / "backward.png"
STEP = 8
SIZE = 1200, 760
SAID = {
    "Title": "A backward pass of a network, at the gradient of a weight",
    "Command": "python tests/readme_picture.py",
    "Seed": "0",
    "Software": f"Python {platform.python_version()}, tinygrad_lr {tg.__version__}",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = python(EXAMPLES / "see_backward.py", "--out", folder)
        assert run.code == 0, run.err
        (folder / "network.html").replace(HTML)
        picture = folder / PNG.name
        with (
            Browser() as browser,
            browser.page(f"{HTML.as_uri()}#step={STEP}", width=SIZE[0], height=SIZE[1]) as page,
        ):
            page.screenshot(picture)
        said = PngImagePlugin.PngInfo()
        for key, text in SAID.items():
            said.add_text(key, text)
        with Image.open(picture) as image:  # with as many colours as it needs: half the size
            image.convert("RGB").quantize(128).save(PNG, optimize=True, pnginfo=said)


if __name__ == "__main__":
    main()
