"""The page Plan: the demo's next sprint, what an absence would change, what cannot be asked, and an empty home."""

from __future__ import annotations

import html
import re

from starlette.testclient import TestClient

PAYMENTS = "/plan?team=team:payments"


def test_the_next_sprint_of_the_demo_is_planned_and_asked_what_if(demo: TestClient) -> None:
    page = html.unescape(demo.get(PAYMENTS).text)
    assert "the sprint after Payments 6" in page and "Kim Adler" in page and 'id="plan_load"' in page
    asked = html.unescape(demo.get(f"{PAYMENTS}&who=kim-adler&first=2026-11-30&until=2026-12-04").text)
    assert "If Kim Adler is away from Mon 30 Nov to Fri 4 Dec" in asked


def test_a_change_that_cannot_be_made_stands_beside_the_plan_as_it_is(demo: TestClient) -> None:
    page = html.unescape(demo.get(f"{PAYMENTS}&who=kim-adler").text)
    assert "is no span of days" in page and "the sprint after Payments 6" in page


def test_where_no_sprint_is_known_the_page_says_how_one_comes(empty: TestClient) -> None:
    answer = empty.get("/plan")
    assert answer.status_code == 200 and "There is no sprint to plan" in answer.text


def test_a_better_plan_is_looked_for_beside_the_first_one_and_shared_and_stopped(demo: TestClient) -> None:
    first = html.unescape(demo.get(PAYMENTS).text)
    assert 'hx-trigger="load"' in first and "This is the first plan." in first
    begun = html.unescape(demo.get(f"{PAYMENTS}&improve=1", headers={"hx-request": "true"}).text)
    assert 'hx-trigger="load delay:1s"' in begun and "A better plan is looked for" in begun
    # whoever else looks joins the same search
    assert "A better plan is looked for" in demo.get(PAYMENTS).text
    stopped = html.unescape(demo.get(f"{PAYMENTS}&improve=stop").text)
    # on a busy machine it takes a moment until the search has heard of it
    while "load delay" in stopped:
        assert "The search ends" in stopped
        stopped = html.unescape(demo.get(f"{PAYMENTS}&improve=stop").text)
    assert re.search("No plan is better|No better plan was found", stopped)
    # what it found stays
    assert "load delay" not in demo.get(PAYMENTS).text


def test_rows_of_a_what_if_open_like_those_of_any_sentence(demo: TestClient) -> None:
    page = html.unescape(demo.get(f"{PAYMENTS}&who=kim-adler&first=2026-11-30&until=2026-12-04").text)
    links = sorted(set(re.findall(r'href="(/evidence/plan/[^"]+)"', page)))
    assert len(links) > 5
    assert {demo.get(link).status_code for link in links} == {200}
