"""Addresses that say nonsense: every page, every word that it reads, and a word that it does not."""

from __future__ import annotations

import html

import pytest
from starlette.routing import compile_path
from starlette.testclient import TestClient
from tests.ui.sites import Site, every_path

from fairlead.ui.page import Page
from fairlead.ui.registry import pages
from fairlead.ui.scope import SCOPE_WORDS

NONSENSE = ("2026-13-45", "-1", "0x10", "9" * 30, "٣", "';--", "<b>&", "\x00", "🦄", "x" * 300)
FREE = {"q", "code", "state", "subject", "person"}
"""Words that take any text; a list that has nothing of the last two says so."""


def _one_of_each(site: Site) -> dict[str, Page]:
    """An address of each page that can be opened, by one link of the other pages."""
    links = every_path(site)
    found: dict[str, Page] = {}
    for page in pages():
        fits, _, _ = compile_path(page.path)
        link = next((link for link in links if fits.match(link.partition("?")[0])), None)
        if link and not page.development and page.path != "/charts/{key}":
            found[link] = page
    return found


def _main(text: str) -> str:
    return html.unescape(text.partition("<main")[2].partition("</main>")[0])


def test_every_page_tells_a_word_that_says_nonsense(demo_site: Site, demo: TestClient) -> None:
    asked = 0
    for link, page in _one_of_each(demo_site).items():
        for word in (*page.reads, *(SCOPE_WORDS if page.scoped else ())):
            # The words of the line of scope are checked before any page is asked: two of them tell.
            few = word in FREE or word in SCOPE_WORDS
            for value in NONSENSE[:2] if few else NONSENSE:
                answer = demo.get(link.partition("?")[0], params={word: value})
                asked += 1
                assert answer.status_code in (200, 404, 422), (link, word, value)
                if word not in FREE:
                    assert answer.status_code != 200, (link, word, value)
                    said = value[:60].replace("\x00", "")
                    assert said in _main(answer.text), (link, word, value)
    assert asked > 200


def test_every_page_tells_a_word_that_it_does_not_read(demo_site: Site, demo: TestClient) -> None:
    for link in _one_of_each(demo_site):
        answer = demo.get(link, params=dict.fromkeys(("from", "<i>", *(f"w{n}" for n in range(30))), "2026-13-45"))
        assert answer.status_code == 200, link
        told = _main(answer.text)
        assert "The address says `from`, `<i>`, `w0`" in told, link
        assert "w29" not in told.partition("shown without")[0]


def test_a_word_that_says_nothing_counts_as_not_said(demo_site: Site, demo: TestClient) -> None:
    for link, page in _one_of_each(demo_site).items():
        path = link.partition("?")[0]
        assert demo.get(path, params=dict.fromkeys((*page.reads, *SCOPE_WORDS), "")).status_code == 200, link


@pytest.mark.parametrize("path", ["/changes?turn=reviewer", "/rows/lead_time", "/people", "/data"])
def test_a_page_beyond_the_last_is_refused(demo: TestClient, path: str) -> None:
    beyond = demo.get(path, params={"page": "4321"})
    assert beyond.status_code == 404
    assert "“4321” is not known" in beyond.text
    assert demo.get(path, params={"page": "1"}).status_code == 200
