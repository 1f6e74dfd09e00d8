"""Decisions, risks and notices over the API: entered by members of the team, one's own notices alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fairlead.config.load import load
from fairlead.gateway.app import Apps, create_apps
from fairlead.model.patch import Patch
from fairlead.model.records.people import Person
from fairlead.model.times import FixedClock
from fairlead.store import notices, records
from fairlead.store.notices import Notice
from fairlead.wiring.services import Services

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOML = """
[teams.payments]
members = ["noor"]
[people.noor]
[people.lee]
[teams.other]
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "fairlead.toml").write_text(TOML, encoding="utf-8")
    made = Services(load(tmp_path / "fairlead.toml"), tmp_path / "home", FixedClock(NOW), environ={})
    with made.database.begin() as tx:
        records.apply(tx, [Patch(Person(id=f"person:{name}", name=name.title()), NOW) for name in ("noor", "lee")])
        for name in ("noor", "lee"):
            notices.put(tx, Notice(id=f"{name}0001", recipient=f"person:{name}", subject="github:acme/pay#1",
                                   about="s", topic="change-stale", kind="opened", urgency="now", made_at=NOW,
                                   not_before=NOW,
                                   said={"title": "Waits", "to": "turn", "rule": "change-stale"}))  # fmt: skip
    yield made
    made.close()


def client(apps: Apps, who: str, role: str = "member", team: str = "team:payments") -> TestClient:
    session = apps.access.sign_in(apps.access.invite(f"person:{who}", role, team))  # type: ignore[arg-type]
    viewer = apps.access.by_session(session or "")
    assert viewer is not None
    secret = apps.access.mint(viewer, "test", ["read", "write"])[1]
    return TestClient(apps.network, base_url="http://localhost", headers={"authorization": f"Bearer {secret}"})


def test_members_of_the_team_decide_and_others_read(services: Services) -> None:
    apps = create_apps(services)
    noor, lee = client(apps, "noor"), client(apps, "lee", "member", "team:other")
    said = {"title": "Use queues", "team": "payments", "review_at": "2026-09-01"}
    assert lee.post("/api/v1/decisions", json=said).status_code == 403
    assert noor.post("/api/v1/decisions", json=said).json() == {"id": "decision:1"}
    assert noor.post("/api/v1/decisions", json={**said, "number": 9}).status_code == 422
    services.catch_up()
    assert lee.post("/api/v1/decisions/1", json={"title": "Use files"}).status_code == 403
    assert noor.post("/api/v1/decisions/1", json={"rationale": "They last"}).status_code == 202
    services.catch_up()
    [row] = lee.get("/api/v1/decisions").json()
    assert (row["title"], row["rationale"], row["owner"]) == ("Use queues", "They last", "person:noor")
    assert noor.post("/api/v1/decisions", json={"title": "Use one queue"}).json() == {"id": "decision:2"}
    services.catch_up()
    assert noor.post("/api/v1/decisions/1", json={"superseded_by": "2"}).status_code == 202
    services.catch_up()
    assert lee.get("/api/v1/decisions/1").json()["superseded_by"] == "decision:2"


def test_a_risk_goes_its_way(services: Services) -> None:
    noor = client(create_apps(services), "noor")
    said = {"title": "The supplier stops", "likelihood": 2, "impact": 5, "team": "team:payments"}
    assert noor.post("/api/v1/risks", json={**said, "score": 3}).status_code == 422
    assert noor.post("/api/v1/risks", json=said).json() == {"id": "risk:1"}
    services.catch_up()
    assert noor.post("/api/v1/risks/1/review", json={"likelihood": 4}).status_code == 202
    services.catch_up()
    found = noor.get("/api/v1/risks/1").json()
    assert (found["score"], found["trend"], found["band"], found["blast"]) == (20.0, "rising", "high", [])
    assert noor.post("/api/v1/risks/1/close", json={}).status_code == 422
    assert noor.post("/api/v1/risks/1/close", json={"evidence": ["github:acme/pay#7"]}).status_code == 202
    services.catch_up()
    assert noor.get("/api/v1/risks").json() == []
    assert noor.get("/api/v1/gates", params={"change": "github:acme/pay#1"}).status_code == 422


def test_nobody_reads_or_settles_what_somebody_else_is_told(services: Services) -> None:
    apps = create_apps(services)
    noor, lee = client(apps, "noor"), client(apps, "lee", "owner", "*")
    assert [one["id"] for one in noor.get("/api/v1/notices").json()["notices"]] == ["noor0001"]
    assert noor.get("/api/v1/notices/noor0001").json()["others"] == [
        {"recipient": "person:lee", "state": "waiting", "kind": "opened"}
    ]
    assert lee.get("/api/v1/notices/noor0001").status_code == 422
    assert noor.post("/api/v1/notices/wish", json={"budget": 1, "quiet": "18:00-08:00"}).status_code == 202
    services.catch_up()
    assert noor.get("/api/v1/notices/wish").json() == {"budget": 1, "quiet": "18:00-08:00"}
    assert lee.get("/api/v1/notices/wish").json() == {}
    assert noor.post("/api/v1/notices/wish", json={"quiet": "late"}).status_code == 422
    assert noor.post("/api/v1/notices/wish", json={"where": "severity == 3"}).status_code == 422
    where = {"where": "severity = 'critical'"}
    assert noor.post("/api/v1/notices/wish", json=where).json() == {"budget": 1, "quiet": "18:00-08:00", **where}


def test_forms_enter_what_the_api_would(services: Services) -> None:
    apps = create_apps(services)
    with TestClient(apps.network, base_url="http://localhost") as browser:
        browser.post(f"/sign-in/{apps.access.invite('person:noor', 'member', 'team:payments')}")

        def post(page: str, path: str, **said: str) -> str:
            word = re.search(r'name="csrf" value="([0-9a-f]{64})"', browser.get(page).text)
            assert word is not None
            answer = browser.post(path, data={"csrf": word[1], **said})
            services.catch_up()
            return browser.get(page).text if answer.status_code == 200 else f"{answer.status_code}"

        team = {"team": "team:payments"}
        page = post("/decisions", "/decisions/add", title="Use <queues>", options="queues\r\nretries", **team)
        assert "Use &lt;queues&gt;" in page and "<li><bdi>retries</bdi></li>" in page
        assert "1 decision wants another look" in post(
            "/decisions", "/decisions/review", decision="1", review_at="2026-03-01"
        )
        page = post(
            "/risks", "/risks/add", title="It stops", category="operation", likelihood="4", impact="4", **team
        )
        assert "1 risk is high" in page and 'href="#risk-1">1</a>' in page
        page = post("/risks", "/risks/decide", risk="risk:1", act="close", evidence="github:acme/pay#7")
        assert "No risk is known" in page and "github:acme/pay#7" in page
        assert post("/risks", "/risks/decide", risk="risk:1", act="close", evidence="x") == "422"
        assert "1 thing is new for you" in browser.get("/notices").text
        page = post("/notices", "/notices/prefer", mail="yes", quiet="18:00-08:00", budget="2", muted="a b")
        assert 'value="18:00-08:00"' in page and ">a\nb</textarea>" in page
        assert post("/decisions", "/decisions/add", title="Mine", team="team:other") == "403"
