"""Objectives over the API: read by all, set by managers and who answers for them, told by members of the team."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.goals.homes import Home

from fairlead.gateway.app import Apps, create_apps
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.work import WorkItem
from fairlead.store import records


@pytest.fixture
def apps(home: Home) -> Apps:
    home.catch_up()
    with home.services.database.begin() as tx:
        records.apply(tx, [Patch(WorkItem(id="jira:PAY-1", title="Retry"), OLDEST)])
    return create_apps(home.services)


def client(apps: Apps, who: str, role: str, team: str) -> TestClient:
    session = apps.access.sign_in(apps.access.invite(f"person:{who}", role, team))  # type: ignore[arg-type]
    viewer = apps.access.by_session(session or "")
    assert viewer is not None
    secret = apps.access.mint(viewer, "test", ["read", "write"])[1]
    return TestClient(apps.network, base_url="http://localhost", headers={"authorization": f"Bearer {secret}"})


def test_managers_set_members_tell_and_everybody_reads(home: Home, apps: Apps) -> None:
    lead = client(apps, "noor", "manager", "team:payments")
    other = client(apps, "bo", "member", "team:web")

    def post(who: TestClient, path: str, **body: Any) -> Any:
        answer = who.post(f"/api/v1/goals{path}", json=body)
        home.clock.pass_by(minutes=1)
        home.services.catch_up()
        return answer.json() if answer.status_code < 300 else answer.status_code

    assert post(other, "", title="Fewer surprises", team="payments") == 403
    # what is everybody's is nobody's to set but who manages all
    assert post(lead, "", title="Fewer surprises") == 403
    assert post(lead, "", title="Fewer surprises", team="payments", quarter="2026-Q4") == {"id": "objective:1"}
    said = {"title": "Defects", "baseline": 40, "target": "10", "unit": "count"}
    assert post(lead, "/1/results", **said) == {"id": "key_result:1/1"}
    assert post(other, "/check-ins", key_result="1/1", value=30) == 403
    assert post(lead, "/check-ins", key_result="1/1", value=30, confidence=0.8) == {
        "id": "check_in:1/1/2026-11-18"
    }  # fmt: skip
    assert post(lead, "/results", key_result="1/1", fields={"target": 12}) == {"id": "key_result:1/1"}
    assert post(lead, "/links", item="jira:PAY-1", objective="1") == {"id": "objective_link:1/jira:PAY-1"}
    assert post(lead, "/1", due="2027-01-31") == {"id": "objective:1"}
    told = other.get("/api/v1/goals").json()["goals"]
    assert [(one["id"], one["status"], len(one["key_results"])) for one in told] == [
        ("objective:calm", "unknown", 2), ("objective:1", "on_track", 1)
    ]  # fmt: skip
    [defects] = told[1]["key_results"]
    assert (defects["value"], defects["target"], defects["status"]) == (30, 12, "on_track")
    assert defects["evidence"]["ids"] == ["check_in:1/1/2026-11-18"]
    # how the work stands, and not who
    assert "person:" not in other.get("/api/v1/goals").text
    assert "Nobody should have to wait" in other.get("/api/v1/goals/calm?format=md").text
    assert other.get("/api/v1/goals?quarter=2026-Q2").json()["goals"] == []
    assert other.get("/api/v1/goals?quarter=soon").status_code == 422
    assert other.get("/api/v1/goals/nothing").status_code == 422
    assert post(other, "/1/end", state="missed") == 403
    assert post(lead, "/1/end", state="missed") == {"id": "objective:1"}
    assert post(lead, "/1/end", state="open") == {"id": "objective:1"}
    assert post(lead, "/results", key_result="1/1", fields={"removed": True}) == {"id": "key_result:1/1"}
    assert post(lead, "/1", removed=True) == {"id": "objective:1"}


def test_who_answers_for_it_may_set_it_and_nonsense_is_refused_in_words(home: Home, apps: Apps) -> None:
    lead = client(apps, "noor", "manager", "team:payments")
    owner = client(apps, "bo", "member", "team:web")

    def status(who: TestClient, path: str, **body: Any) -> int:
        answer = who.post(f"/api/v1/goals{path}", json=body)
        home.clock.pass_by(minutes=1)
        home.services.catch_up()
        return answer.status_code

    assert status(lead, "", title="Fewer surprises", team="payments", owner="bo") == 202
    assert status(owner, "/1", title="No surprises") == 202
    assert status(owner, "/1/results", title="Defects", target=3) == 202
    assert status(owner, "/check-ins", key_result="1/1", value=9) == 202
    # into another team it goes by that one's manager
    assert status(owner, "/1", team="web") == 403
    for path, body in (
        ("/1", {"colour": "red"}), ("/1", {"labels": "red"}), ("/1", {"title": ["red"]}), ("/calm", {"title": "X"}),
        ("/1/results", {"title": "X", "target": 1, "window": 5, "metric": "lead_time"}),
        ("/1/results", {"title": "X", "target": 1, "segment": ["team"]}), ("/1/results", {"title": "X"}),
        ("/1/end", {"state": "done"}), ("/check-ins", {"key_result": "1/1", "value": "many"}),
        ("/check-ins", {"key_result": "1/1", "value": 3, "by": "person:noor"}),
        ("/links", {"item": "jira:PAY-9", "objective": "1"}), ("/results", {"key_result": "9", "fields": {}}),
    ):  # fmt: skip
        assert status(lead, path, **body) == 422, (path, body)
