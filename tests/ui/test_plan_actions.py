"""What a plan would tell the tools, on its page: shown to who manages, proposed by a click, and asked for once."""

from __future__ import annotations

import html
import re

from starlette.testclient import TestClient
from tests.ui.sites import Site

from fairlead.store import actions

PAGE = "/plan/actions?team=team:payments"


def test_proposals_of_the_next_sprint_are_shown_and_proposed_by_a_click(demo: TestClient, demo_site: Site) -> None:
    assert "/plan/actions" in demo.get("/plan?team=team:payments").text
    page = html.unescape(demo.get(PAGE).text)
    assert "assign github:@jweber on github:brightwater/payments#1" in page
    # the demo has no fake of Jira to write to
    assert "jira is not written to" in page
    word = re.search(r'name="csrf" value="([^"]+)"', page)
    assert word
    said = {"csrf": word[1], "team": "team:payments"}
    answer = demo.post("/plan/actions/propose", data=said, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/actions")
    with demo_site.services.database.read() as tx:
        [row] = [row for row in actions.newest(tx, 20) if row["subject"] == "github:brightwater/payments#1"]
    assert row["kind"] == "assign" and "%" not in row["why"]
    assert "Nothing is to be proposed" in demo.get(PAGE).text


def test_a_running_sprint_shows_who_has_how_much_and_an_unknown_one_says_so(demo: TestClient) -> None:
    page = html.unescape(demo.get("/plan/actions?rebalance=1&sprint=Payments+6&team=team:payments").text)
    assert 'id="rebalance_load"' in page and "Kim Adler" in page
    for sprint in ("NEXT", "nowhere"):
        answer = demo.get(f"/plan/actions?rebalance=1&sprint={sprint}")
        assert answer.status_code != 200 and "sprint" in answer.text


def test_a_home_without_a_sprint_has_nothing_to_propose(empty: TestClient) -> None:
    answer = empty.get("/plan/actions")
    assert answer.status_code == 200 and "Nothing is to be proposed" in answer.text
