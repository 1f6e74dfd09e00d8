"""Messages of the outbox in Slack: one of each subject, edited, its history below; a card in Microsoft Teams."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from sqlalchemy import delete
from tests.chat.conftest import Harbor
from tests.chat.test_chat import shown

from fairlead.chat.teams import TeamsWay, card
from fairlead.chat.way import SlackWay
from fairlead.connectors.slack.fake.checks import faults
from fairlead.governance.carrier import Carrier
from fairlead.governance.letter import Letter
from fairlead.governance.notices import KIND, Card, Line, with_card
from fairlead.governance.outbox import Order, Outbox
from fairlead.model.errors import Retry, Skip
from fairlead.reports.letters import as_chat
from fairlead.store import outbox
from fairlead.store.outbox import Message
from fairlead.store.tables import notice_posts
from fairlead.wiring.deliveries import document, ways

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def order(address: str, once: str, kind: str = KIND, made_from: str = "github:harbor/tides#7") -> Order:
    return Order(
        channel="slack", address=address, kind=kind, made_from=made_from, asked_by="notices", as_of=AT, once=once
    )


def notice(title: str, news: str = "", **more: object) -> Letter:
    told = Card(
        subject="github:harbor/tides#7", about="signal:1", topic="stale-change", title=title, news=news,
        lines=(Line("Nobody looked at it for 3 days", ("github:harbor/tides#7",)),), why="you are asked to review",
        page="https://fairlead.harbor.example/signals/1", **more,
    )  # fmt: skip
    return with_card(Letter(subject=title, text=title), told)


def carry(harbor: Harbor, letter: Letter, *orders: Order) -> list[str]:
    """Puts one in and carries all that is due; gives what became of the orders."""
    box = Outbox(harbor.services.database)
    posted = box.post(orders, letter)
    Carrier(box, ways(harbor.services)).carry()
    with harbor.services.database.read() as tx:
        return [getattr(outbox.get(tx, one.id), "status", "") for one in posted]


def test_a_subject_has_one_message_with_somebody_and_its_history_below_it(harbor: Harbor) -> None:
    mira = harbor.users["mira"]
    assert carry(
        harbor, notice("Read the gauge twice waits for Mira", signal="signal:1"), order("person:mira", "1")
    ) == ["sent"]
    (first,) = harbor.fake.messages(mira)
    assert not faults(first.blocks) and '"acknowledge"' in shown(first) and "you are asked to review" in shown(first)
    assert carry(harbor, notice("It is merged", "Jon merged it", over=True), order("person:mira", "2")) == ["sent"]
    root, news = harbor.fake.messages(mira)
    assert root.ts == first.ts and root.edited and "Settled: It is merged" in shown(root)
    assert '"acknowledge"' not in shown(root)
    assert news.thread_ts == root.ts and "Jon merged it" in shown(news)
    # somebody else has their own, a team its channel
    assert carry(harbor, notice("It is merged"), order("person:jon", "3"), order("team:tides", "3")) == [
        "sent",
        "sent",
    ]
    assert [len(harbor.fake.messages(place)) for place in (harbor.users["jon"], harbor.pier)] == [1, 1]
    # deleted there: the next one begins anew
    with harbor.fake.held.open() as space:
        for place in space.conversations.values():
            place.messages.clear()
    assert carry(harbor, notice("It is back", "reopened"), order("person:mira", "4")) == ["sent"]
    assert len(harbor.fake.messages(mira)) == 1


def test_what_waits_for_approval_comes_with_all_that_it_is_of_and_its_buttons(harbor: Harbor) -> None:
    row = harbor.propose()
    letter = notice("A comment waits for your word", approve=row["id"], digest=row["digest"])
    carry(harbor, letter, order("person:mira", "1"))
    (message,) = harbor.fake.messages(harbor.users["mira"])
    assert "issues/7/comments" in shown(message) and f"{row['id']}|{row['digest']}" in shown(message)
    with harbor.fake.held.open() as space:
        place = next(one.id for one in space.conversations.values() if one.user == harbor.users["mira"])
    after = harbor.click("mira", message, "approve", place)
    assert after.ts == message.ts and "Approved by Mira Vos" in shown(after) and '"approve"' not in shown(after)


def test_while_slack_is_down_it_waits_and_a_lost_answer_posts_nothing_twice(harbor: Harbor) -> None:
    box, way = Outbox(harbor.services.database), ways(harbor.services)
    with harbor.fake.held.open() as space:
        space.app.scopes.append("channels:history")
    (message,) = box.post([order("team:tides", "1")], notice("Look"))
    # handed over, and the one who did it died before the note
    sender = way["slack"]
    assert isinstance(sender, SlackWay)
    sender.send(message, box.letter(message))
    with harbor.services.database.begin() as tx:
        tx.execute(delete(notice_posts))
    again = replace(message, status="sending")
    sender.send(again, box.letter(again))
    assert len(harbor.fake.messages(harbor.pier)) == 1


def test_who_has_no_account_there_is_told_as_that(harbor: Harbor) -> None:
    assert carry(harbor, notice("Look"), order("person:kim", "1"), order("team:moon", "1")) == ["failed", "failed"]


def test_a_report_is_posted_as_blocks(harbor: Harbor) -> None:
    made = document(harbor.services, "triage", "tides")
    letter = as_chat(made, "https://fairlead.harbor.example", "https://fairlead.harbor.example/triage")
    assert carry(harbor, letter, order(harbor.pier, "1", "report", "triage")) == ["sent"]
    (message,) = harbor.fake.messages(harbor.pier)
    assert "Read the gauge twice" in shown(message) and "/evidence/triage/" in shown(message)


def test_teams_gets_a_card_in_which_words_are_words_and_says_when_it_may_not() -> None:
    seen: list[bytes] = []
    answers = iter([202, 429, 404])

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(next(answers), headers={"retry-after": "7"})

    way = TeamsWay(
        httpx.Client(transport=httpx.MockTransport(answer)), {"tides": "https://acme.example/hook"}.__getitem__
    )
    letter = Letter(subject="Tides: [2 wait](https://evil.example)", text="*Kim* <at>all</at>\nsecond")
    message = Message(
        id="1", kind="report", channel="teams", address="tides", subject="", content="", made_from="brief",
        asked_by="x", as_of=AT, made_at=AT, waiting_since=AT, next_at=AT,
    )  # fmt: skip
    assert way.send(message, letter) == "taken: 202"
    (attached,) = msgspec.json.decode(seen[0])["attachments"]
    texts = [block["text"] for block in attached["content"]["body"]]
    assert "\\[2 wait\\]\\(" in texts[0] and "\\<at\\>" in texts[1] and "\n\n" in texts[1]
    with pytest.raises(Retry) as limited:
        way.send(message, letter)
    assert limited.value.after_s == 7
    with pytest.raises(Skip):
        way.send(message, letter)
    assert card(letter)["type"] == "message"
