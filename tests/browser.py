"""A headless Chromium, spoken to in the DevTools protocol: opens a page, presses keys, looks.

with Browser() as browser, browser.page("file:///walk.html", width=900) as page:
    page.press("ArrowRight")
    page.ask("document.title")
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Any

from websockets.sync.client import connect

PROGRAMS = ["chromium", "chromium-browser", "google-chrome"]
OPTIONS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars
--disable-background-networking --disable-component-update --disable-sync
--disable-features=IsolateSandboxedIframes --remote-debugging-port=0"""
# What a key is in the protocol: its code, and the character that it types.
KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "ArrowUp": 38, "ArrowDown": 40, "Home": 36, "End": 35}
KEYS |= {"Escape": 27, "Tab": 9, "Enter": 13, " ": 32, "o": 79, "+": 187, "-": 189, "0": 48}


def program() -> str | None:
    """The path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser:
    """A running Chromium with a profile of its own, which goes with it."""

    def __enter__(self) -> Browser:
        found = program()
        assert found is not None
        with ExitStack() as stack:
            folder = TemporaryDirectory(ignore_cleanup_errors=True)
            self._profile = stack.enter_context(folder)
            command = [found, *OPTIONS.split(), f"--user-data-dir={self._profile}", "about:blank"]
            self._process = subprocess.Popen(command, stdout=DEVNULL, stderr=DEVNULL)
            stack.callback(self._process.wait)
            stack.callback(self._process.kill)
            port, path = self._address()
            address = f"ws://127.0.0.1:{port}{path}"
            self._socket = stack.enter_context(connect(address, max_size=None, proxy=None))
            self._last, self.events = 0, []
            self._tab = self._new_tab()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _address(self) -> list[str]:
        """The port and the path that a browser writes down when it is ready."""
        file = Path(self._profile, "DevToolsActivePort")
        for _ in range(600):
            if file.exists() and len(lines := file.read_text().split()) == 2:
                return lines
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("the browser does not start")

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The browser's answer to a command; events that come before it are kept."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(self._socket.recv(timeout=60))
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def _new_tab(self) -> Page:
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.send(f"{domain}.enable")
        return page

    @contextmanager
    def page(
        self, url: str, width: int = 900, height: int = 800, dark: bool = False, **features: str
    ) -> Iterator[Page]:
        """The tab, in which `url` has been loaded; what happened in it before is forgotten."""
        self._tab.resize(width, height)
        self._tab.look(dark, **features)
        self.events.clear()
        self._tab.open(url)
        yield self._tab


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.send(method, self._session, **params)

    def events(self, *methods: str) -> list[dict[str, Any]]:
        """What happened in this tab, of these kinds."""
        self.ask("1")  # what happened before the answer is there now
        return [
            event["params"]
            for event in self._browser.events
            if event.get("sessionId") == self._session and event["method"] in methods
        ]

    def open(self, url: str) -> None:
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=url)
        while self.ask("document.readyState") != "complete":
            time.sleep(0.01)

    def resize(self, width: int, height: int) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def look(self, dark: bool, **features: str) -> None:
        """Prefer dark or light; and what else a reader may prefer: ``prefers_reduced_motion=``."""
        wanted = {"prefers-color-scheme": "dark" if dark else "light"}
        wanted |= {name.replace("_", "-"): value for name, value in features.items()}
        listed = [{"name": name, "value": value} for name, value in wanted.items()]
        self.send("Emulation.setEmulatedMedia", features=listed)

    def ask(self, script: str, frame: str | None = None) -> Any:
        """The value of an expression of JavaScript on the page, or in a frame of it."""
        where = {} if frame is None else {"uniqueContextId": frame}
        answer = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, **where
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def all(self, selector: str, what: str = "textContent") -> list[Any]:
        """By element, a property of it: ``page.all("h1")``, ``page.all("a", "href")``."""
        found = f"document.querySelectorAll({json.dumps(selector)})"
        return self.ask(f"[...{found}].map(e => e.{what})")

    def press(self, key: str, times: int = 1, shift: bool = False) -> None:
        """Press a key of the keyboard, and let go of it."""
        common = {"key": key, "windowsVirtualKeyCode": KEYS[key], "modifiers": 8 * shift}
        common["code"] = "Space" if key == " " else key
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else None)
        down = {"type": "rawKeyDown"} if text is None else {"type": "keyDown", "text": text}
        for _ in range(times):
            self.send("Input.dispatchKeyEvent", **down, **common)
            self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def click(self, selector: str) -> None:
        """Click into the middle of an element."""
        where = self.ask(
            f"(r => [r.x + r.width / 2, r.y + r.height / 2])"
            f"(document.querySelector({json.dumps(selector)}).getBoundingClientRect())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send(
                "Input.dispatchMouseEvent",
                type=kind,
                x=where[0],
                y=where[1],
                button="left",
                clickCount=1,
            )

    def screenshot(self, path: str | os.PathLike[str]) -> None:
        """What is seen, as a PNG."""
        answer = self.send("Page.captureScreenshot", format="png")
        Path(path).write_bytes(base64.b64decode(answer["data"]))
