"""Chromium and axe where they are there; what a page must be in any width, theme and amount of data."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.ui.sites import Site

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SCREENSHOTS = Path(__file__).parents[2] / ".screenshots"


class Served:
    """A site on a port of its own."""

    def __init__(self, site: Site) -> None:
        self._site = site
        config = uvicorn.Config(site.apps.network, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 60
        while not self._server.started:
            assert time.monotonic() < until, "the server did not start"
            self._thread.join(0.01)
        self.url = f"http://localhost:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def sign_in(self, context: Any) -> None:
        """Opens a one-time link and presses its button."""
        page = context.new_page()
        page.goto(f"{self.url}/sign-in/{self._site.apps.access.operator_link()}")
        page.get_by_role("button").first.click()
        page.wait_for_url(f"{self.url}/")
        page.close()

    def close(self) -> None:
        """Stops serving."""
        self._server.should_exit = True
        self._thread.join(10)


@contextmanager
def chromium() -> Iterator[Any]:
    """The system's browser; skips with a word where there is none."""
    if not CHROMIUM.is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield browser
        browser.close()


def axe_source(folder: Path) -> str:
    """axe-core's script, from `FAIRLEAD_AXE` or from the package registry; skips where neither has it."""
    if given := os.environ.get("FAIRLEAD_AXE"):
        return Path(given).read_text(encoding="utf-8")
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        if not shutil.which("npm"):
            pytest.skip("no npm to fetch axe-core with: set FAIRLEAD_AXE to its axe.min.js")
        command = ["npm", "install", "--no-save", "--silent", "--prefix", str(folder), "axe-core@4.14"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            pytest.skip("axe-core could not be fetched within a minute: set FAIRLEAD_AXE to its axe.min.js")
        if done.returncode or not script.is_file():
            pytest.skip(f"axe-core could not be fetched: {done.stderr.strip()[-200:]}")
    return script.read_text(encoding="utf-8")


def faults_of(page: Any, axe: str) -> list[str]:
    """What axe finds, in a line each."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:160]})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@dataclass
class Look:
    """One page in the browser, opened once and held to what holds for all pages in every dress."""

    page: Any
    url: str
    axe: str
    faults: list[str] = field(default_factory=list)

    def open(self) -> Look:
        """Loads it and waits for its drawings; a word on the console is a fault."""
        self.page.on("console", lambda said: self._said(said.text) if said.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda fault: self._said(str(fault)))
        answer = self.page.goto(self.url)
        if answer.status != 200:
            self.faults.append(f"{self.url}: {answer.status}")
        self.page.wait_for_load_state("load")
        return self

    def wear(self, width: int, theme: str, shot: str = "") -> None:
        """Another width and theme; nothing may scroll sideways in it."""
        self.page.set_viewport_size({"width": width, "height": 900})
        # A colour in the middle of its change has the contrast of neither theme.
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        over = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            self.faults.append(f"{self.url} at {width} scrolls sideways by {over} px")
        if shot:
            SCREENSHOTS.mkdir(exist_ok=True)
            self.page.screenshot(path=SCREENSHOTS / f"{shot}.png", full_page=True)

    def check(self) -> None:
        """What axe finds as the page is now."""
        self.faults += [f"{self.url}: {found}" for found in faults_of(self.page, self.axe)]

    def unfold(self) -> None:
        """Opens everything that can be opened."""
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")

    def _said(self, text: str) -> None:
        self.faults.append(f"{self.url} on the console: {text}")


_MARK = """() => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
  let count = 0
  for (const one of document.querySelectorAll(all)) if (one.checkVisibility()) one.dataset.nth = ++count
  // Leaving an element does not move the place from which the tab key goes on: the body must have had the focus.
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute("tabindex")
  return count
}"""
_HERE = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect()
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
  const seen = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth && box.height > 1
  return { nth: Number(one.dataset.nth || 0), ring, seen, html: one.outerHTML.slice(0, 120) }
}"""


def by_keyboard(page: Any) -> list[str]:
    """Goes through a page with the tab key alone: what it does not reach, or reaches unseen."""
    count = page.evaluate(_MARK)
    reached: set[int] = set()
    faults, last = [], 0
    for _ in range(4 * count + 5):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        # a field for a date has a stop each for day, month, year and calendar
        if here["nth"] == last and 'type="date"' in here["html"]:
            continue
        if not here["nth"] or here["nth"] in reached:
            break
        reached.add(last := here["nth"])
        if not (here["ring"] and here["seen"]):
            faults.append(f"focus is not seen on {here['html']}")
    missed = [number for number in range(1, count + 1) if number not in reached]
    return faults + [
        "not reached: " + page.evaluate(f"document.querySelector('[data-nth=\"{number}\"]').outerHTML")[:160]
        for number in missed
    ]
