"""Pages in Chromium: a small set in the ordinary suite, every page in every dress as `slow`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.ui.browsers import Served, look
from tests.ui.sites import Site, paths

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 390)
SMALL_SET = [("/", 1440, "light"), ("/changes", 390, "dark"), ("/delivery", 768, "light"), ("/data", 390, "light"),
             ("/rows/lead_time", 390, "light"), ("/people", 390, "dark")]  # fmt: skip


def _name(kind: str, path: str, width: int, theme: str) -> str:
    plain = path.strip("/").replace("/", "-").replace("?", "-").replace("=", "-") or "brief"
    return f"{kind}-{plain}-{width}-{theme}"


@pytest.fixture(scope="module")
def desk(browser: Any, served: Served) -> Iterator[Any]:
    """A signed-in window on the demo."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    served.sign_in(context)
    yield context
    context.close()


@pytest.mark.parametrize(("path", "width", "theme"), SMALL_SET)
def test_a_page_reads_well(desk: Any, served: Served, axe: str, path: str, width: int, theme: str) -> None:
    page = desk.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    look(page, served.url + path, axe, _name("demo", path, width, theme))
    page.close()


def test_nothing_is_refused_by_the_policy(browser: Any, served: Served) -> None:
    context = browser.new_context()
    served.sign_in(context)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in ("/", "/delivery", "/people"):
        page.goto(served.url + path)
        page.wait_for_load_state("load")
    assert [text for text in said if "Content Security Policy" in text or "Refused" in text] == []
    context.close()


def test_keys_move_open_and_search(desk: Any, served: Served) -> None:
    page = desk.new_page()
    page.goto(served.url + "/changes")
    page.keyboard.press("j")
    page.keyboard.press("j")
    rows = page.locator("[data-row]")
    assert "chosen" in (rows.nth(1).get_attribute("class") or "")
    page.keyboard.press("k")
    assert "chosen" in (rows.nth(0).get_attribute("class") or "")
    page.keyboard.press("/")
    page.locator("dialog#search").wait_for(state="visible")
    page.keyboard.type("storefront")
    page.locator("#found a").first.wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog#search").wait_for(state="hidden")
    page.keyboard.press("?")
    page.locator("dialog#help").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url(served.url + "/")
    page.keyboard.press("j")
    page.keyboard.press("e")
    assert page.locator("details.evidence[open]").count() == 1
    page.close()


def test_the_theme_is_kept_without_script(browser: Any, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    served.sign_in(context)
    page = context.new_page()
    page.goto(served.url + "/delivery?window=7d")
    page.locator(".tools details.drop > summary").click()
    page.get_by_role("button", name="Dark").click()
    assert page.url == served.url + "/delivery?window=7d"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".tools details.drop > summary").click()
    page.get_by_role("button", name="Deutsch").click()
    assert page.locator("html").get_attribute("lang") == "de"
    context.close()


def test_a_chart_comes_when_it_is_drawn(desk: Any, served: Served) -> None:
    page = desk.new_page()
    page.goto(served.url + "/delivery?window=90d")
    page.locator(".drawing > svg").first.wait_for(timeout=60_000)
    assert page.locator(".drawing > svg text").count() > 4
    page.close()


def test_the_brief_prints_on_a4(desk: Any, served: Served) -> None:
    page = desk.new_page()
    page.goto(served.url + "/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})
    assert page.locator(".top").is_hidden()
    assert page.locator(".scope form").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert len(page.pdf(format="A4")) > 10_000
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["empty", "demo", "heavy"])
def test_every_page_in_every_dress(browser: Any, axe: str, request: pytest.FixtureRequest, kind: str) -> None:
    site: Site = request.getfixturevalue(f"{kind}_site")
    running = Served(site)
    context = browser.new_context(bypass_csp=True)
    running.sign_in(context)
    faults = []
    for path in paths():
        for width in WIDTHS:
            for theme in ("light", "dark"):
                page = context.new_page()
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=theme)
                try:
                    look(page, running.url + path, axe, _name(kind, path, width, theme))
                except AssertionError as fault:
                    faults.append(str(fault).splitlines()[0])
                page.close()
    running.close()
    assert faults == []
