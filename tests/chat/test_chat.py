"""What people type and press in Slack is answered by the real program, and what they may not is refused in words."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient
from tests.chat.conftest import CHANGE, Harbor

from fairlead.connectors.slack.fake.checks import faults
from fairlead.gateway.app import create_apps
from fairlead.store import actions
from fairlead.wiring import chatting, governing


def shown(message: Any) -> str:
    """All words of a message or view."""
    blocks = message["blocks"] if isinstance(message, dict) else message.blocks
    text = "" if isinstance(message, dict) else message.text
    return f"{text} {msgspec.json.encode(blocks).decode()}"


def test_each_command_is_answered_to_who_asked_alone(harbor: Harbor) -> None:
    said = {}
    for name in ("standup", "sprint-health", "triage", "blockers", "metrics", "approve", "ask", "incident"):
        message = harbor.command("mira", f"/{name}", "throughput" if name == "metrics" else "")
        assert message.only == harbor.users["mira"], name
        assert not faults(message.blocks), name
        said[name] = shown(message)
    assert "Read the gauge twice" in said["triage"]
    # each sentence leads to what it rests on
    assert "https://fairlead.harbor.example/evidence/triage/" in said["triage"]
    assert "waits to be read" not in said["triage"]
    assert "Throughput" in said["metrics"] and "Tides" in said["standup"]
    for name in ("ask", "incident"):
        assert "I can't, because" in said[name] and "Ask " in said[name]


def test_who_is_not_known_or_has_no_role_is_told_so_and_how_that_changes(harbor: Harbor) -> None:
    harbor.users["neu"] = harbor.fake.add_user("Neu", "neu@harbor.example")
    for who, word in (("neu", "nobody is tied to your Slack account slack:@T0DEMO."), ("sahar", "no role"),
                      ("gast", "guests and people of other organisations")):  # fmt: skip
        said = shown(harbor.command(who, "/triage"))
        assert word in said and "Read the gauge twice" not in said
    assert "owner" in shown(harbor.command("neu", "/triage"))


def test_a_wrong_team_a_wrong_name_and_a_fault_of_ours_are_answered_too(
    harbor: Harbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there are: tides" in shown(harbor.command("mira", "/triage", "moon"))
    assert "/standup" in shown(harbor.command("mira", "/fairlead", "dance"))
    assert "Read the gauge twice" in shown(harbor.command("mira", "/fairlead", "triage tides"))
    monkeypatch.setattr(type(harbor.services.warehouse), "rows", lambda *_: 1 / 0)
    broken = harbor.command("mira", "/triage")
    assert "something went wrong on my side" in shown(broken) and "ZeroDivision" not in shown(broken)


def test_everybody_sees_an_answer_only_where_all_who_read_the_channel_may(harbor: Harbor) -> None:
    answer = harbor.command("mira", "/triage")
    # Sahar reads the channel and has no role
    refused = harbor.click("mira", answer, "show")
    assert refused.only and "1 reader is nobody with a role" in shown(refused)
    mine = harbor.fake.add_channel("leads", [harbor.users["mira"], harbor.users["jon"]])
    public = harbor.click("mira", harbor.command("mira", "/triage", channel=mine), "show", mine)
    assert not public.only and "Read the gauge twice" in shown(public) and "Shown by Mira Vos" in shown(public)
    shared = harbor.fake.add_channel("yard", [harbor.users["mira"]], shared=True)
    refused = harbor.click("mira", harbor.command("mira", "/triage", channel=shared), "show", shared)
    assert refused.only and "another organisation" in shown(refused)
    # what is one person's own has no such button
    assert "show" not in shown(harbor.command("jon", "/standup", "me", channel=mine))


def test_in_a_thread_it_is_asked_by_name(harbor: Harbor) -> None:
    harbor.fake.say(harbor.users["jon"], harbor.pier, "what is open?")
    root = harbor.last(harbor.pier)
    with harbor.fake.held.open() as space:
        bot = space.app.user
    harbor.fake.say(harbor.users["jon"], harbor.pier, f"<@{bot}> triage", thread=root.ts)
    answer = harbor.last(harbor.pier)
    assert answer.thread_ts == root.ts and answer.only == harbor.users["jon"]
    assert "Read the gauge twice" in shown(answer)


def test_an_approval_shows_exactly_what_is_done_and_a_click_does_no_more(harbor: Harbor) -> None:
    row = harbor.propose()
    assert row["state"] == "waiting"
    listed = harbor.command("mira", "/approve")
    said = shown(listed)
    assert (
        "https://api.github.com/repos/harbor/tides/issues/7/comments" in said and "Noor, this waits for you" in said
    )
    pressed = [one for block in listed.blocks for one in block.get("elements", ()) if one.get("type") == "button"]
    assert {one["action_id"] for one in pressed} >= {"approve", "refuse"}
    # an id and what the word is bound to; nothing of what is done
    assert all(one["value"] == f"{row['id']}|{row['digest']}" for one in pressed if "value" in one)
    after = harbor.click("mira", listed, "approve")
    with harbor.services.database.read() as tx:
        found, words = actions.one(tx, row["id"]), actions.approvals(tx, [row["id"]])
    assert found is not None and found["state"] == "approved"
    assert [(one["person"], one["how"], one["verdict"]) for one in words] == [("person:mira", "slack", "approved")]
    assert "Approved by Mira Vos" in shown(after) and "approve" not in [
        one.get("action_id") for block in after.blocks for one in block.get("elements", ())
    ]
    again = harbor.click("mira", listed, "approve", value=f"{row['id']}|{row['digest']}")
    assert "already" in shown(again) and "Mira Vos" in shown(again)


def test_who_may_not_approve_does_not_and_a_change_voids_the_button(harbor: Harbor) -> None:
    row = harbor.propose(by="agent:coder")
    mark = f"{row['id']}|{row['digest']}"
    message = harbor.command("mira", "/approve")
    for who, word in (("ole", "this needs the role member"), ("sahar", "no role"), ("gast", "guests")):
        assert word in shown(harbor.click(who, message, "approve", value=mark)), who
    other = harbor.propose(body="Noor, please look")
    stale = f"{other['id']}|{row['digest']}"
    assert "not what you were shown" in shown(harbor.click("mira", message, "approve", value=stale))
    with harbor.services.database.read() as tx:
        assert {actions.one(tx, one["id"])["state"] for one in (row, other)} == {"waiting"}  # type: ignore[index]


def test_a_refusal_asks_for_the_reason(harbor: Harbor) -> None:
    row = harbor.propose()
    message = harbor.command("mira", "/approve")
    harbor.click("mira", message, "refuse")
    with harbor.fake.held.open() as space:
        (view,) = space.modals.values()
    harbor.fake.submit(harbor.users["mira"], view["id"], {"reason": "Noor is away"})
    assert harbor.door.settle()
    with harbor.services.database.read() as tx:
        (word,) = actions.approvals(tx, [row["id"]])
        assert (word["verdict"], word["reason"]) == ("refused", "Noor is away")
        assert actions.one(tx, row["id"])["state"] == "denied"  # type: ignore[index]


def test_the_home_shows_the_queue_and_takes_the_click(harbor: Harbor) -> None:
    row = harbor.propose()
    harbor.fake.visit_home(harbor.users["mira"])
    assert harbor.door.settle()
    with harbor.fake.held.open() as space:
        assert row["title"] in shown(space.homes[harbor.users["mira"]])
    harbor.fake.click_home(harbor.users["mira"], "approve", f"{row['id']}|{row['digest']}")
    assert harbor.door.settle()
    with harbor.fake.held.open() as space:
        assert row["title"] not in shown(space.homes[harbor.users["mira"]])
    assert not governing.waiting_for(harbor.services, "person:mira", {"*": "manager"})
    harbor.fake.visit_home(harbor.users["gast"])
    assert harbor.door.settle()
    with harbor.fake.held.open() as space:
        assert "guests" in shown(space.homes[harbor.users["gast"]])


def test_over_http_strangers_old_and_repeated_requests_are_refused(
    harbor: Harbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # one door for both, so that all its answers are given before the home is closed
    monkeypatch.setattr(chatting, "door", lambda _: harbor.door)
    fake = harbor.fake
    harbor.fake.post = None
    fake.command(harbor.users["mira"], harbor.pier, "/triage")
    sent = fake.sent[-1]
    with TestClient(create_apps(harbor.services).network) as client:

        def post(body: bytes, headers: dict[str, str]) -> int:
            return int(client.post("/slack/events", content=body, headers=headers).status_code)

        assert post(sent.body, {**sent.headers, "x-slack-signature": "v0=" + "0" * 64}) == 401
        assert post(sent.body + b"&x=1", sent.headers) == 401
        old = fake.signed(sent.body, sent.headers["content-type"], harbor.services.clock.now().replace(year=2025))
        assert post(sent.body, old) == 401
        assert post(sent.body, sent.headers) == 200
        assert post(sent.body, sent.headers) == 409
        challenge = msgspec.json.encode({"type": "url_verification", "challenge": "3eZ", "token": "x"})
        answer = client.post("/slack/events", content=challenge, headers=fake.signed(challenge, "application/json"))
        assert answer.json() == {"challenge": "3eZ"}
        # an event that is sent again is acknowledged: Slack would send it once more
        fake.event({"type": "app_home_opened", "user": harbor.users["mira"], "tab": "messages", "event_ts": "1.2"})
        assert [post(fake.sent[-1].body, fake.sent[-1].headers) for _ in range(2)] == [200, 200]


def test_what_a_tool_wrote_calls_nobody_and_leads_nowhere_else(harbor: Harbor) -> None:
    harbor.propose(body="<!channel> <https://evil.example|click> @here \u202egpj.exe *bold*")
    said = harbor.command("mira", "/approve")
    assert "<!channel>" not in said.text
    links = [one["url"] for block in said.blocks for part in block.get("elements", ())
             for one in part.get("elements", ()) if isinstance(one, dict) and one.get("type") == "link"]  # fmt: skip
    assert not links
    assert "mrkdwn" not in shown(said) and "\u202e" not in shown(said)
    assert CHANGE.partition("#")[0].partition(":")[2] in shown(said)
