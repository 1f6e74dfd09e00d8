"""The demo's Slack in the browser: typed, watched and clicked over the same door as Slack's own requests."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from tests.chat.conftest import Harbor

from fairlead.gateway.app import create_apps
from fairlead.store import actions
from fairlead.wiring import chatting


def test_somebody_types_a_command_and_approves_in_the_page(harbor: Harbor, monkeypatch: pytest.MonkeyPatch) -> None:
    # one door for both, so that all its answers are given before the home is closed
    monkeypatch.setattr(chatting, "door", lambda _: harbor.door)
    row, mira = harbor.propose(body="<b>Noor</b>, look"), harbor.users["mira"]
    apps = create_apps(harbor.services)
    with TestClient(apps.network, base_url="https://fairlead.harbor.example") as client:
        client.post(f"/sign-in/{apps.access.operator_link()}")
        first = client.get(f"/demo/slack?as={mira}&in={harbor.pier}")
        assert first.status_code == 200 and "Mira X" in first.text and "#pier" in first.text
        csrf = re.findall(r'name="csrf" value="([^"]+)"', first.text)[0]
        said = {"csrf": csrf, "as": mira, "in": harbor.pier}
        typed = client.post("/demo/slack/act", data={**said, "text": "/approve"})
        assert typed.status_code == 200 and "&lt;b&gt;Noor" in typed.text and "only you see it" in typed.text
        stamp = re.findall(r'name="stamp" value="([^"]+)"', typed.text)[0]
        mark = f"{row['id']}|{row['digest']}"
        after = client.post("/demo/slack/act", data={**said, "stamp": stamp, "action": "approve", "value": mark})
        assert "Approved by Mira Vos" in after.text
        other = harbor.propose(body="once more")
        mark = f"{other['id']}|{other['digest']}"
        stamp = re.findall(
            r'name="stamp" value="([^"]+)"', client.post("/demo/slack/act", data={**said, "text": "/approve"}).text
        )[-1]
        form = client.post("/demo/slack/act", data={**said, "stamp": stamp, "action": "refuse", "value": mark})
        (view,) = re.findall(r'name="view" value="([^"]+)"', form.text)
        sent = client.post("/demo/slack/act", data={**said, "view": view, "field.reason": "not now"})
        assert "Refused by Mira Vos" in sent.text and "not now" in sent.text
        home = client.post("/demo/slack/act", data={**said, "in": "home"})
        assert "What needs you" in home.text
        assert client.post("/demo/slack/act", data={**said, "as": "U0"}).status_code == 422
    with harbor.services.database.read() as tx:
        assert actions.one(tx, row["id"])["state"] == "approved"  # type: ignore[index]
