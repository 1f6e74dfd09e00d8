"""The page Forecasts: how true answers were, and an answer to what is asked."""

from __future__ import annotations

import html
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from starlette.testclient import TestClient
from tests.ui.sites import Site

from fairlead.config.load import load
from fairlead.model.times import parse_time
from fairlead.wiring.services import Services


def main(text: str) -> str:
    said = html.unescape(re.sub(r"<[^>]+>", " ", text.partition("<main")[2].partition("</main>")[0]))
    return re.sub(r"\s+", " ", said)


def test_without_a_question_it_tells_how_true_they_were(demo: TestClient) -> None:
    page = main(demo.get("/forecasts").text)
    assert re.search(r"Of \d+ forecasts that could be judged, answers of 85 % held in \d+ %", page)
    assert "With so few a share says little yet" in page or "85 % sure" in page
    assert "Ask for a forecast" in page
    assert "fairlead forecasts" in page


def test_what_is_asked_is_answered_with_its_fan_and_kept(demo_site: Site, demo: TestClient) -> None:
    answer = demo.get("/forecasts", params={"items": "17", "team": "team:payments"})
    page = main(answer.text)
    assert re.search(r"17 items are done by .* with 85 % certainty", page)
    assert "Burn-up with what is to come" in page
    assert 'fairlead forecast --items "17" --team payments' in page
    demo_site.services.warehouse.refresh()
    query = "select team, items from forecasts where id like '%/payments/items/17'"
    assert demo_site.services.warehouse.rows(query) == [{"team": "team:payments", "items": 17}]
    # each number opens
    for link in set(re.findall(r'href="(/evidence/forecast/[^"]+)"', answer.text)):
        assert demo.get(html.unescape(link)).status_code == 200


def test_the_same_by_the_api(demo: TestClient) -> None:
    said = demo.get("/api/v1/forecast", params={"epic": "PAY-1"}).json()["forecast"]
    assert (said["kind"], said["name"]) == ("epic", "PAY-1 Refunds within a day")
    assert sorted(said["ends"]) == ["50", "85", "95"]
    scores = demo.get("/api/v1/forecasts", params={"team": "payments"}).json()["scores"]
    assert sum(one["scored_at"] is not None for one in scores["given"]) == scores["levels"]["85"]["judged"]


def test_what_was_shown_opens_when_the_page_was_made_anew_at_another_moment(demo_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_home, home)
    now = parse_time((home / "as-of").read_text())
    assert now is not None
    clock = _Clock(now)
    with Services(load(home / "fairlead.toml", {}), home, clock, {}) as services:
        site = Site(services)
        with site.signed_in() as client:
            links = re.findall(r'href="(/evidence/forecasts/[^"]+)"', client.get("/forecasts").text)
            clock.at += timedelta(minutes=3)
            assert len(links) > 2
            assert {client.get(html.unescape(link)).status_code for link in links} == {200}


class _Clock:
    """A clock that a test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment that was set."""
        return self.at
