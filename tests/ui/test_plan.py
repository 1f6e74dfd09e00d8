"""The page Plan: the demo's next sprint, what an absence would change, what cannot be asked, and an empty home."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.ui.sites import Site

from fairlead.store import access, records

PAYMENTS = "/plan?team=team:payments"


def test_the_next_sprint_of_the_demo_is_planned_and_asked_what_if(demo: TestClient) -> None:
    page = html.unescape(demo.get(PAYMENTS).text)
    assert "the sprint after Payments 6" in page and "Kim Adler" in page and 'id="plan_load"' in page
    # a name that is written from the right does not turn the sentence that begins with it
    assert '<td data-name="Why no sooner"><bdi dir="ltr">' in page
    asked = html.unescape(demo.get(f"{PAYMENTS}&who=kim-adler&first=2026-11-30&until=2026-12-04").text)
    assert "If Kim Adler is away from Mon 30 Nov to Fri 4 Dec" in asked


def test_a_change_that_cannot_be_made_stands_beside_the_plan_as_it_is(demo: TestClient) -> None:
    page = html.unescape(demo.get(f"{PAYMENTS}&who=kim-adler").text)
    assert "is no span of days" in page and "the sprint after Payments 6" in page


def test_where_no_sprint_is_known_the_page_says_how_one_comes(empty: TestClient) -> None:
    answer = empty.get("/plan")
    assert answer.status_code == 200 and "There is no sprint to plan" in answer.text
    # nothing would be told to any tool
    assert "/plan/actions" not in answer.text.partition("<main")[2]


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


@pytest.fixture(scope="module")
def of_payments(demo_site: Site) -> Iterator[TestClient]:
    """Somebody who manages Payments and nothing else."""
    with demo_site.services.database.read() as tx:
        humans = {row["id"] for row in records.rows(tx, "people") if row["kind"] == "human"}
        free = sorted(humans - {user.person for user in access.all_users(tx)})
    with demo_site.signed_in(demo_site.apps.access.invite(free[-1], "manager", "team:payments") or "") as client:
        yield client


def _loads(client: TestClient, **asked: str) -> set[str]:
    return {one["who"] for one in client.get("/api/v1/plan", params=asked).json()["plan"]["load"]}


def test_how_busy_people_of_another_team_are_is_not_told(of_payments: TestClient, demo: TestClient) -> None:
    assert len(_loads(of_payments, team="payments")) > 2
    others = _loads(demo, team="booking")
    assert len(others) > 2 and len(_loads(of_payments, team="booking") & others) <= 1
    told = of_payments.get("/api/v1/plan", params={"team": "booking"}).json()["plan"]
    assert not [one for one in told["tasks"] if "score" in one and others.intersection(one["people"])]
    assert 'id="plan_load"' in of_payments.get(PAYMENTS).text
    assert 'id="plan_load"' not in of_payments.get("/plan?team=team:booking").text


def test_who_has_too_much_in_another_team_is_not_told_either(of_payments: TestClient, demo: TestClient) -> None:
    asked = {"sprint": "Booking 7"}
    whole = demo.get("/api/v1/plan/rebalance", params=asked).json()["rebalance"]
    cut = of_payments.get("/api/v1/plan/rebalance", params=asked).json()["rebalance"]
    assert len(whole["load"]) > 2 and len(cut["load"]) <= 1 and "moves" in whole and "moves" not in cut
    assert of_payments.get("/plan/actions?rebalance=1&sprint=Booking+7").status_code == 403
    assert of_payments.get("/plan/actions?rebalance=1&sprint=Payments+6").status_code == 200
    refused = of_payments.post("/api/v1/plan/propose", json={**asked, "rebalance": True})
    assert refused.status_code == 403
