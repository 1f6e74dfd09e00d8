"""A person's own lines for the standup: seen by nobody else until they are posted, taken back by the same hand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from fairlead.gateway.app import Apps, create_apps
from fairlead.ingest import replay
from fairlead.ingest.records_import import import_records
from fairlead.model.times import iso
from fairlead.wiring.services import Services


@pytest.fixture
def told(home: Callable[..., Services], tmp_path: Path) -> Services:
    """Kim has merged a change and works on an item, Noor on another one, which is blocked by Kim's."""
    services = home('[teams.other]\nname = "Other"\n[people.lee]\nname = "Lee Ong"\n')
    hour_ago = iso(services.clock.now() - timedelta(minutes=5))
    rows: dict[str, list[dict[str, Any]]] = {
        "repositories": [{"id": "github:acme/pay", "name": "pay"}],
        "accounts": [{"id": f"github:@{who}", "handle": who, "kind": "human"} for who in ("kim", "noor")],
        "changes": [
            {"id": "github:acme/pay#7", "repository": "github:acme/pay", "number": 7, "title": "Round the fees",
             "author": "github:@kim", "state": "merged", "merged_at": hour_ago, "created_at": hour_ago},
        ],
        "work_items": [
            {"id": f"jira:PAY-{number}", "key": f"PAY-{number}", "title": f"Item {number}", "status": "In Progress",
             "status_category": "in_progress", "assignee": f"github:@{who}", "created_at": hour_ago}
            for number, who in ((1, "kim"), (2, "noor"))
        ],
        "work_item_links": [
            {"id": "jira:PAY-1/blocks/PAY-2", "from_item": "jira:PAY-1", "to_item": "jira:PAY-2", "kind": "blocks"}
        ],
    }  # fmt: skip
    folder = tmp_path / "given"
    folder.mkdir()
    for table, given in rows.items():
        (folder / f"{table}.jsonl").write_text("\n".join(map(json.dumps, given)), encoding="utf-8")
    import_records(folder, services.log, services.database, services.clock.now())
    services.catch_up()
    return services


def _client(apps: Apps, who: str, role: str = "member", team: str = "team:payments") -> TestClient:
    session = apps.access.sign_in(apps.access.invite(f"person:{who}", role, team))  # type: ignore[arg-type]
    viewer = apps.access.by_session(session or "")
    assert viewer is not None
    secret = apps.access.mint(viewer, "test", ["read", "write"])[1]
    return TestClient(apps.network, base_url="http://localhost", headers={"authorization": f"Bearer {secret}"})


def _standup(client: TestClient) -> str:
    return client.get("/api/v1/standup", params={"team": "payments", "format": "md"}).text


def test_a_draft_is_its_persons_own(told: Services) -> None:
    apps = create_apps(told)
    kim, noor = _client(apps, "kim"), _client(apps, "noor")
    mine, theirs = (client.get("/api/v1/standup/draft").json() for client in (kim, noor))
    assert mine == {"done": ["acme/pay#7: Round the fees"], "planned": ["PAY-1: Item 1"], "blockers": []}
    assert theirs["planned"] == ["PAY-2: Item 2"]
    assert theirs["blockers"] == ["PAY-2: Item 2, blocked by PAY-1"]
    # no word of the address leads to somebody else's
    for name in ("person", "account", "by", "who"):
        assert kim.get("/api/v1/standup/draft", params={name: "person:noor"}).json() == mine
    assert TestClient(apps.operator, base_url="http://localhost").get("/api/v1/standup/draft").json()["done"] == []
    assert _client(apps, "lee", "viewer").get("/api/v1/standup/draft").status_code == 403


def test_what_is_posted_joins_the_standup_without_a_name_and_can_be_taken_back(told: Services) -> None:
    apps = create_apps(told)
    kim, noor = _client(apps, "kim"), _client(apps, "noor")

    def post(client: TestClient, **said: str) -> int:
        status = client.post("/api/v1/standup/post", json={"team": "payments", **said}).status_code
        told.catch_up()
        return status

    assert post(kim, done="Paired on *fees*\n\n<b>Rounding</b>", blockers="The bank's key") == 202
    assert post(noor, planned="Look at refunds") == 202
    text = _standup(noor)
    for line in ("Paired on", "The bank's key", "Look at refunds"):
        assert f"{line}" in text
        assert "self-reported" in next(found for found in text.splitlines() if line in found)
    assert "<b>" not in text and "Kim" not in text and "Noor" not in text
    viewer = _client(apps, "lee", "viewer", "*")
    rows = viewer.get("/api/v1/records/messages").json()["rows"]
    assert len(rows) == 3 and not any("author" in row or "kim" in json.dumps(row) for row in rows)
    # said anew: one's own lines alone give way
    assert post(kim, done="Rounded the fees") == 202
    text = _standup(noor)
    assert "Rounded the fees" in text and "Look at refunds" in text
    assert "Paired on" not in text and "The bank's key" not in text
    replay.replay(told.ingest)
    told.warehouse.refresh(full=True)
    assert _standup(noor).split("\n\n", 1)[1] == text.split("\n\n", 1)[1]
    assert post(kim) == 202
    assert "Rounded the fees" not in _standup(kim)


def test_who_may_not_post_is_told_why(told: Services) -> None:
    apps = create_apps(told)
    said = {"team": "payments", "done": "x"}
    assert _client(apps, "noor", "viewer").post("/api/v1/standup/post", json=said).status_code == 403
    assert _client(apps, "kim", team="team:other").post("/api/v1/standup/post", json=said).status_code == 403
    operator = TestClient(apps.operator, base_url="http://localhost")
    assert operator.post("/api/v1/standup/post", json=said).status_code == 422
    long = _client(apps, "kim").post("/api/v1/standup/post", json={**said, "done": "x" * 2001})
    assert (long.status_code, "longer than 2000" in long.text) == (422, True)
    assert TestClient(apps.network, base_url="http://localhost").get("/api/v1/standup/draft").status_code == 401


def test_the_page_is_filled_with_the_draft_and_posts_it(told: Services) -> None:
    apps = create_apps(told)
    with TestClient(apps.network, base_url="http://localhost") as browser:
        browser.post(f"/sign-in/{apps.access.invite('person:kim', 'member', 'team:payments')}")
        page = browser.get("/standup/mine").text
        assert "pay#7: Round the fees" in page and "Item 2" not in page
        word = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
        assert word is not None
        said = {"csrf": word[1], "team": "team:payments", "planned": "Refunds\r\nFees"}
        assert "Your lines stand in the standup" in browser.post("/standup/post", data=said).text
        told.catch_up()
        assert "“Refunds”" in browser.get("/standup").text
        assert browser.post("/standup/post", data={**said, "team": "team:other"}).status_code == 403
