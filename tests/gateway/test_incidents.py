"""A person corrects what an incident is put down to, by API and by page; it holds through a full replay."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from fairlead.gateway.app import create_apps
from fairlead.ingest import replay
from fairlead.ingest.records_import import import_records
from fairlead.wiring.services import Services

ROWS: dict[str, list[dict[str, Any]]] = {
    "repositories": [{"id": "acme:pay", "name": "pay", "default_branch": "main"}],
    "deployments": [
        {"id": f"d{day}", "repository": "acme:pay", "environment": "production", "sha": f"{day}a" * 20,
         "result": "success", "finished_at": f"2026-03-0{day}T10:00:00Z"}
        for day in (1, 2)
    ],
    "incidents": [
        {"id": "i1", "repository": "acme:pay", "title": "Payouts <b>late</b>", "started_at": "2026-03-02T10:20:00Z",
         "resolved_at": "2026-03-02T11:20:00Z"}
    ],
    "work_items": [
        {"id": "acme:pay#9", "repository": "acme:pay", "key": "9", "title": "Down", "labels": ["incident"],
         "created_at": "2026-03-02T10:30:00Z"}
    ],
}  # fmt: skip


@pytest.fixture
def told(home: Callable[..., Services], tmp_path: Path) -> Services:
    """A home with two deployments and two incidents, one of them an issue."""
    folder = tmp_path / "given"
    folder.mkdir()
    for table, rows in ROWS.items():
        (folder / f"{table}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    services = home()
    import_records(folder, services.log, services.database, services.clock.now())
    services.catch_up()
    return services


@pytest.fixture
def client(told: Services) -> TestClient:
    return TestClient(create_apps(told).operator, base_url="http://localhost")


def cause(client: TestClient, incident: str) -> dict[str, Any]:
    (found,) = client.get("/api/v1/incidents", params={"incident": incident}).json()["incidents"]
    return dict(found)


def state(told: Services, client: TestClient, **said: Any) -> None:
    assert client.post("/api/v1/incidents/attribution", json=said).status_code == 202
    told.catch_up()


@pytest.mark.parametrize("incident", ["i1", "acme:pay#9"])
def test_a_word_wins_over_the_score_and_can_be_withdrawn(told: Services, client: TestClient, incident: str) -> None:
    scored = cause(client, incident)
    assert (scored["verdict"], scored["deployment"]) == ("scored", "d2")
    assert sum(part["points"] for part in scored["parts"]) == pytest.approx(scored["score"])
    state(told, client, incident=incident, deployment="d1")
    assert (cause(client, incident)["verdict"], cause(client, incident)["deployment"]) == ("named_deployment", "d1")
    state(told, client, incident=incident, reason="the bank was down")
    assert cause(client, incident)["verdict"] == "stated_not"
    assert cause(client, incident)["reason"] == "the bank was down"
    before = cause(client, incident)
    replay.replay(told.ingest)
    told.warehouse.refresh(full=True)
    assert cause(client, incident) == before
    state(told, client, incident=incident, withdraw=True)
    assert cause(client, incident) == scored


@pytest.mark.parametrize(
    "said",
    [
        {"incident": "i1"},
        {"incident": "i1", "deployment": "d1", "reason": "both"},
        {"incident": "i1", "deployment": "nothing"},
        {"incident": "nothing", "deployment": "d1"},
        {"incident": "i1", "reason": "  "},
    ],
)
def test_what_makes_no_sense_is_refused(told: Services, client: TestClient, said: dict[str, str]) -> None:
    before = told.log.latest()
    assert client.post("/api/v1/incidents/attribution", json=said).status_code == 422
    assert told.log.latest() == before


def test_only_managers_may_say_so(told: Services, client: TestClient) -> None:
    apps = create_apps(told)
    session = apps.access.sign_in(apps.access.invite("person:kim", "member"))
    assert session is not None
    viewer = apps.access.by_session(session)
    assert viewer is not None
    token = apps.access.mint(viewer, "test", ["read"])[1]
    member = TestClient(apps.network, base_url="http://localhost", headers={"authorization": f"Bearer {token}"})
    assert member.get("/api/v1/incidents").status_code == 200
    said = {"incident": "i1", "deployment": "d1"}
    assert member.post("/api/v1/incidents/attribution", json=said).status_code == 403


def test_the_page_shows_the_parts_and_takes_a_correction(told: Services) -> None:
    apps = create_apps(told)
    with TestClient(apps.network, base_url="http://localhost:8484") as browser:
        browser.post(f"/sign-in/{apps.access.operator_link()}")
        # Told as open, since these incidents are older than the days that the page looks back on.
        page = browser.get("/incidents").text
        assert "Down" in page
        assert "for reach: whether it came to the service" in page
        word = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
        assert word is not None
        said = {"incident": "acme:pay#9", "what": "deployment", "deployment": "d1"}
        assert browser.post("/incidents/cause", data=said).status_code == 403
        assert browser.post("/incidents/cause", data={**said, "csrf": word[1]}).status_code == 200
        told.catch_up()
        assert "as stated" in browser.get("/incidents").text
