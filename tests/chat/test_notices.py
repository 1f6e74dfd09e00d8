"""What people are told in Slack and do about it there: the whole way, from the action to the message and back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.chat.conftest import CHANGE, Harbor
from tests.chat.test_chat import shown

from fairlead.connectors.slack.fake.checks import faults
from fairlead.connectors.slack.fake.workspace import Message
from fairlead.governance.carrier import Carrier
from fairlead.governance.outbox import Outbox
from fairlead.governance.preferring import wish_of
from fairlead.model.acts import Comment
from fairlead.model.calendar.working import WorkingCalendar
from fairlead.model.patch import Patch
from fairlead.model.records.judgement import Signal, SignalEvent
from fairlead.store import access, actions, records, signals
from fairlead.wiring import governing
from fairlead.wiring.deliveries import ways
from fairlead.wiring.directory import Directory
from fairlead.wiring.notifying import deliver
from fairlead.wiring.telling import follow

RULE = "change-waits-for-review"
OPERATOR: dict[str, Any] = {"by": "operator", "roles": {"*": "owner"}}
MIRA: dict[str, Any] = {"by": "person:mira", "roles": {"*": "manager"}}


@pytest.fixture(autouse=True)
def at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of these tests is the machine's: everybody is at work at any hour, whenever they run."""
    always = WorkingCalendar("always", hours="Mon-Sun 00:00-24:00")
    monkeypatch.setattr(Directory, "calendar", lambda _self, _recipient: always)


def tell(harbor: Harbor) -> None:
    """What a server does by itself."""
    harbor.services.catch_up()
    follow(harbor.services)
    deliver(harbor.services)
    Carrier(Outbox(harbor.services.database), ways(harbor.services)).carry()


def place(harbor: Harbor, who: str) -> str:
    with harbor.fake.held.open() as space:
        return next(one.id for one in space.conversations.values() if one.user == harbor.users[who])


def told(harbor: Harbor, who: str) -> list[Message]:
    return [one for one in harbor.fake.messages(harbor.users[who]) if not one.only]


