"""Pages in Chromium: a small set in the ordinary suite, every page in every dress as `slow`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.ui.browsers import Look, Served, by_keyboard
from tests.ui.sites import Site, every_path

pytestmark = pytest.mark.browser

WIDTHS = (1440, 768, 390)
THEMES = ("light", "dark")
SMALL_SET = [("/", 1440, "light"), ("/changes", 390, "dark"), ("/delivery", 768, "light"), ("/data", 390, "light"),
             ("/rows/lead_time", 390, "light"), ("/people", 390, "dark"), ("/goals", 390, "dark")]  # fmt: skip


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
    seen = Look(desk.new_page(), served.url + path, axe).open()
    seen.wear(width, theme, _name("demo", path, width, theme))
    seen.check()
    assert seen.faults == []
    seen.page.close()


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


@pytest.mark.parametrize("path", ["/", "/people", "/incidents"])
def test_every_action_is_reached_by_the_tab_key(desk: Any, served: Served, path: str) -> None:
    page = desk.new_page()
    page.goto(served.url + path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip away"
    assert page.evaluate("document.activeElement.getBoundingClientRect().height") > 20, "the skip link shows itself"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert by_keyboard(page) == []
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["empty", "demo", "heavy"])
def test_every_page_in_every_dress(browser: Any, axe: str, request: pytest.FixtureRequest, kind: str) -> None:
    site: Site = request.getfixturevalue(f"{kind}_site")
    running = Served(site)
    context = browser.new_context(bypass_csp=True)
    running.sign_in(context)
    faults = []
    for path in every_path(site):
        seen = Look(context.new_page(), running.url + path, axe).open()
        for width in WIDTHS:
            for theme in THEMES:
                seen.wear(width, theme, _name(kind, path, width, theme))
        seen.check()
        # What waits behind a click is part of the page: lists of evidence, menus, forms, tables of charts.
        seen.unfold()
        for width in WIDTHS:
            for theme in THEMES:
                seen.wear(width, theme)
                seen.check()
        faults += seen.faults
        seen.page.close()
    context.close()
    running.close()
    assert faults == []


@pytest.mark.slow
def test_every_page_is_walked_by_keyboard(desk: Any, served: Served, demo_site: Site) -> None:
    faults = []
    for path in every_path(demo_site):
        page = desk.new_page()
        page.goto(served.url + path)
        # Menus lie over the page while they are open, so they are opened by their own test of keys.
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        faults += [f"{path}: {fault}" for fault in by_keyboard(page)]
        page.close()
    assert faults == []
