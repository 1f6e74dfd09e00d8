"""Chromium and axe where they are there; what a page must be in any width, theme and amount of data."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:160]})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def look(page: Any, url: str, axe: str, shot: str) -> None:
    """Opens a page and holds it to what holds for all: no fault of axe, no sideways scroll, a quiet console."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(url)
    assert answer.status == 200, f"{url}: {answer.status}"
    page.wait_for_load_state("load")
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{shot}.png", full_page=True)
    assert over <= 0, f"{url} scrolls sideways by {over} px"
    assert not said, f"{url}: {said}"
    assert faults_of(page, axe) == [], url