def buttons(message: Message) -> dict[str, str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {one["action_id"]: one.get("value", "") for row in rows for one in row}


def signal(harbor: Harbor, number: int, **said: Any) -> str:
    """What the engine would write of one that opens."""
    # an hour ago: what is not urgent waits a quarter of one for more of the same
    now, row = harbor.services.clock.now() - timedelta(hours=1), f"signal:{RULE}/{number}"
    opened = SignalEvent(id=f"{row}/opened", signal=row, at=now, kind="opened", detail="{}")
    chain = json.dumps({"stages": [{"to": "team", "who": [], "at": now.isoformat()}]})
    fields: dict[str, Any] = {
        "rule": RULE, "subject_kind": "change", "subject": f"{CHANGE}{number}", "team": "team:tides",
        "title": "Waits <!channel> \u202efor a review", "severity": "high", "state": "open", "response": "escalate",
        "monitored": False, "opened_at": now, "chain": chain,
    }  # fmt: skip
    with harbor.services.database.begin() as tx:
        records.apply(tx, [Patch(Signal(id=row, **{**fields, **said}), now), Patch(opened, now)])
    return row


def test_an_approval_is_asked_for_in_a_message_that_says_what_became_of_it_wherever_that_was(harbor: Harbor) -> None:
    services = harbor.services
    row = harbor.propose()
    tell(harbor)
    (asked,) = told(harbor, "jon")
    # the team's own member first: nobody with more rights is asked where one with enough is there
    assert buttons(asked)["approve"] == f"{row['id']}|{row['digest']}" == buttons(asked)["refuse"]
    assert "issues/7/comments" in shown(asked) and not faults(asked.blocks)
    governing.decide(
        services, row["id"], person="person:mira", roles={"*": "manager"}, digest=row["digest"],
        verdict="approved", reason="he is back today", how="cli",
    )  # fmt: skip
    tell(harbor)
    (after,) = told(harbor, "jon")
    assert after.ts == asked.ts and after.edited and "approve" not in buttons(after)
    assert "Approved: " in shown(after) and "Approved by Mira Vos" in shown(after)
    assert "on the command line: he is back today" in shown(after)
    # in a copy that was open all along nothing can be pressed any more
    late = harbor.click("jon", asked, "approve", place(harbor, "jon"), f"{row['id']}|{row['digest']}")
    assert "Approved by Mira Vos" in shown(late) and late.only
    before = len(harbor.fake.messages(harbor.users["jon"]))
    tell(harbor)
    assert len(harbor.fake.messages(harbor.users["jon"])) == before


def test_withdrawn_changed_and_expired_are_said_too_and_by_whom(harbor: Harbor) -> None:
    services = harbor.services
    first, second = harbor.propose(body="one"), harbor.propose(body="two")
    third = harbor.propose(body="three")
    tell(harbor)
    assert len(told(harbor, "jon")) == 3
    past = services.clock.now() - timedelta(seconds=1)
    with services.database.begin() as tx:
        actions.change(tx, third["id"], {"waiting"}, past, expires_at=past)
    governing.withdraw(services, first["id"], by="person:ole", roles={"*": "manager"}, why="he has left")
    changed = governing.edit(services, second["id"], Comment(subject=CHANGE, body="2 & <b>"), **OPERATOR)
    governing.keep_house(services)
    tell(harbor)
    withdrawn, anew, expired = (
        next(one for one in told(harbor, "jon") if one.text.endswith(end)) for end in ("one", "&lt;b&gt;", "three")
    )
    assert "Expired " in shown(expired) and "nobody decided in time" in shown(expired)
    assert not {"approve", "refuse"} & {*buttons(withdrawn), *buttons(expired)}
    assert "Withdrawn by Ole Dahl" in shown(withdrawn) and "he has left" in shown(withdrawn)
    # one message says what it is now, and its buttons are bound to that
    assert buttons(anew)["approve"] == f"{second['id']}|{changed['digest']}"


def test_who_was_lent_the_right_is_asked_as_well(harbor: Harbor) -> None:
    services = harbor.services
    until = services.clock.now() + timedelta(days=3)
    governing.delegate(services, "person:jon", "person:sahar", team="team:tides", until=until)
    # who may not sign in could not answer, and is not asked
    with services.database.begin() as tx:
        access.add_user(tx, "person:sahar", services.clock.now())
        access.grant(tx, "person:sahar", "viewer", services.clock.now(), "operator", "team:tides")
    row = harbor.propose(by="agent:coder")
    tell(harbor)
    assert [len(told(harbor, who)) for who in ("jon", "sahar", "mira")] == [1, 1, 0]
    # in whose place somebody said so stands in the message of both
    (asked,) = told(harbor, "sahar")
    harbor.click("sahar", asked, "approve", place(harbor, "sahar"))
    tell(harbor)
    for who in ("jon", "sahar"):
        assert "Approved by Sahar Amin" in shown(told(harbor, who)[0]), row["id"]
        assert "in Slack, for Jon Berg" in shown(told(harbor, who)[0])


def test_of_several_that_wait_one_click_takes_none_away(harbor: Harbor) -> None:
    one, two, three = (harbor.propose(body=body) for body in ("one", "two", "three"))
    listed = harbor.command("mira", "/approve")
    assert "3 actions wait" in shown(listed) and not faults(listed.blocks)
    after = harbor.click("mira", listed, "approve", value=f"{two['id']}|{two['digest']}")
    assert after.ts == listed.ts and "2 actions wait" in shown(after) and "Approved by Mira Vos" in shown(after)
    left = [element["value"] for block in after.blocks for element in block.get("elements", ())
            if element.get("action_id") == "approve"]  # fmt: skip
    assert left == [f"{row['id']}|{row['digest']}" for row in (one, three)]
    harbor.click("mira", after, "refuse", value=f"{one['id']}|{one['digest']}")
    with harbor.fake.held.open() as space:
        (view,) = space.modals.values()
    harbor.fake.submit(harbor.users["mira"], view["id"], {"reason": "not so"})
    last = harbor.last(harbor.pier)
    assert last.ts == listed.ts and "1 action waits" in shown(last)
    assert "Refused by Mira Vos" in shown(last) and "not so" in shown(last)


def test_in_the_channel_of_a_team_each_does_what_they_may(harbor: Harbor) -> None:
    row = signal(harbor, 1)
    tell(harbor)
    (message,) = harbor.fake.messages(harbor.pier)
    found = buttons(message)
    assert (found["snooze"], found["mute"]) == (row, f"{RULE}|team:tides")
    assert not faults(message.blocks)
    assert "<!channel>" not in message.text and "\u202e" not in shown(message)
    # Sahar reads the channel and has no role, Ole may only look, Jon does not manage the team
    assert "no role" in shown(harbor.click("sahar", message, "acknowledge"))
    for who, action, word in (("ole", "acknowledge", "role member"), ("jon", "mute", "role manager")):
        answer = harbor.click(who, message, action)
        if action == "mute":
            answer = submit(harbor, who, until="2bd", reason="generated code")
        assert word in shown(answer) and answer.only == harbor.users[who]
    harbor.click("mira", message, "mute")
    assert "tides hears nothing of" in shown(submit(harbor, "mira", until="2bd", reason="generated code"))
    harbor.services.catch_up()
    with harbor.services.database.read() as tx:
        (mute,) = signals.mutes(tx, harbor.services.clock.now())
    assert (mute.rule, mute.whom) == (RULE, "team:tides")
    taken = harbor.click("jon", message, "acknowledge")
    assert "You have taken it on" in shown(taken) and taken.only
    tell(harbor)
    after = harbor.fake.messages(harbor.pier)[0]
    assert "Jon Berg has taken it on" in shown(after) and buttons(after).keys().isdisjoint({"acknowledge", "snooze"})


def test_one_puts_it_off_with_an_end_and_a_reason_or_hears_no_more_of_it(
    harbor: Harbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Directory, "of_team", lambda _self, _team: ["person:jon"])
    row = signal(harbor, 2)
    tell(harbor)
    (message,), home = told(harbor, "jon"), place(harbor, "jon")
    harbor.click("jon", message, "snooze", home)
    assert "a reason is missing" in shown(submit(harbor, "jon", home, until="4h", reason="  "))
    harbor.click("jon", message, "snooze", home)
    assert "Put off until" in shown(submit(harbor, "jon", home, until="4h", reason="Mira is back at noon"))
    tell(harbor)
    with harbor.services.database.read() as tx:
        found = signals.get(tx, row)
    assert found and (found["snoozed_by"], found["snooze_reason"]) == ("person:jon", "Mira is back at noon")
    after = told(harbor, "jon")[0]
    assert "Put off until" in shown(after) and "Mira is back at noon" in shown(after)
    answer = harbor.click("jon", message, "mute", home, RULE)
    assert answer.only and buttons(answer) == {"unmute": RULE}
    harbor.services.catch_up()
    assert wish_of(harbor.services, "person:jon")["muted"] == [RULE]
    back = harbor.click("jon", answer, "unmute", home)
    assert back.ts == answer.ts and "again" in shown(back)
    harbor.services.catch_up()
    assert "muted" not in wish_of(harbor.services, "person:jon")


def submit(harbor: Harbor, who: str, channel: str = "", **said: str) -> Message:
    """Sends the open form off; gives the newest message after it."""
    assert harbor.door.settle()
    with harbor.fake.held.open() as space:
        (view,) = space.modals.values()
    assert not faults(view["blocks"], 100)
    harbor.fake.submit(harbor.users[who], view["id"], said)
    return harbor.last(channel or harbor.pier)


def test_an_edit_waits_for_no_quiet_hours_and_calls_nobody(harbor: Harbor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Directory, "of_team", lambda _self, _team: ["person:jon"])
    row, asked = signal(harbor, 3), harbor.propose()
    tell(harbor)
    now, day = harbor.services.clock.now(), timedelta(days=1)
    away = WorkingCalendar("away", absences=((now - day, now + day),))
    monkeypatch.setattr(Directory, "calendar", lambda _self, _recipient: away)
    with harbor.services.database.begin() as tx:
        merged = Signal(id=row, state="resolved", reason="merged")
        event = SignalEvent(id=f"{row}/resolved", signal=row, at=now, kind="resolved", detail="{}")
        records.apply(tx, [Patch(merged, now), Patch(event, now)])
    governing.edit(harbor.services, asked["id"], Comment(subject=CHANGE, body="other words"), **MIRA)
    tell(harbor)
    # no third one, neither below them nor beside: what it is now is asked for in the morning
    over, void = sorted(told(harbor, "jon"), key=lambda one: "Over: merged" not in shown(one))
    assert over.edited and "Over: merged" in shown(over)
    assert "Changed by Mira Vos" in shown(void) and buttons(void).keys().isdisjoint({"approve", "refuse"})


def test_what_happens_while_a_message_travels_is_in_it_soon(harbor: Harbor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack was down while somebody decided: the message that it asks with is edited right away."""
    row = harbor.propose()
    harbor.services.catch_up()
    follow(harbor.services)
    deliver(harbor.services)
    governing.withdraw(harbor.services, row["id"], by="person:ole", roles={"*": "manager"}, why="done by hand")
    # followed before the message was there
    follow(harbor.services)
    tell(harbor)
    tell(harbor)
    (message,) = told(harbor, "jon")
    assert "Withdrawn by Ole Dahl" in shown(message)
