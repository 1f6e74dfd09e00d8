"""Signals over the API: read by all who are let in, taken on and put off by members of the team concerned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from fairlead.gateway.app import Apps, create_apps
from fairlead.model.patch import Patch
from fairlead.model.records.judgement import Signal
from fairlead.store import records, signals
from fairlead.wiring.services import Services

TEAMS = "[teams.pay]\n[teams.other]\n[people.li]\n"
SIGNAL = "signal:main-red/acme:pay/run/1"


@pytest.fixture
def told(home: Callable[..., Services]) -> Services:
    """A home with one open signal of the team Payments."""
    services = home(TEAMS)
    now: datetime = services.clock.now()
    said: dict[str, Any] = {"state": "open", "severity": "high", "response": "quick_fix", "title": "<b>Fails</b>"}
    made = Signal(id=SIGNAL, rule="main-red", subject="acme:pay/run/1", team="team:pay", opened_at=now, **said)
    with services.database.begin() as tx:
        records.apply(tx, [Patch(made, now)])
    services.catch_up()
    return services


def client(apps: Apps, person: str, role: str, team: str) -> TestClient:
    session = apps.access.sign_in(apps.access.invite(person, role, team))  # type: ignore[arg-type]
    assert session is not None
    viewer = apps.access.by_session(session)
    assert viewer is not None
    token = apps.access.mint(viewer, "test", ["read", "write"])[1]
    return TestClient(apps.network, base_url="http://localhost", headers={"authorization": f"Bearer {token}"})


def test_members_of_the_team_take_on_and_put_off(told: Services) -> None:
    apps = create_apps(told)
    member = client(apps, "person:kim", "member", "team:pay")
    answer = member.get("/api/v1/signals", params={"limit": 10}).json()
    assert (answer["total"], answer["signals"][0]["id"]) == (1, SIGNAL)
    assert member.get(f"/api/v1/signals/{SIGNAL}").json()["signal"]["state"] == "open"
    assert member.get("/api/v1/signals/signal:nothing").status_code == 422
    for other, role, team in (("person:noor", "member", "team:other"), ("person:li", "viewer", "team:pay")):
        stranger = client(apps, other, role, team)
        assert stranger.get("/api/v1/signals").status_code == 200
        assert stranger.post("/api/v1/signals/acknowledge", json={"signal": SIGNAL}).status_code == 403
        mute = {"rule": "main-red", "whom": "team:pay", "reason": "loud", "until": "2d"}
        assert stranger.post("/api/v1/signals/mute", json=mute).status_code == 403
    assert member.post("/api/v1/signals/acknowledge", json={"signal": SIGNAL}).status_code == 202
    snooze = {"signal": SIGNAL, "reason": "tomorrow", "until": "morning"}
    assert member.post("/api/v1/signals/snooze", json={**snooze, "reason": " "}).status_code == 422
    assert member.post("/api/v1/signals/snooze", json=snooze).status_code == 202
    assert member.post("/api/v1/signals/mute", json={"rule": "main-red", "reason": "loud"}).status_code == 202
    told.catch_up()
    with told.database.read() as tx:
        row = signals.get(tx, SIGNAL)
        (mute_held,) = signals.mutes(tx, told.clock.now())
    assert row is not None
    assert (row["acknowledged_by"], row["snooze_reason"], mute_held.whom) == ("person:kim", "tomorrow", "person:kim")
    assert member.get("/api/v1/signals").json()["total"] == 0
    assert member.get("/api/v1/signals", params={"state": "snoozed"}).json()["total"] == 1
